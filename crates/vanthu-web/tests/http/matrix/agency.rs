//! What belongs to an agency as a whole.

use serde_json::json;
use vanthu_domain::permission::Action;

use super::outgoing::numbered;
use super::walk::{Expected, People, Walk, expected};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_an_agency_as_a_whole_is_open_to_its_own_people_only() {
    let world = World::new().await;
    let people = People::of(&world).await;
    let mut walk = Walk::default();
    for (who, client, caller) in &people.0 {
        let own = caller.own_agency();
        let says = |action| match expected(caller, action, &own, (action, &own)) {
            Expected::Allowed => Expected::Allowed,
            _ => Expected::Refused,
        };
        let reply = client.get("/api/v1/registers").await;
        walk.note(
            who,
            "registers",
            says(Action::ViewRegisters),
            Action::ViewRegisters,
            &reply,
        );
        let reply = client
            .post("/api/v1/outgoing", &json!({"kind": "report"}))
            .await;
        walk.note(who, "draft", says(Action::Draft), Action::Draft, &reply);
    }
    // The number series of one agency is not there for another's clerk.
    let drafter = people.client("cv.vhxh");
    let id = numbered(&world, &people, "Văn bản có số").await;
    let registers = people
        .client("vt.tanmau")
        .get("/api/v1/registers")
        .await
        .json();
    let register_id = registers[0]["register_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/registers/{register_id}");
    assert_eq!(
        people.client("vt.tanmau").get(&path).await.json()[0]["document_id"],
        json!(id)
    );
    for suffix in ["", "/print.pdf"] {
        let reply = people
            .client("vt.skhcn")
            .get(&format!("{path}{suffix}"))
            .await;
        assert_eq!(reply.code(), "not-found");
        assert_eq!(
            drafter.get(&format!("{path}{suffix}")).await.code(),
            "not-permitted"
        );
        assert_eq!(
            world.nobody().get(&format!("{path}{suffix}")).await.code(),
            "sign-in-required"
        );
    }
    walk.end(24);
}
