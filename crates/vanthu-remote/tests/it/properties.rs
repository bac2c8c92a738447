//! What holds whatever the services, the road and the clock do.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use vanthu_remote::csc::Version;
use vanthu_remote::http::Call;
use vanthu_remote::local::ToolReply;
use vanthu_remote::mssp::Form;
use vanthu_remote::order::Batch;
use vanthu_remote::provider::{
    Abilities, Agreement, Answered, Consent, Page, PollToken, SigningProvider,
};
use vanthu_remote::value::{digest_info, digest_of_info};
use vanthu_remote::{
    BadOrder, CredentialInfo, Ending, Failure, Holder, HttpAnswer, LateWord, Next, Order, Pace,
    Purpose, Reply, Secret, Seed, Signing, TransactionId,
};

use crate::fake_csc::FakeCsc;
use crate::fake_mssp::FakeMssp;
use crate::fake_mysign::FakeMySign;
use crate::fake_smartca::FakeSmartCa;
use crate::world::{
    Decision, Drive, NOW, Road, World, assert_all_signed, assert_nothing_out, begin, begin_at,
};

fn providers(world: &World) -> Vec<Arc<dyn SigningProvider>> {
    vec![
        Arc::new(FakeCsc::new(world, Version::V1).client()),
        Arc::new(FakeCsc::new(world, Version::V2).client()),
        Arc::new(FakeMySign::new(world).client()),
        Arc::new(FakeSmartCa::new(world).client()),
        Arc::new(FakeMssp::new(world, Form::Soap).client()),
        Arc::new(FakeMssp::new(world, Form::Json).client()),
    ]
}

/// Bodies that look like answers, with members that mean something somewhere.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just("1".to_owned()),
        Just("200".to_owned()),
        Just("SUCCESS".to_owned()),
        Just("4000".to_owned()),
        Just("YQ==".to_owned()),
        "[ -~]{0,12}",
    ];
    let key = prop_oneof![
        Just("access_token"),
        Just("SAD"),
        Just("signatures"),
        Just("responseID"),
        Just("transactionId"),
        Just("status"),
        Just("status_code"),
        Just("message"),
        Just("data"),
        Just("error"),
        Just("MSS_SignatureResp"),
        Just("Status"),
        Just("Fault"),
        Just("expires_in"),
    ];
    let members = proptest::collection::vec((key, word, 0_u8..4), 0..6);
    let object = members.prop_map(|members| {
        let mut value = serde_json::Map::new();
        for (key, word, shape) in members {
            let word = serde_json::Value::String(word);
            let it = match shape {
                0 => serde_json::Value::Array(vec![word]),
                1 => serde_json::json!({"signatures": [word]}),
                2 => serde_json::json!(7),
                _ => word,
            };
            value.insert(key.to_owned(), it);
        }
        serde_json::Value::Object(value).to_string().into_bytes()
    });
    prop_oneof![
        object,
        proptest::collection::vec(any::<u8>(), 0..200),
        "<[a-z]{1,3}:Envelope><[a-z]{1,4}/?>[ -~]{0,30}".prop_map(String::into_bytes),
    ]
}

