//! What is told of a file, in words and as JSON.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use vanthu_domain::layout::{LayoutSeverity, Tongue};
use vanthu_domain::refusal::Certainty;
use vanthu_layout::{Anatomy, Extracted, Field, LayoutFinding};

/// Millimetres of a point.
const MM: f64 = 25.4 / 72.0;

fn of(tongue: Tongue, vietnamese: &'static str, english: &'static str) -> &'static str {
    match tongue {
        Tongue::Vietnamese => vietnamese,
        Tongue::English => english,
    }
}

pub(super) fn check_words(
    path: &Path,
    anatomy: &Anatomy,
    findings: &[LayoutFinding],
    tongue: Tongue,
) -> String {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let kind = anatomy.kind().map_or(
        of(tongue, "chưa rõ tên loại", "kind not clear"),
        |kind| kind.name(),
    );
    let mut text = format!(
        "{}: {kind}, {} {}; {} {}, {} {}, {} {}",
        path.display(),
        anatomy.page_count(),
        of(tongue, "trang", "pages"),
        count(LayoutSeverity::Wrong),
        of(tongue, "điểm sai", "wrong"),
        count(LayoutSeverity::Advice),
        of(tongue, "điểm nên sửa", "advice"),
        count(LayoutSeverity::Info),
        of(tongue, "lưu ý", "notes"),
    );
    for finding in findings {
        let page = finding.page.map_or_else(String::new, |page| {
            format!("{} {}", of(tongue, "trang", "page"), page + 1)
        });
        let place = finding.rect.map_or_else(String::new, |rect| {
            format!(
                " ({:.0}, {:.0})–({:.0}, {:.0}) mm",
                rect.x0 * MM,
                rect.y0 * MM,
                rect.x1 * MM,
                rect.y1 * MM
            )
        });
        let sure = match finding.certainty {
            Certainty::Text | Certainty::Seed => "",
            Certainty::Sec | Certainty::Recall | Certainty::Infer => {
                of(tongue, " (vận dụng)", " (by inference)")
            }
        };
        // Writing into a text does not fail.
        let _written = write!(
            text,
            "\n  [{}] {} ({}) {page}{place}\n    {}: {}\n    {}: {}\n    {}: {}{sure}",
            finding.severity.title(tongue),
            finding.rule.title(tongue),
            finding.rule.code(),
            of(tongue, "Đang là", "It is"),
            finding.seen.words(tongue),
            of(tongue, "Cần là", "It should be"),
            finding.wanted(tongue),
            of(tongue, "Căn cứ", "By"),
            finding.citation,
        );
    }
    text
}

pub(super) fn check_json(
    path: &Path,
    anatomy: &Anatomy,
    findings: &[LayoutFinding],
    tongue: Tongue,
) -> anyhow::Result<String> {
    let findings: Vec<_> = findings
        .iter()
        .map(|it| {
            json!({
                "rule": it.rule,
                "title": it.rule.title(tongue),
                "severity": it.severity,
                "citation": it.citation,
                "certainty": it.certainty,
                "page": it.page.map(|page| page + 1),
                "rect": it.rect,
                "seen": it.seen,
                "seen_text": it.seen.words(tongue),
                "wanted": it.wanted(tongue),
            })
        })
        .collect();
    let wrong = findings
        .iter()
        .filter(|it| it.get("severity") == Some(&json!("wrong")))
        .count();
    Ok(serde_json::to_string(&json!({
        "file": path.display().to_string(),
        "kind": anatomy.kind(),
        "pages": anatomy.page_forms(),
        "wrong": wrong,
        "findings": findings,
    }))?)
}

pub(super) fn read_json(
    path: &Path,
    anatomy: &Anatomy,
    read: &Extracted,
) -> anyhow::Result<String> {
    Ok(serde_json::to_string(&json!({
        "file": path.display().to_string(),
        "fields": read,
        "elements": anatomy.elements(),
        "pages": anatomy.page_forms(),
    }))?)
}

pub(super) fn read_words(path: &Path, read: &Extracted, tongue: Tongue) -> String {
    let mut rows: Vec<(&str, String, u8, u32)> = Vec::new();
    let mut put = |label: (&'static str, &'static str), field: Option<Field<String>>| {
        if let Some(field) = field {
            rows.push((
                of(tongue, label.0, label.1),
                field.value,
                field.confidence,
                field.page,
            ));
        }
    };
    let shown = |value: &dyn ToString, confidence, page, rect| Field {
        value: value.to_string(),
        confidence,
        page,
        rect,
    };
    let kind = read
        .kind
        .as_ref()
        .map(|it| shown(&it.value.name(), it.confidence, it.page, it.rect));
    let date = read
        .date
        .as_ref()
        .map(|it| shown(&it.value, it.confidence, it.page, it.rect));
    let urgency = read
        .urgency
        .as_ref()
        .map(|it| shown(&it.value.name(), it.confidence, it.page, it.rect));
    put(("Tên loại", "Kind"), kind);
    put(("Số", "Number"), read.number.clone());
    put(("Ký hiệu", "Notation"), read.notation.clone());
    put(("Địa danh", "Place"), read.place.clone());
    put(("Ngày ban hành", "Date"), date);
    put(
        ("Cơ quan chủ quản", "Parent agency"),
        read.parent_agency.clone(),
    );
    put(("Cơ quan ban hành", "Issuing agency"), read.agency.clone());
    put(("Trích yếu", "Abstract"), read.subject.clone());
    put(("Mức độ khẩn", "Urgency"), urgency);
    for item in &read.addressees {
        put(("Kính gửi", "Addressee"), Some(item.clone()));
    }
    for item in &read.authority {
        put(("Quyền hạn ký", "Authority"), Some(item.clone()));
    }
    put(("Chức vụ người ký", "Title"), read.title.clone());
    put(("Người ký", "Signer"), read.signer.clone());
    for item in &read.recipients {
        put(("Nơi nhận", "Recipient"), Some(item.clone()));
    }
    for it in &read.references {
        let kind = it.kind.as_deref().unwrap_or_default();
        let date = it.date.map(|day| format!(", {day}")).unwrap_or_default();
        let text = format!("{kind} {}{date}", it.number);
        put(
            ("Văn bản nhắc đến", "Reference"),
            Some(shown(&text.trim(), it.confidence, it.page, it.rect)),
        );
    }
    let mut text = path.display().to_string();
    let page = of(tongue, "trang", "page");
    for (label, value, confidence, at) in rows {
        // Writing into a text does not fail.
        let _written = write!(
            text,
            "\n  {label}: {value}  [{confidence} %, {page} {}]",
            at + 1
        );
    }
    if !read.unread_pages.is_empty() {
        let pages: Vec<String> = read
            .unread_pages
            .iter()
            .map(|page| (page + 1).to_string())
            .collect();
        let label = of(
            tongue,
            "Trang chỉ là ảnh, chưa đọc được",
            "Pages that are only pictures, not read",
        );
        let _written = write!(text, "\n  {label}: {}", pages.join(", "));
    }
    text
}
