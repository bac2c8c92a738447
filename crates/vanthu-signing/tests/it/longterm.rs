//! Climbing: evidence in the file, document time-stamps over it, and doing that again.

use vanthu_pki::cms;
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, DigestAlgorithm, tsp};
use vanthu_signing::{
    BaselineLevel, ChangeLevel, DocTimestampRequest, EmbedError, ExtendError, Finding, FindingCode,
    Indication, LongTermEvidence, PreparedTimestamp, SignatureKind, TimestampTrust,
    ValidationInput, extend_lt, extend_lta, inspect, is_extension, missing_evidence,
    prepare_timestamp, protection, validate,
};

use crate::ladder::{KINDS, Ladder};
use crate::world::{World, find, now, plain_pdf};

/// Only the anchor is known: everything else must come from the file.
pub(crate) fn input(ladder: &Ladder) -> ValidationInput {
    ValidationInput {
        anchors: vec![ladder.root.certificate().clone()],
        at: now().plus_seconds(3600),
        ..ValidationInput::default()
    }
}

fn level(ladder: &Ladder, file: &[u8]) -> Option<BaselineLevel> {
    let anchors = [ladder.root.certificate().clone()];
    protection(file, &anchors, vanthu_pki::Strength::vietnam(), now())
        .unwrap()
        .level
}

/// How often the bytes stand in the file.
fn count(file: &[u8], bytes: &[u8]) -> usize {
    file.windows(bytes.len()).filter(|it| *it == bytes).count()
}

