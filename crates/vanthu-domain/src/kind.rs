//! The kinds of administrative documents (tên loại văn bản) and the degrees of urgency.
//!
//! The list is closed: Decree 30/2020/NĐ-CP, Article 7 and Appendix III part I. Each kind brings
//! its official name, its abbreviation for the notation, and the sample form that it follows.

use serde::{Deserialize, Serialize};

/// A text names no kind, or no degree of urgency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a code of {what}: {text:?}")]
pub struct BadCode {
    /// What was expected.
    pub what: &'static str,
    /// What was there instead, shortened.
    pub text: String,
}

impl BadCode {
    /// Names what was expected and what stood there.
    pub fn new(what: &'static str, text: &str) -> Self {
        Self {
            what,
            text: text.chars().take(40).collect(),
        }
    }
}

/// The sample form of Decree 30/2020/NĐ-CP, Appendix III part II, by its number (mẫu trình bày).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Mẫu 1.1, nghị quyết.
    Resolution,
    /// Mẫu 1.2, quyết định quy định trực tiếp.
    Decision,
    /// Mẫu 1.4, văn bản có tên loại.
    Named,
    /// Mẫu 1.5, công văn.
    Letter,
    /// Mẫu 1.6, công điện.
    Telegram,
    /// Mẫu 1.7, giấy mời.
    Invitation,
    /// Mẫu 1.8, giấy giới thiệu.
    Introduction,
    /// Mẫu 1.9, biên bản.
    Minutes,
    /// Mẫu 1.10, giấy nghỉ phép.
    Leave,
    /// Mẫu 3.1 on paper, 3.2 in electronic form: bản sao.
    Copy,
    /// The decree prints no sample for this kind.
    Free,
}

impl Template {
    /// Whether it has the line of place and date (ô số 4): the sample of minutes tells its time in the text.
    pub fn shows_place_and_date(self) -> bool {
        self != Self::Minutes
    }

    /// Its number in the decree, `None` where there is none.
    pub fn number(self) -> Option<&'static str> {
        match self {
            Self::Resolution => Some("1.1"),
            Self::Decision => Some("1.2"),
            Self::Named => Some("1.4"),
            Self::Letter => Some("1.5"),
            Self::Telegram => Some("1.6"),
            Self::Invitation => Some("1.7"),
            Self::Introduction => Some("1.8"),
            Self::Minutes => Some("1.9"),
            Self::Leave => Some("1.10"),
            Self::Copy => Some("3.2"),
            Self::Free => None,
        }
    }
}

/// Where the abstract stands on the page (vị trí trích yếu).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AbstractPlace {
    /// Cell 5a: bold, centred under the name of the kind.
    UnderName,
    /// Cell 5b: `V/v …` under the number and notation, official letters only.
    UnderNumber,
    /// The form has no place for it; it lives in the register alone.
    RegisterOnly,
}

/// How a document names whom it is addressed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddresseeForm {
    /// "Kính gửi:" (cell 9a).
    To,
    /// "… điện:", by the agency or the title of its head (mẫu 1.6).
    Wire,
    /// "… trân trọng kính mời:" (mẫu 1.7).
    Invite,
    /// The form has no such line.
    Nowhere,
}

/// Who signs beside the authorised person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureForm {
    /// Nobody.
    One,
    /// The secretary of a meeting on the left, its chair on the right (mẫu 1.9).
    Secretary,
    /// The other party on the left.
    Parties,
}

/// How the notation is put together (cách ghi ký hiệu).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotationRule {
    /// Abbreviation of the kind, then of the agency: `QĐ-UBND`.
    KindThenAgency,
    /// Abbreviation of the agency, then of the drafting unit or field: `UBND-VHXH`.
    AgencyThenUnit,
}

