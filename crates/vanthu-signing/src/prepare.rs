//! Prepares a signature: the new revision is written with room for the signature, nothing is signed yet.

use std::io::{Read, Seek};

use vanthu_pki::{Certificate, DigestAlgorithm, SignatureAlgorithm, Time};

use crate::embed::Prepared;
use crate::field::FieldMaker;
use crate::form;
use crate::hash::{self, Hashed};
use crate::held::Held;
use crate::mdp::{FieldLock, MdpRules};
use crate::problem::PdfProblem;
use crate::request::{DocMdp, Fonts, SignatureRequest};
use crate::revision;
use crate::seed;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::source::{FileSource, Source};
use crate::syntax::text;
use crate::update::Update;

/// Room for the CMS structure: signature, chain, time-stamp with its chain, and revocation values.
const GAP_BYTES: usize = 24 * 1024;
/// A larger base is not taken into memory, but signed where it lies: [`prepare_file`].
const MAX_IN_MEMORY: usize = 512 << 20;
/// Offsets in cross-reference tables have ten digits (ISO 32000-2, 7.5.4); the revision needs room too.
const MAX_BASE_BYTES: usize = 9_900_000_000;

/// Why a signature cannot be prepared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The PDF cannot be read or is not accepted.
    #[error(transparent)]
    Pdf(#[from] PdfProblem),
    /// Only algorithms over SHA-256, SHA-384 and SHA-512 are used for signing here.
    #[error("the signature algorithm is not used for signing")]
    AlgorithmUnsupported,
    /// The certificate could not be put into the signed attributes.
    #[error("the certificate cannot be used")]
    CertificateUnusable,
    /// The page does not exist.
    #[error("there is no page {0}")]
    PageMissing(u32),
    /// The rectangle is empty or not a number.
    #[error("the place of field {0} is empty")]
    PlaceEmpty(String),
    /// A field of this name exists already.
    #[error("field {0} exists already")]
    FieldExists(String),
    /// A field name is empty or holds a period.
    #[error("{0:?} is no field name")]
    FieldNameBad(String),
    /// No field of this name exists.
    #[error("there is no field {0}")]
    FieldMissing(String),
    /// The field is not an open text field.
    #[error("field {0} cannot be filled")]
    FieldNotFillable(String),
    /// The signature field is signed already.
    #[error("signature field {0} is signed already")]
    FieldSigned(String),
    /// The document is certified: fields can no longer be added.
    #[error("the document is certified, field {0} was not reserved")]
    NotReserved(String),
    /// A certifying signature must be the first.
    #[error("the document is signed already and cannot be certified")]
    SignedBefore,
    /// An earlier signature locks the document.
    #[error("an earlier signature locks the document")]
    Locked,
    /// The field asks for a signature that is not made here (seed values, ISO 32000-2, 12.7.5.5).
    #[error("field {field} asks for another signature: {entry}")]
    SeedValue {
        /// The field.
        field: String,
        /// The entry of its seed values that is not met.
        entry: String,
    },
    /// Forms of the XFA kind are not signed.
    #[error("the document holds an XFA form")]
    XfaForm,
    /// A picture is not a PNG of reasonable size.
    #[error("the picture is not a readable PNG")]
    PictureUnreadable,
    /// The font cannot be used.
    #[error("the font cannot be used")]
    FontUnusable,
    /// The font has no such letter.
    #[error("the font has no letter {0:?}")]
    LetterMissing(char),
    /// A text is wider than its field.
    #[error("the text {text:?} does not fit its field")]
    TextDoesNotFit {
        /// The text.
        text: String,
    },
}

/// Writes the revision that `request` asks for and computes what is to be signed.
///
/// The document is extended, never made again: number and day go into fields that were reserved for them.
///
/// Clause: AG-13.2
pub fn prepare(
    pdf: &[u8],
    request: &SignatureRequest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    fonts: &Fonts<'_>,
) -> Result<Prepared, PrepareError> {
    let source = Source::Memory(pdf);
    let hashed = || Hashed::of(&source, algorithm.digest());
    prepare_source(source, &hashed, request, certificate, algorithm, fonts)
}

