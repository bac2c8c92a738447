//! The files that commands are given: what kind each is. Every command asks here, so that a new kind of container has
//! one door.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::told::Told;

/// What a file is, by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A PDF; the header may stand behind a few foreign bytes.
    Pdf,
    /// A ZIP container (ASiC, office files).
    Container,
    /// Anything else.
    Other,
}

impl FileKind {
    /// By the first kilobyte.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let start = bytes.get(..1024).unwrap_or(bytes);
        if bytes.starts_with(b"PK\x03\x04") {
            Self::Container
        } else if start.windows(5).any(|it| it == b"%PDF-") {
            Self::Pdf
        } else {
            Self::Other
        }
    }
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("không đọc được {}", path.display()))
}

/// The bytes of a PDF that something is to be added to.
pub(crate) fn read_pdf(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = read(path)?;
    match FileKind::of(&bytes) {
        FileKind::Pdf => Ok(bytes),
        FileKind::Container | FileKind::Other => Err(Told::failed(format!(
            "{} không phải tệp PDF.",
            path.display()
        ))
        .because("lệnh này chỉ làm việc với chữ ký số trong tệp PDF")
        .now("Kết xuất văn bản thành PDF rồi làm lại.")
        .into()),
    }
}

/// A name beside a file: `a.pdf` and `da-ky` give `a-da-ky.pdf`.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}-{ending}.pdf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_beginning() {
        assert_eq!(FileKind::of(b"%PDF-1.7\n"), FileKind::Pdf);
        assert_eq!(FileKind::of(b"\xef\xbb\xbf%PDF-1.7\n"), FileKind::Pdf);
        assert_eq!(FileKind::of(b"PK\x03\x04mimetype"), FileKind::Container);
        assert_eq!(FileKind::of(b""), FileKind::Other);
    }
}
