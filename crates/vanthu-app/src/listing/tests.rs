//! Lists, their counts and what leaves them: one predicate.

use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::kind::Urgency;
use vanthu_domain::line::Part;

use super::export::{Format, collect, export};
use super::saved::{self, Change};
use super::*;
use crate::incoming::accept::accept;
use crate::incoming::bulk::{BulkAct, bulk};
use crate::incoming::give_back::{GiveBack, give_back};
use crate::line::read::read;
use crate::test::way::{directed, person};
use crate::test::{Letter, Office, World, day};

fn asked(section: Section, pairs: &[(&str, &str)]) -> Selection {
    Selection::read(section, pairs.iter().copied()).unwrap()
}

fn subjects(listed: &Listed) -> Vec<String> {
    match listed {
        Listed::Outgoing(page) => page.items.iter().map(|one| one.subject.clone()).collect(),
        Listed::Incoming(page) => page.items.iter().map(|one| one.subject.clone()).collect(),
        Listed::Lines(page) => page.items.iter().map(|one| one.subject.clone()).collect(),
    }
}

/// Pairs of an address, and the subjects of what it picks.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// What a list holds; its count, its bounded count and its file must hold the same.
async fn held(
    world: &World,
    who: &Caller,
    section: Section,
    pairs: &[(&str, &str)],
) -> Vec<String> {
    let asked = asked(section, pairs);
    let listed = list(&world.app, who, &asked, None, 100).await.unwrap();
    let count = count(&world.app, who, &asked, None).await.unwrap();
    assert_eq!(listed.len() as i64, count, "{pairs:?}");
    let mut tx = world.app.store.read().await.unwrap();
    let bounded = count_in(&mut tx, &world.app, who, &asked, Some(2)).await;
    assert_eq!(bounded.unwrap(), count.min(2), "{pairs:?}");
    let taken = collect(&mut tx, &world.app, who, &asked, 100)
        .await
        .unwrap();
    assert_eq!(subjects(&taken), subjects(&listed), "{pairs:?}");
    subjects(&listed)
}

/// Two letters from one agency, an express one from another; the first two are registered.
async fn arrivals(world: &World, one: &Office, two: &Office, to: &Office) -> Vec<String> {
    let mut ids = Vec::new();
    for (from, subject, urgency) in [
        (one, "V/v một", Urgency::Normal),
        (one, "V/v hai", Urgency::Urgent),
        (two, "V/v ba", Urgency::Express),
    ] {
        let mut letter = Letter::about(subject);
        letter.urgency = urgency;
        let row = world.arrived(from, to, letter).await;
        if subject != "V/v ba" {
            let chosen = vec![(row.incoming_id.clone(), None)];
            bulk(&world.app, &to.clerk, BulkAct::AcceptAndRegister, chosen)
                .await
                .unwrap();
        }
        ids.push(row.incoming_id.to_string());
        world.clock.move_to(world.app.now().plus_seconds(86_400));
    }
    ids
}

/// Proves: TG-9.2, KH-2
#[tokio::test]
async fn filters_combine_and_what_is_counted_is_what_is_listed() {
    let world = World::new().await;
    let one = world.office("H01.01", "Sở Đông").await;
    let two = world.office("H01.02", "Sở Tây").await;
    let to = world.office("H01.03", "UBND xã Mẫu").await;
    arrivals(&world, &one, &two, &to).await;
    let clerk = &to.clerk;
    let from_one = one.agency.agency_id.to_string();
    let registers = choices::choices(&world.app, clerk, Section::Incoming)
        .await
        .unwrap()
        .registers;
    let register = registers[0].register_id.to_string();
    let all = ["V/v ba", "V/v hai", "V/v một"];
    let cases: &[Case<'_>] = &[
        (&[], &all),
        (&[("kind", "official-letter")], &all),
        (&[("kind", "plan")], &[]),
        (&[("urgency", "any")], &all[..2]),
        (&[("urgency", "normal")], &all[2..]),
        (&[("agency", &from_one)], &all[1..]),
        (&[("agency", &from_one), ("urgency", "any")], &all[1..2]),
        (&[("state", "registered")], &all[1..]),
        (&[("register", &register)], &all[1..]),
        (&[("register", &register), ("tile", "to-accept")], &[]),
        (&[("tile", "to-accept"), ("urgency", "express")], &all[..1]),
        (&[("tile", "to-accept"), ("state", "registered")], &[]),
        (&[("from", "2026-11-17")], &all[..2]),
        (&[("from", "2026-11-17"), ("to", "2026-11-17")], &all[1..2]),
        (&[("to", "2026-11-15")], &[]),
        (&[("q", "hai")], &all[1..2]),
        (&[("q", "  "), ("kind", "")], &all),
        (&[("due", "overdue")], &[]),
        (&[("due", "366")], &all[1..]),
        (&[("order", "urgent")], &all),
    ];
    for (pairs, expected) in cases {
        let found = held(&world, clerk, Section::Incoming, pairs).await;
        assert_eq!(found, *expected, "{pairs:?}");
    }
    world.clock.move_to(day(30).at_minute(600));
    let late = held(&world, clerk, Section::Incoming, &[("due", "overdue")]).await;
    assert_eq!(late, all[1..]);
}

