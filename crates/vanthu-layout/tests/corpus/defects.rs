//! Every rule broken once, on a document that is good otherwise.

use vanthu_domain::layout::LayoutRule as Rule;

use super::doc::{BOLD, Doc, ITALIC, Set, UPRIGHT, decision, letter, line, para, plan, regulation};
use super::paper::{Look, look};

pub(crate) struct Defect {
    pub(crate) rule: Rule,
    pub(crate) doc: Doc,
    /// Rules that are broken with it and can't be kept.
    pub(crate) with: &'static [Rule],
}

fn broken(rule: Rule, mut doc: Doc, change: impl FnOnce(&mut Doc)) -> Defect {
    change(&mut doc);
    Defect {
        rule,
        doc,
        with: &[],
    }
}

fn broken_with(
    rule: Rule,
    with: &'static [Rule],
    doc: Doc,
    change: impl FnOnce(&mut Doc),
) -> Defect {
    Defect {
        with,
        ..broken(rule, doc, change)
    }
}

fn shout(text: &str) -> String {
    text.to_uppercase()
}

pub(crate) fn all() -> Vec<Defect> {
    let mut all = page();
    all.extend(head());
    all.extend(title());
    all.extend(body());
    all.extend(foot());
    all.extend(appendix());
    all
}

fn page() -> Vec<Defect> {
    vec![
        broken(Rule::PaperSize, letter(), |d| d.paper = (215.9, 279.4)),
        broken(Rule::PaperDirection, decision(), |d| {
            d.paper = (297.0, 210.0)
        }),
        broken(Rule::MarginTop, letter(), |d| d.margins[0] = 12.0),
        broken(Rule::MarginTop, letter(), |d| d.margins[0] = 36.0),
        broken(Rule::MarginBottom, letter(), |d| d.margins[1] = 10.0),
        broken(Rule::MarginBottom, letter(), |d| d.margins[1] = 50.0),
        broken(Rule::MarginLeft, letter(), |d| d.margins[2] = 20.0),
        broken(Rule::MarginLeft, letter(), |d| d.margins[2] = 42.0),
        broken(Rule::MarginRight, letter(), |d| d.margins[3] = 8.0),
        broken(Rule::MarginRight, letter(), |d| d.margins[3] = 28.0),
        broken(Rule::FontFamily, letter(), |d| {
            d.body[0].look.strange = true
        }),
        broken(Rule::FontEncoding, letter(), |d| {
            ".VnTime".clone_into(&mut d.strange_name);
            d.body[0].look.strange = true;
        }),
        broken(Rule::TextColour, letter(), |d| {
            d.body[1].look.colour = [0.0, 0.0, 0.8]
        }),
        broken(Rule::SizesTogether, letter(), |d| {
            d.motto.as_mut().unwrap().look.size = 14.0
        }),
        broken(Rule::SizesTogether, letter(), |d| {
            d.date.as_mut().unwrap().look.size = 14.0
        }),
        broken(Rule::PageNumberFirst, letter(), |d| {
            d.first_page_number = true
        }),
        broken(Rule::PageNumberMissing, letter(), |d| d.page_numbers = None),
        broken(Rule::PageNumberPlace, letter(), |d| {
            d.page_number_shift = 200.0
        }),
        broken(Rule::PageNumberPlace, letter(), |d| {
            d.page_number_below = true
        }),
        broken(Rule::PageNumberSize, letter(), |d| {
            d.page_numbers = Some(look(10.0, false, false))
        }),
        broken(Rule::PageNumberOrder, letter(), |d| {
            d.page_number_offset = 3
        }),
    ]
}

