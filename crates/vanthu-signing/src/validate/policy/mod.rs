//! Validation policies as data (ETSI EN 319 102-1, 5.1.4 and 5.2.4): which constraints hold, how grave each is, and
//! the values they compare with.

mod algorithm;
mod constraint;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use vanthu_pki::{DigestAlgorithm, SignatureAlgorithm};

pub use algorithm::{AlgorithmRule, AlgorithmTable, Reliable, StrengthTable};
pub use constraint::{ConstraintId, Level};

use crate::difference::ChangeLevel;

/// A policy.
///
/// ```
/// use vanthu_signing::{ConstraintId, Level, Policy};
///
/// let policy = Policy::from_toml("
/// name = 'archive'
/// version = '1'
/// [constraints]
/// timestamp-present = 'FAIL'
/// ").unwrap();
/// assert_eq!(policy.level(ConstraintId::TimestampPresent), Level::Fail);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Its name, as reports repeat it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is for, in Vietnamese.
    #[serde(default)]
    pub title: String,
    /// Levels that differ from [`ConstraintId::default_level`].
    #[serde(default)]
    pub constraints: BTreeMap<ConstraintId, Level>,
    /// Kinds of signature accepted; empty means all that can be checked.
    #[serde(default)]
    pub sub_filters: Vec<String>,
    /// The key must be good for one of these usages (RFC 5280, 4.2.1.3), where it is limited at all.
    #[serde(default = "signing_usages")]
    pub key_usages: Vec<String>,
    /// Statements that a signer's certificate must make, by their identifiers (RFC 3739, 3.2.6); none by default.
    #[serde(default)]
    pub statements: Vec<String>,
    /// The same for the certificates of time-stamp services.
    #[serde(default)]
    pub timestamp_statements: Vec<String>,
    /// How old revocation data may be at the time they are used, in hours; without it, until their next update.
    #[serde(default)]
    pub revocation_max_age_hours: Option<u32>,
    /// How far validation slides back behind revocation data that are no longer fresh.
    #[serde(default)]
    pub slide_to: SlideTo,
    /// Later revisions may not go further than this, whatever the signature permits.
    #[serde(default)]
    pub allowed_changes: Option<ChangeLevel>,
    /// The table that says until when algorithms and keys are reliable.
    #[serde(default)]
    pub strength: StrengthTable,
    /// What the policy itself says about algorithms, where that is stricter.
    #[serde(default, rename = "algorithm")]
    pub algorithms: AlgorithmTable,
}

fn signing_usages() -> Vec<String> {
    ["digitalSignature", "nonRepudiation"]
        .map(str::to_owned)
        .to_vec()
}

/// Where the control time goes when the newest revocation data are no longer fresh at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlideTo {
    /// To their issuance (ETSI EN 319 102-1, 5.6.2.2.4 c): only data issued behind the signature decide about it.
    #[default]
    Issuance,
    /// To the last time at which they were fresh: the newest data at the time of signing decide.
    NextUpdate,
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {key}: {why}")]
pub struct PolicyError {
    /// Line of the file, from 1.
    pub line: usize,
    /// The key concerned.
    pub key: String,
    /// What is wrong.
    pub why: String,
}

static OFFICIAL: LazyLock<Policy> = LazyLock::new(|| {
    Policy::from_toml(include_str!("official.toml")).unwrap_or_else(|error| Policy {
        title: error.to_string(),
        ..Policy::bare()
    })
});

impl Default for Policy {
    /// The policy for official documents of Vietnam.
    fn default() -> Self {
        OFFICIAL.clone()
    }
}

impl Policy {
    /// Reads a policy.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            place(text, at, error.message().to_owned())
        })?;
        for (id, level) in &policy.constraints {
            if !id.is_adjustable() && *level != Level::Fail {
                let key = key_of(*id);
                let at = text.find(&key).unwrap_or_default();
                let why = "this constraint protects the document and is always FAIL";
                return Err(place(text, at, why.to_owned()));
            }
        }
        Ok(policy)
    }

    /// The policy as a file.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// How grave a constraint is.
    pub fn level(&self, id: ConstraintId) -> Level {
        self.constraints
            .get(&id)
            .copied()
            .unwrap_or_else(|| id.default_level())
    }

    /// Until when a digest is reliable: by the table or by the policy's own rules, whichever ends first.
    pub fn digest_reliable(&self, digest: DigestAlgorithm) -> Reliable {
        let own = self.algorithms.digest(digest);
        own.min(self.strength.digest(digest))
    }

    /// The same for a signature with a key of so many bits.
    pub fn signature_reliable(&self, algorithm: SignatureAlgorithm, bits: u32) -> Reliable {
        let own = self.algorithms.signature(algorithm, bits);
        own.min(self.strength.signature(algorithm, bits))
    }

    fn bare() -> Self {
        Self {
            name: String::new(),
            version: String::new(),
            title: String::new(),
            constraints: BTreeMap::new(),
            sub_filters: Vec::new(),
            key_usages: signing_usages(),
            statements: Vec::new(),
            timestamp_statements: Vec::new(),
            revocation_max_age_hours: None,
            slide_to: SlideTo::default(),
            allowed_changes: None,
            strength: StrengthTable::default(),
            algorithms: AlgorithmTable::default(),
        }
    }
}

