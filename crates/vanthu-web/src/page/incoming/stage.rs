//! What the page of an incoming document offers at each stage: facts, steps, and the form of the
//! next act, filled with what is proposed or was typed.

use vanthu_app::incoming::view::{Choices, IncomingView};
use vanthu_domain::Day;
use vanthu_domain::incoming::{IncomingState, IncomingTag, ReturnReason};
use vanthu_domain::permission::Action;
use vanthu_domain::verdict::LegalValue;

use crate::page::fields::Fields;
use crate::page::incoming::hands::{self, Hand};
use crate::page::show::{Say, fact, locked};
use crate::texts::{Counted as _, Language, t};
use crate::view::{Choice, Confirm, Fact, Field, Problem, Step, Tone};

/// The form that enters the document in the register.
#[derive(Debug, Clone)]
pub(crate) struct RegisterForm {
    /// Where it is posted: acceptance and register in one step, or the register alone.
    pub(crate) action: String,
    /// The verb.
    pub(crate) verb: String,
    /// Where acceptance alone is posted; empty where it is done.
    pub(crate) accept_only: String,
    /// The deadline.
    pub(crate) due: Field,
    /// Remarks.
    pub(crate) note: Field,
    /// Why it is entered although it seems to be here.
    pub(crate) despite: Option<Field>,
    /// A warning above the form.
    pub(crate) warning: Option<Problem>,
}

/// Usual words that go into the record: in Vietnamese for every reader, since the record is.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    /// The words.
    pub(crate) text: String,
    /// What they mean, for a reader of another language; else empty.
    pub(crate) meaning: String,
}

/// The form that presents it to a leader.
#[derive(Debug, Clone)]
pub(crate) struct PresentForm {
    /// The leaders.
    pub(crate) leader: Field,
    /// The proposal.
    pub(crate) proposal: Field,
    /// Usual proposals.
    pub(crate) phrases: Vec<Phrase>,
}

/// The leader's form.
#[derive(Debug, Clone)]
pub(crate) struct DirectForm {
    /// What the clerk proposes.
    pub(crate) proposal: String,
    /// The units.
    pub(crate) units: Vec<Hand>,
    /// The people.
    pub(crate) people: Vec<Hand>,
    /// Whether the people are shown at once, since one was chosen.
    pub(crate) people_open: bool,
    /// The instruction.
    pub(crate) words: Field,
    /// Usual instructions.
    pub(crate) phrases: Vec<Phrase>,
    /// The common deadline.
    pub(crate) due: Field,
    /// Deadlines by working days: words and the day.
    pub(crate) days: Vec<(String, String)>,
}

/// What was received; nobody here changes it.
pub(super) fn received(say: Say, view: &IncomingView) -> Vec<Fact> {
    let row = &view.row;
    let mut facts = vec![
        locked(say.t("Số, ký hiệu"), &row.notation),
        locked(say.t("Loại văn bản"), say.named(row.kind.name())),
        locked(say.t("Cơ quan ban hành"), &row.from_name),
    ];
    if let Some(day) = row.issued_day {
        facts.push(locked(say.t("Ngày ban hành"), day.to_string()));
    }
    let signer: Vec<&str> = [row.signer_title.as_str(), row.signer_name.as_str()]
        .into_iter()
        .filter(|s| !s.is_empty())
        .collect();
    if !signer.is_empty() {
        facts.push(locked(say.t("Người ký"), signer.join(", ")));
    }
    facts.push(locked(say.t("Độ khẩn"), say.t(row.urgency.name())));
    facts.push(locked(say.t("Số trang"), row.pages.to_string()));
    if let Some(package) = &view.package {
        let asked = package
            .due_on
            .and_then(|due| Day::new(due.year(), due.month(), due.day()));
        if let Some(day) = asked {
            facts.push(locked(say.t("Nơi gửi hẹn trả lời"), day.to_string()));
        }
        if !package.recipients.is_empty() {
            facts.push(locked(
                say.t("Nơi nhận ghi trên văn bản"),
                package.recipients.join("; "),
            ));
        }
    }
    facts
}

