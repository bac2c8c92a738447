//! Containers: made, signed again, kept for long, judged; every file is covered or named.

use std::io::Cursor;

use vanthu_signing::{
    BaselineLevel, ContainerError, ContainerFault, ContainerKind, ContainerReport,
    ContainerRequest, Coverage, DataFile, EmbedError, FileKind, Indication, LongTermEvidence,
    SignatureKind, SubIndication, ValidationInput, extend_container_lt, missing_container_evidence,
    pack, prepare_container, sniff, validate_container,
};

use crate::ladder::{KINDS, Ladder};
use crate::sealed::{
    CONTENT, FILES, archive_container, climb_container, entry, input, known_later, names, sign,
    sign_container,
};
use crate::world::{day, now, plain_pdf};

pub(crate) fn judge(container: &[u8], input: &ValidationInput) -> ContainerReport {
    validate_container(Cursor::new(container), input).unwrap()
}

fn faults(report: &ContainerReport) -> Vec<(ContainerFault, &str)> {
    let found = report.findings.iter();
    found
        .map(|it| (it.problem.fault, it.problem.name.as_str()))
        .collect()
}

#[test]
fn every_level_passes_with_every_key() {
    for (name, spec, algorithm) in KINDS {
        let ladder = Ladder::new(spec, algorithm);
        let input = input(&ladder);
        for (container, level) in climb_container(&ladder).iter().zip([
            BaselineLevel::BB,
            BaselineLevel::BT,
            BaselineLevel::BLt,
            BaselineLevel::BLta,
        ]) {
            let judged = judge(container, &input);
            assert!(judged.is_passed(), "{name} {level:?}: {judged:?}");
            assert_eq!(judged.kind, Some(ContainerKind::Extended));
            assert_eq!(judged.facts[0].level, Some(level), "{name}");
            assert!(judged.findings.is_empty(), "{:?}", judged.findings);
            assert_eq!(judged.report.signatures[0].coverage, Coverage::WholeFile);
            for file in &judged.files {
                assert_eq!(file.covered_by[0], "META-INF/signature001.p7s");
            }
            let stamps = judged.report.signatures.len() - 1;
            assert_eq!(stamps, usize::from(level == BaselineLevel::BLta));
        }
    }
}

#[test]
fn the_first_entry_says_what_it_is() {
    let container = pack(&FILES).unwrap();
    assert!(container[30..].starts_with(b"mimetypeapplication/vnd.etsi.asic-e+zip"));
    assert_eq!(
        names(&container),
        ["mimetype", "bảng kê.csv", "phu-luc/so-do.txt"]
    );
    assert_eq!(entry(&container, "bảng kê.csv"), CONTENT);
    assert_eq!(
        container,
        pack(&FILES).unwrap(),
        "the same files, the same bytes"
    );
}

#[test]
fn an_unsigned_container_does_not_pass() {
    let ladder = Ladder::p256();
    let judged = judge(&pack(&FILES).unwrap(), &input(&ladder));
    assert_eq!(judged.report.indication, Indication::Indeterminate);
    let found = faults(&judged);
    assert!(found.contains(&(ContainerFault::NothingSigned, "")));
    assert!(found.contains(&(ContainerFault::FileNotCovered, "bảng kê.csv")));
}

#[test]
fn another_signature_joins_the_first() {
    let ladder = Ladder::p256();
    let one = sign_container(&ladder, &pack(&FILES).unwrap(), &[], Some(&ladder.stamps));
    let two = sign_container(&ladder, &one, &["bảng kê.csv"], Some(&ladder.stamps));
    assert!(names(&two).starts_with(&names(&one)));
    let judged = judge(&two, &input(&ladder));
    assert!(judged.is_passed(), "{judged:?}");
    assert_eq!(judged.report.signatures[0].coverage, Coverage::WholeFile);
    assert_eq!(
        judged.report.signatures[1].coverage,
        Coverage::WholeRevision
    );
    let both = ["META-INF/signature001.p7s", "META-INF/signature002.p7s"];
    assert_eq!(judged.files[0].covered_by, both);
    assert_eq!(judged.files[1].covered_by, both[..1]);
}

