//! VNPT SmartCA, interface "sp769" version 1: the holder agrees in an application on the phone. From the integration
//! document 4.1 as public integrations show it; nothing of it was tried against the live service yet.
//!
//! Version 2 wants the holder's password and the seed of the holder's one-time codes on our side. Nobody may have
//! those but the holder, so it is not here (Clause: TG-22.1b, KH-2).
//!
//! Where sources disagree, this is decided:
//! - Success is `status_code` 0 or 200; what happened says `message` and what `data` holds.
//! - The name of a request in the address of its status is ours, which the document calls `transaction_id` and which
//!   the service must keep unique; where it is unknown there, `tran_code` takes turns with it. So a lost answer can
//!   be asked for.
//! - The digest goes in hexadecimal.
//! - A refusal has no documented message. Messages that speak of refusing or of time end it; everything else is asked
//!   again until the deadline. One known client waits for ever.
//! - `signature_value` is documented as PKCS#7 and, by the vendor's own library, a raw value: [`crate::value`] looks.
//! - The question about a status carries no password: none is documented, and what is not sent can't leak.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::display::{CodeRule, DisplayRule, Letters, fit};
use crate::http::{Call, Endpoint, Purpose, Reply};
use crate::json;
use crate::model::{CertificateState, ConsentMode, CredentialInfo, Holder, KeyState, Scal};
use crate::order::{Batch, TransactionId};
use crate::outcome::{Ending, Failure};
use crate::provider::{Abilities, Agreement, Answered, Page, PollToken, SigningProvider, Waits};
use crate::secret::{Secret, SecretBytes};

/// The service and how we stand with it.
#[derive(Clone, Debug)]
pub struct SmartCa {
    /// `https://gwsca.vnpt.vn/sca/sp769`.
    pub base: Endpoint,
    /// Our name.
    pub sp_id: String,
    /// Our password; it is in every body but those of status questions.
    pub sp_password: Secret,
    /// Most digests in one request.
    pub batch: usize,
    /// Our name for questions about certificates: the service wants a new one each time.
    pub question: TransactionId,
}

const DISPLAY: DisplayRule = DisplayRule {
    max_bytes: 200,
    letters: Letters::All,
};
const PLAIN: DisplayRule = DisplayRule {
    max_bytes: 200,
    letters: Letters::Plain,
};

#[derive(Serialize)]
struct GetCertificate<'a> {
    sp_id: &'a str,
    sp_password: &'a str,
    user_id: &'a str,
    serial_number: &'a str,
    transaction_id: &'a str,
}

#[derive(Serialize)]
struct Sign<'a> {
    sp_id: &'a str,
    sp_password: &'a str,
    user_id: &'a str,
    transaction_id: String,
    transaction_desc: String,
    serial_number: &'a str,
    time_stamp: String,
    #[serde(rename = "sign_files")]
    files: Vec<SignFile>,
}

#[derive(Serialize)]
struct SignFile {
    file_type: &'static str,
    data_to_be_signed: String,
    doc_id: String,
    sign_type: &'static str,
}

#[derive(Serialize)]
struct Empty {}

impl SmartCa {
    fn certificates(&self, purpose: Purpose, holder: &Holder, serial: &str) -> Call {
        let body = SecretBytes::json(&GetCertificate {
            sp_id: &self.sp_id,
            sp_password: self.sp_password.reveal(),
            user_id: holder.reveal(),
            serial_number: serial,
            transaction_id: self.question.as_str(),
        });
        let url = self.base.join("v1/credentials/get_certificate");
        Call::json(purpose, url, body)
    }
}

