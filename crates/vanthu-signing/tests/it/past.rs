//! Judging years later: how far validation slides back, which anchors count, and what a file must keep.

use vanthu_pki::Time;
use vanthu_pki::path::RevocationMode;
use vanthu_signing::{
    AnchorTerm, AnchorUse, ConstraintId, Indication, Level, Report, SlideTo, SubIndication,
    ValidationInput,
};

use crate::both::validate;
use crate::ladder::Ladder;
use crate::world::{day, now, plain_pdf};

/// The signer's certificate has ended then, that of the time-stamp service has not.
fn years_later() -> Time {
    day(2030, 1, 1)
}

fn input(ladder: &Ladder, at: Time) -> ValidationInput {
    ValidationInput {
        anchors: vec![ladder.root.certificate().clone()],
        at,
        revocation: RevocationMode::WhenKnown,
        ..ValidationInput::default()
    }
}

fn slid(ladder: &Ladder, file: &[u8], to: SlideTo) -> Report {
    let mut input = input(ladder, years_later());
    input.policy.slide_to = to;
    validate(file, &input)
}

/// The file with evidence and a document time-stamp over it a minute later.
fn archived(ladder: &Ladder, file: &[u8], at: Time) -> Vec<u8> {
    let evidence = ladder.evidence(&[&ladder.stamps], at);
    ladder.archive(file, &evidence, &ladder.stamps, at.plus_seconds(60))
}

#[test]
fn the_newest_list_at_the_time_of_signing_decides_where_the_policy_says_so() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let yesterday = now().plus_days(-1);
    let evidence = ladder.evidence(&[&ladder.stamps], yesterday);
    let file = ladder.archive(&signed, &evidence, &ladder.stamps, now().plus_seconds(60));
    let report = slid(&ladder, &file, SlideTo::NextUpdate);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    assert_eq!(
        slid(&ladder, &file, SlideTo::Issuance).signatures[0].indication,
        Indication::Indeterminate
    );
    // A list that had run out before the signature says nothing about it.
    let evidence = ladder.evidence(&[&ladder.stamps], now().plus_days(-31));
    let file = ladder.archive(&signed, &evidence, &ladder.stamps, now().plus_seconds(60));
    let report = slid(&ladder, &file, SlideTo::NextUpdate);
    assert_eq!(report.signatures[0].indication, Indication::Indeterminate);
}

#[test]
fn the_standard_slides_to_the_issuance_of_the_status() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    // The status of the authority is older than the proof that the signer's status existed: too early for it.
    let once = archived(&ladder, &signed, now().plus_seconds(60));
    let report = slid(&ladder, &once, SlideTo::Issuance);
    let first = &report.signatures[0];
    assert_eq!(
        first.sub_indication,
        Some(SubIndication::NoPoe),
        "{first:#?}"
    );
    // The authority's status of ten days later carries the rest.
    let twice = archived(&ladder, &once, now().plus_days(10));
    let report = slid(&ladder, &twice, SlideTo::Issuance);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
}

#[test]
fn an_anchor_counts_for_what_it_is_trusted_for() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let file = archived(&ladder, &signed, now().plus_seconds(60));
    let judged = |uses: &[AnchorUse], at| {
        let mut input = input(&ladder, at);
        input.anchor_terms = vec![AnchorTerm {
            certificate: ladder.root.certificate().clone(),
            uses: uses.to_vec(),
            from: None,
            until: None,
        }];
        validate(&file, &input)
    };
    let both = [AnchorUse::Signatures, AnchorUse::TimeStamps];
    let report = judged(&both, years_later());
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    // Without anybody who may stamp there is no past.
    for at in [now().plus_days(1), years_later()] {
        let report = judged(&[AnchorUse::Signatures], at);
        let first = &report.signatures[0];
        let stamp = first.timestamp.as_ref().unwrap();
        let none = Some(SubIndication::NoCertificateChainFound);
        assert_eq!(stamp.sub_indication, none);
        assert_eq!(report.signatures[1].sub_indication, none);
        assert_eq!(first.trusted, at < years_later());
        assert_eq!(first.judged_at, at);
    }
    let report = judged(&[AnchorUse::TimeStamps], now().plus_days(1));
    assert!(!report.signatures[0].trusted && report.signatures[1].trusted);
}

#[test]
fn an_anchor_counts_for_what_existed_while_it_was_trusted() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let file = archived(&ladder, &signed, now().plus_seconds(60));
    let judged = |from, until, existed_at| {
        let mut input = input(&ladder, day(2027, 6, 1));
        input.existed_at = existed_at;
        input.anchor_terms = vec![AnchorTerm {
            certificate: ladder.root.certificate().clone(),
            uses: vec![AnchorUse::Signatures, AnchorUse::TimeStamps],
            from,
            until,
        }];
        validate(&file, &input)
    };
    let (early, late) = (Some(day(2026, 1, 1)), Some(day(2027, 1, 1)));
    let proven = Some(day(2026, 12, 1));
    assert_eq!(
        judged(early, None, None).indication,
        Indication::TotalPassed
    );
    for (from, until, existed_at) in [
        (None, late, None),
        (None, early, proven),
        (late, None, proven),
    ] {
        let report = judged(from, until, existed_at);
        let none = Some(SubIndication::NoCertificateChainFound);
        assert_eq!(
            report.signatures[0].sub_indication, none,
            "{from:?} {until:?}"
        );
        assert!(report.signatures.iter().all(|it| !it.trusted));
    }
    let report = judged(early, late, proven);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
}

#[test]
fn a_policy_for_archives_asks_for_the_evidence_in_the_file() {
    let ladder = Ladder::p256();
    let signed = ladder.sign(&plain_pdf(0), "ChuKy", Some(&ladder.stamps));
    let at = now().plus_seconds(300);
    let mut input = input(&ladder, at);
    let judged = |file: &[u8], input: &ValidationInput| validate(file, input).signatures[0].clone();
    assert_eq!(judged(&signed, &input).indication, Indication::TotalPassed);
    let id = ConstraintId::LongTermMaterial;
    input.policy.constraints.insert(id, Level::Fail);
    let no_poe = Some(SubIndication::NoPoe);
    assert_eq!(judged(&signed, &input).sub_indication, no_poe);
    let mut evidence = ladder.evidence(&[&ladder.stamps], now().plus_seconds(60));
    let kept = vanthu_signing::extend_lt(&signed, &evidence, now().plus_seconds(60)).unwrap();
    assert_eq!(judged(&kept, &input).indication, Indication::TotalPassed);
    // The anchor, too, has to be there, and the status must not come from the future.
    evidence.certificates.remove(0);
    let rootless = vanthu_signing::extend_lt(&signed, &evidence, now().plus_seconds(60)).unwrap();
    assert_eq!(judged(&rootless, &input).sub_indication, no_poe);
    input.at = now().plus_seconds(30);
    assert_eq!(judged(&kept, &input).sub_indication, no_poe);
}
