//! A thread for each module. Whatever a module does, who asks gets an answer in time.
//!
//! Modules are foreign code: some hang while a reader is busy, some crash when they are loaded. Each is called by one
//! thread of its own, one call after the other, and who asks waits no longer than [`Times`] says. A module that did not
//! answer in time is not asked again until it has: what it answers late goes nowhere. Before a module is loaded, a
//! [`Probe`] may try it in another process.
//!
//! Not covered: a module that crashes *after* it was probed, for example while it signs, ends this process; and one that
//! hangs for ever keeps its thread, and the PIN that it was given, until the process ends.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cryptoki::slot::Slot;
use vanthu_pki::Certificate;
use vanthu_wire::agent::Algorithm;

use crate::pkcs11::key::DeviceKey;
use crate::pkcs11::module::Module;
use crate::{DeviceFacts, ModuleError, OpenKey, Pin, TokenError};

/// Tries a module somewhere else before it is loaded here; says why it must not be.
pub type Probe = Arc<dyn Fn(&Path) -> Result<(), ModuleError> + Send + Sync>;

/// After this time the certificates of a device are read again, in case its owner got a new one.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// How long a module may take.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// To be loaded and to show its devices.
    pub list: Duration,
    /// To take a PIN: some devices ask their owner for a key press.
    pub open: Duration,
    /// To make one signature.
    pub sign: Duration,
    /// How long after a start without any device it is started anew to look again.
    pub look_again: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            list: Duration::from_secs(3),
            open: Duration::from_mins(1),
            sign: Duration::from_secs(30),
            look_again: Duration::from_secs(5),
        }
    }
}

/// A device with the certificates of its keys.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) facts: DeviceFacts,
    pub(crate) certificates: Vec<Certificate>,
}

/// One module and the thread that calls it.
pub(crate) struct Worker {
    path: PathBuf,
    times: Times,
    todo: Mutex<Todo>,
    /// The newest call that nobody waits for any more, and the newest that has ended: calls end in their order.
    given_up: AtomicU64,
    ended: Arc<AtomicU64>,
}

type Job = Box<dyn FnOnce(&mut Inside) + Send>;

struct Todo {
    jobs: mpsc::Sender<Job>,
    last: u64,
}

/// What lives on the thread.
struct Inside {
    path: PathBuf,
    probe: Option<Probe>,
    look_again: Duration,
    module: Option<Module>,
    /// Why the probe said no: it is asked once.
    refused: Option<ModuleError>,
    tried: Option<Instant>,
    keys: BTreeMap<u64, DeviceKey>,
    next_key: u64,
    /// Reading a certificate from a card takes up to a second: kept as long as the device stays in its slot.
    read: BTreeMap<(u64, String), (Instant, Vec<Certificate>)>,
}

