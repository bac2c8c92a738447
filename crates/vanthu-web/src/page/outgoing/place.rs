//! Where number, date and signature go on a PDF that was made elsewhere: found by the machine, shown
//! on the pages, moved by hand.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::outgoing::object_of;
use vanthu_app::outgoing::upload::place;
use vanthu_app::outgoing::view::{OutgoingView, view};
use vanthu_app::signing::paper::{DateForm, PaperPlaces};
use vanthu_app::{AppError, reading};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_layout::{FoundDate, FoundPlaces, PlaceOnPage, Rect};

use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::page::outgoing::{href, is_uploaded, paper, title_of};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::filters;
use crate::view::{Paper, PlaceBox, Problem, Shell, Tone};

#[derive(Template)]
#[template(path = "outgoing/place.html")]
struct PlacePage {
    shell: Shell,
    document: String,
    back: String,
    version: String,
    found: Problem,
    boxes: Vec<PlaceBox>,
    paper: Paper,
}

/// `GET /outgoing/{id}/place`
pub(super) async fn page(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let view = view(&web.app, who.caller(), &named(&id)?).await?;
    let say = Say::of(&headers, web.app.now());
    let id = &view.row.outgoing_id;
    if !view.may(Action::Edit) || !is_uploaded(&view) {
        return Ok(Redirect::to(&href(id, "edit")).into_response());
    }
    let found = found_in(&web, &view).await?;
    let title = say.t("Vị trí số, ngày và chữ ký");
    let page = PlacePage {
        document: title_of(&view, say),
        back: href(id, "edit"),
        version: view.row.version.to_string(),
        found: told(&found, say),
        boxes: boxes(&view, &found, say),
        paper: paper::paper(&web.app, who.caller(), &view, say)
            .await?
            .unwrap_or_default(),
        shell: shell::shell(&web, &who, &headers, title, "/outgoing?tile=drafts").await?,
    };
    render(&page, say.language)
}

/// `POST /outgoing/{id}/place`
pub(super) async fn save(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: OutgoingId = named(&id)?;
    let view = view(&web.app, who.caller(), &id).await?;
    who.caller().may(Action::Edit, &object_of(&view.row))?;
    let found = found_in(&web, &view).await?;
    let known = known_places(&view, &found);
    let places = PaperPlaces {
        number: read(&fields, "number", known.number)?,
        date: Some(read(&fields, "date", known.date)?),
        month: match fields.given("month_page") {
            Some(_) => Some(read(&fields, "month", known.month)?),
            None => None,
        },
        date_form: known.date_form,
        signature: read(&fields, "signature", known.signature)?,
    };
    place(&web.app, who.caller(), &id, fields.version(), places).await?;
    Ok(Redirect::to(&href(&id, "edit")).into_response())
}

/// What was found on the paper, which is searched once.
async fn found_in(web: &Web, view: &OutgoingView) -> Result<FoundPlaces, WebError> {
    let Some(blob) = paper::standing(view) else {
        return Ok(FoundPlaces::default());
    };
    Ok(reading::read(&web.app, blob).await?.places.clone())
}

/// What is known of the places.
#[derive(Debug, Clone, Copy)]
struct Known {
    number: Option<PlaceOnPage>,
    date: Option<PlaceOnPage>,
    month: Option<PlaceOnPage>,
    date_form: DateForm,
    signature: Option<PlaceOnPage>,
}

/// As they were set by hand, else as they were found.
fn known_places(view: &OutgoingView, found: &FoundPlaces) -> Known {
    let set: Option<PaperPlaces> = view
        .row
        .places
        .clone()
        .and_then(|json| serde_json::from_value(json).ok());
    match set {
        Some(places) => Known {
            number: Some(places.number),
            date: places.date,
            month: places.month,
            date_form: places.date_form,
            signature: Some(places.signature),
        },
        None => found_places(found),
    }
}

fn found_places(found: &FoundPlaces) -> Known {
    let (date, month, date_form) = match &found.date {
        Some(FoundDate::Whole { place }) => (Some(*place), None, DateForm::Whole),
        Some(FoundDate::Parts { day, month }) => (Some(*day), *month, DateForm::Words),
        Some(FoundDate::Printed) | None => (None, None, DateForm::Whole),
    };
    Known {
        number: found.number,
        date,
        month,
        date_form,
        signature: found.signature,
    }
}

