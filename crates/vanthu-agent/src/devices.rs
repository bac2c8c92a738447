//! The page of the key devices: what is plugged in now, and which of two devices with the same certificate signs.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use vanthu_wire::{Language, Problem};

use crate::consent::random_id;
use crate::door::from_own_page;
use crate::practice::is_practice;
use crate::texts::{Asked, fill, filters, t};
use crate::token::{DeviceFacts, PinState, Place, Survey};
use crate::{Agent, page, problems};

/// A device in one line.
pub(crate) struct DeviceLine {
    pub(crate) name: String,
    /// What it tells of its PIN, unless all is well.
    pub(crate) pin: Option<&'static str>,
    pub(crate) tone: &'static str,
}

#[derive(Template)]
#[template(path = "devices.html")]
struct DevicesPage {
    language: &'static str,
    nonce: String,
    refresh: bool,
    practice: bool,
    form: String,
    problems: Vec<Problem>,
    devices: Vec<DeviceView>,
    shared: bool,
}

struct DeviceView {
    line: DeviceLine,
    serial: String,
    model: String,
    module: String,
    locked: bool,
    certificates: Vec<OnDevice>,
}

struct OnDevice {
    name: String,
    serial: String,
    thumbprint: String,
    /// Whether another device holds it too.
    shared: bool,
    /// Whether this device signs.
    chosen: bool,
}

/// The value of the newest form, used once.
#[derive(Debug, Default)]
pub(crate) struct FormValue(Mutex<Option<String>>);

impl FormValue {
    fn renew(&self) -> String {
        let value = random_id();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value.clone());
        value
    }

    /// A wrong value does not use the right one up.
    fn is_used_by(&self, value: &str) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|it| it == value).is_some()
    }
}

/// The choice of a device.
#[derive(Deserialize)]
pub(crate) struct Choice {
    form: String,
    certificate: String,
    device: String,
}

/// A device for a line of a page.
pub(crate) fn line(device: &DeviceFacts, language: Language) -> DeviceLine {
    let (pin, tone) = match device.pin {
        PinState::Fresh => (None, "ok"),
        PinState::WrongBefore => (Some(t("Lần trước mã PIN đã bị nhập sai", language)), "warn"),
        PinState::LastTry => (Some(t("Chỉ còn MỘT lần nhập mã PIN", language)), "bad"),
        PinState::Locked => (Some(t("Đã bị khóa", language)), "bad"),
    };
    let name = t("{label} (số sê-ri {serial})", language);
    DeviceLine {
        name: fill(
            name,
            &[("label", &device.label), ("serial", &device.serial)],
        ),
        pin,
        tone,
    }
}

pub(crate) async fn show(State(agent): State<Arc<Agent>>, Asked(language): Asked) -> Response {
    let survey = match agent.survey().await {
        Ok(survey) => survey,
        Err(error) => return page::message(&problems::token(language, &error), None, language),
    };
    let nonce = random_id();
    let devices = views(&survey, language);
    let page = DevicesPage {
        language: language.tag(),
        nonce: nonce.clone(),
        refresh: false,
        practice: !survey.keys.is_empty()
            && survey.keys.iter().all(|it| is_practice(&it.certificate)),
        form: agent.choosing.renew(),
        problems: survey
            .modules
            .iter()
            .filter_map(|it| {
                Some(problems::module(
                    language,
                    &it.path,
                    it.found.as_ref().err()?,
                ))
            })
            .collect(),
        shared: devices
            .iter()
            .any(|it| it.certificates.iter().any(|it| it.shared)),
        devices,
    };
    page::show(StatusCode::OK, &nonce, &page, language)
}

fn views(survey: &Survey, language: Language) -> Vec<DeviceView> {
    let mut views = Vec::new();
    for module in &survey.modules {
        for device in module.found.iter().flatten() {
            views.push(DeviceView {
                line: line(device, language),
                serial: device.serial.clone(),
                model: device.model.clone(),
                module: module.path.display().to_string(),
                locked: device.pin == PinState::Locked,
                certificates: on_device(survey, device),
            });
        }
    }
    views
}

fn on_device(survey: &Survey, device: &DeviceFacts) -> Vec<OnDevice> {
    let is_here = |place: &Place| place.device().is_some_and(|it| it.serial == device.serial);
    survey
        .keys
        .iter()
        .filter(|key| key.places.iter().any(is_here))
        .map(|key| OnDevice {
            name: key.certificate.common_name(),
            serial: key.certificate.serial_hex(),
            thumbprint: key.certificate.sha256_thumbprint(),
            shared: key.places.len() > 1,
            chosen: key.places.first().is_some_and(is_here),
        })
        .collect()
}

pub(crate) async fn choose(
    State(agent): State<Arc<Agent>>,
    Asked(language): Asked,
    headers: HeaderMap,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let again = Some("/devices".to_owned());
    let Ok(Form(choice)) = choice else {
        return page::message(&problems::bad_request(language), again, language);
    };
    if !from_own_page(&headers, agent.address) || !agent.choosing.is_used_by(&choice.form) {
        tracing::warn!("a choice of another page refused");
        return page::message(&problems::stale_form(language), again, language);
    }
    if let Err(error) = agent
        .token
        .choose(&choice.certificate, Some(&choice.device))
    {
        tracing::error!(%error, "the choice of a device could not be kept");
        return page::message(&problems::fault(language), again, language);
    }
    Redirect::to("/devices").into_response()
}
