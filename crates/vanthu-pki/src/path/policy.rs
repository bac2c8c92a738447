//! The valid policy tree, RFC 5280 section 6.1.

use std::collections::{BTreeMap, BTreeSet};

use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension;
use crate::oid::{self, ObjectIdentifier};

use super::PathOptions;

/// More nodes on one level than any honest hierarchy has: the tree is given up.
const MOST_NODES: usize = 512;
/// The same for the policies that the nodes of one level expect.
const MOST_EXPECTED: usize = 4096;

struct Node {
    policy: ObjectIdentifier,
    expected: Vec<ObjectIdentifier>,
    parent: usize,
}

/// One level under construction: full before it is too large.
#[derive(Default)]
struct Level {
    nodes: Vec<Node>,
    known: BTreeSet<(usize, ObjectIdentifier)>,
    is_full: bool,
}

impl Level {
    fn push(&mut self, policy: ObjectIdentifier, parent: usize) {
        if self.nodes.len() >= MOST_NODES {
            self.is_full = true;
        } else if self.known.insert((parent, policy)) {
            self.nodes.push(Node {
                policy,
                expected: vec![policy],
                parent,
            });
        }
    }
}

/// The tree and the three counters.
pub(super) struct Policies {
    /// Levels from the anchor down; `None` when no policy is left.
    levels: Option<Vec<Vec<Node>>>,
    explicit: u64,
    mapping: u64,
    any: u64,
    accepted: Vec<ObjectIdentifier>,
}

impl Policies {
    /// `below` certificates stand below the anchor.
    pub(super) fn new(below: usize, options: &PathOptions) -> Self {
        let never = below as u64 + 1;
        let root = Node {
            policy: oid::ANY_POLICY,
            expected: vec![oid::ANY_POLICY],
            parent: 0,
        };
        Self {
            levels: Some(vec![vec![root]]),
            explicit: if options.explicit_policy { 0 } else { never },
            mapping: if options.inhibit_mapping { 0 } else { never },
            any: if options.inhibit_any_policy { 0 } else { never },
            accepted: options.policies.clone(),
        }
    }

    /// Takes over what the anchor's own certificate demands of the path (RFC 5937 3.2).
    pub(super) fn start_from(&mut self, anchor: &Certificate) -> Result<(), Malformed> {
        self.limit(anchor)
    }

    /// Takes in the policies of a certificate; false when no required policy is left.
    pub(super) fn enter(
        &mut self,
        certificate: &Certificate,
        last: bool,
    ) -> Result<bool, Malformed> {
        match certificate.extension(oid::CERTIFICATE_POLICIES) {
            Some(extension) => {
                let policies = extension::read_policies(&extension.value)?;
                let any = self.any > 0 || (!last && certificate.is_self_issued());
                self.grow(&policies, any);
            }
            None => self.levels = None,
        }
        Ok(self.explicit > 0 || self.levels.is_some())
    }

    /// Prepares for the certificate below; false when a mapping is not allowed.
    pub(super) fn prepare(&mut self, certificate: &Certificate) -> Result<bool, Malformed> {
        if let Some(extension) = certificate.extension(oid::POLICY_MAPPINGS) {
            let pairs = extension::read_mappings(&extension.value)?;
            if pairs
                .iter()
                .any(|(from, to)| [*from, *to].contains(&oid::ANY_POLICY))
            {
                return Ok(false);
            }
            self.map(&pairs);
        }
        if !certificate.is_self_issued() {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.any = self.any.saturating_sub(1);
        }
        self.limit(certificate)?;
        Ok(true)
    }

    fn limit(&mut self, certificate: &Certificate) -> Result<(), Malformed> {
        if let Some(extension) = certificate.extension(oid::POLICY_CONSTRAINTS) {
            let (require, inhibit) = extension::read_policy_constraints(&extension.value)?;
            self.explicit = self.explicit.min(require.unwrap_or(u64::MAX));
            self.mapping = self.mapping.min(inhibit.unwrap_or(u64::MAX));
        }
        if let Some(extension) = certificate.extension(oid::INHIBIT_ANY_POLICY) {
            let skip = crate::asn1::Tlv::read_all(&extension.value)?.small()?;
            self.any = self.any.min(skip);
        }
        Ok(())
    }

    /// The last certificate has been entered; false when no accepted policy is left.
    pub(super) fn finish(mut self, certificate: &Certificate) -> Result<bool, Malformed> {
        self.explicit = self.explicit.saturating_sub(1);
        if let Some(extension) = certificate.extension(oid::POLICY_CONSTRAINTS) {
            let (require, _) = extension::read_policy_constraints(&extension.value)?;
            if require == Some(0) {
                self.explicit = 0;
            }
        }
        Ok(self.explicit > 0 || self.holds_accepted())
    }

