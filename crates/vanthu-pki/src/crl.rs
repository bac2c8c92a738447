//! Certificate revocation lists (danh sách chứng thư chữ ký số bị thu hồi).

use std::sync::{Arc, OnceLock};

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{Tlv, tag};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{self, DistributionPoint, Extension, GeneralName};
use crate::key::{self, PublicKeyInfo, VerifyError};
use crate::name::Name;
use crate::oid;
use crate::time::Time;

/// A revocation list with the bytes it was read from; cheap to clone.
#[derive(Clone, Debug)]
pub struct Crl(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    der: Vec<u8>,
    tbs: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    entries: Vec<RevokedEntry>,
    extensions: Vec<Extension>,
    unknown_critical: bool,
    fingerprint: OnceLock<[u8; 32]>,
}

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// The contents of its serial number.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Time,
    /// `CRLReason`.
    pub reason: Option<u64>,
    /// Its issuer, where the list speaks for several.
    pub issuer: Option<Name>,
    /// An extension that must be understood and is not.
    pub unknown_critical: bool,
}

/// What a list covers, from its issuing distribution point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Names of the distribution point.
    pub full_name: Vec<GeneralName>,
    /// Name relative to the issuer.
    pub relative_name: Option<Vec<u8>>,
    /// Only certificates of end entities.
    pub only_users: bool,
    /// Only certificates of authorities.
    pub only_authorities: bool,
    /// Only some reasons.
    pub reasons: Option<u32>,
    /// Speaks for certificates of other issuers too.
    pub indirect: bool,
    /// Only attribute certificates.
    pub only_attributes: bool,
}

