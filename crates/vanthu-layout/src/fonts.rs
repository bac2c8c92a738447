//! The font family of official documents, metric twin of Times New Roman.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::Font;

use vanthu_reader::{TINOS_BOLD, TINOS_BOLD_ITALIC, TINOS_ITALIC, TINOS_REGULAR};

use crate::LayoutError;

static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    [TINOS_REGULAR, TINOS_BOLD, TINOS_ITALIC, TINOS_BOLD_ITALIC]
        .into_iter()
        .filter_map(|data| Font::new(Bytes::new(data), 0))
        .collect()
});

pub(crate) fn fonts() -> &'static [Font] {
    &FONTS
}

/// Refuses text that the fonts can't show: PDF/A would be false with a missing glyph.
pub(crate) fn check_glyphs<'a>(texts: impl Iterator<Item = &'a str>) -> Result<(), LayoutError> {
    let mut missing = Vec::new();
    for c in texts.flat_map(str::chars) {
        if !is_shown(c) && !missing.contains(&c) {
            missing.push(c);
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(LayoutError::MissingGlyphs(missing))
    }
}

/// The text with a question mark for each character that the fonts can't show.
pub(crate) fn shown(text: &str) -> String {
    let seen = |c: char| if is_shown(c) { c } else { '?' };
    text.chars().map(seen).collect()
}

fn is_shown(c: char) -> bool {
    let covers = |font: &Font| font.info().coverage.contains(u32::from(c));
    c.is_ascii_graphic() || c == ' ' || fonts().iter().all(covers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vietnamese_letter_has_a_glyph_in_all_four_styles() {
        let letters =
            "ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ–“”…§°×";
        let upper = letters.to_uppercase();
        assert_eq!(fonts().len(), 4);
        assert_eq!(check_glyphs([letters, upper.as_str()].into_iter()), Ok(()));
    }

    #[test]
    fn a_character_without_glyph_is_refused_by_name() {
        let refused = check_glyphs(std::iter::once("Chúc mừng 🎉🎉"));
        assert_eq!(refused, Err(LayoutError::MissingGlyphs(vec!['🎉'])));
    }
}
