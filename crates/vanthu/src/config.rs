//! The configuration file of a real installation (TOML). A key that is not known is refused, so
//! that a slip of the pen does not go unnoticed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::time::Duration;
use vanthu_app::service::settings::ServiceSettings;
use vanthu_app::signing::local::ToolSettings;
use vanthu_app::signing::sealer::SealerSettings;
use vanthu_domain::agent::Version;
use vanthu_pki::gather::{Access, AddressPolicy, Limits, Network, Options};

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// How it is reached.
    pub(crate) server: Server,
    /// Where it keeps its things.
    pub(crate) storage: Storage,
    /// Signatures.
    pub(crate) signing: Signing,
    /// Services that tell the status of certificates.
    #[serde(default)]
    pub(crate) status: StatusServices,
    /// Signing agents.
    #[serde(default)]
    pub(crate) agents: Agents,
    /// The regulations in force.
    #[serde(default)]
    pub(crate) regulation: Regulation,
}

/// The regulations in force, beside those that come with the program.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Regulation {
    /// Files of regulation profiles; each value in them says by which article.
    #[serde(default)]
    pub(crate) profiles: Vec<PathBuf>,
}

/// Signing agents on people's machines.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agents {
    /// The oldest version that gets documents to sign, as 0.1.0; without it any does.
    pub(crate) minimum_version: Option<String>,
}

impl Agents {
    /// The same as a version.
    pub(crate) fn minimum(&self) -> anyhow::Result<Option<Version>> {
        let read = |text: &String| {
            text.parse::<Version>().with_context(|| {
                format!("[agents] minimum_version: “{text}” không phải phiên bản, như 0.1.0")
            })
        };
        self.minimum_version.as_ref().map(read).transpose()
    }
}

/// How it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// The address to listen at, usually behind a proxy that speaks TLS.
    pub(crate) listen: SocketAddr,
    /// The address under which browsers and agents reach it.
    pub(crate) public_url: String,
}

/// Where it keeps its things.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Storage {
    /// `sqlite://PATH` or `postgres://…`.
    pub(crate) database: Option<String>,
    /// A file that holds the database's URL, where that has a password in it.
    pub(crate) database_file: Option<PathBuf>,
    /// The folder of the files' contents.
    pub(crate) blobs: PathBuf,
    /// The file of the key that signs the ledger's checkpoints; `ledger.key` beside the folder of
    /// the contents where it isn't said. Programs that share a database share it too.
    pub(crate) ledger_key: Option<PathBuf>,
}

/// Signatures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signing {
    /// The time-stamp service (RFC 3161 over HTTP).
    pub(crate) timestamp_url: String,
    /// How long its answer is waited for.
    #[serde(default = "ten")]
    pub(crate) timestamp_timeout_seconds: u64,
    /// The trust anchors.
    #[serde(default, rename = "anchor")]
    pub(crate) anchors: Vec<AnchorFile>,
    /// The signed list of trust anchors.
    pub(crate) anchor_list: Option<AnchorListPlace>,
    /// Certificates between anchors and signers.
    #[serde(default)]
    pub(crate) intermediates: Vec<PathBuf>,
    /// Services that hold keys.
    #[serde(default, rename = "service")]
    pub(crate) services: Vec<ServiceSettings>,
    /// The government's signing tool, where people may sign with it.
    pub(crate) tool: Option<ToolSettings>,
    /// Key devices at the server, for agencies' seals.
    #[serde(default, rename = "sealer")]
    pub(crate) sealers: Vec<SealerSettings>,
}

/// Where signed lists of anchors are kept, and who signs them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnchorListPlace {
    /// The folder of the lists; `vanthu anchors import` puts them there.
    pub(crate) folder: PathBuf,
    /// The certificate of whoever signs them, in PEM.
    pub(crate) signer: PathBuf,
}

/// How status services are asked. The addresses stand in the certificates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StatusServices {
    /// Whether they are asked at all.
    pub(crate) online: bool,
    /// Hosts that may be asked although they lie in a private network.
    pub(crate) hosts: Vec<String>,
    /// Private networks that may be asked, as 10.20.0.0/16.
    pub(crate) networks: Vec<String>,
    /// How long one answer is waited for.
    pub(crate) timeout_seconds: u64,
    /// How long all answers about one document are waited for.
    pub(crate) total_seconds: u64,
}

impl Default for StatusServices {
    fn default() -> Self {
        Self {
            online: true,
            hosts: Vec::new(),
            networks: Vec::new(),
            timeout_seconds: 8,
            total_seconds: 20,
        }
    }
}

impl StatusServices {
    /// The same as options of the gatherer.
    pub(crate) fn options(&self) -> anyhow::Result<Options> {
        let networks = self.networks.iter().map(|it| {
            Network::parse(it)
                .with_context(|| format!("“{it}” không phải dải địa chỉ, như 10.20.0.0/16"))
        });
        Ok(Options {
            access: if self.online {
                Access::Online
            } else {
                Access::Offline
            },
            addresses: AddressPolicy {
                hosts: self.hosts.iter().map(|it| it.to_lowercase()).collect(),
                networks: networks.collect::<anyhow::Result<_>>()?,
            },
            limits: Limits {
                request_time: Duration::from_secs(self.timeout_seconds),
                total_time: Duration::from_secs(self.total_seconds),
                ..Limits::default()
            },
            ..Options::default()
        })
    }
}

/// One file with trust anchors in PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnchorFile {
    /// The file.
    pub(crate) file: PathBuf,
    /// Whose they are.
    pub(crate) kind: AnchorOf,
}

/// Whose anchors they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnchorOf {
    /// The government's authority for official signatures.
    Government,
    /// A public provider.
    Public,
}

