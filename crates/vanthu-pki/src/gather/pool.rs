//! The certificates at hand, and who issued whom among them.

use std::collections::{BTreeMap, BTreeSet};

use crate::certificate::Certificate;

/// Certificates by thumbprint, and signatures that were verified once.
#[derive(Debug)]
pub(super) struct Pool {
    anchors: Vec<(String, Certificate)>,
    others: Vec<(String, Certificate)>,
    links: BTreeMap<(String, String), bool>,
    most: usize,
}

impl Pool {
    pub(super) fn new(anchors: Vec<Certificate>, most: usize) -> Self {
        let named = |it: Certificate| (it.sha256_thumbprint(), it);
        Self {
            anchors: anchors.into_iter().map(named).collect(),
            others: Vec::new(),
            links: BTreeMap::new(),
            most,
        }
    }

    /// Whether it is new and there was room.
    pub(super) fn add(&mut self, certificate: &Certificate) -> bool {
        let known = self.iter().any(|it| it == certificate);
        if known || self.others.len() >= self.most {
            return false;
        }
        let thumbprint = certificate.sha256_thumbprint();
        self.others.push((thumbprint, certificate.clone()));
        true
    }

    pub(super) fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.iter().any(|(_, it)| it == certificate)
    }

    /// Anchors first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.anchors.iter().chain(&self.others).map(|(_, it)| it)
    }

    pub(super) fn others(&self) -> Vec<Certificate> {
        self.others.iter().map(|(_, it)| it.clone()).collect()
    }

    /// Those whose name and key fit, anchors first.
    pub(super) fn issuers_of(&mut self, certificate: &Certificate) -> Vec<Certificate> {
        let child = certificate.sha256_thumbprint();
        let mut found = Vec::new();
        for (thumbprint, issuer) in self.anchors.iter().chain(&self.others) {
            if issuer.subject() != certificate.issuer() || *thumbprint == child {
                continue;
            }
            let link = (child.clone(), thumbprint.clone());
            let verify = || certificate.verify_issued_by(issuer).is_ok();
            if *self.links.entry(link).or_insert_with(verify) {
                found.push(issuer.clone());
            }
        }
        found
    }

    /// Thumbprints of all from which a chain of signatures leads to an anchor, the anchors included.
    pub(super) fn anchored(&mut self) -> BTreeSet<String> {
        let mut reached: BTreeSet<String> = self.anchors.iter().map(|(it, _)| it.clone()).collect();
        let others = self.others.clone();
        loop {
            let before = reached.len();
            for (thumbprint, certificate) in &others {
                if !reached.contains(thumbprint)
                    && self
                        .issuers_of(certificate)
                        .iter()
                        .any(|it| reached.contains(&it.sha256_thumbprint()))
                {
                    reached.insert(thumbprint.clone());
                }
            }
            if reached.len() == before {
                return reached;
            }
        }
    }
}
