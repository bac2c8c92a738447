//! What a signature covers, strictly: everything of its revision but the hexadecimal digits of its own value.

use super::attack::Attack;
use crate::content::Gap;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Name, Object, Ref};
use crate::syntax::parser::hex_digit;
use crate::syntax::source::Source;
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
) -> Result<Result<Covered, Fault>, PdfProblem> {
    let source = document.source();
    let (offset, stated) = match stated(document, reference, signature) {
        Ok(found) => found,
        Err(fault) => return Ok(Err(fault)),
    };
    let places = source.parse(offset, |mut parser| {
        parser.skip_space();
        parser.value_places()
    })?;
    if let Err(fault) = places.map_err(forged).and_then(|it| surrounds(stated, &it)) {
        return Ok(Err(fault));
    }
    let hole = source.bytes(stated.gap_start, stated.gap_end)?;
    Ok(is_value(&hole).map(|()| stated).map_err(forged))
}

/// Where the signature stands, and what its byte range says, as far as that makes sense by itself.
fn stated(
    document: &Document<'_>,
    reference: Ref,
    signature: &Dict,
) -> Result<(usize, Covered), Fault> {
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
    let end = second.checked_add(length);
    let end = end.filter(|end| *end <= document.length());
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
    let covered = Covered {
        gap_start: first,
        gap_end: second,
        end,
    };
    Ok((offset, covered))
}

/// The gap is where the value of `/Contents` stands.
fn surrounds(stated: Covered, places: &[(Name, usize, usize)]) -> Result<(), Fault> {
    for key in [&b"Contents"[..], b"ByteRange"] {
        if places
            .iter()
            .filter(|(name, ..)| name.as_slice() == key)
            .count()
            > 1
        {
            return Err(forged("a key of the signature stands twice"));
        }
    }
    let (_, gap_start, gap_end) = places
        .iter()
        .find(|(key, ..)| key.as_slice() == b"Contents")
        .ok_or(forged("there are no contents"))?;
    if (*gap_start, *gap_end) != (stated.gap_start, stated.gap_end) {
        return Err(Fault {
            why: "the byte range leaves out something else than the signature value",
            attack: Attack::SignatureWrapping,
        });
    }
    Ok(())
}

/// The gap holds nothing but digits. White space would be legal, but nobody writes it: it could only hide something.
fn is_value(hole: &[u8]) -> Result<(), &'static str> {
    let inside = hole.strip_prefix(b"<").and_then(|it| it.strip_suffix(b">"));
    let is_hexadecimal = |digits: &[u8]| {
        digits.len().is_multiple_of(2) && digits.iter().all(|it| hex_digit(*it).is_some())
    };
    match inside {
        Some(digits) if is_hexadecimal(digits) => Ok(()),
        _ => Err("the signature value is not hexadecimal"),
    }
}

/// Whether it ends like a finished revision: its end marker and at most one line end behind it.
pub(super) fn ends_a_revision(source: &Source<'_>) -> Result<bool, PdfProblem> {
    let Ok((_, end)) = xref::last_start(source) else {
        return Ok(false);
    };
    Ok(source.length() - end <= 2 && source.is_blank_from(end)?)
}
