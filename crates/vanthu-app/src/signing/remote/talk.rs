//! One step of a conversation: from what is kept to the next wait, or to the end.

use std::time::Duration;

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_remote::{
    Checkpoint, Ending, HttpRequest, ItemOutcome, LateWord, Next, Outcome, Purpose, SignatureValue,
    Signing,
};
use vanthu_store::remote_signing::{self, Certainty, RemoteSigningRow};
use vanthu_store::signing::{self, ItemState, SessionState, SigningItemRow, SigningRow};
use vanthu_store::{certificate, credential};

use super::{Asking, WantedItem, about, ending_of, seed, since};
use crate::job::Performed;
use crate::service::KeyService;
use crate::signing::ending::code_of;
use crate::signing::take::{Door, Value, take};
use crate::signing::{certificates_of, fail_waiting};
use crate::{App, AppError};

/// How often it is looked whether the holder's browser has come back.
const LOOK_SECONDS: i64 = 1;
/// How soon a time-stamp or a status that could not be had is asked for again: the session lasts for minutes only.
const AGAIN_SECONDS: i64 = 5;

/// How a conversation ended, as it is written down.
struct End {
    /// None where everything was signed.
    code: Option<RefusalCode>,
    certainty: Certainty,
    said: String,
    late: Option<serde_json::Value>,
}

/// What became of a signature that is at hand.
enum Took {
    /// It is in the document.
    In,
    /// It is not used.
    Not(Refusal),
    /// It may be taken soon.
    Later(Refusal),
}

/// A conversation at work.
struct Talk<'a> {
    app: &'a App,
    id: &'a SigningId,
    service: &'a KeyService,
    started: Moment,
    signing: Signing,
}

/// Carries a conversation on until it waits or ends.
pub(crate) async fn step(app: &App, id: &SigningId) -> Result<Performed, AppError> {
    let Some((session, row)) = load(app, id).await? else {
        return Ok(Performed::Done);
    };
    let mut tx = app.store.read().await?;
    let key = credential::load(&mut tx, &row.credential_id).await?;
    let holder = certificate::load(&mut tx, &session.certificate_id).await?;
    drop(tx);
    let Some(service) = app.key_services().find(&key.service) else {
        let end = broken(&row, Ending::NotOffered);
        return finish(app, id, &key.service, end, Vec::new()).await;
    };
    let wanted: Vec<WantedItem> = serde_json::from_value(row.wanted.clone())
        .map_err(|error| AppError::fault("remote signing", error))?;
    let asking = Asking {
        session: &session,
        credential: &key,
        certificate: certificates_of(&holder)?.0,
        wanted: &wanted,
        display: &row.display,
        deadline: row.deadline,
    };
    let signing = match app.conversations.take(id) {
        Some(signing) => Ok(signing),
        None => match kept(&row)? {
            None => asking.begin(app, service)?,
            Some(checkpoint) => Signing::resume(
                service.provider(app.random()),
                asking.order()?,
                asking.pace(),
                seed(app),
                checkpoint,
                since(session.created_at, app.now()),
            ),
        },
    };
    let signing = match signing {
        Ok(signing) => signing,
        Err(bad) => {
            tracing::warn!(%bad, signing = %id, "a conversation can't go on");
            let end = broken(&row, ending_of(bad));
            return finish(app, id, &service.name, end, Vec::new()).await;
        }
    };
    begin_work(app, &session).await?;
    let mut talk = Talk {
        app,
        id,
        service,
        started: session.created_at,
        signing,
    };
    let gone = talk.go().await;
    if !matches!(gone, Ok(Performed::Done)) {
        app.conversations.keep(id, talk.signing);
    }
    gone
}

/// The session with its conversation, where that has not ended.
async fn load(
    app: &App,
    id: &SigningId,
) -> Result<Option<(SigningRow, RemoteSigningRow)>, AppError> {
    let mut tx = app.store.read().await?;
    let Some(session) = signing::find(&mut tx, id).await? else {
        return Ok(None);
    };
    let row = remote_signing::find(&mut tx, id).await?;
    Ok(row
        .filter(|it| it.ending.is_none())
        .map(|row| (session, row)))
}

fn kept(row: &RemoteSigningRow) -> Result<Option<Checkpoint>, AppError> {
    let kept = row.checkpoint.clone().map(serde_json::from_value);
    kept.transpose()
        .map_err(|error| AppError::fault("checkpoint", error))
}

fn broken(row: &RemoteSigningRow, ending: Ending) -> End {
    End {
        code: code_of(ending),
        certainty: if row.asked {
            Certainty::MaybeSigned
        } else {
            Certainty::NothingSigned
        },
        said: String::new(),
        late: None,
    }
}

