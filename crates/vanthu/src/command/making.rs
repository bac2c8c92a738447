//! What the commands that make signatures share: the key, the time-stamp service, the level, the result.

pub(crate) mod holder;
pub(crate) mod key;
pub(crate) mod level;
pub(crate) mod result;
pub(crate) mod stamp;
pub(crate) mod task;
pub(crate) mod words;

/// The end of the help of every command that makes a file.
pub(crate) const EXIT_CODES: &str = "Exit codes: 0 the file was written, 1 refused (what is in the file or the certificate stands against it), 2 wrong usage, 3 it could not be done (wrong PIN, no device, a service that does not answer, a file that can't be read or written). Nothing is written unless it ends with 0.";
