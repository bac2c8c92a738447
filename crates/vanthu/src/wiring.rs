//! Puts an installation together and serves it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::watch;
use vanthu_app::anchors::AnchorFolder;
use vanthu_app::port::{HttpStatus, HttpTimestamps};
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::{PracticeAuthority, is_practice_anchor};
use vanthu_app::service::KeyServices;
use vanthu_app::service::settings::{Plain, ServiceSettings, Surroundings};
use vanthu_app::signing::local::{SigningTool, ToolSettings};
use vanthu_app::signing::sealer::{SealerSettings, Sealers};
use vanthu_app::system::{SystemClock, SystemRandomness};
use vanthu_app::trust::{Anchor, AnchorPurpose, Trust};
use vanthu_app::{App, Mode, Ports, checkpoint, job};
use vanthu_domain::profile::RegulationProfile;
use vanthu_domain::{Clock, Randomness};
use vanthu_pki::anchors::AnchorList;
use vanthu_pki::{Certificate, Time};
use vanthu_store::{Durability, Store, StoreOptions, migrate};
use vanthu_web::Web;

use crate::config::{AnchorOf, Config};

/// How long requests that are under way may take when the server ends.
const LAST_REQUESTS: Duration = Duration::from_secs(3);
/// How many transactions may read at the same time.
const READERS: u32 = 8;

/// Where an installation is, for commands that work on one.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Where {
    /// Configuration file of a real installation.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "database"])]
    pub(crate) config: Option<PathBuf>,
    /// Folder of a practice installation.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Database to use instead of the one in the folder: sqlite://PATH or postgres://…
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

impl Where {
    /// The file of the ledger's key, where the place says one.
    pub(crate) fn ledger_key(&self) -> anyhow::Result<Option<PathBuf>> {
        Ok(match (&self.config, &self.data) {
            (Some(file), _) => Some(Config::read(file)?.ledger_key()),
            (None, Some(data)) => Some(Folders::new(data).ledger_key()),
            (None, None) => None,
        })
    }

    /// The services that hold keys, where a configuration names some.
    pub(crate) fn key_services(&self) -> anyhow::Result<KeyServices> {
        let Some(file) = &self.config else {
            return Ok(KeyServices::default());
        };
        let config = Config::read(file)?;
        let url = &config.server.public_url;
        key_services(&config.signing.services, url, Plain::Refused)
    }

    /// The devices at the server, where a configuration names some.
    pub(crate) fn sealers(&self) -> anyhow::Result<Sealers> {
        let Some(file) = &self.config else {
            return Ok(Sealers::default());
        };
        Ok(Sealers::read(Config::read(file)?.signing.sealers)?)
    }

    /// Whether the government's tool is offered.
    pub(crate) fn signing_tool(&self) -> anyhow::Result<Option<SigningTool>> {
        let Some(file) = &self.config else {
            return Ok(None);
        };
        signing_tool(Config::read(file)?.signing.tool, Plain::Refused)
    }

    /// Opens the store, which must be there already.
    pub(crate) async fn open(&self) -> anyhow::Result<Store> {
        let (url, blobs) = match (&self.config, &self.data, &self.database) {
            (Some(file), ..) => {
                let config = Config::read(file)?;
                (config.database_url()?, config.storage.blobs)
            }
            (None, Some(data), database) => {
                let folders = Folders::new(data);
                let url = database
                    .clone()
                    .unwrap_or_else(|| sqlite_url(&folders.database()));
                (url, folders.blobs())
            }
            (None, None, Some(url)) => (url.clone(), std::env::temp_dir().join("vanthu-no-blobs")),
            (None, None, None) => bail!("cần --config, --data hoặc --database"),
        };
        if let Some(path) = url.strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap_or(path);
            ensure!(
                Path::new(path).is_file(),
                "không có cơ sở dữ liệu tại {path}"
            );
        }
        open_store(&url, blobs, Durability::Full).await
    }
}

/// The URL of an SQLite file.
pub(crate) fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// Opens a store.
pub(crate) async fn open_store(
    url: &str,
    blob_dir: PathBuf,
    durability: Durability,
) -> anyhow::Result<Store> {
    let options = StoreOptions {
        url: url.to_owned(),
        blob_dir,
        durability,
        readers: READERS,
    };
    Store::open_with(options)
        .await
        .context("không mở được cơ sở dữ liệu")
}

/// The clock of the machine.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The randomness of the machine.
pub(crate) fn randomness() -> Arc<dyn Randomness> {
    Arc::new(SystemRandomness)
}

/// A real installation with its ledger's key: see [`real`].
pub(crate) async fn equipped(config: &Config, store: Store) -> anyhow::Result<Arc<App>> {
    let app = real(config, store).await?;
    equip(&app, &config.ledger_key()).await?;
    Ok(app)
}

/// Gives an installation the key that signs its ledger's checkpoints.
pub(crate) async fn equip(app: &App, file: &Path) -> anyhow::Result<()> {
    checkpoint::equip(app, file)
        .await
        .with_context(|| format!("khóa ký điểm chốt của sổ nhật ký, {}", file.display()))
}

