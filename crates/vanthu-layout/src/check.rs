//! Whether a document looks as the law says (kiểm tra thể thức): every deviation by rule, article, page and place.
//!
//! The rules and how much each weighs are [`vanthu_domain::layout`]'s, the figures the regulation profile's. What can't be
//! told from a page is not guessed: a rule is silent where its element was not found for certain, and the absence of
//! the element is a finding of its own. Nothing is refused here; people decide. Documents of the Party and legal normative
//! ones have another form; they are told and not judged.

mod appendix;
mod capitals;
mod foot;
mod head;
mod page;
mod regime;
mod text;
mod title;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;
use vanthu_domain::layout::{LayoutRule, LayoutSeverity, Tongue};
use vanthu_domain::profile::{RegulationProfile, Setting};
use vanthu_domain::refusal::Certainty;
use vanthu_reader::Rect;

use crate::anatomy::{Anatomy, Cell, ElementKind, Part};

/// By what a document is checked.
#[derive(Debug, Clone, Copy)]
pub struct CheckInput<'a> {
    /// The figures and weights.
    pub profile: &'a RegulationProfile,
    /// The day whose figures hold.
    pub on: Day,
    /// Who is to sign, where that is known.
    pub signer: Option<&'a ExpectedSigner>,
}

/// Who is to sign, and how the signature block has to name the authority.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExpectedSigner {
    /// Authority and title, one line each: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`.
    pub authority_lines: Vec<String>,
    /// Full name.
    pub name: String,
}

/// What stands on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Seen {
    /// Nothing.
    Nothing,
    /// These words.
    Words {
        /// The words.
        text: String,
    },
    /// Letters of this size.
    Size {
        /// In points.
        points: f64,
    },
    /// A length.
    Length {
        /// In millimetres.
        mm: f64,
    },
    /// A space in points.
    Space {
        /// In points.
        points: f64,
    },
    /// Two lengths.
    Area {
        /// Width in millimetres.
        width_mm: f64,
        /// Height in millimetres.
        height_mm: f64,
    },
    /// A share of a line.
    Share {
        /// In percent.
        percent: f64,
    },
    /// Letters of this style.
    Style {
        /// Whether they are bold.
        bold: bool,
        /// Whether they are italic.
        italic: bool,
    },
    /// Letters of this colour.
    Colour {
        /// Red, green, blue.
        rgb: [u8; 3],
    },
}

/// A deviation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayoutFinding {
    /// The rule.
    pub rule: LayoutRule,
    /// How much it weighs.
    pub severity: LayoutSeverity,
    /// By which article.
    pub citation: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// The page, from 0; none where the whole document is meant.
    pub page: Option<u32>,
    /// Where on the page; none where something is missing.
    pub rect: Option<Rect>,
    /// What stands there.
    pub seen: Seen,
    /// What the rule's text mentions, by placeholder.
    pub args: BTreeMap<String, String>,
}

/// Checks a document, the heaviest findings of a page first.
///
/// Clause: TG-5.4
pub fn check(anatomy: &Anatomy, input: &CheckInput<'_>) -> Vec<LayoutFinding> {
    let mut desk = Desk {
        anatomy,
        input,
        findings: Vec::new(),
        edges: BTreeMap::new(),
    };
    desk.edges = edges(&desk);
    page::scans(&mut desk);
    let judged = !anatomy.is_scan() && !anatomy.sheets.is_empty();
    if judged && !regime::is_another(&mut desk) {
        page::check(&mut desk);
        head::check(&mut desk);
        title::check(&mut desk);
        text::check(&mut desk);
        foot::check(&mut desk);
        appendix::check(&mut desk);
        capitals::check(&mut desk);
    }
    let mut findings = desk.findings;
    findings.sort_by(|a, b| {
        let top = |it: &LayoutFinding| it.rect.map_or(f64::MAX, |rect| rect.y1);
        a.page
            .cmp(&b.page)
            .then(a.severity.cmp(&b.severity))
            .then(top(b).total_cmp(&top(a)))
    });
    findings
}

impl LayoutFinding {
    /// What should be, in the reader's language.
    pub fn wanted(&self, tongue: Tongue) -> String {
        self.rule.wanted(tongue, &self.args)
    }
}

