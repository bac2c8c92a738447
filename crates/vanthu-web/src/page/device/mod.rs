//! Key devices (thiết bị lưu khóa bí mật): one's own, those that wait for the head, the agency's.

mod acts;
mod list;
mod view;

use axum::routing::{get, post};
use vanthu_domain::certificate::{CertificateRecord, CertificateState};
use vanthu_domain::device::{DeviceState, DeviceTag};
use vanthu_domain::permission::Action;

use crate::page::show::Say;
use crate::route::{Asks, Route};
use crate::view::{Pill, Tone};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/devices", Asks::Person, || get(list::show)),
    Route::get("/devices/{id}", Asks::May(&[Action::ViewDevice]), || {
        get(view::show)
    }),
    Route::post(
        "/devices/{id}/ask-outside",
        Asks::May(&[Action::AskOutside]),
        || post(acts::ask_outside),
    ),
    Route::post(
        "/devices/{id}/take-back",
        Asks::May(&[Action::AskOutside]),
        || post(acts::take_back),
    ),
    Route::post(
        "/devices/{id}/take-outside",
        Asks::May(&[Action::TakeOutside]),
        || post(acts::take_outside),
    ),
    Route::post(
        "/devices/{id}/bring-back",
        Asks::May(&[Action::BringBack]),
        || post(acts::bring_back),
    ),
    Route::post(
        "/devices/{id}/suspect",
        Asks::May(&[Action::SuspectKey]),
        || post(acts::suspect),
    ),
    Route::post(
        "/devices/{id}/lift",
        Asks::May(&[Action::LiftSuspension]),
        || post(acts::lift),
    ),
    Route::post(
        "/permits/{id}/grant",
        Asks::May(&[Action::DecideOutside]),
        || post(acts::grant),
    ),
    Route::post(
        "/permits/{id}/refuse",
        Asks::May(&[Action::DecideOutside]),
        || post(acts::refuse),
    ),
];

/// How a device stands, as a mark.
fn mark(say: Say, state: &DeviceState) -> Pill {
    let tone = match state.tag() {
        DeviceTag::Held => Tone::Ok,
        DeviceTag::Outside => match state {
            DeviceState::Outside { until, .. } if say.now > *until => Tone::Bad,
            _ => Tone::Warn,
        },
        DeviceTag::Locked | DeviceTag::Suspected | DeviceTag::Lost => Tone::Bad,
        DeviceTag::InStore | DeviceTag::Returned => Tone::None,
    };
    let text = match state {
        DeviceState::Outside { until, .. } if say.now > *until => {
            say.t("Ở ngoài quá thời gian được phép")
        }
        _ => say.named(state.tag().name()),
    };
    Pill { tone, text }
}

/// A certificate in one line, with how it stands.
fn certificate(say: Say, record: &CertificateRecord) -> (String, Pill) {
    let mark = match record.state {
        CertificateState::Effective if say.now > record.not_after => Pill {
            tone: Tone::Bad,
            text: say.t("Hết hạn"),
        },
        CertificateState::Effective => Pill {
            tone: Tone::Ok,
            text: say.t("Có hiệu lực"),
        },
        CertificateState::Suspended => Pill {
            tone: Tone::Bad,
            text: say.t("Tạm dừng"),
        },
        CertificateState::Revoked => Pill {
            tone: Tone::Bad,
            text: say.t("Đã thu hồi"),
        },
    };
    (format!("{} · {}", record.serial, record.subject), mark)
}
