//! The words of every refusal of this agent: what, why, by which article, what now.

mod device;

use vanthu_wire::{Language, Problem};

use crate::Origin;
use crate::texts::{fill, t};

pub(crate) use device::{module, token};

fn open_again(language: Language) -> &'static str {
    t(
        "Quay lại Văn Thư và bấm Ký để mở một phiên ký mới.",
        language,
    )
}

pub(crate) fn host_refused(language: Language) -> Problem {
    Problem::new(
        "host-refused",
        421,
        t("Thiết bị ký không nhận địa chỉ này", language),
    )
    .because(t(
        "Thiết bị ký chỉ trả lời tại địa chỉ nội bộ của chính máy này.",
        language,
    ))
}

pub(crate) fn origin_refused(language: Language) -> Problem {
    Problem::new("origin-not-paired", 403, t("Trang này chưa được ghép với thiết bị ký", language))
        .because(t("Thiết bị ký chỉ trả lời các máy chủ đã được ghép.", language))
        .now(t("Nếu đây đúng là máy chủ của cơ quan, mở Tài khoản › Máy ký của tôi trên Văn Thư và bấm Ghép máy ký này.", language))
}

pub(crate) fn server_refused(language: Language, server: &str) -> Problem {
    Problem::new(
        "server-not-paired",
        403,
        t("Máy chủ này chưa được ghép với thiết bị ký", language),
    )
    .because(fill(
        t(
            "Yêu cầu ký đến từ {server}, không có trong danh sách đã ghép.",
            language,
        ),
        &[("server", server)],
    ))
    .now(t("Chỉ ghép máy chủ do cơ quan chỉ định.", language))
}

pub(crate) fn account_not_paired(language: Language, server: &Origin) -> Problem {
    Problem::new(
        "account-not-paired",
        403,
        t("Máy ký này chưa ghép với tài khoản đang dùng", language),
    )
    .because(fill(
        t(
            "Máy ký đã ghép với {server}, nhưng cho tài khoản khác.",
            language,
        ),
        &[("server", server.as_str())],
    ))
    .now(t(
        "Mở Tài khoản › Máy ký của tôi trên Văn Thư và bấm Ghép máy ký này.",
        language,
    ))
}

pub(crate) fn pairing_over(language: Language) -> Problem {
    Problem::new(
        "pairing-over",
        410,
        t("Lần ghép này không còn hiệu lực", language),
    )
    .because(t(
        "Mỗi lần ghép chỉ mở trong vài phút và chỉ trả lời được một lần.",
        language,
    ))
    .now(t("Quay lại Văn Thư và bấm ghép lại.", language))
}

pub(crate) fn pairing_forged(language: Language, server: &Origin) -> Problem {
    Problem::new(
        "pairing-forged",
        502,
        t("Không ghép: máy chủ đổi giá trị đã cam kết", language),
    )
    .because(fill(
        t("{server} mở ra một giá trị khác với giá trị đã cam kết trước đó; có thể có kẻ đứng giữa.", language),
        &[("server", server.as_str())],
    ))
    .now(t("Không ghép lại. Báo ngay cho công chức phụ trách công nghệ thông tin.", language))
}

pub(crate) fn not_kept(language: Language, why: &str) -> Problem {
    Problem::new(
        "pairing-not-kept",
        500,
        t("Không ghi được thiết lập của máy ký", language),
    )
    .because(why)
    .now(t(
        "Kiểm tra quyền ghi của thư mục thiết lập, rồi thử lại.",
        language,
    ))
}

pub(crate) fn bad_request(language: Language) -> Problem {
    Problem::new("bad-request", 400, t("Yêu cầu ký không đọc được", language))
        .because(t(
            "Nội dung gửi tới thiết bị ký không đúng dạng đã thống nhất.",
            language,
        ))
        .now(t(
            "Cập nhật thiết bị ký hoặc máy chủ lên cùng một phiên bản.",
            language,
        ))
}

pub(crate) fn unreachable(language: Language, server: &Origin) -> Problem {
    Problem::new(
        "server-unreachable",
        502,
        t("Thiết bị ký không kết nối được tới máy chủ", language),
    )
    .because(fill(
        t("Không nhận được trả lời từ {server}.", language),
        &[("server", server.as_str())],
    ))
    .now(t("Kiểm tra mạng, rồi mở lại phiên ký.", language))
}