impl Seen {
    /// In the reader's language.
    pub fn words(&self, tongue: Tongue) -> String {
        let vietnamese = tongue == Tongue::Vietnamese;
        let number = |value: f64| {
            let text = format!("{:.1}", value.abs());
            let text = text.strip_suffix(".0").unwrap_or(&text);
            if vietnamese {
                text.replace('.', ",")
            } else {
                text.to_owned()
            }
        };
        match self {
            Self::Nothing if vietnamese => "không có".to_owned(),
            Self::Nothing => "missing".to_owned(),
            Self::Words { text } => format!("“{}”", vanthu_domain::text::limited(text, 90)),
            Self::Size { points } if vietnamese => format!("cỡ chữ {}", number(*points)),
            Self::Size { points } => format!("{} points", number(*points)),
            Self::Length { mm } => format!("{} mm", number(*mm)),
            Self::Space { points } => format!("{} pt", number(*points)),
            Self::Area {
                width_mm,
                height_mm,
            } => {
                format!("{} mm × {} mm", number(*width_mm), number(*height_mm))
            }
            Self::Share { percent } if vietnamese => format!("{} % dòng chữ", number(*percent)),
            Self::Share { percent } => format!("{} % of the line", number(*percent)),
            Self::Style { bold, italic } if vietnamese => {
                let slope = if *italic {
                    "chữ nghiêng"
                } else {
                    "chữ đứng"
                };
                let weight = if *bold { "đậm" } else { "không đậm" };
                format!("{slope}, {weight}")
            }
            Self::Style { bold, italic } => {
                let slope = if *italic { "italic" } else { "upright" };
                let weight = if *bold { "bold" } else { "not bold" };
                format!("{slope}, {weight}")
            }
            Self::Colour {
                rgb: [red, green, blue],
            } if vietnamese => {
                format!("màu #{red:02x}{green:02x}{blue:02x}")
            }
            Self::Colour {
                rgb: [red, green, blue],
            } => format!("colour #{red:02x}{green:02x}{blue:02x}"),
        }
    }

    fn of_text(text: impl Into<String>) -> Self {
        Self::Words { text: text.into() }
    }

    fn of_style(cell: &Cell) -> Self {
        Self::Style {
            bold: cell.is_bold(),
            italic: cell.is_italic(),
        }
    }
}

/// Sizes are taken so exactly: programs round them when they write a PDF.
const SIZE_SLACK: f64 = 0.3;
/// Lengths on paper are taken so exactly, in millimetres.
const LENGTH_SLACK_MM: f64 = 1.5;

/// Where the check works.
struct Desk<'a> {
    anatomy: &'a Anatomy,
    input: &'a CheckInput<'a>,
    findings: Vec<LayoutFinding>,
    edges: BTreeMap<u32, Edges>,
}

/// Where the text of a page ends.
#[derive(Debug, Clone, Copy)]
struct Edges {
    left: f64,
    right: f64,
    /// The height of its first line.
    top: f64,
}

fn edges(desk: &Desk<'_>) -> BTreeMap<u32, Edges> {
    let mut edges: BTreeMap<u32, Edges> = BTreeMap::new();
    for cell in desk.body().flat_map(|part| &part.cells) {
        let page = edges.entry(cell.page).or_insert(Edges {
            left: cell.rect.x0,
            right: cell.rect.x1,
            top: cell.baseline,
        });
        page.left = page.left.min(cell.rect.x0);
        page.right = page.right.max(cell.rect.x1);
        page.top = page.top.max(cell.baseline);
    }
    edges
}

/// How letters have to look.
#[derive(Debug, Clone, Copy)]
struct Style {
    bold: bool,
    italic: bool,
}

const BOLD: Style = Style {
    bold: true,
    italic: false,
};
const REGULAR: Style = Style {
    bold: false,
    italic: false,
};
const ITALIC: Style = Style {
    bold: false,
    italic: true,
};
const BOLD_ITALIC: Style = Style {
    bold: true,
    italic: true,
};

