//! A PDF taken apart, checked for its form, and read for its fields.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vanthu_domain::Day;
use vanthu_domain::layout::Tongue;
use vanthu_domain::profile::RegulationProfile;
use vanthu_layout::{CheckInput, anatomy, check, extract};

static PROFILE: LazyLock<RegulationProfile> =
    LazyLock::new(|| RegulationProfile::bundled("national").unwrap());

fuzz_target!(|data: &[u8]| {
    let Ok(read) = anatomy(data) else { return };
    let input = CheckInput {
        profile: &PROFILE,
        on: Day::new(2026, 11, 22).unwrap(),
        signer: None,
    };
    let findings = check(&read, &input);
    for finding in &findings {
        assert!(!finding.citation.is_empty());
        assert!(!finding.wanted(Tongue::Vietnamese).is_empty());
        assert!(finding.page.is_none_or(|page| (page as usize) < read.page_count()));
    }
    // The same bytes give the same answer.
    let again = anatomy(data).unwrap();
    assert!(check(&again, &input) == findings);
    assert!(extract(&again) == extract(&read));
});
