//! A mobile signature service after ETSI TS 102 204, in SOAP and in JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node};
use serde_json::{Value, json};
use vanthu_remote::display::CodeRule;
use vanthu_remote::mssp::{
    Addresses, CodePlace, Form, Messaging, Mssp, NAMESPACE, SIGNATURE_VALIDATION,
    SIGNING_CERTIFICATE,
};
use vanthu_remote::value::digest_of_info;
use vanthu_remote::{Endpoint, HttpRequest, Plain, Reply, Secret};

use super::world::{Decision, Fake, Hand, World, header};

pub struct FakeMssp {
    pub hand: Hand,
    pub form: Form,
    pub decision: Decision,
    /// The fault of `MSS_Signature`, or the status where it is 500 and above and below 900.
    pub fault: Option<u32>,
    /// The same for `MSS_StatusQuery`.
    pub status_fault: Option<u32>,
    /// A certificate that comes along.
    pub certificate: Option<String>,
    /// Whose transaction it answers.
    pub echo: Option<&'static str>,
    pub soap12: bool,
    /// What stands in front of the answer.
    pub prologue: &'static str,
    jobs: BTreeMap<String, (Duration, Vec<u8>)>,
    pub displayed: Vec<String>,
    pub digests: Vec<Vec<u8>>,
}

/// A request, whatever its form.
struct Read {
    kind: String,
    fields: BTreeMap<String, String>,
}

impl FakeMssp {
    pub fn new(world: &World, form: Form) -> Self {
        Self::with(world.hand(), form)
    }

    pub fn with(hand: Hand, form: Form) -> Self {
        Self {
            hand,
            form,
            decision: Decision::Agree(12),
            fault: None,
            status_fault: None,
            certificate: None,
            echo: None,
            soap12: false,
            prologue: "",
            jobs: BTreeMap::new(),
            displayed: Vec::new(),
            digests: Vec::new(),
        }
    }

    pub fn client(&self) -> Mssp {
        let at = |path: &str| {
            let address = format!("https://ky.example.vn/{path}");
            Endpoint::new(&address, Plain::Refused).unwrap()
        };
        Mssp {
            addresses: Addresses {
                signature: at("sign"),
                status: at("status"),
                receipt: at("receipt"),
                profile: at("profile"),
            },
            form: self.form,
            messaging: Messaging::AsynchClientServer,
            ap_id: "http://vt.example.vn".to_owned(),
            ap_password: Secret::new("mat-khau-dich-vu"),
            mssp_id: "http://ky.example.vn".to_owned(),
            signature_profile: "http://ky.example.vn/kyso#digitalsignature".to_owned(),
            format: Some("http://ky.example.vn/dinhdang#PKCS1".to_owned()),
            services: vec![
                SIGNING_CERTIFICATE.to_owned(),
                SIGNATURE_VALIDATION.to_owned(),
            ],
            code: CodeRule::SixAndSevenBits,
            code_place: CodePlace::InTheText,
        }
    }

    fn read(&self, request: &HttpRequest) -> Read {
        match self.form {
            Form::Soap => {
                assert_eq!(
                    header(request, "content-type"),
                    Some("text/xml; charset=utf-8")
                );
                read_soap(std::str::from_utf8(request.body.reveal()).unwrap())
            }
            Form::Json => {
                assert_eq!(
                    header(request, "content-type"),
                    Some("application/json; charset=utf-8")
                );
                read_json(&serde_json::from_slice(request.body.reveal()).unwrap())
            }
        }
    }

    fn respond(&self, kind: &str, asked: &Read, code: u32, message: &str, more: &Said) -> Reply {
        let echo = self.echo.unwrap_or(&asked.fields["AP_TransID"]);
        let body = match self.form {
            Form::Soap => format!(
                "{}<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><{kind}>\
                 <m:{kind}Resp xmlns:m=\"{NAMESPACE}\" MajorVersion=\"1\" MinorVersion=\"1\" {}>\
                 <m:AP_Info AP_ID=\"http://vt.example.vn\" AP_PWD=\"\" AP_TransID=\"{echo}\"/>{}\
                 <m:Status><m:StatusCode Value=\"{code}\"/><m:StatusMessage>{message}\
                 </m:StatusMessage>{}</m:Status></m:{kind}Resp></{kind}></s:Body></s:Envelope>",
                self.prologue,
                more.transaction.as_ref().map_or(String::new(), |it| format!("MSSP_TransID=\"{it}\"")),
                more.soap(),
                more.certificate.as_ref().map_or(String::new(), |it| format!(
                    "<m:StatusDetail><x><SigningCertificate>{it}</SigningCertificate></x></m:StatusDetail>"
                )),
            ),
            Form::Json => {
                let mut inside = json!({
                    "AP_Info": {"AP_TransID": echo}, "MajorVersion": "1", "MinorVersion": "1",
                    "Status": {"StatusCode": {"Value": code.to_string()}, "StatusMessage": message},
                });
                if let Some(it) = &more.transaction {
                    inside["MSSP_TransID"] = json!(it);
                }
                if let Some(it) = &more.signature {
                    inside["MSS_Signature"] = json!({"Base64Signature": it});
                }
                if let Some(it) = &more.certificate {
                    inside["Status"]["StatusDetail"] =
                        json!({"ServiceResponses": [{"SigningCertificate": it}]});
                }
                if !more.profiles.is_empty() {
                    inside["SignatureProfile"] = json!(more.profiles);
                }
                json!({format!("{kind}Resp"): inside}).to_string()
            }
        };
        Reply::new(200, body)
    }

