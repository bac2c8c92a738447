//! Name constraints, RFC 5280 section 4.2.1.10.

use crate::asn1::Tlv;
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{GeneralName, NameConstraints};
use crate::oid;

/// The constraints gathered on the way down.
#[derive(Default)]
pub(super) struct Constraints {
    /// A name must fit every set that speaks of its kind.
    permitted: Vec<Vec<GeneralName>>,
    excluded: Vec<GeneralName>,
}

impl Constraints {
    pub(super) fn add(&mut self, constraints: NameConstraints) {
        if !constraints.permitted.is_empty() {
            self.permitted.push(constraints.permitted);
        }
        self.excluded.extend(constraints.excluded);
    }

    pub(super) fn allow(&self, certificate: &Certificate) -> Result<bool, Malformed> {
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return Ok(true);
        }
        Ok(names_of(certificate)?
            .iter()
            .all(|name| self.allow_name(name)))
    }

    fn allow_name(&self, name: &GeneralName) -> bool {
        let same_kind = |base: &&GeneralName| kind(base) == kind(name);
        let outside = self.permitted.iter().any(|set| {
            let mut bases = set.iter().filter(same_kind).peekable();
            bases.peek().is_some() && !bases.any(|base| is_within(name, base).unwrap_or(false))
        });
        let inside_excluded = self
            .excluded
            .iter()
            .filter(same_kind)
            .any(|base| is_within(name, base).unwrap_or(true));
        !outside && !inside_excluded
    }
}

fn names_of(certificate: &Certificate) -> Result<Vec<GeneralName>, Malformed> {
    let mut names = match certificate.extension(oid::SUBJECT_ALT_NAME) {
        Some(extension) => GeneralName::read_all(&Tlv::read_all(&extension.value)?)?,
        None => Vec::new(),
    };
    if !names
        .iter()
        .any(|name| matches!(name, GeneralName::Email(_)))
    {
        let addresses = certificate
            .subject()
            .attributes()
            .filter(|it| it.kind == oid::EMAIL_ADDRESS);
        names.extend(
            addresses
                .filter_map(|it| it.text.clone())
                .map(GeneralName::Email),
        );
    }
    if !certificate.subject().is_empty() {
        names.push(GeneralName::Directory(certificate.subject().clone()));
    }
    Ok(names)
}

fn kind(name: &GeneralName) -> u8 {
    match name {
        GeneralName::Email(_) => 1,
        GeneralName::Dns(_) => 2,
        GeneralName::Directory(_) => 4,
        GeneralName::Uri(_) => 6,
        GeneralName::Ip(_) => 7,
        GeneralName::Other(tag, _) => *tag & 0x1f,
    }
}

/// `None`: cannot be compared, so it is never permitted and always excluded.
fn is_within(name: &GeneralName, base: &GeneralName) -> Option<bool> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => Some(name.is_within(base)),
        (GeneralName::Email(name), GeneralName::Email(base)) => email_within(name, base),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            let (name, base) = (name.to_lowercase(), base.to_lowercase());
            let base = base.trim_start_matches('.');
            Some(base.is_empty() || name == base || name.ends_with(&format!(".{base}")))
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            Some(host_within(&host_of_uri(name)?, &base.to_lowercase()))
        }
        (GeneralName::Ip(name), GeneralName::Ip(base)) => {
            let (address, mask) = base.split_at_checked(name.len())?;
            if mask.len() != name.len() {
                return Some(false);
            }
            let masked = name.iter().zip(address).zip(mask);
            Some(
                masked
                    .into_iter()
                    .all(|((left, right), mask)| left & mask == right & mask),
            )
        }
        _ => None,
    }
}

fn email_within(name: &str, base: &str) -> Option<bool> {
    let (local, host) = name.rsplit_once('@')?;
    let host = host.to_lowercase();
    Some(match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && host == base_host.to_lowercase(),
        None => host_within(&host, &base.to_lowercase()),
    })
}

/// A base with a leading dot covers hosts below it, without it that host alone.
fn host_within(host: &str, base: &str) -> bool {
    if base.starts_with('.') {
        host.ends_with(base)
    } else {
        host == base
    }
}

fn host_of_uri(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?;
    let numeric = host
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.');
    (!host.is_empty() && !host.starts_with('[') && !numeric).then(|| host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leading_dot_means_hosts_below_and_not_the_host_itself() {
        assert_eq!(email_within("a@x.mau.vn", ".mau.vn"), Some(true));
        assert_eq!(email_within("a@mau.vn", ".mau.vn"), Some(false));
        assert_eq!(email_within("a@mau.vn", "mau.vn"), Some(true));
        assert_eq!(
            host_of_uri("http://u@Mau.vn:80/x").as_deref(),
            Some("mau.vn")
        );
        assert_eq!(host_of_uri("http://127.0.0.1/x"), None);
    }
}
