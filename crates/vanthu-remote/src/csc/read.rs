//! Reads the answers.

use serde_json::Value;

use crate::http::Reply;
use crate::json;
use crate::model::{CertificateState, ConsentMode, Credential, CredentialInfo, KeyState, Scal};
use crate::order::Batch;
use crate::outcome::{Ending, Failure};
use crate::provider::{Agreement, Answered, Page, PollToken, Shown};

/// Facts about a service (API v2 11.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The version of the interface.
    pub specs: String,
    /// Its name.
    pub name: String,
    /// Where it stands (ISO 3166-1 alpha-2).
    pub region: Option<String>,
    /// How it can know us.
    pub auth_types: Vec<String>,
    /// Its authorisation server.
    pub oauth2: Option<String>,
    /// What it can be asked.
    pub methods: Vec<String>,
}

pub(super) fn service(reply: &Reply) -> Result<Service, Failure> {
    let value = success(reply)?;
    Ok(Service {
        specs: json::word(&value, "specs").ok_or_else(|| Failure::unreadable("no specs"))?,
        name: json::word(&value, "name").unwrap_or_default(),
        region: json::word(&value, "region"),
        auth_types: json::texts(&value, "authType"),
        oauth2: json::word(&value, "oauth2"),
        methods: json::texts(&value, "methods"),
    })
}

/// The answer, if it is one of success.
pub(super) fn success(reply: &Reply) -> Result<Value, Failure> {
    if reply.is_success() {
        return json::read(reply);
    }
    Err(refusal(reply))
}

/// What a service says when it will not (API v2 10.1: `error`, `error_description`).
fn refusal(reply: &Reply) -> Failure {
    let Ok(value) = json::read(reply) else {
        return json::by_status(reply);
    };
    let Some(error) = json::word(&value, "error") else {
        return json::by_status(reply);
    };
    let description = json::word(&value, "error_description").unwrap_or_default();
    let said = format!("{error}: {description}");
    let ending = match error.as_str() {
        "invalid_token" | "expired_token" => return Failure::expired_token(said),
        "access_denied" | "user_canceled" | "user_cancelled" => Ending::Refused,
        "invalid_pin" | "invalid_otp" => Ending::WrongFactor,
        "pin_locked" | "otp_locked" | "credential_locked" => Ending::FactorLocked,
        "invalid_client" | "unauthorized_client" | "authentication_error" | "invalid_grant" => {
            Ending::AccessRefused
        }
        "unsupported_grant_type" | "unsupported_response_type" | "invalid_scope" => {
            Ending::NotOffered
        }
        "server_error" | "temporarily_unavailable" => Ending::ProviderFault,
        "invalid_request" => by_description(&description),
        _ => {
            return Failure {
                said,
                ..json::by_status(reply)
            };
        }
    };
    Failure::new(ending, said)
}

/// `invalid_request` covers everything that is wrong with a request; which member it is says the description, in the
/// words of the standard's tables. A service with words of its own is [`Ending::NotOffered`], and its words are shown.
fn by_description(description: &str) -> Ending {
    let text = description.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().all(|it| text.contains(it));
    if has(&["sad", "expired"]) {
        Ending::ProviderTimedOut
    } else if has(&["hash", "not authorized"]) || has(&["hash", "sad"]) {
        Ending::DigestNotAuthorized
    } else if has(&["numsignatures"]) || has(&["too many"]) {
        Ending::TooManyDigests
    } else if has(&["credentialid"]) || has(&["userid"]) {
        Ending::UnknownHolder
    } else if has(&["otp", "invalid"]) || has(&["pin", "invalid"]) {
        Ending::WrongFactor
    } else if has(&["otp", "lock"]) || has(&["pin", "lock"]) {
        Ending::FactorLocked
    } else if has(&["credential", "disabled"]) || has(&["key", "disabled"]) {
        Ending::KeyDisabled
    } else if has(&["certificate", "expired"]) || has(&["certificate", "revoked"]) {
        Ending::CertificateUnusable
    } else {
        Ending::NotOffered
    }
}

pub(super) fn list(reply: &Reply) -> Result<Page, Failure> {
    let value = success(reply)?;
    let ids = json::only_texts(&value, "credentialIDs")
        .ok_or_else(|| Failure::unreadable("no credentialIDs"))?;
    let infos = value.get("credentialInfos").and_then(Value::as_array);
    let info_of = |id: &str| {
        let it = infos?
            .iter()
            .find(|it| json::word(it, "credentialID").as_deref() == Some(id))?;
        info(it, id).ok()
    };
    let credentials = ids
        .into_iter()
        .map(|id| Credential {
            info: info_of(&id),
            id,
        })
        .collect();
    Ok(Page {
        credentials,
        next: json::word(&value, "nextPageToken"),
    })
}

