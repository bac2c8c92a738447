//! The fields of a submitted form, as the browser sent them.

use std::str::FromStr;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};
use vanthu_app::AppError;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::{Day, Moment};

use crate::error::WebError;

/// The fields of a form in their order. Where several forms of a page have a field of the same
/// name, each may add `--` and a word of its own (`words--2`): identifiers of a page are unique.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields by name and value.
    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    /// The trimmed value of the first field of that name; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self
            .0
            .iter()
            .find(|(key, _)| key.split("--").next() == Some(name));
        found.map_or("", |(_, value)| value.trim())
    }

    /// The trimmed value; none where it is empty.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// The value as it was typed, spaces included: passwords.
    pub(crate) fn whole(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Every value of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key.split("--").next() == Some(name))
            .map(|(_, value)| value.trim())
    }

    /// Every name and value, as they came.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The version that the page showed.
    pub(crate) fn version(&self) -> Option<i64> {
        self.get("version").parse().ok()
    }

    /// A day as date fields send it (`2026-11-25`), or as people write it (`25/11/2026`).
    pub(crate) fn day(&self, name: &str, label: &str) -> Result<Option<Day>, AppError> {
        let Some(text) = self.given(name) else {
            return Ok(None);
        };
        match day_of(text) {
            Some(day) => Ok(Some(day)),
            None => Err(Refusal::new(RefusalCode::FieldMalformed)
                .with("field", label)
                .with("why", "cần ghi ngày/tháng/năm, như 25/11/2026")
                .into()),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(pairs)| Self(pairs))
            .map_err(|_| WebError(AppError::refused(RefusalCode::RequestMalformed)).into_response())
    }
}

/// The identifier in a path. One that can't be an identifier names nothing.
pub(crate) fn named<T: FromStr>(text: &str) -> Result<T, WebError> {
    text.parse()
        .map_err(|_| AppError::refused(RefusalCode::NotFound).into())
}

/// A day in either way of writing.
pub(crate) fn day_of(text: &str) -> Option<Day> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let mut parts = text.splitn(3, '/');
        let day = parts.next()?.trim().parse().ok()?;
        let month = parts.next()?.trim().parse().ok()?;
        let year = parts.next()?.trim().parse().ok()?;
        Day::new(year, month, day)
    })
}

/// A moment as its field sends it: `2026-11-25T08:30`, in the time of Vietnam.
pub(crate) fn moment_of(text: &str) -> Option<Moment> {
    let (day, time) = text.trim().split_once('T')?;
    let day: Day = day.parse().ok()?;
    let mut parts = time.split(':');
    let (hour, minute): (u16, u16) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (hour < 24 && minute < 60).then(|| day.at_minute(hour * 60 + minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_the_time_of_vietnam() {
        let at = moment_of("2026-11-25T08:30").unwrap();
        assert_eq!(at, Day::new(2026, 11, 25).unwrap().at_minute(510));
        assert_eq!(moment_of("2026-11-25T08:30:59"), Some(at));
        for wrong in [
            "",
            "2026-11-25",
            "2026-11-25T24:00",
            "2026-11-25T08:60",
            "T08:30",
            "x",
        ] {
            assert_eq!(moment_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn fields_with_a_word_of_their_own_are_found_by_their_name() {
        let fields = Fields::of(&[("words--2", " Đã trả lời "), ("to", "a"), ("to", "b")]);
        assert_eq!(fields.get("words"), "Đã trả lời");
        assert_eq!(fields.all("to").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(fields.given("none"), None);
    }

    #[test]
    fn days_are_read_as_browsers_and_as_people_write_them() {
        let day = Day::new(2026, 11, 25);
        assert_eq!(day_of("2026-11-25"), day);
        assert_eq!(day_of("25/11/2026"), day);
        assert_eq!(day_of("31/11/2026"), None);
        assert_eq!(day_of("mai"), None);
    }
}
