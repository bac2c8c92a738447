//! The practice province is put into the store, in one transaction: agencies, people, accounts,
//! authorities, certificates and seals; and the key files into the agent's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::agency::{Agency, Post, Role, SigningAuthority, Unit};
use vanthu_domain::audit::{Act, Entry};
use vanthu_domain::certificate::{CertificateRecord, CertificateState, Holder};
use vanthu_domain::device::{Belongs, DeviceKind, DeviceRecord, DeviceState, Entrustment};
use vanthu_domain::id::{
    AccountId, AgencyId, AuthorityId, CertificateId, DeviceId, PersonId, PostId, SealId, UnitId,
};
use vanthu_domain::{Clock, Day, Moment, Randomness};
use vanthu_layout::TINOS_BOLD;
use vanthu_pki::authority::{AgencySubject, Authority, PersonSubject, Revocation};
use vanthu_pki::{Certificate, SoftKey, Time, pkcs12};
use vanthu_store::account::{self, AccountRow};
use vanthu_store::certificate::{self, CertificateRow};
use vanthu_store::device::{self, DeviceRow};
use vanthu_store::person::{self, PersonRow};
use vanthu_store::seal::{self, SealRow};
use vanthu_store::{Store, Tx, agency, installation, ledger};

use crate::AppError;
use crate::account::password;
use crate::practice::authority::{
    PracticeAuthority, endpoints, serial, validity, write_private, write_revoked,
};
use crate::practice::picture;
use crate::practice::province::{BadCertificate, PracticeAgency, PracticePerson, Province};

/// Everybody's password.
pub const PASSWORD: &str = "Thuc-hanh-2026";
/// The PIN of every key file.
pub const PIN: &str = "12345678";

/// Certificates were issued so many days ago.
const ISSUED_DAYS_AGO: i64 = 45;
/// And stand so many days more.
const STANDING_DAYS: i64 = 690;
/// People have been in their posts so many days.
const POST_DAYS: i32 = 300;

/// What the world is made with.
pub struct Making<'a> {
    /// The store; its tables are there and empty.
    pub store: &'a Store,
    /// The authority.
    pub authority: &'a PracticeAuthority,
    /// The folder in which the authority is kept.
    pub authority_folder: &'a Path,
    /// The agent's folder: `keys` and `bad-keys` are made in it.
    pub agent_folder: &'a Path,
    /// The address of the services, for certificates.
    pub base_url: &'a str,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Randomness.
    pub randomness: &'a Arc<dyn Randomness>,
    /// The moment at which the ledger says that it was made: before the oldest document.
    pub made_at: Moment,
}

/// Makes the province.
pub async fn make(making: &Making<'_>, province: &Province) -> Result<(), AppError> {
    let now = making.clock.now();
    let drawn = draw(making, province, now).await?;
    write_keys(making, &drawn)?;
    let hash = password::hash_with(making.randomness.as_ref(), PASSWORD).await?;
    let mut tx = making.store.write().await?;
    let made_at = making.made_at;
    let mut put = Put {
        tx: &mut tx,
        now: made_at,
        chance: making.randomness.as_ref(),
        hash: &hash,
    };
    let mut ids = BTreeMap::new();
    for drawn_agency in &drawn.agencies {
        let above = drawn_agency
            .written
            .under
            .as_ref()
            .and_then(|key| ids.get(key))
            .cloned();
        let id = put.agency(province, drawn_agency, above).await?;
        ids.insert(drawn_agency.written.key.clone(), id);
    }
    installation::set(&mut tx, "mode", "practice").await?;
    let entry = Entry {
        at: made_at,
        account_id: None,
        person_id: None,
        agency_id: None,
        act: Act::InstallationMade,
        object_id: "installation".to_owned(),
        about: Vec::new(),
        data: json!({"mode": "practice", "agencies": ids.len()}),
    };
    ledger::append(&mut tx, &entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Keys, certificates and pictures: what takes time, made beside each other.
struct Drawn<'a> {
    agencies: Vec<DrawnAgency<'a>>,
    revoked: Vec<Revocation>,
}

struct DrawnAgency<'a> {
    written: &'a PracticeAgency,
    issued: Issued,
    seal_blob: String,
    people: Vec<DrawnPerson<'a>>,
}

