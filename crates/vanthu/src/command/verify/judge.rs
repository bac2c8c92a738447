//! Judges many files: each is read, asked about and judged as soon as there is room, and told in its order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::{Semaphore, mpsc};
use vanthu_pki::gather::Trouble;
use vanthu_signing::ValidationInput;

use crate::command::subject::{Judgement, Subject};
use crate::command::trust::Ground;
use crate::output::progress;

/// So many files are in memory at the same time: while some wait for an answer, others are judged.
const UNDER_WAY: usize = 8;

/// One file that is asked about.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) file: PathBuf,
    /// What it signs, where that is said.
    pub(super) content: Option<PathBuf>,
}

/// What became of one file.
pub(super) struct Outcome {
    pub(super) file: PathBuf,
    pub(super) judged: anyhow::Result<Judged>,
}

/// A file that could be judged.
pub(super) struct Judged {
    pub(super) judgement: Judgement,
    pub(super) bytes: usize,
    /// Which status services did not answer, and why.
    pub(super) troubles: Vec<Trouble>,
}

/// The outcomes, in the order of the files.
pub(super) struct Outcomes {
    files: Vec<Source>,
    news: mpsc::Receiver<News>,
    early: BTreeMap<usize, Outcome>,
    next: usize,
    count: Count,
}

enum News {
    /// The services have been asked about one more file.
    Asked,
    Done(usize, Box<Outcome>),
}

#[derive(Default)]
struct Count {
    all: usize,
    asked: usize,
    done: usize,
}

impl Count {
    fn show(&self, end: bool) {
        if self.all > 1 {
            let Self { all, asked, done } = self;
            progress(
                &format!("Đã hỏi trạng thái {asked}/{all}, đã kiểm tra {done}/{all}"),
                end,
            );
        }
    }
}

/// Starts.
pub(super) fn all(files: Vec<Source>, ground: Arc<Ground>, input: ValidationInput) -> Outcomes {
    let (tell, news) = mpsc::channel(UNDER_WAY);
    let own = files.clone();
    let count = Count {
        all: files.len(),
        ..Count::default()
    };
    tokio::spawn(async move {
        let room = Arc::new(Semaphore::new(UNDER_WAY));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let cores = Arc::new(Semaphore::new(cores));
        for (index, source) in files.into_iter().enumerate() {
            // Nobody closes the semaphore.
            let Ok(place) = Arc::clone(&room).acquire_owned().await else {
                return;
            };
            let (ground, input) = (Arc::clone(&ground), input.clone());
            let (tell, cores) = (tell.clone(), Arc::clone(&cores));
            tokio::spawn(async move {
                let judged = one(source.clone(), &ground, input, &tell, &cores).await;
                let file = source.file;
                let outcome = Outcome { file, judged };
                // Whoever asked is gone: nobody wants to know any more.
                let _gone = tell.send(News::Done(index, Box::new(outcome))).await;
                drop(place);
            });
        }
    });
    Outcomes {
        files: own,
        news,
        early: BTreeMap::new(),
        next: 0,
        count,
    }
}

async fn one(
    source: Source,
    ground: &Arc<Ground>,
    input: ValidationInput,
    tell: &mpsc::Sender<News>,
    cores: &Semaphore,
) -> anyhow::Result<Judged> {
    let reading = tokio::task::spawn_blocking(move || {
        let subject = Subject::read(&source.file, source.content.as_deref())?;
        let brought = subject.embedded();
        anyhow::Ok((subject, brought))
    });
    let (subject, brought) = reading.await.context("kiểm tra bị ngắt")??;
    let found = ground.about(&brought, input.at).await?;
    let _gone = tell.send(News::Asked).await;
    let _core = cores.acquire().await.context("kiểm tra bị ngắt")?;
    let ground = Arc::clone(ground);
    let judging = tokio::task::spawn_blocking(move || {
        let input = found.with(input);
        anyhow::Ok(Judged {
            judgement: subject.judge(input, &ground.trust)?,
            bytes: subject.length()?,
            troubles: found.troubles,
        })
    });
    judging.await.context("kiểm tra bị ngắt")?
}

impl Outcomes {
    /// The next file's outcome.
    pub(super) async fn next(&mut self) -> Option<Outcome> {
        loop {
            if let Some(outcome) = self.early.remove(&self.next) {
                self.next += 1;
                return Some(outcome);
            }
            match self.news.recv().await {
                Some(News::Asked) => self.count.asked += 1,
                Some(News::Done(index, outcome)) => {
                    self.count.done += 1;
                    self.early.insert(index, *outcome);
                }
                // Everybody is done: a file without an outcome broke what judged it.
                None => {
                    let file = self.files.get(self.next)?.file.clone();
                    self.next += 1;
                    let why = format!("kiểm tra bị ngắt: {}", file.display());
                    return Some(Outcome {
                        file,
                        judged: Err(anyhow::anyhow!(why)),
                    });
                }
            }
            self.count.show(false);
        }
    }

    /// The last word of the progress.
    pub(super) fn end(&self) {
        self.count.show(true);
    }
}

impl Outcome {
    /// The file's own name.
    pub(super) fn name(&self) -> String {
        name(&self.file)
    }
}

/// A file's own name.
pub(super) fn name(file: &Path) -> String {
    file.file_name()
        .unwrap_or(file.as_os_str())
        .to_string_lossy()
        .into_owned()
}
