//! Who may ask, and how: one other user of this machine, a line at a time, within limits.

use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use vanthu_wire::sealer::{Answer, End, MOST_REQUEST_BYTES, Request, Why};

use super::Sealer;

/// Who has connected says what is wanted in this time, and takes each answer in it.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many may be connected at once.
const MOST_AT_ONCE: usize = 16;
/// So many answers may wait for whoever takes them slowly.
const ROW: usize = 16;

/// Listens at a path that only its owner and group may write to. What a program that ended left there is taken away; what
/// is no socket is not.
///
/// # Errors
/// The path can't be used, or another sealer listens there.
pub fn listen(path: &Path) -> std::io::Result<UnixListener> {
    match std::fs::symlink_metadata(path) {
        Ok(facts) if facts.file_type().is_socket() => {
            if std::os::unix::net::UnixStream::connect(path).is_ok() {
                return Err(ErrorKind::AddrInUse.into());
            }
            std::fs::remove_file(path)?;
        }
        Ok(_) => return Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// Answers the one user until it is dropped.
pub async fn serve(listener: UnixListener, sealer: Arc<Sealer>, server_uid: u32) {
    let places = Arc::new(Semaphore::new(MOST_AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::error!(%error, "nobody can connect");
                tokio::task::yield_now().await;
                continue;
            }
        };
        let sealer = Arc::clone(&sealer);
        tokio::spawn(async move {
            let _place = place;
            if may_ask(&stream, server_uid)
                && let Err(error) = answer(stream, &sealer).await
            {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
}

/// Who connects is told by the system, not by itself.
///
/// Clause: TG-22.1b
fn may_ask(stream: &UnixStream, server_uid: u32) -> bool {
    match stream.peer_cred() {
        Ok(who) if who.uid() == server_uid => true,
        Ok(who) => {
            tracing::warn!(
                uid = who.uid(),
                pid = who.pid(),
                "another user asked, and is not answered"
            );
            false
        }
        Err(error) => {
            tracing::warn!(%error, "somebody asked whom the system does not know");
            false
        }
    }
}

async fn answer(stream: UnixStream, sealer: &Arc<Sealer>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let most = u64::try_from(MOST_REQUEST_BYTES).unwrap_or(u64::MAX);
    let mut line = Vec::new();
    let mut read = BufReader::new(read.take(most));
    match timeout(PATIENCE, read.read_until(b'\n', &mut line)).await {
        Ok(read) => read?,
        Err(_) => return Ok(()),
    };
    match serde_json::from_slice(&line) {
        Ok(Request::Status) => {
            let asked = Arc::clone(sealer);
            let status = tokio::task::spawn_blocking(move || asked.status()).await;
            let one = match status {
                Ok(Ok(status)) => Answer::Status(status),
                Ok(Err(_)) | Err(_) => ended(Why::DeviceFailed),
            };
            put(&mut write, &one).await
        }
        Ok(Request::Seal(batch)) => {
            let (send, mut answers) = mpsc::channel(ROW);
            let asked = Arc::clone(sealer);
            let work = tokio::spawn(async move { asked.seal(batch, send).await });
            while let Some(one) = answers.recv().await {
                // Dropping the row's end stops the batch.
                put(&mut write, &one).await?;
            }
            work.await.map_err(std::io::Error::other)
        }
        Err(error) => {
            tracing::warn!(bytes = line.len(), %error, "what was asked can't be read");
            put(&mut write, &ended(Why::Malformed)).await
        }
    }
}

fn ended(why: Why) -> Answer {
    Answer::Ended(End { why: Some(why) })
}

async fn put(write: &mut OwnedWriteHalf, answer: &Answer) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    timeout(PATIENCE, write.write_all(&line)).await?
}
