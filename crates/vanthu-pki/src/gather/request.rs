//! What the gatherer wants to be asked over HTTP, and what comes back.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::trouble::{Sought, Why};
use crate::algorithm::DigestAlgorithm;

/// One request, to be made exactly as it stands: no redirect is to be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// To be given back with the answer.
    pub id: RequestId,
    /// What it looks for.
    pub sought: Sought,
    /// `http` or `https`; checked against the policy, but not what its name resolves to.
    pub url: String,
    /// `None` is GET, otherwise POST with this body.
    pub body: Option<Vec<u8>>,
    /// The content type of the body.
    pub content_type: &'static str,
    /// What is accepted.
    pub accept: &'static str,
    /// Reading stops beyond this many bytes: [`Answer::TooLarge`].
    pub max_bytes: usize,
    /// The answer must be whole after this time: [`Answer::TimedOut`].
    pub timeout: Duration,
}

/// Tells requests of one gathering apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub(super) u32);

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Status 200 with this body.
    Body(Vec<u8>),
    /// Status 301, 302, 303, 307 or 308 with this location.
    Redirect {
        /// The status.
        status: u16,
        /// The `Location`, as it was sent.
        location: String,
    },
    /// Another status.
    Status(u16),
    /// More bytes than allowed.
    TooLarge,
    /// Not whole in time.
    TimedOut,
    /// No connection, or it broke; says how.
    Unreachable(String),
    /// The name resolved to addresses that may not be asked.
    Forbidden,
}

/// What is asked where. The same thing is asked once in one gathering.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Issuer(String),
    Crl(String),
    /// An OCSP service and the certificate's SHA-1 identifier there.
    Ocsp(String, Vec<u8>, Form),
}

impl Key {
    pub(super) fn url(&self) -> &str {
        match self {
            Self::Issuer(url) | Self::Crl(url) | Self::Ocsp(url, ..) => url,
        }
    }

    /// Under what it is remembered: answers in every form are equally good.
    pub(super) fn remembered(&self) -> Self {
        match self {
            Self::Ocsp(url, id, _) => Self::Ocsp(url.clone(), id.clone(), Form::default()),
            other => other.clone(),
        }
    }
}

/// How an OCSP request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Form {
    /// The HTTP method.
    pub method: OcspMethod,
    /// The hash in the certificate's identifier.
    pub digest: OcspDigest,
}

/// RFC 6960 A.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum OcspMethod {
    /// Understood by every responder.
    #[default]
    Post,
    /// Can be answered from caches of HTTP on the way.
    Get,
}

/// RFC 6960 4.1.1: the hash of the issuer's name and key. It identifies and protects nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum OcspDigest {
    /// Understood by every responder.
    #[default]
    Sha1,
    /// Demanded by some new ones.
    Sha256,
}

impl OcspDigest {
    pub(super) fn algorithm(self) -> DigestAlgorithm {
        match self {
            Self::Sha1 => DigestAlgorithm::Sha1,
            Self::Sha256 => DigestAlgorithm::Sha256,
        }
    }
}

impl Form {
    /// The next form to try after one that failed in a way that may be the form's own fault. From the
    /// preferred one each part is left at most once.
    pub(super) fn next(self, preferred: Self, why: &Why) -> Option<Self> {
        match why {
            Why::HttpStatus(400 | 403..=405 | 414 | 415 | 501)
                if self.method == preferred.method =>
            {
                let method = match self.method {
                    OcspMethod::Post => OcspMethod::Get,
                    OcspMethod::Get => OcspMethod::Post,
                };
                Some(Self { method, ..self })
            }
            // malformedRequest and unauthorized: what responders say to identifiers they don't know.
            Why::ResponderStatus(1 | 6) | Why::NotAbout | Why::UnknownToResponder
                if self.digest == preferred.digest =>
            {
                let digest = match self.digest {
                    OcspDigest::Sha1 => OcspDigest::Sha256,
                    OcspDigest::Sha256 => OcspDigest::Sha1,
                };
                Some(Self { digest, ..self })
            }
            _ => None,
        }
    }
}

/// The address of an OCSP request by GET (RFC 6960 A.1): the service's, a slash, and the request in base64 with
/// what a URL can't hold escaped.
///
/// ```
/// let url = vanthu_pki::gather::ocsp_get_url("http://ocsp.example.vn/a/", &[0xfb, 0xff, 0xfe]);
/// assert_eq!(url, "http://ocsp.example.vn/a/%2B%2F%2F%2B");
/// ```
pub fn ocsp_get_url(service: &str, request: &[u8]) -> String {
    let mut url = service.trim_end_matches('/').to_owned();
    url.push('/');
    for letter in STANDARD.encode(request).chars() {
        match letter {
            '+' => url.push_str("%2B"),
            '/' => url.push_str("%2F"),
            '=' => url.push_str("%3D"),
            plain => url.push(plain),
        }
    }
    url
}
