//! The tool fetches a file, signs it in its own way, and brings it back.

use vanthu_domain::audit::Act;
use vanthu_domain::finding::FindingKind;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::RefusalCode;
use vanthu_remote::local::Flow;
use vanthu_remote::local::message::Part;
use vanthu_remote::local::session::{DEADLINE, MAX_DOWNLOADS};
use vanthu_signing::{DocMdp, FilledField, Layout, is_extension, lay_out};
use vanthu_store::signing::{ItemState, Purpose, SessionState};
use vanthu_store::tool_signing::ToolState;
use vanthu_testkit::tool::{Asked, refusal as says_no};

use super::played::{Played, some_pdf, somebody_elses, with_value};
use crate::outgoing::attach::attach;
use crate::outgoing::give_number::give_number;
use crate::signing::cancel::cancel_by_caller;
use crate::signing::local::begin::begin;
use crate::signing::local::door::{bring, fetch};
use crate::signing::local::event::Event;
use crate::signing::paper::{NUMBER_FIELD, fonts};
use crate::test::equipped::refusal;
use crate::verify;

/// Proves: TD-2.3, AG-13.2, TG-3, TG-10.6
#[tokio::test]
async fn the_tool_signs_and_seals_files_that_it_fetches_and_brings_back() {
    let mut played = Played::new().await;
    for certify in [None, Some(DocMdp::FormFilling)] {
        played.tool.certify = certify;
        let desk = &played.desk;
        let app = &desk.world.app;
        let id = desk.approved().await;
        let opened = played.open(Purpose::Person, &id, None).await.unwrap();
        assert_eq!(opened.tool, Some(Flow::WholeFile));
        let turn = played
            .turn_of(Purpose::Person, &opened.signing_id, id.as_str())
            .await;
        turn.see(Event::Opened).await.unwrap();
        let file = turn.fetch().await.unwrap();
        assert_eq!(turn.progress().await.tool[0].state, ToolState::Fetched);
        let taken = turn.bring(&played.tool.signed_file(&file)).await.unwrap();
        assert_eq!((taken.number.as_str(), taken.day.as_str()), ("", ""));
        let now = turn.progress().await;
        assert_eq!(now.row.state, SessionState::Done);
        assert_eq!(now.tool[0].state, ToolState::Applied);
        assert_eq!(desk.state(&id).await, OutgoingTag::Signed);
        let entry = desk.world.last_entry(&id).await;
        assert_eq!(
            (entry.act, &entry.data["means"]),
            (Act::Signed, &"tool".into())
        );
        let number = give_number(app, &desk.office.clerk, &id, None)
            .await
            .unwrap();
        let turn = played.turn(Purpose::Seal, &id).await;
        let Asked::File {
            number: told, day, ..
        } = turn.asked()
        else {
            panic!("no file")
        };
        assert_eq!(told.as_deref(), Some(number.notation.as_str()));
        let iso = format!("{}T00:00:00+07:00", number.day.iso());
        assert_eq!(day.as_deref(), Some(iso.as_str()));
        let taken = turn.sign().await.unwrap();
        assert_eq!(taken.number, number.notation);
        let row = desk.row(&id).await;
        assert_eq!(row.state.tag(), OutgoingTag::Sealed);
        let submitted = desk.bytes(row.current_blob.as_deref()).await;
        let signed = desk.bytes(row.signed_blob.as_deref()).await;
        let sealed = desk.bytes(row.sealed_blob.as_deref()).await;
        assert!(is_extension(&submitted, &signed) && is_extension(&signed, &sealed));
        let report = verify::report(app, sealed).await.unwrap();
        assert!(report.is_passed(), "{report:#?}");
        assert!(report.platform.unwrap().satisfied);
        // The tool brought no time-stamp; the server has put one into each signature.
        assert!(report.signatures.iter().all(|it| it.timestamp.is_some()));
    }
}

