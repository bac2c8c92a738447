//! The rounds of a gathering: what is to be asked, within the bounds, and what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::algorithm::DigestAlgorithm;
use crate::crl::Crl;
use crate::ocsp;
use crate::path::{RevocationData, RevocationStatus, Verifications};

use super::accept;
use super::address::Breach;
use super::cache::{Cache, Kept, Material};
use super::options::{Access, NonceRule, Options};
use super::plan::Want;
use super::pool::Pool;
use super::request::{Answer, Key, OcspMethod, Request, RequestId, ocsp_get_url};
use super::trouble::{Sought, Trouble, Why};
use super::{CertificateStatus, Gathered, Question, Spent};
use crate::certificate::Certificate;

/// Signatures verified for one question: the pool and the answers have bounds of their own.
const MOST_VERIFICATIONS: usize = 10_000;

/// A question on its way to an answer; see the [module](super).
#[derive(Debug)]
pub struct Gathering {
    pub(super) question: Question,
    pub(super) options: Options,
    pub(super) pool: Pool,
    pub(super) evidence: RevocationData,
    pub(super) found: RevocationData,
    pub(super) certificates: Vec<Certificate>,
    pub(super) outcomes: BTreeMap<Key, Outcome>,
    pub(super) pending: BTreeMap<RequestId, Pending>,
    pub(super) redirected: Vec<Pending>,
    pub(super) troubles: Vec<Trouble>,
    pub(super) spent: Spent,
    pub(super) last_id: u32,
    /// Shared by all that is examined on the way.
    pub(super) verifications: Verifications,
}

/// What came of a want.
#[derive(Debug)]
pub(super) enum Outcome {
    Asked,
    Found,
    List(Crl),
    Failed(Why),
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct Pending {
    want: Want,
    request: Request,
    nonce: Option<[u8; 32]>,
    been: Vec<String>,
}

/// What became of a want that was to be begun.
enum Begun {
    Request(Request),
    Settled,
    Later,
}

impl Gathering {
    /// Begins; nothing is asked yet.
    pub fn new(question: Question, options: Options) -> Self {
        let mut pool = Pool::new(question.anchors.clone(), options.limits.certificates);
        for certificate in question.certificates.iter().chain(&question.known) {
            pool.add(certificate);
        }
        Self {
            evidence: question.evidence.clone(),
            pool,
            question,
            options,
            found: RevocationData::default(),
            certificates: Vec::new(),
            outcomes: BTreeMap::new(),
            pending: BTreeMap::new(),
            redirected: Vec::new(),
            troubles: Vec::new(),
            spent: Spent::default(),
            last_id: 0,
            verifications: Verifications::new(MOST_VERIFICATIONS),
        }
    }

    /// The requests of the next round, which may be made at the same time; none when nothing is left to ask.
    /// `elapsed` is the time since the gathering began. A request of the last round without an
    /// [`answer`](Self::answer) counts as not answered in time.
    pub fn next(&mut self, cache: &mut Cache, elapsed: Duration) -> Vec<Request> {
        for (_, late) in std::mem::take(&mut self.pending) {
            self.fail(&late.want, Why::TimedOut);
        }
        let mut requests = Vec::new();
        for mut pending in std::mem::take(&mut self.redirected) {
            let left = self.options.limits.total_time.saturating_sub(elapsed);
            if left.is_zero() {
                self.fail(&pending.want, Why::OutOfTime);
                continue;
            }
            pending.request.timeout = self.options.limits.request_time.min(left);
            requests.push(pending.request.clone());
            self.pending.insert(pending.request.id, pending);
        }
        loop {
            let mut settled = false;
            for want in self.plan().wants {
                if self.outcomes.contains_key(&want.key) {
                    continue;
                }
                match self.begin(want, cache, elapsed) {
                    Begun::Request(request) => requests.push(request),
                    Begun::Settled => settled = true,
                    Begun::Later => {}
                }
            }
            if !requests.is_empty() || !settled {
                return requests;
            }
        }
    }

