//! Files of strangers, of every kind that carries signatures: a PDF, a signature file (CAdES) with what it signs, a
//! container (ASiC). Nothing of them is kept.

use std::io::Cursor;
use std::sync::atomic::Ordering;

use vanthu_domain::refusal::RefusalCode;
use vanthu_pki::Time;
use vanthu_signing::{
    ContainerReport, DetachedReport, Embedded, FileKind, Report, content_inside,
    embedded_container, embedded_detached, sniff, validate_container, validate_detached,
};

use super::{evidence, input, judge};
use crate::{App, AppError};

/// A file that somebody wants judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stranger {
    /// A PDF, or what is judged as one because it is nothing else.
    Pdf(Vec<u8>),
    /// A signature file (chữ ký để riêng) and what it signs.
    Signature {
        /// The signature file.
        p7s: Vec<u8>,
        /// What it signs.
        content: Vec<u8>,
        /// Where that was.
        lay: Lay,
    },
    /// A container (tệp đóng gói).
    Container(Vec<u8>),
}

/// Where what a signature file signs was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lay {
    /// In a file of its own.
    Beside,
    /// In the signature file.
    Inside,
}

/// What was found about it.
#[derive(Debug, Clone)]
pub enum Judged {
    /// About a PDF.
    Pdf(Report),
    /// About a signature file.
    Signature(DetachedReport, Lay),
    /// About a container.
    Container(ContainerReport),
}

impl Stranger {
    /// What was handed in: a file, and where that is a signature file, the one that it signs. Either order will do.
    ///
    /// # Errors
    /// A signature file without what it signs is refused.
    pub fn of(file: Vec<u8>, content: Option<Vec<u8>>) -> Result<Self, AppError> {
        match (kind(&file), content) {
            (FileKind::Signature, None) => match content_inside(&file) {
                Some(content) => Ok(Self::Signature {
                    p7s: file,
                    content,
                    lay: Lay::Inside,
                }),
                None => Err(AppError::refused(RefusalCode::SignedFileMissing)),
            },
            (FileKind::Signature, Some(content)) => Ok(Self::beside(file, content)),
            (_, Some(other)) if kind(&other) == FileKind::Signature => {
                Ok(Self::beside(other, file))
            }
            (FileKind::Container, _) => Ok(Self::Container(file)),
            (FileKind::Pdf | FileKind::Other, _) => Ok(Self::Pdf(file)),
        }
    }

    fn beside(p7s: Vec<u8>, content: Vec<u8>) -> Self {
        Self::Signature {
            p7s,
            content,
            lay: Lay::Beside,
        }
    }

    /// What it brings along for its own judgement; nothing where it can't be read.
    fn embedded(&self) -> Embedded {
        match self {
            Self::Pdf(_) => Embedded::default(),
            Self::Signature { p7s, .. } => embedded_detached(p7s).unwrap_or_default(),
            Self::Container(bytes) => embedded_container(Cursor::new(bytes)).unwrap_or_default(),
        }
    }
}

/// What a file is; bytes in memory can always be read.
fn kind(bytes: &[u8]) -> FileKind {
    sniff(Cursor::new(bytes)).unwrap_or(FileKind::Other)
}

impl Judged {
    /// The report that every kind has.
    pub fn report(&self) -> &Report {
        match self {
            Self::Pdf(report) => report,
            Self::Signature(judged, _) => &judged.report,
            Self::Container(judged) => &judged.report,
        }
    }
}

/// Judges it against the installation's anchors, at this moment, with fresh evidence.
///
/// Clause: TG-13, TG-8.1a
pub async fn report(app: &App, file: Stranger) -> Result<Judged, AppError> {
    if let Stranger::Pdf(pdf) = file {
        return Ok(Judged::Pdf(judge(app, pdf).await?.0));
    }
    app.examinations.fetch_add(1, Ordering::Relaxed);
    let at = Time::from_unix(app.now().unix_seconds());
    let (file, found) = evidence(app, file, Stranger::embedded, at).await?;
    let mut input = input(app, at, &found);
    input.anchor_terms = app.trust.terms();
    let judging = tokio::task::spawn_blocking(move || match file {
        Stranger::Pdf(pdf) => Ok(Judged::Pdf(vanthu_signing::validate(&pdf, &input))),
        Stranger::Signature { p7s, content, lay } => {
            let judged = validate_detached(&mut content.as_slice(), &p7s, &input);
            judged.map(|it| Judged::Signature(it, lay))
        }
        Stranger::Container(bytes) => {
            validate_container(Cursor::new(bytes), &input).map(Judged::Container)
        }
    });
    let judged = judging.await.map_err(|e| AppError::fault("validate", e))?;
    judged.map_err(|e| AppError::fault("validate", e))
}
