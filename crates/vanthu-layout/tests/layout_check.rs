//! The checker against documents of every kind: each rule broken once, and good ones without a word.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod corpus;

use std::collections::{BTreeMap, BTreeSet};

use corpus::doc::Doc;
use corpus::held::Truth;
use corpus::paper::Runs;
use corpus::{defects, good};
use vanthu_domain::Day;
use vanthu_domain::layout::{LayoutRule, LayoutSeverity, Tongue};
use vanthu_domain::profile::RegulationProfile;
use vanthu_layout::{CheckInput, ExpectedSigner, LayoutFinding, anatomy, check};

fn findings(pdf: &[u8], signer: Option<&ExpectedSigner>) -> Vec<LayoutFinding> {
    let profile = RegulationProfile::bundled("national").unwrap();
    let input = CheckInput {
        profile: &profile,
        on: Day::new(2026, 11, 22).unwrap(),
        signer,
    };
    check(&anatomy(pdf).unwrap(), &input)
}

fn wrong(findings: &[LayoutFinding]) -> Vec<String> {
    let wrong = findings
        .iter()
        .filter(|it| it.severity == LayoutSeverity::Wrong);
    wrong
        .map(|it| {
            let seen = it.seen.words(Tongue::Vietnamese);
            format!(
                "{} p.{:?}: {seen}, {}",
                it.rule.code(),
                it.page,
                it.wanted(Tongue::Vietnamese)
            )
        })
        .collect()
}

/// Proves: TG-5.4
#[test]
fn nothing_is_called_wrong_on_good_documents() {
    let mut loud = Vec::new();
    let documents = good::all();
    for (name, pdf) in &documents {
        let wrong = wrong(&findings(pdf, None));
        if !wrong.is_empty() {
            loud.push(format!("{name}: {}", wrong.join("; ")));
        }
    }
    println!(
        "{} good documents, {} with a false alarm",
        documents.len(),
        loud.len()
    );
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}

/// Proves: TG-5.4
#[test]
fn every_planted_defect_is_found_by_its_rule() {
    let defects = defects::all();
    let mut missed = Vec::new();
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut placed = 0;
    for (number, defect) in defects.iter().enumerate() {
        let found = findings(&defect.doc.pdf(), None);
        let of_rule: Vec<_> = found.iter().filter(|it| it.rule == defect.rule).collect();
        if of_rule.is_empty() {
            missed.push(format!(
                "{number} {}: only {:?}",
                defect.rule.code(),
                wrong(&found)
            ));
        }
        placed += usize::from(of_rule.iter().any(|it| it.page.is_some()));
        for other in found
            .iter()
            .filter(|it| it.severity == LayoutSeverity::Wrong)
        {
            if other.rule != defect.rule && !defect.with.contains(&other.rule) {
                beside
                    .entry(defect.rule.code())
                    .or_default()
                    .insert(other.rule.code());
            }
        }
    }
    let rules: BTreeSet<_> = defects.iter().map(|it| it.rule).collect();
    println!(
        "{} planted defects of {} rules: {} found, {placed} with their page; others told beside them: {beside:?}",
        defects.len(),
        rules.len(),
        defects.len() - missed.len()
    );
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(beside.len() <= 6, "{beside:#?}");
}

#[test]
fn every_rule_that_a_page_can_break_has_its_planted_defect() {
    let planted: BTreeSet<_> = defects::all().iter().map(|it| it.rule).collect();
    // These have tests of their own below.
    let elsewhere = [
        LayoutRule::ScanOnly,
        LayoutRule::ScanWithText,
        LayoutRule::Unreadable,
        LayoutRule::AuthorityPerson,
        LayoutRule::NormativeForm,
        LayoutRule::PartyForm,
    ];
    let bare: Vec<_> = LayoutRule::ALL
        .iter()
        .filter(|rule| !planted.contains(rule) && !elsewhere.contains(rule))
        .map(|rule| rule.code())
        .collect();
    assert!(bare.is_empty(), "{bare:?}");
}

/// What another law prescribes the form of is told, and judged by nothing else.
#[test]
fn documents_of_another_form_are_told_and_not_judged() {
    let mut normative = corpus::doc::decision();
    "Số: 12/2026/QĐ-UBND".clone_into(&mut normative.number.as_mut().unwrap().text);
    let mut party = corpus::doc::plan();
    let nation = party.nation.as_mut().unwrap();
    "ĐẢNG CỘNG SẢN VIỆT NAM".clone_into(&mut nation.text);
    party.motto = None;
    for (mut doc, rule) in [
        (normative, LayoutRule::NormativeForm),
        (party, LayoutRule::PartyForm),
    ] {
        // Enough to be wrong by the rules of administrative documents.
        doc.margins[2] = 42.0;
        let found = findings(&doc.pdf(), None);
        let rules: Vec<_> = found.iter().map(|it| it.rule).collect();
        assert_eq!(rules, [rule]);
        assert!(found[0].rect.is_some());
        assert_eq!(found[0].severity, LayoutSeverity::Info);
    }
}

