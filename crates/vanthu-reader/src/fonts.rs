//! The font family of official documents, metric twin of Times New Roman.

/// Tinos Regular (TrueType).
pub const TINOS_REGULAR: &[u8] = include_bytes!("../fonts/Tinos-Regular.ttf");
/// Tinos Bold.
pub const TINOS_BOLD: &[u8] = include_bytes!("../fonts/Tinos-Bold.ttf");
/// Tinos Italic.
pub const TINOS_ITALIC: &[u8] = include_bytes!("../fonts/Tinos-Italic.ttf");
/// Tinos Bold Italic.
pub const TINOS_BOLD_ITALIC: &[u8] = include_bytes!("../fonts/Tinos-BoldItalic.ttf");
