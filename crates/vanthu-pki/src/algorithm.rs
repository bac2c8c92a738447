//! Digest and signature algorithms and their identifiers (RFC 3279, 4055, 5754, 5758, 8410).

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use crate::asn1::{self, Reader, Tlv, tag};
use crate::error::Malformed;
use crate::oid::{self, ObjectIdentifier};

pub mod strength;

/// A digest algorithm (hàm băm).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestAlgorithm {
    /// 20 octets, FIPS 180-4. Weak: read and verified, never made.
    Sha1,
    /// 28 octets, FIPS 180-4. Weak: read and verified, never made.
    Sha224,
    /// 32 octets, FIPS 180-4.
    Sha256,
    /// 48 octets, FIPS 180-4.
    Sha384,
    /// 64 octets, FIPS 180-4.
    Sha512,
    /// 32 octets: SHA-512 cut short, with a start of its own (FIPS 180-4 5.3.6).
    #[serde(rename = "sha512-256")]
    Sha512_256,
    /// 32 octets, FIPS 202.
    #[serde(rename = "sha3-256")]
    Sha3_256,
    /// 48 octets, FIPS 202.
    #[serde(rename = "sha3-384")]
    Sha3_384,
    /// 64 octets, FIPS 202.
    #[serde(rename = "sha3-512")]
    Sha3_512,
}

impl DigestAlgorithm {
    const ALL: [Self; 9] = [
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha512_256,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// The name used in protocols, tables and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha512_256 => "sha512-256",
            Self::Sha3_256 => "sha3-256",
            Self::Sha3_384 => "sha3-384",
            Self::Sha3_512 => "sha3-512",
        }
    }

    /// By object identifier.
    pub fn from_oid(value: ObjectIdentifier) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.oid() == value)
    }

    /// Its object identifier.
    pub fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sha512_256 => oid::SHA512_256,
            Self::Sha3_256 => oid::SHA3_256,
            Self::Sha3_384 => oid::SHA3_384,
            Self::Sha3_512 => oid::SHA3_512,
        }
    }

    /// The length of its digests in octets.
    pub fn output_len(self) -> usize {
        self.engine().output_len()
    }

    /// Hashes one slice.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        self.digest_parts(&[bytes])
    }

    /// Hashes slices as if they stood behind each other.
    pub fn digest_parts(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut context = digest::Context::new(self.engine());
        for part in parts {
            context.update(part);
        }
        context.finish().as_ref().to_vec()
    }

    /// SHA-256 of one slice.
    pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
        let mut octets = [0; 32];
        let digest = digest::digest(&digest::SHA256, bytes);
        for (to, from) in octets.iter_mut().zip(digest.as_ref()) {
            *to = *from;
        }
        octets
    }

    /// Too weak for a new signature: verified and reported, never made. For a moment in the past
    /// ask [`strength::Strength`].
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Sha1 | Self::Sha224)
    }

    /// Its `AlgorithmIdentifier`, without parameters (RFC 5754).
    pub fn identifier(self) -> Vec<u8> {
        asn1::sequence(&[asn1::oid(self.oid())])
    }

    /// From an `AlgorithmIdentifier`; `None` for one that is not known here. Parameters are not
    /// looked at: NULL and none are both in use (RFC 5754 2).
    ///
    /// # Errors
    /// The bytes are no `AlgorithmIdentifier`.
    pub fn from_identifier(identifier: &[u8]) -> Result<Option<Self>, Malformed> {
        Ok(Self::from_oid(
            Reader::new(identifier)
                .sequence()?
                .expect(tag::OID)?
                .oid()?,
        ))
    }

    pub(crate) fn engine(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
            Self::Sha512_256 => &digest::SHA512_256,
            Self::Sha3_256 => &digest::SHA3_256,
            Self::Sha3_384 => &digest::SHA3_384,
            Self::Sha3_512 => &digest::SHA3_512,
        }
    }
}

