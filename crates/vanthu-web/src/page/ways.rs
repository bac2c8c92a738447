//! With what one may sign: the agent, the government's tool, the device at the server, and the caller's keys at services that fit the signature.

use vanthu_app::credential::list::{self, Linked};
use vanthu_app::signing::{Means, Purpose, local, sealer};
use vanthu_app::{App, AppError, Caller};
use vanthu_domain::certificate::Holder;

use crate::page::show::Say;
use crate::texts::Counted as _;
use crate::view::SignWay;

/// How much is to be signed in one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Many {
    /// One document.
    One,
    /// Several: each way says how far one agreement goes.
    Several,
}

/// The ways, the agent first.
pub(super) async fn ways(
    app: &App,
    caller: &Caller,
    purpose: Purpose,
    many: Many,
    say: Say,
) -> Result<Vec<SignWay>, AppError> {
    let mut ways = vec![SignWay {
        value: "agent".to_owned(),
        means: Means::Agent.code(),
        text: say.t("Phần mềm ký trên máy này"),
        note: say.t("Dùng thiết bị lưu khóa cắm vào máy."),
    }];
    if local::address_for(app, caller).await?.is_some() {
        ways.push(SignWay {
            value: "tool".to_owned(),
            means: Means::Tool.code(),
            text: say.t("Công cụ ký số của Ban Cơ yếu"),
            note: match many {
                Many::One => {
                    say.t("Cần VGCA Sign Service trên máy này; mã PIN nhập ở cửa sổ của công cụ.")
                }
                Many::Several => {
                    say.t("Cần VGCA Sign Service trên máy này; công cụ hỏi lần lượt từng tệp.")
                }
            },
        });
    }
    if let Some(name) = sealer::offered(app, caller, purpose).await? {
        ways.push(SignWay {
            value: "sealer".to_owned(),
            means: Means::Sealer.code(),
            text: capital(&say.named(&name)),
            note: say.t("Xác nhận danh sách bằng mật khẩu ở trang sau; không cần cắm thiết bị."),
        });
    }
    for key in list::list(app, caller).await? {
        let for_seal = matches!(key.certificate.record.holder, Holder::Agency { .. });
        let fits = for_seal == (purpose == Purpose::Seal);
        let Some(means) = key.means.filter(|_| fits) else {
            continue;
        };
        ways.push(SignWay {
            value: key.row.credential_id.to_string(),
            means: means.code(),
            note: note(&key, means, many, say),
            text: key.service_name,
        });
    }
    Ok(ways)
}

/// The name at the beginning of a line.
pub(super) fn capital(name: &str) -> String {
    let mut rest = name.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}

fn note(key: &Linked, means: Means, many: Many, say: Say) -> String {
    let how = if means == Means::Sim {
        say.t("Nhập mã PIN trên điện thoại.")
    } else {
        say.t("Đồng ý trong ứng dụng hoặc trang của nhà cung cấp.")
    };
    if many == Many::One {
        return how;
    }
    let most = say
        .t("Mỗi lần đồng ý ký nhiều nhất {n} tệp, kể cả tệp kèm theo.")
        .counted(key.most_files);
    format!("{how} {most}")
}
