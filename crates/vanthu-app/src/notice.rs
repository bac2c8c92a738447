//! Notices to people (thông báo): what came to them, in words, with the page that it leads to.

use std::collections::BTreeMap;

use serde_json::Value;
use vanthu_domain::id::NoticeId;
use vanthu_domain::text::fill;
use vanthu_store::notice::{self, NoticeRow};
use vanthu_store::{Cursor, Page};

use crate::{App, AppError, Caller};

/// A notice with its words.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The notice.
    pub row: NoticeRow,
    /// Its words.
    pub text: String,
}

/// The caller's notices, the youngest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Notice>, AppError> {
    let mut tx = app.store.read().await?;
    let page = notice::list(&mut tx, caller.person_id(), after, limit).await?;
    Ok(page.map(|row| Notice {
        text: text(&row.code, &row.args),
        row,
    }))
}

/// How many the caller has not read.
pub async fn unread(app: &App, caller: &Caller) -> Result<i64, AppError> {
    let mut tx = app.store.read().await?;
    Ok(notice::count_unread(&mut tx, caller.person_id()).await?)
}

/// Marks one of the caller's notices as read; another's is not there for the caller.
pub async fn mark_read(app: &App, caller: &Caller, id: &NoticeId) -> Result<(), AppError> {
    let mut work = app.begin(caller).await?;
    notice::mark_read(&mut work.tx, caller.person_id(), id, work.now).await?;
    work.commit().await
}

/// Marks all of the caller's notices as read; tells how many were not.
pub async fn mark_all_read(app: &App, caller: &Caller) -> Result<u64, AppError> {
    let mut work = app.begin(caller).await?;
    let count = notice::mark_all_read(&mut work.tx, caller.person_id(), work.now).await?;
    work.commit().await?;
    Ok(count)
}

/// The words of a notice. `[…]` stands only where everything in it is known.
pub fn text(code: &str, args: &Value) -> String {
    match TEXTS.iter().find(|(known, ..)| *known == code) {
        Some((_, template, _)) => told(template, args, str::to_owned),
        None => code.to_owned(),
    }
}

impl Notice {
    /// Its words in English; `word` translates those that the system put into it.
    pub fn in_english(&self, word: impl Fn(&str) -> String) -> String {
        let code = self.row.code.as_str();
        match TEXTS.iter().find(|(known, ..)| *known == code) {
            Some((.., template)) => told(template, &self.row.args, word),
            None => code.to_owned(),
        }
    }
}

fn told(template: &str, args: &Value, word: impl Fn(&str) -> String) -> String {
    let args: BTreeMap<String, String> = args
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value = match value {
                Value::String(text) if BY_PEOPLE.contains(&name.as_str()) => text.clone(),
                Value::String(text) => word(text),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            (!value.is_empty()).then(|| (name.clone(), value))
        })
        .collect();
    fill(&without_unknown(template, &args), &args)
}

/// What people wrote or are called is never translated.
const BY_PEOPLE: &[&str] = &["by", "from", "subject", "number", "agency"];

