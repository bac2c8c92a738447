//! Findings (phát hiện): what the platform sees of shared use of keys and accounts, recorded even
//! though the act was refused, looked at by whoever inspects, and closed with a conclusion.
//!
//! A finding is no verdict: it says what was seen, with thumbprints and addresses as evidence.

use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::moment::Moment;
use crate::outgoing::WrongState;

macro_rules! words {
    ($($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl $type {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The one of a stored word.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The Vietnamese name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    )*};
}

words! {
    /// What was seen. The list is closed; a word once used is never used for something else.
    FindingKind {
        /// A signature came back that another person's certificate made.
        OthersCertificate = "others-certificate", "Ký bằng chứng thư của người khác";
        /// The signing software showed certificates of other people beside the signer's.
        OthersDevicePresent = "others-device-present", "Thiết bị của người khác cắm ở máy đang ký";
        /// The account has no right to the certificate that it wanted to sign with.
        CertificateOfAnother = "certificate-of-another", "Chứng thư ghi nhận cho người khác";
        /// The device on record is with somebody else.
        DeviceOfAnother = "device-of-another", "Thiết bị do người khác giữ";
        /// It was signed, or tried, from outside the office without a permission.
        OutsidePlace = "outside-place", "Ký ngoài cơ quan khi chưa được phép";
        /// It was signed, or tried, after the permission to have the device outside had ended.
        OutsidePeriod = "outside-period", "Ký ngoài thời gian được phép mang thiết bị";
        /// One certificate was in use on two machines at once.
        TwoMachines = "two-machines", "Một chứng thư dùng cùng lúc trên hai máy";
        /// The signature that came back was made by a key that is not on record.
        AnotherKey = "another-key", "Chữ ký trả về của một khóa khác";
    }

    /// What whoever looked into it found.
    Conclusion {
        /// Nothing was wrong (không vi phạm).
        NoViolation = "no-violation", "Không vi phạm";
        /// A mistake; the person was reminded (nhầm lẫn, đã nhắc nhở).
        Reminded = "reminded", "Nhầm lẫn, đã nhắc nhở";
        /// A violation, passed on (vi phạm, chuyển xử lý).
        Violation = "violation", "Vi phạm, chuyển xử lý";
    }

    /// The state without its data.
    FindingTag {
        /// Nobody has looked at it.
        New = "new", "Mới";
        /// Somebody looks into it.
        LookedAt = "looked-at", "Đang xem xét";
        /// Closed with a conclusion.
        Closed = "closed", "Đã kết luận";
    }
}

/// Where a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum FindingState {
    /// Nobody has looked at it (mới).
    New,
    /// Somebody looks into it (đang xem xét).
    LookedAt {
        /// Since when.
        at: Moment,
        /// Who.
        by: PersonId,
    },
    /// Closed with a conclusion (đã kết luận).
    Closed {
        /// When.
        at: Moment,
        /// By whom.
        by: PersonId,
        /// The conclusion.
        conclusion: Conclusion,
        /// In words.
        words: String,
    },
}

impl FindingState {
    /// The state without its data.
    pub const fn tag(&self) -> FindingTag {
        match self {
            Self::New => FindingTag::New,
            Self::LookedAt { .. } => FindingTag::LookedAt,
            Self::Closed { .. } => FindingTag::Closed,
        }
    }

    /// Somebody takes it up.
    pub fn look_at(self, by: PersonId, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::New => Ok(Self::LookedAt { at: now, by }),
            Self::LookedAt { .. } | Self::Closed { .. } => Err(self.refuses("look-at")),
        }
    }

    /// It is closed.
    pub fn close(
        self,
        by: PersonId,
        conclusion: Conclusion,
        words: String,
        now: Moment,
    ) -> Result<Self, WrongState> {
        match self {
            Self::New | Self::LookedAt { .. } => Ok(Self::Closed {
                at: now,
                by,
                conclusion,
                words,
            }),
            Self::Closed { .. } => Err(self.refuses("close")),
        }
    }

    const fn refuses(&self, step: &'static str) -> WrongState {
        WrongState {
            state: self.tag().code(),
            step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_795_300_000);

    #[test]
    fn the_life_of_a_finding_is_this_table() {
        let by = || PersonId::new(NOW, 1);
        let close = |state: FindingState| {
            state.close(by(), Conclusion::Reminded, "Đã nhắc".to_owned(), NOW)
        };
        let looked_at = FindingState::New.look_at(by(), NOW).unwrap();
        let closed = close(FindingState::New).unwrap();
        for (state, row) in [
            (FindingState::New, "looked-at closed"),
            (looked_at, "- closed"),
            (closed, "- -"),
        ] {
            let got = [state.clone().look_at(by(), NOW), close(state.clone())];
            for (got, expected) in got.into_iter().zip(row.split(' ')) {
                let code = got.as_ref().map_or("-", |it| it.tag().code());
                assert_eq!(code, expected, "{}", state.tag().code());
            }
        }
        for kind in FindingKind::ALL {
            assert_eq!(FindingKind::from_code(kind.code()), Some(*kind));
        }
    }
}
