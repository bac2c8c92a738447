//! The files that commands are given: what kind each is, and where what is made of it goes. Every command asks here, so
//! that a new kind has one door.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use vanthu_signing::{FileSource, sniff};

pub(crate) use vanthu_signing::FileKind;

/// The header of a PDF stands in its first kilobyte, maybe behind a few foreign bytes.
const HEAD_BYTES: u64 = 1024;
/// A PDF shorter than this is read whole; nearly all official documents are.
const HELD_BYTES: usize = 16 << 20;

/// What a file is, by its content; where that says nothing, by the endings that ETSI EN 319 162-1 A.1 and RFC 5751 3.2.1
/// give: a damaged signature is to be judged as one.
pub(crate) fn kind(path: &Path) -> anyhow::Result<FileKind> {
    let failed = || unread(path);
    let mut file = File::open(path).with_context(failed)?;
    let mut head = Vec::new();
    let read = file.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
    read.with_context(failed)?;
    let found = sniff(&file).with_context(failed)?;
    if found != FileKind::Other {
        return Ok(found);
    }
    if !head.starts_with(b"PK") && head.windows(5).any(|it| it == b"%PDF-") {
        return Ok(FileKind::Pdf);
    }
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    Ok(match ending.to_str() {
        Some("p7s") => FileKind::Signature,
        Some("asice" | "sce" | "asics" | "scs") => FileKind::Container,
        _ => FileKind::Other,
    })
}

/// A PDF that stays where it lies. A small one is read into memory: many are judged at the same time.
pub(crate) fn pdf(path: &Path) -> anyhow::Result<FileSource<File>> {
    let opened = File::open(path).and_then(|it| FileSource::held_below(it, HELD_BYTES));
    opened.with_context(|| unread(path))
}

/// A PDF that something is to be put behind.
pub(crate) fn base(path: &Path) -> anyhow::Result<FileSource<File>> {
    let mut file = pdf(path)?;
    let fixed = file.fix();
    fixed.with_context(|| unread(path))?;
    Ok(file)
}

/// A file that is read once from its beginning to its end.
pub(crate) fn reader(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| unread(path))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

/// What is said of a file that can't be read.
pub(crate) fn unread(path: &Path) -> String {
    format!("không đọc được {}", path.display())
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| unread(path))
}

/// A name beside a file: `a.pdf` and `da-ky` give `a-da-ky.pdf`. The ending stays that of its kind.
pub(crate) fn beside(file: &Path, kind: FileKind, ending: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let own = file
        .extension()
        .map_or("asice".into(), |it| it.to_string_lossy());
    let last = match kind {
        FileKind::Pdf | FileKind::Other => "pdf",
        FileKind::Signature => "p7s",
        FileKind::Container => &own,
    };
    file.with_file_name(format!("{stem}-{ending}.{last}"))
}

/// Where the detached signature of a file stands: `bang.csv` gives `bang.csv.p7s`.
pub(crate) fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".p7s");
    file.with_file_name(name)
}

/// The file that a detached signature is about, by its name: `bang.csv.p7s` is about `bang.csv`, and so is
/// `bang.csv-B-LTA.p7s`, which `vanthu extend` makes. `None` where the name says nothing.
pub(crate) fn signed_by(p7s: &Path) -> Option<PathBuf> {
    p7s.extension()?;
    let exact = p7s.with_extension("");
    let mut shorter = exact.clone();
    while !shorter.is_file() {
        let name = shorter.file_name().unwrap_or_default().to_string_lossy();
        let cut = ["-B-LT", "-B-LTA"]
            .iter()
            .find_map(|it| name.strip_suffix(it));
        let Some(cut) = cut.map(str::to_owned) else {
            return Some(exact);
        };
        shorter.set_file_name(cut);
    }
    Some(shorter)
}

/// The media type of a file, by its ending.
pub(crate) fn media_type(file: &Path) -> &'static str {
    let ending = file.extension().unwrap_or_default().to_ascii_lowercase();
    match ending.to_str().unwrap_or_default() {
        "csv" => "text/csv",
        "txt" => "text/plain",
        "html" | "htm" => "text/html",
        "xml" => "application/xml",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "tif" | "tiff" => "image/tiff",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_content_and_then_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let kind_of = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            kind(&path).unwrap()
        };
        assert_eq!(kind_of("a", b"%PDF-1.7\n"), FileKind::Pdf);
        assert_eq!(kind_of("b.p7s", b"\xef\xbb\xbf%PDF-1.7\n"), FileKind::Pdf);
        assert_eq!(kind_of("c.docx", b"PK\x03\x04 %PDF-1.7"), FileKind::Other);
        assert_eq!(kind_of("d.asice", b"PK\x03\x04"), FileKind::Container);
        assert_eq!(kind_of("E.ASICE", b"garbage"), FileKind::Container);
        assert_eq!(kind_of("f.p7s", b""), FileKind::Signature);
        assert_eq!(kind_of("g.csv", b"a,b"), FileKind::Other);
        assert!(kind(&folder.path().join("không có")).is_err());
        assert!(kind(folder.path()).is_err());
    }

    #[test]
    fn a_signature_file_names_what_it_signs() {
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join("bang.csv");
        assert_eq!(signed_by(Path::new("chu-ky")), None);
        let at = |name: &str| signed_by(&folder.path().join(name)).unwrap();
        assert_eq!(at("bang.csv-B-LT.p7s"), folder.path().join("bang.csv-B-LT"));
        std::fs::write(&content, b"a").unwrap();
        for name in [
            "bang.csv.p7s",
            "bang.csv-B-LT.p7s",
            "bang.csv-B-LT-B-LTA.p7s",
        ] {
            assert_eq!(at(name), content, "{name}");
        }
        assert_eq!(at("khac.csv.p7s"), folder.path().join("khac.csv"));
        assert_eq!(signature_of(&content), folder.path().join("bang.csv.p7s"));
    }
}
