//! The constraints that a validation checks, each with an id that policies, reports and texts share.

use serde::{Deserialize, Serialize};

/// What happens when a constraint is not met (ETSI EN 319 102-1, 5.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// It is not checked.
    Ignore,
    /// It is mentioned.
    Inform,
    /// It is a warning.
    Warn,
    /// The signature does not pass.
    Fail,
}

macro_rules! constraints {
    ($($(#[$doc:meta])* $name:ident = $level:ident $kind:ident,)*) => {
        /// One constraint. Those of integrity are always [`Level::Fail`]: no policy can relax them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum ConstraintId {
            $($(#[$doc])* $name,)*
        }

        impl ConstraintId {
            /// All, in the order of the standard's building blocks.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The level where a policy says nothing.
            pub fn default_level(self) -> Level {
                match self {
                    $(Self::$name => Level::$level,)*
                }
            }

            /// A policy may set another level.
            pub fn is_adjustable(self) -> bool {
                match self {
                    $(Self::$name => constraints!(@$kind),)*
                }
            }
        }
    };
    (@fixed) => { false };
    (@free) => { true };
}

constraints! {
    /// 5.2.2 The byte range covers everything but the digits of this signature.
    ByteRange = Fail fixed,
    /// 5.2.2 The signed part is a whole revision of the file, and holds this signature.
    WholeRevision = Fail fixed,
    /// 5.2.2 The signature dictionary and its rules can be read.
    SignatureObject = Fail fixed,
    /// 5.2.2 The signature value is a CMS structure.
    SignatureStructure = Fail fixed,
    /// 5.2.2 The signature has one signer.
    SingleSigner = Fail fixed,
    /// 5.2.2 A detached signature holds no content.
    DetachedContent = Fail fixed,
    /// 5.2.2 The kind of signature is one the policy accepts.
    SubFilter = Fail free,
    /// 5.2.2 Later revisions changed only what the signature's certification and locks permit.
    ChangesPermitted = Fail fixed,
    /// 5.2.2 Later changes stay within what the policy allows.
    ChangesWithinPolicy = Fail free,
    /// 5.2.2 No signature of an earlier revision was taken out.
    SignatureKept = Fail fixed,
    /// 5.2.2 Nothing stands behind the last revision.
    NothingBehindEnd = Fail fixed,
    /// 5.2.2 The file does not mix two kinds of cross-references.
    SingleReferenceTable = Warn free,
    /// 5.2.2 No signed field shares its name with another.
    UniqueFields = Fail free,
    /// 5.2.2 Every signature belongs to a field of the form.
    SignaturesReferenced = Fail free,
    /// 5.2.2 Nothing in the file acts by itself: no script, no action that starts or sends something, no XFA.
    NoActiveContent = Warn free,
    /// 5.2.3 The signer's certificate is there.
    SigningCertificatePresent = Fail fixed,
    /// 5.2.3 The signed attributes name no other certificate than the signer's.
    SigningCertificateMatches = Fail fixed,
    /// 5.2.3 The signed attributes name the signer's certificate.
    SigningCertificateAttribute = Fail free,
    /// 5.2.6 A path leads to a trust anchor.
    CertificationPath = Fail fixed,
    /// 5.2.6 The path obeys RFC 5280, section 6.
    PathRules = Fail fixed,
    /// 5.2.6 The certificates are within their validity periods.
    CertificateValidity = Fail fixed,
    /// 5.2.6 No certificate of the path is revoked.
    NotRevoked = Fail fixed,
    /// 5.2.6 The revocation status of every certificate of the path is known.
    RevocationKnown = Fail free,
    /// 5.2.5 The revocation status is fresh enough.
    RevocationFresh = Fail free,
    /// 5.2.6 The certificate's key may sign documents.
    KeyUsage = Fail free,
    /// 5.2.6 The certificate's extended usages do not exclude documents.
    ExtendedKeyUsage = Fail free,
    /// 5.2.4 The certificate makes the statements that the policy asks for (ETSI EN 319 412-5).
    CertificateStatements = Fail free,
    /// 5.2.6 Algorithms and keys of the path are strong enough.
    CertificateAlgorithms = Fail free,
    /// 5.2.7 The content is what was signed.
    MessageDigest = Fail fixed,
    /// 5.2.7 The signature value verifies.
    SignatureValue = Fail fixed,
    /// 5.2.8 Algorithms and key of the signature are strong enough.
    SignatureAlgorithms = Fail free,
    /// 5.2.8 No claimed signing time stands in the signed attributes of a PAdES signature.
    NoSigningTimeAttribute = Inform free,
    /// 5.2.8 The claimed time lies within the certificate's validity.
    ClaimedTime = Inform free,
    /// 5.5 The signature has a time-stamp.
    TimestampPresent = Inform free,
    /// 5.5 A time-stamp of the signature is valid.
    TimestampValid = Warn free,
    /// 5.5 The revocation status of the time-stamp's certificates is known.
    TimestampRevocationKnown = Fail free,
    /// 5.5 Time-stamps do not contradict each other.
    TimestampOrder = Fail free,
    /// 5.6.2.1 The path was good at some time in the past.
    PastPath = Fail fixed,
    /// 5.6.2.2 Proofs of existence carry the status of every certificate back to the signature.
    TimeSliding = Fail fixed,
    /// 5.6.2.4 The signature provably existed at that time.
    SignatureExisted = Fail fixed,
    /// 5.6.2.4 The issuer of the revocation data existed before the certificate expired.
    RevocationIssuerExisted = Fail fixed,
    /// 5.6.3 The file keeps what the past needs, even where the present decides.
    LongTermMaterial = Ignore free,
}
