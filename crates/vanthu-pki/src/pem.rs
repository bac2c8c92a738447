//! PEM armour.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Malformed;

/// All blocks with this label.
pub fn decode(text: &str, label: &str) -> Result<Vec<Vec<u8>>, Malformed> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(&begin) {
        let (body, after) = after.split_once(&end).ok_or(Malformed("PEM without end"))?;
        let compact: String = body.split_whitespace().collect();
        blocks.push(
            STANDARD
                .decode(compact)
                .map_err(|_| Malformed("base64 of PEM"))?,
        );
        rest = after;
    }
    Ok(blocks)
}

/// One block.
pub fn encode(der: &[u8], label: &str) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    let encoded = STANDARD.encode(der);
    let mut rest = encoded.as_str();
    while let Some((line, after)) = rest.split_at_checked(64) {
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        out.push_str(rest);
        out.push('\n');
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}
