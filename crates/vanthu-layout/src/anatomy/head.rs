//! The head of the first page: cells 1 to 5b, 9a, 10 and 11.

use vanthu_domain::kind::{DocumentKind, Template};

use super::sheet::{Row, is_upper, whole};
use super::spot::plain;
use super::{Cell, ElementKind, Part, Sheet, Urgent, date_of, kind_named, number_of};

/// The head ends within so many rows.
const MOST_ROWS: usize = 40;

/// Takes the head from the first page and tells the kind of document.
pub(super) fn take(sheet: &mut Sheet, parts: &mut Vec<Part>) -> Option<DocumentKind> {
    let mut head = Head::of(sheet);
    let mut next = head.columns(sheet);
    head.name_agencies();
    let (kind, after) = head.title(sheet, next);
    next = head.addressees(sheet, after);
    next = head.issuing_authority(sheet, next, kind);
    let kind = kind.or_else(|| head.unnamed_kind());
    sheet.rows.drain(..next.min(sheet.rows.len()));
    parts.append(&mut head.parts);
    kind
}

struct Head {
    parts: Vec<Part>,
    /// Where the right column begins.
    split: f64,
    /// The row of the national title.
    nation: Option<usize>,
    agencies: Vec<Cell>,
}

impl Head {
    fn of(sheet: &Sheet) -> Self {
        let rows = sheet.rows.iter().take(MOST_ROWS);
        let found = rows.enumerate().find_map(|(at, row)| {
            let row = whole(row)?;
            is_nation(&row.plain()).then_some((at, row))
        });
        let split = found.as_ref().and_then(|(_, row)| {
            let first = row
                .pieces
                .iter()
                .rposition(|piece| plain(&piece.text).starts_with("cong"))?;
            row.pieces.get(first).map(|piece| piece.rect.x0)
        });
        Self {
            parts: Vec::new(),
            split: split
                .filter(|x| *x > 0.2 * sheet.width)
                .unwrap_or(0.45 * sheet.width),
            nation: found.map(|(at, _)| at),
            agencies: Vec::new(),
        }
    }

    fn put(&mut self, kind: ElementKind, cell: Cell, confidence: u8) {
        match self.parts.iter_mut().find(|part| part.kind == kind) {
            Some(part) => part.cells.push(cell),
            None => self.parts.push(Part::new(kind, vec![cell], confidence)),
        }
    }

    fn has(&self, kind: ElementKind) -> bool {
        self.parts.iter().any(|part| part.kind == kind)
    }

    /// Reads both columns; the row after them comes back.
    fn columns(&mut self, sheet: &Sheet) -> usize {
        let last = sheet.rows.len().min(MOST_ROWS);
        for at in 0..last {
            let Some(row) = sheet.rows.get(at) else { break };
            let Some(line) = whole(row) else { continue };
            let text = line.text();
            let begun = self.has(ElementKind::NationalTitle) || self.has(ElementKind::Motto);
            if starts_addressees(&text) || (begun && is_title(sheet, &line)) {
                return at;
            }
            if self.nation.is_none() && !begun && !self.looks_like_head(&text, at) {
                return at;
            }
            let (left, right) = self.halves(row, Some(at) == self.nation);
            let mut taken = false;
            if let Some(cell) = right {
                if starts_addressees(&cell.text()) {
                    return at;
                }
                taken |= self.right(sheet, cell, at);
            }
            if let Some(cell) = left {
                taken |= self.left(cell, at);
            }
            if !taken {
                return at;
            }
        }
        last
    }

    /// Without a national title a head is told by its other words.
    fn looks_like_head(&self, text: &str, at: usize) -> bool {
        let line = plain(text);
        at < 12
            && (is_motto(&line)
                || number_of(text).is_some()
                || date_of(text).is_some_and(|date| !date.day.is_empty() || date.words)
                || Urgent::of(text).is_some()
                || is_upper(text)
                || !self.parts.is_empty())
    }

