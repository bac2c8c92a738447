//! The gatherer against a network made of closures: every way in which status services answer and fail.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod good;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod world;
