//! The government's signing tool, played: it reads frames as the real one is known to take them, refuses what it does
//! not know, and signs files in its own way. Fetching and bringing is left to whoever plays with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use vanthu_pki::{Certificate, KeyKind, SignatureAlgorithm, SoftKey, Time};
use vanthu_signing::{Appearance, DocMdp, Fonts, Place, Rect, SignatureRequest, inspect, prepare};

/// What a frame asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Certificate,
    Digest(Vec<u8>),
    File {
        download: String,
        upload: String,
        number: Option<String>,
        day: Option<String>,
    },
}

/// How the tool is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DigestWay {
    /// It signs the digest that it is given.
    #[default]
    Signs,
    /// An older version: takes the digest for a text, and hashes it.
    HashesAgain,
    /// It does not know the form.
    Unknown,
}

/// The tool with one device.
pub struct FakeTool {
    pub key: SoftKey,
    pub certificate: Certificate,
    pub chain: Vec<Certificate>,
    pub digests: DigestWay,
    /// The first signature certifies the document with this permission.
    pub certify: Option<DocMdp>,
    /// It signs in a field of its own even where an empty one waits.
    pub own_field: bool,
    pub now: Time,
}

impl FakeTool {
    pub fn new(key: SoftKey, certificate: Certificate, chain: Vec<Certificate>, now: Time) -> Self {
        Self {
            key,
            certificate,
            chain,
            digests: DigestWay::Signs,
            certify: None,
            own_field: false,
            now,
        }
    }

    /// Reads a frame of a path, every member of it.
    pub fn read(&self, path: &str, frame: &str) -> Result<Asked, String> {
        if path == "/GetCertInfo" {
            return if frame == "get_cert_info" {
                Ok(Asked::Certificate)
            } else {
                Err("another frame than get_cert_info".to_owned())
            };
        }
        let value: Value = serde_json::from_str(frame).map_err(|error| error.to_string())?;
        let members = value.as_object().ok_or("no structure")?;
        match path {
            "/SignMsg" => digest_of(members),
            "/SignApproved" | "/SignIssued" | "/SignAppendix" => file_of(path, members),
            other => Err(format!("unknown path {other}")),
        }
    }

    /// What the tool answers to a digest.
    pub fn signed_digest(&self, digest: &[u8]) -> String {
        // Tokens of the government's authority hold RSA keys; with another the tool signs as that key does.
        let algorithm = match self.key.kind() {
            KeyKind::Rsa => SignatureAlgorithm::RsaPkcs1Sha256,
            _ => self.key.default_algorithm(),
        };
        let signature = match self.digests {
            DigestWay::Signs => self.key.sign_digest(algorithm, digest).unwrap(),
            DigestWay::HashesAgain => self.key.sign(algorithm, digest).unwrap(),
            DigestWay::Unknown => return refusal(4, "Dữ liệu không hợp lệ"),
        };
        json!({
            "Status": 0,
            "Message": "",
            "Signature": STANDARD.encode(signature),
            "CertBase64": STANDARD.encode(self.certificate.der()),
        })
        .to_string()
    }

    /// Signs a file: in the empty signature field that waits in a signed one, otherwise in a field of its own; without
    /// a time-stamp.
    pub fn signed_file(&self, file: &[u8]) -> Vec<u8> {
        let facts = inspect(file).unwrap();
        let signed = facts.is_signed();
        let waiting = facts
            .fields
            .iter()
            .find(|it| it.kind == "Sig" && !it.signed)
            .filter(|_| signed && !self.own_field);
        let own = format!("Signature{}", facts.signatures.len() + 1);
        let request = SignatureRequest {
            field_name: waiting.map_or(own, |it| it.name.clone()),
            place: Some(Place {
                page: 0,
                rect: Rect {
                    x0: 60.0,
                    y0: 60.0,
                    x1: 160.0,
                    y1: 100.0,
                },
            }),
            appearance: Appearance::Invisible,
            signer_name: self.certificate.common_name(),
            at: self.now,
            certify: self.certify.filter(|_| !signed),
            ..SignatureRequest::default()
        };
        let algorithm = self.key.default_algorithm();
        let fonts = Fonts {
            regular: &[],
            italic: &[],
        };
        let prepared = prepare(file, &request, &self.certificate, algorithm, &fonts).unwrap();
        let value = self.key.sign(algorithm, prepared.to_be_signed()).unwrap();
        let completed = prepared.complete(&value).unwrap();
        completed.embed(file, &self.chain, None).unwrap()
    }

