//! A desk with the tool on it.

use vanthu_domain::certificate::Holder;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::id::{OutgoingId, SigningId, ToolTrialId};
use vanthu_domain::refusal::Refusal;
use vanthu_pki::{Certificate, KeySpec, Time};
use vanthu_remote::Plain;
use vanthu_remote::local::message::{Part, UPLOAD_FIELD};
use vanthu_store::finding::{self, FindingFilter};
use vanthu_store::signing::{ItemState, SessionState};
use vanthu_testkit::tool::{Asked, FakeTool};

use crate::practice::authority::validity;
use crate::signing::local::begin::{DOOR_PATH, FILE_NAME, ToolTask, begin};
use crate::signing::local::door::{Taken, bring, fetch};
use crate::signing::local::event::{Event, event};
use crate::signing::local::{SigningTool, ToolSettings, trial};
use crate::signing::open::{OpenSigning, Seen, SigningOpened, open_seen};
use crate::signing::state::{Progress, state};
use crate::signing::{Consent, Means, Purpose};
use crate::test::equipped::Desk;
use crate::{AppError, Caller};

/// With the device of a unit's head, who has nothing to sign here.
pub(super) async fn somebody_elses(desk: &Desk) -> FakeTool {
    let holder = Holder::Person {
        person_id: desk.office.head.person_id().clone(),
    };
    let its = validity(desk.world.app.now(), 30, 365);
    tool_of(
        desk,
        desk.issue_with(KeySpec::Rsa2048, holder, its, None).await,
    )
}

pub(super) struct Played {
    pub(super) desk: Desk,
    /// With the leader's device.
    pub(super) tool: FakeTool,
    /// With the agency's.
    pub(super) seal: FakeTool,
}

impl Played {
    pub(super) async fn new() -> Self {
        let desk = Desk::new().await;
        let offered = SigningTool::read(ToolSettings::default(), Plain::Refused).unwrap();
        desk.world.app.tool.set(offered).unwrap();
        let leader = replaced(&desk, desk.of_leader()).await;
        let agency = replaced(&desk, desk.of_agency()).await;
        let tool = tool_of(&desk, leader);
        let seal = tool_of(&desk, agency);
        Self { desk, tool, seal }
    }

    pub(super) async fn open(
        &self,
        purpose: Purpose,
        id: &OutgoingId,
        trial: Option<ToolTrialId>,
    ) -> Result<SigningOpened, AppError> {
        let order = OpenSigning {
            purpose,
            documents: vec![id.clone()],
            consent: Consent::Person,
            means: Means::Tool,
            credential: None,
            keys: Vec::new(),
        };
        let seen = Seen {
            trial,
            ..Seen::default()
        };
        open_seen(&self.desk.world.app, self.caller(purpose), order, &seen).await
    }

    pub(super) fn caller(&self, purpose: Purpose) -> &Caller {
        match purpose {
            Purpose::Person => &self.desk.office.leader,
            Purpose::Seal => &self.desk.office.clerk,
        }
    }

    /// Opens, and gives the document's item its turn.
    pub(super) async fn turn(&self, purpose: Purpose, id: &OutgoingId) -> Turn<'_> {
        let opened = self.open(purpose, id, None).await.unwrap();
        self.turn_of(purpose, &opened.signing_id, id.as_str()).await
    }

    pub(super) async fn turn_of(
        &self,
        purpose: Purpose,
        signing_id: &SigningId,
        item_id: &str,
    ) -> Turn<'_> {
        let app = &self.desk.world.app;
        let task = begin(app, self.caller(purpose), signing_id, item_id)
            .await
            .unwrap();
        Turn {
            played: self,
            purpose,
            signing_id: signing_id.clone(),
            item_id: item_id.to_owned(),
            task,
        }
    }

    /// A trial of a tool by the leader, and what was found.
    pub(super) async fn tried(&self, tool: &FakeTool) -> (ToolTrialId, super::super::ToolSupport) {
        let (app, leader) = (&self.desk.world.app, &self.desk.office.leader);
        let asked = trial::begin(app, leader).await.unwrap();
        let frame = String::from_utf8(asked.frame.reveal().to_vec()).unwrap();
        let Asked::Digest(digest) = tool.read(asked.path, &frame).unwrap() else {
            panic!("no digest")
        };
        let answer = tool.signed_digest(&digest);
        let found = trial::answer(app, leader, &asked.trial_id, &answer).await;
        (asked.trial_id, found.unwrap())
    }

    pub(super) async fn progress(&self, purpose: Purpose, id: &SigningId) -> Progress {
        state(&self.desk.world.app, self.caller(purpose), id)
            .await
            .unwrap()
    }

    /// What was found, the last thing first.
    pub(super) async fn found(&self) -> Vec<FindingKind> {
        let filter = FindingFilter::default();
        let mut tx = self.desk.world.app.store.read().await.unwrap();
        let page = finding::list(&mut tx, &filter, None, 50).await.unwrap();
        page.items.into_iter().map(|it| it.kind).collect()
    }
}

/// An item whose turn it is.
pub(super) struct Turn<'a> {
    pub(super) played: &'a Played,
    purpose: Purpose,
    pub(super) signing_id: SigningId,
    pub(super) item_id: String,
    pub(super) task: ToolTask,
}

