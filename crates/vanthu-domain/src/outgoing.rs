//! The life of an outgoing document (văn bản đi).
//!
//! Drafting → in review → awaiting signature → signed → numbered → sealed → issued. A step
//! consumes the state and takes the moment; a step that does not fit is a [`WrongState`].

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, RegisterId};
use crate::moment::{Day, Moment};

/// The step does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{step} does not fit the state {state}")]
pub struct WrongState {
    /// The state it is in, by its stored word.
    pub state: &'static str,
    /// The step that was tried.
    pub step: &'static str,
}

/// The number that a document got in its register (số, ký hiệu).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenNumber {
    /// The register.
    pub register_id: RegisterId,
    /// The number in the register's year.
    pub number: u32,
    /// Number and notation as printed, as `15/UBND-VHXH`.
    pub notation: String,
    /// The day of issue (ngày ban hành).
    pub day: Day,
}

/// Why a draft came back to its drafter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedDraft {
    /// Who returned it.
    pub by: PersonId,
    /// The reason given.
    pub reason: String,
    /// When.
    pub at: Moment,
}

/// Whether the head of the drafting unit reviews before it goes to the signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// The unit's head reviews (Decree 30/2020, Article 12).
    Needed,
    /// The drafter leads the unit himself and answers for the content.
    Skipped,
}

/// Where an outgoing document stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum OutgoingState {
    /// Being written (dự thảo).
    Drafting {
        /// Since when.
        since: Moment,
        /// The last return, where it came back.
        returned: Option<ReturnedDraft>,
    },
    /// With the head of the drafting unit (chờ duyệt).
    InReview {
        /// Since when.
        since: Moment,
    },
    /// With the authorised person (chờ ký).
    AwaitingSignature {
        /// Since when.
        since: Moment,
    },
    /// Signed by the authorised person, waits for its number (chờ cấp số).
    Signed {
        /// Since when.
        since: Moment,
    },
    /// Has its number, waits for the agency's signature (chờ đóng dấu).
    Numbered {
        /// Since when.
        since: Moment,
        /// The number.
        number: GivenNumber,
    },
    /// Signed by the agency, waits for issue (chờ phát hành).
    Sealed {
        /// Since when.
        since: Moment,
        /// The number.
        number: GivenNumber,
    },
    /// Issued to its recipients (đã phát hành).
    Issued {
        /// Since when.
        since: Moment,
        /// The number.
        number: GivenNumber,
    },
    /// Given up before it was signed (đã hủy dự thảo).
    Withdrawn {
        /// Since when.
        since: Moment,
        /// Why.
        reason: String,
    },
}

/// The states without their data: for lists, rights and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutgoingTag {
    /// See [`OutgoingState::Drafting`].
    Drafting,
    /// See [`OutgoingState::InReview`].
    InReview,
    /// See [`OutgoingState::AwaitingSignature`].
    AwaitingSignature,
    /// See [`OutgoingState::Signed`].
    Signed,
    /// See [`OutgoingState::Numbered`].
    Numbered,
    /// See [`OutgoingState::Sealed`].
    Sealed,
    /// See [`OutgoingState::Issued`].
    Issued,
    /// See [`OutgoingState::Withdrawn`].
    Withdrawn,
}

impl OutgoingTag {
    /// Every state, in the order of the life.
    pub const ALL: [Self; 8] = [
        Self::Drafting,
        Self::InReview,
        Self::AwaitingSignature,
        Self::Signed,
        Self::Numbered,
        Self::Sealed,
        Self::Issued,
        Self::Withdrawn,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Drafting => "drafting",
            Self::InReview => "in-review",
            Self::AwaitingSignature => "awaiting-signature",
            Self::Signed => "signed",
            Self::Numbered => "numbered",
            Self::Sealed => "sealed",
            Self::Issued => "issued",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.code() == code)
    }

    /// The Vietnamese name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drafting => "Dự thảo",
            Self::InReview => "Chờ duyệt",
            Self::AwaitingSignature => "Chờ ký",
            Self::Signed => "Chờ cấp số",
            Self::Numbered => "Chờ đóng dấu",
            Self::Sealed => "Chờ phát hành",
            Self::Issued => "Đã phát hành",
            Self::Withdrawn => "Đã hủy",
        }
    }
}

