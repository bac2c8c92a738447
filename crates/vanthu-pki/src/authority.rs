//! The practice authority (cơ quan chứng thực diễn tập): everything a signing installation needs
//! to be tried without a real authority. Its certificates say so in their names, and nothing but a
//! practice installation trusts them.
//!
//! The certificates of a practice installation have a method each ([`Authority::person`],
//! [`Authority::agency`], …). Any other hierarchy is made of [`CertificateRequest`] and
//! [`CrlRequest`]: further levels, cross-certificates, delegated responders, delta and indirect
//! lists, every kind of key.
//!
//! Time, serial numbers and keys are given; nothing is read from clock or disk.

use crate::algorithm::SignatureAlgorithm;
use crate::asn1;
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{DistributionPoint, Extension, GeneralName, KeyUsage};
use crate::key::{KeyError, SoftKey};
use crate::name::Name;
use crate::oid;
use crate::time::Time;

mod list;
mod request;
mod stamp;
mod status;

pub use list::{CrlRequest, Revocation};
pub use request::CertificateRequest;
pub use stamp::{TimestampAuthority, refuse_timestamp};
pub use status::{OcspAuthority, ResponderIdentity, StatusAnswer};

/// Why the authority made nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The key refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Something given is malformed.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The key is not that of the certificate.
    #[error("the key does not belong to the certificate")]
    OtherKey,
}

/// From when to when a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Start.
    pub from: Time,
    /// End.
    pub to: Time,
}

/// Where the state of a certificate can be asked; written into the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Address of the revocation list.
    pub crl_url: Option<String>,
    /// Address of the OCSP service.
    pub ocsp_url: Option<String>,
    /// Address of the issuer's certificate.
    pub issuer_url: Option<String>,
}

/// The subject of a person's certificate; empty fields are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonSubject {
    /// Họ và tên.
    pub full_name: String,
    /// Chức vụ.
    pub title: String,
    /// Đơn vị.
    pub unit: String,
    /// Cơ quan, tổ chức.
    pub organization: String,
    /// Tỉnh, thành phố.
    pub locality: String,
    /// An identifier of the person, written as UID.
    pub user_id: String,
    /// Thư điện tử, written as subject alternative name.
    pub email: String,
}

/// The subject of an agency's certificate; empty fields are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencySubject {
    /// Tên cơ quan, tổ chức.
    pub name: String,
    /// Cơ quan chủ quản.
    pub parent: String,
    /// Tỉnh, thành phố.
    pub locality: String,
    /// Mã định danh, written as UID.
    pub identifier: String,
    /// Thư điện tử, written as subject alternative name.
    pub email: String,
}

/// A certificate that may issue others, with its key.
#[derive(Debug)]
pub struct Authority {
    key: SoftKey,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
}

impl Endpoints {
    fn extensions(&self) -> Vec<Extension> {
        let mut extensions = Vec::new();
        if let Some(url) = &self.crl_url {
            let points = [DistributionPoint::at_url(url)];
            extensions.push(Extension::distribution_points(&points));
        }
        let mut access = Vec::new();
        for (method, url) in [
            (oid::AD_OCSP, &self.ocsp_url),
            (oid::AD_CA_ISSUERS, &self.issuer_url),
        ] {
            if let Some(url) = url {
                let place = GeneralName::Uri(url.clone()).to_der();
                access.push(asn1::sequence(&[asn1::oid(method), place]));
            }
        }
        if !access.is_empty() {
            let value = asn1::sequence(&access);
            extensions.push(Extension::new(oid::AUTHORITY_INFO_ACCESS, false, value));
        }
        extensions
    }
}

impl Authority {
    /// A new self-signed root.
    pub fn root(
        key: SoftKey,
        common_name: &str,
        validity: Validity,
        serial: u128,
    ) -> Result<Self, AuthorityError> {
        let subject = authority_name(common_name)?;
        let algorithm = key.default_algorithm();
        let request =
            CertificateRequest::new(subject, &key.spki(), validity, serial).authority(None);
        Self::self_signed(key, algorithm, &request)
    }

    /// Puts an authority together from what was stored.
    pub fn from_parts(key: SoftKey, certificate: Certificate) -> Result<Self, AuthorityError> {
        if key.spki() != certificate.spki() {
            return Err(AuthorityError::OtherKey);
        }
        let algorithm = key.default_algorithm();
        Ok(Self {
            key,
            certificate,
            algorithm,
        })
    }

