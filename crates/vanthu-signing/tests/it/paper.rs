//! Letters as Decree 30/2020 wants them to look, on upright, turned, cropped and enlarged pages.

use vanthu_signing::{
    Appearance, DocMdp, Place, Rect, ReservedSignature, SignatureRequest, attachment_line,
    copy_line, inspect, picture_place, seal_place, top_right_place,
};

use crate::ladder::Ladder;
use crate::world::{file_of, now};

/// A page that shows its own frame and "TITLE" and "NAME" of a signature block, in the coordinates of what is shown.
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    pub(crate) media: [f64; 4],
    pub(crate) crop: [f64; 4],
    pub(crate) rotate: u16,
    pub(crate) user_unit: f64,
}

pub(crate) const SHEETS: [Sheet; 6] = [
    sheet("upright", 0, 1.0),
    sheet("turned-90", 90, 1.0),
    sheet("turned-180", 180, 1.0),
    sheet("turned-270", 270, 1.0),
    sheet("unit-2", 0, 2.0),
    sheet("unit-half-turned-90", 90, 0.5),
];

const fn sheet(name: &'static str, rotate: u16, user_unit: f64) -> Sheet {
    // A4 upright as shown, cropped out of a larger sheet.
    let (width, height) = (595.0 / user_unit, 842.0 / user_unit);
    let (width, height) = if rotate == 90 || rotate == 270 {
        (height, width)
    } else {
        (width, height)
    };
    Sheet {
        name,
        media: [0.0, 0.0, width + 100.0, height + 60.0],
        crop: [40.0, 25.0, 40.0 + width, 25.0 + height],
        rotate,
        user_unit,
    }
}

/// Between title and name, as shown: points from the lower left corner.
pub(crate) const BETWEEN: Rect = Rect {
    x0: 340.0,
    y0: 180.0,
    x1: 540.0,
    y1: 240.0,
};
pub(crate) const SEAL_MM: f64 = 36.0;

/// A signature in blue: a wave over a transparent ground, 5 to 2.
pub(crate) fn signature_png() -> Vec<u8> {
    let (width, height) = (250_u32, 100_u32);
    png(width, height, |x, y| {
        let wave = 50.0 + 40.0 * (f64::from(x) / 25.0).sin();
        ((f64::from(y) - wave).abs() < 5.0).then_some([20, 50, 190])
    })
}

/// A seal in red: ring and star on a transparent ground that is wider than the seal.
pub(crate) fn seal_png() -> Vec<u8> {
    png(300, 300, |x, y| {
        let (dx, dy) = (f64::from(x) - 149.5, f64::from(y) - 149.5);
        let radius = dx.hypot(dy);
        let inked = (90.0..100.0).contains(&radius) || radius < 30.0;
        inked.then_some([210, 20, 30])
    })
}

fn png(width: u32, height: u32, ink: impl Fn(u32, u32) -> Option<[u8; 3]>) -> Vec<u8> {
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let pixel = ink(x, y).map_or([0; 4], |[r, g, b]| [r, g, b, 255]);
            data.extend_from_slice(&pixel);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&data).unwrap();
    writer.finish().unwrap();
    bytes
}

impl Sheet {
    pub(crate) fn pdf(&self) -> Vec<u8> {
        let numbers = |values: [f64; 4]| values.map(|value| value.to_string()).join(" ");
        file_of(&[
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [{}] /CropBox [{}] /Rotate {} /UserUnit {} >>",
                numbers(self.media),
                numbers(self.crop),
                self.rotate,
                self.user_unit
            ),
        ])
    }

    /// Signed by the person, sealed by the agency.
    pub(crate) fn letter(&self, ladder: &Ladder) -> Vec<u8> {
        let base = self.pdf();
        let page = inspect(&base).unwrap().pages.remove(0);
        let picture = signature_png();
        let drawn = picture_place(BETWEEN, &picture).unwrap();
        let seal = page.place(0, seal_place(drawn, SEAL_MM));
        let person = SignatureRequest {
            field_name: "nguoi-ky".to_owned(),
            place: Some(page.place(0, drawn)),
            appearance: Appearance::Picture { png: picture },
            at: now(),
            certify: Some(DocMdp::FormFilling),
            reserve_signatures: vec![ReservedSignature {
                name: "con-dau".to_owned(),
                place: Some(seal),
                lock_all: true,
            }],
            ..SignatureRequest::default()
        };
        let one = ladder.sign_as(&base, &person, None);
        let agency = SignatureRequest {
            field_name: "con-dau".to_owned(),
            appearance: Appearance::Seal { png: seal_png() },
            at: now(),
            lock_all: true,
            ..SignatureRequest::default()
        };
        ladder.sign_as(&one, &agency, None)
    }

    /// An attached file: number and time at the top right.
    pub(crate) fn attachment(&self, ladder: &Ladder) -> Vec<u8> {
        self.with_lines(ladder, vec![attachment_line("152/UBND-VHXH", now())])
    }

    /// An electronic copy.
    pub(crate) fn copy(&self, ladder: &Ladder) -> Vec<u8> {
        let line = copy_line("SAO Y", "ỦY BAN NHÂN DÂN XÃ BÌNH MẪU", now());
        self.with_lines(ladder, vec![line])
    }

    fn with_lines(&self, ladder: &Ladder, lines: Vec<String>) -> Vec<u8> {
        let base = self.pdf();
        let page = inspect(&base).unwrap().pages.remove(0);
        let place: Place = top_right_place(&page, &lines, 10.0, ladder.fonts().regular).unwrap();
        let request = SignatureRequest {
            field_name: "co-quan".to_owned(),
            place: Some(place),
            appearance: Appearance::Text { lines, size: 10.0 },
            at: now(),
            lock_all: true,
            ..SignatureRequest::default()
        };
        ladder.sign_as(&base, &request, None)
    }
}

/// Every sheet as letter and as attachment, and one as copy.
pub(crate) fn all(ladder: &Ladder) -> Vec<(String, Vec<u8>)> {
    let mut made = Vec::new();
    for sheet in &SHEETS {
        made.push((format!("letter-{}", sheet.name), sheet.letter(ladder)));
        made.push((
            format!("attachment-{}", sheet.name),
            sheet.attachment(ladder),
        ));
    }
    made.push(("copy-upright".to_owned(), SHEETS[0].copy(ladder)));
    made
}
