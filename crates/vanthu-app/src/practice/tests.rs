use std::collections::{BTreeMap, BTreeSet};

use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::outgoing::OutgoingTag;
use vanthu_store::incoming::{IncomingFilter, IncomingOrder};
use vanthu_store::outgoing::{OutgoingFilter, OutgoingOrder};
use vanthu_store::{
    Durability, StoreOptions, account, delivery, incoming, ledger, migrate, outgoing,
};

use super::*;
use crate::account::caller_of;
use crate::desk::Tile;
use crate::listing::{self, Selection};
use crate::system::{SystemClock, SystemRandomness};

/// The whole installation, made once for all that is looked at here: it takes a while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_screen_of_the_practice_installation_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders::new(folder.path());
    let store = Store::open_with(StoreOptions {
        url: format!("sqlite://{}", folders.database().display()),
        blob_dir: folders.blobs(),
        durability: Durability::Relaxed,
        readers: 4,
    })
    .await
    .unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    migrate::run(&store, clock.now()).await.unwrap();
    assert_eq!(standing(&store).await.unwrap(), Standing::Empty);
    let authority = make(Make {
        store: &store,
        folders: &folders,
        base_url: "http://127.0.0.1:8080",
        clock: Arc::clone(&clock),
        randomness: Arc::new(SystemRandomness),
        progress: &|_| {},
    })
    .await
    .unwrap();
    assert_eq!(standing(&store).await.unwrap(), Standing::Practice);

    let moving = Arc::new(MovableClock::at(clock.now()));
    let randomness: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    let app = app_at(
        &store,
        &authority,
        &moving,
        &randomness,
        "http://127.0.0.1:8080",
    )
    .unwrap();
    every_tile_has_something(&app).await;
    every_state_is_there(&app).await;
    let report = ledger::verify(&store).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert!(report.entries > 300);
    let bad: BTreeSet<_> = std::fs::read_dir(folders.agent().join("bad-keys"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|it| {
            it.rsplit_once('.')
                .is_some_and(|(_, ending)| ending == "p12")
        })
        .collect();
    assert_eq!(bad.len(), 3, "{bad:?}");
}

async fn every_tile_has_something(app: &App) {
    let mut tx = app.store.read().await.unwrap();
    let mut callers = Vec::new();
    for row in account::list(&mut tx).await.unwrap() {
        callers.push(caller_of(&mut tx, &row, app.now().day()).await.unwrap());
    }
    drop(tx);
    let mut filled: BTreeMap<Tile, Vec<String>> = BTreeMap::new();
    for caller in &callers {
        for tile in Tile::ALL.iter().filter(|tile| tile.is_for(caller)) {
            let asked = Selection::of(*tile);
            if listing::count(app, caller, &asked, None).await.unwrap() > 0 {
                filled.entry(*tile).or_default().push(caller.login.clone());
            }
        }
    }
    // Within one installation nothing can fail to be sent.
    let empty: Vec<_> = Tile::ALL
        .iter()
        .filter(|tile| !filled.contains_key(tile) && **tile != Tile::SendErrors)
        .collect();
    assert!(empty.is_empty(), "empty: {empty:?}");
    for clerk in ["vt.tanmau", "cv.vhxh", "tp.vhxh", "ct.tanmau"] {
        let tiles = filled
            .values()
            .filter(|who| who.iter().any(|it| it == clerk))
            .count();
        assert!(
            tiles >= 4,
            "{clerk} sees {tiles} lists with something in them"
        );
    }
}

async fn every_state_is_there(app: &App) {
    let mut tx = app.store.read().await.unwrap();
    for state in [
        OutgoingTag::Drafting,
        OutgoingTag::InReview,
        OutgoingTag::AwaitingSignature,
        OutgoingTag::Signed,
        OutgoingTag::Numbered,
        OutgoingTag::Sealed,
        OutgoingTag::Issued,
        OutgoingTag::Withdrawn,
    ] {
        let filter = OutgoingFilter {
            states: vec![state],
            ..OutgoingFilter::default()
        };
        let page = outgoing::list(&mut tx, &filter, OutgoingOrder::Newest, None, 50)
            .await
            .unwrap();
        assert!(!page.items.is_empty(), "{state:?}");
    }
    for state in [
        IncomingTag::Checked,
        IncomingTag::Returned,
        IncomingTag::Accepted,
        IncomingTag::Registered,
        IncomingTag::Presented,
        IncomingTag::Directed,
        IncomingTag::Processing,
        IncomingTag::Completed,
    ] {
        let filter = IncomingFilter {
            states: vec![state],
            ..IncomingFilter::default()
        };
        let page = incoming::list(&mut tx, &filter, IncomingOrder::Newest, None, 50)
            .await
            .unwrap();
        assert!(!page.items.is_empty(), "{state:?}");
    }
    let filter = OutgoingFilter {
        states: vec![OutgoingTag::Issued],
        ..OutgoingFilter::default()
    };
    let page = outgoing::list(&mut tx, &filter, OutgoingOrder::Newest, None, 100)
        .await
        .unwrap();
    let mut states = BTreeSet::new();
    for item in &page.items {
        for row in delivery::list(&mut tx, &item.outgoing_id).await.unwrap() {
            states.insert(row.state);
        }
    }
    for state in [
        DeliveryState::Arrived,
        DeliveryState::Returned,
        DeliveryState::Accepted,
        DeliveryState::Assigned,
        DeliveryState::InProgress,
        DeliveryState::Completed,
    ] {
        assert!(states.contains(&state), "{state:?}");
    }
}