    /// Signs with another algorithm of its key from now on. One that does not fit the key is
    /// refused when something is signed.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its key.
    pub fn key(&self) -> &SoftKey {
        &self.key
    }

    /// A subordinate authority that issues to people and agencies.
    pub fn issuing(
        &self,
        key: SoftKey,
        common_name: &str,
        validity: Validity,
        serial: u128,
        endpoints: &Endpoints,
    ) -> Result<Self, AuthorityError> {
        let subject = authority_name(common_name)?;
        let request = CertificateRequest::new(subject, &key.spki(), validity, serial)
            .endpoints(endpoints)
            .authority(Some(0));
        self.subordinate(key, &request)
    }

    /// A certificate for a person's signature.
    pub fn person(
        &self,
        person: &PersonSubject,
        spki: &[u8],
        validity: Validity,
        serial: u128,
        endpoints: &Endpoints,
    ) -> Result<Certificate, AuthorityError> {
        let subject = Name::build(&[
            (oid::COUNTRY, "VN"),
            (oid::LOCALITY, &person.locality),
            (oid::ORGANIZATION, &person.organization),
            (oid::ORGANIZATIONAL_UNIT, &person.unit),
            (oid::TITLE, &person.title),
            (oid::COMMON_NAME, &person.full_name),
            (oid::USER_ID, &person.user_id),
        ])?;
        let request = CertificateRequest::new(subject, spki, validity, serial);
        self.signer(request, &person.email, endpoints)
    }

    /// A certificate for an agency's signature.
    pub fn agency(
        &self,
        agency: &AgencySubject,
        spki: &[u8],
        validity: Validity,
        serial: u128,
        endpoints: &Endpoints,
    ) -> Result<Certificate, AuthorityError> {
        let subject = Name::build(&[
            (oid::COUNTRY, "VN"),
            (oid::LOCALITY, &agency.locality),
            (oid::ORGANIZATION, &agency.parent),
            (oid::COMMON_NAME, &agency.name),
            (oid::USER_ID, &agency.identifier),
        ])?;
        let request = CertificateRequest::new(subject, spki, validity, serial);
        self.signer(request, &agency.email, endpoints)
    }

    /// A certificate for a time-stamp service: timeStamping alone, critical (RFC 3161 2.3).
    pub fn timestamping(
        &self,
        common_name: &str,
        spki: &[u8],
        validity: Validity,
        serial: u128,
        endpoints: &Endpoints,
    ) -> Result<Certificate, AuthorityError> {
        let subject = authority_name(common_name)?;
        let usage = Extension::extended_key_usage(&[oid::KP_TIME_STAMPING], true);
        let request = CertificateRequest::new(subject, spki, validity, serial)
            .endpoints(endpoints)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extension(usage);
        self.certify(&request)
    }

    /// A certificate for an OCSP responder, itself not to be checked (RFC 6960 4.2.2.2).
    pub fn ocsp_responder(
        &self,
        common_name: &str,
        spki: &[u8],
        validity: Validity,
        serial: u128,
    ) -> Result<Certificate, AuthorityError> {
        let subject = authority_name(common_name)?;
        let request = CertificateRequest::new(subject, spki, validity, serial)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extended_key_usage(&[oid::KP_OCSP_SIGNING])
            .extension(Extension::ocsp_nocheck());
        self.certify(&request)
    }

    fn signer(
        &self,
        request: CertificateRequest,
        email: &str,
        endpoints: &Endpoints,
    ) -> Result<Certificate, AuthorityError> {
        let mut request = request
            .endpoints(endpoints)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION)
            .policies(&[oid::PRACTICE_POLICY]);
        if email.is_ascii() && !email.is_empty() {
            let names = [GeneralName::Email(email.to_owned())];
            request = request.extension(Extension::subject_alt_names(&names));
        }
        self.certify(&request)
    }
}

/// A name that says that this is practice, as every authority of this kind carries it.
pub fn authority_name(common_name: &str) -> Result<Name, Malformed> {
    Name::build(&[
        (oid::COUNTRY, "VN"),
        (
            oid::ORGANIZATION,
            "Cơ quan chứng thực diễn tập (không có giá trị pháp lý)",
        ),
        (oid::COMMON_NAME, common_name),
    ])
}
