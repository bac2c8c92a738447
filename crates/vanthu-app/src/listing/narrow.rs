//! Filters of a list (bộ lọc), read from an address and written into one.

use std::str::FromStr;

use vanthu_domain::Day;
use vanthu_domain::id::{AgencyId, RegisterId, UnitId};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::line::LineState;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use super::Section;

/// The names of the filters in an address.
pub const NAMES: [&str; 10] = [
    "q", "kind", "urgency", "state", "from", "to", "agency", "unit", "due", "register",
];
/// The longest words that are searched for.
const LONGEST_WORDS: usize = 200;
/// The furthest deadline that is asked for, in days.
const FURTHEST_DUE: u16 = 366;

/// What narrows a list. An empty field asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrow {
    /// Words.
    pub text: Option<String>,
    /// Of this kind.
    pub kind: Option<DocumentKind>,
    /// Of this urgency.
    pub urgency: Option<AtUrgency>,
    /// In this state.
    pub state: Option<InState>,
    /// Issued, or arrived, on this day or later.
    pub from_day: Option<Day>,
    /// Issued, or arrived, on this day or earlier.
    pub until_day: Option<Day>,
    /// To this agency, or from it.
    pub agency_id: Option<AgencyId>,
    /// Drafted in this unit, or with a line of it.
    pub unit_id: Option<UnitId>,
    /// With such a deadline, as long as it counts.
    pub due: Option<Due>,
    /// Entered in this register.
    pub register_id: Option<RegisterId>,
}

/// How urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtUrgency {
    /// This degree.
    Just(Urgency),
    /// Any that is more than ordinary.
    AnyUrgent,
}

/// In which state, by what the list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InState {
    /// Of an outgoing document.
    Outgoing(OutgoingTag),
    /// Of an incoming document.
    Incoming(IncomingTag),
    /// Of a line.
    Line(LineState),
}

/// How the deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It has passed.
    Overdue,
    /// It comes within so many days, today among them.
    Within(u16),
}

impl AtUrgency {
    /// The word in an address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Just(urgency) => urgency.code(),
            Self::AnyUrgent => "any",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let mut degrees = Urgency::ALL.iter().copied();
        match code {
            "any" => Some(Self::AnyUrgent),
            _ => degrees.find(|one| one.code() == code).map(Self::Just),
        }
    }
}

impl InState {
    /// The word in an address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Outgoing(tag) => tag.code(),
            Self::Incoming(tag) => tag.code(),
            Self::Line(state) => state.code(),
        }
    }

    /// The name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outgoing(tag) => tag.name(),
            Self::Incoming(tag) => tag.name(),
            Self::Line(state) => state.name(),
        }
    }

    /// Every state of what a section's lists hold.
    pub fn all(section: Section) -> Vec<Self> {
        match section {
            Section::Outgoing => OutgoingTag::ALL.into_iter().map(Self::Outgoing).collect(),
            Section::Incoming => IncomingTag::ALL.into_iter().map(Self::Incoming).collect(),
            Section::Work => LineState::ALL.into_iter().map(Self::Line).collect(),
        }
    }
}

impl Due {
    /// The word in an address.
    pub fn code(self) -> String {
        match self {
            Self::Overdue => "overdue".to_owned(),
            Self::Within(days) => days.to_string(),
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        if code == "overdue" {
            return Some(Self::Overdue);
        }
        let days: u16 = code.parse().ok()?;
        (days <= FURTHEST_DUE).then_some(Self::Within(days))
    }
}

impl Narrow {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes one pair of an address; tells whether the name is a filter's. An empty value asks for
    /// nothing.
    pub(super) fn take(
        &mut self,
        section: Section,
        name: &str,
        value: &str,
    ) -> Result<bool, Refusal> {
        if !NAMES.contains(&name) {
            return Ok(false);
        }
        let value = value.trim();
        if value.is_empty() {
            return Ok(true);
        }
        match name {
            "q" => self.text = Some(value.chars().take(LONGEST_WORDS).collect()),
            "kind" => {
                let mut kinds = DocumentKind::ALL.iter().copied();
                self.kind = Some(given(kinds.find(|kind| kind.code() == value), name)?);
            }
            "urgency" => self.urgency = Some(given(AtUrgency::from_code(value), name)?),
            "state" => {
                let mut states = InState::all(section).into_iter();
                self.state = Some(given(states.find(|state| state.code() == value), name)?);
            }
            "from" => self.from_day = Some(read(value, name)?),
            "to" => self.until_day = Some(read(value, name)?),
            "agency" => self.agency_id = Some(read(value, name)?),
            "unit" => self.unit_id = Some(read(value, name)?),
            "due" => self.due = Some(given(Due::from_code(value), name)?),
            _ => self.register_id = Some(read(value, name)?),
        }
        Ok(true)
    }

    /// As an address holds it: the filters that ask for something, in the order of [`NAMES`].
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let values = [
            self.text.clone(),
            self.kind.map(|kind| kind.code().to_owned()),
            self.urgency.map(|urgency| urgency.code().to_owned()),
            self.state.map(|state| state.code().to_owned()),
            self.from_day.map(Day::iso),
            self.until_day.map(Day::iso),
            self.agency_id.as_ref().map(ToString::to_string),
            self.unit_id.as_ref().map(ToString::to_string),
            self.due.map(Due::code),
            self.register_id.as_ref().map(ToString::to_string),
        ];
        NAMES
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// The same without one filter.
    pub fn without(&self, name: &str) -> Self {
        let mut other = self.clone();
        match name {
            "q" => other.text = None,
            "kind" => other.kind = None,
            "urgency" => other.urgency = None,
            "state" => other.state = None,
            "from" => other.from_day = None,
            "to" => other.until_day = None,
            "agency" => other.agency_id = None,
            "unit" => other.unit_id = None,
            "due" => other.due = None,
            "register" => other.register_id = None,
            _ => {}
        }
        other
    }
}

fn read<T: FromStr>(value: &str, name: &str) -> Result<T, Refusal> {
    given(value.parse().ok(), name)
}

fn given<T>(found: Option<T>, name: &str) -> Result<T, Refusal> {
    found.ok_or_else(|| malformed(name))
}

fn label(name: &str) -> &'static str {
    match name {
        "kind" => "Loại văn bản",
        "urgency" => "Độ khẩn",
        "state" => "Tình trạng",
        "from" => "Từ ngày",
        "to" => "Đến ngày",
        "agency" => "Cơ quan",
        "unit" => "Đơn vị",
        "due" => "Thời hạn",
        "order" => "Thứ tự",
        _ => "Sổ đăng ký",
    }
}

/// The refusal of a value that no choice has.
pub(super) fn malformed(name: &str) -> Refusal {
    Refusal::new(RefusalCode::FieldMalformed)
        .with("field", label(name))
        .with("why", "giá trị không có trong danh sách chọn")
}