macro_rules! kinds {
    ($($name:ident $code:literal $vietnamese:literal $abbreviation:literal $template:ident;)*) => {
        /// A kind of document (tên loại văn bản).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum DocumentKind {
            $(
                #[doc = concat!($vietnamese, " (`", $abbreviation, "`).")]
                #[serde(rename = $code)]
                $name,
            )*
        }

        impl DocumentKind {
            /// Every kind, in the order of the decree.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code under which it is stored and sent.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The official name: `Công văn`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $vietnamese,)* }
            }

            /// The abbreviation in the notation, `None` for official letters and letters of courtesy.
            pub fn abbreviation(self) -> Option<&'static str> {
                let text = match self { $(Self::$name => $abbreviation,)* };
                (!text.is_empty()).then_some(text)
            }

            /// The sample form that it follows.
            pub fn template(self) -> Template {
                match self { $(Self::$name => Template::$template,)* }
            }
        }
    };
}

kinds! {
    Resolution "resolution" "Nghị quyết" "NQ" Resolution;
    Decision "decision" "Quyết định" "QĐ" Decision;
    Directive "directive" "Chỉ thị" "CT" Named;
    Statute "statute" "Quy chế" "QC" Named;
    Regulation "regulation" "Quy định" "QyĐ" Named;
    Communique "communique" "Thông cáo" "TC" Named;
    Notice "notice" "Thông báo" "TB" Named;
    Guideline "guideline" "Hướng dẫn" "HD" Named;
    Programme "programme" "Chương trình" "CTr" Named;
    Plan "plan" "Kế hoạch" "KH" Named;
    Option "option" "Phương án" "PA" Named;
    Scheme "scheme" "Đề án" "ĐA" Named;
    Project "project" "Dự án" "DA" Named;
    Report "report" "Báo cáo" "BC" Named;
    Minutes "minutes" "Biên bản" "BB" Minutes;
    Submission "submission" "Tờ trình" "TTr" Named;
    Contract "contract" "Hợp đồng" "HĐ" Free;
    OfficialLetter "official-letter" "Công văn" "" Letter;
    Telegram "telegram" "Công điện" "CĐ" Telegram;
    Memorandum "memorandum" "Bản ghi nhớ" "BGN" Free;
    Agreement "agreement" "Bản thỏa thuận" "BTT" Free;
    PowerOfAttorney "power-of-attorney" "Giấy ủy quyền" "GUQ" Named;
    Invitation "invitation" "Giấy mời" "GM" Invitation;
    Introduction "introduction" "Giấy giới thiệu" "GGT" Introduction;
    Leave "leave" "Giấy nghỉ phép" "GNP" Leave;
    SendingSlip "sending-slip" "Phiếu gửi" "PG" Named;
    TransferSlip "transfer-slip" "Phiếu chuyển" "PC" Named;
    AdviceSlip "advice-slip" "Phiếu báo" "PB" Named;
    CourtesyLetter "courtesy-letter" "Thư công" "" Free;
    FullCopy "full-copy" "Bản sao y" "SY" Copy;
    ExtractCopy "extract-copy" "Bản trích sao" "TrS" Copy;
    CopyOfCopy "copy-of-copy" "Bản sao lục" "SL" Copy;
}

