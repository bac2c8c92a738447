//! The three kinds of "no": a refusal of the rules, and a fault of the machine. (Findings, the
//! third kind, are results of examinations and never errors.)

use vanthu_domain::Refusal;
use vanthu_domain::outgoing::WrongState;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::StoreError;

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The rules say no; the person is told why.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// Something broke; it is logged at the edge, and the person is told that it was not their fault.
    #[error("fault: {0}")]
    Fault(Fault),
}

/// Something that broke, with where and why. Opaque to callers.
#[derive(Debug, thiserror::Error)]
#[error("{context}: {cause}")]
pub struct Fault {
    context: String,
    cause: String,
}

impl Fault {
    /// A fault with the place and the cause.
    pub fn new(context: impl Into<String>, cause: impl std::fmt::Display) -> Self {
        Self {
            context: context.into(),
            cause: cause.to_string(),
        }
    }
}

impl AppError {
    /// A refusal by its code, without arguments.
    pub fn refused(code: RefusalCode) -> Self {
        Refusal::new(code).into()
    }

    /// A fault with the place and the cause.
    pub fn fault(context: impl Into<String>, cause: impl std::fmt::Display) -> Self {
        Self::Fault(Fault::new(context, cause))
    }

    /// The refusal's code, where it is one.
    pub fn code(&self) -> Option<RefusalCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Fault(_) => None,
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<WrongState> for AppError {
    fn from(wrong: WrongState) -> Self {
        Refusal::new(RefusalCode::WrongState)
            .with("action", wrong.step)
            .with("state", wrong.state)
            .into()
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                tracing::error!(%error, "the database is not available");
                Self::refused(RefusalCode::DatabaseGone)
            }
            StoreError::Full(_) => {
                tracing::error!(%error, "the disk is full");
                Self::refused(RefusalCode::StorageFull)
            }
            StoreError::Conflict { .. } => Self::refused(RefusalCode::ConflictVersion),
            // A place in a list comes from outside, and may be no place at all.
            StoreError::Missing {
                table: "cursor", ..
            } => Self::refused(RefusalCode::RequestMalformed),
            other => Self::fault("store", other),
        }
    }
}
