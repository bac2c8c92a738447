//! A refusal (từ chối): the rules say no, and say why.
//!
//! A refusal always tells four things: what was refused, why, by which article, and what to do
//! now. The texts stand in `refusals.toml`; the code and its arguments travel. Whatever the
//! machine breaks by itself is a fault of its own floor, not a refusal.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::kind::BadCode;
use crate::text::fill;

/// A rule that said no, with what it was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Which refusal.
    pub code: RefusalCode,
    /// What its texts mention, by placeholder.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

/// How sure it is that the article says this (mức độ chắc chắn của căn cứ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The provision itself was read.
    #[default]
    Text,
    /// One of the source documents of the requirements says so.
    Seed,
    /// Read in a secondary restatement; the number of the article may be off.
    Sec,
    /// Known, not confirmed.
    Recall,
    /// Deduced for software from the rules.
    Infer,
}

impl Refusal {
    /// A refusal without arguments yet.
    pub fn new(code: RefusalCode) -> Self {
        Self {
            code,
            args: BTreeMap::new(),
        }
    }

    /// Adds what a placeholder stands for.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Cites this basis in place of the catalogue's: the citation of a value of the regulation
    /// profile, which may differ by province and by day.
    #[must_use]
    pub fn by(self, citation: impl fmt::Display) -> Self {
        self.with(BASIS, citation)
    }

    /// What was refused.
    pub fn what(&self) -> String {
        self.filled(&self.texts().what)
    }

    /// Why.
    pub fn why(&self) -> String {
        self.filled(&self.texts().why)
    }

    /// By which article.
    pub fn article(&self) -> String {
        self.args
            .get(BASIS)
            .cloned()
            .unwrap_or_else(|| self.texts().article.clone())
    }

    /// What to do now.
    pub fn now(&self) -> String {
        self.filled(&self.texts().now)
    }

    /// How sure the article is.
    pub fn certainty(&self) -> Certainty {
        self.texts().certainty
    }

    /// A sentence begins with a capital, whatever stands first in it.
    fn filled(&self, template: &str) -> String {
        let mut args = self.texts().args.clone();
        args.extend(self.args.clone());
        let text = fill(template, &args);
        let mut rest = text.chars();
        let first = rest.next().into_iter().flat_map(char::to_uppercase);
        first.chain(rest).collect()
    }

    fn texts(&self) -> &'static Texts {
        CATALOGUE.get(self.code.code()).unwrap_or(&MISSING)
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.what())
    }
}

impl std::error::Error for Refusal {}

/// The argument that [`Refusal::by`] sets.
const BASIS: &str = "basis";

/// The texts of one refusal in the catalogue.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    what: String,
    why: String,
    article: String,
    now: String,
    #[serde(default)]
    certainty: Certainty,
    /// The placeholders that the texts hold, with what stands in where the refusal says nothing.
    #[serde(default)]
    args: BTreeMap<String, String>,
}

static MISSING: LazyLock<Texts> = LazyLock::new(Texts::default);

/// A test proves that the file reads and is complete; a catalogue that did not read would show
/// empty texts beside the code, and would not stop the program.
static CATALOGUE: LazyLock<BTreeMap<String, Texts>> =
    LazyLock::new(|| toml::from_str(include_str!("refusals.toml")).unwrap_or_default());

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// Every refusal there is. A code is never used again for something else. The words after
        /// the colon name the arguments of its texts; an argument that a caller leaves out is
        /// replaced by the general words of the catalogue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RefusalCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl RefusalCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as it is stored and sent.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

