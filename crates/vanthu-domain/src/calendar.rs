//! The working calendar (lịch làm việc): which days are worked, and the terms that run on them.
//!
//! Days off are data, a file a year in `calendars/`; an agency may set its own days over them. A
//! term in days does not count its first day, and one that would end on a day off ends with the
//! next working day (Civil Code 2015, Articles 147 and 148).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::moment::{Day, Moment};
use crate::refusal::Certainty;

/// What a day is to those who work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayType {
    /// An ordinary working day (ngày làm việc).
    Working,
    /// Saturday or Sunday (nghỉ hằng tuần).
    Weekend,
    /// A public holiday (nghỉ lễ, tết).
    Holiday,
    /// Off, for a holiday that fell on a weekend (nghỉ bù).
    Compensation,
    /// Off, in exchange for a make-up day (nghỉ hoán đổi).
    SwappedOff,
    /// A weekend day worked in exchange for another (làm bù).
    MakeUp,
}

impl DayType {
    /// Whether it is worked.
    pub fn is_working(self) -> bool {
        matches!(self, Self::Working | Self::MakeUp)
    }
}

/// The hours of a working day, in minutes since midnight (giờ làm việc).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WorkingHours {
    /// When the morning begins.
    pub morning_start: u16,
    /// When the morning ends: the last moment of "the morning of the next working day".
    pub morning_end: u16,
    /// When the afternoon begins.
    pub afternoon_start: u16,
    /// When the afternoon ends.
    pub afternoon_end: u16,
}

impl WorkingHours {
    /// From `07:30-11:30 13:30-17:00`; `None` where it is not of this form or not in order.
    pub fn parse(text: &str) -> Option<Self> {
        let minutes = |clock: &str| {
            let (hour, minute) = clock.split_once(':')?;
            let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let (morning, afternoon) = text.split_once(' ')?;
        let (morning_start, morning_end) = morning.split_once('-')?;
        let (afternoon_start, afternoon_end) = afternoon.split_once('-')?;
        let hours = Self {
            morning_start: minutes(morning_start)?,
            morning_end: minutes(morning_end)?,
            afternoon_start: minutes(afternoon_start)?,
            afternoon_end: minutes(afternoon_end)?,
        };
        let order = [
            hours.morning_start,
            hours.morning_end,
            hours.afternoon_start,
            hours.afternoon_end,
        ];
        order.is_sorted_by(|a, b| a < b).then_some(hours)
    }

    /// Minutes worked on a full day.
    pub fn minutes_a_day(self) -> i64 {
        i64::from(self.morning_end - self.morning_start)
            + i64::from(self.afternoon_end - self.afternoon_start)
    }

    /// Minutes worked on such a day from the one to the other minute.
    fn between(self, from: u16, to: u16) -> i64 {
        let overlap =
            |start: u16, end: u16| (i64::from(to.min(end)) - i64::from(from.max(start))).max(0);
        overlap(self.morning_start, self.morning_end)
            + overlap(self.afternoon_start, self.afternoon_end)
    }
}

/// The days of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingCalendar {
    special: BTreeMap<Day, SpecialDay>,
    years: Vec<i16>,
    hours: WorkingHours,
}

/// A day that is not what its place in the week makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// What it is.
    pub day_type: DayType,
    /// Its name, as people call it.
    pub name: String,
    /// How sure it is.
    pub certainty: Certainty,
}

/// By when a document is issued and sent (thời hạn phát hành).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueDeadline {
    /// The end of the day on which it was signed: it should have left by then.
    pub due: Moment,
    /// The end of the morning of the next working day: after it, it is late.
    pub latest: Moment,
}

