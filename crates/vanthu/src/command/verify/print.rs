//! A report in Vietnamese, for people.

use std::collections::BTreeSet;
use std::path::Path;

use vanthu_domain::Moment;
use vanthu_pki::Time;
use vanthu_signing::{
    ChangeKind, ContainerProblem, Coverage, DetachedFacts, DocMdp, FileFacts, Finding, FindingCode,
    Indication, Language, PdfProblem, Severity, SignatureKind, SignatureReport, SubIndication,
    TimestampReport, Worded,
};
use vanthu_web::report::Around;

use crate::command::making::words::damage;
use crate::command::subject::Judgement;

/// The whole report.
pub(super) fn report(judgement: &Judgement, file: &Path, now: Moment) -> String {
    let Judgement { report, around } = judgement;
    let mut lines = vec![format!("Tệp:      {}", file.display())];
    if let Around::Detached { content, .. } = around {
        let content = content.as_deref().unwrap_or("nằm trong tệp chữ ký");
        lines.push(format!("Ký tệp:   {content}"));
    }
    lines.push(format!("SHA-256:  {}", report.sha256));
    lines.push(format!("Kiểm tra: {} (giờ Việt Nam)", now.text()));
    if let Some(problem) = &report.problem {
        let why = damage(problem);
        lines.push(format!("Không đọc được tệp như một tệp PDF: {why}"));
        if *problem == PdfProblem::NotPdf {
            let hint =
                "Chữ ký để riêng của tệp khác loại được kiểm tra bằng: vanthu verify TỆP.p7s";
            lines.push(hint.to_owned());
        }
    } else if let Some(problem) = around.problem() {
        let what = of_container(problem);
        lines.push(format!("Không đọc được tệp đóng gói: {what}"));
    } else if report.signatures.is_empty() {
        lines.push("Tệp không có chữ ký số nào.".to_owned());
    } else if !report.is_signed() {
        lines.push("Tệp không có chữ ký số nào, chỉ có dấu thời gian.".to_owned());
    }
    for (at, signature) in report.signatures.iter().enumerate() {
        lines.push(String::new());
        lines.extend(of_signature(at + 1, signature));
        lines.extend(around.facts().get(at).map(beyond).unwrap_or_default());
    }
    lines.extend(of_files(around));
    if !report.findings.is_empty() {
        lines.push(String::new());
        lines.push("Về cả tệp:".to_owned());
        lines.extend(report.findings.iter().map(finding));
    }
    if let Some(platform) = &report.platform {
        lines.push(String::new());
        lines.push(format!(
            "{} Sau chữ ký đầu chỉ có điền số, thời gian và chữ ký số của cơ quan",
            mark(platform.satisfied)
        ));
        lines.extend(platform.violations.iter().map(|it| format!("      {it}")));
    }
    lines.push(String::new());
    lines.push(format!("KẾT LUẬN: {}", conclusion(judgement)));
    lines.join("\n")
}

fn of_signature(number: usize, it: &SignatureReport) -> Vec<String> {
    let what = match it.kind {
        SignatureKind::Signature => "Chữ ký",
        SignatureKind::DocTimestamp => "Dấu thời gian của tài liệu",
    };
    let name = it
        .signer
        .as_ref()
        .map_or("(không rõ)", |signer| signer.common_name.as_str());
    let mut lines = vec![format!(
        "{what} {number}: {name} – {}",
        indication(it.indication)
    )];
    let mut point = |good: bool, text: String| lines.push(format!("  {} {text}", mark(good)));
    if let Some(why) = it.sub_indication {
        point(false, format!("Lý do: {}", sub_indication(why)));
    }
    point(
        it.intact,
        "Nội dung được ký nguyên vẹn, giá trị chữ ký đúng".to_owned(),
    );
    let covers = match it.coverage {
        Coverage::WholeFile => "Ký trên toàn bộ tệp",
        Coverage::WholeRevision if it.revision.is_none() => "Ký trên một số tệp trong gói",
        Coverage::WholeRevision => {
            "Ký trên toàn bộ tệp tại thời điểm ký; sau đó có phiên bản nối tiếp"
        }
        Coverage::Incomplete => "Chữ ký không bao trùm toàn bộ tệp tại thời điểm ký",
    };
    point(it.coverage != Coverage::Incomplete, covers.to_owned());
    point(it.trusted, certificate(it));
    match &it.timestamp {
        Some(stamp) => point(
            stamp.indication == Indication::TotalPassed,
            timestamp(stamp),
        ),
        None if it.kind == SignatureKind::Signature => {
            let claimed = it.claimed_at.map_or_else(|| "không ghi".to_owned(), time);
            point(
                false,
                format!("Không có dấu thời gian; thời điểm do máy người ký ghi: {claimed}"),
            );
        }
        None => {}
    }
    if let Some(algorithm) = &it.signature_algorithm {
        let digest = it.digest_algorithm.as_deref().unwrap_or("?");
        point(true, format!("Thuật toán {algorithm}, hàm băm {digest}"));
    }
    if let Some(allows) = it.certification {
        point(
            true,
            format!("Khóa tài liệu khi ký: {}", certification(allows)),
        );
    }
    if it.revision.is_some() {
        point(it.changes_permitted, later(it));
    }
    let changes = it.later.iter().flat_map(|it| &it.changes);
    // One filling touches several objects.
    let words: BTreeSet<String> = changes.map(|it| change_words(&it.kind)).collect();
    lines.extend(words.into_iter().map(|it| format!("      + {it}")));
    for (label, value) in [("Lý do ký", &it.reason), ("Nơi ký", &it.location)] {
        if let Some(value) = value {
            lines.push(format!("    {label}: {value}"));
        }
    }
    lines.extend(it.findings.iter().map(finding));
    lines
}

