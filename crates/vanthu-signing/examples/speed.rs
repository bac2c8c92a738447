//! Times signing, validating and the raw cryptography on the files of a folder, one JSON line each.
//! `tests/speed.py` makes the folder, runs this and pyHanko on the same files, and prints the table.

#![expect(
    clippy::disallowed_methods,
    reason = "a program for developers asks the real clock"
)]

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use vanthu_pki::path::RevocationMode;
use vanthu_pki::{Certificate, DigestAlgorithm, SoftKey, Time, pkcs12, verify};
use vanthu_signing::{Fonts, Held, SignatureRequest, ValidationInput, prepare_held, validate};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How long each measurement lasts at least.
const LEAST: Duration = Duration::from_secs(2);

/// How many documents a thread judges, so that starting it does not count.
const MANY: usize = 500;

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).ok_or("speed FOLDER")?;
    let folder = Path::new(&folder);
    let keys = pkcs12::open(&fs::read(folder.join("key.p12"))?, "practice")?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = Time::from_unix(i64::try_from(now.as_secs())?);
    raw(&keys.key)?;
    for name in ["one-page", "fifty-pages", "50-MB"] {
        let base = fs::read(folder.join(name).with_extension("pdf"))?;
        let held = || {
            let mut bytes = Vec::with_capacity(base.len() + (64 << 10));
            bytes.extend_from_slice(&base);
            Held::new(bytes)
        };
        measure_with("sign", name, held, |base| {
            sign(base, &keys.key, &keys.certificate, now).map(drop)
        })?;
        digest(name, &base)?;
    }
    let input = ValidationInput {
        anchors: vec![keys.certificate.clone()],
        at: now,
        revocation: RevocationMode::WhenKnown,
        ..ValidationInput::default()
    };
    for name in ["one-page", "fifty-pages", "two-signatures", "50-MB"] {
        let signed = fs::read(folder.join(format!("{name}-signed.pdf")))?;
        measure("validate", name, || passes(&signed, &input))?;
        if name == "two-signatures" {
            digest(name, &signed)?;
            let many = || (0..MANY).all(|_| passes(&signed, &input).is_ok());
            alone_and_together(name, many)?;
        }
    }
    Ok(())
}

fn good(all: bool) -> Outcome<()> {
    all.then_some(()).ok_or_else(|| "not valid".into())
}

/// The least that has to be done with a file, whatever is done with it.
fn digest(name: &str, file: &[u8]) -> Outcome<()> {
    measure("digest", name, || {
        DigestAlgorithm::Sha256.digest_parts(&[file]);
        Ok(())
    })
}

fn raw(key: &SoftKey) -> Outcome<()> {
    let message = [7; 300];
    let algorithm = key.default_algorithm();
    let signature = key.sign(algorithm, &message)?;
    measure("sign", "raw", || {
        key.sign(algorithm, &message)?;
        Ok(())
    })?;
    let spki = key.spki();
    measure("validate", "raw", || {
        Ok(verify(&spki, algorithm, &message, &signature)?)
    })?;
    let many = || (0..MANY).all(|_| verify(&spki, algorithm, &message, &signature).is_ok());
    alone_and_together("raw", many)
}

/// The same work once on one thread, then on two at the same time.
fn alone_and_together(name: &str, many: impl Fn() -> bool + Copy + Send) -> Outcome<()> {
    measure("validate many", name, || good(many()))?;
    measure("validate many on two threads", name, || {
        std::thread::scope(|scope| {
            let other = scope.spawn(many);
            let here = many();
            good(other.join().is_ok_and(|it| it) && here)
        })
    })
}

fn sign(base: Held, key: &SoftKey, certificate: &Certificate, at: Time) -> Outcome<Vec<u8>> {
    let request = SignatureRequest {
        field_name: "Signature".to_owned(),
        signer_name: certificate.common_name(),
        at,
        ..SignatureRequest::default()
    };
    let none = Fonts {
        regular: &[],
        italic: &[],
    };
    let prepared = prepare_held(&base, &request, certificate, key.default_algorithm(), &none)?;
    let signature = key.sign(prepared.algorithm(), prepared.to_be_signed())?;
    Ok(prepared.complete(&signature)?.embed_onto(base, &[], None)?)
}

fn passes(signed: &[u8], input: &ValidationInput) -> Outcome<()> {
    let report = validate(signed, input);
    let good = report
        .signatures
        .iter()
        .all(|signature| signature.is_intact_and_unchanged() && signature.trusted);
    if good && !report.signatures.is_empty() {
        return Ok(());
    }
    Err(serde_json::to_string(&report)?.into())
}

fn measure(what: &str, file: &str, mut work: impl FnMut() -> Outcome<()>) -> Outcome<()> {
    measure_with(what, file, || (), |()| work())
}

/// What `ready` takes, such as reading the file, does not count.
fn measure_with<T>(
    what: &str,
    file: &str,
    ready: impl Fn() -> T,
    mut work: impl FnMut(T) -> Outcome<()>,
) -> Outcome<()> {
    work(ready())?;
    let mut spent = Duration::ZERO;
    let mut count = 0_u32;
    while spent < LEAST {
        let subject = ready();
        let start = Instant::now();
        work(subject)?;
        spent += start.elapsed();
        count += 1;
    }
    let seconds = spent.as_secs_f64() / f64::from(count);
    let line = json!({"what": what, "file": file, "count": count, "seconds": seconds});
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
