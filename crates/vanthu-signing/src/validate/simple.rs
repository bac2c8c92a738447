//! The simple report: one line per signature, in a sentence.

use serde::{Deserialize, Serialize};

use super::conclusion::{Indication, SubIndication};
use super::report::{Report, SignatureKind, SignatureReport};
use super::text::{Language, Worded};

/// One signature in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimpleLine {
    /// Name of its field.
    pub field: String,
    /// Whose, by the certificate.
    pub signer: String,
    /// Main status.
    pub indication: Indication,
    /// Why not passed.
    pub sub_indication: Option<SubIndication>,
    /// The whole in a sentence.
    pub sentence: String,
}

impl Report {
    /// The simple report.
    pub fn simple(&self, language: Language) -> Vec<SimpleLine> {
        let lines = self.signatures.iter();
        lines
            .map(|it| SimpleLine {
                field: it.field.clone(),
                signer: signer(it, language),
                indication: it.indication,
                sub_indication: it.sub_indication,
                sentence: sentence(it, language),
            })
            .collect()
    }
}

fn signer(it: &SignatureReport, language: Language) -> String {
    let unknown = match language {
        Language::Vietnamese => "không rõ người ký",
        Language::English => "unknown signer",
    };
    it.signer
        .as_ref()
        .map_or_else(|| unknown.to_owned(), |signer| signer.common_name.clone())
}

fn sentence(it: &SignatureReport, language: Language) -> String {
    let what = match (it.kind, language) {
        (SignatureKind::Signature, Language::Vietnamese) => "Chữ ký số của",
        (SignatureKind::Signature, Language::English) => "Signature of",
        (SignatureKind::DocTimestamp, Language::Vietnamese) => "Dấu thời gian của",
        (SignatureKind::DocTimestamp, Language::English) => "Time-stamp of",
    };
    let mut sentence = format!(
        "{what} {}: {}",
        signer(it, language),
        it.indication.text(language)
    );
    if let Some(sub) = it.sub_indication {
        sentence.push_str(" – ");
        sentence.push_str(sub.text(language));
    }
    for attack in &it.attacks {
        sentence.push_str("; ");
        sentence.push_str(attack.text(language));
    }
    sentence.push('.');
    sentence
}
