//! A draft is begun (khởi tạo dự thảo).

use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{IncomingId, OutgoingId, UnitId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::outgoing::OutgoingState;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::agency;
use vanthu_store::outgoing::{OutgoingRow, Source};

use crate::outgoing::letter::usual_recipients;
use crate::{App, AppError, Caller};

/// What a new draft begins with.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The kind of document.
    pub kind: DocumentKind,
    /// The incoming document that it answers.
    pub reply_to: Option<IncomingId>,
}

/// Begins a draft in the caller's unit; the caller is its drafter.
pub async fn draft(app: &App, caller: &Caller, input: Draft) -> Result<OutgoingId, AppError> {
    caller.may(Action::Draft, &caller.own_agency())?;
    let unit_id = unit_of(caller)?;
    let mut work = app.begin(caller).await?;
    let unit = agency::load_unit(&mut work.tx, &unit_id).await?;
    let mut row = OutgoingRow {
        outgoing_id: OutgoingId::new(work.now, work.random()),
        agency_id: caller.agency_id.clone(),
        unit_id,
        drafter_id: caller.person_id().clone(),
        authority_id: None,
        signer_id: None,
        kind: input.kind,
        subject: String::new(),
        urgency: Urgency::Normal,
        state: OutgoingState::start(work.now),
        source: Source::Typeset,
        body: String::new(),
        addressees: Vec::new(),
        recipients_text: usual_recipients(&unit),
        places: None,
        pages: 0,
        current_blob: None,
        signed_blob: None,
        sealed_blob: None,
        reply_to: None,
        due_reply_day: None,
        search_text: String::new(),
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    let mut about = Vec::new();
    let mut recipients = Vec::new();
    if let Some(incoming_id) = input.reply_to {
        let incoming =
            crate::incoming::open(&mut work, caller, &incoming_id, Action::Reply).await?;
        row.subject = format!("Trả lời Văn bản số {}", incoming.notation);
        row.addressees = vec![incoming.from_name.clone()];
        recipients.extend(incoming.from_agency_id.clone());
        about.push(incoming_id.to_string());
        row.reply_to = Some(incoming_id);
    }
    vanthu_store::outgoing::insert(&mut work.tx, &row).await?;
    vanthu_store::outgoing::set_recipients(&mut work.tx, &row.outgoing_id, &recipients).await?;
    let data = json!({"kind": row.kind.code()});
    work.record(Act::DraftStarted, &row.outgoing_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(row.outgoing_id)
}

/// The unit in which the caller drafts.
fn unit_of(caller: &Caller) -> Result<UnitId, AppError> {
    let drafts = [Role::Specialist, Role::UnitHead, Role::Clerk];
    caller
        .actor
        .posts
        .iter()
        .filter(|p| p.agency_id == caller.agency_id && drafts.contains(&p.role))
        .find_map(|p| p.unit_id.clone())
        .ok_or_else(|| AppError::refused(RefusalCode::NotPermitted))
}
