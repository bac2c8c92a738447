//! Where number, date and signature go in a PDF that was made elsewhere.

use serde::{Deserialize, Serialize};

use crate::{PageText, PlaceOnPage, ReadError, Rect, TextLine, Word, extract_text};

/// A signature needs at least this height (cell 7c).
const LEAST_SIGNATURE_HEIGHT: f64 = 36.0;
/// The widest place offered for a signature.
const SIGNATURE_WIDTH: f64 = 187.0;

/// What was found; whatever is missing has to be pointed out by hand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundPlaces {
    /// Between "Số:" and "/".
    pub number: Option<PlaceOnPage>,
    /// The number, when one is printed already.
    pub printed_number: Option<String>,
    /// The notation after the stroke: `UBND-VHXH`.
    pub notation: Option<String>,
    /// Where day and month go.
    pub date: Option<FoundDate>,
    /// Between the signer's title and name.
    pub signature: Option<PlaceOnPage>,
    /// The signer's name, as printed below the place.
    pub signer_name: Option<String>,
    /// The words "Nơi nhận:".
    pub recipients: Option<PlaceOnPage>,
}

/// The free part of the line of place and date.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum FoundDate {
    /// Nothing is printed after the place: "ngày … tháng … năm …" goes here.
    Whole {
        /// The place.
        place: PlaceOnPage,
    },
    /// "ngày", "tháng", "năm" are printed; day and perhaps month go between.
    Parts {
        /// Between "ngày" and "tháng".
        day: PlaceOnPage,
        /// Between "tháng" and "năm"; none where the month is printed.
        month: Option<PlaceOnPage>,
    },
    /// Day, month and year are printed already.
    Printed,
}

/// Looks for the places of number, date and signature on the pages of a PDF.
pub fn find_places(pdf: &[u8]) -> Result<FoundPlaces, ReadError> {
    Ok(places_in(&extract_text(pdf)?))
}

/// The same, where the text of the pages is at hand.
pub fn places_in(pages: &[PageText]) -> FoundPlaces {
    let mut found = FoundPlaces::default();
    if let Some(first) = pages.first() {
        find_number(first, &mut found);
        find_date(first, &mut found);
    }
    for page in pages {
        find_signature(page, &mut found);
    }
    found
}

fn find_number(page: &PageText, found: &mut FoundPlaces) {
    for line in page.lines.iter().take(20) {
        let Some(at) = line.words.iter().position(|word| {
            word.text == "Số:" || word.text == "Số" || word.text.starts_with("Số:")
        }) else {
            continue;
        };
        let Some(label) = line.words.get(at) else {
            continue;
        };
        let rest = line.words.get(at + 1..).unwrap_or_default();
        let printed = label.text.strip_prefix("Số:").unwrap_or_default();
        let mut text = printed.to_owned();
        let mut stroke = None;
        for word in rest.iter().filter(|word| word.text != ":") {
            if text.contains('/') || word.rect.x0 > page.width / 2.0 {
                break;
            }
            text.push_str(&word.text);
            if word.text.contains('/') {
                stroke = Some(word);
            }
        }
        let Some((number, notation)) = text.split_once('/') else {
            continue;
        };
        let number = number.trim_matches(['.', '…', ' ', '_']);
        found.notation = Some(notation.to_owned()).filter(|notation| !notation.is_empty());
        if number.is_empty() {
            found.number = stroke.map(|stroke| {
                gap(
                    page,
                    label,
                    label.rect.x1,
                    stroke.rect.x0.max(label.rect.x1),
                )
            });
            // Dots that stand before the stroke in the same word belong to the free place.
            if let Some((place, stroke)) = found.number.as_mut().zip(stroke) {
                let dots = stroke
                    .text
                    .split('/')
                    .next()
                    .map_or(0, |dots| dots.chars().count());
                let share = dots as f64 / stroke.text.chars().count().max(1) as f64;
                place.rect.x1 += stroke.rect.width() * share;
            }
        } else {
            found.printed_number = Some(number.to_owned());
        }
        return;
    }
}

