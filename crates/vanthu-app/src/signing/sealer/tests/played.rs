//! An office whose seal lies on a device at the server, and the program that holds it, played in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use vanthu_domain::id::{OutgoingId, SigningId};
use vanthu_domain::profile::RegulationProfile;
use vanthu_domain::refusal::Refusal;
use vanthu_pki::{Certificate, KeySpec, SignatureAlgorithm, SoftKey};
use vanthu_store::account;
use vanthu_store::signing::{Consent, Means, Purpose};
use vanthu_wire::Base64;
use vanthu_wire::agent::PinState;
use vanthu_wire::sealer::{self, Batch, End, Made, Request, SealerKey, SealerStatus, Why, list_of};
use vanthu_wire::{Digest, DocumentDigest};

use super::super::Sealers;
use super::super::confirm::{Confirm, confirm};
use crate::account::password;
use crate::port::{Answer, Answers, SealerAbsent, SealerDoor};
use crate::signing::open::{OpenSigning, SigningOpened, open};
use crate::signing::state::{Progress, state};
use crate::test::equipped::Desk;
use crate::{AppError, Caller};

pub(super) const PASSWORD: &str = "Thuc-hanh-2026";

/// How the played program behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Play {
    #[default]
    Well,
    /// It can't be reached.
    Gone,
    /// After so many new signatures the connection breaks.
    BreaksAfter(usize),
    /// It signs nothing, and says why.
    Says(Why),
    /// It has stopped after a wrong PIN.
    Stopped,
    /// It answers with values that are no signatures of its key.
    Forges,
    /// It says that it has signed everything, and has not.
    Lies,
    /// It signs one file in a batch.
    OneByOne,
}

/// The program.
#[derive(Debug)]
pub(super) struct Fake {
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    play: Play,
    key: SoftKey,
    certificate: Certificate,
    made: BTreeMap<(String, String), Vec<u8>>,
    confirmed: BTreeMap<Digest, (String, Digest)>,
    asked: usize,
}

impl Fake {
    pub(super) fn plays(&self, play: Play) {
        self.inside.lock().unwrap().play = play;
    }

    /// How often a batch was asked for.
    pub(super) fn asked(&self) -> usize {
        self.inside.lock().unwrap().asked
    }

    /// How many signatures it has made.
    pub(super) fn made(&self) -> usize {
        self.inside.lock().unwrap().made.len()
    }
}

impl Inside {
    fn answers(&mut self, request: &Request) -> Result<Vec<Line>, SealerAbsent> {
        if self.play == Play::Gone {
            return Err(SealerAbsent::NotReached("nobody".to_owned()));
        }
        Ok(match request {
            Request::Status => vec![Ok(sealer::Answer::Status(self.status()))],
            Request::Seal(batch) => {
                self.asked += 1;
                self.seal(batch)
            }
        })
    }

    fn status(&self) -> SealerStatus {
        SealerStatus {
            version: "0.1.0".to_owned(),
            stopped: (self.play == Play::Stopped).then_some(Why::Stopped),
            keys: vec![SealerKey {
                certificate: Base64(self.certificate.der().to_vec()),
                device: "con dấu".to_owned(),
                serial: "0123".to_owned(),
                pin: PinState::Fresh,
                algorithms: vec![serde_json::from_str("\"ecdsa-p256-sha256\"").unwrap()],
            }],
            missing: Vec::new(),
            most_items: if self.play == Play::OneByOne { 1 } else { 200 },
            most_per_hour: 600,
            signed: 0,
            head: Digest([0; 32]),
        }
    }

