//! The signatures and document time-stamps that stand in a file, read for extending it; nothing is judged.

use vanthu_pki::cms::{self, SignedData};
use vanthu_pki::{Certificate, DigestAlgorithm, asn1, tsp};

use crate::form;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};

/// What a signature field holds.
pub(crate) struct SignedField {
    pub(crate) field: String,
    pub(crate) is_timestamp: bool,
    /// The whole string under `/Contents`, padding included.
    contents: Vec<u8>,
    /// First byte behind what it covers.
    pub(crate) end: usize,
    pub(crate) cms: Option<SignedData>,
}

impl SignedField {
    /// Its key in the VRI dictionary: upper-case hexadecimal SHA-1 of the whole `/Contents` (ISO 32000-2, 12.8.4.4).
    pub(crate) fn vri_key(&self) -> String {
        hex::encode_upper(DigestAlgorithm::Sha1.digest(&self.contents))
    }

    /// The CMS structure without its padding.
    pub(crate) fn value(&self) -> &[u8] {
        unpadded(&self.contents)
    }

    /// The certificate of who signed or stamped, when the structure brings it.
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        signer_of(self.cms.as_ref()?)
    }

    /// Time-stamp tokens: the document time-stamp itself, or those over the signature value.
    pub(crate) fn tokens(&self) -> Vec<&[u8]> {
        if self.is_timestamp {
            return vec![self.value()];
        }
        let signers = self.cms.iter().flat_map(|cms| &cms.signers);
        signers
            .flat_map(cms::SignerInfo::timestamp_tokens)
            .collect()
    }

    /// Every certificate inside, those of time-stamps included.
    pub(crate) fn certificates(&self) -> Vec<Certificate> {
        let mut all = self
            .cms
            .as_ref()
            .map(|cms| cms.certificates.clone())
            .unwrap_or_default();
        for token in self.tokens() {
            if let Ok(token) = cms::parse(token) {
                all.extend(token.certificates);
            }
        }
        all
    }

    /// Those whose path must be shown: the signer, and who stamped the signature.
    pub(crate) fn ends(&self) -> Vec<Certificate> {
        let mut ends: Vec<Certificate> = self.certificate().cloned().into_iter().collect();
        for token in self.tokens() {
            if let Ok(token) = cms::parse(token) {
                ends.extend(signer_of(&token).cloned());
            }
        }
        ends.dedup();
        ends
    }
}

/// A time-stamp token with the certificate of who made it.
pub(crate) fn stamp_of(token: &[u8]) -> Option<(tsp::TstInfo, SignedData)> {
    Some((tsp::parse_token(token).ok()?, cms::parse(token).ok()?))
}

pub(crate) fn signer_of(cms: &SignedData) -> Option<&Certificate> {
    let signer = cms.signers.first()?;
    cms.certificates
        .iter()
        .find(|certificate| signer.signer.matches(certificate))
}

/// A value without the padding of its room.
pub(crate) fn unpadded(contents: &[u8]) -> &[u8] {
    asn1::length_of_first(contents)
        .ok()
        .and_then(|length| contents.get(..length))
        .unwrap_or(contents)
}

/// All of them, in the order in which they were made.
pub(crate) fn signatures(document: &Document<'_>) -> Result<Vec<SignedField>, PdfProblem> {
    let mut found = Vec::new();
    for field in form::fields(document)? {
        let Some(value) = field.value.filter(|_| field.kind == "Sig") else {
            continue;
        };
        let value = document.resolve(&value)?;
        let Some(dict) = value.as_dict() else {
            continue;
        };
        found.push(signed(document, field.name, dict)?);
    }
    found.sort_by_key(|signed| signed.end);
    Ok(found)
}

fn signed(document: &Document<'_>, field: String, dict: &Dict) -> Result<SignedField, PdfProblem> {
    let contents = document.get(dict, "Contents")?;
    let contents = contents
        .as_deref()
        .and_then(Object::as_string)
        .unwrap_or_default()
        .to_vec();
    let is_timestamp = document
        .get(dict, "SubFilter")?
        .is_some_and(|kind| kind.is_name("ETSI.RFC3161"));
    let range = document.get(dict, "ByteRange")?;
    let end = match range.as_deref().and_then(Object::as_array) {
        Some([_, _, start, length]) => start
            .as_int()
            .zip(length.as_int())
            .and_then(|(start, length)| usize::try_from(start.checked_add(length)?).ok()),
        _ => None,
    };
    let cms = cms::parse(unpadded(&contents)).ok();
    Ok(SignedField {
        field,
        is_timestamp,
        contents,
        end: end.unwrap_or_default(),
        cms,
    })
}
