//! Reading: what a stranger's file is and holds, and what is refused.

use vanthu_signing::{ActiveContent, Indication, PdfProblem};

use crate::both::{inspect, validate};
use crate::world::{World, file_of, find_last, last_startxref, plain_pdf, stream_pdf};

fn with_catalogue(extra: &str, more: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {extra} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R >>".to_owned(),
    ];
    objects.extend(more.iter().map(|&object| object.to_owned()));
    file_of(&objects)
}

/// Proves: TG-8.1a
#[test]
fn active_content_is_named_wherever_it_hides() {
    use ActiveContent as A;
    let cases: [(&str, &[&str], &[ActiveContent]); 9] = [
        ("", &[], &[]),
        ("/OpenAction [3 0 R /Fit]", &[], &[]),
        (
            "/OpenAction 4 0 R",
            &["<< /S /JavaScript /JS (app.alert(1)) >>"],
            &[A::JavaScript, A::OpenAction],
        ),
        (
            "/AA << /WC 4 0 R >>",
            &["<< /S /GoTo /D [3 0 R /Fit] >>"],
            &[A::AdditionalActions],
        ),
        ("", &["<< /S /Launch /F (cmd.exe) >>"], &[A::Launch]),
        (
            "/Names << /EmbeddedFiles << /Names [] >> >>",
            &[],
            &[A::EmbeddedFiles],
        ),
        ("/AcroForm << /Fields [] /XFA [] >>", &[], &[A::Xfa]),
        (
            "",
            &["<< /Type /Annot /Subtype /RichMedia >>"],
            &[A::RichMedia],
        ),
        (
            "",
            &["[<< /S /SubmitForm /F (http://a.example) >>]"],
            &[A::SubmitForm],
        ),
    ];
    for (extra, more, expected) in cases {
        let facts = inspect(&with_catalogue(extra, more)).unwrap();
        assert_eq!(facts.active, expected, "{extra} {more:?}");
    }
}

#[test]
fn both_kinds_of_cross_reference_are_signed_in_their_own_kind() {
    let world = World::new();
    let base = stream_pdf();
    assert_eq!(inspect(&base).unwrap().pages.len(), 1);
    let (_, two) = world.two_signatures(&base);
    let start = last_startxref(&two);
    assert!(
        two[start..].starts_with(b"3") || two[start..start + 20].windows(3).any(|w| w == b"obj")
    );
    assert_eq!(
        validate(&two, &world.input()).indication,
        Indication::TotalPassed
    );
    let (_, two) = world.two_signatures(&plain_pdf(0));
    assert!(two[last_startxref(&two)..].starts_with(b"xref"));
}

#[test]
fn damaged_cross_references_are_named() {
    let file = plain_pdf(0);
    let start = last_startxref(&file);
    let moved =
        String::from_utf8_lossy(&file).replace(&format!("startxref\n{start}"), "startxref\n12");
    assert!(matches!(
        inspect(moved.as_bytes()),
        Err(PdfProblem::CrossReferenceDamaged { .. } | PdfProblem::NotPdf)
    ));
    let at = find_last(&file, b"startxref").unwrap();
    assert_eq!(inspect(&file[..at]), Err(PdfProblem::NoStartXref));
    assert_eq!(inspect(b"MZ this is a program"), Err(PdfProblem::NotPdf));
    let mut wrong_offset = file.clone();
    let entry = find_last(&wrong_offset, b" 00000 n\r\n").unwrap();
    wrong_offset[entry - 1] ^= 1;
    // The font is not needed to count pages, but whoever reads it must not get something else.
    assert!(inspect(&wrong_offset).is_ok());
    let mut circle = file.clone();
    let size = find_last(&circle, b"/Root 1 0 R").unwrap();
    let text = format!("/Root 1 0 R /Prev {start}");
    circle.splice(size..size + 11, text.bytes());
    assert!(matches!(
        inspect(&circle),
        Err(PdfProblem::CrossReferenceDamaged { .. })
    ));
}

#[test]
fn an_encrypted_file_is_refused() {
    let file = plain_pdf(0);
    let root = find_last(&file, b"/Root 1 0 R").unwrap();
    let mut encrypted = file.clone();
    encrypted.splice(
        root..root + 11,
        b"/Root 1 0 R /Encrypt 5 0 R".iter().copied(),
    );
    assert_eq!(inspect(&encrypted), Err(PdfProblem::Encrypted));
    let world = World::new();
    assert_eq!(
        validate(&encrypted, &world.input()).problem,
        Some(PdfProblem::Encrypted)
    );
}

#[test]
fn endless_trees_are_refused() {
    let circular = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [2 0 R] /Count 1 >>".to_owned(),
    ]);
    assert!(matches!(
        inspect(&circular),
        Err(PdfProblem::StructureDamaged { .. })
    ));
    let length = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Length 2 0 R >>\nstream\n\nendstream".to_owned(),
    ]);
    assert!(inspect(&length).is_err());
    let fields = with_catalogue(
        "/AcroForm << /Fields [4 0 R] >>",
        &["<< /T (a) /Kids [5 0 R] >>", "<< /T (b) /Kids [4 0 R] >>"],
    );
    assert!(matches!(
        inspect(&fields),
        Err(PdfProblem::StructureDamaged { .. })
    ));
}