/// The id of a constraint as policies write it.
pub(super) fn key_of(id: ConstraintId) -> String {
    serde_json::to_value(id)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn place(text: &str, at: usize, why: String) -> PolicyError {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let written = text.lines().nth(line - 1).unwrap_or_default();
    let key = written.split(['=', '#']).next().unwrap_or_default().trim();
    PolicyError {
        line,
        key: key.to_owned(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_reads_and_survives_being_written() {
        let policy = Policy::from_toml(include_str!("official.toml")).unwrap();
        assert_eq!(policy, Policy::default());
        assert_eq!(Policy::from_toml(&policy.to_toml()), Ok(policy));
    }

    #[test]
    fn a_wrong_policy_names_line_and_key() {
        let head = "name = 'a'\nversion = '1'\n";
        let cases = [
            (
                "[constraints]\ntimestamp-presen = 'FAIL'\n",
                4,
                "timestamp-presen",
            ),
            ("[constraints]\nkey-usage = 'MAYBE'\n", 4, "key-usage"),
            (
                "[constraints]\nmessage-digest = 'WARN'\n",
                4,
                "message-digest",
            ),
            ("key-usage = ['a']\n", 3, "key-usage"),
            (
                "[[algorithm]]\ndigest = 'sha1'\nuntil = '2020-13-01'\n",
                5,
                "until",
            ),
        ];
        for (body, line, key) in cases {
            let error = Policy::from_toml(&format!("{head}{body}")).unwrap_err();
            assert_eq!((error.line, error.key.as_str()), (line, key), "{error}");
        }
    }

    #[test]
    fn strength_depends_on_digest_key_length_and_date() {
        let policy = Policy::default();
        let at = |year| Time::from_civil((year, 6, 1), (0, 0, 0)).unwrap();
        let rsa = SignatureAlgorithm::RsaPkcs1Sha256;
        let sha1 = SignatureAlgorithm::RsaPkcs1Sha1;
        assert!(policy.signature_reliable(rsa, 2048).at(at(2026)));
        assert!(!policy.signature_reliable(rsa, 1024).at(at(2026)));
        assert!(policy.signature_reliable(rsa, 1024).at(at(2010)));
        assert_eq!(policy.signature_reliable(rsa, 512), Reliable::Never);
        assert!(!policy.signature_reliable(sha1, 2048).at(at(2026)));
        let modern = SignatureAlgorithm::Ed25519;
        assert!(policy.signature_reliable(modern, 256).at(at(2026)));
    }

    #[test]
    fn the_strength_is_that_of_the_published_table() {
        let published = Strength::vietnam();
        let policy = Policy::default();
        for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha224] {
            let Some(Some(end)) = published.line_for(digest.name(), 0).map(|it| it.until) else {
                panic!("{digest:?}");
            };
            let reliable = policy.digest_reliable(digest);
            assert!(reliable.at(end.begin().plus_seconds(-1)), "{digest:?}");
            assert!(!reliable.at(end.begin()), "{digest:?}");
        }
        let etsi = Policy {
            strength: StrengthTable::Etsi,
            ..Policy::default()
        };
        let at = Time::from_civil((2026, 6, 1), (0, 0, 0)).unwrap();
        let rsa = SignatureAlgorithm::RsaPkcs1Sha256;
        assert!(!etsi.signature_reliable(rsa, 2048).at(at));
        assert!(etsi.signature_reliable(rsa, 3072).at(at));
    }

    #[test]
    fn a_policy_can_tighten_the_table_and_not_loosen_it() {
        let head = "name = 'a'\nversion = '1'\n[[algorithm]]\ndigest = ";
        let read = |rule: &str| Policy::from_toml(&format!("{head}{rule}")).unwrap();
        let at = Time::from_civil((2026, 6, 1), (0, 0, 0)).unwrap();
        let tighter = read("'sha256'\nuntil = '2020-01-01'\n");
        assert!(!tighter.digest_reliable(DigestAlgorithm::Sha256).at(at));
        let looser = read("'sha1'\nuntil = 'always'\n");
        assert!(!looser.digest_reliable(DigestAlgorithm::Sha1).at(at));
    }

    use vanthu_pki::Time;
    use vanthu_pki::algorithm::strength::Strength;
}
