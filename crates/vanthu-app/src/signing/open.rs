//! A signing session is opened: everything that can be wrong is found before anybody types a PIN.

use futures_util::future::join_all;
use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::agency::SigningAuthority;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{CredentialId, OutgoingId, SigningId, ToolTrialId};
use vanthu_domain::outgoing::OutgoingState;
use vanthu_domain::permission::Action;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{Certificate, DigestAlgorithm, SignatureAlgorithm, Time};
use vanthu_remote::local::{Flow, digest};
use vanthu_signing::{PrepareError, Prepared, SignatureRequest, prepare};
use vanthu_store::file::{self, FileRole};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::signing::{
    self, Consent, ItemState, Means, Purpose, SessionState, SigningItemRow, SigningPlaceRow,
    SigningRow,
};
use vanthu_store::{agency, person, seal};

use crate::account::session::hash_of;
use crate::finding::record::Found;
use crate::outgoing::letter::Around;
use crate::outgoing::opened;
use crate::outgoing::view::load_for;
use crate::signing::key::{Key, key_for};
use crate::signing::paper::{
    About, PaperPlaces, agency_request, attachment_request, fonts, person_request,
};
use crate::signing::remote::{self, Asking, SPARE_SECONDS, WantedItem};
use crate::signing::{
    MAIN_ITEM, certificates_of, examine, holding, local, sealer, settle, strange,
};
use crate::{App, AppError, Caller, Mode, Work, verify};

/// The most documents of one session.
pub const MOST_DOCUMENTS: usize = 200;
/// So many documents are prepared beside each other: what computes does so on threads of its own.
const BESIDE_EACH_OTHER: usize = 4;
/// Marked in the reason of a signature that nobody consented to by hand.
const AUTOMATIC: &str = "THỰC HÀNH – máy ký tự đồng ý, không có người xác nhận";

/// What is to be signed, and how.
#[derive(Debug, Clone)]
pub struct OpenSigning {
    /// The person's signature, or the agency's.
    pub purpose: Purpose,
    /// The documents.
    pub documents: Vec<OutgoingId>,
    /// Whether a person will consent, or the practice agent by itself.
    pub consent: Consent,
    /// Where the key lies.
    pub means: Means,
    /// Which of the linked keys, where a service holds it.
    pub credential: Option<CredentialId>,
    /// What the keys at hand can sign with, as far as their holder tells.
    pub keys: Vec<KeyAbility>,
}

/// What one key can sign with.
#[derive(Debug, Clone)]
pub struct KeyAbility {
    /// SHA-256 of its certificate, in hexadecimal.
    pub thumbprint: String,
    /// The algorithms.
    pub algorithms: Vec<SignatureAlgorithm>,
}

/// The algorithms of these names; what nobody here knows is left out.
pub fn algorithms(names: &[String]) -> Vec<SignatureAlgorithm> {
    names
        .iter()
        .filter_map(|name| SignatureAlgorithm::from_name(name))
        .collect()
}

/// What the browser tells beside the order.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// From which address it asks, where that is known.
    pub address: Option<String>,
    /// Which certificates the signing software shows: SHA-256 in hexadecimal.
    pub certificates: Vec<String>,
    /// When the government's tool was tried in this browser.
    pub trial: Option<ToolTrialId>,
}

/// A document that could not be prepared, and why.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// The document.
    pub outgoing_id: OutgoingId,
    /// Why.
    pub refusal: Refusal,
}

/// What the page hands to the agent, or shows while the holder agrees on the own device.
#[derive(Debug, Clone)]
pub struct SigningOpened {
    /// The session.
    pub signing_id: SigningId,
    /// The one-time secret.
    pub token: String,
    /// Until when it can be used.
    pub expires_at: Moment,
    /// Where a service holds the key.
    pub at_service: Option<AtService>,
    /// Which way the government's tool signs, where it does.
    pub tool: Option<Flow>,
    /// Whether the clerk confirms the batch on its page before anything is signed.
    pub asks_confirmation: bool,
    /// The documents that are not in it, each with why.
    pub left_out: Vec<LeftOut>,
    /// The certificate's status could not be determined, and the profile lets sign all the same.
    pub not_determined: bool,
}

/// What the page shows before the holder's device asks.
#[derive(Debug, Clone)]
pub struct AtService {
    /// The service's name.
    pub service: String,
    /// The four digits that the device shows too.
    pub code: String,
    /// Until when the holder may agree.
    pub deadline: Moment,
}

