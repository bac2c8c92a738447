//! Rows with sensible contents; a test overrides what it is about.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::agency::{Agency, AgencyKind, Capacity, Post, Role, SigningAuthority, Unit};
use vanthu_domain::certificate::{CertificateRecord, CertificateState, Holder};
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::{
    AccountId, AgencyId, AuthorityId, CertificateId, DeliveryId, IncomingId, LineId, OutgoingId,
    PersonId, PostId, RegisterId, SigningId, UnitId,
};
use vanthu_domain::incoming::IncomingState;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::line::{LineState, Part};
use vanthu_domain::outgoing::OutgoingState;
use vanthu_domain::{Day, Moment};
use vanthu_store::account::AccountRow;
use vanthu_store::certificate::CertificateRow;
use vanthu_store::delivery::DeliveryRow;
use vanthu_store::incoming::IncomingRow;
use vanthu_store::line::LineRow;
use vanthu_store::outgoing::{OutgoingRow, Source};
use vanthu_store::person::PersonRow;
use vanthu_store::register::{Direction, RegisterRow};
use vanthu_store::signing::{
    Consent, ItemState, Means, Purpose, SessionState, SigningItemRow, SigningRow,
};
use vanthu_store::{
    Store, Tx, account, agency, certificate, delivery, incoming, outgoing, person, register,
};

use crate::world::NOW;

/// A number that no other call in this run gets.
pub(crate) fn fresh() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The day of [`NOW`].
pub(crate) fn today() -> Day {
    NOW.day()
}

/// A SHA-256 of nothing in particular.
pub(crate) fn sha(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

/// An agency with a unit, two people and what they need.
pub(crate) struct Office {
    pub(crate) agency: Agency,
    pub(crate) unit: Unit,
    pub(crate) drafter: PersonRow,
    pub(crate) leader: PersonRow,
    pub(crate) authority: SigningAuthority,
    pub(crate) account: AccountRow,
    pub(crate) certificate: CertificateRow,
    pub(crate) register: RegisterRow,
    pub(crate) arrivals: RegisterRow,
}

pub(crate) async fn office(store: &Store, code: &str) -> Office {
    let mut tx = store.write().await.unwrap();
    let office = office_in(&mut tx, code).await;
    tx.commit().await.unwrap();
    office
}

async fn office_in(tx: &mut Tx, code: &str) -> Office {
    let agency = an_agency(code);
    agency::insert(tx, &agency).await.unwrap();
    let unit = Unit {
        unit_id: UnitId::new(NOW, fresh()),
        agency_id: agency.agency_id.clone(),
        name: "Phòng Văn hóa - Xã hội".to_owned(),
        abbreviation: "VHXH".to_owned(),
    };
    agency::insert_unit(tx, &unit).await.unwrap();
    let drafter = a_person("Trần Thị Mẫu");
    let leader = a_person("Lê Văn Mẫu");
    for one in [&drafter, &leader] {
        person::insert(tx, one).await.unwrap();
    }
    let post = Post {
        post_id: PostId::new(NOW, fresh()),
        person_id: leader.person_id.clone(),
        agency_id: agency.agency_id.clone(),
        unit_id: None,
        title: "Phó Chủ tịch".to_owned(),
        role: Role::Leader,
        from_day: today().plus_days(-100),
        until_day: None,
    };
    person::insert_post(tx, &post).await.unwrap();
    let authority = SigningAuthority {
        authority_id: AuthorityId::new(NOW, fresh()),
        agency_id: agency.agency_id.clone(),
        person_id: leader.person_id.clone(),
        capacity: Capacity::OnBehalfForHead,
        lines: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "KT. CHỦ TỊCH".to_owned()],
        basis: "Quyết định phân công".to_owned(),
        from_day: today().plus_days(-100),
        until_day: None,
    };
    agency::insert_authority(tx, &authority).await.unwrap();
    let account = an_account(&leader.person_id, &format!("leader.{code}"));
    account::insert(tx, &account).await.unwrap();
    let certificate = a_certificate(&leader.person_id);
    certificate::insert(tx, &certificate).await.unwrap();
    let register = a_register(&agency.agency_id, Direction::Out);
    let arrivals = a_register(&agency.agency_id, Direction::In);
    for one in [&register, &arrivals] {
        register::open(tx, one).await.unwrap();
    }
    Office {
        agency,
        unit,
        drafter,
        leader,
        authority,
        account,
        certificate,
        register,
        arrivals,
    }
}

