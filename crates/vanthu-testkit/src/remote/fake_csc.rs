//! A service of the Cloud Signature Consortium, version 1 or 2.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::form_urlencoded::parse;
use vanthu_pki::{DigestAlgorithm, SignatureAlgorithm};
use vanthu_remote::csc::{Csc, Factors, Mode, OAuth, ServiceAccess, Version};
use vanthu_remote::{Endpoint, HttpRequest, Plain, Reply, Secret};

use super::world::{Decision, Fake, Hand, World, header, json as body_of, members};

/// How a service says that it is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    Accepted,
    Sentence,
    Empty,
}

pub struct FakeCsc {
    pub version: Version,
    pub hand: Hand,
    pub chain: Vec<String>,
    pub auth_mode: &'static str,
    pub decision: Decision,
    pub multisign: usize,
    pub not_ready: NotReady,
    /// Seconds.
    pub token_life: u64,
    pub key_status: &'static str,
    pub cert_status: &'static str,
    /// What the token endpoint says was agreed to.
    pub agreed_hashes: Option<String>,
    /// `signHash` says this instead.
    pub sign_error: Option<(u16, &'static str, &'static str)>,
    /// `signPolling` says this instead.
    pub poll_error: Option<(u16, &'static str, &'static str)>,
    pub authorizations: usize,
    pub tokens: usize,
    tokens_until: BTreeMap<String, Duration>,
    codes: BTreeMap<String, (String, BTreeMap<String, String>)>,
    given: usize,
    sads: BTreeMap<String, Vec<String>>,
    /// When they were asked for, and what is given once the holder agrees.
    jobs: BTreeMap<String, (Duration, Vec<String>)>,
    pub batches: Vec<usize>,
    pub shown: Vec<String>,
}

impl FakeCsc {
    pub fn new(world: &World, version: Version) -> Self {
        Self::with(world.hand(), world.chain(), version)
    }

