//! What a module's return values mean to whoever wants to sign.

use cryptoki::error::{Error, RvError};
use vanthu_wire::agent::Algorithm;

use crate::TokenError;

/// The meaning of an error outside a login.
pub(super) fn failed(error: &Error) -> TokenError {
    let Error::Pkcs11(value, _) = error else {
        return TokenError::Failed(error.to_string());
    };
    match value {
        RvError::DeviceRemoved | RvError::TokenNotPresent | RvError::SlotIdInvalid => {
            TokenError::Removed
        }
        RvError::TokenNotRecognized => TokenError::OtherDevice,
        RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::UserNotLoggedIn
        | RvError::CryptokiNotInitialized
        | RvError::OperationNotInitialized => TokenError::SessionLost,
        RvError::PinLocked => TokenError::Locked,
        RvError::PinExpired => TokenError::PinExpired,
        _ => TokenError::Failed(error.to_string()),
    }
}

/// The meaning of an error of a signature.
pub(super) fn unsigned(error: &Error, algorithm: Algorithm) -> TokenError {
    match error {
        Error::Pkcs11(
            RvError::MechanismInvalid
            | RvError::MechanismParamInvalid
            | RvError::KeyTypeInconsistent
            | RvError::KeyFunctionNotPermitted
            | RvError::KeySizeRange
            | RvError::CurveNotSupported,
            _,
        ) => TokenError::Unsupported(algorithm),
        other => failed(other),
    }
}

/// True when the device said that the PIN was wrong.
pub(super) fn is_wrong_pin(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
            _
        )
    )
}
