//! `vanthu-agent`: lists the keys of this desk, checks it, and signs with its owner's consent.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use vanthu_agent::check;
use vanthu_agent::checkup::{self, DevicePoints};
use vanthu_agent::clock::SystemClock;
use vanthu_agent::draw::{self, Drawing};
use vanthu_agent::keys::Keys;
use vanthu_agent::token::{HeldKey, Survey, Token as _, devices};
use vanthu_agent::{Agent, AutomaticConsent, Origin, Paired, Pin, door};
use vanthu_wire::desk::Mark;

/// What is logged unless RUST_LOG says otherwise. The binding of PKCS#11 calls each mechanism that it does not know an
/// error, at every look at a device.
const LOGGED: &str = "info,cryptoki::mechanism=off";

/// How long answers that are under way may take when the agent ends.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// The signing agent: keeps the door to the keys on this desk.
#[derive(Parser)]
#[command(version)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve the paired servers' pages until interrupted.
    Run(Run),
    /// List the certificates whose keys are here.
    List(Keys),
    /// Draw the first page of the PDF on standard input; started by the agent itself.
    #[command(hide = true, name = draw::DRAW)]
    DrawFirstPage,
    /// Sign for an agency at the server, with a key device standing there: a program of its own, for a user of its own.
    #[cfg(unix)]
    #[command(subcommand)]
    Sealer(SealerWhat),
    /// Check everything that signing needs, and say what to do about the rest.
    Check(Check),
    /// Load and list one module, for the agent itself: a module that crashes takes this process with it.
    #[command(hide = true)]
    TryModule {
        /// The module.
        module: PathBuf,
    },
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    keys: Keys,
    /// Address to listen at; the loopback address only.
    #[arg(long, default_value = "127.0.0.1:18181")]
    listen: SocketAddr,
    /// Practice and tests: server whose pages may ask for signatures without a pairing; may be given more than once.
    #[arg(long, value_name = "URL")]
    pair: Vec<Origin>,
    /// Practice only: consent without a person, for certificates of a practice authority.
    #[arg(long, requires = "pin_file")]
    practice_auto_consent: bool,
    /// File with the PIN of the practice keys on its first line.
    #[arg(long, value_name = "FILE", requires = "practice_auto_consent")]
    pin_file: Option<PathBuf>,
    /// End when standard input ends: as a part of the program that started it, and never longer than
    /// that, however it ends.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[cfg(unix)]
#[derive(Subcommand)]
enum SealerWhat {
    /// Answer the server until interrupted.
    Run {
        #[command(flatten)]
        place: SealerPlace,
        /// End when standard input ends.
        #[arg(long)]
        until_stdin_closes: bool,
    },
    /// Look at the device without its PIN, and say what is there.
    Check(SealerPlace),
    /// Somebody has looked at why it stopped: it signs again from its next start on.
    Resume(SealerPlace),
}

#[cfg(unix)]
#[derive(Args)]
struct SealerPlace {
    /// The sealer's file; it holds no secret.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/etc/vanthu-sealer/sealer.toml"
    )]
    config: PathBuf,
}