#[tokio::test]
async fn sent_documents_are_found_by_recipient_unit_and_period() {
    let world = World::new().await;
    let from = world.office("H01.01", "Sở Đông").await;
    let to = world.office("H01.02", "UBND xã Hai").await;
    let other = world.office("H01.03", "UBND xã Ba").await;
    let mut asks = Letter::about("V/v báo cáo");
    asks.due_reply_day = Some(day(18));
    world.letter(&from, &[&to], asks).await;
    world
        .letter(&from, &[&other, &to], Letter::about("V/v mời họp"))
        .await;
    let (to_id, other_id) = (
        to.agency.agency_id.to_string(),
        other.agency.agency_id.to_string(),
    );
    let unit = from.unit_id.to_string();
    let elsewhere = from.other_unit_id.to_string();
    let both = ["V/v báo cáo", "V/v mời họp"];
    let cases: &[Case<'_>] = &[
        (&[("agency", &to_id)], &both),
        (&[("agency", &other_id)], &both[1..]),
        (&[("tile", "issued"), ("agency", &other_id)], &both[1..]),
        (&[("unit", &unit)], &both),
        (&[("unit", &elsewhere)], &[]),
        (&[("from", "2026-11-16"), ("to", "2026-11-16")], &both),
        (&[("from", "2026-11-17")], &[]),
        (&[("due", "5")], &both[..1]),
        (&[("due", "1")], &[]),
        (&[("state", "issued"), ("due", "5")], &both[..1]),
        (&[("state", "drafting"), ("due", "5")], &[]),
    ];
    for (pairs, expected) in cases {
        let mut found = held(&world, &from.clerk, Section::Outgoing, pairs).await;
        found.sort();
        assert_eq!(found, *expected, "{pairs:?}");
        let hidden = held(&world, &from.stranger, Section::Outgoing, &pairs[1..]).await;
        assert!(hidden.is_empty(), "{pairs:?}");
    }
}

#[tokio::test]
async fn work_is_narrowed_by_its_document_and_information_is_never_late() {
    let world = World::new().await;
    let from = world.office("H01.01", "Sở Đông").await;
    let to = world.office("H01.02", "UBND xã Hai").await;
    let given = vec![
        person(&to.specialist, Part::Lead),
        person(&to.stranger, Part::Information),
    ];
    let (_, lines) = directed(&world, &from, &to, given).await;
    let count = async |who: &Caller, pairs: &[(&str, &str)]| {
        held(&world, who, Section::Work, pairs).await.len()
    };
    let agency = from.agency.agency_id.to_string();
    let unit = to.unit_id.to_string();
    for (pairs, lead, information) in [
        (&[] as &[(&str, &str)], 1, 1),
        (
            &[("agency", agency.as_str()), ("kind", "official-letter")],
            1,
            1,
        ),
        (&[("unit", unit.as_str())], 1, 0),
        (&[("state", "to-do")], 1, 1),
        (&[("state", "closed")], 0, 0),
        (&[("due", "30")], 1, 0),
        (&[("tile", "for-information")], 0, 1),
        (&[("order", "due")], 1, 1),
    ] {
        assert_eq!(count(&to.specialist, pairs).await, lead, "{pairs:?}");
        assert_eq!(count(&to.stranger, pairs).await, information, "{pairs:?}");
    }
    read(&world.app, &to.stranger, &lines[1].line_id)
        .await
        .unwrap();
    assert_eq!(count(&to.stranger, &[("tile", "read")]).await, 1);
    assert_eq!(count(&to.stranger, &[("tile", "for-information")]).await, 0);
}

#[tokio::test]
async fn what_was_returned_and_what_is_finished_stays_in_sight() {
    let world = World::new().await;
    let from = world.office("H01.01", "Sở Đông").await;
    let to = world.office("H01.02", "UBND xã Hai").await;
    let row = world
        .arrived(&from, &to, Letter::about("V/v nhầm nơi"))
        .await;
    let input = GiveBack {
        incoming_id: row.incoming_id,
        version: None,
        reason: vanthu_domain::incoming::ReturnReason::Form,
        words: String::new(),
    };
    give_back(&world.app, &to.clerk, input).await.unwrap();
    let tile = |code| [("tile", code)];
    let returned = held(&world, &to.clerk, Section::Incoming, &tile("returned")).await;
    assert_eq!(returned, ["V/v nhầm nơi"]);
    let issued = held(&world, &from.clerk, Section::Outgoing, &tile("issued")).await;
    assert_eq!(issued, ["V/v nhầm nơi"]);
    let mine = held(
        &world,
        &from.specialist,
        Section::Outgoing,
        &tile("my-issued"),
    )
    .await;
    assert_eq!(mine, ["V/v nhầm nơi"]);
    let signed = held(
        &world,
        &from.leader,
        Section::Outgoing,
        &tile("signed-by-me"),
    )
    .await;
    assert_eq!(signed, ["V/v nhầm nơi"]);
}

