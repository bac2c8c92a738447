use serde::{Deserialize, Serialize};
use vanthu_reader::Rect;

/// A place kept free on a page, and how text in it is set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlaceOnPage {
    /// The page, from 0.
    pub page: u32,
    /// The place.
    pub rect: Rect,
    /// The height of the line of text on which the place stands, from the bottom of the page.
    pub baseline: f64,
    /// The size of the text around it.
    pub size: f64,
    /// Whether the text around it is italic.
    pub italic: bool,
}
