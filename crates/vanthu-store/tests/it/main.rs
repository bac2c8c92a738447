//! The contract of the store: every test runs on SQLite, and on PostgreSQL where the environment
//! variable `VANTHU_TEST_POSTGRES` offers one.

#[cfg(test)]
mod account;
#[cfg(test)]
mod agent;
#[cfg(test)]
mod blob;
#[cfg(test)]
mod build;
#[cfg(test)]
mod certificate;
#[cfg(test)]
mod checkpoint;
mod credential;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod device;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod incoming;
#[cfg(test)]
mod job;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod line;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod notice;
#[cfg(test)]
mod outgoing;
#[cfg(test)]
mod register;
#[cfg(test)]
mod report;
#[cfg(test)]
mod saved_view;
#[cfg(test)]
mod seal_batch;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod tool_signing;
#[cfg(test)]
mod transaction;
#[cfg(test)]
mod world;
