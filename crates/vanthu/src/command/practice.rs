//! `vanthu practice`: the practice installation with its agent, for `make run`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use vanthu_app::App;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::practice::province::Province;
use vanthu_app::practice::{Folders, Make, Standing, make, standing, world};
use vanthu_domain::agency::Role;
use vanthu_store::{Durability, Store};

use crate::output::{say, table};
use crate::wiring;

/// How long the agent may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to end.
const LAST_ANSWERS: Duration = Duration::from_secs(4);
/// How the line begins with which the agent says that it listens.
const LISTENING: &str = "listening on ";

/// Where and how.
#[derive(Debug, Args)]
pub(crate) struct Practice {
    /// Folder of the installation; made when it is not there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to serve on; the loopback address only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The signing agent's program; without one no agent is started.
    #[arg(long, value_name = "PATH")]
    agent: Option<PathBuf>,
    /// Address of the signing agent.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:18181")]
    agent_listen: SocketAddr,
    /// Module (PKCS#11) in whose devices the agent looks for the practice keys, instead of in their files;
    /// `scripts/practice-devices.sh` puts them there.
    #[arg(
        long,
        value_name = "MODULE",
        requires = "agent",
        conflicts_with = "auto_consent"
    )]
    agent_pkcs11: Option<PathBuf>,
    /// Database to use instead of SQLite in the folder: postgres://…
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Services that hold keys, to be tried: a file with [[service]] as in a configuration.
    #[arg(long, value_name = "FILE")]
    services: Option<PathBuf>,
    /// The agent consents by itself, without a person; marked in every signature.
    #[arg(long, requires = "agent")]
    auto_consent: bool,
}

impl Practice {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        ensure!(
            self.listen.ip().is_loopback(),
            "hệ thống thực hành chỉ nghe ở địa chỉ nội bộ, không nghe ở {}",
            self.listen
        );
        // First, so that nothing is made for an address that is taken.
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("không nghe được ở {}", self.listen))?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let folders = Folders::new(&self.data);
        let app = self.installation(&folders, &base_url).await?;
        let agent = match &self.agent {
            Some(program) => Some(self.start_agent(program, &folders, &base_url)?),
            None => None,
        };
        let (done, finished) = tokio::sync::oneshot::channel();
        let serving = tokio::spawn(wiring::serve(app, listener, async {
            // Dropped is finished too.
            let _either = finished.await;
        }));
        let ended = self.until_interrupted(agent, &base_url).await;
        let _gone = done.send(());
        serving.await.context("máy chủ dừng bất thường")??;
        ended?;
        Ok(ExitCode::SUCCESS)
    }

    /// Opens the installation, or makes it.
    async fn installation(&self, folders: &Folders, base_url: &str) -> anyhow::Result<Arc<App>> {
        std::fs::create_dir_all(folders.root())
            .with_context(|| format!("không tạo được {}", folders.root().display()))?;
        let url = match &self.database {
            Some(url) => url.clone(),
            None => wiring::sqlite_url(&folders.database()),
        };
        let store = self.open(folders, &url, Durability::Full).await?;
        let authority = match standing(&store).await? {
            Standing::Practice => PracticeAuthority::open_or_make(
                &folders.authority(),
                base_url,
                wiring::clock(),
                wiring::randomness().as_ref(),
            )?,
            Standing::Real => bail!("đây là cơ sở dữ liệu của một hệ thống thật"),
            Standing::Half if self.database.is_some() => bail!(
                "cơ sở dữ liệu còn một hệ thống thực hành tạo dở; hãy dùng cơ sở dữ liệu trống"
            ),
            Standing::Half => {
                store.close().await?;
                say("Lần tạo trước bị ngắt giữa chừng; tạo lại từ đầu.")?;
                forget(folders)?;
                return Box::pin(self.installation(folders, base_url)).await;
            }
            Standing::Empty => {
                store.close().await?;
                self.make(folders, &url, base_url).await?;
                return Box::pin(self.installation(folders, base_url)).await;
            }
        };
        let key = folders.ledger_key();
        let app = wiring::practice(store, authority, base_url.to_owned(), &key).await?;
        if let Some(file) = &self.services {
            wiring::practice_services(file, base_url)?.give(&app);
        }
        Ok(app)
    }

    async fn open(
        &self,
        folders: &Folders,
        url: &str,
        durability: Durability,
    ) -> anyhow::Result<Store> {
        let store = wiring::open_store(url, folders.blobs(), durability).await?;
        wiring::migrate(&store).await?;
        Ok(store)
    }

    /// An installation that is interrupted while it is made is made anew: the disk need not keep up.
    async fn make(&self, folders: &Folders, url: &str, base_url: &str) -> anyhow::Result<()> {
        say("Tạo hệ thống thực hành (một lần, dưới một phút):")?;
        let store = self.open(folders, url, Durability::Relaxed).await?;
        let clock = wiring::clock();
        let began = clock.now();
        let tell = |what: &str| {
            if let Err(error) = say(format!("  - {what} …")) {
                tracing::warn!(%error, "nobody reads the progress");
            }
        };
        make(Make {
            store: &store,
            folders,
            base_url,
            clock: Arc::clone(&clock),
            randomness: wiring::randomness(),
            progress: &tell,
        })
        .await?;
        store.close().await?;
        say(format!(
            "  xong sau {} giây.",
            clock.now().seconds_since(began)
        ))
    }

    fn start_agent(
        &self,
        program: &Path,
        folders: &Folders,
        base_url: &str,
    ) -> anyhow::Result<Agent> {
        let port = self.listen.port();
        let mut command = Command::new(program);
        command.arg("run");
        match &self.agent_pkcs11 {
            Some(module) => command.arg("--pkcs11").arg(module),
            None => command.arg("--keys").arg(folders.keys()),
        };
        command
            .arg("--settings")
            .arg(folders.agent_settings())
            .args(["--listen", &self.agent_listen.to_string()])
            .args(["--pair", base_url])
            .args(["--pair", &format!("http://localhost:{port}")]);
        if self.auto_consent {
            command
                .arg("--practice-auto-consent")
                .arg("--pin-file")
                .arg(folders.pin());
        }
        let mut child = command
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("không chạy được phần mềm ký {}", program.display()))?;
        let (life, said) = (child.stdin.take(), child.stdout.take());
        Ok(Agent {
            child,
            _life: life.context("phần mềm ký không có đầu vào")?,
            said: BufReader::new(said.context("phần mềm ký không có đầu ra")?),
        })
    }

    /// Tells where everything is once it can be reached, then waits for the end.
    async fn until_interrupted(&self, agent: Option<Agent>, base_url: &str) -> anyhow::Result<()> {
        // The server's own address takes connections since it was bound.
        let Some(mut agent) = agent else {
            say(self.greeting(base_url)?)?;
            wiring::interrupted().await;
            return Ok(());
        };
        tokio::select! {
            done = agent.listens() => done?,
            () = wiring::interrupted() => return agent.end().await,
        }
        say(self.greeting(base_url)?)?;
        tokio::select! {
            () = wiring::interrupted() => agent.end().await,
            ended = agent.child.wait() => {
                tracing::error!(status = ?ended, "the signing agent has ended; pages go on");
                wiring::interrupted().await;
                Ok(())
            }
        }
    }

    fn greeting(&self, base_url: &str) -> anyhow::Result<String> {
        let province = Province::bundled()?;
        let mut rows = vec![vec![
            "Tài khoản".into(),
            "Người".into(),
            "Việc".into(),
            "Cơ quan".into(),
        ]];
        for (agency, person) in province.accounts() {
            let roles: Vec<&str> = person.roles.iter().map(|role: &Role| role.name()).collect();
            rows.push(vec![
                person.login.clone(),
                person.name.clone(),
                roles.join(", "),
                agency.short.clone(),
            ]);
        }
        let agent = match (&self.agent, self.auto_consent) {
            (None, _) => "không chạy".to_owned(),
            (Some(_), false) => format!("http://{} (mã PIN {})", self.agent_listen, world::PIN),
            (Some(_), true) => format!("http://{} (tự đồng ý ký)", self.agent_listen),
        };
        Ok(format!(
            "\n{}\n\nVăn Thư – HỆ THỐNG THỰC HÀNH, mọi tên và văn bản đều là giả định\n\
             \n  Địa chỉ:     {base_url}\n  Phần mềm ký: {agent}\n  Mật khẩu:    {} (mọi tài khoản)\n\
             \nDừng: Ctrl-C",
            table(&rows),
            world::PASSWORD
        ))
    }
}

