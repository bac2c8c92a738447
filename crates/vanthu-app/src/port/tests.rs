//! Status services over HTTP on the loopback address, good and bad.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vanthu_domain::Clock as _;
use vanthu_domain::Moment;
use vanthu_pki::authority::{PersonSubject, Revocation};
use vanthu_pki::gather::{
    AddressPolicy, Breach, Gathered, Limits, Network, NonceRule, Options, Question, Why,
};
use vanthu_pki::ocsp;
use vanthu_pki::path::RevocationStatus;
use vanthu_pki::{Certificate, SoftKey, Time};

use super::HttpStatus;
use crate::practice::authority::{
    PracticeAuthority, Service, endpoints, serial, validity, write_revoked,
};
use crate::practice::clock::MovableClock;
use crate::system::SystemRandomness;

/// What a service does with a question.
enum Reply {
    Body(Vec<u8>),
    Redirect(String),
    /// It never answers.
    Silent,
    /// It never stops answering.
    Endless,
}

type Handler = Arc<dyn Fn(&str, &[u8]) -> Reply + Send + Sync>;

/// The practice authority with its services at one address, and a person's certificate that names them.
struct World {
    folder: tempfile::TempDir,
    listener: Option<TcpListener>,
    base: String,
    authority: PracticeAuthority,
    clock: Arc<MovableClock>,
    person: Certificate,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(MovableClock::at(Moment::from_unix_seconds(1_795_000_000)));
        let chance = &SystemRandomness;
        let authority =
            PracticeAuthority::open_or_make(folder.path(), &base, clock.clone(), chance).unwrap();
        let subject = PersonSubject {
            full_name: "Người Thử".to_owned(),
            ..Default::default()
        };
        let spki = SoftKey::generate_p256().unwrap().spki();
        let term = validity(clock.now(), 1, 300);
        let person = authority
            .issuing()
            .person(&subject, &spki, term, serial(chance), &endpoints(&base))
            .unwrap();
        Self {
            folder,
            listener: Some(listener),
            base,
            authority,
            clock,
            person,
        }
    }

    /// The services as they should be.
    fn honest(&self) -> Handler {
        let authority = self.authority.clone();
        Arc::new(move |path: &str, question: &[u8]| {
            let service = match path {
                "/practice/ocsp" => Service::Ocsp,
                "/practice/root.crl" => Service::RootCrl,
                "/practice/issuing.crl" => Service::IssuingCrl,
                other => panic!("{other} was asked"),
            };
            Reply::Body(authority.respond(service, question).unwrap().body)
        })
    }

    /// The OCSP service and the list of the issuing authority answer in this way, the root's list as it should.
    fn serve(&mut self, wrong: impl Fn(&str, &[u8]) -> Reply + Send + Sync + 'static) {
        let honest = self.honest();
        self.serve_all(Arc::new(move |path: &str, question: &[u8]| match path {
            "/practice/root.crl" => honest(path, question),
            other => wrong(other, question),
        }));
    }

    fn serve_all(&mut self, handler: Handler) {
        let listener = self.listener.take().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, Arc::clone(&handler)));
            }
        });
    }

    fn question(&self) -> Question {
        let now = Time::from_unix(self.clock.now().unix_seconds());
        let anchors = vec![self.authority.root().certificate().clone()];
        let mut question = Question::about(self.person.clone(), anchors, now);
        question
            .known
            .push(self.authority.issuing().certificate().clone());
        question
    }

    async fn gather(&self, options: Options) -> Gathered {
        let source = HttpStatus::new(options, Arc::new(SystemRandomness)).unwrap();
        source.gather(self.question()).await.unwrap()
    }

    /// The status stays unknown, and this is why.
    async fn fails_with(&self, expected: impl Fn(&Why) -> bool) {
        let found = self.gather(options()).await;
        assert_eq!(
            found.status_of(&self.person),
            Some(RevocationStatus::Unknown)
        );
        let troubles = found.troubles_of(&self.person);
        assert!(troubles.iter().any(|it| expected(&it.why)), "{troubles:?}");
        let issuing = found.status_of(self.authority.issuing().certificate());
        assert!(
            matches!(issuing, Some(RevocationStatus::Good { .. })),
            "the others still answer"
        );
    }
}

/// Only this one address, little patience, and no large lists.
fn options() -> Options {
    Options {
        addresses: AddressPolicy {
            networks: vec![Network::parse("127.0.0.1/32").unwrap()],
            hosts: Vec::new(),
        },
        limits: Limits {
            request_time: Duration::from_millis(300),
            crl_bytes: 4096,
            ..Limits::default()
        },
        ..Options::default()
    }
}

async fn answer(mut stream: TcpStream, handler: Handler) {
    let mut asked = Vec::new();
    let (head, length) = loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.unwrap();
        asked.extend_from_slice(&piece[..count]);
        let end = asked.windows(4).position(|it| it == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(asked[..end].to_vec()).unwrap();
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            break (head, end + 4 + length);
        }
        assert!(count > 0, "the question broke off");
    };
    while asked.len() < length {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.unwrap();
        asked.extend_from_slice(&piece[..count]);
    }
    let body = asked.split_off(head.len() + 4);
    let path = head.split(' ').nth(1).unwrap();
    match handler(path, &body) {
        Reply::Body(body) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body).await.unwrap();
        }
        Reply::Redirect(to) => {
            let head = format!(
                "HTTP/1.1 302 Found\r\nLocation: {to}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await.unwrap();
        }
        Reply::Silent => std::future::pending().await,
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            while stream.write_all(&[0x30; 1024]).await.is_ok() {}
        }
    }
}