    /// Takes what came of a request; the cache should be the one given to [`next`](Self::next).
    pub fn answer(&mut self, id: RequestId, answer: Answer, cache: &mut Cache) {
        let Some(pending) = self.pending.remove(&id) else {
            return;
        };
        let now = self.question.now;
        let why = match answer {
            Answer::Body(bytes) if bytes.len() > pending.request.max_bytes => Why::TooLarge,
            Answer::Body(bytes) => {
                self.spent.bytes += bytes.len();
                let nonce = pending.nonce.as_ref().map(<[u8; 32]>::as_slice);
                let read = accept::read(pending.want.sought, &bytes);
                match read.and_then(|it| Ok((self.examine(&pending.want, &it, nonce)?, it))) {
                    Ok((until, material)) => {
                        cache.keep(&pending.want.key, material.clone(), until, bytes.len(), now);
                        self.take_in(&pending.want, material);
                        return;
                    }
                    Err(why) => why,
                }
            }
            Answer::Redirect { status, location } => {
                match self.redirect(pending, status, &location) {
                    Ok(()) => return,
                    Err((want, why)) => {
                        cache.keep_failure(&want.key, why.clone(), now);
                        self.fail(&want, why);
                        return;
                    }
                }
            }
            Answer::Status(status) => Why::HttpStatus(status),
            Answer::TooLarge => Why::TooLarge,
            Answer::TimedOut => Why::TimedOut,
            Answer::Unreachable(how) => Why::Unreachable(how),
            Answer::Forbidden => Why::Forbidden(Breach::PrivateAddress),
        };
        if why.is_of_the_service() {
            cache.keep_failure(&pending.want.key, why.clone(), now);
        }
        self.fail(&pending.want, why);
    }

    /// What is known now.
    pub fn finish(mut self) -> Gathered {
        let plan = self.plan();
        self.troubles.extend(plan.troubles);
        for it in &plan.statuses {
            self.explain(it);
        }
        Gathered {
            certificates: self.certificates,
            evidence: self.evidence,
            found: self.found,
            statuses: plan.statuses,
            troubles: self.troubles,
            spent: self.spent,
        }
    }

    /// A status that is not known has at least one trouble that says why.
    fn explain(&mut self, it: &CertificateStatus) {
        let certificate = &it.certificate;
        let (sought, named) = match it.status {
            None => (Sought::Issuer, !certificate.issuer_urls().is_empty()),
            Some(RevocationStatus::Unknown) => {
                let named =
                    !certificate.ocsp_urls().is_empty() || !certificate.crl_urls().is_empty();
                (Sought::Crl, named)
            }
            Some(_) => return,
        };
        let thumbprint = certificate.sha256_thumbprint();
        if self.troubles.iter().any(|it| it.thumbprint == thumbprint) {
            return;
        }
        let why = if named {
            Why::DoesNotDecide
        } else {
            Why::NoAddress
        };
        self.troubles
            .push(Trouble::new(sought, certificate, None, why));
    }

    fn begin(&mut self, want: Want, cache: &mut Cache, elapsed: Duration) -> Begun {
        let limits = self.options.limits;
        match self.remembered(&want, cache) {
            Some(Kept::Found(material)) => match self.examine(&want, &material, None) {
                Ok(_) => {
                    self.spent.remembered += 1;
                    self.take_in(&want, material);
                    return Begun::Settled;
                }
                // What doesn't help here may have been replaced by now.
                Err(_) if self.options.access == Access::Online => {}
                Err(why) => return self.settle(&want, why),
            },
            Some(Kept::Failed(why)) => return self.settle(&want, Why::Recently(Box::new(why))),
            None => {}
        }
        if self.options.access == Access::Offline {
            return self.settle(&want, Why::Offline);
        }
        let url = match self.options.addresses.read(want.key.url()) {
            Ok(url) => String::from(url),
            Err(breach) => return self.settle(&want, Why::Forbidden(breach)),
        };
        if self.spent.requests >= limits.requests {
            return self.settle(&want, Why::OutOfRequests);
        }
        let left = limits.total_time.saturating_sub(elapsed);
        if left.is_zero() {
            return self.settle(&want, Why::OutOfTime);
        }
        let reserved: usize = self.pending.values().map(|it| it.request.max_bytes).sum();
        let room = limits
            .total_bytes
            .saturating_sub(self.spent.bytes + reserved);
        let most = match want.sought {
            Sought::Issuer => limits.issuer_bytes,
            Sought::Ocsp => limits.ocsp_bytes,
            Sought::Crl | Sought::DeltaCrl => limits.crl_bytes,
        };
        if room < most && reserved > 0 {
            return Begun::Later;
        }
        if room == 0 {
            return self.settle(&want, Why::OutOfBytes);
        }
        let timeout = limits.request_time.min(left);
        Begun::Request(self.send(want, url, most.min(room), timeout))
    }

    fn send(&mut self, want: Want, url: String, max_bytes: usize, timeout: Duration) -> Request {
        self.last_id += 1;
        self.spent.requests += 1;
        let (mut request, mut nonce) = (
            Request {
                id: RequestId(self.last_id),
                sought: want.sought,
                url,
                body: None,
                content_type: "",
                accept: accept_header(want.sought),
                max_bytes,
                timeout,
            },
            None,
        );
        if let (Key::Ocsp(_, _, form), Some(issuer)) = (&want.key, &want.issuer) {
            nonce = self
                .options
                .nonce_seed
                .map(|seed| nonce_of(&seed, self.last_id));
            let digest = form.digest.algorithm();
            let asked = nonce.as_ref().map(<[u8; 32]>::as_slice);
            let body = ocsp::request_with(digest, &want.certificate, issuer, asked);
            match form.method {
                OcspMethod::Get => request.url = ocsp_get_url(&request.url, &body),
                OcspMethod::Post => {
                    request.content_type = "application/ocsp-request";
                    request.body = Some(body);
                }
            }
        }
        self.outcomes.insert(want.key.clone(), Outcome::Asked);
        let been = vec![request.url.clone()];
        let pending = Pending {
            want,
            request: request.clone(),
            nonce,
            been,
        };
        self.pending.insert(request.id, pending);
        request
    }

