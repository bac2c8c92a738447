//! Which lists and answers are believed about a certificate, and what it costs to find out.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, OcspAuthority, Revocation, StatusAnswer, Validity,
    authority_name,
};
use vanthu_pki::crl::{Crl, Scope};
use vanthu_pki::extension::{DistributionPoint, Extension, GeneralName, KeyUsage};
use vanthu_pki::ocsp::{CertificateId, OcspResponse, OcspStatus};
use vanthu_pki::path::{
    self, Examiner, NoRule, PathOptions, PathProblem, PathReport, Purpose, RevocationData,
    RevocationMode, Said, Verifications,
};
use vanthu_pki::{Certificate, DigestAlgorithm, SoftKey, Time, oid};

const NOW: Time = Time::from_unix(1_795_309_920);

fn long() -> Validity {
    Validity {
        from: NOW.plus_days(-3000),
        to: NOW.plus_days(3000),
    }
}

fn key() -> SoftKey {
    SoftKey::generate_p256().unwrap()
}

fn request(name: &str, key: &SoftKey, validity: Validity, serial: u128) -> CertificateRequest {
    let name = authority_name(name).unwrap();
    CertificateRequest::new(name, &key.spki(), validity, serial)
}

fn root(name: &str) -> Authority {
    Authority::root(key(), name, long(), 1).unwrap()
}

fn user(issuer: &Authority, serial: u128, validity: Validity) -> Certificate {
    let wanted = request("Người ký", &key(), validity, serial);
    issuer.certify(&wanted).unwrap()
}

fn revoked(certificate: &Certificate) -> Revocation {
    Revocation {
        serial: certificate.serial().to_vec(),
        at: NOW.plus_days(-10),
        reason: Some(1),
    }
}

fn empty_list(signer: &Authority) -> Crl {
    let (from, to) = (NOW.plus_days(-1), NOW.plus_days(7));
    signer.crl(&[], 1, from, to).unwrap()
}

fn lists(crls: Vec<Crl>) -> RevocationData {
    RevocationData {
        crls,
        ocsp: Vec::new(),
    }
}

fn answers(ocsp: Vec<OcspResponse>) -> RevocationData {
    RevocationData {
        crls: Vec::new(),
        ocsp,
    }
}

fn judge(
    end: &Certificate,
    between: &[Certificate],
    anchors: &[&Authority],
    evidence: &RevocationData,
) -> PathReport {
    let anchors: Vec<Certificate> = anchors.iter().map(|it| it.certificate().clone()).collect();
    path::validate(end, between, &anchors, NOW, evidence, Purpose::Any)
}

#[test]
fn the_list_of_another_distribution_point_is_no_evidence() {
    let root = root("Gốc");
    let place = |name: &str| vec![GeneralName::Uri(format!("http://127.0.0.1/{name}.crl"))];
    let point = DistributionPoint {
        full_name: place("a"),
        ..DistributionPoint::default()
    };
    let wanted =
        request("Người ký", &key(), long(), 2).extension(Extension::distribution_points(&[point]));
    let end = root.certify(&wanted).unwrap();
    let shard = |name: &str, revoked: &[Revocation]| {
        let scope = Scope {
            full_name: place(name),
            ..Scope::default()
        };
        let list = CrlRequest::new(1, NOW.plus_days(-1), Some(NOW.plus_days(7)));
        root.list(&list.scope(&scope).revoked(revoked)).unwrap()
    };
    let said = |evidence: &RevocationData| {
        let examiner = Examiner {
            intermediates: &[],
            anchors: &[],
            evidence,
            verifications: &Verifications::default(),
            rule: &NoRule,
        };
        let found = examiner.evidence(&end, root.certificate(), root.certificate());
        found.iter().map(|it| it.said).collect::<Vec<_>>()
    };
    let other = lists(vec![shard("b", &[])]);
    assert_eq!(said(&other), []);
    assert!(judge(&end, &[], &[&root], &other).has(&PathProblem::RevocationUnknown));
    let own = lists(vec![shard("b", &[]), shard("a", &[revoked(&end)])]);
    assert_eq!(said(&own), [Said::Revoked(NOW.plus_days(-10), Some(1))]);
    // A list for some reasons says nothing about the others.
    let scope = Scope {
        full_name: place("a"),
        reasons: Some(0x4000_0000),
        ..Scope::default()
    };
    let some = CrlRequest::new(1, NOW.plus_days(-1), Some(NOW.plus_days(7))).scope(&scope);
    let some = lists(vec![root.list(&some).unwrap()]);
    assert!(judge(&end, &[], &[&root], &some).has(&PathProblem::RevocationUnknown));
}

