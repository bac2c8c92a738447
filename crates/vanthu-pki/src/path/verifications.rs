//! The bound to what a judgement costs: signatures verified, each outcome remembered.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::key::VerifyError;
use crate::ocsp::OcspResponse;

/// SHA-256 of what is signed, and of the certificate whose key is tried.
type Pair = ([u8; 32], [u8; 32]);

/// Counts the signatures on certificates, lists and responses that are verified, and remembers what came of each: the
/// same one costs nothing the second time. At its bound nothing more is verified, and what would have to be does not
/// count. Material that strangers bring cannot make the work grow beyond it.
///
/// ```
/// # use vanthu_pki::{SoftKey, Time, authority::{Authority, Validity}};
/// use vanthu_pki::path::Verifications;
/// # let now = Time::from_unix(1_795_000_000);
/// # let validity = Validity { from: now, to: now.plus_days(1) };
/// let root = Authority::root(SoftKey::generate_p256()?, "Gốc", validity, 1)?;
/// let work = Verifications::new(1);
/// assert_eq!(work.issued(root.certificate(), root.certificate()), Some(Ok(())));
/// assert_eq!(work.issued(root.certificate(), root.certificate()), Some(Ok(())));
/// assert_eq!(work.count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Verifications {
    most: usize,
    count: Cell<usize>,
    exhausted: Cell<bool>,
    known: RefCell<HashMap<Pair, Result<(), VerifyError>>>,
}

impl Default for Verifications {
    fn default() -> Self {
        Self::new(Self::MOST)
    }
}

impl Verifications {
    /// For one path: honest ones need a few dozen.
    pub const MOST: usize = 2_000;

    /// At most so many.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            count: Cell::new(0),
            exhausted: Cell::new(false),
            known: RefCell::default(),
        }
    }

    /// How many signatures were verified.
    pub fn count(&self) -> usize {
        self.count.get()
    }

    /// Something was left unverified: what it would have said, for or against, is not known.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    pub(super) fn exhaust(&self) {
        self.exhausted.set(true);
    }

    /// Whether the key of `issuer` made the signature on `certificate`; `None` where the bound is reached.
    pub fn issued(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<Result<(), VerifyError>> {
        let pair = (*certificate.fingerprint(), *issuer.fingerprint());
        self.outcome(pair, || certificate.verify_issued_by(issuer))
    }

    /// Whether the key of `signer` made the signature on a list.
    pub fn signed_list(&self, list: &Crl, signer: &Certificate) -> Option<Result<(), VerifyError>> {
        let pair = (*list.fingerprint(), *signer.fingerprint());
        self.outcome(pair, || list.verify(signer))
    }

    pub(crate) fn signed_response(
        &self,
        response: &OcspResponse,
        signer: &Certificate,
    ) -> Option<Result<(), VerifyError>> {
        let pair = (*response.fingerprint(), *signer.fingerprint());
        self.outcome(pair, || response.verify_with(signer))
    }

    fn outcome(
        &self,
        pair: Pair,
        verify: impl FnOnce() -> Result<(), VerifyError>,
    ) -> Option<Result<(), VerifyError>> {
        if let Some(known) = self.known.borrow().get(&pair) {
            return Some(*known);
        }
        if self.count.get() >= self.most {
            self.exhaust();
            return None;
        }
        self.count.set(self.count.get() + 1);
        let outcome = verify();
        self.known.borrow_mut().insert(pair, outcome);
        Some(outcome)
    }
}
