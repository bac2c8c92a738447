//! What the program says when it does not do what it was asked to: what, why, by which article, and what to do now.

use std::fmt;
use std::process::ExitCode;

use vanthu_domain::refusal::Refusal;

/// Why something was not done.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    kind: Kind,
    what: String,
    why: String,
    article: String,
    now: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The answer is no.
    Refused,
    /// The command makes no sense so.
    Usage,
    /// Something that is needed does not work.
    Failed,
}

impl Told {
    /// A rule, or what was found, stands against it: exit code 1.
    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::new(Kind::Refused, what)
    }

    /// The options do not fit together: exit code 2.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    /// It could not be done: exit code 3.
    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self::new(Kind::Failed, what)
    }

    fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            why: String::new(),
            article: String::new(),
            now: String::new(),
        }
    }

    /// Why.
    pub(crate) fn because(mut self, why: impl fmt::Display) -> Self {
        self.why = why.to_string();
        self
    }

    /// By which article.
    pub(crate) fn by(mut self, article: impl Into<String>) -> Self {
        self.article = article.into();
        self
    }

    /// What to do now.
    pub(crate) fn now(mut self, now: impl Into<String>) -> Self {
        self.now = now.into();
        self
    }

    /// What the program ends with.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Refused => 1,
            Kind::Usage => 2,
            Kind::Failed => 3,
        })
    }

    /// As a whole, for the standard error.
    pub(crate) fn text(&self) -> String {
        let label = match self.kind {
            Kind::Refused => "Từ chối",
            Kind::Usage | Kind::Failed => "Lỗi",
        };
        format!("{label}: {self}")
    }
}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.what())
            .because(refusal.why())
            .by(refusal.article())
            .now(refusal.now())
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        for (label, words) in [
            ("Vì", &self.why),
            ("Căn cứ", &self.article),
            ("Việc cần làm", &self.now),
        ] {
            if !words.is_empty() {
                write!(f, "\n  {label}: {words}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Told {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_leaves_no_empty_line() {
        let told = Told::refused("Không đóng dấu được.").now("Ký trước.");
        let expected = "Từ chối: Không đóng dấu được.\n  Việc cần làm: Ký trước.";
        assert_eq!(told.text(), expected);
    }
}
