//! A holder with a key and a certificate, an order, a clock that moves, and the loop that an adapter would run.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
use vanthu_pki::{Certificate, KeySpec, SignatureAlgorithm, SoftKey, Time, cms};
use vanthu_remote::provider::SigningProvider;
use vanthu_remote::{
    ConsentMode, Ending, Found, Holder, HttpAnswer, HttpRequest, Inquiry, Item, Next, Order,
    Outcome, Pace, Purpose, Reply, Scal, Seed, Signing, TransactionId, Wanted,
};

/// 2026-11-22T08:30:00Z.
pub const NOW: Time = Time::from_unix(1_795_336_200);

/// What no log may show.
pub const SECRETS: &[&str] = &[
    "mat-khau-dich-vu",
    "ma-truy-cap",
    "sad-cua-giao-dich",
    "123456",
    "654321",
    "079099001234",
];

pub struct World {
    pub root: Authority,
    pub key: SoftKey,
    pub certificate: Certificate,
    pub algorithm: SignatureAlgorithm,
    pub messages: Vec<Vec<u8>>,
}

fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-10),
        to: NOW.plus_days(355),
    }
}

impl World {
    pub fn with(spec: KeySpec, count: usize) -> Self {
        let root = SoftKey::generate_p256().unwrap();
        let root = Authority::root(root, "Gốc diễn tập", validity(), 1).unwrap();
        let key = SoftKey::generate(spec).unwrap();
        let certificate = certify(&root, &key, "Nguyễn Văn Mẫu", 2);
        Self {
            algorithm: key.default_algorithm(),
            root,
            key,
            certificate,
            messages: (0..count)
                .map(|it| format!("văn bản {it}").into_bytes())
                .collect(),
        }
    }

    pub fn new(count: usize) -> Self {
        Self::with(KeySpec::EcP256, count)
    }

    pub fn rsa(count: usize) -> Self {
        Self::with(KeySpec::Rsa2048, count)
    }

    pub fn order(&self) -> Order {
        let item = |(index, message): (usize, &Vec<u8>)| Item {
            digest: self.algorithm.digest().digest(message),
            name: format!("{}/UBND-VX Về việc thử", index + 1),
        };
        Order {
            transaction: TransactionId::new("giaodich-0001").unwrap(),
            holder: Holder::new("079099001234"),
            credential: "chung-thu-1".to_owned(),
            certificate: self.certificate.clone(),
            algorithm: self.algorithm,
            multisign: 100,
            scal: Scal::Two,
            consent: ConsentMode::OnDevice,
            items: self.messages.iter().enumerate().map(item).collect(),
            display: "12/UBND-VX Về việc kiểm tra đất đai".to_owned(),
            wanted: Wanted::Raw,
            started_at: NOW,
        }
    }

    /// Another person's key and certificate.
    pub fn stranger(&self) -> (SoftKey, Certificate) {
        let key = SoftKey::generate(match self.key.kind() {
            vanthu_pki::KeyKind::Rsa => KeySpec::Rsa2048,
            _ => KeySpec::EcP256,
        })
        .unwrap();
        let certificate = certify(&self.root, &key, "Trần Thị Khác", 3);
        (key, certificate)
    }

    pub fn hand(&self) -> Hand {
        Hand {
            key: SoftKey::from_pkcs8(&self.key.to_pkcs8().unwrap()).unwrap(),
            certificate: self.certificate.clone(),
            algorithm: self.algorithm,
            form: Handwriting::Raw,
            expects: Expects::default(),
        }
    }

    pub fn chain(&self) -> Vec<String> {
        [&self.certificate, self.root.certificate()]
            .map(|it| STANDARD.encode(it.der()))
            .to_vec()
    }
}

fn certify(root: &Authority, key: &SoftKey, name: &str, serial: u128) -> Certificate {
    let person = PersonSubject {
        full_name: name.to_owned(),
        ..PersonSubject::default()
    };
    let endpoints = Endpoints::default();
    root.person(&person, &key.spki(), validity(), serial, &endpoints)
        .unwrap()
}

/// How a service writes a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handwriting {
    Raw,
    /// Raw, in base64 with CR and LF.
    RawBroken,
    /// CMS with attributes of its own.
    Cms,
    /// CMS without attributes: the raw value inside is over the digest itself.
    BareCms,
    /// Something that is no signature.
    Garbage,
    /// Not even base64.
    NoBase64,
}

/// The key of a holder, in the hands of a service.
pub struct Hand {
    pub key: SoftKey,
    pub certificate: Certificate,
    pub algorithm: SignatureAlgorithm,
    pub form: Handwriting,
    pub expects: Expects,
}

/// What a service knows of the holder and of whoever asks.
#[derive(Clone, Debug)]
pub struct Expects {
    pub holder: String,
    pub credential: String,
    /// How our names for requests begin.
    pub transaction: String,
    pub redirect: String,
    /// Whether it is the day of [`NOW`].
    pub is_that_day: bool,
}

