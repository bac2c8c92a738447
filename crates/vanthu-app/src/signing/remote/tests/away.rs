//! An office whose leader's key lies at a service on the loopback address.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_domain::Clock as _;
use vanthu_domain::certificate::Holder;
use vanthu_domain::id::{CredentialId, OutgoingId, SigningId};
use vanthu_pki::authority::PersonSubject;
use vanthu_pki::{Certificate, KeySpec, SoftKey, pem};
use vanthu_remote::Plain;
use vanthu_store::signing::{Consent, Purpose};
use vanthu_testkit::remote::serve::Served;
use vanthu_testkit::remote::world::{Expects, Fake, Hand};

use crate::account::session::Session;
use crate::credential::link::link;
use crate::credential::look::Look;
use crate::practice::authority::{PracticeAuthority, endpoints, serial, validity};
use crate::service::KeyServices;
use crate::service::settings::{ServiceSettings, Surroundings};
use crate::signing::open::{OpenSigning, SigningOpened, open};
use crate::signing::state::{Progress, state};
use crate::system::SystemRandomness;
use crate::test::equipped::Desk;
use crate::{App, AppError, Caller, Mode, job};

const BASE: &str = "http://127.0.0.1:8080";

pub(super) const MYSIGN: &str = r#"
    code = "thu"
    name = "Dịch vụ thử"
    kind = "mysign"
    address = "{address}"
    client_id = "vanthu"
    secret_file = "secret"
    profile_id = "adss:ras:profile:001"
"#;

pub(super) const SMARTCA: &str = r#"
    code = "thu"
    name = "Dịch vụ thử"
    kind = "smartca"
    address = "{address}/sca/sp769"
    client_id = "vanthu"
    secret_file = "secret"
"#;

/// A service of the Cloud Signature Consortium, with what else is said of it.
pub(super) fn csc_of(version: u8, more: &str) -> String {
    format!(
        r#"
    code = "thu"
    name = "Dịch vụ thử"
    kind = "csc-v{version}"
    {more}
    address = "{{address}}/csc/v{version}"
    authorize_address = "{{address}}/oauth2/authorize"
    token_address = "{{address}}/oauth2/token"
    client_id = "vanthu"
    secret_file = "secret"
"#
    )
}

/// What is said of a service that answers later.
pub(super) const LATER: &str = "asynchronous = true";

/// What is said of a service whose own page asks the person.
pub(super) const PAGE: &str = "access = \"page\"";

pub(super) const MSSP: &str = r#"
    code = "thu"
    name = "Dịch vụ thử"
    kind = "mssp-soap"
    address = "{address}"
    client_id = "http://vt.example.vn"
    secret_file = "secret"
    identity_file = "identity"
    mssp_id = "http://ky.example.vn"
    signature_profile = "http://ky.example.vn/kyso#digitalsignature"
    format = "http://ky.example.vn/dinhdang#PKCS1"
    services = [
        "http://mobile-id.vn/MSSP/v1.0.0#signingCertificate",
        "http://mobile-id.vn/MSSP/v1.0.0#signatureValidation",
    ]
"#;

pub(super) struct Away<F> {
    pub(super) desk: Desk,
    pub(super) served: Served<F>,
    pub(super) credential: CredentialId,
    settings: String,
    identity: String,
}

