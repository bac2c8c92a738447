//! What a file is, told from its bytes, and which files are taken.
//!
//! The name of a file is a claim: it is compared with the bytes before anything opens the file.
//! Types, sizes and lengths come from the regulation profile. Whether a PDF is encrypted or holds
//! scripts, and whether a packed file is a bomb, is for those who can open them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, RefusalCode};
use crate::text::{clean, without_marks};

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileType {
    /// PDF.
    Pdf,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A TIFF picture.
    Tiff,
    /// A Word document of today.
    Docx,
    /// An Excel sheet of today.
    Xlsx,
    /// A PowerPoint of today.
    Pptx,
    /// An OpenDocument text.
    Odt,
    /// An OpenDocument sheet.
    Ods,
    /// A Word document of old.
    Doc,
    /// An Excel sheet of old.
    Xls,
    /// Rich text.
    Rtf,
    /// XML.
    Xml,
    /// Plain text, or a table in plain text.
    Text,
    /// A packed file that is none of the office types.
    Zip,
    /// A program.
    Program,
    /// None of these.
    Unknown,
}

impl FileType {
    /// What the bytes are.
    pub fn of(bytes: &[u8]) -> Self {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        if starts(b"\x89PNG\r\n\x1a\n") {
            return Self::Png;
        }
        if starts(b"\xff\xd8\xff") {
            return Self::Jpeg;
        }
        if starts(b"II*\0") || starts(b"MM\0*") {
            return Self::Tiff;
        }
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            return packed(bytes);
        }
        if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return compound(bytes);
        }
        if starts(b"{\\rtf") {
            return Self::Rtf;
        }
        if starts(b"MZ") || starts(b"\x7fELF") || starts(b"\xca\xfe\xba\xbe") {
            return Self::Program;
        }
        // After all others: some bytes may stand before a PDF's header, but no other file's.
        if head(bytes, 1024).windows(5).any(|w| w == b"%PDF-") {
            return Self::Pdf;
        }
        plain(bytes)
    }

    /// The name of the type for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "ảnh PNG",
            Self::Jpeg => "ảnh JPEG",
            Self::Tiff => "ảnh TIFF",
            Self::Docx => "văn bản Word (docx)",
            Self::Xlsx => "bảng tính Excel (xlsx)",
            Self::Pptx => "trình chiếu PowerPoint (pptx)",
            Self::Odt => "văn bản OpenDocument (odt)",
            Self::Ods => "bảng tính OpenDocument (ods)",
            Self::Doc => "văn bản Word đời cũ (doc)",
            Self::Xls => "bảng tính Excel đời cũ (xls)",
            Self::Rtf => "văn bản RTF",
            Self::Xml => "XML",
            Self::Text => "văn bản thuần",
            Self::Zip => "tệp nén",
            Self::Program => "chương trình",
            Self::Unknown => "loại không xác định",
        }
    }

    /// The media type under which it is served.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Rtf => "application/rtf",
            Self::Xml => "application/xml",
            Self::Text => "text/plain; charset=utf-8",
            Self::Zip => "application/zip",
            Self::Program | Self::Unknown => "application/octet-stream",
        }
    }

    /// Whether a file of that ending may be of this type.
    pub fn fits(self, extension: &str) -> bool {
        let endings: &[&str] = match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Tiff => &["tif", "tiff"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Doc => &["doc"],
            Self::Xls => &["xls"],
            Self::Rtf => &["rtf", "doc"],
            Self::Xml => &["xml"],
            Self::Text => &["txt", "csv"],
            Self::Zip => &["zip"],
            Self::Program | Self::Unknown => &[],
        };
        endings.contains(&extension)
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a profile says of files on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRules {
    /// The endings that are taken, in lower case.
    pub allowed: Vec<String>,
    /// The size of one file, at most.
    pub max_bytes: u64,
    /// The length of a name, at most.
    pub max_name_chars: usize,
    /// The citation of the list of types.
    pub types_citation: String,
    /// The citation of size and length.
    pub size_citation: String,
}

/// A file that has passed the first look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenFile {
    /// Its name, safe to store and to offer.
    pub name: String,
    /// What it is.
    pub file_type: FileType,
}

