//! The paper: page pictures of the file that stands, or of the draft as it would be typeset.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_app::outgoing::preview::{PREVIEW_DPI, preview};
use vanthu_app::outgoing::save::SavedBy;
use vanthu_app::outgoing::view::OutgoingView;
use vanthu_app::{App, Caller};
use vanthu_domain::body::Body;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;

use crate::error::WebError;
use crate::page::outgoing::draft_form::DraftForm;
use crate::page::outgoing::{href, is_uploaded, title_of};
use crate::page::sheets;
use crate::page::show::Say;
use crate::view::{PagePicture, Paper};

/// Points of a page of A4.
const A4: (f64, f64) = (595.28, 841.89);

/// The paper of a document's page; none where there is nothing to show yet.
pub(super) async fn paper(
    app: &App,
    caller: &Caller,
    view: &OutgoingView,
    say: Say,
) -> Result<Option<Paper>, WebError> {
    let row = &view.row;
    let title = title_of(view, say);
    if let Some(blob) = standing(view) {
        return sheets::paper(app, title, href(&row.outgoing_id, ""), blob)
            .await
            .map(Some);
    }
    if !view.may(Action::Edit) {
        return Ok(None);
    }
    let input = DraftForm::of(view).save(&row.outgoing_id, SavedBy::Page);
    let Ok(made) = preview(app, caller, input).await else {
        return Ok(None);
    };
    Ok(Some(Paper {
        title,
        pages: made
            .pages
            .iter()
            .zip(1..)
            .map(|(png, number)| inline(png, number))
            .collect(),
        pdf: String::new(),
        text: Body::parse(&row.body).body.plain_text(),
    }))
}

/// The digest of the file that stands. While a typeset draft is written it has none: what was
/// submitted before is out of date.
pub(super) fn standing(view: &OutgoingView) -> Option<&str> {
    let row = &view.row;
    let written = row.state.tag() == OutgoingTag::Drafting && !is_uploaded(view);
    if written {
        return None;
    }
    row.sealed_blob
        .as_deref()
        .or(row.signed_blob.as_deref())
        .or(row.current_blob.as_deref())
}

/// A page's picture by its address, with the size of the page in points.
fn picture(number: u32, src: String, (width_pt, height_pt): (f64, f64)) -> PagePicture {
    let pixels = |points: f64| to_u32(points * 96.0 / 72.0);
    PagePicture {
        src,
        number,
        width: pixels(width_pt),
        height: pixels(height_pt),
        width_pt,
        height_pt,
    }
}

/// A page's picture inside the page itself.
pub(super) fn inline(png: &[u8], number: u32) -> PagePicture {
    picture(
        number,
        data_address(png),
        size_in_points(png, PREVIEW_DPI).unwrap_or(A4),
    )
}

/// The picture as an address.
pub(super) fn data_address(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

/// The size of the page that a picture was drawn of, from the picture's header.
pub(super) fn size_in_points(png: &[u8], dpi: f32) -> Option<(f64, f64)> {
    let (width, height) = size_in_pixels(png)?;
    let points = |pixels: u32| f64::from(pixels) * 72.0 / f64::from(dpi);
    Some((points(width), points(height)))
}

/// Width and height from the header of a PNG.
pub(super) fn size_in_pixels(png: &[u8]) -> Option<(u32, u32)> {
    let number = |from: usize| {
        let bytes: [u8; 4] = png.get(from..from + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    png.starts_with(b"\x89PNG").then_some(())?;
    Some((number(16)?, number(20)?))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a page is some thousand pixels wide at most"
)]
fn to_u32(value: f64) -> u32 {
    value.round().clamp(1.0, 20_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_page_is_read_from_its_picture() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(794_u32.to_be_bytes());
        png.extend(1123_u32.to_be_bytes());
        assert_eq!(size_in_pixels(&png), Some((794, 1123)));
        let (width, height) = size_in_points(&png, 96.0).unwrap();
        assert!((width - 595.5).abs() < 0.01 && (height - 842.25).abs() < 0.01);
        assert_eq!(size_in_pixels(b"GIF89a"), None);
    }
}
