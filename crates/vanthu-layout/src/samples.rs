//! Sample documents: one of each administrative kind, and longer ones. Every name, number and event in them
//! is invented. Tests, benchmarks and the example that writes the samples as files share them.

use vanthu_domain::Day;
use vanthu_domain::body::{Body, Parsed};
use vanthu_domain::kind::{DocumentKind, Urgency};

use crate::{Extras, Form, Letter, Signer, Sizes};

/// A sample: the name of its file without ending, and its text.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its name: `02-quyet-dinh`.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! samples {
    ($($name:literal)*) => {
        /// Every sample.
        pub const SAMPLES: &[Sample] = &[$(Sample {
            name: $name,
            text: include_str!(concat!("../samples/", $name, ".txt")),
        },)*];
    };
}

samples! {
    "01-nghi-quyet" "02-quyet-dinh" "03-chi-thi" "04-quy-che" "05-quy-dinh" "06-thong-cao" "07-thong-bao"
    "08-huong-dan" "09-chuong-trinh" "10-ke-hoach" "11-phuong-an" "12-de-an" "13-du-an" "14-bao-cao"
    "15-bien-ban" "16-to-trinh" "17-hop-dong" "18-cong-van" "19-cong-dien" "20-ban-ghi-nho"
    "21-ban-thoa-thuan" "22-giay-uy-quyen" "23-giay-moi" "24-giay-gioi-thieu" "25-giay-nghi-phep"
    "26-phieu-gui" "27-phieu-chuyen" "28-phieu-bao" "29-thu-cong"
    "51-quyet-dinh-quy-che" "52-cong-van-tang-cuong" "53-cong-van-sao-y" "54-cong-van-bieu-mau"
    "55-quyet-dinh-qppl"
}

impl Sample {
    /// What is said of it above its text, by name.
    fn all(&self, name: &str) -> Vec<String> {
        let head = self.text.split("\n---\n").next().unwrap_or_default();
        let value = |line: &str| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned());
        head.lines().filter_map(value).collect()
    }

    fn one(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// Its text as parsed.
    pub fn parsed(&self) -> Parsed {
        let text = self.text.split_once("\n---\n").map_or("", |(_, text)| text);
        Body::parse(text.trim_end())
    }

    /// The document; none where its head is not readable, which a test excludes.
    pub fn letter(&self) -> Option<Letter> {
        let kind: DocumentKind = self.one("kind")?.parse().ok()?;
        let urgency = self.one("urgency").map(|code| code.parse::<Urgency>());
        let subject = self.one("subject")?;
        Some(Letter {
            parent_agency: self.one("parent"),
            agency: self.one("agency")?,
            notation: self.one("notation")?,
            place_name: self.one("place")?,
            kind,
            title: format!("{}: {subject}", kind.name()),
            subject,
            urgency: urgency.transpose().ok()?.unwrap_or_default(),
            addressees: self.all("to"),
            body: self.parsed().body,
            recipients: self.all("copy"),
            authority_lines: self.all("sign"),
            signer_name: self.one("signer")?,
            drafted_on: Day::new(2026, 11, 22)?,
            extras: self.extras(),
        })
    }

    fn extras(&self) -> Extras {
        let cosigner = self.one("cosigner").map(|name| Signer {
            authority_lines: self.all("cosign"),
            post_lines: Vec::new(),
            name,
        });
        Extras {
            form: match self.one("form").as_deref() {
                Some("normative") => Form::Normative,
                _ => Form::Administrative,
            },
            sizes: match self.one("sizes").as_deref() {
                Some("compact") => Sizes::Compact,
                Some("large") => Sizes::Large,
                _ => Sizes::Sample,
            },
            issuer: self.one("issuer"),
            circulation: self.one("circulation"),
            drafter_mark: self.one("drafter"),
            contact: self.all("contact"),
            signer_post: self.all("post"),
            cosigner,
            guide: self.one("guide"),
        }
    }
}
