//! The editor of a draft (soạn thảo): fields and text on the left, the paper on the right. It saves
//! itself; whoever saved in between loses nothing.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use vanthu_app::AppError;
use vanthu_app::outgoing::list::choices;
use vanthu_app::outgoing::save::{SavedBy, lacks, save as do_save};
use vanthu_app::outgoing::submit::submit as do_submit;
use vanthu_app::outgoing::view::{OutgoingView, view};
use vanthu_domain::id::{AgencyId, OutgoingId};
use vanthu_domain::permission::Action;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::{WebError, refused_page};
use crate::page::fields::{Fields, named};
use crate::page::outgoing::draft_form::DraftForm;
use crate::page::outgoing::edit_fields::{FieldsOf, Group};
use crate::page::outgoing::head::setback;
use crate::page::outgoing::may::places_missing;
use crate::page::outgoing::side::{self, FileLine, VersionLine};
use crate::page::outgoing::{href, is_uploaded, paper, title_of};
use crate::page::show::Say;
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{Counted as _, filters};
use crate::view::{Editor, Field, Link, Paper, Problem, Shell, Tone};

/// What the address says beside the document.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The draft was just saved by hand.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "outgoing/edit.html")]
struct EditPage {
    shell: Shell,
    back: String,
    problems: Vec<Problem>,
    wrong: Vec<Field>,
    editor: Editor,
    kind: Field,
    urgency: Field,
    signer: Field,
    due: Field,
    subject: Field,
    addressees: Field,
    recipients_text: Field,
    groups: Vec<Group>,
    recipients_error: Option<String>,
    files: Vec<FileLine>,
    uploaded: bool,
    paper: Paper,
    max_bytes: u64,
    versions: Vec<VersionLine>,
}

/// `GET /outgoing/{id}/edit`
pub(super) async fn page(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let view = view(&web.app, who.caller(), &named(&id)?).await?;
    if !view.may(Action::Edit) {
        return Ok(Redirect::to(&href(&view.row.outgoing_id, "")).into_response());
    }
    let say = Say::of(&headers, web.app.now());
    let saved = if asked.done == "saved" {
        say.t("Đã lưu")
    } else {
        String::new()
    };
    show(
        &web,
        &who,
        &headers,
        &view,
        Shown {
            form: DraftForm::of(&view),
            saved,
            trouble: Vec::new(),
        },
    )
    .await
}

/// `POST /outgoing/{id}/save`: by the page's script after a pause, or by a button of the form.
pub(super) async fn save(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: OutgoingId = named(&id)?;
    let by_script = wants_json(&headers);
    let form = DraftForm::read(&fields)?;
    let by = if by_script {
        SavedBy::Page
    } else {
        SavedBy::Hand
    };
    let done = do_save(&web.app, who.caller(), form.clone().save(&id, by)).await;
    match done {
        Ok(version) if by_script => {
            let saved_at = web.app.now().clock_text();
            Ok(Json(json!({"version": version.to_string(), "saved_at": saved_at})).into_response())
        }
        Ok(version) if fields.get("act") == "submit" => {
            submit(&web, &who, &headers, &id, version).await
        }
        Ok(_) => Ok(Redirect::to(&format!("{}?done=saved", href(&id, "edit"))).into_response()),
        Err(error) if by_script => script_refusal(&web, &who, &headers, &id, error).await,
        Err(error) => keep_typed(&web, &who, &headers, &id, form, error).await,
    }
}

