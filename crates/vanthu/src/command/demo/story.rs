//! One official letter from draft to completion, with its answer.

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use vanthu_app::practice::letters::{Letter, Text};
use vanthu_domain::verdict::LegalVerdict;

use super::Steps;
use super::agent::Agent;
use super::client::{Client, at, entry, text, word};
use crate::wiring;

/// The code of the agency that completes the letter.
const COMPLETES: &str = "H99.50";
/// The code of the agency that returns it.
const RETURNS: &str = "H99.52";
/// All agencies that it goes to; one of them only receives it.
const RECIPIENTS: [&str; 3] = [COMPLETES, "H99.51", RETURNS];

/// Everything.
pub(super) async fn tell(
    server: &str,
    agent: &Agent,
    out: &Path,
    steps: &mut Steps,
) -> anyhow::Result<()> {
    let people = People::sign_in(server, steps).await?;
    let outgoing_id = issue_letter(&people, agent, steps).await?;
    let path = format!("/api/v1/outgoing/{outgoing_id}");
    let clerk = &people.sender_clerk;
    let arrived = |it: &Value| all_deliveries(it, |state| state != "queued" && state != "sent");
    let document = clerk.until(&path, "tới mọi nơi nhận", arrived).await?;
    let number = text(&document, "number")?;
    steps.done("Văn bản tới mọi nơi nhận trong hệ thống (mã 01)")?;

    let incoming_id = receive(&people, &number, steps).await?;
    return_it(&people, &number, steps).await?;
    let report = people
        .clerk
        .file(&format!("/api/v1/incoming/{incoming_id}/report"))
        .await?;
    std::fs::write(out.join("arrival-report.json"), report)?;
    let lines = direct(&people, &incoming_id, steps).await?;
    process(&people, agent, &incoming_id, &lines, steps).await?;

    let done = |it: &Value| {
        delivery_to(it, COMPLETES) == "completed" && delivery_to(it, RETURNS) == "returned"
    };
    let document = clerk.until(&path, "thấy nơi nhận hoàn thành", done).await?;
    let states: Vec<String> = deliveries(&document)
        .map(|it| format!("{} – {}", word(it, "to"), word(it, "state_name")))
        .collect();
    steps.done(format!(
        "Nơi gửi thấy trạng thái: {} nơi nhận",
        states.len()
    ))?;
    for state in states {
        crate::output::say(format!("       {state}"))?;
    }
    let happened = at(&document, "timeline")?.as_array().map_or(0, Vec::len);
    steps.done(format!("Dòng thời gian của văn bản: {happened} việc"))?;
    keep(&people, server, &path, out, steps).await
}

/// Everybody who takes part, each signed in.
struct People {
    drafter: Client,
    head: Client,
    signer: Client,
    sender_clerk: Client,
    clerk: Client,
    leader: Client,
    deputy: Client,
    unit_head: Client,
    specialist: Client,
    supporter: Client,
    other_clerk: Client,
}

impl People {
    async fn sign_in(server: &str, steps: &mut Steps) -> anyhow::Result<Self> {
        let people = Self {
            drafter: Client::sign_in(server, "cv.cds").await?,
            head: Client::sign_in(server, "tp.cds").await?,
            signer: Client::sign_in(server, "gd.skhcn").await?,
            sender_clerk: Client::sign_in(server, "vt.skhcn").await?,
            clerk: Client::sign_in(server, "vt.tanmau").await?,
            leader: Client::sign_in(server, "ct.tanmau").await?,
            deputy: Client::sign_in(server, "pct.tanmau").await?,
            unit_head: Client::sign_in(server, "tp.vhxh").await?,
            specialist: Client::sign_in(server, "cv.vhxh").await?,
            supporter: Client::sign_in(server, "cv.kt").await?,
            other_clerk: Client::sign_in(server, "vt.anmau").await?,
        };
        steps.done("11 người đăng nhập, mỗi người một phiên")?;
        Ok(people)
    }
}