struct DrawnPerson<'a> {
    written: &'a PracticePerson,
    signs: Option<(Issued, String)>,
}

/// A certificate with its key file.
struct Issued {
    name: String,
    certificate: Certificate,
    chain: Vec<Certificate>,
    file: Vec<u8>,
    is_bad: bool,
}

async fn draw<'a>(
    making: &Making<'_>,
    province: &'a Province,
    now: Moment,
) -> Result<Drawn<'a>, AppError> {
    let stranger = Arc::new(
        Authority::root(
            SoftKey::generate_rsa_2048().map_err(fault)?,
            "Gốc chứng thực không rõ",
            validity(now, 400, 4000),
            serial(making.randomness.as_ref()),
        )
        .map_err(fault)?,
    );
    let mut waiting = Vec::new();
    for agency in &province.agencies {
        let seal = {
            let (name, mm) = (seal_name(&agency.name), agency.seal_mm as f32);
            tokio::task::spawn_blocking(move || picture::seal(&name, mm, TINOS_BOLD))
        };
        let order = Order::of_agency(making, province, agency, now);
        let issued = tokio::task::spawn_blocking(move || order.fill());
        let mut people = Vec::new();
        for person in &agency.people {
            let signs = person.capacity.map(|_| {
                let name = person.name.clone();
                let order = Order::of_person(making, province, (agency, person), &stranger, now);
                (
                    tokio::task::spawn_blocking(move || order.fill()),
                    tokio::task::spawn_blocking(move || picture::signature(&name)),
                )
            });
            people.push((person, signs));
        }
        waiting.push((agency, issued, seal, people));
    }
    let mut drawn = Drawn {
        agencies: Vec::new(),
        revoked: Vec::new(),
    };
    let blobs = making.store.blobs();
    for (written, issued, seal, people) in waiting {
        let mut drawn_people = Vec::new();
        for (written, signs) in people {
            let signs = match signs {
                Some((issued, picture)) => {
                    let issued = issued.await.map_err(fault)??;
                    if written.certificate == Some(BadCertificate::Revoked) {
                        drawn.revoked.push(Revocation {
                            serial: issued.certificate.serial().to_vec(),
                            at: Time::from_unix(now.unix_seconds()).plus_days(-20),
                            reason: Some(1),
                        });
                    }
                    let picture = picture.await.map_err(fault)??;
                    Some((issued, blobs.put(picture, now).await?))
                }
                None => None,
            };
            drawn_people.push(DrawnPerson { written, signs });
        }
        drawn.agencies.push(DrawnAgency {
            written,
            issued: issued.await.map_err(fault)??,
            seal_blob: blobs.put(seal.await.map_err(fault)??, now).await?,
            people: drawn_people,
        });
    }
    Ok(drawn)
}

/// Without the remark in brackets, which the ring says anyway.
fn seal_name(name: &str) -> String {
    name.split(" (").next().unwrap_or(name).to_owned()
}

/// Who issues.
enum Issuer {
    Practice(PracticeAuthority),
    Stranger(Arc<Authority>),
}

/// A certificate to be made on another thread.
struct Order {
    name: String,
    subject: Subject,
    issuer: Issuer,
    validity: vanthu_pki::authority::Validity,
    serial: u128,
    base_url: String,
    is_bad: bool,
}

enum Subject {
    Person(PersonSubject),
    Agency(AgencySubject),
}

