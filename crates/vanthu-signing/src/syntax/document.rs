//! A PDF as one reader sees it: the newest state, or the state of an earlier revision.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::filter;
use super::object::{Dict, Object, Ref, Stream};
use super::parser::{Parser, SyntaxResult};
use super::source::Source;
use super::xref::{self, Entry, Section};
use crate::problem::PdfProblem;

/// All object streams of one document together may inflate to this many bytes.
const MAX_TOTAL_DECODED: usize = 256 << 20;
/// Objects that do not overlap take no more bytes than the file has; so much more may be read before it is a bomb.
const READING_ROOM: usize = 1 << 20;
/// A stream may need its length, and that the object stream which holds it; more than a few in a row are an attack on
/// the stack.
const MAX_NEEDED: usize = 16;
/// Signed states that do not lie on the newest history and have to be read anew.
const MAX_FORKS: usize = 8;

/// One state of a PDF file.
pub(crate) struct Document<'a> {
    source: Source<'a>,
    index: Rc<Index>,
    /// How many of the sections count in this state.
    depth: usize,
    objects: RefCell<BTreeMap<u32, Result<Rc<Object>, PdfProblem>>>,
    object_streams: RefCell<BTreeMap<u32, Result<Rc<ObjectStream>, PdfProblem>>>,
    /// The objects that are being read, each needed by the one before.
    loading: RefCell<Vec<u32>>,
    decoded: Cell<usize>,
    /// Bytes that were parsed, without the data of streams.
    parsed: Cell<usize>,
}

struct ObjectStream {
    bytes: Vec<u8>,
    /// Number and position of each object.
    members: Vec<(u32, usize)>,
}

impl<'a> Document<'a> {
    /// Reads the newest state of `data`.
    pub(crate) fn open(data: &'a [u8]) -> Result<Self, PdfProblem> {
        Self::open_source(Source::Memory(data))
    }

    /// Reads the newest state of a file, wherever it lies.
    pub(crate) fn open_source(source: Source<'a>) -> Result<Self, PdfProblem> {
        if !source.bytes(0, 5)?.starts_with(b"%PDF-") {
            return Err(PdfProblem::NotPdf);
        }
        let (start, _) = xref::last_start(&source)?;
        let index = Index::of(xref::read_chain(&source, start)?);
        let depth = index.sections.len();
        Self::view(source, Rc::new(index), depth).accepted()
    }

    /// A document that is not encrypted and has a catalogue.
    fn accepted(self) -> Result<Self, PdfProblem> {
        if self.trailer().contains("Encrypt") {
            return Err(PdfProblem::Encrypted);
        }
        self.root()?;
        Ok(self)
    }

    /// The state made by the oldest `depth` sections, seeing only the bytes before `limit`.
    pub(crate) fn at_depth(&self, depth: usize, limit: usize) -> Self {
        let depth = depth.clamp(1, self.index.sections.len());
        Self::view(self.source.upto(limit), Rc::clone(&self.index), depth)
    }

    /// What [`Document::open_source`] reads from the bytes before `end` alone. Where their sections are those of this document
    /// too, nothing is read twice.
    pub(crate) fn until(&self, end: usize) -> Result<Self, PdfProblem> {
        let source = self.source.upto(end);
        let (start, _) = xref::last_start(&source)?;
        let sections = &self.index.sections;
        let known = sections.iter().position(|it| it.offset == start);
        let shared = known.map(|newest| newest + 1).filter(|depth| {
            let within = sections.get(..*depth).unwrap_or_default();
            within.iter().all(|section| section.reach < source.length())
        });
        if let Some(depth) = shared {
            return Self::view(source, Rc::clone(&self.index), depth).accepted();
        }
        let forks = self.index.forks.get();
        if forks >= MAX_FORKS {
            return Err(PdfProblem::limit("number of histories"));
        }
        self.index.forks.set(forks + 1);
        Self::open_source(source)
    }

