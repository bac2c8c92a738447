//! What a reader sees: drawn by poppler, measured in pixels.

use std::path::Path;
use std::process::Command;

use vanthu_signing::{picture_place, seal_place};

use crate::ladder::Ladder;
use crate::paper::{BETWEEN, SEAL_MM, SHEETS, signature_png};

/// Two pixels a point.
const DPI: f64 = 144.0;

struct Drawn {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

/// In points from the lower left corner of what is shown.
#[derive(Debug, PartialEq)]
struct Extent {
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
}

/// poppler takes every unit for a point: a page of larger units is drawn finer instead.
fn draw(folder: &Path, file: &[u8], user_unit: f64) -> Drawn {
    let (pdf, out) = (folder.join("page.pdf"), folder.join("page"));
    std::fs::write(&pdf, file).unwrap();
    let status = Command::new("pdftoppm")
        .args(["-r", &(DPI * user_unit).to_string()])
        .args(["-cropbox", "-singlefile"])
        .args([&pdf, &out])
        .status()
        .unwrap();
    assert!(status.success());
    let bytes = std::fs::read(folder.join("page.ppm")).unwrap();
    let mut fields = bytes.splitn(4, u8::is_ascii_whitespace);
    assert_eq!(fields.next().unwrap(), b"P6");
    let mut number = || -> usize {
        let text = std::str::from_utf8(fields.next().unwrap()).unwrap();
        text.parse().unwrap()
    };
    let (width, height) = (number(), number());
    let data = fields.next().unwrap();
    let start = data.iter().position(u8::is_ascii_whitespace).unwrap() + 1;
    let (pixels, _) = data[start..].as_chunks::<3>();
    Drawn {
        width,
        height,
        pixels: pixels.to_vec(),
    }
}

impl Drawn {
    fn extent(&self, of: impl Fn([u8; 3]) -> bool) -> Extent {
        let (mut x0, mut y0, mut x1, mut y1) = (usize::MAX, usize::MAX, 0, 0);
        for (index, pixel) in self.pixels.iter().enumerate() {
            if of(*pixel) {
                let (x, y) = (index % self.width, index / self.width);
                (x0, x1) = (x0.min(x), x1.max(x + 1));
                (y0, y1) = (y0.min(y), y1.max(y + 1));
            }
        }
        assert!(x0 < x1, "nothing of that colour is drawn");
        Extent {
            x0: x0 as f64 / 2.0,
            y0: (self.height - y1) as f64 / 2.0,
            x1: x1 as f64 / 2.0,
            y1: (self.height - y0) as f64 / 2.0,
        }
    }
}

fn is_blue([r, _, b]: [u8; 3]) -> bool {
    b > 120 && b > r.saturating_add(80)
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    r > 120 && r > g.saturating_add(80) && r > b.saturating_add(80)
}

fn is_dark([r, g, b]: [u8; 3]) -> bool {
    r < 110 && g < 110 && b < 110
}

fn near(found: f64, wanted: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= 1.0,
        "{what}: {found} instead of {wanted}"
    );
}

fn can_draw() -> bool {
    let there = Command::new("pdftoppm").arg("-v").output().is_ok();
    if !there {
        println!("skipped: pdftoppm is not there");
    }
    there
}

/// Proves: AG-12.1, AG-12.2
#[test]
fn the_signature_is_blue_between_title_and_name_and_the_seal_red_at_its_true_size_over_its_left_third()
 {
    if !can_draw() {
        return;
    }
    let ladder = Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    let drawn_at = picture_place(BETWEEN, &signature_png()).unwrap();
    let seal_at = seal_place(drawn_at, SEAL_MM);
    for sheet in &SHEETS {
        let name = sheet.name;
        let drawn = draw(folder.path(), &sheet.letter(&ladder), sheet.user_unit);
        near(drawn.width as f64 / 2.0, 595.0, name);
        near(drawn.height as f64 / 2.0, 842.0, name);
        let seal = drawn.extent(is_red);
        near(seal.x1 - seal.x0, SEAL_MM / 25.4 * 72.0, name);
        near(seal.y1 - seal.y0, SEAL_MM / 25.4 * 72.0, name);
        near(seal.x0, seal_at.x0, name);
        near(seal.y0, seal_at.y0, name);
        let signature = drawn.extent(is_blue);
        // The wave reaches both ends of its picture; its crests stay 5 % below the upper edge.
        near(signature.x1, drawn_at.x1, name);
        near(signature.y1, drawn_at.y1 - 60.0 * 0.05, name);
        near(signature.y0, drawn_at.y0 + 60.0 * 0.05, name);
        let covered = seal.x1 - drawn_at.x0;
        near(covered, drawn_at.width() / 3.0, name);
        // Transparent: blue and red are seen in the same square.
        assert!(signature.x0 < seal.x1, "{name}: {signature:?} {seal:?}");
    }
}

#[test]
fn an_attached_file_shows_its_text_at_the_top_right_in_ten_points_and_no_picture() {
    if !can_draw() {
        return;
    }
    let ladder = Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    for sheet in &SHEETS {
        let name = sheet.name;
        let file = sheet.attachment(&ladder);
        let drawn = draw(folder.path(), &file, sheet.user_unit);
        let text = drawn.extent(is_dark);
        near(text.x1, 595.0 - 15.0 / 25.4 * 72.0, name);
        assert!(
            text.y0 > 842.0 - 40.0 && text.y1 < 842.0 - 20.0,
            "{name}: {text:?}"
        );
        // Ten points: from the foot of the semicolon to the accent of the "ố".
        assert!(
            (6.0..11.0).contains(&(text.y1 - text.y0)),
            "{name}: {text:?}"
        );
        assert!(
            !drawn
                .pixels
                .iter()
                .any(|pixel| is_red(*pixel) || is_blue(*pixel))
        );
        let said = Command::new("pdftotext")
            .arg(folder.path().join("page.pdf"))
            .arg("-")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(
            said.contains("Số: 152/UBND-VHXH; 22/11/2026; 08:12:03 +07:00"),
            "{name}: {said}"
        );
    }
}

/// A copy says of which kind it is, who copied and when.
#[test]
fn an_electronic_copy_shows_its_line_at_the_top_right() {
    if !can_draw() {
        return;
    }
    let ladder = Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    for (name, file) in crate::paper::all(&ladder) {
        if !name.starts_with("copy") {
            continue;
        }
        let text = draw(folder.path(), &file, 1.0).extent(is_dark);
        near(text.x1, 595.0 - 15.0 / 25.4 * 72.0, &name);
        assert!(text.x1 - text.x0 > 200.0 && text.y0 > 800.0, "{text:?}");
    }
}

#[test]
fn an_invisible_signature_draws_nothing() {
    if !can_draw() {
        return;
    }
    let ladder = Ladder::p256();
    let folder = tempfile::tempdir().unwrap();
    let base = SHEETS[0].pdf();
    let drawn = draw(folder.path(), &ladder.sign(&base, "An", None), 1.0);
    assert!(drawn.pixels.iter().all(|pixel| *pixel == [255; 3]));
}
