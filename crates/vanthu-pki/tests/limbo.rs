//! The path cases of C2SP's x509-limbo that bind a validator of RFC 5280: the verdict must be the
//! expected one for every case but those listed, with a reason each, in `docs/rules/limbo.toml`;
//! and those must still differ.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Deserialize;
use vanthu_pki::crl::Crl;
use vanthu_pki::oid::ObjectIdentifier;
use vanthu_pki::path::{
    self, Conformance, PathOptions, PathReport, Purpose, RevocationData, RevocationMode,
};
use vanthu_pki::{Certificate, Time, oid, pem};

mod common;
use common::waivers;

/// 22/11/2026: for cases that leave the time open. They are valid until far beyond it.
const AT: Time = Time::from_unix(1_795_309_920);
/// What the families of names bind us to; `webpki` speaks of servers of the web.
const BINDING: &[&str] = &[
    "rfc5280::",
    "pathlen::",
    "pathological::",
    "crl::",
    "cve::",
    "invalid::",
    "online::",
];
/// The worst case of all, in a build without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Limbo {
    testcases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    extended_key_usage: Vec<String>,
    expected_result: String,
    max_chain_depth: Option<u64>,
    #[serde(default)]
    crls: Vec<String>,
}

#[test]
fn the_cases_of_x509_limbo_get_the_expected_verdict() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("../shared/corpus/x509-limbo/limbo.json");
    let Ok(text) = std::fs::read(&file) else {
        println!("skipped: {} is missing", file.display());
        return;
    };
    let mut waived: BTreeMap<String, String> = waivers(&root.join("docs/rules/limbo.toml"));
    let limbo: Limbo = serde_json::from_slice(&text).unwrap();
    let bound = |case: &&Case| BINDING.iter().any(|start| case.id.starts_with(start));
    let (mut total, mut wrong) = (0, Vec::new());
    for case in limbo.testcases.iter().filter(bound) {
        total += 1;
        let began = Instant::now();
        let report = judge(case);
        assert!(
            began.elapsed() < LONGEST,
            "{} took {:?}",
            case.id,
            began.elapsed()
        );
        let valid = report.as_ref().is_some_and(PathReport::is_valid);
        let agrees = valid == (case.expected_result == "SUCCESS");
        match (agrees, waived.remove(&case.id)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => wrong.push(format!("{} agrees: its waiver must go", case.id)),
            (false, None) => {
                let found = report.map(|it| it.failures);
                wrong.push(format!(
                    "{}: {} expected, {found:?}",
                    case.id, case.expected_result
                ));
            }
        }
    }
    println!(
        "{total} cases bind, {} differ with a reason",
        waived_count(&root)
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(waived.is_empty(), "waivers for no case: {waived:?}");
    assert_eq!(total, 152);
}

fn waived_count(root: &Path) -> usize {
    waivers(&root.join("docs/rules/limbo.toml")).len()
}

/// `None` where a certificate of the case cannot be read: such a path is never accepted.
fn judge(case: &Case) -> Option<PathReport> {
    let read_all = |list: &[String]| -> Vec<Certificate> {
        list.iter()
            .filter_map(|text| Certificate::from_pem(text).ok())
            .collect()
    };
    let end = Certificate::from_pem(&case.peer_certificate).ok()?;
    let crls: Vec<Crl> = case
        .crls
        .iter()
        .flat_map(|text| pem::decode(text, "X509 CRL").unwrap())
        .filter_map(|der| Crl::from_der(&der).ok())
        .collect();
    let options = PathOptions {
        purpose: Purpose::Any,
        revocation: if case.crls.is_empty() {
            RevocationMode::Off
        } else {
            RevocationMode::Required
        },
        extended_key_usages: case.extended_key_usage.iter().map(|it| usage(it)).collect(),
        longest: case.max_chain_depth,
        conformance: Conformance::Profile,
        ..PathOptions::default()
    };
    let evidence = RevocationData {
        crls,
        ocsp: Vec::new(),
    };
    Some(path::validate_with(
        &end,
        &read_all(&case.untrusted_intermediates),
        &read_all(&case.trusted_certs),
        case.validation_time.as_deref().map_or(AT, time),
        &evidence,
        &options,
    ))
}

fn usage(name: &str) -> ObjectIdentifier {
    match name {
        "clientAuth" => oid::KP_CLIENT_AUTH,
        "serverAuth" => ObjectIdentifier::parse("1.3.6.1.5.5.7.3.1").unwrap(),
        other => unreachable!("usage {other}"),
    }
}

/// `2024-03-01T00:00:00.999+00:00`: certificates know whole seconds.
fn time(text: &str) -> Time {
    let numbers: Vec<i64> = text
        .get(..19)
        .unwrap()
        .split(['-', 'T', ':'])
        .map(|part| part.parse().unwrap())
        .collect();
    let [year, month, day, hour, minute, second] = numbers[..] else {
        unreachable!("time {text}")
    };
    let small = |value: i64| u8::try_from(value).unwrap();
    let date = (year, small(month), small(day));
    Time::from_civil(date, (small(hour), small(minute), small(second))).unwrap()
}
