//! What the templates in `templates/parts` are given: plain texts, already in the reader's language
//! and already formatted. Pages fill these; no template reaches into the domain.

use std::fmt;

/// How a mark is meant; the template adds a sign to the colour, since colour never stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Passed, done.
    Ok,
    /// Not determined, close to its limit.
    Warn,
    /// Refused, failed, late.
    Bad,
    /// For information.
    Info,
    /// Neutral.
    #[default]
    None,
    /// Urgency (độ khẩn).
    Urgent,
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::None => "none",
            Self::Urgent => "urgent",
        })
    }
}

/// What surrounds every page of a signed-in person.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// `vi` or `en`.
    pub lang: String,
    /// Title of the page, without the product's name.
    pub title: String,
    /// `light`, `dark`, or empty for the system's.
    pub theme: String,
    /// Content of `static/dist/version.txt`, for `?v=`.
    pub version: String,
    /// A practice installation: the banner shows.
    pub practice: bool,
    /// Agency the person acts for now.
    pub agency: String,
    /// Role or post in that agency.
    pub role: String,
    /// The person's name.
    pub person: String,
    /// Side menu.
    pub menu: Vec<MenuGroup>,
    /// Unread notices.
    pub notices: u32,
    /// What the search field holds.
    pub query: String,
    /// CSRF token of the session.
    pub csrf: String,
    /// The person signs: the page looks for the agent on this machine.
    pub signer: bool,
    /// The version of the agent that the server ships.
    pub agent_shipped: String,
    /// The oldest version of the agent that gets documents to sign.
    pub agent_minimum: String,
    /// Id of the last event before this page was made; empty when the page needs no events.
    pub events_from: String,
    /// Messages of the action that led here.
    pub toasts: Vec<Toast>,
}

/// One heading of the side menu.
#[derive(Debug, Clone, Default)]
pub struct MenuGroup {
    /// Heading; empty for the first group.
    pub title: String,
    /// Its entries.
    pub items: Vec<MenuItem>,
}

/// One entry of the side menu.
#[derive(Debug, Clone, Default)]
pub struct MenuItem {
    /// Words.
    pub text: String,
    /// Address.
    pub href: String,
    /// How many wait there; 0 shows nothing.
    pub count: u32,
    /// The page shown now.
    pub current: bool,
    /// Something is wrong there: the count is red.
    pub hot: bool,
    /// Key or key sequence, `g d`; empty for none.
    pub key: String,
}

/// A short message after an action.
#[derive(Debug, Clone, Default)]
pub struct Toast {
    /// Ok, Info or Bad.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
    /// What may be done about it: undo, open.
    pub link: Option<Link>,
}

/// A link.
#[derive(Debug, Clone, Default)]
pub struct Link {
    /// Words.
    pub text: String,
    /// Address.
    pub href: String,
}

/// A coloured mark with words.
#[derive(Debug, Clone, Default)]
pub struct Pill {
    /// Its meaning.
    pub tone: Tone,
    /// Its words.
    pub text: String,
}

/// A count that links to the list it counts.
#[derive(Debug, Clone, Default)]
pub struct Tile {
    /// Words.
    pub text: String,
    /// The list.
    pub href: String,
    /// How many.
    pub count: u32,
    /// Bad for overdue, Warn for due soon, else None.
    pub tone: Tone,
    /// This list is the one shown.
    pub current: bool,
}

/// An active filter with the address that removes it.
#[derive(Debug, Clone, Default)]
pub struct Chip {
    /// Name of the filter.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The list without it.
    pub remove: String,
}

/// A work list.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Name of the table, for screen readers.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Rows can be picked.
    pub pick: bool,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Heading.
    pub text: String,
    /// Kind: `num`, `main`, `text`, `state`, `when`, `right`.
    pub kind: &'static str,
    /// Address that sorts by it; empty for none.
    pub sort: String,
    /// `ascending`, `descending` or empty.
    pub sorted: &'static str,
}

/// A row; the cell of kind `main` holds the link.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its identifier on the page.
    pub id: String,
    /// Value of its checkbox: which one, and at which version.
    pub pick: String,
    /// What opens.
    pub href: String,
    /// How it is spoken of: its number or subject.
    pub name: String,
    /// Not opened yet (`Some(true)`), opened (`Some(false)`), not told.
    pub unread: Option<bool>,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// A cell: a text, a note under it, marks.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// First line.
    pub text: String,
    /// Second line, small.
    pub note: String,
    /// Marks.
    pub pills: Vec<Pill>,
}

impl Cell {
    /// A cell of one text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A cell of one mark.
    pub fn pill(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().and(tone, text)
    }

