//! An agent with its key, a person with a browser, and whoever sits between them.

use jiff::Timestamp;
use serde_json::json;
use vanthu_domain::agency::Role;
use vanthu_domain::agent::AgentState;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{AccountId, AgentId, OutgoingId};
use vanthu_domain::permission::Seat;
use vanthu_domain::refusal::RefusalCode;
use vanthu_pki::{SignatureAlgorithm, SoftKey};
use vanthu_store::agent::{self, AgentRow};
use vanthu_store::ledger;
use vanthu_wire::desk::{AskServer, CheckReport, Mark, Point, Stamped};
use vanthu_wire::pairing::{
    self, PairingAnswer, PairingOffer, PairingOpened, Transcript, commitment,
};
use vanthu_wire::{Base64, Digest};

use super::answer::{answer, look};
use super::confirm::confirm;
use super::end::{end_by_agent, end_by_owner};
use super::list::{AgentFilter, find_own, of_agency, own};
use super::offer::{Offered, offer};
use super::report::{ask, report};
use super::{Proof, shipped_version};
use crate::account::lock::lock;
use crate::practice::authority::validity;
use crate::signing::fetch::{By, fetch, timestamp};
use crate::signing::open::{OpenSigning, SigningOpened, open};
use crate::signing::{Consent, Means, Purpose};
use crate::test::equipped::{Desk, refusal};
use crate::{AppError, Caller};

const ORIGIN: &str = "https://vanthu.binhmau.example";

/// An agent as it is on somebody's machine.
struct Machine {
    id: AgentId,
    key: SoftKey,
    answer: PairingAnswer,
    moments: i64,
}

impl Machine {
    fn new(offered: &Offered) -> Self {
        let key = SoftKey::generate_p256().unwrap();
        let answer = PairingAnswer {
            key: Base64(key.spki()),
            nonce: Digest([9; 32]),
            machine: "may-van-thu".to_owned(),
            system: "Linux".to_owned(),
            version: "0.1.0".to_owned(),
        };
        Self {
            id: offered.agent_id.clone(),
            key,
            answer,
            moments: 0,
        }
    }

    fn proof(&self, path: &str, secret: &str, body: &[u8]) -> Proof {
        let message = pairing::proof(self.id.as_str(), "POST", path, secret, body);
        Proof {
            agent_id: self.id.clone(),
            signature: self
                .key
                .sign(SignatureAlgorithm::EcdsaP256Sha256, &message)
                .unwrap(),
            method: "POST".to_owned(),
            path: path.to_owned(),
            body: body.to_vec(),
        }
    }

    fn stamp(&mut self, desk: &Desk) -> (Proof, Stamped) {
        self.moments += 1;
        let at = timestamp(desk.world.app.now());
        let at = Timestamp::from_second(at.as_second() - 100 + self.moments).unwrap();
        (self.proof("/x", "", b"x"), Stamped { at })
    }

    fn code(&self, offer: &PairingOffer, opened: &PairingOpened) -> String {
        let (answer, origin) = (&self.answer, ORIGIN);
        pairing::code(&Transcript {
            origin,
            offer,
            answer,
            opened,
        })
    }
}

fn later(desk: &Desk, seconds: i64) {
    let now = desk.world.app.now();
    desk.world.clock.move_to(now.plus_seconds(seconds));
}

/// Somebody else of the leader's agency, in that role.
fn with_role(leader: &Caller, role: Role) -> Caller {
    let mut caller = leader.clone();
    caller.actor.posts = vec![Seat {
        agency_id: leader.agency_id.clone(),
        unit_id: None,
        role,
    }];
    caller
}

/// A session that a person consents to.
async fn by_hand(desk: &Desk, caller: &Caller, id: &OutgoingId) -> SigningOpened {
    let order = OpenSigning {
        purpose: Purpose::Person,
        documents: vec![id.clone()],
        consent: Consent::Person,
        means: Means::Agent,
        credential: None,
        keys: Vec::new(),
    };
    open(&desk.world.app, caller, order).await.unwrap()
}

async fn offered(desk: &Desk, caller: &Caller) -> Offered {
    offer(&desk.world.app, caller, ORIGIN.to_owned())
        .await
        .unwrap()
}

async fn paired(desk: &Desk, caller: &Caller) -> Machine {
    let offered = offered(desk, caller).await;
    let mut machine = Machine::new(&offered);
    let app = &desk.world.app;
    answer(app, &machine.id, &offered.token, &machine.answer)
        .await
        .unwrap();
    let (proof, stamped) = machine.stamp(desk);
    confirm(app, &proof, &stamped).await.unwrap();
    machine
}

