//! Invented contents of the example screens.

use crate::view::{
    Act, By, Cell, Check, Chip, Choice, Column, Confirm, Editor, Empty, Fact, Field, Happening,
    Link, List, MenuGroup, MenuItem, PagePicture, Pager, Paper, Pill, PlaceBox, Problem, Row,
    Shell, SignPanel, Step, Tab, Tile, Toast, Tone, Verdict,
};
use crate::{Desk, Document, Done, DraftEditor, Entry, Login, Placing, Register, WorkList};

fn shell(title: &str, current: &str) -> Shell {
    let item = |text: &str, count: u32, key: &str| MenuItem {
        text: text.into(),
        href: "#".into(),
        count,
        current: text == current,
        hot: text == "Gửi lỗi",
        key: key.into(),
    };
    let group = |title: &str, items: Vec<MenuItem>| MenuGroup {
        title: title.into(),
        items,
    };
    Shell {
        lang: "vi".into(),
        title: title.into(),
        practice: true,
        agency: "UBND xã Bình Mẫu".into(),
        role: "Văn thư cơ quan".into(),
        person: "Lê Thị Thư".into(),
        notices: 3,
        csrf: "x".into(),
        signer: true,
        version: "1".into(),
        menu: vec![
            group("", vec![item("Bàn làm việc", 0, "g d")]),
            group(
                "Văn bản đến",
                vec![
                    item("Chờ tiếp nhận", 7, "g t"),
                    item("Chờ vào sổ", 3, "g v"),
                    item("Trình, phân phối", 5, ""),
                    item("Đang xử lý", 0, ""),
                    item("Đã trả lại", 0, ""),
                ],
            ),
            group(
                "Văn bản đi",
                vec![
                    item("Dự thảo", 2, "g n"),
                    item("Chờ tôi ký", 3, "g k"),
                    item("Chờ cấp số", 2, "g s"),
                    item("Chờ đóng dấu", 4, ""),
                    item("Chờ phát hành", 1, ""),
                    item("Đã ban hành", 0, ""),
                    item("Gửi lỗi", 1, ""),
                ],
            ),
            group(
                "Sổ và hồ sơ",
                vec![item("Sổ đăng ký", 0, "g b"), item("Hồ sơ công việc", 0, "")],
            ),
        ],
        ..Shell::default()
    }
}

fn check(tone: Tone, text: &str, note: &str) -> Check {
    Check {
        tone,
        text: text.into(),
        note: note.into(),
    }
}

fn fact(name: &str, value: &str) -> Fact {
    Fact {
        name: name.into(),
        value: value.into(),
        locked: false,
    }
}

fn tile(text: &str, count: u32, tone: Tone, current: bool) -> Tile {
    Tile {
        text: text.into(),
        href: "#".into(),
        count,
        tone,
        current,
    }
}

fn happening(tone: Tone, text: &str, when: &str, who: &str, quote: &str) -> Happening {
    Happening {
        tone,
        text: text.into(),
        when: when.into(),
        at: "2026-11-22T08:12:01+07:00".into(),
        who: who.into(),
        quote: quote.into(),
    }
}

fn happenings() -> Vec<Happening> {
    vec![
        happening(
            Tone::Info,
            "Đến hệ thống, đã báo nơi gửi (01)",
            "08:12:01",
            "Trục liên thông",
            "",
        ),
        happening(Tone::Ok, "Kiểm tra chữ ký: đạt", "08:12:03", "Hệ thống", ""),
        happening(
            Tone::Bad,
            "Phòng Văn hóa – Xã hội trả lại",
            "08:40",
            "Trần Văn Phòng",
            "Không thuộc nhiệm vụ của phòng; đề nghị chuyển Phòng Kinh tế.",
        ),
        happening(
            Tone::None,
            "Chờ văn thư tiếp nhận",
            "",
            "hỏa tốc: xử lý ngay",
            "",
        ),
    ]
}

