//! The holder's browser on its way to a service's page and back (OAuth 2.0 with PKCE, RFC 7636). Each round belongs to
//! one browser session, is good once, and is forgotten with the program: what it holds is no record.
//!
//! Clause: KH-2

use std::collections::BTreeMap;
use std::sync::Mutex;

use vanthu_domain::Moment;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_remote::csc::oauth;
use vanthu_remote::{HttpAnswer, Secret, Seed};

use super::look::{Look, service_of};
use super::refusal_of;
use crate::account::session::Session;
use crate::signing::remote;
use crate::{App, AppError};

/// How long a round may take.
const MINUTES: i64 = 10;

/// The rounds that are under way, by their state, and what holders let us see, by browser session and service.
#[derive(Debug, Default)]
pub struct Rounds {
    away: Mutex<BTreeMap<String, Round>>,
    granted: Mutex<BTreeMap<(String, String), Granted>>,
}

/// What a holder lets us see for a short time.
#[derive(Debug, Clone)]
struct Granted {
    until: Moment,
    holder: String,
    token: Secret,
}

#[derive(Debug)]
struct Round {
    session: String,
    until: Moment,
    errand: Errand,
}

#[derive(Debug)]
enum Errand {
    /// To see the holder's keys.
    Look {
        service: String,
        holder: String,
        verifier: Secret,
    },
    /// To agree to a signature.
    Agree(SigningId),
}

/// Where a round ended.
#[derive(Debug)]
pub enum Returned {
    /// The keys at this service may be looked at.
    MayLook(String),
    /// The session goes on.
    Agreed(SigningId),
}

impl Rounds {
    fn put(&self, state: String, round: Round, now: Moment) {
        let mut away = open(&self.away);
        away.retain(|_, it| it.until > now);
        away.insert(state, round);
    }

    /// Of this browser session alone, and once.
    fn take(&self, state: &str, session: &str, now: Moment) -> Option<Errand> {
        let mut away = open(&self.away);
        let fits = away
            .get(state)
            .is_some_and(|it| it.until > now && crate::verify::same(&it.session, session));
        if fits {
            away.remove(state).map(|it| it.errand)
        } else {
            None
        }
    }
}

fn open<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What is to be looked for at a service: with what the holder let this browser session see, where the service wants
/// that.
pub fn look_for(app: &App, who: &Session, service: &str, holder: &str) -> Look {
    let key = (who.hash.clone(), service.to_owned());
    let granted = open(&app.rounds.granted).get(&key).cloned();
    let granted = granted.filter(|it| it.until > app.now());
    Look {
        service: service.to_owned(),
        holder: granted
            .as_ref()
            .map_or_else(|| holder.to_owned(), |it| it.holder.clone()),
        token: granted.map(|it| it.token),
    }
}

/// Where the browser goes so that the holder lets us see the keys.
pub async fn to_look(
    app: &App,
    who: &Session,
    service: &str,
    holder: &str,
) -> Result<String, AppError> {
    let service = service_of(app, &who.caller, service).await?;
    let page = service.page_for_lists().ok_or_else(|| {
        AppError::from(Refusal::new(RefusalCode::RemoteNotOffered).with("service", &service.name))
    })?;
    let mut seed = [0; 32];
    app.ports.randomness.fill(&mut seed);
    let page = page.service_page(&Seed::new(seed), Some("vi"));
    let errand = Errand::Look {
        service: service.code.clone(),
        holder: holder.to_owned(),
        verifier: page.verifier,
    };
    begin(app, who, page.state, errand);
    Ok(page.url)
}

/// Where the browser goes so that the holder agrees to the signatures of a session.
/// None where there is nothing to agree to now.
pub async fn to_agree(
    app: &App,
    who: &Session,
    id: &SigningId,
) -> Result<Option<String>, AppError> {
    let url = remote::page_of(app, &who.caller, id).await?;
    let Some((url, state)) = url.and_then(|url| field(&url, "state").map(|it| (url, it))) else {
        return Ok(None);
    };
    begin(app, who, state, Errand::Agree(id.clone()));
    Ok(Some(url))
}

fn begin(app: &App, who: &Session, state: String, errand: Errand) {
    let now = app.now();
    let round = Round {
        session: who.hash.clone(),
        until: now.plus_seconds(MINUTES * 60),
        errand,
    };
    app.rounds.put(state, round, now);
}

/// What the browser brought back. A state that this browser session was not sent with is refused.
pub async fn returned(app: &App, who: &Session, query: &str) -> Result<Returned, AppError> {
    let stale = || AppError::refused(RefusalCode::Csrf);
    let state = field(query, "state").ok_or_else(stale)?;
    let errand = app.rounds.take(&state, &who.hash, app.now());
    match errand.ok_or_else(stale)? {
        Errand::Agree(id) => {
            remote::brought_back(app, &id, query);
            Ok(Returned::Agreed(id))
        }
        Errand::Look {
            service,
            holder,
            verifier,
        } => {
            let it = service_of(app, &who.caller, &service).await?;
            let told = |failure: vanthu_remote::Failure| refusal_of(&failure, &it.name);
            let code = oauth::read_return(query, &state).map_err(told)?;
            let page = it.page_for_lists().ok_or_else(stale)?;
            let answer = it.ask(page.redeem(&code, &verifier)).await;
            let HttpAnswer::Reply(reply) = answer else {
                let refusal = Refusal::new(RefusalCode::RemoteNotReached);
                return Err(refusal.with("service", &it.name).into());
            };
            let token = oauth::read_token(&reply).map_err(told)?.value;
            let (now, key) = (app.now(), (who.hash.clone(), service.clone()));
            let granted = Granted {
                until: now.plus_seconds(MINUTES * 60),
                holder,
                token,
            };
            let mut all = open(&app.rounds.granted);
            all.retain(|_, it| it.until > now);
            all.insert(key, granted);
            Ok(Returned::MayLook(service))
        }
    }
}

/// A field of a query whose value needs no unescaping.
fn field(text: &str, name: &str) -> Option<String> {
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    let mut found = query
        .split('&')
        .filter_map(|it| it.split_once('='))
        .filter(|(key, _)| *key == name);
    let plain = |it: &str| {
        it.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    match (found.next(), found.next()) {
        (Some((_, value)), None) if plain(value) => Some(value.to_owned()),
        _ => None,
    }
}
