//! The regulation profile (quy chế áp dụng): every figure that the law may change.
//!
//! Days, years, sizes and lists are never constants. Each is a [`Setting`] whose value carries its
//! citation, how sure that is, and the day from which it holds. `profiles/national.toml` gives every
//! setting; the file of a province or district only says what differs there. A value is always
//! asked for on a day, so that an old document is judged by the figures of its time.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calendar::WorkingHours;
use crate::email::MailRules;
use crate::filetype::FileRules;
use crate::kind::{BadCode, DocumentKind, NotationRule};
use crate::moment::Day;
pub use crate::refusal::Certainty;

/// The form of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A whole number, not negative.
    Number,
    /// One text.
    Text,
    /// Texts.
    List,
    /// Whole numbers.
    Numbers,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident = $code:literal $shape:ident;)*) => {
        /// A figure or list that the law sets.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Setting {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Setting {
            /// Every setting.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its code in the files.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The form of its value.
            pub fn shape(self) -> Shape {
                match self { $(Self::$name => Shape::$shape,)* }
            }
        }
    };
}

settings! {
    /// Years that a new certificate is valid, at most.
    CertificateYearsNew = "certificate-years-new" Number;
    /// Years by which a renewal extends, at most.
    CertificateYearsRenewed = "certificate-years-renewed" Number;
    /// Days of validity that have to be left for a renewal.
    RenewalMinDaysLeft = "renewal-min-days-left" Number;
    /// Days before expiry on which to warn, the earliest first.
    ExpiryWarningDays = "expiry-warning-days" Numbers;
    /// Working days to hand a key device back after revocation or expiry.
    DeviceReturnDays = "device-return-days" Number;
    /// To whom a key device is handed back.
    DeviceReturnTo = "device-return-to" Text;
    /// Working days proposed for an incoming document.
    IncomingDays = "incoming-days" Number;
    /// Working days proposed for an urgent incoming document.
    IncomingUrgentDays = "incoming-urgent-days" Number;
    /// Working days after the day of signing within which a document is sent, in the morning of the last.
    SendingDays = "sending-days" Number;
    /// Working days within which a recall is answered.
    RecallAnswerDays = "recall-answer-days" Number;
    /// The hours of a working day.
    WorkingHours = "working-hours" Text;
    /// Characters of a password, at least.
    PasswordMinChars = "password-min-chars" Number;
    /// Passwords before the present one that may not be used again.
    PasswordHistory = "password-history" Number;
    /// Months after which an administrator changes the password.
    PasswordAdminMonths = "password-admin-months" Number;
    /// Wrong passwords in a row that lock an account.
    LockOutAttempts = "lock-out-attempts" Number;
    /// Hours until a locked account opens by itself.
    LockOutHours = "lock-out-hours" Number;
    /// Minutes without a sign of life that end a session.
    SessionIdleMinutes = "session-idle-minutes" Number;
    /// Minutes that a signing session stays open.
    SigningSessionMinutes = "signing-session-minutes" Number;
    /// Seconds by which each document of a signing session lengthens it.
    SigningSecondsPerItem = "signing-seconds-per-item" Number;
    /// What happens to a document among several in one session that the signer has not opened (`say`, or `refuse`).
    UnopenedInBatch = "unopened-in-batch" Text;
    /// Hours that what is known of a certificate's status may be old before it signs.
    StatusFreshHours = "status-fresh-hours" Number;
    /// What happens where the status can't be determined before signing (`refuse`, or `warn`).
    StatusUnknown = "status-unknown" Text;
    /// Whether a key device at the server may seal for the agency: `no`, or `confirmed-batches` where the clerk who
    /// holds the right to seal confirms each batch.
    SealAtServer = "seal-at-server" Text;
    /// Bytes of one file, at most.
    MaxFileBytes = "max-file-bytes" Number;
    /// Characters of the name of a file, at most.
    MaxFileNameChars = "max-file-name-chars" Number;
    /// Pages of a document, at most.
    MaxPages = "max-pages" Number;
    /// Characters of the abstract, at most.
    MaxSubjectChars = "max-subject-chars" Number;
    /// Endings of the files that are taken.
    AllowedFileTypes = "allowed-file-types" List;
    /// Domains of free mail services.
    FreeMailDomains = "free-mail-domains" List;
    /// Official mail domains.
    OfficialMailDomains = "official-mail-domains" List;
    /// Digits of a number, at least: 2 writes 1 to 9 as 01 to 09.
    NumberPadding = "number-padding" Number;
    /// Number and notation of kinds with an abbreviation.
    NotationNamed = "notation-named" Text;
    /// Number and notation of official letters.
    NotationLetter = "notation-letter" Text;
    /// Kinds sent without paper (`all`, or codes of kinds).
    KindsWithoutPaper = "kinds-without-paper" List;
    /// Width and height of the paper in millimetres.
    LayoutPaperMm = "layout-paper-mm" Numbers;
    /// The top margin in millimetres, least and most.
    LayoutMarginTopMm = "layout-margin-top-mm" Numbers;
    /// The bottom margin in millimetres, least and most.
    LayoutMarginBottomMm = "layout-margin-bottom-mm" Numbers;
    /// The left margin in millimetres, least and most.
    LayoutMarginLeftMm = "layout-margin-left-mm" Numbers;
    /// The right margin in millimetres, least and most.
    LayoutMarginRightMm = "layout-margin-right-mm" Numbers;
    /// Size of the national title, least and most.
    LayoutSizeNationalTitle = "layout-size-national-title" Numbers;
    /// Size of the motto, least and most.
    LayoutSizeMotto = "layout-size-motto" Numbers;
    /// Size of the agencies' names, least and most.
    LayoutSizeAgency = "layout-size-agency" Numbers;
    /// Size of number and notation, least and most.
    LayoutSizeNumber = "layout-size-number" Numbers;
    /// Size of place and date, least and most.
    LayoutSizeDate = "layout-size-date" Numbers;
    /// Size of the name of the kind and of its abstract, least and most.
    LayoutSizeKind = "layout-size-kind" Numbers;
    /// Size of the abstract of official letters, least and most.
    LayoutSizeAbout = "layout-size-about" Numbers;
    /// Size of the text, least and most.
    LayoutSizeBody = "layout-size-body" Numbers;
    /// Size of authority, title and name of the signer, least and most.
    LayoutSizeAuthority = "layout-size-authority" Numbers;
    /// Size of the addressees, least and most.
    LayoutSizeAddressee = "layout-size-addressee" Numbers;
    /// Size of the word Nơi nhận, least and most.
    LayoutSizeRecipientsHead = "layout-size-recipients-head" Numbers;
    /// Size of the list of recipients, least and most.
    LayoutSizeRecipients = "layout-size-recipients" Numbers;
    /// Size of page numbers, least and most.
    LayoutSizePageNumber = "layout-size-page-number" Numbers;
    /// Size of the word Phụ lục, least and most.
    LayoutSizeAppendix = "layout-size-appendix" Numbers;
    /// Size of the stamp of urgency, least and most.
    LayoutSizeUrgency = "layout-size-urgency" Numbers;
    /// Width and height of the frames of HỎA TỐC, THƯỢNG KHẨN, KHẨN in millimetres.
    LayoutUrgencyFramesMm = "layout-urgency-frames-mm" Numbers;
    /// Length of the rules under agency and abstract in percent of the line, least and most.
    LayoutRulePercent = "layout-rule-percent" Numbers;
    /// The indents that are taken, in hundredths of a millimetre.
    LayoutIndentHundredthsMm = "layout-indent-hundredths-mm" Numbers;
    /// Space between paragraphs in points, at least.
    LayoutParagraphGapPt = "layout-paragraph-gap-pt" Number;
    /// Space between lines in percent of a single line, least and most.
    LayoutLineGapPercent = "layout-line-gap-percent" Numbers;
    /// Fonts that are taken, by the beginning of their names; the first is the prescribed one.
    LayoutFonts = "layout-fonts" List;
    /// Rules of form that weigh differently here (`rule = severity`).
    LayoutSeverity = "layout-severity" List;
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A value with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited<T> {
    /// The value.
    pub value: T,
    /// By which article.
    pub citation: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A regulation in force for an agency (văn bản đang áp dụng).
///
/// Clause: KH-1
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulation {
    /// Number and notation.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// The first day on which it holds; without one, it held before the records begin.
    pub from: Option<Day>,
    /// The last day on which it holds; without one, it holds still.
    pub until: Option<Day>,
    /// What has replaced it.
    pub replaced_by: Option<String>,
    /// How sure the dates are.
    #[serde(default)]
    pub certainty: Certainty,
}

/// A profile file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadProfile {
    /// It is not in its form.
    #[error("not a profile: {0}")]
    Form(#[from] toml::de::Error),
    /// A value is not of its setting's form.
    #[error("the value of {0} has the wrong form")]
    Shape(Setting),
    /// Two values of one setting begin on the same day.
    #[error("{0} is given twice for the same day")]
    Twice(Setting),
    /// The national file gives no value that holds from the beginning.
    #[error("{0} has no value from the beginning")]
    Missing(Setting),
    /// A value cites nothing.
    #[error("the value of {0} cites nothing")]
    Uncited(Setting),
    /// No profile has this code.
    #[error(transparent)]
    Code(#[from] BadCode),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Value {
    Number(u64),
    Text(String),
    Numbers(Vec<u64>),
    List(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    setting: Setting,
    value: Value,
    from: Option<Day>,
    citation: String,
    #[serde(default)]
    certainty: Certainty,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    code: String,
    name: String,
    #[serde(default)]
    value: Vec<Entry>,
    #[serde(default)]
    regulation: Vec<Regulation>,
}

/// What holds for the agencies of one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegulationProfile {
    code: String,
    name: String,
    /// Of each setting the values in order of their first day; a local one goes before a national.
    local: BTreeMap<Setting, Vec<Entry>>,
    national: BTreeMap<Setting, Vec<Entry>>,
    regulations: Vec<Regulation>,
}

const NATIONAL: &str = include_str!("../profiles/national.toml");

/// The profiles that come with the program.
const BUNDLED: &[(&str, &str)] = &[
    ("an-giang", include_str!("../profiles/an-giang.toml")),
    (
        "dien-bien-tuan-giao",
        include_str!("../profiles/dien-bien-tuan-giao.toml"),
    ),
    ("dong-thap", include_str!("../profiles/dong-thap.toml")),
    (
        "lai-chau-tam-duong",
        include_str!("../profiles/lai-chau-tam-duong.toml"),
    ),
    ("kien-hai", include_str!("../profiles/kien-hai.toml")),
];

impl RegulationProfile {
    /// The codes of the profiles that come with the program; `national` is the one without local
    /// values.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        std::iter::once("national").chain(BUNDLED.iter().map(|(code, _)| *code))
    }

    /// One of the profiles that come with the program.
    pub fn bundled(code: &str) -> Result<Self, BadProfile> {
        if code == "national" {
            return Self::parse("code = \"national\"\nname = \"Quy định chung cả nước\"");
        }
        let found = BUNDLED.iter().find(|(known, _)| *known == code);
        let (_, file) = found.ok_or_else(|| BadCode::new("a regulation profile", code))?;
        Self::parse(file)
    }

    /// Reads the file of an area and lays it over the national values.
    pub fn parse(file: &str) -> Result<Self, BadProfile> {
        let national: ProfileFile = toml::from_str(NATIONAL)?;
        let file: ProfileFile = toml::from_str(file)?;
        let national_values = in_order(national.value)?;
        for setting in Setting::ALL {
            let values = national_values.get(setting);
            if values
                .and_then(|values| values.first())
                .is_none_or(|first| first.from.is_some())
            {
                return Err(BadProfile::Missing(*setting));
            }
        }
        let mut regulations = file.regulation;
        regulations.extend(national.regulation);
        Ok(Self {
            code: file.code,
            name: file.name,
            local: in_order(file.value)?,
            national: national_values,
            regulations,
        })
    }

    /// Its code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of a setting on that day. A setting of another form counts as 0, so that a
    /// mistake refuses instead of letting through.
    pub fn number(&self, setting: Setting, on: Day) -> Cited<u64> {
        self.cited(setting, on, |value| match value {
            Value::Number(number) => Some(*number),
            Value::Text(_) | Value::Numbers(_) | Value::List(_) => None,
        })
    }

    /// The number of a setting as a count of days.
    pub fn days(&self, setting: Setting, on: Day) -> Cited<u16> {
        let number = self.number(setting, on);
        let value = u16::try_from(number.value).unwrap_or(u16::MAX);
        Cited {
            value,
            citation: number.citation,
            certainty: number.certainty,
        }
    }

    /// The text of a setting on that day.
    pub fn text(&self, setting: Setting, on: Day) -> Cited<String> {
        self.cited(setting, on, |value| match value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(_) | Value::Numbers(_) | Value::List(_) => None,
        })
    }

    /// The list of a setting on that day.
    pub fn list(&self, setting: Setting, on: Day) -> Cited<Vec<String>> {
        self.cited(setting, on, |value| match value {
            Value::List(list) => Some(list.clone()),
            Value::Numbers(_) | Value::Number(_) | Value::Text(_) => None,
        })
    }

    /// The numbers of a setting on that day.
    pub fn numbers(&self, setting: Setting, on: Day) -> Cited<Vec<u64>> {
        self.cited(setting, on, |value| match value {
            Value::Numbers(numbers) => Some(numbers.clone()),
            Value::List(_) | Value::Number(_) | Value::Text(_) => None,
        })
    }

    /// The hours of a working day.
    pub fn working_hours(&self, on: Day) -> WorkingHours {
        WorkingHours::parse(&self.text(Setting::WorkingHours, on).value).unwrap_or(WorkingHours {
            morning_start: 450,
            morning_end: 690,
            afternoon_start: 810,
            afternoon_end: 1020,
        })
    }

    /// Which mail addresses are taken.
    pub fn mail_rules(&self, on: Day) -> MailRules {
        let free = self.list(Setting::FreeMailDomains, on);
        MailRules {
            free: free.value,
            official: self.list(Setting::OfficialMailDomains, on).value,
            citation: free.citation,
        }
    }

    /// Which files are taken.
    pub fn file_rules(&self, on: Day) -> FileRules {
        let types = self.list(Setting::AllowedFileTypes, on);
        let bytes = self.number(Setting::MaxFileBytes, on);
        let name = self.number(Setting::MaxFileNameChars, on).value;
        FileRules {
            allowed: types.value,
            max_bytes: bytes.value,
            max_name_chars: usize::try_from(name).unwrap_or(usize::MAX),
            types_citation: types.citation,
            size_citation: bytes.citation,
        }
    }

    /// The pattern of number and notation for a kind: `{number}/{kind}-{agency}`.
    pub fn notation_pattern(&self, kind: DocumentKind, on: Day) -> Cited<String> {
        match kind.notation_rule() {
            NotationRule::KindThenAgency => self.text(Setting::NotationNamed, on),
            NotationRule::AgencyThenUnit => self.text(Setting::NotationLetter, on),
        }
    }

    /// Whether a key device at the server may seal batches that the clerk has confirmed, and by which article. Any other
    /// word than the one that allows it refuses.
    ///
    /// Clause: TG-22.1a
    pub fn seals_at_server(&self, on: Day) -> Cited<bool> {
        let said = self.text(Setting::SealAtServer, on);
        Cited {
            value: said.value == "confirmed-batches",
            citation: said.citation,
            certainty: said.certainty,
        }
    }

    /// Whether a document of the kind is sent without paper.
    ///
    /// Clause: AG-5.1
    pub fn is_sent_without_paper(&self, kind: DocumentKind, on: Day) -> bool {
        let list = self.list(Setting::KindsWithoutPaper, on).value;
        list.iter().any(|code| code == "all" || code == kind.code())
    }

    /// The regulations that hold on that day, the area's own first.
    ///
    /// Clause: KH-1
    pub fn regulations(&self, on: Day) -> Vec<&Regulation> {
        let holds = |regulation: &&Regulation| {
            regulation.from.is_none_or(|from| from <= on)
                && regulation.until.is_none_or(|until| on <= until)
        };
        self.regulations.iter().filter(holds).collect()
    }

    fn cited<T: Default>(
        &self,
        setting: Setting,
        on: Day,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Cited<T> {
        let found =
            on_day(&self.local, setting, on).or_else(|| on_day(&self.national, setting, on));
        match found {
            Some(entry) => Cited {
                value: read(&entry.value).unwrap_or_default(),
                citation: entry.citation.clone(),
                certainty: entry.certainty,
            },
            // `parse` has refused a national file with a gap.
            None => Cited {
                value: T::default(),
                citation: String::new(),
                certainty: Certainty::Infer,
            },
        }
    }
}

fn on_day(values: &BTreeMap<Setting, Vec<Entry>>, setting: Setting, on: Day) -> Option<&Entry> {
    let holds = |entry: &&Entry| entry.from.is_none_or(|from| from <= on);
    values.get(&setting)?.iter().rev().find(holds)
}

fn in_order(entries: Vec<Entry>) -> Result<BTreeMap<Setting, Vec<Entry>>, BadProfile> {
    let mut values: BTreeMap<Setting, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        let setting = entry.setting;
        if shape_of(&entry.value, setting.shape()) != setting.shape() {
            return Err(BadProfile::Shape(setting));
        }
        if entry.citation.trim().is_empty() {
            return Err(BadProfile::Uncited(setting));
        }
        let of_setting = values.entry(setting).or_default();
        if of_setting.iter().any(|other| other.from == entry.from) {
            return Err(BadProfile::Twice(setting));
        }
        of_setting.push(entry);
        of_setting.sort_by_key(|entry| entry.from);
    }
    Ok(values)
}

/// An empty list reads as numbers; it has the form that is wanted of it.
fn shape_of(value: &Value, wanted: Shape) -> Shape {
    match value {
        Value::Number(_) => Shape::Number,
        Value::Text(_) => Shape::Text,
        Value::List(_) => Shape::List,
        Value::Numbers(numbers) if numbers.is_empty() && wanted == Shape::List => Shape::List,
        Value::Numbers(_) => Shape::Numbers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::RefusalCode;

    fn profile(code: &str) -> RegulationProfile {
        RegulationProfile::bundled(code).unwrap()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn every_value_of_every_profile_has_its_form_and_a_citation() {
        for code in RegulationProfile::codes() {
            let profile = profile(code);
            assert_eq!(profile.code(), code);
            assert!(!profile.name().is_empty());
            for setting in Setting::ALL {
                for on in ["2000-01-01", "2020-12-01", "2024-12-01", "2026-11-22"] {
                    let citation = match setting.shape() {
                        Shape::Number => profile.number(*setting, day(on)).citation,
                        Shape::Text => profile.text(*setting, day(on)).citation,
                        Shape::List => profile.list(*setting, day(on)).citation,
                        Shape::Numbers => profile.numbers(*setting, day(on)).citation,
                    };
                    assert!(
                        citation.chars().count() > 12,
                        "{code} {setting}: {citation:?}"
                    );
                }
            }
        }
        assert!(RegulationProfile::bundled("binh-mau").is_err());
    }

    #[test]
    fn figures_differ_by_area_and_by_day() {
        let (tuan_giao, an_giang) = (profile("dien-bien-tuan-giao"), profile("an-giang"));
        let on = day("2026-11-22");
        assert_eq!(tuan_giao.days(Setting::DeviceReturnDays, on).value, 3);
        assert_eq!(an_giang.days(Setting::DeviceReturnDays, on).value, 5);
        assert_eq!(an_giang.number(Setting::CertificateYearsNew, on).value, 5);
        assert_eq!(
            an_giang.number(Setting::CertificateYearsRenewed, on).value,
            3
        );
        let before = tuan_giao.text(Setting::DeviceReturnTo, day("2025-02-28"));
        let after = tuan_giao.text(Setting::DeviceReturnTo, day("2025-03-01"));
        assert_ne!(before.value, after.value);
        let old = an_giang.number(Setting::CertificateYearsNew, day("2024-08-14"));
        let new = an_giang.number(Setting::CertificateYearsNew, day("2024-08-15"));
        assert!(old.citation.contains("130/2018") && new.citation.contains("68/2024"));
    }

    /// Proves: KH-1
    #[test]
    fn replaced_regulations_stay_for_documents_of_their_time() {
        let profile = profile("kien-hai");
        let numbers = |on| -> Vec<String> {
            profile
                .regulations(day(on))
                .iter()
                .map(|r| r.number.clone())
                .collect()
        };
        let (then, now) = (numbers("2024-01-05"), numbers("2026-11-22"));
        assert!(now.contains(&"1112/QĐ-UBND".to_owned()));
        assert!(!then.contains(&"1112/QĐ-UBND".to_owned()));
        assert!(then.contains(&"130/2018/NĐ-CP".to_owned()));
        assert!(!now.contains(&"130/2018/NĐ-CP".to_owned()));
        assert!(now.contains(&"30/2020/NĐ-CP".to_owned()));
    }

    /// Proves: AG-5.1
    #[test]
    fn kinds_without_paper_are_a_list_of_the_area() {
        let on = day("2026-11-22");
        for code in RegulationProfile::codes() {
            for kind in profile(code).list(Setting::KindsWithoutPaper, on).value {
                assert!(
                    kind == "all" || kind.parse::<DocumentKind>().is_ok(),
                    "{kind}"
                );
            }
        }
        let an_giang = profile("an-giang");
        assert!(an_giang.is_sent_without_paper(DocumentKind::OfficialLetter, on));
        assert!(!an_giang.is_sent_without_paper(DocumentKind::Contract, on));
        assert!(profile("national").is_sent_without_paper(DocumentKind::Contract, on));
    }

    #[test]
    fn rules_of_files_and_mail_come_from_the_profile() {
        let on = day("2026-11-22");
        let profile = profile("lai-chau-tam-duong");
        let files = profile.file_rules(on);
        assert!(files.take("cong-van.pdf", b"%PDF-1.7").is_ok());
        let mail = profile.mail_rules(on);
        let refusal = crate::email::Email::official("an@gmail.com", &mail).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::FreeMail);
        assert_eq!(profile.working_hours(on).morning_end, 690);
    }

    #[test]
    fn a_bad_file_is_refused_by_what_is_wrong_with_it() {
        let file = |values: &str| {
            RegulationProfile::parse(&format!("code = \"x\"\nname = \"X\"\n{values}"))
        };
        let value = |setting: &str, value: &str, citation: &str| {
            format!(
                "[[value]]\nsetting = \"{setting}\"\nvalue = {value}\ncitation = \"{citation}\"\n"
            )
        };
        assert!(file(&value("max-pages", "5", "Điều 1")).is_ok());
        assert!(matches!(
            file(&value("max-pages", "\"5\"", "Điều 1")),
            Err(BadProfile::Shape(_))
        ));
        assert!(matches!(
            file(&value("max-pages", "5", " ")),
            Err(BadProfile::Uncited(_))
        ));
        assert!(matches!(
            file(&value("nonsense", "5", "Điều 1")),
            Err(BadProfile::Form(_))
        ));
        let twice = value("max-pages", "5", "Điều 1").repeat(2);
        assert!(matches!(file(&twice), Err(BadProfile::Twice(_))));
    }
}
