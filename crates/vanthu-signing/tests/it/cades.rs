//! Detached signatures: every level and key is made and judged, archived ones outlive their certificates.

use std::io::Cursor;

use vanthu_pki::asn1::{self, Tlv};
use vanthu_pki::{cms, oid, pem};
use vanthu_signing::{
    BaselineLevel, DetachedError, DetachedReport, EmbedError, FileKind, FindingCode, Indication,
    LongTermEvidence, PreparedDetached, PreparedDetachedTimestamp, SubIndication, ValidationInput,
    content_inside, embedded_detached, extend_detached_lt, extend_detached_lta,
    missing_detached_evidence, prepare_detached, sniff, stamp_detached, validate_detached,
};

use crate::ladder::{KINDS, Ladder};
use crate::sealed::{CONTENT, archive, climb, input, known_later, request, sign};
use crate::world::{day, now};

fn judge(p7s: &[u8], content: &[u8], input: &ValidationInput) -> DetachedReport {
    validate_detached(&mut &*content, p7s, input).unwrap()
}

#[test]
fn every_level_passes_with_every_key() {
    for (name, spec, algorithm) in KINDS {
        let ladder = Ladder::new(spec, algorithm);
        let input = input(&ladder);
        for (p7s, level) in climb(&ladder).iter().zip([
            BaselineLevel::BB,
            BaselineLevel::BT,
            BaselineLevel::BLt,
            BaselineLevel::BLta,
        ]) {
            let judged = judge(p7s, CONTENT, &input);
            assert!(judged.is_passed(), "{name} {level:?}: {:?}", judged.report);
            assert_eq!(judged.facts[0].level, Some(level), "{name}");
            assert_eq!(judged.facts[0].mime_type.as_deref(), Some("text/csv"));
            let archived = usize::from(level == BaselineLevel::BLta);
            assert_eq!(judged.facts[0].archive_timestamps.len(), archived);
            let signature = &judged.report.signatures[0];
            assert_eq!(signature.claimed_at, Some(now()));
            assert_eq!(
                signature.signature_algorithm.as_deref(),
                Some(algorithm.name())
            );
            assert!(signature.is_intact_and_unchanged());
        }
    }
}

#[test]
fn a_changed_file_fails_at_every_level() {
    let ladder = Ladder::p256();
    for p7s in climb(&ladder) {
        let judged = judge(&p7s, b"something else", &input(&ladder));
        assert_eq!(judged.report.indication, Indication::TotalFailed);
        assert_eq!(
            judged.report.sub_indication,
            Some(SubIndication::HashFailure)
        );
    }
}

#[test]
fn a_signature_file_may_be_pem() {
    let ladder = Ladder::p256();
    let p7s = sign(&ladder, CONTENT, &request(), None);
    for label in ["CMS", "PKCS7"] {
        let text = format!("\n{}", pem::encode(&p7s, label));
        assert_eq!(
            sniff(Cursor::new(text.as_bytes())).unwrap(),
            FileKind::Signature
        );
        assert!(judge(text.as_bytes(), CONTENT, &input(&ladder)).is_passed());
        assert_eq!(
            embedded_detached(text.as_bytes()).unwrap().signatures.len(),
            1
        );
        let evidence = ladder.evidence(&[&ladder.stamps], now());
        assert_eq!(
            extend_detached_lt(text.as_bytes(), &evidence).unwrap(),
            extend_detached_lt(&p7s, &evidence).unwrap()
        );
        for broken in [&text[..text.len() - 20], &text.repeat(2), &text[..30]] {
            let judged = judge(broken.as_bytes(), CONTENT, &input(&ladder));
            assert_eq!(
                judged.report.sub_indication,
                Some(SubIndication::FormatFailure)
            );
        }
    }
}

/// RFC 5652, 5.2: what is signed may stand in the signature file.
#[test]
fn a_signature_file_may_carry_what_it_signs_and_nothing_else() {
    let ladder = Ladder::p256();
    let apart = sign(&ladder, CONTENT, &request(), Some(&ladder.stamps));
    assert_eq!(content_inside(&apart), None);
    let own = carrying(&apart, CONTENT);
    assert_eq!(content_inside(&own).as_deref(), Some(CONTENT));
    let judged = judge(&own, CONTENT, &input(&ladder));
    assert!(judged.is_passed(), "{:?}", judged.report);
    let archived = archive(
        &ladder,
        &own,
        &ladder.evidence(&[&ladder.stamps], now()),
        &ladder.stamps,
        now(),
    );
    assert_eq!(content_inside(&archived).as_deref(), Some(CONTENT));
    assert!(judge(&archived, CONTENT, &input(&ladder)).is_passed());

    let other = carrying(&apart, b"another content");
    for content in [CONTENT, b"another content"] {
        let judged = judge(&other, content, &input(&ladder));
        assert_eq!(judged.report.indication, Indication::TotalFailed);
    }
}

