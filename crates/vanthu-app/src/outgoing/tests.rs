use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

use vanthu_domain::body::Body;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::outgoing::{OutgoingState, OutgoingTag};
use vanthu_domain::refusal::RefusalCode;
use vanthu_layout::{FoundDate, typeset_letter};
use vanthu_store::register::{self, NumberState};
use vanthu_store::{ledger, opinion, outgoing as store};
use zip::write::SimpleFileOptions;

use super::approve::{Approve, approve};
use super::attach::{attach, detach};
use super::comment::comment;
use super::give_back::{GiveBack, give_back};
use super::give_number::give_number;
use super::issue::issue;
use super::save::{SavedBy, save};
use super::submit::submit;
use super::upload::{place, upload};
use super::void_number::void_number;
use super::withdraw::withdraw;
use crate::signing::Purpose;
use crate::signing::open::places_of;
use crate::test::equipped::{Desk, refusal};
use crate::test::{Letter, Life, Office, World, paper, postgres, run_sql};

#[tokio::test]
async fn the_second_tab_gets_a_conflict_and_nothing_is_lost() {
    let desk = Desk::new().await;
    let (app, drafter) = (&desk.world.app, &desk.office.specialist);
    let id = desk.begun().await;
    let mut first = desk.whole(&id, 1);
    first.body = "Của thẻ thứ nhất.".to_owned();
    let mut second = desk.whole(&id, 1);
    second.body = "Của thẻ thứ hai.".to_owned();
    let version = save(app, drafter, first).await.unwrap();
    let met = save(app, drafter, second.clone()).await;
    assert_eq!(refusal(met), RefusalCode::ConflictVersion);
    assert_eq!(desk.row(&id).await.body, "Của thẻ thứ nhất.");
    // The second tab takes note of the newer version, and writes over it knowingly.
    second.version = version;
    save(app, drafter, second).await.unwrap();
    let mut tx = app.store.read().await.unwrap();
    let kept = store::list_versions(&mut tx, &id).await.unwrap();
    let bodies: Vec<_> = kept.iter().map(|it| it.body.as_str()).collect();
    assert_eq!(bodies, ["Của thẻ thứ hai.", "Của thẻ thứ nhất."]);
    drop(tx);
    // So does every other step that says what it saw.
    let met = submit(app, drafter, &id, Some(version)).await;
    assert_eq!(refusal(met), RefusalCode::ConflictVersion);
    assert_eq!(desk.state(&id).await, OutgoingTag::Drafting);
}

#[tokio::test]
async fn automatic_saves_within_minutes_are_one_version() {
    let desk = Desk::new().await;
    let id = desk.begun().await;
    let mut version = 1;
    for words in ["một", "một hai", "một hai ba"] {
        let mut whole = desk.whole(&id, version);
        whole.body = words.to_owned();
        whole.by = SavedBy::Page;
        let saved = save(&desk.world.app, &desk.office.specialist, whole).await;
        version = saved.unwrap();
    }
    let mut tx = desk.world.app.store.read().await.unwrap();
    let kept = store::list_versions(&mut tx, &id).await.unwrap();
    assert_eq!(kept.len(), 1);
    drop(tx);
    assert_eq!(desk.row(&id).await.body, "một hai ba");
}

