//! How long the parts of the main job take: typesetting a letter, preparing and signing it,
//! judging two signatures, numbering, and issuing to five hundred recipients.
//!
//! `docs/book/reference/performance.md` says how to repeat it. The last lines set the parts
//! against a bare RSA-2048 signature of the same run, so that machines can be compared.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops at the first fault and prints what it has measured"
)]

use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use divan::Bencher;
use tokio::runtime::Runtime;
use vanthu_app::delivery::deliver::{Try, deliver};
use vanthu_app::outgoing::approve::{Approve, approve};
use vanthu_app::outgoing::draft::{Draft, draft};
use vanthu_app::outgoing::give_number::give_number;
use vanthu_app::outgoing::issue::issue;
use vanthu_app::outgoing::letter::Around;
use vanthu_app::outgoing::save::{Save, SavedBy, save};
use vanthu_app::outgoing::submit::submit;
use vanthu_app::outgoing::view::{self, Which};
use vanthu_app::outgoing::void_number::void_number;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::practice::letters::Letter;
use vanthu_app::practice::province::Province;
use vanthu_app::practice::sign::{Keys, sign};
use vanthu_app::practice::{Folders, world};
use vanthu_app::signing::Purpose;
use vanthu_app::signing::paper::{About, PaperPlaces, fonts, person_request};
use vanthu_app::system::{SystemClock, SystemRandomness};
use vanthu_app::verify::Age;
use vanthu_app::{App, Caller, Mode, Ports, practice, reading, verify};
use vanthu_domain::agency::Agency;
use vanthu_domain::id::{AgencyId, OutgoingId};
use vanthu_domain::permission::{Actor, Seat};
use vanthu_domain::{Clock, Randomness};
use vanthu_layout::typeset_letter;
use vanthu_pki::{Certificate, SignatureAlgorithm, SoftKey, Time, pkcs12};
use vanthu_signing::{SignatureRequest, prepare};
use vanthu_store::{Durability, Store, StoreOptions, account, agency, delivery, migrate, person};

/// So many agencies receive the document that is issued.
const RECIPIENTS: usize = 500;

fn main() {
    divan::main();
    // As a test each part is only done once.
    if std::env::args().any(|it| it == "--bench") {
        ratios();
    }
}

/// The worked example, from its text to PDF/A.
#[divan::bench(max_time = 5)]
fn typeset_a_letter(bencher: Bencher<'_, '_>) {
    let letter = &STAGE.letter;
    bencher.bench(|| typeset_letter(black_box(letter)).expect("typeset"));
}

/// A bare RSA-2048 signature with SHA-256, for comparison.
#[divan::bench(max_time = 2)]
fn sign_with_rsa_2048(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher.bench(|| stage.bare_signature());
}

/// Places, appearance and fields prepared, signed, time-stamped, embedded.
#[divan::bench(max_time = 4)]
fn prepare_and_sign(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher.bench(|| stage.signed());
}

/// Both signatures with their time-stamps, chains, revocation and the changes between them.
#[divan::bench(max_time = 4)]
fn judge_two_signatures(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher.bench(|| stage.judged());
}

/// The same report shown again, as a page of an issued document does.
#[divan::bench(max_time = 2)]
fn show_the_report_again(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher.bench(|| stage.shown_again());
}

/// The text and the page sizes of the sealed letter, for its page.
#[divan::bench(max_time = 3)]
fn read_the_paper(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher.bench(|| vanthu_layout::extract_text(black_box(&stage.sealed)).expect("text"));
}

/// The same, read a short time ago.
#[divan::bench(max_time = 1)]
fn read_the_paper_again(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher.bench(|| {
        stage
            .run(reading::read(&stage.app, &stage.blob))
            .expect("text")
    });
}

/// A number from the register, ledger and all, with the disk keeping up.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn give_a_number(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher
        .with_inputs(|| stage.run(stage.without_number()))
        .bench_values(|()| stage.run(stage.give_number()));
}

