//! The messages in JSON, as operators publish them: the names of the SOAP messages, attributes as members, figures as
//! texts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use crate::json::{self, word};
use crate::secret::SecretBytes;

use super::{Answer, Parties, SignatureReq, soap};

#[derive(Serialize)]
struct Common<'a> {
    #[serde(rename = "MajorVersion")]
    major: &'static str,
    #[serde(rename = "MinorVersion")]
    minor: &'static str,
    #[serde(rename = "AP_Info")]
    ap: ApInfo<'a>,
    #[serde(rename = "MSSP_Info")]
    mssp: MsspInfo<'a>,
}

#[derive(Serialize)]
struct ApInfo<'a> {
    #[serde(rename = "AP_ID")]
    id: &'a str,
    #[serde(rename = "AP_PWD")]
    password: &'a str,
    #[serde(rename = "AP_TransID")]
    transaction: &'a str,
    #[serde(rename = "Instant")]
    instant: &'a str,
}

#[derive(Serialize)]
struct MsspInfo<'a> {
    #[serde(rename = "MSSP_ID")]
    id: Uri<'a>,
}

#[derive(Serialize)]
struct Uri<'a> {
    #[serde(rename = "URI")]
    uri: &'a str,
}

#[derive(Serialize)]
struct MobileUser<'a> {
    #[serde(rename = "MSISDN")]
    msisdn: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(rename = "MimeType")]
    mime: &'static str,
    #[serde(rename = "Encoding")]
    encoding: &'static str,
    #[serde(rename = "Data")]
    text: &'a str,
}

#[derive(Serialize)]
struct Service<'a> {
    #[serde(rename = "Description")]
    description: &'a str,
}

#[derive(Serialize)]
struct Signature<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    #[serde(rename = "MobileUser")]
    user: MobileUser<'a>,
    #[serde(rename = "MessagingMode")]
    messaging: &'static str,
    #[serde(rename = "TimeOut")]
    timeout: String,
    #[serde(rename = "DataToBeSigned")]
    signed: Data<'a>,
    #[serde(rename = "DataToBeDisplayed")]
    displayed: Data<'a>,
    #[serde(rename = "SignatureProfile")]
    profile: &'a str,
    #[serde(rename = "MSS_Format", skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    #[serde(rename = "AdditionalServices", skip_serializing_if = "Vec::is_empty")]
    services: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct Status<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    #[serde(rename = "MSSP_TransID")]
    transaction: &'a str,
}

#[derive(Serialize)]
struct Receipt<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    #[serde(rename = "MSSP_TransID")]
    transaction: &'a str,
    #[serde(rename = "MobileUser")]
    user: MobileUser<'a>,
    #[serde(rename = "Message")]
    message: Data<'a>,
}

#[derive(Serialize)]
struct Profile<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    #[serde(rename = "MobileUser")]
    user: MobileUser<'a>,
}

#[derive(Serialize)]
enum Message<'a> {
    #[serde(rename = "MSS_SignatureReq")]
    Signature(Signature<'a>),
    #[serde(rename = "MSS_StatusReq")]
    Status(Status<'a>),
    #[serde(rename = "MSS_ReceiptReq")]
    Receipt(Receipt<'a>),
    #[serde(rename = "MSS_ProfileReq")]
    Profile(Profile<'a>),
}

fn common<'a>(parties: &'a Parties<'_>) -> Common<'a> {
    Common {
        major: "1",
        minor: "1",
        ap: ApInfo {
            id: parties.ap_id,
            password: parties.ap_password,
            transaction: &parties.transaction,
            instant: &parties.instant,
        },
        mssp: MsspInfo {
            id: Uri {
                uri: parties.mssp_id,
            },
        },
    }
}

fn plain(text: &str) -> Data<'_> {
    Data {
        mime: "text/plain",
        encoding: "UTF-8",
        text,
    }
}

pub(super) fn signature(it: &SignatureReq<'_>) -> SecretBytes {
    let signed = STANDARD.encode(&it.to_be_signed);
    SecretBytes::json(&Message::Signature(Signature {
        common: common(&it.parties),
        user: MobileUser { msisdn: it.msisdn },
        messaging: it.messaging,
        timeout: it.timeout.to_string(),
        signed: Data {
            mime: "application/octet-stream",
            encoding: "base64",
            text: &signed,
        },
        displayed: plain(&it.to_be_displayed),
        profile: it.profile,
        format: it.format,
        services: it
            .services
            .iter()
            .map(|description| Service { description })
            .collect(),
    }))
}

pub(super) fn status(parties: &Parties<'_>, transaction: &str) -> SecretBytes {
    SecretBytes::json(&Message::Status(Status {
        common: common(parties),
        transaction,
    }))
}

pub(super) fn receipt(
    parties: &Parties<'_>,
    transaction: &str,
    msisdn: &str,
    text: &str,
) -> SecretBytes {
    SecretBytes::json(&Message::Receipt(Receipt {
        common: common(parties),
        transaction,
        user: MobileUser { msisdn },
        message: plain(text),
    }))
}

pub(super) fn profile(parties: &Parties<'_>, msisdn: &str) -> SecretBytes {
    SecretBytes::json(&Message::Profile(Profile {
        common: common(parties),
        user: MobileUser { msisdn },
    }))
}

/// Reads an answer: one member, named as the message, or `Fault`.
pub(super) fn read(bytes: &[u8]) -> Option<Answer> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let (name, inside) = value.as_object()?.iter().next()?;
    if name == "Fault" {
        return Some(read_fault(inside));
    }
    if !name.ends_with("Resp") {
        return None;
    }
    let status = inside.get("Status");
    let code = status.and_then(|it| it.get("StatusCode"));
    Some(Answer {
        ap_transaction: inside.get("AP_Info").and_then(|it| word(it, "AP_TransID")),
        mssp_transaction: word(inside, "MSSP_TransID"),
        code: code
            .and_then(|it| json::number(it, "Value"))
            .and_then(|it| u32::try_from(it).ok()),
        message: status
            .and_then(|it| word(it, "StatusMessage"))
            .unwrap_or_default(),
        is_fault: false,
        signature: inside
            .get("MSS_Signature")
            .and_then(|it| word(it, "Base64Signature")),
        certificates: certificates(status),
        profiles: profiles(inside),
    })
}

fn certificates(status: Option<&Value>) -> Vec<String> {
    let services = status
        .and_then(|it| it.get("StatusDetail"))
        .and_then(|it| it.get("ServiceResponses"))
        .and_then(Value::as_array);
    services
        .into_iter()
        .flatten()
        .filter_map(|it| word(it, "SigningCertificate"))
        .collect()
}

/// A profile is an address, or an object that holds one.
fn profiles(inside: &Value) -> Vec<String> {
    let list = match inside.get("SignatureProfile") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter()
        .filter_map(|it| {
            it.as_str()
                .map(str::to_owned)
                .or_else(|| word(it, "mssURI"))
        })
        .collect()
}

fn read_fault(fault: &Value) -> Answer {
    let code = fault.get("Code");
    let sub = code.and_then(|it| it.get("SubCode").or_else(|| it.get("Subcode")));
    let name = sub
        .and_then(|it| word(it, "Value"))
        .or_else(|| code.and_then(|it| word(it, "Value")));
    Answer {
        code: name.and_then(|it| soap::figure(&it)),
        message: word(fault, "Reason")
            .or_else(|| word(fault, "Detail"))
            .unwrap_or_default(),
        is_fault: true,
        ..Answer::default()
    }
}
