//! Pictures of seals (hình ảnh con dấu).

use vanthu_domain::Day;
use vanthu_domain::id::{AgencyId, SealId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record};

/// An agency's seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRow {
    /// The identifier.
    pub seal_id: SealId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The blob of its picture.
    pub picture_blob: String,
    /// The diameter of its real size, in micrometres.
    pub diameter_um: u32,
    /// The first day.
    pub from_day: Day,
    /// The last day, where there is one.
    pub until_day: Option<Day>,
}

record!(
    SealRow, "seals", [seal_id];
    seal_id, agency_id, picture_blob, diameter_um, from_day, until_day
);

/// Inserts a seal.
pub async fn insert(tx: &mut Tx, seal: &SealRow) -> Result<()> {
    tx.insert(seal).await
}

/// Writes a seal anew, as when its last day is set.
pub async fn update(tx: &mut Tx, seal: &SealRow) -> Result<()> {
    tx.update(seal, &[]).await
}

/// The seal, where there is one.
pub async fn find(tx: &mut Tx, seal_id: &SealId) -> Result<Option<SealRow>> {
    tx.first("WHERE seal_id = $1", args![seal_id]).await
}

/// The seal, which must be there.
pub async fn load(tx: &mut Tx, seal_id: &SealId) -> Result<SealRow> {
    find(tx, seal_id)
        .await?
        .ok_or_else(|| missing::<SealRow>(seal_id))
}

/// The seal that an agency uses on a day: the youngest in force.
pub async fn find_in_force(tx: &mut Tx, agency_id: &AgencyId, day: Day) -> Result<Option<SealRow>> {
    tx.first(
        "WHERE agency_id = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2) \
         ORDER BY from_day DESC, seal_id DESC LIMIT 1",
        args![agency_id, day],
    )
    .await
}
