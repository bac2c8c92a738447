//! The routes as programs and browsers meet them: rights, forged requests, sessions, conflicts.

#[cfg(test)]
mod conflict;
#[cfg(test)]
mod door;
#[cfg(test)]
mod english;
#[cfg(test)]
mod incoming_pages;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod outgoing_pages;
#[cfg(test)]
mod stranger;
#[cfg(test)]
mod tool;
#[cfg(test)]
mod world;
