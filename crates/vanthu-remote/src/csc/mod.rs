//! The programming interface of the Cloud Signature Consortium: version 2 (2.0.0.2) and version 1 (1.0.4.0), signing
//! of digests, at once or with later questions.
//!
//! A PIN or a one-time code that goes through a server is a PIN that the server could keep. So explicit agreement is
//! off unless whoever asks runs on the holder's own desk ([`Factors`]); a server uses the service's own page
//! (OAuth 2.0) or the holder's device.

mod message;
pub mod oauth;
mod read;

use std::time::Duration;

use crate::display::{CodeRule, DisplayRule, Letters};
use crate::http::{Call, Endpoint, Header, Purpose, Reply};
use crate::model::{ConsentMode, CredentialInfo, Holder};
use crate::order::Batch;
use crate::outcome::{Ending, Failure};
use crate::provider::{
    Abilities, Agreement, Answered, Consent, Page, PollToken, Seed, Shown, SigningProvider, Token,
    Waits,
};
use crate::secret::{Secret, SecretBytes};
use crate::value::Wanted;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use oauth::OAuth;
pub use read::Service;
pub(crate) use read::info;

/// Which version of the interface a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.0.4.0.
    V1,
    /// 2.0.0.2.
    V2,
}

/// Whether the answer waits for the signatures (API v2 11.10 `operationMode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// `S`.
    #[default]
    Synchronous,
    /// `A`: the service is asked later. Version 2 only.
    Asynchronous,
}

/// How the service knows us.
#[derive(Clone, Debug, Default)]
pub enum ServiceAccess {
    /// Not at all: the agreement's token is enough.
    #[default]
    None,
    /// A token in our own name, from the authorisation server.
    ClientCredentials,
    /// A token in the name of a user (`auth/login`, version 1, HTTP Basic).
    Login {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token that was got before, such as from [`OAuth::service_page`].
    Token(Secret),
}

/// Whether a PIN or a one-time code may pass through here.
///
/// Clause: TG-22.1b, KH-2
#[derive(Clone, Debug, Default)]
pub enum Factors {
    /// Never: the choice of every server.
    #[default]
    NotCarried,
    /// Typed by the holder on the holder's own desk, into the program that asks; good for one batch.
    Carried {
        /// The PIN.
        pin: Option<Secret>,
        /// The one-time code.
        otp: Option<Secret>,
    },
}

/// A service and how we stand with it.
#[derive(Clone, Debug)]
pub struct Csc {
    /// Its base address, version included: `https://…/csc/v2`.
    pub base: Endpoint,
    /// Which version.
    pub version: Version,
    /// How it knows us.
    pub access: ServiceAccess,
    /// Its authorisation server.
    pub oauth: Option<OAuth>,
    /// Factors.
    pub factors: Factors,
    /// Whether answers wait.
    pub mode: Mode,
    /// Language of what it shows the holder (RFC 5646).
    pub lang: Option<String>,
}

const DISPLAY: DisplayRule = DisplayRule {
    max_bytes: 500,
    letters: Letters::All,
};

impl Csc {
    /// The request for facts about the service (`info`).
    pub fn service(&self) -> Call {
        let body = SecretBytes::json(&message::Service {
            lang: self.lang.as_deref(),
        });
        Call::json(Purpose::Service, self.base.join("info"), body)
    }

    /// Reads the facts.
    ///
    /// # Errors
    /// The answer is none.
    pub fn read_service(&self, reply: &Reply) -> Result<Service, Failure> {
        read::service(reply)
    }

    fn call(
        &self,
        purpose: Purpose,
        path: &str,
        body: SecretBytes,
        token: Option<&Secret>,
    ) -> Call {
        let own = match &self.access {
            ServiceAccess::Token(token) => Some(token),
            _ => None,
        };
        Call::json(purpose, self.base.join(path), body).with_bearer(token.or(own))
    }

    fn authorize(&self, batch: &Batch<'_>, access: Option<&Secret>) -> Result<Call, Failure> {
        let (pin, otp) = self.factors_for(batch)?;
        let display = batch.display(DISPLAY);
        let body = message::authorize(self.version, batch, &display, pin, otp);
        Ok(self.call(Purpose::Authorize, "credentials/authorize", body, access))
    }

