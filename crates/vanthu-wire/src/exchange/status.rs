//! The status message: what became of a document at the other side.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::finding::{Finding, text};
use super::package::{Organization, Reference};

/// A status message (gói tin trạng thái).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusMessage {
    /// Id of this message; sending again keeps it.
    pub message_id: String,
    /// Who reports.
    pub from: Organization,
    /// Who is told.
    pub to: Organization,
    /// The document it is about.
    pub response_for: Reference,
    /// The status.
    pub code: StatusCode,
    /// Who did it, at the reporting side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<Staff>,
    /// In words; carries the reason of 02, 13 and 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it happened.
    pub at: Timestamp,
}

/// The person behind a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Full name.
    pub name: String,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Official e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The status codes of the exchange, written with two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusCode {
    /// 01: in the receiver's system, the clerk has not acted (đã đến).
    Arrived,
    /// 02: returned, with a reason (từ chối tiếp nhận).
    Returned,
    /// 03: accepted (đã tiếp nhận).
    Accepted,
    /// 04: assigned (phân công).
    Assigned,
    /// 05: in progress (đang xử lý).
    InProgress,
    /// 06: completed (hoàn thành).
    Completed,
    /// 13: the sender asks to take it back (lấy lại).
    RecallAsked,
    /// 15: the receiver agrees to the recall or update (đồng ý).
    RecallAgreed,
    /// 16: the receiver refuses the recall or update (từ chối).
    RecallRefused,
}

/// A text that is no status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown status code")]
pub struct UnknownStatusCode;

impl StatusCode {
    /// Every code, in order.
    pub const ALL: [Self; 9] = [
        Self::Arrived,
        Self::Returned,
        Self::Accepted,
        Self::Assigned,
        Self::InProgress,
        Self::Completed,
        Self::RecallAsked,
        Self::RecallAgreed,
        Self::RecallRefused,
    ];

    /// The two digits.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Arrived => "01",
            Self::Returned => "02",
            Self::Accepted => "03",
            Self::Assigned => "04",
            Self::InProgress => "05",
            Self::Completed => "06",
            Self::RecallAsked => "13",
            Self::RecallAgreed => "15",
            Self::RecallRefused => "16",
        }
    }

    /// True when the sender of the document says it; all others come from the receiver.
    pub fn comes_from_the_sender(self) -> bool {
        self == Self::RecallAsked
    }

    /// True when the message must say why.
    pub fn needs_a_reason(self) -> bool {
        matches!(
            self,
            Self::Returned | Self::RecallAsked | Self::RecallRefused
        )
    }

    /// Whether this code may come after `before` (none: it is the first).
    ///
    /// A recall (13, 15, 16) has an order of its own, beside that of the document.
    pub fn may_follow(self, before: Option<Self>) -> bool {
        match self {
            Self::Arrived => before.is_none(),
            Self::Returned | Self::Accepted => before == Some(Self::Arrived),
            Self::Assigned => before == Some(Self::Accepted),
            // A receiver may leave steps out, and may report progress more than once.
            Self::InProgress => {
                matches!(
                    before,
                    Some(Self::Accepted | Self::Assigned | Self::InProgress)
                )
            }
            Self::Completed => {
                matches!(
                    before,
                    Some(Self::Accepted | Self::Assigned | Self::InProgress)
                )
            }
            Self::RecallAsked => before != Some(Self::RecallAsked),
            Self::RecallAgreed | Self::RecallRefused => before == Some(Self::RecallAsked),
        }
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StatusCode {
    type Err = UnknownStatusCode;

    fn from_str(text: &str) -> Result<Self, UnknownStatusCode> {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == text)
            .ok_or(UnknownStatusCode)
    }
}

impl Serialize for StatusCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for StatusCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl StatusMessage {
    /// Everything that is wrong with the shape of this message; empty when it may be sent or taken.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        text(&mut findings, "message_id", &self.message_id, 200);
        text(&mut findings, "from.id", &self.from.id, 200);
        text(&mut findings, "to.id", &self.to.id, 200);
        text(
            &mut findings,
            "response_for.code",
            &self.response_for.code,
            60,
        );
        if self.code.needs_a_reason() {
            text(
                &mut findings,
                "description",
                self.description.as_deref().unwrap_or(""),
                500,
            );
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_with_two_digits() {
        for code in StatusCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<StatusCode>(&json).unwrap(), code);
        }
        assert!("14".parse::<StatusCode>().is_err());
        assert!("1".parse::<StatusCode>().is_err());
    }

    #[test]
    fn codes_come_in_their_order() {
        use StatusCode::{
            Accepted, Arrived, Assigned, Completed, InProgress, RecallAgreed, RecallAsked,
            RecallRefused, Returned,
        };
        let allowed: &[(Option<StatusCode>, &[StatusCode])] = &[
            (None, &[Arrived, RecallAsked]),
            (Some(Arrived), &[Returned, Accepted, RecallAsked]),
            (Some(Returned), &[RecallAsked]),
            (
                Some(Accepted),
                &[Assigned, InProgress, Completed, RecallAsked],
            ),
            (Some(Assigned), &[InProgress, Completed, RecallAsked]),
            (Some(InProgress), &[InProgress, Completed, RecallAsked]),
            (Some(Completed), &[RecallAsked]),
            (Some(RecallAsked), &[RecallAgreed, RecallRefused]),
            (Some(RecallAgreed), &[RecallAsked]),
            (Some(RecallRefused), &[RecallAsked]),
        ];
        for (before, after) in allowed {
            for code in StatusCode::ALL {
                assert_eq!(
                    code.may_follow(*before),
                    after.contains(&code),
                    "{before:?} {code}"
                );
            }
        }
    }

    #[test]
    fn a_return_without_a_reason_is_found() {
        let agency = Organization {
            id: "H99.01".into(),
            name: "Sở Mẫu".into(),
            in_charge: None,
            address: None,
            email: None,
            telephone: None,
        };
        let mut message = StatusMessage {
            message_id: "m1".into(),
            from: agency.clone(),
            to: Organization {
                id: "H99.02".into(),
                ..agency
            },
            response_for: Reference {
                organization_id: "H99.02".into(),
                document_id: None,
                code: "1/SMau-VP".into(),
                issued_on: None,
            },
            code: StatusCode::Returned,
            staff: None,
            description: None,
            at: "2026-11-22T01:12:00Z".parse().unwrap(),
        };
        assert_eq!(message.check().len(), 1);
        message.description = Some("Gửi nhầm nơi nhận".into());
        assert!(message.check().is_empty());
        let json = serde_json::to_string(&message).unwrap();
        assert!(json.contains(r#""code":"02""#));
        assert_eq!(
            serde_json::from_str::<StatusMessage>(&json).unwrap(),
            message
        );
    }
}
