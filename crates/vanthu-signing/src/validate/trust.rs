//! Paths and time-stamps: who signed, and since when the signature provably existed.

use vanthu_pki::crl::Crl;
use vanthu_pki::path::{
    self, PathOptions, PathProblem, PathReport, Purpose, RevocationData, RevocationMode,
};
use vanthu_pki::{Certificate, Time, tsp};

use super::ValidationInput;
use super::report::{
    CertificateFacts, FindingCode, Indication, SignatureReport, SubIndication, TimestampReport,
};
use crate::longterm::dss;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};

/// Certificates and revocation evidence from the caller and from the document.
pub(super) struct Evidence {
    pub(super) anchors: Vec<Certificate>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) revocation: RevocationData,
    pub(super) mode: RevocationMode,
}

impl Evidence {
    pub(super) fn gather(document: &Document<'_>, input: &ValidationInput) -> Self {
        let mut evidence = Self {
            anchors: input.anchors.clone(),
            certificates: input.intermediates.clone(),
            revocation: input.evidence.clone(),
            mode: input.revocation,
        };
        if let Ok(Some(store)) = dss::read(document) {
            evidence.certificates.extend(store.certificates());
            evidence.revocation.crls.extend(store.crls());
            evidence.revocation.ocsp.extend(store.ocsp());
        }
        evidence
    }

    pub(super) fn add_certificates(&mut self, certificates: &[Certificate]) {
        for certificate in certificates {
            if !self.certificates.contains(certificate) {
                self.certificates.push(certificate.clone());
            }
        }
    }

    pub(super) fn add_crls(&mut self, crls: &[Vec<u8>]) {
        self.revocation
            .crls
            .extend(crls.iter().filter_map(|der| Crl::from_der(der).ok()));
    }

    fn path(&self, certificate: &Certificate, at: Time, purpose: Purpose) -> PathReport {
        let options = PathOptions {
            purpose,
            revocation: self.mode,
            ..PathOptions::default()
        };
        path::validate_with(
            certificate,
            &self.certificates,
            &self.anchors,
            at,
            &self.revocation,
            &options,
        )
    }
}

/// Judges a time-stamp token at `at`; a good one proves existence at its own time.
pub(super) fn timestamp(
    evidence: &mut Evidence,
    token: &[u8],
    stamped: &[&[u8]],
    at: Time,
) -> Result<(TimestampReport, Vec<Certificate>), String> {
    let imprint = |digest: vanthu_pki::DigestAlgorithm| digest.digest_parts(stamped);
    let verified = tsp::verify_token(token, imprint, &evidence.certificates)
        .map_err(|error| error.to_string())?;
    evidence.add_certificates(&verified.certificates);
    evidence.add_crls(&verified.crls);
    let path = evidence.path(&verified.certificate, at, Purpose::TimeStamping);
    let (mut indication, mut sub_indication) = judge(&path, verified.info.time, at, None);
    if indication == Indication::TotalPassed
        && verified
            .info
            .digest
            .is_none_or(vanthu_pki::DigestAlgorithm::is_weak)
    {
        indication = Indication::Indeterminate;
        sub_indication = Some(SubIndication::CryptoConstraintsFailureNoPoe);
    }
    let report = TimestampReport {
        time: verified.info.time,
        indication,
        sub_indication,
        authority: Some(CertificateFacts::from(&verified.certificate)),
    };
    Ok((report, path.chain))
}

/// Judges the signer's certificate at `report.judged_at`.
pub(super) fn signer(report: &mut SignatureReport, evidence: &Evidence, certificate: &Certificate) {
    let path = evidence.path(certificate, report.judged_at, Purpose::DocumentSigning);
    report.chain = path.chain.iter().map(CertificateFacts::from).collect();
    report.trusted = path.is_valid();
    for failure in &path.failures {
        let detail = format!("{:?} at {}", failure.problem, failure.index);
        report.find(
            FindingCode::PathProblem,
            super::report::Severity::Warn,
            detail,
        );
    }
    let (indication, sub_indication) =
        judge(&path, report.judged_at, report.judged_at, report.claimed_at);
    if let Some(sub_indication) = sub_indication {
        report.lower(indication, sub_indication);
    }
}