async fn row(desk: &Desk, id: &AgentId) -> AgentRow {
    let mut tx = desk.world.app.store.read().await.unwrap();
    agent::find(&mut tx, id).await.unwrap().unwrap()
}

fn a_report(at: Timestamp, mark: Mark) -> CheckReport {
    CheckReport {
        at,
        version: "0.1.0".to_owned(),
        machine: "may-van-thu".to_owned(),
        system: "Linux".to_owned(),
        code: "VT-1".to_owned(),
        points: vec![Point {
            code: "clock".to_owned(),
            mark,
            name: "Đồng hồ".to_owned(),
            found: "lệch 1 giây".to_owned(),
            now: None,
        }],
    }
}

/// Proves: TG-22.1b
#[tokio::test]
async fn both_sides_show_one_code_and_the_pairing_stands_once_it_is_confirmed() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let offered = offered(&desk, leader).await;
    let mut machine = Machine::new(&offered);
    let seen = look(app, &machine.id, &offered.token).await.unwrap();
    assert_eq!(seen.login, "ld");
    assert_eq!(seen.person, leader.full_name);
    let opened = answer(app, &machine.id, &offered.token, &machine.answer)
        .await
        .unwrap();
    assert_eq!(
        commitment(machine.id.as_str(), &opened.nonce),
        seen.commitment
    );
    let shown = find_own(app, leader, &machine.id).await.unwrap();
    assert_eq!(shown.state, AgentState::Answered);
    assert_eq!(shown.code, Some(machine.code(&seen, &opened)));
    let stranger = find_own(app, &desk.office.clerk, &machine.id).await;
    assert_eq!(refusal(stranger), RefusalCode::NotFound);
    let (proof, stamped) = machine.stamp(&desk);
    confirm(app, &proof, &stamped).await.unwrap();
    let row = row(&desk, &machine.id).await;
    assert_eq!(
        (row.state, row.machine.as_str()),
        (AgentState::Paired, "may-van-thu")
    );
    let mut tx = app.store.read().await.unwrap();
    let acts: Vec<Act> = ledger::list_about(&mut tx, machine.id.as_str())
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.act)
        .collect();
    assert_eq!(acts, [Act::AgentOffered, Act::AgentPaired]);
}

/// Somebody sits between agent and server, with a key towards each.
#[tokio::test]
async fn with_somebody_in_the_middle_the_codes_differ() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let offered = offered(&desk, leader).await;
    let (honest, middle) = (Machine::new(&offered), Machine::new(&offered));
    let seen = look(app, &middle.id, &offered.token).await.unwrap();
    // Towards the agent it can only commit to a value of its own: the server's isn't open yet.
    let own_value = PairingOpened {
        nonce: Digest([3; 32]),
    };
    let mut forged = seen.clone();
    forged.commitment = commitment(honest.id.as_str(), &own_value.nonce);
    let at_agent = honest.code(&forged, &own_value);
    answer(app, &middle.id, &offered.token, &middle.answer)
        .await
        .unwrap();
    let at_server = find_own(app, leader, &middle.id)
        .await
        .unwrap()
        .code
        .unwrap();
    assert_ne!(at_agent, at_server);
    // Opening another value than was committed to is seen by the agent.
    assert_ne!(
        commitment(honest.id.as_str(), &Digest([4; 32])),
        forged.commitment
    );
}

#[tokio::test]
async fn an_offer_is_answered_once_in_time_and_with_its_secret() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let first = offered(&desk, leader).await;
    let machine = Machine::new(&first);
    let met = answer(app, &machine.id, "another secret", &machine.answer).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    let mut broken = machine.answer.clone();
    broken.key = Base64(b"no key".to_vec());
    let met = answer(app, &machine.id, &first.token, &broken).await;
    assert_eq!(refusal(met), RefusalCode::RequestMalformed);
    answer(app, &machine.id, &first.token, &machine.answer)
        .await
        .unwrap();
    let met = answer(app, &machine.id, &first.token, &machine.answer).await;
    assert_eq!(refusal(met), RefusalCode::PairingOver);
    // A new offer ends the one before.
    let second = offered(&desk, leader).await;
    assert_eq!(row(&desk, &machine.id).await.state, AgentState::Ended);
    let late = Machine::new(&second);
    later(&desk, 301);
    let met = answer(app, &late.id, &second.token, &late.answer).await;
    assert_eq!(refusal(met), RefusalCode::PairingOver);
}

