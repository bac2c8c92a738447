//! The life of an incoming document (văn bản đến).

use serde::{Deserialize, Serialize};

use crate::moment::{Day, Moment};
use crate::outgoing::WrongState;

/// How an incoming document was finished (mã kết thúc).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosingCode {
    /// Answered by a document (trả lời bằng văn bản).
    Replied,
    /// Dealt with, no answer needed (không cần trả lời).
    NoReplyNeeded,
    /// Taken note of (đã biết).
    Noted,
    /// Passed on to another agency (chuyển cơ quan khác).
    Forwarded,
    /// Filed (lưu hồ sơ).
    Filed,
}

impl ClosingCode {
    /// Every code.
    pub const ALL: [Self; 5] = [
        Self::Replied,
        Self::NoReplyNeeded,
        Self::Noted,
        Self::Forwarded,
        Self::Filed,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Replied => "replied",
            Self::NoReplyNeeded => "no-reply-needed",
            Self::Noted => "noted",
            Self::Forwarded => "forwarded",
            Self::Filed => "filed",
        }
    }

    /// The code of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Replied => "Đã trả lời bằng văn bản",
            Self::NoReplyNeeded => "Không cần trả lời",
            Self::Noted => "Đã biết",
            Self::Forwarded => "Đã chuyển cơ quan khác",
            Self::Filed => "Lưu hồ sơ",
        }
    }
}

/// Why a document is returned to its sender (mã lý do trả lại).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnReason {
    /// Sent to the wrong place (sai nơi nhận).
    WrongRecipient,
    /// The authorised person's signature is missing or invalid (chữ ký người có thẩm quyền).
    PersonSignature,
    /// The agency's signature is missing or invalid (chữ ký số của cơ quan).
    AgencySignature,
    /// Content changed after signing (nội dung thay đổi sau khi ký).
    Changed,
    /// Attachments missing (thiếu tài liệu kèm theo).
    Incomplete,
    /// Form or presentation is wrong (sai thể thức).
    Form,
    /// Holds a state secret (có nội dung bí mật nhà nước).
    StateSecret,
    /// Anything else, told in words (lý do khác).
    Other,
}

impl ReturnReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::WrongRecipient,
        Self::PersonSignature,
        Self::AgencySignature,
        Self::Changed,
        Self::Incomplete,
        Self::Form,
        Self::StateSecret,
        Self::Other,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongRecipient => "wrong-recipient",
            Self::PersonSignature => "person-signature",
            Self::AgencySignature => "agency-signature",
            Self::Changed => "changed",
            Self::Incomplete => "incomplete",
            Self::Form => "form",
            Self::StateSecret => "state-secret",
            Self::Other => "other",
        }
    }

    /// The reason of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// The Vietnamese text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongRecipient => "Gửi không đúng nơi nhận",
            Self::PersonSignature => "Chữ ký số của người có thẩm quyền thiếu hoặc không hợp lệ",
            Self::AgencySignature => "Chữ ký số của cơ quan thiếu hoặc không hợp lệ",
            Self::Changed => "Nội dung thay đổi sau khi ký số",
            Self::Incomplete => "Thiếu phụ lục, tài liệu kèm theo",
            Self::Form => "Sai thể thức, kỹ thuật trình bày",
            Self::StateSecret => "Có nội dung bí mật nhà nước",
            Self::Other => "Lý do khác",
        }
    }
}

/// The entry in the register of incoming documents (số đến, ngày đến).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The arrival number in the year (số đến).
    pub number: u32,
    /// The day of registration (ngày đến).
    pub day: Day,
}

/// Where an incoming document stands at its agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum IncomingState {
    /// In the system, not yet examined (đã đến).
    Arrived {
        /// Since when.
        since: Moment,
    },
    /// Examined; waits for the clerk (chờ tiếp nhận).
    Checked {
        /// Since when.
        since: Moment,
    },
    /// Returned to its sender (đã trả lại).
    Returned {
        /// Since when.
        since: Moment,
        /// The coded reason.
        reason: ReturnReason,
        /// The words with it.
        words: String,
    },
    /// Accepted; waits for registration (chờ vào sổ).
    Accepted {
        /// Since when.
        since: Moment,
    },
    /// In the register; waits to be presented (chờ trình).
    Registered {
        /// Since when.
        since: Moment,
        /// The entry.
        arrival: Arrival,
    },
    /// With the leader (chờ bút phê).
    Presented {
        /// Since when.
        since: Moment,
        /// The entry.
        arrival: Arrival,
    },
    /// Directed to units and people (đã bút phê).
    Directed {
        /// Since when.
        since: Moment,
        /// The entry.
        arrival: Arrival,
    },
    /// Work has begun (đang xử lý).
    Processing {
        /// Since when.
        since: Moment,
        /// The entry.
        arrival: Arrival,
    },
    /// Finished (hoàn thành).
    Completed {
        /// Since when.
        since: Moment,
        /// The entry.
        arrival: Arrival,
        /// How.
        code: ClosingCode,
    },
}

