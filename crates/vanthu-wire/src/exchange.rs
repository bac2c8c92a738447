//! The exchange: what leaves one agency for another, and what comes back.
//!
//! A [`Package`] carries one document to one recipient: who, what, and the list of files with their
//! digests; the files themselves travel beside it. A [`StatusMessage`] tells the other side what
//! became of it. The members follow the national axis (edXML), so that the adapter for the axis
//! only changes the clothes.

mod finding;
mod package;
mod status;

pub use finding::Finding;
pub use package::{
    Business, DocumentType, FileRole, MAX_FILE_NAME, MAX_NOTATION, MAX_NUMBER, MAX_SUBJECT,
    Organization, PACKAGE_VERSION, Package, PackageFile, Reference, Signer, Urgency,
};
pub use status::{Staff, StatusCode, StatusMessage, UnknownStatusCode};
