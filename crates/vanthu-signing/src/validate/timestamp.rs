//! Time-stamp validation (ETSI EN 319 102-1, 5.4), now and, where that can't decide, in the past.

use vanthu_pki::cms::{self, CmsError, SignedData};
use vanthu_pki::tsp::TstInfo;
use vanthu_pki::{Certificate, DigestAlgorithm, Time, oid};

use super::conclusion::{Conclusion, SubIndication};
use super::detail::{Block, BlockId, Work};
use super::engine::{Engine, Role};
use super::poe::id_of;
use super::policy::{ConstraintId, Reliable};
use super::report::{CertificateFacts, TimestampReport};
use crate::content::Content;

/// A time-stamp and what was found about it.
pub(super) struct Stamp {
    /// The time it states, where it can be read.
    pub(super) time: Option<Time>,
    pub(super) conclusion: Conclusion,
    /// Imprint and signature are right, whoever made it.
    pub(super) is_intact: bool,
    pub(super) certificate: Option<Certificate>,
    pub(super) chain: Vec<Certificate>,
    pub(super) blocks: Vec<Block>,
    /// Revocation data that do not count, in words.
    pub(super) set_aside: Vec<String>,
    /// In words, where it is bad.
    pub(super) why: String,
}

impl Stamp {
    /// What it covers is not as it must be: it proves nothing.
    pub(super) fn distrust(&mut self, why: &str) {
        if self.is_intact {
            self.conclusion = Conclusion::Failed(SubIndication::FormatFailure);
            self.is_intact = false;
            why.clone_into(&mut self.why);
        }
    }

    pub(super) fn report(&self) -> Option<TimestampReport> {
        Some(TimestampReport {
            time: self.time?,
            indication: self.conclusion.indication(),
            sub_indication: self.conclusion.sub_indication(),
            authority: self.certificate.as_ref().map(CertificateFacts::from),
        })
    }

    /// The time it proves.
    pub(super) fn proven(&self) -> Option<Time> {
        self.time.filter(|_| self.conclusion.is_passed())
    }
}

/// Signature and imprint of a token.
struct Checked {
    info: TstInfo,
    certificate: Certificate,
    reliable: Reliable,
}

