//! What runs in the background, and what failed there (việc nền).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::queue::{self, JobView, Stopped};

use crate::error::WebError;
use crate::page::fields::named;
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Fact, Shell};

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct JobsPage {
    shell: Shell,
    facts: Vec<Fact>,
    failed: Vec<Job>,
    retrying: Vec<Job>,
}

/// A job.
struct Job {
    what: String,
    about: String,
    tried: String,
    when: String,
    /// What was refused, why and what to do now; empty where something broke.
    why: String,
    /// What the machine says, where something broke.
    broken: String,
    restart: String,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let say = Say::of(&headers, web.app.now());
    let queue = queue::view(&web.app, who.caller()).await?;
    let job = |one: &JobView| job_of(say, one);
    let title = say.t("Việc nền và gửi lỗi");
    let page = JobsPage {
        shell: shell::shell(&web, &who, &headers, title, "/admin/jobs").await?,
        facts: vec![
            fact(say.t("Bị dừng hẳn"), queue.failed.len().to_string()),
            fact(say.t("Đang thử lại"), queue.retrying.len().to_string()),
            fact(say.t("Đang chờ"), queue.ready.to_string()),
            fact(say.t("Đã xong"), queue.done.to_string()),
        ],
        failed: queue.failed.iter().map(job).collect(),
        retrying: queue.retrying.iter().map(job).collect(),
    };
    render(&page, language_of(&headers))
}

/// Starts a job again.
pub(super) async fn restart(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    queue::restart(&web.app, who.caller(), &named(&id)?).await?;
    Ok(Redirect::to("/admin/jobs").into_response())
}

fn job_of(say: Say, one: &JobView) -> Job {
    let (tried, most) = one.attempts;
    let (why, broken) = match &one.stopped {
        None => (String::new(), String::new()),
        Some(Stopped::Refused(refusal)) => {
            let said = say.refusal(refusal);
            let why = format!("{} {} {}", said.what, said.why, said.now);
            (why, String::new())
        }
        Some(Stopped::Broken(words)) => (
            say.t("Máy gặp lỗi; lời của máy, cho công chức CNTT:"),
            words.clone(),
        ),
    };
    Job {
        what: match one.kind.as_str() {
            "deliver" => say.t("Gửi văn bản đi"),
            "check" => say.t("Kiểm tra văn bản đến"),
            other => other.to_owned(),
        },
        about: one.about.clone(),
        tried: say
            .t("{tried}/{most} lần")
            .replace("{tried}", &tried.to_string())
            .replace("{most}", &most.to_string()),
        when: say.moment(one.at),
        why,
        broken,
        restart: format!("/admin/jobs/{}/restart", one.job_id),
    }
}
