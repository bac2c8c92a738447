//! Looks for one's keys at a service.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_pki::{Certificate, Time};
use vanthu_remote::{
    ConsentMode, CredentialInfo, Found, Holder, Inquiry, Scal, Secret, SigningProvider,
};
use vanthu_store::certificate::{self, CertificateRow};
use vanthu_store::{agency, credential};

use super::{is_of, refusal_of};
use crate::service::KeyService;
use crate::signing::certificates_of;
use crate::{App, AppError, Caller};

/// How a holder is known at a service.
#[derive(Clone)]
pub struct Look {
    /// The service.
    pub service: String,
    /// How it knows the holder: a user name, an identifier, a telephone number. It identifies a person, so it is in
    /// no log.
    pub holder: String,
    /// A token that the holder gave us on the service's page.
    pub token: Option<Secret>,
}

/// A key that a service holds.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name there.
    pub name_there: String,
    /// Its certificate's subject, issuer, number and last day.
    pub subject: String,
    /// The issuer.
    pub issuer: String,
    /// The number.
    pub serial: String,
    /// Until when the certificate is valid.
    pub until: vanthu_domain::Day,
    /// Why it can't be linked.
    pub why_not: Option<Refusal>,
}

/// A key with what signing needs to know.
pub(crate) struct Known {
    pub(crate) info: CredentialInfo,
}

/// The keys of a holder, those that can't be linked with the reason. Another's keys are not described.
pub async fn look(app: &App, caller: &Caller, input: Look) -> Result<Vec<Candidate>, AppError> {
    let service = service_of(app, caller, &input.service).await?;
    let holder = holder_of(&input)?;
    let mut found = Vec::new();
    for known in known(app, caller, service, &holder, &input, None).await? {
        let linked = linked_already(app, caller, &input, &known.info.id).await?;
        let judged = judge(app, caller, service, &known).await;
        let why_not = match judged {
            Ok(_) if linked => Some(
                Refusal::new(RefusalCode::CredentialLinkedAlready).with("service", &service.name),
            ),
            Ok(_) => None,
            Err(AppError::Refused(refusal)) => Some(*refusal),
            Err(fault) => return Err(fault),
        };
        let others = why_not
            .as_ref()
            .is_some_and(|it| it.code == RefusalCode::CertificateNotYours);
        let certificate = known.info.certificates.first();
        let text = |value: Option<String>| value.filter(|_| !others).unwrap_or_default();
        let until = certificate.map_or(0, |it| it.not_after().unix());
        found.push(Candidate {
            name_there: known.info.id.clone(),
            subject: text(certificate.map(|it| it.subject().to_string())),
            issuer: text(certificate.map(|it| it.issuer().to_string())),
            serial: text(certificate.map(Certificate::serial_hex)),
            until: vanthu_domain::Moment::from_unix_seconds(until).day(),
            why_not,
        });
    }
    Ok(found)
}

/// The service, where the caller's agency may use it.
pub(crate) async fn service_of<'a>(
    app: &'a App,
    caller: &Caller,
    code: &str,
) -> Result<&'a KeyService, AppError> {
    let mut tx = app.store.read().await?;
    let agency_code = agency::load(&mut tx, &caller.agency_id).await?.code;
    app.key_service(code, &agency_code)
}

/// The holder's name as it goes to the service: no blanks, and not endless.
pub(crate) fn holder_of(input: &Look) -> Result<Holder, AppError> {
    let name: String = input.holder.split_whitespace().collect();
    let by_page = input.token.is_some();
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(AppError::refused(RefusalCode::FieldMalformed));
    }
    if name.is_empty() && !by_page {
        let refusal = Refusal::new(RefusalCode::FieldRequired).with("field", "mã người dùng");
        return Err(refusal.into());
    }
    Ok(Holder::new(name))
}

/// The keys that the service tells of; for a service without a list, the certificates that are on record as the
/// caller's.
pub(crate) async fn known(
    app: &App,
    caller: &Caller,
    service: &KeyService,
    holder: &Holder,
    input: &Look,
    only: Option<&str>,
) -> Result<Vec<Known>, AppError> {
    if !service.has_list() {
        return on_record(app, caller, only).await;
    }
    let page = service.page_for_lists().is_some();
    let provider = match &input.token {
        Some(token) => service.provider_of(token.clone()),
        None if page => None,
        None => Some(service.provider(app.random())),
    };
    let provider = provider.ok_or_else(|| {
        AppError::from(
            Refusal::new(RefusalCode::RemoteAccessRefused).with("service", &service.name),
        )
    })?;
    let told = |failure: vanthu_remote::Failure| {
        tracing::warn!(service = service.code, %failure, "keys at a service");
        AppError::from(refusal_of(&failure, &service.name))
    };
    let listed = if let Some(id) = only {
        vec![vanthu_remote::Credential {
            id: id.to_owned(),
            info: None,
        }]
    } else {
        let inquiry = Inquiry::list(provider.clone(), holder.clone());
        match service.client.inquire(inquiry).await.map_err(told)? {
            Found::Credentials(listed) => listed,
            Found::Info(info) => vec![vanthu_remote::Credential {
                id: info.id.clone(),
                info: Some(*info),
            }],
        }
    };
    let mut known = Vec::new();
    for one in listed.into_iter().take(MOST) {
        let info = match one.info {
            Some(info) => info,
            None => match asked(service, provider.clone(), holder, &one.id).await {
                Ok(info) => info,
                // One that the service does not explain is none of those that can be linked.
                Err(failure) if only.is_none() => {
                    tracing::warn!(service = service.code, %failure, "a key without facts");
                    continue;
                }
                Err(failure) => return Err(told(failure)),
            },
        };
        known.push(Known { info });
    }
    Ok(known)
}

