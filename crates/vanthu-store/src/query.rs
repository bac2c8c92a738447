//! Puts a `WHERE` together whose parts depend on a filter.

use sea_orm::Value;

use crate::error::Result;
use crate::page::Cursor;
use crate::record::{Arg, Scalar};

/// Conditions joined by `AND`, with their arguments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Where {
    parts: Vec<String>,
    args: Vec<Value>,
}

impl Where {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds an argument and gives its placeholder.
    pub(crate) fn bind<A: Arg + ?Sized>(&mut self, arg: &A) -> String {
        self.args.push(arg.arg());
        format!("${}", self.args.len())
    }

    /// Adds a condition.
    pub(crate) fn and(&mut self, condition: impl Into<String>) {
        self.parts.push(condition.into());
    }

    /// `column = value`, where there is a value.
    pub(crate) fn equals<T: Scalar>(&mut self, column: &str, value: Option<&T>) {
        if let Some(value) = value {
            let place = self.bind(value);
            self.and(format!("{column} = {place}"));
        }
    }

    /// `comparison value`, as `day <= value`, where there is a value.
    pub(crate) fn compare<T: Scalar>(&mut self, comparison: &str, value: Option<&T>) {
        if let Some(value) = value {
            let place = self.bind(value);
            self.and(format!("{comparison} {place}"));
        }
    }

    /// `column IN (…)`; nothing where the list is empty.
    pub(crate) fn among<T: Scalar>(&mut self, column: &str, values: &[T]) {
        if !values.is_empty() {
            let condition = self.in_list(column, values);
            self.and(condition);
        }
    }

    /// The text of `column IN (…)`, false where the list is empty.
    pub(crate) fn in_list<T: Scalar>(&mut self, column: &str, values: &[T]) -> String {
        if values.is_empty() {
            return "1 = 0".to_owned();
        }
        let places: Vec<String> = values.iter().map(|value| self.bind(value)).collect();
        format!("{column} IN ({})", places.join(", "))
    }

    /// Every word of a folded text stands in the column.
    pub(crate) fn holds_words(&mut self, column: &str, folded: Option<&str>) {
        for word in folded.unwrap_or_default().split_whitespace() {
            let escaped: String = word
                .chars()
                .flat_map(|c| {
                    let mark = matches!(c, '%' | '_' | '\\').then_some('\\');
                    mark.into_iter().chain(std::iter::once(c))
                })
                .collect();
            let place = self.bind(format!("%{escaped}%").as_str());
            self.and(format!("{column} LIKE {place} ESCAPE '\\'"));
        }
    }

    /// At least one of several groups of conditions; nothing where there is no group.
    pub(crate) fn any_of<G>(&mut self, groups: &[G], add: impl Fn(&mut Self, &G)) {
        let before = std::mem::take(&mut self.parts);
        let mut texts = Vec::new();
        for group in groups {
            add(self, group);
            let parts = std::mem::take(&mut self.parts);
            let text = if parts.is_empty() {
                "1 = 1".to_owned()
            } else {
                parts.join(" AND ")
            };
            texts.push(format!("({text})"));
        }
        self.parts = before;
        if !texts.is_empty() {
            self.and(format!("({})", texts.join(" OR ")));
        }
    }

    /// What follows the cursor in a list sorted by a number and the key, both falling.
    pub(crate) fn below(&mut self, cursor: &Cursor, column: &str, key: &str) -> Result<()> {
        let [value, id] = cursor.parts()?;
        let value = self.bind(&cursor.number(value)?);
        let id = self.bind(id);
        self.and(format!("({column}, {key}) < ({value}, {id})"));
        Ok(())
    }

    /// What follows the cursor in a list sorted by falling urgency, then rising time and key.
    pub(crate) fn after_urgent(
        &mut self,
        cursor: &Cursor,
        urgency: &str,
        since: &str,
        key: &str,
    ) -> Result<()> {
        let [degree, time, id] = cursor.parts()?;
        let degree = self.bind(&cursor.number(degree)?);
        let time = self.bind(&cursor.number(time)?);
        let id = self.bind(id);
        self.and(format!(
            "({urgency} < {degree} OR ({urgency} = {degree} AND ({since}, {key}) > ({time}, {id})))"
        ));
        Ok(())
    }

    /// `WHERE …`, or nothing, and the arguments.
    pub(crate) fn build(&self) -> (String, Vec<Value>) {
        let text = if self.parts.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.parts.join(" AND "))
        };
        (text, self.args.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_like_are_taken_as_they_are() {
        let mut filter = Where::new();
        filter.holds_words("search_text", Some("50% a_b"));
        let (text, args) = filter.build();
        assert_eq!(
            text,
            "WHERE search_text LIKE $1 ESCAPE '\\' AND search_text LIKE $2 ESCAPE '\\'"
        );
        assert_eq!(args, vec![Value::from(r"%50\%%"), Value::from(r"%a\_b%")]);
    }
}