fn find_date(page: &PageText, found: &mut FoundPlaces) {
    let right = page.width * 0.4;
    for line in page.lines.iter().take(24) {
        let words: Vec<&Word> = line
            .words
            .iter()
            .filter(|word| word.rect.x0 > right)
            .collect();
        let at = |text: &str| {
            words
                .iter()
                .position(|word| word.text.eq_ignore_ascii_case(text))
        };
        if let (Some(day), Some(month), Some(year)) = (at("ngày"), at("tháng"), at("năm")) {
            if !(day < month && month < year) {
                continue;
            }
            let free = |from: usize, to: usize| {
                let between = words.get(from + 1..to).unwrap_or_default();
                let empty = between
                    .iter()
                    .all(|word| word.text.chars().all(|c| matches!(c, '.' | '…' | '_')));
                let (left, right) = (words.get(from)?, words.get(to)?);
                empty.then(|| gap(page, left, left.rect.x1, right.rect.x0))
            };
            found.date = Some(match (free(day, month), free(month, year)) {
                (Some(day), month) => FoundDate::Parts { day, month },
                (None, _) => FoundDate::Printed,
            });
            return;
        }
        // "Bình Mẫu," and nothing more, on the line of the number.
        let numbered = line.words.iter().any(|word| word.text.starts_with("Số"));
        if let Some(last) = words.last()
            && numbered
            && last.text.ends_with(',')
        {
            let right_margin = page.width - 36.0;
            let width = 138.0_f64.min(right_margin - last.rect.x1 - 3.0);
            let start = last.rect.x1 + 0.25 * last.size;
            found.date = (width > 60.0).then(|| FoundDate::Whole {
                place: gap(page, last, start, start + width),
            });
            return;
        }
    }
}

/// Right of "Nơi nhận:" stand the titles, then the free place, then the name.
fn find_signature(page: &PageText, found: &mut FoundPlaces) {
    for (at, line) in page.lines.iter().enumerate() {
        let words: Vec<&Word> = line.words.iter().filter(|word| word.text != "-").collect();
        let [first, second, ..] = words.as_slice() else {
            continue;
        };
        if !(first.text == "Nơi"
            && second.text.starts_with("nhận")
            && first.rect.x0 < page.width / 3.0)
        {
            continue;
        }
        found.recipients = Some(PlaceOnPage {
            page: page.page,
            rect: first.rect.union(&second.rect),
            baseline: first.baseline,
            size: first.size,
            italic: first.italic,
        });
        let start = at.saturating_sub(1);
        let right: Vec<TextLine> = page
            .lines
            .get(start..)
            .unwrap_or_default()
            .iter()
            .map(|line| TextLine {
                words: line
                    .words
                    .iter()
                    .filter(|word| word.rect.x0 > page.width * 0.42)
                    .cloned()
                    .collect(),
            })
            .filter(|line| {
                !line.words.is_empty()
                    && line
                        .words
                        .iter()
                        .any(|word| (word.baseline - first.baseline) < 10.0)
            })
            .collect();
        for pair in right.windows(2) {
            let [title, name] = pair else { continue };
            let (Some(above), Some(below)) = (title.rect(), name.rect()) else {
                continue;
            };
            let height = above.y0 - below.y1;
            if is_upper(&title.text())
                && !is_upper(&name.text())
                && height >= LEAST_SIGNATURE_HEIGHT
            {
                let middle = f64::midpoint(below.x0, below.x1);
                let half = (SIGNATURE_WIDTH / 2.0)
                    .min(page.width - 20.0 - middle)
                    .max(20.0);
                found.signature = Some(PlaceOnPage {
                    page: page.page,
                    rect: Rect {
                        x0: middle - half,
                        y0: below.y1 + 3.0,
                        x1: middle + half,
                        y1: above.y0 - 3.0,
                    },
                    baseline: below.y1 + 3.0,
                    size: name.words.first().map_or(14.0, |word| word.size),
                    italic: false,
                });
                found.signer_name = Some(name.text());
                return;
            }
        }
    }
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
}

fn gap(page: &PageText, beside: &Word, x0: f64, x1: f64) -> PlaceOnPage {
    let rect = Rect {
        x0,
        y0: beside.baseline - 0.25 * beside.size,
        x1,
        y1: beside.baseline + 0.95 * beside.size,
    };
    PlaceOnPage {
        page: page.page,
        rect,
        baseline: beside.baseline,
        size: beside.size,
        italic: beside.italic,
    }
}

#[cfg(test)]
mod tests;