#[test]
fn an_address_reads_back_as_it_was_written() {
    let agency = vanthu_domain::id::AgencyId::new(day(1).start(), 1).to_string();
    let unit = vanthu_domain::id::UnitId::new(day(1).start(), 1).to_string();
    let register = vanthu_domain::id::RegisterId::new(day(1).start(), 1).to_string();
    let pairs = [
        ("tile", "to-accept"),
        ("q", "chữ ký"),
        ("kind", "plan"),
        ("urgency", "any"),
        ("state", "checked"),
        ("from", "2026-11-01"),
        ("to", "2026-11-30"),
        ("agency", agency.as_str()),
        ("unit", unit.as_str()),
        ("due", "7"),
        ("register", register.as_str()),
        ("order", "newest"),
    ];
    let read = asked(Section::Incoming, &pairs);
    let written = read.pairs();
    let written: Vec<_> = written.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(written, pairs);
    for name in narrow::NAMES {
        let fewer = read.narrow.without(name).pairs();
        assert_eq!(fewer.len(), narrow::NAMES.len() - 1, "{name}");
        assert!(fewer.iter().all(|(other, _)| *other != name));
    }
    for wrong in [
        ("kind", "novel"),
        ("urgency", "very"),
        ("state", "issued"),
        ("from", "yesterday"),
        ("agency", "out_1"),
        ("due", "367"),
        ("due", "-1"),
        ("register", "x"),
        ("order", "due"),
    ] {
        let refused = Selection::read(Section::Incoming, [wrong]).unwrap_err();
        assert_eq!(refused.code, RefusalCode::FieldMalformed, "{wrong:?}");
    }
    for tile in ["doing", "nothing"] {
        let refused = Selection::read(Section::Incoming, [("tile", tile)]).unwrap_err();
        assert_eq!(refused.code, RefusalCode::NotFound);
    }
}

#[tokio::test]
async fn a_file_is_bounded_and_that_it_was_taken_is_recorded_without_its_words() {
    let world = World::new().await;
    let one = world.office("H01.01", "Sở Đông").await;
    let two = world.office("H01.02", "Sở Tây").await;
    let to = world.office("H01.03", "UBND xã Mẫu").await;
    arrivals(&world, &one, &two, &to).await;
    let everything = Selection::everything(Section::Incoming);
    let mut tx = world.app.store.read().await.unwrap();
    let app = &world.app;
    assert_eq!(
        collect(&mut tx, app, &to.clerk, &everything, 3)
            .await
            .unwrap()
            .len(),
        3
    );
    let long = collect(&mut tx, app, &to.clerk, &everything, 2)
        .await
        .unwrap_err();
    assert_eq!(long.code(), Some(RefusalCode::ListTooLong));
    drop(tx);

    let words = asked(Section::Incoming, &[("q", "hai"), ("urgency", "any")]);
    let taken = export(app, &to.clerk, &words, Format::Xlsx).await.unwrap();
    assert_eq!(subjects(&taken.rows), ["V/v hai"]);
    let entry = world.last_entry(&to.agency.agency_id).await;
    assert_eq!(entry.act, vanthu_domain::audit::Act::ListExported);
    assert_eq!(
        entry.data,
        serde_json::json!({
            "section": "incoming", "format": "xlsx", "rows": 1,
            "filters": {"q": true, "urgency": "any"},
        })
    );
    let hidden = asked(Section::Incoming, &[("tile", "to-accept")]);
    let refused = export(app, &to.specialist, &hidden, Format::Pdf)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some(RefusalCode::NotFound));
    let own = export(app, &to.stranger, &everything, Format::Pdf)
        .await
        .unwrap();
    assert!(own.rows.is_empty(), "as the list, so the file");
}

