//! Viettel MySign: a dialect of the Cloud Signature Consortium's version 1, where the holder agrees in an application on
//! the phone. From the integration document 1.8/1.9 as public integrations show it; nothing of it was tried against the
//! live service yet.
//!
//! Where sources disagree, this is decided:
//! - The digest goes as base64, as the gateway's text demands ("only SHA256 hash converted to base64"); one known
//!   client sends hexadecimal, so it can be configured ([`DigestText`]).
//! - Statuses 0, 4000 and 6000 wait. One client knows 0 alone, and would call a holder who has just agreed a failure.
//! - A status that is not listed is no end: it is asked again until the deadline, and then the end is that nothing is
//!   known.
//! - Base64 comes with CR and LF inside, and may hold a raw value or CMS: [`crate::value`] looks.
//! - The service keeps no name of ours for a request, so a lost answer is not repeated; our name travels as
//!   `document_id`, where the holder's application shows it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use crate::display::{CodeRule, DisplayRule, Letters, fit};
use crate::http::{Call, Endpoint, Purpose, Reply};
use crate::json;
use crate::model::{ConsentMode, CredentialInfo, Holder, RSA};
use crate::order::Batch;
use crate::outcome::{Ending, Failure};
use crate::provider::{
    Abilities, Agreement, Answered, Page, PollToken, SigningProvider, Token, Waits,
};
use crate::secret::{Secret, SecretBytes};

/// How digests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DigestText {
    /// As the gateway's text says.
    #[default]
    Base64,
    /// As one known client does.
    Hexadecimal,
}

/// The service and how we stand with it.
#[derive(Clone, Debug)]
pub struct MySign {
    /// `https://remotesigning.viettel.vn`.
    pub base: Endpoint,
    /// Our name.
    pub client_id: String,
    /// Our password.
    pub client_secret: Secret,
    /// `adss:ras:profile:001`.
    pub profile_id: String,
    /// How digests are written.
    pub digest: DigestText,
}

/// `description` and `document_name` are base64 of fewer than 100 letters, and before that plain letters.
const DISPLAY: DisplayRule = DisplayRule {
    max_bytes: 72,
    letters: Letters::Plain,
};

#[derive(Serialize)]
struct Login<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    profile_id: &'a str,
    user_id: &'a str,
}

#[derive(Serialize)]
struct Certificates<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    profile_id: &'a str,
    user_id: &'a str,
    #[serde(rename = "certificates")]
    which: &'static str,
    #[serde(rename = "certInfo")]
    cert_info: bool,
    #[serde(rename = "authInfo")]
    auth_info: bool,
}

#[derive(Serialize)]
struct SignHash<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    // With a capital D here, and `credential_id` in the list.
    #[serde(rename = "credentialID")]
    credential_id: &'a str,
    #[serde(rename = "numSignatures")]
    num_signatures: usize,
    description: String,
    documents: Vec<Document>,
    hash: Vec<String>,
    #[serde(rename = "hashAlgo")]
    hash_algo: String,
    #[serde(rename = "signAlgo")]
    sign_algo: &'static str,
    #[serde(rename = "async")]
    mode: u8,
}

#[derive(Serialize)]
struct Document {
    document_id: String,
    document_name: String,
}

#[derive(Serialize)]
struct Status<'a> {
    #[serde(rename = "transactionId")]
    transaction_id: &'a str,
}

impl MySign {
    fn post(&self, purpose: Purpose, path: &str, body: SecretBytes) -> Call {
        Call::json(purpose, self.base.join(path), body)
    }

    fn certificates(&self, purpose: Purpose, holder: &Holder, access: Option<&Secret>) -> Call {
        let body = SecretBytes::json(&Certificates {
            client_id: &self.client_id,
            client_secret: self.client_secret.reveal(),
            profile_id: &self.profile_id,
            user_id: holder.reveal(),
            which: "chain",
            cert_info: true,
            auth_info: true,
        });
        self.post(purpose, "vtss/service/certificates/info", body)
            .with_bearer(access)
    }
}