impl Default for Expects {
    fn default() -> Self {
        Self {
            holder: "079099001234".to_owned(),
            credential: "chung-thu-1".to_owned(),
            transaction: "giaodich-0001".to_owned(),
            redirect: "https://vt.example.vn/ky/xong".to_owned(),
            is_that_day: true,
        }
    }
}

impl Expects {
    /// Of an installation at any day.
    pub fn of_installation(holder: &str, credential: &str, base: &str) -> Self {
        Self {
            holder: holder.to_owned(),
            credential: credential.to_owned(),
            transaction: "sgn_".to_owned(),
            redirect: format!("{base}/account/signing/return"),
            is_that_day: false,
        }
    }
}

impl Hand {
    /// Of a key with its certificate.
    pub fn new(key: SoftKey, certificate: Certificate, expects: Expects) -> Self {
        Self {
            algorithm: key.default_algorithm(),
            key,
            certificate,
            form: Handwriting::Raw,
            expects,
        }
    }

    /// A signature over a digest, as this service writes it.
    pub fn sign(&self, digest: &[u8]) -> String {
        let raw = || self.key.sign_digest(self.algorithm, digest).unwrap();
        match self.form {
            Handwriting::Raw => STANDARD.encode(raw()),
            Handwriting::RawBroken => broken(&STANDARD.encode(raw())),
            Handwriting::Cms => STANDARD.encode(self.cms(digest)),
            Handwriting::BareCms => STANDARD.encode(self.bare_cms(&raw())),
            Handwriting::Garbage => STANDARD.encode(vec![0x30; 256]),
            Handwriting::NoBase64 => "không phải chữ ký".to_owned(),
        }
    }

    fn cms(&self, digest: &[u8]) -> Vec<u8> {
        let attributes = cms::signed_attributes(digest, &self.certificate, self.algorithm);
        let value = self.key.sign(self.algorithm, &attributes).unwrap();
        cms::assemble(
            &attributes,
            self.algorithm,
            &value,
            &self.certificate,
            &[],
            None,
        )
    }

    /// RFC 5652 5.4: without signed attributes the signature covers the content itself.
    fn bare_cms(&self, value: &[u8]) -> Vec<u8> {
        use vanthu_pki::asn1::{
            explicit, implicit, octet_string, oid, sequence, set, set_of, small_integer, tag, tlv,
        };
        let digest = self.algorithm.digest().identifier();
        let signer = sequence(&[
            small_integer(1),
            sequence(&[
                self.certificate.issuer().der(),
                &tlv(tag::INTEGER, self.certificate.serial()),
            ]),
            digest.clone(),
            self.algorithm.identifier(),
            octet_string(value),
        ]);
        let body = sequence(&[
            small_integer(1),
            set(&[digest]),
            sequence(&[oid(vanthu_pki::oid::DATA)]),
            implicit(0, &set_of(vec![self.certificate.der().to_vec()])),
            set(&[signer]),
        ]);
        sequence(&[oid(vanthu_pki::oid::SIGNED_DATA), explicit(0, &body)])
    }
}

fn broken(base64: &str) -> String {
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|it| std::str::from_utf8(it).unwrap())
        .collect();
    format!("{}\r\n", lines.join("\r\n"))
}

/// What the holder does after how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Agree(u64),
    Refuse(u64),
    /// The phone lies in another room.
    Nothing,
}

/// What goes wrong on the way, whatever the service does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Road {
    /// The service is not reached.
    NoConnection,
    /// It does what it is asked, and the answer is lost.
    AnswerLost,
    /// It does what it is asked, and the answer takes this long.
    Slow(u64),
    /// Something else answers, and the service is not asked.
    Instead(u16, String),
    /// It does what it is asked, and something else answers.
    Covered(u16, String),
}

/// A service in memory.
pub trait Fake {
    fn serve(&mut self, request: &HttpRequest, at: Duration) -> Reply;
    fn browse(&mut self, url: &str) -> String {
        panic!("no page at {url}")
    }
    /// What the holder will do.
    fn decide(&mut self, decision: Decision);
    /// Whether it knows us by our certificate.
    fn knows_by_certificate(&self) -> bool {
        false
    }
}

pub struct Drive<'a> {
    pub clock: Duration,
    pub fake: &'a mut dyn Fake,
    /// What goes wrong at the n-th request of a purpose.
    pub roads: Vec<(Purpose, usize, Road)>,
    counts: BTreeMap<Purpose, usize>,
    pub made: Vec<Purpose>,
    held: Vec<(Duration, vanthu_remote::RequestId, HttpAnswer)>,
}

impl<'a> Drive<'a> {
    pub fn new(fake: &'a mut dyn Fake) -> Self {
        Self {
            clock: Duration::ZERO,
            fake,
            roads: Vec::new(),
            counts: BTreeMap::new(),
            made: Vec::new(),
            held: Vec::new(),
        }
    }

    pub fn road(mut self, purpose: Purpose, nth: usize, road: Road) -> Self {
        self.roads.push((purpose, nth, road));
        self
    }