#[tokio::test]
async fn what_another_key_signed_or_was_sent_before_is_not_taken() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let mut machine = paired(&desk, leader).await;
    let (proof, stamped) = machine.stamp(&desk);
    let mut forged = proof.clone();
    forged.signature = SoftKey::generate_p256()
        .unwrap()
        .sign(SignatureAlgorithm::EcdsaP256Sha256, b"x")
        .unwrap();
    let met = end_by_agent(app, &forged, &stamped).await;
    assert_eq!(refusal(met), RefusalCode::AgentNotPaired);
    let mut other_body = proof.clone();
    other_body.body = b"y".to_vec();
    let met = end_by_agent(app, &other_body, &stamped).await;
    assert_eq!(refusal(met), RefusalCode::AgentNotPaired);
    report(app, &proof, a_report(stamped.at, Mark::Good))
        .await
        .unwrap();
    let again = report(app, &proof, a_report(stamped.at, Mark::Bad)).await;
    assert_eq!(refusal(again), RefusalCode::RequestMalformed);
    assert_eq!(row(&desk, &machine.id).await.state, AgentState::Paired);
}

/// Proves: KH-2
#[tokio::test]
async fn locking_the_account_ends_its_pairings_at_once() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let mut machine = paired(&desk, leader).await;
    let admin = with_role(leader, Role::Administrator);
    lock(app, &admin, &leader.actor.account_id, "mất máy")
        .await
        .unwrap();
    let row = row(&desk, &machine.id).await;
    assert_eq!(row.state, AgentState::Ended);
    assert_eq!(row.end_reason.as_deref(), Some("account-locked"));
    let (proof, stamped) = machine.stamp(&desk);
    let met = report(app, &proof, a_report(stamped.at, Mark::Good)).await;
    assert_eq!(refusal(met), RefusalCode::AgentNotPaired);
}

#[tokio::test]
async fn either_side_ends_a_pairing_and_only_its_owner_at_the_server() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let mut machine = paired(&desk, leader).await;
    let met = end_by_owner(app, &desk.office.clerk, &machine.id).await;
    assert_eq!(refusal(met), RefusalCode::NotFound);
    end_by_owner(app, leader, &machine.id).await.unwrap();
    let met = end_by_owner(app, leader, &machine.id).await;
    assert_eq!(refusal(met), RefusalCode::AlreadyDecided);
    let (proof, stamped) = machine.stamp(&desk);
    let met = end_by_agent(app, &proof, &stamped).await;
    assert_eq!(refusal(met), RefusalCode::AgentNotPaired);
    let mut other = paired(&desk, leader).await;
    let (proof, stamped) = other.stamp(&desk);
    end_by_agent(app, &proof, &stamped).await.unwrap();
    assert!(own(app, leader).await.unwrap().is_empty());
}

/// Proves: TG-22.1b
#[tokio::test]
async fn a_real_installation_hands_documents_to_the_account_s_own_agent_only() {
    let desk = Desk::new().await;
    let (leader, clerk) = (&desk.office.leader, &desk.office.clerk);
    let machine = paired(&desk, leader).await;
    let others = paired(&desk, clerk).await;
    let id = desk.approved().await;
    let opened = by_hand(&desk, leader, &id).await;
    let app = desk.world.real();
    let by = |machine: &Machine, secret: &str| By {
        proof: Some(machine.proof("/s", secret, b"")),
        version: Some("0.1.0".to_owned()),
        ..By::default()
    };
    for (what, by) in [
        (
            "no agent",
            By {
                version: Some("0.1.0".to_owned()),
                ..By::default()
            },
        ),
        ("another account's", by(&others, &opened.token)),
        ("for another session", by(&machine, "another secret")),
    ] {
        let met = fetch(&app, &opened.signing_id, &opened.token, &by).await;
        assert_eq!(refusal(met), RefusalCode::AgentNotPaired, "{what}");
    }
    let session = fetch(
        &app,
        &opened.signing_id,
        &opened.token,
        &by(&machine, &opened.token),
    )
    .await;
    assert_eq!(session.unwrap().items.len(), 1);
}

