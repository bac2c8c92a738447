//! A PDF as one reader sees it: the newest state, or the state of an earlier revision.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::filter;
use super::object::{Dict, Object, Ref, Stream};
use super::parser::Parser;
use super::source::Source;
use super::xref::{self, Entry, Section};
use crate::problem::PdfProblem;

/// All object streams of one document together may inflate to this many bytes.
const MAX_TOTAL_DECODED: usize = 256 << 20;

/// One state of a PDF file.
pub(crate) struct Document<'a> {
    source: Source<'a>,
    sections: Rc<Vec<Section>>,
    /// How many of the sections count in this state.
    depth: usize,
    entries: BTreeMap<u32, Entry>,
    objects: RefCell<BTreeMap<u32, Result<Rc<Object>, PdfProblem>>>,
    object_streams: RefCell<BTreeMap<u32, Result<Rc<ObjectStream>, PdfProblem>>>,
    loading: RefCell<BTreeSet<u32>>,
    decoded: Cell<usize>,
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
        let (start, _) = xref::last_start_in(&source)?;
        let sections = xref::read_chain(&source, start)?;
        let depth = sections.len();
        let document = Self::view(source, Rc::new(sections), depth);
        if document.trailer().contains("Encrypt") {
            return Err(PdfProblem::Encrypted);
        }
        document.root()?;
        Ok(document)
    }

    /// The state made by the oldest `depth` sections, seeing only the bytes before `limit`.
    pub(crate) fn at_depth(&self, depth: usize, limit: usize) -> Self {
        let source = match self.source {
            Source::Memory(data) => Source::Memory(data.get(..limit).unwrap_or(data)),
            Source::Windows(file) => Source::Windows(file),
        };
        Self::view(
            source,
            Rc::clone(&self.sections),
            depth.clamp(1, self.sections.len()),
        )
    }

    fn view(source: Source<'a>, sections: Rc<Vec<Section>>, depth: usize) -> Self {
        let mut entries = BTreeMap::new();
        for section in sections.iter().take(depth) {
            entries.extend(
                section
                    .entries
                    .iter()
                    .map(|(number, entry)| (*number, *entry)),
            );
        }
        Self {
            source,
            sections,
            depth,
            entries,
            objects: RefCell::default(),
            object_streams: RefCell::default(),
            loading: RefCell::default(),
            decoded: Cell::new(0),
        }
    }

    /// All bytes of a document that lies in memory, as everything that is judged does. One that is read through
    /// windows has none to give: what is made of it uses [`Document::source`].
    pub(crate) fn data(&self) -> &'a [u8] {
        match self.source {
            Source::Memory(data) => data,
            Source::Windows(_) => &[],
        }
    }

    pub(crate) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// The sections that count in this state, oldest first.
    pub(crate) fn sections(&self) -> &[Section] {
        self.sections.get(..self.depth).unwrap_or_default()
    }

    pub(crate) fn entries(&self) -> &BTreeMap<u32, Entry> {
        &self.entries
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
        match self.entries.get(&reference.number) {
            Some(Entry::At { generation, .. }) if *generation == reference.generation => {}
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
        if !self.loading.borrow_mut().insert(number) {
            return Err(PdfProblem::object(
                number,
                "the object needs itself to be read",
            ));
        }
        let result = self.read(number).map(Rc::new);
        self.loading.borrow_mut().remove(&number);
        self.objects.borrow_mut().insert(number, result.clone());
        result
    }

    fn read(&self, number: u32) -> Result<Object, PdfProblem> {
        match self.entries.get(&number) {
            None | Some(Entry::Free) => Ok(Object::Null),
            Some(Entry::At { offset, generation }) => {
                let length_of =
                    |reference: Ref| self.load(reference).ok().and_then(|object| object.as_int());
                let (found, object) = self
                    .source
                    .parse(*offset, |mut parser| parser.indirect(&length_of))?
                    .map_err(|why| PdfProblem::object(number, why))?;
                if found
                    != (Ref {
                        number,
                        generation: *generation,
                    })
                {
                    return Err(PdfProblem::object(
                        number,
                        "another object stands in its place",
                    ));
                }
                Ok(object)
            }
            Some(Entry::InStream { stream, index }) => {
                let container = self.object_stream(*stream)?;
                let (member, position) = container
                    .members
                    .get(*index as usize)
                    .ok_or_else(|| PdfProblem::object(number, "not in its object stream"))?;
                if *member != number {
                    return Err(PdfProblem::object(
                        number,
                        "another object stands in its place",
                    ));
                }
                Parser::at(&container.bytes, *position)
                    .object()
                    .map_err(|why| PdfProblem::object(number, why))
            }
        }
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
        if !matches!(self.entries.get(&number), Some(Entry::At { .. })) {
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
        if self.entries.get(&number) == other.entries.get(&number)
            && let Some(Entry::Free) | None = self.entries.get(&number)
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
                a.dict == b.dict
                    && matches!((self.raw(a), other.raw(b)), (Ok(mine), Ok(theirs)) if mine == theirs)
            }
            (a, b) => a == b,
        }
    }

    /// The generation under which `number` is in use here.
    pub(crate) fn generation(&self, number: u32) -> Option<u16> {
        match self.entries.get(&number)? {
            Entry::Free => None,
            Entry::At { generation, .. } => Some(*generation),
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
        let used = self
            .entries
            .keys()
            .next_back()
            .map_or(1, |number| number.saturating_add(1));
        declared.max(used)
    }
}
