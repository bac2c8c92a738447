//! `vanthu-agent check` (kiểm tra máy ký): is everything here that signing needs, and if not, what
//! to do.

mod device;

use std::net::SocketAddr;
use std::path::Path;

use jiff::Timestamp;
use vanthu_pki::Certificate;

use crate::clock::{Clock, vietnamese};
use crate::examine::moment;
use crate::keys::Keys;
use crate::practice::is_practice;
use crate::token::{SoftToken, Token};
use crate::{Origin, server};

/// A clock that is further off than this makes signatures look wrong.
const MOST_CLOCK_OFFSET_S: i64 = 60;
const SOON_DAYS: i64 = 30;

/// How one point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Good,
    /// Works, but not for long or not for everything.
    Warning,
    /// Signing will fail.
    Bad,
}

/// One point that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// A short code to tell the helpdesk.
    pub code: &'static str,
    /// How it stands.
    pub mark: Mark,
    /// What was found.
    pub found: String,
    /// What to do, unless it is good.
    pub now: Option<String>,
}

impl Point {
    fn good(code: &'static str, found: String) -> Self {
        Self {
            code,
            mark: Mark::Good,
            found,
            now: None,
        }
    }

    fn other(code: &'static str, mark: Mark, found: String, now: &str) -> Self {
        Self {
            code,
            mark,
            found,
            now: Some(now.to_owned()),
        }
    }
}

/// Checks the key files, the modules, the devices and every certificate.
///
/// `token` is what was opened of `keys`: a module that is loaded twice would be ended by one while the other one signs.
pub fn check_keys(keys: &Keys, token: &dyn Token, clock: &dyn Clock) -> Vec<Point> {
    let files = keys.files().map(|folder| {
        let token = SoftToken::new(&folder, None);
        check_files(&token, &folder, keys.keys.is_some(), clock)
    });
    let mut points = files.unwrap_or_default();
    points.extend(device::check(token, clock, !points.is_empty()));
    points
}

/// The usual folder may be empty: devices need no key file.
fn check_files(token: &SoftToken, folder: &Path, is_named: bool, clock: &dyn Clock) -> Vec<Point> {
    let files = match token.files() {
        Ok(files) if files.is_empty() && !is_named => return Vec::new(),
        Ok(files) if files.is_empty() => {
            return vec![Point::other(
                "keys",
                Mark::Bad,
                format!("Không có tệp khóa nào trong {}", folder.display()),
                "Chép tệp khóa .p12 và chứng thư .pem cùng tên vào thư mục này.",
            )];
        }
        Ok(files) => files,
        Err(error) => {
            return vec![Point::other(
                "keys",
                Mark::Bad,
                format!("Không đọc được thư mục khóa: {error}"),
                "Kiểm tra đường dẫn và quyền đọc thư mục.",
            )];
        }
    };
    files
        .iter()
        .map(|(path, certificate)| match certificate {
            Some(certificate) => check_certificate(certificate, clock.now()),
            None => Point::other(
                "certificate",
                Mark::Bad,
                format!("{} không có chứng thư bên cạnh", path.display()),
                "Đặt chứng thư (.pem, .crt hoặc .cer) cùng tên cạnh tệp khóa.",
            ),
        })
        .collect()
}

fn check_certificate(certificate: &Certificate, now: Timestamp) -> Point {
    let (from, until) = (
        moment(certificate.not_before()),
        moment(certificate.not_after()),
    );
    let days = until.duration_since(now).as_hours() / 24;
    let name = certificate.common_name();
    let practice = if is_practice(certificate) {
        " (thực hành)"
    } else {
        ""
    };
    if until < now {
        Point::other(
            "certificate",
            Mark::Bad,
            format!("{name}{practice}: hết hạn lúc {}", vietnamese(until)),
            "Đề nghị gia hạn hoặc cấp chứng thư mới qua đầu mối quản lý thuê bao.",
        )
    } else if from > now {
        Point::other(
            "certificate",
            Mark::Bad,
            format!("{name}{practice}: có hiệu lực từ {}", vietnamese(from)),
            "Kiểm tra đồng hồ của máy; nếu đúng, chờ đến ngày có hiệu lực.",
        )
    } else if days < SOON_DAYS {
        Point::other(
            "certificate",
            Mark::Warning,
            format!("{name}{practice}: còn {days} ngày"),
            "Đề nghị gia hạn ngay, trước khi chứng thư hết hạn.",
        )
    } else {
        Point::good("certificate", format!("{name}{practice}: còn {days} ngày"))
    }
}

/// Checks whether the agent runs, or could.
pub async fn check_address(address: SocketAddr) -> Point {
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => Point::other(
            "agent",
            Mark::Warning,
            format!("Thiết bị ký chưa chạy ở {address}"),
            "Chạy vanthu-agent run.",
        ),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Point::good("agent", format!("Có chương trình đang nghe ở {address}"))
        }
        Err(error) => Point::other(
            "agent",
            Mark::Bad,
            format!("Không nghe được ở {address}: {error}"),
            "Chọn một cổng khác bằng --listen.",
        ),
    }
}

/// Checks whether a paired server answers, and how far its clock is from this one.
pub async fn check_server(origin: &Origin, clock: &dyn Clock) -> Point {
    let unreachable = |why: String| {
        Point::other(
            "server",
            Mark::Bad,
            format!("{origin} không trả lời{why}"),
            "Kiểm tra mạng và địa chỉ sau --pair.",
        )
    };
    let Ok(client) = server::client() else {
        return unreachable(String::new());
    };
    let answer = match client.get(origin.as_str()).send().await {
        Ok(answer) => answer,
        Err(error) => return unreachable(format!(": {error}")),
    };
    let date = answer
        .headers()
        .get("date")
        .and_then(|date| date.to_str().ok());
    let theirs = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    match theirs.map(|theirs| clock.now().duration_since(theirs.timestamp()).as_secs()) {
        Some(offset) if offset.abs() > MOST_CLOCK_OFFSET_S => Point::other(
            "clock",
            Mark::Warning,
            format!("{origin} trả lời, nhưng đồng hồ máy này lệch {offset} giây"),
            "Bật đồng bộ thời gian của máy.",
        ),
        Some(offset) => Point::good(
            "server",
            format!("{origin} trả lời, lệch giờ {offset} giây"),
        ),
        None => Point::good("server", format!("{origin} trả lời")),
    }
}
