//! How signature files are written: as DER or as PEM, and with or without what they sign inside.

use std::borrow::Cow;

use vanthu_pki::{cms, pem};

/// The labels of RFC 7468, 8 and 9.
const LABELS: [&str; 2] = ["CMS", "PKCS7"];

/// Whether a file begins as a signature file in PEM does.
pub(crate) fn is_armoured(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    LABELS.iter().any(|label| {
        let begin = format!("-----BEGIN {label}-----");
        text.starts_with(begin.as_bytes())
    })
}

/// A signature file as DER. One that is no PEM, or no PEM that can be read, comes back as it is.
pub(crate) fn der_of(p7s: &[u8]) -> Cow<'_, [u8]> {
    if !is_armoured(p7s) {
        return Cow::Borrowed(p7s);
    }
    let text = std::str::from_utf8(p7s).unwrap_or_default();
    let blocks = LABELS.iter().filter_map(|it| pem::decode(text, it).ok());
    let mut all: Vec<Vec<u8>> = blocks.flatten().collect();
    match (all.pop(), all.pop()) {
        (Some(only), None) => Cow::Owned(only),
        _ => Cow::Borrowed(p7s),
    }
}

/// What a signature file carries inside: the content that it signs (RFC 5652, 5.2, eContent). `None` where the content
/// stands apart, as CAdES signatures beside a file have it, and where the file can't be read.
///
/// ```
/// assert_eq!(vanthu_signing::content_inside(b"no signature"), None);
/// ```
pub fn content_inside(p7s: &[u8]) -> Option<Vec<u8>> {
    cms::parse(&der_of(p7s)).ok()?.content
}
