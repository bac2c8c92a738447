use super::*;
use crate::samples::SAMPLES;
use crate::{PageText, typeset_letter};

fn document(name: &str) -> Vec<u8> {
    let sample = SAMPLES.iter().find(|sample| sample.name == name).unwrap();
    typeset_letter(&sample.letter().unwrap()).unwrap().pdf
}

fn plain(pdf: &[u8]) -> Print<'_> {
    Print {
        pdf,
        title: "Bản in",
        printed_on: Day::new(2026, 11, 22).unwrap(),
        mark: None,
        arrival: None,
        copy: None,
    }
}

fn block(kind: DocumentKind) -> CopyBlock {
    CopyBlock {
        kind,
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        number: "05/SY-UBND".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        day: Day::new(2026, 11, 23).unwrap(),
        recipients: vec!["Phòng Kinh tế;".to_owned(), "Lưu: VT.".to_owned()],
        authority_lines: vec!["TL. Chủ tịch".to_owned(), "Chánh Văn phòng".to_owned()],
        signer_name: "Vũ Văn Mô Phỏng".to_owned(),
    }
}

fn text(pages: &[PageText]) -> String {
    pages.iter().map(PageText::text).collect()
}

#[test]
fn a_print_says_on_each_page_that_it_is_one() {
    let pdf = document("18-cong-van");
    let mark = PrintMark {
        document: "12/UBND-VHXH".to_owned(),
        printed_by: "Đỗ Thị Ví Dụ".to_owned(),
        printed_at: "08:12 22/11/2026".to_owned(),
        verify_at: "https://binhmau.example/kiem-tra".to_owned(),
        digest: "ab".repeat(32),
    };
    let print = Print {
        mark: Some(&mark),
        ..plain(&pdf)
    };
    let made = typeset_print(&print).unwrap();
    let pages = extract_text(&made).unwrap();
    assert_eq!(pages.len(), 2);
    for page in &pages {
        assert!(
            page.text().contains("BẢN IN TỪ VĂN BẢN ĐIỆN TỬ"),
            "{}",
            page.text()
        );
        assert!(page.text().contains(&"ab".repeat(32)) && page.text().contains("12/UBND-VHXH"));
    }
    assert!(
        (pages[0].width - 595.0).abs() < 1.0 && pages[1].width > pages[1].height,
        "true size"
    );
    assert_eq!(made, typeset_print(&print).unwrap());
}

/// Proves: TG-5.4
#[test]
fn a_paper_copy_has_its_block_below_the_last_words() {
    for (kind, words) in [
        (DocumentKind::FullCopy, "SAO Y"),
        (DocumentKind::CopyOfCopy, "SAO LỤC"),
        (DocumentKind::ExtractCopy, "TRÍCH SAO"),
    ] {
        let pdf = document("05-quy-dinh");
        let last = extract_text(&pdf).unwrap()[0]
            .lines
            .last()
            .unwrap()
            .rect()
            .unwrap();
        let made = typeset_print(&Print {
            copy: Some(&block(kind)),
            ..plain(&pdf)
        })
        .unwrap();
        let pages = extract_text(&made).unwrap();
        assert_eq!(pages.len(), 1, "there is room on the sheet");
        let all = text(&pages);
        for words in [
            words,
            "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU",
            "Số: 05/SY-UBND",
            "Bình Mẫu, ngày 23 tháng 11 năm 2026",
            "TL. CHỦ TỊCH",
            "Vũ Văn Mô Phỏng",
        ] {
            assert!(all.contains(words), "{words}: {all}");
        }
        let top = pages[0].lines.first().unwrap().rect().unwrap();
        assert!(top.y1 < last.y0, "{top:?} {last:?}");
    }
}

#[test]
fn a_copy_of_a_full_sheet_goes_on_the_next() {
    let pdf = document("10-ke-hoach");
    let made = typeset_print(&Print {
        copy: Some(&block(DocumentKind::FullCopy)),
        ..plain(&pdf)
    });
    let pages = extract_text(&made.unwrap()).unwrap();
    assert_eq!(pages.len(), 2);
    assert!(pages[1].text().contains("SAO Y"));
}

#[test]
fn the_stamp_of_arrival_stands_in_free_room_on_the_first_page() {
    let pdf = document("27-phieu-chuyen");
    let stamp = ArrivalStamp {
        agency: "Trường Tiểu học Bình Mẫu".to_owned(),
        number: "412".to_owned(),
        day: "23/11/2026".to_owned(),
        forwarded: "Hiệu trưởng".to_owned(),
        dossier: String::new(),
    };
    let made = typeset_print(&Print {
        arrival: Some(&stamp),
        ..plain(&pdf)
    })
    .unwrap();
    let pages = extract_text(&made).unwrap();
    let words = pages[0].text();
    for expected in [
        "TRƯỜNG TIỂU HỌC BÌNH MẪU",
        "ĐẾN",
        "Số: 412",
        "Ngày: 23/11/2026",
        "Số và ký hiệu HS:",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    // It covers no word of the document.
    let rect = |line: &TextLine| line.rect().unwrap();
    let stamped: Vec<_> = pages[0].lines.iter().map(rect).collect();
    let own = extract_text(&pdf).unwrap();
    for line in own[0].lines.iter().map(rect) {
        assert!(
            !stamped.iter().any(|other| other.overlaps(&line)),
            "{line:?}"
        );
    }
    // A full page is stamped below its head.
    let full = document("52-cong-van-tang-cuong");
    let made = typeset_print(&Print {
        arrival: Some(&stamp),
        ..plain(&full)
    });
    let stamped = extract_text(&made.unwrap()).unwrap();
    let head = extract_text(&full).unwrap()[0].lines[1].rect().unwrap();
    assert!(stamped[0].lines[0].rect().unwrap().y1 < head.y0);
    assert!(pages.len() == 1 || !pages[1].text().contains("ĐẾN"));
}

#[test]
fn what_is_no_pdf_is_refused() {
    for bytes in [&b""[..], b"%PDF-1.7", b"PK"] {
        assert_eq!(typeset_print(&plain(bytes)), Err(LayoutError::Unreadable));
    }
    let pdf = document("05-quy-dinh");
    for cut in (0..pdf.len()).step_by(pdf.len() / 5) {
        let _ = typeset_print(&plain(&pdf[..cut]));
    }
}