    /// With a note under the text.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// With one more mark.
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.pills.push(Pill {
            tone,
            text: text.into(),
        });
        self
    }
}

/// Keyset paging.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// “1–25”, “25 văn bản”.
    pub summary: String,
    /// Address of the page before; empty for none.
    pub previous: String,
    /// Address of the page after; empty for none.
    pub next: String,
}

/// An empty list says what to do.
#[derive(Debug, Clone, Default)]
pub struct Empty {
    /// Icon of the sprite.
    pub icon: &'static str,
    /// What is so.
    pub title: String,
    /// Why, or when something will come.
    pub text: String,
    /// The one thing to do.
    pub link: Option<Link>,
}

/// What went wrong or may not be done: what, why, by which article, what now.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// Bad (refusal), Warn, Info or Ok.
    pub tone: Tone,
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// Article.
    pub article: String,
    /// What to do now.
    pub now: String,
    /// A link to where that is done.
    pub link: Option<Link>,
}

impl Problem {
    /// What was done, and what that means.
    pub fn done(what: String, why: String) -> Self {
        Self {
            tone: Tone::Ok,
            what,
            why,
            ..Self::default()
        }
    }
}

/// One thing that may be done on a page.
#[derive(Debug, Clone, Default)]
pub struct Act {
    /// Verb.
    pub text: String,
    /// How it is done.
    pub by: By,
    /// `primary`, `danger`, or empty.
    pub weight: &'static str,
    /// Icon of the sprite, or empty.
    pub icon: &'static str,
    /// Key, or empty.
    pub key: &'static str,
    /// Why it can't be done now: the button stays and says so.
    pub why_not: Option<Problem>,
}

/// How an act is done.
#[derive(Debug, Clone)]
pub enum By {
    /// Follow a link.
    Link(String),
    /// Post to an address.
    Post(String),
    /// Open the dialog with this id.
    Dialog(String),
}

impl Default for By {
    fn default() -> Self {
        Self::Link(String::new())
    }
}

/// A verdict, point by point.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// The whole in words: “Như bản gốc”.
    pub whole: Pill,
    /// Points.
    pub checks: Vec<Check>,
    /// Articles it rests on.
    pub articles: String,
    /// The full report; empty for none.
    pub report: String,
    /// When the signatures were judged; empty where that is told elsewhere.
    pub judged_at: String,
    /// Where they are judged again; empty where they aren't.
    pub judge: String,
}

/// One point of a verdict.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// Ok, Bad, Warn (not determined) or Info.
    pub tone: Tone,
    /// The statement.
    pub text: String,
    /// Its evidence.
    pub note: String,
}

/// One event of a timeline, newest first or oldest first as the page likes.
#[derive(Debug, Clone, Default)]
pub struct Happening {
    /// Ok, Bad, Info, or None for what is still to come.
    pub tone: Tone,
    /// What.
    pub text: String,
    /// When, for people; empty for what is still to come.
    pub when: String,
    /// When, for machines (RFC 3339).
    pub at: String,
    /// Who.
    pub who: String,
    /// Quoted words: reason, instruction (bút phê).
    pub quote: String,
}

/// A name and its value.
#[derive(Debug, Clone, Default)]
pub struct Fact {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Received data that can't be changed here.
    pub locked: bool,
}

/// One step of a procedure.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// `done`, `now`, `bad` or empty.
    pub state: &'static str,
    /// Name.
    pub text: String,
    /// Who, when.
    pub note: String,
}

/// A tab: a page of the same thing.
#[derive(Debug, Clone, Default)]
pub struct Tab {
    /// Words.
    pub text: String,
    /// Address.
    pub href: String,
    /// How many; 0 shows nothing.
    pub count: u32,
    /// Shown now.
    pub current: bool,
}

/// The paper: page pictures drawn by the server.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    /// Title, for the pictures' alternative texts.
    pub title: String,
    /// Pages.
    pub pages: Vec<PagePicture>,
    /// The PDF itself; empty for none.
    pub pdf: String,
    /// Its text, for screen readers and copying; empty when there is none (a scan).
    pub text: String,
}

/// One page's picture.
#[derive(Debug, Clone, Default)]
pub struct PagePicture {
    /// Address of the picture.
    pub src: String,
    /// 1-based number.
    pub number: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Width in PDF points.
    pub width_pt: f64,
    /// Height in PDF points.
    pub height_pt: f64,
}

