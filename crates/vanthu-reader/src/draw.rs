//! Pictures of pages.

use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

use crate::ReadError;
use crate::open::{page, settings, with_pdf};

/// The largest side of a picture, in pixels.
const LARGEST_SIDE: f32 = 8_000.0;

/// How many pages a PDF has.
pub fn page_count(pdf: &[u8]) -> Result<u32, ReadError> {
    with_pdf(pdf, |pdf: &Pdf| {
        u32::try_from(pdf.pages().len()).map_err(|_| ReadError::NotReadable)
    })
}

/// Draws a page (from 0) on white, with its form fields and signatures, as PNG.
pub fn render_page(pdf: &[u8], number: u32, dpi: f32) -> Result<Vec<u8>, ReadError> {
    with_pdf(pdf, |pdf| {
        let page = page(pdf, number)?;
        let scale = dpi / 72.0;
        let (width, height) = page.render_dimensions();
        let fits = (1.0..=LARGEST_SIDE).contains(&(width * scale))
            && (1.0..=LARGEST_SIDE).contains(&(height * scale));
        if !fits {
            return Err(ReadError::TooLarge);
        }
        let picture = hayro::render(
            page,
            &RenderCache::new(),
            &settings(),
            &RenderSettings::default(),
            &PixmapSettings {
                x_scale: scale,
                y_scale: scale,
                bg_color: WHITE,
            },
        );
        picture.into_png().map_err(|_| ReadError::Picture)
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// A page with two widgets: a filled text field and an empty one, each with its appearance.
    fn form() -> Vec<u8> {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R] >>",
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) /F 4 /Rect [20 20 120 70] /AP << /N 5 0 R >> >>",
            "<< /Type /XObject /Subtype /Form /BBox [0 0 100 50] /Length 24 >>\nstream\n1 0 0 rg 0 0 100 50 re f\nendstream",
        ];
        let mut pdf = "%PDF-1.7\n".to_owned();
        let mut offsets = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            offsets.push(pdf.len());
            write!(pdf, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
        }
        let start = pdf.len();
        pdf.push_str("xref\n0 6\n0000000000 65535 f \n");
        for offset in offsets {
            writeln!(pdf, "{offset:010} 00000 n ").unwrap();
        }
        writeln!(
            pdf,
            "trailer
<< /Size 6 /Root 1 0 R >>
startxref
{start}
%%EOF"
        )
        .unwrap();
        pdf.into_bytes()
    }

    #[test]
    fn the_appearance_of_a_signature_field_is_drawn() {
        let png = render_page(&form(), 0, 72.0).unwrap();
        let decoder = hayro::vello_cpu::Pixmap::from_png(std::io::Cursor::new(png)).unwrap();
        let inside = decoder.sample(70, 55);
        let outside = decoder.sample(150, 55);
        assert_eq!((inside.r, inside.g, inside.b), (255, 0, 0));
        assert_eq!((outside.r, outside.g, outside.b), (255, 255, 255));
    }

    #[test]
    fn what_is_no_pdf_is_refused_without_a_fall() {
        assert_eq!(page_count(b"hello"), Err(ReadError::NotReadable));
        assert_eq!(render_page(b"", 0, 72.0), Err(ReadError::NotReadable));
        assert_eq!(render_page(&form(), 7, 72.0), Err(ReadError::NoSuchPage(7)));
        assert_eq!(render_page(&form(), 0, 72_000.0), Err(ReadError::TooLarge));
        assert_eq!(render_page(&form(), 0, f32::NAN), Err(ReadError::TooLarge));
    }
}
