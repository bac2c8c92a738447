//! The live preview beside the editor: what is typed, typeset by the code that makes the paper.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use vanthu_app::outgoing::preview::preview as typeset;
use vanthu_app::outgoing::save::SavedBy;
use vanthu_domain::body::Finding;

use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::page::outgoing::draft_form::DraftForm;
use crate::page::outgoing::paper::{data_address, size_in_pixels};
use crate::page::show::Say;
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
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Told>, WebError> {
    let say = Say::of(&headers, web.app.now());
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
        findings: made.findings.iter().map(|one| told(say, one)).collect(),
    }))
}

/// `“3.” – Số thứ tự khoản không liên tục (đúng ra: 2.)`
fn told(say: Say, finding: &Finding) -> Line {
    let mut text = say.t(finding.code.message());
    if !finding.found.is_empty() {
        let found: String = finding.found.chars().take(60).collect();
        text = format!("{text}: “{found}”");
    }
    if let Some(expected) = &finding.expected {
        let rather = say.t("{text}, đúng ra là “{expected}”");
        text = rather
            .replace("{text}", &text)
            .replace("{expected}", expected);
    }
    Line {
        line: finding.line,
        text,
    }
}

#[cfg(test)]
mod tests {
    use vanthu_domain::Moment;
    use vanthu_domain::body::Body;

    use super::*;
    use crate::texts::Language;

    #[test]
    fn a_finding_says_its_line_what_is_there_and_what_was_expected() {
        let findings = Body::parse("1. Một\n3. Ba").findings;
        let say = Say {
            language: Language::Vietnamese,
            now: Moment::from_unix_seconds(0),
        };
        let line = told(say, findings.first().unwrap());
        assert_eq!(line.line, 2);
        assert!(line.text.contains("khoản"), "{}", line.text);
    }
}
