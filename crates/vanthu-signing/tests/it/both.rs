//! What is found out about bytes in memory and about the same bytes where they lie, window by window, is the same. The
//! tests ask here for what they look at.

use std::io::Cursor;

use vanthu_signing::{
    FileSource, PdfFacts, PdfProblem, Report, ValidationInput, embedded, embedded_file,
    inspect_file, validate_file,
};

/// Judges both ways.
pub(crate) fn validate(pdf: &[u8], input: &ValidationInput) -> Report {
    let report = vanthu_signing::validate(pdf, input);
    let there = validate_file(&laid(pdf), input).unwrap();
    assert!(there == report, "{there:#?}\n{report:#?}");
    let brought = embedded(pdf).map(|it| (it.signatures.len(), it.certificates));
    let there = embedded_file(&laid(pdf)).map(|it| (it.signatures.len(), it.certificates));
    assert_eq!(there, brought);
    report
}

/// Looks both ways.
pub(crate) fn inspect(pdf: &[u8]) -> Result<PdfFacts, PdfProblem> {
    let facts = vanthu_signing::inspect(pdf);
    assert_eq!(inspect_file(&laid(pdf)), facts);
    facts
}

/// A file of which nothing is in memory, half of it appended.
fn laid(pdf: &[u8]) -> FileSource<Cursor<Vec<u8>>> {
    let (base, tail) = pdf.split_at(pdf.len() / 2);
    let mut file = FileSource::new(Cursor::new(base.to_vec())).unwrap();
    file.append(tail);
    file
}
