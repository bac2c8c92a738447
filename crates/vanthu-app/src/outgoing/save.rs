//! A draft is saved (lưu dự thảo): by itself while it is written, and by hand.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{AgencyId, AuthorityId, OutgoingId, VersionId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::{Day, text};
use vanthu_store::outgoing::{self, OutgoingRow, Source, VersionRow};
use vanthu_store::{Tx, agency};

use crate::outgoing::letter::names_of;
use crate::{App, AppError, Caller, Work};

/// The longest abstract (Decree 30/2020, Appendix VI: Subject, 500).
const LONGEST_SUBJECT: usize = 500;
/// The longest body in characters; some hundred pages.
const LONGEST_BODY: usize = 400_000;
/// An automatic save is kept as a version where the last one is older than this; the draft itself
/// always holds the latest words.
const SAME_VERSION_SECONDS: i64 = 600;

/// Whether the drafter pressed the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedBy {
    /// The page, after a pause.
    Page,
    /// The drafter.
    Hand,
}

/// The whole draft as the page holds it.
#[derive(Debug, Clone)]
pub struct Save {
    /// The draft.
    pub outgoing_id: OutgoingId,
    /// The version that it was made from.
    pub version: i64,
    /// The kind.
    pub kind: DocumentKind,
    /// The abstract.
    pub subject: String,
    /// The urgency.
    pub urgency: Urgency,
    /// The lines of "Kính gửi"; empty for the agencies' names.
    pub addressees: Vec<String>,
    /// The agencies that it will be sent to.
    pub recipients: Vec<AgencyId>,
    /// The lines of "Nơi nhận".
    pub recipients_text: Vec<String>,
    /// The body in its plain notation.
    pub body: String,
    /// The authority under which it is to be signed.
    pub authority_id: Option<AuthorityId>,
    /// The day by which an answer is expected.
    pub due_reply_day: Option<Day>,
    /// By whom it is saved.
    pub by: SavedBy,
}

/// Saves it and tells the new version.
///
/// Clause: TG-1.2
pub async fn save(app: &App, caller: &Caller, input: Save) -> Result<i64, AppError> {
    let addressees = input.addressees.join("\n");
    let recipients = input.recipients_text.join("\n");
    for words in [&input.subject, &input.body, &addressees, &recipients] {
        refuse_secret(app, caller, "draft", words).await?;
    }
    let mut work = app.begin(caller).await?;
    let mut row = super::open(
        &mut work,
        caller,
        &input.outgoing_id,
        Action::Edit,
        Some(input.version),
    )
    .await?;
    let today = work.today();
    apply(&mut work.tx, &mut row, &input, today).await?;
    outgoing::set_recipients(&mut work.tx, &row.outgoing_id, &input.recipients).await?;
    crate::outgoing::keep(&mut work, &mut row).await?;
    keep_version(&mut work, caller, &row, &input.recipients, input.by).await?;
    if input.by == SavedBy::Hand {
        let data = json!({"version": row.version});
        work.record(Act::DraftSaved, &row.outgoing_id, &[], data)
            .await?;
    }
    work.commit().await?;
    Ok(row.version)
}

/// Puts what the page holds into the row, checked for form; what is missing shows at submission.
pub(crate) async fn apply(
    tx: &mut Tx,
    row: &mut OutgoingRow,
    input: &Save,
    today: Day,
) -> Result<(), AppError> {
    row.kind = input.kind;
    row.subject = text::within("Trích yếu", &text::clean(&input.subject), LONGEST_SUBJECT)?;
    row.urgency = input.urgency;
    row.body = text::passage("Nội dung", &input.body, LONGEST_BODY)?;
    row.recipients_text = lines(&input.recipients_text);
    row.addressees = lines(&input.addressees);
    if row.addressees.is_empty() {
        row.addressees = names_of(tx, &input.recipients).await?;
    }
    row.due_reply_day = input.due_reply_day;
    (row.authority_id, row.signer_id) = match &input.authority_id {
        None => (None, None),
        Some(id) => {
            let authority = agency::load_authority(tx, id).await?;
            if authority.agency_id != row.agency_id || !authority.is_in_force_on(today) {
                return Err(AppError::refused(RefusalCode::SignerNotAuthorised));
            }
            (Some(authority.authority_id), Some(authority.person_id))
        }
    };
    Ok(())
}

