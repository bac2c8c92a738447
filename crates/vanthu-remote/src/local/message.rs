//! The frames of the tool's socket and the answers of our upload handler.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;
use crate::secret::{Secret, SecretBytes};

/// Where the tool listens. The page's content security policy has to name it (`connect-src`).
pub const ADDRESS: &str = "wss://127.0.0.1:8987";

/// The name of the file part in what the tool posts.
pub const UPLOAD_FIELD: &str = "uploadfile";

/// What the tool is asked to do. Each has a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// The certificate that the signer chooses.
    CertificateInfo,
    /// The authorised person signs (ký phê duyệt).
    SignApproved,
    /// The clerk gives number and date and seals (ký phát hành).
    SignIssued,
    /// The stamp of an incoming document (ký văn bản đến).
    SignIncome,
    /// A copy (ký sao văn bản).
    SignCopy,
    /// An appendix (ký phụ lục).
    SignAppendix,
    /// Signs a text or a digest.
    SignMessage,
    /// The tool's own settings.
    Settings,
}

impl Operation {
    /// The path of the socket.
    pub fn path(self) -> &'static str {
        match self {
            Self::CertificateInfo => "/GetCertInfo",
            Self::SignApproved => "/SignApproved",
            Self::SignIssued => "/SignIssued",
            Self::SignIncome => "/SignIncome",
            Self::SignCopy => "/SignCopy",
            Self::SignAppendix => "/SignAppendix",
            Self::SignMessage => "/SignMsg",
            Self::Settings => "/Config",
        }
    }

    /// The whole frame, where it is a word and not a structure.
    pub fn literal(self) -> Option<&'static str> {
        match self {
            Self::CertificateInfo => Some("get_cert_info"),
            Self::Settings => Some("config"),
            _ => None,
        }
    }

    /// Whether the tool signs a file that it fetches.
    pub fn is_file(self) -> bool {
        !matches!(
            self,
            Self::CertificateInfo | Self::SignMessage | Self::Settings
        )
    }
}

/// The frame for a file. The session's cookie, which the tool offers to carry along, is never given to it: the
/// addresses are good by themselves, once and for a short time.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FileRequest<'a> {
    /// Where the tool posts the signed file.
    pub file_upload_handler: &'a str,
    /// Always empty.
    pub session_id: &'a str,
    /// Where the tool fetches the file.
    pub file_name: &'a str,
    /// What else it shows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meta_data: Vec<MetaData<'a>>,
    /// The number, `123` or `123/QĐ-UBND`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<&'a str>,
    /// The day of issue, ISO 8601 with offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_date: Option<&'a str>,
}

/// A pair for the tool to show.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetaData<'a> {
    /// Name.
    pub key: &'a str,
    /// Value.
    pub value: &'a str,
}

impl<'a> FileRequest<'a> {
    /// For a file at a one-time address that comes back to another.
    pub fn new(download: &'a Secret, upload: &'a Secret) -> Self {
        Self {
            file_upload_handler: upload.reveal(),
            session_id: "",
            file_name: download.reveal(),
            meta_data: Vec::new(),
            doc_number: None,
            issued_date: None,
        }
    }

    /// The frame.
    pub fn frame(&self) -> SecretBytes {
        SecretBytes::json(self)
    }
}

/// What the tool sends back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolReply {
    /// 0 is success; what other figures mean is not known.
    pub status: i64,
    /// In the tool's own words.
    pub message: String,
    /// What our upload handler answered.
    pub file_server: Option<String>,
    /// A signature, base64.
    pub signature: Option<String>,
    /// Its certificate, base64.
    pub certificate: Option<String>,
}

impl ToolReply {
    /// Reads a frame; `None` when it is none of the tool's.
    pub fn read(frame: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(frame).ok()?;
        let message = ["Message", "Error"]
            .iter()
            .find_map(|key| json::word(&value, key));
        Some(Self {
            status: json::text(&value, "Status")?.trim().parse().ok()?,
            message: crate::Failure::new(crate::Ending::ProviderFault, message.unwrap_or_default())
                .said,
            file_server: json::word(&value, "FileServer"),
            signature: json::word(&value, "Signature"),
            certificate: json::word(&value, "CertBase64")
                .or_else(|| json::word(&value, "CertInfo")),
        })
    }
}

/// What our upload handler answers to the tool, in the tool's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UploadAnswer {
    /// Whether the file was taken.
    pub status: bool,
    /// Why not, for the signer to read.
    pub message: String,
    /// The file's name.
    pub file_name: String,
    /// Empty: the tool hands it to the page, and where our files lie is nobody's business.
    pub file_server: String,
    /// The number that was sealed.
    pub document_number: String,
    /// The day that was sealed.
    pub document_date: String,
}

impl UploadAnswer {
    /// The file was taken.
    pub fn taken(file_name: impl Into<String>) -> Self {
        Self {
            status: true,
            message: String::new(),
            file_name: file_name.into(),
            file_server: String::new(),
            document_number: String::new(),
            document_date: String::new(),
        }
    }

    /// It was not.
    pub fn refused(why: impl Into<String>) -> Self {
        Self {
            status: false,
            message: why.into(),
            ..Self::taken("")
        }
    }
}

/// One part of what was posted to the upload handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The field's name.
    pub name: &'a str,
    /// The file's name, where the part has one.
    pub file_name: Option<&'a str>,
    /// The contents.
    pub bytes: &'a [u8],
}

/// Why what was posted is no signed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUpload {
    /// No file part of the right name.
    #[error("no file")]
    NoFile,
    /// Several.
    #[error("several files")]
    SeveralFiles,
    /// Larger than permitted.
    #[error("too large")]
    TooLarge,
    /// Not a PDF.
    #[error("not a PDF file")]
    NotPdf,
}

/// The signed file among the parts. Other fields are ignored: versions of the tool differ in what they add.
///
/// # Errors
/// What is wrong with it.
pub fn uploaded_file<'a>(parts: &[Part<'a>], max_bytes: usize) -> Result<&'a [u8], BadUpload> {
    let mut files = parts.iter().filter(|it| it.name == UPLOAD_FIELD);
    let file = files.next().ok_or(BadUpload::NoFile)?;
    if files.next().is_some() {
        return Err(BadUpload::SeveralFiles);
    }
    if file.bytes.len() > max_bytes {
        return Err(BadUpload::TooLarge);
    }
    if !file.bytes.starts_with(b"%PDF-") {
        return Err(BadUpload::NotPdf);
    }
    Ok(file.bytes)
}
