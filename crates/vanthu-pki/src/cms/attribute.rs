//! The names of attributes, for reports.

use crate::oid::ObjectIdentifier;

/// RFC 5652, 2634, 5035, 6211, ETSI EN 319 122-1, ETSI TS 101 733.
const NAMES: [(&str, &str); 32] = [
    ("1.2.840.113549.1.9.3", "content-type"),
    ("1.2.840.113549.1.9.4", "message-digest"),
    ("1.2.840.113549.1.9.5", "signing-time"),
    ("1.2.840.113549.1.9.6", "counter-signature"),
    ("1.2.840.113549.1.9.15", "smime-capabilities"),
    ("1.2.840.113549.1.9.52", "cms-algorithm-protection"),
    ("1.2.840.113549.1.9.16.2.4", "content-hints"),
    ("1.2.840.113549.1.9.16.2.7", "content-identifier"),
    ("1.2.840.113549.1.9.16.2.10", "content-reference"),
    ("1.2.840.113549.1.9.16.2.12", "signing-certificate"),
    ("1.2.840.113549.1.9.16.2.14", "signature-time-stamp"),
    ("1.2.840.113549.1.9.16.2.15", "signature-policy-identifier"),
    ("1.2.840.113549.1.9.16.2.16", "commitment-type-indication"),
    ("1.2.840.113549.1.9.16.2.17", "signer-location"),
    ("1.2.840.113549.1.9.16.2.18", "signer-attributes"),
    ("1.2.840.113549.1.9.16.2.20", "content-time-stamp"),
    (
        "1.2.840.113549.1.9.16.2.21",
        "complete-certificate-references",
    ),
    (
        "1.2.840.113549.1.9.16.2.22",
        "complete-revocation-references",
    ),
    ("1.2.840.113549.1.9.16.2.23", "certificate-values"),
    ("1.2.840.113549.1.9.16.2.24", "revocation-values"),
    ("1.2.840.113549.1.9.16.2.25", "cades-c-time-stamp"),
    (
        "1.2.840.113549.1.9.16.2.26",
        "time-stamped-certs-crls-references",
    ),
    ("1.2.840.113549.1.9.16.2.27", "archive-time-stamp"),
    ("1.2.840.113549.1.9.16.2.47", "signing-certificate-v2"),
    ("1.2.840.113549.1.9.16.2.48", "archive-time-stamp-v2"),
    ("0.4.0.1733.2.1", "mime-type"),
    ("0.4.0.1733.2.2", "long-term-validation"),
    ("0.4.0.1733.2.4", "archive-time-stamp-v3"),
    ("0.4.0.19122.1.1", "signer-attributes-v2"),
    ("0.4.0.19122.1.3", "signature-policy-store"),
    ("0.4.0.19122.1.5", "ats-hash-index-v3"),
    ("1.2.840.113583.1.1.8", "adobe-revocation-info-archival"),
];

/// The name, or the identifier in figures.
pub(super) fn name_of(kind: ObjectIdentifier) -> String {
    let text = kind.to_string();
    let known = NAMES.iter().find(|(oid, _)| *oid == text);
    known.map_or(text, |(_, name)| (*name).to_owned())
}
