//! The sealer's own journal: what it was asked, what it signed, why it stopped. One line each, only ever added, each with
//! the hash of the one before; written to the disk before anybody is told. The server can't reach it: what stands in the
//! ledger there can be held against it.
//!
//! A signature stands here with its value. Whoever asks for the same batch again gets the same value, and the device makes
//! no second one.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vanthu_pki::DigestAlgorithm;
use vanthu_wire::sealer::{Batch, Why};
use vanthu_wire::{Base64, Digest, DocumentDigest};

const FILE: &str = "journal";
/// Values are at hand for a batch that is asked again, and no longer than any batch lasts.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum What {
    /// A confirmed batch was begun.
    Begun {
        batch: String,
        confirmation: Digest,
        list: Digest,
        confirmed_by: String,
        certificate: String,
        items: usize,
    },
    /// A signature was made.
    Signed {
        batch: String,
        item: String,
        digest: DocumentDigest,
        signature: Base64,
    },
    /// A batch ended.
    Ended { batch: String, why: Option<Why> },
    /// Nothing more is signed before somebody has looked.
    Stopped { why: Why },
    /// Somebody has looked.
    Resumed,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    at: Timestamp,
    before: Digest,
    #[serde(flatten)]
    what: What,
}

/// Why there is no journal to write to.
#[derive(Debug, thiserror::Error)]
pub enum BadJournal {
    /// The disk says no.
    #[error("không đọc, ghi được sổ ký của chương trình ký dấu: {0}")]
    Disk(#[from] std::io::Error),
    /// Another program writes to it.
    #[error(
        "sổ ký của chương trình ký dấu đang được một chương trình khác dùng; dừng chương trình đó trước"
    )]
    InUse,
    /// A line is not as it was written.
    #[error("sổ ký của chương trình ký dấu đã bị sửa ở dòng {0}")]
    Changed(usize),
}

/// The journal, open for adding.
pub struct Journal {
    file: File,
    head: [u8; 32],
    signed: u64,
    is_stopped: bool,
    /// By confirmation, the batch and list that it was used for.
    confirmed: BTreeMap<Digest, (String, Digest)>,
    /// By batch and item, what was signed a short time ago.
    made: BTreeMap<(String, String), (Timestamp, DocumentDigest, Vec<u8>)>,
    /// When the signatures of the last hour were made.
    lately: VecDeque<Timestamp>,
}

