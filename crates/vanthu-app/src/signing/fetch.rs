//! The agent fetches what it is to show and sign. Once.

use serde_json::json;
use vanthu_domain::agent::AgentState;
use vanthu_domain::audit::Act;
use vanthu_domain::id::SigningId;
use vanthu_domain::refusal::RefusalCode;
use vanthu_signing::Prepared;
use vanthu_store::signing::{self, Consent, ItemState, Purpose, SessionState, SigningRow};
use vanthu_store::{agency, agent, certificate, file, outgoing, person};
use vanthu_wire::agent::{
    Consent as WireConsent, Purpose as WirePurpose, SessionItem, SigningSession,
};
use vanthu_wire::{Base64, DocumentDigest};

use crate::agent::{Proof, new_enough, proven};
use crate::signing::show::max_file_bytes;
use crate::signing::{by_token, holding};
use crate::{App, AppError, Mode, Work};

/// Which agent asks.
#[derive(Debug, Clone, Default)]
pub struct By {
    /// What it signed, where it is paired with this server.
    pub proof: Option<Proof>,
    /// Its version, as it says.
    pub version: Option<String>,
    /// From which address it asks, where that is known.
    pub address: Option<String>,
}

/// Hands the session out to whoever holds its secret, one time: an agent that the session's account has paired. In
/// practice the agent that the installation itself started needs no pairing.
///
/// Clause: TG-22.1b, AG-14.6, AG-15.7
pub async fn fetch(
    app: &App,
    signing_id: &SigningId,
    token: &str,
    by: &By,
) -> Result<SigningSession, AppError> {
    if let Some(address) = &by.address {
        // In transactions of its own: what is found stays, whatever becomes of the rest.
        let mut work = app.begin_system(None).await?;
        let row = by_token(&mut work, signing_id, token).await?;
        let certificate = certificate::load(&mut work.tx, &row.certificate_id).await?;
        drop(work);
        holding::fetched_from(app, &row, &certificate, address).await?;
    }
    let mut work = app.begin_system(None).await?;
    let row = by_token(&mut work, signing_id, token).await?;
    paired(app, &mut work, &row, token, by).await?;
    if let Some(address) = &by.address {
        signing::set_fetched_from(&mut work.tx, signing_id, address).await?;
    }
    if row.state != SessionState::Open {
        return Err(AppError::refused(RefusalCode::SigningSessionUsed));
    }
    let mut fetched = row.clone();
    fetched.state = SessionState::Fetched;
    signing::update(&mut work.tx, &fetched, SessionState::Open).await?;
    let agency_name = agency::load(&mut work.tx, &row.agency_id).await?.name;
    let signer = person::load(&mut work.tx, &row.person_id).await?.full_name;
    let holder = certificate::load(&mut work.tx, &row.certificate_id).await?;
    let max_file_bytes = max_file_bytes(app, &mut work, &row.agency_id).await?;
    let mut items = Vec::new();
    for item in signing::list_items(&mut work.tx, signing_id).await? {
        if item.state != ItemState::Waiting {
            continue;
        }
        let document = outgoing::load(&mut work.tx, &item.outgoing_id).await?;
        let attached = match item.item_id.parse() {
            Ok(file_id) => Some(file::load(&mut work.tx, &file_id).await?),
            Err(_) => None,
        };
        let prepared = Prepared::from_bytes(&app.store.blobs().get(&item.prepared_blob).await?)
            .map_err(|e| AppError::fault("prepared", e))?;
        items.push(SessionItem {
            item_id: item.item_id.clone(),
            title: match &attached {
                Some(file) => format!("{} (tệp kèm theo: {})", document.subject, file.name),
                None => document.subject.clone(),
            },
            number: document.state.number().map(|n| n.notation.clone()),
            issuer: agency_name.clone(),
            pages: attached.map_or(document.pages, |file| file.pages.unwrap_or(1)),
            document_digest: DocumentDigest::new(prepared.document_digest().to_vec())
                .ok_or_else(|| AppError::fault("prepared", "a digest of another length"))?,
            signed_attributes: Base64(prepared.to_be_signed().to_vec()),
            algorithm: wire_algorithm(prepared.algorithm())?,
            certificate: Base64(prepared.certificate().der().to_vec()),
        });
    }
    let data = json!({"event": "fetched", "serial": holder.record.serial});
    work.record(Act::SigningOpened, signing_id, &[], data)
        .await?;
    work.commit().await?;
    Ok(SigningSession {
        signing_id: signing_id.to_string(),
        agency: agency_name,
        signer,
        purpose: match row.purpose {
            Purpose::Person => WirePurpose::Person,
            Purpose::Seal => WirePurpose::Seal,
        },
        reason: None,
        consent: match row.consent {
            Consent::Person => WireConsent::Person,
            Consent::Automatic => WireConsent::Automatic,
        },
        expires_at: timestamp(row.expires_at),
        max_file_bytes,
        items,
    })
}

/// The agent is one of the session's account, and new enough.
async fn paired(
    app: &App,
    work: &mut Work<'_>,
    row: &SigningRow,
    token: &str,
    by: &By,
) -> Result<(), AppError> {
    new_enough(app, by.version.as_deref())?;
    let Some(proof) = &by.proof else {
        return match app.mode {
            Mode::Practice => Ok(()),
            Mode::Real => Err(AppError::refused(RefusalCode::AgentNotPaired)),
        };
    };
    let mut found = proven(&mut work.tx, proof, token, &[AgentState::Paired]).await?;
    if found.account_id != row.account_id {
        return Err(AppError::refused(RefusalCode::AgentNotPaired));
    }
    found.seen_at = Some(work.now);
    if let Some(version) = &by.version {
        found.version.clone_from(version);
    }
    Ok(agent::update(&mut work.tx, &found, AgentState::Paired).await?)
}

/// A moment as the protocol writes it.
pub fn timestamp(moment: vanthu_domain::Moment) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(moment.unix_micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

fn wire_algorithm(
    algorithm: vanthu_pki::SignatureAlgorithm,
) -> Result<vanthu_wire::agent::Algorithm, AppError> {
    serde_json::from_value(json!(algorithm.name())).map_err(|e| AppError::fault("algorithm", e))
}
