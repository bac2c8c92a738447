//! Which addresses are the agency's offices (mạng của cơ quan). Nothing is set at first: then no
//! signature is said to come from outside.

use std::net::IpAddr;

use serde_json::json;
use vanthu_domain::audit::Act;
use vanthu_domain::id::AgencyId;
use vanthu_domain::network::Network;
use vanthu_domain::permission::Action;
use vanthu_store::{Tx, installation};

use super::malformed;
use crate::{App, AppError, Caller};

fn key(agency_id: &AgencyId) -> String {
    format!("office-networks:{agency_id}")
}

/// The agency's networks, one a line, for whoever may set them.
pub async fn view(app: &App, caller: &Caller) -> Result<String, AppError> {
    caller.may(Action::SetNetworks, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let found = installation::find(&mut tx, &key(&caller.agency_id)).await?;
    Ok(found.unwrap_or_default())
}

/// Sets them: one address or range a line.
///
/// Clause: AG-15.7
pub async fn set(app: &App, caller: &Caller, text: &str) -> Result<(), AppError> {
    caller.may(Action::SetNetworks, &caller.own_agency())?;
    let networks = Network::parse_all(text).map_err(|why| malformed("Mạng của cơ quan", why))?;
    if networks.len() > 200 {
        return Err(malformed("Mạng của cơ quan", "nhiều hơn 200 dòng"));
    }
    let lines: Vec<String> = networks.iter().map(ToString::to_string).collect();
    let mut work = app.begin(caller).await?;
    installation::set(&mut work.tx, &key(&caller.agency_id), &lines.join("\n")).await?;
    let data = json!({"networks": lines});
    work.record(Act::NetworksSet, &caller.agency_id, &[], data)
        .await?;
    work.commit().await
}

/// Whether an address is in the office; unknown where nothing is set, or no address is known.
pub(crate) async fn is_in_office(
    tx: &mut Tx,
    agency_id: &AgencyId,
    address: Option<&str>,
) -> Result<Option<bool>, AppError> {
    let Some(address) = address.and_then(|it| it.parse::<IpAddr>().ok()) else {
        return Ok(None);
    };
    let text = installation::find(tx, &key(agency_id)).await?;
    let networks = Network::parse_all(&text.unwrap_or_default())
        .map_err(|why| AppError::fault("office networks", why))?;
    if networks.is_empty() {
        return Ok(None);
    }
    Ok(Some(networks.iter().any(|one| one.holds(address))))
}
