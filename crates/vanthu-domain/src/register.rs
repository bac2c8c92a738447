//! Registers and numbers (sổ đăng ký, số và ký hiệu).
//!
//! Numbers run from 01 on 1 January to 31 December, one series for paper and electronic documents,
//! without gaps: a number once taken stays in the register, given or void with its reason
//! (Decree 30/2020/NĐ-CP, Articles 15 and 16). Which number comes next is decided here; that two
//! clerks can't take it at once is for the transaction that calls.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::kind::{BadCode, DocumentKind, NotationRule};
use crate::moment::{Day, Moment};
use crate::refusal::{Refusal, RefusalCode};
use crate::text::clean;

/// Which register a number is of (loại sổ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Series {
    /// Outgoing documents (văn bản đi).
    Outgoing,
    /// Incoming documents (văn bản đến).
    Incoming,
    /// Copies of every form together (bản sao).
    Copies,
}

impl Series {
    /// Every series.
    pub const ALL: &[Self] = &[Self::Outgoing, Self::Incoming, Self::Copies];

    /// The code under which it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
            Self::Copies => "copies",
        }
    }

    /// Its name on the cover.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outgoing => "Sổ đăng ký văn bản đi",
            Self::Incoming => "Sổ đăng ký văn bản đến",
            Self::Copies => "Sổ đăng ký bản sao",
        }
    }

    /// The series in which an outgoing document of that kind is numbered.
    pub fn of(kind: DocumentKind) -> Self {
        if kind.is_copy() {
            Self::Copies
        } else {
            Self::Outgoing
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Series {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let found = Self::ALL
            .iter()
            .copied()
            .find(|series| series.code() == text);
        found.ok_or_else(|| BadCode::new("a series of numbers", text))
    }
}

/// What became of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum NumberState {
    /// Held for a document that is being numbered (giữ chỗ).
    Reserved {
        /// Since when.
        at: Moment,
    },
    /// It stands on a document (đã cấp).
    Given {
        /// Since when.
        at: Moment,
        /// The date of the document.
        on: Day,
    },
    /// It stands on none and is never used again (đã hủy).
    Void {
        /// Since when.
        at: Moment,
        /// Why.
        reason: String,
    },
}

impl NumberState {
    /// The code under which it is stored.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Reserved { .. } => "reserved",
            Self::Given { .. } => "given",
            Self::Void { .. } => "void",
        }
    }

    /// A reserved number is put on a document of that date.
    pub fn give(self, at: Moment, on: Day) -> Result<Self, Refusal> {
        match self {
            Self::Reserved { .. } => Ok(Self::Given { at, on }),
            Self::Given { .. } | Self::Void { .. } => Err(self.refused("cấp số")),
        }
    }

    /// A number is made void; its place in the register stays, with the reason.
    pub fn make_void(self, at: Moment, reason: &str) -> Result<Self, Refusal> {
        let reason = clean(reason);
        if reason.is_empty() {
            return Err(RefusalCode::NumberVoidNeedsReason.into());
        }
        match self {
            Self::Reserved { .. } | Self::Given { .. } => Ok(Self::Void { at, reason }),
            Self::Void { .. } => Err(self.refused("hủy số")),
        }
    }

    fn refused(&self, action: &str) -> Refusal {
        let state = match self {
            Self::Reserved { .. } => "đang giữ chỗ",
            Self::Given { .. } => "đã cấp",
            Self::Void { .. } => "đã hủy",
        };
        Refusal::new(RefusalCode::WrongState)
            .with("state", state)
            .with("action", action)
    }
}

/// The last entry of a series in its year, from which the next follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastNumber {
    /// The highest number taken, given or void; 0 where there is none.
    pub number: u32,
    /// The latest date that a given number carries.
    pub dated: Option<Day>,
}

/// A register of one agency, series and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterYear {
    /// The year of issue, in Vietnam.
    pub year: i16,
    /// Whether it has been closed, printed and bound.
    pub closed: bool,
    /// Its last entry.
    pub last: LastNumber,
}

