//! Agencies, units and signing authorities.

use vanthu_domain::Day;
use vanthu_domain::agency::{Agency, SigningAuthority, Unit};
use vanthu_domain::id::{AgencyId, AuthorityId, PersonId, UnitId};

use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::query::Where;
use crate::record::{Record, args, record};

record!(
    Agency, "agencies", [agency_id];
    agency_id, code, name, abbreviation, parent_id, parent_line, kind, place_name, profile, email,
    collective
);
record!(Unit, "units", [unit_id]; unit_id, agency_id, name, abbreviation);
record!(
    SigningAuthority, "signing_authorities", [authority_id];
    authority_id, agency_id, person_id, capacity, lines, basis, from_day, until_day
);

/// Inserts an agency. Its code is taken where the conflict is over `code`.
pub async fn insert(tx: &mut Tx, agency: &Agency) -> Result<()> {
    tx.insert(agency).await
}

/// Writes an agency anew.
pub async fn update(tx: &mut Tx, agency: &Agency) -> Result<()> {
    tx.update(agency, &[]).await
}

/// The agency, where there is one.
pub async fn find(tx: &mut Tx, agency_id: &AgencyId) -> Result<Option<Agency>> {
    tx.first("WHERE agency_id = $1", args![agency_id]).await
}

/// The agency, which must be there.
pub async fn load(tx: &mut Tx, agency_id: &AgencyId) -> Result<Agency> {
    find(tx, agency_id)
        .await?
        .ok_or_else(|| missing::<Agency>(agency_id))
}

/// The agency of an identifier code (mã định danh).
pub async fn find_by_code(tx: &mut Tx, code: &str) -> Result<Option<Agency>> {
    tx.first("WHERE code = $1", args![code]).await
}

/// Every agency by its code.
pub async fn list(tx: &mut Tx) -> Result<Vec<Agency>> {
    tx.list("ORDER BY code", args![]).await
}

/// The agencies of these identifiers, by code.
pub async fn list_these(tx: &mut Tx, agency_ids: &[AgencyId]) -> Result<Vec<Agency>> {
    let mut filter = Where::new();
    let condition = filter.in_list("agency_id", agency_ids);
    filter.and(condition);
    let (text, args) = filter.build();
    tx.list(&format!("{text} ORDER BY code"), args).await
}

/// Inserts a unit.
pub async fn insert_unit(tx: &mut Tx, unit: &Unit) -> Result<()> {
    tx.insert(unit).await
}

/// The unit, where there is one.
pub async fn find_unit(tx: &mut Tx, unit_id: &UnitId) -> Result<Option<Unit>> {
    tx.first("WHERE unit_id = $1", args![unit_id]).await
}

/// The unit, which must be there.
pub async fn load_unit(tx: &mut Tx, unit_id: &UnitId) -> Result<Unit> {
    find_unit(tx, unit_id)
        .await?
        .ok_or_else(|| missing::<Unit>(unit_id))
}

/// The units of an agency, in the order they were made.
pub async fn list_units(tx: &mut Tx, agency_id: &AgencyId) -> Result<Vec<Unit>> {
    tx.list("WHERE agency_id = $1 ORDER BY unit_id", args![agency_id])
        .await
}

/// Inserts a signing authority.
pub async fn insert_authority(tx: &mut Tx, authority: &SigningAuthority) -> Result<()> {
    tx.insert(authority).await
}

/// Writes a signing authority anew, as when its last day is set.
pub async fn update_authority(tx: &mut Tx, authority: &SigningAuthority) -> Result<()> {
    tx.update(authority, &[]).await
}

/// The signing authority, where there is one.
pub async fn find_authority(
    tx: &mut Tx,
    authority_id: &AuthorityId,
) -> Result<Option<SigningAuthority>> {
    tx.first("WHERE authority_id = $1", args![authority_id])
        .await
}

/// The signing authority, which must be there.
pub async fn load_authority(tx: &mut Tx, authority_id: &AuthorityId) -> Result<SigningAuthority> {
    find_authority(tx, authority_id)
        .await?
        .ok_or_else(|| missing::<SigningAuthority>(authority_id))
}

/// The authorities in force at an agency on a day.
pub async fn list_authorities(
    tx: &mut Tx,
    agency_id: &AgencyId,
    day: Day,
) -> Result<Vec<SigningAuthority>> {
    tx.list(
        "WHERE agency_id = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2) \
         ORDER BY authority_id",
        args![agency_id, day],
    )
    .await
}

/// A person's authorities, past ones among them.
pub async fn list_authorities_of(
    tx: &mut Tx,
    person_id: &PersonId,
) -> Result<Vec<SigningAuthority>> {
    tx.list(
        "WHERE person_id = $1 ORDER BY authority_id",
        args![person_id],
    )
    .await
}

/// The error that a record is not there.
pub(crate) fn missing<R: Record>(id: impl std::fmt::Display) -> StoreError {
    StoreError::Missing {
        table: R::TABLE,
        id: id.to_string(),
    }
}
