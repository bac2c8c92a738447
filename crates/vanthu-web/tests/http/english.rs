//! The interface in English: chosen in the browser, and whole.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, REFERER, SET_COOKIE};
use serde_json::json;
use vanthu_app::desk::Tile;
use vanthu_app::listing::Section;
use vanthu_app::signing::Purpose;
use vanthu_domain::id::OutgoingId;

use crate::incoming_pages::form;
use crate::world::{Client, World};

const SUBJECT: &str = "Báo cáo thử";

/// The same person in a browser that has chosen English.
fn in_english(client: &Client) -> Client {
    let mut client = client.clone();
    let session = client.cookie.take().map(|cookie| format!("{cookie}; "));
    client.cookie = Some(format!("{}lang=en", session.unwrap_or_default()));
    client
}

async fn page(client: &Client, path: &str) -> String {
    let reply = client.get(path).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(reply.status, StatusCode::OK, "{path}: {text}");
    text
}

/// What a reader or a reader by voice meets: texts and the attributes that are read.
fn read_texts(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        if tag.contains("lang=\"vi\"") {
            continue;
        }
        found.push(text.to_owned());
        for name in [
            "aria-label",
            "title",
            "placeholder",
            "alt",
            "data-key-text",
            "data-title",
        ] {
            let mark = format!(" {name}=\"");
            if let Some((_, rest)) = tag.split_once(&mark) {
                found.push(rest.split('"').next().unwrap().to_owned());
            }
        }
    }
    found
}

/// The letters that only Vietnamese has.
fn is_vietnamese(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}

/// What people and agencies are called and what they wrote, longest first.
async fn content_of(world: &World, client: &Client) -> Vec<String> {
    let mut content = BTreeSet::new();
    let province: toml::Value = toml::from_str(include_str!(
        "../../../vanthu-app/src/practice/province.toml"
    ))
    .unwrap();
    strings(&province, &mut content);
    for own in [
        SUBJECT,
        "V/v",
        "Văn Thư",
        "NĐ-CP",
        "QĐ-TTg",
        "TT-BTTTT",
        "Như trên",
        "Lưu",
        // The mark of a state secret as it is stamped, and a register's own words.
        "MẬT",
        "Công văn",
    ] {
        content.insert(own.to_owned());
    }
    let letter = crate::world::content(&world.sign_in("cv.vhxh").await, SUBJECT).await;
    content.insert(letter["body"].as_str().unwrap().to_owned());
    let caller = world.caller(client).await;
    content.insert(caller.full_name.clone());
    let mut content: Vec<String> = content.into_iter().collect();
    content.sort_by_key(|text| std::cmp::Reverse(text.len()));
    content
}

fn strings(value: &toml::Value, found: &mut BTreeSet<String>) {
    match value {
        toml::Value::String(text) => {
            found.insert(text.clone());
        }
        toml::Value::Array(values) => values.iter().for_each(|one| strings(one, found)),
        toml::Value::Table(table) => table.values().for_each(|one| strings(one, found)),
        _ => {}
    }
}

/// A list that is kept under a name, as its page says after it was saved.
async fn kept_view(client: &Client) -> String {
    let fields = [("section", "outgoing"), ("kind", "plan"), ("name", "Plans")];
    let reply = form(client, "/views", &fields).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    reply.headers[LOCATION].to_str().unwrap().to_owned()
}

/// What the lists say where something is refused: a name that is taken, rows that are not there.
async fn refused_lists(client: &Client, content: &[String]) -> Vec<String> {
    let taken = [("section", "outgoing"), ("kind", "plan"), ("name", "Plans")];
    let unnamed = [("section", "outgoing"), ("kind", "plan"), ("name", "")];
    let rows = [
        ("act", "register"),
        ("pick", "inc_01J00000000000000000000000"),
    ];
    let mut left = Vec::new();
    for (path, fields, code) in [
        ("/views", &taken[..], Some("view-name-taken")),
        ("/views", &unnamed[..], Some("field-required")),
        ("/incoming/bulk", &rows[..], None),
    ] {
        let reply = form(client, path, fields).await;
        let told = reply.headers.get(vanthu_web::error::REFUSAL_HEADER);
        assert_eq!(told.map(|told| told.to_str().unwrap()), code, "{path}");
        let page = String::from_utf8_lossy(&reply.body).into_owned();
        left.extend(vietnamese_in(&page, path, content));
    }
    left
}

/// The texts of a page that are Vietnamese and not content.
async fn vietnamese_on(client: &Client, path: &str, content: &[String]) -> Vec<String> {
    let page = page(client, path).await;
    vietnamese_in(&page, path, content)
}

fn vietnamese_in(page: &str, path: &str, content: &[String]) -> Vec<String> {
    assert!(page.contains("<html lang=\"en\""), "{path}");
    let left = read_texts(page).into_iter().filter_map(|text| {
        // The text of the paper itself, and distinguished names in certificates.
        if text.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") || text.trim().starts_with("CN=")
        {
            return None;
        }
        let mut rest = text.clone();
        for known in content {
            rest = rest.replace(known.as_str(), "");
        }
        is_vietnamese(&rest).then(|| format!("{path}: {}", text.trim()))
    });
    left.collect()
}

