//! Making: the two signatures of an official letter, from plain PDF to sealed file.

use crate::both::{inspect, validate};
use crate::world::{World, leader_request, now, place, plain_pdf, seal_request};
use vanthu_pki::authority::{Authority, Revocation, Validity};
use vanthu_pki::{SignatureAlgorithm, Time, tsp};
use vanthu_signing::{
    Appearance, ChangeKind, ChangeLevel, Coverage, DocMdp, EmbedError, FilledField, FindingCode,
    Indication, ObjectKind, PdfProblem, Poe, PrepareError, Prepared, Process, SignatureKind,
    SignatureRequest, SubIndication, is_extension, prepare,
};

fn kinds(report: &vanthu_signing::Report) -> Vec<ChangeKind> {
    let mut kinds: Vec<_> = report.signatures[0]
        .later
        .iter()
        .flat_map(|revision| revision.changes.iter().map(|change| change.kind.clone()))
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Proves: AG-13.2
#[test]
fn a_letter_signed_and_sealed_passes_whole() {
    let world = World::new();
    let base = plain_pdf(0);
    let (one, two) = world.two_signatures(&base);
    assert!(is_extension(&base, &one) && is_extension(&one, &two));
    let report = validate(&two, &world.input());
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    let [leader, agency] = report.signatures.as_slice() else {
        panic!("two signatures")
    };
    assert_eq!(leader.field, "ChuKyNguoi");
    assert_eq!(leader.certification, Some(DocMdp::FormFilling));
    assert_eq!(leader.coverage, Coverage::WholeRevision);
    assert_eq!(leader.change_level, ChangeLevel::FormFilling);
    assert_eq!(leader.signer.as_ref().unwrap().common_name, "Trần Thị Mẫu");
    assert_eq!(leader.claimed_at, Some(now()));
    assert_eq!(leader.judged_at, now());
    assert_eq!(leader.chain.len(), 3);
    assert_eq!(
        leader.timestamp.as_ref().unwrap().indication,
        Indication::TotalPassed
    );
    assert_eq!(agency.kind, SignatureKind::Signature);
    assert_eq!(agency.coverage, Coverage::WholeFile);
    assert!(agency.locks_all);
    assert!(report.platform.as_ref().unwrap().satisfied);
    let field = |name: &str| name.to_owned();
    assert_eq!(
        kinds(&report),
        [
            ChangeKind::FormFill {
                field: field("Ngay")
            },
            ChangeKind::FormFill { field: field("So") },
            ChangeKind::SignatureAdded {
                field: field("ConDau")
            },
        ]
    );
}

#[test]
fn a_report_survives_as_json() {
    let world = World::new();
    let (_, two) = world.two_signatures(&plain_pdf(0));
    let report = validate(&two, &world.input());
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains("\"TOTAL-PASSED\""));
    assert_eq!(
        serde_json::from_str::<vanthu_signing::Report>(&json).unwrap(),
        report
    );
}

#[test]
fn facts_show_the_reserved_and_the_filled_fields() {
    let world = World::new();
    let (one, two) = world.two_signatures(&plain_pdf(0));
    let before = inspect(&one).unwrap();
    let number = before
        .fields
        .iter()
        .find(|field| field.name == "So")
        .unwrap();
    assert!(!number.read_only && number.value.is_none());
    assert_eq!(before.signatures, ["ChuKyNguoi"]);
    let after = inspect(&two).unwrap();
    let number = after
        .fields
        .iter()
        .find(|field| field.name == "So")
        .unwrap();
    assert!(number.read_only);
    assert_eq!(number.value.as_deref(), Some("152"));
    assert_eq!(after.signatures.len(), 2);
    assert!(after.active.is_empty());
    assert_eq!(after.pages.len(), 1);
    assert_eq!(after.version, "1.7");
}

