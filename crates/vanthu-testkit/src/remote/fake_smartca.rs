//! SmartCA, version 1, as its integration document has it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use vanthu_remote::smartca::SmartCa;
use vanthu_remote::{Endpoint, HttpRequest, Plain, Reply, Secret, TransactionId};

use super::world::{Decision, Fake, Hand, World, header, json as body_of, members};

/// Since when, and the digests with their names.
type Job = (Duration, Vec<(String, Vec<u8>)>);

pub struct FakeSmartCa {
    pub hand: Hand,
    pub chain: Vec<String>,
    pub decision: Decision,
    /// What it calls success.
    pub success: u64,
    /// Statuses are asked for by `tran_code` and not by our name.
    pub by_tran_code: bool,
    /// What it says when the holder refuses.
    pub refusal: &'static str,
    /// The status says this instead.
    pub status: Option<(u16, Value)>,
    /// `sign` says this instead.
    pub sign: Option<(u16, Value)>,
    /// Most digests in one request.
    pub batch: usize,
    pub reversed: bool,
    pub wrong_names: bool,
    jobs: BTreeMap<String, Job>,
    pub asked: Vec<(String, String)>,
    pub cert_status: &'static str,
}

impl FakeSmartCa {
    pub fn new(world: &World) -> Self {
        Self::with(world.hand(), world.chain())
    }

    pub fn with(hand: Hand, chain: Vec<String>) -> Self {
        Self {
            hand,
            chain,
            decision: Decision::Agree(15),
            success: 200,
            by_tran_code: false,
            refusal: "Người dùng từ chối giao dịch",
            status: None,
            sign: None,
            batch: 20,
            reversed: false,
            wrong_names: false,
            jobs: BTreeMap::new(),
            asked: Vec::new(),
            cert_status: "Đang hoạt động",
        }
    }

    pub fn client(&self) -> SmartCa {
        SmartCa {
            base: Endpoint::new("https://ky.example.vn/sca/sp769", Plain::Refused).unwrap(),
            sp_id: "vanthu".to_owned(),
            sp_password: Secret::new("mat-khau-dich-vu"),
            batch: self.batch,
            question: TransactionId::new("hoi-chung-thu-1").unwrap(),
        }
    }

    fn say(&self, message: &str, data: &Value) -> Reply {
        let said = json!({"status_code": self.success, "message": message, "data": data});
        Reply::new(200, said.to_string())
    }

    fn certificates(&self, body: &Value) -> Reply {
        assert_eq!(
            members(body),
            [
                "serial_number",
                "sp_id",
                "sp_password",
                "transaction_id",
                "user_id"
            ]
        );
        assert_eq!(body["user_id"], self.hand.expects.holder);
        let question = body["transaction_id"].as_str().unwrap();
        assert!(question.starts_with("hoi-"), "{question}");
        let one = |serial: &str, service: &str| {
            json!({"service_type": service, "service_name": "SMARTCA PERSONAL PRO",
                "cert_id": "fcfffddf", "cert_status": self.cert_status, "serial_number": serial,
                "cert_data": self.chain[0],
                "chain_data": {"ca_cert": self.chain[1], "root_cert": null}})
        };
        let list = [
            one(&self.hand.expects.credential, "SMARTCA"),
            one("chung-thu-2", "ESEAL"),
        ];
        self.say("Success", &json!({"user_certificates": list}))
    }

    fn sign(&mut self, body: &Value, at: Duration) -> Reply {
        assert_eq!(
            members(body),
            [
                "serial_number",
                "sign_files",
                "sp_id",
                "sp_password",
                "time_stamp",
                "transaction_desc",
                "transaction_id",
                "user_id",
            ]
        );
        assert_eq!(body["serial_number"], self.hand.expects.credential);
        let stamp = body["time_stamp"].as_str().unwrap();
        assert!(stamp.len() == 15 && stamp.ends_with('Z'), "{stamp}");
        assert!(!self.hand.expects.is_that_day || stamp.starts_with("2026112208"));
        let transaction = body["transaction_id"].as_str().unwrap().to_owned();
        let description = body["transaction_desc"].as_str().unwrap().to_owned();
        self.asked.push((transaction.clone(), description));
        if let Some((status, said)) = &self.sign {
            return Reply::new(*status, said.to_string());
        }
        // "Unique" it must be, and a repetition is refused.
        if self.jobs.contains_key(&transaction) {
            return Reply::new(
                400,
                json!({"status_code": 400, "message": "trùng"}).to_string(),
            );
        }
        let mut files = Vec::new();
        for file in body["sign_files"].as_array().unwrap() {
            assert_eq!(
                members(file),
                ["data_to_be_signed", "doc_id", "file_type", "sign_type"]
            );
            assert_eq!(
                (&file["file_type"], &file["sign_type"]),
                (&json!("pdf"), &json!("hash"))
            );
            let digest = hex::decode(file["data_to_be_signed"].as_str().unwrap()).unwrap();
            files.push((file["doc_id"].as_str().unwrap().to_owned(), digest));
        }
        self.jobs.insert(transaction.clone(), (at, files));
        let data = json!({"transaction_id": transaction, "tran_code": format!("tc-{transaction}")});
        self.say("sig_wait_for_user_confirm", &data)
    }

    fn status(&self, name: &str, at: Duration) -> Reply {
        if let Some((status, said)) = &self.status {
            return Reply::new(*status, said.to_string());
        }
        let name = if self.by_tran_code {
            name.strip_prefix("tc-")
        } else {
            Some(name)
        };
        let Some((since, files)) = name.and_then(|it| self.jobs.get(it)) else {
            let said = json!({"status_code": 400, "message": "BAD_REQUEST"});
            return Reply::new(400, said.to_string());
        };
        let passed = at.saturating_sub(*since).as_secs();
        match self.decision {
            Decision::Agree(after) if passed >= after => {
                let value = |(id, digest): &(String, Vec<u8>)| {
                    let id = if self.wrong_names {
                        "khac"
                    } else {
                        id.as_str()
                    };
                    json!({"doc_id": id, "signature_value": self.hand.sign(digest),
                        "timestamp_signature": null})
                };
                let mut values: Vec<Value> = files.iter().map(value).collect();
                if self.reversed {
                    values.reverse();
                }
                let data = json!({"transaction_id": "c7eabdae", "signatures": values});
                self.say("SUCCESS", &data)
            }
            Decision::Refuse(after) if passed >= after => self.say(self.refusal, &Value::Null),
            _ => self.say("sig_wait_for_user_confirm", &json!({})),
        }
    }
}

impl Fake for FakeSmartCa {
    fn decide(&mut self, decision: Decision) {
        self.decision = decision;
    }

    fn serve(&mut self, request: &HttpRequest, at: Duration) -> Reply {
        assert_eq!(header(request, "content-type"), Some("application/json"));
        assert!(header(request, "authorization").is_none());
        let path = request
            .url
            .strip_prefix("https://ky.example.vn/sca/sp769/v1/")
            .unwrap();
        let body = body_of(request);
        if let Some(name) = path
            .strip_prefix("signatures/sign/")
            .and_then(|it| it.strip_suffix("/status"))
        {
            assert_eq!(body, json!({}), "no password where none is wanted");
            return self.status(name, at);
        }
        assert_eq!(body["sp_id"], "vanthu");
        assert_eq!(body["sp_password"], "mat-khau-dich-vu");
        match path {
            "credentials/get_certificate" => self.certificates(&body),
            "signatures/sign" => self.sign(&body, at),
            other => panic!("{other}"),
        }
    }
}