#[test]
fn a_file_that_nobody_signed_is_named() {
    let ladder = Ladder::p256();
    let base = pack(&FILES).unwrap();
    let signed = sign_container(&ladder, &base, &["bảng kê.csv"], None);
    let judged = judge(&signed, &input(&ladder));
    assert_eq!(
        judged.report.signatures[0].indication,
        Indication::TotalPassed
    );
    assert_eq!(judged.report.indication, Indication::Indeterminate);
    assert_eq!(
        judged.report.sub_indication,
        Some(SubIndication::SigConstraintsFailure)
    );
    assert_eq!(
        faults(&judged),
        [(ContainerFault::FileNotCovered, "phu-luc/so-do.txt")]
    );
}

#[test]
fn what_cannot_be_signed_is_refused_by_name() {
    let ladder = Ladder::p256();
    let base = pack(&FILES).unwrap();
    let certificate = &ladder.signer.certificate;
    let request = ContainerRequest {
        files: vec!["không có.txt".to_owned()],
        ..ContainerRequest::default()
    };
    let refused = prepare_container(&base, &request, certificate, ladder.algorithm);
    assert_eq!(
        refused,
        Err(ContainerError::FileMissing("không có.txt".to_owned()))
    );
    assert_eq!(pack(&[]), Err(ContainerError::NoFile));
    for name in [
        "../a",
        "/a",
        "a\\b",
        "META-INF/x",
        "Mimetype",
        "a//b",
        "a/",
        "",
        "C:a",
    ] {
        let refused = pack(&[DataFile { name, content: b"" }]);
        assert!(
            matches!(&refused, Err(ContainerError::Problem(it)) if it.fault == ContainerFault::NameBad),
            "{name}: {refused:?}"
        );
    }
    let twice = [
        DataFile {
            name: "a",
            content: b"1",
        },
        DataFile {
            name: "A",
            content: b"2",
        },
    ];
    assert!(matches!(pack(&twice), Err(ContainerError::Problem(_))));
    let unsigned = extend_container_lt(&base, &LongTermEvidence::default());
    assert_eq!(unsigned, Err(ContainerError::NotSigned));
}

#[test]
fn another_container_than_the_prepared_one_is_refused() {
    let ladder = Ladder::p256();
    let base = pack(&FILES).unwrap();
    let other = pack(&FILES[..1]).unwrap();
    let request = ContainerRequest {
        at: now(),
        ..ContainerRequest::default()
    };
    let certificate = &ladder.signer.certificate;
    let prepared = prepare_container(&base, &request, certificate, ladder.algorithm).unwrap();
    let value = ladder
        .signer
        .key
        .sign(ladder.algorithm, prepared.to_be_signed())
        .unwrap();
    let completed = prepared.complete(&value).unwrap();
    let refused = completed.embed(&other, &[], None);
    assert_eq!(
        refused,
        Err(ContainerError::Embed(EmbedError::OtherDocument))
    );
}

#[test]
fn only_the_archived_one_outlives_the_certificate() {
    let ladder = Ladder::p256();
    let [.., lasting, archived] = climb_container(&ladder);
    let at = day(2032, 6, 1);
    let input = ValidationInput {
        at,
        evidence: known_later(&ladder, &ladder.stamps, at),
        ..input(&ladder)
    };
    assert_eq!(
        judge(&lasting, &input).report.indication,
        Indication::Indeterminate
    );
    let judged = judge(&archived, &input);
    assert!(judged.is_passed(), "{judged:?}");
    assert_eq!(
        judged.report.signatures[1].kind,
        SignatureKind::DocTimestamp
    );
}

#[test]
fn a_renewed_container_outlives_its_first_archive_time_stamp() {
    let ladder = Ladder::p256();
    let [.., archived] = climb_container(&ladder);
    let then = day(2035, 6, 1);
    let newer = ladder.later_stamps(9, day(2050, 1, 1));
    let evidence = ladder.evidence(&[&ladder.stamps, &newer], then);
    let at = then.plus_seconds(60);
    let renewed = archive_container(&ladder, &archived, &evidence, &newer, at);
    let all = names(&renewed);
    for name in [
        "META-INF/ASiCArchiveManifest.xml",
        "META-INF/ASiCArchiveManifest001.xml",
        "META-INF/timestamp001.tst",
        "META-INF/timestamp002.tst",
    ] {
        assert!(all.iter().any(|it| it == name), "{name}: {all:?}");
    }
    let signature = "META-INF/signature001.p7s";
    assert_eq!(entry(&renewed, signature), entry(&archived, signature));
    let at = day(2039, 6, 1);
    let input = ValidationInput {
        at,
        evidence: known_later(&ladder, &newer, at),
        ..input(&ladder)
    };
    assert!(!judge(&archived, &input).is_passed());
    let judged = judge(&renewed, &input);
    assert!(judged.is_passed(), "{judged:?}");
}