/// A signature algorithm with its digest and, for ECDSA, the curve (thuật toán ký số). Serialised
/// by its [`name`](Self::name).
///
/// The raw value of a signature is: for RSA as many octets as the modulus (RFC 8017 8.1, 8.2); for
/// ECDSA the DER of `ECDSA-Sig-Value` (RFC 3279 2.2.3); for Ed25519 64 octets (RFC 8032 5.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-1. Verified only.
    RsaPkcs1Sha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 4055 5).
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 4055 5).
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 4055 5).
    RsaPkcs1Sha512,
    /// RSASSA-PSS with SHA-256, also in MGF1, and a salt of 32 octets (RFC 4055 3.1).
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, also in MGF1, and a salt of 48 octets.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, also in MGF1, and a salt of 64 octets.
    RsaPssSha512,
    /// ECDSA on P-256 with SHA-256 (RFC 5758 3.2).
    EcdsaP256Sha256,
    /// ECDSA on P-256 with SHA-384. Verified only.
    EcdsaP256Sha384,
    /// ECDSA on P-256 with SHA-512. Verified only.
    EcdsaP256Sha512,
    /// ECDSA on P-384 with SHA-256. Verified only.
    EcdsaP384Sha256,
    /// ECDSA on P-384 with SHA-384 (RFC 5758 3.2).
    EcdsaP384Sha384,
    /// ECDSA on P-384 with SHA-512. Verified only.
    EcdsaP384Sha512,
    /// ECDSA on P-521 with SHA-256. Verified only.
    EcdsaP521Sha256,
    /// ECDSA on P-521 with SHA-384. Verified only.
    EcdsaP521Sha384,
    /// ECDSA on P-521 with SHA-512 (RFC 5758 3.2).
    EcdsaP521Sha512,
    /// ECDSA on P-256 with SHA-1. Verified only.
    EcdsaP256Sha1,
    /// ECDSA on P-384 with SHA-1. Verified only.
    EcdsaP384Sha1,
    /// ECDSA on P-521 with SHA-1. Verified only.
    EcdsaP521Sha1,
    /// Ed25519 (RFC 8410 3); in CMS the attributes hold a SHA-512 digest (RFC 8419 3).
    Ed25519,
}

/// The kind of a public key, from its `SubjectPublicKeyInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// rsaEncryption, or id-RSASSA-PSS: a key for PSS alone (RFC 4055 1.2).
    Rsa,
    /// id-ecPublicKey on P-256 (RFC 5480 2.1.1).
    EcP256,
    /// id-ecPublicKey on P-384.
    EcP384,
    /// id-ecPublicKey on P-521.
    EcP521,
    /// id-Ed25519 (RFC 8410 4).
    Ed25519,
    /// A key whose signatures cannot be checked here.
    Other,
}

impl SignatureAlgorithm {
    const NAMES: [(Self, &'static str); 20] = [
        (Self::RsaPkcs1Sha1, "rsa-pkcs1-sha1"),
        (Self::RsaPkcs1Sha256, "rsa-pkcs1-sha256"),
        (Self::RsaPkcs1Sha384, "rsa-pkcs1-sha384"),
        (Self::RsaPkcs1Sha512, "rsa-pkcs1-sha512"),
        (Self::RsaPssSha256, "rsa-pss-sha256"),
        (Self::RsaPssSha384, "rsa-pss-sha384"),
        (Self::RsaPssSha512, "rsa-pss-sha512"),
        (Self::EcdsaP256Sha256, "ecdsa-p256-sha256"),
        (Self::EcdsaP256Sha384, "ecdsa-p256-sha384"),
        (Self::EcdsaP256Sha512, "ecdsa-p256-sha512"),
        (Self::EcdsaP384Sha256, "ecdsa-p384-sha256"),
        (Self::EcdsaP384Sha384, "ecdsa-p384-sha384"),
        (Self::EcdsaP384Sha512, "ecdsa-p384-sha512"),
        (Self::EcdsaP521Sha256, "ecdsa-p521-sha256"),
        (Self::EcdsaP521Sha384, "ecdsa-p521-sha384"),
        (Self::EcdsaP521Sha512, "ecdsa-p521-sha512"),
        (Self::EcdsaP256Sha1, "ecdsa-p256-sha1"),
        (Self::EcdsaP384Sha1, "ecdsa-p384-sha1"),
        (Self::EcdsaP521Sha1, "ecdsa-p521-sha1"),
        (Self::Ed25519, "ed25519"),
    ];

    /// The name used in protocols and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .into_iter()
            .find(|(it, _)| *it == self)
            .map_or("", |(_, name)| name)
    }