    /// Makes one request; `None` when its answer is still on the way.
    pub fn make(&mut self, request: &HttpRequest) -> Option<HttpAnswer> {
        check_log(request);
        assert!(self.made.len() < 2000, "it asks for ever");
        self.made.push(request.purpose);
        let count = self.counts.entry(request.purpose).or_default();
        let nth = *count;
        *count += 1;
        let road = self
            .roads
            .iter()
            .find(|(purpose, at, _)| *purpose == request.purpose && *at == nth)
            .map(|(_, _, road)| road.clone());
        let at = self.clock;
        let mut serve = || self.fake.serve(request, at);
        Some(match road {
            None => {
                self.clock += Duration::from_millis(200);
                HttpAnswer::Reply(serve())
            }
            Some(Road::NoConnection) => HttpAnswer::NotConnected("từ chối kết nối".to_owned()),
            Some(Road::AnswerLost) => {
                serve();
                HttpAnswer::Broken("đứt giữa chừng".to_owned())
            }
            Some(Road::Instead(status, body)) => HttpAnswer::Reply(Reply::new(status, body)),
            Some(Road::Covered(status, body)) => {
                serve();
                HttpAnswer::Reply(Reply::new(status, body))
            }
            Some(Road::Slow(seconds)) => {
                let reply = HttpAnswer::Reply(serve());
                let takes = Duration::from_secs(seconds);
                if takes < request.timeout {
                    self.clock += takes;
                    return Some(reply);
                }
                self.held.push((self.clock + takes, request.id, reply));
                return None;
            }
        })
    }

    /// Until the end and what comes after it.
    pub fn run(&mut self, signing: &mut Signing) -> Outcome {
        self.until_end(signing);
        // What was still on the way arrives.
        for (at, id, answer) in std::mem::take(&mut self.held) {
            self.clock = self.clock.max(at);
            signing.answer(id, answer, self.clock);
        }
        self.until_end(signing);
        signing.outcome().unwrap()
    }

    fn until_end(&mut self, signing: &mut Signing) {
        for _ in 0..5000 {
            let due = self.held.iter().position(|(at, ..)| *at <= self.clock);
            if let Some(index) = due {
                let (_, id, answer) = self.held.remove(index);
                signing.answer(id, answer, self.clock);
            }
            match signing.next(self.clock) {
                Next::Ended => return,
                Next::Wait(time) => self.clock += time.max(Duration::from_millis(1)),
                Next::Browser(url) => {
                    let query = self.fake.browse(&url);
                    signing.returned(&query, self.clock);
                }
                Next::Ask(request) => {
                    if let Some(answer) = self.make(&request) {
                        signing.answer(request.id, answer, self.clock);
                    }
                }
            }
        }
        panic!("no end");
    }

    pub fn ask(&mut self, mut inquiry: Inquiry) -> Result<Found, vanthu_remote::Failure> {
        while let Some(request) = inquiry.next() {
            let answer = self.make(&request).unwrap();
            inquiry.answer(request.id, answer);
        }
        inquiry.finish().unwrap()
    }
}

/// Neither the line for the log nor what a careless programmer prints shows a secret.
fn check_log(request: &HttpRequest) {
    check_clean(&format!("{request} {request:?} {:?}", request.headers));
}

pub fn check_clean(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

pub fn begin<P: SigningProvider + 'static>(provider: P, order: Order) -> Signing {
    begin_at(provider, order, Pace::default())
}

pub fn begin_at<P: SigningProvider + 'static>(provider: P, order: Order, pace: Pace) -> Signing {
    let signing = Signing::begin(Arc::new(provider), order, pace, Seed::new([9; 32])).unwrap();
    check_clean(&format!("{signing:?}"));
    signing
}

/// Every digest has a raw value that an independent look at the certificate's key confirms.
#[track_caller]
pub fn assert_all_signed(world: &World, outcome: &Outcome) {
    assert_eq!(outcome.ending, Ending::Signed, "{outcome:?}");
    let signatures = outcome.signatures().unwrap();
    assert_eq!(signatures.len(), world.messages.len());
    for (message, value) in world.messages.iter().zip(signatures) {
        let vanthu_remote::SignatureValue::Raw(value) = value else {
            panic!("not a raw value");
        };
        vanthu_pki::verify(world.certificate.spki(), world.algorithm, message, value).unwrap();
    }
}

/// Nothing was given out.
#[track_caller]
pub fn assert_nothing_out(outcome: &Outcome) {
    let signed =
        |it: &vanthu_remote::ItemOutcome| matches!(it, vanthu_remote::ItemOutcome::Signed(_));
    assert!(!outcome.items.iter().any(signed), "{outcome:?}");
    assert!(outcome.signatures().is_none());
}

/// A body in JSON.
#[track_caller]
pub fn json(request: &HttpRequest) -> serde_json::Value {
    serde_json::from_slice(request.body.reveal()).unwrap()
}

/// The members of an object, all of them, so that nothing unknown travels.
#[track_caller]
pub fn members(value: &serde_json::Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

pub fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut found = request.headers.iter().filter(|it| it.name == name);
    let value = found.next().map(|it| it.value.reveal());
    assert!(found.next().is_none(), "{name} stands twice");
    value
}

pub fn debug_is_clean<T: Debug>(it: &T) {
    check_clean(&format!("{it:?}"));
}
