//! News for browsers: the tail of the ledger, as it grows.
//!
//! Every change is a ledger entry, so the ledger is the event stream: a browser that was away asks
//! for what came after the last number it saw. The news names objects and agencies only; what a
//! person may see of them is decided when the browser fetches it.

use std::collections::BTreeSet;

use tokio::sync::{broadcast, watch};
use vanthu_domain::account::AccountState;
use vanthu_domain::id::AgencyId;
use vanthu_store::signing::SigningRow;
use vanthu_store::{Tx, account, delivery, incoming, ledger, line, notice, outgoing, signing};

use crate::account::caller_of;
use crate::account::session::Session;
use crate::{App, AppError, Caller};

/// The place of the newest entry: where a page's news begin.
pub async fn head(app: &App) -> Result<i64, AppError> {
    let mut tx = app.store.read().await?;
    Ok(ledger::find_head(&mut tx).await?.0)
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The ledger entry's place.
    pub seq: i64,
    /// The word of the act.
    pub act: &'static str,
    /// The objects concerned.
    pub objects: Vec<String>,
    /// The agency that acted, where one did.
    pub agency_id: Option<String>,
}

/// Where news is handed out.
#[derive(Debug)]
pub struct Events {
    sender: broadcast::Sender<News>,
    over: watch::Sender<bool>,
}

impl Events {
    /// Without listeners yet.
    pub fn new() -> Self {
        Self {
            sender: broadcast::channel(4096).0,
            over: watch::Sender::new(false),
        }
    }

    /// Nothing is told any more: whoever listens stops, so that the server can end.
    pub fn end(&self) {
        self.over.send_replace(true);
    }

    /// Waits until nothing is told any more.
    pub async fn ended(&self) {
        let mut over = self.over.subscribe();
        // The sender lives as long as this does.
        let _over = over.wait_for(|over| *over).await;
    }

    /// Listens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.sender.subscribe()
    }

    /// Tells whoever listens.
    pub fn publish(&self, news: News) {
        // No listener is no error.
        let _listeners = self.sender.send(news);
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}

/// Who listens, as of now; none once the session has ended or the account is locked. Listening
/// alone doesn't keep a session alive.
///
/// Clause: KH-2
pub async fn listener(app: &App, session: &Session) -> Result<Option<Caller>, AppError> {
    let now = app.now();
    let mut tx = app.store.read().await?;
    let standing = vanthu_store::session::find_standing(&mut tx, &session.hash, now).await?;
    let Some(row) = standing else { return Ok(None) };
    let account = account::load(&mut tx, &row.account_id).await?;
    if account.state != AccountState::Active {
        return Ok(None);
    }
    Ok(Some(caller_of(&mut tx, &account, now.day()).await?))
}

/// The subjects that pieces of news have for a listener, as `outgoing:out_01J…` and `tiles`: only
/// objects of agencies in which the listener works. The sender hears of its deliveries because
/// their entries are about its document.
///
/// Clause: KH-2, TG-5.3
pub async fn subjects(app: &App, caller: &Caller, news: &[News]) -> Result<Vec<String>, AppError> {
    let objects: BTreeSet<&str> = news
        .iter()
        .flat_map(|one| &one.objects)
        .map(String::as_str)
        .collect();
    let mut tx = app.store.read().await?;
    let mut subjects = Vec::new();
    for object in objects {
        if let Some(noun) = noun_for(&mut tx, caller, object).await? {
            subjects.push(format!("{noun}:{object}"));
        }
    }
    if !subjects.is_empty() {
        subjects.push("tiles".to_owned());
    }
    Ok(subjects)
}

/// The youngest notice of a listener, by its identifier, and how many are unread: where this has
/// changed, the notices have.
pub async fn notices(app: &App, caller: &Caller) -> Result<(Option<String>, i64), AppError> {
    let mut tx = app.store.read().await?;
    let page = notice::list(&mut tx, caller.person_id(), None, 1).await?;
    let unread = notice::count_unread(&mut tx, caller.person_id()).await?;
    Ok((
        page.items
            .into_iter()
            .next()
            .map(|row| row.notice_id.to_string()),
        unread,
    ))
}

/// What the object is called in a subject, where it is the listener's to know of.
async fn noun_for(
    tx: &mut Tx,
    caller: &Caller,
    object: &str,
) -> Result<Option<&'static str>, AppError> {
    let Some((prefix, _)) = object.split_once('_') else {
        return Ok(None);
    };
    let works_in = |agency_id: &AgencyId| caller.actor.works_in(agency_id);
    let opened = |row: &SigningRow| row.account_id == caller.actor.account_id;
    let (noun, theirs) = match prefix {
        "out" => {
            let Ok(id) = object.parse() else {
                return Ok(None);
            };
            (
                "outgoing",
                outgoing::find(tx, &id)
                    .await?
                    .is_some_and(|r| works_in(&r.agency_id)),
            )
        }
        "inc" => {
            let Ok(id) = object.parse() else {
                return Ok(None);
            };
            (
                "incoming",
                incoming::find(tx, &id)
                    .await?
                    .is_some_and(|r| works_in(&r.agency_id)),
            )
        }
        "lin" => {
            let Ok(id) = object.parse() else {
                return Ok(None);
            };
            (
                "line",
                line::find(tx, &id)
                    .await?
                    .is_some_and(|r| works_in(&r.agency_id)),
            )
        }
        "dlv" => {
            let Ok(id) = object.parse() else {
                return Ok(None);
            };
            let found = delivery::find(tx, &id).await?;
            (
                "delivery",
                found.is_some_and(|r| works_in(&r.from_agency_id)),
            )
        }
        "sgn" => {
            let Ok(id) = object.parse() else {
                return Ok(None);
            };
            (
                "signing",
                signing::find(tx, &id).await?.as_ref().is_some_and(opened),
            )
        }
        _ => return Ok(None),
    };
    Ok(theirs.then_some(noun))
}