impl DocumentKind {
    /// The kinds that an agency drafts: all but the copies.
    pub fn administrative() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|kind| !kind.is_copy())
    }

    /// Whether it is a copy of another document (bản sao), numbered in the series of copies.
    pub fn is_copy(self) -> bool {
        self.template() == Template::Copy
    }

    /// What a copy says it is (hình thức sao), `None` for what is no copy.
    pub fn copy_form(self) -> Option<&'static str> {
        match self {
            Self::FullCopy => Some("SAO Y"),
            Self::CopyOfCopy => Some("SAO LỤC"),
            Self::ExtractCopy => Some("TRÍCH SAO"),
            _ => None,
        }
    }

    /// Where the abstract stands.
    pub fn abstract_place(self) -> AbstractPlace {
        match self.template() {
            Template::Letter => AbstractPlace::UnderNumber,
            Template::Introduction | Template::Leave | Template::Copy => {
                AbstractPlace::RegisterOnly
            }
            Template::Free if self == Self::CourtesyLetter => AbstractPlace::RegisterOnly,
            Template::Resolution
            | Template::Decision
            | Template::Named
            | Template::Telegram
            | Template::Invitation
            | Template::Minutes
            | Template::Free => AbstractPlace::UnderName,
        }
    }

    /// Whether the abstract stands under the name of the kind (cell 5a).
    pub fn has_abstract_under_name(self) -> bool {
        self.abstract_place() == AbstractPlace::UnderName
    }

    /// Whether `Kính gửi` stands on it even when it goes to no superior: official letters.
    pub fn always_names_addressees(self) -> bool {
        self == Self::OfficialLetter
    }

    /// How it names whom it is addressed to.
    pub fn addressee_form(self) -> AddresseeForm {
        match self.template() {
            Template::Named | Template::Letter => AddresseeForm::To,
            Template::Telegram => AddresseeForm::Wire,
            Template::Invitation => AddresseeForm::Invite,
            Template::Free if self == Self::CourtesyLetter => AddresseeForm::To,
            Template::Resolution
            | Template::Decision
            | Template::Introduction
            | Template::Minutes
            | Template::Leave
            | Template::Copy
            | Template::Free => AddresseeForm::Nowhere,
        }
    }

    /// Who signs it beside the authorised person.
    pub fn signature_form(self) -> SignatureForm {
        match self {
            Self::Minutes => SignatureForm::Secretary,
            Self::Contract | Self::Memorandum | Self::Agreement => SignatureForm::Parties,
            Self::Resolution
            | Self::Decision
            | Self::Directive
            | Self::Statute
            | Self::Regulation
            | Self::Communique
            | Self::Notice
            | Self::Guideline
            | Self::Programme
            | Self::Plan
            | Self::Option
            | Self::Scheme
            | Self::Project
            | Self::Report
            | Self::Submission
            | Self::OfficialLetter
            | Self::Telegram
            | Self::PowerOfAttorney
            | Self::Invitation
            | Self::Introduction
            | Self::Leave
            | Self::SendingSlip
            | Self::TransferSlip
            | Self::AdviceSlip
            | Self::CourtesyLetter
            | Self::FullCopy
            | Self::ExtractCopy
            | Self::CopyOfCopy => SignatureForm::One,
        }
    }

    /// How its notation is put together. A kind without abbreviation is noted by agency and unit.
    pub fn notation_rule(self) -> NotationRule {
        if self.abbreviation().is_some() {
            NotationRule::KindThenAgency
        } else {
            NotationRule::AgencyThenUnit
        }
    }
}

impl std::fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for DocumentKind {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let found = Self::ALL.iter().copied().find(|kind| kind.code() == text);
        found.ok_or_else(|| BadCode::new("a kind of document", text))
    }
}

/// The degree of urgency (mức độ khẩn). Sorts with the most urgent first.
///
/// Clause: TG-5.2b
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// No degree (thường).
    #[default]
    Normal,
    /// Khẩn.
    Urgent,
    /// Thượng khẩn.
    VeryUrgent,
    /// Hỏa tốc.
    Express,
}

impl Urgency {
    /// Every degree, the most urgent first.
    pub const ALL: &[Self] = &[Self::Express, Self::VeryUrgent, Self::Urgent, Self::Normal];

    /// The number under which it is stored and exchanged: 0 normal to 3 express.
    pub fn number(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Urgent => 1,
            Self::VeryUrgent => 2,
            Self::Express => 3,
        }
    }

    /// The degree of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|urgency| urgency.number() == number)
    }

    /// The code under which it is sent.
    pub fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Urgent => "urgent",
            Self::VeryUrgent => "very-urgent",
            Self::Express => "express",
        }
    }

    /// The official name: `Thượng khẩn`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "Thường",
            Self::Urgent => "Khẩn",
            Self::VeryUrgent => "Thượng khẩn",
            Self::Express => "Hỏa tốc",
        }
    }

    /// The mark in cell 10b (dấu chỉ mức độ khẩn), `None` where there is none to put.
    pub fn mark(self) -> Option<&'static str> {
        match self {
            Self::Normal => None,
            Self::Urgent => Some("KHẨN"),
            Self::VeryUrgent => Some("THƯỢNG KHẨN"),
            Self::Express => Some("HỎA TỐC"),
        }
    }

    /// Whether it has to be issued, presented and resolved at once.
    pub fn is_urgent(self) -> bool {
        self != Self::Normal
    }
}