fn list_or(path: &str, ocsp: Reply) -> Reply {
    match path {
        "/practice/ocsp" => ocsp,
        _ => Reply::Body(Vec::new()),
    }
}

#[tokio::test]
async fn a_good_and_a_revoked_certificate_are_told_apart() {
    let mut world = World::new().await;
    world.serve_all(world.honest());
    let strict = Options {
        nonce: NonceRule::Required,
        ..options()
    };
    let found = world.gather(strict).await;
    assert!(found.is_complete(), "{:?}", found.troubles);
    assert_eq!((found.found.ocsp.len(), found.found.crls.len()), (1, 1));

    let mut world = World::new().await;
    let now = Time::from_unix(world.clock.now().unix_seconds());
    let revoked = [Revocation {
        serial: world.person.serial().to_vec(),
        at: now.plus_days(-1),
        reason: Some(1),
    }];
    write_revoked(world.folder.path(), &revoked).unwrap();
    let (clock, chance) = (world.clock.clone(), &SystemRandomness);
    world.authority =
        PracticeAuthority::open_or_make(world.folder.path(), &world.base, clock, chance).unwrap();
    world.serve_all(world.honest());
    let found = world.gather(options()).await;
    let status = found.status_of(&world.person);
    assert!(
        matches!(status, Some(RevocationStatus::Revoked { .. })),
        "{status:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let mut world = World::new().await;
    drop(world.listener.take());
    let found = world.gather(options()).await;
    assert!(
        found
            .troubles
            .iter()
            .all(|it| matches!(it.why, Why::Unreachable(_)))
    );
    assert_eq!(found.troubles.len(), 3, "{:?}", found.troubles);
}

#[tokio::test]
async fn a_silent_service_is_waited_for_no_longer_than_allowed() {
    let mut world = World::new().await;
    world.serve(|_, _| Reply::Silent);
    world.fails_with(|why| *why == Why::TimedOut).await;
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let mut world = World::new().await;
    world.serve(|_, _| Reply::Endless);
    world.fails_with(|why| *why == Why::TooLarge).await;
    let mut world = World::new().await;
    world.serve(|_, _| Reply::Body(vec![0x30; 1 << 20]));
    world.fails_with(|why| *why == Why::TooLarge).await;
}

#[tokio::test]
async fn rubbish_is_malformed() {
    let mut world = World::new().await;
    world.serve(|_, _| Reply::Body(b"<html>404</html>".to_vec()));
    world
        .fails_with(|why| matches!(why, Why::Malformed(_)))
        .await;
}

#[tokio::test]
async fn an_answer_with_another_nonce_is_refused() {
    let mut world = World::new().await;
    let issuing = world.authority.issuing().certificate().clone();
    let other = ocsp::request(&world.person, &issuing, Some(&[1; 32]));
    let replayed = world.authority.respond(Service::Ocsp, &other).unwrap().body;
    world.serve(move |path, _| list_or(path, Reply::Body(replayed.clone())));
    world.fails_with(|why| *why == Why::WrongNonce).await;
}

#[tokio::test]
async fn a_stale_answer_is_refused() {
    let mut world = World::new().await;
    let issuing = world.authority.issuing().certificate().clone();
    let plain = ocsp::request(&world.person, &issuing, None);
    let old = world.authority.respond(Service::Ocsp, &plain).unwrap().body;
    let later = world.clock.now().plus_seconds(25 * 3600);
    world.clock.move_to(later);
    world.serve(move |path, _| list_or(path, Reply::Body(old.clone())));
    world.fails_with(|why| matches!(why, Why::Stale(_))).await;
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let mut world = World::new().await;
    let base = world.base.clone();
    world.serve(move |path, _| Reply::Redirect(format!("{base}{path}")));
    world.fails_with(|why| *why == Why::RedirectLoop).await;
}

#[tokio::test]
async fn a_redirect_to_another_address_inside_is_not_followed() {
    for inside in [
        "http://10.0.0.1/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://localhost:9/",
    ] {
        let mut world = World::new().await;
        let to = inside.to_owned();
        world.serve(move |_, _| Reply::Redirect(to.clone()));
        let forbidden = Why::Forbidden(Breach::PrivateAddress);
        // The name alone may be the permitted address; nobody listens there.
        let named = inside.contains("localhost");
        let fits = |why: &Why| *why == forbidden || (named && matches!(why, Why::Unreachable(_)));
        world.fails_with(fits).await;
    }
}

#[tokio::test]
async fn without_permission_the_own_network_is_not_asked() {
    let mut world = World::new().await;
    world.serve_all(Arc::new(|path: &str, _: &[u8]| -> Reply {
        panic!("{path} was asked")
    }));
    let found = world.gather(Options::default()).await;
    let forbidden = Why::Forbidden(Breach::PrivateAddress);
    assert!(
        found.troubles.iter().all(|it| it.why == forbidden),
        "{:?}",
        found.troubles
    );
}
