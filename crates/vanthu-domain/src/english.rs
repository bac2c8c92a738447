//! What refusals and the points of the verdict say in English. Their Vietnamese stands beside, in
//! `refusals.toml` and `verdict.toml`; the English is for the reader of a page and is never stored
//! or sent.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::refusal::Refusal;
use crate::text::fill;
use crate::verdict::Point;

/// What a refusal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What was refused.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do now.
    pub now: String,
}

/// The refusal in English; `word` translates what its maker put into the placeholders.
pub fn refusal(refusal: &Refusal, word: impl Fn(&str) -> String) -> Said {
    let Some(texts) = REFUSALS.get(refusal.code.code()) else {
        return Said {
            what: refusal.what(),
            why: refusal.why(),
            now: refusal.now(),
        };
    };
    let mut args = texts.args.clone();
    args.extend(translated(&refusal.args, word));
    Said {
        what: sentence(&fill(&texts.what, &args)),
        why: sentence(&fill(&texts.why, &args)),
        now: sentence(&fill(&texts.now, &args)),
    }
}

/// Title and detail of a point in English; `word` translates what stands in the placeholders.
pub fn point(point: &Point, word: impl Fn(&str) -> String) -> (String, String) {
    let Some(texts) = POINTS.get(point.code.code()) else {
        return (point.title(), point.detail());
    };
    let args = translated(&point.args, word);
    (fill(&texts.title, &args), fill(&texts.detail, &args))
}

fn translated(
    args: &BTreeMap<String, String>,
    word: impl Fn(&str) -> String,
) -> BTreeMap<String, String> {
    let words = args.iter().map(|(name, text)| (name.clone(), word(text)));
    words.collect()
}

/// A sentence begins with a capital, whatever stands first in it.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusalTexts {
    what: String,
    why: String,
    now: String,
    /// What stands in where the refusal says nothing.
    #[serde(default)]
    args: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointTexts {
    title: String,
    detail: String,
}

/// Tests prove that the files read and are complete.
static REFUSALS: LazyLock<BTreeMap<String, RefusalTexts>> =
    LazyLock::new(|| toml::from_str(include_str!("refusals.en.toml")).unwrap_or_default());

static POINTS: LazyLock<BTreeMap<String, PointTexts>> =
    LazyLock::new(|| toml::from_str(include_str!("verdict.en.toml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::refusal::RefusalCode;
    use crate::text::placeholders;
    use crate::verdict::PointCode;

    fn codes(text: &str) -> BTreeSet<String> {
        let table: toml::Table = toml::from_str(text).unwrap();
        table.keys().cloned().collect()
    }

    #[test]
    fn everything_that_is_said_in_vietnamese_is_said_in_english() {
        let refusals = RefusalCode::ALL.iter().map(|code| code.code().to_owned());
        assert_eq!(
            codes(include_str!("refusals.en.toml")),
            refusals.collect::<BTreeSet<_>>()
        );
        assert_eq!(REFUSALS.len(), RefusalCode::ALL.len(), "the file reads");
        let points = PointCode::ALL.iter().map(|code| code.code().to_owned());
        assert_eq!(
            codes(include_str!("verdict.en.toml")),
            points.collect::<BTreeSet<_>>()
        );
        assert_eq!(POINTS.len(), PointCode::ALL.len(), "the file reads");
    }

    #[test]
    fn english_has_the_placeholders_of_the_vietnamese() {
        let vietnamese: toml::Table = toml::from_str(include_str!("refusals.toml")).unwrap();
        for (code, texts) in REFUSALS.iter() {
            let theirs: BTreeSet<&str> = ["what", "why", "now"]
                .iter()
                .flat_map(|name| placeholders(vietnamese[code][name].as_str().unwrap()))
                .collect();
            let ours: BTreeSet<&str> = [&texts.what, &texts.why, &texts.now]
                .into_iter()
                .flat_map(|text| placeholders(text))
                .collect();
            assert_eq!(ours, theirs, "{code}");
            let stand_ins: BTreeSet<&str> = texts.args.keys().map(String::as_str).collect();
            assert_eq!(stand_ins, theirs, "{code}");
        }
        let vietnamese: toml::Table = toml::from_str(include_str!("verdict.toml")).unwrap();
        for (code, texts) in POINTS.iter() {
            for (name, text) in [("title", &texts.title), ("detail", &texts.detail)] {
                let mut theirs = placeholders(vietnamese[code][name].as_str().unwrap());
                let mut ours = placeholders(text);
                theirs.sort_unstable();
                ours.sort_unstable();
                assert_eq!(ours, theirs, "{code}: {name}");
            }
        }
    }

    #[test]
    fn a_refusal_reads_well_in_english_with_and_without_its_words() {
        for code in RefusalCode::ALL {
            let said = refusal(&Refusal::new(*code), str::to_owned);
            for text in [said.what, said.why, said.now] {
                assert!(text.ends_with('.'), "{code}: {text}");
                assert!(!text.contains(['…', '{', '}']), "{code}: {text}");
            }
        }
        let field = Refusal::new(RefusalCode::FieldRequired).with("field", "Trích yếu");
        let said = refusal(&field, |word| word.replace("Trích yếu", "Abstract"));
        assert_eq!(said.what, "“Abstract” is empty.");
    }
}
