//! X.509 certificates (chứng thư chữ ký số).

use crate::oid::ObjectIdentifier;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{Reader, Tlv, tag};
use crate::error::Malformed;
use crate::extension::{self, Extension, KeyUsage};
use crate::key::{self, PublicKeyInfo, VerifyError};
use crate::name::Name;
use crate::time::Time;
use crate::{oid, pem};

/// A certificate with the bytes it was read from; cheap to clone, equal when the bytes are.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    tbs: Vec<u8>,
    version: u64,
    serial: Vec<u8>,
    inner_algorithm: Vec<u8>,
    issuer: Name,
    not_before: Time,
    not_after: Time,
    subject: Name,
    spki: Vec<u8>,
    public_key: PublicKeyInfo,
    extensions: Vec<Extension>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    fingerprint: OnceLock<[u8; 32]>,
}

impl Certificate {
    /// Reads a DER certificate (RFC 5280 4.1); nothing may follow it.
    ///
    /// # Errors
    /// The bytes are no certificate, or an extension stands twice. What an extension says is read
    /// when it is asked for.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let outer = Tlv::read_all(der)?;
        if outer.tag != tag::SEQUENCE || outer.indefinite {
            return Err(Malformed("certificate"));
        }
        let mut reader = outer.inside()?;
        let tbs = reader.expect(tag::SEQUENCE)?;
        let algorithm = reader.expect(tag::SEQUENCE)?.full.to_vec();
        // No signature is made of odd bits: such a one is kept as empty and verifies nowhere.
        let signature = reader
            .expect(tag::BIT_STRING)?
            .bits()
            .unwrap_or_default()
            .to_vec();
        reader.finish()?;

