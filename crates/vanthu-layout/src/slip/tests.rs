use super::*;
use crate::{PageText, extract_text, typeset_letter};

fn head() -> SlipHead {
    SlipHead {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        made_on: Day::new(2026, 11, 23).unwrap(),
    }
}

fn line(who: &str, part: &str, deadline: &str) -> SlipLine {
    SlipLine {
        who: who.to_owned(),
        part: part.to_owned(),
        deadline: deadline.to_owned(),
    }
}

pub(crate) fn handling() -> HandlingSlip {
    HandlingSlip {
        head: head(),
        arrival: "412, ngày 20/11/2026".to_owned(),
        author: "Sở Khoa học và Công nghệ tỉnh Tuần Mẫu".to_owned(),
        number: "1207/SKHCN-CĐS, ngày 19/11/2026".to_owned(),
        subject: "Công văn về việc báo cáo tình hình sử dụng chữ ký số quý IV năm 2026".to_owned(),
        instruction: "Phòng Văn hóa - Xã hội tham mưu báo cáo, trình ký trước ngày 27/11."
            .to_owned(),
        units: vec![
            line("Phòng Văn hóa - Xã hội", "Chủ trì", "27/11/2026"),
            line("Văn phòng HĐND và UBND xã", "Phối hợp", "25/11/2026"),
        ],
        directed: "Trần Thị Thí Dụ, Chủ tịch, 08:12 ngày 23/11/2026".to_owned(),
        persons: vec![line("Lê Văn Thử", "Chủ trì", "26/11/2026")],
        assigned: "Phạm Thị Mẫu, Trưởng phòng, 09:40 ngày 23/11/2026".to_owned(),
        proposal: String::new(),
        proposed: String::new(),
    }
}

fn submission() -> SubmissionSlip {
    SubmissionSlip {
        head: head(),
        addressee: "Bà Trần Thị Thí Dụ, Chủ tịch Ủy ban nhân dân xã".to_owned(),
        unit: "Phòng Văn hóa - Xã hội".to_owned(),
        subject: "Dự thảo Quyết định giao nhiệm vụ quản lý khóa bí mật con dấu".to_owned(),
        bases: vec!["Nghị định số 68/2024/NĐ-CP".to_owned()],
        summary: "Văn thư cũ nghỉ hưu từ ngày 01/12/2026.".to_owned(),
        opinions: vec![("Văn phòng".to_owned(), "Thống nhất".to_owned())],
        proposal: "Kính trình Chủ tịch xem xét, ký ban hành.".to_owned(),
        attachments: vec!["Dự thảo Quyết định".to_owned()],
        drafted: "Lê Văn Thử, 10:02 ngày 23/11/2026".to_owned(),
        reviewed: String::new(),
    }
}

fn words(pdf: &[u8]) -> String {
    let pages = extract_text(pdf).unwrap();
    pages.iter().map(PageText::text).collect()
}

/// The fields of Appendix IV.VII.
#[test]
fn the_slip_of_an_incoming_document_has_its_fields() {
    let pdf = typeset_handling_slip(&handling()).unwrap();
    let text = words(&pdf);
    for expected in [
        "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN",
        "412, ngày 20/11/2026",
        "Ý kiến của lãnh đạo cơ quan, tổ chức",
        "Phòng Văn hóa - Xã hội Chủ trì 27/11/2026",
        "Ý kiến của lãnh đạo đơn vị",
        "Ý kiến đề xuất của người giải quyết",
        "Bình Mẫu, ngày 23 tháng 11 năm 2026",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert_eq!(pdf, typeset_handling_slip(&handling()).unwrap());
}

#[test]
fn the_slip_that_presents_a_draft_leaves_out_what_is_empty() {
    let text = words(&typeset_submission_slip(&submission()).unwrap());
    assert!(
        text.contains("PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC") && text.contains("Kính gửi: Bà Trần")
    );
    assert!(text.contains("Văn phòng Thống nhất"), "{text}");
    let bare = SubmissionSlip {
        opinions: Vec::new(),
        bases: Vec::new(),
        ..submission()
    };
    let text = words(&typeset_submission_slip(&bare).unwrap());
    assert!(
        !text.contains("Ý kiến của các đơn vị liên quan") && !text.contains("Căn cứ"),
        "{text}"
    );
}

#[test]
fn a_handover_has_both_parties_and_takes_no_marks_from_them() {
    let handover = Handover {
        head: head(),
        notation: "BB-UBND".to_owned(),
        giver: Party {
            name: "Phạm Thị **Mẫu**".to_owned(),
            post: "Trưởng phòng".to_owned(),
        },
        receiver: Party {
            name: "Đỗ Thị Ví Dụ".to_owned(),
            post: "Văn thư".to_owned(),
        },
        devices: vec![HandoverDevice {
            serial: "TB|0142\n# Phụ lục: X".to_owned(),
            certificate: "54A1 00B2".to_owned(),
            holder: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            condition: "Tốt".to_owned(),
        }],
        remark: String::new(),
    };
    let done = typeset_letter(&handover.letter()).unwrap();
    let text = words(&done.pdf);
    assert!(text.contains("BÊN GIAO BÊN NHẬN"), "{text}");
    assert!(text.contains("Phạm Thị **Mẫu** Đỗ Thị Ví Dụ"), "{text}");
    assert!(text.contains("TB|0142 # Phụ lục: X"), "{text}");
    assert_eq!(done.pages, 1);
}

#[test]
fn hostile_words_are_printed() {
    let mut slip = handling();
    slip.instruction = "#panic() 🎉 ".repeat(500);
    slip.subject = "x".repeat(3000);
    slip.units = vec![line(&"y".repeat(300), "", ""); 300];
    let text = words(&typeset_handling_slip(&slip).unwrap());
    assert!(text.contains("#panic() ?"));
}
