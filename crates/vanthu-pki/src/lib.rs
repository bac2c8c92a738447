//! Certificates, CMS, OCSP, revocation lists, time-stamps and certification paths.
//!
//! This crate knows no person, register or document: it reads and makes the structures that
//! signatures rest on, and judges them at a time that is given, with evidence that is given. It
//! never asks a clock, a disk or a network.
//!
//! - [`Certificate`], [`Name`], [`Time`]: what is read; original bytes are kept and hashed.
//! - [`SoftKey`], [`verify`]: raw signatures.
//! - [`cms`]: detached signatures for PAdES, in two steps because the key is in a token.
//! - [`tsp`], [`ocsp`], [`crl`]: evidence.
//! - [`path::validate`]: may this certificate be relied on at that time?
//! - [`anchors`]: signed lists of trust anchors.
//! - [`gather`]: finds the evidence that is missing, without a network of its own.
//! - [`pkcs12`], [`authority`]: keys and the authority of a practice installation.

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

pub use algorithm::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
pub use certificate::Certificate;
pub use error::Malformed;
pub use key::{KeySpec, PublicKeyInfo, SoftKey, verify};
pub use name::Name;
pub use time::Time;
