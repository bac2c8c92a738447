//! What a detached signature covers: bytes in memory, or the digests that were taken while a file went by.

use std::io::{self, Read};

use aws_lc_rs::digest::Context;
use vanthu_pki::cms::{self, CmsError, SignedData, SignerInfo, VerifiedSigner};
use vanthu_pki::{Certificate, DigestAlgorithm};

use crate::hash;

const CHUNK_BYTES: usize = 64 << 10;

/// What is signed or stamped.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    /// As if they stood behind each other.
    Parts(&'a [&'a [u8]]),
    /// Only its digests are at hand.
    Digests(&'a Digests),
}

impl Content<'_> {
    /// Its digest; `None` for one that was not taken.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
        match self {
            Self::Parts(parts) => Some(algorithm.digest_parts(parts)),
            Self::Digests(digests) => digests.get(algorithm).map(<[u8]>::to_vec),
        }
    }

    /// Verifies a detached signature over it.
    pub(crate) fn verify(
        &self,
        signed: &SignedData,
        signer: &SignerInfo,
        others: &[Certificate],
    ) -> Result<VerifiedSigner, CmsError> {
        match self {
            Self::Parts(parts) => cms::verify_content(signed, signer, parts, others),
            Self::Digests(digests) => {
                let digest = signer.digest.and_then(|it| digests.get(it));
                cms::verify(signed, signer, digest.ok_or(CmsError::Unsupported)?, others)
            }
        }
    }
}

/// Digests of one content, and how long it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digests {
    found: Vec<(DigestAlgorithm, Vec<u8>)>,
    pub(crate) length: u64,
}

impl Digests {
    pub(crate) fn get(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        let found = self.found.iter().find(|(it, _)| *it == algorithm);
        found.map(|(_, digest)| digest.as_slice())
    }

    /// SHA-256, in hexadecimal; always taken.
    pub(crate) fn sha256_hex(&self) -> String {
        hex::encode(self.get(DigestAlgorithm::Sha256).unwrap_or_default())
    }

    /// Reads to the end once.
    pub(crate) fn of(reader: &mut dyn Read, algorithms: &[DigestAlgorithm]) -> io::Result<Self> {
        let mut hasher = Hasher::new(algorithms);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(count) => count,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(why),
            };
            hasher.update(chunk.get(..count).unwrap_or_default());
        }
    }
}

/// Takes several digests at once; SHA-256 is always among them.
pub(crate) struct Hasher {
    open: Vec<(DigestAlgorithm, Context)>,
    length: u64,
}

impl Hasher {
    pub(crate) fn new(algorithms: &[DigestAlgorithm]) -> Self {
        let mut open: Vec<(DigestAlgorithm, Context)> = Vec::new();
        for algorithm in [DigestAlgorithm::Sha256].iter().chain(algorithms) {
            if !open.iter().any(|(it, _)| it == algorithm) {
                open.push((*algorithm, Context::new(hash::any_engine(*algorithm))));
            }
        }
        Self { open, length: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        for (_, context) in &mut self.open {
            context.update(bytes);
        }
    }

    pub(crate) fn finish(self) -> Digests {
        let digests = self.open.into_iter();
        Digests {
            found: digests
                .map(|(algorithm, context)| (algorithm, context.finish().as_ref().to_vec()))
                .collect(),
            length: self.length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_taken_on_the_way_are_those_of_the_whole() {
        use DigestAlgorithm as D;
        let bytes: Vec<u8> = (0..200_000_u32).map(|it| it as u8).collect();
        let all = [
            D::Sha1,
            D::Sha224,
            D::Sha256,
            D::Sha384,
            D::Sha512,
            D::Sha512_256,
            D::Sha3_256,
            D::Sha3_384,
            D::Sha3_512,
        ];
        let digests = Digests::of(&mut bytes.as_slice(), &all).unwrap();
        assert_eq!(digests.length, 200_000);
        for algorithm in all {
            assert_eq!(
                digests.get(algorithm),
                Some(algorithm.digest(&bytes).as_slice())
            );
        }
        let few = Digests::of(&mut bytes.as_slice(), &[]).unwrap();
        assert_eq!(few.get(D::Sha512), None);
        assert_eq!(few.sha256_hex(), hex::encode(D::Sha256.digest(&bytes)));
    }
}
