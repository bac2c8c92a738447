//! Documents of many layouts with what is to be read from them.

use vanthu_domain::kind::DocumentKind;
use vanthu_layout::typeset_letter;

use super::doc::{
    BOLD, Doc, Line, Stamp, UPRIGHT, basis, decision, letter, line, lines, para, plan, regulation,
};
use super::good::typeset;
use super::paper::{Look, Runs, look};

/// What is to be read; empty where the document does not say it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Truth {
    pub(crate) kind: String,
    pub(crate) number: String,
    pub(crate) notation: String,
    pub(crate) place: String,
    pub(crate) date: String,
    pub(crate) parent: String,
    pub(crate) agency: String,
    pub(crate) subject: String,
    pub(crate) addressees: String,
    pub(crate) signer: String,
    pub(crate) authority: String,
    pub(crate) title: String,
    pub(crate) urgency: String,
    pub(crate) references: String,
}

/// Parent, agency (as lines), its written form, abbreviation, place.
type Office = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
);

const OFFICES: [Office; 8] = [
    (
        &["UBND TỈNH TUẦN MẪU"],
        &["SỞ NỘI VỤ"],
        "Sở Nội vụ",
        "SNV",
        "Tuần Mẫu",
    ),
    (
        &["UBND TỈNH TUẦN MẪU"],
        &["SỞ KHOA HỌC VÀ CÔNG NGHỆ"],
        "Sở Khoa học và Công nghệ",
        "SKHCN",
        "Tuần Mẫu",
    ),
    (
        &["ỦY BAN NHÂN DÂN", "TỈNH TUẦN MẪU"],
        &["SỞ NÔNG NGHIỆP", "VÀ MÔI TRƯỜNG"],
        "Sở Nông nghiệp và Môi trường",
        "SNNMT",
        "Tuần Mẫu",
    ),
    (
        &["SỞ Y TẾ TUẦN MẪU"],
        &["TRUNG TÂM Y TẾ", "KHU VỰC BÌNH MẪU"],
        "Trung tâm Y tế Khu vực Bình Mẫu",
        "TTYT",
        "Bình Mẫu",
    ),
    (
        &[],
        &["ỦY BAN NHÂN DÂN", "TỈNH TUẦN MẪU"],
        "Ủy ban nhân dân tỉnh Tuần Mẫu",
        "UBND",
        "Tuần Mẫu",
    ),
    (
        &["UBND XÃ BÌNH MẪU"],
        &["TRƯỜNG TIỂU HỌC SỐ 2"],
        "Trường Tiểu học Số 2",
        "THS2",
        "Bình Mẫu",
    ),
    (
        &["BỘ THÍ DỤ"],
        &["CỤC QUẢN LÝ MẪU"],
        "Cục Quản Lý Mẫu",
        "CQLM",
        "Hà Nội",
    ),
    (
        &["HUYỆN ỦY BÌNH MẪU"],
        &["BAN QUẢN LÝ DỰ ÁN", "ĐẦU TƯ XÂY DỰNG"],
        "Ban Quản lý dự án Đầu Tư Xây dựng",
        "BQLDA",
        "Thị trấn Bình Mẫu",
    ),
];

