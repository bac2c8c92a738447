//! A strict reader of ZIP archives (PKWARE APPNOTE 6.3): every byte belongs to exactly one entry, the directory or its
//! end, and the directory and the headers of the entries say the same.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::problem::{ContainerFault as F, ContainerProblem, ReadError};

/// More entries are not looked at.
const MOST_ENTRIES: usize = 4096;
/// The directory in one piece.
const MOST_DIRECTORY_BYTES: u32 = 4 << 20;
const MOST_NAME_BYTES: usize = 1024;
/// Everything unpacked.
const MOST_BYTES: u64 = 4 << 30;
/// Below this much, how well something is packed says nothing.
const BOMB_FROM_BYTES: u64 = 32 << 20;
/// Text packs to a tenth; nothing honest packs to less than this part.
const BOMB_RATIO: u64 = 200;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: u64 = 22;

const FLAG_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const FLAG_DESCRIPTOR: u16 = 1 << 3;
const FLAG_UTF8: u16 = 1 << 11;
/// Info-ZIP's second name for an entry.
const EXTRA_UNICODE_PATH: u16 = 0x7075;
const EXTRA_ZIP64: u16 = 0x0001;

/// How an entry is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) method: Method,
    /// Unpacked.
    pub(crate) size: u64,
    packed: u64,
    crc: u32,
    header_at: u64,
    data_at: u64,
}

impl Entry {
    /// A folder: an entry that holds nothing and ends in a slash.
    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// An archive whose structure was found to be sound.
pub(crate) struct Archive<R> {
    source: R,
    /// In the order in which they lie.
    pub(crate) entries: Vec<Entry>,
}

impl<R: Read + Seek> Archive<R> {
    pub(crate) fn open(mut source: R) -> Result<Self, ReadError> {
        let end = End::find(&mut source)?;
        let directory = read_at(
            &mut source,
            end.directory_at,
            u64::from(end.directory_bytes),
        )?;
        let mut rows = directory.as_slice();
        let mut entries = Vec::new();
        for _ in 0..end.entries {
            let row = Row::read(&mut rows)?;
            entries.push(row.check_header(&mut source, end.directory_at)?);
        }
        if !rows.is_empty() {
            return Err(refuse(
                F::HiddenBytes,
                "",
                "behind the last row of the directory",
            ));
        }
        entries.sort_by_key(|(entry, _)| entry.header_at);
        let mut at = 0;
        for (entry, end) in &entries {
            if entry.header_at != at {
                return Err(refuse(F::HiddenBytes, &entry.name, "before the entry"));
            }
            at = *end;
        }
        if at != end.directory_at {
            return Err(refuse(F::HiddenBytes, "", "before the directory"));
        }
        let entries: Vec<Entry> = entries.into_iter().map(|(entry, _)| entry).collect();
        names_differ(&entries)?;
        sizes_are_bearable(&entries)?;
        Ok(Self { source, entries })
    }

    /// Where an entry of this name stands.
    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.name == name)
    }

    /// An entry in memory, when it is not larger than `limit` bytes.
    pub(crate) fn load(&mut self, entry: &Entry, limit: u64) -> Result<Vec<u8>, ReadError> {
        if entry.size > limit {
            let detail = format!("{} bytes", entry.size);
            return Err(refuse(F::TooLarge, &entry.name, detail));
        }
        let mut bytes = Vec::new();
        self.each_chunk(entry, &mut |chunk| bytes.extend_from_slice(chunk))?;
        Ok(bytes)
    }

    /// Unpacks an entry piece by piece; it must come to what the directory says.
    pub(crate) fn each_chunk(
        &mut self,
        entry: &Entry,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), ReadError> {
        self.source.seek(SeekFrom::Start(entry.data_at))?;
        let packed = (&mut self.source).take(entry.packed);
        match entry.method {
            Method::Stored => unpack(entry, packed, take).map(|_| ()),
            Method::Deflated => {
                let decoder = unpack(entry, DeflateDecoder::new(packed), take)?;
                if decoder.total_in() == entry.packed {
                    Ok(())
                } else {
                    Err(refuse(
                        F::ContentDamaged,
                        &entry.name,
                        "bytes behind what is packed",
                    ))
                }
            }
        }
    }
}

