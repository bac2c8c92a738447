//! Seed values (ISO 32000-2, 12.7.5.5, tables 237 to 239): what whoever made a signature field asks of its signature. What
//! is asked and not done here is a reason to refuse, by its name.

use vanthu_pki::DigestAlgorithm;

use crate::prepare::PrepareError;
use crate::problem::PdfProblem;
use crate::request::{DocMdp, SignatureRequest};
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};
use crate::syntax::text;

/// The newest version of seed values that is understood.
const NEWEST: f64 = 3.0;

/// Bits of `/Ff`, from 0: the entry is not a wish but a demand.
const DEMANDS: [&str; 9] = [
    "Filter",
    "SubFilter",
    "V",
    "Reasons",
    "LegalAttestation",
    "AddRevInfo",
    "DigestMethod",
    "LockDocument",
    "AppearanceFilter",
];

/// Refuses a signature that the field does not want. `digest` is not known yet where only a preview is made.
pub(crate) fn honour(
    document: &Document<'_>,
    field: &Dict,
    request: &SignatureRequest,
    digest: Option<DigestAlgorithm>,
) -> Result<(), PrepareError> {
    let Some(seed) = document.get(field, "SV")? else {
        return Ok(());
    };
    let seed = seed
        .as_dict()
        .ok_or_else(|| PdfProblem::structure("seed values are not a dictionary"))?;
    let asked = Seed {
        document,
        values: seed,
        request,
        digest,
    };
    let flags = document.get(seed, "Ff")?.and_then(|flags| flags.as_int());
    let flags = flags.unwrap_or(0);
    for (bit, entry) in DEMANDS.into_iter().enumerate() {
        if flags >> bit & 1 == 1 && seed.contains(entry) && !asked.is_met(entry)? {
            return Err(asked.refusal(entry));
        }
    }
    for entry in ["MDP", "Cert", "TimeStamp"] {
        if !asked.is_met(entry)? {
            return Err(asked.refusal(entry));
        }
    }
    Ok(())
}

struct Seed<'s, 'a> {
    document: &'s Document<'a>,
    values: &'s Dict,
    request: &'s SignatureRequest,
    digest: Option<DigestAlgorithm>,
}

impl Seed<'_, '_> {
    fn refusal(&self, entry: &str) -> PrepareError {
        PrepareError::SeedValue {
            field: self.request.field_name.clone(),
            entry: entry.to_owned(),
        }
    }

    fn is_met(&self, entry: &str) -> Result<bool, PdfProblem> {
        let value = self.document.get(self.values, entry)?;
        let is_name = |name: &str| value.as_deref().is_some_and(|it| it.is_name(name));
        Ok(match entry {
            "Filter" => is_name("Adobe.PPKLite"),
            "SubFilter" => self.lists(entry, |it| it.is_name("ETSI.CAdES.detached"))?,
            "V" => value
                .and_then(|it| it.as_f64())
                .is_some_and(|it| it <= NEWEST),
            "Reasons" => self.reason_fits()?,
            "AddRevInfo" => value.and_then(|it| it.as_bool()) == Some(false),
            "DigestMethod" => match self.digest {
                None => true,
                Some(digest) => self.lists(entry, |it| {
                    let name = it.as_string().map(text::decode).unwrap_or_default();
                    name.to_ascii_lowercase().replace('-', "") == digest.name().replace('-', "")
                })?,
            },
            "LockDocument" => {
                let locks = self.request.lock_all;
                is_name("auto") || is_name("true") && locks || is_name("false") && !locks
            }
            "MDP" => {
                let asked = match value.as_deref().and_then(Object::as_dict) {
                    Some(rules) => self.document.get(rules, "P")?.and_then(|it| it.as_int()),
                    None => None,
                };
                let ours = self.request.certify.map_or(0, DocMdp::level);
                asked.is_none_or(|asked| asked == ours)
            }
            // What is asked of certificate or time-stamp service is not looked at here: where it is a demand, no.
            "Cert" | "TimeStamp" => match value.as_deref().and_then(Object::as_dict) {
                Some(wishes) => {
                    let flags = self.document.get(wishes, "Ff")?;
                    flags.and_then(|it| it.as_int()).unwrap_or(0) == 0
                }
                None => true,
            },
            _ => false,
        })
    }

    fn lists(&self, entry: &str, fits: impl Fn(&Object) -> bool) -> Result<bool, PdfProblem> {
        let list = self.document.get(self.values, entry)?;
        for item in list
            .as_deref()
            .and_then(Object::as_array)
            .unwrap_or_default()
        {
            if fits(self.document.resolve(item)?.as_ref()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// One of the reasons of the list; none at all where the list is empty or holds a single period.
    fn reason_fits(&self) -> Result<bool, PdfProblem> {
        let list = self.document.get(self.values, "Reasons")?;
        let count = list
            .as_deref()
            .and_then(Object::as_array)
            .map_or(0, <[_]>::len);
        let is = |it: &Object, wanted: &str| {
            it.as_string()
                .map(text::decode)
                .is_some_and(|it| it == wanted)
        };
        if count == 0 || count == 1 && self.lists("Reasons", |it| is(it, "."))? {
            return Ok(self.request.reason.is_none());
        }
        match &self.request.reason {
            Some(reason) => self.lists("Reasons", |it| is(it, reason)),
            None => Ok(false),
        }
    }
}
