//! The pages of outgoing documents, as a browser without scripts and the editor's script meet them.

use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use vanthu_app::signing::Purpose;
use vanthu_domain::id::OutgoingId;

use crate::world::{Client, Reply, World};

/// A form of a page: its token stands in a field.
async fn form(client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let mut browser = client.clone();
    let token = browser.csrf.take().unwrap();
    let mut pairs = vec![("csrf", token.as_str())];
    pairs.extend_from_slice(fields);
    let body = serde_urlencoded::to_string(pairs).unwrap();
    let request = browser
        .request("POST", path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "text/html");
    browser.send(request.body(Body::from(body)).unwrap()).await
}

/// The same fields as the editor's script sends them.
async fn script(client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let request = client
        .request("POST", path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json");
    let body = serde_urlencoded::to_string(fields).unwrap();
    client.send(request.body(Body::from(body)).unwrap()).await
}

/// A form with a file.
async fn send_file(client: &Client, path: &str, name: &str, bytes: &[u8]) -> Reply {
    let mut body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = client
        .request("POST", path)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x");
    client.send(request.body(Body::from(body)).unwrap()).await
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", text(reply));
    reply
        .headers
        .get(LOCATION)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

async fn page(client: &Client, path: &str) -> String {
    let reply = client.get(path).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", text(&reply));
    text(&reply)
}

fn holds(page: &str, words: &[&str]) {
    for one in words {
        assert!(page.contains(one), "“{one}” is not in {page}");
    }
}

/// The whole life of a letter, by forms alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_from_draft_to_issue_on_pages() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let begun = form(&drafter, "/outgoing", &[("kind", "official-letter")]).await;
    let edit = location(&begun);
    let here = edit.strip_suffix("/edit").unwrap().to_owned();
    let id: OutgoingId = here.strip_prefix("/outgoing/").unwrap().parse().unwrap();
    holds(
        &page(&drafter, &edit).await,
        &["data-editor", "data-picker", "Chọn cả nhóm", "Tên loại"],
    );

    let choices = drafter.get("/api/v1/outgoing/choices").await.json();
    let to = choices["agencies"][0]["agency_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let signers = choices["signers"].as_array().unwrap().clone();
    let signer = signers
        .iter()
        .find(|s| s["lines"].as_array().unwrap().len() == 3)
        .unwrap();
    let signer = signer["authority_id"].as_str().unwrap().to_owned();

    let empty = [
        ("version", "1"),
        ("kind", "official-letter"),
        ("act", "submit"),
    ];
    let lacking = form(&drafter, &format!("{here}/save"), &empty).await;
    assert_eq!(lacking.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(
        &text(&lacking),
        &[
            "error-summary",
            "#subject",
            "#body",
            "#recipients",
            "#authority_id",
        ],
    );

    let whole = [
        ("version", "2"),
        ("kind", "official-letter"),
        ("urgency", "urgent"),
        ("subject", "hướng dẫn ký số <văn bản>"),
        ("recipients", &to),
        ("recipients_text", "Như trên\r\nLưu: VT"),
        (
            "body",
            "Ủy ban nhân dân xã đề nghị quý Sở hướng dẫn:\r\n1. Việc thứ nhất.\r\n2. Việc thứ hai.",
        ),
        ("authority_id", &signer),
        ("act", "submit"),
    ];
    let sent = form(&drafter, &format!("{here}/save"), &whole).await;
    let shown = location(&sent);
    holds(
        &page(&drafter, &shown).await,
        &[
            "Đã trình văn bản",
            "duyệt nội dung",
            "hướng dẫn ký số &#60;văn bản&#62;",
            "Rút trình",
            "/page/1.png",
        ],
    );
    assert_eq!(
        location(&drafter.get(&edit).await),
        here,
        "what is submitted is not edited"
    );
    let picture = drafter.get(&format!("{here}/page/1.png")).await;
    assert_eq!(
        (picture.status, picture.body.get(1..4)),
        (StatusCode::OK, Some(&b"PNG"[..]))
    );

    let head = world.sign_in("tp.vhxh").await;
    holds(
        &page(&head, "/outgoing?tile=to-review").await,
        &["hướng dẫn ký số", "Khẩn"],
    );
    holds(
        &page(&head, &here).await,
        &["Duyệt nội dung…", "Trả lại…", "ask-approve"],
    );
    let approved = form(
        &head,
        &format!("{here}/approve"),
        &[("words--approve", "Đồng ý.")],
    )
    .await;
    holds(
        &page(&head, &location(&approved)).await,
        &["Đã duyệt nội dung", "Đồng ý."],
    );

    let leader = world.sign_in("pct.tanmau").await;
    holds(
        &page(&leader, &here).await,
        &[
            "data-sign",
            "data-purpose=\"person\"",
            "Tôi ký với thẩm quyền",
        ],
    );
    world.sign(&leader, Purpose::Person, &id).await;
    holds(
        &page(&leader, &format!("{here}?done=signed")).await,
        &["Đã ký số", "chờ đóng dấu"],
    );

    let clerk = world.sign_in("vt.tanmau").await;
    let waiting = page(&clerk, &here).await;
    holds(&waiting, &["data-key=\"c\"", "why-not", "Phát hành"]);
    let numbered = form(&clerk, &format!("{here}/give-number"), &[]).await;
    holds(
        &page(&clerk, &location(&numbered)).await,
        &["Đã cấp số 01/", "data-purpose=\"seal\"", "Hủy số…"],
    );
    world.sign(&clerk, Purpose::Seal, &id).await;
    holds(
        &page(&clerk, &format!("{here}?done=sealed")).await,
        &["Như bản gốc", "Phát hành văn bản?"],
    );
    let issued = form(&clerk, &format!("{here}/issue"), &[]).await;
    holds(
        &page(&clerk, &location(&issued)).await,
        &["Đã phát hành 01/", "id=\"deliveries\"", "Chờ gửi"],
    );
    world.run().await;
    let table = page(&clerk, &format!("{here}/fragment/deliveries")).await;
    holds(&table, &["data-live-src", "Đã đến (01)"]);
    assert!(!table.contains("<html"), "a fragment is no page");
    for part in ["head", "timeline"] {
        holds(
            &page(&clerk, &format!("{here}/fragment/{part}")).await,
            &["data-live"],
        );
    }
    holds(
        &page(&clerk, "/outgoing").await,
        &["01/", "Tất cả văn bản đi"],
    );
    looks_cost_nothing(&world, &clerk, &here).await;
}

/// It was judged and read when it arrived: whoever looks at it now sees that, until somebody asks for
/// another judgement.
async fn looks_cost_nothing(world: &World, clerk: &Client, here: &str) {
    let work = || {
        let judged = world.app.examinations.load(Ordering::Relaxed);
        (judged, world.app.readings.count())
    };
    let before = work();
    for _ in 0..2 {
        holds(
            &page(clerk, here).await,
            &["Như bản gốc", "Kiểm tra lúc", "/page/1.png", "?judge=again"],
        );
    }
    assert_eq!(work(), before);
    holds(
        &page(clerk, &format!("{here}?judge=again")).await,
        &["Như bản gốc", "Kiểm tra lúc"],
    );
    assert_eq!(work(), (before.0 + 1, before.1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_editors_script_is_told_of_a_conflict_with_the_text_that_was_saved_in_between() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Hai cửa sổ").await;
    let save = format!("/outgoing/{id}/save");
    let fields = |version: &'static str, body: &'static str| {
        [
            ("version", version),
            ("kind", "official-letter"),
            ("subject", "Hai cửa sổ"),
            ("body", body),
        ]
    };
    let first = script(&drafter, &save, &fields("2", "Cửa sổ thứ nhất")).await;
    assert_eq!(first.json()["version"], "3", "{}", text(&first));
    assert!(first.json()["saved_at"].is_string());
    let late = script(&drafter, &save, &fields("2", "Cửa sổ thứ hai")).await;
    assert_eq!(
        (late.status, late.code()),
        (StatusCode::CONFLICT, "conflict-version".to_owned())
    );
    let told = late.json();
    assert_eq!(told["current_version"], "3");
    assert_eq!(told["current_body"], "Cửa sổ thứ nhất");
    assert_eq!(told["current_by"], "một cửa sổ khác của bạn");
    let again = script(&drafter, &save, &fields("3", "Cửa sổ thứ hai")).await;
    assert_eq!(again.status, StatusCode::OK);
    let typed = form(&drafter, &save, &fields("2", "Bản gõ dở")).await;
    assert_eq!(typed.status, StatusCode::CONFLICT);
    holds(&text(&typed), &["Bản gõ dở", "problem bad"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_shows_pages_and_what_looks_wrong_by_line() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Xem trước").await;
    let fields = [
        ("version", "2"),
        ("kind", "official-letter"),
        ("subject", "xem trước"),
        ("body", "1. Một\n3. Ba"),
    ];
    let made = script(&drafter, &format!("/outgoing/{id}/preview"), &fields).await;
    let told = made.json();
    assert!(
        told["pages"][0]["src"]
            .as_str()
            .unwrap()
            .starts_with("data:image/png;base64,")
    );
    assert_eq!(told["pages"][0]["width"].as_u64().unwrap() / 10, 79);
    assert_eq!(told["findings"][0]["line"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_compared_and_taken_up_again() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Bản đầu").await;
    let fields = |body: &'static str, version: &'static str| {
        [
            ("version", version),
            ("kind", "official-letter"),
            ("subject", "Bản sau"),
            ("body", body),
            ("act", "save"),
        ]
    };
    location(
        &form(
            &drafter,
            &format!("/outgoing/{id}/save"),
            &fields("Đoạn một", "2"),
        )
        .await,
    );
    location(
        &form(
            &drafter,
            &format!("/outgoing/{id}/save"),
            &fields("Đoạn hai", "3"),
        )
        .await,
    );
    let edit = page(&drafter, &format!("/outgoing/{id}/edit")).await;
    let links: Vec<&str> = edit
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.contains("/versions/"))
        .collect();
    let old = links.get(1).unwrap();
    holds(
        &page(&drafter, old).await,
        &["class=\"gone\"", "Đoạn một", "class=\"new\"", "Đoạn hai"],
    );
    let taken = form(&drafter, &format!("{old}/take"), &[]).await;
    holds(&page(&drafter, &location(&taken)).await, &["Đoạn một"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_attached_opened_and_taken_off() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Có tệp kèm theo").await;
    let files = format!("/outgoing/{id}/files");
    let sent = send_file(&drafter, &files, "ghi-chu.txt", "Danh sách".as_bytes()).await;
    let edit = location(&sent);
    let shown = page(&drafter, &edit).await;
    holds(&shown, &["ghi-chu.txt", "Bỏ tệp"]);
    let start = shown.find(&format!("href=\"{files}/fil_")).unwrap() + 6;
    let href = shown
        .get(start..)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let file = drafter.get(&href).await;
    assert_eq!(
        (file.status, text(&file).as_str()),
        (StatusCode::OK, "Danh sách")
    );
    location(&form(&drafter, &format!("{href}/remove"), &[]).await);
    assert_eq!(drafter.get(&href).await.status, StatusCode::NOT_FOUND);

    let refused = send_file(&drafter, &files, "may.exe", b"MZ\x90\0").await;
    assert!(refused.code().starts_with("file-"), "{}", refused.code());
    let mut forged = drafter.clone();
    forged.csrf = None;
    assert_eq!(
        send_file(&forged, &files, "a.txt", b"a").await.status,
        StatusCode::FORBIDDEN
    );
}

/// Under the digest of the file, a picture never changes; under any other address it is not kept.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_paper_are_kept_under_its_digest_only_and_by_those_who_may_see_it() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Hình trang").await;
    location(&form(&drafter, &format!("/outgoing/{id}/submit"), &[]).await);
    let shown = page(&drafter, &format!("/outgoing/{id}")).await;
    let begin = format!("/outgoing/{id}/page/1.png");
    let at = shown.find(&format!("{begin}?v=")).unwrap();
    let src = shown[at..].split('"').next().unwrap();
    let keeps = async |client: &Client, path: &str| {
        let reply = client.get(path).await;
        let control = reply.headers["cache-control"].to_str().unwrap().to_owned();
        (reply.status, control)
    };
    let kept = (
        StatusCode::OK,
        "private, max-age=86400, immutable".to_owned(),
    );
    assert_eq!(keeps(&drafter, src).await, kept);
    let not_kept = (StatusCode::OK, "no-store".to_owned());
    assert_eq!(keeps(&drafter, &begin).await, not_kept);
    assert_eq!(
        keeps(&drafter, &format!("{begin}?v=0000000000000000")).await,
        not_kept
    );
    let stranger = world.sign_in("cv.kt").await;
    let hidden = (StatusCode::NOT_FOUND, "no-store".to_owned());
    assert_eq!(keeps(&stranger, src).await, hidden);
    let nobody = keeps(&world.nobody(), src).await;
    assert_eq!(nobody, (StatusCode::SEE_OTHER, "no-store".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_pdf_takes_the_place_of_the_body_and_its_places_can_be_moved() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let head = world.sign_in("tp.vhxh").await;
    let model = world.draft(&drafter, "Bản mẫu").await;
    let done = form(&drafter, &format!("/outgoing/{model}/submit"), &[]).await;
    location(&done);
    let pdf = head.get(&format!("/outgoing/{model}/file")).await.body;
    let id = world.draft(&drafter, "Bản tải lên").await;
    let here = format!("/outgoing/{id}");
    let sent = send_file(&drafter, &format!("{here}/upload"), "van-ban.pdf", &pdf).await;
    let place = location(&sent);
    holds(
        &page(&drafter, &place).await,
        &[
            "data-place-box=\"number\"",
            "data-place-box=\"signature\"",
            "/page/1.png",
        ],
    );
    let mut fields = Vec::new();
    let names: Vec<(String, &str)> = ["number", "date", "signature"]
        .into_iter()
        .flat_map(|name| {
            [
                ("page", "1"),
                ("x", "100"),
                ("y", "200,5"),
                ("w", "120"),
                ("h", "40"),
            ]
            .map(|(part, value)| (format!("{name}_{part}"), value))
        })
        .collect();
    fields.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
    let edit = location(&form(&drafter, &place, &fields).await);
    holds(
        &page(&drafter, &edit).await,
        &["Văn bản này dùng tệp PDF đã tải lên", "Bỏ tệp PDF"],
    );
    holds(&page(&drafter, &place).await, &["value=\"200.5\""]);
    holds(&page(&drafter, &here).await, &["/page/1.png"]);
    let back = location(&form(&drafter, &format!("{here}/typeset"), &[]).await);
    holds(&page(&drafter, &back).await, &["data-body"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_act_shows_the_document_again_with_the_reason() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, "Chưa trình").await;
    let here = format!("/outgoing/{id}");
    let refused = form(
        &drafter,
        &format!("{here}/withdraw"),
        &[("reason--withdraw", " ")],
    )
    .await;
    assert!(refused.status.is_client_error());
    holds(&text(&refused), &["problem bad", "doc-head", "Chưa trình"]);
    let stranger = world.sign_in("cv.cds").await;
    assert_eq!(stranger.get(&here).await.status, StatusCode::NOT_FOUND);
    let posted = form(&stranger, &format!("{here}/submit"), &[]).await;
    assert_eq!(posted.status, StatusCode::NOT_FOUND);
    let returned = form(
        &drafter,
        &format!("{here}/withdraw"),
        &[("reason--withdraw", "Không cần nữa")],
    )
    .await;
    holds(
        &page(&drafter, &location(&returned)).await,
        &["Đã hủy dự thảo", "Không cần nữa"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_comes_back_says_who_sent_it_back_and_why() {
    let world = World::new().await;
    let drafter = world.sign_in("cv.vhxh").await;
    let head = world.sign_in("tp.vhxh").await;
    let id = world.draft(&drafter, "Cần sửa").await;
    let here = format!("/outgoing/{id}");
    location(&form(&drafter, &format!("{here}/submit"), &[]).await);
    let back = form(
        &head,
        &format!("{here}/give-back"),
        &[("reason--give-back", "Thiếu căn cứ.")],
    )
    .await;
    location(&back);
    for path in [here.clone(), format!("{here}/edit")] {
        holds(
            &page(&drafter, &path).await,
            &["trả lại dự thảo", "Thiếu căn cứ."],
        );
    }
    holds(
        &page(&drafter, "/outgoing?tile=returned-drafts").await,
        &["Cần sửa"],
    );
}