fn head() -> Vec<Defect> {
    vec![
        broken(Rule::NationalTitleMissing, letter(), |d| d.nation = None),
        broken(Rule::NationalTitleText, letter(), |d| {
            "Cộng hòa xã hội chủ nghĩa Việt Nam".clone_into(&mut d.nation.as_mut().unwrap().text);
        }),
        broken(Rule::NationalTitleSize, letter(), |d| {
            d.nation.as_mut().unwrap().look.size = 10.5
        }),
        broken(Rule::NationalTitleStyle, letter(), |d| {
            d.nation.as_mut().unwrap().look.bold = false
        }),
        broken_with(
            Rule::NationalTitlePlace,
            &[Rule::AgencyMissing, Rule::NumberMissing],
            regulation(),
            |d| {
                d.nation_shift = -130.0;
                d.parent.clear();
                d.agency.clear();
                d.agency_rule = None;
                d.number = None;
            },
        ),
        broken(Rule::MottoMissing, letter(), |d| d.motto = None),
        broken(Rule::MottoText, letter(), |d| {
            "Độc lập- Tự do- Hạnh phúc".clone_into(&mut d.motto.as_mut().unwrap().text)
        }),
        broken(Rule::MottoText, letter(), |d| {
            "Độc Lập - Tự Do - Hạnh Phúc".clone_into(&mut d.motto.as_mut().unwrap().text)
        }),
        broken(Rule::MottoSize, letter(), |d| {
            d.motto.as_mut().unwrap().look.size = 11.0
        }),
        broken(Rule::MottoStyle, letter(), |d| {
            d.motto.as_mut().unwrap().look.italic = true
        }),
        broken(Rule::MottoPlace, letter(), |d| d.motto_shift = 30.0),
        broken(Rule::MottoRule, letter(), |d| d.motto_rule = None),
        broken(Rule::MottoRule, letter(), |d| d.motto_rule = Some(0.5)),
        broken(Rule::ParentCase, letter(), |d| {
            d.parent[0].text = "Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()
        }),
        broken(Rule::ParentSize, letter(), |d| d.parent[0].look.size = 14.0),
        broken(Rule::ParentStyle, letter(), |d| {
            d.parent[0].look.bold = true
        }),
        broken(Rule::AgencyMissing, letter(), |d| {
            d.parent.clear();
            d.agency.clear();
            d.agency_rule = None;
        }),
        broken(Rule::AgencyCase, letter(), |d| {
            d.agency[0].text = "Ủy ban nhân dân xã Bình Mẫu".to_owned()
        }),
        broken(Rule::AgencySize, letter(), |d| d.agency[0].look.size = 14.0),
        broken(Rule::AgencyStyle, letter(), |d| {
            d.agency[0].look.italic = true
        }),
        broken(Rule::AgencyRule, letter(), |d| d.agency_rule = None),
        broken(Rule::AgencyRule, letter(), |d| d.agency_rule = Some(1.0)),
        broken(Rule::NumberMissing, decision(), |d| d.number = None),
        broken(Rule::NumberForm, letter(), |d| {
            d.number.as_mut().unwrap().text = "Số 412/UBND-VHXH".to_owned()
        }),
        broken(Rule::NumberForm, letter(), |d| {
            d.number.as_mut().unwrap().text = "Số: 412/UBND - VHXH".to_owned()
        }),
        broken(Rule::NumberForm, letter(), |d| {
            d.number.as_mut().unwrap().text = "Số: 412-UBND-VHXH".to_owned()
        }),
        broken(Rule::NumberForm, letter(), |d| {
            d.number.as_mut().unwrap().text = "Số: 412/ubnd-vhxh".to_owned()
        }),
        broken(Rule::NumberPadding, letter(), |d| {
            d.number.as_mut().unwrap().text = "Số: 7/UBND-VHXH".to_owned()
        }),
        broken(Rule::NumberSize, letter(), |d| {
            d.number.as_mut().unwrap().look.size = 11.0
        }),
        broken(Rule::NumberStyle, letter(), |d| {
            d.number.as_mut().unwrap().look.bold = true
        }),
        broken(Rule::NotationKind, decision(), |d| {
            d.number.as_mut().unwrap().text = "Số: 87/TB-UBND".to_owned()
        }),
        broken(Rule::NumberOpen, letter(), |d| {
            d.number.as_mut().unwrap().text = "Số:      /UBND-VHXH".to_owned()
        }),
        broken(Rule::DateMissing, letter(), |d| d.date = None),
        broken(Rule::DateForm, letter(), |d| {
            d.date.as_mut().unwrap().text = "Bình Mẫu, 05/11/2026".to_owned()
        }),
        broken(Rule::DateForm, letter(), |d| {
            d.date.as_mut().unwrap().text = "Bình Mẫu ngày 05 tháng 11 năm 2026".to_owned()
        }),
        broken(Rule::DatePadding, letter(), |d| {
            d.date.as_mut().unwrap().text = "Bình Mẫu, ngày 5 tháng 11 năm 2026".to_owned()
        }),
        broken(Rule::DatePadding, letter(), |d| {
            d.date.as_mut().unwrap().text = "Bình Mẫu, ngày 15 tháng 1 năm 2026".to_owned()
        }),
        broken(Rule::DateOverpadding, letter(), |d| {
            d.date.as_mut().unwrap().text = "Bình Mẫu, ngày 15 tháng 06 năm 2026".to_owned()
        }),
        broken(Rule::DateReal, letter(), |d| {
            d.date.as_mut().unwrap().text = "Bình Mẫu, ngày 31 tháng 11 năm 2026".to_owned()
        }),
        broken(Rule::DateSize, letter(), |d| {
            d.date.as_mut().unwrap().look.size = 11.0
        }),
        broken(Rule::DateStyle, letter(), |d| {
            d.date.as_mut().unwrap().look.italic = false
        }),
        broken(Rule::DateLine, letter(), |d| d.date_drop = 16.0),
    ]
}

