//! A small world for tests: offices with people, letters on their way, a clock moved by hand.

pub(crate) mod equipped;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use vanthu_domain::agency::{Agency, AgencyKind, Capacity, Post, Role, SigningAuthority, Unit};
use vanthu_domain::certificate::{CertificateRecord, CertificateState, Holder};
use vanthu_domain::delivery::DeliveryState;
use vanthu_domain::id::{
    AccountId, AgencyId, AuthorityId, CertificateId, DeliveryId, FileId, IncomingId, OutgoingId,
    PersonId, PostId, RegisterId, UnitId,
};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::outgoing::{GivenNumber, OutgoingState};
use vanthu_domain::permission::{Actor, Seat};
use vanthu_domain::{Clock, Day, Moment};
use vanthu_layout::{Letter as Paper, typeset_letter};
use vanthu_pki::authority::{AgencySubject, PersonSubject};
use vanthu_pki::gather::Question;
use vanthu_pki::{Certificate, SoftKey, Time};
use vanthu_signing::{SignatureRequest, prepare};
use vanthu_store::certificate::CertificateRow;
use vanthu_store::delivery::DeliveryRow;
use vanthu_store::file::{FileRole, FileRow};
use vanthu_store::incoming::IncomingRow;
use vanthu_store::notice::NoticeRow;
use vanthu_store::outgoing::{OutgoingRow, Source};
use vanthu_store::person::PersonRow;
use vanthu_store::register::{Direction, Giving, RegisterRow};
use vanthu_store::{
    Durability, Store, StoreOptions, agency, certificate, delivery, file, incoming, migrate,
    notice, outgoing, person, register,
};

use crate::port::{
    Answer, PracticeRevocation, PracticeTimestamps, RevocationSource, StampError, StatusFound,
    StatusUnknown, TimestampService,
};
use crate::practice::authority::{PracticeAuthority, endpoints, serial, validity};
use crate::practice::clock::MovableClock;
use crate::signing::paper::{About, PaperPlaces, agency_request, fonts, person_request};
use crate::system::SystemRandomness;
use crate::trust::Trust;
use crate::{App, Caller, Mode, Ports, job};

/// A Monday at eight.
pub(crate) fn monday() -> Moment {
    Day::new(2026, 11, 16).unwrap().at_minute(480)
}

/// A day of that November.
pub(crate) fn day(of_november: i8) -> Day {
    Day::new(2026, 11, of_november).unwrap()
}

/// An installation with a clock moved by hand.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<MovableClock>,
    /// Whether the status services answer.
    pub(crate) status: Arc<AtomicBool>,
    authority: Option<PracticeAuthority>,
    folder: tempfile::TempDir,
}

/// An agency with its people.
pub(crate) struct Office {
    pub(crate) agency: Agency,
    pub(crate) unit_id: UnitId,
    pub(crate) other_unit_id: UnitId,
    pub(crate) clerk: Caller,
    pub(crate) leader: Caller,
    pub(crate) head: Caller,
    pub(crate) specialist: Caller,
    /// Of the same unit as the specialist.
    pub(crate) colleague: Caller,
    /// Of the other unit.
    pub(crate) stranger: Caller,
    authority_id: AuthorityId,
}

/// A letter to be issued without going through its whole life.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) urgency: Urgency,
    pub(crate) reply_to: Option<IncomingId>,
    pub(crate) due_reply_day: Option<Day>,
    pub(crate) attachments: Vec<(String, Vec<u8>)>,
    pub(crate) pdf: Vec<u8>,
    pub(crate) state: Life,
}

/// How far the letter has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Sealed,
    Issued,
}

impl Letter {
    pub(crate) fn about(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            urgency: Urgency::Normal,
            reply_to: None,
            due_reply_day: None,
            attachments: Vec::new(),
            pdf: subject.as_bytes().to_vec(),
            state: Life::Issued,
        }
    }
}