#[test]
fn the_list_of_a_key_that_has_ended_is_no_evidence() {
    let root = root("Gốc");
    let name = "Cấp";
    let authority = |serial, validity| {
        let key = key();
        let wanted = request(name, &key, validity, serial).authority(None);
        root.subordinate(key, &wanted).unwrap()
    };
    let ended = Validity {
        from: NOW.plus_days(-2000),
        to: NOW.plus_days(-1000),
    };
    let (new, old) = (authority(2, long()), authority(3, ended));
    let end = user(&new, 4, long());
    let between = [new.certificate().clone(), old.certificate().clone()];
    let honest = lists(vec![empty_list(&root), empty_list(&new)]);
    assert!(judge(&end, &between, &[&root], &honest).is_valid());
    // Today's date, and one from the time when the key still counted.
    for issued_at in [NOW.plus_days(-1), NOW.plus_days(-1100)] {
        let forged = old.crl(&[], 9, issued_at, NOW.plus_days(30)).unwrap();
        let evidence = lists(vec![empty_list(&root), forged]);
        let report = judge(&end, &between, &[&root], &evidence);
        assert!(report.has(&PathProblem::RevocationUnknown), "{issued_at}");
    }
    // A key that was revoked.
    let lost = authority(5, long());
    let between = [new.certificate().clone(), lost.certificate().clone()];
    let (from, to) = (NOW.plus_days(-1), NOW.plus_days(7));
    let above = root.crl(&[revoked(lost.certificate())], 1, from, to);
    let evidence = lists(vec![above.unwrap(), empty_list(&lost)]);
    let report = judge(&end, &between, &[&root], &evidence);
    assert!(report.has(&PathProblem::RevocationUnknown));
}

#[test]
fn a_list_counts_only_under_the_anchor_of_the_certificate() {
    let (own, other) = (root("Gốc"), root("Gốc khác"));
    let issuing_key = key();
    let wanted = request("Cấp", &issuing_key, long(), 2).authority(None);
    let issuing = own.subordinate(issuing_key, &wanted).unwrap();
    let end = user(&issuing, 4, long());
    // The other root vouches for a key of the same name.
    let same_name = |above: &Authority| {
        let key = key();
        let wanted = request("Cấp", &key, long(), 7).authority(None);
        above.subordinate(key, &wanted).unwrap()
    };
    for (above, is_good) in [(&other, false), (&own, true)] {
        let namesake = same_name(above);
        let evidence = lists(vec![
            empty_list(&own),
            empty_list(&other),
            empty_list(&namesake),
        ]);
        let between = [
            issuing.certificate().clone(),
            namesake.certificate().clone(),
        ];
        let report = judge(&end, &between, &[&own, &other], &evidence);
        assert_eq!(report.is_valid(), is_good, "{:?}", report.failures);
    }
}

#[test]
fn a_list_that_keeps_the_expired_since_a_day_says_nothing_about_those_before() {
    let root = root("Gốc");
    let ended = Validity {
        from: NOW.plus_days(-500),
        to: NOW.plus_days(-100),
    };
    let end = user(&root, 2, ended);
    for (since, is_known) in [(-200, true), (-50, false)] {
        let list = CrlRequest::new(1, NOW.plus_days(-1), Some(NOW.plus_days(7)))
            .keeps_expired_since(NOW.plus_days(since));
        let list = root.list(&list).unwrap();
        assert_eq!(list.keeps_expired_since(), Some(NOW.plus_days(since)));
        let report = judge(&end, &[], &[&root], &lists(vec![list]));
        let unknown = report.has(&PathProblem::RevocationUnknown);
        assert_eq!(unknown, !is_known, "since {since}");
    }
}

/// Answers about one certificate, by a delegate that is valid as given.
struct Delegate<'r> {
    root: &'r Authority,
    end: Certificate,
    responder: OcspAuthority,
}

impl<'r> Delegate<'r> {
    fn new(root: &'r Authority, validity: Validity) -> Self {
        let key = key();
        let wanted = request("Trả lời", &key, validity, 9)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extended_key_usage(&[oid::KP_OCSP_SIGNING])
            .extension(Extension::ocsp_nocheck());
        let certificate = root.certify(&wanted).unwrap();
        let recent = Validity {
            from: NOW.plus_days(-30),
            to: NOW.plus_days(300),
        };
        Self {
            root,
            end: user(root, 2, recent),
            responder: OcspAuthority::new(key, certificate).unwrap(),
        }
    }

