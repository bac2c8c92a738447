//! A PKCS#11 module for tests: it writes down every call, lets another module (SoftHSM) do the work, and plays the
//! troubles that a test asks for – a device pulled out, exchanged, locked, failing, a module that hangs or crashes.
//!
//! As a shared library it is named to a program by its path and finds its [`Recorder`]'s file in the environment
//! (`VANTHU_RECORDER`). As a Rust library it writes that file and reads what was recorded. It ships with nothing.

mod control;
mod module;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The variable that names the file with the rules.
pub const VARIABLE: &str = "VANTHU_RECORDER";

/// Calls that change a device or a key. None of them may ever be seen.
pub const WRITES: [&str; 18] = [
    "C_InitToken",
    "C_InitPIN",
    "C_SetPIN",
    "C_SetOperationState",
    "C_CreateObject",
    "C_CopyObject",
    "C_DestroyObject",
    "C_SetAttributeValue",
    "C_GenerateKey",
    "C_GenerateKeyPair",
    "C_WrapKey",
    "C_UnwrapKey",
    "C_DeriveKey",
    "C_SeedRandom",
    "C_EncryptInit",
    "C_DecryptInit",
    "C_SignRecoverInit",
    "C_DigestKey",
];

/// What the module does, and what it was asked.
pub struct Recorder {
    folder: PathBuf,
    module: PathBuf,
    rules: Mutex<Vec<String>>,
}

impl Recorder {
    /// Rules and records in that folder; `module` does the work.
    ///
    /// # Panics
    ///
    /// When the folder can't be written.
    pub fn new(folder: &Path, module: &Path) -> Self {
        let recorder = Self {
            folder: folder.to_owned(),
            module: module.to_owned(),
            rules: Mutex::default(),
        };
        recorder.write(&[]);
        recorder
    }

    /// The file of this module: cargo puts it beside the tests of whoever depends on it.
    pub fn file() -> Option<PathBuf> {
        let program = std::env::current_exe().ok()?;
        let folder = program.parent()?;
        let name = format!(
            "{}vanthu_recorder{}",
            std::env::consts::DLL_PREFIX,
            std::env::consts::DLL_SUFFIX
        );
        [folder.join(&name), folder.join("deps").join(&name)]
            .into_iter()
            .find(|it| it.is_file())
    }

    /// The variable and its value for the program that loads the module.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        (VARIABLE, self.folder.join("rules"))
    }

    /// From now on these rules hold, and no others. Each is a line:
    ///
    /// - `hide SERIAL`: this device is pulled out; its sessions die;
    /// - `rename SERIAL OTHER`: another device, with that serial number, is in its place;
    /// - `flag SERIAL BITS`: these bits of `CK_TOKEN_INFO` are set;
    /// - `answer CALL FROM VALUE`: from that call on, counted from 1, the value is answered and nothing done;
    /// - `once CALL AT VALUE`: the same for one call;
    /// - `hang CALL FROM`, `crash CALL FROM`: it never comes back, or ends the process.
    ///
    /// # Panics
    ///
    /// When the file can't be written.
    pub fn rules(&self, rules: &[&str]) {
        self.write(rules);
    }

    fn write(&self, rules: &[&str]) {
        let mut text = format!("module {}\n", self.module.display());
        let _never_fails = writeln!(text, "log {}", self.folder.join("calls").display());
        for rule in rules {
            text.push_str(rule);
            text.push('\n');
        }
        // In one step: the module reads the file at any moment.
        let new = self.folder.join("rules.new");
        let written = std::fs::write(&new, text)
            .and_then(|()| std::fs::rename(&new, self.folder.join("rules")));
        assert!(written.is_ok(), "{written:?}");
        if let Ok(mut kept) = self.rules.lock() {
            *kept = rules.iter().map(|&rule| rule.to_owned()).collect();
        }
    }

    /// Every call so far: its name and, where it says more than its name, what it was about.
    pub fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// How often a call was made.
    pub fn count(&self, call: &str) -> usize {
        let is_it = |line: &String| line.split(' ').next() == Some(call);
        self.calls().iter().filter(|line| is_it(line)).count()
    }

    /// The calls that change a device, and the sessions that could: none, if all is well.
    pub fn writes(&self) -> Vec<String> {
        let mut calls = self.calls();
        calls.retain(|line| {
            let name = line.split(' ').next().unwrap_or_default();
            WRITES.contains(&name) || line.contains("read-write")
        });
        calls
    }
}
