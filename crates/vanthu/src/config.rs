//! The configuration file of a real installation (TOML). A key that is not known is refused, so
//! that a slip of the pen does not go unnoticed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

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
    /// Certificates between anchors and signers.
    #[serde(default)]
    pub(crate) intermediates: Vec<PathBuf>,
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
    fn exactly_one_database_is_named() {
        let both = WHOLE.replace("[storage]", "[storage]\ndatabase_file = \"url\"");
        assert!(read(&both).is_err());
    }
}