    /// What the true program would have refused is a fault of whoever asks.
    fn seal(&mut self, batch: &Batch) -> Vec<Line> {
        let names: BTreeSet<&str> = batch.items.iter().map(|it| it.item.as_str()).collect();
        assert_eq!(names.len(), batch.items.len());
        let digests = batch.items.iter().map(|it| (it.item.as_str(), &it.digest));
        assert_eq!(list_of(digests), batch.list);
        let used = (batch.batch.clone(), batch.list);
        let known = self
            .confirmed
            .entry(batch.confirmation)
            .or_insert(used.clone());
        assert_eq!(*known, used, "one confirmation, one list");
        assert_eq!(batch.certificate, self.certificate.sha256_thumbprint());
        if let Play::Says(why) = self.play {
            return vec![Ok(ended(Some(why)))];
        }
        if self.play == Play::Lies {
            return vec![Ok(ended(None))];
        }
        let mut lines = Vec::new();
        let mut new = 0;
        for item in &batch.items {
            let at = (batch.batch.clone(), item.item.clone());
            if !self.made.contains_key(&at) {
                if self.play == Play::BreaksAfter(new) {
                    lines.push(Err(SealerAbsent::BrokenOff("killed".to_owned())));
                    return lines;
                }
                let how = SignatureAlgorithm::from_name(item.algorithm.as_str()).unwrap();
                let mut value = self.key.sign(how, item.attributes.as_bytes()).unwrap();
                if self.play == Play::Forges {
                    value = SoftKey::generate_p256()
                        .unwrap()
                        .sign(how, b"other")
                        .unwrap();
                }
                self.made.insert(at.clone(), value);
                new += 1;
            }
            lines.push(Ok(sealer::Answer::Signed(Made {
                item: item.item.clone(),
                signature: Base64(self.made[&at].clone()),
            })));
        }
        lines.push(Ok(ended(None)));
        lines
    }
}

type Line = Result<sealer::Answer, SealerAbsent>;

const fn ended(why: Option<Why>) -> sealer::Answer {
    sealer::Answer::Ended(End { why })
}

impl SealerDoor for Fake {
    fn ask(&self, request: Request) -> Answer<'_, Result<Answers, SealerAbsent>> {
        let lines = self.inside.lock().unwrap().answers(&request);
        Box::pin(async move {
            let lines = lines?;
            let (send, answers) = mpsc::channel(lines.len().max(1));
            for line in lines {
                send.try_send(line).unwrap();
            }
            Ok(answers)
        })
    }
}

/// The office.
pub(super) struct Played {
    pub(super) desk: Desk,
    pub(super) sealer: Arc<Fake>,
}

impl Played {
    /// Where the regulation allows it, and the clerk has a password.
    pub(super) async fn new() -> Self {
        let played = Self::forbidden().await;
        played.allow();
        played
    }

    /// Where the regulation is the national one, which does not.
    pub(super) async fn forbidden() -> Self {
        let desk = Box::pin(Desk::new()).await;
        let thumbprint = desk.thumbprint_of(&desk.of_agency()).await;
        let mut tx = desk.world.app.store.read().await.unwrap();
        let row = vanthu_store::certificate::find_by_thumbprint(&mut tx, &thumbprint).await;
        drop(tx);
        let (certificate, _) = crate::signing::certificates_of(&row.unwrap().unwrap()).unwrap();
        let sealer = Arc::new(Fake {
            inside: Mutex::new(Inside {
                play: Play::Well,
                key: desk.key_behind(&certificate),
                certificate,
                made: BTreeMap::new(),
                confirmed: BTreeMap::new(),
                asked: 0,
            }),
        });
        let door: Arc<dyn SealerDoor> = Arc::clone(&sealer) as _;
        let app = &desk.world.app;
        app.sealers
            .set(Sealers::played(&desk.office.agency.code, door))
            .unwrap();
        let mut tx = app.store.write().await.unwrap();
        let id = &desk.office.clerk.actor.account_id;
        let mut row = account::load(&mut tx, id).await.unwrap();
        row.password_hash = password::hash(app, PASSWORD).await.unwrap();
        account::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        Self { desk, sealer }
    }

