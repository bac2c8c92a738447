//! What must not be seen: overwritten when it is dropped, and absent from every log.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

/// A text that nobody may read: a password, a token, a one-time code, a SAD.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; it is overwritten when the last owner is gone.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one place that writes it into a request.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The body of a request or an answer; may hold secrets.
#[derive(Clone, Default)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over; they are overwritten when the last owner is gone.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A structure as JSON. It is measured first, so that no copy is left behind by a buffer that grew.
    pub(crate) fn json<T: Serialize>(value: &T) -> Self {
        let mut count = Counter(0);
        let mut bytes = Vec::new();
        // Nothing that this crate writes has a map with keys that are no text, so JSON can't fail.
        if serde_json::to_writer(&mut count, value).is_ok() {
            bytes.reserve_exact(count.0);
            if serde_json::to_writer(&mut bytes, value).is_err() {
                bytes.clear();
            }
        }
        Self::new(bytes)
    }

    /// A text whose parts may be secrets, in one buffer that does not grow.
    pub(crate) fn join(parts: &[&str]) -> Self {
        let mut bytes = Vec::with_capacity(parts.iter().map(|it| it.len()).sum());
        for part in parts {
            bytes.extend_from_slice(part.as_bytes());
        }
        Self::new(bytes)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_no_log() {
        let secret = Secret::new("mat khau 123456");
        let body = SecretBytes::json(&[secret.reveal()]);
        assert_eq!(format!("{secret:?} {body:?}"), "Secret 19 bytes");
        assert_eq!(body.reveal(), br#"["mat khau 123456"]"#);
    }

    #[test]
    fn a_body_fits_its_buffer() {
        let body = SecretBytes::json(&["a\"b", "đ"]);
        assert_eq!(body.0.capacity(), body.len());
        let joined = SecretBytes::join(&["a=", "b"]);
        assert_eq!((joined.0.capacity(), joined.reveal()), (3, &b"a=b"[..]));
    }
}
