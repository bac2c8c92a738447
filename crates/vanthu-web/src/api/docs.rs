//! What the API can do, told from the same list that the router is made from.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;

use super::operation::{Gives, Member, Operation, Takes, Verb, openapi};
use super::operations;
use crate::error::WebError;
use crate::page::{render, shell};
use crate::route::Asks;
use crate::state::Web;
use crate::texts::{Language, filters};
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
    query: &'static [(&'static str, &'static str)],
    takes: Vec<Member>,
    takes_file: bool,
    gives: Vec<Member>,
    gives_file: &'static str,
}

async fn document() -> Json<Value> {
    let all: Vec<Operation> = operations().copied().collect();
    Json(openapi(&all, VERSION))
}

async fn page(State(web): State<Web>, headers: HeaderMap) -> Result<Response, WebError> {
    let language = Language::of(&headers);
    let shell = shell::plain(&web, language, shell::theme(&headers), "API");
    render(
        &Docs {
            shell,
            nouns: nouns(),
        },
        language,
    )
}

fn nouns() -> Vec<Noun> {
    let mut nouns: Vec<Noun> = Vec::new();
    for operation in operations() {
        let name = operation.noun();
        let entry = Entry::from(operation);
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

impl From<&Operation> for Entry {
    fn from(operation: &Operation) -> Self {
        Self {
            id: operation.id(),
            verb: operation.verb.word().to_uppercase(),
            path: operation.path,
            says: operation.says,
            open: operation.asks == Asks::Nothing,
            query: operation.query,
            takes: match operation.takes {
                Takes::Json(shape) => shape.members(),
                Takes::Nothing | Takes::File => Vec::new(),
            },
            takes_file: matches!(operation.takes, Takes::File),
            gives: match operation.gives {
                Gives::Json(shape) => shape.members(),
                Gives::Nothing | Gives::File(_) => Vec::new(),
            },
            gives_file: match operation.gives {
                Gives::File(kind) => kind,
                Gives::Nothing | Gives::Json(_) => "",
            },
        }
    }
}
