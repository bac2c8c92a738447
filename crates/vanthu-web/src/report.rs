//! What was found about a file's signatures as a paper to be kept: one page of HTML that needs nothing else, or PDF/A.
//! The words are those of the page that shows it; both looks are made of one [`VerdictPaper`].

pub(crate) mod around;

pub use around::Around;

use askama::Template;
use vanthu_domain::Moment;
use vanthu_layout::{
    LayoutError, VerdictPaper, VerdictPart, VerdictPoint, VerdictTable, VerdictTone,
    typeset_verdict,
};
use vanthu_signing::{
    Block, CertificateFacts, ConstraintStatus, Indication, Report, RevisionChanges, SignatureKind,
    SignatureReport, SubIndication, Worded,
};

use crate::page::show::Say;
use crate::page::verify::report::{self as shown, SignatureCard};
use crate::texts::{Language, PageValues, filters};
use crate::view::{Check, Fact, Tone};

/// What a report does not know itself.
#[derive(Debug, Clone)]
pub struct About {
    /// The file's name.
    pub name: String,
    /// Its size.
    pub bytes: usize,
    /// When it was judged.
    pub judged_at: Moment,
    /// Further sentences: which services did not answer, by which rule it was judged.
    pub notes: Vec<String>,
    /// What kind of file it is, and what only that kind has.
    pub around: Around,
}

#[derive(Template)]
#[template(path = "verify/report.html")]
struct Page {
    lang: &'static str,
    paper: VerdictPaper,
}

/// As one page of HTML: no script, nothing that is fetched, fit for printing.
///
/// # Errors
/// The template fails, which is a fault of ours.
pub fn html(report: &Report, about: &About, language: Language) -> Result<String, askama::Error> {
    let page = Page {
        lang: language.tag(),
        paper: paper(report, about, language),
    };
    page.render_with_values(&PageValues(language))
}

/// As PDF/A-2a, A4.
///
/// # Errors
/// The typesetter fails, which is a fault of ours.
pub fn pdf(report: &Report, about: &About, language: Language) -> Result<Vec<u8>, LayoutError> {
    typeset_verdict(&paper(report, about, language))
}

/// The words of both.
fn paper(report: &Report, about: &About, language: Language) -> VerdictPaper {
    let now = about.judged_at;
    let say = Say { language, now };
    let around = &about.around;
    let whole = around::whole(say, around, report);
    let cards = shown::cards(say, report);
    let facts = around::facts(
        say,
        around,
        shown::file_facts(say, &about.name, about.bytes, report),
    );
    let mut facts: Vec<(String, String)> = facts.into_iter().map(pair).collect();
    let code = codes(report.indication, report.sub_indication);
    facts.push((say.t("Kết luận theo EN 319 102-1"), code));
    let policy = &report.diagnostic;
    facts.push((
        say.t("Chính sách kiểm tra"),
        format!("{} {}", policy.policy, policy.policy_version)
            .trim()
            .to_owned(),
    ));
    VerdictPaper {
        maker: say.t("Văn Thư – hệ thống quản lý văn bản điện tử"),
        title: say.t("Kết quả kiểm tra chữ ký số"),
        file: about.name.clone(),
        outcome: VerdictPoint {
            tone: tone(whole.tone),
            mark: whole.what,
            text: whole.why,
            note: String::new(),
        },
        now: whole.now,
        article: whole.article,
        facts,
        points: points(say, &[shown::file_checks(say, report), around::checks(say, around)].concat()),
        parts: parts(say, report, cards, around),
        notes: [vec![say.t("Kết quả theo chuẩn ETSI EN 319 102-1, tại thời điểm kiểm tra và với các điểm tin cậy đã dùng; kiểm tra lại có thể cho kết quả khác khi chứng thư bị thu hồi hoặc hết hạn.")], about.notes.clone()].concat(),
        made_on: now.day(),
        language: language.tag(),
    }
}

/// One part a signature; of a container its files too.
fn parts(
    say: Say,
    report: &Report,
    cards: Vec<SignatureCard>,
    around: &Around,
) -> Vec<VerdictPart> {
    let signatures = report.signatures.iter().zip(cards).enumerate();
    let parts = signatures.map(|(at, (signature, card))| {
        let mut part = part(say, signature, card);
        if let Some(facts) = around.facts().get(at) {
            part.facts.extend(around::signature_facts(say, facts));
        }
        part
    });
    parts.chain(around::files(say, around)).collect()
}

fn part(say: Say, signature: &SignatureReport, card: SignatureCard) -> VerdictPart {
    let kind = match signature.kind {
        SignatureKind::Signature => String::new(),
        SignatureKind::DocTimestamp => format!(" ({})", say.t("dấu thời gian của cả tệp")),
    };
    let mut facts: Vec<(String, String)> = card.facts.into_iter().map(pair).collect();
    let mut add = |name: String, value: String| facts.push((name, value));
    if let Some(stamp) = &signature.timestamp {
        let by = stamp.authority.as_ref();
        let by = by.map_or_else(String::new, |it| format!(" – {}", it.common_name));
        add(
            say.t("Dấu thời gian"),
            format!("{}{by}", text(stamp.time.unix())),
        );
    }
    add(say.t("Xét chứng thư tại"), text(signature.judged_at.unix()));
    if let Some(revision) = signature.revision {
        add(say.t("Ký ở phiên bản"), revision.to_string());
    }
    add(say.t("Quy trình kiểm tra"), words(say, signature.process));
    add(
        say.t("Kết luận theo EN 319 102-1"),
        codes(signature.indication, signature.sub_indication),
    );
    for attack in &signature.attacks {
        add(say.t("Dấu hiệu tấn công"), words(say, *attack));
    }
    let tables = [
        chain(say, &signature.chain),
        revisions(say, &signature.later),
        steps(say, &signature.blocks),
    ];
    VerdictPart {
        title: format!("{}{kind}", card.title),
        outcome: VerdictPoint {
            tone: tone(card.whole.tone),
            mark: card.whole.text,
            ..VerdictPoint::default()
        },
        points: points(say, &card.checks),
        facts,
        tables: tables
            .into_iter()
            .filter(|it| !it.rows.is_empty())
            .collect(),
    }
}

