//! Each outcome of the verdict, one change to a good document at a time.

use std::collections::BTreeSet;

use super::*;
use crate::text::{SecretLevel, placeholders};

type Change = fn(&mut Vec<ExaminedSignature>, &mut DocumentFacts);

fn issue_day() -> Day {
    "2026-11-22".parse().unwrap()
}

fn signature(order: u32, minute: u16, signer: Signer) -> ExaminedSignature {
    ExaminedSignature {
        order,
        indication: Indication::Passed,
        reason: String::new(),
        covers_whole_revision: true,
        signer,
        signed_at: Some(issue_day().at_minute(minute)),
        timestamp: TimestampFact::Valid,
        certificate_effective: Known::Yes,
        forbidden_changes: Vec::new(),
    }
}

fn person() -> Signer {
    Signer::Person {
        name: "Nguyễn Văn Mẫu".into(),
        title: "Phó Giám đốc".into(),
        named_on_document: Known::Yes,
        authority: Known::Yes,
    }
}

fn agency(code: &str) -> Signer {
    Signer::Agency {
        name: "Sở Mẫu".into(),
        code: Some(code.into()),
    }
}

fn good() -> (Vec<ExaminedSignature>, DocumentFacts) {
    let signatures = vec![
        signature(1, 479, person()),
        signature(2, 490, agency("H99.01")),
    ];
    let document = DocumentFacts {
        issuer_code: "H99.01".into(),
        issuer_name: "Sở Mẫu".into(),
        issue_day: Some(issue_day()),
        has_text: true,
        attachments: vec![AttachmentFact {
            name: "Phụ lục I.pdf".into(),
            intact: Known::Yes,
        }],
        addressed_to_us: Some(true),
        duplicate_of: None,
        secret: None,
    };
    (signatures, document)
}

fn judge(change: Change) -> LegalVerdict {
    let (mut signatures, mut document) = good();
    change(&mut signatures, &mut document);
    LegalVerdict::of(&signatures, &document)
}

/// Proves: TG-3
#[test]
fn a_document_with_both_signatures_has_the_value_of_an_original() {
    let verdict = judge(|_, _| {});
    assert_eq!(verdict.value, LegalValue::OriginalValue);
    let codes: Vec<_> = verdict.points.iter().map(|point| point.code).collect();
    assert_eq!(
        codes,
        [
            PointCode::PersonSigned,
            PointCode::AuthorityHeld,
            PointCode::AgencySigned,
            PointCode::OrderRight,
            PointCode::SealingAgencySame,
            PointCode::SealingDaySame,
            PointCode::ChangesNone,
            PointCode::CertificatesEffective,
            PointCode::TimestampsPresent,
            PointCode::AttachmentsComplete,
            PointCode::RecipientRight,
        ]
    );
    assert!(
        verdict
            .points
            .iter()
            .all(|point| point.state() == PointState::Ok)
    );
    assert!(verdict.acceptance().is_ok() && verdict.issuance().is_ok());
    assert_eq!(
        verdict.points[0].detail(),
        "Nguyễn Văn Mẫu · 22/11/2026 07:59:00 (dấu thời gian)"
    );
}

