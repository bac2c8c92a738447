//! How long a document takes to be typeset, warm: another text each time, as a server meets it.
#![expect(clippy::expect_used, reason = "a benchmark stops at the first fault")]

use std::sync::atomic::{AtomicU32, Ordering};

use divan::Bencher;
use vanthu_domain::body::Body;
use vanthu_layout::samples::{SAMPLES, Sample};
use vanthu_layout::{Letter, archive_faults, typeset_letter};

static ROUND: AtomicU32 = AtomicU32::new(0);

fn main() {
    divan::main();
}

fn sample(name: &str) -> Letter {
    let found = SAMPLES.iter().find(|sample| sample.name == name);
    found.and_then(Sample::letter).expect("a sample")
}

/// The same words with another number in each paragraph.
fn another(letter: &Letter) -> Letter {
    let round = ROUND.fetch_add(1, Ordering::Relaxed);
    let text = letter
        .body
        .source()
        .replace(" năm ", &format!(" {round} năm "));
    Letter {
        body: Body::parse(&text).body,
        ..letter.clone()
    }
}

/// Two pages of text and two of appendices, with footnotes and tables.
#[divan::bench(max_time = 5)]
fn typeset_four_pages(bencher: Bencher<'_, '_>) {
    let letter = Letter {
        body: Body::parse(include_str!("../tests/fixtures/letter.txt")).body,
        ..sample("52-cong-van-tang-cuong")
    };
    bencher
        .with_inputs(|| another(&letter))
        .bench_values(|letter| typeset_letter(&letter).expect("typeset"));
}

/// A decision with a statute of fourteen articles and two appendices.
#[divan::bench(max_time = 5)]
fn typeset_a_decision_with_a_statute(bencher: Bencher<'_, '_>) {
    let letter = sample("51-quyet-dinh-quy-che");
    bencher
        .with_inputs(|| another(&letter))
        .bench_values(|letter| typeset_letter(&letter).expect("typeset"));
}

/// What of PDF/A can be told of a file.
#[divan::bench(max_time = 2)]
fn look_at_the_archive_form(bencher: Bencher<'_, '_>) {
    let pdf = typeset_letter(&sample("18-cong-van")).expect("typeset").pdf;
    bencher.bench(|| archive_faults(&pdf));
}
