//! What may be done with a document now, how, and why not the rest.

use vanthu_app::outgoing::save::lacks;
use vanthu_app::outgoing::view::{OutgoingView, Possible};
use vanthu_domain::id::AgencyId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::page::outgoing::head::progress;
use crate::page::outgoing::{href, is_uploaded};
use crate::page::show::{Say, fact};
use crate::texts::Counted as _;
use crate::view::{Act, By, Confirm, Fact, Field, Link, Problem, Tone};

/// The longest reason or opinion.
const LONGEST_WORDS: u32 = 4000;

/// The buttons of a document's page and the dialogs that they open.
#[derive(Debug, Clone, Default)]
pub(super) struct May {
    /// Buttons, the most important last.
    pub(super) acts: Vec<Act>,
    /// Dialogs.
    pub(super) dialogs: Vec<Confirm>,
    /// An opinion may be given.
    pub(super) comment: bool,
}

/// The acts of the head, in the order in which the buttons stand.
const ACTS: [Action; 11] = [
    Action::Withdraw,
    Action::TakeBack,
    Action::VoidNumber,
    Action::GiveBack,
    Action::Edit,
    Action::Submit,
    Action::Approve,
    Action::Sign,
    Action::GiveNumber,
    Action::Seal,
    Action::Issue,
];

impl May {
    /// Of the caller for whom the view was made.
    pub(super) fn of(view: &OutgoingView, say: Say, csrf: &str) -> Self {
        let maker = Maker { view, say, csrf };
        let mut may = Self {
            comment: view.may(Action::Comment),
            ..Self::default()
        };
        for action in ACTS {
            let Some(possible) = view.acts.iter().find(|p| p.action == action) else {
                continue;
            };
            match &possible.refusal {
                None => maker.allowed(action, &mut may),
                Some(refusal) if maker.lies_ahead(possible, refusal) => {
                    may.acts.push(Act {
                        text: maker.words(action),
                        why_not: Some(say.refusal(refusal)),
                        ..Act::default()
                    });
                }
                Some(_) => {}
            }
        }
        if may.comment {
            may.dialogs.push(maker.comment());
        }
        may
    }
}

struct Maker<'a> {
    view: &'a OutgoingView,
    say: Say,
    csrf: &'a str,
}