fn boxes(view: &OutgoingView, found: &FoundPlaces, say: Say) -> Vec<PlaceBox> {
    let (known, found) = (known_places(view, found), found_places(found));
    let last = view.row.pages.saturating_sub(1);
    let day = if known.month.is_some() {
        say.t("Ngày")
    } else {
        say.t("Ngày ban hành")
    };
    let mut boxes = vec![
        spot(
            "number",
            say.t("Số"),
            known.number.unwrap_or(usual(160.0, 700.0, 60.0, 16.0, 0)),
            found.number,
        ),
        spot(
            "date",
            day,
            known.date.unwrap_or(usual(340.0, 700.0, 150.0, 16.0, 0)),
            found.date,
        ),
        spot(
            "signature",
            say.t("Chữ ký"),
            known
                .signature
                .unwrap_or(usual(350.0, 150.0, 150.0, 70.0, last)),
            found.signature,
        ),
    ];
    if let Some(month) = known.month {
        boxes.insert(2, spot("month", say.t("Tháng"), month, found.month));
    }
    boxes
}

fn spot(
    name: &'static str,
    title: String,
    spot: PlaceOnPage,
    found: Option<PlaceOnPage>,
) -> PlaceBox {
    PlaceBox {
        name,
        title,
        page: spot.page + 1,
        x: tenths(spot.rect.x0),
        y: tenths(spot.rect.y0),
        w: tenths(spot.rect.width()),
        h: tenths(spot.rect.height()),
        standard: found.map_or_else(String::new, |place| {
            let r = place.rect;
            let (x, y, w, h) = (
                tenths(r.x0),
                tenths(r.y0),
                tenths(r.width()),
                tenths(r.height()),
            );
            format!("{} {x} {y} {w} {h}", place.page)
        }),
    }
}

/// Where a thing usually stands, for a paper on which it was not found.
fn usual(x: f64, y: f64, w: f64, h: f64, page: u32) -> PlaceOnPage {
    PlaceOnPage {
        page,
        rect: Rect {
            x0: x,
            y0: y,
            x1: x + w,
            y1: y + h,
        },
        baseline: y + 4.0,
        size: 13.0,
        italic: false,
    }
}

/// A box of the form. Size, slope and the height above the line stay as they were known.
fn read(fields: &Fields, name: &str, known: Option<PlaceOnPage>) -> Result<PlaceOnPage, AppError> {
    let wrong = || {
        AppError::from(Refusal::new(RefusalCode::FieldMalformed).with("field", "Vị trí trên trang"))
    };
    let number = |part: &str| {
        let text = fields.get(&format!("{name}_{part}")).replace(',', ".");
        text.parse::<f64>()
            .ok()
            .filter(|value| value.is_finite())
            .ok_or_else(wrong)
    };
    let page: u32 = fields
        .get(&format!("{name}_page"))
        .parse()
        .map_err(|_| wrong())?;
    let (x, y, w, h) = (number("x")?, number("y")?, number("w")?, number("h")?);
    let mut place = usual(x, y, w, h, page.checked_sub(1).ok_or_else(wrong)?);
    place.italic = name == "date";
    if let Some(known) = known {
        place.baseline = y + (known.baseline - known.rect.y0);
        place.size = known.size;
        place.italic = known.italic;
    }
    Ok(place)
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn told(found: &FoundPlaces, say: Say) -> Problem {
    let names = [say.t("số"), say.t("ngày ban hành"), say.t("chữ ký")];
    let places = found_places(found);
    let missing: Vec<String> = names
        .into_iter()
        .zip([places.number, places.date, places.signature])
        .filter_map(|(name, place)| place.is_none().then_some(name))
        .collect();
    if missing.is_empty() {
        return Problem {
            tone: Tone::Ok,
            what: say.t("Đã tìm thấy chỗ ghi số, ngày và chữ ký trong tệp"),
            why: say.t("Đường nét đứt là vị trí máy tìm thấy theo thể thức."),
            now: say.t("Xem lại; kéo ô cho đúng nếu cần, rồi lưu."),
            ..Problem::default()
        };
    }
    Problem {
        tone: Tone::Warn,
        what: say
            .t("Chưa tìm thấy chỗ ghi: {list}")
            .replace("{list}", &missing.join(", ")),
        why: say.t("Tệp có thể là bản quét, hoặc chỗ ấy đã ghi sẵn chữ."),
        now: say.t("Kéo các ô tới đúng chỗ trên trang, rồi lưu."),
        ..Problem::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_shown_in_tenths_of_a_point() {
        assert!((tenths(155.249) - 155.2).abs() < f64::EPSILON);
    }

    #[test]
    fn a_date_printed_already_gives_no_place() {
        let found = FoundPlaces {
            date: Some(FoundDate::Printed),
            ..FoundPlaces::default()
        };
        assert!(found_places(&found).date.is_none());
    }
}
