//! Finds chains of issuers from a certificate to an anchor by name, within bounds. Where several
//! certificates bear the issuer's name, those whose key did not sign are left out, so that a crowd
//! of namesakes can't hide the real one; this too has a bound.

use crate::certificate::Certificate;

use super::Verifications;

const LONGEST: usize = 12;
const MOST_CHAINS: usize = 32;
const MOST_STEPS: usize = 2000;
/// Signatures tried while looking for issuers; beyond that names alone lead on.
const MOST_TRIALS: usize = 256;

/// Chains, likeliest first: end certificate first, anchor last.
pub(super) fn chains(
    certificate: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
    verifications: &Verifications,
) -> Vec<Vec<Certificate>> {
    let mut search = Search {
        intermediates,
        anchors,
        verifications,
        found: Vec::new(),
        steps: 0,
        trials: 0,
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
    verifications: &'a Verifications,
    found: Vec<Vec<Certificate>>,
    steps: usize,
    trials: usize,
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
        let (anchors, intermediates) = (self.anchors, self.intermediates);
        for anchor in self.issuers(anchors, &last) {
            let mut complete = chain.clone();
            complete.push(anchor);
            self.found.push(complete);
        }
        for issuer in self.issuers(intermediates, &last) {
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

impl Search<'_> {
    /// Possible issuers; of several namesakes only those whose key signed, if any did.
    fn issuers(&mut self, pool: &[Certificate], certificate: &Certificate) -> Vec<Certificate> {
        let named = by_key(pool, certificate);
        if named.len() < 2 || self.trials + named.len() > MOST_TRIALS {
            return named;
        }
        self.trials += named.len();
        let signed = |it: &&Certificate| self.verifications.issued(certificate, it) == Some(Ok(()));
        let signers: Vec<Certificate> = named.iter().filter(signed).cloned().collect();
        if signers.is_empty() { named } else { signers }
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
