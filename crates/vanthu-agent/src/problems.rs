//! The words of every refusal of this agent: what, why, by which article, what now.

use vanthu_wire::Problem;
use vanthu_wire::agent::Algorithm;

use crate::Origin;
use crate::token::TokenError;

const OPEN_AGAIN: &str = "Quay lại Văn Thư và bấm Ký để mở một phiên ký mới.";

pub(crate) fn host_refused() -> Problem {
    Problem::new("host-refused", 421, "Thiết bị ký không nhận địa chỉ này")
        .because("Thiết bị ký chỉ trả lời tại địa chỉ nội bộ của chính máy này.")
}

pub(crate) fn origin_refused() -> Problem {
    Problem::new("origin-not-paired", 403, "Trang này chưa được ghép với thiết bị ký")
        .because("Thiết bị ký chỉ trả lời các máy chủ đã được ghép.")
        .now("Nếu đây đúng là máy chủ của cơ quan, chạy lại thiết bị ký với --pair và địa chỉ của máy chủ.")
}

pub(crate) fn server_refused(server: &str) -> Problem {
    Problem::new(
        "server-not-paired",
        403,
        "Máy chủ này chưa được ghép với thiết bị ký",
    )
    .because(format!(
        "Yêu cầu ký đến từ {server}, không có trong danh sách đã ghép."
    ))
    .now("Chỉ ghép máy chủ do cơ quan chỉ định.")
}

pub(crate) fn bad_request() -> Problem {
    Problem::new("bad-request", 400, "Yêu cầu ký không đọc được")
        .because("Nội dung gửi tới thiết bị ký không đúng dạng đã thống nhất.")
        .now("Cập nhật thiết bị ký hoặc máy chủ lên cùng một phiên bản.")
}

pub(crate) fn unreachable(server: &Origin) -> Problem {
    Problem::new(
        "server-unreachable",
        502,
        "Thiết bị ký không kết nối được tới máy chủ",
    )
    .because(format!("Không nhận được trả lời từ {server}."))
    .now("Kiểm tra mạng, rồi mở lại phiên ký.")
}

pub(crate) fn bad_answer(server: &Origin) -> Problem {
    Problem::new(
        "server-answer-unreadable",
        502,
        "Máy chủ trả lời không đúng dạng",
    )
    .because(format!(
        "Trả lời của {server} không đúng giao thức của thiết bị ký."
    ))
    .now("Cập nhật thiết bị ký hoặc máy chủ lên cùng một phiên bản.")
}

pub(crate) fn already_answered() -> Problem {
    Problem::new("session-already-used", 409, "Phiên ký này đã được trả lời")
        .because("Mỗi phiên ký chỉ được trả lời một lần.")
        .now(OPEN_AGAIN)
}

pub(crate) fn expired() -> Problem {
    Problem::new("session-expired", 410, "Phiên ký đã hết hạn")
        .because("Không có trả lời trong thời hạn của phiên ký, nên chưa ký văn bản nào.")
        .now(OPEN_AGAIN)
}

pub(crate) fn session_refused(why: &str) -> Problem {
    Problem::new(
        "session-refused",
        422,
        "Thiết bị ký không nhận phiên ký này",
    )
    .because(why)
}

pub(crate) fn too_many_sessions() -> Problem {
    Problem::new(
        "too-many-sessions",
        429,
        "Đang có quá nhiều phiên ký chờ trả lời",
    )
    .now("Trả lời hoặc từ chối các phiên đang mở, rồi thử lại.")
}

pub(crate) fn digest_mismatch(title: &str) -> Problem {
    Problem::new("digest-mismatch", 422, "Nội dung được yêu cầu ký không khớp với văn bản")
        .because(format!(
            "Giá trị băm trong dữ liệu ký của “{title}” khác giá trị băm mà máy chủ nêu. Không ký văn bản nào."
        ))
        .now("Không ký. Báo ngay cho công chức phụ trách công nghệ thông tin.")
}

pub(crate) fn certificate_mismatch(title: &str) -> Problem {
    Problem::new(
        "certificate-mismatch",
        422,
        "Dữ liệu ký gắn với chứng thư khác",
    )
    .because(format!(
        "Dữ liệu ký của “{title}” nêu một chứng thư khác chứng thư được chọn."
    ))
    .now("Không ký. Báo ngay cho công chức phụ trách công nghệ thông tin.")
}