    fn fault(&self, code: u32) -> Reply {
        let body = match (self.form, self.soap12) {
            (Form::Soap, false) => format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
                 <faultcode xmlns:m=\"{NAMESPACE}\">m:_{code}</faultcode>\
                 <faultstring>LỖI</faultstring></s:Fault></s:Body></s:Envelope>"
            ),
            (Form::Soap, true) => format!(
                "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body><e:Fault>\
                 <e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value xmlns:m=\"{NAMESPACE}\">\
                 m:_{code}</e:Value></e:Subcode></e:Code><e:Reason><e:Text xml:lang=\"en\">LỖI\
                 </e:Text></e:Reason></e:Fault></e:Body></e:Envelope>"
            ),
            (Form::Json, _) => json!({"Fault": {
                "Code": {"SubCode": {"Value": format!("_{code}"), "ValueNs": NAMESPACE},
                    "Value": "Sender"}, "Reason": "LỖI"}})
            .to_string(),
        };
        Reply::new(500, body)
    }

    fn said(&self, kind: &str, asked: &Read, code: u32, more: &Said) -> Reply {
        if (500..900).contains(&code) || code == 100 {
            self.respond(kind, asked, code, "", more)
        } else {
            self.fault(code)
        }
    }

    fn sign(&mut self, asked: &Read, at: Duration) -> Reply {
        let fields = &asked.fields;
        assert_eq!(fields["MSISDN"], self.hand.expects.holder);
        assert_eq!(
            fields["SignatureProfile"],
            "http://ky.example.vn/kyso#digitalsignature"
        );
        assert_eq!(fields["MSS_Format"], "http://ky.example.vn/dinhdang#PKCS1");
        assert_eq!(
            fields["DataToBeSigned/MimeType"],
            "application/octet-stream"
        );
        assert_eq!(fields["DataToBeSigned/Encoding"], "base64");
        assert!(fields["services"].contains(SIGNING_CERTIFICATE));
        let timeout: u64 = fields["TimeOut"].parse().unwrap();
        assert!((1..=300).contains(&timeout));
        let info = STANDARD.decode(&fields["DataToBeSigned"]).unwrap();
        let digest = digest_of_info(&info).unwrap();
        self.digests.push(digest.clone());
        self.displayed.push(fields["DataToBeDisplayed"].clone());
        let transaction = Some(format!("M{}", self.jobs.len() + 1));
        if let Some(code) = self.fault {
            let more = Said {
                transaction,
                ..Said::default()
            };
            return self.said("MSS_Signature", asked, code, &more);
        }
        self.jobs
            .insert(transaction.clone().unwrap(), (at, digest.clone()));
        if fields["MessagingMode"] == "synch" {
            let signature = match self.decision {
                Decision::Agree(_) => self.hand.sign(&digest),
                Decision::Refuse(_) => return self.fault(401),
                Decision::Nothing => return self.fault(208),
            };
            let more = Said {
                transaction,
                signature: Some(signature),
                certificate: self.certificate.clone(),
                ..Said::default()
            };
            return self.respond("MSS_Signature", asked, 502, "VALID SIGNATURE", &more);
        }
        assert_eq!(fields["MessagingMode"], "asynchClientServer");
        let more = Said {
            transaction,
            ..Said::default()
        };
        self.respond("MSS_Signature", asked, 100, "REQUEST OK", &more)
    }

    fn status(&self, asked: &Read, at: Duration) -> Reply {
        let kind = "MSS_Status";
        if let Some(code) = self.status_fault {
            return self.said(kind, asked, code, &Said::default());
        }
        let Some((since, digest)) = self.jobs.get(&asked.fields["MSSP_TransID"]) else {
            return self.fault(101);
        };
        let passed = at.saturating_sub(*since).as_secs();
        match self.decision {
            Decision::Agree(after) if passed >= after => {
                let more = Said {
                    signature: Some(self.hand.sign(digest)),
                    certificate: self.certificate.clone(),
                    ..Said::default()
                };
                self.respond(kind, asked, 502, "VALID SIGNATURE", &more)
            }
            Decision::Refuse(after) if passed >= after => self.fault(401),
            Decision::Nothing if passed >= 120 => self.fault(208),
            _ => self.respond(kind, asked, 504, "OUTSTANDING", &Said::default()),
        }
    }
}

