use std::collections::BTreeSet;

use vanthu_app::desk::Tile;
use vanthu_app::notice;
use vanthu_domain::account::AccountState;
use vanthu_domain::agency::Role;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::{DeliveryState, StatusCode};
use vanthu_domain::device::{DeviceKind, DeviceTag, Suspicion};
use vanthu_domain::finding::{Conclusion, FindingKind, FindingTag};
use vanthu_domain::incoming::{ClosingCode, IncomingTag, ReturnReason};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::{Action, Relation};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::register::Series;
use vanthu_domain::text::placeholders;
use vanthu_domain::verdict::LegalValue;

use super::*;

fn read(text: &str) -> Catalogue {
    toml::from_str(text).unwrap()
}

fn is_vietnamese(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}

#[test]
fn the_catalogues_read_and_an_unknown_text_stays_vietnamese() {
    assert_eq!(read(include_str!("../../texts/en.toml")), *ENGLISH);
    assert_eq!(read(include_str!("../../texts/en.names.toml")), *NAMES);
    assert_eq!(
        translate("Không có trong danh mục", Language::English),
        "Không có trong danh mục"
    );
}

#[test]
fn every_place_of_a_text_is_in_its_translation() {
    for (vietnamese, english) in ENGLISH.iter().chain(NAMES.iter()) {
        let places = |text| placeholders(text).into_iter().collect::<BTreeSet<&str>>();
        assert_eq!(places(vietnamese), places(english), "{vietnamese}");
    }
}

#[test]
fn whatever_the_floors_below_name_has_an_english_name() {
    let values = [
        "original-value",
        "for-information",
        "refuse",
        "not-determined",
    ];
    let values = values.map(|code| serde_json::from_value::<LegalValue>(code.into()).unwrap());
    let names = (Tile::ALL.iter().map(|it| it.name()))
        .chain(AccountState::ALL.iter().map(|it| it.name()))
        .chain(Role::ALL.iter().map(|it| it.name()))
        .chain(Act::ALL.iter().map(|it| it.text()))
        .chain(DeliveryState::ALL.iter().map(|it| it.name()))
        .chain(StatusCode::ALL.iter().map(|it| it.name()))
        .chain(IncomingTag::ALL.iter().map(|it| it.name()))
        .chain(ClosingCode::ALL.iter().map(|it| it.name()))
        .chain(ReturnReason::ALL.iter().map(|it| it.name()))
        .chain(DocumentKind::ALL.iter().map(|it| it.name()))
        .chain(Urgency::ALL.iter().map(|it| it.name()))
        .chain(Urgency::ALL.iter().filter_map(|it| it.mark()))
        .chain(LineState::ALL.iter().map(|it| it.name()))
        .chain(Part::ALL.iter().map(|it| it.name()))
        .chain(OutgoingTag::ALL.iter().map(|it| it.name()))
        .chain(Action::ALL.iter().map(|it| it.text()))
        .chain(Relation::ALL.iter().map(|it| it.text()))
        .chain(DeviceKind::ALL.iter().map(|it| it.name()))
        .chain(DeviceTag::ALL.iter().map(|it| it.name()))
        .chain(Suspicion::ALL.iter().map(|it| it.name()))
        .chain(FindingKind::ALL.iter().map(|it| it.name()))
        .chain(FindingTag::ALL.iter().map(|it| it.name()))
        .chain(Conclusion::ALL.iter().map(|it| it.name()))
        .chain(Series::ALL.iter().map(|it| it.name()))
        .chain(values.iter().map(|it| it.name()));
    let missing: BTreeSet<&str> = names
        .filter(|text| *text == name(text, Language::English))
        .collect();
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn the_english_of_refusals_points_and_notices_holds_no_vietnamese() {
    let language = Language::English;
    for code in RefusalCode::ALL {
        let refusal = Refusal::new(*code);
        let said = english::refusal(&refusal, |word| words(word, language));
        for text in [said.what, said.why, said.now] {
            let text = text.replace("MẬT", "").replace("“Số:      /UBND-VP”", "");
            let text = text.replace("“ngày   tháng   năm”", "");
            assert!(!is_vietnamese(&text), "{code}: {text}");
        }
        let article = citation(&refusal.article(), language).replace(['Đ', 'đ'], "");
        assert!(!is_vietnamese(&article), "{code}: {article}");
    }
    let left: BTreeSet<_> = TITLES
        .iter()
        .filter(|(_, english)| is_vietnamese(english))
        .collect();
    assert_eq!(left, BTreeSet::new());
    for (code, _, english) in notice::TEXTS {
        assert!(!is_vietnamese(english), "{code}");
    }
}

#[test]
fn what_was_put_together_below_is_taken_apart_and_said_in_english() {
    let said = |text| words(text, Language::English);
    assert_eq!(
        said("chữ ký số của người có thẩm quyền và chữ ký số của cơ quan"),
        "the authorised person's signature and the agency's signature"
    );
    assert_eq!(
        said("Văn bản bị thay đổi sau khi ký; Không đúng nơi nhận"),
        "The document was changed after signing; Not the right recipient"
    );
    assert_eq!(
        said("chữ hoa, chữ số, ít nhất 8 ký tự"),
        "upper case, digits, at least 8 characters"
    );
    assert_eq!(
        said("số đến 12 ngày 20/11/2026"),
        "arrival number 12 of 20/11/2026"
    );
    assert_eq!(said("Nguyễn Văn An, Phó"), "Nguyễn Văn An, Phó");
}

#[test]
fn one_thing_is_not_said_in_the_plural() {
    let said = |count: usize| {
        translate("{n} trang", Language::English)
            .to_owned()
            .counted(count)
    };
    assert_eq!(
        [said(0), said(1), said(12)],
        ["0 pages", "1 page", "12 pages"]
    );
    assert_eq!("{n} trang".to_owned().counted(1), "1 trang");
}

#[test]
fn a_few_names_differ_from_the_words_of_buttons() {
    assert_eq!(translate("Phát hành", Language::English), "Issue");
    assert_eq!(name("Phát hành", Language::English), "Issued");
    assert_eq!(name("Phát hành", Language::Vietnamese), "Phát hành");
}

#[test]
fn citations_keep_their_numbers_and_notations() {
    assert_eq!(
        citation(
            "Nghị định 30/2020/NĐ-CP, Điều 8 khoản 2 điểm đ và Phụ lục VI, phần II, mục I.8 (thông tin đầu vào)",
            Language::English
        ),
        "Decree 30/2020/NĐ-CP, Article 8 clause 2 point đ and Appendix VI, part II, section I.8"
    );
}