    /// The algorithm of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .into_iter()
            .find(|(_, it)| *it == name)
            .map(|(it, _)| it)
    }

    /// The digest inside.
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1Sha1
            | Self::EcdsaP256Sha1
            | Self::EcdsaP384Sha1
            | Self::EcdsaP521Sha1 => DigestAlgorithm::Sha1,
            Self::RsaPkcs1Sha256
            | Self::RsaPssSha256
            | Self::EcdsaP256Sha256
            | Self::EcdsaP384Sha256
            | Self::EcdsaP521Sha256 => DigestAlgorithm::Sha256,
            Self::RsaPkcs1Sha384
            | Self::RsaPssSha384
            | Self::EcdsaP256Sha384
            | Self::EcdsaP384Sha384
            | Self::EcdsaP521Sha384 => DigestAlgorithm::Sha384,
            Self::RsaPkcs1Sha512
            | Self::RsaPssSha512
            | Self::EcdsaP256Sha512
            | Self::EcdsaP384Sha512
            | Self::EcdsaP521Sha512
            | Self::Ed25519 => DigestAlgorithm::Sha512,
        }
    }

    /// The keys it works with.
    pub fn key_kind(self) -> KeyKind {
        match self {
            Self::RsaPkcs1Sha1
            | Self::RsaPkcs1Sha256
            | Self::RsaPkcs1Sha384
            | Self::RsaPkcs1Sha512
            | Self::RsaPssSha256
            | Self::RsaPssSha384
            | Self::RsaPssSha512 => KeyKind::Rsa,
            Self::EcdsaP256Sha1
            | Self::EcdsaP256Sha256
            | Self::EcdsaP256Sha384
            | Self::EcdsaP256Sha512 => KeyKind::EcP256,
            Self::EcdsaP384Sha1
            | Self::EcdsaP384Sha256
            | Self::EcdsaP384Sha384
            | Self::EcdsaP384Sha512 => KeyKind::EcP384,
            Self::EcdsaP521Sha1
            | Self::EcdsaP521Sha256
            | Self::EcdsaP521Sha384
            | Self::EcdsaP521Sha512 => KeyKind::EcP521,
            Self::Ed25519 => KeyKind::Ed25519,
        }
    }

    /// The signature scheme without digest and key: `rsa-pkcs1`, `rsa-pss`, `ecdsa`, `ed25519`.
    pub fn scheme(self) -> &'static str {
        match self.key_kind() {
            KeyKind::Rsa if self.name().starts_with("rsa-pss") => "rsa-pss",
            KeyKind::Rsa => "rsa-pkcs1",
            KeyKind::Ed25519 => "ed25519",
            _ => "ecdsa",
        }
    }

    /// RSASSA-PSS (RFC 8017 8.1).
    pub fn is_pss(self) -> bool {
        matches!(
            self,
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512
        )
    }

    /// The algorithms that a kind of key signs with, the usual one first. ECDSA takes the digest
    /// of the curve's strength.
    pub fn made_with(kind: KeyKind) -> &'static [Self] {
        match kind {
            KeyKind::Rsa => &[
                Self::RsaPkcs1Sha256,
                Self::RsaPkcs1Sha384,
                Self::RsaPkcs1Sha512,
                Self::RsaPssSha256,
                Self::RsaPssSha384,
                Self::RsaPssSha512,
            ],
            KeyKind::EcP256 => &[Self::EcdsaP256Sha256],
            KeyKind::EcP384 => &[Self::EcdsaP384Sha384],
            KeyKind::EcP521 => &[Self::EcdsaP521Sha512],
            KeyKind::Ed25519 => &[Self::Ed25519],
            KeyKind::Other => &[],
        }
    }

    /// What this crate signs with by default for a kind of key.
    pub fn default_for(kind: KeyKind) -> Option<Self> {
        Self::made_with(kind).first().copied()
    }

    /// Its `AlgorithmIdentifier` as DER: RSA with NULL parameters (RFC 4055 5), PSS with all of
    /// them, ECDSA and Ed25519 without.
    pub fn identifier(self) -> Vec<u8> {
        let with_null = |kind| asn1::sequence(&[asn1::oid(kind), asn1::null()]);
        let bare = |kind| asn1::sequence(&[asn1::oid(kind)]);
        match self {
            Self::RsaPkcs1Sha1 => with_null(oid::SHA1_WITH_RSA),
            Self::RsaPkcs1Sha256 => with_null(oid::SHA256_WITH_RSA),
            Self::RsaPkcs1Sha384 => with_null(oid::SHA384_WITH_RSA),
            Self::RsaPkcs1Sha512 => with_null(oid::SHA512_WITH_RSA),
            Self::RsaPssSha256 => pss_identifier(DigestAlgorithm::Sha256, 32),
            Self::RsaPssSha384 => pss_identifier(DigestAlgorithm::Sha384, 48),
            Self::RsaPssSha512 => pss_identifier(DigestAlgorithm::Sha512, 64),
            Self::EcdsaP256Sha256 | Self::EcdsaP384Sha256 | Self::EcdsaP521Sha256 => {
                bare(oid::ECDSA_WITH_SHA256)
            }
            Self::EcdsaP256Sha384 | Self::EcdsaP384Sha384 | Self::EcdsaP521Sha384 => {
                bare(oid::ECDSA_WITH_SHA384)
            }
            Self::EcdsaP256Sha512 | Self::EcdsaP384Sha512 | Self::EcdsaP521Sha512 => {
                bare(oid::ECDSA_WITH_SHA512)
            }
            Self::EcdsaP256Sha1 | Self::EcdsaP384Sha1 | Self::EcdsaP521Sha1 => {
                bare(oid::ECDSA_WITH_SHA1)
            }
            Self::Ed25519 => bare(oid::ED25519),
        }
    }

    /// From an `AlgorithmIdentifier` and the kind of key at hand. Files in the field name only the
    /// key's algorithm (`rsaEncryption`, `id-ecPublicKey`): then `digest` of the surrounding
    /// structure counts. `None`: not supported here, or of another kind than the key.
    ///
    /// # Errors
    /// The bytes are no `AlgorithmIdentifier`, or parameters of PSS cannot be read.
    pub fn resolve(
        identifier: &[u8],
        kind: KeyKind,
        digest: Option<DigestAlgorithm>,
    ) -> Result<Option<Self>, Malformed> {
        let mut reader = Reader::new(identifier).sequence()?;
        let algorithm = reader.expect(tag::OID)?.oid()?;
        let found = match algorithm {
            oid::SHA1_WITH_RSA => rsa(DigestAlgorithm::Sha1),
            oid::SHA256_WITH_RSA => rsa(DigestAlgorithm::Sha256),
            oid::SHA384_WITH_RSA => rsa(DigestAlgorithm::Sha384),
            oid::SHA512_WITH_RSA => rsa(DigestAlgorithm::Sha512),
            oid::RSA_ENCRYPTION => digest.and_then(rsa),
            oid::RSA_PSS => pss_from_parameters(&reader.any()?)?,
            oid::ECDSA_WITH_SHA1 => ecdsa(kind, DigestAlgorithm::Sha1),
            oid::ECDSA_WITH_SHA256 => ecdsa(kind, DigestAlgorithm::Sha256),
            oid::ECDSA_WITH_SHA384 => ecdsa(kind, DigestAlgorithm::Sha384),
            oid::ECDSA_WITH_SHA512 => ecdsa(kind, DigestAlgorithm::Sha512),
            oid::EC_PUBLIC_KEY => digest.and_then(|digest| ecdsa(kind, digest)),
            oid::ED25519 => Some(Self::Ed25519),
            _ => None,
        };
        Ok(found.filter(|found| found.key_kind() == kind))
    }
}

