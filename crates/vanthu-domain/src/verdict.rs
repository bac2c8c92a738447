//! The legal verdict (giá trị pháp lý): what a document is worth, and why.
//!
//! The examination of signatures says whether each is technically good; the verdict asks what the
//! law asks: did the authorised person sign, did the agency sign after, is it the issuing agency,
//! on the day of issue, was nothing changed, is everything there, and is it meant for us. Every
//! answer is a point with its article, in the order of the panel on the screen.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::moment::{Day, Moment};
use crate::refusal::{Refusal, RefusalCode};
use crate::text::{SecretMarking, fill};

/// The outcome of examining one signature, by EN 319 102-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Indication {
    /// TOTAL-PASSED.
    Passed,
    /// INDETERMINATE.
    Indeterminate,
    /// TOTAL-FAILED.
    Failed,
}

/// What is known of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It could not be found out.
    Unknown,
}

/// The state of a signature's time-stamp (dấu thời gian).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimestampFact {
    /// There is one, and it is good.
    Valid,
    /// There is none.
    Missing,
    /// There is one that proves nothing.
    Invalid,
}

/// Whose certificate signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// A person.
    Person {
        /// The full name on the certificate.
        name: String,
        /// The title, on the certificate or on record.
        title: String,
        /// Whether this is the person whom the document names as its signer.
        named_on_document: Known,
        /// Whether the person held the authority on the day of signing.
        authority: Known,
    },
    /// An agency.
    Agency {
        /// Its name on the certificate.
        name: String,
        /// Its identifier, where the certificate or the record tells it.
        code: Option<String>,
    },
    /// Neither on record nor to be told from the certificate.
    Unknown {
        /// The common name on the certificate.
        name: String,
    },
}

impl Signer {
    fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } | Self::Agency { name, .. } | Self::Unknown { name } => name,
        }
    }
}

/// One examined signature, as plain facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminedSignature {
    /// Its place among the signatures of the file, from 1 in the order of the revisions.
    pub order: u32,
    /// The outcome.
    pub indication: Indication,
    /// Why, where it did not pass; a text for people.
    pub reason: String,
    /// Whether it covers the whole of its revision.
    pub covers_whole_revision: bool,
    /// Whose it is.
    pub signer: Signer,
    /// The best time known: of the time-stamp, else the one claimed.
    pub signed_at: Option<Moment>,
    /// Its time-stamp.
    pub timestamp: TimestampFact,
    /// Whether its certificate was effective when it signed.
    pub certificate_effective: Known,
    /// What was changed after it and may not be, in words for people.
    pub forbidden_changes: Vec<String>,
}

/// One attached file against the package's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentFact {
    /// Its name.
    pub name: String,
    /// Whether it is there with the digest that the package gives; unknown where it gives none.
    pub intact: Known,
}

/// The document, as plain facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// The identifier of the agency that issues it.
    pub issuer_code: String,
    /// The name of that agency.
    pub issuer_name: String,
    /// The date that it carries.
    pub issue_day: Option<Day>,
    /// Whether it has text, and is not only a picture of paper.
    pub has_text: bool,
    /// What is attached.
    pub attachments: Vec<AttachmentFact>,
    /// Whether it is meant for this agency; `None` where nobody has received it.
    pub addressed_to_us: Option<bool>,
    /// The document on record that it seems to repeat.
    pub duplicate_of: Option<String>,
    /// The mark of a state secret found in it.
    pub secret: Option<SecretMarking>,
}

/// What the document is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalValue {
    /// The value of a paper original (có giá trị như bản gốc).
    OriginalValue,
    /// For information only: nothing is wrong with it, but a signature is missing (chỉ để biết).
    ForInformation,
    /// To be returned (từ chối, trả lại).
    Refuse,
    /// Not known yet (chưa kết luận).
    NotDetermined,
}

