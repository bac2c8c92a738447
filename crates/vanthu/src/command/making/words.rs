//! What key devices and signing say, in Vietnamese.

use std::path::Path;

use vanthu_domain::Moment;
use vanthu_pki::{Certificate, Time};
use vanthu_signing::{
    BaselineLevel, ContainerError, ContainerFault, DetachedError, EmbedError, ExtendError,
    Language, PdfProblem, PrepareError, Protection, ProtectionLimit, Worded as _,
};
use vanthu_token::{ModuleError, TokenError};

use crate::told::Told;

/// One line about a certificate.
pub(crate) fn certificate(it: &Certificate) -> String {
    format!(
        "{} (số sê-ri {}, hiệu lực {} – {})",
        it.common_name(),
        it.serial_hex(),
        day(it.not_before()),
        day(it.not_after())
    )
}

/// A moment in Vietnam.
pub(crate) fn moment(at: Time) -> String {
    Moment::from_unix_seconds(at.unix()).text()
}

/// A day in Vietnam.
pub(crate) fn day(at: Time) -> String {
    Moment::from_unix_seconds(at.unix()).day().to_string()
}

/// Why a key did not sign.
pub(crate) fn token(error: &TokenError) -> Told {
    match error {
        TokenError::WrongPin { tries_left } => {
            let left = match tries_left {
                Some(left) => format!("; còn {left} lần nhập trước khi thiết bị tự khóa"),
                None => String::new(),
            };
            Told::failed("Mã PIN không đúng.")
                .because(format!("dừng ngay ở lần sai đầu tiên, chưa ký gì{left}"))
                .now("Kiểm tra lại mã PIN (bàn phím, chữ hoa) rồi chạy lại lệnh.")
        }
        TokenError::Locked => Told::failed("Thiết bị lưu khóa đã bị khóa.")
            .because("đã nhập sai mã PIN quá số lần cho phép")
            .now("Lập đề nghị khôi phục thiết bị lưu khóa bí mật."),
        TokenError::NotHere => Told::failed("Không thấy khóa của chứng thư.")
            .because("thiết bị đã bị rút ra, hoặc khóa không còn trên thiết bị")
            .now("Cắm lại thiết bị rồi chạy lại lệnh."),
        TokenError::PinExpired => Told::failed("Thiết bị đòi đổi mã PIN trước khi ký.")
            .because("chương trình này không ghi gì lên thiết bị lưu khóa")
            .now("Đổi mã PIN bằng công cụ của nhà cung cấp thiết bị, rồi chạy lại lệnh."),
        TokenError::Removed => Told::failed("Thiết bị lưu khóa đã bị rút ra.")
            .because("không còn thấy thiết bị trong khe cắm")
            .now("Cắm lại thiết bị rồi chạy lại lệnh."),
        TokenError::OtherDevice => Told::failed("Một thiết bị lưu khóa khác đang được cắm.")
            .because("số sê-ri của thiết bị đã đổi từ khi bắt đầu")
            .now("Cắm đúng thiết bị rồi chạy lại lệnh."),
        TokenError::SessionLost => Told::failed("Thiết bị lưu khóa đã đóng phiên làm việc.")
            .because("thiết bị bị rút ra cắm lại, hoặc chương trình khác đã đăng xuất")
            .now("Chạy lại lệnh."),
        TokenError::Busy => Told::failed("Thiết bị lưu khóa đang ký một phiên khác.")
            .because("mỗi lúc thiết bị chỉ ký cho một phiên")
            .now("Chờ phiên kia xong rồi chạy lại lệnh."),
        TokenError::Silent => Told::failed("Trình điều khiển của thiết bị lưu khóa không trả lời.")
            .because("đã chờ quá thời gian cho phép")
            .now("Rút ra, cắm lại thiết bị rồi chạy lại lệnh."),
        TokenError::Unsupported(algorithm) => {
            Told::failed("Khóa không ký được bằng thuật toán này.")
                .because(format!("thiết bị không có cơ chế cho {algorithm}"))
                .now("Chọn thuật toán khác bằng --algorithm.")
        }
        TokenError::Failed(why) => Told::failed("Không mở được khóa.")
            .because(why)
            .now("Kiểm tra tệp khóa; nếu là thiết bị thì rút ra, cắm lại rồi chạy lại lệnh."),
    }
}

