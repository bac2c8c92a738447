//! The report of a validation in words: what was found about each signature, and what each later
//! revision changed.

use vanthu_domain::Moment;
use vanthu_signing::{
    CertificateFacts, Change, ChangeKind, Coverage, FindingCode, Indication, PdfProblem, Report,
    RevisionChanges, Severity, SignatureKind, SignatureReport, SubIndication, Worded,
};

use crate::page::show::{Say, fact, size};
use crate::texts::{Counted as _, Language};
use crate::view::{Check, Fact, Pill, Problem, Tone};

/// One signature on the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignatureCard {
    /// Whose: the name on the certificate.
    pub(crate) title: String,
    /// The outcome.
    pub(crate) whole: Pill,
    /// Point by point.
    pub(crate) checks: Vec<Check>,
    /// Certificate, times, algorithms.
    pub(crate) facts: Vec<Fact>,
    /// The certificates up to the anchor.
    pub(crate) chain: Vec<String>,
    /// What later revisions changed.
    pub(crate) later: Vec<RevisionCard>,
}

/// A revision after a signature.
#[derive(Debug, Clone, Default)]
pub(crate) struct RevisionCard {
    /// Which.
    pub(crate) title: String,
    /// Whether all of it is permitted.
    pub(crate) mark: Pill,
    /// What it changed.
    pub(crate) changes: Vec<Check>,
}

/// The outcome for the whole file.
pub(crate) fn whole(say: Say, report: &Report) -> Problem {
    let with = |tone, what: String, why: String, now: String| Problem {
        tone,
        what,
        why,
        now,
        article: say.article("Nghị định 30/2020/NĐ-CP, Điều 5; Nghị định 68/2024/NĐ-CP, Điều 31"),
        link: None,
    };
    if let Some(problem) = &report.problem {
        return Problem { article: String::new(), ..with(
            Tone::Bad,
            say.t("Không đọc được tệp này"),
            match problem {
                PdfProblem::Encrypted => say.t("Tệp đặt mật khẩu nên không kiểm tra được; văn bản điện tử không được đặt mật khẩu."),
                PdfProblem::NotPdf => say.t("Tệp không phải định dạng PDF."),
                PdfProblem::LimitExceeded { .. } => say.t("Tệp có cấu trúc vượt quá giới hạn an toàn."),
                _ => say.t("Cấu trúc tệp PDF bị hỏng hoặc tải về chưa trọn vẹn."),
            },
            say.t("Tải lại tệp từ nơi gửi rồi kiểm tra lần nữa."),
        ) };
    }
    let count = report.signatures.len().to_string();
    if report.signatures.is_empty() {
        return with(
            Tone::Warn,
            say.t("Tệp không có chữ ký số"),
            say.t("Không có chữ ký số nào để kiểm tra. Bản này chỉ có giá trị tham khảo."),
            say.t("Đề nghị nơi gửi cung cấp văn bản điện tử có chữ ký số của người có thẩm quyền và của cơ quan."),
        );
    }
    if !report.is_signed() && report.indication == Indication::Indeterminate {
        return with(
            Tone::Warn,
            say.t("Tệp không có chữ ký số"),
            say.t("Tệp chỉ có dấu thời gian: chứng minh tệp đã có vào lúc đó, không cho biết ai ký."),
            say.t("Đề nghị nơi gửi cung cấp văn bản điện tử có chữ ký số của người có thẩm quyền và của cơ quan."),
        );
    }
    match report.indication {
        Indication::TotalPassed => with(
            Tone::Ok,
            say.t("Chữ ký số hợp lệ"),
            match count.as_str() {
                "1" => say.t("Tệp có một chữ ký số, hợp lệ; nội dung không bị sửa sau khi ký."),
                _ => say.t("Cả {n} chữ ký số đều hợp lệ; nội dung không bị sửa sau khi ký.").counted(count),
            },
            String::new(),
        ),
        Indication::Indeterminate => with(
            Tone::Warn,
            say.t("Chưa kết luận được"),
            report.sub_indication.map_or_else(String::new, |sub| sub_text(say, sub)),
            say.t("Chưa kết luận không có nghĩa là hợp lệ. Xem từng chữ ký dưới đây, kiểm tra lại sau ít phút."),
        ),
        Indication::TotalFailed => with(
            Tone::Bad,
            say.t("Chữ ký số không hợp lệ"),
            report.sub_indication.map_or_else(String::new, |sub| sub_text(say, sub)),
            say.t("Không dùng văn bản này như bản gốc. Liên hệ nơi gửi để nhận lại văn bản đúng."),
        ),
    }
}