/// A real installation. Practice anchors are refused, and a list of anchors that is older than the one installed.
pub(crate) async fn real(config: &Config, store: Store) -> anyhow::Result<Arc<App>> {
    let trust = trust(config, &store).await?;
    let timestamps = HttpTimestamps::new(
        config.signing.timestamp_url.clone(),
        config.signing.timestamp_timeout_seconds,
    )
    .context("dịch vụ cấp dấu thời gian")?;
    let randomness = randomness();
    let status = HttpStatus::new(config.status.options()?, Arc::clone(&randomness))
        .context("dịch vụ trạng thái chứng thư")?;
    let ports = Ports {
        clock: clock(),
        randomness,
        timestamps: Arc::new(timestamps),
        revocation: Arc::new(status),
    };
    let url = config.server.public_url.clone();
    let holders = Holders {
        services: key_services(&config.signing.services, &url, Plain::Refused)?,
        tool: signing_tool(config.signing.tool.clone(), Plain::Refused)?,
        sealers: Sealers::read(config.signing.sealers.clone())?,
        profiles: own_profiles(&config.regulation.profiles)?,
    };
    let app = App::new(store, ports, trust, Mode::Real, url)?;
    holders.give(&app);
    if let Some(minimum) = config.agents.minimum()? {
        // Set once: the installation was made a moment ago.
        let _set = app.agent_minimum.set(minimum);
    }
    Ok(app)
}

/// The services that hold keys, as they are configured; their secrets are read from their files.
pub(crate) fn key_services(
    settings: &[ServiceSettings],
    public_url: &str,
    plain: Plain,
) -> anyhow::Result<KeyServices> {
    let around = Surroundings {
        public_url,
        plain,
        read: &|file| std::fs::read(file),
    };
    Ok(KeyServices::read(settings, &around)?)
}

/// The government's signing tool, as it is configured.
fn signing_tool(
    settings: Option<ToolSettings>,
    plain: Plain,
) -> anyhow::Result<Option<SigningTool>> {
    Ok(settings
        .map(|it| SigningTool::read(it, plain))
        .transpose()?)
}

/// What an installation may sign with beside the agent, and regulation profiles of its own.
pub(crate) struct Holders {
    services: KeyServices,
    tool: Option<SigningTool>,
    sealers: Sealers,
    profiles: BTreeMap<String, RegulationProfile>,
}

impl Holders {
    /// Gives them to an installation that was made a moment ago: nobody has set them yet.
    pub(crate) fn give(self, app: &App) {
        let _first = app.services.set(self.services);
        let _first = app.sealers.set(self.sealers);
        let _first = app.own_profiles.set(self.profiles);
        if let Some(tool) = self.tool {
            let _first = app.tool.set(tool);
        }
    }
}

/// The services of a practice installation: a file with `[[service]]`, `[tool]` and `[[sealer]]` as in a configuration, and
/// files of regulation profiles. Without encryption only services on this machine are asked.
pub(crate) fn practice_services(file: &Path, public_url: &str) -> anyhow::Result<Holders> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Services {
        #[serde(default)]
        service: Vec<ServiceSettings>,
        tool: Option<ToolSettings>,
        #[serde(default)]
        sealer: Vec<SealerSettings>,
        #[serde(default)]
        profiles: Vec<PathBuf>,
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("không đọc được {}", file.display()))?;
    let mut read: Services =
        toml::from_str(&text).with_context(|| format!("tệp {} không đúng", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    for named in read.service.iter_mut().flat_map(ServiceSettings::files) {
        *named = folder.join(&*named);
    }
    let profiles: Vec<PathBuf> = read.profiles.iter().map(|it| folder.join(it)).collect();
    Ok(Holders {
        services: key_services(&read.service, public_url, Plain::OnLoopback)?,
        tool: signing_tool(read.tool, Plain::OnLoopback)?,
        sealers: Sealers::read(read.sealer)?,
        profiles: own_profiles(&profiles)?,
    })
}

/// Regulation profiles of the installation's own, by code. One with the code of a profile that comes with the program goes
/// before it.
fn own_profiles(files: &[PathBuf]) -> anyhow::Result<BTreeMap<String, RegulationProfile>> {
    let mut profiles = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("không đọc được {}", file.display()))?;
        let profile = RegulationProfile::parse(&text)
            .with_context(|| format!("quy chế áp dụng {} không đúng", file.display()))?;
        let code = profile.code().to_owned();
        ensure!(
            profiles.insert(code.clone(), profile).is_none(),
            "hai tệp quy chế áp dụng cùng mã {code}"
        );
    }
    Ok(profiles)
}