impl OutgoingState {
    /// A new draft.
    pub const fn start(now: Moment) -> Self {
        Self::Drafting {
            since: now,
            returned: None,
        }
    }

    /// The state without its data.
    pub const fn tag(&self) -> OutgoingTag {
        match self {
            Self::Drafting { .. } => OutgoingTag::Drafting,
            Self::InReview { .. } => OutgoingTag::InReview,
            Self::AwaitingSignature { .. } => OutgoingTag::AwaitingSignature,
            Self::Signed { .. } => OutgoingTag::Signed,
            Self::Numbered { .. } => OutgoingTag::Numbered,
            Self::Sealed { .. } => OutgoingTag::Sealed,
            Self::Issued { .. } => OutgoingTag::Issued,
            Self::Withdrawn { .. } => OutgoingTag::Withdrawn,
        }
    }

    /// Since when it stands there.
    pub const fn since(&self) -> Moment {
        match self {
            Self::Drafting { since, .. }
            | Self::InReview { since }
            | Self::AwaitingSignature { since }
            | Self::Signed { since }
            | Self::Numbered { since, .. }
            | Self::Sealed { since, .. }
            | Self::Issued { since, .. }
            | Self::Withdrawn { since, .. } => *since,
        }
    }

    /// Its number, once it has one.
    pub const fn number(&self) -> Option<&GivenNumber> {
        match self {
            Self::Numbered { number, .. }
            | Self::Sealed { number, .. }
            | Self::Issued { number, .. } => Some(number),
            Self::Drafting { .. }
            | Self::InReview { .. }
            | Self::AwaitingSignature { .. }
            | Self::Signed { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// The drafter submits it (trình).
    pub fn submit(self, now: Moment, review: Review) -> Result<Self, WrongState> {
        match (self, review) {
            (Self::Drafting { .. }, Review::Needed) => Ok(Self::InReview { since: now }),
            (Self::Drafting { .. }, Review::Skipped) => Ok(Self::AwaitingSignature { since: now }),
            (other, _) => Err(other.refuses("submit")),
        }
    }

    /// The drafter takes it back before it is signed (rút trình).
    pub fn take_back(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::InReview { .. } | Self::AwaitingSignature { .. } => Ok(Self::Drafting {
                since: now,
                returned: None,
            }),
            other => Err(other.refuses("take-back")),
        }
    }

    /// The unit's head approves the content (duyệt).
    pub fn approve(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::InReview { .. } => Ok(Self::AwaitingSignature { since: now }),
            other => Err(other.refuses("approve")),
        }
    }

    /// It goes back to the drafter with a reason (trả lại). A signed document without a number may
    /// still go back: its signature is then discarded with the file.
    pub fn give_back(self, why: ReturnedDraft) -> Result<Self, WrongState> {
        match self {
            Self::InReview { .. } | Self::AwaitingSignature { .. } | Self::Signed { .. } => {
                Ok(Self::Drafting {
                    since: why.at,
                    returned: Some(why),
                })
            }
            other => Err(other.refuses("give-back")),
        }
    }

    /// The authorised person's signature stands (ký).
    pub fn sign(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::AwaitingSignature { .. } => Ok(Self::Signed { since: now }),
            other => Err(other.refuses("sign")),
        }
    }

    /// The clerk gives number and date (cấp số).
    ///
    /// Clause: TG-10.1
    pub fn give_number(self, now: Moment, number: GivenNumber) -> Result<Self, WrongState> {
        match self {
            Self::Signed { .. } => Ok(Self::Numbered { since: now, number }),
            other => Err(other.refuses("give-number")),
        }
    }

    /// The number is void; the document waits for another (hủy số).
    pub fn void_number(self, now: Moment) -> Result<(Self, GivenNumber), WrongState> {
        match self {
            Self::Numbered { number, .. } => Ok((Self::Signed { since: now }, number)),
            other => Err(other.refuses("void-number")),
        }
    }