fn unpack<S: Read>(
    entry: &Entry,
    mut packed: S,
    take: &mut dyn FnMut(&[u8]),
) -> Result<S, ReadError> {
    let mut crc = Crc::new();
    let mut count = 0_u64;
    let mut chunk = vec![0; 64 << 10];
    loop {
        let read = match packed.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
            Err(why) if is_damage(&why) => {
                return Err(refuse(F::ContentDamaged, &entry.name, why.to_string()));
            }
            Err(why) => return Err(why.into()),
        };
        count += read as u64;
        if count > entry.size {
            return Err(refuse(
                F::ContentDamaged,
                &entry.name,
                "longer than it says",
            ));
        }
        let bytes = chunk.get(..read).unwrap_or_default();
        crc.update(bytes);
        take(bytes);
    }
    if count != entry.size {
        return Err(refuse(
            F::ContentDamaged,
            &entry.name,
            "shorter than it says",
        ));
    }
    if crc.sum() != entry.crc {
        return Err(refuse(F::ContentDamaged, &entry.name, "another check sum"));
    }
    Ok(packed)
}

/// Bad packed data, not a disk that fails.
fn is_damage(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
    )
}

/// The record at the end of the archive.
struct End {
    entries: usize,
    directory_at: u64,
    directory_bytes: u32,
}

impl End {
    fn find<R: Read + Seek>(source: &mut R) -> Result<Self, ReadError> {
        let length = source.seek(SeekFrom::End(0))?;
        let tail_bytes = length.min(END_BYTES + u64::from(u16::MAX));
        let tail = read_at(source, length - tail_bytes, tail_bytes)?;
        // The comment must not hold another such record: which one counts would be a matter of taste.
        let at = memchr::memmem::rfind(&tail, &END.to_le_bytes())
            .ok_or_else(|| refuse(F::NotZip, "", "there is no end of a directory"))?;
        let mut fields = tail.get(at..).unwrap_or_default();
        let mut next = || word(&mut fields);
        let (_, _, disk, first_disk) = (next()?, next()?, next()?, next()?);
        let (here, entries) = (next()?, next()?);
        let (directory_bytes, directory_at) = (long(&mut fields)?, long(&mut fields)?);
        let comment = word(&mut fields)?;
        if disk != 0 || first_disk != 0 || here != entries {
            return Err(refuse(F::ZipKind, "", "in several volumes"));
        }
        if entries == u16::MAX || directory_bytes == u32::MAX || directory_at == u32::MAX {
            return Err(refuse(F::ZipKind, "", "ZIP64"));
        }
        if fields.len() != usize::from(comment) {
            return Err(refuse(F::HiddenBytes, "", "behind the directory"));
        }
        let end_at = length - tail_bytes + at as u64;
        if u64::from(directory_at) + u64::from(directory_bytes) != end_at {
            return Err(refuse(
                F::HiddenBytes,
                "",
                "between the directory and its end",
            ));
        }
        if usize::from(entries) > MOST_ENTRIES || directory_bytes > MOST_DIRECTORY_BYTES {
            return Err(refuse(F::TooMany, "", format!("{entries} entries")));
        }
        Ok(Self {
            entries: usize::from(entries),
            directory_at: u64::from(directory_at),
            directory_bytes,
        })
    }
}

/// One row of the directory.
struct Row {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    name: Vec<u8>,
    header_at: u32,
}