/// Facts of the file.
pub(crate) fn file_facts(say: Say, name: &str, bytes: usize, report: &Report) -> Vec<Fact> {
    vec![
        fact(say.t("Tệp"), name),
        fact(say.t("Dung lượng"), size(bytes)),
        fact(
            say.t("Số phiên bản trong tệp"),
            report.revisions.to_string(),
        ),
        fact(say.t("Số chữ ký số"), report.signatures.len().to_string()),
        fact("SHA-256", report.sha256.clone()),
        fact(say.t("Kiểm tra lúc"), say.now.text()),
    ]
}

/// What is remarkable about the file itself.
pub(crate) fn file_checks(say: Say, report: &Report) -> Vec<Check> {
    let mut checks: Vec<Check> = report
        .findings
        .iter()
        .map(|finding| Check {
            tone: tone_of(finding.severity),
            text: finding_text(say, finding.code),
            note: String::new(),
        })
        .collect();
    if let Some(platform) = &report.platform {
        if platform.satisfied {
            checks.push(Check {
                tone: Tone::Ok,
                text: say.t("Sau chữ ký đầu tiên chỉ có số, ngày, dấu và chữ ký của cơ quan"),
                note: String::new(),
            });
        } else if report.signatures.iter().any(|one| one.field == PERSON) {
            checks.push(Check {
                tone: Tone::Bad,
                text: say.t("Có thay đổi ngoài số, ngày, dấu và chữ ký của cơ quan"),
                note: String::new(),
            });
        }
    }
    checks
}

/// Each signature.
pub(crate) fn cards(say: Say, report: &Report) -> Vec<SignatureCard> {
    let numbered = report.signatures.iter().zip(1_usize..);
    numbered
        .map(|(signature, number)| card(say, signature, number))
        .collect()
}

fn card(say: Say, signature: &SignatureReport, number: usize) -> SignatureCard {
    let name = signature
        .signer
        .as_ref()
        .map(|facts| facts.common_name.clone())
        .or_else(|| signature.signer_name.clone())
        .unwrap_or_else(|| say.t("Không rõ người ký"));
    SignatureCard {
        title: format!("{number}. {name}"),
        whole: whole_of(say, signature),
        checks: checks_of(say, signature),
        facts: facts_of(say, signature),
        chain: signature
            .chain
            .iter()
            .map(|one| one.common_name.clone())
            .collect(),
        later: signature
            .later
            .iter()
            .map(|later| revision(say, later))
            .collect(),
    }
}

fn whole_of(say: Say, signature: &SignatureReport) -> Pill {
    let (tone, text) = match signature.indication {
        Indication::TotalPassed => (Tone::Ok, say.t("Hợp lệ")),
        Indication::Indeterminate => (Tone::Warn, say.t("Chưa kết luận")),
        Indication::TotalFailed => (Tone::Bad, say.t("Không hợp lệ")),
    };
    Pill { tone, text }
}

