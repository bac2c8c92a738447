//! What is judged and extended: a PDF, a signature file with the file that it signs, or a container. The commands speak
//! of all three in the same words.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use vanthu_app::trust::Trust;
use vanthu_pki::{Certificate, DigestAlgorithm, Time};
use vanthu_signing::{
    BaselineLevel, DocTimestampRequest, Embedded, LongTermEvidence, MissingEvidence,
    PreparedContainerTimestamp, PreparedDetachedTimestamp, PreparedTimestamp, Report,
    TimestampTrust, ValidationInput, content_inside, embedded, embedded_container,
    embedded_detached, extend_container_lt, extend_container_lta, extend_detached_lt,
    extend_detached_lta, extend_lt, extend_lta, missing_container_evidence,
    missing_detached_evidence, missing_evidence, validate, validate_container, validate_detached,
};
use vanthu_web::report::Around;

use super::file::{self, FileKind};
use super::making::words;
use crate::told::Told;

/// A file with signatures, and what they are about.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// A PDF, or what is judged as one because it is nothing else.
    Pdf(Vec<u8>),
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

/// Evidence and everything but the token of an archive time-stamp.
pub(crate) enum Stamping {
    Pdf(PreparedTimestamp),
    Detached(PreparedDetachedTimestamp),
    Container(PreparedContainerTimestamp),
}

impl Subject {
    /// Reads a file; `content` is what a signature file signs where its name does not say it.
    pub(crate) fn read(path: &Path, content: Option<&Path>) -> anyhow::Result<Self> {
        let kind = file::kind(path)?;
        if content.is_some() {
            signs_apart(path)?;
        }
        let bytes = file::read(path)?;
        Ok(match kind {
            FileKind::Pdf | FileKind::Other => Self::Pdf(bytes),
            FileKind::Container => Self::Container(bytes),
            FileKind::Signature => match (content, content_inside(&bytes)) {
                (None, Some(content)) => Self::Carrying {
                    p7s: bytes,
                    content,
                },
                (named, _) => Self::Detached {
                    p7s: bytes,
                    content: existing(named.map(Path::to_owned).or_else(|| file::signed_by(path)))?,
                },
            },
        })
    }

    /// The signed file itself.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Pdf(bytes)
            | Self::Container(bytes)
            | Self::Detached { p7s: bytes, .. }
            | Self::Carrying { p7s: bytes, .. } => bytes,
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
            Self::Pdf(bytes) | Self::Container(bytes) => bytes.len(),
            Self::Carrying { content, .. } => content.len(),
            Self::Detached { content, .. } => {
                let facts = std::fs::metadata(content);
                facts.with_context(|| unread(content))?.len().try_into()?
            }
        })
    }

    /// The same with other bytes.
    pub(crate) fn with(&self, bytes: Vec<u8>) -> Self {
        match self {
            Self::Pdf(_) => Self::Pdf(bytes),
            Self::Container(_) => Self::Container(bytes),
            Self::Detached { content, .. } => Self::Detached {
                p7s: bytes,
                content: content.clone(),
            },
            Self::Carrying { content, .. } => Self::Carrying {
                p7s: bytes,
                content: content.clone(),
            },
        }
    }

    /// What it brings along for its own judgement; nothing where it can't be read.
    pub(crate) fn embedded(&self) -> Embedded {
        match self {
            Self::Pdf(bytes) => embedded(bytes).unwrap_or_default(),
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
            Self::Pdf(bytes) => Judgement {
                report: validate(bytes, &input),
                around: Around::Pdf,
            },
            Self::Detached { p7s, content } => {
                let mut file = open(content)?;
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
            Self::Pdf(bytes) => {
                missing_evidence(bytes, given, anchors).map_err(|it| words::pdf(&it))
            }
            Self::Detached { p7s, .. } | Self::Carrying { p7s, .. } => {
                missing_detached_evidence(p7s, given, anchors).map_err(|it| words::detached(&it))
            }
            Self::Container(bytes) => missing_container_evidence(bytes, given, anchors)
                .map_err(|it| words::container(&it)),
        }
    }

    /// Level B-LT.
    pub(crate) fn with_evidence(&self, given: &LongTermEvidence, at: Time) -> Result<Self, Told> {
        let made = match self {
            Self::Pdf(bytes) => extend_lt(bytes, given, at).map_err(|it| words::extending(&it)),
            Self::Detached { p7s, .. } | Self::Carrying { p7s, .. } => {
                extend_detached_lt(p7s, given).map_err(|it| words::detached(&it))
            }
            Self::Container(bytes) => {
                extend_container_lt(bytes, given).map_err(|it| words::container(&it))
            }
        };
        Ok(self.with(made?))
    }

    /// Level B-LTA, but for the time-stamp.
    pub(crate) fn prepare_stamp(
        &self,
        given: &LongTermEvidence,
        at: Time,
    ) -> anyhow::Result<Stamping> {
        let digest = DigestAlgorithm::Sha256;
        Ok(match self {
            Self::Pdf(bytes) => Stamping::Pdf(
                extend_lta(bytes, given, &DocTimestampRequest::at(at))
                    .map_err(|it| words::extending(&it))?,
            ),
            Self::Detached { p7s, content } => {
                let prepared = extend_detached_lta(p7s, &mut open(content)?, given, digest);
                Stamping::Detached(prepared.map_err(|it| words::detached(&it))?)
            }
            Self::Carrying { p7s, content } => {
                let content = &mut content.as_slice();
                let prepared = extend_detached_lta(p7s, content, given, digest);
                Stamping::Detached(prepared.map_err(|it| words::detached(&it))?)
            }
            Self::Container(bytes) => Stamping::Container(
                extend_container_lta(bytes, given, digest).map_err(|it| words::container(&it))?,
            ),
        })
    }

    /// Puts the token in.
    pub(crate) fn stamped(
        &self,
        stamping: Stamping,
        token: &[u8],
        trust: &TimestampTrust,
    ) -> Result<Self, Told> {
        let bytes = self.bytes();
        let made = match stamping {
            Stamping::Pdf(it) => it.embed(bytes, token, trust).map_err(|it| it.to_string()),
            Stamping::Detached(it) => it.embed(token, trust).map_err(|it| it.to_string()),
            Stamping::Container(it) => it.embed(bytes, token, trust).map_err(|it| it.to_string()),
        };
        made.map(|it| self.with(it)).map_err(|why| {
            Told::failed("Không dùng được dấu thời gian vừa nhận.")
                .because(why)
                .now("Dùng dịch vụ dấu thời gian có chứng thư thuộc điểm tin cậy đã cho.")
        })
    }
}

impl Stamping {
    /// The digest that a service is asked to stamp.
    pub(crate) fn digest(&self) -> &[u8] {
        match self {
            Self::Pdf(it) => it.digest(),
            Self::Detached(it) => it.digest(),
            Self::Container(it) => it.digest(),
        }
    }
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

/// The file that a signature is about, opened.
fn open(content: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(content).with_context(|| unread(content))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn unread(path: &Path) -> String {
    format!("không đọc được {}", path.display())
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