impl Engine<'_> {
    /// Validates a token over `stamped`.
    pub(super) fn timestamp(&self, token: &SignedData, stamped: &Content<'_>) -> Stamp {
        let checked = self.check_token(token, stamped);
        let mut work = Work::on(self.policy(), BlockId::TimeStamps);
        let time = token
            .content
            .as_deref()
            .and_then(|content| TstInfo::from_der(content).ok())
            .map(|info| info.time);
        let checked = match checked {
            Ok(checked) => checked,
            Err((conclusion, id, why)) => {
                work.hold(id, false, conclusion, why.clone());
                return Stamp {
                    time,
                    conclusion,
                    is_intact: false,
                    certificate: None,
                    chain: Vec::new(),
                    blocks: vec![work.done()],
                    set_aside: Vec::new(),
                    why,
                };
            }
        };
        let name = checked.certificate.common_name();
        work = work.about(format!("{name} {}", checked.info.time));
        let existed_at = self.existed(token);
        let path = self.x509(&checked.certificate, Role::Timestamp, self.at(), existed_at);
        let strength = checked.reliable.judge(self.at());
        let mut conclusion = if path.conclusion.is_passed() {
            strength
        } else {
            path.conclusion
        };
        let mut chain = path.chain;
        let mut blocks = vec![path.block];
        if let Conclusion::Indeterminate(sub) = conclusion
            && self.has_past(sub, existed_at)
        {
            let past = self.past_signature(&checked.certificate, Role::Timestamp, sub, existed_at);
            blocks.extend(past.blocks);
            // Its own algorithms must have been good when it provably existed.
            conclusion = match checked.reliable.judge(existed_at) {
                Conclusion::Passed => past.conclusion,
                weak => weak,
            };
            if conclusion.is_passed() {
                chain = past.chain;
            }
        }
        let missing = self.missing_statements(&checked.certificate, Role::Timestamp);
        let failure = Conclusion::Indeterminate(SubIndication::SigConstraintsFailure);
        let id = ConstraintId::CertificateStatements;
        let are_made = work.hold(id, missing.is_empty(), failure, missing.join(", "));
        if conclusion.is_passed() && !are_made {
            conclusion = failure;
        }
        blocks.push(work.conclude(conclusion));
        Stamp {
            time: Some(checked.info.time),
            conclusion,
            is_intact: true,
            certificate: Some(checked.certificate),
            chain,
            blocks,
            set_aside: path.set_aside,
            why: String::new(),
        }
    }

    /// Since when a signature or token provably exists.
    pub(super) fn existed(&self, signed: &SignedData) -> Time {
        let value = signed
            .signers
            .first()
            .map(|signer| id_of(&signer.signature));
        value.map_or(self.at(), |id| self.poes.time(&id))
    }

    fn check_token(
        &self,
        token: &SignedData,
        stamped: &Content<'_>,
    ) -> Result<Checked, (Conclusion, ConstraintId, String)> {
        use ConstraintId as C;
        let malformed = |why: &str| {
            let failure = Conclusion::Failed(SubIndication::FormatFailure);
            (failure, C::SignatureStructure, why.to_owned())
        };
        if token.content_type != oid::TST_INFO {
            return Err(malformed("not a time-stamp token"));
        }
        let content = token
            .content
            .as_deref()
            .ok_or_else(|| malformed("time-stamp without content"))?;
        let [signer] = token.signers.as_slice() else {
            return Err(malformed("a time-stamp has one signer"));
        };
        let info = TstInfo::from_der(content).map_err(|why| malformed(&why.to_string()))?;
        let Some(digest) = info.digest else {
            let unknown = Conclusion::Indeterminate(SubIndication::CryptoConstraintsFailure);
            let why = "digest algorithm of the imprint not supported".to_owned();
            return Err((unknown, C::SignatureAlgorithms, why));
        };
        if stamped.digest(digest).as_ref() != Some(&info.imprint) {
            let other = Conclusion::Failed(SubIndication::HashFailure);
            let why = "the imprint is not that of the data".to_owned();
            return Err((other, C::MessageDigest, why));
        }
        let verified = cms::verify_content(token, signer, &[content], &self.material.certificates)
            .map_err(|error| {
                let (conclusion, id) = failure_of(error);
                (conclusion, id, error.to_string())
            })?;
        let policy = self.policy();
        let bits = verified.certificate.public_key_info().bits;
        let own: DigestAlgorithm = signer.digest.unwrap_or(digest);
        let reliable = policy
            .signature_reliable(verified.algorithm, bits)
            .min(policy.digest_reliable(digest))
            .min(policy.digest_reliable(own));
        Ok(Checked {
            info,
            certificate: verified.certificate,
            reliable,
        })
    }
}

/// What a failure of the cryptographic verification amounts to (5.2.3, 5.2.7).
pub(super) fn failure_of(error: CmsError) -> (Conclusion, ConstraintId) {
    use Conclusion::{Failed, Indeterminate};
    use ConstraintId as C;
    use SubIndication as S;
    match error {
        CmsError::DigestMismatch => (Failed(S::HashFailure), C::MessageDigest),
        CmsError::BadSignature => (Failed(S::SigCryptoFailure), C::SignatureValue),
        CmsError::NoCertificate => (
            Indeterminate(S::NoSigningCertificateFound),
            C::SigningCertificatePresent,
        ),
        CmsError::Unsupported => (
            Indeterminate(S::CryptoConstraintsFailure),
            C::SignatureAlgorithms,
        ),
        CmsError::CertificateMismatch => (
            Indeterminate(S::SigConstraintsFailure),
            C::SigningCertificateMatches,
        ),
        CmsError::Malformed(_) | CmsError::ContentType | CmsError::NoMessageDigest => {
            (Failed(S::FormatFailure), C::SignatureStructure)
        }
    }
}
