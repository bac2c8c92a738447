//! The elements of each kind, on the samples.

use std::collections::BTreeSet;

use super::*;
use crate::samples::{SAMPLES, Sample};
use crate::{PageText, Sizes, TextLine};

fn sample(kind: DocumentKind) -> Letter {
    let letters = SAMPLES.iter().filter_map(Sample::letter);
    letters
        .into_iter()
        .find(|letter| letter.kind == kind)
        .unwrap()
}

fn pages(letter: &Letter) -> (Typeset, Vec<PageText>) {
    let done = typeset_letter(letter).unwrap();
    let pages = extract_text(&done.pdf).unwrap();
    (done, pages)
}

fn line<'a>(pages: &'a [PageText], text: &str) -> &'a TextLine {
    let lines = pages.iter().flat_map(|page| &page.lines);
    lines
        .into_iter()
        .find(|line| line.text().contains(text))
        .unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn there_is_a_sample_of_every_administrative_kind_without_a_finding() {
    let mut kinds = BTreeSet::new();
    for sample in SAMPLES {
        let letter = sample.letter().unwrap_or_else(|| panic!("{}", sample.name));
        assert_eq!(sample.parsed().findings, [], "{}", sample.name);
        assert!(
            letter
                .recipients
                .last()
                .is_some_and(|last| last.starts_with("Lưu: VT"))
        );
        kinds.insert(letter.kind);
    }
    assert!(DocumentKind::administrative().all(|kind| kinds.contains(&kind)));
}

/// Proves: TG-5.4
#[test]
fn every_kind_has_the_elements_that_every_document_needs() {
    for sample in SAMPLES {
        let letter = sample.letter().unwrap();
        let (done, pages) = pages(&letter);
        let text: String = pages.iter().map(PageText::text).collect();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let say = |what: &str| format!("{}: {what} in {text}", sample.name);
        for words in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Số: /",
            "Nơi nhận:",
        ] {
            assert!(text.contains(words), "{}", say(words));
        }
        assert!(flat.contains(&letter.signer_name), "{}", say("signer"));
        let named = letter.kind.template() != vanthu_domain::kind::Template::Letter
            && letter.kind != DocumentKind::CourtesyLetter;
        assert_eq!(
            text.contains(&letter.kind.name().to_uppercase()),
            named,
            "{}",
            say("kind")
        );
        assert_eq!(
            done.places.date.is_some(),
            letter.kind != DocumentKind::Minutes,
            "{}",
            say("date")
        );
        let ends = text.matches("./.").count();
        let issued = letter
            .body
            .appendices()
            .iter()
            .filter(|it| it.issued.is_some())
            .count();
        let expected = if letter.kind == DocumentKind::CourtesyLetter {
            0
        } else {
            1 + issued
        };
        assert_eq!(ends, expected, "{}", say("./."));
        let two = letter.kind.signature_form() != vanthu_domain::kind::SignatureForm::One;
        assert_eq!(
            done.places.cosignature.is_some(),
            two,
            "{}",
            say("two signers")
        );
    }
}

#[test]
fn minutes_have_a_secretary_on_the_left_and_a_chair_on_the_right() {
    let (done, pages) = pages(&sample(DocumentKind::Minutes));
    let text = pages[0].text();
    assert!(text.contains("THƯ KÝ CHỦ TỌA\n"), "{text}");
    assert!(
        text.contains("Đặng Văn Thí Nghiệm Trần Thị Thí Dụ"),
        "{text}"
    );
    assert!(!text.contains("Bình Mẫu,"));
    let (left, right) = (done.places.cosignature.unwrap(), done.places.signature);
    assert!(left.rect.x1 < right.rect.x0 && (left.rect.y0 - right.rect.y0).abs() < 0.1);
    // Who isn't named in the text signs alone.
    let alone = Letter {
        body: Body::parse("Thời gian bắt đầu: 08 giờ 00 phút.").body,
        ..sample(DocumentKind::Minutes)
    };
    assert_eq!(typeset_letter(&alone).unwrap().places.cosignature, None);
}

