//! Reads single objects at a byte position.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::object::{Dict, Name, Object, Ref, Stream};
use super::source::Beyond;

/// Arrays and dictionaries may nest this deep.
const MAX_DEPTH: u32 = 96;

/// What is wrong at a position, in words for the log.
pub(crate) type SyntaxResult<T> = Result<T, &'static str>;

/// A cursor over PDF bytes: a whole file, or a window of one.
#[derive(Clone)]
pub(crate) struct Parser<'a> {
    data: &'a [u8],
    /// Where in the file `data` begins.
    origin: usize,
    /// In the file.
    position: usize,
    /// What lies behind a window.
    beyond: Option<&'a Beyond<'a>>,
}

pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

pub(crate) const fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

impl<'a> Parser<'a> {
    pub(crate) fn at(data: &'a [u8], position: usize) -> Self {
        Self {
            data,
            origin: 0,
            position,
            beyond: None,
        }
    }

    /// At the start of a window that begins at `origin` of its file; positions stay those of the file.
    pub(crate) fn in_window(data: &'a [u8], origin: usize, beyond: &'a Beyond<'a>) -> Self {
        Self {
            data,
            origin,
            position: origin,
            beyond: Some(beyond),
        }
    }

    /// The bytes from `position` of the file on.
    fn from(&self, position: usize) -> &'a [u8] {
        position
            .checked_sub(self.origin)
            .and_then(|start| self.data.get(start..))
            .unwrap_or_default()
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        let index = self.position.checked_sub(self.origin)?;
        let byte = self.data.get(index.checked_add(ahead)?).copied();
        if byte.is_none() {
            self.want_more();
        }
        byte
    }

    /// Whether these bytes stand here.
    pub(crate) fn stands(&self, bytes: &[u8]) -> bool {
        let rest = self.from(self.position);
        if rest.len() < bytes.len() {
            self.want_more();
        }
        rest.starts_with(bytes)
    }

    /// The end of the data is reached, which in a window is not the end of the file.
    fn want_more(&self) {
        if let Some(beyond) = self.beyond {
            beyond.want();
        }
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.position += 1;
        Some(byte)
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if is_space(byte) {
                self.position += 1;
            } else if byte == b'%' {
                while self
                    .peek()
                    .is_some_and(|byte| byte != b'\n' && byte != b'\r')
                {
                    self.position += 1;
                }
            } else {
                break;
            }
        }
    }

    /// Skips white space, but no comment.
    pub(crate) fn skip_plain_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.position += 1;
        }
    }

    /// Takes `word` when it stands here as a whole token.
    pub(crate) fn take_keyword(&mut self, word: &str) -> bool {
        let fits = self.stands(word.as_bytes())
            && self
                .peek_at(word.len())
                .is_none_or(|byte| !is_regular(byte));
        if fits {
            self.position += word.len();
        }
        fits
    }

    /// Takes an unsigned whole number standing here.
    pub(crate) fn take_unsigned(&mut self) -> Option<u64> {
        let mut value: u64 = 0;
        let start = self.position;
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            value = value.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
            self.position += 1;
        }
        (self.position > start).then_some(value)
    }

    /// Takes one end-of-line marker, or nothing.
    pub(crate) fn take_eol(&mut self) -> bool {
        match (self.peek(), self.peek_at(1)) {
            (Some(b'\r'), Some(b'\n')) => self.position += 2,
            (Some(b'\r' | b'\n'), _) => self.position += 1,
            _ => return false,
        }
        true
    }

    /// One direct object (or a reference).
    pub(crate) fn object(&mut self) -> SyntaxResult<Object> {
        self.object_at_depth(0)
    }

    fn object_at_depth(&mut self, depth: u32) -> SyntaxResult<Object> {
        if depth > MAX_DEPTH {
            return Err("objects nest too deeply");
        }
        self.skip_space();
        match self.peek().ok_or("the file ends inside an object")? {
            b'/' => Ok(Object::Name(self.name()?)),
            b'(' => self.literal_string(),
            b'<' if self.peek_at(1) == Some(b'<') => Ok(Object::Dict(self.dict(depth)?)),
            b'<' => self.hex_string(),
            b'[' => self.array(depth),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number_or_ref(),
            _ if self.take_keyword("true") => Ok(Object::Bool(true)),
            _ if self.take_keyword("false") => Ok(Object::Bool(false)),
            _ if self.take_keyword("null") => Ok(Object::Null),
            _ => Err("unknown token"),
        }
    }

    fn name(&mut self) -> SyntaxResult<Name> {
        self.position += 1;
        let mut name = Name::from_slice(self.plain_part_of_name());
        self.position += name.len();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.position += 1;
            if byte == b'#' {
                let high = self
                    .bump()
                    .and_then(hex_digit)
                    .ok_or("bad # escape in a name")?;
                let low = self
                    .bump()
                    .and_then(hex_digit)
                    .ok_or("bad # escape in a name")?;
                name.push(high << 4 | low);
            } else {
                name.push(byte);
            }
        }
        Ok(name)
    }

    /// What stands here up to an escape or the end of the name.
    fn plain_part_of_name(&self) -> &'a [u8] {
        let rest = self.from(self.position);
        let end = rest
            .iter()
            .position(|byte| !is_regular(*byte) || *byte == b'#');
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn literal_string(&mut self) -> SyntaxResult<Object> {
        self.position += 1;
        let mut text = Vec::new();
        let mut open = 1_u32;
        loop {
            let byte = self.bump().ok_or("the file ends inside a string")?;
            match byte {
                b'(' => {
                    open += 1;
                    text.push(byte);
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(Object::String(text));
                    }
                    text.push(byte);
                }
                b'\\' => self.escape(&mut text)?,
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.position += 1;
                    }
                    text.push(b'\n');
                }
                _ => text.push(byte),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> SyntaxResult<()> {
        let byte = self.bump().ok_or("the file ends inside a string")?;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.position += 1;
                }
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                    self.position += 1;
                }
                text.push((value & 0xff) as u8);
            }
            _ => text.push(byte),
        }
        Ok(())
    }

    fn hex_string(&mut self) -> SyntaxResult<Object> {
        self.position += 1;
        let mut bytes = self.plain_part_of_hex();
        self.position += bytes.len() * 2;
        let mut pending: Option<u8> = None;
        loop {
            let byte = self.bump().ok_or("the file ends inside a string")?;
            if byte == b'>' {
                break;
            }
            if is_space(byte) {
                continue;
            }
            let digit = hex_digit(byte).ok_or("a hexadecimal string holds another character")?;
            match pending.take() {
                Some(high) => bytes.push(high << 4 | digit),
                None => pending = Some(digit),
            }
        }
        if let Some(high) = pending {
            bytes.push(high << 4);
        }
        Ok(Object::String(bytes))
    }

    /// The digits that stand here two by two: all of them, where no white space is between.
    fn plain_part_of_hex(&self) -> Vec<u8> {
        let digit = |byte: u8| HEX.get(usize::from(byte)).copied().unwrap_or(u8::MAX);
        let rest = self.from(self.position);
        let end = rest.iter().position(|byte| digit(*byte) > 0xf);
        let digits = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let (pairs, _) = digits.as_chunks::<2>();
        pairs
            .iter()
            .map(|[high, low]| digit(*high) << 4 | digit(*low))
            .collect()
    }

    fn array(&mut self, depth: u32) -> SyntaxResult<Object> {
        self.position += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.position += 1;
                return Ok(Object::Array(items));
            }
            items.push(self.object_at_depth(depth + 1)?);
        }
    }

    fn dict(&mut self, depth: u32) -> SyntaxResult<Dict> {
        self.position += 2;
        let mut dict = Dict::new();
        let mut keys = Keys::default();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'>') if self.peek_at(1) == Some(b'>') => {
                    self.position += 2;
                    return Ok(dict);
                }
                Some(b'/') => {}
                _ => return Err("a dictionary key is not a name"),
            }
            let key = self.name()?;
            // Two readers may pick different ones: a known way to forge signatures.
            if !keys.is_new(&dict, &key) {
                return Err("a dictionary repeats a key");
            }
            let value = self.object_at_depth(depth + 1)?;
            dict.push_raw(key, value);
        }
    }

    fn number_or_ref(&mut self) -> SyntaxResult<Object> {
        let start = self.position;
        while self.peek().is_some_and(is_regular) {
            self.position += 1;
        }
        let token = self.from(start);
        let token = token.get(..self.position - start).unwrap_or_default();
        let text = std::str::from_utf8(token).map_err(|_| "bad number")?;
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if digits.is_empty()
            || !digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return Err("bad number");
        }
        match digits.bytes().filter(|byte| *byte == b'.').count() {
            0 => {}
            1 if digits.len() > 1 => return Ok(Object::Real(text.to_owned())),
            _ => return Err("bad number"),
        }
        let value: i64 = text.parse().map_err(|_| "a whole number is too large")?;
        if digits.len() == text.len()
            && let Some(reference) = self.reference_after(value)
        {
            return Ok(Object::Ref(reference));
        }
        Ok(Object::Int(value))
    }

    fn reference_after(&mut self, number: i64) -> Option<Ref> {
        let number = u32::try_from(number).ok()?;
        let mut ahead = self.clone();
        ahead.skip_space();
        let generation = ahead.take_unsigned()?;
        if ahead.peek().is_some_and(is_regular) {
            return None;
        }
        ahead.skip_space();
        if !ahead.take_keyword("R") {
            return None;
        }
        let generation = u16::try_from(generation).ok()?;
        self.position = ahead.position;
        Some(Ref { number, generation })
    }

    /// `number generation obj … endobj`; `length_of` finds an indirect `/Length`.
    pub(crate) fn indirect(
        &mut self,
        length_of: &dyn Fn(Ref) -> Option<i64>,
    ) -> SyntaxResult<(Ref, Object)> {
        Ok((self.header()?, self.body(length_of)?))
    }

    /// `number generation obj`: which object it is, before any of it is read.
    pub(crate) fn header(&mut self) -> SyntaxResult<Ref> {
        self.skip_space();
        let number = self.take_unsigned().ok_or("no object stands here")?;
        self.skip_space();
        let generation = self.take_unsigned().ok_or("no object stands here")?;
        self.skip_space();
        if !self.take_keyword("obj") {
            return Err("no object stands here");
        }
        Ok(Ref {
            number: u32::try_from(number).map_err(|_| "the object number is too large")?,
            generation: u16::try_from(generation).map_err(|_| "the generation is too large")?,
        })
    }

    /// What stands behind the header, up to `endobj`.
    pub(crate) fn body(&mut self, length_of: &dyn Fn(Ref) -> Option<i64>) -> SyntaxResult<Object> {
        let object = self.object()?;
        self.skip_space();
        let object = match object {
            Object::Dict(dict) if self.take_keyword("stream") => self.stream(dict, length_of)?,
            other => other,
        };
        self.skip_space();
        if !self.take_keyword("endobj") {
            return Err("endobj is missing");
        }
        Ok(object)
    }

    /// For a dictionary object `number generation obj << … >>`: its keys with the exact place of each value.
    pub(crate) fn value_places(&mut self) -> SyntaxResult<Vec<(Name, usize, usize)>> {
        self.take_unsigned().ok_or("no object stands here")?;
        self.skip_space();
        self.take_unsigned().ok_or("no object stands here")?;
        self.skip_space();
        if !self.take_keyword("obj") {
            return Err("no object stands here");
        }
        self.skip_space();
        if !self.stands(b"<<") {
            return Err("the object is not a dictionary");
        }
        self.position += 2;
        let mut places = Vec::new();
        loop {
            self.skip_space();
            if self.stands(b">>") {
                return Ok(places);
            }
            if self.peek() != Some(b'/') {
                return Err("a dictionary key is not a name");
            }
            let key = self.name()?;
            self.skip_space();
            let start = self.position;
            self.object_at_depth(1)?;
            places.push((key, start, self.position));
        }
    }

    fn stream(
        &mut self,
        dict: Dict,
        length_of: &dyn Fn(Ref) -> Option<i64>,
    ) -> SyntaxResult<Object> {
        if self.peek() == Some(b'\r') && self.peek_at(1) != Some(b'\n') {
            return Err("a lone carriage return follows stream");
        }
        if !self.take_eol() {
            return Err("no end of line follows stream");
        }
        let length = match dict.get("Length") {
            Some(Object::Int(length)) => Some(*length),
            Some(Object::Ref(reference)) => length_of(*reference),
            _ => None,
        };
        let length = length.and_then(|length| usize::try_from(length).ok());
        let start = self.position;
        let end = length
            .and_then(|length| start.checked_add(length))
            .filter(|end| *end <= self.file_length())
            .ok_or("the stream length is missing or wrong")?;
        self.go_to(end)?;
        self.skip_plain_space();
        if !self.take_keyword("endstream") {
            return Err("the stream length is wrong");
        }
        Ok(Object::Stream(Stream { dict, start, end }))
    }

    fn file_length(&self) -> usize {
        let own = self.origin.saturating_add(self.data.len());
        self.beyond.map_or(own, Beyond::length)
    }

    /// Goes on at a later position, in another window where this one ends before.
    fn go_to(&mut self, position: usize) -> SyntaxResult<()> {
        if let Some(beyond) = self.beyond
            && position >= self.origin.saturating_add(self.data.len())
        {
            let window = beyond.behind_stream(position);
            self.data = window.ok_or("what stands behind the stream can't be read")?;
            self.origin = position;
        }
        self.position = position;
        Ok(())
    }
}

