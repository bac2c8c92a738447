//! A document with everything about its form as a value, so that one thing can be made wrong at a time.

use super::paper::{Look, Paper, Runs, look};

pub(crate) const MM: f64 = 72.0 / 25.4;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) look: Look,
}

pub(crate) fn line(text: &str, look: Look) -> Line {
    Line {
        text: text.to_owned(),
        look,
    }
}

/// Where a paragraph stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Set {
    /// Both sides even, first line indented by so much.
    Even(f64),
    /// Left side even only.
    Ragged(f64),
    Centred,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Para {
    /// So many words at the beginning are bold.
    pub(crate) bold_words: usize,
    pub(crate) text: String,
    pub(crate) look: Look,
    pub(crate) set: Set,
    /// Space above in points.
    pub(crate) above: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stamp {
    pub(crate) line: Line,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Appendix {
    pub(crate) heading: Line,
    pub(crate) title: Line,
    pub(crate) guide: Option<Line>,
    pub(crate) body: Vec<Para>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Doc {
    pub(crate) paper: (f64, f64),
    /// Top, bottom, left, right in millimetres.
    pub(crate) margins: [f64; 4],
    pub(crate) runs: Runs,
    pub(crate) strange_name: String,
    pub(crate) nation: Option<Line>,
    /// Shifts the right column.
    pub(crate) nation_shift: f64,
    pub(crate) motto: Option<Line>,
    pub(crate) motto_shift: f64,
    /// Length of the rule below, of the line.
    pub(crate) motto_rule: Option<f64>,
    pub(crate) parent: Vec<Line>,
    pub(crate) agency: Vec<Line>,
    pub(crate) agency_rule: Option<f64>,
    pub(crate) number: Option<Line>,
    pub(crate) date: Option<Line>,
    pub(crate) date_drop: f64,
    pub(crate) about: Vec<Line>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) kind: Option<Line>,
    pub(crate) kind_shift: f64,
    pub(crate) subject: Vec<Line>,
    pub(crate) subject_rule: Option<f64>,
    pub(crate) addressees: Vec<Line>,
    pub(crate) decider: Vec<Line>,
    pub(crate) body: Vec<Para>,
    /// From line to line, of the size.
    pub(crate) leading: f64,
    pub(crate) recipients_head: Option<Line>,
    pub(crate) recipients_drop: f64,
    pub(crate) recipients: Vec<Line>,
    pub(crate) authority: Vec<Line>,
    pub(crate) signer: Option<Line>,
    pub(crate) signer_shift: f64,
    /// Authority and name in the left column, in the place of recipients.
    pub(crate) second: Option<(Line, Line)>,
    pub(crate) first_page_number: bool,
    pub(crate) page_numbers: Option<Look>,
    /// Shift of the page number to the right, and whether it stands at the foot.
    pub(crate) page_number_shift: f64,
    pub(crate) page_number_below: bool,
    pub(crate) page_number_offset: usize,
    pub(crate) appendices: Vec<Appendix>,
    pub(crate) pictures: bool,
    pub(crate) hidden: bool,
}

struct Press<'a> {
    doc: &'a Doc,
    paper: Paper,
    y: f64,
    left: f64,
    right: f64,
    /// Pages since the last part began.
    page: usize,
}

impl Doc {
    pub(crate) fn pdf(&self) -> Vec<u8> {
        let (width, height) = (self.paper.0 * MM, self.paper.1 * MM);
        let mut paper = Paper::new(width, height);
        paper.runs = self.runs;
        paper.hidden = self.hidden;
        paper.strange_name.clone_from(&self.strange_name);
        let mut press = Press {
            doc: self,
            paper,
            y: height - self.margins[0] * MM,
            left: self.margins[2] * MM,
            right: width - self.margins[3] * MM,
            page: 0,
        };
        press.number_page();
        press.head();
        press.title();
        for para in &self.body {
            press.para(para);
        }
        press.foot();
        for appendix in &self.appendices {
            press.appendix(appendix);
        }
        if self.pictures {
            press.paper.pictures = (0..press.paper.pages.len()).collect();
        }
        press.paper.pdf()
    }
}

impl Press<'_> {
    fn middle(&self) -> f64 {
        f64::midpoint(self.left, self.right)
    }

    fn break_page(&mut self) {
        self.paper.new_page();
        self.y = self.paper.height - self.doc.margins[0] * MM;
        self.page += 1;
        self.number_page();
    }

    fn number_page(&mut self) {
        let shown = self.page > 0 || self.doc.first_page_number;
        let Some(look) = self.doc.page_numbers.filter(|_| shown) else {
            return;
        };
        let text = (self.page + 1 + self.doc.page_number_offset).to_string();
        let y = if self.doc.page_number_below {
            12.0 * MM
        } else {
            self.paper.height - 14.0 * MM
        };
        let x = self.paper.width / 2.0 + self.doc.page_number_shift;
        self.paper.centred(&text, x, y, look);
    }

    fn head(&mut self) {
        let doc = self.doc;
        let column = (self.right - self.left) * 0.42;
        let left = self.left + column / 2.0;
        let right = self.left + column + (self.right - self.left - column) / 2.0 + doc.nation_shift;
        let top = self.y - 11.0;
        let mut y = top;
        for line in &doc.parent {
            self.paper.centred(&line.text, left, y, line.look);
            y -= 1.2 * line.look.size;
        }
        let mut widest: f64 = 0.0;
        for line in &doc.agency {
            self.paper.centred(&line.text, left, y, line.look);
            widest = widest.max(self.paper.width_of(&line.text, line.look));
            y -= 1.2 * line.look.size;
        }
        if let Some(share) = doc.agency_rule {
            let half = widest * share / 2.0;
            self.paper.line(left - half, left + half, y + 9.5);
        }
        let mut nation = top;
        if let Some(line) = &doc.nation {
            self.paper.centred(&line.text, right, nation, line.look);
        }
        nation -= 16.0;
        if let Some(line) = &doc.motto {
            self.paper
                .centred(&line.text, right + doc.motto_shift, nation, line.look);
            if let Some(share) = doc.motto_rule {
                let half = self.paper.width_of(&line.text, line.look) * share / 2.0;
                let middle = right + doc.motto_shift;
                self.paper.line(middle - half, middle + half, nation - 4.0);
            }
        }
        y = y.min(nation - 16.0) - 8.0;
        if let Some(line) = &doc.number {
            self.paper.centred(&line.text, left, y, line.look);
        }
        if let Some(line) = &doc.date {
            self.paper
                .centred(&line.text, right, y - doc.date_drop, line.look);
        }
        y -= 6.0;
        for line in &doc.about {
            y -= 1.2 * line.look.size;
            self.paper.centred(&line.text, left, y, line.look);
        }
        if let Some(stamp) = &doc.stamp {
            let (width, height) = (stamp.width * MM, stamp.height * MM);
            y -= height + 10.0;
            self.paper.frame(left - width / 2.0, y, width, height, true);
            self.paper.centred(
                &stamp.line.text,
                left,
                y + height / 2.0 - 4.5,
                stamp.line.look,
            );
        }
        self.y = y - 14.0 - doc.date_drop;
    }

    fn title(&mut self) {
        let doc = self.doc;
        let middle = self.middle();
        if let Some(line) = &doc.kind {
            self.y -= 1.4 * line.look.size;
            self.paper
                .centred(&line.text, middle + doc.kind_shift, self.y, line.look);
        }
        let mut widest: f64 = 0.0;
        for line in &doc.subject {
            self.y -= 1.3 * line.look.size;
            self.paper.centred(&line.text, middle, self.y, line.look);
            widest = widest.max(self.paper.width_of(&line.text, line.look));
        }
        if let Some(share) = doc.subject_rule {
            let half = widest * share / 2.0;
            self.paper.line(middle - half, middle + half, self.y - 6.0);
        }
        self.y -= 8.0;
        for (at, line) in doc.addressees.iter().enumerate() {
            self.y -= 1.4 * line.look.size;
            let x = self.left + if at == 0 { 60.0 } else { 120.0 };
            self.paper.text(&line.text, x, self.y, line.look, 0.0);
        }
        for line in &doc.decider {
            self.y -= 1.6 * line.look.size;
            self.paper.centred(&line.text, middle, self.y, line.look);
        }
        self.y -= 6.0;
    }

    fn para(&mut self, para: &Para) {
        let size = para.look.size;
        let indent = match para.set {
            Set::Even(indent) | Set::Ragged(indent) => indent * MM,
            Set::Centred => 0.0,
        };
        let bold = Look {
            bold: true,
            ..para.look
        };
        let words: Vec<&str> = para.text.split(' ').collect();
        let look_of = |at: usize| {
            if at < para.bold_words {
                bold
            } else {
                para.look
            }
        };
        let space = self.paper.width_of(" ", para.look);
        let mut lines: Vec<(usize, usize, f64)> = Vec::new();
        let (mut from, mut used) = (0, indent);
        for (at, word) in words.iter().enumerate() {
            let width = self.paper.width_of(word, look_of(at));
            let gap = if at == from { 0.0 } else { space };
            if at > from && self.left + used + gap + width > self.right + 0.01 {
                lines.push((from, at, used));
                (from, used) = (at, width);
            } else {
                used += gap + width;
            }
        }
        lines.push((from, words.len(), used));
        self.y -= para.above;
        for (number, (from, to, used)) in lines.iter().enumerate() {
            let bottom = self.doc.margins[1] * MM + 4.0;
            if self.y - self.doc.leading * size < bottom {
                self.break_page();
            }
            self.y -= self.doc.leading * size;
            let last = number + 1 == lines.len();
            let start = if number == 0 { indent } else { 0.0 };
            let free = self.right - self.left - used;
            let gaps = (to - from).saturating_sub(1).max(1) as f64;
            let stretch = match para.set {
                Set::Even(_) if !last => free / gaps,
                _ => 0.0,
            };
            let mut x = match para.set {
                Set::Centred => self.left + free / 2.0,
                _ => self.left + start,
            };
            for (at, word) in words.iter().enumerate().take(*to).skip(*from) {
                x = self.paper.text(word, x, self.y, look_of(at), 0.0) + space + stretch;
            }
        }
    }

    fn foot(&mut self) {
        let doc = self.doc;
        let height = 190.0;
        if self.y - height < doc.margins[1] * MM {
            self.break_page();
        }
        self.y -= 30.0;
        let top = self.y;
        let column = self.left + (self.right - self.left) * 0.72;
        let mut y = top;
        for line in &doc.authority {
            self.paper.centred(&line.text, column, y, line.look);
            y -= 1.2 * line.look.size;
        }
        y -= 70.0;
        if let Some(line) = &doc.signer {
            self.paper
                .centred(&line.text, column + doc.signer_shift, y, line.look);
        }
        if let Some((title, name)) = &doc.second {
            let middle = self.left + (self.right - self.left) * 0.25;
            self.paper.centred(&title.text, middle, top, title.look);
            self.paper.centred(&name.text, middle, y, name.look);
        }
        let mut list = top - doc.recipients_drop;
        if let Some(line) = &doc.recipients_head {
            self.paper.text(&line.text, self.left, list, line.look, 0.0);
            list -= 1.25 * line.look.size;
        }
        for line in &doc.recipients {
            self.paper.text(&line.text, self.left, list, line.look, 0.0);
            list -= 1.25 * line.look.size;
        }
        self.y = y.min(list);
    }

    fn appendix(&mut self, appendix: &Appendix) {
        self.paper.new_page();
        self.page = 0;
        self.y = self.paper.height - self.doc.margins[0] * MM;
        let middle = self.middle();
        for line in [
            Some(&appendix.heading),
            Some(&appendix.title),
            appendix.guide.as_ref(),
        ]
        .into_iter()
        .flatten()
        {
            self.y -= 1.3 * line.look.size;
            self.paper.centred(&line.text, middle, self.y, line.look);
        }
        self.y -= 8.0;
        for para in &appendix.body {
            self.para(para);
        }
    }
}

