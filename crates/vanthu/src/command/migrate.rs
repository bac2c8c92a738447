//! `vanthu migrate`: tables up to date.

use std::process::ExitCode;

use clap::Args;

use crate::output::say;
use crate::wiring::{self, Where};

/// Which database.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    place: Where,
}

impl Migrate {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let store = self.place.open().await?;
        let done = wiring::migrate(&store).await?;
        match done.as_slice() {
            [] => say("Cơ sở dữ liệu đã ở phiên bản mới nhất.")?,
            numbers => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                say(format!("Đã áp dụng thay đổi số {}.", numbers.join(", ")))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
