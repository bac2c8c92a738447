//! Conversations of signing sessions with services that hold keys: where each stands, and how it ended.

use serde_json::Value;
use vanthu_domain::Moment;
use vanthu_domain::id::{CredentialId, OutgoingId, PersonId, SigningId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record, words};

words! {
    /// Whether a signature may exist.
    Certainty {
        /// None was made.
        NothingSigned = "nothing-signed",
        /// One may have been made that is not at hand: a person decides.
        MaybeSigned = "maybe-signed",
        /// It is at hand.
        Signed = "signed",
    }

    /// What a person found out about an end that was not known.
    Settled {
        /// No signature was made.
        NoSignature = "no-signature",
        /// One was made, and is not used.
        SignatureUnused = "signature-unused",
    }
}

/// A conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteSigningRow {
    /// The session.
    pub signing_id: SigningId,
    /// The key.
    pub credential_id: CredentialId,
    /// What is signed, in the order of the session's items: digests in hexadecimal, and names for the holder.
    pub wanted: Value,
    /// What the holder reads on the own device.
    pub display: String,
    /// The four digits that stand on the page and on the holder's device.
    pub code: String,
    /// After this moment nothing is taken for a signature.
    pub deadline: Moment,
    /// Whether the service may have been asked for signatures.
    pub asked: bool,
    /// Where it stands; holds no token, no agreement and no key.
    pub checkpoint: Option<Value>,
    /// The service's page that the holder's browser has to open.
    pub page: Option<String>,
    /// How it ended, by a code.
    pub ending: Option<String>,
    /// Whether a signature may exist; set with the ending.
    pub certainty: Option<Certainty>,
    /// What the service said.
    pub said: Option<String>,
    /// What it still said afterwards.
    pub late: Option<Value>,
    /// What a person found out.
    pub settled: Option<Settled>,
    /// When.
    pub settled_at: Option<Moment>,
    /// When it was last changed.
    pub updated_at: Moment,
}

record!(
    RemoteSigningRow, "remote_signings", [signing_id];
    signing_id, credential_id, wanted, display, code, deadline, asked, checkpoint, page, ending,
    certainty, said, late, settled, settled_at, updated_at
);

/// Begins a conversation.
pub async fn insert(tx: &mut Tx, row: &RemoteSigningRow) -> Result<()> {
    tx.insert(row).await
}

/// Writes a conversation anew.
pub async fn update(tx: &mut Tx, row: &RemoteSigningRow) -> Result<()> {
    tx.update(row, &[]).await
}

/// The conversation of a session, where there is one.
pub async fn find(tx: &mut Tx, signing_id: &SigningId) -> Result<Option<RemoteSigningRow>> {
    tx.first("WHERE signing_id = $1", args![signing_id]).await
}

/// The conversation of a session, which must be there.
pub async fn load(tx: &mut Tx, signing_id: &SigningId) -> Result<RemoteSigningRow> {
    find(tx, signing_id)
        .await?
        .ok_or_else(|| missing::<RemoteSigningRow>(signing_id))
}

/// A person's conversations about a document that keep it from being signed again: those without an end, and those
/// that may have left a signature and are not settled. The youngest first.
pub async fn list_unsettled(
    tx: &mut Tx,
    person_id: &PersonId,
    outgoing_id: &OutgoingId,
) -> Result<Vec<RemoteSigningRow>> {
    tx.list(
        "WHERE (ending IS NULL OR (certainty = 'maybe-signed' AND settled IS NULL)) \
         AND signing_id IN (SELECT s.signing_id FROM signings s \
         JOIN signing_items i ON i.signing_id = s.signing_id \
         WHERE s.person_id = $1 AND i.outgoing_id = $2 AND i.state <> 'skipped') ORDER BY signing_id DESC",
        args![person_id, outgoing_id],
    )
    .await
}
