//! For what, and when, trust anchors count.

use vanthu_pki::{Certificate, Time};

use super::ValidationInput;
use super::engine::{Engine, Role};

/// What an anchor is trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnchorUse {
    /// Signatures of people and agencies.
    Signatures,
    /// Time-stamps, those inside signatures included.
    TimeStamps,
}

/// A limit to the trust in an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorTerm {
    /// The anchor meant; it stands in [`ValidationInput::anchors`] as well.
    pub certificate: Certificate,
    /// What it is trusted for.
    pub uses: Vec<AnchorUse>,
    /// Since when; `None` has no beginning.
    pub from: Option<Time>,
    /// Until when: what provably existed by then stays trusted (ETSI EN 319 102-1, 5.6.2.2.4, the sunset date). `None`
    /// has no end.
    pub until: Option<Time>,
}

impl AnchorTerm {
    fn allows(&self, used: AnchorUse, at: Time) -> bool {
        self.uses.contains(&used)
            && self.from.is_none_or(|from| from <= at)
            && self.until.is_none_or(|until| at <= until)
    }
}

impl ValidationInput {
    fn terms_of(&self, anchor: &Certificate) -> impl Iterator<Item = &AnchorTerm> {
        let terms = self.anchor_terms.iter();
        terms.filter(move |it| it.certificate == *anchor)
    }
}

impl Engine<'_> {
    /// The anchors trusted for a role, for what provably existed at a time. One without a term is trusted for
    /// everything at any time.
    pub(super) fn anchors(&self, role: Role, existed_at: Time) -> Vec<Certificate> {
        let used = match role {
            Role::Signer => AnchorUse::Signatures,
            Role::Timestamp => AnchorUse::TimeStamps,
        };
        let counts = |anchor: &&Certificate| {
            let mut terms = self.input.terms_of(anchor).peekable();
            terms.peek().is_none() || terms.any(|it| it.allows(used, existed_at))
        };
        self.input.anchors.iter().filter(counts).cloned().collect()
    }

    /// Until when the anchor of a chain was trusted: now, or the end of its trust.
    pub(super) fn anchor_end(&self, chain: &[Certificate]) -> Time {
        let anchor = chain.last();
        let terms = anchor.into_iter().flat_map(|it| self.input.terms_of(it));
        let ends = terms.map(|it| it.until.map_or(self.at(), |until| until.min(self.at())));
        ends.max().unwrap_or(self.at())
    }
}