fn answer() -> impl Strategy<Value = HttpAnswer> {
    let reply = (
        prop_oneof![
            Just(200_u16),
            Just(202),
            Just(400),
            Just(401),
            Just(500),
            any::<u16>()
        ],
        body(),
    )
        .prop_map(|(status, body)| HttpAnswer::Reply(Reply::new(status, body)));
    prop_oneof![
        8 => reply,
        1 => Just(HttpAnswer::TooLarge),
        1 => Just(HttpAnswer::TimedOut),
        1 => Just(HttpAnswer::NotConnected("x".to_owned())),
        1 => Just(HttpAnswer::Broken("x".to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// No answer that the holder's key did not make ever becomes a signature, and there is always an end.
    #[test]
    fn made_up_answers_end_without_a_signature(
        answers in proptest::collection::vec((answer(), 0_u64..400), 1..40),
    ) {
        let world = World::new(2);
        for provider in providers(&world) {
            let pace = Pace::default();
            let mut signing =
                Signing::begin(provider, world.order(), pace, Seed::new([1; 32])).unwrap();
            let mut clock = Duration::ZERO;
            let mut made = answers.iter().cycle();
            let mut asked = 0;
            loop {
                match signing.next(clock) {
                    Next::Ended => break,
                    Next::Wait(time) => clock += time.max(Duration::from_millis(1)),
                    Next::Browser(_) => signing.returned("code=x&state=y", clock),
                    Next::Ask(request) => {
                        asked += 1;
                        prop_assert!(asked < 1000);
                        let (answer, tenths) = made.next().unwrap();
                        clock += Duration::from_millis(tenths * 100);
                        signing.answer(request.id, answer.clone(), clock);
                    }
                }
            }
            let outcome = signing.outcome().unwrap();
            prop_assert_ne!(outcome.ending, Ending::Signed);
            prop_assert!(clock <= pace.deadline + pace.answer * 3 + Duration::from_secs(41));
            assert_nothing_out(&outcome);
        }
    }

    #[test]
    fn frames_of_the_tool_are_read_without_harm(frame in "\\PC{0,200}") {
        let _ = ToolReply::read(&frame);
    }

    #[test]
    fn a_digest_info_gives_its_digest_back(digest in proptest::collection::vec(any::<u8>(), 32)) {
        let info = digest_info(vanthu_pki::SignatureAlgorithm::RsaPkcs1Sha256, &digest);
        prop_assert_eq!(digest_of_info(&info), Some(digest));
    }

    #[test]
    fn made_up_digest_infos_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = digest_of_info(&bytes);
    }
}

#[test]
fn late_signatures_are_recorded_and_never_given_out() {
    let world = World::rsa(1);
    let mut fake = FakeMssp::new(&world, Form::Soap);
    let mut client = fake.client();
    client.messaging = vanthu_remote::mssp::Messaging::Synch;
    let mut signing = begin(client, world.order());
    // The holder agrees on the phone; the answer takes longer than anybody waits.
    let outcome = Drive::new(&mut fake)
        .road(Purpose::Sign, 0, Road::Slow(400))
        .run(&mut signing);
    assert!(matches!(
        outcome.ending,
        Ending::DeadlinePassed | Ending::AnswerLost
    ));
    assert!(outcome.may_be_signed());
    assert_nothing_out(&outcome);
    assert_eq!(outcome.late.last().unwrap().what, LateWord::Signatures(1));
}

#[test]
fn a_status_that_arrives_after_the_deadline_is_late() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    fake.decision = Decision::Agree(1);
    let pace = Pace {
        deadline: Duration::from_secs(10),
        answer: Duration::from_secs(30),
    };
    let mut signing = begin_at(fake.client(), world.order(), pace);
    let mut drive = Drive::new(&mut fake);
    for nth in 0..2 {
        drive = drive.road(Purpose::Status, nth, Road::Instead(503, String::new()));
    }
    let outcome = drive
        .road(Purpose::Status, 2, Road::Slow(60))
        .run(&mut signing);
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert_nothing_out(&outcome);
    let signatures = |it: &vanthu_remote::Late| it.what == LateWord::Signatures(1);
    assert!(outcome.late.iter().any(signatures), "{:?}", outcome.late);
}

#[test]
fn an_answer_in_time_that_is_handed_over_too_late_is_late() {
    let world = World::new(1);
    let mut fake = FakeCsc::new(&world, Version::V2);
    let mut signing = begin(fake.client(), world.order());
    let mut drive = Drive::new(&mut fake);
    let deadline = Pace::default().deadline;
    loop {
        let Next::Ask(request) = signing.next(drive.clock) else {
            panic!("nothing to ask");
        };
        let answer = drive.make(&request).unwrap();
        if request.purpose == Purpose::Sign {
            // Nobody called in between.
            signing.answer(request.id, answer, deadline);
            break;
        }
        signing.answer(request.id, answer, drive.clock);
    }
    let outcome = signing.outcome().unwrap();
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert_nothing_out(&outcome);
    assert_eq!(outcome.late[0].what, LateWord::Signatures(1));
    assert!(outcome.may_be_signed());
}

#[test]
fn a_refusal_after_the_deadline_closes_what_was_open() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    fake.decision = Decision::Refuse(9);
    let pace = Pace {
        deadline: Duration::from_secs(9),
        answer: Duration::from_secs(30),
    };
    let mut signing = begin_at(fake.client(), world.order(), pace);
    let mut drive = Drive::new(&mut fake);
    let outcome = loop {
        match signing.next(drive.clock) {
            Next::Ended => break signing.outcome().unwrap(),
            Next::Wait(time) => drive.clock += time + Duration::from_millis(900),
            Next::Browser(_) => unreachable!(),
            Next::Ask(request) => {
                let answer = drive.make(&request).unwrap();
                signing.answer(request.id, answer, drive.clock);
            }
        }
    };
    assert_eq!(outcome.ending, Ending::DeadlinePassed);
    assert_eq!(outcome.late[0].what, LateWord::NothingSigned);
    assert!(!outcome.may_be_signed());
}

