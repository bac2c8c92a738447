//! What a paired agent and its server tell each other about the machine on which people sign: versions, and
//! what "check my signing machine" (kiểm tra máy ký) found.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How one point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// As it should be.
    Good,
    /// Works, but not for long or not for everything.
    Warning,
    /// Signing will fail.
    Bad,
}

/// One point of a check. The texts are Vietnamese: they are kept, and the IT officer reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// A short word for the point, such as `clock`.
    pub code: String,
    /// How it stands.
    pub mark: Mark,
    /// What was looked at.
    pub name: String,
    /// What was found.
    pub found: String,
    /// What to do, unless it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

/// `POST {server}/agent/v1/agents/{agent_id}/report`: the result of a check, by the paired agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckReport {
    /// When it was checked, by the clock of that machine. Later than that of the report before.
    pub at: Timestamp,
    /// The agent's version.
    pub version: String,
    /// The name of the machine.
    pub machine: String,
    /// Its operating system.
    pub system: String,
    /// The code that the person can copy and send.
    pub code: String,
    /// What was found.
    pub points: Vec<Point>,
}

/// `POST {server}/agent/v1/agents/{agent_id}/ask`: what the agent can't know by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskServer {
    /// By the clock of that machine.
    pub at: Timestamp,
    /// The agent's version.
    pub version: String,
    /// The certificates there, in DER.
    pub certificates: Vec<crate::Base64>,
}

/// What the server knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFacts {
    /// Its clock.
    pub now: Timestamp,
    /// The version of the agent that it ships.
    pub shipped_version: String,
    /// The oldest version with which sessions are opened.
    pub minimum_version: String,
    /// Whether the time-stamp service answered.
    pub timestamps: bool,
    /// Each certificate, in the order in which it was asked.
    pub certificates: Vec<CertificateFacts>,
}

/// What the server knows of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Whether its path leads to an anchor that the server trusts.
    pub anchored: bool,
    /// Whether it is on record for the account of this pairing.
    pub on_record: bool,
}

/// `POST {server}/agent/v1/agents/{agent_id}/end` and `…/confirm`: the moment keeps one request from being sent twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamped {
    /// By the clock of that machine.
    pub at: Timestamp,
}
