//! How a "no" reaches the person: a page for browsers, a problem document (RFC 9457) for programs.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vanthu_app::AppError;
use vanthu_domain::Refusal;
use vanthu_domain::refusal::RefusalCode;

use crate::page::show::Say;
use crate::view;

/// The header in which every refusal, page or problem document, names its code.
pub const REFUSAL_HEADER: HeaderName = HeaderName::from_static("x-refusal");

/// An error on its way out. Handlers of pages turn it into a page with [`crate::page::error_page`];
/// by itself it becomes a problem document.
#[derive(Debug)]
pub struct WebError(pub AppError);

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// Trang giải thích mã.
    #[serde(rename = "type")]
    pub kind: String,
    /// Việc bị từ chối.
    pub title: String,
    /// Vì sao.
    pub detail: String,
    /// Căn cứ điều, khoản nào.
    pub article: String,
    /// Làm gì tiếp.
    pub action: String,
    /// Mã trạng thái HTTP.
    pub status: u16,
    /// Mã, không đổi qua các phiên bản.
    pub code: String,
}

impl<E: Into<AppError>> From<E> for WebError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl WebError {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            AppError::Refused(refusal) => status_of(refusal.code),
            AppError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The problem as told to people and programs. A fault is logged here and tells nothing.
    pub fn problem(&self) -> Problem {
        match &self.0 {
            AppError::Refused(refusal) => problem_of(refusal, self.status()),
            AppError::Fault(fault) => {
                tracing::error!(%fault, "fault");
                Problem {
                    kind: "/errors/fault".to_owned(),
                    title: "Hệ thống gặp lỗi".to_owned(),
                    detail: "Thao tác chưa được thực hiện, dữ liệu không thay đổi. Lỗi đã được \
                             ghi lại cho người quản trị."
                        .to_owned(),
                    article: String::new(),
                    action: "Thử lại sau ít phút; nếu còn lỗi, báo công chức CNTT của cơ quan."
                        .to_owned(),
                    status: 500,
                    code: "fault".to_owned(),
                }
            }
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(code) = self.0.code() {
            headers.insert(REFUSAL_HEADER, HeaderValue::from_static(code.code()));
        }
        if let AppError::Refused(refusal) = self.0 {
            response.extensions_mut().insert(*refusal);
        }
        response
    }
}

/// The page again with why it was not done on top; `page` makes it with that banner. Whoever may not see the page
/// either is told why, and nothing else.
pub(crate) async fn shown_again<P>(
    say: Say,
    error: WebError,
    page: impl FnOnce(Option<view::Problem>) -> P,
) -> Result<Response, WebError>
where
    P: Future<Output = Result<Response, WebError>>,
{
    let Some(code) = error.0.code() else {
        return Err(error);
    };
    match page(Some(say.error(&error))).await {
        Ok(shown) => Ok(refused_page(shown, code)),
        Err(_) => Err(error),
    }
}

/// A page that says why something was refused, with the status and the code of the refusal.
pub(crate) fn refused_page(mut page: Response, code: RefusalCode) -> Response {
    *page.status_mut() = status_of(code);
    let word = HeaderValue::from_static(code.code());
    page.headers_mut().insert(REFUSAL_HEADER, word);
    page
}

/// The problem document of a refusal that stands inside an answer, in the reader's language.
pub(crate) fn problem_in(refusal: &Refusal, say: Say) -> Value {
    let mut problem = problem_of(refusal, status_of(refusal.code));
    let said = say.refusal(refusal);
    (problem.title, problem.detail) = (said.what, said.why);
    (problem.article, problem.action) = (said.article, said.now);
    json!(problem)
}

fn problem_of(refusal: &Refusal, status: StatusCode) -> Problem {
    Problem {
        kind: format!("/errors/{}", refusal.code.code()),
        title: refusal.what(),
        detail: refusal.why(),
        article: refusal.article(),
        action: refusal.now(),
        status: status.as_u16(),
        code: refusal.code.code().to_owned(),
    }
}

/// The HTTP status of each refusal. There is no catch-all: a new code must be thought about.
pub const fn status_of(code: RefusalCode) -> StatusCode {
    use RefusalCode as C;
    match code {
        C::NotPermitted
        | C::LineNotYours
        | C::SignerNotAuthorised
        | C::DelegationExpired
        | C::CertificateNotYours
        | C::SealHolderNotRecorded
        | C::DeviceNotYours
        | C::DeviceNotEntrusted
        | C::DevicePermitOver
        | C::DeviceOutsideOffice
        | C::SigningConsentAutomaticRefused
        | C::SealerAgencyOnly
        | C::SealerNotAllowed
        | C::PasswordNotConfirmed
        | C::AgentNotPaired
        | C::PasswordChangeRequired
        | C::Csrf
        | C::AccountLocked => StatusCode::FORBIDDEN,
        C::NotFound | C::ToolAddressUnknown => StatusCode::NOT_FOUND,
        C::SignInFailed | C::SignInRequired | C::SessionEnded | C::SessionElsewhere => {
            StatusCode::UNAUTHORIZED
        }
        C::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        C::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        C::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        C::DatabaseGone
        | C::TimestampFailed
        | C::RevocationUnknown
        | C::RemoteProviderFault
        | C::RemoteNotReached
        | C::SealerNotReached
        | C::RemoteAnswerLost
        | C::RemoteUnreadable
        | C::RemoteAccessRefused
        | C::RecipientUnreachable => StatusCode::SERVICE_UNAVAILABLE,
        C::ConflictVersion
        | C::SigningDocumentChanged
        | C::SigningNotOpened
        | C::WrongState
        | C::AlreadyDecided
        | C::IdempotencyConflict
        | C::DocumentFrozen
        | C::NotAnExtension
        | C::SignatureMissing
        | C::SignatureNotByAuthorised
        | C::SignatureInvalid
        | C::SignatureNotDetermined
        | C::BothSignaturesMissing
        | C::SealDayDiffers
        | C::NumberTaken
        | C::ViewNameTaken
        | C::NumberNotCurrent
        | C::RegisterClosed
        | C::SigningSessionExpired
        | C::SigningSessionUsed
        | C::SigningSessionCancelled
        | C::PairingOver
        | C::DigestMismatch
        | C::SigningUnderWay
        | C::SigningOutcomeUnknown
        | C::CredentialLinkedAlready
        | C::RemoteRefused
        | C::RemoteWrongFactor
        | C::RemoteFactorLocked
        | C::RemoteTimedOut
        | C::RemoteDeadlinePassed
        | C::RemoteCancelled
        | C::RemoteCertificateUnusable
        | C::RemoteKeyDisabled
        | C::RemoteQuotaUsedUp
        | C::RemotePhoneAbsent
        | C::RemoteDeviceError
        | C::RemoteUnknownHolder
        | C::RemoteDigestNotAuthorized
        | C::RemoteFactorNotCarried
        | C::RemoteNotOffered
        | C::RemoteBadSignature
        | C::RemoteOtherCertificate
        | C::RemoteOtherForm
        | C::SealerOtherCertificate
        | C::SealerStopped
        | C::SealerDeviceFailed
        | C::SealerLimit
        | C::SealerRefusedBatch
        | C::SealUnderWay
        | C::SealListChanged
        | C::ToolNotOpened
        | C::ToolRefused
        | C::ToolTimedOut
        | C::ToolDigestNotSigned
        | C::ToolOtherFile
        | C::ToolNotOneSignature
        | C::ToolBadSignature
        | C::ToolFileChanged
        | C::ToolFileLocked
        | C::ToolOtherNumber
        | C::ToolAddressOver
        | C::ReceiptFailedCheck
        | C::DuplicateIncoming
        | C::RegistrationRequired
        | C::LinesOpen
        | C::ExtensionPending
        | C::OutsidePending
        | C::OutsideNotPermitted
        | C::ApprovalMissing => StatusCode::CONFLICT,
        C::FieldRequired
        | C::FieldTooLong
        | C::FieldMalformed
        | C::RequestMalformed
        | C::BatchTooLarge
        | C::NothingChosen
        | C::ListTooLong
        | C::ViewsFull
        | C::StateSecret
        | C::FileDamaged
        | C::FileEmpty
        | C::SignedFileMissing
        | C::FileEncrypted
        | C::FileScripts
        | C::FileTypeMismatch
        | C::FileTypeNotAllowed
        | C::ArchiveBomb
        | C::NameTooLong
        | C::TooManyPages
        | C::NoPlacesFound
        | C::BodyEmpty
        | C::AbstractRequired
        | C::RecipientsMissing
        | C::SignerMissing
        | C::OpinionRequired
        | C::AlgorithmWeak
        | C::SignaturePictureMissing
        | C::CertificateExpired
        | C::CertificateNotYetEffective
        | C::CertificateRevoked
        | C::CertificateSuspended
        | C::CertificateUnknownIssuer
        | C::CertificateNotOnRecord
        | C::DeviceNotOnRecord
        | C::DeviceNotUsable
        | C::CertificatePractice
        | C::SigningMeansNotOffered
        | C::RemoteTooMany
        | C::ToolNoFile
        | C::ToolUnreadable
        | C::PinWrong
        | C::AgentAbsent
        | C::AgentOutdated
        | C::NotationMissing
        | C::NumberVoidNeedsReason
        | C::SealPictureMissing
        | C::PaperCaseRequired
        | C::RecallReasonRequired
        | C::ReturnReasonRequired
        | C::LeadMissing
        | C::DeadlineRequired
        | C::DeadlineInThePast
        | C::DeadlineBeyondUnit
        | C::ResultRequired
        | C::ExtensionReasonRequired
        | C::FreeMail
        | C::MailDomainNotOfficial
        | C::MailMalformed
        | C::PasswordWeak
        | C::PasswordReused => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
