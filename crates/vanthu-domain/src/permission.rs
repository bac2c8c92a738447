//! Who may do what: the one authorisation core.
//!
//! A decision looks at the actor, the action, the object's state and how the actor is related to
//! the object. Whatever no rule of [`RULES`] grants is refused. Pages, API, jobs and files ask
//! here, and the interface asks the same question to say why a button is not there.

mod rules;

use serde::{Deserialize, Serialize};

use crate::agency::Role;
use crate::device::DeviceTag;
use crate::finding::FindingTag;
use crate::id::{AccountId, AgencyId, PersonId, UnitId};
use crate::incoming::IncomingTag;
use crate::line::LineState;
use crate::outgoing::OutgoingTag;
use crate::refusal::{Refusal, RefusalCode};

pub use rules::RULES;

/// Who acts: an account with the posts held today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub account_id: AccountId,
    /// The person.
    pub person_id: PersonId,
    /// Whether the account is active; a locked one may nothing.
    pub active: bool,
    /// The posts held today.
    pub posts: Vec<Seat>,
}

/// A post as the rules need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The agency.
    pub agency_id: AgencyId,
    /// The unit, where it is in one.
    pub unit_id: Option<UnitId>,
    /// The role.
    pub role: Role,
}

impl Actor {
    /// Whether the actor holds the role in the agency.
    pub fn has(&self, agency_id: &AgencyId, role: Role) -> bool {
        self.posts
            .iter()
            .any(|p| p.agency_id == *agency_id && p.role == role)
    }

    /// Whether the actor leads the unit.
    pub fn leads(&self, unit_id: &UnitId) -> bool {
        self.posts
            .iter()
            .any(|p| p.role == Role::UnitHead && p.unit_id.as_ref() == Some(unit_id))
    }

    /// Whether the actor inspects signing: in every agency, by a post in any.
    pub fn inspects(&self) -> bool {
        self.posts.iter().any(|post| post.role == Role::Inspector)
    }

    /// Whether the actor works in the agency.
    pub fn works_in(&self, agency_id: &AgencyId) -> bool {
        self.posts.iter().any(|p| p.agency_id == *agency_id)
    }
}

