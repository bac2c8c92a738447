//! What a signature covers, strictly: everything of its revision but the hexadecimal digits of its own value.

use super::attack::Attack;
use crate::content::Gap;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::parser::{Parser, hex_digit, is_space};
use crate::syntax::xref::{self, Entry};

/// A byte range that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Covered {
    /// The opening angle bracket of `/Contents`.
    pub(super) gap_start: usize,
    /// Behind the closing one.
    pub(super) gap_end: usize,
    /// First byte not covered.
    pub(super) end: usize,
}

impl Covered {
    /// What it leaves out.
    pub(super) fn gap(self) -> Gap {
        Gap {
            start: self.gap_start,
            behind: self.gap_end,
            end: self.end,
        }
    }
}

/// Why a byte range is refused, and the class of attack it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) why: &'static str,
    pub(super) attack: Attack,
}

fn forged(why: &'static str) -> Fault {
    Fault {
        why,
        attack: Attack::UniversalSignatureForgery,
    }
}

/// Reads `/ByteRange` and checks it against where `/Contents` really stands.
pub(super) fn covered(
    document: &Document<'_>,
    reference: Ref,
    signature: &Dict,
) -> Result<Covered, Fault> {
    let game = |why| Fault {
        why,
        attack: Attack::ByteRangeGame,
    };
    let numbers: Vec<usize> = signature
        .get("ByteRange")
        .and_then(Object::as_array)
        .ok_or(forged("there is no byte range"))?
        .iter()
        .map(|item| item.as_int().and_then(|value| usize::try_from(value).ok()))
        .collect::<Option<_>>()
        .ok_or(forged("the byte range is not four whole numbers"))?;
    let [start, first, second, length] = *numbers.as_slice() else {
        return Err(forged("the byte range is not four whole numbers"));
    };
    if start != 0 {
        return Err(game(
            "the byte range does not begin at the start of the file",
        ));
    }
    let data = document.data();
    let end = second.checked_add(length).filter(|end| *end <= data.len());
    let end = end.ok_or(forged("the byte range reaches beyond the file"))?;
    if second <= first || length == 0 {
        return Err(forged("the byte range overlaps itself"));
    }
    let Some(Entry::At { offset, .. }) = document.entry(reference.number) else {
        return Err(Fault {
            why: "the signature stands inside an object stream",
            attack: Attack::ObjectConfusion,
        });
    };
    let mut parser = Parser::at(data, offset);
    parser.skip_space();
    let places = parser.value_places().map_err(forged)?;
    for key in [&b"Contents"[..], b"ByteRange"] {
        if places.iter().filter(|(name, ..)| name == key).count() > 1 {
            return Err(forged("a key of the signature stands twice"));
        }
    }
    let (_, gap_start, gap_end) = places
        .iter()
        .find(|(key, ..)| key == b"Contents")
        .ok_or(forged("there are no contents"))?;
    if (*gap_start, *gap_end) != (first, second) {
        return Err(Fault {
            why: "the byte range leaves out something else than the signature value",
            attack: Attack::SignatureWrapping,
        });
    }
    let hole = data.get(first..second).unwrap_or_default();
    let digits = hole
        .strip_prefix(b"<")
        .and_then(|hole| hole.strip_suffix(b">"))
        .ok_or(forged("the signature value is not hexadecimal"))?;
    // White space would be legal, but nobody writes it: it could only hide something.
    if digits.len() % 2 != 0 || !digits.iter().all(|byte| hex_digit(*byte).is_some()) {
        return Err(forged("the signature value is not hexadecimal"));
    }
    Ok(Covered {
        gap_start: first,
        gap_end: second,
        end,
    })
}

/// Whether `data` ends like a finished revision: its end marker and at most one line end behind it.
pub(super) fn ends_a_revision(data: &[u8]) -> bool {
    let Ok((_, end)) = xref::last_start(data) else {
        return false;
    };
    data.get(end..)
        .is_some_and(|rest| rest.len() <= 2 && rest.iter().all(|byte| is_space(*byte)))
}
