//! The program as others start it: a real process.

#[cfg(test)]
mod program;
