//! Where this agent keeps its settings, as each operating system has it.

use std::path::PathBuf;

const NAME: &str = "vanthu-agent";

/// The folder of this user's settings: `$XDG_CONFIG_HOME/vanthu-agent` or `~/.config/vanthu-agent`, on macOS
/// `~/Library/Application Support/vanthu-agent`, on Windows `%APPDATA%\vanthu-agent`.
pub fn folder() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        variable("APPDATA")?
    } else if cfg!(target_os = "macos") {
        variable("HOME")?
            .join("Library")
            .join("Application Support")
    } else {
        // A relative path is to be ignored (XDG Base Directory Specification).
        variable("XDG_CONFIG_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(variable("HOME")?.join(".config")))?
    };
    Some(base.join(NAME))
}

#[expect(
    clippy::disallowed_methods,
    reason = "where an operating system says which folder is the user's"
)]
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
