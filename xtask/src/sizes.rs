//! A source file longer than 800 lines is two files that have not been told apart yet.

use anyhow::Result;

use crate::repo::Repo;

const LIMIT: usize = 800;
const SOURCES: &[&str] = &["rs", "ts", "mjs", "js", "html", "css", "py", "sh"];
/// A file that a program wrote says so in its first lines.
const GENERATED: &str = "@generated";

/// Every source file that is too long.
pub(crate) fn check(repo: &Repo) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in repo.files_ending(SOURCES)? {
        let text = repo.read(&file)?;
        let lines = text.lines().count();
        if lines > LIMIT && !text.lines().take(5).any(|line| line.contains(GENERATED)) {
            broken.push(format!(
                "{file} has {lines} lines; {LIMIT} is the limit, split it by noun"
            ));
        }
    }
    Ok(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_801_lines_is_refused_unless_a_program_wrote_it() {
        let folder = std::env::temp_dir().join(format!("vanthu-sizes-{}", std::process::id()));
        let repo = Repo::at(&folder);
        repo.write("long.rs", &"// line\n".repeat(801)).unwrap();
        repo.write(
            "made.rs",
            &format!("// @generated\n{}", "// line\n".repeat(801)),
        )
        .unwrap();
        repo.write("short.rs", &"// line\n".repeat(800)).unwrap();
        let broken = check(&repo).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(broken.len(), 1);
        assert!(broken[0].starts_with("long.rs has 801 lines"));
    }
}