impl SigningProvider for SmartCa {
    fn name(&self) -> &'static str {
        "smartca"
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            batch: self.batch,
            poll_every: Duration::from_secs(10),
            waits: Waits::No,
            code: CodeRule::default(),
            wanted: None,
        }
    }

    fn list(
        &self,
        holder: &Holder,
        _access: Option<&Secret>,
        _page: Option<&str>,
    ) -> Result<Call, Failure> {
        Ok(self.certificates(Purpose::List, holder, ""))
    }

    fn read_list(&self, reply: &Reply) -> Result<Page, Failure> {
        Ok(Page::whole(credentials(reply)?))
    }

    fn info(&self, holder: &Holder, _access: Option<&Secret>, id: &str) -> Result<Call, Failure> {
        Ok(self.certificates(Purpose::Info, holder, id))
    }

    fn read_info(&self, reply: &Reply, id: &str) -> Result<CredentialInfo, Failure> {
        let found = credentials(reply)?.into_iter().find(|it| it.id == id);
        found.ok_or_else(|| Failure::new(Ending::UnknownHolder, "no such certificate"))
    }

    fn sign(
        &self,
        batch: &Batch<'_>,
        _access: Option<&Secret>,
        _agreement: Option<&Agreement>,
    ) -> Result<Call, Failure> {
        let file = |(index, item): (usize, &crate::Item)| SignFile {
            file_type: "pdf",
            data_to_be_signed: hex::encode(&item.digest),
            doc_id: batch.item_id(index),
            sign_type: "hash",
        };
        let body = SecretBytes::json(&Sign {
            sp_id: &self.sp_id,
            sp_password: self.sp_password.reveal(),
            user_id: batch.order.holder.reveal(),
            transaction_id: batch.transaction(),
            transaction_desc: batch.display(DISPLAY),
            serial_number: &batch.order.credential,
            time_stamp: batch.at.to_generalized(),
            files: batch.items.iter().enumerate().map(file).collect(),
        });
        let url = self.base.join("v1/signatures/sign");
        Ok(Call::json(Purpose::Sign, url, body))
    }

    fn read_sign(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        let answer = match Answer::read(reply) {
            Ok(answer) => answer,
            Err(failure) if failure.ending == Ending::ProviderFault => {
                return Ok(Answered::Unclear(failure.said));
            }
            Err(failure) if failure.ending == Ending::Unreadable => {
                return Ok(Answered::Unclear(failure.said));
            }
            Err(failure) => return Err(failure),
        };
        let echoed = json::word(&answer.data, "transaction_id");
        if echoed.is_some_and(|it| it != batch.transaction()) {
            return Ok(Answered::Unclear("another transaction".to_owned()));
        }
        match answer.word.as_str() {
            "sig_wait_for_user_confirm" | "success" => Ok(Answered::Pending(Some(PollToken {
                id: batch.transaction(),
                other: json::word(&answer.data, "tran_code").filter(|it| is_name(it)),
            }))),
            _ => answer.end(),
        }
    }

    fn lost(&self, batch: &Batch<'_>) -> Option<PollToken> {
        Some(PollToken {
            id: batch.transaction(),
            other: None,
        })
    }

    fn status(
        &self,
        _batch: &Batch<'_>,
        token: &PollToken,
        _access: Option<&Secret>,
        turn: usize,
    ) -> Call {
        let name = match &token.other {
            Some(other) if turn % 2 == 1 => other,
            _ => &token.id,
        };
        let url = self.base.join(&format!("v1/signatures/sign/{name}/status"));
        Call::json(Purpose::Status, url, SecretBytes::json(&Empty {}))
    }

    fn read_status(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        let answer = match Answer::read(reply) {
            Ok(answer) => answer,
            Err(failure) => {
                return match failure.ending {
                    Ending::Refused | Ending::ProviderTimedOut | Ending::CertificateUnusable => {
                        Err(failure)
                    }
                    // The name may be the other one, and a service that stumbles may get up.
                    _ => Ok(Answered::Unclear(failure.said)),
                };
            }
        };
        match answer.word.as_str() {
            "sig_wait_for_user_confirm" | "" => Ok(Answered::Pending(None)),
            "success" => Ok(signatures(batch, &answer.data)),
            _ => answer.end(),
        }
    }
}

/// One name in an address, and nothing that leads elsewhere.
fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
}

/// What every answer has.
struct Answer {
    word: String,
    said: String,
    data: Value,
}