impl SigningProvider for MySign {
    fn name(&self) -> &'static str {
        "mysign"
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            batch: usize::MAX,
            poll_every: Duration::from_secs(2),
            waits: Waits::No,
            code: CodeRule::default(),
            wanted: None,
        }
    }

    fn access(&self, holder: &Holder) -> Result<Option<Call>, Failure> {
        let body = SecretBytes::json(&Login {
            client_id: &self.client_id,
            client_secret: self.client_secret.reveal(),
            profile_id: &self.profile_id,
            user_id: holder.reveal(),
        });
        let call = self.post(Purpose::Access, "vtss/service/ras/v1/login", body);
        Ok(Some(call))
    }

    fn read_access(&self, reply: &Reply) -> Result<Token, Failure> {
        let mut value = read(reply)?;
        let valid = json::seconds(&value, "expires_in", 3600);
        match json::secret(&mut value, "access_token") {
            Some(token) => Ok(Token {
                value: token,
                valid,
            }),
            None => Err(coded(&value).unwrap_or_else(|| Failure::unreadable("no access token"))),
        }
    }

    fn list(
        &self,
        holder: &Holder,
        access: Option<&Secret>,
        _page: Option<&str>,
    ) -> Result<Call, Failure> {
        Ok(self.certificates(Purpose::List, holder, access))
    }

    fn read_list(&self, reply: &Reply) -> Result<Page, Failure> {
        Ok(Page::whole(credentials(reply)?))
    }

    fn info(&self, holder: &Holder, access: Option<&Secret>, _id: &str) -> Result<Call, Failure> {
        Ok(self.certificates(Purpose::Info, holder, access))
    }

    fn read_info(&self, reply: &Reply, id: &str) -> Result<CredentialInfo, Failure> {
        let found = credentials(reply)?.into_iter().find(|it| it.id == id);
        found.ok_or_else(|| Failure::new(Ending::UnknownHolder, "no such credential"))
    }

    fn sign(
        &self,
        batch: &Batch<'_>,
        access: Option<&Secret>,
        _agreement: Option<&Agreement>,
    ) -> Result<Call, Failure> {
        if batch.order.algorithm != vanthu_pki::SignatureAlgorithm::RsaPkcs1Sha256 {
            return Err(Failure::new(
                Ending::NotOffered,
                "RSA with SHA-256 and nothing else",
            ));
        }
        let documents = batch
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| Document {
                document_id: batch.item_id(index),
                document_name: STANDARD.encode(fit(&item.name, DISPLAY)),
            });
        let text = |digest: &Vec<u8>| match self.digest {
            DigestText::Base64 => STANDARD.encode(digest),
            DigestText::Hexadecimal => hex::encode(digest),
        };
        let body = SecretBytes::json(&SignHash {
            client_id: &self.client_id,
            client_secret: self.client_secret.reveal(),
            credential_id: &batch.order.credential,
            num_signatures: batch.items.len(),
            description: STANDARD.encode(batch.display(DISPLAY)),
            documents: documents.collect(),
            hash: batch.items.iter().map(|it| text(&it.digest)).collect(),
            hash_algo: batch.order.algorithm.digest().oid().to_string(),
            sign_algo: RSA,
            // 1: answer at once, asked later.
            mode: 1,
        });
        let call = self.post(Purpose::Sign, "vtss/service/signHash", body);
        Ok(call.with_bearer(access))
    }

    fn read_sign(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        if reply.status >= 500 {
            return match read(reply) {
                Err(failure) if failure.ending != Ending::ProviderFault => Err(failure),
                _ => Ok(Answered::Unclear(format!("HTTP {}", reply.status))),
            };
        }
        let value = match read(reply) {
            Err(failure) if failure.ending == Ending::Unreadable => {
                return Ok(Answered::Unclear(failure.said));
            }
            other => other?,
        };
        if let Some(id) = json::word(&value, "transactionId") {
            return Ok(Answered::Pending(Some(PollToken { id, other: None })));
        }
        signed(batch, &value)
    }

    fn status(
        &self,
        _batch: &Batch<'_>,
        token: &PollToken,
        access: Option<&Secret>,
        _turn: usize,
    ) -> Call {
        let body = SecretBytes::json(&Status {
            transaction_id: &token.id,
        });
        self.post(Purpose::Status, "vtss/service/requests/status", body)
            .with_bearer(access)
    }

    fn read_status(&self, batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
        if reply.status == 401 {
            return Err(json::by_status(reply));
        }
        let Ok(value) = json::read(reply) else {
            return Ok(Answered::Unclear(format!("HTTP {}", reply.status)));
        };
        match json::word(&value, "status").as_deref() {
            Some("1") => signed(batch, &value),
            Some("0" | "4000" | "6000") => Ok(Answered::Pending(None)),
            _ => match coded(&value) {
                Some(failure) => Err(failure),
                None => Ok(Answered::Unclear(said(&value))),
            },
        }
    }
}