impl Journal {
    /// Opens the journal in its folder, which is made where it isn't there, and reads what stands in it.
    ///
    /// # Errors
    /// The disk, or a line that was changed.
    pub fn open(folder: &Path) -> Result<Self, BadJournal> {
        if !folder.is_dir() {
            std::fs::DirBuilder::new().mode(0o700).create(folder)?;
        }
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(folder.join(FILE))?;
        // Two that write would each go on from their own last line.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BadJournal::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut journal = Self {
            file,
            head: [0; 32],
            signed: 0,
            is_stopped: false,
            confirmed: BTreeMap::new(),
            made: BTreeMap::new(),
            lately: VecDeque::new(),
        };
        let whole = journal.read_all()?;
        if whole < journal.file.metadata()?.len() {
            tracing::warn!(whole, "the journal's last line is torn and is cut off");
            journal.file.set_len(whole)?;
        }
        Ok(journal)
    }

    /// Reads line by line; gives how many bytes are whole lines. A line that was being written when the power went was not
    /// acted upon.
    fn read_all(&mut self) -> Result<u64, BadJournal> {
        let mut read = BufReader::new(self.file.try_clone()?);
        let (mut whole, mut line) = (0, Vec::new());
        for number in 1.. {
            line.clear();
            let bytes = read.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                break;
            }
            let entry: Entry =
                serde_json::from_slice(&line).map_err(|_| BadJournal::Changed(number))?;
            if entry.before.0 != self.head {
                return Err(BadJournal::Changed(number));
            }
            self.head = hash_of(&line);
            self.take(entry.at, entry.what);
            whole += u64::try_from(bytes).unwrap_or(0);
        }
        Ok(whole)
    }

    /// The hash of the last line.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// How many signatures stand in it.
    pub fn signed(&self) -> u64 {
        self.signed
    }

    /// Whether it waits for somebody to look.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Whether the confirmation was used for another batch or list.
    pub(super) fn is_used_otherwise(&self, batch: &Batch) -> bool {
        let used = self.confirmed.get(&batch.confirmation);
        let other = used.is_some_and(|(id, list)| *id != batch.batch || *list != batch.list);
        // A batch has one confirmation, and no second one.
        let again = |(confirmation, (id, _)): (&Digest, &(String, Digest))| {
            *id == batch.batch && *confirmation != batch.confirmation
        };
        other || self.confirmed.iter().any(again)
    }

    /// The signature of an item that was made before, over this digest.
    pub(super) fn made(&self, batch: &str, item: &str, digest: &DocumentDigest) -> Option<Vec<u8>> {
        let key = (batch.to_owned(), item.to_owned());
        let (_, its, value) = self.made.get(&key)?;
        (its == digest).then(|| value.clone())
    }

    /// How many signatures were made in the last hour.
    pub(super) fn in_the_last_hour(&mut self, now: Timestamp) -> usize {
        while self.lately.front().is_some_and(|at| *at + HOUR <= now) {
            self.lately.pop_front();
        }
        self.lately.len()
    }

    /// A batch is begun; one that is gone on with is not begun again.
    pub(super) fn begin(&mut self, batch: &Batch, now: Timestamp) -> Result<(), BadJournal> {
        if self.confirmed.contains_key(&batch.confirmation) {
            return Ok(());
        }
        let begun = What::Begun {
            batch: batch.batch.clone(),
            confirmation: batch.confirmation,
            list: batch.list,
            confirmed_by: batch.confirmed_by.clone(),
            certificate: batch.certificate.clone(),
            items: batch.items.len(),
        };
        self.add(begun, now)
    }

    /// A signature was made.
    pub(super) fn signed_now(
        &mut self,
        batch: &str,
        item: &str,
        digest: &DocumentDigest,
        signature: &[u8],
        now: Timestamp,
    ) -> Result<(), BadJournal> {
        let signed = What::Signed {
            batch: batch.to_owned(),
            item: item.to_owned(),
            digest: digest.clone(),
            signature: Base64(signature.to_vec()),
        };
        self.add(signed, now)
    }

    /// A batch ended.
    pub(super) fn ended(
        &mut self,
        batch: &str,
        why: Option<Why>,
        now: Timestamp,
    ) -> Result<(), BadJournal> {
        let batch = batch.to_owned();
        self.add(What::Ended { batch, why }, now)
    }

    /// Nothing more is signed, also after a new start.
    pub(super) fn stop(&mut self, why: Why, now: Timestamp) -> Result<(), BadJournal> {
        // Whatever the disk says: this program has stopped.
        self.is_stopped = true;
        self.add(What::Stopped { why }, now)
    }

    /// Somebody has looked.
    pub(super) fn resumed(&mut self, now: Timestamp) -> Result<(), BadJournal> {
        self.add(What::Resumed, now)
    }

    fn add(&mut self, what: What, at: Timestamp) -> Result<(), BadJournal> {
        let entry = Entry {
            at,
            before: Digest(self.head),
            what,
        };
        let mut line = serde_json::to_vec(&entry).map_err(std::io::Error::from)?;
        line.push(b'\n');
        let before = self.file.metadata()?.len();
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line would make the next one unreadable.
            self.file.set_len(before)?;
            return Err(error.into());
        }
        self.head = hash_of(&line);
        self.take(at, entry.what);
        Ok(())
    }

    fn take(&mut self, at: Timestamp, what: What) {
        match what {
            What::Begun {
                batch,
                confirmation,
                list,
                ..
            } => {
                self.confirmed.insert(confirmation, (batch, list));
            }
            What::Signed {
                batch,
                item,
                digest,
                signature,
            } => {
                self.signed += 1;
                self.lately.push_back(at);
                self.in_the_last_hour(at);
                self.made.retain(|_, (made_at, ..)| *made_at + KEPT > at);
                self.made.insert((batch, item), (at, digest, signature.0));
            }
            What::Ended { .. } => {}
            What::Stopped { .. } => self.is_stopped = true,
            What::Resumed => self.is_stopped = false,
        }
    }
}

