//! OCSP, RFC 6960: request, response, and who may answer (kiểm tra trạng thái trực tuyến).

use std::sync::OnceLock;

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{self, Reader, Tlv, tag};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{self, Extension};
use crate::key::{self, PublicKeyInfo, VerifyError};
use crate::name::Name;
use crate::oid;
use crate::path::Verifications;
use crate::time::Time;

/// Which certificate a question or an answer is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateId {
    /// The digest algorithm of the two hashes; `None` for one that is not known here.
    pub digest: Option<DigestAlgorithm>,
    /// Hash of the issuer's name.
    pub issuer_name_hash: Vec<u8>,
    /// Hash of the issuer's key.
    pub issuer_key_hash: Vec<u8>,
    /// The contents of the serial number.
    pub serial: Vec<u8>,
}

impl CertificateId {
    /// For a certificate and its issuer.
    pub fn new(digest: DigestAlgorithm, certificate: &Certificate, issuer: &Certificate) -> Self {
        Self {
            digest: Some(digest),
            issuer_name_hash: digest.digest(issuer.subject().der()),
            issuer_key_hash: digest.digest(&issuer.public_key_info().key),
            serial: certificate.serial().to_vec(),
        }
    }

    /// It is about this certificate.
    pub fn matches(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let Some(digest) = self.digest else {
            return false;
        };
        self.serial == certificate.serial() && *self == Self::new(digest, certificate, issuer)
    }

    /// It names this issuer.
    pub fn names_issuer(&self, issuer: &Certificate) -> bool {
        self.digest.is_some_and(|digest| {
            self.issuer_name_hash == digest.digest(issuer.subject().der())
                && self.issuer_key_hash == digest.digest(&issuer.public_key_info().key)
        })
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let digest = self.digest.unwrap_or(DigestAlgorithm::Sha1);
        asn1::sequence(&[
            asn1::sequence(&[asn1::oid(digest.oid()), asn1::null()]),
            asn1::octet_string(&self.issuer_name_hash),
            asn1::octet_string(&self.issuer_key_hash),
            asn1::tlv(tag::INTEGER, &self.serial),
        ])
    }

    fn read(mut fields: Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            digest: DigestAlgorithm::from_identifier(fields.expect(tag::SEQUENCE)?.full)?,
            issuer_name_hash: fields.expect(tag::OCTET_STRING)?.body.to_vec(),
            issuer_key_hash: fields.expect(tag::OCTET_STRING)?.body.to_vec(),
            serial: fields.expect(tag::INTEGER)?.body.to_vec(),
        })
    }
}

/// Builds a request about one certificate. Responders widely know only SHA-1 identifiers, and
/// nothing secret hangs on them.
pub fn request(certificate: &Certificate, issuer: &Certificate, nonce: Option<&[u8]>) -> Vec<u8> {
    request_with(DigestAlgorithm::Sha1, certificate, issuer, nonce)
}

/// Builds a request whose identifier is made with the given hash (RFC 6960 4.1.1). `nonce` holds 1 to 128
/// octets, 32 for a new request (RFC 9654 2.1).
pub fn request_with(
    digest: DigestAlgorithm,
    certificate: &Certificate,
    issuer: &Certificate,
    nonce: Option<&[u8]>,
) -> Vec<u8> {
    let id = CertificateId::new(digest, certificate, issuer);
    let mut tbs = vec![asn1::sequence(&[asn1::sequence(&[id.to_der()])])];
    if let Some(nonce) = nonce {
        tbs.push(asn1::explicit(
            2,
            &asn1::sequence(&[nonce_extension(nonce)]),
        ));
    }
    asn1::sequence(&[asn1::sequence(&tbs)])
}

/// A request as a responder reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    /// The certificates asked about.
    pub ids: Vec<CertificateId>,
    /// The encoded nonce, to be repeated.
    pub nonce: Option<Vec<u8>>,
}

/// Reads a request.
pub fn parse_request(bytes: &[u8]) -> Result<OcspRequest, Malformed> {
    let mut tbs = Tlv::read_all(bytes)?.inside()?.sequence()?;
    tbs.optional(tag::constructed(0))?;
    tbs.optional(tag::constructed(1))?;
    let mut list = tbs.sequence()?;
    let mut ids = Vec::new();
    while !list.is_empty() {
        ids.push(CertificateId::read(list.sequence()?.sequence()?)?);
    }
    let extensions = match tbs.optional(tag::constructed(2))? {
        Some(value) => extension::read_list(value.only()?)?,
        None => Vec::new(),
    };
    Ok(OcspRequest {
        ids,
        nonce: nonce_of(&extensions),
    })
}

