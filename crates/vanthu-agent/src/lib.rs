//! The signing agent (thiết bị ký): the program on the signer's desk.
//!
//! It holds the door to the keys. It listens on the loopback address only, speaks only with paired
//! servers, shows on its own page what is to be signed, takes the PIN there, and signs. It never
//! writes to a key device, never keeps a PIN, and never sees a document: only its digest.
//!
//! Start reading at [`door`] for what can be called, [`consent`] for the life of a session on this
//! desk, [`examine`] for what is checked before a person is asked, and [`sign`] for what happens
//! afterwards.

pub mod agent;
mod api;
mod attributes;
pub mod check;
pub mod clock;
pub mod consent;
mod devices;
pub mod door;
pub mod examine;
pub mod keys;
mod life;
mod page;
pub mod pairing;
pub mod practice;
mod problems;
mod server;
pub mod sign;
pub mod texts;

#[cfg(test)]
mod tests;

pub use agent::{Agent, AutomaticConsent};
pub use pairing::Origin;
pub use vanthu_token as token;
pub use vanthu_token::Pin;
