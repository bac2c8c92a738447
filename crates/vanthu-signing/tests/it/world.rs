//! A small world for tests and examples: a practice authority, plain PDFs, fonts, and the two signatures of a letter.

use std::fmt::Write;
use std::path::Path;

use vanthu_pki::authority::{
    AgencySubject, Authority, Endpoints, PersonSubject, Revocation, TimestampAuthority, Validity,
};
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, SignatureAlgorithm, SoftKey, Time, tsp};
use vanthu_signing::{
    Align, Appearance, DocMdp, FilledField, Fonts, Place, PlatformRule, Prepared, Rect,
    ReservedField, ReservedSignature, SignatureRequest, ValidationInput, prepare,
};

/// Somebody who can sign.
pub(crate) struct Signer {
    pub(crate) key: SoftKey,
    pub(crate) certificate: Certificate,
}

/// Authority, two signers, a time-stamp service, fonts.
pub(crate) struct World {
    pub(crate) root: Authority,
    pub(crate) issuing: Authority,
    pub(crate) leader: Signer,
    pub(crate) agency: Signer,
    pub(crate) stamps: TimestampAuthority,
    pub(crate) regular: Vec<u8>,
    pub(crate) italic: Vec<u8>,
}

pub(crate) fn day(year: i64, month: u8, day: u8) -> Time {
    Time::from_civil((year, month, day), (0, 0, 0)).unwrap()
}

/// The day everything happens: 22/11/2026, 08:12:03 in Vietnam.
pub(crate) fn now() -> Time {
    Time::from_civil((2026, 11, 22), (1, 12, 3)).unwrap()
}

pub(crate) fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Rect {
    Rect { x0, y0, x1, y1 }
}

pub(crate) fn place(x0: f64, y0: f64, x1: f64, y1: f64) -> Place {
    Place {
        page: 0,
        rect: rect(x0, y0, x1, y1),
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let long = Validity {
            from: day(2020, 1, 1),
            to: day(2040, 1, 1),
        };
        let short = Validity {
            from: day(2025, 1, 1),
            to: day(2028, 1, 1),
        };
        let none = Endpoints::default();
        let key = || SoftKey::generate_p256().unwrap();
        let root = Authority::root(key(), "Gốc diễn tập", long, 1).unwrap();
        let issuing = root
            .issuing(key(), "Cấp chứng thư diễn tập", long, 2, &none)
            .unwrap();
        let leader_key = SoftKey::generate_rsa_2048().unwrap();
        let person = PersonSubject {
            full_name: "Trần Thị Mẫu".to_owned(),
            title: "Chủ tịch".to_owned(),
            organization: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            ..PersonSubject::default()
        };
        let leader = issuing
            .person(&person, &leader_key.spki(), short, 3, &none)
            .unwrap();
        let agency_key = key();
        let subject = AgencySubject {
            name: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            ..AgencySubject::default()
        };
        let agency = issuing
            .agency(&subject, &agency_key.spki(), short, 4, &none)
            .unwrap();
        let stamp_key = key();
        let stamp = issuing
            .timestamping("Dấu thời gian diễn tập", &stamp_key.spki(), long, 5, &none)
            .unwrap();
        let chain = vec![issuing.certificate().clone()];
        let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vanthu-reader/fonts");
        Self {
            stamps: TimestampAuthority::new(stamp_key, stamp, chain).unwrap(),
            leader: Signer {
                key: leader_key,
                certificate: leader,
            },
            agency: Signer {
                key: agency_key,
                certificate: agency,
            },
            root,
            issuing,
            regular: std::fs::read(fonts.join("Tinos-Regular.ttf")).unwrap(),
            italic: std::fs::read(fonts.join("Tinos-Italic.ttf")).unwrap(),
        }
    }

    pub(crate) fn fonts(&self) -> Fonts<'_> {
        Fonts {
            regular: &self.regular,
            italic: &self.italic,
        }
    }

    pub(crate) fn algorithm(signer: &Signer) -> SignatureAlgorithm {
        signer.key.default_algorithm()
    }

    /// Signs from start to end, with a time-stamp.
    pub(crate) fn sign(&self, base: &[u8], request: &SignatureRequest, signer: &Signer) -> Vec<u8> {
        let algorithm = Self::algorithm(signer);
        let prepared =
            prepare(base, request, &signer.certificate, algorithm, &self.fonts()).unwrap();
        let prepared = Prepared::from_bytes(&prepared.to_bytes()).unwrap();
        let signature = signer.key.sign(algorithm, prepared.to_be_signed()).unwrap();
        let completed = prepared.complete(&signature).unwrap();
        let asked = tsp::request(&completed.timestamp_imprint(), None);
        let asked = tsp::parse_request(&asked).unwrap();
        let token = self.stamps.token(&asked, request.at, 77).unwrap();
        let chain = [self.issuing.certificate().clone()];
        completed.embed(base, &chain, Some(&token)).unwrap()
    }

    /// Evidence that nothing is revoked, or that `revoked` is.
    pub(crate) fn evidence(&self, revoked: &[Revocation]) -> RevocationData {
        let until = now().plus_days(30);
        let crls = vec![
            self.root.crl(&[], 1, now(), until).unwrap(),
            self.issuing.crl(revoked, 1, now(), until).unwrap(),
        ];
        RevocationData {
            crls,
            ocsp: Vec::new(),
        }
    }

    pub(crate) fn input(&self) -> ValidationInput {
        ValidationInput {
            anchors: vec![self.root.certificate().clone()],
            evidence: self.evidence(&[]),
            at: now().plus_seconds(60),
            platform: Some(PlatformRule {
                fillable: vec!["So".to_owned(), "Ngay".to_owned()],
                seal_field: "ConDau".to_owned(),
            }),
            ..ValidationInput::default()
        }
    }

    /// The leader's signature, the agency's after it.
    pub(crate) fn two_signatures(&self, base: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let one = self.sign(base, &leader_request(), &self.leader);
        let two = self.sign(&one, &seal_request(), &self.agency);
        (one, two)
    }
}

