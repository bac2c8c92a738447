//! Validation data: certificates and revocation data from the caller, the file's DSS and VRI, and its signatures.

use std::collections::BTreeSet;

use vanthu_pki::asn1::{Tlv, tag};
use vanthu_pki::cms::{self, SignedData, SignerInfo};
use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, Malformed, Time, oid};

use super::poe::{ObjectId, ObjectKind, PoeSource, Poes, id_of};
use crate::cades::known::revocation_of;
use crate::longterm::dss;
use crate::syntax::document::Document;

/// Validation data that stand in one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    pub(super) certificates: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    pub(super) ocsp: Vec<OcspResponse>,
    /// Signature values and time-stamps.
    pub(super) values: Vec<(ObjectKind, ObjectId)>,
}

impl Held {
    /// The document security store of one state of the file, its VRI dictionaries included (ETSI EN 319 142-1, 5.4.2).
    pub(super) fn in_store(document: &Document<'_>) -> Self {
        let mut held = Self::default();
        let Ok(Some(store)) = dss::read(document) else {
            return held;
        };
        held.certificates = store.certificates();
        held.crls = store.crls();
        for response in store.ocsp() {
            held.push_response(response);
        }
        held
    }

    fn add_response(&mut self, der: &[u8]) {
        if let Ok(response) = OcspResponse::from_der(der) {
            self.push_response(response);
        }
    }

    fn push_response(&mut self, response: OcspResponse) {
        self.certificates.extend(response.certificates.clone());
        self.ocsp.push(response);
    }

    /// What a signature brings with it: certificates, lists, time-stamps, revocation data in its attributes.
    pub(super) fn in_signature(signed: &SignedData) -> Self {
        let mut held = Self::default();
        held.read_signed_data(signed);
        let [signer] = signed.signers.as_slice() else {
            return held;
        };
        let kind = if signed.content_type == oid::TST_INFO {
            ObjectKind::Timestamp
        } else {
            ObjectKind::SignatureValue
        };
        held.values.push((kind, id_of(&signer.signature)));
        held.read_archival(signer);
        for token in signer
            .timestamp_tokens()
            .into_iter()
            .chain(signer.archive_timestamp_tokens())
            .chain(content_timestamps(signer))
        {
            if let Ok(token) = cms::parse(token) {
                held.read_signed_data(&token);
                let signers = token.signers.iter();
                held.values
                    .extend(signers.map(|it| (ObjectKind::Timestamp, id_of(&it.signature))));
            }
        }
        held
    }

    pub(super) fn read_signed_data(&mut self, signed: &SignedData) {
        self.certificates
            .extend(signed.certificates.iter().cloned());
        self.add_revocation(revocation_of(signed));
    }

    /// Lists and responses, with those who signed the responses.
    pub(super) fn add_revocation(&mut self, found: RevocationData) {
        let responders = found.ocsp.iter().flat_map(|it| &it.certificates);
        self.certificates.extend(responders.cloned());
        self.crls.extend(found.crls);
        self.ocsp.extend(found.ocsp);
    }

    /// Revocation data in the signed attribute of ISO 32000-1, 12.8.3.3.2.
    fn read_archival(&mut self, signer: &SignerInfo) {
        let Ok(Some(value)) = signer.signed_value(oid::ADOBE_REVOCATION_INFO) else {
            return;
        };
        if let Ok((crls, responses)) = archival(value) {
            self.crls
                .extend(crls.iter().filter_map(|der| Crl::from_der(der).ok()));
            for der in responses {
                self.add_response(&der);
            }
        }
    }

    /// Everything in here existed at `time`.
    pub(super) fn prove(&self, poes: &mut Poes, time: Time, source: PoeSource) {
        for it in &self.certificates {
            poes.add(*it.fingerprint(), ObjectKind::Certificate, time, source);
        }
        for it in &self.crls {
            poes.add(*it.fingerprint(), ObjectKind::Crl, time, source);
        }
        for it in &self.ocsp {
            poes.add(*it.fingerprint(), ObjectKind::OcspResponse, time, source);
        }
        for (kind, id) in &self.values {
            poes.add(*id, *kind, time, source);
        }
    }
}

/// Time-stamps over the content, made before the signature (ETSI EN 319 122-1, 5.2.8).
pub(super) fn content_timestamps(signer: &SignerInfo) -> impl Iterator<Item = &[u8]> {
    signer
        .signed
        .iter()
        .filter(|attribute| attribute.kind == oid::CONTENT_TIMESTAMP)
        .flat_map(|attribute| attribute.values.iter().map(Vec::as_slice))
}

type Encoded = Vec<Vec<u8>>;

fn archival(value: &[u8]) -> Result<(Encoded, Encoded), Malformed> {
    let mut fields = Tlv::read_all(value)?.inside()?;
    let mut lists = [Vec::new(), Vec::new()];
    for (number, list) in (0..).zip(&mut lists) {
        if let Some(values) = fields.optional(tag::constructed(number))? {
            let mut values = values.only()?.inside()?;
            while !values.is_empty() {
                list.push(values.any()?.full.to_vec());
            }
        }
    }
    let [crls, responses] = lists;
    Ok((crls, responses))
}

/// More certificates, lists or responses than this are left out, the caller's last.
const MOST_OF_A_KIND: usize = 4_096;

/// All of it together, each object once.
#[derive(Debug, Default)]
pub(super) struct Material {
    pub(super) certificates: Vec<Certificate>,
    pub(super) revocation: RevocationData,
    seen: BTreeSet<ObjectId>,
}

impl Material {
    pub(super) fn add(&mut self, held: &Held) {
        for it in &held.certificates {
            let has_room = self.certificates.len() < MOST_OF_A_KIND;
            if has_room && self.seen.insert(*it.fingerprint()) {
                self.certificates.push(it.clone());
            }
        }
        for it in &held.crls {
            let has_room = self.revocation.crls.len() < MOST_OF_A_KIND;
            if has_room && self.seen.insert(*it.fingerprint()) {
                self.revocation.crls.push(it.clone());
            }
        }
        for it in &held.ocsp {
            let has_room = self.revocation.ocsp.len() < MOST_OF_A_KIND;
            if has_room && self.seen.insert(*it.fingerprint()) {
                self.revocation.ocsp.push(it.clone());
            }
        }
    }
}
