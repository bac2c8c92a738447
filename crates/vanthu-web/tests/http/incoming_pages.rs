//! The pages of incoming documents, of work, registers and accounts, as a browser without scripts
//! meets them.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, SET_COOKIE};
use serde_json::json;
use vanthu_app::practice::world::PASSWORD;
use vanthu_app::signing::Purpose;

use crate::world::{Client, Reply, World};

/// A form of a page: its token stands in a field.
pub(crate) async fn form(client: &Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let mut browser = client.clone();
    let token = browser.csrf.take().unwrap_or_default();
    let mut pairs = vec![("csrf", token.as_str())];
    pairs.extend_from_slice(fields);
    let body = serde_urlencoded::to_string(pairs).unwrap();
    let request = browser
        .request("POST", path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "text/html");
    browser.send(request.body(Body::from(body)).unwrap()).await
}

pub(crate) fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

/// Follows the answer of a form to the page that says what happened.
pub(crate) async fn follow(client: &Client, reply: Reply) -> String {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", text(&reply));
    let to = reply
        .headers
        .get(LOCATION)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    page(client, &to).await
}

pub(crate) async fn page(client: &Client, path: &str) -> String {
    let reply = client.get(path).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", text(&reply));
    text(&reply)
}

pub(crate) fn holds(page: &str, words: &[&str]) {
    for one in words {
        assert!(page.contains(one), "“{one}” is not in {page}");
    }
}

/// The first address in a page that begins so, up to the quotation mark.
pub(crate) fn address(page: &str, begins: &str) -> String {
    let at = page
        .find(begins)
        .unwrap_or_else(|| panic!("“{begins}” is not in {page}"));
    page[at..].split(['"', '#', '?']).next().unwrap().to_owned()
}

/// The word after a mark in a page, up to the quotation mark.
pub(crate) fn after<'a>(page: &'a str, mark: &str) -> &'a str {
    let at = page
        .find(mark)
        .unwrap_or_else(|| panic!("“{mark}” is not in {page}"));
    page[at + mark.len()..].split('"').next().unwrap()
}

/// A letter of the commune arrives at the department and is examined there.
pub(crate) async fn arrives(world: &World, subject: &str) {
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, subject).await;
    let step = async |login: &str, step: &str| {
        let client = world.sign_in(login).await;
        let reply = client
            .post(&format!("/api/v1/outgoing/{id}/{step}"), &json!({}))
            .await;
        assert_eq!(reply.status, StatusCode::OK, "{step}: {}", reply.json());
    };
    step("cv.vhxh", "submit").await;
    step("tp.vhxh", "approve").await;
    world
        .sign(&world.sign_in("pct.tanmau").await, Purpose::Person, &id)
        .await;
    step("vt.tanmau", "give-number").await;
    world
        .sign(&world.sign_in("vt.tanmau").await, Purpose::Seal, &id)
        .await;
    step("vt.tanmau", "issue").await;
    world.run().await;
}

