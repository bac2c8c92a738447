//! Public keys, verification of raw signatures, and private keys held in memory (khóa mềm).

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaEncoding, RsaKeyPair,
    UnparsedPublicKey, VerificationAlgorithm,
};
use aws_lc_rs::{rsa, rsa::KeySize};

use crate::algorithm::{KeyKind, SignatureAlgorithm};
use crate::asn1::{self, Reader, Tlv, tag};
use crate::error::Malformed;
use crate::oid;

/// Why a raw signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The algorithm, curve or key size cannot be checked here: nothing is known.
    #[error("algorithm or key not supported")]
    Unsupported,
    /// The algorithm belongs to another kind of key.
    #[error("algorithm does not fit the key")]
    KeyMismatch,
    /// The signature is wrong.
    #[error("signature does not verify")]
    BadSignature,
    /// The public key cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// Why a private key could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a private key of a supported kind.
    #[error("private key not accepted")]
    Rejected,
    /// The algorithm belongs to another kind of key or is never used for new signatures.
    #[error("algorithm does not fit the private key")]
    Algorithm,
    /// The cryptographic library refused.
    #[error("signing failed")]
    Signing,
}

/// Facts of a `SubjectPublicKeyInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// The kind of key.
    pub kind: KeyKind,
    /// Its size in bits: modulus or curve; 0 where unknown.
    pub bits: u32,
    /// The key itself, the contents of the bit string.
    pub key: Vec<u8>,
}

impl PublicKeyInfo {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 4.1.2.7). A kind that is not known is no error.
    ///
    /// # Errors
    /// The bytes are no `SubjectPublicKeyInfo`, or no RSA key stands in one of that kind.
    pub fn from_spki(spki: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(spki).sequence()?;
        let mut algorithm = reader.sequence()?;
        let key = reader.expect(tag::BIT_STRING)?.bits()?.to_vec();
        let (kind, bits) = match algorithm.expect(tag::OID)?.oid()? {
            oid::RSA_ENCRYPTION | oid::RSA_PSS => (KeyKind::Rsa, modulus_bits(&key)?),
            oid::EC_PUBLIC_KEY => match algorithm.optional(tag::OID)?.map(|it| it.oid()) {
                Some(Ok(oid::P256)) => (KeyKind::EcP256, 256),
                Some(Ok(oid::P384)) => (KeyKind::EcP384, 384),
                Some(Ok(oid::P521)) => (KeyKind::EcP521, 521),
                _ => (KeyKind::Other, 0),
            },
            oid::ED25519 => (KeyKind::Ed25519, 256),
            _ => (KeyKind::Other, 0),
        };
        Ok(Self { kind, bits, key })
    }

    /// Smaller than the standards in force allow: RSA below 2048, curves below 256 bits. For a
    /// moment in the past ask [`crate::algorithm::strength::Strength`].
    pub fn is_weak(&self) -> bool {
        match self.kind {
            KeyKind::Rsa => self.bits < 2048,
            _ => self.bits < 256,
        }
    }
}