/// Proves: TD-2.3
#[tokio::test]
async fn the_agency_s_signature_by_the_tool_covers_each_attached_file() {
    let played = Played::new().await;
    let (desk, app) = (&played.desk, &played.desk.world.app);
    let id = desk.drafted().await;
    let drafter = &desk.office.specialist;
    attach(app, drafter, &id, "phu-luc.pdf", some_pdf(desk))
        .await
        .unwrap();
    desk.send_up(&id).await;
    played
        .turn(Purpose::Person, &id)
        .await
        .sign()
        .await
        .unwrap();
    give_number(app, &desk.office.clerk, &id, None)
        .await
        .unwrap();
    let opened = played.open(Purpose::Seal, &id, None).await.unwrap();
    let items = played
        .progress(Purpose::Seal, &opened.signing_id)
        .await
        .items;
    assert_eq!(items.len(), 2);
    for item in &items {
        assert_eq!(desk.state(&id).await, OutgoingTag::Numbered);
        let turn = played
            .turn_of(Purpose::Seal, &opened.signing_id, &item.item_id)
            .await;
        turn.sign().await.unwrap();
    }
    assert_eq!(desk.state(&id).await, OutgoingTag::Sealed);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn an_address_is_good_for_one_file_for_a_few_minutes_and_opens_nothing_else() {
    let played = Played::new().await;
    let app = &played.desk.world.app;
    let id = played.desk.approved().await;
    let turn = played.turn(Purpose::Person, &id).await;
    let (download, upload) = turn.keys();
    let part = Part {
        name: "uploadfile",
        file_name: None,
        bytes: b"%PDF-1.7",
    };
    // Invented, of the other door, of another form.
    for key in ["", "x", &upload, &upload.to_lowercase()] {
        let met = refusal(fetch(app, key, None).await);
        assert_eq!(met, RefusalCode::ToolAddressUnknown, "{key}");
    }
    for key in ["", &download] {
        let met = refusal(bring(app, key, &[part]).await);
        assert_eq!(met, RefusalCode::ToolAddressUnknown, "{key}");
    }
    // Brought before it was fetched.
    let met = refusal(bring(app, &upload, &[part]).await);
    assert_eq!(met, RefusalCode::ToolAddressOver);
    let file = turn.fetch().await.unwrap();
    for _ in 1..MAX_DOWNLOADS {
        assert_eq!(turn.fetch().await.unwrap(), file);
    }
    assert_eq!(refusal(turn.fetch().await), RefusalCode::ToolAddressOver);
    // Nothing in the database is an address.
    let kept = format!("{:?}", turn.progress().await.tool);
    assert!(
        !kept.contains(&download) && !kept.contains(&upload),
        "{kept}"
    );
    // What is no single PDF in the right field does not end the turn.
    let other = Part {
        name: "file",
        ..part
    };
    let word = Part {
        bytes: b"PK",
        ..part
    };
    for parts in [&[][..], &[other], &[part, part], &[word]] {
        let met = refusal(bring(app, &upload, parts).await);
        assert_eq!(met, RefusalCode::ToolNoFile);
    }
    let signed = played.tool.signed_file(&file);
    turn.bring(&signed).await.unwrap();
    // Once.
    assert_eq!(
        refusal(turn.bring(&signed).await),
        RefusalCode::ToolAddressOver
    );
    assert_eq!(refusal(turn.fetch().await), RefusalCode::ToolAddressOver);
    // Nor is the item given another turn.
    let again = begin(
        app,
        &played.desk.office.leader,
        &turn.signing_id,
        id.as_str(),
    )
    .await;
    assert_eq!(refusal(again), RefusalCode::SigningSessionUsed);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn a_file_that_comes_late_is_never_embedded() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let turn = played.turn(Purpose::Person, &id).await;
    let file = turn.fetch().await.unwrap();
    let signed = played.tool.signed_file(&file);
    let seconds = i64::try_from(DEADLINE.as_secs()).unwrap();
    let at = desk.world.app.now().plus_seconds(seconds);
    desk.world.clock.move_to(at);
    assert_eq!(
        refusal(turn.bring(&signed).await),
        RefusalCode::ToolAddressOver
    );
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
    // Nor after the person gave up.
    let turn = played.turn(Purpose::Person, &id).await;
    let file = turn.fetch().await.unwrap();
    let app = &desk.world.app;
    cancel_by_caller(app, &desk.office.leader, &turn.signing_id)
        .await
        .unwrap();
    let signed = played.tool.signed_file(&file);
    assert_eq!(
        refusal(turn.bring(&signed).await),
        RefusalCode::ToolAddressOver
    );
    assert_eq!(desk.row(&id).await.signed_blob, None);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn the_page_can_end_a_turn_and_never_say_that_something_was_signed() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    // Never opened: the tool does not run, or is not trusted.
    let turn = played.turn(Purpose::Person, &id).await;
    turn.see(Event::Closed).await.unwrap();
    assert_eq!(turn.failed().await.code, RefusalCode::ToolNotOpened);
    assert_eq!(refusal(turn.fetch().await), RefusalCode::ToolAddressOver);
    // The tool says no, in its own words.
    let turn = played.turn(Purpose::Person, &id).await;
    turn.see(Event::Opened).await.unwrap();
    let no = says_no(7, "Người dùng đã hủy");
    turn.see(Event::Replied(no)).await.unwrap();
    let told = turn.failed().await;
    assert_eq!(told.code, RefusalCode::ToolRefused);
    assert!(told.why().contains("Người dùng đã hủy"), "{}", told.why());
    // "Success" without a file is nothing, and neither is a frame that nobody can read.
    let turn = played.turn(Purpose::Person, &id).await;
    turn.see(Event::Opened).await.unwrap();
    for frame in [r#"{"Status":0,"FileServer":"x"}"#, "config", ""] {
        turn.see(Event::Replied(frame.to_owned())).await.unwrap();
    }
    let now = turn.progress().await;
    assert_eq!(now.row.state, SessionState::Fetched);
    assert_eq!(now.items[0].state, ItemState::Waiting);
    // Closed without a word after it was open: the file may still come, and it does.
    turn.see(Event::Closed).await.unwrap();
    let row = turn.progress().await.tool.remove(0);
    assert!(row.opened && row.closed);
    turn.sign().await.unwrap();
    assert_eq!(desk.state(&id).await, OutgoingTag::Signed);
    // What the page says afterwards changes nothing.
    turn.see(Event::Closed).await.unwrap();
    turn.see(Event::Replied(says_no(1, "x"))).await.unwrap();
    assert_eq!(turn.progress().await.row.state, SessionState::Done);
    assert_eq!(desk.state(&id).await, OutgoingTag::Signed);
}

/// What becomes of a file that was handed out.
type Meddle<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// Proves: TG-5.1, AG-13.2
#[tokio::test]
async fn only_the_file_that_was_handed_out_with_one_signature_more_is_taken() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let tool = &played.tool;
    let other_file = |_: &[u8]| tool.signed_file(&some_pdf(desk));
    let unsigned = |file: &[u8]| file.to_vec();
    let twice = |file: &[u8]| tool.signed_file(&tool.signed_file(file));
    let numbered = |file: &[u8]| {
        let fill = vec![FilledField {
            name: NUMBER_FIELD.to_owned(),
            value: "9".to_owned(),
        }];
        let layout = Layout {
            fill,
            ..Layout::default()
        };
        tool.signed_file(&lay_out(file, &layout, &fonts()).unwrap())
    };
    let broken = |file: &[u8]| {
        let mut signed = tool.signed_file(file);
        let time = signed.windows(6).rposition(|it| it == b"/M (D:").unwrap();
        signed[time + 9] ^= 1;
        signed
    };
    let rewritten = |file: &[u8]| {
        let mut signed = tool.signed_file(file);
        signed[200] ^= 1;
        signed
    };
    let longer = |file: &[u8]| [tool.signed_file(file), b"% more\n".to_vec()].concat();
    let cases: [(&str, Meddle<'_>, RefusalCode); 7] = [
        ("another file", &other_file, RefusalCode::ToolOtherFile),
        (
            "nothing signed",
            &unsigned,
            RefusalCode::ToolNotOneSignature,
        ),
        ("two signatures", &twice, RefusalCode::ToolNotOneSignature),
        ("a field filled", &numbered, RefusalCode::ToolFileChanged),
        ("broken", &broken, RefusalCode::ToolBadSignature),
        ("rewritten", &rewritten, RefusalCode::ToolOtherFile),
        ("bytes behind", &longer, RefusalCode::ToolBadSignature),
    ];
    for (what, meddle, code) in cases {
        let turn = played.turn(Purpose::Person, &id).await;
        let file = turn.fetch().await.unwrap();
        assert_eq!(refusal(turn.bring(&meddle(&file)).await), code, "{what}");
        assert_eq!(turn.failed().await.code, code, "{what}");
        // A refused file was the last.
        let good = tool.signed_file(&file);
        let met = refusal(turn.bring(&good).await);
        assert_eq!(met, RefusalCode::ToolAddressOver, "{what}");
        assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
    }
    assert!(played.found().await.is_empty());
}

/// Proves: AG-13.2
#[tokio::test]
async fn a_signature_that_leaves_no_room_for_number_and_seal_is_refused() {
    let mut played = Played::new().await;
    played.tool.certify = Some(DocMdp::NoChanges);
    let id = played.desk.approved().await;
    let turn = played.turn(Purpose::Person, &id).await;
    assert_eq!(refusal(turn.sign().await), RefusalCode::ToolFileLocked);
    assert_eq!(turn.failed().await.code, RefusalCode::ToolFileLocked);
}

/// Proves: AG-13.2, AG-17.3d
#[tokio::test]
async fn a_seal_with_another_number_or_in_another_place_is_refused() {
    let mut played = Played::new().await;
    let id = played.desk.approved().await;
    played
        .turn(Purpose::Person, &id)
        .await
        .sign()
        .await
        .unwrap();
    let (app, clerk) = (&played.desk.world.app, &played.desk.office.clerk);
    give_number(app, clerk, &id, None).await.unwrap();
    // Number and day are filled in and read-only; whoever writes others has changed them.
    let turn = played.turn(Purpose::Seal, &id).await;
    let handed = turn.fetch().await.unwrap();
    let meddled = with_value(&handed, NUMBER_FIELD, "99");
    let brought = turn.bring(&played.seal.signed_file(&meddled)).await;
    assert_eq!(refusal(brought), RefusalCode::ToolOtherNumber);
    let told = turn.failed().await;
    assert!(told.args.contains_key("number"), "{told:?}");
    played.seal.own_field = true;
    let turn = played.turn(Purpose::Seal, &id).await;
    assert_eq!(refusal(turn.sign().await), RefusalCode::ToolFileChanged);
    assert_eq!(played.desk.state(&id).await, OutgoingTag::Numbered);
}

/// Proves: KH-2
#[tokio::test]
async fn a_file_signed_with_somebody_else_s_certificate_is_refused_and_recorded() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let turn = played.turn(Purpose::Person, &id).await;
    let file = turn.fetch().await.unwrap();
    let signed = somebody_elses(desk).await.signed_file(&file);
    let met = refusal(turn.bring(&signed).await);
    assert_eq!(met, RefusalCode::CertificateNotYours);
    assert_eq!(turn.failed().await.code, RefusalCode::CertificateNotYours);
    assert_eq!(played.found().await, [FindingKind::OthersCertificate]);
    assert_eq!(desk.state(&id).await, OutgoingTag::AwaitingSignature);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn two_files_brought_at_the_same_time_sign_once() {
    let played = Played::new().await;
    let id = played.desk.approved().await;
    let turn = played.turn(Purpose::Person, &id).await;
    let file = turn.fetch().await.unwrap();
    let (one, two) = (
        played.tool.signed_file(&file),
        played.tool.signed_file(&file),
    );
    let (first, second) = tokio::join!(turn.bring(&one), turn.bring(&two));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(turn.progress().await.row.state, SessionState::Done);
    assert_eq!(played.desk.state(&id).await, OutgoingTag::Signed);
}

/// Proves: TG-18, TG-25.3
#[tokio::test]
async fn a_certificate_that_was_suspended_meanwhile_signs_nothing() {
    let played = Played::new().await;
    let desk = &played.desk;
    let id = desk.approved().await;
    let turn = played.turn(Purpose::Person, &id).await;
    let file = turn.fetch().await.unwrap();
    desk.amend(&desk.of_leader(), |it| {
        it.record.state = vanthu_domain::certificate::CertificateState::Suspended;
    })
    .await;
    let signed = played.tool.signed_file(&file);
    let met = refusal(turn.bring(&signed).await);
    assert_eq!(met, RefusalCode::CertificateSuspended);
    assert_eq!(turn.failed().await.code, RefusalCode::CertificateSuspended);
    assert_eq!(desk.row(&id).await.signed_blob, None);
}

/// Proves: KH-2
#[tokio::test]
async fn a_turn_belongs_to_the_account_that_opened_the_session() {
    let played = Played::new().await;
    let (desk, app) = (&played.desk, &played.desk.world.app);
    let id = desk.approved().await;
    let opened = played.open(Purpose::Person, &id, None).await.unwrap();
    let (session, item) = (&opened.signing_id, id.as_str());
    for other in [&desk.office.clerk, &desk.to.leader] {
        let met = begin(app, other, session, item).await;
        assert!(
            matches!(
                refusal(met),
                RefusalCode::NotFound | RefusalCode::SigningMeansNotOffered
            ),
            "{}",
            other.full_name
        );
        let seen = crate::signing::local::event::event(app, other, session, item, Event::Closed);
        assert_eq!(refusal(seen.await), RefusalCode::NotFound);
    }
    // An agent finds no session of its own behind it.
    let by = crate::signing::fetch::By::default();
    let met = crate::signing::fetch::fetch(app, session, &opened.token, &by).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
}
