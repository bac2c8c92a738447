//! The ledger (sổ nhật ký): entries in a chain of hashes, appended and never changed.
//!
//! The row of `ledger_head` is locked from the append until the transaction ends, so that places in
//! the chain are given without gaps: append last. It also holds where the chain ends, so that
//! cutting off its tail is found.

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::audit::{Act, Entry, GENESIS};

use crate::db::{Store, Tx};
use crate::error::{Result, StoreError};
use crate::page::{Cursor, Page, bounded};
use crate::query::Where;
use crate::record::{Cell, Field as _, Record as _, Scalar, args, record, to_json};

/// How many entries are read at a time when the chain is verified.
const BATCH: u32 = 1000;
/// After so many faults the verification stops.
const ENOUGH_FAULTS: usize = 100;

/// An entry in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Its place, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// The account that acted; none where the system itself did.
    pub account_id: Option<String>,
    /// The person.
    pub person_id: Option<String>,
    /// The agency for which it was done.
    pub agency_id: Option<String>,
    /// What was done.
    pub act: Act,
    /// To what.
    pub object_id: String,
    /// Other objects whose timeline shows it.
    pub about: Vec<String>,
    /// What else is known.
    pub data: Value,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// Its own.
    pub hash: String,
}

record!(
    LedgerRow, "ledger", [seq];
    seq, at, account_id, person_id, agency_id, act, object_id, about, data, previous_hash, hash
);

impl Scalar for Act {
    const INTEGER: bool = false;
    fn value(&self) -> sea_orm::Value {
        self.code().to_owned().into()
    }
    fn parse(cell: Cell) -> Result<Self, String> {
        let word = cell.text()?;
        Self::ALL
            .iter()
            .copied()
            .find(|act| act.code() == word)
            .ok_or_else(|| format!("no act: {word:?}"))
    }
}

impl LedgerRow {
    /// The entry without its place.
    pub fn entry(&self) -> Entry {
        Entry {
            at: self.at,
            account_id: self.account_id.clone(),
            person_id: self.person_id.clone(),
            agency_id: self.agency_id.clone(),
            act: self.act,
            object_id: self.object_id.clone(),
            about: self.about.clone(),
            data: self.data.clone(),
        }
    }

    fn new(entry: &Entry, seq: i64, previous: String) -> Self {
        Self {
            seq,
            at: entry.at,
            account_id: entry.account_id.clone(),
            person_id: entry.person_id.clone(),
            agency_id: entry.agency_id.clone(),
            act: entry.act,
            object_id: entry.object_id.clone(),
            about: entry.about.clone(),
            data: entry.data.clone(),
            hash: entry.hash(seq, &previous),
            previous_hash: previous,
        }
    }
}

/// Appends an entry and gives it in its place.
///
/// Clause: TG-5.1
pub async fn append(tx: &mut Tx, entry: &Entry) -> Result<LedgerRow> {
    check_stable(&entry.data)?;
    let (seq, previous) = head(tx, Lock::Take).await?;
    let row = LedgerRow::new(entry, seq + 1, previous);
    tx.insert(&row).await?;
    let sql = "INSERT INTO ledger_objects (object_id, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    for object_id in std::iter::once(&row.object_id).chain(&row.about) {
        tx.run(sql, args![object_id, row.seq]).await?;
    }
    let sql = "UPDATE ledger_head SET seq = $1, hash = $2 WHERE one = 1 AND seq = $3";
    match tx.run(sql, args![row.seq, row.hash, seq]).await? {
        1 => Ok(row),
        _ => Err(StoreError::stale("ledger_head", "seq")),
    }
}

/// The place and hash of the last entry; 0 and [`GENESIS`] before there is one.
pub async fn find_head(tx: &mut Tx) -> Result<(i64, String)> {
    head(tx, Lock::Leave).await
}

/// The hash that the entry of a place has, where there is one.
pub async fn find_hash(tx: &mut Tx, seq: i64) -> Result<Option<String>> {
    let sql = "SELECT seq, hash FROM ledger WHERE seq = $1";
    let rows = tx.rows(LedgerRow::TABLE, LedgerRow::KEY, sql, args![seq]);
    rows.await?.first().map(|row| row.get("hash")).transpose()
}

