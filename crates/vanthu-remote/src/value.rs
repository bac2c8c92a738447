//! What a service calls a signature, and what it is. One service documents PKCS#7 and sends a raw value, another
//! does the reverse, a third breaks lines in its base64: so it is looked at, and it counts only when the pinned
//! certificate verifies it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use vanthu_pki::asn1::{self, Reader, Tlv, tag};
use vanthu_pki::cms::{self, SignedData, SignerInfo};
use vanthu_pki::key::verify_digest;
use vanthu_pki::{Certificate, KeyKind, SignatureAlgorithm};

/// Which form of signature the digests were made for. The two are never exchanged for each other: a raw value in
/// the place of a CMS structure is a broken file, and a CMS structure around a digest of signed attributes
/// signs something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// The digest is that of signed attributes that were prepared here; the raw value completes them.
    Raw,
    /// The digest is that of the document; the service makes the whole CMS structure with attributes of its own.
    Cms,
}

/// A signature that the pinned certificate verifies over the digest that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureValue {
    /// A raw value in the shape of [`SignatureAlgorithm`].
    Raw(Vec<u8>),
    /// A `ContentInfo` with SignedData (RFC 5652), DER or BER as it came.
    Cms(Vec<u8>),
}

/// Why what came is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not base64, or nothing.
    #[error("no base64")]
    NotBase64,
    /// The pinned certificate does not verify it over this digest.
    #[error("the pinned certificate does not verify it")]
    DoesNotVerify,
    /// It was made with another certificate.
    #[error("made with another certificate")]
    OtherCertificate,
    /// A genuine signature in the form that was not wanted.
    #[error("a signature in the other form")]
    OtherForm,
    /// A CMS structure that cannot be used: no signer or several.
    #[error("a CMS structure without exactly one signer")]
    NotOneSigner,
}

/// What is expected of a value.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The pinned certificate.
    pub certificate: &'a Certificate,
    /// The algorithm that was asked for.
    pub algorithm: SignatureAlgorithm,
    /// The digest that was sent.
    pub digest: &'a [u8],
    /// The form.
    pub wanted: Wanted,
}

impl Expected<'_> {
    /// Looks at a value in base64 as a service sent it.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn read(&self, base64: &str) -> Result<SignatureValue, ValueError> {
        self.examine(&decode(base64).ok_or(ValueError::NotBase64)?)
    }

    /// Looks at a value: a CMS structure when it can be read as one, otherwise raw.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn examine(&self, bytes: &[u8]) -> Result<SignatureValue, ValueError> {
        if let Ok(signed) = cms::parse(bytes) {
            return self.examine_cms(&signed, bytes);
        }
        let value = self.verified(bytes)?;
        match self.wanted {
            Wanted::Raw => Ok(SignatureValue::Raw(value)),
            Wanted::Cms => Err(ValueError::OtherForm),
        }
    }

    fn examine_cms(&self, signed: &SignedData, bytes: &[u8]) -> Result<SignatureValue, ValueError> {
        let [signer] = signed.signers.as_slice() else {
            return Err(ValueError::NotOneSigner);
        };
        if !signer.signer.matches(self.certificate) {
            return Err(ValueError::OtherCertificate);
        }
        self.verify_cms(signed, signer)?;
        match (self.wanted, &signer.signed_bytes) {
            (Wanted::Cms, _) => Ok(SignatureValue::Cms(bytes.to_vec())),
            // Without signed attributes the value inside is the raw signature over what was sent.
            (Wanted::Raw, None) => self.verified(&signer.signature).map(SignatureValue::Raw),
            (Wanted::Raw, Some(_)) => Err(ValueError::OtherForm),
        }
    }

    fn verify_cms(&self, signed: &SignedData, signer: &SignerInfo) -> Result<(), ValueError> {
        let others = [self.certificate.clone()];
        let found = cms::verify(signed, signer, self.digest, &others)
            .map_err(|_| ValueError::DoesNotVerify)?;
        if found.certificate == *self.certificate {
            Ok(())
        } else {
            Err(ValueError::OtherCertificate)
        }
    }

    /// The raw value in the shape of the algorithm, when it verifies.
    fn verified(&self, value: &[u8]) -> Result<Vec<u8>, ValueError> {
        let verifies = |it: &[u8]| {
            verify_digest(self.certificate.spki(), self.algorithm, self.digest, it).is_ok()
        };
        if verifies(value) {
            return Ok(value.to_vec());
        }
        match plain_to_der(value, self.algorithm.key_kind()) {
            Some(der) if verifies(&der) => Ok(der),
            _ => Err(ValueError::DoesNotVerify),
        }
    }
}

/// Base64 with or without line breaks and padding.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let bare: String = text.split_ascii_whitespace().collect();
    let bytes = LENIENT.decode(bare).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// Some services send ECDSA as the two numbers behind each other (IEEE P1363), not as `ECDSA-Sig-Value`.
fn plain_to_der(value: &[u8], kind: KeyKind) -> Option<Vec<u8>> {
    let width = match kind {
        KeyKind::EcP256 => 32,
        KeyKind::EcP384 => 48,
        KeyKind::EcP521 => 66,
        _ => return None,
    };
    if value.len() != 2 * width {
        return None;
    }
    let (r, s) = value.split_at_checked(width)?;
    Some(asn1::sequence(&[asn1::integer(r), asn1::integer(s)]))
}

/// The DER of `DigestInfo` (RFC 8017 9.2 note 1): what a card signs that knows RSA and no digest.
pub fn digest_info(algorithm: SignatureAlgorithm, digest: &[u8]) -> Vec<u8> {
    let identifier = asn1::sequence(&[asn1::oid(algorithm.digest().oid()), asn1::null()]);
    asn1::sequence(&[identifier, asn1::octet_string(digest)])
}

/// The digest inside a `DigestInfo`, for whoever must show what a card is asked to sign.
pub fn digest_of_info(info: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Tlv::read_all(info).ok()?.inside().ok()?;
    let _: Reader<'_> = fields.sequence().ok()?;
    let digest = fields.expect(tag::OCTET_STRING).ok()?;
    fields.finish().ok()?;
    Some(digest.octets().ok()?.into_owned())
}
