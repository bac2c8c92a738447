//! Files that go with a document (tài liệu kèm theo).

use std::io::Read as _;

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::filetype::FileType;
use vanthu_domain::id::{FileId, OutgoingId};
use vanthu_domain::permission::Action;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text::find_secret_marking;
use vanthu_store::agency;
use vanthu_store::file::{self, FileRole, FileRow};

use crate::outgoing::save::record_secret;
use crate::{App, AppError, Caller, verify};

/// The most files of one document.
const MOST_FILES: usize = 50;
/// What an office file may unpack to, against its own size.
const BOMB_RATIO: u64 = 200;
/// What an office file may unpack to at all.
const BOMB_BYTES: u64 = 1024 * 1024 * 1024;

/// A file that passed the intake.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    /// Its safe name.
    pub(crate) name: String,
    /// What it is.
    pub(crate) file_type: FileType,
    /// How many pages, where it is a PDF.
    pub(crate) pages: Option<u32>,
}

/// Takes a file in, or says why not: size, name, type, damage, passwords, scripts, bombs, markings
/// of a state secret. Nothing of a refused file is kept.
///
/// Clause: TG-1.2, TG-6
pub(crate) async fn intake(
    app: &App,
    caller: &Caller,
    name: &str,
    bytes: &[u8],
) -> Result<Intake, AppError> {
    let today = app.now().day();
    let mut tx = app.store.read().await?;
    let agency = agency::load(&mut tx, &caller.agency_id).await?;
    drop(tx);
    let profile = app.profile_of(&agency)?;
    let taken = profile.file_rules(today).take(name, bytes)?;
    let most_pages = profile.number(Setting::MaxPages, today);
    let owned = bytes.to_vec();
    let shown = taken.name.clone();
    let file_type = taken.file_type;
    let looked = tokio::task::spawn_blocking(move || look_inside(&shown, file_type, &owned))
        .await
        .map_err(|e| AppError::fault("intake", e))?;
    let (pages, text) = looked?;
    if pages.is_some_and(|p| u64::from(p) > most_pages.value) {
        return Err(Refusal::new(RefusalCode::TooManyPages)
            .with("file", &taken.name)
            .with("pages", pages.unwrap_or_default())
            .with("max", most_pages.value)
            .by(&most_pages.citation)
            .into());
    }
    if let Some(marking) = find_secret_marking(&text) {
        record_secret(app, caller, "upload").await?;
        return Err(marking.refusal().into());
    }
    Ok(Intake {
        name: taken.name,
        file_type,
        pages,
    })
}

/// Whoever may not change the draft is told so before the file is looked into.
pub(crate) async fn may_edit(app: &App, caller: &Caller, id: &OutgoingId) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    let row = super::view::load_for(&mut tx, caller, id).await?;
    Ok(caller.may(Action::Edit, &super::object_of(&row))?)
}

/// Attaches a file to a draft.
pub async fn attach(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    name: &str,
    bytes: Vec<u8>,
) -> Result<FileId, AppError> {
    may_edit(app, caller, id).await?;
    let taken = intake(app, caller, name, &bytes).await?;
    let size = bytes.len();
    let sha256 = app.store.blobs().put(bytes, app.now()).await?;
    let mut work = app.begin(caller).await?;
    let row = super::open(&mut work, caller, id, Action::Edit, None).await?;
    let files = file::list(&mut work.tx, id.as_str()).await?;
    if files.len() >= MOST_FILES {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("max", MOST_FILES)
            .with("count", files.len() + 1)
            .into());
    }
    let new = FileRow {
        file_id: FileId::new(work.now, work.random()),
        owner_id: id.to_string(),
        role: FileRole::Attachment,
        name: taken.name.clone(),
        media_type: taken.file_type.media_type().to_owned(),
        bytes: i64::try_from(size).unwrap_or(i64::MAX),
        sha256: sha256.clone(),
        pages: taken.pages,
        position: u32::try_from(files.len()).unwrap_or(u32::MAX),
        created_at: work.now,
    };
    file::insert(&mut work.tx, &new).await?;
    let data = json!({"name": taken.name, "sha256": sha256, "bytes": size});
    work.record(Act::FileAttached, &row.outgoing_id, &[], data)
        .await?;
    work.commit().await?;
    Ok(new.file_id)
}

/// Takes a file off a draft.
pub async fn detach(
    app: &App,
    caller: &Caller,
    id: &OutgoingId,
    file_id: &FileId,
) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    super::open(&mut work, caller, id, Action::Edit, None).await?;
    let files = file::list(&mut work.tx, id.as_str()).await?;
    let found = files
        .into_iter()
        .find(|f| f.file_id == *file_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))?;
    file::remove(&mut work.tx, file_id).await?;
    work.record(Act::FileRemoved, id, &[], json!({"name": found.name}))
        .await?;
    work.commit().await
}

/// Pages and text of a PDF; the unpacked size of an office file.
fn look_inside(
    name: &str,
    file_type: FileType,
    bytes: &[u8],
) -> Result<(Option<u32>, String), AppError> {
    match file_type {
        FileType::Pdf => {
            let facts = verify::facts_of(bytes, name)?;
            if let Some(active) = facts.active.first() {
                return Err(Refusal::new(RefusalCode::FileScripts)
                    .with("file", name)
                    .with("found", format!("{active:?}"))
                    .into());
            }
            let text = match vanthu_layout::extract_text(bytes) {
                Ok(pages) => pages.iter().map(vanthu_layout::PageText::text).collect(),
                Err(error) => {
                    return Err(Refusal::new(RefusalCode::FileDamaged)
                        .with("file", name)
                        .with("why", error)
                        .into());
                }
            };
            Ok((
                Some(u32::try_from(facts.pages.len()).unwrap_or(u32::MAX)),
                text,
            ))
        }
        other
            if other.media_type().contains("openxml")
                || other.media_type().contains("opendocument") =>
        {
            unpacked_size_is_sane(name, bytes)?;
            Ok((None, String::new()))
        }
        FileType::Text => Ok((None, String::from_utf8_lossy(bytes).into_owned())),
        _ => Ok((None, String::new())),
    }
}

/// Refuses office files that unpack to far more than they are, whatever they say of themselves.
fn unpacked_size_is_sane(name: &str, bytes: &[u8]) -> Result<(), AppError> {
    let refuse = |code| Refusal::new(code).with("file", name);
    let damaged = |why: &dyn std::fmt::Display| {
        AppError::from(refuse(RefusalCode::FileDamaged).with("why", why))
    };
    let unreadable = |error: zip::result::ZipError| match error {
        zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
            refuse(RefusalCode::FileEncrypted).into()
        }
        other => damaged(&other),
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = (bytes.len() as u64)
        .saturating_mul(BOMB_RATIO)
        .min(BOMB_BYTES);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let most = left.saturating_add(1);
        let read = std::io::copy(&mut entry.take(most), &mut std::io::sink())
            .map_err(|error| damaged(&error))?;
        left = left
            .checked_sub(read)
            .ok_or_else(|| AppError::from(refuse(RefusalCode::ArchiveBomb)))?;
    }
    Ok(())
}