const SIGNERS: [(&[&str], &str, &str, &str); 6] = [
    (&["GIÁM ĐỐC"], "", "Giám đốc", "Nguyễn Văn Thử"),
    (
        &["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
        "KT.",
        "Phó Giám đốc",
        "Lê Thị Thí Dụ",
    ),
    (
        &["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        "TM. KT.",
        "Phó Chủ tịch",
        "Trần Mẫu",
    ),
    (
        &["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"],
        "TL.",
        "Chánh Văn phòng",
        "Phạm Hoàng Ví Dụ",
    ),
    (
        &["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"],
        "TUQ.",
        "Trưởng phòng",
        "Hà Thị Minh Thử",
    ),
    (&["Q. GIÁM ĐỐC"], "Q.", "Q. Giám đốc", "Đỗ Văn Mẫu"),
];

const DATES: [(&str, &str); 5] = [
    ("ngày 05 tháng 01 năm 2026", "05/01/2026"),
    ("ngày 18 tháng 02 năm 2025", "18/02/2025"),
    ("ngày 29 tháng 6 năm 2026", "29/06/2026"),
    ("ngày 07 tháng 10 năm 2024", "07/10/2024"),
    ("ngày 31 tháng 12 năm 2026", "31/12/2026"),
];

/// Sixty documents.
pub(crate) fn all() -> Vec<(String, Vec<u8>, Truth)> {
    let mut all = Vec::new();
    for number in 0..44 {
        let (doc, truth) = written(number);
        all.push((format!("written {number}"), doc.pdf(), truth));
    }
    all.push(two_signatures());
    for kind in DocumentKind::administrative()
        .filter(|kind| kind.abstract_place() == vanthu_domain::kind::AbstractPlace::UnderName)
        .take(15)
    {
        all.push(made(kind));
    }
    all
}

fn written(number: usize) -> (Doc, Truth) {
    let (parent, agency, name, short, place) = OFFICES[number % OFFICES.len()];
    let (block, prefixes, title, signer) = SIGNERS[number % SIGNERS.len()];
    let (date, day) = DATES[number % DATES.len()];
    let mut truth = Truth {
        place: place.to_owned(),
        date: day.to_owned(),
        parent: parent.join(" "),
        agency: name.to_owned(),
        signer: signer.to_owned(),
        authority: prefixes.to_owned(),
        title: title.to_owned(),
        ..Truth::default()
    };
    let digits = format!("{:02}", (number * 37) % 900 + 1);
    let mut doc = match number % 4 {
        0 => letter_of(number, short, &mut truth),
        1 => decision_of(number, short, &mut truth),
        2 => plan_of(number, short, &mut truth),
        _ => report_of(number, short, &mut truth),
    };
    truth.number.clone_from(&digits);
    doc.number = Some(line(
        &format!("Số: {digits}/{}", truth.notation),
        look(13.0, false, false),
    ));
    doc.date = Some(line(&format!("{place}, {date}"), look(13.0, false, true)));
    doc.parent = lines(parent, look(12.0, false, false));
    doc.agency = lines(agency, look(12.0, true, false));
    doc.authority = lines(block, BOLD);
    doc.signer = Some(line(signer, BOLD));
    // As offices write in fact: other sizes, other margins, odd runs, no colon, a number in figures.
    if number % 3 == 1 {
        doc.runs = Runs::Odd;
    }
    if number % 5 == 2 {
        doc.margins = [22.0, 20.0, 32.0, 18.0];
        doc.leading = 1.35;
    }
    if number % 11 == 4 {
        every_line(&mut doc, |line| line.look.size -= 1.0);
    }
    if number % 7 == 3 {
        doc.number.as_mut().unwrap().text = format!("Số {digits} /{}", truth.notation);
    }
    if number % 13 == 5 {
        doc.agency_rule = None;
        doc.motto_rule = None;
    }
    (doc, truth)
}

fn every_line(doc: &mut Doc, change: impl Fn(&mut Line)) {
    let one = [
        &mut doc.nation,
        &mut doc.motto,
        &mut doc.number,
        &mut doc.date,
        &mut doc.kind,
    ];
    one.into_iter().flatten().for_each(&change);
    doc.parent
        .iter_mut()
        .chain(&mut doc.agency)
        .chain(&mut doc.subject)
        .for_each(&change);
}

fn letter_of(number: usize, short: &str, truth: &mut Truth) -> Doc {
    truth.kind = "official-letter".to_owned();
    truth.notation = format!("{short}-VP");
    truth.references = "30/2020/NĐ-CP".to_owned();
    let mut doc = letter();
    doc.body
        .truncate(if number.is_multiple_of(8) { 10 } else { 6 });
    if number.is_multiple_of(8) {
        truth.subject = "chấn chỉnh việc sử dụng chữ ký số".to_owned();
        truth.addressees = "Các phòng chuyên môn; Trưởng các thôn trên địa bàn xã".to_owned();
    } else {
        doc.about = lines(
            &["V/v báo cáo kết quả", "thực hiện chuyển đổi số"],
            look(12.0, false, false),
        );
        truth.subject = "báo cáo kết quả thực hiện chuyển đổi số".to_owned();
        doc.addressees = lines(&["Kính gửi: Sở Tài chính tỉnh Tuần Mẫu."], UPRIGHT);
        truth.addressees = "Sở Tài chính tỉnh Tuần Mẫu".to_owned();
        doc.body.push(para("Nơi gửi báo cáo: Văn phòng cơ quan./."));
    }
    doc
}

fn decision_of(_: usize, short: &str, truth: &mut Truth) -> Doc {
    truth.kind = "decision".to_owned();
    truth.notation = format!("QĐ-{short}");
    truth.subject = "Về việc kiện toàn Tổ công nghệ số cộng đồng xã Bình Mẫu".to_owned();
    truth.references = "118/KH-UBND".to_owned();
    decision()
}

fn plan_of(number: usize, short: &str, truth: &mut Truth) -> Doc {
    truth.kind = "plan".to_owned();
    truth.notation = format!("KH-{short}");
    truth.subject = "Triển khai tháng cao điểm chuyển đổi số trên địa bàn xã Bình Mẫu".to_owned();
    let mut doc = plan();
    let red = Look {
        colour: [0.89, 0.0, 0.06],
        ..look(13.0, true, false)
    };
    match number % 3 {
        0 => {
            doc.stamp = Some(Stamp {
                line: line("KHẨN", red),
                width: 20.0,
                height: 8.0,
            });
            truth.urgency = "urgent".to_owned();
        }
        1 => doc.stamp = None,
        _ => truth.urgency = "express".to_owned(),
    }
    doc
}

fn report_of(number: usize, short: &str, truth: &mut Truth) -> Doc {
    if number % 8 == 3 {
        truth.kind = "statute".to_owned();
        truth.notation = format!("QC-{short}");
        truth.subject = "Quản lý, sử dụng chữ ký số trong cơ quan".to_owned();
        return regulation();
    }
    truth.kind = "report".to_owned();
    truth.notation = format!("BC-{short}");
    truth.subject = "Kết quả công tác văn thư, lưu trữ năm 2026".to_owned();
    truth.addressees = "Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned();
    truth.references = "15/CT-UBND, 207/SNV-VTLT".to_owned();
    Doc {
        kind: Some(line("BÁO CÁO", BOLD)),
        subject: lines(&["Kết quả công tác văn thư, lưu trữ năm 2026"], BOLD),
        subject_rule: Some(0.4),
        about: Vec::new(),
        addressees: lines(&["Kính gửi: Ủy ban nhân dân tỉnh Tuần Mẫu."], UPRIGHT),
        body: vec![
            basis(
                "Căn cứ Chỉ thị số 15/CT-UBND ngày 03 tháng 3 năm 2026 của Ủy ban nhân dân tỉnh Tuần Mẫu về tăng cường công tác văn thư;",
            ),
            para(
                "Thực hiện Công văn số 207/SNV-VTLT ngày 12/10/2026 của Sở Nội vụ về báo cáo công tác văn thư, lưu trữ, cơ quan báo cáo kết quả như sau:",
            ),
            para(
                "1. Đã tiếp nhận 1.204 văn bản đến, phát hành 655 văn bản đi; 100% văn bản đi được ký số của cơ quan và gửi trên trục liên thông./.",
            ),
        ],
        ..letter()
    }
}

/// Minutes that two people sign.
fn two_signatures() -> (String, Vec<u8>, Truth) {
    let doc = Doc {
        number: Some(line("Số: 04/BB-UBND", look(13.0, false, false))),
        date: None,
        kind: Some(line("BIÊN BẢN", BOLD)),
        subject: lines(&["Họp giao ban công tác tháng 11"], BOLD),
        subject_rule: Some(0.4),
        about: Vec::new(),
        addressees: Vec::new(),
        body: vec![
            para("Thời gian bắt đầu: 08 giờ 00 phút ngày 20 tháng 11 năm 2026."),
            para("Địa điểm: Phòng họp số 1."),
            para("Cuộc họp kết thúc vào 10 giờ 30 phút ngày 20 tháng 11 năm 2026./."),
        ],
        recipients_head: None,
        recipients: Vec::new(),
        authority: lines(&["CHỦ TỌA"], BOLD),
        signer: Some(line("Trần Thị Thí Dụ", BOLD)),
        second: Some((line("THƯ KÝ", BOLD), line("Lê Văn Thử", BOLD))),
        ..letter()
    };
    let truth = Truth {
        kind: "minutes".to_owned(),
        number: "04".to_owned(),
        notation: "BB-UBND".to_owned(),
        parent: "UBND TỈNH TUẦN MẪU".to_owned(),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        subject: "Họp giao ban công tác tháng 11".to_owned(),
        signer: "Trần Thị Thí Dụ".to_owned(),
        title: "Chủ Tọa".to_owned(),
        ..Truth::default()
    };
    ("two signatures".to_owned(), doc.pdf(), truth)
}

/// A document of our own typesetter, before its number.
fn made(kind: DocumentKind) -> (String, Vec<u8>, Truth) {
    let letter = typeset(kind);
    let truth = Truth {
        kind: kind.code().to_owned(),
        notation: letter.notation.clone(),
        place: letter.place_name.clone(),
        parent: "Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned(),
        agency: letter.agency.clone(),
        subject: letter.subject.clone(),
        signer: letter.signer_name.clone(),
        authority: "TM.".to_owned(),
        title: "Chủ tịch".to_owned(),
        references: if matches!(kind, DocumentKind::Decision | DocumentKind::Resolution) {
            "118/KH-UBND".to_owned()
        } else {
            String::new()
        },
        ..Truth::default()
    };
    (
        format!("typeset {kind}"),
        typeset_letter(&letter).unwrap().pdf,
        truth,
    )
}