#[test]
fn what_is_taken_back_gives_nothing_out() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    let mut signing = begin(fake.client(), world.order());
    signing.cancel();
    let outcome = signing.outcome().unwrap();
    assert_eq!(
        (outcome.ending, outcome.may_be_signed()),
        (Ending::Cancelled, false)
    );
    let mut signing = begin(fake.client(), world.order());
    let mut drive = Drive::new(&mut fake);
    while !signing.pending().unwrap().asked {
        let Next::Ask(request) = signing.next(drive.clock) else {
            panic!("nothing to ask");
        };
        let answer = drive.make(&request).unwrap();
        signing.answer(request.id, answer, drive.clock);
    }
    signing.cancel();
    let outcome = drive.run(&mut signing);
    assert_eq!(
        (outcome.ending, outcome.may_be_signed()),
        (Ending::Cancelled, true)
    );
    assert_nothing_out(&outcome);
    assert_eq!(outcome.late[0].what, LateWord::Pending);
}

#[test]
fn a_hint_asks_now_and_proves_nothing() {
    let world = World::rsa(1);
    let mut fake = FakeMySign::new(&world);
    let mut signing = begin(fake.client(), world.order());
    let mut drive = Drive::new(&mut fake);
    loop {
        match signing.next(drive.clock) {
            Next::Ask(request) => {
                let answer = drive.make(&request).unwrap();
                signing.answer(request.id, answer, drive.clock);
            }
            Next::Wait(_) => break,
            other => panic!("{other:?}"),
        }
    }
    signing.nudge();
    let Next::Ask(request) = signing.next(drive.clock) else {
        panic!("it waits");
    };
    assert_eq!(request.purpose, Purpose::Status);
    assert!(signing.outcome().is_none());
}

#[test]
fn a_restart_goes_on_where_it_stood_and_asks_nobody_twice() {
    let world = World::new(3);
    let mut fake = FakeSmartCa::new(&world);
    let mut client = fake.client();
    client.batch = 2;
    let client = Arc::new(client);
    let begin = || {
        let pace = Pace::default();
        Signing::begin(client.clone(), world.order(), pace, Seed::new([1; 32])).unwrap()
    };
    let mut signing = begin();
    let mut drive = Drive::new(&mut fake);
    // After every single step the program is killed and starts again.
    for _ in 0..2000 {
        let next = signing.next(drive.clock);
        let kept = serde_json::to_string(&signing.checkpoint()).unwrap();
        match next {
            Next::Ended => break,
            Next::Wait(time) => drive.clock += time,
            Next::Browser(_) => unreachable!(),
            Next::Ask(request) => {
                if request.purpose == Purpose::Sign {
                    // Killed after the request went out: its answer is never seen.
                    drive.make(&request);
                    signing = resume(&client, &world, &kept, drive.clock).unwrap();
                    continue;
                }
                let answer = drive.make(&request).unwrap();
                signing.answer(request.id, answer, drive.clock);
            }
        }
        if signing.outcome().is_none() {
            let kept = serde_json::to_string(&signing.checkpoint()).unwrap();
            signing = resume(&client, &world, &kept, drive.clock).unwrap();
        }
    }
    assert_all_signed(&world, &signing.outcome().unwrap());
    assert_eq!(fake.asked.len(), 2);
}

fn resume(
    client: &Arc<vanthu_remote::smartca::SmartCa>,
    world: &World,
    kept: &str,
    elapsed: Duration,
) -> Result<Signing, BadOrder> {
    let kept = serde_json::from_str(kept).unwrap();
    let pace = Pace::default();
    Signing::resume(
        client.clone(),
        world.order(),
        pace,
        Seed::new([2; 32]),
        kept,
        elapsed,
    )
}

#[test]
fn a_state_of_another_order_is_refused() {
    let world = World::new(1);
    let client = Arc::new(FakeSmartCa::new(&world).client());
    for kept in [
        r#"{"transaction":"giaodich-0002","part":0,"asked":false,"poll":null,"values":[null]}"#,
        r#"{"transaction":"giaodich-0001","part":0,"asked":false,"poll":null,"values":[]}"#,
        r#"{"transaction":"giaodich-0001","part":1,"asked":false,"poll":null,"values":[null]}"#,
        r#"{"transaction":"giaodich-0001","part":0,"asked":false,"poll":null,"values":["YQ=="]}"#,
        r#"{"transaction":"giaodich-0001","part":99999999999,"asked":false,"poll":null,"values":[null]}"#,
    ] {
        let refused = resume(&client, &world, kept, Duration::ZERO);
        assert_eq!(refused.unwrap_err(), BadOrder::OtherState, "{kept}");
    }
}

