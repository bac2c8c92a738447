//! Logs, on the standard error. `RUST_LOG` chooses how much; the default is what an operator wants
//! to know.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Begins to log.
pub(crate) fn start() {
    let quiet = || EnvFilter::new("info,sqlx=warn,sea_orm=warn,hyper=warn");
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| quiet()))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
