//! A thin ASN.1 codec: a reader that tolerates BER and hands out the original bytes, and a DER
//! writer.
//!
//! Signatures cover bytes, not values. The derived decoders of `der` give values and encode them
//! again; a verdict must rest on the slice that was signed, and signed files in the field hold
//! indefinite lengths. So structures are walked here and their original slices are kept.

use crate::oid::ObjectIdentifier;
use std::borrow::Cow;

use crate::error::Malformed;
use crate::time::Time;

mod write;

pub use write::{
    bit_string, boolean, explicit, generalized_time, ia5_string, implicit, integer, null,
    octet_string, oid, printable_string, sequence, set, set_of, small_integer, time, tlv,
    utf8_string,
};

/// Identifier octets used in this crate.
pub mod tag {
    /// BOOLEAN
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING
    pub const OCTET_STRING: u8 = 0x04;
    /// NULL
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER
    pub const OID: u8 = 0x06;
    /// ENUMERATED
    pub const ENUMERATED: u8 = 0x0a;
    /// UTF8String
    pub const UTF8_STRING: u8 = 0x0c;
    /// PrintableString
    pub const PRINTABLE_STRING: u8 = 0x13;
    /// TeletexString
    pub const TELETEX_STRING: u8 = 0x14;
    /// IA5String
    pub const IA5_STRING: u8 = 0x16;
    /// UTCTime
    pub const UTC_TIME: u8 = 0x17;
    /// GeneralizedTime
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// UniversalString
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    /// BMPString
    pub const BMP_STRING: u8 = 0x1e;
    /// SEQUENCE
    pub const SEQUENCE: u8 = 0x30;
    /// SET
    pub const SET: u8 = 0x31;

    /// A primitive context-specific tag.
    pub const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// A constructed context-specific tag.
    pub const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// How deep values may be nested before the reader refuses them.
const DEPTH: u8 = 48;

/// One encoded value and the bytes it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// Identifier, length and contents as they stood in the input.
    pub full: &'a [u8],
    /// The contents, without an end-of-contents mark.
    pub body: &'a [u8],
    /// The length was given by an end mark (BER).
    pub indefinite: bool,
}