pub(crate) fn an_agency(code: &str) -> Agency {
    Agency {
        agency_id: AgencyId::new(NOW, fresh()),
        code: code.to_owned(),
        name: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        abbreviation: "UBND".to_owned(),
        parent_id: None,
        parent_line: None,
        kind: AgencyKind::CommuneCommittee,
        place_name: "Bình Mẫu".to_owned(),
        profile: "30-2020".to_owned(),
        email: "vanthu@binhmau.example".to_owned(),
        collective: true,
    }
}

pub(crate) fn a_person(name: &str) -> PersonRow {
    PersonRow {
        person_id: PersonId::new(NOW, fresh()),
        full_name: name.to_owned(),
        email: "mau@binhmau.example".to_owned(),
        phone: String::new(),
        picture_blob: None,
    }
}

pub(crate) fn an_account(person_id: &PersonId, login: &str) -> AccountRow {
    AccountRow {
        account_id: AccountId::new(NOW, fresh()),
        person_id: person_id.clone(),
        login: login.to_owned(),
        password_hash: "$argon2id$".to_owned(),
        state: AccountState::Active,
        failures: Failures::default(),
        must_change_password: false,
        created_at: NOW,
        password_changed_at: NOW,
    }
}

pub(crate) fn a_certificate(person_id: &PersonId) -> CertificateRow {
    let n = fresh();
    CertificateRow {
        record: CertificateRecord {
            certificate_id: CertificateId::new(NOW, n),
            serial: format!("{n:x}"),
            subject: "CN=Lê Văn Mẫu".to_owned(),
            issuer: "CN=Thực hành".to_owned(),
            thumbprint: format!("{n:064x}"),
            holder: Holder::Person {
                person_id: person_id.clone(),
            },
            state: CertificateState::Effective,
            not_before: NOW.plus_seconds(-1000),
            not_after: NOW.plus_seconds(1_000_000),
            device_id: None,
        },
        der: "MIIB".to_owned(),
        chain: vec!["MIIC".to_owned()],
        created_at: NOW,
    }
}

pub(crate) fn a_register(agency_id: &AgencyId, direction: Direction) -> RegisterRow {
    RegisterRow {
        register_id: RegisterId::new(NOW, fresh()),
        agency_id: agency_id.clone(),
        direction,
        year: 2026,
        name: "Sổ đăng ký văn bản".to_owned(),
        next_number: 1,
    }
}

pub(crate) fn a_draft(office: &Office, since: Moment) -> OutgoingRow {
    OutgoingRow {
        outgoing_id: OutgoingId::new(since, fresh()),
        agency_id: office.agency.agency_id.clone(),
        unit_id: office.unit.unit_id.clone(),
        drafter_id: office.drafter.person_id.clone(),
        authority_id: Some(office.authority.authority_id.clone()),
        signer_id: Some(office.leader.person_id.clone()),
        kind: DocumentKind::OfficialLetter,
        subject: "Về việc tổ chức Tuần Mẫu".to_owned(),
        urgency: Urgency::Normal,
        state: OutgoingState::start(since),
        source: Source::Typeset,
        body: "Nội dung.".to_owned(),
        addressees: vec!["Sở Mẫu".to_owned()],
        recipients_text: vec!["Như trên".to_owned(), "Lưu: VT".to_owned()],
        places: Some(json!({"number": [1, 2]})),
        pages: 1,
        current_blob: Some(sha(1)),
        signed_blob: None,
        sealed_blob: None,
        reply_to: None,
        due_reply_day: Some(today().plus_days(5)),
        search_text: "ve viec to chuc tuan mau".to_owned(),
        version: 0,
        created_at: since,
        updated_at: since,
    }
}

pub(crate) async fn draft(store: &Store, office: &Office, since: Moment) -> OutgoingRow {
    let row = a_draft(office, since);
    let mut tx = store.write().await.unwrap();
    outgoing::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row
}

