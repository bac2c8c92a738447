//! A real installation: made once, and free of everything that is for practice.

use std::path::{Path, PathBuf};

use vanthu_app::system::SystemClock;
use vanthu_domain::Clock as _;
use vanthu_pki::anchors::{AnchorList, AnchorPurpose, ListedAnchor};
use vanthu_pki::authority::{Authority, CertificateRequest, Validity};
use vanthu_pki::{Name, SoftKey, Time, oid};

use crate::program::{Desk, Ended, text, vanthu};

pub(crate) fn config(desk: &Desk, more: &str) -> PathBuf {
    let path = desk.path("vanthu.toml");
    let database = desk.path("real.db");
    let words = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://vanthu.binhmau.gov.vn\"\n\
         [storage]\ndatabase = \"sqlite://{}\"\nblobs = \"blobs\"\n\
         [signing]\ntimestamp_url = \"http://127.0.0.1:9\"\n{more}",
        database.display()
    );
    std::fs::write(&path, words).unwrap();
    path
}

pub(crate) fn init(config: &Path, email: &str) -> Ended {
    vanthu(&[
        "init",
        "--config",
        text(config),
        "--agency-code",
        "H99.70",
        "--agency-name",
        "Ủy ban nhân dân xã Thử Mẫu",
        "--agency-abbreviation",
        "UBND",
        "--agency-kind",
        "commune-committee",
        "--agency-email",
        "vanthu@binhmau.gov.vn",
        "--place",
        "Thử Mẫu",
        "--profile",
        "an-giang",
        "--admin",
        "qt.thumau",
        "--admin-name",
        "Phan Quản Trị",
        "--admin-email",
        email,
    ])
}

#[test]
fn it_is_made_once_with_a_first_password() {
    let desk = Desk::new();
    let config = config(&desk, "");
    let made = init(&config, "qt@binhmau.gov.vn");
    assert_eq!(made.code, 0, "{}", made.complained);
    assert!(made.said.contains("Vt-"), "{}", made.said);
    let again = init(&config, "qt@binhmau.gov.vn");
    assert_eq!(again.code, 3);
    assert!(
        again.complained.contains("đã có một hệ thống"),
        "{}",
        again.complained
    );
    let checked = vanthu(&["doctor", "--config", text(&config)]);
    assert_eq!(checked.code, 0, "{}", checked.said);
    assert!(checked.said.contains("Hệ thống thật"));
    let proved = vanthu(&["ledger", "verify", "--config", text(&config)]);
    assert_eq!(proved.code, 0, "{}", proved.said);
}

/// Nobody listens at the socket, and that is said; of the government's tool only what is offered can be said.
#[test]
fn a_device_at_the_server_that_does_not_answer_is_named_with_what_to_do() {
    let desk = Desk::new();
    let socket = desk.path("nobody");
    let more = format!(
        "[signing.tool]\nagencies = [\"H99.70\"]\n[[signing.sealer]]\ncode = \"thumau\"\nsocket = \"{}\"\n\
         agencies = [\"H99.70\"]\n[regulation]\nprofiles = [\"quy-che.toml\"]\n",
        socket.display()
    );
    let profile = "code = \"an-giang\"\nname = \"Quy chế mẫu\"\n[[value]]\nsetting = \"seal-at-server\"\n\
                   value = \"confirmed-batches\"\ncitation = \"Quyết định 01\"\n";
    std::fs::write(desk.path("quy-che.toml"), profile).unwrap();
    let path = config(&desk, &more);
    let made = init(&path, "qt@binhmau.gov.vn");
    assert_eq!(made.code, 0, "{}", made.complained);
    let checked = vanthu(&["doctor", "--config", text(&path)]);
    assert_ne!(checked.code, 0);
    let said = &checked.said;
    assert!(
        said.contains("✗ Thiết bị ký tại máy chủ thumau không kết nối được"),
        "{said}"
    );
    assert!(
        said.contains("✓ Công cụ ký số của Ban Cơ yếu: cho H99.70"),
        "{said}"
    );
    // A regulation that can't be read is no reason to go on without it.
    std::fs::write(
        desk.path("quy-che.toml"),
        profile.replace("citation", "cite"),
    )
    .unwrap();
    let refused = vanthu(&["serve", "--config", text(&path)]);
    assert_eq!(refused.code, 3);
    assert!(
        refused.complained.contains("quy-che.toml"),
        "{}",
        refused.complained
    );
}

/// Proves: TD-1.4
#[test]
fn a_free_mail_address_is_refused() {
    let desk = Desk::new();
    let refused = init(&config(&desk, ""), "quantri@gmail.com");
    assert_eq!(refused.code, 3, "{}", refused.said);
}

#[test]
fn practice_anchors_are_refused() {
    let desk = Desk::new();
    std::fs::write(desk.path("roots.pem"), desk.authority.anchors_pem()).unwrap();
    let anchor = "[[signing.anchor]]\nfile = \"roots.pem\"\nkind = \"government\"\n";
    let refused = init(&config(&desk, anchor), "qt@binhmau.gov.vn");
    assert_eq!(refused.code, 3);
    assert!(
        refused.complained.contains("điểm tin cậy thực hành"),
        "{}",
        refused.complained
    );
}

