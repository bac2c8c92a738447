//! SmartCA, with each of the conflicts between its sources.

use serde_json::json;
use vanthu_remote::{Ending, Found, Holder, Inquiry, Order, Outcome, Purpose};

use crate::fake_smartca::FakeSmartCa;
use crate::world::{
    Decision, Drive, NOW, Road, World, assert_all_signed, assert_nothing_out, begin,
};

fn run(fake: &mut FakeSmartCa, order: Order) -> Outcome {
    let mut signing = begin(fake.client(), order);
    Drive::new(fake).run(&mut signing)
}

#[test]
fn the_holder_agrees_and_everything_is_signed() {
    let world = World::new(3);
    for success in [0, 200] {
        let mut fake = FakeSmartCa::new(&world);
        (fake.success, fake.reversed) = (success, true);
        let outcome = run(&mut fake, world.order());
        assert_all_signed(&world, &outcome);
        assert_eq!(fake.asked[0].0, "giaodich-0001");
        assert!(fake.asked[0].1.starts_with("Mã "), "{:?}", fake.asked);
    }
}

#[test]
fn many_digests_go_in_batches_with_names_of_their_own() {
    let world = World::new(45);
    let mut fake = FakeSmartCa::new(&world);
    let outcome = run(&mut fake, world.order());
    assert_all_signed(&world, &outcome);
    let names: Vec<&str> = fake.asked.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        names,
        ["giaodich-0001-p1", "giaodich-0001-p2", "giaodich-0001-p3"]
    );
}

#[test]
fn a_status_is_asked_for_by_either_name() {
    let world = World::new(1);
    let mut fake = FakeSmartCa::new(&world);
    fake.by_tran_code = true;
    let outcome = run(&mut fake, world.order());
    assert_all_signed(&world, &outcome);
    assert!(!outcome.troubles.is_empty());
}

#[test]
fn its_certificates_are_read() {
    let world = World::new(1);
    let mut fake = FakeSmartCa::new(&world);
    let client = std::sync::Arc::new(fake.client());
    let inquiry = Inquiry::list(client.clone(), Holder::new("079099001234"));
    let Found::Credentials(found) = Drive::new(&mut fake).ask(inquiry).unwrap() else {
        panic!("no list");
    };
    assert_eq!(found.len(), 2);
    let inquiry = Inquiry::info(client.clone(), Holder::new("079099001234"), "chung-thu-1");
    let Found::Info(info) = Drive::new(&mut fake).ask(inquiry).unwrap() else {
        panic!("no info");
    };
    assert_eq!(info.usable(NOW).unwrap(), &world.certificate);
    assert_eq!(info.certificates.len(), 2);
    for word in ["Hết hạn", "Đã thu hồi", "Tạm dừng", "Không rõ"] {
        fake.cert_status = word;
        let inquiry = Inquiry::info(client.clone(), Holder::new("079099001234"), "chung-thu-1");
        let Found::Info(info) = Drive::new(&mut fake).ask(inquiry).unwrap() else {
            panic!("no info");
        };
        assert_eq!(
            info.usable(NOW).unwrap_err().ending,
            Ending::CertificateUnusable,
            "{word}"
        );
    }
}

#[test]
fn a_refusal_ends_it_in_whatever_words() {
    let world = World::new(1);
    for words in [
        "Người dùng từ chối giao dịch",
        "USER_REJECTED",
        "sig_canceled",
    ] {
        let mut fake = FakeSmartCa::new(&world);
        (fake.decision, fake.refusal) = (Decision::Refuse(15), words);
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, Ending::Refused, "{words}");
        assert!(!outcome.may_be_signed());
    }
}

#[test]
fn words_that_nobody_knows_are_no_end() {
    let world = World::new(1);
    let mut fake = FakeSmartCa::new(&world);
    (fake.decision, fake.refusal) = (Decision::Refuse(15), "sig_la_qua");
    let outcome = run(&mut fake, world.order());
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert!(outcome.may_be_signed());
}

#[test]
fn each_refusal_to_begin_has_its_ending() {
    let world = World::new(1);
    for (http, code, message, ending) in [
        (400, 400, "BAD_REQUEST", Ending::NotOffered),
        (200, 401, "SP_CREDENTIAL_INVALID", Ending::AccessRefused),
        (401, 401, "SP_CREDENTIAL_INVALID", Ending::AccessRefused),
        (
            200,
            403,
            "CREDENTIAL_STATUS_INVALID",
            Ending::CertificateUnusable,
        ),
        (403, 403, "", Ending::CertificateUnusable),
        (200, 400, "Tài khoản hết lượt ký", Ending::QuotaUsedUp),
    ] {
        let mut fake = FakeSmartCa::new(&world);
        fake.sign = Some((http, json!({"status_code": code, "message": message})));
        let outcome = run(&mut fake, world.order());
        assert_eq!(outcome.ending, ending, "{code} {message}");
        assert!(!outcome.may_be_signed());
        assert_eq!(fake.asked.len(), 1);
    }
}

#[test]
fn signatures_with_other_names_are_nobodys() {
    let world = World::new(2);
    let mut fake = FakeSmartCa::new(&world);
    fake.wrong_names = true;
    let outcome = run(&mut fake, world.order());
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert_nothing_out(&outcome);
}

#[test]
fn a_lost_answer_is_asked_for_by_our_own_name_and_never_repeated() {
    let world = World::new(1);
    for road in [
        Road::AnswerLost,
        Road::Slow(45),
        Road::Covered(504, "<html>".to_owned()),
        Road::Covered(200, "rác".to_owned()),
    ] {
        let mut fake = FakeSmartCa::new(&world);
        let mut signing = begin(fake.client(), world.order());
        let outcome = Drive::new(&mut fake)
            .road(Purpose::Sign, 0, road.clone())
            .run(&mut signing);
        assert_all_signed(&world, &outcome);
        assert_eq!(fake.asked.len(), 1, "{road:?}");
    }
}

#[test]
fn an_echo_of_another_transaction_is_not_ours() {
    let world = World::new(1);
    let mut fake = FakeSmartCa::new(&world);
    fake.sign = Some((
        200,
        json!({"status_code": 200, "message": "sig_wait_for_user_confirm",
            "data": {"transaction_id": "cua-nguoi-khac", "tran_code": "../../x"}}),
    ));
    let outcome = run(&mut fake, world.order());
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert_nothing_out(&outcome);
}
