//! Reads SignedData, also in BER, and keeps what was signed as it stood.

use crate::algorithm::DigestAlgorithm;
use crate::asn1::{self, Reader, Tlv, tag};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::name::Name;
use crate::oid::{self, ObjectIdentifier};
use crate::time::Time;

/// A `SignedData`.
#[derive(Clone, Debug)]
pub struct SignedData {
    /// The type of the content.
    pub content_type: ObjectIdentifier,
    /// The content if it is inside.
    pub content: Option<Vec<u8>>,
    /// The certificates that could be read.
    pub certificates: Vec<Certificate>,
    /// Revocation lists, as encoded.
    pub crls: Vec<Vec<u8>>,
    /// The signers.
    pub signers: Vec<SignerInfo>,
}

/// How a signer names its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerId {
    /// By issuer and the contents of the serial number.
    IssuerAndSerial(Name, Vec<u8>),
    /// By subject key identifier.
    SubjectKeyId(Vec<u8>),
}

impl SignerId {
    /// This is the certificate meant.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial(issuer, serial) => {
                certificate.serial() == serial && certificate.issuer() == issuer
            }
            Self::SubjectKeyId(id) => certificate.subject_key_id() == Some(id),
        }
    }
}

/// A digest algorithm, `None` where it is not known here, and the digest.
pub type CertificateDigest = (Option<DigestAlgorithm>, Vec<u8>);

/// One attribute and its encoded values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its type.
    pub kind: ObjectIdentifier,
    /// Its values as encoded.
    pub values: Vec<Vec<u8>>,
}

impl Attribute {
    /// The name its standard gives it, or its identifier in figures.
    pub fn name(&self) -> String {
        super::attribute::name_of(self.kind)
    }
}

/// One `SignerInfo`.
#[derive(Clone, Debug)]
pub struct SignerInfo {
    /// The certificate meant.
    pub signer: SignerId,
    /// The digest algorithm; `None` for one that is not known here.
    pub digest: Option<DigestAlgorithm>,
    /// The bytes the signature covers, tagged as SET; `None` when the signature covers the
    /// content itself.
    pub signed_bytes: Option<Vec<u8>>,
    /// The signed attributes.
    pub signed: Vec<Attribute>,
    /// The signature's `AlgorithmIdentifier`.
    pub algorithm: Vec<u8>,
    /// The signature value.
    pub signature: Vec<u8>,
    /// The unsigned attributes.
    pub unsigned: Vec<Attribute>,
}

impl SignerInfo {
    /// The single value of a signed attribute that may stand only once.
    pub fn signed_value(&self, kind: ObjectIdentifier) -> Result<Option<&[u8]>, Malformed> {
        let mut found = self
            .signed
            .iter()
            .filter(|attribute| attribute.kind == kind);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(Attribute { values, .. }), None) => match values.as_slice() {
                [value] => Ok(Some(value)),
                _ => Err(Malformed("signed attribute without exactly one value")),
            },
            _ => Err(Malformed("signed attribute more than once")),
        }
    }

    /// The message digest attribute.
    pub fn message_digest(&self) -> Result<Option<Vec<u8>>, Malformed> {
        match self.signed_value(oid::MESSAGE_DIGEST)? {
            Some(value) => Ok(Some(Tlv::read_all(value)?.octets()?.into_owned())),
            None => Ok(None),
        }
    }

    /// The content type attribute.
    pub fn content_type(&self) -> Result<Option<ObjectIdentifier>, Malformed> {
        match self.signed_value(oid::CONTENT_TYPE)? {
            Some(value) => Tlv::read_all(value)?.oid().map(Some),
            None => Ok(None),
        }
    }

    /// The time the signer claims.
    pub fn signing_time(&self) -> Result<Option<Time>, Malformed> {
        match self.signed_value(oid::SIGNING_TIME)? {
            Some(value) => Tlv::read_all(value)?.time().map(Some),
            None => Ok(None),
        }
    }

    /// Digests of the signer's certificate in signing-certificate attributes, the first entry of
    /// each.
    pub fn certificate_digests(&self) -> Result<Vec<CertificateDigest>, Malformed> {
        let mut found = Vec::new();
        if let Some(value) = self.signed_value(oid::SIGNING_CERTIFICATE)? {
            let mut first = Reader::new(value).sequence()?.sequence()?.sequence()?;
            let hash = first.expect(tag::OCTET_STRING)?.body.to_vec();
            found.push((Some(DigestAlgorithm::Sha1), hash));
        }
        if let Some(value) = self.signed_value(oid::SIGNING_CERTIFICATE_V2)? {
            let mut first = Reader::new(value).sequence()?.sequence()?.sequence()?;
            let algorithm = match first.optional(tag::SEQUENCE)? {
                Some(identifier) => DigestAlgorithm::from_identifier(identifier.full)?,
                None => Some(DigestAlgorithm::Sha256),
            };
            found.push((algorithm, first.expect(tag::OCTET_STRING)?.body.to_vec()));
        }
        Ok(found)
    }

    /// The time-stamp tokens over the signature value (ETSI EN 319 122-1 5.3).
    pub fn timestamp_tokens(&self) -> Vec<&[u8]> {
        values_of(&self.unsigned, oid::SIGNATURE_TIMESTAMP)
    }

    /// The time-stamp tokens over the content, made before the signature (ETSI EN 319 122-1
    /// 5.2.8): each proves that the signature is younger.
    pub fn content_timestamp_tokens(&self) -> Vec<&[u8]> {
        values_of(&self.signed, oid::CONTENT_TIMESTAMP)
    }

    /// The time-stamp tokens over the signature with its evidence, archive-time-stamp-v3 (ETSI EN
    /// 319 122-1 5.5.3). They are named here; what they cover is not checked.
    pub fn archive_timestamp_tokens(&self) -> Vec<&[u8]> {
        values_of(&self.unsigned, oid::ARCHIVE_TIMESTAMP_V3)
    }

    /// Signatures over this signature's value (RFC 5652 11.4): [`super::verify_counter`].
    pub fn counter_signatures(&self) -> Result<Vec<Self>, Malformed> {
        values_of(&self.unsigned, oid::COUNTER_SIGNATURE)
            .into_iter()
            .map(|value| {
                let value = Tlv::read_all(value)?;
                if value.tag != tag::SEQUENCE {
                    return Err(Malformed("counter-signature"));
                }
                read_signer(value.inside()?)
            })
            .collect()
    }
}

