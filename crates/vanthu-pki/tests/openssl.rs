//! Every kind of key and algorithm against OpenSSL's command line, both ways, weak ones too; and
//! the certificates made here against `x509-cert`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper of tests may fail the test and say what it skips"
)]

use std::path::Path;
use std::process::Command;

use der::Decode;
use vanthu_pki::authority::{
    Authority, CertificateRequest, Endpoints, TimestampAuthority, Validity, authority_name,
};
use vanthu_pki::extension::KeyUsage;
use vanthu_pki::key::KeyError;
use vanthu_pki::tsp::TimestampRequest;
use vanthu_pki::{
    Certificate, KeyKind, KeySpec, PublicKeyInfo, SignatureAlgorithm, SoftKey, Time, cms, pem,
    pkcs12, verify,
};

const NOW: Time = Time::from_unix(1_795_309_920);

/// Each kind of key; what it signs with comes from [`SignatureAlgorithm::made_with`].
const KEYS: &[KeySpec] = &[
    KeySpec::Rsa2048,
    KeySpec::EcP256,
    KeySpec::EcP384,
    KeySpec::EcP521,
    KeySpec::Ed25519,
];

fn found() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok();
    if !there {
        println!("skipped: no openssl here");
    }
    there
}

fn openssl(folder: &Path, line: &str) -> Result<String, String> {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(line.split_whitespace())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("openssl {line}: {text}"))
    }
}

fn validity() -> Validity {
    Validity {
        from: NOW.plus_days(-30),
        to: NOW.plus_days(730),
    }
}

struct World {
    root: Authority,
    key: SoftKey,
    signer: Certificate,
    stamp: TimestampAuthority,
}

fn world(spec: KeySpec, algorithm: SignatureAlgorithm) -> World {
    let request = |name: &str, key: &SoftKey, serial| {
        let name = authority_name(name).unwrap();
        CertificateRequest::new(name, &key.spki(), validity(), serial)
    };
    let key = SoftKey::generate(spec).unwrap();
    let wanted = request("Gốc diễn tập", &key, 1).authority(None);
    let root = Authority::self_signed(key, algorithm, &wanted).unwrap();
    let key = SoftKey::generate(spec).unwrap();
    let wanted = request("Người ký", &key, 2).key_usage(KeyUsage::DIGITAL_SIGNATURE);
    let signer = root.certify(&wanted).unwrap();
    let stamp_key = SoftKey::generate(spec).unwrap();
    let spki = stamp_key.spki();
    let its = root
        .timestamping("Dấu thời gian", &spki, validity(), 3, &Endpoints::default())
        .unwrap();
    let stamp = TimestampAuthority::new(stamp_key, its, Vec::new())
        .unwrap()
        .with_algorithm(algorithm);
    World {
        root,
        key,
        signer,
        stamp,
    }
}

