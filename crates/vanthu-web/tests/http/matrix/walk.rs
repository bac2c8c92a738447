//! How the matrix is walked: who knocks, what the table says, and whether the answer fits.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use vanthu_app::Caller;
use vanthu_domain::permission::{Action, Object, grants};
use vanthu_domain::refusal::RefusalCode;
use vanthu_web::error::{REFUSAL_HEADER, status_of};
use vanthu_web::route::{Asks, Route, Verb};

use crate::world::{Client, Reply, World};

pub(super) const COMMUNE: [&str; 7] = [
    "cv.vhxh",
    "tp.vhxh",
    "pct.tanmau",
    "ct.tanmau",
    "vt.tanmau",
    "cv.kt",
    "qt.tanmau",
];
pub(super) const DEPARTMENT: [&str; 5] = ["gd.skhcn", "pgd.skhcn", "vt.skhcn", "tp.cds", "cv.cds"];

/// A day that is over.
pub(super) const PAST: &str = "2020-01-02";

/// What whoever passes the rights is told where the request is made to change nothing: an old
/// version, a day that is over, no PDF, nothing new to decide, a field that is missing.
const HARMLESS: [&str; 10] = [
    "signing-means-not-offered",
    "csrf",
    "conflict-version",
    "deadline-in-the-past",
    "file-damaged",
    "already-decided",
    "field-required",
    "password-weak",
    "outside-not-permitted",
    "nothing-chosen",
];

