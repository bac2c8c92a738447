//! Distinguished names: kept as encoded, shown by RFC 4514, compared by RFC 5280 section 7.1.

use std::fmt;

use crate::asn1::{self, Tlv, tag};
use crate::error::Malformed;
use crate::oid::{self, ObjectIdentifier};

/// A distinguished name (tên phân biệt).
#[derive(Clone, Debug)]
pub struct Name {
    der: Vec<u8>,
    rdns: Vec<Vec<NameAttribute>>,
}

/// One attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAttribute {
    /// The attribute's type.
    pub kind: ObjectIdentifier,
    /// The value as encoded.
    pub encoded: Vec<u8>,
    /// The value as text where it is a character string.
    pub text: Option<String>,
}

impl Name {
    /// Reads a `Name`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let outer = Tlv::read_all(der)?;
        if outer.tag != tag::SEQUENCE {
            return Err(Malformed("name"));
        }
        let mut rdns = Vec::new();
        let mut reader = outer.inside()?;
        while !reader.is_empty() {
            let mut attributes = Vec::new();
            let mut set = reader.expect(tag::SET)?.inside()?;
            while !set.is_empty() {
                let mut pair = set.sequence()?;
                let kind = pair.expect(tag::OID)?.oid()?;
                let value = pair.any()?;
                pair.finish()?;
                let (encoded, text) = (value.full.to_vec(), value.text().ok());
                attributes.push(NameAttribute {
                    kind,
                    encoded,
                    text,
                });
            }
            rdns.push(attributes);
        }
        Ok(Self {
            der: der.to_vec(),
            rdns,
        })
    }

    /// Builds a name of single-valued parts, in the order given: country first by custom.
    pub fn build(parts: &[(ObjectIdentifier, &str)]) -> Result<Self, Malformed> {
        let rdns: Vec<Vec<u8>> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|&(kind, value)| {
                let value = match kind {
                    oid::COUNTRY | oid::SERIAL_NUMBER if is_printable(value) => {
                        asn1::printable_string(value)
                    }
                    oid::EMAIL_ADDRESS | oid::DOMAIN_COMPONENT => asn1::ia5_string(value),
                    _ => asn1::utf8_string(value),
                };
                asn1::set(&[asn1::sequence(&[asn1::oid(kind), value])])
            })
            .collect();
        Self::from_der(&asn1::sequence(&rdns))
    }

    /// The bytes the name was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// No parts at all.
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// All attributes in the order of the encoding.
    pub fn attributes(&self) -> impl Iterator<Item = &NameAttribute> {
        self.rdns.iter().flatten()
    }

    /// The text of the last attribute of this type (the most specific one).
    pub fn get(&self, kind: ObjectIdentifier) -> Option<&str> {
        self.attributes()
            .filter(|part| part.kind == kind)
            .last()?
            .text
            .as_deref()
    }

    /// `self` lies in the subtree that starts at `base`.
    pub fn is_within(&self, base: &Name) -> bool {
        base.rdns.len() <= self.rdns.len()
            && base
                .rdns
                .iter()
                .zip(&self.rdns)
                .all(|(left, right)| same_rdn(left, right))
    }

    /// This name with one more RDN, as `nameRelativeToCRLIssuer` asks; `rdn` is the inside of a
    /// SET.
    pub(crate) fn with_rdn(&self, rdn: &[u8]) -> Result<Self, Malformed> {
        let mut body = Tlv::read_all(&self.der)?.body.to_vec();
        body.extend_from_slice(&asn1::tlv(tag::SET, rdn));
        Self::from_der(&asn1::tlv(tag::SEQUENCE, &body))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der || (self.rdns.len() == other.rdns.len() && self.is_within(other))
    }
}

impl Eq for Name {}

/// RFC 4514: the last RDN first.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rdn) in self.rdns.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, part) in rdn.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                write_attribute(f, part)?;
            }
        }
        Ok(())
    }
}

fn write_attribute(f: &mut fmt::Formatter<'_>, part: &NameAttribute) -> fmt::Result {
    match short_name(part.kind) {
        Some(short) => f.write_str(short)?,
        None => write!(f, "{}", part.kind)?,
    }
    f.write_str("=")?;
    let Some(text) = &part.text else {
        return write!(f, "#{}", hex::encode(&part.encoded));
    };
    let last = text.chars().count().saturating_sub(1);
    for (index, letter) in text.chars().enumerate() {
        let escape = match letter {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => true,
            ' ' => index == 0 || index == last,
            '#' => index == 0,
            _ => false,
        };
        if letter.is_control() {
            write!(f, "\\{:02X}", u32::from(letter))?;
        } else if escape {
            write!(f, "\\{letter}")?;
        } else {
            write!(f, "{letter}")?;
        }
    }
    Ok(())
}

fn short_name(kind: ObjectIdentifier) -> Option<&'static str> {
    Some(match kind {
        oid::COMMON_NAME => "CN",
        oid::SURNAME => "SN",
        oid::SERIAL_NUMBER => "serialNumber",
        oid::COUNTRY => "C",
        oid::LOCALITY => "L",
        oid::STATE => "ST",
        oid::STREET => "STREET",
        oid::ORGANIZATION => "O",
        oid::ORGANIZATIONAL_UNIT => "OU",
        oid::TITLE => "title",
        oid::GIVEN_NAME => "GN",
        oid::ORGANIZATION_IDENTIFIER => "organizationIdentifier",
        oid::USER_ID => "UID",
        oid::DOMAIN_COMPONENT => "DC",
        oid::EMAIL_ADDRESS => "emailAddress",
        _ => return None,
    })
}

/// RDNs are sets: every attribute finds its equal.
fn same_rdn(left: &[NameAttribute], right: &[NameAttribute]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .all(|part| right.iter().any(|other| same_attribute(part, other)))
}

fn same_attribute(left: &NameAttribute, right: &NameAttribute) -> bool {
    left.kind == right.kind
        && (left.encoded == right.encoded
            || match (&left.text, &right.text) {
                (Some(left), Some(right)) => folded(left) == folded(right),
                _ => false,
            })
}

fn folded(text: &str) -> String {
    text.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_printable(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || " '()+,-./:=?".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vietnamese_name_reads_as_rfc_4514() {
        let name = Name::build(&[
            (oid::COUNTRY, "VN"),
            (
                oid::ORGANIZATION,
                "Ủy ban nhân dân xã Bình Mẫu, tỉnh Tuần Mẫu",
            ),
            (oid::COMMON_NAME, "Nguyễn Văn Mẫu"),
        ])
        .unwrap();
        assert_eq!(
            name.to_string(),
            "CN=Nguyễn Văn Mẫu,O=Ủy ban nhân dân xã Bình Mẫu\\, tỉnh Tuần Mẫu,C=VN"
        );
        assert_eq!(name.get(oid::COMMON_NAME), Some("Nguyễn Văn Mẫu"));
    }

    #[test]
    fn case_spaces_and_string_type_do_not_make_names_different() {
        let left = Name::build(&[(oid::COMMON_NAME, "Bình  Mẫu ")]).unwrap();
        let right = Name::build(&[(oid::COMMON_NAME, "bình mẫu")]).unwrap();
        assert_eq!(left, right);
        assert_ne!(
            left,
            Name::build(&[(oid::ORGANIZATION, "bình mẫu")]).unwrap()
        );
    }
}