/// The whole life of an incoming document, by forms alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_from_arrival_to_completion_on_pages() {
    let world = World::new().await;
    arrives(&world, "hướng dẫn ký số <văn bản>").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let desk = page(&clerk, "/").await;
    holds(
        &desk,
        &[
            "Chờ tiếp nhận",
            "/incoming?tile=to-accept",
            "Không có gì chờ:",
        ],
    );
    holds(&page(&clerk, "/fragment/tiles").await, &["Chờ tiếp nhận"]);
    let list = page(&clerk, "/incoming?tile=to-accept").await;
    holds(
        &list,
        &[
            "Như bản gốc",
            "V/v hướng dẫn ký số &#60;văn bản&#62;",
            "Danh mục",
        ],
    );
    let here = address(&list, "/incoming/inc_");

    let shown = page(&clerk, &here).await;
    holds(
        &shown,
        &[
            "Tiếp nhận và vào sổ",
            "Người có thẩm quyền đã ký",
            "NĐ 30/2020: Đ",
            "Nhận từ nơi gửi, không sửa được",
            "data-key=\"t\"",
            "Trả lại văn bản cho nơi gửi?",
            "/page/1.png",
        ],
    );
    let version = after(&shown, "name=\"version\" value=\"");
    let late = [("version", version), ("due", "2026-11-01")];
    let refused = form(&clerk, &format!("{here}/accept-and-register"), &late).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(&text(&refused), &["problem bad", "value=\"2026-11-01\""]);
    let entry = [
        ("version", version),
        ("due", "20/11/2026"),
        ("note", "Xử lý sớm"),
    ];
    let done = form(&clerk, &format!("{here}/accept-and-register"), &entry).await;
    holds(
        &follow(&clerk, done).await,
        &[
            "Đã vào sổ: số đến 1, ngày 16/11/2026",
            "Xử lý sớm",
            "Đã tiếp nhận (03)",
            "id=\"present\"",
        ],
    );
    let stale = form(
        &clerk,
        &format!("{here}/present"),
        &[("version", "1"), ("leader", "x")],
    )
    .await;
    assert!(stale.status.is_client_error());

    let shown = page(&clerk, &here).await;
    let leaders = shown.split("id=\"leader\"").nth(1).unwrap();
    let leader_id = after(leaders, "<option value=\"").to_owned();
    let presented = [
        ("version", after(&shown, "name=\"version\" value=\"")),
        ("leader", leader_id.as_str()),
        ("proposal", "Đề xuất giao Phòng Chuyển đổi số."),
    ];
    let done = form(&clerk, &format!("{here}/present"), &presented).await;
    holds(&follow(&clerk, done).await, &["Đã trình ", "Chờ bút phê"]);

    let mut leader = world.sign_in("gd.skhcn").await;
    if page(&leader, "/incoming?tile=presented-to-me")
        .await
        .contains("Không còn gì chờ")
    {
        leader = world.sign_in("pgd.skhcn").await;
    }
    let shown = page(&leader, &here).await;
    holds(
        &shown,
        &[
            "id=\"but-phe\"",
            "Đề xuất giao Phòng Chuyển đổi số.",
            "ngày làm việc",
        ],
    );
    let version = after(&shown, "name=\"version\" value=\"");
    let nobody = [("version", version), ("words", "Tham mưu trả lời.")];
    let refused = form(&leader, &format!("{here}/direct"), &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(&text(&refused), &["problem bad", "Tham mưu trả lời."]);
    let unit = shown
        .split("Phòng Chuyển đổi số</th>")
        .nth(1)
        .or_else(|| shown.split("Phòng Chuyển đổi số").nth(2));
    let lead = after(unit.unwrap(), "name=\"lead\" value=\"");
    let given = [
        ("version", version),
        ("words", "Tham mưu trả lời."),
        ("due", "2026-11-20"),
        ("lead", lead),
    ];
    let done = form(&leader, &format!("{here}/direct"), &given).await;
    holds(
        &follow(&leader, done).await,
        &["Đã bút phê, chuyển tới 1 nơi", "Phòng Chuyển đổi số"],
    );

    let head = world.sign_in("tp.cds").await;
    holds(
        &page(&head, "/work").await,
        &["Chờ xử lý", "Tham mưu trả lời."],
    );
    let shown = page(&head, &here).await;
    holds(
        &shown,
        &["Phân công…", "Luồng xử lý", "Soạn văn bản trả lời"],
    );
    let assign = address(&shown, "/lines/lin_");
    let base = assign.rsplit_once('/').unwrap().0.to_owned();
    let dialog = shown.split("Phân công trong đơn vị").nth(1).unwrap();
    let person = dialog.split("Vũ Hải Yến").nth(1).unwrap();
    let given = [
        ("lead", after(person, "name=\"lead\" value=\"")),
        ("words--assign", "Đồng chí Yến chủ trì."),
    ];
    let done = form(&head, &format!("{base}/assign"), &given).await;
    holds(&follow(&head, done).await, &["Đã phân công", "Vũ Hải Yến"]);

    let specialist = world.sign_in("cv.cds").await;
    let shown = page(&specialist, &here).await;
    let mine = shown.split("Báo cáo xử lý xong").nth(1).unwrap();
    let finish = address(mine, "/lines/lin_");
    let base = finish.rsplit_once('/').unwrap().0.to_owned();
    let asked = [
        ("until--ask", "2026-11-19"),
        ("reason--ask", "Chờ số liệu."),
    ];
    let refused = form(&specialist, &format!("{base}/ask-extension"), &asked).await;
    assert!(
        refused.status.is_client_error(),
        "not later than the deadline"
    );
    let done = form(&specialist, &format!("{base}/start"), &[]).await;
    holds(
        &follow(&specialist, done).await,
        &["Đã nhận việc", "Đang xử lý"],
    );
    let silent = form(
        &specialist,
        &format!("{base}/finish"),
        &[("code--1", "no-reply-needed")],
    )
    .await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = [
        ("code--1", "no-reply-needed"),
        ("words--1", "Đã hướng dẫn qua điện thoại."),
    ];
    let done = form(&specialist, &format!("{base}/finish"), &told).await;
    holds(
        &follow(&specialist, done).await,
        &[
            "Đã báo cáo xử lý xong",
            "Đã hoàn thành",
            "Đã hướng dẫn qua điện thoại.",
        ],
    );
    holds(
        &page(&specialist, &format!("{here}/fragment/work")).await,
        &["Luồng xử lý"],
    );
    holds(&page(&clerk, "/notices").await, &["Thông báo"]);

    let books = page(&clerk, "/registers").await;
    let book = address(&books, "/registers/reg_");
    holds(
        &page(&clerk, &book).await,
        &["16/11/2026", "hướng dẫn ký số", "In sổ"],
    );
    holds(
        &page(&clerk, &format!("{book}?from=2026-12-01")).await,
        &["Không có số nào"],
    );
    let printed = clerk.get(&format!("{book}/print.pdf")).await;
    assert!(printed.body.starts_with(b"%PDF-"));
    holds(
        &page(&clerk, "/search?q=huong+dan+ky+so").await,
        &["Văn bản đến", "hướng dẫn"],
    );
    for (path, begins) in [
        ("file", "%PDF-"),
        ("report", "{"),
        ("page/1.png", "\u{fffd}PNG"),
    ] {
        let reply = clerk.get(&format!("{here}/{path}")).await;
        assert!(text(&reply).starts_with(begins), "{path}");
    }
    assert_eq!(
        clerk.get(&format!("{here}/page/99.png")).await.status,
        StatusCode::NOT_FOUND
    );

    let stranger = world.sign_in("cv.kt").await;
    let hidden = stranger.get(&here).await;
    assert_eq!(
        hidden.status,
        StatusCode::NOT_FOUND,
        "another agency's document"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_returned_with_a_reason_in_a_dialog() {
    let world = World::new().await;
    arrives(&world, "gửi nhầm nơi nhận").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let here = address(&page(&clerk, "/incoming").await, "/incoming/inc_");
    let back = format!("{here}/give-back");
    let none = form(&clerk, &back, &[("words--return", "Nhầm.")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(&text(&none), &["problem bad", "Nhầm."]);
    let given = [
        ("reason", "wrong-recipient"),
        ("words--return", "Thuộc Sở Nội vụ."),
    ];
    let done = form(&clerk, &back, &given).await;
    holds(
        &follow(&clerk, done).await,
        &[
            "Đã trả lại nơi gửi",
            "Gửi không đúng nơi nhận. Thuộc Sở Nội vụ.",
        ],
    );
    let sender = world.sign_in("vt.tanmau").await;
    holds(&page(&sender, "/notices").await, &["Thuộc Sở Nội vụ."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_change_their_password_and_sign_out_on_pages() {
    let world = World::new().await;
    let nobody = world.nobody();
    holds(
        &page(&nobody, "/sign-in?next=/work").await,
        &["value=\"/work\"", "Mật khẩu"],
    );
    let away = nobody.get("/incoming").await;
    assert_eq!(
        away.headers.get(LOCATION).unwrap(),
        "/sign-in?next=/incoming"
    );
    let wrong = form(
        &nobody,
        "/sign-in",
        &[("login", "cv.vhxh"), ("password", "x")],
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    holds(&text(&wrong), &["problem bad", "value=\"cv.vhxh\""]);
    let entered = [
        ("login", "cv.vhxh"),
        ("password", PASSWORD),
        ("next", "//other.example"),
    ];
    let right = form(&nobody, "/sign-in", &entered).await;
    assert_eq!(right.headers.get(LOCATION).unwrap(), "/");
    assert!(
        right
            .headers
            .get(SET_COOKIE)
            .unwrap()
            .to_str()
            .unwrap()
            .contains("HttpOnly")
    );

    let person = world.sign_in("cv.vhxh").await;
    holds(
        &page(&person, "/account").await,
        &["Mai Thùy Linh", "Phiên đăng nhập", "máy này"],
    );
    holds(
        &page(&person, "/account/password").await,
        &["Mật khẩu đang dùng"],
    );
    let differs = [
        ("old", PASSWORD),
        ("new", "Moi-2026-abcd"),
        ("again", "Khac-2026-abcd"),
    ];
    let refused = form(&person, "/account/password", &differs).await;
    holds(&text(&refused), &["không giống nhau"]);
    let weak = [("old", PASSWORD), ("new", "abc"), ("again", "abc")];
    let refused = form(&person, "/account/password", &weak).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let good = [
        ("old", PASSWORD),
        ("new", "Moi-2026-abcd"),
        ("again", "Moi-2026-abcd"),
    ];
    let changed = form(&person, "/account/password", &good).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    let out = form(&person, "/logout", &[]).await;
    assert_eq!(out.headers.get(LOCATION).unwrap(), "/sign-in");
    assert_eq!(
        person.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "signed out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_and_locks_accounts_and_sees_the_queue() {
    let world = World::new().await;
    let admin = world.sign_in("qt.tanmau").await;
    let shown = page(&admin, "/admin/accounts").await;
    holds(&shown, &["cv.vhxh", "Cấp tài khoản", "Khóa…"]);
    let unit = shown.split("id=\"unit\"").nth(1).unwrap();
    let unit = after(unit, "<option value=\"").to_owned();
    let fields = |email| {
        [
            ("full_name", "Hồ Thị Mẫu"),
            ("title", "Chuyên viên"),
            ("email", email),
            ("login", "cv.moi"),
            ("unit", unit.as_str()),
            ("role", "specialist"),
        ]
    };
    let free = form(&admin, "/admin/accounts", &fields("ho.mau@gmail.com")).await;
    assert_eq!(free.status, StatusCode::UNPROCESSABLE_ENTITY);
    holds(&text(&free), &["problem bad", "Hồ Thị Mẫu"]);
    let made = form(&admin, "/admin/accounts", &fields("ho.mau@binhmau.gov.vn")).await;
    holds(&text(&made), &["Đã tạo tài khoản cv.moi", "<code>Vt-"]);
    let lock = address(
        &page(&admin, "/admin/accounts").await,
        "/admin/accounts/acc_",
    );
    let done = form(&admin, &lock, &[("reason--x", "Nghỉ việc.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    holds(&page(&admin, "/admin/accounts").await, &["Mở khóa…"]);
    holds(&page(&admin, "/admin/jobs").await, &["Hàng đợi"]);
    let other = world.sign_in("cv.kt").await;
    for path in ["/admin/accounts", "/admin/jobs", "/registers"] {
        assert_eq!(
            other.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_checks_a_file_and_reads_what_a_code_means() {
    let world = World::new().await;
    arrives(&world, "kiểm tra công khai").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let here = address(&page(&clerk, "/incoming").await, "/incoming/inc_");
    let pdf = clerk.get(&format!("{here}/file")).await.body.to_vec();
    let nobody = world.nobody();
    holds(
        &page(&nobody, "/verify").await,
        &["Kiểm tra chữ ký số của văn bản"],
    );
    let good = text(&send(&nobody, &pdf).await);
    holds(
        &good,
        &[
            "Chữ ký số hợp lệ",
            "Điền ô: Số văn bản",
            "Thêm chữ ký số: Chữ ký của cơ quan",
            "SHA-256",
        ],
    );
    let saved = address(&good, "/verify/report/");
    let (saved, _) = saved.rsplit_once('/').unwrap();
    let other = world.sign_in("cv.kt").await;
    for (form, media_type, head) in [
        ("html", "text/html; charset=utf-8", &b"<!doctype html>"[..]),
        ("pdf", "application/pdf", b"%PDF-"),
    ] {
        let reply = nobody.get(&format!("{saved}/{form}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{form}");
        assert_eq!(reply.headers[CONTENT_TYPE], media_type);
        assert!(reply.body.starts_with(head), "{form}");
        let elsewhere = format!("/verify/report/{}/{form}", "0".repeat(64));
        assert_eq!(
            other.get(&elsewhere).await.status,
            StatusCode::NOT_FOUND,
            "another name"
        );
    }
    let saved_page = text(&nobody.get(&format!("{saved}/html")).await);
    holds(
        &saved_page,
        &["a.pdf", "Chữ ký số hợp lệ", "Các bước kiểm tra"],
    );
    let unknown = nobody.get(&format!("{saved}/docx")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let mut changed = pdf.clone();
    let at = changed
        .windows(7)
        .position(|window| window == b"/Length")
        .unwrap();
    changed[at + 9] ^= 1;
    let bad = text(&send(&nobody, &changed).await);
    assert!(!bad.contains("Chữ ký số hợp lệ"), "a changed file passes");
    holds(
        &text(&send(&nobody, b"hello").await),
        &["Không đọc được tệp này"],
    );
    assert_eq!(
        send(&nobody, b"").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let codes = page(&nobody, "/errors").await;
    for code in codes
        .split("/errors/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        if !code.is_empty() {
            holds(
                &page(&nobody, &format!("/errors/{code}")).await,
                &["problem bad"],
            );
        }
    }
    assert_eq!(
        nobody.get("/errors/no-such-code").await.status,
        StatusCode::NOT_FOUND
    );
}

async fn send(client: &Client, pdf: &[u8]) -> Reply {
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
        content-type: application/pdf\r\n\r\n"
        .to_vec();
    body.extend_from_slice(pdf);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = client
        .request("POST", "/verify")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x");
    client.send(request.body(Body::from(body)).unwrap()).await
}
