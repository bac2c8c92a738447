//! Time-stamps of RFC 3161 (dấu thời gian): request, response and token.

use crate::algorithm::DigestAlgorithm;
use crate::asn1::{self, Reader, Tlv, tag};
use crate::certificate::Certificate;
use crate::cms::{self, CmsError};
use crate::error::Malformed;
use crate::oid::{self, ObjectIdentifier};
use crate::time::Time;

/// What a client asks of a time-stamp service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRequest {
    /// The digest algorithm of the imprint; `None` for one that is not known here.
    pub digest: Option<DigestAlgorithm>,
    /// The digest to be stamped.
    pub imprint: Vec<u8>,
    /// The policy wanted.
    pub policy: Option<ObjectIdentifier>,
    /// A number to be repeated in the answer, the contents of its INTEGER.
    pub nonce: Option<Vec<u8>>,
    /// The service's certificate shall be in the token.
    pub wants_certificate: bool,
}

impl TimestampRequest {
    /// Asks for a time-stamp over a digest of any algorithm, with the service's certificate in
    /// the token.
    pub fn new(digest: DigestAlgorithm, imprint: &[u8], nonce: Option<u64>) -> Self {
        let integer = |value| asn1::small_integer(value).split_off(2);
        Self {
            digest: Some(digest),
            imprint: imprint.to_vec(),
            policy: None,
            nonce: nonce.map(integer),
            wants_certificate: true,
        }
    }

    /// `TimeStampReq` as DER (RFC 3161 2.4.1).
    pub fn to_der(&self) -> Vec<u8> {
        let digest = self.digest.unwrap_or(DigestAlgorithm::Sha256);
        let mut fields = vec![
            asn1::small_integer(1),
            asn1::sequence(&[digest.identifier(), asn1::octet_string(&self.imprint)]),
        ];
        fields.extend(self.policy.map(asn1::oid));
        fields.extend(self.nonce.as_deref().map(|it| asn1::tlv(tag::INTEGER, it)));
        if self.wants_certificate {
            fields.push(asn1::boolean(true));
        }
        asn1::sequence(&fields)
    }
}

/// Builds a request for a SHA-256 imprint; the certificate is always asked for.
pub fn request(imprint: &[u8; 32], nonce: Option<u64>) -> Vec<u8> {
    TimestampRequest::new(DigestAlgorithm::Sha256, imprint, nonce).to_der()
}

/// Reads a request.
pub fn parse_request(bytes: &[u8]) -> Result<TimestampRequest, Malformed> {
    let mut fields = Tlv::read_all(bytes)?.inside()?;
    if fields.expect(tag::INTEGER)?.small()? != 1 {
        return Err(Malformed("version of a time-stamp request"));
    }
    let (digest, imprint) = read_imprint(fields.sequence()?)?;
    let policy = fields.optional(tag::OID)?.map(|it| it.oid()).transpose()?;
    let nonce = fields.optional(tag::INTEGER)?.map(|it| it.body.to_vec());
    let wants_certificate = match fields.optional(tag::BOOLEAN)? {
        Some(value) => value.boolean()?,
        None => false,
    };
    Ok(TimestampRequest {
        digest,
        imprint,
        policy,
        nonce,
        wants_certificate,
    })
}

/// Why a response holds no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Not a response.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The service refused, with this status and text.
    #[error("the time-stamp service refused (status {status}): {text}")]
    Refused {
        /// `PKIStatus`
        status: u64,
        /// What it says.
        text: String,
    },
}

/// Takes the token out of a response.
pub fn parse_response(bytes: &[u8]) -> Result<Vec<u8>, ResponseError> {
    let mut fields = Tlv::read_all(bytes)?.inside()?;
    let mut info = fields.sequence()?;
    let status = info.expect(tag::INTEGER)?.small()?;
    if status > 1 {
        let mut text = String::new();
        if let Some(lines) = info.optional(tag::SEQUENCE)? {
            let mut lines = lines.inside()?;
            while !lines.is_empty() {
                text.push_str(&lines.any()?.text()?);
            }
        }
        return Err(ResponseError::Refused { status, text });
    }
    Ok(fields.expect(tag::SEQUENCE)?.full.to_vec())
}

