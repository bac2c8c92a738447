//! A service that holds one key of a PKCS#12 file, on the loopback address: for tests in a browser. What the holder does
//! is told at `/control`: `{"decision": "agree"}`, `refuse` or `nothing`.
//!
//! `fake-service ADDRESS KEY.p12 PASSWORD HOLDER PUBLIC-URL`

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper of tests ends where it can't help"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_pki::pkcs12;
use vanthu_remote::csc::Version;
use vanthu_testkit::remote::fake_csc::FakeCsc;
use vanthu_testkit::remote::serve::Served;
use vanthu_testkit::remote::world::{Decision, Expects, Hand};

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [listen, file, password, holder, url] = given.as_slice() else {
        panic!("fake-service ADDRESS KEY.p12 PASSWORD HOLDER PUBLIC-URL")
    };
    let opened = pkcs12::open(&std::fs::read(file).unwrap(), password).unwrap();
    let chain = std::iter::once(&opened.certificate)
        .chain(&opened.chain)
        .map(|it| STANDARD.encode(it.der()))
        .collect();
    let expects = Expects::of_installation(holder, "khoa-ky-1", url);
    let hand = Hand::new(opened.key, opened.certificate, expects);
    let mut fake = FakeCsc::with(hand, chain, Version::V2);
    fake.decision = Decision::Agree(2);
    let served = Served::at(fake, listen.parse().unwrap());
    println!("fake service ready at {}", served.address);
    loop {
        std::thread::park();
    }
}
