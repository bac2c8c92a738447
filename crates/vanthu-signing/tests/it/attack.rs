//! Attacks on a sealed letter: everything must be refused.

use std::sync::LazyLock;

use crate::both::{inspect, validate};
use crate::world::{World, append, file_of, find, find_last, leader_request, plain_pdf};
use proptest::prelude::*;
use vanthu_signing::{ChangeKind, FindingCode, Indication, Report};

static WORLD: LazyLock<World> = LazyLock::new(World::new);
static LETTER: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| WORLD.two_signatures(&plain_pdf(0)));

fn judge(file: &[u8]) -> Report {
    validate(file, &WORLD.input())
}

fn replaced(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = find_last(file, from.as_bytes()).unwrap();
    let mut out = file[..at].to_vec();
    out.extend_from_slice(to.as_bytes());
    out.extend_from_slice(&file[at + from.len()..]);
    out
}

/// Proves: TG-5.1
#[test]
fn every_single_changed_byte_is_noticed() {
    let (one, two) = &*LETTER;
    // Every byte of the signed parts but the signature values themselves, at a stride that shares no factor with
    // the structure.
    for position in (0..two.len()).step_by(331) {
        let in_gap = |file: &[u8]| {
            let start = find_last(&file[..file.len().min(two.len())], b"/Contents <").unwrap();
            (start..start + 50_000).contains(&position)
        };
        if in_gap(one) || in_gap(two) {
            continue;
        }
        let mut file = two.clone();
        file[position] ^= 0x01;
        assert_ne!(
            judge(&file).indication,
            Indication::TotalPassed,
            "byte {position}"
        );
    }
}

#[test]
fn a_page_content_replaced_after_signing_is_named() {
    for file in [&LETTER.0, &LETTER.1] {
        let content = "<< /Length 2 >>\nstream\nq \nendstream".to_owned();
        let attacked = append(file, &[(4, content)], "");
        let report = judge(&attacked);
        assert_eq!(report.indication, Indication::TotalFailed);
        let change = report.signatures[0]
            .later
            .iter()
            .flat_map(|it| &it.changes)
            .find(|change| !change.permitted);
        let change = change.unwrap();
        assert_eq!(
            (&change.kind, change.page, change.object),
            (&ChangeKind::PageContent, Some(0), Some(4))
        );
        assert!(!report.platform.unwrap().satisfied);
    }
}

/// Proves: TG-5.1, TG-8.1a
#[test]
fn incremental_attacks_are_refused() {
    let page = |extra: &str| {
        format!(
            "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> {extra} >>"
        )
    };
    let attacks: [(&str, Vec<(u32, String)>); 6] = [
        ("page dictionary", vec![(3, page("/Rotate 90"))]),
        (
            "annotation over the text",
            vec![
                (3, page("/Annots [400 0 R]")),
                (
                    400,
                    "<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 500] /Contents (x) >>"
                        .to_owned(),
                ),
            ],
        ),
        (
            "pages exchanged",
            vec![
                (
                    2,
                    "<< /Type /Pages /Kids [401 0 R] /Count 1 /MediaBox [0 0 9 9] >>".to_owned(),
                ),
                (401, page("")),
            ],
        ),
        (
            "font exchanged",
            vec![(
                5,
                "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>".to_owned(),
            )],
        ),
        (
            "catalogue with a script",
            vec![(
                1,
                "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>"
                    .to_owned(),
            )],
        ),
        (
            "catalogue without the form",
            vec![(1, "<< /Type /Catalog /Pages 2 0 R >>".to_owned())],
        ),
    ];
    for (what, objects) in attacks {
        for file in [&LETTER.0, &LETTER.1] {
            let report = judge(&append(file, &objects, ""));
            assert_ne!(report.indication, Indication::TotalPassed, "{what}");
            assert!(
                !report.platform.is_some_and(|platform| platform.satisfied),
                "{what}"
            );
        }
    }
}