impl<F: Fake + Send + 'static> Away<F> {
    /// With the leader's key linked.
    pub(super) async fn new(
        settings: &str,
        spec: KeySpec,
        make: impl FnOnce(Hand, Vec<String>) -> F,
    ) -> Self {
        let mut away = Box::pin(Self::unlinked(settings, spec, make)).await;
        away.credential = away.linked(&away.desk.office.leader.clone()).await;
        away
    }

    pub(super) async fn unlinked(
        settings: &str,
        spec: KeySpec,
        make: impl FnOnce(Hand, Vec<String>) -> F,
    ) -> Self {
        let desk = Box::pin(Desk::new()).await;
        let holder = desk.of_leader();
        Box::pin(Self::on(desk, holder, settings, spec, make)).await
    }

    /// With the agency's key linked by the clerk who keeps it.
    pub(super) async fn of_agency(
        settings: &str,
        make: impl FnOnce(Hand, Vec<String>) -> F,
    ) -> Self {
        let desk = Box::pin(Desk::new()).await;
        let holder = desk.of_agency();
        let on = Self::on(desk, holder, settings, KeySpec::EcP256, make);
        let mut away = Box::pin(on).await;
        away.credential = away.linked(&away.desk.office.clerk.clone()).await;
        away
    }

    async fn on(
        desk: Desk,
        holder: Holder,
        settings: &str,
        spec: KeySpec,
        make: impl FnOnce(Hand, Vec<String>) -> F,
    ) -> Self {
        let usual = validity(desk.world.app.now(), 30, 365);
        let certificate = desk.issue_with(spec, holder, usual, None).await;
        let key = desk.key_behind(&certificate);
        let chain = [&certificate, desk.issuing()].map(|it| STANDARD.encode(it.der()));
        let identity = format!(
            "{}{}",
            certificate.to_pem(),
            pem::encode(&key.to_pkcs8().unwrap(), "PRIVATE KEY")
        );
        let expects = Expects::of_installation("84912345678", "chung-thu-1", BASE);
        let hand = Hand::new(key, certificate.clone(), expects);
        let served = Served::new(make(hand, chain.to_vec()));
        let settings = settings.replace("{address}", &served.address);
        let away = Self {
            credential: CredentialId::new(desk.world.app.now(), 1),
            desk,
            served,
            settings,
            identity,
        };
        away.equip(&away.desk.world.app);
        away
    }

    fn equip(&self, app: &App) {
        let settings: ServiceSettings = toml::from_str(&self.settings).unwrap();
        let identity = self.identity.clone();
        let around = Surroundings {
            public_url: BASE,
            plain: Plain::OnLoopback,
            read: &move |file: &Path| {
                Ok(match file.to_str() {
                    Some("identity") => identity.clone().into_bytes(),
                    _ => b"mat-khau-dich-vu\n".to_vec(),
                })
            },
        };
        let services = KeyServices::read(&[settings], &around).unwrap();
        let text = format!("{services:?}");
        assert!(!text.contains("mat-khau-dich-vu"), "{text}");
        app.services.set(services).unwrap();
    }

    /// What the holder is called, and the key's name: a SIM's is the number of its certificate.
    async fn linked(&self, who: &Caller) -> CredentialId {
        let app = &self.desk.world.app;
        let input = || Look {
            service: "thu".to_owned(),
            holder: "849 1234 5678".to_owned(),
            token: None,
        };
        let found = crate::credential::look::look(app, who, input())
            .await
            .unwrap();
        let fits = found.iter().find(|it| it.why_not.is_none());
        let name = &fits.unwrap_or_else(|| panic!("{found:?}")).name_there;
        link(app, who, input(), name).await.unwrap()
    }

    pub(super) fn order(&self, documents: &[OutgoingId]) -> OpenSigning {
        let means = self.desk.world.app.key_services().find("thu").unwrap();
        OpenSigning {
            purpose: Purpose::Person,
            documents: documents.to_vec(),
            consent: Consent::Person,
            means: means.means(),
            credential: Some(self.credential.clone()),
            keys: Vec::new(),
        }
    }

    pub(super) async fn open(&self, id: &OutgoingId) -> Result<SigningOpened, AppError> {
        self.open_all(std::slice::from_ref(id)).await
    }

    pub(super) async fn open_all(&self, ids: &[OutgoingId]) -> Result<SigningOpened, AppError> {
        let leader = &self.desk.office.leader;
        open(&self.desk.world.app, leader, self.order(ids)).await
    }

    pub(super) async fn state(&self, id: &SigningId) -> Progress {
        let app = &self.desk.world.app;
        match state(app, &self.desk.office.leader, id).await {
            Ok(state) => state,
            Err(_) => state_of_clerk(app, &self.desk.office.clerk, id).await,
        }
    }

    /// What is due now.
    pub(super) async fn run(&self) {
        self.desk.world.run().await;
    }

    /// So many seconds at the installation and at the service.
    pub(super) async fn run_for(&self, seconds: i64) {
        self.run().await;
        for _ in 0..seconds.div_euclid(2) {
            self.pass(2);
            self.served.pass(2);
            self.run().await;
        }
    }

    /// Time passes at the installation.
    pub(super) fn pass(&self, seconds: i64) {
        let clock = &self.desk.world.clock;
        clock.move_to(clock.now().plus_seconds(seconds));
    }

    /// Another program on the same database: nothing in memory is left.
    pub(super) fn restarted(&self) -> Arc<App> {
        let app = &self.desk.world.app;
        let folder = self.desk.world.folder().join("authority");
        let clock = app.ports.clock.clone();
        let authority =
            PracticeAuthority::open_or_make(&folder, BASE, clock, &SystemRandomness).unwrap();
        let other = App::new(
            app.store.clone(),
            app.ports.clone(),
            authority.trust(),
            Mode::Practice,
            BASE.to_owned(),
        )
        .unwrap();
        self.equip(&other);
        other
    }

    /// An address as the service sees it.
    pub(super) fn seen(&self, url: &str) -> String {
        url.replace(&self.served.address, "https://ky.example.vn")
    }

    /// A certificate of that name that is on nobody's record.
    pub(super) fn unrecorded(&self, name: &str) -> Certificate {
        let folder = self.desk.world.folder().join("authority");
        let clock = self.desk.world.app.ports.clock.clone();
        let authority =
            PracticeAuthority::open_or_make(&folder, BASE, clock, &SystemRandomness).unwrap();
        let subject = PersonSubject {
            full_name: name.to_owned(),
            ..PersonSubject::default()
        };
        let key = SoftKey::generate_p256().unwrap();
        let term = validity(self.desk.world.app.now(), 1, 300);
        let number = serial(&SystemRandomness);
        authority
            .issuing()
            .person(&subject, &key.spki(), term, number, &endpoints(BASE))
            .unwrap()
    }

    /// Runs jobs of another program.
    pub(super) async fn run_at(&self, app: &App) {
        job::run_due(app).await.unwrap();
    }
}

async fn state_of_clerk(app: &App, clerk: &Caller, id: &SigningId) -> Progress {
    state(app, clerk, id).await.unwrap()
}

/// A browser session.
pub(super) fn session(caller: &Caller, name: &str) -> Session {
    Session {
        caller: caller.clone(),
        csrf: String::new(),
        hash: name.repeat(64),
        must_change_password: false,
        news_after: 0,
    }
}