/// Everybody of both agencies.
pub(super) struct People(pub(super) Vec<(&'static str, Client, Caller)>);

impl People {
    pub(super) async fn of(world: &World) -> Self {
        let mut people = Vec::new();
        for login in COMMUNE.into_iter().chain(DEPARTMENT) {
            let client = world.sign_in(login).await;
            let caller = world.caller(&client).await;
            people.push((login, client, caller));
        }
        Self(people)
    }

    pub(super) fn client(&self, login: &str) -> &Client {
        &self.0.iter().find(|(known, ..)| *known == login).unwrap().1
    }

    pub(super) fn caller(&self, login: &str) -> &Caller {
        &self.0.iter().find(|(known, ..)| *known == login).unwrap().2
    }
}

/// What the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Allowed,
    Refused,
    Hidden,
}

/// Whether the authorisation core grants it.
pub(super) fn granted(caller: &Caller, action: Action, object: &Object) -> bool {
    object
        .relations(&caller.actor)
        .iter()
        .any(|relation| grants(action, *relation, object.state()))
}

pub(super) fn expected(
    caller: &Caller,
    action: Action,
    object: &Object,
    view: (Action, &Object),
) -> Expected {
    match (
        granted(caller, view.0, view.1),
        granted(caller, action, object),
    ) {
        (false, _) => Expected::Hidden,
        (true, true) => Expected::Allowed,
        (true, false) => Expected::Refused,
    }
}

/// What a request carries.
#[derive(Clone)]
pub(super) enum Carried {
    Nothing,
    Json(Value),
    /// A file as it is.
    File(&'static [u8]),
    /// The fields of a page's form.
    Form(Vec<(String, String)>),
    /// A page's form with a file.
    Files(&'static str, &'static [u8]),
}

/// How one knocks at a route.
#[derive(Clone)]
pub(super) struct Knock {
    pub(super) route: Route,
    pub(super) action: Option<Action>,
    body: Carried,
    query: &'static str,
    params: Vec<(&'static str, String)>,
    /// It changes something although its version is old: whoever may do it comes last.
    pub(super) changes: bool,
}

/// Knocks at a route that is written `GET /path/{id}`.
pub(super) fn knock(at: &str) -> Knock {
    with(at, Carried::Nothing)
}

pub(super) fn json(at: &str, body: Value) -> Knock {
    with(at, Carried::Json(body))
}

pub(super) fn file(at: &str, bytes: &'static [u8]) -> Knock {
    with(at, Carried::File(bytes))
}

pub(super) fn form(at: &str, fields: &[(&str, &str)]) -> Knock {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    with(at, Carried::Form(fields.iter().map(owned).collect()))
}

pub(super) fn files(at: &str, name: &'static str, bytes: &'static [u8]) -> Knock {
    with(at, Carried::Files(name, bytes))
}

fn with(at: &str, body: Carried) -> Knock {
    let route = vanthu_web::routes()
        .into_iter()
        .find(|route| name(route) == at)
        .unwrap_or_else(|| panic!("{at} is no route"));
    let action = match route.asks {
        Asks::May(actions) => actions.first().copied(),
        _ => None,
    };
    Knock {
        route,
        action,
        body,
        query: "",
        params: Vec::new(),
        changes: false,
    }
}

/// A route as the knocks name it.
pub(super) fn name(route: &Route) -> String {
    format!("{} {}", route.verb.word().to_uppercase(), route.path)
}

/// Which token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Right,
    Wrong,
    Missing,
    /// None, in a body that says that it is a form with files.
    Disguised,
}

impl Knock {
    /// For another of the actions that the route asks for.
    pub(super) fn of(mut self, action: Action) -> Self {
        let Asks::May(actions) = self.route.asks else {
            panic!("{} asks for no action", name(&self.route));
        };
        assert!(actions.contains(&action), "{}", name(&self.route));
        self.action = Some(action);
        self
    }

    pub(super) fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    /// What stands in the place of a part of the path.
    pub(super) fn at(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(0, (name, value.to_string()));
        self
    }

    pub(super) fn changing(mut self) -> Self {
        self.changes = true;
        self
    }

    /// Whether the route is one of those for programs.
    pub(super) fn is_for_programs(&self) -> bool {
        ["/api/v1/", "/agent/", "/tool/", "/events", "/practice/"]
            .iter()
            .any(|begin| self.route.path.starts_with(begin))
    }

    pub(super) fn path(&self, params: &[(&'static str, String)]) -> String {
        let parts: Vec<String> = self
            .route
            .path
            .split('/')
            .map(|part| {
                let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) else {
                    return part.to_owned();
                };
                let name = name.trim_start_matches('*');
                let all = self.params.iter().chain(params);
                let found = all.into_iter().find(|(known, _)| *known == name);
                found
                    .unwrap_or_else(|| panic!("nothing for {part} of {}", self.route.path))
                    .1
                    .clone()
            })
            .collect();
        format!("{}{}", parts.join("/"), self.query)
    }

    pub(super) async fn try_as(
        &self,
        client: &Client,
        params: &[(&'static str, String)],
        token: Token,
    ) -> Reply {
        let mut client = client.clone();
        client.csrf = match token {
            Token::Right => client.csrf,
            Token::Wrong => client.csrf.map(|token| token.chars().rev().collect()),
            Token::Missing | Token::Disguised => None,
        };
        let path = self.path(params);
        let method = self.route.verb.word().to_uppercase();
        // A page's form carries the token in a field; the header is a script's or a program's.
        let csrf = if self.is_for_programs() {
            None
        } else {
            client.csrf.take()
        };
        let mut request = client.request(&method, &path);
        if !self.is_for_programs() {
            request = request.header(ACCEPT, "text/html");
        }
        client
            .send(self.filled(request, csrf, token == Token::Disguised))
            .await
    }

    pub(super) fn filled(
        &self,
        request: axum::http::request::Builder,
        csrf: Option<String>,
        disguised: bool,
    ) -> Request<Body> {
        const MULTIPART: &str = "multipart/form-data; boundary=x";
        if disguised {
            let body = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
            let request = request.header(CONTENT_TYPE, MULTIPART);
            return request.body(Body::from(body)).unwrap();
        }
        let (kind, body) = match &self.body {
            Carried::Nothing => return request.body(Body::empty()).unwrap(),
            Carried::File(bytes) => return request.body(Body::from(*bytes)).unwrap(),
            Carried::Json(json) => ("application/json", json.to_string().into_bytes()),
            Carried::Form(fields) => {
                let mut pairs: Vec<(&str, &str)> = Vec::new();
                pairs.extend(csrf.as_deref().map(|token| ("csrf", token)));
                pairs.extend(
                    fields
                        .iter()
                        .map(|(name, value)| (name.as_str(), value.as_str())),
                );
                let body = serde_urlencoded::to_string(pairs).unwrap();
                ("application/x-www-form-urlencoded", body.into_bytes())
            }
            Carried::Files(name, bytes) => {
                let mut body = Vec::new();
                if let Some(token) = csrf {
                    let part = "content-disposition: form-data; name=\"csrf\"";
                    body.extend(format!("--x\r\n{part}\r\n\r\n{token}\r\n").into_bytes());
                }
                let part = "content-disposition: form-data; name=\"file\"";
                body.extend(format!("--x\r\n{part}; filename=\"{name}\"\r\n\r\n").into_bytes());
                body.extend_from_slice(bytes);
                body.extend_from_slice(b"\r\n--x--\r\n");
                (MULTIPART, body)
            }
        };
        let request = request.header(CONTENT_TYPE, kind);
        request.body(Body::from(body)).unwrap()
    }
}

/// Where an answer leads.
fn location(reply: &Reply) -> &str {
    let to = reply.headers.get(LOCATION);
    to.map_or("", |to| to.to_str().unwrap())
}

/// The code of a refusal; empty where it is none. The status is always that of the code, pages are
/// pages, and programs get problem documents.
pub(super) fn refusal(knock: &Knock, reply: &Reply) -> String {
    let Some(code) = reply.headers.get(REFUSAL_HEADER) else {
        let fine = reply.status.is_success() || reply.status == StatusCode::SEE_OTHER;
        return if fine { "" } else { "refused without a code" }.to_owned();
    };
    let code = code.to_str().unwrap();
    let kind = reply.headers[CONTENT_TYPE].to_str().unwrap();
    let as_it_should = if knock.is_for_programs() {
        reply.code() == code
    } else {
        kind.starts_with("text/html")
    };
    // The password that was typed is wrong, while the session stands.
    let typed = code == "sign-in-failed" && reply.status == StatusCode::UNPROCESSABLE_ENTITY;
    if !as_it_should {
        format!("{code} as {kind}")
    } else if !typed && reply.status != status_of(code.parse::<RefusalCode>().unwrap()) {
        format!("{code} with {}", reply.status)
    } else {
        code.to_owned()
    }
}

/// Whether the answer is what the table says.
fn fits(expected: Expected, knock: &Knock, reply: &Reply) -> bool {
    let code = refusal(knock, reply);
    let away = reply.status == StatusCode::SEE_OTHER;
    // Whoever has no certificate learns that first, and nothing about the document.
    let no_key = matches!(knock.action, Some(Action::Sign | Action::Seal))
        && ["certificate-not-on-record", "seal-holder-not-recorded"].contains(&code.as_str());
    match expected {
        Expected::Allowed if away => !location(reply).starts_with("/sign-in"),
        Expected::Allowed => reply.status.is_success() || HARMLESS.contains(&code.as_str()),
        // Whoever may draft nothing learns that first, and nothing about the document to be answered.
        Expected::Hidden if knock.action == Some(Action::Reply) => {
            ["not-found", "not-permitted"].contains(&code.as_str())
        }
        Expected::Hidden => no_key || code == "not-found",
        // The editor is no secret to whoever sees the document: it leads to the document's page.
        Expected::Refused if knock.route.verb == Verb::Get && away => {
            location(reply).starts_with("/outgoing/")
        }
        Expected::Refused => no_key || ["not-permitted", "wrong-state"].contains(&code.as_str()),
    }
}

/// What is knocked about: what stands in the paths, and what the rules need to know of it.
pub(super) struct Thing {
    /// What a failure calls it.
    pub(super) name: String,
    pub(super) params: Vec<(&'static str, String)>,
    pub(super) object: Object,
    /// Who may see it; the others are told that it is not there.
    pub(super) view: (Action, Object),
}

/// Collects what does not fit, so that a broken rule shows as a table and not as one line.
#[derive(Default)]
pub(super) struct Walk {
    requests: usize,
    wrong: Vec<String>,
}

impl Walk {
    /// Everybody knocks at every route about the thing. `says` may know more than the table.
    pub(super) async fn everybody(
        &mut self,
        people: &People,
        thing: &Thing,
        knocks: &[Knock],
        says: impl Fn(&Knock, &Caller, Expected) -> Expected,
    ) {
        let view = (thing.view.0, &thing.view.1);
        let order = |knock: &&Knock| knock.changes;
        let mut knocks: Vec<&Knock> = knocks.iter().collect();
        knocks.sort_by_key(order);
        for knock in knocks {
            let mut later = Vec::new();
            for (who, client, caller) in &people.0 {
                let action = knock.action.unwrap_or(view.0);
                let table = expected(caller, action, &thing.object, view);
                let says = says(knock, caller, table);
                if knock.changes && says == Expected::Allowed {
                    later.push((who, client));
                    continue;
                }
                let reply = knock.try_as(client, &thing.params, Token::Right).await;
                self.note(who, &thing.name, says, knock, &reply);
            }
            // Only one of them finds it as it was.
            if let Some((who, client)) = later.first() {
                let reply = knock.try_as(client, &thing.params, Token::Right).await;
                self.note(who, &thing.name, Expected::Allowed, knock, &reply);
            }
        }
    }

    /// Nobody is let in without a session, and nobody with a forged form.
    pub(super) async fn strangers(
        &mut self,
        world: &World,
        client: &Client,
        params: &[(&'static str, String)],
        knocks: &[Knock],
    ) {
        for knock in knocks {
            let at = name(&knock.route);
            let reply = knock.try_as(&world.nobody(), params, Token::Right).await;
            self.requests += 1;
            let turned_away = if knock.is_for_programs() {
                refusal(knock, &reply) == "sign-in-required"
            } else {
                reply.status == StatusCode::SEE_OTHER && location(&reply).starts_with("/sign-in")
            };
            if !turned_away {
                self.wrong
                    .push(format!("nobody {at}: answered with {}", reply.status));
            }
            if knock.route.verb.is_safe() {
                continue;
            }
            for token in [Token::Wrong, Token::Missing, Token::Disguised] {
                if token == Token::Disguised && knock.route.takes_files {
                    continue; // such a form is compared by the handler, as with `Missing`
                }
                let reply = knock.try_as(client, params, token).await;
                self.requests += 1;
                let code = refusal(knock, &reply);
                if code != "csrf" {
                    let status = reply.status;
                    self.wrong
                        .push(format!("{token:?} token {at}: {status} {code}"));
                }
            }
        }
    }

    pub(super) fn note(
        &mut self,
        who: &str,
        what: &str,
        expected: Expected,
        knock: &Knock,
        reply: &Reply,
    ) {
        self.requests += 1;
        if !fits(expected, knock, reply) {
            self.wrong.push(format!(
                "{who} {} {what}: {expected:?}, but {} {}{}",
                name(&knock.route),
                reply.status,
                refusal(knock, reply),
                location(reply)
            ));
        }
    }

    pub(super) fn end(self, at_least: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert!(self.requests >= at_least, "only {} requests", self.requests);
    }
}
