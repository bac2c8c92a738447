//! Typesets every sample document, the three kinds of copies, prints and slips into a folder:
//! `cargo run -p vanthu-layout --example forms -- target/forms`

use std::error::Error;
use std::path::{Path, PathBuf};

use vanthu_domain::Day;
use vanthu_domain::kind::DocumentKind;
use vanthu_layout::samples::{SAMPLES, Sample};
use vanthu_layout::{
    ArrivalStamp, CopyBlock, HandlingSlip, Handover, HandoverDevice, Party, Print, PrintMark,
    SlipHead, SlipLine, SubmissionSlip, archive_faults, typeset_handling_slip, typeset_letter,
    typeset_print, typeset_submission_slip,
};

type Made<T> = Result<T, Box<dyn Error>>;

fn main() -> Made<()> {
    let folder = std::env::args().nth(1);
    let folder = PathBuf::from(folder.unwrap_or_else(|| "target/forms".to_owned()));
    std::fs::create_dir_all(&folder)?;
    for sample in SAMPLES {
        keep(&folder, sample.name, &sample_pdf(sample.name)?)?;
    }
    for (name, kind, of, number) in [
        (
            "30-ban-sao-y",
            DocumentKind::FullCopy,
            "05-quy-dinh",
            "05/SY-UBND",
        ),
        (
            "31-ban-trich-sao",
            DocumentKind::ExtractCopy,
            "28-phieu-bao",
            "02/TrS-UBND",
        ),
        (
            "32-ban-sao-luc",
            DocumentKind::CopyOfCopy,
            "22-giay-uy-quyen",
            "01/SL-UBND",
        ),
    ] {
        let block = copy_block(kind, number)?;
        let pdf = sample_pdf(of)?;
        let made = typeset_print(&Print {
            copy: Some(&block),
            ..print(&pdf)?
        })?;
        keep(&folder, name, &made)?;
    }
    papers(&folder)
}

fn keep(folder: &Path, name: &str, pdf: &[u8]) -> Made<()> {
    let faults = archive_faults(pdf);
    if !faults.is_empty() {
        return Err(format!("{name} is no archive file: {faults:?}").into());
    }
    Ok(std::fs::write(folder.join(format!("{name}.pdf")), pdf)?)
}

fn sample_pdf(name: &str) -> Made<Vec<u8>> {
    let sample = SAMPLES.iter().find(|sample| sample.name == name);
    let letter = sample.and_then(Sample::letter);
    let letter = letter.ok_or_else(|| format!("{name} has a bad head"))?;
    Ok(typeset_letter(&letter)?.pdf)
}

fn today() -> Made<Day> {
    Day::new(2026, 11, 23).ok_or_else(|| "no such day".into())
}

fn print(pdf: &[u8]) -> Made<Print<'_>> {
    Ok(Print {
        pdf,
        title: "Bản in trên giấy",
        printed_on: today()?,
        mark: None,
        arrival: None,
        copy: None,
    })
}

fn copy_block(kind: DocumentKind, number: &str) -> Made<CopyBlock> {
    Ok(CopyBlock {
        kind,
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        number: number.to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        day: today()?,
        recipients: vec!["Phòng Kinh tế;".to_owned(), "Lưu: VT.".to_owned()],
        authority_lines: vec!["TL. Chủ tịch".to_owned(), "Chánh Văn phòng".to_owned()],
        signer_name: "Vũ Văn Mô Phỏng".to_owned(),
    })
}

fn head() -> Made<SlipHead> {
    Ok(SlipHead {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        made_on: today()?,
    })
}

fn line(who: &str, part: &str, deadline: &str) -> SlipLine {
    SlipLine {
        who: who.to_owned(),
        part: part.to_owned(),
        deadline: deadline.to_owned(),
    }
}

fn papers(folder: &Path) -> Made<()> {
    let mark = PrintMark {
        document: "512/UBND-VP ngày 20/11/2026 của Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        printed_by: "Đỗ Thị Ví Dụ".to_owned(),
        printed_at: "08 giờ 12 phút ngày 23/11/2026".to_owned(),
        verify_at: "https://binhmau.example/kiem-tra".to_owned(),
        digest: "3f0c".repeat(16),
    };
    let stamp = ArrivalStamp {
        agency: "Trường Tiểu học Bình Mẫu".to_owned(),
        number: "412".to_owned(),
        day: "23/11/2026".to_owned(),
        forwarded: "Hiệu trưởng".to_owned(),
        dossier: String::new(),
    };
    let pdf = sample_pdf("52-cong-van-tang-cuong")?;
    let marked = Print {
        mark: Some(&mark),
        arrival: Some(&stamp),
        ..print(&pdf)?
    };
    keep(folder, "61-ban-in-co-dau-den", &typeset_print(&marked)?)?;
    let handling = HandlingSlip {
        head: head()?,
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
    };
    keep(
        folder,
        "62-phieu-giai-quyet",
        &typeset_handling_slip(&handling)?,
    )?;
    let submission = SubmissionSlip {
        head: head()?,
        addressee: "Bà Trần Thị Thí Dụ, Chủ tịch Ủy ban nhân dân xã".to_owned(),
        unit: "Phòng Văn hóa - Xã hội".to_owned(),
        subject: "Dự thảo Quyết định giao nhiệm vụ quản lý khóa bí mật con dấu".to_owned(),
        bases: vec!["Nghị định số 68/2024/NĐ-CP ngày 25 tháng 6 năm 2024 của Chính phủ".to_owned()],
        summary: "Văn thư cơ quan nghỉ hưu từ ngày 01/12/2026; cần giao người khác quản lý."
            .to_owned(),
        opinions: vec![(
            "Văn phòng".to_owned(),
            "Thống nhất, đề nghị nêu rõ ngày bàn giao.".to_owned(),
        )],
        proposal: "Kính trình Chủ tịch xem xét, ký ban hành.".to_owned(),
        attachments: vec!["Dự thảo Quyết định".to_owned()],
        drafted: "Lê Văn Thử, 10:02 ngày 23/11/2026".to_owned(),
        reviewed: String::new(),
    };
    keep(
        folder,
        "63-phieu-trinh",
        &typeset_submission_slip(&submission)?,
    )?;
    let handover = Handover {
        head: head()?,
        notation: "BB-UBND".to_owned(),
        giver: Party {
            name: "Phạm Thị Mẫu".to_owned(),
            post: "Trưởng phòng Văn hóa - Xã hội".to_owned(),
        },
        receiver: Party {
            name: "Đỗ Thị Ví Dụ".to_owned(),
            post: "Văn thư cơ quan".to_owned(),
        },
        devices: vec![HandoverDevice {
            serial: "TB-0142".to_owned(),
            certificate: "54A1 00B2".to_owned(),
            holder: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            condition: "Hoạt động tốt".to_owned(),
        }],
        remark: String::new(),
    };
    keep(
        folder,
        "64-bien-ban-giao-nhan",
        &typeset_letter(&handover.letter())?.pdf,
    )
}