impl<'a> Tlv<'a> {
    /// Reads one value and returns what follows it.
    pub fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        Self::read_nested(bytes, DEPTH)
    }

    /// Reads one value that must fill the input.
    pub fn read_all(bytes: &'a [u8]) -> Result<Self, Malformed> {
        match Self::read(bytes)? {
            (value, []) => Ok(value),
            _ => Err(Malformed("bytes after the value")),
        }
    }

    fn read_nested(bytes: &'a [u8], depth: u8) -> Result<(Self, &'a [u8]), Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed("nested too deeply"))?;
        let (&[tag, first], rest) = bytes
            .split_first_chunk::<2>()
            .ok_or(Malformed("value cut short"))?;
        if tag & 0x1f == 0x1f {
            return Err(Malformed("tag number above 30"));
        }
        if first == 0x80 {
            if tag & 0x20 == 0 {
                return Err(Malformed("primitive value of indefinite length"));
            }
            let mut inner = rest;
            while !inner.starts_with(&[0, 0]) {
                inner = Self::read_nested(inner, depth)?.1;
            }
            let (body, _) = split(rest, rest.len().saturating_sub(inner.len()))?;
            let (_, after) = split(inner, 2)?;
            let (full, _) = split(bytes, bytes.len().saturating_sub(after.len()))?;
            return Ok((
                Self {
                    tag,
                    full,
                    body,
                    indefinite: true,
                },
                after,
            ));
        }
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) = split(rest, usize::from(first & 0x7f))?;
            if digits.len() > 4 {
                return Err(Malformed("length beyond four octets"));
            }
            let length = digits
                .iter()
                .fold(0_usize, |sum, &digit| (sum << 8) | usize::from(digit));
            (length, rest)
        };
        let (body, after) = split(rest, length)?;
        let (full, _) = split(bytes, bytes.len().saturating_sub(after.len()))?;
        Ok((
            Self {
                tag,
                full,
                body,
                indefinite: false,
            },
            after,
        ))
    }

    /// A reader over the values inside.
    pub fn inside(&self) -> Result<Reader<'a>, Malformed> {
        if self.tag & 0x20 == 0 {
            return Err(Malformed("a constructed value was expected"));
        }
        Ok(Reader::new(self.body))
    }

    /// The single value inside an explicit tag.
    pub fn only(&self) -> Result<Tlv<'a>, Malformed> {
        let mut reader = self.inside()?;
        let value = reader.any()?;
        reader.finish()?;
        Ok(value)
    }

    /// An OBJECT IDENTIFIER, also under an implicit tag.
    pub fn oid(&self) -> Result<ObjectIdentifier, Malformed> {
        ObjectIdentifier::from_bytes(self.body)
    }

    /// The octets of an INTEGER, big-endian, without leading zero.
    pub fn unsigned(&self) -> Result<&'a [u8], Malformed> {
        match self.body {
            [] => Err(Malformed("empty integer")),
            [0, rest @ ..] if !rest.is_empty() => Ok(rest),
            all => Ok(all),
        }
    }

    /// A small non-negative INTEGER or ENUMERATED.
    pub fn small(&self) -> Result<u64, Malformed> {
        if self.body.first().is_some_and(|first| first & 0x80 != 0) {
            return Err(Malformed("negative integer"));
        }
        let digits = self.unsigned()?;
        if digits.len() > 8 {
            return Err(Malformed("integer too large"));
        }
        Ok(digits
            .iter()
            .fold(0, |sum, &digit| (sum << 8) | u64::from(digit)))
    }

    /// A BOOLEAN.
    pub fn boolean(&self) -> Result<bool, Malformed> {
        match self.body {
            [value] => Ok(*value != 0),
            _ => Err(Malformed("boolean")),
        }
    }

    /// The contents of an OCTET STRING; pieces of a constructed one are joined.
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, Malformed> {
        if self.tag & 0x20 == 0 {
            return Ok(Cow::Borrowed(self.body));
        }
        let mut joined = Vec::new();
        self.join_octets(&mut joined, DEPTH)?;
        Ok(Cow::Owned(joined))
    }

    fn join_octets(&self, joined: &mut Vec<u8>, depth: u8) -> Result<(), Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed("nested too deeply"))?;
        if self.tag & 0x20 == 0 {
            joined.extend_from_slice(self.body);
            return Ok(());
        }
        let mut reader = self.inside()?;
        while !reader.is_empty() {
            reader.any()?.join_octets(joined, depth)?;
        }
        Ok(())
    }

    /// The value as DER has it (X.690 section 10, 11.6): definite and shortest lengths, octet
    /// strings in one piece, sets in order. Values whose type an implicit tag hides keep their
    /// order and pieces.
    pub fn to_der(&self) -> Result<Vec<u8>, Malformed> {
        self.der_nested(DEPTH)
    }

    fn der_nested(&self, depth: u8) -> Result<Vec<u8>, Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed("nested too deeply"))?;
        if self.tag & 0x20 == 0 {
            return Ok(tlv(self.tag, self.body));
        }
        if self.tag == tag::OCTET_STRING | 0x20 {
            return Ok(octet_string(&self.octets()?));
        }
        let mut parts = Vec::new();
        let mut reader = self.inside()?;
        while !reader.is_empty() {
            parts.push(reader.any()?.der_nested(depth)?);
        }
        if self.tag == tag::SET {
            parts.sort();
        }
        Ok(tlv(self.tag, &parts.concat()))
    }

    /// The octets of a BIT STRING whose length is a multiple of eight.
    pub fn bits(&self) -> Result<&'a [u8], Malformed> {
        match self.body {
            [0, rest @ ..] => Ok(rest),
            _ => Err(Malformed("bit string")),
        }
    }

    /// A BIT STRING of named bits: bit 0 is the most significant of the result.
    pub fn named_bits(&self) -> Result<u32, Malformed> {
        match self.body {
            [unused, rest @ ..] if *unused < 8 && rest.len() <= 4 => {
                let mut bits = 0_u32;
                for (index, &octet) in rest.iter().enumerate() {
                    bits |= u32::from(octet) << (24_usize.saturating_sub(8 * index));
                }
                Ok(bits)
            }
            _ => Err(Malformed("named bits")),
        }
    }

    /// A character string of any of the usual kinds.
    pub fn text(&self) -> Result<String, Malformed> {
        text_of(self.tag, self.body)
    }

    /// A UTCTime or GeneralizedTime.
    pub fn time(&self) -> Result<Time, Malformed> {
        match self.tag {
            tag::UTC_TIME => Time::from_utc_time(self.body),
            tag::GENERALIZED_TIME => Time::from_generalized(self.body),
            _ => Err(Malformed("a time was expected")),
        }
    }
}

