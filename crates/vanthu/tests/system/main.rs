//! The built program under hardship: killed between any two steps, its database gone, its disk
//! full. Nothing is lost, nothing is doubled, and what can't be done is refused in words.

#[cfg(test)]
mod device;
#[cfg(test)]
mod hardship;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod person;
#[cfg(test)]
mod story;
#[cfg(test)]
mod wire;