    fn view(source: Source<'a>, index: Rc<Index>, depth: usize) -> Self {
        Self {
            source,
            index,
            depth,
            objects: RefCell::default(),
            object_streams: RefCell::default(),
            loading: RefCell::default(),
            decoded: Cell::new(0),
            parsed: Cell::new(0),
        }
    }

    /// How many bytes were parsed and inflated for this state so far.
    pub(crate) fn work(&self) -> usize {
        self.parsed.get().saturating_add(self.decoded.get())
    }

    /// How many lines the cross-references of all states have.
    pub(crate) fn lines(&self) -> usize {
        self.index.places.len()
    }

    /// Counts parsed bytes; what overlaps is parsed again and again, and ends at a limit.
    fn parse_counted<T>(&self, parse: impl FnOnce() -> (usize, T)) -> Result<T, PdfProblem> {
        let bytes = self.source.length().saturating_add(self.decoded.get());
        if self.parsed.get() > bytes.saturating_mul(2).saturating_add(READING_ROOM) {
            return Err(PdfProblem::limit("bytes of objects that overlap"));
        }
        let (count, value) = parse();
        self.parsed.set(self.parsed.get().saturating_add(count));
        Ok(value)
    }

    /// The bytes that it is read from.
    pub(crate) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// How many bytes it has.
    pub(crate) fn length(&self) -> usize {
        self.source.length()
    }

    /// The sections that count in this state, oldest first.
    pub(crate) fn sections(&self) -> &[Section] {
        self.index.sections.get(..self.depth).unwrap_or_default()
    }

    /// Whether the sections of this state are the oldest of `later`, being the very same.
    pub(crate) fn shares_sections(&self, later: &Document<'_>) -> bool {
        Rc::ptr_eq(&self.index, &later.index) && self.depth <= later.depth
    }

    /// Where object `number` stands in this state.
    pub(crate) fn entry(&self, number: u32) -> Option<Entry> {
        self.index.entry(number, self.depth)
    }

