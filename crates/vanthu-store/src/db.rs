//! The connection, the transaction, and every difference between the two databases.
//!
//! No other file may ask which database runs. A difference gets a function here whose name says
//! what it is for.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait as _, Value,
};

use crate::blob::Blobs;
use crate::error::{Result, StoreError};
use crate::record::{Record, Row};

/// How long a caller waits for a connection, or a writer for another program's write.
const PATIENCE: Duration = Duration::from_secs(20);

/// How safe a commit is against the power going off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// What was committed is on the disk (SQLite: `synchronous=FULL`). A number that was given and
    /// printed must not be given again after a power cut.
    #[default]
    Full,
    /// The last commits may be lost with the power, nothing is ever torn. For tests and trials.
    Relaxed,
}

/// Where and how to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// The folder of the blobs; made where it is missing.
    pub blob_dir: PathBuf,
    /// How safe a commit is.
    pub durability: Durability,
    /// How many transactions may read at the same time.
    pub readers: u32,
}

/// The open store. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    blobs: Blobs,
    lock: Lock,
}

/// What tells whether other programs work on the same database.
#[derive(Debug)]
enum Lock {
    /// Other machines may.
    Shared,
    /// Whoever holds the lock of this file, beside the database's, is alone. The system takes the
    /// lock back when the program ends, however it ends.
    File(PathBuf, Mutex<Option<File>>),
}

/// A transaction. Dropped without [`Tx::commit`] it leaves no trace.
pub struct Tx {
    inner: DatabaseTransaction,
    backend: DbBackend,
}

impl Store {
    /// Opens the database and the blob folder, with full durability and eight readers. Tables are
    /// made by [`crate::migrate::run`].
    pub async fn open(url: &str, blob_dir: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with(StoreOptions {
            url: url.to_owned(),
            blob_dir: blob_dir.into(),
            durability: Durability::Full,
            readers: 8,
        })
        .await
    }

    /// Opens the database and the blob folder.
    pub async fn open_with(options: StoreOptions) -> Result<Self> {
        let blobs = Blobs::open(options.blob_dir.clone()).await?;
        let (reader, writer) = if options.url.starts_with("sqlite:") {
            connect_sqlite(&options).await?
        } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            connect_postgres(&options).await?
        } else {
            return Err(StoreError::Other(
                "the database URL must begin with sqlite: or postgres:".to_owned(),
            ));
        };
        Ok(Self {
            inner: Arc::new(Inner {
                reader,
                writer,
                blobs,
                lock: lock_of(&options.url),
            }),
        })
    }

    /// A transaction that only reads, and sees one state of SQLite from its first read on.
    pub async fn read(&self) -> Result<Tx> {
        begin(&self.inner.reader, Some(AccessMode::ReadOnly)).await
    }

    /// A transaction that writes. On SQLite there is one at a time; callers wait in turn.
    pub async fn write(&self) -> Result<Tx> {
        begin(&self.inner.writer, None).await
    }

    /// The blob folder.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// Whether this program alone works the queue of the database, and will until the store is
    /// dropped. On PostgreSQL that is never known.
    pub fn work_alone(&self) -> Result<bool> {
        let Lock::File(path, held) = &self.inner.lock else {
            return Ok(false);
        };
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let file = File::options().create(true).append(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                *held = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.inner.reader.ping().await?)
    }

    /// Closes the connections once what is under way has ended.
    pub async fn close(&self) -> Result<()> {
        self.inner.reader.clone().close().await?;
        self.inner.writer.clone().close().await?;
        Ok(())
    }
}

