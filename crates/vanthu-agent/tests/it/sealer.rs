//! The sealer as a process, with SoftHSM devices behind the recording module, and the server's side of its socket.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use jiff::SignedDuration;
use vanthu_pki::{SignatureAlgorithm, verify};
use vanthu_recorder::WRITES;
use vanthu_testkit::program;
use vanthu_wire::agent::Algorithm;
use vanthu_wire::sealer::{Answer, Batch, BatchItem, Request, SealerStatus, Why, list_of};
use vanthu_wire::{Base64, Digest, DocumentDigest};

use crate::office::{Key, Office, PIN, now, of_item};

const PATIENCE: Duration = Duration::from_mins(1);

/// A sealer's process; ended with the test.
struct Running {
    socket: PathBuf,
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// How a sealer is set up.
struct Set<'a> {
    office: &'a Office,
    keys: Vec<&'a Key>,
    server_user: u32,
    more: &'a str,
}

impl<'a> Set<'a> {
    fn of(office: &'a Office, keys: &[&'a Key]) -> Self {
        let set = Self {
            office,
            keys: keys.to_vec(),
            server_user: rustix::process::getuid().as_raw(),
            more: "",
        };
        set.pin(PIN, 0o400);
        set
    }

    fn pin(&self, pin: &str, mode: u32) {
        let path = self.office.path("pin");
        let _gone = std::fs::remove_file(&path);
        std::fs::write(&path, format!("{pin}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn file(&self) -> PathBuf {
        let prints: Vec<String> = self
            .keys
            .iter()
            .map(|key| format!("\"{}\"", key.certificate.sha256_thumbprint()))
            .collect();
        let path = |name: &str| self.office.path(name);
        let words = format!(
            "socket = \"{}\"\nmodule = \"{}\"\ncertificates = [{}]\npin_file = \"{}\"\n\
             state = \"{}\"\nserver_user = \"{}\"\n{}\n",
            path("socket").display(),
            self.office.module.display(),
            prints.join(", "),
            path("pin").display(),
            path("state").display(),
            self.server_user,
            self.more,
        );
        let file = path("sealer.toml");
        std::fs::write(&file, words).unwrap();
        file
    }

    fn start(&self) -> Running {
        let file = self.file();
        let arguments = ["sealer", "run", "--until-stdin-closes", "--config"];
        let (child, said) = program::start(
            self.office
                .command(&[&arguments[..], &[file.to_str().unwrap()]].concat())
                .stdin(Stdio::piped())
                .stderr(std::fs::File::create(self.office.path("agent.log")).unwrap()),
        );
        assert!(
            said.starts_with("listening at "),
            "{said:?} {}",
            self.office.log()
        );
        Running {
            socket: self.office.path("socket"),
            child,
        }
    }
}

impl Running {
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn say(&self, bytes: &[u8]) -> BufReader<UnixStream> {
        let mut stream = UnixStream::connect(&self.socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // One who is not answered may find the door shut while still speaking.
        let _said = stream.write_all(bytes);
        BufReader::new(stream)
    }

    fn ask(&self, request: &Request) -> BufReader<UnixStream> {
        let mut line = serde_json::to_vec(request).unwrap();
        line.push(b'\n');
        self.say(&line)
    }

    fn status(&self) -> SealerStatus {
        match next(&mut self.ask(&Request::Status)) {
            Some(Answer::Status(status)) => status,
            other => panic!("{other:?}"),
        }
    }

    /// Asks for a batch: each value by its item, and how it ended.
    fn seal(&self, batch: &Batch) -> (BTreeMap<String, Vec<u8>>, Option<Why>) {
        let mut stream = self.ask(&Request::Seal(batch.clone()));
        let mut all = BTreeMap::new();
        loop {
            match next(&mut stream) {
                Some(Answer::Signed(made)) => {
                    let before = all.insert(made.item, made.signature.0);
                    assert!(before.is_none());
                }
                Some(Answer::Ended(end)) => return (all, end.why),
                other => panic!("{other:?}"),
            }
        }
    }

    fn refuses(&self, batch: &Batch) -> Why {
        let (signed, why) = self.seal(batch);
        assert!(signed.is_empty());
        why.unwrap()
    }
}

fn next(stream: &mut BufReader<UnixStream>) -> Option<Answer> {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    serde_json::from_str(&line).ok()
}

/// A confirmed batch of so many documents.
fn batch(id: &str, key: &Key, documents: usize) -> Batch {
    let items: Vec<BatchItem> = (0..documents)
        .map(|n| item(&format!("{id}-{n:03}"), key))
        .collect();
    let confirmation = Digest(
        SignatureAlgorithm::RsaPkcs1Sha256
            .digest()
            .digest(id.as_bytes())
            .try_into()
            .unwrap(),
    );
    listed(Batch {
        batch: id.to_owned(),
        confirmation,
        list: Digest([0; 32]),
        confirmed_by: "acc_1".to_owned(),
        not_after: now() + SignedDuration::from_mins(5),
        certificate: key.certificate.sha256_thumbprint(),
        items,
    })
}

fn item(name: &str, key: &Key) -> BatchItem {
    let made = of_item(name.to_owned(), key);
    BatchItem {
        item: made.item_id,
        algorithm: made.algorithm,
        digest: made.document_digest,
        attributes: made.signed_attributes,
    }
}

/// With the list that its items make.
fn listed(mut batch: Batch) -> Batch {
    batch.list = list_of(batch.items.iter().map(|it| (it.item.as_str(), &it.digest)));
    batch
}

/// Every item has a value of that key.
fn all_are_right(batch: &Batch, key: &Key, signed: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(signed.len(), batch.items.len());
    let how = SignatureAlgorithm::from_name(key.algorithm.as_str()).unwrap();
    for item in &batch.items {
        let value = &signed[&item.item];
        verify(
            key.certificate.spki(),
            how,
            item.attributes.as_bytes(),
            value,
        )
        .unwrap();
    }
}

/// An office with one device and one key of the agency.
fn office(algorithm: Algorithm) -> Option<(Office, Key)> {
    let office = Office::new()?;
    office.device("con dấu");
    let key = office.key("con dấu", "01", "UBND xã Bình Mẫu", algorithm);
    Some((office, key))
}

/// Proves: TG-22.2
#[test]
fn rsa_and_elliptic_keys_sign_confirmed_batches_and_nothing_on_the_device_is_changed() {
    let Some((office, rsa)) = office(Algorithm::RsaPssSha256) else {
        return;
    };
    let ec = office.key("con dấu", "02", "Sở Mẫu", Algorithm::EcdsaP256Sha256);
    let running = Set::of(&office, &[&rsa, &ec]).start();
    let status = running.status();
    assert_eq!(
        (status.keys.len(), status.missing.len(), status.signed),
        (2, 0, 0)
    );
    assert_eq!(status.stopped, None);
    for (n, key) in [&rsa, &ec].into_iter().enumerate() {
        let asked = batch(&format!("sgn{n}"), key, 5);
        let (signed, why) = running.seal(&asked);
        assert_eq!(why, None, "{}", office.log());
        all_are_right(&asked, key, &signed);
        // One login a batch. Asked again, the same values are given, and the device is not asked.
        let calls = |call| office.recorder.count(call);
        let made = (calls("C_Login"), calls("C_Sign"));
        assert_eq!(made, (n + 1, 5 * (n + 1)));
        assert_eq!(running.seal(&asked), (signed, None));
        assert_eq!((calls("C_Login"), calls("C_Sign")), made);
    }
    for call in WRITES {
        assert_eq!(office.recorder.count(call), 0, "{call}");
    }
    let after = running.status();
    assert_eq!(after.signed, 10);
    assert_ne!(after.head, status.head);
    let journal = std::fs::read_to_string(office.path("state/journal")).unwrap();
    assert!(!journal.contains(PIN) && !office.log().contains(PIN));
}

/// Proves: TG-20
#[test]
fn a_wrong_pin_at_the_server_uses_one_try_and_nothing_is_tried_again_by_itself() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let set = Set::of(&office, &[&key]);
    set.pin("00000000", 0o400);
    let running = set.start();
    assert_eq!(running.refuses(&batch("one", &key, 3)), Why::WrongPin);
    assert_eq!(running.refuses(&batch("one", &key, 3)), Why::Stopped);
    assert_eq!(running.refuses(&batch("two", &key, 3)), Why::Stopped);
    assert_eq!(running.status().stopped, Some(Why::Stopped));
    running.kill();
    // Neither a new start nor the right PIN is a reason to try: somebody has to look.
    set.pin(PIN, 0o400);
    let running = set.start();
    assert_eq!(running.refuses(&batch("three", &key, 3)), Why::Stopped);
    assert_eq!(office.recorder.count("C_Login"), 1);
    assert_eq!(office.recorder.count("C_Sign"), 0);
    running.kill();
    let file = set.file();
    let arguments = ["sealer", "resume", "--config", file.to_str().unwrap()];
    assert!(office.command(&arguments).status().unwrap().success());
    let running = set.start();
    let asked = batch("four", &key, 3);
    let (signed, why) = running.seal(&asked);
    assert_eq!(why, None);
    all_are_right(&asked, &key, &signed);
    assert_eq!(office.recorder.count("C_Login"), 2);
}

#[test]
fn a_pin_that_others_may_read_is_not_used() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let set = Set::of(&office, &[&key]);
    set.pin(PIN, 0o440);
    let running = set.start();
    assert_eq!(running.refuses(&batch("one", &key, 1)), Why::PinUnreadable);
    assert_eq!(office.recorder.count("C_Login"), 0);
    set.pin(PIN, 0o400);
    assert_eq!(running.seal(&batch("one", &key, 1)).1, None);
}

