//! Services as they stand in a configuration file. Passwords and keys are named by their files.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
pub use vanthu_remote::Plain;
use vanthu_remote::csc::{Csc, Factors, Mode, OAuth, ServiceAccess, Version};
use vanthu_remote::display::CodeRule;
use vanthu_remote::mssp::{Addresses, CodePlace, Form, Messaging, Mssp};
use vanthu_remote::mysign::{DigestText, MySign};
use vanthu_remote::smartca::SmartCa;
use vanthu_remote::{Endpoint, Secret, TransactionId};

use super::{KeyService, KeyServices, Lists, Talks};
use crate::port::RemoteClient;

/// Where holders' browsers come back to from a service's page; to be registered there behind the installation's
/// address.
pub const RETURN_PATH: &str = "/account/signing/return";

/// One `[[signing.service]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    /// A short code, kept for good: linked keys name it.
    pub code: String,
    /// The name on pages.
    pub name: String,
    /// Which conversation.
    pub kind: Kind,
    /// Its address: for the Cloud Signature Consortium with the version, as `https://…/csc/v2`.
    pub address: String,
    /// Codes of the agencies that may use it; none for all.
    #[serde(default)]
    pub agencies: Vec<String>,
    /// Our name there (`client_id`, `sp_id`, `AP_ID`).
    pub client_id: String,
    /// The file of our password there.
    pub secret_file: Option<PathBuf>,
    /// Our certificate and its key, PEM, for services that know us by it.
    pub identity_file: Option<PathBuf>,
    /// Most files in one agreement.
    pub batch: Option<usize>,
    /// CSC: the page of its authorisation server.
    pub authorize_address: Option<String>,
    /// CSC: where a code becomes a token.
    pub token_address: Option<String>,
    /// CSC: who may see a holder's keys.
    #[serde(default)]
    pub access: Access,
    /// CSC 2: the answer comes later.
    #[serde(default)]
    pub asynchronous: bool,
    /// MySign: its profile.
    pub profile_id: Option<String>,
    /// MySign: digests in hexadecimal, where a gateway wants it.
    #[serde(default)]
    pub hexadecimal: bool,
    /// MSSP: the service's name, an address.
    pub mssp_id: Option<String>,
    /// MSSP: the signature profile, an address.
    pub signature_profile: Option<String>,
    /// MSSP: the format, an address.
    pub format: Option<String>,
    /// MSSP: where its messages go, below its address.
    #[serde(default)]
    pub paths: Paths,
    /// MSSP: additional services, addresses.
    #[serde(default)]
    pub services: Vec<String>,
    /// MSSP: the answer comes when the holder has decided.
    #[serde(default)]
    pub synchronous: bool,
    /// MSSP: the card writes the verification code into the text.
    #[serde(default)]
    pub code_by_card: bool,
}

impl ServiceSettings {
    /// The files that it names.
    pub fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.secret_file.iter_mut().chain(&mut self.identity_file)
    }
}

/// Where the messages of a mobile signature service go, below its address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// `MSS_Signature`.
    pub signature: String,
    /// `MSS_StatusQuery`.
    pub status: String,
    /// `MSS_Receipt`.
    pub receipt: String,
    /// `MSS_ProfileQuery`.
    pub profile: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            signature: "sign".to_owned(),
            status: "status".to_owned(),
            receipt: "receipt".to_owned(),
            profile: "profile".to_owned(),
        }
    }
}

/// Which conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Cloud Signature Consortium, version 2.
    CscV2,
    /// Cloud Signature Consortium, version 1.
    CscV1,
    /// Viettel MySign.
    Mysign,
    /// VNPT SmartCA.
    Smartca,
    /// ETSI TS 102 204 over SOAP.
    MsspSoap,
    /// The same as JSON.
    MsspJson,
}

/// Who may see a holder's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// The installation, with a token in its own name.
    #[default]
    Own,
    /// The holder, on a page of the service.
    Page,
}

/// Why a service can't be used as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("dịch vụ ký số “{code}”: {what}")]
pub struct BadService {
    code: String,
    what: String,
}

/// The parts of an installation that services need to know.
pub struct Surroundings<'a> {
    /// The address under which browsers reach it.
    pub public_url: &'a str,
    /// Whether services without encryption on this machine are accepted: practice and tests.
    pub plain: Plain,
    /// Reads a file.
    pub read: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
}

impl KeyServices {
    /// Reads the services of a configuration.
    ///
    /// # Errors
    /// The first that can't be used, by its code.
    pub fn read(
        settings: &[ServiceSettings],
        around: &Surroundings<'_>,
    ) -> Result<Self, BadService> {
        let mut services: Vec<KeyService> = Vec::new();
        for one in settings {
            let reader = Reader { one, around };
            if services.iter().any(|it| it.code == one.code) {
                return Err(reader.bad("mã này đã dùng cho dịch vụ khác"));
            }
            services.push(reader.service()?);
        }
        Ok(Self::new(services))
    }
}

struct Reader<'a> {
    one: &'a ServiceSettings,
    around: &'a Surroundings<'a>,
}

