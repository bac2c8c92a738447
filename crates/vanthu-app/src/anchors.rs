//! The installed list of trust anchors: kept as it was signed, checked whenever it is read, never replaced by an
//! older one.
//!
//! A list lies in its folder under its version, beside its signature. The highest version ever installed is also
//! written in the database, so that taking files away from the folder does not bring back an older list unseen.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_pki::anchors::{AnchorList, AnchorPurpose, ListError, Step};
use vanthu_pki::{Certificate, Time};
use vanthu_store::{Tx, installation};

use crate::practice::authority::{is_practice_anchor, write_private};
use crate::{App, AppError, Mode};

/// Under this key the installed version is written in the database.
const KEY: &str = "anchors";

/// Why a list is not installed, or the installed one not used.
#[derive(Debug, thiserror::Error)]
pub enum AnchorsError {
    /// The list itself.
    #[error(transparent)]
    List(#[from] ListError),
    /// A real installation takes no practice anchors.
    #[error("“{0}” is a practice anchor")]
    Practice(String),
    /// The folder holds an older list than was installed, or another one, or none.
    #[error("version {recorded} was installed, but the folder holds {found:?}")]
    Lost {
        /// What was installed.
        recorded: u64,
        /// What is there.
        found: Option<u64>,
    },
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] AppError),
}

/// What the database knows of the installed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its version.
    pub version: u64,
    /// SHA-256 of its text, lower-case hexadecimal.
    pub sha256: String,
}

/// Where lists are kept, and who signs them.
#[derive(Debug, Clone)]
pub struct AnchorFolder {
    folder: PathBuf,
    signer: Certificate,
}

impl AnchorFolder {
    /// The folder, and the pinned certificate of whoever signs the lists.
    pub fn new(folder: PathBuf, signer: Certificate) -> Self {
        Self { folder, signer }
    }

    /// Reads a list under the pinned certificate; a real installation refuses practice anchors.
    ///
    /// Clause: AG-14.4
    pub fn check(
        &self,
        list: &[u8],
        signature: &[u8],
        mode: Mode,
    ) -> Result<AnchorList, AnchorsError> {
        let list = AnchorList::verify(list, signature, &self.signer)?;
        let practice = list.anchors.iter().find(|it| {
            it.purposes.contains(&AnchorPurpose::Practice) || is_practice_anchor(&it.certificate)
        });
        match practice {
            Some(it) if mode == Mode::Real => Err(AnchorsError::Practice(it.name.clone())),
            _ => Ok(list),
        }
    }

    /// The list with the highest version in the folder, checked anew. One that doesn't pass is an error, never
    /// skipped: an older one behind it must not come back.
    pub fn newest(&self, mode: Mode) -> Result<Option<AnchorList>, AnchorsError> {
        let Some(path) = self.newest_path()? else {
            return Ok(None);
        };
        let (list, signature) = (read(&path)?, read(&path.with_extension("p7s"))?);
        self.check(&list, &signature, mode).map(Some)
    }

    /// The list that was installed; one that is older than what the database knows is refused.
    pub async fn installed(
        &self,
        tx: &mut Tx,
        mode: Mode,
    ) -> Result<Option<AnchorList>, AnchorsError> {
        let newest = self.newest(mode)?;
        let Some(recorded) = recorded(tx).await? else {
            return Ok(newest);
        };
        match newest {
            // A newer one was written and its import cut off before the database knew.
            Some(list) if list.version > recorded.version => Ok(Some(list)),
            Some(list) if list.sha256 == recorded.sha256 => Ok(Some(list)),
            other => Err(AnchorsError::Lost {
                recorded: recorded.version,
                found: other.map(|it| it.version),
            }),
        }
    }