/// The keys of a dictionary so far: the dictionary itself while they are few, as nearly always.
#[derive(Default)]
struct Keys {
    many: HashSet<Name>,
    /// Comparisons of one key with another.
    #[cfg(test)]
    steps: usize,
}

/// So many keys are compared one by one.
const FEW_KEYS: usize = 32;

impl Keys {
    /// Says whether `dict` has no such key yet.
    fn is_new(&mut self, dict: &Dict, key: &[u8]) -> bool {
        #[cfg(test)]
        {
            self.steps += dict.len().min(FEW_KEYS);
        }
        if dict.len() < FEW_KEYS {
            return !dict.has_raw(key);
        }
        if self.many.is_empty() {
            self.many
                .extend(dict.iter().map(|(key, _)| Name::from_slice(key)));
        }
        self.many.insert(Name::from_slice(key))
    }
}

/// The value of each hexadecimal digit; 255 for what is none.
static HEX: LazyLock<[u8; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| hex_digit(byte as u8).unwrap_or(u8::MAX)));

pub(crate) const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_as_many_keys_take_twice_the_comparisons() {
        let steps = |count: usize| {
            let (mut keys, mut dict) = (Keys::default(), Dict::new());
            for number in 0..count {
                let key = Name::from_slice(number.to_string().as_bytes());
                assert!(keys.is_new(&dict, &key));
                dict.push_raw(key.clone(), Object::Null);
                assert!(!keys.is_new(&dict, &key) && !keys.is_new(&dict, b"0"));
            }
            keys.steps
        };
        assert!(steps(20_000) < steps(10_000) * 21 / 10);
    }

    fn parse(text: &str) -> SyntaxResult<Object> {
        Parser::at(text.as_bytes(), 0).object()
    }

    #[test]
    fn objects_of_every_kind_are_read() {
        let object =
            parse("<< /A#20B [1 -2.5 (x\\051\\n(y)) <4a4> true null 7 0 R] /C /D >>").unwrap();
        let dict = object.as_dict().unwrap();
        let items = dict.get("A B").unwrap().as_array().unwrap();
        assert_eq!(items.len(), 7);
        assert_eq!(items[2].as_string().unwrap(), b"x)\n(y)");
        assert_eq!(items[3].as_string().unwrap(), b"J@");
        assert_eq!(
            items[6].as_ref(),
            Some(Ref {
                number: 7,
                generation: 0
            })
        );
        assert!(dict.get("C").unwrap().is_name("D"));
    }

    #[test]
    fn a_repeated_key_is_refused() {
        assert!(parse("<< /A 1 /A 2 >>").is_err());
        assert!(parse("<< /A 1 /#41 2 >>").is_err());
    }

    #[test]
    fn endless_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"<</A".repeat(100_000)).is_err());
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        for text in ["--1", "1.2.3", "+", ".", "1e5", "99999999999999999999"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
