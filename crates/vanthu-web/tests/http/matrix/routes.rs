//! The list of routes: nothing of the server stands outside it, and nothing of it is left out of the
//! walk.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;
use vanthu_web::route::{Asks, Route, Verb};

use super::walk::{Knock, name};
use super::{agency, device, incoming, line, lists, outgoing, own};
use crate::world::World;

/// Every way to knock that some test of the matrix tries.
fn walked() -> Vec<Knock> {
    let opens: Vec<Knock> = own::open().into_iter().map(|(knock, _)| knock).collect();
    [
        outgoing::knocks(&Value::Null),
        outgoing::signing(&vanthu_domain::id::OutgoingId::new(
            vanthu_domain::Moment::from_unix_seconds(0),
            1,
        )),
        incoming::knocks(&incoming::About::default()),
        line::knocks(&line::About::default()),
        agency::knocks(),
        device::knocks(),
        device::permits(),
        device::findings(),
        outgoing::several(),
        lists::knocks(&[], &[]),
        own::own_knocks(&Default::default(), &Default::default(), ""),
        own::leaving(),
        own::agent(),
        own::tool(),
        own::practice(),
        opens,
    ]
    .concat()
}

/// Proves: KH-2
#[test]
fn every_route_of_the_server_is_walked() {
    let walked: BTreeSet<String> = walked().iter().map(|knock| name(&knock.route)).collect();
    let routes = vanthu_web::routes();
    let known: BTreeSet<String> = routes.iter().map(name).collect();
    assert_eq!(known.len(), routes.len(), "a route is listed twice");
    let left_out: Vec<&String> = known.difference(&walked).collect();
    assert!(left_out.is_empty(), "nobody knocks at {left_out:?}");
}

/// A route that asks for a right of the core is tried for each of them.
#[test]
fn every_right_that_a_route_asks_for_is_tried() {
    let walked = walked();
    for route in vanthu_web::routes() {
        let Asks::May(actions) = route.asks else {
            continue;
        };
        assert!(!actions.is_empty(), "{}", name(&route));
        for action in actions {
            let tried = walked
                .iter()
                .any(|knock| name(&knock.route) == name(&route) && knock.action == Some(*action));
            assert!(tried, "{} for {}", name(&route), action.code());
        }
    }
}

/// What changes something is never open to everybody, but for signing in and what keeps nothing.
#[test]
fn what_changes_something_asks_who_is_there() {
    let open: Vec<String> = vanthu_web::routes()
        .iter()
        .filter(|route| !route.verb.is_safe() && route.asks == Asks::Nothing)
        .map(name)
        .collect();
    let known = [
        "POST /sign-in",
        "POST /theme",
        "POST /language",
        "POST /verify",
        "POST /api/v1/sign-in",
        "POST /api/v1/verify",
    ];
    assert_eq!(open, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_answers_to_a_method_that_is_not_listed() {
    let world = World::new().await;
    let routes = vanthu_web::routes();
    let paths: BTreeSet<&str> = routes.iter().map(|route| route.path).collect();
    for path in paths {
        for (verb, method) in [
            (Some(Verb::Get), "GET"),
            (Some(Verb::Post), "POST"),
            (Some(Verb::Put), "PUT"),
            (Some(Verb::Delete), "DELETE"),
            (None, "PATCH"),
        ] {
            let is_it = |route: &Route| route.path == path && Some(route.verb) == verb;
            if routes.iter().any(is_it) || answers_otherwise(&routes, path, verb) {
                continue;
            }
            let parts: Vec<&str> = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect();
            let request = world.nobody().request(method, &parts.join("/"));
            let reply = world
                .nobody()
                .send(request.body(Body::empty()).unwrap())
                .await;
            let code = reply.headers.get(vanthu_web::error::REFUSAL_HEADER);
            let unknown = if path.starts_with("/api/") {
                code.is_some_and(|code| code == "request-malformed")
            } else {
                reply.status == StatusCode::METHOD_NOT_ALLOWED
            };
            assert!(unknown, "{method} {path}: {}", reply.status);
        }
    }
}

/// Whether another route takes the same address, as `/outgoing/{id}` takes `/outgoing/choices`.
fn answers_otherwise(routes: &[Route], path: &str, verb: Option<Verb>) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    routes.iter().any(|route| {
        let others: Vec<&str> = route.path.split('/').collect();
        let alike = |(one, other): (&&str, &&str)| one == other || other.starts_with('{');
        Some(route.verb) == verb
            && route.path != path
            && others.len() == parts.len()
            && parts.iter().zip(&others).all(alike)
    })
}

/// A route that is made elsewhere would stand in no list.
#[test]
fn routes_are_made_in_one_place() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut makers = Vec::new();
    visit(&sources, &mut |path, text| {
        let makes = [
            ".route(",
            ".route_service(",
            ".nest(",
            ".nest_service(",
            ".fallback_service(",
        ];
        if makes.iter().any(|word| text.contains(word)) {
            makers.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    });
    assert_eq!(makers, ["route.rs"]);
}

fn visit(folder: &Path, each: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, each);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            each(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