/// The state of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspStatus {
    /// Not revoked.
    Good,
    /// Revoked at this time, with `CRLReason`.
    Revoked(Time, Option<u64>),
    /// The responder doesn't know it.
    Unknown,
}

/// The answer about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse {
    /// Which.
    pub id: CertificateId,
    /// Its state.
    pub status: OcspStatus,
    /// When the state was known.
    pub this_update: Time,
    /// When newer knowledge comes at the latest.
    pub next_update: Option<Time>,
    /// An extension that must be understood and is not.
    pub unknown_critical: bool,
}

/// How a response names who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// By subject.
    Name(Name),
    /// By SHA-1 of the key.
    KeyHash(Vec<u8>),
}

/// Signatures tried while looking for who signed one response.
const MOST_TRIED: usize = 64;

/// A successful basic response.
#[derive(Clone, Debug)]
pub struct OcspResponse {
    der: Vec<u8>,
    tbs: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    fingerprint: OnceLock<[u8; 32]>,
    /// Who says to have signed.
    pub responder: ResponderId,
    /// When it was signed.
    pub produced_at: Time,
    /// The answers.
    pub answers: Vec<SingleResponse>,
    /// Certificates it brings.
    pub certificates: Vec<Certificate>,
    /// The nonce of the request, encoded.
    pub nonce: Option<Vec<u8>>,
}

/// Why a response was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// Not a response.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The responder answered with this error status instead.
    #[error("the responder answered with status {0}")]
    Status(u64),
    /// Nobody entitled by the issuer signed it.
    #[error("no entitled responder certificate")]
    NotEntitled,
    /// The signature is not good.
    #[error(transparent)]
    Signature(VerifyError),
}

impl OcspResponse {
    /// Reads an `OCSPResponse`.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        let mut outer = Tlv::read_all(der)?.inside()?;
        let status = outer.expect(tag::ENUMERATED)?.small()?;
        if status != 0 {
            return Err(OcspError::Status(status));
        }
        let mut bytes = outer.expect(tag::constructed(0))?.only()?.inside()?;
        if bytes.expect(tag::OID)?.oid()? != oid::OCSP_BASIC {
            return Err(Malformed("not a basic response").into());
        }
        let basic = bytes.expect(tag::OCTET_STRING)?.body;
        Ok(Self::from_basic(der, basic)?)
    }

    fn from_basic(der: &[u8], basic: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Tlv::read_all(basic)?.inside()?;
        let tbs = fields.expect(tag::SEQUENCE)?;
        let algorithm = fields.expect(tag::SEQUENCE)?.full.to_vec();
        let signature = fields.expect(tag::BIT_STRING)?.bits()?.to_vec();
        let mut certificates = Vec::new();
        if let Some(list) = fields.optional(tag::constructed(0))? {
            let mut list = list.only()?.inside()?;
            while !list.is_empty() {
                certificates.extend(Certificate::from_der(list.any()?.full).ok());
            }
        }
        let mut data = tbs.inside()?;
        data.optional(tag::constructed(0))?;
        let responder = data.any()?;
        let responder = match responder.tag {
            0xa1 => ResponderId::Name(Name::from_der(responder.only()?.full)?),
            0xa2 => ResponderId::KeyHash(responder.only()?.body.to_vec()),
            _ => return Err(Malformed("responder identifier")),
        };
        let produced_at = data.expect(tag::GENERALIZED_TIME)?.time()?;
        let mut answers = Vec::new();
        let mut list = data.sequence()?;
        while !list.is_empty() {
            answers.push(read_answer(list.sequence()?)?);
        }
        let extensions = match data.optional(tag::constructed(1))? {
            Some(value) => extension::read_list(value.only()?)?,
            None => Vec::new(),
        };
        if extensions
            .iter()
            .any(|it| it.critical && it.kind != oid::OCSP_NONCE)
        {
            return Err(Malformed("unknown critical extension"));
        }
        Ok(Self {
            der: der.to_vec(),
            tbs: tbs.full.to_vec(),
            algorithm,
            signature,
            fingerprint: OnceLock::new(),
            responder,
            produced_at,
            answers,
            certificates,
            nonce: nonce_of(&extensions),
        })
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the bytes, computed once.
    pub fn fingerprint(&self) -> &[u8; 32] {
        self.fingerprint
            .get_or_init(|| DigestAlgorithm::sha256(&self.der))
    }

    /// The algorithm of its signature where this crate supports it; `signer` brings the kind of key.
    pub fn signature_algorithm(&self, signer: &PublicKeyInfo) -> Option<SignatureAlgorithm> {
        SignatureAlgorithm::resolve(&self.algorithm, signer.kind, None)
            .ok()
            .flatten()
    }

    /// The answer about a certificate.
    pub fn answer(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<&SingleResponse> {
        self.answers
            .iter()
            .find(|answer| !answer.unknown_critical && answer.id.matches(certificate, issuer))
    }

    /// Checks that `issuer`, or a responder it entitled directly, signed the response; returns
    /// that certificate. A delegate was valid when the response says to have been signed; whether it
    /// still counts, and its own revocation, are looked at where a path is judged.
    ///
    /// At most 64 signatures are tried.
    pub fn verify(&self, issuer: &Certificate) -> Result<Certificate, OcspError> {
        self.signer(issuer, &Verifications::new(MOST_TRIED))
    }

    /// The same within a bound that is shared with other questions.
    pub fn signer(
        &self,
        issuer: &Certificate,
        verifications: &Verifications,
    ) -> Result<Certificate, OcspError> {
        let mut problem = OcspError::NotEntitled;
        for candidate in self.certificates.iter().chain([issuer]) {
            let is_entitled = candidate == issuer || self.may_answer(candidate, issuer);
            if !is_entitled || !self.names(candidate) {
                continue;
            }
            match verifications.signed_response(self, candidate) {
                Some(Ok(())) => {}
                Some(Err(VerifyError::Malformed(what))) => return Err(what.into()),
                Some(Err(error)) => {
                    problem = OcspError::Signature(error);
                    continue;
                }
                None => continue,
            }
            if candidate == issuer || verifications.issued(candidate, issuer) == Some(Ok(())) {
                return Ok(candidate.clone());
            }
        }
        Err(problem)
    }

    /// The key of `signer` made the signature; nothing else is looked at.
    pub(crate) fn verify_with(&self, signer: &Certificate) -> Result<(), VerifyError> {
        let kind = signer.public_key_info().kind;
        let algorithm = SignatureAlgorithm::resolve(&self.algorithm, kind, None)?
            .ok_or(VerifyError::Unsupported)?;
        key::verify(signer.spki(), algorithm, &self.tbs, &self.signature)
    }

    /// What a delegate's certificate says, but for the issuer's signature on it (RFC 6960 4.2.2.2).
    fn may_answer(&self, candidate: &Certificate, issuer: &Certificate) -> bool {
        candidate.issuer() == issuer.subject()
            && candidate
                .extended_key_usage()
                .is_some_and(|usages| usages.contains(&oid::KP_OCSP_SIGNING))
            && candidate.is_within_validity(self.produced_at)
    }

    fn names(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            ResponderId::Name(name) => certificate.subject() == name,
            ResponderId::KeyHash(hash) => {
                DigestAlgorithm::Sha1.digest(&certificate.public_key_info().key) == *hash
            }
        }
    }
}

