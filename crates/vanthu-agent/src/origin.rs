//! The address of a server, as a browser writes it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// The origin of a server: scheme, host and port, as a browser writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// Why a text is no origin that this agent can be paired with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOrigin {
    /// Not `https://host[:port]`, nor `http` on this computer.
    #[error("địa chỉ máy chủ phải có dạng https://tên-máy[:cổng], không kèm đường dẫn")]
    Form,
    /// Plain HTTP to another computer would carry one-time secrets in the open.
    #[error("máy chủ ở máy khác phải dùng https; http chỉ dùng cho địa chỉ của chính máy này")]
    NotEncrypted,
}

impl Origin {
    /// As a browser writes it: no path, no default port.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let url = Url::parse(text).map_err(|_| NotAnOrigin::Form)?;
        let plain = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host_str().ok_or(NotAnOrigin::Form)?;
        match url.scheme() {
            "https" | "http" if !plain => Err(NotAnOrigin::Form),
            "https" => Ok(Self(url.origin().ascii_serialization())),
            "http" if is_this_computer(host) => Ok(Self(url.origin().ascii_serialization())),
            "http" => Err(NotAnOrigin::NotEncrypted),
            _ => Err(NotAnOrigin::Form),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        text.parse()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_this_computer(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_do() {
        for (text, origin) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://LOCALHOST:80/", "http://localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            (
                "https://vanthu.binhmau.example:443",
                "https://vanthu.binhmau.example",
            ),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), origin);
        }
    }

    #[test]
    fn a_path_a_password_or_another_scheme_is_refused() {
        for text in [
            "http://127.0.0.1/a",
            "https://u:p@a.example",
            "ftp://a.example",
            "a",
            "",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NotAnOrigin::Form), "{text}");
        }
    }

    #[test]
    fn another_computer_needs_encryption() {
        assert_eq!(
            "http://10.0.0.5:8080".parse::<Origin>(),
            Err(NotAnOrigin::NotEncrypted)
        );
        let fooled = "http://127.0.0.1.example:80".parse::<Origin>();
        assert_eq!(fooled, Err(NotAnOrigin::NotEncrypted));
    }
}
