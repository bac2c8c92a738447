//! Clients of services that hold keys for their owners: remote signing (ký số từ xa), signing on a SIM (ký số trên SIM) and
//! the government's own signing tool. The crate knows digests and certificates; it has never heard of a document,
//! a register or a database.
//!
//! There is no network, clock or randomness here. A conversation says which request it wants made, takes what came of
//! it and the time that has passed, and ends with an [`Outcome`] that has one name. What a request may show in a log is
//! its `Display`; passwords, tokens, SADs and PINs are [`Secret`]s, overwritten when they are dropped.
//!
//! - [`SigningProvider`]: what every service is asked, in one form. Implementations: [`csc`] (the Cloud Signature
//!   Consortium, versions 1 and 2), [`mysign`] (Viettel), [`smartca`] (VNPT), [`mssp`] (ETSI TS 102 204).
//! - [`Inquiry`]: the credentials of a holder.
//! - [`Signing`]: an order on its way to signatures, with one deadline, one set of rules about repetition, and
//!   verification of every value against the pinned certificate.
//! - [`local`]: the messages and the session of the government's tool (VGCA), which a browser page carries.
//!
//! Elapsed times count from the order's beginning; digests, values and certificates are octets, in base64 or
//! hexadecimal only on the wire.
//!
//! Start reading at [`signing`].

pub mod csc;
pub mod display;
pub mod http;
pub mod inquiry;
mod json;
pub mod local;
pub mod model;
pub mod mssp;
pub mod mysign;
pub mod order;
pub mod outcome;
pub mod provider;
pub mod secret;
pub mod signing;
pub mod smartca;
pub mod value;

pub use http::{Endpoint, HttpAnswer, HttpRequest, Plain, Purpose, Reply, RequestId};
pub use inquiry::{Found, Inquiry};
pub use model::{ConsentMode, Credential, CredentialInfo, Holder, Scal};
pub use order::{BadOrder, Item, Order, TransactionId};
pub use outcome::{Certainty, Ending, Failure, ItemOutcome, Late, LateWord, Outcome};
pub use provider::{Seed, SigningProvider};
pub use secret::Secret;
pub use signing::{Checkpoint, Next, Pace, Pending, Signing};
pub use value::{SignatureValue, Wanted};