/// From the clerk's step until the last inbox has the document.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn issue_to_500_recipients(bencher: Bencher<'_, '_>) {
    let stage = &*STAGE;
    bencher
        .with_inputs(|| stage.run(stage.sealed_for(&stage.many)))
        .bench_values(|id| stage.run(stage.issue(&id)));
}

/// What the parts cost against the bare signature.
fn ratios() {
    let stage = &*STAGE;
    let bare = mean(400, || drop(stage.bare_signature()));
    println!(
        "\nratios to a bare RSA-2048 signature ({} signatures/s):",
        per_second(bare)
    );
    for (name, took) in [
        (
            "typesetting the letter",
            mean(10, || drop(typeset_letter(&stage.letter))),
        ),
        ("preparing and signing", mean(40, || drop(stage.signed()))),
        ("judging two signatures", mean(20, || stage.judged())),
    ] {
        let ratio = took.as_secs_f64() / bare.as_secs_f64();
        println!("  {name}: {took:.2?}, {ratio:.1} x, {}/s", per_second(took));
    }
}

fn mean(times: u32, work: impl Fn()) -> Duration {
    work();
    let began = Instant::now();
    for _ in 0..times {
        work();
    }
    began.elapsed() / times
}

fn per_second(took: Duration) -> u64 {
    (1.0 / took.as_secs_f64()).round() as u64
}

static STAGE: LazyLock<Stage> = LazyLock::new(Stage::set);

/// A practice installation without documents, and what the measurements take from it.
struct Stage {
    runtime: Runtime,
    app: Arc<App>,
    letter: vanthu_layout::Letter,
    base: Vec<u8>,
    request: SignatureRequest,
    certificate: Certificate,
    chain: Vec<Certificate>,
    key: SoftKey,
    sealed: Vec<u8>,
    blob: String,
    hands: Hands,
    many: Vec<AgencyId>,
    numbered: OutgoingId,
    _folder: tempfile::TempDir,
}

/// The people of the department.
struct Hands {
    drafter: Caller,
    head: Caller,
    signer: Caller,
    clerk: Caller,
    keys: Keys,
}

impl Stage {
    fn set() -> Self {
        let runtime = Runtime::new().expect("runtime");
        let folder = tempfile::tempdir().expect("folder");
        let (app, hands) = runtime.block_on(installation(folder.path()));
        let many = runtime.block_on(recipients(&app));
        let one = many.get(..1).expect("a recipient");
        let (numbered, sealed_id) = runtime.block_on(async {
            let numbered = signed(&app, &hands, one).await;
            give_number(&app, &hands.clerk, &numbered, None)
                .await
                .expect("number");
            (numbered, sealed(&app, &hands, one).await)
        });
        let (letter, places, base, sealed) = runtime.block_on(async {
            let view = view::view(&app, &hands.drafter, &sealed_id)
                .await
                .expect("view");
            let sealed = view::open_file(&app, &hands.clerk, &sealed_id, &Which::Main);
            let sealed = sealed.await.expect("file").bytes;
            let letter = letter_of(&app, &view.around, &view.row);
            let places: PaperPlaces =
                serde_json::from_value(view.row.places.clone().expect("places")).expect("places");
            let blob = view.row.current_blob.expect("paper");
            let base = app.store.blobs().get(&blob).await.expect("paper");
            (letter, places, base, sealed)
        });
        let keys = folder.path().join("agent/keys");
        let file = std::fs::read(keys.join("gd.skhcn.p12")).expect("key file");
        let opened = pkcs12::open(&file, world::PIN).expect("key");
        let picture = practice::picture::signature(&hands.signer.full_name).expect("picture");
        let about = About {
            name: hands.signer.full_name.clone(),
            location: "Bình Mẫu".to_owned(),
            reason: "Thực hành".to_owned(),
            at: Time::from_unix(app.now().unix_seconds()),
        };
        let blob = runtime.block_on(app.store.blobs().put(sealed.clone(), app.now()));
        Self {
            blob: blob.expect("blob"),
            request: person_request(&about, &places, picture, 36.0),
            certificate: opened.certificate,
            chain: opened.chain,
            key: opened.key,
            runtime,
            app,
            letter,
            base,
            sealed,
            hands,
            many,
            numbered,
            _folder: folder,
        }
    }

    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    fn bare_signature(&self) -> Vec<u8> {
        let message = black_box(b"sixty-four bytes or so, as a digest and its attributes would be");
        self.key
            .sign(SignatureAlgorithm::RsaPkcs1Sha256, message)
            .expect("sign")
    }

