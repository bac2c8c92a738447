//! Reads the consent form without leaving copies of the PIN behind.

use zeroize::Zeroizing;

use crate::Pin;

/// What the person answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Sign everything.
    Sign,
    /// Sign nothing.
    Refuse,
}

/// The consent form.
#[derive(Debug)]
pub(super) struct Form {
    /// The single-use value.
    pub(super) value: String,
    /// Yes or no.
    pub(super) answer: Answer,
    /// The PIN; empty with a no.
    pub(super) pin: Pin,
    /// The person knows that the first page could not be drawn.
    pub(super) unseen: bool,
}

/// Reads `application/x-www-form-urlencoded`; none if a field is missing, double or unknown.
pub(super) fn read(body: &[u8]) -> Option<Form> {
    let (mut value, mut answer, mut pin, mut unseen) = (None, None, None, None);
    for pair in body.split(|&byte| byte == b'&') {
        let cut = pair.iter().position(|&byte| byte == b'=')?;
        let (name, rest) = pair.split_at_checked(cut)?;
        let text = decode(rest.get(1..)?)?;
        let doubled = match name {
            b"form" => value.replace(text.as_str().to_owned()).is_some(),
            b"answer" => answer
                .replace(match text.as_str() {
                    "sign" => Answer::Sign,
                    "refuse" => Answer::Refuse,
                    _ => return None,
                })
                .is_some(),
            b"unseen" if text.as_str() == "yes" => unseen.replace(()).is_some(),
            b"pin" => pin.replace(Pin::new(text.as_str().to_owned())).is_some(),
            _ => return None,
        };
        if doubled {
            return None;
        }
    }
    let pin = pin.unwrap_or_else(|| Pin::new(String::new()));
    Some(Form {
        value: value?,
        answer: answer?,
        pin,
        unseen: unseen.is_some(),
    })
}

fn decode(text: &[u8]) -> Option<Zeroizing<String>> {
    // Never grows, so that no copy is left behind.
    let mut decoded = Zeroizing::new(String::with_capacity(text.len()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(*rest.next()?)? << 4 | digit(*rest.next()?)?,
            other => other,
        });
    }
    decoded.push_str(std::str::from_utf8(&bytes).ok()?);
    Some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read() {
        let form = read(b"form=abc&pin=a%2Bb+%C3%A1&answer=sign").unwrap();
        assert_eq!(form.value, "abc");
        assert_eq!(form.answer, Answer::Sign);
        assert_eq!(form.pin.reveal(), "a+b á");
    }

    #[test]
    fn a_form_with_missing_double_or_broken_fields_is_refused() {
        for body in [
            "",
            "form=a",
            "answer=sign",
            "form=a&answer=perhaps",
            "form=a&form=b&answer=sign",
            "form=a&answer=sign&pin=%C3",
            "form=a&answer=sign&pin=%1",
            "form=a&answer=sign&other=1",
            "form=a&answer=sign&unseen=no",
            "form=a&answer=sign&unseen=yes&unseen=yes",
        ] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
    }
}
