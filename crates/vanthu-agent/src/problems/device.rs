//! What is said when a key device, or its module, does not do what is asked.

use std::path::Path;

use vanthu_wire::agent::Algorithm;
use vanthu_wire::{Language, Problem};

use super::{open_again, sign_the_rest};
use crate::texts::{fill, t};
use crate::token::{ModuleError, TokenError};

/// Why a key did not sign.
///
/// Clause: TG-20
pub(crate) fn token(language: Language, error: &TokenError) -> Problem {
    match error {
        TokenError::WrongPin { tries_left } => wrong_pin(language, *tries_left),
        TokenError::Locked => locked(language),
        TokenError::PinExpired => Problem::new(
            "pin-expired",
            403,
            t("Thiết bị lưu khóa đòi đổi mã PIN", language),
        )
        .because(t(
            "Thiết bị ký không ghi gì lên thiết bị lưu khóa, nên không đổi mã PIN được.",
            language,
        ))
        .now(t(
            "Đổi mã PIN bằng công cụ của nhà cung cấp thiết bị, rồi mở lại phiên ký.",
            language,
        )),
        TokenError::NotHere => Problem::new(
            "certificate-not-here",
            422,
            t("Không còn thấy khóa của chứng thư", language),
        )
        .because(t(
            "Thiết bị lưu khóa đã bị rút ra hoặc tệp khóa không còn.",
            language,
        ))
        .now(t("Cắm lại thiết bị, rồi mở lại phiên ký.", language)),
        TokenError::Removed => Problem::new(
            "device-removed",
            409,
            t("Thiết bị lưu khóa đã bị rút ra", language),
        )
        .because(t(
            "Các văn bản đã ký trước đó vẫn giữ nguyên; văn bản còn lại chưa ký.",
            language,
        ))
        .now(t(
            "Cắm lại thiết bị, rồi ký các văn bản còn lại trong một phiên mới.",
            language,
        )),
        TokenError::OtherDevice => Problem::new(
            "other-device",
            409,
            t("Một thiết bị lưu khóa khác đang được cắm", language),
        )
        .because(t(
            "Số sê-ri của thiết bị đã đổi từ khi anh/chị đồng ý ký; thiết bị mới chưa ký gì.",
            language,
        ))
        .now(t(
            "Cắm lại thiết bị, rồi ký các văn bản còn lại trong một phiên mới.",
            language,
        )),
        TokenError::SessionLost => Problem::new(
            "device-session-lost",
            409,
            t("Thiết bị lưu khóa đã đóng phiên làm việc", language),
        )
        .because(t(
            "Thiết bị bị rút ra cắm lại, khởi động lại, hoặc chương trình khác đã đăng xuất.",
            language,
        ))
        .now(sign_the_rest(language)),
        TokenError::Busy => Problem::new(
            "device-busy",
            409,
            t("Thiết bị lưu khóa đang ký một phiên khác", language),
        )
        .because(t("Mỗi lúc thiết bị chỉ ký cho một phiên.", language))
        .now(t("Chờ phiên kia xong, rồi mở lại phiên ký.", language)),
        TokenError::Silent => Problem::new(
            "device-silent",
            504,
            t("Thiết bị lưu khóa không trả lời", language),
        )
        .because(t(
            "Trình điều khiển của thiết bị không trả lời trong thời gian cho phép.",
            language,
        ))
        .now(t(
            "Rút ra, cắm lại thiết bị, rồi mở lại phiên ký.",
            language,
        )),
        TokenError::Unsupported(algorithm) => unsupported(language, *algorithm),
        TokenError::Failed(_) => Problem::new(
            "device-failed",
            502,
            t("Thiết bị lưu khóa gặp lỗi", language),
        )
        .because(t(
            "Thiết bị không ký được; xem nhật ký của thiết bị ký.",
            language,
        ))
        .now(t(
            "Rút ra, cắm lại thiết bị, rồi mở lại phiên ký.",
            language,
        )),
    }
}

/// Why a module shows no device.
pub(crate) fn module(language: Language, path: &Path, error: &ModuleError) -> Problem {
    let file = path.display().to_string();
    let (code, title, detail) = match error {
        ModuleError::Silent => (
            "module-silent",
            t("Trình điều khiển của thiết bị không trả lời", language),
            String::new(),
        ),
        ModuleError::Crashes(why) => (
            "module-crashes",
            t("Trình điều khiển của thiết bị bị hỏng", language),
            why.clone(),
        ),
        ModuleError::Module(why) => (
            "module-unusable",
            t("Không dùng được trình điều khiển của thiết bị", language),
            why.clone(),
        ),
        ModuleError::NoDevice | ModuleError::Unknown { .. } | ModuleError::Several { .. } => (
            "module-unusable",
            t("Không dùng được trình điều khiển của thiết bị", language),
            String::new(),
        ),
    };
    Problem::new(code, 502, title)
        .because(match detail.as_str() {
            "" => file,
            why => format!("{file}: {why}"),
        })
        .now(t(
            "Cài lại trình điều khiển từ trang của nhà cung cấp thiết bị, rồi chạy lại thiết bị ký.",
            language,
        ))
}

fn wrong_pin(language: Language, tries_left: Option<u32>) -> Problem {
    let stopped = t(
        "Phiên ký dừng ngay ở lần sai đầu tiên; chưa ký văn bản nào.",
        language,
    );
    let detail = match tries_left {
        Some(1) => {
            let last = t("Chỉ còn MỘT lần thử trước khi thiết bị tự khóa.", language);
            format!("{stopped} {last}")
        }
        Some(left) => {
            let left = left.to_string();
            let tries = t("Còn {left} lần thử trước khi thiết bị tự khóa.", language);
            format!("{stopped} {}", fill(tries, &[("left", &left)]))
        }
        None => stopped.to_owned(),
    };
    Problem::new("wrong-pin", 403, t("Sai mã PIN", language))
        .because(detail)
        .now(open_again(language))
}

fn locked(language: Language) -> Problem {
    Problem::new(
        "device-locked",
        403,
        t("Thiết bị lưu khóa đã bị khóa", language),
    )
    .because(t("Đã nhập sai mã PIN quá số lần cho phép.", language))
    .by(t(
        "Nghị định 68/2024/NĐ-CP, Điều 22 (khôi phục thiết bị lưu khóa bí mật)",
        language,
    ))
    .now(t(
        "Lập đề nghị khôi phục thiết bị lưu khóa bí mật, gửi đầu mối quản lý thuê bao.",
        language,
    ))
}

fn unsupported(language: Language, algorithm: Algorithm) -> Problem {
    Problem::new(
        "algorithm-unsupported",
        422,
        t("Khóa không ký được bằng thuật toán này", language),
    )
    .because(fill(
        t("Máy chủ yêu cầu thuật toán {algorithm}.", language),
        &[("algorithm", &algorithm.to_string())],
    ))
    .now(t(
        "Báo cho công chức phụ trách công nghệ thông tin.",
        language,
    ))
}
