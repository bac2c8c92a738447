//! Third-party signed files as judges. They are not part of the repository: where the folder is absent the tests say
//! so and pass.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vanthu_pki::path::RevocationMode;
use vanthu_pki::{Certificate, Time};
use vanthu_signing::{
    Attack, ChangeLevel, Coverage, PdfProblem, Report, SignatureReport, ValidationInput,
};

use crate::both::{inspect, validate};

/// Where we accept what pyHanko's test refused under a policy of its own, stricter than its default.
const ACCEPTED_ELSEWHERE_REFUSED: [&str; 2] = [
    // A policy that permits no change at all.
    "test_no_changes_policy",
    // A policy that counts objects nothing refers to.
    "test_orphan[False]",
];

/// Where we refuse what pyHanko accepts in its tolerant mode.
const REFUSED_ELSEWHERE_ACCEPTED: [&str; 3] = [
    // The trailer of a later revision names no catalogue.
    "test_sign_reject_freed[False]",
    // A later revision mixes a table with a hidden stream: readers see different files.
    "test_sign_with_hybrid",
    // The last cross-reference offset is wrong.
    "test_interrupted_nonstrict_with_psi",
];

/// Signatures over algorithms that are not checked here (post-quantum, Ed448, DSA, RSA and ECDSA with SHA-3, MD5,
/// unusual PSS).
const ALGORITHMS_NOT_CHECKED: [&str; 25] = [
    "test_mldsa44[signer1]",
    "test_mldsa44[signer1_65]",
    "test_mldsa44[signer1_87]",
    "test_ed448",
    "test_ed448_trust",
    "test_ed448_no_length",
    "test_ed448_invalid_hash_algo_validation",
    "test_ecdsa_with_sha3",
    "test_rsa_with_sha3",
    "test_sign_weak_digest",
    "test_sign_weak_digest_prevention",
    "test_sign_weak_sig_digest_mismatch",
    "test_sign_weak_sig_digest_mismatch_allowed",
    "test_sign_digest_mismatch_allowed_but_inner_banned",
    "test_sign_digest_mismatch_allowed_but_outer_banned",
    "test_sign_digest_mismatch_allowed_passed_through_context",
    "test_sign_weak_sig_digest",
    "test_sign_weak_sig_digest_allowed",
    "test_sign_weak_sig_digest_disallowed_by_custom_policy",
    "test_sign_with_dsa_trust",
    "test_sign_with_explicit_dsa_implied_hash",
    "test_sign_with_explicit_ecdsa_implied_hash",
    "test_sign_with_explicit_dsa",
    "test_sign_pss",
    "test_sign_pss_md_discrepancy",
];

#[test]
fn every_shadow_attack_is_refused_and_every_honest_file_accepted() {
    let Some(folder) = corpus("rub-shadow") else {
        return;
    };
    let (mut honest, mut attacks) = (0, 0);
    for path in pdfs_below(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = judge(&std::fs::read(&path).unwrap());
        match name.get(..2) {
            Some("3_") => {
                honest += 1;
                assert!(is_intact(&report), "{}: {report:#?}", path.display());
            }
            Some("4_") => {
                attacks += 1;
                assert!(!is_intact(&report), "{}: {report:#?}", path.display());
                let named: BTreeSet<Attack> = report
                    .signatures
                    .iter()
                    .flat_map(|it| &it.attacks)
                    .chain(&report.attacks)
                    .copied()
                    .collect();
                assert!(
                    named.contains(&class_of(&path)),
                    "{}: {named:?}",
                    path.display()
                );
            }
            _ => {}
        }
    }
    assert_eq!((honest, attacks), (7, 8));
}