impl Serialize for SignatureAlgorithm {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for SignatureAlgorithm {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("unknown algorithm {name}")))
    }
}

/// The name of the algorithm in an `AlgorithmIdentifier`, also of those that cannot be checked
/// here, for reports: `md5WithRSAEncryption`. Others are named by their identifier in figures.
///
/// # Errors
/// The bytes are no `AlgorithmIdentifier`.
pub fn describe(identifier: &[u8]) -> Result<String, Malformed> {
    let mut reader = Reader::new(identifier).sequence()?;
    let kind = reader.expect(tag::OID)?.oid()?;
    let text = kind.to_string();
    if let Some(digest) = DigestAlgorithm::from_oid(kind) {
        return Ok(digest.name().to_owned());
    }
    let name = NAMED.iter().find(|(oid, _)| *oid == text);
    Ok(name.map_or(text, |(_, name)| (*name).to_owned()))
}

/// Algorithms met in old or foreign files.
const NAMED: [(&str, &str); 21] = [
    ("1.2.840.113549.2.2", "md2"),
    ("1.2.840.113549.2.5", "md5"),
    ("1.3.36.3.2.1", "ripemd160"),
    ("1.2.840.113549.1.1.1", "rsaEncryption"),
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "rsassa-pss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10040.4.3", "dsa-with-sha1"),
    ("2.16.840.1.101.3.4.3.2", "dsa-with-sha256"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
];