/// As [`prepare()`], for a file that is signed in one go: [`Completed::embed_onto`](crate::Completed::embed_onto) then
/// neither hashes nor copies it again.
pub fn prepare_held(
    pdf: &Held,
    request: &SignatureRequest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    fonts: &Fonts<'_>,
) -> Result<Prepared, PrepareError> {
    let source = Source::Memory(pdf.as_bytes());
    let hashed = || pdf.hashed(algorithm.digest());
    prepare_source(source, &hashed, request, certificate, algorithm, fonts)
}

/// As [`prepare()`], for a file that stays where it lies: only what is needed of it is read, and only the new revision
/// is in memory. [`Completed::embed_file`](crate::Completed::embed_file) writes the signed file.
pub fn prepare_file<R: Read + Seek>(
    pdf: &FileSource<R>,
    request: &SignatureRequest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    fonts: &Fonts<'_>,
) -> Result<Prepared, PrepareError> {
    let source = pdf.source();
    let hashed = || Hashed::of(&source, algorithm.digest());
    prepare_source(source, &hashed, request, certificate, algorithm, fonts)
}

/// What the file would look like: the same revision by the same code, without a certificate and never to be signed.
pub fn preview(
    pdf: &[u8],
    request: &SignatureRequest,
    fonts: &Fonts<'_>,
) -> Result<Vec<u8>, PrepareError> {
    let source = Source::Memory(pdf);
    let document = open(source)?;
    let update = revise(&document, request, None, fonts)?;
    let hashed = Hashed::of(&source, DigestAlgorithm::Sha256)?;
    let tail = update.finish(&hashed.sha256)?;
    Ok(revision::unsigned(&source, &tail.bytes)?)
}

/// `hashed` hashes the base, or remembers that.
fn prepare_source(
    source: Source<'_>,
    hashed: &dyn Fn() -> Result<Hashed, PdfProblem>,
    request: &SignatureRequest,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    fonts: &Fonts<'_>,
) -> Result<Prepared, PrepareError> {
    if hash::engine(algorithm.digest()).is_none() {
        return Err(PrepareError::AlgorithmUnsupported);
    }
    let key = certificate.public_key_info();
    if key.kind != algorithm.key_kind() || key.is_weak() {
        return Err(PrepareError::CertificateUnusable);
    }
    let document = open(source)?;
    let update = revise(&document, request, Some(algorithm.digest()), fonts)?;
    Ok(Prepared::new(update, hashed()?, certificate, algorithm)?)
}

