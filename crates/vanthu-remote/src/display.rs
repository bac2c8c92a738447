//! What the holder of the key reads on the phone: cut and spelt as the service can show it, and always with the
//! verification code in front, so that no cut takes it away.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use vanthu_pki::DigestAlgorithm;

/// What a service can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayRule {
    /// At most this many bytes of UTF-8.
    pub max_bytes: usize,
    /// Which letters.
    pub letters: Letters,
}

/// Which letters a service can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// Vietnamese with its tone marks.
    All,
    /// Printable ASCII.
    Ascii,
    /// Letters and digits of ASCII, blank, hyphen and underscore: MySign refuses anything else.
    Plain,
}

/// The text as the rule permits it: tone marks and đ folded, what can't be shown made a hyphen, blanks joined,
/// cut between letters.
///
/// ```
/// use vanthu_remote::display::{DisplayRule, Letters, fit};
///
/// let rule = DisplayRule { max_bytes: 18, letters: Letters::Plain };
/// assert_eq!(fit("12/UBND-VX  Về việc đất đai", rule), "12-UBND-VX Ve viec");
/// ```
pub fn fit(text: &str, rule: DisplayRule) -> String {
    let mut out = String::new();
    for word in text.split(|it: char| it.is_whitespace() || it.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        match rule.letters {
            Letters::All => out.extend(word.nfc()),
            Letters::Ascii => out.extend(folded(word).map(|it| keep(it, it.is_ascii_graphic()))),
            Letters::Plain => out.extend(
                folded(word)
                    .map(|it| keep(it, it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))),
            ),
        }
    }
    let mut end = rule.max_bytes.min(out.len());
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    out.truncate(end);
    out.truncate(out.trim_end().len());
    out
}

fn keep(letter: char, shown: bool) -> char {
    if shown { letter } else { '-' }
}

fn folded(word: &str) -> impl Iterator<Item = char> {
    word.nfd()
        .filter(|it| !is_combining_mark(*it))
        .map(|it| match it {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
}

/// How the code that stands on the page and on the phone is computed from what is to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CodeRule {
    /// Four digits from the first six and the last seven bits of the digest, as mobile signature services over
    /// ETSI TS 102 204 have done since the beginning.
    #[default]
    SixAndSevenBits,
    /// Four digits from the last two octets of SHA-256 over the digest.
    LastTwoOctets,
}

impl CodeRule {
    /// Four decimal digits.
    ///
    /// ```
    /// use vanthu_remote::display::CodeRule;
    ///
    /// let digest = hex::decode("2f665f6a6999e0ef0752e00ec9f453adf59d8cb6").unwrap();
    /// assert_eq!(CodeRule::SixAndSevenBits.code(&digest), "1462");
    /// ```
    pub fn code(self, digest: &[u8]) -> String {
        let number = match self {
            Self::SixAndSevenBits => {
                let first = digest.first().copied().unwrap_or(0);
                let last = digest.last().copied().unwrap_or(0);
                u16::from(first & 0xfc) << 5 | u16::from(last & 0x7f)
            }
            Self::LastTwoOctets => {
                let digest = DigestAlgorithm::Sha256.digest(digest);
                let last = digest.last_chunk::<2>().copied().unwrap_or_default();
                u16::from_be_bytes(last) % 10_000
            }
        };
        format!("{number:04}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_code_of_published_examples() {
        let digest = DigestAlgorithm::Sha256.digest(b"HACKERMAN_SHA256");
        assert_eq!(CodeRule::SixAndSevenBits.code(&digest), "6008");
        assert_eq!(CodeRule::SixAndSevenBits.code(&[0xff; 32]), "8191");
        assert_eq!(CodeRule::SixAndSevenBits.code(&[]), "0000");
    }

    #[test]
    fn tone_marks_go_where_the_service_has_none() {
        let ascii = DisplayRule {
            max_bytes: 60,
            letters: Letters::Ascii,
        };
        assert_eq!(
            fit("Mã 1462: QĐ/UBND Đặng Thị Ngọc Ánh\n€", ascii),
            "Ma 1462: QD/UBND Dang Thi Ngoc Anh -"
        );
        let all = DisplayRule {
            max_bytes: 4,
            letters: Letters::All,
        };
        assert_eq!(fit("Về việc", all), "Về");
    }

    proptest! {
        #[test]
        fn whatever_the_text_it_fits(text in "\\PC{0,80}", max_bytes in 0_usize..90) {
            for letters in [Letters::All, Letters::Ascii, Letters::Plain] {
                let shown = fit(&text, DisplayRule { max_bytes, letters });
                prop_assert!(shown.len() <= max_bytes);
                prop_assert!(letters == Letters::All || shown.is_ascii());
            }
        }

        #[test]
        fn a_code_has_four_digits(digest in proptest::collection::vec(any::<u8>(), 0..70)) {
            for rule in [CodeRule::SixAndSevenBits, CodeRule::LastTwoOctets] {
                let code = rule.code(&digest);
                prop_assert!(code.len() == 4 && code.bytes().all(|it| it.is_ascii_digit()));
            }
        }
    }
}
