//! Writes containers: the same entries are always the same bytes, and what stands in one already is copied as it lies.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime, ZipArchive};

use super::archive::{Archive, name_fault};
use super::layout::{EXTENDED, FOLDER, Layout, MIMETYPE};
use super::problem::{ContainerFault as F, ContainerProblem, ReadError};
use crate::cades::prepare::DetachedError;
use crate::embed::EmbedError;

/// Containers are made in memory up to this size.
const MOST_BYTES: usize = 512 << 20;

/// A file for a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataFile<'f> {
    /// Its name, with folders where there are any: `phu-luc/bang.csv`.
    pub name: &'f str,
    /// What it holds.
    pub content: &'f [u8],
}

/// Why a container cannot be made, signed or extended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContainerError {
    /// The container is not accepted.
    #[error(transparent)]
    Problem(#[from] ContainerProblem),
    /// The signature cannot be prepared.
    #[error(transparent)]
    Signature(#[from] DetachedError),
    /// The signature or time-stamp cannot be put in.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// Signatures are put into ASiC-E containers only.
    #[error("the container is not of the extended kind")]
    NotExtended,
    /// There is no file to sign.
    #[error("the container holds no file")]
    NoFile,
    /// A file that was to be signed is not in the container.
    #[error("the container holds no file {0:?}")]
    FileMissing(String),
    /// There is nothing to keep.
    #[error("the container is not signed")]
    NotSigned,
    /// The container cannot be written.
    #[error("the container cannot be written: {why}")]
    Unwritable {
        /// What went wrong.
        why: String,
    },
}

impl ContainerError {
    fn unwritable(why: impl ToString) -> Self {
        Self::Unwritable {
            why: why.to_string(),
        }
    }
}

impl From<ReadError> for ContainerError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Problem(problem) => Self::Problem(problem),
            ReadError::Io(why) => Self::unwritable(why),
        }
    }
}

/// Puts files into a new ASiC-E container, not signed yet (ETSI EN 319 162-1, 4.4).
///
/// The first entry says what it is, as the standard asks; the entries follow in the order given.
///
/// ```
/// use std::io::Cursor;
/// use vanthu_signing::{
///     ContainerRequest, DataFile, ValidationInput, pack, prepare_container, validate_container,
/// };
///
/// # use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
/// # use vanthu_pki::{SoftKey, Time};
/// # let now = Time::from_unix(1_795_309_923);
/// # let validity = Validity { from: now.plus_days(-100), to: now.plus_days(1000) };
/// # let root = Authority::root(SoftKey::generate_p256()?, "Gốc diễn tập", validity, 1)?;
/// # let key = SoftKey::generate_p256()?;
/// # let person = PersonSubject { full_name: "Lê Thị Mẫu".to_owned(), ..PersonSubject::default() };
/// # let certificate = root.person(&person, &key.spki(), validity, 2, &Endpoints::default())?;
/// let files = [
///     DataFile { name: "cong-van.txt", content: b"Kinh gui" },
///     DataFile { name: "phu-luc/bang.csv", content: b"so,ngay" },
/// ];
/// let container = pack(&files)?;
/// let request = ContainerRequest { at: now, ..ContainerRequest::default() };
/// let algorithm = key.default_algorithm();
/// let prepared = prepare_container(&container, &request, &certificate, algorithm)?;
/// let value = key.sign(algorithm, prepared.to_be_signed())?;
/// let signed = prepared.complete(&value)?.embed(&container, &[], None)?;
///
/// // Nothing is known about revocation here: it does not count.
/// let input = ValidationInput {
///     anchors: vec![root.certificate().clone()],
///     revocation: vanthu_pki::path::RevocationMode::WhenKnown,
///     at: now,
///     ..ValidationInput::default()
/// };
/// let judged = validate_container(Cursor::new(&signed), &input)?;
/// assert!(judged.is_passed());
/// assert_eq!(judged.files[1].covered_by, ["META-INF/signature001.p7s"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pack(files: &[DataFile<'_>]) -> Result<Vec<u8>, ContainerError> {
    if files.is_empty() {
        return Err(ContainerError::NoFile);
    }
    let total: usize = files.iter().map(|it| it.content.len()).sum();
    if total > MOST_BYTES {
        let detail = format!("{total} bytes");
        return Err(ContainerProblem::new(F::TooLarge, "", detail).into());
    }
    let mut changes = vec![Change::Put(
        MIMETYPE.to_owned(),
        EXTENDED.as_bytes().to_vec(),
    )];
    for file in files {
        let is_kept = file.name.to_lowercase().starts_with(&FOLDER.to_lowercase())
            || file.name.to_lowercase() == MIMETYPE
            || file.name.ends_with('/');
        let fault = if is_kept {
            Some("the name is kept for the container")
        } else {
            None
        };
        if let Some(why) = fault.or(name_fault(file.name)) {
            return Err(ContainerProblem::new(F::NameBad, file.name, why).into());
        }
        changes.push(Change::Put(file.name.to_owned(), file.content.to_vec()));
    }
    let container = write(None, &changes)?;
    open(&container)?;
    Ok(container)
}

