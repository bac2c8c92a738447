//! The digest flow over `/SignMsg`: the tool signs a digest that was prepared here, as a raw RSA value. The signer sees
//! the tool's own question and no document, so the page shows the document and its code beside it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use vanthu_pki::{Certificate, DigestAlgorithm, KeyKind, SignatureAlgorithm};

use super::DigestSupport;
use super::message::ToolReply;
use crate::json;
use crate::outcome::{Ending, Failure};
use crate::secret::SecretBytes;
use crate::value::{Expected, SignatureValue, ValueError, Wanted};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SignMessage {
    hash_alg: &'static str,
    hash_value: String,
    encode: &'static str,
}

/// The one algorithm that is known to work.
pub const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1Sha256;

/// The frame that asks for a signature over a SHA-256 digest.
pub fn frame(digest: &[u8; 32]) -> SecretBytes {
    SecretBytes::json(&SignMessage {
        hash_alg: "SHA256",
        hash_value: STANDARD.encode(digest),
        encode: "RSA",
    })
}

/// The certificate of a reply to `/GetCertInfo` or `/SignMsg`: to be pinned before anything is prepared.
///
/// # Errors
/// There is none, or the tool said no.
pub fn certificate(reply: &ToolReply) -> Result<Certificate, Failure> {
    if reply.status != 0 {
        return Err(Failure::new(Ending::Refused, &reply.message));
    }
    let text = reply.certificate.as_ref();
    json::certificate(text.ok_or_else(|| Failure::unreadable("no certificate"))?)
}

/// The signature of a reply, verified with the pinned certificate.
///
/// # Errors
/// The tool said no, another certificate signed, or the value does not verify.
pub fn signature(
    reply: &ToolReply,
    digest: &[u8; 32],
    pinned: &Certificate,
) -> Result<SignatureValue, Failure> {
    if reply.status != 0 {
        return Err(Failure::new(Ending::Refused, &reply.message));
    }
    if certificate(reply)? != *pinned {
        return Err(Failure::new(Ending::OtherCertificate, ""));
    }
    let expected = Expected {
        certificate: pinned,
        algorithm: ALGORITHM,
        digest,
        wanted: Wanted::Raw,
    };
    let text = reply.signature.as_deref().unwrap_or_default();
    expected.read(text).map_err(|why| {
        let ending = match why {
            ValueError::OtherForm => Ending::OtherForm,
            ValueError::OtherCertificate => Ending::OtherCertificate,
            ValueError::DoesNotVerify => Ending::BadSignature,
            ValueError::NotBase64 | ValueError::NotOneSigner => Ending::Unreadable,
        };
        Failure::new(ending, why.to_string())
    })
}

/// Tries whether a tool has the digest flow, with a text that signs nothing.
#[derive(Clone, Debug)]
pub struct Probe {
    digest: [u8; 32],
}

impl Probe {
    /// `nonce` makes the text new, so that an old answer proves nothing.
    pub fn new(nonce: &str) -> Self {
        let text = format!("Văn Thư: thử công cụ ký số, không ký văn bản nào. {nonce}");
        let digest = DigestAlgorithm::Sha256.digest(text.as_bytes());
        Self {
            digest: digest.first_chunk().copied().unwrap_or_default(),
        }
    }

    /// The frame.
    pub fn frame(&self) -> SecretBytes {
        frame(&self.digest)
    }

    /// What the reply says of the tool. A signer who said no has said nothing about it.
    pub fn read(&self, reply: &ToolReply) -> DigestSupport {
        let Ok(certificate) = certificate(reply) else {
            return if reply.status == 0 {
                DigestSupport::Missing
            } else {
                DigestSupport::Unknown
            };
        };
        let rsa = certificate.public_key_info().kind == KeyKind::Rsa;
        if rsa && signature(reply, &self.digest, &certificate).is_ok() {
            DigestSupport::Works
        } else {
            DigestSupport::Missing
        }
    }
}