/// The entries about an object in their order: its timeline.
pub async fn list_about(tx: &mut Tx, object_id: &str) -> Result<Vec<LedgerRow>> {
    tx.list(
        "WHERE seq IN (SELECT o.seq FROM ledger_objects o WHERE o.object_id = $1) ORDER BY seq",
        args![object_id],
    )
    .await
}

/// Which entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerFilter {
    /// Of this agency.
    pub agency_id: Option<String>,
    /// By this person.
    pub person_id: Option<String>,
    /// One of these acts; any where empty.
    pub acts: Vec<Act>,
    /// At this moment or later.
    pub from: Option<Moment>,
    /// Before this moment.
    pub before: Option<Moment>,
}

/// The entries that a filter picks, the youngest first.
pub async fn list(
    tx: &mut Tx,
    filter: &LedgerFilter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<LedgerRow>> {
    let limit = bounded(limit);
    let mut clause = Where::new();
    clause.equals("agency_id", filter.agency_id.as_ref());
    clause.equals("person_id", filter.person_id.as_ref());
    clause.among("act", &filter.acts);
    clause.compare("at >=", filter.from.as_ref());
    clause.compare("at <", filter.before.as_ref());
    if let Some(cursor) = after {
        let [seq] = cursor.parts()?;
        clause.compare("seq <", Some(&cursor.number(seq)?));
    }
    let (text, args) = clause.build();
    let items = tx
        .list(
            &format!("{text} ORDER BY seq DESC LIMIT {}", limit + 1),
            args,
        )
        .await?;
    Ok(Page::cut(items, limit, |row: &LedgerRow| {
        Cursor::new(&[row.seq.to_string()])
    }))
}

/// What a verification of the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerReport {
    /// How many entries were read.
    pub entries: i64,
    /// The hash of the last one.
    pub head: String,
    /// What is wrong; empty where the chain is whole. At most a hundred are told.
    pub faults: Vec<LedgerFault>,
}

/// A fault of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFault {
    /// The place.
    pub seq: i64,
    /// What is wrong there.
    pub kind: LedgerFaultKind,
}

/// What can be wrong in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerFaultKind {
    /// The entry of this place is not there.
    Missing,
    /// The entry can't be read.
    Unreadable,
    /// The entry does not follow the one before it.
    Broken,
    /// The entry's content does not give its hash.
    Changed,
    /// The timelines show it elsewhere than it says.
    Misfiled,
    /// The chain does not end where the head says.
    Head,
}

/// Verifies the whole chain, a batch at a time, each in its own short transaction; entries appended
/// meanwhile are left out.
///
/// Clause: TG-5.1
pub async fn verify(store: &Store) -> Result<LedgerReport> {
    let (last, head_hash) = find_head(&mut store.read().await?).await?;
    let mut check = Check::new(last);
    while check.next <= last && check.faults.len() < ENOUGH_FAULTS {
        let mut tx = store.read().await?;
        if !check.batch(&mut tx).await? {
            break;
        }
    }
    let mut tx = store.read().await?;
    check.end(&mut tx, &head_hash).await?;
    Ok(LedgerReport {
        entries: check.entries,
        head: check.previous,
        faults: check.faults,
    })
}

struct Check {
    last: i64,
    next: i64,
    previous: String,
    entries: i64,
    faults: Vec<LedgerFault>,
}

impl Check {
    fn new(last: i64) -> Self {
        Self {
            last,
            next: 1,
            previous: GENESIS.to_owned(),
            entries: 0,
            faults: Vec::new(),
        }
    }

