//! Writes small inputs for every fuzz target below a folder, one folder a target:
//! `cargo run -p vanthu-signing --example fuzz_seeds -- fuzz/corpus`. All of them are made here, with keys of the moment.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a tool for developers that borrows the world of the tests"
)]

use std::path::{Path, PathBuf};

use vanthu_pki::authority::{
    Authority, CertificateRequest, CrlRequest, OcspAuthority, Revocation, Validity, authority_name,
};
use vanthu_pki::crl::Scope;
use vanthu_pki::extension::{Extension, GeneralName};
use vanthu_pki::ocsp::{self, OcspStatus};
use vanthu_pki::tsp::TimestampRequest;
use vanthu_pki::{Certificate, DigestAlgorithm, KeySpec, SoftKey, cms, oid, pkcs12};

#[path = "../tests/it/ladder.rs"]
mod ladder;
#[path = "../tests/it/sealed.rs"]
mod sealed;
#[path = "../tests/it/world.rs"]
mod world;
use world::{World, day, now};

fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        println!("usage: fuzz_seeds FOLDER");
        return;
    };
    let world = World::new();
    let others = other_keys(&world);
    let mut seeds = Seeds { folder, count: 0 };
    certificates(&mut seeds, &world, &others);
    lists(&mut seeds, &world);
    answers(&mut seeds, &world);
    stamps_and_signatures(&mut seeds, &world, &others);
    paths(&mut seeds, &world, &others);
    let key = pkcs12::make(
        &world.agency.key,
        &world.agency.certificate,
        &[],
        "123456",
        "seed",
    );
    seeds.write("pkcs12", &key.unwrap());
    documents(&mut seeds, &world);
    containers(&mut seeds);
    println!("{} seeds in {}", seeds.count, seeds.folder.display());
}

struct Seeds {
    folder: PathBuf,
    count: usize,
}

impl Seeds {
    fn write(&mut self, target: &str, bytes: &[u8]) {
        let folder: &Path = &self.folder.join(target);
        std::fs::create_dir_all(folder).unwrap();
        let name = hex::encode(DigestAlgorithm::Sha1.digest(bytes));
        std::fs::write(folder.join(name), bytes).unwrap();
        self.count += 1;
    }
}

/// A signer of each further kind, with extensions that the plain ones lack.
fn other_keys(world: &World) -> Vec<(SoftKey, Certificate)> {
    let validity = Validity {
        from: day(2025, 1, 1),
        to: day(2028, 1, 1),
    };
    [KeySpec::EcP384, KeySpec::EcP521, KeySpec::Ed25519]
        .into_iter()
        .enumerate()
        .map(|(index, spec)| {
            let key = SoftKey::generate(spec).unwrap();
            let name = authority_name("Người ký").unwrap();
            let names = [
                GeneralName::Dns("a.mau.vn".to_owned()),
                GeneralName::Ip(vec![192, 0, 2, 1]),
                GeneralName::Uri("http://mau.vn/x".to_owned()),
            ];
            let serial = 100 + index as u128;
            let request = CertificateRequest::new(name, &key.spki(), validity, serial)
                .policies(&[oid::PRACTICE_POLICY, oid::ANY_POLICY])
                .extended_key_usage(&[oid::KP_DOCUMENT_SIGNING])
                .extension(Extension::subject_alt_names(&names));
            let certificate = world.issuing.certify(&request).unwrap();
            (key, certificate)
        })
        .collect()
}

fn certificates(seeds: &mut Seeds, world: &World, others: &[(SoftKey, Certificate)]) {
    for certificate in [
        world.root.certificate(),
        world.issuing.certificate(),
        &world.leader.certificate,
        world.stamps.certificate(),
    ] {
        seeds.write("certificate", certificate.der());
    }
    for (_, certificate) in others {
        seeds.write("certificate", certificate.der());
    }
}

fn revoked(world: &World) -> Revocation {
    Revocation {
        serial: world.leader.certificate.serial().to_vec(),
        at: now(),
        reason: Some(1),
    }
}

