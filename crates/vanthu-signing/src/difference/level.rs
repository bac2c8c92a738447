//! How far a change goes, and how it is reported.

use serde::{Deserialize, Serialize};

/// How far later revisions changed what was signed; each level includes those before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeLevel {
    /// Nothing.
    #[default]
    None,
    /// Evidence for long-term validation, document time-stamps, metadata.
    LongTermEvidence,
    /// Existing fields filled, further signatures.
    FormFilling,
    /// Markup annotations added, changed or removed (what P = 3 permits).
    Annotations,
    /// Anything else: never permitted.
    Other,
}

/// What kind of change was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A field that existed was filled or its appearance changed.
    FormFill {
        /// Field name.
        field: String,
    },
    /// A signature was added.
    SignatureAdded {
        /// Field name.
        field: String,
    },
    /// An empty signature field was added.
    SignatureFieldAdded {
        /// Field name.
        field: String,
    },
    /// A document time-stamp was added.
    DocTimestamp {
        /// Field name.
        field: String,
    },
    /// Validation evidence (DSS).
    Dss,
    /// XMP metadata or the document information dictionary.
    Metadata,
    /// Catalogue or form dictionary, within what is harmless.
    Structure,
    /// An annotation that is no new signature's widget was added, changed or removed.
    Annotation,
    /// What a page shows.
    PageContent,
    /// A form field appeared, vanished or changed its nature.
    FieldStructure {
        /// Field name.
        field: String,
    },
    /// The cross-reference history does not continue the signed one.
    History,
    /// Anything else.
    Other,
}

/// One change between the signed revision and a later one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// What kind.
    #[serde(flatten)]
    pub kind: ChangeKind,
    /// How far it goes.
    pub level: ChangeLevel,
    /// Whether the signature's certification and locks permit it.
    pub permitted: bool,
    /// The object concerned.
    pub object: Option<u32>,
    /// The page concerned, from 0.
    pub page: Option<u32>,
    /// In words for the log.
    pub detail: String,
}