    /// Splits a row at the gap between the columns.
    fn halves(&self, row: &Row, is_nation: bool) -> (Option<Cell>, Option<Cell>) {
        let Some(line) = whole(row) else {
            return (None, None);
        };
        let edge = if is_nation {
            line.pieces
                .iter()
                .position(|piece| piece.rect.x0 >= self.split - 1.0)
        } else {
            let near = self.split - 110.0..self.split + 70.0;
            let gaps = line.pieces.windows(2).enumerate().filter_map(|(at, pair)| {
                let [a, b] = pair else { return None };
                let gap = b.rect.x0 - a.rect.x1;
                let middle = f64::midpoint(a.rect.x1, b.rect.x0);
                (gap > 0.7 * a.size.max(b.size) && near.contains(&middle)).then_some((at + 1, gap))
            });
            gaps.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
        };
        match edge {
            Some(at) => (line.range(0, at), line.range(at, line.pieces.len())),
            None if line.middle() < self.split => (Some(line), None),
            None => (None, Some(line)),
        }
    }

    fn right(&mut self, sheet: &Sheet, cell: Cell, at: usize) -> bool {
        let text = cell.text();
        let line = plain(&text);
        if is_nation(&line) {
            self.put(ElementKind::NationalTitle, cell, 99);
        } else if is_motto(&line) {
            self.put(ElementKind::Motto, cell, 99);
        } else if let Some(stamp) = Urgent::of(&text) {
            self.put(stamp_kind(stamp), cell, 90);
        } else if is_issue_mark(&line) {
            self.put(ElementKind::IssueMark, cell, 85);
        } else if !self.has(ElementKind::PlaceAndDate)
            && let Some(date) = date_of(&text)
            && cell.rect.y1 < sheet.height * 0.95
        {
            let sure = if date.words && date.comma { 97 } else { 80 };
            self.put(ElementKind::PlaceAndDate, cell, sure);
        } else {
            // The national title may run over two lines, and signatures leave words above everything.
            return self.nation.is_some_and(|nation| at <= nation)
                || (self.nation.is_some_and(|nation| at == nation + 1) && line == "viet nam");
        }
        true
    }

    fn left(&mut self, cell: Cell, at: usize) -> bool {
        let text = cell.text();
        if let Some(stamp) = Urgent::of(&text) {
            self.put(stamp_kind(stamp), cell, 95);
            return true;
        }
        let numbered = self.has(ElementKind::Number);
        if !numbered && let Some(number) = number_of(&text) {
            let sure = if number.stroke && number.colon {
                98
            } else {
                75
            };
            self.put(ElementKind::Number, cell, sure);
            return true;
        }
        if !numbered {
            let near = self.nation.is_none_or(|nation| at + 3 >= nation);
            let narrow = cell.rect.x1 < self.split + 90.0;
            if near && narrow && cell.text().chars().any(char::is_alphabetic) {
                self.agencies.push(cell);
                return true;
            }
            return self.nation.is_some_and(|nation| at < nation);
        }
        let about = plain(&text);
        let begins = ["v/v", "v/ v", "ve viec", "v.v"]
            .iter()
            .any(|word| about.starts_with(word));
        let goes_on = self.has(ElementKind::LetterAbstract) && cell.rect.x1 < self.split + 60.0;
        if begins || goes_on {
            self.put(
                ElementKind::LetterAbstract,
                cell,
                if begins { 97 } else { 80 },
            );
            return true;
        }
        false
    }

    /// Which of the lines at the top left are the parent's name, and which the issuing agency's.
    fn name_agencies(&mut self) {
        let lines = std::mem::take(&mut self.agencies);
        let edge = agency_edge(&lines);
        let clear = lines.iter().any(Cell::is_bold) && !lines.iter().all(Cell::is_bold);
        for (at, cell) in lines.into_iter().enumerate() {
            let kind = if at < edge {
                ElementKind::ParentAgency
            } else {
                ElementKind::Agency
            };
            self.put(kind, cell, if clear || edge == 0 { 95 } else { 70 });
        }
    }

