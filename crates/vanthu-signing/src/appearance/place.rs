//! Where signatures stand on the paper (Decree 30/2020/NĐ-CP, Appendix I), on pages of any box, turn and unit.
//!
//! All places are thought on the page as it is shown: in points from its lower left corner, upright.
//! [`PageFacts::place`] turns them into the page's own coordinates.

use vanthu_pki::Time;

use crate::appearance::{picture, text};
use crate::inspect::PageFacts;
use crate::prepare::PrepareError;
use crate::request::{Place, Rect};

const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// Text at the top right stands this far from the right and the upper edge: inside the margins of Appendix I, II.1.
const RIGHT_MM: f64 = 15.0;
const TOP_MM: f64 = 8.0;

impl PageFacts {
    /// Width and height of the page as shown, in points.
    pub fn shown_size(&self) -> (f64, f64) {
        let (width, height) = (
            self.area.width() * self.user_unit,
            self.area.height() * self.user_unit,
        );
        if self.is_on_its_side() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// The place on page number `page` (from 0) of what is shown at `shown`.
    pub fn place(&self, page: u32, shown: Rect) -> Place {
        let (ax, ay) = self.own(shown.x0, shown.y0);
        let (bx, by) = self.own(shown.x1, shown.y1);
        Place {
            page,
            rect: Rect {
                x0: ax.min(bx),
                y0: ay.min(by),
                x1: ax.max(bx),
                y1: ay.max(by),
            },
        }
    }

    /// Where a rectangle of the page's own coordinates is shown.
    pub fn shown(&self, own: Rect) -> Rect {
        let (ax, ay) = self.seen(own.x0, own.y0);
        let (bx, by) = self.seen(own.x1, own.y1);
        Rect {
            x0: ax.min(bx),
            y0: ay.min(by),
            x1: ax.max(bx),
            y1: ay.max(by),
        }
    }

    fn is_on_its_side(&self) -> bool {
        matches!(self.rotate, 90 | 270)
    }

    fn own(&self, right: f64, up: f64) -> (f64, f64) {
        let Rect { x0, y0, x1, y1 } = self.area;
        let (right, up) = (right / self.user_unit, up / self.user_unit);
        match self.rotate {
            90 => (x1 - up, y0 + right),
            180 => (x1 - right, y1 - up),
            270 => (x0 + up, y1 - right),
            _ => (x0 + right, y0 + up),
        }
    }

    fn seen(&self, x: f64, y: f64) -> (f64, f64) {
        let Rect { x0, y0, x1, y1 } = self.area;
        let (right, up) = match self.rotate {
            90 => (y - y0, x1 - x),
            180 => (x1 - x, y1 - y),
            270 => (y1 - y, x - x0),
            _ => (x - x0, y - y0),
        };
        (right * self.user_unit, up * self.user_unit)
    }
}

/// Where the picture of a person's signature is drawn between title and name (ô số 7c): in the middle of `between`,
/// as large as fits, its proportions kept.
///
/// Clause: AG-12.1
pub fn picture_place(between: Rect, png: &[u8]) -> Result<Rect, PrepareError> {
    let (width, height) = picture::size(png)?;
    let (width, height) = (f64::from(width), f64::from(height));
    let scale = (between.width() / width).min(between.height() / height);
    Ok(around(between, width * scale, height * scale))
}

/// Where an agency's seal stands (ô số 8): a square of the seal's true diameter that covers the left third of the
/// signature's picture, at its middle. `signature` is where that picture is drawn: [`picture_place`].
///
/// Clause: AG-12.2
pub fn seal_place(signature: Rect, diameter_mm: f64) -> Rect {
    let side = diameter_mm * POINTS_PER_MM;
    let right = signature.x0 + signature.width() / 3.0;
    let middle = f64::midpoint(signature.y0, signature.y1);
    Rect {
        x0: right - side,
        y0: middle - side / 2.0,
        x1: right,
        y1: middle + side / 2.0,
    }
}

/// Where text stands at the top right of a first page: attached files (Appendix I, II.8b) and copies (ô số 14).
///
/// `regular` is the font file that will draw it; size in points.
pub fn top_right_place(
    page: &PageFacts,
    lines: &[String],
    size: f64,
    regular: &[u8],
) -> Result<Place, PrepareError> {
    let (width, height) = text::lines_size(lines, size, regular)?;
    let (page_width, page_height) = page.shown_size();
    let (right, top) = (
        page_width - RIGHT_MM * POINTS_PER_MM,
        page_height - TOP_MM * POINTS_PER_MM,
    );
    if width > right {
        return Err(PrepareError::TextDoesNotFit {
            text: lines.join("; "),
        });
    }
    let shown = Rect {
        x0: right - width,
        y0: top - height,
        x1: right,
        y1: top,
    };
    Ok(page.place(0, shown))
}

/// What an attached file shows: number and notation, day, time of signing in Vietnam (Appendix I, II.8b).
pub fn attachment_line(number_and_notation: &str, at: Time) -> String {
    format!("Số: {number_and_notation}; {}", vietnamese_time(at))
}

/// What an electronic copy shows: the kind of copy (sao y, sao lục, trích sao), the agency that copies, day and time
/// (Appendix I, second part, I.3).
pub fn copy_line(kind: &str, agency: &str, at: Time) -> String {
    format!("{kind}; {agency}; {}", vietnamese_time(at))
}

/// Day and time in Vietnam with the zone of ISO 8601: `22/11/2026; 08:12:03 +07:00`.
pub fn vietnamese_time(at: Time) -> String {
    let local = at.plus_seconds(7 * 3600);
    let (year, month, day) = local.civil();
    let second = local.unix().rem_euclid(86_400);
    format!(
        "{day:02}/{month:02}/{year:04}; {:02}:{:02}:{:02} +07:00",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

fn around(place: Rect, width: f64, height: f64) -> Rect {
    let x = f64::midpoint(place.x0, place.x1) - width / 2.0;
    let y = f64::midpoint(place.y0, place.y1) - height / 2.0;
    Rect {
        x0: x,
        y0: y,
        x1: x + width,
        y1: y + height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rotate: u16, user_unit: f64) -> PageFacts {
        PageFacts {
            area: Rect {
                x0: 10.0,
                y0: 20.0,
                x1: 210.0,
                y1: 320.0,
            },
            rotate,
            user_unit,
        }
    }

    fn close(a: Rect, b: Rect) -> bool {
        [(a.x0, b.x0), (a.y0, b.y0), (a.x1, b.x1), (a.y1, b.y1)]
            .iter()
            .all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn what_is_placed_is_shown_where_it_was_meant_on_every_page() {
        for rotate in [0, 90, 180, 270] {
            for unit in [1.0, 2.0, 0.5] {
                let page = page(rotate, unit);
                let (width, height) = page.shown_size();
                let shown = Rect {
                    x0: width - 30.0,
                    y0: height - 15.0,
                    x1: width - 5.0,
                    y1: height - 2.0,
                };
                let place = page.place(0, shown);
                assert!(close(page.shown(place.rect), shown), "{rotate} {unit}");
                let inside = page.area.x0 <= place.rect.x0
                    && place.rect.x1 <= page.area.x1
                    && page.area.y0 <= place.rect.y0
                    && place.rect.y1 <= page.area.y1;
                assert!(inside, "{rotate} {unit}: {place:?}");
            }
        }
        // Clockwise by a quarter: the upper right corner shown is the upper left corner of the page's own.
        let corner = page(90, 1.0).place(
            0,
            Rect {
                x0: 290.0,
                y0: 190.0,
                x1: 300.0,
                y1: 200.0,
            },
        );
        let expected = Rect {
            x0: 10.0,
            y0: 310.0,
            x1: 20.0,
            y1: 320.0,
        };
        assert!(close(corner.rect, expected), "{corner:?}");
    }

    /// Proves: AG-12.2
    #[test]
    fn the_seal_has_its_true_size_and_covers_the_left_third() {
        let signature = Rect {
            x0: 300.0,
            y0: 100.0,
            x1: 450.0,
            y1: 160.0,
        };
        let seal = seal_place(signature, 36.0);
        assert!((seal.width() - 102.047).abs() < 0.001 && (seal.height() - 102.047).abs() < 0.001);
        assert!((seal.x1 - 350.0).abs() < 1e-9);
        assert!((f64::midpoint(seal.y0, seal.y1) - 130.0).abs() < 1e-9);
    }

    #[test]
    fn times_are_those_of_vietnam() {
        let at = Time::from_civil((2026, 11, 21), (18, 5, 9)).unwrap();
        assert_eq!(vietnamese_time(at), "22/11/2026; 01:05:09 +07:00");
        assert_eq!(
            attachment_line("152/UBND-VHXH", at),
            "Số: 152/UBND-VHXH; 22/11/2026; 01:05:09 +07:00"
        );
        assert_eq!(
            copy_line("SAO Y", "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU", at),
            "SAO Y; ỦY BAN NHÂN DÂN XÃ BÌNH MẪU; 22/11/2026; 01:05:09 +07:00"
        );
    }
}