pub(crate) fn bad_answer(language: Language, server: &Origin) -> Problem {
    Problem::new(
        "server-answer-unreadable",
        502,
        t("Máy chủ trả lời không đúng dạng", language),
    )
    .because(fill(
        t(
            "Trả lời của {server} không đúng giao thức của thiết bị ký.",
            language,
        ),
        &[("server", server.as_str())],
    ))
    .now(t(
        "Cập nhật thiết bị ký hoặc máy chủ lên cùng một phiên bản.",
        language,
    ))
}

pub(crate) fn already_answered(language: Language) -> Problem {
    Problem::new(
        "session-already-used",
        409,
        t("Phiên ký này đã được trả lời", language),
    )
    .because(t("Mỗi phiên ký chỉ được trả lời một lần.", language))
    .now(open_again(language))
}

pub(crate) fn expired(language: Language) -> Problem {
    Problem::new("session-expired", 410, t("Phiên ký đã hết hạn", language))
        .because(t(
            "Không có trả lời trong thời hạn của phiên ký, nên chưa ký văn bản nào.",
            language,
        ))
        .now(open_again(language))
}

pub(crate) fn session_refused(language: Language, why: &str) -> Problem {
    Problem::new(
        "session-refused",
        422,
        t("Thiết bị ký không nhận phiên ký này", language),
    )
    .because(why)
}

pub(crate) fn too_many_sessions(language: Language) -> Problem {
    Problem::new(
        "too-many-sessions",
        429,
        t("Đang có quá nhiều phiên ký chờ trả lời", language),
    )
    .now(t(
        "Trả lời hoặc từ chối các phiên đang mở, rồi thử lại.",
        language,
    ))
}

pub(crate) fn digest_mismatch(language: Language, title: &str) -> Problem {
    Problem::new("digest-mismatch", 422, t("Nội dung được yêu cầu ký không khớp với văn bản", language))
        .because(fill(t("Giá trị băm trong dữ liệu ký của “{title}” khác giá trị băm mà máy chủ nêu. Không ký văn bản nào.", language), &[("title", title)]))
        .now(t("Không ký. Báo ngay cho công chức phụ trách công nghệ thông tin.", language))
}

pub(crate) fn file_mismatch(language: Language, title: &str) -> Problem {
    Problem::new("file-mismatch", 422, t("Tệp được xem không phải tệp được yêu cầu ký", language))
        .because(fill(t("Tệp của “{title}” mà máy chủ gửi có giá trị băm khác giá trị sẽ ký. Không ký văn bản nào.", language), &[("title", title)]))
        .now(t("Không ký. Báo ngay cho công chức phụ trách công nghệ thông tin.", language))
}

pub(crate) fn not_shown(language: Language) -> Problem {
    Problem::new(
        "not-shown-yet",
        409,
        t("Chưa kiểm tra xong văn bản", language),
    )
    .because(t(
        "Máy ký chỉ nhận mã PIN sau khi đã đối chiếu từng tệp với giá trị sẽ ký.",
        language,
    ))
    .now(t(
        "Chờ trang hiện trang đầu của văn bản rồi nhập mã PIN.",
        language,
    ))
}

pub(crate) fn not_seen(language: Language) -> Problem {
    Problem::new(
        "page-not-seen",
        409,
        t("Chưa xác nhận ký khi không xem được trang đầu", language),
    )
    .because(t("Máy ký không vẽ được trang đầu của văn bản.", language))
    .now(t(
        "Xem văn bản trên Văn Thư, rồi đánh dấu vào ô xác nhận trước khi ký; hoặc từ chối.",
        language,
    ))
}

pub(crate) fn certificate_mismatch(language: Language, title: &str) -> Problem {
    Problem::new(
        "certificate-mismatch",
        422,
        t("Dữ liệu ký gắn với chứng thư khác", language),
    )
    .because(fill(
        t(
            "Dữ liệu ký của “{title}” nêu một chứng thư khác chứng thư được chọn.",
            language,
        ),
        &[("title", title)],
    ))
    .now(t(
        "Không ký. Báo ngay cho công chức phụ trách công nghệ thông tin.",
        language,
    ))
}

pub(crate) fn certificate_not_here(language: Language, common_name: &str) -> Problem {
    Problem::new("certificate-not-here", 422, t("Không có khóa của chứng thư này trong thiết bị ký", language))
        .because(fill(t("Văn bản được chuẩn bị cho chứng thư của {common_name}, nhưng khóa của chứng thư đó không có ở đây.", language), &[("common_name", common_name)]))
        .by(t("NĐ 30/2020/NĐ-CP Điều 32 khoản 3", language))
        .now(t("Cắm đúng thiết bị lưu khóa của anh/chị, rồi mở lại phiên ký.", language))
}