/// Walks values that follow each other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first octet.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The identifier octet of the next value.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value whatever it is.
    pub fn any(&mut self) -> Result<Tlv<'a>, Malformed> {
        let (value, rest) = Tlv::read(self.rest)?;
        self.rest = rest;
        Ok(value)
    }

    /// The next value, which must carry this tag.
    pub fn expect(&mut self, tag: u8) -> Result<Tlv<'a>, Malformed> {
        match self.optional(tag)? {
            Some(value) => Ok(value),
            None => Err(Malformed("another type was expected")),
        }
    }

    /// The next value if it carries this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, Malformed> {
        if self.peek() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// A reader inside the next value, which must be a SEQUENCE.
    pub fn sequence(&mut self) -> Result<Reader<'a>, Malformed> {
        self.expect(tag::SEQUENCE)?.inside()
    }

    /// Nothing may be left.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Malformed("more values than expected"))
        }
    }
}

/// The length of the first value in bytes that may carry padding after it, as `/Contents` does.
pub fn length_of_first(bytes: &[u8]) -> Result<usize, Malformed> {
    Ok(Tlv::read(bytes)?.0.full.len())
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), Malformed> {
    bytes
        .split_at_checked(at)
        .ok_or(Malformed("value cut short"))
}

fn text_of(tag: u8, body: &[u8]) -> Result<String, Malformed> {
    match tag {
        tag::BMP_STRING => {
            let units = body.chunks(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0xfffd,
            });
            Ok(char::decode_utf16(units)
                .map(|unit| unit.unwrap_or('\u{fffd}'))
                .collect())
        }
        tag::UNIVERSAL_STRING => Ok(body
            .chunks(4)
            .map(|four| {
                let value = four
                    .iter()
                    .fold(0_u32, |sum, &octet| (sum << 8) | u32::from(octet));
                char::from_u32(value).unwrap_or('\u{fffd}')
            })
            .collect()),
        tag::TELETEX_STRING => Ok(match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            Err(_) => body.iter().map(|&octet| char::from(octet)).collect(),
        }),
        tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | 0x12 | 0x1a | 0x1b => {
            String::from_utf8(body.to_vec()).map_err(|_| Malformed("character string"))
        }
        _ => Err(Malformed("a character string was expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_indefinite_length_ends_at_its_own_mark() {
        let bytes = [
            0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 2, 1, 5, 0, 0, 9,
        ];
        let (value, rest) = Tlv::read(&bytes).unwrap();
        assert_eq!(rest, [9]);
        let mut inside = value.inside().unwrap();
        assert_eq!(inside.any().unwrap().octets().unwrap().as_ref(), [7, 8]);
        assert_eq!(inside.any().unwrap().small().unwrap(), 5);
    }

    #[test]
    fn deep_nesting_is_refused_instead_of_exhausting_the_stack() {
        assert!(Tlv::read(&[0x30, 0x80].repeat(100_000)).is_err());
    }

    #[test]
    fn pieces_of_an_octet_string_nested_without_end_are_refused() {
        let mut nested = tlv(tag::OCTET_STRING, &[7]);
        for _ in 0..10_000 {
            nested = tlv(0x24, &nested);
        }
        let value = Tlv::read_all(&nested).unwrap();
        assert_eq!(value.octets(), Err(Malformed("nested too deeply")));
        assert_eq!(value.to_der(), Err(Malformed("nested too deeply")));
    }

    #[test]
    fn what_is_written_in_another_way_has_one_der() {
        let ber = [
            0x31, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 2, 0x81, 1, 5, 0, 0,
        ];
        let der = set_of(vec![octet_string(&[7, 8]), small_integer(5)]);
        assert_eq!(Tlv::read_all(&ber).unwrap().to_der(), Ok(der.clone()));
        assert_eq!(Tlv::read_all(&der).unwrap().to_der(), Ok(der));
    }

    proptest! {
        #[test]
        fn no_input_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok((value, _)) = Tlv::read(&bytes) {
                let _ = (value.text(), value.octets().is_ok(), value.time(), value.named_bits());
            }
        }
    }
}