macro_rules! coded {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl $type {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the exported matrix.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// In Vietnamese.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

coded! {
    /// What somebody wants to do.
    Action {
        /// Begin a draft in an agency.
        Draft = "draft", "soạn thảo văn bản";
        /// See an outgoing document.
        ViewOutgoing = "view-outgoing", "xem văn bản đi";
        /// Change a draft.
        Edit = "edit", "sửa dự thảo";
        /// Submit a draft.
        Submit = "submit", "trình văn bản";
        /// Take a submitted draft back.
        TakeBack = "take-back", "rút trình";
        /// Approve the content.
        Approve = "approve", "duyệt nội dung";
        /// Return it to the drafter.
        GiveBack = "give-back", "trả lại dự thảo";
        /// Give an opinion.
        Comment = "comment", "cho ý kiến";
        /// Sign as the authorised person.
        Sign = "sign", "ký số văn bản";
        /// Give a number.
        GiveNumber = "give-number", "cấp số";
        /// Make a number void.
        VoidNumber = "void-number", "hủy số";
        /// Sign for the agency.
        Seal = "seal", "ký số của cơ quan";
        /// Issue.
        Issue = "issue", "phát hành";
        /// Give a draft up.
        Withdraw = "withdraw", "hủy dự thảo";
        /// Follow what recipients do.
        Track = "track", "theo dõi nơi nhận";
        /// Send again what could not be delivered.
        Resend = "resend", "gửi lại nơi nhận bị lỗi";
        /// See an incoming document.
        ViewIncoming = "view-incoming", "xem văn bản đến";
        /// Accept it.
        Accept = "accept", "tiếp nhận";
        /// Return it to its sender.
        ReturnToSender = "return-to-sender", "trả lại nơi gửi";
        /// Enter it in the register.
        Register = "register", "vào sổ";
        /// Present it to a leader.
        Present = "present", "trình lãnh đạo";
        /// Direct it.
        Direct = "direct", "bút phê";
        /// Pass a unit's line on to people.
        AssignLine = "assign-line", "phân công xử lý";
        /// Start a line.
        StartLine = "start-line", "bắt đầu xử lý";
        /// Mark a line for information as read.
        ReadLine = "read-line", "xác nhận đã đọc";
        /// Finish a line.
        FinishLine = "finish-line", "báo cáo xử lý xong";
        /// Give a line back.
        ReturnLine = "return-line", "trả lại việc";
        /// Take a line back.
        TakeBackLine = "take-back-line", "lấy lại việc";
        /// Ask for more time.
        AskExtension = "ask-extension", "xin gia hạn";
        /// Decide on more time.
        DecideExtension = "decide-extension", "quyết định gia hạn";
        /// Draft the answer to an incoming document.
        Reply = "reply", "soạn văn bản trả lời";
        /// See and print the registers.
        ViewRegisters = "view-registers", "xem và in sổ đăng ký";
        /// See the accounts of an agency.
        ViewAccounts = "view-accounts", "xem tài khoản";
        /// Make an account.
        MakeAccount = "make-account", "tạo tài khoản";
        /// Lock or unlock an account.
        LockAccount = "lock-account", "khóa, mở khóa tài khoản";
        /// See what runs in the background.
        ViewJobs = "view-jobs", "xem việc nền";
        /// Start a job again that was given up.
        RestartJob = "restart-job", "chạy lại việc nền";
        /// See the signing agents of an agency.
        ViewAgents = "view-agents", "xem máy ký của cơ quan";
        /// See a key device with its custody history.
        ViewDevice = "view-device", "xem thiết bị lưu khóa";
        /// See all key devices of an agency.
        ViewDevices = "view-devices", "xem các thiết bị lưu khóa của cơ quan";
        /// Ask to take a device out of the office.
        AskOutside = "ask-outside", "xin mang thiết bị ra ngoài cơ quan";
        /// Permit or refuse that.
        DecideOutside = "decide-outside", "cho phép mang thiết bị ra ngoài cơ quan";
        /// Take it out by the permission.
        TakeOutside = "take-outside", "mang thiết bị ra ngoài cơ quan";
        /// Bring it back.
        BringBack = "bring-back", "ghi nhận đã mang thiết bị về cơ quan";
        /// Report a suspected key.
        SuspectKey = "suspect-key", "báo nghi lộ, mất khóa";
        /// Lift the suspension of a suspected key.
        LiftSuspension = "lift-suspension", "bỏ tạm dừng chứng thư";
        /// See findings.
        ViewFindings = "view-findings", "xem phát hiện";
        /// Look into a finding and close it.
        CloseFinding = "close-finding", "xem xét, kết luận phát hiện";
        /// Say which addresses are the agency's offices.
        SetNetworks = "set-networks", "khai báo mạng của cơ quan";
    }
}

coded! {
    /// How an actor is related to an object.
    Relation {
        /// Wrote the draft.
        Drafter = "drafter", "người soạn thảo";
        /// Leads the drafting unit.
        DraftingHead = "drafting-head", "lãnh đạo đơn vị soạn thảo";
        /// Is the person chosen to sign.
        Signer = "signer", "người có thẩm quyền được trình ký";
        /// Is a records clerk of the agency.
        Clerk = "clerk", "văn thư cơ quan";
        /// Leads the agency.
        Leader = "leader", "lãnh đạo cơ quan";
        /// Is the leader to whom it was presented.
        PresentedTo = "presented-to", "lãnh đạo được trình";
        /// Holds the line, or leads the unit that holds it.
        Holder = "holder", "người được giao việc";
        /// Leads the unit that holds the line.
        HoldingHead = "holding-head", "lãnh đạo đơn vị được giao";
        /// Gave the line.
        Giver = "giver", "người giao việc";
        /// Holds any line of the document, or leads a unit that does.
        Involved = "involved", "người tham gia xử lý";
        /// Works in the agency, in a role that drafts.
        Member = "member", "cán bộ, công chức của cơ quan";
        /// Administers the agency's accounts.
        Administrator = "administrator", "quản trị của cơ quan";
        /// Looks after the agency's machines and programs.
        ItOfficer = "it-officer", "công chức CNTT của cơ quan";
        /// Holds the key device.
        KeyHolder = "key-holder", "người giữ thiết bị";
        /// Manages the agency's subscribers.
        CertificateManager = "certificate-manager", "đầu mối quản lý thuê bao của cơ quan";
        /// Gives permission for the device: the head, and for others' devices any leader.
        PermitGiver = "permit-giver", "thủ trưởng hoặc lãnh đạo cơ quan, không tự cho phép mình trừ thủ trưởng";
        /// Manages or leads, has not made the report, and does not hold the device.
        SecondPerson = "second-person", "đầu mối quản lý thuê bao hoặc lãnh đạo, không phải người báo và người giữ thiết bị";
        /// Inspects signing, in every agency.
        Inspector = "inspector", "người kiểm tra, giám sát";
        /// Leads the agency in which it was found, and is not the one of whom it was found.
        LeaderOfFound = "leader-of-found", "lãnh đạo cơ quan nơi có phát hiện, không phải người liên quan";
    }
}

/// The state that a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectState {
    /// An outgoing document's.
    Outgoing(OutgoingTag),
    /// An incoming document's.
    Incoming(IncomingTag),
    /// A line's.
    Line(LineState),
    /// A key device's.
    Device(DeviceTag),
    /// A finding's.
    Finding(FindingTag),
    /// The object has no life.
    Plain,
}

impl ObjectState {
    /// The Vietnamese name of the state.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outgoing(tag) => tag.name(),
            Self::Incoming(tag) => tag.name(),
            Self::Line(state) => state.name(),
            Self::Device(tag) => tag.name(),
            Self::Finding(tag) => tag.name(),
            Self::Plain => "",
        }
    }
}