fn lists(seeds: &mut Seeds, world: &World) {
    let scope = Scope {
        full_name: vec![GeneralName::Uri("http://mau.vn/crl".to_owned())],
        indirect: true,
        ..Scope::default()
    };
    let until = Some(now().plus_days(7));
    let plain = CrlRequest::new(1, now(), until);
    let delta = CrlRequest::new(2, now(), until)
        .delta_of(1)
        .revoked(&[revoked(world)]);
    let indirect = CrlRequest::new(3, now(), until)
        .scope(&scope)
        .keeps_expired_since(day(2020, 1, 1))
        .revoked_of(world.root.certificate().subject(), revoked(world));
    for request in [plain, delta, indirect] {
        seeds.write("crl", world.issuing.list(&request).unwrap().der());
    }
}

fn responder(authority: &Authority) -> OcspAuthority {
    let key = SoftKey::from_pkcs8(&authority.key().to_pkcs8().unwrap()).unwrap();
    OcspAuthority::new(key, authority.certificate().clone()).unwrap()
}

fn answer(world: &World, status: OcspStatus) -> (Vec<u8>, Vec<u8>) {
    let (end, issuer) = (&world.leader.certificate, world.issuing.certificate());
    let asked = ocsp::request(end, issuer, Some(&[7; 16]));
    let request = ocsp::parse_request(&asked).unwrap();
    let until = Some(now().plus_days(1));
    let given = responder(&world.issuing).answer(&request, |_| status, now(), until);
    (asked, given.unwrap())
}

fn answers(seeds: &mut Seeds, world: &World) {
    for status in [
        OcspStatus::Good,
        OcspStatus::Unknown,
        OcspStatus::Revoked(now(), Some(1)),
    ] {
        let (asked, given) = answer(world, status);
        seeds.write("ocsp", &asked);
        seeds.write("ocsp", &given);
    }
}

fn stamps_and_signatures(seeds: &mut Seeds, world: &World, others: &[(SoftKey, Certificate)]) {
    let agency = (&world.agency.key, &world.agency.certificate);
    let all = others.iter().map(|(key, certificate)| (key, certificate));
    for (key, certificate) in all.chain([agency]) {
        let algorithm = key.default_algorithm();
        let digest = algorithm.digest();
        let signed = cms::signed_attributes(&digest.digest(b"cong van"), certificate, algorithm);
        let value = key.sign(algorithm, &signed).unwrap();
        let asked = TimestampRequest::new(digest, &digest.digest(&value), Some(77));
        let token = world.stamps.token(&asked, now(), 5).unwrap();
        let response = world.stamps.respond(&asked, now(), 5).unwrap();
        for bytes in [asked.to_der(), token.clone(), response] {
            seeds.write("tsp", &bytes);
        }
        let stamped = cms::assemble(&signed, algorithm, &value, certificate, &[], Some(&token));
        let plain = cms::assemble(&signed, algorithm, &value, certificate, &[], None);
        for bytes in [stamped, plain, token] {
            seeds.write("cms", &bytes);
        }
    }
}

fn paths(seeds: &mut Seeds, world: &World, others: &[(SoftKey, Certificate)]) {
    let (issuing, root) = (&world.issuing, &world.root);
    let until = now().plus_days(7);
    let lists = [
        root.crl(&[], 1, now(), until).unwrap(),
        issuing.crl(&[revoked(world)], 1, now(), until).unwrap(),
    ];
    let ends = others.iter().map(|(_, certificate)| certificate);
    for end in ends.chain([&world.leader.certificate, &world.agency.certificate]) {
        let chain = [end.der(), issuing.certificate().der()].concat();
        let evidence = [lists[0].der(), lists[1].der()].concat();
        let (_, good) = answer(world, OcspStatus::Good);
        let anchor = root.certificate().der();
        seeds.write("path", &[&chain, anchor, &evidence].concat());
        seeds.write("path", &[&chain, anchor, lists[0].der(), &good].concat());
    }
}

fn documents(seeds: &mut Seeds, world: &World) {
    let base = world::plain_pdf(0);
    let (one, two) = world.two_signatures(&base);
    for pdf in [base, one, two] {
        seeds.write("pdf_reader", &pdf);
        seeds.write("validate", &pdf);
    }
}

fn containers(seeds: &mut Seeds) {
    let ladder = ladder::Ladder::p256();
    seeds.write("container", &vanthu_signing::pack(&sealed::FILES).unwrap());
    for bytes in sealed::climb_container(&ladder)
        .iter()
        .chain(&sealed::climb(&ladder))
    {
        seeds.write("container", bytes);
    }
}
