//! A fake behind a real connection on the loopback address: what an adapter and a browser meet.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use vanthu_remote::http::{Call, Header};
use vanthu_remote::{Purpose, Reply, Secret};

use super::world::{Decision, Fake};

/// The host that fakes believe to be.
const HOST: &str = "https://ky.example.vn";
/// Headers that fakes look at.
const HEADERS: [&str; 4] = ["content-type", "accept", "authorization", "soapaction"];

/// What goes wrong once on the way, whatever the fake does.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// It does what it is asked, and the connection breaks.
    AnswerLost,
    /// Something else answers, and the fake is not asked.
    Instead(u16, String),
}

/// A fake that is served until the test is over.
pub struct Served<F> {
    pub fake: Arc<Mutex<F>>,
    pub address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    skew: AtomicU64,
    mishaps: Mutex<Vec<(String, Mishap)>>,
    asked: Mutex<Vec<String>>,
}

fn open<T: ?Sized>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<F: Fake + Send + 'static> Served<F> {
    pub fn new(fake: F) -> Self {
        Self::at(fake, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    pub fn at(fake: F, listen: SocketAddr) -> Self {
        let fake = Arc::new(Mutex::new(fake));
        let shared = Arc::new(Shared::default());
        let listener = TcpListener::bind(listen).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (player, mine) = (fake.clone(), shared.clone());
        let start = Instant::now();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let (player, mine) = (player.clone(), mine.clone());
                std::thread::spawn(move || {
                    let at =
                        start.elapsed() + Duration::from_secs(mine.skew.load(Ordering::SeqCst));
                    // A client that goes away is no concern of the service.
                    let _gone = answer(stream, &player, &mine, at);
                });
            }
        });
        Self {
            fake,
            address,
            shared,
        }
    }

    /// Time passes at the service.
    pub fn pass(&self, seconds: u64) {
        self.shared.skew.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The next request whose path holds this text meets a mishap.
    pub fn mishap(&self, path: &str, what: Mishap) {
        open(&self.shared.mishaps).push((path.to_owned(), what));
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        open(&self.shared.asked).clone()
    }

    /// What the holder will do.
    pub fn decide(&self, decision: Decision) {
        open(&self.fake).decide(decision);
    }
}

struct Asked {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn answer<F: Fake>(
    mut stream: TcpStream,
    fake: &Mutex<F>,
    shared: &Shared,
    at: Duration,
) -> std::io::Result<()> {
    let asked = read(&stream)?;
    open(&shared.asked).push(asked.path.clone());
    if asked.path == "/control" {
        let value: serde_json::Value = serde_json::from_slice(&asked.body)?;
        let after = value["after"].as_u64().unwrap_or(0);
        open(fake).decide(match value["decision"].as_str() {
            Some("agree") => Decision::Agree(after),
            Some("refuse") => Decision::Refuse(after),
            _ => Decision::Nothing,
        });
        return write(&mut stream, 204, "", b"");
    }
    if asked.method == "GET" {
        let query = open(fake).browse(&format!("{HOST}{}", asked.path));
        let fields = asked.path.split_once('?').map_or("", |(_, it)| it);
        let back = url::form_urlencoded::parse(fields.as_bytes())
            .find(|(key, _)| key == "redirect_uri")
            .map(|(_, value)| value.into_owned())
            .unwrap();
        let location = format!("Location: {back}?{query}\r\n");
        return write(&mut stream, 302, &location, b"");
    }
    let mishap = {
        let mut mishaps = open(&shared.mishaps);
        let at = mishaps.iter().position(|(it, _)| asked.path.contains(it));
        at.map(|at| mishaps.remove(at).1)
    };
    if let Some(Mishap::Instead(status, body)) = &mishap {
        return write(&mut stream, *status, "", body.as_bytes());
    }
    let reply = serve(fake, &asked, at);
    if mishap.is_some() {
        return Ok(());
    }
    write(&mut stream, reply.status, "", reply.body.reveal())
}

fn serve<F: Fake>(fake: &Mutex<F>, asked: &Asked, at: Duration) -> Reply {
    let mut fake = open(fake);
    let header = |name: &&'static str| {
        let found = asked.headers.iter().find(|(key, _)| key == name)?;
        Some(Header {
            name,
            value: Secret::new(found.1.clone()),
        })
    };
    let call = Call {
        purpose: Purpose::Service,
        url: format!("{HOST}{}", asked.path),
        headers: HEADERS.iter().filter_map(header).collect(),
        body: vanthu_remote::secret::SecretBytes::new(asked.body.clone()),
        mutual_tls: fake.knows_by_certificate(),
    };
    fake.serve(&call.alone(Duration::from_secs(30)), at)
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut first = line.split_whitespace();
    let method = first.next().unwrap_or_default().to_owned();
    let path = first.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Asked {
        method,
        path,
        headers,
        body,
    })
}

fn write(stream: &mut TcpStream, status: u16, more: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n"
    )?;
    stream.write_all(body)?;
    stream.flush()
}
