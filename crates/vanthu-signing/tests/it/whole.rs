//! What later revisions do to a file as a whole: annotations where they are permitted, trailers, scripts, numbers of
//! revisions; and what a field or a key asks of a signature.

use vanthu_pki::SignatureAlgorithm;
use vanthu_pki::authority::{Endpoints, PersonSubject, Validity};
use vanthu_signing::{
    Attack, ChangeLevel, ConstraintId, DetachedRequest, DocMdp, FindingCode, Indication, Level,
    PrepareError, Severity, SignatureRequest, prepare, prepare_detached, validate,
};

use crate::later::{
    SQUARE, WORLD, assert_permitted, assert_refused, body, judge, lockable_with, signed, with_field,
};
use crate::world::{
    World, append, day, file_of, find_last, leader_request, now, plain_pdf, seal_request,
};

const NOTE: &str = "<< /Type /Annot /Subtype /FreeText /Rect [50 50 90 90] /Contents (y kien) /DA (/Helv 9 Tf) /F 4 /AP << /N 402 0 R >> >>";
const LOOK: &str =
    "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 7 >>\nstream\n0 0 m S\nendstream";

#[test]
fn annotations_come_change_and_go_where_the_certification_says_so() {
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R 5 0 R] >>".to_owned(),
        "<< /Type /Annot /Subtype /Text /Rect [5 5 9 9] /Contents (cu) /P 3 0 R >>".to_owned(),
        "<< /Type /Annot /Subtype /Link /Rect [5 5 9 9] /Dest [3 0 R /Fit] >>".to_owned(),
    ]);
    let page = |file: &[u8], from: &str, to: &str| {
        let page = body(file, 3);
        let changed = page.replacen(from, to, 1);
        assert_ne!(page, changed, "{from}");
        changed
    };
    for certify in [None, Some(DocMdp::FormFilling), Some(DocMdp::Annotations)] {
        let file = signed(&base, certify);
        let added = page(&file, "[4 0 R", "[401 0 R 4 0 R");
        let gone = page(&file, "4 0 R ", "");
        let old = body(&file, 4);
        let honest: [(&str, Vec<(u32, String)>); 3] = [
            (
                "added",
                vec![(3, added), (401, NOTE.to_owned()), (402, LOOK.to_owned())],
            ),
            ("changed", vec![(4, old.replace("(cu)", "(moi)"))]),
            ("removed", vec![(3, gone)]),
        ];
        for (what, objects) in honest {
            let later = append(&file, &objects, "");
            if certify == Some(DocMdp::Annotations) {
                assert_permitted(&later, ChangeLevel::Annotations, what);
            } else {
                let report = assert_refused(&later, what);
                assert_eq!(report.signatures[0].change_level, ChangeLevel::Other);
            }
        }
    }
    let file = signed(&base, Some(DocMdp::Annotations));
    let with = |note: &str| {
        let page = page(&file, "[4 0 R", "[401 0 R 4 0 R");
        append(
            &file,
            &[(3, page), (401, note.to_owned()), (402, LOOK.to_owned())],
            "",
        )
    };
    let script = "/A << /S /JavaScript /JS (1) >>";
    for note in [
        NOTE.replace("/FreeText", "/Link"),
        NOTE.replace("/FreeText", "/Widget"),
        NOTE.replace("/FreeText", "/FileAttachment"),
        NOTE.replace("/F 4", script),
        NOTE.replace("/F 4", "/AA << >>"),
        NOTE.replace("/F 4", "/FT /Tx"),
    ] {
        assert_refused(&with(&note), &note);
    }
    let others: [(&str, Vec<(u32, String)>); 4] = [
        ("the link gone", vec![(3, page(&file, " 5 0 R", ""))]),
        (
            "the note becomes a script",
            vec![(4, body(&file, 4).replace("/P 3 0 R", script))],
        ),
        (
            "the note becomes another",
            vec![(4, body(&file, 4).replace("/Text", "/Stamp"))],
        ),
        (
            "a direct note",
            vec![(3, page(&file, "[4 0 R", &format!("[{SQUARE} 4 0 R")))],
        ),
    ];
    for (what, objects) in others {
        assert_refused(&append(&file, &objects, ""), what);
    }
}

