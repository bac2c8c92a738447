//! Containers that lie about themselves: each is refused or reported by a name of its own.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use vanthu_signing::{ContainerFault as F, ContainerReport, Indication, SubIndication};

use crate::asic::judge;
use crate::ladder::Ladder;
use crate::sealed::{FILES, climb_container, entry, input, names, sign_container};

const MIMETYPE: &[u8] = b"application/vnd.etsi.asic-e+zip";

/// One entry as an attacker writes it.
#[derive(Clone)]
struct Item {
    name: Vec<u8>,
    local_name: Vec<u8>,
    flags: u16,
    method: u16,
    local_method: u16,
    packed: Vec<u8>,
    size: u32,
    local_size: u32,
    crc: u32,
    extra: Vec<u8>,
    /// Bytes between the header's data and the next header.
    behind: Vec<u8>,
}

impl Item {
    fn stored(name: &str, bytes: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        Self {
            name: name.as_bytes().to_vec(),
            local_name: name.as_bytes().to_vec(),
            flags: 1 << 11,
            method: 0,
            local_method: 0,
            packed: bytes.to_vec(),
            size: bytes.len() as u32,
            local_size: bytes.len() as u32,
            crc: crc.sum(),
            extra: Vec::new(),
            behind: Vec::new(),
        }
    }

    fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        Self {
            method: 8,
            local_method: 8,
            packed: encoder.finish().unwrap(),
            ..Self::stored(name, bytes)
        }
    }
}

/// An archive of these entries, whatever they say.
fn archive(items: &[Item]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for it in items {
        let at = out.len() as u32;
        let packed = it.packed.len() as u32;
        let word = |out: &mut Vec<u8>, value: u16| out.extend_from_slice(&value.to_le_bytes());
        let long = |out: &mut Vec<u8>, value: u32| out.extend_from_slice(&value.to_le_bytes());
        long(&mut out, 0x0403_4b50);
        for value in [20, it.flags, it.local_method, 0, 0x21] {
            word(&mut out, value);
        }
        for value in [it.crc, packed, it.local_size] {
            long(&mut out, value);
        }
        word(&mut out, it.local_name.len() as u16);
        word(&mut out, 0);
        out.extend_from_slice(&it.local_name);
        out.extend_from_slice(&it.packed);
        out.extend_from_slice(&it.behind);
        long(&mut directory, 0x0201_4b50);
        for value in [20, 20, it.flags, it.method, 0, 0x21] {
            word(&mut directory, value);
        }
        for value in [it.crc, packed, it.size] {
            long(&mut directory, value);
        }
        for value in [it.name.len() as u16, it.extra.len() as u16, 0, 0, 0] {
            word(&mut directory, value);
        }
        long(&mut directory, 0);
        long(&mut directory, at);
        directory.extend_from_slice(&it.name);
        directory.extend_from_slice(&it.extra);
    }
    let at = out.len() as u32;
    let count = (items.len() as u16).to_le_bytes();
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// An honest archive: everything stored.
pub(crate) fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let items: Vec<Item> = entries
        .iter()
        .map(|(name, bytes)| Item::stored(name, bytes))
        .collect();
    archive(&items)
}

/// The entries of a signed container.
fn items(ladder: &Ladder) -> Vec<Item> {
    let signed = sign_container(ladder, &vanthu_signing::pack(&FILES).unwrap(), &[], None);
    items_of(&signed)
}

fn items_of(container: &[u8]) -> Vec<Item> {
    let all = names(container);
    all.iter()
        .map(|name| Item::stored(name, &entry(container, name)))
        .collect()
}

fn refused(container: &[u8], fault: F) -> ContainerReport {
    let judged = judge(container, &input(&Ladder::p256()));
    let found = judged.problem.as_ref().map(|it| it.fault);
    assert_eq!(found, Some(fault), "{:?}", judged.problem);
    assert_eq!(judged.report.indication, Indication::TotalFailed);
    assert_eq!(
        judged.report.sub_indication,
        Some(SubIndication::FormatFailure)
    );
    assert!(judged.report.signatures.is_empty());
    judged
}

#[test]
fn the_honest_archive_passes() {
    let ladder = Ladder::p256();
    let items = items(&ladder);
    let judged = judge(&archive(&items), &input(&ladder));
    assert!(judged.is_passed(), "{judged:?}");
}