fn lock_of(url: &str) -> Lock {
    let Some(path) = url.strip_prefix("sqlite:") else {
        return Lock::Shared;
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    Lock::File(PathBuf::from(format!("{path}-worker")), Mutex::new(None))
}

async fn begin(connection: &DatabaseConnection, access: Option<AccessMode>) -> Result<Tx> {
    let backend = connection.get_database_backend();
    let sqlite = backend == DbBackend::Sqlite;
    let mode = match access {
        Some(AccessMode::ReadOnly) => SqliteTransactionMode::Deferred,
        _ => SqliteTransactionMode::Immediate,
    };
    let options = TransactionOptions {
        isolation_level: None,
        access_mode: if sqlite { None } else { access },
        sqlite_transaction_mode: sqlite.then_some(mode),
    };
    Ok(Tx {
        inner: connection.begin_with_options(options).await?,
        backend,
    })
}

/// WAL, so that readers never wait for the writer; one writing connection, so that writers wait in
/// turn instead of failing. Readers may not write at all.
async fn connect_sqlite(
    options: &StoreOptions,
) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let synchronous = match options.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Relaxed => SqliteSynchronous::Off,
    };
    let connect = async |count: u32, read_only: bool| {
        let mut connect = plain_options(&options.url, count);
        // A file does not go away as a server does.
        connect.test_before_acquire(false);
        connect.map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(synchronous)
                .foreign_keys(true)
                .busy_timeout(PATIENCE)
                .pragma("temp_store", "MEMORY")
                .pragma("mmap_size", "134217728");
            if read_only {
                sqlite.pragma("query_only", "ON")
            } else {
                sqlite
            }
        });
        Database::connect(connect).await
    };
    // The writer comes first: it makes the file and turns it to WAL.
    let writer = connect(1, false).await?;
    let reader = connect(options.readers.max(1), true).await?;
    Ok((reader, writer))
}

async fn connect_postgres(
    options: &StoreOptions,
) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let durability = options.durability;
    let connect = async |count: u32| {
        let mut connect = plain_options(&options.url, count);
        connect.map_sqlx_postgres_opts(move |postgres| match durability {
            Durability::Full => postgres,
            Durability::Relaxed => postgres.options([("synchronous_commit", "off")]),
        });
        Database::connect(connect).await
    };
    // Two pools, so that a writer never waits for a connection that a reader holds.
    let reader = connect(options.readers.max(1)).await?;
    let writer = connect(options.readers.max(4)).await?;
    Ok((reader, writer))
}

fn plain_options(url: &str, connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url.to_owned());
    connect
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .record_stmt_in_spans(false)
        .sqlx_logging(false);
    connect
}

impl Tx {
    /// Makes everything done in it stand.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    /// Undoes everything done in it, and waits until that is so.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }

    /// What to put after a `SELECT` whose rows this transaction will change. On SQLite the write
    /// transaction already holds the whole database.
    pub(crate) const fn for_update(&self) -> &'static str {
        match self.backend {
            DbBackend::Postgres => " FOR UPDATE",
            _ => "",
        }
    }

    /// The same, passing over rows that somebody else holds.
    pub(crate) const fn for_update_skipping_locked(&self) -> &'static str {
        match self.backend {
            DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
            _ => "",
        }
    }

    /// Holds off every other program that would migrate, until the transaction ends.
    pub(crate) async fn lock_for_migration(&mut self) -> Result<()> {
        if self.backend == DbBackend::Postgres {
            self.run_text("SELECT pg_advisory_xact_lock(7306093147)")
                .await?;
        }
        Ok(())
    }

    /// Runs one statement without arguments, as a migration has them.
    pub(crate) async fn run_text(&mut self, sql: &str) -> Result<()> {
        self.inner.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Runs a statement and tells how many rows it touched.
    pub(crate) async fn run(&mut self, sql: &str, args: Vec<Value>) -> Result<u64> {
        let statement = Statement::from_sql_and_values(self.backend, sql, args);
        Ok(self.inner.execute_raw(statement).await?.rows_affected())
    }

    /// The rows of a query. `table` and `key` name a row that turns out to be corrupt.
    pub(crate) async fn rows(
        &mut self,
        table: &'static str,
        key: &'static [&'static str],
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let statement = Statement::from_sql_and_values(self.backend, sql, args);
        let rows = self.inner.query_all_raw(statement).await?;
        Ok(rows
            .into_iter()
            .map(|row| Row::new(row, table, key))
            .collect())
    }

    /// One whole number, such as a count.
    pub(crate) async fn number(&mut self, sql: &str, args: Vec<Value>) -> Result<i64> {
        let rows = self.rows("(number)", &[], sql, args).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::Other(format!("no row from: {sql}")))?;
        row.number_at(0)
    }

    /// All records that `rest` (`WHERE … ORDER BY …`) picks.
    pub(crate) async fn list<R: Record>(&mut self, rest: &str, args: Vec<Value>) -> Result<Vec<R>> {
        let sql = format!(
            "SELECT {} FROM {} {rest}",
            R::columns().join(", "),
            R::TABLE
        );
        self.rows(R::TABLE, R::KEY, &sql, args)
            .await?
            .iter()
            .map(R::read)
            .collect()
    }

    /// The first record that `rest` picks.
    pub(crate) async fn first<R: Record>(
        &mut self,
        rest: &str,
        args: Vec<Value>,
    ) -> Result<Option<R>> {
        Ok(self.list::<R>(rest, args).await?.into_iter().next())
    }

    /// Inserts a record.
    pub(crate) async fn insert<R: Record>(&mut self, record: &R) -> Result<()> {
        self.insert_with(record, "").await.map(|_| ())
    }

    /// Inserts a record unless one of its unique values is taken; tells whether it did.
    pub(crate) async fn insert_unless_taken<R: Record>(&mut self, record: &R) -> Result<bool> {
        Ok(self.insert_with(record, " ON CONFLICT DO NOTHING").await? == 1)
    }

    async fn insert_with<R: Record>(&mut self, record: &R, tail: &str) -> Result<u64> {
        let args = record.values();
        let places: Vec<String> = (1..=args.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}){tail}",
            R::TABLE,
            R::columns().join(", "),
            places.join(", ")
        );
        self.run(&sql, args).await
    }

    /// Writes a record over the row with its key, where `guard`'s columns still hold what is given.
    /// A row that has changed is a conflict over the last guard's column; without a guard, a row
    /// that is gone is missing.
    pub(crate) async fn update<R: Record>(
        &mut self,
        record: &R,
        guard: &[(&str, Value)],
    ) -> Result<()> {
        let columns = R::columns();
        let mut args = record.values();
        let keys: Vec<Value> = R::KEY
            .iter()
            .filter_map(|key| columns.iter().position(|column| column == key))
            .filter_map(|at| args.get(at).cloned())
            .collect();
        let sets: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{column} = ${}", at + 1))
            .collect();
        let key_text = keys.iter().map(text_of).collect::<Vec<_>>().join("/");
        let mut wheres = Vec::new();
        for (column, value) in R::KEY
            .iter()
            .copied()
            .zip(keys)
            .chain(guard.iter().cloned())
        {
            args.push(value);
            wheres.push(format!("{column} = ${}", args.len()));
        }
        let sql = format!(
            "UPDATE {} SET {} WHERE {}",
            R::TABLE,
            sets.join(", "),
            wheres.join(" AND ")
        );
        if self.run(&sql, args).await? == 1 {
            return Ok(());
        }
        match guard.last() {
            Some((column, _)) => Err(StoreError::stale(R::TABLE, column)),
            None => Err(StoreError::Missing {
                table: R::TABLE,
                id: key_text,
            }),
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(Some(text)) => text.clone(),
        Value::BigInt(Some(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// What a database's error code means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A unique value is taken.
    Taken,
    /// The disk is full.
    Full,
    /// Not now: locked, shut down, connection lost, deadlock broken.
    Unavailable,
    /// Anything else.
    Other,
}

/// Reads an error code: five signs are PostgreSQL's SQLSTATE, fewer are SQLite's (extended) code.
pub(crate) fn classify(code: &str) -> Trouble {
    if code.len() == 5 && !code.starts_with("SQL") {
        return match code {
            "23505" => Trouble::Taken,
            "53100" => Trouble::Full,
            "40001" | "40P01" | "55P03" | "25P03" => Trouble::Unavailable,
            _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
                Trouble::Unavailable
            }
            _ => Trouble::Other,
        };
    }
    match code.parse::<i32>() {
        Ok(1555 | 2067) => Trouble::Taken,
        Ok(extended) => match extended & 0xff {
            13 => Trouble::Full,
            // Busy, locked, I/O error, can't open.
            5 | 6 | 10 | 14 => Trouble::Unavailable,
            _ => Trouble::Other,
        },
        Err(_) => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_codes_of_both_databases_mean_the_same() {
        for (code, meaning) in [
            ("23505", Trouble::Taken),
            ("2067", Trouble::Taken),
            ("1555", Trouble::Taken),
            ("53100", Trouble::Full),
            ("13", Trouble::Full),
            ("5", Trouble::Unavailable),
            ("517", Trouble::Unavailable),
            ("08006", Trouble::Unavailable),
            ("57P01", Trouble::Unavailable),
            ("40P01", Trouble::Unavailable),
            ("23514", Trouble::Other),
            ("275", Trouble::Other),
            ("", Trouble::Other),
        ] {
            assert_eq!(classify(code), meaning, "{code}");
        }
    }
}
