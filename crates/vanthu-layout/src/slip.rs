//! Papers inside the agency: the slip that goes with an incoming document (phiếu giải quyết văn bản đến,
//! Decree 30/2020/NĐ-CP, Appendix IV.VII), the slip that presents a draft (phiếu trình), and minutes of a handover.

use serde::{Deserialize, Serialize};
use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Urgency};

use crate::engine::{self, Template};
use crate::form::{Figures, Form, Sizes};
use crate::letter::{breakable, capital_phrases, clean};
use crate::{Extras, LayoutError, Letter, Signer, fonts};

/// Whose paper it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipHead {
    /// The agency directly above.
    pub parent_agency: Option<String>,
    /// The agency.
    pub agency: String,
    /// The place.
    pub place_name: String,
    /// The day on which it is made.
    pub made_on: Day,
}

/// A task inside the agency: who, in which part, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipLine {
    /// The unit or the person.
    pub who: String,
    /// Chủ trì, phối hợp, để biết.
    pub part: String,
    /// The deadline; blank for none.
    pub deadline: String,
}

/// The slip of an incoming document (phiếu giải quyết văn bản đến).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlingSlip {
    /// Whose paper it is.
    pub head: SlipHead,
    /// Number and day of arrival: "412, ngày 20/11/2026".
    pub arrival: String,
    /// Its author.
    pub author: String,
    /// Number, notation and day of the document.
    pub number: String,
    /// Kind and abstract.
    pub subject: String,
    /// What the leader of the agency says (ý kiến của lãnh đạo cơ quan).
    pub instruction: String,
    /// To which units it goes.
    pub units: Vec<SlipLine>,
    /// Who directed, and when.
    pub directed: String,
    /// To which persons it goes inside the unit (ý kiến của lãnh đạo đơn vị).
    pub persons: Vec<SlipLine>,
    /// Who assigned, and when.
    pub assigned: String,
    /// What the person proposes who deals with it (ý kiến đề xuất của người giải quyết).
    pub proposal: String,
    /// Who proposes, and when.
    pub proposed: String,
}

/// The slip that presents a draft to a leader (phiếu trình giải quyết công việc).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionSlip {
    /// Whose paper it is.
    pub head: SlipHead,
    /// To whom it is presented.
    pub addressee: String,
    /// The unit that presents.
    pub unit: String,
    /// What is presented: kind and abstract of the draft.
    pub subject: String,
    /// What it rests on, one line each.
    pub bases: Vec<String>,
    /// What it is about, in short.
    pub summary: String,
    /// What others said: unit, opinion.
    pub opinions: Vec<(String, String)>,
    /// What is asked for.
    pub proposal: String,
    /// The files that go with it.
    pub attachments: Vec<String>,
    /// Who drafted, and when.
    pub drafted: String,
    /// The head of the unit, and when; blank where the slip is signed by hand.
    pub reviewed: String,
}

#[derive(Serialize)]
struct Data {
    title: &'static str,
    form: Figures,
    parent: Option<Vec<String>>,
    agency: Vec<String>,
    date: String,
    addressee: Option<Pieces>,
    parts: Vec<Part>,
}

/// A text in pieces; between two of them a long word may break.
type Pieces = Vec<String>;

