//! The PIN: held as short as possible, never shown, wiped when dropped.

use std::fmt;

use zeroize::Zeroizing;

/// A PIN (mã PIN), or the password of a key file.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the key device only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// True when nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Pin::new("123456".into())), "Pin(…)");
    }
}
