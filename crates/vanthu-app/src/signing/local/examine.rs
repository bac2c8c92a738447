//! What the tool did with a file: by the same validator that judges every signature, and the same analysis of what
//! changed.

use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::Certificate;
use vanthu_remote::local::session::{AddedSignature, Rejection, UploadFacts};
use vanthu_signing::{
    Change, ChangeKind, Coverage, DocMdp, EmbedError, Indication, Report, SignatureKind,
    SignatureReport, SubIndication, TimestampTrust, Unstamped, certificates, changes_behind,
    inspect, is_extension,
};
use vanthu_store::signing::{Purpose, SigningItemRow};
use vanthu_store::tool_signing::ToolSigningRow;

use super::open::issued_in;
use crate::signing::paper::{DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use crate::{App, AppError, verify};

/// What was found.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) facts: UploadFacts,
    /// The field of the added signature.
    pub(crate) field: String,
    /// The certificate of the added signature.
    pub(crate) signer: Option<Certificate>,
    /// Why the signature does not hold.
    why_bad: Option<String>,
    /// What was changed and may not be.
    why_changed: Option<&'static str>,
    /// The signature forbids what has still to come.
    locks: bool,
}

impl Looked {
    /// What the signer is told, with what is known of the reason.
    pub(crate) fn words(&self, why: Rejection, refusal: Refusal) -> Refusal {
        match why {
            Rejection::BadSignature => match &self.why_bad {
                Some(why) => refusal.with("why", why),
                None => refusal,
            },
            Rejection::Changed if self.locks => Refusal::new(RefusalCode::ToolFileLocked),
            Rejection::Changed => match self.why_changed {
                Some(why) => refusal.with("why", why),
                None => refusal,
            },
            _ => refusal,
        }
    }
}

/// Examines a file that was brought for an item.
///
/// Clause: TG-5.1, TG-8.1a, AG-13.2
pub(crate) async fn look(
    app: &App,
    purpose: Purpose,
    row: &ToolSigningRow,
    item: &SigningItemRow,
    file: &[u8],
) -> Result<Looked, AppError> {
    let handed = app.store.blobs().get(&item.prepared_blob).await?;
    if file != handed && !is_extension(&handed, file) {
        return Ok(Looked::of_another_file());
    }
    let report = verify::report(app, file.to_vec()).await?;
    let file = file.to_vec();
    let number = row.number.is_some();
    tokio::task::spawn_blocking(move || compared(purpose, number, &handed, &file, &report))
        .await
        .map_err(|error| AppError::fault("compare", error))
}

impl Looked {
    fn of_another_file() -> Self {
        Self {
            facts: UploadFacts {
                extends: false,
                added: Vec::new(),
                changes_permitted: false,
                issued: None,
            },
            field: String::new(),
            signer: None,
            why_bad: None,
            why_changed: None,
            locks: false,
        }
    }
}

fn compared(purpose: Purpose, number: bool, handed: &[u8], file: &[u8], report: &Report) -> Looked {
    let before = inspect(handed).map_or_else(|_| Vec::new(), |it| it.signatures);
    let (old, added): (Vec<&SignatureReport>, Vec<&SignatureReport>) = report
        .signatures
        .iter()
        .filter(|it| it.kind == SignatureKind::Signature)
        .partition(|it| before.contains(&it.field));
    let field = added
        .first()
        .map_or_else(String::new, |it| it.field.clone());
    let fillable: &[&str] = if number {
        &[NUMBER_FIELD, DATE_FIELD, MONTH_FIELD]
    } else {
        &[]
    };
    let mut why_changed = match changes_behind(file, handed.len()) {
        Ok(changes) => changes
            .iter()
            .find_map(|it| forbidden(it, &field, fillable)),
        Err(_) => Some("tệp không đọc được"),
    };
    let unbroken = old.iter().all(|it| it.changes_permitted);
    let platform = report
        .platform
        .as_ref()
        .is_none_or(|it| it.violations.is_empty());
    if !(unbroken && (old.is_empty() || platform)) {
        why_changed = why_changed.or(Some("phần đã ký trước"));
    }
    let locks = purpose == Purpose::Person
        && added
            .iter()
            .any(|it| it.locks_all || it.certification == Some(DocMdp::NoChanges));
    Looked {
        facts: UploadFacts {
            extends: true,
            added: added.iter().map(|it| fact_of(it)).collect(),
            changes_permitted: why_changed.is_none() && !locks,
            issued: issued_in(file),
        },
        signer: added.first().and_then(|it| certificate_of(it, file)),
        why_bad: added.first().and_then(|it| why_bad(it)),
        field,
        why_changed,
        locks,
    }
}

