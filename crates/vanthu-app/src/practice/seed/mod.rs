//! Documents in flight: the real actions are done, by the people of the province, on past days, so
//! that no list is empty and nothing in the store is made up.
//!
//! [`Stage`] lets people act by their account names; [`scenes`] says what they do.

mod scenes;

use std::collections::BTreeMap;
use std::path::Path;

use vanthu_domain::calendar::WorkingCalendar;
use vanthu_domain::id::{AgencyId, IncomingId, LineId, OutgoingId, UnitId};
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::line::Part;
use vanthu_domain::{Clock, Day, Moment};
use vanthu_store::signing::Purpose;
use vanthu_store::{account, agency, delivery, line};

use crate::account::caller_of;
use crate::incoming::accept_and_register::accept_and_register;
use crate::incoming::direct::{Direct, direct};
use crate::incoming::present::{Present, present};
use crate::incoming::register::Register;
use crate::line::assign::{Assign, Share, assign};
use crate::line::finish::{Finish, finish};
use crate::line::give::{Holder, NewLine};
use crate::outgoing::approve::{Approve, approve};
use crate::outgoing::draft::{Draft, draft};
use crate::outgoing::give_number;
use crate::outgoing::issue::issue;
use crate::outgoing::save::{Save, SavedBy, save};
use crate::outgoing::submit::submit;
use crate::practice::clock::MovableClock;
use crate::practice::letters::Letter;
use crate::practice::province::Province;
use crate::practice::sign::{Keys, sign};
use crate::{App, AppError, Caller, job};

/// The people through whose hands a document goes.
#[derive(Debug, Clone, Copy)]
struct Hands {
    agency: &'static str,
    drafter: &'static str,
    head: &'static str,
    signer: &'static str,
    clerk: &'static str,
}

/// A document to be drafted.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    letter: Letter,
    to: &'a [&'static str],
    reply_to: Option<&'a IncomingId>,
    /// An answer is asked for within so many working days.
    due: Option<u16>,
}

/// To whom a leader gives a line.
#[derive(Debug, Clone, Copy)]
enum To {
    /// A unit, by agency and unit key.
    Unit(&'static str, &'static str),
    /// A person, by account name.
    Person(&'static str),
}

/// Where people act.
struct Stage<'a> {
    app: &'a App,
    clock: &'a MovableClock,
    keys: Keys,
    /// The real present, which nothing may pass.
    now: Moment,
    callers: BTreeMap<String, Caller>,
    agencies: BTreeMap<String, AgencyId>,
    units: BTreeMap<(String, String), UnitId>,
}

