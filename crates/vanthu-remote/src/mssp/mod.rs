//! Signing on a SIM over ETSI TS 102 204 V1.1.2 (mobile signature service; ký số trên SIM, SIM-PKI): the service sends digest and
//! text to the phone, the holder compares the code and types the PIN there. SOAP 1.1 over HTTPS with a client
//! certificate; some operators take the same messages as JSON.
//!
//! What Vietnamese operators do is known from one published client only, and to be tried with each of them: which way
//! the code is computed on the card ([`Mssp::code`]), whether the card writes it itself ([`CodePlace`]), and the
//! addresses of profiles and formats. The service has no list of certificates, so the certificate comes from our own
//! register; where the service sends one along, it must be that one.
//!
//! A card signs one digest at a time. The text is shown with GSM's seven bits, so it goes without tone marks.

mod json_form;
mod soap;
mod status;

use std::time::Duration;

use vanthu_pki::{Certificate, Time};

use crate::display::{CodeRule, DisplayRule, Letters, fit};
use crate::http::{Call, Endpoint, Header, Purpose, Reply};
use crate::model::{CredentialInfo, Holder};
use crate::order::Batch;
use crate::outcome::{Ending, Failure};
use crate::provider::{Abilities, Agreement, Answered, Page, PollToken, SigningProvider, Waits};
use crate::secret::{Secret, SecretBytes};
use crate::value::digest_info;

/// The namespace of the messages.
pub const NAMESPACE: &str = "http://uri.etsi.org/TS102204/v1.1.2#";
/// Additional service: the certificate comes along (a Vietnamese operator's).
pub const SIGNING_CERTIFICATE: &str = "http://mobile-id.vn/MSSP/v1.0.0#signingCertificate";
/// Additional service: the operator checks the signature too.
pub const SIGNATURE_VALIDATION: &str = "http://mobile-id.vn/MSSP/v1.0.0#signatureValidation";
/// Where a card that writes the code itself puts it.
const PLACEHOLDER: &str = "%%VC%%";

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Form {
    /// SOAP 1.1.
    #[default]
    Soap,
    /// JSON with the same names.
    Json,
}

/// When the answer comes (TS 102 204 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Messaging {
    /// `synch`: when the holder has decided.
    Synch,
    /// `asynchClientServer`: at once; the status is asked later.
    #[default]
    AsynchClientServer,
}

/// Who writes the verification code into the text on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CodePlace {
    /// We do. It shows that the text is of this request.
    #[default]
    InTheText,
    /// The card, from the digest that reached it: it shows that the digest is the one on the page.
    ByTheCard,
}

/// The addresses of a service.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// `MSS_Signature`.
    pub signature: Endpoint,
    /// `MSS_StatusQuery`.
    pub status: Endpoint,
    /// `MSS_Receipt`.
    pub receipt: Endpoint,
    /// `MSS_ProfileQuery`.
    pub profile: Endpoint,
}

/// A service and how we stand with it.
#[derive(Clone, Debug)]
pub struct Mssp {
    /// Its addresses.
    pub addresses: Addresses,
    /// How messages are written.
    pub form: Form,
    /// When answers come.
    pub messaging: Messaging,
    /// `AP_ID`: our name, an address.
    pub ap_id: String,
    /// `AP_PWD`: our password.
    pub ap_password: Secret,
    /// `MSSP_ID`: the service's name, an address.
    pub mssp_id: String,
    /// `SignatureProfile`, an address; what the holder's card offers says [`Mssp::profile`].
    pub signature_profile: String,
    /// `MSS_Format`, an address.
    pub format: Option<String>,
    /// Additional services, addresses.
    pub services: Vec<String>,
    /// How the code is computed.
    pub code: CodeRule,
    /// Who writes it.
    pub code_place: CodePlace,
}

/// 160 letters of GSM's alphabet make one message; some are kept for what the card adds.
const DISPLAY: DisplayRule = DisplayRule {
    max_bytes: 140,
    letters: Letters::Ascii,
};

/// Who asks and whom: `AP_Info` and `MSSP_Info` of every message.
pub(crate) struct Parties<'a> {
    pub(crate) ap_id: &'a str,
    pub(crate) ap_password: &'a str,
    pub(crate) transaction: String,
    pub(crate) instant: String,
    pub(crate) mssp_id: &'a str,
}

/// `MSS_SignatureReq` (TS 102 204 7.2).
pub(crate) struct SignatureReq<'a> {
    pub(crate) parties: Parties<'a>,
    pub(crate) messaging: &'static str,
    pub(crate) timeout: u64,
    pub(crate) msisdn: &'a str,
    pub(crate) to_be_signed: Vec<u8>,
    pub(crate) to_be_displayed: String,
    pub(crate) profile: &'a str,
    pub(crate) format: Option<&'a str>,
    pub(crate) services: &'a [String],
}