pub(crate) fn desk() -> Desk {
    Desk {
        shell: Shell {
            toasts: vec![Toast {
                tone: Tone::Ok,
                text: "Đã cấp số 146/UBND-VHXH.".into(),
                link: Some(Link {
                    text: "Xem văn bản".into(),
                    href: "#".into(),
                }),
            }],
            ..shell("Bàn làm việc", "Bàn làm việc")
        },
        today: "Chủ nhật, 22/11/2026 · nghỉ; ngày làm việc kế tiếp: 23/11/2026".into(),
        warning: Problem {
            tone: Tone::Warn,
            what: "Chứng thư của cơ quan còn 21 ngày".into(),
            why: "Hết hạn ngày 13/12/2026; sau ngày đó không đóng dấu được văn bản nào.".into(),
            article: "NĐ 68/2024, Điều 16".into(),
            now: "Lập đề nghị gia hạn ngay.".into(),
            link: Some(Link {
                text: "Lập đề nghị".into(),
                href: "#".into(),
            }),
        },
        tiles: vec![
            tile("Chờ tiếp nhận", 7, Tone::None, false),
            tile("Chờ vào sổ", 3, Tone::None, false),
            tile("Chờ cấp số", 2, Tone::None, false),
            tile("Chờ đóng dấu", 4, Tone::None, false),
            tile("Chờ phát hành", 0, Tone::None, false),
            tile("Sắp đến hạn", 4, Tone::Warn, false),
            tile("Quá hạn", 1, Tone::Bad, false),
        ],
        due: vec![
            check(Tone::Bad, "Tiếp nhận 145/SMau-VP (hỏa tốc)", "quá 12 phút"),
            check(
                Tone::Warn,
                "Đóng dấu Quyết định 62/QĐ-UBND",
                "hôm nay, 16:30",
            ),
            check(Tone::None, "Vào sổ 09/GM-UBND", "24/11/2026"),
        ],
        sent: vec![
            check(
                Tone::Ok,
                "V/v chuẩn bị họp giao ban tháng 12",
                "3/3 nơi đã tiếp nhận",
            ),
            check(Tone::Bad, "Báo cáo công tác quý III", "1 nơi trả lại"),
            check(Tone::Info, "Giấy mời họp tổng kết", "đang gửi 2/5"),
        ],
        happenings: happenings(),
        facts: vec![
            fact("Chứng thư cơ quan", "UBND xã Bình Mẫu · còn 21 ngày"),
            fact("Người giữ", "Lê Thị Thư, từ 05/01/2026"),
        ],
    }
}

fn row(
    id: &str,
    when: (&str, &str),
    number: &str,
    subject: (&str, &str),
    from: &str,
    state: (Tone, &str),
) -> Row {
    Row {
        id: id.into(),
        pick: String::new(),
        href: "#".into(),
        name: number.into(),
        unread: Some(id < "3"),
        cells: vec![
            Cell::text(when.0).note(when.1),
            if id == "1" {
                Cell::text(number).and(Tone::Urgent, "Hỏa tốc")
            } else {
                Cell::text(number)
            },
            Cell::text(subject.0).note(subject.1),
            Cell::text(from),
            Cell::pill(state.0, state.1),
        ],
    }
}

fn column(text: &str, kind: &'static str) -> Column {
    Column {
        text: text.into(),
        kind,
        ..Column::default()
    }
}

fn ask() -> Confirm {
    let choice = |value: &str, text: &str| Choice {
        value: value.into(),
        text: text.into(),
        ..Choice::default()
    };
    Confirm {
        id: "return".into(),
        title: "Trả lại văn bản?".into(),
        text: "Nơi gửi nhận được trạng thái 02 kèm lý do. Việc trả lại không rút lại được.".into(),
        facts: vec![fact("Văn bản", "145/SMau-VP"), fact("Nơi gửi", "Sở Mẫu")],
        action: "/return".into(),
        csrf: "x".into(),
        code: Some(Field::new("code", "Lý do", "").choices(vec![
            choice("1", "Thiếu chữ ký của người có thẩm quyền"),
            choice("2", "Gửi nhầm nơi nhận"),
        ])),
        reason: Some(
            Field::new("reason", "Giải thích thêm", "")
                .hint("Nơi gửi đọc nguyên văn lời này.")
                .max(500),
        ),
        verb: "Trả lại văn bản".into(),
        danger: true,
        ..Confirm::default()
    }
}