#[derive(Args)]
struct Check {
    #[command(flatten)]
    keys: Keys,
    /// Address the agent listens at.
    #[arg(long, default_value = "127.0.0.1:18181")]
    listen: SocketAddr,
    /// Practice: server to look for without a pairing; may be given more than once.
    #[arg(long, value_name = "URL")]
    pair: Vec<Origin>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(LOGGED)),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let done = match Command::parse().what {
        What::Run(options) => run(options).await,
        What::DrawFirstPage => draw::child(std::io::stdin().lock(), std::io::stdout().lock())
            .map(|()| ExitCode::SUCCESS),
        What::List(keys) => list(&keys),
        #[cfg(unix)]
        What::Sealer(what) => sealer(what).await,
        What::Check(options) => check_desk(options).await,
        What::TryModule { module } => devices(&module)
            .map(|_| ExitCode::SUCCESS)
            .map_err(Into::into),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Run) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        options.listen.ip().is_loopback(),
        "thiết bị ký chỉ nghe ở địa chỉ nội bộ (127.0.0.1 hoặc ::1), không nghe ở {}",
        options.listen
    );
    let pin = options.pin_file.as_deref().map(read_pin).transpose()?;
    let automatic = pin.clone().map(|pin| AutomaticConsent { pin });
    let token = Arc::new(options.keys.open(pin));
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("không nghe được ở {}", options.listen))?;
    let address = listener.local_addr()?;
    let servers: Vec<String> = options.pair.iter().map(ToString::to_string).collect();
    let practice = automatic.is_some();
    let modules = options.keys.modules();
    let paired = paired(&options.keys, options.pair)?;
    // Loads the modules as well, so that the first page need not wait for them.
    let survey = token.survey().context("không đọc được thư mục khóa")?;
    tell_of_modules(&survey);
    let keys = survey.keys.len();
    let drawing = Drawing::by(std::env::current_exe()?);
    let clock = Arc::new(SystemClock);
    let devices: DevicePoints = {
        let (keys, token) = (options.keys, Arc::clone(&token));
        Arc::new(move || check::check_keys(&keys, token.as_ref(), &SystemClock))
    };
    let agent = Agent::new(address, paired, automatic, token, clock, drawing, devices)?;
    tracing::info!(%address, ?servers, keys, ?modules, automatic_consent = practice, "signing agent ready");
    if practice {
        tracing::warn!("automatic consent is on, for certificates of a practice authority");
    }
    // For whoever started it and waits for it.
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{address}")?;
    out.flush()?;
    serve(listener, agent, options.until_stdin_closes).await?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(unix)]