/// Nobody has more keys at one service.
const MOST: usize = 20;

async fn asked(
    service: &KeyService,
    provider: Arc<dyn SigningProvider>,
    holder: &Holder,
    id: &str,
) -> Result<CredentialInfo, vanthu_remote::Failure> {
    let inquiry = Inquiry::info(provider, holder.clone(), id);
    match service.client.inquire(inquiry).await? {
        Found::Info(info) => Ok(*info),
        Found::Credentials(_) => Err(vanthu_remote::Failure::new(
            vanthu_remote::Ending::Unreadable,
            "a list instead of a key",
        )),
    }
}

/// A SIM's certificate is in our own register.
async fn on_record(app: &App, caller: &Caller, only: Option<&str>) -> Result<Vec<Known>, AppError> {
    let mut tx = app.store.read().await?;
    let mut rows = certificate::list_of_person(&mut tx, caller.person_id()).await?;
    rows.extend(certificate::list_of_keeper(&mut tx, caller.person_id()).await?);
    drop(tx);
    let mut known = Vec::new();
    for row in rows {
        if only.is_some_and(|it| it != row.record.serial) || !is_of(caller, &row) {
            continue;
        }
        let (own, above) = certificates_of(&row)?;
        known.push(Known {
            info: CredentialInfo {
                id: row.record.serial.clone(),
                description: String::new(),
                certificates: [vec![own], above].concat(),
                key: vanthu_remote::model::KeyState::Enabled,
                state: vanthu_remote::model::CertificateState::Valid,
                algorithms: Vec::new(),
                consent: ConsentMode::OnDevice,
                multisign: 1,
                scal: Scal::Two,
                lang: None,
            },
        });
    }
    Ok(known)
}

async fn linked_already(
    app: &App,
    caller: &Caller,
    input: &Look,
    name_there: &str,
) -> Result<bool, AppError> {
    let mut tx = app.store.read().await?;
    let rows = credential::list_of_person(&mut tx, caller.person_id(), &caller.agency_id).await?;
    Ok(rows
        .iter()
        .any(|it| it.service == input.service && it.name_there == name_there))
}

/// Whether the caller may sign with this key, and with which certificate on record: usable at the service, the
/// caller's own, in force, not revoked, and agreed to without a PIN on our side.
///
/// Clause: KH-2, TG-22.1b, TG-18
pub(crate) async fn judge(
    app: &App,
    caller: &Caller,
    service: &KeyService,
    known: &Known,
) -> Result<CertificateRow, AppError> {
    let now = app.now();
    let info = &known.info;
    let usable = info.usable(Time::from_unix(now.unix_seconds()));
    let certificate = usable.map_err(|failure| refusal_of(&failure, &service.name))?;
    let mut tx = app.store.read().await?;
    let row = certificate::find_by_thumbprint(&mut tx, &certificate.sha256_thumbprint()).await?;
    drop(tx);
    let Some(row) = row else {
        let refusal = Refusal::new(RefusalCode::CertificateNotOnRecord);
        return Err(refusal.with("serial", certificate.serial_hex()).into());
    };
    if !is_of(caller, &row) {
        let refusal = Refusal::new(RefusalCode::CertificateNotYours);
        return Err(refusal.with("serial", &row.record.serial).into());
    }
    crate::signing::examine::certificate_may_sign(app, &row, now).await?;
    if let ConsentMode::Factors { .. } = info.consent {
        let refusal = Refusal::new(RefusalCode::RemoteFactorNotCarried);
        return Err(refusal.with("service", &service.name).into());
    }
    let kind = certificate.public_key_info().kind;
    let sim = !service.has_list();
    let signs = info.algorithm().is_some() && (!sim || kind == vanthu_pki::KeyKind::Rsa);
    if !signs || (info.consent == ConsentMode::Page && service.oauth().is_none()) {
        let refusal = Refusal::new(RefusalCode::RemoteNotOffered);
        return Err(refusal.with("service", &service.name).into());
    }
    // The bytes that the service sent are those on record.
    if STANDARD.encode(certificate.der()) != row.der {
        return Err(AppError::refused(RefusalCode::CertificateNotOnRecord));
    }
    Ok(row)
}
