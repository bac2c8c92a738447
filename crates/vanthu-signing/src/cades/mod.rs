//! Detached signatures for files of any kind (CAdES, ETSI EN 319 122-1): made, and kept for long.
//!
//! The same pipeline as for a PDF, but the file stays as it is and the signature is a file of its own (`.p7s`). Start
//! at [`prepare_detached`](prepare::prepare_detached). Judging stands in `validate/detached.rs`.

pub(crate) mod archive;
pub(crate) mod extend;
pub(crate) mod file;
pub(crate) mod known;
pub(crate) mod prepare;
pub(crate) mod raw;
pub(crate) mod stamp;
