//! `vanthu init`: a real installation with its first agency and administrator.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use vanthu_app::installation::{FirstAdministrator, FirstAgency, Initialise, initialise};
use vanthu_app::practice::{Standing, standing};
use vanthu_domain::agency::AgencyKind;
use vanthu_store::Durability;

use crate::config::Config;
use crate::output::say;
use crate::wiring;

/// The first agency and its administrator; others are added on the pages.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Identifier code of the agency, as H99.50.
    #[arg(long, value_name = "CODE")]
    agency_code: String,
    /// Its full name.
    #[arg(long, value_name = "NAME")]
    agency_name: String,
    /// Its abbreviation in notations, as UBND.
    #[arg(long, value_name = "TEXT")]
    agency_abbreviation: String,
    /// Its kind: province-committee, department, commune-committee, special-zone,
    /// public-service-unit.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    agency_kind: AgencyKind,
    /// Its official mail address.
    #[arg(long, value_name = "ADDRESS")]
    agency_email: String,
    /// Place name on its documents.
    #[arg(long, value_name = "NAME")]
    place: String,
    /// Regulation profile, as an-giang.
    #[arg(long, value_name = "CODE")]
    profile: String,
    /// Name of the first unit, as Văn phòng.
    #[arg(long, value_name = "NAME", default_value = "Văn phòng")]
    unit: String,
    /// Abbreviation of the first unit.
    #[arg(long, value_name = "TEXT", default_value = "VP")]
    unit_abbreviation: String,
    /// Account of the administrator.
    #[arg(long, value_name = "LOGIN")]
    admin: String,
    /// The administrator's full name.
    #[arg(long, value_name = "NAME")]
    admin_name: String,
    /// The administrator's official mail address.
    #[arg(long, value_name = "ADDRESS")]
    admin_email: String,
}

impl Init {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::read(&self.config)?;
        let url = config.database_url()?;
        let store =
            wiring::open_store(&url, config.storage.blobs.clone(), Durability::Full).await?;
        wiring::migrate(&store).await?;
        ensure!(
            standing(&store).await? == Standing::Empty,
            "cơ sở dữ liệu này đã có một hệ thống; vanthu init chỉ dùng cho cơ sở dữ liệu trống"
        );
        // Refuses practice anchors and anything else that would not be served.
        let app = wiring::real(&config, store).await?;
        let first = Initialise {
            agency: FirstAgency {
                code: self.agency_code,
                name: self.agency_name,
                abbreviation: self.agency_abbreviation,
                kind: self.agency_kind,
                place_name: self.place,
                profile: self.profile,
                email: self.agency_email,
                unit: self.unit,
                unit_abbreviation: self.unit_abbreviation,
            },
            administrator: FirstAdministrator {
                login: self.admin,
                full_name: self.admin_name,
                email: self.admin_email,
            },
        };
        let password = initialise(&app, first)
            .await
            .context("không khởi tạo được")?;
        wiring::equip(&app, &config.ledger_key()).await?;
        say("Đã khởi tạo hệ thống.")?;
        say(format!(
            "Mật khẩu lần đầu của quản trị (đổi ngay khi đăng nhập): {password}"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn kind(text: &str) -> Result<AgencyKind, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|e| e.to_string())
}
