//! What this program says on its pages and in its refusals: Vietnamese is the source, English the
//! second language.
//!
//! A text stands in Vietnamese where it is used, as `{{ "Từ chối"|t }}` in a template and as
//! [`t`] in code, and is its own key in `texts/en.toml`; `cargo xtask texts` finds what is missing.
//! The page that hands a session over says in which language (`Accept-Language`); a browser that
//! opens a page here by itself says what its owner reads.

use std::any::Any;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use vanthu_wire::Language;

/// The language that a request asks for; Vietnamese where it asks for none of ours.
pub(crate) struct Asked(pub(crate) Language);

/// The language that `Accept-Language` asks for.
pub(crate) fn asked(headers: &HeaderMap) -> Language {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Language::preferred)
        .unwrap_or_default()
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(asked(&parts.headers)))
    }
}

/// The language to switch to: its tag and its own name.
pub(crate) const fn other(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Vietnamese => (Language::English.tag(), "English"),
        Language::English => (Language::Vietnamese.tag(), "Tiếng Việt"),
    }
}

/// What templates are rendered with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageValues(pub(crate) Language);

impl askama::Values for PageValues {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "language").then_some(&self.0 as &dyn Any)
    }
}

static ENGLISH: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("../texts/en.toml")).unwrap_or_default());

/// The text in the language; the Vietnamese itself where there is no translation.
pub(crate) fn t(text: &str, language: Language) -> &str {
    match language {
        Language::Vietnamese => text,
        Language::English => ENGLISH.get(text).map_or(text, String::as_str),
    }
}

/// Puts values into the `{places}` of a text. What was put in is not looked at again.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Puts a number into `{n}`. The English marks by `(s)` what is plural unless it is about one.
pub(crate) fn counted(text: &str, count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    fill(&text.replace("(s)", plural), &[("n", &count.to_string())])
}

/// The filters of the templates.
#[expect(
    missing_docs,
    clippy::inline_always,
    reason = "the attribute of askama writes such code around a filter"
)]
pub mod filters {
    use vanthu_wire::Language;

    /// `{{ "Từ chối"|t }}`: the text in the page's language.
    #[askama::filter_fn]
    pub fn t(text: impl std::fmt::Display, values: &dyn askama::Values) -> askama::Result<String> {
        let language = askama::get_value::<Language>(values, "language")
            .copied()
            .unwrap_or_default();
        Ok(super::t(&text.to_string(), language).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_catalogue_reads_and_keeps_the_places_of_each_text() {
        let read: BTreeMap<String, String> =
            toml::from_str(include_str!("../texts/en.toml")).unwrap();
        assert_eq!(read, *ENGLISH);
        let places = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
                .collect()
        };
        for (vietnamese, english) in &read {
            assert_eq!(places(vietnamese), places(english), "{vietnamese}");
        }
    }

    #[test]
    fn one_thing_is_not_said_in_the_plural() {
        let said = |count| counted(t("Ký {n} văn bản?", Language::English), count);
        assert_eq!(said(1), "Sign 1 document?");
        assert_eq!(said(12), "Sign 12 documents?");
        assert_eq!(counted("Ký {n} văn bản?", 1), "Ký 1 văn bản?");
    }

    #[test]
    fn what_is_put_into_a_text_is_not_looked_at_again() {
        let title = fill("“{title}” {n}", &[("title", "{n}"), ("n", "2")]);
        assert_eq!(title, "“{n}” 2");
        assert_eq!(fill("a { b", &[]), "a { b");
    }
}
