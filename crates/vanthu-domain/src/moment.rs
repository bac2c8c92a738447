//! Moments, legal days, and the two things that the core asks the outside for: time and chance.
//!
//! All legal times are Vietnam time, UTC+07:00 without daylight saving; a moment is stored as
//! microseconds since 1970 in UTC. A legal day is a different type from a moment.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

/// A calendar day in Vietnam (ngày).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// Tells the time. The program has one real clock; tests move theirs.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// Gives randomness fit for secrets.
pub trait Randomness: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);

    /// 128 random bits.
    fn u128(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }
}

/// The text is no day of the form `2026-11-22`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a day: {0:?}")]
pub struct BadDay(pub String);

impl Moment {
    /// From microseconds since 1970 in UTC.
    pub const fn from_unix_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since 1970 in UTC.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970 in UTC.
    pub const fn unix_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970, zero before.
    pub fn unix_millis(self) -> u64 {
        u64::try_from(self.0.div_euclid(1000)).unwrap_or(0)
    }

    /// Whole seconds since 1970 in UTC.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment so many seconds later (earlier where negative).
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Seconds from `earlier` to this moment.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1_000_000)
    }

    /// The day in Vietnam on which it falls.
    pub fn day(self) -> Day {
        Day(self.local().date())
    }

    /// Minutes since midnight in Vietnam, 0 to 1439.
    pub fn minute_of_day(self) -> u16 {
        let local = self.local();
        u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs())
    }

    /// `08:12`, Vietnam time.
    pub fn clock_text(self) -> String {
        let local = self.local();
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// `22/11/2026 08:12:01`, Vietnam time.
    pub fn text(self) -> String {
        let local = self.local();
        format!(
            "{} {:02}:{:02}:{:02}",
            self.day(),
            local.hour(),
            local.minute(),
            local.second()
        )
    }

    /// `2026-11-22T08:12:01+07:00`, the form of ISO 8601 that Decree 30/2020 Appendix I asks for.
    pub fn iso(self) -> String {
        let local = self.local();
        format!(
            "{}T{:02}:{:02}:{:02}+07:00",
            self.day().iso(),
            local.hour(),
            local.minute(),
            local.second()
        )
    }

    fn local(self) -> jiff::civil::DateTime {
        let zone = TimeZone::fixed(Offset::constant(7));
        jiff::Timestamp::from_microsecond(self.0)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_zoned(zone)
            .datetime()
    }
}

impl Day {
    /// A day by year, month (1-12) and day of the month; `None` where there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month.
    pub fn day_of_month(self) -> i8 {
        self.0.day()
    }

    /// 1 Monday to 7 Sunday.
    pub fn weekday(self) -> i8 {
        self.0.weekday().to_monday_one_offset()
    }

    /// The day so many days later.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// Midnight at its beginning, Vietnam time.
    pub fn start(self) -> Moment {
        self.at_minute(0)
    }

    /// The moment so many minutes after its midnight, Vietnam time.
    pub fn at_minute(self, minute: u16) -> Moment {
        let seconds = Offset::constant(7)
            .to_timestamp(self.0.at(0, 0, 0, 0))
            .map_or(0, jiff::Timestamp::as_second);
        Moment::from_unix_seconds(seconds + i64::from(minute) * 60)
    }

    /// `2026-11-22`.
    pub fn iso(self) -> String {
        format!(
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day_of_month()
        )
    }

    /// `ngày 05 tháng 01 năm 2026`: days below 10 and the months 1 and 2 take a zero
    /// (Decree 30/2020, Appendix I, part I, II.4b).
    pub fn legal_text(self) -> String {
        let month = if self.month() < 3 {
            format!("{:02}", self.month())
        } else {
            self.month().to_string()
        };
        format!(
            "ngày {:02} tháng {month} năm {}",
            self.day_of_month(),
            self.year()
        )
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:02}/{:02}/{:04}",
            self.day_of_month(),
            self.month(),
            self.year()
        )
    }
}

/// The text is no moment of RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a moment of RFC 3339: {0:?}")]
pub struct BadMoment(pub String);

impl std::str::FromStr for Moment {
    type Err = BadMoment;

    /// With its offset: `2026-11-22T08:12:01+07:00`, `2026-11-22T01:12:01Z`.
    fn from_str(text: &str) -> Result<Self, BadMoment> {
        match text.parse::<jiff::Timestamp>() {
            Ok(at) => Ok(Self(at.as_microsecond())),
            Err(_) => Err(BadMoment(text.chars().take(40).collect())),
        }
    }
}

impl std::str::FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let bad = || BadDay(text.chars().take(20).collect());
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return Err(bad());
        }
        let number = |part: &str| part.parse::<i16>().ok();
        let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day))
        else {
            return Err(bad());
        };
        let small = |n: i16| i8::try_from(n).ok();
        let (Some(month), Some(day)) = (small(month), small(day)) else {
            return Err(bad());
        };
        Self::new(year, month, day).ok_or_else(bad)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_vietnam() {
        let day = Day::new(2026, 11, 22).unwrap();
        assert_eq!(day.start().iso(), "2026-11-22T00:00:00+07:00");
        assert_eq!(day.start().day(), day);
        assert_eq!(day.start().plus_seconds(-1).day(), day.plus_days(-1));
        assert_eq!(day.at_minute(492).clock_text(), "08:12");
        assert_eq!(day.at_minute(492).minute_of_day(), 492);
    }

    #[test]
    fn a_legal_date_pads_days_and_the_first_two_months() {
        assert_eq!(
            Day::new(2020, 1, 5).unwrap().legal_text(),
            "ngày 05 tháng 01 năm 2020"
        );
        assert_eq!(
            Day::new(2019, 6, 29).unwrap().legal_text(),
            "ngày 29 tháng 6 năm 2019"
        );
    }

    #[test]
    fn a_day_reads_back_and_nonsense_is_refused() {
        let day: Day = "2026-02-28".parse().unwrap();
        assert_eq!(day.to_string(), "28/02/2026");
        for bad in [
            "2026-02-29",
            "26-2-2",
            "2026-13-01",
            "",
            "2026-01-01-01",
            "2026/01/01",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }
}
