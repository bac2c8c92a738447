//! Where the status of certificates comes from (trạng thái chứng thư; Decree 68/2024, Article 31(2)).

use std::sync::Arc;

use vanthu_domain::Clock;
use vanthu_pki::authority::{Authority, Revocation};
use vanthu_pki::gather::{Question, Trouble};
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, Time};

use super::Answer;

/// How long a practice list stands.
const LIST_SECONDS: i64 = 24 * 3600;

/// The status can't be determined now; trying again may help. It is never taken for good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the status is not known: {0}")]
pub struct StatusUnknown(pub String);

/// What a source found. Where it found nothing, the troubles say why.
#[derive(Debug, Clone, Default)]
pub struct StatusFound {
    /// Issuers' certificates that were missing.
    pub certificates: Vec<Certificate>,
    /// What was in the question, and what was found.
    pub evidence: RevocationData,
    /// What went wrong, by name.
    pub troubles: Vec<Trouble>,
}

/// Gives evidence about certificates.
pub trait RevocationSource: Send + Sync {
    /// Evidence about the certificates in question, their issuers, and whoever signed the evidence. What is at
    /// hand already stands in the question.
    fn evidence(&self, question: Question) -> Answer<'_, Result<StatusFound, StatusUnknown>>;
}

/// No source at all: every status is unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRevocationSource;

impl RevocationSource for NoRevocationSource {
    fn evidence(&self, _: Question) -> Answer<'_, Result<StatusFound, StatusUnknown>> {
        Box::pin(async { Err(StatusUnknown("no source is configured".to_owned())) })
    }
}

/// The practice authority's own lists, signed afresh.
#[derive(Clone)]
pub struct PracticeRevocation {
    /// The root and the issuing authority under it, each with what it has revoked.
    pub authorities: Arc<Vec<(Authority, Vec<Revocation>)>>,
    /// The clock of the lists.
    pub clock: Arc<dyn Clock>,
}

impl RevocationSource for PracticeRevocation {
    fn evidence(&self, question: Question) -> Answer<'_, Result<StatusFound, StatusUnknown>> {
        Box::pin(async move {
            let now = Time::from_unix(self.clock.now().unix_seconds());
            let mut evidence = question.evidence;
            for (authority, revoked) in self.authorities.iter() {
                let number = u64::try_from(now.unix()).unwrap_or(0);
                let until = now.plus_seconds(LIST_SECONDS);
                let crl = authority
                    .crl(revoked, number, now, until)
                    .map_err(|e| StatusUnknown(e.to_string()))?;
                evidence.crls.push(crl);
            }
            Ok(StatusFound {
                evidence,
                ..StatusFound::default()
            })
        })
    }
}