/// Certifies, reserves the places of number, day and seal.
pub(crate) fn leader_request() -> SignatureRequest {
    SignatureRequest {
        field_name: "ChuKyNguoi".to_owned(),
        place: Some(place(330.0, 200.0, 480.0, 260.0)),
        appearance: Appearance::Picture {
            png: stroke([20, 40, 200]),
        },
        reason: Some("Ký ban hành".to_owned()),
        signer_name: "Trần Thị Mẫu".to_owned(),
        at: now(),
        certify: Some(DocMdp::FormFilling),
        reserve: vec![
            ReservedField {
                name: "So".to_owned(),
                place: place(100.0, 700.0, 160.0, 716.0),
                size: 13.0,
                italic: false,
                align: Align::Left,
            },
            ReservedField {
                name: "Ngay".to_owned(),
                place: place(350.0, 700.0, 380.0, 716.0),
                size: 14.0,
                italic: true,
                align: Align::Centre,
            },
        ],
        reserve_signatures: vec![ReservedSignature {
            name: "ConDau".to_owned(),
            place: Some(place(280.0, 180.0, 380.0, 280.0)),
            lock_all: true,
        }],
        ..SignatureRequest::default()
    }
}

/// Fills number and day, seals and locks.
pub(crate) fn seal_request() -> SignatureRequest {
    let fill = |name: &str, value: &str| FilledField {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    SignatureRequest {
        field_name: "ConDau".to_owned(),
        appearance: Appearance::Picture {
            png: stroke([200, 20, 20]),
        },
        signer_name: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        at: now().plus_seconds(10),
        lock_all: true,
        fill: vec![fill("So", "152"), fill("Ngay", "22")],
        ..SignatureRequest::default()
    }
}

/// A diagonal stroke on a transparent ground.
pub(crate) fn stroke([red, green, blue]: [u8; 3]) -> Vec<u8> {
    let (width, height) = (120_u32, 60_u32);
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let inked = (x * height / width).abs_diff(y) < 4;
            data.extend_from_slice(&[red, green, blue, if inked { 255 } else { 0 }]);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&data)
        .unwrap();
    bytes
}

/// A page of A4 with some content, classic cross-reference table.
pub(crate) fn plain_pdf(rotate: u32) -> Vec<u8> {
    let content = "BT /F 12 Tf 72 760 Td (Cong hoa xa hoi chu nghia Viet Nam) Tj ET";
    file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595.28 841.89] >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /Rotate {rotate} /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
        ),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>".to_owned(),
    ])
}

/// Puts objects 1, 2, … into a file; the first is the catalogue.
pub(crate) fn file_of(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = out.len();
    out.extend_from_slice(
        format!("xref\n0 {}\n0000000000 65535 f\r\n", objects.len() + 1).as_bytes(),
    );
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n\r\n").as_bytes());
    }
    let trailer = format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    out.extend_from_slice(trailer.as_bytes());
    out
}

/// Appends a revision by hand: what an attacker would do.
pub(crate) fn append(base: &[u8], objects: &[(u32, String)], trailer: &str) -> Vec<u8> {
    let previous = last_startxref(base);
    let mut out = base.to_vec();
    let mut entries = String::new();
    for (number, object) in objects {
        let _ = write!(entries, "{number} 1\n{:010} 00000 n\r\n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = out.len();
    let tail = format!(
        "xref\n{entries}trailer\n<< /Size 500 /Root 1 0 R /Prev {previous} {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.extend_from_slice(tail.as_bytes());
    out
}

pub(crate) fn last_startxref(file: &[u8]) -> usize {
    let at = find_last(file, b"startxref").unwrap() + 10;
    let digits: String = file[at..]
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

pub(crate) fn find_last(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .rposition(|window| window == needle)
}

pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The same page with its catalogue and page tree in an object stream and a cross-reference stream.
pub(crate) fn stream_pdf() -> Vec<u8> {
    let members = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595.28 841.89] >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
    ];
    let mut header = String::new();
    let mut body = String::new();
    for (index, member) in members.iter().enumerate() {
        let _ = write!(header, "{} {} ", index + 1, body.len());
        body.push_str(member);
        body.push('\n');
    }
    let first = header.len();
    let content = "q Q";
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let content_at = out.len();
    let text = format!("4 0 obj\n<< /Length 3 >>\nstream\n{content}\nendstream\nendobj\n");
    out.extend_from_slice(text.as_bytes());
    let members_at = out.len();
    let text = format!(
        "5 0 obj\n<< /Type /ObjStm /N 3 /First {first} /Length {} >>\nstream\n{header}{body}\nendstream\nendobj\n",
        header.len() + body.len()
    );
    out.extend_from_slice(text.as_bytes());
    let start = out.len();
    let mut rows: Vec<u8> = vec![0, 0, 0, 0];
    for index in 0..3 {
        rows.extend_from_slice(&[2, 0, 5, index]);
    }
    for offset in [content_at, members_at, start] {
        rows.push(1);
        rows.extend_from_slice(&(offset as u16).to_be_bytes());
        rows.push(0);
    }
    let text = format!(
        "6 0 obj\n<< /Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R /Length {} >>\nstream\n",
        rows.len()
    );
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(&rows);
    let tail = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
    out.extend_from_slice(tail.as_bytes());
    out
}