pub(crate) fn incoming() -> WorkList {
    let subject = "V/v tăng cường sử dụng chữ ký số khi phát hành văn bản điện tử";
    WorkList {
        shell: shell("Văn bản đến · Chờ tiếp nhận", "Chờ tiếp nhận"),
        lead: "Chữ ký được kiểm tra ngay khi văn bản đến. Chỉ văn bản đạt mới tiếp nhận được."
            .into(),
        tiles: vec![
            tile("Chờ tiếp nhận", 7, Tone::None, true),
            tile("Chờ vào sổ", 3, Tone::None, false),
            tile("Trình, phân phối", 5, Tone::None, false),
            tile("Đang xử lý", 18, Tone::None, false),
            tile("Sắp đến hạn", 4, Tone::Warn, false),
            tile("Quá hạn", 1, Tone::Bad, false),
        ],
        chips: vec![
            Chip {
                name: "Kênh".into(),
                value: "Trục liên thông".into(),
                remove: "#".into(),
            },
            Chip {
                name: "Đến".into(),
                value: "hôm nay".into(),
                remove: "#".into(),
            },
        ],
        filter: Field::new("from", "Nơi gửi", "")
            .optional()
            .choices(vec![Choice {
                text: "Tất cả".into(),
                ..Choice::default()
            }]),
        list: List {
            caption: "Văn bản chờ tiếp nhận".into(),
            pick: true,
            columns: vec![
                Column {
                    sort: "#".into(),
                    sorted: "descending",
                    ..column("Đến lúc", "when")
                },
                column("Số, ký hiệu", "num"),
                column("Trích yếu", "main"),
                column("Nơi gửi", "text"),
                column("Giá trị pháp lý", "state"),
            ],
            rows: vec![
                row(
                    "1",
                    ("08:12", "hôm nay"),
                    "145/SMau-VP",
                    (
                        subject,
                        "Công văn · 2 trang · 1 phụ lục · hạn trả lời 25/11/2026",
                    ),
                    "Sở Mẫu",
                    (Tone::Ok, "Như bản gốc"),
                ),
                row(
                    "2",
                    ("08:05", "hôm nay"),
                    "62/QĐ-UBND",
                    (
                        "Ban hành Quy chế quản lý thiết bị lưu khóa bí mật",
                        "Quyết định · 14 trang",
                    ),
                    "UBND tỉnh Mẫu",
                    (Tone::Ok, "Như bản gốc"),
                ),
                row(
                    "3",
                    ("07:58", "hôm nay"),
                    "31/BC-PYTe",
                    (
                        "Báo cáo công tác quý III năm 2026",
                        "Báo cáo · 6 trang · chỉ có ảnh quét",
                    ),
                    "Trung tâm Y tế khu vực Mẫu",
                    (Tone::Bad, "Thiếu chữ ký người có thẩm quyền"),
                ),
                row(
                    "4",
                    ("07:41", "hôm nay"),
                    "09/GM-UBND",
                    (
                        "Họp giao ban công tác văn thư, lưu trữ",
                        "Giấy mời · 1 trang · 14 giờ 00, 24/11/2026",
                    ),
                    "UBND phường Hòa Mẫu",
                    (
                        Tone::Warn,
                        "Chưa xác định: chưa hỏi được trạng thái chứng thư, thử lại 08:30",
                    ),
                ),
                row(
                    "5",
                    ("16:55", "20/11"),
                    "118/TB-SMau",
                    (
                        "Kết luận cuộc họp về liên thông văn bản",
                        "Thông báo · 3 trang",
                    ),
                    "Sở Mẫu",
                    (Tone::Bad, "Nội dung đổi sau khi ký (trang 2)"),
                ),
            ],
        },
        pager: Pager {
            summary: "7 văn bản".into(),
            previous: "#".into(),
            next: "#".into(),
        },
        empty: Empty::default(),
        verb: "Tiếp nhận".into(),
        ask: ask(),
    }
}

