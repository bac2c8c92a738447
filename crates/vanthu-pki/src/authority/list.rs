//! Revocation lists of the practice authority: complete, delta, partitioned, indirect.

use crate::asn1::{self, tag};
use crate::crl::{Crl, Scope};
use crate::extension::{Extension, GeneralName};
use crate::name::Name;
use crate::oid;
use crate::time::Time;

use super::request::sign_structure;
use super::{Authority, AuthorityError};

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The contents of its serial number.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Time,
    /// `CRLReason`
    pub reason: Option<u64>,
}

/// What a list shall say (RFC 5280 5.1, 5.2).
#[derive(Clone, Debug)]
pub struct CrlRequest {
    number: u64,
    this_update: Time,
    next_update: Option<Time>,
    entries: Vec<(Revocation, Option<Name>)>,
    extensions: Vec<Extension>,
}

impl CrlRequest {
    /// A complete list without entries. `number` grows from list to list.
    pub fn new(number: u64, this_update: Time, next_update: Option<Time>) -> Self {
        Self {
            number,
            this_update,
            next_update,
            entries: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// Certificates of the list's own issuer.
    pub fn revoked(mut self, revoked: &[Revocation]) -> Self {
        let own = revoked.iter().map(|it| (it.clone(), None));
        self.entries.extend(own);
        self
    }

    /// A certificate of another issuer; the list's scope must say `indirect`. Stands behind all
    /// entries of the list's own issuer (RFC 5280 5.3.3).
    pub fn revoked_of(mut self, issuer: &Name, revoked: Revocation) -> Self {
        self.entries.push((revoked, Some(issuer.clone())));
        self
    }

    /// Holds only what changed since the complete list with this number (RFC 5280 5.2.4).
    pub fn delta_of(self, base: u64) -> Self {
        let base = asn1::small_integer(base);
        self.extension(Extension::new(oid::DELTA_CRL, true, base))
    }

    /// What the list covers (RFC 5280 5.2.5).
    pub fn scope(self, scope: &Scope) -> Self {
        self.extension(scope.to_extension())
    }

    /// Entries are kept after certificates have expired, for those that expired since this
    /// moment (X.509 9.5.2.4).
    pub fn keeps_expired_since(self, since: Time) -> Self {
        let since = asn1::generalized_time(since);
        self.extension(Extension::new(oid::EXPIRED_CERTS_ON_CRL, false, since))
    }

    /// Any extension.
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }
}

impl Authority {
    /// A complete revocation list of what this authority issued.
    pub fn crl(
        &self,
        revoked: &[Revocation],
        number: u64,
        this_update: Time,
        next_update: Time,
    ) -> Result<Crl, AuthorityError> {
        let request = CrlRequest::new(number, this_update, Some(next_update)).revoked(revoked);
        self.list(&request)
    }

    /// Any revocation list.
    pub fn list(&self, request: &CrlRequest) -> Result<Crl, AuthorityError> {
        let number = asn1::small_integer(request.number);
        let mut extensions = vec![
            self.authority_key_id()?.to_der(),
            Extension::new(oid::CRL_NUMBER, false, number).to_der(),
        ];
        extensions.extend(request.extensions.iter().map(Extension::to_der));
        let mut fields = vec![
            asn1::small_integer(1),
            self.algorithm.identifier(),
            self.certificate.subject().der().to_vec(),
            asn1::time(request.this_update),
        ];
        fields.extend(request.next_update.map(asn1::time));
        let entries: Vec<Vec<u8>> = request
            .entries
            .iter()
            .map(|(revoked, issuer)| entry(revoked, issuer.as_ref()))
            .collect();
        if !entries.is_empty() {
            fields.push(asn1::sequence(&entries));
        }
        fields.push(asn1::explicit(0, &asn1::sequence(&extensions)));
        let tbs = asn1::sequence(&fields);
        let der = sign_structure(tbs, &self.key, self.algorithm)?;
        Ok(Crl::from_der(&der)?)
    }
}

fn entry(revoked: &Revocation, issuer: Option<&Name>) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Some(reason) = revoked.reason {
        let value = asn1::tlv(tag::ENUMERATED, &[reason as u8]);
        extensions.push(Extension::new(oid::REASON_CODE, false, value).to_der());
    }
    if let Some(issuer) = issuer {
        let value = asn1::sequence(&[GeneralName::Directory(issuer.clone()).to_der()]);
        extensions.push(Extension::new(oid::CERTIFICATE_ISSUER, true, value).to_der());
    }
    let mut fields = vec![
        asn1::tlv(tag::INTEGER, &revoked.serial),
        asn1::time(revoked.at),
    ];
    if !extensions.is_empty() {
        fields.push(asn1::sequence(&extensions));
    }
    asn1::sequence(&fields)
}
