//! Name constraints, RFC 5280 section 4.2.1.10.

use crate::asn1::Tlv;
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{GeneralName, NameConstraints};
use crate::oid;

use super::profile::is_host_name;

/// Names compared with subtrees on one path, at most: who brings thousands of both is refused
/// instead of worked for. Honest hierarchies need some hundreds.
const MOST_COMPARISONS: usize = 100_000;

/// The constraints gathered on the way down.
#[derive(Default)]
pub(super) struct Constraints {
    /// A name must fit every set that speaks of its kind.
    permitted: Vec<Vec<GeneralName>>,
    excluded: Vec<GeneralName>,
    comparisons: usize,
}

impl Constraints {
    pub(super) fn add(&mut self, constraints: NameConstraints) {
        if !constraints.permitted.is_empty() {
            self.permitted.push(constraints.permitted);
        }
        self.excluded.extend(constraints.excluded);
    }

    pub(super) fn allow(&mut self, certificate: &Certificate) -> Result<bool, Malformed> {
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return Ok(true);
        }
        let names = names_of(certificate)?;
        let subtrees = self.excluded.len() + self.permitted.iter().map(Vec::len).sum::<usize>();
        self.comparisons = names
            .len()
            .saturating_mul(subtrees)
            .saturating_add(self.comparisons);
        if self.comparisons > MOST_COMPARISONS {
            return Err(Malformed("too many names and constraints"));
        }
        Ok(names.iter().all(|name| self.allow_name(name)))
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
            .any(|base| is_within(name, base).unwrap_or(true) || may_reach(name, base));
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
            is_host_name(name).then(|| dns_within(name, base))
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            Some(host_within(&host_of_uri(name)?, &base.to_lowercase()))
        }
        (GeneralName::Ip(name), GeneralName::Ip(base)) => {
            if ![4, 16].contains(&name.len()) || !is_network(base) {
                return None;
            }
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

/// Some host that the name may stand for lies in an excluded subtree: `*.mau.vn` may be
/// `a.mau.vn`.
fn may_reach(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => name
            .strip_prefix("*.")
            .is_some_and(|above| dns_within(base, above)),
        _ => false,
    }
}

fn dns_within(name: &str, base: &str) -> bool {
    let (name, base) = (name.to_lowercase(), base.to_lowercase());
    let base = base.trim_start_matches('.');
    base.is_empty() || name == base || name.ends_with(&format!(".{base}"))
}

/// An address and a mask of the same length, ones before zeros (RFC 4632 3.1).
pub(super) fn is_network(octets: &[u8]) -> bool {
    let Some((_, mask)) = octets.split_at_checked(octets.len() / 2) else {
        return false;
    };
    let bits = mask
        .iter()
        .fold(0_u128, |sum, octet| (sum << 8) | u128::from(*octet));
    let inverse = match mask.len() {
        4 => u128::from(!(bits as u32)),
        16 => !bits,
        _ => return false,
    };
    octets.len().is_multiple_of(2) && inverse & inverse.wrapping_add(1) == 0
}

fn email_within(name: &str, base: &str) -> Option<bool> {
    let (local, host) = name.rsplit_once('@')?;
    if local.contains('@') && !local.starts_with('"') {
        return None;
    }
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

    #[test]
    fn a_malformed_name_is_never_permitted_and_always_excluded() {
        let base = GeneralName::Email("mau.vn".to_owned());
        let name = GeneralName::Email("a@b@mau.vn".to_owned());
        assert_eq!(is_within(&name, &base), None);
        let base = GeneralName::Dns("mau.vn".to_owned());
        assert_eq!(
            is_within(&GeneralName::Dns(".mau.vn".to_owned()), &base),
            None
        );
        let base = GeneralName::Ip(vec![192, 0, 2, 0, 255, 255, 255, 0]);
        assert_eq!(is_within(&base, &base), None);
    }

    #[test]
    fn a_wildcard_reaches_every_host_below_it() {
        let wild = GeneralName::Dns("*.mau.vn".to_owned());
        let excluded = Constraints {
            excluded: vec![GeneralName::Dns("a.mau.vn".to_owned())],
            ..Constraints::default()
        };
        assert!(!excluded.allow_name(&wild));
        assert!(excluded.allow_name(&GeneralName::Dns("*.khac.vn".to_owned())));
    }

    #[test]
    fn a_mask_has_its_ones_first() {
        assert!(is_network(&[10, 0, 0, 0, 255, 0, 0, 0]));
        assert!(is_network(&[0; 32]));
        assert!(!is_network(&[10, 0, 0, 0, 255, 0, 255, 0]));
        assert!(!is_network(&[10, 0, 0, 255, 255]));
    }
}