impl Order {
    fn of_agency(
        making: &Making<'_>,
        province: &Province,
        agency: &PracticeAgency,
        now: Moment,
    ) -> Self {
        Self {
            name: agency.key.clone(),
            subject: Subject::Agency(AgencySubject {
                name: agency.name.clone(),
                parent: agency.parent.clone().unwrap_or_default(),
                locality: agency.place.clone(),
                identifier: agency.code.clone(),
                email: mail(province, agency, &agency.key),
            }),
            issuer: Issuer::Practice(making.authority.clone()),
            validity: validity(now, ISSUED_DAYS_AGO, STANDING_DAYS),
            serial: serial(making.randomness.as_ref()),
            base_url: making.base_url.to_owned(),
            is_bad: false,
        }
    }

    fn of_person(
        making: &Making<'_>,
        province: &Province,
        (agency, person): (&PracticeAgency, &PracticePerson),
        stranger: &Arc<Authority>,
        now: Moment,
    ) -> Self {
        let unit = agency.units.iter().find(|it| it.key == person.unit);
        Self {
            name: person.login.clone(),
            subject: Subject::Person(PersonSubject {
                full_name: person.name.clone(),
                title: person.title.clone(),
                unit: unit.map(|it| it.name.clone()).unwrap_or_default(),
                organization: agency.name.clone(),
                locality: agency.place.clone(),
                user_id: person.login.clone(),
                email: mail(province, agency, &person.login),
            }),
            issuer: match person.certificate {
                Some(BadCertificate::UnknownIssuer) => Issuer::Stranger(Arc::clone(stranger)),
                _ => Issuer::Practice(making.authority.clone()),
            },
            validity: match person.certificate {
                Some(BadCertificate::Expired) => validity(now, 400, -5),
                _ => validity(now, ISSUED_DAYS_AGO, STANDING_DAYS),
            },
            serial: serial(making.randomness.as_ref()),
            base_url: making.base_url.to_owned(),
            is_bad: person.certificate.is_some(),
        }
    }

    fn fill(self) -> Result<Issued, AppError> {
        let key = SoftKey::generate_rsa_2048().map_err(fault)?;
        let issuer = match &self.issuer {
            Issuer::Practice(authority) => authority.issuing(),
            Issuer::Stranger(authority) => authority,
        };
        let (spki, at) = (key.spki(), endpoints(&self.base_url));
        let certificate = match &self.subject {
            Subject::Person(it) => issuer.person(it, &spki, self.validity, self.serial, &at),
            Subject::Agency(it) => issuer.agency(it, &spki, self.validity, self.serial, &at),
        }
        .map_err(fault)?;
        let chain = vec![issuer.certificate().clone()];
        let file = pkcs12::make(&key, &certificate, &chain, PIN, &self.name).map_err(fault)?;
        Ok(Issued {
            name: self.name,
            certificate,
            chain,
            file,
            is_bad: self.is_bad,
        })
    }
}

fn mail(province: &Province, agency: &PracticeAgency, name: &str) -> String {
    let domain = agency.mail_domain.as_ref().unwrap_or(&province.mail_domain);
    format!("{name}@{domain}")
}

/// The key files of the practice agent, and apart from them those that nobody should sign with.
fn write_keys(making: &Making<'_>, drawn: &Drawn<'_>) -> Result<(), AppError> {
    let good = folder(making.agent_folder, "keys")?;
    let bad = folder(making.agent_folder, "bad-keys")?;
    let people = drawn.agencies.iter().flat_map(|agency| &agency.people);
    let persons = people.filter_map(|person| person.signs.as_ref().map(|(issued, _)| issued));
    for issued in drawn
        .agencies
        .iter()
        .map(|agency| &agency.issued)
        .chain(persons)
    {
        let folder = if issued.is_bad { &bad } else { &good };
        write_private(&folder.join(format!("{}.p12", issued.name)), &issued.file)?;
        let pem = issued.certificate.to_pem();
        write_private(&folder.join(format!("{}.pem", issued.name)), pem.as_bytes())?;
    }
    write_private(
        &making.agent_folder.join("pin"),
        format!("{PIN}\n").as_bytes(),
    )?;
    write_revoked(making.authority_folder, &drawn.revoked)
}