/// Proves: TG-3, TG-8.1a
#[test]
fn every_flaw_has_its_point_and_its_value() {
    use LegalValue::{ForInformation, NotDetermined, OriginalValue, Refuse};
    use PointCode as P;
    let cases: &[(Change, P, LegalValue)] = &[
        (|s, _| s.clear(), P::PersonMissing, ForInformation),
        (|s, _| s.clear(), P::AgencyMissing, ForInformation),
        (|s, _| drop(s.remove(0)), P::PersonMissing, ForInformation),
        (|s, _| drop(s.remove(1)), P::AgencyMissing, ForInformation),
        (
            |s, _| s[0].indication = Indication::Failed,
            P::PersonFailed,
            Refuse,
        ),
        (
            |s, _| s[1].indication = Indication::Failed,
            P::AgencyFailed,
            Refuse,
        ),
        (
            |s, _| s[0].indication = Indication::Indeterminate,
            P::PersonUndetermined,
            NotDetermined,
        ),
        (
            |s, _| s[1].indication = Indication::Indeterminate,
            P::AgencyUndetermined,
            NotDetermined,
        ),
        (|s, _| named(s, Known::No), P::PersonOther, Refuse),
        (
            |s, _| named(s, Known::Unknown),
            P::PersonSigned,
            OriginalValue,
        ),
        (|s, _| authority(s, Known::No), P::AuthorityLacking, Refuse),
        (
            |s, _| authority(s, Known::Unknown),
            P::AuthorityUnknown,
            OriginalValue,
        ),
        (
            |s, _| (s[0].order, s[1].order) = (2, 1),
            P::OrderWrong,
            Refuse,
        ),
        (
            |s, _| s[1].signed_at = Some(issue_day().at_minute(400)),
            P::OrderWrong,
            Refuse,
        ),
        (
            |s, _| s[1].signer = agency("H99.02"),
            P::SealingAgencyDiffers,
            Refuse,
        ),
        (|s, _| no_code(s), P::SealingAgencyUnknown, OriginalValue),
        (
            |_, d| d.issue_day = Some(issue_day().plus_days(-1)),
            P::SealingDayDiffers,
            OriginalValue,
        ),
        (
            |_, d| d.issue_day = None,
            P::SealingDayUnknown,
            OriginalValue,
        ),
        (
            |s, _| s[1].signed_at = None,
            P::SealingDayUnknown,
            OriginalValue,
        ),
        (
            |s, _| s[0].forbidden_changes.push("đổi trang 1".into()),
            P::ChangesForbidden,
            Refuse,
        ),
        (
            |s, _| s[1].covers_whole_revision = false,
            P::CoverageBroken,
            Refuse,
        ),
        (
            |s, _| s[0].certificate_effective = Known::No,
            P::CertificatesBad,
            Refuse,
        ),
        (
            |s, _| s[0].certificate_effective = Known::Unknown,
            P::CertificatesUnknown,
            NotDetermined,
        ),
        (
            |s, _| s[0].timestamp = TimestampFact::Missing,
            P::TimestampsMissing,
            OriginalValue,
        ),
        (
            |s, _| s[0].timestamp = TimestampFact::Invalid,
            P::TimestampsInvalid,
            OriginalValue,
        ),
        (
            |s, _| stranger(s, Indication::Passed),
            P::StrangerSigned,
            OriginalValue,
        ),
        (
            |s, _| stranger(s, Indication::Failed),
            P::PersonFailed,
            Refuse,
        ),
        (
            |_, d| d.attachments[0].intact = Known::No,
            P::AttachmentsBroken,
            Refuse,
        ),
        (
            |_, d| d.attachments[0].intact = Known::Unknown,
            P::AttachmentsUnknown,
            OriginalValue,
        ),
        (
            |_, d| d.attachments.clear(),
            P::AttachmentsNone,
            OriginalValue,
        ),
        (
            |_, d| d.addressed_to_us = Some(false),
            P::RecipientWrong,
            Refuse,
        ),
        (|_, d| d.has_text = false, P::ScanOnly, OriginalValue),
        (
            |_, d| d.duplicate_of = Some("số đến 12".into()),
            P::Duplicate,
            OriginalValue,
        ),
        (|_, d| d.secret = Some(marking()), P::Secret, Refuse),
        // The worst goes first: broken before unknown before missing.
        (
            |s, _| drop((s.remove(1), s[0].indication = Indication::Failed)),
            P::AgencyMissing,
            Refuse,
        ),
        (
            |s, _| drop((s.remove(1), s[0].indication = Indication::Indeterminate)),
            P::AgencyMissing,
            NotDetermined,
        ),
    ];
    let mut seen: BTreeSet<P> = judge(|_, _| {})
        .points
        .iter()
        .map(|point| point.code)
        .collect();
    for (number, (change, code, value)) in cases.iter().enumerate() {
        let verdict = judge(*change);
        let codes: Vec<_> = verdict.points.iter().map(|point| point.code).collect();
        assert!(
            codes.contains(code),
            "case {number}: {code:?} not in {codes:?}"
        );
        assert_eq!(verdict.value, *value, "case {number}: {codes:?}");
        seen.extend(codes);
    }
    assert_eq!(seen.len(), P::ALL.len(), "a point that no case reaches");
}

fn named(signatures: &mut [ExaminedSignature], known: Known) {
    if let Signer::Person {
        named_on_document, ..
    } = &mut signatures[0].signer
    {
        *named_on_document = known;
    }
}

fn authority(signatures: &mut [ExaminedSignature], known: Known) {
    if let Signer::Person { authority, .. } = &mut signatures[0].signer {
        *authority = known;
    }
}

fn no_code(signatures: &mut [ExaminedSignature]) {
    signatures[1].signer = Signer::Agency {
        name: "Sở Mẫu".into(),
        code: None,
    };
}

