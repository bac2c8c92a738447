//! `vanthu doctor`: what an installation needs, point by point, and what to do about the rest.

use std::process::ExitCode;

use clap::Args;
use vanthu_app::checkpoint::{self, LedgerKey, public_key};
use vanthu_app::practice::{Standing, standing};
use vanthu_app::service::Health;
use vanthu_app::signing::sealer::view::{Standing as SealerStanding, look};
use vanthu_pki::Time;
use vanthu_store::{Store, blob, migrate};

use crate::output::say;
use crate::wiring::{self, Where};

/// Which installation.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    place: Where,
}

impl Doctor {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let store = self.place.open().await?;
        let mut bad = false;
        for point in [
            database(&store).await,
            tables(&store).await,
            kind(&store).await,
            contents(&store).await,
            chain(&store, &self.place).await,
        ]
        .into_iter()
        .chain(services(&self.place).await)
        .chain(sealers(&self.place).await)
        .chain(tool(&self.place))
        {
            match point {
                Ok(text) => say(format!("✓ {text}"))?,
                Err(text) => {
                    bad = true;
                    say(format!("✗ {text}"))?;
                }
            }
        }
        Ok(if bad {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

type Point = Result<String, String>;

/// Each service that holds keys answers. Nobody's key is touched.
async fn services(place: &Where) -> Vec<Point> {
    let configured = place.key_services();
    let services = match configured {
        Ok(services) => services,
        Err(error) => return vec![Err(format!("Cấu hình dịch vụ ký số: {error:#}"))],
    };
    let now = Time::from_unix(wiring::clock().now().unix_seconds());
    let mut points = Vec::new();
    for service in services.iter() {
        let name = format!("Dịch vụ ký số {} ({})", service.name, service.code);
        points.push(match service.health(now).await {
            Health::Answers => Ok(format!("{name} trả lời")),
            Health::Reached => Ok(format!(
                "{name} kết nối được; tên và mật khẩu của hệ thống sẽ được kiểm tra ở lần ký đầu"
            )),
            Health::Troubled(failure) => Err(format!(
                "{name}: {failure}. Kiểm tra địa chỉ, đường truyền và tệp khóa trong [[signing.service]]."
            )),
        });
    }
    points
}

/// Days before its end from which a certificate at the server is a trouble: a new one takes weeks.
const SOON_DAYS: i64 = 30;

/// Each device at the server answers and holds a certificate that lasts. No PIN is given to anything.
async fn sealers(place: &Where) -> Vec<Point> {
    let configured = match place.sealers() {
        Ok(sealers) => sealers,
        Err(error) => return vec![Err(format!("Cấu hình thiết bị ký tại máy chủ: {error:#}"))],
    };
    let mut points = Vec::new();
    for sealer in configured.iter() {
        points.extend(sealer_points(look(sealer, wiring::clock().now()).await));
    }
    points
}

fn sealer_points(one: SealerStanding) -> Vec<Point> {
    let name = format!("Thiết bị ký tại máy chủ {}", one.code);
    let found = match one.found {
        Ok(found) => found,
        Err(why) => {
            return vec![Err(format!(
                "{name} {why}. Kiểm tra dịch vụ vanthu-sealer, đường dẫn socket và người dùng của máy chủ."
            ))];
        }
    };
    let mut points: Vec<Point> = Vec::new();
    if found.is_stopped {
        points.push(Err(format!(
            "{name} đã dừng vì mã PIN không đúng. Kiểm tra tệp mã PIN, rồi chạy: vanthu-agent sealer resume"
        )));
    }
    for key in found.keys {
        let text = format!("{name}: {}, còn {} ngày", key.subject, key.days_left);
        points.push(if key.is_locked {
            Err(format!("{text}. Thiết bị {} đã tự khóa.", key.device))
        } else if key.days_left < SOON_DAYS {
            Err(format!("{text}. Đề nghị gia hạn chứng thư."))
        } else {
            Ok(text)
        });
    }
    for missing in found.missing {
        points.push(Err(format!(
            "{name}: không thiết bị nào giữ chứng thư {missing}. Cắm thiết bị, hoặc sửa tệp thiết lập."
        )));
    }
    points
}

/// The government's tool is on each signer's own machine: from here only what is offered can be said.
fn tool(place: &Where) -> Option<Point> {
    match place.signing_tool() {
        Ok(None) => None,
        Ok(Some(tool)) if tool.agencies.is_empty() => Some(Ok(format!(
            "Công cụ ký số của Ban Cơ yếu: cho mọi cơ quan, ở {} trên máy người ký; mỗi trình duyệt tự thử ở Tài khoản › Cách ký của tôi",
            tool.address
        ))),
        Ok(Some(tool)) => Some(Ok(format!(
            "Công cụ ký số của Ban Cơ yếu: cho {}, ở {} trên máy người ký; mỗi trình duyệt tự thử ở Tài khoản › Cách ký của tôi",
            tool.agencies.join(", "),
            tool.address
        ))),
        Err(error) => Some(Err(format!(
            "Cấu hình công cụ ký số của Ban Cơ yếu: {error:#}"
        ))),
    }
}

async fn database(store: &Store) -> Point {
    let failed = |e| format!("Cơ sở dữ liệu không trả lời: {e}. Kiểm tra dịch vụ và đường dẫn.");
    store.ping().await.map_err(failed)?;
    Ok("Cơ sở dữ liệu trả lời".to_owned())
}

async fn tables(store: &Store) -> Point {
    match migrate::is_current(store).await {
        Ok(true) => Ok("Các bảng ở phiên bản của chương trình".to_owned()),
        Ok(false) => Err("Các bảng còn ở phiên bản cũ. Chạy: vanthu migrate".to_owned()),
        Err(error) => Err(format!("Không đọc được phiên bản các bảng: {error}")),
    }
}

async fn kind(store: &Store) -> Point {
    match standing(store).await {
        Ok(Standing::Real) => Ok("Hệ thống thật".to_owned()),
        Ok(Standing::Practice) => Ok("Hệ thống thực hành".to_owned()),
        Ok(Standing::Half) => {
            Err("Hệ thống thực hành tạo dở. Chạy lại: vanthu practice".to_owned())
        }
        Ok(Standing::Empty) => {
            Err("Chưa khởi tạo. Chạy: vanthu init hoặc vanthu practice".to_owned())
        }
        Err(error) => Err(format!("Không đọc được: {error}")),
    }
}

/// Every content that a row names is there and is what its name says.
async fn contents(store: &Store) -> Point {
    let names = blob::list_named(store)
        .await
        .map_err(|e| format!("Không đọc được: {e}"))?;
    let count = names.len();
    for name in names {
        if let Err(error) = store.blobs().get(&name).await {
            return Err(format!(
                "Nội dung tệp hỏng hoặc mất: {error}. Phục hồi từ bản sao lưu."
            ));
        }
    }
    Ok(format!("{count} nội dung tệp đầy đủ và nguyên vẹn"))
}

async fn chain(store: &Store, place: &Where) -> Point {
    let unread = |e: &dyn std::fmt::Display| format!("Không đọc được sổ nhật ký: {e}");
    let file = place.ledger_key().map_err(|e| unread(&e))?;
    let key = match &file {
        Some(file) => LedgerKey::read(file).map_err(|e| unread(&e))?,
        None => None,
    };
    let proof = checkpoint::verify(store, key.as_ref(), None)
        .await
        .map_err(|e| unread(&e))?;
    if !proof.stands() {
        return Err("Sổ nhật ký không nguyên vẹn. Xem: vanthu ledger verify".to_owned());
    }
    let known = public_key(store).await.map_err(|e| unread(&e))?;
    if let (Some(file), None, Some(_)) = (&file, &key, known) {
        let file = file.display();
        return Err(format!(
            "Thiếu khóa ký điểm chốt của sổ nhật ký ({file}). Phục hồi từ bản sao lưu."
        ));
    }
    let last = proof.last.map_or(0, |last| last.seq);
    Ok(format!(
        "Sổ nhật ký nguyên vẹn ({} mục, điểm chốt cuối tại mục {last})",
        proof.ledger.entries
    ))
}
