//! What is done with a device.

use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::device::ask_outside::{self, AskOutside};
use vanthu_app::device::decide_outside::{Decision, decide_outside};
use vanthu_app::device::suspect::{self, Suspect};
use vanthu_app::device::{bring_back, lift as lifting, take_outside as taking, view as shown};
use vanthu_domain::Moment;
use vanthu_domain::device::Suspicion;
use vanthu_domain::id::{DeviceId, PermitId};

use super::view::refused;
use crate::act::Act;
use crate::error::WebError;
use crate::page::fields::{Fields, moment_of};
use crate::page::incoming::required;

type OnDevice = Act<DeviceId, Fields>;
type OnPermit = Act<PermitId, Fields>;

/// Asks the head.
pub(super) async fn ask_outside(act: OnDevice) -> Result<Response, WebError> {
    let given = &act.given;
    let input = match (when(given, "from", "Từ"), when(given, "until", "Đến")) {
        (Ok(from_at), Ok(until_at)) => Ok(AskOutside {
            device_id: act.id.clone(),
            from_at,
            until_at,
            place: given.get("place").to_owned(),
            reason: given.get("reason").to_owned(),
        }),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    let done = match input {
        Ok(input) => ask_outside::ask_outside(act.app(), act.caller(), input)
            .await
            .map(|_| ()),
        Err(error) => may_else(&act, error).await,
    };
    after(act, "ask-outside", done).await
}

/// Takes the request back.
pub(super) async fn take_back(act: OnDevice) -> Result<Response, WebError> {
    let done = ask_outside::take_back(act.app(), act.caller(), &act.id).await;
    after(act, "take-back", done).await
}

/// Takes the device out.
pub(super) async fn take_outside(act: OnDevice) -> Result<Response, WebError> {
    let done = taking::take_outside(act.app(), act.caller(), &act.id).await;
    after(act, "take-outside", done).await
}

/// Brings it back.
pub(super) async fn bring_back(act: OnDevice) -> Result<Response, WebError> {
    let done = bring_back::bring_back(act.app(), act.caller(), &act.id).await;
    after(act, "bring-back", done).await
}

/// Reports a suspected key.
pub(super) async fn suspect(act: OnDevice) -> Result<Response, WebError> {
    let given = &act.given;
    let noticed_at = when(given, "noticed", "Phát hiện lúc");
    let suspicion =
        Suspicion::from_code(given.get("suspicion")).ok_or_else(|| required("Nghi vấn"));
    let done = match (suspicion, noticed_at) {
        (Ok(suspicion), Ok(noticed_at)) => {
            let input = Suspect {
                device_id: act.id.clone(),
                suspicion,
                words: given.get("words").to_owned(),
                noticed_at,
            };
            suspect::suspect(act.app(), act.caller(), input)
                .await
                .map(|_| ())
        }
        (Err(error), _) | (_, Err(error)) => may_else(&act, error).await,
    };
    after(act, "suspect", done).await
}

/// Lifts the suspension.
pub(super) async fn lift(act: OnDevice) -> Result<Response, WebError> {
    let words = act.given.get("words");
    let done = lifting::lift(act.app(), act.caller(), &act.id, words).await;
    after(act, "lift", done).await
}

/// The head permits.
pub(super) async fn grant(act: OnPermit) -> Result<Response, WebError> {
    decided(act, "grant", Decision::Grant).await
}

/// The head refuses.
pub(super) async fn refuse(act: OnPermit) -> Result<Response, WebError> {
    let reason = act.given.get("reason").to_owned();
    decided(act, "refuse", Decision::Refuse(reason)).await
}

async fn decided(act: OnPermit, word: &str, decision: Decision) -> Result<Response, WebError> {
    let device_id = shown::device_of(act.app(), &act.id).await?;
    let done = decide_outside(act.app(), act.caller(), &act.id, decision).await;
    let act = Act {
        web: act.web,
        who: act.who,
        headers: act.headers,
        id: device_id,
        given: act.given,
    };
    after(act, word, done).await
}

/// What is wrong with a form matters only to whoever sees the device.
async fn may_else(act: &OnDevice, error: AppError) -> Result<(), AppError> {
    shown::view(act.app(), act.caller(), &act.id).await?;
    Err(error)
}

async fn after(
    act: OnDevice,
    word: &str,
    done: Result<(), AppError>,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/devices/{}?done={word}", act.id)).into_response()),
        Err(error) => {
            let error = WebError(error);
            refused(&act.web, &act.who, &act.headers, &act.id, &act.given, error).await
        }
    }
}

/// A moment of the form, which must be there.
fn when(given: &Fields, name: &str, label: &'static str) -> Result<Moment, AppError> {
    moment_of(given.get(name)).ok_or_else(|| required(label))
}
