//! Reads how many tests passed from what the test runners write.

use std::collections::BTreeSet;

/// How many passed, failed, and were skipped.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Count {
    /// One check that either held or did not.
    pub(crate) fn one(held: bool) -> Self {
        Self {
            passed: u32::from(held),
            failed: u32::from(!held),
            skipped: 0,
        }
    }

    /// Adds another count.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// A runner that ended badly without a failed test did not get as far as its tests: that is a failure too.
    pub(crate) fn with_end(mut self, ended_well: bool) -> Self {
        if !ended_well && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

/// `test result: ok. 3 passed; 1 failed; 0 ignored; …`, once for each test program.
pub(crate) fn cargo(lines: &[String]) -> Count {
    let mut total = Count::default();
    for line in lines {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            continue;
        };
        let words: Vec<&str> = result.split([' ', ';']).collect();
        total.add(Count {
            passed: before(&words, "passed"),
            failed: before(&words, "failed"),
            skipped: before(&words, "ignored"),
        });
    }
    total
}

/// The summary of Node's test runner: `# pass 3` or `ℹ pass 3`, of the last run in `lines`.
pub(crate) fn node(lines: &[String]) -> Count {
    let mut count = Count::default();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [mark, what, number] = words.as_slice() else {
            continue;
        };
        let (true, Ok(number)) = (["#", "ℹ"].contains(mark), number.parse::<u32>()) else {
            continue;
        };
        match *what {
            "pass" => count.passed += number,
            "fail" | "cancelled" => count.failed += number,
            "skipped" | "todo" => count.skipped += number,
            _ => {}
        }
    }
    count
}

/// The report of cargo-nextest, and the distinct lines in which tests say that they skip something.
pub(crate) fn junit(report: &str) -> Option<(Count, BTreeSet<String>)> {
    let head = report.lines().find(|line| line.contains("<testsuites "))?;
    let all = attribute(head, "tests")?;
    let failed = attribute(head, "failures")? + attribute(head, "errors")?;
    let skips = skips(report.lines().map(without_tags));
    Some((
        Count {
            passed: all.saturating_sub(failed),
            failed,
            skipped: 0,
        },
        skips,
    ))
}

/// The distinct lines in which tests say that they skip something.
pub(crate) fn skips(lines: impl Iterator<Item = String>) -> BTreeSet<String> {
    lines
        .filter(|line| line.to_lowercase().starts_with("skip"))
        .collect()
}

/// The text of a line of XML.
fn without_tags(line: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in line.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    let text = text.trim().replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn attribute(tag: &str, name: &str) -> Option<u32> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()?.parse().ok()
}

fn before(words: &[&str], what: &str) -> u32 {
    words
        .windows(2)
        .find_map(|pair| match pair {
            [number, word] if *word == what => number.parse().ok(),
            _ => None,
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_results_of_all_test_programs_are_added_up() {
        let output = lines(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
             test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured",
        );
        assert_eq!(
            cargo(&output),
            Count {
                passed: 7,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn both_forms_of_nodes_summary_are_read() {
        assert_eq!(
            node(&lines("# tests 5\n# pass 4\n# fail 1")),
            Count {
                passed: 4,
                failed: 1,
                skipped: 0
            }
        );
        assert_eq!(
            node(&lines("ℹ tests 5\nℹ pass 5\nℹ fail 0\nℹ skipped 2")).skipped,
            2
        );
    }

    #[test]
    fn a_report_gives_counts_and_what_was_skipped() {
        let report = "<?xml version=\"1.0\"?>\n<testsuites name=\"x\" tests=\"9\" failures=\"1\" errors=\"1\" uuid=\"u\">\n\
                      <system-out>running 1 test\nskipped: no corpus\n</system-out>\n\
                      <system-err>skipped: no corpus</system-err>\n";
        let (count, skips) = junit(report).unwrap();
        assert_eq!(
            count,
            Count {
                passed: 7,
                failed: 2,
                skipped: 0
            }
        );
        assert_eq!(
            skips.into_iter().collect::<Vec<_>>(),
            ["skipped: no corpus"]
        );
    }

    #[test]
    fn a_runner_that_never_reached_its_tests_is_a_failure() {
        assert_eq!(Count::default().with_end(false).failed, 1);
        assert_eq!(
            Count {
                passed: 1,
                failed: 2,
                skipped: 0
            }
            .with_end(false)
            .failed,
            2
        );
    }
}
