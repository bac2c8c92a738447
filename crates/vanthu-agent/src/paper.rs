//! What is shown is what is signed: the file of each document, held against the digest that the key signs.
//!
//! A PDF signature covers the whole file but for one gap, in which the signature itself will stand (ISO 32000-1,
//! 12.8.1). Which gap that is, the file says in `/ByteRange`. So the file is the one to be signed if the gap holds an empty
//! value and nothing else, reaches from where `/ByteRange` says to where it says, and everything outside it has
//! the digest that stands in the signed attributes.

use vanthu_pki::DigestAlgorithm;
use vanthu_wire::DocumentDigest;

const BYTE_RANGE: &[u8] = b"/ByteRange";
/// So much text behind `/ByteRange` is looked at.
const MOST_TEXT: usize = 120;

/// Why a file isn't what is to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTheFile {
    /// It doesn't begin as a PDF does.
    #[error("no PDF")]
    NoPdf,
    /// No signature in it waits for its value.
    #[error("no gap for a signature")]
    NoGap,
    /// The gap holds more than an empty value.
    #[error("the gap is not empty")]
    Filled,
    /// What lies outside the gap has another digest.
    #[error("another digest")]
    Digest,
}

/// Checks that the file is what `digest` was made of.
pub(crate) fn check(file: &[u8], digest: &DocumentDigest) -> Result<(), NotTheFile> {
    if !file.starts_with(b"%PDF-") {
        return Err(NotTheFile::NoPdf);
    }
    let (start, end) = gap(file).ok_or(NotTheFile::NoGap)?;
    let parts = (file.get(..start), file.get(start..end), file.get(end..));
    let (Some(before), Some(inside), Some(behind)) = parts else {
        return Err(NotTheFile::NoGap);
    };
    let empty = inside
        .strip_prefix(b"<")
        .and_then(|rest| rest.strip_suffix(b">"));
    if !empty.is_some_and(|value| value.iter().all(|byte| *byte == b'0')) {
        return Err(NotTheFile::Filled);
    }
    let covered = algorithm_of(digest).digest(&[before, behind].concat());
    if covered == digest.as_bytes() {
        Ok(())
    } else {
        Err(NotTheFile::Digest)
    }
}

/// Each digest that is signed here has a length of its own.
fn algorithm_of(digest: &DocumentDigest) -> DigestAlgorithm {
    match digest.as_bytes().len() {
        48 => DigestAlgorithm::Sha384,
        64 => DigestAlgorithm::Sha512,
        _ => DigestAlgorithm::Sha256,
    }
}

/// Where the gap of the newest signature begins and ends. Older signatures cover less than the whole file, so that only
/// one array of numbers fits it.
fn gap(file: &[u8]) -> Option<(usize, usize)> {
    let at = file
        .windows(BYTE_RANGE.len())
        .rposition(|window| window == BYTE_RANGE)?;
    let rest = file.get(at + BYTE_RANGE.len()..)?;
    let text = rest.get(..rest.len().min(MOST_TEXT))?;
    let open = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let inside = text.get(open..)?.strip_prefix(b"[")?;
    let close = inside.iter().position(|byte| *byte == b']')?;
    let numbers = std::str::from_utf8(inside.get(..close)?).ok()?;
    let numbers: Vec<usize> = numbers
        .split_ascii_whitespace()
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let [0, start, end, rest] = numbers.as_slice() else {
        return None;
    };
    let whole = end.checked_add(*rest)? == file.len() && start < end;
    whole.then_some((*start, *end))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// A PDF of one page with a red square, and a signature that waits for its value.
    pub(crate) fn a_file(words: &str) -> Vec<u8> {
        let paint = "1 0 0 rg 20 20 100 50 re f";
        let range = "[0 0000000000 0000000000 0000000000]";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{paint}\nendstream", paint.len()),
            format!(
                "<< /Type /Sig /Reason ({words}) /ByteRange {range} /Contents <{}> >>",
                "0".repeat(64)
            ),
        ];
        let mut pdf = "%PDF-1.7\n".to_owned();
        let mut offsets = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            offsets.push(pdf.len());
            write!(pdf, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
        }
        let start = pdf.len();
        pdf += "xref\n0 6\n0000000000 65535 f \n";
        for offset in offsets {
            writeln!(pdf, "{offset:010} 00000 n ").unwrap();
        }
        write!(
            pdf,
            "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        )
        .unwrap();
        let open = pdf.rfind("/Contents <").unwrap() + "/Contents ".len();
        let close = open + pdf[open..].find('>').unwrap() + 1;
        let told = format!("[0 {open:010} {close:010} {:010}]", pdf.len() - close);
        pdf.replace(range, &told).into_bytes()
    }

    /// The digest of everything but the gap.
    pub(crate) fn digest_of(file: &[u8]) -> DocumentDigest {
        digest_by(DigestAlgorithm::Sha256, file)
    }

    fn digest_by(algorithm: DigestAlgorithm, file: &[u8]) -> DocumentDigest {
        let (start, end) = gap(file).unwrap();
        let covered = algorithm.digest(&[&file[..start], &file[end..]].concat());
        DocumentDigest::new(covered).unwrap()
    }

    #[test]
    fn the_file_of_the_digest_is_taken_whatever_the_digest_s_algorithm() {
        use DigestAlgorithm as A;
        let file = a_file("a");
        for algorithm in [A::Sha256, A::Sha384, A::Sha512] {
            let digest = digest_by(algorithm, &file);
            assert_eq!(check(&file, &digest), Ok(()));
            assert_eq!(check(&a_file("b"), &digest), Err(NotTheFile::Digest));
        }
    }

    #[test]
    fn another_file_is_not() {
        let file = a_file("a");
        let other = a_file("b");
        assert_eq!(check(&other, &digest_of(&file)), Err(NotTheFile::Digest));
        for at in [10, 200, file.len() - 2] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(check(&changed, &digest_of(&file)).is_err(), "{at}");
        }
    }

    #[test]
    fn nothing_hides_in_the_gap() {
        let file = a_file("a");
        let digest = digest_of(&file);
        let (start, end) = gap(&file).unwrap();
        for at in start..end {
            let mut filled = file.clone();
            filled[at] = b'1';
            assert_eq!(check(&filled, &digest), Err(NotTheFile::Filled), "{at}");
        }
        // A wider gap that begins before the value, and says so.
        let text = String::from_utf8(file.clone()).unwrap();
        let wider = text.replace(&format!("{start:010}"), &format!("{:010}", start - 10));
        assert!(check(wider.as_bytes(), &digest).is_err());
    }

    #[test]
    fn what_is_no_pdf_or_has_no_gap_is_refused_without_a_fall() {
        let digest = DocumentDigest::new(vec![0; 32]).unwrap();
        assert_eq!(check(b"", &digest), Err(NotTheFile::NoPdf));
        assert_eq!(
            check(b"GIF89a /ByteRange [0 1 2 3]", &digest),
            Err(NotTheFile::NoPdf)
        );
        for tail in [
            "",
            "/ByteRange",
            "/ByteRange [",
            "/ByteRange []",
            "/ByteRange [0 1 2]",
            "/ByteRange [1 2 3 4]",
            "/ByteRange [0 18446744073709551615 18446744073709551615 1]",
            "/ByteRange [0 99999999999999999999999 2 3]",
            "/ByteRange [0 30 20 10]",
            "/ByteRange [0 -1 2 3]",
        ] {
            let file = format!("%PDF-1.7 {tail}");
            assert_eq!(
                check(file.as_bytes(), &digest),
                Err(NotTheFile::NoGap),
                "{tail}"
            );
        }
    }
}