impl RegisterYear {
    /// The number that comes next for a document of that date: one higher than the last, so that
    /// there is no gap; of this year; and never dated before a lower number.
    ///
    /// Clause: TG-10.2a
    pub fn next(&self, on: Day) -> Result<u32, Refusal> {
        if self.closed || on.year() != self.year {
            return Err(Refusal::new(RefusalCode::RegisterClosed).with("year", self.year));
        }
        let number = self.last.number.saturating_add(1);
        if self.last.dated.is_some_and(|dated| on < dated) {
            return Err(Refusal::new(RefusalCode::NumberNotCurrent).with("number", number));
        }
        Ok(number)
    }

    /// The numbers that are missing among those taken; an audit that finds one has found a fault.
    pub fn gaps(taken: &[u32]) -> Vec<u32> {
        let highest = taken.iter().copied().max().unwrap_or(0);
        let mut present = taken.to_vec();
        present.sort_unstable();
        (1..=highest)
            .filter(|number| present.binary_search(number).is_err())
            .collect()
    }
}

/// The year in whose register a document of that moment is numbered.
pub fn register_year(at: Moment) -> i16 {
    at.day().year()
}

/// What a notation is made of, beside the number (thành phần của ký hiệu).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotationParts<'a> {
    /// The kind of document.
    pub kind: DocumentKind,
    /// The abbreviation of the agency or of the state title that issues: `UBND`.
    pub agency: &'a str,
    /// The abbreviation of the drafting unit or field: `VHXH`.
    pub unit: &'a str,
}

impl NotationParts<'_> {
    /// The notation alone: `QĐ-UBND`, `UBND-VHXH`.
    pub fn notation(&self, pattern: &str) -> Result<String, Refusal> {
        let full = self.filled("", pattern)?;
        Ok(full.trim_start_matches('/').to_owned())
    }

    /// Number and notation: `15/QĐ-UBND`, `05/UBND-VHXH`.
    pub fn number_and_notation(
        &self,
        number: u32,
        padding: usize,
        pattern: &str,
    ) -> Result<String, Refusal> {
        self.filled(&padded(number, padding), pattern)
    }

    fn filled(&self, number: &str, pattern: &str) -> Result<String, Refusal> {
        let unit_missing = self.kind.notation_rule() == NotationRule::AgencyThenUnit
            && self.unit.trim().is_empty();
        if self.agency.trim().is_empty() || unit_missing {
            let missing = if unit_missing {
                "đơn vị soạn thảo"
            } else {
                "cơ quan"
            };
            return Err(Refusal::new(RefusalCode::NotationMissing).with("agency", missing));
        }
        let filled = pattern
            .replace("{number}", number)
            .replace("{kind}", self.kind.abbreviation().unwrap_or_default())
            .replace("{agency}", self.agency.trim())
            .replace("{unit}", self.unit.trim());
        Ok(filled.chars().filter(|c| !c.is_whitespace()).collect())
    }
}

/// A number as it is written: with a zero before 1 to 9 where the padding is 2.
pub fn padded(number: u32, padding: usize) -> String {
    format!("{number:0padding$}")
}

/// Number and notation read from a text: `145/SMau-VP` is 145 and `SMau-VP`.
pub fn split_notation(text: &str) -> Option<(u32, &str)> {
    let (number, notation) = text.trim().split_once('/')?;
    let number = number.trim();
    let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    (digits && !notation.trim().is_empty()).then_some((number.parse().ok()?, notation.trim()))
}

/// A line of the register of outgoing documents, the ten columns of Decree 30/2020/NĐ-CP,
/// Appendix IV part I.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RegisterRowOut {
    /// (1) Số, ký hiệu văn bản.
    pub number_and_notation: String,
    /// (2) Ngày tháng văn bản.
    pub dated: String,
    /// (3) Tên loại và trích yếu nội dung văn bản.
    pub kind_and_abstract: String,
    /// (4) Người ký.
    pub signer: String,
    /// (5) Nơi nhận văn bản.
    pub recipients: String,
    /// (6) Đơn vị, người nhận bản lưu.
    pub kept_by: String,
    /// (7) Số lượng bản.
    pub copies: String,
    /// (8) Ngày chuyển.
    pub sent_on: String,
    /// (9) Ký nhận.
    pub received_by: String,
    /// (10) Ghi chú.
    pub note: String,
}