#[test]
fn a_signing_state_survives_a_restart_and_damage_is_noticed() {
    let world = World::new();
    let base = plain_pdf(0);
    let algorithm = World::algorithm(&world.leader);
    let prepared = prepare(
        &base,
        &leader_request(),
        &world.leader.certificate,
        algorithm,
        &world.fonts(),
    )
    .unwrap();
    let bytes = prepared.to_bytes();
    assert_eq!(Prepared::from_bytes(&bytes).unwrap(), prepared);
    assert_eq!(
        vanthu_pki::cms::message_digest_of(prepared.to_be_signed()).unwrap(),
        prepared.document_digest()
    );
    for length in [0, 1, 20, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(
            Prepared::from_bytes(&bytes[..length]),
            Err(EmbedError::DamagedState)
        );
    }
}

#[test]
fn a_signature_of_another_key_is_refused_before_embedding() {
    let world = World::new();
    let base = plain_pdf(0);
    let algorithm = World::algorithm(&world.agency);
    let prepared = prepare(
        &base,
        &leader_request(),
        &world.agency.certificate,
        algorithm,
        &world.fonts(),
    )
    .unwrap();
    let other = vanthu_pki::SoftKey::generate_p256().unwrap();
    let wrong = other.sign(algorithm, prepared.to_be_signed()).unwrap();
    assert_eq!(
        prepared.clone().complete(&wrong).unwrap_err(),
        EmbedError::BadSignature
    );
    let right = world
        .agency
        .key
        .sign(algorithm, prepared.to_be_signed())
        .unwrap();
    let completed = prepared.complete(&right).unwrap();
    let mut touched = base.clone();
    touched[20] ^= 1;
    assert_eq!(
        completed.clone().embed(&touched, &[], None),
        Err(EmbedError::OtherDocument)
    );
    let garbage = vec![0x30; 600];
    assert!(matches!(
        completed.clone().embed(&base, &[], Some(&garbage)),
        Err(EmbedError::BadTimestamp { .. })
    ));
    let other = tsp::parse_request(&tsp::request(&[7; 32], None)).unwrap();
    let other = world.stamps.token(&other, now(), 1).unwrap();
    assert!(matches!(
        completed.clone().embed(&base, &[], Some(&other)),
        Err(EmbedError::BadTimestamp { .. })
    ));
    let chain: Vec<_> = (0..80)
        .map(|serial| {
            let key = vanthu_pki::SoftKey::generate_p256().unwrap();
            let validity = Validity {
                from: now(),
                to: now().plus_days(1),
            };
            let authority = Authority::root(key, "Một gốc khác", validity, serial + 1).unwrap();
            authority.certificate().clone()
        })
        .collect();
    assert!(matches!(
        completed.embed(&base, &chain, None),
        Err(EmbedError::TooLarge { .. })
    ));
}