#[test]
fn a_number_changed_after_the_seal_is_refused() {
    let two = &LETTER.1;
    let facts = inspect(two).unwrap();
    assert!(facts.fields.iter().any(|field| field.name == "So"));
    // The number's field, written again with another value.
    let at = find_last(two, b"/V (152)").unwrap();
    let start = find_last(&two[..at], b" 0 obj\n").unwrap();
    let number_start = find_last(&two[..start], b"\n").unwrap() + 1;
    let number: u32 = std::str::from_utf8(&two[number_start..start])
        .unwrap()
        .parse()
        .unwrap();
    let end = at + find(&two[at..], b"\nendobj").unwrap();
    let body = String::from_utf8_lossy(&two[start + 7..end]).replace("(152)", "(999)");
    let report = judge(&append(two, &[(number, body)], ""));
    assert_eq!(report.indication, Indication::TotalFailed);
    let agency = report.signature("ConDau").unwrap();
    assert!(!agency.changes_permitted);
}

#[test]
fn bytes_behind_the_end_are_refused() {
    let mut file = LETTER.1.clone();
    file.extend_from_slice(b"\n% a comment behind\n");
    let report = judge(&file);
    assert_eq!(report.indication, Indication::TotalFailed);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::TrailingBytes)
    );
}

#[test]
fn a_revision_that_skips_the_signed_one_is_refused() {
    let two = &LETTER.1;
    let first = crate::world::last_startxref(&plain_pdf(0));
    let mut file = two.clone();
    let start = file.len();
    file.extend_from_slice(
        format!("xref\n0 0\ntrailer\n<< /Size 90 /Root 1 0 R /Prev {first} >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    let report = judge(&file);
    assert_ne!(report.indication, Indication::TotalPassed);
    assert!(!report.platform.unwrap().satisfied);
}

/// The universal signature forgeries of 2019, each way of emptying what a verifier looks at.
#[test]
fn universal_signature_forgeries_are_refused() {
    let file = &LETTER.1;
    let at = find_last(file, b"/ByteRange [").unwrap();
    let range_end = at + find(&file[at..], b"]").unwrap() + 1;
    let range = String::from_utf8(file[at + 11..range_end].to_vec()).unwrap();
    let numbers: Vec<String> = range
        .trim_matches(['[', ']'])
        .split(' ')
        .map(str::to_owned)
        .collect();
    let [_, a, b, c] = numbers.as_slice() else {
        panic!("four numbers")
    };
    let ranges = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "[0 0 0 0]".to_owned(),
        format!("[0 {a} {b} -{c}]"),
        format!("[0 -{a} {b} {c}]"),
        format!("[0 {a} {b} 99999999999999999999]"),
        format!("[{c} {b} {a} 0]"),
        format!("[0 {a} {b}]"),
        format!("[0 {a} {b} {c} 0 0]"),
        format!("[0 {b} {a} {c}]"),
        format!("[1 {a} {b} {c}]"),
        format!("[0 {a} {b} {c}] /ByteRange [0 1 2 3]"),
        "1 0 R".to_owned(),
    ];
    for forged in ranges {
        let room = range.len() + 40;
        let mut out = file[..at].to_vec();
        out.extend_from_slice(format!("/ByteRange {forged:<room$}").as_bytes());
        out.extend_from_slice(&file[range_end..]);
        assert_ne!(judge(&out).indication, Indication::TotalPassed, "{forged}");
        let mut kept = file[..at].to_vec();
        let text = format!("/ByteRange {forged}");
        kept.extend_from_slice(text.as_bytes());
        let used = kept.len();
        if used <= range_end {
            kept.resize(range_end, b' ');
            kept.extend_from_slice(&file[range_end..]);
            assert_ne!(judge(&kept).indication, Indication::TotalPassed, "{forged}");
        }
    }
    for (from, to) in [
        ("/ByteRange [", "/ByteRangf ["),
        ("/Contents <", "/Contentz <"),
        (
            "/SubFilter /ETSI.CAdES.detached",
            "/SubFilter /ETSI.CAdES.detacheX",
        ),
        (
            "/SubFilter /ETSI.CAdES.detached",
            "/SubFilter /ETSI.RFC3161       ",
        ),
    ] {
        assert_ne!(
            judge(&replaced(file, from, to)).indication,
            Indication::TotalPassed,
            "{to}"
        );
    }
    let contents = find_last(file, b"/Contents <").unwrap() + 10;
    let contents_end = contents + find(&file[contents..], b">").unwrap() + 1;
    for value in ["<>", "null", "<00>", "()", "1 0 R", "<0000000000>"] {
        let mut out = file.clone();
        out[contents..contents_end].fill(b' ');
        out[contents..contents + value.len()].copy_from_slice(value.as_bytes());
        assert_ne!(judge(&out).indication, Indication::TotalPassed, "{value}");
    }
    let mut zeros = file.clone();
    zeros[contents + 1..contents_end - 1].fill(b'0');
    assert_ne!(judge(&zeros).indication, Indication::TotalPassed);
    let mut hidden = file.clone();
    hidden[contents_end - 3] = b'1';
    assert_ne!(
        judge(&hidden).indication,
        Indication::TotalPassed,
        "bytes hidden in the padding"
    );
}

#[test]
fn a_signature_taken_out_again_is_noticed() {
    let (one, _) = &*LETTER;
    let at = find_last(one, b"/AcroForm ").unwrap();
    let form: u32 = std::str::from_utf8(&one[at + 10..])
        .unwrap_or_else(|error| {
            std::str::from_utf8(&one[at + 10..at + 10 + error.valid_up_to()]).unwrap()
        })
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let report = judge(&append(
        one,
        &[(form, "<< /Fields [] /SigFlags 3 >>".to_owned())],
        "",
    ));
    assert_eq!(report.indication, Indication::TotalFailed);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::SignatureRemoved)
    );
}