impl FileRules {
    /// Looks at name and bytes: size, length of the name, ending, and whether the bytes are what
    /// the ending says.
    pub fn take(&self, name: &str, bytes: &[u8]) -> Result<TakenFile, Refusal> {
        let name = safe_name(name);
        let refuse = |code| Refusal::new(code).with("file", shown(&name));
        if name.chars().count() > self.max_name_chars {
            let refusal = refuse(RefusalCode::NameTooLong).with("max", self.max_name_chars);
            return Err(refusal.by(&self.size_citation));
        }
        if bytes.is_empty() {
            return Err(refuse(RefusalCode::FileEmpty));
        }
        self.take_size(&name, bytes.len() as u64)?;
        let ending = extension(&name);
        if !self.allowed.contains(&ending) {
            let refusal = refuse(RefusalCode::FileTypeNotAllowed);
            let refusal = refusal.with("allowed", self.allowed.join(", "));
            return Err(refusal.by(&self.types_citation));
        }
        let file_type = FileType::of(bytes);
        if !file_type.fits(&ending) {
            let refusal = refuse(RefusalCode::FileTypeMismatch).with("found", file_type);
            return Err(refusal.by(&self.types_citation));
        }
        Ok(TakenFile { name, file_type })
    }

    /// Looks at the size alone, for an upload that has announced it.
    pub fn take_size(&self, name: &str, size: u64) -> Result<(), Refusal> {
        if size <= self.max_bytes {
            return Ok(());
        }
        Err(Refusal::new(RefusalCode::FileTooLarge)
            .with("file", shown(name))
            .with("size", size_text(size))
            .with("max", size_text(self.max_bytes))
            .by(&self.size_citation))
    }
}

/// `3,4 MB`, in the way Vietnamese writes it.
pub fn size_text(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes.saturating_mul(10).saturating_add(unit / 2)) / unit;
    let text = |tenths: u64, unit: &str| match tenths % 10 {
        0 => format!("{} {unit}", tenths / 10),
        part => format!("{},{part} {unit}", tenths / 10),
    };
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => text(tenths(1024), "kB"),
        1_048_576..1_073_741_824 => text(tenths(1_048_576), "MB"),
        _ => text(tenths(1_073_741_824), "GB"),
    }
}

/// The name without folders, control signs, signs that a file system reserves, and dots or blanks
/// at its ends. Never empty.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = clean(last).replace(['<', '>', ':', '"', '|', '?', '*', ';', '%'], "_");
    let kept = kept.trim_matches(|c: char| c == '.' || c == ' ');
    let stem = kept
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let numbered = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|n: &str| n.len() == 1)
    };
    let reserved = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul");
    if kept.is_empty() {
        "tep".to_owned()
    } else if reserved || numbered("com") || numbered("lpt") {
        format!("_{kept}")
    } else {
        kept.to_owned()
    }
}

/// The name in letters and digits without marks, for exchange: `Kế hoạch.pdf` becomes
/// `ke-hoach.pdf`.
pub fn plain_name(name: &str) -> String {
    let folded = without_marks(&safe_name(name));
    let (stem, ending) = match folded.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem.to_owned(), format!(".{ending}")),
        _ => (folded.clone(), String::new()),
    };
    let words: Vec<String> = stem
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let stem = if words.is_empty() {
        "tep".to_owned()
    } else {
        words.join("-")
    };
    let ending: String = ending
        .chars()
        .filter(|c| *c == '.' || c.is_ascii_alphanumeric())
        .collect();
    format!(
        "{stem}{}",
        if ending == "." { String::new() } else { ending }
    )
}

/// The ending of a name in lower case, empty where it has none.
pub fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default()
}

fn shown(name: &str) -> String {
    crate::text::limited(name, 60)
}

