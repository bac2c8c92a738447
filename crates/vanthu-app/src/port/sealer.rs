//! The program that holds a key device at the server: asked through a Unix socket, one line at a time. It is another user's
//! program; what it answers is read within limits, and each signature is verified by whoever takes it.

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use vanthu_wire::sealer::{self, MOST_ANSWER_BYTES, MOST_ITEMS, MOST_REQUEST_BYTES, Request};

use super::Answer;

/// How long it may take to be reached and to be told.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the next answer may take: the device is opened, and makes one signature.
const SILENCE: Duration = Duration::from_secs(90);
/// So many answers may wait to be embedded.
const ROW: usize = 16;

/// Why there is no (further) answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealerAbsent {
    /// It can't be reached.
    #[error("not reached: {0}")]
    NotReached(String),
    /// It stopped answering.
    #[error("the answer broke off: {0}")]
    BrokenOff(String),
    /// It answers in no form that is known here.
    #[error("the answer can't be read: {0}")]
    Unreadable(String),
}

/// What comes back, one after the other. Whoever drops it ends what is under way.
pub type Answers = mpsc::Receiver<Result<sealer::Answer, SealerAbsent>>;

/// A program that holds a key device at the server.
pub trait SealerDoor: Send + Sync + std::fmt::Debug {
    /// Asks; the last answer ends it, or says why nothing more comes.
    fn ask(&self, request: Request) -> Answer<'_, Result<Answers, SealerAbsent>>;
}

/// The program behind a socket.
#[derive(Debug, Clone)]
pub struct UnixSealer {
    path: PathBuf,
}

impl UnixSealer {
    /// At that path.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    async fn connect(&self, request: &Request) -> Result<UnixStream, SealerAbsent> {
        let mut line = serde_json::to_vec(request)
            .map_err(|error| SealerAbsent::Unreadable(error.to_string()))?;
        line.push(b'\n');
        if line.len() > MOST_REQUEST_BYTES {
            return Err(SealerAbsent::NotReached(
                "the batch is too large".to_owned(),
            ));
        }
        let told = async {
            let mut stream = UnixStream::connect(&self.path).await?;
            stream.write_all(&line).await?;
            Ok::<_, std::io::Error>(stream)
        };
        match timeout(PATIENCE, told).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(SealerAbsent::NotReached(error.to_string())),
            Err(_) => Err(SealerAbsent::NotReached("it takes nothing".to_owned())),
        }
    }
}

impl SealerDoor for UnixSealer {
    fn ask(&self, request: Request) -> Answer<'_, Result<Answers, SealerAbsent>> {
        Box::pin(async move {
            let stream = self.connect(&request).await?;
            let (send, answers) = mpsc::channel(ROW);
            tokio::spawn(read_all(stream, send));
            Ok(answers)
        })
    }
}

/// Hands on line after line, until the last one or until nobody listens. The connection ends with it.
async fn read_all(stream: UnixStream, send: mpsc::Sender<Result<sealer::Answer, SealerAbsent>>) {
    let mut read = BufReader::new(stream);
    // One answer an item, one that ends them, and none beyond.
    for _ in 0..=MOST_ITEMS {
        let one = tokio::select! {
            one = next(&mut read) => one,
            () = send.closed() => return,
        };
        let is_last = !matches!(one, Ok(sealer::Answer::Signed(_)));
        if send.send(one).await.is_err() || is_last {
            return;
        }
    }
}

async fn next(read: &mut BufReader<UnixStream>) -> Result<sealer::Answer, SealerAbsent> {
    let most = u64::try_from(MOST_ANSWER_BYTES).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    let mut limited = read.take(most);
    match timeout(SILENCE, limited.read_until(b'\n', &mut line)).await {
        Err(_) => Err(SealerAbsent::BrokenOff("silence".to_owned())),
        Ok(Err(error)) => Err(SealerAbsent::BrokenOff(error.to_string())),
        Ok(Ok(_)) if !line.ends_with(b"\n") => {
            Err(SealerAbsent::BrokenOff("the connection ended".to_owned()))
        }
        Ok(Ok(_)) => serde_json::from_slice(&line)
            .map_err(|error| SealerAbsent::Unreadable(error.to_string())),
    }
}