/// The same words, split by a word processor in the middle of words.
#[test]
fn how_words_are_split_into_runs_changes_nothing() {
    for doc in [
        corpus::doc::letter(),
        corpus::doc::decision(),
        corpus::doc::plan(),
    ] {
        let odd = Doc {
            runs: Runs::Odd,
            ..doc.clone()
        };
        let codes = |doc: &Doc| -> Vec<_> {
            findings(&doc.pdf(), None)
                .iter()
                .map(|it| it.rule.code())
                .collect()
        };
        assert_eq!(codes(&odd), codes(&doc));
    }
}

/// Proves: DT-0
#[test]
fn a_picture_of_paper_is_told_and_nothing_else_is_said_of_it() {
    let mut scan = corpus::paper::Paper::new(595.0, 842.0);
    scan.pictures = vec![0];
    let codes: Vec<_> = findings(&scan.pdf(), None)
        .iter()
        .map(|it| it.rule)
        .collect();
    assert_eq!(codes, [LayoutRule::ScanOnly]);
    let backed = Doc {
        pictures: true,
        ..corpus::doc::letter()
    };
    let found = findings(&backed.pdf(), None);
    assert!(
        found.iter().all(|it| it.rule != LayoutRule::ScanOnly),
        "text over a picture is a text"
    );
}

/// Proves: DT-0
#[test]
fn a_scan_with_recognised_text_is_told_and_still_read() {
    let scan = Doc {
        pictures: true,
        hidden: true,
        ..corpus::doc::decision()
    };
    let pdf = scan.pdf();
    let codes: Vec<_> = findings(&pdf, None).iter().map(|it| it.rule).collect();
    assert_eq!(codes, [LayoutRule::ScanWithText]);
    let found = read(&pdf);
    assert_eq!(
        (
            found.number.as_str(),
            found.kind.as_str(),
            found.signer.as_str()
        ),
        ("87", "decision", "Trần Thị Thí Dụ")
    );
}

/// What a page draws, with bytes changed, left out and doubled.
#[test]
fn damaged_pages_are_taken_apart_without_a_fall() {
    let profile = RegulationProfile::bundled("national").unwrap();
    let on = Day::new(2026, 11, 22).unwrap();
    let input = CheckInput {
        profile: &profile,
        on,
        signer: None,
    };
    let mut chance: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        usize::try_from(chance % below as u64).unwrap()
    };
    let mut read = 0;
    for doc in [corpus::doc::letter(), corpus::doc::plan()] {
        let whole = doc.pdf();
        // The pages stand behind the fonts.
        let pages = whole.windows(3).rposition(|it| it == b"BT ").unwrap();
        let from = pages.saturating_sub(20_000);
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=next(12) {
                let at = from + next(bytes.len() - from - 40);
                match next(4) {
                    0 => bytes[at] = b'0' + u8::try_from(next(10)).unwrap(),
                    1 => bytes[at] ^= u8::try_from(1 + next(255)).unwrap(),
                    2 => drop(bytes.drain(at..at + next(30))),
                    _ => {
                        let part = bytes[at..at + 30].to_vec();
                        bytes.splice(at..at, part);
                    }
                }
            }
            if let Ok(anatomy) = anatomy(&bytes) {
                read += 1;
                let told = check(&anatomy, &input);
                drop((told, vanthu_layout::extract(&anatomy)));
            }
        }
    }
    println!("{read} of 120 damaged files were taken apart");
    assert!(read > 30);
}