impl World {
    /// Without a certificate authority: files carry no signature, and nobody's status is known.
    pub(crate) async fn new() -> Self {
        Self::build(false, None).await
    }

    /// With the practice authority, on that database where one is named.
    pub(crate) async fn with_authority(url: Option<String>) -> Self {
        Self::build(true, url).await
    }

    /// On that database, without a certificate authority.
    pub(crate) async fn on(url: String) -> Self {
        Self::build(false, Some(url)).await
    }

    /// The same tables as a real installation sees them.
    pub(crate) fn real(&self) -> Arc<App> {
        let (store, ports) = (self.app.store.clone(), self.app.ports.clone());
        let trust = self.authority.as_ref().unwrap().trust();
        App::new(store, ports, trust, Mode::Real, self.app.base_url.clone()).unwrap()
    }

    async fn build(with_authority: bool, url: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = || format!("sqlite://{}", folder.path().join("vanthu.db").display());
        let store = Store::open_with(StoreOptions {
            url: url.unwrap_or_else(file),
            blob_dir: folder.path().join("blobs"),
            durability: Durability::Relaxed,
            readers: 4,
        })
        .await
        .unwrap();
        let clock = Arc::new(MovableClock::at(monday()));
        migrate::run(&store, monday()).await.unwrap();
        let status = Arc::new(AtomicBool::new(true));
        let authority = with_authority.then(|| {
            let clock: Arc<dyn Clock> = clock.clone();
            PracticeAuthority::open_or_make(
                &folder.path().join("authority"),
                "http://127.0.0.1:8080",
                clock,
                &SystemRandomness,
            )
            .unwrap()
        });
        let ports = Ports {
            clock: clock.clone(),
            randomness: Arc::new(SystemRandomness),
            timestamps: Arc::new(Stamps(
                authority.as_ref().map(PracticeAuthority::timestamps),
            )),
            revocation: Arc::new(Switched {
                on: status.clone(),
                source: authority.as_ref().map(PracticeAuthority::revocation),
            }),
        };
        let trust = authority
            .as_ref()
            .map_or_else(Trust::default, PracticeAuthority::trust);
        let app = App::new(
            store,
            ports,
            trust,
            Mode::Practice,
            "http://127.0.0.1:8080".to_owned(),
        )
        .unwrap();
        Self {
            app,
            clock,
            status,
            authority,
            folder,
        }
    }

    /// An agency with two units, and people in the usual roles.
    pub(crate) async fn office(&self, code: &str, name: &str) -> Office {
        let mut tx = self.app.store.write().await.unwrap();
        let agency = Agency {
            agency_id: AgencyId::new(self.app.now(), self.app.random()),
            code: code.to_owned(),
            name: name.to_owned(),
            abbreviation: format!("CQ{}", code.replace('.', "")),
            parent_id: None,
            parent_line: None,
            kind: AgencyKind::Department,
            place_name: "Bình Mẫu".to_owned(),
            profile: "national".to_owned(),
            email: "vanthu@mau.gov.vn".to_owned(),
            collective: false,
        };
        agency::insert(&mut tx, &agency).await.unwrap();
        let mut units = Vec::new();
        for (name, abbreviation) in [("Phòng Nghiệp vụ", "NV"), ("Văn phòng", "VP")] {
            let unit = Unit {
                unit_id: UnitId::new(self.app.now(), self.app.random()),
                agency_id: agency.agency_id.clone(),
                name: name.to_owned(),
                abbreviation: abbreviation.to_owned(),
            };
            agency::insert_unit(&mut tx, &unit).await.unwrap();
            units.push(unit.unit_id);
        }
        tx.commit().await.unwrap();
        let (unit, other) = (Some(&units[0]), Some(&units[1]));
        let person = async |name: &str, role, unit: Option<&UnitId>| {
            self.person(&agency, &format!("{name} {code}"), role, unit)
                .await
        };
        let leader = person("Lê Lãnh Đạo", Role::Leader, None).await;
        let authority = SigningAuthority {
            authority_id: AuthorityId::new(self.app.now(), self.app.random()),
            agency_id: agency.agency_id.clone(),
            person_id: leader.person_id().clone(),
            capacity: Capacity::Head,
            lines: vec!["GIÁM ĐỐC".to_owned()],
            basis: "Quyết định bổ nhiệm".to_owned(),
            from_day: Day::new(2026, 1, 1).unwrap(),
            until_day: None,
        };
        let mut tx = self.app.store.write().await.unwrap();
        agency::insert_authority(&mut tx, &authority).await.unwrap();
        tx.commit().await.unwrap();
        Office {
            clerk: person("Vũ Văn Thư", Role::Clerk, other).await,
            head: person("Trần Trưởng Phòng", Role::UnitHead, unit).await,
            specialist: person("Nguyễn Chuyên Viên", Role::Specialist, unit).await,
            colleague: person("Phạm Đồng Nghiệp", Role::Specialist, unit).await,
            stranger: person("Hoàng Phòng Khác", Role::Specialist, other).await,
            leader,
            unit_id: units[0].clone(),
            other_unit_id: units[1].clone(),
            agency,
            authority_id: authority.authority_id,
        }
    }