impl Worker {
    /// Starts the thread; the module is loaded when something is asked of it.
    pub(crate) fn start(path: PathBuf, probe: Option<Probe>, times: Times) -> Arc<Self> {
        let (jobs, todo) = mpsc::channel::<Job>();
        let mut inside = Inside {
            path: path.clone(),
            probe,
            look_again: times.look_again,
            module: None,
            refused: None,
            tried: None,
            keys: BTreeMap::new(),
            next_key: 0,
            read: BTreeMap::new(),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let started = std::thread::Builder::new()
            .name(name.into_owned())
            .spawn(move || {
                while let Ok(job) = todo.recv() {
                    // A fault in the binding must not take the other calls with it.
                    if catch_unwind(AssertUnwindSafe(|| job(&mut inside))).is_err() {
                        tracing::error!(module = %inside.path.display(), "a call of the module failed");
                    }
                }
            });
        if let Err(error) = started {
            // Every call is then answered with silence.
            tracing::error!(module = %path.display(), %error, "no thread for the module");
        }
        Arc::new(Self {
            path,
            times,
            todo: Mutex::new(Todo { jobs, last: 0 }),
            given_up: AtomicU64::new(0),
            ended: Arc::default(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The devices that are plugged in now.
    pub(crate) fn list(&self) -> Result<Vec<Found>, ModuleError> {
        if self.is_stuck() {
            return Err(ModuleError::Silent);
        }
        self.ask(self.times.list, Inside::list)
            .unwrap_or(Err(ModuleError::Silent))
    }

    /// Opens a key on the device with this serial number. The PIN is given to the device once.
    pub(crate) fn open(
        self: &Arc<Self>,
        serial: &str,
        thumbprint: &str,
        pin: &Pin,
    ) -> Result<WorkerKey, TokenError> {
        if self.is_stuck() {
            return Err(TokenError::Silent);
        }
        let (serial, thumbprint, pin) = (serial.to_owned(), thumbprint.to_owned(), pin.clone());
        let worker = Arc::clone(self);
        // A key that is opened too late is dropped with the answer that nobody takes, and so closed.
        self.ask(self.times.open, move |inside| {
            let id = inside.open(&serial, &thumbprint, &pin)?;
            Ok(WorkerKey { worker, id })
        })
        .unwrap_or(Err(TokenError::Silent))
    }

    /// Whether a call that somebody gave up has not ended yet.
    fn is_stuck(&self) -> bool {
        self.given_up.load(Ordering::Acquire) > self.ended.load(Ordering::Acquire)
    }

    /// Lets the thread do something and waits for what it gives, no longer than `limit`. What was given up before it
    /// began is not begun.
    fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        what: impl FnOnce(&mut Inside) -> T + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = mpsc::sync_channel(1);
        let nobody_waits = Arc::new(AtomicBool::new(false));
        let is_in_vain = Arc::clone(&nobody_waits);
        let number = self.send(move |inside| {
            if !is_in_vain.load(Ordering::Acquire) {
                // Nobody may wait any more: then what was done is dropped.
                let _taken = tell.send(what(inside));
            }
        })?;
        let done = told.recv_timeout(limit);
        if done.is_err() {
            nobody_waits.store(true, Ordering::Release);
            self.given_up.fetch_max(number, Ordering::AcqRel);
            tracing::warn!(module = %self.path.display(), "the module does not answer");
        }
        done.ok()
    }

    /// Puts a call at the end of the row; gives its number.
    fn send(&self, what: impl FnOnce(&mut Inside) + Send + 'static) -> Option<u64> {
        let mut todo = self.todo.lock().unwrap_or_else(PoisonError::into_inner);
        todo.last += 1;
        let ended = Ended(Arc::clone(&self.ended), todo.last);
        let job: Job = Box::new(move |inside| {
            let _ended = ended;
            what(inside);
        });
        todo.jobs.send(job).ok().map(|()| todo.last)
    }
}

/// Says that a call has ended, also when it ended by a fault.
struct Ended(Arc<AtomicU64>, u64);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.fetch_max(self.1, Ordering::AcqRel);
    }
}

impl Inside {
    /// The module, loaded at the first call; one that could not be is tried again after a while, because its maker's
    /// package may be installed meanwhile.
    fn module(&mut self) -> Result<Module, ModuleError> {
        if let Some(module) = &self.module {
            return Ok(module.clone());
        }
        if let Some(why) = self.refused.clone().filter(|_| !self.is_time()) {
            return Err(why);
        }
        self.tried = Some(Instant::now());
        let loaded = self.load();
        self.refused = loaded.as_ref().err().cloned();
        self.module = loaded.as_ref().ok().cloned();
        loaded
    }

    fn load(&self) -> Result<Module, ModuleError> {
        // A module that crashes stays refused: trying it again costs a process each time.
        if let Some(why @ (ModuleError::Crashes(_) | ModuleError::Silent)) = &self.refused {
            return Err(why.clone());
        }
        if let Some(probe) = &self.probe {
            probe(&self.path)?;
        }
        let module = Module::load(&self.path)?;
        tracing::info!(module = %self.path.display(), "the module is loaded");
        Ok(module)
    }

    fn is_time(&self) -> bool {
        self.tried
            .is_none_or(|tried| tried.elapsed() >= self.look_again)
    }

    fn list(&mut self) -> Result<Vec<Found>, ModuleError> {
        let module = self.module()?;
        let mut devices = module.devices();
        // Some modules look for devices only when they are started. Without an open key there is nothing to lose.
        let is_empty = !devices.as_ref().is_ok_and(|all| !all.is_empty());
        if is_empty && self.keys.is_empty() && self.is_time() {
            self.tried = Some(Instant::now());
            module.restart()?;
            devices = module.devices();
        }
        let devices = devices?;
        let is_there = |key: &(u64, String)| {
            let here =
                |(slot, facts): &(Slot, DeviceFacts)| slot.id() == key.0 && facts.serial == key.1;
            devices.iter().any(here)
        };
        self.read
            .retain(|key, (at, _)| is_there(key) && at.elapsed() < READ_AGAIN);
        let mut found = Vec::new();
        for (slot, facts) in devices {
            match self.certificates(&module, slot, &facts.serial) {
                Ok(certificates) => found.push(Found {
                    facts,
                    certificates,
                }),
                // Pulled out while it was read.
                Err(error) => {
                    tracing::warn!(device = facts.serial, %error, "a device can't be read");
                }
            }
        }
        Ok(found)
    }

    fn certificates(
        &mut self,
        module: &Module,
        slot: Slot,
        serial: &str,
    ) -> Result<Vec<Certificate>, TokenError> {
        let key = (slot.id(), serial.to_owned());
        if let Some((_, known)) = self.read.get(&key) {
            return Ok(known.clone());
        }
        let mut all = module.certificates(slot)?;
        all.retain(|it| !it.is_ca());
        self.read.insert(key, (Instant::now(), all.clone()));
        Ok(all)
    }

    fn open(&mut self, serial: &str, thumbprint: &str, pin: &Pin) -> Result<u64, TokenError> {
        let module = self.module().map_err(|error| match error {
            ModuleError::Silent => TokenError::Silent,
            other => TokenError::Failed(other.to_string()),
        })?;
        let devices = module
            .devices()
            .map_err(|error| TokenError::Failed(error.to_string()))?;
        let slot = devices
            .into_iter()
            .find(|(_, facts)| facts.serial == serial)
            .map(|(slot, _)| slot)
            .ok_or(TokenError::Removed)?;
        // While one key is open, the device takes any PIN for right.
        if self.keys.values().any(|key| key.slot() == slot) {
            return Err(TokenError::Busy);
        }
        let key = DeviceKey::open(&module, slot, serial, thumbprint, pin)?;
        self.next_key += 1;
        self.keys.insert(self.next_key, key);
        Ok(self.next_key)
    }
}

/// A key that is open on the thread of its module; closed when dropped.
pub(crate) struct WorkerKey {
    worker: Arc<Worker>,
    id: u64,
}

impl OpenKey for WorkerKey {
    fn sign(&mut self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let (id, message) = (self.id, message.to_vec());
        self.worker
            .ask(self.worker.times.sign, move |inside| {
                let key = inside.keys.get_mut(&id).ok_or(TokenError::SessionLost)?;
                key.sign(algorithm, &message)
            })
            .unwrap_or(Err(TokenError::Silent))
    }
}

impl Drop for WorkerKey {
    fn drop(&mut self) {
        let id = self.id;
        // A thread that is gone has closed everything.
        let _closed = self.worker.send(move |inside| {
            inside.keys.remove(&id);
        });
    }
}