#[test]
fn changes_after_signing_are_judged_as_pyhanko_does() {
    let Some(cases) = cases() else { return };
    let (mut accepted, mut refused, mut encrypted) = (0, 0, 0);
    let mut differing = BTreeSet::new();
    for case in &cases {
        let Some(permitted) = case.verdict["docmdp_ok"].as_bool() else {
            continue;
        };
        let theirs = permitted && case.text("coverage").contains("ENTIRE");
        let report = case.judge();
        if report.problem == Some(PdfProblem::Encrypted) {
            encrypted += 1;
            continue;
        }
        let ours = report
            .signature(&case.text("field"))
            .is_some_and(|it| it.changes_permitted && it.coverage != Coverage::Incomplete);
        match (theirs, ours) {
            (true, true) => accepted += 1,
            (false, false) => refused += 1,
            (false, true) if ACCEPTED_ELSEWHERE_REFUSED.contains(&case.name().as_str()) => {}
            (true, false) if REFUSED_ELSEWHERE_ACCEPTED.contains(&case.name().as_str()) => {}
            _ => drop(differing.insert(format!("{} theirs {theirs} ours {ours}", case.name()))),
        }
    }
    println!(
        "{accepted} accepted and {refused} refused alike, {encrypted} encrypted files refused"
    );
    assert!(differing.is_empty(), "{differing:#?}");
    assert!(accepted >= 354 && refused >= 83, "{accepted} {refused}");
}

#[test]
fn digests_and_signature_values_are_judged_as_pyhanko_does() {
    let Some(cases) = cases() else { return };
    let mut alike = 0;
    let mut differing = BTreeSet::new();
    for case in &cases {
        if case.verdict["docmdp_ok"].as_bool().is_none()
            || !case.text("coverage").contains("ENTIRE")
        {
            continue;
        }
        let theirs = case.verdict["intact"] == true && case.verdict["valid"] == true;
        let report = case.judge();
        if report.problem.is_some() {
            continue;
        }
        let ours = report
            .signature(&case.text("field"))
            .is_some_and(|it| it.intact);
        if theirs == ours {
            alike += 1;
        } else if !ALGORITHMS_NOT_CHECKED.contains(&case.name().as_str()) {
            differing.insert(format!("{} theirs {theirs} ours {ours}", case.name()));
        }
    }
    println!("{alike} alike");
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn trust_coverage_and_level_are_judged_as_pyhanko_does() {
    let Some(cases) = cases() else { return };
    let rules = crate::archive::rules();
    let mut alike = [0; 3];
    let mut differing = BTreeSet::new();
    let mut needed = BTreeSet::new();
    for case in &cases {
        if case.verdict["kind"] == "ades_lta_validation" || case.verdict["coverage"].is_null() {
            continue;
        }
        let report = case.judge();
        if report.problem.is_some() {
            continue;
        }
        let Some(ours) = report.signature(&case.text("field")) else {
            differing.insert(format!("{} no signature", case.name()));
            continue;
        };
        let theirs = case.text("coverage");
        let coverage = match theirs.rsplit('.').next().unwrap_or_default() {
            "ENTIRE_FILE" => Coverage::WholeFile,
            "ENTIRE_REVISION" => Coverage::WholeRevision,
            _ => Coverage::Incomplete,
        };
        let level = match case
            .text("modification_level")
            .rsplit('.')
            .next()
            .unwrap_or_default()
        {
            "NONE" => Some(ChangeLevel::None),
            "LTA_UPDATES" => Some(ChangeLevel::LongTermEvidence),
            "FORM_FILLING" => Some(ChangeLevel::FormFilling),
            "ANNOTATIONS" => Some(ChangeLevel::Annotations),
            "OTHER" => Some(ChangeLevel::Other),
            _ => None,
        };
        let trusted = case.verdict["trusted"] == true;
        let pairs = [
            (
                "trusted",
                format!("{trusted:?}"),
                format!("{:?}", ours.trusted),
            ),
            (
                "coverage",
                format!("{coverage:?}"),
                format!("{:?}", ours.coverage),
            ),
            (
                "level",
                format!("{:?}", level.unwrap_or(ours.change_level)),
                format!("{:?}", ours.change_level),
            ),
        ];
        for (index, (of, theirs, ours)) in pairs.into_iter().enumerate() {
            if theirs == ours {
                alike[index] += 1;
            } else if let Some(place) = rules.explained(&case.name(), of, &theirs, &ours) {
                needed.insert(place);
            } else {
                differing.insert(format!("{of} {} theirs {theirs} ours {ours}", case.name()));
            }
        }
    }
    println!(
        "{alike:?} verdicts on trust, coverage and level alike, {} explained",
        needed.len()
    );
    assert!(differing.is_empty(), "{differing:#?}");
    let idle: Vec<_> = (0..rules.count())
        .filter(|place| !needed.contains(place))
        .map(|place| rules.named(place))
        .collect();
    assert!(idle.is_empty(), "no longer different: {idle:?}");
    assert!(
        alike[0] >= 348 && alike[1] >= 360 && alike[2] >= 356,
        "{alike:?}"
    );
}

#[test]
fn no_file_of_the_corpus_makes_the_reader_panic() {
    let Some(folder) = corpus(".") else { return };
    let mut count = 0;
    for path in pdfs_below(&folder) {
        let pdf = std::fs::read(&path).unwrap();
        let _ = inspect(&pdf);
        let _ = judge(&pdf);
        count += 1;
    }
    println!("{count} files read");
}

pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) verdict: Value,
    pub(crate) pdf: Vec<u8>,
}

