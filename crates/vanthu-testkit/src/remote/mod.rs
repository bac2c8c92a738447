//! Services that hold keys, played in memory or on the loopback address. Each fake is written from the protocol and
//! checks every member of what it is sent; its failure modes are fields of its own.

pub mod fake_csc;
pub mod fake_mssp;
pub mod fake_mysign;
pub mod fake_smartca;
pub mod serve;
pub mod world;