fn rsa(digest: DigestAlgorithm) -> Option<SignatureAlgorithm> {
    Some(match digest {
        DigestAlgorithm::Sha1 => SignatureAlgorithm::RsaPkcs1Sha1,
        DigestAlgorithm::Sha256 => SignatureAlgorithm::RsaPkcs1Sha256,
        DigestAlgorithm::Sha384 => SignatureAlgorithm::RsaPkcs1Sha384,
        DigestAlgorithm::Sha512 => SignatureAlgorithm::RsaPkcs1Sha512,
        _ => return None,
    })
}

fn ecdsa(kind: KeyKind, digest: DigestAlgorithm) -> Option<SignatureAlgorithm> {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    Some(match (kind, digest) {
        (KeyKind::EcP256, Sha1) => SignatureAlgorithm::EcdsaP256Sha1,
        (KeyKind::EcP384, Sha1) => SignatureAlgorithm::EcdsaP384Sha1,
        (KeyKind::EcP521, Sha1) => SignatureAlgorithm::EcdsaP521Sha1,
        (KeyKind::EcP256, Sha256) => SignatureAlgorithm::EcdsaP256Sha256,
        (KeyKind::EcP256, Sha384) => SignatureAlgorithm::EcdsaP256Sha384,
        (KeyKind::EcP256, Sha512) => SignatureAlgorithm::EcdsaP256Sha512,
        (KeyKind::EcP384, Sha256) => SignatureAlgorithm::EcdsaP384Sha256,
        (KeyKind::EcP384, Sha384) => SignatureAlgorithm::EcdsaP384Sha384,
        (KeyKind::EcP384, Sha512) => SignatureAlgorithm::EcdsaP384Sha512,
        (KeyKind::EcP521, Sha256) => SignatureAlgorithm::EcdsaP521Sha256,
        (KeyKind::EcP521, Sha384) => SignatureAlgorithm::EcdsaP521Sha384,
        (KeyKind::EcP521, Sha512) => SignatureAlgorithm::EcdsaP521Sha512,
        _ => return None,
    })
}

