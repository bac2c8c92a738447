//! The PIN: in a page of its own that the system keeps out of its swap file, never shown, wiped when the last holder is
//! gone, also when that is by a panic.
//!
//! A module copies the PIN into its own memory while it logs in; that copy is the maker's affair.

use std::fmt;
use std::sync::{Arc, OnceLock};

use zeroize::{Zeroize as _, Zeroizing};

/// A PIN (mã PIN), or the password of a key file. Clones share one place in memory.
#[derive(Clone)]
pub struct Pin(Arc<Locked>);

impl Pin {
    /// Takes the text over and wipes it.
    pub fn new(text: String) -> Self {
        let text = Zeroizing::new(text);
        Self(Arc::new(Locked::new(&text)))
    }

    /// The text, for the key device only.
    pub fn reveal(&self) -> &str {
        self.0.text()
    }

    /// True when nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.length == 0
    }

    /// Whether the system has promised not to write it to a disk.
    pub fn is_locked(&self) -> bool {
        self.0.lock.is_some()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// Bytes on pages that hold nothing else: locks of memory go by the page and don't count, so a neighbour that is
/// unlocked would unlock them too.
struct Locked {
    /// Let go after the bytes are wiped: fields are dropped after the value itself.
    lock: Option<region::LockGuard>,
    bytes: Vec<u8>,
    start: usize,
    length: usize,
}

impl Locked {
    fn new(text: &str) -> Self {
        let page = region::page::size().max(1);
        let length = text.len();
        let whole = length.max(1).div_ceil(page) * page;
        let mut bytes = vec![0; whole + page];
        let start = bytes.as_ptr().align_offset(page).min(page);
        let lock = match region::lock(bytes.as_ptr().wrapping_add(start), whole) {
            Ok(lock) => Some(lock),
            Err(error) => {
                say_once(&error);
                None
            }
        };
        if let Some(place) = bytes.get_mut(start..start + length) {
            place.copy_from_slice(text.as_bytes());
        }
        Self {
            lock,
            bytes,
            start,
            length,
        }
    }

    fn text(&self) -> &str {
        let bytes = self.bytes.get(self.start..self.start + self.length);
        bytes
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// A limit of the system (`RLIMIT_MEMLOCK`) is no reason not to sign, but one to know of.
fn say_once(error: &region::Error) {
    static SAID: OnceLock<()> = OnceLock::new();
    SAID.get_or_init(|| {
        tracing::warn!(%error, "the system does not lock memory: a PIN may reach the swap file");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Pin::new("123456".into())), "Pin(…)");
    }

    #[test]
    fn a_pin_of_any_length_is_kept_on_pages_of_its_own() {
        let page = region::page::size();
        for text in [
            String::new(),
            "123456".to_owned(),
            "mật khẩu".to_owned(),
            "9".repeat(page + 1),
        ] {
            let pin = Pin::new(text.clone());
            assert_eq!(pin.reveal(), text);
            assert_eq!(pin.is_empty(), text.is_empty());
            let place = pin.reveal().as_ptr().addr();
            assert!(text.is_empty() || place.is_multiple_of(page), "{place:x}");
        }
    }

    /// The system says how much of a process is locked (`VmLck`).
    #[cfg(target_os = "linux")]
    #[test]
    fn the_page_of_a_pin_is_locked_as_long_as_somebody_holds_it() {
        let locked_kib = || -> u64 {
            let status = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
            let line = status.lines().find(|it| it.starts_with("Locked:")).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let pin = Pin::new("24681357".into());
        if !pin.is_locked() {
            println!("skipped: this system does not lock memory");
            return;
        }
        let one = locked_kib();
        assert!(one >= 4, "{one}");
        let other = pin.clone();
        drop(pin);
        assert_eq!(other.reveal(), "24681357");
        assert!(other.is_locked());
    }

    /// Looks at the place in memory where the PIN was, through the system.
    ///
    /// Proves: TG-22.1b
    #[cfg(target_os = "linux")]
    #[test]
    fn a_pin_is_wiped_when_its_holder_panics() {
        use std::os::unix::fs::FileExt as _;
        let seen = |place: usize| {
            let memory = std::fs::File::open("/proc/self/mem").unwrap();
            let mut found = [0; 8];
            // What is not mapped any more is gone as well.
            let read = memory.read_exact_at(&mut found, place as u64);
            read.is_ok().then_some(found)
        };
        let pin = Pin::new("24681357".into());
        let place = pin.reveal().as_ptr().addr();
        assert_eq!(seen(place), Some(*b"24681357"));
        let ended = std::panic::catch_unwind(move || {
            let _held = pin;
            panic!("the module has a fault");
        });
        assert!(ended.is_err());
        assert_ne!(seen(place), Some(*b"24681357"));
    }
}