/// What only signatures outside of a PDF show.
fn beyond(it: &DetachedFacts) -> Vec<String> {
    let level = it.level.map(|it| format!("    Mức: {}", it.name()));
    let kind = it.mime_type.as_ref();
    let kind = kind.map(|it| format!("    Loại tệp do người ký ghi: {it}"));
    let stamps = it.archive_timestamps.iter();
    let stamps = stamps.map(|it| format!("    Lưu trữ: {}", timestamp(it)));
    level.into_iter().chain(kind).chain(stamps).collect()
}

/// The files of a container and what was found about it.
fn of_files(around: &Around) -> Vec<String> {
    let Around::Container {
        files, findings, ..
    } = around
    else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if !files.is_empty() {
        lines.extend([String::new(), "Các tệp trong gói:".to_owned()]);
    }
    for file in files {
        let by = match file.covered_by.as_slice() {
            [] => "KHÔNG chữ ký nào bao trùm".to_owned(),
            names => format!("được ký bởi {}", names.join(", ")),
        };
        let FileFacts {
            name, size_bytes, ..
        } = file;
        let mark = mark(!file.covered_by.is_empty());
        lines.push(format!("  {mark} {name} ({size_bytes} byte): {by}"));
    }
    if !findings.is_empty() {
        lines.extend([String::new(), "Về cả gói:".to_owned()]);
    }
    for finding in findings {
        let sign = severity(finding.severity);
        lines.push(format!("    {sign} {}", of_container(&finding.problem)));
    }
    lines
}

fn of_container(problem: &ContainerProblem) -> String {
    let what = problem.fault.text(Language::Vietnamese);
    match problem.name.as_str() {
        "" => what.to_owned(),
        name => format!("{what}: {name}"),
    }
}

fn certificate(it: &SignatureReport) -> String {
    let Some(signer) = &it.signer else {
        return "Không có chứng thư của người ký".to_owned();
    };
    let judged = match (it.trusted, it.is_status_known()) {
        (true, true) => "dẫn tới điểm tin cậy, còn hiệu lực và không bị thu hồi tại thời điểm xét",
        (true, false) => {
            "dẫn tới điểm tin cậy và còn hạn tại thời điểm xét; CHƯA BIẾT có bị thu hồi hay không"
        }
        (false, _) => "CHƯA tin cậy được tại thời điểm xét",
    };
    format!(
        "Chứng thư {} ({}), cấp bởi {}, hiệu lực {} – {}: {judged} ({})",
        signer.serial,
        signer.common_name,
        common_name(&signer.issuer),
        day(signer.not_before),
        day(signer.not_after),
        time(it.judged_at)
    )
}

fn timestamp(stamp: &TimestampReport) -> String {
    let by = stamp
        .authority
        .as_ref()
        .map_or("không rõ nơi cấp", |it| it.common_name.as_str());
    let judged = match stamp.indication {
        Indication::TotalPassed => "tin cậy",
        Indication::Indeterminate => "chưa đủ căn cứ",
        Indication::TotalFailed => "không hợp lệ",
    };
    format!("Dấu thời gian {} của {by}: {judged}", time(stamp.time))
}

fn later(it: &SignatureReport) -> String {
    match (it.later.is_empty(), it.changes_permitted) {
        (true, _) => "Không có thay đổi nào sau chữ ký này".to_owned(),
        (false, true) => "Các thay đổi sau chữ ký đều được phép:".to_owned(),
        (false, false) => "Có thay đổi KHÔNG được phép sau chữ ký:".to_owned(),
    }
}

fn finding(it: &Finding) -> String {
    let sign = severity(it.severity);
    let detail = match it.code {
        FindingCode::PathProblem => path_words(&it.detail),
        FindingCode::EvidenceSetAside => aside_words(&it.detail),
        _ => it.detail.clone(),
    };
    format!("    {sign} {}: {detail}", finding_words(it.code))
        .trim_end_matches(": ")
        .to_owned()
}

const fn severity(it: Severity) -> &'static str {
    match it {
        Severity::Inform => "i",
        Severity::Warn => "!",
        Severity::Fail => "✗",
    }
}

const fn mark(good: bool) -> &'static str {
    if good { "✓" } else { "✗" }
}

