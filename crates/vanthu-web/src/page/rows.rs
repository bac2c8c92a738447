//! Work lists on the screen: what a tile lists, row by row, and where a tile leads.

use vanthu_app::desk::{Listed, Stage, Tile};
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;

use crate::page::listing::path_of;
use crate::page::show::{Say, subject_of};
use crate::texts::Counted as _;
use crate::view::{self, Cell, Column, Empty, Link, List, Pager, Row, Tone};

/// Rows on a page of a list.
pub(crate) const PAGE_ROWS: u32 = 25;

/// The address of the list that a tile counts.
pub(crate) fn address_of(tile: Tile) -> String {
    format!("{}?tile={}", path_of(tile.section()), tile.code())
}

/// How a tile's count is meant.
pub(crate) const fn tone_of(tile: Tile) -> Tone {
    match tile {
        Tile::Overdue | Tile::GivenOverdue | Tile::SendErrors | Tile::ReturnedDrafts => Tone::Bad,
        Tile::DueSoon => Tone::Warn,
        _ => Tone::None,
    }
}

/// The tiles with their counts; `shown` is the list on the page.
pub(crate) fn tiles(
    say: Say,
    counts: &[vanthu_app::desk::Count],
    shown: Option<Tile>,
) -> Vec<view::Tile> {
    counts
        .iter()
        .map(|count| view::Tile {
            text: say.t(count.tile.name()),
            href: address_of(count.tile),
            count: u32::try_from(count.count).unwrap_or(u32::MAX),
            tone: if count.count > 0 {
                tone_of(count.tile)
            } else {
                Tone::None
            },
            current: Some(count.tile) == shown,
        })
        .collect()
}

