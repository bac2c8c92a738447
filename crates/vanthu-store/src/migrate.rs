//! Makes and changes the tables: one tree of files for both databases, forward only.
//!
//! A file that has been released is never edited; its checksum is remembered and compared. Every
//! statement ends with `;` at the end of a line, and no other line ends with one.

use sha2::{Digest as _, Sha256};
use vanthu_domain::Moment;

use crate::db::{Store, Tx};
use crate::error::{Result, StoreError};
use crate::record::{args, record};

/// One file of the tree.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number, from 1 without gaps.
    pub number: i64,
    /// The file's name.
    pub name: &'static str,
    /// Its statements.
    pub text: &'static str,
}

/// The tree, in order.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001_first",
        text: include_str!("../migrations/0001_first.sql"),
    },
    Migration {
        number: 2,
        name: "0002_checkpoints_and_reports",
        text: include_str!("../migrations/0002_checkpoints_and_reports.sql"),
    },
    Migration {
        number: 3,
        name: "0003_saved_views",
        text: include_str!("../migrations/0003_saved_views.sql"),
    },
    Migration {
        number: 4,
        name: "0004_agents",
        text: include_str!("../migrations/0004_agents.sql"),
    },
    Migration {
        number: 5,
        name: "0005_devices_and_findings",
        text: include_str!("../migrations/0005_devices_and_findings.sql"),
    },
    Migration {
        number: 6,
        name: "0006_other_holders_of_keys",
        text: include_str!("../migrations/0006_other_holders_of_keys.sql"),
    },
    Migration {
        number: 7,
        name: "0007_the_governments_tool",
        text: include_str!("../migrations/0007_the_governments_tool.sql"),
    },
    Migration {
        number: 8,
        name: "0008_the_device_at_the_server",
        text: include_str!("../migrations/0008_the_device_at_the_server.sql"),
    },
];

/// A migration that has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// SHA-256 of its text in hexadecimal.
    pub checksum: String,
    /// When it was applied.
    pub applied_at: Moment,
}

record!(AppliedMigration, "migrations", [number]; number, name, checksum, applied_at);

/// Applies what is missing, in one transaction, and gives the numbers of what it applied. Several
/// programs may do this at the same time: one works, the others find it done.
pub async fn run(store: &Store, now: Moment) -> Result<Vec<i64>> {
    run_these(store, MIGRATIONS, now).await
}

/// The same for a given tree.
pub async fn run_these(store: &Store, tree: &[Migration], now: Moment) -> Result<Vec<i64>> {
    let mut tx = store.write().await?;
    tx.lock_for_migration().await?;
    tx.run_text(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, \
         name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .await?;
    let applied = list_applied(&mut tx).await?;
    compare(&applied, tree)?;
    let mut done = Vec::new();
    for migration in tree.iter().skip(applied.len()) {
        apply(&mut tx, migration, now).await?;
        done.push(migration.number);
    }
    tx.commit().await?;
    Ok(done)
}

/// Whether the tables are those of this program, for a program that may not migrate.
pub async fn is_current(store: &Store) -> Result<bool> {
    let mut tx = store.read().await?;
    let applied = list_applied(&mut tx).await?;
    compare(&applied, MIGRATIONS)?;
    Ok(applied.len() == MIGRATIONS.len())
}

/// What has been applied, in order.
pub async fn list_applied(tx: &mut Tx) -> Result<Vec<AppliedMigration>> {
    tx.list("ORDER BY number", args![]).await
}

async fn apply(tx: &mut Tx, migration: &Migration, now: Moment) -> Result<()> {
    for statement in statements(migration.text) {
        tx.run_text(statement).await?;
    }
    tx.insert(&AppliedMigration {
        number: migration.number,
        name: migration.name.to_owned(),
        checksum: checksum(migration.text),
        applied_at: now,
    })
    .await
}

fn compare(applied: &[AppliedMigration], tree: &[Migration]) -> Result<()> {
    for (at, row) in applied.iter().enumerate() {
        let why = match tree.get(at) {
            None => "it is newer than this program",
            Some(known) if known.number != row.number || known.name != row.name => {
                "this program knows another one by that number"
            }
            Some(known) if checksum(known.text) != row.checksum => {
                "its text is not the one that was applied"
            }
            Some(_) => continue,
        };
        return Err(StoreError::corrupt(
            "migrations",
            &row.number.to_string(),
            why,
        ));
    }
    Ok(())
}

fn statements(text: &str) -> impl Iterator<Item = &str> {
    text.split(";\n").map(str::trim).filter(|statement| {
        statement
            .lines()
            .any(|line| !line.trim().is_empty() && !line.starts_with("--"))
    })
}

fn checksum(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_numbered_without_gaps() {
        for (at, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number, i64::try_from(at).unwrap() + 1);
            assert!(
                migration
                    .name
                    .starts_with(&format!("{:04}_", migration.number))
            );
        }
    }

    #[test]
    fn a_text_falls_into_its_statements() {
        let text =
            "-- said; before\nCREATE TABLE a (\n  b TEXT\n);\n\n-- only words\n;\nDROP TABLE a;\n";
        let found: Vec<_> = statements(text).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].ends_with(')') && found[1] == "DROP TABLE a");
    }
}
