//! A signature between its signed attributes and its value: what files of every kind have in common.

use vanthu_pki::cms::{self, CertificateBinding, VerifiedValue};
use vanthu_pki::{Certificate, SignatureAlgorithm, tsp, verify};

use crate::embed::EmbedError;

/// What a key elsewhere is asked to sign, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    signed_attributes: Vec<u8>,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
}

impl Pending {
    pub(crate) fn new(
        signed_attributes: Vec<u8>,
        certificate: &Certificate,
        algorithm: SignatureAlgorithm,
    ) -> Self {
        Self {
            signed_attributes,
            certificate: certificate.clone(),
            algorithm,
        }
    }

    pub(crate) fn to_be_signed(&self) -> &[u8] {
        &self.signed_attributes
    }

    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What is kept of it as bytes.
    pub(crate) fn parts(&self) -> [&[u8]; 3] {
        [
            &self.signed_attributes,
            self.certificate.der(),
            self.algorithm.name().as_bytes(),
        ]
    }

    /// Reads back [`Pending::parts`].
    pub(crate) fn read([attributes, certificate, algorithm]: [&[u8]; 3]) -> Option<Self> {
        Some(Self {
            signed_attributes: attributes.to_vec(),
            certificate: Certificate::from_der(certificate).ok()?,
            algorithm: SignatureAlgorithm::from_name(std::str::from_utf8(algorithm).ok()?)?,
        })
    }

    /// The value verifies with the certificate.
    pub(crate) fn check(&self, signature: &[u8]) -> Result<(), EmbedError> {
        verify(
            self.certificate.spki(),
            self.algorithm,
            &self.signed_attributes,
            signature,
        )
        .map_err(|_| EmbedError::BadSignature)
    }

    /// Puts the CMS structure over content of this digest together around a value that [`Pending::check`] accepted, and
    /// reads it back before anything is written.
    pub(crate) fn assemble(
        &self,
        digest: &[u8],
        signature: &[u8],
        chain: &[Certificate],
        timestamp_token: Option<&[u8]>,
    ) -> Result<Vec<u8>, EmbedError> {
        if let Some(token) = timestamp_token {
            tsp::verify_token(token, |digest| digest.digest(signature), chain)
                .map_err(EmbedError::timestamp)?;
        }
        let cms = cms::assemble(
            &self.signed_attributes,
            self.algorithm,
            signature,
            &self.certificate,
            chain,
            timestamp_token,
        );
        let whole = cms::parse(&cms).map_err(|_| EmbedError::BadSignature)?;
        let value = VerifiedValue {
            certificate: &self.certificate,
            algorithm: self.algorithm,
            attributes: &self.signed_attributes,
            signature,
        };
        match cms::agrees(&whole, digest, value) {
            Ok(CertificateBinding::Bound) => Ok(cms),
            Ok(_) | Err(_) => Err(EmbedError::BadSignature),
        }
    }
}
