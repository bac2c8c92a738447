//! What a sealer is set up with: a file of its administrator, in which no secret stands.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use vanthu_wire::sealer::MOST_ITEMS;

const USERS: &str = "/etc/passwd";

/// The file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealerSettings {
    /// Where it listens.
    pub socket: PathBuf,
    /// The maker's module (PKCS#11).
    pub module: PathBuf,
    /// The device's serial number; without it, the one that holds the certificate.
    pub device: Option<String>,
    /// SHA-256 of the certificates that it signs with, in hexadecimal.
    pub certificates: Vec<String>,
    /// The file with the PIN on its first line; nobody else may read it.
    pub pin_file: PathBuf,
    /// The user as whom the server runs, by name or number: nobody else is answered.
    pub server_user: String,
    /// Its own folder, for its journal.
    pub state: PathBuf,
    /// Items of one batch, at most.
    #[serde(default = "two_hundred")]
    pub most_items: usize,
    /// Signatures in an hour, at most.
    #[serde(default = "six_hundred")]
    pub most_per_hour: usize,
}

const fn two_hundred() -> usize {
    200
}

const fn six_hundred() -> usize {
    600
}

/// Why a sealer can't be set up so.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The file can't be read.
    #[error("không đọc được {path}: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is not in its form.
    #[error("tệp thiết lập không đúng: {0}")]
    Form(#[from] toml::de::Error),
    /// A value can't be used.
    #[error("tệp thiết lập không đúng: {0}")]
    Value(&'static str),
    /// There is no such user.
    #[error("tệp thiết lập không đúng: không có người dùng {0:?}")]
    User(String),
}

impl SealerSettings {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(path: &Path) -> Result<Self, BadSettings> {
        let text = std::fs::read_to_string(path).map_err(|error| BadSettings::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, BadSettings> {
        let mut read: Self = toml::from_str(text)?;
        for thumbprint in &mut read.certificates {
            *thumbprint = thumbprint.replace(':', "").to_lowercase();
            if thumbprint.len() != 64 || hex::decode(&*thumbprint).is_err() {
                return Err(BadSettings::Value(
                    "certificates: mỗi chứng thư là SHA-256, 64 chữ số thập lục phân",
                ));
            }
        }
        if read.certificates.is_empty() {
            return Err(BadSettings::Value(
                "certificates: cần ít nhất một chứng thư",
            ));
        }
        let paths = [&read.socket, &read.module, &read.pin_file, &read.state];
        if paths.iter().any(|it| !it.is_absolute()) {
            return Err(BadSettings::Value("đường dẫn phải bắt đầu từ gốc (/)"));
        }
        if read.most_items == 0 || read.most_items > MOST_ITEMS || read.most_per_hour == 0 {
            return Err(BadSettings::Value(
                "most_items từ 1 đến 1000, most_per_hour từ 1",
            ));
        }
        Ok(read)
    }

    /// Whether the device with this serial number may sign.
    pub(crate) fn is_device(&self, serial: &str) -> bool {
        self.device.as_deref().is_none_or(|it| it == serial)
    }

    /// The number of the server's user.
    ///
    /// # Errors
    /// There is no such user.
    pub fn server_uid(&self) -> Result<u32, BadSettings> {
        let unknown = || BadSettings::User(self.server_user.clone());
        if let Ok(number) = self.server_user.parse() {
            return Ok(number);
        }
        let users = std::fs::read_to_string(USERS).map_err(|_| unknown())?;
        uid_in(&users, &self.server_user).ok_or_else(unknown)
    }
}

/// The number of a user in the text of `/etc/passwd`.
fn uid_in(users: &str, name: &str) -> Option<u32> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_it = fields.next() == Some(name);
        let uid = fields.nth(1)?;
        is_it.then(|| uid.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        socket = "/run/vanthu-sealer/socket"
        module = "/usr/lib/maker.so"
        certificates = ["PRINT"]
        pin_file = "/run/credentials/vanthu-sealer.service/pin"
        server_user = "vanthu"
        state = "/var/lib/vanthu-sealer"
    "#;

    fn read(from: &str, to: &str) -> Result<SealerSettings, BadSettings> {
        let whole = if from.is_empty() {
            WHOLE.to_owned()
        } else {
            WHOLE.replace(from, to)
        };
        SealerSettings::parse(&whole.replace("PRINT", &"AB:".repeat(32)))
    }

    #[test]
    fn a_file_is_read_and_slips_of_the_pen_are_refused() {
        let good = read("", "").unwrap();
        assert_eq!(good.certificates, ["ab".repeat(32)]);
        assert_eq!((good.most_items, good.most_per_hour), (200, 600));
        assert!(good.is_device("anything"));
        let one = read("state =", "device = \"0123\"\nstate =").unwrap();
        assert!(one.is_device("0123") && !one.is_device("3210"));
        for (from, to) in [
            ("socket =", "sockett ="),
            ("PRINT", "PRINTab"),
            ("PRINT", "xy"),
            ("[\"PRINT\"]", "[]"),
            ("\"/usr", "\"usr"),
            ("state =", "most_items = 0\nstate ="),
            ("state =", "most_items = 2000\nstate ="),
            ("state =", "pin = \"123456\"\nstate ="),
        ] {
            assert!(read(from, to).is_err(), "{to}");
        }
    }

    #[test]
    fn a_user_is_found_by_name_and_by_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nvanthu:x:990:985::/nonexistent:/bin/false\n";
        assert_eq!(uid_in(users, "vanthu"), Some(990));
        assert_eq!(uid_in(users, "vanth"), None);
        let number = read("\"vanthu\"", "\"1234\"").unwrap();
        assert_eq!(number.server_uid().unwrap(), 1234);
        let nobody = read("\"vanthu\"", "\"nobody of this name\"").unwrap();
        assert!(nobody.server_uid().is_err());
    }
}
