//! The pairings that this agent keeps, in a file that only its owner may read.
//!
//! A pairing holds the private half of the key by which the server knows this agent. It opens nothing by itself: to
//! sign a document takes a session's secret, the key device and its PIN as well.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vanthu_pki::key::KeyError;
use vanthu_pki::{SignatureAlgorithm, SoftKey};
use vanthu_wire::{Base64, pairing};
use zeroize::Zeroizing;

use crate::Origin;

const FILE: &str = "pairings.json";

/// One pairing with one account of one server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pairing {
    /// The server.
    pub origin: Origin,
    /// The server's installation, by the name that it keeps for ever.
    pub installation: String,
    /// What this agent is called there.
    pub agent_id: String,
    /// The account.
    pub account_id: String,
    /// The account's name for signing in.
    pub login: String,
    /// Its person.
    pub person: String,
    /// Their agency.
    pub agency: String,
    /// When it was confirmed.
    pub paired_at: Timestamp,
    /// The private key, PKCS#8.
    key: Base64,
}

impl std::fmt::Debug for Pairing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pairing({} at {})", self.agent_id, self.origin)
    }
}

impl Pairing {
    /// A pairing of what the server said, with the key that was made for it.
    pub(crate) fn new(
        origin: Origin,
        offer: &pairing::PairingOffer,
        key: &SoftKey,
        paired_at: Timestamp,
    ) -> Result<Self, KeyError> {
        Ok(Self {
            origin,
            installation: offer.installation.clone(),
            agent_id: offer.agent_id.clone(),
            account_id: offer.account_id.clone(),
            login: offer.login.clone(),
            person: offer.person.clone(),
            agency: offer.agency.clone(),
            paired_at,
            key: Base64(key.to_pkcs8()?),
        })
    }

    /// The value of [`pairing::PROOF_HEADER`] for a request.
    pub(crate) fn proof(
        &self,
        method: &str,
        path: &str,
        secret: &str,
        body: &[u8],
    ) -> Option<String> {
        let key = SoftKey::from_pkcs8(self.key.as_bytes()).ok()?;
        let message = pairing::proof(&self.agent_id, method, path, secret, body);
        let signature = key
            .sign(SignatureAlgorithm::EcdsaP256Sha256, &message)
            .ok()?;
        Some(format!("{}:{}", self.agent_id, Base64(signature)))
    }
}

/// The servers with which this agent speaks.
#[derive(Debug, Default)]
pub struct Paired {
    /// Named when it was started: for practice and tests. They have no key.
    fixed: Vec<Origin>,
    folder: Option<PathBuf>,
    kept: Mutex<Vec<Pairing>>,
}

impl Paired {
    /// Only the servers named here; nothing is kept.
    pub fn fixed(servers: Vec<Origin>) -> Self {
        Self {
            fixed: servers,
            ..Self::default()
        }
    }

