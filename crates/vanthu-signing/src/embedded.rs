//! What a file brings along for its own judgement: signatures, certificates, revocation data.

use std::io::{Read, Seek};

use vanthu_pki::asn1;
use vanthu_pki::cms::{self, SignedData};
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, Malformed, Time};

use crate::asic::archive::Archive;
use crate::asic::layout::Layout;
use crate::asic::pack::ContainerError;
use crate::cades::file::der_of;
use crate::cades::known;
use crate::form;
use crate::longterm::dss;
use crate::problem::PdfProblem;
use crate::syntax::document::Document;
use crate::syntax::object::Object;

/// What was found in a file. None of it is trusted for standing there.
#[derive(Debug, Clone, Default)]
pub struct Embedded {
    /// The CMS structure of each signature and document time-stamp that can be read, in the order of the form.
    pub signatures: Vec<SignedData>,
    /// Certificates of the document security store, its VRI entries included (ETSI EN 319 142-1, 5.4.2).
    pub certificates: Vec<Certificate>,
    /// Revocation data of the document security store.
    pub revocation: RevocationData,
}

/// Reads what a file brings along; what can't be read is left out. A program that fetches what is missing asks
/// this first.
///
/// ```
/// assert!(vanthu_signing::embedded(b"no PDF").is_err());
/// ```
pub fn embedded(pdf: &[u8]) -> Result<Embedded, PdfProblem> {
    let document = Document::open(pdf)?;
    let mut found = Embedded::default();
    for field in form::fields(&document)? {
        let Some(value) = field.value.filter(|_| field.kind == "Sig") else {
            continue;
        };
        let value = document.resolve(&value)?;
        let contents = value.as_dict().and_then(|it| it.get("Contents"));
        let bytes = contents.and_then(Object::as_string).unwrap_or_default();
        // The rest of the string is padding.
        let length = asn1::length_of_first(bytes).unwrap_or_default();
        let signed = bytes.get(..length).map(cms::parse);
        found.signatures.extend(signed.and_then(Result::ok));
    }
    if let Some(store) = dss::read(&document)? {
        found.certificates = store.certificates();
        found.revocation.crls = store.crls();
        found.revocation.ocsp = store.ocsp();
    }
    Ok(found)
}

/// As [`embedded`], for a detached signature (`.p7s`).
///
/// ```
/// assert!(vanthu_signing::embedded_detached(b"no signature").is_err());
/// ```
pub fn embedded_detached(p7s: &[u8]) -> Result<Embedded, Malformed> {
    let mut found = Embedded::default();
    found.add(cms::parse(&der_of(p7s))?);
    Ok(found)
}

/// As [`embedded`], for a container (`.asice`, `.asics`); signatures that cannot be read are left out.
pub fn embedded_container<R: Read + Seek>(container: R) -> Result<Embedded, ContainerError> {
    let mut archive = Archive::open(container)?;
    let layout = Layout::read(&mut archive)?;
    let mut found = Embedded::default();
    for (_, bytes) in layout.signatures.iter().chain(&layout.stamps) {
        if let Ok(signed) = cms::parse(bytes) {
            found.add(signed);
        }
    }
    Ok(found)
}

impl Embedded {
    /// A signature with its archive time-stamps and the evidence inside.
    fn add(&mut self, signed: SignedData) {
        let brought = known::brought(&signed);
        for signer in &signed.signers {
            let tokens = signer.archive_timestamp_tokens().into_iter();
            self.signatures
                .extend(tokens.filter_map(|it| cms::parse(it).ok()));
        }
        self.certificates.extend(brought.certificates);
        self.revocation.crls.extend(brought.revocation.crls);
        self.revocation.ocsp.extend(brought.revocation.ocsp);
        self.signatures.push(signed);
    }

    /// The question which of the file's certificates still miss something: those of signers and of time-stamp
    /// services, at a time, under the given anchors.
    pub fn question(&self, anchors: Vec<Certificate>, at: Time) -> vanthu_pki::gather::Question {
        let mut question = vanthu_pki::gather::Question {
            anchors,
            known: self.certificates.clone(),
            evidence: self.revocation.clone(),
            at,
            now: at,
            ..Default::default()
        };
        for signed in &self.signatures {
            question.add_signed_data(signed);
        }
        question
    }
}