impl Answer {
    fn read(reply: &Reply) -> Result<Self, Failure> {
        let Ok(mut value) = json::read(reply) else {
            return Err(json::by_status(reply));
        };
        let said = json::word(&value, "message").unwrap_or_default();
        let code = json::number(&value, "status_code").unwrap_or_else(|| u64::from(reply.status));
        let data = value.get_mut("data").map(Value::take).unwrap_or_default();
        let word = said.to_ascii_lowercase();
        if reply.is_success() && matches!(code, 0 | 200) {
            return Ok(Self { word, said, data });
        }
        let ending = by_message(&said).unwrap_or(match code {
            401 => Ending::AccessRefused,
            403 => Ending::CertificateUnusable,
            400..=499 => Ending::NotOffered,
            _ => Ending::ProviderFault,
        });
        Err(Failure::new(ending, format!("{code} {said}")))
    }

    /// A message that neither waits nor succeeds.
    fn end(self) -> Result<Answered, Failure> {
        match by_message(&self.said) {
            Some(ending) => Err(Failure::new(ending, self.said)),
            None => Ok(Answered::Unclear(self.said)),
        }
    }
}

/// Undocumented, so only what is plain: words of refusing, of time, of plans.
fn by_message(message: &str) -> Option<Ending> {
    let text = fit(message, PLAIN).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    if has(&["reject", "denied", "cancel", "tu choi", "huy giao dich"]) {
        Some(Ending::Refused)
    } else if has(&["quota", "het luot"]) {
        Some(Ending::QuotaUsedUp)
    } else if has(&[
        "cert_expired",
        "revoked",
        "chung thu het han",
        "credential_status_invalid",
    ]) {
        Some(Ending::CertificateUnusable)
    } else if has(&["timeout", "time_out", "expired", "het han", "het thoi gian"]) {
        Some(Ending::ProviderTimedOut)
    } else {
        None
    }
}

/// Values come with the names that we gave, in any order: each exactly once.
fn signatures(batch: &Batch<'_>, data: &Value) -> Answered {
    let unclear = |said: &str| Answered::Unclear(said.to_owned());
    let Some(list) = data.get("signatures").and_then(Value::as_array) else {
        return unclear("success without signatures");
    };
    if list.len() != batch.items.len() {
        return unclear("not one signature for each digest");
    }
    let value_of = |index: usize| {
        let id = batch.item_id(index);
        let mut found = list
            .iter()
            .filter(|it| json::word(it, "doc_id").as_deref() == Some(id.as_str()));
        match (found.next(), found.next()) {
            (Some(it), None) => json::word(it, "signature_value"),
            _ => None,
        }
    };
    let values: Option<Vec<String>> = (0..batch.items.len()).map(value_of).collect();
    values.map_or_else(|| unclear("names of other documents"), Answered::Done)
}

fn credentials(reply: &Reply) -> Result<Vec<CredentialInfo>, Failure> {
    let answer = Answer::read(reply)?;
    let list = answer
        .data
        .get("user_certificates")
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::unreadable("no certificates"))?;
    list.iter().map(credential).collect()
}

fn credential(value: &Value) -> Result<CredentialInfo, Failure> {
    let id = json::word(value, "serial_number");
    let own = json::word(value, "cert_data");
    let mut certificates = vec![json::certificate(
        &own.ok_or_else(|| Failure::unreadable("no cert_data"))?,
    )?];
    for key in ["ca_cert", "root_cert"] {
        if let Some(text) = value.get("chain_data").and_then(|it| json::word(it, key)) {
            certificates.push(json::certificate(&text)?);
        }
    }
    let status = json::word(value, "cert_status");
    let plain = status
        .as_deref()
        .map(|it| fit(it, PLAIN).to_ascii_lowercase());
    Ok(CredentialInfo {
        id: id.ok_or_else(|| Failure::unreadable("no serial_number"))?,
        description: json::word(value, "service_name").unwrap_or_default(),
        certificates,
        key: KeyState::Enabled,
        state: match plain.as_deref() {
            None | Some("dang hoat dong" | "active" | "valid") => CertificateState::Valid,
            Some("het han" | "expired") => CertificateState::Expired,
            Some("thu hoi" | "da thu hoi" | "revoked") => CertificateState::Revoked,
            Some("tam dung" | "suspended") => CertificateState::Suspended,
            Some(_) => CertificateState::Other(status.unwrap_or_default()),
        },
        algorithms: Vec::new(),
        consent: ConsentMode::OnDevice,
        multisign: usize::MAX,
        scal: Scal::Two,
        lang: None,
    })
}
