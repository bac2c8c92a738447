//! Cross-reference sections: classic tables, streams, and the hybrid of both (7.5.4, 7.5.8).

use std::collections::{BTreeMap, BTreeSet};

use super::filter;
use super::object::{Dict, Object};
use super::parser::{Parser, is_space};
use super::source::Source;
use crate::problem::PdfProblem;

/// No official document has this many objects; a cross-reference stream that inflates to more is a bomb.
const MAX_ENTRIES: usize = 1 << 21;
/// A small file has few: what its cross-reference streams may inflate to grows with it.
const ENTRIES_OF_ANY_FILE: usize = 1 << 16;
const ENTRIES_PER_BYTE: usize = 4;
/// Nor this many revisions.
const MAX_SECTIONS: usize = 512;

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    At { offset: usize, generation: u16 },
    InStream { stream: u32, index: u32 },
}

/// How a section is written; an incremental update follows the section before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Table,
    Stream,
    Hybrid,
}

/// One cross-reference section with its trailer.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) offset: usize,
    /// First byte after the trailer dictionary or the stream object.
    pub(crate) end: usize,
    /// First byte behind everything that was read for it, a hidden stream included.
    pub(crate) reach: usize,
    pub(crate) form: Form,
    pub(crate) entries: BTreeMap<u32, Entry>,
    pub(crate) trailer: Dict,
    /// Object numbers of the streams that carry this section.
    pub(crate) carriers: Vec<u32>,
}

/// The value of the last `startxref`, and where its `%%EOF` ends.
pub(crate) fn last_start(data: &[u8]) -> Result<(usize, usize), PdfProblem> {
    last_start_in(&Source::Memory(data))
}

/// As [`last_start`], wherever the file lies.
pub(crate) fn last_start_in(source: &Source<'_>) -> Result<(usize, usize), PdfProblem> {
    let tail_start = source.length().saturating_sub(2048);
    let tail = source.bytes(tail_start, source.length())?;
    let at = find_last(&tail, b"startxref").ok_or(PdfProblem::NoStartXref)?;
    let (offset, end) = start_at(&tail, at).ok_or(PdfProblem::NoStartXref)?;
    Ok((offset, tail_start + end))
}

/// Reads `startxref … %%EOF` at `position`: the offset it names, and the end of the marker.
pub(crate) fn start_at(data: &[u8], position: usize) -> Option<(usize, usize)> {
    let mut parser = Parser::at(data, position);
    if !parser.take_keyword("startxref") {
        return None;
    }
    let mut parser = skip_plain_space(data, parser.position());
    let offset = usize::try_from(parser.take_unsigned()?).ok()?;
    let parser = skip_plain_space(data, parser.position());
    parser
        .rest()
        .starts_with(b"%%EOF")
        .then(|| (offset, parser.position() + 5))
}

fn skip_plain_space(data: &[u8], mut position: usize) -> Parser<'_> {
    while data.get(position).copied().is_some_and(is_space) {
        position += 1;
    }
    Parser::at(data, position)
}

fn find_last(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .rposition(|window| window == needle)
}

/// All sections reachable from `start`, oldest first.
pub(crate) fn read_chain(source: &Source<'_>, start: usize) -> Result<Vec<Section>, PdfProblem> {
    let mut sections = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(start);
    let mut entries = 0;
    let limit = source.length().saturating_mul(ENTRIES_PER_BYTE);
    let limit = limit.saturating_add(ENTRIES_OF_ANY_FILE).min(MAX_ENTRIES);
    while let Some(offset) = next {
        if !seen.insert(offset) {
            return Err(PdfProblem::xref(offset, "the sections form a circle"));
        }
        if sections.len() >= MAX_SECTIONS {
            return Err(PdfProblem::limit("number of revisions"));
        }
        let section = read_section(source, offset, &mut seen, limit)?;
        entries += section.entries.len();
        if entries > limit {
            return Err(PdfProblem::limit("number of objects"));
        }
        next = match section.trailer.get("Prev") {
            None => None,
            Some(previous) => Some(
                previous
                    .as_int()
                    .and_then(|value| usize::try_from(value).ok())
                    .ok_or_else(|| PdfProblem::xref(offset, "Prev is no offset"))?,
            ),
        };
        sections.push(section);
    }
    sections.reverse();
    Ok(sections)
}

fn read_section(
    source: &Source<'_>,
    offset: usize,
    seen: &mut BTreeSet<usize>,
    limit: usize,
) -> Result<Section, PdfProblem> {
    let table = source.parse(offset, |mut parser| {
        let is_table = parser.take_keyword("xref");
        is_table
            .then(|| read_table(source.length(), offset, parser))
            .transpose()
    })??;
    let Some(mut section) = table else {
        return read_stream(source, offset, limit);
    };
    if let Some(hidden) = section.trailer.get("XRefStm") {
        let at = hidden
            .as_int()
            .and_then(|value| usize::try_from(value).ok())
            .ok_or_else(|| PdfProblem::xref(offset, "XRefStm is no offset"))?;
        if !seen.insert(at) {
            return Err(PdfProblem::xref(at, "the sections form a circle"));
        }
        let stream = read_stream(source, at, limit)?;
        section.form = Form::Hybrid;
        section.reach = section.reach.max(stream.reach);
        section.carriers = stream.carriers;
        // What the table declares free may be hidden in the stream; what it declares in use stands.
        for (number, entry) in stream.entries {
            if section
                .entries
                .get(&number)
                .is_none_or(|old| *old == Entry::Free)
            {
                section.entries.insert(number, entry);
            }
        }
    }
    Ok(section)
}