#[test]
fn a_widget_that_is_also_a_resource_cannot_be_filled() {
    // Field 6 is at the same time the page's table of pictures: its appearance key names one of them.
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject 6 0 R >> /Annots [6 0 R] >>".to_owned(),
        "<< /Length 5 >>\nstream\n/V Do\nendstream".to_owned(),
        "<< /Length 0 /Type /XObject /Subtype /Form /BBox [0 0 9 9] >>\nstream\n\nendstream".to_owned(),
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Bay) /Rect [0 0 9 9] /P 3 0 R /V 5 0 R >>".to_owned(),
    ]);
    let mut request = leader_request();
    request.reserve.clear();
    request.reserve_signatures.clear();
    let one = WORLD.sign(&base, &request, &WORLD.leader);
    assert_eq!(judge(&one).indication, Indication::TotalPassed);
    let trap =
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Bay) /Rect [0 0 9 9] /P 3 0 R /V 400 0 R >>";
    let picture =
        "<< /Length 1 /Type /XObject /Subtype /Form /BBox [0 0 9 9] >>\nstream\nq\nendstream";
    let report = judge(&append(
        &one,
        &[(6, trap.to_owned()), (400, picture.to_owned())],
        "",
    ));
    assert_eq!(report.indication, Indication::TotalFailed, "{report:#?}");
}

/// Whether two files of one length differ only between the angle brackets of the last signature.
fn differ_in_last_value_only(file: &[u8], other: &[u8]) -> bool {
    let key = b"/Contents <";
    let Some(start) = file.windows(key.len()).rposition(|window| window == key) else {
        return false;
    };
    let start = start + key.len();
    let Some(length) = file[start..].iter().position(|byte| *byte == b'>') else {
        return false;
    };
    let same = |range: std::ops::Range<usize>| file[range.clone()] == other[range];
    file.len() == other.len() && same(0..start) && same(start + length..file.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn damaged_files_never_panic_and_never_pass(
        position in 0.0..1.0_f64,
        bytes in proptest::collection::vec(any::<u8>(), 1..12),
        cut in any::<bool>(),
    ) {
        let file = &LETTER.1;
        let at = (position * file.len() as f64) as usize;
        let mut damaged = file.clone();
        if cut {
            damaged.truncate(at);
        } else {
            let end = (at + bytes.len()).min(damaged.len());
            damaged.splice(at..end, bytes);
        }
        let _ = inspect(&damaged);
        let report = judge(&damaged);
        // Digits of a signature value may be of either case; and what stands in the last signature's
        // own value without being signed (RFC 5652, section 5.4: version, further certificates,
        // unsigned attributes) may be damaged without harm to what is.
        let untouched = damaged.eq_ignore_ascii_case(file) || differ_in_last_value_only(file, &damaged);
        prop_assert!(untouched || report.signatures.len() < 2 || report.indication != Indication::TotalPassed);
    }

    #[test]
    fn noise_with_a_header_never_panics(noise in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut file = b"%PDF-1.7\n".to_vec();
        file.extend_from_slice(&noise);
        file.extend_from_slice(b"\nstartxref\n9\n%%EOF\n");
        let _ = inspect(&file);
        let _ = judge(&file);
    }
}