// --- good documents ---

pub(crate) const UPRIGHT: Look = look(14.0, false, false);
pub(crate) const BOLD: Look = look(14.0, true, false);
pub(crate) const ITALIC: Look = look(14.0, false, true);

pub(crate) fn para(text: &str) -> Para {
    Para {
        bold_words: 0,
        text: text.to_owned(),
        look: UPRIGHT,
        set: Set::Even(12.7),
        above: 6.0,
    }
}

pub(crate) fn bold(words: usize, text: &str) -> Para {
    Para {
        bold_words: words,
        ..para(text)
    }
}

pub(crate) fn basis(text: &str) -> Para {
    Para {
        look: ITALIC,
        ..para(text)
    }
}

pub(crate) fn centred(text: &str) -> Para {
    Para {
        look: BOLD,
        set: Set::Centred,
        ..para(text)
    }
}

fn blank() -> Doc {
    Doc {
        paper: (210.0, 297.0),
        margins: [20.0, 20.0, 30.0, 15.0],
        runs: Runs::Words,
        strange_name: "Arial".to_owned(),
        nation: Some(line(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            look(12.0, true, false),
        )),
        nation_shift: 0.0,
        motto: Some(line("Độc lập - Tự do - Hạnh phúc", look(13.0, true, false))),
        motto_shift: 0.0,
        motto_rule: Some(1.0),
        parent: vec![line("UBND TỈNH TUẦN MẪU", look(12.0, false, false))],
        agency: lines(&["ỦY BAN NHÂN DÂN", "XÃ BÌNH MẪU"], look(12.0, true, false)),
        agency_rule: Some(0.4),
        number: Some(line("Số: 412/UBND-VHXH", look(13.0, false, false))),
        date: Some(line(
            "Bình Mẫu, ngày 05 tháng 11 năm 2026",
            look(13.0, false, true),
        )),
        date_drop: 0.0,
        about: Vec::new(),
        stamp: None,
        kind: None,
        kind_shift: 0.0,
        subject: Vec::new(),
        subject_rule: None,
        addressees: Vec::new(),
        decider: Vec::new(),
        body: Vec::new(),
        leading: 1.25,
        recipients_head: Some(line("Nơi nhận:", look(12.0, true, true))),
        recipients_drop: 0.0,
        recipients: lines(
            &[
                "- Như trên;",
                "- Thường trực Đảng ủy (b/c);",
                "- Lưu: VT, VHXH.",
            ],
            look(11.0, false, false),
        ),
        authority: lines(
            &["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            BOLD,
        ),
        signer: Some(line("Trần Thị Thí Dụ", BOLD)),
        signer_shift: 0.0,
        second: None,
        first_page_number: false,
        page_numbers: Some(UPRIGHT),
        page_number_shift: 0.0,
        page_number_below: false,
        page_number_offset: 0,
        appendices: Vec::new(),
        pictures: false,
        hidden: false,
    }
}

pub(crate) fn lines(texts: &[&str], look: Look) -> Vec<Line> {
    texts.iter().map(|text| line(text, look)).collect()
}

const LONG: &str = "Thực hiện kế hoạch chuyển đổi số năm 2026, qua kiểm tra hồ sơ công việc tháng 10, Ủy ban nhân dân xã Bình Mẫu nhận thấy một số bộ phận còn lập hồ sơ giấy song song, ký số chậm hơn thời hạn trả kết quả, và chưa bàn giao thiết bị lưu khóa bí mật khi thay đổi vị trí công tác.";

/// An official letter of two pages.
pub(crate) fn letter() -> Doc {
    Doc {
        about: lines(
            &["V/v chấn chỉnh việc sử dụng", "chữ ký số"],
            look(12.0, false, false),
        ),
        addressees: lines(
            &[
                "Kính gửi:",
                "- Các phòng chuyên môn;",
                "- Trưởng các thôn trên địa bàn xã.",
            ],
            UPRIGHT,
        ),
        body: vec![
            para(LONG),
            para("Ủy ban nhân dân xã yêu cầu các cơ quan, đơn vị thực hiện những nội dung sau:"),
            para(
                "1. Các phòng chuyên môn soạn thảo, trình ký và phát hành văn bản hoàn toàn trên hệ thống kể từ ngày 01 tháng 12 năm 2026; văn bản thuộc danh mục bí mật nhà nước thực hiện theo quy định riêng.",
            ),
            para(
                "a) Rà soát danh sách người được cấp chứng thư chữ ký số, đối chiếu với sổ theo dõi và gửi kết quả về Văn phòng trước ngày 27 tháng 11 năm 2026.",
            ),
            para(
                "b) Không đưa thiết bị và mật khẩu của mình cho người khác dùng; người ký chịu trách nhiệm về mọi văn bản mang chữ ký số của mình theo quy định tại khoản 2 Điều 32 Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư.",
            ),
            para(
                "c) Văn bản cần ký lại sau khi trả về phải ghi rõ lý do sửa đổi trong phần ý kiến xử lý để người duyệt theo dõi được toàn bộ quá trình.",
            ),
            para(
                "2. Văn phòng phân công công chức làm đầu mối quản lý thuê bao, công bố số điện thoại hỗ trợ trong giờ hành chính và ngoài giờ đối với văn bản hỏa tốc; hằng tuần tổng hợp số văn bản quá hạn, báo cáo Chủ tịch tại cuộc họp giao ban.",
            ),
            para(
                "3. Trưởng các thôn tuyên truyền để người dân biết cách kiểm tra chữ ký số trên kết quả thủ tục hành chính điện tử; tiếp nhận, chuyển phản ánh của người dân về Văn phòng trong vòng một ngày làm việc.",
            ),
            para(LONG),
            para(
                "Trong quá trình triển khai, nếu có vướng mắc, đề nghị phản ánh kịp thời về Ủy ban nhân dân xã để xem xét, giải quyết./.",
            ),
        ],
        ..blank()
    }
}

/// A decision with bases and articles.
pub(crate) fn decision() -> Doc {
    Doc {
        number: Some(line("Số: 87/QĐ-UBND", look(13.0, false, false))),
        kind: Some(line("QUYẾT ĐỊNH", BOLD)),
        subject: lines(
            &["Về việc kiện toàn Tổ công nghệ số cộng đồng xã Bình Mẫu"],
            BOLD,
        ),
        subject_rule: Some(0.4),
        decider: lines(&["CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ BÌNH MẪU"], BOLD),
        body: vec![
            basis("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;"),
            basis(
                "Căn cứ Kế hoạch số 118/KH-UBND ngày 14 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Tuần Mẫu về chuyển đổi số trong cơ quan nhà nước;",
            ),
            basis("Theo đề nghị của Trưởng phòng Văn hóa - Xã hội."),
            centred("QUYẾT ĐỊNH:"),
            bold(
                2,
                "Điều 1. Kiện toàn Tổ công nghệ số cộng đồng xã Bình Mẫu gồm 09 thành viên do Phó Chủ tịch Ủy ban nhân dân xã làm Tổ trưởng.",
            ),
            bold(6, "Điều 2. Nhiệm vụ của Tổ"),
            para("1. Hướng dẫn người dân nộp hồ sơ, thanh toán và nhận kết quả trực tuyến."),
            para(
                "2. Hỗ trợ hộ kinh doanh lập hóa đơn điện tử; tổng hợp khó khăn của từng thôn, báo cáo trước ngày 20 hằng tháng.",
            ),
            bold(
                2,
                "Điều 3. Quyết định này có hiệu lực kể từ ngày ký. Văn phòng, Phòng Văn hóa - Xã hội và các ông, bà có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này./.",
            ),
        ],
        recipients: lines(
            &["- Như Điều 3;", "- Lưu: VT, VHXH."],
            look(11.0, false, false),
        ),
        authority: lines(&["CHỦ TỊCH"], BOLD),
        ..blank()
    }
}

/// A plan in Roman sections, with two appendices and a stamp.
pub(crate) fn plan() -> Doc {
    let red = Look {
        colour: [0.89, 0.0, 0.06],
        ..look(13.0, true, false)
    };
    let appendix = |number: &str, title: &str| Appendix {
        heading: line(&format!("Phụ lục {number}"), BOLD),
        title: line(title, BOLD),
        guide: Some(line(
            "(Kèm theo Văn bản số    ngày    tháng    năm 2026 của .........)",
            ITALIC,
        )),
        body: vec![
            para(LONG),
            para("1. Số liệu tính từ thứ Hai đến hết Chủ nhật của tuần báo cáo."),
        ],
    };
    Doc {
        number: Some(line("Số: 31/KH-UBND", look(13.0, false, false))),
        stamp: Some(Stamp {
            line: line("HỎA TỐC", red),
            width: 30.0,
            height: 8.0,
        }),
        kind: Some(line("KẾ HOẠCH", BOLD)),
        subject: lines(
            &[
                "Triển khai tháng cao điểm chuyển đổi số",
                "trên địa bàn xã Bình Mẫu",
            ],
            BOLD,
        ),
        subject_rule: Some(0.4),
        body: vec![
            bold(9, "I. MỤC ĐÍCH, YÊU CẦU"),
            para(
                "1. Hướng dẫn người dân nộp hồ sơ trực tuyến theo danh sách tại Phụ lục I và biểu tổng hợp tại Phụ lục II kèm theo Kế hoạch này, bảo đảm đúng thời hạn.",
            ),
            para(
                "2. Mỗi thôn có ít nhất một điểm hỗ trợ người dân sử dụng dịch vụ công trực tuyến trong giờ hành chính.",
            ),
            bold(9, "II. NHIỆM VỤ"),
            para("1. Văn phòng chuẩn bị tài liệu, thiết bị và bố trí người trực tại điểm hỗ trợ."),
            para(LONG),
            para("2. Các thôn tổng hợp khó khăn, báo cáo trước ngày 20 hằng tháng./."),
        ],
        recipients: lines(
            &[
                "- Thường trực Đảng ủy (b/c);",
                "- Các thôn;",
                "- Lưu: VT, VHXH.",
            ],
            look(11.0, false, false),
        ),
        appendices: vec![
            appendix("I", "DANH SÁCH ĐIỂM HỖ TRỢ"),
            appendix("II", "BIỂU TỔNG HỢP"),
        ],
        ..blank()
    }
}

/// A regulation in chapters.
pub(crate) fn regulation() -> Doc {
    Doc {
        number: Some(line("Số: 02/QC-UBND", look(13.0, false, false))),
        kind: Some(line("QUY CHẾ", BOLD)),
        subject: lines(&["Quản lý, sử dụng chữ ký số trong cơ quan"], BOLD),
        subject_rule: Some(0.45),
        body: vec![
            centred("Chương I"),
            centred("QUY ĐỊNH CHUNG"),
            bold(6, "Điều 1. Phạm vi điều chỉnh"),
            para(
                "Quy chế này quy định việc quản lý, sử dụng chữ ký số và thiết bị lưu khóa bí mật của cán bộ, công chức trong cơ quan.",
            ),
            bold(6, "Điều 2. Giải thích từ ngữ"),
            para(
                "1. Người ký là người có thẩm quyền ký văn bản theo quy định tại Quy chế làm việc của cơ quan và theo phân công.",
            ),
            para(
                "2. Văn thư cơ quan là người được giao quản lý con dấu và thiết bị lưu khóa bí mật của cơ quan.",
            ),
            centred("Chương II"),
            centred("TRÁCH NHIỆM"),
            centred("Mục 1"),
            centred("NGƯỜI KÝ"),
            bold(7, "Điều 3. Trách nhiệm của người ký"),
            para(
                "a) Giữ thiết bị của mình và không cho người khác dùng, kể cả khi đi công tác xa cơ quan;",
            ),
            para("b) Báo ngay cho đầu mối khi mất thiết bị;"),
            para(
                "c) Trả thiết bị khi thôi giữ chức vụ, theo thời hạn tại Điều 19 của quy chế chung;",
            ),
            para("d) Kiểm tra nội dung trước khi ký;"),
            para(
                "đ) Chịu trách nhiệm về văn bản đã ký trước pháp luật và trước Chủ tịch Ủy ban nhân dân xã./.",
            ),
        ],
        recipients: lines(
            &["- Các phòng chuyên môn;", "- Lưu: VT."],
            look(11.0, false, false),
        ),
        ..blank()
    }
}
