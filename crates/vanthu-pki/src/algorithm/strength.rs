//! Until when an algorithm is reliable, as data: tables with a source for each line, after
//! ETSI TS 119 312 and the list of Thông tư 15/2025/TT-BKHCN (độ mạnh của thuật toán).
//!
//! The question is always asked for a moment: that of the best proof that a signature existed. A
//! SHA-1 signature that is proved to be older than the end of SHA-1 is as good as ever, one
//! without such a proof is not (ETSI EN 319 102-1 5.2.8, 5.6.2.4).

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{DigestAlgorithm, SignatureAlgorithm};
use crate::key::PublicKeyInfo;
use crate::time::Time;

/// What an algorithm is worth at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Reliability {
    /// Reliable then, and until the moment given (excluded); `None`: no end is known.
    Reliable {
        /// The first moment at which it no longer is.
        until: Option<Time>,
    },
    /// Was reliable until this moment.
    Ended {
        /// The first moment at which it no longer was.
        at: Time,
    },
    /// The table does not speak of it: never reliable.
    Unlisted,
}

impl Reliability {
    /// Reliable at the moment asked about.
    pub fn is_reliable(self) -> bool {
        matches!(self, Self::Reliable { .. })
    }

    /// The worse of two: an unlisted part before an ended one before the one that ends first.
    pub fn and(self, other: Self) -> Self {
        let rank = |it: Self| match it {
            Self::Unlisted => (0, 0),
            Self::Ended { at } => (1, at.unix()),
            Self::Reliable { until } => (2, until.map_or(i64::MAX, Time::unix)),
        };
        if rank(other) < rank(self) {
            other
        } else {
            self
        }
    }
}

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// A digest (`md5`, `sha1`, `sha256`, …) or a signature scheme: `rsa-pkcs1`, `rsa-pss`,
    /// `ecdsa`, `ed25519`.
    pub algorithm: String,
    /// The smallest key it speaks of, in bits of the modulus or curve; `None`: any.
    #[serde(default)]
    pub min_bits: Option<u32>,
    /// The first day on which it no longer holds, `YYYY-MM-DD`, from 00:00 UTC; `None`: no end.
    #[serde(default)]
    pub until: Option<Day>,
    /// The document that says so.
    pub source: String,
}

/// A calendar day, written `YYYY-MM-DD`; stands for its beginning in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Time);

impl Day {
    /// 00:00 UTC of the day.
    pub fn begin(self) -> Time {
        self.0
    }
}

impl std::str::FromStr for Day {
    type Err = crate::Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = crate::Malformed("a day is written YYYY-MM-DD");
        let mut parts = text.split('-');
        let mut next = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits);
            part.and_then(|part| part.parse::<u16>().ok())
                .ok_or(malformed)
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        if parts.next().is_some() {
            return Err(malformed);
        }
        let date = (i64::from(year), month as u8, day as u8);
        Time::from_civil(date, (0, 0, 0)).map(Self)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.0.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A table of algorithms and the times until which they are reliable.
///
/// ```
/// use vanthu_pki::algorithm::strength::{Reliability, Strength};
/// use vanthu_pki::{DigestAlgorithm, Time};
///
/// let table = Strength::etsi();
/// let in_2010 = Time::from_unix(1_280_000_000);
/// let in_2026 = Time::from_unix(1_795_309_920);
/// assert!(table.digest_at(DigestAlgorithm::Sha1, in_2010).is_reliable());
/// assert!(!table.digest_at(DigestAlgorithm::Sha1, in_2026).is_reliable());
/// let sha256 = table.digest_at(DigestAlgorithm::Sha256, in_2026);
/// assert_eq!(sha256, Reliability::Reliable { until: None });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strength {
    /// What the table follows.
    pub name: String,
    /// Its lines; several may speak of the same algorithm, for keys of different sizes.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

impl Strength {
    /// Reads a table: TOML with `name` and `[[line]]` as in [`Line`].
    pub fn from_toml(text: &str) -> Result<Self, StrengthError> {
        toml::from_str(text).map_err(|error| StrengthError(error.to_string()))
    }

