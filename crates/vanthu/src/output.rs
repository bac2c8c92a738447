//! What people read on the terminal, and the files that are written for them.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use crate::told::Told;

/// A line on the standard output.
pub(crate) fn say(line: impl AsRef<str>) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", line.as_ref())?;
    Ok(out.flush()?)
}

/// A trouble on the standard error, and the code that the program ends with. Where even that is closed there is nobody
/// to tell.
pub(crate) fn complain(error: &anyhow::Error) -> ExitCode {
    let told = error.downcast_ref::<Told>();
    let text = told.map_or_else(|| format!("Lỗi: {error:#}"), Told::text);
    let _nobody_reads = writeln!(io::stderr(), "{text}");
    told.map_or(ExitCode::from(3), Told::code)
}

/// How far something is, on the standard error where somebody watches it; the last time with `end`.
pub(crate) fn progress(line: &str, end: bool) {
    let mut out = io::stderr().lock();
    if out.is_terminal() {
        let end = if end { "\n" } else { "" };
        let _nobody_reads = write!(out, "\r\x1b[K{line}{end}");
    }
}

/// A word on the standard error, for whoever is at the keyboard.
pub(crate) fn warn(line: impl AsRef<str>) {
    let _nobody_reads = writeln!(io::stderr(), "{}", line.as_ref());
}

/// Whether a file that is there may be written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// It stays, and nothing is written.
    Refuse,
    /// Somebody asked for it.
    Allow,
}

impl From<bool> for Overwrite {
    fn from(force: bool) -> Self {
        if force { Self::Allow } else { Self::Refuse }
    }
}

/// Refuses a place for a result before anything is done for it.
pub(crate) fn check_free(path: &Path, overwrite: Overwrite) -> Result<(), Told> {
    if overwrite == Overwrite::Refuse && path.exists() {
        return Err(Told::failed(format!("Đã có tệp {}.", path.display()))
            .because("chương trình không ghi đè tệp đã có")
            .now("Chọn tên khác bằng --out, hoặc thêm --force nếu đúng là muốn ghi đè."));
    }
    Ok(())
}

/// Writes a file whole or not at all.
pub(crate) fn write_file(path: &Path, bytes: &[u8], overwrite: Overwrite) -> anyhow::Result<()> {
    write_with(path, overwrite, |file| file.write_all(bytes))
}

/// Writes a file whole or not at all: beside its place first, then moved there. Where two programs write at the same
/// time one of them is refused, unless it may overwrite.
pub(crate) fn write_with(
    path: &Path,
    overwrite: Overwrite,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> anyhow::Result<()> {
    check_free(path, overwrite)?;
    let failed = || format!("không ghi được {}", path.display());
    let beside = beside(path);
    let written = File::create_new(&beside)
        .and_then(|mut file| {
            write(&mut file)?;
            file.sync_all()
        })
        .and_then(|()| match overwrite {
            Overwrite::Allow => std::fs::rename(&beside, path),
            // A link fails where somebody else was quicker; a rename would not.
            Overwrite::Refuse => std::fs::hard_link(&beside, path),
        });
    let left_over = std::fs::remove_file(&beside);
    match (written, overwrite, left_over) {
        (Err(error), ..) | (Ok(()), Overwrite::Refuse, Err(error)) => {
            Err(error).with_context(failed)
        }
        (Ok(()), ..) => Ok(()),
    }
}

/// A name in the same folder that nobody else uses.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

/// A table with columns as wide as their widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .map(|it| it.chars().count())
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        format!("  {}", cells.collect::<Vec<_>>().join("  "))
            .trim_end()
            .to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_in_vietnamese_too() {
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        assert_eq!(
            table(&[row("ủy", "b"), row("abcd", "c")]),
            "  ủy    b\n  abcd  c"
        );
    }

    #[test]
    fn a_file_is_written_over_only_when_asked_for_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kết quả.pdf");
        write_file(&path, b"1", Overwrite::Refuse).unwrap();
        assert!(write_file(&path, b"2", Overwrite::Refuse).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"1");
        write_file(&path, b"3", Overwrite::Allow).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"3");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let nowhere = folder.path().join("không có").join("a.pdf");
        assert!(write_file(&nowhere, b"4", Overwrite::Refuse).is_err());
    }
}
