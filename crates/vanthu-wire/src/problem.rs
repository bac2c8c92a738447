//! The problem document (RFC 9457): what every door answers when it refuses or fails.
//!
//! A refusal says four things: what, why, by which article, and what to do now.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The media type of a problem document.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A refusal or a failure, in words for the person in front of the screen.
///
/// The texts are boxed so that a `Result` that carries one stays small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Address of the page that explains the code: `/errors/<code>`.
    #[serde(rename = "type", default)]
    pub kind: Box<str>,
    /// What happened.
    #[serde(default)]
    pub title: Box<str>,
    /// Why.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub detail: Box<str>,
    /// The article that says so (điều, khoản), where a law or a regulation does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Box<str>>,
    /// What to do now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Box<str>>,
    /// The HTTP status of the answer.
    #[serde(default)]
    pub status: u16,
    /// The stable code, in kebab case, never reused.
    #[serde(default)]
    pub code: Box<str>,
}

impl Problem {
    /// A problem with its code, status and what happened; the rest is added by the methods below.
    pub fn new(code: &str, status: u16, title: impl Into<Box<str>>) -> Self {
        Self {
            kind: format!("/errors/{code}").into(),
            title: title.into(),
            detail: "".into(),
            article: None,
            action: None,
            status,
            code: code.into(),
        }
    }

    /// Why it happened.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Box<str>>) -> Self {
        self.detail = detail.into();
        self
    }

    /// By which article.
    #[must_use]
    pub fn by(mut self, article: impl Into<Box<str>>) -> Self {
        self.article = Some(article.into());
        self
    }

    /// What the person can do now.
    #[must_use]
    pub fn now(mut self, action: impl Into<Box<str>>) -> Self {
        self.action = Some(action.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.title, self.code)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_written_with_the_members_of_the_standard() {
        let problem = Problem::new("wrong-pin", 403, "Sai mã PIN")
            .because("Thiết bị không mở được bằng mã này.")
            .by("NĐ 30/2020 Điều 32")
            .now("Mở lại phiên ký.");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "/errors/wrong-pin");
        assert_eq!(json["status"], 403);
        assert_eq!(json["article"], "NĐ 30/2020 Điều 32");
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    }

    #[test]
    fn a_problem_of_another_program_may_lack_members() {
        let problem: Problem = serde_json::from_str(r#"{"title":"no","status":500}"#).unwrap();
        assert_eq!(&*problem.title, "no");
        assert_eq!(&*problem.code, "");
    }
}