#[test]
fn a_device_that_goes_in_the_middle_of_a_batch_leaves_each_item_signed_once_or_not() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let running = Set::of(&office, &[&key]).start();
    let asked = batch("sgn", &key, 12);
    office.recorder.rules(&["answer C_Sign 5 0x32"]);
    let (first, why) = running.seal(&asked);
    assert_eq!(
        (first.len(), why),
        (4, Some(Why::DeviceRemoved)),
        "{}",
        office.log()
    );
    office.recorder.rules(&[]);
    let (rest, why) = running.seal(&asked);
    assert_eq!(why, None, "{}", office.log());
    all_are_right(&asked, &key, &rest);
    for (item, value) in first {
        assert_eq!(rest[&item], value);
    }
}

/// Proves: TG-5.1
#[test]
fn a_sealer_that_is_killed_in_the_middle_neither_loses_nor_doubles_a_signature() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let set = Set::of(&office, &[&key]);
    let asked = batch("sgn", &key, 60);
    let mut given: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for after in [1, 7, 20] {
        let running = set.start();
        let mut stream = running.ask(&Request::Seal(asked.clone()));
        for _ in 0..after {
            let Some(Answer::Signed(made)) = next(&mut stream) else {
                panic!("{}", office.log());
            };
            let before = given.insert(made.item, made.signature.0.clone());
            assert!(before.is_none_or(|it| it == made.signature.0));
        }
        running.kill();
    }
    let running = set.start();
    let (all, why) = running.seal(&asked);
    assert_eq!(why, None);
    all_are_right(&asked, &key, &all);
    for (item, value) in given {
        assert_eq!(all[&item], value);
    }
    assert_eq!(running.status().signed, 60);
}

