//! The rules of form and presentation (thể thức và kỹ thuật trình bày) that can be seen on a page.
//!
//! What each rule wants, by which article, and how much it weighs stands in `layout.toml`; the figures (sizes, margins)
//! are values of the regulation profile, which may also weigh a rule differently. Who looks for deviations names them by
//! these codes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::moment::Day;
use crate::profile::{Cited, RegulationProfile, Setting};
use crate::refusal::Certainty;
use crate::text::fill;
use crate::words::words;

words! {
    /// A rule of form and presentation. The list is closed.
    LayoutRule {
        /// Paper size.
        PaperSize = "paper-size", "Khổ giấy";
        /// Direction of the page.
        PaperDirection = "paper-direction", "Chiều của trang";
        /// Top margin.
        MarginTop = "margin-top", "Lề trên";
        /// Bottom margin.
        MarginBottom = "margin-bottom", "Lề dưới";
        /// Left margin.
        MarginLeft = "margin-left", "Lề trái";
        /// Right margin.
        MarginRight = "margin-right", "Lề phải";
        /// Font.
        FontFamily = "font-family", "Phông chữ";
        /// Encoding of the characters.
        FontEncoding = "font-encoding", "Bộ mã ký tự";
        /// Colour of the text.
        TextColour = "text-colour", "Màu chữ";
        /// Sizes go up and down together.
        SizesTogether = "sizes-together", "Cỡ chữ tăng, giảm cùng nhau";
        /// National title.
        NationalTitleMissing = "national-title-missing", "Quốc hiệu";
        /// Words of the national title.
        NationalTitleText = "national-title-text", "Chữ của Quốc hiệu";
        /// Size of the national title.
        NationalTitleSize = "national-title-size", "Cỡ chữ Quốc hiệu";
        /// Style of the national title.
        NationalTitleStyle = "national-title-style", "Kiểu chữ Quốc hiệu";
        /// Place of the national title.
        NationalTitlePlace = "national-title-place", "Vị trí Quốc hiệu";
        /// Motto.
        MottoMissing = "motto-missing", "Tiêu ngữ";
        /// Words of the motto.
        MottoText = "motto-text", "Chữ của Tiêu ngữ";
        /// Size of the motto.
        MottoSize = "motto-size", "Cỡ chữ Tiêu ngữ";
        /// Style of the motto.
        MottoStyle = "motto-style", "Kiểu chữ Tiêu ngữ";
        /// Place of the motto.
        MottoPlace = "motto-place", "Vị trí Tiêu ngữ";
        /// Rule under the motto.
        MottoRule = "motto-rule", "Đường kẻ dưới Tiêu ngữ";
        /// Case of the parent agency's name.
        ParentCase = "parent-case", "Chữ của tên cơ quan chủ quản";
        /// Size of the parent agency's name.
        ParentSize = "parent-size", "Cỡ chữ tên cơ quan chủ quản";
        /// Style of the parent agency's name.
        ParentStyle = "parent-style", "Kiểu chữ tên cơ quan chủ quản";
        /// Issuing agency.
        AgencyMissing = "agency-missing", "Tên cơ quan ban hành";
        /// Case of the issuing agency's name.
        AgencyCase = "agency-case", "Chữ của tên cơ quan ban hành";
        /// Size of the issuing agency's name.
        AgencySize = "agency-size", "Cỡ chữ tên cơ quan ban hành";
        /// Style of the issuing agency's name.
        AgencyStyle = "agency-style", "Kiểu chữ tên cơ quan ban hành";
        /// Rule under the agency's name.
        AgencyRule = "agency-rule", "Đường kẻ dưới tên cơ quan";
        /// Number and notation.
        NumberMissing = "number-missing", "Số, ký hiệu";
        /// Form of number and notation.
        NumberForm = "number-form", "Cách ghi số, ký hiệu";
        /// Numbers below 10.
        NumberPadding = "number-padding", "Số nhỏ hơn 10";
        /// Size of number and notation.
        NumberSize = "number-size", "Cỡ chữ số, ký hiệu";
        /// Style of number and notation.
        NumberStyle = "number-style", "Kiểu chữ số, ký hiệu";
        /// Abbreviation of the kind in the notation.
        NotationKind = "notation-kind", "Chữ viết tắt tên loại trong ký hiệu";
        /// Number or date not given yet.
        NumberOpen = "number-open", "Số hoặc thời gian chưa ghi";
        /// Place and date.
        DateMissing = "date-missing", "Địa danh và thời gian ban hành";
        /// Form of place and date.
        DateForm = "date-form", "Cách ghi địa danh, thời gian";
        /// Days below 10, months 1 and 2.
        DatePadding = "date-padding", "Ngày nhỏ hơn 10, tháng 1 và 2";
        /// Months 3 to 9.
        DateOverpadding = "date-overpadding", "Tháng từ 3 đến 9";
        /// A date of the calendar.
        DateReal = "date-real", "Ngày, tháng có thật";
        /// Size of place and date.
        DateSize = "date-size", "Cỡ chữ địa danh, thời gian";
        /// Style of place and date.
        DateStyle = "date-style", "Kiểu chữ địa danh, thời gian";
        /// Line of place and date.
        DateLine = "date-line", "Dòng của địa danh, thời gian";
        /// Name of the kind.
        KindMissing = "kind-missing", "Tên loại văn bản";
        /// Case of the kind's name.
        KindCase = "kind-case", "Chữ của tên loại";
        /// Size of the kind's name.
        KindSize = "kind-size", "Cỡ chữ tên loại";
        /// Style of the kind's name.
        KindStyle = "kind-style", "Kiểu chữ tên loại";
        /// Place of the kind's name.
        KindPlace = "kind-place", "Vị trí tên loại";
        /// Abstract.
        AbstractMissing = "abstract-missing", "Trích yếu nội dung";
        /// Size of the abstract.
        AbstractSize = "abstract-size", "Cỡ chữ trích yếu";
        /// Style of the abstract.
        AbstractStyle = "abstract-style", "Kiểu chữ trích yếu";
        /// Rule under the abstract.
        AbstractRule = "abstract-rule", "Đường kẻ dưới trích yếu";
        /// Abstract of the letter.
        AboutMissing = "about-missing", "Trích yếu công văn";
        /// The word V/v.
        AboutForm = "about-form", "Chữ V/v";
        /// Size of the letter's abstract.
        AboutSize = "about-size", "Cỡ chữ trích yếu công văn";
        /// Style of the letter's abstract.
        AboutStyle = "about-style", "Kiểu chữ trích yếu công văn";
        /// Addressees.
        AddresseeMissing = "addressee-missing", "Kính gửi";
        /// Form of the addressees.
        AddresseeForm = "addressee-form", "Cách ghi Kính gửi";
        /// Size of the addressees.
        AddresseeSize = "addressee-size", "Cỡ chữ Kính gửi";
        /// Style of the addressees.
        AddresseeStyle = "addressee-style", "Kiểu chữ Kính gửi";
        /// Style of the bases.
        BasisStyle = "basis-style", "Kiểu chữ căn cứ ban hành";
        /// End of the bases.
        BasisEnd = "basis-end", "Cuối dòng căn cứ";
        /// Full citation in the bases.
        BasisCitation = "basis-citation", "Viện dẫn đầy đủ trong căn cứ";
        /// Size of the text.
        BodySize = "body-size", "Cỡ chữ nội dung";
        /// One size for the whole text.
        BodyEven = "body-even", "Một cỡ chữ cho cả nội dung";
        /// Justified.
        BodyJustified = "body-justified", "Canh hai lề";
        /// Indent of first lines.
        BodyIndent = "body-indent", "Thụt đầu dòng";
        /// Space between paragraphs.
        ParagraphGap = "paragraph-gap", "Khoảng cách giữa các đoạn";
        /// Space between lines.
        LineGap = "line-gap", "Khoảng cách giữa các dòng";
        /// Parts, chapters, sections.
        HeadingStyle = "heading-style", "Phần, chương, mục";
        /// Titles of parts, chapters, sections.
        HeadingTitle = "heading-title", "Tiêu đề của phần, chương, mục";
        /// Articles.
        ArticleStyle = "article-style", "Điều";
        /// Order of articles, clauses, points.
        StructureOrder = "structure-order", "Thứ tự của điều, khoản, điểm";
        /// End of the text.
        EndMark = "end-mark", "Dấu kết thúc văn bản";
        /// Authority and title of the signer.
        AuthorityMissing = "authority-missing", "Quyền hạn, chức vụ người ký";
        /// Abbreviation of the authority.
        AuthorityPrefix = "authority-prefix", "Chữ viết tắt quyền hạn ký";
        /// Case of authority and title.
        AuthorityCase = "authority-case", "Chữ của quyền hạn, chức vụ";
        /// Size of authority and title.
        AuthoritySize = "authority-size", "Cỡ chữ quyền hạn, chức vụ";
        /// Style of authority and title.
        AuthorityStyle = "authority-style", "Kiểu chữ quyền hạn, chức vụ";
        /// Signer and authority.
        AuthorityPerson = "authority-person", "Người ký và thẩm quyền";
        /// Name of the signer.
        SignerMissing = "signer-missing", "Họ và tên người ký";
        /// Case of the name.
        SignerCase = "signer-case", "Chữ của họ và tên";
        /// Size of the name.
        SignerSize = "signer-size", "Cỡ chữ họ và tên";
        /// Style of the name.
        SignerStyle = "signer-style", "Kiểu chữ họ và tên";
        /// Place of the name.
        SignerPlace = "signer-place", "Vị trí họ và tên";
        /// Academic titles before the name.
        SignerHonours = "signer-honours", "Học hàm, học vị trước họ tên";
        /// Recipients.
        RecipientsMissing = "recipients-missing", "Nơi nhận";
        /// The word Nơi nhận.
        RecipientsHead = "recipients-head", "Chữ Nơi nhận";
        /// Size of the list of recipients.
        RecipientsSize = "recipients-size", "Cỡ chữ danh sách nơi nhận";
        /// Style of the list of recipients.
        RecipientsStyle = "recipients-style", "Kiểu chữ danh sách nơi nhận";
        /// Form of the list of recipients.
        RecipientsForm = "recipients-form", "Cách ghi danh sách nơi nhận";
        /// The line Lưu.
        RecipientsKept = "recipients-kept", "Dòng Lưu";
        /// Như trên.
        RecipientsAsAbove = "recipients-as-above", "Như trên";
        /// Line of Nơi nhận.
        RecipientsLevel = "recipients-level", "Dòng Nơi nhận";
        /// Number of the first page.
        PageNumberFirst = "page-number-first", "Số trang đầu";
        /// Page number.
        PageNumberMissing = "page-number-missing", "Số trang";
        /// Place of the page number.
        PageNumberPlace = "page-number-place", "Vị trí số trang";
        /// Size of the page number.
        PageNumberSize = "page-number-size", "Cỡ chữ số trang";
        /// Order of page numbers.
        PageNumberOrder = "page-number-order", "Thứ tự số trang";
        /// Heading of an appendix.
        AppendixHeading = "appendix-heading", "Phụ lục";
        /// Title of an appendix.
        AppendixTitle = "appendix-title", "Tiêu đề phụ lục";
        /// Guide line of an appendix.
        AppendixGuide = "appendix-guide", "Chỉ dẫn kèm theo văn bản";
        /// Mention of the appendix.
        AppendixMentioned = "appendix-mentioned", "Chỉ dẫn về phụ lục trong văn bản";
        /// Stamp of urgency.
        UrgencyText = "urgency-text", "Dấu chỉ mức độ khẩn";
        /// Frame of the stamp of urgency.
        UrgencyFrame = "urgency-frame", "Khung của dấu chỉ mức độ khẩn";
        /// Only a picture of paper.
        ScanOnly = "scan-only", "Văn bản chỉ là ảnh quét";
        /// A picture of paper with recognised text.
        ScanWithText = "scan-with-text", "Ảnh quét có lớp văn bản nhận dạng";
        /// A part that can't be read.
        Unreadable = "unreadable", "Phần không đọc được";
        /// Legal normative documents have a form of their own.
        NormativeForm = "normative-form", "Văn bản quy phạm pháp luật";
        /// Documents of the Party have a form of their own.
        PartyForm = "party-form", "Văn bản của Đảng";
        /// Capitals.
        Capitals = "capitals", "Viết hoa";
    }

    /// How much a deviation weighs. Sorts with the heaviest first.
    LayoutSeverity {
        /// It is against the rule.
        Wrong = "wrong", "Sai";
        /// It would be better otherwise.
        Advice = "advice", "Nên sửa";
        /// Good to know.
        Info = "info", "Lưu ý";
    }
}

