//! The languages in which a program speaks to the person behind another one.
//!
//! A page that hands a signing session to the agent says its own language in `Accept-Language`; the
//! agent says the same when it calls the server, so that every refusal comes in one language.

/// A language of pages and refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// Its tag (RFC 5646), as `Accept-Language` and a page's `lang` attribute write it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// The language of a tag such as `en-GB`, where it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag).trim();
        [Self::Vietnamese, Self::English]
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The one of ours that a value of `Accept-Language` likes best (RFC 9110 12.5.4); none where
    /// it names none of them.
    pub fn preferred(accepted: &str) -> Option<Self> {
        let mut best = (0.0, None);
        for range in accepted.split(',') {
            let (tag, weight) = match range.split_once(";q=") {
                Some((tag, weight)) => (tag, weight.trim().parse::<f32>().unwrap_or_default()),
                None => (range, 1.0),
            };
            match Self::from_tag(tag) {
                Some(language) if weight > best.0 => best = (weight, Some(language)),
                _ => {}
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_taken() {
        let asked = Language::preferred;
        assert_eq!(asked(""), None);
        assert_eq!(asked("de, *;q=0.5"), None);
        assert_eq!(asked("en"), Some(Language::English));
        assert_eq!(
            asked("fr, en-GB;q=0.8, vi;q=0.9"),
            Some(Language::Vietnamese)
        );
        assert_eq!(
            asked("fr;q=1.0, EN-us;q=0.4, vi;q=0"),
            Some(Language::English)
        );
        assert_eq!(asked("en;q=much, vi"), Some(Language::Vietnamese));
    }
}
