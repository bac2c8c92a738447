//! MySign, as its integration document has it.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vanthu_remote::mysign::{DigestText, MySign};
use vanthu_remote::{Endpoint, HttpRequest, Plain, Reply, Secret};

use super::world::{Decision, Fake, Hand, Handwriting, World, header, json as body_of, members};

pub struct FakeMySign {
    pub hand: Hand,
    pub chain: Vec<String>,
    pub decision: Decision,
    pub digest: DigestText,
    /// The status while the holder decides, and while the key signs.
    pub waiting: [Value; 2],
    /// `requests/status` says this instead.
    pub status: Option<Value>,
    /// `login` says this instead.
    pub login: Option<(u16, Value)>,
    /// Seconds.
    pub token_life: u64,
    pub tokens: usize,
    tokens_until: BTreeMap<String, Duration>,
    jobs: BTreeMap<String, (Duration, Vec<Vec<u8>>)>,
    pub descriptions: Vec<String>,
    pub cert_status: &'static str,
}

impl FakeMySign {
    pub fn new(world: &World) -> Self {
        Self::with(world.hand(), world.chain())
    }

    pub fn with(mut hand: Hand, chain: Vec<String>) -> Self {
        hand.form = Handwriting::RawBroken;
        Self {
            hand,
            chain,
            decision: Decision::Agree(5),
            digest: DigestText::Base64,
            waiting: [json!("4000"), json!("6000")],
            status: None,
            login: None,
            token_life: 3600,
            tokens: 0,
            tokens_until: BTreeMap::new(),
            jobs: BTreeMap::new(),
            descriptions: Vec::new(),
            cert_status: "valid",
        }
    }

    pub fn client(&self) -> MySign {
        MySign {
            base: Endpoint::new("https://ky.example.vn", Plain::Refused).unwrap(),
            client_id: "vanthu".to_owned(),
            client_secret: Secret::new("mat-khau-dich-vu"),
            profile_id: "adss:ras:profile:001".to_owned(),
            digest: self.digest,
        }
    }

    fn login(&mut self, body: &Value, at: Duration) -> Reply {
        assert_eq!(
            members(body),
            ["client_id", "client_secret", "profile_id", "user_id"]
        );
        if let Some((status, said)) = &self.login {
            return Reply::new(*status, said.to_string());
        }
        self.tokens += 1;
        let token = format!("ma-truy-cap-{}", self.tokens);
        let until = at + Duration::from_secs(self.token_life);
        self.tokens_until.insert(token.clone(), until);
        let life = self.token_life.to_string();
        let said = json!({"access_token": token, "refresh_token": "", "token_type": "Bearer",
            "expires_in": life});
        Reply::new(200, said.to_string())
    }

    fn certificates(&self, body: &Value) -> Reply {
        assert_eq!(body["user_id"], self.hand.expects.holder);
        assert_eq!(body["profile_id"], "adss:ras:profile:001");
        assert_eq!(
            (&body["certInfo"], &body["authInfo"]),
            (&json!(true), &json!(true))
        );
        let said = json!([{
            "description": "implicit",
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.1"], "len": "2048"},
            "cert": {"status": self.cert_status, "certificates": self.chain},
            "authMode": "implicit", "multisign": "2147483647",
            "credential_id": self.hand.expects.credential, "scal": "2",
        }]);
        Reply::new(200, said.to_string())
    }

    fn sign(&mut self, body: &Value, at: Duration) -> Reply {
        assert_eq!(
            members(body),
            [
                "async",
                "client_id",
                "client_secret",
                "credentialID",
                "description",
                "documents",
                "hash",
                "hashAlgo",
                "numSignatures",
                "signAlgo",
            ]
        );
        assert_eq!(body["credentialID"], self.hand.expects.credential);
        assert_eq!(body["hashAlgo"], "2.16.840.1.101.3.4.2.1");
        assert_eq!(body["signAlgo"], "1.2.840.113549.1.1.1");
        assert_eq!(body["async"], 1);
        let hashes: Vec<String> = serde_json::from_value(body["hash"].clone()).unwrap();
        let documents = body["documents"].as_array().unwrap();
        assert_eq!(body["numSignatures"], hashes.len());
        assert_eq!(documents.len(), hashes.len());
        for document in documents {
            assert_eq!(members(document), ["document_id", "document_name"]);
            plain(document["document_name"].as_str().unwrap());
        }
        self.descriptions
            .push(plain(body["description"].as_str().unwrap()));
        let digest = |it: &String| match self.digest {
            DigestText::Base64 => STANDARD.decode(it).unwrap(),
            DigestText::Hexadecimal => hex::decode(it).unwrap(),
        };
        let digests: Vec<Vec<u8>> = hashes.iter().map(digest).collect();
        assert!(
            digests.iter().all(|it| it.len() == 32),
            "SHA-256 alone is accepted"
        );
        let id = format!("giao-dich-{}", self.jobs.len() + 1);
        self.jobs.insert(id.clone(), (at, digests));
        Reply::new(200, json!({"transactionId": id}).to_string())
    }

    fn status(&self, body: &Value, at: Duration) -> Reply {
        assert_eq!(members(body), ["transactionId"]);
        if let Some(said) = &self.status {
            return Reply::new(200, said.to_string());
        }
        let (since, digests) = &self.jobs[body["transactionId"].as_str().unwrap()];
        let passed = at.saturating_sub(*since).as_secs();
        let said = match self.decision {
            Decision::Agree(after) if passed >= after + 4 => {
                let signatures: Vec<String> = digests.iter().map(|it| self.hand.sign(it)).collect();
                json!({"signatures": signatures, "status": "1"})
            }
            Decision::Agree(after) if passed >= after => json!({"status": self.waiting[1]}),
            Decision::Refuse(after) if passed >= after => {
                json!({"status": "4002", "description": "Người dùng từ chối"})
            }
            Decision::Nothing if passed >= 120 => json!({"status": "4001"}),
            _ => json!({"status": self.waiting[0]}),
        };
        Reply::new(200, said.to_string())
    }
}

/// Fewer than 100 letters of base64 around plain letters.
fn plain(text: &str) -> String {
    assert!(text.len() < 100, "{} letters", text.len());
    let bare = String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
    assert!(
        bare.bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b' ' | b'-' | b'_')),
        "{bare}"
    );
    bare
}

impl Fake for FakeMySign {
    fn decide(&mut self, decision: Decision) {
        self.decision = decision;
    }

    fn serve(&mut self, request: &HttpRequest, at: Duration) -> Reply {
        assert_eq!(header(request, "content-type"), Some("application/json"));
        let path = request
            .url
            .strip_prefix("https://ky.example.vn/vtss/service/")
            .unwrap();
        let body = body_of(request);
        if path != "requests/status" {
            assert_eq!(body["client_id"], "vanthu");
            assert_eq!(body["client_secret"], "mat-khau-dich-vu");
        }
        if path == "ras/v1/login" {
            assert!(header(request, "authorization").is_none());
            return self.login(&body, at);
        }
        let token = header(request, "authorization").and_then(|it| it.strip_prefix("Bearer "));
        let known = token
            .and_then(|it| self.tokens_until.get(it))
            .is_some_and(|until| at < *until);
        if !known {
            return Reply::new(401, "");
        }
        match path {
            "certificates/info" => self.certificates(&body),
            "signHash" => self.sign(&body, at),
            "requests/status" => self.status(&body, at),
            other => panic!("{other}"),
        }
    }
}