/// The anchors of a configuration: the installed list, and files named beside it.
async fn trust(config: &Config, store: &Store) -> anyhow::Result<Trust> {
    let mut trust = configured(config)?;
    let Some(folder) = anchor_folder(config)? else {
        return Ok(trust);
    };
    let mut tx = store.read().await.context("cơ sở dữ liệu")?;
    let installed = folder
        .installed(&mut tx, Mode::Real)
        .await
        .context("danh sách điểm tin cậy đã cài đặt không dùng được")?;
    if let Some(list) = installed {
        add_list(&mut trust, &list);
    } else {
        tracing::warn!("no list of anchors is installed; run: vanthu anchors import");
    }
    Ok(trust)
}

/// The anchors of a configuration without its database: what a list says of itself is believed as far as its
/// signature goes.
pub(crate) fn trust_on_disk(config: &Config) -> anyhow::Result<Trust> {
    let mut trust = configured(config)?;
    if let Some(folder) = anchor_folder(config)?
        && let Some(list) = folder
            .newest(Mode::Real)
            .context("danh sách điểm tin cậy đã cài đặt không dùng được")?
    {
        add_list(&mut trust, &list);
    }
    Ok(trust)
}

fn add_list(trust: &mut Trust, list: &AnchorList) {
    if list.is_overdue(Time::from_unix(clock().now().unix_seconds())) {
        tracing::warn!(version = list.version, "the list of anchors is overdue");
    }
    let listed = Trust::of_list(list);
    trust.version = listed.version;
    trust.anchors.extend(listed.anchors);
}

/// The folder of signed lists, where the configuration names one.
pub(crate) fn anchor_folder(config: &Config) -> anyhow::Result<Option<AnchorFolder>> {
    let Some(place) = &config.signing.anchor_list else {
        return Ok(None);
    };
    let signer = certificates(&place.signer)?;
    let [signer] = signer.as_slice() else {
        bail!("{} cần đúng một chứng thư", place.signer.display());
    };
    Ok(Some(AnchorFolder::new(
        place.folder.clone(),
        signer.clone(),
    )))
}

/// The files with anchors and intermediate certificates that a configuration names.
fn configured(config: &Config) -> anyhow::Result<Trust> {
    let mut trust = Trust {
        version: "config".to_owned(),
        ..Trust::default()
    };
    for file in &config.signing.anchors {
        let purpose = match file.kind {
            AnchorOf::Government => AnchorPurpose::Government,
            AnchorOf::Public => AnchorPurpose::Public,
        };
        for certificate in certificates(&file.file)? {
            ensure!(
                !is_practice_anchor(&certificate),
                "{} là điểm tin cậy thực hành; hệ thống thật không nhận",
                file.file.display()
            );
            trust.anchors.push(Anchor::always(certificate, purpose));
        }
    }
    for file in &config.signing.intermediates {
        trust.intermediates.extend(certificates(file)?);
    }
    Ok(trust)
}

/// The practice installation.
pub(crate) async fn practice(
    store: Store,
    authority: PracticeAuthority,
    base_url: String,
    key: &Path,
) -> anyhow::Result<Arc<App>> {
    let ports = Ports {
        clock: clock(),
        randomness: randomness(),
        timestamps: Arc::new(authority.timestamps()),
        revocation: Arc::new(authority.revocation()),
    };
    let app = App::new(store, ports, authority.trust(), Mode::Practice, base_url)?;
    // It was made a moment ago: nobody has set it yet.
    let _first = app.practice.set(authority);
    equip(&app, key).await?;
    Ok(app)
}

/// The certificates of a PEM file.
pub(crate) fn certificates(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("không đọc được {}", path.display()))?;
    let found = Certificate::all_from_pem(&text)
        .with_context(|| format!("{} không phải tệp PEM đúng", path.display()))?;
    ensure!(
        !found.is_empty(),
        "{} không có chứng thư nào",
        path.display()
    );
    Ok(found)
}

/// Brings the tables up to date.
pub(crate) async fn migrate(store: &Store) -> anyhow::Result<Vec<i64>> {
    migrate::run(store, clock().now())
        .await
        .context("không cập nhật được cơ sở dữ liệu")
}

/// Serves until it is told to stop: pages, API, worker and news. What is under way is finished.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let (tell, told) = watch::channel(false);
    let worker = tokio::spawn(job::run_worker(Arc::clone(&app), told.clone()));
    let news = tokio::spawn(job::run_news(Arc::clone(&app), told.clone()));
    let routes = vanthu_web::router(Web::new(Arc::clone(&app)));
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    let mut ending = told.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that whoever tells is gone, which is the end as well.
        let _told = ending.changed().await;
    });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        () = stop => {}
        ended = &mut server => ended.context("máy chủ dừng bất thường")??,
    }
    tell.send_replace(true);
    app.events.end();
    if tokio::time::timeout(LAST_REQUESTS, &mut server)
        .await
        .is_err()
    {
        server.abort();
    }
    app.wake.notify_waiters();
    let _ended = tokio::time::timeout(LAST_REQUESTS, async { (worker.await, news.await) }).await;
    app.store.close().await.context("đóng cơ sở dữ liệu")?;
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
