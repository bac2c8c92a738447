//! Documents that are as they should be: of our own typesetter in every kind, and as word processors write them.

use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Template, Urgency};
use vanthu_layout::{Letter, typeset_letter};

use super::doc::{Doc, decision, letter, line, lines, plan, regulation};
use super::paper::{Runs, look};

pub(crate) fn all() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = written()
        .into_iter()
        .map(|(name, doc)| (name, doc.pdf()))
        .collect();
    for kind in DocumentKind::administrative() {
        all.push((
            format!("typeset {kind}"),
            typeset_letter(&typeset(kind)).unwrap().pdf,
        ));
    }
    let long = include_str!("../fixtures/letter.txt");
    for urgency in Urgency::ALL {
        let letter = Letter {
            urgency: *urgency,
            body: Body::parse(long).body,
            ..typeset(DocumentKind::OfficialLetter)
        };
        all.push((
            format!("typeset long {urgency}"),
            typeset_letter(&letter).unwrap().pdf,
        ));
    }
    all
}

/// As word processors write them, in runs of every kind.
pub(crate) fn written() -> Vec<(String, Doc)> {
    let mut all = Vec::new();
    for (name, doc) in [
        ("letter", letter()),
        ("decision", decision()),
        ("plan", plan()),
        ("regulation", regulation()),
        ("larger sizes", larger()),
        ("long names", long_names()),
        (
            "other margins",
            Doc {
                margins: [25.0, 25.0, 35.0, 20.0],
                ..letter()
            },
        ),
    ] {
        all.push((
            format!("{name} in odd runs"),
            Doc {
                runs: Runs::Odd,
                ..doc.clone()
            },
        ));
        all.push((name.to_owned(), doc));
    }
    all
}

/// 13, 14, 14.
fn larger() -> Doc {
    let mut doc = letter();
    doc.nation.as_mut().unwrap().look.size = 13.0;
    doc.motto.as_mut().unwrap().look.size = 14.0;
    doc.date.as_mut().unwrap().look.size = 14.0;
    for line in doc.parent.iter_mut().chain(&mut doc.agency) {
        line.look.size = 12.0;
    }
    doc
}

/// Names that take several lines, and a short number.
pub(crate) fn long_names() -> Doc {
    Doc {
        parent: lines(
            &["ỦY BAN NHÂN DÂN", "THÀNH PHỐ BÌNH MẪU"],
            look(12.0, false, false),
        ),
        agency: lines(
            &["BAN QUẢN LÝ DỰ ÁN ĐẦU TƯ", "XÂY DỰNG VÀ PHÁT TRIỂN ĐÔ THỊ"],
            look(12.0, true, false),
        ),
        number: Some(line("Số: 03/BQLDA-KHTC", look(13.0, false, false))),
        date: Some(line(
            "Thành phố Bình Mẫu, ngày 18 tháng 02 năm 2026",
            look(13.0, false, true),
        )),
        authority: lines(&["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], look(14.0, true, false)),
        signer: Some(line("Lê Văn Thử", look(14.0, true, false))),
        ..letter()
    }
}

/// A document of our typesetter.
pub(crate) fn typeset(kind: DocumentKind) -> Letter {
    let text = |it: &str| it.to_owned();
    let decided = matches!(kind.template(), Template::Decision | Template::Resolution);
    let body = if decided {
        include_str!("../fixtures/decision.txt")
    } else {
        "Thực hiện kế hoạch chuyển đổi số năm 2026 của tỉnh, Ủy ban nhân dân xã Bình Mẫu đề nghị các cơ quan, đơn vị triển khai những nội dung sau đây:\n\
         1. Rà soát danh sách người được cấp chứng thư chữ ký số, đối chiếu với sổ theo dõi thiết bị lưu khóa bí mật và gửi kết quả về Văn phòng.\n\
         2. Bàn giao thiết bị khi thay đổi vị trí công tác.\n\
         Trong quá trình triển khai, nếu có vướng mắc, đề nghị phản ánh kịp thời về Ủy ban nhân dân xã để xem xét, giải quyết."
    };
    let addressed = kind == DocumentKind::OfficialLetter;
    Letter {
        parent_agency: Some(text("Ủy ban nhân dân tỉnh Tuần Mẫu")),
        agency: text("Ủy ban nhân dân xã Bình Mẫu"),
        notation: kind
            .abbreviation()
            .map_or(text("UBND-VHXH"), |it| format!("{it}-UBND")),
        place_name: text("Bình Mẫu"),
        kind,
        subject: text("rà soát chứng thư chữ ký số"),
        urgency: Urgency::Normal,
        addressees: if addressed {
            vec![text("Các phòng chuyên môn")]
        } else {
            Vec::new()
        },
        body: Body::parse(body).body,
        recipients: if addressed {
            vec![text("Như trên"), text("Lưu: VT, VHXH")]
        } else {
            vec![text("Các phòng chuyên môn"), text("Lưu: VT, VHXH")]
        },
        authority_lines: vec![text("TM. ỦY BAN NHÂN DÂN"), text("CHỦ TỊCH")],
        signer_name: text("Trần Thị Thí Dụ"),
        drafted_on: Day::new(2026, 11, 22).unwrap(),
        title: text("Văn bản mẫu"),
        extras: vanthu_layout::Extras::default(),
    }
}
