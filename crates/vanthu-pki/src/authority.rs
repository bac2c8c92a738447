//! The practice authority (cơ quan chứng thực diễn tập): everything a signing installation needs
//! to be tried without a real authority. Its certificates say so in their names, and nothing but a
//! practice installation trusts them.
//!
//! Time, serial numbers and keys are given; nothing is read from clock or disk.

use const_oid::ObjectIdentifier;

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::key::{KeyError, PublicKeyInfo, SoftKey};
use crate::name::Name;
use crate::oid;
use crate::time::Time;

mod stamp;
mod status;

pub use stamp::{TimestampAuthority, refuse_timestamp};
pub use status::{OcspAuthority, Revocation, StatusAnswer};

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

impl Authority {
    /// A new self-signed root.
    pub fn root(
        key: SoftKey,
        common_name: &str,
        validity: Validity,
        serial: u128,
    ) -> Result<Self, AuthorityError> {
        let subject = authority_name(common_name)?;
        let spki = key.spki();
        let algorithm = key.default_algorithm();
        let extensions = vec![
            basic_constraints(None),
            key_usage(&[tag_bits::KEY_CERT_SIGN, tag_bits::CRL_SIGN]),
            subject_key_id(&spki)?,
        ];
        let draft = Draft {
            subject: &subject,
            spki: &spki,
            validity,
            serial,
            extensions,
        };
        let certificate = draft.sign(&subject, &key, algorithm)?;
        Ok(Self {
            key,
            certificate,
            algorithm,
        })
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

    /// Signs with another algorithm of its key from now on.
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
        let spki = key.spki();
        let mut extensions = self.common_extensions(&spki, endpoints)?;
        extensions.push(basic_constraints(Some(0)));
        extensions.push(key_usage(&[tag_bits::KEY_CERT_SIGN, tag_bits::CRL_SIGN]));
        let draft = Draft {
            subject: &subject,
            spki: &spki,
            validity,
            serial,
            extensions,
        };
        let certificate = self.issue(&draft)?;
        let algorithm = key.default_algorithm();
        Ok(Self {
            key,
            certificate,
            algorithm,
        })
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
        self.signer(&subject, spki, validity, serial, (&person.email, endpoints))
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
        self.signer(&subject, spki, validity, serial, (&agency.email, endpoints))
    }

    /// A certificate for a time-stamp service: timeStamping alone, critical.
    pub fn timestamping(
        &self,
        common_name: &str,
        spki: &[u8],
        validity: Validity,
        serial: u128,
        endpoints: &Endpoints,
    ) -> Result<Certificate, AuthorityError> {
        let mut extensions = self.common_extensions(spki, endpoints)?;
        extensions.push(key_usage(&[tag_bits::DIGITAL_SIGNATURE]));
        extensions.push(extended_key_usage(oid::KP_TIME_STAMPING, true));
        let subject = authority_name(common_name)?;
        self.issue(&Draft {
            subject: &subject,
            spki,
            validity,
            serial,
            extensions,
        })
    }

    /// A certificate for an OCSP responder, itself not to be checked.
    pub fn ocsp_responder(
        &self,
        common_name: &str,
        spki: &[u8],
        validity: Validity,
        serial: u128,
    ) -> Result<Certificate, AuthorityError> {
        let mut extensions = self.common_extensions(spki, &Endpoints::default())?;
        extensions.push(key_usage(&[tag_bits::DIGITAL_SIGNATURE]));
        extensions.push(extended_key_usage(oid::KP_OCSP_SIGNING, false));
        extensions.push(extension(oid::OCSP_NOCHECK, false, &asn1::null()));
        let subject = authority_name(common_name)?;
        self.issue(&Draft {
            subject: &subject,
            spki,
            validity,
            serial,
            extensions,
        })
    }

    fn signer(
        &self,
        subject: &Name,
        spki: &[u8],
        validity: Validity,
        serial: u128,
        (email, endpoints): (&str, &Endpoints),
    ) -> Result<Certificate, AuthorityError> {
        let mut extensions = self.common_extensions(spki, endpoints)?;
        extensions.push(key_usage(&[
            tag_bits::DIGITAL_SIGNATURE,
            tag_bits::NON_REPUDIATION,
        ]));
        let policy = asn1::sequence(&[asn1::sequence(&[asn1::oid(oid::PRACTICE_POLICY)])]);
        extensions.push(extension(oid::CERTIFICATE_POLICIES, false, &policy));
        if email.is_ascii() && !email.is_empty() {
            let name = asn1::implicit(1, &asn1::ia5_string(email));
            extensions.push(extension(
                oid::SUBJECT_ALT_NAME,
                false,
                &asn1::sequence(&[name]),
            ));
        }
        self.issue(&Draft {
            subject,
            spki,
            validity,
            serial,
            extensions,
        })
    }