fn head(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

/// Which office type a ZIP is, by the names in its directory at the end.
fn packed(bytes: &[u8]) -> FileType {
    let open_document = |media: &[u8]| head(bytes, 200).windows(media.len()).any(|w| w == media);
    if open_document(b"application/vnd.oasis.opendocument.text") {
        return FileType::Odt;
    }
    if open_document(b"application/vnd.oasis.opendocument.spreadsheet") {
        return FileType::Ods;
    }
    let names = entry_names(bytes).unwrap_or_default();
    let holds = |start: &[u8]| names.iter().any(|name| name.starts_with(start));
    if !holds(b"[Content_Types].xml") {
        return FileType::Zip;
    }
    match (holds(b"word/"), holds(b"xl/"), holds(b"ppt/")) {
        (true, false, false) => FileType::Docx,
        (false, true, false) => FileType::Xlsx,
        (false, false, true) => FileType::Pptx,
        _ => FileType::Zip,
    }
}

/// The names in the central directory of a ZIP; `None` where there is none to read.
fn entry_names(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let tail_start = bytes.len().saturating_sub(22 + 65_535);
    let tail = bytes.get(tail_start..)?;
    let end = tail.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let mut at = number(tail.get(end + 16..end + 20)?);
    let mut names = Vec::new();
    while names.len() < 10_000 {
        let Some(entry) = bytes
            .get(at..)
            .filter(|rest| rest.starts_with(b"PK\x01\x02"))
        else {
            break;
        };
        let length = |from: usize| entry.get(from..from + 2).map(number);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        names.push(entry.get(46..46 + name)?);
        at = at.checked_add(46 + name + extra + comment)?;
    }
    Some(names)
}

fn number(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
}

/// Which office type of old a compound file is, by the name of its main stream.
fn compound(bytes: &[u8]) -> FileType {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|w| w == wide)
    };
    if holds("WordDocument") {
        FileType::Doc
    } else if holds("Workbook") || holds("Book") {
        FileType::Xls
    } else {
        FileType::Unknown
    }
}

