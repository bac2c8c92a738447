//! Contents by their SHA-256: written once, never changed, on the disk under `aa/bb/<sha256>`.
//!
//! A blob is put before the row that names it is written, so that no row points into the void. What
//! was put in vain, because the transaction failed, is swept once it is old enough. The moment of
//! the last put is kept as the file's time of change; that is what the sweep goes by.
//!
//! One program at a time may write here.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use vanthu_domain::Moment;

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::record::args;

const TABLE: &str = "blobs";

/// Columns that hold a blob's name. A new one must be added here, or the sweep takes its blobs.
const HOLDERS: &[(&str, &str)] = &[
    ("persons", "picture_blob"),
    ("seals", "picture_blob"),
    ("outgoing", "current_blob"),
    ("outgoing", "signed_blob"),
    ("outgoing", "sealed_blob"),
    ("outgoing_versions", "blob"),
    ("files", "sha256"),
    ("signing_items", "base_blob"),
    ("signing_items", "prepared_blob"),
    ("incoming", "main_blob"),
    ("incoming", "report_blob"),
];

/// The blob folder. Clones share it.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: Arc<PathBuf>,
    /// Held shared by a put, alone by the removal of one blob.
    sweeping: Arc<RwLock<()>>,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Blobs that a row names, or that are too young.
    pub kept: u64,
    /// Orphans removed.
    pub removed: u64,
}

impl Blobs {
    /// Opens the folder and makes it where it is missing.
    pub async fn open(root: PathBuf) -> Result<Self> {
        let blobs = Self {
            root: Arc::new(root),
            sweeping: Arc::new(RwLock::new(())),
        };
        blobs
            .blocking(|blobs| {
                fs::create_dir_all(blobs.root.join("new"))?;
                Ok(())
            })
            .await?;
        Ok(blobs)
    }

    /// Keeps bytes and gives their SHA-256 in hexadecimal. When it returns they are on the disk.
    /// Bytes that are there already are only marked as young.
    pub async fn put(&self, bytes: Vec<u8>, now: Moment) -> Result<String> {
        self.blocking(move |blobs| blobs.put_now(&bytes, now)).await
    }

    /// The bytes, compared with their name before they are given out.
    pub async fn get(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = self.path(sha256)?;
        let name = sha256.to_owned();
        self.blocking(move |_| {
            let bytes = match fs::read(path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Missing {
                        table: TABLE,
                        id: name,
                    });
                }
                Err(error) => return Err(error.into()),
            };
            if hash(&bytes) == name {
                Ok(bytes)
            } else {
                Err(StoreError::corrupt(
                    TABLE,
                    &name,
                    "its bytes have another SHA-256",
                ))
            }
        })
        .await
    }

    /// Whether it is there.
    pub async fn exists(&self, sha256: &str) -> Result<bool> {
        let path = self.path(sha256)?;
        self.blocking(move |_| Ok(path.is_file())).await
    }

    /// Every name that is there, sorted.
    pub async fn list(&self) -> Result<Vec<String>> {
        self.blocking(Self::names).await
    }

    fn put_now(&self, bytes: &[u8], now: Moment) -> Result<String> {
        let name = hash(bytes);
        let path = self.path(&name)?;
        let folder = path.parent().unwrap_or(&self.root).to_owned();
        let _shared = self
            .sweeping
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // What is there but spoilt is written anew.
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            File::options()
                .write(true)
                .open(&path)?
                .set_modified(file_time(now))?;
            return Ok(name);
        }
        make_folders(&self.root, &folder)?;
        let mut file = tempfile::Builder::new()
            .prefix("put-")
            .tempfile_in(self.root.join("new"))?;
        file.write_all(bytes)?;
        file.as_file().set_modified(file_time(now))?;
        file.as_file().sync_all()?;
        file.persist(&path)
            .map_err(|error| StoreError::from(error.error))?;
        File::open(&folder)?.sync_all()?;
        Ok(name)
    }

    fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for first in folders(&self.root)? {
            for second in folders(&first)? {
                for entry in fs::read_dir(second)? {
                    let name = entry?.file_name().to_string_lossy().into_owned();
                    if is_name(&name) {
                        names.push(name);
                    }
                }
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn remove_if_older(&self, name: &str, limit: SystemTime) -> Result<bool> {
        let path = self.path(name)?;
        let _alone = self
            .sweeping
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if fs::metadata(&path)?.modified()? >= limit {
            return Ok(false);
        }
        fs::remove_file(path)?;
        Ok(true)
    }

    fn path(&self, sha256: &str) -> Result<PathBuf> {
        let parts = sha256.split_at_checked(2).zip(sha256.get(2..4));
        match parts {
            Some(((first, _), second)) if is_name(sha256) => {
                Ok(self.root.join(first).join(second).join(sha256))
            }
            _ => Err(StoreError::Missing {
                table: TABLE,
                id: sha256.chars().take(80).collect(),
            }),
        }
    }

    async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T> + Send + 'static,
    {
        let blobs = self.clone();
        tokio::task::spawn_blocking(move || work(&blobs))
            .await
            .map_err(|error| StoreError::Other(format!("blob task: {error}")))?
    }
}

/// Removes the blobs that no row names and that were last put before `older_than`. The term must
/// be longer than any action takes between its put and its commit; a day is plenty.
pub async fn sweep(store: &Store, older_than: Moment) -> Result<Swept> {
    let candidates = store.blobs().list().await?;
    let named = list_named(store).await?;
    let limit = file_time(older_than);
    store
        .blobs()
        .blocking(move |blobs| {
            let mut swept = Swept::default();
            for name in candidates {
                if !named.contains(&name) && blobs.remove_if_older(&name, limit)? {
                    swept.removed += 1;
                } else {
                    swept.kept += 1;
                }
            }
            Ok(swept)
        })
        .await
}

/// The names of every blob that a row names.
pub async fn list_named(store: &Store) -> Result<BTreeSet<String>> {
    let mut named = BTreeSet::new();
    let mut tx = store.read().await?;
    for (table, column) in HOLDERS.iter().copied() {
        let sql =
            format!("SELECT DISTINCT {column} AS name FROM {table} WHERE {column} IS NOT NULL");
        for row in tx.rows(table, &[], &sql, args![]).await? {
            named.insert(row.get::<String>("name")?);
        }
    }
    Ok(named)
}

/// Makes the two folders above a blob and makes their names last.
fn make_folders(root: &Path, folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    for above in folder
        .ancestors()
        .skip(1)
        .take_while(|path| path.starts_with(root))
    {
        File::open(above)?.sync_all()?;
    }
    Ok(())
}

fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_name().len() == 2 && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn is_name(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn file_time(moment: Moment) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(moment.unix_micros()).unwrap_or(0))
}