async fn keep_version(
    work: &mut Work<'_>,
    caller: &Caller,
    row: &OutgoingRow,
    recipients: &[AgencyId],
    by: SavedBy,
) -> Result<(), AppError> {
    let newest = outgoing::list_versions(&mut work.tx, &row.outgoing_id)
        .await?
        .into_iter()
        .next();
    let is_fresh = newest.is_some_and(|v| {
        v.person_id == *caller.person_id() && work.now.seconds_since(v.at) < SAME_VERSION_SECONDS
    });
    if by == SavedBy::Page && is_fresh {
        return Ok(());
    }
    let version = VersionRow {
        version_id: VersionId::new(work.now, work.random()),
        outgoing_id: row.outgoing_id.clone(),
        version: row.version,
        person_id: caller.person_id().clone(),
        why: match by {
            SavedBy::Page => "auto".to_owned(),
            SavedBy::Hand => "hand".to_owned(),
        },
        subject: row.subject.clone(),
        body: row.body.clone(),
        content: json!({
            "kind": row.kind.code(),
            "urgency": row.urgency.code(),
            "addressees": row.addressees,
            "recipients": recipients,
            "recipients_text": row.recipients_text,
            "authority_id": row.authority_id,
        }),
        blob: match row.source {
            Source::Upload => row.current_blob.clone(),
            Source::Typeset => None,
        },
        at: work.now,
    };
    outgoing::insert_version(&mut work.tx, &version).await?;
    Ok(())
}

/// Refuses a text that is marked as a state secret. Nothing of it is kept; that it was refused is.
///
/// Clause: TG-1.2
pub(crate) async fn refuse_secret(
    app: &App,
    caller: &Caller,
    entrance: &str,
    words: &str,
) -> Result<(), AppError> {
    let Some(marking) = text::find_secret_marking(words) else {
        return Ok(());
    };
    record_secret(app, caller, entrance).await?;
    Err(marking.refusal().into())
}

/// Records that something marked as a state secret was refused, and nothing else about it.
pub(crate) async fn record_secret(
    app: &App,
    caller: &Caller,
    entrance: &str,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    let object = caller.agency_id.clone();
    work.record(
        Act::SecretRefused,
        object,
        &[],
        json!({"entrance": entrance}),
    )
    .await?;
    work.commit().await
}

fn lines(given: &[String]) -> Vec<String> {
    given
        .iter()
        .map(|line| {
            let line = text::clean(line);
            line.trim_start_matches(['-', '–', ' '])
                .trim_end_matches([';', '.'])
                .to_owned()
        })
        .filter(|line| !line.is_empty())
        .take(60)
        .collect()
}

/// What keeps a draft from being submitted, all at once, so that the drafter sees the whole list.
pub fn lacks(row: &OutgoingRow, recipients: &[AgencyId]) -> Vec<Refusal> {
    let mut lacks = Vec::new();
    let mut need = |is_there: bool, code| {
        if !is_there {
            lacks.push(Refusal::new(code));
        }
    };
    need(!row.subject.is_empty(), RefusalCode::AbstractRequired);
    need(
        row.source == Source::Upload
            || !vanthu_domain::body::Body::parse(&row.body).body.is_empty(),
        RefusalCode::BodyEmpty,
    );
    need(!recipients.is_empty(), RefusalCode::RecipientsMissing);
    need(row.authority_id.is_some(), RefusalCode::SignerMissing);
    need(
        row.source == Source::Typeset || row.places.is_some(),
        RefusalCode::NoPlacesFound,
    );
    lacks
}
