//! What holders and givers do with a line. Each act comes back to the document's page.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse as _, Response};
use vanthu_app::AppError;
use vanthu_app::line::assign::{Assign, Share, assign as share_out};
use vanthu_app::line::decide_extension::{Decision, decide_extension as decide};
use vanthu_app::line::finish::{Finish, finish as finish_it};
use vanthu_app::line::take_back::{TakeBack, take_back as take_it_back};
use vanthu_app::line::view::view;
use vanthu_app::line::{
    ask_extension as ask, give_back as back, read as reading, start as starting,
};
use vanthu_domain::Day;
use vanthu_domain::id::{ExtensionId, IncomingId, LineId};
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::act::Act;
use crate::error::WebError;
use crate::page::fields::{Fields, named};
use crate::page::incoming::hands::{chosen, person_of};
use crate::page::incoming::required;
use crate::page::incoming::view::{Done, after};
use crate::state::Web;

type Form = Act<LineId, Fields>;
type Answer = Result<Response, WebError>;

/// A form about a line, with the document of the line, which is looked up first: whoever gave the
/// line back may not see it any more.
pub(super) struct OfLine(Form, IncomingId);

impl FromRequest<Web> for OfLine {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let act = Form::from_request(request, web).await?;
        match document(&act, &act.id).await {
            Ok(document) => Ok(Self(act, document)),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// The document of a line.
async fn document<I>(act: &Act<I, Fields>, id: &LineId) -> Result<IncomingId, WebError> {
    Ok(view(act.app(), act.caller(), id).await?.row.incoming_id)
}

/// The holder starts.
pub(super) async fn start(OfLine(act, document): OfLine) -> Answer {
    let done = starting::start(act.app(), act.caller(), &act.id, act.given.version()).await;
    after(&act, &document, Done::Started, done).await
}

/// The holder has read what is for information.
pub(super) async fn read(OfLine(act, document): OfLine) -> Answer {
    let done = reading::read(act.app(), act.caller(), &act.id).await;
    after(&act, &document, Done::Read, done).await
}

/// The holder has finished.
pub(super) async fn finish(OfLine(act, document): OfLine) -> Answer {
    let done = match end_of(&act) {
        Ok(input) => finish_it(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &document, Done::Finished, done).await
}

/// The head of the unit shares the work out.
pub(super) async fn assign(OfLine(act, document): OfLine) -> Answer {
    let done = match shares(&act) {
        Ok(input) => share_out(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &document, Done::Assigned, done).await
}

/// The holder gives the line back.
pub(super) async fn give_back(OfLine(act, document): OfLine) -> Answer {
    let (seen, why) = (act.given.version(), act.given.get("reason"));
    let done = back::give_back(act.app(), act.caller(), &act.id, seen, why).await;
    after(&act, &document, Done::LineReturned, done).await
}

/// The giver takes the line back.
pub(super) async fn take_back(OfLine(act, document): OfLine) -> Answer {
    let done = match instead(&act) {
        Ok(input) => take_it_back(act.app(), act.caller(), input).await,
        Err(error) => Err(error),
    };
    after(&act, &document, Done::LineTakenBack, done).await
}

/// The holder asks for more time.
pub(super) async fn ask_extension(OfLine(act, document): OfLine) -> Answer {
    let why = act.given.get("reason");
    let done = match until(&act.given) {
        Ok(day) => ask::ask_extension(act.app(), act.caller(), &act.id, day, why).await,
        Err(error) => Err(error),
    };
    after(&act, &document, Done::ExtensionAsked, done).await
}

/// The giver decides on more time. The form names the line, to come back to its document.
pub(super) async fn decide_extension(act: Act<ExtensionId, Fields>) -> Answer {
    let document = document(&act, &named(act.given.get("line"))?).await?;
    let done = match decision(&act.given) {
        Ok(decision) => decide(act.app(), act.caller(), &act.id, decision).await,
        Err(error) => Err(error),
    };
    after(&act, &document, Done::ExtensionDecided, done).await
}

fn end_of(act: &Form) -> Result<Finish, AppError> {
    let fields = &act.given;
    let code = ClosingCode::from_code(fields.get("code"));
    // The answer that the dialog proposes counts only where the document ends with an answer.
    let reply = fields
        .given("reply")
        .filter(|_| code == Some(ClosingCode::Replied));
    let Ok(reply) = reply.map(str::parse).transpose() else {
        return Err(AppError::refused(RefusalCode::NotFound));
    };
    Ok(Finish {
        line_id: act.id.clone(),
        version: fields.version(),
        code,
        words: fields.get("words").to_owned(),
        reply,
    })
}

fn shares(act: &Form) -> Result<Assign, AppError> {
    let mut shares = Vec::new();
    for line in chosen(&act.given)? {
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
    Ok(Assign {
        line_id: act.id.clone(),
        version: act.given.version(),
        words: act.given.get("words").to_owned(),
        shares,
    })
}

fn instead(act: &Form) -> Result<TakeBack, AppError> {
    Ok(TakeBack {
        line_id: act.id.clone(),
        version: act.given.version(),
        reason: act.given.get("reason").to_owned(),
        instead: chosen(&act.given)?,
    })
}

fn until(fields: &Fields) -> Result<Day, AppError> {
    const LABEL: &str = "Gia hạn đến ngày";
    fields.day("until", LABEL)?.ok_or_else(|| required(LABEL))
}

fn decision(fields: &Fields) -> Result<Decision, AppError> {
    match fields.get("decision") {
        "refuse" => Ok(Decision::Refuse(fields.get("reason").to_owned())),
        _ => fields.day("until", "Hạn mới").map(Decision::Grant),
    }
}
