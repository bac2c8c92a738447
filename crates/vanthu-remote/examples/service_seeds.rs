//! Writes inputs for the fuzz target `service` below a folder:
//! `cargo run -p vanthu-remote --example service_seeds -- fuzz/corpus`. Each is a conversation with a played service that
//! ends well: its number, the certificate, and the answers in order.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for developers"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use vanthu_remote::csc::Version;
use vanthu_remote::mssp::Form;
use vanthu_remote::{
    Ending, HttpAnswer, Inquiry, Next, Pace, Reply, Seed, Signing, SigningProvider,
};
use vanthu_testkit::remote::fake_csc::FakeCsc;
use vanthu_testkit::remote::fake_mssp::FakeMssp;
use vanthu_testkit::remote::fake_mysign::FakeMySign;
use vanthu_testkit::remote::fake_smartca::FakeSmartCa;
use vanthu_testkit::remote::world::{Fake, World};

fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        println!("usage: service_seeds FOLDER");
        return;
    };
    let folder = folder.join("service");
    std::fs::create_dir_all(&folder).unwrap();
    let mut count = 0;
    for (kind, world) in [("ec", World::new(2)), ("rsa", World::rsa(2))] {
        for (number, service) in services(&world).into_iter().enumerate() {
            for (name, answers) in conversations(service, &world) {
                let mut seed = vec![u8::try_from(number).unwrap()];
                put_block(&mut seed, world.certificate.der());
                seed.extend_from_slice(&answers);
                std::fs::write(folder.join(format!("{kind}-{number}-{name}")), seed).unwrap();
                count += 1;
            }
        }
    }
    println!("{count} seeds in {}", folder.display());
}

/// A service with the client that talks to it.
type Service = (Box<dyn Fake>, Arc<dyn SigningProvider>);

/// In the order of the fuzz target.
fn services(world: &World) -> Vec<Service> {
    let csc = |version| FakeCsc::new(world, version);
    let mssp = |form| FakeMssp::new(world, form);
    let (v1, v2) = (csc(Version::V1), csc(Version::V2));
    let (soap, json) = (mssp(Form::Soap), mssp(Form::Json));
    let (mysign, smartca) = (FakeMySign::new(world), FakeSmartCa::new(world));
    let clients: [Arc<dyn SigningProvider>; 6] = [
        Arc::new(v1.client()),
        Arc::new(v2.client()),
        Arc::new(mysign.client()),
        Arc::new(smartca.client()),
        Arc::new(soap.client()),
        Arc::new(json.client()),
    ];
    let played: [Box<dyn Fake>; 6] = [
        Box::new(v1),
        Box::new(v2),
        Box::new(mysign),
        Box::new(smartca),
        Box::new(soap),
        Box::new(json),
    ];
    played.into_iter().zip(clients).collect()
}

/// Signing, then both questions about credentials.
fn conversations((mut fake, client): Service, world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let mut signed = Vec::new();
    let mut clock = Duration::ZERO;
    let begun = Signing::begin(
        Arc::clone(&client),
        world.order(),
        Pace::default(),
        Seed::new([1; 32]),
    );
    let mut signing = begun.unwrap();
    loop {
        match signing.next(clock) {
            Next::Ended => break,
            Next::Wait(time) => clock += time.max(Duration::from_millis(1)),
            Next::Browser(url) => signing.returned(&fake.browse(&url), clock),
            Next::Ask(request) => {
                let reply = fake.serve(&request, clock);
                put(&mut signed, &reply);
                signing.answer(request.id, HttpAnswer::Reply(reply), clock);
            }
        }
    }
    let ending = signing.outcome().unwrap().ending;
    // Not every service signs with every kind of key.
    assert!(matches!(ending, Ending::Signed | Ending::NotOffered));
    let mut all = vec![("sign", signed)];
    let holder = world.order().holder;
    for (name, mut inquiry) in [
        ("list", Inquiry::list(Arc::clone(&client), holder.clone())),
        ("info", Inquiry::info(client, holder, "chung-thu-1")),
    ] {
        let mut said = Vec::new();
        while let Some(request) = inquiry.next() {
            let reply = fake.serve(&request, clock);
            put(&mut said, &reply);
            inquiry.answer(request.id, HttpAnswer::Reply(reply));
        }
        all.push((name, said));
    }
    all
}

fn put(seed: &mut Vec<u8>, reply: &Reply) {
    seed.extend_from_slice(&reply.status.to_be_bytes());
    seed.push(1);
    put_block(seed, reply.body.reveal());
}

fn put_block(seed: &mut Vec<u8>, bytes: &[u8]) {
    seed.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_be_bytes());
    seed.extend_from_slice(bytes);
}