pub(crate) fn certificate_not_here(common_name: &str) -> Problem {
    Problem::new("certificate-not-here", 422, "Không có khóa của chứng thư này trong thiết bị ký")
        .because(format!(
            "Văn bản được chuẩn bị cho chứng thư của {common_name}, nhưng khóa của chứng thư đó không có ở đây."
        ))
        .by("NĐ 30/2020/NĐ-CP Điều 32 khoản 3")
        .now("Cắm đúng thiết bị lưu khóa của anh/chị, rồi mở lại phiên ký.")
}

pub(crate) fn certificate_expired(until: &str) -> Problem {
    Problem::new("certificate-expired", 422, "Chứng thư đã hết hạn")
        .because(format!("Chứng thư có hiệu lực đến {until}."))
        .by("NĐ 68/2024/NĐ-CP Điều 31 khoản 1")
        .now("Liên hệ đầu mối quản lý thuê bao để gia hạn hoặc cấp chứng thư mới.")
}

pub(crate) fn certificate_not_yet_valid(from: &str) -> Problem {
    Problem::new(
        "certificate-not-yet-valid",
        422,
        "Chứng thư chưa có hiệu lực",
    )
    .because(format!("Chứng thư có hiệu lực từ {from}."))
    .by("NĐ 68/2024/NĐ-CP Điều 31 khoản 1")
    .now("Kiểm tra đồng hồ của máy; nếu đúng, chờ đến ngày có hiệu lực.")
}

pub(crate) fn automatic_refused(why: &str) -> Problem {
    Problem::new(
        "automatic-consent-refused",
        403,
        "Thiết bị ký không tự đồng ý ký",
    )
    .because(why)
    .now("Mở phiên ký với sự đồng ý của người ký.")
}

pub(crate) fn refused_by_user() -> Problem {
    Problem::new("refused-by-user", 403, "Anh/chị đã từ chối ký").because("Chưa ký văn bản nào.")
}

pub(crate) fn stopped() -> Problem {
    Problem::new("session-stopped", 409, "Chưa ký").because("Phiên ký dừng trước văn bản này.")
}

pub(crate) fn stale_form() -> Problem {
    Problem::new("stale-form", 403, "Trang này đã cũ")
        .because("Trang đồng ý chỉ dùng được một lần.")
        .now("Tải lại trang rồi nhập lại mã PIN.")
}

pub(crate) fn not_found() -> Problem {
    Problem::new("not-found", 404, "Không có phiên ký này")
        .because("Phiên ký không tồn tại, hoặc đã kết thúc từ lâu.")
        .now(OPEN_AGAIN)
}

pub(crate) fn fault() -> Problem {
    Problem::new("fault", 500, "Thiết bị ký gặp lỗi").now("Chạy lại thiết bị ký, rồi thử lại.")
}

pub(crate) fn token(error: &TokenError) -> Problem {
    match error {
        TokenError::WrongPin { tries_left } => {
            let left = match tries_left {
                Some(left) => format!(" Còn {left} lần thử trước khi thiết bị tự khóa."),
                None => String::new(),
            };
            Problem::new("wrong-pin", 403, "Sai mã PIN")
                .because(format!(
                    "Phiên ký dừng ngay ở lần sai đầu tiên; chưa ký văn bản nào.{left}"
                ))
                .now(OPEN_AGAIN)
        }
        TokenError::Locked => Problem::new("device-locked", 403, "Thiết bị lưu khóa đã bị khóa")
            .because("Đã nhập sai mã PIN quá số lần cho phép.")
            .now("Lập đề nghị khôi phục thiết bị lưu khóa bí mật."),
        TokenError::NotHere => Problem::new(
            "certificate-not-here",
            422,
            "Không còn thấy khóa của chứng thư",
        )
        .because("Thiết bị lưu khóa đã bị rút ra hoặc tệp khóa không còn.")
        .now("Cắm lại thiết bị, rồi mở lại phiên ký."),
        TokenError::Unsupported(algorithm) => unsupported(*algorithm),
        TokenError::Failed(_) => Problem::new("device-failed", 502, "Thiết bị lưu khóa gặp lỗi")
            .because("Thiết bị không ký được; xem nhật ký của thiết bị ký.")
            .now("Rút ra, cắm lại thiết bị, rồi mở lại phiên ký."),
    }
}

fn unsupported(algorithm: Algorithm) -> Problem {
    Problem::new(
        "algorithm-unsupported",
        422,
        "Khóa không ký được bằng thuật toán này",
    )
    .because(format!("Máy chủ yêu cầu thuật toán {algorithm}."))
    .now("Báo cho công chức phụ trách công nghệ thông tin.")
}