/// A draft with its whole content.
async fn write(
    drafter: &Client,
    signer: &Client,
    (letter, recipients): (&Text, &[&str]),
    reply_to: Option<&str>,
) -> anyhow::Result<String> {
    let kind = letter.kind.code();
    let begun = drafter
        .post(
            "/api/v1/outgoing",
            &json!({"kind": kind, "reply_to": reply_to}),
        )
        .await?;
    let outgoing_id = text(&begun, "outgoing_id")?;
    let choices = drafter.get("/api/v1/outgoing/choices").await?;
    let chosen = entry(at(&choices, "signers")?, "person_id", &signer.person_id)?;
    let agencies = at(&choices, "agencies")?;
    let to = recipients
        .iter()
        .map(|code| text(entry(agencies, "code", code)?, "agency_id"))
        .collect::<anyhow::Result<Vec<String>>>()?;
    let path = format!("/api/v1/outgoing/{outgoing_id}");
    let version = at(&drafter.get(&path).await?, "version")?.clone();
    let content = json!({
        "version": version,
        "kind": kind,
        "subject": letter.subject,
        "urgency": letter.urgency.code(),
        "addressees": letter.addressees,
        "recipients": to,
        "recipients_text": letter.copies,
        "body": letter.body,
        "authority_id": word(chosen, "authority_id"),
        "due_reply_day": null,
    });
    drafter.put(&path, &content).await?;
    Ok(outgoing_id)
}

async fn issue_letter(people: &People, agent: &Agent, steps: &mut Steps) -> anyhow::Result<String> {
    let People {
        drafter,
        head,
        signer,
        sender_clerk,
        ..
    } = people;
    let letter = Letter::CertificateReview.text()?;
    let id = write(drafter, signer, (&letter, &RECIPIENTS), None).await?;
    steps.done(format!(
        "{} soạn công văn, chọn nơi nhận và người ký",
        drafter.name
    ))?;
    let path = format!("/api/v1/outgoing/{id}");
    drafter.post(&format!("{path}/submit"), &json!({})).await?;
    let document = drafter.get(&path).await?;
    steps.done(format!(
        "Dàn trang theo Nghị định 30/2020 ({} trang) và trình",
        at(&document, "pages")?
    ))?;
    let words = "Đã rà soát nội dung, thống nhất trình ký.";
    head.post(&format!("{path}/approve"), &json!({"words": words}))
        .await?;
    steps.done(format!("{} (lãnh đạo đơn vị) duyệt nội dung", head.name))?;
    signer.sign(agent, "person", &[&id]).await?;
    steps.done(format!("{} ký số (PAdES, có dấu thời gian)", signer.name))?;
    let given = sender_clerk
        .post(&format!("{path}/give-number"), &json!({}))
        .await?;
    steps.done(format!(
        "{} (văn thư) cấp số {}",
        sender_clerk.name,
        text(&given, "number")?
    ))?;
    sender_clerk.sign(agent, "seal", &[&id]).await?;
    steps.done("Ký số của cơ quan, đóng dấu, khóa tài liệu")?;
    sender_clerk
        .post(&format!("{path}/issue"), &json!({}))
        .await?;
    steps.done("Phát hành tới các nơi nhận")?;
    Ok(id)
}

/// The incoming document with that number in a list.
async fn find(client: &Client, tile: &str, number: &str) -> anyhow::Result<String> {
    let mut after = String::new();
    loop {
        let page = client
            .get(&format!("/api/v1/incoming?tile={tile}{after}"))
            .await?;
        if let Ok(found) = entry(at(&page, "items")?, "number", number) {
            return text(found, "incoming_id");
        }
        let next = page
            .get("next")
            .and_then(Value::as_str)
            .with_context(|| format!("không thấy {number} ở {tile}"))?;
        after = format!("&after={next}");
    }
}

async fn receive(people: &People, number: &str, steps: &mut Steps) -> anyhow::Result<String> {
    let People { clerk, leader, .. } = people;
    // The examination runs by itself, a moment after the arrival.
    clerk
        .until(
            "/api/v1/incoming?tile=to-accept",
            "kiểm tra xong văn bản đến",
            |page| {
                let items = page.get("items").and_then(Value::as_array);
                items
                    .into_iter()
                    .flatten()
                    .any(|it| word(it, "number") == number && !word(it, "verdict").is_empty())
            },
        )
        .await?;
    let id = find(clerk, "to-accept", number).await?;
    let path = format!("/api/v1/incoming/{id}");
    let document = clerk.get(&path).await?;
    let verdict: LegalVerdict = serde_json::from_value(at(&document, "verdict_points")?.clone())
        .context("văn bản đến chưa có kết luận")?;
    steps.done(format!(
        "{} thấy văn bản đến, kết luận “{}” ({} điểm kiểm tra)",
        clerk.name,
        verdict.value.name(),
        verdict.points.len()
    ))?;
    clerk.post(&format!("{path}/accept"), &json!({})).await?;
    let entered = clerk.post(&format!("{path}/register"), &json!({})).await?;
    steps.done(format!(
        "Tiếp nhận (mã 03), vào sổ: số đến {}",
        at(&entered, "arrival_number")?
    ))?;
    let paper = json!({
        "leader_id": leader.person_id,
        "proposal": "Giao Phòng Văn hóa - Xã hội chủ trì, Phòng Kinh tế phối hợp.",
    });
    clerk.post(&format!("{path}/present"), &paper).await?;
    steps.done(format!("Trình {} kèm đề xuất", leader.name))?;
    Ok(id)
}