/// What the rules need to know of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Something of an agency: its drafts as a whole, its registers, its accounts.
    Agency {
        /// The agency.
        agency_id: AgencyId,
    },
    /// An outgoing document.
    Outgoing {
        /// The issuing agency.
        agency_id: AgencyId,
        /// The drafting unit.
        unit_id: UnitId,
        /// The drafter.
        drafter_id: PersonId,
        /// The person chosen to sign.
        signer_id: Option<PersonId>,
        /// Its state.
        state: OutgoingTag,
    },
    /// An incoming document.
    Incoming {
        /// The receiving agency.
        agency_id: AgencyId,
        /// The leader to whom it was presented.
        leader_id: Option<PersonId>,
        /// People who hold a line of it.
        people: Vec<PersonId>,
        /// Units that hold a line of it.
        units: Vec<UnitId>,
        /// Its state.
        state: IncomingTag,
    },
    /// An assignment line.
    Line {
        /// The receiving agency.
        agency_id: AgencyId,
        /// The person who holds it.
        person_id: Option<PersonId>,
        /// The unit that holds it, where no person does.
        unit_id: Option<UnitId>,
        /// Who gave it.
        given_by: PersonId,
        /// Its state.
        state: LineState,
    },
    /// A key device.
    Device {
        /// The agency that looks after it.
        agency_id: AgencyId,
        /// Who holds it.
        holder_id: Option<PersonId>,
        /// Who reported the suspicion that stands.
        reported_by: Option<PersonId>,
        /// The head of the agency, where it is known.
        head_id: Option<PersonId>,
        /// Its state.
        state: DeviceTag,
    },
    /// A finding.
    Finding {
        /// The agency in which it was found.
        agency_id: AgencyId,
        /// Of whom.
        person_id: PersonId,
        /// Its state.
        state: FindingTag,
    },
}