/// What this agency added.
pub(super) fn local(say: Say, view: &IncomingView) -> Vec<Fact> {
    let row = &view.row;
    let mut facts = Vec::new();
    if let Some(arrival) = row.state.arrival() {
        facts.push(fact(say.t("Số đến"), arrival.number.to_string()));
        facts.push(fact(say.t("Ngày đến"), arrival.day.to_string()));
    }
    if let Some(day) = row.due_day {
        let open = row.state.tag() != IncomingTag::Completed;
        let words = match say.due(day) {
            (Tone::None, _) => day.to_string(),
            (_, words) if open => format!("{day} ({words})"),
            _ => day.to_string(),
        };
        facts.push(fact(say.t("Hạn xử lý"), words));
    }
    if let Some(name) = &view.leader_name {
        facts.push(fact(say.t("Trình lãnh đạo"), name.clone()));
    }
    if !row.proposal.is_empty() {
        facts.push(fact(say.t("Đề xuất"), row.proposal.clone()));
    }
    if !row.note.is_empty() {
        facts.push(fact(say.t("Ghi chú"), row.note.clone()));
    }
    if let IncomingState::Completed { code, .. } = &row.state {
        facts.push(fact(say.t("Kết thúc"), say.t(code.name())));
    }
    if let Some(state) = view.delivery {
        let code = state
            .status()
            .map_or_else(String::new, |code| format!(" ({})", code.digits()));
        let told = format!("{}{code}", say.t(state.name()));
        facts.push(fact(say.t("Nơi gửi đang thấy"), told));
    }
    facts
}

/// The steps of the life, the present one marked.
pub(super) fn steps(say: Say, view: &IncomingView) -> Vec<Step> {
    let tag = view.row.state.tag();
    let step = |state, text: String| Step {
        state,
        text,
        note: String::new(),
    };
    if tag == IncomingTag::Returned {
        return vec![
            step("done", say.t("Kiểm tra")),
            step("bad", say.t("Trả lại")),
        ];
    }
    let names = [
        say.t("Kiểm tra"),
        say.t("Tiếp nhận"),
        say.t("Vào sổ"),
        say.t("Trình lãnh đạo"),
        say.t("Bút phê"),
        say.t("Xử lý"),
    ];
    let now = match tag {
        IncomingTag::Arrived => 0,
        IncomingTag::Checked => 1,
        IncomingTag::Accepted => 2,
        IncomingTag::Registered => 3,
        IncomingTag::Presented => 4,
        IncomingTag::Directed | IncomingTag::Processing => 5,
        IncomingTag::Completed | IncomingTag::Returned => 6,
    };
    let state = |at: usize| match at.cmp(&now) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "",
    };
    (0..)
        .zip(names)
        .map(|(at, name)| step(state(at), name))
        .collect()
}

/// The register's form, where the clerk may accept or register.
pub(super) fn register(say: Say, view: &IncomingView, given: &Fields) -> Option<RegisterForm> {
    let accepts = view.may(Action::Accept);
    if !accepts && !view.may(Action::Register) {
        return None;
    }
    let value = view.verdict.as_ref().map(|verdict| verdict.value);
    if accepts && value == Some(LegalValue::Refuse) {
        return None;
    }
    let base = format!("/incoming/{}", view.row.incoming_id);
    let proposed = view.row.due_day.unwrap_or(view.proposed_due);
    let due = given
        .given("due")
        .map_or_else(|| proposed.iso(), str::to_owned);
    let warning = (accepts && value == Some(LegalValue::NotDetermined)).then(|| Problem {
        tone: Tone::Warn,
        what: say.t("Chưa kết luận được chữ ký số"),
        why: say.t("Nếu tiếp nhận bây giờ, hệ thống ghi lại việc đó, tự kiểm tra lại và báo khi có kết quả."),
        ..Problem::default()
    });
    Some(RegisterForm {
        action: if accepts {
            format!("{base}/accept-and-register")
        } else {
            format!("{base}/register")
        },
        verb: if accepts {
            say.t("Tiếp nhận và vào sổ")
        } else {
            say.t("Vào sổ")
        },
        accept_only: if accepts {
            format!("{base}/accept")
        } else {
            String::new()
        },
        due: Field::new("due", say.t("Hạn xử lý"), due)
            .kind("date")
            .hint(say.t("Đề xuất theo quy chế và lịch làm việc; sửa được.")),
        note: Field::new("note", say.t("Ghi chú"), given.get("note"))
            .optional()
            .rows(2)
            .max(500),
        despite: view.duplicate.as_ref().map(|_| {
            Field::new(
                "despite",
                say.t("Lý do vẫn vào sổ riêng"),
                given.get("despite"),
            )
            .rows(2)
            .max(500)
        }),
        warning,
    })
}

