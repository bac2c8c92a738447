//! The time-stamp service (dịch vụ cấp dấu thời gian; RFC 3161).

use std::sync::Arc;

use vanthu_domain::Clock;
use vanthu_pki::authority::TimestampAuthority;
use vanthu_pki::{Time, tsp};

use super::{Answer, tls};

/// The service gave no usable token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no time-stamp: {0}")]
pub struct StampError(pub String);

/// Gives time-stamp tokens.
pub trait TimestampService: Send + Sync {
    /// A token over a SHA-256 digest, as DER.
    fn stamp(&self, digest: [u8; 32], nonce: u64) -> Answer<'_, Result<Vec<u8>, StampError>>;
}

/// A service over HTTP (RFC 3161, section 3.4).
#[derive(Debug, Clone)]
pub struct HttpTimestamps {
    client: reqwest::Client,
    url: String,
}

impl HttpTimestamps {
    /// The service at that address; answers are waited for so many seconds.
    pub fn new(url: String, timeout_seconds: u64) -> Result<Self, StampError> {
        let client = tls::client()
            .timeout(std::time::Duration::from_secs(timeout_seconds))
            .build()
            .map_err(|e| StampError(e.to_string()))?;
        Ok(Self { client, url })
    }
}

impl TimestampService for HttpTimestamps {
    fn stamp(&self, digest: [u8; 32], nonce: u64) -> Answer<'_, Result<Vec<u8>, StampError>> {
        Box::pin(async move {
            let failed = |e: reqwest::Error| StampError(e.to_string());
            let request = tsp::request(&digest, Some(nonce));
            let response = self
                .client
                .post(&self.url)
                .header("content-type", "application/timestamp-query")
                .body(request)
                .send()
                .await
                .and_then(reqwest::Response::error_for_status)
                .map_err(failed)?;
            let body = response.bytes().await.map_err(failed)?;
            let token = tsp::parse_response(&body).map_err(|e| StampError(e.to_string()))?;
            tsp::verify_answer(&token, &digest, Some(nonce), &[])
                .map_err(|e| StampError(e.to_string()))?;
            Ok(token)
        })
    }
}

/// The practice authority's service, in this process.
#[derive(Clone)]
pub struct PracticeTimestamps {
    /// The authority.
    pub authority: Arc<TimestampAuthority>,
    /// The clock it stamps by.
    pub clock: Arc<dyn Clock>,
}

impl TimestampService for PracticeTimestamps {
    fn stamp(&self, digest: [u8; 32], nonce: u64) -> Answer<'_, Result<Vec<u8>, StampError>> {
        Box::pin(async move {
            let now = Time::from_unix(self.clock.now().unix_seconds());
            let request = tsp::parse_request(&tsp::request(&digest, Some(nonce)))
                .map_err(|e| StampError(e.to_string()))?;
            self.authority
                .token(&request, now, u128::from(nonce))
                .map_err(|e| StampError(e.to_string()))
        })
    }
}
