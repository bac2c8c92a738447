//! Why a PDF cannot be read or is not accepted.

use serde::{Deserialize, Serialize};

/// Why a PDF is refused before anything is signed or judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PdfProblem {
    /// The file does not begin with `%PDF-`.
    #[error("the file does not begin with a PDF header")]
    NotPdf,
    /// No usable `startxref` at the end of the file.
    #[error("the file has no usable startxref at its end")]
    NoStartXref,
    /// A cross-reference section is missing or malformed.
    #[error("the cross-reference section at byte {offset} is damaged: {why}")]
    CrossReferenceDamaged {
        /// Where the section was expected.
        offset: u64,
        /// What is wrong with it.
        why: String,
    },
    /// An object is malformed.
    #[error("object {number} is damaged: {why}")]
    ObjectDamaged {
        /// Object number.
        number: u32,
        /// What is wrong with it.
        why: String,
    },
    /// The file is encrypted; official documents never are.
    #[error("the file is encrypted")]
    Encrypted,
    /// A limit that protects against decompression bombs or endless structures was reached.
    #[error("the file exceeds a limit: {what}")]
    LimitExceeded {
        /// Which limit.
        what: String,
    },
    /// The file could not be read from where it lies.
    #[error("the file cannot be read: {why}")]
    Unreadable {
        /// What the system says.
        why: String,
    },
    /// The catalogue, page tree or form is not what the standard asks.
    #[error("the document structure is damaged: {why}")]
    StructureDamaged {
        /// What is wrong with it.
        why: String,
    },
}

impl PdfProblem {
    pub(crate) fn structure(why: impl Into<String>) -> Self {
        Self::StructureDamaged { why: why.into() }
    }

    pub(crate) fn unreadable(why: std::io::Error) -> Self {
        Self::Unreadable {
            why: why.to_string(),
        }
    }

    pub(crate) fn xref(offset: usize, why: impl Into<String>) -> Self {
        Self::CrossReferenceDamaged {
            offset: offset as u64,
            why: why.into(),
        }
    }

    pub(crate) fn object(number: u32, why: impl Into<String>) -> Self {
        Self::ObjectDamaged {
            number,
            why: why.into(),
        }
    }

    pub(crate) fn limit(what: impl Into<String>) -> Self {
        Self::LimitExceeded { what: what.into() }
    }
}