/// A list's page as a table.
pub(crate) fn table(say: Say, listed: &Listed, caption: String) -> List {
    let column = |text: String, kind| Column {
        text,
        kind,
        ..Column::default()
    };
    let number = || column(say.t("Số, ký hiệu"), "num");
    let subject = || column(say.t("Trích yếu"), "main");
    let (columns, rows) = match listed {
        Listed::Incoming(page) => (
            vec![
                column(say.t("Đến lúc"), "when"),
                number(),
                subject(),
                column(say.t("Nơi gửi"), "text"),
                column(say.t("Tình trạng"), "state"),
            ],
            page.items
                .iter()
                .map(|item| {
                    let mut notes = vec![say.named(item.kind.name()), pages(say, item.pages)];
                    let mut number = Cell::text(&item.notation);
                    if let Some(arrival) = item.arrival_number {
                        let said = say.t("số đến {n}");
                        number = number.note(said.counted(arrival));
                    }
                    if let Some(mark) = say.urgency(item.urgency) {
                        number = number.and(mark.tone, mark.text);
                    }
                    let waits = matches!(item.state, IncomingTag::Arrived | IncomingTag::Checked);
                    let mut state = if waits {
                        let mark = say.stored_value(item.verdict_value.as_deref());
                        Cell::pill(mark.tone, mark.text)
                    } else {
                        Cell::pill(tone_of_incoming(item.state), say.t(item.state.name()))
                    };
                    let open =
                        !matches!(item.state, IncomingTag::Completed | IncomingTag::Returned);
                    match item.due_day {
                        Some(day) if open && !waits => {
                            let (tone, text) = say.due(day);
                            state = match tone {
                                Tone::None => state.note(text),
                                tone => state.and(tone, text),
                            };
                        }
                        _ => {}
                    }
                    if let Some(day) = item.issued_day {
                        notes.push(say.t("ngày {day}").replace("{day}", &day.to_string()));
                    }
                    Row {
                        id: item.incoming_id.to_string(),
                        pick: format!("{}~{}", item.incoming_id, item.version),
                        href: format!("/incoming/{}", item.incoming_id),
                        name: item.notation.clone(),
                        unread: None,
                        cells: vec![
                            when(say, item.arrived_at),
                            number,
                            Cell::text(subject_of(item.kind, &item.subject)).note(joined(notes)),
                            Cell::text(&item.from_name),
                            state,
                        ],
                    }
                })
                .collect(),
        ),
        Listed::Lines(page) => (
            vec![
                column(say.t("Thời hạn"), "when"),
                number(),
                subject(),
                column(say.t("Nơi gửi"), "text"),
                column(say.t("Việc"), "state"),
            ],
            page.items
                .iter()
                .map(|item| {
                    let mut number = Cell::text(&item.notation);
                    if let Some(arrival) = item.arrival_number {
                        let said = say.t("số đến {n}");
                        number = number.note(said.counted(arrival));
                    }
                    if let Some(mark) = say.urgency(item.urgency) {
                        number = number.and(mark.tone, mark.text);
                    }
                    let due = match item.line.due_day {
                        Some(day) if item.line.state.is_open() => {
                            let (tone, text) = say.due(day);
                            match tone {
                                Tone::None => Cell::text(day.to_string()),
                                tone => Cell::text(day.to_string()).and(tone, text),
                            }
                        }
                        Some(day) => Cell::text(day.to_string()),
                        None => Cell::text(say.t("không hạn")),
                    };
                    Row {
                        id: item.line.line_id.to_string(),
                        pick: item.line.line_id.to_string(),
                        href: format!(
                            "/incoming/{}#line-{}",
                            item.line.incoming_id, item.line.line_id
                        ),
                        name: item.notation.clone(),
                        unread: Some(item.line.state == LineState::ToDo),
                        cells: vec![
                            due,
                            number,
                            Cell::text(subject_of(item.kind, &item.subject))
                                .note(&item.line.instruction),
                            Cell::text(&item.from_name),
                            Cell::pill(tone_of_part(item.line.part), say.t(item.line.part.name()))
                                .and(tone_of_line(item.line.state), say.t(item.line.state.name())),
                        ],
                    }
                })
                .collect(),
        ),
        Listed::Outgoing(page) => (
            vec![
                column(say.t("Từ lúc"), "when"),
                number(),
                subject(),
                column(say.t("Tình trạng"), "state"),
            ],
            page.items
                .iter()
                .map(|item| {
                    let notation = item.notation.clone().unwrap_or_default();
                    let mut number = Cell::text(if notation.is_empty() {
                        say.t("chưa cấp số")
                    } else {
                        notation.clone()
                    });
                    if let Some(mark) = say.urgency(item.urgency) {
                        number = number.and(mark.tone, mark.text);
                    }
                    let mut notes = vec![say.named(item.kind.name())];
                    if item.pages > 0 {
                        notes.push(pages(say, item.pages));
                    }
                    let subject = if item.subject.is_empty() {
                        say.t("(chưa có trích yếu)")
                    } else {
                        subject_of(item.kind, &item.subject)
                    };
                    Row {
                        id: item.outgoing_id.to_string(),
                        pick: item.outgoing_id.to_string(),
                        href: format!("/outgoing/{}", item.outgoing_id),
                        name: subject.clone(),
                        unread: None,
                        cells: vec![
                            when(say, item.state_since),
                            number,
                            Cell::text(subject).note(joined(notes)),
                            Cell::pill(tone_of_outgoing(item.state), say.t(item.state.name())),
                        ],
                    }
                })
                .collect(),
        ),
    };
    List {
        caption,
        columns,
        rows,
        pick: false,
    }
}

/// Paging by the last item seen; `base` is the list's address without the place.
pub(crate) fn pager(say: Say, listed: &Listed, base: &str, after: Option<&str>) -> Pager {
    let glue = if base.contains('?') { '&' } else { '?' };
    let address = |cursor: &str| format!("{base}{glue}after={}", crate::session::encode(cursor));
    Pager {
        summary: say.t("{n} dòng trên trang này").counted(listed.len()),
        previous: after.map_or_else(String::new, |_| base.to_owned()),
        next: listed
            .next()
            .map_or_else(String::new, |cursor| address(&cursor.to_string())),
    }
}

