//! Two hundred documents with one PIN, at a key that is played.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use vanthu_wire::agent::CancelReason;

use super::world::{Hook, Options, PIN, World};
use crate::token::TokenError;

const ALL: usize = 200;

async fn signed_with(hook: Hook, options: Options) -> (World, String) {
    let world = World::new(Options {
        documents: ALL,
        hook,
        ..options
    })
    .await;
    let path = world.consent_path().await;
    let page = world.consent_with(&path, PIN).await.text;
    (world, page)
}

/// What came, in the order of the session, and how often the key was asked.
fn came(world: &World, count: usize) {
    let told = world.told.lock().unwrap();
    let expected: Vec<String> = (1..=count).map(|n| format!("item_{n}")).collect();
    let submitted: Vec<&String> = told.submitted.iter().map(|(item, _)| item).collect();
    assert_eq!(submitted, expected.iter().collect::<Vec<_>>());
    assert_eq!(world.used.pins.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn two_hundred_documents_are_signed_in_their_order_with_one_pin() {
    let (world, page) = signed_with(Arc::new(|_| Ok(())), Options::default()).await;
    assert!(page.contains("Đã ký 200 văn bản"), "{page}");
    came(&world, ALL);
    assert_eq!(world.used.signatures.load(Ordering::SeqCst), ALL);
}

/// Proves: TG-20
#[tokio::test]
async fn a_pin_that_turns_wrong_at_document_k_is_tried_once_and_stops_everything() {
    for k in [1, 2, 33, 100, ALL] {
        let wrong = TokenError::WrongPin {
            tries_left: Some(2),
        };
        let hook: Hook = Arc::new(move |n| if n == k { Err(wrong.clone()) } else { Ok(()) });
        let (world, page) = signed_with(hook, Options::default()).await;
        came(&world, k - 1);
        assert_eq!(world.used.signatures.load(Ordering::SeqCst), k);
        assert!(page.contains("Còn 2 lần thử"), "{page}");
        assert_eq!(page.matches("✕ Không ký được").count(), 1);
        assert_eq!(page.matches(">Chưa ký<").count(), ALL - k);
        let told = world.told.lock().unwrap();
        assert_eq!(told.cancelled, [CancelReason::WrongPin]);
    }
}

#[tokio::test]
async fn a_machine_that_slept_signs_nothing_more() {
    let options = Options::default();
    let clock = Arc::clone(&options.clock);
    // Ten hours pass on the wall while the seventh document is signed.
    let hook: Hook = Arc::new(move |n| {
        if n == 7 {
            let mut now = clock.0.lock().unwrap();
            *now += SignedDuration::from_hours(10);
        }
        Ok(())
    });
    let (world, page) = signed_with(hook, options).await;
    came(&world, 7);
    assert_eq!(world.used.signatures.load(Ordering::SeqCst), 7);
    assert!(page.contains("Đã ký 7/200 văn bản"), "{page}");
    assert!(page.contains("Không ký được: 1 · chưa ký: 192"), "{page}");
    assert!(page.contains("Máy đã ngủ trong khi ký"), "{page}");
    let told = world.told.lock().unwrap();
    assert_eq!(told.cancelled, [CancelReason::SessionStopped]);
}

/// A fault in the code around a module ends the session in words, and what was signed stays.
#[tokio::test]
async fn a_key_that_breaks_the_thread_ends_the_session_and_not_the_agent() {
    let hook: Hook = Arc::new(|n| {
        assert!(n < 5, "a fault of the module");
        Ok(())
    });
    let (world, page) = signed_with(hook, Options::default()).await;
    came(&world, 4);
    assert!(page.contains("Thiết bị lưu khóa gặp lỗi"), "{page}");
    assert!(page.contains("Đã ký 4/200 văn bản"), "{page}");
    let told = world.told.lock().unwrap();
    assert_eq!(told.cancelled, [CancelReason::DeviceFailed]);
}
