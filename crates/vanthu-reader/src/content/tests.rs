use std::fmt::Write as _;

use super::*;

/// A PDF of one page with this content; objects from 5 on are added.
fn pdf(page: &str, content: &str, more: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R {page} /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /TrueType /BaseFont /TimesNewRomanPS-BoldMT >> >> /XObject << /X 5 0 R >> >> >>"
        ),
        stream("", content),
    ];
    objects.extend(more.iter().map(|it| (*it).to_owned()));
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        write!(pdf, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
    }
    let start = pdf.len();
    write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).unwrap();
    for offset in &offsets {
        writeln!(pdf, "{offset:010} 00000 n ").unwrap();
    }
    write!(
        pdf,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
        offsets.len() + 1
    )
    .unwrap();
    pdf.into_bytes()
}

fn stream(entries: &str, content: &str) -> String {
    format!(
        "<< {entries} /Length {} >>\nstream\n{content}\nendstream",
        content.len()
    )
}

fn read(pdf: &[u8]) -> PageContent {
    let mut pages = read_content(pdf, ReadBounds::default()).unwrap();
    assert_eq!(pages.len(), 1);
    pages.remove(0)
}

const A4: &str = "/MediaBox [0 0 595 842]";

#[test]
fn words_have_size_colour_and_place() {
    let page = read(&pdf(
        A4,
        "BT 0 0 1 rg /F 13 Tf 100 700 Td (So: 12/UBND) Tj ET",
        &[],
    ));
    let line = &page.lines[0];
    assert_eq!(line.text(), "So: 12/UBND");
    let piece = &line.pieces[1];
    assert_eq!(piece.text, "12/UBND");
    assert!((piece.size - 13.0).abs() < 0.01 && (piece.baseline - 700.0).abs() < 0.01);
    assert_eq!(piece.colour, [0, 0, 255]);
    assert!(!piece.invisible && !piece.glued);
    assert!(piece.rect.x0 > 115.0 && piece.rect.x1 < 180.0);
}

#[test]
fn a_word_in_odd_runs_is_one_word() {
    let page = read(&pdf(
        A4,
        "BT /F 14 Tf 100 700 Td (C) Tj (ong) Tj [(h) 3 (o) -2 (a)] TJ ( xa) Tj ET",
        &[],
    ));
    assert_eq!(page.lines[0].text(), "Conghoa xa");
}

#[test]
fn lines_frames_and_pictures_are_told_apart() {
    let picture = "<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>\nstream\n0000\nendstream";
    let page = read(&pdf(
        A4,
        "0.7 w 100 500 m 180 500 l S 100 480 80 0.5 re f 1 0 0 RG 100 400 57 22.7 re S q 200 0 0 100 50 60 cm /X Do Q 0 g 0 0 300 300 re f",
        &[picture],
    ));
    let shapes: Vec<_> = page.strokes.iter().map(|it| it.shape).collect();
    assert_eq!(
        shapes,
        [
            StrokeShape::Horizontal,
            StrokeShape::Horizontal,
            StrokeShape::Frame
        ]
    );
    assert_eq!(page.strokes[2].colour, [255, 0, 0]);
    assert!((page.pictures[0].width() - 200.0).abs() < 0.1);
    assert!((page.pictures[0].y0 - 60.0).abs() < 0.1);
}

#[test]
fn a_turned_page_is_read_as_it_is_seen() {
    let page = read(&pdf(
        "/MediaBox [0 0 595 842] /Rotate 90",
        "BT /F 12 Tf 0 1 -1 0 100 50 Tm (ngang) Tj ET",
        &[],
    ));
    assert!(page.width > page.height);
    assert_eq!(page.lines[0].text(), "ngang");
    assert!((page.lines[0].pieces[0].rect.x0 - 50.0).abs() < 0.5);
    assert!((page.lines[0].pieces[0].baseline - 495.0).abs() < 0.5);
}

#[test]
fn a_page_that_draws_itself_over_and_over_ends() {
    let deep: Vec<String> = (0..30)
        .map(|at| {
            let next = format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {} 0 R >> >>",
                at + 6
            );
            stream(&next, "/X Do /X Do")
        })
        .collect();
    let deep: Vec<&str> = deep.iter().map(String::as_str).collect();
    let page = read(&pdf(A4, "/X Do", &deep));
    assert!(page.cut_short);
}

#[test]
fn no_more_letters_than_asked_for_are_kept() {
    let bounds = ReadBounds {
        letters_a_page: 5,
        ..ReadBounds::default()
    };
    let file = pdf(A4, "BT /F 12 Tf 50 50 Td (abcdefghij) Tj ET", &[]);
    let page = read_content(&file, bounds).unwrap().remove(0);
    assert_eq!(page.text(), "abcde\n");
    assert!(page.cut_short);
}

#[test]
fn hostile_bytes_are_an_error_or_a_page() {
    for bytes in [&b""[..], b"%PDF-1.7", &[0xff; 4000]] {
        assert!(read_content(bytes, ReadBounds::default()).is_err());
    }
    let far = format!("1{}", "0".repeat(37));
    let far = format!("BT /F {far} Tf {far} {far} Td (a) Tj ET {far} 0 m 0 {far} l S");
    let whole = pdf(A4, &far, &[]);
    for end in (0..whole.len()).step_by(37) {
        // Whatever comes back, it comes back.
        drop(read_content(&whole[..end], ReadBounds::default()));
    }
    assert!(read(&whole).lines.is_empty());
}
