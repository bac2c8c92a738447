//! Files that another program signs whole, in its own way: laid out before, compared after, time-stamped at last.
//!
//! Such a program gets a file and brings one back. What it may have done with it is found out here by the same
//! difference analysis that judges revisions behind a signature.

use vanthu_pki::{DigestAlgorithm, asn1, oid};

use crate::cades::raw::Raw;
use crate::difference::{self, Change, ChangeLevel, Limits, SignedState};
use crate::embed::EmbedError;
use crate::field::FieldMaker;
use crate::hash;
use crate::longterm::stamp::{TimestampTrust, accept_token};
use crate::prepare::{PrepareError, open};
use crate::problem::PdfProblem;
use crate::request::{FilledField, Fonts, ReservedField, ReservedSignature};
use crate::syntax::document::Document;
use crate::syntax::source::Source;
use crate::update::Update;
use crate::validate;

/// What is written into a file before another program signs it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// Text fields to make.
    pub reserve: Vec<ReservedField>,
    /// Signature fields to make for later signatures.
    pub reserve_signatures: Vec<ReservedSignature>,
    /// Fields to fill and make read-only.
    pub fill: Vec<FilledField>,
}

/// The file with a revision behind it that holds what `layout` asks for, and no signature. Without anything to write it
/// is the file itself.
///
/// Clause: AG-13.2
pub fn lay_out(pdf: &[u8], layout: &Layout, fonts: &Fonts<'_>) -> Result<Vec<u8>, PrepareError> {
    let nothing =
        layout.reserve.is_empty() && layout.reserve_signatures.is_empty() && layout.fill.is_empty();
    if nothing {
        return Ok(pdf.to_vec());
    }
    let source = Source::Memory(pdf);
    let document = open(source)?;
    let mut update = Update::of(&document);
    let mut maker = FieldMaker::new(&mut update, fonts)?;
    for field in &layout.reserve {
        maker.reserve_text(field)?;
    }
    for field in &layout.reserve_signatures {
        maker.reserve_signature(&field.name, field.place, field.lock_all)?;
    }
    for field in &layout.fill {
        maker.fill(field)?;
    }
    maker.finish()?;
    let tail = update.finish(&hash::sha256_parts(&[pdf]))?;
    Ok([pdf, &tail.bytes].concat())
}

/// What stands in `longer` and not in its first `base_len` bytes, which are a whole file: each change with how far it
/// goes. What an unsigned file permits is filling, signing and evidence; everything else is marked as not permitted.
///
/// # Errors
/// One of the two can't be read, or `longer` is the shorter one.
pub fn changes_behind(longer: &[u8], base_len: usize) -> Result<Vec<Change>, PdfProblem> {
    let base = longer
        .get(..base_len)
        .ok_or_else(|| PdfProblem::structure("the file is shorter than the one before"))?;
    let (old, new) = (Document::open(base)?, Document::open(longer)?);
    let limits = Limits {
        allowed: ChangeLevel::FormFilling,
        certified: false,
        certification: None,
        field_locks: Vec::new(),
        may_certify: validate::is_unsigned(&old),
    };
    Ok(difference::compare(&SignedState::of(&old), &new, &limits))
}

/// A signature in a file, without a time-stamp yet, that is to get one: it goes into the room that the signing
/// program left behind its signature, and changes nothing that was signed (ETSI EN 319 142-1, 5.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unstamped {
    gap: (usize, usize),
    cms: Vec<u8>,
    imprint: [u8; 32],
}

impl Unstamped {
    /// The signature of that field. `None` where it has a time-stamp, or is none that can be stamped.
    pub fn find(pdf: &[u8], field: &str) -> Option<Self> {
        let document = Document::open(pdf).ok()?;
        let (gap, contents) = validate::contents_of(&document, field)?;
        let cms = contents
            .get(..asn1::length_of_first(&contents).ok()?)?
            .to_vec();
        let signed = vanthu_pki::cms::parse(&cms).ok()?;
        let [signer] = signed.signers.as_slice() else {
            return None;
        };
        if !signer.timestamp_tokens().is_empty() {
            return None;
        }
        Some(Self {
            gap,
            imprint: hash::sha256_parts(&[&signer.signature]),
            cms,
        })
    }

    /// The SHA-256 that a service is asked to stamp: that of the signature value.
    pub fn imprint(&self) -> [u8; 32] {
        self.imprint
    }

    /// The file with the token in it.
    ///
    /// # Errors
    /// The token stamps something else, comes from nobody who may, or does not fit into the room.
    pub fn embed(
        &self,
        pdf: &[u8],
        token: &[u8],
        trust: &TimestampTrust,
    ) -> Result<Vec<u8>, EmbedError> {
        let asked = vanthu_pki::tsp::TimestampRequest::new(
            DigestAlgorithm::Sha256,
            &self.imprint,
            trust.nonce,
        );
        accept_token(&asked, token, trust)?;
        let mut raw = Raw::read(&self.cms).map_err(|_| EmbedError::DamagedState)?;
        let [signer] = raw.signers.as_mut_slice() else {
            return Err(EmbedError::DamagedState);
        };
        signer.add_unsigned(&asn1::oid(oid::SIGNATURE_TIMESTAMP), token);
        let stamped = raw.write();
        let room = (self.gap.1 - self.gap.0).saturating_sub(2) / 2;
        if stamped.len() > room {
            return Err(EmbedError::TooLarge {
                needed: stamped.len(),
                room,
            });
        }
        let digits = hex::encode(&stamped);
        let start = self.gap.0 + 1;
        let mut file = pdf.to_vec();
        file.get_mut(start..start + digits.len())
            .ok_or(EmbedError::OtherDocument)?
            .copy_from_slice(digits.as_bytes());
        Ok(file)
    }
}