/// The duplicate, said with a link.
pub(super) fn duplicate(say: Say, view: &IncomingView) -> Option<Problem> {
    let existing = view.duplicate.as_ref()?;
    let decided = !view.may(Action::Accept) && !view.may(Action::Register);
    (!decided).then(|| Problem {
        tone: Tone::Warn,
        what: say.t("Có thể đã nhận văn bản này rồi"),
        why: say
            .t("Trùng với {existing}.")
            .replace("{existing}", &existing.text),
        now: say.t("Mở văn bản kia để đối chiếu trước khi vào sổ."),
        link: Some(crate::view::Link {
            text: say.t("Mở văn bản trùng"),
            href: format!("/incoming/{}", existing.incoming_id),
        }),
        ..Problem::default()
    })
}

/// The form for presenting.
pub(super) fn present(
    say: Say,
    view: &IncomingView,
    choices: Option<&Choices>,
    given: &Fields,
) -> Option<PresentForm> {
    let choices = choices.filter(|_| view.may(Action::Present))?;
    let mut leaders: Vec<Choice> = Vec::new();
    for leader in &choices.leaders {
        let value = leader.person_id.to_string();
        if leaders.iter().all(|known| known.value != value) {
            leaders.push(Choice {
                chosen: given.get("leader") == value,
                value,
                text: leader.full_name.clone(),
                note: leader.title.clone(),
            });
        }
    }
    let phrases = choices
        .units
        .iter()
        .map(|unit| {
            let words = phrase(say, t("Đề xuất giao {unit} chủ trì tham mưu."));
            Phrase {
                text: words.text.replace("{unit}", &unit.name),
                meaning: words.meaning.replace("{unit}", &unit.name),
            }
        })
        .chain([phrase(
            say,
            t("Kính trình lãnh đạo xem xét, cho ý kiến chỉ đạo."),
        )])
        .collect();
    Some(PresentForm {
        leader: Field::new("leader", say.t("Trình lãnh đạo"), "").choices(leaders),
        proposal: Field::new(
            "proposal",
            say.t("Đề xuất của văn thư"),
            given.get("proposal"),
        )
        .optional()
        .rows(3)
        .max(2000),
        phrases,
    })
}

fn phrase(say: Say, words: &str) -> Phrase {
    Phrase {
        text: words.to_owned(),
        meaning: match say.language {
            Language::Vietnamese => String::new(),
            Language::English => say.t(words),
        },
    }
}

/// The leader's form.
pub(super) fn direct(
    say: Say,
    view: &IncomingView,
    choices: Option<&Choices>,
    given: &Fields,
    working_days: &[(u16, Day)],
) -> Option<DirectForm> {
    let choices = choices.filter(|_| view.may(Action::Direct))?;
    let (units, people) = hands::of_agency(choices, given);
    let due = view
        .row
        .due_day
        .filter(|day| *day >= say.today())
        .unwrap_or(view.proposed_due);
    let due = given.given("due").map_or_else(|| due.iso(), str::to_owned);
    Some(DirectForm {
        proposal: view.row.proposal.clone(),
        people_open: people.iter().any(|hand| !hand.part.is_empty()),
        units,
        people,
        words: Field::new(
            "words",
            say.t("Ý kiến chỉ đạo (bút phê)"),
            given.get("words"),
        )
        .optional()
        .rows(3)
        .max(2000),
        phrases: [
            t("Nghiên cứu, tham mưu văn bản trả lời đúng hạn."),
            t("Triển khai thực hiện theo quy định."),
            t("Kiểm tra, báo cáo kết quả bằng văn bản."),
            t("Chủ trì, phối hợp các đơn vị liên quan thực hiện."),
            t("Để biết, theo dõi."),
        ]
        .map(|words| phrase(say, words))
        .to_vec(),
        due: Field::new("due", say.t("Hạn xử lý chung"), due).kind("date"),
        days: working_days
            .iter()
            .map(|(count, day)| {
                let words = say.t("{n} ngày làm việc").counted(count);
                (words, day.iso())
            })
            .collect(),
    })
}

