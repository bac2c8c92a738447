//! The path validation cases of NIST (PKITS): the verdict must be that of NIST for every case but
//! those listed, with a reason each, in `docs/rules/pkits.toml`; and those must still differ.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper of tests may fail the test, and says what it skips"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use vanthu_pki::crl::Crl;
use vanthu_pki::gather::{Cache, Gathering, Options, Question};
use vanthu_pki::oid::ObjectIdentifier;
use vanthu_pki::path::{self, PathOptions, PathReport, RevocationData, RevocationStatus};
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
    let Some((folder, cases)) = cases() else {
        return;
    };
    let mut disagreeing = Vec::new();
    let total = cases.len();
    for case in cases {
        let outcome = Material::of(&folder, &case).map(|it| it.judge(&case));
        let valid = outcome.as_ref().is_some_and(PathReport::is_valid);
        if valid != case.error.is_none() {
            println!("{}: {:?}", case.name, outcome.map(|it| it.failures));
            disagreeing.push(case.name);
        }
    }
    println!("{} of {total} agree", total - disagreeing.len());
    assert_eq!(total, 256);
    let listed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/pkits.toml");
    let waived: Vec<String> = waivers(&listed).into_keys().collect();
    disagreeing.sort();
    assert_eq!(disagreeing, waived);
}

/// Lists of other issuers than the certificate's (RFC 5280 5.2.5, 6.3.3), as NIST's section 4.14 has them.
#[test]
fn indirect_lists_count_when_evidence_is_gathered() {
    let Some((folder, cases)) = cases() else {
        return;
    };
    let mut met = [0, 0];
    for case in cases {
        let name = case.name.to_lowercase();
        if !name.contains("indirectcrl") && !name.contains("crlissuer") {
            continue;
        }
        let mut material = Material::of(&folder, &case).unwrap();
        let question = Question {
            certificates: vec![material.end.clone()],
            known: material.others.clone(),
            anchors: vec![material.anchor.clone()],
            evidence: material.evidence.clone(),
            at: AT,
            now: AT,
            ..Question::default()
        };
        let mut gathering = Gathering::new(question, Options::default());
        let asked = gathering.next(&mut Cache::default(), Duration::ZERO);
        assert!(asked.is_empty(), "{}: {asked:?}", case.name);
        let found = gathering.finish();
        if case.error.is_none() {
            met[0] += 1;
            assert!(found.is_complete(), "{}: {:?}", case.name, found.statuses);
            let status = found.status_of(&material.end);
            let is_good = matches!(status, Some(RevocationStatus::Good { .. }));
            assert!(is_good, "{}: {status:?}", case.name);
        } else {
            met[1] += 1;
        }
        // What was gathered decides as what was given does.
        material.evidence = found.evidence;
        let report = material.judge(&case);
        assert_eq!(report.is_valid(), case.error.is_none(), "{}", case.name);
    }
    println!("{met:?} good and bad cases");
    assert!(met[0] >= 3 && met[1] >= 2, "{met:?}");
}

/// The folder and all cases in it.
fn cases() -> Option<(PathBuf, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/pkits");
    if !folder.exists() {
        println!("skipped: {} is missing", folder.display());
        return None;
    }
    let mut all = Vec::new();
    for list in ["pkits.json", "pkits-user-notice.json"] {
        let text = std::fs::read(folder.join(list)).unwrap();
        let cases: Vec<Case> = serde_json::from_slice(&text).unwrap();
        all.extend(cases);
    }
    Some((folder, all))
}

/// The certificates and lists of a case.
struct Material {
    end: Certificate,
    others: Vec<Certificate>,
    anchor: Certificate,
    evidence: RevocationData,
}

impl Material {
    /// `None` where a file of the case cannot be read.
    fn of(folder: &Path, case: &Case) -> Option<Self> {
        let certificate =
            |name: &str| Certificate::from_der(&read(folder.join("certs").join(name))).ok();
        let crl = |name: &str| Crl::from_der(&read(folder.join("crls").join(name))).ok();
        let mut crls: Vec<Crl> = case.crls.iter().filter_map(|name| crl(name)).collect();
        crls.push(crl("TrustAnchorRootCRL.crl").unwrap());
        let others = case.other_certs.iter().map(|name| certificate(name));
        Some(Self {
            end: certificate(&case.cert)?,
            others: others.collect::<Option<_>>()?,
            anchor: certificate("TrustAnchorRootCertificate.crt").unwrap(),
            evidence: RevocationData {
                crls,
                ocsp: Vec::new(),
            },
        })
    }

    fn judge(&self, case: &Case) -> PathReport {
        let params = &case.params;
        let options = PathOptions {
            policies: params
                .user_initial_policy_set
                .iter()
                .map(|it| ObjectIdentifier::parse(it).unwrap())
                .collect(),
            explicit_policy: params.initial_explicit_policy,
            inhibit_mapping: params.initial_policy_mapping_inhibit,
            inhibit_any_policy: params.initial_any_policy_inhibit,
            ..PathOptions::default()
        };
        let anchors = std::slice::from_ref(&self.anchor);
        let (end, others) = (&self.end, &self.others);
        path::validate_with(end, others, anchors, AT, &self.evidence, &options)
    }
}

fn read(path: PathBuf) -> Vec<u8> {
    std::fs::read(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()))
}
