//! A SignedData taken apart into its original pieces, and put together again: what is added never changes what was
//! signed or hashed (RFC 5652, 5.1 and 5.3).

use vanthu_pki::asn1::{self, Reader, Tlv, tag};
use vanthu_pki::{Malformed, oid};

const OTHER_CERTIFICATE: u8 = tag::constructed(3);
const ATTRIBUTE_CERTIFICATE: u8 = tag::constructed(2);
/// `OtherRevocationInfoFormat`.
const OTHER_REVOCATION: u8 = tag::constructed(1);

/// The pieces, each as it was encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raw {
    digest_algorithms: Vec<Vec<u8>>,
    encapsulated: Vec<u8>,
    /// The type of the content, an OBJECT IDENTIFIER.
    content_type: Vec<u8>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) revocation: Vec<Vec<u8>>,
    pub(crate) signers: Vec<RawSigner>,
}

/// The pieces of one `SignerInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawSigner {
    /// Version, signer, digest, signed attributes, algorithm, value.
    fields: Vec<Vec<u8>>,
    pub(crate) unsigned: Vec<RawAttribute>,
}

/// An unsigned attribute: its type, an OBJECT IDENTIFIER, and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawAttribute {
    pub(crate) kind: Vec<u8>,
    pub(crate) values: Vec<Vec<u8>>,
}

impl Raw {
    /// Takes apart a `ContentInfo` with SignedData.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut info = Tlv::read_all(bytes)?.inside()?;
        if info.expect(tag::OID)?.oid()? != oid::SIGNED_DATA {
            return Err(Malformed("not signed data"));
        }
        let mut fields = info.expect(tag::constructed(0))?.only()?.inside()?;
        fields.expect(tag::INTEGER)?;
        let digest_algorithms = items(fields.expect(tag::SET)?)?;
        let encapsulated = fields.expect(tag::SEQUENCE)?;
        let content_type = encapsulated.inside()?.expect(tag::OID)?.full.to_vec();
        let mut lists = [Vec::new(), Vec::new()];
        for (number, list) in (0..).zip(&mut lists) {
            if let Some(found) = fields.optional(tag::constructed(number))? {
                *list = items(found)?;
            }
        }
        let [certificates, revocation] = lists;
        let mut signers = Vec::new();
        let mut reader = fields.expect(tag::SET)?.inside()?;
        while !reader.is_empty() {
            signers.push(RawSigner::read(reader.sequence()?)?);
        }
        Ok(Self {
            digest_algorithms,
            encapsulated: encapsulated.full.to_vec(),
            content_type,
            certificates,
            revocation,
            signers,
        })
    }

    /// The type of the content, encoded.
    pub(crate) fn content_type(&self) -> &[u8] {
        &self.content_type
    }

    /// Adds what is not there yet.
    pub(crate) fn add_certificate(&mut self, der: &[u8]) {
        add(&mut self.certificates, der.to_vec());
    }

    /// The same for a revocation list.
    pub(crate) fn add_crl(&mut self, der: &[u8]) {
        add(&mut self.revocation, der.to_vec());
    }

    /// The same for an OCSP response (RFC 5940, 2.1).
    pub(crate) fn add_ocsp(&mut self, der: &[u8]) {
        let parts = [asn1::oid(oid::OCSP_REVOCATION_INFO), der.to_vec()];
        let whole = asn1::implicit(1, &asn1::sequence(&parts));
        add(&mut self.revocation, whole);
    }

    /// The structure with everything that was added.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut body = vec![
            asn1::small_integer(self.version()),
            asn1::set(&self.digest_algorithms),
            self.encapsulated.clone(),
        ];
        for (number, list) in (0..).zip([&self.certificates, &self.revocation]) {
            if !list.is_empty() {
                body.push(asn1::implicit(number, &asn1::set_of(list.clone())));
            }
        }
        let signers = self.signers.iter().map(RawSigner::write).collect();
        body.push(asn1::set_of(signers));
        let body = asn1::explicit(0, &asn1::sequence(&body));
        asn1::sequence(&[asn1::oid(oid::SIGNED_DATA), body])
    }

    /// RFC 5652, 5.1.
    fn version(&self) -> u64 {
        let has = |list: &[Vec<u8>], wanted| list.iter().any(|it| it.first() == Some(&wanted));
        let is_other =
            has(&self.certificates, OTHER_CERTIFICATE) || has(&self.revocation, OTHER_REVOCATION);
        let by_key = self.signers.iter().any(RawSigner::is_named_by_key);
        if is_other {
            5
        } else if has(&self.certificates, ATTRIBUTE_CERTIFICATE) {
            4
        } else if by_key || self.content_type != asn1::oid(oid::DATA) {
            3
        } else {
            1
        }
    }
}

impl RawSigner {
    fn read(mut fields: Reader<'_>) -> Result<Self, Malformed> {
        let mut found = vec![fields.expect(tag::INTEGER)?.full.to_vec()];
        found.push(fields.any()?.full.to_vec());
        found.push(fields.expect(tag::SEQUENCE)?.full.to_vec());
        if let Some(attributes) = fields.optional(tag::constructed(0))? {
            found.push(attributes.full.to_vec());
        }
        found.push(fields.expect(tag::SEQUENCE)?.full.to_vec());
        found.push(fields.any()?.full.to_vec());
        let mut unsigned = Vec::new();
        if let Some(list) = fields.optional(tag::constructed(1))? {
            let mut reader = list.inside()?;
            while !reader.is_empty() {
                let mut attribute = reader.sequence()?;
                unsigned.push(RawAttribute {
                    kind: attribute.expect(tag::OID)?.full.to_vec(),
                    values: items(attribute.expect(tag::SET)?)?,
                });
            }
        }
        fields.finish()?;
        Ok(Self {
            fields: found,
            unsigned,
        })
    }

    /// Version to signature value, in their order, as an archive time-stamp hashes them.
    pub(crate) fn hashed_fields(&self) -> &[Vec<u8>] {
        &self.fields
    }

    /// Adds a value to an unsigned attribute, which is made where it is missing.
    pub(crate) fn add_unsigned(&mut self, kind: &[u8], value: &[u8]) {
        match self.unsigned.iter_mut().find(|it| it.kind == kind) {
            Some(attribute) => add(&mut attribute.values, value.to_vec()),
            None => self.unsigned.push(RawAttribute {
                kind: kind.to_vec(),
                values: vec![value.to_vec()],
            }),
        }
    }

    fn is_named_by_key(&self) -> bool {
        let id = self.fields.get(1).and_then(|it| it.first());
        id.is_some_and(|it| *it != tag::SEQUENCE)
    }

    fn write(&self) -> Vec<u8> {
        let mut fields = self.fields.clone();
        if !self.unsigned.is_empty() {
            let attributes = self.unsigned.iter().map(|it| {
                let values = asn1::set_of(it.values.clone());
                asn1::sequence(&[it.kind.clone(), values])
            });
            fields.push(asn1::implicit(1, &asn1::set_of(attributes.collect())));
        }
        asn1::sequence(&fields)
    }
}

fn items(list: Tlv<'_>) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut reader = list.inside()?;
    let mut found = Vec::new();
    while !reader.is_empty() {
        found.push(reader.any()?.full.to_vec());
    }
    Ok(found)
}

fn add(list: &mut Vec<Vec<u8>>, item: Vec<u8>) {
    if !list.contains(&item) {
        list.push(item);
    }
}
