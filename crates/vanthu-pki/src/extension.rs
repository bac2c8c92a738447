//! Certificate extensions: the ones a path depends on (RFC 5280 4.2), read and written.

use std::collections::BTreeSet;

use crate::oid::ObjectIdentifier;

use crate::asn1::{Reader, Tlv, tag};
use crate::error::Malformed;
use crate::name::Name;

mod write;

/// One extension as it stands in a certificate or list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its type.
    pub kind: ObjectIdentifier,
    /// Whoever doesn't know it must refuse the certificate.
    pub critical: bool,
    /// The encoded value, the contents of the octet string.
    pub value: Vec<u8>,
}

pub(crate) fn read_list(list: Tlv<'_>) -> Result<Vec<Extension>, Malformed> {
    let mut extensions: Vec<Extension> = Vec::new();
    let mut reader = list.inside()?;
    while !reader.is_empty() {
        let mut fields = reader.sequence()?;
        let kind = fields.expect(tag::OID)?.oid()?;
        let critical = match fields.optional(tag::BOOLEAN)? {
            Some(value) => value.boolean()?,
            None => false,
        };
        let value = fields.expect(tag::OCTET_STRING)?.body.to_vec();
        fields.finish()?;
        if extensions.iter().any(|other| other.kind == kind) {
            return Err(Malformed("the same extension twice"));
        }
        extensions.push(Extension {
            kind,
            critical,
            value,
        });
    }
    Ok(extensions)
}

pub(crate) fn read_oids(value: &[u8]) -> Result<Vec<ObjectIdentifier>, Malformed> {
    let mut reader = Reader::new(value).sequence()?;
    let mut oids = Vec::new();
    while !reader.is_empty() {
        oids.push(reader.expect(tag::OID)?.oid()?);
    }
    if oids.is_empty() {
        return Err(Malformed("a list of usages without any"));
    }
    Ok(oids)
}

/// Access descriptions whose location is a URI.
pub(crate) fn read_access(value: &[u8]) -> Result<Vec<(ObjectIdentifier, String)>, Malformed> {
    let mut reader = Reader::new(value).sequence()?;
    let mut found = Vec::new();
    while !reader.is_empty() {
        let mut fields = reader.sequence()?;
        let method = fields.expect(tag::OID)?.oid()?;
        if let GeneralName::Uri(url) = GeneralName::read(&fields.any()?)? {
            found.push((method, url));
        }
    }
    Ok(found)
}

/// Key usage bits (mục đích sử dụng khóa).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u32);

impl KeyUsage {
    /// digitalSignature
    pub const DIGITAL_SIGNATURE: Self = Self(1 << 31);
    /// nonRepudiation, also called contentCommitment
    pub const NON_REPUDIATION: Self = Self(1 << 30);
    /// keyCertSign
    pub const KEY_CERT_SIGN: Self = Self(1 << 26);
    /// cRLSign
    pub const CRL_SIGN: Self = Self(1 << 25);

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// All bits of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Reads the extension's value.
    pub fn from_der(value: &[u8]) -> Result<Self, Malformed> {
        let value = Tlv::read_all(value)?;
        if value.tag != tag::BIT_STRING {
            return Err(Malformed("key usage"));
        }
        Ok(Self(value.named_bits()?))
    }

    /// digitalSignature
    pub fn digital_signature(self) -> bool {
        self.contains(Self::DIGITAL_SIGNATURE)
    }

    /// nonRepudiation, also called contentCommitment
    pub fn non_repudiation(self) -> bool {
        self.contains(Self::NON_REPUDIATION)
    }

    /// keyCertSign
    pub fn key_cert_sign(self) -> bool {
        self.contains(Self::KEY_CERT_SIGN)
    }

    /// cRLSign
    pub fn crl_sign(self) -> bool {
        self.contains(Self::CRL_SIGN)
    }

    /// The names of the set bits, as RFC 5280 spells them.
    pub fn names(self) -> Vec<&'static str> {
        const NAMES: [&str; 9] = [
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "keyCertSign",
            "cRLSign",
            "encipherOnly",
            "decipherOnly",
        ];
        let set = |index: usize| self.0 & (0x8000_0000 >> index) != 0;
        NAMES
            .into_iter()
            .enumerate()
            .filter(|(index, _)| set(*index))
            .map(|it| it.1)
            .collect()
    }
}

impl std::ops::BitOr for KeyUsage {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Basic constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// The subject is an authority.
    pub ca: bool,
    /// How many authorities may follow.
    pub path_length: Option<u64>,
}

impl BasicConstraints {
    /// Reads the extension's value.
    pub fn from_der(value: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(value).sequence()?;
        let ca = match reader.optional(tag::BOOLEAN)? {
            Some(value) => value.boolean()?,
            None => false,
        };
        let path_length = reader
            .optional(tag::INTEGER)?
            .map(|it| it.small())
            .transpose()?;
        reader.finish()?;
        Ok(Self { ca, path_length })
    }
}

/// A general name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    /// rfc822Name
    Email(String),
    /// dNSName
    Dns(String),
    /// directoryName
    Directory(Name),
    /// uniformResourceIdentifier
    Uri(String),
    /// iPAddress: address, or address and mask
    Ip(Vec<u8>),
    /// Another kind, by its tag and contents.
    Other(u8, Vec<u8>),
}

impl GeneralName {
    pub(crate) fn read(value: &Tlv<'_>) -> Result<Self, Malformed> {
        let text = || String::from_utf8(value.body.to_vec()).map_err(|_| Malformed("general name"));
        Ok(match value.tag {
            0x81 => Self::Email(text()?),
            0x82 => Self::Dns(text()?),
            0xa4 => Self::Directory(Name::from_der(value.only()?.full)?),
            0x86 => Self::Uri(text()?),
            0x87 => Self::Ip(value.body.to_vec()),
            other => Self::Other(other, value.body.to_vec()),
        })
    }

