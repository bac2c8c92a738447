//! A kept version of a draft, compared with the text that stands, and taken up again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::AppError;
use vanthu_app::outgoing::save::{SavedBy, save};
use vanthu_app::outgoing::view::view;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::page::fields::named;
use crate::page::outgoing::draft_form::DraftForm;
use crate::page::outgoing::side::version_why;
use crate::page::outgoing::{href, title_of};
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters};
use crate::view::{Fact, Shell};

/// Longer texts are shown without the comparison.
const MOST_COMPARED: usize = 4_000_000;

#[derive(Template)]
#[template(path = "outgoing/version.html")]
struct VersionPage {
    shell: Shell,
    document: String,
    back: String,
    facts: Vec<Fact>,
    lines: Vec<Line>,
    same: bool,
    take: String,
}

/// A line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// `same`, `gone` (only in this version) or `new` (only in the text that stands).
    kind: &'static str,
    text: String,
}

/// `GET /outgoing/{id}/versions/{version_id}`
pub(super) async fn page(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path((id, version_id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let view = view(&web.app, who.caller(), &named(&id)?).await?;
    let say = Say::of(&headers, web.app.now());
    let id = &view.row.outgoing_id;
    let version = view
        .versions
        .iter()
        .find(|version| version.version_id.to_string() == version_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let title = say.t("Phiên bản {n}").counted(version.version);
    let lines = compare(&version.body, &view.row.body);
    let may_edit = view.may(Action::Edit);
    let page = VersionPage {
        document: title_of(&view, say),
        back: href(id, if may_edit { "edit" } else { "" }),
        facts: vec![
            fact(say.t("Lưu lúc"), say.moment(version.at)),
            fact(say.t("Vì sao lưu"), version_why(&version.why, say)),
            fact(say.t("Trích yếu"), version.subject.clone()),
        ],
        same: lines.iter().all(|line| line.kind == "same") && version.subject == view.row.subject,
        lines,
        take: if may_edit {
            href(id, &format!("versions/{version_id}/take"))
        } else {
            String::new()
        },
        shell: shell::shell(&web, &who, &headers, title, "").await?,
    };
    render(&page, say.language)
}

/// `POST …/take`: the draft goes on from the abstract and body of that version. What stood before is
/// itself a version.
pub(super) async fn take(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, version_id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let view = view(&web.app, who.caller(), &named(&id)?).await?;
    let id = &view.row.outgoing_id;
    let version = view
        .versions
        .iter()
        .find(|version| version.version_id.to_string() == version_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let kept = DraftForm::of(&view);
    let now = save(&web.app, who.caller(), kept.clone().save(id, SavedBy::Hand)).await?;
    let form = DraftForm {
        version: now,
        subject: version.subject.clone(),
        body: version.body.clone(),
        ..kept
    };
    save(&web.app, who.caller(), form.save(id, SavedBy::Hand)).await?;
    Ok(Redirect::to(&format!("{}?done=saved", href(id, "edit"))).into_response())
}

/// Line by line: what only the old text has, what only the new one has, what both have.
fn compare(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let line = |kind, text: &str| Line {
        kind,
        text: text.to_owned(),
    };
    if old.len().saturating_mul(new.len()) > MOST_COMPARED {
        return old.iter().map(|text| line("same", text)).collect();
    }
    let common = common_lengths(&old, &new);
    let at = |i: usize, j: usize| {
        common
            .get(i)
            .and_then(|row| row.get(j))
            .copied()
            .unwrap_or_default()
    };
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                lines.push(line("same", a));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), _) if new.get(j).is_none() || at(i + 1, j) >= at(i, j + 1) => {
                lines.push(line("gone", a));
                i += 1;
            }
            (_, Some(b)) => {
                lines.push(line("new", b));
                j += 1;
            }
            _ => return lines,
        }
    }
}

/// How many lines the rests from `i` and `j` on have in common, for every `i` and `j`.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut rows: Vec<Vec<u32>> = vec![vec![0; new.len() + 1]];
    for a in old.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = vec![0_u32; new.len() + 1];
        let mut right = 0;
        for (j, b) in new.iter().enumerate().rev() {
            let cell = |list: &[u32], at: usize| list.get(at).copied().unwrap_or_default();
            let value = if a == b {
                cell(&below, j + 1) + 1
            } else {
                cell(&below, j).max(right)
            };
            if let Some(place) = row.get_mut(j) {
                *place = value;
            }
            right = value;
        }
        rows.push(row);
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_marks_what_went_and_what_came() {
        let lines = compare("một\nhai\nba", "một\nhai rưỡi\nba\nbốn");
        let marked: Vec<(&str, &str)> = lines.iter().map(|l| (l.kind, l.text.as_str())).collect();
        assert_eq!(
            marked,
            [
                ("same", "một"),
                ("gone", "hai"),
                ("new", "hai rưỡi"),
                ("same", "ba"),
                ("new", "bốn")
            ]
        );
        assert!(compare("", "").is_empty());
        assert!(
            compare("a\nb", "a\nb")
                .iter()
                .all(|line| line.kind == "same")
        );
    }
}