    fn says(&self, status: OcspStatus, this_update: Time, produced_at: Time) -> PathReport {
        let id = CertificateId::new(DigestAlgorithm::Sha1, &self.end, self.root.certificate());
        let answer = StatusAnswer {
            id,
            status,
            this_update,
            next_update: Some(NOW.plus_days(60)),
        };
        let der = self.responder.respond(&[answer], None, produced_at);
        let response = OcspResponse::from_der(&der.unwrap()).unwrap();
        judge(&self.end, &[], &[self.root], &answers(vec![response]))
    }
}

#[test]
fn the_answer_of_a_responder_that_has_ended_is_no_evidence() {
    let root = root("Gốc");
    let yesterday = NOW.plus_days(-1);
    let good = Delegate::new(&root, long());
    assert!(good.says(OcspStatus::Good, yesterday, yesterday).is_valid());
    let ended = Validity {
        from: NOW.plus_days(-2000),
        to: NOW.plus_days(-10),
    };
    let old = Delegate::new(&root, ended);
    let then = NOW.plus_days(-20);
    // Who holds its key can write any date: today's knowledge in an old answer, or all of it old.
    for known in [yesterday, then] {
        let report = old.says(OcspStatus::Good, known, then);
        assert!(report.has(&PathProblem::RevocationUnknown), "{known}");
    }
    // Against the certificate it is believed: it was entitled then.
    let since = NOW.plus_days(-25);
    let report = old.says(OcspStatus::Revoked(since, None), then, then);
    assert!(report.has(&PathProblem::Revoked(since, None)));
}

#[test]
fn an_answer_is_not_older_than_the_certificate_nor_newer_than_itself() {
    let root = root("Gốc");
    let responder = Delegate::new(&root, long());
    let unknown = |report: PathReport| report.has(&PathProblem::RevocationUnknown);
    let before = NOW.plus_days(-31);
    assert!(unknown(responder.says(OcspStatus::Good, before, before)));
    let yesterday = NOW.plus_days(-1);
    assert!(unknown(responder.says(OcspStatus::Good, NOW, yesterday)));
    let minute = NOW.plus_seconds(-60);
    assert!(responder.says(OcspStatus::Good, NOW, minute).is_valid());
}

#[test]
fn a_policy_twice_or_in_great_number_is_refused() {
    let root = root("Gốc");
    let policies = |count: u64| -> Vec<_> {
        let named = (0..count).map(|it| format!("2.999.{it}").parse().unwrap());
        named.collect()
    };
    let judged = |policies: &[oid::ObjectIdentifier]| {
        let wanted = request("Người ký", &key(), long(), 2).policies(policies);
        let end = root.certify(&wanted).unwrap();
        judge(&end, &[], &[&root], &lists(vec![empty_list(&root)]))
    };
    assert!(judged(&policies(200)).is_valid());
    let twice = [policies(3), policies(1)].concat();
    for listed in [twice, policies(300)] {
        let report = judged(&listed);
        let [failure] = report.failures.as_slice() else {
            unreachable!("{:?}", report.failures)
        };
        assert!(matches!(failure.problem, PathProblem::Malformed(_)));
    }
}

#[test]
fn policies_that_multiply_on_the_way_down_end_the_tree_not_the_memory() {
    use vanthu_pki::asn1;
    let root = root("Gốc");
    let named = |from: u64, count: u64| -> Vec<oid::ObjectIdentifier> {
        let all = (from..from + count).map(|it| format!("2.999.{it}").parse().unwrap());
        all.collect()
    };
    // Sixteen policies, each mapped to the same sixteen: sixteen times as many nodes on each level.
    let all = named(0, 16);
    let pairs: Vec<Vec<u8>> = all
        .iter()
        .flat_map(|from| all.iter().map(move |to| (*from, *to)))
        .map(|(from, to)| asn1::sequence(&[asn1::oid(from), asn1::oid(to)]))
        .collect();
    let mappings = Extension::new(oid::POLICY_MAPPINGS, true, asn1::sequence(&pairs));
    let mut above = root;
    let anchor = above.certificate().clone();
    let mut between = Vec::new();
    let mut crls = vec![empty_list(&above)];
    for serial in 2..8 {
        let key = key();
        let wanted = request(&format!("Cấp {serial}"), &key, long(), serial)
            .authority(None)
            .policies(&all)
            .extension(mappings.clone());
        above = above.subordinate(key, &wanted).unwrap();
        between.push(above.certificate().clone());
        crls.push(empty_list(&above));
    }
    let wanted = request("Người ký", &key(), long(), 20).policies(&all);
    let end = above.certify(&wanted).unwrap();
    let options = PathOptions {
        explicit_policy: true,
        ..PathOptions::default()
    };
    let report = path::validate_with(&end, &between, &[anchor], NOW, &lists(crls), &options);
    assert!(report.has(&PathProblem::Policy), "{:?}", report.failures);
}

