//! OCSP responses of the practice authority.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::key::SoftKey;
use crate::ocsp::{self, CertificateId, OcspRequest, OcspStatus};
use crate::oid;
use crate::time::Time;

use super::AuthorityError;

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

/// An OCSP responder: its key and certificate. An issuer that answers itself is put together from
/// its own key and certificate.
#[derive(Debug)]
pub struct OcspAuthority {
    key: SoftKey,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
    identity: ResponderIdentity,
    chain: Vec<Certificate>,
}

/// How a responder names itself in its answers (RFC 6960 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ResponderIdentity {
    /// By SHA-1 of its key.
    #[default]
    KeyHash,
    /// By the subject of its certificate.
    Name,
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
            identity: ResponderIdentity::default(),
            chain: Vec::new(),
        })
    }

    /// Signs with another algorithm of its key from now on.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// Names itself in this way from now on.
    pub fn with_identity(self, identity: ResponderIdentity) -> Self {
        Self { identity, ..self }
    }

    /// Sends these certificates behind its own.
    pub fn with_chain(self, chain: Vec<Certificate>) -> Self {
        Self { chain, ..self }
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
        let singles: Vec<Vec<u8>> = answers.iter().map(single).collect();
        let mut fields = vec![
            self.identity(),
            asn1::generalized_time(produced_at),
            asn1::sequence(&singles),
        ];
        if let Some(nonce) = nonce {
            let list = asn1::sequence(&[ocsp::nonce_extension(nonce)]);
            fields.push(asn1::explicit(1, &list));
        }
        let tbs = asn1::sequence(&fields);
        let signature = self.key.sign(self.algorithm, &tbs)?;
        let certificates: Vec<&[u8]> = std::iter::once(&self.certificate)
            .chain(&self.chain)
            .map(Certificate::der)
            .collect();
        let basic = asn1::sequence(&[
            tbs,
            self.algorithm.identifier(),
            asn1::bit_string(&signature),
            asn1::explicit(0, &asn1::sequence(&certificates)),
        ]);
        let bytes = asn1::sequence(&[asn1::oid(oid::OCSP_BASIC), asn1::octet_string(&basic)]);
        Ok(asn1::sequence(&[
            asn1::tlv(tag::ENUMERATED, &[0]),
            asn1::explicit(0, &bytes),
        ]))
    }

    fn identity(&self) -> Vec<u8> {
        match self.identity {
            ResponderIdentity::Name => asn1::explicit(1, self.certificate.subject().der()),
            ResponderIdentity::KeyHash => {
                let key = &self.certificate.public_key_info().key;
                asn1::explicit(2, &asn1::octet_string(&DigestAlgorithm::Sha1.digest(key)))
            }
        }
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
