//! A register as PDF, in the columns of the decree, to be signed for and bound.

use serde_json::json;
use vanthu_domain::Day;
use vanthu_domain::audit::Act;
use vanthu_domain::permission::Action;
use vanthu_layout::{RegisterCover, typeset_incoming_register, typeset_outgoing_register};
use vanthu_store::agency;
use vanthu_store::register::Direction;

use crate::outgoing::view::Handed;
use crate::register::Stretch;
use crate::register::list::{Rows, rows_of};
use crate::{App, AppError, Caller};

/// Prints a stretch of a register; that it was printed is recorded.
///
/// Clause: TG-8.2, TG-10.3
pub async fn print(app: &App, caller: &Caller, stretch: Stretch) -> Result<Handed, AppError> {
    caller.may(Action::ViewRegisters, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let ours = agency::load(&mut tx, &caller.agency_id).await?;
    let rows = rows_of(&mut tx, caller, stretch).await?;
    drop(tx);
    let today = app.now().day();
    let numbers = rows.numbers();
    let days = || numbers.iter().map(|number| number.day);
    let year_begins = Day::new(stretch.year, 1, 1).unwrap_or(today);
    let cover = RegisterCover {
        parent_agency: ours.parent_line.clone(),
        agency: ours.name.clone(),
        year: stretch.year,
        from_day: stretch
            .from_day
            .or_else(|| days().min())
            .unwrap_or(year_begins),
        to_day: stretch.until_day.or_else(|| days().max()).unwrap_or(today),
        from_number: numbers.first().map_or(0, |number| number.number),
        to_number: numbers.last().map_or(0, |number| number.number),
        book: "01".to_owned(),
        place_name: ours.place_name.clone(),
        printed_on: today,
        keeper: caller.full_name.clone(),
    };
    let count = numbers.len();
    let bytes = tokio::task::spawn_blocking(move || match rows {
        Rows::Out(rows) => {
            let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
            typeset_outgoing_register(&cover, &rows)
        }
        Rows::In(rows) => {
            let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
            typeset_incoming_register(&cover, &rows)
        }
    })
    .await
    .map_err(|error| AppError::fault("register", error))?
    .map_err(|error| AppError::fault("register", error))?;
    let mut work = app.begin(caller).await?;
    let data = json!({
        "direction": stretch.direction.code(), "year": stretch.year, "rows": count,
        "from_day": stretch.from_day, "until_day": stretch.until_day,
    });
    work.record(Act::RegisterPrinted, &caller.agency_id, &[], data)
        .await?;
    work.commit().await?;
    let way = match stretch.direction {
        Direction::Out => "di",
        Direction::In => "den",
    };
    Ok(Handed {
        name: format!("so-van-ban-{way}-{}.pdf", stretch.year),
        media_type: "application/pdf".to_owned(),
        bytes,
        sha256: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use vanthu_domain::refusal::RefusalCode;

    use super::*;
    use crate::register::list::list;
    use crate::test::way::{directed, person};
    use crate::test::{Letter, World, day};

    fn stretch(direction: Direction) -> Stretch {
        Stretch {
            direction,
            year: 2026,
            from_day: None,
            until_day: None,
        }
    }

    /// Proves: TG-8.2, TG-10.3
    #[tokio::test]
    async fn both_registers_come_out_with_every_number_and_that_is_recorded() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        let lead = vec![person(&to.specialist, vanthu_domain::line::Part::Lead)];
        directed(&world, &from, &to, lead).await;
        let second = world.letter(&from, &[&to], Letter::about("V/v hủy")).await;
        let mut tx = world.app.store.write().await.unwrap();
        let row = vanthu_store::outgoing::load(&mut tx, &second)
            .await
            .unwrap();
        let number = row.state.number().unwrap();
        let by = from.clerk.person_id();
        let (register_id, number) = (&number.register_id, number.number);
        vanthu_store::register::void(
            &mut tx,
            register_id,
            number,
            "Sai ngày",
            by,
            world.app.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();

        let Rows::Out(rows) = list(&world.app, &from.clerk, stretch(Direction::Out))
            .await
            .unwrap()
        else {
            panic!("the outgoing register")
        };
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].1.sent_on, Some(day(16)));
        assert_eq!(rows[0].1.signer, from.leader.full_name);
        assert_eq!(rows[1].1.note, "Số hủy: Sai ngày");
        let Rows::In(rows) = list(&world.app, &to.leader, stretch(Direction::In))
            .await
            .unwrap()
        else {
            panic!("the incoming register")
        };
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].1.arrival_number.as_str(), rows[0].1.author.as_str()),
            ("1", "Sở Mẫu")
        );
        assert!(rows[0].1.receiver.contains("Phòng Nghiệp vụ"));
        let none = Stretch {
            until_day: Some(day(1)),
            ..stretch(Direction::In)
        };
        assert!(
            list(&world.app, &to.clerk, none)
                .await
                .unwrap()
                .numbers()
                .is_empty()
        );

        let printed = print(&world.app, &from.clerk, stretch(Direction::Out))
            .await
            .unwrap();
        assert!(printed.bytes.starts_with(b"%PDF"));
        let text = vanthu_layout::extract_text(&printed.bytes).unwrap();
        let text: String = text.iter().map(vanthu_layout::PageText::text).collect();
        assert!(text.contains("SỔ ĐĂNG KÝ VĂN BẢN ĐI"), "{text}");
        print(&world.app, &to.clerk, stretch(Direction::In))
            .await
            .unwrap();
        assert_eq!(
            world.acts(&to.agency.agency_id).await.last(),
            Some(&"register-printed")
        );
        let refused = print(&world.app, &to.specialist, stretch(Direction::In))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::NotPermitted));
    }
}
