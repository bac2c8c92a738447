//! Finds what is missing to judge certificates: issuers' certificates (RFC 5280 4.2.2.1), OCSP responses
//! (RFC 6960), revocation lists and delta lists (RFC 5280 4.2.1.13, 4.2.1.15), for whole chains, those of
//! time-stamp services, OCSP responders and issuers of lists included.
//!
//! There is no network here. A [`Gathering`] says which requests it wants made and takes what came of them, in
//! rounds, until nothing is left to ask; so a program that waits and a server that must not wait use the same
//! code, and a test needs no network. It is bounded in requests, redirects, bytes, depth and time ([`Limits`]),
//! asks only addresses that the [`AddressPolicy`] permits, and names every failure ([`Why`]).
//!
//! Nothing that is found is believed because it was found: lists and responses are checked against their
//! signers, and [`path::validate`](crate::path::validate) checks them again when it uses them.
//!
//! ```
//! use std::time::Duration;
//! use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
//! use vanthu_pki::gather::{Answer, Cache, Gathering, Options, Question};
//! use vanthu_pki::path::{self, Purpose, RevocationStatus};
//! use vanthu_pki::{SoftKey, Time};
//!
//! let now = Time::from_unix(1_795_000_000);
//! let validity = Validity { from: now.plus_days(-1), to: now.plus_days(365) };
//! let root = Authority::root(SoftKey::generate_p256()?, "Gốc", validity, 1)?;
//! let endpoints = Endpoints {
//!     crl_url: Some("http://ca.example.vn/root.crl".to_owned()),
//!     ..Endpoints::default()
//! };
//! let key = SoftKey::generate_p256()?;
//! let person = PersonSubject { full_name: "Nguyễn Văn Mẫu".to_owned(), ..Default::default() };
//! let certificate = root.person(&person, &key.spki(), validity, 2, &endpoints)?;
//! let list = root.crl(&[], 1, now, now.plus_days(1))?;
//!
//! let question = Question::about(certificate.clone(), vec![root.certificate().clone()], now);
//! let mut gathering = Gathering::new(question, Options::default());
//! let mut cache = Cache::default();
//! loop {
//!     // The time since the beginning; here nothing waits.
//!     let requests = gathering.next(&mut cache, Duration::ZERO);
//!     if requests.is_empty() {
//!         break;
//!     }
//!     for request in requests {
//!         assert_eq!(request.url, "http://ca.example.vn/root.crl");
//!         gathering.answer(request.id, Answer::Body(list.der().to_vec()), &mut cache);
//!     }
//! }
//! let found = gathering.finish();
//! assert!(found.is_complete() && found.troubles.is_empty());
//! let anchors = [root.certificate().clone()];
//! let report = path::validate(&certificate, &[], &anchors, now, &found.evidence, Purpose::DocumentSigning);
//! assert!(report.is_valid());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accept;
mod address;
mod cache;
mod engine;
mod options;
mod plan;
mod pool;
mod request;
mod status;
mod trouble;

pub use accept::read_certificates;
pub use address::{AddressPolicy, Breach, Network, is_public};
pub use cache::{Cache, CacheLimits};
pub use engine::{Gathering, gather};
pub use options::{Access, Deltas, Limits, NonceRule, Options, Prefer};
pub use request::{Answer, Form, OcspDigest, OcspMethod, Request, RequestId, ocsp_get_url};
pub use trouble::{Sought, Trouble, Why};

use crate::certificate::Certificate;
use crate::cms::{self, SignedData};
use crate::crl::Crl;
use crate::path::{RevocationData, RevocationStatus};
use crate::time::Time;

/// What is to be found out.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The certificates in question: of signers and of time-stamp services.
    pub certificates: Vec<Certificate>,
    /// Other certificates at hand.
    pub known: Vec<Certificate>,
    /// The anchors.
    pub anchors: Vec<Certificate>,
    /// Evidence at hand.
    pub evidence: RevocationData,
    /// The time at which the status matters.
    pub at: Time,
    /// The present.
    pub now: Time,
    /// Evidence must be this new; `None` leaves it to what it says of itself.
    pub fresh_since: Option<Time>,
}

impl Question {
    /// About one certificate, now.
    pub fn about(certificate: Certificate, anchors: Vec<Certificate>, now: Time) -> Self {
        Self {
            certificates: vec![certificate],
            anchors,
            at: now,
            now,
            ..Self::default()
        }
    }

    /// Adds the signers of a CMS structure and of the time-stamps in it as certificates in question, and takes
    /// what else it carries: certificates and lists.
    pub fn add_signed_data(&mut self, signed: &SignedData) {
        for signer in &signed.signers {
            let meant = |it: &&Certificate| signer.signer.matches(it);
            if let Some(certificate) = signed.certificates.iter().find(meant)
                && !self.certificates.contains(certificate)
            {
                self.certificates.push(certificate.clone());
            }
            // A token is signed data without unsigned attributes of this kind: this goes no deeper.
            for token in signer.timestamp_tokens() {
                if let Ok(token) = cms::parse(token) {
                    self.add_token(&token);
                }
            }
        }
        self.add_contents(signed);
    }

    fn add_token(&mut self, token: &SignedData) {
        for signer in &token.signers {
            let meant = |it: &&Certificate| signer.signer.matches(it);
            if let Some(certificate) = token.certificates.iter().find(meant)
                && !self.certificates.contains(certificate)
            {
                self.certificates.push(certificate.clone());
            }
        }
        self.add_contents(token);
    }

    fn add_contents(&mut self, signed: &SignedData) {
        for certificate in &signed.certificates {
            if !self.known.contains(certificate) {
                self.known.push(certificate.clone());
            }
        }
        let lists = signed.crls.iter().filter_map(|der| Crl::from_der(der).ok());
        self.evidence.crls.extend(lists);
    }
}

/// What is known in the end.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Certificates that were found.
    pub certificates: Vec<Certificate>,
    /// All evidence: what was given and what was found.
    pub evidence: RevocationData,
    /// The evidence that was found.
    pub found: RevocationData,
    /// Every certificate below an anchor that was met, the certificates in question first.
    pub statuses: Vec<CertificateStatus>,
    /// Everything that went wrong, in the order in which it was met.
    pub troubles: Vec<Trouble>,
    /// What it took.
    pub spent: Spent,
}

/// The status of one certificate.
#[derive(Clone, Debug)]
pub struct CertificateStatus {
    /// The certificate.
    pub certificate: Certificate,
    /// Its status; `None` where no chain to an anchor was found, so that nobody could say.
    pub status: Option<RevocationStatus>,
}

/// What a gathering took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests, redirects included.
    pub requests: usize,
    /// Bytes of answers.
    pub bytes: usize,
    /// What came from the cache.
    pub remembered: usize,
}

impl Gathered {
    /// Every certificate met leads to an anchor and its status is known, be it good or revoked.
    pub fn is_complete(&self) -> bool {
        self.statuses
            .iter()
            .all(|it| !matches!(it.status, None | Some(RevocationStatus::Unknown)))
    }

    /// The status of a certificate.
    pub fn status_of(&self, certificate: &Certificate) -> Option<RevocationStatus> {
        let found = self
            .statuses
            .iter()
            .find(|it| it.certificate == *certificate);
        found.and_then(|it| it.status)
    }

    /// What went wrong for a certificate.
    pub fn troubles_of(&self, certificate: &Certificate) -> Vec<&Trouble> {
        let thumbprint = certificate.sha256_thumbprint();
        let of = |it: &&Trouble| it.thumbprint == thumbprint;
        self.troubles.iter().filter(of).collect()
    }
}
