//! Fetches the files of a session, holds each against what is to be signed, and draws what the person sees.

use std::sync::Arc;

use vanthu_wire::Problem;
use vanthu_wire::agent::{CancelReason, Consent, ConsentState, SessionItem};

use crate::consent::Case;
use crate::{Agent, paper, problems};

impl Agent {
    /// Checks every file of a case, and draws the first page of the first where a person will look. What is wrong ends the
    /// case, and the server is told.
    pub(crate) async fn check_files(&self, case: &Case) -> Result<(), Problem> {
        for (at, item) in case.session.items.iter().enumerate() {
            // Answered or given up meanwhile: nobody will look.
            if self
                .desk
                .find(&case.id)
                .is_none_or(|now| now.state != ConsentState::Waiting)
            {
                return Ok(());
            }
            let file = match self.file_of(case, item).await {
                Ok(file) => file,
                Err((reason, problem)) => {
                    self.give_up_files(case, reason, problem.clone()).await;
                    return Err(problem);
                }
            };
            self.desk.file_checked(&case.id);
            if at == 0 && case.session.consent == Consent::Person {
                let page = self.drawing.first_page(&file).await.map(Arc::new);
                if let Err(why) = &page {
                    tracing::warn!(signing.id = %case.remote.signing_id, item.id = %item.item_id, %why, "first page not drawn");
                }
                self.desk.first_page(&case.id, page);
            }
        }
        Ok(())
    }

    /// The first page of any document of a case: from what was drawn before, or fetched, checked and drawn anew.
    pub(crate) async fn page_of(
        &self,
        case: &Case,
        item: &SessionItem,
    ) -> Result<Arc<Vec<u8>>, Shown> {
        let first = case
            .session
            .items
            .first()
            .is_some_and(|first| first.item_id == item.item_id);
        if let (true, Some(page)) = (first, &case.first_page) {
            return page.clone().map_err(|_| Shown::NotDrawn);
        }
        match self.file_of(case, item).await {
            Ok(file) => self
                .drawing
                .first_page(&file)
                .await
                .map(Arc::new)
                .map_err(|_| Shown::NotDrawn),
            Err((reason, problem)) => {
                self.give_up_files(case, reason, problem.clone()).await;
                Err(Shown::Problem(problem))
            }
        }
    }

    /// The file, once it is known to be the one that is signed.
    async fn file_of(
        &self,
        case: &Case,
        item: &SessionItem,
    ) -> Result<Arc<Vec<u8>>, (CancelReason, Problem)> {
        let language = case.remote.language;
        let most = case.session.max_file_bytes.min(MOST_FILE_BYTES);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let fetched = case.remote.file(&item.item_id, most).await;
        let file = Arc::new(fetched.map_err(|problem| (CancelReason::FileNotFetched, problem))?);
        let (bytes, digest) = (Arc::clone(&file), item.document_digest.clone());
        let checked = tokio::task::spawn_blocking(move || paper::check(&bytes, &digest)).await;
        match checked {
            Ok(Ok(())) => Ok(file),
            Ok(Err(why)) => {
                tracing::error!(signing.id = %case.remote.signing_id, item.id = %item.item_id, %why, "the file is not what is to be signed");
                Err((
                    CancelReason::FileMismatch,
                    problems::file_mismatch(language, &item.title),
                ))
            }
            Err(_) => Err((CancelReason::FileNotFetched, problems::fault(language))),
        }
    }

    async fn give_up_files(&self, case: &Case, reason: CancelReason, problem: Problem) {
        let language = case.remote.language;
        let ended = self
            .desk
            .end_waiting(&case.id, ConsentState::Failed, problem, language);
        if ended.is_ok() {
            case.remote.cancel(reason).await;
        }
    }
}

/// The most that is read of one file, whatever a server says.
const MOST_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Why a page isn't shown.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    /// The file could not be drawn.
    NotDrawn,
    /// It could not be fetched, or isn't what is to be signed.
    Problem(Problem),
}