impl LegalValue {
    /// The code under which it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::OriginalValue => "original-value",
            Self::ForInformation => "for-information",
            Self::Refuse => "refuse",
            Self::NotDetermined => "not-determined",
        }
    }

    /// The word on the panel.
    pub fn name(self) -> &'static str {
        match self {
            Self::OriginalValue => "Như bản gốc",
            Self::ForInformation => "Chỉ để biết",
            Self::Refuse => "Không hợp lệ",
            Self::NotDetermined => "Chưa kết luận",
        }
    }
}

/// How a point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointState {
    /// In order.
    Ok,
    /// Worth knowing; the value does not hang on it.
    Warn,
    /// Not known yet.
    Unknown,
    /// Not in order.
    Bad,
}

/// One point of the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What was found; also the key of its texts.
    pub code: PointCode,
    /// What its texts mention.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

impl Point {
    /// How it stands.
    pub fn state(&self) -> PointState {
        self.code.state()
    }

    /// Its title on the panel.
    pub fn title(&self) -> String {
        fill(&self.texts().title, &self.args)
    }

    /// The line below the title.
    pub fn detail(&self) -> String {
        fill(&self.texts().detail, &self.args)
    }

    /// By which article.
    pub fn article(&self) -> &'static str {
        &self.texts().article
    }

    fn new(code: PointCode) -> Self {
        Self {
            code,
            args: BTreeMap::new(),
        }
    }

    fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    fn texts(&self) -> &'static Texts {
        CATALOGUE.get(self.code.code()).unwrap_or(&MISSING)
    }
}

/// What a document is worth, and why.
///
/// Clause: TG-3
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalVerdict {
    /// The value.
    pub value: LegalValue,
    /// The points that it follows from, in the order of the panel.
    pub points: Vec<Point>,
}

impl LegalVerdict {
    /// Judges a document.
    ///
    /// Clause: TG-3, TG-8.1a
    pub fn of(signatures: &[ExaminedSignature], document: &DocumentFacts) -> Self {
        let points = Examination {
            signatures,
            document,
        }
        .points();
        Self {
            value: value_of(&points),
            points,
        }
    }

    /// The points that are not in order.
    pub fn bad_points(&self) -> impl Iterator<Item = &Point> {
        self.points
            .iter()
            .filter(|point| point.state() == PointState::Bad)
    }

    /// The titles of the points that are not in order: the reason proposed for a return.
    pub fn return_reason(&self) -> String {
        self.bad_points()
            .map(Point::title)
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Whether a received document may be accepted: as an original, or for information where
    /// nothing but a signature is missing.
    ///
    /// Clause: TG-8.1a
    pub fn acceptance(&self) -> Result<(), Refusal> {
        match self.value {
            LegalValue::OriginalValue | LegalValue::ForInformation => Ok(()),
            LegalValue::Refuse => {
                Err(Refusal::new(RefusalCode::ReceiptFailedCheck)
                    .with("failed", self.return_reason()))
            }
            LegalValue::NotDetermined => Err(Refusal::new(RefusalCode::SignatureNotDetermined)
                .with("finding", self.titles(PointState::Unknown))),
        }
    }

    /// Whether a document may be issued: only with the value of an original.
    ///
    /// Clause: DT-2a
    pub fn issuance(&self) -> Result<(), Refusal> {
        match self.value {
            LegalValue::OriginalValue => Ok(()),
            LegalValue::ForInformation => {
                let missing = self.points.iter().filter_map(|point| match point.code {
                    PointCode::PersonMissing => Some("chữ ký số của người có thẩm quyền"),
                    PointCode::AgencyMissing => Some("chữ ký số của cơ quan"),
                    _ => None,
                });
                let missing = missing.collect::<Vec<_>>().join(" và ");
                Err(Refusal::new(RefusalCode::BothSignaturesMissing).with("missing", missing))
            }
            LegalValue::Refuse => {
                Err(Refusal::new(RefusalCode::SignatureInvalid)
                    .with("finding", self.return_reason()))
            }
            LegalValue::NotDetermined => self.acceptance(),
        }
    }

    fn titles(&self, state: PointState) -> String {
        let points = self.points.iter().filter(|point| point.state() == state);
        points.map(Point::title).collect::<Vec<_>>().join("; ")
    }
}

/// A missing signature takes the value of an original; anything else out of order refuses.
fn value_of(points: &[Point]) -> LegalValue {
    let missing = |p: &Point| matches!(p.code, PointCode::PersonMissing | PointCode::AgencyMissing);
    let any = |state: PointState| points.iter().any(|p| p.state() == state && !missing(p));
    if any(PointState::Bad) {
        LegalValue::Refuse
    } else if any(PointState::Unknown) {
        LegalValue::NotDetermined
    } else if points.iter().any(missing) {
        LegalValue::ForInformation
    } else {
        LegalValue::OriginalValue
    }
}

struct Examination<'a> {
    signatures: &'a [ExaminedSignature],
    document: &'a DocumentFacts,
}

