//! The statuses and faults of TS 102 204 (8.2, 8.3) with what operators made of them.

use crate::outcome::{Ending, Failure};

use super::Answer;

/// The ending that a figure stands for.
fn ending(code: u32) -> Option<Ending> {
    Some(match code {
        // WRONG_PARAM, MISSING_PARAM, WRONG_DATA_LENGTH, HANDSHAKE_REQUIRED, INAPPROPRIATE_DATA,
        // INCOMPATIBLE_INTERFACE, UNSUPPORTED_PROFILE
        101..=103 | 106..=109 => Ending::NotOffered,
        // UNAUTHORIZED_ACCESS
        104 => Ending::AccessRefused,
        // UNKNOWN_CLIENT; NO_KEY_FOUND, NO_URL_FOUND, REGISTRATION_NOK, NO_CERT_FOUND
        105 | 404 | 405 | 407 | 422 => Ending::UnknownHolder,
        // EXPIRED_TRANSACTION
        208 => Ending::ProviderTimedOut,
        // OTA_ERROR: the phone was not reached.
        209 => Ending::PhoneAbsent,
        // USER_CANCEL
        401 => Ending::Refused,
        // PIN_NR_BLOCKED, CARD_BLOCKED
        402 | 403 => Ending::FactorLocked,
        // PB_SIGNATURE_PROCESS
        406 => Ending::DeviceError,
        // CRL_PB, CRL_EXPIRED, ERROR_CERTIFICATE; REVOKED_CERTIFICATE: with or without a signature
        423..=425 | 501 => Ending::CertificateUnusable,
        // INVALID_SIGNATURE
        503 => Ending::BadSignature,
        // INTERNAL_ERROR
        900..=999 => Ending::ProviderFault,
        _ => return None,
    })
}

/// Whether a figure ends a request.
pub(super) fn is_known(code: u32) -> bool {
    ending(code).is_some()
}

/// The failure that an answer names. A fault without a figure that is known is the service's own.
pub(super) fn failure(answer: &Answer) -> Failure {
    let code = answer.code.unwrap_or_default();
    let ending = ending(code).unwrap_or(if answer.is_fault {
        Ending::ProviderFault
    } else {
        Ending::Unreadable
    });
    Failure::new(ending, format!("{code} {}", answer.message))
}