/// Proves: TG-1.2
#[tokio::test]
async fn a_mark_of_secrecy_is_refused_everywhere_and_nothing_of_it_is_kept() {
    let desk = Desk::new().await;
    let (app, office) = (&desk.world.app, &desk.office);
    let drafter = &office.specialist;
    let id = desk.drafted().await;
    let stamped = secret_pdf(office);
    let (before, blobs) = (desk.row(&id).await, desk.blobs().await);
    let mut tries = Vec::new();
    for part in 0..4 {
        let mut whole = desk.whole(&id, before.version);
        match part {
            0 => whole.subject = "MẬT".to_owned(),
            1 => whole.body = "Kế hoạch riêng.\n\nTỐI MẬT\n".to_owned(),
            2 => whole.addressees.push("TUYỆT MẬT".to_owned()),
            _ => whole.recipients_text.push("Độ mật: Mật".to_owned()),
        }
        tries.push(refusal(save(app, drafter, whole).await));
    }
    tries.push(refusal(comment(app, drafter, &id, "MẬT").await));
    tries.push(refusal(withdraw(app, drafter, &id, None, "TỐI MẬT").await));
    let met = upload(app, drafter, &id, None, "ke-hoach.pdf", stamped.clone()).await;
    tries.push(refusal(met));
    let met = attach(app, drafter, &id, "ke-hoach.pdf", stamped).await;
    tries.push(refusal(met));
    let text = "Kế hoạch\nMẬT\n".as_bytes().to_vec();
    tries.push(refusal(attach(app, drafter, &id, "a.txt", text).await));
    desk.send_up(&id).await;
    let no = GiveBack {
        outgoing_id: id.clone(),
        version: None,
        reason: "TUYỆT MẬT".to_owned(),
    };
    tries.push(refusal(give_back(app, &office.leader, no).await));
    assert_eq!(tries, [RefusalCode::StateSecret; 10]);

    assert_eq!(desk.row(&id).await.body, before.body);
    assert_eq!(desk.row(&id).await.subject, before.subject);
    assert!(desk.files(&id).await.is_empty());
    let papers: BTreeSet<_> = blobs.into_iter().collect();
    let new: Vec<_> = desk.blobs().await;
    let new: Vec<_> = new.iter().filter(|it| !papers.contains(*it)).collect();
    assert_eq!(new, [desk.row(&id).await.current_blob.as_ref().unwrap()]);
    let mut tx = app.store.read().await.unwrap();
    let said = opinion::list(&mut tx, &id).await.unwrap();
    assert!(said.iter().all(|it| it.words.is_empty()));
    let agency_id = office.agency.agency_id.as_str();
    let entries = ledger::list_about(&mut tx, agency_id).await.unwrap();
    let refused: Vec<_> = entries
        .iter()
        .filter(|it| it.act.code() == "secret-refused")
        .collect();
    assert_eq!(refused.len(), 10);
    for entry in refused {
        let fields = entry.data.as_object().unwrap();
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["entrance"]);
    }
}

#[tokio::test]
async fn what_a_draft_lacks_keeps_it_from_being_submitted() {
    let desk = Desk::new().await;
    let (app, drafter) = (&desk.world.app, &desk.office.specialist);
    let id = desk.begun().await;
    let mut version = 1;
    for (missing, code) in [
        (0, RefusalCode::AbstractRequired),
        (1, RefusalCode::BodyEmpty),
        (2, RefusalCode::RecipientsMissing),
        (3, RefusalCode::SignerMissing),
    ] {
        let mut whole = desk.whole(&id, version);
        match missing {
            0 => whole.subject.clear(),
            1 => whole.body = " \n ".to_owned(),
            2 => whole.recipients.clear(),
            _ => whole.authority_id = None,
        }
        version = save(app, drafter, whole).await.unwrap();
        assert_eq!(refusal(submit(app, drafter, &id, None).await), code);
        assert_eq!(desk.state(&id).await, OutgoingTag::Drafting);
    }
    let whole = desk.whole(&id, version);
    save(app, drafter, whole).await.unwrap();
    // Nobody else submits it.
    let met = submit(app, &desk.office.colleague, &id, None).await;
    assert!(matches!(
        refusal(met),
        RefusalCode::NotFound | RefusalCode::NotPermitted
    ));
    submit(app, drafter, &id, None).await.unwrap();
    assert_eq!(desk.state(&id).await, OutgoingTag::InReview);
    assert_eq!(desk.world.notices(&desk.office.head).await, ["to-review"]);
}