fn stranger(signatures: &mut Vec<ExaminedSignature>, indication: Indication) {
    let mut third = signature(
        3,
        495,
        Signer::Unknown {
            name: "CN lạ".into(),
        },
    );
    third.indication = indication;
    signatures.push(third);
}

fn marking() -> SecretMarking {
    SecretMarking {
        level: SecretLevel::HighlySecret,
        line: 4,
    }
}

/// Proves: TG-8.1a
#[test]
fn only_a_document_that_passes_is_accepted() {
    let refusal = judge(|_, d| d.addressed_to_us = Some(false))
        .acceptance()
        .unwrap_err();
    assert_eq!(refusal.code, RefusalCode::ReceiptFailedCheck);
    assert!(refusal.why().contains("Không đúng nơi nhận"));
    let unknown = judge(|s, _| s[0].certificate_effective = Known::Unknown);
    assert_eq!(
        unknown.acceptance().unwrap_err().code,
        RefusalCode::SignatureNotDetermined
    );
    assert!(
        judge(|s, _| s.clear()).acceptance().is_ok(),
        "for information"
    );
}

/// Proves: DT-2a
#[test]
fn nothing_is_issued_without_both_signatures() {
    let code = |change| judge(change).issuance().unwrap_err().code;
    assert_eq!(
        code(|s, _| drop(s.remove(1))),
        RefusalCode::BothSignaturesMissing
    );
    assert_eq!(
        code(|s, _| s[0].indication = Indication::Failed),
        RefusalCode::SignatureInvalid
    );
    let both = judge(|s, _| s.clear()).issuance().unwrap_err();
    assert!(
        both.what()
            .contains("người có thẩm quyền và chữ ký số của cơ quan"),
        "{both}"
    );
}

#[test]
fn an_initial_signature_beside_the_signers_does_not_disturb() {
    let verdict = judge(|signatures, _| {
        let mut initial = signature(0, 470, person());
        named(std::slice::from_mut(&mut initial), Known::No);
        signatures.insert(0, initial);
    });
    assert_eq!(verdict.value, LegalValue::OriginalValue);
}

#[test]
fn the_points_hold_for_a_document_of_our_own_too() {
    let verdict = judge(|_, d| d.addressed_to_us = None);
    assert_eq!(verdict.value, LegalValue::OriginalValue);
    assert!(
        verdict
            .points
            .iter()
            .all(|point| point.code != PointCode::RecipientRight)
    );
}

#[test]
fn every_point_has_complete_texts_and_declared_placeholders() {
    let catalogue: BTreeMap<String, Texts> =
        toml::from_str(include_str!("../verdict.toml")).unwrap();
    let codes: BTreeSet<_> = PointCode::ALL.iter().map(|code| code.code()).collect();
    let entries: BTreeSet<_> = catalogue.keys().map(String::as_str).collect();
    assert_eq!(codes, entries);
    for (code, texts) in &catalogue {
        assert!(
            !texts.title.is_empty() && !texts.detail.is_empty(),
            "{code}"
        );
        assert!(
            texts.article.contains("Điều") || texts.article.contains("Phụ lục"),
            "{code}"
        );
        let used: BTreeSet<_> = [&texts.title, &texts.detail]
            .into_iter()
            .flat_map(|t| placeholders(t))
            .collect();
        let declared: BTreeSet<_> = texts.args.iter().map(String::as_str).collect();
        assert_eq!(used, declared, "{code}");
    }
}

#[test]
fn no_point_is_shown_with_a_gap_in_its_text() {
    let flaws: &[Change] = &[
        |_, _| {},
        |s, _| s.clear(),
        |s, _| {
            for signature in s.iter_mut() {
                signature.indication = Indication::Failed;
                signature.reason = "sai giá trị băm".into();
            }
        },
        |s, d| {
            s[1].signer = agency("H99.02");
            d.secret = Some(marking());
            d.attachments[0].intact = Known::No;
        },
        |s, _| stranger(s, Indication::Indeterminate),
    ];
    for change in flaws {
        for point in judge(*change).points {
            let text = format!("{} {}", point.title(), point.detail());
            assert!(!text.contains('…') && !text.contains('{'), "{text}");
        }
    }
}

#[test]
fn a_verdict_is_kept_as_json_and_reads_back() {
    let verdict = judge(|s, _| s[0].forbidden_changes.push("đổi trang 1".into()));
    let json = serde_json::to_string(&verdict).unwrap();
    assert!(json.contains("\"changes-forbidden\"") && json.contains("\"refuse\""));
    assert_eq!(
        serde_json::from_str::<LegalVerdict>(&json).unwrap(),
        verdict
    );
}
