//! "Check my signing machine" (kiểm tra máy ký): everything that signing needs, each point with what was found and
//! how to mend it, and one code that can be sent to the IT officer.
//!
//! What lies on this machine, [`crate::check`] finds. What only the server knows (its clock, its versions, its anchors,
//! whether the time-stamp service answers) is asked there with the pairing's key, and the result is told there too, so
//! that the IT officer sees it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use vanthu_pki::{Certificate, DigestAlgorithm};
use vanthu_wire::desk::{AskServer, CheckReport, Mark, Point, ServerFacts};
use vanthu_wire::{Base64, Language};

use crate::clock::{Clock, vietnamese};
use crate::kept::Pairing;
use crate::server::Server;
use crate::{Agent, Origin, Paired, check, machine};

/// A clock that is further off than this makes signatures look wrong.
const MOST_CLOCK_OFFSET_S: i64 = 60;
/// So many certificates are asked about, and so many points are told; a server takes no more.
const MOST_CERTIFICATES: usize = 100;
const MOST_POINTS: usize = 300;
/// A session asks for a check where the last one is older.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Finds what there is to say about the keys and devices of this machine.
pub type DevicePoints = Arc<dyn Fn() -> Vec<check::Point> + Send + Sync>;

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// When.
    pub at: Timestamp,
    /// Each point.
    pub points: Vec<Point>,
    /// The code to send, such as `VT-3F2A-91BC/clock=warning`.
    pub code: String,
}

/// The last check of a running agent.
#[derive(Debug, Default)]
pub(crate) struct LastCheckup(Mutex<Option<Checkup>>);

impl LastCheckup {
    pub(crate) fn get(&self) -> Option<Checkup> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, checkup: Checkup) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(checkup);
    }
}

/// What is checked.
pub struct Desk<'a> {
    /// The servers.
    pub paired: &'a Paired,
    /// The certificates whose keys are here.
    pub certificates: Vec<Certificate>,
    /// What was found about keys and devices.
    pub devices: Vec<check::Point>,
    /// What time it is.
    pub clock: &'a dyn Clock,
}

impl Desk<'_> {
    /// Checks everything, and tells each paired server.
    pub async fn check(self) -> anyhow::Result<Checkup> {
        let client = crate::server::client()?;
        let mut points = vec![point(
            "agent",
            Mark::Good,
            format!("Máy ký bản {}", machine::VERSION),
            None,
        )];
        points.extend(self.devices.iter().map(of_desk));
        let mut told = Vec::new();
        for pairing in self.paired.list() {
            let server = Server::new(client.clone(), pairing.origin.clone(), Language::Vietnamese);
            points.extend(self.ask(&server, &pairing).await);
            told.push((server, pairing));
        }
        for origin in self.paired.named() {
            points.push(of_desk(&check::check_server(origin, self.clock).await));
        }
        if self.paired.named().is_empty() && told.is_empty() {
            let now = "Trên Văn Thư, mở Tài khoản › Máy ký của tôi và bấm Ghép máy ký này.";
            points.push(point(
                "pairing",
                Mark::Bad,
                "Chưa ghép với máy chủ nào".to_owned(),
                Some(now),
            ));
        }
        let at = self.clock.now();
        let checkup = Checkup {
            at,
            code: code(at, &points),
            points,
        };
        for (server, pairing) in told {
            let report = checkup.report(self.clock.now());
            if let Err(problem) = server.report(&pairing, &report).await {
                tracing::warn!(server = %pairing.origin, code = %problem.code, "the server did not take the check");
            }
        }
        Ok(checkup)
    }

    /// What the server of a pairing says.
    async fn ask(&self, server: &Server, pairing: &Pairing) -> Vec<Point> {
        let who = format!("{} ({})", pairing.origin, pairing.login);
        let ask = AskServer {
            at: self.clock.now(),
            version: machine::VERSION.to_owned(),
            certificates: self
                .certificates
                .iter()
                .take(MOST_CERTIFICATES)
                .map(|it| Base64(it.der().to_vec()))
                .collect(),
        };
        let facts = match server.ask(pairing, &ask).await {
            Ok(facts) => facts,
            Err(problem) if &*problem.code == "agent-not-paired" => {
                let now = "Trên Văn Thư, mở Tài khoản › Máy ký của tôi và bấm Ghép máy ký này.";
                let found = format!("{who}: máy chủ không còn nhận lần ghép này");
                return vec![point("pairing", Mark::Bad, found, Some(now))];
            }
            Err(problem) => {
                let found = format!("{who}: {}", problem.title);
                let now = problem
                    .action
                    .unwrap_or_else(|| "Kiểm tra mạng, rồi kiểm tra lại.".into());
                return vec![point("server", Mark::Bad, found, Some(&now))];
            }
        };
        let mut points = vec![
            point(
                "pairing",
                Mark::Good,
                format!("{who}: ghép lúc {}", vietnamese(pairing.paired_at)),
                None,
            ),
            point(
                "server",
                Mark::Good,
                format!("{} trả lời", pairing.origin),
                None,
            ),
            of_clock(&pairing.origin, self.clock.now(), &facts),
            of_version(&facts),
            of_timestamps(&facts),
        ];
        points.extend(self.certificates.iter().zip(&facts.certificates).map(|(certificate, known)| {
            let name = certificate.common_name();
            match (known.anchored, known.on_record) {
                (true, true) => point("anchors", Mark::Good, format!("{name}: máy chủ tin cậy, gắn với tài khoản {}", pairing.login), None),
                (false, _) => point("anchors", Mark::Bad, format!("{name}: máy chủ không có điểm tin cậy của nơi cấp"), Some("Đề nghị công chức CNTT cập nhật danh sách điểm tin cậy của máy chủ (vanthu anchors import), hoặc kiểm tra lại chứng thư.")),
                (true, false) => point("anchors", Mark::Warning, format!("{name}: chưa gắn với tài khoản {}", pairing.login), Some("Nếu là chứng thư của anh/chị, đề nghị đầu mối quản lý thuê bao ghi vào tài khoản; nếu không, rút thiết bị ra.")),
            }
        }));
        points
    }
}

