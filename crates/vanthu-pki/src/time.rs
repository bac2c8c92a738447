//! Instants as certificates know them: whole seconds of UTC.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::error::Malformed;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// From seconds since the epoch.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// From a UTC calendar date and time of day; refuses impossible ones.
    pub fn from_civil(
        (year, month, day): (i64, u8, u8),
        (hour, minute, second): (u8, u8, u8),
    ) -> Result<Self, Malformed> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if !(0..=9999).contains(&year) || day == 0 || day > last {
            return Err(Malformed("date"));
        }
        if hour > 23 || minute > 59 || second > 59 {
            return Err(Malformed("time of day"));
        }
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Ok(Self(
            days_from_civil(year, i64::from(month), i64::from(day)) * 86_400 + of_day,
        ))
    }

    /// UTC date: year, month, day.
    pub fn civil(self) -> (i64, u8, u8) {
        civil_from_days(self.0.div_euclid(86_400))
    }

    /// This many seconds later.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// This many days later.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// `YYYYMMDDHHMMSSZ`.
    pub fn to_generalized(self) -> String {
        let (year, month, day) = self.civil();
        let (hour, minute, second) = self.of_day();
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
    }

    pub(crate) fn from_utc_time(body: &[u8]) -> Result<Self, Malformed> {
        let (short, rest) = number(body, 2)?;
        let century = if short < 50 { 2000 } else { 1900 };
        Self::from_fields(century + short, rest, true)
    }

    pub(crate) fn from_generalized(body: &[u8]) -> Result<Self, Malformed> {
        let (year, rest) = number(body, 4)?;
        Self::from_fields(year, rest, false)
    }

    /// Fractions of a second are accepted (time-stamps carry them) and dropped.
    fn from_fields(year: i64, rest: &[u8], utc_time: bool) -> Result<Self, Malformed> {
        let (month, rest) = number(rest, 2)?;
        let (day, rest) = number(rest, 2)?;
        let (hour, rest) = number(rest, 2)?;
        let (minute, rest) = number(rest, 2)?;
        let (second, rest) = match rest.first() {
            Some(b'Z') if utc_time => (0, rest),
            _ => number(rest, 2)?,
        };
        let rest = match rest {
            [b'.', fraction @ ..] if !utc_time => {
                let digits = fraction
                    .iter()
                    .take_while(|octet| octet.is_ascii_digit())
                    .count();
                match fraction.split_at_checked(digits) {
                    Some((_, after)) if digits > 0 => after,
                    _ => return Err(Malformed("fraction of a second")),
                }
            }
            other => other,
        };
        if rest != b"Z" {
            return Err(Malformed("time without Z"));
        }
        let narrow = |value: i64| value as u8;
        Self::from_civil(
            (year, narrow(month), narrow(day)),
            (narrow(hour), narrow(minute), narrow(second)),
        )
    }

    fn of_day(self) -> (i64, i64, i64) {
        let seconds = self.0.rem_euclid(86_400);
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        let (hour, minute, second) = self.of_day();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

fn number(bytes: &[u8], digits: usize) -> Result<(i64, &[u8]), Malformed> {
    let (head, rest) = bytes
        .split_at_checked(digits)
        .ok_or(Malformed("time cut short"))?;
    let mut value = 0;
    for octet in head {
        if !octet.is_ascii_digit() {
            return Err(Malformed("digit of a time"));
        }
        value = value * 10 + i64::from(octet - b'0');
    }
    Ok((value, rest))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_instant_reads_and_prints_the_same() {
        let time = Time::from_generalized(b"20261122011200.25Z").unwrap();
        assert_eq!(time.unix(), 1_795_309_920);
        assert_eq!(time.to_string(), "2026-11-22T01:12:00Z");
        assert_eq!(Time::from_utc_time(b"261122011200Z").unwrap(), time);
        assert!(Time::from_utc_time(b"260230011200Z").is_err());
    }

    proptest! {
        #[test]
        fn every_second_survives_the_calendar(seconds in -62_000_000_000_i64..250_000_000_000) {
            let time = Time::from_unix(seconds);
            prop_assert_eq!(Time::from_generalized(time.to_generalized().as_bytes()), Ok(time));
        }
    }
}
