//! The DER writer: every function returns one complete value.

use crate::oid::ObjectIdentifier;

use super::tag;
use crate::time::Time;

/// Identifier, length and contents.
pub fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 6);
    out.push(tag);
    let length = body.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let octets = length.to_be_bytes();
        let digits: Vec<u8> = octets.into_iter().skip_while(|&octet| octet == 0).collect();
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(&digits);
    }
    out.extend_from_slice(body);
    out
}

/// SEQUENCE of the given values in this order.
pub fn sequence<T: AsRef<[u8]>>(values: &[T]) -> Vec<u8> {
    tlv(tag::SEQUENCE, &join(values))
}

/// SET in the given order (for sets of one).
pub fn set<T: AsRef<[u8]>>(values: &[T]) -> Vec<u8> {
    tlv(tag::SET, &join(values))
}

/// SET OF, sorted as DER demands.
pub fn set_of(mut values: Vec<Vec<u8>>) -> Vec<u8> {
    values.sort();
    set(&values)
}

/// `[number] EXPLICIT`.
pub fn explicit(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(tag::constructed(number), value)
}

/// `[number] IMPLICIT`: the tag of `value` is replaced, its constructed bit kept.
pub fn implicit(number: u8, value: &[u8]) -> Vec<u8> {
    let mut out = value.to_vec();
    if let Some(first) = out.first_mut() {
        *first = 0x80 | (*first & 0x20) | number;
    }
    out
}

/// OBJECT IDENTIFIER.
pub fn oid(value: ObjectIdentifier) -> Vec<u8> {
    tlv(tag::OID, value.as_bytes())
}

/// INTEGER from unsigned big-endian octets.
pub fn integer(unsigned: &[u8]) -> Vec<u8> {
    let trimmed: Vec<u8> = unsigned
        .iter()
        .copied()
        .skip_while(|&octet| octet == 0)
        .collect();
    let mut body = Vec::with_capacity(trimmed.len() + 1);
    if trimmed.first().is_none_or(|first| first & 0x80 != 0) {
        body.push(0);
    }
    body.extend_from_slice(&trimmed);
    tlv(tag::INTEGER, &body)
}

/// INTEGER from a number.
pub fn small_integer(value: u64) -> Vec<u8> {
    integer(&value.to_be_bytes())
}

/// BOOLEAN.
pub fn boolean(value: bool) -> Vec<u8> {
    tlv(tag::BOOLEAN, &[if value { 0xff } else { 0 }])
}

/// NULL.
pub fn null() -> Vec<u8> {
    tlv(tag::NULL, &[])
}

/// OCTET STRING.
pub fn octet_string(value: &[u8]) -> Vec<u8> {
    tlv(tag::OCTET_STRING, value)
}

/// BIT STRING without unused bits.
pub fn bit_string(value: &[u8]) -> Vec<u8> {
    let mut body = vec![0];
    body.extend_from_slice(value);
    tlv(tag::BIT_STRING, &body)
}

/// UTF8String.
pub fn utf8_string(value: &str) -> Vec<u8> {
    tlv(tag::UTF8_STRING, value.as_bytes())
}

/// PrintableString.
pub fn printable_string(value: &str) -> Vec<u8> {
    tlv(tag::PRINTABLE_STRING, value.as_bytes())
}

/// IA5String.
pub fn ia5_string(value: &str) -> Vec<u8> {
    tlv(tag::IA5_STRING, value.as_bytes())
}

/// `Time` of RFC 5280: UTCTime until 2049, GeneralizedTime after.
pub fn time(value: Time) -> Vec<u8> {
    let text = value.to_generalized();
    match text.get(2..) {
        Some(short) if (1950..2050).contains(&value.civil().0) => {
            tlv(tag::UTC_TIME, short.as_bytes())
        }
        _ => tlv(tag::GENERALIZED_TIME, text.as_bytes()),
    }
}

/// GeneralizedTime.
pub fn generalized_time(value: Time) -> Vec<u8> {
    tlv(tag::GENERALIZED_TIME, value.to_generalized().as_bytes())
}

fn join<T: AsRef<[u8]>>(values: &[T]) -> Vec<u8> {
    let values: Vec<&[u8]> = values.iter().map(AsRef::as_ref).collect();
    values.concat()
}
