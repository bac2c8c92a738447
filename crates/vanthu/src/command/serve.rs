//! `vanthu serve`: a real installation.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use tokio::net::TcpListener;
use vanthu_app::practice::{Standing, standing};
use vanthu_store::{Durability, migrate};

use crate::config::Config;
use crate::wiring;

/// What to serve.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::read(&self.config)?;
        let url = config.database_url()?;
        let store =
            wiring::open_store(&url, config.storage.blobs.clone(), Durability::Full).await?;
        let current = migrate::is_current(&store).await.unwrap_or(false);
        ensure!(
            current,
            "cơ sở dữ liệu chưa được cập nhật; hãy chạy: vanthu migrate --config …"
        );
        match standing(&store).await? {
            Standing::Real => {}
            Standing::Empty => {
                anyhow::bail!("hệ thống chưa được khởi tạo; hãy chạy: vanthu init …")
            }
            Standing::Practice | Standing::Half => {
                anyhow::bail!("cơ sở dữ liệu này là của hệ thống thực hành")
            }
        }
        let app = wiring::equipped(&config, store).await?;
        let listener = TcpListener::bind(config.server.listen)
            .await
            .with_context(|| format!("không nghe được ở {}", config.server.listen))?;
        tracing::info!(listen = %config.server.listen, url = config.server.public_url, "ready");
        wiring::serve(app, listener, wiring::interrupted()).await?;
        Ok(ExitCode::SUCCESS)
    }
}
