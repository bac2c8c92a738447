//! What RFC 5280 section 4 demands of a certificate beyond what section 6 needs: asked for by
//! [`Conformance::Profile`](super::Conformance::Profile). Each rule is named by its clause.

use crate::asn1::{Tlv, tag};
use crate::certificate::Certificate;
use crate::extension::{BasicConstraints, GeneralName, KeyUsage, NameConstraints};
use crate::oid::{self, ObjectIdentifier};

/// Extensions that a conforming authority never marks critical, and the clause.
const NEVER_CRITICAL: [(ObjectIdentifier, &str); 4] = [
    (
        oid::AUTHORITY_KEY_ID,
        "4.2.1.1: critical authority key identifier",
    ),
    (
        oid::SUBJECT_KEY_ID,
        "4.2.1.2: critical subject key identifier",
    ),
    (oid::FRESHEST_CRL, "4.2.1.15: critical freshest CRL"),
    (
        oid::AUTHORITY_INFO_ACCESS,
        "4.2.2.1: critical authority information access",
    ),
];

/// Extensions that a conforming authority always marks critical.
const ALWAYS_CRITICAL: [(ObjectIdentifier, &str); 3] = [
    (
        oid::NAME_CONSTRAINTS,
        "4.2.1.10: name constraints not critical",
    ),
    (
        oid::POLICY_CONSTRAINTS,
        "4.2.1.11: policy constraints not critical",
    ),
    (
        oid::INHIBIT_ANY_POLICY,
        "4.2.1.14: inhibit anyPolicy not critical",
    ),
];

/// Where a certificate stands in the path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At its start: who issued it plays no part. Roots in use for decades bear the number zero.
    Anchor,
    /// Anywhere below.
    Below,
}

/// The rules that a certificate breaks.
pub(super) fn broken(certificate: &Certificate, place: Place) -> Vec<&'static str> {
    let mut broken = Vec::new();
    serial(certificate, place, &mut broken);
    let issued = place == Place::Below && !is_self_signed(certificate);
    if issued && certificate.authority_key_id().is_none() {
        broken.push("4.2.1.1: no authority key identifier");
    }
    if certificate.subject_key_id().is_none() && certificate.is_ca() {
        broken.push("4.2.1.2: authority without subject key identifier");
    }
    names(certificate, &mut broken);
    authority(certificate, &mut broken);
    for (kind, rule) in NEVER_CRITICAL {
        if certificate.extension(kind).is_some_and(|it| it.critical) {
            broken.push(rule);
        }
    }
    for (kind, rule) in ALWAYS_CRITICAL {
        if certificate.extension(kind).is_some_and(|it| !it.critical) {
            broken.push(rule);
        }
    }
    if certificate.version() != 2 && !certificate.extensions().is_empty() {
        broken.push("4.1.2.1: extensions in a certificate that is not of version 3");
    }
    broken
}

/// 4.1.2.2: positive, at most 20 octets.
fn serial(certificate: &Certificate, place: Place, broken: &mut Vec<&'static str>) {
    match certificate.serial() {
        [first, ..] if first & 0x80 != 0 => broken.push("4.1.2.2: negative serial number"),
        octets if place == Place::Below && octets.iter().all(|octet| *octet == 0) => {
            broken.push("4.1.2.2: serial number zero");
        }
        octets if octets.len() > 20 => broken.push("4.1.2.2: serial number beyond 20 octets"),
        _ => {}
    }
}

fn names(certificate: &Certificate, broken: &mut Vec<&'static str>) {
    if certificate.issuer().is_empty() {
        broken.push("4.1.2.4: empty issuer");
    }
    let alternative = certificate.extension(oid::SUBJECT_ALT_NAME);
    if certificate.subject().is_empty() {
        if certificate.is_ca() {
            broken.push("4.1.2.6: authority with an empty subject");
        }
        if !alternative.is_some_and(|it| it.critical) {
            broken.push("4.2.1.6: empty subject and no critical alternative name");
        }
    }
    let alternatives = alternative.map(|it| read_names(&it.value));
    for name in alternatives.into_iter().flatten() {
        match name {
            GeneralName::Dns(name) if !is_host_name(&name) => {
                broken.push("4.2.1.6: dNSName is no host name");
            }
            GeneralName::Ip(octets) if ![4, 16].contains(&octets.len()) => {
                broken.push("4.2.1.6: iPAddress of another length");
            }
            _ => {}
        }
    }
    if let Some(extension) = certificate.extension(oid::NAME_CONSTRAINTS) {
        if !certificate.is_ca() {
            broken.push("4.2.1.10: name constraints in a certificate of no authority");
        }
        let constraints = NameConstraints::from_der(&extension.value).unwrap_or_default();
        let bases = constraints.permitted.iter().chain(&constraints.excluded);
        if !bases.clone().all(is_base) {
            broken.push("4.2.1.10: malformed base of a subtree");
        }
        if bases.count() == 0 {
            broken.push("4.2.1.10: name constraints without subtrees");
        }
    }
}

fn is_self_signed(certificate: &Certificate) -> bool {
    certificate.is_self_issued() && certificate.verify_issued_by(certificate).is_ok()
}

fn authority(certificate: &Certificate, broken: &mut Vec<&'static str>) {
    let signs = certificate.key_usage().is_some_and(KeyUsage::key_cert_sign);
    let Some(extension) = certificate.extension(oid::BASIC_CONSTRAINTS) else {
        if signs {
            broken.push("4.2.1.3: keyCertSign without basic constraints");
        }
        return;
    };
    let Ok(basic) = BasicConstraints::from_der(&extension.value) else {
        return; // reported where it is read
    };
    if basic.ca && !extension.critical {
        broken.push("4.2.1.9: basic constraints not critical");
    }
    if signs && !basic.ca {
        broken.push("4.2.1.3: keyCertSign of no authority");
    }
}

fn read_names(value: &[u8]) -> Vec<GeneralName> {
    let list = Tlv::read_all(value)
        .ok()
        .filter(|it| it.tag == tag::SEQUENCE);
    list.and_then(|it| GeneralName::read_all(&it).ok())
        .unwrap_or_default()
}

/// Preferred name syntax of RFC 1034 3.5 as changed by RFC 1123 2.1; a wildcard may stand for the
/// first label (RFC 9525 6.3).
pub(super) fn is_host_name(name: &str) -> bool {
    let rest = name.strip_prefix("*.").unwrap_or(name);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    let numeric = |label: &str| label.bytes().all(|octet| octet.is_ascii_digit());
    name.len() <= 253 && rest.split('.').all(label) && !rest.rsplit('.').next().is_some_and(numeric)
}

/// The base of a subtree has the form that 4.2.1.10 gives it.
fn is_base(base: &GeneralName) -> bool {
    match base {
        GeneralName::Dns(base) => base.is_empty() || (!base.starts_with('*') && is_host_name(base)),
        GeneralName::Email(base) => base.matches('@').count() <= 1,
        GeneralName::Ip(octets) => super::names::is_network(octets),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_has_labels_of_letters_and_does_not_look_like_an_address() {
        for good in [
            "mau.vn",
            "a-b.mau.vn",
            "*.mau.vn",
            "1.mau.vn",
            "xn--mu-wka.vn",
        ] {
            assert!(is_host_name(good), "{good}");
        }
        for bad in [
            "",
            ".mau.vn",
            "a_b.mau.vn",
            "-a.vn",
            "8.8.8.8",
            "a.*.vn",
            "mau..vn",
            "*",
        ] {
            assert!(!is_host_name(bad), "{bad}");
        }
    }
}