impl Maker<'_> {
    /// What this person will do later in the document's life stays in sight with the reason why
    /// it waits; what is past, and what others do, is left out.
    fn lies_ahead(&self, possible: &Possible, refusal: &Refusal) -> bool {
        let at = match possible.action {
            Action::Approve => 1,
            Action::Sign => 2,
            Action::GiveNumber => 3,
            Action::Seal => 4,
            Action::Issue => 5,
            _ => return false,
        };
        let now = progress(self.view.row.state.tag());
        refusal.code == RefusalCode::WrongState && now.is_some_and(|now| at > now)
    }

    fn words(&self, action: Action) -> String {
        let say = self.say;
        match action {
            Action::Edit => say.t("Soạn thảo"),
            Action::Submit => say.t("Trình"),
            Action::TakeBack => say.t("Rút trình…"),
            Action::Approve => say.t("Duyệt nội dung…"),
            Action::GiveBack => say.t("Trả lại…"),
            Action::Sign => say.t("Ký số"),
            Action::GiveNumber => say.t("Cấp số"),
            Action::VoidNumber => say.t("Hủy số…"),
            Action::Seal => say.t("Đóng dấu"),
            Action::Issue => say.t("Phát hành…"),
            Action::Withdraw => say.t("Hủy dự thảo…"),
            _ => say.t(action.name()),
        }
    }

    fn to(&self, below: &str) -> String {
        href(&self.view.row.outgoing_id, below)
    }

    fn allowed(&self, action: Action, may: &mut May) {
        let act = Act {
            text: self.words(action),
            ..Act::default()
        };
        let (act, dialog) = match action {
            Action::Edit => (
                Act {
                    by: By::Link(self.to("edit")),
                    icon: "draft",
                    key: "e",
                    ..act
                },
                None,
            ),
            Action::Submit => (
                Act {
                    by: By::Post(self.to("submit")),
                    weight: "primary",
                    icon: "send",
                    key: "t",
                    why_not: self.lacking(),
                    ..act
                },
                None,
            ),
            Action::Approve => {
                self.opening(act, ("approve", "primary", "check", "d"), self.approve())
            }
            Action::GiveBack => self.opening(
                act,
                ("give-back", "danger", "return", "r"),
                self.give_back(),
            ),
            Action::TakeBack => {
                self.opening(act, ("take-back", "", "return", "r"), self.take_back())
            }
            Action::GiveNumber => (
                Act {
                    by: By::Post(self.to("give-number")),
                    weight: "primary",
                    icon: "number",
                    key: "c",
                    ..act
                },
                None,
            ),
            Action::VoidNumber => self.opening(
                act,
                ("void-number", "danger", "trash", "h"),
                self.void_number(),
            ),
            Action::Issue => self.opening(act, ("issue", "primary", "send", "p"), self.issue()),
            Action::Withdraw => {
                self.opening(act, ("withdraw", "danger", "trash", ""), self.withdraw())
            }
            // Signing has its own panel; a narrow screen shows the way down to it.
            Action::Sign | Action::Seal => (
                Act {
                    by: By::Link("#ky-so".to_owned()),
                    weight: "primary narrow-only",
                    icon: "down",
                    text: self.say.t("Đến phần ký số"),
                    ..act
                },
                None,
            ),
            _ => return,
        };
        may.acts.push(act);
        may.dialogs.extend(dialog);
    }

    fn opening(
        &self,
        act: Act,
        (id, weight, icon, key): (&str, &'static str, &'static str, &'static str),
        dialog: Confirm,
    ) -> (Act, Option<Confirm>) {
        let dialog = Confirm {
            id: format!("ask-{id}"),
            action: self.to(id),
            csrf: self.csrf.to_owned(),
            hidden: vec![fact("version", self.view.row.version.to_string())],
            ..dialog
        };
        (
            Act {
                by: By::Dialog(dialog.id.clone()),
                weight,
                icon,
                key,
                ..act
            },
            Some(dialog),
        )
    }

    /// Everything that keeps the draft from being submitted, at once.
    fn lacking(&self) -> Option<Problem> {
        let ids: Vec<AgencyId> = self
            .view
            .recipients
            .iter()
            .map(|agency| agency.agency_id.clone())
            .collect();
        let lacks = lacks(&self.view.row, &ids);
        let first = self.say.refusal(lacks.first()?);
        let whats: Vec<String> = lacks.iter().map(|lack| self.say.what(lack)).collect();
        Some(Problem {
            tone: Tone::Bad,
            what: self
                .say
                .t("Chưa trình được: còn {n} chỗ thiếu")
                .counted(lacks.len()),
            why: whats.join("; "),
            article: first.article,
            now: first.now,
            link: Some(Link {
                text: self.say.t("Mở soạn thảo"),
                href: self.to("edit"),
            }),
        })
    }

    fn subject(&self) -> Fact {
        fact(self.say.t("Văn bản"), super::title_of(self.view, self.say))
    }

    fn reason(id: &str, label: String, hint: String) -> Field {
        Field::new(format!("reason--{id}"), label, "")
            .hint(hint)
            .max(LONGEST_WORDS)
            .rows(4)
    }

    fn approve(&self) -> Confirm {
        let say = self.say;
        Confirm {
            title: say.t("Duyệt nội dung văn bản?"),
            text: say
                .t("Văn bản chuyển tới {who} để ký số.")
                .replace("{who}", &self.view.around.signer_name),
            facts: vec![self.subject()],
            reason: Some(
                Field::new("words--approve", say.t("Ý kiến"), "")
                    .max(LONGEST_WORDS)
                    .rows(3)
                    .optional(),
            ),
            verb: say.t("Duyệt, chuyển ký"),
            ..Confirm::default()
        }
    }

    fn give_back(&self) -> Confirm {
        let say = self.say;
        let text = if self.view.row.signed_blob.is_some() {
            say.t("Chữ ký đã có bị bỏ cùng với bản này; sau khi sửa, văn bản phải được duyệt và ký lại từ đầu.")
        } else {
            say.t("Văn bản về lại người soạn thảo để sửa và trình lại.")
        };
        Confirm {
            title: say.t("Trả lại dự thảo?"),
            text,
            facts: vec![
                self.subject(),
                fact(say.t("Người soạn thảo"), self.view.drafter_name.clone()),
            ],
            reason: Some(Self::reason(
                "give-back",
                say.t("Lý do trả lại"),
                say.t("Nêu rõ chỗ cần sửa; người soạn thảo đọc nguyên văn."),
            )),
            verb: say.t("Trả lại dự thảo"),
            danger: true,
            ..Confirm::default()
        }
    }

    fn take_back(&self) -> Confirm {
        let say = self.say;
        Confirm {
            title: say.t("Rút trình văn bản?"),
            text: say.t("Văn bản về lại dự thảo để sửa tiếp. Người đang xem xét sẽ không còn thấy trong danh sách chờ."),
            facts: vec![self.subject()],
            verb: say.t("Rút trình"),
            ..Confirm::default()
        }
    }

    fn void_number(&self) -> Confirm {
        let say = self.say;
        let number = self
            .view
            .row
            .state
            .number()
            .map_or_else(String::new, |n| n.notation.clone());
        Confirm {
            title: say.t("Hủy số {number}?").replace("{number}", &number),
            text: say.t("Số đã hủy vẫn ghi trong sổ với lý do và không cấp lại cho văn bản khác. Văn bản trở về chờ cấp số."),
            facts: vec![self.subject()],
            reason: Some(Self::reason("void-number", say.t("Lý do hủy số"), say.t("Ghi vào sổ đăng ký văn bản đi, cột Ghi chú."))),
            verb: say.t("Hủy số"),
            danger: true,
            ..Confirm::default()
        }
    }

    fn issue(&self) -> Confirm {
        let say = self.say;
        let view = self.view;
        let mut names: Vec<&str> = view
            .recipients
            .iter()
            .take(8)
            .map(|a| a.name.as_str())
            .collect();
        let more = view.recipients.len().saturating_sub(names.len());
        let rest = say.t("và {n} nơi khác").counted(more);
        if more > 0 {
            names.push(&rest);
        }
        let mut facts = vec![self.subject()];
        if let Some(number) = view.row.state.number() {
            facts.push(fact(
                say.t("Số, ngày"),
                format!("{}, {}", number.notation, number.day),
            ));
        }
        let count = say.t("Nơi nhận ({n})").counted(view.recipients.len());
        facts.push(fact(count, names.join("; ")));
        if !view.files.is_empty() {
            let files: Vec<&str> = view.files.iter().map(|f| f.name.as_str()).collect();
            facts.push(fact(say.t("Tệp kèm theo"), files.join("; ")));
        }
        Confirm {
            title: say.t("Phát hành văn bản?"),
            text: say.t("Văn bản được gửi ngay tới mọi nơi nhận dưới đây. Đã gửi thì không lấy lại được, chỉ có thể thu hồi bằng văn bản."),
            facts,
            verb: say.t("Phát hành"),
            ..Confirm::default()
        }
    }

    fn withdraw(&self) -> Confirm {
        let say = self.say;
        Confirm {
            title: say.t("Hủy dự thảo?"),
            text: say.t("Dự thảo dừng tại đây, không trình và không cấp số nữa; vẫn xem lại được."),
            facts: vec![self.subject()],
            reason: Some(Self::reason("withdraw", say.t("Lý do hủy"), String::new())),
            verb: say.t("Hủy dự thảo"),
            danger: true,
            ..Confirm::default()
        }
    }

    fn comment(&self) -> Confirm {
        let say = self.say;
        Confirm {
            id: "ask-comment".to_owned(),
            title: say.t("Cho ý kiến"),
            text: say.t("Ý kiến lưu cùng hồ sơ dự thảo; văn bản không chuyển bước."),
            action: self.to("comment"),
            csrf: self.csrf.to_owned(),
            reason: Some(
                Field::new("words--comment", say.t("Nội dung ý kiến"), "")
                    .max(LONGEST_WORDS)
                    .rows(5),
            ),
            verb: say.t("Gửi ý kiến"),
            ..Confirm::default()
        }
    }
}

/// A finished PDF whose places are not all known yet: the page says so.
pub(super) fn places_missing(view: &OutgoingView) -> bool {
    is_uploaded(view) && view.row.places.is_none()
}