/// Submits what was just saved, or shows everything that is lacking at once.
async fn submit(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &OutgoingId,
    version: i64,
) -> Result<Response, WebError> {
    let caller = who.caller();
    let now = view(&web.app, caller, id).await?;
    let ids: Vec<AgencyId> = now
        .recipients
        .iter()
        .map(|agency| agency.agency_id.clone())
        .collect();
    let mut trouble = lacks(&now.row, &ids);
    if trouble.is_empty() {
        match do_submit(&web.app, caller, id, Some(version)).await {
            Ok(()) => {
                let to = format!("{}?done=submitted", href(id, ""));
                return Ok(Redirect::to(&to).into_response());
            }
            Err(AppError::Refused(refusal)) => trouble.push(*refusal),
            Err(fault) => return Err(fault.into()),
        }
    }
    let shown = Shown {
        form: DraftForm::of(&now),
        saved: String::new(),
        trouble,
    };
    let mut response = show(web, who, headers, &now, shown).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// A refusal of a save by a button: the page again, with what was typed.
async fn keep_typed(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &OutgoingId,
    form: DraftForm,
    error: AppError,
) -> Result<Response, WebError> {
    let AppError::Refused(refusal) = error else {
        return Err(error.into());
    };
    let code = refusal.code;
    let now = view(&web.app, who.caller(), id).await?;
    if !now.may(Action::Edit) {
        return Err(AppError::Refused(refusal).into());
    }
    let shown = Shown {
        form,
        saved: String::new(),
        trouble: vec![*refusal],
    };
    Ok(refused_page(
        show(web, who, headers, &now, shown).await?,
        code,
    ))
}

/// A refusal of the automatic save. A conflict carries the text that was saved in between, so that
/// both stay in sight and the person chooses.
async fn script_refusal(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    id: &OutgoingId,
    error: AppError,
) -> Result<Response, WebError> {
    if error.code() != Some(RefusalCode::ConflictVersion) {
        return Err(error.into());
    }
    let now = view(&web.app, who.caller(), id).await?;
    let say = Say::of(headers, web.app.now());
    let last = now.versions.first().map(|version| &version.person_id);
    let by = if last.is_none_or(|person| person == who.caller().person_id()) {
        say.t("một cửa sổ khác của bạn")
    } else {
        now.drafter_name.clone()
    };
    let error = WebError(error);
    let status = error.status();
    let mut problem =
        serde_json::to_value(error.problem()).map_err(|e| AppError::fault("problem", e))?;
    if let Some(members) = problem.as_object_mut() {
        members.insert(
            "current_version".to_owned(),
            json!(now.row.version.to_string()),
        );
        members.insert("current_body".to_owned(), json!(now.row.body));
        members.insert("current_by".to_owned(), json!(by));
    }
    let mut response = (status, Json(problem)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    if let AppError::Refused(refusal) = error.0 {
        response.extensions_mut().insert(*refusal);
    }
    Ok(response)
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    accept.contains("application/json")
}

/// What the editor shows.
struct Shown {
    form: DraftForm,
    saved: String,
    trouble: Vec<Refusal>,
}

async fn show(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    view: &OutgoingView,
    shown: Shown,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let id = &view.row.outgoing_id;
    let caller = who.caller();
    let choices = choices(&web.app, caller).await?;
    let title = say
        .t("Soạn thảo {kind}")
        .replace("{kind}", &say.named(view.row.kind.name()).to_lowercase());
    let frame = shell::shell(web, who, headers, title, "/outgoing?tile=drafts").await?;
    let uploaded = is_uploaded(view);
    let paper = if uploaded {
        paper::paper(&web.app, caller, view, say)
            .await?
            .unwrap_or_default()
    } else {
        Paper {
            title: title_of(view, say),
            ..Paper::default()
        }
    };
    let profile = web.app.profile_of(&view.around.agency)?;
    let max_bytes = profile.number(Setting::MaxFileBytes, say.today()).value;
    let Shown {
        form,
        saved,
        trouble,
    } = shown;
    let fields = FieldsOf {
        say,
        form: &form,
        choices: &choices,
        trouble: &trouble,
    };
    let mut problems: Vec<Problem> = fields
        .elsewhere()
        .map(|refusal| say.refusal(refusal))
        .collect();
    problems.extend(setback(view, say));
    if uploaded {
        problems.push(uploaded_note(view, say));
    }
    let page = EditPage {
        back: href(id, ""),
        problems,
        wrong: fields.wrong(),
        editor: fields.editor(id, &frame.csrf, saved),
        kind: fields.kind(),
        urgency: fields.urgency(),
        signer: fields.signer(),
        due: fields.due(),
        subject: fields.subject(),
        addressees: fields.addressees(),
        recipients_text: fields.recipients_text(),
        groups: fields.groups(),
        recipients_error: fields.error(RefusalCode::RecipientsMissing),
        files: side::files(view, say, true),
        uploaded,
        paper,
        max_bytes,
        versions: side::versions(view, say),
        shell: frame,
    };
    render(&page, say.language)
}

/// The body is a finished PDF: what that means, and the way to its places.
fn uploaded_note(view: &OutgoingView, say: Say) -> Problem {
    let id = &view.row.outgoing_id;
    let missing = places_missing(view);
    Problem {
        tone: if missing { Tone::Warn } else { Tone::Info },
        what: if missing {
            say.t("Chưa rõ chỗ ghi số, ngày và chữ ký trên tệp đã tải lên")
        } else {
            say.t("Văn bản này dùng tệp PDF đã tải lên, {n} trang")
                .counted(view.row.pages)
        },
        why: say.t("Số, ngày ban hành và chữ ký sẽ đặt vào các ô đã chọn trên trang."),
        now: if missing {
            say.t("Đặt ba ô trên trang trước khi trình.")
        } else {
            String::new()
        },
        link: Some(Link {
            text: say.t("Xem, chỉnh vị trí"),
            href: href(id, "place"),
        }),
        ..Problem::default()
    }
}
