//! The archive time-stamp of a signature: `ats-hash-index-v3` and `archive-time-stamp-v3` (ETSI EN 319 122-1, 5.5.2 and
//! 5.5.3), for making and for judging.

use std::collections::BTreeMap;

use vanthu_pki::asn1::{self, Reader, Tlv, tag};
use vanthu_pki::cms::SignedData;
use vanthu_pki::{DigestAlgorithm, Malformed, oid};

use super::raw::{Raw, RawSigner};

/// Which certificates, revocation values and unsigned attributes an archive time-stamp covers, by their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HashIndex {
    der: Vec<u8>,
    algorithm: DigestAlgorithm,
    certificates: Vec<Vec<u8>>,
    revocation: Vec<Vec<u8>>,
    attributes: Vec<Vec<u8>>,
}

/// The pieces that an index names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Covered<'r> {
    pub(crate) certificates: Vec<&'r [u8]>,
    pub(crate) revocation: Vec<&'r [u8]>,
    /// Values of unsigned attributes.
    pub(crate) values: Vec<&'r [u8]>,
}

impl HashIndex {
    /// The index over everything that stands there now.
    pub(crate) fn over(raw: &Raw, signer: &RawSigner, algorithm: DigestAlgorithm) -> Self {
        let hashed = |list: &[Vec<u8>]| list.iter().map(|it| algorithm.digest(it)).collect();
        let certificates: Vec<Vec<u8>> = hashed(&raw.certificates);
        let revocation: Vec<Vec<u8>> = hashed(&raw.revocation);
        let attributes: Vec<Vec<u8>> = values(signer)
            .map(|(kind, value)| algorithm.digest_parts(&[kind, value]))
            .collect();
        let list = |hashes: &[Vec<u8>]| {
            let octets = hashes.iter().map(|it| asn1::octet_string(it));
            asn1::sequence(&octets.collect::<Vec<_>>())
        };
        let der = asn1::sequence(&[
            algorithm.identifier(),
            list(&certificates),
            list(&revocation),
            list(&attributes),
        ]);
        Self {
            der,
            algorithm,
            certificates,
            revocation,
            attributes,
        }
    }

    /// The index that stands in an archive time-stamp.
    pub(crate) fn of_token(token: &SignedData) -> Result<Self, Malformed> {
        let [signer] = token.signers.as_slice() else {
            return Err(Malformed("a time-stamp has one signer"));
        };
        let mut found = signer
            .unsigned
            .iter()
            .filter(|it| it.kind == oid::ATS_HASH_INDEX_V3)
            .flat_map(|it| &it.values);
        match (found.next(), found.next()) {
            (Some(value), None) => Self::read(value),
            _ => Err(Malformed("an archive time-stamp has one hash index")),
        }
    }

    pub(crate) fn read(der: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Reader::new(der).sequence()?;
        let identifier = fields.expect(tag::SEQUENCE)?.full;
        let algorithm = DigestAlgorithm::from_identifier(identifier)?
            .ok_or(Malformed("digest algorithm not supported"))?;
        let mut lists = [Vec::new(), Vec::new(), Vec::new()];
        for list in &mut lists {
            let mut reader = fields.sequence()?;
            while !reader.is_empty() {
                list.push(reader.expect(tag::OCTET_STRING)?.body.to_vec());
            }
        }
        fields.finish()?;
        Tlv::read_all(der)?;
        let [certificates, revocation, attributes] = lists;
        Ok(Self {
            der: der.to_vec(),
            algorithm,
            certificates,
            revocation,
            attributes,
        })
    }

    /// With what the digests are made; that of the time-stamp's imprint (ETSI EN 319 122-1, 5.5.2).
    pub(crate) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// What the time-stamp covers of the pieces at hand. An entry that nothing answers to makes the index invalid:
    /// something was taken out.
    pub(crate) fn covered<'r>(
        &self,
        raw: &'r Raw,
        signer: &'r RawSigner,
    ) -> Result<Covered<'r>, Malformed> {
        Ok(Covered {
            certificates: self.named(&self.certificates, whole(&raw.certificates))?,
            revocation: self.named(&self.revocation, whole(&raw.revocation))?,
            values: self.named(&self.attributes, values(signer))?,
        })
    }

    fn named<'r>(
        &self,
        wanted: &[Vec<u8>],
        pieces: impl Iterator<Item = (&'r [u8], &'r [u8])>,
    ) -> Result<Vec<&'r [u8]>, Malformed> {
        let known: BTreeMap<Vec<u8>, &[u8]> = pieces
            .map(|(kind, value)| (self.algorithm.digest_parts(&[kind, value]), value))
            .collect();
        wanted
            .iter()
            .map(|hash| known.get(hash).copied())
            .collect::<Option<_>>()
            .ok_or(Malformed("the hash index names what is not there"))
    }

    /// The parts that the time-stamp's imprint covers, as if they stood behind each other; `digest` is that of the
    /// signed content under the imprint's algorithm.
    pub(crate) fn stamped<'r>(
        &'r self,
        raw: &'r Raw,
        signer: &'r RawSigner,
        digest: &'r [u8],
    ) -> Vec<&'r [u8]> {
        let mut parts = vec![raw.content_type(), digest];
        parts.extend(signer.hashed_fields().iter().map(Vec::as_slice));
        parts.push(&self.der);
        parts
    }
}

fn whole(list: &[Vec<u8>]) -> impl Iterator<Item = (&[u8], &[u8])> {
    list.iter().map(|it| (&[][..], it.as_slice()))
}

/// The values of unsigned attributes with the type of each.
fn values(signer: &RawSigner) -> impl Iterator<Item = (&[u8], &[u8])> {
    signer.unsigned.iter().flat_map(|attribute| {
        let values = attribute.values.iter();
        values.map(|value| (attribute.kind.as_slice(), value.as_slice()))
    })
}