    /// Reads `GeneralNames`, whatever the outer tag.
    pub(crate) fn read_all(list: &Tlv<'_>) -> Result<Vec<Self>, Malformed> {
        let mut reader = list.inside()?;
        let mut names = Vec::new();
        while !reader.is_empty() {
            names.push(Self::read(&reader.any()?)?);
        }
        Ok(names)
    }
}

/// Where a revocation list is published and what it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistributionPoint {
    /// Full names of the point.
    pub full_name: Vec<GeneralName>,
    /// A name relative to the list's issuer: the inside of its RDN set.
    pub relative_name: Option<Vec<u8>>,
    /// The reasons it covers; `None` means all.
    pub reasons: Option<u32>,
    /// Who issues the list where it is not the certificate's issuer.
    pub crl_issuer: Vec<GeneralName>,
}

impl DistributionPoint {
    /// Reads the value of the extension.
    pub fn read_list(value: &[u8]) -> Result<Vec<Self>, Malformed> {
        let mut reader = Reader::new(value).sequence()?;
        let mut points = Vec::new();
        while !reader.is_empty() {
            let mut fields = reader.sequence()?;
            let mut point = Self::default();
            if let Some(name) = fields.optional(tag::constructed(0))? {
                (point.full_name, point.relative_name) = read_point_name(&name)?;
            }
            point.reasons = fields
                .optional(tag::context(1))?
                .map(|it| it.named_bits())
                .transpose()?;
            if let Some(issuer) = fields.optional(tag::constructed(2))? {
                point.crl_issuer = GeneralName::read_all(&issuer)?;
            }
            fields.finish()?;
            points.push(point);
        }
        Ok(points)
    }

    /// The addresses among the full names.
    pub fn urls(&self) -> Vec<String> {
        self.full_name
            .iter()
            .filter_map(|name| match name {
                GeneralName::Uri(url) => Some(url.clone()),
                _ => None,
            })
            .collect()
    }
}

/// `DistributionPointName`: full names or a name relative to the issuer.
pub(crate) fn read_point_name(
    value: &Tlv<'_>,
) -> Result<(Vec<GeneralName>, Option<Vec<u8>>), Malformed> {
    let name = value.only()?;
    match name.tag {
        0xa0 => Ok((GeneralName::read_all(&name)?, None)),
        0xa1 => Ok((Vec::new(), Some(name.body.to_vec()))),
        _ => Err(Malformed("distribution point name")),
    }
}

/// Name constraints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Only names inside these subtrees.
    pub permitted: Vec<GeneralName>,
    /// No names inside these.
    pub excluded: Vec<GeneralName>,
}

impl NameConstraints {
    /// Reads the extension's value.
    pub fn from_der(value: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(value).sequence()?;
        let mut read = |number| -> Result<Vec<GeneralName>, Malformed> {
            let Some(list) = reader.optional(tag::constructed(number))? else {
                return Ok(Vec::new());
            };
            let mut subtrees = list.inside()?;
            let mut names = Vec::new();
            while !subtrees.is_empty() {
                let mut subtree = subtrees.sequence()?;
                names.push(GeneralName::read(&subtree.any()?)?);
                subtree
                    .finish()
                    .map_err(|_| Malformed("subtree with minimum or maximum"))?;
            }
            Ok(names)
        };
        let constraints = Self {
            permitted: read(0)?,
            excluded: read(1)?,
        };
        reader.finish()?;
        Ok(constraints)
    }
}

/// More certificate policies or mappings in one certificate are refused.
const MOST_POLICIES: usize = 256;

/// Policies of a certificate.
pub(crate) fn read_policies(value: &[u8]) -> Result<Vec<ObjectIdentifier>, Malformed> {
    let mut reader = Reader::new(value).sequence()?;
    let mut policies = Vec::new();
    let mut known = BTreeSet::new();
    while !reader.is_empty() {
        let policy = reader.sequence()?.expect(tag::OID)?.oid()?;
        // "A certificate policy OID MUST NOT appear more than once" (RFC 5280 4.2.1.4).
        if !known.insert(policy) {
            return Err(Malformed("a certificate policy twice"));
        }
        if known.len() > MOST_POLICIES {
            return Err(Malformed("too many certificate policies"));
        }
        policies.push(policy);
    }
    Ok(policies)
}

/// Pairs of issuer's and subject's policy.
pub(crate) fn read_mappings(
    value: &[u8],
) -> Result<Vec<(ObjectIdentifier, ObjectIdentifier)>, Malformed> {
    let mut reader = Reader::new(value).sequence()?;
    let mut pairs = Vec::new();
    while !reader.is_empty() {
        let mut pair = reader.sequence()?;
        pairs.push((pair.expect(tag::OID)?.oid()?, pair.expect(tag::OID)?.oid()?));
        if pairs.len() > MOST_POLICIES {
            return Err(Malformed("too many policy mappings"));
        }
    }
    Ok(pairs)
}

/// requireExplicitPolicy and inhibitPolicyMapping.
pub(crate) fn read_policy_constraints(
    value: &[u8],
) -> Result<(Option<u64>, Option<u64>), Malformed> {
    let mut reader = Reader::new(value).sequence()?;
    let require = reader
        .optional(tag::context(0))?
        .map(|it| it.small())
        .transpose()?;
    let inhibit = reader
        .optional(tag::context(1))?
        .map(|it| it.small())
        .transpose()?;
    reader.finish()?;
    Ok((require, inhibit))
}