/// Puts documents in flight. `app` goes by the clock that is given beside it; `now` is the real
/// present.
pub async fn seed(
    app: &App,
    clock: &MovableClock,
    province: &Province,
    key_folder: &Path,
    now: Moment,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<(), AppError> {
    let mut stage = Stage {
        app,
        clock,
        keys: Keys::of(key_folder)?,
        now,
        callers: BTreeMap::new(),
        agencies: BTreeMap::new(),
        units: BTreeMap::new(),
    };
    stage.gather(province).await?;
    scenes::play(&stage, progress).await
}

/// The moment at which the oldest document begins.
pub fn beginning(calendar: &WorkingCalendar, now: Moment) -> Moment {
    working_day_before(calendar, now.day(), scenes::DAYS + 1).at_minute(450)
}

fn working_day_before(calendar: &WorkingCalendar, today: Day, count: u16) -> Day {
    let mut day = today;
    let mut left = count;
    while left > 0 {
        day = day.plus_days(-1);
        if calendar.is_working(day) {
            left -= 1;
        }
    }
    day
}

impl Stage<'_> {
    async fn gather(&mut self, province: &Province) -> Result<(), AppError> {
        let mut tx = self.app.store.read().await?;
        let today = self.now.day();
        for row in account::list(&mut tx).await? {
            let caller = caller_of(&mut tx, &row, today).await?;
            self.callers.insert(row.login.clone(), caller);
        }
        for written in &province.agencies {
            let Some(found) = agency::find_by_code(&mut tx, &written.code).await? else {
                continue;
            };
            for unit in agency::list_units(&mut tx, &found.agency_id).await? {
                let key = written
                    .units
                    .iter()
                    .find(|it| it.abbreviation == unit.abbreviation);
                if let Some(key) = key {
                    self.units
                        .insert((written.key.clone(), key.key.clone()), unit.unit_id);
                }
            }
            self.agencies.insert(written.key.clone(), found.agency_id);
        }
        Ok(())
    }

    /// Goes to a time of the working day that lies so many working days back. Today everything
    /// happens within the last hour.
    fn at(&self, back: u16, hour: u16, minute: u16) {
        let moment = if back == 0 {
            self.now.plus_seconds(-3600)
        } else {
            working_day_before(&self.app.calendar, self.now.day(), back)
                .at_minute(hour * 60 + minute)
        };
        self.clock.move_to(moment.min(self.now.plus_seconds(-3600)));
    }

    /// Lets time go by.
    fn pass(&self, minutes: i64) {
        let moment = self.clock.now().plus_seconds(minutes * 60);
        self.clock.move_to(moment.min(self.now.plus_seconds(-30)));
    }

    fn today(&self) -> Day {
        self.clock.now().day()
    }

    fn due(&self, working_days: u16) -> Day {
        self.app
            .calendar
            .add_working_days(self.today(), working_days)
    }

    fn caller(&self, login: &str) -> Result<&Caller, AppError> {
        self.callers.get(login).ok_or_else(|| missing(login))
    }

    fn agency(&self, key: &str) -> Result<&AgencyId, AppError> {
        self.agencies.get(key).ok_or_else(|| missing(key))
    }

    /// Drafts and saves.
    async fn draft(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let text = piece.letter.text()?;
        let drafter = self.caller(hands.drafter)?;
        let new = Draft {
            kind: text.kind,
            reply_to: piece.reply_to.cloned(),
        };
        let outgoing_id = draft(self.app, drafter, new).await?;
        self.pass(12);
        let signer = self.caller(hands.signer)?;
        let mut tx = self.app.store.read().await?;
        let authorities = agency::list_authorities_of(&mut tx, signer.person_id()).await?;
        drop(tx);
        let recipients = piece
            .to
            .iter()
            .map(|key| self.agency(key).cloned())
            .collect::<Result<_, _>>()?;
        let whole = Save {
            outgoing_id: outgoing_id.clone(),
            version: 1,
            kind: text.kind,
            subject: text.subject,
            urgency: text.urgency,
            addressees: text.addressees,
            recipients,
            recipients_text: text.copies,
            body: text.body,
            authority_id: authorities.into_iter().map(|it| it.authority_id).next(),
            due_reply_day: piece.due.map(|days| self.due(days)),
            by: SavedBy::Hand,
        };
        save(self.app, drafter, whole).await?;
        Ok(outgoing_id)
    }

    /// Up to the head of the unit.
    async fn submitted(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let outgoing_id = self.draft(hands, piece).await?;
        self.pass(9);
        submit(self.app, self.caller(hands.drafter)?, &outgoing_id, None).await?;
        Ok(outgoing_id)
    }

    /// Up to the authorised person.
    async fn approved(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let outgoing_id = self.submitted(hands, piece).await?;
        self.pass(14);
        let words = "Đã rà soát nội dung, thống nhất trình ký.".to_owned();
        let yes = Approve {
            outgoing_id: outgoing_id.clone(),
            version: None,
            words,
        };
        approve(self.app, self.caller(hands.head)?, yes).await?;
        Ok(outgoing_id)
    }

    /// Up to the clerk.
    async fn signed(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let outgoing_id = self.approved(hands, piece).await?;
        self.pass(11);
        self.sign(hands.signer, Purpose::Person, &outgoing_id)
            .await?;
        Ok(outgoing_id)
    }

    async fn numbered(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let outgoing_id = self.signed(hands, piece).await?;
        self.pass(3);
        let clerk = self.caller(hands.clerk)?;
        give_number::give_number(self.app, clerk, &outgoing_id, None).await?;
        Ok(outgoing_id)
    }

    async fn sealed(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let outgoing_id = self.numbered(hands, piece).await?;
        self.pass(2);
        self.sign(hands.clerk, Purpose::Seal, &outgoing_id).await?;
        Ok(outgoing_id)
    }

    /// Issued and delivered.
    async fn issued(&self, hands: Hands, piece: Piece<'_>) -> Result<OutgoingId, AppError> {
        let outgoing_id = self.sealed(hands, piece).await?;
        issue(self.app, self.caller(hands.clerk)?, &outgoing_id, None).await?;
        self.deliver().await?;
        Ok(outgoing_id)
    }

    async fn sign(&self, login: &str, purpose: Purpose, id: &OutgoingId) -> Result<(), AppError> {
        sign(
            self.app,
            self.caller(login)?,
            &self.keys,
            purpose,
            vec![id.clone()],
        )
        .await
    }

    async fn deliver(&self) -> Result<(), AppError> {
        job::run_due(self.app).await?;
        Ok(())
    }

    /// What a document became at a recipient.
    async fn incoming(&self, id: &OutgoingId, agency: &str) -> Result<IncomingId, AppError> {
        let agency_id = self.agency(agency)?;
        let mut tx = self.app.store.read().await?;
        delivery::list(&mut tx, id)
            .await?
            .into_iter()
            .find(|row| row.to_agency_id == *agency_id)
            .and_then(|row| row.incoming_id)
            .ok_or_else(|| missing(agency))
    }

    async fn register(&self, clerk: &str, id: &IncomingId) -> Result<(), AppError> {
        let entry = Register {
            incoming_id: id.clone(),
            version: None,
            due_day: None,
            note: String::new(),
            despite_duplicate: None,
        };
        accept_and_register(self.app, self.caller(clerk)?, entry).await?;
        Ok(())
    }

    /// Registered and with the leader.
    async fn presented(
        &self,
        hands: Hands,
        id: &IncomingId,
        proposal: &str,
    ) -> Result<(), AppError> {
        self.register(hands.clerk, id).await?;
        self.pass(6);
        let leader_id = self.caller(hands.signer)?.person_id().clone();
        let paper = Present {
            incoming_id: id.clone(),
            version: None,
            leader_id,
            proposal: proposal.to_owned(),
        };
        present(self.app, self.caller(hands.clerk)?, paper).await
    }

    /// The leader's instruction.
    async fn direct(
        &self,
        leader: &str,
        id: &IncomingId,
        (words, days): (&str, u16),
        lines: &[(To, Part)],
    ) -> Result<(), AppError> {
        let lines = lines
            .iter()
            .map(|(to, part)| {
                let to = match to {
                    To::Unit(agency, unit) => {
                        let key = ((*agency).to_owned(), (*unit).to_owned());
                        Holder::Unit(self.units.get(&key).cloned().ok_or_else(|| missing(unit))?)
                    }
                    To::Person(login) => Holder::Person(self.caller(login)?.person_id().clone()),
                };
                Ok(NewLine {
                    to,
                    part: *part,
                    due_day: None,
                    instruction: String::new(),
                })
            })
            .collect::<Result<Vec<_>, AppError>>()?;
        let given = Direct {
            incoming_id: id.clone(),
            version: None,
            words: words.to_owned(),
            due_day: Some(self.due(days)),
            lines,
        };
        direct(self.app, self.caller(leader)?, given).await
    }

    /// The line that a person holds, or that waits for the head of the person's unit.
    async fn line_of(&self, id: &IncomingId, login: &str) -> Result<LineId, AppError> {
        let caller = self.caller(login)?;
        let mut tx = self.app.store.read().await?;
        let rows = line::list_of_incoming(&mut tx, id).await?;
        let own = rows
            .iter()
            .rev()
            .find(|it| it.person_id.as_ref() == Some(caller.person_id()));
        let of_unit = rows.iter().find(|it| {
            it.person_id.is_none() && it.unit_id.as_ref().is_some_and(|it| caller.actor.leads(it))
        });
        own.or(of_unit)
            .map(|it| it.line_id.clone())
            .ok_or_else(|| missing(login))
    }

    async fn assign(
        &self,
        head: &str,
        id: &IncomingId,
        (words, days): (&str, u16),
        shares: &[(&str, Part)],
    ) -> Result<(), AppError> {
        let due_day = Some(self.due(days));
        let shares = shares
            .iter()
            .map(|(login, part)| {
                Ok(Share {
                    person_id: self.caller(login)?.person_id().clone(),
                    part: *part,
                    due_day,
                })
            })
            .collect::<Result<Vec<_>, AppError>>()?;
        let line_id = self.line_of(id, head).await?;
        let given = Assign {
            line_id,
            version: None,
            words: words.to_owned(),
            shares,
        };
        assign(self.app, self.caller(head)?, given).await
    }

    async fn start(&self, login: &str, id: &IncomingId) -> Result<(), AppError> {
        let line_id = self.line_of(id, login).await?;
        crate::line::start::start(self.app, self.caller(login)?, &line_id, None).await
    }

    async fn finish(
        &self,
        login: &str,
        id: &IncomingId,
        (code, words): (Option<ClosingCode>, &str),
        reply: Option<OutgoingId>,
    ) -> Result<(), AppError> {
        let line_id = self.line_of(id, login).await?;
        let done = Finish {
            line_id,
            version: None,
            code,
            words: words.to_owned(),
            reply,
        };
        finish(self.app, self.caller(login)?, done).await
    }
}

fn missing(what: &str) -> AppError {
    AppError::fault(
        "practice documents",
        format!("{what} is not in the province"),
    )
}