/// Why no device was found.
pub(crate) fn module(error: &ModuleError, path: &Path) -> Told {
    let list = |there: &[String]| there.join(", ");
    match error {
        ModuleError::Module(why) => {
            Told::failed(format!("Không dùng được mô-đun {}.", path.display()))
                .because(why)
                .now("Cài trình điều khiển của thiết bị rồi ghi đúng đường dẫn mô-đun PKCS#11.")
        }
        ModuleError::Crashes(why) => {
            Told::failed(format!("Mô-đun {} làm hỏng chương trình.", path.display()))
                .because(why)
                .now("Cài lại trình điều khiển của thiết bị từ trang của nhà cung cấp.")
        }
        ModuleError::Silent => Told::failed(format!("Mô-đun {} không trả lời.", path.display()))
            .because("đã chờ quá thời gian cho phép")
            .now("Rút ra, cắm lại thiết bị rồi chạy lại lệnh."),
        ModuleError::NoDevice => Told::failed("Không thấy thiết bị lưu khóa nào.")
            .because("mô-đun chạy được nhưng không có thiết bị đã khởi tạo")
            .now("Cắm thiết bị rồi chạy lại lệnh."),
        ModuleError::Unknown { wanted, there } => {
            Told::failed(format!("Không có thiết bị tên “{wanted}”."))
                .because(match there.as_slice() {
                    [] => "không có thiết bị nào đang cắm".to_owned(),
                    there => format!("đang cắm: {}", list(there)),
                })
                .now("Ghi đúng nhãn hoặc số sê-ri của thiết bị trong --token.")
        }
        ModuleError::Several { there } => Told::usage("Có nhiều thiết bị đang cắm.")
            .because(format!("đang cắm: {}", list(there)))
            .now("Chọn một thiết bị bằng --token."),
    }
}

/// Why a signature can't be put into a file.
pub(crate) fn prepare(error: &PrepareError) -> Told {
    let refused = |what: &str| Told::refused(what);
    match error {
        PrepareError::Pdf(problem) => pdf(problem),
        PrepareError::Locked => refused("Văn bản đã khóa, không ký thêm được.")
            .because("một chữ ký trước đó không cho phép thay đổi gì nữa")
            .now("Dùng bản chưa khóa, hoặc ký lên một văn bản mới."),
        PrepareError::SignedBefore => refused("Văn bản đã có chữ ký, không chứng nhận được nữa.")
            .because("chữ ký chứng nhận phải là chữ ký đầu tiên")
            .now("Bỏ --certify."),
        PrepareError::NotReserved(field) => refused("Văn bản không chừa chỗ cho chữ ký này.")
            .because(format!(
                "văn bản đã được chứng nhận; không thêm được trường “{field}” có hình ảnh"
            ))
            .now("Dùng trường đã chừa sẵn (--field), hoặc bỏ hình ảnh."),
        PrepareError::FieldSigned(field) => {
            refused(&format!("Trường chữ ký “{field}” đã được ký."))
                .now("Chọn tên khác bằng --field.")
        }
        PrepareError::FieldExists(field) => refused(&format!(
            "Đã có trường “{field}” không phải trường chữ ký trống."
        ))
        .now("Chọn tên khác bằng --field."),
        PrepareError::FieldMissing(field) => {
            refused(&format!("Văn bản không có trường “{field}”."))
                .because("số và thời gian chỉ điền được vào trường đã chừa sẵn trước khi ký")
                .now("Bỏ giá trị đó, hoặc dùng văn bản có chừa trường.")
        }
        PrepareError::FieldNotFillable(field) => {
            refused(&format!("Không điền được trường “{field}”."))
                .because("trường đã điền, đã khóa, hoặc không phải trường chữ")
        }
        PrepareError::FieldNameBad(field) => {
            Told::usage(format!("“{field}” không dùng làm tên trường được."))
                .because("tên trường không trống và không có dấu chấm")
        }
        PrepareError::PageMissing(page) => {
            Told::usage(format!("Văn bản không có trang {}.", page + 1))
        }
        PrepareError::PlaceEmpty(_) => Told::usage("Chỗ đặt chữ ký không có diện tích."),
        PrepareError::PictureUnreadable => Told::failed("Không đọc được hình ảnh.")
            .because("hình ảnh phải là tệp PNG, mỗi chiều không quá 6000 điểm ảnh")
            .now("Lưu lại hình ảnh thành PNG, nền trong suốt."),
        PrepareError::TextDoesNotFit { text } => {
            refused(&format!("“{text}” không vừa chỗ đã chừa."))
                .now("Rút ngắn, hoặc dùng văn bản chừa chỗ rộng hơn.")
        }
        PrepareError::SeedValue { field, entry } => {
            refused(&format!("Trường chữ ký “{field}” yêu cầu chữ ký khác."))
                .because(format!(
                    "người lập trường quy định {entry} (seed value); chữ ký này không đáp ứng"
                ))
                .now("Chọn trường khác bằng --field, hoặc đề nghị người lập bỏ yêu cầu.")
        }
        PrepareError::XfaForm => refused("Văn bản là biểu mẫu XFA.")
            .because("biểu mẫu XFA tự đổi nội dung, không ký được")
            .now("Kết xuất thành PDF thường rồi ký."),
        PrepareError::AlgorithmUnsupported
        | PrepareError::CertificateUnusable
        | PrepareError::FontUnusable
        | PrepareError::LetterMissing(_) => {
            Told::failed("Không chuẩn bị được tệp để ký.").because(error)
        }
    }
}

