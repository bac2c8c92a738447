//! What a file is, by its first bytes.

use std::io::{Read, Seek, SeekFrom};

use super::archive::Archive;
use super::layout::{FOLDER, extension};
use crate::cades::file::is_armoured;

/// What a file is, as far as signatures go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A PDF: [`validate`](crate::validate()).
    Pdf,
    /// A ZIP archive that holds signatures or says that it is a container: [`validate_container`](crate::validate_container).
    Container,
    /// A CMS structure as DER or PEM, as signature files are: [`validate_detached`](crate::validate_detached) with the
    /// signed file, or with [`content_inside`](crate::content_inside).
    Signature,
    /// Anything else: to be judged with a signature file beside it.
    Other,
}

/// Tells what a file is; nothing is judged. An archive that cannot be read soundly, but names a container, is one: its
/// judgement says what is wrong.
pub fn sniff<R: Read + Seek>(mut file: R) -> std::io::Result<FileKind> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(128).read_to_end(&mut head)?;
    if head.starts_with(b"%PDF-") {
        return Ok(FileKind::Pdf);
    }
    if head.starts_with(b"PK") {
        let says = memchr::memmem::find(&head, b"mimetypeapplication/vnd.etsi.asic").is_some();
        let is_container = says
            || Archive::open(&mut file).is_ok_and(|archive| {
                let mut names = archive.entries.iter().map(|it| it.name.as_str());
                names.any(is_signature)
            });
        return Ok(if is_container {
            FileKind::Container
        } else {
            FileKind::Other
        });
    }
    if is_armoured(&head) {
        return Ok(FileKind::Signature);
    }
    // The identifier of signedData right behind the head of a ContentInfo.
    let signed_data = vanthu_pki::asn1::oid(vanthu_pki::oid::SIGNED_DATA);
    let at = memchr::memmem::find(&head, &signed_data);
    if head.first() == Some(&0x30) && at.is_some_and(|at| at <= 6) {
        return Ok(FileKind::Signature);
    }
    Ok(FileKind::Other)
}

fn is_signature(name: &str) -> bool {
    name.strip_prefix(FOLDER).is_some_and(|inside| {
        let lower = inside.to_lowercase();
        let is_signature = lower.contains("signature") || lower.contains("timestamp");
        is_signature && matches!(extension(&lower), "p7s" | "tst")
    })
}
