//! Attacks by their classes, made by our own code: each is refused, and called by its name.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use vanthu_signing::{Attack, Indication, Report};

use crate::both::validate;
use crate::world::{World, append, file_of, find, find_last, leader_request, plain_pdf};

static WORLD: LazyLock<World> = LazyLock::new(World::new);
static LETTER: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| WORLD.two_signatures(&plain_pdf(0)));

fn judge(file: &[u8]) -> Report {
    validate(file, &WORLD.input())
}

fn attacks(report: &Report) -> BTreeSet<Attack> {
    let of_signatures = report.signatures.iter().flat_map(|it| &it.attacks);
    of_signatures.chain(&report.attacks).copied().collect()
}

fn refused(file: &[u8], class: Attack, what: &str) {
    let report = judge(file);
    assert_ne!(report.indication, Indication::TotalPassed, "{what}");
    let named = attacks(&report);
    assert!(
        named.contains(&class),
        "{what}: {named:?} {:?}",
        report.problem
    );
}

/// The value of a key in the last signature: where it begins and ends.
fn value_of(file: &[u8], key: &str) -> (usize, usize, u8) {
    let at = find_last(file, key.as_bytes()).unwrap() + key.len();
    let open = file[at];
    let close = if open == b'[' { b']' } else { b'>' };
    let length = file[at..].iter().position(|byte| *byte == close).unwrap() + 1;
    (at, at + length, open)
}

/// Every way of taking a key away from under a verifier, in a file whose length stays the same.
fn mutations(file: &[u8], key: &str) -> Vec<(String, Vec<u8>)> {
    let (start, end, open) = value_of(file, key);
    let key_start = start - key.len();
    let room = end - start;
    let inside = String::from_utf8_lossy(&file[start + 1..end - 1]).into_owned();
    let numbers: Vec<&str> = inside.split(' ').collect();
    let values: Vec<(&str, String)> = if open == b'[' {
        let [a, b, c, d]: [&str; 4] = numbers.try_into().unwrap();
        vec![
            ("null", "null".to_owned()),
            ("empty", "[]".to_owned()),
            ("zeros", "[0 0 0 0]".to_owned()),
            ("negative", format!("[{a} -{b} {c} {d}]")),
            ("overflow", "[0 99999999999999999999 1 1]".to_owned()),
            ("reversed", format!("[{d} {c} {b} {a}]")),
            ("indirect", "1 0 R".to_owned()),
        ]
    } else {
        let digits = inside.len() - 2;
        let reversed: String = inside.chars().rev().collect();
        vec![
            ("null", "null".to_owned()),
            ("empty", "<>".to_owned()),
            ("zeros", format!("<{}>", "0".repeat(inside.len()))),
            ("negative", "-1".to_owned()),
            ("overflow", "99999999999999999999".to_owned()),
            ("reversed", format!("<{reversed}>")),
            ("indirect", "1 0 R".to_owned()),
            ("shorter", format!("<{}>", &inside[..digits])),
        ]
    };
    let mut out = Vec::new();
    let mut put = |what: &str, from: usize, text: &str| {
        let mut copy = file.to_vec();
        let room = end - from;
        if text.len() <= room {
            let padded = format!("{text:<room$}");
            copy[from..end].copy_from_slice(padded.as_bytes());
            out.push((format!("{key}{what}"), copy));
        }
    };
    put("key gone", key_start, "");
    put("value gone", start, "");
    for (what, text) in &values {
        put(what, start, text);
    }
    // Twice: the second one where padding leaves room, by shortening the value.
    let mut doubled = file[..key_start].to_vec();
    doubled.extend_from_slice(format!("{key}[0 1 2 3] ").as_bytes());
    doubled.extend_from_slice(&file[key_start..]);
    out.push((format!("{key}doubled"), doubled));
    assert!(room > 4 && out.len() >= 7, "{key} {}", out.len());
    out
}

#[test]
fn universal_signature_forgeries_are_refused_whatever_is_deformed() {
    let (one, two) = &*LETTER;
    let mut count = 0;
    let mut named = 0;
    for file in [one, two] {
        for key in ["/ByteRange ", "/Contents "] {
            for (what, forged) in mutations(file, key) {
                let report = judge(&forged);
                assert_ne!(report.indication, Indication::TotalPassed, "{what}");
                named += usize::from(!attacks(&report).is_empty() || report.problem.is_some());
                count += 1;
            }
        }
    }
    assert!(count >= 30 && named * 10 >= count * 9, "{named} of {count}");
}