impl Row {
    fn read(rows: &mut &[u8]) -> Result<Self, ReadError> {
        if rows.len() < CENTRAL_BYTES || long(rows)? != CENTRAL {
            return Err(refuse(F::NotZip, "", "the directory is damaged"));
        }
        let (_, _) = (word(rows)?, word(rows)?);
        let (flags, method) = (word(rows)?, word(rows)?);
        long(rows)?;
        let (crc, packed, size) = (long(rows)?, long(rows)?, long(rows)?);
        let lengths = [word(rows)?, word(rows)?, word(rows)?].map(usize::from);
        let (disk, _) = (word(rows)?, word(rows)?);
        long(rows)?;
        let header_at = long(rows)?;
        let [name, extra, comment] = lengths;
        let name = take(rows, name)?.to_vec();
        let shown = String::from_utf8_lossy(&name).into_owned();
        check_extra(take(rows, extra)?, &shown)?;
        take(rows, comment)?;
        if disk != 0 || [packed, size, header_at].contains(&u32::MAX) {
            return Err(refuse(F::ZipKind, shown, "ZIP64 or several volumes"));
        }
        Ok(Self {
            flags,
            method,
            crc,
            packed,
            size,
            name,
            header_at,
        })
    }

    /// Reads the header in front of the data and compares: gives the entry and where the next one must begin.
    fn check_header<R: Read + Seek>(
        self,
        source: &mut R,
        directory_at: u64,
    ) -> Result<(Entry, u64), ReadError> {
        let name = name_of(&self.name, self.flags)?;
        if self.flags & FLAG_ENCRYPTED != 0 {
            return Err(refuse(F::Encrypted, name, ""));
        }
        let method = match self.method {
            0 => Method::Stored,
            8 => Method::Deflated,
            other => return Err(refuse(F::MethodUnknown, name, format!("method {other}"))),
        };
        let header_at = u64::from(self.header_at);
        let disagree = |what: &str| refuse(F::HeadersDisagree, &name, what);
        if header_at + LOCAL_BYTES > directory_at {
            return Err(disagree("there is no header"));
        }
        let header = read_at(source, header_at, LOCAL_BYTES)?;
        let mut fields = header.as_slice();
        if long(&mut fields)? != LOCAL {
            return Err(disagree("there is no header"));
        }
        word(&mut fields)?;
        if (word(&mut fields)?, word(&mut fields)?) != (self.flags, self.method) {
            return Err(disagree("flags or method"));
        }
        long(&mut fields)?;
        let stated = [long(&mut fields)?, long(&mut fields)?, long(&mut fields)?];
        let sums = [self.crc, self.packed, self.size];
        let has_descriptor = self.flags & FLAG_DESCRIPTOR != 0;
        if stated != sums && !(has_descriptor && stated == [0; 3]) {
            return Err(disagree("sizes or check sum"));
        }
        let (name_bytes, extra_bytes) = (word(&mut fields)?, word(&mut fields)?);
        let names_at = header_at + LOCAL_BYTES;
        let data_at = names_at + u64::from(name_bytes) + u64::from(extra_bytes);
        let mut end = data_at + u64::from(self.packed);
        if end > directory_at {
            return Err(disagree("the data reach into the directory"));
        }
        let names = read_at(source, names_at, data_at - names_at)?;
        let (local, extra) = names
            .split_at_checked(usize::from(name_bytes))
            .unwrap_or_default();
        if local != self.name {
            return Err(disagree("another name"));
        }
        check_extra(extra, &name)?;
        if has_descriptor {
            end += self.descriptor_bytes(source, end, directory_at, &name)?;
        }
        if method == Method::Stored && self.packed != self.size {
            return Err(disagree("stored in another size"));
        }
        if name.ends_with('/') && self.size != 0 {
            return Err(refuse(F::NameBad, name, "a folder with content"));
        }
        let entry = Entry {
            name,
            method,
            size: u64::from(self.size),
            packed: u64::from(self.packed),
            crc: self.crc,
            header_at,
            data_at,
        };
        Ok((entry, end))
    }

    /// The record behind data whose size was not known in time, with or without its mark.
    fn descriptor_bytes<R: Read + Seek>(
        &self,
        source: &mut R,
        at: u64,
        directory_at: u64,
        name: &str,
    ) -> Result<u64, ReadError> {
        let room = directory_at.saturating_sub(at).min(16);
        let bytes = read_at(source, at, room)?;
        let sums = [self.crc, self.packed, self.size]
            .map(u32::to_le_bytes)
            .concat();
        let marked = [DESCRIPTOR.to_le_bytes().as_slice(), &sums].concat();
        if bytes == marked {
            Ok(16)
        } else if bytes.starts_with(&sums) {
            Ok(12)
        } else {
            Err(refuse(F::HeadersDisagree, name, "sizes behind the data"))
        }
    }
}