    async fn person(
        &self,
        agency: &Agency,
        name: &str,
        role: Role,
        unit: Option<&UnitId>,
    ) -> Caller {
        let mut tx = self.app.store.write().await.unwrap();
        let row = PersonRow {
            person_id: PersonId::new(self.app.now(), self.app.random()),
            full_name: name.to_owned(),
            email: String::new(),
            phone: String::new(),
            picture_blob: None,
        };
        person::insert(&mut tx, &row).await.unwrap();
        let post = Post {
            post_id: PostId::new(self.app.now(), self.app.random()),
            person_id: row.person_id.clone(),
            agency_id: agency.agency_id.clone(),
            unit_id: unit.cloned(),
            title: role.name().to_owned(),
            role,
            from_day: Day::new(2026, 1, 1).unwrap(),
            until_day: None,
        };
        person::insert_post(&mut tx, &post).await.unwrap();
        tx.commit().await.unwrap();
        Caller {
            actor: Actor {
                account_id: AccountId::new(self.app.now(), self.app.random()),
                person_id: row.person_id,
                active: true,
                posts: vec![Seat {
                    agency_id: agency.agency_id.clone(),
                    unit_id: unit.cloned(),
                    role,
                }],
            },
            login: name.to_owned(),
            full_name: name.to_owned(),
            title: post.title,
            agency_id: agency.agency_id.clone(),
        }
    }

