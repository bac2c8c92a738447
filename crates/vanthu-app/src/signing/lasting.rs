//! What makes a sealed document provable after the services that vouched for it are gone (ETSI EN 319 142-1, 5.4).

use vanthu_pki::{Certificate, Strength, Time};
use vanthu_signing::{
    BaselineLevel, LongTermEvidence, PdfProblem, embedded, extend_lt, is_extension,
    missing_evidence, protection, relevant_evidence,
};

use crate::verify::evidence;
use crate::{App, AppError};

/// Level B-LT: evidence about every certificate that the signatures and time-stamps rest on goes into the file, as a
/// revision behind it. Where a service does not answer, the file stays at B-T, and the ledger says so: the state of the
/// signing certificate itself was examined before, and the evidence can be added later.
pub(crate) async fn with_evidence(
    app: &App,
    file: Vec<u8>,
) -> Result<(Vec<u8>, BaselineLevel), AppError> {
    let at = Time::from_unix(app.now().unix_seconds());
    let brought = |file: &Vec<u8>| embedded(file).unwrap_or_default();
    let (file, found) = evidence(app, file, brought, at).await?;
    let anchors = app.trust.roots();
    let at_hand = LongTermEvidence {
        certificates: [
            found.certificates,
            app.trust.intermediates.clone(),
            anchors.clone(),
        ]
        .concat(),
        revocation: found.evidence,
    };
    for trouble in &found.troubles {
        tracing::warn!(subject = %trouble.subject, "no evidence for a sealed document");
    }
    let extending = tokio::task::spawn_blocking(move || {
        let evidence = relevant_evidence(&file, &at_hand).map_err(broken)?;
        let missing = missing_evidence(&file, &evidence, &anchors).map_err(broken)?;
        if !missing.is_empty() {
            let level = level_of(&file, &anchors, at)?;
            return Ok((file, level));
        }
        let lasting = extend_lt(&file, &evidence, at).map_err(|e| AppError::fault("extend", e))?;
        if !is_extension(&file, &lasting) {
            return Err(AppError::fault("extend", "the sealed file was changed"));
        }
        Ok((lasting, BaselineLevel::BLt))
    });
    extending
        .await
        .map_err(|error| AppError::fault("extend", error))?
}

/// The level of a file as it was signed: a tool that leaves no room for a time-stamp makes B-B only.
pub(crate) fn as_signed(app: &App, file: &[u8]) -> Result<BaselineLevel, AppError> {
    let at = Time::from_unix(app.now().unix_seconds());
    level_of(file, &app.trust.roots(), at)
}

fn level_of(file: &[u8], anchors: &[Certificate], at: Time) -> Result<BaselineLevel, AppError> {
    let found = protection(file, anchors, Strength::vietnam(), at).map_err(broken)?;
    Ok(found.level.unwrap_or(BaselineLevel::BB))
}

fn broken(error: PdfProblem) -> AppError {
    AppError::fault("evidence", error)
}