/// The states without their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncomingTag {
    /// See [`IncomingState::Arrived`].
    Arrived,
    /// See [`IncomingState::Checked`].
    Checked,
    /// See [`IncomingState::Returned`].
    Returned,
    /// See [`IncomingState::Accepted`].
    Accepted,
    /// See [`IncomingState::Registered`].
    Registered,
    /// See [`IncomingState::Presented`].
    Presented,
    /// See [`IncomingState::Directed`].
    Directed,
    /// See [`IncomingState::Processing`].
    Processing,
    /// See [`IncomingState::Completed`].
    Completed,
}

impl IncomingTag {
    /// Every state, in the order of the life.
    pub const ALL: [Self; 9] = [
        Self::Arrived,
        Self::Checked,
        Self::Returned,
        Self::Accepted,
        Self::Registered,
        Self::Presented,
        Self::Directed,
        Self::Processing,
        Self::Completed,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Checked => "checked",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Registered => "registered",
            Self::Presented => "presented",
            Self::Directed => "directed",
            Self::Processing => "processing",
            Self::Completed => "completed",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.code() == code)
    }

    /// The Vietnamese name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrived => "Đang kiểm tra",
            Self::Checked => "Chờ tiếp nhận",
            Self::Returned => "Đã trả lại",
            Self::Accepted => "Chờ vào sổ",
            Self::Registered => "Chờ trình",
            Self::Presented => "Chờ bút phê",
            Self::Directed => "Đã chuyển xử lý",
            Self::Processing => "Đang xử lý",
            Self::Completed => "Đã hoàn thành",
        }
    }
}

impl IncomingState {
    /// The state without its data.
    pub const fn tag(&self) -> IncomingTag {
        match self {
            Self::Arrived { .. } => IncomingTag::Arrived,
            Self::Checked { .. } => IncomingTag::Checked,
            Self::Returned { .. } => IncomingTag::Returned,
            Self::Accepted { .. } => IncomingTag::Accepted,
            Self::Registered { .. } => IncomingTag::Registered,
            Self::Presented { .. } => IncomingTag::Presented,
            Self::Directed { .. } => IncomingTag::Directed,
            Self::Processing { .. } => IncomingTag::Processing,
            Self::Completed { .. } => IncomingTag::Completed,
        }
    }

    /// Since when it stands there.
    pub const fn since(&self) -> Moment {
        match self {
            Self::Arrived { since }
            | Self::Checked { since }
            | Self::Returned { since, .. }
            | Self::Accepted { since }
            | Self::Registered { since, .. }
            | Self::Presented { since, .. }
            | Self::Directed { since, .. }
            | Self::Processing { since, .. }
            | Self::Completed { since, .. } => *since,
        }
    }

    /// The entry in the register, once there is one.
    pub const fn arrival(&self) -> Option<Arrival> {
        match self {
            Self::Registered { arrival, .. }
            | Self::Presented { arrival, .. }
            | Self::Directed { arrival, .. }
            | Self::Processing { arrival, .. }
            | Self::Completed { arrival, .. } => Some(*arrival),
            Self::Arrived { .. }
            | Self::Checked { .. }
            | Self::Returned { .. }
            | Self::Accepted { .. } => None,
        }
    }

