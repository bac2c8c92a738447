//! Keys that services hold (khóa do dịch vụ giữ), as they are linked to a person's account. No secret is kept here.

use vanthu_domain::Moment;
use vanthu_domain::id::{AgencyId, CertificateId, CredentialId, PersonId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record, words};

words! {
    /// How the holder agrees to a signature.
    Agreeing {
        /// On the holder's own device: an application, a SIM.
        OnDevice = "on-device",
        /// On a page of the service (OAuth 2.0).
        Page = "page",
    }
}

/// A linked key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// The identifier.
    pub credential_id: CredentialId,
    /// Whose account signs with it.
    pub person_id: PersonId,
    /// The agency for which the person linked it.
    pub agency_id: AgencyId,
    /// The service, by its code in the configuration.
    pub service: String,
    /// How the service knows the holder: a user name, an identifier, a telephone number.
    pub holder: String,
    /// The key's name at the service.
    pub name_there: String,
    /// Its certificate, which is on record.
    pub certificate_id: CertificateId,
    /// The signature algorithm that it makes, by name.
    pub algorithm: String,
    /// How the holder agrees.
    pub consent: Agreeing,
    /// How many digests one agreement may cover.
    pub multisign: i64,
    /// The sole control assurance level: 1 or 2.
    pub scal: i64,
    /// When it was linked.
    pub linked_at: Moment,
    /// When the person took it off.
    pub removed_at: Option<Moment>,
}

record!(
    CredentialRow, "credentials", [credential_id];
    credential_id, person_id, agency_id, service, holder, name_there, certificate_id, algorithm,
    consent, multisign, scal, linked_at, removed_at
);

/// Links a key. One that the person has linked already is a conflict over `name_there`.
pub async fn insert(tx: &mut Tx, credential: &CredentialRow) -> Result<()> {
    tx.insert(credential).await
}

/// The key, linked or taken off, where there is one.
pub async fn find(tx: &mut Tx, credential_id: &CredentialId) -> Result<Option<CredentialRow>> {
    tx.first("WHERE credential_id = $1", args![credential_id])
        .await
}

/// The key, which must be there.
pub async fn load(tx: &mut Tx, credential_id: &CredentialId) -> Result<CredentialRow> {
    find(tx, credential_id)
        .await?
        .ok_or_else(|| missing::<CredentialRow>(credential_id))
}

/// The keys that a person has linked for an agency, the oldest first.
pub async fn list_of_person(
    tx: &mut Tx,
    person_id: &PersonId,
    agency_id: &AgencyId,
) -> Result<Vec<CredentialRow>> {
    tx.list(
        "WHERE person_id = $1 AND agency_id = $2 AND removed_at IS NULL \
         ORDER BY linked_at, credential_id",
        args![person_id, agency_id],
    )
    .await
}

/// Takes a key off.
pub async fn remove(tx: &mut Tx, credential: &CredentialRow, now: Moment) -> Result<()> {
    let mut removed = credential.clone();
    removed.removed_at = Some(now);
    tx.update(&removed, &[]).await
}
