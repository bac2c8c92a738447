//! `vanthu sign` and `vanthu keys` with a key device: SoftHSM behind PKCS#11.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vanthu_app::practice::authority::{endpoints, serial, validity};
use vanthu_app::system::{SystemClock, SystemRandomness};
use vanthu_domain::Clock as _;
use vanthu_pki::authority::PersonSubject;
use vanthu_pki::{KeySpec, SoftKey};

use crate::program::{Desk, Ended, text, vanthu_in};

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const PIN: &str = "24681357";

/// A desk with devices of its own.
struct Devices {
    desk: Desk,
    module: &'static str,
}

impl Devices {
    /// `None` where there is no SoftHSM; the summary of the tests says so.
    fn new() -> Option<Self> {
        let module = MODULES.into_iter().find(|it| Path::new(it).exists());
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        let (Some(module), true, true) = (module, has("softhsm2-util"), has("pkcs11-tool")) else {
            println!("skipped: softhsm2 and opensc are not installed");
            return None;
        };
        let desk = Desk::new();
        std::fs::create_dir(desk.path("tokens")).unwrap();
        let tokens = desk.path("tokens");
        let words = format!(
            "directories.tokendir = {}\nlog.level = ERROR\n",
            tokens.display()
        );
        std::fs::write(desk.path("softhsm2.conf"), words).unwrap();
        std::fs::write(desk.path("device-pin"), PIN).unwrap();
        Some(Self { desk, module })
    }

