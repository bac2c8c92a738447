//! The package of an issued document: what every recipient gets, and what only this one does.

use std::collections::BTreeSet;
use std::ops::Deref;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use vanthu_domain::agency::{Agency, Capacity, SigningAuthority};
use vanthu_domain::id::DeliveryId;
use vanthu_domain::kind::Urgency;
use vanthu_domain::{Day, Moment};
use vanthu_store::file::{FileRole, FileRow};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::{Tx, agency, file, incoming, person};
use vanthu_wire::Digest;
use vanthu_wire::exchange::{
    Business, DocumentType, FileRole as Role, Organization, PACKAGE_VERSION, Package, PackageFile,
    Reference, Signer, Urgency as WireUrgency,
};

use crate::AppError;

/// An issued document with everything that its package names.
#[derive(Debug, Clone)]
pub(crate) struct DocumentOf {
    pub(crate) row: OutgoingRow,
    pub(crate) from: Agency,
    pub(crate) authority: Option<SigningAuthority>,
    pub(crate) signer_name: String,
    pub(crate) signer_title: String,
    /// Attachments, with names that differ from each other.
    pub(crate) files: Vec<FileRow>,
    /// The document that this one answers.
    pub(crate) answers: Option<Reference>,
    pub(crate) main_blob: String,
    /// Number and notation.
    pub(crate) code: String,
    pub(crate) number: String,
    pub(crate) issued_day: Day,
    /// The document's key everywhere (mã định danh văn bản): agency, year, number.
    pub(crate) document_key: String,
}

impl DocumentOf {
    pub(crate) async fn load(tx: &mut Tx, row: OutgoingRow) -> Result<Self, AppError> {
        let lacks = |what: &str| AppError::fault("package", format!("{} {what}", row.outgoing_id));
        let given = row
            .state
            .number()
            .cloned()
            .ok_or_else(|| lacks("has no number"))?;
        let main_blob = row
            .sealed_blob
            .clone()
            .ok_or_else(|| lacks("is not sealed"))?;
        let from = agency::load(tx, &row.agency_id).await?;
        let authority = match &row.authority_id {
            Some(id) => agency::find_authority(tx, id).await?,
            None => None,
        };
        let signer_name = match &row.signer_id {
            Some(id) => person::load(tx, id).await?.full_name,
            None => String::new(),
        };
        let signer_title = authority
            .as_ref()
            .and_then(|authority| authority.lines.last().cloned())
            .unwrap_or_default();
        let mut files = file::list(tx, row.outgoing_id.as_str()).await?;
        files.retain(|file| file.role == FileRole::Attachment);
        let main_name = main_name(&given.notation);
        name_apart(&mut files, &main_name);
        let answers = match &row.reply_to {
            Some(id) => incoming::find(tx, id)
                .await?
                .and_then(|row| serde_json::from_value::<Package>(row.package).ok())
                .map(|package| package.reference()),
            None => None,
        };
        let number = number_of(&given.notation).0.to_owned();
        let document_key = format!("{}.{}.{}", from.code, given.day.year(), given.number);
        Ok(Self {
            row,
            from,
            authority,
            signer_name,
            signer_title,
            files,
            answers,
            main_blob,
            code: given.notation,
            number,
            issued_day: given.day,
            document_key,
        })
    }
}

/// The package without its recipient.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    document: DocumentOf,
    common: Package,
}

impl Deref for Parcel {
    type Target = DocumentOf;

    fn deref(&self) -> &DocumentOf {
        &self.document
    }
}

impl Parcel {
    pub(crate) fn new(document: DocumentOf, main_bytes: u64) -> Result<Self, AppError> {
        let row = &document.row;
        let (number, notation) = number_of(&document.code);
        let common = Package {
            version: PACKAGE_VERSION,
            message_id: String::new(),
            business: Business::New,
            from: organization(&document.from),
            to: organization(&document.from),
            document_id: row.outgoing_id.to_string(),
            number: number.to_owned(),
            notation: notation.to_owned(),
            place: document.from.place_name.clone(),
            issued_on: date(document.issued_day)?,
            document_type: DocumentType {
                code: row.kind.code().to_owned(),
                name: row.kind.name().to_owned(),
            },
            subject: row.subject.clone(),
            signer: Signer {
                competence: document
                    .authority
                    .as_ref()
                    .and_then(|authority| competence(authority.capacity))
                    .map(str::to_owned),
                position: Some(document.signer_title.clone()).filter(|title| !title.is_empty()),
                full_name: document.signer_name.clone(),
            },
            urgency: urgency(row.urgency),
            due_on: row.due_reply_day.map(date).transpose()?,
            pages: Some(row.pages),
            recipients: row.recipients_text.clone(),
            response_for: document.answers.iter().cloned().collect(),
            concerns: Vec::new(),
            reason: None,
            sent_at: Timestamp::UNIX_EPOCH,
            files: files(&document, main_bytes)?,
        };
        Ok(Self { document, common })
    }

