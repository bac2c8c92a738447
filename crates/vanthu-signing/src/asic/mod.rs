//! Containers that hold files and the signatures over them (ASiC, ETSI EN 319 162-1): read strictly, made, kept for
//! long. Judging stands in `validate/container.rs`.
//!
//! A container is a ZIP archive. Readers of ZIP archives disagree where a file contradicts itself; so whatever could be
//! understood in two ways is refused here, before anything in it is believed.

pub(crate) mod archive;
pub(crate) mod extend;
pub(crate) mod layout;
pub(crate) mod manifest;
pub(crate) mod pack;
pub(crate) mod prepare;
pub(crate) mod problem;
pub(crate) mod sniff;
