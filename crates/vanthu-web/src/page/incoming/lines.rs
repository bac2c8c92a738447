//! The processing tree: who has which part, until when, what came of it; and what the reader may do
//! with each line, in dialogs.

use std::collections::BTreeMap;

use vanthu_app::incoming::view::{Choices, IncomingView};
use vanthu_app::line::view::LineView;
use vanthu_domain::incoming::ClosingCode;
use vanthu_domain::line::{ExtensionState, LineState, Part};
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_domain::permission::Action;

use crate::page::fields::Fields;
use crate::page::incoming::hands::{self, Hand};
use crate::page::rows::tone_of_line;
use crate::page::show::Say;
use crate::view::{Choice, Field, Pill, Tone};

/// One line of the tree, in the order of reading; `has_children` and `closes` tell the template
/// where lists begin and end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The anchor: the line's identifier.
    pub(crate) id: String,
    /// Who holds it.
    pub(crate) holder: String,
    /// The unit of a person.
    pub(crate) unit: String,
    /// Part and state.
    pub(crate) marks: Vec<Pill>,
    /// The deadline in words; empty for none.
    pub(crate) due: String,
    /// How the deadline is meant.
    pub(crate) due_tone: Tone,
    /// Who gave it, when.
    pub(crate) given: String,
    /// What to do.
    pub(crate) instruction: String,
    /// What came of it.
    pub(crate) result: String,
    /// The document that answers.
    pub(crate) reply: Option<crate::view::Link>,
    /// Requests for more time.
    pub(crate) extensions: Vec<String>,
    /// What the reader may post at once: words, address, weight.
    pub(crate) posts: Vec<Press>,
    /// What opens a dialog: words, the dialog's id, weight.
    pub(crate) opens: Vec<Press>,
    /// Lines passed on follow.
    pub(crate) has_children: bool,
    /// So many lists end after it.
    pub(crate) closes: usize,
}

/// A button of a line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Press {
    /// The verb.
    pub(crate) text: String,
    /// The address it posts to, or the dialog's id.
    pub(crate) to: String,
    /// `primary`, `danger` or empty.
    pub(crate) weight: &'static str,
    /// Key, or empty.
    pub(crate) key: &'static str,
}

/// A dialog with fields of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    /// Its id.
    pub(crate) id: String,
    /// The question.
    pub(crate) title: String,
    /// What will happen.
    pub(crate) text: String,
    /// Where it is posted.
    pub(crate) action: String,
    /// The version that was seen; empty for none.
    pub(crate) version: String,
    /// The line.
    pub(crate) line: String,
    /// The fields, in their order.
    pub(crate) controls: Vec<Control>,
    /// Whom work can be given to.
    pub(crate) hands: Vec<Hand>,
    /// The verb.
    pub(crate) verb: String,
    /// The button is red.
    pub(crate) danger: bool,
}

/// A field and how it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    /// `input`, `area`, `select`, `radios`.
    pub(crate) kind: &'static str,
    /// The field.
    pub(crate) field: Field,
}

impl Control {
    fn input(field: Field) -> Self {
        Self {
            kind: "input",
            field,
        }
    }
    fn area(field: Field) -> Self {
        Self {
            kind: "area",
            field,
        }
    }
    fn select(field: Field) -> Self {
        Self {
            kind: "select",
            field,
        }
    }
    fn radios(field: Field) -> Self {
        Self {
            kind: "radios",
            field,
        }
    }
}

/// The tree and its dialogs.
pub(crate) fn tree(
    say: Say,
    view: &IncomingView,
    choices: Option<&Choices>,
    given: &Fields,
) -> (Vec<Node>, Vec<Ask>) {
    let mut below: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    for (at, line) in view.lines.iter().enumerate() {
        let above = line.row.parent_line_id.as_ref().map(ToString::to_string);
        below.entry(above).or_default().push(at);
    }
    let mut build = Build {
        say,
        view,
        choices,
        given,
        below,
        nodes: Vec::new(),
        asks: Vec::new(),
        said: None,
    };
    build.walk(None, 0);
    (build.nodes, build.asks)
}

struct Build<'a> {
    say: Say,
    view: &'a IncomingView,
    choices: Option<&'a Choices>,
    given: &'a Fields,
    below: BTreeMap<Option<String>, Vec<usize>>,
    nodes: Vec<Node>,
    asks: Vec<Ask>,
    said: Option<String>,
}