#[test]
fn contracts_have_two_parties() {
    for kind in [
        DocumentKind::Contract,
        DocumentKind::Memorandum,
        DocumentKind::Agreement,
    ] {
        let (_, pages) = pages(&sample(kind));
        assert!(
            line(&pages, "ĐẠI DIỆN BÊN B")
                .text()
                .contains("ĐẠI DIỆN BÊN A")
        );
        let names = pages
            .iter()
            .flat_map(|page| &page.lines)
            .map(TextLine::text);
        assert!(
            names
                .into_iter()
                .any(|line| line.ends_with("Trần Thị Thí Dụ"))
        );
    }
}

#[test]
fn telegrams_and_invitations_name_their_addressees_in_their_own_words() {
    let (_, wire) = pages(&sample(DocumentKind::Telegram));
    let text = wire[0].text();
    assert!(
        text.contains("Chủ tịch Ủy ban nhân dân xã Bình Mẫu điện:\n- Trưởng các thôn"),
        "{text}"
    );
    let (_, invitation) = pages(&sample(DocumentKind::Invitation));
    let text = invitation[0].text();
    assert!(
        text.contains("Sở Khoa học và Công nghệ trân trọng kính mời:\n- Đại diện"),
        "{text}"
    );
    assert!(!text.contains("Kính gửi"));
    let said = Letter {
        body: Body::parse("Ủy ban nhân dân xã trân trọng kính mời ông A.").body,
        ..sample(DocumentKind::Invitation)
    };
    assert_eq!(pages_text(&said).matches("kính mời").count(), 1);
}

fn pages_text(letter: &Letter) -> String {
    pages(letter).1.iter().map(PageText::text).collect()
}

#[test]
fn prefixes_stand_on_lines_of_their_own() {
    for (lines, shown) in [
        (
            ["TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"],
            "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n",
        ),
        (
            ["TL. Chủ tịch", "KT. Chánh Văn phòng", "Phó Chánh Văn phòng"],
            "TL. CHỦ TỊCH\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG\n",
        ),
        (
            ["TUQ. Giám đốc", "Trưởng phòng", ""],
            "TUQ. GIÁM ĐỐC\nTRƯỞNG PHÒNG\n",
        ),
        (["Q. Giám đốc", "", ""], "Q. GIÁM ĐỐC\n"),
    ] {
        let lines = lines.map(str::to_owned).to_vec();
        let letter = Letter {
            authority_lines: lines,
            recipients: Vec::new(),
            ..letter("x")
        };
        assert!(
            pages_text(&letter).contains(shown),
            "{}",
            pages_text(&letter)
        );
    }
}

#[test]
fn who_signs_for_a_council_has_the_post_above_the_name() {
    let council = Letter {
        authority_lines: lines(&["TM. HỘI ĐỒNG", "CHỦ TỊCH"]),
        extras: Extras {
            signer_post: lines(&["Phó Chủ tịch Ủy ban nhân dân xã"]),
            ..Extras::default()
        },
        ..letter("x")
    };
    let text = pages_text(&council);
    assert!(
        text.contains("PHÓ CHỦ TỊCH\nỦY BAN NHÂN DÂN XÃ\nTrần Thị Thí Dụ"),
        "{text}"
    );
}

#[test]
fn optional_elements_stand_in_their_cells() {
    let (_, pages) = pages(&sample(DocumentKind::OfficialLetter));
    let nation = line(&pages, "CỘNG HÒA").rect().unwrap();
    assert!(
        line(&pages, "LƯU HÀNH NỘI BỘ").rect().unwrap().y0 > nation.y1,
        "cell 11 is above the text"
    );
    let contact = line(&pages, "điện thoại: (0200)").rect().unwrap();
    assert!(
        contact.y1 < 110.0 && contact.y0 >= 20.0 * 72.0 / 25.4 - 3.0,
        "cell 13: {contact:?}"
    );
    let kept = line(&pages, "Lưu: VT").rect().unwrap();
    let drafter = line(&pages, "NVT.(25)").rect().unwrap();
    assert!(
        drafter.y1 <= kept.y0 && (drafter.x0 - kept.x0).abs() < 12.0,
        "cell 12"
    );
}

