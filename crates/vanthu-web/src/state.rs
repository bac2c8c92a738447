//! What every handler has at hand.

use std::sync::Arc;

use vanthu_app::App;

pub use crate::page::verify::kept::KeptReports;
use crate::security::RateLimit;

/// The shared state of the routes; cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The actions.
    pub app: Arc<App>,
    /// The limits per address.
    pub limits: Arc<Limits>,
    /// What was found about files that anybody had checked.
    pub reports: Arc<KeptReports>,
}

/// How often one address may ask.
#[derive(Debug)]
pub struct Limits {
    /// All requests.
    pub requests: RateLimit,
    /// Sign-ins.
    pub sign_ins: RateLimit,
    /// Files that the government's tool fetches and brings.
    pub tool: RateLimit,
}

impl Web {
    /// Over the actions, with the usual limits.
    pub fn new(app: Arc<App>) -> Self {
        let limits = Limits {
            requests: RateLimit::new(6000, 60),
            sign_ins: RateLimit::new(120, 60),
            tool: RateLimit::new(120, 60),
        };
        Self {
            app,
            limits: Arc::new(limits),
            reports: Arc::default(),
        }
    }
}
