//! Judges many files: one JSON line each, for comparing with other validators.
//! `cargo run --release -p vanthu-signing --example judge -- anchors.pem FILE.pdf …`

#![expect(
    clippy::disallowed_methods,
    reason = "a program for developers asks the real clock"
)]

use std::error::Error;
use std::fs;
use std::io::Write;

use serde_json::{Value, json};
use vanthu_pki::path::RevocationMode;
use vanthu_pki::{Certificate, Time, pem};
use vanthu_signing::{Coverage, FindingCode, Report, Severity, ValidationInput, validate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let anchors = arguments.next().ok_or("anchors.pem FILE.pdf …")?;
    let anchors = pem::decode(&fs::read_to_string(anchors)?, "CERTIFICATE")?
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let input = ValidationInput {
        anchors,
        at: Time::from_unix(i64::try_from(now.as_secs())?),
        revocation: RevocationMode::WhenKnown,
        ..ValidationInput::default()
    };
    let mut out = std::io::stdout().lock();
    for path in arguments {
        let report = validate(&fs::read(&path)?, &input);
        let name = path.rsplit('/').next().unwrap_or(&path);
        writeln!(out, "{}", verdict(name, &report))?;
    }
    Ok(())
}

/// The class of the first signature: broken, refused or permitted.
fn verdict(file: &str, report: &Report) -> Value {
    let line = |class: &str, why: Value| json!({"file": file, "class": class, "why": why});
    let Some(first) = report
        .signatures
        .iter()
        .find(|signature| signature.field == "first")
    else {
        return line("broken", json!(report.problem));
    };
    let failed: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Fail)
        // A script is content that nobody may bring, not a break of what was signed.
        .filter(|finding| finding.code != FindingCode::ActiveContent)
        .collect();
    let unbound = first
        .findings
        .iter()
        .any(|finding| finding.code == FindingCode::CertificateMismatch);
    if !first.intact || unbound || first.coverage == Coverage::Incomplete || !failed.is_empty() {
        return line("broken", json!([failed, first.findings]));
    }
    let changes: Vec<_> = first.later.iter().flat_map(|it| &it.changes).collect();
    let class = if first.changes_permitted {
        "permitted"
    } else {
        "refused"
    };
    line(class, json!([first.change_level, changes]))
}
