//! The agent as its callers see it: a browser, a page of a paired server, that server, and a
//! person with a PIN.

mod batch;
mod consent;
mod desk;
mod door;
mod pairing;
mod shown;
mod world;
