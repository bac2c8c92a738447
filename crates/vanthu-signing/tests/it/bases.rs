//! Unsigned files of every form: classic, cross-reference stream, hybrid, linearised.

use std::fmt::Write;

use crate::world::{plain_pdf, stream_pdf};

/// Each form with its name, and whether a revision behind it has a cross-reference stream.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>, bool)> {
    vec![
        ("classic", plain_pdf(0), false),
        ("stream", stream_pdf(), true),
        ("hybrid", hybrid_pdf(), false),
        ("linearised", linearised_pdf(), false),
    ]
}

fn object(out: &mut Vec<u8>, offsets: &mut Vec<(u32, usize)>, number: u32, body: &str) {
    offsets.push((number, out.len()));
    out.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
}

fn stream(extra: &str, content: &str) -> String {
    format!(
        "<< {extra} /Length {} >>\nstream\n{content}\nendstream",
        content.len()
    )
}

const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595.28 841.89] >>";
const PAGE: &str =
    "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>";
const TEXT: &str = "BT /F 12 Tf 72 760 Td (Cong hoa xa hoi chu nghia Viet Nam) Tj ET";

/// A table for old readers; the font stands in an object stream that only the hidden cross-reference stream tells of
/// (ISO 32000-2, 7.5.8.4).
pub(crate) fn hybrid_pdf() -> Vec<u8> {
    let mut out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut at = Vec::new();
    object(&mut out, &mut at, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    object(&mut out, &mut at, 2, PAGES);
    object(&mut out, &mut at, 3, PAGE);
    object(&mut out, &mut at, 4, &stream("", TEXT));
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>";
    let members = stream("/Type /ObjStm /N 1 /First 4", &format!("5 0 {font}"));
    object(&mut out, &mut at, 6, &members);
    let hidden = out.len();
    // Object 5 is the first in stream 6; 6 and 7 stand in the file.
    let stream_at = at[4].1;
    let mut rows: Vec<u8> = vec![2, 0, 6, 0];
    for offset in [stream_at, hidden] {
        rows.push(1);
        rows.extend_from_slice(&(offset as u16).to_be_bytes());
        rows.push(0);
    }
    let head = format!(
        "7 0 obj\n<< /Type /XRef /Size 8 /W [1 2 1] /Index [5 3] /Root 1 0 R /Length {} >>\nstream\n",
        rows.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(&rows);
    out.extend_from_slice(b"\nendstream\nendobj\n");
    let start = out.len();
    let mut table = String::from("xref\n0 8\n0000000000 65535 f\r\n");
    for (_, offset) in &at[..4] {
        let _ = write!(table, "{offset:010} 00000 n\r\n");
    }
    for _ in 5..8 {
        table.push_str("0000000000 65535 f\r\n");
    }
    let _ = write!(
        table,
        "trailer\n<< /Size 8 /Root 1 0 R /XRefStm {hidden} >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.extend_from_slice(table.as_bytes());
    out
}

/// The cross-reference of the first page in front, that of the rest behind; the last `startxref` names the first
/// (ISO 32000-2, F.3). Hint tables are left out: no reader needs them.
pub(crate) fn linearised_pdf() -> Vec<u8> {
    let build = |first: usize, main: usize, length: usize| {
        let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut front = Vec::new();
        let hint =
            format!("<< /Linearized 1 /L {length:010} /H [0 0] /O 3 /E 0 /N 1 /T {main:010} >>");
        object(&mut out, &mut front, 6, &hint);
        let first_at = out.len();
        // Filled below: the table has a fixed length.
        let table_len = "xref\n1 1\n".len() + 20 + "3 2\n".len() + 40 + "6 1\n".len() + 20;
        let trailer =
            format!("trailer\n<< /Size 7 /Root 1 0 R /Prev {main:010} >>\nstartxref\n0\n%%EOF\n");
        let body_at = first_at + table_len + trailer.len();
        let mut body = Vec::new();
        let mut at = Vec::new();
        object(&mut body, &mut at, 1, "<< /Type /Catalog /Pages 2 0 R >>");
        object(&mut body, &mut at, 3, PAGE);
        object(&mut body, &mut at, 4, &stream("", TEXT));
        object(&mut body, &mut at, 2, PAGES);
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>";
        object(&mut body, &mut at, 5, font);
        let row = |number: u32| {
            let (_, offset) = at.iter().find(|(known, _)| *known == number).unwrap();
            format!("{:010} 00000 n\r\n", body_at + offset)
        };
        let table = format!(
            "xref\n1 1\n{}3 2\n{}{}6 1\n{:010} 00000 n\r\n",
            row(1),
            row(3),
            row(4),
            front[0].1
        );
        assert_eq!(table.len(), table_len);
        let main_table = format!(
            "xref\n0 1\n0000000000 65535 f\r\n2 1\n{}5 1\n{}trailer\n<< /Size 7 >>\nstartxref\n{first:010}\n%%EOF\n",
            row(2),
            row(5)
        );
        out.extend_from_slice(table.as_bytes());
        out.extend_from_slice(trailer.as_bytes());
        out.extend_from_slice(&body);
        let main_at = out.len();
        out.extend_from_slice(main_table.as_bytes());
        (out, first_at, main_at)
    };
    let (draft, first, main) = build(0, 0, 0);
    build(first, main, draft.len()).0
}