/// A name that means the same on every system (ETSI EN 319 162-1, 4.2; APPNOTE 4.4.17).
fn name_of(bytes: &[u8], flags: u16) -> Result<String, ReadError> {
    let shown = String::from_utf8_lossy(bytes).into_owned();
    let bad = |why: &str| Err(refuse(F::NameBad, &shown, why));
    let Ok(name) = std::str::from_utf8(bytes) else {
        return bad("not UTF-8");
    };
    if !name.is_ascii() && flags & FLAG_UTF8 == 0 {
        return bad("not marked as UTF-8");
    }
    match name_fault(name) {
        Some(why) => bad(why),
        None => Ok(name.to_owned()),
    }
}

/// Why no file in a container may have this name.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > MOST_NAME_BYTES {
        return Some("empty or too long");
    }
    if name.contains('\\') || name.contains(':') || name.starts_with('/') {
        return Some("leads out of the container");
    }
    if name.chars().any(char::is_control) {
        return Some("holds a control character");
    }
    let inside = name.strip_suffix('/').unwrap_or(name);
    let climbs = inside.split('/').any(|it| matches!(it, "" | "." | ".."));
    climbs.then_some("leads out of the container")
}

fn names_differ(entries: &[Entry]) -> Result<(), ReadError> {
    let mut seen = BTreeSet::new();
    for entry in entries {
        let folded = entry.name.trim_end_matches('/').to_lowercase();
        if !seen.insert(folded) {
            return Err(refuse(F::NameTwice, &entry.name, ""));
        }
    }
    Ok(())
}

fn sizes_are_bearable(entries: &[Entry]) -> Result<(), ReadError> {
    let size: u64 = entries.iter().map(|it| it.size).sum();
    let packed: u64 = entries.iter().map(|it| it.packed).sum();
    if size > MOST_BYTES {
        return Err(refuse(F::TooLarge, "", format!("{size} bytes")));
    }
    if size > BOMB_FROM_BYTES && size / BOMB_RATIO > packed {
        let detail = format!("{packed} bytes unpack to {size}");
        return Err(refuse(F::Bomb, "", detail));
    }
    Ok(())
}

/// Extra fields may say what they like, but not another name or size.
fn check_extra(mut extra: &[u8], name: &str) -> Result<(), ReadError> {
    while extra.len() >= 4 {
        let (kind, length) = (word(&mut extra)?, word(&mut extra)?);
        match kind {
            EXTRA_UNICODE_PATH => return Err(refuse(F::NameBad, name, "has a second name")),
            EXTRA_ZIP64 => return Err(refuse(F::ZipKind, name, "ZIP64")),
            _ => take(&mut extra, usize::from(length))?,
        };
    }
    Ok(())
}

fn refuse(fault: F, name: impl Into<String>, detail: impl Into<String>) -> ReadError {
    ContainerProblem::new(fault, name, detail).into()
}

fn read_at<R: Read + Seek>(source: &mut R, at: u64, length: u64) -> Result<Vec<u8>, ReadError> {
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    source.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(refuse(F::NotZip, "", "cut short"))
    }
}

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8], ReadError> {
    let (head, tail) = bytes
        .split_at_checked(count)
        .ok_or_else(|| refuse(F::NotZip, "", "cut short"))?;
    *bytes = tail;
    Ok(head)
}

fn word(bytes: &mut &[u8]) -> Result<u16, ReadError> {
    let two = take(bytes, 2)?.try_into().unwrap_or_default();
    Ok(u16::from_le_bytes(two))
}

fn long(bytes: &mut &[u8]) -> Result<u32, ReadError> {
    let four = take(bytes, 4)?.try_into().unwrap_or_default();
    Ok(u32::from_le_bytes(four))
}