/// Opens a base that is to be extended.
pub(crate) fn open(source: Source<'_>) -> Result<Document<'_>, PdfProblem> {
    let limit = match source {
        Source::Memory(_) => MAX_IN_MEMORY,
        Source::Windows(_) => MAX_BASE_BYTES,
    };
    if source.length() > limit {
        return Err(PdfProblem::limit("file size"));
    }
    Document::open_source(source)
}

/// The revision that `request` asks for.
fn revise<'d, 'a>(
    document: &'d Document<'a>,
    request: &SignatureRequest,
    digest: Option<DigestAlgorithm>,
    fonts: &Fonts<'_>,
) -> Result<Update<'d, 'a>, PrepareError> {
    let status = Status::of(document)?;
    status.allow(request)?;
    let mut update = Update::of(document);
    let mut maker = FieldMaker::new(&mut update, fonts)?;
    // The widget made first lies below the others: the seal covers part of the signature.
    let mut lock = request.lock_all.then_some(FieldLock::All);
    let field = match maker.open_signature_field(&request.field_name)? {
        Some(field) => {
            let dict = maker.update().dict(field.reference)?;
            seed::honour(document, &dict, request, digest)?;
            lock = lock.or(FieldLock::of_field(document, &dict)?);
            field
        }
        None if status.certified && request.place.is_some() => {
            return Err(PrepareError::NotReserved(request.field_name.clone()));
        }
        None => maker.reserve_signature(&request.field_name, request.place, request.lock_all)?,
    };
    for field in &request.reserve {
        maker.reserve_text(field)?;
    }
    for field in &request.reserve_signatures {
        maker.reserve_signature(&field.name, field.place, field.lock_all)?;
    }
    for field in &request.fill {
        maker.fill(field)?;
    }
    let signature_dict = signature_dict(document, request, lock.as_ref())?;
    let signature = maker.update().add_signature(signature_dict, GAP_BYTES);
    maker.sign(field, signature, &request.appearance)?;
    maker.finish()?;
    if request.certify.is_some() {
        certify(&mut update, signature)?;
    }
    Ok(update)
}

/// What earlier signatures say about changes.
struct Status {
    signed: bool,
    certified: bool,
    locked: bool,
}

impl Status {
    fn of(document: &Document<'_>) -> Result<Self, PrepareError> {
        if let Some(form) = form::form_dict(document)?
            && form.as_dict().is_some_and(|form| form.contains("XFA"))
        {
            return Err(PrepareError::XfaForm);
        }
        let mut status = Self {
            signed: false,
            certified: false,
            locked: false,
        };
        for field in form::fields(document)?
            .iter()
            .filter(|field| field.kind == "Sig")
        {
            let Some(value) = &field.value else { continue };
            let value = document.resolve(value)?;
            let Some(signature) = value.as_dict() else {
                continue;
            };
            status.signed = true;
            let rules = MdpRules::of(document, signature, &field.dict)?;
            status.certified |= rules.certification.is_some();
            status.locked |= rules.locks_all() || rules.level() == Some(DocMdp::NoChanges);
        }
        Ok(status)
    }

    fn allow(&self, request: &SignatureRequest) -> Result<(), PrepareError> {
        if self.locked {
            return Err(PrepareError::Locked);
        }
        if self.signed && request.certify.is_some() {
            return Err(PrepareError::SignedBefore);
        }
        // New text fields are a change no later signature may bring; new fields in a certified file neither.
        if let Some(field) = request.reserve.first().filter(|_| self.signed) {
            return Err(PrepareError::NotReserved(field.name.clone()));
        }
        if let Some(field) = request
            .reserve_signatures
            .first()
            .filter(|_| self.certified)
        {
            return Err(PrepareError::NotReserved(field.name.clone()));
        }
        Ok(())
    }
}

fn signature_dict(
    document: &Document<'_>,
    request: &SignatureRequest,
    lock: Option<&FieldLock>,
) -> Result<Dict, PdfProblem> {
    let string = |value: &str| Object::String(text::encode(value));
    let mut dict = Dict::typed("Sig")
        .with("Filter", Object::name("Adobe.PPKLite"))
        .with("SubFilter", Object::name("ETSI.CAdES.detached"))
        .with("M", Object::String(pdf_date(request.at).into_bytes()));
    if !request.signer_name.is_empty() {
        dict.set("Name", string(&request.signer_name));
    }
    if let Some(reason) = &request.reason {
        dict.set("Reason", string(reason));
    }
    if let Some(location) = &request.location {
        dict.set("Location", string(location));
    }
    let mut references = Vec::new();
    let parameters = || Dict::typed("TransformParams").with("V", Object::name("1.2"));
    if let Some(permission) = request.certify {
        let parameters = parameters().with("P", Object::Int(permission.level()));
        references.push(transform("DocMDP", parameters));
    }
    if let Some(lock) = lock {
        let parameters = lock.written(parameters());
        let reference =
            transform("FieldMDP", parameters).with("Data", Object::Ref(document.root_ref()?));
        references.push(reference);
    }
    if !references.is_empty() {
        dict.set(
            "Reference",
            Object::Array(references.into_iter().map(Object::Dict).collect()),
        );
    }
    Ok(dict)
}

fn transform(method: &str, parameters: Dict) -> Dict {
    Dict::typed("SigRef")
        .with("TransformMethod", Object::name(method))
        .with("TransformParams", Object::Dict(parameters))
}

/// `/Perms` of the catalogue names the certifying signature.
fn certify(update: &mut Update<'_, '_>, signature: Ref) -> Result<(), PdfProblem> {
    let root_ref = update.base().root_ref()?;
    let mut root = update.dict(root_ref)?;
    let mut permissions = match update.base().get(&root, "Perms")? {
        Some(old) => old.as_dict().cloned().unwrap_or_default(),
        None => Dict::new(),
    };
    permissions.set("DocMDP", Object::Ref(signature));
    root.set("Perms", Object::Dict(permissions));
    update.put(root_ref, Object::Dict(root));
    Ok(())
}

/// A PDF date in Vietnamese time.
pub(crate) fn pdf_date(at: Time) -> String {
    let local = at.plus_seconds(7 * 3600);
    let digits = local.to_generalized();
    format!("D:{}+07'00'", digits.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_vietnamese_time() {
        let at = Time::from_civil((2026, 11, 22), (1, 12, 3)).unwrap();
        assert_eq!(pdf_date(at), "D:20261122081203+07'00'");
    }
}