#[tokio::test]
async fn a_document_that_goes_back_after_signing_loses_its_signature() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.signed().await;
    let signed = desk.row(&id).await.signed_blob.unwrap();
    let mut no = GiveBack {
        outgoing_id: id.clone(),
        version: None,
        reason: "  ".to_owned(),
    };
    let met = give_back(app, &desk.office.clerk, no.clone()).await;
    assert_eq!(refusal(met), RefusalCode::OpinionRequired);
    no.reason = "Thiếu phụ lục".to_owned();
    give_back(app, &desk.office.clerk, no).await.unwrap();
    let row = desk.row(&id).await;
    assert_eq!(row.state.tag(), OutgoingTag::Drafting);
    assert_eq!(row.signed_blob, None);
    let mut tx = app.store.read().await.unwrap();
    let last = ledger::list_about(&mut tx, id.as_str()).await.unwrap();
    let last = last.last().unwrap();
    assert_eq!(last.data["discarded_signature"], signed);
    drop(tx);
    // What is changed afterwards is reviewed and signed anew.
    desk.send_up(&id).await;
    let leader = &desk.office.leader;
    desk.sign(leader, Purpose::Person, &id).await.unwrap();
    assert_ne!(desk.row(&id).await.signed_blob.unwrap(), signed);
}

#[tokio::test]
async fn only_the_head_of_the_unit_approves() {
    let desk = Desk::new().await;
    let app = &desk.world.app;
    let id = desk.drafted().await;
    submit(app, &desk.office.specialist, &id, None)
        .await
        .unwrap();
    let yes = Approve {
        outgoing_id: id.clone(),
        version: None,
        words: "Đồng ý".to_owned(),
    };
    for who in [
        &desk.office.specialist,
        &desk.office.stranger,
        &desk.to.head,
    ] {
        refusal(approve(app, who, yes.clone()).await);
        assert_eq!(desk.state(&id).await, OutgoingTag::InReview);
    }
    approve(app, &desk.office.head, yes.clone()).await.unwrap();
    // The second tab of the head.
    let met = approve(app, &desk.office.head, yes).await;
    assert_eq!(refusal(met), RefusalCode::WrongState);
    assert_eq!(desk.world.notices(&desk.office.leader).await, ["to-sign"]);
}

/// Proves: TG-10.2a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_numbers_at_once_are_consecutive_on_each_database() {
    number_all_at_once(World::new().await).await;
    let Some(server) = postgres() else {
        println!("PostgreSQL was not offered (VANTHU_TEST_POSTGRES): SQLite alone was tested");
        return;
    };
    let schema = format!("app_{}", std::process::id());
    run_sql(&server, &format!("CREATE SCHEMA {schema}"));
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options[search_path]={schema}");
    number_all_at_once(World::on(url).await).await;
    run_sql(&server, &format!("DROP SCHEMA {schema} CASCADE"));
}