    /// Checks the entries that follow; tells whether there were any.
    async fn batch(&mut self, tx: &mut Tx) -> Result<bool> {
        let sql = format!(
            "SELECT {} FROM ledger WHERE seq >= $1 AND seq <= $2 ORDER BY seq LIMIT {BATCH}",
            LedgerRow::columns().join(", ")
        );
        let rows = tx.rows(
            LedgerRow::TABLE,
            LedgerRow::KEY,
            &sql,
            args![self.next, self.last],
        );
        let rows = rows.await?;
        let until = rows.last().map_or(Ok(0), |row| row.get("seq"))?;
        let filed = filed_from(tx, self.next, until).await?;
        for row in &rows {
            let seq = i64::read(row, "seq")?;
            self.miss_until(seq);
            self.entries += 1;
            self.next = seq + 1;
            match LedgerRow::read(row) {
                Ok(entry) => self.entry(&entry, &filed),
                Err(StoreError::Corrupt { .. }) => {
                    self.fault(seq, LedgerFaultKind::Unreadable);
                    self.previous = row.get::<String>("hash").unwrap_or_default();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(!rows.is_empty())
    }

    fn entry(&mut self, row: &LedgerRow, filed: &[(i64, String)]) {
        if row.previous_hash != self.previous {
            self.fault(row.seq, LedgerFaultKind::Broken);
        }
        if row.entry().hash(row.seq, &row.previous_hash) != row.hash {
            self.fault(row.seq, LedgerFaultKind::Changed);
        }
        let mut expected: Vec<&str> = std::iter::once(&row.object_id)
            .chain(&row.about)
            .map(String::as_str)
            .collect();
        expected.sort_unstable();
        expected.dedup();
        let start = filed.partition_point(|(seq, _)| *seq < row.seq);
        let found = filed
            .iter()
            .skip(start)
            .take_while(|(seq, _)| *seq == row.seq);
        let mut found: Vec<&str> = found.map(|(_, object)| object.as_str()).collect();
        found.sort_unstable();
        if found != expected {
            self.fault(row.seq, LedgerFaultKind::Misfiled);
        }
        self.previous.clone_from(&row.hash);
    }

    async fn end(&mut self, tx: &mut Tx, head_hash: &str) -> Result<()> {
        if self.faults.len() < ENOUGH_FAULTS {
            self.miss_until(self.last + 1);
            if self.previous != head_hash {
                self.fault(self.last, LedgerFaultKind::Head);
            }
            let now = find_head(tx).await?.0;
            let beyond = "SELECT COUNT(*) FROM ledger WHERE seq > $1 OR seq < 1";
            if tx.number(beyond, args![now]).await? > 0 {
                self.fault(now, LedgerFaultKind::Head);
            }
        }
        Ok(())
    }

    fn miss_until(&mut self, seq: i64) {
        while self.next < seq && self.faults.len() < ENOUGH_FAULTS {
            self.fault(self.next, LedgerFaultKind::Missing);
            self.next += 1;
        }
    }

    fn fault(&mut self, seq: i64, kind: LedgerFaultKind) {
        self.faults.push(LedgerFault { seq, kind });
    }
}

/// The index of timelines for a stretch of places, in their order.
async fn filed_from(tx: &mut Tx, from: i64, until: i64) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT seq, object_id FROM ledger_objects WHERE seq >= $1 AND seq <= $2 \
               ORDER BY seq";
    let rows = tx
        .rows(
            "ledger_objects",
            &["object_id", "seq"],
            sql,
            args![from, until],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.get("seq")?, row.get("object_id")?)))
        .collect()
}

#[derive(PartialEq, Eq)]
enum Lock {
    Take,
    Leave,
}

async fn head(tx: &mut Tx, lock: Lock) -> Result<(i64, String)> {
    let lock = if lock == Lock::Take {
        tx.for_update()
    } else {
        ""
    };
    let sql = format!("SELECT one, seq, hash FROM ledger_head WHERE one = 1{lock}");
    let rows = tx.rows("ledger_head", &["one"], &sql, args![]).await?;
    let row = rows
        .first()
        .ok_or_else(|| StoreError::corrupt("ledger_head", "1", "is not there"))?;
    Ok((row.get("seq")?, row.get("hash")?))
}

/// Data must read back as the same text, or its hash could not be proved later. Fractions may not.
fn check_stable(data: &Value) -> Result<()> {
    let text = to_json(data);
    let again: Value = serde_json::from_str(&text)
        .map_err(|error| StoreError::Other(format!("ledger data: {error}")))?;
    if to_json(&again) == text {
        Ok(())
    } else {
        Err(StoreError::Other(
            "ledger data does not read back as itself".to_owned(),
        ))
    }
}
