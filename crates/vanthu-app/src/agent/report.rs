//! What a paired agent tells of its machine, and what it asks because it can't know it by itself.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use vanthu_domain::agent::AgentState;
use vanthu_domain::audit::Act;
use vanthu_domain::certificate::Holder;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text;
use vanthu_pki::{Certificate, Time};
use vanthu_store::agent::{self, AgentRow};
use vanthu_store::certificate;
use vanthu_wire::desk::{AskServer, CertificateFacts, CheckReport, Mark, ServerFacts};

use crate::agent::{Proof, proven, shipped_version, stamped};
use crate::signing::fetch::timestamp;
use crate::{App, AppError};

/// The most points of a report, and characters of each text in it.
const MOST_POINTS: usize = 300;
const MOST_CHARS: usize = 400;
/// The most certificates that are asked about at once.
const MOST_CERTIFICATES: usize = 100;

/// Keeps the result of a check.
///
/// Clause: AG-18, AG-14.6
pub async fn report(app: &App, proof: &Proof, given: CheckReport) -> Result<(), AppError> {
    if given.points.len() > MOST_POINTS {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("max", MOST_POINTS)
            .with("count", given.points.len())
            .into());
    }
    let given = cleaned(given);
    let mut work = app.begin_system(None).await?;
    let mut row = proven(&mut work.tx, proof, "", &[AgentState::Paired]).await?;
    stamped(&mut row, given.at, work.now)?;
    work.act_as(&row.account_id, &row.person_id);
    work.act_for(&row.agency_id);
    row.version.clone_from(&given.version);
    row.machine.clone_from(&given.machine);
    row.system.clone_from(&given.system);
    (row.seen_at, row.checked_at) = (Some(work.now), Some(work.now));
    let value = serde_json::to_value(&given).map_err(|error| AppError::fault("report", error))?;
    row.report = Some(value);
    agent::update(&mut work.tx, &row, AgentState::Paired).await?;
    let bad: Vec<&str> = given
        .points
        .iter()
        .filter(|point| point.mark == Mark::Bad)
        .map(|point| point.code.as_str())
        .collect();
    let data = json!({"code": given.code, "version": given.version, "bad": bad});
    let about = [row.account_id.to_string()];
    work.record(Act::AgentChecked, &row.agent_id, &about, data)
        .await?;
    work.commit().await
}

/// Tells what the server knows: its clock, its versions, its anchors, whether the time-stamp service answers.
pub async fn ask(app: &App, proof: &Proof, given: &AskServer) -> Result<ServerFacts, AppError> {
    if given.certificates.len() > MOST_CERTIFICATES {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("max", MOST_CERTIFICATES)
            .with("count", given.certificates.len())
            .into());
    }
    let mut work = app.begin_system(None).await?;
    let mut row = proven(&mut work.tx, proof, "", &[AgentState::Paired]).await?;
    stamped(&mut row, given.at, work.now)?;
    row.seen_at = Some(work.now);
    row.version = text::limited(&text::clean(&given.version), 40);
    agent::update(&mut work.tx, &row, AgentState::Paired).await?;
    // Being heard of is no act: as with the last use of a sign-in session, nothing is recorded.
    work.commit().await?;
    let mut certificates = Vec::new();
    for der in &given.certificates {
        certificates.push(facts_of(app, &row, der.as_bytes()).await?);
    }
    Ok(ServerFacts {
        now: timestamp(app.now()),
        shipped_version: shipped_version().to_string(),
        minimum_version: app.agent_minimum().to_string(),
        timestamps: timestamps_answer(app).await,
        certificates,
    })
}

async fn timestamps_answer(app: &App) -> bool {
    let nonce = u64::try_from(app.random() >> 65).unwrap_or(1);
    let digest: [u8; 32] = Sha256::digest(app.random().to_be_bytes()).into();
    match app.ports.timestamps.stamp(digest, nonce).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "the time-stamp service did not answer an agent's check");
            false
        }
    }
}

/// Whether a path leads from the certificate to an anchor, whatever its status is, and whether it is on record for
/// the account of the pairing.
async fn facts_of(app: &App, row: &AgentRow, der: &[u8]) -> Result<CertificateFacts, AppError> {
    let Ok(given) = Certificate::from_der(der) else {
        return Ok(CertificateFacts {
            anchored: false,
            on_record: false,
        });
    };
    let mut tx = app.store.read().await?;
    let known = certificate::find_by_thumbprint(&mut tx, &given.sha256_thumbprint()).await?;
    drop(tx);
    let on_record = known.as_ref().is_some_and(|it| match &it.record.holder {
        Holder::Person { person_id, .. } => *person_id == row.person_id,
        Holder::Agency { keeper, .. } => keeper.as_ref() == Some(&row.person_id),
    });
    let chain = match &known {
        Some(known) => crate::signing::certificates_of(known)?.1,
        None => Vec::new(),
    };
    let at = Time::from_unix(app.now().unix_seconds());
    Ok(CertificateFacts {
        anchored: app.trust.leads_to_anchor(&given, &chain, at),
        on_record,
    })
}

fn cleaned(mut given: CheckReport) -> CheckReport {
    let said = |text: &str, most| text::limited(&text::clean(text), most);
    given.version = said(&given.version, 40);
    given.machine = said(&given.machine, 100);
    given.system = said(&given.system, 100);
    given.code = said(&given.code, 40);
    for point in &mut given.points {
        point.code = said(&point.code, 40);
        point.name = said(&point.name, 100);
        point.found = said(&point.found, MOST_CHARS);
        point.now = point.now.as_deref().map(|now| said(now, MOST_CHARS));
    }
    given
}