#[test]
fn entries_of_a_foreign_trailer_survive_our_revisions() {
    let mut base = plain_pdf(0);
    let at = find_last(&base, b"/Root").unwrap();
    let extra = b"/DocChecksum /6DBF5A5B5F26B1F5D7E0C8F8A2B9B9E2 ";
    base.splice(at..at, extra.iter().copied());
    let (one, two) = WORLD.two_signatures(&base);
    for file in [&one, &two] {
        let report = judge(file);
        assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    }
    // Somebody else's signature: the revision is written as others write it.
    let field = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (them) /Rect [0 0 0 0] /P 3 0 R >>";
    let foreign = with_field(&one, field, "400 0 R", &[]);
    let report = judge(&foreign);
    let changes = &report.signatures[0].later[0].changes;
    let dropped = changes.iter().any(|it| it.detail.contains("DocChecksum"));
    assert!(
        dropped,
        "a trailer that lost an entry is still noticed: {changes:#?}"
    );
}

#[test]
fn a_form_inside_the_catalogue_with_a_list_of_its_own_is_sealed_without_harm() {
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields 6 0 R /SigFlags 1 >> >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [5 0 R] >>".to_owned(),
        "null".to_owned(),
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy) /Rect [0 0 0 0] /P 3 0 R >>"
            .to_owned(),
        "[5 0 R]".to_owned(),
    ]);
    // The form is left as it is: the field exists already.
    let file = signed(&base, None);
    assert!(find_last(&file, b"/SigFlags 3").is_none());
    let mut seal = seal_request();
    seal.fill.clear();
    seal.place = leader_request().place;
    let sealed = WORLD.sign(&file, &seal, &WORLD.agency);
    let report = judge(&sealed);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
}

#[test]
fn a_file_that_acts_by_itself_is_refused_by_name() {
    let script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
    let file = |catalogue: &str, page: &str, note: &str| {
        file_of(&[
            format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
            format!("<< /Type /Page /Parent 2 0 R /Annots [4 0 R] {page} >>"),
            format!("<< /Type /Annot /Subtype /Link /Rect [5 5 9 9] {note} >>"),
            script.to_owned(),
            "/JavaScript".to_owned(),
            "<< /F (khac.pdf) /Length 0 >>\nstream\n\nendstream".to_owned(),
        ])
    };
    let cases = [
        file("/OpenAction 5 0 R", "", ""),
        file("/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", "", ""),
        file("", &format!("/AA << /O {script} >>"), ""),
        file("", "", "/A 5 0 R"),
        file("", "", "/A << /S /URI /URI (x) /Next [5 0 R] >>"),
        file("", "", "/A << /S 6 0 R /JS (1) >>"),
        file("", "", "/A << /S /Launch /F (cmd.exe) >>"),
        file("", "", "/A << /S /SubmitForm /F (https://x) >>"),
        file("", "/Contents 7 0 R", ""),
    ];
    let mut request = leader_request();
    request.reserve.clear();
    request.reserve_signatures.clear();
    for base in &cases {
        let signed = WORLD.sign(base, &request, &WORLD.leader);
        let report = judge(&signed);
        let what = String::from_utf8_lossy(base).into_owned();
        assert_eq!(report.indication, Indication::TotalFailed, "{what}");
        assert!(report.attacks.contains(&Attack::EmbeddedScript), "{what}");
        assert_eq!(
            report.findings[0].code,
            FindingCode::ActiveContent,
            "{what}"
        );
        // A policy that minds less.
        for (level, severity) in [
            (Level::Warn, Some(Severity::Warn)),
            (Level::Inform, Some(Severity::Inform)),
            (Level::Ignore, None),
        ] {
            let mut input = WORLD.input();
            input.platform = None;
            let constraints = &mut input.policy.constraints;
            constraints.insert(ConstraintId::NoActiveContent, level);
            let report = validate(&signed, &input);
            assert_eq!(report.indication, Indication::TotalPassed, "{what}");
            assert_eq!(report.findings.first().map(|it| it.severity), severity);
        }
    }
    // Views, links, and names that only look like actions.
    for base in [
        file("/OpenAction [3 0 R /Fit]", "", ""),
        file("", "", "/A << /S /URI /URI (https://x) >>"),
        file(
            "/StructTreeRoot << /K << /S /JavaScript /P 1 0 R >> >>",
            "",
            "",
        ),
        file("", "/Resources << /Font << /JS 4 0 R >> >>", ""),
    ] {
        let signed = WORLD.sign(&base, &request, &WORLD.leader);
        let report = judge(&signed);
        assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    }
}