    /// All numbers that the sections list, with where each stands, in ascending order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u32, Entry)> {
        self.index.entries(self.depth)
    }

    /// The newest trailer of this state.
    pub(crate) fn trailer(&self) -> &Dict {
        static EMPTY: std::sync::LazyLock<Dict> = std::sync::LazyLock::new(Dict::new);
        self.sections()
            .last()
            .map_or(&EMPTY, |section| &section.trailer)
    }

    pub(crate) fn root_ref(&self) -> Result<Ref, PdfProblem> {
        self.trailer()
            .get("Root")
            .and_then(Object::as_ref)
            .ok_or_else(|| PdfProblem::structure("the trailer names no catalogue"))
    }

    /// The document catalogue.
    pub(crate) fn root(&self) -> Result<Rc<Object>, PdfProblem> {
        let root = self.load(self.root_ref()?)?;
        let is_catalogue = matches!(root.as_ref(), Object::Dict(dict)
            if dict.get("Type").is_some_and(|kind| kind.is_name("Catalog")));
        if is_catalogue {
            Ok(root)
        } else {
            Err(PdfProblem::structure("there is no catalogue"))
        }
    }

    /// The object named by `reference`: null when it is free, unknown, or of another generation.
    pub(crate) fn load(&self, reference: Ref) -> Result<Rc<Object>, PdfProblem> {
        match self.entry(reference.number) {
            Some(Entry::At { generation, .. }) if generation == reference.generation => {}
            Some(Entry::InStream { .. }) if reference.generation == 0 => {}
            _ => return Ok(Rc::new(Object::Null)),
        }
        self.load_number(reference.number)
    }

    /// The object numbered `number`, whatever its generation.
    pub(crate) fn load_number(&self, number: u32) -> Result<Rc<Object>, PdfProblem> {
        if let Some(known) = self.objects.borrow().get(&number) {
            return known.clone();
        }
        if self.loading.borrow().contains(&number) {
            return Err(PdfProblem::object(
                number,
                "the object needs itself to be read",
            ));
        }
        let result = if self.loading.borrow().len() < MAX_NEEDED {
            self.loading.borrow_mut().push(number);
            let read = self.read(number).map(Rc::new);
            self.loading.borrow_mut().pop();
            read
        } else {
            Err(PdfProblem::limit("objects that need each other"))
        };
        self.objects.borrow_mut().insert(number, result.clone());
        result
    }

    fn read(&self, number: u32) -> Result<Object, PdfProblem> {
        match self.entry(number) {
            None | Some(Entry::Free) => Ok(Object::Null),
            Some(Entry::At { offset, generation }) => {
                let wanted = Ref { number, generation };
                let found = self.parse_counted(|| self.parse_at(offset, wanted))??;
                found
                    .map_err(|why| PdfProblem::object(number, why))?
                    .ok_or_else(|| PdfProblem::object(number, "another object stands in its place"))
            }
            Some(Entry::InStream { stream, index }) => {
                let container = self.object_stream(stream)?;
                let (member, position) = container
                    .members
                    .get(index as usize)
                    .ok_or_else(|| PdfProblem::object(number, "not in its object stream"))?;
                if *member != number {
                    return Err(PdfProblem::object(
                        number,
                        "another object stands in its place",
                    ));
                }
                self.parse_counted(|| {
                    let mut parser = Parser::at(&container.bytes, *position);
                    let object = parser.object();
                    (parser.position().saturating_sub(*position), object)
                })?
                .map_err(|why| PdfProblem::object(number, why))
            }
        }
    }

    /// The object at `offset` and how many bytes were parsed; nothing when it is not `wanted`: then no more than its
    /// header was looked at.
    fn parse_at(
        &self,
        offset: usize,
        wanted: Ref,
    ) -> (usize, Result<SyntaxResult<Option<Object>>, PdfProblem>) {
        let length_of =
            |reference: Ref| self.load(reference).ok().and_then(|object| object.as_int());
        let count = Cell::new(0);
        let parsed = self.source.parse(offset, |mut parser| {
            let header = parser.header();
            count.set(count.get() + parser.position().saturating_sub(offset));
            if header? != wanted {
                return Ok(None);
            }
            let body = parser.position();
            let object = parser.body(&length_of);
            let data = match &object {
                Ok(Object::Stream(stream)) => stream.end - stream.start,
                _ => 0,
            };
            let taken = parser.position().saturating_sub(body);
            count.set(count.get() + taken.saturating_sub(data));
            object.map(Some)
        });
        (count.get(), parsed)
    }

    fn object_stream(&self, number: u32) -> Result<Rc<ObjectStream>, PdfProblem> {
        if let Some(known) = self.object_streams.borrow().get(&number) {
            return known.clone();
        }
        let result = self.read_object_stream(number).map(Rc::new);
        self.object_streams
            .borrow_mut()
            .insert(number, result.clone());
        result
    }

    fn read_object_stream(&self, number: u32) -> Result<ObjectStream, PdfProblem> {
        let damaged = |why: &str| PdfProblem::object(number, why);
        if !matches!(self.entry(number), Some(Entry::At { .. })) {
            return Err(damaged("an object stream must stand in the file itself"));
        }
        let object = self.load_number(number)?;
        let stream = object
            .as_stream()
            .ok_or_else(|| damaged("not an object stream"))?;
        if !stream
            .dict
            .get("Type")
            .is_some_and(|kind| kind.is_name("ObjStm"))
        {
            return Err(damaged("not an object stream"));
        }
        let bytes = self.decoded(stream).map_err(|why| damaged(&why))?;
        let number_of = |key: &str| {
            stream
                .dict
                .get(key)
                .and_then(Object::as_int)
                .and_then(|value| usize::try_from(value).ok())
        };
        let count = number_of("N").ok_or_else(|| damaged("N is missing"))?;
        let first = number_of("First").ok_or_else(|| damaged("First is missing"))?;
        let mut parser = Parser::at(&bytes, 0);
        let mut members = Vec::new();
        for _ in 0..count {
            parser.skip_space();
            let member = parser
                .take_unsigned()
                .ok_or_else(|| damaged("bad header"))?;
            parser.skip_space();
            let position = parser
                .take_unsigned()
                .ok_or_else(|| damaged("bad header"))?;
            let member = u32::try_from(member).map_err(|_| damaged("bad header"))?;
            let position = usize::try_from(position).map_err(|_| damaged("bad header"))?;
            members.push((member, first.saturating_add(position)));
        }
        Ok(ObjectStream { bytes, members })
    }

    /// The decoded bytes of a structural stream, counted against the limit of the whole document.
    pub(crate) fn decoded(&self, stream: &Stream) -> Result<Vec<u8>, String> {
        let raw = self.raw(stream).map_err(|problem| problem.to_string())?;
        let bytes = filter::decode(&stream.dict, &raw)?;
        let total = self.decoded.get().saturating_add(bytes.len());
        if total > MAX_TOTAL_DECODED {
            return Err("the streams together inflate beyond the limit".to_owned());
        }
        self.decoded.set(total);
        Ok(bytes)
    }

    /// The raw bytes of a stream.
    pub(crate) fn raw(&self, stream: &Stream) -> Result<Cow<'a, [u8]>, PdfProblem> {
        self.source.bytes(stream.start, stream.end)
    }

    /// Follows references until something else stands there.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Rc<Object>, PdfProblem> {
        let mut current = Rc::new(object.clone());
        for _ in 0..32 {
            match current.as_ref() {
                Object::Ref(reference) => current = self.load(*reference)?,
                _ => return Ok(current),
            }
        }
        Err(PdfProblem::limit("references that name references"))
    }

    /// The resolved value under `key`, or `None` when absent or null.
    pub(crate) fn get(&self, dict: &Dict, key: &str) -> Result<Option<Rc<Object>>, PdfProblem> {
        let Some(value) = dict.get(key) else {
            return Ok(None);
        };
        Ok(Some(self.resolve(value)?).filter(|value| !value.is_null()))
    }

    /// Whether object `number` is the same here and in `other`, bytes of streams included.
    pub(crate) fn same(&self, other: &Document<'_>, number: u32) -> bool {
        if self.entry(number) == other.entry(number)
            && let Some(Entry::Free) | None = self.entry(number)
        {
            return true;
        }
        let (Ok(mine), Ok(theirs)) = (self.load_number(number), other.load_number(number)) else {
            return false;
        };
        if self.generation(number) != other.generation(number) {
            return false;
        }
        match (mine.as_ref(), theirs.as_ref()) {
            (Object::Stream(a), Object::Stream(b)) => {
                let same_data = || {
                    self.source
                        .has_same((a.start, a.end), &other.source, (b.start, b.end))
                };
                a.dict == b.dict && same_data().unwrap_or(false)
            }
            (a, b) => a == b,
        }
    }

    /// The generation under which `number` is in use here.
    pub(crate) fn generation(&self, number: u32) -> Option<u16> {
        match self.entry(number)? {
            Entry::Free => None,
            Entry::At { generation, .. } => Some(generation),
            Entry::InStream { .. } => Some(0),
        }
    }

    /// The first object number never used in this file.
    pub(crate) fn next_number(&self) -> u32 {
        let declared = self
            .sections()
            .iter()
            .filter_map(|section| section.trailer.get("Size")?.as_int())
            .filter_map(|size| u32::try_from(size).ok())
            .max()
            .unwrap_or(1);
        let used = self.index.highest.get(self.depth.saturating_sub(1));
        declared.max(used.map_or(1, |number| number.saturating_add(1)))
    }
}