fn read_table(length: usize, offset: usize, mut parser: Parser<'_>) -> Result<Section, PdfProblem> {
    let damaged = |why: &str| PdfProblem::xref(offset, why);
    let mut entries = BTreeMap::new();
    loop {
        parser.skip_space();
        if parser.take_keyword("trailer") {
            break;
        }
        let first = parser
            .take_unsigned()
            .ok_or_else(|| damaged("bad subsection"))?;
        parser.skip_space();
        let count = parser
            .take_unsigned()
            .ok_or_else(|| damaged("bad subsection"))?;
        if count > (length / 18) as u64 {
            return Err(damaged("a subsection is longer than the file"));
        }
        for number in first..first.saturating_add(count) {
            parser.skip_space();
            let position = parser.take_unsigned().ok_or_else(|| damaged("bad entry"))?;
            parser.skip_space();
            let generation = parser.take_unsigned().ok_or_else(|| damaged("bad entry"))?;
            parser.skip_space();
            let entry = if parser.take_keyword("n") {
                Entry::At {
                    offset: usize::try_from(position).map_err(|_| damaged("bad entry"))?,
                    generation: u16::try_from(generation).map_err(|_| damaged("bad entry"))?,
                }
            } else if parser.take_keyword("f") {
                Entry::Free
            } else {
                return Err(damaged("bad entry"));
            };
            let number = u32::try_from(number).map_err(|_| damaged("bad object number"))?;
            if entries.insert(number, entry).is_some() {
                return Err(damaged("an object is listed twice"));
            }
        }
    }
    let Object::Dict(trailer) = parser.object().map_err(&damaged)? else {
        return Err(damaged("no trailer dictionary"));
    };
    let end = parser.position();
    let carriers = Vec::new();
    Ok(Section {
        offset,
        end,
        reach: end,
        form: Form::Table,
        entries,
        trailer,
        carriers,
    })
}

fn read_stream(source: &Source<'_>, offset: usize, limit: usize) -> Result<Section, PdfProblem> {
    let damaged = |why: &str| PdfProblem::xref(offset, why);
    let (reference, object, end) = source
        .parse(offset, |mut parser| {
            if !parser.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err("neither a table nor a stream stands here");
            }
            // Nothing can be looked up yet: the length of a cross-reference stream is direct.
            let (reference, object) = parser.indirect(&|_| None)?;
            Ok((reference, object, parser.position()))
        })?
        .map_err(&damaged)?;
    let Object::Stream(stream) = object else {
        return Err(damaged("no stream"));
    };
    if !stream
        .dict
        .get("Type")
        .is_some_and(|kind| kind.is_name("XRef"))
    {
        return Err(damaged("not a cross-reference stream"));
    }
    let raw = source.bytes(stream.start, stream.end)?;
    let bytes = filter::decode(&stream.dict, &raw).map_err(&damaged)?;
    let entries = stream_entries(&stream.dict, &bytes, limit).map_err(&damaged)?;
    let carriers = vec![reference.number];
    Ok(Section {
        offset,
        end,
        reach: end,
        form: Form::Stream,
        entries,
        trailer: stream.dict,
        carriers,
    })
}

fn stream_entries(
    dict: &Dict,
    bytes: &[u8],
    limit: usize,
) -> Result<BTreeMap<u32, Entry>, &'static str> {
    let widths: Vec<usize> = dict
        .get("W")
        .and_then(Object::as_array)
        .ok_or("W is missing")?
        .iter()
        .map(|width| {
            width
                .as_int()
                .and_then(|w| usize::try_from(w).ok())
                .filter(|w| *w <= 8)
        })
        .collect::<Option<_>>()
        .ok_or("bad W")?;
    let [kind_width, second_width, third_width] = *widths.as_slice() else {
        return Err("bad W");
    };
    let width = kind_width + second_width + third_width;
    if width == 0 {
        return Err("bad W");
    }
    let size = dict
        .get("Size")
        .and_then(Object::as_int)
        .ok_or("Size is missing")?;
    let index: Vec<i64> = match dict.get("Index") {
        None => vec![0, size],
        Some(Object::Array(items)) => items
            .iter()
            .map(Object::as_int)
            .collect::<Option<_>>()
            .ok_or("bad Index")?,
        Some(_) => return Err("bad Index"),
    };
    let (pairs, []) = index.as_chunks::<2>() else {
        return Err("bad Index");
    };
    let mut entries = BTreeMap::new();
    let mut rows = bytes.chunks_exact(width);
    for [first, count] in pairs {
        let first = u32::try_from(*first).map_err(|_| "bad Index")?;
        let count = u32::try_from(*count).map_err(|_| "bad Index")?;
        let last = first.checked_add(count).ok_or("bad Index")?;
        for number in first..last {
            if entries.len() >= limit {
                return Err("too many objects");
            }
            let row = rows.next().ok_or("the stream is too short")?;
            let (kind, rest) = row.split_at(kind_width);
            let (second, third) = rest.split_at(second_width);
            let kind = if kind_width == 0 { 1 } else { big_endian(kind) };
            let (second, third) = (big_endian(second), big_endian(third));
            let entry = match kind {
                0 => Entry::Free,
                1 => Entry::At {
                    offset: usize::try_from(second).map_err(|_| "bad entry")?,
                    generation: u16::try_from(third).map_err(|_| "bad entry")?,
                },
                2 => Entry::InStream {
                    stream: u32::try_from(second).map_err(|_| "bad entry")?,
                    index: u32::try_from(third).map_err(|_| "bad entry")?,
                },
                _ => return Err("unknown kind of entry"),
            };
            if entries.insert(number, entry).is_some() {
                return Err("an object is listed twice");
            }
        }
    }
    Ok(entries)
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}