fn checks_of(say: Say, signature: &SignatureReport) -> Vec<Check> {
    let check = |tone, text: String, note: String| Check { tone, text, note };
    let mut checks = Vec::new();
    checks.push(if signature.intact {
        check(
            Tone::Ok,
            say.t("Nội dung đã ký còn nguyên vẹn"),
            String::new(),
        )
    } else {
        check(
            Tone::Bad,
            say.t("Nội dung đã ký không còn nguyên vẹn"),
            String::new(),
        )
    });
    checks.push(match signature.coverage {
        Coverage::WholeFile => check(
            Tone::Ok,
            say.t("Chữ ký bao trùm toàn bộ tệp"),
            String::new(),
        ),
        Coverage::WholeRevision if signature.revision.is_none() => check(
            Tone::Ok,
            say.t("Chữ ký bao trùm một số tệp trong gói"),
            String::new(),
        ),
        Coverage::WholeRevision => check(
            Tone::Ok,
            say.t("Chữ ký bao trùm toàn bộ văn bản lúc ký"),
            say.t("Sau đó tệp còn được bổ sung, xem các phiên bản bên dưới."),
        ),
        Coverage::Incomplete => check(
            Tone::Bad,
            say.t("Chữ ký không bao trùm toàn bộ văn bản"),
            String::new(),
        ),
    });
    if !signature.later.is_empty() {
        checks.push(if signature.changes_permitted {
            check(
                Tone::Ok,
                say.t("Bổ sung sau khi ký đều trong phạm vi cho phép"),
                String::new(),
            )
        } else {
            check(
                Tone::Bad,
                say.t("Văn bản bị thay đổi trái phép sau khi ký"),
                String::new(),
            )
        });
    }
    checks.push(match (signature.trusted, signature.indication) {
        (true, _) if !signature.is_status_known() => check(
            Tone::Info,
            say.t("Chứng thư còn hạn khi ký, thuộc hệ thống tin cậy"),
            say.t(
                "Chưa biết chứng thư có bị thu hồi hay không: không có bằng chứng về trạng thái.",
            ),
        ),
        (true, _) => check(
            Tone::Ok,
            say.t("Chứng thư có hiệu lực khi ký, thuộc hệ thống tin cậy"),
            String::new(),
        ),
        (false, Indication::TotalFailed) => check(
            Tone::Bad,
            say.t("Chứng thư không dùng được khi ký"),
            String::new(),
        ),
        (false, _) => check(
            Tone::Warn,
            say.t("Chưa xác nhận được chứng thư của người ký"),
            say.t("Không nối được tới gốc tin cậy, hoặc chưa hỏi được tình trạng chứng thư."),
        ),
    });
    checks.push(match &signature.timestamp {
        Some(stamp) if stamp.indication == Indication::TotalPassed => check(
            Tone::Ok,
            say.t("Có dấu thời gian hợp lệ"),
            moment(stamp.time.unix()).text(),
        ),
        Some(stamp) => check(
            Tone::Warn,
            say.t("Dấu thời gian chưa tin cậy được"),
            moment(stamp.time.unix()).text(),
        ),
        None if signature.kind == SignatureKind::DocTimestamp => check(
            Tone::Info,
            say.t("Đây là dấu thời gian của cả tệp"),
            String::new(),
        ),
        None => check(
            Tone::Info,
            say.t("Không có dấu thời gian"),
            say.t("Thời gian ký lấy theo máy của người ký, không được chứng minh."),
        ),
    });
    let shown = [
        FindingCode::PathProblem,
        FindingCode::NoTimestamp,
        FindingCode::ChangedAfterSigning,
    ];
    for finding in &signature.findings {
        if finding.severity != Severity::Inform && !shown.contains(&finding.code) {
            let text = finding_text(say, finding.code);
            if !checks.iter().any(|one| one.text == text) {
                checks.push(check(tone_of(finding.severity), text, String::new()));
            }
        }
    }
    if let Some(sub) = signature.sub_indication {
        let code = serde_json::to_value(sub).ok();
        let code = code
            .as_ref()
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let tone = match signature.indication {
            Indication::TotalFailed => Tone::Bad,
            _ => Tone::Warn,
        };
        checks.push(check(
            tone,
            sub_text(say, sub),
            format!("EN 319 102-1: {code}"),
        ));
    }
    checks
}

fn facts_of(say: Say, signature: &SignatureReport) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name: String, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(fact(name, value));
        }
    };
    add(say.t("Vị trí"), Some(field_name(say, &signature.field)));
    add(
        say.t("Thời gian ký"),
        signature.claimed_at.map(|at| moment(at.unix()).text()),
    );
    add(say.t("Lý do"), signature.reason.clone());
    if let Some(signer) = &signature.signer {
        add(say.t("Chủ thể"), Some(signer.subject.clone()));
        add(say.t("Cơ quan cấp"), Some(signer.issuer.clone()));
        add(say.t("Số hiệu chứng thư"), Some(signer.serial.clone()));
        add(say.t("Hiệu lực"), Some(validity(signer)));
    }
    let algorithm = [&signature.signature_algorithm, &signature.digest_algorithm];
    let algorithm: Vec<&str> = algorithm
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    add(say.t("Thuật toán"), Some(algorithm.join(", ")));
    add(say.t("Khuôn dạng"), Some(signature.sub_filter.clone()));
    facts
}

fn validity(facts: &CertificateFacts) -> String {
    let day = |at: i64| moment(at).day();
    format!(
        "{} – {}",
        day(facts.not_before.unix()),
        day(facts.not_after.unix())
    )
}

