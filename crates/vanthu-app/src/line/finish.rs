//! The holder has finished (báo cáo xử lý xong). When the work that leads is done, so is the
//! document.

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::delivery::StatusCode;
use vanthu_domain::id::{LineId, OutgoingId};
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::line::{self, LineRow};
use vanthu_store::outgoing;

use crate::delivery::status::advance;
use crate::incoming::{keep, words};
use crate::line::end::{drop_request, end_open};
use crate::line::open::branch;
use crate::line::start::processing;
use crate::line::{Opened, open};
use crate::{App, AppError, Caller, Work};

/// The longest result, in characters.
const LONGEST: usize = 2000;

/// What the holder reports.
#[derive(Debug, Clone)]
pub struct Finish {
    /// The line.
    pub line_id: LineId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// How it ends; needed from whoever leads.
    pub code: Option<ClosingCode>,
    /// The result in words; needed from whoever supports, and where the document is passed on or
    /// needs no answer.
    pub words: String,
    /// The document that answers; needed where it ends with an answer.
    pub reply: Option<OutgoingId>,
}

/// Finishes it. Where it leads, the line above finishes with it, up to the document, whose other
/// open lines close; the sender learns that it is done (code 06).
///
/// Clause: TG-5.3, TG-8.3a, TG-9.2
pub async fn finish(app: &App, caller: &Caller, input: Finish) -> Result<(), AppError> {
    let words = words(app, caller, "Kết quả", &input.words, LONGEST).await?;
    let mut work = app.begin(caller).await?;
    let action = Action::FinishLine;
    let mut opened = open(&mut work, caller, &input.line_id, action, input.version).await?;
    require_result(opened.line.part, input.code, &words)?;
    require_reply(&mut work, &opened, input.code, input.reply.as_ref()).await?;
    refuse_open_leads(&opened)?;
    // Whoever finishes at once has worked on it.
    processing(&mut work, caller, &mut opened).await?;
    let result = Outcome {
        code: input.code,
        words: &words,
        reply: input.reply.as_ref(),
    };
    let mut next = Some(opened.line.clone());
    let mut top_lead_done = false;
    while let Some(line) = next.take() {
        let done = finish_one(&mut work, caller, &opened, line, &result).await?;
        if done.part != Part::Lead {
            break;
        }
        next = done
            .parent_line_id
            .as_ref()
            .and_then(|above| opened.lines.iter().find(|line| line.line_id == *above))
            .filter(|above| above.state.is_open())
            .cloned();
        top_lead_done = done.parent_line_id.is_none();
    }
    if let (true, Some(code)) = (top_lead_done, input.code) {
        complete(&mut work, caller, &mut opened, code, &words).await?;
    }
    work.commit().await
}

struct Outcome<'a> {
    code: Option<ClosingCode>,
    words: &'a str,
    reply: Option<&'a OutgoingId>,
}

fn require_result(part: Part, code: Option<ClosingCode>, words: &str) -> Result<(), AppError> {
    let told = !words.is_empty();
    let speaks_for_itself =
        [ClosingCode::Replied, ClosingCode::Noted, ClosingCode::Filed].map(Some);
    let enough = match part {
        Part::Lead => code.is_some() && (told || speaks_for_itself.contains(&code)),
        Part::Support | Part::Information => told,
    };
    if enough {
        Ok(())
    } else {
        Err(AppError::refused(RefusalCode::ResultRequired))
    }
}