impl Build<'_> {
    /// Adds what hangs below a line; `ends` lists end with the last of them.
    fn walk(&mut self, above: Option<String>, ends: usize) {
        let children = self.below.get(&above).cloned().unwrap_or_default();
        let count = children.len();
        for (place, at) in children.into_iter().enumerate() {
            let Some(line) = self.view.lines.get(at) else {
                continue;
            };
            let id = line.row.line_id.to_string();
            let has_children = self.below.contains_key(&Some(id.clone()));
            let ends_here = if place + 1 == count { ends } else { 0 };
            let mut node = self.node(line);
            // The leader's words stand once, not under each of those whom they are for.
            if self.said.as_deref() == Some(node.instruction.as_str()) {
                node.instruction.clear();
            } else {
                self.said = Some(node.instruction.clone());
            }
            self.nodes.push(Node {
                has_children,
                closes: if has_children { 0 } else { ends_here },
                ..node
            });
            if has_children {
                self.walk(Some(id), ends_here + 1);
            }
        }
    }

    fn node(&mut self, line: &LineView) -> Node {
        let say = self.say;
        let row = &line.row;
        let (due_tone, due) = match row.due_day {
            Some(day) if row.state.is_open() => match say.due(day) {
                (Tone::None, words) => (Tone::None, words),
                (tone, words) => (tone, format!("{words} ({day})")),
            },
            Some(day) => (
                Tone::None,
                say.t("hạn {day}").replace("{day}", &day.to_string()),
            ),
            None => (Tone::None, String::new()),
        };
        let given = say
            .t("{who} giao {when}")
            .replace("{who}", &line.giver_name)
            .replace("{when}", &say.moment(row.created_at));
        let reply = row.reply_outgoing_id.as_ref().and_then(|id| {
            let found = self
                .view
                .replies
                .iter()
                .find(|reply| reply.outgoing_id == *id)?;
            let number = found.state.number().map(|number| number.notation.clone());
            Some(crate::view::Link {
                text: number.unwrap_or_else(|| found.subject.clone()),
                href: format!("/outgoing/{id}"),
            })
        });
        let (posts, opens) = self.presses(line);
        Node {
            id: row.line_id.to_string(),
            holder: line.holder_name().to_owned(),
            unit: match (&line.person_name, &line.unit_name) {
                (Some(_), Some(unit)) => unit.clone(),
                _ => String::new(),
            },
            marks: vec![
                Pill {
                    tone: if row.part == Part::Lead {
                        Tone::Info
                    } else {
                        Tone::None
                    },
                    text: say.t(row.part.name()),
                },
                Pill {
                    tone: tone_of_line(row.state),
                    text: say.t(state_name(row.part, row.state)),
                },
            ],
            due,
            due_tone,
            given,
            instruction: row.instruction.clone(),
            result: row.result.clone().unwrap_or_default(),
            reply,
            extensions: line
                .extensions
                .iter()
                .map(|asked| self.extension(asked))
                .collect(),
            posts,
            opens,
            has_children: false,
            closes: 0,
        }
    }

    fn extension(&self, asked: &vanthu_app::line::view::ExtensionView) -> String {
        let say = self.say;
        let until = asked.row.until_day.to_string();
        let who = asked.decided_by.clone().unwrap_or_default();
        match &asked.row.state {
            ExtensionState::Asked => say
                .t("{who} xin gia hạn đến {until}: {reason}")
                .replace("{who}", &asked.asked_by)
                .replace("{until}", &until)
                .replace("{reason}", &asked.row.reason),
            ExtensionState::Granted { until, .. } => say
                .t("{who} đồng ý gia hạn đến {until}")
                .replace("{who}", &who)
                .replace("{until}", &until.to_string()),
            ExtensionState::Refused { reason, .. } => say
                .t("{who} không đồng ý gia hạn: {reason}")
                .replace("{who}", &who)
                .replace("{reason}", reason),
        }
    }

    /// What the reader may do with the line.
    fn presses(&mut self, line: &LineView) -> (Vec<Press>, Vec<Press>) {
        let say = self.say;
        let row = &line.row;
        let base = format!("/lines/{}", row.line_id);
        let (mut posts, mut opens) = (Vec::new(), Vec::new());
        let informs = row.part == Part::Information;
        if informs && line.may(Action::ReadLine) {
            posts.push(Press {
                text: say.t("Đã đọc"),
                to: format!("{base}/read"),
                weight: "primary",
                key: "d",
            });
        }
        if !informs && line.may(Action::StartLine) {
            posts.push(Press {
                text: say.t("Bắt đầu xử lý"),
                to: format!("{base}/start"),
                weight: "",
                key: "b",
            });
        }
        let mut open = |text: String, ask: Option<Ask>, weight, key| {
            if let Some(ask) = ask {
                opens.push(Press {
                    text,
                    to: ask.id.clone(),
                    weight,
                    key,
                });
                self.asks.push(ask);
            }
        };
        let asks = Asks {
            say,
            view: self.view,
            choices: self.choices,
            given: self.given,
            line,
        };
        let shares = line.may(Action::AssignLine) && row.person_id.is_none();
        open(say.t("Phân công…"), asks.assign(&base), "primary", "p");
        let weight = if shares { "" } else { "primary" };
        open(say.t("Báo cáo xong…"), asks.finish(&base), weight, "h");
        open(say.t("Xin gia hạn…"), asks.extension(&base), "", "");
        open(say.t("Xét gia hạn…"), asks.decide(), "primary", "g");
        open(say.t("Trả lại…"), asks.give_back(&base), "danger", "");
        open(say.t("Lấy lại…"), asks.take_back(&base), "danger", "");
        (posts, opens)
    }
}

