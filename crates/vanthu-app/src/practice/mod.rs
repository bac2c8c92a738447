//! The practice installation (hệ thống thực hành): an invented province with everything that
//! signing needs, and documents in flight on every desk.
//!
//! [`make`] makes it once. A real installation uses nothing of this module and refuses what it
//! makes: anchors of [`AnchorPurpose::Practice`](crate::trust::AnchorPurpose) never get in.

pub mod authority;
pub mod clock;
pub mod letters;
pub mod picture;
pub mod province;
pub mod seed;
pub mod sign;
pub mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use vanthu_domain::{Clock, Randomness};
use vanthu_store::{Store, installation};

use crate::practice::authority::PracticeAuthority;
use crate::practice::clock::MovableClock;
use crate::practice::province::Province;
use crate::practice::world::Making;
use crate::{App, AppError, Mode, Ports};

/// What the installation's own word for being practice is.
const MODE: &str = "mode";
/// Set once everything is there.
const READY: &str = "practice-ready";

/// Where a practice installation keeps its things.
#[derive(Debug, Clone)]
pub struct Folders {
    root: PathBuf,
}

impl Folders {
    /// Under this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.root.join("vanthu.db")
    }

    /// The contents of files.
    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    /// The key that signs the ledger's checkpoints.
    pub fn ledger_key(&self) -> PathBuf {
        self.root.join("ledger.key")
    }

    /// The practice authority.
    pub fn authority(&self) -> PathBuf {
        self.root.join("practice").join("authority")
    }

    /// The practice agent's things.
    pub fn agent(&self) -> PathBuf {
        self.root.join("agent")
    }

    /// Its key files.
    pub fn keys(&self) -> PathBuf {
        self.agent().join("keys")
    }

    /// Where the practice agent keeps its pairings.
    pub fn agent_settings(&self) -> PathBuf {
        self.agent().join("settings")
    }

    /// The PIN of all of them.
    pub fn pin(&self) -> PathBuf {
        self.agent().join("pin")
    }
}

/// What a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing yet.
    Empty,
    /// A practice installation whose making was interrupted.
    Half,
    /// A practice installation.
    Practice,
    /// A real installation.
    Real,
}

/// Tells what a store with tables holds.
pub async fn standing(store: &Store) -> Result<Standing, AppError> {
    let mut tx = store.read().await?;
    Ok(match installation::find(&mut tx, MODE).await?.as_deref() {
        None => Standing::Empty,
        Some("practice") => match installation::find(&mut tx, READY).await? {
            Some(_) => Standing::Practice,
            None => Standing::Half,
        },
        Some(_) => Standing::Real,
    })
}

/// What an installation is made with.
pub struct Make<'a> {
    /// The store, with tables and nothing in them.
    pub store: &'a Store,
    /// Where everything else goes.
    pub folders: &'a Folders,
    /// Its address.
    pub base_url: &'a str,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Told what is being made, in Vietnamese.
    pub progress: &'a (dyn Fn(&str) + Send + Sync),
}

/// Makes the practice installation: authority, province, keys, documents in flight.
pub async fn make(order: Make<'_>) -> Result<PracticeAuthority, AppError> {
    let Make {
        store,
        folders,
        base_url,
        clock,
        randomness,
        progress,
    } = order;
    let now = clock.now();
    progress("cơ quan chứng thực thực hành");
    let folder = folders.authority();
    let chance = randomness.as_ref();
    let authority = PracticeAuthority::open_or_make(&folder, base_url, Arc::clone(&clock), chance)?;
    progress("cơ quan, đơn vị, tài khoản, chứng thư, con dấu của tỉnh Bình Mẫu");
    let province = Province::bundled()?;
    let past = beginning(now)?;
    let moving = Arc::new(MovableClock::at(past));
    let making = Making {
        store,
        authority: &authority,
        authority_folder: &folder,
        agent_folder: &folders.agent(),
        base_url,
        clock: clock.as_ref(),
        randomness: &randomness,
        made_at: past,
    };
    world::make(&making, &province).await?;
    // Read again: it now knows what it has revoked.
    let authority = PracticeAuthority::open_or_make(&folder, base_url, clock, chance)?;
    let app = app_at(store, &authority, &moving, &randomness, base_url)?;
    seed::seed(&app, &moving, &province, &folders.keys(), now, progress).await?;
    let mut tx = store.write().await?;
    installation::set(&mut tx, READY, "1").await?;
    tx.commit().await?;
    Ok(authority)
}

fn beginning(now: vanthu_domain::Moment) -> Result<vanthu_domain::Moment, AppError> {
    use vanthu_domain::calendar::WorkingCalendar;
    use vanthu_domain::profile::RegulationProfile;
    let national =
        RegulationProfile::bundled("national").map_err(|e| AppError::fault("profile", e))?;
    let calendar = WorkingCalendar::vietnam(national.working_hours(now.day()));
    Ok(seed::beginning(&calendar, now))
}

/// The installation as it stood on past days.
fn app_at(
    store: &Store,
    authority: &PracticeAuthority,
    clock: &Arc<MovableClock>,
    randomness: &Arc<dyn Randomness>,
    base_url: &str,
) -> Result<Arc<App>, AppError> {
    let authority = authority.with_clock(Arc::clone(clock) as Arc<dyn Clock>);
    let ports = Ports {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        randomness: Arc::clone(randomness),
        timestamps: Arc::new(authority.timestamps()),
        revocation: Arc::new(authority.revocation()),
    };
    let trust = authority.trust();
    Ok(App::new(
        store.clone(),
        ports,
        trust,
        Mode::Practice,
        base_url.to_owned(),
    )?)
}

#[cfg(test)]
mod tests;
