//! The time-stamp service that a command uses: the one named, the configuration's, or a practice installation's.

use std::sync::Arc;

use clap::Args;
use vanthu_app::port::{HttpTimestamps, TimestampService};

use crate::command::trust::Ground;
use crate::told::Told;
use crate::wiring;

/// Which time-stamp service.
#[derive(Debug, Args)]
pub(crate) struct StampArgs {
    /// Time-stamp service (RFC 3161 over HTTP).
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
    /// How long its answer is waited for, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    tsa_timeout: u64,
}

/// A service that can be asked.
pub(crate) struct Stamps(Arc<dyn TimestampService>);

impl StampArgs {
    /// The service; `None` where nothing names one.
    pub(crate) fn service(&self, ground: &Ground) -> anyhow::Result<Option<Stamps>> {
        let named = self.tsa.clone();
        let configured = || {
            let config = ground.config.as_ref()?;
            Some(config.signing.timestamp_url.clone())
        };
        if let Some(practice) = ground.practice.as_ref().filter(|_| named.is_none()) {
            return Ok(Some(Stamps(Arc::new(practice.timestamps()))));
        }
        let Some(url) = named.or_else(configured) else {
            return Ok(None);
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Told::usage(format!("Không dùng được địa chỉ {url}."))
                .because("dịch vụ cấp dấu thời gian được hỏi qua http:// hoặc https://")
                .into());
        }
        let service = HttpTimestamps::new(url, self.tsa_timeout)?;
        Ok(Some(Stamps(Arc::new(service))))
    }
}

impl Stamps {
    /// A token over a SHA-256 digest, with the nonce that was asked with.
    pub(crate) async fn stamp(&self, digest: [u8; 32]) -> Result<(Vec<u8>, u64), Told> {
        let nonce = u64::try_from(wiring::randomness().u128() >> 65).unwrap_or(1);
        match self.0.stamp(digest, nonce).await {
            Ok(token) => Ok((token, nonce)),
            Err(error) => Err(Told::failed("Không lấy được dấu thời gian.")
                .because(error)
                .now("Kiểm tra --tsa và đường mạng rồi chạy lại; chưa ghi tệp nào.")),
        }
    }
}

/// The service is needed for what was asked.
pub(crate) fn needed<'s>(stamps: Option<&'s Stamps>, level: &str) -> Result<&'s Stamps, Told> {
    stamps.ok_or_else(|| {
        Told::usage(format!("Mức {level} cần dịch vụ cấp dấu thời gian."))
            .now("Thêm --tsa URL, hoặc --config có timestamp_url.")
    })
}
