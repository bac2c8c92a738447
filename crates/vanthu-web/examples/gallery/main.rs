//! Writes example screens with invented contents into a folder, to look at the templates without a server:
//! `cargo run -p vanthu-web --example gallery -- crates/vanthu-web/static/dist/gallery`

use std::{error::Error, fs, path::PathBuf};

use askama::Template;
use vanthu_web::view;
use view::{
    Act, Check, Chip, Confirm, Editor, Empty, Fact, Field, Happening, List, Pager, Paper, PlaceBox,
    Problem, Shell, SignPanel, Step, Tab, Tile, Verdict,
};

use contents::{desk, document, done, editor, incoming, login, placing, register, to_sign};

mod contents;

#[expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the attribute writes them"
)]
mod filters {
    /// The gallery speaks Vietnamese only.
    #[askama::filter_fn]
    pub(crate) fn t(
        text: impl std::fmt::Display,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        let text = text.to_string();
        Ok(text)
    }
}

#[derive(Template)]
#[template(path = "gallery/desk.html")]
pub(crate) struct Desk {
    pub(crate) shell: Shell,
    pub(crate) today: String,
    pub(crate) warning: Problem,
    pub(crate) tiles: Vec<Tile>,
    pub(crate) due: Vec<Check>,
    pub(crate) sent: Vec<Check>,
    pub(crate) happenings: Vec<Happening>,
    pub(crate) facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "gallery/list.html")]
pub(crate) struct WorkList {
    pub(crate) shell: Shell,
    pub(crate) lead: String,
    pub(crate) tiles: Vec<Tile>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) filter: Field,
    pub(crate) list: List,
    pub(crate) pager: Pager,
    pub(crate) empty: Empty,
    pub(crate) verb: String,
    pub(crate) ask: Confirm,
}

#[derive(Template)]
#[template(path = "gallery/document.html")]
pub(crate) struct Document {
    pub(crate) shell: Shell,
    pub(crate) back: String,
    pub(crate) lead: String,
    pub(crate) acts: Vec<Act>,
    pub(crate) steps: Vec<Step>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) paper: Paper,
    pub(crate) sign: Option<SignPanel>,
    pub(crate) verdict: Verdict,
    pub(crate) facts: Vec<Fact>,
    pub(crate) happenings: Vec<Happening>,
    pub(crate) ask: Confirm,
}

#[derive(Template)]
#[template(path = "gallery/editor.html")]
pub(crate) struct DraftEditor {
    pub(crate) shell: Shell,
    pub(crate) editor: Editor,
    pub(crate) kind: Field,
    pub(crate) urgency: Field,
    pub(crate) subject: Field,
    pub(crate) addressees: Field,
    pub(crate) signer: Field,
    pub(crate) paper: Paper,
}

#[derive(Template)]
#[template(path = "gallery/place.html")]
pub(crate) struct Placing {
    pub(crate) shell: Shell,
    pub(crate) paper: Paper,
    pub(crate) found: Problem,
    pub(crate) boxes: Vec<PlaceBox>,
}

#[derive(Template)]
#[template(path = "gallery/register.html")]
pub(crate) struct Register {
    pub(crate) shell: Shell,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Entry>,
}

pub(crate) struct Entry {
    pub(crate) cells: [&'static str; 7],
    pub(crate) void: &'static str,
}

#[derive(Template)]
#[template(path = "gallery/login.html")]
pub(crate) struct Login {
    pub(crate) shell: Shell,
    pub(crate) wrong: Problem,
    pub(crate) name: Field,
    pub(crate) password: Field,
}

#[derive(Template)]
#[template(path = "gallery/done.html")]
pub(crate) struct Done {
    pub(crate) shell: Shell,
    pub(crate) happened: Problem,
    pub(crate) facts: Vec<Fact>,
    pub(crate) refused: Problem,
    pub(crate) empty: Empty,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    let write = |name: &str, text: String| fs::write(folder.join(name), text);
    write("desk.html", desk().render()?)?;
    write("list.html", incoming().render()?)?;
    write("phone.html", to_sign().render()?)?;
    write("document.html", document(false).render()?)?;
    write("signing.html", document(true).render()?)?;
    write("editor.html", editor().render()?)?;
    write("place.html", placing().render()?)?;
    write("register.html", register().render()?)?;
    write("login.html", login().render()?)?;
    write("done.html", done().render()?)?;
    write(
        "page.svg",
        include_str!("../../templates/gallery/page.svg").to_owned(),
    )?;
    Ok(())
}