#[test]
fn whoever_hangs_up_in_the_middle_stops_the_batch_and_gets_the_same_values_later() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let running = Set::of(&office, &[&key]).start();
    let asked = batch("sgn", &key, 200);
    let mut stream = running.ask(&Request::Seal(asked.clone()));
    let Some(Answer::Signed(first)) = next(&mut stream) else {
        panic!("{}", office.log());
    };
    drop(stream);
    // Busy as long as the first one's batch has not ended.
    let (all, why) = loop {
        let answer = running.seal(&asked);
        if answer.1 != Some(Why::Busy) {
            break answer;
        }
    };
    assert_eq!(why, None, "{}", office.log());
    all_are_right(&asked, &key, &all);
    assert_eq!(all[&first.item], first.signature.0);
    assert!(
        office.recorder.count("C_Login") >= 2,
        "it stopped and went on"
    );
}

/// Proves: TG-22.1b
#[test]
fn what_was_not_confirmed_so_is_refused_before_the_pin_is_given_to_anything() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let other = office.key("con dấu", "02", "Cơ quan khác", Algorithm::EcdsaP256Sha256);
    let mut set = Set::of(&office, &[&key]);
    set.more = "most_items = 5\nmost_per_hour = 8";
    let running = set.start();
    let good = || batch("sgn", &key, 3);
    let with = |change: &dyn Fn(&mut Batch)| {
        let mut changed = good();
        change(&mut changed);
        changed
    };
    let relisted = |change: &dyn Fn(&mut Batch)| listed(with(change));
    for (asked, why) in [
        (batch("sgn", &other, 3), Why::OtherCertificate),
        (
            with(&|it| it.certificate = "00".repeat(32)),
            Why::OtherCertificate,
        ),
        // A document more, less, exchanged, or in another order than was confirmed.
        (
            with(&|it| it.items.push(item("more", &key))),
            Why::OtherList,
        ),
        (with(&|it| drop(it.items.pop())), Why::OtherList),
        (with(&|it| it.items.swap(0, 1)), Why::OtherList),
        (
            with(&|it| it.items[1].digest = DocumentDigest::new(vec![9; 32]).unwrap()),
            Why::OtherList,
        ),
        // Attributes of another document, of another certificate, and what are none.
        (
            with(&|it| it.items[0].attributes = it.items[1].attributes.clone()),
            Why::DigestMismatch,
        ),
        (
            with(&|it| it.items[0].attributes = item("sgn-000", &other).attributes),
            Why::DigestMismatch,
        ),
        (
            with(&|it| it.items[0].attributes = Base64(b"GET / HTTP/1.1".to_vec())),
            Why::DigestMismatch,
        ),
        (with(&|it| it.not_after = now()), Why::Expired),
        (
            with(&|it| it.not_after = now() + SignedDuration::from_hours(48)),
            Why::Expired,
        ),
        (batch("sgn", &key, 6), Why::TooMany),
        (batch("sgn", &key, 0), Why::Malformed),
        (
            relisted(&|it| it.items[1] = it.items[0].clone()),
            Why::Malformed,
        ),
        (with(&|it| it.batch = "x".repeat(200)), Why::Malformed),
    ] {
        // Each under a confirmation of its own: none of them uses up another's.
        let mut asked = asked;
        if why == Why::DigestMismatch {
            asked.batch = format!("{}-{}", asked.batch, office.recorder.count("C_FindObjects"));
            asked.confirmation = batch(&asked.batch, &key, 1).confirmation;
        }
        assert_eq!(running.refuses(&asked), why, "{}", office.log());
    }
    assert_eq!(office.recorder.count("C_Login"), 0);
    assert_eq!(running.seal(&good()).1, None, "{}", office.log());
    // The confirmation was used: for another list, and for another batch.
    let again = relisted(&|it| it.items.truncate(2));
    assert_eq!(running.refuses(&again), Why::ConfirmationUsed);
    assert_eq!(
        running.refuses(&with(&|it| it.batch = "other".to_owned())),
        Why::ConfirmationUsed
    );
    let twice = with(&|it| it.confirmation = Digest([5; 32]));
    assert_eq!(running.refuses(&twice), Why::ConfirmationUsed);
    assert_eq!(running.seal(&batch("second", &key, 5)).1, None);
    assert_eq!(running.refuses(&batch("third", &key, 1)), Why::TooFast);
    assert_eq!(office.recorder.count("C_Login"), 2);
}