#[derive(Default)]
struct Said {
    transaction: Option<String>,
    signature: Option<String>,
    certificate: Option<String>,
    profiles: Vec<String>,
}

impl Said {
    fn soap(&self) -> String {
        let signature = self.signature.iter().map(|it| {
            format!(
                "<m:MSS_Signature><m:Base64Signature>{it}</m:Base64Signature></m:MSS_Signature>"
            )
        });
        let profiles = self.profiles.iter().map(|it| {
            format!("<m:SignatureProfile><m:mssURI>{it}</m:mssURI></m:SignatureProfile>")
        });
        signature.chain(profiles).collect()
    }
}

fn read_soap(text: &str) -> Read {
    let document = Document::parse(text).unwrap();
    let ours = |it: &Node<'_, '_>| it.tag_name().namespace() == Some(NAMESPACE);
    let request = document
        .descendants()
        .find(|it| ours(it) && it.tag_name().name().ends_with("Req"))
        .unwrap();
    let mut fields = BTreeMap::new();
    let mut services = String::new();
    for node in request.descendants().filter(ours) {
        let name = node.tag_name().name();
        for it in node.attributes() {
            let key = if name.starts_with("DataToBe") || name == "Message" {
                format!("{name}/{}", it.name())
            } else {
                it.name().to_owned()
            };
            fields.insert(key, it.value().to_owned());
        }
        let text: String = node.text().unwrap_or("").to_owned();
        let parent = node.parent().map_or("", |it| it.tag_name().name());
        match (parent, name) {
            ("Description", "mssURI") => services.push_str(&text),
            (_, "mssURI") => {
                fields.insert(parent.to_owned(), text);
            }
            _ => {
                fields.insert(name.to_owned(), text);
            }
        }
    }
    fields.insert("services".to_owned(), services);
    Read {
        kind: request.tag_name().name().to_owned(),
        fields,
    }
}

fn read_json(value: &Value) -> Read {
    let (kind, inside) = value.as_object().unwrap().iter().next().unwrap();
    let mut fields = BTreeMap::new();
    let mut take = |key: &str, value: &Value| {
        if let Some(text) = value.as_str() {
            fields.insert(key.to_owned(), text.to_owned());
        }
    };
    for (key, value) in inside.as_object().unwrap() {
        take(key, value);
    }
    for (key, value) in inside["AP_Info"].as_object().unwrap() {
        take(key, value);
    }
    take("URI", &inside["MSSP_Info"]["MSSP_ID"]["URI"]);
    take("MSISDN", &inside["MobileUser"]["MSISDN"]);
    for name in ["DataToBeSigned", "DataToBeDisplayed", "Message"] {
        take(name, &inside[name]["Data"]);
        take(&format!("{name}/MimeType"), &inside[name]["MimeType"]);
        take(&format!("{name}/Encoding"), &inside[name]["Encoding"]);
    }
    let services = inside["AdditionalServices"].to_string();
    fields.insert("services".to_owned(), services);
    Read {
        kind: kind.clone(),
        fields,
    }
}

impl Fake for FakeMssp {
    fn decide(&mut self, decision: Decision) {
        self.decision = decision;
    }

    fn knows_by_certificate(&self) -> bool {
        true
    }

    fn serve(&mut self, request: &HttpRequest, at: Duration) -> Reply {
        assert!(request.mutual_tls, "it knows us by our certificate");
        let asked = self.read(request);
        let fields = &asked.fields;
        assert_eq!(
            (
                fields["MajorVersion"].as_str(),
                fields["MinorVersion"].as_str()
            ),
            ("1", "1")
        );
        assert_eq!(fields["AP_ID"], "http://vt.example.vn");
        assert_eq!(fields["AP_PWD"], "mat-khau-dich-vu");
        assert_eq!(fields["URI"], "http://ky.example.vn");
        assert!(
            !self.hand.expects.is_that_day || fields["Instant"].starts_with("2026-11-22T08:3"),
            "{}",
            fields["Instant"]
        );
        let action = header(request, "soapaction");
        assert_eq!(action.is_some(), self.form == Form::Soap);
        match (asked.kind.as_str(), request.url.as_str()) {
            ("MSS_SignatureReq", "https://ky.example.vn/sign") => self.sign(&asked, at),
            ("MSS_StatusReq", "https://ky.example.vn/status") => self.status(&asked, at),
            ("MSS_ReceiptReq", "https://ky.example.vn/receipt") => {
                assert_eq!(fields["Message"], "Van ban 12/UBND-VX da ky xong");
                self.respond("MSS_Receipt", &asked, 100, "REQUEST OK", &Said::default())
            }
            ("MSS_ProfileReq", "https://ky.example.vn/profile") => {
                let more = Said {
                    profiles: vec!["http://ky.example.vn/kyso#digitalsignature".to_owned()],
                    ..Said::default()
                };
                self.respond("MSS_Profile", &asked, 100, "REQUEST OK", &more)
            }
            other => panic!("{other:?}"),
        }
    }
}
