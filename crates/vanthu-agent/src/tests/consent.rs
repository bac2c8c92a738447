//! A person in front of the consent page.

use axum::body::Body;
use axum::http::{Request, header};
use vanthu_pki::{SignatureAlgorithm, verify};
use vanthu_wire::agent::{CancelReason, Consent, Purpose};

use super::world::{Options, PIN, World, own, path_of};

#[tokio::test]
async fn the_page_shows_what_is_signed_with_what() {
    let world = World::new(Options::default()).await;
    let page = world.open(&world.consent_path().await).await.text;
    for text in [
        "Ký 2 văn bản?",
        "Ký cá nhân",
        "V/v thử số 2",
        "UBND xã Bình Mẫu",
        "2 trang",
        "CA Bình Mẫu",
        "07:00:00 01/01/2028",
        "trả lời trước 12:03:00 22/11/2026",
        "THỰC HÀNH",
        "Từ chối",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    let digest = world.session.lock().unwrap().items[1]
        .document_digest
        .to_string();
    assert!(page.contains(&digest[..8]), "{page}");
    assert!(page.contains(&world.server));
    assert!(page.contains(&world.certificate.sha256_thumbprint()[..8]));
    assert!(
        page.contains("&#60;script&#62;") && !page.contains("<script>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_seal_is_named_a_seal() {
    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().purpose = Purpose::Seal;
    let page = world.open(&world.consent_path().await).await.text;
    assert!(page.contains("Đóng dấu cơ quan vào 2 văn bản?"));
}

#[tokio::test]
async fn the_right_pin_signs_every_document() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let page = world.consent_with(&path, PIN).await;
    assert!(page.text.contains("Đã ký 2 văn bản"), "{}", page.text);
    let told = world.told.lock().unwrap();
    assert_eq!(told.submitted.len(), 2);
    let session = world.session.lock().unwrap();
    for (item, (item_id, answer)) in session.items.iter().zip(&told.submitted) {
        assert_eq!(&item.item_id, item_id);
        assert_eq!(answer.consent, Consent::Person);
        verify(
            world.certificate.spki(),
            SignatureAlgorithm::EcdsaP256Sha256,
            item.signed_attributes.as_bytes(),
            answer.signature.as_bytes(),
        )
        .unwrap();
    }
}

#[tokio::test]
async fn the_first_wrong_pin_stops_the_session_and_signs_nothing() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let page = world.consent_with(&path, "wrong-pin-97531").await;
    assert!(page.text.contains("Sai mã PIN"), "{}", page.text);
    assert!(page.text.contains("Chưa ký văn bản nào"));
    assert!(page.text.contains("Còn 4 lần thử"));
    assert!(!page.text.contains("97531"));
    {
        let told = world.told.lock().unwrap();
        assert!(told.submitted.is_empty());
        assert_eq!(told.cancelled, [CancelReason::WrongPin]);
    }
    assert_eq!(world.hand_over().await.code(), "session-already-used");
}

#[tokio::test]
async fn no_pin_is_no_try() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let page = world.consent_with(&path, "").await;
    assert!(page.text.contains("Mã PIN"));
    assert!(world.told.lock().unwrap().cancelled.is_empty());
    assert!(
        world
            .consent_with(&path, PIN)
            .await
            .text
            .contains("Đã ký 2 văn bản")
    );
}

#[tokio::test]
async fn a_no_signs_nothing_and_the_server_hears_of_it() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let form = world.open(&path).await.form();
    let answer = world
        .send_form(&path, format!("form={form}&pin=&answer=refuse"))
        .await;
    assert_eq!(answer.status, 303);
    assert!(world.open(&path).await.text.contains("Anh/chị đã từ chối"));
    let told = world.told.lock().unwrap();
    assert!(told.submitted.is_empty());
    assert_eq!(told.cancelled, [CancelReason::RefusedByUser]);
}

#[tokio::test]
async fn a_session_is_answered_once() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let form = world.open(&path).await.form();
    let body = format!("form={form}&pin=m%E1%BA%ADt+kh%E1%BA%A9u+1%2B1&answer=sign");
    assert_eq!(world.send_form(&path, body.clone()).await.status, 303);
    let again = world.send_form(&path, body).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("đã được trả lời"));
    assert_eq!(world.told.lock().unwrap().submitted.len(), 2);
    let handed_again = world.hand_over().await;
    assert_eq!(handed_again.status, 409);
    assert_eq!(handed_again.code(), "session-already-used");
}

#[tokio::test]
async fn a_waiting_session_handed_over_twice_has_one_page() {
    let world = World::new(Options::default()).await;
    assert_eq!(world.consent_path().await, world.consent_path().await);
}

#[tokio::test]
async fn a_form_value_works_once_and_only_the_newest() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let old = world.open(&path).await.form();
    let new = world.open(&path).await.form();
    for value in [old.as_str(), "", "guess"] {
        let answer = world
            .send_form(&path, format!("form={value}&pin=1&answer=sign"))
            .await;
        assert_eq!(answer.status, 403, "{value}");
    }
    let empty = world
        .send_form(&path, format!("form={new}&pin=&answer=sign"))
        .await;
    assert_eq!(empty.status, 303);
    let again = world
        .send_form(&path, format!("form={new}&pin=&answer=sign"))
        .await;
    assert_eq!(again.status, 403);
    assert!(world.told.lock().unwrap().cancelled.is_empty());
}

