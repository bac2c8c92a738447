//! What the agent checks before it shows a session to anyone.

use jiff::Timestamp;
use vanthu_pki::Certificate;
use vanthu_wire::agent::{CancelReason, SigningSession};
use vanthu_wire::{Language, Problem};

use crate::attributes::{self, Refused};
use crate::clock::vietnamese;
use crate::problems;
use crate::texts::t;

/// Most documents in one session.
pub const MOST_ITEMS: usize = 500;

/// Why a session is not shown, for the person and for the server.
#[derive(Debug, Clone)]
pub struct Unacceptable {
    /// For the person.
    pub problem: Problem,
    /// For the server.
    pub reason: CancelReason,
}

fn unacceptable(reason: CancelReason, problem: Problem) -> Unacceptable {
    Unacceptable { problem, reason }
}

/// Checks a session against the keys that are here; gives the certificate that signs.
pub fn examine(
    session: &SigningSession,
    signing_id: &str,
    held: &[Certificate],
    language: Language,
    now: Timestamp,
) -> Result<Certificate, Unacceptable> {
    let refused = |why: &str| {
        Err(unacceptable(
            CancelReason::SessionRefused,
            problems::session_refused(language, why),
        ))
    };
    if session.signing_id != signing_id {
        return refused(t("Máy chủ trả lời bằng một phiên ký khác.", language));
    }
    if session.expires_at <= now {
        return Err(unacceptable(
            CancelReason::ConsentExpired,
            problems::expired(language),
        ));
    }
    let Some(first) = session.items.first() else {
        return refused(t("Phiên ký không có văn bản nào.", language));
    };
    if session.items.len() > MOST_ITEMS {
        return refused(t("Phiên ký có quá nhiều văn bản.", language));
    }
    if session
        .items
        .iter()
        .any(|item| item.certificate != first.certificate)
    {
        return refused(t("Một phiên ký chỉ dùng một chứng thư.", language));
    }
    let mut names: Vec<&str> = session
        .items
        .iter()
        .map(|item| item.item_id.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != session.items.len() {
        return refused(t("Phiên ký nêu một văn bản hai lần.", language));
    }
    let Ok(certificate) = Certificate::from_der(first.certificate.as_bytes()) else {
        return refused(t("Chứng thư trong phiên ký không đọc được.", language));
    };
    if !held.iter().any(|it| it.der() == certificate.der()) {
        return Err(unacceptable(
            CancelReason::CertificateNotHere,
            problems::certificate_not_here(language, &certificate.common_name()),
        ));
    }
    in_force(&certificate, language, now)?;
    for item in &session.items {
        attributes::check(
            item.signed_attributes.as_bytes(),
            item.document_digest.as_bytes(),
            &certificate,
        )
        .map_err(|why| {
            let problem = match why {
                Refused::Malformed | Refused::Digest => {
                    problems::digest_mismatch(language, &item.title)
                }
                Refused::Certificate => problems::certificate_mismatch(language, &item.title),
            };
            tracing::warn!(signing.id = signing_id, item.id = %item.item_id, %why, "not signed");
            unacceptable(CancelReason::DigestMismatch, problem)
        })?;
    }
    Ok(certificate)
}

fn in_force(
    certificate: &Certificate,
    language: Language,
    now: Timestamp,
) -> Result<(), Unacceptable> {
    let expired = |problem| Err(unacceptable(CancelReason::CertificateExpired, problem));
    let (from, until) = (
        moment(certificate.not_before()),
        moment(certificate.not_after()),
    );
    if until < now {
        expired(problems::certificate_expired(language, &vietnamese(until)))
    } else if from > now {
        expired(problems::certificate_not_yet_valid(
            language,
            &vietnamese(from),
        ))
    } else {
        Ok(())
    }
}

/// A certificate's time as a moment; what lies beyond the calendar becomes its end.
pub(crate) fn moment(time: vanthu_pki::Time) -> Timestamp {
    Timestamp::from_second(time.unix()).unwrap_or(Timestamp::MAX)
}
