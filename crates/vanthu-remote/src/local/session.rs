//! A session of the whole-file flow. The page tells what its socket saw, which explains and proves nothing; the server
//! tells what it handed out and what came back, which decides.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::capability::{self, Door, Lock};
use super::message::{Operation, ToolReply};
use crate::order::TransactionId;
use crate::provider::Seed;
use crate::secret::Secret;

/// How long a session lasts: choosing a certificate, typing the PIN and placing the seal take minutes.
pub const DEADLINE: Duration = Duration::from_mins(5);
/// How often the file may be fetched: once, and again by a tool that looks before it reads.
pub const MAX_DOWNLOADS: u8 = 3;

/// What the signed file must turn out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedUpload {
    /// SHA-256 of the certificate that must have signed, lower-case hexadecimal.
    pub certificate: String,
    /// The number and day that must stand in it, where the tool writes them.
    pub issued: Option<(String, String)>,
}

/// What an examination of the uploaded file found: whoever calls has the validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadFacts {
    /// The original's bytes are its beginning, and what follows is whole incremental updates.
    pub extends: bool,
    /// SHA-256 of the certificates of the signatures that were added.
    pub added: Vec<AddedSignature>,
    /// Whether what was added besides is permitted by the signatures that stood before.
    pub changes_permitted: bool,
    /// The number and day that now stand in it.
    pub issued: Option<(String, String)>,
}

/// A signature that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedSignature {
    /// SHA-256 of its certificate, lower-case hexadecimal.
    pub certificate: String,
    /// Whether it verifies and covers the whole file.
    pub intact: bool,
}

/// Why an uploaded file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Rejection {
    /// It is another file.
    #[error("the file does not continue the one that was handed out")]
    NotAnExtension,
    /// No signature or several were added.
    #[error("not exactly one signature was added")]
    NotOneSignature,
    /// It does not verify.
    #[error("the added signature does not verify")]
    BadSignature,
    /// Somebody else's certificate.
    #[error("signed with another certificate")]
    OtherCertificate,
    /// More was changed than may be.
    #[error("the file was changed in a way that is not permitted")]
    Changed,
    /// Another number or day.
    #[error("another number or day was written")]
    OtherNumber,
}

/// Where a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The addresses are made.
    Created,
    /// The tool has the file.
    Fetched,
    /// The signed file is here and verified. What the page says no longer matters.
    Uploaded,
    /// It has taken its place.
    Applied,
    /// It is over without a signature.
    Ended(Ended),
}

/// How a session ended without a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The page never reached the tool: it does not run, or the browser does not trust its certificate.
    NeverOpened,
    /// The tool said no, in its own words.
    Failed(String),
    /// Taken back on our side.
    Cancelled,
    /// Too late.
    Expired,
    /// The uploaded file was refused.
    Rejected(Rejection),
}

/// What the page saw of its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// It is open.
    Opened,
    /// A frame came.
    Replied(ToolReply),
    /// It closed or broke.
    Closed,
}

/// A session; kept between requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalSession {
    transaction: TransactionId,
    operation: Operation,
    expected: ExpectedUpload,
    download: Lock,
    upload: Lock,
    downloads: u8,
    opened: bool,
    closed: bool,
    state: State,
}

/// The secret parts of the two addresses; shown once.
#[derive(Debug)]
pub struct Keys {
    /// To fetch the file.
    pub download: Secret,
    /// To bring it back.
    pub upload: Secret,
}

/// A step that the session does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The address is of another session, of the other door, or invented.
    #[error("not an address of this session")]
    WrongKey,
    /// Its time is over, or it has ended.
    #[error("the session is over")]
    Over,
    /// The signed file is here already.
    #[error("a signed file was taken already")]
    Already,
    /// The file was fetched too often.
    #[error("fetched too often")]
    TooOften,
    /// The tool never fetched the file that it brings.
    #[error("brought before it was fetched")]
    NotFetched,
    /// This operation signs no file.
    #[error("no operation on a file")]
    NoFile,
}

impl LocalSession {
    /// Begins. `seed` is new randomness.
    ///
    /// # Errors
    /// [`NotNow::NoFile`].
    pub fn begin(
        transaction: TransactionId,
        operation: Operation,
        expected: ExpectedUpload,
        seed: &Seed,
    ) -> Result<(Self, Keys), NotNow> {
        if !operation.is_file() {
            return Err(NotNow::NoFile);
        }
        let (download, download_lock) = capability::key(Door::Download, seed);
        let (upload, upload_lock) = capability::key(Door::Upload, seed);
        let session = Self {
            transaction,
            operation,
            expected,
            download: download_lock,
            upload: upload_lock,
            downloads: 0,
            opened: false,
            closed: false,
            state: State::Created,
        };
        Ok((session, Keys { download, upload }))
    }

