//! Makes the requests of remote signing over HTTP: each exactly once, as it stands, with redirects and proxies left
//! alone. What is lost is told apart from what was never sent, because a signature hangs on it.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Identity, Response};
use vanthu_remote::{Failure, Found, HttpAnswer, HttpRequest, Inquiry, Reply};

use super::fetch::{NoClient, reason};
use super::tls;

/// How long a connection may take to stand. After that nothing was sent.
const CONNECT: Duration = Duration::from_secs(10);

/// An HTTP client for services that hold keys.
#[derive(Clone)]
pub struct RemoteClient {
    /// For services that know us by a password or a token.
    plain: Client,
    /// For services that know us by our certificate.
    known: Option<Client>,
}

impl fmt::Debug for RemoteClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteClient")
            .field("known", &self.known.is_some())
            .finish_non_exhaustive()
    }
}

impl RemoteClient {
    /// A client that trusts whom the machine trusts. `identity` is the installation's certificate and key, PEM, for
    /// services that ask for one (mutual TLS).
    ///
    /// # Errors
    /// The identity can't be read, or there is no TLS.
    pub fn new(identity: Option<&[u8]>) -> Result<Self, NoClient> {
        Self::over(tls::client, identity)
    }

    fn over(client: impl Fn() -> ClientBuilder, identity: Option<&[u8]>) -> Result<Self, NoClient> {
        let known = match identity {
            Some(pem) => Some(build(client().identity(read_identity(pem)?))?),
            None => None,
        };
        Ok(Self {
            plain: build(client())?,
            known,
        })
    }

    /// Makes one request.
    pub async fn make(&self, request: &HttpRequest) -> HttpAnswer {
        tracing::debug!(%request, "remote signing");
        let client = match (request.mutual_tls, &self.known) {
            (false, _) => &self.plain,
            (true, Some(known)) => known,
            (true, None) => {
                let why = "the service wants a certificate of ours, and none is configured";
                return HttpAnswer::NotConnected(why.to_owned());
            }
        };
        let answer = tokio::time::timeout(request.timeout, ask(client, request)).await;
        let answer = answer.unwrap_or(HttpAnswer::TimedOut);
        tracing::debug!(%request, answer = word(&answer), "remote signing");
        answer
    }

    /// Asks for credentials until an answer is there.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn inquire(&self, mut inquiry: Inquiry) -> Result<Found, Failure> {
        while let Some(request) = inquiry.next() {
            let answer = self.make(&request).await;
            inquiry.answer(request.id, answer);
        }
        let unanswered = || Failure::new(vanthu_remote::Ending::Unreadable, "no end");
        inquiry.finish().unwrap_or_else(|| Err(unanswered()))
    }
}

