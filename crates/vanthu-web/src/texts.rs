//! The catalogue of texts: Vietnamese is the source, English the second language.
//!
//! A text is written in Vietnamese where it is used, as `{{ "Trình ký"|t }}` in a template or
//! [`translate`] in code, and is its own key, after gettext. `texts/en.toml` holds the English;
//! `cargo xtask texts` finds what is missing or no longer used.

use std::any::Any;
use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::HeaderMap;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// The language of the page's `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// What the browser's cookie `lang` says; Vietnamese where it says nothing.
    pub fn of(headers: &HeaderMap) -> Self {
        match crate::session::cookie(headers, "lang").as_deref() {
            Some("en") => Self::English,
            _ => Self::Vietnamese,
        }
    }
}

/// What templates are rendered with.
#[derive(Debug, Clone, Copy)]
pub struct PageValues(pub Language);

impl askama::Values for PageValues {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "language").then_some(&self.0 as &dyn Any)
    }
}

static ENGLISH: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("../texts/en.toml")).unwrap_or_default());

/// The text in the language; the Vietnamese itself where there is no translation.
pub fn translate(text: &str, language: Language) -> &str {
    match language {
        Language::Vietnamese => text,
        Language::English => ENGLISH
            .get(text)
            .filter(|it| !it.is_empty())
            .map_or(text, String::as_str),
    }
}

/// The filters of the templates.
#[expect(
    missing_docs,
    clippy::inline_always,
    reason = "the attribute of askama writes such code around a filter"
)]
pub mod filters {
    use super::{Language, translate};

    /// `{{ "Trình ký"|t }}`: the text in the page's language.
    #[askama::filter_fn]
    pub fn t(text: impl std::fmt::Display, values: &dyn askama::Values) -> askama::Result<String> {
        let language = askama::get_value::<Language>(values, "language")
            .copied()
            .unwrap_or_default();
        Ok(translate(&text.to_string(), language).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_reads_and_falls_back_to_vietnamese() {
        assert!(
            toml::from_str::<HashMap<String, String>>(include_str!("../texts/en.toml")).is_ok()
        );
        assert_eq!(
            translate("Không có trong danh mục", Language::English),
            "Không có trong danh mục"
        );
    }
}