#[test]
fn what_is_missing_is_named_with_its_entry() {
    let ladder = Ladder::p256();
    let [_, stamped, lasting, _] = climb_container(&ladder);
    let anchors = ladder.trust().anchors;
    let none = LongTermEvidence::default();
    let missing = missing_container_evidence(&stamped, &none, &anchors).unwrap();
    assert!(
        missing
            .iter()
            .all(|it| it.field == "META-INF/signature001.p7s")
    );
    assert!(
        missing
            .iter()
            .any(|it| it.certificate == ladder.signer.certificate)
    );
    assert!(
        missing_container_evidence(&lasting, &none, &anchors)
            .unwrap()
            .is_empty()
    );
}

/// An ASiC-S container as others make it, with one signature or one time-stamp over one file.
pub(crate) fn simple(files: &[(&str, &[u8])], meta: (&str, &[u8])) -> Vec<u8> {
    let kind = ("mimetype", &b"application/vnd.etsi.asic-s+zip"[..]);
    let all: Vec<_> = [kind]
        .into_iter()
        .chain(files.iter().copied())
        .chain([meta])
        .collect();
    crate::hostile::zip_of(&all)
}

#[test]
fn a_simple_container_is_judged_too() {
    let ladder = Ladder::p256();
    let input = input(&ladder);
    let request = vanthu_signing::DetachedRequest {
        at: now(),
        mime_type: None,
    };
    let p7s = sign(&ladder, CONTENT, &request, Some(&ladder.stamps));
    let container = simple(&[("a.csv", CONTENT)], ("META-INF/signature.p7s", &p7s));
    let judged = judge(&container, &input);
    assert!(judged.is_passed(), "{judged:?}");
    assert_eq!(judged.kind, Some(ContainerKind::Simple));
    assert_eq!(judged.files[0].covered_by, ["META-INF/signature.p7s"]);
    let digest = vanthu_pki::DigestAlgorithm::Sha256;
    let asked = vanthu_pki::tsp::TimestampRequest::new(digest, &digest.digest(CONTENT), None);
    let token = ladder.stamps.service.token(&asked, now(), 5).unwrap();
    let stamped = simple(&[("a.csv", CONTENT)], ("META-INF/timestamp.tst", &token));
    let judged = judge(&stamped, &input);
    let stamp = &judged.report.signatures[0];
    assert_eq!(stamp.indication, Indication::TotalPassed, "{judged:?}");
    assert_eq!(stamp.kind, SignatureKind::DocTimestamp);
    assert_eq!(judged.report.indication, Indication::Indeterminate);
    let two = simple(
        &[("a.csv", CONTENT), ("b.csv", b"2")],
        ("META-INF/signature.p7s", &p7s),
    );
    let judged = judge(&two, &input);
    assert!(!judged.is_passed());
    assert!(faults(&judged).contains(&(ContainerFault::NotOneFile, "")));
    let other = simple(&[("a.csv", b"changed")], ("META-INF/signature.p7s", &p7s));
    assert_eq!(
        judge(&other, &input).report.sub_indication,
        Some(SubIndication::HashFailure)
    );
}

#[test]
fn a_file_is_known_by_its_first_bytes() {
    let ladder = Ladder::p256();
    let kind = |bytes: &[u8]| sniff(Cursor::new(bytes)).unwrap();
    let request = vanthu_signing::DetachedRequest {
        at: now(),
        mime_type: None,
    };
    assert_eq!(kind(&plain_pdf(0)), FileKind::Pdf);
    assert_eq!(kind(&pack(&FILES).unwrap()), FileKind::Container);
    assert_eq!(
        kind(&sign(&ladder, CONTENT, &request, None)),
        FileKind::Signature
    );
    assert_eq!(kind(CONTENT), FileKind::Other);
    assert_eq!(kind(b""), FileKind::Other);
    let office = crate::hostile::zip_of(&[("word/document.xml", b"<a/>")]);
    assert_eq!(kind(&office), FileKind::Other);
    let unnamed = crate::hostile::zip_of(&[("a", b"1"), ("META-INF/signature.p7s", b"2")]);
    assert_eq!(kind(&unnamed), FileKind::Container);
}
