//! The incremental writer: new and changed objects appended behind an untouched base (ISO 32000-2, 7.5.6).

use std::collections::BTreeMap;
use std::io::Write;

use crate::hash;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Name, Object, Ref};
use crate::syntax::write;
use crate::syntax::xref::{self, Form, SECTION_KEYS};

/// Room for each number of `/ByteRange`: files stay below ten thousand million bytes.
const NUMBER_WIDTH: usize = 10;

/// Where a stream says that its data are another file's: never copied from one to the next.
const OUTSIDE_KEYS: [&str; 3] = ["F", "FFilter", "FDecodeParms"];

/// A revision being written.
pub(crate) struct Update<'d, 'a> {
    base: &'d Document<'a>,
    next: u32,
    objects: BTreeMap<u32, Body>,
}

enum Body {
    Plain(Object),
    Stream(Dict, Vec<u8>),
    Signature { dict: Dict, gap_bytes: usize },
}

/// A finished revision: what stands behind the base.
#[derive(Debug, Clone)]
pub(crate) struct Tail {
    pub(crate) bytes: Vec<u8>,
    /// The signature's `/Contents` with its angle brackets, as positions in the whole file.
    pub(crate) gap: Option<(usize, usize)>,
}

impl<'d, 'a> Update<'d, 'a> {
    pub(crate) fn of(base: &'d Document<'a>) -> Self {
        Self {
            base,
            next: base.next_number(),
            objects: BTreeMap::new(),
        }
    }

    pub(crate) fn base(&self) -> &'d Document<'a> {
        self.base
    }

    /// A number no object of the file ever had.
    pub(crate) fn allocate(&mut self) -> Ref {
        let reference = Ref {
            number: self.next,
            generation: 0,
        };
        self.next += 1;
        reference
    }

    pub(crate) fn put(&mut self, reference: Ref, object: Object) {
        self.objects.insert(reference.number, Body::Plain(object));
    }

    pub(crate) fn add(&mut self, object: Object) -> Ref {
        let reference = self.allocate();
        self.put(reference, object);
        reference
    }

    /// Adds a stream, compressed when that pays.
    pub(crate) fn add_stream(&mut self, dict: Dict, data: &[u8]) -> Ref {
        let reference = self.allocate();
        self.put_stream(reference, dict, data);
        reference
    }

    pub(crate) fn put_stream(&mut self, reference: Ref, mut dict: Dict, data: &[u8]) {
        let data = match deflate(data) {
            Some(packed) if packed.len() < data.len() => {
                dict.set("Filter", Object::name("FlateDecode"));
                packed
            }
            _ => data.to_vec(),
        };
        dict.set("Length", Object::Int(data.len() as i64));
        self.objects
            .insert(reference.number, Body::Stream(dict, data));
    }

    /// Adds a signature dictionary; `/ByteRange` and `/Contents` are added here.
    pub(crate) fn add_signature(&mut self, dict: Dict, gap_bytes: usize) -> Ref {
        let reference = self.allocate();
        self.objects
            .insert(reference.number, Body::Signature { dict, gap_bytes });
        reference
    }

    /// The dictionary `reference` names, as changed so far in this revision.
    pub(crate) fn dict(&self, reference: Ref) -> Result<Dict, PdfProblem> {
        if let Some(Body::Plain(Object::Dict(dict))) = self.objects.get(&reference.number) {
            return Ok(dict.clone());
        }
        match self.base.load(reference)?.as_ref() {
            Object::Dict(dict) => Ok(dict.clone()),
            _ => Err(PdfProblem::structure(format!(
                "object {} is not a dictionary",
                reference.number
            ))),
        }
    }

    /// The array `reference` names, as changed so far in this revision.
    pub(crate) fn array(&self, reference: Ref) -> Result<Vec<Object>, PdfProblem> {
        if let Some(Body::Plain(Object::Array(items))) = self.objects.get(&reference.number) {
            return Ok(items.clone());
        }
        match self.base.load(reference)?.as_ref() {
            Object::Array(items) => Ok(items.clone()),
            _ => Err(PdfProblem::structure(format!(
                "object {} is not an array",
                reference.number
            ))),
        }
    }

