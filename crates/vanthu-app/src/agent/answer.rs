//! The agent looks at an offer and answers it; afterwards both sides show the code.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_domain::agent::AgentStep;
use vanthu_domain::id::AgentId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text;
use vanthu_pki::algorithm::KeyKind;
use vanthu_pki::key::PublicKeyInfo;
use vanthu_store::agent::{self, AgentRow};
use vanthu_store::{account, agency, installation, person};
use vanthu_wire::Digest;
use vanthu_wire::pairing::{
    self, PairingAnswer, PairingOffer, PairingOpened, Transcript, commitment,
};

use crate::agent::offer::is_open;
use crate::agent::{by_token, new_enough};
use crate::checkpoint::INSTALLATION;
use crate::{App, AppError, Work};

/// Most characters of what a machine says of itself.
const MOST_CHARS: usize = 100;

/// Who asks, and the server's commitment.
pub async fn look(app: &App, id: &AgentId, token: &str) -> Result<PairingOffer, AppError> {
    let mut work = app.begin_system(None).await?;
    let row = by_token(&mut work, id, token).await?;
    is_open(&row, AgentStep::Answer, work.now)?;
    offer_of(app, &mut work, &row).await
}

/// Takes the agent's key and random value, and opens the commitment. From here on the code stands.
pub async fn answer(
    app: &App,
    id: &AgentId,
    token: &str,
    given: &PairingAnswer,
) -> Result<PairingOpened, AppError> {
    let mut work = app.begin_system(None).await?;
    let mut row = by_token(&mut work, id, token).await?;
    let from = row.state;
    row.state = is_open(&row, AgentStep::Answer, work.now)?;
    new_enough(app, Some(&given.version))?;
    let known = PublicKeyInfo::from_spki(given.key.as_bytes());
    if !known.is_ok_and(|key| key.kind == KeyKind::EcP256) {
        return Err(Refusal::new(RefusalCode::RequestMalformed)
            .with("detail", "key")
            .into());
    }
    let said = |text: &str| text::limited(&text::clean(text), MOST_CHARS);
    let opened = PairingOpened {
        nonce: nonce_of(&row)?,
    };
    let offer = offer_of(app, &mut work, &row).await?;
    row.code = Some(pairing::code(&Transcript {
        origin: &row.origin,
        offer: &offer,
        answer: given,
        opened: &opened,
    }));
    row.public_key = Some(STANDARD.encode(given.key.as_bytes()));
    row.machine = said(&given.machine);
    row.system = said(&given.system);
    row.version = said(&given.version);
    agent::update(&mut work.tx, &row, from).await?;
    work.commit().await?;
    Ok(opened)
}

async fn offer_of(
    app: &App,
    work: &mut Work<'_>,
    row: &AgentRow,
) -> Result<PairingOffer, AppError> {
    let name = installation::find(&mut work.tx, INSTALLATION).await?;
    Ok(PairingOffer {
        agent_id: row.agent_id.to_string(),
        installation: name.unwrap_or_else(|| app.base_url.clone()),
        account_id: row.account_id.to_string(),
        login: account::load(&mut work.tx, &row.account_id).await?.login,
        person: person::load(&mut work.tx, &row.person_id).await?.full_name,
        agency: agency::load(&mut work.tx, &row.agency_id).await?.name,
        commitment: commitment(row.agent_id.as_str(), &nonce_of(row)?),
    })
}

fn nonce_of(row: &AgentRow) -> Result<Digest, AppError> {
    row.nonce
        .parse()
        .map_err(|error| AppError::fault("pairing", error))
}
