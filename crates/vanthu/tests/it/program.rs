//! Runs the program.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use tempfile::TempDir;
use vanthu_app::practice::authority::{PracticeAuthority, endpoints, serial, validity};
use vanthu_app::system::{SystemClock, SystemRandomness};
use vanthu_domain::Clock as _;
use vanthu_pki::authority::{AgencySubject, PersonSubject};
use vanthu_pki::{SoftKey, pkcs12};

pub(crate) const PIN: &str = "12345678";

/// What a run ended with.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) said: String,
    pub(crate) complained: String,
}

pub(crate) fn vanthu(arguments: &[&str]) -> Ended {
    vanthu_in(arguments, &[])
}

/// With variables of the environment.
pub(crate) fn vanthu_in(arguments: &[&str], environment: &[(&str, PathBuf)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu"));
    for (name, value) in environment {
        command.env(name, value);
    }
    ended(command.args(arguments).output().unwrap())
}

/// With words on its standard input.
pub(crate) fn vanthu_told(arguments: &[&str], words: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu"));
    let streams = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(words.as_bytes()).unwrap();
    drop(input);
    ended(child.wait_with_output().unwrap())
}

fn ended(output: Output) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    Ended {
        code: status.code().unwrap(),
        said: String::from_utf8_lossy(&stdout).into_owned(),
        complained: String::from_utf8(stderr).unwrap(),
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder with the practice authority and one person's key, and a PDF to sign.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) authority: PracticeAuthority,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("practice").join("authority");
        let clock = Arc::new(SystemClock);
        let chance = SystemRandomness;
        let url = "http://127.0.0.1:9";
        let authority = PracticeAuthority::open_or_make(&kept, url, clock, &chance).unwrap();
        let key = SoftKey::generate_p256().unwrap();
        let person = PersonSubject {
            full_name: "Người Ký Thử".into(),
            ..Default::default()
        };
        let issuer = authority.issuing();
        let term = validity(SystemClock.now(), 2, 300);
        let certificate = issuer
            .person(&person, &key.spki(), term, serial(&chance), &endpoints(url))
            .unwrap();
        let chain = [issuer.certificate().clone()];
        let file = pkcs12::make(&key, &certificate, &chain, PIN, "thu").unwrap();
        let agency_key = SoftKey::generate_p256().unwrap();
        let agency = AgencySubject {
            name: "Ủy ban nhân dân xã Bình Mẫu".into(),
            ..Default::default()
        };
        let certificate = issuer
            .agency(
                &agency,
                &agency_key.spki(),
                term,
                serial(&chance),
                &endpoints(url),
            )
            .unwrap();
        let agency_file = pkcs12::make(&agency_key, &certificate, &chain, PIN, "dau").unwrap();
        let desk = Self { folder, authority };
        std::fs::write(desk.path("co-quan.p12"), agency_file).unwrap();
        std::fs::write(desk.path("thu.p12"), file).unwrap();
        std::fs::write(desk.path("pin"), PIN).unwrap();
        std::fs::write(desk.path("paper.pdf"), paper()).unwrap();
        desk
    }

    /// A key file of a further person.
    pub(crate) fn persons_key(&self, name: &str, title: &str) -> Vec<u8> {
        let (key, chance) = (SoftKey::generate_p256().unwrap(), SystemRandomness);
        let person = PersonSubject {
            full_name: name.into(),
            title: title.into(),
            ..Default::default()
        };
        let issuer = self.authority.issuing();
        let term = validity(SystemClock.now(), 2, 300);
        let (number, services) = (serial(&chance), endpoints("http://127.0.0.1:9"));
        let certificate = issuer.person(&person, &key.spki(), term, number, &services);
        let chain = [issuer.certificate().clone()];
        pkcs12::make(&key, &certificate.unwrap(), &chain, PIN, name).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Signs the paper with a time-stamp and gives the new file.
    pub(crate) fn signed(&self) -> PathBuf {
        let out = self.path("signed.pdf");
        let ended = vanthu(&[
            "sign",
            text(&self.path("paper.pdf")),
            "--key",
            text(&self.path("thu.p12")),
            "--pin-file",
            text(&self.path("pin")),
            "--data",
            text(self.folder.path()),
            "--out",
            text(&out),
        ]);
        assert_eq!(ended.code, 0, "{}", ended.complained);
        out
    }
}

/// A page with nothing on it.
fn paper() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    let mut file = String::from("%PDF-1.7\n");
    let mut table = String::from("xref\n0 4\n0000000000 65535 f \n");
    for (at, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
    }
    let start = file.len();
    file.push_str(&table);
    writeln!(
        file,
        "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    )
    .unwrap();
    file.into_bytes()
}

/// An ellipse of one colour on a transparent ground (PNG).
pub(crate) fn picture(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let part = |at: u32, of: u32| f64::from(at) / f64::from(of) * 2.0 - 1.0;
            let inside = part(x, width).hypot(part(y, height)) < 1.0;
            pixels.extend(colour);
            pixels.push(if inside { 255 } else { 0 });
        }
    }
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
    png
}