    /// ETSI TS 119 312 V2.1.1, with the ends of what it no longer lists.
    pub fn etsi() -> &'static Self {
        static TABLE: OnceLock<Strength> = OnceLock::new();
        TABLE.get_or_init(|| built_in(include_str!("strength/etsi.toml")))
    }

    /// Thông tư 15/2025/TT-BKHCN, Phụ lục I: RSA from 2048 bits, ECDSA from 256.
    pub fn vietnam() -> &'static Self {
        static TABLE: OnceLock<Strength> = OnceLock::new();
        TABLE.get_or_init(|| built_in(include_str!("strength/vietnam.toml")))
    }

    /// This table with an algorithm reliable until another day, whatever its lines said before:
    /// `None` for without end. `min_bits` as in [`Line::min_bits`].
    pub fn with(mut self, algorithm: &str, min_bits: Option<u32>, until: Option<Day>) -> Self {
        let same = |line: &Line| line.algorithm == algorithm && line.min_bits == min_bits;
        self.lines.retain(|line| !same(line));
        self.lines.push(Line {
            algorithm: algorithm.to_owned(),
            min_bits,
            until,
            source: "set by the caller".to_owned(),
        });
        self
    }

    /// A digest at a moment.
    pub fn digest_at(&self, digest: DigestAlgorithm, at: Time) -> Reliability {
        self.named_at(digest.name(), 0, at)
    }

    /// A key under a signature scheme at a moment; the digest is another question.
    pub fn key_at(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKeyInfo,
        at: Time,
    ) -> Reliability {
        self.named_at(algorithm.scheme(), key.bits, at)
    }

    /// A signature at a moment: its scheme with this key, and its digest.
    pub fn signature_at(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKeyInfo,
        at: Time,
    ) -> Reliability {
        let scheme = self.key_at(algorithm, key, at);
        let digest = algorithm.chosen_digest();
        digest.map_or(scheme, |it| scheme.and(self.digest_at(it, at)))
    }

    /// Any algorithm by its name in the table, also one that is not implemented here (`md5`).
    /// `bits` is the size of the key, 0 for digests.
    pub fn named_at(&self, algorithm: &str, bits: u32, at: Time) -> Reliability {
        let Some(line) = self.line_for(algorithm, bits) else {
            return Reliability::Unlisted;
        };
        match line.until.map(Day::begin) {
            Some(end) if at >= end => Reliability::Ended { at: end },
            until => Reliability::Reliable { until },
        }
    }

    /// The line that decides about an algorithm: the one that ends last.
    pub fn line_for(&self, algorithm: &str, bits: u32) -> Option<&Line> {
        let speaks = |line: &&Line| {
            line.algorithm == algorithm && line.min_bits.is_none_or(|least| bits >= least)
        };
        let rank = |line: &&Line| line.until.map_or(i64::MAX, |day| day.begin().unix());
        self.lines.iter().filter(speaks).max_by_key(rank)
    }
}

/// A table that cannot be read; says where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("table of algorithms: {0}")]
pub struct StrengthError(pub String);

/// A table of this crate. Should it ever be unreadable, nothing is reliable; a test reads them.
fn built_in(text: &str) -> Strength {
    Strength::from_toml(text).unwrap_or_else(|StrengthError(name)| Strength {
        name,
        lines: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::KeyKind;

    fn day(text: &str) -> Time {
        text.parse::<Day>().unwrap().begin()
    }

    fn rsa(bits: u32) -> PublicKeyInfo {
        PublicKeyInfo {
            kind: KeyKind::Rsa,
            bits,
            key: Vec::new(),
        }
    }

    #[test]
    fn every_table_is_read_and_names_a_source_for_each_line() {
        for table in [Strength::etsi(), Strength::vietnam()] {
            assert!(table.lines.len() > 12, "{}", table.name);
            for line in &table.lines {
                assert!(line.source.len() > 20, "{}", line.algorithm);
            }
            for digest in DigestAlgorithm::ALL {
                assert!(table.line_for(digest.name(), 0).is_some(), "{digest:?}");
            }
        }
    }

    #[test]
    fn sha1_ends_at_the_day_that_is_configured() {
        let last = day("2012-08-01").plus_seconds(-1);
        let table = Strength::etsi();
        let sha1 = |table: &Strength, at| table.digest_at(DigestAlgorithm::Sha1, at);
        assert!(sha1(table, last).is_reliable());
        let ended = Reliability::Ended {
            at: day("2012-08-01"),
        };
        assert_eq!(sha1(table, last.plus_seconds(1)), ended);
        let later = "2017-02-24".parse().unwrap();
        let table = table.clone().with("sha1", None, Some(later));
        assert!(sha1(&table, day("2017-02-23")).is_reliable());
        assert!(!sha1(&table, day("2017-02-24")).is_reliable());
    }

    #[test]
    fn a_key_is_as_good_as_the_best_line_for_its_size() {
        let pkcs1 = SignatureAlgorithm::RsaPkcs1Sha256;
        let now = day("2026-11-22");
        let etsi = |bits| Strength::etsi().signature_at(pkcs1, &rsa(bits), now);
        assert_eq!(etsi(512), Reliability::Unlisted);
        let old = day("2019-10-01");
        assert_eq!(etsi(1024), Reliability::Ended { at: old });
        let two = day("2026-04-01");
        assert_eq!(etsi(2048), Reliability::Ended { at: two });
        let until = Some(day("2034-01-01"));
        assert_eq!(etsi(3072), Reliability::Reliable { until });
        let here = Strength::vietnam().signature_at(pkcs1, &rsa(2048), now);
        assert_eq!(here, Reliability::Reliable { until: None });
        let sha1 = SignatureAlgorithm::RsaPkcs1Sha1;
        let here = Strength::vietnam().signature_at(sha1, &rsa(4096), now);
        assert_eq!(
            here,
            Reliability::Ended {
                at: day("2012-08-01")
            }
        );
    }

    #[test]
    fn what_is_not_listed_is_never_reliable() {
        let now = day("2026-11-22");
        assert_eq!(
            Strength::etsi().named_at("md2", 0, now),
            Reliability::Unlisted
        );
        assert!(!Strength::etsi().named_at("md5", 0, now).is_reliable());
    }

    #[test]
    fn a_table_with_a_wrong_day_or_an_unknown_field_is_refused() {
        let line = |more: &str| {
            let text = format!("name = \"x\"\n[[line]]\nalgorithm = \"a\"\nsource = \"b\"\n{more}");
            Strength::from_toml(&text)
        };
        assert!(line("until = \"2026-02-28\"").is_ok());
        for wrong in [
            "until = \"2026-02-30\"",
            "until = \"26-02-01\"",
            "untill = \"x\"",
        ] {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }
}