    fn signed(&self) -> Vec<u8> {
        let algorithm = SignatureAlgorithm::RsaPkcs1Sha256;
        let prepared = prepare(
            &self.base,
            &self.request,
            &self.certificate,
            algorithm,
            &fonts(),
        )
        .expect("prepare");
        let value = self
            .key
            .sign(algorithm, prepared.to_be_signed())
            .expect("sign");
        let completed = prepared.complete(&value).expect("fits");
        let stamp = self
            .app
            .ports
            .timestamps
            .stamp(completed.timestamp_imprint(), 1);
        let token = self.run(stamp).expect("time-stamp");
        completed
            .embed(&self.base, &self.chain, Some(&token))
            .expect("embed")
    }

    fn judged(&self) {
        let report = self.run(verify::report(&self.app, self.sealed.clone()));
        assert!(report.expect("report").is_passed(), "both stand");
    }

    fn shown_again(&self) {
        let shown = self.run(verify::report_on(&self.app, &self.blob, Age::Frozen));
        assert!(shown.expect("report").0.is_passed(), "both stand");
    }

    async fn without_number(&self) {
        let (app, clerk) = (&self.app, &self.hands.clerk);
        void_number(app, clerk, &self.numbered, None, "Nhầm")
            .await
            .expect("void");
    }

    async fn give_number(&self) {
        give_number(&self.app, &self.hands.clerk, &self.numbered, None)
            .await
            .expect("number");
    }

    async fn sealed_for(&self, to: &[AgencyId]) -> OutgoingId {
        sealed(&self.app, &self.hands, to).await
    }

    async fn issue(&self, id: &OutgoingId) {
        let sent = issue(&self.app, &self.hands.clerk, id, None).await;
        assert_eq!(sent.expect("issue"), RECIPIENTS);
        deliver(&self.app, id, Try::Last).await.expect("deliver");
        let mut tx = self.app.store.read().await.expect("read");
        let rows = delivery::list(&mut tx, id).await.expect("deliveries");
        assert!(
            rows.iter().all(|it| it.incoming_id.is_some()),
            "all arrived"
        );
    }
}

/// The province without its documents.
async fn installation(folder: &Path) -> (Arc<App>, Hands) {
    let folders = Folders::new(folder);
    let store = Store::open_with(StoreOptions {
        url: format!("sqlite://{}", folders.database().display()),
        blob_dir: folders.blobs(),
        durability: Durability::Full,
        readers: 4,
    })
    .await
    .expect("store");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let randomness: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    migrate::run(&store, clock.now()).await.expect("tables");
    let base_url = "http://127.0.0.1:8080";
    let authority = PracticeAuthority::open_or_make(
        &folders.authority(),
        base_url,
        Arc::clone(&clock),
        randomness.as_ref(),
    )
    .expect("authority");
    let making = world::Making {
        store: &store,
        authority: &authority,
        authority_folder: &folders.authority(),
        agent_folder: &folders.agent(),
        base_url,
        clock: clock.as_ref(),
        randomness: &randomness,
        made_at: clock.now(),
    };
    let province = Province::bundled().expect("province");
    world::make(&making, &province).await.expect("world");
    let ports = Ports {
        clock,
        randomness,
        timestamps: Arc::new(authority.timestamps()),
        revocation: Arc::new(authority.revocation()),
    };
    let trust = authority.trust();
    let app = App::new(store, ports, trust, Mode::Practice, base_url.to_owned()).expect("app");
    let hands = Hands {
        drafter: caller(&app, "cv.cds").await,
        head: caller(&app, "tp.cds").await,
        signer: caller(&app, "gd.skhcn").await,
        clerk: caller(&app, "vt.skhcn").await,
        keys: Keys::of(&folders.keys()).expect("keys"),
    };
    (app, hands)
}

