//! Which baseline level each signature of a file has reached (ETSI EN 319 142-1, 6).

use serde::{Deserialize, Serialize};
use vanthu_pki::Certificate;
use vanthu_pki::path::Verifications;

use super::evidence::{self, LongTermEvidence};
use super::signed::{self, Signed};
use crate::problem::PdfProblem;
use crate::syntax::document::Document;

/// Baseline levels, each including those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineLevel {
    /// A signature.
    BB,
    /// And a time-stamp over it.
    BT,
    /// And evidence about every certificate in the file.
    BLt,
    /// And a document time-stamp over that.
    BLta,
}

impl BaselineLevel {
    /// The name that standards use: `B-LTA`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
        }
    }
}

/// What a state of a file holds for long.
pub(crate) struct State {
    pub(crate) signatures: Vec<Signed>,
    pub(crate) evidence: LongTermEvidence,
    /// The bound on signatures verified for it.
    pub(crate) work: Verifications,
}

impl State {
    pub(crate) fn of(document: &Document<'_>) -> Result<Self, PdfProblem> {
        let signatures = signed::signatures(document)?;
        let evidence = evidence::known(document, &signatures, &LongTermEvidence::default())?;
        Ok(Self {
            work: evidence::bound(signatures.len()),
            signatures,
            evidence,
        })
    }

    /// Whether the file itself shows the state of every certificate that `signed` rests on.
    pub(crate) fn is_complete(&self, signed: &Signed, anchors: &[Certificate]) -> bool {
        evidence::missing_of(signed, &self.evidence, anchors, &self.work).is_empty()
    }

    /// The level of one signature in this state, not looking at document time-stamps over its evidence.
    pub(crate) fn level(&self, signed: &Signed, anchors: &[Certificate]) -> BaselineLevel {
        let stamped_later = self
            .signatures
            .iter()
            .any(|other| other.is_timestamp && other.end > signed.end);
        if signed.tokens().is_empty() && !stamped_later {
            BaselineLevel::BB
        } else if self.is_complete(signed, anchors) {
            BaselineLevel::BLt
        } else {
            BaselineLevel::BT
        }
    }
}
