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
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use vanthu_pki::authority::{Authority, Endpoints, PersonSubject, Validity};
//! use vanthu_pki::{SoftKey, Time};
//! use vanthu_remote::smartca::SmartCa;
//! use vanthu_remote::{
//!     ConsentMode, Ending, Endpoint, Holder, HttpAnswer, Item, Next, Order, Pace, Plain, Purpose, Reply, Scal,
//!     Secret, Seed, Signing, TransactionId, Wanted,
//! };
//!
//! # let now = Time::from_unix(1_795_336_200);
//! # let validity = Validity { from: now.plus_days(-1), to: now.plus_days(365) };
//! # let root = Authority::root(SoftKey::generate_p256()?, "Gốc", validity, 1)?;
//! # let key = SoftKey::generate_p256()?;
//! # let person = PersonSubject { full_name: "Nguyễn Văn Mẫu".to_owned(), ..Default::default() };
//! # let certificate = root.person(&person, &key.spki(), validity, 2, &Endpoints::default())?;
//! let provider = Arc::new(SmartCa {
//!     base: Endpoint::new("https://ky.example.vn/sca/sp769", Plain::Refused)?,
//!     sp_id: "vanthu".to_owned(),
//!     sp_password: Secret::new("mật khẩu của phần mềm"),
//!     batch: 20,
//!     question: TransactionId::new("hoi-0001")?,
//! });
//! let order = Order {
//!     transaction: TransactionId::new("ky-0001-a")?,
//!     holder: Holder::new("079099001234"),
//!     credential: certificate.serial_hex(),
//!     algorithm: key.default_algorithm(),
//!     certificate,
//!     multisign: 20,
//!     scal: Scal::Two,
//!     consent: ConsentMode::OnDevice,
//!     items: vec![Item { digest: vec![7; 32], name: "12/UBND-VX".to_owned() }],
//!     display: "12/UBND-VX Về việc kiểm tra đất đai".to_owned(),
//!     wanted: Wanted::Raw,
//!     started_at: now,
//! };
//! let mut signing = Signing::begin(provider, order, Pace::default(), Seed::new([0; 32]))?;
//! assert_eq!(signing.pending().unwrap().verification_code, "0135");
//! let mut elapsed = Duration::ZERO;
//! let outcome = loop {
//!     match signing.next(elapsed) {
//!         // An adapter makes it; here the holder refuses.
//!         Next::Ask(request) => {
//!             let said = match request.purpose {
//!                 Purpose::Sign => r#"{"status_code": 200, "message": "sig_wait_for_user_confirm"}"#,
//!                 _ => r#"{"status_code": 200, "message": "Người dùng từ chối"}"#,
//!             };
//!             signing.answer(request.id, HttpAnswer::Reply(Reply::new(200, said)), elapsed);
//!         }
//!         Next::Wait(time) => elapsed += time,
//!         Next::Browser(_) => unreachable!("SmartCA has no page of its own"),
//!         Next::Ended => break signing.outcome().unwrap(),
//!     }
//! };
//! assert_eq!(outcome.ending, Ending::Refused);
//! assert!(!outcome.may_be_signed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
