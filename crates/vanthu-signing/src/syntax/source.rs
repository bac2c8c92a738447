//! Where the bytes of a PDF lie: in memory, or in a file that is read window by window.
//!
//! A file of hundreds of megabytes is signed without ever being in memory: what is needed of it are its
//! cross-references, its page tree and its form, and those are read where they stand.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, Read, Seek, SeekFrom, Write};

use aws_lc_rs::digest::{Context, SHA256};
use memchr::memmem;

use super::parser::{Parser, is_space};
use crate::hash;
use crate::problem::PdfProblem;

/// The first window read where an object is expected; most objects fit.
const FIRST_WINDOW: usize = 2 << 10;
/// No cross-reference section or dictionary is longer. The data of a stream is not read to find its end.
const LAST_WINDOW: usize = 64 << 20;
/// How much is read at once when all bytes are asked for.
const CHUNK: usize = 256 << 10;

/// The bytes of a PDF.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Memory(&'a [u8]),
    /// Of `file` the bytes before `end`.
    Windows {
        file: &'a dyn Windows,
        end: usize,
    },
}

/// A file of which parts can be read.
pub(crate) trait Windows {
    /// So many bytes from `offset` on; all of them lie within the file.
    fn window(&self, offset: usize, length: usize) -> io::Result<Vec<u8>>;
}

/// A PDF that stays where it lies; only what is needed of it is read.
///
/// Anything that reads and seeks: an open file, or a cursor over bytes. It must not change while it is used; that it
/// did not is checked before anything is written. What is made of it can be [appended](FileSource::append) in memory,
/// and judged or extended before it is written.
#[derive(Debug)]
pub struct FileSource<R> {
    reader: RefCell<R>,
    /// How long what lies there is.
    length: usize,
    /// All of it, and what was appended, where it is small.
    held: Option<Vec<u8>>,
    /// What was appended to a large one.
    tail: Vec<u8>,
    /// What lies there must be this when it is written elsewhere.
    sha256: Option<[u8; 32]>,
    /// The first reading that failed.
    trouble: RefCell<Option<io::Error>>,
}

impl<R: Read + Seek> FileSource<R> {
    /// Takes the reader and looks how long the file is.
    pub fn new(reader: R) -> io::Result<Self> {
        Self::held_below(reader, 0)
    }

    /// As [`FileSource::new`], but a file shorter than `bytes` is read into memory, where it is looked at faster.
    pub fn held_below(mut reader: R, bytes: usize) -> io::Result<Self> {
        let length = reader.seek(SeekFrom::End(0))?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut file = Self {
            reader: RefCell::new(reader),
            length,
            held: None,
            tail: Vec::new(),
            sha256: None,
            trouble: RefCell::default(),
        };
        if length < bytes {
            file.held = Some(file.read(0, length)?);
        }
        Ok(file)
    }

    /// Length in bytes, with what was appended.
    pub fn length(&self) -> usize {
        self.held
            .as_ref()
            .map_or(self.length + self.tail.len(), Vec::len)
    }

    /// From now on `tail` stands behind it, in memory: what [`Completed::embed_tail`](crate::Completed::embed_tail) and
    /// its like made.
    pub fn append(&mut self, tail: &[u8]) {
        self.held.as_mut().unwrap_or(&mut self.tail).extend(tail);
    }

    /// Remembers what lies there: from now on [`FileSource::copy`] writes that, or fails. Reads all of it, but for a
    /// file that is in memory and can't change any more.
    pub fn fix(&mut self) -> io::Result<()> {
        if self.held.is_none() {
            self.sha256 = Some(self.write_all(&mut io::sink())?);
        }
        Ok(())
    }

    /// Writes all of it, in memory that does not grow with it. Where it is not what it was when it was
    /// [fixed](FileSource::fix), the error is [`InvalidData`](io::ErrorKind::InvalidData), and what was written is to be
    /// thrown away.
    pub fn copy(&self, out: &mut dyn Write) -> io::Result<()> {
        let sha256 = self.write_all(out)?;
        if self.sha256.is_some_and(|it| it != sha256) {
            let why = "the file has changed meanwhile";
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        Ok(())
    }

    /// Writes all of it; gives the SHA-256 of what was not appended.
    fn write_all(&self, out: &mut dyn Write) -> io::Result<[u8; 32]> {
        let mut base = Context::new(&SHA256);
        let mut position = 0;
        while position < self.length() {
            let chunk = self.window(position, CHUNK.min(self.length() - position))?;
            let own = self.length.saturating_sub(position).min(chunk.len());
            base.update(chunk.get(..own).unwrap_or_default());
            out.write_all(&chunk)?;
            position += chunk.len();
        }
        Ok(hash::finish(base))
    }

    /// Gives the reader back.
    pub fn into_inner(self) -> R {
        self.reader.into_inner()
    }

    pub(crate) fn source(&self) -> Source<'_> {
        match &self.held {
            Some(bytes) => Source::Memory(bytes),
            None => Source::Windows {
                file: self,
                end: self.length(),
            },
        }
    }