#[tokio::test]
async fn a_form_of_another_page_is_refused() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let form = world.open(&path).await.form();
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", world.server.as_str()),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = own(Request::post(&path))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("form={form}&pin=1&answer=refuse")));
        assert_eq!(
            world.call(request.unwrap()).await.status,
            403,
            "{name}: {value}"
        );
    }
    assert!(world.open(&path).await.text.contains("Ký 2 văn bản?"));
}

#[tokio::test]
async fn nothing_is_signed_after_the_time_is_up() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let form = world.open(&path).await.form();
    *world.clock.0.lock().unwrap() = "2026-11-22T05:03:00Z".parse().unwrap();
    let answer = world
        .send_form(&path, format!("form={form}&pin=1&answer=sign"))
        .await;
    assert_eq!(answer.status, 409);
    assert!(world.open(&path).await.text.contains("Phiên ký đã hết hạn"));
    let told = world.told.lock().unwrap();
    assert!(told.submitted.is_empty());
    assert_eq!(told.cancelled, [CancelReason::ConsentExpired]);
}

#[tokio::test]
async fn the_result_tells_each_document_apart() {
    let world = World::new(Options {
        documents: 3,
        ..Options::default()
    })
    .await;
    world.told.lock().unwrap().refuses = vec!["item_2".into()];
    let path = world.consent_path().await;
    let page = world.consent_with(&path, PIN).await.text;
    assert!(page.contains("Đã ký 2/3 văn bản"), "{page}");
    assert!(page.contains("Văn bản đã được ký"), "{page}");
    assert_eq!(page.matches("✓ Đã ký").count(), 2);
    let request = own(Request::get(path.replace("/consent/", "/v1/sign/")))
        .header(header::ORIGIN, &world.server);
    let outcome = world
        .call(request.body(Body::empty()).unwrap())
        .await
        .json();
    assert_eq!(outcome["state"], "partly-signed");
    assert_eq!(outcome["items"][1]["problem"]["code"], "already-signed");
}

/// The texts of a page without what the server wrote into the session and the certificate.
fn own_words(page: &str) -> String {
    let (_, body) = page.split_once("</style>").unwrap();
    let foreign = [
        "Nguyễn Văn Mẫu",
        "UBND xã Bình Mẫu",
        "V/v thử số",
        "CA Bình Mẫu",
        "Cơ quan chứng thực diễn tập (không có giá trị pháp lý)",
        "Văn Thư",
        "30/2020/NĐ-CP",
        "THỰC HÀNH",
        "Tiếng Việt",
    ];
    foreign
        .iter()
        .fold(body.to_owned(), |text, word| text.replace(word, ""))
}

fn is_vietnamese(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}

#[tokio::test]
async fn everything_is_said_in_the_language_of_the_page_that_handed_it_over() {
    let world = World::new(Options::default()).await;
    let path = path_of(&world.hand_over_in("en").await);
    world.until_shown(&path).await;
    assert_eq!(world.told.lock().unwrap().languages, ["en"]);
    // What the browser itself would like does not count for a session of an English page.
    let browser = own(Request::get(&path)).header(header::ACCEPT_LANGUAGE, "vi");
    let page = world.call(browser.body(Body::empty()).unwrap()).await.text;
    for text in [
        "<html lang=\"en\">",
        "Sign 2 documents?",
        "2 pages",
        "Refuse",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    assert!(!is_vietnamese(&own_words(&page)), "{}", own_words(&page));
    let result = world.consent_with(&path, "0000").await.text;
    assert!(result.contains("Nothing was signed"), "{result}");
    assert!(result.contains("Wrong PIN."), "{result}");
    assert!(!is_vietnamese(&own_words(&result)), "{result}");
    let again = world.hand_over_in("en").await.json();
    assert_eq!(again["title"], "This session was answered already");
    let again = world.hand_over_in("vi").await.json();
    assert_eq!(again["title"], "Phiên ký này đã được trả lời");
}

#[tokio::test]
async fn the_home_page_speaks_as_the_browser_asks_or_its_reader_chose() {
    let world = World::new(Options::default()).await;
    let home = async |path: &str, language: &str| {
        let request = own(Request::get(path)).header(header::ACCEPT_LANGUAGE, language);
        world.call(request.body(Body::empty()).unwrap()).await.text
    };
    let vietnamese = home("/", "vi").await;
    assert!(vietnamese.contains("Thiết bị ký đang chạy"), "{vietnamese}");
    let english = home("/", "en-US,en;q=0.9").await;
    assert!(!is_vietnamese(&own_words(&english)), "{english}");
    assert_eq!(home("/?lang=en", "vi").await.len(), english.len());
    assert!(
        home("/?lang=vi", "en")
            .await
            .contains("Thiết bị ký đang chạy")
    );
}

#[tokio::test]
async fn an_unknown_consent_page_says_so() {
    let world = World::new(Options::default()).await;
    let answer = world.open("/consent/0123").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text.contains("Không có phiên ký này"));
}
