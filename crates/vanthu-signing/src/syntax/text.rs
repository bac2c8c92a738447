//! Text strings (7.9.2): reading and writing.

/// The text of a PDF string: UTF-16 with mark, UTF-8 with mark, or PDFDocEncoding (Latin-1 part).
pub(crate) fn decode(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        let (pairs, _) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
        return String::from_utf16_lossy(&units);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return String::from_utf8_lossy(rest).into_owned();
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// A PDF string holding `text`: plain when it is ASCII, else UTF-16 with mark.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    let mut bytes = vec![0xfe, 0xff];
    for unit in text.encode_utf16() {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_text_survives() {
        for text in ["152/UBND-VHXH", "Ủy ban nhân dân xã Bình Mẫu", ""] {
            assert_eq!(decode(&encode(text)), text);
        }
    }
}
