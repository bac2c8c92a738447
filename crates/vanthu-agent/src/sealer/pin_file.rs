//! The PIN of a sealer: read from a file that nobody else may read, once for each batch, and wiped with it.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::Pin;

/// The longest PIN or password that is read.
const MOST_BYTES: u64 = 1024;
/// Read or written by anybody but the owner.
const OTHERS: u32 = 0o077;
/// The same where the system's manager has put it, which lets one more user read it by a list of its own.
const OTHERS_OF_MANAGED: u32 = 0o037;

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoPin {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is no plain file.
    #[error("it is no plain file")]
    NoFile,
    /// Others may read or write it.
    #[error("others may read it (mode {0:o}): it must be 0400")]
    Open(u32),
    /// It belongs to somebody else.
    #[error("it belongs to another user")]
    Owner,
    /// There is no PIN in it.
    #[error("its first line is empty")]
    Empty,
}

/// The PIN on the first line. The file is looked at through what was opened, so that it can't be exchanged in between.
pub(super) fn read(path: &Path) -> Result<Pin, NoPin> {
    let file = File::options()
        .read(true)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0))
        .open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(NoPin::NoFile);
    }
    let own = rustix::process::geteuid().as_raw();
    let is_managed = facts.uid() == 0 && own != 0 && is_of_manager(path);
    if facts.uid() != own && !is_managed {
        return Err(NoPin::Owner);
    }
    let others = if is_managed {
        OTHERS_OF_MANAGED
    } else {
        OTHERS
    };
    if facts.mode() & others != 0 {
        return Err(NoPin::Open(facts.mode() & 0o7777));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(2048));
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    let line = bytes.split(|it| matches!(it, b'\n' | b'\r')).next();
    let line = line.and_then(|it| std::str::from_utf8(it).ok());
    match line.map(str::trim).filter(|it| !it.is_empty()) {
        Some(pin) => Ok(Pin::new(pin.to_owned())),
        None => Err(NoPin::Empty),
    }
}

/// Whether the file lies where systemd puts credentials: the folder is named in the environment, the PIN never is.
fn is_of_manager(path: &Path) -> bool {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY");
    folder.is_some_and(|it| path.parent() == Some(Path::new(&it)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_pin_is_read_from_a_file_of_one_s_own_that_nobody_else_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pin");
        let put = |text: &[u8], mode: u32| {
            let _gone = std::fs::remove_file(&path);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            read(&path)
        };
        for text in [&b"24681357"[..], b"24681357\n", b" 24681357 \r\nmore\n"] {
            assert_eq!(put(text, 0o400).unwrap().reveal(), "24681357");
        }
        assert_eq!(put(b"1234\n", 0o600).unwrap().reveal(), "1234");
        for mode in [0o440, 0o404, 0o420, 0o644, 0o666] {
            assert!(
                matches!(put(b"1234", mode), Err(NoPin::Open(_))),
                "{mode:o}"
            );
        }
        for text in [&b""[..], b"\n1234", b"\xff\xfe"] {
            assert!(matches!(put(text, 0o400), Err(NoPin::Empty)));
        }
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(read(&link), Err(NoPin::Unreadable(_))));
        assert!(matches!(read(folder.path()), Err(NoPin::NoFile)));
        assert!(matches!(
            read(&folder.path().join("none")),
            Err(NoPin::Unreadable(_))
        ));
    }
}