pub(crate) fn to_sign() -> WorkList {
    let row = |id: &str, subject: &str, note: &str, from: &str, due: (Tone, &str)| Row {
        id: id.into(),
        pick: String::new(),
        href: "#".into(),
        name: subject.into(),
        unread: None,
        cells: vec![
            Cell::text(subject).note(note),
            Cell::text(from),
            Cell::pill(due.0, due.1),
        ],
    };
    WorkList {
        shell: Shell {
            role: "Chủ tịch".into(),
            person: "Nguyễn Văn Mẫu".into(),
            ..shell("Chờ tôi ký", "Chờ tôi ký")
        },
        lead: "Đã qua kiểm tra thể thức và ký nháy.".into(),
        tiles: Vec::new(),
        chips: Vec::new(),
        list: List {
            caption: "Văn bản chờ tôi ký".into(),
            pick: true,
            columns: vec![
                column("Trích yếu", "main"),
                column("Trình", "text"),
                column("Kiểm tra", "state"),
            ],
            rows: vec![
                row(
                    "1",
                    "Quyết định giao thiết bị lưu khóa bí mật của cơ quan cho văn thư",
                    "2 trang · đã xem hết",
                    "07:40 · Phòng Văn hóa – Xã hội",
                    (Tone::Urgent, "Khẩn"),
                ),
                row(
                    "2",
                    "Báo cáo tình hình sử dụng chữ ký số năm 2026",
                    "5 trang · 1 góp ý chưa trả lời",
                    "hôm qua · Văn phòng",
                    (Tone::Warn, "Còn góp ý"),
                ),
                row(
                    "3",
                    "Giấy mời họp tổng kết công tác văn thư",
                    "1 trang",
                    "hôm qua · Văn phòng",
                    (Tone::Ok, "Thể thức đạt"),
                ),
            ],
        },
        pager: Pager {
            summary: "3 văn bản".into(),
            ..Pager::default()
        },
        verb: "Ký số".into(),
        ..incoming()
    }
}

fn paper() -> Paper {
    let page = |number| PagePicture {
        src: "page.svg".into(),
        number,
        width: 794,
        height: 1123,
        width_pt: 595.28,
        height_pt: 841.89,
    };
    Paper {
        title: "145/SMau-VP".into(),
        pages: vec![page(1), page(2)],
        pdf: "#".into(),
        text: "UBND TỈNH MẪU\nSỞ MẪU\nSố: 145/SMau-VP".into(),
    }
}

fn act(text: &str, by: By, weight: &'static str, key: &'static str) -> Act {
    Act {
        text: text.into(),
        by,
        weight,
        key,
        ..Act::default()
    }
}

pub(crate) fn document(signing: bool) -> Document {
    let locked = |name: &str, value: &str| Fact {
        locked: true,
        ..fact(name, value)
    };
    let step = |state, text: &str, note: &str| Step {
        state,
        text: text.into(),
        note: note.into(),
    };
    let tab = |text: &str, count, current| Tab {
        text: text.into(),
        href: "#".into(),
        count,
        current,
    };
    let refusal = Problem {
        tone: Tone::Bad,
        what: "Chưa giao được việc".into(),
        why: "Văn bản chưa vào sổ đến.".into(),
        article: "NĐ 30/2020, Điều 22".into(),
        now: "Tiếp nhận và vào sổ trước.".into(),
        link: None,
    };
    Document {
        shell: shell(
            "145/SMau-VP · V/v tăng cường sử dụng chữ ký số",
            "Chờ tiếp nhận",
        ),
        back: "Văn bản đến · Chờ tiếp nhận".into(),
        lead: "Sở Mẫu · đến 08:12 hôm nay qua Trục liên thông ·".into(),
        acts: vec![
            Act {
                why_not: Some(refusal),
                ..act("Giao việc", By::Link("#".into()), "", "")
            },
            act("Trả lại…", By::Dialog("return".into()), "danger", "r"),
            act(
                "Tiếp nhận và vào sổ",
                By::Post("/accept".into()),
                "primary",
                "t",
            ),
        ],
        steps: if signing {
            vec![
                step("done", "Soạn thảo", "Phạm Thị Soạn · 20/11"),
                step("done", "Duyệt", "Trần Văn Phòng · 21/11"),
                step("now", "Ký", "Nguyễn Văn Mẫu"),
                step("", "Cấp số", "Văn thư"),
                step("", "Đóng dấu", "Văn thư"),
                step("", "Phát hành", "Văn thư"),
            ]
        } else {
            Vec::new()
        },
        tabs: vec![
            tab("Toàn văn", 0, true),
            tab("Thông tin", 0, false),
            tab("Luồng xử lý", 0, false),
            tab("Ý kiến", 2, false),
            tab("Lịch sử", 0, false),
        ],
        paper: paper(),
        sign: signing.then(|| SignPanel {
            purpose: "person",
            consent: "person",
            documents: vec!["out_01".into()],
            done: "#".into(),
            help: "#".into(),
            verb: "Ký số".into(),
            statements: vec![
                "Tôi đã đọc hết 2 trang và 1 phụ lục.".into(),
                "Tôi ký thay Giám đốc (KT.) theo phân công ngày 05/01/2026.".into(),
            ],
            ..SignPanel::default()
        }),
        verdict: Verdict {
            whole: Pill {
                tone: Tone::Warn,
                text: "Chưa xác định".into(),
            },
            checks: vec![
                check(
                    Tone::Ok,
                    "Người có thẩm quyền đã ký",
                    "Phó Giám đốc, ký thay Giám đốc · 22/11/2026 07:59:12 +07:00, dấu thời gian",
                ),
                check(
                    Tone::Ok,
                    "Cơ quan đã ký sau",
                    "Sở Mẫu · 08:10:40, đúng ngày ban hành",
                ),
                check(
                    Tone::Ok,
                    "Không đổi gì ngoài số, ngày và dấu",
                    "So từng phiên bản: điền 2 ô, thêm 1 chữ ký",
                ),
                check(
                    Tone::Warn,
                    "Chứng thư của cơ quan",
                    "Chưa hỏi được OCSP; thử lại lúc 08:30",
                ),
                check(
                    Tone::Bad,
                    "Thiếu phụ lục 2",
                    "Gói tin ghi 2 phụ lục, chỉ có 1 tệp",
                ),
                check(Tone::Info, "Đúng nơi nhận", ""),
            ],
            articles: "NĐ 30/2020 Đ5.1, Đ21.2; NĐ 68/2024 Đ30–32".into(),
            report: "#".into(),
            ..Verdict::default()
        },
        facts: vec![
            locked("Loại", "Công văn"),
            locked("Ngày ban hành", "22/11/2026"),
            fact("Chủ trì", "Phòng Văn hóa – Xã hội"),
            fact("Hạn", "25/11/2026 (2 ngày làm việc; 24/11 nghỉ)"),
        ],
        happenings: happenings(),
        ask: ask(),
    }
}