    fn common_extensions(
        &self,
        spki: &[u8],
        endpoints: &Endpoints,
    ) -> Result<Vec<Vec<u8>>, AuthorityError> {
        let mut extensions = vec![subject_key_id(spki)?, self.authority_key_id()?];
        let uri = |url: &str| asn1::implicit(6, &asn1::ia5_string(url));
        if let Some(url) = &endpoints.crl_url {
            let name = asn1::explicit(0, &asn1::explicit(0, &uri(url)));
            let points = asn1::sequence(&[asn1::sequence(&[name])]);
            extensions.push(extension(oid::CRL_DISTRIBUTION_POINTS, false, &points));
        }
        let mut access = Vec::new();
        for (method, url) in [
            (oid::AD_OCSP, &endpoints.ocsp_url),
            (oid::AD_CA_ISSUERS, &endpoints.issuer_url),
        ] {
            if let Some(url) = url {
                access.push(asn1::sequence(&[asn1::oid(method), uri(url)]));
            }
        }
        if !access.is_empty() {
            let value = asn1::sequence(&access);
            extensions.push(extension(oid::AUTHORITY_INFO_ACCESS, false, &value));
        }
        Ok(extensions)
    }

    fn authority_key_id(&self) -> Result<Vec<u8>, AuthorityError> {
        let id = match self.certificate.subject_key_id() {
            Some(id) => id.to_vec(),
            None => key_id(self.certificate.spki())?,
        };
        let value = asn1::sequence(&[asn1::implicit(0, &asn1::octet_string(&id))]);
        Ok(extension(oid::AUTHORITY_KEY_ID, false, &value))
    }

    fn issue(&self, draft: &Draft<'_>) -> Result<Certificate, AuthorityError> {
        draft.sign(self.certificate.subject(), &self.key, self.algorithm)
    }
}

/// A certificate before it is signed.
struct Draft<'a> {
    subject: &'a Name,
    spki: &'a [u8],
    validity: Validity,
    serial: u128,
    extensions: Vec<Vec<u8>>,
}

impl Draft<'_> {
    fn sign(
        &self,
        issuer: &Name,
        key: &SoftKey,
        algorithm: SignatureAlgorithm,
    ) -> Result<Certificate, AuthorityError> {
        let tbs = asn1::sequence(&[
            asn1::explicit(0, &asn1::small_integer(2)),
            asn1::integer(&self.serial.max(1).to_be_bytes()),
            algorithm.identifier(),
            issuer.der().to_vec(),
            asn1::sequence(&[asn1::time(self.validity.from), asn1::time(self.validity.to)]),
            self.subject.der().to_vec(),
            self.spki.to_vec(),
            asn1::explicit(3, &asn1::sequence(&self.extensions)),
        ]);
        Ok(Certificate::from_der(&sign_structure(
            tbs, key, algorithm,
        )?)?)
    }
}

/// SEQUENCE of body, algorithm and signature: certificates and lists.
fn sign_structure(
    tbs: Vec<u8>,
    key: &SoftKey,
    algorithm: SignatureAlgorithm,
) -> Result<Vec<u8>, KeyError> {
    let signature = key.sign(algorithm, &tbs)?;
    Ok(asn1::sequence(&[
        tbs,
        algorithm.identifier(),
        asn1::bit_string(&signature),
    ]))
}

/// Bits of the key usage, counted from the left.
mod tag_bits {
    pub(super) const DIGITAL_SIGNATURE: u8 = 0;
    pub(super) const NON_REPUDIATION: u8 = 1;
    pub(super) const KEY_CERT_SIGN: u8 = 5;
    pub(super) const CRL_SIGN: u8 = 6;
}

fn authority_name(common_name: &str) -> Result<Name, Malformed> {
    Name::build(&[
        (oid::COUNTRY, "VN"),
        (
            oid::ORGANIZATION,
            "Cơ quan chứng thực diễn tập (không có giá trị pháp lý)",
        ),
        (oid::COMMON_NAME, common_name),
    ])
}

fn extension(kind: ObjectIdentifier, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut fields = vec![asn1::oid(kind)];
    if critical {
        fields.push(asn1::boolean(true));
    }
    fields.push(asn1::octet_string(value));
    asn1::sequence(&fields)
}

fn basic_constraints(path_length: Option<u64>) -> Vec<u8> {
    let mut fields = vec![asn1::boolean(true)];
    fields.extend(path_length.map(asn1::small_integer));
    extension(oid::BASIC_CONSTRAINTS, true, &asn1::sequence(&fields))
}

fn key_usage(bits: &[u8]) -> Vec<u8> {
    let octet = bits.iter().fold(0_u8, |sum, bit| sum | (0x80 >> bit));
    let value = asn1::tlv(tag::BIT_STRING, &[octet.trailing_zeros() as u8, octet]);
    extension(oid::KEY_USAGE, true, &value)
}

fn extended_key_usage(usage: ObjectIdentifier, critical: bool) -> Vec<u8> {
    extension(
        oid::EXTENDED_KEY_USAGE,
        critical,
        &asn1::sequence(&[asn1::oid(usage)]),
    )
}

fn subject_key_id(spki: &[u8]) -> Result<Vec<u8>, Malformed> {
    Ok(extension(
        oid::SUBJECT_KEY_ID,
        false,
        &asn1::octet_string(&key_id(spki)?),
    ))
}

/// The first method of RFC 5280: SHA-1 of the key; an identifier, no protection.
fn key_id(spki: &[u8]) -> Result<Vec<u8>, Malformed> {
    Ok(DigestAlgorithm::Sha1.digest(&PublicKeyInfo::from_spki(spki)?.key))
}
