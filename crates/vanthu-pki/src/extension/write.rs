//! Extensions written as DER: what the practice authority puts into certificates and lists.

use super::{BasicConstraints, DistributionPoint, Extension, GeneralName, KeyUsage};
use crate::asn1::{self, tag};
use crate::crl::Scope;
use crate::oid::{self, ObjectIdentifier};

impl Extension {
    /// An extension of any type; `value` is the complete DER of its value.
    pub fn new(kind: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Self {
        Self {
            kind,
            critical,
            value,
        }
    }

    /// `Extension` as DER (RFC 5280 4.1); a criticality of false is left out.
    pub fn to_der(&self) -> Vec<u8> {
        let mut fields = vec![asn1::oid(self.kind)];
        if self.critical {
            fields.push(asn1::boolean(true));
        }
        fields.push(asn1::octet_string(&self.value));
        asn1::sequence(&fields)
    }

    /// Basic constraints, critical (RFC 5280 4.2.1.9).
    pub fn basic_constraints(constraints: BasicConstraints) -> Self {
        let mut fields = Vec::new();
        if constraints.ca {
            fields.push(asn1::boolean(true));
            fields.extend(constraints.path_length.map(asn1::small_integer));
        }
        Self::new(oid::BASIC_CONSTRAINTS, true, asn1::sequence(&fields))
    }

    /// Key usage, critical (RFC 5280 4.2.1.3).
    pub fn key_usage(usage: KeyUsage) -> Self {
        Self::new(oid::KEY_USAGE, true, usage.to_der())
    }

    /// Extended key usage (RFC 5280 4.2.1.12).
    pub fn extended_key_usage(usages: &[ObjectIdentifier], critical: bool) -> Self {
        Self::new(oid::EXTENDED_KEY_USAGE, critical, oid_list(usages))
    }

    /// Certificate policies without qualifiers (RFC 5280 4.2.1.4).
    pub fn policies(policies: &[ObjectIdentifier]) -> Self {
        let list: Vec<Vec<u8>> = policies
            .iter()
            .map(|policy| asn1::sequence(&[asn1::oid(*policy)]))
            .collect();
        Self::new(oid::CERTIFICATE_POLICIES, false, asn1::sequence(&list))
    }

    /// Subject alternative names (RFC 5280 4.2.1.6).
    pub fn subject_alt_names(names: &[GeneralName]) -> Self {
        Self::new(
            oid::SUBJECT_ALT_NAME,
            false,
            asn1::sequence(&encoded(names)),
        )
    }

    /// Name constraints, critical (RFC 5280 4.2.1.10).
    pub fn name_constraints(permitted: &[GeneralName], excluded: &[GeneralName]) -> Self {
        let mut fields = Vec::new();
        for (number, names) in [(0, permitted), (1, excluded)] {
            if !names.is_empty() {
                let subtrees: Vec<Vec<u8>> = encoded(names)
                    .iter()
                    .map(|name| asn1::sequence(&[name]))
                    .collect();
                fields.push(asn1::implicit(number, &asn1::sequence(&subtrees)));
            }
        }
        Self::new(oid::NAME_CONSTRAINTS, true, asn1::sequence(&fields))
    }

    /// CRL distribution points (RFC 5280 4.2.1.13).
    pub fn distribution_points(points: &[DistributionPoint]) -> Self {
        Self::new(oid::CRL_DISTRIBUTION_POINTS, false, point_list(points))
    }

    /// Where delta lists are published (RFC 5280 4.2.1.15).
    pub fn freshest_crl(points: &[DistributionPoint]) -> Self {
        Self::new(oid::FRESHEST_CRL, false, point_list(points))
    }

    /// The issuer asks nobody to check this certificate of a responder (RFC 6960 4.2.2.2.1).
    pub fn ocsp_nocheck() -> Self {
        Self::new(oid::OCSP_NOCHECK, false, asn1::null())
    }
}

impl KeyUsage {
    /// `KeyUsage` as DER: a BIT STRING without trailing zero bits.
    pub fn to_der(self) -> Vec<u8> {
        let octets = self.bits().to_be_bytes();
        let length = octets
            .iter()
            .rposition(|octet| *octet != 0)
            .map_or(0, |last| last + 1);
        let (used, _) = octets.split_at(length);
        let unused = used.last().map_or(0, |octet| octet.trailing_zeros() as u8);
        asn1::tlv(tag::BIT_STRING, &[&[unused], used].concat())
    }
}

impl GeneralName {
    /// `GeneralName` as DER (RFC 5280 4.2.1.6).
    pub fn to_der(&self) -> Vec<u8> {
        match self {
            Self::Email(text) => asn1::tlv(0x81, text.as_bytes()),
            Self::Dns(text) => asn1::tlv(0x82, text.as_bytes()),
            Self::Directory(name) => asn1::explicit(4, name.der()),
            Self::Uri(text) => asn1::tlv(0x86, text.as_bytes()),
            Self::Ip(octets) => asn1::tlv(0x87, octets),
            Self::Other(tag, body) => asn1::tlv(*tag, body),
        }
    }
}

impl DistributionPoint {
    /// A point that is one address.
    pub fn at_url(url: &str) -> Self {
        Self {
            full_name: vec![GeneralName::Uri(url.to_owned())],
            ..Self::default()
        }
    }

