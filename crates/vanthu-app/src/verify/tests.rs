use super::*;
use crate::test::{World, monday};
use crate::trust::{Anchor, AnchorPurpose};
use std::collections::BTreeSet;

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
    let world = World::with_authority(None).await;
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
    let world = World::with_authority(None).await;
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
    let world = World::with_authority(None).await;
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
    trust
        .anchors
        .push(Anchor::always(taken, AnchorPurpose::Practice));
    assert_ne!(trust.fingerprint(), whole);
}

/// When an anchor is trusted and for what is part of the rules, the order of its purposes is not.
#[tokio::test]
async fn the_rules_name_the_periods_and_purposes_of_anchors() {
    let world = World::with_authority(None).await;
    let now = Time::from_unix(world.app.now().unix_seconds());
    let prints = |change: &dyn Fn(&mut Anchor)| {
        let mut trust = world.app.trust.clone();
        trust.anchors.iter_mut().for_each(change);
        trust.fingerprint()
    };
    let all = [
        prints(&|_| {}),
        prints(&|it| it.from = Some(now)),
        prints(&|it| it.from = Some(now.plus_seconds(1))),
        prints(&|it| it.until = Some(now)),
        prints(&|it| it.purposes = vec![AnchorPurpose::Practice]),
        prints(&|it| it.purposes = vec![AnchorPurpose::TimeStamping]),
    ];
    let different: BTreeSet<&String> = all.iter().collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(prints(&|it| it.purposes.reverse()), all[0]);
}

/// The root's list is about the issuing authority, the issuing authority's about the signers and
/// the time-stamp service: whoever's path must be shown is in question, and both lists are found.
#[tokio::test]
async fn evidence_is_asked_about_the_whole_chain() {
    let world = World::with_authority(None).await;
    let name = signed(&world).await;
    let pdf = world.app.store.blobs().get(&name).await.unwrap();
    let at = Time::from_unix(world.app.now().unix_seconds());
    let roots = world.app.trust.roots();
    let question = embedded(&pdf).unwrap().question(roots.clone(), at);
    let carried = vanthu_signing::certificates(&pdf);
    assert!(carried.len() >= 3, "{}", carried.len());
    for certificate in &carried {
        let is_authority = world.app.trust.intermediates.contains(certificate);
        assert_ne!(is_authority, question.certificates.contains(certificate));
        assert!(question.known.contains(certificate));
    }
    assert_eq!(question.anchors, roots);

    let issuers = |found: &StatusFound| -> BTreeSet<String> {
        let lists = found.evidence.crls.iter();
        lists.map(|it| it.issuer().to_string()).collect()
    };
    let (_, found) = evidence(&world.app, pdf.clone(), |it| embedded(it).unwrap(), at)
        .await
        .unwrap();
    let both = roots.iter().chain(&world.app.trust.intermediates);
    assert_eq!(
        issuers(&found),
        both.map(|it| it.subject().to_string()).collect()
    );

    // Where nobody answers, nothing is found, and what was brought along is not lost.
    world.status.store(false, Ordering::SeqCst);
    let source = world.app.ports.revocation.as_ref();
    let nothing = evidence_about(source, question.clone()).await;
    assert!(nothing.evidence.crls.is_empty());
    let mut provided = question;
    provided.evidence = found.evidence.clone();
    let kept = evidence_about(source, provided).await;
    assert_eq!(issuers(&kept), issuers(&found));
    assert!(vanthu_signing::certificates(b"%PDF-1.7").is_empty());
}
