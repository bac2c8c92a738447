//! The texts of the practice documents. Every name, number and event in them is invented.

use vanthu_domain::kind::{DocumentKind, Urgency};

use crate::AppError;

/// A document as a drafter writes it.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its kind.
    pub kind: DocumentKind,
    /// Its abstract.
    pub subject: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// The lines of "Kính gửi".
    pub addressees: Vec<String>,
    /// The lines of "Nơi nhận".
    pub copies: Vec<String>,
    /// The body.
    pub body: String,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $file:literal;)*) => {
        /// Which text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Letter { $($(#[$doc])* $name,)* }

        impl Letter {
            /// Every text.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            const fn source(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!("letters/", $file, ".txt")),)* }
            }
        }
    };
}

texts! {
    /// The worked example: two pages, groups of addressees, footnotes, appendices with tables.
    CertificateReview "ra-soat-chung-thu";
    /// A department asks for opinions on a draft.
    AskOpinion "gop-y-quy-che";
    /// The province warns of floods.
    FloodWarning "ung-pho-mua-lu";
    /// A service unit invites to a course.
    Course "tap-huan-ky-so";
    /// A commune's monthly report.
    MonthlyReport "bao-cao-chuyen-doi-so";
    /// A commune asks for renewals of certificates.
    RenewCertificates "gia-han-chung-thu";
    /// A commune answers the department.
    GiveOpinion "tra-loi-gop-y";
    /// A commune asks its neighbours to work together.
    Vaccination "phoi-hop-tiem-chung";
    /// A neighbour reports a damaged road.
    DamagedRoad "bao-tri-cau-duong";
    /// A decision of a commune.
    DigitalTeam "kien-toan-to-cong-nghe";
}

impl Letter {
    /// The text.
    pub fn text(self) -> Result<Text, AppError> {
        let broken = |what: &str| AppError::fault("practice letter", format!("{self:?}: {what}"));
        let (head, body) = self
            .source()
            .split_once("\n---\n")
            .ok_or_else(|| broken("no line of dashes"))?;
        let field = |name: &str| -> Vec<String> {
            let of_name =
                |line: &str| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned());
            head.lines().filter_map(of_name).collect()
        };
        let one = |name: &str| field(name).into_iter().next().ok_or_else(|| broken(name));
        Ok(Text {
            kind: one("kind")?.parse().map_err(|_| broken("kind"))?,
            subject: one("subject")?,
            urgency: one("urgency")?.parse().map_err(|_| broken("urgency"))?,
            addressees: field("to"),
            copies: field("copy"),
            body: body.trim_end().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vanthu_domain::body::Body;

    #[test]
    fn every_text_is_read_without_a_finding() {
        for letter in Letter::ALL {
            let text = letter.text().unwrap();
            let parsed = Body::parse(&text.body);
            assert!(
                parsed.findings.is_empty(),
                "{letter:?}: {:?}",
                parsed.findings
            );
            assert!(
                !parsed.body.is_empty() && !text.addressees.is_empty(),
                "{letter:?}"
            );
            assert!(
                text.copies.iter().any(|line| line.starts_with("Lưu: VT")),
                "{letter:?}"
            );
        }
    }
}