    fn newest_path(&self) -> Result<Option<PathBuf>, AppError> {
        let failed = |e: std::io::Error| AppError::fault(self.folder.display().to_string(), e);
        if !self.folder.is_dir() {
            return Ok(None);
        }
        let mut newest = None;
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if let Some(version) = version_of(&path) {
                newest = newest.max(Some((version, path)));
            }
        }
        Ok(newest.map(|(_, path)| path))
    }

    /// The signature first: a list is there only with its signature.
    fn write(&self, version: u64, list: &[u8], signature: &[u8]) -> Result<(), AppError> {
        let failed = |e: std::io::Error| AppError::fault(self.folder.display().to_string(), e);
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        for (ending, bytes) in [("p7s", signature), ("toml", list)] {
            let path = self.folder.join(format!("anchors-{version:08}.{ending}"));
            let unfinished = path.with_extension("new");
            write_private(&unfinished, bytes)?;
            std::fs::rename(&unfinished, &path).map_err(failed)?;
        }
        Ok(())
    }
}

/// Installs a list: it must be newer than the installed one. The file is written first, the database second; the
/// new list counts when the installation is started the next time.
///
/// Clause: AG-14.4
pub async fn import(
    app: &App,
    folder: &AnchorFolder,
    list: &[u8],
    signature: &[u8],
) -> Result<(AnchorList, Step), AnchorsError> {
    let new = folder.check(list, signature, app.mode)?;
    let mut work = app.begin_system(None).await?;
    let installed = folder.installed(&mut work.tx, app.mode).await?;
    let step = new.follows(installed.as_ref())?;
    folder.write(new.version, list, signature)?;
    let facts = Recorded {
        version: new.version,
        sha256: new.sha256.clone(),
    };
    if recorded(&mut work.tx).await?.as_ref() == Some(&facts) {
        return Ok((new, Step::Same));
    }
    let text = serde_json::to_string(&facts).map_err(|e| AppError::fault(KEY, e))?;
    installation::set(&mut work.tx, KEY, &text)
        .await
        .map_err(AppError::from)?;
    let data = json!({"version": new.version, "sha256": new.sha256, "anchors": new.anchors.len()});
    work.record(Act::AnchorsImported, "installation", &[], data)
        .await?;
    work.commit().await?;
    Ok((new, step))
}

/// A newer list should have come.
pub fn is_overdue(list: &AnchorList, app: &App) -> bool {
    list.is_overdue(Time::from_unix(app.now().unix_seconds()))
}

async fn recorded(tx: &mut Tx) -> Result<Option<Recorded>, AppError> {
    let Some(text) = installation::find(tx, KEY).await? else {
        return Ok(None);
    };
    let facts = serde_json::from_str(&text).map_err(|e| AppError::fault(KEY, e))?;
    Ok(Some(facts))
}

fn version_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let number = name.strip_prefix("anchors-")?.strip_suffix(".toml")?;
    number.parse().ok()
}