    /// The examination is done; may be repeated until the clerk decides.
    ///
    /// Clause: TG-8.1a
    pub fn check(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Arrived { .. } | Self::Checked { .. } => Ok(Self::Checked { since: now }),
            other => Err(other.refuses("check")),
        }
    }

    /// The clerk returns it (trả lại).
    ///
    /// Clause: TG-4.4, TG-8.1b
    pub fn give_back(
        self,
        now: Moment,
        reason: ReturnReason,
        words: String,
    ) -> Result<Self, WrongState> {
        match self {
            Self::Checked { .. } => Ok(Self::Returned {
                since: now,
                reason,
                words,
            }),
            other => Err(other.refuses("give-back")),
        }
    }

    /// The clerk accepts it (tiếp nhận).
    pub fn accept(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Checked { .. } => Ok(Self::Accepted { since: now }),
            other => Err(other.refuses("accept")),
        }
    }

    /// The clerk registers it (vào sổ).
    pub fn register(self, now: Moment, arrival: Arrival) -> Result<Self, WrongState> {
        match self {
            Self::Accepted { .. } => Ok(Self::Registered {
                since: now,
                arrival,
            }),
            other => Err(other.refuses("register")),
        }
    }

    /// The clerk presents it to the leader (trình).
    pub fn present(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Registered { arrival, .. } => Ok(Self::Presented {
                since: now,
                arrival,
            }),
            other => Err(other.refuses("present")),
        }
    }

    /// The leader directs it (bút phê). More lines may be added while it is worked on.
    pub fn direct(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Presented { arrival, .. } => Ok(Self::Directed {
                since: now,
                arrival,
            }),
            other => Err(other.refuses("direct")),
        }
    }

    /// The first line is being worked on.
    pub fn begin(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Directed { arrival, .. } => Ok(Self::Processing {
                since: now,
                arrival,
            }),
            other => Err(other.refuses("begin")),
        }
    }

    /// The lead lines are done (hoàn thành).
    pub fn complete(self, now: Moment, code: ClosingCode) -> Result<Self, WrongState> {
        match self {
            Self::Directed { arrival, .. } | Self::Processing { arrival, .. } => {
                Ok(Self::Completed {
                    since: now,
                    arrival,
                    code,
                })
            }
            other => Err(other.refuses("complete")),
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
    const LATER: Moment = Moment::from_unix_seconds(1_795_300_060);

    fn every_state() -> Vec<IncomingState> {
        use IncomingState as S;
        let arrival = Arrival {
            number: 7,
            day: NOW.day(),
        };
        vec![
            S::Arrived { since: NOW },
            S::Checked { since: NOW },
            S::Returned {
                since: NOW,
                reason: ReturnReason::Form,
                words: String::new(),
            },
            S::Accepted { since: NOW },
            S::Registered {
                since: NOW,
                arrival,
            },
            S::Presented {
                since: NOW,
                arrival,
            },
            S::Directed {
                since: NOW,
                arrival,
            },
            S::Processing {
                since: NOW,
                arrival,
            },
            S::Completed {
                since: NOW,
                arrival,
                code: ClosingCode::Replied,
            },
        ]
    }

    /// Proves: TG-8.1a, TG-8.1b
    #[test]
    fn the_life_of_an_incoming_document_is_this_table() {
        type Step = fn(IncomingState) -> Result<IncomingState, WrongState>;
        let steps: [(&str, Step); 8] = [
            ("check", |s| s.check(LATER)),
            ("give-back", |s| {
                s.give_back(LATER, ReturnReason::Other, "Nhầm".to_owned())
            }),
            ("accept", |s| s.accept(LATER)),
            ("register", |s| {
                s.register(
                    LATER,
                    Arrival {
                        number: 8,
                        day: LATER.day(),
                    },
                )
            }),
            ("present", |s| s.present(LATER)),
            ("direct", |s| s.direct(LATER)),
            ("begin", |s| s.begin(LATER)),
            ("complete", |s| s.complete(LATER, ClosingCode::Noted)),
        ];
        let table = [
            // check, give-back, accept, register, present, direct, begin, complete
            ("arrived", "checked - - - - - - -"),
            ("checked", "checked returned accepted - - - - -"),
            ("returned", "- - - - - - - -"),
            ("accepted", "- - - registered - - - -"),
            ("registered", "- - - - presented - - -"),
            ("presented", "- - - - - directed - -"),
            ("directed", "- - - - - - processing completed"),
            ("processing", "- - - - - - - completed"),
            ("completed", "- - - - - - - -"),
        ];
        for (state, (name, row)) in every_state().into_iter().zip(table) {
            assert_eq!(state.tag().code(), name);
            for ((step, take), expected) in steps.iter().zip(row.split(' ')) {
                let got = match take(state.clone()) {
                    Ok(next) => {
                        assert_eq!(next.since(), LATER);
                        next.tag().code()
                    }
                    Err(refused) => {
                        assert_eq!(refused, WrongState { state: name, step });
                        "-"
                    }
                };
                assert_eq!(got, expected, "{name} x {step}");
            }
        }
    }

    #[test]
    fn codes_read_back() {
        for tag in IncomingTag::ALL {
            assert_eq!(IncomingTag::from_code(tag.code()), Some(tag));
        }
        for code in ClosingCode::ALL {
            assert_eq!(ClosingCode::from_code(code.code()), Some(code));
        }
        for reason in ReturnReason::ALL {
            assert_eq!(ReturnReason::from_code(reason.code()), Some(reason));
        }
    }
}