/// The signature file with content put inside.
fn carrying(p7s: &[u8], content: &[u8]) -> Vec<u8> {
    let mut info = Tlv::read_all(p7s).unwrap().inside().unwrap();
    let kind = info.any().unwrap().full.to_vec();
    let signed = info.any().unwrap().only().unwrap();
    let mut fields = signed.inside().unwrap();
    let mut parts = Vec::new();
    while !fields.is_empty() {
        parts.push(fields.any().unwrap().full.to_vec());
    }
    let data = asn1::oid(oid::DATA);
    parts[2] = asn1::sequence(&[data, asn1::explicit(0, &asn1::octet_string(content))]);
    asn1::sequence(&[kind, asn1::explicit(0, &asn1::sequence(&parts))])
}

#[test]
fn a_large_file_goes_by_in_pieces() {
    let ladder = Ladder::p256();
    let large: Vec<u8> = (0..3_000_000_u32).map(|it| (it % 251) as u8).collect();
    let p7s = sign(&ladder, &large, &request(), Some(&ladder.stamps));
    let mut slow = std::io::BufReader::with_capacity(7, large.as_slice());
    let judged = validate_detached(&mut slow, &p7s, &input(&ladder)).unwrap();
    assert!(judged.is_passed(), "{:?}", judged.report);
    assert_eq!(judged.report.signatures[0].covers_bytes, Some(3_000_000));
}

#[test]
fn a_time_stamp_may_come_later() {
    let ladder = Ladder::p256();
    let plain = sign(&ladder, CONTENT, &request(), None);
    let prepared = stamp_detached(&plain).unwrap();
    let prepared = PreparedDetachedTimestamp::from_bytes(&prepared.to_bytes()).unwrap();
    let token = ladder
        .stamps
        .service
        .token(&prepared.request(None), now(), 5);
    let stamped = prepared.embed(&token.unwrap(), &ladder.trust()).unwrap();
    let judged = judge(&stamped, CONTENT, &input(&ladder));
    assert_eq!(judged.facts[0].level, Some(BaselineLevel::BT));
    assert!(judged.report.signatures[0].timestamp.is_some());
}

#[test]
fn nothing_is_written_with_a_wrong_value_or_a_stranger_s_time_stamp() {
    let (ladder, other) = (Ladder::p256(), Ladder::p256());
    let certificate = &ladder.signer.certificate;
    let prepared =
        prepare_detached(&mut &*CONTENT, &request(), certificate, ladder.algorithm).unwrap();
    let wrong = other
        .signer
        .key
        .sign(ladder.algorithm, prepared.to_be_signed())
        .unwrap();
    assert_eq!(
        prepared.complete(&wrong).unwrap_err(),
        EmbedError::BadSignature
    );
    let plain = sign(&ladder, CONTENT, &request(), None);
    let prepared = stamp_detached(&plain).unwrap();
    let asked = prepared.request(None);
    let token = other.stamps.service.token(&asked, now(), 5).unwrap();
    let refused = prepared.clone().embed(&token, &ladder.trust());
    assert!(
        matches!(refused, Err(EmbedError::BadTimestamp { .. })),
        "{refused:?}"
    );
    let mut asked = asked;
    asked.imprint[0] ^= 1;
    let token = ladder.stamps.service.token(&asked, now(), 5).unwrap();
    let refused = prepared.embed(&token, &ladder.trust());
    assert!(
        matches!(refused, Err(EmbedError::BadTimestamp { .. })),
        "{refused:?}"
    );
    assert_eq!(
        PreparedDetached::from_bytes(b"?"),
        Err(EmbedError::DamagedState)
    );
}

#[test]
fn an_archive_time_stamp_is_not_asked_for_another_file() {
    let ladder = Ladder::p256();
    let [_, stamped, ..] = climb(&ladder);
    let evidence = LongTermEvidence::default();
    let digest = ladder.algorithm.digest();
    let refused = extend_detached_lta(&stamped, &mut &b"other"[..], &evidence, digest);
    assert_eq!(refused.unwrap_err(), DetachedError::OtherContent);
    assert!(matches!(
        stamp_detached(b"not CMS"),
        Err(DetachedError::SignatureUnreadable { .. })
    ));
}

#[test]
fn what_is_missing_is_named_until_it_is_there() {
    let ladder = Ladder::p256();
    let [_, stamped, lasting, _] = climb(&ladder);
    let anchors = ladder.trust().anchors;
    let none = LongTermEvidence::default();
    let missing = missing_detached_evidence(&stamped, &none, &anchors).unwrap();
    assert!(
        missing
            .iter()
            .any(|it| it.certificate == ladder.signer.certificate)
    );
    assert!(
        missing
            .iter()
            .any(|it| it.certificate == ladder.stamps.certificate)
    );
    assert!(
        missing_detached_evidence(&lasting, &none, &anchors)
            .unwrap()
            .is_empty()
    );
    let again = extend_detached_lt(&lasting, &none).unwrap();
    assert_eq!(again, lasting, "what stands there is not written again");
}

