//! Key devices on record (thiết bị lưu khóa bí mật): who holds each, where it is, and whether a
//! key on it may sign now.
//!
//! A device is looked after like a state secret of degree Mật (Decree 30/2020, Article 32): the
//! record knows its holder at every moment, and its custody history has no gap. Each step consumes
//! the state and takes the moment; what led to it is kept as an entry of the history.

use serde::{Deserialize, Serialize};

use crate::id::{AgencyId, DeviceId, PermitId, PersonId};
use crate::moment::{Day, Moment};
use crate::outgoing::WrongState;

/// What kind of device it is (loại thiết bị).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// A USB token.
    Token,
    /// A SIM card (SIM PKI).
    Sim,
    /// A key file, for practice.
    Soft,
    /// A remote signing service (ký số tập trung, RSSP).
    Remote,
    /// A hardware security module at the agency.
    Hsm,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Token, Self::Sim, Self::Soft, Self::Remote, Self::Hsm];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Sim => "sim",
            Self::Soft => "soft",
            Self::Remote => "remote",
            Self::Hsm => "hsm",
        }
    }

    /// The kind of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "Thiết bị USB (token)",
            Self::Sim => "SIM ký số",
            Self::Soft => "Tệp khóa thực hành",
            Self::Remote => "Dịch vụ ký số từ xa",
            Self::Hsm => "Thiết bị HSM",
        }
    }

    /// Whether somebody can carry it out of the office.
    pub const fn is_carried(self) -> bool {
        matches!(self, Self::Token | Self::Sim | Self::Soft)
    }
}

/// The written decision that gives the agency's device to a clerk (quyết định giao quản lý khóa bí
/// mật của cơ quan, tổ chức).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrustment {
    /// Number, notation and day of the decision.
    pub reference: String,
    /// The first day.
    pub from_day: Day,
    /// The last day, where there is one.
    pub until_day: Option<Day>,
}

impl Entrustment {
    /// Whether the decision holds on that day.
    ///
    /// Clause: AG-16.1
    pub fn is_in_force_on(&self, day: Day) -> bool {
        self.from_day <= day && self.until_day.is_none_or(|last| day <= last)
    }
}

/// Where a device stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DeviceState {
    /// At the managing agency, with nobody (trong kho).
    InStore {
        /// Since when.
        since: Moment,
    },
    /// With its holder, in the office (đang giữ tại cơ quan).
    Held {
        /// Since when.
        since: Moment,
        /// Who holds it.
        holder: PersonId,
    },
    /// With its holder, outside the office (mang ra ngoài cơ quan).
    Outside {
        /// Since when.
        since: Moment,
        /// Who holds it.
        holder: PersonId,
        /// By which permission.
        permit_id: PermitId,
        /// Until when the permission lasts; after it the device is overdue.
        until: Moment,
    },
    /// Locked after wrong PINs (bị khóa).
    Locked {
        /// Since when.
        since: Moment,
        /// Who holds it.
        holder: PersonId,
    },
    /// Its key is suspected to be known to, or used by, somebody else (nghi lộ, mất khóa).
    Suspected {
        /// Since when.
        since: Moment,
        /// Who holds it.
        holder: PersonId,
        /// Who reported it.
        reported_by: PersonId,
    },
    /// Nobody knows where it is (bị mất).
    Lost {
        /// Since when.
        since: Moment,
        /// Who held it last.
        holder: Option<PersonId>,
    },
    /// Given back for good (đã thu hồi thiết bị).
    Returned {
        /// Since when.
        since: Moment,
    },
}

/// The state without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceTag {
    /// See [`DeviceState::InStore`].
    InStore,
    /// See [`DeviceState::Held`].
    Held,
    /// See [`DeviceState::Outside`].
    Outside,
    /// See [`DeviceState::Locked`].
    Locked,
    /// See [`DeviceState::Suspected`].
    Suspected,
    /// See [`DeviceState::Lost`].
    Lost,
    /// See [`DeviceState::Returned`].
    Returned,
}

