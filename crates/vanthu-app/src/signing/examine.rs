//! What is checked before every signature (Decree 68/2024, Articles 29 and 31).

use vanthu_domain::Moment;
use vanthu_domain::certificate::CannotSign;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::Time;
use vanthu_pki::gather::Question;
use vanthu_pki::path::PathProblem;
use vanthu_store::certificate::CertificateRow;

use crate::signing::certificates_of;
use crate::trust::evidence_about;
use crate::{App, AppError};

/// The certificate is effective here, leads to an anchor, and is not revoked. A status that can't
/// be known refuses: it is never taken for good.
///
/// Clause: TG-18, AG-6
pub(crate) async fn certificate_may_sign(
    app: &App,
    row: &CertificateRow,
    now: Moment,
) -> Result<(), AppError> {
    row.record.may_sign_at(now).map_err(|why| {
        let code = match why {
            CannotSign::NotYetEffective => RefusalCode::CertificateNotYetEffective,
            CannotSign::Expired => RefusalCode::CertificateExpired,
            CannotSign::Suspended => RefusalCode::CertificateSuspended,
            CannotSign::Revoked => RefusalCode::CertificateRevoked,
        };
        about(code, row)
    })?;
    let (certificate, chain) = certificates_of(row)?;
    let at = Time::from_unix(now.unix_seconds());
    let mut question = Question::about(certificate.clone(), app.trust.roots_at(at), at);
    question.known.extend(app.trust.intermediates.clone());
    question.known.extend(chain.clone());
    // Whatever stays unknown of the path is found when that is examined.
    let found = evidence_about(app.ports.revocation.as_ref(), question).await;
    let chain = [chain, found.certificates].concat();
    let report = app.trust.examine(&certificate, &chain, at, &found.evidence);
    if report.is_valid() {
        return Ok(());
    }
    let code = match report.failures.first().map(|f| &f.problem) {
        Some(PathProblem::Revoked { .. }) => RefusalCode::CertificateRevoked,
        Some(PathProblem::RevocationUnknown) => RefusalCode::RevocationUnknown,
        Some(PathProblem::Expired) => RefusalCode::CertificateExpired,
        Some(PathProblem::NotYetValid) => RefusalCode::CertificateNotYetEffective,
        _ => RefusalCode::CertificateUnknownIssuer,
    };
    tracing::warn!(serial = row.record.serial, failures = ?report.failures, "certificate refused");
    Err(about(code, row).into())
}

/// A refusal that names the certificate.
fn about(code: RefusalCode, row: &CertificateRow) -> Refusal {
    Refusal::new(code)
        .with("serial", &row.record.serial)
        .with("subject", &row.record.subject)
        .with("until", row.record.not_after.day())
        .with("from", row.record.not_before.day())
}
