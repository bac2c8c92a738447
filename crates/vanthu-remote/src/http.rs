//! What is to be asked over HTTP, and what comes back. No connection is opened here.

use std::fmt;
use std::time::Duration;

use url::{Host, Url};

use crate::secret::{Secret, SecretBytes};

/// Answers beyond this size are not read: a batch of a thousand signatures in CMS stays below it.
pub const MAX_ANSWER_BYTES: usize = 16 << 20;

/// One request, to be made exactly as it stands: no redirect is followed and nothing is repeated. What may be
/// written to a log is its [`Display`](fmt::Display); its `Debug` says the same and no more.
#[derive(Clone)]
pub struct HttpRequest {
    /// To be given back with the answer.
    pub id: RequestId,
    /// What it is for.
    pub purpose: Purpose,
    /// An `https` address, or `http` on the loopback interface where that was permitted.
    pub url: String,
    /// Names in lower case; the content type is among them.
    pub headers: Vec<Header>,
    /// The body of this POST.
    pub body: SecretBytes,
    /// The service knows us by the client certificate of the installation (mutual TLS).
    pub mutual_tls: bool,
    /// Reading stops beyond this many bytes: [`HttpAnswer::TooLarge`].
    pub max_bytes: usize,
    /// The answer must be whole after this time: [`HttpAnswer::TimedOut`].
    pub timeout: Duration,
}

impl fmt::Display for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: POST {} ({:?})", self.purpose, self.url, self.body)
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Tells the requests of one conversation apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub(crate) u32);

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Facts about the service.
    Service,
    /// A token for the service.
    Access,
    /// The credentials of a holder.
    List,
    /// One credential.
    Info,
    /// The holder's permission to sign these digests.
    Authorize,
    /// The signatures.
    Sign,
    /// What became of a request for signatures.
    Status,
    /// Tells the holder's phone what became of the signature.
    Receipt,
}

/// One header.
#[derive(Clone, Debug)]
pub struct Header {
    /// In lower case.
    pub name: &'static str,
    /// May be a secret.
    pub value: Secret,
}

impl Header {
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: Secret::new(value),
        }
    }

    /// RFC 6750 2.1.
    pub(crate) fn bearer(token: &Secret) -> Self {
        Self::new("authorization", format!("Bearer {}", token.reveal()))
    }
}

/// What came of a request.
#[derive(Clone, Debug)]
pub enum HttpAnswer {
    /// An answer with any status.
    Reply(Reply),
    /// More bytes than allowed.
    TooLarge,
    /// Not whole in time. The service may have done what it was asked for.
    TimedOut,
    /// No connection was made: the service was not asked.
    NotConnected(String),
    /// The connection broke after something was sent. The service may have done what it was asked for.
    Broken(String),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body; may hold tokens.
    pub body: SecretBytes,
}

impl Reply {
    /// An answer with this status and body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            body: SecretBytes::new(body.into()),
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A request without what a conversation adds to it.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it is for.
    pub purpose: Purpose,
    /// Where to.
    pub url: String,
    /// With the content type.
    pub headers: Vec<Header>,
    /// The body.
    pub body: SecretBytes,
    /// By client certificate.
    pub mutual_tls: bool,
}

impl Call {
    pub(crate) fn json(purpose: Purpose, url: String, body: SecretBytes) -> Self {
        let headers = vec![
            Header::new("content-type", "application/json"),
            Header::new("accept", "application/json"),
        ];
        Self {
            purpose,
            url,
            headers,
            body,
            mutual_tls: false,
        }
    }