impl DeviceTag {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::InStore,
        Self::Held,
        Self::Outside,
        Self::Locked,
        Self::Suspected,
        Self::Lost,
        Self::Returned,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InStore => "in-store",
            Self::Held => "held",
            Self::Outside => "outside",
            Self::Locked => "locked",
            Self::Suspected => "suspected",
            Self::Lost => "lost",
            Self::Returned => "returned",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The Vietnamese name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InStore => "Trong kho",
            Self::Held => "Đang giữ tại cơ quan",
            Self::Outside => "Mang ra ngoài cơ quan",
            Self::Locked => "Thiết bị bị khóa",
            Self::Suspected => "Nghi lộ, mất khóa",
            Self::Lost => "Bị mất",
            Self::Returned => "Đã thu hồi thiết bị",
        }
    }
}

impl DeviceState {
    /// The state without its data.
    pub const fn tag(&self) -> DeviceTag {
        match self {
            Self::InStore { .. } => DeviceTag::InStore,
            Self::Held { .. } => DeviceTag::Held,
            Self::Outside { .. } => DeviceTag::Outside,
            Self::Locked { .. } => DeviceTag::Locked,
            Self::Suspected { .. } => DeviceTag::Suspected,
            Self::Lost { .. } => DeviceTag::Lost,
            Self::Returned { .. } => DeviceTag::Returned,
        }
    }

    /// Since when.
    pub const fn since(&self) -> Moment {
        match self {
            Self::InStore { since }
            | Self::Held { since, .. }
            | Self::Outside { since, .. }
            | Self::Locked { since, .. }
            | Self::Suspected { since, .. }
            | Self::Lost { since, .. }
            | Self::Returned { since } => *since,
        }
    }

    /// Who holds it, or held it last.
    pub const fn holder(&self) -> Option<&PersonId> {
        match self {
            Self::InStore { .. } | Self::Returned { .. } => None,
            Self::Held { holder, .. }
            | Self::Outside { holder, .. }
            | Self::Locked { holder, .. }
            | Self::Suspected { holder, .. } => Some(holder),
            Self::Lost { holder, .. } => holder.as_ref(),
        }
    }

    /// Who reported the suspicion that stands.
    pub const fn reported_by(&self) -> Option<&PersonId> {
        match self {
            Self::Suspected { reported_by, .. } => Some(reported_by),
            Self::InStore { .. }
            | Self::Held { .. }
            | Self::Outside { .. }
            | Self::Locked { .. }
            | Self::Lost { .. }
            | Self::Returned { .. } => None,
        }
    }

    /// It goes to a person: out of the store, or from one person to another.
    pub fn hand_over(self, to: PersonId, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::InStore { .. } | Self::Held { .. } => Ok(Self::Held {
                since: now,
                holder: to,
            }),
            _ => Err(self.refuses("hand-over")),
        }
    }

    /// The holder takes it out of the office, by a permission that lasts until then.
    ///
    /// Clause: AG-15.7
    pub fn take_out(
        self,
        permit_id: PermitId,
        until: Moment,
        now: Moment,
    ) -> Result<Self, WrongState> {
        match self {
            Self::Held { holder, .. } => Ok(Self::Outside {
                since: now,
                holder,
                permit_id,
                until,
            }),
            _ => Err(self.refuses("take-out")),
        }
    }

    /// It is back in the office.
    pub fn bring_back(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Outside { holder, .. } => Ok(Self::Held { since: now, holder }),
            _ => Err(self.refuses("bring-back")),
        }
    }

    /// Wrong PINs have locked it.
    ///
    /// Clause: TG-20
    pub fn lock(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Held { holder, .. } | Self::Outside { holder, .. } => {
                Ok(Self::Locked { since: now, holder })
            }
            _ => Err(self.refuses("lock")),
        }
    }

    /// The provider has restored it, and its holder has it again, in the office.
    pub fn restore(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Locked { holder, .. } => Ok(Self::Held { since: now, holder }),
            _ => Err(self.refuses("restore")),
        }
    }

    /// Its key is suspected to be known to, or used by, somebody else.
    ///
    /// Clause: TG-25.3, AG-15.3
    pub fn suspect(self, reported_by: PersonId, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Held { holder, .. }
            | Self::Outside { holder, .. }
            | Self::Locked { holder, .. } => Ok(Self::Suspected {
                since: now,
                holder,
                reported_by,
            }),
            _ => Err(self.refuses("suspect")),
        }
    }

    /// The suspicion was looked into and is gone; whoever clears it has the device before them, in
    /// the office.
    pub fn clear(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Suspected { holder, .. } => Ok(Self::Held { since: now, holder }),
            _ => Err(self.refuses("clear")),
        }
    }

    /// Nobody knows where it is.
    pub fn lose(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Lost { .. } | Self::Returned { .. } => Err(self.refuses("lose")),
            _ => Ok(Self::Lost {
                since: now,
                holder: self.holder().cloned(),
            }),
        }
    }

    /// It is given back for good, as after revocation.
    pub fn give_back(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::InStore { .. } | Self::Returned { .. } => Err(self.refuses("give-back")),
            _ => Ok(Self::Returned { since: now }),
        }
    }

    const fn refuses(&self, step: &'static str) -> WrongState {
        WrongState {
            state: self.tag().code(),
            step,
        }
    }
}