    fn factors_for(
        &self,
        batch: &Batch<'_>,
    ) -> Result<(Option<&Secret>, Option<&Secret>), Failure> {
        let not_carried = |said: &str| Failure::new(Ending::FactorNotCarried, said);
        let ConsentMode::Factors { pin, otp } = batch.order.consent else {
            return Ok((None, None));
        };
        let Factors::Carried {
            pin: given_pin,
            otp: given_otp,
        } = &self.factors
        else {
            return Err(not_carried(""));
        };
        if otp && batch.number > 0 {
            return Err(not_carried("a one-time code is good for one batch"));
        }
        let wanted = |wanted: bool, given: &Option<Secret>| wanted && given.is_none();
        if wanted(pin, given_pin) || wanted(otp, given_otp) {
            return Err(not_carried("missing"));
        }
        Ok((
            given_pin.as_ref().filter(|_| pin),
            given_otp.as_ref().filter(|_| otp),
        ))
    }
}

impl SigningProvider for Csc {
    fn name(&self) -> &'static str {
        match self.version {
            Version::V1 => "csc-v1",
            Version::V2 => "csc-v2",
        }
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            batch: usize::MAX,
            poll_every: Duration::from_secs(3),
            waits: Waits::ForTheHolder,
            code: CodeRule::default(),
            wanted: Some(Wanted::Raw),
        }
    }

    fn access(&self, _holder: &Holder) -> Result<Option<Call>, Failure> {
        match &self.access {
            ServiceAccess::None | ServiceAccess::Token(_) => Ok(None),
            ServiceAccess::ClientCredentials => {
                let oauth = self.oauth.as_ref();
                let missing = || Failure::new(Ending::NotOffered, "no authorisation server");
                Ok(Some(oauth.ok_or_else(missing)?.own_token()))
            }
            ServiceAccess::Login { user, password } => {
                let body = SecretBytes::json(&message::Login { rememberMe: false });
                let pair = zeroize::Zeroizing::new(format!("{user}:{}", password.reveal()));
                // Room for all of it, so that no copy is left behind.
                let mut basic = String::with_capacity(8 + pair.len() * 4 / 3 + 4);
                basic.push_str("Basic ");
                STANDARD.encode_string(pair.as_bytes(), &mut basic);
                let call = Call::json(Purpose::Access, self.base.join("auth/login"), body);
                Ok(Some(call.with(Header::new("authorization", basic))))
            }
        }
    }

    fn read_access(&self, reply: &Reply) -> Result<Token, Failure> {
        oauth::read_token(reply)
    }

    fn list(
        &self,
        holder: &Holder,
        access: Option<&Secret>,
        page: Option<&str>,
    ) -> Result<Call, Failure> {
        let body = message::list(self.version, holder, page, self.lang.as_deref());
        Ok(self.call(Purpose::List, "credentials/list", body, access))
    }

    fn read_list(&self, reply: &Reply) -> Result<Page, Failure> {
        read::list(reply)
    }

    fn info(&self, _holder: &Holder, access: Option<&Secret>, id: &str) -> Result<Call, Failure> {
        let body = SecretBytes::json(&message::Info::new(id, self.lang.as_deref()));
        Ok(self.call(Purpose::Info, "credentials/info", body, access))
    }

    fn read_info(&self, reply: &Reply, id: &str) -> Result<CredentialInfo, Failure> {
        info(&read::success(reply)?, id)
    }

    fn consent(
        &self,
        batch: &Batch<'_>,
        access: Option<&Secret>,
        seed: &Seed,
    ) -> Result<Consent, Failure> {
        if batch.order.consent != ConsentMode::Page {
            return self.authorize(batch, access).map(Consent::Ask);
        }
        let missing = || Failure::new(Ending::NotOffered, "no authorisation server");
        let oauth = self.oauth.as_ref().ok_or_else(missing)?;
        let display = batch.display(DISPLAY);
        let lang = self.lang.as_deref();
        let page = oauth.credential_page(batch, self.version, seed, &display, lang);
        Ok(Consent::Page(page))
    }

    fn redeem(&self, code: &Secret, verifier: &Secret) -> Option<Call> {
        Some(self.oauth.as_ref()?.redeem(code, verifier))
    }

    fn read_agreement(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Agreement, Failure> {
        if batch.order.consent == ConsentMode::Page {
            oauth::read_agreement(batch, self.version, reply)
        } else {
            read::agreement(batch, reply)
        }
    }

    fn sign(
        &self,
        batch: &Batch<'_>,
        access: Option<&Secret>,
        agreement: Option<&Agreement>,
    ) -> Result<Call, Failure> {
        let missing = || Failure::new(Ending::DigestNotAuthorized, "no agreement");
        let agreement = agreement.ok_or_else(missing)?;
        let (sad, token) = match agreement.shown {
            Shown::AsSad => (Some(&agreement.value), access),
            Shown::AsToken => (None, Some(&agreement.value)),
        };
        let body = message::sign(self.version, self.mode, batch, sad);
        Ok(self.call(Purpose::Sign, "signatures/signHash", body, token))
    }

    fn read_sign(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        read::signatures(batch, reply)
    }

    fn status(
        &self,
        _batch: &Batch<'_>,
        token: &PollToken,
        access: Option<&Secret>,
        _turn: usize,
    ) -> Call {
        let body = SecretBytes::json(&message::Polling {
            requestID: &token.id,
        });
        self.call(Purpose::Status, "signatures/signPolling", body, access)
    }

    fn read_status(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        read::polled(batch, reply)
    }
}