#[test]
fn an_empty_database_is_not_served() {
    let desk = Desk::new();
    let ended = vanthu(&["serve", "--config", text(&config(&desk, ""))]);
    assert_eq!(ended.code, 3);
    assert!(
        ended.complained.contains("vanthu migrate"),
        "{}",
        ended.complained
    );
}

/// Whoever publishes lists of anchors, with a root that is nobody's practice.
struct Publisher {
    authority: Authority,
    now: Time,
}

impl Publisher {
    fn new(desk: &Desk) -> Self {
        let now = Time::from_unix(SystemClock.now().unix_seconds());
        let key = SoftKey::generate_p256().unwrap();
        let name = Name::build(&[(oid::COMMON_NAME, "Gốc để thử")]).unwrap();
        let (from, to) = (now.plus_days(-2), now.plus_days(900));
        let request =
            CertificateRequest::new(name, &key.spki(), Validity { from, to }, 1).authority(None);
        let algorithm = key.default_algorithm();
        let authority = Authority::self_signed(key, algorithm, &request).unwrap();
        let pem = authority.certificate().to_pem();
        std::fs::write(desk.path("signer.pem"), pem).unwrap();
        Self { authority, now }
    }

    fn list(&self, desk: &Desk, version: u64, purpose: AnchorPurpose) -> PathBuf {
        let certificate = self.authority.certificate().clone();
        let anchor = ListedAnchor {
            name: "Gốc để thử".to_owned(),
            certificate: certificate.clone(),
            purposes: vec![purpose],
            from: self.now.plus_days(-1),
            until: None,
        };
        let text = AnchorList::write("Danh sách để thử", version, self.now, None, &[anchor]);
        let key = self.authority.key();
        let signature = AnchorList::sign(text.as_bytes(), key, &certificate).unwrap();
        let path = desk.path(&format!("list-{version}-{}.toml", purpose.word()));
        std::fs::write(&path, text).unwrap();
        std::fs::write(path.with_extension("p7s"), signature).unwrap();
        path
    }
}

fn import(list: &Path, config: &Path) -> Ended {
    vanthu(&["anchors", "import", text(list), "--config", text(config)])
}

/// Proves: AG-14.4
#[test]
fn a_signed_list_of_anchors_is_imported_shown_and_never_replaced_by_an_older_one() {
    let desk = Desk::new();
    let publisher = Publisher::new(&desk);
    let place = "[signing.anchor_list]\nfolder = \"anchors\"\nsigner = \"signer.pem\"\n";
    let config = config(&desk, place);
    let made = init(&config, "qt@binhmau.gov.vn");
    assert_eq!(made.code, 0, "{}", made.complained);
    let seven = publisher.list(&desk, 7, AnchorPurpose::Public);
    let eight = publisher.list(&desk, 8, AnchorPurpose::Government);

    let signer = desk.path("signer.pem");
    let checked = vanthu(&["anchors", "verify", text(&seven), "--signer", text(&signer)]);
    assert_eq!(checked.code, 0, "{}{}", checked.said, checked.complained);
    for list in [&seven, &eight] {
        let imported = import(list, &config);
        assert_eq!(imported.code, 0, "{}{}", imported.said, imported.complained);
    }
    let shown = vanthu(&["anchors", "show", "--config", text(&config)]);
    assert!(shown.said.contains("phiên bản 8"), "{}", shown.said);
    assert!(shown.said.contains("chuyên dùng công vụ"), "{}", shown.said);

    let older = import(&seven, &config);
    assert_eq!(older.code, 1);
    assert!(older.said.contains("cũ hơn"), "{}", older.said);
    let practice = publisher.list(&desk, 9, AnchorPurpose::Practice);
    let refused = import(&practice, &config);
    assert_eq!(refused.code, 1);
    assert!(
        refused.said.contains("điểm tin cậy thực hành"),
        "{}",
        refused.said
    );

    // The database remembers what the folder has lost.
    for ending in ["toml", "p7s"] {
        let file = format!("anchors/anchors-00000008.{ending}");
        std::fs::remove_file(desk.path(&file)).unwrap();
    }
    let served = vanthu(&["serve", "--config", text(&config)]);
    assert_eq!(served.code, 3, "{}", served.said);
    assert!(
        served.complained.contains("danh sách điểm tin cậy"),
        "{}",
        served.complained
    );
}

#[test]
fn a_changed_list_of_anchors_is_not_trusted() {
    let desk = Desk::new();
    let publisher = Publisher::new(&desk);
    let list = publisher.list(&desk, 7, AnchorPurpose::Public);
    let words = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, words.replace("version = 7", "version = 70")).unwrap();
    let signer = desk.path("signer.pem");
    let checked = vanthu(&["anchors", "verify", text(&list), "--signer", text(&signer)]);
    assert_eq!(checked.code, 1);
    assert!(checked.said.contains("KHÔNG TIN CẬY"), "{}", checked.said);
}