struct Asks<'a> {
    say: Say,
    view: &'a IncomingView,
    choices: Option<&'a Choices>,
    given: &'a Fields,
    line: &'a LineView,
}

impl Asks<'_> {
    fn ask(&self, kind: &str, action: String) -> Ask {
        Ask {
            id: format!("{kind}-{}", self.line.row.line_id),
            action,
            version: self.line.row.version.to_string(),
            line: self.line.row.line_id.to_string(),
            ..Ask::default()
        }
    }

    /// A field's name, unique on the page.
    fn named(&self, name: &str, kind: &str) -> String {
        format!("{name}--{kind}-{}", self.line.row.line_id)
    }

    fn assign(&self, base: &str) -> Option<Ask> {
        let unit_id = self.line.row.unit_id.as_ref()?;
        let choices = self.choices.filter(|_| self.line.may(Action::AssignLine))?;
        let hands = hands::of_unit(choices, unit_id, self.given);
        let say = self.say;
        let words = self.given.get("words");
        Some(Ask {
            title: say.t("Phân công trong đơn vị"),
            text: say.t("Một người chủ trì; hạn riêng không được dài hơn hạn của đơn vị."),
            hands,
            controls: vec![Control::area(
                Field::new(
                    self.named("words", "assign"),
                    say.t("Ý kiến của lãnh đạo đơn vị"),
                    words,
                )
                .optional()
                .max(2000),
            )],
            verb: say.t("Phân công"),
            ..self.ask("assign", format!("{base}/assign"))
        })
    }

    fn finish(&self, base: &str) -> Option<Ask> {
        let row = &self.line.row;
        if !self.line.may(Action::FinishLine) || row.part == Part::Information {
            return None;
        }
        let say = self.say;
        let mut controls = Vec::new();
        if row.part == Part::Lead {
            let replied = self
                .view
                .replies
                .iter()
                .any(|one| one.state.tag() == OutgoingTag::Issued);
            let chosen = ClosingCode::from_code(self.given.get("code")).unwrap_or(if replied {
                ClosingCode::Replied
            } else {
                ClosingCode::NoReplyNeeded
            });
            let codes = ClosingCode::ALL.into_iter().map(|code| Choice {
                value: code.code().to_owned(),
                text: say.t(code.name()),
                chosen: code == chosen,
                ..Choice::default()
            });
            controls.push(Control::radios(
                Field::new(self.named("code", "finish"), say.t("Kết thúc bằng"), "")
                    .choices(codes.collect()),
            ));
            let none = Choice {
                text: say.t("(không có)"),
                ..Choice::default()
            };
            let mut replies = vec![none];
            for reply in &self.view.replies {
                if let Some(number) = reply.state.number() {
                    replies.push(Choice {
                        value: reply.outgoing_id.to_string(),
                        text: number.notation.clone(),
                        note: say.t(reply.state.tag().name()),
                        chosen: reply.state.tag() == OutgoingTag::Issued,
                    });
                }
            }
            controls.push(Control::select(
                Field::new(self.named("reply", "finish"), say.t("Văn bản trả lời"), "")
                    .hint(say.t("Cần chọn khi kết thúc bằng “Đã trả lời bằng văn bản”."))
                    .optional()
                    .choices(replies),
            ));
        }
        let words = Field::new(
            self.named("words", "finish"),
            say.t("Kết quả"),
            self.given.get("words"),
        )
        .hint(say.t("Ghi ngắn gọn việc đã làm; cần ghi nếu không trả lời bằng văn bản."))
        .max(2000);
        controls.push(Control::area(if row.part == Part::Lead {
            words.optional()
        } else {
            words
        }));
        Some(Ask {
            title: say.t("Báo cáo xử lý xong"),
            text: if row.part == Part::Lead {
                say.t("Khi người chủ trì xong, văn bản hoàn thành và nơi gửi thấy trạng thái 06.")
            } else {
                say.t("Người giao việc được báo kết quả phối hợp.")
            },
            controls,
            verb: say.t("Báo cáo xong"),
            ..self.ask("finish", format!("{base}/finish"))
        })
    }

    fn extension(&self, base: &str) -> Option<Ask> {
        let pending = self
            .line
            .extensions
            .iter()
            .any(|one| one.row.state == ExtensionState::Asked);
        if !self.line.may(Action::AskExtension) || self.line.row.due_day.is_none() || pending {
            return None;
        }
        let say = self.say;
        Some(Ask {
            title: say.t("Xin gia hạn"),
            text: say.t("Người giao việc quyết định; trong lúc chờ, hạn cũ vẫn tính."),
            controls: vec![
                Control::input(
                    Field::new(
                        self.named("until", "ask"),
                        say.t("Gia hạn đến ngày"),
                        self.given.get("until"),
                    )
                    .kind("date"),
                ),
                Control::area(
                    Field::new(
                        self.named("reason", "ask"),
                        say.t("Lý do"),
                        self.given.get("reason"),
                    )
                    .max(1000),
                ),
            ],
            verb: say.t("Gửi đề nghị"),
            ..self.ask("ask", format!("{base}/ask-extension"))
        })
    }

    fn decide(&self) -> Option<Ask> {
        if !self.line.may(Action::DecideExtension) {
            return None;
        }
        let asked = self
            .line
            .extensions
            .iter()
            .find(|one| one.row.state == ExtensionState::Asked)?;
        let say = self.say;
        let until = asked.row.until_day;
        let choice = |value: &str, text: String, chosen| Choice {
            value: value.to_owned(),
            text,
            chosen,
            ..Choice::default()
        };
        Some(Ask {
            title: say.t("Xét đề nghị gia hạn"),
            text: format!("{}: {}", asked.asked_by, asked.row.reason),
            version: String::new(),
            controls: vec![
                Control::radios(
                    Field::new(self.named("decision", "decide"), say.t("Quyết định"), "").choices(
                        vec![
                            choice("grant", say.t("Đồng ý"), true),
                            choice("refuse", say.t("Không đồng ý"), false),
                        ],
                    ),
                ),
                Control::input(
                    Field::new(
                        self.named("until", "decide"),
                        say.t("Hạn mới (khi đồng ý)"),
                        until.iso(),
                    )
                    .kind("date")
                    .optional(),
                ),
                Control::area(
                    Field::new(
                        self.named("reason", "decide"),
                        say.t("Lý do (khi không đồng ý)"),
                        "",
                    )
                    .optional()
                    .max(1000),
                ),
            ],
            verb: say.t("Quyết định"),
            ..self.ask(
                "decide",
                format!("/extensions/{}/decide", asked.row.extension_id),
            )
        })
    }

    fn give_back(&self, base: &str) -> Option<Ask> {
        if !self.line.may(Action::ReturnLine) || self.line.row.part == Part::Information {
            return None;
        }
        let say = self.say;
        Some(Ask {
            title: say.t("Trả lại việc được giao?"),
            text: say.t("Người giao việc được báo kèm lý do, và phân công lại."),
            controls: vec![Control::area(
                Field::new(
                    self.named("reason", "give-back"),
                    say.t("Lý do trả lại"),
                    "",
                )
                .max(1000),
            )],
            verb: say.t("Trả lại việc"),
            danger: true,
            ..self.ask("give-back", format!("{base}/give-back"))
        })
    }

    fn take_back(&self, base: &str) -> Option<Ask> {
        if !self.line.may(Action::TakeBackLine) {
            return None;
        }
        let say = self.say;
        let row = &self.line.row;
        let mut controls = vec![Control::area(
            Field::new(
                self.named("reason", "take-back"),
                say.t("Lý do lấy lại"),
                "",
            )
            .max(1000),
        )];
        let leads = row.part == Part::Lead && row.parent_line_id.is_none();
        if leads {
            let choices = self.choices?;
            let (units, people) = hands::of_agency(choices, &Fields::default());
            let others = units.into_iter().chain(people).map(|hand| Choice {
                value: hand.value,
                text: hand.name,
                note: hand.note,
                chosen: false,
            });
            let ask = Choice {
                text: say.t("Chọn nơi chủ trì mới…"),
                chosen: true,
                ..Choice::default()
            };
            controls.push(Control::select(
                Field::new(
                    self.named("lead", "take-back"),
                    say.t("Giao chủ trì cho"),
                    "",
                )
                .choices(std::iter::once(ask).chain(others).collect()),
            ));
        }
        Some(Ask {
            title: say.t("Lấy lại việc đã giao?"),
            text: say
                .t("Việc đã giao tiếp từ đây cũng được lấy lại; mọi người liên quan được báo."),
            controls,
            verb: say.t("Lấy lại việc"),
            danger: true,
            ..self.ask("take-back", format!("{base}/take-back"))
        })
    }
}

/// The state as it is spoken of: what is for information is read, not processed.
fn state_name(part: Part, state: LineState) -> &'static str {
    match (part, state) {
        (Part::Information, LineState::ToDo) => "Chưa đọc",
        (Part::Information, LineState::Closed) => "Đã đọc",
        _ => state.name(),
    }
}
