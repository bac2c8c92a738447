//! A writer of XML 1.0: elements nest by construction, and what they hold is escaped.

use std::fmt::Write as _;

/// Writes one document.
#[derive(Debug, Default)]
pub(crate) struct Xml {
    out: String,
}

impl Xml {
    pub(crate) fn new() -> Self {
        Self {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
        }
    }

    /// An element with attributes and what `inside` writes.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        let _ = write!(self.out, "<{name}");
        for (key, value) in attributes {
            let _ = write!(self.out, " {key}=\"");
            self.escape(value);
            self.out.push('"');
        }
        self.out.push('>');
        inside(self);
        let _ = write!(self.out, "</{name}>");
    }

    /// An element that holds text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.element(name, &[], |xml| xml.escape(text));
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Characters that XML 1.0 cannot hold become replacement characters.
    fn escape(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\r' => self.out.push_str("&#13;"),
                '\n' | '\t' => self.out.push(letter),
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.out.push('\u{fffd}'),
                other => self.out.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_stranger_writes_leaves_its_element() {
        let mut xml = Xml::new();
        xml.element("a", &[("b", "\"/><c>")], |xml| {
            xml.text("d", "</d>&\u{0}\u{8}");
        });
        let text = xml.finish();
        let (_, body) = text.split_once('\n').unwrap();
        assert_eq!(
            body,
            "<a b=\"&quot;/&gt;&lt;c&gt;\"><d>&lt;/d&gt;&amp;\u{fffd}\u{fffd}</d></a>"
        );
    }
}