fn values_of(attributes: &[Attribute], kind: ObjectIdentifier) -> Vec<&[u8]> {
    attributes
        .iter()
        .filter(|attribute| attribute.kind == kind)
        .flat_map(|attribute| attribute.values.iter().map(Vec::as_slice))
        .collect()
}

/// Reads a `ContentInfo` with SignedData (RFC 5652 3, 5.1), in BER or DER. Certificates of a kind
/// that is not known are left out. Bytes after it (padding of `/Contents`) must be cut off
/// before: [`asn1::length_of_first`].
pub fn parse(bytes: &[u8]) -> Result<SignedData, Malformed> {
    let mut info = Tlv::read_all(bytes)?.inside()?;
    if info.expect(tag::OID)?.oid()? != oid::SIGNED_DATA {
        return Err(Malformed("not signed data"));
    }
    let mut fields = info.expect(tag::constructed(0))?.only()?.inside()?;
    fields.expect(tag::INTEGER)?;
    fields.expect(tag::SET)?;
    let mut encapsulated = fields.sequence()?;
    let content_type = encapsulated.expect(tag::OID)?.oid()?;
    let content = match encapsulated.optional(tag::constructed(0))? {
        Some(value) => Some(content_octets(&value.only()?)?),
        None => None,
    };
    let mut certificates = Vec::new();
    if let Some(list) = fields.optional(tag::constructed(0))? {
        let mut reader = list.inside()?;
        while !reader.is_empty() {
            certificates.extend(Certificate::from_der(reader.any()?.full).ok());
        }
    }
    let mut crls = Vec::new();
    if let Some(list) = fields.optional(tag::constructed(1))? {
        let mut reader = list.inside()?;
        while !reader.is_empty() {
            crls.push(reader.any()?.full.to_vec());
        }
    }
    let mut signers = Vec::new();
    let mut reader = fields.expect(tag::SET)?.inside()?;
    while !reader.is_empty() {
        signers.push(read_signer(reader.sequence()?)?);
    }
    Ok(SignedData {
        content_type,
        content,
        certificates,
        crls,
        signers,
    })
}

/// PKCS#7 allows content that is not an octet string: then its own contents count.
fn content_octets(value: &Tlv<'_>) -> Result<Vec<u8>, Malformed> {
    match value.tag {
        tag::OCTET_STRING | 0x24 => Ok(value.octets()?.into_owned()),
        _ => Ok(value.body.to_vec()),
    }
}

fn read_signer(mut fields: Reader<'_>) -> Result<SignerInfo, Malformed> {
    fields.expect(tag::INTEGER)?;
    let id = fields.any()?;
    let signer = match id.tag {
        tag::SEQUENCE => {
            let mut inside = id.inside()?;
            let issuer = Name::from_der(inside.expect(tag::SEQUENCE)?.full)?;
            SignerId::IssuerAndSerial(issuer, inside.expect(tag::INTEGER)?.body.to_vec())
        }
        0x80 | 0xa0 => SignerId::SubjectKeyId(id.octets()?.into_owned()),
        _ => return Err(Malformed("signer identifier")),
    };
    let digest = DigestAlgorithm::from_identifier(fields.expect(tag::SEQUENCE)?.full)?;
    let (mut signed_bytes, mut signed) = (None, Vec::new());
    if let Some(list) = fields.optional(tag::constructed(0))? {
        signed_bytes = Some(if list.indefinite {
            asn1::tlv(tag::SET, list.body)
        } else {
            let mut bytes = list.full.to_vec();
            if let Some(first) = bytes.first_mut() {
                *first = tag::SET;
            }
            bytes
        });
        signed = read_attributes(list)?;
    }
    let algorithm = fields.expect(tag::SEQUENCE)?.full.to_vec();
    let signature = fields.any()?.octets()?.into_owned();
    let unsigned = match fields.optional(tag::constructed(1))? {
        Some(list) => read_attributes(list)?,
        None => Vec::new(),
    };
    fields.finish()?;
    Ok(SignerInfo {
        signer,
        digest,
        signed_bytes,
        signed,
        algorithm,
        signature,
        unsigned,
    })
}

pub(super) fn read_attributes(list: Tlv<'_>) -> Result<Vec<Attribute>, Malformed> {
    let mut attributes = Vec::new();
    let mut reader = list.inside()?;
    while !reader.is_empty() {
        let mut fields = reader.sequence()?;
        let kind = fields.expect(tag::OID)?.oid()?;
        let mut values = Vec::new();
        let mut set = fields.expect(tag::SET)?.inside()?;
        while !set.is_empty() {
            values.push(set.any()?.full.to_vec());
        }
        fields.finish()?;
        attributes.push(Attribute { kind, values });
    }
    Ok(attributes)
}