    /// About what the revision takes: streams and gaps are most of it.
    fn room(&self) -> usize {
        let body = |body: &Body| match body {
            Body::Plain(_) => 256,
            Body::Stream(_, data) => data.len() + 256,
            Body::Signature { gap_bytes, .. } => gap_bytes * 2 + 1024,
        };
        self.objects.values().map(body).sum::<usize>() + 1024
    }

    /// Writes the revision; the byte ranges of its signature are exact. The digest of the base makes the file's
    /// second identifier.
    pub(crate) fn finish(self, base_sha256: &[u8; 32]) -> Result<Tail, PdfProblem> {
        let base = self.base.source();
        let base_len = base.length();
        let (previous, _) = xref::last_start(base)?;
        let mut out = Vec::with_capacity(self.room());
        if base.bytes(base_len.saturating_sub(1), base_len)?.last() != Some(&b'\n') {
            out.push(b'\n');
        }
        let mut offsets: BTreeMap<u32, (usize, u16)> = BTreeMap::new();
        let mut holes: Option<Holes> = None;
        for (number, body) in &self.objects {
            let generation = self.base.generation(*number).unwrap_or(0);
            offsets.insert(*number, (base_len + out.len(), generation));
            out.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
            match body {
                Body::Plain(object) => write::object(&mut out, object),
                Body::Stream(dict, data) => {
                    write::dict(&mut out, dict);
                    out.extend_from_slice(b"\nstream\n");
                    out.extend_from_slice(data);
                    out.extend_from_slice(b"\nendstream");
                }
                Body::Signature { dict, gap_bytes } => {
                    holes = Some(write_signature(&mut out, dict, *gap_bytes));
                }
            }
            out.extend_from_slice(b"\nendobj\n");
        }
        let identifier = identifier(base_sha256, &out, holes.as_ref());
        self.write_sections(&mut out, &offsets, previous, identifier);
        let gap = match holes {
            None => None,
            Some(holes) => Some(holes.fill(&mut out, base_len)?),
        };
        Ok(Tail { bytes: out, gap })
    }

    fn write_sections(
        &self,
        out: &mut Vec<u8>,
        offsets: &BTreeMap<u32, (usize, u16)>,
        previous: usize,
        identifier: Vec<u8>,
    ) {
        let start = self.base.source().length() + out.len();
        let as_stream = self
            .base
            .sections()
            .last()
            .is_some_and(|section| section.form == Form::Stream);
        // All entries of the trailer before but those of its section (7.5.6).
        let mut trailer = self.base.trailer().clone();
        for key in SECTION_KEYS.iter().chain(&OUTSIDE_KEYS) {
            trailer.remove(key);
        }
        trailer.set("Prev", Object::Int(previous as i64));
        trailer.set("ID", self.file_identifier(identifier));
        if as_stream {
            let number = self.next;
            let mut entries = offsets.clone();
            entries.insert(number, (start, 0));
            let mut data = Vec::new();
            for (offset, generation) in entries.values() {
                data.push(1);
                data.extend_from_slice(&(*offset as u64).to_be_bytes());
                data.extend_from_slice(&generation.to_be_bytes());
            }
            let index = runs(entries.keys().copied())
                .into_iter()
                .flat_map(|(first, count)| [Object::Int(first.into()), Object::Int(count.into())]);
            let mut dict = Dict::typed("XRef")
                .with("Size", Object::Int(i64::from(number) + 1))
                .with("W", Object::numbers(&[1.0, 8.0, 2.0]))
                .with("Index", Object::Array(index.collect()))
                .with("Length", Object::Int(data.len() as i64));
            for (key, value) in trailer.iter() {
                dict.push_raw(Name::from_slice(key), value.clone());
            }
            out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            write::dict(out, &dict);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(&data);
            out.extend_from_slice(b"\nendstream\nendobj\n");
        } else {
            trailer.set("Size", Object::Int(self.next.into()));
            out.extend_from_slice(b"xref\n");
            for (first, count) in runs(offsets.keys().copied()) {
                out.extend_from_slice(format!("{first} {count}\n").as_bytes());
                for (offset, generation) in
                    (first..first + count).filter_map(|number| offsets.get(&number))
                {
                    out.extend_from_slice(format!("{offset:010} {generation:05} n\r\n").as_bytes());
                }
            }
            out.extend_from_slice(b"trailer\n");
            write::dict(out, &trailer);
            out.push(b'\n');
        }
        out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
    }

