//! The government's signing tool (VGCA Sign Service, Ban Cơ yếu Chính phủ) on the signer's machine. A browser page opens its
//! socket, `wss://127.0.0.1:8987`, one connection for one operation: one text frame there, one back. Nothing of this is
//! documented; the messages are read from public integrations, and members that the tool does not know it ignores.
//!
//! - [`message`]: what is sent and what comes back.
//! - [`capability`]: one-time addresses, by which the tool fetches a file and brings it back.
//! - [`session`]: the whole-file flow: created, fetched, uploaded and verified, applied. What happened says the upload at
//!   our server and never the socket: pages have lost the reply while the tool was still sending the file.
//! - [`digest`]: the digest flow over `/SignMsg`, where the tool's version has it. The key signs what we prepared, and
//!   no file leaves us, so it is preferred.

pub mod capability;
pub mod digest;
pub mod message;
pub mod session;

pub use message::{FileRequest, Operation, ToolReply, UploadAnswer};
pub use session::{LocalSession, PageEvent, State};

/// Which way to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The tool signs the digest of what was prepared here.
    Digest,
    /// The tool fetches the file, signs it in its own way, and brings it back.
    WholeFile,
}

/// What is known of the tool on this machine, from trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DigestSupport {
    /// Not tried: ask [`digest::Probe`].
    #[default]
    Unknown,
    /// It signed a digest, and the certificate verified the value.
    Works,
    /// It did not.
    Missing,
}

/// The way that is taken with a tool; `None` while it has to be tried first.
pub fn flow(support: DigestSupport) -> Option<Flow> {
    match support {
        DigestSupport::Unknown => None,
        DigestSupport::Works => Some(Flow::Digest),
        DigestSupport::Missing => Some(Flow::WholeFile),
    }
}
