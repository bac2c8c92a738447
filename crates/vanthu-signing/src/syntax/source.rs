//! Where the bytes of a PDF lie: in memory, or in a file that is read window by window.
//!
//! A file of hundreds of megabytes is signed without ever being in memory: what is needed of it are its
//! cross-references, its page tree and its form, and those are read where they stand.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

use super::parser::Parser;
use crate::problem::PdfProblem;

/// The first window read where an object is expected; most objects fit.
const FIRST_WINDOW: usize = 8 << 10;
/// No cross-reference section, object stream or dictionary is longer.
const LAST_WINDOW: usize = 64 << 20;
/// How much is read at once when all bytes are asked for.
const CHUNK: usize = 256 << 10;

/// The bytes of a PDF.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Memory(&'a [u8]),
    Windows(&'a dyn Windows),
}

/// A file of which parts can be read.
pub(crate) trait Windows {
    /// Length in bytes.
    fn length(&self) -> usize;
    /// Up to `length` bytes from `offset` on: fewer only at the end.
    fn window(&self, offset: usize, length: usize) -> io::Result<Vec<u8>>;
}

/// A PDF that stays where it lies; only what is needed of it is read.
///
/// Anything that reads and seeks: an open file, or a cursor over bytes. It must not change while it is used; that it
/// did not is checked before anything is written.
#[derive(Debug)]
pub struct FileSource<R> {
    reader: RefCell<R>,
    length: usize,
}

impl<R: Read + Seek> FileSource<R> {
    /// Takes the reader and looks how long the file is.
    pub fn new(mut reader: R) -> io::Result<Self> {
        let length = reader.seek(SeekFrom::End(0))?;
        let length = usize::try_from(length).map_err(io::Error::other)?;
        Ok(Self {
            reader: RefCell::new(reader),
            length,
        })
    }

    /// Gives the reader back.
    pub fn into_inner(self) -> R {
        self.reader.into_inner()
    }

    pub(crate) fn source(&self) -> Source<'_> {
        Source::Windows(self)
    }
}

impl<R: Read + Seek> Windows for FileSource<R> {
    fn length(&self) -> usize {
        self.length
    }

    fn window(&self, offset: usize, length: usize) -> io::Result<Vec<u8>> {
        let length = length.min(self.length.saturating_sub(offset));
        let mut bytes = vec![0; length];
        let mut reader = self.reader.borrow_mut();
        reader.seek(SeekFrom::Start(offset as u64))?;
        reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl<'a> Source<'a> {
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Memory(data) => data.len(),
            Self::Windows(file) => file.length(),
        }
    }

    /// The bytes from `start` to `end`, fewer at the end of the file.
    pub(crate) fn bytes(&self, start: usize, end: usize) -> Result<Cow<'a, [u8]>, PdfProblem> {
        let end = end.min(self.length());
        let start = start.min(end);
        match self {
            Self::Memory(data) => Ok(Cow::Borrowed(data.get(start..end).unwrap_or_default())),
            Self::Windows(file) => file
                .window(start, end - start)
                .map(Cow::Owned)
                .map_err(PdfProblem::unreadable),
        }
    }

    /// Parses what stands at `offset`. In a file the window grows until the parser has seen enough.
    pub(crate) fn parse<T, E>(
        &self,
        offset: usize,
        parse: impl Fn(Parser<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>, PdfProblem> {
        let file = match self {
            Self::Memory(data) => return Ok(parse(Parser::at(data, offset))),
            Self::Windows(file) => file,
        };
        let mut length = FIRST_WINDOW;
        loop {
            let window = file
                .window(offset.min(file.length()), length)
                .map_err(PdfProblem::unreadable)?;
            let is_last = window.len() < length || length >= LAST_WINDOW;
            match parse(Parser::in_window(&window, offset)) {
                Err(_) if !is_last => length = (length * 8).min(LAST_WINDOW),
                outcome => return Ok(outcome),
            }
        }
    }

    /// Hands all bytes to `take`, in order.
    pub(crate) fn each_chunk(
        &self,
        take: &mut dyn FnMut(&[u8]) -> Result<(), PdfProblem>,
    ) -> Result<(), PdfProblem> {
        let file = match self {
            Self::Memory(data) => return take(data),
            Self::Windows(file) => file,
        };
        let mut offset = 0;
        while offset < file.length() {
            let chunk = file.window(offset, CHUNK).map_err(PdfProblem::unreadable)?;
            offset += chunk.len();
            take(&chunk)?;
        }
        Ok(())
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
        on_disk
            .source()
            .each_chunk(&mut |chunk| {
                assert!(chunk.len() <= CHUNK);
                all.extend_from_slice(chunk);
                Ok(())
            })
            .unwrap();
        assert_eq!(all, file);
    }
}
