//! Cryptographic Message Syntax: detached CAdES signatures made for PDF and other files, and any SignedData read.
//!
//! Two steps make a signature, because the key is elsewhere: [`signed_attributes`] gives the bytes
//! the token signs, [`assemble`] puts the signature, the certificates and the time-stamp together.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::oid::{self, ObjectIdentifier};
use crate::time::Time;

mod attribute;
mod parse;
mod verify;

pub use parse::{Attribute, CertificateDigest, SignedData, SignerId, SignerInfo, parse};
pub use verify::{
    CertificateBinding, CmsError, VerifiedSigner, VerifiedValue, agrees, verify, verify_content,
    verify_counter,
};

/// The signed attributes of CAdES-BES as PAdES wants them (ETSI EN 319 142-1 6.3): content type,
/// message digest and signing-certificate-v2; no signing time. The result is the DER of the SET,
/// which is what the key signs (RFC 5652 5.4). `digest` is that of the document under
/// `algorithm.digest()`, raw octets.
pub fn signed_attributes(
    digest: &[u8],
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
) -> Vec<u8> {
    debug_assert_eq!(digest.len(), algorithm.digest().output_len());
    attributes_for(oid::DATA, digest, certificate, algorithm)
}

/// The signed attributes of a CAdES baseline signature (ETSI EN 319 122-1 6.3): those of
/// [`signed_attributes`], the time `at` which the signer claims (5.2.1), and the media type of the
/// content (5.2.4.2), which stands outside of containers only.
pub fn cades_attributes(
    digest: &[u8],
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    at: Time,
    mime_type: Option<&str>,
) -> Vec<u8> {
    debug_assert_eq!(digest.len(), algorithm.digest().output_len());
    let mut more = vec![attribute(oid::SIGNING_TIME, &asn1::time(at))];
    more.extend(mime_type.map(|it| attribute(oid::MIME_TYPE, &asn1::utf8_string(it))));
    attributes_with(oid::DATA, digest, certificate, algorithm, more)
}

/// The same for content of another type: time-stamps sign a `TSTInfo`.
pub(crate) fn attributes_for(
    content_type: ObjectIdentifier,
    digest: &[u8],
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
) -> Vec<u8> {
    attributes_with(content_type, digest, certificate, algorithm, Vec::new())
}

fn attributes_with(
    content_type: ObjectIdentifier,
    digest: &[u8],
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    mut attributes: Vec<Vec<u8>>,
) -> Vec<u8> {
    attributes.extend([
        attribute(oid::CONTENT_TYPE, &asn1::oid(content_type)),
        attribute(oid::MESSAGE_DIGEST, &asn1::octet_string(digest)),
        attribute(
            oid::SIGNING_CERTIFICATE_V2,
            &signing_certificate(certificate, algorithm.digest()),
        ),
    ]);
    asn1::set_of(attributes)
}

/// The message digest inside signed attributes: what an agent compares before it signs.
///
/// # Errors
/// The bytes are no SET of attributes, or hold no message digest.
pub fn message_digest_of(signed_attributes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let attributes = parse::read_attributes(asn1::Tlv::read_all(signed_attributes)?)?;
    let value = attributes
        .iter()
        .find(|attribute| attribute.kind == oid::MESSAGE_DIGEST)
        .and_then(|attribute| attribute.values.first())
        .ok_or(Malformed("no message digest"))?;
    Ok(asn1::Tlv::read_all(value)?.octets()?.into_owned())
}

/// Puts a detached signature together: a `ContentInfo` with SignedData, DER (RFC 5652 5.1).
/// `signed_attributes` is the SET that was signed; `signature` the raw value in the shape of
/// [`SignatureAlgorithm`]; `chain` holds the issuers' certificates; the time-stamp token, DER,
/// covers the signature value (ETSI EN 319 122-1 5.3). Nothing is verified here.
pub fn assemble(
    signed_attributes: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    certificate: &Certificate,
    chain: &[Certificate],
    timestamp_token: Option<&[u8]>,
) -> Vec<u8> {
    let content = Content {
        kind: oid::DATA,
        encapsulated: None,
    };
    let unsigned = timestamp_token.map(|token| vec![attribute(oid::SIGNATURE_TIMESTAMP, token)]);
    signed_data(
        &content,
        signed_attributes,
        algorithm,
        signature,
        certificate,
        chain,
        unsigned.unwrap_or_default(),
    )
}

pub(crate) struct Content<'a> {
    pub(crate) kind: ObjectIdentifier,
    pub(crate) encapsulated: Option<&'a [u8]>,
}

pub(crate) fn signed_data(
    content: &Content<'_>,
    signed_attributes: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    certificate: &Certificate,
    chain: &[Certificate],
    unsigned: Vec<Vec<u8>>,
) -> Vec<u8> {
    let digest = algorithm.digest().identifier();
    let mut signer = vec![
        asn1::small_integer(1),
        asn1::sequence(&[
            certificate.issuer().der(),
            &asn1::tlv(tag::INTEGER, certificate.serial()),
        ]),
        digest.clone(),
        asn1::implicit(0, signed_attributes),
        algorithm.identifier(),
        asn1::octet_string(signature),
    ];
    if !unsigned.is_empty() {
        signer.push(asn1::implicit(1, &asn1::set_of(unsigned)));
    }
    let mut certificates = vec![certificate.der().to_vec()];
    for other in chain {
        let der = other.der().to_vec();
        if !certificates.contains(&der) {
            certificates.push(der);
        }
    }
    let mut encapsulated = vec![asn1::oid(content.kind)];
    if let Some(bytes) = content.encapsulated {
        encapsulated.push(asn1::explicit(0, &asn1::octet_string(bytes)));
    }
    let version = if content.kind == oid::DATA { 1 } else { 3 };
    let body = asn1::sequence(&[
        asn1::small_integer(version),
        asn1::set(&[digest]),
        asn1::sequence(&encapsulated),
        asn1::implicit(0, &asn1::set_of(certificates)),
        asn1::set(&[asn1::sequence(&signer)]),
    ]);
    asn1::sequence(&[asn1::oid(oid::SIGNED_DATA), asn1::explicit(0, &body)])
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[asn1::oid(kind), asn1::set(&[value])])
}

/// `SigningCertificateV2` (RFC 5035) with issuer and serial. SHA-256 is the default that DER leaves
/// out; a signature with a longer digest binds its certificate with that digest.
fn signing_certificate(certificate: &Certificate, digest: DigestAlgorithm) -> Vec<u8> {
    let mut id = Vec::new();
    if digest != DigestAlgorithm::Sha256 {
        id.push(digest.identifier());
    }
    id.push(asn1::octet_string(&digest.digest(certificate.der())));
    let issuer = asn1::sequence(&[asn1::explicit(4, certificate.issuer().der())]);
    let serial = asn1::tlv(tag::INTEGER, certificate.serial());
    id.push(asn1::sequence(&[issuer, serial]));
    asn1::sequence(&[asn1::sequence(&[asn1::sequence(&id)])])
}