pub(crate) fn editor() -> DraftEditor {
    let choice = |text: &str, chosen| Choice {
        value: text.into(),
        text: text.into(),
        chosen,
        ..Choice::default()
    };
    DraftEditor {
        shell: shell("Dự thảo công văn", "Dự thảo"),
        editor: Editor {
            save: "/save".into(),
            preview: "/preview".into(),
            action: "#".into(),
            version: "3".into(),
            csrf: "x".into(),
            body: Field::new("body", "Nội dung", "Qua theo dõi, một số cơ quan còn phát hành văn bản điện tử chỉ là bản số hóa từ giấy.\n\n1. Bảo đảm mọi văn bản điện tử có đủ chữ ký số.\n2. Không giao thiết bị lưu khóa bí mật cho người khác.").rows(16),
            saved: "Đã lưu lúc 08:12".into(),
        },
        kind: Field::new("kind", "Loại văn bản", "").choices(vec![choice("Công văn", true), choice("Quyết định", false)]),
        urgency: Field::new("urgency", "Độ khẩn", "").choices(vec![choice("Thường", true), choice("Khẩn", false), choice("Hỏa tốc", false)]),
        subject: Field::new("subject", "Trích yếu", "V/v tăng cường sử dụng chữ ký số").rows(2).max(300).error(Some("Trích yếu chưa nêu rõ phạm vi.".into())),
        addressees: Field::new("to", "Kính gửi", "").choices(vec![choice("UBND phường Hòa Mẫu", true), choice("UBND xã Tuần Mẫu", true), choice("Trung tâm Y tế khu vực Mẫu", false), choice("Sở Mẫu", false)]),
        signer: Field::new("signer", "Người ký", "").choices(vec![choice("Nguyễn Văn Mẫu, Chủ tịch", true)]),
        paper: paper(),
    }
}

