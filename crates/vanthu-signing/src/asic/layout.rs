//! What the entries of a container are: files, signatures, time-stamps, manifests (ETSI EN 319 162-1, 4.3 and 4.4).

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use super::archive::{Archive, Entry, Method};
use super::manifest::Manifest;
use super::problem::{ContainerFault as F, ContainerProblem, ReadError};

pub(crate) const EXTENDED: &str = "application/vnd.etsi.asic-e+zip";
const SIMPLE: &str = "application/vnd.etsi.asic-s+zip";
pub(crate) const MIMETYPE: &str = "mimetype";
pub(crate) const FOLDER: &str = "META-INF/";
pub(crate) const ARCHIVE_MANIFEST: &str = "META-INF/ASiCArchiveManifest.xml";
/// Signatures, time-stamps and manifests are read into memory up to this size.
const MOST_META_BYTES: u64 = 16 << 20;

/// The kind of container (ETSI EN 319 162-1, 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerKind {
    /// ASiC-S: one file with its signature.
    Simple,
    /// ASiC-E: any number of files and signatures.
    Extended,
}

/// A manifest with the entry that it stands in.
pub(crate) struct NamedManifest {
    pub(crate) name: String,
    /// `Err` where it cannot be read.
    pub(crate) manifest: Result<Manifest, String>,
}

impl NamedManifest {
    /// It is covered by a time-stamp that keeps everything for long.
    pub(crate) fn is_archive(&self) -> bool {
        is_archive_manifest(&self.name)
    }
}

/// The parts of a container; entries are told apart by their names.
pub(crate) struct Layout {
    pub(crate) kind: ContainerKind,
    /// The signed files.
    pub(crate) files: Vec<Entry>,
    /// CAdES signatures: name and content.
    pub(crate) signatures: Vec<(String, Vec<u8>)>,
    /// Time-stamp tokens: name and content.
    pub(crate) stamps: Vec<(String, Vec<u8>)>,
    pub(crate) manifests: Vec<NamedManifest>,
    /// What is remarkable, though the container can be read.
    pub(crate) problems: Vec<ContainerProblem>,
}

impl Layout {
    pub(crate) fn read<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Self, ReadError> {
        let mut layout = Self {
            kind: ContainerKind::Extended,
            files: Vec::new(),
            signatures: Vec::new(),
            stamps: Vec::new(),
            manifests: Vec::new(),
            problems: Vec::new(),
        };
        let entries = archive.entries.clone();
        for entry in entries.iter().filter(|it| !it.is_folder()) {
            layout.sort(archive, entry)?;
        }
        layout.mimetype(archive, &entries)?;
        layout.manifests.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(layout)
    }

    fn sort<R: Read + Seek>(
        &mut self,
        archive: &mut Archive<R>,
        entry: &Entry,
    ) -> Result<(), ReadError> {
        let name = &entry.name;
        let Some(inside) = name.strip_prefix(FOLDER) else {
            if name != MIMETYPE {
                self.files.push(entry.clone());
            }
            return Ok(());
        };
        let lower = inside.to_lowercase();
        let extension = extension(&lower);
        if extension == "p7s" && lower.contains("signature") {
            let bytes = archive.load(entry, MOST_META_BYTES)?;
            self.signatures.push((name.clone(), bytes));
        } else if extension == "tst" && lower.contains("timestamp") {
            let bytes = archive.load(entry, MOST_META_BYTES)?;
            self.stamps.push((name.clone(), bytes));
        } else if extension == "xml" && is_manifest(inside) {
            let bytes = archive.load(entry, MOST_META_BYTES)?;
            self.manifests.push(NamedManifest {
                name: name.clone(),
                manifest: Manifest::read(&bytes),
            });
        } else if lower.contains("signatures") || lower.contains("evidencerecord") {
            let problem =
                ContainerProblem::new(F::FormUnsupported, name, "XAdES or evidence record");
            self.problems.push(problem);
        } else {
            let problem = ContainerProblem::new(F::EntryUnknown, name, "");
            self.problems.push(problem);
        }
        Ok(())
    }

    fn mimetype<R: Read + Seek>(
        &mut self,
        archive: &mut Archive<R>,
        entries: &[Entry],
    ) -> Result<(), ReadError> {
        let Some(entry) = archive.find(MIMETYPE).cloned() else {
            let problem = ContainerProblem::new(F::MimetypeMissing, "", "");
            self.problems.push(problem);
            let is_extended = self.manifests.iter().any(|it| !it.is_archive());
            self.kind = if is_extended {
                ContainerKind::Extended
            } else {
                ContainerKind::Simple
            };
            return Ok(());
        };
        let bytes = archive.load(&entry, 256)?;
        self.kind = match std::str::from_utf8(&bytes) {
            Ok(EXTENDED) => ContainerKind::Extended,
            Ok(SIMPLE) => ContainerKind::Simple,
            _ => {
                let detail = String::from_utf8_lossy(&bytes).into_owned();
                return Err(ContainerProblem::new(F::MimetypeWrong, MIMETYPE, detail).into());
            }
        };
        let is_first = entries.first().is_some_and(|it| it.name == MIMETYPE);
        if !is_first || entry.method != Method::Stored {
            let problem = ContainerProblem::new(F::MimetypeMisplaced, MIMETYPE, "");
            self.problems.push(problem);
        }
        Ok(())
    }

    /// The manifest over which a signature or time-stamp of this name stands.
    pub(crate) fn manifest_of(&self, signature: &str) -> Option<(&NamedManifest, &Manifest)> {
        let read = self.manifests.iter();
        read.filter_map(|it| Some((it, it.manifest.as_ref().ok()?)))
            .find(|(_, manifest)| manifest.signature.fits(signature))
    }

    /// A manifest over this entry exists: changing it would break what covers it.
    pub(crate) fn is_covered(&self, name: &str) -> bool {
        let read = self
            .manifests
            .iter()
            .filter_map(|it| it.manifest.as_ref().ok());
        read.flat_map(|it| &it.references)
            .any(|it| it.target.fits(name))
    }
}

/// What stands behind the last period.
pub(crate) fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_manifest(inside: &str) -> bool {
    inside.starts_with("ASiCManifest") || inside.starts_with("ASiCArchiveManifest")
}

fn is_archive_manifest(name: &str) -> bool {
    name.starts_with("META-INF/ASiCArchiveManifest")
}

/// The first name of this shape that is not taken: `META-INF/signature001.p7s`.
pub(crate) fn free_name(entries: &[Entry], stem: &str, extension: &str) -> String {
    let is_taken = |name: &str| {
        let name = name.to_lowercase();
        entries.iter().any(|it| it.name.to_lowercase() == name)
    };
    let mut number = 1_u32;
    loop {
        let name = format!("{FOLDER}{stem}{number:03}.{extension}");
        if !is_taken(&name) {
            return name;
        }
        number += 1;
    }
}