fn hash_of(line: &[u8]) -> [u8; 32] {
    let digest = DigestAlgorithm::Sha256.digest(line);
    digest.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use vanthu_wire::sealer::list_of;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T05:00:00Z".parse().unwrap()
    }

    fn batch(id: &str, confirmation: u8) -> Batch {
        Batch {
            batch: id.to_owned(),
            confirmation: Digest([confirmation; 32]),
            list: list_of([("a", &digest())]),
            confirmed_by: "acc_1".to_owned(),
            not_after: now(),
            certificate: "ab".repeat(32),
            items: Vec::new(),
        }
    }

    fn digest() -> DocumentDigest {
        DocumentDigest::new(vec![1; 32]).unwrap()
    }

    fn written(folder: &Path) -> Journal {
        let mut journal = Journal::open(folder).unwrap();
        journal.begin(&batch("one", 1), now()).unwrap();
        journal.begin(&batch("one", 1), now()).unwrap();
        journal
            .signed_now("one", "a", &digest(), b"value", now())
            .unwrap();
        journal.ended("one", None, now()).unwrap();
        journal
    }

    #[test]
    fn what_was_written_is_there_after_a_new_start() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let head = written(&state).head();
        let mode = std::fs::metadata(state.join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = Journal::open(&state).unwrap();
        assert_eq!((again.head(), again.signed()), (head, 1));
        assert_eq!(again.made("one", "a", &digest()).unwrap(), b"value");
        let other = DocumentDigest::new(vec![2; 32]).unwrap();
        assert_eq!(again.made("one", "a", &other), None);
        assert_eq!(again.made("two", "a", &digest()), None);
    }

    #[test]
    fn a_confirmation_is_good_for_one_batch_with_one_list() {
        let folder = tempfile::tempdir().unwrap();
        let journal = written(folder.path());
        assert!(!journal.is_used_otherwise(&batch("one", 1)));
        assert!(journal.is_used_otherwise(&batch("two", 1)));
        assert!(journal.is_used_otherwise(&batch("one", 2)));
        assert!(!journal.is_used_otherwise(&batch("two", 2)));
        let mut other = batch("one", 1);
        other.list = list_of([("b", &digest())]);
        assert!(journal.is_used_otherwise(&other));
    }

    #[test]
    fn a_stop_outlives_the_program_until_somebody_has_looked() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = written(folder.path());
        assert!(!journal.is_stopped());
        journal.stop(Why::WrongPin, now()).unwrap();
        // Not while the program runs: it would go on from another line.
        let meanwhile = super::super::resume(folder.path(), now());
        assert!(matches!(meanwhile, Err(BadJournal::InUse)));
        drop(journal);
        assert!(Journal::open(folder.path()).unwrap().is_stopped());
        assert!(super::super::resume(folder.path(), now()).unwrap());
        assert!(!super::super::resume(folder.path(), now()).unwrap());
        assert!(!Journal::open(folder.path()).unwrap().is_stopped());
    }

    #[test]
    fn only_the_last_hour_counts() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        for minute in [0, 30, 50] {
            let at = now() + SignedDuration::from_mins(minute);
            journal
                .signed_now("one", &minute.to_string(), &digest(), b"v", at)
                .unwrap();
        }
        let after = |minutes| now() + SignedDuration::from_mins(minutes);
        assert_eq!(journal.in_the_last_hour(after(50)), 3);
        assert_eq!(journal.in_the_last_hour(after(60)), 2);
        assert_eq!(journal.in_the_last_hour(after(200)), 0);
    }

    /// Proves: TG-22.1b
    #[test]
    fn a_journal_that_somebody_changed_is_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        drop(written(folder.path()));
        let path = folder.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        for changed in [
            text.replace("\"one\"", "\"two\""),
            format!("{}\n{}\n", lines[0], lines[2]),
            format!("{}\n{}\n", lines[1], lines[2]),
            format!("{text}nonsense\n"),
        ] {
            std::fs::write(&path, changed).unwrap();
            assert!(matches!(
                Journal::open(folder.path()),
                Err(BadJournal::Changed(_))
            ));
        }
        // Torn by a loss of power: the half line was never acted upon.
        std::fs::write(&path, &text[..text.len() - 5]).unwrap();
        assert_eq!(Journal::open(folder.path()).unwrap().signed(), 1);
        let whole = std::fs::read_to_string(&path).unwrap();
        assert_eq!(whole, format!("{}\n{}\n", lines[0], lines[1]));
    }
}