impl<'a> Desk<'a> {
    fn tell(
        &mut self,
        rule: LayoutRule,
        place: Option<(u32, Rect)>,
        seen: Seen,
        args: &[(&str, String)],
    ) {
        let weight = rule.severity(self.input.profile, self.input.on);
        self.findings.push(LayoutFinding {
            rule,
            severity: weight.value,
            citation: weight.citation,
            certainty: weight.certainty,
            page: place.map(|(page, _)| page),
            rect: place.map(|(_, rect)| rect),
            seen,
            args: args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
    }

    /// A finding about a line.
    fn at(&mut self, rule: LayoutRule, cell: &Cell, seen: Seen) {
        self.tell(rule, Some((cell.page, cell.rect)), seen, &[]);
    }

    /// Something that should be on the first page is missing.
    fn missing(&mut self, rule: LayoutRule, page: u32) {
        let weight = rule.severity(self.input.profile, self.input.on);
        self.findings.push(LayoutFinding {
            rule,
            severity: weight.value,
            citation: weight.citation,
            certainty: weight.certainty,
            page: Some(page),
            rect: None,
            seen: Seen::Nothing,
            args: BTreeMap::new(),
        });
    }

    /// Least and most of a setting.
    fn range(&self, setting: Setting) -> (f64, f64) {
        let numbers = self.input.profile.numbers(setting, self.input.on).value;
        let at = |at: usize| {
            numbers
                .get(at)
                .or(numbers.last())
                .copied()
                .unwrap_or_default() as f64
        };
        (at(0), at(1))
    }

    /// Tells lines whose size is out of the setting's range; the first of them is shown.
    fn size(&mut self, rule: LayoutRule, cells: &[Cell], setting: Setting) {
        let (min, max) = self.range(setting);
        let outside = |cell: &&Cell| cell.size < min - SIZE_SLACK || cell.size > max + SIZE_SLACK;
        if let Some(cell) = cells.iter().find(outside) {
            let args = [("min", min.to_string()), ("max", max.to_string())];
            self.tell(
                rule,
                Some((cell.page, cell.rect)),
                Seen::Size { points: cell.size },
                &args,
            );
        }
    }

    /// Tells lines of another style; the first of them is shown.
    fn style(&mut self, rule: LayoutRule, cells: &[Cell], style: Style) {
        let other = |cell: &&Cell| cell.is_bold() != style.bold || cell.is_italic() != style.italic;
        if let Some(cell) = cells.iter().find(other) {
            self.at(rule, cell, Seen::of_style(cell));
        }
    }

    /// Tells a line that is not in capitals.
    fn capitals(&mut self, rule: LayoutRule, cells: &[Cell]) {
        if let Some(cell) = cells.iter().find(|cell| !cell.is_upper()) {
            self.at(rule, cell, Seen::of_text(cell.text()));
        }
    }

    /// The lines of an element.
    fn cells(&self, kind: ElementKind) -> &'a [Cell] {
        self.anatomy
            .part(kind)
            .map_or(&[], |part| part.cells.as_slice())
    }

    /// Whether the rule under a line is as long as it should be, in percent of the line.
    fn rule(&mut self, rule: LayoutRule, cells: &[Cell], (min, max): (f64, f64)) {
        let Some(last) = cells.last() else { return };
        let Some(sheet) = self.anatomy.sheet(last.page) else {
            return;
        };
        let Some(line) = sheet.rule_below(last, 1.3 * last.size) else {
            self.at(rule, last, Seen::Nothing);
            return;
        };
        let widest = cells
            .iter()
            .map(|cell| cell.rect.width())
            .fold(0.0, f64::max);
        let share = |width: f64| 100.0 * line.width() / width.max(1.0);
        let fits = |width: f64| (min - 5.0..=max + 5.0).contains(&share(width));
        let middle = f64::midpoint(line.x0, line.x1);
        let centred = (middle - last.middle()).abs() < 10.0;
        if !(fits(widest) || fits(last.rect.width())) || !centred {
            let place = Some((last.page, line.union(&last.rect)));
            self.tell(
                rule,
                place,
                Seen::Share {
                    percent: share(widest),
                },
                &[],
            );
        }
    }

    /// The pages before the appendices.
    fn main_pages(&self) -> u32 {
        let first = self
            .anatomy
            .parts
            .iter()
            .filter(|part| {
                matches!(
                    part.kind,
                    ElementKind::AppendixHeading | ElementKind::AppendixTitle
                )
            })
            .filter_map(|part| part.cells.first().map(|cell| cell.page))
            .min();
        first.unwrap_or(u32::MAX)
    }

    /// Paragraphs of the document itself, appendices left out.
    fn body(&self) -> impl Iterator<Item = &'a Part> {
        let end = self.main_pages();
        self.anatomy.parts.iter().filter(move |part| {
            is_body(part.kind) && part.cells.first().is_some_and(|cell| cell.page < end)
        })
    }
}

fn is_body(kind: ElementKind) -> bool {
    matches!(
        kind,
        ElementKind::Basis
            | ElementKind::Article
            | ElementKind::Clause
            | ElementKind::Point
            | ElementKind::Dash
            | ElementKind::Paragraph
    )
}

fn mm(points: f64) -> f64 {
    points * 25.4 / 72.0
}
