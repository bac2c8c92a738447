//! The door to the judgement of paths and of evidence, for who asks several questions of the same material.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::slice;

use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::time::Time;

use super::evidence::StatusEvidence;
use super::revocation::{self, RevocationStatus, State};
use super::{Conformance, Context, PathOptions, PathReport, RevocationData, Verifications, build};

/// What a caller demands of revocation data beyond RFC 5280 and 6960. Data are named by the SHA-256 of their encoding.
pub trait EvidenceRule {
    /// Since when a list or response is known to exist: whoever signed it must have been valid then, or it could be
    /// made today with an old key and an old date. `None`: at the time for which the path is judged.
    fn existed_at(&self, fingerprint: &[u8; 32]) -> Option<Time>;

    /// Whether its signature still counts; `None` for an algorithm that is not known here.
    fn is_reliable(
        &self,
        fingerprint: &[u8; 32],
        algorithm: Option<SignatureAlgorithm>,
        signer: &Certificate,
    ) -> bool;
}

/// No demands of the caller's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRule;

impl EvidenceRule for NoRule {
    fn existed_at(&self, _: &[u8; 32]) -> Option<Time> {
        None
    }

    fn is_reliable(&self, _: &[u8; 32], _: Option<SignatureAlgorithm>, _: &Certificate) -> bool {
        true
    }
}

/// Each piece of evidence is judged as of its own issuance.
struct WhenIssued;

impl EvidenceRule for WhenIssued {
    fn existed_at(&self, _: &[u8; 32]) -> Option<Time> {
        Some(Time::from_unix(i64::MIN))
    }

    fn is_reliable(&self, _: &[u8; 32], _: Option<SignatureAlgorithm>, _: &Certificate) -> bool {
        true
    }
}

/// The material at hand, and the bound on the work with it.
#[derive(Clone, Copy)]
pub struct Examiner<'a> {
    /// Certificates for building paths, in any order.
    pub intermediates: &'a [Certificate],
    /// Trust anchors.
    pub anchors: &'a [Certificate],
    /// Lists and responses.
    pub evidence: &'a RevocationData,
    /// The bound; shared by all questions of one judgement.
    pub verifications: &'a Verifications,
    /// What the caller demands of the evidence.
    pub rule: &'a dyn EvidenceRule,
}

impl std::fmt::Debug for Examiner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Examiner")
            .field("intermediates", &self.intermediates.len())
            .field("anchors", &self.anchors)
            .field("verifications", &self.verifications.count())
            .finish_non_exhaustive()
    }
}

impl<'a> Examiner<'a> {
    /// Judges a certificate at a time.
    pub fn path(&self, certificate: &Certificate, at: Time, options: &PathOptions) -> PathReport {
        let memory = Memory::default();
        self.context(at, options.conformance, &memory)
            .judge(certificate, options)
    }

    /// Every list and response that speaks about a certificate by rights: within the scope of the list, of its
    /// distribution points and reasons, signed by someone entitled under the same anchor as the certificate itself, who
    /// was good when it was issued. What it is worth at another time is for the caller to judge.
    ///
    /// RFC 5280 6.3.3 (a) to (g), RFC 6960 3.2 and 4.2.2.2.
    pub fn evidence(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Certificate,
    ) -> Vec<StatusEvidence<'a>> {
        let memory = Memory::default();
        let beginning = Time::from_unix(i64::MIN);
        let context = self.context(beginning, Conformance::Path, &memory);
        Context {
            anchors: slice::from_ref(anchor),
            rule: &WhenIssued,
            ..context
        }
        .evidence_in(self.evidence, certificate, issuer)
    }

    /// The state of a certificate by its issuer, wherever that leads.
    pub(crate) fn state(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: Time,
    ) -> RevocationStatus {
        let chains = build::chains(issuer, self.intermediates, self.anchors, self.verifications);
        let mut found = RevocationStatus::Unknown;
        for anchor in chains.iter().filter_map(|it| it.last()) {
            let memory = Memory::default();
            let context = Context {
                anchors: slice::from_ref(anchor),
                ..self.context(at, Conformance::Path, &memory)
            };
            match revocation::state(&context, certificate, issuer).status {
                revoked @ RevocationStatus::Revoked { .. } => return revoked,
                RevocationStatus::Unknown => {}
                good => found = good,
            }
        }
        found
    }

    fn context<'c>(&'c self, at: Time, conformance: Conformance, memory: &'c Memory) -> Context<'c>
    where
        'a: 'c,
    {
        Context {
            intermediates: self.intermediates,
            anchors: self.anchors,
            at,
            evidence: self.evidence,
            conformance,
            depth: 0,
            list_signer: None,
            verifications: self.verifications,
            rule: self.rule,
            memory,
        }
    }
}

/// What was found out on the way to one answer; the same question is not worked through again.
#[derive(Default)]
pub(super) struct Memory {
    states: RefCell<HashMap<StateKey, State>>,
    signers: RefCell<HashMap<SignerKey, Option<Vec<Certificate>>>>,
    asked: Cell<usize>,
}

/// States asked for within one question: each goes once through the evidence at hand.
const MOST_STATES: usize = 1_000;

/// Certificate, issuer, anchor, time, depth, whose list-signing is in question.
pub(super) type StateKey = ([u8; 32], [u8; 32], [u8; 32], Time, u8, [u8; 32]);
/// Signer, anchor, time, depth, and whether its own state must be known.
pub(super) type SignerKey = ([u8; 32], [u8; 32], Time, u8, bool);

impl Memory {
    /// `None` where too much was asked already.
    pub(super) fn state(&self, key: StateKey, find: impl FnOnce() -> State) -> Option<State> {
        if let Some(known) = self.states.borrow().get(&key) {
            return Some(known.clone());
        }
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() > MOST_STATES {
            return None;
        }
        let found = find();
        self.states.borrow_mut().insert(key, found.clone());
        Some(found)
    }

    pub(super) fn signer(
        &self,
        key: SignerKey,
        find: impl FnOnce() -> Option<Vec<Certificate>>,
    ) -> Option<Vec<Certificate>> {
        if let Some(known) = self.signers.borrow().get(&key) {
            return known.clone();
        }
        let found = find();
        self.signers.borrow_mut().insert(key, found.clone());
        found
    }
}
