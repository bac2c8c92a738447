//! The signing agent (thiết bị ký): the program on the signer's desk.
//!
//! It holds the door to the keys. It listens on the loopback address only, speaks only with paired
//! servers, shows on its own page what is to be signed, takes the PIN there, and signs. It never
//! writes to a key device, never keeps a PIN, and keeps no document: it holds each file against the digest that it signs,
//! shows the first page, and forgets it.
//!
//! Start reading at [`door`] for what can be called, [`pair`] for how a server comes to be served, [`consent`] for the life of a session on this
//! desk, [`examine`] for what is checked before a person is asked, and [`sign`] for what happens
//! afterwards.

pub mod agent;
mod api;
mod attributes;
pub mod check;
pub mod checkup;
pub mod clock;
pub mod consent;
mod devices;
pub mod door;
pub mod draw;
pub mod examine;
pub mod kept;
pub mod keys;
mod life;
pub mod machine;
pub mod origin;
mod page;
pub mod pair;
mod paper;
pub mod practice;
mod problems;
#[cfg(unix)]
pub mod sealer;
mod server;
pub mod settings;
mod shown;
pub mod sign;
pub mod texts;

#[cfg(test)]
mod tests;

pub use agent::{Agent, AutomaticConsent};
pub use kept::Paired;
pub use origin::Origin;
pub use vanthu_token as token;
pub use vanthu_token::Pin;
