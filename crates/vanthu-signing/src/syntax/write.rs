//! Writes objects as PDF syntax.

use super::object::{Dict, Object};
use super::parser::{is_delimiter, is_space};

/// Appends `object`. A stream writes only its dictionary: its bytes belong to the file it was read from.
pub(crate) fn object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Object::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Real(text) => out.extend_from_slice(text.as_bytes()),
        Object::Name(bytes) => name(out, bytes),
        Object::String(bytes) => string(out, bytes),
        Object::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                self::object(out, item);
            }
            out.push(b']');
        }
        Object::Dict(entries) => dict(out, entries),
        Object::Stream(stream) => dict(out, &stream.dict),
        Object::Ref(reference) => out.extend_from_slice(reference.to_string().as_bytes()),
    }
}

/// Appends a dictionary.
pub(crate) fn dict(out: &mut Vec<u8>, entries: &Dict) {
    out.extend_from_slice(b"<<");
    for (key, value) in entries.iter() {
        out.push(b' ');
        name(out, key);
        out.push(b' ');
        object(out, value);
    }
    out.extend_from_slice(b" >>");
}

fn name(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'/');
    for byte in bytes.iter().copied() {
        if is_space(byte) || is_delimiter(byte) || byte == b'#' || !(33..=126).contains(&byte) {
            out.extend_from_slice(format!("#{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.iter().all(|byte| (32..=126).contains(byte)) {
        out.push(b'(');
        for byte in bytes.iter().copied() {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        out.extend_from_slice(hex::encode_upper(bytes).as_bytes());
        out.push(b'>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parser::Parser;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let text = b"<< /A#20B [1 -2.50 (a\\(b) <00FF> true null 3 0 R] /C << /D /E >> >>";
        let first = Parser::at(text, 0).object().unwrap();
        let mut out = Vec::new();
        object(&mut out, &first);
        assert_eq!(Parser::at(&out, 0).object().unwrap(), first);
    }
}
