use super::*;
use crate::port::StatusUnknown;
use crate::test::{World, monday};

async fn signed(world: &World) -> String {
    let office = world.office("H01.01", "Sở Mẫu").await;
    let pdf = world.signed_pdf(&office).await;
    let blobs = world.app.store.blobs();
    blobs.put(pdf, monday()).await.unwrap()
}

fn count(world: &World) -> u64 {
    world.app.examinations.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_second_look_judges_nothing_until_the_report_is_too_old() {
    let world = World::with_authority().await;
    let name = signed(&world).await;
    let look = async |age| report_on(&world.app, &name, age).await.unwrap();
    let (first, at) = look(Age::Recent).await;
    assert!(first.is_passed());
    assert_eq!(count(&world), 1);
    assert_eq!(look(Age::Recent).await, (first.clone(), at));
    assert_eq!(look(Age::Frozen).await, (first.clone(), at));
    assert_eq!(count(&world), 1);

    world.clock.move_to(at.plus_seconds(RECENT_SECONDS));
    assert_eq!(look(Age::Frozen).await, (first.clone(), at));
    assert_eq!(count(&world), 1);
    let (_, later) = look(Age::Recent).await;
    assert!(later > at);
    assert_eq!(count(&world), 2);
    look(Age::New).await;
    assert_eq!(count(&world), 3);
}

#[tokio::test]
async fn what_was_left_open_is_judged_again_after_a_minute() {
    let world = World::with_authority().await;
    let name = signed(&world).await;
    world.status.store(false, Ordering::SeqCst);
    for age in [Age::Recent, Age::Frozen] {
        let (report, at) = report_on(&world.app, &name, Age::New).await.unwrap();
        assert_eq!(report.indication, Indication::Indeterminate);
        let before = count(&world);
        report_on(&world.app, &name, age).await.unwrap();
        assert_eq!(count(&world), before);
        world.clock.move_to(at.plus_seconds(OPEN_SECONDS));
        report_on(&world.app, &name, age).await.unwrap();
        assert_eq!(count(&world), before + 1);
    }
    world.status.store(true, Ordering::SeqCst);
    let (report, _) = report_on(&world.app, &name, Age::New).await.unwrap();
    assert!(report.is_passed());
}

/// Another list of anchors, or another program, is another judge.
#[tokio::test]
async fn a_report_by_other_rules_is_not_shown() {
    let world = World::with_authority().await;
    let name = signed(&world).await;
    report_on(&world.app, &name, Age::New).await.unwrap();
    world
        .meddle("UPDATE signature_reports SET rules = '0.0.1 ' || rules")
        .await;
    report_on(&world.app, &name, Age::Frozen).await.unwrap();
    assert_eq!(count(&world), 2);
    world
        .meddle("UPDATE signature_reports SET report = '{\"signatures\":0}'")
        .await;
    report_on(&world.app, &name, Age::Frozen).await.unwrap();
    assert_eq!(count(&world), 3);

    let mut trust = world.app.trust.clone();
    let whole = trust.fingerprint();
    assert_eq!(trust.clone().fingerprint(), whole);
    let taken = trust.intermediates.pop().unwrap();
    assert_ne!(trust.fingerprint(), whole);
    trust.anchors.push(crate::trust::Anchor {
        certificate: taken,
        kind: crate::trust::AnchorKind::Practice,
    });
    assert_ne!(trust.fingerprint(), whole);
}

/// The root's list is about the issuing authority, the issuing authority's about the signers and
/// the time-stamp service: both are asked for, each once.
#[tokio::test]
async fn evidence_is_asked_about_the_whole_chain() {
    let world = World::with_authority().await;
    let name = signed(&world).await;
    let pdf = world.app.store.blobs().get(&name).await.unwrap();
    let found = evidence(&world.app, &pdf).await;
    let mut issuers: Vec<String> = found
        .crls
        .iter()
        .map(|it| it.issuer().to_string())
        .collect();
    issuers.sort_unstable();
    let mut both: Vec<String> = world
        .app
        .trust
        .roots()
        .iter()
        .chain(&world.app.trust.intermediates)
        .map(|it| it.subject().to_string())
        .collect();
    both.sort_unstable();
    assert_eq!(issuers, both);

    // What the file carries is enough; and what nobody knows is told, and nothing else lost.
    let mut carried = vanthu_signing::certificates(&pdf);
    assert!(carried.len() >= 3, "{}", carried.len());
    carried.extend(world.app.trust.roots());
    let source = world.app.ports.revocation.as_ref();
    let (_, unknown) = evidence_about(source, &carried).await;
    assert_eq!(unknown, []);
    world.status.store(false, Ordering::SeqCst);
    let (nothing, unknown) = evidence_about(source, &carried).await;
    assert!(nothing.crls.is_empty());
    assert_eq!(unknown.len(), 2, "{unknown:?}");
    assert_eq!(unknown[0], StatusUnknown("silent".to_owned()));
    assert!(vanthu_signing::certificates(b"%PDF-1.7").is_empty());
}