#[test]
fn a_crowd_of_namesakes_does_not_multiply_the_signatures_verified() {
    const CROWD: u128 = 60;
    let root = root("Gốc");
    let namesakes: Vec<Authority> = (0..CROWD)
        .map(|serial| {
            let key = key();
            let wanted = request("Cấp", &key, long(), 10 + serial).authority(None);
            root.subordinate(key, &wanted).unwrap()
        })
        .collect();
    let end = user(&namesakes[0], 5, long());
    let between: Vec<Certificate> = namesakes
        .iter()
        .map(|it| it.certificate().clone())
        .collect();
    let crls = namesakes.iter().map(empty_list).collect();
    let evidence = lists(crls);
    let anchors = [root.certificate().clone()];
    let judged = |end: &Certificate, most| {
        let verifications = Verifications::new(most);
        let examiner = Examiner {
            intermediates: &between,
            anchors: &anchors,
            evidence: &evidence,
            verifications: &verifications,
            rule: &NoRule,
        };
        let report = examiner.path(end, NOW, &PathOptions::default());
        (report, verifications.count())
    };
    // Each list with each key of that name, once; each certificate under the root, once.
    let crowd = CROWD as usize;
    let (_, count) = judged(&end, usize::MAX);
    assert!(count <= crowd * crowd + 3 * crowd, "{count}");
    let (report, count) = judged(&end, 500);
    assert_eq!(count, 500);
    assert!(!report.is_valid());
    assert!(report.has(&PathProblem::TooManySignatures));
    // Nobody is asked about a certificate that none of them signed.
    let stranger = root_of_the_same_name("Cấp");
    let foreign = user(&stranger, 6, long());
    let (report, count) = judged(&foreign, usize::MAX);
    assert!(report.has(&PathProblem::BadSignature));
    assert!(report.revocation.is_empty());
    assert!(count <= 2 * crowd, "{count}");
}

/// A list that says "revoked" stands last, behind more than is verified.
#[test]
fn a_crowd_of_lists_does_not_hide_the_one_that_counts() {
    let root = root("Gốc");
    let other = root_of_the_same_name("Gốc");
    let end = user(&root, 2, long());
    let (from, to) = (NOW.plus_days(-1), NOW.plus_days(7));
    let junk = |number| other.crl(&[], number, from, to).unwrap();
    let mut crls: Vec<Crl> = (1..40).map(junk).collect();
    crls.push(root.crl(&[revoked(&end)], 50, from, to).unwrap());
    let anchors = [root.certificate().clone()];
    let options = PathOptions {
        revocation: RevocationMode::WhenKnown,
        ..PathOptions::default()
    };
    let evidence = lists(crls);
    let judged = |most| {
        let verifications = Verifications::new(most);
        let examiner = Examiner {
            intermediates: &[],
            anchors: &anchors,
            evidence: &evidence,
            verifications: &verifications,
            rule: &NoRule,
        };
        examiner.path(&end, NOW, &options)
    };
    let since = NOW.plus_days(-10);
    assert!(judged(2_000).has(&PathProblem::Revoked(since, Some(1))));
    assert!(judged(20).has(&PathProblem::TooManySignatures));
}

fn root_of_the_same_name(name: &str) -> Authority {
    root(name)
}

#[test]
fn a_response_full_of_namesakes_is_tried_within_a_bound() {
    let root = root("Gốc");
    let end = user(&root, 2, long());
    let delegate_key = key();
    // All of one key, so that each bears the name of the answer's signer; none is of this root.
    let other = root_of_the_same_name("Gốc");
    let crowd: Vec<Certificate> = (0..200)
        .map(|serial| {
            let wanted = request("Trả lời", &delegate_key, long(), 100 + serial)
                .extended_key_usage(&[oid::KP_OCSP_SIGNING]);
            other.certify(&wanted).unwrap()
        })
        .collect();
    let first = crowd[0].clone();
    let responder = OcspAuthority::new(delegate_key, first).unwrap();
    let answer = StatusAnswer {
        id: CertificateId::new(DigestAlgorithm::Sha1, &end, root.certificate()),
        status: OcspStatus::Good,
        this_update: NOW,
        next_update: None,
    };
    let responder = responder.with_chain(crowd);
    let der = responder.respond(&[answer], None, NOW).unwrap();
    let response = OcspResponse::from_der(&der).unwrap();
    let verifications = Verifications::new(50);
    assert!(response.signer(root.certificate(), &verifications).is_err());
    assert_eq!(verifications.count(), 50);
    assert!(response.verify(root.certificate()).is_err());
}