    /// A local regulation, as an administrator would put it down.
    fn allow(&self) {
        let agency = &self.desk.office.agency;
        let file = format!(
            "code = \"{}\"\nname = \"Quy chế mẫu\"\n[[value]]\nsetting = \"seal-at-server\"\n\
             value = \"confirmed-batches\"\nfrom = \"2026-01-01\"\n\
             citation = \"Quyết định 01/2026/QĐ-UBND, Điều 5\"\ncertainty = \"seed\"\n",
            agency.profile
        );
        let profile = RegulationProfile::parse(&file).unwrap();
        let own = BTreeMap::from([(agency.profile.clone(), profile)]);
        self.desk.world.app.own_profiles.set(own).unwrap();
    }

    pub(super) fn order(documents: &[OutgoingId], purpose: Purpose) -> OpenSigning {
        OpenSigning {
            purpose,
            documents: documents.to_vec(),
            consent: Consent::Person,
            means: Means::Sealer,
            credential: None,
            keys: Vec::new(),
        }
    }

    pub(super) async fn open(&self, documents: &[OutgoingId]) -> Result<SigningOpened, AppError> {
        let clerk = &self.desk.office.clerk;
        open(
            &self.desk.world.app,
            clerk,
            Self::order(documents, Purpose::Seal),
        )
        .await
    }

    pub(super) async fn list_of(&self, id: &SigningId) -> String {
        let now = self.progress(id).await;
        now.seal.unwrap().0.list
    }

    pub(super) async fn confirm(&self, id: &SigningId) -> Result<(), AppError> {
        let list = self.list_of(id).await;
        self.confirm_as(&self.desk.office.clerk, id, &list, PASSWORD)
            .await
    }

    pub(super) async fn confirm_as(
        &self,
        who: &Caller,
        id: &SigningId,
        list: &str,
        password: &str,
    ) -> Result<(), AppError> {
        let input = Confirm {
            signing_id: id.clone(),
            list: list.to_owned(),
            password: password.to_owned(),
        };
        confirm(&self.desk.world.app, who, input).await
    }

    pub(super) async fn progress(&self, id: &SigningId) -> Progress {
        let clerk = &self.desk.office.clerk;
        state(&self.desk.world.app, clerk, id).await.unwrap()
    }

    /// The jobs for so many seconds.
    pub(super) async fn run_for(&self, seconds: i64) {
        let began = self.desk.world.app.now();
        for second in 0..=seconds {
            self.desk.world.clock.move_to(began.plus_seconds(second));
            self.desk.world.run().await;
        }
    }

    /// Opens, confirms, and gives the session.
    pub(super) async fn begun(&self, documents: &[OutgoingId]) -> SigningId {
        let opened = self.open(documents).await.unwrap();
        assert!(opened.asks_confirmation);
        self.confirm(&opened.signing_id).await.unwrap();
        opened.signing_id
    }

    /// Why the first item of a session failed.
    pub(super) async fn failed(&self, id: &SigningId) -> Refusal {
        let now = self.progress(id).await;
        let problem = now.items.iter().find_map(|it| it.problem.clone());
        let problem = problem.unwrap_or_else(|| panic!("{now:?}"));
        serde_json::from_value(problem).unwrap()
    }
}

/// The digests that were sealed, by item.
pub(super) fn digests(now: &Progress) -> Vec<DocumentDigest> {
    let read = |hex: &String| DocumentDigest::new(hex::decode(hex).unwrap()).unwrap();
    now.items.iter().map(|it| read(&it.digest)).collect()
}

/// Another key's certificate on the device.
pub(super) async fn exchanged(played: &Played) {
    let its = crate::practice::authority::validity(played.desk.world.app.now(), 30, 365);
    let holder = played.desk.of_leader();
    let other = played
        .desk
        .issue_with(KeySpec::EcP256, holder, its, None)
        .await;
    let key = played.desk.key_behind(&other);
    let mut inside = played.sealer.inside.lock().unwrap();
    (inside.key, inside.certificate) = (key, other);
}
