//! Judges detached signatures over files of any kind (CAdES): the processes are those of a PDF's signatures, the
//! archive time-stamps of ETSI EN 319 122-1, 5.5.3 give the proofs of existence.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use vanthu_pki::asn1::Tlv;
use vanthu_pki::cms::{self, SignedData, SignerInfo};
use vanthu_pki::path::RevocationData;
use vanthu_pki::tsp::TstInfo;
use vanthu_pki::{Certificate, DigestAlgorithm, Time, oid};

use super::conclusion::{Indication, SubIndication};
use super::detail::{BlockId, Work};
use super::engine::Engine;
use super::material::Held;
use super::poe::{ObjectKind, PoeSource, id_of};
use super::report::{
    CADES, Coverage, FindingCode, Report, Severity, SignatureKind, SignatureReport, TimestampReport,
};
use super::timestamp::Stamp;
use super::{ValidationInput, engine_with};
use crate::cades::archive::{Covered, HashIndex};
use crate::cades::file::der_of;
use crate::cades::known;
use crate::cades::raw::Raw;
use crate::content::{Content, Digests};
use crate::longterm::level::BaselineLevel;

/// What the report calls the only file of signatures.
const NAME: &str = "signature";
/// More signers in one file than this are not judged.
const MOST_SIGNERS: usize = 16;
/// Renewals come years apart; of more archive time-stamps than this only the newest are looked at.
const MOST_ARCHIVE_STAMPS: usize = 32;

/// The judgement of a signature file and the file that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetachedReport {
    /// One signature report for each signer; `sha256` is that of the signed file.
    pub report: Report,
    /// What only detached signatures have, in the order of the signatures.
    pub facts: Vec<DetachedFacts>,
}

/// What a detached signature shows besides its verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetachedFacts {
    /// The level that it has reached, by what it holds (ETSI EN 319 122-1, 6). `None` for a time-stamp, and where the
    /// structure cannot be read.
    pub level: Option<BaselineLevel>,
    /// The media type that the signer states.
    pub mime_type: Option<String>,
    /// Its archive time-stamps, newest first.
    pub archive_timestamps: Vec<TimestampReport>,
}

/// Judges the signatures in `p7s` over `content`, which is read once, to its end, in memory that does not grow with it.
///
/// A bad signature is no error: only reading `content` can fail. A signature file that carries what it signs inside is
/// judged with [`content_inside`](crate::content_inside); with any other content it fails. It may be DER or PEM.
///
/// ETSI EN 319 102-1, 5.3 to 5.6; ETSI EN 319 122-1.
pub fn validate_detached(
    content: &mut dyn Read,
    p7s: &[u8],
    input: &ValidationInput,
) -> io::Result<DetachedReport> {
    let cades = Cades::read(NAME, &der_of(p7s));
    let wanted = cades.as_ref().map(Cades::digests).unwrap_or_default();
    let digests = Digests::of(content, &wanted)?;
    let mut report = Report::empty(digests.sha256_hex());
    let cades = match cades {
        Ok(cades) => cades.about(&digests),
        Err(why) => {
            report.signatures.push(unreadable(NAME, why, input.at));
            report.take_worst();
            return Ok(DetachedReport {
                report,
                facts: vec![DetachedFacts::default()],
            });
        }
    };
    let mut engine = engine_with(&Held::default(), &cades.brought(), input);
    let stamps = cades.archive(&mut engine, &digests);
    let mut facts = Vec::new();
    for (part, stamps) in cades.parts.iter().zip(stamps) {
        let (mut judged, fact) = part.judge(&engine, &digests, stamps, &input.anchors, false);
        judged.coverage = Coverage::WholeFile;
        report.signatures.push(judged);
        facts.push(fact);
    }
    report.diagnostic = engine.diagnostic();
    report.take_worst();
    Ok(DetachedReport { report, facts })
}

/// A signature file that cannot be read.
pub(super) fn unreadable(name: &str, why: String, at: Time) -> SignatureReport {
    let mut report = SignatureReport::empty(SignatureKind::Signature, name, at);
    CADES.clone_into(&mut report.sub_filter);
    report.fail(FindingCode::CmsBad, SubIndication::FormatFailure, why);
    report
}