fn read(path: &Path) -> Result<Vec<u8>, AppError> {
    std::fs::read(path).map_err(|e| AppError::fault(path.display().to_string(), e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::World;
    use vanthu_pki::SoftKey;
    use vanthu_pki::anchors::ListedAnchor;
    use vanthu_pki::authority::{Authority, CertificateRequest, Validity};
    use vanthu_pki::extension::KeyUsage;
    use vanthu_pki::{Name, SignatureAlgorithm, oid};

    const NOW: Time = Time::from_unix(1_795_000_000);

    struct Publisher {
        key: SoftKey,
        authority: Authority,
    }

    impl Publisher {
        /// Names itself like no practice authority.
        fn new() -> Self {
            let key = SoftKey::generate_p256().unwrap();
            let name = Name::build(&[(oid::COMMON_NAME, "Gốc thật")]).unwrap();
            let validity = Validity {
                from: NOW.plus_days(-100),
                to: NOW.plus_days(1000),
            };
            let request = CertificateRequest::new(name, &key.spki(), validity, 1).authority(None);
            let copy = SoftKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
            let algorithm = SignatureAlgorithm::EcdsaP256Sha256;
            let authority = Authority::self_signed(copy, algorithm, &request).unwrap();
            assert!(
                authority
                    .certificate()
                    .key_usage()
                    .is_some_and(KeyUsage::crl_sign)
            );
            Self { key, authority }
        }

        fn list(&self, version: u64, purpose: AnchorPurpose) -> (String, Vec<u8>) {
            let anchor = ListedAnchor {
                name: "Gốc thật".to_owned(),
                certificate: self.authority.certificate().clone(),
                purposes: vec![purpose],
                from: NOW,
                until: None,
            };
            let text = AnchorList::write("Thử", version, NOW, None, &[anchor]);
            let signer = self.authority.certificate();
            let signature = AnchorList::sign(text.as_bytes(), &self.key, signer).unwrap();
            (text, signature)
        }
    }

    async fn try_import(
        world: &World,
        folder: &AnchorFolder,
        (text, signature): &(String, Vec<u8>),
    ) -> Result<Step, AnchorsError> {
        let done = import(&world.app, folder, text.as_bytes(), signature).await;
        done.map(|(_, step)| step)
    }

    /// Proves: AG-14.4
    #[tokio::test]
    async fn a_list_is_installed_once_and_only_ever_replaced_by_a_newer_one() {
        let world = World::new().await;
        let publisher = Publisher::new();
        let place = tempfile::tempdir().unwrap();
        let kept = place.path().join("anchors");
        let folder = AnchorFolder::new(kept.clone(), publisher.authority.certificate().clone());
        let public = AnchorPurpose::Public;
        let (seven, eight) = (publisher.list(7, public), publisher.list(8, public));
        assert_eq!(
            try_import(&world, &folder, &seven).await.unwrap(),
            Step::Newer
        );
        assert_eq!(
            try_import(&world, &folder, &seven).await.unwrap(),
            Step::Same
        );
        assert_eq!(
            try_import(&world, &folder, &eight).await.unwrap(),
            Step::Newer
        );
        assert_eq!(
            world.acts("installation").await,
            ["anchors-imported", "anchors-imported"]
        );
        let older = try_import(&world, &folder, &seven).await.unwrap_err();
        assert!(matches!(
            older,
            AnchorsError::List(ListError::Rollback {
                installed: 8,
                offered: 7
            })
        ));
        // Who takes the newest files away does not bring the old list back.
        for ending in ["toml", "p7s"] {
            std::fs::remove_file(kept.join(format!("anchors-00000008.{ending}"))).unwrap();
        }
        let mut tx = world.app.store.read().await.unwrap();
        let lost = folder.installed(&mut tx, Mode::Real).await.unwrap_err();
        assert!(matches!(
            lost,
            AnchorsError::Lost {
                recorded: 8,
                found: Some(7)
            }
        ));
        drop(tx);
        // Who changes the newest one doesn't either.
        std::fs::write(kept.join("anchors-00000009.toml"), &seven.0).unwrap();
        std::fs::write(kept.join("anchors-00000009.p7s"), &eight.1).unwrap();
        assert!(folder.newest(Mode::Real).is_err());
    }

    #[tokio::test]
    async fn another_signer_and_practice_anchors_are_refused() {
        let world = World::new().await;
        let (publisher, other) = (Publisher::new(), Publisher::new());
        let place = tempfile::tempdir().unwrap();
        let signer = publisher.authority.certificate().clone();
        let folder = AnchorFolder::new(place.path().to_owned(), signer);
        let forged = other.list(1, AnchorPurpose::Public);
        let refused = try_import(&world, &folder, &forged).await.unwrap_err();
        assert!(
            matches!(refused, AnchorsError::List(ListError::WrongSigner)),
            "{refused}"
        );
        let (text, signature) = publisher.list(1, AnchorPurpose::Practice);
        let real = folder.check(text.as_bytes(), &signature, Mode::Real);
        assert!(matches!(real, Err(AnchorsError::Practice(_))));
        assert!(
            folder
                .check(text.as_bytes(), &signature, Mode::Practice)
                .is_ok()
        );
        assert!(
            folder.newest(Mode::Real).unwrap().is_none(),
            "nothing was kept"
        );
    }
}
