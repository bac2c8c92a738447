//! Words for the codes of a report, Vietnamese and English, as data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::attack::Attack;
use super::conclusion::{Indication, SubIndication};
use super::detail::{BlockId, ConstraintStatus};
use super::policy::ConstraintId;
use super::report::{FindingCode, Process};
use crate::asic::problem::ContainerFault;

/// The language of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vietnamese,
    /// English.
    English,
}

#[derive(Deserialize)]
struct Text {
    vi: String,
    en: String,
}

type Section = BTreeMap<String, Text>;

static TEXTS: LazyLock<BTreeMap<String, Section>> =
    LazyLock::new(|| toml::from_str(include_str!("text.toml")).unwrap_or_default());

/// A code that has words.
///
/// ```
/// use vanthu_signing::{Language, SubIndication, Worded};
///
/// let text = SubIndication::HashFailure.text(Language::Vietnamese);
/// assert_eq!(text, "Nội dung hiện nay không phải nội dung đã ký");
/// ```
pub trait Worded: Serialize {
    /// The section of the table of texts.
    #[doc(hidden)]
    const SECTION: &'static str;

    /// The code, as reports write it.
    fn code(&self) -> String {
        let value = serde_json::to_value(self).ok();
        value
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// What it says. Empty for no code that exists.
    fn text(&self, language: Language) -> &'static str {
        let section = TEXTS.get(Self::SECTION);
        section
            .and_then(|section| section.get(&self.code()))
            .map_or("", |text| match language {
                Language::Vietnamese => &text.vi,
                Language::English => &text.en,
            })
    }
}

macro_rules! worded {
    ($($name:ty = $section:literal;)*) => {
        $(impl Worded for $name { const SECTION: &'static str = $section; })*
    };
}

worded! {
    Indication = "indication";
    SubIndication = "sub-indication";
    Process = "process";
    BlockId = "block";
    ConstraintId = "constraint";
    ConstraintStatus = "status";
    FindingCode = "finding";
    Attack = "attack";
    ContainerFault = "container";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete<T: Worded>(codes: &[T]) -> usize {
        for code in codes {
            for language in [Language::Vietnamese, Language::English] {
                assert!(
                    code.text(language).len() > 2,
                    "{} {}",
                    T::SECTION,
                    code.code()
                );
            }
            assert_ne!(
                code.text(Language::Vietnamese),
                code.text(Language::English)
            );
        }
        assert_eq!(
            TEXTS[T::SECTION].len(),
            codes.len(),
            "{} has idle texts",
            T::SECTION
        );
        1
    }

    #[test]
    fn every_code_has_words_in_both_languages_and_no_word_is_idle() {
        use ConstraintStatus as S;
        let sections = complete(&[
            Indication::TotalPassed,
            Indication::Indeterminate,
            Indication::TotalFailed,
        ]) + complete(&SubIndication::ALL)
            + complete(&[
                Process::Basic,
                Process::TimeStamp,
                Process::WithTime,
                Process::WithArchivalData,
            ])
            + complete(&BlockId::ALL)
            + complete(ConstraintId::ALL)
            + complete(&[S::Ok, S::Information, S::Warning, S::NotOk, S::Ignored])
            + complete(&FindingCode::ALL)
            + complete(&Attack::ALL)
            + complete(&ContainerFault::ALL);
        assert_eq!(sections, TEXTS.len());
    }
}