#[test]
fn openssl_accepts_certificates_lists_signatures_and_stamps_of_every_algorithm() {
    if !found() {
        return;
    }
    for &spec in KEYS {
        let kind = SoftKey::generate(spec).unwrap().kind();
        for &algorithm in SignatureAlgorithm::made_with(kind) {
            let world = world(spec, algorithm);
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path();
            let write = |name: &str, bytes: &[u8]| std::fs::write(at.join(name), bytes).unwrap();
            write("root.pem", world.root.certificate().to_pem().as_bytes());
            write("signer.pem", world.signer.to_pem().as_bytes());
            let list = world.root.crl(&[], 1, NOW, NOW.plus_days(7)).unwrap();
            write("list.pem", pem::encode(list.der(), "X509 CRL").as_bytes());
            write("document", b"cong van");
            let time = NOW.unix();
            openssl(
                at,
                &format!(
                    "verify -x509_strict -attime {time} -crl_check -CRLfile list.pem \
                     -CAfile root.pem signer.pem"
                ),
            )
            .unwrap();

            let digest = algorithm.digest();
            let attributes =
                cms::signed_attributes(&digest.digest(b"cong van"), &world.signer, algorithm);
            let value = world.key.sign(algorithm, &attributes).unwrap();
            let file = cms::assemble(&attributes, algorithm, &value, &world.signer, &[], None);
            write("signature", &file);
            // The raw value first: every version knows every algorithm there.
            write("value", &value);
            write("covered", &attributes);
            openssl(at, "x509 -in signer.pem -noout -pubkey -out key.pem").unwrap();
            openssl(at, &raw_check(algorithm)).unwrap();
            // And the key file, which OpenSSL opens.
            let file = pkcs12::make(&world.key, &world.signer, &[], "mat-khau", "Mẫu").unwrap();
            let opened = pkcs12::open(&file, "mat-khau").unwrap();
            assert_eq!(opened.key.spki(), world.key.spki());
            assert_eq!(opened.certificate, world.signer);
            write("key.p12", &file);
            openssl(
                at,
                "pkcs12 -in key.p12 -passin pass:mat-khau -nodes -out both.pem",
            )
            .unwrap();
            let check = openssl(
                at,
                &format!(
                    "cms -verify -cades -attime {time} -purpose any -binary -inform DER \
                     -in signature -content document -CAfile root.pem -out out"
                ),
            );
            match check {
                // Versions before 3.2 know no EdDSA in CMS.
                Err(text)
                    if kind == KeyKind::Ed25519
                        && (text.contains("unsupported") || text.contains("invalid digest")) =>
                {
                    println!("skipped: this OpenSSL has no Ed25519 in CMS");
                }
                other => drop(other.unwrap()),
            }

            let wanted = TimestampRequest::new(digest, &digest.digest(b"cong van"), Some(7));
            write("token", &world.stamp.token(&wanted, NOW, 5).unwrap());
            let check = openssl(
                at,
                &format!(
                    "ts -verify -attime {time} -token_in -in token -data document \
                     -CAfile root.pem"
                ),
            );
            match check {
                // Its time-stamps are judged by older code than its CMS.
                Err(_) if kind == KeyKind::Ed25519 || algorithm.is_pss() => {
                    println!(
                        "skipped: OpenSSL has no {} in time-stamps",
                        algorithm.scheme()
                    );
                }
                other => drop(other.unwrap()),
            }
        }
    }
}

fn raw_check(algorithm: SignatureAlgorithm) -> String {
    let digest = algorithm.digest().name();
    if algorithm == SignatureAlgorithm::Ed25519 {
        return "pkeyutl -verify -pubin -inkey key.pem -rawin -in covered -sigfile value"
            .to_owned();
    }
    let padding = if algorithm.is_pss() {
        "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
    } else {
        ""
    };
    format!("dgst -{digest} -verify key.pem {padding} -signature value covered")
}

/// Key options of OpenSSL, the kind here, and the digests to sign with.
const THEIRS: &[(&str, KeyKind, u32, &[&str])] = &[
    (
        "RSA -pkeyopt rsa_keygen_bits:1024",
        KeyKind::Rsa,
        1024,
        &["sha1", "sha256", "sha512"],
    ),
    (
        "RSA -pkeyopt rsa_keygen_bits:2048",
        KeyKind::Rsa,
        2048,
        &["sha1", "sha256", "sha384", "sha512"],
    ),
    (
        "RSA -pkeyopt rsa_keygen_bits:3072",
        KeyKind::Rsa,
        3072,
        &["sha1", "sha384"],
    ),
    (
        "EC -pkeyopt ec_paramgen_curve:P-256",
        KeyKind::EcP256,
        256,
        &["sha1", "sha256", "sha384", "sha512"],
    ),
    (
        "EC -pkeyopt ec_paramgen_curve:P-384",
        KeyKind::EcP384,
        384,
        &["sha1", "sha256", "sha384", "sha512"],
    ),
    (
        "EC -pkeyopt ec_paramgen_curve:P-521",
        KeyKind::EcP521,
        521,
        &["sha1", "sha256", "sha384", "sha512"],
    ),
];