fn plain(bytes: &[u8]) -> FileType {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return FileType::Unknown;
    };
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
    {
        return FileType::Unknown;
    }
    if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with("<?xml")
    {
        return FileType::Xml;
    }
    FileType::Text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> FileRules {
        FileRules {
            allowed: ["pdf", "docx", "png", "txt", "doc"]
                .map(str::to_owned)
                .to_vec(),
            max_bytes: 4096,
            max_name_chars: 20,
            types_citation: "mục loại".into(),
            size_citation: "mục cỡ".into(),
        }
    }

    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(60, 0);
        let start = bytes.len() as u32;
        for name in names {
            bytes.extend(b"PK\x01\x02");
            bytes.extend([0; 24]);
            bytes.extend((name.len() as u16).to_le_bytes());
            bytes.extend([0; 16]);
            bytes.extend(name.as_bytes());
        }
        bytes.extend(b"PK\x05\x06");
        bytes.extend([0; 12]);
        bytes.extend(start.to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    fn compound_with(stream: &str) -> Vec<u8> {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.extend([0; 80]);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    }

    #[test]
    fn a_type_is_told_from_the_bytes() {
        let word = zip(&["[Content_Types].xml", "word/document.xml"]);
        let sheet = zip(&["[Content_Types].xml", "xl/workbook.xml"]);
        let both = zip(&[
            "[Content_Types].xml",
            "xl/workbook.xml",
            "word/document.xml",
        ]);
        let odt =
            b"PK\x03\x04......................mimetypeapplication/vnd.oasis.opendocument.text";
        for (bytes, expected) in [
            (b"%PDF-1.7\n".to_vec(), FileType::Pdf),
            (b"\xef\xbb\xbf%PDF-1.4".to_vec(), FileType::Pdf),
            (b"\x89PNG\r\n\x1a\nIHDR".to_vec(), FileType::Png),
            (b"\xff\xd8\xff\xe0".to_vec(), FileType::Jpeg),
            (word, FileType::Docx),
            (sheet, FileType::Xlsx),
            (both, FileType::Zip),
            (zip(&["a.txt"]), FileType::Zip),
            (b"PK\x03\x04".to_vec(), FileType::Zip),
            (odt.to_vec(), FileType::Odt),
            (compound_with("WordDocument"), FileType::Doc),
            (compound_with("Workbook"), FileType::Xls),
            (compound_with("Other"), FileType::Unknown),
            (b"{\\rtf1".to_vec(), FileType::Rtf),
            (b"MZ\x90\0".to_vec(), FileType::Program),
            ("Kính gửi".as_bytes().to_vec(), FileType::Text),
            (b"<?xml version=\"1.0\"?>".to_vec(), FileType::Xml),
            (b"a\0b".to_vec(), FileType::Unknown),
            (b"\xff\xfe\xfd".to_vec(), FileType::Unknown),
        ] {
            assert_eq!(FileType::of(&bytes), expected);
        }
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_refused() {
        for (name, bytes, expected) in [
            ("a.pdf", &b"%PDF-1.7"[..], Ok(FileType::Pdf)),
            ("a.PDF", b"%PDF-1.7", Ok(FileType::Pdf)),
            ("a.pdf", b"MZ", Err(RefusalCode::FileTypeMismatch)),
            ("a.doc", b"{\\rtf1", Ok(FileType::Rtf)),
            ("a.exe", b"MZ", Err(RefusalCode::FileTypeNotAllowed)),
            ("a", b"%PDF-1.7", Err(RefusalCode::FileTypeNotAllowed)),
            ("a.pdf", b"", Err(RefusalCode::FileEmpty)),
            ("a.pdf", &[b' '; 5000], Err(RefusalCode::FileTooLarge)),
            (
                "ten-tep-dai-qua-hai-muoi.pdf",
                b"%PDF-1.7",
                Err(RefusalCode::NameTooLong),
            ),
        ] {
            let got = rules().take(name, bytes);
            assert_eq!(
                got.map(|f| f.file_type).map_err(|r| r.code),
                expected,
                "{name}"
            );
        }
        let refusal = rules().take("a.pdf", &[b' '; 5000]).unwrap_err();
        assert_eq!(refusal.article(), "mục cỡ");
        assert!(refusal.what().contains("4,9 kB"), "{}", refusal.what());
    }

    #[test]
    fn a_name_is_made_safe() {
        for (name, safe, plain) in [
            ("../../etc/passwd", "passwd", "passwd"),
            (
                "C:\\hồ sơ\\Kế hoạch 01.PDF",
                "Kế hoạch 01.PDF",
                "ke-hoach-01.pdf",
            ),
            ("a\u{202e}fdp.exe", "afdp.exe", "afdp.exe"),
            ("", "tep", "tep"),
            ("..", "tep", "tep"),
            ("nul.txt", "_nul.txt", "nul.txt"),
            ("a:b?.pdf", "a_b_.pdf", "a-b.pdf"),
            ("Đề án.tar.gz", "Đề án.tar.gz", "de-an-tar.gz"),
        ] {
            assert_eq!(
                (safe_name(name).as_str(), plain_name(name).as_str()),
                (safe, plain)
            );
        }
    }

    #[test]
    fn a_size_is_written_for_people() {
        assert_eq!(size_text(512), "512 B");
        assert_eq!(size_text(1536), "1,5 kB");
        assert_eq!(size_text(50 * 1024 * 1024), "50 MB");
    }

    proptest! {
        #[test]
        fn any_bytes_and_any_name_are_looked_at_without_failing(
            bytes in prop::collection::vec(any::<u8>(), 0..300), start in 0usize..4,
            name in any::<String>(),
        ) {
            let magic: &[u8] = [&b"PK\x03\x04"[..], b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""][start];
            let all = [magic, &bytes, b"PK\x05\x06", &bytes].concat();
            let _ = FileType::of(&all);
            let _ = rules().take(&name, &all);
            let safe = safe_name(&name);
            prop_assert!(!safe.is_empty() && !safe.contains(['/', '\\', '\0', '\n']));
            prop_assert_eq!(safe_name(&safe), safe.clone());
            prop_assert!(plain_name(&name).is_ascii());
        }
    }
}