/// A field of a form.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Name in the form, and id.
    pub name: String,
    /// Label.
    pub label: String,
    /// Value.
    pub value: String,
    /// What to write, under the label.
    pub hint: String,
    /// What is wrong.
    pub error: Option<String>,
    /// Must be filled; others say “không bắt buộc”.
    pub required: bool,
    /// Can't be changed (received data).
    pub locked: bool,
    /// `text`, `password`, `date`, `email`, `number`, `search`.
    pub kind: &'static str,
    /// HTML's autocomplete token, or empty.
    pub autocomplete: &'static str,
    /// Most characters; 0 for no limit.
    pub max: u32,
    /// Rows of a text area.
    pub rows: u32,
    /// Choices of a select, radios or checkboxes.
    pub choices: Vec<Choice>,
}

impl Field {
    /// A required text field.
    pub fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            value: value.into(),
            required: true,
            kind: "text",
            rows: 3,
            ..Self::default()
        }
    }

    /// Of another kind (`password`, `date`, …).
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// With a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With what is wrong.
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// May stay empty.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Received data.
    pub fn locked(mut self) -> Self {
        self.locked = true;
        self
    }

    /// At most so many characters.
    pub fn max(mut self, max: u32) -> Self {
        self.max = max;
        self
    }

    /// So many rows.
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = rows;
        self
    }

    /// HTML's autocomplete token.
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    /// With choices.
    pub fn choices(mut self, choices: Vec<Choice>) -> Self {
        self.choices = choices;
        self
    }
}

/// One choice.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Value.
    pub value: String,
    /// Words.
    pub text: String,
    /// A note under them.
    pub note: String,
    /// Chosen.
    pub chosen: bool,
}

/// A dialog that asks before an act of weight, with a reason.
#[derive(Debug, Clone, Default)]
pub struct Confirm {
    /// Id of the dialog.
    pub id: String,
    /// Question: “Trả lại văn bản?”.
    pub title: String,
    /// What will happen, and whether it can be undone.
    pub text: String,
    /// What it is done to.
    pub facts: Vec<Fact>,
    /// Where it is posted.
    pub action: String,
    /// CSRF token.
    pub csrf: String,
    /// Hidden values.
    pub hidden: Vec<Fact>,
    /// Coded reasons (a select); `choices` empty for none.
    pub code: Option<Field>,
    /// Reason in words.
    pub reason: Option<Field>,
    /// Verb of the button.
    pub verb: String,
    /// The act is grave: the button is red.
    pub danger: bool,
}

/// What `parts/sign.html` needs.
#[derive(Debug, Clone, Default)]
pub struct SignPanel {
    /// `person` or `seal`.
    pub purpose: &'static str,
    /// `person`, or `automatic` (practice only).
    pub consent: &'static str,
    /// Ids of the documents.
    pub documents: Vec<String>,
    /// Where to go when all is signed.
    pub done: String,
    /// Page that tells how to install the agent; empty for none.
    pub help: String,
    /// Words of the button: “Ký số”, “Ký 3 văn bản”, “Ký số của cơ quan”.
    pub verb: String,
    /// What one signs, in sentences.
    pub statements: Vec<String>,
    /// Why it can't be signed now.
    pub why_not: Option<Problem>,
    /// Ways of signing, the agent first; none or one where nothing is to be chosen.
    pub ways: Vec<SignWay>,
    /// A session with a service that is under way, or whose end is not known; empty for none.
    pub standing: String,
    /// Where the government's tool listens on the signer's machine; empty where it is not offered.
    pub tool: String,
    /// Whose trials of the tool the browser remembers: the account.
    pub account: String,
}

/// A way of signing.
#[derive(Debug, Clone, Default)]
pub struct SignWay {
    /// `agent`, `tool`, `sealer`, or the identifier of a key at a service.
    pub value: String,
    /// `agent`, `service`, `sim`, `tool` or `sealer`.
    pub means: &'static str,
    /// Its name.
    pub text: String,
    /// What goes with it.
    pub note: String,
}

/// One box of `parts/place.html`, in PDF points from the bottom left.
#[derive(Debug, Clone, Default)]
pub struct PlaceBox {
    /// `signature`, `number`, `date`, `seal`.
    pub name: &'static str,
    /// Title on the box.
    pub title: String,
    /// 1-based page.
    pub page: u32,
    /// Left.
    pub x: f64,
    /// Bottom.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// The prescribed place: `page x y w h` with a 0-based page; empty when it isn't known.
    pub standard: String,
}

/// What `parts/editor.html` needs.
#[derive(Debug, Clone, Default)]
pub struct Editor {
    /// Where drafts save themselves (POST, form data).
    pub save: String,
    /// Where pages are typeset (POST, form data).
    pub preview: String,
    /// Where the form itself goes.
    pub action: String,
    /// Version of the draft shown.
    pub version: String,
    /// CSRF token.
    pub csrf: String,
    /// The body.
    pub body: Field,
    /// State of saving when the page is made: “Đã lưu lúc 08:12”.
    pub saved: String,
}
