//! PDF signatures (PAdES), making and judging, with a strict PDF reader and incremental writer of our own.
//!
//! Knows no person, register or database: `vanthu verify` and `vanthu sign` are thin over it. Nothing here reads a
//! clock, a disk or a network; keys stay elsewhere. Making starts at [`prepare()`], judging at [`validate()`],
//! a look at a stranger's file at [`inspect()`].

mod appearance;
mod difference;
mod embed;
mod embedded;
mod field;
mod form;
mod inspect;
mod page;
mod prepare;
mod problem;
mod request;
mod syntax;
mod update;
mod validate;

pub use difference::{Change, ChangeKind, ChangeLevel};
pub use embed::{Completed, EmbedError, Prepared, is_extension};
pub use embedded::{Embedded, embedded};
pub use inspect::{ActiveContent, FieldFacts, PageFacts, PdfFacts, inspect};
pub use prepare::{PrepareError, prepare};
pub use problem::PdfProblem;
pub use request::{
    Align, Appearance, DocMdp, FilledField, Fonts, Place, Rect, ReservedField, ReservedSignature,
    SignatureRequest,
};
pub use validate::{
    CertificateFacts, Coverage, Finding, FindingCode, Indication, PlatformRule, PlatformVerdict,
    Report, RevisionChanges, Severity, SignatureKind, SignatureReport, SubIndication,
    TimestampReport, ValidationInput, validate,
};
