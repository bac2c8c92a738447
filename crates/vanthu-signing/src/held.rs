//! A file in memory that is prepared and signed in one go.

use std::fmt;
use std::sync::OnceLock;

use vanthu_pki::DigestAlgorithm;

use crate::hash::Hashed;
use crate::problem::PdfProblem;
use crate::syntax::source::Source;

/// A PDF in memory. It can't change between preparing and embedding, so it is hashed only once, and the signed file is
/// written behind it without a copy: [`prepare_held`](crate::prepare_held),
/// [`Completed::embed_onto`](crate::Completed::embed_onto).
///
/// ```
/// let held = vanthu_signing::Held::new(b"%PDF-1.7 ...".to_vec());
/// assert_eq!(held.as_bytes().len(), 12);
/// ```
pub struct Held {
    bytes: Vec<u8>,
    hashed: OnceLock<(DigestAlgorithm, Hashed)>,
}

impl Held {
    /// Takes the file.
    pub fn new(bytes: Vec<u8>) -> Self {
        let hashed = OnceLock::new();
        Self { bytes, hashed }
    }

    /// The file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the file back.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What hashing with `algorithm` left behind; computed again only for another one than was asked for first.
    pub(crate) fn hashed(&self, algorithm: DigestAlgorithm) -> Result<Hashed, PdfProblem> {
        match self.hashed.get() {
            Some((kept, hashed)) if *kept == algorithm => return Ok(hashed.clone()),
            _ => {}
        }
        let hashed = Hashed::of(&Source::Memory(&self.bytes), algorithm)?;
        self.hashed.get_or_init(|| (algorithm, hashed.clone()));
        Ok(hashed)
    }

    /// Its SHA-256, which every hashing leaves behind.
    pub(crate) fn sha256(&self) -> Result<[u8; 32], PdfProblem> {
        match self.hashed.get() {
            Some((_, hashed)) => Ok(hashed.sha256),
            None => Ok(self.hashed(DigestAlgorithm::Sha256)?.sha256),
        }
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({} bytes)", self.bytes.len())
    }
}
