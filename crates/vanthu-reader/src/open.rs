//! Opening PDFs from anywhere. What a stranger's file does to the reader stays here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::{FontData, FontQuery, StandardFont};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};

use crate::{ReadError, TINOS_BOLD, TINOS_BOLD_ITALIC, TINOS_ITALIC, TINOS_REGULAR};

/// Opens the file and hands it over. A reader that stumbles counts as an unreadable file.
pub(crate) fn with_pdf<T>(
    pdf: &[u8],
    work: impl FnOnce(&Pdf) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let guarded = catch_unwind(AssertUnwindSafe(|| {
        let pdf = Pdf::new(pdf.to_vec()).map_err(|error| match error {
            LoadPdfError::Decryption(_) => ReadError::Encrypted,
            LoadPdfError::Invalid => ReadError::NotReadable,
        })?;
        work(&pdf)
    }));
    guarded.unwrap_or(Err(ReadError::NotReadable))
}

pub(crate) fn page(pdf: &Pdf, number: u32) -> Result<&Page<'_>, ReadError> {
    usize::try_from(number)
        .ok()
        .and_then(|at| pdf.pages().get(at))
        .ok_or(ReadError::NoSuchPage(number))
}

/// Draws page and annotations (form fields, signatures); Times comes from our own fonts, because
/// the usual stand-ins lack Vietnamese letters.
pub(crate) fn settings() -> InterpreterSettings {
    let usual = InterpreterSettings::default();
    let fallback = Arc::clone(&usual.font_resolver);
    InterpreterSettings {
        font_resolver: Arc::new(move |query| times(query).or_else(|| fallback(query))),
        ..usual
    }
}

fn times(query: &FontQuery) -> Option<(FontData, u32)> {
    let standard = match query {
        FontQuery::Standard(standard) => *standard,
        FontQuery::Fallback(fallback) => fallback.pick_standard_font(),
    };
    let data: &'static [u8] = match standard {
        StandardFont::TimesRoman => TINOS_REGULAR,
        StandardFont::TimesBold => TINOS_BOLD,
        StandardFont::TimesItalic => TINOS_ITALIC,
        StandardFont::TimesBoldItalic => TINOS_BOLD_ITALIC,
        _ => return None,
    };
    Some((Arc::new(data), 0))
}
