//! `vanthu demo`: the whole main job over HTTP, as real clients would do it, with no browser: each
//! person signs in with a cookie of their own, and signatures come from a signing agent that
//! consents by itself.

mod agent;
mod client;
mod story;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;

use crate::output::{complain, say};

/// Against what, and where the results go.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The practice server.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// A running signing agent; used when it consents by itself.
    #[arg(long, value_name = "URL")]
    agent: Option<String>,
    /// The signing agent's program, to start one that consents by itself; beside this program
    /// otherwise.
    #[arg(long, value_name = "PATH")]
    agent_bin: Option<PathBuf>,
    /// Key files for the agent that is started.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// File with the PIN of these keys; beside their folder otherwise.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// Folder for the results; made when it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("không tạo được {}", self.out.display()))?;
        let server = self.server.trim_end_matches('/').to_owned();
        say(format!("Máy chủ: {server}"))?;
        let agent = self.agent(&server).await?;
        say(format!(
            "Phần mềm ký: {} (tự đồng ý, chỉ dùng thực hành)\n",
            agent.url
        ))?;
        let mut steps = Steps {
            began: Instant::now(),
            last: Instant::now(),
            count: 0,
        };
        let told = story::tell(&server, &agent, &self.out, &mut steps).await;
        agent.end().await;
        match told {
            Ok(()) => {
                let seconds = steps.began.elapsed().as_secs_f64();
                say(format!(
                    "\nXong: {} bước trong {seconds:.2} giây.",
                    steps.count
                ))?;
                say(format!("Kết quả: {}", full(&self.out).display()))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                complain(&error.context(format!("dừng sau bước {}", steps.count)));
                Ok(ExitCode::FAILURE)
            }
        }
    }

    /// The agent that was named, where it consents by itself; else one of its own.
    async fn agent(&self, server: &str) -> anyhow::Result<agent::Agent> {
        if let Some(url) = &self.agent
            && let Some(running) = agent::Agent::running(url, server).await
        {
            return Ok(running);
        }
        let program = match &self.agent_bin {
            Some(path) => path.clone(),
            None => std::env::current_exe()?.with_file_name("vanthu-agent"),
        };
        let keys = self.keys.clone().context(
            "phần mềm ký đang chạy không tự đồng ý; cần --keys DIR để chạy một phần mềm ký riêng",
        )?;
        let pin = match &self.pin_file {
            Some(file) => file.clone(),
            None => keys.parent().unwrap_or(Path::new(".")).join("pin"),
        };
        agent::Agent::start(&program, &keys, &pin, server).await
    }
}

/// Counts and times what is done.
struct Steps {
    began: Instant,
    last: Instant,
    count: u32,
}

impl Steps {
    /// A step is done: what, and how long it took since the one before.
    fn done(&mut self, what: impl AsRef<str>) -> anyhow::Result<()> {
        self.count += 1;
        let took = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        let what = what.as_ref();
        let dots = ".".repeat(96_usize.saturating_sub(what.chars().count()));
        say(format!("{:>3}. {what} {dots} {took:.2} s", self.count))
    }
}

fn full(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
