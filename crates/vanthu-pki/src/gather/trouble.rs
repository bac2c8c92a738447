//! What went wrong while something was looked for, by name: a report must be able to say why a status is not
//! determined.

use serde::Serialize;

use super::address::Breach;
use crate::certificate::Certificate;
use crate::time::Time;

/// What was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sought {
    /// The certificate of an issuer (RFC 5280 4.2.2.1 and 5.2.7).
    Issuer,
    /// An OCSP response (RFC 6960).
    Ocsp,
    /// A revocation list (RFC 5280 4.2.1.13).
    Crl,
    /// A delta list (RFC 5280 4.2.1.15 and 5.2.6).
    DeltaCrl,
}

/// Why it was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "detail")]
pub enum Why {
    /// Nothing may be asked: offline.
    #[error("offline")]
    Offline,
    /// The certificate names no address that could be asked.
    #[error("no address is named")]
    NoAddress,
    /// The address, or one it redirects to, may not be asked.
    #[error("the address may not be asked: {0}")]
    Forbidden(Breach),
    /// No connection, or it broke.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// HTTP answered with this status.
    #[error("HTTP status {0}")]
    HttpStatus(u16),
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// Redirected more often than allowed.
    #[error("redirected too often")]
    TooManyRedirects,
    /// Redirected to where it came from.
    #[error("redirected in a circle")]
    RedirectLoop,
    /// The answer is not the structure it should be.
    #[error("malformed: {0}")]
    Malformed(String),
    /// None of the certificates found issued the one in question.
    #[error("it is not the issuer's certificate")]
    NotTheIssuer,
    /// The responder answered with this error status (RFC 6960 2.3).
    #[error("the responder answered with status {0}")]
    ResponderStatus(u64),
    /// The answer is about something else.
    #[error("the answer is about another certificate")]
    NotAbout,
    /// The responder doesn't know the certificate.
    #[error("the responder does not know the certificate")]
    UnknownToResponder,
    /// The answer repeats another nonce (RFC 9654 2.1).
    #[error("the nonce is not that of the request")]
    WrongNonce,
    /// The answer repeats no nonce and one is demanded.
    #[error("the nonce was not repeated")]
    NoNonce,
    /// Newer knowledge should have come at this time.
    #[error("stale since {0}")]
    Stale(Time),
    /// Issued at a time that has not come.
    #[error("from the future: {0}")]
    FromTheFuture(Time),
    /// Signed by nobody who is entitled to.
    #[error("signed by nobody entitled")]
    WrongSigner,
    /// The entitled key doesn't verify the signature.
    #[error("the signature does not verify")]
    BadSignature,
    /// It was good, but doesn't decide: other reasons, another scope.
    #[error("it does not decide about the certificate")]
    DoesNotDecide,
    /// As many requests as allowed were made.
    #[error("no more requests allowed")]
    OutOfRequests,
    /// As many bytes as allowed were read.
    #[error("no more bytes allowed")]
    OutOfBytes,
    /// The time for all of it is over.
    #[error("no more time")]
    OutOfTime,
    /// Farther from the beginning than allowed.
    #[error("too deep")]
    TooDeep,
    /// It failed a moment ago in this way, and was not asked again yet.
    #[error("failed a moment ago: {0}")]
    Recently(Box<Why>),
}

/// One failed attempt, and the certificate that it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// What was looked for.
    pub sought: Sought,
    /// The subject of the certificate, RFC 4514.
    pub subject: String,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub thumbprint: String,
    /// The address that was asked first.
    pub url: Option<String>,
    /// What went wrong.
    pub why: Why,
}

impl Trouble {
    pub(super) fn new(
        sought: Sought,
        certificate: &Certificate,
        url: Option<&str>,
        why: Why,
    ) -> Self {
        Self {
            sought,
            subject: certificate.subject().to_string(),
            thumbprint: certificate.sha256_thumbprint(),
            url: url.map(str::to_owned),
            why,
        }
    }
}

impl Why {
    /// It may be otherwise in a moment, but not at once: worth remembering for a short time.
    pub(super) fn is_of_the_service(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::TimedOut
                | Self::HttpStatus(_)
                | Self::TooLarge
                | Self::TooManyRedirects
                | Self::RedirectLoop
                | Self::Malformed(_)
                | Self::ResponderStatus(_)
                | Self::Stale(_)
                | Self::FromTheFuture(_)
        )
    }
}
