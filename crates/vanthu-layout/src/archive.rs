//! What of PDF/A (ISO 19005-2) can be told of a file made here, before and after it is signed.
//!
//! It reads the objects as they stand between `obj` and `endobj`, which is how our own files are written. It is no
//! validator of files from elsewhere: what lies in object streams is told as [`ArchiveFault::ObjectStream`].

/// Something that PDF/A-2 does not allow, or asks for in vain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// The head of the file: version and four bytes beyond ASCII (6.1.2).
    #[error("the head of the file")]
    Head,
    /// The trailer has no identifier (6.1.3).
    #[error("no identifier in the trailer")]
    Identifier,
    /// Objects in a stream, which are not looked into here.
    #[error("objects in a stream")]
    ObjectStream,
    /// No output intent with a profile (6.2.3).
    #[error("no output intent with a colour profile")]
    OutputIntent,
    /// The metadata don't name PDF/A part 2 (6.6.4).
    #[error("the metadata don't name PDF/A-2")]
    Metadata,
    /// Not tagged, or without language (6.7, level A).
    #[error("{0} is missing, which tagged files have")]
    Tagging(&'static str),
    /// A key or filter that is not allowed.
    #[error("{0} is not allowed")]
    Forbidden(&'static str),
    /// A font whose program is not in the file (6.2.11.4).
    #[error("the font {0} is not embedded")]
    Font(String),
    /// A widget without an appearance, or one that is not printed (6.3.2, 6.3.3).
    #[error("a field has {0}")]
    Widget(&'static str),
}

/// Keys and filters that PDF/A-2 forbids.
const FORBIDDEN: &[&str] = &[
    "Encrypt",
    "LZWDecode",
    "NeedAppearances",
    "JavaScript",
    "Launch",
    "Sound",
    "Movie",
    "ResetForm",
    "ImportData",
    "Hide",
    "SetOCGState",
    "Rendition",
    "Trans",
    "GoTo3DView",
    "XFA",
    "AA",
    "Alternates",
    "OPI",
    "TransferFunction",
    "HTP",
    "PresSteps",
    "3D",
    "Screen",
];

/// Whether a widget is printed, and not hidden.
const PRINT: u32 = 4;
const UNSEEN: u32 = 1 | 2 | 32 | 256;

/// Looks at the file. Empty: nothing was found.
pub fn archive_faults(pdf: &[u8]) -> Vec<ArchiveFault> {
    let objects = objects(pdf);
    let mut faults = Vec::new();
    let head = pdf.get(..15).unwrap_or_default();
    let beyond = head.iter().filter(|byte| **byte >= 0x80).count();
    check(
        &mut faults,
        head.starts_with(b"%PDF-1.7") && beyond >= 4,
        || ArchiveFault::Head,
    );
    check(&mut faults, has(pdf, "/ID"), || ArchiveFault::Identifier);
    let any = |wanted: &[&str]| {
        objects
            .iter()
            .any(|object| wanted.iter().all(|key| object.contains(key)))
    };
    check(&mut faults, !any(&["/ObjStm"]), || {
        ArchiveFault::ObjectStream
    });
    check(
        &mut faults,
        any(&["/GTS_PDFA1", "/DestOutputProfile"]),
        || ArchiveFault::OutputIntent,
    );
    let part = has(pdf, "<pdfaid:part>2</pdfaid:part>");
    check(&mut faults, part && any(&["/Metadata"]), || {
        ArchiveFault::Metadata
    });
    for key in ["/StructTreeRoot", "/MarkInfo", "/Lang", "/Marked true"] {
        check(&mut faults, any(&[key]), || ArchiveFault::Tagging(key));
    }
    for name in FORBIDDEN {
        let found = objects
            .iter()
            .any(|object| names(object).any(|found| found == *name));
        check(&mut faults, !found, || ArchiveFault::Forbidden(name));
    }
    for object in &objects {
        font(object, &mut faults);
        widget(object, &mut faults);
    }
    faults
}

fn check(faults: &mut Vec<ArchiveFault>, good: bool, fault: impl Fn() -> ArchiveFault) {
    if !good {
        faults.push(fault());
    }
}

/// Each font is drawn from a program in the file; composite fonts are looked at by their descendants.
fn font(object: &str, faults: &mut Vec<ArchiveFault>) {
    let is_font = pairs(object, "Type") == Some("/Font");
    if is_font && pairs(object, "Subtype") != Some("/Type0") {
        let name = pairs(object, "BaseFont").unwrap_or("?").to_owned();
        check(faults, object.contains("/FontDescriptor"), || {
            ArchiveFault::Font(name.clone())
        });
    }
    if pairs(object, "Type") == Some("/FontDescriptor") {
        let name = pairs(object, "FontName").unwrap_or("?").to_owned();
        check(faults, object.contains("/FontFile"), || {
            ArchiveFault::Font(name.clone())
        });
    }
}

fn widget(object: &str, faults: &mut Vec<ArchiveFault>) {
    if pairs(object, "Subtype") != Some("/Widget") {
        return;
    }
    let nowhere = object.contains("/Rect [0 0 0 0]") || object.contains("/Rect[0 0 0 0]");
    check(faults, nowhere || object.contains("/AP"), || {
        ArchiveFault::Widget("no appearance")
    });
    let flags = pairs(object, "F")
        .and_then(|value| value.parse::<u32>().ok())
        .unwrap_or(0);
    check(faults, flags & PRINT != 0, || {
        ArchiveFault::Widget("no flag for printing")
    });
    check(faults, flags & UNSEEN == 0, || {
        ArchiveFault::Widget("a flag that hides it")
    });
}

/// What stands between "obj" and "endobj" or the bytes of a stream.
fn objects(pdf: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = pdf;
    while let Some(at) = find(rest, b" obj") {
        let Some(body) = rest.get(at + 4..) else {
            break;
        };
        let end = find(body, b"endobj").unwrap_or(body.len());
        let object = body.get(..end).unwrap_or_default();
        let dict = find(object, b"stream").unwrap_or(object.len());
        out.push(String::from_utf8_lossy(object.get(..dict).unwrap_or_default()).into_owned());
        rest = body.get(end..).unwrap_or_default();
    }
    out
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn has(pdf: &[u8], text: &str) -> bool {
    find(pdf, text.as_bytes()).is_some()
}

/// The names of a dictionary, keys and values.
fn names(object: &str) -> impl Iterator<Item = &str> {
    object.split('/').skip(1).map(|rest| {
        let end = rest.find(|c: char| c.is_whitespace() || "/<>[]()".contains(c));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    })
}

/// The value behind a key, up to the next space or mark.
fn pairs<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = object;
    loop {
        let at = rest.find('/')?;
        let after = rest.get(at + 1..)?;
        if let Some(value) = after.strip_prefix(key)
            && !value.starts_with(|c: char| c.is_alphanumeric())
        {
            let value = value.trim_start();
            let from = usize::from(value.starts_with('/'));
            let tail = value.get(from..)?;
            let end = tail.find(|c: char| c.is_whitespace() || "/<>[]()".contains(c));
            return value.get(..from + end.unwrap_or(tail.len()));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::SAMPLES;
    use crate::{ArchiveFault, typeset_letter};

    #[test]
    fn every_sample_is_an_archive_file() {
        for sample in SAMPLES {
            let pdf = typeset_letter(&sample.letter().unwrap()).unwrap().pdf;
            assert_eq!(archive_faults(&pdf), [], "{}", sample.name);
            assert!(
                has(&pdf, "<pdfaid:conformance>A") && has(&pdf, "(vi-VN)"),
                "{}",
                sample.name
            );
        }
    }

    #[test]
    fn what_is_missing_or_forbidden_is_told() {
        let sample = SAMPLES.first().unwrap().letter().unwrap();
        let good = typeset_letter(&sample).unwrap().pdf;
        let bent = |from: &str, to: &str| {
            assert_eq!(from.len(), to.len());
            let mut pdf = good.clone();
            while let Some(at) = find(&pdf, from.as_bytes()) {
                pdf[at..at + to.len()].copy_from_slice(to.as_bytes());
            }
            archive_faults(&pdf)
        };
        assert_eq!(
            bent("/GTS_PDFA1", "/GTS_PDFX1"),
            [ArchiveFault::OutputIntent]
        );
        assert_eq!(
            bent("pdfaid:part>2", "pdfaid:part>9"),
            [ArchiveFault::Metadata]
        );
        assert_eq!(
            bent("/StructTreeRoot", "/StructTreeRoox"),
            [ArchiveFault::Tagging("/StructTreeRoot")]
        );
        assert!(
            bent("/FontFile", "/FontPile")
                .iter()
                .any(|it| matches!(it, ArchiveFault::Font(_)))
        );
        let mut more = good.clone();
        more.extend(
            b"\n900 0 obj\n<< /Type /Annot /Subtype /Widget /Rect [1 1 9 9] /F 2 >>\nendobj\n",
        );
        more.extend(b"901 0 obj\n<< /NeedAppearances true /Subtype /Form >>\nendobj\n");
        assert_eq!(
            archive_faults(&more),
            [
                ArchiveFault::Forbidden("NeedAppearances"),
                ArchiveFault::Widget("no appearance"),
                ArchiveFault::Widget("no flag for printing"),
                ArchiveFault::Widget("a flag that hides it"),
            ]
        );
        assert!(!archive_faults(b"").is_empty());
    }
}