/// A signature file, one part for each signer.
pub(super) struct Cades {
    pub(super) parts: Vec<Part>,
    raw: Raw,
}

/// One signer with everything that stands around.
pub(super) struct Part {
    name: String,
    index: usize,
    pub(super) signed: SignedData,
}

/// What the archive time-stamps of one signer came to.
#[derive(Default)]
pub(super) struct Archived {
    reports: Vec<TimestampReport>,
    stamps: Vec<Stamp>,
}

impl Cades {
    /// Reads a signature file; the parts are named after it.
    pub(super) fn read(name: &str, p7s: &[u8]) -> Result<Self, String> {
        let words = |why: vanthu_pki::Malformed| why.to_string();
        let raw = Raw::read(p7s).map_err(words)?;
        let whole = cms::parse(p7s).map_err(words)?;
        let count = whole.signers.len();
        if count == 0 || count > MOST_SIGNERS {
            return Err(format!("{count} signers"));
        }
        let parts = whole.signers.iter().enumerate();
        Ok(Self {
            parts: parts
                .map(|(index, signer)| Part {
                    name: name.to_owned(),
                    index,
                    signed: SignedData {
                        signers: vec![signer.clone()],
                        ..whole.clone()
                    },
                })
                .collect(),
            raw,
        })
    }

    /// The same where nothing but this content stands inside: that says nothing new.
    fn about(mut self, content: &Digests) -> Self {
        for part in &mut self.parts {
            part.signed.content.take_if(|inside| content.is(inside));
        }
        self
    }

    fn signers(&self) -> impl Iterator<Item = &SignerInfo> {
        self.parts.iter().flat_map(|it| &it.signed.signers)
    }

    /// The digests of the content that its judgement needs.
    pub(super) fn digests(&self) -> Vec<DigestAlgorithm> {
        let mut wanted = Vec::new();
        for signer in self.signers() {
            wanted.extend(signer.digest);
            let tokens = signer.archive_timestamp_tokens().into_iter();
            for token in tokens.chain(signer.content_timestamp_tokens()) {
                let info = vanthu_pki::tsp::parse_token(token);
                wanted.extend(info.ok().and_then(|info| info.digest));
            }
        }
        wanted
    }

    /// The validation data inside.
    pub(super) fn brought(&self) -> Vec<Held> {
        let parts = self.parts.iter();
        parts.map(|it| Held::in_signature(&it.signed)).collect()
    }

    /// Judges the archive time-stamps, newest first, and keeps what each good one proves (ETSI EN 319 102-1, 5.6.2.3).
    pub(super) fn archive(&self, engine: &mut Engine<'_>, content: &Digests) -> Vec<Archived> {
        let mut all: Vec<Archived> = Vec::new();
        for part in &self.parts {
            let mut archived = Archived::default();
            for token in part.archive_tokens() {
                let stamp = self.archive_stamp(part, &token, engine, content);
                archived.reports.extend(stamp.report());
                archived.stamps.push(stamp);
            }
            all.push(archived);
        }
        all
    }

    fn archive_stamp(
        &self,
        part: &Part,
        token: &SignedData,
        engine: &mut Engine<'_>,
        content: &Digests,
    ) -> Stamp {
        let Some(signer) = self.raw.signers.get(part.index) else {
            return engine.timestamp(token, &Content::Parts(&[]));
        };
        let index = HashIndex::of_token(token);
        let covered = index
            .as_ref()
            .map_err(|why| *why)
            .and_then(|it| it.covered(&self.raw, signer));
        let digest = digest_of(token).and_then(|it| content.get(it));
        let (Ok(index), Some(digest)) = (&index, digest) else {
            let mut stamp = engine.timestamp(token, &Content::Parts(&[]));
            stamp.distrust("an archive time-stamp without a hash index");
            return stamp;
        };
        let parts = index.stamped(&self.raw, signer, digest);
        let mut stamp = engine.timestamp(token, &Content::Parts(&parts));
        match covered {
            // ETSI EN 319 122-1, 5.5.2: the index is as strong as the imprint, and judged with it.
            _ if Some(index.algorithm()) != digest_of(token) => {
                stamp.distrust("the hash index is made with another algorithm than the imprint");
            }
            Err(why) => stamp.distrust(&why.to_string()),
            Ok(covered) => {
                if let Some(time) = stamp.proven() {
                    let held = part.proven(&covered);
                    held.prove(&mut engine.poes, time, PoeSource::Validation);
                }
            }
        }
        stamp
    }
}

