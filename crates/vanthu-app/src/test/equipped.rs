//! An office that can draft, sign, number, seal and issue: pictures, a seal, certificates of the
//! practice authority, and their keys.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::certificate::{CertificateRecord, CertificateState, Holder};
use vanthu_domain::device::{Belongs, DeviceKind, DeviceRecord, DeviceState, Entrustment};
use vanthu_domain::id::{CertificateId, DeviceId, OutgoingId, SealId, SigningId};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::outgoing::{GivenNumber, OutgoingTag};
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::{Day, Moment};
use vanthu_layout::TINOS_BOLD;
use vanthu_pki::authority::{AgencySubject, Authority, PersonSubject, Validity};
use vanthu_pki::{Certificate, KeySpec, SoftKey};
use vanthu_store::account::AccountRow;
use vanthu_store::certificate::CertificateRow;
use vanthu_store::device::{DeviceRow, Step};
use vanthu_store::file::FileRow;
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::seal::SealRow;
use vanthu_store::{account, certificate, device, file, outgoing, person, seal};

use super::{Office, World};
use crate::outgoing::approve::{Approve, approve};
use crate::outgoing::draft::{Draft, draft};
use crate::outgoing::give_number::give_number;
use crate::outgoing::save::{Save, SavedBy, save};
use crate::outgoing::submit::submit;
use crate::practice::authority::{endpoints, serial, validity};
use crate::practice::picture;
use crate::signing::answer::{Answer, answer};
use crate::signing::fetch::{By, fetch};
use crate::signing::open::{OpenSigning, SigningOpened, open};
use crate::signing::{Consent, Means, Purpose};
use crate::system::SystemRandomness;
use crate::{AppError, Caller};

/// The diameter of the seal in micrometres.
const SEAL_UM: u32 = 36_000;