fn title() -> Vec<Defect> {
    vec![
        broken_with(Rule::KindMissing, &[Rule::BasisStyle], decision(), |d| {
            d.kind = None;
            d.subject.clear();
            d.subject_rule = None;
            d.decider.clear();
        }),
        broken(Rule::KindCase, decision(), |d| {
            d.kind.as_mut().unwrap().text = "Quyết định".to_owned()
        }),
        broken(Rule::KindSize, decision(), |d| {
            d.kind.as_mut().unwrap().look.size = 18.0
        }),
        broken(Rule::KindStyle, decision(), |d| {
            d.kind.as_mut().unwrap().look.bold = false
        }),
        broken(Rule::KindPlace, decision(), |d| d.kind_shift = 22.0),
        broken(Rule::AbstractMissing, decision(), |d| {
            d.subject.clear();
            d.subject_rule = None;
        }),
        broken(Rule::AbstractSize, decision(), |d| {
            d.subject[0].look.size = 12.0
        }),
        broken(Rule::AbstractStyle, decision(), |d| {
            d.subject[0].look.bold = false
        }),
        broken(Rule::AbstractStyle, plan(), |d| {
            d.subject[0].text = shout(&d.subject[0].text)
        }),
        broken(Rule::AbstractRule, decision(), |d| d.subject_rule = None),
        broken(Rule::AbstractRule, decision(), |d| {
            d.subject_rule = Some(0.9)
        }),
        broken(Rule::AboutMissing, letter(), |d| d.about.clear()),
        broken(Rule::AboutForm, letter(), |d| {
            d.about[0].text = "v/v chấn chỉnh việc sử dụng".to_owned()
        }),
        broken(Rule::AboutSize, letter(), |d| d.about[1].look.size = 14.0),
        broken(Rule::AboutStyle, letter(), |d| {
            d.about[0].look.italic = true
        }),
        broken(Rule::AddresseeMissing, letter(), |d| d.addressees.clear()),
        broken(Rule::AddresseeForm, letter(), |d| {
            d.addressees[1].text = "- Các phòng chuyên môn,".to_owned()
        }),
        broken(Rule::AddresseeForm, letter(), |d| {
            d.addressees[0].text = "Kính gửi".to_owned()
        }),
        broken(Rule::AddresseeSize, letter(), |d| {
            d.addressees[0].look.size = 12.0
        }),
        broken(Rule::AddresseeStyle, letter(), |d| {
            d.addressees[0].look.bold = true
        }),
        broken(Rule::BasisStyle, decision(), |d| d.body[1].look = UPRIGHT),
        broken(Rule::BasisEnd, decision(), |d| {
            d.body[0].text = d.body[0].text.replace(';', ",")
        }),
        broken(Rule::BasisCitation, decision(), |d| {
            d.body[1].text =
                "Căn cứ Kế hoạch của Ủy ban nhân dân tỉnh Tuần Mẫu về chuyển đổi số;".to_owned();
        }),
    ]
}

