//! Texts and dates of signature dictionaries.

use vanthu_pki::Time;

use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};

/// A PDF date (`D:20261122081203+07'00'`), when it is whole and sane.
pub(super) fn parse_date(text: &str) -> Option<Time> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let number = |from: usize, to: usize, default: i64| match text.get(from..to) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        Some(_) => None,
        None => (text.len() <= from).then_some(default),
    };
    let (year, month, day) = (number(0, 4, 0)?, number(4, 6, 1)?, number(6, 8, 1)?);
    let (hour, minute, second) = (number(8, 10, 0)?, number(10, 12, 0)?, number(12, 14, 0)?);
    let small = |value: i64| u8::try_from(value).ok();
    let local = Time::from_civil(
        (year, small(month)?, small(day)?),
        (small(hour)?, small(minute)?, small(second)?),
    )
    .ok()?;
    let zone = text.get(14..).unwrap_or_default();
    let sign = match zone.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(local),
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits
        .get(2..4)
        .map_or(Some(0), |digits| digits.parse().ok())?;
    Some(local.plus_seconds(-sign * (hours * 3600 + minutes * 60)))
}

/// Text under `key` of a signature dictionary.
pub(super) fn text_of(document: &Document<'_>, dict: &Dict, key: &str) -> Option<String> {
    let value = document.get(dict, key).ok()??;
    match value.as_ref() {
        Object::String(bytes) => Some(crate::syntax::text::decode(bytes)),
        Object::Name(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdf_dates_are_read_with_their_zone() {
        let at = Time::from_civil((2026, 11, 22), (1, 12, 3)).unwrap();
        assert_eq!(parse_date("D:20261122081203+07'00'"), Some(at));
        assert_eq!(parse_date("D:20261122011203Z"), Some(at));
        assert_eq!(
            parse_date("D:2026"),
            Time::from_civil((2026, 1, 1), (0, 0, 0)).ok()
        );
        assert_eq!(parse_date("D:20261322011203Z"), None);
        assert_eq!(parse_date("hôm nay"), None);
    }
}