/// A letter of the commune goes to the department; gives the outgoing document and the incoming one.
async fn sent(world: &World) -> (OutgoingId, String) {
    let drafter = world.sign_in("cv.vhxh").await;
    let id = world.draft(&drafter, SUBJECT).await;
    let step = async |login: &str, step: &str| {
        let client = world.sign_in(login).await;
        let path = format!("/api/v1/outgoing/{id}/{step}");
        let reply = client.post(&path, &json!({})).await;
        assert_eq!(reply.status, StatusCode::OK, "{step}: {:?}", reply.json());
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
    let clerk = world.sign_in("vt.skhcn").await;
    let list = page(&clerk, "/incoming?tile=to-accept").await;
    let at = list.find("/incoming/inc_").unwrap();
    let incoming = list[at..].split(['"', '#', '?']).next().unwrap();
    (id, incoming.to_owned())
}

#[tokio::test]
async fn pages_in_english_hold_no_vietnamese_but_content() {
    let world = World::new().await;
    let (outgoing, incoming) = sent(&world).await;
    let mut left = Vec::new();
    for login in ["vt.tanmau", "cv.vhxh", "pct.tanmau", "vt.skhcn"] {
        let client = in_english(&world.sign_in(login).await);
        let vietnamese = world.sign_in(login).await;
        let caller = world.caller(&vietnamese).await;
        let content = content_of(&world, &vietnamese).await;
        let mut paths = vec![
            "/".to_owned(),
            "/outgoing".to_owned(),
            "/incoming".to_owned(),
            "/work".to_owned(),
            "/incoming?tile=all".to_owned(),
            "/incoming?kind=official-letter&urgency=any&state=checked&from=2020-01-02&order=urgent"
                .to_owned(),
            "/outgoing?kind=plan&state=issued&due=overdue".to_owned(),
            "/work?state=done&due=7&order=due".to_owned(),
            kept_view(&client).await,
            "/search".to_owned(),
            "/search?q=bao".to_owned(),
            "/verify".to_owned(),
            "/notices".to_owned(),
            "/account".to_owned(),
            "/account/password".to_owned(),
            "/errors".to_owned(),
            "/errors/not-permitted".to_owned(),
            "/api/docs".to_owned(),
        ];
        match login {
            "vt.skhcn" => paths.push(incoming.clone()),
            _ => paths.push(format!("/outgoing/{outgoing}")),
        }
        for tile in Tile::ALL.iter().filter(|tile| tile.is_for(&caller)) {
            let section = match tile.section() {
                Section::Work => "work",
                Section::Incoming => "incoming",
                Section::Outgoing => "outgoing",
            };
            paths.push(format!("/{section}?tile={}", tile.code()));
        }
        if login.starts_with("vt.") {
            paths.push("/registers".to_owned());
            let registers = page(&client, "/registers").await;
            let book = registers.find("/registers/reg_").map(|at| &registers[at..]);
            paths.extend(book.map(|from| from.split('"').next().unwrap().to_owned()));
        }
        for path in paths {
            left.extend(vietnamese_on(&client, &path, &content).await);
        }
        left.extend(refused_lists(&client, &content).await);
    }
    left.sort();
    left.dedup();
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[tokio::test]
async fn the_language_is_chosen_on_the_sign_in_page_and_in_the_account() {
    let world = World::new().await;
    let nobody = world.nobody();
    let door = page(&nobody, "/sign-in").await;
    assert!(door.contains("Đăng nhập") && door.contains("action=\"/language\""));
    let request = nobody
        .request("POST", "/language")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(REFERER, "http://127.0.0.1:8080/sign-in");
    let request = request.body(Body::from("csrf=&language=en")).unwrap();
    let reply = nobody.send(request).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.headers.get(LOCATION).unwrap(), "/sign-in");
    let cookie = reply.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.starts_with("lang=en;"), "{cookie}");
    let door = page(&in_english(&nobody), "/sign-in").await;
    assert!(door.contains("Sign in") && !door.contains("Đăng nhập"));

    let client = world.sign_in("cv.vhxh").await;
    let account = page(&in_english(&client), "/account").await;
    assert!(account.contains("action=\"/language\"") && account.contains("lang=\"vi\""));
    let back = client
        .request("POST", "/language")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("language=xx"))
        .unwrap();
    let reply = client.send(back).await;
    let cookie = reply.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.starts_with("lang=vi;"), "{cookie}");
}

#[tokio::test]
async fn refusals_are_told_in_english_to_pages_and_their_scripts() {
    let world = World::new().await;
    let client = in_english(&world.sign_in("cv.vhxh").await);
    let asked = client
        .request("GET", "/outgoing/out_none")
        .header(ACCEPT, "text/html");
    let mut browser = asked.body(Body::empty()).unwrap();
    browser.headers_mut().remove("x-csrf-token");
    let reply = client.send(browser).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(text.contains("Not found: what you asked for."), "{text}");

    let reply = client.get("/api/v1/outgoing/out_none").await;
    assert_eq!(reply.code(), "not-found");
    assert_eq!(reply.json()["title"], "Not found: what you asked for.");
    let vietnamese = world.sign_in("cv.vhxh").await;
    let reply = vietnamese.get("/api/v1/outgoing/out_none").await;
    assert_eq!(reply.json()["title"], "Không tìm thấy mục cần tìm.");
}