#[test]
fn more_revisions_than_can_be_compared_are_a_finding_of_their_own() {
    let words = "chu ".repeat(150_000);
    let base = file_of(&[
        format!("<< /Type /Catalog /Pages 2 0 R /Du ({words}) >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R >>".to_owned(),
    ]);
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let mut file = WORLD.sign(&base, &request, &WORLD.leader);
    let few = judge(&append(&file, &[], ""));
    assert_eq!(few.indication, Indication::TotalPassed);
    for _ in 0..40 {
        file = append(&file, &[], "");
    }
    let report = judge(&file);
    assert_eq!(report.indication, Indication::TotalFailed);
    let first = &report.signatures[0];
    assert!(
        first
            .findings
            .iter()
            .any(|it| it.code == FindingCode::TooManyRevisions)
    );
    assert!(!first.changes_permitted && first.later.len() < 40);
}

#[test]
fn what_a_field_asks_of_its_signature_is_done_or_refused_by_name() {
    let base = |seed: &str| {
        let lock = "<< /Action /All >>";
        lockable_with(lock, &format!("/SV << {seed} >>"))
    };
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        reason: Some("Phê duyệt".to_owned()),
        ..SignatureRequest::default()
    };
    let algorithm = World::algorithm(&WORLD.leader);
    let asked = |seed: &str| {
        let certificate = &WORLD.leader.certificate;
        prepare(
            &base(seed),
            &request,
            certificate,
            algorithm,
            &WORLD.fonts(),
        )
        .map(|_| ())
    };
    for met in [
        "/Ff 0 /SubFilter [/adbe.x509.rsa_sha1]",
        "/Ff 1 /Filter /Adobe.PPKLite",
        "/Ff 2 /SubFilter [/adbe.pkcs7.detached /ETSI.CAdES.detached]",
        "/Ff 64 /DigestMethod [(SHA512) (SHA256)]",
        "/MDP << /P 0 >>",
        "/Cert << /Ff 0 >> /TimeStamp << /URL (https://x) >>",
    ] {
        assert_eq!(asked(met), Ok(()), "{met}");
    }
    for (seed, entry) in [
        ("/Ff 1 /Filter /Entrust.PPKEF", "Filter"),
        ("/Ff 2 /SubFilter [/adbe.pkcs7.sha1]", "SubFilter"),
        ("/Ff 4 /V 9", "V"),
        ("/Ff 8 /Reasons [(Khac)]", "Reasons"),
        ("/Ff 8 /Reasons [(.)]", "Reasons"),
        ("/Ff 16 /LegalAttestation [(x)]", "LegalAttestation"),
        ("/Ff 32 /AddRevInfo true", "AddRevInfo"),
        ("/Ff 64 /DigestMethod [(SHA512)]", "DigestMethod"),
        ("/Ff 128 /LockDocument /true", "LockDocument"),
        ("/Ff 256 /AppearanceFilter (x)", "AppearanceFilter"),
        ("/MDP << /P 2 >>", "MDP"),
        ("/Cert << /Ff 1 >>", "Cert"),
        ("/TimeStamp << /URL (https://x) /Ff 1 >>", "TimeStamp"),
    ] {
        let refused = PrepareError::SeedValue {
            field: "ChuKy".to_owned(),
            entry: entry.to_owned(),
        };
        assert_eq!(asked(seed), Err(refused), "{seed}");
    }
}

#[test]
fn nobody_signs_with_a_short_key() {
    let tagged = |tag: u8, content: &[u8]| {
        let mut out = vec![tag, 0x82];
        out.extend_from_slice(&(content.len() as u16).to_be_bytes());
        out.extend_from_slice(content);
        out
    };
    let spki = |bits: usize| {
        let mut modulus = vec![0];
        modulus.resize(bits / 8 + 1, 0xb5);
        let numbers = [tagged(2, &modulus), vec![2, 3, 1, 0, 1]].concat();
        let key = [vec![0], tagged(0x30, &numbers)].concat();
        let algorithm = [0x30, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];
        tagged(0x30, &[algorithm.to_vec(), tagged(3, &key)].concat())
    };
    let subject = PersonSubject {
        full_name: "Trần Thị Mẫu".to_owned(),
        ..PersonSubject::default()
    };
    let time = Validity {
        from: day(2025, 1, 1),
        to: day(2028, 1, 1),
    };
    let algorithm = SignatureAlgorithm::RsaPkcs1Sha256;
    for (bits, may) in [(1024, false), (2048, true)] {
        let certificate = WORLD
            .issuing
            .person(&subject, &spki(bits), time, 9, &Endpoints::default())
            .unwrap();
        let request = SignatureRequest {
            field_name: "ChuKy".to_owned(),
            at: now(),
            ..SignatureRequest::default()
        };
        let prepared = prepare(
            &plain_pdf(0),
            &request,
            &certificate,
            algorithm,
            &WORLD.fonts(),
        );
        assert_eq!(prepared.is_ok(), may, "{bits}");
        let request = DetachedRequest {
            at: now(),
            ..DetachedRequest::default()
        };
        let mut content: &[u8] = b"a";
        let detached = prepare_detached(&mut content, &request, &certificate, algorithm);
        assert_eq!(detached.is_ok(), may, "{bits}");
    }
}
