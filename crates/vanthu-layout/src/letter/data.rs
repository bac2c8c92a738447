//! The letter as the template reads it: cleaned strings, no markup.

use serde::Serialize;
use vanthu_domain::kind::{AbstractPlace, AddresseeForm, DocumentKind, Template, Urgency};

use super::item::{Builder, Item, LONG_WORD, Run, end_mark, is_wide};
use super::phrase::{capital_phrases, phrases};
use super::{Letter, signers};
use crate::LayoutError;
use crate::form::Figures;

/// How far the free places of number and date reach below the line of text.
pub(super) const GAP_DEPTH: f64 = 3.25;

#[derive(Serialize)]
pub(super) struct Data {
    title: String,
    author: String,
    form: Figures,
    gap_depth: f64,
    /// In pieces that stay whole, as all centred lines.
    parent: Option<Vec<String>>,
    agency: Vec<String>,
    notation: String,
    /// The place; none where the form has no line of place and date.
    place: Option<String>,
    /// The widest text the free place of the date must hold.
    date_sample: &'static str,
    /// The name of the kind in capitals; none on official letters.
    kind: Option<String>,
    /// The abstract under the kind.
    subject: Option<Vec<String>>,
    /// The abstract under the number, with "V/v".
    about: Option<Vec<String>>,
    stamp: Option<Stamp>,
    circulation: Option<String>,
    contact: Vec<String>,
    issuer: Option<String>,
    opening: Opening,
    blocks: Vec<Item>,
    footnotes: Vec<Vec<Run>>,
    appendices: Vec<AppendixData>,
    recipients: Vec<String>,
    drafter: Option<String>,
    signer: Signer,
    cosigner: Option<Signer>,
    /// A block at the end that others sign on paper.
    confirmation: Option<&'static str>,
}

/// Whom the document is addressed to, after the words that its form prescribes.
#[derive(Serialize)]
struct Opening {
    form: &'static str,
    words: String,
    lines: Vec<String>,
}

#[derive(Serialize)]
struct Stamp {
    text: &'static str,
    /// Points.
    width: f64,
}

/// A signature with what stands above and below it.
#[derive(Serialize)]
struct Signer {
    authority: Vec<Vec<String>>,
    post: Vec<Vec<String>>,
    name: String,
}

#[derive(Serialize)]
struct AppendixData {
    heading: String,
    title: Vec<String>,
    /// Whether it is a text of its own that is issued with the document, with a head.
    issued: bool,
    guide: Guide,
    landscape: bool,
    blocks: Vec<Item>,
}

/// "(Kèm theo … số … ngày … tháng … năm … của …)": filled in on paper only.
#[derive(Serialize, Clone)]
struct Guide {
    words: String,
    filled: Option<String>,
}

/// What Mẫu 1.10 has below the signature.
const CONFIRMATION: &str =
    "Xác nhận của cơ quan (tổ chức) hoặc chính quyền địa phương nơi nghỉ phép (nếu cần)";

pub(super) fn of(letter: &Letter) -> Result<Data, LayoutError> {
    let extras = &letter.extras;
    let form = Figures::of(extras.form, extras.sizes)?;
    let template = letter.kind.template();
    let mut builder = Builder {
        seen: Vec::new(),
        italic_bases: template != Template::Letter,
    };
    let mut blocks = builder.items(letter.body.blocks());
    if letter.kind != DocumentKind::CourtesyLetter {
        end_mark(&mut blocks);
    }
    let appendices = appendices(letter, &mut builder);
    let footnotes = letter
        .body
        .footnotes()
        .iter()
        .map(|footnote| builder.runs(&footnote.content, LONG_WORD))
        .collect();
    let subject = Some(clean(&letter.subject)).filter(|subject| !subject.is_empty());
    let stands = |place| letter.kind.abstract_place() == place;
    let has_issuer = matches!(blocks.first(), Some(Item::Heading { centred: true, .. }));
    let (signer, cosigner) = signers::of(letter);
    Ok(Data {
        title: clean(&letter.title),
        author: clean(&letter.agency),
        stamp: stamp(letter.urgency, &form)?,
        form,
        gap_depth: GAP_DEPTH,
        parent: optional(letter.parent_agency.as_ref()).map(|name| capital_phrases(&name)),
        agency: capital_phrases(&clean(&letter.agency)),
        notation: clean(&letter.notation),
        place: template
            .shows_place_and_date()
            .then(|| clean(&letter.place_name)),
        date_sample: "ngày 00 tháng 00 năm 0000",
        kind: kind_name(letter.kind),
        about: subject
            .as_ref()
            .filter(|_| stands(AbstractPlace::UnderNumber))
            .map(|subject| phrases(&format!("V/v {subject}"))),
        subject: subject
            .filter(|_| stands(AbstractPlace::UnderName))
            .map(|subject| phrases(&subject)),
        circulation: optional(extras.circulation.as_ref()).map(|words| words.to_uppercase()),
        contact: cleaned(&extras.contact),
        issuer: optional(extras.issuer.as_ref())
            .filter(|_| matches!(template, Template::Resolution | Template::Decision))
            .filter(|_| !has_issuer)
            .map(|name| name.to_uppercase()),
        opening: opening(letter),
        blocks,
        footnotes,
        appendices,
        recipients: ended(&letter.recipients),
        drafter: optional(extras.drafter_mark.as_ref()),
        signer: written(&signer),
        cosigner: cosigner.as_ref().map(written),
        confirmation: (letter.kind == DocumentKind::Leave).then_some(CONFIRMATION),
    })
}