impl Ord for Urgency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.number().cmp(&self.number())
    }
}

impl PartialOrd for Urgency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Urgency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for Urgency {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let found = Self::ALL
            .iter()
            .copied()
            .find(|urgency| urgency.code() == text);
        found.ok_or_else(|| BadCode::new("a degree of urgency", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_decree_names_29_kinds_and_3_copies() {
        assert_eq!(DocumentKind::administrative().count(), 29);
        assert_eq!(DocumentKind::ALL.len(), 32);
        let names: BTreeSet<_> = DocumentKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), 32);
    }

    #[test]
    fn every_abbreviation_and_every_code_is_unique() {
        let codes: BTreeSet<_> = DocumentKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), 32);
        let short: Vec<_> = DocumentKind::ALL
            .iter()
            .filter_map(|k| k.abbreviation())
            .collect();
        assert_eq!(short.len(), 30);
        assert_eq!(short.iter().collect::<BTreeSet<_>>().len(), 30);
    }

    #[test]
    fn a_kind_reads_back_from_its_code_and_from_json() {
        for kind in DocumentKind::ALL {
            assert_eq!(kind.code().parse::<DocumentKind>(), Ok(*kind));
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("\"{}\"", kind.code()));
            assert_eq!(serde_json::from_str::<DocumentKind>(&json).unwrap(), *kind);
        }
        assert!("cong-van".parse::<DocumentKind>().is_err());
    }

    #[test]
    fn an_official_letter_is_noted_by_agency_and_unit() {
        assert_eq!(
            DocumentKind::OfficialLetter.notation_rule(),
            NotationRule::AgencyThenUnit
        );
        assert_eq!(
            DocumentKind::Decision.notation_rule(),
            NotationRule::KindThenAgency
        );
        assert_eq!(
            DocumentKind::OfficialLetter.abstract_place(),
            AbstractPlace::UnderNumber
        );
        assert!(DocumentKind::Plan.has_abstract_under_name());
        assert!(!DocumentKind::Leave.has_abstract_under_name());
    }

    #[test]
    fn addressees_and_signers_follow_the_samples() {
        assert_eq!(DocumentKind::Report.addressee_form(), AddresseeForm::To);
        assert_eq!(DocumentKind::Telegram.addressee_form(), AddresseeForm::Wire);
        assert_eq!(
            DocumentKind::Invitation.addressee_form(),
            AddresseeForm::Invite
        );
        assert_eq!(
            DocumentKind::Decision.addressee_form(),
            AddresseeForm::Nowhere
        );
        assert_eq!(
            DocumentKind::Minutes.signature_form(),
            SignatureForm::Secretary
        );
        let two = |kind: &&DocumentKind| kind.signature_form() != SignatureForm::One;
        assert_eq!(DocumentKind::ALL.iter().filter(two).count(), 4);
        let dated = |kind: &&DocumentKind| kind.template().shows_place_and_date();
        assert_eq!(DocumentKind::ALL.iter().filter(dated).count(), 31);
    }

    /// Proves: TG-5.2b
    #[test]
    fn the_most_urgent_sorts_first() {
        let mut all = vec![
            Urgency::Normal,
            Urgency::Express,
            Urgency::Urgent,
            Urgency::VeryUrgent,
        ];
        all.sort();
        assert_eq!(all, Urgency::ALL);
        for urgency in Urgency::ALL {
            assert_eq!(Urgency::from_number(urgency.number()), Some(*urgency));
            assert_eq!(urgency.code().parse::<Urgency>(), Ok(*urgency));
            assert_eq!(
                serde_json::to_string(urgency).unwrap(),
                format!("\"{urgency}\"")
            );
        }
        assert_eq!(Urgency::from_number(4), None);
    }
}
