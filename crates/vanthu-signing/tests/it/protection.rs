//! Until when a file's protection holds, and why.

use vanthu_pki::{DigestAlgorithm, Strength, Time};
use vanthu_signing::{BaselineLevel, LongTermEvidence, Protection, ProtectionLimit, protection};

use crate::ladder::Ladder;
use crate::world::{day, now, plain_pdf};

fn of(ladder: &Ladder, file: &[u8]) -> Protection {
    let anchors = [ladder.root.certificate().clone()];
    protection(file, &anchors, Strength::vietnam(), now()).unwrap()
}

fn subject(text: &str) -> String {
    text.to_owned()
}

#[test]
fn each_level_ends_with_what_it_rests_on() {
    let ladder = Ladder::p256();
    let [plain, stamped, lasting, archived] = ladder.climb(&plain_pdf(0));
    let plain = of(&ladder, &plain);
    assert_eq!(
        (plain.level, plain.until),
        (Some(BaselineLevel::BB), day(2028, 1, 1))
    );
    let named = ProtectionLimit::EvidenceMissing {
        subject: subject("Lê Thị Mẫu"),
    };
    // Without time-stamp and without evidence the signer's certificate is the end in both respects.
    assert!(matches!(&plain.limit, limit if *limit == named
        || matches!(limit, ProtectionLimit::NoTimestamp { .. })));
    let stamped = of(&ladder, &stamped);
    assert_eq!(stamped.level, Some(BaselineLevel::BT));
    assert_eq!((stamped.until, stamped.limit), (day(2028, 1, 1), named));
    let service = ProtectionLimit::TimestampCertificate {
        subject: subject("Dấu thời gian diễn tập 5"),
    };
    let lasting = of(&ladder, &lasting);
    assert_eq!(lasting.level, Some(BaselineLevel::BLt));
    assert_eq!((lasting.until, &lasting.limit), (day(2036, 1, 1), &service));
    assert_eq!(lasting.field, "ChuKy");
    let archived = of(&ladder, &archived);
    assert_eq!(archived.level, Some(BaselineLevel::BLta));
    assert_eq!(
        (archived.until, &archived.limit),
        (day(2036, 1, 1), &service)
    );
    assert_eq!(archived.field, "DauThoiGian");
    assert!(!archived.is_due(day(2035, 6, 1), 180) && archived.is_due(day(2035, 8, 1), 180));
}

#[test]
fn a_renewal_in_time_carries_the_protection_on() {
    let ladder = Ladder::p256();
    let [_, _, _, archived] = ladder.climb(&plain_pdf(0));
    let then = day(2035, 6, 1);
    let newer = ladder.later_stamps(9, day(2050, 1, 1));
    let about_old = ladder.evidence(&[&ladder.stamps], then);
    let renewed = of(
        &ladder,
        &ladder.archive(&archived, &about_old, &newer, then),
    );
    assert_eq!(renewed.level, Some(BaselineLevel::BLta));
    assert_eq!(renewed.until, day(2050, 1, 1));
    assert_eq!(renewed.field, "DauThoiGian2");
    // The same stamp without evidence about the one before leaves a hole that time opens.
    let [_, stamped, _, _] = ladder.climb(&plain_pdf(0));
    let bare = ladder.archive(&stamped, &LongTermEvidence::default(), &newer, then);
    let bare = of(&ladder, &bare);
    assert_eq!(bare.level, Some(BaselineLevel::BT));
    assert_eq!(bare.until, day(2028, 1, 1));
    assert!(matches!(
        bare.limit,
        ProtectionLimit::EvidenceMissing { .. }
    ));
}

#[test]
fn an_algorithm_that_ends_first_is_the_limit() {
    let ladder = Ladder::p256();
    let [_, _, _, archived] = ladder.climb(&plain_pdf(0));
    let anchors = [ladder.root.certificate().clone()];
    let table = Strength::etsi()
        .clone()
        .with("sha256", None, Some("2033-01-01".parse().unwrap()));
    let found = protection(&archived, &anchors, &table, now()).unwrap();
    assert_eq!(found.until, day(2033, 1, 1));
    let limit = ProtectionLimit::Digest {
        algorithm: DigestAlgorithm::Sha256,
    };
    assert_eq!(found.limit, limit);
    let rsa = Ladder::new(
        vanthu_pki::KeySpec::Rsa3072,
        vanthu_pki::SignatureAlgorithm::RsaPkcs1Sha384,
    );
    let [_, _, _, archived] = rsa.climb(&plain_pdf(0));
    let anchors = [rsa.root.certificate().clone()];
    let found = protection(&archived, &anchors, Strength::etsi(), now()).unwrap();
    assert_eq!(found.until, day(2034, 1, 1));
    assert!(
        matches!(&found.limit, ProtectionLimit::Signature { bits: 3072, algorithm, .. }
            if algorithm == "rsa-pkcs1-sha384"),
        "{found:?}"
    );
}

#[test]
fn an_unsigned_file_has_no_protection() {
    let ladder = Ladder::p256();
    let found = of(&ladder, &plain_pdf(0));
    assert_eq!(found.level, None);
    assert_eq!(found.limit, ProtectionLimit::NotSigned);
    assert_eq!(found.until, Time::from_unix(0));
    assert!(found.is_due(now(), 0));
}