    /// Puts a letter that is sealed or issued there, with its deliveries in the outbox.
    pub(crate) async fn letter(&self, from: &Office, to: &[&Office], letter: Letter) -> OutgoingId {
        let now = self.app.now();
        let mut attachments = Vec::new();
        for (name, bytes) in &letter.attachments {
            let blob = self
                .app
                .store
                .blobs()
                .put(bytes.clone(), now)
                .await
                .unwrap();
            attachments.push((name.clone(), bytes.len(), blob));
        }
        let blob = self.app.store.blobs().put(letter.pdf, now).await.unwrap();
        let mut tx = self.app.store.write().await.unwrap();
        let outgoing_id = OutgoingId::new(now, self.app.random());
        let fresh = RegisterRow {
            register_id: RegisterId::new(now, self.app.random()),
            agency_id: from.agency.agency_id.clone(),
            direction: Direction::Out,
            year: i64::from(now.day().year()),
            name: "Sổ văn bản đi".to_owned(),
            next_number: 1,
        };
        let register_id = register::open(&mut tx, &fresh).await.unwrap().register_id;
        let entry = register::give(&mut tx, &register_id, |number| Giving {
            notation: format!("{number:02}/{}-NV", from.agency.abbreviation),
            document_id: outgoing_id.to_string(),
            day: now.day(),
            person_id: from.clerk.person_id().clone(),
            at: now,
        })
        .await
        .unwrap();
        let number = GivenNumber {
            register_id,
            number: entry.number,
            notation: entry.notation,
            day: now.day(),
        };
        let row = OutgoingRow {
            outgoing_id: outgoing_id.clone(),
            agency_id: from.agency.agency_id.clone(),
            unit_id: from.unit_id.clone(),
            drafter_id: from.specialist.person_id().clone(),
            authority_id: Some(from.authority_id.clone()),
            signer_id: Some(from.leader.person_id().clone()),
            kind: DocumentKind::OfficialLetter,
            subject: letter.subject,
            urgency: letter.urgency,
            state: match letter.state {
                Life::Sealed => OutgoingState::Sealed { since: now, number },
                Life::Issued => OutgoingState::Issued { since: now, number },
            },
            source: Source::Upload,
            body: String::new(),
            addressees: to.iter().map(|to| to.agency.name.clone()).collect(),
            recipients_text: vec!["Như trên".to_owned(), "Lưu: VT".to_owned()],
            places: None,
            pages: 1,
            current_blob: Some(blob.clone()),
            signed_blob: Some(blob.clone()),
            sealed_blob: Some(blob),
            reply_to: letter.reply_to,
            due_reply_day: letter.due_reply_day,
            search_text: String::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        outgoing::insert(&mut tx, &row).await.unwrap();
        let recipients: Vec<AgencyId> = to.iter().map(|to| to.agency.agency_id.clone()).collect();
        outgoing::set_recipients(&mut tx, &outgoing_id, &recipients)
            .await
            .unwrap();
        for (position, (name, bytes, sha256)) in attachments.into_iter().enumerate() {
            let row = FileRow {
                file_id: FileId::new(now, self.app.random()),
                owner_id: outgoing_id.to_string(),
                role: FileRole::Attachment,
                name,
                media_type: "application/pdf".to_owned(),
                bytes: i64::try_from(bytes).unwrap(),
                sha256,
                pages: Some(1),
                position: u32::try_from(position).unwrap(),
                created_at: now,
            };
            file::insert(&mut tx, &row).await.unwrap();
        }
        if letter.state == Life::Issued {
            for to_agency_id in recipients {
                let row = DeliveryRow {
                    delivery_id: DeliveryId::new(now, self.app.random()),
                    outgoing_id: outgoing_id.clone(),
                    from_agency_id: from.agency.agency_id.clone(),
                    idempotency_key: format!("{outgoing_id}:{to_agency_id}:0"),
                    to_agency_id,
                    state: DeliveryState::Queued,
                    incoming_id: None,
                    code: None,
                    reason: None,
                    queued_at: now,
                    sent_at: None,
                    updated_at: now,
                };
                delivery::insert(&mut tx, &row).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        if letter.state == Life::Issued {
            let mut work = self.app.begin_system(None).await.unwrap();
            let payload = json!({"outgoing_id": outgoing_id});
            work.enqueue(crate::outgoing::issue::DELIVER, None, payload)
                .await
                .unwrap();
            work.commit().await.unwrap();
        }
        outgoing_id
    }

    /// A letter with both signatures, made with the practice authority.
    pub(crate) async fn signed_pdf(&self, from: &Office) -> Vec<u8> {
        let authority = self.authority.as_ref().unwrap();
        let made = typeset_letter(&paper(from)).unwrap();
        let places = PaperPlaces::from(made.places);
        let leader = from.leader.full_name.clone();
        let about = |name: &str| About {
            name: name.to_owned(),
            location: "Bình Mẫu".to_owned(),
            reason: "Thực hành".to_owned(),
            at: Time::from_unix(self.app.now().unix_seconds()),
        };
        let (key, its) = (
            SoftKey::generate_p256().unwrap(),
            validity(self.app.now(), 30, 365),
        );
        let subject = PersonSubject {
            full_name: leader.clone(),
            ..PersonSubject::default()
        };
        let where_asked = endpoints("http://127.0.0.1:8080");
        let number = serial(&SystemRandomness);
        let issuing = authority.issuing();
        let personal = issuing
            .person(&subject, &key.spki(), its, number, &where_asked)
            .unwrap();
        self.on_record(
            &personal,
            Holder::Person {
                person_id: from.leader.person_id().clone(),
            },
        )
        .await;
        let picture = crate::practice::picture::signature(&leader).unwrap();
        let request = person_request(&about(&leader), &places, picture.clone(), 36.0);
        let signed = self.sign(&made.pdf, &request, &personal, &key).await;

        let key = SoftKey::generate_p256().unwrap();
        let subject = AgencySubject {
            name: from.agency.name.clone(),
            ..AgencySubject::default()
        };
        let number = serial(&SystemRandomness);
        let official = issuing
            .agency(&subject, &key.spki(), its, number, &where_asked)
            .unwrap();
        let agency_id = from.agency.agency_id.clone();
        self.on_record(
            &official,
            Holder::Agency {
                agency_id,
                keeper: None,
            },
        )
        .await;
        let given = GivenNumber {
            register_id: RegisterId::new(self.app.now(), 1),
            number: 1,
            notation: format!("01/{}-NV", from.agency.abbreviation),
            day: self.app.now().day(),
        };
        let request = agency_request(&about(&from.agency.name), &places, &given, picture, 36.0);
        self.sign(&signed, &request, &official, &key).await
    }

    async fn sign(
        &self,
        pdf: &[u8],
        request: &SignatureRequest,
        certificate: &Certificate,
        key: &SoftKey,
    ) -> Vec<u8> {
        let algorithm = key.default_algorithm();
        let prepared = prepare(pdf, request, certificate, algorithm, &fonts()).unwrap();
        let value = key.sign(algorithm, prepared.to_be_signed()).unwrap();
        let completed = prepared.complete(&value).unwrap();
        let imprint = completed.timestamp_imprint();
        let token = self.app.ports.timestamps.stamp(imprint, 1).await.unwrap();
        let chain = [self
            .authority
            .as_ref()
            .unwrap()
            .issuing()
            .certificate()
            .clone()];
        completed.embed(pdf, &chain, Some(&token)).unwrap()
    }

    async fn on_record(&self, certificate: &Certificate, holder: Holder) {
        let mut tx = self.app.store.write().await.unwrap();
        let row = CertificateRow {
            record: CertificateRecord {
                certificate_id: CertificateId::new(self.app.now(), self.app.random()),
                serial: certificate.serial_hex(),
                subject: certificate.subject().to_string(),
                issuer: certificate.issuer().to_string(),
                thumbprint: certificate.sha256_thumbprint(),
                holder,
                state: CertificateState::Effective,
                not_before: monday(),
                not_after: monday().plus_seconds(365 * 86_400),
                device_id: None,
            },
            der: String::new(),
            chain: Vec::new(),
            created_at: self.app.now(),
        };
        certificate::insert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Where its files lie.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Changes its SQLite file behind the program's back.
    pub(crate) async fn meddle(&self, sql: &str) {
        use sea_orm::ConnectionTrait as _;
        let url = format!(
            "sqlite://{}",
            self.folder.path().join("vanthu.db").display()
        );
        let database = sea_orm::Database::connect(url).await.unwrap();
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }

    /// Runs every job that is due.
    pub(crate) async fn run(&self) -> usize {
        job::run_due(&self.app).await.unwrap()
    }

    /// The incoming document at an office that came of an outgoing one.
    pub(crate) async fn incoming(&self, id: &OutgoingId, at: &Office) -> IncomingRow {
        let delivery = self.delivery(id, at).await;
        let mut tx = self.app.store.read().await.unwrap();
        incoming::load(&mut tx, &delivery.incoming_id.unwrap())
            .await
            .unwrap()
    }

    /// The incoming document as it stands now.
    pub(crate) async fn reload(&self, id: &IncomingId) -> IncomingRow {
        let mut tx = self.app.store.read().await.unwrap();
        incoming::load(&mut tx, id).await.unwrap()
    }

    /// The delivery of a document to an office.
    pub(crate) async fn delivery(&self, id: &OutgoingId, to: &Office) -> DeliveryRow {
        let mut tx = self.app.store.read().await.unwrap();
        let rows = delivery::list(&mut tx, id).await.unwrap();
        rows.into_iter()
            .find(|row| row.to_agency_id == to.agency.agency_id)
            .unwrap()
    }

    /// The codes of a person's notices, the oldest first.
    pub(crate) async fn notices(&self, of: &Caller) -> Vec<String> {
        self.notice_rows(of)
            .await
            .into_iter()
            .map(|row| row.code)
            .collect()
    }

    /// A person's notices, the oldest first.
    pub(crate) async fn notice_rows(&self, of: &Caller) -> Vec<NoticeRow> {
        let mut tx = self.app.store.read().await.unwrap();
        let page = notice::list(&mut tx, of.person_id(), None, 200)
            .await
            .unwrap();
        page.items.into_iter().rev().collect()
    }

    /// Everything that was recorded about an object: the words of the acts, the oldest first.
    pub(crate) async fn acts(&self, object: impl ToString) -> Vec<&'static str> {
        let mut tx = self.app.store.read().await.unwrap();
        let rows = vanthu_store::ledger::list_about(&mut tx, &object.to_string())
            .await
            .unwrap();
        rows.into_iter().map(|row| row.act.code()).collect()
    }

    /// The youngest entry about an object.
    pub(crate) async fn last_entry(&self, object: impl ToString) -> vanthu_domain::audit::Entry {
        let mut tx = self.app.store.read().await.unwrap();
        let rows = vanthu_store::ledger::list_about(&mut tx, &object.to_string())
            .await
            .unwrap();
        rows.last().unwrap().entry()
    }

    /// A letter that has come to an office, examined.
    pub(crate) async fn arrived(&self, from: &Office, to: &Office, letter: Letter) -> IncomingRow {
        let id = self.letter(from, &[to], letter).await;
        self.run().await;
        self.incoming(&id, to).await
    }
}

/// The PostgreSQL that the environment offers.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
pub(crate) fn postgres() -> Option<String> {
    std::env::var("VANTHU_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())
}

/// Runs a statement there.
pub(crate) fn run_sql(server: &str, sql: &str) {
    let done = std::process::Command::new("psql")
        .args(["-q", "-v", "ON_ERROR_STOP=1", "-c", sql, server])
        .status()
        .unwrap();
    assert!(done.success(), "{sql}");
}

/// The paper of a letter.
pub(crate) fn paper(from: &Office) -> Paper {
    Paper {
        parent_agency: None,
        agency: from.agency.name.to_uppercase(),
        notation: format!("{}-NV", from.agency.abbreviation),
        place_name: "Bình Mẫu".to_owned(),
        kind: DocumentKind::OfficialLetter,
        subject: "báo cáo tình hình".to_owned(),
        urgency: Urgency::Normal,
        addressees: vec!["Các cơ quan liên quan".to_owned()],
        body: vanthu_domain::body::Body::parse("Đề nghị các cơ quan báo cáo tình hình.").body,
        recipients: vec!["Như trên".to_owned()],
        authority_lines: vec!["GIÁM ĐỐC".to_owned()],
        signer_name: from.leader.full_name.clone(),
        drafted_on: monday().day(),
        title: "Công văn".to_owned(),
        extras: vanthu_layout::Extras::default(),
    }
}

/// A status service that can be silent.
struct Switched {
    on: Arc<AtomicBool>,
    source: Option<PracticeRevocation>,
}

impl RevocationSource for Switched {
    fn evidence(&self, question: Question) -> Answer<'_, Result<StatusFound, StatusUnknown>> {
        match &self.source {
            Some(source) if self.on.load(Ordering::SeqCst) => source.evidence(question),
            _ => Box::pin(async { Err(StatusUnknown("silent".to_owned())) }),
        }
    }
}

struct Stamps(Option<PracticeTimestamps>);

impl TimestampService for Stamps {
    fn stamp(&self, digest: [u8; 32], nonce: u64) -> Answer<'_, Result<Vec<u8>, StampError>> {
        match &self.0 {
            Some(service) => service.stamp(digest, nonce),
            None => Box::pin(async { Err(StampError("none".to_owned())) }),
        }
    }
}

/// Documents on their way through an office, for tests of what comes later.
pub(crate) mod way {
    use vanthu_domain::id::{LineId, UnitId};
    use vanthu_domain::line::Part;
    use vanthu_store::incoming::IncomingRow;
    use vanthu_store::line::{self, LineRow};

    use super::{Letter, Office, World};
    use crate::Caller;
    use crate::incoming::accept_and_register::accept_and_register;
    use crate::incoming::direct::{Direct, direct};
    use crate::incoming::present::{Present, present};
    use crate::incoming::register::Register;
    use crate::line::give::{Holder, NewLine};

    /// A line for a unit.
    pub(crate) fn unit(unit_id: &UnitId, part: Part) -> NewLine {
        NewLine {
            to: Holder::Unit(unit_id.clone()),
            part,
            due_day: None,
            instruction: String::new(),
        }
    }

    /// A line for a person.
    pub(crate) fn person(who: &Caller, part: Part) -> NewLine {
        NewLine {
            to: Holder::Person(who.person_id().clone()),
            part,
            due_day: None,
            instruction: String::new(),
        }
    }

    /// Arrived, accepted, registered, presented.
    pub(crate) async fn presented(world: &World, from: &Office, to: &Office) -> IncomingRow {
        let row = world.arrived(from, to, Letter::about("V/v báo cáo")).await;
        let input = Register {
            incoming_id: row.incoming_id.clone(),
            version: None,
            due_day: None,
            note: String::new(),
            despite_duplicate: None,
        };
        accept_and_register(&world.app, &to.clerk, input)
            .await
            .unwrap();
        let input = Present {
            incoming_id: row.incoming_id.clone(),
            version: None,
            leader_id: to.leader.person_id().clone(),
            proposal: "Giao Phòng Nghiệp vụ chủ trì".to_owned(),
        };
        present(&world.app, &to.clerk, input).await.unwrap();
        world.reload(&row.incoming_id).await
    }

    /// The same, and directed to these.
    pub(crate) async fn directed(
        world: &World,
        from: &Office,
        to: &Office,
        lines: Vec<NewLine>,
    ) -> (IncomingRow, Vec<LineRow>) {
        let row = presented(world, from, to).await;
        let input = Direct {
            incoming_id: row.incoming_id.clone(),
            version: None,
            words: "Xử lý, báo cáo kết quả".to_owned(),
            due_day: None,
            lines,
        };
        direct(&world.app, &to.leader, input).await.unwrap();
        (
            world.reload(&row.incoming_id).await,
            lines_of(world, &row).await,
        )
    }

    /// The lines of a document in the order they were given.
    pub(crate) async fn lines_of(world: &World, row: &IncomingRow) -> Vec<LineRow> {
        let mut tx = world.app.store.read().await.unwrap();
        line::list_of_incoming(&mut tx, &row.incoming_id)
            .await
            .unwrap()
    }

    /// A line as it stands now.
    pub(crate) async fn line_now(world: &World, id: &LineId) -> LineRow {
        let mut tx = world.app.store.read().await.unwrap();
        line::load(&mut tx, id).await.unwrap()
    }
}