    fn redirect(
        &mut self,
        mut pending: Pending,
        status: u16,
        location: &str,
    ) -> Result<(), (Want, Why)> {
        let limits = self.options.limits;
        let next = url::Url::parse(&pending.request.url)
            .and_then(|it| it.join(location))
            .map_err(|_| Why::Forbidden(Breach::NotAnAddress))
            .and_then(|it| {
                let read = self.options.addresses.read(it.as_str());
                read.map_err(Why::Forbidden)
            });
        let why = match next {
            Err(why) => why,
            // "See other" would have the question itself left behind.
            Ok(_) if status == 303 && pending.request.body.is_some() => Why::HttpStatus(status),
            Ok(url) if pending.been.iter().any(|it| it == url.as_str()) => Why::RedirectLoop,
            Ok(_) if pending.been.len() > limits.redirects => Why::TooManyRedirects,
            Ok(_) if self.spent.requests >= limits.requests => Why::OutOfRequests,
            Ok(url) => {
                self.last_id += 1;
                self.spent.requests += 1;
                pending.been.push(url.as_str().to_owned());
                pending.request.url = url.into();
                pending.request.id = RequestId(self.last_id);
                self.redirected.push(pending);
                return Ok(());
            }
        };
        Err((pending.want, why))
    }

    fn remembered(&self, want: &Want, cache: &mut Cache) -> Option<Kept> {
        // Who demands a nonce wants to hear it now.
        let fresh = want.sought == Sought::Ocsp && self.options.nonce == NonceRule::Required;
        let kept = cache.find(&want.key, self.question.now)?;
        (!fresh || matches!(kept, Kept::Failed(_))).then_some(kept)
    }

    fn settle(&mut self, want: &Want, why: Why) -> Begun {
        self.fail(want, why);
        Begun::Settled
    }

    fn fail(&mut self, want: &Want, why: Why) {
        let url = Some(want.key.url());
        let trouble = Trouble::new(want.sought, &want.certificate, url, why.clone());
        self.troubles.push(trouble);
        self.outcomes.insert(want.key.clone(), Outcome::Failed(why));
    }

    fn take_in(&mut self, want: &Want, material: Material) {
        let outcome = match material {
            Material::Certificates(found) => {
                for certificate in found {
                    if self.pool.add(&certificate) {
                        self.certificates.push(certificate);
                    }
                }
                Outcome::Found
            }
            Material::Crl(list) => {
                if !self.evidence.crls.contains(&list) {
                    self.evidence.crls.push(list.clone());
                }
                if !self.found.crls.contains(&list) {
                    self.found.crls.push(list.clone());
                }
                Outcome::List(list)
            }
            Material::Ocsp(response) => {
                self.evidence.ocsp.push((*response).clone());
                self.found.ocsp.push(*response);
                Outcome::Found
            }
        };
        self.outcomes.insert(want.key.clone(), outcome);
    }
}

/// Gathers with a function that makes one request and waits for its answer. `elapsed` tells the time since the
/// beginning.
pub fn gather(
    question: Question,
    options: Options,
    cache: &mut Cache,
    mut elapsed: impl FnMut() -> Duration,
    mut fetch: impl FnMut(&Request) -> Answer,
) -> Gathered {
    let mut gathering = Gathering::new(question, options);
    loop {
        let requests = gathering.next(cache, elapsed());
        if requests.is_empty() {
            return gathering.finish();
        }
        for request in requests {
            let answer = fetch(&request);
            gathering.answer(request.id, answer, cache);
        }
    }
}

fn accept_header(sought: Sought) -> &'static str {
    match sought {
        Sought::Issuer => "application/pkix-cert, application/pkcs7-mime, */*;q=0.5",
        Sought::Ocsp => "application/ocsp-response",
        Sought::Crl | Sought::DeltaCrl => "application/pkix-crl, */*;q=0.5",
    }
}

/// 32 octets (RFC 9654 2.1) that nobody can foresee who doesn't know the seed.
fn nonce_of(seed: &[u8; 32], id: u32) -> [u8; 32] {
    let digest = DigestAlgorithm::Sha256.digest_parts(&[seed, &id.to_be_bytes()]);
    digest.try_into().unwrap_or(*seed)
}
