//! A conversation with a service that holds keys, which answers whatever it likes, whenever it likes; and the
//! messages of the government's tool. An input: the service, the certificate that is pinned, then answers, each with how
//! long it takes; `vanthu-remote`'s example `service_seeds` writes conversations that end well.

#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use vanthu_pki::{Certificate, SignatureAlgorithm, verify};
use vanthu_remote::csc::Version;
use vanthu_remote::local::{ToolReply, digest};
use vanthu_remote::mssp::Form;
use vanthu_remote::{
    HttpAnswer, Inquiry, Next, Order, Pace, Reply, RequestId, Seed, SignatureValue, Signing,
    SigningProvider,
};
use vanthu_testkit::remote::fake_csc::FakeCsc;
use vanthu_testkit::remote::fake_mssp::FakeMssp;
use vanthu_testkit::remote::fake_mysign::FakeMySign;
use vanthu_testkit::remote::fake_smartca::FakeSmartCa;
use vanthu_testkit::remote::world::World;

/// Its keys are of the moment, and nothing below depends on them.
static WORLD: LazyLock<World> = LazyLock::new(|| World::new(2));

/// In the order of the example `service_seeds`.
static SERVICES: LazyLock<Vec<Arc<dyn SigningProvider>>> = LazyLock::new(|| {
    let world = &*WORLD;
    vec![
        Arc::new(FakeCsc::new(world, Version::V1).client()),
        Arc::new(FakeCsc::new(world, Version::V2).client()),
        Arc::new(FakeMySign::new(world).client()),
        Arc::new(FakeSmartCa::new(world).client()),
        Arc::new(FakeMssp::new(world, Form::Soap).client()),
        Arc::new(FakeMssp::new(world, Form::Json).client()),
    ]
});

/// The order of the played world, which the seeds are answers to.
static ORDER: LazyLock<Order> = LazyLock::new(|| WORLD.order());

/// What is left of the input.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Two bytes of length, and so many bytes; fewer at the end.
    fn block(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
        let (block, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(block)
    }

    /// An answer and after how many tenths of a second it is there.
    fn answer(&mut self) -> Option<(HttpAnswer, Duration)> {
        let status = u16::from_be_bytes([self.byte()?, self.byte()?]);
        let after = Duration::from_millis(u64::from(self.byte()?) * 100);
        let answer = match status {
            0 => HttpAnswer::TooLarge,
            1 => HttpAnswer::TimedOut,
            2 => HttpAnswer::NotConnected(String::new()),
            3 => HttpAnswer::Broken(String::new()),
            _ => HttpAnswer::Reply(Reply::new(status, self.block()?)),
        };
        Some((answer, after))
    }
}

fuzz_target!(|data: &[u8]| {
    let mut rest = Rest(data);
    let Some(service) = rest.byte().and_then(|it| SERVICES.get(usize::from(it))) else {
        return;
    };
    let Some(certificate) = rest.block().and_then(|der| Certificate::from_der(der).ok()) else {
        return;
    };
    let algorithm = SignatureAlgorithm::default_for(certificate.public_key_info().kind);
    let Some(algorithm) = algorithm.filter(|it| it.digest().output_len() == 32) else {
        return;
    };
    let order = Order {
        certificate,
        algorithm,
        started_at: ORDER.started_at,
        ..ORDER.clone()
    };
    let answers = rest.0;
    signs(service, &order, Rest(answers));
    asks(service, &order, Rest(answers));
    tool(&order, answers);
});

/// There is an end in time, and what is given out as a signature is one.
fn signs(service: &Arc<dyn SigningProvider>, order: &Order, mut rest: Rest<'_>) {
    let pace = Pace::default();
    let begun = Signing::begin(Arc::clone(service), order.clone(), pace, Seed::new([1; 32]));
    let Ok(mut signing) = begun else {
        return;
    };
    let (mut clock, mut asked) = (Duration::ZERO, 0);
    // The last answer comes again, later than asked for.
    let mut again: Option<(RequestId, HttpAnswer)> = None;
    loop {
        match signing.next(clock) {
            Next::Ended => break,
            Next::Wait(time) => clock += time.max(Duration::from_millis(1)),
            Next::Browser(_) => signing.returned("code=x&state=y", clock),
            Next::Ask(request) => {
                asked += 1;
                assert!(asked < 2_000, "it asks for ever");
                if let Some((id, answer)) = again.take() {
                    signing.answer(id, answer, clock);
                }
                let (answer, after) = rest.answer().unwrap_or((HttpAnswer::TimedOut, pace.answer));
                clock += after;
                again = Some((request.id, answer.clone()));
                signing.answer(request.id, answer, clock);
            }
        }
    }
    let outcome = signing.outcome().expect("an end has an outcome");
    assert!(clock <= pace.deadline + pace.answer * 3 + Duration::from_secs(60));
    let given = outcome.signatures().unwrap_or_default();
    assert!(given.is_empty() || clock <= pace.deadline, "a late one was given out");
    for (message, value) in WORLD.messages.iter().zip(given) {
        let SignatureValue::Raw(value) = value else {
            panic!("not what was wanted");
        };
        let spki = order.certificate.spki();
        verify(spki, order.algorithm, message, value).expect("what is given out is a signature");
    }
}

/// Credentials are asked for, and whatever is said of them is read.
fn asks(service: &Arc<dyn SigningProvider>, order: &Order, mut rest: Rest<'_>) {
    for mut inquiry in [
        Inquiry::list(Arc::clone(service), order.holder.clone()),
        Inquiry::info(Arc::clone(service), order.holder.clone(), "chung-thu-1"),
    ] {
        let mut asked = 0;
        while let Some(request) = inquiry.next() {
            asked += 1;
            assert!(asked < 100, "it asks for ever");
            let answer = rest.answer().map_or(HttpAnswer::TimedOut, |it| it.0);
            inquiry.answer(request.id, answer);
        }
        let _ = inquiry.finish().expect("it ended").is_ok();
    }
}

/// A frame of the tool, and what may be in it.
fn tool(order: &Order, frame: &[u8]) {
    let Ok(frame) = std::str::from_utf8(frame) else {
        return;
    };
    if let Some(reply) = ToolReply::read(frame) {
        let _ = digest::certificate(&reply).is_ok();
        let signed = digest::signature(&reply, &[7; 32], &order.certificate);
        assert!(signed.is_err(), "nobody signed these bytes");
    }
}
