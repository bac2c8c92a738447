//! Revocation lists and OCSP responses of the practice authority.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::key::SoftKey;
use crate::ocsp::{self, CertificateId, OcspRequest, OcspStatus};
use crate::oid;
use crate::time::Time;

use super::{Authority, AuthorityError, extension, sign_structure};

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The contents of its serial number.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Time,
    /// `CRLReason`.
    pub reason: Option<u64>,
}

impl Authority {
    /// A revocation list.
    pub fn crl(
        &self,
        revoked: &[Revocation],
        number: u64,
        this_update: Time,
        next_update: Time,
    ) -> Result<Crl, AuthorityError> {
        let entries: Vec<Vec<u8>> = revoked
            .iter()
            .map(|it| {
                let mut fields = vec![asn1::tlv(tag::INTEGER, &it.serial), asn1::time(it.at)];
                if let Some(reason) = it.reason {
                    let value = asn1::tlv(tag::ENUMERATED, &[reason as u8]);
                    fields.push(asn1::sequence(&[extension(
                        oid::REASON_CODE,
                        false,
                        &value,
                    )]));
                }
                asn1::sequence(&fields)
            })
            .collect();
        let number = extension(oid::CRL_NUMBER, false, &asn1::small_integer(number));
        let extensions = asn1::sequence(&[self.authority_key_id()?, number]);
        let mut fields = vec![
            asn1::small_integer(1),
            self.algorithm.identifier(),
            self.certificate.subject().der().to_vec(),
            asn1::time(this_update),
            asn1::time(next_update),
        ];
        if !entries.is_empty() {
            fields.push(asn1::sequence(&entries));
        }
        fields.push(asn1::explicit(0, &extensions));
        let tbs = asn1::sequence(&fields);
        Ok(Crl::from_der(&sign_structure(
            tbs,
            &self.key,
            self.algorithm,
        )?)?)
    }
}

/// The answer about one certificate and how long it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusAnswer {
    /// Which.
    pub id: CertificateId,
    /// Its state.
    pub status: OcspStatus,
    /// Since when the state is known.
    pub this_update: Time,
    /// When to ask again.
    pub next_update: Option<Time>,
}

/// An OCSP responder: its key and certificate.
#[derive(Debug)]
pub struct OcspAuthority {
    key: SoftKey,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
}

impl OcspAuthority {
    /// Puts the responder together.
    pub fn new(key: SoftKey, certificate: Certificate) -> Result<Self, AuthorityError> {
        if key.spki() != certificate.spki() {
            return Err(AuthorityError::OtherKey);
        }
        let algorithm = key.default_algorithm();
        Ok(Self {
            key,
            certificate,
            algorithm,
        })
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// A complete `OCSPResponse`, DER.
    pub fn respond(
        &self,
        answers: &[StatusAnswer],
        nonce: Option<&[u8]>,
        produced_at: Time,
    ) -> Result<Vec<u8>, AuthorityError> {
        let key_hash = DigestAlgorithm::Sha1.digest(&self.certificate.public_key_info().key);
        let singles: Vec<Vec<u8>> = answers.iter().map(single).collect();
        let mut fields = vec![
            asn1::explicit(2, &asn1::octet_string(&key_hash)),
            asn1::generalized_time(produced_at),
            asn1::sequence(&singles),
        ];
        if let Some(nonce) = nonce {
            let list = asn1::sequence(&[ocsp::nonce_extension(nonce)]);
            fields.push(asn1::explicit(1, &list));
        }
        let tbs = asn1::sequence(&fields);
        let signature = self.key.sign(self.algorithm, &tbs)?;
        let basic = asn1::sequence(&[
            tbs,
            self.algorithm.identifier(),
            asn1::bit_string(&signature),
            asn1::explicit(0, &asn1::sequence(&[self.certificate.der()])),
        ]);
        let bytes = asn1::sequence(&[asn1::oid(oid::OCSP_BASIC), asn1::octet_string(&basic)]);
        Ok(asn1::sequence(&[
            asn1::tlv(tag::ENUMERATED, &[0]),
            asn1::explicit(0, &bytes),
        ]))
    }

    /// Answers a request: `status` tells the state of each certificate asked about.
    pub fn answer(
        &self,
        request: &OcspRequest,
        status: impl Fn(&CertificateId) -> OcspStatus,
        at: Time,
        next_update: Option<Time>,
    ) -> Result<Vec<u8>, AuthorityError> {
        let answers: Vec<StatusAnswer> = request
            .ids
            .iter()
            .map(|id| StatusAnswer {
                id: id.clone(),
                status: status(id),
                this_update: at,
                next_update,
            })
            .collect();
        self.respond(&answers, request.nonce.as_deref(), at)
    }
}

fn single(answer: &StatusAnswer) -> Vec<u8> {
    let status = match answer.status {
        OcspStatus::Good => asn1::implicit(0, &asn1::null()),
        OcspStatus::Unknown => asn1::implicit(2, &asn1::null()),
        OcspStatus::Revoked(at, reason) => {
            let mut fields = vec![asn1::generalized_time(at)];
            fields.extend(
                reason
                    .map(|reason| asn1::explicit(0, &asn1::tlv(tag::ENUMERATED, &[reason as u8]))),
            );
            asn1::implicit(1, &asn1::sequence(&fields))
        }
    };
    let mut fields = vec![
        answer.id.to_der(),
        status,
        asn1::generalized_time(answer.this_update),
    ];
    fields.extend(
        answer
            .next_update
            .map(|it| asn1::explicit(0, &asn1::generalized_time(it))),
    );
    asn1::sequence(&fields)
}