fn appendices(letter: &Letter, builder: &mut Builder) -> Vec<AppendixData> {
    // Official letters have no name that the line could call.
    let named = letter.kind.template() != Template::Letter;
    let name = if named {
        letter.kind.name()
    } else {
        "Văn bản"
    };
    let appendices = letter.body.appendices().iter().enumerate();
    appendices
        .map(|(at, appendix)| {
            let heading = match (appendix.issued, letter.body.appendix_number(at)) {
                (Some(kind), _) => kind.name().to_uppercase(),
                (None, Some(number)) => format!("Phụ lục {number}"),
                (None, None) => "Phụ lục".to_owned(),
            };
            let title = clean(&appendix.title);
            let mut blocks = builder.items(&appendix.blocks);
            if appendix.issued.is_some() {
                end_mark(&mut blocks);
            }
            AppendixData {
                heading,
                title: phrases(&if appendix.issued.is_some() {
                    title
                } else {
                    title.to_uppercase()
                }),
                issued: appendix.issued.is_some(),
                guide: Guide {
                    words: format!("Kèm theo {name}"),
                    filled: optional(letter.extras.guide.as_ref()),
                },
                landscape: appendix.issued.is_none() && appendix.blocks.iter().any(is_wide),
                blocks,
            }
        })
        .collect()
}

fn written(signer: &super::Signer) -> Signer {
    let upper = |lines: &[String]| {
        let lines = cleaned(lines);
        lines.iter().map(|line| capital_phrases(line)).collect()
    };
    Signer {
        authority: upper(&signer.authority_lines),
        post: upper(&signer.post_lines),
        name: clean(&signer.name),
    }
}

fn opening(letter: &Letter) -> Opening {
    let issuer =
        || optional(letter.extras.issuer.as_ref()).unwrap_or_else(|| clean(&letter.agency));
    // Who typed the invitation into the text has said it already.
    let invited = || letter.body.plain_text().to_lowercase().contains("kính mời");
    let (form, words) = match letter.kind.addressee_form() {
        AddresseeForm::To => ("to", "Kính gửi:".to_owned()),
        AddresseeForm::Wire => ("wire", format!("{} điện:", issuer())),
        AddresseeForm::Invite if !invited() => {
            ("invite", format!("{} trân trọng kính mời:", issuer()))
        }
        AddresseeForm::Invite | AddresseeForm::Nowhere => ("nowhere", String::new()),
    };
    Opening {
        lines: if form == "nowhere" {
            Vec::new()
        } else {
            ended(&letter.addressees)
        },
        form,
        words,
    }
}

fn kind_name(kind: DocumentKind) -> Option<String> {
    let shown = kind != DocumentKind::OfficialLetter && kind != DocumentKind::CourtesyLetter;
    shown.then(|| kind.name().to_uppercase())
}

fn stamp(urgency: Urgency, form: &Figures) -> Result<Option<Stamp>, LayoutError> {
    let width = match urgency {
        Urgency::Normal => return Ok(None),
        Urgency::Urgent => "urgent-width",
        Urgency::VeryUrgent => "very-urgent-width",
        Urgency::Express => "express-width",
    };
    let width = form.get(width)?;
    Ok(urgency.mark().map(|text| Stamp { text, width }))
}

fn optional(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text)).filter(|text| !text.is_empty())
}

fn cleaned(lines: &[String]) -> Vec<String> {
    let lines = lines.iter().map(|line| clean(line));
    lines.filter(|line| !line.is_empty()).collect()
}

/// One line, single spaces, no invisible characters.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| {
            if c.is_whitespace() && c != '\u{a0}' {
                ' '
            } else {
                c
            }
        })
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Lines of a list end with ";", the last one with ".".
fn ended(lines: &[String]) -> Vec<String> {
    let bare: Vec<String> = lines
        .iter()
        .map(|line| {
            clean(line)
                .trim_start_matches(['-', '–', ' '])
                .trim_end_matches(['.', ';', ',', ' '])
                .to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect();
    let last = bare.len();
    bare.into_iter()
        .enumerate()
        .map(|(at, line)| format!("{line}{}", if at + 1 == last { "." } else { ";" }))
        .collect()
}

impl Data {
    pub(super) fn has_cosigner(&self) -> bool {
        self.cosigner.is_some()
    }

    /// Every string that will be drawn.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let head = [&self.notation, &self.opening.words, &self.signer.name];
        let optional = [&self.place, &self.circulation, &self.issuer, &self.drafter]
            .into_iter()
            .flatten();
        let centred = [&self.parent, &self.subject, &self.about]
            .into_iter()
            .flatten();
        let signers = std::iter::once(&self.signer).chain(&self.cosigner);
        let signers = signers.flat_map(|signer| signer.authority.iter().chain(&signer.post));
        let titles = self.appendices.iter().map(|appendix| &appendix.title);
        let centred = centred
            .chain([&self.agency])
            .chain(signers)
            .chain(titles)
            .flatten();
        let lists = self
            .opening
            .lines
            .iter()
            .chain(&self.recipients)
            .chain(&self.contact);
        let names = self.cosigner.iter().map(|signer| &signer.name);
        let guides = self
            .appendices
            .iter()
            .filter_map(|appendix| appendix.guide.filled.as_ref());
        let blocks = self
            .blocks
            .iter()
            .chain(self.appendices.iter().flat_map(|appendix| &appendix.blocks));
        let runs = blocks
            .flat_map(Item::runs)
            .chain(self.footnotes.iter().flatten());
        let words = runs.filter_map(|run| match run {
            Run::Text { text, .. } => Some(text),
            Run::Footnote { .. } | Run::Break => None,
        });
        head.into_iter()
            .chain(optional)
            .chain(centred)
            .chain(lists)
            .chain(names)
            .chain(guides)
            .chain(words)
            .map(String::as_str)
    }
}
