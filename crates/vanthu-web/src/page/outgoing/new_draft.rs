//! What is asked before a draft is begun.

use vanthu_domain::kind::DocumentKind;

use crate::page::show::Say;
use crate::view::{Choice, Confirm, Field};

/// Asks for the kind before a draft is begun.
pub(in crate::page) fn new_draft(say: Say, csrf: &str) -> Confirm {
    let letter = DocumentKind::OfficialLetter;
    let others = DocumentKind::administrative().filter(|kind| *kind != letter);
    let choices = std::iter::once(letter)
        .chain(others)
        .map(|kind| Choice {
            value: kind.code().to_owned(),
            text: say.named(kind.name()),
            chosen: kind == letter,
            ..Choice::default()
        })
        .collect();
    Confirm {
        id: "ask-draft".to_owned(),
        title: say.t("Soạn văn bản mới"),
        text: say.t("Mẫu trình bày theo tên loại; đổi được khi đang soạn."),
        action: "/outgoing".to_owned(),
        csrf: csrf.to_owned(),
        code: Some(Field::new("kind--draft", say.t("Tên loại văn bản"), "").choices(choices)),
        verb: say.t("Bắt đầu soạn"),
        ..Confirm::default()
    }
}
