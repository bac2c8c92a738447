//! The matrix of rights, row by row, noun by noun.

use super::Action as A;
use super::ObjectState::{Device as D, Finding as F, Incoming as I, Line as L, Outgoing as O};
use super::Relation as R;
use super::{Relation, Rule};
use crate::device::DeviceTag;
use crate::finding::FindingTag;
use crate::incoming::IncomingTag;
use crate::line::LineState;
use crate::outgoing::OutgoingTag;

/// The whole matrix. What is not here is refused.
///
/// Clause: TG-7, TG-22.1b, KH-2
pub const RULES: &[Rule] = &[
    Rule {
        action: A::Draft,
        by: &[R::Member],
        when: &[],
    },
    Rule {
        action: A::ViewOutgoing,
        by: &[R::Drafter, R::DraftingHead],
        when: &[],
    },
    Rule {
        action: A::ViewOutgoing,
        by: &[R::Signer],
        when: &[
            O(OutgoingTag::AwaitingSignature),
            O(OutgoingTag::Signed),
            O(OutgoingTag::Numbered),
            O(OutgoingTag::Sealed),
            O(OutgoingTag::Issued),
        ],
    },
    Rule {
        action: A::ViewOutgoing,
        by: &[R::Clerk, R::Leader],
        when: &[
            O(OutgoingTag::Signed),
            O(OutgoingTag::Numbered),
            O(OutgoingTag::Sealed),
            O(OutgoingTag::Issued),
        ],
    },
    Rule {
        action: A::Edit,
        by: &[R::Drafter],
        when: &[O(OutgoingTag::Drafting)],
    },
    Rule {
        action: A::Submit,
        by: &[R::Drafter],
        when: &[O(OutgoingTag::Drafting)],
    },
    Rule {
        action: A::Withdraw,
        by: &[R::Drafter],
        when: &[O(OutgoingTag::Drafting)],
    },
    Rule {
        action: A::TakeBack,
        by: &[R::Drafter],
        when: &[O(OutgoingTag::InReview), O(OutgoingTag::AwaitingSignature)],
    },
    Rule {
        action: A::Approve,
        by: &[R::DraftingHead],
        when: &[O(OutgoingTag::InReview)],
    },
    Rule {
        action: A::GiveBack,
        by: &[R::DraftingHead],
        when: &[O(OutgoingTag::InReview)],
    },
    Rule {
        action: A::GiveBack,
        by: &[R::Signer],
        when: &[O(OutgoingTag::AwaitingSignature)],
    },
    Rule {
        action: A::GiveBack,
        by: &[R::Clerk],
        when: &[O(OutgoingTag::Signed)],
    },
    Rule {
        action: A::Comment,
        by: &[R::Drafter, R::DraftingHead],
        when: &[
            O(OutgoingTag::Drafting),
            O(OutgoingTag::InReview),
            O(OutgoingTag::AwaitingSignature),
        ],
    },
    Rule {
        action: A::Comment,
        by: &[R::Signer],
        when: &[O(OutgoingTag::AwaitingSignature)],
    },
    Rule {
        action: A::Sign,
        by: &[R::Signer],
        when: &[O(OutgoingTag::AwaitingSignature)],
    },
    Rule {
        action: A::GiveNumber,
        by: &[R::Clerk],
        when: &[O(OutgoingTag::Signed)],
    },
    Rule {
        action: A::VoidNumber,
        by: &[R::Clerk],
        when: &[O(OutgoingTag::Numbered)],
    },
    Rule {
        action: A::Seal,
        by: &[R::Clerk],
        when: &[O(OutgoingTag::Numbered)],
    },
    Rule {
        action: A::Issue,
        by: &[R::Clerk],
        when: &[O(OutgoingTag::Sealed)],
    },
    Rule {
        action: A::Track,
        by: OUT_INSIDERS,
        when: &[O(OutgoingTag::Issued)],
    },
    Rule {
        action: A::Resend,
        by: &[R::Clerk],
        when: &[O(OutgoingTag::Issued)],
    },
    Rule {
        action: A::ViewIncoming,
        by: &[R::Clerk],
        when: &[],
    },
    Rule {
        action: A::ViewIncoming,
        by: &[R::Leader],
        when: &[
            I(IncomingTag::Registered),
            I(IncomingTag::Presented),
            I(IncomingTag::Directed),
            I(IncomingTag::Processing),
            I(IncomingTag::Completed),
        ],
    },
    Rule {
        action: A::ViewIncoming,
        by: &[R::PresentedTo, R::Involved],
        when: &[
            I(IncomingTag::Presented),
            I(IncomingTag::Directed),
            I(IncomingTag::Processing),
            I(IncomingTag::Completed),
        ],
    },
    Rule {
        action: A::Accept,
        by: &[R::Clerk],
        when: &[I(IncomingTag::Checked)],
    },
    Rule {
        action: A::ReturnToSender,
        by: &[R::Clerk],
        when: &[I(IncomingTag::Checked)],
    },
    Rule {
        action: A::Register,
        by: &[R::Clerk],
        when: &[I(IncomingTag::Accepted)],
    },
    Rule {
        action: A::Present,
        by: &[R::Clerk],
        when: &[I(IncomingTag::Registered)],
    },
    Rule {
        action: A::Direct,
        by: &[R::PresentedTo],
        when: &[I(IncomingTag::Presented)],
    },
    Rule {
        action: A::Reply,
        by: &[R::Involved],
        when: &[I(IncomingTag::Directed), I(IncomingTag::Processing)],
    },
    Rule {
        action: A::AssignLine,
        by: &[R::HoldingHead],
        when: &[L(LineState::ToDo), L(LineState::Doing)],
    },
    Rule {
        action: A::StartLine,
        by: &[R::Holder],
        when: &[L(LineState::ToDo)],
    },
    Rule {
        action: A::ReadLine,
        by: &[R::Holder],
        when: &[L(LineState::ToDo)],
    },
    Rule {
        action: A::FinishLine,
        by: &[R::Holder],
        when: &[L(LineState::ToDo), L(LineState::Doing)],
    },
    Rule {
        action: A::ReturnLine,
        by: &[R::Holder],
        when: &[L(LineState::ToDo), L(LineState::Doing)],
    },
    Rule {
        action: A::TakeBackLine,
        by: &[R::Giver],
        when: &[L(LineState::ToDo), L(LineState::Doing)],
    },
    Rule {
        action: A::AskExtension,
        by: &[R::Holder],
        when: &[L(LineState::ToDo), L(LineState::Doing)],
    },
    Rule {
        action: A::DecideExtension,
        by: &[R::Giver],
        when: &[L(LineState::ToDo), L(LineState::Doing)],
    },
    Rule {
        action: A::ViewRegisters,
        by: &[R::Clerk, R::Leader],
        when: &[],
    },
    Rule {
        action: A::ViewAccounts,
        by: &[R::Administrator],
        when: &[],
    },
    Rule {
        action: A::MakeAccount,
        by: &[R::Administrator],
        when: &[],
    },
    Rule {
        action: A::LockAccount,
        by: &[R::Administrator],
        when: &[],
    },
    Rule {
        action: A::ViewJobs,
        by: &[R::Administrator, R::ItOfficer],
        when: &[],
    },
    Rule {
        action: A::RestartJob,
        by: &[R::Administrator, R::ItOfficer],
        when: &[],
    },
    Rule {
        action: A::ViewAgents,
        by: &[R::Administrator, R::ItOfficer],
        when: &[],
    },
    Rule {
        action: A::ViewDevices,
        by: &[R::CertificateManager, R::Leader],
        when: &[],
    },
    Rule {
        action: A::ViewDevice,
        by: &[R::KeyHolder, R::CertificateManager, R::Leader],
        when: &[],
    },
    Rule {
        action: A::AskOutside,
        by: &[R::KeyHolder],
        when: &[D(DeviceTag::Held)],
    },
    Rule {
        action: A::DecideOutside,
        by: &[R::PermitGiver],
        when: &[D(DeviceTag::Held)],
    },
    Rule {
        action: A::TakeOutside,
        by: &[R::KeyHolder],
        when: &[D(DeviceTag::Held)],
    },
    Rule {
        action: A::BringBack,
        by: &[R::KeyHolder, R::CertificateManager],
        when: &[D(DeviceTag::Outside)],
    },
    Rule {
        action: A::SuspectKey,
        by: &[R::KeyHolder, R::CertificateManager, R::Leader],
        when: &[
            D(DeviceTag::Held),
            D(DeviceTag::Outside),
            D(DeviceTag::Locked),
        ],
    },
    Rule {
        action: A::LiftSuspension,
        by: &[R::SecondPerson],
        when: &[D(DeviceTag::Suspected)],
    },
    Rule {
        action: A::ViewFindings,
        by: &[R::Inspector, R::Leader],
        when: &[],
    },
    Rule {
        action: A::CloseFinding,
        by: &[R::Inspector, R::LeaderOfFound],
        when: &[F(FindingTag::New), F(FindingTag::LookedAt)],
    },
    Rule {
        action: A::SetNetworks,
        by: &[R::Administrator, R::ItOfficer],
        when: &[],
    },
];

const OUT_INSIDERS: &[Relation] = &[R::Drafter, R::DraftingHead, R::Signer, R::Clerk, R::Leader];