/// The status that a path report amounts to, the gravest problem first.
fn judge(
    path: &PathReport,
    existed_at: Time,
    at: Time,
    claimed_at: Option<Time>,
) -> (Indication, Option<SubIndication>) {
    use Indication::{Indeterminate, TotalFailed, TotalPassed};
    use SubIndication as S;
    if path.is_valid() {
        return (TotalPassed, None);
    }
    let found = |wanted: &dyn Fn(&PathProblem, usize) -> bool| {
        path.failures
            .iter()
            .any(|failure| wanted(&failure.problem, failure.index))
    };
    if found(&|problem, _| *problem == PathProblem::NoPath) || !path.anchored {
        return (Indeterminate, Some(S::NoCertificateChainFound));
    }
    if found(&|problem, _| *problem == PathProblem::BadSignature) {
        return (Indeterminate, Some(S::CertificateChainGeneralFailure));
    }
    for failure in &path.failures {
        if let PathProblem::Revoked(since, _) = failure.problem {
            // Who claims to have signed after the revocation cannot be saved by a missing proof.
            let after = claimed_at.is_some_and(|claimed| claimed >= since);
            return match failure.index {
                0 if after => (TotalFailed, Some(S::Revoked)),
                0 => (Indeterminate, Some(S::RevokedNoPoe)),
                _ => (Indeterminate, Some(S::RevokedCaNoPoe)),
            };
        }
    }
    if found(&|problem, index| *problem == PathProblem::NotYetValid && index == 0)
        && existed_at < at
    {
        return (TotalFailed, Some(S::NotYetValid));
    }
    if found(&|problem, _| matches!(problem, PathProblem::Expired | PathProblem::NotYetValid)) {
        return (Indeterminate, Some(S::OutOfBoundsNoPoe));
    }
    if found(&|problem, _| *problem == PathProblem::UnsupportedAlgorithm) {
        return (Indeterminate, Some(S::CryptoConstraintsFailure));
    }
    if found(&|problem, _| *problem != PathProblem::RevocationUnknown) {
        return (Indeterminate, Some(S::ChainConstraintsFailure));
    }
    (Indeterminate, Some(S::TryLater))
}

/// A PDF date (`D:20261122081203+07'00'`), when it is whole and sane.
pub(super) fn parse_date(text: &str) -> Option<Time> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let number = |from: usize, to: usize, default: i64| match text.get(from..to) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        Some(_) => None,
        None => (text.len() <= from).then_some(default),
    };
    let (year, month, day) = (number(0, 4, 0)?, number(4, 6, 1)?, number(6, 8, 1)?);
    let (hour, minute, second) = (number(8, 10, 0)?, number(10, 12, 0)?, number(12, 14, 0)?);
    let small = |value: i64| u8::try_from(value).ok();
    let local = Time::from_civil(
        (year, small(month)?, small(day)?),
        (small(hour)?, small(minute)?, small(second)?),
    )
    .ok()?;
    let zone = text.get(14..).unwrap_or_default();
    let sign = match zone.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(local),
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits
        .get(2..4)
        .map_or(Some(0), |digits| digits.parse().ok())?;
    Some(local.plus_seconds(-sign * (hours * 3600 + minutes * 60)))
}

/// Text under `key` of a signature dictionary.
pub(super) fn text_of(document: &Document<'_>, dict: &Dict, key: &str) -> Option<String> {
    let value = document.get(dict, key).ok()??;
    match value.as_ref() {
        Object::String(bytes) => Some(crate::syntax::text::decode(bytes)),
        Object::Name(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdf_dates_are_read_with_their_zone() {
        let at = Time::from_civil((2026, 11, 22), (1, 12, 3)).unwrap();
        assert_eq!(parse_date("D:20261122081203+07'00'"), Some(at));
        assert_eq!(parse_date("D:20261122011203Z"), Some(at));
        assert_eq!(
            parse_date("D:2026"),
            Time::from_civil((2026, 1, 1), (0, 0, 0)).ok()
        );
        assert_eq!(parse_date("D:20261322011203Z"), None);
        assert_eq!(parse_date("hôm nay"), None);
    }
}
