//! The points about key devices: is a module there, does it run, is a device plugged in, what does it tell of its PIN.

use vanthu_wire::Language;

use super::{Mark, Point, check_certificate};
use crate::clock::Clock;
use crate::problems;
use crate::token::{DeviceFacts, PinState, Token};

/// One point for each module that gives trouble, each device and each certificate on one. Asks for no PIN.
///
/// Clause: TG-20
pub(super) fn check(token: &dyn Token, clock: &dyn Clock, has_files: bool) -> Vec<Point> {
    // What fails here is the folder of key files, which has its own point.
    let Ok(survey) = token.survey() else {
        return Vec::new();
    };
    let mut points = Vec::new();
    let mut devices = 0;
    for module in &survey.modules {
        match &module.found {
            Ok(found) => {
                devices += found.len();
                points.extend(found.iter().map(of_device));
            }
            Err(error) => {
                let problem = problems::module(Language::Vietnamese, &module.path, error);
                let found = format!("{}: {}", problem.title, problem.detail);
                let now = problem.action.unwrap_or_default();
                points.push(Point::other("module", Mark::Bad, found, &now));
            }
        }
    }
    if devices == 0 && points.is_empty() && !has_files {
        points.push(nothing(survey.modules.is_empty()));
    }
    for key in survey.keys.iter().filter(|key| key.device().is_some()) {
        points.push(check_certificate(&key.certificate, clock.now()));
    }
    points
}

fn of_device(device: &DeviceFacts) -> Point {
    let name = format!(
        "{} (số sê-ri {}, {})",
        device.label, device.serial, device.model
    );
    let pin = |mark, found: &str, now: &str| {
        Point::other("device", mark, format!("{name}: {found}"), now)
    };
    match device.pin {
        PinState::Fresh => Point::good("device", name),
        PinState::WrongBefore => pin(
            Mark::Warning,
            "lần trước mã PIN đã bị nhập sai",
            "Nhập đúng mã PIN ở lần ký tới; nhập sai nhiều lần thì thiết bị tự khóa.",
        ),
        PinState::LastTry => pin(
            Mark::Warning,
            "chỉ còn MỘT lần nhập mã PIN",
            "Chắc chắn về mã PIN rồi mới ký; nhập sai một lần nữa thì thiết bị tự khóa.",
        ),
        PinState::Locked => pin(
            Mark::Bad,
            "đã bị khóa",
            "Lập đề nghị khôi phục thiết bị lưu khóa bí mật, gửi đầu mối quản lý thuê bao.",
        ),
    }
}

fn nothing(no_module: bool) -> Point {
    if no_module {
        Point::other(
            "module",
            Mark::Bad,
            "Không thấy trình điều khiển nào của thiết bị lưu khóa".to_owned(),
            "Cài trình điều khiển của nhà cung cấp thiết bị, hoặc chỉ ra mô-đun bằng --pkcs11.",
        )
    } else {
        Point::other(
            "device",
            Mark::Bad,
            "Không thấy thiết bị lưu khóa nào đang cắm".to_owned(),
            "Cắm thiết bị lưu khóa; nếu đã cắm, thử cổng khác và xem đèn của thiết bị.",
        )
    }
}