/// What an empty list says.
pub(crate) fn empty(say: Say, tile: Option<Tile>) -> Empty {
    let Some(tile) = tile else {
        return Empty {
            icon: "search",
            title: say.t("Không có dòng nào khớp"),
            text: say.t("Thử bỏ bớt bộ lọc hoặc từ khóa, hoặc tìm theo số, ký hiệu."),
            link: None,
        };
    };
    let text = match tile {
        Tile::ToAccept => {
            say.t("Văn bản các cơ quan gửi đến sẽ tự hiện ở đây, kèm kết quả kiểm tra chữ ký số.")
        }
        Tile::ToRegister => say.t("Văn bản đã tiếp nhận mà chưa vào sổ sẽ hiện ở đây."),
        Tile::ToPresent => say.t("Văn bản đã vào sổ, chờ trình lãnh đạo, sẽ hiện ở đây."),
        Tile::PresentedToMe => {
            say.t("Văn bản đến mà văn thư trình đồng chí cho ý kiến sẽ hiện ở đây.")
        }
        Tile::ToSign => say.t("Văn bản trình đồng chí ký sẽ hiện ở đây."),
        Tile::ToDo | Tile::Doing | Tile::ForInformation => {
            say.t("Việc được giao sẽ hiện ở đây, kèm thông báo.")
        }
        Tile::Overdue | Tile::GivenOverdue | Tile::DueSoon => {
            say.t("Không việc nào trễ hoặc sắp trễ.")
        }
        Tile::SendErrors => say.t("Mọi văn bản đã phát hành đều gửi được."),
        tile if tile.stage() == Stage::Over => {
            return Empty {
                icon: "history",
                title: say.t("Chưa có gì ở đây"),
                text: say.t("Những gì đã làm xong được giữ trong danh mục này."),
                link: None,
            };
        }
        _ => say.t("Khi có việc, danh sách này tự cập nhật."),
    };
    Empty {
        icon: "done",
        title: say.t("Không còn gì chờ ở đây"),
        text,
        link: Some(Link {
            text: say.t("Về bàn làm việc"),
            href: "/".to_owned(),
        }),
    }
}

fn when(say: Say, at: vanthu_domain::Moment) -> Cell {
    Cell::text(at.clock_text()).note(say.day(at.day()))
}

fn pages(say: Say, count: u32) -> String {
    say.t("{n} trang").counted(count)
}

fn joined(notes: Vec<String>) -> String {
    notes.join(" · ")
}

/// How the state of an incoming document is meant.
pub(crate) const fn tone_of_incoming(tag: IncomingTag) -> Tone {
    match tag {
        IncomingTag::Returned => Tone::Bad,
        IncomingTag::Completed => Tone::Ok,
        IncomingTag::Directed | IncomingTag::Processing => Tone::Info,
        _ => Tone::None,
    }
}

/// How the state of a line is meant.
pub(crate) const fn tone_of_line(state: LineState) -> Tone {
    match state {
        LineState::Doing => Tone::Info,
        LineState::Done | LineState::Closed => Tone::Ok,
        LineState::Returned | LineState::TakenBack => Tone::Bad,
        LineState::ToDo => Tone::None,
    }
}

const fn tone_of_part(part: Part) -> Tone {
    match part {
        Part::Lead => Tone::Info,
        Part::Support | Part::Information => Tone::None,
    }
}

const fn tone_of_outgoing(tag: OutgoingTag) -> Tone {
    match tag {
        OutgoingTag::Issued => Tone::Ok,
        OutgoingTag::Signed | OutgoingTag::Numbered | OutgoingTag::Sealed => Tone::Info,
        _ => Tone::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_leads_to_the_list_it_counts() {
        for tile in Tile::ALL {
            assert!(address_of(*tile).ends_with(&format!("?tile={}", tile.code())));
        }
    }
}