/// Five hundred agencies that receive.
async fn recipients(app: &App) -> Vec<AgencyId> {
    let mut tx = app.store.write().await.expect("write");
    let like = agency::list(&mut tx).await.expect("agencies").pop();
    let like = like.expect("an agency");
    let mut many = Vec::new();
    for number in 0..RECIPIENTS {
        let row = Agency {
            agency_id: AgencyId::new(app.now(), app.random()),
            code: format!("H98.{number}"),
            name: format!("Ủy ban nhân dân xã Mẫu {number}"),
            ..like.clone()
        };
        agency::insert(&mut tx, &row).await.expect("agency");
        many.push(row.agency_id);
    }
    tx.commit().await.expect("commit");
    many
}

async fn caller(app: &App, login: &str) -> Caller {
    let mut tx = app.store.read().await.expect("read");
    let found = account::find_by_login(&mut tx, login)
        .await
        .expect("account");
    let row = found.expect("account");
    let posts = person::list_posts(&mut tx, &row.person_id, app.now().day()).await;
    let posts = posts.expect("posts");
    let first = posts.first().expect("a post");
    let full_name = person::load(&mut tx, &row.person_id)
        .await
        .expect("person")
        .full_name;
    Caller {
        login: login.to_owned(),
        full_name,
        title: first.title.clone(),
        agency_id: first.agency_id.clone(),
        actor: Actor {
            account_id: row.account_id,
            person_id: row.person_id,
            active: true,
            posts: posts
                .into_iter()
                .map(|it| Seat {
                    agency_id: it.agency_id,
                    unit_id: it.unit_id,
                    role: it.role,
                })
                .collect(),
        },
    }
}

/// The worked example, signed by the authorised person.
async fn signed(app: &App, hands: &Hands, to: &[AgencyId]) -> OutgoingId {
    let text = Letter::CertificateReview.text().expect("text");
    let new = Draft {
        kind: text.kind,
        reply_to: None,
    };
    let id = draft(app, &hands.drafter, new).await.expect("draft");
    let mut tx = app.store.read().await.expect("read");
    let authorities = agency::list_authorities_of(&mut tx, hands.signer.person_id()).await;
    drop(tx);
    let whole = Save {
        outgoing_id: id.clone(),
        version: 1,
        kind: text.kind,
        subject: text.subject,
        urgency: text.urgency,
        addressees: text.addressees,
        recipients: to.to_vec(),
        recipients_text: text.copies,
        body: text.body,
        authority_id: authorities
            .expect("authorities")
            .pop()
            .map(|it| it.authority_id),
        due_reply_day: None,
        by: SavedBy::Hand,
    };
    save(app, &hands.drafter, whole).await.expect("save");
    submit(app, &hands.drafter, &id, None)
        .await
        .expect("submit");
    let yes = Approve {
        outgoing_id: id.clone(),
        version: None,
        words: String::new(),
    };
    approve(app, &hands.head, yes).await.expect("approve");
    sign(
        app,
        &hands.signer,
        &hands.keys,
        Purpose::Person,
        vec![id.clone()],
    )
    .await
    .expect("sign");
    id
}

/// The same with number and seal.
async fn sealed(app: &App, hands: &Hands, to: &[AgencyId]) -> OutgoingId {
    let id = signed(app, hands, to).await;
    give_number(app, &hands.clerk, &id, None)
        .await
        .expect("number");
    sign(
        app,
        &hands.clerk,
        &hands.keys,
        Purpose::Seal,
        vec![id.clone()],
    )
    .await
    .expect("seal");
    id
}

fn letter_of(
    app: &App,
    around: &Around,
    row: &vanthu_store::outgoing::OutgoingRow,
) -> vanthu_layout::Letter {
    let profile = app.profile_of(&around.agency).expect("profile");
    around
        .letter(row, profile, app.now().day())
        .expect("letter")
}