impl<'a> Examination<'a> {
    fn points(&self) -> Vec<Point> {
        let person = self.best(|signer| matches!(signer, Signer::Person { .. }));
        let agency = self.best(|signer| matches!(signer, Signer::Agency { .. }));
        let mut points: Vec<Point> = self.secrecy().into_iter().collect();
        points.extend(person_points(person));
        points.push(agency_point(agency));
        if let (Some(person), Some(agency)) = (person, agency) {
            points.push(order_point(person, agency));
        }
        if let Some(agency) = agency {
            points.push(self.sealing_agency(agency));
            points.push(self.sealing_day(agency));
        }
        if !self.signatures.is_empty() {
            points.extend([self.changes(), self.certificates(), self.timestamps()]);
        }
        points.extend(self.others_failed(&[person, agency]));
        points.extend(self.strangers());
        points.push(self.attachments());
        points.extend(self.recipient());
        points.extend(self.scan());
        points.extend(self.duplicate());
        points
    }

    /// The signature of that sort that counts: named on the document, with authority, passed; the
    /// last among equals.
    fn best(&self, sort: impl Fn(&Signer) -> bool) -> Option<&'a ExaminedSignature> {
        let rank = |signature: &&ExaminedSignature| {
            let known = |known| match known {
                Known::Yes => 2,
                Known::Unknown => 1,
                Known::No => 0,
            };
            let fit = match &signature.signer {
                Signer::Person {
                    named_on_document,
                    authority,
                    ..
                } => (known(*named_on_document), known(*authority)),
                Signer::Agency { code, .. } => (
                    u8::from(code.as_ref() == Some(&self.document.issuer_code)),
                    0,
                ),
                Signer::Unknown { .. } => (0, 0),
            };
            let passed = match signature.indication {
                Indication::Passed => 2,
                Indication::Indeterminate => 1,
                Indication::Failed => 0,
            };
            (fit, passed, signature.order)
        };
        self.signatures
            .iter()
            .filter(|signature| sort(&signature.signer))
            .max_by_key(rank)
    }

    fn sealing_agency(&self, agency: &ExaminedSignature) -> Point {
        let name = agency.signer.name();
        match &agency.signer {
            Signer::Agency {
                code: Some(code), ..
            } if *code == self.document.issuer_code => {
                Point::new(PointCode::SealingAgencySame).with("agency", code)
            }
            Signer::Agency { code: Some(_), .. } => Point::new(PointCode::SealingAgencyDiffers)
                .with("agency", name)
                .with("issuer", &self.document.issuer_name),
            Signer::Agency { code: None, .. } | Signer::Person { .. } | Signer::Unknown { .. } => {
                Point::new(PointCode::SealingAgencyUnknown).with("agency", name)
            }
        }
    }

    fn sealing_day(&self, agency: &ExaminedSignature) -> Point {
        match (agency.signed_at.map(Moment::day), self.document.issue_day) {
            (Some(day), Some(issue_day)) if day == issue_day => {
                Point::new(PointCode::SealingDaySame).with("day", day)
            }
            (Some(day), Some(issue_day)) => Point::new(PointCode::SealingDayDiffers)
                .with("day", day)
                .with("issue_day", issue_day),
            _ => Point::new(PointCode::SealingDayUnknown),
        }
    }

    fn changes(&self) -> Point {
        let changes: Vec<&str> = self
            .signatures
            .iter()
            .flat_map(|s| &s.forbidden_changes)
            .map(String::as_str)
            .collect();
        if !changes.is_empty() {
            return Point::new(PointCode::ChangesForbidden).with("changes", changes.join("; "));
        }
        match self.signatures.iter().find(|s| !s.covers_whole_revision) {
            Some(signature) => {
                Point::new(PointCode::CoverageBroken).with("signer", signature.signer.name())
            }
            None => Point::new(PointCode::ChangesNone),
        }
    }

    fn certificates(&self) -> Point {
        let with = |known| {
            self.signatures
                .iter()
                .find(|s| s.certificate_effective == known)
        };
        if let Some(signature) = with(Known::No) {
            return Point::new(PointCode::CertificatesBad).with("signer", signature.signer.name());
        }
        if let Some(signature) = with(Known::Unknown) {
            let point = Point::new(PointCode::CertificatesUnknown);
            return point.with("signer", signature.signer.name());
        }
        Point::new(PointCode::CertificatesEffective).with("count", self.signatures.len())
    }

    fn timestamps(&self) -> Point {
        let with = |fact| self.signatures.iter().find(|s| s.timestamp == fact);
        if let Some(signature) = with(TimestampFact::Invalid) {
            return Point::new(PointCode::TimestampsInvalid)
                .with("signer", signature.signer.name());
        }
        if let Some(signature) = with(TimestampFact::Missing) {
            return Point::new(PointCode::TimestampsMissing)
                .with("signer", signature.signer.name());
        }
        Point::new(PointCode::TimestampsPresent)
    }

    /// Signatures beside the two that count which did not pass: a document on which any signature
    /// is broken is not whole.
    fn others_failed(&self, counted: &[Option<&ExaminedSignature>]) -> Vec<Point> {
        let is_counted =
            |s: &ExaminedSignature| counted.iter().flatten().any(|c| c.order == s.order);
        let others = self.signatures.iter().filter(|s| !is_counted(s));
        others
            .filter_map(|s| match s.indication {
                Indication::Passed => None,
                Indication::Indeterminate => Some((PointCode::PersonUndetermined, s)),
                Indication::Failed => Some((PointCode::PersonFailed, s)),
            })
            .map(|(code, s)| {
                Point::new(code)
                    .with("signer", s.signer.name())
                    .with("reason", &s.reason)
            })
            .collect()
    }

    fn strangers(&self) -> Vec<Point> {
        let unknown = |s: &&ExaminedSignature| matches!(s.signer, Signer::Unknown { .. });
        let strangers = self.signatures.iter().filter(unknown);
        strangers
            .map(|s| Point::new(PointCode::StrangerSigned).with("signer", s.signer.name()))
            .collect()
    }

    fn attachments(&self) -> Point {
        let all = &self.document.attachments;
        let names = |known| {
            let files = all.iter().filter(|file| file.intact == known);
            files
                .map(|file| file.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (broken, unknown) = (names(Known::No), names(Known::Unknown));
        if all.is_empty() {
            Point::new(PointCode::AttachmentsNone)
        } else if !broken.is_empty() {
            Point::new(PointCode::AttachmentsBroken).with("files", broken)
        } else if !unknown.is_empty() {
            Point::new(PointCode::AttachmentsUnknown).with("files", unknown)
        } else {
            Point::new(PointCode::AttachmentsComplete).with("count", all.len())
        }
    }

    fn recipient(&self) -> Option<Point> {
        self.document.addressed_to_us.map(|ours| {
            Point::new(if ours {
                PointCode::RecipientRight
            } else {
                PointCode::RecipientWrong
            })
        })
    }

    fn scan(&self) -> Option<Point> {
        (!self.document.has_text).then(|| Point::new(PointCode::ScanOnly))
    }

    fn duplicate(&self) -> Option<Point> {
        let existing = self.document.duplicate_of.as_ref()?;
        Some(Point::new(PointCode::Duplicate).with("existing", existing))
    }

    fn secrecy(&self) -> Option<Point> {
        let marking = self.document.secret?;
        Some(Point::new(PointCode::Secret).with("marking", marking.level))
    }
}

fn person_points(person: Option<&ExaminedSignature>) -> Vec<Point> {
    let Some(signature) = person else {
        return vec![Point::new(PointCode::PersonMissing)];
    };
    let signer = signature.signer.name();
    let Signer::Person {
        title,
        named_on_document,
        authority,
        ..
    } = &signature.signer
    else {
        return Vec::new();
    };
    let signed = match signature.indication {
        Indication::Failed => judged(PointCode::PersonFailed, "signer", signature),
        Indication::Indeterminate => judged(PointCode::PersonUndetermined, "signer", signature),
        Indication::Passed if *named_on_document == Known::No => {
            Point::new(PointCode::PersonOther).with("signer", signer)
        }
        Indication::Passed => timed(PointCode::PersonSigned, "signer", signature),
    };
    let authority = Point::new(match authority {
        Known::Yes => PointCode::AuthorityHeld,
        Known::No => PointCode::AuthorityLacking,
        Known::Unknown => return vec![signed, Point::new(PointCode::AuthorityUnknown)],
    });
    vec![
        signed,
        authority.with("signer", signer).with("title", title),
    ]
}

fn agency_point(agency: Option<&ExaminedSignature>) -> Point {
    let Some(signature) = agency else {
        return Point::new(PointCode::AgencyMissing);
    };
    match signature.indication {
        Indication::Failed => judged(PointCode::AgencyFailed, "agency", signature),
        Indication::Indeterminate => judged(PointCode::AgencyUndetermined, "agency", signature),
        Indication::Passed => timed(PointCode::AgencySigned, "agency", signature),
    }
}

/// The agency signs only after the person (Decree 30/2020/NĐ-CP, Article 32(2)(d)).
fn order_point(person: &ExaminedSignature, agency: &ExaminedSignature) -> Point {
    let by_time = match (person.signed_at, agency.signed_at) {
        (Some(person), Some(agency)) => person <= agency,
        _ => true,
    };
    let right = person.order < agency.order && by_time;
    Point::new(if right {
        PointCode::OrderRight
    } else {
        PointCode::OrderWrong
    })
}

fn judged(code: PointCode, who: &str, signature: &ExaminedSignature) -> Point {
    Point::new(code)
        .with(who, signature.signer.name())
        .with("reason", &signature.reason)
}

fn timed(code: PointCode, who: &str, signature: &ExaminedSignature) -> Point {
    let time = signature
        .signed_at
        .map_or_else(|| "không rõ giờ".to_owned(), Moment::text);
    let proof = match signature.timestamp {
        TimestampFact::Valid => "dấu thời gian",
        TimestampFact::Missing | TimestampFact::Invalid => "giờ của máy ký",
    };
    Point::new(code)
        .with(who, signature.signer.name())
        .with("time", time)
        .with("proof", proof)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    title: String,
    detail: String,
    article: String,
    /// The placeholders that the texts may hold, for the test that compares them.
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "only the test of the catalogue reads it")
    )]
    args: Vec<String>,
}