        let mut fields = tbs.inside()?;
        let version = match fields.optional(tag::constructed(0))? {
            Some(value) => value.only()?.small()?,
            None => 0,
        };
        let serial = fields.expect(tag::INTEGER)?.body.to_vec();
        let inner_algorithm = fields.expect(tag::SEQUENCE)?.full.to_vec();
        let issuer = Name::from_der(fields.expect(tag::SEQUENCE)?.full)?;
        let mut validity = fields.sequence()?;
        let (not_before, not_after) = (validity.any()?.time()?, validity.any()?.time()?);
        let subject = Name::from_der(fields.expect(tag::SEQUENCE)?.full)?;
        let spki = fields.expect(tag::SEQUENCE)?.full.to_vec();
        for unique_id in [1, 2] {
            fields.optional(tag::context(unique_id))?;
        }
        let extensions = match fields.optional(tag::constructed(3))? {
            Some(value) => extension::read_list(value.only()?)?,
            None => Vec::new(),
        };
        fields.finish()?;
        let public_key = PublicKeyInfo::from_spki(&spki)?;
        Ok(Self(Arc::new(Parsed {
            der: der.to_vec(),
            tbs: tbs.full.to_vec(),
            version,
            serial,
            inner_algorithm,
            issuer,
            not_before,
            not_after,
            subject,
            spki,
            public_key,
            extensions,
            algorithm,
            signature,
            fingerprint: OnceLock::new(),
        })))
    }

    /// Reads the first certificate of a PEM text.
    pub fn from_pem(text: &str) -> Result<Self, Malformed> {
        let blocks = pem::decode(text, "CERTIFICATE")?;
        Self::from_der(
            blocks
                .first()
                .ok_or(Malformed("no certificate in the PEM text"))?,
        )
    }

    /// Reads all certificates of a PEM text.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, Malformed> {
        pem::decode(text, "CERTIFICATE")?
            .iter()
            .map(|der| Self::from_der(der))
            .collect()
    }

    /// The certificate as PEM.
    pub fn to_pem(&self) -> String {
        pem::encode(self.der(), "CERTIFICATE")
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the bytes, computed once.
    pub fn fingerprint(&self) -> &[u8; 32] {
        self.0
            .fingerprint
            .get_or_init(|| DigestAlgorithm::sha256(&self.0.der))
    }

    /// The part its signature covers.
    pub fn tbs(&self) -> &[u8] {
        &self.0.tbs
    }

    /// The subject's name; its `Display` is RFC 4514.
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// The subject's common name, or the whole subject where there is none.
    pub fn common_name(&self) -> String {
        self.subject()
            .get(oid::COMMON_NAME)
            .map_or_else(|| self.subject().to_string(), str::to_owned)
    }

    /// The contents of the serial number's INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The serial number in hexadecimal, without leading zeros of the encoding.
    pub fn serial_hex(&self) -> String {
        match self.serial() {
            [0, rest @ ..] if !rest.is_empty() => hex::encode(rest),
            all => hex::encode(all),
        }
    }

    /// Start of validity.
    pub fn not_before(&self) -> Time {
        self.0.not_before
    }

    /// End of validity.
    pub fn not_after(&self) -> Time {
        self.0.not_after
    }

    /// Inside the validity period, both ends included.
    pub fn is_within_validity(&self, at: Time) -> bool {
        self.not_before() <= at && at <= self.not_after()
    }

    /// The `SubjectPublicKeyInfo` as encoded.
    pub fn spki(&self) -> &[u8] {
        &self.0.spki
    }

    /// Facts of the public key.
    pub fn public_key_info(&self) -> &PublicKeyInfo {
        &self.0.public_key
    }

    /// SHA-256 of the whole certificate, lower-case hexadecimal.
    pub fn sha256_thumbprint(&self) -> String {
        hex::encode(DigestAlgorithm::Sha256.digest(self.der()))
    }

    /// X.509 version as encoded: 2 is version 3.
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// All extensions.
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions
    }

    /// The extension of this type.
    pub fn extension(&self, kind: ObjectIdentifier) -> Option<&Extension> {
        self.extensions()
            .iter()
            .find(|extension| extension.kind == kind)
    }

    /// Key usage; `None` where the certificate doesn't limit it.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.extension(oid::KEY_USAGE)
            .and_then(|it| KeyUsage::from_der(&it.value).ok())
    }

    /// Extended key usages; `None` where the certificate doesn't limit them.
    pub fn extended_key_usage(&self) -> Option<Vec<ObjectIdentifier>> {
        self.extension(oid::EXTENDED_KEY_USAGE)
            .and_then(|it| extension::read_oids(&it.value).ok())
    }

    /// Statements about its quality, by their identifiers (RFC 3739 3.2.6, ETSI EN 319 412-5); none where the extension
    /// cannot be read.
    pub fn statements(&self) -> Vec<ObjectIdentifier> {
        let read = |value: &[u8]| {
            let mut list = Reader::new(value).sequence()?;
            let mut found = Vec::new();
            while !list.is_empty() {
                found.push(list.sequence()?.expect(tag::OID)?.oid()?);
            }
            Ok::<_, Malformed>(found)
        };
        self.extension(oid::QC_STATEMENTS)
            .and_then(|it| read(&it.value).ok())
            .unwrap_or_default()
    }

    /// Basic constraints say it is an authority.
    pub fn is_ca(&self) -> bool {
        self.extension(oid::BASIC_CONSTRAINTS)
            .and_then(|it| extension::BasicConstraints::from_der(&it.value).ok())
            .is_some_and(|it| it.ca)
    }

    /// Subject and issuer have the same name.
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Subject key identifier.
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        let value = Tlv::read_all(&self.extension(oid::SUBJECT_KEY_ID)?.value).ok()?;
        Some(value.body)
    }

    /// Key identifier inside the authority key identifier.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        let mut reader = Reader::new(&self.extension(oid::AUTHORITY_KEY_ID)?.value)
            .sequence()
            .ok()?;
        Some(reader.optional(tag::context(0)).ok()??.body)
    }

    /// Addresses of its revocation lists.
    pub fn crl_urls(&self) -> Vec<String> {
        self.extension(oid::CRL_DISTRIBUTION_POINTS)
            .and_then(|it| extension::DistributionPoint::read_list(&it.value).ok())
            .unwrap_or_default()
            .iter()
            .flat_map(extension::DistributionPoint::urls)
            .collect()
    }

    /// Addresses of its OCSP services.
    pub fn ocsp_urls(&self) -> Vec<String> {
        self.access_urls(oid::AD_OCSP)
    }

    /// Addresses of its issuer's certificate.
    pub fn issuer_urls(&self) -> Vec<String> {
        self.access_urls(oid::AD_CA_ISSUERS)
    }

    /// The signature algorithm where this crate supports it; the two places that name it agree.
    /// `issuer` brings the kind of key.
    pub fn signature_algorithm(
        &self,
        issuer: &PublicKeyInfo,
    ) -> Result<Option<SignatureAlgorithm>, Malformed> {
        if self.0.algorithm != self.0.inner_algorithm {
            return Err(Malformed("the two signature algorithms differ"));
        }
        SignatureAlgorithm::resolve(&self.0.algorithm, issuer.kind, None)
    }

    /// Checks the signature on this certificate with the key of `issuer`; nothing else: neither
    /// names nor times.
    ///
    /// # Errors
    /// As [`key::verify`]; malformed where the two places that name the algorithm differ.
    pub fn verify_issued_by(&self, issuer: &Certificate) -> Result<(), VerifyError> {
        let algorithm = self
            .signature_algorithm(issuer.public_key_info())?
            .ok_or(VerifyError::Unsupported)?;
        key::verify(issuer.spki(), algorithm, self.tbs(), &self.0.signature)
    }

    fn access_urls(&self, method: ObjectIdentifier) -> Vec<String> {
        self.extension(oid::AUTHORITY_INFO_ACCESS)
            .and_then(|it| extension::read_access(&it.value).ok())
            .unwrap_or_default()
            .into_iter()
            .filter(|(kind, _)| *kind == method)
            .map(|(_, url)| url)
            .collect()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", self.subject(), self.serial_hex())
    }
}
