//! The addresses of an agency's offices (mạng của cơ quan): what an installation is told of them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses, as `10.4.0.0/16`; an address alone is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// The text is no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("không phải địa chỉ hoặc dải địa chỉ mạng: {0}")]
pub struct BadNetwork(pub String);

impl Network {
    /// Whether the address is in it. An IPv4 address that came as IPv6 counts as what it is.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => alike(
                u128::from(first.to_bits()) << 96,
                u128::from(address.to_bits()) << 96,
                self.bits,
            ),
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                alike(first.to_bits(), address.to_bits(), self.bits)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Reads one range a line; lines may be empty.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, BadNetwork> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::parse).collect()
    }
}

/// Whether the first bits are the same.
fn alike(one: u128, other: u128, bits: u8) -> bool {
    let mask = match bits {
        0 => 0,
        bits => u128::MAX << (128 - u32::from(bits).min(128)),
    };
    one & mask == other & mask
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.chars().take(60).collect());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| bad())?,
            None => most,
        };
        if bits > most {
            return Err(bad());
        }
        Ok(Self { first, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        let networks = Network::parse_all("10.4.0.0/16\n\n 203.0.113.7 \n2001:db8::/32\n").unwrap();
        let inside = |text: &str| {
            let address = text.parse().unwrap();
            networks.iter().any(|one| one.holds(address))
        };
        for address in [
            "10.4.0.1",
            "10.4.255.255",
            "203.0.113.7",
            "::ffff:10.4.1.1",
            "2001:db8::9",
        ] {
            assert!(inside(address), "{address}");
        }
        for address in ["10.5.0.1", "203.0.113.8", "2001:db9::1", "127.0.0.1", "::1"] {
            assert!(!inside(address), "{address}");
        }
        let everything: Network = "0.0.0.0/0".parse().unwrap();
        assert!(everything.holds("8.8.8.8".parse().unwrap()));
        assert!(!everything.holds("::1".parse().unwrap()));
        assert_eq!(networks[0].to_string(), "10.4.0.0/16");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "10.4.0.0/33",
            "10.4/16",
            "cơ quan",
            "::/129",
            "10.0.0.1/x",
            "10.0.0.1/-1",
        ] {
            assert!(Network::parse_all(text).is_err(), "{text}");
        }
    }
}