/// What a token states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TstInfo {
    /// The service's policy.
    pub policy: ObjectIdentifier,
    /// The digest algorithm of the imprint; `None` for one that is not known here.
    pub digest: Option<DigestAlgorithm>,
    /// The digest that was stamped.
    pub imprint: Vec<u8>,
    /// The token's serial number, the contents of its INTEGER.
    pub serial: Vec<u8>,
    /// The time, whole seconds.
    pub time: Time,
    /// The number of the request.
    pub nonce: Option<Vec<u8>>,
}

impl TstInfo {
    /// Reads a `TSTInfo`.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Tlv::read_all(bytes)?.inside()?;
        if fields.expect(tag::INTEGER)?.small()? != 1 {
            return Err(Malformed("version of a time-stamp"));
        }
        let policy = fields.expect(tag::OID)?.oid()?;
        let (digest, imprint) = read_imprint(fields.sequence()?)?;
        let serial = fields.expect(tag::INTEGER)?.body.to_vec();
        let time = fields.expect(tag::GENERALIZED_TIME)?.time()?;
        fields.optional(tag::SEQUENCE)?;
        fields.optional(tag::BOOLEAN)?;
        let nonce = fields.optional(tag::INTEGER)?.map(|it| it.body.to_vec());
        Ok(Self {
            policy,
            digest,
            imprint,
            serial,
            time,
            nonce,
        })
    }
}

/// A token whose signature verifies and whose imprint fits. Whether its certificate is trusted is
/// left to the path: `path::validate` with `Purpose::TimeStamping` at `info.time` or later.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    /// What it states.
    pub info: TstInfo,
    /// The service's certificate.
    pub certificate: Certificate,
    /// All certificates it brings.
    pub certificates: Vec<Certificate>,
    /// Revocation lists it brings, as encoded.
    pub crls: Vec<Vec<u8>>,
}

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Its signature is not good.
    #[error(transparent)]
    Signature(#[from] CmsError),
    /// The imprint's algorithm is not known here.
    #[error("digest algorithm of the imprint not supported")]
    Unsupported,
    /// It stamps something else.
    #[error("the imprint is not that of the data")]
    ImprintMismatch,
    /// The answer to another request.
    #[error("the nonce is not that of the request")]
    NonceMismatch,
    /// Issued under another policy than the one asked for.
    #[error("the policy is not the one that was asked for")]
    PolicyMismatch,
}

/// Reads a token without judging it.
pub fn parse_token(token: &[u8]) -> Result<TstInfo, Malformed> {
    let signed = cms::parse(token)?;
    if signed.content_type != oid::TST_INFO {
        return Err(Malformed("not a time-stamp token"));
    }
    TstInfo::from_der(
        &signed
            .content
            .ok_or(Malformed("time-stamp without content"))?,
    )
}

/// Verifies a token. `imprint` hashes the stamped data with the algorithm it is asked for.
pub fn verify_token(
    token: &[u8],
    imprint: impl FnOnce(DigestAlgorithm) -> Vec<u8>,
    others: &[Certificate],
) -> Result<VerifiedToken, TokenError> {
    let signed = cms::parse(token)?;
    if signed.content_type != oid::TST_INFO {
        return Err(Malformed("not a time-stamp token").into());
    }
    let content = signed
        .content
        .as_deref()
        .ok_or(Malformed("time-stamp without content"))?;
    let [signer] = signed.signers.as_slice() else {
        return Err(Malformed("a time-stamp has one signer").into());
    };
    let info = TstInfo::from_der(content)?;
    let digest = info.digest.ok_or(TokenError::Unsupported)?;
    if imprint(digest) != info.imprint {
        return Err(TokenError::ImprintMismatch);
    }
    let verified = cms::verify_content(&signed, signer, &[content], others)?;
    Ok(VerifiedToken {
        info,
        certificate: verified.certificate,
        certificates: signed.certificates,
        crls: signed.crls,
    })
}

