//! What an address asks of a list, and the address of what is asked.

use vanthu_app::AppError;
use vanthu_app::listing::narrow::NAMES;
use vanthu_app::listing::{Section, Selection};
use vanthu_domain::id::SavedViewId;

use super::path_of;
use crate::session::encode;

/// The pairs of an address, in their order.
pub(super) type Pairs = Vec<(String, String)>;

/// What an address asks.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Which list.
    pub(super) selection: Selection,
    /// The kept list that it began with.
    pub(super) view: Option<SavedViewId>,
    /// The end of the page before.
    pub(super) after: Option<String>,
    /// What was just done.
    pub(super) done: String,
}

impl Asked {
    /// Reads an address.
    pub(super) fn read(section: Section, pairs: &Pairs) -> Result<Self, AppError> {
        let last = |name: &str| {
            let mut values = pairs.iter().rev().filter(|(known, _)| known == name);
            values.next().map_or("", |(_, value)| value.trim())
        };
        let known = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        Ok(Self {
            selection: Selection::read(section, known)?,
            // A kept list that is gone leaves its filters, which the address holds.
            view: last("view").parse().ok(),
            after: Some(last("after").to_owned()).filter(|after| !after.is_empty()),
            done: last("done").to_owned(),
        })
    }

    /// The same list from its beginning.
    pub(super) fn address(&self) -> String {
        address(&self.selection, self.view.as_ref())
    }
}

/// Whether a form sent fields that ask for nothing: the address is then written anew, short.
pub(super) fn has_empty(pairs: &Pairs) -> bool {
    let filter = |name: &str| NAMES.contains(&name) || ["tile", "order", "view"].contains(&name);
    pairs
        .iter()
        .any(|(name, value)| filter(name) && value.trim().is_empty())
}

/// The address of a list. One without any filter says so, since the bare address of a section
/// opens with the list that the reader has chosen for that.
pub(super) fn address(selection: &Selection, view: Option<&SavedViewId>) -> String {
    format!("{}?{}", path_of(selection.section), query(selection, view))
}

/// What stands behind the question mark.
pub(super) fn query(selection: &Selection, view: Option<&SavedViewId>) -> String {
    let mut pairs = selection.pairs();
    if pairs.is_empty() {
        pairs.push(("tile", "all".to_owned()));
    }
    pairs.extend(view.map(|view| ("view", view.to_string())));
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let pairs = |list: &[(&str, &str)]| -> Pairs {
            list.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let sent = pairs(&[
            ("kind", "plan"),
            ("q", "chữ ký & số"),
            ("unit", ""),
            ("after", "1~2"),
        ]);
        assert!(has_empty(&sent));
        let asked = Asked::read(Section::Incoming, &sent).unwrap();
        assert_eq!(asked.after.as_deref(), Some("1~2"));
        assert_eq!(
            asked.address(),
            "/incoming?q=ch%E1%BB%AF%20k%C3%BD%20%26%20s%E1%BB%91&kind=plan"
        );
        let bare = Asked::read(Section::Work, &Pairs::new()).unwrap();
        assert_eq!(bare.address(), "/work?tile=all");
        assert!(!has_empty(&pairs(&[("done", ""), ("kind", "plan")])));
    }
}
