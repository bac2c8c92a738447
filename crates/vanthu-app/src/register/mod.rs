//! The registers of an agency (sổ đăng ký văn bản đi, văn bản đến): on the screen and printed.

pub mod list;
pub mod print;

use vanthu_domain::Day;
use vanthu_store::register::Extract;

pub use vanthu_store::register::Direction;

/// Which stretch of which register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Which way its documents go.
    pub direction: Direction,
    /// The year.
    pub year: i16,
    /// From this day on.
    pub from_day: Option<Day>,
    /// Up to this day.
    pub until_day: Option<Day>,
}

impl Stretch {
    fn extract(&self) -> Extract {
        Extract {
            from_day: self.from_day,
            until_day: self.until_day,
            ..Extract::default()
        }
    }
}
