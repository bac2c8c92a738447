//! The live preview of a draft: the same code that makes the paper.

use vanthu_domain::permission::Action;

use crate::outgoing::letter::{Around, typeset};
use crate::outgoing::save::{Save, apply};
use crate::outgoing::view::load_for;
use crate::{App, AppError, Caller};

/// Dots per inch of preview pictures.
pub const PREVIEW_DPI: f32 = 96.0;

/// Pages as pictures, and what the parser of the body noticed.
#[derive(Debug, Clone)]
pub struct Preview {
    /// One PNG a page.
    pub pages: Vec<Vec<u8>>,
    /// What was noticed in the body's notation, by line.
    pub findings: Vec<vanthu_domain::body::Finding>,
}

/// Typesets what the page holds, without saving it.
pub async fn preview(app: &App, caller: &Caller, input: Save) -> Result<Preview, AppError> {
    let findings = vanthu_domain::body::Body::parse(&input.body).findings;
    let today = app.now().day();
    let mut tx = app.store.read().await?;
    let mut row = load_for(&mut tx, caller, &input.outgoing_id).await?;
    caller.may(Action::Edit, &super::object_of(&row))?;
    apply(&mut tx, &mut row, &input, today).await?;
    let around = Around::load(&mut tx, &row).await?;
    let letter = around.letter(&row, app.profile_of(&around.agency)?, today)?;
    drop(tx);
    let made = typeset(letter).await?;
    let pages = render_all(made.pdf, PREVIEW_DPI).await?;
    Ok(Preview { pages, findings })
}

/// Every page as a picture.
pub(crate) async fn render_all(pdf: Vec<u8>, dpi: f32) -> Result<Vec<Vec<u8>>, AppError> {
    tokio::task::spawn_blocking(move || {
        let count = vanthu_layout::page_count(&pdf)?;
        (0..count)
            .map(|page| vanthu_layout::render_page(&pdf, page, dpi))
            .collect::<Result<Vec<_>, vanthu_layout::ReadError>>()
    })
    .await
    .map_err(|e| AppError::fault("render", e))?
    .map_err(|e| AppError::fault("render", e))
}

/// One page of a stored PDF as a picture.
pub async fn render_page(pdf: Vec<u8>, page: u32, dpi: f32) -> Result<Vec<u8>, AppError> {
    tokio::task::spawn_blocking(move || vanthu_layout::render_page(&pdf, page, dpi))
        .await
        .map_err(|e| AppError::fault("render", e))?
        .map_err(|e| AppError::fault("render", e))
}