/// What an answer says, in either form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) ap_transaction: Option<String>,
    pub(crate) mssp_transaction: Option<String>,
    /// The status, or the subcode of a fault.
    pub(crate) code: Option<u32>,
    pub(crate) message: String,
    pub(crate) is_fault: bool,
    pub(crate) signature: Option<String>,
    pub(crate) certificates: Vec<String>,
    pub(crate) profiles: Vec<String>,
}

/// What a holder's card offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profiles {
    /// Addresses of signature profiles.
    pub profiles: Vec<String>,
}

/// What the phone is told at the end (TS 102 204 7.4).
#[derive(Clone, Copy, Debug)]
pub struct ReceiptText<'a> {
    /// Whose phone.
    pub holder: &'a Holder,
    /// What is shown there.
    pub text: &'a str,
    /// The present.
    pub at: Time,
}

impl Mssp {
    /// Asks what the holder's card offers.
    pub fn profile(&self, holder: &Holder, transaction: &str, at: Time) -> Call {
        let parties = self.parties(transaction.to_owned(), at);
        let msisdn = holder.reveal();
        let body = match self.form {
            Form::Soap => soap::profile(&parties, msisdn),
            Form::Json => json_form::profile(&parties, msisdn),
        };
        self.post(
            Purpose::Info,
            &self.addresses.profile,
            "#MSS_ProfileQuery",
            body,
        )
    }

    /// Reads what the card offers.
    ///
    /// # Errors
    /// The service names a fault.
    pub fn read_profile(&self, reply: &Reply) -> Result<Profiles, Failure> {
        let answer = self.read(reply)?;
        match answer.code {
            Some(100) if !answer.is_fault => Ok(Profiles {
                profiles: answer.profiles,
            }),
            _ => Err(status::failure(&answer)),
        }
    }

    /// Tells the phone what became of the signature: the service need not be asked, and nothing hangs on it.
    pub fn receipt(&self, transaction: &str, token: &PollToken, receipt: ReceiptText<'_>) -> Call {
        let parties = self.parties(transaction.to_owned(), receipt.at);
        let text = fit(receipt.text, DISPLAY);
        let msisdn = receipt.holder.reveal();
        let body = match self.form {
            Form::Soap => soap::receipt(&parties, &token.id, msisdn, &text),
            Form::Json => json_form::receipt(&parties, &token.id, msisdn, &text),
        };
        self.post(
            Purpose::Receipt,
            &self.addresses.receipt,
            "#MSS_Receipt",
            body,
        )
    }

    /// Reads whether the phone will be told.
    ///
    /// # Errors
    /// The service names a fault.
    pub fn read_receipt(&self, reply: &Reply) -> Result<(), Failure> {
        let answer = self.read(reply)?;
        match answer.code {
            Some(100) if !answer.is_fault => Ok(()),
            _ => Err(status::failure(&answer)),
        }
    }

    fn parties(&self, transaction: String, at: Time) -> Parties<'_> {
        Parties {
            ap_id: &self.ap_id,
            ap_password: self.ap_password.reveal(),
            transaction,
            instant: instant(at),
            mssp_id: &self.mssp_id,
        }
    }

    fn post(&self, purpose: Purpose, to: &Endpoint, action: &str, body: SecretBytes) -> Call {
        let headers = match self.form {
            Form::Soap => vec![
                Header::new("content-type", "text/xml; charset=utf-8"),
                Header::new("soapaction", format!("\"{action}\"")),
            ],
            Form::Json => vec![
                Header::new("content-type", "application/json; charset=utf-8"),
                Header::new("accept", "application/json"),
            ],
        };
        Call {
            purpose,
            url: to.as_str().to_owned(),
            headers,
            body,
            mutual_tls: true,
        }
    }

    /// Faults come with HTTP 500, so the body is read whatever the status.
    fn read(&self, reply: &Reply) -> Result<Answer, Failure> {
        let answer = match self.form {
            Form::Soap => soap::read(reply.body.reveal()),
            Form::Json => json_form::read(reply.body.reveal()),
        };
        match answer {
            Some(answer) if reply.is_success() || answer.is_fault => Ok(answer),
            _ if !reply.is_success() => Err(crate::json::by_status(reply)),
            _ => Err(Failure::unreadable("no message of the service")),
        }
    }

    fn display(&self, batch: &Batch<'_>) -> String {
        match self.code_place {
            CodePlace::InTheText => batch.display(DISPLAY),
            CodePlace::ByTheCard => {
                let text = format!("Ma {PLACEHOLDER}: {}", batch.order.display);
                fit(&text, DISPLAY)
            }
        }
    }

    /// What a message about a request for a signature means.
    fn meant(batch: &Batch<'_>, answer: Answer) -> Result<Answered, Failure> {
        // An answer to somebody else's request proves nothing about ours.
        let ours = batch.transaction();
        if answer.ap_transaction.as_ref().is_some_and(|it| *it != ours) {
            return Ok(Answered::Unclear("another transaction".to_owned()));
        }
        if answer.is_fault {
            return Err(status::failure(&answer));
        }
        match answer.code {
            Some(100 | 504) => Ok(Answered::Pending(
                answer
                    .mssp_transaction
                    .map(|id| PollToken { id, other: None }),
            )),
            Some(500 | 502) => {
                check_certificate(&batch.order.certificate, &answer.certificates)?;
                Ok(match answer.signature {
                    Some(value) => Answered::Done(vec![value]),
                    None => Answered::Unclear("no signature".to_owned()),
                })
            }
            Some(code) if status::is_known(code) => Err(status::failure(&answer)),
            _ => Ok(Answered::Unclear(answer.message)),
        }
    }
}