/// Years later, with nothing but the file and its signature at hand.
fn long_after(ladder: &Ladder, year: i64) -> ValidationInput {
    ValidationInput {
        anchors: ladder.trust().anchors,
        at: day(year, 6, 1),
        revocation: vanthu_pki::path::RevocationMode::Required,
        ..ValidationInput::default()
    }
}

#[test]
fn only_the_archived_one_outlives_the_certificate() {
    let ladder = Ladder::p256();
    let [plain, stamped, lasting, archived] = climb(&ladder);
    // The signer's certificate ends in 2028, that of the time-stamps in 2036.
    let input = long_after(&ladder, 2032);
    for p7s in [plain, stamped, lasting] {
        let judged = judge(&p7s, CONTENT, &input);
        assert_eq!(judged.report.indication, Indication::Indeterminate);
    }
    let judged = judge(&archived, CONTENT, &input);
    assert!(
        !judged.is_passed(),
        "the last time-stamp's own state is not shown"
    );
    let input = ValidationInput {
        evidence: known_later(&ladder, &ladder.stamps, input.at),
        ..input
    };
    let judged = judge(&archived, CONTENT, &input);
    assert!(judged.is_passed(), "{:?}", judged.report.signatures[0]);
}

#[test]
fn a_renewed_one_outlives_the_first_archive_time_stamp() {
    let ladder = Ladder::p256();
    let [.., archived] = climb(&ladder);
    let then = day(2035, 6, 1);
    let newer = ladder.later_stamps(9, day(2050, 1, 1));
    let evidence = ladder.evidence(&[&ladder.stamps, &newer], then);
    let renewed = archive(&ladder, &archived, &evidence, &newer, then.plus_seconds(60));
    let mut input = long_after(&ladder, 2039);
    input.evidence = known_later(&ladder, &newer, input.at);
    assert!(!judge(&archived, CONTENT, &input).is_passed());
    let judged = judge(&renewed, CONTENT, &input);
    assert!(judged.is_passed(), "{:?}", judged.report.signatures[0]);
    assert_eq!(judged.facts[0].archive_timestamps.len(), 2);
    assert_eq!(
        judged.facts[0].archive_timestamps[0].time,
        then.plus_seconds(60)
    );
}

/// Whatever an archive time-stamp covers cannot be taken out or exchanged.
#[test]
fn an_archive_time_stamp_misses_what_is_taken_out() {
    let ladder = Ladder::p256();
    let [_, _, lasting, archived] = climb(&ladder);
    let input = input(&ladder);
    let before = cms::parse(&lasting).unwrap();
    let after = cms::parse(&archived).unwrap();
    assert_eq!(before.signers[0].signature, after.signers[0].signature);
    // One byte of the first list that stands inside: its digest is named, but nothing answers to it.
    let at = crate::world::find(&archived, &after.crls[0]).unwrap();
    let mut broken = archived.clone();
    broken[at + after.crls[0].len() - 1] ^= 1;
    let judged = judge(&broken, CONTENT, &input);
    let found = &judged.report.signatures[0].findings;
    assert!(
        found.iter().any(|it| it.code == FindingCode::TimestampBad),
        "{found:?}"
    );
    let mut kept = long_after(&ladder, 2032);
    kept.evidence = known_later(&ladder, &ladder.stamps, kept.at);
    assert!(!judge(&broken, CONTENT, &kept).is_passed());
    assert!(judge(&archived, CONTENT, &kept).is_passed());
}

#[test]
fn two_signers_in_one_file_are_judged_apart() {
    let ladder = Ladder::p256();
    let one = sign(&ladder, CONTENT, &request(), None);
    let other = sign(&ladder, b"another file", &request(), None);
    let both = crate::sealed::joined(&one, &other);
    let judged = judge(&both, CONTENT, &input(&ladder));
    let found: Vec<Indication> = judged
        .report
        .signatures
        .iter()
        .map(|it| it.indication)
        .collect();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&Indication::TotalPassed) && found.contains(&Indication::TotalFailed));
    assert_eq!(judged.report.indication, Indication::TotalFailed);
    assert_eq!(
        stamp_detached(&both).unwrap_err(),
        DetachedError::NotOneSigner { signers: 2 }
    );
}

#[test]
fn rubbish_is_reported_and_never_passes() {
    let ladder = Ladder::p256();
    let [.., archived] = climb(&ladder);
    let input = input(&ladder);
    for bad in [
        &b""[..],
        b"0",
        b"-----BEGIN CMS-----",
        &archived[..archived.len() - 7],
    ] {
        let judged = judge(bad, CONTENT, &input);
        assert_eq!(
            judged.report.sub_indication,
            Some(SubIndication::FormatFailure)
        );
        assert_eq!(
            judged.report.signatures[0].findings[0].code,
            FindingCode::CmsBad
        );
    }
    for at in (0..archived.len()).step_by(97) {
        let mut changed = archived.clone();
        changed[at] ^= 0x55;
        let judged = judge(&changed, CONTENT, &input);
        assert!(!judged.report.signatures.is_empty());
    }
}
