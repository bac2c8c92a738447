//! The built program under hardship: killed between any two steps, its database gone, its disk
//! full. Nothing is lost, nothing is doubled, and what can't be done is refused in words.

#[cfg(test)]
mod device;
#[cfg(test)]
mod hardship;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod large;
#[cfg(test)]
mod person;
#[cfg(test)]
#[path = "../it/program.rs"]
#[expect(
    dead_code,
    reason = "borrowed from the other tests, which need more of it"
)]
mod program;
#[cfg(test)]
#[cfg(unix)]
mod sealer;
#[cfg(test)]
mod story;
#[cfg(test)]
mod wire;