async fn return_it(people: &People, number: &str, steps: &mut Steps) -> anyhow::Result<()> {
    let clerk = &people.other_clerk;
    let id = find(clerk, "to-accept", number).await?;
    let why = json!({"reason": "incomplete", "words": "Thiếu danh sách chi tiết của phường"});
    clerk
        .post(&format!("/api/v1/incoming/{id}/give-back"), &why)
        .await?;
    steps.done(format!(
        "{} (phường An Mẫu) trả lại, nêu lý do (mã 02)",
        clerk.name
    ))
}

/// The lines that the leader gave.
struct Lines {
    lead: String,
    support: String,
    information: String,
}

async fn direct(people: &People, id: &str, steps: &mut Steps) -> anyhow::Result<Lines> {
    let People {
        leader,
        deputy,
        supporter,
        ..
    } = people;
    let units = leader.get("/api/v1/units").await?;
    let unit_id = text(entry(&units, "abbreviation", "VHXH")?, "unit_id")?;
    let path = format!("/api/v1/incoming/{id}");
    let given = json!({
        "words": "Phòng VHXH chủ trì rà soát, tham mưu văn bản trả lời; Phòng Kinh tế gửi số liệu.",
        "lines": [
            {"unit_id": unit_id, "part": "lead"},
            {"person_id": supporter.person_id, "part": "support"},
            {"person_id": deputy.person_id, "part": "information"},
        ],
    });
    leader.post(&format!("{path}/direct"), &given).await?;
    steps.done(format!(
        "{} bút phê: 1 chủ trì, 1 phối hợp, 1 nhận để biết (mã 04)",
        leader.name
    ))?;
    let document = leader.get(&path).await?;
    let lines = at(&document, "lines")?;
    let line = |part: &str| text(entry(lines, "part", part)?, "line_id");
    Ok(Lines {
        lead: line("lead")?,
        support: line("support")?,
        information: line("information")?,
    })
}

async fn process(
    people: &People,
    agent: &Agent,
    id: &str,
    lines: &Lines,
    steps: &mut Steps,
) -> anyhow::Result<()> {
    let People {
        leader,
        deputy,
        unit_head,
        specialist,
        supporter,
        clerk,
        ..
    } = people;
    let share = json!({
        "words": "Đối chiếu từng chứng thư, dự thảo văn bản trả lời.",
        "shares": [{"person_id": specialist.person_id, "part": "lead"}],
    });
    unit_head
        .post(&format!("/api/v1/lines/{}/assign", lines.lead), &share)
        .await?;
    steps.done(format!("{} phân công {}", unit_head.name, specialist.name))?;
    let document = specialist.get(&format!("/api/v1/incoming/{id}")).await?;
    let own = entry(at(&document, "lines")?, "person_id", &specialist.person_id)?;
    let line_id = text(own, "line_id")?;
    let line = format!("/api/v1/lines/{line_id}");
    specialist
        .post(&format!("{line}/start"), &json!({}))
        .await?;
    steps.done("Chuyên viên bắt đầu xử lý (mã 05)")?;
    deputy
        .post(
            &format!("/api/v1/lines/{}/read", lines.information),
            &json!({}),
        )
        .await?;
    steps.done(format!(
        "{} đọc: việc nhận để biết tự kết thúc",
        deputy.name
    ))?;
    let result = json!({"words": "Đã gửi số liệu của Phòng Kinh tế: 12 chứng thư."});
    supporter
        .post(&format!("/api/v1/lines/{}/finish", lines.support), &result)
        .await?;
    steps.done(format!("{} hoàn thành phần phối hợp", supporter.name))?;
    extend(specialist, unit_head, leader, own, lines, steps).await?;

    let letter = Letter::RenewCertificates.text()?;
    let reply = write(specialist, leader, (&letter, &["H99.10"]), Some(id)).await?;
    let path = format!("/api/v1/outgoing/{reply}");
    specialist
        .post(&format!("{path}/submit"), &json!({}))
        .await?;
    unit_head
        .post(&format!("{path}/approve"), &json!({}))
        .await?;
    steps.done("Soạn, trình, duyệt văn bản trả lời gắn với văn bản đến")?;
    leader.sign(agent, "person", &[&reply]).await?;
    let given = clerk
        .post(&format!("{path}/give-number"), &json!({}))
        .await?;
    clerk.sign(agent, "seal", &[&reply]).await?;
    clerk.post(&format!("{path}/issue"), &json!({})).await?;
    steps.done(format!(
        "Ký, cấp số {}, đóng dấu, phát hành",
        text(&given, "number")?
    ))?;
    let done = json!({"code": "replied", "words": "Đã trả lời bằng văn bản.", "reply": reply});
    specialist.post(&format!("{line}/finish"), &done).await?;
    let path = format!("/api/v1/incoming/{id}");
    let document = clerk.get(&path).await?;
    ensure!(
        word(&document, "state") == "completed",
        "văn bản đến ở trạng thái {}",
        word(&document, "state")
    );
    steps.done("Hoàn thành xử lý văn bản đến (mã 06)")
}