impl Turn<'_> {
    pub(super) fn frame(&self) -> String {
        String::from_utf8(self.task.frame.reveal().to_vec()).unwrap()
    }

    fn tool(&self) -> &FakeTool {
        match self.purpose {
            Purpose::Person => &self.played.tool,
            Purpose::Seal => &self.played.seal,
        }
    }

    pub(super) fn asked(&self) -> Asked {
        self.tool().read(self.task.path, &self.frame()).unwrap()
    }

    /// The secret parts of the two addresses: to fetch from, to bring to.
    pub(super) fn keys(&self) -> (String, String) {
        let Asked::File {
            download, upload, ..
        } = self.asked()
        else {
            panic!("no file")
        };
        let door = format!("{}{DOOR_PATH}/", self.played.desk.world.app.base_url);
        let download = download.strip_prefix(&door).unwrap();
        let download = download.strip_suffix(&format!("/{FILE_NAME}")).unwrap();
        let upload = upload.strip_prefix(&door).unwrap();
        (download.to_owned(), upload.to_owned())
    }

    pub(super) async fn fetch(&self) -> Result<Vec<u8>, AppError> {
        fetch(&self.played.desk.world.app, &self.keys().0, None).await
    }

    pub(super) async fn bring(&self, file: &[u8]) -> Result<Taken, AppError> {
        let part = Part {
            name: UPLOAD_FIELD,
            file_name: Some("van-ban.signed.pdf"),
            bytes: file,
        };
        bring(&self.played.desk.world.app, &self.keys().1, &[part]).await
    }

    /// Fetches, signs, brings.
    pub(super) async fn sign(&self) -> Result<Taken, AppError> {
        let file = self.fetch().await.unwrap();
        self.bring(&self.tool().signed_file(&file)).await
    }

    pub(super) async fn see(&self, seen: Event) -> Result<(), AppError> {
        let app = &self.played.desk.world.app;
        let caller = self.played.caller(self.purpose);
        event(app, caller, &self.signing_id, &self.item_id, seen).await
    }

    pub(super) async fn progress(&self) -> Progress {
        self.played.progress(self.purpose, &self.signing_id).await
    }

    /// That it is over without a signature, and why.
    pub(super) async fn failed(&self) -> Refusal {
        let now = self.progress().await;
        assert!(
            matches!(now.row.state, SessionState::Done | SessionState::Expired),
            "{:?}",
            now.row
        );
        let item = now.items.iter().find(|it| it.item_id == self.item_id);
        let item = item.unwrap();
        assert_eq!(item.state, ItemState::Failed);
        let refusal: Refusal = serde_json::from_value(item.problem.clone().unwrap()).unwrap();
        assert_eq!(now.row.result.as_deref(), Some(refusal.code.code()));
        refusal
    }
}

/// Tokens of the government's authority hold RSA keys.
async fn replaced(desk: &Desk, holder: Holder) -> Certificate {
    let its = validity(desk.world.app.now(), 30, 365);
    desk.amend(&holder, |it| {
        it.record.state = vanthu_domain::certificate::CertificateState::Suspended;
    })
    .await;
    desk.issue_with(KeySpec::Rsa2048, holder, its, None).await
}

/// The tool with the device of a certificate of the desk.
pub(super) fn tool_of(desk: &Desk, certificate: Certificate) -> FakeTool {
    let key = desk.key_behind(&certificate);
    let now = Time::from_unix(desk.world.app.now().unix_seconds());
    FakeTool::new(key, certificate, vec![desk.issuing().clone()], now)
}

/// A PDF that is no document of the desk.
pub(super) fn some_pdf(desk: &Desk) -> Vec<u8> {
    let paper = crate::test::paper(&desk.office);
    vanthu_layout::typeset_letter(&paper).unwrap().pdf
}

/// The file with another value in a field, in a revision behind it: what a program can do that knows PDF.
pub(super) fn with_value(file: &[u8], field: &str, value: &str) -> Vec<u8> {
    let text = |bytes: &[u8]| bytes.iter().map(|it| char::from(*it)).collect::<String>();
    let (all, name) = (text(file), format!("/T ({field})"));
    let at = all.rfind(&name).unwrap();
    let start = all[..at].rfind(" 0 obj").unwrap();
    let number = all[..start].rsplit('\n').next().unwrap();
    let body = &all[start + " 0 obj".len()..];
    let body = &body[..body.find("endobj").unwrap()];
    let (before, rest) = body.split_once("/V (").unwrap();
    let after = &rest[rest.find(')').unwrap()..];
    let root = &all[all.rfind("/Root ").unwrap() + 6..];
    let root = &root[..root.find('R').unwrap()];
    let previous = all.rsplit("startxref\n").next().unwrap();
    let previous = previous.lines().next().unwrap();
    let mut out = file.to_vec();
    let object = out.len();
    out.extend(
        format!("{number} 0 obj{before}/V ({value}{after}endobj\n")
            .chars()
            .map(|it| it as u8),
    );
    let table = out.len();
    let tail = format!(
        "xref\n{number} 1\n{object:010} 00000 n\r\ntrailer\n<< /Size 900 /Root {root}R /Prev {previous} >>\nstartxref\n{table}\n%%EOF\n"
    );
    out.extend(tail.into_bytes());
    out
}