#[test]
fn what_openssl_signs_is_verified_here_and_weak_keys_are_called_weak() {
    if !found() {
        return;
    }
    for &(options, kind, bits, digests) in THEIRS {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::write(at.join("covered"), b"cong van").unwrap();
        openssl(at, &format!("genpkey -algorithm {options} -out key")).unwrap();
        openssl(at, "pkey -in key -pubout -outform DER -out spki").unwrap();
        let spki = std::fs::read(at.join("spki")).unwrap();
        let info = PublicKeyInfo::from_spki(&spki).unwrap();
        assert_eq!((info.kind, info.bits), (kind, bits));
        assert_eq!(info.is_weak(), bits == 1024);
        openssl(at, "pkcs8 -topk8 -nocrypt -in key -outform DER -out pkcs8").unwrap();
        let private = SoftKey::from_pkcs8(&std::fs::read(at.join("pkcs8")).unwrap());
        match private {
            Ok(key) => assert_eq!(
                (bits != 1024, key.spki()),
                (true, spki.clone()),
                "{options}"
            ),
            Err(refused) => assert_eq!((bits, refused), (1024, KeyError::Rejected), "{options}"),
        }
        let sign = |more: &str| {
            openssl(at, &format!("dgst {more} -sign key -out value covered")).unwrap();
            std::fs::read(at.join("value")).unwrap()
        };
        for digest in digests {
            let value = sign(&format!("-{digest}"));
            let name = match kind {
                KeyKind::Rsa => format!("rsa-pkcs1-{digest}"),
                _ => format!("ecdsa-p{bits}-{digest}"),
            };
            let algorithm = SignatureAlgorithm::from_name(&name).unwrap();
            assert_eq!(algorithm.digest().is_weak(), *digest == "sha1");
            assert_eq!(
                verify(&spki, algorithm, b"cong van", &value),
                Ok(()),
                "{name}"
            );
            assert!(
                verify(&spki, algorithm, b"cong van!", &value).is_err(),
                "{name}"
            );
            if kind == KeyKind::Rsa && bits > 1024 && *digest != "sha1" {
                let value = sign(&format!(
                    "-{digest} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
                ));
                let pss = SignatureAlgorithm::from_name(&format!("rsa-pss-{digest}")).unwrap();
                assert_eq!(verify(&spki, pss, b"cong van", &value), Ok(()), "{name}");
                assert!(verify(&spki, algorithm, b"cong van", &value).is_err());
            }
        }
    }
}

#[test]
fn what_openssl_writes_as_cms_is_verified_here() {
    if !found() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("document"), b"cong van").unwrap();
    for (options, digest) in [
        ("rsa:2048", "sha512"),
        ("ec -pkeyopt ec_paramgen_curve:P-384", "sha384"),
    ] {
        openssl(
            at,
            &format!("req -x509 -newkey {options} -nodes -keyout key -out cert -subj /CN=Mau"),
        )
        .unwrap();
        for more in [
            "",
            "-noattr",
            "-keyid",
            "-nodetach",
            "-nodetach -stream",
            "-cades",
            "-nocerts",
            "-keyopt rsa_padding_mode:pss",
        ] {
            if more.contains("pss") && !options.starts_with("rsa") {
                continue;
            }
            openssl(
                at,
                &format!(
                    "cms -sign -binary -in document -signer cert -inkey key -md {digest} \
                     -outform DER -out signature {more}"
                ),
            )
            .unwrap();
            let file = std::fs::read(at.join("signature")).unwrap();
            let signed = cms::parse(&file).unwrap();
            assert_eq!(
                signed.content.is_some(),
                more.contains("nodetach"),
                "{more}"
            );
            let text = std::fs::read_to_string(at.join("cert")).unwrap();
            let given = [Certificate::from_pem(&text).unwrap()];
            let [signer] = signed.signers.as_slice() else {
                panic!("one signer")
            };
            let outcome = cms::verify_content(&signed, signer, &[b"cong van"], &given);
            // A salt of another length than the digest's is not the shape known here.
            if let (true, Err(refused)) = (more.contains("pss"), &outcome) {
                assert_eq!(*refused, cms::CmsError::Unsupported);
                continue;
            }
            assert_eq!(outcome.unwrap().certificate, given[0], "{more}");
            let other = cms::verify_content(&signed, signer, &[b"quyet dinh"], &given);
            assert!(other.is_err(), "{more}");
        }
    }
}

#[test]
fn certificates_made_here_read_the_same_in_another_library() {
    for &spec in KEYS {
        let kind = SoftKey::generate(spec).unwrap().kind();
        for &algorithm in SignatureAlgorithm::made_with(kind) {
            let world = world(spec, algorithm);
            let theirs = x509_cert::Certificate::from_der(world.signer.der()).unwrap();
            let used = der::Encode::to_der(theirs.signature_algorithm()).unwrap();
            assert_eq!(used, algorithm.identifier());
            let key = theirs.tbs_certificate().subject_public_key_info();
            assert_eq!(der::Encode::to_der(key).unwrap(), world.key.spki());
            let value = theirs.signature().raw_bytes();
            let root = world.root.certificate();
            assert_eq!(
                verify(root.spki(), algorithm, world.signer.tbs(), value),
                Ok(())
            );
        }
    }
}