    /// The name of the kind and the abstract.
    fn title(&mut self, sheet: &Sheet, from: usize) -> (Option<DocumentKind>, usize) {
        let mut at = from;
        let Some(line) = sheet.rows.get(at).and_then(whole) else {
            return (None, at);
        };
        if !is_title(sheet, &line) {
            return (None, at);
        }
        let kind = kind_named(&line.text()).map(|(kind, _)| kind);
        let mut last = line.clone();
        self.put(ElementKind::Kind, line, 97);
        at += 1;
        let middle = text_middle(sheet);
        while let Some(line) = sheet.rows.get(at).and_then(whole) {
            let text = line.text();
            if let Some(stamp) = Urgent::of(&text) {
                self.put(stamp_kind(stamp), line, 95);
                at += 1;
                continue;
            }
            let ruled = self.has(ElementKind::Abstract) && rule_between(sheet, &last, &line);
            let far = last.baseline - line.baseline > 3.2 * last.size;
            let centred = (line.middle() - middle).abs() < 14.0;
            // The centred line of whoever decides stands in capitals; the abstract does not.
            let decides = is_upper(&text) && kind_is_decided(kind);
            let other = starts_addressees(&text) || starts_basis(&text) || decides;
            if ruled || far || !centred || other {
                break;
            }
            self.put(ElementKind::Abstract, line.clone(), 95);
            last = line;
            at += 1;
        }
        (kind, at)
    }

    /// "Kính gửi" and its lines.
    fn addressees(&mut self, sheet: &Sheet, from: usize) -> usize {
        let mut at = from;
        // A stamp may stand beside the first lines.
        let Some(start) = (from..sheet.rows.len().min(from + 4)).find(|at| {
            let line = sheet.rows.get(*at).and_then(whole);
            line.is_some_and(|line| starts_addressees(&self.right_of_stamp(&line).text()))
        }) else {
            return at;
        };
        while at < start {
            let left = sheet.rows.get(at).and_then(whole);
            match left.map(|line| (self.left(line.clone(), at), line)) {
                Some((true, _)) => at += 1,
                _ => return from,
            }
        }
        let mut first: Option<Cell> = None;
        let mut dashed = false;
        while let Some(line) = sheet.rows.get(at).and_then(whole) {
            let line = self.right_of_stamp(&line);
            let text = line.text();
            let is_dash = text.starts_with(['-', '–', '+']);
            if let Some(head) = &first {
                let ended = self.parts.last().is_some_and(|part| {
                    part.cells
                        .last()
                        .is_some_and(|cell| cell.text().ends_with('.'))
                });
                let far = self
                    .parts
                    .last()
                    .and_then(|part| part.cells.last())
                    .is_some_and(|last| last.baseline - line.baseline > 2.6 * last.size);
                let outside = line.rect.x0 < head.rect.x0 - 3.0 && !is_dash;
                let begins_text = !dashed && !is_dash && line.rect.x0 < head.rect.x0 + 30.0;
                if (ended && !is_dash) || outside || begins_text || (far && !is_dash) {
                    break;
                }
            } else {
                first = Some(line.clone());
            }
            dashed |= is_dash;
            self.put(ElementKind::Addressees, line, 96);
            at += 1;
        }
        at
    }

    /// What of a line stands right of a stamp in the left column.
    fn right_of_stamp(&mut self, line: &Cell) -> Cell {
        for cut in 1..line.pieces.len().min(4) {
            if let Some(left) = line.range(0, cut)
                && let Some(stamp) = Urgent::of(&left.text())
                && let Some(rest) = line.range(cut, line.pieces.len())
            {
                if !self.has(stamp_kind(stamp)) {
                    self.put(stamp_kind(stamp), left, 90);
                }
                return rest;
            }
        }
        line.clone()
    }

    /// "CHỦ TỊCH ỦY BAN NHÂN DÂN …" above the bases of what is decided.
    fn issuing_authority(
        &mut self,
        sheet: &Sheet,
        from: usize,
        kind: Option<DocumentKind>,
    ) -> usize {
        let mut at = from;
        if !kind_is_decided(kind) {
            return at;
        }
        while let Some(line) = sheet.rows.get(at).and_then(whole) {
            let centred = (line.middle() - text_middle(sheet)).abs() < 14.0;
            if !centred || !line.is_upper() || line.text().ends_with(':') {
                break;
            }
            self.put(ElementKind::IssuingAuthority, line, 90);
            at += 1;
        }
        at
    }

    /// A document that names no kind and has addressees or "V/v" is an official letter.
    fn unnamed_kind(&self) -> Option<DocumentKind> {
        let letter = self.has(ElementKind::LetterAbstract)
            || (self.has(ElementKind::Addressees) && self.has(ElementKind::Number));
        letter.then_some(DocumentKind::OfficialLetter)
    }
}

