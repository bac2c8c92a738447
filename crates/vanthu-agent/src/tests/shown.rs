//! What is shown is what is signed.

use axum::body::Body;
use axum::http::{Request, header};
use vanthu_wire::agent::CancelReason;

use super::world::{Options, PIN, World, own, path_of};
use crate::paper::tests::a_file;

async fn outcome(world: &World, path: &str) -> serde_json::Value {
    let request = own(Request::get(path.replace("/consent/", "/v1/sign/")))
        .header(header::ORIGIN, &world.server);
    world
        .call(request.body(Body::empty()).unwrap())
        .await
        .json()
}

#[tokio::test]
async fn the_first_page_stands_above_the_pin_and_each_document_s_on_demand() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    let page = world.open(&path).await.text;
    assert!(
        page.contains(&format!("src=\"{path}/items/item_1/page.png\"")),
        "{page}"
    );
    assert_eq!(page.matches("Xem trang đầu").count(), 2, "{page}");
    for item in ["item_1", "item_2"] {
        assert!(
            world
                .open(&format!("{path}/items/{item}"))
                .await
                .text
                .contains("/page.png")
        );
        let picture = world.open(&format!("{path}/items/{item}/page.png")).await;
        assert_eq!(picture.header("content-type"), "image/png");
        assert_eq!(
            picture.header("cross-origin-resource-policy"),
            "same-origin"
        );
        assert_eq!(picture.header("cache-control"), "no-store");
    }
    assert_eq!(world.open(&format!("{path}/items/none")).await.status, 404);
}

#[tokio::test]
async fn another_file_than_the_one_to_be_signed_ends_the_session_and_the_server_hears_of_it() {
    let world = World::new(Options::default()).await;
    world
        .told
        .lock()
        .unwrap()
        .files
        .insert("item_2".into(), a_file("swapped"));
    let path = world.consent_path().await;
    let page = world.open(&path).await.text;
    assert!(
        page.contains("Tệp được xem không phải tệp được yêu cầu ký"),
        "{page}"
    );
    assert!(!page.contains("name=\"pin\""), "{page}");
    assert_eq!(outcome(&world, &path).await["state"], "failed");
    assert_eq!(world.cancelled().await, [CancelReason::FileMismatch]);
    assert!(world.told.lock().unwrap().submitted.is_empty());
}

#[tokio::test]
async fn a_file_that_is_swapped_after_it_was_checked_is_found_when_it_is_looked_at() {
    let world = World::new(Options::default()).await;
    let path = world.consent_path().await;
    world
        .told
        .lock()
        .unwrap()
        .files
        .insert("item_2".into(), a_file("swapped"));
    let page = world.open(&format!("{path}/items/item_2")).await.text;
    assert!(
        page.contains("Tệp được xem không phải tệp được yêu cầu ký"),
        "{page}"
    );
    assert_eq!(world.cancelled().await, [CancelReason::FileMismatch]);
    assert_eq!(outcome(&world, &path).await["state"], "failed");
}

#[tokio::test]
async fn a_file_larger_than_the_profile_allows_or_that_is_not_there_is_not_signed() {
    let world = World::new(Options::default()).await;
    world.session.lock().unwrap().max_file_bytes = 100;
    let path = world.consent_path().await;
    assert!(!world.open(&path).await.text.contains("name=\"pin\""));
    assert_eq!(world.cancelled().await, [CancelReason::FileNotFetched]);
    let world = World::new(Options::default()).await;
    world.told.lock().unwrap().files.clear();
    let path = world.consent_path().await;
    assert_eq!(outcome(&world, &path).await["state"], "failed");
    assert_eq!(world.cancelled().await, [CancelReason::FileNotFetched]);
}

#[tokio::test]
async fn no_pin_is_taken_before_the_files_are_checked() {
    let world = World::new(Options::default()).await;
    let path = path_of(&world.hand_over().await);
    let page = world.open(&path).await;
    assert!(
        page.text.contains("Đang tải và đối chiếu tệp"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("name=\"pin\""));
    let answer = world
        .send_form(&path, format!("form={}&pin=1&answer=sign", page.form()))
        .await;
    assert_eq!(answer.status, 409);
    assert!(
        answer.text.contains("Chưa kiểm tra xong văn bản"),
        "{}",
        answer.text
    );
    world.until_shown(&path).await;
    assert!(
        world
            .consent_with(&path, PIN)
            .await
            .text
            .contains("Đã ký 2 văn bản")
    );
}

#[tokio::test]
async fn a_page_that_can_t_be_drawn_is_signed_only_by_whoever_says_so() {
    let world = World::new(Options {
        draws: false,
        ..Options::default()
    })
    .await;
    let path = world.consent_path().await;
    let page = world.open(&path).await;
    assert!(
        page.text.contains("Máy ký không vẽ được trang đầu"),
        "{}",
        page.text
    );
    let body = format!("form={}&pin=1&answer=sign", page.form());
    let answer = world.send_form(&path, body).await;
    assert_eq!(answer.status, 409);
    assert!(world.told.lock().unwrap().cancelled.is_empty());
    let form = world.open(&path).await.form();
    let body = format!("form={form}&pin=0000&answer=sign&unseen=yes");
    assert_eq!(world.send_form(&path, body).await.status, 303);
    assert_eq!(world.cancelled().await, [CancelReason::WrongPin]);
}

#[tokio::test]
async fn the_practice_agent_too_signs_only_what_the_digest_was_made_of() {
    let world = World::new(Options {
        automatic: true,
        ..Options::default()
    })
    .await;
    world
        .told
        .lock()
        .unwrap()
        .files
        .insert("item_1".into(), a_file("swapped"));
    assert_eq!(world.hand_over().await.code(), "file-mismatch");
    let told = world.told.lock().unwrap();
    assert!(told.submitted.is_empty());
    assert_eq!(told.cancelled, [CancelReason::FileMismatch]);
}
