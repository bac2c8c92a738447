//! What counts as a practice certificate.

use vanthu_pki::asn1::Tlv;
use vanthu_pki::oid::ObjectIdentifier;
use vanthu_pki::{Certificate, Malformed, oid};

/// The certificate policy that marks a practice certificate.
///
/// The practice authority writes it into every certificate that it issues, so the mark does not
/// hang on names. Automatic consent is given to certificates of this policy only.
pub const PRACTICE_MARK: ObjectIdentifier = oid::PRACTICE_POLICY;

/// True when the certificate was issued by a practice authority (cơ quan chứng thực thực hành).
pub fn is_practice(certificate: &Certificate) -> bool {
    certificate
        .extension(oid::CERTIFICATE_POLICIES)
        .and_then(|extension| policies(&extension.value).ok())
        .is_some_and(|policies| policies.contains(&PRACTICE_MARK))
}

/// The identifiers of `CertificatePolicies` (RFC 5280 section 4.2.1.4).
fn policies(value: &[u8]) -> Result<Vec<ObjectIdentifier>, Malformed> {
    let mut reader = Tlv::read_all(value)?.inside()?;
    let mut found = Vec::new();
    while !reader.is_empty() {
        found.push(reader.sequence()?.any()?.oid()?);
    }
    Ok(found)
}