impl RegisterRowOut {
    /// The heads of the columns.
    pub const HEADS: [&str; 10] = [
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản",
        "Người ký",
        "Nơi nhận văn bản",
        "Đơn vị, người nhận bản lưu",
        "Số lượng bản",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    ];

    /// The cells in the order of the columns.
    pub fn cells(&self) -> [&str; 10] {
        [
            &self.number_and_notation,
            &self.dated,
            &self.kind_and_abstract,
            &self.signer,
            &self.recipients,
            &self.kept_by,
            &self.copies,
            &self.sent_on,
            &self.received_by,
            &self.note,
        ]
    }
}

/// A line of the register of incoming documents, the ten columns of Decree 30/2020/NĐ-CP,
/// Appendix IV part VI.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RegisterRowIn {
    /// (1) Ngày đến.
    pub arrived_on: String,
    /// (2) Số đến.
    pub number: String,
    /// (3) Tác giả.
    pub issuer: String,
    /// (4) Số, ký hiệu văn bản.
    pub number_and_notation: String,
    /// (5) Ngày tháng văn bản.
    pub dated: String,
    /// (6) Tên loại và trích yếu nội dung văn bản.
    pub kind_and_abstract: String,
    /// (7) Đơn vị hoặc người nhận.
    pub recipient: String,
    /// (8) Ngày chuyển.
    pub forwarded_on: String,
    /// (9) Ký nhận.
    pub received_by: String,
    /// (10) Ghi chú.
    pub note: String,
}

impl RegisterRowIn {
    /// The heads of the columns.
    pub const HEADS: [&str; 10] = [
        "Ngày đến",
        "Số đến",
        "Tác giả",
        "Số, ký hiệu văn bản",
        "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản",
        "Đơn vị hoặc người nhận",
        "Ngày chuyển",
        "Ký nhận",
        "Ghi chú",
    ];