impl Case {
    pub(crate) fn text(&self, key: &str) -> String {
        self.verdict[key].as_str().unwrap_or_default().to_owned()
    }

    /// The test's name without its file.
    pub(crate) fn name(&self) -> String {
        self.text("test")
            .split("::")
            .last()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn root(&self, name: &str) -> Certificate {
        let path = self.folder.join(format!("roots/{name}.der"));
        Certificate::from_der(&std::fs::read(path).unwrap()).unwrap()
    }

    fn judge(&self) -> Report {
        validate(&self.pdf, &self.input())
    }

    pub(crate) fn input(&self) -> ValidationInput {
        let anchors = self.verdict["roots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|root| {
                self.folder
                    .join(format!("roots/{}.der", root.as_str().unwrap()))
            })
            .filter_map(|root| Certificate::from_der(&std::fs::read(root).unwrap()).ok())
            .collect();
        ValidationInput {
            at: moment(&self.text("now")),
            anchors,
            revocation: RevocationMode::WhenKnown,
            ..ValidationInput::default()
        }
    }
}

/// All verdicts whose file is there.
pub(crate) fn cases() -> Option<Vec<Case>> {
    let folder = corpus("pyhanko-dump")?;
    let verdicts = std::fs::read_to_string(folder.join("verdicts.jsonl")).unwrap();
    let cases = verdicts.lines().filter_map(|line| {
        let verdict: Value = serde_json::from_str(line).unwrap();
        let pdf = std::fs::read(folder.join("pdf").join(verdict["pdf"].as_str()?)).ok()?;
        Some(Case {
            folder: folder.clone(),
            verdict,
            pdf,
        })
    });
    Some(cases.collect())
}

pub(crate) fn moment(text: &str) -> Time {
    let number = |from: usize, to: usize| text[from..to].parse::<u8>().unwrap();
    let date = (text[..4].parse().unwrap(), number(5, 7), number(8, 10));
    Time::from_civil(date, (number(11, 13), number(14, 16), number(17, 19))).unwrap()
}

fn judge(pdf: &[u8]) -> Report {
    let at = Time::from_civil((2026, 11, 22), (0, 0, 0)).unwrap();
    validate(
        pdf,
        &ValidationInput {
            at,
            ..ValidationInput::default()
        },
    )
}

/// The class of a shadow attack, by the folder it lies in.
fn class_of(path: &Path) -> Attack {
    let path = path.to_string_lossy();
    if path.contains("/hide-and-replace/") {
        Attack::ShadowHideAndReplace
    } else if path.contains("/hide/") {
        Attack::ShadowHide
    } else {
        Attack::ShadowReplace
    }
}

fn is_intact(report: &Report) -> bool {
    report.problem.is_none()
        && !report.signatures.is_empty()
        && report
            .signatures
            .iter()
            .all(SignatureReport::is_intact_and_unchanged)
}

fn corpus(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/corpus")
        .join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

fn pdfs_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pdf") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