#[test]
fn after_the_seal_nothing_more_is_signed() {
    let world = World::new();
    let (_, two) = world.two_signatures(&plain_pdf(0));
    let third = SignatureRequest {
        field_name: "Them".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let algorithm = World::algorithm(&world.agency);
    let refused = prepare(
        &two,
        &third,
        &world.agency.certificate,
        algorithm,
        &world.fonts(),
    );
    assert_eq!(refused.unwrap_err(), PrepareError::Locked);
}

#[test]
fn after_certification_only_reserved_fields_are_used() {
    let world = World::new();
    let one = world.sign(&plain_pdf(0), &leader_request(), &world.leader);
    let algorithm = World::algorithm(&world.agency);
    let attempt = |request: SignatureRequest| {
        prepare(
            &one,
            &request,
            &world.agency.certificate,
            algorithm,
            &world.fonts(),
        )
        .unwrap_err()
    };
    let mut request = seal_request();
    request.reserve = leader_request().reserve;
    assert_eq!(attempt(request), PrepareError::NotReserved("So".to_owned()));
    let mut request = seal_request();
    request.certify = Some(DocMdp::FormFilling);
    assert_eq!(attempt(request), PrepareError::SignedBefore);
    let mut request = seal_request();
    request.field_name = "ChuKyNguoi".to_owned();
    assert_eq!(
        attempt(request),
        PrepareError::FieldSigned("ChuKyNguoi".to_owned())
    );
    let mut request = seal_request();
    request.field_name = "Khac".to_owned();
    request.place = Some(place(10.0, 10.0, 50.0, 50.0));
    assert_eq!(
        attempt(request),
        PrepareError::NotReserved("Khac".to_owned())
    );
    let mut request = seal_request();
    request.fill.push(FilledField {
        name: "Khong".to_owned(),
        value: String::new(),
    });
    assert_eq!(
        attempt(request),
        PrepareError::FieldMissing("Khong".to_owned())
    );
    let mut request = seal_request();
    request.fill[0].value = "một số quá dài cho chỗ này".to_owned();
    assert!(matches!(
        attempt(request),
        PrepareError::TextDoesNotFit { .. }
    ));
    let mut request = seal_request();
    request.fill[0].value = "15漢".to_owned();
    assert_eq!(attempt(request), PrepareError::LetterMissing('漢'));
    let mut request = seal_request();
    request.appearance = Appearance::Picture {
        png: b"no picture".to_vec(),
    };
    assert_eq!(attempt(request), PrepareError::PictureUnreadable);
}

#[test]
fn bad_places_and_names_are_refused() {
    let world = World::new();
    let base = plain_pdf(0);
    let attempt = |request: SignatureRequest| {
        let algorithm = World::algorithm(&world.leader);
        prepare(
            &base,
            &request,
            &world.leader.certificate,
            algorithm,
            &world.fonts(),
        )
        .unwrap_err()
    };
    let mut request = leader_request();
    request.place = Some(vanthu_signing::Place {
        page: 7,
        ..place(1.0, 1.0, 2.0, 2.0)
    });
    assert_eq!(attempt(request), PrepareError::PageMissing(7));
    let mut request = leader_request();
    request.place = Some(place(10.0, 10.0, 10.0, 20.0));
    assert_eq!(
        attempt(request),
        PrepareError::PlaceEmpty("ChuKyNguoi".to_owned())
    );
    let mut request = leader_request();
    request.place = Some(place(f64::NAN, 10.0, 10.0, 20.0));
    assert_eq!(
        attempt(request),
        PrepareError::PlaceEmpty("ChuKyNguoi".to_owned())
    );
    let mut request = leader_request();
    request.field_name = "a.b".to_owned();
    assert_eq!(
        attempt(request),
        PrepareError::FieldNameBad("a.b".to_owned())
    );
    let mut request = leader_request();
    request.reserve[1].name = "So".to_owned();
    assert_eq!(attempt(request), PrepareError::FieldExists("So".to_owned()));
}

#[test]
fn only_algorithms_over_sha_256_sign() {
    let world = World::new();
    let attempt = prepare(
        &plain_pdf(0),
        &leader_request(),
        &world.leader.certificate,
        SignatureAlgorithm::RsaPkcs1Sha1,
        &world.fonts(),
    );
    assert_eq!(attempt.unwrap_err(), PrepareError::AlgorithmUnsupported);
}

#[test]
fn text_and_invisible_signatures_pass_too() {
    let world = World::new();
    let text = SignatureRequest {
        field_name: "SaoY".to_owned(),
        place: Some(place(300.0, 780.0, 560.0, 820.0)),
        appearance: Appearance::Text {
            lines: vec![
                "SAO Y; ỦY BAN NHÂN DÂN XÃ BÌNH MẪU".to_owned(),
                "22/11/2026; 08:12:03 +07:00".to_owned(),
            ],
            size: 10.0,
        },
        at: now(),
        ..SignatureRequest::default()
    };
    let invisible = SignatureRequest {
        field_name: "An".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let one = world.sign(&plain_pdf(0), &text, &world.agency);
    let two = world.sign(&one, &invisible, &world.leader);
    let report = validate(&two, &world.input());
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    // Not what the platform does with its own letters.
    assert!(!report.platform.unwrap().satisfied);
}

#[test]
fn rotated_pages_are_signed_alike() {
    let world = World::new();
    for rotate in [90, 180, 270] {
        let mut request = leader_request();
        // Upright text runs along the other side of the page.
        request.reserve[0].place = place(100.0, 600.0, 116.0, 660.0);
        request.reserve[1].place = place(130.0, 600.0, 150.0, 640.0);
        if rotate == 180 {
            request.reserve = leader_request().reserve;
        }
        let one = world.sign(&plain_pdf(rotate), &request, &world.leader);
        let two = world.sign(&one, &seal_request(), &world.agency);
        assert_eq!(
            validate(&two, &world.input()).indication,
            Indication::TotalPassed
        );
        assert_eq!(u32::from(inspect(&two).unwrap().pages[0].rotate), rotate);
    }
}

#[test]
fn a_certificate_revoked_before_the_signature_fails_and_later_does_not() {
    let world = World::new();
    let (_, two) = world.two_signatures(&plain_pdf(0));
    let revoked_at = |at: Time| {
        let serial = world.leader.certificate.serial().to_vec();
        let mut input = world.input();
        input.evidence = world.evidence(&[Revocation {
            serial,
            at,
            reason: Some(1),
        }]);
        validate(&two, &input)
    };
    let before = revoked_at(now().plus_seconds(-3600));
    assert_eq!(before.indication, Indication::TotalFailed);
    assert_eq!(before.sub_indication, Some(SubIndication::Revoked));
    let after = revoked_at(now().plus_seconds(30));
    assert_eq!(after.indication, Indication::TotalPassed, "{after:#?}");
}

#[test]
fn without_anchor_or_evidence_the_verdict_stays_open() {
    let world = World::new();
    let (_, two) = world.two_signatures(&plain_pdf(0));
    let mut input = world.input();
    input.anchors.clear();
    let report = validate(&two, &input);
    assert_eq!(report.indication, Indication::Indeterminate);
    assert_eq!(
        report.sub_indication,
        Some(SubIndication::NoCertificateChainFound)
    );
    assert!(
        report
            .signatures
            .iter()
            .all(vanthu_signing::SignatureReport::is_intact_and_unchanged)
    );
    let mut input = world.input();
    input.evidence = vanthu_pki::path::RevocationData::default();
    let report = validate(&two, &input);
    assert_eq!(report.indication, Indication::Indeterminate);
    assert_eq!(report.sub_indication, Some(SubIndication::TryLater));
}

#[test]
fn a_signature_without_time_stamp_says_so() {
    let world = World::new();
    let base = plain_pdf(0);
    let algorithm = World::algorithm(&world.leader);
    let prepared = prepare(
        &base,
        &leader_request(),
        &world.leader.certificate,
        algorithm,
        &world.fonts(),
    )
    .unwrap();
    let signature = world
        .leader
        .key
        .sign(algorithm, prepared.to_be_signed())
        .unwrap();
    let chain = [world.issuing.certificate().clone()];
    let file = prepared
        .complete(&signature)
        .unwrap()
        .embed(&base, &chain, None)
        .unwrap();
    let report = validate(&file, &world.input());
    let found: Vec<_> = report.signatures[0]
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(found, [FindingCode::NoTimestamp]);
    assert_eq!(report.signatures[0].judged_at, world.input().at);
    // Years later nothing proves that the certificate was valid when it signed.
    let mut late = world.input();
    late.at = crate::world::day(2029, 1, 1);
    assert_eq!(
        validate(&file, &late).sub_indication,
        Some(SubIndication::OutOfBoundsNoPoe)
    );
    // That the file is old proves nothing about the revocation data of today.
    let then = now().plus_seconds(60);
    late.existed_at = Some(then);
    assert_ne!(validate(&file, &late).indication, Indication::TotalPassed);
    late.known = late
        .evidence
        .crls
        .iter()
        .map(|crl| Poe::provided(ObjectKind::Crl, crl.der(), then))
        .collect();
    let report = validate(&file, &late);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    assert_eq!(report.signatures[0].process, Process::WithArchivalData);
}

#[test]
fn an_unsigned_or_broken_file_is_reported_not_failed() {
    let world = World::new();
    let report = validate(&plain_pdf(0), &world.input());
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(report.signatures.is_empty());
    let report = validate(b"not a pdf", &world.input());
    assert_eq!(report.indication, Indication::TotalFailed);
    assert_eq!(report.problem, Some(PdfProblem::NotPdf));
}
