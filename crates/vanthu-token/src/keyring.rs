//! Everything that a desk has to sign with: a folder of key files, and the devices of several modules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vanthu_pki::Certificate;

use crate::worker::{Found, Worker};
use crate::{
    ModuleError, ModuleSeen, OpenKey, Pin, Place, Probe, SoftToken, Survey, Times, Token,
    TokenError,
};

/// Where keys are looked for.
#[derive(Default)]
pub struct Source {
    /// Key files.
    pub files: Option<SoftToken>,
    /// Modules of key devices, in the order in which their devices are listed.
    pub modules: Vec<PathBuf>,
    /// Tries each module in another process first.
    pub probe: Option<Probe>,
    /// How long a module may take.
    pub times: Times,
    /// Where the choice between devices that hold the same certificate is remembered; not at all without.
    pub choices: Option<PathBuf>,
}

/// Key files and devices together.
pub struct Keyring {
    files: Option<SoftToken>,
    workers: Vec<Arc<Worker>>,
    /// By thumbprint, the serial number of the device that its owner chose.
    chosen: Mutex<BTreeMap<String, String>>,
    choices: Option<PathBuf>,
}

/// A look at everything, with the module of each device.
struct Look {
    survey: Survey,
    places: Vec<(Arc<Worker>, Found)>,
}

impl Keyring {
    /// Looks at nothing yet.
    pub fn new(source: Source) -> Self {
        let start = |path: PathBuf| Worker::start(path, source.probe.clone(), source.times);
        // One module under two names would be ended by one thread while the other one signs.
        let mut modules = source.modules;
        let mut seen = BTreeSet::new();
        modules.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
        Self {
            files: source.files,
            workers: modules.into_iter().map(start).collect(),
            chosen: Mutex::new(
                source
                    .choices
                    .as_deref()
                    .map(read_choices)
                    .unwrap_or_default(),
            ),
            choices: source.choices,
        }
    }

    fn look(&self) -> Result<Look, TokenError> {
        let files = self.files.as_ref().map(Token::certificates).transpose()?;
        // All modules at once: one that is slow must not make the others slow.
        let seen: Vec<Result<Vec<Found>, ModuleError>> = std::thread::scope(|scope| {
            let asked: Vec<_> = self
                .workers
                .iter()
                .map(|worker| scope.spawn(|| worker.list()))
                .collect();
            let silent = |_| Err(ModuleError::Silent);
            asked
                .into_iter()
                .map(|one| one.join().unwrap_or_else(silent))
                .collect()
        });
        let mut look = Look {
            survey: Survey::default(),
            places: Vec::new(),
        };
        for (worker, found) in self.workers.iter().zip(seen) {
            look.add(worker, found);
        }
        for certificate in files.into_iter().flatten() {
            look.survey.add(certificate, Place::File);
        }
        let chosen = self.chosen();
        for key in &mut look.survey.keys {
            let serial = chosen.get(&key.certificate.sha256_thumbprint());
            // The order of the others stays.
            key.places.sort_by_key(|place| {
                serial.is_none() || place.device().map(|it| &it.serial) != serial
            });
        }
        Ok(look)
    }

    fn chosen(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was chosen before. A file that can't be read is no reason not to sign: without it the first device does.
fn read_choices(path: &Path) -> BTreeMap<String, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            if error.kind() != std::io::ErrorKind::NotFound {
                tracing::warn!(path = %path.display(), %error, "the choices of devices can't be read");
            }
            return BTreeMap::new();
        }
    };
    let line = |line: &str| {
        let (thumbprint, serial) = line.split_once(' ')?;
        Some((thumbprint.to_owned(), serial.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// One line each: the certificate's thumbprint, and the serial number of the device. In one step, so that a program that
/// is ended meanwhile leaves the old file or the new one.
fn write_choices(path: &Path, chosen: &BTreeMap<String, String>) -> std::io::Result<()> {
    let lines: Vec<String> = chosen
        .iter()
        .map(|(thumbprint, serial)| format!("{thumbprint} {serial}\n"))
        .collect();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("new");
    std::fs::write(&new, lines.concat())?;
    std::fs::rename(new, path)
}

impl Look {
    fn add(&mut self, worker: &Arc<Worker>, found: Result<Vec<Found>, ModuleError>) {
        self.survey.modules.push(ModuleSeen {
            path: worker.path().to_owned(),
            found: found
                .as_ref()
                .map(|all| all.iter().map(|it| it.facts.clone()).collect())
                .map_err(Clone::clone),
        });
        for device in found.into_iter().flatten() {
            for certificate in &device.certificates {
                let place = Place::Device(device.facts.clone());
                self.survey.add(certificate.clone(), place);
            }
            self.places.push((Arc::clone(worker), device));
        }
    }
}

impl Token for Keyring {
    fn certificates(&self) -> Result<Vec<Certificate>, TokenError> {
        let keys = self.look()?.survey.keys;
        Ok(keys.into_iter().map(|key| key.certificate).collect())
    }

    fn open(&self, thumbprint: &str, pin: &Pin) -> Result<Box<dyn OpenKey>, TokenError> {
        let look = self.look()?;
        let place = look
            .survey
            .find(thumbprint)
            .and_then(|key| key.places.first())
            .ok_or(TokenError::NotHere)?;
        // One place, and no other one after it: a PIN is tried once.
        match place {
            Place::File => match &self.files {
                Some(files) => files.open(thumbprint, pin),
                None => Err(TokenError::NotHere),
            },
            Place::Device(facts) => {
                let (worker, _) = look
                    .places
                    .iter()
                    .find(|(_, found)| found.facts == *facts)
                    .ok_or(TokenError::NotHere)?;
                Ok(Box::new(worker.open(&facts.serial, thumbprint, pin)?))
            }
        }
    }

    fn survey(&self) -> Result<Survey, TokenError> {
        Ok(self.look()?.survey)
    }

    fn choose(&self, thumbprint: &str, serial: Option<&str>) -> std::io::Result<()> {
        let mut chosen = self.chosen();
        match serial {
            Some(serial) => chosen.insert(thumbprint.to_owned(), serial.to_owned()),
            None => chosen.remove(thumbprint),
        };
        match &self.choices {
            Some(path) => write_choices(path, &chosen),
            None => Ok(()),
        }
    }
}