/// The language of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Vietnamese.
    Vietnamese,
    /// English.
    English,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Stands here for whoever reads the file; the program has it from the list above.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "held against the list by a test")
    )]
    name: String,
    wanted: String,
    article: String,
    severity: LayoutSeverity,
    #[serde(default)]
    certainty: Certainty,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct English {
    name: String,
    wanted: String,
}

/// Tests prove that the files read and are complete.
static ENTRIES: LazyLock<BTreeMap<String, Entry>> =
    LazyLock::new(|| toml::from_str(include_str!("layout.toml")).unwrap_or_default());
static ENGLISH: LazyLock<BTreeMap<String, English>> =
    LazyLock::new(|| toml::from_str(include_str!("layout.en.toml")).unwrap_or_default());

impl LayoutRule {
    /// Its name in the reader's language.
    pub fn title(self, tongue: Tongue) -> &'static str {
        match (tongue, ENGLISH.get(self.code())) {
            (Tongue::English, Some(english)) => &english.name,
            _ => self.name(),
        }
    }

    /// What should be, with the figures filled in.
    pub fn wanted(self, tongue: Tongue, args: &BTreeMap<String, String>) -> String {
        let english = ENGLISH.get(self.code()).map(|it| it.wanted.as_str());
        let vietnamese = ENTRIES.get(self.code()).map(|it| it.wanted.as_str());
        let text = match tongue {
            Tongue::English => english.or(vietnamese),
            Tongue::Vietnamese => vietnamese,
        };
        fill(text.unwrap_or_default(), args)
    }

    /// The article that says so, and how sure that is.
    pub fn article(self) -> (&'static str, Certainty) {
        ENTRIES
            .get(self.code())
            .map_or(("", Certainty::Infer), |it| (&it.article, it.certainty))
    }

    /// How much a deviation weighs by the profile on that day, by which article, and how sure that is.
    pub fn severity(self, profile: &RegulationProfile, on: Day) -> Cited<LayoutSeverity> {
        let local = profile.list(Setting::LayoutSeverity, on);
        let own = local.value.iter().find_map(|entry| {
            let (code, severity) = entry.split_once('=')?;
            (code.trim() == self.code()).then(|| LayoutSeverity::from_code(severity.trim()))?
        });
        if let Some(value) = own {
            return Cited {
                value,
                citation: local.citation,
                certainty: local.certainty,
            };
        }
        let (article, certainty) = self.article();
        let entry = ENTRIES.get(self.code());
        Cited {
            value: entry.map_or(LayoutSeverity::Info, |it| it.severity),
            citation: article.to_owned(),
            certainty,
        }
    }
}