#[test]
fn entries_that_contradict_themselves_are_refused() {
    let ladder = Ladder::p256();
    let honest = items(&ladder);
    let with = |change: &dyn Fn(&mut Item)| {
        let mut items = honest.clone();
        change(&mut items[1]);
        archive(&items)
    };
    let utf8_path = [&[0x75, 0x70, 6, 0, 1, 0, 0, 0, 0][..], b"x"].concat();
    let zip64 = vec![1, 0, 0, 0];
    for (fault, container) in [
        (F::HeadersDisagree, with(&|it| it.local_name[0] = b'X')),
        (F::HeadersDisagree, with(&|it| it.local_method = 8)),
        (F::HeadersDisagree, with(&|it| it.local_size += 1)),
        (
            F::HeadersDisagree,
            with(&|it| (it.size, it.local_size) = (1, 1)),
        ),
        (
            F::HiddenBytes,
            with(&|it| it.behind = b"PK\x03\x04hidden".to_vec()),
        ),
        (F::ContentDamaged, with(&|it| it.crc ^= 1)),
        (F::ContentDamaged, with(&|it| it.packed[0] ^= 1)),
        (
            F::MethodUnknown,
            with(&|it| (it.method, it.local_method) = (12, 12)),
        ),
        (F::Encrypted, with(&|it| it.flags |= 1)),
        (F::NameBad, with(&|it| it.flags = 0)),
        (F::NameBad, with(&|it| it.extra.clone_from(&utf8_path))),
        (F::ZipKind, with(&|it| it.extra.clone_from(&zip64))),
    ] {
        refused(&container, fault);
    }
}

#[test]
fn names_that_lead_out_or_mean_two_things_are_refused() {
    for name in [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "C:\\x",
        "a\\b",
        "a//b",
        "./a",
        "a\u{7}",
    ] {
        let container = zip_of(&[("mimetype", MIMETYPE), (name, b"1")]);
        let judged = refused(&container, F::NameBad);
        assert_eq!(judged.problem.unwrap().name, name);
    }
    let mut latin = Item::stored("x", b"1");
    latin.name = vec![0xe9];
    latin.local_name = vec![0xe9];
    refused(&archive(&[latin]), F::NameBad);
    for (one, other) in [
        ("a.txt", "a.txt"),
        ("a.txt", "A.TXT"),
        ("Đơn", "đơn"),
        ("a", "a/"),
    ] {
        let last: &[u8] = if other.ends_with('/') { b"" } else { b"2" };
        let container = zip_of(&[("mimetype", MIMETYPE), (one, b"1"), (other, last)]);
        refused(&container, F::NameTwice);
    }
}

#[test]
fn bombs_are_refused_before_and_while_they_unpack() {
    let zeros = vec![0; 48 << 20];
    let bomb = Item::deflated("a", &zeros);
    assert!(bomb.packed.len() < 100_000);
    refused(
        &archive(&[Item::stored("mimetype", MIMETYPE), bomb.clone()]),
        F::Bomb,
    );
    // It says that it is small.
    let small = Item {
        size: 10,
        local_size: 10,
        ..bomb
    };
    let judged = refused(
        &archive(&[Item::stored("mimetype", MIMETYPE), small]),
        F::ContentDamaged,
    );
    assert_eq!(judged.problem.unwrap().detail, "longer than it says");
    let short = Item {
        size: 99,
        local_size: 99,
        ..Item::deflated("a", b"1")
    };
    refused(
        &archive(&[Item::stored("mimetype", MIMETYPE), short]),
        F::ContentDamaged,
    );
    let mut more = Item::deflated("a", b"1");
    more.packed
        .extend_from_slice(b"hidden behind the end of the stream");
    refused(
        &archive(&[Item::stored("mimetype", MIMETYPE), more]),
        F::ContentDamaged,
    );
    let huge = |name: &str| Item {
        size: 0xf000_0000,
        local_size: 0xf000_0000,
        ..Item::deflated(name, b"")
    };
    refused(&archive(&[huge("a"), huge("b")]), F::TooLarge);
    let large = Item::stored("META-INF/signature1.p7s", &vec![0; 17 << 20]);
    refused(
        &archive(&[Item::stored("mimetype", MIMETYPE), large]),
        F::TooLarge,
    );
    let many: Vec<Item> = (0..5000)
        .map(|it| Item::stored(&it.to_string(), b""))
        .collect();
    refused(&archive(&many), F::TooMany);
}