impl Part {
    fn signer(&self) -> Option<&SignerInfo> {
        self.signed.signers.first()
    }

    fn archive_tokens(&self) -> Vec<SignedData> {
        let tokens = self
            .signer()
            .map(SignerInfo::archive_timestamp_tokens)
            .unwrap_or_default();
        let read = tokens.into_iter().filter_map(|it| cms::parse(it).ok());
        let mut timed: Vec<(Option<Time>, SignedData)> = read
            .map(|it| (info_of(&it).map(|it| it.time), it))
            .collect();
        timed.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        timed.truncate(MOST_ARCHIVE_STAMPS);
        timed.into_iter().map(|(_, token)| token).collect()
    }

    /// Everything that an archive time-stamp covers.
    fn proven(&self, covered: &Covered<'_>) -> Held {
        let mut held = Held::default();
        if let Some(signer) = self.signer() {
            held.values
                .push((ObjectKind::SignatureValue, id_of(&signer.signature)));
        }
        for der in &covered.certificates {
            held.certificates.extend(Certificate::from_der(der).ok());
        }
        let mut found = RevocationData::default();
        for der in &covered.revocation {
            known::add_revocation(&mut found, der);
        }
        held.add_revocation(found);
        for token in covered.values.iter().filter_map(|it| cms::parse(it).ok()) {
            held.read_signed_data(&token);
            let signers = token.signers.iter();
            let ids = signers.map(|it| (ObjectKind::Timestamp, id_of(&it.signature)));
            held.values.extend(ids);
        }
        held
    }

    /// Judges the signature. `is_archived` where a container's archive time-stamp covers it.
    pub(super) fn judge(
        &self,
        engine: &Engine<'_>,
        content: &Digests,
        archived: Archived,
        anchors: &[Certificate],
        is_archived: bool,
    ) -> (SignatureReport, DetachedFacts) {
        let mut report = SignatureReport::empty(SignatureKind::Signature, &self.name, engine.at());
        CADES.clone_into(&mut report.sub_filter);
        report.covers_bytes = Some(content.length);
        report.changes_permitted = true;
        let signing_time = self.signer().map(SignerInfo::signing_time);
        report.claimed_at = signing_time.and_then(Result::ok).flatten();
        for stamp in &archived.stamps {
            report.blocks.extend(stamp.blocks.iter().cloned());
            match stamp.proven() {
                Some(time) => {
                    let block = Work::on(engine.policy(), BlockId::PoeExtraction);
                    report.blocks.push(block.about(time.to_string()).done());
                }
                None if stamp.is_intact => {
                    report.find(FindingCode::TimestampUntrusted, Severity::Warn, "archive");
                }
                None => {
                    let why = stamp.why.clone();
                    report.find(FindingCode::TimestampBad, Severity::Warn, why);
                }
            }
        }
        engine.signature(&mut report, &self.signed, &Content::Digests(content));
        let facts = DetachedFacts {
            level: Some(known::level(
                &self.signed,
                anchors,
                is_archived,
                &engine.verifications,
            )),
            mime_type: self.mime_type(),
            archive_timestamps: archived.reports,
        };
        (report, facts)
    }

    fn mime_type(&self) -> Option<String> {
        let value = self.signer()?.signed_value(oid::MIME_TYPE).ok()??;
        Tlv::read_all(value).ok()?.text().ok()
    }
}

impl DetachedReport {
    /// Whether everything passed.
    pub fn is_passed(&self) -> bool {
        self.report.indication == Indication::TotalPassed
    }
}

fn info_of(token: &SignedData) -> Option<TstInfo> {
    TstInfo::from_der(token.content.as_deref()?).ok()
}

/// The digest algorithm of a token's imprint.
pub(super) fn digest_of(token: &SignedData) -> Option<DigestAlgorithm> {
    info_of(token)?.digest
}

/// The time that a token states.
pub(super) fn time_of(token: &SignedData) -> Option<Time> {
    info_of(token).map(|info| info.time)
}