/// No connection is kept: one that the service closes just then can't be told from one that broke.
fn build(client: ClientBuilder) -> Result<Client, NoClient> {
    client
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .user_agent(concat!("vanthu/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| NoClient(e.to_string()))
}

fn read_identity(pem: &[u8]) -> Result<Identity, NoClient> {
    // What is wrong with a key is not said: the words could be the key's.
    Identity::from_pem(pem).map_err(|_| NoClient("certificate and key in PEM expected".to_owned()))
}

async fn ask(client: &Client, request: &HttpRequest) -> HttpAnswer {
    let mut asked = client.post(&request.url);
    for header in &request.headers {
        let name = HeaderName::from_static(header.name);
        let Ok(mut value) = HeaderValue::from_str(header.value.reveal()) else {
            return HttpAnswer::NotConnected(format!("{} can't be written", header.name));
        };
        value.set_sensitive(true);
        asked = asked.header(name, value);
    }
    match asked.body(request.body.reveal().to_vec()).send().await {
        Ok(response) => read(response, request.max_bytes).await,
        Err(error) if error.is_connect() || error.is_builder() => {
            HttpAnswer::NotConnected(reason(&error))
        }
        Err(error) => HttpAnswer::Broken(reason(&error)),
    }
}

async fn read(mut response: Response, max_bytes: usize) -> HttpAnswer {
    let status = response.status().as_u16();
    let announced = response.content_length().unwrap_or(0);
    if announced > max_bytes as u64 {
        return HttpAnswer::TooLarge;
    }
    let mut body = Vec::with_capacity(announced as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > max_bytes => return HttpAnswer::TooLarge,
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return HttpAnswer::Reply(Reply::new(status, body)),
            Err(error) => return HttpAnswer::Broken(reason(&error)),
        }
    }
}

/// An answer in a log: never its contents.
fn word(answer: &HttpAnswer) -> String {
    match answer {
        HttpAnswer::Reply(reply) => format!("{}, {:?}", reply.status, reply.body),
        HttpAnswer::TooLarge => "too large".to_owned(),
        HttpAnswer::TimedOut => "timed out".to_owned(),
        HttpAnswer::NotConnected(how) | HttpAnswer::Broken(how) => how.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio_rustls::rustls::server::WebPkiClientVerifier;
    use tokio_rustls::rustls::{RootCertStore, ServerConfig};
    use vanthu_domain::Clock as _;
    use vanthu_pki::authority::{Authority, CertificateRequest};
    use vanthu_pki::extension::{Extension, GeneralName, KeyUsage};
    use vanthu_pki::{Name, SoftKey, oid, pem};
    use vanthu_remote::smartca::SmartCa;
    use vanthu_remote::{Ending, Endpoint, Holder, Plain, Purpose, Secret, TransactionId};

    use super::*;
    use crate::practice::authority::validity;
    use crate::system::SystemClock;

    /// A service on the loopback address that reads one request and answers with these bytes, or holds its tongue;
    /// what it read comes back.
    async fn service(answer: Option<Vec<u8>>) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let asked = read_request(&mut stream).await;
            match answer {
                Some(bytes) => {
                    stream.write_all(&bytes).await.unwrap();
                    stream.shutdown().await.unwrap();
                }
                // Until the client gives up.
                None => while stream.read(&mut [0; 64]).await.is_ok_and(|it| it > 0) {},
            }
            asked
        });
        (address, task)
    }

    async fn read_request(stream: &mut TcpStream) -> String {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|it| {
                        it.to_ascii_lowercase()
                            .strip_prefix("content-length: ")?
                            .parse()
                            .ok()
                    })
                    .unwrap_or(0);
                if body.len() >= length {
                    return text;
                }
            }
            let count = stream.read(&mut buffer).await.unwrap();
            assert!(count > 0, "half a request");
            bytes.extend_from_slice(&buffer[..count]);
        }
    }

    fn reply(status: &str, body: &str) -> Vec<u8> {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
    }

    fn provider(address: &str) -> Arc<SmartCa> {
        Arc::new(SmartCa {
            base: Endpoint::new(address, Plain::OnLoopback).unwrap(),
            sp_id: "vanthu".to_owned(),
            sp_password: Secret::new("mat-khau"),
            batch: 20,
            question: TransactionId::new("hoi-chung-thu-1").unwrap(),
        })
    }

    fn request(address: &str) -> HttpRequest {
        let holder = Holder::new("079099001234");
        Inquiry::list(provider(address), holder).next().unwrap()
    }

    async fn ask(answer: Option<Vec<u8>>, change: impl Fn(&mut HttpRequest)) -> HttpAnswer {
        let (address, task) = service(answer).await;
        let mut request = request(&address);
        change(&mut request);
        let answer = RemoteClient::new(None).unwrap().make(&request).await;
        task.abort();
        answer
    }

    #[tokio::test]
    async fn a_question_goes_out_as_it_stands_and_its_answer_is_read() {
        let said = r#"{"status_code": 401, "message": "SP_CREDENTIAL_INVALID"}"#;
        let (address, task) = service(Some(reply("200 OK", said))).await;
        let client = RemoteClient::new(None).unwrap();
        let inquiry = Inquiry::list(provider(&address), Holder::new("079099001234"));
        let failure = client.inquire(inquiry).await.unwrap_err();
        assert_eq!(failure.ending, Ending::AccessRefused);
        let asked = task.await.unwrap();
        assert!(
            asked.starts_with("POST /v1/credentials/get_certificate HTTP/1.1\r\n"),
            "{asked}"
        );
        assert!(
            asked.contains("content-type: application/json\r\n"),
            "{asked}"
        );
        assert!(asked.contains(r#""sp_password":"mat-khau""#), "{asked}");
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_like_any_other() {
        let there =
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
        let answer = ask(Some(there.to_vec()), |_| ()).await;
        assert!(matches!(answer, HttpAnswer::Reply(it) if it.status == 302));
        let answer = ask(Some(reply("500 Internal Server Error", "lỗi")), |_| ()).await;
        assert!(matches!(answer, HttpAnswer::Reply(it) if it.status == 500 && it.body.len() == 5));
    }

    #[tokio::test]
    async fn what_was_never_sent_is_told_from_what_was_lost() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = RemoteClient::new(None).unwrap();
        let answer = client.make(&request(&address)).await;
        assert!(matches!(answer, HttpAnswer::NotConnected(_)), "{answer:?}");
        for half in [
            "",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "rác\r\n\r\n",
        ] {
            let answer = ask(Some(half.as_bytes().to_vec()), |_| ()).await;
            assert!(
                matches!(answer, HttpAnswer::Broken(_)),
                "{half}: {answer:?}"
            );
        }
        let answer = ask(None, |it| it.timeout = Duration::from_millis(300)).await;
        assert!(matches!(answer, HttpAnswer::TimedOut), "{answer:?}");
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_read_to_its_end() {
        let body = "x".repeat(1000);
        let answer = ask(Some(reply("200 OK", &body)), |it| it.max_bytes = 999).await;
        assert!(matches!(answer, HttpAnswer::TooLarge), "{answer:?}");
        let unannounced =
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}").into_bytes();
        let answer = ask(Some(unannounced), |it| it.max_bytes = 999).await;
        assert!(matches!(answer, HttpAnswer::TooLarge), "{answer:?}");
    }

    #[tokio::test]
    async fn without_a_certificate_of_ours_a_service_that_wants_one_is_not_asked() {
        let mut request = request("http://127.0.0.1:9");
        assert_eq!(request.purpose, Purpose::List);
        request.mutual_tls = true;
        let answer = RemoteClient::new(None).unwrap().make(&request).await;
        assert!(matches!(&answer, HttpAnswer::NotConnected(it) if it.contains("certificate")));
        let broken = RemoteClient::new(Some(b"-----BEGIN PRIVATE KEY-----\nbi mat\n")).unwrap_err();
        assert!(!broken.to_string().contains("bi mat"));
    }

    /// Behind TLS, for holders of a certificate of this authority alone.
    #[tokio::test]
    async fn a_service_that_knows_us_by_certificate_gets_it() {
        let term = || validity(SystemClock.now(), 1, 2);
        let root = SoftKey::generate_p256().unwrap();
        let root = Authority::root(root, "Gốc thử", term(), 1).unwrap();
        let certify = |name: &str, serial| {
            let key = SoftKey::generate_p256().unwrap();
            let subject = Name::build(&[(oid::COMMON_NAME, name)]).unwrap();
            let address = [GeneralName::Ip(vec![127, 0, 0, 1])];
            let request = CertificateRequest::new(subject, &key.spki(), term(), serial)
                .key_usage(KeyUsage::DIGITAL_SIGNATURE)
                .extension(Extension::subject_alt_names(&address));
            (root.certify(&request).unwrap(), key.to_pkcs8().unwrap())
        };
        let (server, server_key) = certify("127.0.0.1", 2);
        let (ours, our_key) = certify("Văn Thư", 3);
        let mut known = RootCertStore::empty();
        known.add(root.certificate().der().to_vec().into()).unwrap();
        let provider = Arc::new(default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(known.into(), provider.clone());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(
                vec![server.der().to_vec().into()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key)),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client without a certificate ends here.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
                stream.write_all(&reply("200 OK", "{}")).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
        let identity = format!("{}{}", ours.to_pem(), pem::encode(&our_key, "PRIVATE KEY"));
        let trusting = || {
            let anchor = reqwest::Certificate::from_der(root.certificate().der()).unwrap();
            tls::trusting(vec![anchor])
        };
        let client = RemoteClient::over(trusting, Some(identity.as_bytes())).unwrap();
        let mut request = request(&address);
        let answer = client.make(&request).await;
        assert!(
            !matches!(answer, HttpAnswer::Reply(_)),
            "without: {answer:?}"
        );
        request.mutual_tls = true;
        let answer = client.make(&request).await;
        assert!(
            matches!(&answer, HttpAnswer::Reply(it) if it.status == 200),
            "{answer:?}"
        );
    }
}
