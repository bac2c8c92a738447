//! A small authority and a network that is a table.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use vanthu_pki::authority::{
    Authority, Endpoints, OcspAuthority, PersonSubject, Revocation, Validity,
};
use vanthu_pki::gather::{Answer, Cache, Gathered, Options, Question, Request, Why, gather};
use vanthu_pki::ocsp::{self, CertificateId, OcspStatus};
use vanthu_pki::path::RevocationStatus;
use vanthu_pki::{Certificate, SoftKey, Time};

pub(crate) const NOW: Time = Time::from_unix(1_795_000_000);
pub(crate) const ISSUER: &str = "http://ca.example.vn/issuing.cer";
pub(crate) const OCSP: &str = "http://ocsp.example.vn/";
pub(crate) const LIST: &str = "http://crl.example.vn/issuing.crl";
pub(crate) const ROOT_LIST: &str = "http://crl.example.vn/root.crl";

/// A root, an authority under it, its responder and a person's certificate.
pub(crate) struct World {
    pub(crate) root: Authority,
    pub(crate) issuing: Authority,
    pub(crate) responder: OcspAuthority,
    pub(crate) person: Certificate,
    pub(crate) net: Net,
}

type Service = Box<dyn Fn(&Request) -> Answer>;

/// Services by address, and a record of what was asked.
#[derive(Default)]
pub(crate) struct Net {
    services: BTreeMap<String, Service>,
    pub(crate) asked: RefCell<Vec<Request>>,
}

pub(crate) fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-100),
        to: NOW.plus_days(1000),
    }
}

pub(crate) fn key() -> SoftKey {
    SoftKey::generate_p256().unwrap()
}

pub(crate) fn everywhere() -> Endpoints {
    Endpoints {
        crl_url: Some(LIST.to_owned()),
        ocsp_url: Some(OCSP.to_owned()),
        issuer_url: Some(ISSUER.to_owned()),
    }
}

pub(crate) fn only_list() -> Endpoints {
    Endpoints {
        ocsp_url: None,
        ..everywhere()
    }
}

impl World {
    /// All services work and nothing is revoked.
    pub(crate) fn new() -> Self {
        Self::with(&everywhere())
    }

    pub(crate) fn with(endpoints: &Endpoints) -> Self {
        let root = Authority::root(key(), "Gốc", validity(), 1).unwrap();
        let above = Endpoints {
            crl_url: Some(ROOT_LIST.to_owned()),
            ..Endpoints::default()
        };
        let issuing = root.issuing(key(), "Cấp", validity(), 2, &above).unwrap();
        let responder_key = key();
        let responder = issuing
            .ocsp_responder("Trạng thái", &responder_key.spki(), validity(), 3)
            .unwrap();
        let responder = OcspAuthority::new(responder_key, responder).unwrap();
        let person = person(&issuing, 4, endpoints);
        let mut net = Net::default();
        let root_list = root
            .crl(&[], 1, NOW.plus_days(-1), NOW.plus_days(30))
            .unwrap();
        let list = issuing
            .crl(&[], 1, NOW.plus_days(-1), NOW.plus_days(1))
            .unwrap();
        net.bytes(ROOT_LIST, root_list.der());
        net.bytes(LIST, list.der());
        net.bytes(ISSUER, issuing.certificate().der());
        let mut world = Self {
            root,
            issuing,
            responder,
            person,
            net,
        };
        world.answers(|_| OcspStatus::Good);
        world
    }

    /// The responder answers so from now on, with a new nonce each time it is asked.
    pub(crate) fn answers(&mut self, status: impl Fn(&CertificateId) -> OcspStatus + 'static) {
        self.responder_is(status, NOW.plus_seconds(-60), Some(NOW.plus_seconds(3600)));
    }

    pub(crate) fn responder_is(
        &mut self,
        status: impl Fn(&CertificateId) -> OcspStatus + 'static,
        at: Time,
        next: Option<Time>,
    ) {
        let responder = self.take_responder();
        self.net.on(OCSP, move |request| {
            let asked = ocsp::parse_request(request.body.as_deref().unwrap()).unwrap();
            Answer::Body(responder.answer(&asked, &status, at, next).unwrap())
        });
    }

    /// Another responder of the same authority; the key of the first one is in its closure by now.
    fn take_responder(&self) -> OcspAuthority {
        let key = key();
        let certificate = self
            .issuing
            .ocsp_responder("Trạng thái", &key.spki(), validity(), 3)
            .unwrap();
        OcspAuthority::new(key, certificate).unwrap()
    }

    pub(crate) fn revoke_in_list(&mut self, certificate: &Certificate) {
        let revoked = revocation(certificate);
        let list = self
            .issuing
            .crl(&[revoked], 2, NOW.plus_seconds(-60), NOW.plus_days(1))
            .unwrap();
        self.net.bytes(LIST, list.der());
    }

    pub(crate) fn question(&self) -> Question {
        Question::about(
            self.person.clone(),
            vec![self.root.certificate().clone()],
            NOW,
        )
    }

    pub(crate) fn gather(&self) -> Gathered {
        self.gather_with(Options::default())
    }

    pub(crate) fn gather_with(&self, options: Options) -> Gathered {
        self.ask(self.question(), options, &mut Cache::default())
    }

    pub(crate) fn ask(&self, question: Question, options: Options, cache: &mut Cache) -> Gathered {
        gather(
            question,
            options,
            cache,
            || Duration::ZERO,
            |request| self.net.fetch(request),
        )
    }
}

impl Net {
    pub(crate) fn on(&mut self, url: &str, service: impl Fn(&Request) -> Answer + 'static) {
        self.services.insert(url.to_owned(), Box::new(service));
    }

    pub(crate) fn bytes(&mut self, url: &str, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        self.on(url, move |_| Answer::Body(bytes.clone()));
    }

    pub(crate) fn gone(&mut self, url: &str) {
        self.services.remove(url);
    }

    pub(crate) fn fetch(&self, request: &Request) -> Answer {
        self.asked.borrow_mut().push(request.clone());
        match self.services.get(&request.url) {
            Some(service) => service(request),
            None => Answer::Unreachable("nobody is there".to_owned()),
        }
    }

    pub(crate) fn asked_urls(&self) -> Vec<String> {
        self.asked
            .borrow()
            .iter()
            .map(|it| it.url.clone())
            .collect()
    }
}

pub(crate) fn person(issuer: &Authority, serial: u128, endpoints: &Endpoints) -> Certificate {
    let subject = PersonSubject {
        full_name: "Người Thử".to_owned(),
        ..PersonSubject::default()
    };
    issuer
        .person(&subject, &key().spki(), validity(), serial, endpoints)
        .unwrap()
}

pub(crate) fn revocation(certificate: &Certificate) -> Revocation {
    Revocation {
        serial: certificate.serial().to_vec(),
        at: NOW.plus_days(-2),
        reason: Some(1),
    }
}

pub(crate) fn is_good(status: Option<RevocationStatus>) -> bool {
    matches!(status, Some(RevocationStatus::Good { .. }))
}

pub(crate) fn is_revoked(status: Option<RevocationStatus>) -> bool {
    matches!(status, Some(RevocationStatus::Revoked { .. }))
}

pub(crate) fn whys(found: &Gathered) -> Vec<Why> {
    found.troubles.iter().map(|it| it.why.clone()).collect()
}