#[tokio::test]
async fn lists_are_kept_changed_counted_and_given_up_by_their_owner_alone() {
    let world = World::new().await;
    let one = world.office("H01.01", "Sở Đông").await;
    let two = world.office("H01.02", "Sở Tây").await;
    let to = world.office("H01.03", "UBND xã Mẫu").await;
    arrivals(&world, &one, &two, &to).await;
    let app = &world.app;
    let clerk = &to.clerk;
    let urgent = asked(Section::Incoming, &[("urgency", "any")]);
    let id = saved::save(app, clerk, " Khẩn ", &urgent, true)
        .await
        .unwrap();
    let again = saved::save(app, clerk, "Khẩn", &urgent, false)
        .await
        .unwrap_err();
    assert_eq!(again.code(), Some(RefusalCode::ViewNameTaken));
    let express = asked(
        Section::Incoming,
        &[("urgency", "express"), ("q", "mật khẩu")],
    );
    let second = saved::save(app, clerk, "Hỏa tốc", &express, true)
        .await
        .unwrap();

    let views = saved::list(app, clerk, Some(Section::Incoming))
        .await
        .unwrap();
    let told: Vec<_> = views
        .iter()
        .map(|one| (one.row.name.as_str(), one.row.opens_first, one.count))
        .collect();
    assert_eq!(told, [("Khẩn", false, Some(2)), ("Hỏa tốc", true, Some(0))]);
    assert_eq!(views[0].selection.as_ref(), Some(&urgent));
    assert!(
        saved::list(app, clerk, Some(Section::Work))
            .await
            .unwrap()
            .is_empty()
    );

    let fewer = asked(Section::Incoming, &[("urgency", "express")]);
    let wanted = Change {
        version: Some(views[1].row.version),
        name: Some("Hỏa tốc mới".to_owned()),
        selection: Some(fewer.clone()),
        opens_first: Some(false),
    };
    let row = saved::change(app, clerk, &second, wanted.clone())
        .await
        .unwrap();
    assert_eq!((row.name.as_str(), row.opens_first), ("Hỏa tốc mới", false));
    let stale = saved::change(app, clerk, &second, wanted)
        .await
        .unwrap_err();
    assert_eq!(stale.code(), Some(RefusalCode::ConflictVersion));
    let taken = Change {
        name: Some("Khẩn".to_owned()),
        ..Change::default()
    };
    let taken = saved::change(app, clerk, &second, taken).await.unwrap_err();
    assert_eq!(taken.code(), Some(RefusalCode::ViewNameTaken));
    let other = Change {
        selection: Some(Selection::everything(Section::Work)),
        ..Change::default()
    };
    let other = saved::change(app, clerk, &second, other).await.unwrap_err();
    assert_eq!(other.code(), Some(RefusalCode::RequestMalformed));

    for refused in [
        saved::change(app, &to.leader, &id, Change::default())
            .await
            .unwrap_err(),
        saved::delete(app, &to.leader, &id).await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), Some(RefusalCode::NotFound));
    }
    assert_eq!(
        saved::delete(app, clerk, &id).await.unwrap(),
        Section::Incoming
    );
    assert_eq!(world.acts(&id).await, ["view-saved", "view-deleted"]);
    let entries = world.acts(&second).await;
    assert_eq!(entries, ["view-saved", "view-changed"]);
    let entry = world.last_entry(&second).await;
    assert!(!entry.data.to_string().contains("khẩu"), "{}", entry.data);
    for at in 0..19 {
        saved::save(app, clerk, &format!("Số {at}"), &fewer, false)
            .await
            .unwrap();
    }
    let full = saved::save(app, clerk, "Thêm", &fewer, false)
        .await
        .unwrap_err();
    assert_eq!(full.code(), Some(RefusalCode::ViewsFull));
    saved::save(
        app,
        clerk,
        "Việc",
        &Selection::everything(Section::Work),
        false,
    )
    .await
    .unwrap();
}

/// A kept list whose tile its owner's post no longer has is shown as unusable, not as a fault.
#[tokio::test]
async fn a_kept_list_of_a_lost_post_counts_nothing() {
    let world = World::new().await;
    let to = world.office("H01.03", "UBND xã Mẫu").await;
    let app = &world.app;
    let tile = Selection::of(Tile::ToAccept);
    saved::save(app, &to.clerk, "Chờ", &tile, false)
        .await
        .unwrap();
    let mut moved = to.clerk.clone();
    for post in &mut moved.actor.posts {
        post.role = vanthu_domain::agency::Role::Specialist;
    }
    let views = saved::list(app, &moved, Some(Section::Incoming))
        .await
        .unwrap();
    assert_eq!((views.len(), views[0].count), (1, None));
    assert!(views[0].selection.is_none());
}

#[tokio::test]
async fn an_accepted_document_leaves_one_list_for_the_next() {
    let world = World::new().await;
    let from = world.office("H01.01", "Sở Đông").await;
    let to = world.office("H01.02", "UBND xã Hai").await;
    let row = world.arrived(&from, &to, Letter::about("V/v một")).await;
    accept(&world.app, &to.clerk, &row.incoming_id, None)
        .await
        .unwrap();
    let pairs = [("state", IncomingTag::Accepted.code())];
    assert_eq!(
        held(&world, &to.clerk, Section::Incoming, &pairs).await,
        ["V/v một"]
    );
}
