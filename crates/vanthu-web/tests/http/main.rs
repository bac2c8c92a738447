//! The routes as programs and browsers meet them: rights, forged requests, sessions, conflicts.

mod conflict;
mod door;
mod incoming_pages;
mod matrix;
mod outgoing_pages;
mod world;