/// Verifies the answer to [`request`]: token, imprint and nonce.
pub fn verify_answer(
    token: &[u8],
    imprint: &[u8; 32],
    nonce: Option<u64>,
    others: &[Certificate],
) -> Result<VerifiedToken, TokenError> {
    let request = TimestampRequest::new(DigestAlgorithm::Sha256, imprint, nonce);
    verify_answer_to(&request, token, others)
}

/// Verifies the answer to any request: token, imprint, nonce and policy (RFC 3161 2.4.2).
/// Certificates come from the token and `others`.
pub fn verify_answer_to(
    request: &TimestampRequest,
    token: &[u8],
    others: &[Certificate],
) -> Result<VerifiedToken, TokenError> {
    let wanted = request.digest.ok_or(TokenError::Unsupported)?;
    // The algorithm first: no imprint of another one is that of the request, an empty one neither.
    if parse_token(token)?.digest.ok_or(TokenError::Unsupported)? != wanted {
        return Err(TokenError::ImprintMismatch);
    }
    let verified = verify_token(token, |_| request.imprint.clone(), others)?;
    if request.nonce.is_some() && request.nonce != verified.info.nonce {
        return Err(TokenError::NonceMismatch);
    }
    if request.policy.is_some_and(|it| it != verified.info.policy) {
        return Err(TokenError::PolicyMismatch);
    }
    Ok(verified)
}

fn read_imprint(mut fields: Reader<'_>) -> Result<(Option<DigestAlgorithm>, Vec<u8>), Malformed> {
    let digest = DigestAlgorithm::from_identifier(fields.expect(tag::SEQUENCE)?.full)?;
    let imprint = fields.expect(tag::OCTET_STRING)?.body.to_vec();
    fields.finish()?;
    Ok((digest, imprint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{Authority, Validity};
    use crate::key::SoftKey;

    /// Signs whatever is stated.
    fn token(info: &[u8]) -> Vec<u8> {
        let now = Time::from_unix(1_795_309_920);
        let validity = Validity {
            from: now,
            to: now.plus_days(1),
        };
        let root = Authority::root(SoftKey::generate_p256().unwrap(), "Gốc", validity, 1).unwrap();
        let (key, certificate) = (root.key(), root.certificate());
        let algorithm = key.default_algorithm();
        let digest = algorithm.digest().digest(info);
        let signed = cms::attributes_for(oid::TST_INFO, &digest, certificate, algorithm);
        let signature = key.sign(algorithm, &signed).unwrap();
        let content = cms::Content {
            kind: oid::TST_INFO,
            encapsulated: Some(info),
        };
        cms::signed_data(
            &content,
            &signed,
            algorithm,
            &signature,
            certificate,
            &[],
            Vec::new(),
        )
    }

    #[test]
    fn an_empty_imprint_of_another_algorithm_is_no_answer() {
        let asked = DigestAlgorithm::Sha256;
        let request = TimestampRequest::new(asked, &asked.digest(b"van ban"), None);
        let outcome = |digest: DigestAlgorithm, imprint: &[u8]| {
            let info = asn1::sequence(&[
                asn1::small_integer(1),
                asn1::oid(oid::PRACTICE_TIMESTAMP_POLICY),
                asn1::sequence(&[digest.identifier(), asn1::octet_string(imprint)]),
                asn1::small_integer(1),
                asn1::generalized_time(Time::from_unix(1_795_309_920)),
            ]);
            verify_answer_to(&request, &token(&info), &[]).map(|it| it.info.imprint)
        };
        let right = asked.digest(b"van ban");
        assert_eq!(outcome(asked, &right), Ok(right.clone()));
        let other = outcome(DigestAlgorithm::Sha512, &[]);
        assert_eq!(other, Err(TokenError::ImprintMismatch));
    }
}