fn every(doc: &mut Doc, change: impl Fn(&mut super::doc::Para)) {
    doc.body.iter_mut().for_each(change);
}

fn body() -> Vec<Defect> {
    vec![
        broken(Rule::BodySize, letter(), |d| {
            every(d, |p| p.look.size = 12.0)
        }),
        broken(Rule::BodyEven, letter(), |d| d.body[4].look.size = 12.0),
        broken(Rule::BodyJustified, letter(), |d| {
            every(d, |p| p.set = Set::Ragged(12.7))
        }),
        broken(Rule::BodyIndent, letter(), |d| {
            every(d, |p| p.set = Set::Even(4.0))
        }),
        broken(Rule::ParagraphGap, letter(), |d| {
            every(d, |p| p.above = 0.0)
        }),
        broken(Rule::LineGap, letter(), |d| d.leading = 2.4),
        broken(Rule::HeadingStyle, regulation(), |d| {
            d.body[0].text = "Chương 1".to_owned()
        }),
        broken(Rule::HeadingStyle, regulation(), |d| {
            d.body[9].text = "Mục I".to_owned()
        }),
        broken(Rule::HeadingTitle, regulation(), |d| {
            d.body[1].text = "Quy định chung".to_owned()
        }),
        broken(Rule::HeadingTitle, plan(), |d| {
            d.body[0].text = "I. Mục đích, yêu cầu".to_owned()
        }),
        broken(Rule::ArticleStyle, regulation(), |d| {
            d.body[2].bold_words = 0
        }),
        broken(Rule::StructureOrder, regulation(), |d| {
            d.body[15].text = d.body[15].text.replace("d)", "e)")
        }),
        broken(Rule::StructureOrder, decision(), |d| {
            d.body[5].text = d.body[5].text.replace("Điều 2.", "Điều 3.")
        }),
        broken(Rule::EndMark, letter(), |d| {
            let last = d.body.last_mut().unwrap();
            last.text = last.text.replace("./.", ".");
        }),
        broken(Rule::Capitals, letter(), |d| {
            d.body[3].text = "a) Thực hiện theo điều 5 của quy chế và báo cáo ủy ban nhân dân xã trước ngày 27 tháng 11 năm 2026.".to_owned();
        }),
    ]
}

