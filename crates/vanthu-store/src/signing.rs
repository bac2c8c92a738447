//! Signing sessions: what was given to the agent, and what came back.

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::id::{AccountId, AgencyId, CertificateId, OutgoingId, PersonId, SigningId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{Arg as _, args, record, words};

words! {
    /// Whose signature is asked for.
    Purpose {
        /// The authorised person's (ký số của người có thẩm quyền).
        Person = "person",
        /// The agency's (ký số của cơ quan, tổ chức).
        Seal = "seal",
    }

    /// How consent is given.
    Consent {
        /// The person confirms at the agent.
        Person = "person",
        /// The agent signs without asking: practice and tests only.
        Automatic = "automatic",
    }

    /// Where the key lies.
    Means {
        /// On the signer's machine, behind the agent (phần mềm ký trên máy).
        Agent = "agent",
        /// At a service (dịch vụ ký số từ xa).
        Service = "service",
        /// On a SIM (chữ ký số trên SIM).
        Sim = "sim",
        /// Behind the government's tool on the signer's machine (công cụ ký của Ban Cơ yếu).
        Tool = "tool",
        /// On a device at the server, for an agency's seal only (thiết bị ký tại máy chủ).
        Sealer = "sealer",
    }

    /// Where a session stands.
    SessionState {
        /// Waits for the agent.
        Open = "open",
        /// The agent has fetched it.
        Fetched = "fetched",
        /// Every item has its end.
        Done = "done",
        /// Given up.
        Cancelled = "cancelled",
        /// Its time ran out.
        Expired = "expired",
    }

    /// Where an item stands.
    ItemState {
        /// Waits for its signature.
        Waiting = "waiting",
        /// Signed, and the document has moved on.
        Signed = "signed",
        /// Could not be signed.
        Failed = "failed",
        /// Passed over, as when the session was given up.
        Skipped = "skipped",
    }
}

/// A signing session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningRow {
    /// The identifier.
    pub signing_id: SigningId,
    /// Who opened it.
    pub account_id: AccountId,
    /// The account's person.
    pub person_id: PersonId,
    /// The agency for which it is signed.
    pub agency_id: AgencyId,
    /// Whose signature is asked for.
    pub purpose: Purpose,
    /// The certificate to sign with.
    pub certificate_id: CertificateId,
    /// SHA-256 of the agent's one-time secret in hexadecimal.
    pub token_hash: String,
    /// How consent is given.
    pub consent: Consent,
    /// Where the key lies.
    pub means: Means,
    /// Where it stands.
    pub state: SessionState,
    /// When it was opened.
    pub created_at: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
    /// When it ended; set in every state but open and fetched.
    pub ended_at: Option<Moment>,
    /// How it ended, by a code.
    pub result: Option<String>,
}

/// One document of a signing session.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningItemRow {
    /// The session.
    pub signing_id: SigningId,
    /// Its name within the session.
    pub item_id: String,
    /// Its place in the session.
    pub position: u32,
    /// The document.
    pub outgoing_id: OutgoingId,
    /// The document's version when it was prepared; a newer one makes the signature useless.
    pub document_version: i64,
    /// The blob of the PDF that was prepared.
    pub base_blob: String,
    /// The blob of the prepared state while the item waits; once it is signed, the blob of the
    /// signed file, which the document gets when every item of it is signed.
    pub prepared_blob: String,
    /// The digest that the person agrees to, in hexadecimal.
    pub digest: String,
    /// Where it stands.
    pub state: ItemState,
    /// What went wrong, as a problem document.
    pub problem: Option<Value>,
    /// When it was last changed.
    pub at: Moment,
}

record!(
    SigningRow, "signings", [signing_id];
    signing_id, account_id, person_id, agency_id, purpose, certificate_id, token_hash, consent,
    means, state, created_at, expires_at, ended_at, result
);
record!(
    SigningItemRow, "signing_items", [signing_id, item_id];
    signing_id, item_id, position, outgoing_id, document_version, base_blob, prepared_blob, digest,
    state, problem, at
);

/// Inserts a session with its items.
pub async fn insert(tx: &mut Tx, signing: &SigningRow, items: &[SigningItemRow]) -> Result<()> {
    tx.insert(signing).await?;
    for item in items {
        tx.insert(item).await?;
    }
    Ok(())
}

/// The session, where there is one.
pub async fn find(tx: &mut Tx, signing_id: &SigningId) -> Result<Option<SigningRow>> {
    tx.first("WHERE signing_id = $1", args![signing_id]).await
}

/// The session, which must be there.
pub async fn load(tx: &mut Tx, signing_id: &SigningId) -> Result<SigningRow> {
    find(tx, signing_id)
        .await?
        .ok_or_else(|| missing::<SigningRow>(signing_id))
}

/// The session, kept from others until the transaction ends.
pub async fn find_locked(tx: &mut Tx, signing_id: &SigningId) -> Result<Option<SigningRow>> {
    let rest = format!("WHERE signing_id = $1{}", tx.for_update());
    tx.first(&rest, args![signing_id]).await
}

