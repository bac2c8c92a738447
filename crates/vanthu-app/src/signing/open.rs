//! A signing session is opened: everything that can be wrong is found before anybody types a PIN.

use serde_json::json;
use vanthu_domain::Moment;
use vanthu_domain::agency::SigningAuthority;
use vanthu_domain::audit::Act;
use vanthu_domain::id::{CredentialId, OutgoingId, SigningId};
use vanthu_domain::outgoing::OutgoingState;
use vanthu_domain::permission::Action;
use vanthu_domain::profile::Setting;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{SignatureAlgorithm, Time};
use vanthu_signing::{PrepareError, Prepared, SignatureRequest, prepare};
use vanthu_store::certificate::CertificateRow;
use vanthu_store::file::{self, FileRole};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::signing::{
    self, Consent, ItemState, Means, Purpose, SessionState, SigningItemRow, SigningRow,
};
use vanthu_store::{agency, person, seal};

use crate::account::session::hash_of;
use crate::outgoing::letter::Around;
use crate::outgoing::view::load_for;
use crate::signing::key::{Key, key_for};
use crate::signing::paper::{
    About, PaperPlaces, agency_request, attachment_request, fonts, person_request,
};
use crate::signing::remote::{self, Asking, SPARE_SECONDS, WantedItem};
use crate::signing::{MAIN_ITEM, certificates_of, examine, settle};
use crate::{App, AppError, Caller, Mode, verify};

/// The most documents of one session.
const MOST_DOCUMENTS: usize = 200;
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
    let by_agent = input.means == Means::Agent;
    if input.consent == Consent::Automatic && (app.mode != Mode::Practice || !by_agent) {
        return Err(AppError::refused(
            RefusalCode::SigningConsentAutomaticRefused,
        ));
    }
    if input.documents.is_empty() || input.documents.len() > MOST_DOCUMENTS {
        return Err(Refusal::new(RefusalCode::BatchTooLarge)
            .with("max", MOST_DOCUMENTS)
            .with("count", input.documents.len())
            .into());
    }
    let now = app.now();
    let key = key_for(app, caller, &input, now).await?;
    examine::certificate_may_sign(app, &key.certificate, now).await?;
    let signing_id = SigningId::new(now, app.random());
    let mut made = Made {
        signing_id: signing_id.clone(),
        items: Vec::new(),
        wanted: Vec::new(),
    };
    for id in &input.documents {
        settle::nothing_is_open(app, caller, id).await?;
        prepare_document(app, caller, &input, id, &key, &mut made).await?;
        key.takes(made.items.len())?;
    }
    let token = app.secret();
    let deadline = now.plus_seconds(session_minutes(app, caller).await? * 60);
    let row = SigningRow {
        signing_id: signing_id.clone(),
        account_id: caller.actor.account_id.clone(),
        person_id: caller.person_id().clone(),
        agency_id: caller.agency_id.clone(),
        purpose: input.purpose,
        certificate_id: key.certificate.record.certificate_id.clone(),
        token_hash: hash_of(&token),
        consent: input.consent,
        means: input.means,
        state: SessionState::Open,
        created_at: now,
        expires_at: match key.at_service {
            Some(_) => deadline.plus_seconds(SPARE_SECONDS),
            None => deadline,
        },
        ended_at: None,
        result: None,
    };
    let mut work = app.begin(caller).await?;
    signing::insert(&mut work.tx, &row, &made.items).await?;
    let mut shown = None;
    if let Some((service, credential)) = &key.at_service {
        let display = display_of(&input, &made.wanted);
        let asking = Asking {
            session: &row,
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
        remote::put_down(&mut work, &asking, code.clone()).await?;
        shown = Some(AtService {
            service: service.name.clone(),
            code,
            deadline,
        });
    }
    let about: Vec<String> = input.documents.iter().map(ToString::to_string).collect();
    let data = json!({
        "purpose": input.purpose.code(),
        "consent": input.consent.code(),
        "means": input.means.code(),
        "service": key.at_service.as_ref().map(|(it, _)| it.code.as_str()),
        "serial": key.certificate.record.serial,
        "items": made.items.len(),
    });
    work.record(Act::SigningOpened, &signing_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(SigningOpened {
        signing_id,
        token,
        expires_at: row.expires_at,
        at_service: shown,
    })
}

async fn session_minutes(app: &App, caller: &Caller) -> Result<i64, AppError> {
    let mut tx = app.store.read().await?;
    let agency = agency::load(&mut tx, &caller.agency_id).await?;
    let setting = Setting::SigningSessionMinutes;
    let minutes = app.profile_of(&agency)?.number(setting, app.now().day());
    Ok(i64::try_from(minutes.value).unwrap_or(5))
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
    signing_id: SigningId,
    items: Vec<SigningItemRow>,
    /// The same for a service: what is signed in each item, and its name.
    wanted: Vec<WantedItem>,
}

/// Prepares the document, and for the agency's signature each attached PDF with it.
async fn prepare_document(
    app: &App,
    caller: &Caller,
    input: &OpenSigning,
    id: &OutgoingId,
    key: &Key<'_>,
    made: &mut Made,
) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.store.read().await?;
    let row = load_for(&mut tx, caller, id).await?;
    let action = match input.purpose {
        Purpose::Person => Action::Sign,
        Purpose::Seal => Action::Seal,
    };
    caller.may(action, &crate::outgoing::object_of(&row))?;
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
        let prepared = prepare_off_thread(base, request, &key.certificate, key.algorithm).await?;
        let digest = hex::encode(prepared.document_digest());
        let signed = prepared
            .algorithm()
            .digest()
            .digest(prepared.to_be_signed());
        made.wanted.push(WantedItem {
            digest: hex::encode(signed),
            name: match row.state.number() {
                Some(number) => format!("{} {}", number.notation, row.subject),
                None => row.subject.clone(),
            },
        });
        let prepared_blob = app.store.blobs().put(prepared.to_bytes(), now).await?;
        made.items.push(SigningItemRow {
            signing_id: made.signing_id.clone(),
            item_id: if item_id == MAIN_ITEM {
                id.to_string()
            } else {
                item_id
            },
            position: u32::try_from(made.items.len()).unwrap_or(u32::MAX),
            outgoing_id: id.clone(),
            document_version: row.version,
            base_blob,
            prepared_blob,
            digest,
            state: ItemState::Waiting,
            problem: None,
            at: now,
        });
    }
    Ok(())
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

async fn prepare_off_thread(
    base: Vec<u8>,
    request: SignatureRequest,
    row: &CertificateRow,
    chosen: Option<SignatureAlgorithm>,
) -> Result<Prepared, AppError> {
    let (certificate, _) = certificates_of(row)?;
    tokio::task::spawn_blocking(move || {
        let kind = certificate.public_key_info().kind;
        let algorithm = chosen
            .or_else(|| SignatureAlgorithm::default_for(kind))
            .ok_or_else(|| AppError::refused(RefusalCode::AlgorithmWeak))?;
        prepare(&base, &request, &certificate, algorithm, &fonts()).map_err(unprepared)
    })
    .await
    .map_err(|e| AppError::fault("prepare", e))?
}

fn unprepared(error: PrepareError) -> AppError {
    tracing::warn!(%error, "a document could not be prepared for signing");
    Refusal::new(RefusalCode::FileDamaged)
        .with("name", "văn bản")
        .with("why", error)
        .into()
}
