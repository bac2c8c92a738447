//! The filters of a list: those in use as chips that can be taken away, and the form that adds one.

use vanthu_app::listing::choices::Choices;
use vanthu_app::listing::narrow::{AtUrgency, Due, InState};
use vanthu_app::listing::{Order, Section, Selection};
use vanthu_domain::Day;
use vanthu_domain::id::SavedViewId;
use vanthu_domain::kind::{DocumentKind, Urgency};

use super::asked::address;
use crate::page::show::Say;
use crate::texts::Counted as _;
use crate::view::{Chip, Choice, Field};

/// The days that the form offers for a deadline.
const DUE_DAYS: [u16; 4] = [0, 2, 7, 30];

/// A filter in use.
pub(super) struct InUse {
    /// Its name in an address.
    pub(super) key: &'static str,
    /// Its name.
    pub(super) name: String,
    /// Its value.
    pub(super) value: String,
}

/// The filters in use, in words.
pub(super) fn in_use(say: Say, selection: &Selection, choices: &Choices) -> Vec<InUse> {
    let section = selection.section;
    let narrow = &selection.narrow;
    let unknown = || say.t("không còn trong danh sách");
    let agency = narrow.agency_id.as_ref().map(|id| {
        let found = choices.agencies.iter().find(|one| one.agency_id == *id);
        found.map_or_else(unknown, |one| one.name.clone())
    });
    let unit = narrow.unit_id.as_ref().map(|id| {
        let found = choices.units.iter().find(|one| one.unit_id == *id);
        found.map_or_else(unknown, |one| one.name.clone())
    });
    let register = narrow.register_id.as_ref().map(|id| {
        let found = choices.registers.iter().find(|one| one.register_id == *id);
        found.map_or_else(unknown, |one| say.words(&one.name))
    });
    let values = [
        ("q", narrow.text.clone()),
        ("kind", narrow.kind.map(|kind| say.named(kind.name()))),
        ("urgency", narrow.urgency.map(|one| urgency(say, one))),
        ("state", narrow.state.map(|state| say.named(state.name()))),
        ("from", narrow.from_day.map(|day| day.to_string())),
        ("to", narrow.until_day.map(|day| day.to_string())),
        ("agency", agency),
        ("unit", unit),
        ("due", narrow.due.map(|one| due(say, one))),
        ("register", register),
    ];
    let in_use = values.into_iter().filter_map(|(key, value)| {
        Some(InUse {
            key,
            name: label(say, section, key),
            value: value?,
        })
    });
    in_use.collect()
}

/// The chips: each leads to the list without it.
pub(super) fn chips(
    say: Say,
    selection: &Selection,
    choices: &Choices,
    view: Option<&SavedViewId>,
) -> Vec<Chip> {
    let without = |selection: Selection| address(&selection, view);
    let mut chips = Vec::new();
    if let Some(tile) = selection.tile {
        chips.push(Chip {
            name: say.t("Danh mục"),
            value: say.t(tile.name()),
            remove: without(Selection {
                tile: None,
                ..selection.clone()
            }),
        });
    }
    for one in in_use(say, selection, choices) {
        chips.push(Chip {
            name: one.name,
            value: one.value,
            remove: without(Selection {
                narrow: selection.narrow.without(one.key),
                ..selection.clone()
            }),
        });
    }
    if let Some(order) = selection.order {
        chips.push(Chip {
            name: say.t("Thứ tự"),
            value: order_name(say, order),
            remove: without(Selection {
                order: None,
                ..selection.clone()
            }),
        });
    }
    chips
}

/// The fields of the form, as they stand.
pub(super) fn fields(say: Say, selection: &Selection, choices: &Choices) -> Vec<Field> {
    let section = selection.section;
    let narrow = &selection.narrow;
    let named = |key: &str| label(say, section, key);
    let select = |key: &'static str, rest: Vec<Choice>| {
        let any = Choice {
            text: say.t("Tất cả"),
            ..Choice::default()
        };
        let choices = std::iter::once(any).chain(rest).collect();
        Field::new(key, named(key), "").optional().choices(choices)
    };
    let day = |key: &'static str, day: Option<Day>| {
        let value = day.map(Day::iso).unwrap_or_default();
        Field::new(key, named(key), value).optional().kind("date")
    };
    let mut fields = vec![
        Field::new("q", named("q"), narrow.text.clone().unwrap_or_default())
            .optional()
            .kind("search")
            .max(200),
        select("kind", kinds(say, narrow.kind)),
        select("urgency", urgencies(say, narrow.urgency)),
        select("state", states(say, section, narrow.state)),
        day("from", narrow.from_day),
        day("to", narrow.until_day),
        select(
            "agency",
            choices
                .agencies
                .iter()
                .map(|one| Choice {
                    value: one.agency_id.to_string(),
                    text: one.name.clone(),
                    chosen: narrow.agency_id.as_ref() == Some(&one.agency_id),
                    ..Choice::default()
                })
                .collect(),
        ),
        select(
            "unit",
            choices
                .units
                .iter()
                .map(|one| Choice {
                    value: one.unit_id.to_string(),
                    text: one.name.clone(),
                    chosen: narrow.unit_id.as_ref() == Some(&one.unit_id),
                    ..Choice::default()
                })
                .collect(),
        ),
        select("due", deadlines(say, narrow.due)),
    ];
    if !choices.registers.is_empty() {
        let registers = choices.registers.iter().map(|one| Choice {
            value: one.register_id.to_string(),
            text: say.words(&one.name),
            chosen: narrow.register_id.as_ref() == Some(&one.register_id),
            ..Choice::default()
        });
        fields.push(select("register", registers.collect()));
    }
    let own = Choice {
        text: say.t("Như mặc định"),
        ..Choice::default()
    };
    let orders = Order::all(section).iter().map(|order| Choice {
        value: order.code().to_owned(),
        text: order_name(say, *order),
        chosen: selection.order == Some(*order),
        ..Choice::default()
    });
    let orders = std::iter::once(own).chain(orders).collect();
    fields.push(
        Field::new("order", say.t("Thứ tự"), "")
            .optional()
            .choices(orders),
    );
    fields
}