/// Two offices; the first one can sign.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) office: Office,
    pub(crate) to: Office,
    keys: Mutex<BTreeMap<String, Arc<SoftKey>>>,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::on(None).await
    }

    /// On that database, where one is named.
    pub(crate) async fn on(url: Option<String>) -> Self {
        let world = World::with_authority(url).await;
        let office = world.office("H01.01", "Sở Khoa học Mẫu").await;
        let to = world.office("H01.02", "Ủy ban nhân dân xã Một").await;
        let desk = Self {
            world,
            office,
            to,
            keys: Mutex::default(),
        };
        let leader = &desk.office.leader;
        let signature = picture::signature(&leader.full_name).unwrap();
        let stamp = picture::seal(&desk.office.agency.name, 36.0, TINOS_BOLD).unwrap();
        let (signature, stamp) = (desk.blob(signature).await, desk.blob(stamp).await);
        let mut tx = desk.world.app.store.write().await.unwrap();
        let mut row = person::load(&mut tx, leader.person_id()).await.unwrap();
        row.picture_blob = Some(signature);
        person::update(&mut tx, &row).await.unwrap();
        let row = SealRow {
            seal_id: SealId::new(desk.world.app.now(), desk.world.app.random()),
            agency_id: desk.office.agency.agency_id.clone(),
            picture_blob: stamp,
            diameter_um: SEAL_UM,
            from_day: Day::new(2026, 1, 1).unwrap(),
            until_day: None,
        };
        seal::insert(&mut tx, &row).await.unwrap();
        for (login, caller) in [("ld", leader), ("vt", &desk.office.clerk)] {
            account::insert(&mut tx, &account_of(login, caller))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let usual = validity(desk.world.app.now(), 30, 365);
        desk.issue(desk.of_leader(), usual, None).await;
        desk.issue(desk.of_agency(), usual, None).await;
        desk
    }

    pub(crate) async fn blob(&self, bytes: Vec<u8>) -> String {
        let app = &self.world.app;
        app.store.blobs().put(bytes, app.now()).await.unwrap()
    }

    /// The leader as a certificate's holder.
    pub(crate) fn of_leader(&self) -> Holder {
        Holder::Person {
            person_id: self.office.leader.person_id().clone(),
        }
    }

    /// The agency, whose device the clerk keeps.
    pub(crate) fn of_agency(&self) -> Holder {
        Holder::Agency {
            agency_id: self.office.agency.agency_id.clone(),
            keeper: Some(self.office.clerk.person_id().clone()),
        }
    }

    /// A certificate on record with its key; of the practice authority unless another is named.
    pub(crate) async fn issue(
        &self,
        holder: Holder,
        its: Validity,
        other: Option<&Authority>,
    ) -> Certificate {
        self.issue_with(KeySpec::EcP256, holder, its, other).await
    }

    /// A key that was made for a certificate of this desk.
    pub(crate) fn key_behind(&self, certificate: &Certificate) -> SoftKey {
        let keys = self.keys.lock().unwrap();
        let key = keys.get(&certificate.sha256_thumbprint()).unwrap();
        SoftKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap()
    }

    /// The certificate above those of this desk.
    pub(crate) fn issuing(&self) -> &Certificate {
        let authority = self.world.authority.as_ref().unwrap();
        authority.issuing().certificate()
    }

    /// The same for a key of that kind.
    pub(crate) async fn issue_with(
        &self,
        spec: KeySpec,
        holder: Holder,
        its: Validity,
        other: Option<&Authority>,
    ) -> Certificate {
        let authority = self.world.authority.as_ref().unwrap();
        let issuing = other.unwrap_or_else(|| authority.issuing());
        let key = SoftKey::generate(spec).unwrap();
        let (spki, number) = (key.spki(), serial(&SystemRandomness));
        let asked = endpoints("http://127.0.0.1:8080");
        let made = match &holder {
            Holder::Person { .. } => {
                let subject = PersonSubject {
                    full_name: self.office.leader.full_name.clone(),
                    ..PersonSubject::default()
                };
                issuing.person(&subject, &spki, its, number, &asked)
            }
            Holder::Agency { .. } => {
                let subject = AgencySubject {
                    name: self.office.agency.name.clone(),
                    ..AgencySubject::default()
                };
                issuing.agency(&subject, &spki, its, number, &asked)
            }
        }
        .unwrap();
        let moment = |time: vanthu_pki::Time| Moment::from_unix_seconds(time.unix());
        let device = self.device(&holder).await;
        let row = CertificateRow {
            record: CertificateRecord {
                certificate_id: CertificateId::new(self.world.app.now(), self.world.app.random()),
                serial: made.serial_hex(),
                subject: made.subject().to_string(),
                issuer: made.issuer().to_string(),
                thumbprint: made.sha256_thumbprint(),
                holder,
                state: CertificateState::Effective,
                not_before: moment(made.not_before()),
                not_after: moment(made.not_after()),
                device_id: Some(device),
            },
            der: STANDARD.encode(made.der()),
            chain: vec![STANDARD.encode(issuing.certificate().der())],
            created_at: self.world.app.now(),
        };
        let mut tx = self.world.app.store.write().await.unwrap();
        certificate::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        let mut keys = self.keys.lock().unwrap();
        keys.insert(made.sha256_thumbprint(), Arc::new(key));
        made
    }

    /// A device for a holder's key, at hand.
    async fn device(&self, holder: &Holder) -> DeviceId {
        let app = &self.world.app;
        let (belongs, person) = match holder {
            Holder::Person { person_id } => (Belongs::Person, Some(person_id.clone())),
            Holder::Agency { keeper, .. } => (Belongs::Agency, keeper.clone()),
        };
        let (since, device_id) = (app.now(), DeviceId::new(app.now(), app.random()));
        let row = DeviceRow {
            record: DeviceRecord {
                serial: device_id.to_string(),
                device_id: device_id.clone(),
                agency_id: self.office.agency.agency_id.clone(),
                kind: DeviceKind::Token,
                belongs,
                entrustment: (belongs == Belongs::Agency).then(|| Entrustment {
                    reference: "12/QĐ-SKHM".to_owned(),
                    from_day: Day::new(2026, 1, 1).unwrap(),
                    until_day: None,
                }),
                state: match person {
                    Some(holder) => DeviceState::Held { since, holder },
                    None => DeviceState::InStore { since },
                },
            },
            created_at: since,
        };
        let mut tx = app.store.write().await.unwrap();
        device::insert(&mut tx, &row, None, "").await.unwrap();
        tx.commit().await.unwrap();
        device_id
    }

    /// The first device on record with a person.
    pub(crate) async fn device_of(&self, who: &Caller) -> DeviceRow {
        let mut tx = self.world.app.store.read().await.unwrap();
        let rows = device::list_of_holder(&mut tx, who.person_id())
            .await
            .unwrap();
        rows.into_iter().next().unwrap()
    }

    /// Changes what is on record about a device, behind the application's back.
    pub(crate) async fn change_device(&self, id: &DeviceId, change: impl Fn(&mut DeviceRow)) {
        let mut tx = self.world.app.store.write().await.unwrap();
        let mut row = device::load(&mut tx, id).await.unwrap();
        let from = row.record.state.tag();
        change(&mut row);
        let step = Step {
            word: "changed",
            by_id: None,
            words: "",
            at: self.world.app.now(),
        };
        device::update(&mut tx, &row, from, step).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Changes what is on record about the certificates of a holder.
    pub(crate) async fn amend(&self, of: &Holder, change: impl Fn(&mut CertificateRow)) {
        let mut tx = self.world.app.store.write().await.unwrap();
        let rows = match of {
            Holder::Person { person_id } => certificate::list_of_person(&mut tx, person_id).await,
            Holder::Agency { agency_id, .. } => {
                certificate::list_of_agency(&mut tx, agency_id).await
            }
        };
        for mut row in rows.unwrap() {
            let from = row.record.state;
            change(&mut row);
            certificate::update(&mut tx, &row, from).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// The whole draft as its page would send it.
    pub(crate) fn whole(&self, id: &OutgoingId, version: i64) -> Save {
        Save {
            outgoing_id: id.clone(),
            version,
            kind: DocumentKind::OfficialLetter,
            subject: "báo cáo việc dùng chữ ký số".to_owned(),
            urgency: Urgency::Normal,
            addressees: vec!["Ủy ban nhân dân xã Một".to_owned()],
            recipients: vec![self.to.agency.agency_id.clone()],
            recipients_text: vec!["Như trên".to_owned(), "Lưu: VT, NV".to_owned()],
            body: "Đề nghị các cơ quan báo cáo tình hình.".to_owned(),
            authority_id: Some(self.office.authority_id.clone()),
            due_reply_day: None,
            by: SavedBy::Hand,
        }
    }

    /// Nothing but begun.
    pub(crate) async fn begun(&self) -> OutgoingId {
        let new = Draft {
            kind: DocumentKind::OfficialLetter,
            reply_to: None,
        };
        draft(&self.world.app, &self.office.specialist, new)
            .await
            .unwrap()
    }

    /// Complete, and still with the drafter.
    pub(crate) async fn drafted(&self) -> OutgoingId {
        let id = self.begun().await;
        let whole = self.whole(&id, 1);
        save(&self.world.app, &self.office.specialist, whole)
            .await
            .unwrap();
        id
    }

    /// Submits and approves.
    pub(crate) async fn send_up(&self, id: &OutgoingId) {
        let app = &self.world.app;
        submit(app, &self.office.specialist, id, None)
            .await
            .unwrap();
        let yes = Approve {
            outgoing_id: id.clone(),
            version: None,
            words: String::new(),
        };
        approve(app, &self.office.head, yes).await.unwrap();
    }

    /// With the authorised person.
    pub(crate) async fn approved(&self) -> OutgoingId {
        let id = self.drafted().await;
        self.send_up(&id).await;
        id
    }

    /// Signed by the authorised person.
    pub(crate) async fn signed(&self) -> OutgoingId {
        let id = self.approved().await;
        self.sign(&self.office.leader, Purpose::Person, &id)
            .await
            .unwrap();
        id
    }

    /// Signed, and numbered today.
    pub(crate) async fn numbered(&self) -> (OutgoingId, GivenNumber) {
        let id = self.signed().await;
        let number = give_number(&self.world.app, &self.office.clerk, &id, None)
            .await
            .unwrap();
        (id, number)
    }

    /// Opens a session for one document.
    pub(crate) async fn open(
        &self,
        caller: &Caller,
        purpose: Purpose,
        id: &OutgoingId,
    ) -> Result<SigningOpened, AppError> {
        let order = OpenSigning {
            purpose,
            documents: vec![id.clone()],
            consent: Consent::Automatic,
            means: Means::Agent,
            credential: None,
            keys: Vec::new(),
        };
        open(&self.world.app, caller, order).await
    }

    /// What an agent with the right keys answers.
    pub(crate) async fn answers(&self, opened: &SigningOpened) -> Result<Vec<Answer>, AppError> {
        let session = fetch(
            &self.world.app,
            &opened.signing_id,
            &opened.token,
            &By::default(),
        )
        .await?;
        let keys = self.keys.lock().unwrap();
        let answer = |item: &vanthu_wire::agent::SessionItem| {
            let certificate = Certificate::from_der(item.certificate.as_bytes()).unwrap();
            let key = keys.get(&certificate.sha256_thumbprint()).unwrap();
            let bytes = item.signed_attributes.as_bytes();
            Answer {
                signing_id: opened.signing_id.clone(),
                token: opened.token.clone(),
                item_id: item.item_id.clone(),
                signature: key.sign(key.default_algorithm(), bytes).unwrap(),
                consent: Consent::Automatic,
            }
        };
        Ok(session.items.iter().map(answer).collect())
    }

    /// What the first item of a session asks: an answer without its signature, and the bytes.
    pub(crate) async fn asked_of(&self, opened: &SigningOpened) -> (Answer, Vec<u8>) {
        let by = By::default();
        let session = fetch(&self.world.app, &opened.signing_id, &opened.token, &by)
            .await
            .unwrap();
        let item = &session.items[0];
        let answer = Answer {
            signing_id: opened.signing_id.clone(),
            token: opened.token.clone(),
            item_id: item.item_id.clone(),
            signature: Vec::new(),
            consent: Consent::Automatic,
        };
        (answer, item.signed_attributes.as_bytes().to_vec())
    }

    /// The thumbprint of a holder's certificate.
    pub(crate) async fn thumbprint_of(&self, of: &Holder) -> String {
        let mut tx = self.world.app.store.read().await.unwrap();
        let rows = match of {
            Holder::Person { person_id } => certificate::list_of_person(&mut tx, person_id).await,
            Holder::Agency { agency_id, .. } => {
                certificate::list_of_agency(&mut tx, agency_id).await
            }
        };
        rows.unwrap().remove(0).record.thumbprint
    }

    /// The key of a holder's certificate.
    pub(crate) async fn key_of(&self, of: &Holder) -> Arc<SoftKey> {
        let thumbprint = self.thumbprint_of(of).await;
        Arc::clone(&self.keys.lock().unwrap()[&thumbprint])
    }

    /// Opens, fetches, signs and answers.
    pub(crate) async fn sign(
        &self,
        caller: &Caller,
        purpose: Purpose,
        id: &OutgoingId,
    ) -> Result<SigningId, AppError> {
        let opened = self.open(caller, purpose, id).await?;
        for given in self.answers(&opened).await? {
            answer(&self.world.app, given).await?;
        }
        Ok(opened.signing_id)
    }

    /// How opening a session is refused.
    pub(crate) async fn refused(&self, purpose: Purpose, id: &OutgoingId) -> RefusalCode {
        let caller = match purpose {
            Purpose::Person => &self.office.leader,
            Purpose::Seal => &self.office.clerk,
        };
        refusal(self.open(caller, purpose, id).await)
    }

    /// The document as it stands now.
    pub(crate) async fn row(&self, id: &OutgoingId) -> OutgoingRow {
        let mut tx = self.world.app.store.read().await.unwrap();
        outgoing::load(&mut tx, id).await.unwrap()
    }

    /// Its state.
    pub(crate) async fn state(&self, id: &OutgoingId) -> OutgoingTag {
        self.row(id).await.state.tag()
    }

    /// Its attached files.
    pub(crate) async fn files(&self, id: &OutgoingId) -> Vec<FileRow> {
        let mut tx = self.world.app.store.read().await.unwrap();
        file::list(&mut tx, id.as_str()).await.unwrap()
    }

    /// The contents of a blob.
    pub(crate) async fn bytes(&self, blob: Option<&str>) -> Vec<u8> {
        self.world
            .app
            .store
            .blobs()
            .get(blob.unwrap())
            .await
            .unwrap()
    }

    /// A row behind the application's back.
    pub(crate) async fn meddle(&self, id: &OutgoingId, change: impl Fn(&mut OutgoingRow)) {
        let mut tx = self.world.app.store.write().await.unwrap();
        let mut row = outgoing::load(&mut tx, id).await.unwrap();
        change(&mut row);
        outgoing::update(&mut tx, &mut row).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Everything that the folder of blobs holds.
    pub(crate) async fn blobs(&self) -> Vec<String> {
        self.world.app.store.blobs().list().await.unwrap()
    }
}

/// A SQLite database, and a schema of PostgreSQL where the environment offers one.
pub(crate) fn databases(name: &str) -> Vec<Option<String>> {
    let mut urls = vec![None];
    match super::postgres() {
        Some(server) => {
            let schema = format!("{name}_{}", std::process::id());
            super::run_sql(&server, &format!("CREATE SCHEMA {schema}"));
            let separator = if server.contains('?') { '&' } else { '?' };
            let url = format!("{server}{separator}options[search_path]={schema}");
            urls.push(Some(url));
        }
        None => {
            println!("PostgreSQL was not offered (VANTHU_TEST_POSTGRES): SQLite alone was tested");
        }
    }
    urls
}

/// The account of whoever signs: sessions belong to one.
fn account_of(login: &str, caller: &Caller) -> AccountRow {
    AccountRow {
        account_id: caller.actor.account_id.clone(),
        person_id: caller.person_id().clone(),
        login: login.to_owned(),
        password_hash: String::new(),
        state: AccountState::Active,
        failures: Failures::default(),
        must_change_password: false,
        created_at: super::monday(),
        password_changed_at: super::monday(),
    }
}

/// The refusal that an action met.
pub(crate) fn refusal<T>(met: Result<T, AppError>) -> RefusalCode {
    match met {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.code().unwrap_or_else(|| panic!("{error}")),
    }
}
