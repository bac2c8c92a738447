//! Decodes the streams that carry structure (cross-references, object streams), within bounds.

use std::io::Read;

use super::object::{Dict, Name, Object};
use super::parser::{SyntaxResult, hex_digit, is_space};

/// One structural stream may inflate to this many bytes.
pub(crate) const MAX_DECODED: usize = 64 << 20;

/// The decoded bytes of a stream with the given dictionary.
pub(crate) fn decode(dict: &Dict, raw: &[u8]) -> SyntaxResult<Vec<u8>> {
    let filters = match dict.get("Filter") {
        None => Vec::new(),
        Some(Object::Name(name)) => vec![name.clone()],
        Some(Object::Array(items)) => items
            .iter()
            .map(|item| {
                item.as_name()
                    .map(Name::from_slice)
                    .ok_or("a filter is not a name")
            })
            .collect::<Result<_, _>>()?,
        Some(_) => return Err("the filter of a structural stream is indirect"),
    };
    if filters.len() > 4 {
        return Err("a stream has too many filters");
    }
    let mut bytes = raw.to_vec();
    for (index, filter) in filters.iter().enumerate() {
        let parameters = match dict.get("DecodeParms") {
            Some(Object::Dict(dict)) if filters.len() == 1 => Some(dict),
            Some(Object::Array(items)) => items.get(index).and_then(Object::as_dict),
            None => None,
            Some(_) => return Err("bad decode parameters"),
        };
        bytes = match filter.as_slice() {
            b"FlateDecode" | b"Fl" => unpredict(inflate(&bytes, MAX_DECODED)?, parameters)?,
            b"ASCIIHexDecode" | b"AHx" => ascii_hex(&bytes)?,
            b"ASCII85Decode" | b"A85" => ascii_85(&bytes)?,
            _ => return Err("a structural stream has an unsupported filter"),
        };
    }
    Ok(bytes)
}

/// Inflates zlib data, never beyond `limit` bytes.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> SyntaxResult<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(bytes)
        .take(limit as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| "compressed data are damaged")?;
    if out.len() > limit {
        return Err("compressed data expand beyond the limit");
    }
    Ok(out)
}

fn unpredict(bytes: Vec<u8>, parameters: Option<&Dict>) -> SyntaxResult<Vec<u8>> {
    let Some(parameters) = parameters else {
        return Ok(bytes);
    };
    let number = |key: &str, default: i64| match parameters.get(key) {
        None => Ok(default),
        Some(Object::Int(value)) if (1..=65_535).contains(value) => Ok(*value),
        Some(_) => Err("bad predictor parameters"),
    };
    match number("Predictor", 1)? {
        1 => return Ok(bytes),
        10..=15 => {}
        _ => return Err("unsupported predictor"),
    }
    let bits = (number("Colors", 1)? * number("BitsPerComponent", 8)?) as usize;
    let width = (bits * number("Columns", 1)? as usize).div_ceil(8);
    let pixel = bits.div_ceil(8);
    let mut out = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; width];
    for line in bytes.chunks(width + 1) {
        let (kind, data) = line.split_first().ok_or("bad predictor data")?;
        let mut current: Vec<u8> = Vec::with_capacity(width);
        for (index, byte) in data.iter().enumerate() {
            let left = index
                .checked_sub(pixel)
                .and_then(|i| current.get(i))
                .copied()
                .unwrap_or(0);
            let up = above.get(index).copied().unwrap_or(0);
            let corner = index
                .checked_sub(pixel)
                .and_then(|i| above.get(i))
                .copied()
                .unwrap_or(0);
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => u16::midpoint(u16::from(left), u16::from(up)) as u8,
                4 => paeth(left, up, corner),
                _ => return Err("bad predictor data"),
            };
            current.push(byte.wrapping_add(guess));
        }
        out.extend_from_slice(&current);
        current.resize(width, 0);
        above = current;
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let estimate = a + b - c;
    let (near_a, near_b, near_c) = (
        (estimate - a).abs(),
        (estimate - b).abs(),
        (estimate - c).abs(),
    );
    if near_a <= near_b && near_a <= near_c {
        left
    } else if near_b <= near_c {
        up
    } else {
        corner
    }
}

fn ascii_hex(bytes: &[u8]) -> SyntaxResult<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() / 2);
    let mut pending: Option<u8> = None;
    for byte in bytes.iter().copied().take_while(|byte| *byte != b'>') {
        if is_space(byte) {
            continue;
        }
        let digit = hex_digit(byte).ok_or("bad hexadecimal data")?;
        match pending.take() {
            Some(high) => out.push(high << 4 | digit),
            None => pending = Some(digit),
        }
    }
    out.extend(pending.map(|high| high << 4));
    Ok(out)
}

fn ascii_85(bytes: &[u8]) -> SyntaxResult<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut group: Vec<u8> = Vec::with_capacity(5);
    let flush = |group: &[u8], out: &mut Vec<u8>| {
        let count = group.len();
        let padded = group
            .iter()
            .copied()
            .chain(std::iter::repeat_n(84, 5 - count));
        let value = padded.fold(0_u64, |value, digit| value * 85 + u64::from(digit));
        let word = u32::try_from(value).map_err(|_| "bad base-85 data")?;
        out.extend(word.to_be_bytes().iter().take(count - 1));
        Ok::<(), &'static str>(())
    };
    for byte in bytes.iter().copied().take_while(|byte| *byte != b'~') {
        match byte {
            _ if is_space(byte) => {}
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    flush(&group, &mut out)?;
                    group.clear();
                }
            }
            _ => return Err("bad base-85 data"),
        }
    }
    if group.len() == 1 {
        return Err("bad base-85 data");
    }
    if !group.is_empty() {
        flush(&group, &mut out)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..200 {
            encoder.write_all(&vec![0; 100_000]).unwrap();
        }
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 50_000);
        assert_eq!(
            inflate(&bomb, 1_000_000),
            Err("compressed data expand beyond the limit")
        );
    }

    #[test]
    fn base_85_is_decoded() {
        assert_eq!(ascii_85(b"87cURD]i,\"Ebo80~>").unwrap(), b"Hello World!");
        assert_eq!(ascii_85(b"z!!~>").unwrap(), [0, 0, 0, 0, 0]);
    }
}