pub(crate) fn placing() -> Placing {
    let place = |name, title: &str, x, y, w, h, standard: &str| PlaceBox {
        name,
        title: title.into(),
        page: 1,
        x,
        y,
        w,
        h,
        standard: standard.into(),
    };
    Placing {
        shell: shell("Vị trí số, ngày và chữ ký", "Dự thảo"),
        paper: paper(),
        found: Problem {
            tone: Tone::Info,
            what: "Ô chữ ký lệch vị trí chuẩn".into(),
            why: "Đường nét đứt là vị trí theo thể thức.".into(),
            article: "NĐ 30/2020, Phụ lục I, ô 7c".into(),
            ..Problem::default()
        },
        boxes: vec![
            place("number", "Số", 155.0, 721.0, 70.0, 16.0, "0 150 721 70 16"),
            place(
                "date",
                "Ngày",
                335.0,
                721.0,
                170.0,
                16.0,
                "0 335 721 170 16",
            ),
            place(
                "signature",
                "Chữ ký",
                395.0,
                105.0,
                110.0,
                60.0,
                "0 375 105 110 60",
            ),
        ],
    }
}

pub(crate) fn register() -> Register {
    Register {
        shell: shell("Sổ đăng ký văn bản đi", "Sổ đăng ký"),
        columns: vec![
            "Số, ký hiệu",
            "Ngày",
            "Tên loại và trích yếu",
            "Người ký",
            "Nơi nhận",
            "Đơn vị lưu",
            "Số lượng bản",
            "Ghi chú",
        ],
        rows: vec![
            Entry {
                cells: [
                    "146/UBND-VHXH",
                    "22/11/2026",
                    "V/v chuẩn bị họp giao ban tháng 12",
                    "Nguyễn Văn Mẫu",
                    "Sở Mẫu; UBND phường Hòa Mẫu",
                    "Văn phòng",
                    "1",
                ],
                void: "",
            },
            Entry {
                cells: [
                    "145/UBND-VHXH",
                    "22/11/2026",
                    "V/v rà soát chứng thư sắp hết hạn",
                    "Nguyễn Văn Mẫu",
                    "Các phòng, ban",
                    "Phòng VHXH",
                    "1",
                ],
                void: "Hủy số: nhầm sổ",
            },
            Entry {
                cells: [
                    "144/UBND-KT",
                    "21/11/2026",
                    "V/v báo cáo giá cả thị trường",
                    "Trần Thị Bình",
                    "Sở Mẫu",
                    "Phòng Kinh tế",
                    "1",
                ],
                void: "",
            },
        ],
    }
}

pub(crate) fn login() -> Login {
    Login {
        shell: shell("Đăng nhập", ""),
        wrong: Problem {
            tone: Tone::Bad,
            what: "Chưa đăng nhập được".into(),
            why: "Tên đăng nhập hoặc mật khẩu không đúng.".into(),
            now: "Nhập lại; sau 5 lần sai, tài khoản tạm khóa 15 phút.".into(),
            ..Problem::default()
        },
        name: Field::new("name", "Tên đăng nhập", "").autocomplete("username"),
        password: Field::new("password", "Mật khẩu", "")
            .kind("password")
            .autocomplete("current-password"),
    }
}

pub(crate) fn done() -> Done {
    Done {
        shell: shell("Đã phát hành 146/UBND-VHXH", "Đã ban hành"),
        happened: Problem {
            tone: Tone::Ok,
            what: "Đã phát hành 146/UBND-VHXH tới 3 nơi nhận".into(),
            why: "Văn bản rời hệ thống lúc 08:14:02; trạng thái từng nơi tự cập nhật.".into(),
            ..Problem::default()
        },
        facts: vec![
            fact("Số, ký hiệu", "146/UBND-VHXH"),
            fact("Ngày ban hành", "22/11/2026"),
            fact("Nơi nhận", "Sở Mẫu; UBND phường Hòa Mẫu; UBND xã Tuần Mẫu"),
        ],
        refused: Problem {
            tone: Tone::Bad,
            what: "Không gửi được tới UBND xã Tuần Mẫu".into(),
            why: "Địa chỉ hộp thư ngoài tên miền công vụ.".into(),
            article: "QC 45/2025, Điều 8".into(),
            now: "Sửa địa chỉ trong danh bạ rồi gửi lại.".into(),
            link: Some(Link {
                text: "Mở danh bạ".into(),
                href: "#".into(),
            }),
        },
        empty: Empty {
            icon: "inbox",
            title: "Không có văn bản nào chờ phát hành".into(),
            text: "Văn bản đã đóng dấu sẽ hiện ở đây.".into(),
            link: Some(Link {
                text: "Xem văn bản chờ đóng dấu".into(),
                href: "#".into(),
            }),
        },
    }
}