    /// The cells in the order of the columns.
    pub fn cells(&self) -> [&str; 10] {
        [
            &self.arrived_on,
            &self.number,
            &self.issuer,
            &self.number_and_notation,
            &self.dated,
            &self.kind_and_abstract,
            &self.recipient,
            &self.forwarded_on,
            &self.received_by,
            &self.note,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{RegulationProfile, Setting};
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_notation_is_built_by_the_pattern_of_its_kind() {
        let profile = RegulationProfile::bundled("national").unwrap();
        let on = day("2026-11-22");
        let padding = profile.number(Setting::NumberPadding, on).value as usize;
        for (kind, number, expected) in [
            (DocumentKind::Decision, 15, "15/QĐ-UBND"),
            (DocumentKind::OfficialLetter, 5, "05/UBND-VHXH"),
            (DocumentKind::Regulation, 1284, "1284/QyĐ-UBND"),
            (DocumentKind::FullCopy, 9, "09/SY-UBND"),
        ] {
            let parts = NotationParts {
                kind,
                agency: "UBND",
                unit: " VHXH ",
            };
            let pattern = profile.notation_pattern(kind, on).value;
            assert_eq!(
                parts
                    .number_and_notation(number, padding, &pattern)
                    .unwrap(),
                expected
            );
            let (read, notation) = split_notation(expected).unwrap();
            assert_eq!(read, number);
            assert_eq!(parts.notation(&pattern).unwrap(), notation);
        }
    }

    #[test]
    fn a_notation_without_its_abbreviations_is_refused() {
        let refused = |kind, agency, unit| {
            let parts = NotationParts { kind, agency, unit };
            parts.notation("{number}/{agency}-{unit}").unwrap_err().code
        };
        let letter = DocumentKind::OfficialLetter;
        assert_eq!(refused(letter, "UBND", ""), RefusalCode::NotationMissing);
        assert_eq!(
            refused(DocumentKind::Plan, " ", "VP"),
            RefusalCode::NotationMissing
        );
        assert_eq!(split_notation("QĐ-UBND"), None);
        assert_eq!(split_notation("x/QĐ"), None);
        assert_eq!(split_notation("99999999999/QĐ"), None);
    }

    /// Proves: TG-10.2a
    #[test]
    fn the_next_number_is_of_its_year_and_never_dated_before_a_lower_one() {
        let last = LastNumber {
            number: 14,
            dated: Some(day("2026-11-20")),
        };
        let open = RegisterYear {
            year: 2026,
            closed: false,
            last,
        };
        for (register, on, expected) in [
            (open, "2026-11-20", Ok(15)),
            (open, "2026-11-22", Ok(15)),
            (open, "2026-11-19", Err(RefusalCode::NumberNotCurrent)),
            (open, "2027-01-01", Err(RefusalCode::RegisterClosed)),
            (
                RegisterYear {
                    closed: true,
                    ..open
                },
                "2026-11-22",
                Err(RefusalCode::RegisterClosed),
            ),
            (
                RegisterYear {
                    last: LastNumber::default(),
                    ..open
                },
                "2026-01-01",
                Ok(1),
            ),
        ] {
            assert_eq!(register.next(day(on)).map_err(|r| r.code), expected, "{on}");
        }
        assert_eq!(register_year(day("2027-01-01").start()), 2027);
        assert_eq!(
            register_year(day("2027-01-01").start().plus_seconds(-1)),
            2026
        );
    }

    #[test]
    fn every_state_of_a_number_takes_only_its_own_steps() {
        let at = day("2026-11-22").start();
        let states = [
            NumberState::Reserved { at },
            NumberState::Given {
                at,
                on: day("2026-11-22"),
            },
            NumberState::Void {
                at,
                reason: "Ghi nhầm".into(),
            },
        ];
        let may_give = [true, false, false];
        let may_void = [true, true, false];
        for ((state, give), void) in states.into_iter().zip(may_give).zip(may_void) {
            let code = state.code();
            assert_eq!(
                state.clone().give(at, day("2026-11-22")).is_ok(),
                give,
                "{code}"
            );
            assert_eq!(state.clone().make_void(at, "Trùng").is_ok(), void, "{code}");
            let refused = state.make_void(at, "  ").unwrap_err();
            assert_eq!(refused.code, RefusalCode::NumberVoidNeedsReason);
        }
    }

    #[test]
    fn a_document_is_numbered_in_its_series() {
        assert_eq!(Series::of(DocumentKind::OfficialLetter), Series::Outgoing);
        assert_eq!(Series::of(DocumentKind::ExtractCopy), Series::Copies);
        for series in Series::ALL {
            assert_eq!(series.code().parse::<Series>(), Ok(*series));
            assert_eq!(
                serde_json::to_string(series).unwrap(),
                format!("\"{series}\"")
            );
        }
    }

    #[test]
    fn both_registers_have_the_ten_columns_of_the_decree() {
        let row = RegisterRowOut {
            note: "x".into(),
            ..RegisterRowOut::default()
        };
        assert_eq!(row.cells().len(), RegisterRowOut::HEADS.len());
        assert_eq!(row.cells()[9], "x");
        let row = RegisterRowIn {
            number: "7".into(),
            ..RegisterRowIn::default()
        };
        assert_eq!((RegisterRowIn::HEADS[1], row.cells()[1]), ("Số đến", "7"));
    }

    proptest! {
        /// Proves: TG-10.2a
        #[test]
        fn a_series_never_has_a_gap_nor_an_inversion(steps in prop::collection::vec(0i32..3, 1..80)) {
            let mut register =
                RegisterYear { year: 2026, closed: false, last: LastNumber::default() };
            let mut taken = Vec::new();
            let mut on = day("2026-01-01");
            for step in steps {
                on = on.plus_days(step);
                let number = register.next(on).unwrap();
                taken.push(number);
                register.last = LastNumber { number, dated: Some(on) };
                prop_assert!(register.next(on.plus_days(-1)).is_err());
            }
            prop_assert!(RegisterYear::gaps(&taken).is_empty());
            let holed: Vec<u32> = taken.iter().copied().filter(|n| *n != 1).collect();
            prop_assert_eq!(RegisterYear::gaps(&holed).len(), usize::from(!holed.is_empty()));
        }

        #[test]
        fn whatever_number_is_written_reads_back(number in 1u32..1_000_000) {
            let text = format!("{}/QĐ-UBND", padded(number, 2));
            prop_assert_eq!(split_notation(&text), Some((number, "QĐ-UBND")));
        }
    }
}
