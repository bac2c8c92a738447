//! What a certificate of the practice authority shall say, and its signing.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1;
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{BasicConstraints, Extension, KeyUsage};
use crate::key::{KeyError, PublicKeyInfo, SoftKey};
use crate::name::Name;
use crate::oid::{self, ObjectIdentifier};

use super::{Authority, AuthorityError, Endpoints, Validity};

/// Any certificate: what [`Authority::certify`] signs. Starts bare, each method adds one
/// extension; an extension that is given twice is refused when the certificate is made.
///
/// ```
/// use vanthu_pki::authority::{Authority, CertificateRequest, Validity};
/// use vanthu_pki::extension::KeyUsage;
/// use vanthu_pki::{KeyKind, KeySpec, Name, SignatureAlgorithm, SoftKey, Time, oid};
///
/// let from = Time::from_unix(1_790_000_000);
/// let validity = Validity { from, to: from.plus_days(365) };
/// let root = Authority::root(SoftKey::generate(KeySpec::EcP384)?, "Gốc diễn tập", validity, 1)?;
///
/// let key = SoftKey::generate(KeySpec::Ed25519)?;
/// let subject = Name::build(&[(oid::COUNTRY, "VN"), (oid::COMMON_NAME, "Nguyễn Văn Mẫu")])?;
/// let request = CertificateRequest::new(subject, &key.spki(), validity, 2)
///     .key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION);
/// let certificate = root.certify(&request)?;
///
/// assert_eq!(certificate.public_key_info().kind, KeyKind::Ed25519);
/// let signed_with = certificate.signature_algorithm(root.certificate().public_key_info())?;
/// assert_eq!(signed_with, Some(SignatureAlgorithm::EcdsaP384Sha384));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CertificateRequest {
    pub(super) subject: Name,
    pub(super) spki: Vec<u8>,
    pub(super) validity: Validity,
    pub(super) serial: u128,
    pub(super) extensions: Vec<Extension>,
}

impl CertificateRequest {
    /// The four things that every certificate has. Serial 0 becomes 1.
    pub fn new(subject: Name, spki: &[u8], validity: Validity, serial: u128) -> Self {
        Self {
            subject,
            spki: spki.to_vec(),
            validity,
            serial,
            extensions: Vec::new(),
        }
    }

    /// Any extension.
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// An authority below which at most `path_length` further ones may stand, `None` for any
    /// number: basic constraints, and the key usages to sign certificates and lists.
    pub fn authority(self, path_length: Option<u64>) -> Self {
        let ca = BasicConstraints {
            ca: true,
            path_length,
        };
        self.extension(Extension::basic_constraints(ca))
            .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
    }

    /// Key usage.
    pub fn key_usage(self, usage: KeyUsage) -> Self {
        self.extension(Extension::key_usage(usage))
    }

    /// Extended key usage, not critical.
    pub fn extended_key_usage(self, usages: &[ObjectIdentifier]) -> Self {
        self.extension(Extension::extended_key_usage(usages, false))
    }

    /// Policies.
    pub fn policies(self, policies: &[ObjectIdentifier]) -> Self {
        self.extension(Extension::policies(policies))
    }

    /// Where the state of the certificate can be asked.
    pub fn endpoints(mut self, endpoints: &Endpoints) -> Self {
        self.extensions.extend(endpoints.extensions());
        self
    }

    fn subject_key_id(&self) -> Result<Extension, Malformed> {
        let id = asn1::octet_string(&key_id(&self.spki)?);
        Ok(Extension::new(oid::SUBJECT_KEY_ID, false, id))
    }

    /// Signs; subject key identifier and `more` come before the extensions asked for.
    pub(super) fn sign(
        &self,
        issuer: &Name,
        key: &SoftKey,
        algorithm: SignatureAlgorithm,
        more: Option<Extension>,
    ) -> Result<Certificate, AuthorityError> {
        let mut extensions = vec![self.subject_key_id()?.to_der()];
        extensions.extend(more.map(|it| it.to_der()));
        extensions.extend(self.extensions.iter().map(Extension::to_der));
        let Validity { from, to } = self.validity;
        let tbs = asn1::sequence(&[
            asn1::explicit(0, &asn1::small_integer(2)),
            asn1::integer(&self.serial.max(1).to_be_bytes()),
            algorithm.identifier(),
            issuer.der().to_vec(),
            asn1::sequence(&[asn1::time(from), asn1::time(to)]),
            self.subject.der().to_vec(),
            self.spki.clone(),
            asn1::explicit(3, &asn1::sequence(&extensions)),
        ]);
        Ok(Certificate::from_der(&sign_structure(
            tbs, key, algorithm,
        )?)?)
    }
}

impl Authority {
    /// A self-signed authority: whatever the request says, under any algorithm of the key.
    pub fn self_signed(
        key: SoftKey,
        algorithm: SignatureAlgorithm,
        request: &CertificateRequest,
    ) -> Result<Self, AuthorityError> {
        if key.spki() != request.spki {
            return Err(AuthorityError::OtherKey);
        }
        let certificate = request.sign(&request.subject, &key, algorithm, None)?;
        Ok(Self {
            key,
            certificate,
            algorithm,
        })
    }

    /// Signs any certificate; adds subject and authority key identifier.
    pub fn certify(&self, request: &CertificateRequest) -> Result<Certificate, AuthorityError> {
        let issuer = self.certificate.subject();
        let authority = self.authority_key_id()?;
        request.sign(issuer, &self.key, self.algorithm, Some(authority))
    }

    /// An authority below this one, which goes on with its own key: `request` is for that key and
    /// says [`CertificateRequest::authority`].
    pub fn subordinate(
        &self,
        key: SoftKey,
        request: &CertificateRequest,
    ) -> Result<Self, AuthorityError> {
        Self::from_parts(key, self.certify(request)?)
    }

    /// A cross-certificate: this authority vouches for another one's name and key
    /// (RFC 5280 3.2). What is issued under that key then leads to both.
    pub fn cross_certify(
        &self,
        other: &Certificate,
        validity: Validity,
        serial: u128,
        endpoints: &Endpoints,
    ) -> Result<Certificate, AuthorityError> {
        let request =
            CertificateRequest::new(other.subject().clone(), other.spki(), validity, serial)
                .authority(None)
                .endpoints(endpoints);
        self.certify(&request)
    }

    pub(super) fn authority_key_id(&self) -> Result<Extension, AuthorityError> {
        let id = match self.certificate.subject_key_id() {
            Some(id) => id.to_vec(),
            None => key_id(self.certificate.spki())?,
        };
        let value = asn1::sequence(&[asn1::implicit(0, &asn1::octet_string(&id))]);
        Ok(Extension::new(oid::AUTHORITY_KEY_ID, false, value))
    }
}

/// SEQUENCE of body, algorithm and signature: certificates and lists.
pub(super) fn sign_structure(
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

/// The first method of RFC 5280 4.2.1.2: SHA-1 of the key; an identifier, no protection.
fn key_id(spki: &[u8]) -> Result<Vec<u8>, Malformed> {
    Ok(DigestAlgorithm::Sha1.digest(&PublicKeyInfo::from_spki(spki)?.key))
}