/// One later revision.
pub(crate) fn revision(say: Say, later: &RevisionChanges) -> RevisionCard {
    RevisionCard {
        title: say.t("Phiên bản {n}").counted(later.revision),
        mark: if later.permitted {
            Pill {
                tone: Tone::Ok,
                text: say.t("Được phép"),
            }
        } else {
            Pill {
                tone: Tone::Bad,
                text: say.t("Không được phép"),
            }
        },
        changes: once(later.changes.iter().map(|change| {
            Check {
                tone: if change.permitted {
                    Tone::Ok
                } else {
                    Tone::Bad
                },
                text: change_text(say, change),
                note: change
                    .page
                    .map_or_else(String::new, |page| say.t("trang {n}").counted(page + 1)),
            }
        })),
    }
}

/// One change to a person is often several objects of the file; it is said once.
fn once(changes: impl Iterator<Item = Check>) -> Vec<Check> {
    let mut told: Vec<Check> = Vec::new();
    for change in changes {
        let same = |one: &Check| {
            one.text == change.text && one.note == change.note && one.tone == change.tone
        };
        if !told.iter().any(same) {
            told.push(change);
        }
    }
    told
}

fn change_text(say: Say, change: &Change) -> String {
    let named = |text: String, field: &str| text.replace("{field}", &field_name(say, field));
    match &change.kind {
        ChangeKind::FormFill { field } => named(say.t("Điền ô: {field}"), field),
        ChangeKind::SignatureAdded { field } => named(say.t("Thêm chữ ký số: {field}"), field),
        ChangeKind::SignatureFieldAdded { field } => {
            named(say.t("Thêm ô ký trống: {field}"), field)
        }
        ChangeKind::DocTimestamp { .. } => say.t("Thêm dấu thời gian của cả tệp"),
        ChangeKind::Dss => say.t("Thêm dữ liệu kiểm tra lâu dài"),
        ChangeKind::Metadata => say.t("Đổi thông tin mô tả tệp"),
        ChangeKind::Structure => say.t("Đổi cấu trúc biểu mẫu, không ảnh hưởng nội dung"),
        ChangeKind::Annotation => say.t("Thêm hoặc đổi ghi chú trên trang"),
        ChangeKind::PageContent => say.t("Đổi nội dung trang"),
        ChangeKind::FieldStructure { field } => {
            named(say.t("Thêm, bỏ hoặc đổi loại ô: {field}"), field)
        }
        ChangeKind::History => say.t("Lịch sử tệp không nối tiếp bản đã ký"),
        ChangeKind::Other => say.t("Thay đổi khác"),
    }
}

/// The field of the authorised person's signature on this platform's documents.
const PERSON: &str = "chu-ky-nguoi-co-tham-quyen";

fn field_name(say: Say, field: &str) -> String {
    match field {
        "so" => say.t("Số văn bản"),
        "ngay-ban-hanh" => say.t("Ngày ban hành"),
        "thang-ban-hanh" => say.t("Tháng ban hành"),
        PERSON => say.t("Chữ ký của người có thẩm quyền"),
        "chu-ky-co-quan" => say.t("Chữ ký của cơ quan"),
        other => other.to_owned(),
    }
}

fn sub_text(say: Say, sub: SubIndication) -> String {
    match sub {
        SubIndication::FormatFailure => {
            say.t("Chữ ký sai khuôn dạng, hoặc văn bản bị sửa theo cách chữ ký không cho phép.")
        }
        SubIndication::HashFailure => say.t("Nội dung hiện nay không phải nội dung đã ký."),
        SubIndication::SigCryptoFailure => say.t("Giá trị chữ ký sai."),
        SubIndication::Revoked => say.t("Chứng thư đã bị thu hồi trước khi ký."),
        SubIndication::NotYetValid => say.t("Chứng thư chưa có hiệu lực khi ký."),
        SubIndication::SigConstraintsFailure => say.t("Chữ ký thiếu thông tin bắt buộc."),
        SubIndication::ChainConstraintsFailure => say.t("Chuỗi chứng thư vi phạm quy tắc sử dụng."),
        SubIndication::CertificateChainGeneralFailure => {
            say.t("Không đánh giá được chuỗi chứng thư.")
        }
        SubIndication::CryptoConstraintsFailure => {
            say.t("Thuật toán hoặc khóa quá yếu, hoặc chưa hỗ trợ.")
        }
        SubIndication::CryptoConstraintsFailureNoPoe => {
            say.t("Thuật toán nay quá yếu và không có bằng chứng chữ ký được tạo khi còn đủ mạnh.")
        }
        SubIndication::TimestampOrderFailure => say.t("Các dấu thời gian mâu thuẫn nhau."),
        SubIndication::NoSigningCertificateFound => say.t("Không có chứng thư của người ký."),
        SubIndication::NoCertificateChainFound => {
            say.t("Chứng thư của người ký không thuộc hệ thống tin cậy đã cấu hình.")
        }
        SubIndication::RevokedNoPoe => {
            say.t("Chứng thư đã bị thu hồi và không có bằng chứng đã ký trước khi thu hồi.")
        }
        SubIndication::RevokedCaNoPoe => {
            say.t("Cơ quan cấp chứng thư đã bị thu hồi và không có bằng chứng đã ký trước đó.")
        }
        SubIndication::OutOfBoundsNoPoe => {
            say.t("Chứng thư đã hết hạn và không có bằng chứng đã ký khi còn hiệu lực.")
        }
        SubIndication::NoPoe => say.t("Không có bằng chứng về thời điểm ký."),
        SubIndication::TryLater => {
            say.t("Chưa hỏi được tình trạng chứng thư; cần kiểm tra lại sau.")
        }
        other => words(say, other),
    }
}