    /// The first identifier stays for the life of the file, the second changes with every revision.
    fn file_identifier(&self, fresh: Vec<u8>) -> Object {
        let first = self
            .base
            .trailer()
            .get("ID")
            .and_then(|id| self.base.resolve(id).ok())
            .and_then(|id| id.as_array().and_then(|items| items.first().cloned()))
            .filter(|first| first.as_string().is_some())
            .unwrap_or_else(|| Object::String(fresh.clone()));
        Object::Array(vec![first, Object::String(fresh)])
    }
}

/// Sixteen octets that are this revision's own: from the base, and what was written but for the gap.
fn identifier(base_sha256: &[u8; 32], written: &[u8], holes: Option<&Holes>) -> Vec<u8> {
    let (before, behind) = match holes {
        Some(holes) => (
            written.get(..holes.contents_start).unwrap_or_default(),
            written.get(holes.contents_end..).unwrap_or_default(),
        ),
        None => (written, [].as_slice()),
    };
    let digest = hash::sha256_parts(&[base_sha256, before, behind]);
    digest.iter().take(16).copied().collect()
}

/// Positions, within the tail, of what is only known at the end.
struct Holes {
    byte_range: usize,
    contents_start: usize,
    contents_end: usize,
}

fn write_signature(out: &mut Vec<u8>, dict: &Dict, gap_bytes: usize) -> Holes {
    write::dict(out, dict);
    // Reopen the dictionary just closed with " >>".
    out.truncate(out.len().saturating_sub(2));
    out.extend_from_slice(b"/ByteRange ");
    let byte_range = out.len();
    out.resize(byte_range + byte_range_width(), b' ');
    out.extend_from_slice(b" /Contents ");
    let contents_start = out.len();
    out.push(b'<');
    out.resize(out.len() + gap_bytes * 2, b'0');
    out.push(b'>');
    let contents_end = out.len();
    out.extend_from_slice(b" >>");
    Holes {
        byte_range,
        contents_start,
        contents_end,
    }
}

const fn byte_range_width() -> usize {
    // "[0 a b c]"
    4 + 3 * NUMBER_WIDTH + 2
}

impl Holes {
    fn fill(&self, out: &mut [u8], base: usize) -> Result<(usize, usize), PdfProblem> {
        let start = base + self.contents_start;
        let end = base + self.contents_end;
        let rest = (base + out.len()) - end;
        let mut text = format!("[0 {start} {end} {rest}]").into_bytes();
        if text.len() > byte_range_width() {
            return Err(PdfProblem::limit("file size"));
        }
        text.resize(byte_range_width(), b' ');
        let hole = out
            .get_mut(self.byte_range..self.byte_range + byte_range_width())
            .ok_or_else(|| PdfProblem::structure("the signature has no room for its byte range"))?;
        hole.copy_from_slice(&text);
        Ok((start, end))
    }
}

/// Groups ascending numbers into runs of (first, count).
fn runs(numbers: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((first, count)) if *first + *count == number => *count += 1,
            _ => runs.push((number, 1)),
        }
    }
    runs
}

fn deflate(data: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).ok()?;
    encoder.finish().ok()
}
