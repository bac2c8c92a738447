//! A letter on its way from draft to issue, over the API.

use serde_json::{Value, json};

use crate::installation::Server;
use crate::person::{Answer, Keys, Person, text};

/// The agencies that receive it, by code.
const RECIPIENTS: [&str; 3] = ["H99.50", "H99.51", "H99.52"];

/// The people through whose hands it goes.
pub(crate) struct People {
    pub(crate) drafter: Person,
    pub(crate) head: Person,
    pub(crate) signer: Person,
    pub(crate) clerk: Person,
    pub(crate) keys: Keys,
}

impl People {
    pub(crate) async fn of(server: &Server) -> Self {
        let url = &server.url;
        Self {
            drafter: Person::sign_in(url, "cv.cds").await,
            head: Person::sign_in(url, "tp.cds").await,
            signer: Person::sign_in(url, "gd.skhcn").await,
            clerk: Person::sign_in(url, "vt.skhcn").await,
            keys: Keys::of(&server.data),
        }
    }

    /// A draft, still empty.
    pub(crate) async fn begin(&self) -> Answer {
        let new = json!({"kind": "official-letter", "reply_to": null});
        self.drafter.post("/api/v1/outgoing", new).await
    }

    /// Its whole content.
    pub(crate) async fn write(&self, id: &str, subject: &str) -> Answer {
        let path = path(id);
        let choices = self.drafter.get("/api/v1/outgoing/choices").await?;
        let find = |list: &str, name: &str, value: &str| {
            let list = choices[list].as_array().unwrap();
            let found = list.iter().find(|it| it[name] == value);
            found.unwrap_or_else(|| panic!("no {value}")).clone()
        };
        let signer = find("signers", "person_id", &self.signer.id);
        let to: Vec<_> = RECIPIENTS
            .iter()
            .map(|code| text(&find("agencies", "code", code), "agency_id"))
            .collect();
        let document = self.drafter.get(&path).await?;
        let whole = json!({
            "version": document["version"],
            "kind": document["kind"],
            "subject": subject,
            "urgency": document["urgency"],
            "addressees": [],
            "recipients": to,
            "recipients_text": ["Như trên", "Lưu: VT"],
            "body": "Đề nghị các cơ quan báo cáo tình hình.",
            "authority_id": signer["authority_id"],
            "due_reply_day": null,
        });
        self.drafter.put(&path, whole).await
    }

    /// Does what comes next in that state.
    pub(crate) async fn next(&self, id: &str, document: &Value) -> Answer {
        let act = |name: &str| format!("{}/{name}", path(id));
        match text(document, "state").as_str() {
            "drafting" => self.drafter.post(&act("submit"), json!({})).await,
            "in-review" => self.head.post(&act("approve"), json!({})).await,
            "awaiting-signature" => self.signer.sign(&self.keys, "person", id).await,
            "signed" => self.clerk.post(&act("give-number"), json!({})).await,
            "numbered" => self.clerk.sign(&self.keys, "seal", id).await,
            "sealed" => self.clerk.post(&act("issue"), json!({})).await,
            other => panic!("nothing comes after {other}"),
        }
    }

    /// The document as the one sees it who sees it in every state.
    pub(crate) async fn see(&self, id: &str) -> Value {
        self.drafter.get(&path(id)).await.unwrap()
    }
}

pub(crate) fn path(id: &str) -> String {
    format!("/api/v1/outgoing/{id}")
}
