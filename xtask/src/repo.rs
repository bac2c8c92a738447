//! Where the repository lies, which files it holds, and how a check speaks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold what is built, installed or in use, never sources.
const NOT_SOURCES: &[&str] = &[
    "target",
    "node_modules",
    "var",
    ".git",
    ".venv",
    "__pycache__",
    "test-results",
    "corpus",
    "artifacts",
];

/// The front end's build result.
const BUILT: &[&str] = &["crates/vanthu-web/static/dist"];

/// The repository on disk.
pub(crate) struct Repo {
    root: PathBuf,
}

impl Repo {
    /// The repository that this program was built from.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in a folder of the repository")?;
        Ok(Self::at(root))
    }

    /// The repository in `root`.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
        }
    }

    /// The folder that holds everything.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The place of `path`, which is written from the root.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Whether `path`, written from the root, is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// The text of `path`, written from the root.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.path(path)).with_context(|| format!("cannot read {path}"))
    }

    /// Writes `text` to `path`, making its folder where it is missing.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        let full = self.path(path);
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder of {path}"))?;
        }
        fs::write(full, text).with_context(|| format!("cannot write {path}"))
    }

    /// Writes a generated page, or with `check` says that it is not what `command` would write.
    pub(crate) fn keep(
        &self,
        path: &str,
        text: &str,
        check: bool,
        command: &str,
    ) -> Result<Option<String>> {
        if !check {
            self.write(path, text)?;
            return Ok(None);
        }
        let written = self.read(path).unwrap_or_default();
        Ok((written != text).then(|| format!("{path} is stale: run `{command}`")))
    }

    /// Every file of the repository, written from the root with `/`, in order.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.walk(&self.root, &mut found)?;
        found.sort();
        Ok(found)
    }

    /// The files whose name ends with one of `endings` (written without the dot).
    pub(crate) fn files_ending(&self, endings: &[&str]) -> Result<Vec<String>> {
        let mut files = self.files()?;
        files.retain(|file| {
            file.rsplit_once('.')
                .is_some_and(|(_, ending)| endings.contains(&ending))
        });
        Ok(files)
    }

    fn walk(&self, folder: &Path, found: &mut Vec<String>) -> Result<()> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let written = path
                .strip_prefix(&self.root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            if entry.file_type()?.is_dir() {
                if !NOT_SOURCES.contains(&name.as_str()) && !BUILT.contains(&written.as_str()) {
                    self.walk(&path, found)?;
                }
            } else if entry.file_type()?.is_file() {
                found.push(written);
            }
        }
        Ok(())
    }
}

/// Says one line to the person who runs the check.
#[expect(clippy::print_stdout, reason = "a check speaks on the terminal")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