impl Object {
    /// Its state.
    pub const fn state(&self) -> ObjectState {
        match self {
            Self::Agency { .. } => ObjectState::Plain,
            Self::Outgoing { state, .. } => ObjectState::Outgoing(*state),
            Self::Incoming { state, .. } => ObjectState::Incoming(*state),
            Self::Line { state, .. } => ObjectState::Line(*state),
            Self::Device { state, .. } => ObjectState::Device(*state),
            Self::Finding { state, .. } => ObjectState::Finding(*state),
        }
    }

    /// The agency whose object it is.
    pub const fn agency_id(&self) -> &AgencyId {
        match self {
            Self::Agency { agency_id }
            | Self::Outgoing { agency_id, .. }
            | Self::Incoming { agency_id, .. }
            | Self::Line { agency_id, .. }
            | Self::Device { agency_id, .. }
            | Self::Finding { agency_id, .. } => agency_id,
        }
    }

    /// How the actor is related to it.
    pub fn relations(&self, actor: &Actor) -> Vec<Relation> {
        let agency_id = self.agency_id();
        let mut relations = Vec::new();
        let mut when = |holds: bool, relation| {
            if holds {
                relations.push(relation);
            }
        };
        when(actor.has(agency_id, Role::Clerk), Relation::Clerk);
        when(actor.has(agency_id, Role::Leader), Relation::Leader);
        when(
            actor.has(agency_id, Role::Administrator),
            Relation::Administrator,
        );
        when(actor.has(agency_id, Role::ItOfficer), Relation::ItOfficer);
        when(
            actor.has(agency_id, Role::CertificateManager),
            Relation::CertificateManager,
        );
        let drafts = [Role::Specialist, Role::UnitHead, Role::Clerk];
        when(
            drafts.iter().any(|role| actor.has(agency_id, *role)),
            Relation::Member,
        );
        match self {
            Self::Agency { .. } => when(actor.inspects(), Relation::Inspector),
            Self::Outgoing {
                unit_id,
                drafter_id,
                signer_id,
                ..
            } => {
                let here = actor.works_in(agency_id);
                when(here && actor.person_id == *drafter_id, Relation::Drafter);
                when(actor.leads(unit_id), Relation::DraftingHead);
                when(
                    here && signer_id.as_ref() == Some(&actor.person_id),
                    Relation::Signer,
                );
            }
            Self::Incoming {
                leader_id,
                people,
                units,
                ..
            } => {
                let here = actor.works_in(agency_id);
                when(
                    here && leader_id.as_ref() == Some(&actor.person_id),
                    Relation::PresentedTo,
                );
                let involved =
                    people.contains(&actor.person_id) || units.iter().any(|unit| actor.leads(unit));
                when(here && involved, Relation::Involved);
            }
            Self::Line {
                person_id,
                unit_id,
                given_by,
                ..
            } => {
                let here = actor.works_in(agency_id);
                let heads = person_id.is_none() && unit_id.as_ref().is_some_and(|u| actor.leads(u));
                let holds = person_id.as_ref() == Some(&actor.person_id) || heads;
                when(here && holds, Relation::Holder);
                when(here && heads, Relation::HoldingHead);
                when(here && *given_by == actor.person_id, Relation::Giver);
            }
            Self::Device {
                holder_id,
                reported_by,
                head_id,
                ..
            } => {
                let here = actor.works_in(agency_id);
                let leads = actor.has(agency_id, Role::Leader);
                let manages = actor.has(agency_id, Role::CertificateManager);
                let is = |id: &Option<PersonId>| id.as_ref() == Some(&actor.person_id);
                when(here && is(holder_id), Relation::KeyHolder);
                let permits = leads && (!is(holder_id) || is(head_id));
                when(permits, Relation::PermitGiver);
                let second = (leads || manages) && !is(holder_id) && !is(reported_by);
                when(second, Relation::SecondPerson);
            }
            Self::Finding { person_id, .. } => {
                let other = *person_id != actor.person_id;
                let leads = actor.has(agency_id, Role::Leader);
                when(leads && other, Relation::LeaderOfFound);
                when(actor.inspects() && other, Relation::Inspector);
            }
        }
        relations
    }
}

