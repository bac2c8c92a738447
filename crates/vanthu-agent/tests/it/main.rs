//! The program as others start it: a real process, with real modules of key devices.

#[cfg(test)]
mod batch;
#[cfg(test)]
mod device;
#[cfg(test)]
mod office;
#[cfg(test)]
mod program;
#[cfg(test)]
#[cfg(unix)]
mod sealer;
#[cfg(test)]
mod trouble;