/// Checks a raw signature over `message` with the key of a `SubjectPublicKeyInfo`. The shape of
/// the value is that of [`SignatureAlgorithm`].
///
/// # Errors
/// [`VerifyError::BadSignature`] is the only answer that says something about the signature;
/// the others say that it was not checked.
pub fn verify(
    spki: &[u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), VerifyError> {
    if is_ecdsa_sha1(algorithm) {
        let digest = algorithm.digest().digest(message);
        return verify_digest(spki, algorithm, &digest, signature);
    }
    let (engine, key) = verifier(spki, algorithm)?;
    UnparsedPublicKey::new(engine, key)
        .verify(message, signature)
        .map_err(|_| VerifyError::BadSignature)
}

fn is_ecdsa_sha1(algorithm: SignatureAlgorithm) -> bool {
    use SignatureAlgorithm as A;
    matches!(
        algorithm,
        A::EcdsaP256Sha1 | A::EcdsaP384Sha1 | A::EcdsaP521Sha1
    )
}

/// The library has no ECDSA with SHA-1. The digest is only a number there, so the one of SHA-1 is
/// written with leading zeros in the width of the curve's own digest (FIPS 186-4 6.4).
fn widened(algorithm: SignatureAlgorithm, digest: &[u8]) -> Option<(SignatureAlgorithm, Vec<u8>)> {
    use SignatureAlgorithm as A;
    let stand_in = match algorithm {
        A::EcdsaP256Sha1 => A::EcdsaP256Sha256,
        A::EcdsaP384Sha1 => A::EcdsaP384Sha384,
        A::EcdsaP521Sha1 => A::EcdsaP521Sha512,
        _ => return None,
    };
    if digest.len() != algorithm.digest().output_len() {
        return None;
    }
    let mut wide = vec![0; stand_in.digest().output_len() - digest.len()];
    wide.extend_from_slice(digest);
    Some((stand_in, wide))
}

/// Checks a raw signature over a message of which only the digest is at hand, made with
/// `algorithm.digest()`.
///
/// # Errors
/// As [`verify`]; Ed25519 signs the message and not a digest, so it is unsupported here.
pub fn verify_digest(
    spki: &[u8],
    algorithm: SignatureAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), VerifyError> {
    if algorithm == SignatureAlgorithm::Ed25519 {
        return Err(VerifyError::Unsupported);
    }
    if is_ecdsa_sha1(algorithm) {
        let (stand_in, wide) = widened(algorithm, digest).ok_or(VerifyError::BadSignature)?;
        return verify_digest(spki, stand_in, &wide, signature);
    }
    let (engine, key) = verifier(spki, algorithm)?;
    let digest = Digest::import_less_safe(digest, algorithm.digest().engine())
        .map_err(|_| VerifyError::BadSignature)?;
    UnparsedPublicKey::new(engine, key)
        .verify_digest(&digest, signature)
        .map_err(|_| VerifyError::BadSignature)
}

fn verifier(
    spki: &[u8],
    algorithm: SignatureAlgorithm,
) -> Result<(&'static dyn VerificationAlgorithm, Vec<u8>), VerifyError> {
    use SignatureAlgorithm as A;
    let info = PublicKeyInfo::from_spki(spki)?;
    if info.kind == KeyKind::Other {
        return Err(VerifyError::Unsupported);
    }
    if info.kind != algorithm.key_kind() {
        return Err(VerifyError::KeyMismatch);
    }
    if !permitted_by_key(spki, algorithm)? {
        return Err(VerifyError::KeyMismatch);
    }
    let small = info.kind == KeyKind::Rsa && info.bits < 2048;
    if info.kind == KeyKind::Rsa && !(1024..=8192).contains(&info.bits) {
        return Err(VerifyError::Unsupported);
    }
    let engine: &'static dyn VerificationAlgorithm = match algorithm {
        A::RsaPkcs1Sha1 => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        A::RsaPkcs1Sha256 => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        A::RsaPkcs1Sha512 => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        _ if small => return Err(VerifyError::Unsupported),
        A::RsaPkcs1Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        A::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        A::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        A::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        A::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        A::EcdsaP256Sha384 => &signature::ECDSA_P256_SHA384_ASN1,
        A::EcdsaP256Sha512 => &signature::ECDSA_P256_SHA512_ASN1,
        A::EcdsaP384Sha256 => &signature::ECDSA_P384_SHA256_ASN1,
        A::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
        A::EcdsaP384Sha512 => &signature::ECDSA_P384_SHA512_ASN1,
        A::EcdsaP521Sha256 => &signature::ECDSA_P521_SHA256_ASN1,
        A::EcdsaP521Sha384 => &signature::ECDSA_P521_SHA384_ASN1,
        A::EcdsaP521Sha512 => &signature::ECDSA_P521_SHA512_ASN1,
        A::EcdsaP256Sha1 | A::EcdsaP384Sha1 | A::EcdsaP521Sha1 => {
            return Err(VerifyError::Unsupported); // goes another way, see `widened`
        }
        A::Ed25519 => &signature::ED25519,
    };
    Ok((engine, info.key))
}

/// A key whose `SubjectPublicKeyInfo` says id-RSASSA-PSS makes such signatures alone, and with
/// parameters only those of the same digest (RFC 4055 3.1, 3.3).
fn permitted_by_key(spki: &[u8], algorithm: SignatureAlgorithm) -> Result<bool, Malformed> {
    let identifier = Reader::new(spki).sequence()?.expect(tag::SEQUENCE)?;
    let mut fields = identifier.inside()?;
    if fields.expect(tag::OID)?.oid()? != oid::RSA_PSS {
        return Ok(true);
    }
    if !algorithm.is_pss() {
        return Ok(false);
    }
    if fields.is_empty() {
        return Ok(true);
    }
    let found = SignatureAlgorithm::resolve(identifier.full, KeyKind::Rsa, None)?;
    Ok(found == Some(algorithm))
}

