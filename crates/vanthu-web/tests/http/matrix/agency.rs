//! What belongs to an agency as a whole: its drafts, registers, accounts, background work.

use serde_json::json;
use vanthu_app::Caller;
use vanthu_app::account::make::{MakeAccount, make};
use vanthu_app::account::{list, lock};
use vanthu_domain::agency::Role;
use vanthu_domain::id::{AccountId, JobId};
use vanthu_domain::permission::Action;

use super::outgoing::numbered;
use super::walk::{Expected, Knock, People, Thing, Walk, form, granted, json as json_at, knock};
use crate::world::World;

/// Proves: KH-2
#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_an_agency_as_a_whole_is_open_to_its_own_people_only() {
    let world = World::new().await;
    let people = People::of(&world).await;
    numbered(&world, &people, "Văn bản có số").await;
    let clerk = people.client("vt.tanmau");
    let registers = clerk.get("/api/v1/registers").await.json();
    let register_id = registers[0]["register_id"].as_str().unwrap().to_owned();
    let administrator = people.caller("qt.tanmau");
    let locked = account(&world, administrator, "da.khoa").await;
    lock::lock(&world.app, administrator, &locked, "thử")
        .await
        .unwrap();
    let active = account(&world, administrator, "dang.dung").await;
    let job_id = JobId::new(world.app.now(), world.app.random());
    let commune = administrator.own_agency();
    let thing = Thing {
        name: "agency".to_owned(),
        params: vec![("register_id", register_id)],
        object: commune.clone(),
        view: (Action::Draft, commune.clone()),
    };
    let mut knocks = knocks();
    for knock in &mut knocks {
        let id = match knock.route.path {
            "/admin/accounts/{id}/lock" => locked.to_string(),
            "/admin/accounts/{id}/unlock" => active.to_string(),
            "/admin/jobs/{id}/restart" => job_id.to_string(),
            _ => thing.params[0].1.clone(),
        };
        *knock = knock.clone().at("id", id);
    }
    let mut walk = Walk::default();
    walk.everybody(&people, &thing, &knocks, |knock, caller, _| {
        let action = knock.action.unwrap();
        let at_home = granted(caller, action, &caller.own_agency());
        let there = granted(caller, action, &commune);
        let names_one = knock.route.path.contains('{');
        match (at_home, there) {
            (true, true) => Expected::Allowed,
            (true, false) if names_one && action == Action::ViewRegisters => Expected::Hidden,
            // One's own agency, and a job of the whole installation.
            (true, false) if action != Action::LockAccount => Expected::Allowed,
            _ => Expected::Refused,
        }
    })
    .await;
    walk.strangers(&world, people.client("qt.tanmau"), &thing.params, &knocks)
        .await;
    walk.end(12 * knocks.len());
}

/// Every route about an agency as a whole.
pub(super) fn knocks() -> Vec<Knock> {
    let draft = json!({"kind": "report"});
    let why = [("reason", "thử quyền")];
    vec![
        json_at("POST /api/v1/outgoing", draft),
        form("POST /outgoing", &[("kind", "report")]),
        knock("GET /api/v1/registers"),
        knock("GET /api/v1/registers/{register_id}"),
        knock("GET /api/v1/registers/{register_id}/print.pdf"),
        knock("GET /registers"),
        knock("GET /registers/{id}"),
        knock("GET /registers/{id}/print.pdf"),
        knock("GET /admin/accounts"),
        form(
            "POST /admin/accounts",
            &[("login", "moi"), ("full_name", "Người Mới")],
        ),
        form("POST /admin/accounts/{id}/lock", &why),
        form("POST /admin/accounts/{id}/unlock", &why),
        knock("GET /admin/agents"),
        knock("GET /api/v1/agency/agents"),
        knock("GET /findings"),
        knock("GET /api/v1/findings"),
        knock("GET /admin/networks"),
        form("POST /admin/networks", &[("networks", "")]),
        knock("GET /api/v1/networks"),
        json_at("PUT /api/v1/networks", json!({"networks": ""})),
        knock("GET /admin/jobs"),
        form("POST /admin/jobs/{id}/restart", &[]),
    ]
}

/// A new account of the administrator's agency.
async fn account(world: &World, administrator: &Caller, login: &str) -> AccountId {
    let known = list::list(&world.app, administrator).await.unwrap();
    let domain = known[0].email.split_once('@').unwrap().1.to_owned();
    let unit_id = known
        .iter()
        .flat_map(|one| &one.posts)
        .find_map(|post| post.unit_id.clone());
    let input = MakeAccount {
        full_name: "Người Thử".to_owned(),
        title: "Chuyên viên".to_owned(),
        email: format!("{login}@{domain}"),
        login: login.to_owned(),
        unit_id: unit_id.unwrap(),
        role: Role::Specialist,
    };
    make(&world.app, administrator, input).await.unwrap();
    let known = list::list(&world.app, administrator).await.unwrap();
    let made = known.into_iter().find(|one| one.account.login == login);
    made.unwrap().account.account_id
}