    /// The first reading that failed since this was asked last: what was found out meanwhile is worth nothing.
    pub(crate) fn take_trouble(&self) -> io::Result<()> {
        self.trouble.take().map_or(Ok(()), Err)
    }

    fn read(&self, offset: usize, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let mut reader = self.reader.borrow_mut();
        reader.seek(SeekFrom::Start(offset as u64))?;
        reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl<R: Read + Seek> Windows for FileSource<R> {
    fn window(&self, offset: usize, length: usize) -> io::Result<Vec<u8>> {
        if let Some(held) = &self.held {
            return Ok(part(held, offset, length).to_vec());
        }
        let own = self.length.saturating_sub(offset).min(length);
        let mut bytes = if own == 0 {
            Vec::new()
        } else {
            self.read(offset, own).inspect_err(|why| {
                let kept = io::Error::new(why.kind(), why.to_string());
                self.trouble.borrow_mut().get_or_insert(kept);
            })?
        };
        let behind = (offset + own).saturating_sub(self.length);
        bytes.extend_from_slice(part(&self.tail, behind, length - own));
        Ok(bytes)
    }
}

fn part(bytes: &[u8], offset: usize, length: usize) -> &[u8] {
    let rest = bytes.get(offset..).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

impl<'a> Source<'a> {
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Memory(data) => data.len(),
            Self::Windows { end, .. } => *end,
        }
    }

    /// The same without what stands at `end` and behind.
    pub(crate) fn upto(self, end: usize) -> Self {
        match self {
            Self::Memory(data) => Self::Memory(data.get(..end).unwrap_or(data)),
            Self::Windows { file, end: own } => Self::Windows {
                file,
                end: own.min(end),
            },
        }
    }

    /// The bytes from `start` to `end`, fewer at the end of the file.
    pub(crate) fn bytes(&self, start: usize, end: usize) -> Result<Cow<'a, [u8]>, PdfProblem> {
        let end = end.min(self.length());
        let start = start.min(end);
        match self {
            Self::Memory(data) => Ok(Cow::Borrowed(data.get(start..end).unwrap_or_default())),
            Self::Windows { file, .. } => file
                .window(start, end - start)
                .map(Cow::Owned)
                .map_err(PdfProblem::unreadable),
        }
    }

