//! From an algorithm to a mechanism of the device, and from what the device gives to what signatures hold.

use cryptoki::error::Error;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use vanthu_pki::{DigestAlgorithm, SignatureAlgorithm, asn1};
use vanthu_wire::agent::Algorithm;

use super::key::DeviceKey;
use super::told::{failed, unsigned};
use crate::TokenError;

/// Signs a message with an opened key.
pub(super) fn sign(
    key: &DeviceKey,
    algorithm: Algorithm,
    message: &[u8],
) -> Result<Vec<u8>, TokenError> {
    // Some modules crash when a mechanism of RSA is given another key: it is not asked of them.
    let fits = SignatureAlgorithm::from_name(algorithm.as_str())
        .is_some_and(|it| SignatureAlgorithm::made_with(key.kind).contains(&it));
    if !fits {
        return Err(TokenError::Unsupported(algorithm));
    }
    let (mechanism, input) = question(algorithm, message).map_err(|error| failed(&error))?;
    if !key.mechanisms.contains(&mechanism.mechanism_type()) {
        return Err(TokenError::Unsupported(algorithm));
    }
    key.session
        .sign_init(&mechanism, key.key)
        .map_err(|error| unsigned(&error, algorithm))?;
    key.login_again()?;
    let value = key
        .finish(&input)
        .map_err(|error| unsigned(&error, algorithm))?;
    match mechanism {
        Mechanism::Ecdsa => {
            der_of(&value).ok_or_else(|| TokenError::Failed("chữ ký ECDSA sai độ dài".to_owned()))
        }
        _ => Ok(value),
    }
}

/// What a device with these mechanisms can sign with; the best of each kind of key first.
pub(super) fn possible(mechanisms: &[MechanismType]) -> Vec<Algorithm> {
    use Algorithm as A;
    let all = [
        (
            MechanismType::RSA_PKCS_PSS,
            [A::RsaPssSha256, A::RsaPssSha384, A::RsaPssSha512].as_slice(),
        ),
        (
            MechanismType::RSA_PKCS,
            &[A::RsaPkcs1Sha256, A::RsaPkcs1Sha384, A::RsaPkcs1Sha512],
        ),
        (
            MechanismType::ECDSA,
            &[A::EcdsaP256Sha256, A::EcdsaP384Sha384, A::EcdsaP521Sha512],
        ),
        (MechanismType::EDDSA, &[A::Ed25519]),
    ];
    all.iter()
        .filter(|(mechanism, _)| mechanisms.contains(mechanism))
        .flat_map(|(_, algorithms)| algorithms.iter().copied())
        .collect()
}

/// The mechanism, and what it is given.
fn question(algorithm: Algorithm, message: &[u8]) -> Result<(Mechanism<'static>, Vec<u8>), Error> {
    use DigestAlgorithm as D;
    let pkcs1 = |digest: D| Ok((Mechanism::RsaPkcs, digest_info(digest, message)));
    let ecdsa = |digest: D| Ok((Mechanism::Ecdsa, digest.digest(message)));
    let pss = |digest: D, hash_alg, mgf| {
        let digested = digest.digest(message);
        let parameters = PkcsPssParams {
            hash_alg,
            mgf,
            // The salt is as long as the digest (RFC 4055 3.1).
            s_len: digested.len().try_into()?,
        };
        Ok((Mechanism::RsaPkcsPss(parameters), digested))
    };
    match algorithm {
        Algorithm::RsaPkcs1Sha256 => pkcs1(D::Sha256),
        Algorithm::RsaPkcs1Sha384 => pkcs1(D::Sha384),
        Algorithm::RsaPkcs1Sha512 => pkcs1(D::Sha512),
        Algorithm::RsaPssSha256 => pss(D::Sha256, MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
        Algorithm::RsaPssSha384 => pss(D::Sha384, MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
        Algorithm::RsaPssSha512 => pss(D::Sha512, MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
        Algorithm::EcdsaP256Sha256 => ecdsa(D::Sha256),
        Algorithm::EcdsaP384Sha384 => ecdsa(D::Sha384),
        Algorithm::EcdsaP521Sha512 => ecdsa(D::Sha512),
        Algorithm::Ed25519 => Ok((
            Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)),
            message.to_vec(),
        )),
    }
}

/// `DigestInfo` (RFC 8017 9.2): the algorithm with NULL parameters, and the digest.
fn digest_info(algorithm: DigestAlgorithm, message: &[u8]) -> Vec<u8> {
    let identifier = asn1::sequence(&[asn1::oid(algorithm.oid()), asn1::null()]);
    let digest = asn1::octet_string(&algorithm.digest(message));
    asn1::sequence(&[identifier, digest])
}

/// `r` and `s` behind each other (PKCS #11 2.3.1) as `ECDSA-Sig-Value` (RFC 3279 2.2.3).
fn der_of(raw: &[u8]) -> Option<Vec<u8>> {
    let half = raw.len() / 2;
    let (r, s) = raw.split_at_checked(half)?;
    (half > 0 && r.len() == s.len()).then(|| asn1::sequence(&[asn1::integer(r), asn1::integer(s)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The prefix of RFC 8017 9.2, note 1, for SHA-256.
    #[test]
    fn digest_info_is_that_of_the_standard() {
        let info = digest_info(DigestAlgorithm::Sha256, b"abc");
        let prefix = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        assert!(info.starts_with(&prefix));
        assert_eq!(info.len(), prefix.len() + 32);
    }

    #[test]
    fn raw_ecdsa_becomes_two_integers_with_and_without_a_leading_zero() {
        let mut raw = vec![0x80; 32];
        raw.extend([0; 31]);
        raw.push(5);
        let der = der_of(&raw).unwrap();
        assert_eq!(der[..5], [0x30, 38, 0x02, 33, 0]);
        assert_eq!(der[der.len() - 3..], [0x02, 1, 5]);
        assert_eq!(der_of(&[]), None);
        assert_eq!(der_of(&[1, 2, 3]), None);
    }
}