/// An answer must be one to this document, from this agency, and issued.
async fn require_reply(
    work: &mut Work<'_>,
    opened: &Opened,
    code: Option<ClosingCode>,
    reply: Option<&OutgoingId>,
) -> Result<(), AppError> {
    let malformed = |why: &str| {
        let refusal = Refusal::new(RefusalCode::FieldMalformed)
            .with("field", "Văn bản trả lời")
            .with("why", why);
        Err(refusal.into())
    };
    let Some(reply) = reply else {
        if code == Some(ClosingCode::Replied) {
            return malformed("chưa chọn văn bản trả lời đã phát hành");
        }
        return Ok(());
    };
    let Some(row) = outgoing::find(&mut work.tx, reply).await? else {
        return malformed("không có văn bản này");
    };
    let ours = row.agency_id == opened.incoming.agency_id;
    if !ours || row.reply_to.as_ref() != Some(&opened.incoming.incoming_id) {
        return malformed("văn bản này không phải văn bản trả lời văn bản đến đang xử lý");
    }
    if row.state.tag() != OutgoingTag::Issued {
        return malformed("văn bản trả lời chưa phát hành");
    }
    Ok(())
}

/// Somebody below still leads: they finish, or the line is taken back from them first.
fn refuse_open_leads(opened: &Opened) -> Result<(), AppError> {
    let below = opened.branch();
    let open = below
        .iter()
        .skip(1)
        .filter(|l| l.part == Part::Lead && l.state.is_open())
        .count();
    match open {
        0 => Ok(()),
        count => Err(Refusal::new(RefusalCode::LinesOpen)
            .with("count", count)
            .into()),
    }
}

async fn finish_one(
    work: &mut Work<'_>,
    caller: &Caller,
    opened: &Opened,
    mut line: LineRow,
    outcome: &Outcome<'_>,
) -> Result<LineRow, AppError> {
    line.state = line.state.finish(line.part)?;
    line.started_at = line.started_at.or(Some(work.now));
    line.done_at = Some(work.now);
    line.result = Some(match (outcome.words, outcome.code) {
        ("", Some(code)) => code.name().to_owned(),
        (words, _) => words.to_owned(),
    });
    line.reply_outgoing_id = outcome.reply.cloned();
    line::update(&mut work.tx, &mut line).await?;
    drop_request(work, caller, &line).await?;
    let lines = line::list_of_incoming(&mut work.tx, &line.incoming_id).await?;
    let below: Vec<LineRow> = branch(&line, &lines).into_iter().skip(1).collect();
    end_open(work, caller, &below, LineState::close).await?;
    let row = &opened.incoming;
    // Whoever gave the line that leads the document is told of the document's end instead.
    let ends_document = line.part == Part::Lead && line.parent_line_id.is_none();
    if !ends_document && line.given_by != *caller.person_id() {
        let args = json!({
            "subject": row.subject, "number": row.notation, "by": caller.full_name,
            "result": line.result,
        });
        work.notify(&line.given_by, "line-finished", args, opened.link())
            .await?;
    }
    let mut about = vec![row.incoming_id.to_string()];
    about.extend(outcome.reply.map(ToString::to_string));
    let data = json!({
        "code": outcome.code.map(ClosingCode::code), "words": outcome.words,
        "reply": outcome.reply,
    });
    work.record(Act::LineFinished, &line.line_id, &about, data)
        .await?;
    Ok(line)
}

async fn complete(
    work: &mut Work<'_>,
    caller: &Caller,
    opened: &mut Opened,
    code: ClosingCode,
    words: &str,
) -> Result<(), AppError> {
    let lines = line::list_of_incoming(&mut work.tx, &opened.incoming.incoming_id).await?;
    let leads = lines.iter().any(|line| {
        line.parent_line_id.is_none() && line.part == Part::Lead && line.state.is_open()
    });
    if leads {
        return Ok(());
    }
    end_open(work, caller, &lines, LineState::close).await?;
    let link = opened.link();
    let row = &mut opened.incoming;
    row.state = row.state.clone().complete(work.now, code)?;
    keep(work, row).await?;
    if let Some(delivery_id) = &row.delivery_id {
        advance(
            work,
            delivery_id,
            StatusCode::Completed,
            code.name(),
            &caller.full_name,
        )
        .await?;
    }
    let args = json!({
        "subject": row.subject, "number": row.notation, "by": caller.full_name,
        "code": code.name(),
    });
    if let Some(leader_id) = row
        .leader_id
        .clone()
        .filter(|leader| leader != caller.person_id())
    {
        work.notify(&leader_id, "incoming-completed", args, link)
            .await?;
    }
    let data = json!({"code": code.code(), "name": code.name(), "words": words});
    work.record(Act::Completed, &row.incoming_id, &[], data)
        .await
}

