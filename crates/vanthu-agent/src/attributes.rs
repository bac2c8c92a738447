//! Reads the signed attributes before they are signed.
//!
//! A key signs whatever bytes it is given. So the agent makes sure that these bytes are what it
//! shows: signed attributes of a signature over exactly the digest on the screen, bound to exactly
//! the certificate on the screen, and nothing else.

use vanthu_pki::asn1::{Reader, Tlv, tag};
use vanthu_pki::{Certificate, DigestAlgorithm, Malformed, oid};

/// Content type of a document's signature (RFC 5652 section 4); a PDF signature has no other.
const ID_DATA: &str = "1.2.840.113549.1.7.1";

/// Why the attributes may not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Not the DER form of signed attributes.
    #[error("malformed signed attributes")]
    Malformed,
    /// The digest inside is another one.
    #[error("message digest differs")]
    Digest,
    /// Another certificate is bound.
    #[error("signing certificate differs")]
    Certificate,
}

impl From<Malformed> for Refused {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// Checks that `attributes` sign `digest` with `certificate`.
pub(crate) fn check(
    attributes: &[u8],
    digest: &[u8],
    certificate: &Certificate,
) -> Result<(), Refused> {
    let set = Tlv::read_all(attributes)?;
    if set.tag != tag::SET || set.indefinite {
        return Err(Refused::Malformed);
    }
    let (mut content_type, mut message_digest, mut signing_certificate) = (None, None, None);
    let mut reader = set.inside()?;
    while !reader.is_empty() {
        let mut attribute = reader.sequence()?;
        let kind = attribute.any()?.oid()?;
        let value = attribute.expect(tag::SET)?.only()?;
        attribute.finish()?;
        let place = match kind {
            oid::CONTENT_TYPE => &mut content_type,
            oid::MESSAGE_DIGEST => &mut message_digest,
            oid::SIGNING_CERTIFICATE_V2 => &mut signing_certificate,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(Refused::Malformed);
        }
    }
    if content_type.ok_or(Refused::Malformed)?.oid()?.to_string() != ID_DATA {
        return Err(Refused::Malformed);
    }
    if message_digest.ok_or(Refused::Malformed)?.octets()?.as_ref() != digest {
        return Err(Refused::Digest);
    }
    let bound = certificate_digest(signing_certificate.ok_or(Refused::Malformed)?)?;
    let algorithm = match bound.len() {
        32 => DigestAlgorithm::Sha256,
        48 => DigestAlgorithm::Sha384,
        64 => DigestAlgorithm::Sha512,
        _ => return Err(Refused::Malformed),
    };
    if algorithm.digest(certificate.der()) == bound {
        Ok(())
    } else {
        Err(Refused::Certificate)
    }
}

/// The digest in the first `ESSCertIDv2` (RFC 5035 section 4): that of the signer.
fn certificate_digest(value: Tlv<'_>) -> Result<Vec<u8>, Refused> {
    let mut first: Reader<'_> = value.inside()?.sequence()?.sequence()?;
    first.optional(tag::SEQUENCE)?;
    Ok(first.expect(tag::OCTET_STRING)?.octets()?.into_owned())
}
