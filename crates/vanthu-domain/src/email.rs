//! Official mail addresses (thư điện tử công vụ).
//!
//! Free mail services are refused for accounts, for work, and as the address of an agency. Which
//! services count as free, and which domains as official, are values of the regulation profile.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, RefusalCode};

/// A well-formed mail address, its domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    local: String,
    domain: String,
}

/// What a profile says of mail on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRules {
    /// Domains of free services; their subdomains count too.
    pub free: Vec<String>,
    /// Official domains; their subdomains count too. Empty: any that is not free.
    pub official: Vec<String>,
    /// The citation of these values.
    pub citation: String,
}

impl Email {
    /// Reads an address of the form `name@domain`; only the letters, digits and signs that every
    /// mail system takes.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let malformed = || {
            let shown: String = text.chars().take(60).collect();
            Refusal::new(RefusalCode::MailMalformed).with("address", shown)
        };
        let (local, domain) = text.split_once('@').ok_or_else(malformed)?;
        if !is_local(local) || !is_domain(domain) || text.len() > 254 {
            return Err(malformed());
        }
        Ok(Self {
            local: local.to_owned(),
            domain: domain.to_ascii_lowercase(),
        })
    }

    /// Reads an address that may be used for official work.
    ///
    /// Clause: TD-1.4
    pub fn official(text: &str, rules: &MailRules) -> Result<Self, Refusal> {
        let email = Self::parse(text)?;
        let within = |domains: &[String]| domains.iter().any(|domain| email.is_within(domain));
        if within(&rules.free) {
            return Err(email.refused(RefusalCode::FreeMail, rules));
        }
        if !rules.official.is_empty() && !within(&rules.official) {
            return Err(email.refused(RefusalCode::MailDomainNotOfficial, rules));
        }
        Ok(email)
    }

    /// The part before the sign.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    fn is_within(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        self.domain
            .strip_suffix(domain.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }

    fn refused(&self, code: RefusalCode, rules: &MailRules) -> Refusal {
        Refusal::new(code)
            .with("domain", &self.domain)
            .by(&rules.citation)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl TryFrom<String> for Email {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.to_string()
    }
}

fn is_local(local: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '\'');
    (1..=64).contains(&local.len())
        && local.chars().all(sign)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> MailRules {
        MailRules {
            free: vec!["gmail.com".into(), "yahoo.com".into()],
            official: vec!["gov.vn".into()],
            citation: "Quy chế Bình Mẫu".into(),
        }
    }

    /// Proves: TD-1.4
    #[test]
    fn free_mail_is_refused_for_official_work() {
        for (address, code) in [
            ("an@gmail.com", Some(RefusalCode::FreeMail)),
            ("an@GMAIL.com", Some(RefusalCode::FreeMail)),
            ("an@mail.yahoo.com", Some(RefusalCode::FreeMail)),
            ("an@binhmau.gov.vn", None),
            ("an@gov.vn", None),
            ("an@notgov.vn", Some(RefusalCode::MailDomainNotOfficial)),
            (
                "an@gov.vn.example.com",
                Some(RefusalCode::MailDomainNotOfficial),
            ),
            ("an@notgmail.com", Some(RefusalCode::MailDomainNotOfficial)),
        ] {
            let got = Email::official(address, &rules()).map_err(|r| r.code).err();
            assert_eq!(got, code, "{address}");
        }
        let refusal = Email::official("an@gmail.com", &rules()).unwrap_err();
        assert_eq!(refusal.article(), "Quy chế Bình Mẫu");
    }

    #[test]
    fn an_address_out_of_form_is_refused() {
        for bad in [
            "",
            "an",
            "@gov.vn",
            "an@",
            "an@vn",
            "a n@gov.vn",
            "ấn@gov.vn",
            "a@b@gov.vn",
            ".an@gov.vn",
            "a..n@gov.vn",
            "an@-gov.vn",
            "an@gov..vn",
            "an@gov.vn\n.com",
        ] {
            assert_eq!(
                Email::parse(bad).unwrap_err().code,
                RefusalCode::MailMalformed,
                "{bad}"
            );
        }
        let email = Email::parse(" An.Nguyen@BinhMau.gov.vn ").unwrap();
        assert_eq!(email.to_string(), "An.Nguyen@binhmau.gov.vn");
        let json = serde_json::to_string(&email).unwrap();
        assert_eq!(serde_json::from_str::<Email>(&json).unwrap(), email);
    }

    proptest! {
        #[test]
        fn whatever_reads_as_an_address_reads_back_as_itself(text in "\\PC{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(&email.to_string()), Ok(email));
            }
        }
    }
}
