//! How a gathering is bounded and what it prefers.

use std::time::Duration;

use super::address::AddressPolicy;
use super::request::Form;

/// Whether anything may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Access {
    /// What is missing is asked for.
    #[default]
    Online,
    /// Nothing is asked; what is kept may still help.
    Offline,
}

/// Which evidence is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Prefer {
    /// OCSP; lists where it doesn't decide. Small and fresh.
    #[default]
    Ocsp,
    /// Lists; OCSP where they don't decide. Good for many certificates of one issuer.
    Crl,
    /// Both, so that either may fail later: for files that are to be judged for many years.
    Both,
}

/// Whether an OCSP answer must repeat the nonce (RFC 9654 2.1). Responders that sign their answers in advance
/// can't, which is why it is not demanded by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum NonceRule {
    /// Where it is repeated it must be the same.
    #[default]
    IfRepeated,
    /// It must be repeated.
    Required,
}

/// Whether delta lists are looked for (RFC 5280 6.3.3: "use-deltas").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Deltas {
    /// Where a certificate or list names them.
    #[default]
    WhereNamed,
    /// Never.
    Ignored,
}

/// What is asked for and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether anything may be asked.
    pub access: Access,
    /// Which evidence.
    pub prefer: Prefer,
    /// Delta lists.
    pub deltas: Deltas,
    /// The preferred form of OCSP requests; another is tried where a service doesn't understand it.
    pub ocsp: Form,
    /// 32 random octets from which the nonce of each OCSP request is derived; `None` sends none.
    pub nonce_seed: Option<[u8; 32]>,
    /// Whether the nonce must come back.
    pub nonce: NonceRule,
    /// Where requests may go.
    pub addresses: AddressPolicy,
    /// The bounds.
    pub limits: Limits,
}

/// The bounds of one gathering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests, redirects included.
    pub requests: usize,
    /// Redirects of one request.
    pub redirects: usize,
    /// Addresses of one kind taken from one certificate.
    pub addresses: usize,
    /// Certificates that issuers are looked for among.
    pub certificates: usize,
    /// Certificates in a row: issuers, and whoever signs about them.
    pub depth: usize,
    /// Bytes of one file of certificates.
    pub issuer_bytes: usize,
    /// Bytes of one OCSP response.
    pub ocsp_bytes: usize,
    /// Bytes of one list.
    pub crl_bytes: usize,
    /// Bytes of all answers.
    pub total_bytes: usize,
    /// Time for one request.
    pub request_time: Duration,
    /// Time for everything.
    pub total_time: Duration,
    /// Clocks may differ by this many seconds.
    pub skew_seconds: i64,
}

impl Default for Limits {
    /// 40 requests of 3 redirects, 8 addresses, 64 certificates, depth 10; 256 KiB of certificates, 128 KiB of
    /// OCSP, 32 MiB of one list, 64 MiB in all; 8 s for one request, 20 s in all; 5 minutes between clocks.
    fn default() -> Self {
        Self {
            requests: 40,
            redirects: 3,
            addresses: 8,
            certificates: 64,
            depth: 10,
            issuer_bytes: 256 << 10,
            ocsp_bytes: 128 << 10,
            crl_bytes: 32 << 20,
            total_bytes: 64 << 20,
            request_time: Duration::from_secs(8),
            total_time: Duration::from_secs(20),
            skew_seconds: 300,
        }
    }
}
