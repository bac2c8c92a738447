//! The package of one document to one recipient.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, text};
use crate::Digest;

/// The version of the package's shape.
pub const PACKAGE_VERSION: u32 = 1;
/// Longest number, in characters; a limit for writers.
pub const MAX_NUMBER: usize = 11;
/// Longest notation, in characters; a limit for writers.
pub const MAX_NOTATION: usize = 30;
/// Longest abstract, in characters; a limit for writers.
pub const MAX_SUBJECT: usize = 500;
/// Longest file name, in characters; a limit for writers.
pub const MAX_FILE_NAME: usize = 500;
const MAX_NAME: usize = 200;

/// One document on its way to one recipient (gói tin văn bản).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// [`PACKAGE_VERSION`].
    pub version: u32,
    /// Id of this message; sending again keeps it, so that a double is recognised.
    pub message_id: String,
    /// New, recall, update or replacement.
    #[serde(default)]
    pub business: Business,
    /// The sending agency.
    pub from: Organization,
    /// The receiving agency.
    pub to: Organization,
    /// Id of the document at the sender; opaque, never taken apart.
    pub document_id: String,
    /// Number (số), as text: it is not always a plain number.
    pub number: String,
    /// Notation (ký hiệu), such as `UBND-VHXH`.
    pub notation: String,
    /// Place of issue (địa danh).
    pub place: String,
    /// Day of issue (ngày ban hành).
    pub issued_on: Date,
    /// Type of document (loại văn bản).
    pub document_type: DocumentType,
    /// Abstract (trích yếu).
    pub subject: String,
    /// Who signed.
    pub signer: Signer,
    /// Degree of urgency (độ khẩn).
    #[serde(default)]
    pub urgency: Urgency,
    /// Answer or completion asked by this day (hạn trả lời, hạn xử lý).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Pages of the main file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// The lines printed under "Nơi nhận"; words, not routing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// The documents that this one answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_for: Vec<Reference>,
    /// The documents that this one recalls, updates or replaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<Reference>,
    /// Why, for a recall, an update or a replacement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The files, the main one first.
    pub files: Vec<PackageFile>,
}

/// What a package asks of the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Business {
    /// A new document (0).
    #[default]
    New,
    /// The sender recalls it (1, thu hồi).
    Recall,
    /// The sender corrects its data (2, cập nhật).
    Update,
    /// It replaces another one (3, thay thế).
    Replace,
}

/// Degree of urgency (độ khẩn).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Ordinary (thường).
    #[default]
    Normal,
    /// Urgent (khẩn).
    Urgent,
    /// Very urgent (thượng khẩn).
    VeryUrgent,
    /// Express (hỏa tốc).
    Express,
    /// Express at a set time (hỏa tốc hẹn giờ); old use, still read.
    ExpressTimed,
}

impl Urgency {
    /// The number that the axis writes.
    pub fn code(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Urgent => 1,
            Self::VeryUrgent => 2,
            Self::Express => 3,
            Self::ExpressTimed => 4,
        }
    }
}

/// An agency as the exchange names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Identifier code (mã định danh), such as `H01.05`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The agency directly above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_charge: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Official e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

/// Type of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentType {
    /// Our code of the type, such as `cong-van`.
    pub code: String,
    /// Its name; receivers go by this.
    pub name: String,
}

/// Who signed the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// Authority prefix (TM., KT., TL., TUQ., Q.), when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competence: Option<String>,
    /// Title or post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Full name.
    pub full_name: String,
}

/// Another document, as both sides can recognise it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The agency that issued it.
    pub organization_id: String,
    /// Its id at that agency, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
    /// Number and notation, `145/SMau-VP`.
    pub code: String,
    /// Its day of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<Date>,
}

/// One file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFile {
    /// File name, without a folder.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// What it is.
    pub role: FileRole,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes.
    pub sha256: Digest,
    /// What it holds, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a file of a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// The document itself; exactly one.
    Main,
    /// An appendix or attachment (phụ lục, văn bản kèm theo).
    Attachment,
    /// A validation report or other evidence.
    Evidence,
}

impl Package {
    /// Number and notation as they are printed: `145/SMau-VP`.
    pub fn code(&self) -> String {
        format!("{}/{}", self.number, self.notation)
    }

    /// The document itself, if the package has one.
    pub fn main_file(&self) -> Option<&PackageFile> {
        self.files.iter().find(|file| file.role == FileRole::Main)
    }

    /// This document, as an answer or a status message refers to it.
    pub fn reference(&self) -> Reference {
        Reference {
            organization_id: self.from.id.clone(),
            document_id: Some(self.document_id.clone()),
            code: self.code(),
            issued_on: Some(self.issued_on),
        }
    }