/// Takes out the bracketed parts that name something unknown, and the brackets of the others.
fn without_unknown(template: &str, args: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let (part, tail) = after.split_once(']').unwrap_or((after, ""));
        let names = vanthu_domain::text::placeholders(part);
        if names.iter().all(|name| args.contains_key(*name)) {
            out.push_str(part);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Every notice there is, in Vietnamese and English. A code is never used again for something else.
pub const TEXTS: &[(&str, &str, &str)] = &[
    (
        "draft-returned",
        "{by} trả lại dự thảo “{subject}”[: {reason}].",
        "{by} returned the draft “{subject}”[: {reason}].",
    ),
    (
        "draft-commented",
        "{by} cho ý kiến về dự thảo “{subject}”.",
        "{by} commented on the draft “{subject}”.",
    ),
    (
        "to-review",
        "{by} trình duyệt dự thảo “{subject}”.",
        "{by} submits the draft “{subject}” for review.",
    ),
    (
        "to-sign",
        "Văn bản “{subject}” chờ đồng chí ký số.",
        "The document “{subject}” waits for your signature.",
    ),
    (
        "outside-asked",
        "{by} xin mang thiết bị {number} ra ngoài cơ quan đến {until}: {reason}.",
        "{by} asks to take the device {number} out of the office until {until}: {reason}.",
    ),
    (
        "outside-granted",
        "{by} cho phép mang thiết bị {number} ra ngoài cơ quan đến {until}.",
        "{by} permits the device {number} to leave the office until {until}.",
    ),
    (
        "outside-refused",
        "{by} không cho phép mang thiết bị {number} ra ngoài cơ quan: {reason}.",
        "{by} does not permit the device {number} to leave the office: {reason}.",
    ),
    (
        "key-suspected",
        "{by} báo nghi lộ, mất khóa trên thiết bị {number}[ của {from}]: {reason}. Chứng thư đã tạm dừng; đề nghị thu hồi đã khởi tạo.",
        "{by} reports a suspected key on the device {number}[ of {from}]: {reason}. Its certificates are suspended; the request to revoke them was started.",
    ),
    (
        "suspension-lifted",
        "{by} bỏ tạm dừng chứng thư trên thiết bị {number}: {reason}.",
        "{by} lifted the suspension of the device {number}: {reason}.",
    ),
    (
        "finding-recorded",
        "Phát hiện về việc dùng chữ ký số của {by}: {reason}.",
        "A finding about the use of the digital signature of {by}: {reason}.",
    ),
    (
        "to-number",
        "Văn bản “{subject}” đã ký, chờ cấp số.",
        "The document “{subject}” is signed and waits for its number.",
    ),
    (
        "issued",
        "Văn bản[ số {number}] “{subject}” đã phát hành.",
        "The document[ {number}] “{subject}” was issued.",
    ),
    (
        "delivery-returned",
        "{agency} trả lại văn bản[ số {number}] “{subject}”: {reason}[ (người trả lại: {by})].",
        "{agency} returned the document[ {number}] “{subject}”: {reason}[ (returned by {by})].",
    ),
    (
        "delivery-failed",
        "Chưa gửi được văn bản[ số {number}] “{subject}” tới {agency}: {reason}.",
        "The document[ {number}] “{subject}” could not be sent to {agency}: {reason}.",
    ),
    (
        "incoming-arrived",
        "[{urgency} – ]{from} gửi văn bản số {number}: “{subject}”.",
        "[{urgency} – ]{from} sent document {number}: “{subject}”.",
    ),
    (
        "incoming-suspicious",
        "Văn bản số {number} của {from} không đạt kiểm tra: {reason}. Xem và trả lại nơi gửi.",
        "Document {number} of {from} did not pass the check: {reason}. Look at it and return it to the sender.",
    ),
    (
        "incoming-turned-bad",
        "Kiểm tra lại văn bản số {number} của {from} đã tiếp nhận: không đạt – {reason}.",
        "Document {number} of {from}, already accepted, was checked again and did not pass: {reason}.",
    ),
    (
        "incoming-presented",
        "[{urgency} – ]{by} trình văn bản đến số {number}: “{subject}”.",
        "[{urgency} – ]{by} presents incoming document {number}: “{subject}”.",
    ),
    (
        "incoming-completed",
        "{by} hoàn thành văn bản đến số {number} “{subject}”: {code}.",
        "{by} completed incoming document {number} “{subject}”: {code}.",
    ),
    (
        "line-given",
        "[{urgency} – ]{by} giao việc ({part}): văn bản số {number} “{subject}”[, hạn {due}].",
        "[{urgency} – ]{by} assigned you work ({part}): document {number} “{subject}”[, due {due}].",
    ),
    (
        "line-finished",
        "{by} xử lý xong văn bản số {number} “{subject}”[: {result}].",
        "{by} is done with document {number} “{subject}”[: {result}].",
    ),
    (
        "line-returned",
        "{by} trả lại việc xử lý văn bản số {number} “{subject}”: {reason}.",
        "{by} returned the work on document {number} “{subject}”: {reason}.",
    ),
    (
        "line-taken-back",
        "{by} lấy lại việc xử lý văn bản số {number} “{subject}”[: {reason}].",
        "{by} took back the work on document {number} “{subject}”[: {reason}].",
    ),
    (
        "extension-asked",
        "{by} đề nghị gia hạn văn bản số {number} “{subject}” đến {until}: {reason}.",
        "{by} asks to extend document {number} “{subject}” until {until}: {reason}.",
    ),
    (
        "extension-granted",
        "{by} gia hạn văn bản số {number} “{subject}” đến {until}.",
        "{by} extended document {number} “{subject}” until {until}.",
    ),
    (
        "extension-refused",
        "{by} không gia hạn văn bản số {number} “{subject}”[: {reason}].",
        "{by} did not extend document {number} “{subject}”[: {reason}].",
    ),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test::{Letter, World};

    #[test]
    fn what_is_unknown_is_left_out_of_the_words() {
        let known = json!({"by": "Lan", "subject": "Báo cáo", "reason": "Sai ngày"});
        assert_eq!(
            text("draft-returned", &known),
            "Lan trả lại dự thảo “Báo cáo”: Sai ngày."
        );
        let unknown = json!({"by": "Lan", "subject": "Báo cáo", "reason": null});
        assert_eq!(
            text("draft-returned", &unknown),
            "Lan trả lại dự thảo “Báo cáo”."
        );
        assert_eq!(text("no-such-code", &unknown), "no-such-code");
    }

    #[test]
    fn no_two_notices_share_a_code_and_brackets_are_closed() {
        let mut codes: Vec<_> = TEXTS.iter().map(|(code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), TEXTS.len());
        for (code, text, english) in TEXTS {
            for text in [text, english] {
                assert_eq!(
                    text.matches('[').count(),
                    text.matches(']').count(),
                    "{code}"
                );
            }
            let mut theirs = vanthu_domain::text::placeholders(text);
            let mut ours = vanthu_domain::text::placeholders(english);
            theirs.sort_unstable();
            ours.sort_unstable();
            assert_eq!(ours, theirs, "{code}");
        }
    }

    #[test]
    fn english_translates_what_the_system_says_and_not_what_people_wrote() {
        let args = json!({"by": "Khẩn", "part": "Chủ trì", "number": "1", "subject": "Khẩn",
            "urgency": "KHẨN", "due": null});
        let word = |text: &str| text.replace("KHẨN", "URGENT").replace("Chủ trì", "lead");
        let (.., template) = TEXTS
            .iter()
            .find(|(code, ..)| *code == "line-given")
            .unwrap();
        assert_eq!(
            told(template, &args, word),
            "URGENT – Khẩn assigned you work (lead): document 1 “Khẩn”."
        );
    }

    #[tokio::test]
    async fn a_notice_is_unread_until_its_person_reads_it() {
        let world = World::new().await;
        let from = world.office("H01.01", "Sở Mẫu").await;
        let to = world.office("H01.02", "UBND xã Một").await;
        world.arrived(&from, &to, Letter::about("V/v một")).await;
        world.arrived(&from, &to, Letter::about("V/v hai")).await;
        assert_eq!(unread(&world.app, &to.clerk).await.unwrap(), 2);
        let page = list(&world.app, &to.clerk, None, 10).await.unwrap();
        assert_eq!(
            page.items[1].text,
            "Sở Mẫu gửi văn bản số 01/CQH0101-NV: “V/v một”."
        );
        let id = &page.items[0].row.notice_id;
        mark_read(&world.app, &to.leader, id).await.unwrap();
        assert_eq!(unread(&world.app, &to.clerk).await.unwrap(), 2);
        mark_read(&world.app, &to.clerk, id).await.unwrap();
        assert_eq!(unread(&world.app, &to.clerk).await.unwrap(), 1);
        assert_eq!(mark_all_read(&world.app, &to.clerk).await.unwrap(), 1);
        assert_eq!(unread(&world.app, &to.clerk).await.unwrap(), 0);
    }
}
