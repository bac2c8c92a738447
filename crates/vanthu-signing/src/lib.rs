//! Signatures of PDFs (PAdES), of any other file (CAdES) and of several files in a container (ASiC), making and
//! judging, with a strict PDF reader and incremental writer of our own.
//!
//! Knows no person, register or database: `vanthu verify` and `vanthu sign` are thin over it. Nothing here reads a
//! clock, a disk or a network; keys stay elsewhere.
//!
//! | | PDF | any file | several files |
//! |---|---|---|---|
//! | making | [`prepare()`] | [`prepare_detached`] | [`pack`], [`prepare_container`] |
//! | keeping for decades | [`extend_lt`], [`extend_lta`] | [`extend_detached_lt`], [`extend_detached_lta`] | [`extend_container_lt`], [`extend_container_lta`] |
//! | judging | [`validate()`] | [`validate_detached`] | [`validate_container`] |
//!
//! What a file is says [`sniff`]; a look at a stranger's PDF gives [`inspect()`]. A large PDF stays where it lies:
//! [`FileSource`], and the functions whose names end in `_file` and `_tail`.
//!
//! A signature, evidence and a document time-stamp over both (PAdES B-LTA), with a practice authority:
//!
//! ```
//! use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, TimestampAuthority, Validity};
//! use vanthu_pki::path::RevocationData;
//! use vanthu_pki::{SoftKey, Strength, Time, tsp};
//! use vanthu_signing::*;
//!
//! # fn empty_page() -> Vec<u8> {
//! #     let objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
//! #         "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"];
//! #     let (mut pdf, mut rows) = (String::from("%PDF-1.7\n"), String::new());
//! #     for (index, object) in objects.iter().enumerate() {
//! #         rows += &format!("{:010} 00000 n\r\n", pdf.len());
//! #         pdf += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
//! #     }
//! #     let at = pdf.len();
//! #     pdf += &format!("xref\n0 4\n0000000000 65535 f\r\n{rows}trailer\n<< /Size 4 /Root 1 0 R >>\n");
//! #     format!("{pdf}startxref\n{at}\n%%EOF\n").into_bytes()
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pdf = empty_page();
//! // An authority with a signer and a time-stamp service; in earnest the keys are elsewhere.
//! let now = Time::from_unix(1_795_309_923);
//! let validity = Validity { from: now.plus_days(-100), to: now.plus_days(1000) };
//! let root = Authority::root(SoftKey::generate_p256()?, "Gốc diễn tập", validity, 1)?;
//! let (key, stamp_key) = (SoftKey::generate_p256()?, SoftKey::generate_p256()?);
//! let person = PersonSubject { full_name: "Lê Thị Mẫu".to_owned(), ..PersonSubject::default() };
//! let certificate = root.person(&person, &key.spki(), validity, 2, &Endpoints::default())?;
//! let service = root.timestamping("Dấu thời gian", &stamp_key.spki(), validity, 3, &Endpoints::default())?;
//! let service = TimestampAuthority::new(stamp_key, service, Vec::new())?;
//!
//! // Prepare; the key signs `to_be_signed`; embed.
//! let request = SignatureRequest { field_name: "ChuKy".to_owned(), at: now, ..SignatureRequest::default() };
//! let fonts = Fonts { regular: &[], italic: &[] };
//! let algorithm = key.default_algorithm();
//! let prepared = prepare(&pdf, &request, &certificate, algorithm, &fonts)?;
//! let value = key.sign(algorithm, prepared.to_be_signed())?;
//! let signed = prepared.complete(&value)?.embed(&pdf, &[], None)?;
//!
//! // What shows that nothing was revoked, and a time-stamp over everything.
//! let evidence = LongTermEvidence {
//!     certificates: vec![root.certificate().clone()],
//!     revocation: RevocationData { crls: vec![root.crl(&[], 1, now, now.plus_days(30))?], ocsp: vec![] },
//! };
//! let prepared = extend_lta(&signed, &evidence, &DocTimestampRequest::at(now))?;
//! let asked = tsp::parse_request(&prepared.request(Some(7)).to_der())?;
//! let token = service.token(&asked, now, 1)?;
//! let anchors = vec![root.certificate().clone()];
//! let trust = TimestampTrust { anchors: anchors.clone(), nonce: Some(7), ..TimestampTrust::default() };
//! let archived = prepared.embed(&signed, &token, &trust)?;
//!
//! assert!(is_extension(&pdf, &signed) && is_extension(&signed, &archived));
//! let protection = protection(&archived, &anchors, Strength::etsi(), now)?;
//! assert_eq!(protection.level, Some(BaselineLevel::BLta));
//! assert_eq!(protection.until, now.plus_days(1000));
//! # Ok(())
//! # }
//! ```