#[test]
fn every_kind_of_key_climbs_to_the_highest_level_with_evidence_from_the_file_alone() {
    for (name, spec, algorithm) in KINDS {
        let ladder = Ladder::new(spec, algorithm);
        let base = plain_pdf(0);
        let levels = ladder.climb(&base);
        let names: Vec<_> = levels
            .iter()
            .map(|file| level(&ladder, file).unwrap().name())
            .collect();
        assert_eq!(names, ["B-B", "B-T", "B-LT", "B-LTA"], "{name}");
        for file in &levels {
            assert!(is_extension(&base, file), "{name}");
        }
        assert!(is_extension(&levels[1], &levels[2]) && is_extension(&levels[2], &levels[3]));
        for file in &levels[2..] {
            let report = validate(file, &input(&ladder));
            assert_eq!(
                report.indication,
                Indication::TotalPassed,
                "{name}: {report:#?}"
            );
            let first = &report.signatures[0];
            assert!(first.change_level <= ChangeLevel::LongTermEvidence);
            assert_eq!(
                first.signature_algorithm.as_deref(),
                Some(algorithm.name()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_sealed_and_locked_letter_can_still_be_archived() {
    let world = World::new();
    let (_, two) = world.two_signatures(&plain_pdf(0));
    let given = LongTermEvidence {
        certificates: vec![world.issuing.certificate().clone()],
        revocation: world.evidence(&[]),
    };
    let request = DocTimestampRequest::at(now().plus_seconds(30));
    let prepared = extend_lta(&two, &given, &request).unwrap();
    let asked = tsp::parse_request(&prepared.request(None).to_der()).unwrap();
    let token = world
        .stamps
        .token(&asked, now().plus_seconds(30), 5)
        .unwrap();
    let trust = TimestampTrust {
        anchors: vec![world.root.certificate().clone()],
        ..TimestampTrust::default()
    };
    let archived = prepared.embed(&two, &token, &trust).unwrap();
    let mut input = world.input();
    input.evidence = RevocationData::default();
    let report = validate(&archived, &input);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    assert!(report.platform.unwrap().satisfied);
    let kinds: Vec<_> = report.signatures.iter().map(|it| it.kind).collect();
    use SignatureKind::{DocTimestamp, Signature};
    assert_eq!(kinds, [Signature, Signature, DocTimestamp]);
}

#[test]
fn the_store_holds_each_thing_once_and_nothing_new_changes_nothing() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let at = now().plus_seconds(60);
    let evidence = ladder.evidence(&[&ladder.stamps], at);
    let mut doubled = evidence.clone();
    doubled.certificates.extend(evidence.certificates.clone());
    doubled
        .revocation
        .crls
        .extend(evidence.revocation.crls.clone());
    let once = extend_lt(&signed, &evidence, at).unwrap();
    assert_eq!(extend_lt(&signed, &doubled, at).unwrap(), once);
    assert_eq!(
        extend_lt(&once, &evidence, at.plus_seconds(9)).unwrap(),
        once
    );
    // Later evidence is added beside the old; the entry of the signature stays as it was.
    let later = ladder.evidence(&[&ladder.stamps], at.plus_days(20));
    let twice = extend_lt(&once, &later, at.plus_days(20)).unwrap();
    assert!(is_extension(&once, &twice));
    let added = &twice[once.len()..];
    let old = &once[signed.len()..];
    assert_eq!(count(old, b"/Type /VRI"), 1);
    assert_eq!(count(added, b"/Type /VRI"), 1);
    let entry = |bytes: &[u8]| {
        let start = find(bytes, b"/Type /VRI").unwrap();
        let end = start + find(&bytes[start..], b">>").unwrap();
        bytes[start..end].to_vec()
    };
    assert_eq!(entry(old), entry(added));
    // The list and the answers are new, the certificates are not.
    assert_eq!(count(added, b"endstream"), 3, "one list, two answers");
    assert_eq!(
        validate(&twice, &input(&ladder)).indication,
        Indication::TotalPassed
    );
}

#[test]
fn an_entry_is_named_after_the_whole_contents_and_says_when_it_was_made() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let start = find(&signed, b"/Contents <").unwrap() + 11;
    let end = start + find(&signed[start..], b">").unwrap();
    let contents = hex::decode(&signed[start..end]).unwrap();
    let key = hex::encode_upper(DigestAlgorithm::Sha1.digest(&contents));
    let lasting = ladder.with_evidence(&signed, now());
    let entry = format!("/{key} << /Type /VRI /TU (D:20261122081203+07'00')");
    assert_eq!(count(&lasting, entry.as_bytes()), 1, "{entry}");
}

#[test]
fn what_is_missing_is_named_until_it_is_there() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let anchors = [ladder.root.certificate().clone()];
    let mut given = LongTermEvidence::default();
    let names = |given: &LongTermEvidence| -> Vec<String> {
        let mut names: Vec<_> = missing_evidence(&signed, given, &anchors)
            .unwrap()
            .iter()
            .map(|lack| lack.certificate.common_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        names(&given),
        [
            "Cấp chứng thư lưu trữ diễn tập",
            "Dấu thời gian diễn tập 5",
            "Lê Thị Mẫu"
        ]
    );
    let all = ladder.evidence(&[&ladder.stamps], now());
    given.revocation.crls = all.revocation.crls.clone();
    assert_eq!(names(&given), ["Dấu thời gian diễn tập 5", "Lê Thị Mẫu"]);
    given.merge(all);
    assert!(names(&given).is_empty());
    // Nothing but an anchor in the path needs no state, but its issuer must be known.
    let lacks = missing_evidence(&signed, &LongTermEvidence::default(), &[]).unwrap();
    let issuing = lacks
        .iter()
        .find(|lack| lack.certificate == *ladder.issuing.certificate());
    assert_eq!(issuing.unwrap().issuer, None);
}

fn asked_of(prepared: &PreparedTimestamp) -> tsp::TimestampRequest {
    tsp::parse_request(&prepared.request(None).to_der()).unwrap()
}

#[test]
fn a_token_for_something_else_or_from_somebody_else_is_never_written() {
    let ladder = Ladder::p256();
    let base = plain_pdf(0);
    let prepared = prepare_timestamp(&base, &DocTimestampRequest::at(now())).unwrap();
    let asked = asked_of(&prepared);
    let right = ladder.stamps.service.token(&asked, now(), 1).unwrap();
    let refused = |token: &[u8], trust: &TimestampTrust| {
        matches!(
            prepared.clone().embed(&base, token, trust),
            Err(EmbedError::BadTimestamp { .. })
        )
    };
    let trust = ladder.trust();
    assert!(!refused(&right, &trust));
    let mut other = asked.clone();
    other.imprint[0] ^= 1;
    let token = ladder.stamps.service.token(&other, now(), 1).unwrap();
    assert!(refused(&token, &trust), "another digest");
    let mut other = asked.clone();
    other.digest = Some(DigestAlgorithm::Sha384);
    other.imprint = vec![0; 48];
    let token = ladder.stamps.service.token(&other, now(), 1).unwrap();
    assert!(refused(&token, &trust), "another algorithm");
    let stranger = Ladder::p256();
    let token = stranger.stamps.service.token(&asked, now(), 1).unwrap();
    assert!(refused(&token, &trust), "another authority");
    let with_nonce = TimestampTrust {
        nonce: Some(7),
        ..ladder.trust()
    };
    assert!(refused(&right, &with_nonce), "without the nonce");
    let after_its_end = crate::world::day(2040, 1, 1);
    let token = ladder
        .stamps
        .service
        .token(&asked, after_its_end, 1)
        .unwrap();
    assert!(refused(&token, &trust), "after the certificate's end");
    let mut broken = right.clone();
    let last = broken.len() - 5;
    broken[last] ^= 1;
    assert!(refused(&broken, &trust), "a broken signature");
    let mut touched = base.clone();
    touched[20] ^= 1;
    assert_eq!(
        prepared.clone().embed(&touched, &right, &trust),
        Err(EmbedError::OtherDocument)
    );
    let small = DocTimestampRequest {
        room_bytes: 100,
        ..DocTimestampRequest::at(now())
    };
    let prepared = prepare_timestamp(&base, &small).unwrap();
    let token = ladder
        .stamps
        .service
        .token(&asked_of(&prepared), now(), 1)
        .unwrap();
    assert!(matches!(
        prepared.embed(&base, &token, &trust),
        Err(EmbedError::TooLarge { room: 100, .. })
    ));
}

#[test]
fn a_certificate_that_may_not_stamp_is_refused() {
    let ladder = Ladder::p256();
    let base = plain_pdf(0);
    let prepared = prepare_timestamp(&base, &DocTimestampRequest::at(now())).unwrap();
    // The signer's own key and certificate in the place of a service's.
    let service = vanthu_pki::authority::TimestampAuthority::new(
        vanthu_pki::SoftKey::from_pkcs8(&ladder.signer.key.to_pkcs8().unwrap()).unwrap(),
        ladder.signer.certificate.clone(),
        vec![ladder.issuing.certificate().clone()],
    )
    .unwrap();
    let token = service.token(&asked_of(&prepared), now(), 1).unwrap();
    let outcome = prepared.embed(&base, &token, &ladder.trust());
    assert!(
        matches!(&outcome, Err(EmbedError::BadTimestamp { why }) if why.contains("ExtendedKeyUsage")),
        "{outcome:?}"
    );
}

#[test]
fn a_document_time_stamp_on_its_own_uses_the_digest_asked_for() {
    let ladder = Ladder::p256();
    let base = plain_pdf(0);
    for digest in [
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha384,
        DigestAlgorithm::Sha512,
    ] {
        let request = DocTimestampRequest {
            digest,
            ..DocTimestampRequest::at(now())
        };
        let prepared = prepare_timestamp(&base, &request).unwrap();
        assert_eq!(prepared.digest_algorithm(), digest);
        let bytes = prepared.to_bytes();
        assert_eq!(PreparedTimestamp::from_bytes(&bytes).unwrap(), prepared);
        for length in [0, 5, 40, bytes.len() - 1] {
            assert_eq!(
                PreparedTimestamp::from_bytes(&bytes[..length]),
                Err(EmbedError::DamagedState)
            );
        }
        let token = ladder
            .stamps
            .service
            .token(&asked_of(&prepared), now(), 1)
            .unwrap();
        let stamped = prepared.embed(&base, &token, &ladder.trust()).unwrap();
        let mut input = input(&ladder);
        input.evidence = ladder.evidence(&[&ladder.stamps], now()).revocation;
        let report = validate(&stamped, &input);
        let stamp = &report.signatures[0];
        assert_eq!(stamp.indication, Indication::TotalPassed, "{report:#?}");
        assert_eq!(stamp.kind, SignatureKind::DocTimestamp);
        // It existed then, but nobody signed it.
        assert_eq!(report.indication, Indication::Indeterminate);
        let alone = |it: &Finding| it.code == FindingCode::OnlyTimestamps;
        assert!(report.findings.iter().any(alone));
    }
    let weak = DocTimestampRequest {
        digest: DigestAlgorithm::Sha1,
        ..DocTimestampRequest::at(now())
    };
    assert_eq!(
        prepare_timestamp(&base, &weak),
        Err(ExtendError::DigestUnsupported)
    );
}

#[test]
fn an_unsigned_file_is_not_extended() {
    let evidence = Ladder::p256().evidence(&[], now());
    assert_eq!(
        extend_lt(&plain_pdf(0), &evidence, now()),
        Err(ExtendError::NotSigned)
    );
    assert_eq!(
        extend_lta(&plain_pdf(0), &evidence, &DocTimestampRequest::at(now())),
        Err(ExtendError::NotSigned)
    );
}

#[test]
fn each_renewal_has_a_field_of_its_own_and_evidence_about_the_one_before() {
    let ladder = Ladder::p256();
    let [_, _, _, archived] = ladder.climb(&plain_pdf(0));
    let then = crate::world::day(2035, 6, 1);
    let newer = ladder.later_stamps(9, crate::world::day(2050, 1, 1));
    let about_old = ladder.evidence(&[&ladder.stamps], then);
    let renewed = ladder.archive(&archived, &about_old, &newer, then);
    assert!(is_extension(&archived, &renewed));
    let names: Vec<_> = inspect(&renewed).unwrap().signatures;
    assert_eq!(names, ["ChuKy", "DauThoiGian", "DauThoiGian2"]);
    let added = &renewed[archived.len()..];
    let start = find(added, b"/VRI").unwrap();
    assert!(
        count(&added[start..], b"/Type /VRI") == 2,
        "one more entry, for the first time-stamp"
    );
}

#[test]
fn a_signature_brings_no_signing_time_and_names_its_certificate() {
    // ETSI EN 319 142-1, 6.3: the time stands in /M alone.
    for (name, spec, algorithm) in KINDS {
        let ladder = Ladder::new(spec, algorithm);
        let file = ladder.sign(&plain_pdf(0), "ChuKy", None);
        let start = find(&file, b"/Contents <").unwrap() + 11;
        let end = start + find(&file[start..], b">").unwrap();
        let contents = hex::decode(&file[start..end]).unwrap();
        let length = vanthu_pki::asn1::length_of_first(&contents).unwrap();
        let signed = cms::parse(&contents[..length]).unwrap();
        let signer = &signed.signers[0];
        assert_eq!(signer.signing_time(), Ok(None), "{name}");
        assert_eq!(signer.signed.len(), 3, "{name}");
        assert_eq!(signer.digest, Some(algorithm.digest()), "{name}");
        let bound = signer.certificate_digests().unwrap();
        let expected = algorithm.digest().digest(ladder.signer.certificate.der());
        assert_eq!(bound, [(Some(algorithm.digest()), expected)], "{name}");
        let certificates: Vec<&Certificate> = signed.certificates.iter().collect();
        assert!(certificates.contains(&&ladder.signer.certificate));
    }
}
