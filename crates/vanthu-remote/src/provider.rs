//! What every service that holds keys is asked, in one form. An implementation writes requests and reads answers;
//! it decides nothing about time, repetition, batches or verification: that is done once, in
//! [`Signing`](crate::Signing) and [`Inquiry`](crate::Inquiry).

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::display::CodeRule;
use crate::http::{Call, Reply};
use crate::model::{Credential, CredentialInfo, Holder};
use crate::order::Batch;
use crate::outcome::{Ending, Failure};
use crate::secret::Secret;
use crate::value::Wanted;

/// A service that holds keys (dịch vụ ký số từ xa, ký số trên SIM).
pub trait SigningProvider: fmt::Debug + Send + Sync {
    /// Its name in records.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn abilities(&self) -> Abilities;

    /// The request for a token of the service, where it wants one.
    ///
    /// # Errors
    /// The configuration has none and needs one.
    fn access(&self, holder: &Holder) -> Result<Option<Call>, Failure> {
        let _ = holder;
        Ok(None)
    }

    /// Reads the answer to [`access`](Self::access).
    ///
    /// # Errors
    /// The service gives none.
    fn read_access(&self, reply: &Reply) -> Result<Token, Failure> {
        let _ = reply;
        Err(not_offered())
    }

    /// The request for the credentials of a holder; `page` is what the page before named as the next.
    ///
    /// # Errors
    /// The service has no list.
    fn list(
        &self,
        holder: &Holder,
        access: Option<&Secret>,
        page: Option<&str>,
    ) -> Result<Call, Failure>;

    /// Reads one page of the list.
    ///
    /// # Errors
    /// The service gives none.
    fn read_list(&self, reply: &Reply) -> Result<Page, Failure>;

    /// The request for one credential.
    ///
    /// # Errors
    /// The service tells nothing of single credentials.
    fn info(&self, holder: &Holder, access: Option<&Secret>, id: &str) -> Result<Call, Failure>;

    /// Reads what is known of a credential.
    ///
    /// # Errors
    /// The service does not know it.
    fn read_info(&self, reply: &Reply, id: &str) -> Result<CredentialInfo, Failure>;

    /// What must happen before the service may be asked for signatures. `seed` is new randomness for this batch.
    ///
    /// # Errors
    /// Nothing that is permitted here.
    fn consent(
        &self,
        batch: &Batch<'_>,
        access: Option<&Secret>,
        seed: &Seed,
    ) -> Result<Consent, Failure> {
        let _ = (batch, access, seed);
        Ok(Consent::NotNeeded)
    }

    /// The request that turns what a page brought back into an agreement.
    fn redeem(&self, code: &Secret, verifier: &Secret) -> Option<Call> {
        let _ = (code, verifier);
        None
    }

    /// Reads an agreement, from [`Consent::Ask`] or [`redeem`](Self::redeem).
    ///
    /// # Errors
    /// The holder does not agree, or to something else.
    fn read_agreement(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Agreement, Failure> {
        let _ = (batch, reply);
        Err(not_offered())
    }

    /// The request for signatures.
    ///
    /// # Errors
    /// What the service is known to refuse.
    fn sign(
        &self,
        batch: &Batch<'_>,
        access: Option<&Secret>,
        agreement: Option<&Agreement>,
    ) -> Result<Call, Failure>;

    /// Reads the answer to [`sign`](Self::sign).
    ///
    /// # Errors
    /// The service will not sign.
    fn read_sign(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure>;

    /// By which name the request can be asked for when its answer was lost: ours, where the service keeps it.
    fn lost(&self, batch: &Batch<'_>) -> Option<PollToken> {
        let _ = batch;
        None
    }

    /// The question what became of a request; `turn` counts the questions from 0.
    fn status(
        &self,
        batch: &Batch<'_>,
        token: &PollToken,
        access: Option<&Secret>,
        turn: usize,
    ) -> Call;

    /// Reads the answer to [`status`](Self::status). An error is an end; what is not understood is
    /// [`Answered::Unclear`], and asked again.
    ///
    /// # Errors
    /// The request is at an end without signatures.
    fn read_status(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure>;
}

fn not_offered() -> Failure {
    Failure::new(Ending::NotOffered, "")
}

/// What a service can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Most digests in one request, whatever the credential says.
    pub batch: usize,
    /// How often it may be asked what became of a request.
    pub poll_every: Duration,
    /// Whether the answer to the request for signatures waits for the holder.
    pub waits: Waits,
    /// The code that holder and page show.
    pub code: CodeRule,
    /// Which form of signature it can be asked for.
    pub wanted: Option<Wanted>,
}

/// Whether the answer to the request for signatures waits for the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// The answer comes at once.
    No,
    /// The answer comes when the holder has decided.
    ForTheHolder,
}

/// A token of the service.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub value: Secret,
    /// How long it is good.
    pub valid: Duration,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Credentials.
    pub credentials: Vec<Credential>,
    /// The name of the next page.
    pub next: Option<String>,
}

impl Page {
    /// All credentials of a service that tells everything of them at once.
    pub(crate) fn whole(found: Vec<CredentialInfo>) -> Self {
        let credential = |info: CredentialInfo| Credential {
            id: info.id.clone(),
            info: Some(info),
        };
        Self {
            credentials: found.into_iter().map(credential).collect(),
            next: None,
        }
    }
}

/// Randomness from the caller.
#[derive(Clone)]
pub struct Seed(pub(crate) zeroize::Zeroizing<[u8; 32]>);

impl Seed {
    /// 32 octets that nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(zeroize::Zeroizing::new(bytes))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

/// What must happen before the service may be asked for signatures.
#[derive(Clone, Debug)]
pub enum Consent {
    /// Nothing: the holder agrees on the own device when asked.
    NotNeeded,
    /// This request.
    Ask(Call),
    /// The holder's browser goes to a page of the service.
    Page(ConsentPage),
}

/// A page of the service where the holder agrees (RFC 6749 4.1, RFC 7636).
#[derive(Clone, Debug)]
pub struct ConsentPage {
    /// Where the browser goes.
    pub url: String,
    /// Comes back unchanged.
    pub state: String,
    /// Proves that who redeems the code is who asked for it.
    pub verifier: Secret,
}

/// The holder's agreement to sign these digests: a SAD, or an access token that stands for one.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The proof.
    pub value: Secret,
    /// How the proof is shown.
    pub shown: Shown,
    /// [`Batch::fingerprint`] of what it covers.
    pub covers: [u8; 32],
    /// How long it is good.
    pub valid: Duration,
}

/// How an agreement is shown to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As the member `SAD`.
    AsSad,
    /// As the bearer token of the request.
    AsToken,
}

/// What a service answered to a request for signatures, or to a question about one.
#[derive(Clone, Debug)]
pub enum Answered {
    /// It waits for the holder; this is how to ask again. `None` where it was asked already.
    Pending(Option<PollToken>),
    /// Values in base64, one for each digest, in the order of the batch. Not verified yet.
    Done(Vec<String>),
    /// Nothing that is understood.
    Unclear(String),
}

/// How a request is asked for. Kept over a restart; whoever has it may learn of signatures, so it is in no log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollToken {
    /// The service's name for the request.
    pub id: String,
    /// Another name that may be the one it wants.
    pub other: Option<String>,
}

impl fmt::Debug for PollToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PollToken")
    }
}
