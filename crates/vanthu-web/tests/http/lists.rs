//! Lists as a browser without scripts and a program meet them: filters, several rows at once, files,
//! lists kept under a name.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use serde_json::json;

use crate::incoming_pages::{address, after, arrives, follow, form, holds, page, text};
use crate::world::{Client, Reply, World};

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", text(reply));
    let to = reply.headers.get(LOCATION).unwrap().to_str().unwrap();
    to.to_owned()
}

/// The values of the boxes of a list.
fn picks(page: &str) -> Vec<String> {
    let boxes = page.split("name=\"pick\" value=\"").skip(1);
    boxes
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// Opens a chip's cross.
fn chip(page: &str, says: &str) -> String {
    let chips = page.split("class=\"chip\" href=\"").skip(1);
    let found = chips
        .filter(|chip| chip.split("</a>").next().unwrap().contains(says))
        .map(|chip| chip.split('"').next().unwrap().replace("&#38;", "&"))
        .next();
    found.unwrap_or_else(|| panic!("no chip “{says}” in {page}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_stand_in_the_address_and_as_chips_that_are_taken_away() {
    let world = World::new().await;
    arrives(&world, "hướng dẫn ký số").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let list = page(
        &clerk,
        "/incoming?tile=to-accept&kind=official-letter&q=huong",
    )
    .await;
    holds(
        &list,
        &[
            "hướng dẫn ký số",
            "Loại văn bản: <b>Công văn</b>",
            "Từ khóa: <b>huong</b>",
            "Danh mục: <b>Chờ tiếp nhận</b>",
            "1 dòng",
        ],
    );
    // A form without scripts sends what was left empty; the address is written anew.
    let sent = "/incoming?tile=to-accept&q=&kind=plan&urgency=&from=&agency=&order=";
    let short = location(&clerk.get(sent).await);
    assert_eq!(short, "/incoming?tile=to-accept&kind=plan");
    let empty = page(&clerk, &short).await;
    holds(&empty, &["Không có dòng nào khớp", "0 dòng"]);
    assert!(!empty.contains("/export/xlsx"), "nothing to take out");
    let without = chip(&empty, "Kế hoạch");
    assert_eq!(without, "/incoming?tile=to-accept");
    holds(&page(&clerk, &without).await, &["hướng dẫn ký số"]);
    let everything = chip(&page(&clerk, "/incoming?kind=plan").await, "Kế hoạch");
    assert_eq!(everything, "/incoming?tile=all");
    for (path, expected) in [
        ("/incoming?kind=novel", StatusCode::UNPROCESSABLE_ENTITY),
        ("/incoming?from=soon", StatusCode::UNPROCESSABLE_ENTITY),
        ("/incoming?tile=to-seal", StatusCode::NOT_FOUND),
        ("/incoming?tile=nothing", StatusCode::NOT_FOUND),
        ("/incoming?after=x", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(clerk.get(path).await.status, expected, "{path}");
    }
    // What is over stays in sight.
    let sender = world.sign_in("vt.tanmau").await;
    let issued = page(&sender, "/outgoing?tile=issued").await;
    holds(
        &issued,
        &["hướng dẫn ký số", "Đã phát hành", "aria-current=\"page\""],
    );
    let drafter = world.sign_in("cv.vhxh").await;
    let mine = page(&drafter, "/outgoing?tile=my-issued").await;
    holds(&mine, &["hướng dẫn ký số", "Dự thảo đã hủy", "ask-draft"]);
    let to = address(&mine, "/outgoing/out_");
    assert_eq!(drafter.get(&to).await.status, StatusCode::OK);

    let found = clerk
        .get("/api/v1/incoming?kind=official-letter&due=&state=checked")
        .await
        .json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let none = clerk.get("/api/v1/incoming?urgency=any").await.json();
    assert!(none["items"].as_array().unwrap().is_empty());
    let bad = clerk.get("/api/v1/lines?state=checked").await;
    assert_eq!(bad.code(), "field-malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_arrivals_are_registered_at_once_and_each_says_what_became_of_it() {
    let world = World::new().await;
    arrives(&world, "văn bản thứ nhất").await;
    arrives(&world, "văn bản thứ hai").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let list = page(&clerk, "/incoming?tile=to-accept").await;
    let picked = picks(&list);
    assert_eq!(picked.len(), 2);
    holds(
        &list,
        &["data-bulk", "trong trang này", "Tiếp nhận và vào sổ"],
    );

    let none = form(&clerk, "/incoming/bulk", &[("act", "accept-and-register")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = form(
        &clerk,
        "/incoming/bulk",
        &[("act", "x"), ("pick", &picked[0])],
    )
    .await;
    assert!(wrong.status.is_client_error());

    // The first is chosen twice: the second time there is nothing left to do.
    let fields = [
        ("act", "accept-and-register"),
        ("back", "/incoming?tile=to-accept"),
        ("pick", picked[0].as_str()),
        ("pick", picked[1].as_str()),
        ("pick", picked[0].as_str()),
    ];
    let result = form(&clerk, "/incoming/bulk", &fields).await;
    assert_eq!(result.status, StatusCode::OK);
    holds(
        &text(&result),
        &[
            "Đã làm xong 2 dòng, 1 dòng chưa làm được",
            "Đã vào sổ, số đến 1",
            "Đã vào sổ, số đến 2",
            "Chưa làm được",
            "· V/v văn bản thứ nhất",
            "Vì sao, làm gì tiếp",
            "href=\"/incoming?tile=to-accept\"",
        ],
    );
    arrives(&world, "văn bản thứ ba").await;
    let list = page(&clerk, "/incoming?tile=to-accept").await;
    let last = picks(&list);
    let fields_of_all = [("act", "accept-and-register"), ("pick", last[0].as_str())];
    let all = text(&form(&clerk, "/incoming/bulk", &fields_of_all).await);
    holds(&all, &["Đã làm xong 1 dòng", "Đã vào sổ, số đến 3"]);
    assert!(!all.contains("Vì sao"), "nothing to explain: {all}");
    let stranger = world.sign_in("cv.vhxh").await;
    let hidden = form(&stranger, "/incoming/bulk", &fields).await;
    let hidden = text(&hidden);
    holds(&hidden, &["Đã làm xong 0 dòng, 3 dòng chưa làm được"]);
    assert!(
        !hidden.contains("văn bản thứ"),
        "what may not be seen has no name"
    );
    let outside = [
        ("act", "register"),
        ("back", "//evil"),
        ("pick", picked[0].as_str()),
    ];
    let result = text(&form(&clerk, "/incoming/bulk", &outside).await);
    assert!(!result.contains("evil"));

    let ids: Vec<_> = picked
        .iter()
        .map(|pick| pick.split('~').next().unwrap())
        .collect();
    let body = json!({"act": "register", "items": [{"incoming_id": ids[0]}]});
    let told = clerk.post("/api/v1/incoming/bulk", &body).await.json();
    assert_eq!(told[0]["done"], json!(false));
    assert_eq!(told[0]["problem"]["code"], json!("wrong-state"));
    let nobody = world.nobody().post("/api/v1/incoming/bulk", &body).await;
    assert_eq!(nobody.code(), "sign-in-required");
    let read = json!({"line_ids": ["lin_01J00000000000000000000000"]});
    let told = clerk.post("/api/v1/lines/read", &read).await.json();
    assert_eq!(told[0]["problem"]["code"], json!("not-found"));
    let many = vec!["lin_01J00000000000000000000000"; 101];
    let many = clerk
        .post("/api/v1/lines/read", &json!({"line_ids": many}))
        .await;
    assert_eq!(many.code(), "batch-too-large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_leaves_as_spreadsheet_and_pdf_with_what_it_shows() {
    let world = World::new().await;
    arrives(&world, "hướng dẫn ký số").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let list = page(&clerk, "/incoming?kind=official-letter").await;
    holds(&list, &["/incoming/export/xlsx?kind=official-letter"]);
    let sheet = clerk
        .get("/incoming/export/xlsx?kind=official-letter")
        .await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.body.starts_with(b"PK"));
    let header = |name| {
        sheet
            .headers
            .get(name)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert!(header(CONTENT_TYPE).ends_with("spreadsheetml.sheet"));
    assert_eq!(
        header(CONTENT_DISPOSITION),
        "attachment; filename*=UTF-8''van-ban-den-2026-11-16.xlsx"
    );
    for path in [
        "/incoming/export/pdf?q=huong",
        "/api/v1/lists/incoming/pdf?q=huong",
    ] {
        let pdf = clerk.get(path).await;
        let pages = vanthu_layout::extract_text(&pdf.body).unwrap();
        let words = pages[0].text();
        for one in [
            "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
            "Tất cả văn bản đến",
            "Từ khóa: huong",
            "1 dòng",
            "hướng dẫn ký số",
            "16/11/2026",
        ] {
            assert!(words.contains(one), "{one} is not in {words}");
        }
    }
    for (client, path, code) in [
        (&clerk, "/api/v1/lists/novels/pdf", "not-found"),
        (
            &clerk,
            "/api/v1/lists/incoming/pdf?kind=x",
            "field-malformed",
        ),
        (
            &clerk,
            "/api/v1/lists/outgoing/xlsx?tile=to-sign",
            "not-found",
        ),
        (
            &world.nobody(),
            "/api/v1/lists/incoming/pdf",
            "sign-in-required",
        ),
    ] {
        assert_eq!(client.get(path).await.code(), code, "{path}");
    }
    let docx = clerk.get("/incoming/export/docx").await;
    assert_eq!(docx.status, StatusCode::NOT_FOUND);
    let stranger = world.sign_in("cv.vhxh").await;
    let hidden = stranger.get("/api/v1/lists/incoming/pdf?q=huong").await;
    let words = vanthu_layout::extract_text(&hidden.body).unwrap()[0].text();
    assert!(words.contains("0 dòng"), "{words}");
}

/// Keeps a list by the form of the page, and gives the address that it is then found at.
async fn kept(client: &Client, list: &str, name: &str, first: bool) -> String {
    let shown = page(client, list).await;
    let form_at = shown.split("action=\"/views\"").nth(1).unwrap();
    let hidden = form_at.split("</form>").next().unwrap();
    let mut fields = vec![("name", name)];
    for part in hidden.split("<input type=\"hidden\" name=\"").skip(2) {
        let (field, rest) = part.split_once("\" value=\"").unwrap();
        fields.push((field, rest.split('"').next().unwrap()));
    }
    if first {
        fields.push(("first", "yes"));
    }
    location(&form(client, "/views", &fields).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_kept_under_a_name_renamed_opened_first_and_given_up() {
    let world = World::new().await;
    arrives(&world, "hướng dẫn ký số").await;
    let clerk = world.sign_in("vt.skhcn").await;
    let plain = page(&clerk, "/incoming?tile=all").await;
    assert!(!plain.contains("action=\"/views\""), "nothing to keep");
    let filters = "/incoming?kind=official-letter&due=7&order=newest";
    let to = kept(&clerk, filters, "Công văn sắp đến hạn", false).await;
    assert!(
        to.starts_with("/incoming?kind=official-letter&due=7&order=newest&view=sav_"),
        "{to}"
    );
    let shown = page(&clerk, &to).await;
    holds(
        &shown,
        &[
            "Đã lưu bộ lọc",
            "Văn bản đến · Công văn sắp đến hạn",
            "Công văn sắp đến hạn <span class=\"count\">0</span>",
            "Thời hạn: <b>Đến hạn trong 7 ngày tới</b>",
        ],
    );
    let twice = [
        ("section", "incoming"),
        ("kind", "plan"),
        ("name", "Công văn sắp đến hạn"),
        ("first", "yes"),
    ];
    let refused = form(&clerk, "/views", &twice).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    holds(
        &text(&refused),
        &["problem bad", "value=\"Công văn sắp đến hạn\"", "checked"],
    );
    let second = kept(&clerk, "/incoming?q=huong", "Ký số", true).await;
    let first = location(&clerk.get("/incoming").await);
    assert_eq!(format!("{first}&done=view-saved"), second);
    holds(
        &page(&clerk, &first).await,
        &["Ký số <span class=\"count\">1</span>"],
    );

    let own = address(&page(&clerk, &first).await, "/views/sav_");
    let version = |shown: &str| after(shown, "name=\"version\" value=\"").to_owned();
    let seen = version(&page(&clerk, &first).await);
    let rename = [
        ("section", "incoming"),
        ("q", "huong"),
        ("version", seen.as_str()),
        ("name--kept", "Chữ ký số"),
        ("act", "rename"),
    ];
    let renamed = form(&clerk, &own, &rename).await;
    holds(&follow(&clerk, renamed).await, &["Chữ ký số"]);
    let stale = form(&clerk, &own, &rename).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // The filters on the screen may differ from those that are kept, and be kept in their place.
    let id = own.rsplit('/').next().unwrap();
    let changed = page(&clerk, &format!("/incoming?q=huong&kind=plan&view={id}")).await;
    holds(&changed, &["đã sửa", "Lưu bộ lọc đang dùng vào đây"]);
    let seen = version(&changed);
    let fields = |act| {
        [
            ("section", "incoming"),
            ("kind", "plan"),
            ("version", ""),
            ("act", act),
        ]
    };
    assert!(!seen.is_empty());
    for act in ["filters", "not-first", "first"] {
        let done = form(&clerk, &own, &fields(act)).await;
        holds(&follow(&clerk, done).await, &["Đã lưu thay đổi của bộ lọc"]);
    }
    assert_eq!(
        location(&clerk.get("/incoming").await),
        format!("/incoming?kind=plan&view={id}")
    );
    let stranger = world.sign_in("gd.skhcn").await;
    for act in ["rename", "delete"] {
        let hidden = form(&stranger, &own, &fields(act)).await;
        assert!(hidden.status.is_client_error(), "{act}");
    }
    let gone = form(&clerk, &own, &fields("delete")).await;
    let shown = follow(&clerk, gone).await;
    holds(&shown, &["Đã xóa bộ lọc"]);
    assert!(!shown.contains("Chữ ký số"));
    let bare = clerk.get("/incoming").await;
    assert_eq!(bare.status, StatusCode::OK, "no list opens first any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_keep_lists_too() {
    let world = World::new().await;
    let clerk = world.sign_in("vt.skhcn").await;
    let body = json!({"section": "incoming", "name": "Khẩn", "opens_first": true,
        "filters": [{"name": "urgency", "value": "any"}, {"name": "tile", "value": "to-accept"}]});
    let saved = clerk.post("/api/v1/views", &body).await.json();
    let id = saved["view_id"].as_str().unwrap().to_owned();
    let again = clerk.post("/api/v1/views", &body).await;
    assert_eq!(again.code(), "view-name-taken");
    let path = format!("/api/v1/views/{id}");
    let change = json!({"name": "Khẩn, chờ tiếp nhận", "version": 1});
    assert_eq!(
        clerk.put(&path, &change).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(clerk.put(&path, &change).await.code(), "conflict-version");
    let views = clerk.get("/api/v1/views?section=incoming").await.json();
    assert_eq!(
        views,
        json!([{
            "view_id": id, "section": "incoming", "name": "Khẩn, chờ tiếp nhận",
            "filters": [{"name": "tile", "value": "to-accept"}, {"name": "urgency", "value": "any"}],
            "opens_first": true, "count": 0, "version": 2,
        }])
    );
    let other = world.sign_in("gd.skhcn").await;
    assert_eq!(other.get("/api/v1/views").await.json(), json!([]));
    for (client, code) in [(&other, "not-found"), (&world.nobody(), "sign-in-required")] {
        assert_eq!(client.put(&path, &json!({})).await.code(), code);
        let gone = client.json("DELETE", &path, &json!(null)).await;
        assert_eq!(gone.code(), code);
    }
    for (body, code) in [
        (
            json!({"section": "novels", "name": "x", "filters": []}),
            "request-malformed",
        ),
        (
            json!({"section": "work", "name": " ", "filters": []}),
            "field-required",
        ),
        (
            json!({"section": "work", "name": "x", "filters": [{"name": "kind", "value": "x"}]}),
            "field-malformed",
        ),
    ] {
        assert_eq!(clerk.post("/api/v1/views", &body).await.code(), code);
    }
    let gone = clerk.json("DELETE", &path, &json!(null)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}
