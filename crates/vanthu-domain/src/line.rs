//! The life of an assignment line (luồng nhận): one recipient of an instruction, in one part.
//!
//! The line, not the document, is the unit of work: tiles, lists, deadlines and reports count lines.

use serde::{Deserialize, Serialize};

use crate::moment::{Day, Moment};
use crate::outgoing::WrongState;

/// The part a recipient plays (vai trò).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Leads the work (chủ trì).
    Lead,
    /// Supports it (phối hợp).
    Support,
    /// Is told of it (nhận để biết).
    Information,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Lead, Self::Support, Self::Information];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Support => "support",
            Self::Information => "information",
        }
    }

    /// The part of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "Chủ trì",
            Self::Support => "Phối hợp",
            Self::Information => "Nhận để biết",
        }
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// Given, not yet taken up (chờ nhận việc).
    ToDo,
    /// Being worked on (đang xử lý).
    Doing,
    /// The holder has finished (đã xử lý).
    Done,
    /// Closed by reading, or with the document (đã kết thúc).
    Closed,
    /// Given back to whoever assigned it (đã trả lại).
    Returned,
    /// Taken back by whoever assigned it (đã lấy lại).
    TakenBack,
}

impl LineState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::ToDo,
        Self::Doing,
        Self::Done,
        Self::Closed,
        Self::Returned,
        Self::TakenBack,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ToDo => "to-do",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Closed => "closed",
            Self::Returned => "returned",
            Self::TakenBack => "taken-back",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The Vietnamese name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToDo => "Chờ xử lý",
            Self::Doing => "Đang xử lý",
            Self::Done => "Đã xử lý",
            Self::Closed => "Đã kết thúc",
            Self::Returned => "Đã trả lại",
            Self::TakenBack => "Đã lấy lại",
        }
    }

    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::ToDo | Self::Doing)
    }

    /// The holder starts work.
    pub fn start(self, part: Part) -> Result<Self, WrongState> {
        match (self, part) {
            (Self::ToDo, Part::Lead | Part::Support) => Ok(Self::Doing),
            _ => Err(self.refuses("start")),
        }
    }

    /// The holder reads a line that is for information; that closes it.
    pub fn read(self, part: Part) -> Result<Self, WrongState> {
        match (self, part) {
            (Self::ToDo, Part::Information) => Ok(Self::Closed),
            _ => Err(self.refuses("read")),
        }
    }

    /// The holder has finished.
    pub fn finish(self, part: Part) -> Result<Self, WrongState> {
        match (self, part) {
            (Self::ToDo | Self::Doing, Part::Lead | Part::Support) => Ok(Self::Done),
            _ => Err(self.refuses("finish")),
        }
    }

    /// It ends with the document or its parent line.
    pub fn close(self) -> Result<Self, WrongState> {
        match self {
            Self::ToDo | Self::Doing | Self::Done => Ok(Self::Closed),
            _ => Err(self.refuses("close")),
        }
    }

    /// The holder gives it back.
    pub fn give_back(self) -> Result<Self, WrongState> {
        match self {
            Self::ToDo | Self::Doing => Ok(Self::Returned),
            _ => Err(self.refuses("give-back")),
        }
    }

    /// Whoever assigned it takes it back.
    pub fn take_back(self) -> Result<Self, WrongState> {
        match self {
            Self::ToDo | Self::Doing => Ok(Self::TakenBack),
            _ => Err(self.refuses("take-back")),
        }
    }

    const fn refuses(self, step: &'static str) -> WrongState {
        WrongState {
            state: self.code(),
            step,
        }
    }
}

/// A request for more time (đề nghị gia hạn) and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ExtensionState {
    /// Waits for whoever gave the line.
    Asked,
    /// Granted, until that day.
    Granted {
        /// When it was decided.
        at: Moment,
        /// The new deadline.
        until: Day,
    },
    /// Refused.
    Refused {
        /// When it was decided.
        at: Moment,
        /// Why.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_line_is_this_table() {
        type Step = fn(LineState, Part) -> Result<LineState, WrongState>;
        let steps: [(&str, Step); 6] = [
            ("start", LineState::start),
            ("read", LineState::read),
            ("finish", LineState::finish),
            ("close", |s, _| s.close()),
            ("give-back", |s, _| s.give_back()),
            ("take-back", |s, _| s.take_back()),
        ];
        let working = [
            // start, read, finish, close, give-back, take-back
            ("to-do", "doing - done closed returned taken-back"),
            ("doing", "- - done closed returned taken-back"),
            ("done", "- - - closed - -"),
            ("closed", "- - - - - -"),
            ("returned", "- - - - - -"),
            ("taken-back", "- - - - - -"),
        ];
        let told = [
            ("to-do", "- closed - closed returned taken-back"),
            ("doing", "- - - closed returned taken-back"),
            ("done", "- - - closed - -"),
            ("closed", "- - - - - -"),
            ("returned", "- - - - - -"),
            ("taken-back", "- - - - - -"),
        ];
        for (part, table) in [
            (Part::Lead, working),
            (Part::Support, working),
            (Part::Information, told),
        ] {
            for (state, (name, row)) in LineState::ALL.into_iter().zip(table) {
                assert_eq!(state.code(), name);
                for ((step, take), expected) in steps.iter().zip(row.split(' ')) {
                    let got = take(state, part).map_or("-", LineState::code);
                    assert_eq!(got, expected, "{} {name} x {step}", part.code());
                }
            }
        }
    }
}
