//! Reads answers in JSON as services write them: figures may be texts and texts figures, members may be missing.

use std::time::Duration;

use serde_json::Value;
use vanthu_pki::Certificate;

use crate::http::Reply;
use crate::outcome::{Ending, Failure};
use crate::secret::Secret;
use crate::value::decode;

/// The body as JSON.
pub(crate) fn read(reply: &Reply) -> Result<Value, Failure> {
    serde_json::from_slice(reply.body.reveal()).map_err(|_| Failure::unreadable("no JSON"))
}

/// A member that is a text or a figure.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A member that is a text and not empty.
pub(crate) fn word(value: &Value, key: &str) -> Option<String> {
    text(value, key)
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
}

/// A member that is a whole number, perhaps as a text.
pub(crate) fn number(value: &Value, key: &str) -> Option<u64> {
    text(value, key)?.trim().parse().ok()
}

/// A member that is a list of texts, or one text.
pub(crate) fn texts(value: &Value, key: &str) -> Vec<String> {
    match value.get(key) {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// A list of texts in which nothing else stands; `None` for anything that is none.
pub(crate) fn only_texts(value: &Value, key: &str) -> Option<Vec<String>> {
    let list = value.get(key)?.as_array()?;
    list.iter()
        .map(|it| it.as_str().map(str::to_owned))
        .collect()
}

/// Takes a secret out, so that no copy stays in the tree.
pub(crate) fn secret(value: &mut Value, key: &str) -> Option<Secret> {
    match value.get_mut(key)?.take() {
        Value::String(text) if !text.is_empty() => Some(Secret::new(text)),
        _ => None,
    }
}

/// A span in seconds; without one, `otherwise`. A service that says a century is believed for a day.
pub(crate) fn seconds(value: &Value, key: &str, otherwise: u64) -> Duration {
    Duration::from_secs(number(value, key).unwrap_or(otherwise).min(86_400))
}

/// A certificate in base64, with or without line breaks and PEM lines.
pub(crate) fn certificate(text: &str) -> Result<Certificate, Failure> {
    let certificate = if text.contains("-----BEGIN") {
        Certificate::from_pem(text).ok()
    } else {
        decode(text).and_then(|der| Certificate::from_der(&der).ok())
    };
    certificate.ok_or_else(|| Failure::unreadable("a certificate"))
}

/// What an HTTP status says where the body says nothing that is understood.
pub(crate) fn by_status(reply: &Reply) -> Failure {
    let said = format!("HTTP {}", reply.status);
    match reply.status {
        401 => Failure::expired_token(said),
        403 => Failure::new(Ending::AccessRefused, said),
        // Too many requests: it was not looked at.
        429 => Failure::new(Ending::NotReached, said),
        400..=499 => Failure::new(Ending::NotOffered, said),
        500..=599 => Failure::new(Ending::ProviderFault, said),
        _ => Failure::unreadable(&said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_are_read_in_either_spelling() {
        let value = json!({"a": "3600", "b": 3600, "c": " 1 ", "d": null, "e": "một"});
        assert_eq!(
            (number(&value, "a"), number(&value, "b")),
            (Some(3600), Some(3600))
        );
        assert_eq!((number(&value, "c"), number(&value, "d")), (Some(1), None));
        assert_eq!((number(&value, "e"), number(&value, "f")), (None, None));
        assert_eq!(seconds(&json!({"a": u64::MAX}), "a", 5).as_secs(), 86_400);
    }

    #[test]
    fn a_secret_leaves_the_tree() {
        let mut value = json!({"token": "the-token"});
        assert_eq!(secret(&mut value, "token").unwrap().reveal(), "the-token");
        assert_eq!(value, json!({"token": null}));
    }

    #[test]
    fn a_list_with_something_else_in_it_is_none() {
        assert!(only_texts(&json!({"a": ["x", 1]}), "a").is_none());
        assert!(only_texts(&json!({"a": "x"}), "a").is_none());
        assert_eq!(texts(&json!({"a": "x"}), "a"), ["x"]);
    }
}
