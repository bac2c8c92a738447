//! How fast a batch goes: `cargo bench -p vanthu-agent --bench batch`.
//!
//! The token alone (SoftHSM: opened, logged in, so many signatures one after the other) and the agent's program with the
//! same token, from the PIN on its page to the last signature at a server that is played, take turns in one run. What
//! counts is their ratio, which hardly depends on the machine.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark stops at the first fault and prints what it has measured"
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use vanthu_agent::Pin;
use vanthu_agent::token::{Pkcs11Token, Token as _};
use vanthu_wire::agent::Algorithm;

use office::{Office, PIN, Server};

#[path = "../tests/it/office.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod office;

const DOCUMENTS: usize = 200;
const ROUNDS: usize = 9;
const KINDS: [(&str, Algorithm); 4] = [
    ("rsa-2048-pkcs1", Algorithm::RsaPkcs1Sha256),
    ("rsa-2048-pss", Algorithm::RsaPssSha256),
    ("ecdsa-p256", Algorithm::EcdsaP256Sha256),
    ("ed25519", Algorithm::Ed25519),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|it| it == "--alone") {
        return alone(&arguments[2], &arguments[3], &arguments[4]);
    }
    let Some(mut office) = Office::new() else {
        return;
    };
    // No recorder in between: it writes down every call.
    office.module = office.softhsm.into();
    let runtime = Runtime::new().unwrap();
    println!("{DOCUMENTS} documents, medians of {ROUNDS} rounds in turn");
    println!("| kind of key | token alone | agent | of the token's rate | first signature after |");
    for (n, (name, algorithm)) in KINDS.into_iter().enumerate() {
        office.device(name);
        let key = office.key(name, "01", "Nguyễn Văn Mẫu", algorithm);
        let server = runtime.block_on(Server::start());
        let agent = office.start(&server);
        let (mut alone, mut batch, mut first) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let thumbprint = key.certificate.sha256_thumbprint();
            alone.push(in_a_process(&office, name, &thumbprint, algorithm));
            let id = format!("{n}-{round}");
            server.open(&id, &key, DOCUMENTS);
            batch.push(runtime.block_on(async {
                let came = (round + 1) * DOCUMENTS;
                let come = async {
                    server.has(came - DOCUMENTS + 1).await;
                    let first = Instant::now();
                    server.has(came).await;
                    (first, Instant::now())
                };
                let ((_, given), (begun, last)) = tokio::join!(agent.begin_at(&id, PIN), come);
                first.push(begun - given);
                last - given
            }));
        }
        let rate = |times: &mut Vec<Duration>| {
            times.sort();
            DOCUMENTS as f64 / times[times.len() / 2].as_secs_f64()
        };
        let (alone, batch) = (rate(&mut alone), rate(&mut batch));
        first.sort();
        println!(
            "| {name} | {alone:.0} a second | {batch:.0} a second | {:.0} % | {:.0} ms |",
            100.0 * batch / alone,
            first[ROUNDS / 2].as_secs_f64() * 1000.0
        );
    }
}

/// The token alone, in a process that finds the same tokens.
fn in_a_process(office: &Office, label: &str, thumbprint: &str, algorithm: Algorithm) -> Duration {
    let done = Command::new(std::env::current_exe().unwrap())
        .env("SOFTHSM2_CONF", office.path("softhsm2.conf"))
        .args([
            "--alone",
            office.softhsm,
            label,
            &format!("{thumbprint} {algorithm}"),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    Duration::from_nanos(
        said.trim()
            .parse()
            .expect("the process says how long it took"),
    )
}

fn alone(module: &str, label: &str, key: &str) {
    let (thumbprint, algorithm) = key.split_once(' ').unwrap();
    let algorithm: Algorithm = serde_json::from_value(algorithm.into()).unwrap();
    let message = [7; 100];
    let token = Pkcs11Token::find(Path::new(module), Some(label)).unwrap();
    let began = Instant::now();
    let mut key = token.open(thumbprint, &Pin::new(PIN.to_owned())).unwrap();
    for _ in 0..DOCUMENTS {
        key.sign(algorithm, &message).unwrap();
    }
    println!("{}", began.elapsed().as_nanos());
}
