//! Signing agents that people have paired (máy ký đã ghép): the life of a pairing, and how old a program may be.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::refusal::{Refusal, RefusalCode};

/// Minutes that an offer stays open.
pub const OFFER_MINUTES: i64 = 5;
/// Days without a sign of life after which a machine counts as silent.
pub const SILENT_DAYS: i64 = 30;

/// Where a pairing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentState {
    /// The person asked for it; no agent has answered.
    Offered,
    /// An agent has answered; both sides show the code.
    Answered,
    /// The person confirmed it at the agent.
    Paired,
    /// Over: given up, run out, or taken back.
    Ended,
}

/// What may happen to a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgentStep {
    /// An agent answers the offer.
    Answer,
    /// The person confirms at the agent.
    Confirm,
    /// Either side ends it, or the account is locked.
    End,
}

impl AgentState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Offered, Self::Answered, Self::Paired, Self::Ended];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Answered => "answered",
            Self::Paired => "paired",
            Self::Ended => "ended",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Takes the step at `now`; what isn't confirmed lives until `expires_at`.
    pub fn step(self, step: AgentStep, now: Moment, expires_at: Moment) -> Result<Self, Refusal> {
        let next = match (self, step) {
            (Self::Offered, AgentStep::Answer) => Self::Answered,
            (Self::Answered, AgentStep::Confirm) => Self::Paired,
            (Self::Offered | Self::Answered | Self::Paired, AgentStep::End) => Self::Ended,
            (Self::Ended, AgentStep::End) => return Err(Refusal::new(RefusalCode::AlreadyDecided)),
            (Self::Answered | Self::Paired | Self::Ended, AgentStep::Answer)
            | (Self::Offered | Self::Paired | Self::Ended, AgentStep::Confirm) => {
                return Err(Refusal::new(RefusalCode::PairingOver));
            }
        };
        if next != Self::Ended && now > expires_at {
            return Err(Refusal::new(RefusalCode::PairingOver));
        }
        Ok(next)
    }
}

/// The version of a program: `1.2.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Changes that break.
    pub major: u32,
    /// Changes that add.
    pub minor: u32,
    /// Changes that mend.
    pub patch: u32,
}

/// The text is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version has three numbers, as 1.2.3")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        // A version on its way (1.2.3-rc.1) and a build's name (1.2.3+x) count as the three numbers.
        let plain = text.trim().split(['-', '+']).next().unwrap_or_default();
        let mut numbers = plain
            .split('.')
            .map(|part| part.parse::<u32>().map_err(|_| NotAVersion));
        let mut next = || numbers.next().unwrap_or(Err(NotAVersion));
        let version = Self {
            major: next()?,
            minor: next()?,
            patch: next()?,
        };
        if numbers.next().is_some() {
            Err(NotAVersion)
        } else {
            Ok(version)
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// How a program's version compares with what the server ships and asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionStanding {
    /// As new as the server's, or newer.
    Current,
    /// Works, and there is a newer one.
    Outdated,
    /// Older than the installation takes.
    TooOld,
}

impl Version {
    /// Where this version stands.
    ///
    /// Clause: AG-14.6
    pub fn standing(self, shipped: Self, minimum: Self) -> VersionStanding {
        if self < minimum {
            VersionStanding::TooOld
        } else if self < shipped {
            VersionStanding::Outdated
        } else {
            VersionStanding::Current
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_takes_its_steps_and_no_other() {
        let (now, later) = (
            Moment::from_unix_seconds(100),
            Moment::from_unix_seconds(400),
        );
        let steps = [AgentStep::Answer, AgentStep::Confirm, AgentStep::End];
        let table = [
            (
                AgentState::Offered,
                [Some(AgentState::Answered), None, Some(AgentState::Ended)],
            ),
            (
                AgentState::Answered,
                [None, Some(AgentState::Paired), Some(AgentState::Ended)],
            ),
            (AgentState::Paired, [None, None, Some(AgentState::Ended)]),
            (AgentState::Ended, [None, None, None]),
        ];
        assert_eq!(table.map(|(state, _)| state), AgentState::ALL);
        for (state, expected) in table {
            let met = steps.map(|step| state.step(step, now, later).ok());
            assert_eq!(met, expected, "{state:?}");
        }
    }

    #[test]
    fn an_offer_that_has_run_out_is_only_ended() {
        let (now, before) = (
            Moment::from_unix_seconds(401),
            Moment::from_unix_seconds(400),
        );
        for (state, step) in [
            (AgentState::Offered, AgentStep::Answer),
            (AgentState::Answered, AgentStep::Confirm),
        ] {
            let refusal = state.step(step, now, before).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::PairingOver);
            assert!(state.step(step, before, before).is_ok());
        }
        assert_eq!(
            AgentState::Paired.step(AgentStep::End, now, before),
            Ok(AgentState::Ended)
        );
    }

    #[test]
    fn a_state_reads_back_from_its_word() {
        for state in AgentState::ALL {
            assert_eq!(AgentState::from_code(state.code()), Some(state));
        }
        assert_eq!(AgentState::from_code("paused"), None);
    }

    /// Proves: AG-14.6
    #[test]
    fn a_version_is_current_outdated_or_too_old() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        for (has, standing) in [
            ("1.4.0", VersionStanding::Current),
            ("1.4.0-rc.1", VersionStanding::Current),
            ("1.10.0", VersionStanding::Current),
            ("1.3.9", VersionStanding::Outdated),
            ("1.2.0", VersionStanding::Outdated),
            ("1.1.9", VersionStanding::TooOld),
            ("0.9.9", VersionStanding::TooOld),
        ] {
            let met = version(has).standing(version("1.4.0"), version("1.2.0"));
            assert_eq!(met, standing, "{has}");
        }
        for text in ["", "1", "1.2", "1.2.3.4", "1.x.3", "v1.2.3", "-1.2.3"] {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
        }
    }
}
