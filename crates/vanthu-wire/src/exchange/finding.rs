//! What is wrong with a message.

use serde::{Deserialize, Serialize};

/// One fault of a message: which member, and of which sort.
///
/// The code follows the habit of the axis: `N.` a required value is missing, `R.` too long or out
/// of range, `T.` of the wrong form, `M.` in conflict with another value; then the member's path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Such as `N.subject` or `M.files.name`.
    pub code: String,
}

impl Finding {
    pub(super) fn missing(member: &str) -> Self {
        Self {
            code: format!("N.{member}"),
        }
    }

    pub(super) fn out_of_range(member: &str) -> Self {
        Self {
            code: format!("R.{member}"),
        }
    }

    pub(super) fn wrong_form(member: &str) -> Self {
        Self {
            code: format!("T.{member}"),
        }
    }

    pub(super) fn conflict(member: &str) -> Self {
        Self {
            code: format!("M.{member}"),
        }
    }
}

/// Notes a required text that is empty or longer than `most` characters.
pub(super) fn text(findings: &mut Vec<Finding>, member: &str, value: &str, most: usize) {
    if value.trim().is_empty() {
        findings.push(Finding::missing(member));
    } else if value.chars().count() > most {
        findings.push(Finding::out_of_range(member));
    }
}
