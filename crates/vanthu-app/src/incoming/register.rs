//! The clerk enters a document in the register (vào sổ; Decree 30/2020, Article 22).
//!
//! What was received stays as it was; the clerk adds the deadline and remarks beside it.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::Arrival;
use vanthu_domain::permission::Action;
use vanthu_domain::profile::{RegulationProfile, Setting};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::{Day, text};
use vanthu_store::agency;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::register::{self, Direction, Giving};
use vanthu_wire::exchange::Package;

use crate::incoming::duplicate::find_duplicate;
use crate::incoming::{keep, open_seen, words};
use crate::outgoing::give_number::register_of;
use crate::{App, AppError, Caller, Work};

/// The longest remark (Decree 30/2020, Appendix VI: Description, 500).
pub(crate) const LONGEST_NOTE: usize = 500;

/// What the clerk adds.
#[derive(Debug, Clone)]
pub struct Register {
    /// The document.
    pub incoming_id: IncomingId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The deadline; without one, that of the profile on the working calendar.
    pub due_day: Option<Day>,
    /// Remarks.
    pub note: String,
    /// Why it is entered although it seems to be here already.
    pub despite_duplicate: Option<String>,
}

impl Register {
    /// With its words cleaned.
    pub(crate) async fn cleaned(self, app: &App, caller: &Caller) -> Result<Self, AppError> {
        let despite = self.despite_duplicate.as_deref().unwrap_or_default();
        let despite = words(app, caller, "Lý do vào sổ riêng", despite, LONGEST_NOTE).await?;
        let note = words(app, caller, "Ghi chú", &self.note, LONGEST_NOTE).await?;
        let despite_duplicate = Some(despite).filter(|despite| !despite.is_empty());
        Ok(Self {
            note,
            despite_duplicate,
            ..self
        })
    }
}

/// Gives it the next arrival number of this year's register.
///
/// Clause: TG-8.2, TG-7
pub async fn register(app: &App, caller: &Caller, input: Register) -> Result<Arrival, AppError> {
    let input = input.cleaned(app, caller).await?;
    let mut work = app.begin(caller).await?;
    let action = Action::Register;
    let mut row = open_seen(&mut work, caller, &input.incoming_id, action, input.version).await?;
    let arrival = enter(app, &mut work, caller, &mut row, &input).await?;
    work.commit().await?;
    Ok(arrival)
}

/// The step itself. The register's row is kept from others until the transaction ends: numbers are
/// consecutive, without gap or double.
pub(crate) async fn enter(
    app: &App,
    work: &mut Work<'_>,
    caller: &Caller,
    row: &mut IncomingRow,
    input: &Register,
) -> Result<Arrival, AppError> {
    let today = work.today();
    let ours = agency::load(&mut work.tx, &row.agency_id).await?;
    let profile = app.profile_of(&ours)?;
    row.due_day = Some(match input.due_day {
        Some(day) => not_past(day, today)?,
        None => proposed_due(app, profile, row, today),
    });
    row.note.clone_from(&input.note);
    let despite = unless_duplicate(work, row, input).await?;
    // A wrong state refuses before a number is taken.
    row.state.clone().register(
        work.now,
        Arrival {
            number: 1,
            day: today,
        },
    )?;
    let register_id = register_of(work, caller, Direction::In).await?;
    let now = work.now;
    let entry = register::give(&mut work.tx, &register_id, |number| Giving {
        notation: number.to_string(),
        document_id: row.incoming_id.to_string(),
        day: today,
        person_id: caller.person_id().clone(),
        at: now,
    })
    .await?;
    let arrival = Arrival {
        number: entry.number,
        day: today,
    };
    row.state = row.state.clone().register(now, arrival)?;
    row.register_id = Some(register_id);
    keep(work, row).await?;
    let data = json!({
        "arrival_number": arrival.number, "day": today, "due_day": row.due_day,
        "despite_duplicate": despite,
    });
    work.record(Act::Registered, &row.incoming_id, &[], data)
        .await?;
    Ok(arrival)
}

async fn unless_duplicate(
    work: &mut Work<'_>,
    row: &mut IncomingRow,
    input: &Register,
) -> Result<Option<String>, AppError> {
    let Some(existing) = find_duplicate(&mut work.tx, row).await? else {
        return Ok(None);
    };
    let Some(why) = input.despite_duplicate.clone() else {
        return Err(Refusal::new(RefusalCode::DuplicateIncoming)
            .with("number", format!("{} ({})", row.notation, existing.text))
            .with("agency", &row.from_name)
            .into());
    };
    let note = [
        row.note.as_str(),
        &format!("Trùng với {}: {why}", existing.text),
    ]
    .join(" ");
    row.note = text::within("Ghi chú", &note, LONGEST_NOTE)?;
    Ok(Some(why))
}

/// The deadline that is proposed: the day by which the sender asks for an answer where that is
/// ahead, else the agency's term in working days, a shorter one for an urgent document.
///
/// Clause: TG-5.2a, TG-5.2b
pub fn proposed_due(app: &App, profile: &RegulationProfile, row: &IncomingRow, today: Day) -> Day {
    let asked = serde_json::from_value::<Package>(row.package.clone())
        .ok()
        .and_then(|package| package.due_on)
        .and_then(|date| Day::new(date.year(), date.month(), date.day()));
    let setting = if row.urgency.is_urgent() {
        Setting::IncomingUrgentDays
    } else {
        Setting::IncomingDays
    };
    asked.filter(|day| *day >= today).unwrap_or_else(|| {
        app.calendar
            .add_working_days(today, profile.days(setting, today).value)
    })
}