/// A container in memory and its parts.
pub(crate) type Opened<'c> = (Archive<Cursor<&'c [u8]>>, Layout);

/// A container in memory with its parts, when it is one that can be signed.
pub(crate) fn open(container: &[u8]) -> Result<Opened<'_>, ContainerError> {
    if container.len() > MOST_BYTES {
        let detail = format!("{} bytes", container.len());
        return Err(ContainerProblem::new(F::TooLarge, "", detail).into());
    }
    let mut archive = Archive::open(Cursor::new(container))?;
    let layout = Layout::read(&mut archive)?;
    Ok((archive, layout))
}

/// One step from a container to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A new entry of this name, or one in place of it.
    Put(String, Vec<u8>),
    /// An entry takes another name.
    Rename(String, String),
}

/// The entries of `base`, copied as they are packed, with the changes.
pub(crate) fn write(base: Option<&[u8]>, changes: &[Change]) -> Result<Vec<u8>, ContainerError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut is_done = vec![false; changes.len()];
    if let Some(base) = base {
        let mut archive = ZipArchive::new(Cursor::new(base)).map_err(ContainerError::unwritable)?;
        for index in 0..archive.len() {
            let entry = archive
                .by_index_raw(index)
                .map_err(ContainerError::unwritable)?;
            let name = entry
                .name()
                .map_err(ContainerError::unwritable)?
                .into_owned();
            let found = changes
                .iter()
                .zip(&mut is_done)
                .find(|(change, _)| match change {
                    Change::Put(it, _) | Change::Rename(it, _) => *it == name,
                });
            match found {
                None => writer
                    .raw_copy_file(entry)
                    .map_err(ContainerError::unwritable)?,
                Some((Change::Rename(_, to), done)) => {
                    writer
                        .raw_copy_file_rename(entry, to)
                        .map_err(ContainerError::unwritable)?;
                    *done = true;
                }
                Some((Change::Put(_, bytes), done)) => {
                    put(&mut writer, &name, bytes)?;
                    *done = true;
                }
            }
        }
    }
    for (change, is_done) in changes.iter().zip(is_done) {
        match change {
            Change::Put(name, bytes) if !is_done => put(&mut writer, name, bytes)?,
            Change::Rename(from, _) if !is_done => {
                return Err(ContainerError::FileMissing(from.clone()));
            }
            _ => {}
        }
    }
    let written = writer.finish().map_err(ContainerError::unwritable)?;
    Ok(written.into_inner())
}

fn put(
    writer: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
) -> Result<(), ContainerError> {
    let method = if name == MIMETYPE {
        CompressionMethod::Stored
    } else {
        CompressionMethod::Deflated
    };
    // No time of day: two runs over the same files give the same container.
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    writer
        .start_file(name, options)
        .map_err(ContainerError::unwritable)?;
    writer.write_all(bytes).map_err(ContainerError::unwritable)
}
