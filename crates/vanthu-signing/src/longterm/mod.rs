//! Long-term signatures: evidence in the file (DSS), document time-stamps over it, and until when that protects.
//!
//! Nothing here fetches anything: evidence and time-stamp tokens are given. The levels are those of
//! ETSI EN 319 142-1, 6: B-B a signature, B-T with a time-stamp, B-LT with all evidence in the file, B-LTA with a
//! document time-stamp over that. Start reading at [`extend`].

pub(crate) mod dss;
pub(crate) mod evidence;
pub(crate) mod extend;
pub(crate) mod level;
pub(crate) mod protection;
pub(crate) mod signed;
pub(crate) mod stamp;