/// The specialist asks for more time. The head's own deadline rules: where it leaves no room, the
/// head asks the leader first.
async fn extend(
    specialist: &Client,
    unit_head: &Client,
    leader: &Client,
    own: &Value,
    lines: &Lines,
    steps: &mut Steps,
) -> anyhow::Result<()> {
    let due = text(own, "due_day").context("việc không có thời hạn")?;
    let due: vanthu_domain::Day = due.parse().map_err(|e| anyhow::anyhow!("{e}"))?;
    let until = due.max(wiring::clock().now().day()).plus_days(7).iso();
    let why = "Chờ số liệu của các trường học trên địa bàn.";
    for (asks, decides, line_id) in [
        (unit_head, leader, lines.lead.as_str()),
        (specialist, unit_head, word(own, "line_id")),
    ] {
        let asked = json!({"until_day": until, "reason": why});
        let request = asks
            .post(&format!("/api/v1/lines/{line_id}/ask-extension"), &asked)
            .await?;
        let id = text(&request, "extension_id")?;
        let yes = json!({"grant": true});
        decides
            .post(&format!("/api/v1/extensions/{id}/decide"), &yes)
            .await?;
        steps.done(format!(
            "{} xin gia hạn, {} đồng ý",
            asks.name, decides.name
        ))?;
    }
    Ok(())
}

fn deliveries(document: &Value) -> impl Iterator<Item = &Value> {
    document
        .get("deliveries")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn all_deliveries(document: &Value, is_it: impl Fn(&str) -> bool) -> bool {
    let mut states = deliveries(document).map(|it| word(it, "state"));
    deliveries(document).count() == RECIPIENTS.len() && states.all(is_it)
}

/// The state at a recipient.
fn delivery_to<'v>(document: &'v Value, code: &str) -> &'v str {
    let agency = document
        .get("recipients")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|it| word(it, "code") == code);
    let id = agency.map_or("", |it| word(it, "agency_id"));
    deliveries(document)
        .find(|it| word(it, "to_agency_id") == id)
        .map_or("", |it| word(it, "state"))
}

/// The issued PDF, its validation, the anchors and the printed registers.
async fn keep(
    people: &People,
    server: &str,
    path: &str,
    out: &Path,
    steps: &mut Steps,
) -> anyhow::Result<()> {
    let clerk = &people.sender_clerk;
    let pdf = clerk.file(&format!("{path}/file")).await?;
    std::fs::write(out.join("issued.pdf"), &pdf)?;
    let report = clerk.upload("/api/v1/verify", pdf).await?;
    std::fs::write(
        out.join("report.json"),
        serde_json::to_string_pretty(&report)?,
    )?;
    let judged = report.get("report").unwrap_or(&report);
    ensure!(
        word(judged, "indication") == "TOTAL-PASSED",
        "văn bản đã phát hành không đạt: {}",
        word(judged, "indication")
    );
    let count = judged
        .get("signatures")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    steps.done(format!(
        "Kiểm tra văn bản đã phát hành: {count} chữ ký, TOTAL-PASSED"
    ))?;
    let anchors = reqwest::get(format!("{server}/practice/anchors.pem")).await?;
    std::fs::write(
        out.join("anchors.pem"),
        anchors.error_for_status()?.bytes().await?,
    )?;
    for (name, keeper) in [("outgoing", clerk), ("incoming", &people.clerk)] {
        let registers = keeper.get("/api/v1/registers").await?;
        let direction = if name == "outgoing" { "out" } else { "in" };
        let register = text(entry(&registers, "direction", direction)?, "register_id")?;
        let pdf = keeper
            .file(&format!("/api/v1/registers/{register}/print.pdf"))
            .await?;
        std::fs::write(out.join(format!("register-{name}.pdf")), pdf)?;
    }
    steps.done("In sổ đăng ký văn bản đi và văn bản đến")
}