async fn number_all_at_once(world: World) {
    let office = world.office("H01.01", "Sở Mẫu").await;
    let to = world.office("H01.02", "UBND xã Một").await;
    let mut waiting = Vec::new();
    for _ in 0..200 {
        waiting.push(signed_row(&world, &office, &to).await);
    }
    let clerk = Arc::new(office.clerk.clone());
    // Every document by two clerks at the same time: one of the two is refused.
    let mut tasks = Vec::new();
    for id in waiting.iter().chain(&waiting) {
        let id = id.clone();
        let (app, clerk) = (Arc::clone(&world.app), Arc::clone(&clerk));
        tasks.push(tokio::spawn(async move {
            give_number(&app, &clerk, &id, None).await
        }));
    }
    let mut numbers = BTreeSet::new();
    let mut register_id = None;
    for task in tasks {
        match task.await.unwrap() {
            Ok(given) => {
                assert!(numbers.insert(given.number), "{} twice", given.number);
                register_id = Some(given.register_id);
            }
            Err(error) => assert_eq!(error.code(), Some(RefusalCode::WrongState)),
        }
    }
    // The first 200 are void: the documents were put there with them.
    let register_id = register_id.unwrap();
    assert_eq!(numbers, (201..=400).collect());
    let mut tx = world.app.store.read().await.unwrap();
    let gaps = register::list_gaps(&mut tx, &register_id).await.unwrap();
    assert!(gaps.is_empty(), "{gaps:?}");
    drop(tx);
    let report = ledger::verify(&world.app.store).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

/// A document that waits for its number, put there without going through its whole life.
async fn signed_row(world: &World, office: &Office, to: &Office) -> OutgoingId {
    let letter = Letter {
        state: Life::Sealed,
        ..Letter::about("V/v báo cáo")
    };
    let id = world.letter(office, &[to], letter).await;
    let mut tx = world.app.store.write().await.unwrap();
    let mut row = store::load(&mut tx, &id).await.unwrap();
    let since = world.app.now();
    // Its number is taken from it, so that it waits for another.
    let number = row.state.number().unwrap().clone();
    let (register_id, clerk) = (&number.register_id, office.clerk.person_id());
    register::void(&mut tx, register_id, number.number, "Nhầm", clerk, since)
        .await
        .unwrap();
    row.state = OutgoingState::Signed { since };
    row.sealed_blob = None;
    store::update(&mut tx, &mut row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Proves: TG-10.2a
#[tokio::test]
async fn a_void_number_stays_in_the_register_and_is_never_given_again() {
    let desk = Desk::new().await;
    let (app, clerk) = (&desk.world.app, &desk.office.clerk);
    let (id, first) = desk.numbered().await;
    let met = void_number(app, clerk, &id, None, "").await;
    assert_eq!(refusal(met), RefusalCode::NumberVoidNeedsReason);
    let met = void_number(app, &desk.office.specialist, &id, None, "Nhầm").await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    void_number(app, clerk, &id, None, "Nhầm văn bản")
        .await
        .unwrap();
    assert_eq!(desk.state(&id).await, OutgoingTag::Signed);
    let second = give_number(app, clerk, &id, None).await.unwrap();
    assert_eq!(second.number, first.number + 1);
    let mut tx = app.store.read().await.unwrap();
    let void = register::find_number(&mut tx, &first.register_id, first.number).await;
    let void = void.unwrap().unwrap();
    assert_eq!(void.state, NumberState::Void);
    assert_eq!(void.void_reason.as_deref(), Some("Nhầm văn bản"));
    assert_eq!(void.void_by.as_ref(), Some(clerk.person_id()));
    let gaps = register::list_gaps(&mut tx, &first.register_id).await;
    assert!(gaps.unwrap().is_empty());
    drop(tx);
    // A sealed document's number can't be made void any more.
    desk.sign(clerk, Purpose::Seal, &id).await.unwrap();
    let met = void_number(app, clerk, &id, None, "Nhầm").await;
    assert_eq!(refusal(met), RefusalCode::WrongState);
}

/// Proves: DT-2a, TG-10.1
#[tokio::test]
async fn nothing_is_numbered_or_issued_before_its_time() {
    let desk = Desk::new().await;
    let (app, clerk) = (&desk.world.app, &desk.office.clerk);
    let id = desk.approved().await;
    refusal(give_number(app, clerk, &id, None).await);
    refusal(issue(app, clerk, &id, None).await);
    let leader = &desk.office.leader;
    desk.sign(leader, Purpose::Person, &id).await.unwrap();
    refusal(issue(app, clerk, &id, None).await);
    give_number(app, clerk, &id, None).await.unwrap();
    refusal(issue(app, clerk, &id, None).await);
    desk.sign(clerk, Purpose::Seal, &id).await.unwrap();
    assert_eq!(issue(app, clerk, &id, None).await.unwrap(), 1);
    let met = issue(app, clerk, &id, None).await;
    assert_eq!(refusal(met), RefusalCode::WrongState);
    desk.world.run().await;
    assert!(
        desk.world
            .delivery(&id, &desk.to)
            .await
            .incoming_id
            .is_some()
    );
}

#[tokio::test]
async fn files_that_should_not_come_in_are_refused_and_not_kept() {
    let desk = Desk::new().await;
    let (app, drafter) = (&desk.world.app, &desk.office.specialist);
    let id = desk.drafted().await;
    let before = desk.blobs().await;
    let good = simple_pdf("", "");
    let mut cut = good.clone();
    cut.truncate(good.len() / 2);
    let long = format!("{}.pdf", "a".repeat(200));
    let encrypted = simple_pdf("", "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 >>");
    let scripts = simple_pdf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "");
    let huge = vec![b'%'; 52_428_801];
    let cases: Vec<(&str, Vec<u8>, RefusalCode)> = vec![
        ("hong.pdf", cut, RefusalCode::FileDamaged),
        ("mat-khau.pdf", encrypted, RefusalCode::FileEncrypted),
        ("ma-lenh.pdf", scripts, RefusalCode::FileScripts),
        ("to.pdf", huge, RefusalCode::FileTooLarge),
        (
            "anh.png",
            b"%PDF-1.7 ...".to_vec(),
            RefusalCode::FileTypeMismatch,
        ),
        (
            "la-chuong-trinh.pdf",
            b"MZ\x90\0\x03".to_vec(),
            RefusalCode::FileTypeMismatch,
        ),
        ("bom.docx", bomb(64 * 1024 * 1024), RefusalCode::ArchiveBomb),
        (
            "bom-gian.docx",
            lying(bomb(64 * 1024 * 1024)),
            RefusalCode::FileDamaged,
        ),
        (
            "chay.exe",
            b"MZ\x90\0".to_vec(),
            RefusalCode::FileTypeNotAllowed,
        ),
        ("trong.pdf", Vec::new(), RefusalCode::FileEmpty),
        (&long, good.clone(), RefusalCode::NameTooLong),
    ];
    for (name, bytes, code) in cases {
        let met = attach(app, drafter, &id, name, bytes.clone()).await;
        assert_eq!(refusal(met), code, "attached: {name}");
        if std::path::Path::new(name)
            .extension()
            .is_some_and(|it| it == "pdf")
        {
            let met = upload(app, drafter, &id, None, name, bytes).await;
            assert_eq!(refusal(met), code, "uploaded: {name}");
        }
    }
    assert_eq!(desk.blobs().await, before);
    assert!(desk.files(&id).await.is_empty());
    // A good one comes in, and goes again.
    let file_id = attach(app, drafter, &id, "tot.pdf", good).await.unwrap();
    attach(app, drafter, &id, "tot.docx", bomb(1000))
        .await
        .unwrap();
    assert_eq!(desk.files(&id).await.len(), 2);
    detach(app, drafter, &id, &file_id).await.unwrap();
    assert_eq!(desk.files(&id).await.len(), 1);
    let met = detach(app, drafter, &id, &file_id).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
}

#[tokio::test]
async fn a_signed_file_is_not_taken_for_a_draft() {
    let desk = Desk::new().await;
    let (app, drafter) = (&desk.world.app, &desk.office.specialist);
    let done = desk.signed().await;
    let signed = desk
        .bytes(desk.row(&done).await.signed_blob.as_deref())
        .await;
    let id = desk.drafted().await;
    let met = upload(app, drafter, &id, None, "da-ky.pdf", signed).await;
    assert_eq!(refusal(met), RefusalCode::DocumentFrozen);
}

/// Proves: AG-13.1
#[tokio::test]
async fn the_places_of_an_uploaded_paper_are_found_and_can_be_moved() {
    let desk = Desk::new().await;
    let (app, drafter) = (&desk.world.app, &desk.office.specialist);
    let made = typeset_letter(&paper(&desk.office)).unwrap();
    let id = desk.drafted().await;
    let version = desk.row(&id).await.version;
    let taken = upload(app, drafter, &id, Some(version), "cv.pdf", made.pdf.clone()).await;
    let taken = taken.unwrap();
    let number = taken.found.number.unwrap();
    assert!((number.rect.x0 - made.places.number.rect.x0).abs() < 12.0);
    assert!(matches!(
        taken.found.date.unwrap(),
        FoundDate::Whole { .. } | FoundDate::Parts { .. }
    ));
    // The second tab knows nothing of it yet.
    let mut places = places_of(&desk.row(&id).await).unwrap();
    let met = place(app, drafter, &id, Some(version), places).await;
    assert_eq!(refusal(met), RefusalCode::ConflictVersion);
    places.signature.rect.y0 -= 10.0;
    places.signature.rect.y1 -= 10.0;
    place(app, drafter, &id, Some(taken.version), places)
        .await
        .unwrap();
    assert_eq!(places_of(&desk.row(&id).await).unwrap(), places);
    for wrong in 0..3 {
        let mut off = places;
        match wrong {
            0 => off.number.page = 9,
            1 => off.date.as_mut().unwrap().rect.x1 = 0.0,
            _ => off.signature.rect.y1 = f64::NAN,
        }
        refusal(place(app, drafter, &id, None, off).await);
    }
    // It goes its way as a typeset one does.
    desk.send_up(&id).await;
    let leader = &desk.office.leader;
    desk.sign(leader, Purpose::Person, &id).await.unwrap();
    let signed = desk.bytes(desk.row(&id).await.signed_blob.as_deref()).await;
    assert!(signed.starts_with(&made.pdf));
}

#[tokio::test]
async fn a_paper_without_places_is_not_submitted_until_they_are_set() {
    let desk = Desk::new().await;
    let (app, drafter) = (&desk.world.app, &desk.office.specialist);
    let id = desk.drafted().await;
    let taken = upload(app, drafter, &id, None, "la.pdf", simple_pdf("", "")).await;
    assert!(taken.unwrap().found.number.is_none());
    let met = submit(app, drafter, &id, None).await;
    assert_eq!(refusal(met), RefusalCode::NoPlacesFound);
    let places = crate::signing::paper::PaperPlaces::from(
        typeset_letter(&paper(&desk.office)).unwrap().places,
    );
    place(app, drafter, &id, None, places).await.unwrap();
    submit(app, drafter, &id, None).await.unwrap();
}

/// A PDF of one empty page; the extras go into its catalogue and its trailer.
fn simple_pdf(catalogue: &str, trailer: &str) -> Vec<u8> {
    let objects = [
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>".to_owned(),
    ];
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("xref\n0 4\n0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        std::fmt::Write::write_fmt(&mut table, format_args!("{:010} 00000 n \n", pdf.len()))
            .unwrap();
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = pdf.len();
    pdf.extend(table.bytes());
    let tail = format!("trailer\n<< /Size 4 /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
    pdf.extend(tail.bytes());
    pdf
}

/// A letter with the stamp of a secret on it.
fn secret_pdf(office: &Office) -> Vec<u8> {
    let mut letter = paper(office);
    letter.body = Body::parse("Kính đề nghị phối hợp.\n\nMẬT\n\nTrân trọng.").body;
    typeset_letter(&letter).unwrap().pdf
}

/// A document of Word with so many bytes of nothing in it.
fn bomb(bytes: usize) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, contents) in [
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("word/document.xml", vec![b' '; bytes]),
    ] {
        archive.start_file(name, options).unwrap();
        archive.write_all(&contents).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The same, saying of itself that it unpacks to next to nothing.
fn lying(mut archive: Vec<u8>) -> Vec<u8> {
    let truth = u32::try_from(64 * 1024 * 1024).unwrap().to_le_bytes();
    let places: Vec<usize> = archive
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == truth)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        archive[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    archive
}
