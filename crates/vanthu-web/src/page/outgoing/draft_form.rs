//! The draft as the editor's form holds it: read from the document, or from what was typed.

use vanthu_app::AppError;
use vanthu_app::outgoing::save::{Save, SavedBy};
use vanthu_app::outgoing::view::OutgoingView;
use vanthu_domain::Day;
use vanthu_domain::id::{AgencyId, AuthorityId, OutgoingId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::page::fields::Fields;

/// The whole form.
#[derive(Debug, Clone)]
pub(super) struct DraftForm {
    /// The version that it was made from.
    pub(super) version: i64,
    /// The kind.
    pub(super) kind: DocumentKind,
    /// The urgency.
    pub(super) urgency: Urgency,
    /// The abstract.
    pub(super) subject: String,
    /// "Kính gửi"; empty for the names of the agencies.
    pub(super) addressees: Vec<String>,
    /// The agencies that get it.
    pub(super) recipients: Vec<AgencyId>,
    /// "Nơi nhận".
    pub(super) recipients_text: Vec<String>,
    /// The body.
    pub(super) body: String,
    /// Under which authority it is to be signed.
    pub(super) authority_id: Option<AuthorityId>,
    /// By when an answer is asked for.
    pub(super) due_reply_day: Option<Day>,
}

impl DraftForm {
    /// As the document stands. Addressees that are just the names of the agencies chosen stay
    /// empty, so that they follow the choice.
    pub(super) fn of(view: &OutgoingView) -> Self {
        let row = &view.row;
        let follows = row
            .addressees
            .iter()
            .eq(view.recipients.iter().map(|agency| &agency.name));
        Self {
            version: row.version,
            kind: row.kind,
            urgency: row.urgency,
            subject: row.subject.clone(),
            addressees: if follows {
                Vec::new()
            } else {
                row.addressees.clone()
            },
            recipients: view
                .recipients
                .iter()
                .map(|agency| agency.agency_id.clone())
                .collect(),
            recipients_text: row.recipients_text.clone(),
            body: row.body.clone(),
            authority_id: row.authority_id.clone(),
            due_reply_day: row.due_reply_day,
        }
    }

    /// As it was sent.
    pub(super) fn read(fields: &Fields) -> Result<Self, AppError> {
        let version = fields
            .version()
            .ok_or_else(|| AppError::refused(RefusalCode::RequestMalformed))?;
        let wrong = |field: &str| {
            AppError::from(Refusal::new(RefusalCode::FieldMalformed).with("field", field))
        };
        let authority_id = match fields.given("authority_id") {
            None => None,
            Some(id) => Some(id.parse().map_err(|_| wrong("Người ký"))?),
        };
        let recipients = fields
            .all("recipients")
            .map(|id| id.parse().map_err(|_| wrong("Nơi nhận")))
            .collect::<Result<Vec<AgencyId>, _>>()?;
        Ok(Self {
            version,
            kind: fields
                .get("kind")
                .parse()
                .map_err(|_| wrong("Tên loại văn bản"))?,
            urgency: match fields.given("urgency") {
                None => Urgency::Normal,
                Some(code) => code.parse().map_err(|_| wrong("Độ khẩn"))?,
            },
            subject: fields.get("subject").to_owned(),
            addressees: lines(fields.get("addressees")),
            recipients,
            recipients_text: lines(fields.get("recipients_text")),
            body: fields.get("body").replace("\r\n", "\n"),
            authority_id,
            due_reply_day: fields.day("due_reply_day", "Hạn trả lời")?,
        })
    }

    /// As the action takes it.
    pub(super) fn save(self, id: &OutgoingId, by: SavedBy) -> Save {
        Save {
            outgoing_id: id.clone(),
            version: self.version,
            kind: self.kind,
            subject: self.subject,
            urgency: self.urgency,
            addressees: self.addressees,
            recipients: self.recipients,
            recipients_text: self.recipients_text,
            body: self.body,
            authority_id: self.authority_id,
            due_reply_day: self.due_reply_day,
            by,
        }
    }
}

/// One entry a line.
fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_several_lines_is_one_entry_a_line() {
        assert_eq!(
            lines(" Như trên;\r\n\r\n Lưu: VT."),
            ["Như trên;", "Lưu: VT."]
        );
        assert!(lines(" \n ").is_empty());
    }
}
