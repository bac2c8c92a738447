//! The rules of a test, read again at each call, and the record of the calls.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use cryptoki_sys::{CK_RV, CK_ULONG};

use crate::VARIABLE;

/// How often each call was made in this process.
static COUNTS: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());

/// The rules as they stand now.
#[derive(Default)]
pub(crate) struct Rules(Vec<Vec<String>>);

impl Rules {
    pub(crate) fn read() -> Self {
        let text = std::env::var_os(VARIABLE)
            .and_then(|path| std::fs::read_to_string(path).ok())
            .unwrap_or_default();
        let line = |line: &str| line.splitn(4, ' ').map(str::to_owned).collect();
        Self(text.lines().map(line).collect())
    }

    fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
        self.0
            .iter()
            .filter(move |rule| rule.first().is_some_and(|it| it == kind))
            .map(|rule| rule.iter().skip(1).map(String::as_str).collect())
    }

    /// The rest of the line: paths may hold blanks.
    pub(crate) fn path(&self, kind: &str) -> Option<String> {
        self.all(kind).next().map(|words| words.join(" "))
    }

    pub(crate) fn hides(&self, serial: &str) -> bool {
        self.all("hide").any(|it| it.as_slice() == [serial])
    }

    pub(crate) fn renamed(&self, serial: &str) -> Option<String> {
        self.all("rename").find_map(|it| match it.as_slice() {
            [of, other] if *of == serial => Some((*other).to_owned()),
            _ => None,
        })
    }

    pub(crate) fn flags(&self, serial: &str) -> CK_ULONG {
        let of = |it: Vec<&str>| match it.as_slice() {
            [of, bits] if *of == serial => number(bits),
            _ => 0,
        };
        self.all("flag").map(of).fold(0, |sum, bits| sum | bits)
    }

    /// Writes the call down, and does what a rule wants instead of it.
    pub(crate) fn met(&self, call: &'static str, about: &str) -> Option<CK_RV> {
        let so_far = {
            let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(call).or_default();
            *count += 1;
            *count
        };
        self.note(call, about);
        let from =
            |it: &[&str]| it.first() == Some(&call) && it.get(1).map(|n| number(n)) <= Some(so_far);
        if self.all("crash").any(|it| from(&it)) {
            std::process::abort();
        }
        if self.all("hang").any(|it| from(&it)) {
            loop {
                std::thread::park();
            }
        }
        let at =
            |it: &[&str]| it.first() == Some(&call) && it.get(1).map(|n| number(n)) == Some(so_far);
        let once = self.all("once").find(|it| at(it));
        let answer = once.or_else(|| self.all("answer").find(|it| from(it)));
        answer.and_then(|it| it.get(2).map(|value| number(value)))
    }

    fn note(&self, call: &str, about: &str) {
        let Some(path) = self.path("log") else {
            return;
        };
        let line = if about.is_empty() {
            format!("{call}\n")
        } else {
            format!("{call} {about}\n")
        };
        let opened = std::fs::File::options()
            .create(true)
            .append(true)
            .open(path);
        let written = opened.and_then(|mut file| file.write_all(line.as_bytes()));
        // A record with a gap would prove nothing.
        if written.is_err() {
            std::process::abort();
        }
    }
}

fn number(text: &str) -> CK_ULONG {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => CK_ULONG::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.unwrap_or(CK_ULONG::MAX)
}
