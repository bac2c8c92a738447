//! A PDF as the page pictures that the viewer shows, with its text for screen readers.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use vanthu_app::{App, AppError, reading};
use vanthu_domain::refusal::RefusalCode;

use crate::error::WebError;
use crate::view::{PagePicture, Paper};

/// Dots per inch of a page's picture: sharp at the width of the screen's column.
const PICTURE_DPI: f32 = 132.0;
/// A working day, in the browser of this person alone.
const KEPT: &str = "private, max-age=86400, immutable";
/// What stands for a file that may change.
const NOT_KEPT: &str = "no-store";
/// The most pages that are shown; longer papers are downloaded.
const MOST_PAGES: usize = 300;

/// What the address of a picture says of the file: pictures of another file stand elsewhere.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Drawn {
    /// The beginning of the digest.
    #[serde(default)]
    v: String,
}

/// The paper of that blob: its pages with their sizes, and its text. `address` is that of the
/// document; the pictures stand at `{address}/page/{n}.png?v={digest}`, the file at `{address}/file`.
pub(crate) async fn paper(
    app: &App,
    title: String,
    address: String,
    blob: &str,
) -> Result<Paper, WebError> {
    let reading = reading::read(app, blob).await?;
    let mark = mark(blob);
    let picture = |(number, (width, height)): (u32, &(f64, f64))| PagePicture {
        src: format!("{address}/page/{number}.png?v={mark}"),
        number,
        width: pixels(*width),
        height: pixels(*height),
        width_pt: *width,
        height_pt: *height,
    };
    Ok(Paper {
        title,
        pages: (1..)
            .zip(reading.pages.iter().take(MOST_PAGES))
            .map(picture)
            .collect(),
        pdf: format!("{address}/file"),
        text: reading.text.trim().to_owned(),
    })
}

/// One page (from 1) as a picture. Under an address that names the digest of the file it never
/// changes, and the browser of whoever may see it keeps it; under any other it is not kept.
pub(crate) async fn picture(
    pdf: Vec<u8>,
    number: u32,
    sha256: &str,
    drawn: &Drawn,
) -> Result<Response, WebError> {
    let keep = if drawn.v == mark(sha256) {
        KEPT
    } else {
        NOT_KEPT
    };
    let index = number
        .checked_sub(1)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    let drawn =
        tokio::task::spawn_blocking(move || vanthu_layout::render_page(&pdf, index, PICTURE_DPI))
            .await
            .map_err(|error| AppError::fault("picture", error))?;
    let png = drawn.map_err(|_| AppError::refused(RefusalCode::NotFound))?;
    let mut response = png.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    Ok(response)
}

fn mark(sha256: &str) -> String {
    sha256.chars().take(16).collect()
}

/// The number in `3.png`.
pub(crate) fn number_of(name: &str) -> Result<u32, WebError> {
    name.strip_suffix(".png")
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound).into())
}

fn pixels(points: f64) -> u32 {
    (points * f64::from(PICTURE_DPI) / 72.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_named_by_their_page() {
        assert_eq!(number_of("3.png").ok(), Some(3));
        assert!(number_of("3.jpg").is_err());
        assert!(number_of("x.png").is_err());
    }
}
