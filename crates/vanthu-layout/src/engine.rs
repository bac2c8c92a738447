//! The typesetter without an outside: our fonts, one template, one data file, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Label, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, PicoStr};
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use vanthu_domain::Day;

use crate::{LayoutError, Rect, fonts};

/// The templates, compiled into the program.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Template {
    Letter,
    Print,
    Register,
    Sheet,
    Slip,
    Verdict,
}

struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    letter: Option<Source>,
    print: Option<Source>,
    register: Option<Source>,
    sheet: Option<Source>,
    slip: Option<Source>,
    verdict: Option<Source>,
    data: Option<FileId>,
}

static SHARED: LazyLock<Shared> = LazyLock::new(|| Shared {
    library: LazyHash::new(Library::default()),
    book: LazyHash::new(FontBook::from_fonts(fonts::fonts())),
    letter: source("/letter.typ", include_str!("../templates/letter.typ")),
    print: source("/print.typ", include_str!("../templates/print.typ")),
    register: source("/register.typ", include_str!("../templates/register.typ")),
    sheet: source("/sheet.typ", include_str!("../templates/sheet.typ")),
    slip: source("/slip.typ", include_str!("../templates/slip.typ")),
    verdict: source("/verdict.typ", include_str!("../templates/verdict.typ")),
    data: file("/data.json"),
});

fn file(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

fn source(path: &str, text: &str) -> Option<Source> {
    Some(Source::new(file(path)?, text.to_owned()))
}

/// What one document sees of the world. The typed strings come as data, never as markup.
struct DocumentWorld {
    main: Source,
    /// The data, and the pictures that it names.
    files: Vec<(FileId, Bytes)>,
}

impl World for DocumentWorld {
    fn library(&self) -> &LazyHash<Library> {
        &SHARED.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHARED.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            Ok(self.main.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::fonts().get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Typesets the template with the data.
pub(crate) fn compile(
    template: Template,
    data: &impl serde::Serialize,
) -> Result<PagedDocument, LayoutError> {
    compile_with(template, data, Vec::new())
}

/// The same, with pictures under the names by which the template asks for them.
pub(crate) fn compile_with(
    template: Template,
    data: &impl serde::Serialize,
    pictures: Vec<(String, Bytes)>,
) -> Result<PagedDocument, LayoutError> {
    let fault = |what: &str| LayoutError::Typesetting(what.to_owned());
    let json = serde_json::to_vec(data).map_err(|error| fault(&error.to_string()))?;
    let main = match template {
        Template::Letter => SHARED.letter.clone(),
        Template::Print => SHARED.print.clone(),
        Template::Register => SHARED.register.clone(),
        Template::Sheet => SHARED.sheet.clone(),
        Template::Slip => SHARED.slip.clone(),
        Template::Verdict => SHARED.verdict.clone(),
    };
    let data = SHARED.data.ok_or_else(|| fault("no data file"))?;
    let mut files = vec![(data, Bytes::new(json))];
    for (name, bytes) in pictures {
        files.push((file(&name).ok_or_else(|| fault("no picture"))?, bytes));
    }
    let world = DocumentWorld {
        main: main.ok_or_else(|| fault("no template"))?,
        files,
    };
    let document = typst::compile::<PagedDocument>(&world).output;
    // Keeps what the next document of the same kind can use, and lets the rest go.
    typst::comemo::evict(20);
    document.map_err(|errors| LayoutError::Typesetting(messages(&errors)))
}

/// Writes PDF/A-2a with the given day as its date.
pub(crate) fn export(document: &PagedDocument, day: Day) -> Result<Vec<u8>, LayoutError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a])
        .map_err(|error| LayoutError::Export(error.message().to_string()))?;
    let month = u8::try_from(day.month()).unwrap_or(1);
    let date = u8::try_from(day.day_of_month()).unwrap_or(1);
    let midnight = Datetime::from_ymd_hms(i32::from(day.year()), month, date, 0, 0, 0);
    let options = PdfOptions {
        ident: Smart::Auto,
        creator: Smart::Custom(Some("Văn Thư".to_owned())),
        timestamp: midnight.and_then(|at| Timestamp::new_local(at, 7 * 60)),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(document, &options).map_err(|errors| LayoutError::Export(messages(&errors)))
}

/// The rectangle between the labels `name` and `name-end`, with its page from 0.
pub(crate) fn place(
    document: &PagedDocument,
    name: &'static str,
) -> Result<(u32, Rect), LayoutError> {
    let find = || {
        let (page, x0, top) = position(document, name)?;
        let (last, x1, bottom) = position(document, &format!("{name}-end"))?;
        let height = document.pages().get(page)?.frame.height().to_pt();
        let rect = Rect {
            x0,
            y0: height - bottom,
            x1,
            y1: height - top,
        };
        (page == last).then_some((u32::try_from(page).ok()?, rect))
    };
    find().ok_or(LayoutError::PlaceLost(name))
}

/// Page from 0, distance from the left, distance from the top.
pub(crate) fn position(document: &PagedDocument, label: &str) -> Option<(usize, f64, f64)> {
    let label = Label::new(PicoStr::intern(label))?;
    let introspector = document.introspector();
    let location = introspector
        .elements()
        .query_label(label)
        .ok()?
        .location()?;
    let at = introspector.position(location)?;
    Some((at.page.get() - 1, at.point.x.to_pt(), at.point.y.to_pt()))
}

fn messages(errors: &[SourceDiagnostic]) -> String {
    let texts: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    texts.join("; ")
}