#[test]
fn a_block_that_names_another_signer_is_told() {
    let expected = |lines: &[&str], name: &str| ExpectedSigner {
        authority_lines: lines.iter().map(|it| (*it).to_owned()).collect(),
        name: name.to_owned(),
    };
    let pdf = corpus::doc::letter().pdf();
    let count = |signer: &ExpectedSigner| {
        let found = findings(&pdf, Some(signer));
        found
            .iter()
            .filter(|it| it.rule == LayoutRule::AuthorityPerson)
            .count()
    };
    let right = expected(
        &["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        "Trần Thị Thí Dụ",
    );
    assert_eq!(count(&right), 0);
    assert_eq!(
        count(&ExpectedSigner {
            name: "Lê Văn Thử".to_owned(),
            ..right.clone()
        }),
        1
    );
    assert_eq!(
        count(&expected(
            &["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
            "Trần Thị Thí Dụ"
        )),
        1
    );
}

#[test]
fn bytes_that_are_no_document_are_an_error_and_never_a_fall() {
    assert!(anatomy(b"no pdf").is_err());
    let whole = corpus::doc::decision().pdf();
    for part in 1..40 {
        let end = whole.len() * part / 40;
        if let Ok(read) = anatomy(whole.get(..end).unwrap()) {
            let profile = RegulationProfile::bundled("national").unwrap();
            let on = Day::new(2026, 11, 22).unwrap();
            let told = check(
                &read,
                &CheckInput {
                    profile: &profile,
                    on,
                    signer: None,
                },
            );
            drop((told, vanthu_layout::extract(&read)));
        }
    }
}

/// What was read, as the truth writes it.
fn read(pdf: &[u8]) -> Truth {
    let read = vanthu_layout::extract(&anatomy(pdf).unwrap());
    let text =
        |field: Option<vanthu_layout::Field<String>>| field.map(|it| it.value).unwrap_or_default();
    let list = |fields: &[vanthu_layout::Field<String>], between: &str| {
        let values: Vec<&str> = fields.iter().map(|it| it.value.as_str()).collect();
        values.join(between)
    };
    let references: Vec<&str> = read
        .references
        .iter()
        .map(|it| it.number.as_str())
        .collect();
    Truth {
        kind: read
            .kind
            .map(|it| it.value.code().to_owned())
            .unwrap_or_default(),
        date: read.date.map(|it| it.value.to_string()).unwrap_or_default(),
        urgency: read
            .urgency
            .map(|it| it.value.code().to_owned())
            .unwrap_or_default(),
        addressees: list(&read.addressees, "; "),
        authority: list(&read.authority, " "),
        references: references.join(", "),
        number: text(read.number),
        notation: text(read.notation),
        place: text(read.place),
        parent: text(read.parent_agency),
        agency: text(read.agency),
        subject: text(read.subject),
        signer: text(read.signer),
        title: text(read.title),
    }
}

fn fields(truth: &Truth) -> [(&'static str, &str); 14] {
    [
        ("kind", &truth.kind),
        ("number", &truth.number),
        ("notation", &truth.notation),
        ("place", &truth.place),
        ("date", &truth.date),
        ("parent", &truth.parent),
        ("agency", &truth.agency),
        ("subject", &truth.subject),
        ("addressees", &truth.addressees),
        ("signer", &truth.signer),
        ("authority", &truth.authority),
        ("title", &truth.title),
        ("urgency", &truth.urgency),
        ("references", &truth.references),
    ]
}

/// Proves: TG-8.2
#[test]
fn the_fields_of_registration_are_read_from_every_layout() {
    let held = corpus::held::all();
    assert_eq!(held.len(), 60);
    // Right, proposed, wanted.
    let mut counts: BTreeMap<&str, (u32, u32, u32)> = BTreeMap::new();
    let mut missed = Vec::new();
    for (name, pdf, truth) in &held {
        let found = read(pdf);
        for ((field, wanted), (_, got)) in fields(truth).into_iter().zip(fields(&found)) {
            let count = counts.entry(field).or_default();
            let same = got.to_lowercase() == wanted.to_lowercase();
            count.0 += u32::from(same && !wanted.is_empty());
            count.1 += u32::from(!got.is_empty());
            count.2 += u32::from(!wanted.is_empty());
            if !same {
                missed.push(format!("{name} {field}: {got:?}, not {wanted:?}"));
            }
        }
    }
    let percent = |part: u32, all: u32| 100.0 * f64::from(part) / f64::from(all.max(1));
    println!("{} documents; field: precision, recall", held.len());
    for (field, (right, proposed, wanted)) in &counts {
        println!(
            "  {field}: {:.1} %, {:.1} %",
            percent(*right, *proposed),
            percent(*right, *wanted)
        );
    }
    let sum = |of: fn(&(u32, u32, u32)) -> u32| counts.values().map(of).sum::<u32>();
    let (right, proposed, wanted) = (sum(|it| it.0), sum(|it| it.1), sum(|it| it.2));
    println!(
        "  all: {:.1} %, {:.1} %",
        percent(right, proposed),
        percent(right, wanted)
    );
    let good = percent(right, proposed) >= 98.0 && percent(right, wanted) >= 98.0;
    assert!(good, "{}", missed.join("\n"));
}

/// Files of other programs that lie beside the project, if any.
#[test]
fn files_of_other_programs_are_taken_apart_without_a_fall() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let mut folders = vec![folder];
    let (mut files, mut read) = (0, 0);
    let profile = RegulationProfile::bundled("national").unwrap();
    let on = Day::new(2026, 11, 22).unwrap();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_pdf = path
                .extension()
                .is_some_and(|it| it.eq_ignore_ascii_case("pdf"));
            let small = entry.metadata().is_ok_and(|it| it.len() < 400_000);
            // One in five is enough for every run.
            files += usize::from(is_pdf && small);
            if !is_pdf || !small || !files.is_multiple_of(5) {
                continue;
            }
            let Ok(anatomy) = anatomy(&std::fs::read(&path).unwrap()) else {
                continue;
            };
            let told = check(
                &anatomy,
                &CheckInput {
                    profile: &profile,
                    on,
                    signer: None,
                },
            );
            drop((told, vanthu_layout::extract(&anatomy)));
            read += 1;
        }
    }
    if files == 0 {
        println!("skipped: no files of other programs beside the project");
    } else {
        println!(
            "{read} of {} files of other programs were taken apart",
            files / 5
        );
    }
}
