//! The path validation cases of NIST (PKITS): the verdict must be that of NIST for every case but
//! those listed, with a reason each, in `docs/rules/pkits.toml`; and those must still differ.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of tests may fail the test"
)]

use std::path::{Path, PathBuf};

use const_oid::ObjectIdentifier;
use serde::Deserialize;
use vanthu_pki::crl::Crl;
use vanthu_pki::path::{self, PathOptions, PathReport, RevocationData};
use vanthu_pki::{Certificate, Time};

mod common;
use common::waivers;

/// 01/10/2020, inside the validity of the whole set.
const AT: Time = Time::from_unix(1_601_510_400);

#[derive(Deserialize)]
struct Case {
    name: String,
    cert: String,
    #[serde(default)]
    other_certs: Vec<String>,
    #[serde(default)]
    crls: Vec<String>,
    error: Option<serde_json::Value>,
    #[serde(default)]
    params: Params,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params {
    user_initial_policy_set: Vec<String>,
    initial_explicit_policy: bool,
    initial_policy_mapping_inhibit: bool,
    initial_any_policy_inhibit: bool,
}

#[test]
fn the_cases_of_nist_get_the_verdict_of_nist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/pkits");
    if !folder.exists() {
        println!("skipped: {} is missing", folder.display());
        return;
    }
    let mut disagreeing = Vec::new();
    let mut total = 0;
    for list in ["pkits.json", "pkits-user-notice.json"] {
        let text = std::fs::read(folder.join(list)).unwrap();
        let cases: Vec<Case> = serde_json::from_slice(&text).unwrap();
        for case in cases {
            total += 1;
            let outcome = judge(&folder, &case);
            let valid = outcome.as_ref().is_some_and(PathReport::is_valid);
            if valid != case.error.is_none() {
                println!("{}: {:?}", case.name, outcome.map(|it| it.failures));
                disagreeing.push(case.name);
            }
        }
    }
    println!("{} of {total} agree", total - disagreeing.len());
    assert_eq!(total, 256);
    let listed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/pkits.toml");
    let waived: Vec<String> = waivers(&listed).into_keys().collect();
    disagreeing.sort();
    assert_eq!(disagreeing, waived);
}

/// `None` where a file of the case cannot be read.
fn judge(folder: &Path, case: &Case) -> Option<PathReport> {
    let certificate =
        |name: &str| Certificate::from_der(&read(folder.join("certs").join(name))).ok();
    let crl = |name: &str| Crl::from_der(&read(folder.join("crls").join(name))).ok();
    let anchor = certificate("TrustAnchorRootCertificate.crt").unwrap();
    let others: Vec<Certificate> = case
        .other_certs
        .iter()
        .map(|name| certificate(name))
        .collect::<Option<_>>()?;
    let mut crls: Vec<Crl> = case.crls.iter().filter_map(|name| crl(name)).collect();
    crls.push(crl("TrustAnchorRootCRL.crl").unwrap());
    let params = &case.params;
    let options = PathOptions {
        policies: params
            .user_initial_policy_set
            .iter()
            .map(|it| ObjectIdentifier::new(it).unwrap())
            .collect(),
        explicit_policy: params.initial_explicit_policy,
        inhibit_mapping: params.initial_policy_mapping_inhibit,
        inhibit_any_policy: params.initial_any_policy_inhibit,
        ..PathOptions::default()
    };
    let evidence = RevocationData {
        crls,
        ocsp: Vec::new(),
    };
    let end = certificate(&case.cert)?;
    Some(path::validate_with(
        &end,
        &others,
        &[anchor],
        AT,
        &evidence,
        &options,
    ))
}

fn read(path: PathBuf) -> Vec<u8> {
    std::fs::read(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()))
}