/// The verdict in a line.
pub(super) fn conclusion(judgement: &Judgement) -> String {
    let report = &judgement.report;
    let platform = report.platform.as_ref().is_none_or(|it| it.satisfied);
    match report.indication {
        Indication::TotalPassed if platform => {
            "HỢP LỆ – mọi chữ ký đều đạt (TOTAL-PASSED)".to_owned()
        }
        Indication::TotalPassed => "KHÔNG HỢP LỆ theo quy tắc của hệ thống".to_owned(),
        other => {
            let why = match judgement.around.decisive(report) {
                Some(problem) => of_container(problem),
                None => match report.sub_indication {
                    Some(it) => sub_indication(it).to_owned(),
                    None if report.signatures.is_empty() => String::new(),
                    None => "chưa ai ký, tệp chỉ có dấu thời gian".to_owned(),
                },
            };
            format!("{} {why}", indication(other).to_uppercase())
                .trim_end()
                .to_owned()
        }
    }
}

const fn indication(it: Indication) -> &'static str {
    match it {
        Indication::TotalPassed => "hợp lệ (TOTAL-PASSED)",
        Indication::Indeterminate => "chưa xác định được (INDETERMINATE)",
        Indication::TotalFailed => "không hợp lệ (TOTAL-FAILED)",
    }
}

fn sub_indication(it: SubIndication) -> &'static str {
    it.text(Language::Vietnamese)
}

fn finding_words(code: FindingCode) -> &'static str {
    code.text(Language::Vietnamese)
}

/// What is wrong with a path, from the report's words "PROBLEM at PLACE".
fn path_words(detail: &str) -> String {
    let (problem, place) = detail.rsplit_once(" at ").unwrap_or((detail, "0"));
    let whose = match place {
        "0" => "chứng thư người ký",
        _ => "chứng thư cơ quan cấp",
    };
    let word = problem.split(['(', ' ']).next().unwrap_or(problem);
    let what = match word {
        "NoPath" => "không dẫn tới điểm tin cậy nào",
        "BadSignature" => "chữ ký của nơi cấp sai",
        "UnsupportedAlgorithm" => "thuật toán không kiểm tra được",
        "NotYetValid" => "chưa có hiệu lực",
        "Expired" => "đã hết hạn",
        "Revoked" => "đã bị thu hồi",
        "RevocationUnknown" => "chưa biết trạng thái thu hồi",
        "IssuerNotAuthority" => "nơi cấp không được phép cấp chứng thư",
        "TooManySignatures" => "phải kiểm tra quá nhiều chữ ký trên chứng thư và danh sách thu hồi",
        _ => problem,
    };
    format!("{whose}: {what}")
}

/// Whose revocation data do not count, and why.
fn aside_words(detail: &str) -> String {
    let (data, why) = detail.rsplit_once(": ").unwrap_or((detail, ""));
    let (signer, _) = data.rsplit_once(" of ").unwrap_or((data, ""));
    let why = match why {
        "signature not reliable" => "chữ ký trên đó không còn đủ mạnh",
        _ => "người ký đã hết hạn trước khi bằng chứng được chứng minh là có",
    };
    format!("của {signer}: {why}")
}

const fn certification(allows: DocMdp) -> &'static str {
    match allows {
        DocMdp::NoChanges => "không cho phép thay đổi",
        DocMdp::FormFilling => "chỉ cho điền trường và ký thêm",
        DocMdp::Annotations => "cho điền trường, ký thêm và ghi chú",
    }
}

fn change_words(kind: &ChangeKind) -> String {
    match kind {
        ChangeKind::FormFill { field } => format!("điền trường “{field}”"),
        ChangeKind::SignatureAdded { field } => format!("thêm chữ ký tại trường “{field}”"),
        ChangeKind::SignatureFieldAdded { field } => format!("thêm trường chữ ký trống “{field}”"),
        ChangeKind::DocTimestamp { field } => format!("thêm dấu thời gian tại trường “{field}”"),
        ChangeKind::Dss => "thêm bằng chứng kiểm tra dài hạn".to_owned(),
        ChangeKind::Metadata => "sửa siêu dữ liệu".to_owned(),
        ChangeKind::Structure => "thay đổi cấu trúc không ảnh hưởng nội dung".to_owned(),
        ChangeKind::Annotation => "THÊM GHI CHÚ".to_owned(),
        ChangeKind::PageContent => "SỬA NỘI DUNG TRANG".to_owned(),
        other => format!("THAY ĐỔI KHÁC ({other:?})"),
    }
}

/// The common name out of a distinguished name.
fn common_name(name: &str) -> &str {
    name.split(',')
        .find_map(|part| part.trim().strip_prefix("CN="))
        .unwrap_or(name)
}

fn time(at: Time) -> String {
    Moment::from_unix_seconds(at.unix()).text()
}

fn day(at: Time) -> String {
    Moment::from_unix_seconds(at.unix()).day().to_string()
}
