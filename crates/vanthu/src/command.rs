//! One file a command.

pub(crate) mod anchors;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod extend;
pub(crate) mod file;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod ledger;
pub(crate) mod making;
pub(crate) mod migrate;
pub(crate) mod practice;
pub(crate) mod seal;
pub(crate) mod serve;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod subject;
pub(crate) mod trust;
pub(crate) mod verify;