#[derive(Serialize, Default)]
struct Part {
    title: &'static str,
    /// Name and value.
    rows: Vec<(&'static str, Pieces)>,
    text: Vec<Pieces>,
    columns: Vec<&'static str>,
    lines: Vec<Vec<Pieces>>,
    /// Lines for the pen, where nothing is known.
    blank: usize,
    /// Who wrote it and when, at the end.
    by: Option<Pieces>,
}

/// Typesets the slip of an incoming document to PDF/A-2a.
pub fn typeset_handling_slip(slip: &HandlingSlip) -> Result<Vec<u8>, LayoutError> {
    let table = |lines: &[SlipLine]| lines.iter().map(row_of).collect();
    let columns = vec!["Đơn vị, cá nhân", "Vai trò", "Thời hạn"];
    let parts = vec![
        Part {
            title: "Văn bản đến",
            rows: vec![
                ("Số đến, ngày đến", said(&slip.arrival)),
                ("Cơ quan ban hành", said(&slip.author)),
                ("Số, ký hiệu, ngày văn bản", said(&slip.number)),
                ("Tên loại, trích yếu", said(&slip.subject)),
            ],
            ..Part::default()
        },
        Part {
            title: "Ý kiến của lãnh đạo cơ quan, tổ chức",
            columns: columns.clone(),
            lines: table(&slip.units),
            ..opinion(&slip.instruction, &slip.directed)
        },
        Part {
            title: "Ý kiến của lãnh đạo đơn vị",
            columns,
            lines: table(&slip.persons),
            ..opinion("", &slip.assigned)
        },
        Part {
            title: "Ý kiến đề xuất của người giải quyết",
            ..opinion(&slip.proposal, &slip.proposed)
        },
    ];
    typeset("PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN", &slip.head, None, parts)
}

/// Typesets the slip that presents a draft to PDF/A-2a.
pub fn typeset_submission_slip(slip: &SubmissionSlip) -> Result<Vec<u8>, LayoutError> {
    let list = |lines: &[String]| {
        lines
            .iter()
            .map(|line| said(&format!("- {line}")))
            .collect()
    };
    let opinions = slip.opinions.iter();
    let parts = vec![
        Part {
            title: "Nội dung trình",
            rows: vec![
                ("Đơn vị trình", said(&slip.unit)),
                ("Vấn đề trình", said(&slip.subject)),
            ],
            ..Part::default()
        },
        Part {
            title: "Căn cứ",
            text: list(&slip.bases),
            ..Part::default()
        },
        Part {
            title: "Tóm tắt nội dung",
            ..opinion(&slip.summary, "")
        },
        Part {
            title: "Ý kiến của các đơn vị liên quan",
            columns: vec!["Đơn vị", "Ý kiến"],
            lines: opinions
                .map(|(unit, words)| vec![said(unit), said(words)])
                .collect(),
            ..Part::default()
        },
        Part {
            title: "Đề xuất của đơn vị trình",
            ..opinion(&slip.proposal, &slip.drafted)
        },
        Part {
            title: "Tài liệu kèm theo",
            text: list(&slip.attachments),
            ..Part::default()
        },
        Part {
            title: "Ý kiến của lãnh đạo đơn vị",
            ..opinion("", &slip.reviewed)
        },
        Part {
            title: "Ý kiến của lãnh đạo cơ quan",
            blank: 4,
            ..Part::default()
        },
    ];
    let empty = |part: &Part| {
        part.rows.is_empty() && part.text.is_empty() && part.lines.is_empty() && part.blank == 0
    };
    let parts = parts.into_iter().filter(|part| !empty(part)).collect();
    typeset(
        "PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC",
        &slip.head,
        Some(said(&slip.addressee)),
        parts,
    )
}

fn typeset(
    title: &'static str,
    head: &SlipHead,
    addressee: Option<Pieces>,
    parts: Vec<Part>,
) -> Result<Vec<u8>, LayoutError> {
    let upper = |text: &str| capital_phrases(&fonts::shown(&clean(text)));
    let place = fonts::shown(&clean(&head.place_name));
    let data = Data {
        title,
        form: Figures::of(Form::Administrative, Sizes::Sample)?,
        parent: head
            .parent_agency
            .as_deref()
            .map(upper)
            .filter(|name| !name.is_empty()),
        agency: upper(&head.agency),
        date: format!("{place}, {}", head.made_on.legal_text()),
        addressee,
        parts,
    };
    let document = engine::compile(Template::Slip, &data)?;
    engine::export(&document, head.made_on)
}

/// What somebody wrote, or lines for the pen.
fn opinion(text: &str, by: &str) -> Part {
    let text = said(text);
    Part {
        blank: if text.is_empty() { 2 } else { 0 },
        text: if text.is_empty() {
            Vec::new()
        } else {
            vec![text]
        },
        by: Some(said(by)).filter(|by| !by.is_empty()),
        ..Part::default()
    }
}

fn row_of(line: &SlipLine) -> Vec<Pieces> {
    vec![said(&line.who), said(&line.part), said(&line.deadline)]
}

/// A slip names a document and is none: what the font can't show stands as a question mark.
fn said(text: &str) -> Pieces {
    let mut pieces = Vec::new();
    breakable(&fonts::shown(&clean(text)), 24, |piece, _| {
        pieces.push(piece);
    });
    pieces
}

/// Who gives or receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Full name.
    pub name: String,
    /// Title and unit.
    pub post: String,
}

