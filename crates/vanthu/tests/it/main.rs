//! The program as people run it: real processes, real exit codes.

#[cfg(test)]
mod device;
#[cfg(test)]
mod files;
#[cfg(test)]
mod layout;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod program;
#[cfg(test)]
mod real;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod verify;
