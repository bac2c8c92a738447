use super::*;
use crate::{extract_text, page_count};

fn cover() -> RegisterCover {
    RegisterCover {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        year: 2026,
        from_day: Day::new(2026, 7, 1).unwrap(),
        to_day: Day::new(2026, 11, 22).unwrap(),
        from_number: 1,
        to_number: 60,
        book: "02".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        printed_on: Day::new(2026, 11, 22).unwrap(),
        keeper: "Nguyễn Văn Thử".to_owned(),
    }
}

fn outgoing() -> Vec<OutgoingEntry> {
    (1..=60)
        .map(|number| OutgoingEntry {
            number: format!("{number}/UBND-VHXH"),
            day: Day::new(2026, 7, 2),
            subject: "Công văn về việc rà soát chứng thư chữ ký số của cán bộ, công chức"
                .to_owned(),
            signer: "Trần Thị Thí Dụ".to_owned(),
            recipients: "Các phòng chuyên môn; Trưởng các thôn".to_owned(),
            kept_by: "Văn thư".to_owned(),
            copies: Some(3),
            sent_on: Day::new(2026, 7, 2),
            receipt: "Điện tử".to_owned(),
            note: String::new(),
        })
        .collect()
}

#[test]
fn the_outgoing_register_has_a_cover_and_ten_columns_on_every_page() {
    let pdf = typeset_outgoing_register(&cover(), &outgoing()).unwrap();
    assert_eq!(
        pdf,
        typeset_outgoing_register(&cover(), &outgoing()).unwrap()
    );
    let pages = extract_text(&pdf).unwrap();
    let first = pages[0].text();
    for words in [
        "ỦY BAN NHÂN DÂN TỈNH TUẦN MẪU",
        "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU",
        "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        "Năm: 2026",
        "Từ ngày 01/07/2026 đến ngày 22/11/2026",
        "Từ số 1 đến số 60",
        "Quyển số: 02",
    ] {
        assert!(first.contains(words), "{words} is not in\n{first}");
    }
    assert!(pages.len() > 3);
    for page in &pages[1..] {
        assert!(page.width > page.height, "A4 landscape");
        assert!(
            page.text().starts_with(&format!("{}\n", page.page)),
            "{}",
            page.text()
        );
        if page.text().contains("/UBND-VHXH") {
            assert!(
                page.text()
                    .contains("(1) (2) (3) (4) (5) (6) (7) (8) (9) (10)")
            );
        }
    }
    let last = pages.last().unwrap().text();
    assert!(
        last.contains("ngày 22 tháng 11 năm 2026") && last.contains("Nguyễn Văn Thử"),
        "{last}"
    );
}

#[test]
fn the_incoming_register_has_its_own_columns() {
    let entry = IncomingEntry {
        arrived_on: Day::new(2026, 11, 20),
        arrival_number: "412".to_owned(),
        author: "Sở Khoa học và Công nghệ".to_owned(),
        number: "#1/[x]$".to_owned(),
        subject: "Giấy mời họp".to_owned(),
        note: "y".repeat(60),
        ..IncomingEntry::default()
    };
    let pages = extract_text(&typeset_incoming_register(&cover(), &[entry]).unwrap()).unwrap();
    let text = pages[1].text();
    for words in [
        "Tác giả",
        "Ngày đến",
        "412",
        "Giấy mời họp",
        "20/11/2026",
        "#1/[x]$",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let right = pages[1]
        .lines
        .iter()
        .filter_map(crate::TextLine::rect)
        .map(|rect| rect.x1);
    assert!(right.fold(0.0, f64::max) < 841.89 - 42.0);
}

#[test]
fn an_empty_register_is_a_register() {
    let pdf = typeset_incoming_register(&cover(), &[]).unwrap();
    assert_eq!(page_count(&pdf), Ok(2));
}