    /// Parses what stands at `offset`. In a file the window grows as long as the parser comes to its end.
    pub(crate) fn parse<T, E>(
        &self,
        offset: usize,
        parse: impl Fn(Parser<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>, PdfProblem> {
        if let Self::Memory(data) = self {
            return Ok(parse(Parser::at(data, offset)));
        }
        let mut length = FIRST_WINDOW;
        loop {
            let window = self.bytes(offset, offset.saturating_add(length))?;
            let beyond = Beyond::of(*self);
            let outcome = parse(Parser::in_window(&window, offset, &beyond));
            if !beyond.was_wanted() || window.len() < length || length >= LAST_WINDOW {
                return Ok(outcome);
            }
            length = (length * 8).min(LAST_WINDOW);
        }
    }

    /// Hands the bytes from `start` to `end` to `take`, in order.
    pub(crate) fn each_chunk(
        &self,
        start: usize,
        end: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), PdfProblem> {
        let end = end.min(self.length());
        let mut position = start;
        while position < end {
            let chunk = self.bytes(position, end.min(position + CHUNK))?;
            position += chunk.len();
            take(&chunk);
        }
        Ok(())
    }

    /// Whether nothing but white space stands at `start` and behind.
    pub(crate) fn is_blank_from(&self, start: usize) -> Result<bool, PdfProblem> {
        let mut position = start;
        while position < self.length() {
            let chunk = self.bytes(position, position + CHUNK)?;
            if !chunk.iter().all(|byte| is_space(*byte)) {
                return Ok(false);
            }
            position += chunk.len();
        }
        Ok(true)
    }

    /// Where `needle` stands first from `start` on. Who asks often finds it near.
    pub(crate) fn find(&self, start: usize, needle: &[u8]) -> Result<Option<usize>, PdfProblem> {
        let (mut position, mut length) = (start, FIRST_WINDOW);
        while position < self.length() {
            // What begins in this chunk may end in the next.
            let chunk = self.bytes(position, position + length + needle.len())?;
            if let Some(at) = memmem::find(&chunk, needle) {
                return Ok(Some(position + at));
            }
            position += length;
            length = (length * 2).min(CHUNK);
        }
        Ok(None)
    }

    /// Hands every place where `needle` stands to `take`, in order.
    pub(crate) fn each_place(
        &self,
        needle: &[u8],
        take: &mut dyn FnMut(usize),
    ) -> Result<(), PdfProblem> {
        let finder = memmem::Finder::new(needle);
        let mut position = 0;
        while position < self.length() {
            let chunk = self.bytes(position, position + CHUNK + needle.len() - 1)?;
            finder.find_iter(&chunk).for_each(|at| take(position + at));
            position += CHUNK;
        }
        Ok(())
    }

    /// Where `needle` stands last between `start` and `end`.
    pub(crate) fn find_last(
        &self,
        start: usize,
        end: usize,
        needle: &[u8],
    ) -> Result<Option<usize>, PdfProblem> {
        let mut behind = end.min(self.length());
        while behind > start {
            let from = behind.saturating_sub(CHUNK).max(start);
            let chunk = self.bytes(from, end.min(behind + needle.len()))?;
            if let Some(at) = memmem::rfind(&chunk, needle) {
                return Ok(Some(from + at));
            }
            behind = from;
        }
        Ok(None)
    }

    /// Whether the bytes between these places are those between `others` of another state of the same file.
    pub(crate) fn has_same(
        &self,
        own: (usize, usize),
        other: &Source<'_>,
        others: (usize, usize),
    ) -> Result<bool, PdfProblem> {
        let within = |source: &Source<'_>, (start, end): (usize, usize)| {
            (start.min(source.length()), end.min(source.length()))
        };
        let (own, others) = (within(self, own), within(other, others));
        if own.1 - own.0 != others.1 - others.0 {
            return Ok(false);
        }
        let mut done = 0;
        while own != others && done < own.1 - own.0 {
            let upto = |(start, end): (usize, usize)| (start + done, end.min(start + done + CHUNK));
            let (mine, theirs) = (upto(own), upto(others));
            if self.bytes(mine.0, mine.1)? != other.bytes(theirs.0, theirs.1)? {
                return Ok(false);
            }
            done += mine.1 - mine.0;
        }
        Ok(true)
    }
}

/// What of a file lies behind a window of it.
pub(crate) struct Beyond<'a> {
    source: Source<'a>,
    wanted: Cell<bool>,
    /// What stands behind the data of a stream.
    behind_stream: OnceCell<(usize, Vec<u8>)>,
}

impl<'a> Beyond<'a> {
    fn of(source: Source<'a>) -> Self {
        Self {
            source,
            wanted: Cell::new(false),
            behind_stream: OnceCell::new(),
        }
    }

    /// The parser came to the end of its window: it may find something else in a longer one.
    pub(crate) fn want(&self) {
        self.wanted.set(true);
    }

    fn was_wanted(&self) -> bool {
        self.wanted.get()
    }

    pub(crate) fn length(&self) -> usize {
        self.source.length()
    }

