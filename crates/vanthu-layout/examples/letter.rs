//! Typesets the worked example and writes it, its pages and two registers into a folder:
//! `cargo run -p vanthu-layout --example letter -- target/letter`

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_layout::{
    Extras, IncomingEntry, Letter, OutgoingEntry, RegisterCover, render_page,
    typeset_incoming_register, typeset_letter, typeset_outgoing_register,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "target/letter".to_owned()),
    );
    std::fs::create_dir_all(&folder)?;
    let mut report = String::new();
    for (name, sample) in [("letter", letter()), ("decision", decision())] {
        for round in 0..3 {
            // Another text each time: a server meets the same document seldom twice.
            let mut letter = sample.clone();
            if round > 0 {
                letter.body =
                    Body::parse(&letter.body.source().replace("xã", &format!("xã {round}"))).body;
            }
            let start = Instant::now();
            let done = typeset_letter(&letter)?;
            writeln!(
                report,
                "{name} {round}: {} pages, {:?}",
                done.pages,
                start.elapsed()
            )?;
            if round == 0 {
                std::fs::write(folder.join(format!("{name}.pdf")), &done.pdf)?;
                writeln!(report, "{:#?}", done.places)?;
                let start = Instant::now();
                std::fs::write(
                    folder.join(format!("{name}.png")),
                    render_page(&done.pdf, 0, 96.0)?,
                )?;
                writeln!(report, "drawn in {:?}", start.elapsed())?;
            }
        }
    }
    std::fs::write(
        folder.join("outgoing.pdf"),
        typeset_outgoing_register(&cover(), &outgoing())?,
    )?;
    std::fs::write(
        folder.join("incoming.pdf"),
        typeset_incoming_register(&cover(), &incoming())?,
    )?;
    std::fs::write(folder.join("report.txt"), report)?;
    Ok(())
}

fn letter() -> Letter {
    Letter {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        notation: "UBND-VHXH".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        kind: DocumentKind::OfficialLetter,
        subject: "chấn chỉnh việc sử dụng chữ ký số và xử lý văn bản trên môi trường điện tử"
            .to_owned(),
        urgency: Urgency::Express,
        addressees: lines(&[
            "Các phòng chuyên môn, đơn vị sự nghiệp trực thuộc",
            "Công an xã, Ban Chỉ huy quân sự xã",
            "Trưởng các thôn trên địa bàn xã",
        ]),
        body: Body::parse(include_str!("../tests/fixtures/letter.txt")).body,
        recipients: lines(&[
            "Như trên",
            "Thường trực Đảng ủy, Thường trực HĐND xã (b/c)",
            "CT, các PCT UBND xã",
            "Lãnh đạo Văn phòng HĐND và UBND xã",
            "Lưu: VT, VHXH, nvthu, 03b",
        ]),
        authority_lines: lines(&["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        signer_name: "Trần Thị Thí Dụ".to_owned(),
        drafted_on: Day::new(2026, 11, 22).unwrap_or_else(|| unreachable!("a day of the calendar")),
        title: "Công văn chấn chỉnh việc sử dụng chữ ký số".to_owned(),
        extras: Extras::default(),
    }
}

fn decision() -> Letter {
    Letter {
        kind: DocumentKind::Decision,
        notation: "QĐ-UBND".to_owned(),
        subject: "Về việc kiện toàn Tổ công nghệ số cộng đồng xã Bình Mẫu".to_owned(),
        urgency: Urgency::Normal,
        addressees: Vec::new(),
        body: Body::parse(include_str!("../tests/fixtures/decision.txt")).body,
        recipients: lines(&[
            "Như Điều 3",
            "Sở Khoa học và Công nghệ (b/c)",
            "Lưu: VT, VHXH",
        ]),
        authority_lines: lines(&["Chủ tịch"]),
        title: "Quyết định kiện toàn Tổ công nghệ số cộng đồng".to_owned(),
        ..letter()
    }
}

fn cover() -> RegisterCover {
    let letter = letter();
    RegisterCover {
        parent_agency: letter.parent_agency,
        agency: letter.agency,
        year: 2026,
        from_day: letter.drafted_on.plus_days(-30),
        to_day: letter.drafted_on,
        from_number: 401,
        to_number: 440,
        book: "02".to_owned(),
        place_name: letter.place_name,
        printed_on: letter.drafted_on,
        keeper: "Nguyễn Văn Thử".to_owned(),
    }
}

fn outgoing() -> Vec<OutgoingEntry> {
    (401..=440)
        .map(|number| OutgoingEntry {
            number: format!("{number}/UBND-VHXH"),
            day: Some(cover().from_day),
            subject: "Công văn chấn chỉnh việc sử dụng chữ ký số".to_owned(),
            signer: "Trần Thị Thí Dụ".to_owned(),
            recipients: "Các phòng chuyên môn; Trưởng các thôn".to_owned(),
            kept_by: "Văn thư".to_owned(),
            copies: Some(3),
            sent_on: Some(cover().from_day),
            receipt: "Điện tử".to_owned(),
            note: String::new(),
        })
        .collect()
}

fn incoming() -> Vec<IncomingEntry> {
    vec![IncomingEntry {
        arrived_on: Some(cover().from_day),
        arrival_number: "412".to_owned(),
        author: "Sở Khoa học và Công nghệ tỉnh Tuần Mẫu".to_owned(),
        number: "1207/SKHCN-CĐS".to_owned(),
        day: Some(cover().from_day),
        subject: "Công văn về việc báo cáo tình hình sử dụng chữ ký số quý IV".to_owned(),
        receiver: "Phòng Văn hóa - Xã hội".to_owned(),
        handed_on: Some(cover().to_day),
        receipt: "Điện tử".to_owned(),
        note: "Hạn 30/11".to_owned(),
    }]
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