fn kinds(say: Say, chosen: Option<DocumentKind>) -> Vec<Choice> {
    let choice = |kind: &DocumentKind| Choice {
        value: kind.code().to_owned(),
        text: say.named(kind.name()),
        chosen: chosen == Some(*kind),
        ..Choice::default()
    };
    DocumentKind::ALL.iter().map(choice).collect()
}

fn urgencies(say: Say, chosen: Option<AtUrgency>) -> Vec<Choice> {
    let degrees = Urgency::ALL.iter().copied().map(AtUrgency::Just);
    std::iter::once(AtUrgency::AnyUrgent)
        .chain(degrees)
        .map(|one| Choice {
            value: one.code().to_owned(),
            text: urgency(say, one),
            chosen: chosen == Some(one),
            ..Choice::default()
        })
        .collect()
}

fn states(say: Say, section: Section, chosen: Option<InState>) -> Vec<Choice> {
    let choice = |state: InState| Choice {
        value: state.code().to_owned(),
        text: say.named(state.name()),
        chosen: chosen == Some(state),
        ..Choice::default()
    };
    InState::all(section).into_iter().map(choice).collect()
}

fn deadlines(say: Say, chosen: Option<Due>) -> Vec<Choice> {
    let mut offered = vec![Due::Overdue];
    offered.extend(DUE_DAYS.into_iter().map(Due::Within));
    // What came with the address stays, even where the form does not offer it.
    if let Some(other) = chosen.filter(|one| !offered.contains(one)) {
        offered.push(other);
    }
    let choice = |one: Due| Choice {
        value: one.code(),
        text: due(say, one),
        chosen: chosen == Some(one),
        ..Choice::default()
    };
    offered.into_iter().map(choice).collect()
}

fn urgency(say: Say, one: AtUrgency) -> String {
    match one {
        AtUrgency::AnyUrgent => say.t("Khẩn trở lên"),
        AtUrgency::Just(urgency) => say.named(urgency.name()),
    }
}

fn due(say: Say, one: Due) -> String {
    match one {
        Due::Overdue => say.t("Đã quá hạn"),
        Due::Within(0) => say.t("Đến hạn hôm nay"),
        Due::Within(days) => say.t("Đến hạn trong {n} ngày tới").counted(days),
    }
}

fn order_name(say: Say, order: Order) -> String {
    match order {
        Order::Newest => say.t("Mới nhất trước"),
        Order::MostUrgent => say.t("Khẩn trước"),
        Order::Due => say.t("Gần hạn trước"),
    }
}

fn label(say: Say, section: Section, key: &str) -> String {
    match (key, section) {
        ("q", _) => say.t("Từ khóa"),
        ("kind", _) => say.t("Loại văn bản"),
        ("urgency", _) => say.t("Độ khẩn"),
        ("state", _) => say.t("Tình trạng"),
        ("from", Section::Outgoing) => say.t("Ban hành từ ngày"),
        ("to", Section::Outgoing) => say.t("Ban hành đến ngày"),
        ("from", _) => say.t("Đến từ ngày"),
        ("to", _) => say.t("Đến chậm nhất ngày"),
        ("agency", Section::Outgoing) => say.t("Nơi nhận"),
        ("agency", _) => say.t("Nơi gửi"),
        ("unit", Section::Outgoing) => say.t("Đơn vị soạn thảo"),
        ("unit", _) => say.t("Đơn vị xử lý"),
        ("due", Section::Outgoing) => say.t("Hạn trả lời"),
        ("due", _) => say.t("Thời hạn"),
        _ => say.t("Sổ đăng ký"),
    }
}
