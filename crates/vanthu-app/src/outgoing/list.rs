//! Lists of outgoing documents, and what a draft's page offers to choose from.

use vanthu_domain::agency::{Agency, SigningAuthority};
use vanthu_store::{agency, person};

use crate::{App, AppError, Caller};

/// A signing authority with its holder's name.
#[derive(Debug, Clone)]
pub struct SignerChoice {
    /// The authority.
    pub authority: SigningAuthority,
    /// The person.
    pub full_name: String,
}

/// What a drafter chooses from.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Who may sign for the agency today.
    pub signers: Vec<SignerChoice>,
    /// The agencies that can receive it.
    pub agencies: Vec<Agency>,
}

/// Signers of the caller's agency and recipients of the installation.
pub async fn choices(app: &App, caller: &Caller) -> Result<Choices, AppError> {
    let mut tx = app.store.read().await?;
    let today = app.now().day();
    let mut signers = Vec::new();
    for authority in agency::list_authorities(&mut tx, &caller.agency_id, today).await? {
        let full_name = person::load(&mut tx, &authority.person_id).await?.full_name;
        signers.push(SignerChoice {
            authority,
            full_name,
        });
    }
    let agencies = agency::list(&mut tx)
        .await?
        .into_iter()
        .filter(|a| a.agency_id != caller.agency_id)
        .collect();
    Ok(Choices { signers, agencies })
}
