//! The catalogue of texts: Vietnamese is the source, English the second language.
//!
//! A text is written in Vietnamese where it is used, as `{{ "Trình ký"|t }}` in a template or
//! [`translate`] in code, and is its own key, after gettext. `texts/en.toml` holds the English;
//! `cargo xtask texts` finds what is missing or no longer used. What the floors below name (states,
//! kinds, acts, what refusals put into their sentences) is in `texts/en.names.toml`.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use vanthu_domain::english;
use vanthu_domain::text::fill;
use vanthu_domain::verdict::{Point, PointCode};
pub use vanthu_wire::Language;

/// The cookie in which a browser keeps the choice.
pub const LANGUAGE_COOKIE: &str = "lang";

/// What a program without cookies asks for in `Accept-Language`; Vietnamese where it names none of ours.
pub fn language_of_program(headers: &HeaderMap) -> Language {
    headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Language::preferred)
        .unwrap_or_default()
}

/// What the browser's cookie `lang` says; Vietnamese where it says nothing.
pub fn language_of(headers: &HeaderMap) -> Language {
    match crate::session::cookie(headers, LANGUAGE_COOKIE).as_deref() {
        Some("en") => Language::English,
        _ => Language::Vietnamese,
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

type Catalogue = HashMap<String, String>;

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| toml::from_str(include_str!("../texts/en.toml")).unwrap_or_default());

/// What the documentation of the API says of operations, parameters and members.
static API: LazyLock<Catalogue> =
    LazyLock::new(|| toml::from_str(include_str!("../texts/en.api.toml")).unwrap_or_default());

static NAMES: LazyLock<Catalogue> =
    LazyLock::new(|| toml::from_str(include_str!("../texts/en.names.toml")).unwrap_or_default());

/// The titles of the verdict's points, which refusals and notices quote as the reason.
static TITLES: LazyLock<Catalogue> = LazyLock::new(|| {
    let points = PointCode::ALL.iter().map(|code| Point {
        code: *code,
        args: BTreeMap::new(),
    });
    points
        .map(|point| (point.title(), english::point(&point, str::to_owned).0))
        .collect()
});

/// The text in the language; the Vietnamese itself where there is no translation.
pub fn translate(text: &str, language: Language) -> &str {
    first_of([&*ENGLISH, &*NAMES], text, language)
}

/// A text about a number of things.
pub trait Counted {
    /// Puts the number into `{n}`. The English marks by `(s)` what is plural unless it is about one.
    #[must_use]
    fn counted(self, count: impl std::fmt::Display) -> String;
}

impl Counted for String {
    fn counted(self, count: impl std::fmt::Display) -> String {
        let count = count.to_string();
        let plural = if count == "1" { "" } else { "s" };
        self.replace("(s)", plural).replace("{n}", &count)
    }
}

/// Marks a text for the catalogue that is put on the page, or into the record, elsewhere.
pub const fn t(text: &'static str) -> &'static str {
    text
}

/// What the documentation of the API says, in the language.
pub fn of_api(text: &str, language: Language) -> &str {
    first_of([&*API, &*ENGLISH], text, language)
}

/// The name of a kind, a state or an act in the language: a few are also texts of buttons, which say
/// it another way (`Phát hành`: “Issue” on the button, “Issued” in the history).
pub fn name(text: &str, language: Language) -> &str {
    first_of([&*NAMES, &*ENGLISH], text, language)
}

fn first_of<'a>(catalogues: [&'a Catalogue; 2], text: &'a str, language: Language) -> &'a str {
    match language {
        Language::Vietnamese => text,
        Language::English => catalogues
            .into_iter()
            .find_map(|catalogue| catalogue.get(text).filter(|it| !it.is_empty()))
            .map_or(text, String::as_str),
    }
}

/// What a floor below put together, in the language: a name, several names, or a sentence with
/// something in it. What nobody knows, such as what a person wrote, stays as it is.
pub fn words(text: &str, language: Language) -> String {
    if language == Language::Vietnamese {
        return text.to_owned();
    }
    let known = [&*NAMES, &*ENGLISH, &*TITLES]
        .into_iter()
        .find_map(|catalogue| catalogue.get(text));
    if let Some(known) = known {
        return known.clone();
    }
    for (between, english) in [("; ", "; "), (" và ", " and "), (", ", ", ")] {
        let parts: Vec<&str> = text.split(between).collect();
        if parts.len() == 1 {
            continue;
        }
        let told: Vec<String> = parts.iter().map(|part| words(part, language)).collect();
        let all_known = parts.iter().zip(&told).all(|(part, told)| part != told);
        if all_known || between == "; " {
            return told.join(english);
        }
    }
    let filled = NAMES
        .iter()
        .filter(|(template, _)| template.contains('{'))
        .find_map(|(template, english)| Some(fill(english, &taken_out(template, text)?)));
    filled.unwrap_or_else(|| text.to_owned())
}

/// What stands in the places of a template, where the text was made from it.
fn taken_out(template: &str, text: &str) -> Option<BTreeMap<String, String>> {
    let (start, mut template) = template.split_once('{')?;
    let mut text = text.strip_prefix(start)?;
    let mut found = BTreeMap::new();
    loop {
        let (name, after) = template.split_once('}')?;
        let (literal, next) = after
            .split_once('{')
            .map_or((after, None), |(literal, next)| (literal, Some(next)));
        let (value, rest) = match next {
            None => (text.strip_suffix(literal)?, ""),
            Some(_) => text.split_once(literal)?,
        };
        if value.is_empty() {
            return None;
        }
        found.insert(name.to_owned(), value.to_owned());
        match next {
            None => return Some(found),
            Some(next) => (template, text) = (next, rest),
        }
    }
}

/// An article that a rule rests on, in the language. Numbers and notations stay; so do the names
/// that only their own language has.
pub fn citation(article: &str, language: Language) -> String {
    if language == Language::Vietnamese {
        return article.to_owned();
    }
    let mut text = article.to_owned();
    while let (Some(open), Some(close)) = (text.find(" ("), text.find(')')) {
        if close < open {
            break;
        }
        text.replace_range(open..=close, "");
    }
    for (vietnamese, english) in CITED {
        text = text.replace(vietnamese, english);
    }
    text
}

/// The words of citations, the longer ones first.
const CITED: &[(&str, &str)] = &[
    (
        "Luật Giao dịch điện tử 2023",
        "Law on Electronic Transactions 2023",
    ),
    ("Bộ luật Dân sự 2015", "Civil Code 2015"),
    (
        "Hợp đồng với nhà cung cấp dịch vụ chứng thực chữ ký số",
        "Contract with the provider of certification services",
    ),
    (
        "Quy chế áp dụng của cơ quan, mục ",
        "Regulation profile of the agency, section ",
    ),
    (
        "Quy chế quản lý chữ ký số của địa phương, phần quản lý thiết bị lưu khóa",
        "Local regulation on digital signatures, part on key devices",
    ),
    ("thư điện tử công vụ", "official e-mail"),
    ("dung lượng tệp", "size of files"),
    ("đặt tên tệp", "names of files"),
    ("định dạng tệp", "types of files"),
    (
        "Quy tắc kết nối của hệ thống",
        "Rules of the system for connections",
    ),
    (
        "Quy tắc vận hành của hệ thống",
        "Rules of the system for its operation",
    ),
    ("Nghị định ", "Decree "),
    ("Quyết định ", "Decision "),
    ("Thông tư ", "Circular "),
    ("Quy chế ", "Regulation "),
    ("Luật ", "Law "),
    ("Phụ lục ", "Appendix "),
    ("Điều ", "Article "),
    ("điều ", "Article "),
    ("khoản ", "clause "),
    ("điểm ", "point "),
    ("phần ", "part "),
    ("mục ", "section "),
    (" đến ", " to "),
    (" và ", " and "),
    (" tỉnh ", " of the province "),
];

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
mod tests;