/// What all sections of a file say, once for all its states.
struct Index {
    sections: Vec<Section>,
    /// Number, section (from 0) and place, in this order: the last line of a number below a depth holds there.
    places: Vec<(u32, u32, Entry)>,
    /// The highest number that the sections up to each one list.
    highest: Vec<u32>,
    forks: Cell<usize>,
}

impl Index {
    fn of(sections: Vec<Section>) -> Self {
        let mut places: Vec<(u32, u32, Entry)> = Vec::new();
        let mut highest = Vec::with_capacity(sections.len());
        let mut top = 0;
        for (section, at) in sections.iter().zip(0..) {
            places.extend(
                section
                    .entries
                    .iter()
                    .map(|(number, it)| (*number, at, *it)),
            );
            top = top.max(section.entries.keys().next_back().copied().unwrap_or(0));
            highest.push(top);
        }
        places.sort_unstable_by_key(|(number, section, _)| (*number, *section));
        Self {
            sections,
            places,
            highest,
            forks: Cell::new(0),
        }
    }

    fn entry(&self, number: u32, depth: usize) -> Option<Entry> {
        let behind = self
            .places
            .partition_point(|(it, section, _)| (*it, *section as usize) < (number, depth));
        let (found, _, entry) = self.places.get(behind.checked_sub(1)?)?;
        (*found == number).then_some(*entry)
    }