fn is_title(sheet: &Sheet, line: &Cell) -> bool {
    let text = line.text();
    let Some((_, is_all)) = kind_named(&text) else {
        return false;
    };
    let centred = (line.middle() - text_middle(sheet)).abs() < 70.0;
    centred && (is_all || (is_upper(&text) && line.is_bold()))
}

/// The first line of the issuing agency's name.
fn agency_edge(lines: &[Cell]) -> usize {
    let all_bold = lines.iter().all(Cell::is_bold);
    if !all_bold && let Some(first) = lines.iter().position(Cell::is_bold) {
        return first;
    }
    // One style throughout: a new name begins with the word for a kind of agency.
    const HEADS: &[&str] = &[
        "uy ban",
        "ubnd",
        "hdnd",
        "hoi dong",
        "so ",
        "bo ",
        "cuc ",
        "chi cuc",
        "tong cuc",
        "van phong",
        "phong ",
        "trung tam",
        "truong ",
        "ban ",
        "thanh tra",
        "cong an",
        "vien ",
        "benh vien",
        "tram ",
        "hoc vien",
        "dai hoc",
        "kho bac",
        "tong cong ty",
        "cong ty",
        "toa an",
        "bao hiem",
        "thue ",
        "doan ",
        "hoi ",
        "lien doan",
        "dang uy",
    ];
    let begins = |cell: &Cell| {
        let line = cell.plain();
        HEADS.iter().any(|head| line.starts_with(head))
    };
    let starts: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, cell)| begins(cell))
        .map(|(at, _)| at)
        .collect();
    match starts.as_slice() {
        [_, .., last] => *last,
        _ => 0,
    }
}

fn kind_is_decided(kind: Option<DocumentKind>) -> bool {
    kind.is_some_and(|kind| matches!(kind.template(), Template::Decision | Template::Resolution))
}

/// Whether a line is drawn between two lines of text.
fn rule_between(sheet: &Sheet, above: &Cell, below: &Cell) -> bool {
    sheet
        .rule_below(above, above.baseline - below.baseline)
        .is_some()
}

fn text_middle(sheet: &Sheet) -> f64 {
    let (left, right) = sheet
        .all
        .iter()
        .fold((f64::MAX, f64::MIN), |(left, right), cell| {
            (left.min(cell.rect.x0), right.max(cell.rect.x1))
        });
    if right - left > 0.5 * sheet.width {
        f64::midpoint(left, right)
    } else {
        // The left margin is wider than the right one by law.
        0.52 * sheet.width
    }
}

fn stamp_kind(stamp: Urgent) -> ElementKind {
    match stamp {
        Urgent::Degree(_) => ElementKind::Urgency,
        Urgent::Secrecy => ElementKind::Secrecy,
        Urgent::Circulation => ElementKind::Circulation,
    }
}

fn is_nation(line: &str) -> bool {
    let words = ["cong", "hoa", "xa", "hoi", "chu", "nghia", "viet", "nam"];
    let there = words
        .iter()
        .filter(|word| line.split(' ').any(|it| it == **word));
    line.contains("xa hoi chu nghia")
        || line.contains("hoi chu nghia viet nam")
        || there.count() >= 7
}

fn is_motto(line: &str) -> bool {
    let parts = ["doc lap", "tu do", "hanh phuc"];
    parts.iter().filter(|part| line.contains(**part)).count() >= 2
}

/// "Số: 12/QĐ-UBND; 22/11/2026; 08:12:00", "SAO Y; …".
fn is_issue_mark(line: &str) -> bool {
    let times = line.matches(':').count() >= 2 || line.contains("thoi gian ky");
    let begins = [
        "so:",
        "so ",
        "sao y",
        "sao luc",
        "trich sao",
        "thoi gian ky",
    ];
    times && begins.iter().any(|word| line.starts_with(word))
}

fn starts_addressees(text: &str) -> bool {
    plain(text).starts_with("kinh gui")
}

/// Whether a line begins a basis.
pub(super) fn starts_basis(text: &str) -> bool {
    let line = plain(text);
    ["can cu ", "theo de nghi", "xet de nghi", "xet to trinh"]
        .iter()
        .any(|word| line.starts_with(word))
}