/// Writes a session anew where its state is still `from`.
pub async fn update(tx: &mut Tx, signing: &SigningRow, from: SessionState) -> Result<()> {
    tx.update(signing, &[("state", from.arg())]).await
}

/// The items of a session in their order.
pub async fn list_items(tx: &mut Tx, signing_id: &SigningId) -> Result<Vec<SigningItemRow>> {
    tx.list(
        "WHERE signing_id = $1 ORDER BY position, item_id",
        args![signing_id],
    )
    .await
}

/// The item, where there is one.
pub async fn find_item(
    tx: &mut Tx,
    signing_id: &SigningId,
    item_id: &str,
) -> Result<Option<SigningItemRow>> {
    tx.first(
        "WHERE signing_id = $1 AND item_id = $2",
        args![signing_id, item_id],
    )
    .await
}

/// Writes an item anew where its state is still `from`.
pub async fn update_item(tx: &mut Tx, item: &SigningItemRow, from: ItemState) -> Result<()> {
    tx.update(item, &[("state", from.arg())]).await
}

/// The sessions that wait although their time ran out before `now`.
pub async fn list_overdue(tx: &mut Tx, now: Moment) -> Result<Vec<SigningRow>> {
    tx.list(
        "WHERE state IN ('open', 'fetched') AND expires_at <= $1 ORDER BY expires_at, signing_id",
        args![now],
    )
    .await
}

/// The waiting sessions that hold a document, the youngest first.
pub async fn list_waiting_for(
    tx: &mut Tx,
    outgoing_id: &OutgoingId,
    now: Moment,
) -> Result<Vec<SigningRow>> {
    tx.list(
        "WHERE state IN ('open', 'fetched') AND expires_at > $2 AND signing_id IN \
         (SELECT s.signing_id FROM signing_items s WHERE s.outgoing_id = $1 \
         AND s.state = 'waiting') ORDER BY signing_id DESC",
        args![outgoing_id, now],
    )
    .await
}

/// The sessions at the device of the server that were confirmed and still sign a document.
pub async fn list_sealing(
    tx: &mut Tx,
    outgoing_id: &OutgoingId,
    now: Moment,
) -> Result<Vec<SigningRow>> {
    tx.list(
        "WHERE means = 'sealer' AND state = 'fetched' AND expires_at > $2 AND signing_id IN \
         (SELECT s.signing_id FROM signing_items s WHERE s.outgoing_id = $1 \
         AND s.state = 'waiting') ORDER BY signing_id DESC",
        args![outgoing_id, now],
    )
    .await
}

/// The waiting sessions of a certificate, kept from others until the transaction ends.
pub async fn list_waiting_of_certificate(
    tx: &mut Tx,
    certificate_id: &CertificateId,
) -> Result<Vec<SigningRow>> {
    let rest = format!(
        "WHERE certificate_id = $1 AND state IN ('open', 'fetched') ORDER BY signing_id{}",
        tx.for_update()
    );
    tx.list(&rest, args![certificate_id]).await
}

/// How many sessions of a certificate wait.
pub async fn count_waiting(tx: &mut Tx, certificate_id: &CertificateId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM signings \
               WHERE certificate_id = $1 AND state IN ('open', 'fetched')";
    tx.number(sql, args![certificate_id]).await
}

/// The other sessions of the same certificate that signing software works on.
pub async fn list_waiting_elsewhere(tx: &mut Tx, than: &SigningRow) -> Result<Vec<SigningRow>> {
    tx.list(
        "WHERE certificate_id = $1 AND state = 'fetched' AND signing_id <> $2 ORDER BY signing_id",
        args![than.certificate_id, than.signing_id],
    )
    .await
}

/// From where a session was opened and fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningPlaceRow {
    /// The session.
    pub signing_id: SigningId,
    /// The address of the browser, where it is known.
    pub opened_from: Option<String>,
    /// The address of the signing software, once it has fetched the session.
    pub fetched_from: Option<String>,
}

record!(SigningPlaceRow, "signing_places", [signing_id]; signing_id, opened_from, fetched_from);

/// Keeps from where a session was opened.
pub async fn insert_place(tx: &mut Tx, place: &SigningPlaceRow) -> Result<()> {
    tx.insert(place).await
}

/// From where a session was opened and fetched, where that is known.
pub async fn find_place(tx: &mut Tx, signing_id: &SigningId) -> Result<Option<SigningPlaceRow>> {
    tx.first("WHERE signing_id = $1", args![signing_id]).await
}

/// Keeps from where a session was fetched.
pub async fn set_fetched_from(tx: &mut Tx, signing_id: &SigningId, address: &str) -> Result<()> {
    let sql = "UPDATE signing_places SET fetched_from = $2 WHERE signing_id = $1";
    tx.run(sql, args![signing_id, address]).await?;
    Ok(())
}

/// An account's sessions, the youngest first.
pub async fn list_of_account(
    tx: &mut Tx,
    account_id: &AccountId,
    limit: u32,
) -> Result<Vec<SigningRow>> {
    tx.list(
        "WHERE account_id = $1 ORDER BY created_at DESC, signing_id DESC LIMIT $2",
        args![account_id, limit],
    )
    .await
}
