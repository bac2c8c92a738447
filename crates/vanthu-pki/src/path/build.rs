//! Finds chains of issuers from a certificate to an anchor by name, within bounds.

use crate::certificate::Certificate;

const LONGEST: usize = 12;
const MOST_CHAINS: usize = 32;
const MOST_STEPS: usize = 2000;

/// Chains, likeliest first: end certificate first, anchor last.
pub(super) fn chains(
    certificate: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
) -> Vec<Vec<Certificate>> {
    let mut search = Search {
        intermediates,
        anchors,
        found: Vec::new(),
        steps: 0,
    };
    if anchors.contains(certificate) {
        search.found.push(vec![certificate.clone()]);
    } else {
        search.extend(&mut vec![certificate.clone()]);
    }
    search.found
}

struct Search<'a> {
    intermediates: &'a [Certificate],
    anchors: &'a [Certificate],
    found: Vec<Vec<Certificate>>,
    steps: usize,
}

impl Search<'_> {
    fn extend(&mut self, chain: &mut Vec<Certificate>) {
        self.steps += 1;
        let Some(last) = chain.last().cloned() else {
            return;
        };
        if self.steps > MOST_STEPS || self.found.len() >= MOST_CHAINS || chain.len() >= LONGEST {
            return;
        }
        for anchor in by_key(self.anchors, &last) {
            let mut complete = chain.clone();
            complete.push(anchor);
            self.found.push(complete);
        }
        for issuer in by_key(self.intermediates, &last) {
            let repeated = chain.iter().any(|it| {
                *it == issuer || (it.subject() == issuer.subject() && it.spki() == issuer.spki())
            });
            if repeated || self.anchors.contains(&issuer) {
                continue;
            }
            chain.push(issuer);
            self.extend(chain);
            chain.pop();
        }
    }
}

/// Possible issuers; those with the key identifier the certificate names come first.
fn by_key(pool: &[Certificate], certificate: &Certificate) -> Vec<Certificate> {
    let wanted = certificate.authority_key_id();
    let mut issuers: Vec<Certificate> = pool
        .iter()
        .filter(|it| it.subject() == certificate.issuer())
        .cloned()
        .collect();
    issuers.sort_by_key(|it| wanted.is_none() || it.subject_key_id() != wanted);
    issuers
}