/// The session is under way.
async fn begin_work(app: &App, session: &SigningRow) -> Result<(), AppError> {
    if session.state != SessionState::Open {
        return Ok(());
    }
    let mut work = app.begin_system(Some(&session.agency_id)).await?;
    let row = signing::find_locked(&mut work.tx, &session.signing_id).await?;
    if let Some(mut row) = row.filter(|it| it.state == SessionState::Open) {
        row.state = SessionState::Fetched;
        signing::update(&mut work.tx, &row, SessionState::Open).await?;
        work.commit().await?;
    }
    Ok(())
}

impl Talk<'_> {
    fn elapsed(&self) -> Duration {
        since(self.started, self.app.now())
    }

    async fn go(&mut self) -> Result<Performed, AppError> {
        loop {
            self.hear_the_person().await?;
            if let Some(query) = self.app.conversations.take_return(self.id) {
                let elapsed = self.elapsed();
                self.signing.returned(&query, elapsed);
            }
            let now = self.app.now();
            match self.signing.next(self.elapsed()) {
                Next::Ask(request) => self.ask(&request).await?,
                Next::Browser(page) => {
                    self.keep(Some(page)).await?;
                    return Ok(Performed::Again(now.plus_seconds(LOOK_SECONDS)));
                }
                Next::Wait(time) => {
                    self.keep(None).await?;
                    let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
                    let at = now.unix_micros().saturating_add(micros);
                    return Ok(Performed::Again(Moment::from_unix_micros(at)));
                }
                Next::Ended => return self.end().await,
            }
        }
    }

    /// Makes one request. That a signature may be asked for is written down before.
    async fn ask(&mut self, request: &HttpRequest) -> Result<(), AppError> {
        if request.purpose == Purpose::Sign {
            self.keep(None).await?;
        }
        let answer = self.service.client.make(request).await;
        // What comes after the person gave up is recorded as late, and is no signature.
        self.hear_the_person().await?;
        let elapsed = self.elapsed();
        self.signing.answer(request.id, answer, elapsed);
        self.keep(None).await
    }

    /// Whether the person has given the session up on the page meanwhile.
    async fn hear_the_person(&mut self) -> Result<(), AppError> {
        let mut tx = self.app.store.read().await?;
        let session = signing::load(&mut tx, self.id).await?;
        if session.state == SessionState::Cancelled {
            self.signing.cancel();
        }
        Ok(())
    }

    async fn keep(&self, page: Option<String>) -> Result<(), AppError> {
        let checkpoint = serde_json::to_value(self.signing.checkpoint())
            .map_err(|error| AppError::fault("checkpoint", error))?;
        let mut tx = self.app.store.write().await?;
        let before = remote_signing::load(&mut tx, self.id).await?;
        let mut row = before.clone();
        row.asked |= self.signing.pending().is_some_and(|it| it.asked);
        row.checkpoint = Some(checkpoint);
        row.page = page;
        if row == before {
            return Ok(());
        }
        row.updated_at = self.app.now();
        remote_signing::update(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everything is known: what was signed is taken, and the rest says why not.
    async fn end(&mut self) -> Result<Performed, AppError> {
        let Some(outcome) = self.signing.outcome() else {
            return Err(AppError::fault("remote signing", "an end without outcome"));
        };
        let mut tx = self.app.store.read().await?;
        let items = signing::list_items(&mut tx, self.id).await?;
        drop(tx);
        let mut end = end_of(&outcome);
        let mut failed = Vec::new();
        for (item, became) in items.iter().zip(&outcome.items) {
            if item.state != ItemState::Waiting {
                continue;
            }
            match self.take(item, became).await? {
                Took::In => {}
                Took::Not(refusal) => {
                    end.code.get_or_insert(refusal.code);
                    failed.push((item.item_id.clone(), refusal));
                }
                Took::Later(refusal) => {
                    tracing::warn!(why = %refusal.code, signing = %self.id, "a signature waits to be embedded");
                    let at = self.app.now().plus_seconds(AGAIN_SECONDS);
                    return Ok(Performed::Again(at));
                }
            }
        }
        finish(self.app, self.id, &self.service.name, end, failed).await
    }

    /// Takes the signature of one item. A time-stamp or a status that can't be had now is tried again as long as the
    /// session stands; the signature is at hand meanwhile.
    async fn take(&self, item: &SigningItemRow, became: &ItemOutcome) -> Result<Took, AppError> {
        let signature = match became {
            ItemOutcome::Signed(SignatureValue::Raw(signature)) => signature,
            ItemOutcome::Signed(SignatureValue::Cms(_)) => {
                return Ok(Took::Not(self.say(Ending::OtherForm)));
            }
            ItemOutcome::Failed { ending, .. } => return Ok(Took::Not(self.say(*ending))),
            ItemOutcome::NotAsked => return Ok(Took::Not(self.say(Ending::NotOffered))),
        };
        let value = Value {
            signing_id: self.id,
            item_id: &item.item_id,
            signature,
            door: Door::Service,
        };
        match take(self.app, value).await {
            Ok(()) => Ok(Took::In),
            Err(AppError::Refused(refusal)) => {
                let passing = matches!(
                    refusal.code,
                    RefusalCode::TimestampFailed | RefusalCode::RevocationUnknown
                );
                let mut tx = self.app.store.read().await?;
                let session = signing::load(&mut tx, self.id).await?;
                if passing && self.app.now() <= session.expires_at {
                    return Ok(Took::Later(*refusal));
                }
                Ok(Took::Not(*refusal))
            }
            Err(fault) => Err(fault),
        }
    }

    fn say(&self, ending: Ending) -> Refusal {
        about(
            code_of(ending).unwrap_or(RefusalCode::RemoteUnreadable),
            &self.service.name,
        )
    }
}

fn end_of(outcome: &Outcome) -> End {
    let late: Vec<serde_json::Value> = outcome
        .late
        .iter()
        .map(|it| {
            let (word, more) = match &it.what {
                LateWord::Signatures(count) => ("signatures", json!(count)),
                LateWord::Pending => ("pending", json!(null)),
                LateWord::NothingSigned => ("nothing-signed", json!(null)),
                LateWord::Other(said) => ("other", json!(said)),
            };
            json!({"after_seconds": it.after.as_secs(), "what": word, "more": more})
        })
        .collect();
    End {
        code: code_of(outcome.ending),
        certainty: if outcome.may_be_signed() {
            Certainty::MaybeSigned
        } else if outcome.ending == Ending::Signed {
            Certainty::Signed
        } else {
            Certainty::NothingSigned
        },
        said: outcome.said.clone(),
        late: (!late.is_empty()).then(|| json!(late)),
    }
}

/// Writes the end down: of the conversation, of the items that were not signed, and of the session.
async fn finish(
    app: &App,
    id: &SigningId,
    service: &str,
    end: End,
    failed: Vec<(String, Refusal)>,
) -> Result<Performed, AppError> {
    let mut work = app.begin_system(None).await?;
    let session = signing::find_locked(&mut work.tx, id)
        .await?
        .ok_or_else(|| AppError::fault("signing", "no session"))?;
    work.act_in(&session);
    let code = end.code.map_or("signed", |it| it.code());
    let mut row = remote_signing::load(&mut work.tx, id).await?;
    if row.ending.is_some() {
        // Somebody was quicker: another program, or the person who said what became of it.
        app.conversations.forget(id);
        return Ok(Performed::Done);
    }
    row.ending = Some(code.to_owned());
    row.certainty = Some(end.certainty);
    row.said = Some(end.said.clone()).filter(|it| !it.is_empty());
    row.late.clone_from(&end.late);
    row.page = None;
    row.checkpoint = None;
    row.updated_at = work.now;
    remote_signing::update(&mut work.tx, &row).await?;
    let open = matches!(session.state, SessionState::Open | SessionState::Fetched);
    if let Some(why) = end.code {
        let items = signing::list_items(&mut work.tx, id).await?;
        let refusal = |item: &SigningItemRow| {
            let said = failed.iter().find(|(it, _)| *it == item.item_id);
            said.map_or_else(|| about(why, service), |(_, it)| it.clone())
        };
        let mut about_documents = fail_waiting(&mut work, &items, refusal).await?;
        if !open {
            // Who ended the session meanwhile has told its documents; this is what became of the service.
            about_documents.clear();
        }
        if open {
            let state = if why == RefusalCode::RemoteDeadlinePassed {
                SessionState::Expired
            } else {
                SessionState::Done
            };
            crate::signing::end(&mut work, &session, state, Some(code.to_owned())).await?;
        }
        let data = json!({
            "reason": code, "certainty": end.certainty.code(), "service": service,
            "said": row.said, "late": row.late,
        });
        work.record(Act::SigningFailed, id, &about_documents, data)
            .await?;
    }
    work.commit().await?;
    app.conversations.forget(id);
    Ok(Performed::Done)
}