async fn sealer(what: SealerWhat) -> anyhow::Result<ExitCode> {
    use vanthu_agent::clock::Clock as _;
    use vanthu_agent::keys::of_module;
    use vanthu_agent::sealer::{Sealer, SealerSettings, door, resume};

    let (place, until_stdin_closes) = match what {
        SealerWhat::Run {
            place,
            until_stdin_closes,
        } => (place, until_stdin_closes),
        SealerWhat::Check(place) => return check_sealer(&SealerSettings::read(&place.config)?),
        SealerWhat::Resume(place) => {
            let settings = SealerSettings::read(&place.config)?;
            let said = if resume(&settings.state, SystemClock.now())? {
                "chương trình ký dấu ký lại từ lần khởi động tới"
            } else {
                "chương trình ký dấu không dừng"
            };
            writeln!(std::io::stdout(), "{said}")?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    // Nothing of this process is written to a disk when it crashes, and nobody traces it.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    let settings = SealerSettings::read(&place.config)?;
    let server_uid = settings.server_uid()?;
    let token = Arc::new(of_module(&settings.module));
    tell_of_modules(&token.survey()?);
    let listener = door::listen(&settings.socket)
        .with_context(|| format!("không nghe được ở {}", settings.socket.display()))?;
    let socket = settings.socket.clone();
    let sealer = Sealer::open(settings, token, Arc::new(SystemClock))?;
    let status = sealer.status()?;
    tracing::info!(
        socket = %socket.display(), server_uid, keys = status.keys.len(), missing = ?status.missing,
        stopped = status.stopped.is_some(), "sealer ready"
    );
    let mut out = std::io::stdout();
    writeln!(out, "listening at {}", socket.display())?;
    out.flush()?;
    tokio::select! {
        () = door::serve(listener, sealer, server_uid) => {}
        () = interrupted() => {}
        () = stdin_closes(until_stdin_closes) => {}
    }
    std::fs::remove_file(&socket)?;
    Ok(ExitCode::SUCCESS)
}

/// What is there, read from the device itself: the sealer need not run.
#[cfg(unix)]
fn check_sealer(settings: &vanthu_agent::sealer::SealerSettings) -> anyhow::Result<ExitCode> {
    let survey = vanthu_agent::keys::of_module(&settings.module).survey()?;
    tell_of_modules(&survey);
    let mut out = std::io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    for thumbprint in &settings.certificates {
        if let Some(key) = survey.find(thumbprint) {
            let certificate = &key.certificate;
            let (subject, until) = (certificate.subject(), certificate.not_after());
            writeln!(out, "✓ {subject}\n  đến {until}, khóa ở {}", places(key))?;
        } else {
            code = ExitCode::FAILURE;
            writeln!(out, "✗ không thiết bị nào giữ chứng thư {thumbprint}")?;
        }
    }
    writeln!(
        out,
        "  máy chủ chạy bằng người dùng số {}",
        settings.server_uid()?
    )?;
    Ok(code)
}

/// The servers of this agent. Those that are only named need no folder, and tests shall leave none behind.
fn paired(keys: &Keys, named: Vec<Origin>) -> anyhow::Result<Paired> {
    let own = named.is_empty().then(|| keys.folder()).flatten();
    match keys.settings.clone().or(own) {
        Some(folder) => Paired::open(&folder, named)
            .with_context(|| format!("không dùng được thư mục thiết lập {}", folder.display())),
        None => Ok(Paired::fixed(named)),
    }
}

/// Serves until it is told to end, and lets what is under way end for a short time: a page that is
/// open would keep it for ever.
async fn serve(
    listener: tokio::net::TcpListener,
    agent: Arc<Agent>,
    until_stdin_closes: bool,
) -> anyhow::Result<()> {
    let (tell, mut told) = tokio::sync::watch::channel(false);
    let server = axum::serve(listener, door::router(agent)).with_graceful_shutdown(async move {
        // Whoever tells is gone: that is the end as well.
        let _told = told.wait_for(|ends| *ends).await;
    });
    let mut server = std::pin::pin!(server.into_future());
    tokio::select! {
        ended = &mut server => return Ok(ended?),
        () = interrupted() => {}
        () = stdin_closes(until_stdin_closes) => {}
    }
    tell.send_replace(true);
    match tokio::time::timeout(LAST_ANSWERS, server).await {
        Ok(ended) => Ok(ended?),
        Err(_) => Ok(()),
    }
}

/// Waits for the end of standard input, where that is asked for. It is read by a thread of its own,
/// which does not keep the program from ending.
async fn stdin_closes(is_awaited: bool) {
    if !is_awaited {
        return std::future::pending().await;
    }
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _tell = tell;
        // An input that can't be read any more has ended too.
        let _read = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
    });
    let _closed = told.await;
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn list(keys: &Keys) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let survey = keys.open_patiently().survey()?;
    tell_of_modules(&survey);
    for key in &survey.keys {
        let certificate = &key.certificate;
        writeln!(
            out,
            "{}\n  {}\n  nơi cấp  {}\n  sê-ri    {}\n  đến      {}\n  khóa ở   {}",
            certificate.sha256_thumbprint(),
            certificate.subject(),
            certificate.issuer(),
            certificate.serial_hex(),
            certificate.not_after(),
            places(key),
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Modules that give trouble.
fn tell_of_modules(survey: &Survey) {
    for module in &survey.modules {
        if let Err(error) = &module.found {
            tracing::warn!(module = %module.path.display(), %error, "a module shows nothing");
        }
    }
}

/// Where a key is, the place that signs first.
fn places(key: &HeldKey) -> String {
    let places: Vec<String> = key
        .places
        .iter()
        .map(|place| match place.device() {
            Some(device) => format!("{} (số sê-ri {})", device.label, device.serial),
            None => "tệp khóa".to_owned(),
        })
        .collect();
    places.join(", ")
}

async fn check_desk(options: Check) -> anyhow::Result<ExitCode> {
    let clock = SystemClock;
    let token = options.keys.open_patiently();
    let mut devices = vec![check::check_address(options.listen).await];
    devices.extend(check::check_keys(&options.keys, &token, &clock));
    let paired = paired(&options.keys, options.pair)?;
    let desk = checkup::Desk {
        paired: &paired,
        // Keys that can't be listed have a point of their own.
        certificates: token.certificates().unwrap_or_default(),
        devices,
        clock: &clock,
    };
    let checkup = desk.check().await?;
    write!(std::io::stdout().lock(), "{}", checkup.to_text())?;
    Ok(if checkup.worst() == Mark::Bad {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn read_pin(path: &Path) -> anyhow::Result<Pin> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("không đọc được {}", path.display()))?;
    let pin = Pin::new(text.lines().next().unwrap_or_default().trim().to_owned());
    anyhow::ensure!(
        !pin.is_empty(),
        "tệp {} không có mã PIN ở dòng đầu",
        path.display()
    );
    Ok(pin)
}
