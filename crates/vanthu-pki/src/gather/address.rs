//! Where requests may go. An address in a certificate was written by whoever made the certificate: without
//! limits, a document sent to a server could make it ask services inside its own network (request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use url::{Host, Url};

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Breach {
    /// It can't be read as an address.
    #[error("not an address")]
    NotAnAddress,
    /// It is neither http nor https (`ldap`, `file`, …).
    #[error("neither http nor https")]
    Scheme,
    /// It carries a user's name or password.
    #[error("it carries a name or password")]
    Credentials,
    /// It leads to a private, loopback or otherwise special address.
    #[error("it leads to a private or special address")]
    PrivateAddress,
}

/// A range of addresses, as `10.20.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

impl Network {
    /// Reads `ADDRESS/LENGTH`; a length that the address doesn't have is refused.
    ///
    /// ```
    /// use vanthu_pki::gather::Network;
    /// let network = Network::parse("10.20.0.0/16").unwrap();
    /// assert!(network.contains("10.20.7.1".parse().unwrap()));
    /// assert!(!network.contains("10.21.0.1".parse().unwrap()));
    /// assert!(Network::parse("10.20.0.0/33").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
        (length <= if address.is_ipv4() { 32 } else { 128 }).then_some(Self { address, length })
    }

    /// The address lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other, bits) = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let shift = bits - u32::from(self.length);
        own.checked_shr(shift) == other.checked_shr(shift)
    }
}

/// Which addresses may be asked. The default is: public ones only.
///
/// Whoever connects must ask [`permits_address`](Self::permits_address) again with the address that the name
/// resolved to, and connect to that very address: a name may lead anywhere.
///
/// ```
/// use vanthu_pki::gather::{AddressPolicy, Breach, Network};
/// let mut policy = AddressPolicy::default();
/// assert_eq!(policy.permits("http://crl.example.vn/ca.crl"), Ok(()));
/// assert_eq!(policy.permits("http://127.0.0.1:8080/"), Err(Breach::PrivateAddress));
/// assert_eq!(policy.permits("ldap://ca.example.vn/"), Err(Breach::Scheme));
/// policy.networks.extend(Network::parse("127.0.0.0/8"));
/// assert_eq!(policy.permits("http://127.0.0.1:8080/"), Ok(()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    /// Hosts that may be asked wherever their name leads, in lower case.
    pub hosts: Vec<String>,
    /// Ranges that may be asked although they are not public.
    pub networks: Vec<Network>,
}

impl AddressPolicy {
    /// The address may be asked, as far as it can be told without resolving its name.
    pub fn permits(&self, address: &str) -> Result<(), Breach> {
        self.read(address).map(drop)
    }

    /// A name may be asked at the address that it resolved to.
    pub fn permits_address(&self, host: &str, address: IpAddr) -> bool {
        is_public(address)
            || self.networks.iter().any(|it| it.contains(address))
            || self.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))
    }

    /// Reads an address that may be asked.
    pub(super) fn read(&self, address: &str) -> Result<Url, Breach> {
        let url = Url::parse(address).map_err(|_| Breach::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Breach::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Breach::Credentials);
        }
        let permitted = match url.host().ok_or(Breach::NotAnAddress)? {
            Host::Ipv4(it) => self.permits_address(&it.to_string(), it.into()),
            Host::Ipv6(it) => self.permits_address(&it.to_string(), it.into()),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                let local = name == "localhost" || name.ends_with(".localhost");
                let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
                !local || self.permits_address(name, loopback)
            }
        };
        if permitted {
            Ok(url)
        } else {
            Err(Breach::PrivateAddress)
        }
    }
}

/// An address that anybody can reach: none of the special ranges of the IANA registries (RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v4(it: Ipv4Addr) -> bool {
    let [a, b, c, _] = it.octets();
    let special = it.is_private()
        || it.is_loopback()
        || it.is_link_local()
        || it.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && b & 0xfe == 18);
    !special
}

/// Ranges that carry an address of version 4 are as public as that one.
fn is_public_v6(it: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = it.segments();
    let carried = |high: u16, low: u16| {
        is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => carried(g, h),
        (0x2002, ..) => carried(b, c),
        // Only what has been given out as global unicast, without Teredo, test nets and documentation.
        (0x2001, 0x0..=0x1ff | 0xdb8, ..) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_are_refused_in_every_spelling() {
        let policy = AddressPolicy::default();
        for address in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1:80/",
            "http://169.254.169.254/latest/meta-data/",
            "http://100.64.0.1/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://[2002:a00:1::]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[2001:db8::1]/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://１２７.0.0.1/",
        ] {
            assert_eq!(
                policy.permits(address),
                Err(Breach::PrivateAddress),
                "{address}"
            );
        }
        for address in [
            "http://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "http://ca.gov.vn/a.crl",
        ] {
            assert_eq!(policy.permits(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn other_schemes_and_passwords_are_refused() {
        let policy = AddressPolicy::default();
        for (address, breach) in [
            ("file:///etc/passwd", Breach::Scheme),
            ("ldap://ca.gov.vn/cn=a", Breach::Scheme),
            ("gopher://ca.gov.vn/", Breach::Scheme),
            ("http://a:b@ca.gov.vn/", Breach::Credentials),
            ("ca.gov.vn/a.crl", Breach::NotAnAddress),
            ("http://", Breach::NotAnAddress),
            ("", Breach::NotAnAddress),
        ] {
            assert_eq!(policy.permits(address), Err(breach), "{address}");
        }
    }

    #[test]
    fn what_is_configured_may_be_asked() {
        let policy = AddressPolicy {
            hosts: vec!["ocsp.noibo.gov.vn".to_owned()],
            networks: vec![Network::parse("10.20.0.0/16").unwrap()],
        };
        assert_eq!(policy.permits("http://10.20.30.40/"), Ok(()));
        assert!(policy.permits("http://10.21.30.40/").is_err());
        let inside = "192.168.7.7".parse().unwrap();
        assert!(policy.permits_address("OCSP.noibo.gov.vn", inside));
        assert!(!policy.permits_address("khac.gov.vn", inside));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains(inside));
    }
}