fn pss_identifier(digest: DigestAlgorithm, salt: u64) -> Vec<u8> {
    let hash = asn1::sequence(&[asn1::oid(digest.oid()), asn1::null()]);
    let mask = asn1::sequence(&[asn1::oid(oid::MGF1), hash.clone()]);
    let parameters = asn1::sequence(&[
        asn1::explicit(0, &hash),
        asn1::explicit(1, &mask),
        asn1::explicit(2, &asn1::small_integer(salt)),
    ]);
    asn1::sequence(&[asn1::oid(oid::RSA_PSS), parameters])
}

/// Only the usual shape is supported: one digest throughout and a salt of its length.
fn pss_from_parameters(parameters: &Tlv<'_>) -> Result<Option<SignatureAlgorithm>, Malformed> {
    let mut reader = parameters.inside()?;
    let hash = match reader.optional(tag::constructed(0))? {
        Some(value) => DigestAlgorithm::from_identifier(value.body)?,
        None => Some(DigestAlgorithm::Sha1),
    };
    let mask = match reader.optional(tag::constructed(1))? {
        Some(value) => {
            let mut inside = value.only()?.inside()?;
            if inside.expect(tag::OID)?.oid()? != oid::MGF1 {
                return Ok(None);
            }
            DigestAlgorithm::from_identifier(inside.any()?.full)?
        }
        None => Some(DigestAlgorithm::Sha1),
    };
    let salt = match reader.optional(tag::constructed(2))? {
        Some(value) => value.only()?.small()?,
        None => 20,
    };
    Ok(match (hash, salt) {
        (Some(DigestAlgorithm::Sha256), 32) if mask == hash => {
            Some(SignatureAlgorithm::RsaPssSha256)
        }
        (Some(DigestAlgorithm::Sha384), 48) if mask == hash => {
            Some(SignatureAlgorithm::RsaPssSha384)
        }
        (Some(DigestAlgorithm::Sha512), 64) if mask == hash => {
            Some(SignatureAlgorithm::RsaPssSha512)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_recognised_by_its_own_identifier_and_name() {
        for (algorithm, name) in SignatureAlgorithm::NAMES {
            assert_eq!(SignatureAlgorithm::from_name(name), Some(algorithm));
            let found =
                SignatureAlgorithm::resolve(&algorithm.identifier(), algorithm.key_kind(), None);
            assert_eq!(found, Ok(Some(algorithm)));
        }
    }

    #[test]
    fn an_algorithm_that_is_not_supported_is_named_all_the_same() {
        let md5 = ObjectIdentifier::parse("1.2.840.113549.1.1.4").unwrap();
        let identifier = asn1::sequence(&[asn1::oid(md5), asn1::null()]);
        assert_eq!(describe(&identifier), Ok("md5WithRSAEncryption".to_owned()));
        let resolved = SignatureAlgorithm::resolve(&identifier, KeyKind::Rsa, None);
        assert_eq!(resolved, Ok(None));
    }

    #[test]
    fn nothing_weak_is_ever_made() {
        for kind in [
            KeyKind::Rsa,
            KeyKind::EcP256,
            KeyKind::EcP384,
            KeyKind::EcP521,
            KeyKind::Ed25519,
        ] {
            for made in SignatureAlgorithm::made_with(kind) {
                assert_eq!(made.key_kind(), kind);
                assert!(!made.digest().is_weak());
            }
        }
    }

    #[test]
    fn a_digest_needs_an_algorithm_that_is_known() {
        for digest in DigestAlgorithm::ALL {
            assert_eq!(
                DigestAlgorithm::from_identifier(&digest.identifier()),
                Ok(Some(digest))
            );
        }
    }
}
