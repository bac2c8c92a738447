//! Manifests: which files a signature or a time-stamp covers, by their digests (ETSI EN 319 162-1, annex A.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use vanthu_pki::DigestAlgorithm;

use crate::xml::Xml;

const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";
const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

const MOST_REFERENCES: usize = 4096;
const DEEPEST: usize = 16;

pub(crate) const SIGNATURE_TYPE: &str = "application/pkcs7-signature";
pub(crate) const TIMESTAMP_TYPE: &str = "application/vnd.etsi.timestamp-token";
pub(crate) const XML_TYPE: &str = "text/xml";

/// Digest algorithms and their names in XML (RFC 9231).
const DIGESTS: [(DigestAlgorithm, &str); 8] = [
    (
        DigestAlgorithm::Sha1,
        "http://www.w3.org/2000/09/xmldsig#sha1",
    ),
    (
        DigestAlgorithm::Sha224,
        "http://www.w3.org/2001/04/xmldsig-more#sha224",
    ),
    (
        DigestAlgorithm::Sha256,
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ),
    (
        DigestAlgorithm::Sha384,
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
    ),
    (
        DigestAlgorithm::Sha512,
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ),
    (
        DigestAlgorithm::Sha3_256,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
    ),
    (
        DigestAlgorithm::Sha3_384,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
    ),
    (
        DigestAlgorithm::Sha3_512,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
    ),
];

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The entry with the signature or time-stamp token over this manifest.
    pub(crate) signature: Target,
    pub(crate) references: Vec<Reference>,
}

/// The name of an entry as a manifest writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    written: String,
    decoded: String,
}

/// A file that is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) target: Target,
    pub(crate) mime_type: Option<String>,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) value: Vec<u8>,
    /// An earlier archive manifest, from which what was covered before is found.
    pub(crate) is_root: bool,
}

impl Target {
    pub(crate) fn of(name: &str) -> Self {
        Self {
            written: encode(name),
            decoded: name.to_owned(),
        }
    }

    fn read(uri: String) -> Self {
        Self {
            decoded: decode(&uri).unwrap_or_else(|| uri.clone()),
            written: uri,
        }
    }

    /// Whether an entry of this name is meant, as an address or, as some write it, by its bare name.
    pub(crate) fn fits(&self, name: &str) -> bool {
        self.decoded == name || self.written == name
    }

    pub(crate) fn name(&self) -> &str {
        &self.decoded
    }
}

impl Manifest {
    /// Writes it: the same manifest is always the same bytes.
    pub(crate) fn write(&self, signature_type: &str) -> Vec<u8> {
        let mut xml = Xml::new();
        let spaces = [("xmlns:asic", ASIC), ("xmlns:ds", XMLDSIG)];
        xml.element("asic:ASiCManifest", &spaces, |xml| {
            let uri = self.signature.written.as_str();
            let attributes = [("URI", uri), ("MimeType", signature_type)];
            xml.element("asic:SigReference", &attributes, |_| {});
            for reference in &self.references {
                reference.write(xml);
            }
        });
        xml.finish().into_bytes()
    }

    /// Reads one. Document types, and with them entities of its own, are refused.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
        let mut parse = Parse::default();
        let mut reader = NsReader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        loop {
            let (space, event) = reader
                .read_resolved_event()
                .map_err(|why| why.to_string())?;
            let space = match space {
                ResolveResult::Bound(Namespace(ASIC)) => Space::Asic,
                ResolveResult::Bound(Namespace(XMLDSIG)) => Space::Signature,
                _ => Space::Other,
            };
            match event {
                Event::Start(element) => parse.open(space, &element)?,
                Event::Empty(element) => {
                    parse.open(space, &element)?;
                    parse.close()?;
                }
                Event::End(_) => parse.close()?,
                Event::Text(text) => parse.text.push_str(&text),
                Event::CData(_) | Event::GeneralRef(_) if parse.is_value() => {
                    return Err("a digest is not plain text".to_owned());
                }
                Event::DocType(_) => return Err("a document type is declared".to_owned()),
                Event::Eof => break,
                _ => {}
            }
        }
        parse.done()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    Asic,
    Signature,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Manifest,
    SigReference,
    DataObject,
    DigestMethod,
    DigestValue,
    Other,
}

