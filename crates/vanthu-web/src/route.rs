//! The routes: one list, from which the router is built and which the test of the rights walks.
//!
//! A route says here which right it asks the authorisation core for. The handler's action asks by
//! itself; the test knocks at every route for everybody and compares the answer with what is said
//! here, so that neither can be wrong alone.

use axum::Router;
use axum::routing::MethodRouter;
use vanthu_domain::permission::Action;

use crate::state::Web;

/// The HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Replaces.
    Put,
    /// Takes away.
    Delete,
}

impl Verb {
    /// As OpenAPI names it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }

    /// Whether nothing changes.
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get)
    }
}

/// What a route asks of whoever knocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: anybody is answered.
    Nothing,
    /// To be signed in. The answer is about the person's own things, or holds only what that person
    /// may see.
    Person,
    /// The authorisation core, for one of these actions (which one, the request says).
    May(&'static [Action]),
    /// The one-time secret of a signing session.
    Secret,
    /// Nothing, and is there in practice only.
    Practice,
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub verb: Verb,
    /// The path, with `{id}` for parts that vary.
    pub path: &'static str,
    /// What it asks.
    pub asks: Asks,
    /// Whether a form with files comes. Its token stands in its first field, and the handler
    /// compares it; every other form is compared before its handler.
    pub takes_files: bool,
    pub(crate) handler: fn() -> MethodRouter<Web>,
}

impl Route {
    /// A route that reads.
    pub(crate) const fn get(
        path: &'static str,
        asks: Asks,
        handler: fn() -> MethodRouter<Web>,
    ) -> Self {
        Self::new(Verb::Get, path, asks, handler)
    }

    /// A route that does something.
    pub(crate) const fn post(
        path: &'static str,
        asks: Asks,
        handler: fn() -> MethodRouter<Web>,
    ) -> Self {
        Self::new(Verb::Post, path, asks, handler)
    }

    pub(crate) const fn new(
        verb: Verb,
        path: &'static str,
        asks: Asks,
        handler: fn() -> MethodRouter<Web>,
    ) -> Self {
        Self {
            verb,
            path,
            asks,
            takes_files: false,
            handler,
        }
    }

    /// Takes forms with files.
    pub(crate) const fn with_files(mut self) -> Self {
        self.takes_files = true;
        self
    }
}

/// Routes that share what lies around them: limits, answers to other methods.
pub(crate) struct Part {
    pub(crate) routes: Vec<Route>,
    pub(crate) around: fn(Router<Web>) -> Router<Web>,
}

impl Part {
    /// Its part of the router.
    pub(crate) fn router(self) -> Router<Web> {
        let built = self.routes.iter().fold(Router::new(), |router, route| {
            router.route(route.path, (route.handler)())
        });
        (self.around)(built)
    }
}
