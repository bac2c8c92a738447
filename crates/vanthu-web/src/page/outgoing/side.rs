//! What stands beside the paper: facts, opinions, files, versions.

use vanthu_app::outgoing::view::OutgoingView;

use crate::page::outgoing::href;
use crate::page::show::{Say, fact};
use crate::texts::Counted as _;
use crate::view::{Fact, Happening, Tone};

/// A file that goes with the document.
#[derive(Debug, Clone, Default)]
pub(super) struct FileLine {
    /// Its name.
    pub(super) name: String,
    /// Where it is.
    pub(super) href: String,
    /// Size and pages.
    pub(super) note: String,
    /// Where it is taken off; empty where that may not be done.
    pub(super) remove: String,
}

/// A kept version.
#[derive(Debug, Clone, Default)]
pub(super) struct VersionLine {
    /// Its name.
    pub(super) text: String,
    /// Where it is read.
    pub(super) href: String,
    /// When and why it was kept.
    pub(super) note: String,
}

/// The document's data.
pub(super) fn facts(view: &OutgoingView, say: Say) -> Vec<Fact> {
    let row = &view.row;
    let mut facts = Vec::new();
    if let Some(number) = row.state.number() {
        facts.push(fact(say.t("Số, ký hiệu"), number.notation.clone()));
        facts.push(fact(say.t("Ngày ban hành"), number.day.to_string()));
    }
    facts.push(fact(say.t("Tên loại"), say.named(row.kind.name())));
    facts.push(fact(say.t("Độ khẩn"), say.t(row.urgency.name())));
    facts.push(fact(
        say.t("Người soạn thảo"),
        format!("{}, {}", view.drafter_name, view.around.unit.name),
    ));
    let lines = view
        .around
        .authority
        .as_ref()
        .map_or_else(String::new, |a| a.lines.join(" · "));
    let signer = match (view.around.signer_name.as_str(), lines.as_str()) {
        ("", _) => say.t("chưa chọn"),
        (name, "") => name.to_owned(),
        (name, lines) => format!("{name} ({lines})"),
    };
    facts.push(fact(say.t("Người ký"), signer));
    let names: Vec<&str> = view.recipients.iter().map(|a| a.name.as_str()).collect();
    let sent_to = if names.is_empty() {
        say.t("chưa chọn")
    } else {
        names.join("; ")
    };
    facts.push(fact(say.t("Gửi tới ({n})").counted(names.len()), sent_to));
    if let Some(day) = row.due_reply_day {
        facts.push(fact(say.t("Hạn trả lời"), day.to_string()));
    }
    if row.pages > 0 {
        facts.push(fact(say.t("Số trang"), row.pages.to_string()));
    }
    facts
}

/// Opinions, the newest first.
pub(super) fn opinions(view: &OutgoingView, say: Say) -> Vec<Happening> {
    let words = |code: &str| match code {
        "approve" => (Tone::Ok, say.t("Duyệt nội dung")),
        "return" => (Tone::Bad, say.t("Trả lại")),
        _ => (Tone::Info, say.t("Ý kiến")),
    };
    view.opinions
        .iter()
        .rev()
        .map(|(opinion, name)| {
            let (tone, text) = words(opinion.kind.code());
            Happening {
                tone,
                text,
                when: say.moment(opinion.at),
                at: opinion.at.iso(),
                who: name.clone(),
                quote: opinion.words.clone(),
            }
        })
        .collect()
}

/// Attached files; `removable` where the draft may be changed.
pub(super) fn files(view: &OutgoingView, say: Say, removable: bool) -> Vec<FileLine> {
    let id = &view.row.outgoing_id;
    view.files
        .iter()
        .map(|file| {
            let size = size_words(file.bytes);
            let note = match file.pages {
                Some(pages) => {
                    format!("{size} · {}", say.t("{n} trang").counted(pages))
                }
                None => size,
            };
            let here = href(id, &format!("files/{}", file.file_id));
            FileLine {
                name: file.name.clone(),
                note,
                remove: if removable {
                    format!("{here}/remove")
                } else {
                    String::new()
                },
                href: here,
            }
        })
        .collect()
}

/// Kept versions, the newest first.
pub(super) fn versions(view: &OutgoingView, say: Say) -> Vec<VersionLine> {
    let id = &view.row.outgoing_id;
    view.versions
        .iter()
        .map(|version| {
            let why = version_why(&version.why, say);
            VersionLine {
                text: say.t("Phiên bản {n}").counted(version.version),
                href: href(id, &format!("versions/{}", version.version_id)),
                note: format!("{} · {why}", say.moment(version.at)),
            }
        })
        .collect()
}

/// Why a version was kept.
pub(super) fn version_why(why: &str, say: Say) -> String {
    match why {
        "auto" => say.t("tự lưu"),
        "hand" => say.t("người soạn thảo lưu"),
        other => other.to_owned(),
    }
}

/// `1,4 MB`, `312 kB`.
pub(super) fn size_words(bytes: i64) -> String {
    if bytes >= 1_000_000 {
        let tenths = bytes / 100_000;
        format!("{},{} MB", tenths / 10, tenths % 10)
    } else {
        format!("{} kB", bytes.saturating_add(999) / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_read_them() {
        assert_eq!(size_words(1_460_000), "1,4 MB");
        assert_eq!(size_words(311_200), "312 kB");
        assert_eq!(size_words(0), "0 kB");
    }
}