    /// What the page hears after the server took a file, or did not.
    pub fn after_upload(&self, answer: &str) -> String {
        let Ok(answer) = serde_json::from_str::<Value>(answer) else {
            return refusal(9, "Máy chủ trả lời không đúng");
        };
        for member in [
            "Status",
            "Message",
            "FileName",
            "FileServer",
            "DocumentNumber",
            "DocumentDate",
        ] {
            assert!(answer.get(member).is_some(), "the answer lacks {member}");
        }
        if answer["Status"] != json!(true) {
            return refusal(5, answer["Message"].as_str().unwrap());
        }
        json!({
            "Status": 0,
            "Message": "",
            "FileName": answer["FileName"],
            "FileServer": answer["FileServer"],
            "DocumentNumber": answer["DocumentNumber"],
            "DocumentDate": answer["DocumentDate"],
        })
        .to_string()
    }

    pub fn certificate_reply(&self) -> String {
        json!({"Status": 0, "CertInfo": STANDARD.encode(self.certificate.der())}).to_string()
    }
}

/// A frame that says no.
pub fn refusal(status: i64, message: &str) -> String {
    json!({"Status": status, "Message": message}).to_string()
}

/// What the tool posts: the content type, and the body with the file in the field `uploadfile`.
pub fn form(file: &[u8]) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "----------8dd0a1b2c3d4e5f";
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"uploadfile\"; filename=\"van-ban.signed.pdf\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    let value = members.get(name).ok_or(format!("{name} is missing"))?;
    value.as_str().ok_or(format!("{name} is no text"))
}

fn only(members: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match members.keys().find(|it| !known.contains(&it.as_str())) {
        Some(other) => Err(format!("unknown member {other}")),
        None => Ok(()),
    }
}

fn digest_of(members: &Map<String, Value>) -> Result<Asked, String> {
    only(members, &["HashAlg", "HashValue", "Encode"])?;
    if text(members, "HashAlg")? != "SHA256" || text(members, "Encode")? != "RSA" {
        return Err("another algorithm".to_owned());
    }
    let digest = STANDARD
        .decode(text(members, "HashValue")?)
        .map_err(|error| error.to_string())?;
    if digest.len() != 32 {
        return Err("a digest of another length".to_owned());
    }
    Ok(Asked::Digest(digest))
}

fn file_of(path: &str, members: &Map<String, Value>) -> Result<Asked, String> {
    only(
        members,
        &[
            "FileUploadHandler",
            "SessionId",
            "FileName",
            "MetaData",
            "DocNumber",
            "IssuedDate",
        ],
    )?;
    if !text(members, "SessionId")?.is_empty() {
        return Err("a cookie was given away".to_owned());
    }
    let address = |name: &str| {
        let address = text(members, name)?;
        let url = url::Url::parse(address).map_err(|error| format!("{name}: {error}"))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("{name} has a query"));
        }
        Ok(address.to_owned())
    };
    let (download, upload) = (address("FileName")?, address("FileUploadHandler")?);
    let ending = download.rsplit('.').next().unwrap_or_default();
    if ending != "pdf" {
        return Err("the name of the file does not end in .pdf".to_owned());
    }
    for pair in members
        .get("MetaData")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if pair["Key"].as_str().is_none() || pair["Value"].as_str().is_none() {
            return Err("a pair without key or value".to_owned());
        }
    }
    let number = members
        .get("DocNumber")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let day = members
        .get("IssuedDate")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let fits = match path {
        "/SignIssued" => number.is_some() && day.as_ref().is_some_and(|it| it.ends_with("+07:00")),
        "/SignAppendix" => number.is_some() && day.is_none(),
        _ => number.is_none() && day.is_none(),
    };
    if !fits {
        return Err(format!("number or day do not fit {path}"));
    }
    Ok(Asked::File {
        download,
        upload,
        number,
        day,
    })
}