/// Checks, prepares, and opens the session.
///
/// Clause: TG-22.1b, AG-17.3c
pub async fn open(
    app: &App,
    caller: &Caller,
    input: OpenSigning,
) -> Result<SigningOpened, AppError> {
    open_seen(app, caller, input, &Seen::default()).await
}

/// The same, for a browser whose address and signing software are known. Of several documents,
/// those that can't be prepared are left out, each with why; one alone is refused.
///
/// Clause: TG-22.1b, AG-17.3c, AG-15.7, KH-2
pub async fn open_seen(
    app: &App,
    caller: &Caller,
    input: OpenSigning,
    seen: &Seen,
) -> Result<SigningOpened, AppError> {
    let by_agent = input.means == Means::Agent;
    if input.consent == Consent::Automatic && (app.mode != Mode::Practice || !by_agent) {
        return Err(AppError::refused(
            RefusalCode::SigningConsentAutomaticRefused,
        ));
    }
    let mut input = input;
    let mut known = std::collections::BTreeSet::new();
    input.documents.retain(|id| known.insert(id.clone()));
    if input.documents.is_empty() || input.documents.len() > MOST_DOCUMENTS {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("max", MOST_DOCUMENTS)
            .with("count", input.documents.len())
            .into());
    }
    let now = app.now();
    let mut key = match input.means {
        Means::Sealer => {
            let (key, ability) = sealer::open::key_for(app, caller, &input).await?;
            input.keys = vec![ability];
            key
        }
        Means::Agent | Means::Service | Means::Sim | Means::Tool => {
            key_for(app, caller, &input, now).await?
        }
    };
    if input.means == Means::Tool {
        let flow = local::open::flow_for(app, caller, &key.certificate, seen.trial.as_ref());
        key.local = Some(flow.await?);
        key.algorithm = (key.local == Some(Flow::Digest)).then_some(digest::ALGORITHM);
    }
    if by_agent {
        strange::shown(app, caller, &key.certificate, &seen.certificates).await?;
    }
    holder_may_sign(app, caller, &key, seen).await?;
    let checked = examine::certificate_may_sign(app, &key.certificate, now).await?;
    let signing_id = SigningId::new(now, app.random());
    let made = prepare_all(app, caller, &input, &key, &signing_id).await?;
    let token = app.secret();
    let mut work = app.begin(caller).await?;
    // What was checked may have been suspended meanwhile; from here on it waits for us.
    let certificate_id = &key.certificate.record.certificate_id;
    examine::still_may_sign(&mut work, certificate_id).await?;
    let (agreeing, working) = seconds_for(app, &mut work, caller, made.wanted.len()).await?;
    let deadline = work.now.plus_seconds(agreeing);
    let row = SigningRow {
        signing_id: signing_id.clone(),
        account_id: caller.actor.account_id.clone(),
        person_id: caller.person_id().clone(),
        agency_id: caller.agency_id.clone(),
        purpose: input.purpose,
        certificate_id: certificate_id.clone(),
        token_hash: hash_of(&token),
        consent: input.consent,
        means: input.means,
        state: SessionState::Open,
        created_at: work.now,
        expires_at: match key.at_service {
            // The time of the first item; each has its own when its turn comes.
            _ if key.local.is_some() => local::ends_from(work.now),
            Some(_) => deadline.plus_seconds(working + SPARE_SECONDS),
            // Until then it is confirmed; the work has a time of its own afterwards.
            None if key.at_server.is_some() => deadline,
            None => deadline.plus_seconds(working),
        },
        ended_at: None,
        result: None,
    };
    signing::insert(&mut work.tx, &row, &made.items).await?;
    let place = SigningPlaceRow {
        signing_id: signing_id.clone(),
        opened_from: seen.address.clone(),
        fetched_from: None,
    };
    signing::insert_place(&mut work.tx, &place).await?;
    if let Some(flow) = key.local {
        let items = made.items.get(..made.wanted.len()).unwrap_or_default();
        local::open::put_down(app, &mut work, input.purpose, flow, items).await?;
    }
    if let Some((place, _)) = key.at_server {
        let items = made.items.get(..made.wanted.len()).unwrap_or_default();
        sealer::open::put_down(&mut work, place, items).await?;
    }
    let at_service = ask_service(app, &mut work, &input, &key, &row, &made, deadline).await?;
    let about: Vec<String> = input.documents.iter().map(ToString::to_string).collect();
    let data = json!({
        "purpose": input.purpose.code(),
        "consent": input.consent.code(),
        "means": input.means.code(),
        "service": key.at_service.as_ref().map(|(it, _)| it.code.as_str()),
        "sealer": key.at_server.map(|(it, _)| it.code.as_str()),
        "serial": key.certificate.record.serial,
        "items": made.wanted.len(),
        "left_out": made.left_out.len(),
        "status": checked.word(),
    });
    work.record(Act::SigningOpened, &signing_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(SigningOpened {
        signing_id,
        token,
        expires_at: row.expires_at,
        at_service,
        tool: key.local,
        asks_confirmation: key.at_server.is_some(),
        left_out: made.left_out,
        not_determined: checked == examine::Checked::NotDetermined,
    })
}

