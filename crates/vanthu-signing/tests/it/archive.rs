//! Validation with archival data (ETSI EN 319 102-1, 5.6) against recorded verdicts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use vanthu_pki::path::RevocationMode;
use vanthu_pki::{Certificate, cms};
use vanthu_signing::{
    AlgorithmRule, ConstraintId, Indication, Level, Report, SlideTo, SubIndication, embedded,
};

use crate::both::validate;
use crate::corpus::{Case, cases, moment};

/// What the comparison needs to know about single tests.
#[derive(Deserialize)]
pub(crate) struct Rules {
    setting: Vec<Setting>,
    archive: Vec<Difference>,
    #[serde(default)]
    other: Vec<Other>,
}

/// Another verdict that differs, for one or more tests.
#[derive(Deserialize)]
struct Other {
    tests: Vec<String>,
    of: String,
    theirs: String,
    ours: String,
    why: String,
}

impl Rules {
    pub(crate) fn count(&self) -> usize {
        self.other.len()
    }

    pub(crate) fn named(&self, place: usize) -> &[String] {
        &self.other[place].tests
    }

    /// Which entry explains a difference.
    pub(crate) fn explained(
        &self,
        test: &str,
        of: &str,
        theirs: &str,
        ours: &str,
    ) -> Option<usize> {
        self.other.iter().position(|it| {
            let named = it.tests.iter().any(|name| {
                name == test
                    || test
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with('['))
            });
            named && it.of == of && it.theirs == theirs && it.ours == ours && it.why.len() > 20
        })
    }
}

#[derive(Deserialize)]
struct Setting {
    /// The test, or the beginning of its name before the bracket.
    test: String,
    #[serde(default)]
    anchors: Vec<String>,
    #[serde(default)]
    algorithms: Vec<AlgorithmRule>,
    existed_at: Option<String>,
    /// Statements that signer and time-stamp service must make.
    #[serde(default)]
    statements: Vec<String>,
}

/// A verdict that is not the same, and why.
#[derive(Deserialize)]
struct Difference {
    test: String,
    ours: String,
    why: String,
}

pub(crate) fn rules() -> Rules {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/pyhanko.toml");
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn archival_verdicts_are_those_of_pyhanko() {
    let Some(cases) = cases() else { return };
    let rules = rules();
    let explained: BTreeMap<&str, &str> = rules
        .archive
        .iter()
        .map(|it| {
            assert!(it.why.len() > 20, "{}", it.test);
            assert_ne!(
                it.ours, "OK",
                "{}: only a stricter verdict may differ",
                it.test
            );
            (it.test.as_str(), it.ours.as_str())
        })
        .collect();
    let mut alike = 0;
    let mut needed = BTreeSet::new();
    let mut wrong = BTreeMap::new();
    for case in cases
        .iter()
        .filter(|case| case.verdict["kind"] == "ades_lta_validation")
    {
        let theirs = case.text("ades_subindic");
        let theirs = theirs.rsplit('.').next().unwrap_or_default().to_owned();
        let report = judge(case, &rules);
        let ours = verdict(&report, &case.text("field"));
        if ours == theirs {
            alike += 1;
            continue;
        }
        let test = case.name();
        match explained.get(test.as_str()) {
            Some(expected) if *expected == ours => drop(needed.insert(test)),
            _ => drop(wrong.insert(test, format!("theirs {theirs} ours {ours}"))),
        }
    }
    println!(
        "{alike} archival verdicts alike, {} explained",
        needed.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    let idle: Vec<_> = explained
        .keys()
        .filter(|test| !needed.contains(**test))
        .collect();
    assert!(idle.is_empty(), "no longer different: {idle:?}");
    assert!(alike >= 81, "{alike}");
}

fn judge(case: &Case, rules: &Rules) -> Report {
    let name = case.name();
    let stem = name.split('[').next().unwrap_or_default();
    let setting = rules
        .setting
        .iter()
        .find(|it| it.test == name || it.test == stem);
    let mut input = case.input();
    input.anchors = match setting.map(|it| it.anchors.as_slice()) {
        Some(names) if !names.is_empty() => names.iter().flat_map(|it| anchors(case, it)).collect(),
        _ => anchors(case, "2b6dea78737d478e"),
    };
    // What the recorded runs demanded: a good time-stamp, and a look into the past whatever the present says.
    let levels = &mut input.policy.constraints;
    levels.insert(ConstraintId::TimestampPresent, Level::Fail);
    levels.insert(ConstraintId::TimestampValid, Level::Fail);
    levels.insert(ConstraintId::LongTermMaterial, Level::Fail);
    input.policy.slide_to = SlideTo::NextUpdate;
    let judged = case.text("validation_time");
    if !judged.is_empty() && judged[..10] != case.text("now")[..10] {
        // A simulation: the file of that day, kept with proofs of its existence, judged at a later one.
        input.existed_at = Some(input.at);
        input.at = moment(&judged);
        input.revocation = RevocationMode::Required;
    }
    if let Some(setting) = setting {
        input
            .policy
            .algorithms
            .0
            .extend(setting.algorithms.iter().cloned());
        if setting.algorithms.iter().any(|rule| rule.key.is_some()) {
            let replaced = |rule: &AlgorithmRule| rule.key.is_none() || rule.bits == 0;
            input.policy.algorithms.0.retain(replaced);
        }
        if let Some(at) = &setting.existed_at {
            input.existed_at = Some(moment(at));
        }
        input.policy.statements.clone_from(&setting.statements);
        input
            .policy
            .timestamp_statements
            .clone_from(&setting.statements);
    }
    validate(&case.pdf, &input)
}

fn verdict(report: &Report, field: &str) -> String {
    match (&report.problem, report.signature(field)) {
        (Some(problem), _) => format!("{problem:?}"),
        (None, Some(it)) if it.indication == Indication::TotalPassed => "OK".to_owned(),
        (None, found) => name(found.and_then(|it| it.sub_indication)),
    }
}

fn name(sub: Option<SubIndication>) -> String {
    let value = serde_json::to_value(sub).unwrap_or(Value::Null);
    value.as_str().unwrap_or_default().to_owned()
}

/// The anchors that a setting names.
fn anchors(case: &Case, name: &str) -> Vec<Certificate> {
    match name.strip_prefix("kept:") {
        Some(file) => {
            let pdf = std::fs::read(case.folder.join(format!("pdf/{file}.pdf"))).unwrap();
            let mut kept = embedded(&pdf).unwrap().certificates;
            kept.retain(Certificate::is_self_issued);
            kept
        }
        None if name == "brought" => brought(&case.pdf),
        None => vec![case.root(name)],
    }
}

/// Self-signed certificates in the signatures of a file.
fn brought(pdf: &[u8]) -> Vec<Certificate> {
    let key = b"/Contents <";
    let places = pdf
        .windows(key.len())
        .enumerate()
        .filter(|(_, it)| it == key);
    let mut found = Vec::new();
    for (start, _) in places {
        let digits: Vec<u8> = pdf[start + key.len()..]
            .iter()
            .copied()
            .take_while(u8::is_ascii_hexdigit)
            .collect();
        let Ok(bytes) = hex::decode(digits) else {
            continue;
        };
        let Ok(length) = vanthu_pki::asn1::length_of_first(&bytes) else {
            continue;
        };
        let Ok(signed) = cms::parse(&bytes[..length]) else {
            continue;
        };
        found.extend(
            signed
                .certificates
                .into_iter()
                .filter(Certificate::is_self_issued),
        );
    }
    found
}
