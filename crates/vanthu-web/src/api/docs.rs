//! What the API can do, told from the same list that the router is made from.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;

use super::operation::{Gives, Member, Operation, Shape, Takes, Verb, openapi};
use super::operations;
use crate::error::WebError;
use crate::page::{render, shell};
use crate::route::Asks;
use crate::state::Web;
use crate::texts::{Language, filters, language_of, of_api};
use crate::view;

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        Verb::Get,
        "/api/openapi.json",
        || get(document),
        "Tài liệu giao diện lập trình dạng OpenAPI 3.1",
    )
    .open()
    .gives_file("application/json"),
    Operation::new(Verb::Get, "/api/docs", || get(page), "Trang tài liệu này")
        .open()
        .gives_file("text/html"),
];

/// The version of the API's description.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Template)]
#[template(path = "api_docs.html")]
struct Docs {
    shell: view::Shell,
    nouns: Vec<Noun>,
}

/// The operations about one noun.
struct Noun {
    name: String,
    entries: Vec<Entry>,
}

/// One operation on the page.
struct Entry {
    id: String,
    verb: String,
    path: &'static str,
    says: &'static str,
    open: bool,
    query: Vec<(&'static str, &'static str)>,
    takes: Vec<Member>,
    takes_file: bool,
    gives: Vec<Member>,
    gives_file: &'static str,
}

async fn document(headers: HeaderMap) -> Json<Value> {
    let all: Vec<Operation> = operations().copied().collect();
    let mut document = openapi(&all, VERSION);
    say(&mut document, language_of(&headers));
    Json(document)
}

/// Puts what the document says to people into the language.
fn say(document: &mut Value, language: Language) {
    said(document, &mut |text| {
        *text = of_api(text, language).to_owned();
    });
}

/// Everything that the document says to people. What types are called in the code is English and
/// stays so.
pub(super) fn said(part: &mut Value, each: &mut impl FnMut(&mut String)) {
    match part {
        Value::Object(members) => {
            let is_type = ["properties", "additionalProperties", "enum"]
                .iter()
                .any(|name| members.contains_key(*name));
            for (name, member) in members {
                match member {
                    Value::String(_) if is_type => {}
                    Value::String(text) if name == "description" || name == "summary" => each(text),
                    _ => said(member, each),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| said(item, each)),
        _ => {}
    }
}

async fn page(State(web): State<Web>, headers: HeaderMap) -> Result<Response, WebError> {
    let language = language_of(&headers);
    let shell = shell::plain(&web, language, shell::theme(&headers), "API");
    render(
        &Docs {
            shell,
            nouns: nouns(language),
        },
        language,
    )
}

fn nouns(language: Language) -> Vec<Noun> {
    let mut nouns: Vec<Noun> = Vec::new();
    for operation in operations() {
        let name = operation.noun();
        let entry = Entry::of(operation, language);
        match nouns.iter_mut().find(|noun| noun.name == name) {
            Some(noun) => noun.entries.push(entry),
            None => nouns.push(Noun {
                name: name.to_owned(),
                entries: vec![entry],
            }),
        }
    }
    nouns
}

impl Entry {
    fn of(operation: &Operation, language: Language) -> Self {
        let members = |shape: Shape| {
            let mut members = shape.members();
            for member in &mut members {
                member.says = of_api(&member.says, language).to_owned();
            }
            members
        };
        Self {
            id: operation.id(),
            verb: operation.verb.word().to_uppercase(),
            path: operation.path,
            says: of_api(operation.says, language),
            open: operation.asks == Asks::Nothing,
            query: operation
                .query
                .iter()
                .map(|(name, says)| (*name, of_api(says, language)))
                .collect(),
            takes: match operation.takes {
                Takes::Json(shape) => members(shape),
                Takes::Nothing | Takes::File => Vec::new(),
            },
            takes_file: matches!(operation.takes, Takes::File),
            gives: match operation.gives {
                Gives::Json(shape) => members(shape),
                Gives::Nothing | Gives::File(_) => Vec::new(),
            },
            gives_file: match operation.gives {
                Gives::File(kind) => kind,
                Gives::Nothing | Gives::Json(_) => "",
            },
        }
    }
}
