//! From B-T to B-LT and B-LTA, and B-LTA again before its time-stamp ends (ETSI EN 319 142-1, 5.4 and 5.5).

use std::io::{Read, Seek};

use vanthu_pki::{DigestAlgorithm, Time};

use super::dss::Writer;
use super::evidence::{self, LongTermEvidence};
use super::signed;
use super::stamp::{DocTimestampRequest, PreparedTimestamp};
use crate::field::FieldMaker;
use crate::hash::{self, Hashed};
use crate::prepare::{self, PrepareError};
use crate::problem::PdfProblem;
use crate::request::{Appearance, Fonts};
use crate::revision::{self, Revision};
use crate::syntax::object::{Dict, Object};
use crate::syntax::source::{FileSource, Source};
use crate::update::Update;

/// Why a file cannot be extended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtendError {
    /// The PDF cannot be read or is not accepted.
    #[error(transparent)]
    Pdf(#[from] PdfProblem),
    /// There is nothing to bring evidence for.
    #[error("the document is not signed")]
    NotSigned,
    /// The field of the time-stamp cannot be made.
    #[error(transparent)]
    Field(#[from] PrepareError),
    /// Only SHA-256, SHA-384 and SHA-512 are used here.
    #[error("the digest algorithm is not used for time-stamps")]
    DigestUnsupported,
}

/// Level B-LT: the evidence goes into the document security store, as a revision behind `pdf`.
///
/// Nothing that the store holds already is written again; when nothing is new, `pdf` comes back as it was. The entry
/// of each signature says that it was written `at`. Time-stamps inside are taken for what they are: judge the file
/// first. What is still missing tells [`missing_evidence`](crate::missing_evidence).
///
/// ISO 32000-2, 12.8.4.3; ETSI EN 319 142-1, 5.4.2.2.
pub fn extend_lt(
    pdf: &[u8],
    evidence: &LongTermEvidence,
    at: Time,
) -> Result<Vec<u8>, ExtendError> {
    let source = Source::Memory(pdf);
    let tail = evidence_revision(source, evidence, at)?;
    Ok(revision::unsigned(&source, &tail)?)
}

/// As [`extend_lt`], giving only what is to be appended to a file that stays where it lies; empty when nothing is new.
pub fn extend_lt_tail<R: Read + Seek>(
    pdf: &FileSource<R>,
    evidence: &LongTermEvidence,
    at: Time,
) -> Result<Vec<u8>, ExtendError> {
    evidence_revision(pdf.source(), evidence, at)
}

fn evidence_revision(
    source: Source<'_>,
    evidence: &LongTermEvidence,
    at: Time,
) -> Result<Vec<u8>, ExtendError> {
    let document = prepare::open(source)?;
    let mut update = Update::of(&document);
    if !add_evidence(&mut update, evidence, at)? {
        return Ok(Vec::new());
    }
    let hashed = Hashed::of(&source, DigestAlgorithm::Sha256)?;
    Ok(update.finish(&hashed.sha256)?.bytes)
}

/// Writes the store with everything given, and an entry for each signature that has none.
fn add_evidence(
    update: &mut Update<'_, '_>,
    given: &LongTermEvidence,
    at: Time,
) -> Result<bool, ExtendError> {
    let signatures = signed::signatures(update.base())?;
    if signatures.is_empty() {
        return Err(ExtendError::NotSigned);
    }
    let all = evidence::known(update.base(), &signatures, given)?;
    let mut writer = Writer::new(update)?;
    writer.add(given);
    let work = evidence::bound(signatures.len());
    for signed in &signatures {
        let key = signed.vri_key();
        if writer.store().has_entry(&key) {
            continue;
        }
        let about = all.about(&signed.ends(), &work);
        // An entry that could only name certificates shows nothing: it waits for evidence.
        if !about.revocation.crls.is_empty() || !about.revocation.ocsp.is_empty() {
            writer.entry(&key, &about, at);
        }
    }
    Ok(writer.finish()?)
}

/// Writes a document time-stamp with room for its token; nothing is stamped yet (ETSI EN 319 142-1, 5.4.3).
///
/// What the token must stamp is [`PreparedTimestamp::digest`].
pub fn prepare_timestamp(
    pdf: &[u8],
    request: &DocTimestampRequest,
) -> Result<PreparedTimestamp, ExtendError> {
    timestamp_revision(Source::Memory(pdf), request, None)
}

/// As [`prepare_timestamp`], for a file that stays where it lies.
pub fn prepare_timestamp_file<R: Read + Seek>(
    pdf: &FileSource<R>,
    request: &DocTimestampRequest,
) -> Result<PreparedTimestamp, ExtendError> {
    timestamp_revision(pdf.source(), request, None)
}

/// Level B-LTA: evidence for every signature and time-stamp that stands in the file, and a document time-stamp over
/// all of it, in one revision (ETSI EN 319 142-1, 5.5).
///
/// Done again before the last time-stamp's certificate or algorithm ends ([`protection`](crate::protection())), it
/// renews the protection: give the evidence about the last time-stamp's own path then.
pub fn extend_lta(
    pdf: &[u8],
    evidence: &LongTermEvidence,
    request: &DocTimestampRequest,
) -> Result<PreparedTimestamp, ExtendError> {
    timestamp_revision(Source::Memory(pdf), request, Some(evidence))
}

/// As [`extend_lta`], for a file that stays where it lies.
pub fn extend_lta_file<R: Read + Seek>(
    pdf: &FileSource<R>,
    evidence: &LongTermEvidence,
    request: &DocTimestampRequest,
) -> Result<PreparedTimestamp, ExtendError> {
    timestamp_revision(pdf.source(), request, Some(evidence))
}

fn timestamp_revision(
    source: Source<'_>,
    request: &DocTimestampRequest,
    evidence: Option<&LongTermEvidence>,
) -> Result<PreparedTimestamp, ExtendError> {
    if hash::engine(request.digest).is_none() {
        return Err(ExtendError::DigestUnsupported);
    }
    let document = prepare::open(source)?;
    let mut update = Update::of(&document);
    if let Some(evidence) = evidence {
        add_evidence(&mut update, evidence, request.at)?;
    }
    add_timestamp(&mut update, request)?;
    let hashed = Hashed::of(document.source(), request.digest)?;
    Ok(PreparedTimestamp::new(Revision::write(update, hashed)?))
}

fn add_timestamp(
    update: &mut Update<'_, '_>,
    request: &DocTimestampRequest,
) -> Result<(), ExtendError> {
    let fonts = Fonts {
        regular: &[],
        italic: &[],
    };
    let mut maker = FieldMaker::new(update, &fonts)?;
    let name = maker.free_name(&request.field_name);
    let field = maker.reserve_signature(&name, None, false)?;
    let dict = Dict::typed("DocTimeStamp")
        .with("Filter", Object::name("Adobe.PPKLite"))
        .with("SubFilter", Object::name("ETSI.RFC3161"))
        .with("V", Object::Int(0));
    let value = maker.update().add_signature(dict, request.room_bytes);
    maker.sign(field, value, &Appearance::Invisible)?;
    maker.finish()?;
    Ok(())
}
