//! Until when algorithms and key lengths are reliable (ETSI EN 319 102-1, 5.2.8.4; ETSI TS 119 312).

use serde::{Deserialize, Serialize};
use vanthu_pki::algorithm::strength::{Line, Strength};
use vanthu_pki::{DigestAlgorithm, KeyKind, SignatureAlgorithm, Time};

use crate::validate::conclusion::{Conclusion, SubIndication};

/// Until when something is reliable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reliable {
    /// It never was.
    Never,
    /// Up to and including this time.
    Until(Time),
    /// No end is known.
    Always,
}

impl Reliable {
    /// Whether it was reliable at a time.
    pub fn at(self, time: Time) -> bool {
        match self {
            Self::Never => false,
            Self::Until(last) => time <= last,
            Self::Always => true,
        }
    }

    /// What a use at `time` amounts to.
    pub(in crate::validate) fn judge(self, time: Time) -> Conclusion {
        match self {
            _ if self.at(time) => Conclusion::Passed,
            Self::Never => Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailure),
            _ => Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailureNoPoe),
        }
    }
}

impl TryFrom<String> for Reliable {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "never" => Ok(Self::Never),
            "always" => Ok(Self::Always),
            date => last_second(date).map(Self::Until).ok_or_else(|| {
                format!("{date:?} is neither a date (YYYY-MM-DD), \"never\" nor \"always\"")
            }),
        }
    }
}

impl From<Reliable> for String {
    fn from(it: Reliable) -> Self {
        match it {
            Reliable::Never => "never".to_owned(),
            Reliable::Always => "always".to_owned(),
            Reliable::Until(time) => {
                let (year, month, day) = time.civil();
                format!("{year:04}-{month:02}-{day:02}")
            }
        }
    }
}

fn last_second(date: &str) -> Option<Time> {
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let day = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    Time::from_civil(day, (23, 59, 59)).ok()
}

/// The published table that a policy rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StrengthTable {
    /// [`Strength::vietnam`].
    #[default]
    Vietnam,
    /// [`Strength::etsi`].
    Etsi,
    /// None: the policy's own rules alone.
    None,
}

impl StrengthTable {
    /// A digest on its own.
    pub fn digest(self, digest: DigestAlgorithm) -> Reliable {
        self.named(digest.name(), 0)
    }

    /// A signature scheme with a key of so many bits, and its digest.
    pub fn signature(self, algorithm: SignatureAlgorithm, bits: u32) -> Reliable {
        let digest = algorithm.chosen_digest().map(|it| self.digest(it));
        let scheme = self.named(algorithm.scheme(), bits);
        scheme.min(digest.unwrap_or(Reliable::Always))
    }

    fn named(self, algorithm: &str, bits: u32) -> Reliable {
        let table = match self {
            Self::Vietnam => Strength::vietnam(),
            Self::Etsi => Strength::etsi(),
            Self::None => return Reliable::Always,
        };
        match table.line_for(algorithm, bits) {
            None => Reliable::Never,
            Some(Line { until: None, .. }) => Reliable::Always,
            Some(Line {
                until: Some(day), ..
            }) => Reliable::Until(day.begin().plus_seconds(-1)),
        }
    }
}

/// A policy's own rule about a digest algorithm, or about a kind of key from a length on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AlgorithmRule {
    /// The digest algorithm meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<DigestAlgorithm>,
    /// The kind of key meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyKind>,
    /// The signature algorithm meant, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureAlgorithm>,
    /// For keys of at least this many bits, where no rule with more fits.
    #[serde(default)]
    pub bits: u32,
    /// Until when.
    pub until: Reliable,
}

/// A policy's own rules. They only tighten what its [`StrengthTable`] says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlgorithmTable(pub Vec<AlgorithmRule>);

impl AlgorithmTable {
    /// A digest on its own.
    pub fn digest(&self, digest: DigestAlgorithm) -> Reliable {
        self.least(|rule| rule.digest == Some(digest))
    }

    /// A signature with a key of so many bits.
    pub fn signature(&self, algorithm: SignatureAlgorithm, bits: u32) -> Reliable {
        let named = self.least(|rule| rule.signature == Some(algorithm));
        let key = self.key(algorithm.key_kind(), bits);
        let digest = algorithm.chosen_digest().map(|it| self.digest(it));
        named.min(key).min(digest.unwrap_or(Reliable::Always))
    }

    /// A key of so many bits. Shorter than every rule about its kind: never.
    pub fn key(&self, kind: KeyKind, bits: u32) -> Reliable {
        let rules = self.0.iter().filter(|rule| rule.key == Some(kind));
        let mut about = rules.peekable();
        if about.peek().is_none() {
            return Reliable::Always;
        }
        about
            .filter(|rule| rule.bits <= bits)
            .max_by_key(|rule| rule.bits)
            .map_or(Reliable::Never, |rule| rule.until)
    }

    fn least(&self, is_meant: impl Fn(&AlgorithmRule) -> bool) -> Reliable {
        let rules = self.0.iter().filter(|rule| is_meant(rule));
        rules
            .map(|rule| rule.until)
            .min()
            .unwrap_or(Reliable::Always)
    }
}
