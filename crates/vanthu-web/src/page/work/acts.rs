//! What holders and givers do with a line. Each act comes back to the document's page.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use vanthu_app::line::assign::{Assign, Share, assign as share_out};
use vanthu_app::line::decide_extension::{Decision, decide_extension as decide};
use vanthu_app::line::finish::{Finish, finish as finish_it};
use vanthu_app::line::take_back::{TakeBack, take_back as take_it_back};
use vanthu_app::line::view::view;
use vanthu_app::line::{
    ask_extension as ask, give_back as back, read as reading, start as starting,
};
use vanthu_app::{App, AppError, Caller};
use vanthu_domain::id::{ExtensionId, IncomingId, LineId};
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::page::incoming::hands::{chosen, person_of};
use crate::page::incoming::required;
use crate::page::incoming::view::{Done, after};
use crate::session::SignedIn;
use crate::state::Web;

/// The document of a line.
async fn document(web: &Web, who: &SignedIn, id: &LineId) -> Result<IncomingId, WebError> {
    Ok(view(&web.app, who.caller(), id).await?.row.incoming_id)
}

/// The holder starts.
pub(super) async fn start(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let outcome = starting::start(&web.app, who.caller(), &id, fields.version()).await;
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::Started),
    )
    .await
}

/// The holder has read what is for information.
pub(super) async fn read(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let outcome = reading::read(&web.app, who.caller(), &id).await;
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::Read),
    )
    .await
}

/// The holder has finished.
pub(super) async fn finish(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let outcome = finish_by(&web.app, who.caller(), &id, &fields).await;
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::Finished),
    )
    .await
}

/// The head of the unit shares the work out.
pub(super) async fn assign(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let outcome = assign_by(&web.app, who.caller(), &id, &fields).await;
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::Assigned),
    )
    .await
}

/// The holder gives the line back.
pub(super) async fn give_back(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let reason = fields.get("reason");
    let outcome = back::give_back(&web.app, who.caller(), &id, fields.version(), reason).await;
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::LineReturned),
    )
    .await
}

/// The giver takes the line back.
pub(super) async fn take_back(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let outcome = match chosen(&fields) {
        Ok(instead) => {
            let input = TakeBack {
                line_id: id,
                version: fields.version(),
                reason: fields.get("reason").to_owned(),
                instead,
            };
            take_it_back(&web.app, who.caller(), input).await
        }
        Err(error) => Err(error),
    };
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::LineTakenBack),
    )
    .await
}

/// The holder asks for more time.
pub(super) async fn ask_extension(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: LineId = named(&id)?;
    let document = document(&web, &who, &id).await?;
    let outcome = match fields.day("until", "Gia hạn đến ngày") {
        Ok(Some(day)) => {
            ask::ask_extension(&web.app, who.caller(), &id, day, fields.get("reason")).await
        }
        Ok(None) => Err(required("Gia hạn đến ngày")),
        Err(error) => Err(error),
    };
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|_| Done::ExtensionAsked),
    )
    .await
}

/// The giver decides on more time. The form names the line, to come back to its document.
pub(super) async fn decide_extension(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: ExtensionId = named(&id)?;
    let line: LineId = named(fields.get("line"))?;
    let document = document(&web, &who, &line).await?;
    let decision = match fields.get("decision") {
        "refuse" => Ok(Decision::Refuse(fields.get("reason").to_owned())),
        _ => fields.day("until", "Hạn mới").map(Decision::Grant),
    };
    let outcome = match decision {
        Ok(decision) => decide(&web.app, who.caller(), &id, decision).await,
        Err(error) => Err(error),
    };
    after(
        &web,
        &who,
        &headers,
        &document,
        &fields,
        outcome.map(|()| Done::ExtensionDecided),
    )
    .await
}

async fn finish_by(
    app: &App,
    caller: &Caller,
    id: &LineId,
    fields: &Fields,
) -> Result<(), AppError> {
    let code = ClosingCode::from_code(fields.get("code"));
    // The answer that the dialog proposes counts only where the document ends with an answer.
    let reply = fields
        .given("reply")
        .filter(|_| code == Some(ClosingCode::Replied));
    let Ok(reply) = reply.map(str::parse).transpose() else {
        return Err(AppError::refused(RefusalCode::NotFound));
    };
    let words = fields.get("words").to_owned();
    finish_it(
        app,
        caller,
        Finish {
            line_id: id.clone(),
            version: fields.version(),
            code,
            words,
            reply,
        },
    )
    .await
}

async fn assign_by(
    app: &App,
    caller: &Caller,
    id: &LineId,
    fields: &Fields,
) -> Result<(), AppError> {
    let mut shares = Vec::new();
    for line in chosen(fields)? {
        let person_id = person_of(&line).ok_or_else(|| -> AppError {
            Refusal::new(RefusalCode::FieldMalformed)
                .with("field", "Người nhận việc")
                .with("why", "trong đơn vị chỉ phân công cho người")
                .into()
        })?;
        shares.push(Share {
            person_id,
            part: line.part,
            due_day: line.due_day,
        });
    }
    let input = Assign {
        line_id: id.clone(),
        version: fields.version(),
        words: fields.get("words").to_owned(),
        shares,
    };
    share_out(app, caller, input).await
}
