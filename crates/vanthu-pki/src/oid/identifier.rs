//! Object identifiers as DER writes them (ITU-T X.690 8.19), any tree of ITU-T X.660 included.

use std::fmt;
use std::str::FromStr;

use crate::error::Malformed;

/// No identifier is longer, in octets.
const MOST_OCTETS: usize = 63;
/// Octets of a subidentifier of 128 bits: arcs of that size stand for UUIDs (ITU-T X.667).
const MOST_GROUPS: usize = 19;

/// An object identifier. Ordered by its length, then by its octets.
///
/// Arcs may have up to 128 bits, as those of UUIDs have, and the second arc below `2` may be any: `2.999` is the tree
/// for examples.
///
/// ```
/// use vanthu_pki::oid::ObjectIdentifier;
///
/// let example = ObjectIdentifier::from_bytes(&[0x88, 0x37, 0x03])?;
/// assert_eq!(example.to_string(), "2.999.3");
/// assert_eq!("2.999.3".parse(), Ok(example));
/// # Ok::<(), vanthu_pki::Malformed>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectIdentifier {
    length: u8,
    octets: [u8; MOST_OCTETS],
}

impl ObjectIdentifier {
    /// Reads the contents octets of an OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// No octets, a subidentifier that is cut off, that begins with needless bits or has more than 128 of them, or more
    /// than 63 octets.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let malformed = Malformed("object identifier");
        let ends = |octet: &u8| octet & 0x80 == 0;
        if bytes.is_empty() || !bytes.last().is_some_and(ends) {
            return Err(malformed);
        }
        for subidentifier in bytes.split_inclusive(ends) {
            let fits = match subidentifier {
                [0x80, ..] => false,
                [first, ..] if subidentifier.len() == MOST_GROUPS => first & 0x7f < 4,
                _ => subidentifier.len() < MOST_GROUPS,
            };
            if !fits {
                return Err(malformed);
            }
        }
        let mut octets = [0; MOST_OCTETS];
        let room = octets.get_mut(..bytes.len()).ok_or(malformed)?;
        room.copy_from_slice(bytes);
        let length = bytes.len() as u8;
        Ok(Self { length, octets })
    }

    /// Reads the dotted form; `None` where it is none, or one that [`ObjectIdentifier::from_bytes`] would refuse.
    pub const fn parse(text: &str) -> Option<Self> {
        let mut rest = text.as_bytes();
        let mut octets = [0; MOST_OCTETS];
        let (mut root, mut count, mut length) = (0, 0_usize, 0);
        loop {
            let Some((arc, more)) = read_arc(rest) else {
                return None;
            };
            let subidentifier = match count {
                0 if arc <= 2 => {
                    root = arc;
                    None
                }
                1 if arc < 40 || root == 2 => match arc.checked_add(root * 40) {
                    Some(both) => Some(both),
                    None => return None,
                },
                0 | 1 => return None,
                _ => Some(arc),
            };
            if let Some(subidentifier) = subidentifier {
                match put(&mut octets, length, subidentifier) {
                    Some(end) => length = end,
                    None => return None,
                }
            }
            count += 1;
            match more {
                Some(more) => rest = more,
                None if count < 2 => return None,
                None => {
                    let length = length as u8;
                    return Some(Self { length, octets });
                }
            }
        }
    }

    /// As [`ObjectIdentifier::parse`], for constants.
    ///
    /// # Panics
    /// On what is no identifier: while compiling, where the result is a constant.
    pub(super) const fn known(text: &str) -> Self {
        let parsed = Self::parse(text);
        assert!(parsed.is_some(), "no object identifier");
        match parsed {
            Some(it) => it,
            None => Self {
                length: 0,
                octets: [0; MOST_OCTETS],
            },
        }
    }

    /// The contents octets.
    pub fn as_bytes(&self) -> &[u8] {
        self.octets
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

/// The first arc of a dotted text, and what stands behind its dot.
const fn read_arc(text: &[u8]) -> Option<(u128, Option<&[u8]>)> {
    let (mut rest, mut arc, mut digits) = (text, 0_u128, 0_usize);
    loop {
        match rest {
            [digit @ b'0'..=b'9', more @ ..] => {
                // A number has one form.
                if digits > 0 && arc == 0 {
                    return None;
                }
                let Some(tenfold) = arc.checked_mul(10) else {
                    return None;
                };
                let Some(sum) = tenfold.checked_add((*digit - b'0') as u128) else {
                    return None;
                };
                (arc, digits, rest) = (sum, digits + 1, more);
            }
            [] if digits > 0 => return Some((arc, None)),
            [b'.', more @ ..] if digits > 0 => return Some((arc, Some(more))),
            _ => return None,
        }
    }
}

/// Writes a subidentifier at a place; its end, where it fits.
const fn put(octets: &mut [u8; MOST_OCTETS], at: usize, value: u128) -> Option<usize> {
    let mut groups = 1;
    while groups < MOST_GROUPS && value >> (7 * groups) != 0 {
        groups += 1;
    }
    let Some((_, mut room)) = octets.as_mut_slice().split_at_mut_checked(at) else {
        return None;
    };
    let mut left = groups;
    while left > 0 {
        left -= 1;
        let Some((slot, more)) = room.split_first_mut() else {
            return None;
        };
        let group = (value >> (7 * left)) as u8 & 0x7f;
        *slot = if left > 0 { group | 0x80 } else { group };
        room = more;
    }
    Some(at + groups)
}

impl fmt::Display for ObjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subidentifiers = self
            .as_bytes()
            .split_inclusive(|octet| octet & 0x80 == 0)
            .map(|groups| {
                let add = |sum, octet: &u8| (sum << 7) | u128::from(octet & 0x7f);
                groups.iter().fold(0_u128, add)
            });
        for (index, value) in subidentifiers.enumerate() {
            if index == 0 {
                let root = (value / 40).min(2);
                write!(f, "{root}.{}", value - root * 40)?;
            } else {
                write!(f, ".{value}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for ObjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectIdentifier({self})")
    }
}

impl FromStr for ObjectIdentifier {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text).ok_or(Malformed("object identifier"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(text: &str) -> Vec<u8> {
        ObjectIdentifier::parse(text).unwrap().as_bytes().to_vec()
    }

    #[test]
    fn an_identifier_is_written_as_the_standard_does() {
        // ITU-T X.690 8.19.5 and RFC 5280.
        assert_eq!(octets("2.999.3"), [0x88, 0x37, 0x03]);
        assert_eq!(octets("2.100.3"), [0x81, 0x34, 0x03]);
        assert_eq!(octets("2.5.29.15"), [0x55, 0x1d, 0x0f]);
        assert_eq!(
            octets("1.2.840.113549.1.1.11"),
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]
        );
        assert_eq!(octets("0.0"), [0]);
        assert_eq!(octets("1.39"), [79]);
        assert_eq!(octets("2.47"), [127]);
        assert_eq!(octets("2.48"), [0x81, 0x00]);
    }

    #[test]
    fn every_identifier_survives_being_written_and_read() {
        for text in [
            "0.0",
            "0.39",
            "1.0",
            "1.39.0.127.128.16383.16384",
            "2.0",
            "2.39",
            "2.40",
            "2.999.1.2",
            "2.4294967216",
            "2.25.340282366920938463463374607431768211455",
            "2.340282366920938463463374607431768211375.1",
            "1.3.6.1.4.1.18446744073709551616.5",
        ] {
            let read = ObjectIdentifier::from_bytes(&octets(text)).unwrap();
            assert_eq!(read.to_string(), text);
            assert_eq!(text.parse(), Ok(read));
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        let long: Vec<u8> = [[0x2a].as_slice(), &[1; MOST_OCTETS]].concat();
        let wide = [[0x2a, 0x84].as_slice(), &[0x80; MOST_GROUPS - 2], &[0]].concat();
        for bytes in [
            &[][..],
            // Cut off.
            &[0x2a, 0x86],
            &[0x88],
            // Needless bits (X.690 8.19.2).
            &[0x80, 0x37],
            &[0x2a, 0x80, 0x01],
            &[0x2a, 0x80],
            &long,
            &wide,
        ] {
            assert!(ObjectIdentifier::from_bytes(bytes).is_err(), "{bytes:02x?}");
        }
        assert!(ObjectIdentifier::from_bytes(&long[..MOST_OCTETS]).is_ok());
        for text in [
            "",
            "1",
            "2",
            "3.1",
            "0.40",
            "1.40.1",
            "1.2.",
            ".1.2",
            "1..2",
            "1.02",
            "1.2.a",
            "1.-2",
            "1.2.340282366920938463463374607431768211456",
            "2.340282366920938463463374607431768211376",
        ] {
            assert_eq!(ObjectIdentifier::parse(text), None, "{text}");
        }
    }
}