/// Puts the request to the service down beside the session; nothing where the key is at hand.
async fn ask_service(
    app: &App,
    work: &mut Work<'_>,
    input: &OpenSigning,
    key: &Key<'_>,
    session: &SigningRow,
    made: &Made,
    deadline: Moment,
) -> Result<Option<AtService>, AppError> {
    let Some((service, credential)) = &key.at_service else {
        return Ok(None);
    };
    let display = display_of(input, &made.wanted);
    let asking = Asking {
        session,
        credential,
        certificate: certificates_of(&key.certificate)?.0,
        wanted: &made.wanted,
        display: &display,
        deadline,
    };
    let begun = asking.begin(app, service)?.map_err(|bad| {
        let code = super::ending::code_of(remote::ending_of(bad));
        remote::about(code.unwrap_or(RefusalCode::RemoteNotOffered), &service.name)
    })?;
    let code = begun
        .pending()
        .map_or_else(String::new, |it| it.verification_code);
    remote::put_down(work, &asking, code.clone()).await?;
    Ok(Some(AtService {
        service: service.name.clone(),
        code,
        deadline,
    }))
}

/// How long a person may take to agree, and how long so many items may take after that: seconds.
pub(crate) async fn seconds_for(
    app: &App,
    work: &mut Work<'_>,
    caller: &Caller,
    items: usize,
) -> Result<(i64, i64), AppError> {
    let agency = agency::load(&mut work.tx, &caller.agency_id).await?;
    let profile = app.profile_of(&agency)?;
    let number = |setting| {
        let value = profile.number(setting, work.today()).value;
        i64::try_from(value).unwrap_or(60)
    };
    let each = number(Setting::SigningSecondsPerItem);
    let working = each * i64::try_from(items).unwrap_or(0);
    Ok((number(Setting::SigningSessionMinutes) * 60, working))
}

/// The device is on record with this person, and where it may sign. A key at a remote service is
/// nowhere that a person could carry it to.
async fn holder_may_sign(
    app: &App,
    caller: &Caller,
    key: &Key<'_>,
    seen: &Seen,
) -> Result<(), AppError> {
    let (person, certificate) = (caller.person_id(), &key.certificate);
    let address = seen.address.as_deref().filter(|_| !key.is_remote());
    let mut tx = app.store.read().await?;
    let allowed = holding::may_use(&mut tx, person, certificate, app.now(), address).await?;
    drop(tx);
    match allowed {
        Ok(()) => Ok(()),
        Err(stopped) => Err(stopped
            .tell(app, &Found::of(caller, Some(certificate)))
            .await),
    }
}

/// What the holder reads on the own device.
fn display_of(input: &OpenSigning, wanted: &[WantedItem]) -> String {
    let verb = match input.purpose {
        Purpose::Person => "Ký",
        Purpose::Seal => "Ký số của cơ quan",
    };
    let names: Vec<&str> = wanted.iter().map(|it| it.name.as_str()).collect();
    match names.as_slice() {
        [one] => format!("{verb}: {one}"),
        _ => format!("{verb} {} tệp: {}", names.len(), names.join("; ")),
    }
}

/// What is prepared for a session.
struct Made {
    /// The prepared items, and behind them those of documents that are left out.
    items: Vec<SigningItemRow>,
    /// The prepared ones for a service: what is signed in each item, and its name.
    wanted: Vec<WantedItem>,
    left_out: Vec<LeftOut>,
}

