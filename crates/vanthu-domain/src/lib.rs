//! The nouns, states, rules and rights of official documents with digital signatures.
//!
//! This is the floor that everything stands on. It never awaits, reads a clock, touches a disk,
//! or knows SQL, HTTP or PDF: whatever it needs is an argument. Start with [`outgoing`] (the life
//! of an outgoing document) and [`permission`] (who may do what).

pub mod account;
pub mod agency;
pub mod agent;
pub mod audit;
pub mod body;
pub mod calendar;
pub mod certificate;
pub mod checkpoint;
pub mod delivery;
pub mod device;
pub mod email;
pub mod english;
pub mod filetype;
pub mod finding;
pub mod id;
pub mod incoming;
pub mod kind;
pub mod layout;
pub mod line;
pub mod moment;
pub mod network;
pub mod outgoing;
pub mod permission;
pub mod profile;
pub mod refusal;
pub mod register;
pub mod text;
pub mod verdict;
mod words;

pub use moment::{Clock, Day, Moment, Randomness};
pub use refusal::Refusal;