/// Footnote 1 of table V.
#[test]
fn all_sizes_go_up_and_down_together() {
    let of = |sizes| {
        let extras = Extras {
            sizes,
            ..Extras::default()
        };
        let (_, pages) = pages(&Letter {
            extras,
            ..letter("Đề nghị thực hiện.")
        });
        let size = |text: &str| {
            let words = pages
                .iter()
                .flat_map(|page| &page.lines)
                .flat_map(|line| &line.words);
            words
                .into_iter()
                .find(|word| word.text == text)
                .unwrap()
                .size
                .round() as u32
        };
        [
            "CỘNG", "Độc", "XÃ", "Số:", "Bình", "V/v", "nghị", "TM.", "Trần",
        ]
        .map(size)
    };
    assert_eq!(of(Sizes::Compact), [12, 13, 12, 13, 13, 12, 13, 13, 13]);
    assert_eq!(of(Sizes::Sample), [12, 13, 12, 13, 13, 12, 14, 14, 14]);
    assert_eq!(of(Sizes::Large), [13, 14, 13, 13, 14, 13, 14, 14, 14]);
    let place = |sizes| {
        let extras = Extras {
            sizes,
            ..Extras::default()
        };
        typeset_letter(&Letter {
            extras,
            ..letter("x")
        })
        .unwrap()
        .places
        .date
        .unwrap()
    };
    assert!((place(Sizes::Large).size - 14.0).abs() < 0.001);
}

#[test]
fn legal_normative_documents_have_their_sizes() {
    let extras = Extras {
        form: Form::Normative,
        ..Extras::default()
    };
    let (_, pages) = pages(&Letter {
        notation: "2026/QĐ-UBND".to_owned(),
        kind: DocumentKind::Decision,
        extras,
        ..letter("x")
    });
    assert_eq!(line(&pages, "CỘNG HÒA").words[0].size.round() as u32, 13);
    assert!(pages[0].text().contains("Số: /2026/QĐ-UBND"));
}

#[test]
fn divisions_have_their_case_and_stand_in_the_middle() {
    let body = "Phần I\nQuy định chung\nx";
    let nested = "## Phần I\n## Quy định chung\n## Chương I\n## Phạm vi\n## Mục 1\n## Đối tượng\n## Tiểu mục 1\n## Cá nhân\nĐiều 1. Tên điều\n1. Khoản.\na) Điểm;\nI. ĐÁNH GIÁ";
    assert!(pages_text(&letter(body)).contains("Phần I\n"));
    let (_, pages) = pages(&letter(nested));
    for text in [
        "Phần I",
        "QUY ĐỊNH CHUNG",
        "Chương I",
        "PHẠM VI",
        "Mục 1",
        "ĐỐI TƯỢNG",
        "Tiểu mục 1",
        "CÁ NHÂN",
    ] {
        let found = line(&pages, text);
        let rect = found.rect().unwrap();
        let middle = f64::midpoint(rect.x0, rect.x1);
        assert!(
            (middle - (595.28 + 85.04 - 42.52) / 2.0).abs() < 1.0,
            "{text}: {middle}"
        );
        assert!(found.words.iter().all(|word| word.bold), "{text}");
    }
    assert!(
        line(&pages, "Điều 1. Tên điều")
            .words
            .iter()
            .all(|word| word.bold)
    );
    assert!(
        line(&pages, "I. ĐÁNH GIÁ")
            .words
            .iter()
            .all(|word| word.bold)
    );
}

#[test]
fn a_clause_that_is_a_title_is_bold_and_one_that_is_a_sentence_is_not() {
    let (_, pages) = pages(&letter(
        "1. Nhiệm vụ\na) Giao phòng;\n2. Thực hiện ngay.\nb) x",
    ));
    assert!(
        line(&pages, "1. Nhiệm vụ")
            .words
            .iter()
            .all(|word| word.bold)
    );
    assert!(
        line(&pages, "2. Thực hiện")
            .words
            .iter()
            .all(|word| !word.bold)
    );
}

