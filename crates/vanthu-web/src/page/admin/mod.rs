//! Administration (quản trị): the accounts of an agency, what runs in the background, the networks of the offices.

mod accounts;
mod agents;
mod jobs;
mod networks;

use axum::routing::{get, post};

use vanthu_domain::permission::Action;

use crate::route::{Asks, Route};

/// The routes.
pub(crate) const ROUTES: &[Route] = &[
    Route::get(
        "/admin/accounts",
        Asks::May(&[Action::ViewAccounts]),
        || get(accounts::show),
    ),
    Route::post("/admin/accounts", Asks::May(&[Action::MakeAccount]), || {
        post(accounts::make)
    }),
    Route::post(
        "/admin/accounts/{id}/lock",
        Asks::May(&[Action::LockAccount]),
        || post(accounts::lock),
    ),
    Route::post(
        "/admin/accounts/{id}/unlock",
        Asks::May(&[Action::LockAccount]),
        || post(accounts::unlock),
    ),
    Route::get("/admin/agents", Asks::May(&[Action::ViewAgents]), || {
        get(agents::show)
    }),
    Route::get("/admin/networks", Asks::May(&[Action::SetNetworks]), || {
        get(networks::show)
    }),
    Route::post("/admin/networks", Asks::May(&[Action::SetNetworks]), || {
        post(networks::set)
    }),
    Route::get("/admin/jobs", Asks::May(&[Action::ViewJobs]), || {
        get(jobs::show)
    }),
    Route::post(
        "/admin/jobs/{id}/restart",
        Asks::May(&[Action::RestartJob]),
        || post(jobs::restart),
    ),
];