pub(crate) fn certificate_expired(language: Language, until: &str) -> Problem {
    Problem::new(
        "certificate-expired",
        422,
        t("Chứng thư đã hết hạn", language),
    )
    .because(fill(
        t("Chứng thư có hiệu lực đến {until}.", language),
        &[("until", until)],
    ))
    .by(t("NĐ 68/2024/NĐ-CP Điều 31 khoản 1", language))
    .now(t(
        "Liên hệ đầu mối quản lý thuê bao để gia hạn hoặc cấp chứng thư mới.",
        language,
    ))
}

pub(crate) fn certificate_not_yet_valid(language: Language, from: &str) -> Problem {
    Problem::new(
        "certificate-not-yet-valid",
        422,
        t("Chứng thư chưa có hiệu lực", language),
    )
    .because(fill(
        t("Chứng thư có hiệu lực từ {from}.", language),
        &[("from", from)],
    ))
    .by(t("NĐ 68/2024/NĐ-CP Điều 31 khoản 1", language))
    .now(t(
        "Kiểm tra đồng hồ của máy; nếu đúng, chờ đến ngày có hiệu lực.",
        language,
    ))
}

pub(crate) fn automatic_refused(language: Language, why: &str) -> Problem {
    Problem::new(
        "automatic-consent-refused",
        403,
        t("Thiết bị ký không tự đồng ý ký", language),
    )
    .because(why)
    .now(t("Mở phiên ký với sự đồng ý của người ký.", language))
}

pub(crate) fn refused_by_user(language: Language) -> Problem {
    Problem::new("refused-by-user", 403, t("Anh/chị đã từ chối ký", language))
        .because(t("Chưa ký văn bản nào.", language))
}

pub(crate) fn stopped(language: Language) -> Problem {
    Problem::new("session-stopped", 409, t("Chưa ký", language))
        .because(t("Phiên ký dừng trước văn bản này.", language))
}

pub(crate) fn stale_form(language: Language) -> Problem {
    Problem::new("stale-form", 403, t("Trang này đã cũ", language))
        .because(t("Trang đồng ý chỉ dùng được một lần.", language))
        .now(t("Tải lại trang rồi nhập lại mã PIN.", language))
}

pub(crate) fn not_found(language: Language) -> Problem {
    Problem::new("not-found", 404, t("Không có phiên ký này", language))
        .because(t(
            "Phiên ký không tồn tại, hoặc đã kết thúc từ lâu.",
            language,
        ))
        .now(open_again(language))
}

pub(crate) fn fault(language: Language) -> Problem {
    Problem::new("fault", 500, t("Thiết bị ký gặp lỗi", language))
        .now(t("Chạy lại thiết bị ký, rồi thử lại.", language))
}

pub(crate) fn outcome_unknown(language: Language, server: &Origin) -> Problem {
    Problem::new(
        "outcome-unknown",
        502,
        t("Chưa biết máy chủ đã nhận chữ ký hay chưa", language),
    )
    .because(fill(
        t(
            "{server} không trả lời khi nhận chữ ký của văn bản này.",
            language,
        ),
        &[("server", server.as_str())],
    ))
    .now(t(
        "Mở lại văn bản trong Văn Thư để xem: nếu văn bản chưa ký thì ký lại.",
        language,
    ))
}

pub(crate) fn expired_midway(language: Language) -> Problem {
    Problem::new(
        "session-expired",
        410,
        t("Phiên ký đã hết hạn giữa chừng", language),
    )
    .because(t(
        "Các văn bản đã ký trước đó vẫn giữ nguyên; văn bản còn lại chưa ký.",
        language,
    ))
    .now(sign_the_rest(language))
}

pub(crate) fn slept(language: Language) -> Problem {
    Problem::new("machine-slept", 409, t("Máy đã ngủ trong khi ký", language))
        .because(t(
            "Người đánh thức máy có thể là người khác, nên lần đồng ý trước không còn dùng được.",
            language,
        ))
        .now(sign_the_rest(language))
}

fn sign_the_rest(language: Language) -> &'static str {
    t(
        "Quay lại Văn Thư, chọn các văn bản còn lại và ký trong một phiên mới.",
        language,
    )
}
