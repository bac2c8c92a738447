//! What a signature file brings along: certificates, revocation values, time-stamps, and the level it has reached.

use vanthu_pki::asn1::{Reader, tag};
use vanthu_pki::cms::{self, SignedData, SignerInfo};
use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::path::{RevocationData, Verifications};
use vanthu_pki::{Certificate, oid, tsp};

use crate::longterm::evidence::{self, LongTermEvidence};
use crate::longterm::level::BaselineLevel;
use crate::longterm::signed::signer_of;

/// The revocation values of a SignedData: lists, and OCSP responses in the form of RFC 5940.
pub(crate) fn revocation_of(signed: &SignedData) -> RevocationData {
    let mut found = RevocationData::default();
    for der in &signed.crls {
        add_revocation(&mut found, der);
    }
    found
}

/// Reads one `RevocationInfoChoice`; what is of another kind is passed over.
pub(crate) fn add_revocation(found: &mut RevocationData, der: &[u8]) {
    match ocsp_inside(der) {
        Some(response) => found.ocsp.extend(OcspResponse::from_der(response).ok()),
        None => found.crls.extend(Crl::from_der(der).ok()),
    }
}

fn ocsp_inside(der: &[u8]) -> Option<&[u8]> {
    let choice = Reader::new(der).optional(tag::constructed(1)).ok()??;
    let mut fields = choice.inside().ok()?;
    let kind = fields.expect(tag::OID).ok()?.oid().ok()?;
    let value = fields.any().ok()?.full;
    (kind == oid::OCSP_REVOCATION_INFO).then_some(value)
}

/// Everything in it, time-stamps included.
pub(crate) fn brought(signed: &SignedData) -> LongTermEvidence {
    let mut all = own(signed);
    for token in signed.signers.iter().flat_map(tokens) {
        all.merge(own(&token));
    }
    all.add_responders();
    all
}

fn own(signed: &SignedData) -> LongTermEvidence {
    LongTermEvidence {
        certificates: signed.certificates.clone(),
        revocation: revocation_of(signed),
    }
}

/// The time-stamps over the signature, and the archive time-stamps.
fn tokens(signer: &SignerInfo) -> impl Iterator<Item = SignedData> {
    let all = signer.timestamp_tokens().into_iter();
    all.chain(signer.archive_timestamp_tokens())
        .filter_map(|token| cms::parse(token).ok())
}

/// The newest archive time-stamp: nothing covers it yet, its service still answers.
fn newest_archive(signer: &SignerInfo) -> Option<&[u8]> {
    let stamps = signer.archive_timestamp_tokens().into_iter();
    let timed = stamps.filter_map(|it| Some((tsp::parse_token(it).ok()?.time, it)));
    timed.max_by_key(|(time, _)| *time).map(|(_, token)| token)
}

/// Those whose path must be shown: who signed and who stamped.
pub(crate) fn ends(signed: &SignedData) -> Vec<Certificate> {
    let mut ends = signers(signed);
    for token in signed.signers.iter().flat_map(tokens) {
        ends.extend(signer_of(&token).cloned());
    }
    ends.dedup();
    ends
}

fn signers(signed: &SignedData) -> Vec<Certificate> {
    let of = |signer: &SignerInfo| {
        let mut all = signed.certificates.iter();
        all.find(|it| signer.signer.matches(it)).cloned()
    };
    signed.signers.iter().filter_map(of).collect()
}

/// The level of a signature with one signer (ETSI EN 319 122-1, 6), by what is there: nothing is judged. `is_archived`
/// where something outside of it, a container's archive time-stamp, covers it.
pub(crate) fn level(
    signed: &SignedData,
    anchors: &[Certificate],
    is_archived: bool,
    work: &Verifications,
) -> BaselineLevel {
    let newest = signed.signers.first().and_then(newest_archive);
    let stamped = signed
        .signers
        .iter()
        .any(|it| !it.timestamp_tokens().is_empty());
    if !stamped && newest.is_none() && !is_archived {
        return BaselineLevel::BB;
    }
    let mut ends = signers(signed);
    for signer in &signed.signers {
        let archive = signer.archive_timestamp_tokens().into_iter();
        let below = archive.filter(|it| Some(*it) != newest);
        let all = signer.timestamp_tokens().into_iter().chain(below);
        let read = all.filter_map(|it| cms::parse(it).ok());
        ends.extend(read.filter_map(|it| signer_of(&it).cloned()));
    }
    let known = brought(signed);
    if !evidence::missing_for("", &ends, &known, anchors, work).is_empty() {
        BaselineLevel::BT
    } else if newest.is_some() || is_archived {
        BaselineLevel::BLta
    } else {
        BaselineLevel::BLt
    }
}