    /// Everything that is wrong with the shape of this package; empty when it may be sent or taken.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.version != PACKAGE_VERSION {
            findings.push(Finding::out_of_range("version"));
        }
        text(&mut findings, "message_id", &self.message_id, MAX_NAME);
        text(&mut findings, "from.id", &self.from.id, MAX_NAME);
        text(&mut findings, "from.name", &self.from.name, MAX_NAME);
        text(&mut findings, "to.id", &self.to.id, MAX_NAME);
        text(&mut findings, "to.name", &self.to.name, MAX_NAME);
        text(&mut findings, "document_id", &self.document_id, MAX_NAME);
        text(&mut findings, "number", &self.number, MAX_NUMBER);
        text(&mut findings, "notation", &self.notation, MAX_NOTATION);
        text(&mut findings, "place", &self.place, MAX_NAME);
        text(
            &mut findings,
            "document_type.name",
            &self.document_type.name,
            MAX_NAME,
        );
        text(&mut findings, "subject", &self.subject, MAX_SUBJECT);
        text(
            &mut findings,
            "signer.full_name",
            &self.signer.full_name,
            MAX_NAME,
        );
        if self.from.id == self.to.id {
            findings.push(Finding::conflict("to.id"));
        }
        self.check_business(&mut findings);
        self.check_files(&mut findings);
        findings
    }

    fn check_business(&self, findings: &mut Vec<Finding>) {
        if self.business != Business::New {
            if self.concerns.is_empty() {
                findings.push(Finding::missing("concerns"));
            }
            if self
                .reason
                .as_deref()
                .is_none_or(|reason| reason.trim().is_empty())
            {
                findings.push(Finding::missing("reason"));
            }
        }
    }

    fn check_files(&self, findings: &mut Vec<Finding>) {
        match self
            .files
            .iter()
            .filter(|file| file.role == FileRole::Main)
            .count()
        {
            // A recall may travel without the document.
            0 if self.business == Business::Recall => {}
            0 => findings.push(Finding::missing("files.main")),
            1 => {}
            _ => findings.push(Finding::conflict("files.main")),
        }
        let mut names = BTreeSet::new();
        for file in &self.files {
            text(findings, "files.name", &file.name, MAX_FILE_NAME);
            let escapes = file.name.contains(['/', '\\', '\0']) || file.name == "..";
            if escapes || file.name.chars().any(char::is_control) {
                findings.push(Finding::wrong_form("files.name"));
            }
            if !names.insert(file.name.to_lowercase()) {
                findings.push(Finding::conflict("files.name"));
            }
            if file.bytes == 0 {
                findings.push(Finding::out_of_range("files.bytes"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agency(id: &str, name: &str) -> Organization {
        Organization {
            id: id.into(),
            name: name.into(),
            in_charge: None,
            address: None,
            email: None,
            telephone: None,
        }
    }

    fn package() -> Package {
        Package {
            version: PACKAGE_VERSION,
            message_id: "dlv_1".into(),
            business: Business::New,
            from: agency("H99.01", "Sở Mẫu"),
            to: agency("H99.20.01", "UBND xã Bình Mẫu"),
            document_id: "out_1".into(),
            number: "145".into(),
            notation: "SMau-VP".into(),
            place: "Mẫu".into(),
            issued_on: "2026-11-22".parse().unwrap(),
            document_type: DocumentType {
                code: "cong-van".into(),
                name: "Công văn".into(),
            },
            subject: "V/v thử trao đổi".into(),
            signer: Signer {
                competence: Some("KT.".into()),
                position: Some("Phó Giám đốc".into()),
                full_name: "Nguyễn Văn Mẫu".into(),
            },
            urgency: Urgency::Express,
            due_on: Some("2026-11-25".parse().unwrap()),
            pages: Some(2),
            recipients: vec!["Như trên".into()],
            response_for: Vec::new(),
            concerns: Vec::new(),
            reason: None,
            sent_at: "2026-11-22T01:12:00Z".parse().unwrap(),
            files: vec![PackageFile {
                name: "145-SMau-VP.pdf".into(),
                media_type: "application/pdf".into(),
                role: FileRole::Main,
                bytes: 1000,
                sha256: Digest([7; 32]),
                description: None,
            }],
        }
    }

    fn codes(package: &Package) -> Vec<String> {
        package
            .check()
            .into_iter()
            .map(|finding| finding.code)
            .collect()
    }

    #[test]
    fn a_whole_package_survives_the_way_through_json() {
        let package = package();
        assert!(package.check().is_empty());
        assert_eq!(package.code(), "145/SMau-VP");
        let json = serde_json::to_string(&package).unwrap();
        assert_eq!(serde_json::from_str::<Package>(&json).unwrap(), package);
        assert!(json.contains(r#""issued_on":"2026-11-22""#));
    }

    #[test]
    fn missing_long_and_conflicting_values_are_named() {
        let mut bad = package();
        bad.subject = "x".repeat(501);
        bad.number = " ".into();
        bad.to.id = bad.from.id.clone();
        assert_eq!(codes(&bad), ["N.number", "R.subject", "M.to.id"]);
    }

    #[test]
    fn a_package_has_one_main_file() {
        let mut bad = package();
        bad.files.clear();
        assert_eq!(codes(&bad), ["N.files.main"]);
        let mut double = package();
        let mut second = double.files[0].clone();
        second.name = "khac.pdf".into();
        double.files.push(second);
        assert_eq!(codes(&double), ["M.files.main"]);
    }

    #[test]
    fn a_file_name_can_not_leave_its_folder_or_hide_another() {
        let mut bad = package();
        bad.files[0].name = "../a.pdf".into();
        assert_eq!(codes(&bad), ["T.files.name"]);
        let mut twice = package();
        let mut second = twice.files[0].clone();
        second.role = FileRole::Attachment;
        second.name = second.name.to_uppercase();
        twice.files.push(second);
        assert_eq!(codes(&twice), ["M.files.name"]);
    }

    #[test]
    fn a_recall_says_what_and_why_and_needs_no_file() {
        let mut recall = package();
        recall.business = Business::Recall;
        recall.files.clear();
        assert_eq!(codes(&recall), ["N.concerns", "N.reason"]);
        recall.concerns = vec![package().reference()];
        recall.reason = Some("Ban hành nhầm nơi nhận".into());
        assert!(recall.check().is_empty());
    }
}