/// `credentials/info` (11.5). Version 1 has `authMode` with `PIN` and `OTP` beside it; version 2 `auth` with
/// `mode` and a list of `objects`.
pub(crate) fn info(value: &Value, id: &str) -> Result<CredentialInfo, Failure> {
    let empty = Value::Null;
    let key = value.get("key").unwrap_or(&empty);
    let cert = value.get("cert").unwrap_or(&empty);
    let certificates = json::texts(cert, "certificates");
    Ok(CredentialInfo {
        id: id.to_owned(),
        description: json::word(value, "description").unwrap_or_default(),
        certificates: certificates
            .iter()
            .map(|it| json::certificate(it))
            .collect::<Result<_, _>>()?,
        key: match json::word(key, "status") {
            Some(status) if !status.eq_ignore_ascii_case("enabled") => KeyState::Disabled(status),
            _ => KeyState::Enabled,
        },
        state: CertificateState::read(json::word(cert, "status").as_deref()),
        algorithms: json::texts(key, "algo"),
        consent: consent(value),
        multisign: json::number(value, "multisign")
            .and_then(|it| usize::try_from(it).ok())
            .unwrap_or(1)
            .max(1),
        scal: scal(value),
        lang: json::word(value, "lang"),
    })
}

/// At level 2 unless the service says 1: digests that are fixed too early do no harm.
fn scal(value: &Value) -> Scal {
    let level = json::word(value, "SCAL").or_else(|| json::word(value, "scal"));
    if level.as_deref() == Some("1") {
        Scal::One
    } else {
        Scal::Two
    }
}

fn consent(value: &Value) -> ConsentMode {
    let auth = value.get("auth");
    let mode = auth
        .and_then(|it| json::word(it, "mode"))
        .or_else(|| json::word(value, "authMode"));
    match mode.as_deref() {
        Some("explicit") => {
            let objects = auth
                .and_then(|it| it.get("objects"))
                .and_then(Value::as_array);
            let listed = |name: &str| {
                let is = |it: &Value| {
                    ["type", "id"].iter().any(|key| {
                        json::word(it, key).is_some_and(|it| it.eq_ignore_ascii_case(name))
                    })
                };
                objects.is_some_and(|list| list.iter().any(is))
            };
            let present = |name: &str| {
                value
                    .get(name)
                    .is_some_and(|it| json::word(it, "presence").as_deref() == Some("true"))
            };
            ConsentMode::Factors {
                pin: present("PIN") || listed("PIN") || listed("password"),
                otp: present("OTP") || listed("OTP"),
            }
        }
        Some("implicit") => ConsentMode::OnDevice,
        _ => ConsentMode::Page,
    }
}

/// `credentials/authorize` (11.6).
pub(super) fn agreement(batch: &Batch<'_>, reply: &Reply) -> Result<Agreement, Failure> {
    let mut value = success(reply)?;
    let valid = json::seconds(&value, "expiresIn", 3600);
    let sad = json::secret(&mut value, "SAD").ok_or_else(|| Failure::unreadable("no SAD"))?;
    Ok(Agreement {
        value: sad,
        shown: Shown::AsSad,
        covers: batch.fingerprint(),
        valid,
    })
}

/// `signatures/signHash` (11.10).
pub(super) fn signatures(batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
    if !reply.is_success() {
        let failure = refusal(reply);
        return if failure.ending == Ending::ProviderFault {
            Ok(Answered::Unclear(failure.said))
        } else {
            Err(failure)
        };
    }
    let Ok(value) = json::read(reply) else {
        return Ok(Answered::Unclear("no JSON".to_owned()));
    };
    if let Some(values) = json::only_texts(&value, "signatures").filter(|it| !it.is_empty()) {
        return if values.len() == batch.items.len() {
            Ok(Answered::Done(values))
        } else {
            Ok(Answered::Unclear(
                "not one signature for each digest".to_owned(),
            ))
        };
    }
    match json::word(&value, "responseID") {
        Some(id) => Ok(Answered::Pending(Some(PollToken { id, other: None }))),
        None => Ok(Answered::Unclear(
            "neither signatures nor responseID".to_owned(),
        )),
    }
}

/// `signatures/signPolling` (11.11). That it is not ready yet has no code of its own: services say 202, or nothing, or
/// `invalid_request` with the standard's sentence that processing "has not yet been completed".
pub(super) fn polled(batch: &Batch<'_>, reply: &Reply) -> Result<Answered, Failure> {
    if reply.status == 202 {
        return Ok(Answered::Pending(None));
    }
    if reply.is_success() {
        return match signatures(batch, reply)? {
            Answered::Done(values) => Ok(Answered::Done(values)),
            other if is_quiet(reply) => {
                drop(other);
                Ok(Answered::Pending(None))
            }
            other => Ok(other),
        };
    }
    if let Ok(value) = json::read(reply) {
        let description = json::word(&value, "error_description").unwrap_or_default();
        let waits = description.contains("not yet been completed")
            || json::word(&value, "error").is_some_and(|it| {
                matches!(
                    it.as_str(),
                    "authorization_pending" | "slow_down" | "pending"
                )
            });
        if waits {
            return Ok(Answered::Pending(None));
        }
    }
    let failure = refusal(reply);
    match failure.ending {
        Ending::ProviderFault | Ending::NotReached | Ending::NotOffered => {
            Ok(Answered::Unclear(failure.said))
        }
        _ => Err(failure),
    }
}

/// An answer of success with no signatures in it and nothing wrong said.
fn is_quiet(reply: &Reply) -> bool {
    reply.body.is_empty()
        || json::read(reply).is_ok_and(|it| {
            it.get("error").is_none()
                && it
                    .get("signatures")
                    .is_none_or(|it| it.is_null() || it.as_array().is_some_and(Vec::is_empty))
        })
}
