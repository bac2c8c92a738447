//! What this machine is called, for people who look after several.

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The machine's name; empty where it has none.
pub fn name() -> String {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let told = told
        .or_else(|| variable("COMPUTERNAME"))
        .or_else(|| variable("HOSTNAME"));
    told.unwrap_or_default().trim().to_owned()
}

/// The operating system, as `Debian GNU/Linux 12 (bookworm)` or `windows`.
pub fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let pretty = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    pretty.map_or_else(
        || std::env::consts::OS.to_owned(),
        |name| name.trim_matches('"').to_owned(),
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "where an operating system keeps the machine's name"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