codes! {
    // --- anywhere ---
    /// The post in use has no right to do this: `action`, `who`.
    NotPermitted = "not-permitted";
    /// There is no such thing, or not for this person: `thing`.
    NotFound = "not-found";
    /// Somebody else changed it in the meantime: `thing`.
    ConflictVersion = "conflict-version";
    /// The thing's life does not allow this step now: `action`, `state`.
    WrongState = "wrong-state";
    /// Somebody has decided already: `decision`.
    AlreadyDecided = "already-decided";
    /// A required field is empty: `field`.
    FieldRequired = "field-required";
    /// A field is too long: `field`, `max`.
    FieldTooLong = "field-too-long";
    /// A field is not in its form: `field`, `why`.
    FieldMalformed = "field-malformed";
    /// The request can't be read: `detail`.
    RequestMalformed = "request-malformed";
    /// The same request key came with another content.
    IdempotencyConflict = "idempotency-conflict";
    /// A batch holds too much: `count`, `max`.
    BatchTooLarge = "batch-too-large";
    /// A bulk act was asked for without any row.
    NothingChosen = "nothing-chosen";
    /// A list is too long to be taken out as one file: `max`.
    ListTooLong = "list-too-long";
    /// Another kept list of this person has the name: `name`.
    ViewNameTaken = "view-name-taken";
    /// A person keeps too many lists: `max`.
    ViewsFull = "views-full";
    // --- files ---
    /// A state secret: `marking`, `place`.
    StateSecret = "state-secret";
    /// The file can't be read: `file`.
    FileDamaged = "file-damaged";
    /// The file holds nothing: `file`.
    FileEmpty = "file-empty";
    /// A signature file came without the file that it signs.
    SignedFileMissing = "signed-file-missing";
    /// The file is locked by a password: `file`.
    FileEncrypted = "file-encrypted";
    /// The file holds scripts, launches or hidden files: `file`.
    FileScripts = "file-scripts";
    /// The file is too large: `file`, `size`, `max`.
    FileTooLarge = "file-too-large";
    /// The bytes are of another type than the name says: `file`, `found`.
    FileTypeMismatch = "file-type-mismatch";
    /// This type of file is not taken: `file`, `allowed`.
    FileTypeNotAllowed = "file-type-not-allowed";
    /// The packed file unpacks to far too much: `file`.
    ArchiveBomb = "archive-bomb";
    /// The name of the file is too long: `file`, `max`.
    NameTooLong = "name-too-long";
    /// Too many pages: `pages`, `max`.
    TooManyPages = "too-many-pages";
    /// The uploaded PDF has no places for number, date, signature: `missing`.
    NoPlacesFound = "no-places-found";
    // --- drafting and review ---
    /// The text of the draft is empty.
    BodyEmpty = "body-empty";
    /// The abstract is empty.
    AbstractRequired = "abstract-required";
    /// No recipient.
    RecipientsMissing = "recipients-missing";
    /// A recipient has no address on any channel: `recipient`.
    RecipientUnreachable = "recipient-unreachable";
    /// No signer was chosen who may sign.
    SignerMissing = "signer-missing";
    /// Content or form has not been approved: `step`.
    ApprovalMissing = "approval-missing";
    /// A draft goes back only with an opinion.
    OpinionRequired = "opinion-required";
    /// A signed document can't be edited.
    DocumentFrozen = "document-frozen";
    // --- authority and signing ---
    /// The person holds no authority to sign this on that day: `signer`, `day`.
    SignerNotAuthorised = "signer-not-authorised";
    /// The delegation has ended: `signer`, `until`.
    DelegationExpired = "delegation-expired";
    /// The file carries no signature.
    SignatureMissing = "signature-missing";
    /// Somebody else than the chosen signer signed: `signer`, `expected`.
    SignatureNotByAuthorised = "signature-not-by-authorised";
    /// A later file is no byte-for-byte extension of the earlier.
    NotAnExtension = "not-an-extension";
    /// A signature does not validate: `finding`.
    SignatureInvalid = "signature-invalid";
    /// A signature can't be judged yet: `finding`.
    SignatureNotDetermined = "signature-not-determined";
    /// Too weak an algorithm: `algorithm`.
    AlgorithmWeak = "algorithm-weak";
    /// The picture of the handwritten signature is not on record: `signer`.
    SignaturePictureMissing = "signature-picture-missing";
    /// The certificate belongs to another: `subject`.
    CertificateNotYours = "certificate-not-yours";
    /// The certificate has expired: `until`.
    CertificateExpired = "certificate-expired";
    /// The certificate is not effective yet: `from`.
    CertificateNotYetEffective = "certificate-not-yet-effective";
    /// The certificate was revoked: `on`.
    CertificateRevoked = "certificate-revoked";
    /// The certificate is suspended here: `on`.
    CertificateSuspended = "certificate-suspended";
    /// No configured authority issued the certificate: `issuer`.
    CertificateUnknownIssuer = "certificate-unknown-issuer";
    /// The certificate is not on record for this account: `serial`.
    CertificateNotOnRecord = "certificate-not-on-record";
    /// A practice certificate on a real installation: `subject`.
    CertificatePractice = "certificate-practice";
    /// The state of the certificate could not be asked: `issuer`.
    RevocationUnknown = "revocation-unknown";
    /// The time-stamp service did not answer well: `service`.
    TimestampFailed = "timestamp-failed";
    /// The signing session has run out.
    SigningSessionExpired = "signing-session-expired";
    /// The signing session was used already.
    SigningSessionUsed = "signing-session-used";
    /// The document was changed or taken back while it was being signed.
    SigningDocumentChanged = "signing-document-changed";
    /// One of several documents was not opened by who signs, and the profile wants it.
    SigningNotOpened = "signing-not-opened";
    /// The signing session was cancelled: `reason`.
    SigningSessionCancelled = "signing-session-cancelled";
    /// The agent consented by itself where a person has to.
    SigningConsentAutomaticRefused = "signing-consent-automatic-refused";
    /// The key can't be used in the chosen way here: `means`.
    SigningMeansNotOffered = "signing-means-not-offered";
    /// A service is asked for a signature on the document already: `service`.
    SigningUnderWay = "signing-under-way";
    /// What became of an earlier request for a signature is not known: `service`.
    SigningOutcomeUnknown = "signing-outcome-unknown";
    /// The key is linked to the account already: `service`.
    CredentialLinkedAlready = "credential-linked-already";
    /// The holder refused at the service: `service`.
    RemoteRefused = "remote-refused";
    /// A wrong PIN or code at the service: `service`.
    RemoteWrongFactor = "remote-wrong-factor";
    /// The PIN, SIM or account is locked at the service: `service`.
    RemoteFactorLocked = "remote-factor-locked";
    /// The holder did not answer in the time of the service: `service`.
    RemoteTimedOut = "remote-timed-out";
    /// Our own deadline passed: `service`.
    RemoteDeadlinePassed = "remote-deadline-passed";
    /// Taken back on our side: `service`.
    RemoteCancelled = "remote-cancelled";
    /// The service calls the certificate expired, revoked or suspended: `service`.
    RemoteCertificateUnusable = "remote-certificate-unusable";
    /// The service does not let the key sign: `service`.
    RemoteKeyDisabled = "remote-key-disabled";
    /// No signatures are left in the plan: `service`.
    RemoteQuotaUsedUp = "remote-quota-used-up";
    /// The phone is off or out of reach: `service`.
    RemotePhoneAbsent = "remote-phone-absent";
    /// The SIM or the application on the phone failed: `service`.
    RemoteDeviceError = "remote-device-error";
    /// The service does not know the holder or the key: `service`.
    RemoteUnknownHolder = "remote-unknown-holder";
    /// The service does not accept the installation: `service`.
    RemoteAccessRefused = "remote-access-refused";
    /// More files than one agreement may cover: `service`, `max`.
    RemoteTooMany = "remote-too-many";
    /// The agreement does not cover what is to be signed: `service`.
    RemoteDigestNotAuthorized = "remote-digest-not-authorized";
    /// A PIN would have to pass through the server: `service`.
    RemoteFactorNotCarried = "remote-factor-not-carried";
    /// The service does not offer what is needed: `service`.
    RemoteNotOffered = "remote-not-offered";
    /// The service itself failed: `service`.
    RemoteProviderFault = "remote-provider-fault";
    /// The service was not reached: `service`.
    RemoteNotReached = "remote-not-reached";
    /// The answer to a request for signatures was lost: `service`.
    RemoteAnswerLost = "remote-answer-lost";
    /// The answer of the service can't be read: `service`.
    RemoteUnreadable = "remote-unreadable";
    /// The value is no signature of the certificate: `service`.
    RemoteBadSignature = "remote-bad-signature";
    /// A signature of another certificate came: `service`.
    RemoteOtherCertificate = "remote-other-certificate";
    /// A genuine signature in a form that can't be used: `service`.
    RemoteOtherForm = "remote-other-form";
    /// The page never reached the government's tool.
    ToolNotOpened = "tool-not-opened";
    /// The government's tool signed nothing: `said`.
    ToolRefused = "tool-refused";
    /// The government's tool brought nothing in time.
    ToolTimedOut = "tool-timed-out";
    /// The answer of the government's tool can't be read.
    ToolUnreadable = "tool-unreadable";
    /// The government's tool gave back no signature over the digest.
    ToolDigestNotSigned = "tool-digest-not-signed";
    /// The file that came back does not continue the one that was handed out.
    ToolOtherFile = "tool-other-file";
    /// The file that came back does not have exactly one signature more.
    ToolNotOneSignature = "tool-not-one-signature";
    /// The added signature does not hold: `why`.
    ToolBadSignature = "tool-bad-signature";
    /// The file that came back was changed in a way that is not permitted: `why`.
    ToolFileChanged = "tool-file-changed";
    /// The added signature locks the file, so that number and day can't be filled in.
    ToolFileLocked = "tool-file-locked";
    /// The file that came back has another number or day: `number`, `day`.
    ToolOtherNumber = "tool-other-number";
    /// A person's signature was asked of the device at the server.
    SealerAgencyOnly = "sealer-agency-only";
    /// The regulation in force lets no device at the server seal.
    SealerNotAllowed = "sealer-not-allowed";
    /// The program that holds the device at the server does not answer: `service`.
    SealerNotReached = "sealer-not-reached";
    /// The device at the server does not hold the agency's certificate in force: `service`.
    SealerOtherCertificate = "sealer-other-certificate";
    /// The program that holds the device has stopped after a wrong PIN: `service`.
    SealerStopped = "sealer-stopped";
    /// The device at the server did not sign: `service`, `why`.
    SealerDeviceFailed = "sealer-device-failed";
    /// More than the device at the server may sign at once, or in an hour: `service`.
    SealerLimit = "sealer-limit";
    /// The program that holds the device refused the batch: `service`, `why`.
    SealerRefusedBatch = "sealer-refused-batch";
    /// A confirmed batch seals the document already.
    SealUnderWay = "seal-under-way";
    /// What is confirmed is not what the session holds.
    SealListChanged = "seal-list-changed";
    /// The password that confirms is wrong.
    PasswordNotConfirmed = "password-not-confirmed";
    /// No such one-time address.
    ToolAddressUnknown = "tool-address-unknown";
    /// The one-time address has served its time: `why`.
    ToolAddressOver = "tool-address-over";
    /// What was brought is not one signed PDF file: `why`.
    ToolNoFile = "tool-no-file";
    /// The PIN was wrong.
    PinWrong = "pin-wrong";
    /// What was signed is not what was shown.
    DigestMismatch = "digest-mismatch";
    /// No signing agent answers on this machine.
    AgentAbsent = "agent-absent";
    /// The agent isn't paired with this account: `login`.
    AgentNotPaired = "agent-not-paired";
    /// The offer of a pairing has run out, or was answered.
    PairingOver = "pairing-over";
    /// The signing agent is too old: `version`, `required`.
    AgentOutdated = "agent-outdated";
    // --- number, seal, issue ---
    /// The agency has no abbreviation to note documents with: `agency`.
    NotationMissing = "notation-missing";
    /// The number is in use: `number`.
    NumberTaken = "number-taken";
    /// A number is voided only with a reason.
    NumberVoidNeedsReason = "number-void-needs-reason";
    /// The number is not the one that stands in the register: `number`.
    NumberNotCurrent = "number-not-current";
    /// The register of the year is closed: `year`.
    RegisterClosed = "register-closed";
    /// No decision gives the agency's key device to this clerk: `agency`.
    SealHolderNotRecorded = "seal-holder-not-recorded";
    /// The certificate names no device: `serial`.
    DeviceNotOnRecord = "device-not-on-record";
    /// Somebody else holds the device: `device`.
    DeviceNotYours = "device-not-yours";
    /// The device is in a state in which nobody signs with it: `state`.
    DeviceNotUsable = "device-not-usable";
    /// No decision in force gives the agency's device to this clerk: `device`.
    DeviceNotEntrusted = "device-not-entrusted";
    /// The permission to have the device outside is over: `until`.
    DevicePermitOver = "device-permit-over";
    /// It is tried from outside the office without a permission: `address`.
    DeviceOutsideOffice = "device-outside-office";
    /// A request for the same device is open.
    OutsidePending = "outside-pending";
    /// No permission in force lets the device leave.
    OutsideNotPermitted = "outside-not-permitted";
    /// The seal's picture and size are not on record: `agency`.
    SealPictureMissing = "seal-picture-missing";
    /// The agency would sign on another day than that of issue: `day`, `today`.
    SealDayDiffers = "seal-day-differs";
    /// One of the two signatures is missing: `missing`.
    BothSignaturesMissing = "both-signatures-missing";
    /// Paper goes beside the electronic document only in named cases.
    PaperCaseRequired = "paper-case-required";
    /// A recall needs a reason.
    RecallReasonRequired = "recall-reason-required";
    // --- receiving, directing, processing ---
    /// A document that fails the check can't be accepted: `failed`.
    ReceiptFailedCheck = "receipt-failed-check";
    /// A return needs a reason.
    ReturnReasonRequired = "return-reason-required";
    /// The document is here already: `number`, `agency`.
    DuplicateIncoming = "duplicate-incoming";
    /// A document is processed only after registration.
    RegistrationRequired = "registration-required";
    /// Exactly one unit or person leads.
    LeadMissing = "lead-missing";
    /// A deadline is needed here.
    DeadlineRequired = "deadline-required";
    /// The deadline is over already: `deadline`.
    DeadlineInThePast = "deadline-in-the-past";
    /// Work passed on within a unit would end after the unit's own deadline: `deadline`, `unit`,
    /// `last`.
    DeadlineBeyondUnit = "deadline-beyond-unit";
    /// The line is another's: `holder`.
    LineNotYours = "line-not-yours";
    /// Lines are still open: `count`.
    LinesOpen = "lines-open";
    /// A finished line says what came out.
    ResultRequired = "result-required";
    /// An extension is asked already.
    ExtensionPending = "extension-pending";
    /// An extension needs a reason.
    ExtensionReasonRequired = "extension-reason-required";
    // --- accounts and service ---
    /// An address at a free mail service: `domain`.
    FreeMail = "free-mail";
    /// An address outside the official domains: `domain`.
    MailDomainNotOfficial = "mail-domain-not-official";
    /// No mail address: `address`.
    MailMalformed = "mail-malformed";
    /// The password is too weak: `lacks`.
    PasswordWeak = "password-weak";
    /// The password was used before: `count`.
    PasswordReused = "password-reused";
    /// The password has to be changed first.
    PasswordChangeRequired = "password-change-required";
    /// Name and password do not go together.
    SignInFailed = "sign-in-failed";
    /// The account is locked: `until`.
    AccountLocked = "account-locked";
    /// Nobody is signed in.
    SignInRequired = "sign-in-required";
    /// The session has ended for idleness: `minutes`.
    SessionEnded = "session-ended";
    /// The account is in use elsewhere: `where`.
    SessionElsewhere = "session-elsewhere";
    /// The form did not come from our page.
    Csrf = "csrf";
    /// Too many requests: `seconds`.
    RateLimited = "rate-limited";
    /// The disk is full.
    StorageFull = "storage-full";
    /// The database does not answer.
    DatabaseGone = "database-gone";
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for RefusalCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let found = Self::ALL.iter().copied().find(|code| code.code() == text);
        found.ok_or_else(|| BadCode::new("a refusal", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::placeholders;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_complete_texts_and_no_text_is_left_over() {
        let catalogue: BTreeMap<String, Texts> =
            toml::from_str(include_str!("refusals.toml")).unwrap();
        let codes: BTreeSet<_> = RefusalCode::ALL.iter().map(|code| code.code()).collect();
        let entries: BTreeSet<_> = catalogue.keys().map(String::as_str).collect();
        assert_eq!(codes, entries);
        assert_eq!(codes.len(), RefusalCode::ALL.len(), "a code is used twice");
        for (code, texts) in &catalogue {
            for text in [&texts.what, &texts.why, &texts.article, &texts.now] {
                assert!(text.trim().chars().count() >= 8, "{code}: {text:?}");
                assert_eq!(text, text.trim(), "{code}");
            }
            for text in [&texts.what, &texts.why, &texts.now] {
                assert!(text.ends_with('.'), "{code}: {text:?} is no sentence");
            }
        }
    }

    #[test]
    fn every_placeholder_is_declared_and_every_declared_one_is_used() {
        for (code, texts) in CATALOGUE.iter() {
            let used: BTreeSet<_> = [&texts.what, &texts.why, &texts.now]
                .into_iter()
                .flat_map(|text| placeholders(text))
                .collect();
            let declared: BTreeSet<_> = texts.args.keys().map(String::as_str).collect();
            assert_eq!(used, declared, "{code}");
            assert!(placeholders(&texts.article).is_empty(), "{code}");
            assert!(!declared.contains(BASIS), "{code}");
        }
    }

    #[test]
    fn a_refusal_reads_well_even_where_its_maker_said_nothing() {
        for code in RefusalCode::ALL {
            let refusal = Refusal::new(*code);
            for text in [refusal.what(), refusal.why(), refusal.now()] {
                assert!(!text.contains(['…', '{', '}']), "{code}: {text}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_why_by_which_article_and_what_now() {
        let refusal = Refusal::new(RefusalCode::FieldTooLong)
            .with("field", "Trích yếu")
            .with("max", 500);
        assert!(refusal.what().contains("Trích yếu"), "{}", refusal.what());
        assert!(refusal.why().contains("500"), "{}", refusal.why());
        assert!(refusal.article().contains("30/2020/NĐ-CP"));
        assert!(refusal.to_string().starts_with("field-too-long: "));
    }

    #[test]
    fn the_basis_of_the_profile_goes_before_that_of_the_catalogue() {
        let refusal = Refusal::new(RefusalCode::FileTooLarge).by("Điều 8 Quy chế Bình Mẫu");
        assert_eq!(refusal.article(), "Điều 8 Quy chế Bình Mẫu");
    }

    #[test]
    fn a_refusal_travels_as_json() {
        let refusal = Refusal::new(RefusalCode::NotFound).with("thing", "văn bản");
        let json = serde_json::to_string(&refusal).unwrap();
        assert_eq!(json, r#"{"code":"not-found","args":{"thing":"văn bản"}}"#);
        assert_eq!(serde_json::from_str::<Refusal>(&json).unwrap(), refusal);
        for code in RefusalCode::ALL {
            assert_eq!(code.code().parse::<RefusalCode>(), Ok(*code));
        }
    }
}