#[test]
fn a_text_issued_with_a_decision_has_its_own_head_and_pages() {
    let body = "Điều 1. Ban hành Quy chế.\n# Quy chế: Làm việc của Tổ công nghệ số\nChương I\nQUY ĐỊNH CHUNG\nĐiều 1. Phạm vi\n".to_owned()
        + &"Nội dung của điều này.\n".repeat(60);
    let (done, pages) = pages(&Letter {
        kind: DocumentKind::Decision,
        ..letter(&body)
    });
    assert!(done.pages >= 3);
    let text = pages[1].text();
    assert!(
        text.contains("CỘNG HÒA") && text.contains("QUY CHẾ\nLàm việc của"),
        "{text}"
    );
    assert!(
        text.contains("(Kèm theo Quyết định số ngày tháng năm của"),
        "{text}"
    );
    assert!(pages[2].text().starts_with("2\n"));
}

#[test]
fn the_guide_line_is_blank_unless_it_is_given_for_paper() {
    let body = "Theo Phụ lục.\n# Phụ lục: DANH SÁCH\n- x";
    let blank = pages_text(&letter(body));
    assert!(
        blank.contains("(Kèm theo Văn bản số ngày tháng năm của"),
        "{blank}"
    );
    assert!(!blank.contains("2026"), "{blank}");
    let extras = Extras {
        guide: Some("Kèm theo Công văn số 12/UBND-VHXH ngày 22 tháng 11 năm 2026".to_owned()),
        ..Extras::default()
    };
    let filled = pages_text(&Letter {
        extras,
        ..letter(body)
    });
    assert!(
        filled.contains("(Kèm theo Công văn số 12/UBND-VHXH ngày 22 tháng 11 năm 2026)"),
        "{filled}"
    );
}

#[test]
fn a_wide_table_in_the_text_lies_across_a_page_of_its_own() {
    let body =
        "Mở đầu.\n| a | b | c | d | e | g | h | i |\n| 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |\nKết thúc.";
    let (done, pages) = pages(&letter(body));
    let across: Vec<bool> = pages.iter().map(|page| page.width > page.height).collect();
    assert_eq!(across, [false, true, false]);
    assert_eq!(done.places.signature.page, 2);
    assert!(pages[1].text().starts_with("2\n") && pages[2].text().starts_with("3\n"));
}

#[test]
fn what_nobody_should_type_is_set_all_the_same() {
    let wide = format!("|{}\n|{}", " a |".repeat(80), " 1 |".repeat(80));
    let deep = "## Phần I\n### x\n1.1.1.1. y\n+ z\n".repeat(60);
    let words = "từ".repeat(8_000);
    let control: String = (0..0x20u8).map(char::from).collect::<String>() + "\u{7f}\u{202e}xong";
    for body in [
        wide,
        deep,
        words,
        control,
        "|".to_owned(),
        "# \n# Phụ lục:\n# Quy chế:".to_owned(),
    ] {
        let done = typeset_letter(&letter(&body));
        assert!(
            done.is_ok(),
            "{:?}: {done:?}",
            body.chars().take(40).collect::<String>()
        );
    }
    let long = Letter {
        agency: "ỦY BAN ".repeat(60),
        parent_agency: Some("X".repeat(300)),
        notation: "A".repeat(200),
        subject: "về việc ".repeat(300),
        addressees: vec!["nơi ".repeat(200); 40],
        recipients: vec!["nơi ".repeat(200); 40],
        authority_lines: vec!["CHỨC VỤ ".repeat(20); 5],
        signer_name: "Tên ".repeat(50),
        ..letter("x")
    };
    for kind in [
        DocumentKind::Resolution,
        DocumentKind::OfficialLetter,
        DocumentKind::Telegram,
        DocumentKind::Invitation,
        DocumentKind::Leave,
    ] {
        let done = typeset_letter(&Letter {
            kind,
            ..long.clone()
        });
        assert!(done.is_ok(), "{kind}");
    }
}