/// Proves: AG-14.6
#[tokio::test]
async fn an_agent_older_than_the_installation_takes_gets_nothing_to_sign() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let machine = paired(&desk, leader).await;
    app.agent_minimum.set("0.2.0".parse().unwrap()).unwrap();
    let id = desk.approved().await;
    let opened = desk.open(leader, Purpose::Person, &id).await.unwrap();
    for version in [Some("0.1.9"), Some("?"), None] {
        let by = By {
            proof: Some(machine.proof("/s", &opened.token, b"")),
            version: version.map(str::to_owned),
            ..By::default()
        };
        let met = fetch(app, &opened.signing_id, &opened.token, &by).await;
        let AppError::Refused(refusal) = met.unwrap_err() else {
            panic!()
        };
        assert_eq!(refusal.code, RefusalCode::AgentOutdated, "{version:?}");
        assert!(refusal.why().contains("0.2.0"), "{}", refusal.why());
    }
    let by = By {
        proof: None,
        version: Some("0.2.0".to_owned()),
        ..By::default()
    };
    fetch(app, &opened.signing_id, &opened.token, &by)
        .await
        .unwrap();
    let shown = own(app, leader).await.unwrap();
    assert_eq!(
        shown[0].standing,
        vanthu_domain::agent::VersionStanding::TooOld
    );
}

/// Proves: AG-18
#[tokio::test]
async fn the_it_officer_sees_the_machines_their_checks_and_refused_sign_ins() {
    let desk = Desk::new().await;
    let (app, leader, clerk) = (&desk.world.app, &desk.office.leader, &desk.office.clerk);
    let mut first = paired(&desk, leader).await;
    paired(&desk, clerk).await;
    let (proof, stamped) = first.stamp(&desk);
    report(app, &proof, a_report(stamped.at, Mark::Bad))
        .await
        .unwrap();
    let officer = with_role(leader, Role::ItOfficer);
    let met = of_agency(app, leader, AgentFilter::All, "").await;
    assert_eq!(refusal(met), RefusalCode::NotPermitted);
    let seen = of_agency(app, &officer, AgentFilter::All, "")
        .await
        .unwrap();
    assert_eq!(seen.counts, [2, 0, 1, 0]);
    assert!(seen.failed.is_empty());
    // As a refused sign-in is recorded, of this agency and of nobody here.
    let mut work = app.begin_system(None).await.unwrap();
    let stranger = AccountId::new(app.now(), app.random());
    for id in [&leader.actor.account_id, &stranger] {
        let data = json!({"address": "10.0.0.9"});
        work.record(Act::SignInRefused, id, &[], data)
            .await
            .unwrap();
    }
    work.commit().await.unwrap();
    let after = of_agency(app, &officer, AgentFilter::All, "")
        .await
        .unwrap();
    let failed: Vec<_> = after
        .failed
        .iter()
        .map(|it| (it.login.as_str(), it.address.as_str()))
        .collect();
    assert_eq!(failed, [("ld", "10.0.0.9")]);
    let failing = of_agency(app, &officer, AgentFilter::Failing, "")
        .await
        .unwrap();
    assert_eq!(failing.shown.len(), 1);
    assert_eq!(failing.shown[0].full_name, leader.full_name);
    let named = of_agency(app, &officer, AgentFilter::All, "VT")
        .await
        .unwrap();
    assert_eq!(named.shown.len(), 1);
    later(&desk, 31 * 86_400);
    let silent = of_agency(app, &officer, AgentFilter::Silent, "")
        .await
        .unwrap();
    assert_eq!(silent.shown.len(), 2);
}

#[tokio::test]
async fn an_agent_asks_the_server_for_what_it_can_t_know() {
    let desk = Desk::new().await;
    let (app, leader) = (&desk.world.app, &desk.office.leader);
    let mut machine = paired(&desk, leader).await;
    let held = desk
        .issue(desk.of_leader(), validity(app.now(), 30, 365), None)
        .await;
    let (proof, stamped) = machine.stamp(&desk);
    let asked = AskServer {
        at: stamped.at,
        version: "0.1.0".to_owned(),
        certificates: vec![Base64(held.der().to_vec()), Base64(vec![1])],
    };
    let before = app.now();
    let facts = ask(app, &proof, &asked).await.unwrap();
    assert!(facts.now <= timestamp(app.now()) && facts.now >= timestamp(before));
    assert!(facts.timestamps);
    assert_eq!(facts.shipped_version, shipped_version().to_string());
    let known = |at: usize| {
        (
            facts.certificates[at].anchored,
            facts.certificates[at].on_record,
        )
    };
    assert_eq!((known(0), known(1)), ((true, true), (false, false)));
}
