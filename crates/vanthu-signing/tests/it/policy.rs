//! The default policy and its grounds, and what reports say.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use vanthu_signing::{
    ConstraintId, Indication, Language, Level, Policy, Report, SubIndication, Worded,
};

use crate::both::validate;
use crate::world::{World, plain_pdf};

#[derive(Deserialize)]
struct Grounds {
    constraint: Vec<Ground>,
}

#[derive(Deserialize)]
struct Ground {
    id: ConstraintId,
    level: Level,
    #[serde(default)]
    fixed: bool,
    basis: String,
    sure: String,
}

#[test]
fn every_constraint_of_the_default_policy_has_its_grounds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules/validation.toml");
    let grounds: Grounds = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let policy = Policy::default();
    let found: BTreeMap<ConstraintId, &Ground> =
        grounds.constraint.iter().map(|it| (it.id, it)).collect();
    assert_eq!(found.len(), grounds.constraint.len(), "one stands twice");
    for id in ConstraintId::ALL {
        let ground = found
            .get(id)
            .unwrap_or_else(|| panic!("{} has no grounds", id.code()));
        assert_eq!(ground.level, policy.level(*id), "{}", id.code());
        assert_eq!(ground.fixed, !id.is_adjustable(), "{}", id.code());
        assert!(ground.basis.len() > 5, "{}", id.code());
        assert!(
            ["text", "quoted", "inferred", "standard"].contains(&ground.sure.as_str()),
            "{}",
            id.code()
        );
    }
}

#[test]
fn a_policy_decides_what_a_missing_time_stamp_means() {
    let world = World::new();
    let (letter, _) = world.two_signatures(&plain_pdf(0));
    let mut input = world.input();
    assert_eq!(
        validate(&letter, &input).indication,
        Indication::TotalPassed
    );
    input.policy.key_usages = vec!["keyAgreement".to_owned()];
    let report = validate(&letter, &input);
    assert_eq!(
        report.sub_indication,
        Some(SubIndication::ChainConstraintsFailure)
    );
    input
        .policy
        .constraints
        .insert(ConstraintId::KeyUsage, Level::Warn);
    assert_eq!(
        validate(&letter, &input).indication,
        Indication::TotalPassed
    );
    input.policy.sub_filters = vec!["adbe.pkcs7.detached".to_owned()];
    let report = validate(&letter, &input);
    assert_eq!(
        report.sub_indication,
        Some(SubIndication::SigConstraintsFailure)
    );
}

#[test]
fn a_policy_narrower_than_the_signature_refuses_later_changes() {
    let world = World::new();
    let (_, sealed) = world.two_signatures(&plain_pdf(0));
    let mut input = world.input();
    input.policy.allowed_changes = Some(vanthu_signing::ChangeLevel::LongTermEvidence);
    let report = validate(&sealed, &input);
    assert_eq!(report.indication, Indication::TotalFailed);
    input
        .policy
        .constraints
        .insert(ConstraintId::ChangesWithinPolicy, Level::Warn);
    assert_eq!(
        validate(&sealed, &input).indication,
        Indication::TotalPassed
    );
}

#[test]
fn algorithms_count_until_their_last_day() {
    let world = World::new();
    let (letter, _) = world.two_signatures(&plain_pdf(0));
    let mut input = world.input();
    for (until, sub) in [
        ("2020-01-01", SubIndication::CryptoConstraintsFailureNoPoe),
        ("never", SubIndication::CryptoConstraintsFailure),
    ] {
        input.policy.algorithms = Policy::from_toml(&format!(
            "name = 'a'\nversion = '1'\n[[algorithm]]\ndigest = 'sha256'\nuntil = '{until}'\n"
        ))
        .unwrap()
        .algorithms;
        let report = validate(&letter, &input);
        assert_eq!(report.sub_indication, Some(sub), "{until}");
    }
}

#[test]
fn a_policy_that_only_informs_about_a_kind_of_signature_lets_it_pass() {
    let world = World::new();
    let (letter, _) = world.two_signatures(&plain_pdf(0));
    let mut input = world.input();
    input.policy.sub_filters = vec!["adbe.pkcs7.detached".to_owned()];
    input
        .policy
        .constraints
        .insert(ConstraintId::SubFilter, Level::Inform);
    assert_eq!(
        validate(&letter, &input).indication,
        Indication::TotalPassed
    );
}

#[test]
fn many_threads_judge_with_one_input() {
    fn shared<T: Send + Sync>() {}
    shared::<vanthu_signing::ValidationInput>();
    shared::<Report>();
    let world = World::new();
    let (_, sealed) = world.two_signatures(&plain_pdf(0));
    let input = world.input();
    let alone = validate(&sealed, &input);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| validate(&sealed, &input)))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn a_simple_report_has_one_sentence_for_each_signature() {
    let world = World::new();
    let (_, sealed) = world.two_signatures(&plain_pdf(0));
    let report = validate(&sealed, &world.input());
    let lines = report.simple(Language::Vietnamese);
    assert_eq!(lines.len(), report.signatures.len());
    for line in &lines {
        assert_eq!(
            line.sentence,
            format!("Chữ ký số của {}: Chữ ký số hợp lệ.", line.signer)
        );
    }
    let mut broken = sealed;
    let place = broken.len() / 3;
    broken[place] ^= 1;
    let report = validate(&broken, &world.input());
    let lines = report.simple(Language::English);
    assert!(
        lines.iter().any(|line| line.sentence.contains("not valid")),
        "{lines:?}"
    );
}

#[test]
fn a_report_keeps_its_blocks_and_the_data_it_rests_on() {
    let world = World::new();
    let (_, sealed) = world.two_signatures(&plain_pdf(0));
    let report = validate(&sealed, &world.input());
    assert_eq!(report.diagnostic.policy, "official-documents");
    assert!(!report.diagnostic.certificates.is_empty() && !report.diagnostic.crls.is_empty());
    for signature in &report.signatures {
        let ids: Vec<_> = signature
            .blocks
            .iter()
            .map(|block| block.id.code())
            .collect();
        for id in [
            "format-checking",
            "identification-of-the-signing-certificate",
            "validation-context-initialisation",
            "x509-certificate-validation",
            "cryptographic-verification",
            "signature-acceptance-validation",
            "basic-signatures",
            "signatures-with-time",
        ] {
            assert!(ids.iter().any(|it| it == id), "{id} is missing in {ids:?}");
        }
        assert!(
            signature
                .blocks
                .iter()
                .all(|block| block.conclusion.is_passed())
        );
    }
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn the_report_of_the_standard_nests_in_the_order_of_its_schema() {
    let world = World::new();
    let (_, sealed) = world.two_signatures(&plain_pdf(0));
    let xml = validate(&sealed, &world.input()).to_etsi_xml();
    let order = [
        "<ValidationReport xmlns=\"http://uri.etsi.org/19102/v1.2.1#\"",
        "<SignatureValidationReport>",
        "<SignatureIdentifier id=\"S-1\">",
        "<ValidationConstraintsEvaluationReport>",
        "<ValidationTimeInfo>",
        "<SignersDocument>",
        "<SignatureAttributes>",
        "<SignerInformation>",
        "<SignatureValidationProcess>",
        "<SignatureValidationStatus><MainIndication>urn:etsi:019102:mainindication:total-passed<",
        "<SignatureIdentifier id=\"S-2\">",
        "<SignatureValidationObjects>",
    ];
    let mut position = 0;
    for part in order {
        let found = xml[position..].find(part);
        position += found.unwrap_or_else(|| panic!("{part} is missing or out of order"));
    }
}
