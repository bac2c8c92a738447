//! Revocation lists from the addresses that the certificates in a PDF name.

use std::collections::BTreeSet;
use std::time::Duration;

use vanthu_pki::crl::Crl;
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, cms};

/// How long an address is waited for.
const PATIENCE: Duration = Duration::from_secs(8);
/// No list is larger.
const LARGEST_BYTES: usize = 32 * 1024 * 1024;
/// No more addresses are asked.
const MOST_ADDRESSES: usize = 16;

/// Fetches what can be fetched. An address that does not answer leaves its certificates' status
/// unknown, which the report then says.
pub(super) async fn gather(pdf: &[u8], anchors: &[Certificate]) -> anyhow::Result<RevocationData> {
    let addresses: BTreeSet<String> = certificates_in(pdf)
        .iter()
        .filter(|it| !anchors.contains(it))
        .flat_map(Certificate::crl_urls)
        .filter(|url| url.starts_with("http://"))
        .take(MOST_ADDRESSES)
        .collect();
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let mut data = RevocationData::default();
    for address in addresses {
        match fetch(&client, &address).await {
            Ok(list) => data.crls.push(list),
            Err(error) => tracing::warn!(address, %error, "revocation list"),
        }
    }
    Ok(data)
}

async fn fetch(client: &reqwest::Client, address: &str) -> anyhow::Result<Crl> {
    let answer = client.get(address).send().await?.error_for_status()?;
    let bytes = answer.bytes().await?;
    anyhow::ensure!(
        bytes.len() <= LARGEST_BYTES,
        "larger than {LARGEST_BYTES} bytes"
    );
    Ok(Crl::from_der(&bytes)?)
}

/// The certificates inside the signatures and their time-stamps.
fn certificates_in(pdf: &[u8]) -> Vec<Certificate> {
    let mut found = Vec::new();
    for structure in contents(pdf) {
        let Ok(signed) = cms::parse(&structure) else {
            continue;
        };
        for token in signed.signers.iter().flat_map(|it| it.timestamp_tokens()) {
            if let Ok(stamp) = cms::parse(token) {
                found.extend(stamp.certificates);
            }
        }
        found.extend(signed.certificates);
    }
    found
}

/// The hexadecimal strings after `/Contents`, without the zeros that fill them up.
fn contents(pdf: &[u8]) -> Vec<Vec<u8>> {
    let key = b"/Contents";
    let mut found = Vec::new();
    let mut rest = pdf;
    while let Some(at) = rest.windows(key.len()).position(|it| it == key) {
        rest = rest.get(at + key.len()..).unwrap_or_default();
        let text = rest.trim_ascii_start();
        let Some(text) = text.strip_prefix(b"<") else {
            continue;
        };
        let end = text.iter().position(|byte| *byte == b'>').unwrap_or(0);
        let digits = text.get(..end).unwrap_or_default();
        if let Ok(bytes) = hex::decode(digits) {
            found.push(structure(&bytes).to_vec());
        }
    }
    found
}

/// The one structure at the beginning, by its own length (DER); without the zeros where it does
/// not say one.
fn structure(bytes: &[u8]) -> &[u8] {
    let filled = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let plain = bytes.get(..filled).unwrap_or(bytes);
    let [_, first, rest @ ..] = bytes else {
        return plain;
    };
    let (header, length) = match first {
        0x00..=0x7f => (2, usize::from(*first)),
        0x81..=0x84 => {
            let count = usize::from(first & 0x0f);
            let digits = rest.get(..count).unwrap_or_default();
            (
                2 + count,
                digits
                    .iter()
                    .fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte)),
            )
        }
        _ => return plain,
    };
    bytes.get(..header + length).unwrap_or(plain)
}