impl Crl {
    /// Reads a DER list.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Tlv::read_all(der)?.inside()?;
        let tbs = reader.expect(tag::SEQUENCE)?;
        let algorithm = reader.expect(tag::SEQUENCE)?.full.to_vec();
        let signature = reader.expect(tag::BIT_STRING)?.bits()?.to_vec();
        reader.finish()?;
        let mut fields = tbs.inside()?;
        fields.optional(tag::INTEGER)?;
        if fields.expect(tag::SEQUENCE)?.full != algorithm {
            return Err(Malformed("the two signature algorithms differ"));
        }
        let issuer = Name::from_der(fields.expect(tag::SEQUENCE)?.full)?;
        let this_update = fields.any()?.time()?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(fields.any()?.time()?),
            _ => None,
        };
        let mut entries = Vec::new();
        if let Some(list) = fields.optional(tag::SEQUENCE)? {
            let mut list = list.inside()?;
            let mut issuer = None;
            while !list.is_empty() {
                let entry = read_entry(list.expect(tag::SEQUENCE)?, &mut issuer)?;
                entries.push(entry);
            }
        }
        let extensions = match fields.optional(tag::constructed(0))? {
            Some(value) => extension::read_list(value.only()?)?,
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Self(Arc::new(Parsed {
            der: der.to_vec(),
            tbs: tbs.full.to_vec(),
            algorithm,
            signature,
            issuer,
            this_update,
            next_update,
            unknown_critical: has_unknown_critical(&extensions, &entries),
            entries,
            extensions,
            fingerprint: OnceLock::new(),
        })))
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the bytes, computed once.
    pub fn fingerprint(&self) -> &[u8; 32] {
        self.0
            .fingerprint
            .get_or_init(|| DigestAlgorithm::sha256(&self.0.der))
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When it was issued.
    pub fn this_update(&self) -> Time {
        self.0.this_update
    }

    /// When the next one comes at the latest.
    pub fn next_update(&self) -> Option<Time> {
        self.0.next_update
    }

    /// All entries.
    pub fn entries(&self) -> &[RevokedEntry] {
        &self.0.entries
    }

    /// The entry of a certificate.
    pub fn lookup(&self, certificate: &Certificate) -> Option<&RevokedEntry> {
        self.entries().iter().find(|entry| {
            entry.serial == certificate.serial()
                && entry.issuer.as_ref().unwrap_or(self.issuer()) == certificate.issuer()
        })
    }

    /// Checks its signature with the key of `issuer`; nothing else.
    pub fn verify(&self, issuer: &Certificate) -> Result<(), VerifyError> {
        let kind = issuer.public_key_info().kind;
        let algorithm = SignatureAlgorithm::resolve(&self.0.algorithm, kind, None)?
            .ok_or(VerifyError::Unsupported)?;
        key::verify(issuer.spki(), algorithm, &self.0.tbs, &self.0.signature)
    }

    /// The algorithm of its signature where this crate supports it; `issuer` brings the kind of key.
    pub fn signature_algorithm(&self, issuer: &PublicKeyInfo) -> Option<SignatureAlgorithm> {
        SignatureAlgorithm::resolve(&self.0.algorithm, issuer.kind, None)
            .ok()
            .flatten()
    }

    /// What it covers.
    pub fn scope(&self) -> Result<Scope, Malformed> {
        let Some(extension) = self.extension(oid::ISSUING_DISTRIBUTION_POINT) else {
            return Ok(Scope::default());
        };
        let mut fields = Tlv::read_all(&extension.value)?.inside()?;
        let mut scope = Scope::default();
        while !fields.is_empty() {
            let value = fields.any()?;
            match value.tag {
                0xa0 => {
                    (scope.full_name, scope.relative_name) = extension::read_point_name(&value)?;
                }
                0x81 => scope.only_users = value.boolean()?,
                0x82 => scope.only_authorities = value.boolean()?,
                0x83 => scope.reasons = Some(value.named_bits()?),
                0x84 => scope.indirect = value.boolean()?,
                0x85 => scope.only_attributes = value.boolean()?,
                _ => return Err(Malformed("issuing distribution point")),
            }
        }
        Ok(scope)
    }

    /// Its number.
    pub fn number(&self) -> Option<Vec<u8>> {
        self.integer_extension(oid::CRL_NUMBER)
    }

    /// It has a number, in an extension that is not critical (RFC 5280 5.2.3).
    pub fn is_numbered(&self) -> bool {
        self.number().is_some()
            && self
                .extension(oid::CRL_NUMBER)
                .is_some_and(|it| !it.critical)
    }

    /// The number of the list it continues, for a delta list.
    pub fn delta_base(&self) -> Option<Vec<u8>> {
        self.integer_extension(oid::DELTA_CRL)
    }

    /// Since when entries of certificates that expire are kept (expiredCertsOnCRL, X.509 9.5.2.4); `None` where they
    /// are not.
    pub fn keeps_expired_since(&self) -> Option<Time> {
        let value = &self.extension(oid::EXPIRED_CERTS_ON_CRL)?.value;
        Tlv::read_all(value).ok()?.time().ok()
    }

    /// Whether it would name the certificate if that were revoked: it is not newer than the certificate's end, or it
    /// keeps the entries of those that ended then.
    pub fn can_name(&self, certificate: &Certificate) -> bool {
        let end = certificate.not_after();
        self.this_update() <= end || self.keeps_expired_since().is_some_and(|since| end >= since)
    }

    /// An extension that must be understood and is not.
    pub fn has_unknown_critical(&self) -> bool {
        self.0.unknown_critical
    }

    /// Key identifier of the key that signed it.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        let value = &self.extension(oid::AUTHORITY_KEY_ID)?.value;
        let mut reader = Tlv::read_all(value).ok()?.inside().ok()?;
        Some(reader.optional(tag::context(0)).ok()??.body)
    }

    /// Addresses of the certificate that signed it (RFC 5280 5.2.7).
    pub fn issuer_urls(&self) -> Vec<String> {
        self.extension(oid::AUTHORITY_INFO_ACCESS)
            .and_then(|it| extension::read_access(&it.value).ok())
            .unwrap_or_default()
            .into_iter()
            .filter(|(method, _)| *method == oid::AD_CA_ISSUERS)
            .map(|(_, url)| url)
            .collect()
    }

    /// Where delta lists to this one are published (RFC 5280 5.2.6).
    pub fn freshest_points(&self) -> Vec<DistributionPoint> {
        self.extension(oid::FRESHEST_CRL)
            .and_then(|it| DistributionPoint::read_list(&it.value).ok())
            .unwrap_or_default()
    }

    pub(crate) fn extension(&self, kind: oid::ObjectIdentifier) -> Option<&Extension> {
        self.0.extensions.iter().find(|it| it.kind == kind)
    }

    fn integer_extension(&self, kind: oid::ObjectIdentifier) -> Option<Vec<u8>> {
        let value = Tlv::read_all(&self.extension(kind)?.value).ok()?;
        Some(value.unsigned().ok()?.to_vec())
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Crl {}

fn has_unknown_critical(extensions: &[Extension], entries: &[RevokedEntry]) -> bool {
    const KNOWN: [oid::ObjectIdentifier; 4] = [
        oid::ISSUING_DISTRIBUTION_POINT,
        oid::DELTA_CRL,
        oid::AUTHORITY_KEY_ID,
        oid::CRL_NUMBER,
    ];
    let unknown = |it: &Extension| it.critical && !KNOWN.contains(&it.kind);
    extensions.iter().any(unknown) || entries.iter().any(|entry| entry.unknown_critical)
}

/// The certificate issuer named by one entry holds for those after it.
fn read_entry(entry: Tlv<'_>, issuer: &mut Option<Name>) -> Result<RevokedEntry, Malformed> {
    let mut fields = entry.inside()?;
    let serial = fields.expect(tag::INTEGER)?.body.to_vec();
    let at = fields.any()?.time()?;
    let (mut reason, mut unknown_critical) = (None, false);
    if let Some(list) = fields.optional(tag::SEQUENCE)? {
        for extension in extension::read_list(list)? {
            match extension.kind {
                oid::REASON_CODE => reason = Some(Tlv::read_all(&extension.value)?.small()?),
                oid::CERTIFICATE_ISSUER => {
                    let names = GeneralName::read_all(&Tlv::read_all(&extension.value)?)?;
                    *issuer = names.into_iter().find_map(|name| match name {
                        GeneralName::Directory(name) => Some(name),
                        _ => None,
                    });
                }
                oid::INVALIDITY_DATE => {}
                _ => unknown_critical |= extension.critical,
            }
        }
    }
    Ok(RevokedEntry {
        serial,
        at,
        reason,
        issuer: issuer.clone(),
        unknown_critical,
    })
}