/// A manifest under way.
#[derive(Default)]
struct Parse {
    path: Vec<Element>,
    text: String,
    signature: Option<Target>,
    open: Option<Open>,
    references: Vec<Reference>,
    is_closed: bool,
}

#[derive(Default)]
struct Open {
    uri: Option<String>,
    mime_type: Option<String>,
    is_root: bool,
    digest: Option<DigestAlgorithm>,
    value: Option<Vec<u8>>,
}

impl Parse {
    fn is_value(&self) -> bool {
        self.path.last() == Some(&Element::DigestValue)
    }

    fn open(&mut self, space: Space, element: &BytesStart<'_>) -> Result<(), String> {
        if self.path.len() >= DEEPEST || self.is_closed {
            return Err("nested too deeply, or a second root".to_owned());
        }
        self.text.clear();
        let local = element.local_name();
        let local: &str = local.as_ref();
        let above = self.path.last().copied();
        let found = match (above, space, local) {
            (None, Space::Asic, "ASiCManifest") => Element::Manifest,
            (None, ..) => return Err("not a manifest".to_owned()),
            (Some(Element::Manifest), Space::Asic, "SigReference") => Element::SigReference,
            (Some(Element::Manifest), Space::Asic, "DataObjectReference") => Element::DataObject,
            (Some(Element::DataObject), Space::Signature, "DigestMethod") => Element::DigestMethod,
            (Some(Element::DataObject), Space::Signature, "DigestValue") => Element::DigestValue,
            _ => Element::Other,
        };
        let attribute = |name: &str| attribute(element, name);
        match found {
            Element::SigReference => {
                let uri = attribute("URI")?.ok_or("a signature without a name")?;
                if self.signature.replace(Target::read(uri)).is_some() {
                    return Err("more than one signature".to_owned());
                }
            }
            Element::DataObject => {
                let root = attribute("Rootfile")?;
                self.open = Some(Open {
                    uri: attribute("URI")?,
                    mime_type: attribute("MimeType")?,
                    is_root: matches!(root.as_deref(), Some("true" | "1")),
                    ..Open::default()
                });
            }
            Element::DigestMethod => {
                let name = attribute("Algorithm")?.unwrap_or_default();
                let known = DIGESTS.iter().find(|(_, uri)| *uri == name);
                let open = self.open.as_mut().ok_or("a digest of nothing")?;
                let digest = known
                    .ok_or_else(|| format!("digest {name} is not known"))?
                    .0;
                if open.digest.replace(digest).is_some() {
                    return Err("two digests of one file".to_owned());
                }
            }
            Element::Other if matches!(attribute("Critical")?.as_deref(), Some("true" | "1")) => {
                return Err("a critical extension is not known".to_owned());
            }
            _ => {}
        }
        self.path.push(found);
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        match self.path.pop() {
            Some(Element::DigestValue) => {
                let letters: String = self.text.split_whitespace().collect();
                let value = STANDARD.decode(letters).map_err(|why| why.to_string())?;
                let open = self.open.as_mut().ok_or("a digest of nothing")?;
                if open.value.replace(value).is_some() {
                    return Err("two digests of one file".to_owned());
                }
            }
            Some(Element::DataObject) => {
                let open = self.open.take().unwrap_or_default();
                self.references.push(open.finish()?);
                if self.references.len() > MOST_REFERENCES {
                    return Err("too many references".to_owned());
                }
            }
            Some(Element::Manifest) => self.is_closed = true,
            _ => {}
        }
        self.text.clear();
        Ok(())
    }

    fn done(self) -> Result<Manifest, String> {
        let signature = self.signature.ok_or("no signature is named")?;
        if !self.is_closed || self.references.is_empty() {
            return Err("no file is named".to_owned());
        }
        let names = self.references.iter().map(|it| it.target.name());
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        if names.windows(2).any(|it| it.first() == it.last()) {
            return Err("a file is named twice".to_owned());
        }
        Ok(Manifest {
            signature,
            references: self.references,
        })
    }
}

impl Open {
    fn finish(self) -> Result<Reference, String> {
        let digest = self.digest.ok_or("a file without a digest algorithm")?;
        let value = self.value.ok_or("a file without a digest")?;
        if value.len() != digest.output_len() {
            return Err("a digest of another length".to_owned());
        }
        Ok(Reference {
            target: Target::read(self.uri.ok_or("a file without a name")?),
            mime_type: self.mime_type,
            digest,
            value,
            is_root: self.is_root,
        })
    }
}

