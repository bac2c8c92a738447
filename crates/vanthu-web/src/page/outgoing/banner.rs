//! After an act of weight: what happened, under which number, and what comes next.

use vanthu_app::outgoing::view::OutgoingView;
use vanthu_domain::outgoing::OutgoingTag;

use crate::page::show::Say;
use crate::texts::Counted as _;
use crate::view::Problem;

/// What was done, as the word in the address `?done=`. A word that does not fit the document's
/// state says nothing.
pub(super) fn banner(view: &OutgoingView, done: &str, say: Say) -> Option<Problem> {
    let row = &view.row;
    let tag = row.state.tag();
    let signer = view.around.signer_name.as_str();
    let unit = view.around.unit.name.as_str();
    let said = |what: String, why: String, now: String| {
        Some(Problem {
            now,
            ..Problem::done(what, why)
        })
    };
    let number = row.state.number();
    let notation = number.map_or("", |n| n.notation.as_str());
    match (done, tag) {
        ("submitted", OutgoingTag::InReview) => said(
            say.t("Đã trình văn bản"),
            say.t("Nội dung được giữ nguyên như bản bên dưới cho đến khi ký hoặc trả lại."),
            say.t("Tiếp theo: lãnh đạo {unit} duyệt nội dung.").replace("{unit}", unit),
        ),
        ("submitted" | "approved", OutgoingTag::AwaitingSignature) => said(
            if done == "approved" { say.t("Đã duyệt nội dung") } else { say.t("Đã trình văn bản") },
            String::new(),
            say.t("Tiếp theo: {who} ký số.").replace("{who}", signer),
        ),
        ("taken-back", OutgoingTag::Drafting) => said(
            say.t("Đã rút trình"),
            say.t("Văn bản trở lại là dự thảo của bạn."),
            say.t("Tiếp theo: sửa rồi trình lại."),
        ),
        ("given-back", _) => said(
            say.t("Đã trả lại dự thảo cho {who}").replace("{who}", &view.drafter_name),
            say.t("Lý do đã lưu cùng hồ sơ và gửi tới người soạn thảo."),
            String::new(),
        ),
        ("signed", OutgoingTag::Signed) => said(
            say.t("Đã ký số"),
            say.t("Chữ ký nằm trên bản bên dưới, kèm dấu thời gian; nội dung từ đây không sửa được nữa."),
            say.t("Tiếp theo: văn thư cấp số và đóng dấu."),
        ),
        ("numbered", OutgoingTag::Numbered) => said(
            say.t("Đã cấp số {number}").replace("{number}", notation),
            say.t("Ngày ban hành {day}; đã ghi vào sổ đăng ký văn bản đi.")
                .replace("{day}", &number.map_or_else(String::new, |n| n.day.to_string())),
            say.t("Tiếp theo: đóng dấu, ký số của cơ quan ngay trong hôm nay."),
        ),
        ("voided", OutgoingTag::Signed) => said(
            say.t("Đã hủy số"),
            say.t("Số đã hủy vẫn còn trong sổ cùng lý do và không cấp lại."),
            say.t("Tiếp theo: cấp số khác hoặc trả lại người soạn thảo."),
        ),
        ("sealed", OutgoingTag::Sealed) => said(
            say.t("Đã đóng dấu, ký số của cơ quan: {number}").replace("{number}", notation),
            say.t("Văn bản có đủ chữ ký của người có thẩm quyền và của cơ quan; tệp đã khóa."),
            say.t("Tiếp theo: phát hành tới {n} nơi nhận.").counted(view.recipients.len()),
        ),
        ("issued", OutgoingTag::Issued) => said(
            say.t("Đã phát hành {number} tới {n} nơi nhận")
                .replace("{number}", notation)
                .counted(view.recipients.len()),
            say.t("Văn bản rời hệ thống lúc {when}.").replace("{when}", &say.moment(row.state.since())),
            say.t("Tiếp theo: trạng thái từng nơi nhận tự cập nhật ở bảng bên cạnh."),
        ),
        ("resent", OutgoingTag::Issued) => said(
            say.t("Đã đưa vào hàng chờ gửi lại"),
            String::new(),
            say.t("Trạng thái từng nơi nhận tự cập nhật ở bảng bên cạnh."),
        ),
        ("withdrawn", OutgoingTag::Withdrawn) => {
            said(say.t("Đã hủy dự thảo"), say.t("Dự thảo vẫn xem lại được; số không bị ảnh hưởng."), String::new())
        }
        ("commented", _) => said(say.t("Đã gửi ý kiến"), String::new(), String::new()),
        _ => None,
    }
}
