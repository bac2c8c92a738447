//! Certificates, CMS, OCSP, revocation lists, time-stamps and certification paths.
//!
//! This crate knows no person, register or document: it reads and makes the structures that
//! signatures rest on, and judges them at a time that is given, with evidence that is given. It
//! never asks a clock, a disk or a network.
//!
//! - [`Certificate`], [`Name`], [`Time`]: what is read; original bytes are kept and hashed.
//! - [`SoftKey`], [`verify()`], [`Strength`]: raw signatures, and until when they are worth something.
//! - [`cms`]: detached signatures for PAdES, in two steps because the key is in a token.
//! - [`tsp`], [`ocsp`], [`crl`]: evidence.
//! - [`path::validate`]: may this certificate be relied on at that time?
//! - [`anchors`]: signed lists of trust anchors.
//! - [`gather`]: finds the evidence that is missing, without a network of its own.
//! - [`pkcs12`], [`authority`]: keys and the authority of a practice installation.
//!
//! Times are whole seconds of UTC, sizes of keys bits, everything else octets; structures go in
//! and out as DER. Whatever reads foreign bytes returns [`Malformed`] with the place, and never
//! panics; whatever judges returns reasons instead of failing.
//!
//! ```
//! use vanthu_pki::{Certificate, KeySpec, SoftKey, Time, verify};
//! use vanthu_pki::authority::{Authority, Validity};
//!
//! let from = Time::from_unix(1_795_309_920);
//! let validity = Validity { from, to: from.plus_days(365) };
//! let root = Authority::root(SoftKey::generate(KeySpec::EcP256)?, "Gốc diễn tập", validity, 1)?;
//! let certificate = Certificate::from_pem(&root.certificate().to_pem())?;
//! assert_eq!(certificate.common_name(), "Gốc diễn tập");
//! assert!(certificate.is_ca() && certificate.is_within_validity(from));
//! certificate.verify_issued_by(&certificate)?;
//!
//! let algorithm = root.key().default_algorithm();
//! let value = root.key().sign(algorithm, b"cong van")?;
//! verify(certificate.spki(), algorithm, b"cong van", &value)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod algorithm;
pub mod anchors;
pub mod asn1;
pub mod authority;
pub mod certificate;
pub mod cms;
pub mod crl;
pub mod error;
pub mod extension;
pub mod gather;
pub mod key;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod pem;
pub mod pkcs12;
pub mod time;
pub mod tsp;

pub use algorithm::strength::Strength;
pub use algorithm::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
pub use certificate::Certificate;
pub use error::Malformed;
pub use key::{KeySpec, PublicKeyInfo, SoftKey, verify};
pub use name::Name;
pub use time::Time;

/// The examples of the README are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
