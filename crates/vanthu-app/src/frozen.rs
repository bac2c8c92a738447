//! The report as it is kept beside a document: what was found, and the evidence of status that it rests on, so that
//! the verdict can be followed when the services are long gone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use vanthu_pki::DigestAlgorithm;
use vanthu_pki::gather::Trouble;
use vanthu_signing::Report;

use crate::AppError;
use crate::port::StatusFound;

/// A list up to this size is kept whole; of a larger one, only which it was.
const WHOLE_LIST_BYTES: usize = 256 << 10;

#[derive(Serialize)]
struct Frozen<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Which anchors it was judged by.
    anchors: &'a str,
    status: Status<'a>,
}

#[derive(Serialize)]
struct Status<'a> {
    /// What could not be found, and why.
    troubles: &'a [Trouble],
    /// Certificates that were fetched, DER in base64.
    certificates: Vec<String>,
    /// OCSP responses, DER in base64.
    ocsp: Vec<String>,
    crls: Vec<List>,
}

#[derive(Serialize)]
struct List {
    issuer: String,
    this_update: String,
    sha256: String,
    /// DER in base64, where it is not too large.
    der: Option<String>,
}

/// The report with its evidence, as JSON; `anchors` is the version of the list of anchors.
pub fn frozen(report: &Report, status: &StatusFound, anchors: &str) -> Result<Vec<u8>, AppError> {
    let frozen = Frozen {
        report,
        anchors,
        status: Status::of(status),
    };
    serde_json::to_vec(&frozen).map_err(|error| AppError::fault("report", error))
}

impl<'a> Status<'a> {
    fn of(found: &'a StatusFound) -> Self {
        let evidence = &found.evidence;
        let encode = |der: &[u8]| STANDARD.encode(der);
        Self {
            troubles: &found.troubles,
            certificates: found
                .certificates
                .iter()
                .map(|it| encode(it.der()))
                .collect(),
            ocsp: evidence.ocsp.iter().map(|it| encode(it.der())).collect(),
            crls: evidence
                .crls
                .iter()
                .map(|it| List {
                    issuer: it.issuer().to_string(),
                    this_update: it.this_update().to_string(),
                    sha256: hex::encode(DigestAlgorithm::Sha256.digest(it.der())),
                    der: (it.der().len() <= WHOLE_LIST_BYTES).then(|| encode(it.der())),
                })
                .collect(),
        }
    }
}