    fn environment(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.desk.path("softhsm2.conf"))
    }

    fn tool(&self, program: &str, arguments: &[&str]) -> Output {
        let (name, value) = self.environment();
        let done = Command::new(program)
            .env(name, value)
            .args(arguments)
            .output();
        let done = done.unwrap();
        assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
        done
    }

    /// A device that is set up.
    fn device(&self, label: &str) {
        let free = [
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            "87654321",
            "--pin",
            PIN,
        ];
        self.tool("softhsm2-util", &free);
    }

    /// A key with its certificate, under one identifier.
    fn key(&self, label: &str, id: &str, name: &str, spec: KeySpec) {
        let chance = SystemRandomness;
        let key = SoftKey::generate(spec).unwrap();
        let person = PersonSubject {
            full_name: name.to_owned(),
            ..PersonSubject::default()
        };
        let term = validity(SystemClock.now(), 2, 300);
        let url = endpoints("http://127.0.0.1:9");
        let issuer = self.desk.authority.issuing();
        let certificate = issuer
            .person(&person, &key.spki(), term, serial(&chance), &url)
            .unwrap();
        let path = |ending: &str| self.desk.path(&format!("{label}-{id}.{ending}"));
        std::fs::write(path("key"), key.to_pkcs8().unwrap()).unwrap();
        std::fs::write(path("cer"), certificate.der()).unwrap();
        for (kind, file) in [("privkey", path("key")), ("cert", path("cer"))] {
            let write = [
                "--module",
                self.module,
                "--token-label",
                label,
                "--login",
                "--pin",
                PIN,
                "--write-object",
                text(&file),
                "--type",
                kind,
                "--id",
                id,
                "--label",
                name,
            ];
            self.tool("pkcs11-tool", &write);
        }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        vanthu_in(arguments, &[self.environment()])
    }

    /// Signs the paper to `out`.
    fn sign(&self, out: &str, pin: &str, more: &[&str]) -> Ended {
        std::fs::write(self.desk.path("device-pin"), pin).unwrap();
        let (paper, out) = (self.desk.path("paper.pdf"), self.desk.path(out));
        let (pin, data) = (self.desk.path("device-pin"), self.desk.folder.path());
        let fixed = [
            "sign",
            text(&paper),
            "--pkcs11",
            self.module,
            "--pin-file",
            text(&pin),
            "--data",
            text(data),
            "--out",
            text(&out),
        ];
        self.run(&[&fixed, more].concat())
    }

    fn algorithm_of(&self, file: &str) -> String {
        let (file, data) = (self.desk.path(file), self.desk.folder.path());
        let ended = self.run(&["verify", text(&file), "--data", text(data), "--json"]);
        let report: serde_json::Value = serde_json::from_str(&ended.said).unwrap();
        assert_eq!(report["indication"], "TOTAL-PASSED", "{report}");
        report["signatures"][0]["signature_algorithm"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

fn refused(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, code, "{}{}", ended.said, ended.complained);
    for word in words {
        assert!(
            ended.complained.contains(word),
            "{word} is not in:\n{}",
            ended.complained
        );
    }
}

/// Proves: TG-22.2
#[test]
fn rsa_and_elliptic_keys_sign_and_nothing_is_written_to_the_device() {
    let Some(devices) = Devices::new() else {
        return;
    };
    devices.device("thẻ ký");
    devices.key("thẻ ký", "01", "Người Ký RSA", KeySpec::Rsa2048);
    devices.key("thẻ ký", "02", "Người Ký EC", KeySpec::EcP256);
    devices.key("thẻ ký", "03", "Người Ký Cong Lớn", KeySpec::EcP384);
    let objects = || {
        let list = [
            "--module",
            devices.module,
            "--token-label",
            "thẻ ký",
            "--login",
            "--pin",
            PIN,
            "-O",
        ];
        {
            let said = devices.tool("pkcs11-tool", &list).stdout;
            let said = String::from_utf8(said).unwrap();
            let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        }
    };
    let before = objects();
    for (out, name, algorithm, expected) in [
        ("rsa.pdf", "Người Ký RSA", None, "rsa-pkcs1-sha256"),
        (
            "pss.pdf",
            "người ký rsa",
            Some("rsa-pss-sha256"),
            "rsa-pss-sha256",
        ),
        ("p256.pdf", "Người Ký EC", None, "ecdsa-p256-sha256"),
        ("p384.pdf", "Cong Lớn", None, "ecdsa-p384-sha384"),
    ] {
        let mut more = vec!["--certificate", name, "--level", "B-LT"];
        more.extend(algorithm.into_iter().flat_map(|it| ["--algorithm", it]));
        let ended = devices.sign(out, PIN, &more);
        assert_eq!(ended.code, 0, "{name}: {}{}", ended.said, ended.complained);
        assert_eq!(devices.algorithm_of(out), expected);
    }
    assert_eq!(objects(), before);
}

#[test]
fn several_certificates_are_told_apart_and_listed() {
    let Some(devices) = Devices::new() else {
        return;
    };
    devices.device("một");
    devices.key("một", "01", "Nguyễn Văn Mẫu", KeySpec::EcP256);
    devices.key("một", "02", "Trần Thị Mẫu", KeySpec::EcP256);
    let names = ["Nguyễn Văn Mẫu", "Trần Thị Mẫu", "--certificate"];
    refused(&devices.sign("a.pdf", PIN, &[]), 2, &names);
    refused(
        &devices.sign("a.pdf", PIN, &["--certificate", "Mẫu"]),
        2,
        &names,
    );
    refused(
        &devices.sign("a.pdf", PIN, &["--certificate", "Lê"]),
        3,
        &names,
    );
    let listed = devices.run(&["keys", "--pkcs11", devices.module]);
    assert_eq!(listed.code, 0, "{}", listed.complained);
    let line = listed
        .said
        .lines()
        .find(|it| it.contains("SHA-256"))
        .unwrap();
    let thumbprint = line.split_whitespace().last().unwrap();
    let chosen = devices.sign("a.pdf", PIN, &["--certificate", thumbprint]);
    assert_eq!(chosen.code, 0, "{}", chosen.complained);

    devices.device("hai");
    refused(
        &devices.sign("b.pdf", PIN, &[]),
        2,
        &["một", "hai", "--token"],
    );
    let unknown = ["--token", "ba"];
    refused(
        &devices.sign("b.pdf", PIN, &unknown),
        3,
        &["“ba”", "một", "hai"],
    );
    refused(
        &devices.sign("b.pdf", PIN, &["--token", "hai"]),
        3,
        &["không có chứng thư"],
    );
}

/// Proves: TG-22.2
#[test]
fn a_wrong_pin_ends_it_at_once_and_the_device_tells_of_it() {
    let Some(devices) = Devices::new() else {
        return;
    };
    devices.device("thẻ");
    devices.key("thẻ", "01", "Nguyễn Văn Mẫu", KeySpec::EcP256);
    refused(
        &devices.sign("a.pdf", "00000000", &[]),
        3,
        &["Mã PIN không đúng", "chưa ký gì"],
    );
    assert!(!devices.desk.path("a.pdf").exists());
    let listed = devices.run(&["keys", "--pkcs11", devices.module, "--token", "thẻ"]);
    assert!(listed.said.contains("đã bị nhập sai"), "{}", listed.said);
    let right = devices.sign("a.pdf", PIN, &[]);
    assert_eq!(right.code, 0, "{}", right.complained);
    assert!(
        right.complained.contains("lần trước mã PIN đã bị nhập sai"),
        "{}",
        right.complained
    );
    let listed = devices.run(&["keys", "--pkcs11", devices.module]);
    assert!(listed.said.contains("chưa bị nhập sai"), "{}", listed.said);
}

#[test]
fn a_missing_module_and_an_empty_one_are_told() {
    let Some(devices) = Devices::new() else {
        return;
    };
    refused(
        &devices.sign("a.pdf", PIN, &[]),
        3,
        &["Không thấy thiết bị"],
    );
    let none = devices.run(&["keys", "--pkcs11", "/no/such/module.so"]);
    refused(&none, 3, &["/no/such/module.so", "trình điều khiển"]);
    let paper = devices.desk.path("paper.pdf");
    let no_module = devices.run(&["keys", "--pkcs11", text(&paper)]);
    refused(&no_module, 3, &["Không dùng được mô-đun"]);
}
