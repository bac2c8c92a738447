//! The unit of work: who acts, in which transaction, and what follows from it.

use serde_json::Value;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::{Act, Entry};
use vanthu_domain::id::{AccountId, AgencyId, JobId, NoticeId, PersonId};
use vanthu_domain::permission::{Action, Actor, Object, decide};
use vanthu_domain::{Day, Moment, Refusal};
use vanthu_store::job::NewJob;
use vanthu_store::notice::NoticeRow;
use vanthu_store::{Tx, job, ledger, notice};

use crate::{App, AppError};

/// Who asks: the signed-in person with today's posts, acting for one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// What the rules need to know.
    pub actor: Actor,
    /// The account's name.
    pub login: String,
    /// The person's full name.
    pub full_name: String,
    /// The title of the post in this agency.
    pub title: String,
    /// The agency for which the person acts.
    pub agency_id: AgencyId,
}

impl Caller {
    /// Asks the authorisation core.
    pub fn may(&self, action: Action, object: &Object) -> Result<(), Refusal> {
        decide(&self.actor, action, object)
    }

    /// The object behind rights on an agency as a whole.
    pub fn own_agency(&self) -> Object {
        Object::Agency {
            agency_id: self.agency_id.clone(),
        }
    }

    /// Whether the person holds the role in the agency for which they act.
    pub fn is(&self, role: Role) -> bool {
        self.actor.has(&self.agency_id, role)
    }

    /// The person.
    pub fn person_id(&self) -> &PersonId {
        &self.actor.person_id
    }
}

/// One transaction with what it records. Dropping it undoes everything.
pub struct Work<'a> {
    /// The transaction.
    pub tx: Tx,
    /// The moment that everything in it happens at.
    pub now: Moment,
    app: &'a App,
    account_id: Option<String>,
    person_id: Option<String>,
    agency_id: Option<String>,
}

impl App {
    /// Begins a unit of work for a person.
    pub async fn begin(&self, caller: &Caller) -> Result<Work<'_>, AppError> {
        Ok(Work {
            tx: self.store.write().await?,
            now: self.now(),
            app: self,
            account_id: Some(caller.actor.account_id.to_string()),
            person_id: Some(caller.actor.person_id.to_string()),
            agency_id: Some(caller.agency_id.to_string()),
        })
    }

    /// Begins a unit of work of the system itself: a job, or an act before anybody is signed in.
    pub async fn begin_system(&self, agency_id: Option<&AgencyId>) -> Result<Work<'_>, AppError> {
        Ok(Work {
            tx: self.store.write().await?,
            now: self.now(),
            app: self,
            account_id: None,
            person_id: None,
            agency_id: agency_id.map(ToString::to_string),
        })
    }
}

impl Work<'_> {
    /// Today in Vietnam.
    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// What the system does from here on is recorded as this person's act, as where an agent
    /// answers for the session that the person opened.
    pub(crate) fn act_as(&mut self, account_id: &AccountId, person_id: &PersonId) {
        self.account_id = Some(account_id.to_string());
        self.person_id = Some(person_id.to_string());
    }

    /// What follows is recorded as done for this agency.
    pub(crate) fn act_for(&mut self, agency_id: &AgencyId) {
        self.agency_id = Some(agency_id.to_string());
    }

    /// What the system does from here on is recorded as an act of whoever opened the session, for its agency.
    pub(crate) fn act_in(&mut self, session: &vanthu_store::signing::SigningRow) {
        self.act_for(&session.agency_id);
        self.act_as(&session.account_id, &session.person_id);
    }

    /// 128 random bits for an identifier.
    pub fn random(&self) -> u128 {
        self.app.random()
    }

    /// Records an act on an object; `about` names others whose timeline shows it.
    pub async fn record(
        &mut self,
        act: Act,
        object: impl ToString,
        about: &[String],
        data: Value,
    ) -> Result<(), AppError> {
        let entry = Entry {
            at: self.now,
            account_id: self.account_id.clone(),
            person_id: self.person_id.clone(),
            agency_id: self.agency_id.clone(),
            act,
            object_id: object.to_string(),
            about: about.to_vec(),
            data,
        };
        ledger::append(&mut self.tx, &entry).await?;
        Ok(())
    }

    /// Enqueues a job in this transaction. A key makes it the only one of its kind.
    pub async fn enqueue(
        &mut self,
        kind: &str,
        key: Option<String>,
        payload: Value,
    ) -> Result<(), AppError> {
        let new = NewJob {
            job_id: JobId::new(self.now, self.random()),
            kind: kind.to_owned(),
            dedupe_key: key,
            payload,
            run_at: self.now,
            max_attempts: 8,
            created_at: self.now,
        };
        job::enqueue(&mut self.tx, new).await?;
        Ok(())
    }

    /// Leaves a notice for a person.
    pub async fn notify(
        &mut self,
        person_id: &PersonId,
        code: &str,
        args: Value,
        link: String,
    ) -> Result<(), AppError> {
        let new = NoticeRow {
            notice_id: NoticeId::new(self.now, self.random()),
            person_id: person_id.clone(),
            code: code.to_owned(),
            args,
            link,
            at: self.now,
            read_at: None,
        };
        notice::insert(&mut self.tx, &new).await?;
        Ok(())
    }

    /// Makes it all true, and wakes the worker and the listeners.
    pub async fn commit(self) -> Result<(), AppError> {
        self.tx.commit().await?;
        self.app.wake.notify_waiters();
        Ok(())
    }
}
