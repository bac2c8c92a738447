//! A revision that is written but for the value of its signature: what stands between preparing and embedding.

use std::io::{Read, Seek, Write};

use aws_lc_rs::digest::{Context, SHA256};
use vanthu_pki::DigestAlgorithm;

use crate::embed::EmbedError;
use crate::hash::{self, Hashed};
use crate::held::Held;
use crate::problem::PdfProblem;
use crate::state::{put_number, put_part, take_number, take_part};
use crate::syntax::source::{FileSource, Source};
use crate::update::Update;

/// What stands behind the base, with a gap for the signature, and the digest of all but the gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revision {
    base_len: usize,
    base_sha256: [u8; 32],
    tail: Vec<u8>,
    gap: (usize, usize),
    digest: Vec<u8>,
}

/// A finished revision together with the base it belongs to.
pub(crate) struct Filled {
    base_len: usize,
    base_sha256: [u8; 32],
    tail: Vec<u8>,
}

impl Revision {
    /// Writes `update` behind a base that was hashed, and goes on hashing everything outside the gap.
    pub(crate) fn write(update: Update<'_, '_>, hashed: Hashed) -> Result<Self, PdfProblem> {
        let base = *update.base().source();
        let tail = update.finish(&hashed.sha256)?;
        let missing = || PdfProblem::structure("the revision holds no signature");
        let gap = tail.gap.ok_or_else(missing)?;
        let (start, end) = (gap.0 - base.length(), gap.1 - base.length());
        let mut digest = hashed.open;
        digest.update(tail.bytes.get(..start).ok_or_else(missing)?);
        digest.update(tail.bytes.get(end..).ok_or_else(missing)?);
        Ok(Self {
            base_len: base.length(),
            base_sha256: hashed.sha256,
            tail: tail.bytes,
            gap,
            digest: digest.finish().as_ref().to_vec(),
        })
    }

    pub(crate) fn digest(&self) -> &[u8] {
        &self.digest
    }

    pub(crate) fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// Puts `contents` into the gap.
    pub(crate) fn fill(mut self, contents: &[u8]) -> Result<Filled, EmbedError> {
        let room = (self.gap.1 - self.gap.0).saturating_sub(2) / 2;
        if contents.len() > room {
            return Err(EmbedError::TooLarge {
                needed: contents.len(),
                room,
            });
        }
        let digits = hex::encode(contents);
        let start = self.gap.0 + 1 - self.base_len;
        self.tail
            .get_mut(start..start + digits.len())
            .ok_or(EmbedError::DamagedState)?
            .copy_from_slice(digits.as_bytes());
        Ok(Filled {
            base_len: self.base_len,
            base_sha256: self.base_sha256,
            tail: self.tail,
        })
    }

    /// Appends the state to `out`: three numbers, then the parts with their lengths. `extra` stands before the tail.
    pub(crate) fn save(&self, out: &mut Vec<u8>, extra: &[&[u8]]) {
        for number in [self.base_len, self.gap.0, self.gap.1] {
            put_number(out, number);
        }
        let own: [&[u8]; 2] = [&self.base_sha256, &self.digest];
        for part in own.iter().chain(extra).chain([&self.tail.as_slice()]) {
            put_part(out, part);
        }
    }

    /// Reads back what [`Revision::save`] wrote with `N` extra parts.
    pub(crate) fn load<const N: usize>(mut rest: &[u8]) -> Option<(Self, [&[u8]; N])> {
        let base_len = take_number(&mut rest)?;
        let gap = (take_number(&mut rest)?, take_number(&mut rest)?);
        let base_sha256 = take_part(&mut rest)?.try_into().ok()?;
        let digest = take_part(&mut rest)?.to_vec();
        let mut extra: [&[u8]; N] = [&[]; N];
        for slot in &mut extra {
            *slot = take_part(&mut rest)?;
        }
        let tail = take_part(&mut rest)?.to_vec();
        let inside = gap.0 >= base_len && gap.1 > gap.0 + 1 && gap.1 - base_len <= tail.len();
        let revision = Self {
            base_len,
            base_sha256,
            tail,
            gap,
            digest,
        };
        (inside && rest.is_empty()).then_some((revision, extra))
    }
}

impl Filled {
    /// The whole file, when `base` is what was prepared.
    pub(crate) fn behind(self, base: &[u8]) -> Result<Vec<u8>, EmbedError> {
        self.check(base.len(), hash::sha256_parts(&[base]))?;
        Ok([base, &self.tail].concat())
    }

    /// The whole file, in the place of `base`, when that is what was prepared.
    pub(crate) fn onto(self, base: Held) -> Result<Vec<u8>, EmbedError> {
        let sha256 = base.sha256()?;
        self.check(base.as_bytes().len(), sha256)?;
        let mut file = base.into_bytes();
        file.extend_from_slice(&self.tail);
        Ok(file)
    }

    /// What stands behind `base`, when that is what was prepared.
    pub(crate) fn tail_for<R: Read + Seek>(
        self,
        base: &FileSource<R>,
    ) -> Result<Vec<u8>, EmbedError> {
        let source = base.source();
        let hashed = Hashed::of(&source, DigestAlgorithm::Sha256)?;
        self.check(source.length(), hashed.sha256)?;
        Ok(self.tail)
    }

    /// Writes the whole file; without its tail when `base` turns out to be another.
    pub(crate) fn copy<R: Read + Seek>(
        self,
        base: &FileSource<R>,
        out: &mut dyn Write,
    ) -> Result<u64, EmbedError> {
        let source = base.source();
        let mut context = Context::new(&SHA256);
        let mut failed = None;
        source.each_chunk(0, source.length(), &mut |chunk| {
            context.update(chunk);
            if failed.is_none() {
                failed = out.write_all(chunk).err();
            }
        })?;
        if let Some(why) = failed {
            return Err(EmbedError::unwritable(&why));
        }
        self.check(source.length(), hash::finish(context))?;
        out.write_all(&self.tail)
            .and_then(|()| out.flush())
            .map_err(|why| EmbedError::unwritable(&why))?;
        Ok((self.base_len + self.tail.len()) as u64)
    }

    fn check(&self, length: usize, sha256: [u8; 32]) -> Result<(), EmbedError> {
        if length == self.base_len && sha256 == self.base_sha256 {
            Ok(())
        } else {
            Err(EmbedError::OtherDocument)
        }
    }
}

/// The bytes of `base` with the revision behind it, its gap still empty.
pub(crate) fn unsigned(base: &Source<'_>, tail: &[u8]) -> Result<Vec<u8>, PdfProblem> {
    let mut file = base.bytes(0, base.length())?.into_owned();
    file.extend_from_slice(tail);
    Ok(file)
}