/// The certificates from the signer to the anchor.
fn chain(say: Say, chain: &[CertificateFacts]) -> VerdictTable {
    let row = |it: &CertificateFacts| {
        let day = |at: i64| Moment::from_unix_seconds(at).day().to_string();
        vec![
            it.common_name.clone(),
            it.serial.clone(),
            format!(
                "{} – {}",
                day(it.not_before.unix()),
                day(it.not_after.unix())
            ),
            it.thumbprint.clone(),
        ]
    };
    VerdictTable {
        title: say.t("Chuỗi chứng thư, từ người ký đến điểm tin cậy"),
        columns: vec![
            (say.t("Chứng thư"), 5),
            (say.t("Số sê-ri"), 5),
            (say.t("Hiệu lực"), 4),
            ("SHA-256".to_owned(), 7),
        ],
        rows: chain.iter().map(row).collect(),
    }
}

/// What each later revision changed.
fn revisions(say: Say, later: &[RevisionChanges]) -> VerdictTable {
    let row = |it: &RevisionChanges| {
        let card = shown::revision(say, it);
        let changes = card.changes.iter().map(|change| {
            let note = match change.note.as_str() {
                "" => String::new(),
                note => format!(" ({note})"),
            };
            format!("{}{note}", change.text)
        });
        vec![
            it.revision.to_string(),
            changes.collect::<Vec<_>>().join("; "),
            card.mark.text,
        ]
    };
    VerdictTable {
        title: say.t("Sau chữ ký này, tệp được bổ sung"),
        columns: vec![
            (say.t("Phiên bản"), 2),
            (say.t("Thay đổi"), 11),
            (say.t("Kết luận"), 4),
        ],
        rows: later.iter().map(row).collect(),
    }
}

/// The building blocks of EN 319 102-1 that were worked through, with what was not met in each.
fn steps(say: Say, blocks: &[Block]) -> VerdictTable {
    let row = |it: &Block| {
        let unmet = it
            .constraints
            .iter()
            .filter(|it| !matches!(it.status, ConstraintStatus::Ok | ConstraintStatus::Ignored));
        let unmet: Vec<String> = unmet
            .map(|it| format!("{}: {}", words(say, it.id), words(say, it.status)))
            .collect();
        let about = match &it.about {
            Some(about) => format!(" – {about}"),
            None => String::new(),
        };
        vec![
            format!("{}{about}", words(say, it.id)),
            step_code(it),
            unmet.join("; "),
        ]
    };
    VerdictTable {
        title: say.t("Các bước kiểm tra"),
        columns: vec![
            (say.t("Bước"), 7),
            (say.t("Kết luận"), 4),
            (say.t("Điểm không đạt hoặc cần lưu ý"), 6),
        ],
        rows: blocks.iter().map(row).collect(),
    }
}

/// A block is `PASSED`, `INDETERMINATE` or `FAILED`; only a whole signature is a total.
fn step_code(block: &Block) -> String {
    let whole = codes(
        block.conclusion.indication(),
        block.conclusion.sub_indication(),
    );
    whole.trim_start_matches("TOTAL-").to_owned()
}

/// Indication and sub-indication as the standard writes them.
fn codes(indication: Indication, sub: Option<SubIndication>) -> String {
    match sub {
        Some(sub) => format!("{} / {}", indication.code(), sub.code()),
        None => indication.code(),
    }
}

fn points(say: Say, checks: &[Check]) -> Vec<VerdictPoint> {
    let point = |it: &Check| VerdictPoint {
        tone: tone(it.tone),
        mark: match it.tone {
            Tone::Ok => say.t("Đạt"),
            Tone::Bad => say.t("Không đạt"),
            Tone::Warn => say.t("Chưa xác định"),
            Tone::Info | Tone::None | Tone::Urgent => say.t("Lưu ý"),
        },
        text: it.text.clone(),
        note: it.note.clone(),
    };
    checks.iter().map(point).collect()
}

const fn tone(tone: Tone) -> VerdictTone {
    match tone {
        Tone::Ok => VerdictTone::Good,
        Tone::Bad => VerdictTone::Bad,
        Tone::Warn => VerdictTone::Open,
        Tone::Info | Tone::None | Tone::Urgent => VerdictTone::Note,
    }
}

fn pair(fact: Fact) -> (String, String) {
    (fact.name, fact.value)
}

fn text(seconds: i64) -> String {
    Moment::from_unix_seconds(seconds).text()
}

fn words(say: Say, code: impl Worded) -> String {
    shown::words(say, code)
}
