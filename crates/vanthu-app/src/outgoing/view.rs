//! One outgoing document with everything that its page shows.

use vanthu_domain::Refusal;
use vanthu_domain::agency::Agency;
use vanthu_domain::id::{AgencyId, OutgoingId};
use vanthu_domain::permission::{Action, Object};
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::delivery::{self, DeliveryEventRow, DeliveryRow};
use vanthu_store::file::{self, FileRow};
use vanthu_store::ledger;
use vanthu_store::opinion::{self, OpinionRow};
use vanthu_store::outgoing::{self, OutgoingRow, VersionRow};
use vanthu_store::{Tx, agency, person};

use crate::outgoing::letter::Around;
use crate::outgoing::object_of;
use crate::outgoing::opened::opened;
use crate::{App, AppError, Caller};

/// Everything about one outgoing document that the caller may see.
#[derive(Debug, Clone)]
pub struct OutgoingView {
    /// The document.
    pub row: OutgoingRow,
    /// Agency, unit, signer.
    pub around: Around,
    /// The drafter's name.
    pub drafter_name: String,
    /// The agencies it goes to.
    pub recipients: Vec<Agency>,
    /// Attached files.
    pub files: Vec<FileRow>,
    /// Opinions with their authors' names, oldest first.
    pub opinions: Vec<(OpinionRow, String)>,
    /// Kept versions, newest first.
    pub versions: Vec<VersionRow>,
    /// Deliveries with the recipient's name and history, once issued.
    pub deliveries: Vec<DeliveryView>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the caller may do now, and why not the rest.
    pub acts: Vec<Possible>,
}

/// One delivery as the sender sees it.
#[derive(Debug, Clone)]
pub struct DeliveryView {
    /// The delivery.
    pub row: DeliveryRow,
    /// The recipient's name.
    pub to_name: String,
    /// Its history, oldest first.
    pub events: Vec<DeliveryEventRow>,
}

/// One entry of a timeline.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// When.
    pub at: vanthu_domain::Moment,
    /// What was done, in Vietnamese.
    pub text: &'static str,
    /// The act's word.
    pub act: vanthu_domain::audit::Act,
    /// By whom; empty for the system.
    pub who: String,
    /// For which agency.
    pub agency: String,
    /// The data of the ledger entry.
    pub data: serde_json::Value,
    /// The place in the ledger.
    pub seq: i64,
}

/// An action, and the refusal that it would meet.
#[derive(Debug, Clone)]
pub struct Possible {
    /// The action.
    pub action: Action,
    /// Why not; none where it may be done.
    pub refusal: Option<Refusal>,
}

/// The actions that an outgoing document's page speaks of.
pub const PAGE_ACTIONS: [Action; 14] = [
    Action::Edit,
    Action::Submit,
    Action::TakeBack,
    Action::Approve,
    Action::GiveBack,
    Action::Comment,
    Action::Sign,
    Action::GiveNumber,
    Action::VoidNumber,
    Action::Seal,
    Action::Issue,
    Action::Withdraw,
    Action::Track,
    Action::Resend,
];

impl OutgoingView {
    /// Whether the caller may do it now.
    pub fn may(&self, action: Action) -> bool {
        self.acts
            .iter()
            .any(|p| p.action == action && p.refusal.is_none())
    }
}