fn signed(batch: &Batch<'_>, value: &Value) -> Result<Answered, Failure> {
    match json::only_texts(value, "signatures") {
        Some(values) if values.len() == batch.items.len() => Ok(Answered::Done(values)),
        _ => match coded(value) {
            Some(failure) => Err(failure),
            None => Ok(Answered::Unclear(
                "not one signature for each digest".to_owned(),
            )),
        },
    }
}

/// An answer of success, or what the service says instead.
fn read(reply: &Reply) -> Result<Value, Failure> {
    let value = json::read(reply);
    if reply.is_success() {
        return value;
    }
    let coded = value.ok().as_ref().and_then(coded);
    Err(coded.unwrap_or_else(|| json::by_status(reply)))
}

/// The service's figures, wherever it writes them.
fn coded(value: &Value) -> Option<Failure> {
    const PLACES: [&str; 6] = [
        "status",
        "code",
        "error",
        "errorCode",
        "error_code",
        "status_code",
    ];
    let ending = |code: &str| {
        Some(match code {
            "4001" => Ending::ProviderTimedOut,
            "4002" => Ending::Refused,
            "4004" | "50000" => Ending::ProviderFault,
            "4005" => Ending::QuotaUsedUp,
            "13004" => Ending::CertificateUnusable,
            "58008" => Ending::UnknownHolder,
            // Unknown client; wrong user or password; wrong client secret; revoked client certificate.
            "58007" | "59033" | "86024" | "86002" => Ending::AccessRefused,
            _ => return None,
        })
    };
    PLACES
        .iter()
        .filter_map(|place| json::word(value, place))
        .find_map(|code| ending(&code))
        .map(|it| Failure::new(it, said(value)))
}

fn said(value: &Value) -> String {
    const WORDS: [&str; 5] = [
        "description",
        "message",
        "error_description",
        "errorDescription",
        "error",
    ];
    let word = WORDS.iter().find_map(|place| json::word(value, place));
    let status = json::word(value, "status").unwrap_or_default();
    format!("{status} {}", word.unwrap_or_default())
}

fn credentials(reply: &Reply) -> Result<Vec<CredentialInfo>, Failure> {
    let value = read(reply)?;
    let Some(list) = value.as_array() else {
        return Err(coded(&value).unwrap_or_else(|| Failure::unreadable("no list")));
    };
    list.iter().map(credential).collect()
}

fn credential(value: &Value) -> Result<CredentialInfo, Failure> {
    let id = json::word(value, "credential_id").or_else(|| json::word(value, "credentialID"));
    let id = id.ok_or_else(|| Failure::unreadable("no credential_id"))?;
    // The rest is as the consortium has it; its `multisign` is 2147483647.
    Ok(CredentialInfo {
        consent: ConsentMode::OnDevice,
        lang: None,
        ..crate::csc::info(value, &id)?
    })
}