const fn ten() -> u64 {
    10
}

impl Config {
    /// Reads the file; relative paths in it are from its own folder.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("không đọc được tệp cấu hình {}", path.display()))?;
        let mut config: Self = toml::from_str(&text)
            .with_context(|| format!("tệp cấu hình {} không đúng", path.display()))?;
        ensure!(
            config.storage.database.is_some() != config.storage.database_file.is_some(),
            "[storage]: cần đúng một trong hai khóa database và database_file"
        );
        let folder = path.parent().unwrap_or(Path::new("."));
        let signing = &mut config.signing;
        let anchors = signing.anchors.iter_mut().map(|it| &mut it.file);
        for file in anchors
            .chain(&mut signing.intermediates)
            .chain(signing.services.iter_mut().flat_map(ServiceSettings::files))
            .chain(
                signing
                    .anchor_list
                    .iter_mut()
                    .flat_map(|it| [&mut it.folder, &mut it.signer]),
            )
            .chain(&mut config.regulation.profiles)
            .chain(&mut config.storage.database_file)
            .chain(&mut config.storage.ledger_key)
            .chain(std::iter::once(&mut config.storage.blobs))
        {
            *file = folder.join(&*file);
        }
        Ok(config)
    }

    /// The file of the ledger's key.
    pub(crate) fn ledger_key(&self) -> PathBuf {
        let beside = || self.storage.blobs.with_file_name("ledger.key");
        self.storage.ledger_key.clone().unwrap_or_else(beside)
    }

    /// The database's URL.
    pub(crate) fn database_url(&self) -> anyhow::Result<String> {
        match (&self.storage.database, &self.storage.database_file) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(file)) => Ok(std::fs::read_to_string(file)
                .with_context(|| format!("không đọc được {}", file.display()))?
                .trim()
                .to_owned()),
            (None, None) => anyhow::bail!("không có khóa database"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        [server]
        listen = "127.0.0.1:8080"
        public_url = "https://vanthu.binhmau.gov.vn"
        [storage]
        database = "sqlite:///var/lib/vanthu/vanthu.db"
        blobs = "blobs"
        [signing]
        timestamp_url = "http://tsa.binhmau.gov.vn"
        [[signing.anchor]]
        file = "roots.pem"
        kind = "government"
    "#;

    fn read(text: &str) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vanthu.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path)
    }

    #[test]
    fn paths_are_from_the_files_own_folder() {
        let config = read(WHOLE).unwrap();
        assert!(config.storage.blobs.is_absolute());
        assert!(config.signing.anchors[0].file.ends_with("roots.pem"));
        assert_eq!(config.signing.timestamp_timeout_seconds, 10);
        assert!(config.database_url().unwrap().starts_with("sqlite:"));
    }

    #[test]
    fn a_key_that_is_not_known_is_refused_by_name() {
        let error = read(&WHOLE.replace("timestamp_url", "timestampurl")).unwrap_err();
        assert!(format!("{error:#}").contains("timestampurl"), "{error:#}");
        let practice = WHOLE.replace("\"government\"", "\"practice\"");
        assert!(
            read(&practice).is_err(),
            "no practice anchors in a real installation"
        );
    }

    #[test]
    fn the_oldest_agent_is_a_version_or_nothing() {
        assert_eq!(read(WHOLE).unwrap().agents.minimum().unwrap(), None);
        let with = |version: &str| {
            read(&format!(
                "{WHOLE}[agents]\nminimum_version = \"{version}\"\n"
            ))
            .unwrap()
        };
        let minimum = with("0.2.0").agents.minimum().unwrap().unwrap();
        assert_eq!(minimum.to_string(), "0.2.0");
        assert!(with("new").agents.minimum().is_err());
    }

    #[test]
    fn status_services_are_asked_within_what_is_configured() {
        let usual = read(WHOLE).unwrap().status.options().unwrap();
        assert_eq!(usual.access, Access::Online);
        assert_eq!(usual.addresses, AddressPolicy::default());
        let more = "[status]\nonline = false\nnetworks = [\"10.20.0.0/16\"]\ntimeout_seconds = 3\n";
        let options = read(&format!("{WHOLE}\n{more}"))
            .unwrap()
            .status
            .options()
            .unwrap();
        assert_eq!(options.access, Access::Offline);
        assert_eq!(options.limits.request_time, Duration::from_secs(3));
        assert!(options.addresses.permits("http://10.20.1.1/").is_ok());
        let wrong = format!("{WHOLE}\n{}", more.replace("/16", ""));
        assert!(read(&wrong).unwrap().status.options().is_err());
    }

    #[test]
    fn the_secret_of_a_service_is_a_file_beside_the_configuration() {
        let service = r#"
            [[signing.service]]
            code = "mysign"
            name = "Viettel MySign"
            kind = "mysign"
            address = "https://remotesigning.viettel.vn"
            client_id = "vanthu"
            secret_file = "mysign.secret"
            profile_id = "adss:ras:profile:001"
        "#;
        let config = read(&format!("{WHOLE}\n{service}")).unwrap();
        let one = &config.signing.services[0];
        assert!(one.secret_file.as_ref().unwrap().is_absolute());
        let in_the_file = service.replace("secret_file", "secret");
        let error = read(&format!("{WHOLE}\n{in_the_file}")).unwrap_err();
        assert!(format!("{error:#}").contains("secret"), "{error:#}");
    }

    #[test]
    fn exactly_one_database_is_named() {
        let both = WHOLE.replace("[storage]", "[storage]\ndatabase_file = \"url\"");
        assert!(read(&both).is_err());
    }
}
