//! What comes back is read and examined before anything is built on it.

use crate::certificate::Certificate;
use crate::cms;
use crate::crl::Crl;
use crate::error::Malformed;
use crate::ocsp::{OcspError, OcspResponse, OcspStatus};
use crate::path::stands_until;
use crate::pem;
use crate::time::Time;

use super::Gathering;
use super::cache::Material;
use super::options::NonceRule;
use super::plan::Want;
use super::trouble::{Sought, Why};

/// How long a file of certificates is kept: it says nothing about that itself.
const CERTIFICATES_SECONDS: i64 = 86_400;

/// Reads an answer.
pub(super) fn read(sought: Sought, bytes: &[u8]) -> Result<Material, Why> {
    let malformed = |Malformed(what)| Why::Malformed(what.to_owned());
    match sought {
        Sought::Issuer => read_certificates(bytes)
            .map(Material::Certificates)
            .map_err(malformed),
        Sought::Ocsp => match OcspResponse::from_der(bytes) {
            Ok(response) => Ok(Material::Ocsp(Box::new(response))),
            Err(OcspError::Status(status)) => Err(Why::ResponderStatus(status)),
            Err(OcspError::Malformed(what)) => Err(malformed(what)),
            Err(OcspError::NotEntitled | OcspError::Signature(_)) => Err(Why::WrongSigner),
        },
        Sought::Crl | Sought::DeltaCrl => {
            let list = read_list(bytes).map_err(malformed)?;
            if sought == Sought::DeltaCrl && list.delta_base().is_none() {
                return Err(Why::Malformed("not a delta list".to_owned()));
            }
            Ok(Material::Crl(list))
        }
    }
}

/// Reads certificates in any of the forms in which authorities serve them (RFC 5280 4.2.2.1): one in DER, one or
/// more in PEM, or a CMS structure that holds nothing but certificates, in DER or PEM.
///
/// ```
/// # use vanthu_pki::{SoftKey, Time, authority::{Authority, Validity}, gather::read_certificates};
/// # let now = Time::from_unix(1_795_000_000);
/// # let validity = Validity { from: now, to: now.plus_days(1) };
/// let root = Authority::root(SoftKey::generate_p256()?, "Gốc", validity, 1)?;
/// let one = root.certificate();
/// assert_eq!(read_certificates(one.der())?, [one.clone()]);
/// assert_eq!(read_certificates(one.to_pem().as_bytes())?, [one.clone()]);
/// assert!(read_certificates(b"<html>404</html>").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_certificates(bytes: &[u8]) -> Result<Vec<Certificate>, Malformed> {
    if let Ok(one) = Certificate::from_der(bytes) {
        return Ok(vec![one]);
    }
    let mut found = Vec::new();
    if let Ok(bundle) = cms::parse(bytes) {
        found = bundle.certificates;
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        found = Certificate::all_from_pem(text)?;
        for label in ["PKCS7", "CMS"] {
            for der in pem::decode(text, label)? {
                found.extend(cms::parse(&der)?.certificates);
            }
        }
    }
    if found.is_empty() {
        return Err(Malformed("no certificate"));
    }
    Ok(found)
}

fn read_list(bytes: &[u8]) -> Result<Crl, Malformed> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Crl::from_der(bytes);
    };
    match pem::decode(text, "X509 CRL")?.first() {
        Some(der) => Crl::from_der(der),
        None => Crl::from_der(bytes),
    }
}

impl Gathering {
    /// Whether it answers the question; until when it may be kept.
    pub(super) fn examine(
        &self,
        want: &Want,
        found: &Material,
        nonce: Option<&[u8]>,
    ) -> Result<Time, Why> {
        match found {
            Material::Certificates(found) => {
                let fits = |it: &Certificate| match &want.list {
                    Some(list) => {
                        it.subject() == list.issuer()
                            && self.verifications.signed_list(list, it) == Some(Ok(()))
                    }
                    None => {
                        it.subject() == want.certificate.issuer()
                            && self.verifications.issued(&want.certificate, it) == Some(Ok(()))
                    }
                };
                if !found.iter().any(fits) {
                    return Err(Why::NotTheIssuer);
                }
                Ok(self.question.now.plus_seconds(CERTIFICATES_SECONDS))
            }
            Material::Crl(list) => {
                let until = self.current(list.this_update(), list.next_update())?;
                if self.signer_of(list, want.issuer.as_ref()).is_some()
                    || !list.issuer_urls().is_empty()
                {
                    return Ok(until);
                }
                let named = self.pool.iter().any(|it| it.subject() == list.issuer());
                Err(if named {
                    Why::BadSignature
                } else {
                    Why::WrongSigner
                })
            }
            Material::Ocsp(response) => self.examine_ocsp(want, response, nonce),
        }
    }

    /// RFC 6960 3.2: the certificate asked about, the signature, an entitled signer, and times that fit.
    fn examine_ocsp(
        &self,
        want: &Want,
        response: &OcspResponse,
        nonce: Option<&[u8]>,
    ) -> Result<Time, Why> {
        let Some(issuer) = &want.issuer else {
            return Err(Why::NotAbout);
        };
        let signer = response.signer(issuer, &self.verifications);
        signer.map_err(|error| match error {
            OcspError::Malformed(Malformed(what)) => Why::Malformed(what.to_owned()),
            OcspError::Status(status) => Why::ResponderStatus(status),
            OcspError::NotEntitled => Why::WrongSigner,
            OcspError::Signature(_) => Why::BadSignature,
        })?;
        match (nonce, response.nonce.as_deref()) {
            (Some(asked), Some(repeated)) if asked != repeated => return Err(Why::WrongNonce),
            (Some(_), None) if self.options.nonce == NonceRule::Required => {
                return Err(Why::NoNonce);
            }
            _ => {}
        }
        let answer = response
            .answer(&want.certificate, issuer)
            .ok_or(Why::NotAbout)?;
        if answer.status == OcspStatus::Unknown {
            return Err(Why::UnknownToResponder);
        }
        let until = self.current(answer.this_update, answer.next_update)?;
        // Without an announced successor newer knowledge is there at any time (RFC 6960 4.2.2.1).
        Ok(answer.next_update.map_or(self.question.now, |_| until))
    }

    /// Until when it stands, where it stands for the time in question.
    fn current(&self, this_update: Time, next_update: Option<Time>) -> Result<Time, Why> {
        let question = &self.question;
        let until = stands_until(this_update, next_update);
        if this_update > question.now.plus_seconds(self.options.limits.skew_seconds) {
            return Err(Why::FromTheFuture(this_update));
        }
        if question.at > until && question.at > this_update {
            return Err(Why::Stale(until));
        }
        if question
            .fresh_since
            .is_some_and(|since| this_update < since)
        {
            return Err(Why::Stale(this_update));
        }
        Ok(until)
    }
}
