//! Keys that services hold (khóa do dịch vụ giữ), linked to one's own account: looked for at the service, linked when
//! their certificate is on record as one's own, and taken off.

pub mod link;
pub mod list;
pub mod look;
pub mod remove;
pub mod round;

use vanthu_domain::certificate::Holder;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::certificate::CertificateRow;

use crate::Caller;

/// Whether the certificate is the caller's: the person's own, or that of the agency for which they act and whose
/// device they are recorded to keep.
///
/// Clause: KH-2, TG-22.1b
pub(crate) fn is_of(caller: &Caller, row: &CertificateRow) -> bool {
    match &row.record.holder {
        Holder::Person { person_id } => person_id == caller.person_id(),
        Holder::Agency { agency_id, keeper } => {
            *agency_id == caller.agency_id && keeper.as_ref() == Some(caller.person_id())
        }
    }
}

/// What went wrong at a service, as a refusal that names it.
pub(crate) fn refusal_of(failure: &vanthu_remote::Failure, service: &str) -> Refusal {
    let code = crate::signing::ending::code_of(failure.ending);
    Refusal::new(code.unwrap_or(RefusalCode::RemoteUnreadable)).with("service", service)
}