    /// The agency's signature stands (ký số của cơ quan).
    ///
    /// Clause: AG-17.3d
    pub fn seal(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Numbered { number, .. } => Ok(Self::Sealed { since: now, number }),
            other => Err(other.refuses("seal")),
        }
    }

    /// It goes out to the recipients (phát hành).
    ///
    /// Clause: DT-2a
    pub fn issue(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Sealed { number, .. } => Ok(Self::Issued { since: now, number }),
            other => Err(other.refuses("issue")),
        }
    }

    /// The drafter gives the draft up (hủy dự thảo).
    pub fn withdraw(self, now: Moment, reason: String) -> Result<Self, WrongState> {
        match self {
            Self::Drafting { .. } => Ok(Self::Withdrawn { since: now, reason }),
            other => Err(other.refuses("withdraw")),
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
    use crate::id::RegisterId;

    const NOW: Moment = Moment::from_unix_seconds(1_795_300_000);
    const LATER: Moment = Moment::from_unix_seconds(1_795_300_060);

    fn number() -> GivenNumber {
        GivenNumber {
            register_id: RegisterId::new(NOW, 1),
            number: 15,
            notation: "15/UBND-VHXH".to_owned(),
            day: NOW.day(),
        }
    }

    fn returned() -> ReturnedDraft {
        ReturnedDraft {
            by: PersonId::new(NOW, 1),
            reason: "Thiếu căn cứ".to_owned(),
            at: LATER,
        }
    }

    fn every_state() -> Vec<OutgoingState> {
        use OutgoingState as S;
        vec![
            S::start(NOW),
            S::InReview { since: NOW },
            S::AwaitingSignature { since: NOW },
            S::Signed { since: NOW },
            S::Numbered {
                since: NOW,
                number: number(),
            },
            S::Sealed {
                since: NOW,
                number: number(),
            },
            S::Issued {
                since: NOW,
                number: number(),
            },
            S::Withdrawn {
                since: NOW,
                reason: "Không cần nữa".to_owned(),
            },
        ]
    }

    /// Every state x step: the state it leads to, or refused ("-").
    ///
    /// Proves: TG-10.1, AG-17.3d, DT-2a
    #[test]
    fn the_life_of_an_outgoing_document_is_this_table() {
        type Step = fn(OutgoingState) -> Result<OutgoingState, WrongState>;
        let steps: [(&str, Step); 10] = [
            ("submit", |s| s.submit(LATER, Review::Needed)),
            ("take-back", |s| s.take_back(LATER)),
            ("approve", |s| s.approve(LATER)),
            ("give-back", |s| s.give_back(returned())),
            ("sign", |s| s.sign(LATER)),
            ("give-number", |s| s.give_number(LATER, number())),
            ("void-number", |s| s.void_number(LATER).map(|(s, _)| s)),
            ("seal", |s| s.seal(LATER)),
            ("issue", |s| s.issue(LATER)),
            ("withdraw", |s| {
                s.withdraw(LATER, "Không cần nữa".to_owned())
            }),
        ];
        let table = [
            // submit, take-back, approve, give-back, sign, give-number, void-number, seal, issue, withdraw
            ("drafting", "in-review - - - - - - - - withdrawn"),
            (
                "in-review",
                "- drafting awaiting-signature drafting - - - - - -",
            ),
            (
                "awaiting-signature",
                "- drafting - drafting signed - - - - -",
            ),
            ("signed", "- - - drafting - numbered - - - -"),
            ("numbered", "- - - - - - signed sealed - -"),
            ("sealed", "- - - - - - - - issued -"),
            ("issued", "- - - - - - - - - -"),
            ("withdrawn", "- - - - - - - - - -"),
        ];
        for (state, (name, row)) in every_state().into_iter().zip(table) {
            assert_eq!(state.tag().code(), name);
            for ((step, take), expected) in steps.iter().zip(row.split(' ')) {
                let got = match take(state.clone()) {
                    Ok(next) => {
                        assert_eq!(next.since(), LATER, "{name} {step}");
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
    fn a_unit_head_s_own_draft_goes_straight_to_the_signer() {
        let state = OutgoingState::start(NOW)
            .submit(LATER, Review::Skipped)
            .unwrap();
        assert_eq!(state.tag(), OutgoingTag::AwaitingSignature);
    }

    #[test]
    fn every_state_reads_back_from_its_word_and_its_json() {
        for state in every_state() {
            assert_eq!(
                OutgoingTag::from_code(state.tag().code()),
                Some(state.tag())
            );
            let json = serde_json::to_string(&state).unwrap();
            assert_eq!(serde_json::from_str::<OutgoingState>(&json).unwrap(), state);
        }
    }
}