#[test]
fn bytes_around_the_archive_are_refused() {
    let ladder = Ladder::p256();
    let container = archive(&items(&ladder));
    refused(&[b"MZ", container.as_slice()].concat(), F::HiddenBytes);
    refused(&[container.as_slice(), b"tail"].concat(), F::HiddenBytes);
    refused(&container[..container.len() - 30], F::NotZip);
    refused(b"", F::NotZip);
    refused(b"PK", F::NotZip);
    // Two archives behind each other: some readers take the first, some the second.
    refused(&[container.as_slice(), &container].concat(), F::HiddenBytes);
    let end = container.len() - 22;
    let mut volumes = container.clone();
    volumes[end + 4] = 1;
    refused(&volumes, F::ZipKind);
    let mut fewer = container.clone();
    fewer[end + 8] -= 1;
    fewer[end + 10] -= 1;
    refused(&fewer, F::HiddenBytes);
    for cut in (0..container.len()).step_by(211) {
        assert!(!judge(&container[..cut], &input(&ladder)).is_passed());
    }
    let mut comment = container.clone();
    comment[end + 20] = 4;
    comment.extend_from_slice(b"note");
    assert!(
        judge(&comment, &input(&ladder)).is_passed(),
        "an honest comment hides nothing"
    );
}

#[test]
fn another_mimetype_is_refused_and_a_misplaced_one_is_said() {
    let ladder = Ladder::p256();
    let input = input(&ladder);
    let honest = items(&ladder);
    let mut other = honest.clone();
    other[0] = Item::stored("mimetype", b"application/zip");
    refused(&archive(&other), F::MimetypeWrong);
    let mut line = honest.clone();
    line[0] = Item::stored("mimetype", b"application/vnd.etsi.asic-e+zip\n");
    refused(&archive(&line), F::MimetypeWrong);
    let mut late = honest.clone();
    late.rotate_left(1);
    let said = |container: &[u8]| {
        let judged = judge(container, &input);
        assert!(judged.is_passed());
        judged.findings[0].problem.fault
    };
    assert_eq!(said(&archive(&late)), F::MimetypeMisplaced);
    assert_eq!(said(&archive(&honest[1..])), F::MimetypeMissing);
}

/// The fault among the findings, with the entry that it is about.
fn finds(report: &ContainerReport, fault: F) -> Option<&str> {
    let mut found = report.findings.iter();
    found
        .find(|it| it.problem.fault == fault)
        .map(|it| it.problem.name.as_str())
}

#[test]
fn changed_missing_and_added_files_are_named() {
    let ladder = Ladder::p256();
    let input = input(&ladder);
    let honest = items(&ladder);
    let at = |name: &str| {
        honest
            .iter()
            .position(|it| it.name == name.as_bytes())
            .unwrap()
    };
    let file = at("phu-luc/so-do.txt");

    let mut changed = honest.clone();
    changed[file] = Item::stored("phu-luc/so-do.txt", b"mot hai bon\n");
    let judged = judge(&archive(&changed), &input);
    assert_eq!(
        finds(&judged, F::ReferenceChanged),
        Some("phu-luc/so-do.txt")
    );
    assert_eq!(judged.report.indication, Indication::TotalFailed);
    assert_eq!(
        judged.report.sub_indication,
        Some(SubIndication::HashFailure)
    );
    assert!(!judged.report.signatures[0].intact);
    assert!(judged.files.iter().all(|it| it.covered_by.is_empty()));

    let mut missing = honest.clone();
    missing.remove(file);
    let judged = judge(&archive(&missing), &input);
    assert_eq!(
        finds(&judged, F::ReferenceMissing),
        Some("phu-luc/so-do.txt")
    );
    assert_eq!(
        judged.report.sub_indication,
        Some(SubIndication::SignedDataNotFound)
    );

    let mut added = honest.clone();
    added.push(Item::stored("lệnh chi.csv", b"1000000"));
    let judged = judge(&archive(&added), &input);
    assert_eq!(finds(&judged, F::FileNotCovered), Some("lệnh chi.csv"));
    assert!(!judged.is_passed());
    assert_eq!(
        judged.report.signatures[0].indication,
        Indication::TotalPassed
    );

    let mut unsigned = honest.clone();
    unsigned.remove(at("META-INF/signature001.p7s"));
    let judged = judge(&archive(&unsigned), &input);
    assert_eq!(
        finds(&judged, F::SignatureMissing),
        Some("META-INF/signature001.p7s")
    );
    assert!(!judged.is_passed());

    let mut unnamed = honest.clone();
    unnamed.remove(at("META-INF/ASiCManifest001.xml"));
    let judged = judge(&archive(&unnamed), &input);
    assert_eq!(
        finds(&judged, F::ManifestMissing),
        Some("META-INF/signature001.p7s")
    );
    assert_eq!(
        judged.report.sub_indication,
        Some(SubIndication::SignedDataNotFound)
    );

    let mut foreign = honest.clone();
    foreign.push(Item::stored("META-INF/signatures001.xml", b"<a/>"));
    let judged = judge(&archive(&foreign), &input);
    assert_eq!(
        finds(&judged, F::FormUnsupported),
        Some("META-INF/signatures001.xml")
    );
    assert!(!judged.is_passed());
}

