//! Where everything is kept: rows in SQLite or PostgreSQL, contents in a blob folder, the queue.
//!
//! One SQL text serves both databases; what differs is a named function in [`db`]. There are no
//! repositories: a [`Tx`] is a transaction, and each noun has a module of plain functions over it,
//! as `outgoing::find(&mut tx, &id)`. `find_` gives an option, `load_` an error where it is
//! missing, `list_` a list or a page; `insert` and `update` check what they touched.
//!
//! Three promises hold the rest:
//! - a [`Tx`] that is dropped without [`Tx::commit`] has changed nothing, and after an error from
//!   a write it can only be dropped (PostgreSQL refuses to go on);
//! - contents are put into [`blob::Blobs`] before the row that names them is written, so a row
//!   never points into the void; what was put in vain is swept later;
//! - a row that fits no state of the domain is [`StoreError::Corrupt`], never a default.
//!
//! Locks are taken in this order, the ledger always last: the device, its certificates, the signing
//! session, the object's row, the register, the ledger.
//!
//! This crate never reads a clock, decides a right, or knows HTTP or PDF.

pub mod account;
pub mod agency;
pub mod agent;
pub mod blob;
pub mod certificate;
pub mod checkpoint;
pub mod credential;
pub mod db;
pub mod delivery;
pub mod device;
pub mod error;
pub mod file;
pub mod finding;
pub mod incoming;
pub mod installation;
pub mod job;
pub mod ledger;
pub mod line;
pub mod migrate;
pub mod notice;
pub mod opinion;
pub mod outgoing;
pub mod page;
pub mod person;
mod query;
mod record;
pub mod register;
pub mod remote_signing;
pub mod report;
pub mod saved_view;
pub mod seal;
pub mod seal_batch;
pub mod session;
pub mod signing;
pub mod tool_signing;

pub use blob::Blobs;
pub use db::{Durability, Store, StoreOptions, Tx};
pub use error::{Result, StoreError};
pub use page::{Cursor, Page};