/// Kind and size of a key to be generated. Weaker ones are verified, never made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeySpec {
    /// RSA with a modulus of 2048 bits.
    Rsa2048,
    /// RSA with a modulus of 3072 bits.
    Rsa3072,
    /// RSA with a modulus of 4096 bits; takes some seconds.
    Rsa4096,
    /// ECDSA on P-256 (secp256r1).
    EcP256,
    /// ECDSA on P-384 (secp384r1).
    EcP384,
    /// ECDSA on P-521 (secp521r1).
    EcP521,
    /// EdDSA on Curve25519 (RFC 8032, identifiers of RFC 8410).
    Ed25519,
}

/// A private key in memory. Practice and test keys only: real keys stay in their token.
pub struct SoftKey {
    key: Private,
}

enum Private {
    Rsa(RsaKeyPair),
    Ec(KeyKind, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SoftKey {
    /// A new key of the given kind and size, from the randomness of the system.
    ///
    /// # Errors
    /// The cryptographic library refuses.
    pub fn generate(spec: KeySpec) -> Result<Self, KeyError> {
        let rsa = |size| {
            let key = rsa::KeyPair::generate(size).map_err(|_| KeyError::Rejected)?;
            Ok(Private::Rsa(key))
        };
        let curve = |kind, engine| {
            let key = EcdsaKeyPair::generate(engine).map_err(|_| KeyError::Rejected)?;
            Ok(Private::Ec(kind, key))
        };
        let key = match spec {
            KeySpec::Rsa2048 => rsa(KeySize::Rsa2048),
            KeySpec::Rsa3072 => rsa(KeySize::Rsa3072),
            KeySpec::Rsa4096 => rsa(KeySize::Rsa4096),
            KeySpec::EcP256 => curve(KeyKind::EcP256, &signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            KeySpec::EcP384 => curve(KeyKind::EcP384, &signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            KeySpec::EcP521 => curve(KeyKind::EcP521, &signature::ECDSA_P521_SHA512_ASN1_SIGNING),
            KeySpec::Ed25519 => Ed25519KeyPair::generate()
                .map(Private::Ed25519)
                .map_err(|_| KeyError::Rejected),
        }?;
        Ok(Self { key })
    }

    /// A new RSA key of 2048 bits, the usual size of tokens.
    pub fn generate_rsa_2048() -> Result<Self, KeyError> {
        Self::generate(KeySpec::Rsa2048)
    }

    /// A new key on the curve P-256.
    pub fn generate_p256() -> Result<Self, KeyError> {
        Self::generate(KeySpec::EcP256)
    }

    /// From PKCS#8 (RFC 5958), DER: RSA, ECDSA on the three curves, Ed25519 (RFC 8410 7).
    ///
    /// # Errors
    /// [`KeyError::Rejected`] for any other key, and for RSA below 2048 bits.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let (algorithm, curve) = pkcs8_algorithm(pkcs8).map_err(|_| KeyError::Rejected)?;
        let key = match (algorithm, curve) {
            (oid::RSA_ENCRYPTION, _) => {
                Private::Rsa(RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Rejected)?)
            }
            (oid::EC_PUBLIC_KEY, Some(curve)) => {
                let (kind, engine) = curve_engine(curve).ok_or(KeyError::Rejected)?;
                let key =
                    EcdsaKeyPair::from_pkcs8(engine, pkcs8).map_err(|_| KeyError::Rejected)?;
                Private::Ec(kind, key)
            }
            (oid::ED25519, _) => Private::Ed25519(
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8)
                    .map_err(|_| KeyError::Rejected)?,
            ),
            _ => return Err(KeyError::Rejected),
        };
        let key = Self { key };
        // Whatever the library takes: nothing is signed with a weak key.
        match PublicKeyInfo::from_spki(&key.spki()) {
            Ok(public) if !public.is_weak() => Ok(key),
            _ => Err(KeyError::Rejected),
        }
    }

    /// As PKCS#8, DER, unprotected.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        match &self.key {
            Private::Rsa(key) => key
                .as_der()
                .map(|it| it.as_ref().to_vec())
                .map_err(|_| KeyError::Rejected),
            Private::Ec(_, key) => key
                .to_pkcs8v1()
                .map(|it| it.as_ref().to_vec())
                .map_err(|_| KeyError::Rejected),
            Private::Ed25519(key) => key
                .to_pkcs8v1()
                .map(|it| it.as_ref().to_vec())
                .map_err(|_| KeyError::Rejected),
        }
    }

    /// The kind of key.
    pub fn kind(&self) -> KeyKind {
        match &self.key {
            Private::Rsa(_) => KeyKind::Rsa,
            Private::Ec(kind, _) => *kind,
            Private::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// What it signs with unless told otherwise.
    pub fn default_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::default_for(self.kind()).unwrap_or(SignatureAlgorithm::RsaPkcs1Sha256)
    }

    /// The `SubjectPublicKeyInfo` of its public half.
    pub fn spki(&self) -> Vec<u8> {
        let (algorithm, key) = match &self.key {
            Private::Rsa(key) => (
                asn1::sequence(&[asn1::oid(oid::RSA_ENCRYPTION), asn1::null()]),
                key.public_key().as_ref(),
            ),
            Private::Ec(kind, key) => {
                let curve = match kind {
                    KeyKind::EcP384 => oid::P384,
                    KeyKind::EcP521 => oid::P521,
                    _ => oid::P256,
                };
                (
                    asn1::sequence(&[asn1::oid(oid::EC_PUBLIC_KEY), asn1::oid(curve)]),
                    key.public_key().as_ref(),
                )
            }
            Private::Ed25519(key) => (
                asn1::sequence(&[asn1::oid(oid::ED25519)]),
                key.public_key().as_ref(),
            ),
        };
        asn1::sequence(&[algorithm, asn1::bit_string(key)])
    }

    /// Signs a message of which only the digest is at hand, made with `algorithm.digest()`: what a service does that
    /// holds keys for others. Ed25519 signs the message and not a digest.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] for an algorithm of another kind of key, or a digest of another length.
    pub fn sign_digest(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        use SignatureAlgorithm as A;
        let digest = Digest::import_less_safe(digest, algorithm.digest().engine())
            .map_err(|_| KeyError::Algorithm)?;
        match &self.key {
            Private::Rsa(key) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    A::RsaPkcs1Sha256 => &signature::RSA_PKCS1_SHA256,
                    A::RsaPkcs1Sha384 => &signature::RSA_PKCS1_SHA384,
                    A::RsaPkcs1Sha512 => &signature::RSA_PKCS1_SHA512,
                    _ => return Err(KeyError::Algorithm),
                };
                let mut out = vec![0; key.public_modulus_len()];
                key.sign_digest(encoding, &digest, &mut out)
                    .map_err(|_| KeyError::Signing)?;
                Ok(out)
            }
            Private::Ec(kind, key) => {
                if SignatureAlgorithm::default_for(*kind) != Some(algorithm) {
                    return Err(KeyError::Algorithm);
                }
                let signature = key.sign_digest(&digest).map_err(|_| KeyError::Signing)?;
                Ok(signature.as_ref().to_vec())
            }
            Private::Ed25519(_) => Err(KeyError::Algorithm),
        }
    }

    /// Signs a message; the shape of the value is that of [`SignatureAlgorithm`]. Only what
    /// [`SignatureAlgorithm::made_with`] lists for the kind of key is made.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`] for any other algorithm.
    pub fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        use SignatureAlgorithm as A;
        let random = SystemRandom::new();
        match &self.key {
            Private::Rsa(key) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    A::RsaPkcs1Sha256 => &signature::RSA_PKCS1_SHA256,
                    A::RsaPkcs1Sha384 => &signature::RSA_PKCS1_SHA384,
                    A::RsaPkcs1Sha512 => &signature::RSA_PKCS1_SHA512,
                    A::RsaPssSha256 => &signature::RSA_PSS_SHA256,
                    A::RsaPssSha384 => &signature::RSA_PSS_SHA384,
                    A::RsaPssSha512 => &signature::RSA_PSS_SHA512,
                    _ => return Err(KeyError::Algorithm),
                };
                let mut out = vec![0; key.public_modulus_len()];
                key.sign(encoding, &random, message, &mut out)
                    .map_err(|_| KeyError::Signing)?;
                Ok(out)
            }
            Private::Ec(kind, key) => {
                if SignatureAlgorithm::default_for(*kind) != Some(algorithm) {
                    return Err(KeyError::Algorithm);
                }
                let signature = key.sign(&random, message).map_err(|_| KeyError::Signing)?;
                Ok(signature.as_ref().to_vec())
            }
            Private::Ed25519(key) if algorithm == A::Ed25519 => {
                let signature = key.try_sign(message).map_err(|_| KeyError::Signing)?;
                Ok(signature.as_ref().to_vec())
            }
            Private::Ed25519(_) => Err(KeyError::Algorithm),
        }
    }
}