impl Checkup {
    /// As it is told to a server.
    fn report(&self, at: Timestamp) -> CheckReport {
        CheckReport {
            at,
            version: machine::VERSION.to_owned(),
            machine: machine::name(),
            system: machine::system(),
            code: self.code.split('/').next().unwrap_or_default().to_owned(),
            points: self.points.iter().take(MOST_POINTS).cloned().collect(),
        }
    }

    /// The worst of its points.
    pub fn worst(&self) -> Mark {
        self.points
            .iter()
            .map(|point| point.mark)
            .max()
            .unwrap_or(Mark::Good)
    }

    /// The lines that a terminal shows.
    pub fn to_text(&self) -> String {
        let line = |point: &Point| {
            let mark = match point.mark {
                Mark::Good => "✓",
                Mark::Warning => "!",
                Mark::Bad => "✗",
            };
            let now = point
                .now
                .as_ref()
                .map(|now| format!("    → {now}\n"))
                .unwrap_or_default();
            format!("{mark} {:<24} {}\n{now}", point.name, point.found)
        };
        let lines: String = self.points.iter().map(line).collect();
        format!("{lines}\nMã báo cáo: {}\n", self.code)
    }
}

impl Agent {
    /// Checks this machine now, tells the paired servers, and keeps the result for the page.
    pub(crate) async fn check_machine(&self) -> anyhow::Result<Checkup> {
        let devices = Arc::clone(&self.devices);
        let devices = tokio::task::spawn_blocking(move || devices()).await?;
        let desk = Desk {
            paired: &self.paired,
            // Keys that can't be listed have a point of their own.
            certificates: self.certificates().await.unwrap_or_default(),
            devices,
            clock: self.clock.as_ref(),
        };
        let checkup = desk.check().await?;
        self.last_checkup.set(checkup.clone());
        Ok(checkup)
    }

    /// Checks beside a session where the last check is old, so that whoever looks after the machines sees them as they are.
    pub(crate) fn check_if_due(self: &Arc<Self>) {
        let now = self.clock.now();
        let fresh = |last: Checkup| now.duration_since(last.at) < EVERY;
        if self.paired.list().is_empty() || self.last_checkup.get().is_some_and(fresh) {
            return;
        }
        let agent = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = agent.check_machine().await {
                tracing::warn!(%error, "the machine could not be checked");
            }
        });
    }
}

fn of_clock(origin: &Origin, now: Timestamp, facts: &ServerFacts) -> Point {
    let offset = now.duration_since(facts.now).as_secs();
    if offset.abs() > MOST_CLOCK_OFFSET_S {
        let found = format!("Đồng hồ máy này lệch {offset} giây so với {origin}");
        let now = "Bật đồng bộ thời gian tự động của máy (trên Linux: timedatectl set-ntp true).";
        point("clock", Mark::Bad, found, Some(now))
    } else {
        point(
            "clock",
            Mark::Good,
            format!("Lệch {offset} giây so với {origin}"),
            None,
        )
    }
}

fn of_version(facts: &ServerFacts) -> Point {
    let now =
        "Cập nhật phần mềm ký: tải bản mới ở trang Máy ký của tôi hoặc nhờ công chức CNTT cài.";
    let (own, shipped) = (machine::VERSION, facts.shipped_version.as_str());
    if older(own, &facts.minimum_version) {
        let found = format!(
            "Bản {own} quá cũ; máy chủ chỉ nhận từ bản {}",
            facts.minimum_version
        );
        point("version", Mark::Bad, found, Some(now))
    } else if older(own, shipped) {
        point(
            "version",
            Mark::Warning,
            format!("Bản {own}; đã có bản {shipped}"),
            Some(now),
        )
    } else {
        point(
            "version",
            Mark::Good,
            format!("Bản {own} là bản mới nhất"),
            None,
        )
    }
}