/// One row: whoever stands in one of these relations may act while the object is in one of these
/// states (any, where none is listed).
#[derive(Debug)]
pub struct Rule {
    /// The action.
    pub action: Action,
    /// The relations.
    pub by: &'static [Relation],
    /// The states; empty means any.
    pub when: &'static [ObjectState],
}

use Action as A;
use ObjectState::{Device as D, Finding as F, Incoming as I, Line as L, Outgoing as O};

/// Whether somebody in this relation may act on an object in this state.
pub fn grants(action: Action, relation: Relation, state: ObjectState) -> bool {
    RULES.iter().any(|rule| {
        rule.action == action
            && rule.by.contains(&relation)
            && (rule.when.is_empty() || rule.when.contains(&state))
    })
}

/// Decides. The refusal says whether the state or the person is in the way.
pub fn decide(actor: &Actor, action: Action, object: &Object) -> Result<(), Refusal> {
    if !actor.active {
        return Err(Refusal::new(RefusalCode::AccountLocked));
    }
    let relations = object.relations(actor);
    let state = object.state();
    if relations
        .iter()
        .any(|relation| grants(action, *relation, state))
    {
        return Ok(());
    }
    let right_person = RULES
        .iter()
        .any(|rule| rule.action == action && rule.by.iter().any(|r| relations.contains(r)));
    if right_person && state != ObjectState::Plain {
        return Err(Refusal::new(RefusalCode::WrongState)
            .with("action", action.text())
            .with("state", state.name()));
    }
    Err(Refusal::new(RefusalCode::NotPermitted)
        .with("action", action.text())
        .with("who", who_may(action)))
}

/// The people who may, as a Vietnamese list.
fn who_may(action: Action) -> String {
    let mut names: Vec<&str> = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.action == action) {
        for relation in rule.by {
            if !names.contains(&relation.text()) {
                names.push(relation.text());
            }
        }
    }
    names.join(", ")
}

/// The states that an action can meet: those of its kind of object.
pub fn states_of(action: Action) -> Vec<ObjectState> {
    match action {
        A::Draft
        | A::ViewRegisters
        | A::ViewAccounts
        | A::MakeAccount
        | A::LockAccount
        | A::ViewJobs
        | A::RestartJob
        | A::ViewAgents
        | A::ViewDevices
        | A::SetNetworks => vec![ObjectState::Plain],
        A::ViewDevice
        | A::AskOutside
        | A::DecideOutside
        | A::TakeOutside
        | A::BringBack
        | A::SuspectKey
        | A::LiftSuspension => DeviceTag::ALL.into_iter().map(D).collect(),
        A::ViewFindings | A::CloseFinding => FindingTag::ALL.iter().copied().map(F).collect(),
        A::ViewIncoming
        | A::Accept
        | A::ReturnToSender
        | A::Register
        | A::Present
        | A::Direct
        | A::Reply => IncomingTag::ALL.into_iter().map(I).collect(),
        A::AssignLine
        | A::StartLine
        | A::ReadLine
        | A::FinishLine
        | A::ReturnLine
        | A::TakeBackLine
        | A::AskExtension
        | A::DecideExtension => LineState::ALL.into_iter().map(L).collect(),
        A::ViewOutgoing
        | A::Edit
        | A::Submit
        | A::TakeBack
        | A::Approve
        | A::GiveBack
        | A::Comment
        | A::Sign
        | A::GiveNumber
        | A::VoidNumber
        | A::Seal
        | A::Issue
        | A::Withdraw
        | A::Track
        | A::Resend => OutgoingTag::ALL.into_iter().map(O).collect(),
    }
}

#[cfg(test)]
mod tests;