    /// Our name for it.
    pub fn transaction(&self) -> &TransactionId {
        &self.transaction
    }

    /// What the tool does.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Where it stands; time acts here too.
    pub fn state(&mut self, elapsed: Duration) -> &State {
        let open = matches!(self.state, State::Created | State::Fetched);
        if open && elapsed >= DEADLINE {
            let ended = if self.opened || self.state == State::Fetched {
                Ended::Expired
            } else {
                Ended::NeverOpened
            };
            self.state = State::Ended(ended);
        }
        &self.state
    }

    /// The page's socket is gone without a word of success, and the tool may still bring the file: the page says so
    /// and waits.
    pub fn waits_after_close(&self) -> bool {
        self.closed && self.opened && matches!(self.state, State::Created | State::Fetched)
    }

    /// The tool fetches the file.
    ///
    /// # Errors
    /// It may not.
    pub fn fetch(&mut self, key: &str, elapsed: Duration) -> Result<(), NotNow> {
        if !self.download.opens(key) {
            return Err(NotNow::WrongKey);
        }
        match self.state(elapsed) {
            State::Created | State::Fetched => {}
            State::Uploaded | State::Applied => return Err(NotNow::Already),
            State::Ended(_) => return Err(NotNow::Over),
        }
        if self.downloads >= MAX_DOWNLOADS {
            return Err(NotNow::TooOften);
        }
        self.downloads += 1;
        self.state = State::Fetched;
        Ok(())
    }

    /// Whether the tool may bring a file now: to be asked before the body is read.
    ///
    /// # Errors
    /// It may not.
    pub fn may_upload(&mut self, key: &str, elapsed: Duration) -> Result<(), NotNow> {
        if !self.upload.opens(key) {
            return Err(NotNow::WrongKey);
        }
        match self.state(elapsed) {
            State::Fetched => Ok(()),
            State::Created => Err(NotNow::NotFetched),
            State::Uploaded | State::Applied => Err(NotNow::Already),
            State::Ended(_) => Err(NotNow::Over),
        }
    }

    /// Takes what the tool brought, after it was examined. A file that is refused ends the session.
    ///
    /// # Errors
    /// It came at a wrong time; whether it was accepted says the state.
    pub fn uploaded(
        &mut self,
        key: &str,
        facts: &UploadFacts,
        elapsed: Duration,
    ) -> Result<Result<(), Rejection>, NotNow> {
        self.may_upload(key, elapsed)?;
        let judged = self.judge(facts);
        self.state = match judged {
            Ok(()) => State::Uploaded,
            Err(why) => State::Ended(Ended::Rejected(why)),
        };
        Ok(judged)
    }

    fn judge(&self, facts: &UploadFacts) -> Result<(), Rejection> {
        if !facts.extends {
            return Err(Rejection::NotAnExtension);
        }
        let [added] = facts.added.as_slice() else {
            return Err(Rejection::NotOneSignature);
        };
        if added.certificate != self.expected.certificate {
            return Err(Rejection::OtherCertificate);
        }
        if !added.intact {
            return Err(Rejection::BadSignature);
        }
        if !facts.changes_permitted {
            return Err(Rejection::Changed);
        }
        if self.expected.issued.is_some() && self.expected.issued != facts.issued {
            return Err(Rejection::OtherNumber);
        }
        Ok(())
    }

    /// The signed file has taken its place.
    ///
    /// # Errors
    /// There is none.
    pub fn applied(&mut self) -> Result<(), NotNow> {
        if self.state != State::Uploaded {
            return Err(NotNow::Over);
        }
        self.state = State::Applied;
        Ok(())
    }

    /// Takes it back on our side.
    pub fn cancel(&mut self) {
        if matches!(self.state, State::Created | State::Fetched) {
            self.state = State::Ended(Ended::Cancelled);
        }
    }

    /// Takes what the page saw. It can end a session that has no file yet, and nothing else: least of all can it say
    /// that something was signed.
    pub fn page(&mut self, event: PageEvent, elapsed: Duration) {
        if !matches!(self.state(elapsed), State::Created | State::Fetched) {
            return;
        }
        match event {
            PageEvent::Opened => {
                self.opened = true;
                self.closed = false;
            }
            PageEvent::Replied(reply) if reply.status != 0 => {
                self.state = State::Ended(Ended::Failed(reply.message));
            }
            // Success without an upload: the upload is on its way, or never comes.
            PageEvent::Replied(_) => self.opened = true,
            PageEvent::Closed if !self.opened && self.state == State::Created => {
                self.state = State::Ended(Ended::NeverOpened);
            }
            PageEvent::Closed => self.closed = true,
        }
    }
}
