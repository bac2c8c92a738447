use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::{Rect, extract_text, find_places, page_count};

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn letter(body: &str) -> Letter {
    Letter {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        notation: "UBND-VHXH".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        kind: DocumentKind::OfficialLetter,
        subject: "rà soát chứng thư chữ ký số".to_owned(),
        urgency: Urgency::Normal,
        addressees: lines(&["Các phòng chuyên môn"]),
        body: Body::parse(body).body,
        recipients: lines(&["Như trên", "Lưu: VT, VHXH"]),
        authority_lines: lines(&["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        signer_name: "Trần Thị Thí Dụ".to_owned(),
        drafted_on: Day::new(2026, 11, 22).unwrap(),
        title: "Công văn rà soát".to_owned(),
        extras: Extras::default(),
    }
}

fn text(letter: &Letter) -> String {
    let pages = extract_text(&typeset_letter(letter).unwrap().pdf).unwrap();
    pages.iter().map(crate::PageText::text).collect()
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let letter = letter("Đề nghị thực hiện[^1].\n[^1]: Ghi chú.\n| TT | Tên |\n| 1 | Một |");
    assert_eq!(
        typeset_letter(&letter).unwrap().pdf,
        typeset_letter(&letter).unwrap().pdf
    );
}

#[test]
fn the_worked_example_has_two_pages_and_two_appendices() {
    let letter = Letter {
        urgency: Urgency::Express,
        ..letter(include_str!("../../tests/fixtures/letter.txt"))
    };
    let done = typeset_letter(&letter).unwrap();
    assert_eq!(done.pages, 4);
    assert_eq!(
        (done.places.number.page, done.places.signature.page),
        (0, 1)
    );
    let pages = extract_text(&done.pdf).unwrap();
    let first = pages[0].text();
    for words in [
        "ỦY BAN NHÂN DÂN TỈNH TUẦN MẪU CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU Độc lập - Tự do - Hạnh phúc",
        "Số: /UBND-VHXH Bình Mẫu,",
        "V/v rà soát chứng thư chữ ký số",
        "HỎA TỐC",
        "Kính gửi: Các phòng chuyên môn.",
    ] {
        assert!(first.contains(words), "{words} is not in\n{first}");
    }
    assert!(pages[1].text().starts_with("2\n"));
    assert!(pages[1].text().contains("giải quyết./."));
    assert!(
        pages[2]
            .text()
            .starts_with("Phụ lục I\nDANH SÁCH CHỨNG THƯ"),
        "{}",
        pages[2].text()
    );
    assert!(
        pages[3].width > pages[3].height,
        "a wide table lies across the page"
    );
    assert!(pages[3].text().starts_with("Phụ lục II\n"));
}

/// Sizes and styles of Decree 30/2020/NĐ-CP, Appendix I, table V.
#[test]
fn every_element_has_its_size_and_style() {
    let letter = letter("Đề nghị _các_ đơn vị **thực hiện**");
    let page = extract_text(&typeset_letter(&letter).unwrap().pdf)
        .unwrap()
        .remove(0);
    let find = |word: &str| {
        let words = page.lines.iter().flat_map(|line| &line.words);
        let word = words
            .into_iter()
            .find(|found| found.text == word)
            .unwrap_or_else(|| panic!("{word}"));
        (word.size.round() as i32, word.bold, word.italic)
    };
    assert_eq!(find("CỘNG"), (12, true, false));
    assert_eq!(find("Độc"), (13, true, false));
    assert_eq!(find("TỈNH"), (12, false, false));
    assert_eq!(find("XÃ"), (12, true, false));
    assert_eq!(find("Số:"), (13, false, false));
    assert_eq!(find("Bình"), (13, false, true));
    assert_eq!(find("V/v"), (12, false, false));
    assert_eq!(find("Kính"), (14, false, false));
    assert_eq!(find("Đề"), (14, false, false));
    assert_eq!(find("các"), (14, false, true));
    assert_eq!(find("thực"), (14, true, false));
    assert_eq!(find("Nơi"), (12, true, true));
    assert_eq!(find("Như"), (11, false, false));
    assert_eq!(find("TM."), (14, true, false));
    assert_eq!(find("Trần"), (14, true, false));
}

#[test]
fn the_places_are_free_and_beside_their_words() {
    let done = typeset_letter(&letter("Đề nghị thực hiện.")).unwrap();
    let page = extract_text(&done.pdf).unwrap().remove(0);
    let words: Vec<_> = page.lines.iter().flat_map(|line| &line.words).collect();
    let Places {
        number,
        date,
        signature,
        cosignature,
    } = done.places;
    let date = date.unwrap();
    assert_eq!(cosignature, None);
    for place in [number, date, signature] {
        let inside = words.iter().filter(|word| {
            // The letters' boxes touch the place of the line; only their middle counts.
            let middle = f64::midpoint(word.rect.y0, word.rect.y1);
            let thin = Rect {
                y0: middle,
                y1: middle + 0.1,
                ..word.rect
            };
            place.rect.overlaps(&thin)
        });
        assert_eq!(inside.count(), 0);
        assert!(
            place.rect.x0 > 80.0 && place.rect.x1 < 560.0 && place.rect.y0 > 50.0,
            "{place:?}"
        );
    }
    let at = |text: &str| {
        words
            .iter()
            .find(|word| word.text == text)
            .unwrap_or_else(|| panic!("{text}"))
    };
    assert!((at("Số:").baseline - number.baseline).abs() < 0.1);
    assert!((at("Mẫu,").baseline - date.baseline).abs() < 0.1);
    assert!(
        at("Số:").rect.x1 <= number.rect.x0 && number.rect.x1 <= at("/UBND-VHXH").rect.x0 + 0.1
    );
    assert!(at("Mẫu,").rect.x1 <= date.rect.x0);
    assert!(
        date.rect.width() > 130.0,
        "ngày 22 tháng 11 năm 2026 must fit"
    );
    assert!(at("CHỦ").rect.y0 >= signature.rect.y1 && at("Thí").rect.y1 <= signature.rect.y0);
    assert!(signature.rect.height() > 85.0, "3 cm for the signature");
}

#[test]
fn typed_documents_have_kind_abstract_and_italic_bases() {
    let decision = Letter {
        kind: DocumentKind::Decision,
        notation: "QĐ-UBND".to_owned(),
        subject: "Về việc kiện toàn Tổ công nghệ số cộng đồng".to_owned(),
        addressees: lines(&["Sở Nội vụ"]),
        ..letter(include_str!("../../tests/fixtures/decision.txt"))
    };
    let page = extract_text(&typeset_letter(&decision).unwrap().pdf)
        .unwrap()
        .remove(0);
    let text = page.text();
    assert!(
        text.contains("QUYẾT ĐỊNH\nVề việc kiện toàn Tổ công nghệ số cộng đồng\n"),
        "{text}"
    );
    assert!(!text.contains("V/v") && !text.contains("Kính gửi"));
    let words: Vec<_> = page.lines.iter().flat_map(|line| &line.words).collect();
    assert!(words.iter().any(|word| word.text == "Căn" && word.italic));
    assert!(words.iter().any(|word| word.text == "Điều" && word.bold));
}

#[test]
fn one_addressee_stands_on_the_same_line_and_several_have_dashes() {
    assert!(text(&letter("x")).contains("Kính gửi: Các phòng chuyên môn.\n"));
    let several = Letter {
        addressees: lines(&["- Sở Nội vụ;", "Sở Tài chính"]),
        ..letter("x")
    };
    assert!(text(&several).contains("Kính gửi:\n- Sở Nội vụ;\n- Sở Tài chính.\n"));
}

#[test]
fn hostile_text_is_printed_and_never_run() {
    let hostile =
        "#panic(\"x\") $x^2$ *a* @b <c> \\ // /* [^ ` ~ = + - ' \" #{read(\"/data.json\")}";
    let letter = Letter {
        subject: hostile.to_owned(),
        agency: "#import \"@preview/x:0.1.0\": *".to_owned(),
        signer_name: "#eval(\"1\")".to_owned(),
        addressees: lines(&[hostile, "$"]),
        recipients: lines(&[hostile]),
        ..letter(&format!("{hostile}\n| {hostile} | b |\n| c | {hostile} |"))
    };
    let text = text(&letter);
    assert!(text.contains("#panic(\"x\") $x^2$"), "{text}");
    assert!(text.contains("#IMPORT \"@PREVIEW/X:0.1.0\":"), "{text}");
    assert!(text.contains("#eval(\"1\")"));
}

#[test]
fn invisible_characters_are_left_out_and_missing_glyphs_refused() {
    let hidden = Letter {
        subject: "a\u{200b}b\u{202e}c\u{7}".to_owned(),
        ..letter("x\u{200b}y")
    };
    let text = text(&hidden);
    assert!(text.contains("V/v abc") && text.contains("xy./."), "{text}");
    let emoji = Letter {
        subject: "🎉".to_owned(),
        ..letter("x")
    };
    assert_eq!(
        typeset_letter(&emoji),
        Err(LayoutError::MissingGlyphs(vec!['🎉']))
    );
}

#[test]
fn long_words_break_and_stay_on_the_page() {
    let long = "x".repeat(400);
    let letter = letter(&format!("{long}\n| STT | {long} |\n| 1 | {long} |"));
    let pages = extract_text(&typeset_letter(&letter).unwrap().pdf).unwrap();
    for line in pages.iter().flat_map(|page| &page.lines) {
        assert!(line.rect().unwrap().x1 < 595.28 - 42.0, "{}", line.text());
    }
}

#[test]
fn long_agency_names_wrap_in_their_column() {
    let letter = Letter {
        parent_agency: Some(
            "Ban Quản lý Khu kinh tế và các khu công nghiệp tỉnh Tuần Mẫu".to_owned(),
        ),
        agency: "Trung tâm Phục vụ hành chính công và Hỗ trợ doanh nghiệp khu vực Bình Mẫu"
            .to_owned(),
        notation: "TTPVHCC&HTDN-HCTHPC".to_owned(),
        ..letter("x")
    };
    let done = typeset_letter(&letter).unwrap();
    let page = extract_text(&done.pdf).unwrap().remove(0);
    let nation = page
        .lines
        .iter()
        .flat_map(|line| &line.words)
        .find(|word| word.text == "CỘNG")
        .unwrap();
    let agency = page
        .lines
        .iter()
        .flat_map(|line| &line.words)
        .filter(|word| word.rect.x0 < nation.rect.x0 - 1.0);
    assert!(
        agency
            .filter(|word| word.baseline > 650.0)
            .all(|word| word.rect.x1 < nation.rect.x0)
    );
}

#[test]
fn a_table_of_500_rows_repeats_its_header() {
    let mut body = "Theo Phụ lục.\n# Phụ lục: DANH SÁCH\n| STT | Họ và tên | Đơn vị |\n".to_owned();
    for row in 1..=500 {
        writeln!(body, "| {row} | Nguyễn Văn Mẫu {row} | Phòng Kinh tế |").unwrap();
    }
    let done = typeset_letter(&letter(&body)).unwrap();
    let pages = extract_text(&done.pdf).unwrap();
    assert!(done.pages > 10);
    for page in pages.iter().skip(1) {
        assert!(
            page.text().contains("STT Họ và tên Đơn vị"),
            "page {}",
            page.page
        );
    }
    assert!(
        pages[2].text().starts_with("2\n"),
        "pages of an appendix count from 1"
    );
}

#[test]
fn the_signature_never_stands_alone_on_a_page() {
    for count in 20..36 {
        let body = "Đoạn văn ngắn của một dòng.\n".repeat(count)
            + "Dòng cuối cùng của văn bản này dài hơn một dòng để chắc chắn rằng phần cuối luôn đi cùng chữ ký.";
        let done = typeset_letter(&letter(&body)).unwrap();
        let pages = extract_text(&done.pdf).unwrap();
        let page = &pages[done.places.signature.page as usize];
        assert!(
            page.text().contains("cùng chữ ký./."),
            "{count} paragraphs: {}",
            page.text()
        );
        assert!(page.text().contains("Trần Thị Thí Dụ") && page.text().contains("Nơi nhận:"));
    }
}

#[test]
fn a_long_last_paragraph_or_table_still_ends_with_a_signature() {
    let paragraph = "Một câu dài của đoạn cuối. ".repeat(300);
    for body in [paragraph.as_str(), "| a | b |\n| 1 | 2 |"] {
        assert!(text(&letter(body)).contains("Trần Thị Thí Dụ"));
    }
}

#[test]
fn footnotes_stand_below_on_their_page_once() {
    let text = text(&letter(
        "Một[^a] hai[^a] ba[^b].\n[^a]: Chú thích thứ nhất.\n[^b]: Chú thích thứ hai.",
    ));
    assert_eq!(text.matches("Chú thích thứ nhất.").count(), 1);
    assert!(text.contains("Chú thích thứ hai."));
}

#[test]
fn the_end_mark_is_set_once() {
    for body in ["Hết.", "Hết./.", "Hết;", "**Hết**", "- Hết[^1].\n[^1]: chú"] {
        let text = text(&letter(body));
        assert_eq!(text.matches("./.").count(), 1, "{body}: {text}");
    }
}

#[test]
fn our_own_places_are_found_again() {
    for kind in [DocumentKind::OfficialLetter, DocumentKind::Notice] {
        let done = typeset_letter(&Letter {
            kind,
            ..letter("Đề nghị thực hiện.")
        })
        .unwrap();
        let found = find_places(&done.pdf).unwrap();
        assert_eq!(found.notation.as_deref(), Some("UBND-VHXH"));
        assert_eq!(found.signer_name.as_deref(), Some("Trần Thị Thí Dụ"));
        let near = |a: PlaceOnPage, b: PlaceOnPage| {
            a.page == b.page && a.rect.overlaps(&b.rect) && (a.rect.x0 - b.rect.x0).abs() < 8.0
        };
        assert!(near(found.number.unwrap(), done.places.number));
        assert!(near(found.signature.unwrap(), done.places.signature));
        let Some(crate::FoundDate::Whole { place }) = found.date else {
            panic!("{:?}", found.date)
        };
        assert!(near(place, done.places.date.unwrap()));
    }
}

#[test]
fn a_broken_file_is_refused_or_read_but_never_falls() {
    let pdf = typeset_letter(&letter("Đề nghị thực hiện.")).unwrap().pdf;
    for cut in (0..pdf.len()).step_by(pdf.len() / 12) {
        let _ = extract_text(&pdf[..cut]);
        let mut bent = pdf.clone();
        bent[cut..]
            .iter_mut()
            .step_by(97)
            .for_each(|byte| *byte ^= 0x5a);
        let _ = find_places(&bent);
    }
}

#[test]
fn the_file_says_what_it_is() {
    let done = typeset_letter(&letter("x")).unwrap();
    let raw = String::from_utf8_lossy(&done.pdf);
    for words in [
        "<pdfaid:part>2",
        "<pdfaid:conformance>A",
        "/MarkInfo",
        "/Lang",
        "StructTreeRoot",
    ] {
        assert!(raw.contains(words), "{words}");
    }
    assert_eq!(page_count(&done.pdf), Ok(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_set_or_refused_by_name(body in "(?s)[ -~àáạảãđĐơưỲỴ\n|*_#\\[\\]^]{0,300}", subject in "[ -~ăâđêôơư]{0,80}") {
        let letter = Letter { subject, ..letter(&body) };
        prop_assert!(typeset_letter(&letter).is_ok());
    }
}

mod kinds;
