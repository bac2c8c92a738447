//! Why a container is refused, and what is wrong in one.

use std::{fmt, io};

use serde::{Deserialize, Serialize};

/// What is wrong with a container (tệp đóng gói); the Vietnamese text belongs to the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerFault {
    /// Not a ZIP archive, or its directory is damaged.
    NotZip,
    /// A ZIP archive in several volumes or of the ZIP64 kind.
    ZipKind,
    /// An entry is encrypted.
    Encrypted,
    /// An entry is packed by another method than deflate.
    MethodUnknown,
    /// The name of an entry leads out of the container or is not UTF-8.
    NameBad,
    /// Two entries have one name, at least on some systems.
    NameTwice,
    /// Bytes stand between the entries or around them.
    HiddenBytes,
    /// The directory and the header of an entry contradict each other.
    HeadersDisagree,
    /// More entries than are looked at.
    TooMany,
    /// More bytes than are looked at.
    TooLarge,
    /// A few bytes that unpack to very many.
    Bomb,
    /// An entry does not unpack to what it says.
    ContentDamaged,
    /// The `mimetype` file states another kind of file.
    MimetypeWrong,
    /// There is no `mimetype` file.
    MimetypeMissing,
    /// The `mimetype` file is not the first entry, or packed.
    MimetypeMisplaced,
    /// A manifest cannot be read.
    ManifestBad,
    /// No manifest says what a signature covers.
    ManifestMissing,
    /// A manifest names a signature that is not there.
    SignatureMissing,
    /// A manifest names a file that is not there.
    ReferenceMissing,
    /// A file is not the one that a manifest names.
    ReferenceChanged,
    /// A simple container (ASiC-S) holds not one file.
    NotOneFile,
    /// A signature of a kind that is not judged here.
    FormUnsupported,
    /// A file beside the signatures that is none of the known ones.
    EntryUnknown,
    /// No signature or time-stamp covers a file.
    FileNotCovered,
    /// There is no signature and no time-stamp.
    NothingSigned,
}

impl ContainerFault {
    /// All.
    pub const ALL: [Self; 25] = [
        Self::NotZip,
        Self::ZipKind,
        Self::Encrypted,
        Self::MethodUnknown,
        Self::NameBad,
        Self::NameTwice,
        Self::HiddenBytes,
        Self::HeadersDisagree,
        Self::TooMany,
        Self::TooLarge,
        Self::Bomb,
        Self::ContentDamaged,
        Self::MimetypeWrong,
        Self::MimetypeMissing,
        Self::MimetypeMisplaced,
        Self::ManifestBad,
        Self::ManifestMissing,
        Self::SignatureMissing,
        Self::ReferenceMissing,
        Self::ReferenceChanged,
        Self::NotOneFile,
        Self::FormUnsupported,
        Self::EntryUnknown,
        Self::FileNotCovered,
        Self::NothingSigned,
    ];
}

/// A fault and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub struct ContainerProblem {
    /// What.
    pub fault: ContainerFault,
    /// The entry that it is about; empty for the container itself.
    pub name: String,
    /// In words for the log.
    pub detail: String,
}

impl ContainerProblem {
    pub(crate) fn new(
        fault: ContainerFault,
        name: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            fault,
            name: name.into(),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for ContainerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {} {}", self.fault, self.name, self.detail)
    }
}

/// Why something of a container cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Problem(#[from] ContainerProblem),
}