static MISSING: LazyLock<Texts> = LazyLock::new(Texts::default);

/// A test proves that the file reads and is complete.
static CATALOGUE: LazyLock<BTreeMap<String, Texts>> =
    LazyLock::new(|| toml::from_str(include_str!("verdict.toml")).unwrap_or_default());

macro_rules! points {
    ($($(#[$doc:meta])* $name:ident = $code:literal $state:ident;)*) => {
        /// Everything that a verdict may find.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum PointCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl PointCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as it is stored and sent.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How a point with this code stands.
            pub fn state(self) -> PointState {
                match self { $(Self::$name => PointState::$state,)* }
            }
        }
    };
}

points! {
    /// The person signed.
    PersonSigned = "person-signed" Ok;
    /// No person signed.
    PersonMissing = "person-missing" Bad;
    /// The person's signature is broken.
    PersonFailed = "person-failed" Bad;
    /// The person's signature can't be judged yet.
    PersonUndetermined = "person-undetermined" Unknown;
    /// Another than the person named on the document signed.
    PersonOther = "person-other" Bad;
    /// The person held the authority.
    AuthorityHeld = "authority-held" Ok;
    /// Nothing is on record about the authority.
    AuthorityUnknown = "authority-unknown" Warn;
    /// The person held no authority.
    AuthorityLacking = "authority-lacking" Bad;
    /// The agency signed.
    AgencySigned = "agency-signed" Ok;
    /// No agency signed.
    AgencyMissing = "agency-missing" Bad;
    /// The agency's signature is broken.
    AgencyFailed = "agency-failed" Bad;
    /// The agency's signature can't be judged yet.
    AgencyUndetermined = "agency-undetermined" Unknown;
    /// The agency signed after the person.
    OrderRight = "order-right" Ok;
    /// The agency signed before the person.
    OrderWrong = "order-wrong" Bad;
    /// The issuing agency sealed.
    SealingAgencySame = "sealing-agency-same" Ok;
    /// Another agency sealed.
    SealingAgencyDiffers = "sealing-agency-differs" Bad;
    /// The sealing agency can't be compared.
    SealingAgencyUnknown = "sealing-agency-unknown" Warn;
    /// Sealed on the day of issue.
    SealingDaySame = "sealing-day-same" Ok;
    /// Sealed on another day.
    SealingDayDiffers = "sealing-day-differs" Warn;
    /// The day can't be compared.
    SealingDayUnknown = "sealing-day-unknown" Warn;
    /// Nothing was changed but number, date and seal.
    ChangesNone = "changes-none" Ok;
    /// Something was changed after a signature.
    ChangesForbidden = "changes-forbidden" Bad;
    /// A signature leaves a part of the file out.
    CoverageBroken = "coverage-broken" Bad;
    /// All certificates were effective.
    CertificatesEffective = "certificates-effective" Ok;
    /// A certificate was not effective.
    CertificatesBad = "certificates-bad" Bad;
    /// The state of a certificate is not known.
    CertificatesUnknown = "certificates-unknown" Unknown;
    /// Every signature has a good time-stamp.
    TimestampsPresent = "timestamps-present" Ok;
    /// A signature has no time-stamp.
    TimestampsMissing = "timestamps-missing" Warn;
    /// A time-stamp proves nothing.
    TimestampsInvalid = "timestamps-invalid" Warn;
    /// A further signature whose holder is not known.
    StrangerSigned = "stranger-signed" Warn;
    /// All attachments are there and unchanged.
    AttachmentsComplete = "attachments-complete" Ok;
    /// Nothing is attached.
    AttachmentsNone = "attachments-none" Ok;
    /// An attachment is missing or changed.
    AttachmentsBroken = "attachments-broken" Bad;
    /// The package gives no digest to compare with.
    AttachmentsUnknown = "attachments-unknown" Warn;
    /// It is meant for this agency.
    RecipientRight = "recipient-right" Ok;
    /// It is not meant for this agency.
    RecipientWrong = "recipient-wrong" Bad;
    /// It is only a picture of paper.
    ScanOnly = "scan-only" Warn;
    /// It seems to be here already.
    Duplicate = "duplicate" Warn;
    /// It is marked as a state secret.
    Secret = "secret" Bad;
}

#[cfg(test)]
mod tests;
