//! The live preview beside the editor: what is typed, typeset by the code that makes the paper.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use vanthu_app::outgoing::preview::preview as typeset;
use vanthu_app::outgoing::save::SavedBy;
use vanthu_domain::body::Finding;

use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::page::outgoing::draft_form::DraftForm;
use crate::page::outgoing::paper::{data_address, size_in_pixels};
use crate::session::SignedIn;
use crate::state::Web;

/// What the editor's script is told.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pages: Vec<Page>,
    findings: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Page {
    src: String,
    width: u32,
    height: u32,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
struct Line {
    line: u32,
    text: String,
}

/// `POST /outgoing/{id}/preview`
pub(super) async fn preview(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Told>, WebError> {
    let input = DraftForm::read(&fields)?.save(&named(&id)?, SavedBy::Page);
    let made = typeset(&web.app, who.caller(), input).await?;
    let pages = made
        .pages
        .iter()
        .map(|png| {
            let (width, height) = size_in_pixels(png).unwrap_or((794, 1123));
            Page {
                src: data_address(png),
                width,
                height,
            }
        })
        .collect();
    Ok(Json(Told {
        pages,
        findings: made.findings.iter().map(told).collect(),
    }))
}

/// `“3.” – Số thứ tự khoản không liên tục (đúng ra: 2.)`
fn told(finding: &Finding) -> Line {
    let mut text = finding.code.message().to_owned();
    if !finding.found.is_empty() {
        let found: String = finding.found.chars().take(60).collect();
        text = format!("{text}: “{found}”");
    }
    if let Some(expected) = &finding.expected {
        text = format!("{text}, đúng ra là “{expected}”");
    }
    Line {
        line: finding.line,
        text,
    }
}

#[cfg(test)]
mod tests {
    use vanthu_domain::body::Body;

    use super::*;

    #[test]
    fn a_finding_says_its_line_what_is_there_and_what_was_expected() {
        let findings = Body::parse("1. Một\n3. Ba").findings;
        let line = told(findings.first().unwrap());
        assert_eq!(line.line, 2);
        assert!(line.text.contains("khoản"), "{}", line.text);
    }
}
