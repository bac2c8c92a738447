//! A practice installation of the built program: made once for all tests, copied for each, served
//! by a process that can be killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use vanthu_store::{Durability, Store, StoreOptions};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_vanthu");
/// How long anything may take before the test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// The installation and the process that serves it.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) data: PathBuf,
    address: String,
    database: Option<String>,
    /// What it is started with beside.
    more: Vec<String>,
    child: Child,
    /// What it says; open as long as it runs.
    said: Lines<BufReader<ChildStdout>>,
    _folder: Option<tempfile::TempDir>,
}

impl Server {
    /// On a copy of the practice installation.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&template().await, &data);
        let address = free_address();
        let child = spawn(&mut serve(&data, &address, None));
        Self::reached(address, data, None, child, Some(folder)).await
    }

    /// A new installation with that database.
    pub(crate) async fn on(database: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let address = free_address();
        let child = spawn(&mut serve(&data, &address, Some(&database)));
        Self::reached(address, data, Some(database), child, Some(folder)).await
    }

    /// On a copy of the practice installation, with that signing agent.
    pub(crate) async fn with_agent(agent: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&template().await, &data);
        let address = free_address();
        let mut command = serve(&data, &address, None);
        command.arg("--agent").arg(agent);
        let child = spawn(&mut command);
        Self::reached(address, data, None, child, Some(folder)).await
    }

    /// On a copy of the practice installation, which offers what stands in that file.
    pub(crate) async fn offering(services: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&template().await, &data);
        let address = free_address();
        let more = ["--services".to_owned(), services.display().to_string()];
        let mut command = serve(&data, &address, None);
        let child = spawn(command.args(&more));
        let mut server = Self::reached(address, data, None, child, Some(folder)).await;
        server.more = more.to_vec();
        server
    }

    /// On a disk of its own with so many megabytes, which is gone with the process. None where the
    /// machine does not allow it.
    pub(crate) async fn on_small_disk(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let from = template().await;
        let address = free_address();
        let mount = format!(
            "mount -t tmpfs -o size={megabytes}m tmpfs '{data}' && cp -a '{from}/.' '{data}'",
            data = data.display(),
            from = from.display()
        );
        let allowed = Command::new("unshare")
            .args(["-rm", "sh", "-c", &format!("{mount} && true")])
            .stderr(Stdio::null())
            .status()
            .await;
        if !allowed.is_ok_and(|status| status.success()) {
            return None;
        }
        let mut command = Command::new("unshare");
        command
            .args(["-rm", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"])
            .arg(PROGRAM)
            .args(arguments(&data, &address, None));
        let child = spawn(&mut command);
        // The disk is seen through the process that has it.
        let seen = PathBuf::from(format!("/proc/{}/root", child.id().unwrap()));
        let seen = seen.join(data.strip_prefix("/").unwrap());
        Some(Self::reached(address, seen, None, child, Some(folder)).await)
    }

    async fn reached(
        address: String,
        data: PathBuf,
        database: Option<String>,
        mut child: Child,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let said = lines(&mut child);
        let mut server = Self {
            url: format!("http://{address}"),
            data,
            address,
            database,
            more: Vec::new(),
            child,
            said,
            _folder: folder,
        };
        server.answers().await;
        server
    }

    /// Waits until it says where it is, and asks it once. While it is made it tells of each part.
    async fn answers(&mut self) {
        loop {
            let said = tokio::time::timeout(PATIENCE, self.said.next_line()).await;
            match said.unwrap().unwrap() {
                Some(line) if line.contains(&self.url) => break,
                Some(_) => {}
                None => panic!("the server has ended: {}", self.child.wait().await.unwrap()),
            }
        }
        let answer = reqwest::get(format!("{}/health", self.url)).await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// Ends it as the power would: no signal handler, no last words.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Kills it and starts it again at the same address.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.kill().await;
        let mut again = serve(&self.data, &self.address, self.database.as_deref());
        again.args(&self.more);
        self.child = spawn(&mut again);
        self.said = lines(&mut self.child);
        self.answers().await;
    }

    /// Whether `vanthu ledger verify` says that the ledger stands. It looks at a copy, because the
    /// disk of the server may be one that no other program can reach.
    pub(crate) async fn ledger_stands(&self) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(PROGRAM);
        command
            .args(["ledger", "verify", "--data"])
            .arg(folder.path());
        match &self.database {
            Some(database) => {
                command.args(["--database", database]);
            }
            None => copy(&self.data, folder.path()),
        }
        let done = command.stdout(Stdio::null()).status().await.unwrap();
        done.success()
    }

    /// Its database file and its files, opened beside it or after it.
    pub(crate) async fn store(&self) -> Store {
        Store::open_with(StoreOptions {
            url: format!("sqlite://{}", self.data.join("vanthu.db").display()),
            blob_dir: self.data.join("blobs"),
            durability: Durability::Full,
            readers: 1,
        })
        .await
        .unwrap()
    }
}

fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn lines(child: &mut Child) -> Lines<BufReader<ChildStdout>> {
    BufReader::new(child.stdout.take().unwrap()).lines()
}

fn serve(data: &Path, address: &str, database: Option<&str>) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments(data, address, database));
    command
}

fn arguments(data: &Path, address: &str, database: Option<&str>) -> Vec<String> {
    let data = data.display().to_string();
    let mut all = vec!["practice", "--data", data.as_str(), "--listen", address];
    if let Some(database) = database {
        all.extend(["--database", database]);
    }
    all.into_iter().map(str::to_owned).collect()
}

/// The installation that the tests copy, made by this very program: whichever test comes first
/// makes it, and the others wait.
async fn template() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = fs::metadata(PROGRAM).unwrap();
    let made = program.modified().unwrap().duration_since(UNIX_EPOCH);
    let name = format!("practice-{}-{}", program.len(), made.unwrap().as_nanos());
    let lock = File::create(folder.join("practice.lock")).unwrap();
    lock.lock().unwrap();
    let ready = folder.join(&name);
    if !ready.is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            let old = entry.unwrap();
            if old.file_name().to_string_lossy().starts_with("practice-") {
                fs::remove_dir_all(old.path()).unwrap();
            }
        }
        let making = folder.join("practice-making");
        let address = free_address();
        let child = spawn(&mut serve(&making, &address, None));
        let mut server = Server::reached(address, making.clone(), None, child, None).await;
        server.kill().await;
        fs::rename(&making, &ready).unwrap();
    }
    ready
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
