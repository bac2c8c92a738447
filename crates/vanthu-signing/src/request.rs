//! What a caller asks for when a signature is to be prepared.

use serde::{Deserialize, Serialize};
use vanthu_pki::Time;

/// A rectangle in PDF points; the origin is the bottom left of the page's default user space.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left.
    pub x0: f64,
    /// Bottom.
    pub y0: f64,
    /// Right.
    pub x1: f64,
    /// Top.
    pub y1: f64,
}

impl Rect {
    /// Width in points.
    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    /// Height in points.
    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }
}

/// A rectangle on a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Page index, from 0.
    pub page: u32,
    /// Where on it.
    pub rect: Rect,
}

/// How a signature looks (hình ảnh chữ ký, con dấu).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Appearance {
    /// Nothing is drawn.
    #[default]
    Invisible,
    /// A picture centred in the place, its proportions kept.
    Picture {
        /// PNG file, usually with a transparent ground.
        png: Vec<u8>,
    },
    /// A seal: its inked part, without any transparent margin, fills the place, so that it has its true size.
    Seal {
        /// PNG file with a transparent ground.
        png: Vec<u8>,
    },
    /// Lines of text from the top left of the place, upright, black.
    Text {
        /// The lines.
        lines: Vec<String>,
        /// Font size in points of the paper, whatever the page's unit.
        size: f64,
    },
}

/// Where text stands in its field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// A text field made before the first signature and filled with the second (số, ngày tháng văn bản).
///
/// The text's line box (ascender to descender) is centred vertically in the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReservedField {
    /// Field name, without a period.
    pub name: String,
    /// Where the text will stand.
    pub place: Place,
    /// Font size in points of the paper, whatever the page's unit.
    pub size: f64,
    /// Italic rather than upright.
    pub italic: bool,
    /// Where in the place.
    pub align: Align,
}

/// An empty signature field made before the first signature, for a later one (chữ ký của cơ quan).
///
/// After a certifying signature no new visible signature field may appear, so the seal's place is reserved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReservedSignature {
    /// Field name, without a period.
    pub name: String,
    /// Where the signature will be shown, or nothing.
    pub place: Option<Place>,
    /// Whether signing this field locks the whole document.
    pub lock_all: bool,
}

/// A value for a field that exists already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledField {
    /// Full field name.
    pub name: String,
    /// Its value, shown exactly so.
    pub value: String,
}

/// What a certifying signature allows afterwards (DocMDP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocMdp {
    /// Nothing but evidence for long-term validation (P = 1).
    NoChanges,
    /// Filling fields and signing (P = 2).
    FormFilling,
    /// Also annotations (P = 3).
    Annotations,
}

impl DocMdp {
    pub(crate) fn level(self) -> i64 {
        match self {
            Self::NoChanges => 1,
            Self::FormFilling => 2,
            Self::Annotations => 3,
        }
    }

    pub(crate) fn from_level(level: i64) -> Option<Self> {
        match level {
            1 => Some(Self::NoChanges),
            2 => Some(Self::FormFilling),
            3 => Some(Self::Annotations),
            _ => None,
        }
    }
}

/// Everything that one new signature brings into the document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SignatureRequest {
    /// Name of the signature field; an empty one of this name is used, else one is made.
    pub field_name: String,
    /// Where a new field stands; an existing field keeps its own place.
    pub place: Option<Place>,
    /// What is shown there.
    pub appearance: Appearance,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/Name`.
    pub signer_name: String,
    /// `/M`, the claimed time.
    pub at: Time,
    /// Certifies the document with this permission.
    pub certify: Option<DocMdp>,
    /// Locks every field and, for a new signature field, the whole document.
    pub lock_all: bool,
    /// Text fields to make.
    pub reserve: Vec<ReservedField>,
    /// Signature fields to make for later.
    pub reserve_signatures: Vec<ReservedSignature>,
    /// Fields to fill and make read-only.
    pub fill: Vec<FilledField>,
}

/// Font files for text in appearances: TrueType with Vietnamese letters.
#[derive(Debug, Clone, Copy)]
pub struct Fonts<'f> {
    /// Upright.
    pub regular: &'f [u8],
    /// Italic.
    pub italic: &'f [u8],
}