mod appearance;
mod asic;
mod cades;
mod content;
mod difference;
mod elsewhere;
mod embed;
mod embedded;
mod field;
mod form;
mod hash;
mod held;
mod inspect;
mod longterm;
mod mdp;
mod page;
mod pending;
mod prepare;
mod problem;
mod request;
mod revision;
mod seed;
mod state;
mod syntax;
mod update;
mod validate;
mod xml;

pub use appearance::picture::{Ink, PictureFacts, inspect_picture};
pub use appearance::place::{
    attachment_line, copy_line, picture_place, seal_place, top_right_place, vietnamese_time,
};
pub use asic::extend::{
    PreparedContainerTimestamp, extend_container_lt, extend_container_lta,
    missing_container_evidence,
};
pub use asic::layout::ContainerKind;
pub use asic::pack::{ContainerError, DataFile, pack};
pub use asic::prepare::{
    CompletedContainer, ContainerRequest, PreparedContainer, prepare_container,
};
pub use asic::problem::{ContainerFault, ContainerProblem};
pub use asic::sniff::{FileKind, sniff};
pub use cades::extend::{
    extend_detached_lt, extend_detached_lta, missing_detached_evidence, stamp_detached,
};
pub use cades::file::content_inside;
pub use cades::prepare::{
    CompletedDetached, DetachedError, DetachedRequest, PreparedDetached, prepare_detached,
};
pub use cades::stamp::PreparedDetachedTimestamp;
pub use difference::{Change, ChangeKind, ChangeLevel};
pub use elsewhere::{Layout, Unstamped, changes_behind, lay_out};
pub use embed::{Completed, EmbedError, Prepared, is_extension};
pub use embedded::{Embedded, embedded, embedded_container, embedded_detached, embedded_file};
pub use held::Held;
pub use inspect::{ActiveContent, FieldFacts, PageFacts, PdfFacts, inspect, inspect_file};
pub use longterm::evidence::{
    LongTermEvidence, MissingEvidence, missing_evidence, missing_evidence_file, relevant_evidence,
};
pub use longterm::extend::{
    ExtendError, extend_lt, extend_lt_tail, extend_lta, extend_lta_file, prepare_timestamp,
    prepare_timestamp_file,
};
pub use longterm::level::BaselineLevel;
pub use longterm::protection::{Protection, ProtectionLimit, protection, protection_file};
pub use longterm::stamp::{DocTimestampRequest, PreparedTimestamp, TimestampTrust};
pub use prepare::{PrepareError, prepare, prepare_file, prepare_held, preview};
pub use problem::PdfProblem;
pub use request::{
    Align, Appearance, DocMdp, FilledField, Fonts, Place, Rect, ReservedField, ReservedSignature,
    SignatureRequest,
};
pub use syntax::source::FileSource;
pub use validate::{
    AlgorithmRule, AlgorithmTable, AnchorTerm, AnchorUse, Attack, Block, BlockId, CertificateFacts,
    Conclusion, ConstraintId, ConstraintResult, ConstraintStatus, ContainerFinding,
    ContainerReport, Coverage, CrlFacts, DetachedFacts, DetachedReport, Diagnostic, FileFacts,
    Finding, FindingCode, Indication, Language, Level, ObjectKind, OcspFacts, PlatformRule,
    PlatformVerdict, Poe, PoeSource, Policy, PolicyError, Process, Reliable, Report,
    RevisionChanges, Severity, SignatureKind, SignatureReport, SimpleLine, SlideTo, StrengthTable,
    SubIndication, TimestampReport, ValidationInput, Worded, certificates, validate,
    validate_container, validate_detached, validate_file,
};