fn of_timestamps(facts: &ServerFacts) -> Point {
    if facts.timestamps {
        return point(
            "timestamps",
            Mark::Good,
            "Dịch vụ cấp dấu thời gian trả lời máy chủ".to_owned(),
            None,
        );
    }
    let found = "Máy chủ không nhận được dấu thời gian".to_owned();
    point(
        "timestamps",
        Mark::Bad,
        found,
        Some(
            "Báo công chức CNTT kiểm tra dịch vụ cấp dấu thời gian của máy chủ; chưa ký được cho đến khi dịch vụ trả lời.",
        ),
    )
}

/// Whether a version comes before another; what can't be read as three numbers comes before everything.
pub(crate) fn older(one: &str, other: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        let plain = text.split(['-', '+']).next().unwrap_or_default();
        plain
            .split('.')
            .map_while(|part| part.parse().ok())
            .collect()
    };
    numbers(one) < numbers(other)
}

fn of_desk(found: &check::Point) -> Point {
    let mark = match found.mark {
        check::Mark::Good => Mark::Good,
        check::Mark::Warning => Mark::Warning,
        check::Mark::Bad => Mark::Bad,
    };
    point(found.code, mark, found.found.clone(), found.now.as_deref())
}

fn point(code: &str, mark: Mark, found: String, now: Option<&str>) -> Point {
    Point {
        code: code.to_owned(),
        mark,
        name: name_of(code).to_owned(),
        found,
        now: now.map(str::to_owned),
    }
}

/// What a point is about, as people say it.
fn name_of(code: &str) -> &str {
    match code {
        "agent" => "Phần mềm ký",
        "version" => "Phiên bản",
        "keys" => "Tệp khóa",
        "module" => "Trình điều khiển",
        "device" => "Thiết bị lưu khóa",
        "certificate" => "Chứng thư",
        "pairing" => "Ghép với máy chủ",
        "server" => "Máy chủ",
        "clock" => "Đồng hồ",
        "anchors" => "Điểm tin cậy",
        "timestamps" => "Dấu thời gian",
        other => other,
    }
}

/// The code to send: a short name of this very result, and what is not good.
fn code(at: Timestamp, points: &[Point]) -> String {
    let all = serde_json::to_vec(points).unwrap_or_default();
    let digest = DigestAlgorithm::Sha256.digest(&[at.to_string().as_bytes(), &all].concat());
    let name = hex::encode_upper(digest.get(..4).unwrap_or_default());
    let (first, last) = name.split_at_checked(4).unwrap_or((&name, ""));
    let bad: Vec<String> = points
        .iter()
        .filter_map(|point| match point.mark {
            Mark::Good => None,
            Mark::Warning => Some(format!("{}=warning", point.code)),
            Mark::Bad => Some(format!("{}=bad", point.code)),
        })
        .collect();
    let told = if bad.is_empty() {
        "good".to_owned()
    } else {
        bad.join(",")
    };
    format!("VT-{first}-{last}/{told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> ServerFacts {
        ServerFacts {
            now: "2026-11-22T05:00:00Z".parse().unwrap(),
            shipped_version: machine::VERSION.to_owned(),
            minimum_version: "0.0.0".to_owned(),
            timestamps: true,
            certificates: Vec::new(),
        }
    }

    #[test]
    fn a_clock_a_minute_off_is_bad_either_way() {
        let origin: Origin = "https://a.example".parse().unwrap();
        for (now, mark) in [
            ("2026-11-22T05:00:59Z", Mark::Good),
            ("2026-11-22T04:59:01Z", Mark::Good),
            ("2026-11-22T05:01:01Z", Mark::Bad),
            ("2026-11-22T04:58:00Z", Mark::Bad),
        ] {
            assert_eq!(
                of_clock(&origin, now.parse().unwrap(), &facts()).mark,
                mark,
                "{now}"
            );
        }
    }

    /// Proves: AG-14.6
    #[test]
    fn an_old_version_says_so_and_a_very_old_one_can_t_sign() {
        let mut told = facts();
        assert_eq!(of_version(&told).mark, Mark::Good);
        told.shipped_version = "999.0.0".to_owned();
        assert_eq!(of_version(&told).mark, Mark::Warning);
        told.minimum_version = "998.0.0".to_owned();
        assert_eq!(of_version(&told).mark, Mark::Bad);
        assert!(older("0.9.9", "0.10.0") && !older("1.0.0", "0.10.0") && older("?", "0.0.1"));
    }

    #[test]
    fn the_code_names_what_is_not_good_and_changes_with_the_result() {
        let at = Timestamp::UNIX_EPOCH;
        let good = vec![of_timestamps(&facts())];
        let bad = vec![of_timestamps(&ServerFacts {
            timestamps: false,
            ..facts()
        })];
        assert!(code(at, &good).ends_with("/good"));
        assert!(
            code(at, &bad).ends_with("/timestamps=bad"),
            "{}",
            code(at, &bad)
        );
        assert_ne!(code(at, &good)[..12], code(at, &bad)[..12]);
    }
}