impl LayoutSeverity {
    /// Its name in the reader's language.
    pub fn title(self, tongue: Tongue) -> &'static str {
        match (tongue, self) {
            (Tongue::Vietnamese, _) => self.name(),
            (Tongue::English, Self::Wrong) => "Wrong",
            (Tongue::English, Self::Advice) => "Advice",
            (Tongue::English, Self::Info) => "Note",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::placeholders;

    #[test]
    fn every_rule_has_its_texts_and_its_article_in_both_languages() {
        assert_eq!(ENTRIES.len(), LayoutRule::ALL.len());
        assert_eq!(ENGLISH.len(), LayoutRule::ALL.len());
        for rule in LayoutRule::ALL {
            let entry = ENTRIES.get(rule.code()).unwrap();
            let english = ENGLISH.get(rule.code()).unwrap();
            assert_eq!(entry.name, rule.name(), "{}", rule.code());
            assert!(entry.article.contains("30/2020"), "{}", rule.code());
            assert_eq!(placeholders(&entry.wanted), placeholders(&english.wanted));
            assert_ne!(english.name, entry.name);
        }
    }

    #[test]
    fn an_area_weighs_a_rule_by_its_own_citation() {
        let on = Day::new(2026, 11, 22).unwrap();
        let national = RegulationProfile::bundled("national").unwrap();
        assert_eq!(
            LayoutRule::EndMark.severity(&national, on).value,
            LayoutSeverity::Wrong
        );
        let own = RegulationProfile::parse(
            "code = \"x\"\nname = \"X\"\n[[value]]\nsetting = \"layout-severity\"\nvalue = [\"end-mark = advice\"]\ncitation = \"Quy định của tỉnh X\"",
        )
        .unwrap();
        let weighed = LayoutRule::EndMark.severity(&own, on);
        assert_eq!(weighed.value, LayoutSeverity::Advice);
        assert_eq!(weighed.citation, "Quy định của tỉnh X");
        assert_eq!(
            LayoutRule::Capitals.severity(&own, on).value,
            LayoutSeverity::Advice
        );
        assert_eq!(
            LayoutRule::MarginLeft.severity(&own, on).value,
            LayoutSeverity::Wrong
        );
    }

    #[test]
    fn figures_stand_in_the_text() {
        let args = BTreeMap::from([
            ("min".to_owned(), "12".to_owned()),
            ("max".to_owned(), "13".to_owned()),
        ]);
        let wanted = |tongue| LayoutRule::NationalTitleSize.wanted(tongue, &args);
        assert_eq!(wanted(Tongue::Vietnamese), "cỡ chữ từ 12 đến 13");
        assert_eq!(wanted(Tongue::English), "12 to 13 points");
    }
}