/// A service whose client takes an agreement for whatever it is.
#[derive(Debug)]
struct Careless(vanthu_remote::csc::Csc);

impl SigningProvider for Careless {
    fn name(&self) -> &'static str {
        "careless"
    }

    fn abilities(&self) -> Abilities {
        self.0.abilities()
    }

    fn list(
        &self,
        holder: &Holder,
        it: Option<&Secret>,
        page: Option<&str>,
    ) -> Result<Call, Failure> {
        self.0.list(holder, it, page)
    }

    fn read_list(&self, reply: &Reply) -> Result<Page, Failure> {
        self.0.read_list(reply)
    }

    fn info(&self, holder: &Holder, it: Option<&Secret>, id: &str) -> Result<Call, Failure> {
        self.0.info(holder, it, id)
    }

    fn read_info(&self, reply: &Reply, id: &str) -> Result<CredentialInfo, Failure> {
        self.0.read_info(reply, id)
    }

    fn consent(
        &self,
        batch: &Batch<'_>,
        it: Option<&Secret>,
        seed: &Seed,
    ) -> Result<Consent, Failure> {
        self.0.consent(batch, it, seed)
    }

    fn read_agreement(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Agreement, Failure> {
        let agreement = self.0.read_agreement(batch, reply)?;
        Ok(Agreement {
            covers: [0; 32],
            ..agreement
        })
    }

    fn sign(
        &self,
        batch: &Batch<'_>,
        it: Option<&Secret>,
        agreement: Option<&Agreement>,
    ) -> Result<Call, Failure> {
        self.0.sign(batch, it, agreement)
    }

    fn read_sign(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        self.0.read_sign(batch, reply)
    }

    fn status(
        &self,
        batch: &Batch<'_>,
        token: &PollToken,
        it: Option<&Secret>,
        turn: usize,
    ) -> Call {
        self.0.status(batch, token, it, turn)
    }

    fn read_status(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        self.0.read_status(batch, reply)
    }
}

#[test]
fn an_agreement_to_something_else_is_never_used() {
    let world = World::new(1);
    let fake = FakeCsc::new(&world, Version::V2);
    let mut signing = begin(Careless(fake.client()), world.order());
    let Next::Ask(request) = signing.next(Duration::ZERO) else {
        panic!("nothing to ask");
    };
    assert_eq!(request.purpose, Purpose::Authorize);
    let said = HttpAnswer::Reply(Reply::new(200, r#"{"SAD": "x"}"#));
    signing.answer(request.id, said, Duration::ZERO);
    assert!(matches!(signing.next(Duration::ZERO), Next::Ended));
    let outcome = signing.outcome().unwrap();
    assert_eq!(outcome.ending, Ending::DigestNotAuthorized);
    assert!(!outcome.may_be_signed());
}

#[test]
fn an_order_that_can_not_be_signed_is_not_begun() {
    let world = World::new(1);
    let client = || Arc::new(FakeSmartCa::new(&world).client());
    let refused = |order: Order| {
        let pace = Pace::default();
        Signing::begin(client(), order, pace, Seed::new([1; 32])).unwrap_err()
    };
    let order = || world.order();
    assert_eq!(
        refused(Order {
            items: Vec::new(),
            ..order()
        }),
        BadOrder::Empty
    );
    let mut short = order();
    short.items[0].digest.pop();
    assert_eq!(refused(short), BadOrder::DigestLength(0));
    let rsa = vanthu_pki::SignatureAlgorithm::RsaPkcs1Sha256;
    assert_eq!(
        refused(Order {
            algorithm: rsa,
            ..order()
        }),
        BadOrder::Algorithm
    );
    let late = NOW.plus_days(4000);
    assert_eq!(
        refused(Order {
            started_at: late,
            ..order()
        }),
        BadOrder::CertificateNotInForce
    );
    for text in [
        "",
        "ngắn",
        "1giaodich",
        "giao dich 1",
        "giaodich/../1",
        &"a".repeat(49),
    ] {
        assert_eq!(
            TransactionId::new(text),
            Err(BadOrder::TransactionId),
            "{text}"
        );
    }
}