    /// The pairings kept in a folder, and the servers named here.
    pub fn open(folder: &Path, fixed: Vec<Origin>) -> anyhow::Result<Self> {
        make_private(folder)?;
        let kept = match fs::read(folder.join(FILE)) {
            Ok(bytes) => serde_json::from_slice(&Zeroizing::new(bytes))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            fixed,
            folder: Some(folder.to_owned()),
            kept: Mutex::new(kept),
        })
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Pairing>> {
        // The list is only ever replaced whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether pages of that server may call.
    pub fn knows(&self, origin: &Origin) -> bool {
        self.fixed.contains(origin) || self.kept().iter().any(|one| one.origin == *origin)
    }

    /// Whether the server was named when the agent was started.
    pub fn is_fixed(&self, origin: &Origin) -> bool {
        self.fixed.contains(origin)
    }

    /// The servers named when the agent was started.
    pub fn named(&self) -> &[Origin] {
        &self.fixed
    }

    /// Every pairing that is kept.
    pub fn list(&self) -> Vec<Pairing> {
        self.kept().clone()
    }

    /// The pairing with an account; without a name, the only one with that server.
    pub fn find(&self, origin: &Origin, account: Option<&str>) -> Option<Pairing> {
        let kept = self.kept();
        let mut there = kept.iter().filter(|one| one.origin == *origin);
        match account {
            Some(account) => there.find(|one| one.account_id == account).cloned(),
            None => there.next().filter(|_| there.next().is_none()).cloned(),
        }
    }

    /// The accounts of a server.
    pub fn accounts(&self, origin: &Origin) -> Vec<String> {
        let kept = self.kept();
        let there = kept.iter().filter(|one| one.origin == *origin);
        there
            .map(|one| one.account_id.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// Keeps a pairing; an earlier one with the same account goes.
    pub fn add(&self, new: Pairing) -> anyhow::Result<()> {
        let mut kept = self.kept();
        let mut list = kept.clone();
        list.retain(|one| one.origin != new.origin || one.account_id != new.account_id);
        list.push(new);
        self.write(&list)?;
        *kept = list;
        Ok(())
    }

    /// Gives a pairing up; the one that went.
    pub fn remove(&self, agent_id: &str) -> anyhow::Result<Option<Pairing>> {
        let mut kept = self.kept();
        let mut list = kept.clone();
        let found = list.iter().position(|one| one.agent_id == agent_id);
        let gone = found.map(|at| list.remove(at));
        if gone.is_some() {
            self.write(&list)?;
            *kept = list;
        }
        Ok(gone)
    }

    /// The new list first beside the old one, then in its place: a crash leaves one of the two.
    fn write(&self, list: &[Pairing]) -> anyhow::Result<()> {
        let Some(folder) = &self.folder else {
            anyhow::bail!("máy ký này chạy không có thư mục thiết lập nên không giữ được lần ghép");
        };
        let bytes = Zeroizing::new(serde_json::to_vec_pretty(list)?);
        let new = folder.join(format!("{FILE}.new"));
        if let Err(error) = fs::remove_file(&new)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(error.into());
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&new, folder.join(FILE))?;
        Ok(())
    }
}

/// The folder, for its owner only.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vanthu_wire::Digest;

    fn a_pairing(agent_id: &str, account_id: &str, origin: &str) -> Pairing {
        let offer = pairing::PairingOffer {
            agent_id: agent_id.into(),
            installation: "ins".into(),
            account_id: account_id.into(),
            login: "vt.binhmau".into(),
            person: "Nguyễn Văn Mẫu".into(),
            agency: "UBND xã Bình Mẫu".into(),
            commitment: Digest([0; 32]),
        };
        let key = SoftKey::generate_p256().unwrap();
        Pairing::new(origin.parse().unwrap(), &offer, &key, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn pairings_are_kept_over_a_restart_and_one_an_account() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("vanthu-agent");
        let (here, there) = ("https://a.example", "https://b.example");
        let paired = Paired::open(&place, Vec::new()).unwrap();
        paired.add(a_pairing("agt_1", "acc_1", here)).unwrap();
        paired.add(a_pairing("agt_2", "acc_1", here)).unwrap();
        paired.add(a_pairing("agt_3", "acc_2", there)).unwrap();
        let again = Paired::open(&place, Vec::new()).unwrap();
        let names: Vec<_> = again.list().into_iter().map(|one| one.agent_id).collect();
        assert_eq!(names, ["agt_2", "agt_3"]);
        let (here, there) = (here.parse().unwrap(), there.parse().unwrap());
        assert!(again.knows(&here) && !again.is_fixed(&here));
        assert_eq!(again.find(&here, None).unwrap().agent_id, "agt_2");
        assert!(again.find(&here, Some("acc_2")).is_none());
        assert_eq!(again.remove("agt_3").unwrap().unwrap().agent_id, "agt_3");
        assert!(again.remove("agt_3").unwrap().is_none());
        assert!(!Paired::open(&place, Vec::new()).unwrap().knows(&there));
    }

    #[test]
    fn two_accounts_of_one_server_are_told_apart_by_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let paired = Paired::open(folder.path(), Vec::new()).unwrap();
        let origin = "https://a.example";
        paired.add(a_pairing("agt_1", "acc_1", origin)).unwrap();
        paired.add(a_pairing("agt_2", "acc_2", origin)).unwrap();
        let origin = origin.parse().unwrap();
        assert!(paired.find(&origin, None).is_none());
        assert_eq!(
            paired.find(&origin, Some("acc_2")).unwrap().agent_id,
            "agt_2"
        );
        assert_eq!(paired.accounts(&origin), ["acc_1", "acc_2"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_on_this_machine_reads_the_pairings() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("vanthu-agent");
        fs::create_dir(&place).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        let paired = Paired::open(&place, Vec::new()).unwrap();
        paired
            .add(a_pairing("agt_1", "acc_1", "https://a.example"))
            .unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        assert_eq!(mode(&place.join(FILE)), 0o600);
    }

    #[test]
    fn the_key_does_not_show_and_a_proof_is_of_this_key() {
        let one = a_pairing("agt_1", "acc_1", "https://a.example");
        assert_eq!(format!("{one:?}"), "Pairing(agt_1 at https://a.example)");
        let header = one.proof("POST", "/a", "s", b"body").unwrap();
        let (name, value) = header.split_once(':').unwrap();
        assert_eq!(name, "agt_1");
        let spki = SoftKey::from_pkcs8(one.key.as_bytes()).unwrap().spki();
        let Base64(value) = serde_json::from_value(value.into()).unwrap();
        let message = pairing::proof("agt_1", "POST", "/a", "s", b"body");
        vanthu_pki::verify(&spki, SignatureAlgorithm::EcdsaP256Sha256, &message, &value).unwrap();
    }

    #[test]
    fn an_agent_without_a_folder_keeps_nothing() {
        let paired = Paired::fixed(vec!["http://127.0.0.1:8080".parse().unwrap()]);
        assert!(
            paired
                .add(a_pairing("agt_1", "acc_1", "https://a.example"))
                .is_err()
        );
        assert!(paired.list().is_empty());
    }
}
