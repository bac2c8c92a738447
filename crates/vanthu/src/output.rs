//! What people read on the terminal.

use std::io::{IsTerminal as _, Write as _};

/// A line on the standard output.
pub(crate) fn say(line: impl AsRef<str>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", line.as_ref())?;
    Ok(out.flush()?)
}

/// A trouble on the standard error. Where even that is closed there is nobody to tell.
pub(crate) fn complain(error: &anyhow::Error) {
    let _nobody_reads = writeln!(std::io::stderr(), "Lỗi: {error:#}");
}

/// How many of several things are done, on the standard error where somebody watches it.
pub(crate) fn progress(done: usize, all: usize) {
    let mut out = std::io::stderr().lock();
    if all > 1 && out.is_terminal() {
        let end = if done == all { "\n" } else { "" };
        let _nobody_reads = write!(out, "\r{done}/{all}{end}");
    }
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
}
