//! Programs under test, as another program starts them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Starts it and waits for its first line, in which a server says where it listens. Whoever calls decides about its input
/// and its errors.
pub fn start(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut said).unwrap();
    (child, said.trim_end().to_owned())
}