/// Prepares the documents, several beside each other. What is refused is left out, unless nothing
/// else is left.
async fn prepare_all(
    app: &App,
    caller: &Caller,
    input: &OpenSigning,
    key: &Key<'_>,
    signing_id: &SigningId,
) -> Result<Made, AppError> {
    let (mut items, mut wanted, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for some in input.documents.chunks(BESIDE_EACH_OTHER) {
        let beside = some
            .iter()
            .map(|id| prepare_document(app, caller, input, id, key, signing_id));
        for (id, done) in some.iter().zip(join_all(beside).await) {
            match done {
                Ok(prepared) => {
                    for (item, its) in prepared {
                        items.push(item);
                        wanted.push(its);
                    }
                }
                Err(AppError::Refused(refusal)) => left_out.push(LeftOut {
                    outgoing_id: id.clone(),
                    refusal: *refusal,
                }),
                Err(fault) => return Err(fault),
            }
        }
        key.takes(items.len())?;
    }
    if let (true, Some(first)) = (items.is_empty(), left_out.first()) {
        return Err(first.refusal.clone().into());
    }
    let now = app.now();
    items.extend(left_out.iter().map(|one| skipped(one, signing_id, now)));
    for (item, position) in items.iter_mut().zip(0..) {
        item.position = position;
    }
    Ok(Made {
        items,
        wanted,
        left_out,
    })
}

/// A document that is left out stands in the session with why, so that the page can tell.
fn skipped(one: &LeftOut, signing_id: &SigningId, now: Moment) -> SigningItemRow {
    SigningItemRow {
        signing_id: signing_id.clone(),
        item_id: one.outgoing_id.to_string(),
        position: 0,
        outgoing_id: one.outgoing_id.clone(),
        document_version: 0,
        base_blob: String::new(),
        prepared_blob: String::new(),
        digest: String::new(),
        state: ItemState::Skipped,
        problem: serde_json::to_value(&one.refusal).ok(),
        at: now,
    }
}

/// Prepares the document, and for the agency's signature each attached PDF with it.
async fn prepare_document(
    app: &App,
    caller: &Caller,
    input: &OpenSigning,
    id: &OutgoingId,
    key: &Key<'_>,
    signing_id: &SigningId,
) -> Result<Vec<(SigningItemRow, WantedItem)>, AppError> {
    settle::nothing_is_open(app, caller, id).await?;
    sealer::open::nothing_is_open(app, id).await?;
    let now = app.now();
    let mut items = Vec::new();
    let mut tx = app.store.read().await?;
    let row = load_for(&mut tx, caller, id).await?;
    let action = match input.purpose {
        Purpose::Person => Action::Sign,
        Purpose::Seal => Action::Seal,
    };
    caller.may(action, &crate::outgoing::object_of(&row))?;
    if input.purpose == Purpose::Person && input.documents.len() > 1 {
        opened::may_be_among_several(app, &mut tx, caller, &row).await?;
    }
    let around = Around::load(&mut tx, &row).await?;
    let seal = seal::find_in_force(&mut tx, &row.agency_id, now.day())
        .await?
        .ok_or_else(|| AppError::refused(RefusalCode::SealPictureMissing))?;
    let seal_mm = f64::from(seal.diameter_um) / 1000.0;
    let places = places_of(&row)?;
    let about = About {
        name: match input.purpose {
            Purpose::Person => caller.full_name.clone(),
            Purpose::Seal => around.agency.name.clone(),
        },
        location: around.agency.place_name.clone(),
        reason: reason_of(app, input),
        at: Time::from_unix(now.unix_seconds()),
    };
    let mut wanted: Vec<(String, String, SignatureRequest)> = Vec::new();
    match input.purpose {
        Purpose::Person => {
            authority_in_force(around.authority.as_ref(), caller, now)?;
            let signer = person::load(&mut tx, caller.person_id()).await?;
            let blob = signer
                .picture_blob
                .ok_or_else(|| AppError::refused(RefusalCode::SignaturePictureMissing))?;
            let picture = app.store.blobs().get(&blob).await?;
            let base = row.current_blob.clone().unwrap_or_default();
            let request = person_request(&about, &places, picture, seal_mm);
            wanted.push((MAIN_ITEM.to_owned(), base, request));
        }
        Purpose::Seal => {
            let OutgoingState::Numbered { number, .. } = &row.state else {
                return Err(AppError::refused(RefusalCode::WrongState));
            };
            if number.day != now.day() {
                return Err(Refusal::new(RefusalCode::SealDayDiffers)
                    .with("day", number.day)
                    .with("today", now.day())
                    .into());
            }
            let picture = app.store.blobs().get(&seal.picture_blob).await?;
            let base = row.signed_blob.clone().unwrap_or_default();
            let signed = app.store.blobs().get(&base).await?;
            verify::signed_by_authorised(app, &row, &signed).await?;
            let request = agency_request(&about, &places, number, picture, seal_mm);
            wanted.push((MAIN_ITEM.to_owned(), base, request));
            for attached in file::list(&mut tx, id.as_str()).await? {
                if attached.role == FileRole::Attachment && attached.media_type == "application/pdf"
                {
                    let bytes = app.store.blobs().get(&attached.sha256).await?;
                    let page = verify::first_page(&bytes)?;
                    let request =
                        attachment_request(&about, number, &page, now).map_err(unprepared)?;
                    wanted.push((attached.file_id.to_string(), attached.sha256, request));
                }
            }
        }
    }
    drop(tx);
    for (item_id, base_blob, request) in wanted {
        let base = app.store.blobs().get(&base_blob).await?;
        let Ready {
            kept,
            digest,
            signed,
        } = match key.local {
            Some(Flow::WholeFile) => hand_out_off_thread(base, request).await?,
            _ => prepare_off_thread(base, request, key, &input.keys)
                .await?
                .into(),
        };
        let its = WantedItem {
            digest: signed,
            name: match row.state.number() {
                Some(number) => format!("{} {}", number.notation, row.subject),
                None => row.subject.clone(),
            },
        };
        let prepared_blob = app.store.blobs().put(kept, now).await?;
        let item = SigningItemRow {
            signing_id: signing_id.clone(),
            item_id: if item_id == MAIN_ITEM {
                id.to_string()
            } else {
                item_id
            },
            position: 0,
            outgoing_id: id.clone(),
            document_version: row.version,
            base_blob,
            prepared_blob,
            digest,
            state: ItemState::Waiting,
            problem: None,
            at: now,
        };
        items.push((item, its));
    }
    Ok(items)
}

/// The person holds the authority under which the document is to be signed, today.
///
/// Clause: TG-10.1
fn authority_in_force(
    authority: Option<&SigningAuthority>,
    caller: &Caller,
    now: Moment,
) -> Result<(), AppError> {
    let stands = authority
        .is_some_and(|a| a.person_id == *caller.person_id() && a.is_in_force_on(now.day()));
    if stands {
        Ok(())
    } else {
        Err(AppError::refused(RefusalCode::SignerNotAuthorised))
    }
}

fn reason_of(app: &App, input: &OpenSigning) -> String {
    let plain = match input.purpose {
        Purpose::Person => "Người có thẩm quyền ký văn bản",
        Purpose::Seal => "Ký số của cơ quan, phát hành văn bản",
    };
    match (app.mode, input.consent) {
        (_, Consent::Automatic) => format!("{plain} ({AUTOMATIC})"),
        (Mode::Practice, Consent::Person) => format!("{plain} (THỰC HÀNH)"),
        (Mode::Real, Consent::Person) => plain.to_owned(),
    }
}

/// Where number, date and signature go on the document's paper.
pub(crate) fn places_of(row: &OutgoingRow) -> Result<PaperPlaces, AppError> {
    let json = row
        .places
        .clone()
        .ok_or_else(|| AppError::refused(RefusalCode::NoPlacesFound))?;
    serde_json::from_value(json).map_err(|e| AppError::fault("places", e))
}

/// What is kept of an item until its signature comes.
struct Ready {
    /// The prepared state; for the government's tool the file that it is handed.
    kept: Vec<u8>,
    /// The digest that the person agrees to, in hexadecimal.
    digest: String,
    /// The digest that a service is asked to sign, in hexadecimal.
    signed: String,
}

impl From<Prepared> for Ready {
    fn from(prepared: Prepared) -> Self {
        let by = prepared.algorithm().digest();
        Self {
            kept: prepared.to_bytes(),
            digest: hex::encode(prepared.document_digest()),
            signed: hex::encode(by.digest(prepared.to_be_signed())),
        }
    }
}

async fn hand_out_off_thread(base: Vec<u8>, request: SignatureRequest) -> Result<Ready, AppError> {
    tokio::task::spawn_blocking(move || {
        let kept = local::open::hand_out(&base, request)?;
        let digest = hex::encode(DigestAlgorithm::Sha256.digest(&kept));
        Ok(Ready {
            kept,
            signed: digest.clone(),
            digest,
        })
    })
    .await
    .map_err(|e| AppError::fault("hand out", e))?
}

async fn prepare_off_thread(
    base: Vec<u8>,
    request: SignatureRequest,
    key: &Key<'_>,
    keys: &[KeyAbility],
) -> Result<Prepared, AppError> {
    let (certificate, _) = certificates_of(&key.certificate)?;
    let algorithm = key
        .algorithm
        .or_else(|| algorithm_for(&certificate, keys))
        .ok_or_else(|| AppError::refused(RefusalCode::AlgorithmWeak))?;
    tokio::task::spawn_blocking(move || {
        prepare(&base, &request, &certificate, algorithm, &fonts()).map_err(unprepared)
    })
    .await
    .map_err(|e| AppError::fault("prepare", e))?
}

/// What the key signs with: PSS where it can, otherwise the usual algorithm of its kind, otherwise the first that it can.
fn algorithm_for(certificate: &Certificate, keys: &[KeyAbility]) -> Option<SignatureAlgorithm> {
    let kind = certificate.public_key_info().kind;
    let usual = SignatureAlgorithm::default_for(kind)?;
    let thumbprint = certificate.sha256_thumbprint();
    let Some(key) = keys.iter().find(|key| key.thumbprint == thumbprint) else {
        return Some(usual);
    };
    let made = SignatureAlgorithm::made_with(kind);
    let can = |it: &SignatureAlgorithm| made.contains(it) && key.algorithms.contains(it);
    [SignatureAlgorithm::RsaPssSha256, usual]
        .into_iter()
        .find(can)
        .or_else(|| key.algorithms.iter().copied().find(can))
        .or(Some(usual))
}

pub(crate) fn unprepared(error: PrepareError) -> AppError {
    tracing::warn!(%error, "a document could not be prepared for signing");
    Refusal::new(RefusalCode::FileDamaged)
        .with("name", "văn bản")
        .with("why", error)
        .into()
}

#[cfg(test)]
mod tests {
    use vanthu_pki::authority::{Authority, Validity};
    use vanthu_pki::{KeySpec, SoftKey};

    use super::*;

    #[test]
    fn a_key_signs_by_pss_where_it_can_and_by_the_usual_algorithm_otherwise() {
        use SignatureAlgorithm as A;
        let chosen = |spec, can: Option<&[SignatureAlgorithm]>| {
            let day = |year| Time::from_civil((year, 1, 1), (0, 0, 0)).unwrap();
            let term = Validity {
                from: day(2020),
                to: day(2049),
            };
            let key = SoftKey::generate(spec).unwrap();
            let authority = Authority::root(key, "CA Bình Mẫu", term, 1).unwrap();
            let certificate = authority.certificate();
            let ability = can.map(|algorithms| KeyAbility {
                thumbprint: certificate.sha256_thumbprint(),
                algorithms: algorithms.to_vec(),
            });
            algorithm_for(certificate, ability.as_slice()).unwrap()
        };
        let usual = SignatureAlgorithm::default_for;
        let rsa = |can| chosen(KeySpec::Rsa2048, can);
        assert_eq!(rsa(None), A::RsaPkcs1Sha256);
        assert_eq!(
            rsa(Some(&[A::RsaPssSha256, A::RsaPkcs1Sha256])),
            A::RsaPssSha256
        );
        assert_eq!(rsa(Some(&[A::RsaPkcs1Sha256])), A::RsaPkcs1Sha256);
        assert_eq!(rsa(Some(&[A::RsaPkcs1Sha512])), A::RsaPkcs1Sha512);
        // What does not fit the key, or is too weak to be made, is not listened to.
        assert_eq!(
            rsa(Some(&[A::EcdsaP256Sha256, A::RsaPkcs1Sha1])),
            A::RsaPkcs1Sha256
        );
        assert_eq!(chosen(KeySpec::EcP256, Some(&[])), A::EcdsaP256Sha256);
        assert!(usual(vanthu_pki::KeyKind::Ed25519).is_some());
    }
}
