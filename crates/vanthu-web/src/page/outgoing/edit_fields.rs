//! The fields of the editor, with what is typed, what can be chosen, and what is wrong.

use vanthu_app::outgoing::list::Choices;
use vanthu_domain::agency::{Agency, AgencyKind};
use vanthu_domain::id::OutgoingId;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::page::outgoing::draft_form::DraftForm;
use crate::page::outgoing::href;
use crate::page::show::Say;
use crate::view::{Choice, Editor, Field};

/// The longest abstract (Decree 30/2020, Appendix VI).
const LONGEST_SUBJECT: u32 = 500;

/// Agencies of one kind.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Its name.
    pub(super) name: String,
    /// Its element.
    pub(super) id: String,
    /// Whether it is unfolded.
    pub(super) open: bool,
    /// The agencies.
    pub(super) choices: Vec<Choice>,
}

/// Makes the fields of the form.
pub(super) struct FieldsOf<'a> {
    /// The reader.
    pub(super) say: Say,
    /// What is typed.
    pub(super) form: &'a DraftForm,
    /// What can be chosen.
    pub(super) choices: &'a Choices,
    /// What is lacking or wrong.
    pub(super) trouble: &'a [Refusal],
}

impl FieldsOf<'_> {
    /// What is wrong with the field, by which article, and what to do now.
    pub(super) fn error(&self, code: RefusalCode) -> Option<String> {
        self.trouble
            .iter()
            .find(|refusal| refusal.code == code)
            .map(|refusal| {
                let said = self.say.refusal(refusal);
                format!("{} {} ({})", said.what, said.now, said.article)
            })
    }

    /// Troubles of the document as a whole, which no field can show.
    pub(super) fn elsewhere(&self) -> impl Iterator<Item = &Refusal> {
        let of_fields = [
            RefusalCode::AbstractRequired,
            RefusalCode::BodyEmpty,
            RefusalCode::RecipientsMissing,
            RefusalCode::SignerMissing,
        ];
        self.trouble
            .iter()
            .filter(move |refusal| !of_fields.contains(&refusal.code))
    }

    /// The fields that have an error, for the summary on top.
    pub(super) fn wrong(&self) -> Vec<Field> {
        let recipients = Field {
            error: self.error(RefusalCode::RecipientsMissing),
            ..Field::new("recipients", self.say.t("Nơi nhận"), "")
        };
        [self.subject(), self.body(), recipients, self.signer()]
            .into_iter()
            .filter(|field| field.error.is_some())
            .collect()
    }

    pub(super) fn editor(&self, id: &OutgoingId, csrf: &str, saved: String) -> Editor {
        Editor {
            save: href(id, "save"),
            preview: href(id, "preview"),
            action: href(id, "save"),
            version: self.form.version.to_string(),
            csrf: csrf.to_owned(),
            body: self.body(),
            saved,
        }
    }

    fn body(&self) -> Field {
        Field::new("body", self.say.t("Nội dung"), &self.form.body)
            .hint(self.say.t("Mỗi dòng một đoạn. Khoản “1. ”, điểm “a) ”, gạch đầu dòng “- ”; thụt dòng, phông chữ do máy trình bày."))
            .rows(22)
            .error(self.error(RefusalCode::BodyEmpty))
    }

    pub(super) fn subject(&self) -> Field {
        Field::new(
            "subject",
            self.say.t("Trích yếu nội dung"),
            &self.form.subject,
        )
        .hint(self.say.t("Ngắn gọn, đủ ý; không ghi “V/v”, máy tự thêm."))
        .rows(2)
        .max(LONGEST_SUBJECT)
        .error(self.error(RefusalCode::AbstractRequired))
    }

    pub(super) fn kind(&self) -> Field {
        let letter = DocumentKind::OfficialLetter;
        let others = DocumentKind::administrative().filter(|kind| *kind != letter);
        let choices = std::iter::once(letter).chain(others).map(|kind| Choice {
            value: kind.code().to_owned(),
            text: self.say.named(kind.name()),
            chosen: kind == self.form.kind,
            ..Choice::default()
        });
        Field::new("kind", self.say.t("Tên loại"), "").choices(choices.collect())
    }

    pub(super) fn urgency(&self) -> Field {
        let choices = Urgency::ALL.iter().rev().map(|urgency| Choice {
            value: urgency.code().to_owned(),
            text: self.say.t(urgency.name()),
            chosen: *urgency == self.form.urgency,
            ..Choice::default()
        });
        Field::new("urgency", self.say.t("Độ khẩn"), "").choices(choices.collect())
    }

    pub(super) fn signer(&self) -> Field {
        let none = Choice {
            text: self.say.t("– chọn người ký –"),
            chosen: self.form.authority_id.is_none(),
            ..Choice::default()
        };
        let signers = self.choices.signers.iter().map(|signer| Choice {
            value: signer.authority.authority_id.to_string(),
            text: format!(
                "{} · {}",
                signer.full_name,
                signer.authority.lines.join(" – ")
            ),
            chosen: Some(&signer.authority.authority_id) == self.form.authority_id.as_ref(),
            ..Choice::default()
        });
        Field::new("authority_id", self.say.t("Người ký, quyền hạn ký"), "")
            .choices(std::iter::once(none).chain(signers).collect())
            .error(self.error(RefusalCode::SignerMissing))
    }

    pub(super) fn due(&self) -> Field {
        let value = self
            .form
            .due_reply_day
            .map(vanthu_domain::Day::iso)
            .unwrap_or_default();
        Field::new("due_reply_day", self.say.t("Hạn trả lời"), value)
            .kind("date")
            .optional()
    }

    pub(super) fn addressees(&self) -> Field {
        Field::new(
            "addressees",
            self.say.t("Kính gửi"),
            self.form.addressees.join("\n"),
        )
        .hint(
            self.say
                .t("Mỗi dòng một nơi. Để trống: ghi tên các cơ quan đã chọn ở trên."),
        )
        .rows(2)
        .optional()
    }

    pub(super) fn recipients_text(&self) -> Field {
        Field::new(
            "recipients_text",
            self.say.t("Nơi nhận (cuối văn bản)"),
            self.form.recipients_text.join("\n"),
        )
        .hint(
            self.say
                .t("Mỗi dòng một nơi; dấu gạch và dấu chấm do máy thêm."),
        )
        .rows(3)
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let kinds = [
            AgencyKind::ProvinceCommittee,
            AgencyKind::Department,
            AgencyKind::CommuneCommittee,
            AgencyKind::SpecialZone,
            AgencyKind::PublicServiceUnit,
            AgencyKind::CertificateProvider,
        ];
        kinds
            .into_iter()
            .enumerate()
            .filter_map(|(at, kind)| {
                let of_kind = self
                    .choices
                    .agencies
                    .iter()
                    .filter(|agency| agency.kind == kind);
                let choices: Vec<Choice> = of_kind.map(|agency| self.choice(agency)).collect();
                (!choices.is_empty()).then(|| Group {
                    name: self.group_name(kind),
                    id: format!("group-{at}"),
                    open: choices.iter().any(|c| c.chosen) || self.choices.agencies.len() <= 12,
                    choices,
                })
            })
            .collect()
    }

    fn choice(&self, agency: &Agency) -> Choice {
        Choice {
            value: agency.agency_id.to_string(),
            text: agency.name.clone(),
            note: agency.code.clone(),
            chosen: self.form.recipients.contains(&agency.agency_id),
        }
    }

    fn group_name(&self, kind: AgencyKind) -> String {
        let say = self.say;
        match kind {
            AgencyKind::ProvinceCommittee => say.t("Ủy ban nhân dân tỉnh"),
            AgencyKind::Department => say.t("Sở, ban, ngành tỉnh"),
            AgencyKind::CommuneCommittee => say.t("Ủy ban nhân dân xã, phường"),
            AgencyKind::SpecialZone => say.t("Ủy ban nhân dân đặc khu"),
            AgencyKind::PublicServiceUnit => say.t("Đơn vị sự nghiệp công lập"),
            AgencyKind::CertificateProvider => say.t("Cơ quan cung cấp chứng thư số"),
        }
    }
}
