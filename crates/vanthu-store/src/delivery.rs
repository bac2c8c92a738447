//! Deliveries and their history, which is only ever added to.

use vanthu_domain::Moment;
use vanthu_domain::delivery::{DeliveryState, StatusCode};
use vanthu_domain::id::{AgencyId, DeliveryId, IncomingId, OutgoingId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, args, record};

/// One document on its way to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The identifier.
    pub delivery_id: DeliveryId,
    /// The document.
    pub outgoing_id: OutgoingId,
    /// The sender.
    pub from_agency_id: AgencyId,
    /// The recipient.
    pub to_agency_id: AgencyId,
    /// Where it stands.
    pub state: DeliveryState,
    /// Names the sending everywhere, so that a repeat is known.
    pub idempotency_key: String,
    /// The incoming document at the recipient, once it arrived.
    pub incoming_id: Option<IncomingId>,
    /// The last status code.
    pub code: Option<StatusCode>,
    /// Why it was returned or failed.
    pub reason: Option<String>,
    /// When it was put in the outbox.
    pub queued_at: Moment,
    /// When it was handed over.
    pub sent_at: Option<Moment>,
    /// When it last moved.
    pub updated_at: Moment,
}

/// One step in a delivery's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEventRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its place in the history, from 1.
    pub seq: i64,
    /// The state after it.
    pub state: DeliveryState,
    /// The status code that came, where one did.
    pub code: Option<StatusCode>,
    /// Words with it.
    pub words: String,
    /// Who did it at the recipient.
    pub person_name: String,
    /// When.
    pub at: Moment,
}

record!(
    DeliveryRow, "deliveries", [delivery_id];
    delivery_id, outgoing_id, from_agency_id, to_agency_id, state, idempotency_key, incoming_id,
    code, reason, queued_at, sent_at, updated_at
);
record!(
    DeliveryEventRow, "delivery_events", [delivery_id, seq];
    delivery_id, seq, state, code, words, person_name, at
);

/// Inserts a delivery. A second one of the same document to the same recipient is a conflict.
pub async fn insert(tx: &mut Tx, delivery: &DeliveryRow) -> Result<()> {
    tx.insert(delivery).await
}

/// The delivery, where there is one.
pub async fn find(tx: &mut Tx, delivery_id: &DeliveryId) -> Result<Option<DeliveryRow>> {
    tx.first("WHERE delivery_id = $1", args![delivery_id]).await
}

/// The delivery, which must be there.
pub async fn load(tx: &mut Tx, delivery_id: &DeliveryId) -> Result<DeliveryRow> {
    find(tx, delivery_id)
        .await?
        .ok_or_else(|| missing::<DeliveryRow>(delivery_id))
}

/// The delivery, kept from others until the transaction ends.
pub async fn load_locked(tx: &mut Tx, delivery_id: &DeliveryId) -> Result<DeliveryRow> {
    let rest = format!("WHERE delivery_id = $1{}", tx.for_update());
    tx.first(&rest, args![delivery_id])
        .await?
        .ok_or_else(|| missing::<DeliveryRow>(delivery_id))
}

/// The delivery of a key.
pub async fn find_by_key(tx: &mut Tx, idempotency_key: &str) -> Result<Option<DeliveryRow>> {
    tx.first("WHERE idempotency_key = $1", args![idempotency_key])
        .await
}

/// The delivery by which an incoming document came.
pub async fn find_by_incoming(
    tx: &mut Tx,
    incoming_id: &IncomingId,
) -> Result<Option<DeliveryRow>> {
    tx.first("WHERE incoming_id = $1", args![incoming_id]).await
}

/// Writes a delivery anew where its state is still `from`.
pub async fn update(tx: &mut Tx, delivery: &DeliveryRow, from: DeliveryState) -> Result<()> {
    tx.update(delivery, &[("state", from.arg())]).await
}

/// The deliveries of a document in the order of its recipients.
pub async fn list(tx: &mut Tx, outgoing_id: &OutgoingId) -> Result<Vec<DeliveryRow>> {
    tx.list(
        "WHERE outgoing_id = $1 ORDER BY queued_at, delivery_id",
        args![outgoing_id],
    )
    .await
}

/// The deliveries in a state that have not moved since before a moment, the oldest first.
pub async fn list_still(
    tx: &mut Tx,
    state: DeliveryState,
    before: Moment,
    limit: u32,
) -> Result<Vec<DeliveryRow>> {
    tx.list(
        "WHERE state = $1 AND updated_at < $2 ORDER BY updated_at, delivery_id LIMIT $3",
        args![state, before, limit],
    )
    .await
}

/// How many deliveries of a document stand in each state; states without any are left out.
pub async fn count_by_state(
    tx: &mut Tx,
    outgoing_id: &OutgoingId,
) -> Result<Vec<(DeliveryState, i64)>> {
    let sql = "SELECT state, COUNT(*) AS amount FROM deliveries WHERE outgoing_id = $1 \
               GROUP BY state";
    let rows = tx
        .rows("deliveries", &["state"], sql, args![outgoing_id])
        .await?;
    let mut counts: Vec<(DeliveryState, i64)> = rows
        .iter()
        .map(|row| Ok((row.get("state")?, row.get("amount")?)))
        .collect::<Result<_>>()?;
    counts.sort_unstable();
    Ok(counts)
}

/// What is added to a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryStep {
    /// The state after it.
    pub state: DeliveryState,
    /// The status code that came, where one did.
    pub code: Option<StatusCode>,
    /// Words with it.
    pub words: String,
    /// Who did it at the recipient.
    pub person_name: String,
    /// When.
    pub at: Moment,
}

/// Adds a step to a delivery's history and gives its place.
pub async fn add_event(tx: &mut Tx, delivery_id: &DeliveryId, step: DeliveryStep) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(seq), 0) + 1 FROM delivery_events WHERE delivery_id = $1";
    let seq = tx.number(sql, args![delivery_id]).await?;
    tx.insert(&DeliveryEventRow {
        delivery_id: delivery_id.clone(),
        seq,
        state: step.state,
        code: step.code,
        words: step.words,
        person_name: step.person_name,
        at: step.at,
    })
    .await?;
    Ok(seq)
}

/// A delivery's history in its order.
pub async fn list_events(tx: &mut Tx, delivery_id: &DeliveryId) -> Result<Vec<DeliveryEventRow>> {
    tx.list("WHERE delivery_id = $1 ORDER BY seq", args![delivery_id])
        .await
}