    /// A window at the end of a stream, whose data nobody needs for parsing; one for each parsing.
    pub(crate) fn behind_stream(&self, end: usize) -> Option<&[u8]> {
        if self.behind_stream.get().is_none() {
            // What can't be read is remembered by the file.
            let window = self
                .source
                .bytes(end, end.saturating_add(FIRST_WINDOW))
                .ok()?;
            self.behind_stream.set((end, window.into_owned())).ok()?;
        }
        let (at, window) = self.behind_stream.get()?;
        (*at == end).then_some(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_grows_until_the_object_fits_and_positions_stay_those_of_the_file() {
        let mut file = vec![b' '; 100];
        file.extend_from_slice(b"(");
        file.extend(std::iter::repeat_n(b'x', FIRST_WINDOW * 3));
        file.extend_from_slice(b")  ");
        let on_disk = FileSource::new(io::Cursor::new(file.clone())).unwrap();
        for source in [Source::Memory(&file), on_disk.source()] {
            let (length, position) = source
                .parse(100, |mut parser| {
                    let object = parser.object()?;
                    Ok::<_, &str>((object.as_string().unwrap().len(), parser.position()))
                })
                .unwrap()
                .unwrap();
            assert_eq!(length, FIRST_WINDOW * 3);
            assert_eq!(position, file.len() - 2);
        }
    }

    #[test]
    fn chunks_make_the_whole() {
        let file: Vec<u8> = (0..CHUNK + 17).map(|index| (index % 251) as u8).collect();
        let on_disk = FileSource::new(io::Cursor::new(file.clone())).unwrap();
        let mut all = Vec::new();
        let source = on_disk.source();
        let mut take = |chunk: &[u8]| {
            assert!(chunk.len() <= CHUNK);
            all.extend_from_slice(chunk);
        };
        source.each_chunk(0, file.len(), &mut take).unwrap();
        assert_eq!(all, file);
    }

    /// Of a file in memory, of one that lies elsewhere, and of one that was appended to.
    fn each_way(bytes: &[u8], look: impl Fn(Source<'_>)) {
        look(Source::Memory(bytes));
        for split in [bytes.len(), bytes.len() / 2, 0] {
            let (base, tail) = bytes.split_at(split);
            for held in [0, usize::MAX] {
                let mut file = FileSource::held_below(io::Cursor::new(base), held).unwrap();
                file.append(tail);
                assert_eq!(file.length(), bytes.len());
                look(file.source());
                let mut copy = Vec::new();
                file.fix().unwrap();
                file.copy(&mut copy).unwrap();
                assert_eq!(copy, bytes);
                file.take_trouble().unwrap();
            }
        }
    }

    #[test]
    fn what_is_looked_for_is_found_across_chunks() {
        let mut file = vec![b' '; CHUNK * 3];
        let places = [5, FIRST_WINDOW - 2, CHUNK - 3, CHUNK * 2 - 1, CHUNK * 3 - 6];
        for at in places {
            file[at..at + 6].copy_from_slice(b"needle");
        }
        each_way(&file, |source| {
            let mut found = Vec::new();
            source
                .each_place(b"needle", &mut |at| found.push(at))
                .unwrap();
            assert_eq!(found, places);
            let (mut from, mut end) = (0, source.length());
            for (first, last) in places.iter().zip(places.iter().rev()) {
                assert_eq!(source.find(from, b"needle").unwrap(), Some(*first));
                assert_eq!(source.find_last(0, end, b"needle").unwrap(), Some(*last));
                (from, end) = (first + 1, last + 5);
            }
            assert_eq!(source.find(from, b"needle").unwrap(), None);
            assert_eq!(source.find_last(0, end, b"needle").unwrap(), None);
            assert_eq!(
                source.find_last(6, CHUNK - 1, b"needle").unwrap(),
                Some(FIRST_WINDOW - 2)
            );
            assert!(source.is_blank_from(places[4] + 6).unwrap());
            assert!(!source.is_blank_from(places[4] + 5).unwrap());
            let same = |a: usize, b: usize| source.has_same((a, a + 6), &source, (b, b + 6));
            assert!(same(places[1], places[3]).unwrap() && !same(places[1], 20).unwrap());
            assert!(
                !source
                    .upto(30)
                    .has_same((24, 31), &source, (24, 31))
                    .unwrap()
            );
        });
    }

    #[test]
    fn the_data_of_a_stream_is_not_read_to_find_its_end() {
        let long = LAST_WINDOW + 1;
        let head = format!("4 0 obj\n<< /Length {long} >>\nstream\n");
        let mut file = head.clone().into_bytes();
        file.resize(head.len() + long, 0);
        file.extend_from_slice(b"\nendstream\nendobj\n");
        let on_disk = FileSource::new(io::Cursor::new(file)).unwrap();
        let read = on_disk.source().parse(0, |mut parser| {
            let (_, object) = parser.indirect(&|_| None)?;
            let stream = object.as_stream().map(|it| (it.start, it.end));
            Ok::<_, &str>((stream, parser.position()))
        });
        let (stream, position) = read.unwrap().unwrap();
        assert_eq!(stream, Some((head.len(), head.len() + long)));
        assert_eq!(position, on_disk.length() - 1);
    }

    #[test]
    fn a_file_that_changes_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, b"before").unwrap();
        let mut laid = FileSource::new(std::fs::File::open(&path).unwrap()).unwrap();
        laid.fix().unwrap();
        laid.append(b" and behind");
        laid.copy(&mut io::sink()).unwrap();
        std::fs::write(&path, b"after!").unwrap();
        let refused = laid.copy(&mut io::sink()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_reading_that_fails_is_remembered() {
        struct Torn(io::Cursor<Vec<u8>>);
        impl Read for Torn {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.0.position() {
                    20.. => Err(io::Error::other("torn")),
                    _ => self.0.read(buffer),
                }
            }
        }
        impl Seek for Torn {
            fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
                self.0.seek(place)
            }
        }
        let file = FileSource::new(Torn(io::Cursor::new(vec![b' '; 40]))).unwrap();
        assert!(file.source().bytes(0, 10).is_ok() && file.take_trouble().is_ok());
        assert!(file.source().bytes(20, 30).is_err());
        assert_eq!(file.take_trouble().unwrap_err().to_string(), "torn");
        assert!(file.take_trouble().is_ok());
    }
}