impl Reference {
    fn write(&self, xml: &mut Xml) {
        let mut attributes = vec![("URI", self.target.written.as_str())];
        attributes.extend(self.mime_type.as_deref().map(|it| ("MimeType", it)));
        if self.is_root {
            attributes.push(("Rootfile", "true"));
        }
        xml.element("asic:DataObjectReference", &attributes, |xml| {
            let known = DIGESTS.iter().find(|(it, _)| *it == self.digest);
            let uri = known.map_or("", |(_, uri)| *uri);
            xml.element("ds:DigestMethod", &[("Algorithm", uri)], |_| {});
            xml.text("ds:DigestValue", &STANDARD.encode(&self.value));
        });
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let mut value = None;
    // All of them are looked at: an attribute that stands twice is an error.
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|why| why.to_string())?;
        if attribute.key.as_ref() == name {
            let text = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0);
            value = Some(text.map_err(|why| why.to_string())?.into_owned());
        }
    }
    Ok(value)
}

/// A name as an address (RFC 3986, 2): everything but letters, digits and a few marks in percent.
fn encode(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if is_plain {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
    }
    out
}

fn decode(uri: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.extend(hex::decode(digits).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let reference = |name: &str, is_root| Reference {
            target: Target::of(name),
            mime_type: Some("text/plain".to_owned()),
            digest: DigestAlgorithm::Sha256,
            value: DigestAlgorithm::Sha256.digest(name.as_bytes()),
            is_root,
        };
        Manifest {
            signature: Target::of("META-INF/signature001.p7s"),
            references: vec![
                reference("Công văn số 5 & phụ lục.txt", false),
                reference("META-INF/ASiCArchiveManifest001.xml", true),
            ],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let written = manifest().write(SIGNATURE_TYPE);
        assert_eq!(Manifest::read(&written), Ok(manifest()));
        let text = String::from_utf8(written).unwrap();
        assert!(text.contains("URI=\"C%C3%B4ng%20v%C4%83n"), "{text}");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let text = String::from_utf8(manifest().write(SIGNATURE_TYPE)).unwrap();
        let (head, body) = text.split_once('\n').unwrap();
        let doctype = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]>";
        let first = body.find("<asic:DataObjectReference").unwrap();
        let again = &body[first..body.rfind("<asic:DataObjectReference").unwrap()];
        let sigs = "<asic:SigReference URI=\"x\"/><asic:DataObjectReference";
        for (changed, why) in [
            (format!("{head}{doctype}{body}"), "document type"),
            (
                body.replace("</ds:DigestValue>", "&c;</ds:DigestValue>"),
                "plain text",
            ),
            (body.replace("v1.2.1#", "v9#"), "not a manifest"),
            (
                body.replacen("<asic:DataObjectReference", sigs, 1),
                "more than one signature",
            ),
            (body.replace("xmlenc#sha256", "xmlenc#md5"), "not known"),
            (
                body.replacen(
                    "</asic:ASiCManifest>",
                    &format!("{again}</asic:ASiCManifest>"),
                    1,
                ),
                "twice",
            ),
            (
                body.replacen(
                    "</asic:ASiCManifest>",
                    "<x Critical=\"true\"/></asic:ASiCManifest>",
                    1,
                ),
                "critical",
            ),
            (format!("{}{}", "<a>".repeat(100), body), "not a manifest"),
            (
                body.replacen("<asic:Sig", &format!("{}<asic:Sig", "<y>".repeat(50)), 1),
                "deeply",
            ),
            (
                body.replace("</ds:DigestValue>", "AAAA</ds:DigestValue>"),
                "nvalid",
            ),
        ] {
            let found = Manifest::read(changed.as_bytes());
            assert!(
                found.as_ref().is_err_and(|it| it.contains(why)),
                "{why}: {found:?}"
            );
        }
        assert!(Manifest::read(b"\xff\xfe<").is_err());
        assert!(Manifest::read(b"").is_err());
    }

    #[test]
    fn names_with_and_without_percent_mean_their_entry() {
        for written in ["a b.txt", "a%20b.txt"] {
            assert!(
                Target::read(written.to_owned()).fits("a b.txt"),
                "{written}"
            );
        }
        assert!(Target::read("100%.txt".to_owned()).fits("100%.txt"));
        assert!(!Target::read("a+b".to_owned()).fits("a b"));
    }
}