/// A calendar file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadCalendar {
    /// It is not in its form.
    #[error("not a calendar: {0}")]
    Form(#[from] toml::de::Error),
    /// A range of days ends before it begins, or is longer than a month.
    #[error("a range of days out of order: {0}")]
    Range(String),
    /// A day stands outside the file's year, or twice.
    #[error("day {0} is outside the year or stands twice")]
    Day(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i16,
    days: Vec<DaysEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DaysEntry {
    from: Day,
    until: Option<Day>,
    #[serde(rename = "type")]
    day_type: DayType,
    name: String,
    #[serde(default)]
    certainty: Certainty,
}

impl WorkingCalendar {
    /// A calendar that knows weekends only.
    pub fn plain(hours: WorkingHours) -> Self {
        Self {
            special: BTreeMap::new(),
            years: Vec::new(),
            hours,
        }
    }

    /// The calendar of the country for the years that are known.
    pub fn vietnam(hours: WorkingHours) -> Self {
        let files = [
            include_str!("../calendars/2026.toml"),
            include_str!("../calendars/2027.toml"),
        ];
        // A test proves that both read; a year that did not would have its weekends only.
        files
            .into_iter()
            .fold(Self::plain(hours), |calendar, file| {
                calendar.clone().with_year(file).unwrap_or(calendar)
            })
    }

    /// Adds the days of a file of one year.
    pub fn with_year(mut self, file: &str) -> Result<Self, BadCalendar> {
        let file: YearFile = toml::from_str(file)?;
        for entry in file.days {
            let until = entry.until.unwrap_or(entry.from);
            if until < entry.from || until > entry.from.plus_days(31) {
                return Err(BadCalendar::Range(entry.from.iso()));
            }
            let mut day = entry.from;
            while day <= until {
                let special = SpecialDay {
                    day_type: entry.day_type,
                    name: entry.name.clone(),
                    certainty: entry.certainty,
                };
                let twice = self.special.insert(day, special).is_some();
                if twice || day.year() != file.year {
                    return Err(BadCalendar::Day(day.iso()));
                }
                day = day.plus_days(1);
            }
        }
        self.years.push(file.year);
        Ok(self)
    }

    /// Sets a day of the agency's own over the country's (Saturdays of the one-stop shop, a day off
    /// by decision).
    #[must_use]
    pub fn with_day(mut self, day: Day, day_type: DayType, name: &str) -> Self {
        let name = name.to_owned();
        let special = SpecialDay {
            day_type,
            name,
            certainty: Certainty::Text,
        };
        self.special.insert(day, special);
        self
    }

    /// The hours of its working days.
    pub fn hours(&self) -> WorkingHours {
        self.hours
    }

    /// Whether the days off of that year are known; where not, only weekends are.
    pub fn knows_year(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// What the day is.
    pub fn day_type(&self, day: Day) -> DayType {
        match self.special.get(&day) {
            Some(special) => special.day_type,
            None if day.weekday() >= 6 => DayType::Weekend,
            None => DayType::Working,
        }
    }

    /// What is special about the day, if anything.
    pub fn special(&self, day: Day) -> Option<&SpecialDay> {
        self.special.get(&day)
    }

    /// Whether the day is worked.
    pub fn is_working(&self, day: Day) -> bool {
        self.day_type(day).is_working()
    }

    /// The first working day after the day.
    pub fn next_working_day(&self, day: Day) -> Day {
        let mut next = day.plus_days(1);
        // No country rests for a year; the limit keeps an odd calendar from running on.
        for _ in 0..366 {
            if self.is_working(next) {
                break;
            }
            next = next.plus_days(1);
        }
        next
    }

    /// The day itself where it is worked, else the first working day after it.
    pub fn working_day_from(&self, day: Day) -> Day {
        if self.is_working(day) {
            day
        } else {
            self.next_working_day(day)
        }
    }

    /// The last day of a term of so many working days; the first day is not counted.
    pub fn add_working_days(&self, start: Day, days: u16) -> Day {
        (0..days).fold(start, |day, _| self.next_working_day(day))
    }

    /// The last day of a term of so many days of the calendar: the first day is not counted, and a
    /// last day off moves to the next working day.
    pub fn add_days(&self, start: Day, days: u16) -> Day {
        self.working_day_from(start.plus_days(i32::from(days)))
    }

    /// How many working days lie after the one day, up to and with the other.
    pub fn working_days_between(&self, after: Day, until: Day) -> u32 {
        let mut count = 0;
        let mut day = after;
        while day < until {
            day = day.plus_days(1);
            count += u32::from(self.is_working(day));
        }
        count
    }

    /// The last moment of a day: a term in days ends at 24:00 (Civil Code 2015, Article 148).
    pub fn end_of(day: Day) -> Moment {
        day.plus_days(1).start()
    }

    /// By when a document signed at that moment is issued and sent: the same day, at the latest in
    /// the morning of the next working day (Decision 28/2018/QĐ-TTg, Article 6(2)).
    ///
    /// Clause: TG-5.2a
    pub fn issue_deadline(&self, signed_at: Moment) -> IssueDeadline {
        let day = signed_at.day();
        let next = self.next_working_day(day);
        let latest = next.at_minute(self.hours.morning_end);
        IssueDeadline {
            due: Self::end_of(day),
            latest,
        }
    }

    /// Minutes of working time from the one moment to the other; negative where the second is the
    /// earlier. What is left until a deadline, or how much it is over.
    pub fn working_minutes(&self, from: Moment, to: Moment) -> i64 {
        if to < from {
            return -self.working_minutes(to, from);
        }
        let (first, last) = (from.day(), to.day());
        let (start, end) = (from.minute_of_day(), to.minute_of_day());
        let worked = |day, from, to| {
            if self.is_working(day) {
                self.hours.between(from, to)
            } else {
                0
            }
        };
        if first == last {
            return worked(first, start, end);
        }
        let whole = i64::from(self.working_days_between(first, last.plus_days(-1)));
        worked(first, start, 24 * 60) + whole * self.hours.minutes_a_day() + worked(last, 0, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calendar() -> WorkingCalendar {
        WorkingCalendar::vietnam(WorkingHours::parse("07:30-11:30 13:30-17:00").unwrap())
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn at(text: &str, minute: u16) -> Moment {
        day(text).at_minute(minute)
    }

    #[test]
    fn both_years_are_read_and_every_holiday_has_its_name() {
        let calendar = calendar();
        assert!(calendar.knows_year(2026) && calendar.knows_year(2027));
        assert!(!calendar.knows_year(2028));
        assert!(
            calendar
                .special
                .values()
                .all(|special| special.name.chars().count() > 5)
        );
    }

    #[test]
    fn each_year_has_the_eleven_holidays_and_the_day_of_culture() {
        for year in [2026, 2027] {
            let calendar = calendar();
            let of_year = calendar
                .special
                .iter()
                .filter(|(day, _)| day.year() == year);
            let holidays: Vec<_> = of_year
                .clone()
                .filter(|(_, s)| s.day_type == DayType::Holiday)
                .collect();
            assert_eq!(holidays.len(), 12, "{year}");
            let on_weekend = holidays
                .iter()
                .filter(|(day, _)| day.weekday() >= 6)
                .count();
            let count = |wanted| {
                of_year
                    .clone()
                    .filter(|(_, s)| s.day_type == wanted)
                    .count()
            };
            assert_eq!(count(DayType::Compensation), on_weekend, "{year}");
            assert_eq!(count(DayType::MakeUp), count(DayType::SwappedOff), "{year}");
        }
    }

    #[test]
    fn a_make_up_day_is_a_weekend_day_and_every_other_day_off_is_none() {
        for (day, special) in &calendar().special {
            let weekend = day.weekday() >= 6;
            match special.day_type {
                DayType::MakeUp => assert!(weekend, "{day}"),
                DayType::Compensation | DayType::SwappedOff => assert!(!weekend, "{day}"),
                DayType::Holiday | DayType::Working | DayType::Weekend => {}
            }
        }
    }

    /// The new moon `k` moons after January 2000, as a day in Vietnam (Meeus, chapter 49, the terms
    /// above a thousandth of a day).
    fn new_moon(k: f64) -> Day {
        let t = k / 1236.85;
        let deg = |x: f64| x.to_radians();
        let (m, mp, f) = (
            deg(2.5534 + 29.105_356_7 * k),
            deg(201.5643 + 385.816_935_28 * k + 0.010_758_2 * t * t),
            deg(160.7108 + 390.670_502_84 * k),
        );
        let e = 1.0 - 0.002_516 * t;
        let correction = -0.407_20 * mp.sin()
            + 0.172_41 * e * m.sin()
            + 0.016_08 * (2.0 * mp).sin()
            + 0.010_39 * (2.0 * f).sin()
            + 0.007_39 * e * (mp - m).sin()
            - 0.005_14 * e * (mp + m).sin()
            + 0.002_08 * e * e * (2.0 * m).sin()
            - 0.001_11 * (mp - 2.0 * f).sin();
        let jde = 2_451_550.097_66 + 29.530_588_861 * k + 0.000_154_37 * t * t + correction;
        let delta_t = 72.0 / 86_400.0;
        let days_since_1970 = (jde - delta_t - 2_440_587.5 + 7.0 / 24.0).floor();
        day("1970-01-01").plus_days(days_since_1970 as i32)
    }

    #[test]
    fn the_lunar_holidays_stand_where_the_moon_puts_them() {
        // Tết of 2026 is the 323rd new moon after January 2000; that of 2027 twelve later. Neither
        // year has a leap month before the third, so the third month begins two moons after Tết.
        for (k, tet, hung_vuong) in [
            (323.0, "2026-02-17", "2026-04-26"),
            (335.0, "2027-02-06", "2027-04-16"),
        ] {
            assert_eq!(new_moon(k), day(tet));
            assert_eq!(new_moon(k + 2.0).plus_days(9), day(hung_vuong));
            let calendar = calendar();
            for (day, name) in [(day(tet), "Tết Nguyên đán"), (day(hung_vuong), "Giỗ Tổ")]
            {
                assert!(calendar.special(day).unwrap().name.starts_with(name));
            }
        }
    }

    #[test]
    fn a_term_in_working_days_leaves_out_the_first_day_and_days_off() {
        let calendar = calendar();
        // Sunday 22/11/2026; Tuesday the 24th is the Day of Culture.
        assert_eq!(
            calendar.add_working_days(day("2026-11-22"), 2),
            day("2026-11-25")
        );
        assert_eq!(
            calendar.add_working_days(day("2026-11-23"), 1),
            day("2026-11-25")
        );
        assert_eq!(
            calendar.add_working_days(day("2026-11-23"), 0),
            day("2026-11-23")
        );
        // Over Tết.
        assert_eq!(
            calendar.add_working_days(day("2026-02-13"), 1),
            day("2026-02-23")
        );
        assert_eq!(
            calendar.add_working_days(day("2027-02-04"), 1),
            day("2027-02-12")
        );
        // A worked Saturday.
        assert_eq!(
            calendar.add_working_days(day("2026-08-21"), 1),
            day("2026-08-22")
        );
    }

    #[test]
    fn a_term_in_days_that_ends_on_a_day_off_ends_with_the_next_working_day() {
        assert_eq!(calendar().add_days(day("2026-11-16"), 5), day("2026-11-23"));
        assert_eq!(calendar().add_days(day("2026-11-16"), 4), day("2026-11-20"));
        let end = WorkingCalendar::end_of(day("2026-11-20"));
        assert_eq!(end.iso(), "2026-11-21T00:00:00+07:00");
    }

    /// Proves: TG-5.2a
    #[test]
    fn a_document_leaves_on_its_day_or_in_the_next_working_morning() {
        for (signed, due, latest) in [
            (
                at("2026-11-18", 600),
                "2026-11-19T00:00:00+07:00",
                "2026-11-19T11:30:00+07:00",
            ),
            (
                at("2026-11-20", 1100),
                "2026-11-21T00:00:00+07:00",
                "2026-11-23T11:30:00+07:00",
            ),
            (
                at("2026-11-23", 1439),
                "2026-11-24T00:00:00+07:00",
                "2026-11-25T11:30:00+07:00",
            ),
            (
                at("2026-11-22", 0),
                "2026-11-23T00:00:00+07:00",
                "2026-11-23T11:30:00+07:00",
            ),
        ] {
            let deadline = calendar().issue_deadline(signed);
            assert_eq!(
                (deadline.due.iso().as_str(), deadline.latest.iso().as_str()),
                (due, latest)
            );
        }
    }

    #[test]
    fn an_agency_sets_its_own_days_over_those_of_the_country() {
        let saturday = day("2026-11-21");
        let calendar = calendar()
            .with_day(
                saturday,
                DayType::Working,
                "Bộ phận Một cửa làm sáng thứ Bảy",
            )
            .with_day(day("2026-11-23"), DayType::Holiday, "Ngày truyền thống");
        assert!(calendar.is_working(saturday));
        assert_eq!(calendar.next_working_day(saturday), day("2026-11-25"));
    }

    #[test]
    fn remaining_time_counts_working_minutes_only() {
        let calendar = calendar();
        let full = 240 + 210;
        for (from, to, minutes) in [
            (at("2026-11-18", 0), at("2026-11-19", 0), full),
            (at("2026-11-18", 450), at("2026-11-18", 460), 10),
            (at("2026-11-18", 680), at("2026-11-18", 820), 20),
            (at("2026-11-20", 1010), at("2026-11-23", 460), 20),
            (at("2026-11-23", 0), at("2026-11-26", 0), 2 * full),
            (at("2026-11-21", 0), at("2026-11-22", 1000), 0),
        ] {
            assert_eq!(calendar.working_minutes(from, to), minutes);
            assert_eq!(calendar.working_minutes(to, from), -minutes);
        }
    }

    #[test]
    fn hours_out_of_form_or_order_are_refused() {
        for bad in [
            "",
            "07:30-11:30",
            "11:30-07:30 13:30-17:00",
            "7-11 13-17",
            "07:30-25:00 13:30-17:00",
        ] {
            assert_eq!(WorkingHours::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_bad_file_is_refused() {
        let plain = || WorkingCalendar::plain(calendar().hours());
        let entry = |from: &str, until: &str| {
            format!(
                "year = 2026\n[[days]]\nfrom = \"{from}\"\nuntil = \"{until}\"\ntype = \"holiday\"\nname = \"x\""
            )
        };
        assert!(matches!(plain().with_year("x"), Err(BadCalendar::Form(_))));
        assert!(matches!(
            plain().with_year(&entry("2026-02-02", "2026-02-01")),
            Err(BadCalendar::Range(_))
        ));
        assert!(matches!(
            plain().with_year(&entry("2027-02-02", "2027-02-02")),
            Err(BadCalendar::Day(_))
        ));
    }

    proptest! {
        #[test]
        fn terms_and_counts_agree(offset in 0i32..700, days in 0u16..60) {
            let calendar = calendar();
            let start = day("2026-01-01").plus_days(offset);
            let end = calendar.add_working_days(start, days);
            prop_assert_eq!(calendar.working_days_between(start, end), u32::from(days));
            prop_assert!(days == 0 || calendar.is_working(end));
            prop_assert!(calendar.add_working_days(start, days + 1) > end);
            prop_assert!(calendar.is_working(calendar.add_days(start, days)));
        }

        #[test]
        fn working_minutes_add_up(a in 0i64..1_000_000, b in 0i64..1_000_000, c in 0i64..1_000_000) {
            let calendar = calendar();
            let mut m = [a, b, c].map(|minutes| day("2026-01-01").start().plus_seconds(minutes * 60));
            m.sort();
            let [a, b, c] = m;
            prop_assert_eq!(
                calendar.working_minutes(a, b) + calendar.working_minutes(b, c),
                calendar.working_minutes(a, c)
            );
        }

        #[test]
        fn the_issue_deadline_is_never_before_the_signature(minutes in 0i64..1_000_000) {
            let signed = day("2026-01-01").start().plus_seconds(minutes * 60);
            let deadline = calendar().issue_deadline(signed);
            prop_assert!(signed < deadline.due && deadline.due < deadline.latest);
            prop_assert!(calendar().is_working(deadline.latest.day()));
            prop_assert!(calendar().working_days_between(signed.day(), deadline.latest.day()) == 1);
        }
    }
}
