//! The first page of a document as a picture, drawn where a hostile file does no harm.
//!
//! The drawing is done by a child process: this program, told to draw. It gets the file on its input, gives the picture
//! on its output, has no more memory, time and files than it needs, and is killed when it takes too long. Whatever the file
//! does to it, the agent goes on.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// The word by which this program is told to draw.
pub const DRAW: &str = "draw-first-page";

const DPI: f32 = 96.0;
const MOST_TIME: Duration = Duration::from_secs(10);
const MOST_PICTURE_BYTES: u64 = 16 * 1024 * 1024;
/// The child's memory and computing time.
#[cfg(unix)]
const MOST_MEMORY_BYTES: u64 = 1024 * 1024 * 1024;
#[cfg(unix)]
const MOST_SECONDS: u64 = 10;

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDrawn {
    /// The file could not be drawn, or the child died of it.
    #[error("the file can not be drawn")]
    Unreadable,
    /// It took too long.
    #[error("drawing took too long")]
    TooSlow,
    /// The child could not be started.
    #[error("drawing could not be started")]
    NotStarted,
}

/// Who draws.
#[derive(Debug)]
pub struct Drawing {
    program: PathBuf,
    arguments: Vec<String>,
    most_time: Duration,
    /// Two at once are enough for one person.
    places: Semaphore,
}

impl Drawing {
    /// This program draws.
    pub fn by(program: PathBuf) -> Self {
        Self::with(program, vec![DRAW.to_owned()], MOST_TIME)
    }

    pub(crate) fn with(program: PathBuf, arguments: Vec<String>, most_time: Duration) -> Self {
        Self {
            program,
            arguments,
            most_time,
            places: Semaphore::new(2),
        }
    }

    /// Draws the first page as PNG.
    pub async fn first_page(&self, file: &[u8]) -> Result<Vec<u8>, NotDrawn> {
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| NotDrawn::NotStarted)?;
        match tokio::time::timeout(self.most_time, self.draw(file)).await {
            Ok(drawn) => drawn,
            // The child is killed when it is dropped.
            Err(_) => Err(NotDrawn::TooSlow),
        }
    }

    async fn draw(&self, file: &[u8]) -> Result<Vec<u8>, NotDrawn> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                tracing::error!(%error, "drawing could not be started");
                NotDrawn::NotStarted
            })?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(NotDrawn::NotStarted);
        };
        let give = async move {
            // A child that ends before it has read everything says so by its end.
            let _given = input.write_all(file).await;
            drop(input);
        };
        let mut picture = Vec::new();
        let mut limited = output.take(MOST_PICTURE_BYTES);
        let ((), read) = tokio::join!(give, limited.read_to_end(&mut picture));
        read.map_err(|_| NotDrawn::Unreadable)?;
        let ended = child.wait().await.map_err(|_| NotDrawn::Unreadable)?;
        let is_picture = picture.starts_with(b"\x89PNG\r\n\x1a\n");
        if ended.success() && is_picture {
            Ok(picture)
        } else {
            Err(NotDrawn::Unreadable)
        }
    }
}

/// The child: reads a file from its input and writes the picture of its first page.
pub fn child(mut input: impl std::io::Read, mut output: impl std::io::Write) -> anyhow::Result<()> {
    limit()?;
    let mut file = Vec::new();
    input.read_to_end(&mut file)?;
    output.write_all(&vanthu_reader::render_page(&file, 0, DPI)?)?;
    Ok(output.flush()?)
}

/// No more than a page needs, whatever the file asks for.
#[cfg(unix)]
fn limit() -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (what, most) in [
        (Resource::As, MOST_MEMORY_BYTES),
        (Resource::Cpu, MOST_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ] {
        setrlimit(
            what,
            Rlimit {
                current: Some(most),
                maximum: Some(most),
            },
        )?;
    }
    Ok(())
}

/// Elsewhere the agent's own time-out has to do.
#[cfg(not(unix))]
fn limit() -> anyhow::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn by_shell(script: &str, most_ms: u64) -> Drawing {
        let arguments = vec!["-c".to_owned(), script.to_owned()];
        Drawing::with("/bin/sh".into(), arguments, Duration::from_millis(most_ms))
    }

    #[tokio::test]
    async fn a_child_that_hangs_is_given_up_and_killed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("pid");
        let script = format!(
            "echo $$ > {}; exec cat /dev/zero > /dev/null",
            place.display()
        );
        let met = by_shell(&script, 300).first_page(b"%PDF-1.7").await;
        assert_eq!(met, Err(NotDrawn::TooSlow));
        let pid = std::fs::read_to_string(&place).unwrap();
        // It is gone, or waits to be buried; in no case does it run on.
        for _ in 0..1000 {
            let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
            if status.is_err() || status.is_ok_and(|text| text.contains(") Z ")) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the child runs on");
    }

    #[tokio::test]
    async fn a_child_that_dies_or_babbles_gives_no_picture() {
        for script in [
            "kill -SEGV $$",
            "exit 0",
            "cat > /dev/null; echo hello",
            "printf '\\211PNG\\r\\n\\032\\n'; exit 1",
        ] {
            let met = by_shell(script, 20_000)
                .first_page(&vec![b'x'; 300_000])
                .await;
            assert_eq!(met, Err(NotDrawn::Unreadable), "{script}");
        }
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_said() {
        let drawing = Drawing::by("/none/vanthu-agent".into());
        assert_eq!(
            drawing.first_page(b"%PDF-").await,
            Err(NotDrawn::NotStarted)
        );
    }
}