    /// Some policy valid at the end stands, in the anchor's domain, for an accepted one.
    fn holds_accepted(&self) -> bool {
        let Some(levels) = &self.levels else {
            return false;
        };
        let Some(leaves) = levels.last() else {
            return false;
        };
        if self.accepted.is_empty() || self.accepted.contains(&oid::ANY_POLICY) {
            return !leaves.is_empty();
        }
        leaves.iter().any(|leaf| {
            let mut domain = leaf.policy;
            let mut parent = leaf.parent;
            for level in levels.iter().rev().skip(1) {
                let Some(node) = level.get(parent) else { break };
                if node.policy == oid::ANY_POLICY {
                    break;
                }
                domain = node.policy;
                parent = node.parent;
            }
            domain == oid::ANY_POLICY || self.accepted.contains(&domain)
        })
    }

    fn grow(&mut self, policies: &[ObjectIdentifier], any_counts: bool) {
        let Some(levels) = &mut self.levels else {
            return;
        };
        let Some(above) = levels.last() else { return };
        let mut expecting: BTreeMap<ObjectIdentifier, Vec<usize>> = BTreeMap::new();
        for (parent, node) in above.iter().enumerate() {
            for policy in &node.expected {
                expecting.entry(*policy).or_default().push(parent);
            }
        }
        let is_wild = |(_, node): &(usize, &Node)| node.policy == oid::ANY_POLICY;
        let wild: Vec<usize> = above
            .iter()
            .enumerate()
            .filter(is_wild)
            .map(|it| it.0)
            .collect();
        let mut level = Level::default();
        for policy in policies.iter().filter(|it| **it != oid::ANY_POLICY) {
            for parent in expecting.get(policy).unwrap_or(&wild) {
                level.push(*policy, *parent);
            }
        }
        if any_counts && policies.contains(&oid::ANY_POLICY) {
            let open = above.iter().enumerate();
            for (parent, policy) in
                open.flat_map(|(at, it)| it.expected.iter().map(move |p| (at, p)))
            {
                level.push(*policy, parent);
                if level.is_full {
                    break;
                }
            }
        }
        if level.nodes.is_empty() || level.is_full {
            self.levels = None;
        } else {
            levels.push(level.nodes);
        }
    }

    fn map(&mut self, pairs: &[(ObjectIdentifier, ObjectIdentifier)]) {
        let Some(level) = self.levels.as_mut().and_then(|levels| levels.last_mut()) else {
            return;
        };
        let mut targets: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for (from, to) in pairs {
            targets.entry(*from).or_default().insert(*to);
        }
        if self.mapping == 0 {
            level.retain(|node| !targets.contains_key(&node.policy));
        } else {
            let wild = level.iter().find(|node| node.policy == oid::ANY_POLICY);
            let wild = wild.map(|node| node.parent);
            let mut expected = 0;
            for node in level.iter_mut() {
                if let Some(targets) = targets.get(&node.policy) {
                    expected += targets.len();
                    if expected > MOST_EXPECTED {
                        self.levels = None;
                        return;
                    }
                    node.expected = targets.iter().copied().collect();
                }
            }
            let known: BTreeSet<ObjectIdentifier> = level.iter().map(|it| it.policy).collect();
            if let Some(parent) = wild {
                let new = targets.iter().filter(|(from, _)| !known.contains(*from));
                level.extend(new.map(|(from, targets)| Node {
                    policy: *from,
                    expected: targets.iter().copied().collect(),
                    parent,
                }));
            }
        }
        if level.is_empty() {
            self.levels = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(number: usize) -> ObjectIdentifier {
        format!("2.999.{number}").parse().unwrap()
    }

    #[test]
    fn a_level_is_full_before_it_is_too_large() {
        let mut level = Level::default();
        for number in 0..10 * MOST_NODES {
            level.push(policy(number), 0);
        }
        assert_eq!(level.nodes.len(), MOST_NODES);
        assert!(level.is_full);
        let mut level = Level::default();
        for _ in 0..10 * MOST_NODES {
            level.push(policy(1), 0);
        }
        assert_eq!(level.nodes.len(), 1);
        assert!(!level.is_full);
    }

    #[test]
    fn mappings_that_multiply_end_the_tree() {
        let mut policies = Policies::new(3, &PathOptions::default());
        let listed: Vec<ObjectIdentifier> = (0..100).map(policy).collect();
        policies.grow(&listed, true);
        let to_all = |from: &ObjectIdentifier| {
            let from = *from;
            (0..100).map(move |to| (from, policy(to)))
        };
        let pairs: Vec<_> = listed.iter().flat_map(to_all).collect();
        policies.map(&pairs[..1000]);
        let level = policies.levels.as_ref().and_then(|it| it.last()).unwrap();
        let expected: usize = level.iter().map(|node| node.expected.len()).sum();
        assert!(expected <= MOST_EXPECTED);
        policies.map(&pairs);
        assert!(policies.levels.is_none());
    }
}
