//! How the matrix is walked: who knocks, what the table says, and whether the answer fits.

use axum::http::StatusCode;
use serde_json::Value;
use vanthu_app::Caller;
use vanthu_domain::permission::{Action, Object, grants};

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

pub(super) fn expected(
    caller: &Caller,
    action: Action,
    object: &Object,
    view: (Action, &Object),
) -> Expected {
    let may = |action: Action, object: &Object| {
        object
            .relations(&caller.actor)
            .iter()
            .any(|r| grants(action, *r, object.state()))
    };
    match (may(view.0, view.1), may(action, object)) {
        (false, _) => Expected::Hidden,
        (true, true) => Expected::Allowed,
        (true, false) => Expected::Refused,
    }
}

/// Whether the answer is what the table says.
pub(super) fn fits(expected: Expected, action: Action, reply: &Reply) -> bool {
    let code = reply.code();
    // Whoever has no certificate learns that first, and nothing about the document.
    let no_key = matches!(action, Action::Sign | Action::Seal)
        && ["certificate-not-on-record", "seal-holder-not-recorded"].contains(&code.as_str());
    match expected {
        Expected::Allowed => {
            reply.status.is_success()
                || ["conflict-version", "deadline-in-the-past", "file-damaged"]
                    .contains(&code.as_str())
        }
        Expected::Hidden => {
            no_key || (reply.status == StatusCode::NOT_FOUND && code == "not-found")
        }
        Expected::Refused => no_key || ["not-permitted", "wrong-state"].contains(&code.as_str()),
    }
}

/// One request of the walk.
pub(super) struct Try {
    pub(super) action: Action,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
}

pub(super) fn attempt(action: Action, path: impl Into<String>, body: Value) -> Try {
    Try {
        action,
        method: "POST",
        path: path.into(),
        body,
    }
}

pub(super) async fn knock(client: &Client, order: &Try) -> Reply {
    match &order.body {
        Value::String(file) => client.file(&order.path, file.as_bytes()).await,
        body => client.json(order.method, &order.path, body).await,
    }
}

/// Collects what does not fit, so that a broken rule shows as a table and not as one line.
#[derive(Default)]
pub(super) struct Walk {
    requests: usize,
    wrong: Vec<String>,
}

impl Walk {
    pub(super) fn note(
        &mut self,
        who: &str,
        what: &str,
        expected: Expected,
        action: Action,
        reply: &Reply,
    ) {
        self.requests += 1;
        if !fits(expected, action, reply) {
            let code = reply.code();
            self.wrong.push(format!(
                "{who} {what}: {expected:?}, but {} {code}",
                reply.status
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