impl std::fmt::Debug for SoftKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftKey")
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

fn curve_engine(curve: oid::ObjectIdentifier) -> Option<(KeyKind, &'static EcdsaSigningAlgorithm)> {
    match curve {
        oid::P256 => Some((KeyKind::EcP256, &signature::ECDSA_P256_SHA256_ASN1_SIGNING)),
        oid::P384 => Some((KeyKind::EcP384, &signature::ECDSA_P384_SHA384_ASN1_SIGNING)),
        oid::P521 => Some((KeyKind::EcP521, &signature::ECDSA_P521_SHA512_ASN1_SIGNING)),
        _ => None,
    }
}

type Oid = oid::ObjectIdentifier;

fn pkcs8_algorithm(pkcs8: &[u8]) -> Result<(Oid, Option<Oid>), Malformed> {
    let mut reader = Reader::new(pkcs8).sequence()?;
    reader.expect(tag::INTEGER)?;
    let mut algorithm = reader.sequence()?;
    let kind = algorithm.expect(tag::OID)?.oid()?;
    let curve = algorithm
        .optional(tag::OID)?
        .map(|it| it.oid())
        .transpose()?;
    Ok((kind, curve))
}

fn modulus_bits(key: &[u8]) -> Result<u32, Malformed> {
    let modulus = Tlv::read(key)?
        .0
        .inside()?
        .expect(tag::INTEGER)?
        .unsigned()?;
    let top = modulus.first().map_or(0, |first| first.leading_zeros());
    Ok((modulus.len() as u32 * 8).saturating_sub(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_for_pss_alone_verifies_nothing_else() {
        let key = SoftKey::generate_rsa_2048().unwrap();
        let spki = key.spki();
        let public = PublicKeyInfo::from_spki(&spki).unwrap().key;
        let restricted =
            |identifier: Vec<u8>| asn1::sequence(&[identifier, asn1::bit_string(&public)]);
        let any_pss = restricted(asn1::sequence(&[asn1::oid(oid::RSA_PSS)]));
        let one_pss = restricted(SignatureAlgorithm::RsaPssSha256.identifier());
        for (algorithm, any, one) in [
            (SignatureAlgorithm::RsaPssSha256, true, true),
            (SignatureAlgorithm::RsaPssSha384, true, false),
            (SignatureAlgorithm::RsaPkcs1Sha256, false, false),
        ] {
            let value = key.sign(algorithm, b"van thu").unwrap();
            assert_eq!(verify(&spki, algorithm, b"van thu", &value), Ok(()));
            assert_eq!(verify(&any_pss, algorithm, b"van thu", &value).is_ok(), any);
            assert_eq!(verify(&one_pss, algorithm, b"van thu", &value).is_ok(), one);
        }
    }

    #[test]
    fn a_key_verifies_what_it_signed_and_nothing_else() {
        let rsa = SoftKey::generate_rsa_2048().unwrap();
        let curve = SoftKey::generate_p256().unwrap();
        for (key, algorithm) in [
            (&rsa, SignatureAlgorithm::RsaPkcs1Sha256),
            (&rsa, SignatureAlgorithm::RsaPssSha256),
            (&rsa, SignatureAlgorithm::RsaPssSha512),
            (&curve, SignatureAlgorithm::EcdsaP256Sha256),
        ] {
            let signature = key.sign(algorithm, b"van thu").unwrap();
            assert_eq!(
                verify(&key.spki(), algorithm, b"van thu", &signature),
                Ok(())
            );
            let digest = algorithm.digest().digest(b"van thu");
            assert_eq!(
                verify_digest(&key.spki(), algorithm, &digest, &signature),
                Ok(())
            );
            assert_eq!(
                verify(&key.spki(), algorithm, b"van thu!", &signature),
                Err(VerifyError::BadSignature)
            );
            let again = SoftKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
            assert_eq!(again.spki(), key.spki());
        }
        assert_eq!(
            verify(&curve.spki(), SignatureAlgorithm::RsaPkcs1Sha256, b"", b""),
            Err(VerifyError::KeyMismatch)
        );
        assert_eq!(
            rsa.sign(SignatureAlgorithm::RsaPkcs1Sha1, b"").unwrap_err(),
            KeyError::Algorithm
        );
    }
}