fn fact_of(signature: &SignatureReport) -> AddedSignature {
    let signer = signature.signer.as_ref();
    AddedSignature {
        certificate: signer.map_or_else(String::new, |it| it.thumbprint.to_lowercase()),
        intact: why_bad(signature).is_none(),
    }
}

/// Why an added signature does not hold. Its certificate's status may still be unknown here: that is asked about
/// before the file takes its place, as before every signature.
fn why_bad(signature: &SignatureReport) -> Option<String> {
    if !signature.intact {
        return Some("chữ ký không đúng với nội dung tệp".to_owned());
    }
    if signature.coverage != Coverage::WholeFile {
        return Some("chữ ký không bao trùm toàn bộ tệp".to_owned());
    }
    let later = Some(SubIndication::TryLater);
    match signature.indication {
        Indication::TotalPassed => None,
        Indication::Indeterminate if signature.sub_indication == later => None,
        Indication::Indeterminate | Indication::TotalFailed => {
            let said = signature.sub_indication.map(|it| serde_json::json!(it));
            let said = said.as_ref().and_then(serde_json::Value::as_str);
            Some(said.unwrap_or("không xác định").to_owned())
        }
    }
}

fn certificate_of(signature: &SignatureReport, file: &[u8]) -> Option<Certificate> {
    let thumbprint = &signature.signer.as_ref()?.thumbprint;
    certificates(file)
        .into_iter()
        .find(|it| it.sha256_thumbprint() == *thumbprint)
}

/// What a change is called that no tool may make beside its signature.
fn forbidden(change: &Change, field: &str, fillable: &[&str]) -> Option<&'static str> {
    let own = |name: &String| name == field;
    match &change.kind {
        ChangeKind::SignatureAdded { field: name }
        | ChangeKind::SignatureFieldAdded { field: name }
            if own(name) && change.permitted =>
        {
            None
        }
        ChangeKind::FormFill { field: name }
            if change.permitted && (fillable.contains(&name.as_str()) || own(name)) =>
        {
            None
        }
        ChangeKind::Structure
        | ChangeKind::Metadata
        | ChangeKind::Dss
        | ChangeKind::DocTimestamp { .. }
            if change.permitted =>
        {
            None
        }
        ChangeKind::PageContent => Some("nội dung trang"),
        ChangeKind::Annotation => Some("chú thích, chữ hoặc hình thêm trên trang"),
        ChangeKind::FormFill { .. } | ChangeKind::FieldStructure { .. } => {
            Some("trường thông tin của văn bản")
        }
        ChangeKind::SignatureAdded { .. } | ChangeKind::SignatureFieldAdded { .. } => {
            Some("trường chữ ký khác")
        }
        ChangeKind::Structure
        | ChangeKind::Metadata
        | ChangeKind::Dss
        | ChangeKind::DocTimestamp { .. }
        | ChangeKind::History
        | ChangeKind::Other => Some("cấu trúc của tệp"),
    }
}

/// The file with a time-stamp in the added signature, where the tool brought none. Where the tool left no room for one
/// the file stays as it is, with the time that the signer's machine claims.
///
/// Clause: AG-13.2
pub(crate) async fn stamped(app: &App, file: &[u8], field: &str) -> Result<Vec<u8>, AppError> {
    let Some(unstamped) = Unstamped::find(file, field) else {
        return Ok(file.to_vec());
    };
    let nonce = u64::try_from(app.random() >> 65).unwrap_or(1);
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "time-stamp");
        AppError::refused(RefusalCode::TimestampFailed)
    };
    let token = app
        .ports
        .timestamps
        .stamp(unstamped.imprint(), nonce)
        .await
        .map_err(|error| failed(&error))?;
    let trust = TimestampTrust {
        anchors: app.trust.roots(),
        intermediates: app.trust.intermediates.clone(),
        nonce: Some(nonce),
        ..TimestampTrust::default()
    };
    match unstamped.embed(file, &token, &trust) {
        Ok(stamped) => Ok(stamped),
        Err(EmbedError::TooLarge { needed, room }) => {
            tracing::warn!(needed, room, "no room for a time-stamp in a signature");
            Ok(file.to_vec())
        }
        Err(error) => Err(failed(&error)),
    }
}