#[test]
fn a_changed_manifest_fails_and_a_bad_one_is_named() {
    let ladder = Ladder::p256();
    let input = input(&ladder);
    let honest = items(&ladder);
    let name = "META-INF/ASiCManifest001.xml";
    let at = honest
        .iter()
        .position(|it| it.name == name.as_bytes())
        .unwrap();
    let text = String::from_utf8(honest[at].packed.clone()).unwrap();
    let with = |text: &str| {
        let mut items = honest.clone();
        items[at] = Item::stored(name, text.as_bytes());
        judge(&archive(&items), &input)
    };
    let judged = with(&text.replace("><asic:Sig", "> <asic:Sig"));
    assert_eq!(
        judged.report.sub_indication,
        Some(SubIndication::HashFailure)
    );
    let mut entities = "<!DOCTYPE a [<!ENTITY a0 \"ha\">".to_owned();
    for it in 1..30 {
        let below = it - 1;
        let _ = write!(entities, "<!ENTITY a{it} \"&a{below};&a{below};\">");
    }
    for bad in [
        text.replacen(
            "<asic:ASiCManifest",
            &format!("{entities}]><asic:ASiCManifest"),
            1,
        ),
        text.replace("</ds:DigestValue>", "&a29;</ds:DigestValue>"),
        "<".repeat(100_000),
        "<a>".repeat(100_000),
        String::new(),
    ] {
        let judged = with(&bad);
        assert_eq!(finds(&judged, F::ManifestBad), Some(name));
        assert_eq!(judged.report.indication, Indication::TotalFailed);
    }
}

#[test]
fn an_archive_time_stamp_over_changed_entries_proves_nothing() {
    let ladder = Ladder::p256();
    let [.., archived] = climb_container(&ladder);
    let mut items = items_of(&archived);
    let at = items
        .iter()
        .position(|it| it.name == b"META-INF/signature001.p7s")
        .unwrap();
    // The signature as it was before the evidence went in: good by itself, but not what was stamped.
    let [_, stamped, ..] = climb_container(&ladder);
    items[at] = Item::stored(
        "META-INF/signature001.p7s",
        &entry(&stamped, "META-INF/signature001.p7s"),
    );
    let judged = judge(&archive(&items), &input(&ladder));
    let stamp = judged.report.signatures.last().unwrap();
    assert_eq!(stamp.indication, Indication::TotalFailed);
    assert_eq!(
        finds(&judged, F::ReferenceChanged),
        Some("META-INF/signature001.p7s")
    );
    assert!(!judged.is_passed());
}

#[test]
fn no_flipped_byte_lets_a_changed_file_pass() {
    let ladder = Ladder::p256();
    let honest = archive(&items(&ladder));
    let input = input(&ladder);
    let before = judge(&honest, &input);
    for at in (0..honest.len()).step_by(13) {
        let mut changed = honest.clone();
        changed[at] ^= 0x21;
        let judged = judge(&changed, &input);
        if judged.is_passed() {
            let digests = |it: &ContainerReport| -> Vec<String> {
                it.files
                    .iter()
                    .map(|file| format!("{} {}", file.name, file.sha256))
                    .collect()
            };
            assert_eq!(digests(&judged), digests(&before), "byte {at}");
        }
    }
}