/// A certificate that comes along must be the pinned one; issuers may come with it.
fn check_certificate(pinned: &Certificate, sent: &[String]) -> Result<(), Failure> {
    if sent.is_empty() {
        return Ok(());
    }
    let same = sent
        .iter()
        .any(|it| crate::json::certificate(it).is_ok_and(|it| it == *pinned));
    if same {
        Ok(())
    } else {
        Err(Failure::new(
            Ending::OtherCertificate,
            "another certificate came along",
        ))
    }
}

/// `xs:dateTime` in UTC.
fn instant(at: Time) -> String {
    let text = at.to_generalized();
    let part = |range| text.get(range).unwrap_or_default();
    format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(8..10),
        part(10..12),
        part(12..14)
    )
}

impl SigningProvider for Mssp {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Soap => "mssp-soap",
            Form::Json => "mssp-json",
        }
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            batch: 1,
            poll_every: Duration::from_secs(5),
            waits: match self.messaging {
                Messaging::Synch => Waits::ForTheHolder,
                Messaging::AsynchClientServer => Waits::No,
            },
            code: self.code,
            wanted: None,
        }
    }

    fn list(
        &self,
        _holder: &Holder,
        _access: Option<&Secret>,
        _page: Option<&str>,
    ) -> Result<Call, Failure> {
        Err(no_certificates())
    }

    fn read_list(&self, _reply: &Reply) -> Result<Page, Failure> {
        Err(no_certificates())
    }

    fn info(&self, _holder: &Holder, _access: Option<&Secret>, _id: &str) -> Result<Call, Failure> {
        Err(no_certificates())
    }

    fn read_info(&self, _reply: &Reply, _id: &str) -> Result<CredentialInfo, Failure> {
        Err(no_certificates())
    }

    fn sign(
        &self,
        batch: &Batch<'_>,
        _access: Option<&Secret>,
        _agreement: Option<&Agreement>,
    ) -> Result<Call, Failure> {
        let [item] = batch.items else {
            return Err(Failure::new(Ending::TooManyDigests, "one at a time"));
        };
        // What a card signs is a DigestInfo, and that is RSA with PKCS#1 v1.5.
        if batch.order.algorithm.scheme() != "rsa-pkcs1" {
            return Err(Failure::new(Ending::NotOffered, "RSA with PKCS#1 v1.5"));
        }
        let request = SignatureReq {
            parties: self.parties(batch.transaction(), batch.at),
            messaging: match self.messaging {
                Messaging::Synch => "synch",
                Messaging::AsynchClientServer => "asynchClientServer",
            },
            timeout: batch.left.as_secs().max(1),
            msisdn: batch.order.holder.reveal(),
            to_be_signed: digest_info(batch.order.algorithm, &item.digest),
            to_be_displayed: self.display(batch),
            profile: &self.signature_profile,
            format: self.format.as_deref(),
            services: &self.services,
        };
        let body = match self.form {
            Form::Soap => soap::signature(&request),
            Form::Json => json_form::signature(&request),
        };
        Ok(self.post(
            Purpose::Sign,
            &self.addresses.signature,
            "#MSS_Signature",
            body,
        ))
    }

    fn read_sign(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        match self.read(reply) {
            Ok(answer) => Self::meant(batch, answer),
            Err(failure)
                if matches!(failure.ending, Ending::Unreadable | Ending::ProviderFault) =>
            {
                Ok(Answered::Unclear(failure.said))
            }
            Err(failure) => Err(failure),
        }
    }

    fn status(
        &self,
        batch: &Batch<'_>,
        token: &PollToken,
        _access: Option<&Secret>,
        _turn: usize,
    ) -> Call {
        let parties = self.parties(batch.transaction(), batch.at);
        let body = match self.form {
            Form::Soap => soap::status(&parties, &token.id),
            Form::Json => json_form::status(&parties, &token.id),
        };
        self.post(
            Purpose::Status,
            &self.addresses.status,
            "#MSS_StatusQuery",
            body,
        )
    }

    fn read_status(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        match self.read(reply) {
            // The answer repeats the name; the one that is known is kept.
            Ok(answer) => match Self::meant(batch, answer) {
                Ok(Answered::Pending(_)) => Ok(Answered::Pending(None)),
                Err(failure) if failure.ending == Ending::ProviderFault => {
                    Ok(Answered::Unclear(failure.said))
                }
                other => other,
            },
            Err(failure) => Ok(Answered::Unclear(failure.said)),
        }
    }
}

fn no_certificates() -> Failure {
    Failure::new(
        Ending::NotOffered,
        "the certificate of a SIM is in our own register",
    )
}