/// Why a key on the device may not sign now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceRefuses {
    /// The person who signs does not hold it.
    NotTheHolder,
    /// It is in a state in which nobody signs with it.
    State(DeviceTag),
    /// It is the agency's, and no decision in force gives it to this clerk.
    NotEntrusted,
    /// It is outside the office, and the permission is over.
    PermissionOver {
        /// When it ended.
        until: Moment,
    },
}

/// A device as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Its identifier here.
    pub device_id: DeviceId,
    /// The agency that looks after it.
    pub agency_id: AgencyId,
    /// Its kind.
    pub kind: DeviceKind,
    /// The number on it (số hiệu thiết bị).
    pub serial: String,
    /// Whether it holds a person's key or the agency's.
    pub belongs: Belongs,
    /// The decision by which the agency's device is with its holder.
    pub entrustment: Option<Entrustment>,
    /// Where it stands.
    pub state: DeviceState,
}

/// Whose key is on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Belongs {
    /// The holder's own.
    Person,
    /// The agency's; a clerk keeps it like the seal.
    Agency,
}

impl Belongs {
    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agency => "agency",
        }
    }

    /// The one of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Person, Self::Agency]
            .into_iter()
            .find(|one| one.code() == code)
    }
}

impl DeviceRecord {
    /// Whether this person may sign with it at that moment: the device is with its holder, that is
    /// this person, and where the key is the agency's, by a decision in force.
    ///
    /// Clause: TG-22.1a, TG-22.1b, AG-11.1, AG-16.1, AG-17.3c
    pub fn may_sign(&self, person: &PersonId, now: Moment) -> Result<(), DeviceRefuses> {
        match &self.state {
            DeviceState::Outside { until, .. } if now > *until => {
                return Err(DeviceRefuses::PermissionOver { until: *until });
            }
            DeviceState::Held { .. } | DeviceState::Outside { .. } => {}
            DeviceState::InStore { .. }
            | DeviceState::Locked { .. }
            | DeviceState::Suspected { .. }
            | DeviceState::Lost { .. }
            | DeviceState::Returned { .. } => {
                return Err(DeviceRefuses::State(self.state.tag()));
            }
        }
        if self.state.holder() != Some(person) {
            return Err(DeviceRefuses::NotTheHolder);
        }
        let entrusted = self
            .entrustment
            .as_ref()
            .is_some_and(|it| it.is_in_force_on(now.day()));
        match self.belongs {
            Belongs::Agency if !entrusted => Err(DeviceRefuses::NotEntrusted),
            Belongs::Agency | Belongs::Person => Ok(()),
        }
    }
}

