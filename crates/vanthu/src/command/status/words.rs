//! The status of certificates, and why one is not known, in Vietnamese.

use vanthu_domain::Moment;
use vanthu_pki::Time;
use vanthu_pki::gather::{Breach, Sought, Trouble, Why};
use vanthu_pki::path::{RevocationStatus, StatusSource};

/// What is known of a certificate.
pub(crate) fn status(status: Option<RevocationStatus>) -> String {
    match status {
        None => "không có đường dẫn đến điểm tin cậy".to_owned(),
        Some(RevocationStatus::Unknown) => "không xác định được trạng thái".to_owned(),
        Some(RevocationStatus::Revoked { at, source, .. }) => {
            format!("ĐÃ BỊ THU HỒI từ {} ({})", moment(at), origin(source))
        }
        Some(RevocationStatus::Good {
            source: StatusSource::NoCheck,
            ..
        }) => "được miễn kiểm tra trạng thái".to_owned(),
        Some(RevocationStatus::Good { source, known_at }) => {
            format!(
                "không bị thu hồi, theo {} lúc {}",
                origin(source),
                moment(known_at)
            )
        }
    }
}

/// What went wrong on the way.
pub(crate) fn trouble(trouble: &Trouble) -> String {
    let sought = match trouble.sought {
        Sought::Issuer => "chứng thư của nơi cấp",
        Sought::Ocsp => "trạng thái trực tuyến (OCSP)",
        Sought::Crl => "danh sách thu hồi (CRL)",
        Sought::DeltaCrl => "danh sách thu hồi bổ sung",
    };
    match &trouble.url {
        Some(url) => format!("{sought}: {} ({url})", why(&trouble.why)),
        None => format!("{sought}: {}", why(&trouble.why)),
    }
}

fn why(why: &Why) -> String {
    let fixed = match why {
        Why::Offline => "đang không dùng mạng",
        Why::NoAddress => "chứng thư không ghi địa chỉ nào",
        Why::Forbidden(Breach::PrivateAddress) => "địa chỉ dẫn vào mạng nội bộ, chưa được cho phép",
        Why::Forbidden(Breach::Scheme) => "địa chỉ không phải http hoặc https",
        Why::Forbidden(Breach::Credentials | Breach::NotAnAddress) => "địa chỉ không đúng",
        Why::TimedOut => "không trả lời kịp thời hạn",
        Why::TooLarge => "câu trả lời quá lớn",
        Why::TooManyRedirects => "chuyển hướng quá nhiều lần",
        Why::RedirectLoop => "chuyển hướng vòng tròn",
        Why::NotTheIssuer => "không phải chứng thư của nơi cấp",
        Why::NotAbout => "trả lời về chứng thư khác",
        Why::UnknownToResponder => "dịch vụ không biết chứng thư này",
        Why::WrongNonce => "trả lời cho một câu hỏi khác (nonce sai)",
        Why::NoNonce => "câu trả lời không lặp lại nonce",
        Why::WrongSigner => "người ký câu trả lời không có thẩm quyền",
        Why::BadSignature => "chữ ký của câu trả lời không đúng",
        Why::DoesNotDecide => "câu trả lời không quyết định được về chứng thư này",
        Why::OutOfRequests => "đã hỏi đủ số lần cho phép",
        Why::OutOfBytes => "đã nhận đủ dung lượng cho phép",
        Why::OutOfTime => "đã hết thời gian cho phép",
        Why::TooDeep => "chuỗi chứng thư quá dài",
        Why::Unreachable(how) => return format!("không kết nối được: {how}"),
        Why::HttpStatus(status) => return format!("máy chủ trả lời HTTP {status}"),
        Why::Malformed(what) => return format!("câu trả lời sai cấu trúc: {what}"),
        Why::ResponderStatus(status) => return format!("dịch vụ từ chối (mã {status})"),
        Why::Stale(since) => return format!("đã quá hạn từ {}", moment(*since)),
        Why::FromTheFuture(at) => return format!("ghi thời điểm chưa đến: {}", moment(*at)),
        Why::Recently(before) => return format!("vừa hỏi và không được: {}", self::why(before)),
    };
    fixed.to_owned()
}

const fn origin(source: StatusSource) -> &'static str {
    match source {
        StatusSource::Crl => "danh sách thu hồi",
        StatusSource::Ocsp => "dịch vụ trực tuyến",
        StatusSource::NoCheck => "quy định của nơi cấp",
    }
}

fn moment(at: Time) -> String {
    Moment::from_unix_seconds(at.unix()).text()
}