impl Reader<'_> {
    fn bad(&self, what: impl Into<String>) -> BadService {
        BadService {
            code: self.one.code.clone(),
            what: what.into(),
        }
    }

    fn service(&self) -> Result<KeyService, BadService> {
        let one = self.one;
        let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
        if one.code.is_empty() || one.code.len() > 30 || !one.code.chars().all(plain) {
            return Err(self.bad("code chỉ gồm chữ thường không dấu, chữ số và gạch nối"));
        }
        let identity = match &one.identity_file {
            Some(file) => Some(self.file("identity_file", file)?),
            None => None,
        };
        let client =
            RemoteClient::new(identity.as_deref()).map_err(|why| self.bad(why.to_string()))?;
        Ok(KeyService {
            code: one.code.clone(),
            name: one.name.clone(),
            agencies: one.agencies.clone(),
            client,
            talks: self.talks()?,
        })
    }

    fn talks(&self) -> Result<Talks, BadService> {
        let one = self.one;
        Ok(match one.kind {
            Kind::CscV1 | Kind::CscV2 => Talks::Csc {
                csc: self.csc()?,
                lists: match one.access {
                    Access::Own => Lists::ToUs,
                    Access::Page => Lists::ToTheHolder,
                },
            },
            Kind::Mysign => Talks::MySign(MySign {
                base: self.endpoint("address", &one.address)?,
                client_id: one.client_id.clone(),
                client_secret: self.secret()?,
                profile_id: self.text("profile_id", one.profile_id.as_ref())?,
                digest: if one.hexadecimal {
                    DigestText::Hexadecimal
                } else {
                    DigestText::Base64
                },
            }),
            Kind::Smartca => Talks::SmartCa(SmartCa {
                base: self.endpoint("address", &one.address)?,
                sp_id: one.client_id.clone(),
                sp_password: self.secret()?,
                batch: one.batch.unwrap_or(20).max(1),
                question: TransactionId::new("hoi-chung-thu")
                    .map_err(|why| self.bad(why.to_string()))?,
            }),
            Kind::MsspSoap | Kind::MsspJson => Talks::Mssp(self.mssp()?),
        })
    }

    fn csc(&self) -> Result<Csc, BadService> {
        let one = self.one;
        let oauth = match (&one.authorize_address, &one.token_address) {
            (Some(authorize), Some(token)) => Some(OAuth {
                authorize: self.endpoint("authorize_address", authorize)?,
                token: self.endpoint("token_address", token)?,
                client_id: one.client_id.clone(),
                client_secret: match one.secret_file {
                    Some(_) => Some(self.secret()?),
                    None => None,
                },
                redirect_uri: format!(
                    "{}{RETURN_PATH}",
                    self.around.public_url.trim_end_matches('/')
                ),
            }),
            (None, None) => None,
            _ => return Err(self.bad("cần cả authorize_address và token_address")),
        };
        if oauth.is_none() {
            return Err(self.bad("cần authorize_address và token_address"));
        }
        Ok(Csc {
            base: self.endpoint("address", &one.address)?,
            version: match one.kind {
                Kind::CscV1 => Version::V1,
                _ => Version::V2,
            },
            access: match one.access {
                Access::Own => ServiceAccess::ClientCredentials,
                Access::Page => ServiceAccess::None,
            },
            oauth,
            factors: Factors::NotCarried,
            mode: if one.asynchronous {
                Mode::Asynchronous
            } else {
                Mode::Synchronous
            },
            lang: Some("vi".to_owned()),
        })
    }

    fn mssp(&self) -> Result<Mssp, BadService> {
        let one = self.one;
        let at = |path: &str| {
            let path = path.trim_start_matches('/');
            let address = format!("{}/{path}", one.address.trim_end_matches('/'));
            self.endpoint("address", &address)
        };
        Ok(Mssp {
            addresses: Addresses {
                signature: at(&one.paths.signature)?,
                status: at(&one.paths.status)?,
                receipt: at(&one.paths.receipt)?,
                profile: at(&one.paths.profile)?,
            },
            form: if one.kind == Kind::MsspJson {
                Form::Json
            } else {
                Form::Soap
            },
            messaging: if one.synchronous {
                Messaging::Synch
            } else {
                Messaging::AsynchClientServer
            },
            ap_id: one.client_id.clone(),
            ap_password: self.secret()?,
            mssp_id: self.text("mssp_id", one.mssp_id.as_ref())?,
            signature_profile: self.text("signature_profile", one.signature_profile.as_ref())?,
            format: one.format.clone(),
            services: one.services.clone(),
            code: CodeRule::default(),
            code_place: if one.code_by_card {
                CodePlace::ByTheCard
            } else {
                CodePlace::InTheText
            },
        })
    }

    fn text(&self, key: &str, value: Option<&String>) -> Result<String, BadService> {
        let missing = || self.bad(format!("thiếu khóa {key}"));
        value.cloned().ok_or_else(missing)
    }

    fn endpoint(&self, key: &str, address: &str) -> Result<Endpoint, BadService> {
        Endpoint::new(address, self.around.plain)
            .map_err(|_| self.bad(format!("{key} cần địa chỉ https không kèm mật khẩu")))
    }

    fn file(&self, key: &str, file: &Path) -> Result<Vec<u8>, BadService> {
        (self.around.read)(file)
            .map_err(|why| self.bad(format!("{key}: không đọc được {}: {why}", file.display())))
    }

    fn secret(&self) -> Result<Secret, BadService> {
        let missing = || self.bad("thiếu khóa secret_file");
        let file = self.one.secret_file.as_ref().ok_or_else(missing)?;
        let text = String::from_utf8(self.file("secret_file", file)?)
            .map_err(|_| self.bad("secret_file không phải văn bản"))?;
        let text = text.trim();
        if text.is_empty() {
            return Err(self.bad("secret_file trống"));
        }
        Ok(Secret::new(text))
    }
}
