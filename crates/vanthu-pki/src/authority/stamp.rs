//! Time-stamps of the practice authority.

use crate::algorithm::SignatureAlgorithm;
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::cms;
use crate::key::SoftKey;
use crate::oid;
use crate::time::Time;
use crate::tsp::TimestampRequest;

use super::AuthorityError;

/// A time-stamp service: its key, certificate and chain.
#[derive(Debug)]
pub struct TimestampAuthority {
    key: SoftKey,
    certificate: Certificate,
    chain: Vec<Certificate>,
    algorithm: SignatureAlgorithm,
}

impl TimestampAuthority {
    /// Puts the service together; `chain` goes into the tokens.
    pub fn new(
        key: SoftKey,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Result<Self, AuthorityError> {
        if key.spki() != certificate.spki() {
            return Err(AuthorityError::OtherKey);
        }
        let algorithm = key.default_algorithm();
        Ok(Self {
            key,
            certificate,
            chain,
            algorithm,
        })
    }

    /// Signs with another algorithm of its key from now on.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// A token for a request.
    pub fn token(
        &self,
        request: &TimestampRequest,
        at: Time,
        serial: u128,
    ) -> Result<Vec<u8>, AuthorityError> {
        let digest = request
            .digest
            .ok_or(crate::Malformed("digest algorithm not supported"))?;
        if digest.output_len() != request.imprint.len() {
            return Err(crate::Malformed("imprint of another length").into());
        }
        let mut fields = vec![
            asn1::small_integer(1),
            asn1::oid(request.policy.unwrap_or(oid::PRACTICE_TIMESTAMP_POLICY)),
            asn1::sequence(&[digest.identifier(), asn1::octet_string(&request.imprint)]),
            asn1::integer(&serial.max(1).to_be_bytes()),
            asn1::generalized_time(at),
            asn1::sequence(&[asn1::small_integer(1)]),
        ];
        fields.extend(
            request
                .nonce
                .as_deref()
                .map(|it| asn1::tlv(tag::INTEGER, it)),
        );
        let info = asn1::sequence(&fields);
        let imprint = self.algorithm.digest().digest(&info);
        let signed =
            cms::attributes_for(oid::TST_INFO, &imprint, &self.certificate, self.algorithm);
        let signature = self.key.sign(self.algorithm, &signed)?;
        let content = cms::Content {
            kind: oid::TST_INFO,
            encapsulated: Some(&info),
        };
        Ok(cms::signed_data(
            &content,
            &signed,
            self.algorithm,
            &signature,
            &self.certificate,
            &self.chain,
            Vec::new(),
        ))
    }

    /// A complete response for a request.
    pub fn respond(
        &self,
        request: &TimestampRequest,
        at: Time,
        serial: u128,
    ) -> Result<Vec<u8>, AuthorityError> {
        let token = self.token(request, at, serial)?;
        Ok(asn1::sequence(&[
            asn1::sequence(&[asn1::small_integer(0)]),
            token,
        ]))
    }
}

/// A response that refuses a request (status rejection).
pub fn refuse_timestamp(text: &str) -> Vec<u8> {
    let lines = asn1::sequence(&[asn1::utf8_string(text)]);
    asn1::sequence(&[asn1::sequence(&[asn1::small_integer(2), lines])])
}