/// Why a file is not read.
pub(crate) fn pdf(problem: &PdfProblem) -> Told {
    match problem {
        PdfProblem::Encrypted => Told::failed("Tệp PDF đặt mật khẩu.")
            .because("văn bản điện tử không được đặt mật khẩu")
            .now("Bỏ mật khẩu của tệp rồi làm lại."),
        other => Told::failed("Không đọc được tệp PDF.")
            .because(damage(other))
            .now("Kết xuất hoặc tải lại tệp rồi làm lại."),
    }
}

/// What is wrong with a file that is to be a PDF; where it is damaged, the place stays in the words of the library.
pub(crate) fn damage(problem: &PdfProblem) -> String {
    match problem {
        PdfProblem::NotPdf => "tệp không phải PDF".to_owned(),
        PdfProblem::NoStartXref => "tệp bị cắt cụt, thiếu phần cuối của PDF".to_owned(),
        PdfProblem::Encrypted => "tệp đặt mật khẩu".to_owned(),
        PdfProblem::LimitExceeded { what } => {
            format!("cấu trúc tệp vượt quá giới hạn an toàn ({what})")
        }
        PdfProblem::Unreadable { why } => format!("không đọc được tệp ({why})"),
        PdfProblem::CrossReferenceDamaged { offset, why } => {
            format!("bảng tham chiếu tại byte {offset} bị hỏng ({why})")
        }
        PdfProblem::ObjectDamaged { number, why } => {
            format!("đối tượng {number} bị hỏng ({why})")
        }
        PdfProblem::StructureDamaged { why } => format!("cấu trúc tài liệu bị hỏng ({why})"),
    }
}

/// Why a detached signature can't be made or extended.
pub(crate) fn detached(error: &DetachedError) -> Told {
    match error {
        DetachedError::OtherContent => Told::refused("Tệp được ký không phải tệp này.")
            .because("nội dung hiện nay khác nội dung đã ký")
            .now("Thêm --content với đúng tệp đã ký."),
        DetachedError::NotOneSigner { signers } => {
            Told::refused("Không bổ sung được cho tệp chữ ký này.").because(format!(
                "tệp có {signers} chữ ký, chỉ bổ sung được cho tệp có đúng một"
            ))
        }
        DetachedError::SignatureUnreadable { why } => Told::failed("Không đọc được tệp chữ ký.")
            .because(why)
            .now("Tải lại tệp chữ ký từ nơi gửi rồi làm lại."),
        DetachedError::Unreadable { why } => {
            Told::failed("Không đọc được tệp được ký.").because(why)
        }
        DetachedError::AlgorithmUnsupported | DetachedError::CertificateUnusable => {
            Told::failed("Không chuẩn bị được chữ ký.").because(error)
        }
    }
}

