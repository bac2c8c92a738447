//! What is checked before every signature (Decree 68/2024, Articles 29 and 31).

use vanthu_domain::Moment;
use vanthu_domain::certificate::CannotSign;
use vanthu_domain::id::CertificateId;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::crl::Crl;
use vanthu_pki::gather::Question;
use vanthu_pki::ocsp::OcspResponse;
use vanthu_pki::path::{PathProblem, RevocationData};
use vanthu_pki::{Certificate, Time};
use vanthu_store::certificate::{self, CertificateRow};
use vanthu_store::{agency, device};

use crate::signing::certificates_of;
use crate::trust::evidence_about;
use crate::{App, AppError, Work};

/// What was found before a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    /// Effective, and not revoked by what is fresh enough.
    Good,
    /// The status could not be determined, and the profile lets sign all the same.
    NotDetermined,
}

impl Checked {
    /// The word in the ledger.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::NotDetermined => "not-determined",
        }
    }
}

/// The certificate is effective here, leads to an anchor, and is not revoked, by evidence that is
/// as fresh as the profile wants it. A status that can't be known refuses, unless the profile says
/// that a warning is enough: it is never taken for good.
///
/// Clause: TG-18, AG-6
pub(crate) async fn certificate_may_sign(
    app: &App,
    row: &CertificateRow,
    now: Moment,
) -> Result<Checked, AppError> {
    effective(row, now)?;
    let rules = rules_for(app, row, now).await?;
    let (certificate, chain) = certificates_of(row)?;
    let at = Time::from_unix(now.unix_seconds());
    let mut question = Question::about(certificate.clone(), app.trust.roots_at(at), at);
    question.known.extend(app.trust.intermediates.clone());
    question.known.extend(chain.clone());
    question.fresh_since = Some(rules.fresh_since);
    // Whatever stays unknown of the path is found when that is examined.
    let found = evidence_about(app.ports.revocation.as_ref(), question).await;
    let chain = [chain, found.certificates].concat();
    let evidence = fresh(found.evidence, &certificate, &chain, rules.fresh_since);
    let report = app.trust.examine(&certificate, &chain, at, &evidence);
    if report.is_valid() {
        return Ok(Checked::Good);
    }
    let unknown = |it: &PathProblem| matches!(it, PathProblem::RevocationUnknown);
    if rules.warns && report.failures.iter().all(|it| unknown(&it.problem)) {
        tracing::warn!(
            serial = row.record.serial,
            "status not determined, signed with a warning"
        );
        return Ok(Checked::NotDetermined);
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

/// The certificate's own state and time.
fn effective(row: &CertificateRow, now: Moment) -> Result<(), AppError> {
    row.record.may_sign_at(now).map_err(|why| {
        let code = match why {
            CannotSign::NotYetEffective => RefusalCode::CertificateNotYetEffective,
            CannotSign::Expired => RefusalCode::CertificateExpired,
            CannotSign::Suspended => RefusalCode::CertificateSuspended,
            CannotSign::Revoked => RefusalCode::CertificateRevoked,
        };
        about(code, row).into()
    })
}

/// Whether the certificate may still sign, in the transaction that uses it: whoever suspends it
/// waits until that ends, or has done so before.
///
/// Clause: TG-25.3
pub(crate) async fn still_may_sign(
    work: &mut Work<'_>,
    certificate_id: &CertificateId,
) -> Result<(), AppError> {
    let row = certificate::find_locked(&mut work.tx, certificate_id)
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    effective(&row, work.now)
}

/// What the profile in force says about the status of certificates.
struct StatusRules {
    fresh_since: Time,
    warns: bool,
}

/// By the profile of the agency that looks after the device; by the national one otherwise.
async fn rules_for(app: &App, row: &CertificateRow, now: Moment) -> Result<StatusRules, AppError> {
    let mut tx = app.store.read().await?;
    let device = match &row.record.device_id {
        Some(id) => device::find(&mut tx, id).await?,
        None => None,
    };
    let profile = match device {
        Some(it) => {
            let agency = agency::load(&mut tx, &it.record.agency_id).await?;
            Some(app.profile_of(&agency)?)
        }
        None => app.profiles.get("national"),
    };
    let profile = profile.ok_or_else(|| AppError::fault("profile", "there is no national one"))?;
    let today = now.day();
    let hours = profile.number(Setting::StatusFreshHours, today).value;
    let seconds = i64::try_from(hours).unwrap_or(24) * 3600;
    Ok(StatusRules {
        fresh_since: Time::from_unix(now.plus_seconds(-seconds).unix_seconds()),
        warns: profile.text(Setting::StatusUnknown, today).value == "warn",
    })
}

/// Without what its issuer said about the certificate too long ago. What is said about the issuers
/// themselves comes in longer intervals, and is left to what it says of itself.
fn fresh(
    evidence: RevocationData,
    certificate: &Certificate,
    chain: &[Certificate],
    since: Time,
) -> RevocationData {
    let old = |answer: &OcspResponse| {
        let said = chain.iter().find_map(|it| answer.answer(certificate, it));
        said.is_some_and(|it| it.this_update < since)
    };
    let is_its = |list: &Crl| list.issuer() == certificate.issuer();
    RevocationData {
        crls: evidence
            .crls
            .into_iter()
            .filter(|it| !is_its(it) || it.this_update() >= since)
            .collect(),
        ocsp: evidence.ocsp.into_iter().filter(|it| !old(it)).collect(),
    }
}

/// A refusal that names the certificate.
fn about(code: RefusalCode, row: &CertificateRow) -> Refusal {
    Refusal::new(code)
        .with("serial", &row.record.serial)
        .with("subject", &row.record.subject)
        .with("until", row.record.not_after.day())
        .with("from", row.record.not_before.day())
}