    fn entries(&self, depth: usize) -> impl Iterator<Item = (u32, Entry)> {
        let same = |a: &(u32, u32, Entry), b: &(u32, u32, Entry)| a.0 == b.0;
        self.places.chunk_by(same).filter_map(move |lines| {
            let holds = lines.iter().rev().find(|it| (it.1 as usize) < depth);
            holds.map(|(number, _, entry)| (*number, *entry))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// A file of these objects under the numbers 1, 2, …; each entry points to where its text begins in `body`.
    fn file(body: &str, offsets: &[usize]) -> Vec<u8> {
        let head = "%PDF-1.7\n";
        let mut out = format!("{head}{body}\n");
        let start = out.len();
        let _ = write!(
            out,
            "xref\n0 1\n0000000000 65535 f\r\n1 {}\n",
            offsets.len()
        );
        for offset in offsets {
            let _ = write!(out, "{:010} 00000 n\r\n", head.len() + offset);
        }
        let size = offsets.len() + 1;
        let _ = write!(
            out,
            "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        );
        out.into_bytes()
    }

    #[test]
    fn lengths_that_need_each_other_do_not_reach_the_end_of_the_stack() {
        let (mut body, mut offsets) = (
            String::from("1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
            vec![0],
        );
        let count = 200_000;
        for number in 2..count {
            offsets.push(body.len());
            let next = number + 1;
            let _ = write!(
                body,
                "{number} 0 obj\n<< /Length {next} 0 R >> stream\n\nendstream\nendobj\n"
            );
        }
        offsets.push(body.len());
        let _ = write!(body, "{count} 0 obj\n0\nendobj\n");
        let chained = file(&body, &offsets);
        let document = Document::open(&chained).unwrap();
        assert!(document.load_number(2).is_err());
        // The last of them is as any stream.
        assert!(
            document
                .load_number(count - 1)
                .unwrap()
                .as_stream()
                .is_some()
        );
    }

    #[test]
    fn entries_that_point_into_one_long_string_do_not_make_it_be_read_for_each() {
        let root = "1 0 obj\n<< /Type /Catalog >>\nendobj\n";
        // Every entry leads to the same object, which is none of theirs but one's.
        let body = format!("{root}2 0 obj\n({})\nendobj", "x".repeat(100_000));
        let mut offsets = vec![root.len(); 2_000];
        offsets[0] = 0;
        let one = file(&body, &offsets);
        let document = Document::open(&one).unwrap();
        for (number, _) in document.entries() {
            let _ = document.load_number(number);
        }
        assert!(document.work() < one.len(), "{}", document.work());
        // Every entry leads to the beginning of a long comment, behind which an object stands.
        let body = format!("{root}%{}\n2 0 obj\n5\nendobj", "x".repeat(100_000));
        let mut offsets = vec![root.len(); 2_000];
        offsets[0] = 0;
        let commented = file(&body, &offsets);
        let document = Document::open(&commented).unwrap();
        for (number, _) in document.entries() {
            let _ = document.load_number(number);
        }
        assert!(document.work() < commented.len() * 3 + READING_ROOM);
        let last = document.load_number(1_999);
        assert!(
            matches!(last, Err(PdfProblem::LimitExceeded { .. })),
            "{last:?}"
        );
        // Every entry leads to its own header, and all to the end of the file.
        let mut body = root.to_owned();
        let mut offsets = vec![0];
        for number in 2..8_000 {
            offsets.push(body.len());
            let _ = write!(body, "{number} 0 obj(((((((((((((((((((((((((((((((((");
        }
        let nested = file(&body, &offsets);
        let document = Document::open(&nested).unwrap();
        for (number, _) in document.entries() {
            let _ = document.load_number(number);
        }
        assert!(document.work() < nested.len() * 4 + READING_ROOM);
        let last = document.load_number(7_999);
        assert!(
            matches!(last, Err(PdfProblem::LimitExceeded { .. })),
            "{last:?}"
        );
    }

    #[test]
    fn all_states_of_a_file_share_what_its_sections_say() {
        let body = "1 0 obj\n<< /Type /Catalog >>\nendobj\n2 0 obj\n5\nendobj\n";
        let mut all = file(body, &[0, body.find("2 0 obj").unwrap()]);
        let first = all.len();
        let (mut previous, mut ends) = (
            xref::last_start(&Source::Memory(&all)).unwrap().0,
            vec![first],
        );
        for value in 6..300 {
            let at = all.len();
            let text = format!("2 0 obj\n{value}\nendobj\n");
            all.extend_from_slice(text.as_bytes());
            let start = all.len();
            let tail = format!(
                "xref\n2 1\n{at:010} 00000 n\r\ntrailer\n<< /Size 3 /Root 1 0 R /Prev {previous} >>\nstartxref\n{start}\n%%EOF\n"
            );
            all.extend_from_slice(tail.as_bytes());
            previous = start;
            ends.push(all.len());
        }
        let newest = Document::open(&all).unwrap();
        assert_eq!(newest.lines(), 3 + 294);
        for (depth, end) in ends.iter().enumerate() {
            let state = newest.until(*end).unwrap();
            assert!(Rc::ptr_eq(&state.index, &newest.index), "{depth}");
            let value = state.load_number(2).unwrap().as_int();
            assert_eq!(value, Some(depth as i64 + 5));
            assert_eq!(state.sections().len(), depth + 1);
            assert_eq!((state.next_number(), state.entries().count()), (3, 3));
            let alone = Document::open(all.get(..*end).unwrap()).unwrap();
            assert!(alone.entries().eq(state.entries()));
        }
        // A history of its own is read anew, a few times.
        let mut forked = all.clone();
        let fork = format!("startxref\n{previous}\n%%EOF\n");
        forked.extend_from_slice(fork.as_bytes());
        assert_eq!(Document::open(&forked).unwrap().lines(), 297);
    }

    #[test]
    fn a_small_file_has_no_millions_of_objects() {
        let rows = vec![0_u8; 4 << 20];
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packed, &rows).unwrap();
        let packed = packed.finish().unwrap();
        let mut out = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n".to_vec();
        let start = out.len();
        let head = format!(
            "2 0 obj\n<< /Type /XRef /Size 1048576 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length {} >>\nstream\n",
            packed.len()
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(&packed);
        let tail = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        out.extend_from_slice(tail.as_bytes());
        assert!(out.len() < 8_000);
        let refused = Document::open(&out).err();
        let why = refused
            .map(|problem| problem.to_string())
            .unwrap_or_default();
        assert!(why.contains("too many objects"), "{why}");
    }
}
