/// Why a document could not be typeset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The font has no picture for these characters (ký tự không có trong phông chữ).
    #[error("the font has no glyph for {}", list(.0))]
    MissingGlyphs(Vec<char>),
    /// The typesetter refused; this is a fault of ours.
    #[error("typesetting failed: {0}")]
    Typesetting(String),
    /// The PDF could not be written to its standard; this is a fault of ours.
    #[error("writing PDF/A failed: {0}")]
    Export(String),
    /// The document that should be printed can't be read.
    #[error("the document can't be read")]
    Unreadable,
    /// The document that should be printed has too many pages.
    #[error("the document has {0} pages, which is too many for one print")]
    TooManyPages(u32),
    /// A place that the template must mark is not in the result; this is a fault of ours.
    #[error("the place {0} is not in the result")]
    PlaceLost(&'static str),
}

impl From<vanthu_reader::ReadError> for LayoutError {
    fn from(_: vanthu_reader::ReadError) -> Self {
        Self::Unreadable
    }
}

fn list(characters: &[char]) -> String {
    let shown: Vec<String> = characters
        .iter()
        .take(10)
        .map(|c| format!("{c} (U+{:04X})", u32::from(*c)))
        .collect();
    shown.join(", ")
}
