//! Keyset paging: a page, and the cursor that leads to the next.

use crate::error::{Result, StoreError};

/// The longest page that is given.
pub const LONGEST: u32 = 200;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none where this is the last.
    pub next: Option<Cursor>,
}

/// A place in a list, fit for a URL. It names the last item seen, so that the list may change
/// between two pages without an item being shown twice or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    pub(crate) fn new(parts: &[String]) -> Self {
        Self(parts.join("~"))
    }

    /// Its parts, where there are as many as the list needs.
    pub(crate) fn parts<const N: usize>(&self) -> Result<[&str; N]> {
        let parts: Vec<&str> = self.0.split('~').collect();
        parts.try_into().map_err(|_| self.bad())
    }

    /// The part as a number.
    pub(crate) fn number(&self, part: &str) -> Result<i64> {
        part.parse().map_err(|_| self.bad())
    }

    fn bad(&self) -> StoreError {
        StoreError::Missing {
            table: "cursor",
            id: self.0.chars().take(80).collect(),
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<T> Page<T> {
    /// Makes a page from one item more than fits.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// The same page with other items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

/// A limit within bounds.
pub(crate) fn bounded(limit: u32) -> u32 {
    limit.clamp(1, LONGEST)
}
