//! How the tool will sign, and what it is handed.

use vanthu_domain::id::ToolTrialId;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::KeyKind;
use vanthu_remote::local::message::Operation;
use vanthu_remote::local::{DigestSupport, Flow, flow};
use vanthu_signing::{Layout, SignatureRequest, inspect, lay_out};
use vanthu_store::certificate::CertificateRow;
use vanthu_store::signing::{Purpose, SigningItemRow};
use vanthu_store::tool_signing::{
    self, ToolFlow, ToolSigningRow, ToolState, ToolSupport, ToolTrialRow,
};
use vanthu_store::{Tx, agency};

use crate::signing::certificates_of;
use crate::signing::paper::{DATE_FIELD, NUMBER_FIELD, fonts};
use crate::{App, AppError, Caller, Work};

/// The way that is taken for this person in this browser: the digest where the tool there has signed one, and the
/// whole file otherwise.
pub(crate) async fn flow_for(
    app: &App,
    caller: &Caller,
    certificate: &CertificateRow,
    trial: Option<&ToolTrialId>,
) -> Result<Flow, AppError> {
    let mut tx = app.store.read().await?;
    offered(app, &mut tx, caller).await?;
    let is_rsa = certificates_of(certificate)?.0.public_key_info().kind == KeyKind::Rsa;
    let known = match trial {
        Some(id) => tool_signing::find_trial(&mut tx, id).await?,
        None => None,
    };
    let support = known
        .filter(|it| it.account_id == caller.actor.account_id)
        .map_or(ToolSupport::Unknown, |it: ToolTrialRow| it.support);
    let support = match support {
        ToolSupport::Works if is_rsa => DigestSupport::Works,
        ToolSupport::Works | ToolSupport::Missing => DigestSupport::Missing,
        ToolSupport::Unknown => DigestSupport::Unknown,
    };
    Ok(flow(support).unwrap_or(Flow::WholeFile))
}

/// The address of the tool, where the caller's agency may use it.
pub(crate) async fn offered(app: &App, tx: &mut Tx, caller: &Caller) -> Result<String, AppError> {
    let code = agency::load(tx, &caller.agency_id).await?.code;
    let tool = app.signing_tool(&code).ok_or_else(|| {
        Refusal::new(RefusalCode::SigningMeansNotOffered)
            .with("means", "công cụ ký số của Ban Cơ yếu")
    })?;
    Ok(tool.address.clone())
}

/// The file that the tool is handed: with the places of number, day and seal before the first signature, with number
/// and day filled in before the agency's. The signature itself is the tool's affair.
///
/// Clause: AG-13.2
pub(crate) fn hand_out(base: &[u8], request: SignatureRequest) -> Result<Vec<u8>, AppError> {
    let layout = Layout {
        reserve: request.reserve,
        reserve_signatures: request.reserve_signatures,
        fill: request.fill,
    };
    lay_out(base, &layout, &fonts()).map_err(super::super::open::unprepared)
}

/// Puts the items of a session down for the tool.
pub(crate) async fn put_down(
    app: &App,
    work: &mut Work<'_>,
    purpose: Purpose,
    flow: Flow,
    items: &[SigningItemRow],
) -> Result<(), AppError> {
    for item in items {
        let main = item.item_id == item.outgoing_id.as_str();
        let operation = match (flow, purpose, main) {
            (Flow::Digest, ..) => Operation::SignMessage,
            (Flow::WholeFile, Purpose::Person, _) => Operation::SignApproved,
            (Flow::WholeFile, Purpose::Seal, true) => Operation::SignIssued,
            (Flow::WholeFile, Purpose::Seal, false) => Operation::SignAppendix,
        };
        let issued = match operation {
            Operation::SignIssued => Some(issued_in(
                &app.store.blobs().get(&item.prepared_blob).await?,
            )),
            _ => None,
        };
        let (number, day) = issued.flatten().unzip();
        let row = ToolSigningRow {
            signing_id: item.signing_id.clone(),
            item_id: item.item_id.clone(),
            flow: match flow {
                Flow::Digest => ToolFlow::Digest,
                Flow::WholeFile => ToolFlow::WholeFile,
            },
            operation: super::word(operation),
            number,
            day,
            state: ToolState::Waiting,
            download_hash: None,
            upload_hash: None,
            session: None,
            opened: false,
            closed: false,
            begun_at: None,
            ending: None,
            said: None,
            updated_at: work.now,
        };
        tool_signing::insert(&mut work.tx, &row).await?;
    }
    Ok(())
}

/// Number and day as they stand in a file's fields.
pub(crate) fn issued_in(pdf: &[u8]) -> Option<(String, String)> {
    let facts = inspect(pdf).ok()?;
    let value = |name: &str| {
        let field = facts.fields.iter().find(|it| it.name == name)?;
        field.value.clone().filter(|it| !it.is_empty())
    };
    Some((value(NUMBER_FIELD)?, value(DATE_FIELD)?))
}