pub(crate) fn nonce_extension(nonce: &[u8]) -> Vec<u8> {
    asn1::sequence(&[
        asn1::oid(oid::OCSP_NONCE),
        asn1::octet_string(&asn1::octet_string(nonce)),
    ])
}

fn nonce_of(extensions: &[Extension]) -> Option<Vec<u8>> {
    let value = &extensions
        .iter()
        .find(|it| it.kind == oid::OCSP_NONCE)?
        .value;
    Some(Tlv::read_all(value).map_or_else(|_| value.clone(), |it| it.body.to_vec()))
}

fn read_answer(mut fields: Reader<'_>) -> Result<SingleResponse, Malformed> {
    let id = CertificateId::read(fields.sequence()?)?;
    let state = fields.any()?;
    let status = match state.tag {
        0x80 => OcspStatus::Good,
        0xa1 => {
            let mut revoked = state.inside()?;
            let at = revoked.expect(tag::GENERALIZED_TIME)?.time()?;
            let reason = match revoked.optional(tag::constructed(0))? {
                Some(value) => Some(value.only()?.small()?),
                None => None,
            };
            OcspStatus::Revoked(at, reason)
        }
        0x82 => OcspStatus::Unknown,
        _ => return Err(Malformed("certificate status")),
    };
    let this_update = fields.expect(tag::GENERALIZED_TIME)?.time()?;
    let next_update = match fields.optional(tag::constructed(0))? {
        Some(value) => Some(value.only()?.time()?),
        None => None,
    };
    let extensions = match fields.optional(tag::constructed(1))? {
        Some(value) => extension::read_list(value.only()?)?,
        None => Vec::new(),
    };
    let unknown_critical = extensions.iter().any(|it| it.critical);
    Ok(SingleResponse {
        id,
        status,
        this_update,
        next_update,
        unknown_critical,
    })
}