/// A deadline is today or later.
pub(crate) fn not_past(day: Day, today: Day) -> Result<Day, Refusal> {
    if day < today {
        return Err(Refusal::new(RefusalCode::DeadlineInThePast).with("deadline", day));
    }
    Ok(day)
}

#[cfg(test)]
mod tests {
    use vanthu_domain::incoming::IncomingTag;
    use vanthu_domain::kind::Urgency;

    use super::*;
    use crate::incoming::accept::accept;
    use crate::incoming::accept_and_register::accept_and_register;
    use crate::test::{Letter, Office, World, day};

    fn input(row: &IncomingRow) -> Register {
        Register {
            incoming_id: row.incoming_id.clone(),
            version: None,
            due_day: None,
            note: String::new(),
            despite_duplicate: None,
        }
    }

    async fn accepted(world: &World, from: &Office, to: &Office, letter: Letter) -> IncomingRow {
        let row = world.arrived(from, to, letter).await;
        accept(&world.app, &to.clerk, &row.incoming_id, None)
            .await
            .unwrap();
        world.reload(&row.incoming_id).await
    }

    /// Proves: TG-8.2, TG-7
    #[tokio::test]
    async fn arrival_numbers_follow_each_other_and_what_was_received_stays() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        for expected in 1..=3 {
            let row = accepted(&world, &from, &to, Letter::about("V/v báo cáo")).await;
            let mut noted = input(&row);
            noted.note = "Bản chính ở văn thư".to_owned();
            let refused = register(&world.app, &to.specialist, noted.clone())
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Some(RefusalCode::NotFound));
            let arrival = register(&world.app, &to.clerk, noted).await.unwrap();
            assert_eq!((arrival.number, arrival.day), (expected, day(16)));
            let after = world.reload(&row.incoming_id).await;
            assert_eq!(after.package, row.package);
            assert_eq!(after.subject, row.subject);
            // Five working days after Monday the 16th.
            assert_eq!(after.due_day, Some(day(23)));
            assert_eq!(after.note, "Bản chính ở văn thư");
        }
    }

    /// Proves: TG-5.2b
    #[tokio::test]
    async fn an_urgent_document_is_due_sooner_and_the_sender_s_day_counts() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let mut letter = Letter::about("V/v khẩn");
        letter.urgency = Urgency::Express;
        let row = accepted(&world, &from, &to, letter).await;
        register(&world.app, &to.clerk, input(&row)).await.unwrap();
        assert_eq!(world.reload(&row.incoming_id).await.due_day, Some(day(18)));

        let mut letter = Letter::about("V/v có hạn");
        letter.due_reply_day = Some(day(27));
        let row = accepted(&world, &from, &to, letter).await;
        let mut past = input(&row);
        past.due_day = Some(day(15));
        let refused = register(&world.app, &to.clerk, past).await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::DeadlineInThePast));
        let arrival = register(&world.app, &to.clerk, input(&row)).await.unwrap();
        assert_eq!(arrival.number, 2);
        assert_eq!(world.reload(&row.incoming_id).await.due_day, Some(day(27)));
    }

    /// Proves: TG-8.2
    #[tokio::test]
    async fn a_repeated_document_is_entered_only_with_a_reason_and_all_or_nothing() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let first = accepted(&world, &from, &to, Letter::about("V/v báo cáo")).await;
        register(&world.app, &to.clerk, input(&first))
            .await
            .unwrap();

        let second = world
            .arrived(&from, &to, Letter::about("V/v báo cáo"))
            .await;
        let mut copy = second.clone();
        copy.document_key.clone_from(&first.document_key);
        let mut tx = world.app.store.write().await.unwrap();
        vanthu_store::incoming::update(&mut tx, &mut copy)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut again = input(&copy);
        let refused = accept_and_register(&world.app, &to.clerk, again.clone())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::DuplicateIncoming));
        let row = world.reload(&copy.incoming_id).await;
        assert_eq!(row.state.tag(), IncomingTag::Checked);
        again.despite_duplicate = Some("Bản thay thế".to_owned());
        let arrival = accept_and_register(&world.app, &to.clerk, again)
            .await
            .unwrap();
        assert_eq!(arrival.number, 2);
        let note = world.reload(&copy.incoming_id).await.note;
        assert!(
            note.contains("số đến 1") && note.contains("Bản thay thế"),
            "{note}"
        );
    }

    /// Proves: TG-1.2
    #[tokio::test]
    async fn remarks_with_a_state_secret_are_refused_and_not_kept() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let row = accepted(&world, &from, &to, Letter::about("V/v báo cáo")).await;
        let mut secret = input(&row);
        secret.note = "TỐI MẬT".to_owned();
        let refused = register(&world.app, &to.clerk, secret).await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::StateSecret));
        assert_eq!(
            world.acts(&to.agency.agency_id).await.last(),
            Some(&"secret-refused")
        );
    }

    #[tokio::test]
    async fn two_clerks_at_once_get_one_number_each() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let one = accepted(&world, &from, &to, Letter::about("V/v một")).await;
        let two = accepted(&world, &from, &to, Letter::about("V/v hai")).await;
        let (one_input, two_input, same) = (input(&one), input(&two), input(&one));
        let (a, b, c) = tokio::join!(
            register(&world.app, &to.clerk, one_input),
            register(&world.app, &to.clerk, two_input),
            register(&world.app, &to.clerk, same),
        );
        let done: Vec<u32> = [a, b, c]
            .into_iter()
            .filter_map(Result::ok)
            .map(|arrival| arrival.number)
            .collect();
        let mut sorted = done.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [1, 2]);
    }
}
