//! What is judged and extended: a PDF, a signature file with the file that it signs, or a container. The commands speak
//! of all three in the same words.

use std::fs::File;
use std::io::{self, Cursor, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use vanthu_app::trust::Trust;
use vanthu_pki::{Certificate, DigestAlgorithm, Time};
use vanthu_signing::{
    BaselineLevel, DocTimestampRequest, Embedded, FileSource, LongTermEvidence, MissingEvidence,
    Report, TimestampTrust, ValidationInput, content_inside, embedded_container, embedded_detached,
    embedded_file, extend_container_lt, extend_container_lta, extend_detached_lt,
    extend_detached_lta, extend_lt_tail, extend_lta_file, missing_container_evidence,
    missing_detached_evidence, missing_evidence_file, validate_container, validate_detached,
    validate_file,
};
use vanthu_web::report::Around;

use super::file::{self, FileKind, unread};
use super::making::words;
use crate::told::Told;

/// A file with signatures, and what they are about.
#[derive(Debug)]
pub(crate) enum Subject {
    /// A PDF, or what is judged as one because it is nothing else. A large one stays where it lies; what is put behind it
    /// is in memory.
    Pdf(FileSource<File>),
    /// A signature file (CAdES) and the file that it signs, which stays where it lies.
    Detached { p7s: Vec<u8>, content: PathBuf },
    /// A signature file that carries what it signs.
    Carrying { p7s: Vec<u8>, content: Vec<u8> },
    /// A container (ASiC).
    Container(Vec<u8>),
}

/// What was found about a subject.
#[derive(Debug, Clone)]
pub(crate) struct Judgement {
    pub(crate) report: Report,
    pub(crate) around: Around,
}

/// Whether extending a subject changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Nothing,
    Something,
}

impl Subject {
    /// Reads a file; `content` is what a signature file signs where its name does not say it.
    pub(crate) fn read(path: &Path, content: Option<&Path>) -> anyhow::Result<Self> {
        let kind = file::kind(path)?;
        if content.is_some() {
            signs_apart(path)?;
        }
        Ok(match kind {
            FileKind::Pdf | FileKind::Other => Self::Pdf(file::pdf(path)?),
            FileKind::Container => Self::Container(file::read(path)?),
            FileKind::Signature => {
                let p7s = file::read(path)?;
                match (content, content_inside(&p7s)) {
                    (None, Some(content)) => Self::Carrying { p7s, content },
                    (named, _) => {
                        let named = named.map(Path::to_owned);
                        let content = existing(named.or_else(|| file::signed_by(path)))?;
                        Self::Detached { p7s, content }
                    }
                }
            }
        })
    }

    /// As [`Subject::read`], for what something is to be put behind.
    pub(crate) fn base(path: &Path, content: Option<&Path>) -> anyhow::Result<Self> {
        let mut subject = Self::read(path, content)?;
        if let Self::Pdf(pdf) = &mut subject {
            pdf.fix().with_context(|| unread(path))?;
        }
        Ok(subject)
    }

    /// Writes it, in memory that does not grow with a PDF.
    pub(crate) fn write(&self, out: &mut File) -> io::Result<()> {
        match self {
            Self::Pdf(pdf) => pdf.copy(out),
            Self::Container(bytes)
            | Self::Detached { p7s: bytes, .. }
            | Self::Carrying { p7s: bytes, .. } => out.write_all(bytes),
        }
    }

    /// The file that a signature file signs.
    pub(crate) fn content(&self) -> Option<&Path> {
        match self {
            Self::Pdf(_) | Self::Container(_) | Self::Carrying { .. } => None,
            Self::Detached { content, .. } => Some(content),
        }
    }

    /// How long what it is about is, in bytes.
    pub(crate) fn length(&self) -> anyhow::Result<usize> {
        Ok(match self {
            Self::Pdf(pdf) => pdf.length(),
            Self::Container(bytes) => bytes.len(),
            Self::Carrying { content, .. } => content.len(),
            Self::Detached { content, .. } => {
                let facts = std::fs::metadata(content);
                facts.with_context(|| unread(content))?.len().try_into()?
            }
        })
    }

    /// What it brings along for its own judgement; nothing where it can't be read.
    pub(crate) fn embedded(&self) -> Embedded {
        match self {
            Self::Pdf(pdf) => embedded_file(pdf).unwrap_or_default(),
            Self::Detached { p7s, .. } | Self::Carrying { p7s, .. } => {
                embedded_detached(p7s).unwrap_or_default()
            }
            Self::Container(bytes) => embedded_container(Cursor::new(bytes)).unwrap_or_default(),
        }
    }

    /// Judges it; anchors count within their purposes and periods.
    pub(crate) fn judge(
        &self,
        mut input: ValidationInput,
        trust: &Trust,
    ) -> anyhow::Result<Judgement> {
        input.anchor_terms = trust.terms();
        Ok(match self {
            Self::Pdf(pdf) => Judgement {
                report: validate_file(pdf, &input).context("không đọc được tệp PDF")?,
                around: Around::Pdf,
            },
            Self::Detached { p7s, content } => {
                let mut file = file::reader(content)?;
                let judged = validate_detached(&mut file, p7s, &input);
                let judged = judged.with_context(|| unread(content))?;
                Judgement {
                    report: judged.report,
                    around: Around::Detached {
                        content: Some(content.display().to_string()),
                        facts: judged.facts,
                    },
                }
            }
            Self::Carrying { p7s, content } => {
                let judged = validate_detached(&mut content.as_slice(), p7s, &input)?;
                Judgement {
                    report: judged.report,
                    around: Around::Detached {
                        content: None,
                        facts: judged.facts,
                    },
                }
            }
            Self::Container(bytes) => {
                let judged = validate_container(Cursor::new(bytes), &input)?;
                Judgement {
                    report: judged.report.clone(),
                    around: Around::container(judged),
                }
            }
        })
    }