/// The signing agent, which ends when this program does: it waits for the end of its input.
struct Agent {
    child: Child,
    /// Held open as long as this program lives; the system closes it, however the program ends.
    _life: ChildStdin,
    /// What it says is read to the first line; it stays open so that the agent may say more.
    said: BufReader<ChildStdout>,
}

impl Agent {
    /// Waits until it says that it listens.
    async fn listens(&mut self) -> anyhow::Result<()> {
        let mut line = String::new();
        let saying = self.said.read_line(&mut line);
        let seconds = PATIENCE.as_secs();
        tokio::time::timeout(PATIENCE, saying)
            .await
            .with_context(|| format!("sau {seconds} giây phần mềm ký vẫn chưa chạy"))??;
        ensure!(line.starts_with(LISTENING), "phần mềm ký dừng ngay");
        Ok(())
    }

    /// Ends it as its user would, and for good where it does not listen.
    async fn end(mut self) -> anyhow::Result<()> {
        #[cfg(unix)]
        if let Some(number) = self.child.id() {
            let told = Command::new("kill")
                .args(["-TERM", &number.to_string()])
                .status()
                .await;
            if told.is_ok_and(|status| status.success())
                && tokio::time::timeout(LAST_ANSWERS, self.child.wait())
                    .await
                    .is_ok()
            {
                return Ok(());
            }
        }
        self.child.kill().await.context("phần mềm ký không dừng")
    }
}

/// Removes what an interrupted making left.
fn forget(folders: &Folders) -> anyhow::Result<()> {
    let database = folders.database();
    for path in [
        database.clone(),
        database.with_extension("db-wal"),
        database.with_extension("db-shm"),
    ] {
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    let key = folders.ledger_key();
    if key.exists() {
        std::fs::remove_file(&key).with_context(|| key.display().to_string())?;
    }
    for folder in [folders.blobs(), folders.authority(), folders.agent()] {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
    }
    Ok(())
}