/// Proves: TG-22.1b
#[test]
fn another_user_of_the_machine_is_not_answered() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let mut set = Set::of(&office, &[&key]);
    set.server_user += 4321;
    let running = set.start();
    for request in [Request::Status, Request::Seal(batch("sgn", &key, 1))] {
        let mut answer = Vec::new();
        // Shut without a word, or while something was still unread.
        let _shut = running.ask(&request).read_to_end(&mut answer);
        assert!(answer.is_empty());
    }
    assert_eq!(office.recorder.count("C_Login"), 0);
    assert!(
        office.log().contains("another user asked"),
        "{}",
        office.log()
    );
    let mode = std::fs::metadata(&running.socket)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o660);
}

#[test]
fn hostile_bytes_are_answered_in_one_word_or_not_at_all() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let running = Set::of(&office, &[&key]).start();
    let whole = serde_json::to_string(&Request::Seal(batch("sgn", &key, 2))).unwrap();
    let deep = format!("{{\"ask\":{}", "[".repeat(100_000));
    let large = "x".repeat(3 * 1024 * 1024);
    let halves = whole.split_at(whole.len() / 2);
    for bytes in [
        b"\n".to_vec(),
        b"\0\xff\xfe\n".to_vec(),
        b"{}\n".to_vec(),
        b"{\"ask\":\"open-sesame\"}\n".to_vec(),
        b"{\"ask\":\"seal\"}\n".to_vec(),
        format!("{deep}\n").into_bytes(),
        format!("{large}\n").into_bytes(),
        format!("{}\n{}\n", halves.0, halves.1).into_bytes(),
        format!("{}\n", whole.replace("\"sgn\"", "{\"a\":1}")).into_bytes(),
    ] {
        let mut answer = String::new();
        // Shut while something was still unread: what was answered before may be lost with it.
        let _shut = running.say(&bytes).read_to_string(&mut answer);
        let word = r#"{"answer":"ended","why":"malformed"}"#;
        assert!(answer.is_empty() || answer.trim() == word, "{answer}");
    }
    assert_eq!(office.recorder.count("C_Login"), 0);
    assert_eq!(running.status().signed, 0);
    assert_eq!(running.seal(&batch("sgn", &key, 2)).1, None);
}

#[test]
fn a_sealer_takes_its_place_after_one_that_was_killed_and_not_beside_one_that_lives() {
    let Some((office, key)) = office(Algorithm::EcdsaP256Sha256) else {
        return;
    };
    let set = Set::of(&office, &[&key]);
    let running = set.start();
    let file = set.file();
    let arguments = ["sealer", "run", "--config", file.to_str().unwrap()];
    let second = office.command(&arguments).output().unwrap();
    assert!(!second.status.success());
    assert_eq!(running.status().keys.len(), 1);
    running.kill();
    let running = set.start();
    assert_eq!(running.status().keys.len(), 1);
    drop(running);
    // What is no socket is not taken away.
    std::fs::remove_file(office.path("socket")).unwrap();
    std::fs::write(office.path("socket"), "of somebody").unwrap();
    let third = office.command(&arguments).output().unwrap();
    assert!(!third.status.success());
    assert_eq!(
        std::fs::read_to_string(office.path("socket")).unwrap(),
        "of somebody"
    );
}
