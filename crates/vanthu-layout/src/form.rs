//! The figures of a form (thể thức, kỹ thuật trình bày): values with citation and certainty, no constants.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use vanthu_domain::profile::Certainty;

use crate::LayoutError;

/// Which rules a document is laid out by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Administrative documents: Decree 30/2020/NĐ-CP, Appendix I.
    #[default]
    Administrative,
    /// Legal normative documents (văn bản quy phạm pháp luật), where they differ.
    Normative,
}

/// In which of its steps all sizes of a document go up or down together (chú thích 1 của bảng mẫu chữ).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sizes {
    /// The least that is allowed: the text in 13 points.
    Compact,
    /// As in the samples: the name of the country in 12 points, the text in 14.
    #[default]
    Sample,
    /// The most that is allowed: the name of the country in 13 points.
    Large,
}

/// One figure of a form.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormValue {
    /// Its name: `nation`, `margin-left`.
    pub name: String,
    /// One value, or one for each of the three steps.
    pub value: Vec<f64>,
    /// `pt`, `mm`, `dpi`, or `share` of a length.
    pub unit: String,
    /// Where it is written.
    pub citation: String,
    /// How sure that is.
    #[serde(default = "text")]
    pub certainty: Certainty,
}

fn text() -> Certainty {
    Certainty::Text
}

#[derive(Deserialize)]
struct FormFile {
    value: Vec<FormValue>,
}

static FORMS: LazyLock<Result<[Vec<FormValue>; 2], String>> = LazyLock::new(|| {
    let read = |text: &str| -> Result<Vec<FormValue>, String> {
        let file: FormFile = toml::from_str(text).map_err(|error| error.to_string())?;
        Ok(file.value)
    };
    let base = read(include_str!("../forms/administrative.toml"))?;
    let mut normative = read(include_str!("../forms/normative.toml"))?;
    for value in &base {
        if !normative.iter().any(|own| own.name == value.name) {
            normative.push(value.clone());
        }
    }
    Ok([base, normative])
});

/// Every figure of a form, with its citation.
pub fn form_values(form: Form) -> Result<&'static [FormValue], LayoutError> {
    match &*FORMS {
        Ok([base, normative]) => Ok(match form {
            Form::Administrative => base,
            Form::Normative => normative,
        }),
        Err(error) => Err(LayoutError::Typesetting(error.clone())),
    }
}

/// The figures of a form in one step, by name, as the template reads them: points and shares.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Figures(BTreeMap<&'static str, f64>);

impl Figures {
    pub(crate) fn of(form: Form, sizes: Sizes) -> Result<Self, LayoutError> {
        let points = |value: &'static FormValue| {
            let figure = value.value.get(sizes as usize).or(value.value.first())?;
            let unit = if value.unit == "mm" { 72.0 / 25.4 } else { 1.0 };
            Some((value.name.as_str(), figure * unit))
        };
        Ok(Self(form_values(form)?.iter().filter_map(points).collect()))
    }

    /// The figure of that name.
    pub(crate) fn get(&self, name: &'static str) -> Result<f64, LayoutError> {
        let found = self.0.get(name).copied();
        found.ok_or_else(|| LayoutError::Typesetting(format!("the form has no figure {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_citation_and_a_value_for_each_step() {
        for form in [Form::Administrative, Form::Normative] {
            let values = form_values(form).unwrap();
            assert!(values.len() > 30);
            for value in values {
                assert!(matches!(value.value.len(), 1 | 3), "{}", value.name);
                assert!(
                    ["pt", "mm", "dpi", "share"].contains(&value.unit.as_str()),
                    "{}",
                    value.name
                );
                assert!(!value.citation.is_empty(), "{}", value.name);
                let same = values.iter().filter(|other| other.name == value.name);
                assert_eq!(same.count(), 1, "{}", value.name);
            }
        }
    }

    /// Footnote 1 of the table: 12, 13, 13 or 13, 14, 14.
    #[test]
    fn sizes_go_up_and_down_together() {
        let head = |sizes| {
            let figures = Figures::of(Form::Administrative, sizes).unwrap();
            ["nation", "motto", "place-date", "text"].map(|name| figures.get(name).unwrap() as u32)
        };
        assert_eq!(head(Sizes::Compact), [12, 13, 13, 13]);
        assert_eq!(head(Sizes::Sample), [12, 13, 13, 14]);
        assert_eq!(head(Sizes::Large), [13, 14, 14, 14]);
    }

    #[test]
    fn what_was_not_read_is_marked() {
        let values = form_values(Form::Normative).unwrap();
        let nation = values.iter().find(|value| value.name == "nation").unwrap();
        assert_eq!(
            (nation.value.as_slice(), nation.certainty),
            (&[13.0][..], Certainty::Recall)
        );
    }
}