pub(crate) fn a_delivery(draft: &OutgoingRow, to: &AgencyId) -> DeliveryRow {
    let n = fresh();
    DeliveryRow {
        delivery_id: DeliveryId::new(NOW, n),
        outgoing_id: draft.outgoing_id.clone(),
        from_agency_id: draft.agency_id.clone(),
        to_agency_id: to.clone(),
        state: DeliveryState::Queued,
        idempotency_key: format!("{}-{to}", draft.outgoing_id),
        incoming_id: None,
        code: None,
        reason: None,
        queued_at: NOW,
        sent_at: None,
        updated_at: NOW,
    }
}

pub(crate) async fn send(store: &Store, draft: &OutgoingRow, to: &AgencyId) -> DeliveryRow {
    let row = a_delivery(draft, to);
    let mut tx = store.write().await.unwrap();
    delivery::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row
}

pub(crate) fn an_arrival(office: &Office, at: Moment) -> IncomingRow {
    IncomingRow {
        incoming_id: IncomingId::new(at, fresh()),
        agency_id: office.agency.agency_id.clone(),
        delivery_id: None,
        from_agency_id: None,
        from_name: "Sở Văn hóa Tuần Mẫu".to_owned(),
        document_key: "H01.12.2026.15".to_owned(),
        notation: "15/SVH-VP".to_owned(),
        number_text: "15".to_owned(),
        issued_day: Some(today()),
        kind: DocumentKind::Plan,
        subject: "Kế hoạch Tuần Mẫu".to_owned(),
        urgency: Urgency::Normal,
        signer_title: "Giám đốc".to_owned(),
        signer_name: "Phạm Văn Mẫu".to_owned(),
        pages: 2,
        main_blob: sha(2),
        package: json!({"subject": "Kế hoạch Tuần Mẫu"}),
        state: IncomingState::Arrived { since: at },
        register_id: None,
        verdict: None,
        verdict_value: None,
        report_blob: None,
        leader_id: None,
        proposal: String::new(),
        due_day: None,
        note: String::new(),
        search_text: "ke hoach tuan mau 15/svh-vp".to_owned(),
        version: 0,
        arrived_at: at,
        updated_at: at,
    }
}

pub(crate) async fn arrival(store: &Store, office: &Office, at: Moment) -> IncomingRow {
    let row = an_arrival(office, at);
    let mut tx = store.write().await.unwrap();
    incoming::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row
}

pub(crate) fn a_line(office: &Office, incoming: &IncomingRow, at: Moment) -> LineRow {
    LineRow {
        line_id: LineId::new(at, fresh()),
        incoming_id: incoming.incoming_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        parent_line_id: None,
        unit_id: Some(office.unit.unit_id.clone()),
        person_id: None,
        part: Part::Lead,
        state: LineState::ToDo,
        given_by: office.leader.person_id.clone(),
        instruction: "Tham mưu trả lời.".to_owned(),
        due_day: Some(today().plus_days(3)),
        created_at: at,
        started_at: None,
        done_at: None,
        closed_at: None,
        result: None,
        reply_outgoing_id: None,
        version: 0,
    }
}

/// The leader's open signing session.
pub(crate) fn a_signing(office: &Office, means: Means) -> SigningRow {
    let n = fresh();
    SigningRow {
        signing_id: SigningId::new(NOW, n),
        account_id: office.account.account_id.clone(),
        person_id: office.leader.person_id.clone(),
        agency_id: office.agency.agency_id.clone(),
        purpose: Purpose::Person,
        certificate_id: office.certificate.record.certificate_id.clone(),
        token_hash: format!("{n:064x}"),
        consent: Consent::Person,
        means,
        state: SessionState::Open,
        created_at: NOW,
        expires_at: NOW.plus_seconds(600),
        ended_at: None,
        result: None,
    }
}

/// Its first item, waiting.
pub(crate) fn an_item(signing: &SigningRow, document: &OutgoingRow) -> SigningItemRow {
    SigningItemRow {
        signing_id: signing.signing_id.clone(),
        item_id: "1".to_owned(),
        position: 0,
        outgoing_id: document.outgoing_id.clone(),
        document_version: 0,
        base_blob: sha(1),
        prepared_blob: sha(2),
        digest: sha(3),
        state: ItemState::Waiting,
        problem: None,
        at: NOW,
    }
}