/// What became of a request to take a device out of the office (xin phép mang thiết bị ra ngoài).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum PermitState {
    /// Waits for the head.
    Asked,
    /// Granted.
    Granted {
        /// When.
        at: Moment,
        /// By whom.
        by: PersonId,
    },
    /// Refused.
    Refused {
        /// When.
        at: Moment,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// The device is back, or never left.
    Ended {
        /// When.
        at: Moment,
        /// Who had granted it; nobody where the request was taken back.
        by: Option<PersonId>,
    },
}

impl PermitState {
    /// The stored word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Granted { .. } => "granted",
            Self::Refused { .. } => "refused",
            Self::Ended { .. } => "ended",
        }
    }

    /// The Vietnamese name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asked => "Chờ thủ trưởng cho phép",
            Self::Granted { .. } => "Được phép",
            Self::Refused { .. } => "Không cho phép",
            Self::Ended { .. } => "Đã kết thúc",
        }
    }

    /// The head agrees.
    pub fn grant(self, by: PersonId, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Asked => Ok(Self::Granted { at: now, by }),
            _ => Err(self.refuses("grant")),
        }
    }

    /// The head says no.
    pub fn refuse(self, by: PersonId, reason: String, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Asked => Ok(Self::Refused {
                at: now,
                by,
                reason,
            }),
            _ => Err(self.refuses("refuse")),
        }
    }

    /// The holder no longer needs it: the device is back, or the request is taken back.
    pub fn end(self, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Asked => Ok(Self::Ended { at: now, by: None }),
            Self::Granted { by, .. } => Ok(Self::Ended {
                at: now,
                by: Some(by),
            }),
            _ => Err(self.refuses("end")),
        }
    }

    const fn refuses(&self, step: &'static str) -> WrongState {
        WrongState {
            state: self.code(),
            step,
        }
    }
}

/// A request to take a device out of the office, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Its identifier.
    pub permit_id: PermitId,
    /// The device.
    pub device_id: DeviceId,
    /// The agency whose head decides.
    pub agency_id: AgencyId,
    /// The holder who asks.
    pub asked_by: PersonId,
    /// From when.
    pub from_at: Moment,
    /// Until when.
    pub until_at: Moment,
    /// Where to.
    pub place: String,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub asked_at: Moment,
    /// What became of it.
    pub state: PermitState,
}

impl Permit {
    /// Whether the device may be outside the office at that moment.
    ///
    /// Clause: AG-15.7
    pub fn allows(&self, now: Moment) -> bool {
        matches!(self.state, PermitState::Granted { .. })
            && self.from_at <= now
            && now <= self.until_at
    }
}

/// What is suspected of a key (lý do nghi ngờ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// The PIN or the key may be known to somebody (nghi lộ).
    Leak,
    /// The device is lost or stolen (mất, bị lấy cắp).
    Theft,
    /// Somebody else may have signed with it (bị người khác sử dụng).
    Misuse,
}

impl Suspicion {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Leak, Self::Theft, Self::Misuse];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::Theft => "theft",
            Self::Misuse => "misuse",
        }
    }

    /// The one of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leak => "Nghi lộ mã PIN hoặc khóa bí mật",
            Self::Theft => "Mất hoặc bị lấy cắp thiết bị",
            Self::Misuse => "Nghi có người khác dùng để ký",
        }
    }
}

/// Where a request to revoke a certificate stands (đề nghị thu hồi chứng thư).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum RevocationRequestState {
    /// Started by a report; the certificate manager completes and sends it.
    Started,
    /// The suspicion is gone, and with it the request.
    Withdrawn {
        /// When.
        at: Moment,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: String,
    },
}

impl RevocationRequestState {
    /// The stored word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// The Vietnamese name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started => "Đã khởi tạo, chờ đầu mối hoàn tất",
            Self::Withdrawn { .. } => "Đã rút",
        }
    }

    /// It is no longer asked for.
    pub fn withdraw(self, by: PersonId, reason: String, now: Moment) -> Result<Self, WrongState> {
        match self {
            Self::Started => Ok(Self::Withdrawn {
                at: now,
                by,
                reason,
            }),
            Self::Withdrawn { .. } => Err(WrongState {
                state: self.code(),
                step: "withdraw",
            }),
        }
    }
}

#[cfg(test)]
mod tests;