fn finding_text(say: Say, code: FindingCode) -> String {
    match code {
        FindingCode::ByteRangeBad => say.t("Phạm vi ký trong tệp không đúng"),
        FindingCode::SignatureObjectBad => say.t("Đối tượng chữ ký trong tệp bị hỏng"),
        FindingCode::CoverageIncomplete => say.t("Chữ ký không bao trùm trọn một phiên bản"),
        FindingCode::TrailingBytes => say.t("Có dữ liệu thừa ở cuối tệp"),
        FindingCode::SignatureObjectChanged => say.t("Chữ ký trong tệp không phải chữ ký lúc ký"),
        FindingCode::SignatureRemoved => say.t("Một chữ ký của phiên bản trước đã bị gỡ"),
        FindingCode::HybridFile => {
            say.t("Tệp có hai bảng tham chiếu; phần mềm khác nhau có thể hiển thị khác nhau")
        }
        FindingCode::SubFilterUnsupported => say.t("Loại chữ ký chưa hỗ trợ"),
        FindingCode::CmsBad => say.t("Không đọc được dữ liệu chữ ký"),
        FindingCode::SeveralSigners => say.t("Một chữ ký có nhiều người ký"),
        FindingCode::ContentInside => say.t("Chữ ký kèm nội dung không được phép"),
        FindingCode::DigestMismatch => say.t("Nội dung hiện nay không phải nội dung đã ký"),
        FindingCode::SignatureBad => say.t("Giá trị chữ ký sai"),
        FindingCode::CertificateMissing => say.t("Thiếu chứng thư của người ký"),
        FindingCode::CertificateMismatch => say.t("Chữ ký chỉ tới một chứng thư khác"),
        FindingCode::CertificateNotBound => say.t("Chữ ký không ghi chứng thư của mình"),
        FindingCode::WeakAlgorithm => say.t("Thuật toán yếu so với hiện nay"),
        FindingCode::AlgorithmUnsupported => say.t("Thuật toán chưa hỗ trợ kiểm tra"),
        FindingCode::NoTimestamp => say.t("Không có dấu thời gian chứng minh lúc ký"),
        FindingCode::TimestampBad => say.t("Dấu thời gian sai"),
        FindingCode::TimestampUntrusted => say.t("Nơi cấp dấu thời gian chưa tin cậy được"),
        FindingCode::PathProblem => say.t("Chuỗi chứng thư có vấn đề"),
        FindingCode::ChangedAfterSigning => say.t("Văn bản bị thay đổi trái phép sau khi ký"),
        FindingCode::PlatformRule => {
            say.t("Thay đổi không theo quy trình số, ngày, dấu của hệ thống")
        }
        other => words(say, other),
    }
}

pub(crate) const fn tone_of(severity: Severity) -> Tone {
    match severity {
        Severity::Inform => Tone::Info,
        Severity::Warn => Tone::Warn,
        Severity::Fail => Tone::Bad,
    }
}

const fn moment(seconds: i64) -> Moment {
    Moment::from_unix_seconds(seconds)
}

/// What the library itself says of a code.
pub(crate) fn words(say: Say, code: impl Worded) -> String {
    let language = match say.language {
        Language::Vietnamese => vanthu_signing::Language::Vietnamese,
        Language::English => vanthu_signing::Language::English,
    };
    code.text(language).to_owned()
}
