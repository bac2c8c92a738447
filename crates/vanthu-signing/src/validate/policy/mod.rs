//! Validation policies as data (ETSI EN 319 102-1, 5.1.4 and 5.2.4): which constraints hold, how grave each is, and
//! the values they compare with.

mod algorithm;
mod constraint;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use algorithm::{AlgorithmRule, AlgorithmTable, Reliable};
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
    /// How old revocation data may be at the time they are used, in hours; without it, until their next update.
    #[serde(default)]
    pub revocation_max_age_hours: Option<u32>,
    /// Later revisions may not go further than this, whatever the signature permits.
    #[serde(default)]
    pub allowed_changes: Option<ChangeLevel>,
    /// Until when algorithms are reliable.
    #[serde(default, rename = "algorithm")]
    pub algorithms: AlgorithmTable,
}

fn signing_usages() -> Vec<String> {
    ["digitalSignature", "nonRepudiation"]
        .map(str::to_owned)
        .to_vec()
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

    fn bare() -> Self {
        Self {
            name: String::new(),
            version: String::new(),
            title: String::new(),
            constraints: BTreeMap::new(),
            sub_filters: Vec::new(),
            key_usages: signing_usages(),
            revocation_max_age_hours: None,
            allowed_changes: None,
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
        let table = Policy::default().algorithms;
        let at = |year| Time::from_civil((year, 6, 1), (0, 0, 0)).unwrap();
        let rsa = SignatureAlgorithm::RsaPkcs1Sha256;
        assert!(table.signature(rsa, 2048).at(at(2026)));
        assert!(!table.signature(rsa, 1024).at(at(2026)));
        assert!(table.signature(rsa, 1024).at(at(2010)));
        assert!(
            !table
                .signature(SignatureAlgorithm::RsaPkcs1Sha1, 2048)
                .at(at(2026))
        );
        assert!(
            table
                .signature(SignatureAlgorithm::Ed25519, 256)
                .at(at(2026))
        );
        assert_eq!(table.key(KeyKind::Rsa, 512), Reliable::Never);
    }

    use vanthu_pki::{KeyKind, SignatureAlgorithm, Time};
}
