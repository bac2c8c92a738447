//! Files that another program signs whole: laid out, compared, time-stamped.

use vanthu_pki::tsp;
use vanthu_signing::{
    ChangeKind, ChangeLevel, DocMdp, EmbedError, FilledField, Layout, SignatureRequest,
    TimestampTrust, Unstamped, changes_behind, inspect, is_extension, lay_out, prepare, validate,
};

use crate::world::{Signer, World, append, leader_request, now, place, plain_pdf, seal_request};

/// Signs as a program of its own does: in a field that it makes, with nothing of ours, and without a time-stamp.
fn sign_elsewhere(
    world: &World,
    base: &[u8],
    field: &str,
    signer: &Signer,
    certify: Option<DocMdp>,
) -> Vec<u8> {
    let request = SignatureRequest {
        field_name: field.to_owned(),
        place: Some(place(330.0, 200.0, 480.0, 260.0)),
        at: now(),
        certify,
        ..SignatureRequest::default()
    };
    let algorithm = World::algorithm(signer);
    let fonts = world.fonts();
    let prepared = prepare(base, &request, &signer.certificate, algorithm, &fonts).unwrap();
    let value = signer.key.sign(algorithm, prepared.to_be_signed()).unwrap();
    let chain = [world.issuing.certificate().clone()];
    prepared
        .complete(&value)
        .unwrap()
        .embed(base, &chain, None)
        .unwrap()
}

fn laid_out(world: &World) -> Vec<u8> {
    let ours = leader_request();
    let layout = Layout {
        reserve: ours.reserve,
        reserve_signatures: ours.reserve_signatures,
        fill: Vec::new(),
    };
    lay_out(&plain_pdf(0), &layout, &world.fonts()).unwrap()
}

fn filled(world: &World, signed: &[u8]) -> Vec<u8> {
    let layout = Layout {
        fill: seal_request().fill,
        ..Layout::default()
    };
    lay_out(signed, &layout, &world.fonts()).unwrap()
}

/// Proves: AG-13.2, TG-5.1
#[test]
fn a_file_that_was_laid_out_is_signed_elsewhere_and_sealed_in_its_place() {
    let world = World::new();
    let given = laid_out(&world);
    assert!(is_extension(&plain_pdf(0), &given));
    let facts = inspect(&given).unwrap();
    assert!(facts.signatures.is_empty() && facts.fields.len() == 3);
    for certify in [None, Some(DocMdp::FormFilling)] {
        let signed = sign_elsewhere(&world, &given, "Signature1", &world.leader, certify);
        let changes = changes_behind(&signed, given.len()).unwrap();
        assert!(changes.iter().all(|it| it.permitted), "{changes:#?}");
        assert!(changes.iter().any(
            |it| matches!(&it.kind, ChangeKind::SignatureFieldAdded { field } if field == "Signature1")
        ));
        let ready = filled(&world, &signed);
        let sealed = sign_elsewhere(&world, &ready, "ConDau", &world.agency, None);
        let report = validate(&sealed, &world.input());
        assert!(report.is_passed(), "{report:#?}");
        let verdict = report.platform.unwrap();
        assert!(verdict.satisfied, "{:?}", verdict.violations);
        if certify.is_some() {
            continue;
        }
        // A seal in a field of its own is more than the platform permits.
        let other = sign_elsewhere(&world, &ready, "Signature2", &world.agency, None);
        let report = validate(&other, &world.input());
        assert!(!report.platform.unwrap().satisfied);
    }
    // So is a plain file, which has no form yet: an attached one.
    let plain = plain_pdf(0);
    for certify in [None, Some(DocMdp::FormFilling)] {
        let signed = sign_elsewhere(&world, &plain, "Signature1", &world.agency, certify);
        let changes = changes_behind(&signed, plain.len()).unwrap();
        assert!(changes.iter().all(|it| it.permitted), "{changes:#?}");
    }
    // Nothing to write is the file itself.
    let same = lay_out(&given, &Layout::default(), &world.fonts()).unwrap();
    assert_eq!(same, given);
}

/// Proves: TG-5.1
#[test]
fn what_else_a_program_did_is_found() {
    let world = World::new();
    let given = laid_out(&world);
    let note = "<< /Type /Annot /Subtype /FreeText /Rect [9 9 99 99] /Contents (hay) >>";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [90 0 R] >>";
    let objects = [(3, page.to_owned()), (90, note.to_owned())];
    let meddled = append(&given, &objects, "");
    let signed = sign_elsewhere(&world, &meddled, "Signature1", &world.leader, None);
    let changes = changes_behind(&signed, given.len()).unwrap();
    assert!(
        changes
            .iter()
            .any(|it| !it.permitted && it.level == ChangeLevel::Other),
        "{changes:#?}"
    );
    // Filling a field that was reserved for somebody else is told as what it is.
    let layout = Layout {
        fill: vec![FilledField {
            name: "So".to_owned(),
            value: "9".to_owned(),
        }],
        ..Layout::default()
    };
    let meddled = lay_out(&given, &layout, &world.fonts()).unwrap();
    let changes = changes_behind(&meddled, given.len()).unwrap();
    assert!(
        changes
            .iter()
            .any(|it| matches!(&it.kind, ChangeKind::FormFill { field } if field == "So"))
    );
    assert!(changes_behind(&given, given.len() + 1).is_err());
    assert!(changes_behind(b"no file at all", 3).is_err());
}

#[test]
fn a_signature_of_another_program_gets_its_time_stamp_in_the_room_it_left() {
    let world = World::new();
    let given = laid_out(&world);
    let signed = sign_elsewhere(&world, &given, "Signature1", &world.leader, None);
    assert!(Unstamped::find(&signed, "Signature2").is_none());
    let unstamped = Unstamped::find(&signed, "Signature1").unwrap();
    let asked = tsp::parse_request(&tsp::request(&unstamped.imprint(), Some(7))).unwrap();
    let token = world.stamps.token(&asked, now(), 3).unwrap();
    let trust = TimestampTrust {
        anchors: vec![world.root.certificate().clone()],
        intermediates: vec![world.issuing.certificate().clone()],
        nonce: Some(7),
        ..TimestampTrust::default()
    };
    let stamped = unstamped.embed(&signed, &token, &trust).unwrap();
    assert_eq!(stamped.len(), signed.len());
    let report = validate(&stamped, &world.input());
    assert!(report.is_passed(), "{report:#?}");
    assert_eq!(report.signatures[0].timestamp.as_ref().unwrap().time, now());
    assert!(Unstamped::find(&stamped, "Signature1").is_none());
    // A token over something else is not put in.
    let other = tsp::parse_request(&tsp::request(&[1; 32], Some(7))).unwrap();
    let token = world.stamps.token(&other, now(), 4).unwrap();
    let met = unstamped.embed(&signed, &token, &trust);
    assert!(matches!(met, Err(EmbedError::BadTimestamp { .. })));
}