    pub(crate) fn with(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    pub(crate) fn with_bearer(self, token: Option<&Secret>) -> Self {
        match token {
            Some(token) => self.with(Header::bearer(token)),
            None => self,
        }
    }

    /// As a request that belongs to no conversation: a question that stands alone.
    pub fn alone(self, timeout: Duration) -> HttpRequest {
        self.into_request(RequestId(0), timeout)
    }

    pub(crate) fn into_request(self, id: RequestId, timeout: Duration) -> HttpRequest {
        HttpRequest {
            id,
            purpose: self.purpose,
            url: self.url,
            headers: self.headers,
            body: self.body,
            mutual_tls: self.mutual_tls,
            max_bytes: MAX_ANSWER_BYTES,
            timeout,
        }
    }
}

/// An address of a service, as an administrator configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

/// Whether an address without encryption is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Plain {
    /// Never.
    #[default]
    Refused,
    /// On this machine only: practice and tests.
    OnLoopback,
}

/// An address that is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// Not an address.
    #[error("not an address")]
    NotAnAddress,
    /// Everything here is secret: passwords, tokens, digests.
    #[error("an address of a signing service begins with https")]
    NotEncrypted,
    /// Passwords, questions and fragments have no place in it.
    #[error("the address holds a password, a question mark or a fragment")]
    Surplus,
}

impl Endpoint {
    /// Reads an address. A slash at its end makes no difference.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn new(address: &str, plain: Plain) -> Result<Self, BadEndpoint> {
        let url = Url::parse(address).map_err(|_| BadEndpoint::NotAnAddress)?;
        let host = url.host().ok_or(BadEndpoint::NotAnAddress)?;
        let local = match host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(it) => it.is_loopback(),
            Host::Ipv6(it) => it.is_loopback(),
        };
        let accepted = match url.scheme() {
            "https" => true,
            "http" => local && plain == Plain::OnLoopback,
            _ => false,
        };
        if !accepted {
            return Err(BadEndpoint::NotEncrypted);
        }
        let named = !url.username().is_empty() || url.password().is_some();
        if named || url.query().is_some() || url.fragment().is_some() {
            return Err(BadEndpoint::Surplus);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A path below it.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_and_bare() {
        let read = |address| Endpoint::new(address, Plain::Refused);
        assert_eq!(
            read("https://ky.example.vn/csc/v2/").unwrap().join("info"),
            "https://ky.example.vn/csc/v2/info"
        );
        for (address, problem) in [
            ("http://ky.example.vn/", BadEndpoint::NotEncrypted),
            ("http://127.0.0.1:1/", BadEndpoint::NotEncrypted),
            ("ftp://ky.example.vn/", BadEndpoint::NotEncrypted),
            ("https://a:b@ky.example.vn/", BadEndpoint::Surplus),
            ("https://ky.example.vn/?a=b", BadEndpoint::Surplus),
            ("https://ky.example.vn/#a", BadEndpoint::Surplus),
            ("ky.example.vn", BadEndpoint::NotAnAddress),
            ("https://", BadEndpoint::NotAnAddress),
        ] {
            assert_eq!(read(address), Err(problem), "{address}");
        }
    }

    #[test]
    fn without_encryption_only_this_machine_is_asked() {
        let read = |address| Endpoint::new(address, Plain::OnLoopback);
        assert!(read("http://127.0.0.1:8080").is_ok());
        assert!(read("http://[::1]:8080").is_ok());
        assert!(read("http://localhost:8080").is_ok());
        assert_eq!(read("http://10.0.0.1:8080"), Err(BadEndpoint::NotEncrypted));
        assert_eq!(
            read("http://localhost.example.vn"),
            Err(BadEndpoint::NotEncrypted)
        );
    }

    #[test]
    fn a_request_in_a_log_shows_neither_headers_nor_body() {
        let call = Call::json(
            Purpose::Sign,
            "https://ky.example.vn/sign".to_owned(),
            SecretBytes::json(&"mat khau"),
        )
        .with_bearer(Some(&Secret::new("the-token")));
        let request = call.into_request(RequestId(1), Duration::from_secs(1));
        let text = format!("{request} {request:?} {:?}", request.headers);
        assert!(text.contains("Sign: POST https://ky.example.vn/sign (10 bytes)"));
        assert!(
            !text.contains("mat khau") && !text.contains("the-token"),
            "{text}"
        );
    }
}