/// Loads a document that the caller may see.
pub(crate) async fn load_for(
    tx: &mut Tx,
    caller: &Caller,
    id: &OutgoingId,
) -> Result<OutgoingRow, AppError> {
    let row = outgoing::find(tx, id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    caller
        .may(Action::ViewOutgoing, &object_of(&row))
        .map_err(|r| super::hide(r.code))?;
    Ok(row)
}

/// The document alone, for whoever has just done something with it; none where the step took it
/// out of the caller's sight.
pub async fn brief(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
) -> Result<Option<OutgoingRow>, AppError> {
    let mut tx = app.store.read().await?;
    match load_for(&mut tx, caller, id).await {
        Ok(row) => Ok(Some(row)),
        Err(error) if error.code() == Some(RefusalCode::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The document's page.
pub async fn view(app: &App, caller: &Caller, id: &OutgoingId) -> Result<OutgoingView, AppError> {
    let mut tx = app.store.read().await?;
    let row = load_for(&mut tx, caller, id).await?;
    let around = Around::load(&mut tx, &row).await?;
    let drafter_name = person::load(&mut tx, &row.drafter_id).await?.full_name;
    let ids: Vec<AgencyId> = outgoing::list_recipients(&mut tx, id).await?;
    let mut recipients = Vec::with_capacity(ids.len());
    for agency_id in &ids {
        recipients.push(agency::load(&mut tx, agency_id).await?);
    }
    let files = file::list(&mut tx, id.as_str()).await?;
    let mut opinions = Vec::new();
    for row in opinion::list(&mut tx, id).await? {
        let name = person::load(&mut tx, &row.person_id).await?.full_name;
        opinions.push((row, name));
    }
    let versions = outgoing::list_versions(&mut tx, id).await?;
    let object = object_of(&row);
    let mut deliveries = Vec::new();
    if caller.may(Action::Track, &object).is_ok() {
        for row in delivery::list(&mut tx, id).await? {
            let to_name = recipients
                .iter()
                .find(|a| a.agency_id == row.to_agency_id)
                .map_or_else(String::new, |a| a.name.clone());
            let events = delivery::list_events(&mut tx, &row.delivery_id).await?;
            deliveries.push(DeliveryView {
                row,
                to_name,
                events,
            });
        }
    }
    let timeline = timeline(&mut tx, id.as_str()).await?;
    let acts = possible(caller, &object, &PAGE_ACTIONS);
    Ok(OutgoingView {
        row,
        around,
        drafter_name,
        recipients,
        files,
        opinions,
        versions,
        deliveries,
        timeline,
        acts,
    })
}

/// What may be done with an object, and why not the rest.
pub(crate) fn possible(caller: &Caller, object: &Object, actions: &[Action]) -> Vec<Possible> {
    actions
        .iter()
        .map(|action| Possible {
            action: *action,
            refusal: caller.may(*action, object).err(),
        })
        .collect()
}

/// The timeline of an object, oldest first, with names.
///
/// Clause: TG-5.3
pub(crate) async fn timeline(tx: &mut Tx, object_id: &str) -> Result<Vec<TimelineEntry>, AppError> {
    let mut entries = Vec::new();
    for row in ledger::list_about(tx, object_id).await? {
        let entry = row.entry();
        let who = match entry.person_id.as_deref().map(str::parse) {
            Some(Ok(id)) => person::load(tx, &id).await?.full_name,
            _ => String::new(),
        };
        let agency = match entry.agency_id.as_deref().map(str::parse) {
            Some(Ok(id)) => agency::load(tx, &id).await?.name,
            _ => String::new(),
        };
        entries.push(TimelineEntry {
            at: entry.at,
            text: entry.act.text(),
            act: entry.act,
            who,
            agency,
            data: entry.data,
            seq: row.seq,
        });
    }
    Ok(entries)
}

/// Which file of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The paper as it stands: sealed, signed, or as submitted.
    Main,
    /// An attached file.
    File(vanthu_domain::id::FileId),
}

/// A file ready to be handed out.
#[derive(Debug, Clone)]
pub struct Handed {
    /// The name it is saved under.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// The contents.
    pub bytes: Vec<u8>,
    /// Their SHA-256 in hexadecimal; empty where they were made a moment ago.
    pub sha256: String,
}

/// The paper or an attached file, for those who may see the document.
pub async fn open_file(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    which: &Which,
) -> Result<Handed, AppError> {
    let mut tx = app.store.read().await?;
    let row = load_for(&mut tx, caller, id).await?;
    let not_found = || AppError::refused(RefusalCode::NotFound);
    let (name, media_type, blob) = match which {
        Which::Main => {
            let blob = super::standing_blob(&row).ok_or_else(not_found)?.to_owned();
            let name = match row.state.number() {
                Some(number) => number.notation.replace('/', "-"),
                None => "du-thao".to_owned(),
            };
            (format!("{name}.pdf"), "application/pdf".to_owned(), blob)
        }
        Which::File(file_id) => {
            let files = file::list(&mut tx, id.as_str()).await?;
            let found = files
                .into_iter()
                .find(|f| f.file_id == *file_id)
                .ok_or_else(not_found)?;
            (found.name, found.media_type, found.sha256)
        }
    };
    drop(tx);
    if *which == Which::Main {
        opened(app, caller, id).await?;
    }
    let bytes = app.store.blobs().get(&blob).await?;
    Ok(Handed {
        name,
        media_type,
        bytes,
        sha256: blob,
    })
}
