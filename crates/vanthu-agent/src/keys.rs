//! Which keys this agent has: what the command line names, and what makers have installed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use crate::token::{Keyring, ModuleError, Probe, SoftToken, Source, Times, installed};
use crate::{Pin, settings};

/// How long a module may take when it is tried in a process of its own.
const PROBE_TIME: Duration = Duration::from_secs(20);
/// How often it is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Where the keys are.
#[derive(Debug, Default, Args)]
pub struct Keys {
    /// Folder of key files: NAME.p12 with its certificate NAME.pem beside it. Without it, `keys` in the settings folder,
    /// where that is there.
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
    /// Module of key devices (PKCS#11); may be given more than once. Without one, the makers' modules that are known by
    /// name are looked for.
    #[arg(long, value_name = "MODULE")]
    pub pkcs11: Vec<PathBuf>,
    /// Folder in which the agent keeps its pairings and its owner's choices, for its owner only; the usual one of this user
    /// otherwise.
    #[arg(long, value_name = "DIR")]
    pub settings: Option<PathBuf>,
}

impl Keys {
    /// The folder of the agent's settings; none where the system does not say which one is the user's.
    pub fn folder(&self) -> Option<PathBuf> {
        self.settings.clone().or_else(settings::folder)
    }

    /// The folder of key files: the one that was named, or the usual one where somebody has made it.
    pub fn files(&self) -> Option<PathBuf> {
        let usual = || Some(self.folder()?.join("keys")).filter(|folder| folder.is_dir());
        self.keys.clone().or_else(usual)
    }

    /// The modules that are used: those that were named, or those that are found.
    pub fn modules(&self) -> Vec<PathBuf> {
        match self.pkcs11.as_slice() {
            [] => installed(),
            named => named.to_vec(),
        }
    }

    /// Everything that there is to sign with, for somebody who waits for a page. Loads nothing yet.
    pub fn open(&self, practice_pin: Option<Pin>) -> Keyring {
        self.open_within(practice_pin, Times::default())
    }

    /// The same for a command that is run once, where a slow module may take its time.
    pub fn open_patiently(&self) -> Keyring {
        let times = Times {
            list: PROBE_TIME + PROBE_TIME,
            ..Times::default()
        };
        self.open_within(None, times)
    }

    fn open_within(&self, practice_pin: Option<Pin>, times: Times) -> Keyring {
        Keyring::new(Source {
            files: self
                .files()
                .map(|folder| SoftToken::new(&folder, practice_pin)),
            modules: self.modules(),
            probe: std::env::current_exe().ok().map(probe),
            times,
            choices: self.folder().map(|folder| folder.join("devices")),
        })
    }
}

/// The devices of one module and nothing else; no choice is kept.
pub fn of_module(module: &Path) -> Keyring {
    Keyring::new(Source {
        modules: vec![module.to_owned()],
        probe: std::env::current_exe().ok().map(probe),
        times: Times {
            list: PROBE_TIME + PROBE_TIME,
            ..Times::default()
        },
        ..Source::default()
    })
}

/// Loads and lists a module in a process of its own before it is loaded here: one that crashes then takes that process
/// with it and not the door.
fn probe(program: PathBuf) -> Probe {
    Arc::new(move |module: &Path| {
        let child = Command::new(&program)
            .arg("try-module")
            .arg(module)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child.map(|child| ended(child, PROBE_TIME)) {
            Ok(Err(why)) => Err(why),
            // It ended by itself: what is wrong, if anything, is said in words when it is loaded here.
            Ok(Ok(_)) => Ok(()),
            Err(error) => Err(ModuleError::Module(error.to_string())),
        }
    })
}

/// Waits for a process: whether it succeeded. One that was killed by a signal has crashed; one that takes too long is
/// ended.
fn ended(mut child: Child, limit: Duration) -> Result<bool, ModuleError> {
    let began = Instant::now();
    let failed = |error: std::io::Error| ModuleError::Module(error.to_string());
    loop {
        match child.try_wait().map_err(failed)? {
            // Windows tells of a crash by a negative code.
            Some(status) if status.code().is_none_or(|code| code < 0) => {
                return Err(ModuleError::Crashes(status.to_string()));
            }
            Some(status) => return Ok(status.success()),
            None if began.elapsed() < limit => std::thread::park_timeout(LOOK),
            None => {
                child.kill().map_err(failed)?;
                child.wait().map_err(failed)?;
                return Err(ModuleError::Silent);
            }
        }
    }
}
