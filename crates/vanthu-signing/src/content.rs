//! What a detached signature covers: bytes in memory, or the digests that were taken while a file went by.

use std::cell::RefCell;
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
    /// A file but for a gap, up to an end: what a signature inside it covers.
    Around(&'a Beginnings<'a>, Gap),
    /// Only its digests are at hand.
    Digests(&'a Digests),
}

/// What of a file a signature leaves out, and where what it covers ends.
#[derive(Clone, Copy)]
pub(crate) struct Gap {
    pub(crate) start: usize,
    pub(crate) behind: usize,
    pub(crate) end: usize,
}

impl Content<'_> {
    /// Its digest; `None` for one that was not taken.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
        match self {
            Self::Parts(parts) => Some(algorithm.digest_parts(parts)),
            Self::Around(file, gap) => Some(file.digest_around(algorithm, *gap)),
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
            // Without signed attributes the content itself is what the key signed.
            Self::Around(file, gap) if signer.signed.is_empty() => {
                cms::verify_content(signed, signer, &file.parts(*gap), others)
            }
            Self::Around(file, gap) => {
                let algorithm = signer.digest.ok_or(CmsError::Unsupported)?;
                let digest = file.digest_around(algorithm, *gap);
                cms::verify(signed, signer, &digest, others)
            }
            Self::Digests(digests) => {
                let digest = signer.digest.and_then(|it| digests.get(it));
                cms::verify(signed, signer, digest.ok_or(CmsError::Unsupported)?, others)
            }
        }
    }
}

/// A file of which beginnings are hashed: each byte once for each digest, however many signatures cover it.
pub(crate) struct Beginnings<'a> {
    data: &'a [u8],
    known: RefCell<Vec<(DigestAlgorithm, usize, Context)>>,
}

impl<'a> Beginnings<'a> {
    pub(crate) fn of(data: &'a [u8]) -> Self {
        let known = RefCell::default();
        Self { data, known }
    }

    /// The SHA-256 of the whole file, in hexadecimal.
    pub(crate) fn sha256_hex(&self) -> String {
        let whole = self.upto(DigestAlgorithm::Sha256, self.data.len());
        hex::encode(whole.finish())
    }

    /// Hashing that goes on behind the first `length` bytes. It begins where the longest shorter one stopped: who asks
    /// for several starts with the shortest.
    pub(crate) fn upto(&self, algorithm: DigestAlgorithm, length: usize) -> Context {
        let length = length.min(self.data.len());
        let mut known = self.known.borrow_mut();
        let shorter = known
            .iter()
            .filter(|(it, known, _)| *it == algorithm && *known <= length)
            .max_by_key(|(_, known, _)| *known);
        let (from, mut context) = match shorter {
            Some((_, from, context)) => (*from, context.clone()),
            None => (0, Context::new(hash::any_engine(algorithm))),
        };
        if from < length || length == 0 {
            context.update(self.data.get(from..length).unwrap_or_default());
            known.push((algorithm, length, context.clone()));
        }
        context
    }

    fn digest_around(&self, algorithm: DigestAlgorithm, gap: Gap) -> Vec<u8> {
        let mut context = self.upto(algorithm, gap.start);
        context.update(self.data.get(gap.behind..gap.end).unwrap_or_default());
        context.finish().as_ref().to_vec()
    }

    fn parts(&self, gap: Gap) -> [&'a [u8]; 2] {
        [
            self.data.get(..gap.start).unwrap_or_default(),
            self.data.get(gap.behind..gap.end).unwrap_or_default(),
        ]
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

    /// Whether they are those of these bytes.
    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        let own = DigestAlgorithm::Sha256.digest(bytes);
        self.get(DigestAlgorithm::Sha256) == Some(own.as_slice())
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
    fn a_digest_around_a_gap_is_that_of_both_parts_in_whatever_order_it_is_asked_for() {
        let data: Vec<u8> = (0..5000_u32).map(|it| (it % 251) as u8).collect();
        let gap = |start, behind, end| Gap { start, behind, end };
        let gaps = [
            gap(4000, 4100, 5000),
            gap(1000, 1200, 2000),
            gap(0, 10, 20),
            gap(3, 9000, 9999),
        ];
        let file = Beginnings::of(&data);
        for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
            for gap in gaps.iter().chain(gaps.iter().rev()) {
                let parts = file.parts(*gap);
                let expected = algorithm.digest_parts(&parts);
                assert_eq!(
                    Content::Around(&file, *gap).digest(algorithm),
                    Some(expected)
                );
            }
        }
        let whole = hex::encode(DigestAlgorithm::Sha256.digest(&data));
        assert_eq!(file.sha256_hex(), whole);
        assert_eq!(Beginnings::of(&data).sha256_hex(), whole);
    }

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