    /// `DistributionPoint` as DER (RFC 5280 4.2.1.13).
    pub fn to_der(&self) -> Vec<u8> {
        let mut fields = point_name(&self.full_name, self.relative_name.as_deref());
        fields.extend(self.reasons.map(|bits| reason_flags(1, bits)));
        if !self.crl_issuer.is_empty() {
            let names = asn1::sequence(&encoded(&self.crl_issuer));
            fields.push(asn1::implicit(2, &names));
        }
        asn1::sequence(&fields)
    }
}

impl Scope {
    /// `IssuingDistributionPoint` as a critical extension (RFC 5280 5.2.5).
    pub fn to_extension(&self) -> Extension {
        let mut fields = point_name(&self.full_name, self.relative_name.as_deref());
        let flag = |number, set: bool| set.then(|| asn1::implicit(number, &asn1::boolean(true)));
        fields.extend(flag(1, self.only_users));
        fields.extend(flag(2, self.only_authorities));
        fields.extend(self.reasons.map(|bits| reason_flags(3, bits)));
        fields.extend(flag(4, self.indirect));
        fields.extend(flag(5, self.only_attributes));
        let value = asn1::sequence(&fields);
        Extension::new(oid::ISSUING_DISTRIBUTION_POINT, true, value)
    }
}

fn encoded(names: &[GeneralName]) -> Vec<Vec<u8>> {
    names.iter().map(GeneralName::to_der).collect()
}

fn oid_list(oids: &[ObjectIdentifier]) -> Vec<u8> {
    let list: Vec<Vec<u8>> = oids.iter().map(|it| asn1::oid(*it)).collect();
    asn1::sequence(&list)
}

fn point_list(points: &[DistributionPoint]) -> Vec<u8> {
    let list: Vec<Vec<u8>> = points.iter().map(DistributionPoint::to_der).collect();
    asn1::sequence(&list)
}

/// The field `distributionPoint [0]`, where there is a name.
fn point_name(full: &[GeneralName], relative: Option<&[u8]>) -> Vec<Vec<u8>> {
    let name = match relative {
        Some(rdn) => asn1::tlv(tag::constructed(1), rdn),
        None if full.is_empty() => return Vec::new(),
        None => asn1::implicit(0, &asn1::sequence(&encoded(full))),
    };
    vec![asn1::explicit(0, &name)]
}

/// `ReasonFlags` under an implicit tag; bits as in [`DistributionPoint::reasons`].
fn reason_flags(number: u8, bits: u32) -> Vec<u8> {
    asn1::implicit(number, &KeyUsage::from_bits(bits).to_der())
}