    /// Whose state neither the file nor what was found shows.
    pub(crate) fn missing(
        &self,
        given: &LongTermEvidence,
        anchors: &[Certificate],
    ) -> Result<Vec<MissingEvidence>, Told> {
        match self {
            Self::Pdf(pdf) => {
                missing_evidence_file(pdf, given, anchors).map_err(|it| words::pdf(&it))
            }
            Self::Detached { p7s, .. } | Self::Carrying { p7s, .. } => {
                missing_detached_evidence(p7s, given, anchors).map_err(|it| words::detached(&it))
            }
            Self::Container(bytes) => missing_container_evidence(bytes, given, anchors)
                .map_err(|it| words::container(&it)),
        }
    }

    /// Level B-LT.
    pub(crate) fn add_evidence(
        &mut self,
        given: &LongTermEvidence,
        at: Time,
    ) -> Result<Written, Told> {
        let is_new = match self {
            Self::Pdf(pdf) => {
                let tail = extend_lt_tail(pdf, given, at).map_err(|it| words::extending(&it))?;
                pdf.append(&tail);
                !tail.is_empty()
            }
            Self::Detached { p7s, .. } | Self::Carrying { p7s, .. } => {
                let made = extend_detached_lt(p7s, given).map_err(|it| words::detached(&it))?;
                std::mem::replace(p7s, made) != *p7s
            }
            Self::Container(bytes) => {
                let made = extend_container_lt(bytes, given).map_err(|it| words::container(&it))?;
                std::mem::replace(bytes, made) != *bytes
            }
        };
        Ok(if is_new {
            Written::Something
        } else {
            Written::Nothing
        })
    }

    /// Level B-LTA: evidence, and a time-stamp over everything. `ask` gets the digest, and gives the token with whom it
    /// may be from.
    pub(crate) async fn stamp(
        &mut self,
        given: &LongTermEvidence,
        at: Time,
        ask: impl AsyncFnOnce(&[u8]) -> anyhow::Result<(Vec<u8>, TimestampTrust)>,
    ) -> anyhow::Result<()> {
        let digest = DigestAlgorithm::Sha256;
        match self {
            Self::Pdf(pdf) => {
                let prepared = extend_lta_file(pdf, given, &DocTimestampRequest::at(at));
                let prepared = prepared.map_err(|it| words::extending(&it))?;
                let (token, trust) = ask(prepared.digest()).await?;
                let tail = prepared.embed_tail(pdf, &token, &trust);
                pdf.append(&tail.map_err(|it| unusable(&it))?);
            }
            Self::Detached { p7s, content } => {
                let prepared = extend_detached_lta(p7s, &mut file::reader(content)?, given, digest);
                let prepared = prepared.map_err(|it| words::detached(&it))?;
                let (token, trust) = ask(prepared.digest()).await?;
                *p7s = prepared.embed(&token, &trust).map_err(|it| unusable(&it))?;
            }
            Self::Carrying { p7s, content } => {
                let prepared = extend_detached_lta(p7s, &mut content.as_slice(), given, digest);
                let prepared = prepared.map_err(|it| words::detached(&it))?;
                let (token, trust) = ask(prepared.digest()).await?;
                *p7s = prepared.embed(&token, &trust).map_err(|it| unusable(&it))?;
            }
            Self::Container(bytes) => {
                let prepared = extend_container_lta(bytes, given, digest);
                let prepared = prepared.map_err(|it| words::container(&it))?;
                let (token, trust) = ask(prepared.digest()).await?;
                let made = prepared.embed(bytes, &token, &trust);
                *bytes = made.map_err(|it| unusable(&it))?;
            }
        }
        Ok(())
    }
}

fn unusable(why: &dyn std::fmt::Display) -> Told {
    Told::failed("Không dùng được dấu thời gian vừa nhận.")
        .because(why)
        .now("Dùng dịch vụ dấu thời gian có chứng thư thuộc điểm tin cậy đã cho.")
}

impl Judgement {
    /// The file itself could be read.
    pub(crate) const fn is_readable(&self) -> bool {
        let container = match &self.around {
            Around::Container { problem, .. } => problem.is_none(),
            Around::Pdf | Around::Detached { .. } => true,
        };
        container && self.report.problem.is_none()
    }

    /// The least level of all signatures; `None` for a PDF, of which more is known, and where there is no signature.
    pub(crate) fn level(&self) -> Option<BaselineLevel> {
        let facts = self.around.facts();
        facts.iter().filter_map(|it| it.level).min()
    }
}

/// Refuses a content for what is no signature file.
pub(crate) fn signs_apart(path: &Path) -> anyhow::Result<()> {
    if file::kind(path)? == FileKind::Signature {
        return Ok(());
    }
    Err(
        Told::usage(format!("{} không phải tệp chữ ký.", path.display()))
            .because("chỉ chữ ký để riêng (.p7s) mới có tệp được ký bên ngoài")
            .now("Bỏ --content.")
            .into(),
    )
}

fn existing(content: Option<PathBuf>) -> Result<PathBuf, Told> {
    let what = match content {
        Some(content) if content.is_file() => return Ok(content),
        Some(content) => format!("Không thấy tệp được ký {}.", content.display()),
        None => "Không biết tệp được ký là tệp nào.".to_owned(),
    };
    Err(Told::failed(what)
        .because("chữ ký để riêng chỉ kiểm tra được cùng với tệp mà nó ký")
        .now("Để tệp được ký cạnh tệp chữ ký, hoặc thêm --content TỆP."))
}