/// A key device that changes hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverDevice {
    /// Its number.
    pub serial: String,
    /// The number of the certificate on it.
    pub certificate: String,
    /// In whose name.
    pub holder: String,
    /// Its condition.
    pub condition: String,
}

/// Minutes of the handover of key devices (biên bản giao, nhận thiết bị lưu khóa bí mật).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Whose paper it is.
    pub head: SlipHead,
    /// The notation: `BB-UBND`.
    pub notation: String,
    /// Who gives.
    pub giver: Party,
    /// Who receives.
    pub receiver: Party,
    /// What changes hands.
    pub devices: Vec<HandoverDevice>,
    /// What both say besides.
    pub remark: String,
}

impl Handover {
    /// The minutes as a document: the giver signs on the left, the receiver on the right.
    pub fn letter(&self) -> Letter {
        let agency = typed(&self.head.agency);
        let mut body = format!(
            "Hôm nay, {}, tại {agency}, chúng tôi gồm:\n1. Bên giao: {}, {}.\n2. Bên nhận: {}, {}.\nHai bên tiến hành giao, nhận thiết bị lưu khóa bí mật như sau:\n| STT | Số hiệu thiết bị | Số chứng thư | Người đứng tên | Tình trạng |\n",
            self.head.made_on.legal_text(),
            typed(&self.giver.name),
            typed(&self.giver.post),
            typed(&self.receiver.name),
            typed(&self.receiver.post),
        );
        for (at, device) in self.devices.iter().enumerate() {
            let cells = [
                &device.serial,
                &device.certificate,
                &device.holder,
                &device.condition,
            ];
            let cells = cells.map(|cell| typed(cell)).join(" | ");
            body.extend(["| ", &(at + 1).to_string(), " | ", &cells, " |\n"]);
        }
        if !clean(&self.remark).is_empty() {
            body.extend([typed(&self.remark).as_str(), "\n"]);
        }
        body.push_str("Bên nhận đã kiểm tra thiết bị và chịu trách nhiệm bảo quản, sử dụng theo quy định. Biên bản được lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản.");
        let subject = "Giao, nhận thiết bị lưu khóa bí mật".to_owned();
        Letter {
            parent_agency: self.head.parent_agency.clone(),
            agency: self.head.agency.clone(),
            notation: self.notation.clone(),
            place_name: self.head.place_name.clone(),
            kind: DocumentKind::Minutes,
            title: format!("Biên bản: {subject}"),
            subject,
            urgency: Urgency::Normal,
            addressees: Vec::new(),
            body: Body::parse(&body).body,
            recipients: vec!["Như hai bên".to_owned(), "Lưu: VT, Hồ sơ".to_owned()],
            authority_lines: vec!["Bên nhận".to_owned()],
            signer_name: self.receiver.name.clone(),
            drafted_on: self.head.made_on,
            extras: Extras {
                cosigner: Some(Signer::new("Bên giao", self.giver.name.clone())),
                ..Extras::default()
            },
        }
    }
}

/// A text as it stands inside a body: its marks are taken as they are.
fn typed(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '\\' | '*' | '_' | '|' | '[' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
