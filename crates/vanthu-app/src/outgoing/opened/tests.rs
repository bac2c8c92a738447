use std::sync::Arc;

use vanthu_domain::audit::Act;
use vanthu_domain::id::OutgoingId;
use vanthu_domain::profile::RegulationProfile;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::ledger;

use super::opened;
use crate::outgoing::save::save;
use crate::outgoing::take_back::take_back;
use crate::outgoing::view::{Which, open_file};
use crate::signing::open::{OpenSigning, open};
use crate::signing::{Consent, Means, Purpose, batch};
use crate::test::equipped::{Desk, refusal};
use crate::{App, Caller};

/// Whether each document counts as opened by whoever is asked.
async fn opened_by(app: &App, caller: &Caller, ids: &[OutgoingId]) -> Vec<bool> {
    let choices = batch::choices(app, caller, Purpose::Person, ids).await;
    let each = choices.unwrap().each.into_iter();
    each.map(|(_, choice)| choice.unwrap().opened).collect()
}

/// How often the ledger says that a document was opened.
async fn told(desk: &Desk, id: &OutgoingId) -> usize {
    let mut tx = desk.world.app.store.read().await.unwrap();
    let entries = ledger::list_about(&mut tx, id.as_str()).await.unwrap();
    let opened = entries.iter().filter(|it| it.act == Act::OpenedToSign);
    opened.count()
}

#[tokio::test]
async fn what_the_signer_opened_is_known_until_the_paper_changes() {
    let desk = Desk::new().await;
    let (app, office) = (&desk.world.app, &desk.office);
    let ids = [desk.approved().await, desk.approved().await];
    // Nobody else's look counts, and none before it is to be signed.
    opened(app, &office.specialist, &ids[0]).await.unwrap();
    open_file(app, &office.head, &ids[0], &Which::Main)
        .await
        .unwrap();
    assert_eq!(opened_by(app, &office.leader, &ids).await, [false, false]);
    assert_eq!(told(&desk, &ids[0]).await, 0);
    // The page and the file are both the paper; it is put down once.
    opened(app, &office.leader, &ids[0]).await.unwrap();
    open_file(app, &office.leader, &ids[0], &Which::Main)
        .await
        .unwrap();
    assert_eq!(opened_by(app, &office.leader, &ids).await, [true, false]);
    assert_eq!(told(&desk, &ids[0]).await, 1);
    // Another text is another paper.
    take_back(app, &office.specialist, &ids[0], None)
        .await
        .unwrap();
    let mut other = desk.whole(&ids[0], desk.row(&ids[0]).await.version);
    other.subject = "báo cáo việc quản lý thiết bị lưu khóa".to_owned();
    save(app, &office.specialist, other).await.unwrap();
    desk.send_up(&ids[0]).await;
    assert_eq!(opened_by(app, &office.leader, &ids).await, [false, false]);
    // Who may not see a document learns nothing of it.
    let stranger = opened(app, &desk.to.leader, &ids[1]).await;
    assert_eq!(refusal(stranger), RefusalCode::NotFound);
}

/// Proves: TG-22.1b
#[tokio::test]
async fn several_are_signed_at_once_when_each_was_opened_where_the_profile_wants_it() {
    let mut desk = Desk::new().await;
    let strict = "code = \"strict\"\nname = \"Nơi yêu cầu mở từng văn bản\"\n\
                  [[value]]\nsetting = \"unopened-in-batch\"\nvalue = \"refuse\"\n\
                  citation = \"Quy chế của cơ quan\"\ncertainty = \"infer\"\n";
    let strict = RegulationProfile::parse(strict).unwrap();
    let code = desk.office.agency.profile.clone();
    let app = Arc::get_mut(&mut desk.world.app).expect("nothing else runs yet");
    let lenient = app.profiles.insert(code.clone(), strict);
    let ids = [desk.approved().await, desk.approved().await];
    let order = |documents: &[OutgoingId]| OpenSigning {
        purpose: Purpose::Person,
        documents: documents.to_vec(),
        consent: Consent::Automatic,
        means: Means::Agent,
        credential: None,
        keys: Vec::new(),
    };
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    // None of them was opened: nothing is left to sign.
    let none = open(app, leader, order(&ids)).await;
    assert_eq!(refusal(none), RefusalCode::SigningNotOpened);
    // One was: the other stays out, with why.
    opened(app, leader, &ids[0]).await.unwrap();
    let one = open(app, leader, order(&ids)).await.unwrap();
    assert_eq!(one.left_out.len(), 1);
    assert_eq!(one.left_out[0].outgoing_id, ids[1]);
    assert_eq!(one.left_out[0].refusal.code, RefusalCode::SigningNotOpened);
    // Alone it is signed on its own page.
    let alone = open(app, leader, order(&ids[1..])).await.unwrap();
    assert!(alone.left_out.is_empty());
    // Where the profile only wants it said, all go.
    let app = Arc::get_mut(&mut desk.world.app).expect("nothing else runs");
    app.profiles.insert(code, lenient.unwrap());
    let more = [desk.approved().await, desk.approved().await];
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let all = open(app, leader, order(&more)).await.unwrap();
    assert!(all.left_out.is_empty());
}
