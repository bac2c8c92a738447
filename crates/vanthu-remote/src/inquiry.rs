//! Asks a service for the credentials of a holder, or for one of them: a conversation without a network.

use std::sync::Arc;
use std::time::Duration;

use crate::http::{HttpAnswer, HttpRequest, Reply, RequestId};
use crate::model::{Credential, CredentialInfo, Holder};
use crate::outcome::{Ending, Failure};
use crate::provider::SigningProvider;
use crate::secret::Secret;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How many pages of a list are read.
const PAGES: usize = 50;

/// A question about credentials on its way to an answer.
#[derive(Debug)]
pub struct Inquiry {
    provider: Arc<dyn SigningProvider>,
    holder: Holder,
    about: About,
    access: Option<Secret>,
    page: Option<String>,
    pages: usize,
    found: Vec<Credential>,
    flight: Option<(RequestId, Asked)>,
    last_id: u32,
    end: Option<Result<Found, Failure>>,
}

#[derive(Clone, Debug)]
enum About {
    All,
    One(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Access,
    Credentials,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Found {
    /// The holder's credentials.
    Credentials(Vec<Credential>),
    /// The credential asked for.
    Info(Box<CredentialInfo>),
}

impl Inquiry {
    /// Asks for all credentials of a holder.
    pub fn list(provider: Arc<dyn SigningProvider>, holder: Holder) -> Self {
        Self::new(provider, holder, About::All)
    }

    /// Asks for one credential.
    pub fn info(provider: Arc<dyn SigningProvider>, holder: Holder, id: impl Into<String>) -> Self {
        Self::new(provider, holder, About::One(id.into()))
    }

    fn new(provider: Arc<dyn SigningProvider>, holder: Holder, about: About) -> Self {
        Self {
            provider,
            holder,
            about,
            access: None,
            page: None,
            pages: 0,
            found: Vec::new(),
            flight: None,
            last_id: 0,
            end: None,
        }
    }

    /// The next request; `None` when there is nothing to ask: at the end, or while an answer is awaited.
    #[expect(
        clippy::should_implement_trait,
        reason = "the answers come in between; it is no iterator"
    )]
    pub fn next(&mut self) -> Option<HttpRequest> {
        if self.end.is_some() || self.flight.is_some() {
            return None;
        }
        match self.plan() {
            Ok((asked, call)) => {
                self.last_id += 1;
                let id = RequestId(self.last_id);
                self.flight = Some((id, asked));
                Some(call.into_request(id, ANSWER))
            }
            Err(failure) => {
                self.end = Some(Err(failure));
                None
            }
        }
    }

    fn plan(&self) -> Result<(Asked, crate::http::Call), Failure> {
        if self.access.is_none()
            && let Some(call) = self.provider.access(&self.holder)?
        {
            return Ok((Asked::Access, call));
        }
        let access = self.access.as_ref();
        let call = match &self.about {
            About::All => self
                .provider
                .list(&self.holder, access, self.page.as_deref())?,
            About::One(id) => self.provider.info(&self.holder, access, id)?,
        };
        Ok((Asked::Credentials, call))
    }

    /// Takes what came of a request.
    pub fn answer(&mut self, id: RequestId, answer: HttpAnswer) {
        let Some((_, asked)) = self.flight.take_if(|(awaited, _)| *awaited == id) else {
            return;
        };
        let taken = reply_of(answer).and_then(|reply| self.take(asked, &reply));
        if let Err(failure) = taken {
            self.end = Some(Err(failure));
        }
    }

    fn take(&mut self, asked: Asked, reply: &Reply) -> Result<(), Failure> {
        if asked == Asked::Access {
            self.access = Some(self.provider.read_access(reply)?.value);
            return Ok(());
        }
        if let About::One(id) = &self.about {
            let info = self.provider.read_info(reply, id)?;
            self.end = Some(Ok(Found::Info(Box::new(info))));
            return Ok(());
        }
        let page = self.provider.read_list(reply)?;
        self.found.extend(page.credentials);
        self.pages += 1;
        // A service that names the same page again would be asked for ever.
        let more = page.next.is_some() && page.next != self.page && self.pages < PAGES;
        self.page = page.next;
        if !more {
            self.end = Some(Ok(Found::Credentials(std::mem::take(&mut self.found))));
        }
        Ok(())
    }

    /// What was found; `None` before the end.
    pub fn finish(self) -> Option<Result<Found, Failure>> {
        self.end
    }
}

/// An answer, or why there is none.
pub(crate) fn reply_of(answer: HttpAnswer) -> Result<Reply, Failure> {
    match answer {
        HttpAnswer::Reply(reply) if reply.body.len() > crate::http::MAX_ANSWER_BYTES => {
            Err(Failure::unreadable("too large"))
        }
        HttpAnswer::Reply(reply) => Ok(reply),
        HttpAnswer::TooLarge => Err(Failure::unreadable("too large")),
        HttpAnswer::TimedOut => Err(Failure::new(Ending::AnswerLost, "no answer in time")),
        HttpAnswer::NotConnected(how) => Err(Failure::new(Ending::NotReached, how)),
        HttpAnswer::Broken(how) => Err(Failure::new(Ending::AnswerLost, how)),
    }
}