#[test]
fn a_signed_object_overwritten_is_called_replaced_or_hidden() {
    // A letter whose page shows a picture over its text.
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /Che 5 0 R >> /Font << /F 6 0 R >> >> >>".to_owned(),
        "<< /Length 7 >>\nstream\n/Che Do\nendstream".to_owned(),
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 1 >>\nstream\nq\nendstream".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ]);
    let mut request = leader_request();
    request.reserve.clear();
    request.reserve_signatures.clear();
    let signed = WORLD.sign(&base, &request, &WORLD.leader);
    assert_eq!(judge(&signed).indication, Indication::TotalPassed);
    let cases = [
        (Attack::ShadowHide, 5, "<< >>"),
        (Attack::ShadowHide, 5, "null"),
        (Attack::ShadowHide, 5, "<< /Type /Metadata /Subtype /XML >>"),
        (
            Attack::ShadowReplace,
            5,
            "<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Length 1 >>\nstream\nQ\nendstream",
        ),
        (
            Attack::ShadowReplace,
            6,
            "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>",
        ),
        (
            Attack::IncrementalSaving,
            4,
            "<< /Length 1 >>\nstream\nq\nendstream",
        ),
    ];
    for (class, number, body) in cases {
        refused(
            &append(&signed, &[(number, body.to_owned())], ""),
            class,
            body,
        );
    }
    // The old offset of another object, signed unseen, brought forward by a cross-reference alone.
    let hidden = find(&signed, b"6 0 obj").unwrap();
    let mut file = signed.clone();
    let previous = crate::world::last_startxref(&signed);
    let start = file.len();
    let size = 60;
    file.extend_from_slice(
        format!("xref\n5 1\n{hidden:010} 00000 n \ntrailer\n<< /Size {size} /Root 1 0 R /Prev {previous} >>\nstartxref\n{start}\n%%EOF\n")
            .as_bytes(),
    );
    refused(&file, Attack::ShadowHideAndReplace, "cross-reference alone");
    let at = find_last(&signed, b"/AcroForm ").unwrap();
    let length = find(&signed[at..], b" R").unwrap() + 2;
    let form = String::from_utf8_lossy(&signed[at..at + length]);
    let script = format!(
        "<< /Type /Catalog /Pages 2 0 R {form} /OpenAction << /S /JavaScript /JS (x) >> >>"
    );
    refused(
        &append(&signed, &[(1, script.clone())], ""),
        Attack::EmbeddedScript,
        &script,
    );
    // Without its form the document has lost its signature, whatever else was done.
    let bare = "<< /Type /Catalog /Pages 2 0 R >>".to_owned();
    refused(
        &append(&signed, &[(1, bare)], ""),
        Attack::SignatureRemoved,
        "no form",
    );
}

#[test]
fn games_with_range_and_place_are_called_by_their_names() {
    let file = &LETTER.1;
    let (start, end, _) = value_of(file, "/ByteRange ");
    let inside = String::from_utf8(file[start + 1..end - 1].to_vec()).unwrap();
    let numbers: Vec<usize> = inside.split(' ').map(|it| it.parse().unwrap()).collect();
    let put = |text: String| {
        let mut copy = file.clone();
        let room = end - start;
        let padded = format!("{text:<room$}");
        copy[start..end].copy_from_slice(&padded.as_bytes()[..room]);
        copy
    };
    let [_, b, c, d] = numbers.as_slice() else {
        panic!("four numbers")
    };
    refused(
        &put(format!("[1 {b} {c} {d}]")),
        Attack::ByteRangeGame,
        "not from the start",
    );
    refused(
        &put(format!("[0 {} {c} {d}]", b - 9)),
        Attack::SignatureWrapping,
        "wider gap",
    );
    let mut behind = file.clone();
    behind.extend_from_slice(b"\n% behind\n");
    refused(&behind, Attack::ContentOutside, "bytes behind the end");
    let (one, _) = &*LETTER;
    let annotated = "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> /Annots [400 0 R] >>";
    let note = "<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 500] /Contents (x) >>";
    let report = judge(&append(
        one,
        &[(3, annotated.to_owned()), (400, note.to_owned())],
        "",
    ));
    assert_eq!(report.indication, Indication::TotalFailed);
    assert!(!attacks(&report).is_empty());
}