#[cfg(test)]
mod tests {
    use vanthu_domain::delivery::DeliveryState;
    use vanthu_domain::incoming::IncomingTag;

    use super::*;
    use crate::line::assign::{Assign, Share, assign};
    use crate::line::read::read;
    use crate::line::start::start;
    use crate::test::way::{directed, line_now, lines_of, person, unit};
    use crate::test::{Letter, Life, Office, World};

    fn done(line: &LineRow, code: ClosingCode, words: &str) -> Finish {
        Finish {
            line_id: line.line_id.clone(),
            version: None,
            code: Some(code),
            words: words.to_owned(),
            reply: None,
        }
    }

    async fn offices(world: &World) -> (Office, Office) {
        let from = world.office("H01.01", "Sở Mẫu").await;
        (from, world.office("H01.02", "UBND xã Một").await)
    }

    async fn state_at_sender(
        world: &World,
        row: &vanthu_store::incoming::IncomingRow,
    ) -> DeliveryState {
        let mut tx = world.app.store.read().await.unwrap();
        let id = row.delivery_id.clone().unwrap();
        vanthu_store::delivery::load(&mut tx, &id)
            .await
            .unwrap()
            .state
    }

    /// Proves: TG-5.3, TG-8.3a, TG-9.2
    #[tokio::test]
    async fn the_person_who_leads_finishes_the_unit_and_the_document() {
        let world = World::new().await;
        use LineState::{Closed, Doing, Done};
        let (from, to) = offices(&world).await;
        let given = vec![
            unit(&to.unit_id, Part::Lead),
            person(&to.stranger, Part::Support),
            person(&to.clerk, Part::Information),
        ];
        let (row, lines) = directed(&world, &from, &to, given).await;
        read(&world.app, &to.clerk, &lines[2].line_id)
            .await
            .unwrap();
        assert_eq!(line_now(&world, &lines[2].line_id).await.state, Closed);
        assert_eq!(
            world.reload(&row.incoming_id).await.state.tag(),
            IncomingTag::Directed
        );

        let shares = vec![
            Share {
                person_id: to.specialist.person_id().clone(),
                part: Part::Lead,
                due_day: None,
            },
            Share {
                person_id: to.colleague.person_id().clone(),
                part: Part::Support,
                due_day: None,
            },
        ];
        let line_id = lines[0].line_id.clone();
        let input = Assign {
            line_id,
            version: None,
            words: String::new(),
            shares,
        };
        assign(&world.app, &to.head, input).await.unwrap();
        let lines = lines_of(&world, &row).await;
        let (parent, mine) = (&lines[0], &lines[3]);
        assert_eq!(parent.state, Doing);
        assert_eq!(mine.parent_line_id.as_ref(), Some(&parent.line_id));
        assert_eq!(mine.due_day, parent.due_day);
        assert_eq!(state_at_sender(&world, &row).await, DeliveryState::Assigned);

        start(
            &world.app,
            &to.specialist,
            &mine.line_id,
            Some(mine.version),
        )
        .await
        .unwrap();
        assert_eq!(
            state_at_sender(&world, &row).await,
            DeliveryState::InProgress
        );
        assert_eq!(
            world.reload(&row.incoming_id).await.state.tag(),
            IncomingTag::Processing
        );

        let input = done(mine, ClosingCode::NoReplyNeeded, "");
        let refused = finish(&world.app, &to.specialist, input).await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ResultRequired));
        let input = done(parent, ClosingCode::Noted, "");
        let refused = finish(&world.app, &to.head, input).await.unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::LinesOpen));
        let input = done(mine, ClosingCode::NoReplyNeeded, "Đã triển khai");
        let refused = finish(&world.app, &to.colleague, input.clone())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::NotPermitted));
        finish(&world.app, &to.specialist, input).await.unwrap();

        let after = lines_of(&world, &row).await;
        let states: Vec<_> = after.iter().map(|line| line.state).collect();
        assert_eq!(states, [Done, Closed, Closed, Done, Closed]);
        let row = world.reload(&row.incoming_id).await;
        assert_eq!(row.state.tag(), IncomingTag::Completed);
        assert_eq!(
            state_at_sender(&world, &row).await,
            DeliveryState::Completed
        );
        let told = world.notices(&to.leader).await;
        assert_eq!(told, ["incoming-presented", "incoming-completed"]);
        assert_eq!(
            world.notices(&to.head).await,
            ["line-given", "line-finished"]
        );
        assert_eq!(
            world.acts(&row.incoming_id).await.last(),
            Some(&"completed")
        );
    }

    /// Proves: TG-5.3
    #[tokio::test]
    async fn an_answer_must_be_one_to_this_document_and_issued() {
        let world = World::new().await;
        let (from, to) = offices(&world).await;
        let (row, lines) =
            directed(&world, &from, &to, vec![person(&to.specialist, Part::Lead)]).await;
        let input = |reply| Finish {
            reply,
            ..done(&lines[0], ClosingCode::Replied, "")
        };
        let other = world.letter(&to, &[&from], Letter::about("V/v khác")).await;
        let mut sealed = Letter::about("Trả lời");
        sealed.reply_to = Some(row.incoming_id.clone());
        sealed.state = Life::Sealed;
        let unissued = world.letter(&to, &[&from], sealed).await;
        for reply in [None, Some(other), Some(unissued)] {
            let refused = finish(&world.app, &to.specialist, input(reply))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), Some(RefusalCode::FieldMalformed));
        }
        let mut answer = Letter::about("Trả lời");
        answer.reply_to = Some(row.incoming_id.clone());
        let reply = world.letter(&to, &[&from], answer).await;
        finish(&world.app, &to.specialist, input(Some(reply.clone())))
            .await
            .unwrap();
        assert_eq!(
            line_now(&world, &lines[0].line_id).await.reply_outgoing_id,
            Some(reply.clone())
        );
        // The answer names what it answers, and shows the work on its own timeline.
        world.run().await;
        let back = world.incoming(&reply, &from).await;
        assert_eq!(
            back.package["response_for"][0]["code"],
            row.notation.as_str()
        );
        assert!(world.acts(&reply).await.contains(&"line-finished"));
        // Finished at once: the sender saw every step, none skipped backwards.
        assert_eq!(
            state_at_sender(&world, &row).await,
            DeliveryState::Completed
        );
    }

    #[tokio::test]
    async fn a_supporting_line_needs_words_and_leaves_the_document_open() {
        let world = World::new().await;
        let (from, to) = offices(&world).await;
        let given = vec![
            unit(&to.unit_id, Part::Lead),
            person(&to.stranger, Part::Support),
        ];
        let (row, lines) = directed(&world, &from, &to, given).await;
        let mut input = done(&lines[1], ClosingCode::Noted, "");
        input.code = None;
        let refused = finish(&world.app, &to.stranger, input.clone())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(RefusalCode::ResultRequired));
        input.words = "Đã góp ý".to_owned();
        finish(&world.app, &to.stranger, input).await.unwrap();
        assert_eq!(
            world.reload(&row.incoming_id).await.state.tag(),
            IncomingTag::Processing
        );
        let line = line_now(&world, &lines[1].line_id).await;
        assert_eq!(
            (line.state, line.result.as_deref()),
            (LineState::Done, Some("Đã góp ý"))
        );
    }
}
