/// Why a PDF could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is encrypted.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// It is not a PDF that can be opened.
    #[error("the file is not a readable PDF")]
    NotReadable,
    /// It has no such page.
    #[error("the PDF has no page {0}")]
    NoSuchPage(u32),
    /// The page is too large to be drawn at this resolution.
    #[error("the page is too large to be drawn at this resolution")]
    TooLarge,
    /// The picture could not be written.
    #[error("the picture could not be written")]
    Picture,
}