    /// The package for one recipient, or what is wrong with it in words for the sender. A package
    /// to the sender itself is in order on the same installation.
    pub(crate) fn for_recipient(
        &self,
        to: &Agency,
        delivery_id: &DeliveryId,
        now: Moment,
    ) -> Result<Value, String> {
        let mut package = self.common.clone();
        package.message_id = delivery_id.to_string();
        package.to = organization(to);
        package.sent_at =
            Timestamp::from_microsecond(now.unix_micros()).unwrap_or(Timestamp::UNIX_EPOCH);
        let wrong: Vec<String> = package
            .check()
            .into_iter()
            .map(|finding| finding.code)
            .filter(|code| code != "M.to.id")
            .collect();
        if !wrong.is_empty() {
            return Err(format!("Gói tin chưa đúng quy cách: {}", wrong.join(", ")));
        }
        serde_json::to_value(package).map_err(|error| format!("Gói tin không ghi được: {error}"))
    }
}

fn files(document: &DocumentOf, main_bytes: u64) -> Result<Vec<PackageFile>, AppError> {
    let mut files = vec![PackageFile {
        name: main_name(&document.code),
        media_type: "application/pdf".to_owned(),
        role: Role::Main,
        bytes: main_bytes,
        sha256: digest(&document.main_blob)?,
        description: None,
    }];
    for file in &document.files {
        files.push(PackageFile {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            role: Role::Attachment,
            bytes: u64::try_from(file.bytes).unwrap_or(0),
            sha256: digest(&file.sha256)?,
            description: None,
        });
    }
    Ok(files)
}

fn digest(blob: &str) -> Result<Digest, AppError> {
    blob.parse()
        .map_err(|error| AppError::fault("package", error))
}

fn organization(agency: &Agency) -> Organization {
    Organization {
        id: agency.code.clone(),
        name: agency.name.clone(),
        in_charge: agency.parent_line.clone(),
        address: None,
        email: Some(agency.email.clone()).filter(|email| !email.is_empty()),
        telephone: None,
    }
}

fn date(day: Day) -> Result<Date, AppError> {
    Date::new(day.year(), day.month(), day.day_of_month())
        .map_err(|error| AppError::fault("package", error))
}

/// `05/UBND-VHXH` as `05` and `UBND-VHXH`.
fn number_of(code: &str) -> (&str, &str) {
    code.split_once('/').unwrap_or((code, ""))
}

fn main_name(code: &str) -> String {
    format!("{}.pdf", code.replace('/', "-"))
}

const fn competence(capacity: Capacity) -> Option<&'static str> {
    match capacity {
        Capacity::Head => None,
        Capacity::OnBehalf => Some("TM."),
        Capacity::ForHead => Some("KT."),
        Capacity::OnBehalfForHead => Some("TM., KT."),
        Capacity::ByOrder => Some("TL."),
        Capacity::ByDelegation => Some("TUQ."),
        Capacity::Acting => Some("Q."),
    }
}

const fn urgency(urgency: Urgency) -> WireUrgency {
    match urgency {
        Urgency::Normal => WireUrgency::Normal,
        Urgency::Urgent => WireUrgency::Urgent,
        Urgency::VeryUrgent => WireUrgency::VeryUrgent,
        Urgency::Express => WireUrgency::Express,
    }
}

/// Two files of one name would be one in the package: the later gets a number.
fn name_apart(files: &mut [FileRow], main_name: &str) {
    let mut taken = BTreeSet::from([main_name.to_lowercase()]);
    for file in files {
        let name = file.name.clone();
        let mut count = 1;
        while !taken.insert(file.name.to_lowercase()) {
            count += 1;
            file.name = match name.rsplit_once('.') {
                Some((stem, ending)) => format!("{stem} ({count}).{ending}"),
                None => format!("{name} ({count})"),
            };
        }
    }
}
