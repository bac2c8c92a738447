//! Every form of file at every level: only bytes are added, in the file's own kind of cross-reference.

use std::io::Cursor;

use vanthu_signing::{
    Appearance, DocTimestampRequest, FileSource, Held, Indication, SignatureRequest,
    extend_lt_tail, extend_lta, extend_lta_file, is_extension, prepare, prepare_file, prepare_held,
    preview,
};

use crate::bases;
use crate::both::{inspect, validate};
use crate::ladder::Ladder;
use crate::longterm::input;
use crate::world::{find, last_startxref, leader_request, now, place, plain_pdf, stroke};

fn ends_with_stream(file: &[u8]) -> bool {
    let at = last_startxref(file);
    !file[at..].starts_with(b"xref")
}

#[test]
fn every_form_climbs_in_its_own_kind_of_cross_reference() {
    let ladder = Ladder::p256();
    for (name, base, has_stream) in bases::all() {
        assert_eq!(inspect(&base).unwrap().pages.len(), 1, "{name}");
        let levels = ladder.climb(&base);
        let mut before = &base;
        for (index, file) in levels.iter().enumerate() {
            assert!(is_extension(&base, file), "{name} {index}");
            if index > 1 {
                assert!(is_extension(before, file), "{name} {index}");
            }
            before = file;
            assert_eq!(ends_with_stream(file), has_stream, "{name} {index}");
        }
        let report = validate(&levels[3], &input(&ladder));
        assert_eq!(
            report.indication,
            Indication::TotalPassed,
            "{name}: {report:#?}"
        );
        // And once more on top of what is signed already.
        let again = ladder.sign(&levels[3], "ChuKySau", Some(&ladder.stamps));
        let again = ladder.with_evidence(&again, now().plus_seconds(600));
        assert!(is_extension(&levels[3], &again), "{name}");
        assert_eq!(inspect(&again).unwrap().signatures.len(), 3, "{name}");
        let mut later = input(&ladder);
        later.evidence = ladder.evidence(&[&ladder.stamps], now()).revocation;
        let report = validate(&again, &later);
        assert_eq!(
            report.indication,
            Indication::TotalPassed,
            "{name}: {report:#?}"
        );
    }
}

#[test]
fn a_file_read_through_windows_gives_the_same_revision_as_one_in_memory() {
    let ladder = Ladder::p256();
    let certificate = &ladder.signer.certificate;
    let algorithm = ladder.algorithm;
    let fonts = ladder.fonts();
    for (name, base, _) in bases::all() {
        let on_disk = FileSource::new(Cursor::new(base.clone())).unwrap();
        let request = SignatureRequest {
            field_name: "ChuKy".to_owned(),
            place: Some(place(300.0, 200.0, 420.0, 260.0)),
            appearance: Appearance::Picture {
                png: stroke([20, 40, 200]),
            },
            at: now(),
            ..SignatureRequest::default()
        };
        let here = prepare(&base, &request, certificate, algorithm, &fonts).unwrap();
        let there = prepare_file(&on_disk, &request, certificate, algorithm, &fonts).unwrap();
        assert_eq!(here, there, "{name}");
        let held = Held::new(base.clone());
        let kept = prepare_held(&held, &request, certificate, algorithm, &fonts).unwrap();
        assert_eq!(here, kept, "{name}");
        assert_eq!(
            preview(&base, &request, &fonts).unwrap(),
            here.preview(&base),
            "{name}: the preview is what will be signed"
        );
        let value = ladder
            .signer
            .key
            .sign(algorithm, here.to_be_signed())
            .unwrap();
        let (here, there) = (
            here.complete(&value).unwrap(),
            there.complete(&value).unwrap(),
        );
        let chain = [ladder.issuing.certificate().clone()];
        let mut written = Vec::new();
        let length = there
            .clone()
            .embed_file(&on_disk, &chain, None, &mut written)
            .unwrap();
        assert_eq!(length as usize, written.len());
        assert_eq!(here.embed(&base, &chain, None).unwrap(), written, "{name}");
        let tail = there.embed_tail(&on_disk, &chain, None).unwrap();
        assert_eq!(tail, written[base.len()..], "{name}");
        let kept = kept.complete(&value).unwrap();
        assert_eq!(
            kept.embed_onto(held, &chain, None).unwrap(),
            written,
            "{name}"
        );

        let at = now().plus_seconds(5);
        let evidence = ladder.evidence(&[&ladder.stamps], at);
        let signed = FileSource::new(Cursor::new(written.clone())).unwrap();
        let tail = extend_lt_tail(&signed, &evidence, at).unwrap();
        let lasting = vanthu_signing::extend_lt(&written, &evidence, at).unwrap();
        assert_eq!(tail, lasting[written.len()..], "{name}");
        let request = DocTimestampRequest::at(at);
        assert_eq!(
            extend_lta_file(&signed, &evidence, &request).unwrap(),
            extend_lta(&written, &evidence, &request).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_base_that_changed_under_the_windows_gets_no_signature() {
    let ladder = Ladder::p256();
    let base = plain_pdf(0);
    let on_disk = FileSource::new(Cursor::new(base.clone())).unwrap();
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let prepared = prepare_file(
        &on_disk,
        &request,
        &ladder.signer.certificate,
        ladder.algorithm,
        &ladder.fonts(),
    )
    .unwrap();
    let value = ladder
        .signer
        .key
        .sign(ladder.algorithm, prepared.to_be_signed())
        .unwrap();
    let completed = prepared.complete(&value).unwrap();
    let mut other = base;
    other[30] ^= 1;
    let changed = FileSource::new(Cursor::new(other.clone())).unwrap();
    let mut written = Vec::new();
    let outcome = completed
        .clone()
        .embed_file(&changed, &[], None, &mut written);
    assert_eq!(outcome, Err(vanthu_signing::EmbedError::OtherDocument));
    assert_eq!(written, other, "the tail was not written");
    assert_eq!(
        completed.embed_onto(Held::new(other), &[], None),
        Err(vanthu_signing::EmbedError::OtherDocument)
    );
}

#[test]
fn a_letter_with_reserved_fields_is_the_same_through_windows() {
    let ladder = Ladder::p256();
    for (name, base, _) in bases::all() {
        let on_disk = FileSource::new(Cursor::new(base.clone())).unwrap();
        let request = leader_request();
        let certificate = &ladder.signer.certificate;
        let fonts = ladder.fonts();
        let here = prepare(&base, &request, certificate, ladder.algorithm, &fonts).unwrap();
        let there = prepare_file(&on_disk, &request, certificate, ladder.algorithm, &fonts);
        assert_eq!(here, there.unwrap(), "{name}");
        assert!(find(&here.to_bytes(), b"/ByteRange").is_some());
    }
}
