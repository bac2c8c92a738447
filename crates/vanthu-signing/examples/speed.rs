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
use vanthu_signing::{Fonts, SignatureRequest, ValidationInput, prepare, validate};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How long each measurement lasts at least.
const LEAST: Duration = Duration::from_secs(2);

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).ok_or("speed FOLDER")?;
    let folder = Path::new(&folder);
    let keys = pkcs12::open(&fs::read(folder.join("key.p12"))?, "practice")?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = Time::from_unix(i64::try_from(now.as_secs())?);
    raw(&keys.key)?;
    for name in ["one-page", "fifty-pages", "50-MB"] {
        let base = fs::read(folder.join(name).with_extension("pdf"))?;
        measure("sign", name, || {
            sign(&base, &keys.key, &keys.certificate, now).map(drop)
        })?;
        if name == "50-MB" {
            measure("digest", name, || {
                DigestAlgorithm::Sha256.digest_parts(&[&base]);
                Ok(())
            })?;
        }
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
            measure("validate with two threads", name, || {
                std::thread::scope(|scope| {
                    let other = scope.spawn(|| passes(&signed, &input).is_ok());
                    passes(&signed, &input)?;
                    other
                        .join()
                        .is_ok_and(|it| it)
                        .then_some(())
                        .ok_or_else(|| "not valid".into())
                })
            })?;
        }
    }
    Ok(())
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
    })
}

fn sign(base: &[u8], key: &SoftKey, certificate: &Certificate, at: Time) -> Outcome<Vec<u8>> {
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
    let prepared = prepare(base, &request, certificate, key.default_algorithm(), &none)?;
    let signature = key.sign(prepared.algorithm(), prepared.to_be_signed())?;
    Ok(prepared.complete(&signature)?.embed(base, &[], None)?)
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
    work()?;
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < LEAST {
        work()?;
        count += 1;
    }
    let seconds = start.elapsed().as_secs_f64() / f64::from(count);
    let line = json!({"what": what, "file": file, "count": count, "seconds": seconds});
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
