//! Digests of files that may not fit in memory, each byte hashed once.

use aws_lc_rs::digest::{self, Context, SHA256, SHA384, SHA512};
use vanthu_pki::DigestAlgorithm;

use crate::problem::PdfProblem;
use crate::syntax::source::Source;

/// The engine of a digest that is used for signing here.
pub(crate) fn engine(algorithm: DigestAlgorithm) -> Option<&'static digest::Algorithm> {
    match algorithm {
        DigestAlgorithm::Sha256 => Some(&SHA256),
        DigestAlgorithm::Sha384 => Some(&SHA384),
        DigestAlgorithm::Sha512 => Some(&SHA512),
        _ => None,
    }
}

/// With which of the digests that are used for stamping `digest` was made: no two have the same length.
pub(crate) fn algorithm_of(digest: &[u8]) -> DigestAlgorithm {
    match digest.len() {
        48 => DigestAlgorithm::Sha384,
        64 => DigestAlgorithm::Sha512,
        _ => DigestAlgorithm::Sha256,
    }
}

/// The engine of any digest that is verified.
pub(crate) fn any_engine(algorithm: DigestAlgorithm) -> &'static digest::Algorithm {
    match algorithm {
        DigestAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        DigestAlgorithm::Sha224 => &digest::SHA224,
        DigestAlgorithm::Sha256 => &SHA256,
        DigestAlgorithm::Sha384 => &SHA384,
        DigestAlgorithm::Sha512 => &SHA512,
        DigestAlgorithm::Sha512_256 => &digest::SHA512_256,
        DigestAlgorithm::Sha3_256 => &digest::SHA3_256,
        DigestAlgorithm::Sha3_384 => &digest::SHA3_384,
        DigestAlgorithm::Sha3_512 => &digest::SHA3_512,
    }
}

/// What hashing a whole file leaves behind: its SHA-256, and a digest that goes on behind its last byte.
#[derive(Clone)]
pub(crate) struct Hashed {
    pub(crate) sha256: [u8; 32],
    pub(crate) open: Context,
}

impl Hashed {
    /// Hashes `source` once, with `algorithm` and for the file's own SHA-256.
    pub(crate) fn of(source: &Source<'_>, algorithm: DigestAlgorithm) -> Result<Self, PdfProblem> {
        let engine = engine(algorithm)
            .ok_or_else(|| PdfProblem::structure("the digest is not used for signing"))?;
        let mut file = Context::new(&SHA256);
        let mut other = (engine != &SHA256).then(|| Context::new(engine));
        source.each_chunk(0, source.length(), &mut |chunk| {
            file.update(chunk);
            if let Some(other) = &mut other {
                other.update(chunk);
            }
        })?;
        let open = other.unwrap_or_else(|| file.clone());
        Ok(Self {
            sha256: finish(file),
            open,
        })
    }
}

/// The SHA-256 that `context` has come to.
pub(crate) fn finish(context: Context) -> [u8; 32] {
    let mut out = [0; 32];
    out.iter_mut()
        .zip(context.finish().as_ref())
        .for_each(|(to, from)| *to = *from);
    out
}

/// SHA-256 over pieces as if they stood behind each other.
pub(crate) fn sha256_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    finish(context)
}