fn folder(parent: &Path, name: &str) -> Result<PathBuf, AppError> {
    let path = parent.join(name);
    std::fs::create_dir_all(&path).map_err(|e| AppError::fault(path.display().to_string(), e))?;
    Ok(path)
}

/// Puts rows into the one transaction.
struct Put<'a> {
    tx: &'a mut Tx,
    now: Moment,
    chance: &'a dyn Randomness,
    hash: &'a str,
}

impl Put<'_> {
    fn since(&self) -> Day {
        self.now.day().plus_days(-POST_DAYS)
    }

    async fn agency(
        &mut self,
        province: &Province,
        drawn: &DrawnAgency<'_>,
        above: Option<AgencyId>,
    ) -> Result<AgencyId, AppError> {
        let written = drawn.written;
        let agency_id = AgencyId::new(self.now, self.chance.u128());
        let row = Agency {
            agency_id: agency_id.clone(),
            code: written.code.clone(),
            name: written.name.clone(),
            abbreviation: written.abbreviation.clone(),
            parent_id: above,
            parent_line: written.parent.clone(),
            kind: written.kind,
            place_name: written.place.clone(),
            profile: written.profile.clone(),
            email: mail(province, written, &format!("vanthu.{}", written.key)),
            collective: written.collective,
        };
        agency::insert(self.tx, &row).await?;
        let mut units = BTreeMap::new();
        for unit in &written.units {
            let unit_id = UnitId::new(self.now, self.chance.u128());
            units.insert(unit.key.as_str(), unit_id.clone());
            let row = Unit {
                unit_id,
                agency_id: agency_id.clone(),
                name: unit.name.clone(),
                abbreviation: unit.abbreviation.clone(),
            };
            agency::insert_unit(self.tx, &row).await?;
        }
        let mut clerk = None;
        for drawn_person in &drawn.people {
            let unit_id = units.get(drawn_person.written.unit.as_str()).cloned();
            let at = (&agency_id, unit_id);
            let person_id = self.person(province, drawn, drawn_person, at).await?;
            if drawn_person.written.roles.contains(&Role::Clerk) {
                clerk.get_or_insert(person_id);
            }
        }
        let holder = Holder::Agency {
            agency_id: agency_id.clone(),
            keeper: clerk,
        };
        self.certificate(&drawn.issued, holder, &agency_id).await?;
        let row = SealRow {
            seal_id: SealId::new(self.now, self.chance.u128()),
            agency_id: agency_id.clone(),
            picture_blob: drawn.seal_blob.clone(),
            diameter_um: written.seal_mm * 1000,
            from_day: self.since(),
            until_day: None,
        };
        seal::insert(self.tx, &row).await?;
        Ok(agency_id)
    }

    async fn person(
        &mut self,
        province: &Province,
        agency: &DrawnAgency<'_>,
        drawn: &DrawnPerson<'_>,
        (agency_id, unit_id): (&AgencyId, Option<UnitId>),
    ) -> Result<PersonId, AppError> {
        let written = drawn.written;
        let person_id = PersonId::new(self.now, self.chance.u128());
        let row = PersonRow {
            person_id: person_id.clone(),
            full_name: written.name.clone(),
            email: mail(province, agency.written, &written.login),
            phone: String::new(),
            picture_blob: drawn.signs.as_ref().map(|(_, picture)| picture.clone()),
        };
        person::insert(self.tx, &row).await?;
        for role in &written.roles {
            let post = Post {
                post_id: PostId::new(self.now, self.chance.u128()),
                person_id: person_id.clone(),
                agency_id: agency_id.clone(),
                unit_id: unit_id.clone(),
                title: written.title.clone(),
                role: *role,
                from_day: self.since(),
                until_day: None,
            };
            person::insert_post(self.tx, &post).await?;
        }
        let row = AccountRow {
            account_id: AccountId::new(self.now, self.chance.u128()),
            person_id: person_id.clone(),
            login: written.login.clone(),
            password_hash: self.hash.to_owned(),
            state: AccountState::Active,
            failures: Failures::default(),
            must_change_password: false,
            created_at: self.now,
            password_changed_at: self.now,
        };
        account::insert(self.tx, &row).await?;
        if let (Some(capacity), Some((issued, _))) = (written.capacity, &drawn.signs) {
            let row = SigningAuthority {
                authority_id: AuthorityId::new(self.now, self.chance.u128()),
                agency_id: agency_id.clone(),
                person_id: person_id.clone(),
                capacity,
                lines: written.lines.clone(),
                basis: self.basis(agency.written),
                from_day: self.since(),
                until_day: None,
            };
            agency::insert_authority(self.tx, &row).await?;
            self.certificate(
                issued,
                Holder::Person {
                    person_id: person_id.clone(),
                },
                agency_id,
            )
            .await?;
        }
        Ok(person_id)
    }

    /// The decision that a signing authority rests on; invented.
    fn basis(&self, agency: &PracticeAgency) -> String {
        let day = self.since();
        format!(
            "Quyết định số 15/QĐ-{} ngày {day} về phân công nhiệm vụ và thẩm quyền ký văn bản",
            agency.abbreviation
        )
    }

    /// A key file counts as the device of its certificate. A person's is with the person, the
    /// agency's with the clerk, by a decision.
    async fn device(
        &mut self,
        issued: &Issued,
        holder: &Holder,
        agency_id: &AgencyId,
    ) -> Result<DeviceId, AppError> {
        let (belongs, person) = match holder {
            Holder::Person { person_id } => (Belongs::Person, Some(person_id.clone())),
            Holder::Agency { keeper, .. } => (Belongs::Agency, keeper.clone()),
        };
        let device_id = DeviceId::new(self.now, self.chance.u128());
        let decision = format!("Quyết định số 21/QĐ ngày {} (thực hành)", self.since());
        let row = DeviceRow {
            record: DeviceRecord {
                device_id: device_id.clone(),
                agency_id: agency_id.clone(),
                kind: DeviceKind::Soft,
                serial: format!("TH-{}", issued.name),
                belongs,
                entrustment: (belongs == Belongs::Agency).then(|| Entrustment {
                    reference: decision,
                    from_day: self.since(),
                    until_day: None,
                }),
                state: match person {
                    Some(holder) => DeviceState::Held {
                        since: self.now,
                        holder,
                    },
                    None => DeviceState::InStore { since: self.now },
                },
            },
            created_at: self.now,
        };
        let words = "Biên bản giao nhận thiết bị (thực hành)";
        device::insert(self.tx, &row, None, words).await?;
        Ok(device_id)
    }

    async fn certificate(
        &mut self,
        issued: &Issued,
        holder: Holder,
        agency_id: &AgencyId,
    ) -> Result<(), AppError> {
        let device_id = self.device(issued, &holder, agency_id).await?;
        let it = &issued.certificate;
        let moment = |time: Time| Moment::from_unix_seconds(time.unix());
        let row = CertificateRow {
            record: CertificateRecord {
                certificate_id: CertificateId::new(self.now, self.chance.u128()),
                serial: it.serial_hex(),
                subject: it.subject().to_string(),
                issuer: it.issuer().to_string(),
                thumbprint: it.sha256_thumbprint(),
                holder,
                state: CertificateState::Effective,
                not_before: moment(it.not_before()),
                not_after: moment(it.not_after()),
                device_id: Some(device_id),
            },
            der: STANDARD.encode(it.der()),
            chain: issued
                .chain
                .iter()
                .map(|above| STANDARD.encode(above.der()))
                .collect(),
            created_at: self.now,
        };
        certificate::insert(self.tx, &row).await?;
        Ok(())
    }
}

fn fault(error: impl std::fmt::Display) -> AppError {
    AppError::fault("practice province", error)
}
