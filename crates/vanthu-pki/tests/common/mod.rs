//! What several tests of foreign cases share.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
struct Waivers {
    #[serde(default)]
    waiver: Vec<Waiver>,
}

#[derive(Deserialize)]
struct Waiver {
    id: String,
    reason: String,
}

/// Cases whose verdict is another one here, with the reason, from a page of `docs/rules`.
pub(crate) fn waivers(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap();
    let read: Waivers = toml::from_str(&text).unwrap();
    let count = read.waiver.len();
    let map: BTreeMap<String, String> = read
        .waiver
        .into_iter()
        .map(|it| (it.id, it.reason))
        .collect();
    assert_eq!(map.len(), count, "a case is listed twice");
    assert!(
        map.values().all(|reason| reason.len() > 20),
        "a reason is missing"
    );
    map
}
