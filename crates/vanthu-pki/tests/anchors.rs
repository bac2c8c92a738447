//! Lists of anchors: what is signed is read, nothing else; versions only grow.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use vanthu_pki::anchors::{AnchorList, AnchorPurpose, ListError, ListedAnchor, Step};
use vanthu_pki::authority::{AgencySubject, Authority, Endpoints, Validity};
use vanthu_pki::{Certificate, SoftKey, Time, pem};

const NOW: Time = Time::from_unix(1_795_000_000);

struct World {
    root: Authority,
    key: SoftKey,
    signer: Certificate,
}

impl World {
    fn new() -> Self {
        let validity = Validity {
            from: NOW.plus_days(-100),
            to: NOW.plus_days(100),
        };
        let root = Authority::root(SoftKey::generate_p256().unwrap(), "Gốc", validity, 1).unwrap();
        let key = SoftKey::generate_rsa_2048().unwrap();
        let subject = AgencySubject {
            name: "Người lập danh sách".to_owned(),
            ..AgencySubject::default()
        };
        let signer = root
            .agency(&subject, &key.spki(), validity, 2, &Endpoints::default())
            .unwrap();
        Self { root, key, signer }
    }

    fn anchor(&self, purpose: AnchorPurpose) -> ListedAnchor {
        ListedAnchor {
            name: "Gốc \"thử\"\nhai dòng".to_owned(),
            certificate: self.root.certificate().clone(),
            purposes: vec![purpose, AnchorPurpose::TimeStamping],
            from: NOW.plus_days(-10),
            until: Some(NOW.plus_days(10)),
        }
    }

    fn text(&self, version: u64) -> String {
        let next = Some(NOW.plus_days(30));
        let anchors = [self.anchor(AnchorPurpose::Public)];
        AnchorList::write("Thử", version, NOW, next, &anchors)
    }

    fn list(&self, version: u64) -> Result<AnchorList, ListError> {
        self.check(&self.text(version))
    }

    fn check(&self, text: &str) -> Result<AnchorList, ListError> {
        let signature = AnchorList::sign(text.as_bytes(), &self.key, &self.signer).unwrap();
        AnchorList::verify(text.as_bytes(), &signature, &self.signer)
    }
}

#[test]
fn what_was_written_is_read_again() {
    let world = World::new();
    let list = world.list(7).unwrap();
    assert_eq!((list.version, list.issued_at), (7, NOW));
    assert_eq!(list.anchors, [world.anchor(AnchorPurpose::Public)]);
    assert!(!list.is_overdue(NOW) && list.is_overdue(NOW.plus_days(31)));
}

/// The time of a signature decides, not today; and a purpose is never assumed.
#[test]
fn an_anchor_counts_in_its_period_and_for_its_purposes() {
    use AnchorPurpose::{Government, Practice, Public, TimeStamping};
    let world = World::new();
    let list = world.list(7).unwrap();
    for (days, counts) in [(-11, false), (-10, true), (10, true), (11, false)] {
        let found = list.certificates_at(NOW.plus_days(days), &[Public]);
        assert_eq!(!found.is_empty(), counts, "{days}");
    }
    assert_eq!(list.certificates_at(NOW, &[TimeStamping]).len(), 1);
    assert!(
        list.certificates_at(NOW, &[Government, Practice])
            .is_empty()
    );
}

#[test]
fn a_changed_list_and_another_signer_are_refused() {
    let world = World::new();
    let text = world.text(7);
    let signature = AnchorList::sign(text.as_bytes(), &world.key, &world.signer).unwrap();
    let verify = |text: &str, signature: &[u8], pinned: &Certificate| {
        AnchorList::verify(text.as_bytes(), signature, pinned).err()
    };
    assert_eq!(verify(&text, &signature, &world.signer), None);
    let armoured = pem::encode(&signature, "CMS");
    assert_eq!(verify(&text, armoured.as_bytes(), &world.signer), None);
    let changed = text.replace("version = 7", "version = 8");
    assert!(matches!(
        verify(&changed, &signature, &world.signer),
        Some(ListError::Signature(_))
    ));
    let other = World::new();
    assert_eq!(
        verify(&text, &signature, &other.signer),
        Some(ListError::WrongSigner)
    );
    assert!(verify(&text, b"", &world.signer).is_some());
    assert!(verify(&text, b"<html>", &world.signer).is_some());
    for at in (0..signature.len()).step_by(37) {
        let mut damaged = signature.clone();
        damaged[at] ^= 1;
        if let Ok(list) = AnchorList::verify(text.as_bytes(), &damaged, &world.signer) {
            // The certificate beside the signature is not what is believed.
            assert_eq!(list.version, 7);
        }
    }
}

#[test]
fn a_version_never_goes_down_and_is_one_content() {
    let world = World::new();
    let (seven, eight) = (world.list(7).unwrap(), world.list(8).unwrap());
    assert_eq!(seven.follows(None), Ok(Step::Newer));
    assert_eq!(eight.follows(Some(&seven)), Ok(Step::Newer));
    assert_eq!(seven.follows(Some(&seven)), Ok(Step::Same));
    assert_eq!(
        seven.follows(Some(&eight)),
        Err(ListError::Rollback {
            installed: 8,
            offered: 7
        })
    );
    let other = world.check(&world.text(7).replace("Thử", "Khác")).unwrap();
    assert_eq!(other.follows(Some(&seven)), Err(ListError::OtherContent(7)));
}

#[test]
fn a_list_from_outside_the_signers_validity_is_refused() {
    let world = World::new();
    let anchors = [world.anchor(AnchorPurpose::Public)];
    let late = AnchorList::write("Thử", 7, NOW.plus_days(101), None, &anchors);
    assert_eq!(world.check(&late), Err(ListError::SignerNotValid));
}

#[test]
fn every_slip_in_the_text_is_named() {
    let world = World::new();
    let text = world.text(7);
    let thumbprint = world.root.certificate().sha256_thumbprint();
    let slips = [
        ("format = 1", "format = 2", "format 2"),
        ("version = 7", "version = 0", "no version"),
        ("version = 7", "version = -7", "not a list"),
        ("[[anchor]]", "[[anker]]", "anker"),
        ("\"public\"", "\"everything\"", "everything"),
        ("[\"public\", \"time-stamping\"]", "[]", "no purpose"),
        (
            "issued_at = 2026-11-18T11:06:40Z",
            "issued_at = 2026-11-18",
            "moment",
        ),
        (thumbprint.as_str(), "00", "thumbprint"),
        ("-----BEGIN", "-----BEGAN", "exactly one certificate"),
        ("until = 2026-11-28", "until = 2026-10-28", "ends before"),
    ];
    for (right, wrong, word) in slips {
        assert!(text.contains(right), "{right} is not in {text}");
        let error = world.check(&text.replace(right, wrong)).unwrap_err();
        assert!(error.to_string().contains(word), "{wrong}: {error}");
    }
    assert_eq!(
        AnchorList::read(&vec![b' '; 5 << 20]),
        Err(ListError::TooLarge)
    );
}