/// The dialog that returns the document, with the reason that the verdict proposes.
pub(super) fn give_back(
    say: Say,
    view: &IncomingView,
    csrf: &str,
    given: &Fields,
) -> Option<Confirm> {
    if !view.may(Action::ReturnToSender) {
        return None;
    }
    let row = &view.row;
    let proposed = proposed_reason(view);
    let chosen = ReturnReason::from_code(given.get("reason")).or(proposed);
    let bad = view
        .verdict
        .as_ref()
        .filter(|verdict| verdict.value == LegalValue::Refuse);
    let words = match given.given("words") {
        Some(words) => words.to_owned(),
        None => bad.map_or_else(
            String::new,
            vanthu_domain::verdict::LegalVerdict::return_reason,
        ),
    };
    let mut reasons: Vec<Choice> = ReturnReason::ALL
        .into_iter()
        .map(|reason| Choice {
            value: reason.code().to_owned(),
            text: say.t(reason.name()),
            chosen: chosen == Some(reason),
            note: String::new(),
        })
        .collect();
    if chosen.is_none() {
        let ask = Choice {
            text: say.t("Chọn lý do…"),
            chosen: true,
            ..Choice::default()
        };
        reasons.insert(0, ask);
    }
    Some(Confirm {
        id: "return".to_owned(),
        title: say.t("Trả lại văn bản cho nơi gửi?"),
        text: say.t("Nơi gửi thấy ngay trạng thái “Từ chối tiếp nhận” (02) kèm lý do và tên người trả lại. Việc trả lại không rút lại được."),
        facts: vec![
            fact(say.t("Văn bản"), &row.notation),
            fact(say.t("Nơi gửi"), &row.from_name),
        ],
        action: format!("/incoming/{}/give-back", row.incoming_id),
        csrf: csrf.to_owned(),
        hidden: vec![fact("version", row.version.to_string())],
        code: Some(Field::new("reason", say.t("Lý do trả lại"), "").choices(reasons)),
        reason: Some(
            Field::new("words--return", say.t("Giải thích"), words)
                .hint(say.t("Nơi gửi đọc nguyên văn lời này; cần ghi khi chọn “Lý do khác”."))
                .optional()
                .max(1000),
        ),
        verb: say.t("Trả lại văn bản"),
        danger: true,
    })
}

/// The reason for a return that follows from what failed.
fn proposed_reason(view: &IncomingView) -> Option<ReturnReason> {
    let verdict = view.verdict.as_ref()?;
    verdict.bad_points().find_map(|point| {
        let code = point.code.code();
        let table = [
            ("person", ReturnReason::PersonSignature),
            ("authority", ReturnReason::PersonSignature),
            ("agency", ReturnReason::AgencySignature),
            ("sealing", ReturnReason::AgencySignature),
            ("order", ReturnReason::AgencySignature),
            ("changes", ReturnReason::Changed),
            ("coverage", ReturnReason::Changed),
            ("attachments", ReturnReason::Incomplete),
            ("recipient", ReturnReason::WrongRecipient),
            ("secret", ReturnReason::StateSecret),
        ];
        table
            .into_iter()
            .find(|(start, _)| code.starts_with(start))
            .map(|(_, reason)| reason)
    })
}

#[cfg(test)]
mod tests {
    use vanthu_domain::Moment;

    use super::*;

    #[test]
    fn words_for_the_record_stay_vietnamese_and_are_explained_to_others() {
        let words = t("Để biết, theo dõi.");
        let said = |language| {
            let now = Moment::from_unix_seconds(1_795_300_000);
            let told = phrase(Say { language, now }, words);
            assert_eq!(told.text, words);
            told.meaning
        };
        assert_eq!(said(Language::Vietnamese), "");
        let english = said(Language::English);
        assert!(!english.is_empty() && english.is_ascii(), "{english}");
    }
}