/// Why a container can't be made, signed or extended.
pub(crate) fn container(error: &ContainerError) -> Told {
    match error {
        ContainerError::Problem(problem) => {
            let name = match problem.name.as_str() {
                "" => String::new(),
                name => format!(" ({name})"),
            };
            let what = problem.fault.text(Language::Vietnamese);
            let told =
                Told::failed("Không dùng được tệp đóng gói.").because(format!("{what}{name}"));
            match problem.fault {
                ContainerFault::NameBad | ContainerFault::NameTwice => {
                    told.now("Đổi tên tệp rồi làm lại.")
                }
                ContainerFault::TooLarge => {
                    told.now("Ký để riêng từng tệp (.p7s), không giới hạn cỡ.")
                }
                _ => told.now("Tải hoặc tạo lại tệp đóng gói rồi làm lại."),
            }
        }
        ContainerError::Signature(problem) => detached(problem),
        ContainerError::NotSigned => not_signed(),
        ContainerError::NotExtended => Told::refused("Không ký thêm được vào tệp đóng gói này.")
            .because("tệp đóng gói loại đơn (ASiC-S) chỉ có một tệp với chữ ký của nó")
            .now("Đóng gói mới bằng: vanthu sign --container."),
        ContainerError::NoFile => Told::refused("Tệp đóng gói không có tệp nào để ký."),
        ContainerError::Embed(_)
        | ContainerError::FileMissing(_)
        | ContainerError::Unwritable { .. } => {
            Told::failed("Không ghi được tệp đóng gói.").because(error)
        }
    }
}

/// Why a signature can't be put together.
pub(crate) fn embedding(error: &EmbedError) -> Told {
    match error {
        EmbedError::BadTimestamp { .. } => Told::failed("Không dùng được dấu thời gian vừa nhận.")
            .because(error)
            .now("Kiểm tra dịch vụ cấp dấu thời gian rồi chạy lại."),
        _ => Told::failed("Không ghép được chữ ký vào tệp.").because(error),
    }
}

/// Why a PDF can't be extended.
pub(crate) fn extending(error: &ExtendError) -> Told {
    match error {
        ExtendError::Pdf(problem) => pdf(problem),
        ExtendError::NotSigned => not_signed(),
        ExtendError::Field(problem) => prepare(problem),
        ExtendError::DigestUnsupported => Told::failed("Không bổ sung được.").because(error),
    }
}

/// There is nothing to extend.
pub(crate) fn not_signed() -> Told {
    Told::refused("Tệp không có chữ ký số nào để bổ sung.").now("Ký trước bằng: vanthu sign.")
}

/// What protects a file, and until when, said at a moment.
pub(crate) fn protection(it: &Protection, now: Time) -> String {
    let level = it.level.map_or("chưa ký", BaselineLevel::name);
    let until = moment(it.until);
    let until = if it.until > now {
        format!("giữ được đến {until}")
    } else {
        format!("KHÔNG CÒN giữ được từ {until}")
    };
    format!("mức {level}, {until} ({})", limit(&it.limit))
}

fn limit(it: &ProtectionLimit) -> String {
    match it {
        ProtectionLimit::NotSigned => "không có chữ ký đọc được".to_owned(),
        ProtectionLimit::NoTimestamp { subject } => {
            format!("chưa có dấu thời gian; chứng thư của {subject} hết hạn")
        }
        ProtectionLimit::EvidenceMissing { subject } => {
            format!("tệp chưa có bằng chứng về chứng thư của {subject}, hết hạn khi đó")
        }
        ProtectionLimit::TimestampCertificate { subject } => {
            format!("chứng thư cấp dấu thời gian của {subject} hết hạn")
        }
        ProtectionLimit::Digest { algorithm } => {
            format!("hàm băm {} không còn đủ mạnh", algorithm.name())
        }
        ProtectionLimit::Signature {
            subject,
            algorithm,
            bits,
        } => format!("thuật toán {algorithm} ({bits} bit) của {subject} không còn đủ mạnh"),
    }
}