    pub fn with(hand: Hand, chain: Vec<String>, version: Version) -> Self {
        Self {
            version,
            hand,
            chain,
            auth_mode: "implicit",
            decision: Decision::Agree(5),
            multisign: 100,
            not_ready: NotReady::Accepted,
            token_life: 3600,
            key_status: "enabled",
            cert_status: "valid",
            agreed_hashes: None,
            sign_error: None,
            poll_error: None,
            authorizations: 0,
            tokens: 0,
            tokens_until: BTreeMap::new(),
            codes: BTreeMap::new(),
            given: 0,
            sads: BTreeMap::new(),
            jobs: BTreeMap::new(),
            batches: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// A client of this service.
    pub fn client(&self) -> Csc {
        let version = match self.version {
            Version::V1 => "v1",
            Version::V2 => "v2",
        };
        let at = |path: &str| {
            let address = format!("https://ky.example.vn/{path}");
            Endpoint::new(&address, Plain::Refused).unwrap()
        };
        Csc {
            base: at(&format!("csc/{version}/")),
            version: self.version,
            access: ServiceAccess::ClientCredentials,
            oauth: Some(OAuth {
                authorize: at("oauth2/authorize"),
                token: at("oauth2/token"),
                client_id: "vanthu".to_owned(),
                client_secret: Some(Secret::new("mat-khau-dich-vu")),
                redirect_uri: "https://vt.example.vn/ky/xong".to_owned(),
            }),
            factors: Factors::NotCarried,
            mode: Mode::Synchronous,
            lang: Some("vi".to_owned()),
        }
    }

    fn error(status: u16, error: &str, description: &str) -> Reply {
        let body = json!({"error": error, "error_description": description});
        Reply::new(status, body.to_string())
    }

    fn ok(body: &Value) -> Reply {
        Reply::new(200, body.to_string())
    }

    fn new_token(&mut self, at: Duration) -> String {
        self.tokens += 1;
        let token = format!("ma-truy-cap-{}", self.tokens);
        let until = at + Duration::from_secs(self.token_life);
        self.tokens_until.insert(token.clone(), until);
        token
    }

    fn knows(&self, request: &HttpRequest, at: Duration) -> bool {
        let token = header(request, "authorization").and_then(|it| it.strip_prefix("Bearer "));
        token
            .and_then(|it| self.tokens_until.get(it))
            .is_some_and(|until| at < *until)
    }

    fn token(&mut self, request: &HttpRequest, at: Duration) -> Reply {
        assert_eq!(
            header(request, "content-type"),
            Some("application/x-www-form-urlencoded")
        );
        let fields: BTreeMap<String, String> = parse(request.body.reveal()).into_owned().collect();
        assert_eq!(fields["client_id"], "vanthu");
        if fields.get("client_secret").map(String::as_str) != Some("mat-khau-dich-vu") {
            return Self::error(401, "invalid_client", "");
        }
        let life = self.token_life;
        if fields["grant_type"] == "client_credentials" {
            assert_eq!(fields["scope"], "service");
            let token = self.new_token(at);
            return Self::ok(&json!({
                "access_token": token, "token_type": "Bearer", "expires_in": life,
            }));
        }
        assert_eq!(fields["grant_type"], "authorization_code");
        assert_eq!(fields["redirect_uri"], self.hand.expects.redirect);
        let Some((challenge, asked)) = self.codes.remove(&fields["code"]) else {
            return Self::error(400, "invalid_grant", "The code was used");
        };
        let verifier = DigestAlgorithm::Sha256.digest(fields["code_verifier"].as_bytes());
        if URL_SAFE_NO_PAD.encode(verifier) != challenge {
            return Self::error(400, "invalid_grant", "PKCE");
        }
        if asked["scope"] == "service" {
            let token = self.new_token(at);
            return Self::ok(&json!({
                "access_token": token, "token_type": "Bearer", "expires_in": life,
            }));
        }
        let names = if self.version == Version::V1 {
            "hash"
        } else {
            "hashes"
        };
        let hashes: Vec<String> = asked[names].split(',').map(str::to_owned).collect();
        let agreed = self
            .agreed_hashes
            .clone()
            .unwrap_or_else(|| asked[names].clone());
        let (token, kind) = if self.version == Version::V1 {
            ("sad-cua-giao-dich".to_owned(), "SAD")
        } else {
            (self.new_token(at), "Bearer")
        };
        let standard = |it: &String| STANDARD.encode(URL_SAFE_NO_PAD.decode(it).unwrap());
        self.sads
            .insert(token.clone(), hashes.iter().map(standard).collect());
        Self::ok(&json!({
            "access_token": token, "token_type": kind, "expires_in": life,
            "credentialID": asked["credentialID"], "numSignatures": hashes.len(), "hashes": agreed,
        }))
    }

    fn agreed_on_page(&mut self, fields: BTreeMap<String, String>) -> String {
        let state = fields["state"].clone();
        if let Decision::Refuse(_) = self.decision {
            return format!("error=access_denied&state={state}");
        }
        self.given += 1;
        let code = format!("code{}", self.given);
        self.codes
            .insert(code.clone(), (fields["code_challenge"].clone(), fields));
        format!("code={code}&state={state}")
    }

    /// The key's algorithm in figures, and its length in bits.
    fn key(&self) -> (&'static str, u32) {
        match self.hand.algorithm {
            SignatureAlgorithm::EcdsaP256Sha256 => ("1.2.840.10045.4.3.2", 256),
            SignatureAlgorithm::RsaPkcs1Sha256 => ("1.2.840.113549.1.1.11", 2048),
            other => panic!("no key for {other:?}"),
        }
    }

    fn credential(&self) -> Value {
        let (algorithm, bits) = self.key();
        let key = json!({"status": self.key_status, "algo": [algorithm], "len": bits});
        let cert = json!({"status": self.cert_status, "certificates": self.chain,
            "subjectDN": "CN=Nguyễn Văn Mẫu"});
        let mut value = json!({
            "description": "Khóa ký số", "key": key, "cert": cert,
            "multisign": self.multisign, "SCAL": "2", "lang": "vi-VN",
        });
        let more = match self.version {
            Version::V1 => json!({"authMode": self.auth_mode,
                "PIN": {"presence": "true"}, "OTP": {"presence": "true"}}),
            Version::V2 => json!({"auth": {"mode": self.auth_mode,
                "objects": [{"type": "PIN", "id": "PIN"}, {"type": "OTP", "id": "OTP"}]}}),
        };
        value
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        value
    }

    fn list(&self, body: &Value) -> Reply {
        // Whoever let us in on the page need not be named.
        let user = body["userID"].as_str();
        assert!(user.is_none_or(|it| it == self.hand.expects.holder));
        assert_eq!(
            (&body["certificates"], &body["certInfo"]),
            (&json!("chain"), &json!(true))
        );
        if self.version == Version::V1 {
            assert_eq!(body["maxResults"], 100);
            return Self::ok(&match body["pageToken"].as_str() {
                None => {
                    json!({"credentialIDs": [self.hand.expects.credential], "nextPageToken": "2"})
                }
                Some("2") => json!({"credentialIDs": ["chung-thu-2"]}),
                Some(other) => panic!("page {other}"),
            });
        }
        assert_eq!(body["credentialInfo"], true);
        let mut info = self.credential();
        let id = &self.hand.expects.credential;
        info["credentialID"] = json!(id);
        Self::ok(&json!({"credentialIDs": [id], "credentialInfos": [info]}))
    }

    fn authorize(&mut self, body: &Value) -> Reply {
        assert_eq!(body["credentialID"], self.hand.expects.credential);
        let names = if self.version == Version::V1 {
            "hash"
        } else {
            "hashes"
        };
        let hashes: Vec<String> = serde_json::from_value(body[names].clone()).unwrap();
        assert_eq!(body["numSignatures"], hashes.len());
        assert!(
            body["clientData"]
                .as_str()
                .unwrap()
                .starts_with(&self.hand.expects.transaction)
        );
        self.shown
            .push(body["description"].as_str().unwrap().to_owned());
        if self.version == Version::V2 {
            assert_eq!(body["hashAlgorithmOID"], "2.16.840.1.101.3.4.2.1");
        }
        self.authorizations += 1;
        if self.auth_mode == "explicit" {
            let factor = |name: &str| match self.version {
                Version::V1 => body[name].as_str().map(str::to_owned),
                Version::V2 => {
                    let list = body["authData"].as_array().unwrap();
                    let one = list.iter().find(|it| it["id"] == name)?;
                    one["value"].as_str().map(str::to_owned)
                }
            };
            if factor("PIN").as_deref() != Some("123456") {
                return Self::error(400, "invalid_pin", "The PIN is invalid");
            }
            if factor("OTP").as_deref() != Some("654321") {
                return Self::error(400, "invalid_otp", "The OTP is invalid");
            }
        } else if let Decision::Refuse(_) = self.decision {
            return Self::error(400, "access_denied", "The user refused");
        }
        if hashes.len() > self.multisign {
            return Self::error(400, "invalid_request", "Invalid parameter numSignatures");
        }
        let sad = format!("sad-cua-giao-dich-{}", self.authorizations);
        self.sads.insert(sad.clone(), hashes);
        Self::ok(&json!({"SAD": sad, "expiresIn": 300}))
    }

    fn sign(&mut self, request: &HttpRequest, body: &Value, at: Duration) -> Reply {
        let (names, algorithm) = match self.version {
            Version::V1 => ("hash", "hashAlgo"),
            Version::V2 => ("hashes", "hashAlgorithmOID"),
        };
        assert_eq!(body["credentialID"], self.hand.expects.credential);
        assert_eq!(body[algorithm], "2.16.840.1.101.3.4.2.1");
        assert_eq!(body["signAlgo"], self.key().0);
        let hashes: Vec<String> = serde_json::from_value(body[names].clone()).unwrap();
        let bearer = header(request, "authorization").unwrap_or("");
        let proof = body["SAD"]
            .as_str()
            .unwrap_or_else(|| bearer.trim_start_matches("Bearer "));
        // One agreement is good for one request, and for its digests (SCAL 2).
        if self.sads.remove(proof).as_ref() != Some(&hashes) {
            return Self::error(400, "invalid_request", "Hash is not authorized by the SAD");
        }
        if let Some((status, error, description)) = self.sign_error {
            return Self::error(status, error, description);
        }
        self.batches.push(hashes.len());
        let sign = |it: &String| self.hand.sign(&STANDARD.decode(it).unwrap());
        let signatures: Vec<String> = hashes.iter().map(sign).collect();
        if body["operationMode"] != "A" {
            assert!(body.get("validity_period").is_none());
            return Self::ok(&json!({"signatures": signatures}));
        }
        assert!(body["validity_period"].as_u64().unwrap() <= 300_000);
        let id = format!("yeu-cau-{}", self.jobs.len() + 1);
        self.jobs.insert(id.clone(), (at, signatures));
        Self::ok(&json!({"responseID": id}))
    }

    fn poll(&self, body: &Value, at: Duration) -> Reply {
        assert_eq!(members(body), ["requestID"]);
        if let Some((status, error, description)) = self.poll_error {
            return Self::error(status, error, description);
        }
        let Some((asked, signatures)) = self.jobs.get(body["requestID"].as_str().unwrap()) else {
            return Self::error(400, "invalid_request", "Invalid parameter requestID");
        };
        // The holder may make up the mind long after the phone asked.
        let after = |seconds: u64| at >= *asked + Duration::from_secs(seconds);
        match self.decision {
            Decision::Agree(seconds) if after(seconds) => {
                return Self::ok(&json!({"signatures": signatures}));
            }
            Decision::Refuse(seconds) if after(seconds) => {
                return Self::error(400, "access_denied", "The user refused");
            }
            Decision::Agree(_) | Decision::Refuse(_) | Decision::Nothing => {}
        }
        match self.not_ready {
            NotReady::Accepted => Reply::new(202, ""),
            NotReady::Empty => Reply::new(200, "{}"),
            NotReady::Sentence => Self::error(
                400,
                "invalid_request",
                "The previous asynchronous signature request has been accepted for processing, \
                 but the processing has not yet been completed.",
            ),
        }
    }
}

impl Fake for FakeCsc {
    fn serve(&mut self, request: &HttpRequest, at: Duration) -> Reply {
        if request.url == "https://ky.example.vn/oauth2/token" {
            return self.token(request, at);
        }
        assert_eq!(header(request, "content-type"), Some("application/json"));
        assert!(!request.mutual_tls);
        let path = request
            .url
            .strip_prefix("https://ky.example.vn/csc/")
            .unwrap();
        let (version, method) = path.split_once('/').unwrap();
        assert_eq!(
            version,
            if self.version == Version::V1 {
                "v1"
            } else {
                "v2"
            }
        );
        let body = body_of(request);
        if method == "info" {
            return Self::ok(
                &json!({"specs": "2.0.0.2", "name": "Dịch vụ ký số thử", "region": "VN",
                "authType": ["oauth2code"], "methods": ["signatures/signHash"]}),
            );
        }
        if !self.knows(request, at) {
            return Self::error(401, "invalid_token", "The token has expired");
        }
        match method {
            "credentials/list" => self.list(&body),
            "credentials/info" => {
                assert_eq!(body["certificates"], "chain");
                if body["credentialID"] != self.hand.expects.credential.as_str() {
                    return Self::error(400, "invalid_request", "Invalid parameter credentialID");
                }
                Self::ok(&self.credential())
            }
            "credentials/authorize" => self.authorize(&body),
            "signatures/signHash" => self.sign(request, &body, at),
            "signatures/signPolling" => self.poll(&body, at),
            other => panic!("{other}"),
        }
    }

    fn browse(&mut self, url: &str) -> String {
        let (page, query) = url.split_once('?').unwrap();
        assert_eq!(page, "https://ky.example.vn/oauth2/authorize");
        let fields: BTreeMap<String, String> = parse(query.as_bytes()).into_owned().collect();
        assert_eq!(fields["response_type"], "code");
        assert_eq!(fields["client_id"], "vanthu");
        assert_eq!(fields["code_challenge_method"], "S256");
        if fields["scope"] == "service" {
            assert_eq!(fields["redirect_uri"], self.hand.expects.redirect);
            return self.agreed_on_page(fields);
        }
        assert_eq!(fields["scope"], "credential");
        assert_eq!(fields["credentialID"], self.hand.expects.credential);
        assert_eq!(fields["redirect_uri"], self.hand.expects.redirect);
        self.shown.push(fields["description"].clone());
        self.agreed_on_page(fields)
    }

    fn decide(&mut self, decision: Decision) {
        self.decision = decision;
    }
}