fn foot() -> Vec<Defect> {
    const NO_BLOCK: &[Rule] = &[Rule::SignerMissing];
    vec![
        broken_with(Rule::AuthorityMissing, NO_BLOCK, letter(), |d| {
            d.authority.clear()
        }),
        broken(Rule::AuthorityPrefix, letter(), |d| {
            d.authority[1].text = "KT/ CHỦ TỊCH".to_owned()
        }),
        broken(Rule::AuthorityPrefix, letter(), |d| {
            d.authority[0].text = "T/M ỦY BAN NHÂN DÂN".to_owned()
        }),
        broken(Rule::AuthorityPrefix, letter(), |d| {
            d.authority.remove(2);
        }),
        broken(Rule::AuthorityCase, letter(), |d| {
            d.authority[2].text = "Phó Chủ tịch".to_owned()
        }),
        broken(Rule::AuthoritySize, letter(), |d| {
            d.authority[2].look.size = 12.0
        }),
        broken(Rule::AuthorityStyle, letter(), |d| {
            d.authority[0].look.bold = false
        }),
        broken(Rule::SignerMissing, letter(), |d| d.signer = None),
        broken(Rule::SignerCase, letter(), |d| {
            d.signer.as_mut().unwrap().text = "TRẦN THỊ THÍ DỤ".to_owned()
        }),
        broken(Rule::SignerSize, letter(), |d| {
            d.signer.as_mut().unwrap().look.size = 16.0
        }),
        broken(Rule::SignerStyle, letter(), |d| {
            d.signer.as_mut().unwrap().look = UPRIGHT
        }),
        broken(Rule::SignerPlace, letter(), |d| d.signer_shift = 40.0),
        broken(Rule::SignerHonours, letter(), |d| {
            d.signer.as_mut().unwrap().text = "ThS. Trần Thị Thí Dụ".to_owned()
        }),
        broken(Rule::RecipientsMissing, letter(), |d| {
            d.recipients_head = None;
            d.recipients.clear();
        }),
        broken(Rule::RecipientsHead, letter(), |d| {
            d.recipients_head.as_mut().unwrap().look = look(12.0, true, false)
        }),
        broken(Rule::RecipientsHead, letter(), |d| {
            d.recipients_head.as_mut().unwrap().look.size = 14.0
        }),
        broken(Rule::RecipientsSize, letter(), |d| {
            for line in &mut d.recipients {
                line.look.size = 13.0;
            }
        }),
        broken(Rule::RecipientsStyle, letter(), |d| {
            d.recipients[1].look.italic = true
        }),
        broken(Rule::RecipientsForm, letter(), |d| {
            d.recipients[0].text = "- Như trên,".to_owned()
        }),
        broken(Rule::RecipientsForm, letter(), |d| {
            d.recipients[2].text = "- Lưu: VT, VHXH".to_owned()
        }),
        broken(Rule::RecipientsKept, letter(), |d| {
            d.recipients[2].text = "- Văn phòng.".to_owned()
        }),
        broken(Rule::RecipientsAsAbove, letter(), |d| {
            d.recipients[0].text = "- Sở Nội vụ (b/c);".to_owned()
        }),
        broken(Rule::RecipientsLevel, letter(), |d| {
            d.recipients_drop = 40.0
        }),
    ]
}

fn appendix() -> Vec<Defect> {
    let black = Look {
        colour: [0.0; 3],
        ..look(13.0, true, false)
    };
    vec![
        broken(Rule::AppendixHeading, plan(), |d| {
            d.appendices[0].heading.text = "Phụ lục 1".to_owned()
        }),
        broken(Rule::AppendixHeading, plan(), |d| {
            d.appendices[1].heading.look = ITALIC
        }),
        broken(Rule::AppendixTitle, plan(), |d| {
            d.appendices[0].title.text = "Danh sách điểm hỗ trợ".to_owned()
        }),
        broken(Rule::AppendixGuide, plan(), |d| {
            d.appendices[0].guide = None
        }),
        broken(Rule::AppendixGuide, plan(), |d| {
            d.appendices[0].guide.as_mut().unwrap().look = BOLD
        }),
        broken(Rule::AppendixMentioned, plan(), |d| {
            d.body[1] = para(
                "1. Hướng dẫn người dân nộp hồ sơ trực tuyến, bảo đảm đúng thời hạn và thuận tiện cho người cao tuổi.",
            );
        }),
        broken(Rule::UrgencyText, plan(), |d| {
            d.stamp.as_mut().unwrap().line = line("HỎA TỐC", black)
        }),
        broken(Rule::UrgencyFrame, plan(), |d| {
            d.stamp.as_mut().unwrap().width = 36.0
        }),
    ]
}
