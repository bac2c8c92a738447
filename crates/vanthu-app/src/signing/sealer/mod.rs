//! The agency's seal by a key device that stands at the server (thiết bị ký tại máy chủ). The server has no key of it and no
//! PIN: a program of its own, the sealer, holds the door to the device. It is one holder of keys more, under the same
//! session, and allowed only where the regulation in force says so.
//!
//! - [`open`]: whether it may be used, with which certificate, and what will be confirmed.
//! - [`confirm`]: the clerk confirms exactly that, with the password, once.
//! - [`step`]: the batch is signed; what comes in time goes the way of every signature.
//! - [`view`]: the page before the confirmation, and how the devices are.
//!
//! Clause: TG-22.1a, TG-22.1b, AG-17.3c, KH-2

pub mod confirm;
pub(crate) mod open;
pub(crate) mod step;
#[cfg(test)]
mod tests;
pub mod view;

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_store::agency;
use vanthu_wire::sealer::{Answer, Request, SealerStatus, Why};

use crate::port::{SealerAbsent, SealerDoor, UnixSealer};
use crate::signing::Purpose;
use crate::{App, AppError, Caller};

/// What a clerk calls it.
pub(crate) const NAME: &str = "thiết bị ký tại máy chủ";

/// `[[signing.sealer]]` of a configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealerSettings {
    /// Its code, for the record.
    pub code: String,
    /// Its name on pages.
    pub name: Option<String>,
    /// Where its program listens.
    pub socket: PathBuf,
    /// Codes of the agencies whose seal it holds.
    pub agencies: Vec<String>,
}

/// Why the settings can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSealer {
    /// No agency is named: a device holds somebody's seal.
    #[error("[[signing.sealer]] {0}: cần nêu mã cơ quan có con dấu trên thiết bị (agencies)")]
    NoAgency(String),
    /// A code, or an agency, stands in two.
    #[error("[[signing.sealer]]: {0} xuất hiện hai lần")]
    Twice(String),
    /// The socket's path is not from the root.
    #[error("[[signing.sealer]] {0}: đường dẫn socket phải bắt đầu từ gốc (/)")]
    Path(String),
}

/// The devices at the server.
#[derive(Debug, Default)]
pub struct Sealers(Vec<SealerPlace>);

/// One of them.
#[derive(Debug, Clone)]
pub struct SealerPlace {
    /// Its code.
    pub code: String,
    /// Its name on pages.
    pub name: String,
    /// The agencies whose seal it holds.
    pub agencies: Vec<String>,
    door: Arc<dyn SealerDoor>,
}

impl Sealers {
    /// As they are configured.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn read(settings: Vec<SealerSettings>) -> Result<Self, BadSealer> {
        let mut places: Vec<SealerPlace> = Vec::new();
        for one in settings {
            if one.agencies.is_empty() {
                return Err(BadSealer::NoAgency(one.code));
            }
            if !one.socket.is_absolute() {
                return Err(BadSealer::Path(one.code));
            }
            if places.iter().any(|it| it.code == one.code) {
                return Err(BadSealer::Twice(one.code));
            }
            let taken = |agency: &&String| places.iter().any(|it| it.agencies.contains(agency));
            if let Some(agency) = one.agencies.iter().find(taken) {
                return Err(BadSealer::Twice(agency.clone()));
            }
            places.push(SealerPlace {
                name: one.name.unwrap_or_else(|| NAME.to_owned()),
                code: one.code,
                agencies: one.agencies,
                door: Arc::new(UnixSealer::new(one.socket)),
            });
        }
        Ok(Self(places))
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = &SealerPlace> {
        self.0.iter()
    }

    fn find(&self, code: &str) -> Option<&SealerPlace> {
        self.0.iter().find(|it| it.code == code)
    }

    fn of_agency(&self, agency_code: &str) -> Option<&SealerPlace> {
        self.0
            .iter()
            .find(|it| it.agencies.iter().any(|one| one == agency_code))
    }

    #[cfg(test)]
    pub(crate) fn played(agency_code: &str, door: Arc<dyn SealerDoor>) -> Self {
        Self(vec![SealerPlace {
            code: "thu".to_owned(),
            name: NAME.to_owned(),
            agencies: vec![agency_code.to_owned()],
            door,
        }])
    }
}

impl SealerPlace {
    /// What is there, and how it is. No PIN is given to anything.
    ///
    /// # Errors
    /// Its program does not answer.
    pub async fn status(&self) -> Result<SealerStatus, SealerAbsent> {
        let mut answers = self.door.ask(Request::Status).await?;
        match answers.recv().await {
            Some(Ok(Answer::Status(status))) => Ok(status),
            Some(Ok(Answer::Ended(end))) => {
                let why = end.why.map_or("", Why::word);
                Err(SealerAbsent::BrokenOff(why.to_owned()))
            }
            Some(Ok(Answer::Signed(_))) => Err(SealerAbsent::Unreadable("no status".to_owned())),
            Some(Err(absent)) => Err(absent),
            None => Err(SealerAbsent::BrokenOff("no answer".to_owned())),
        }
    }

    /// A refusal that names it.
    pub(crate) fn about(&self, code: RefusalCode) -> Refusal {
        Refusal::new(code).with("service", &self.name)
    }

    /// What a person is told of why something was not signed.
    pub(crate) fn refusal_of(&self, why: Why) -> Refusal {
        use RefusalCode as C;
        match why {
            Why::OtherCertificate => self.about(C::SealerOtherCertificate),
            Why::WrongPin | Why::Stopped => self.about(C::SealerStopped),
            Why::TooMany | Why::TooFast => self.about(C::SealerLimit),
            Why::Expired => Refusal::new(C::SigningSessionExpired),
            Why::Busy | Why::Gone => self.about(C::SealerNotReached),
            Why::Malformed | Why::OtherList | Why::ConfirmationUsed | Why::DigestMismatch => {
                self.about(C::SealerRefusedBatch).with("why", why)
            }
            Why::DeviceLocked => self.device("thiết bị đã tự khóa"),
            Why::DeviceRemoved => self.device("thiết bị bị rút ra hoặc thay bằng thiết bị khác"),
            Why::DeviceFailed => self.device("thiết bị không trả lời hoặc báo lỗi"),
            Why::PinUnreadable => self.device("không đọc được tệp mã PIN"),
            Why::JournalUnwritable => self.device("không ghi được sổ ký"),
        }
    }

    fn device(&self, why: &str) -> Refusal {
        self.about(RefusalCode::SealerDeviceFailed).with("why", why)
    }
}

impl App {
    /// The devices at the server.
    pub fn sealers(&self) -> impl Iterator<Item = &SealerPlace> {
        self.sealers.get().into_iter().flat_map(Sealers::iter)
    }
}

/// Nothing is signed by such a device here.
pub(crate) fn not_at_server() -> AppError {
    let refusal = Refusal::new(RefusalCode::SigningMeansNotOffered);
    refusal.with("means", NAME).into()
}

/// The device of the caller's agency, for a signature that it may make today.
///
/// Clause: TG-22.1a, TG-22.1b
pub(crate) async fn allowed<'a>(
    app: &'a App,
    caller: &Caller,
    purpose: Purpose,
) -> Result<&'a SealerPlace, AppError> {
    if purpose != Purpose::Seal {
        return Err(AppError::refused(RefusalCode::SealerAgencyOnly));
    }
    let mut tx = app.store.read().await?;
    let agency = agency::load(&mut tx, &caller.agency_id).await?;
    drop(tx);
    let place = app.sealers.get().and_then(|it| it.of_agency(&agency.code));
    let place = place.ok_or_else(not_at_server)?;
    let said = app.profile_of(&agency)?.seals_at_server(app.now().day());
    if said.value {
        Ok(place)
    } else {
        let refusal = Refusal::new(RefusalCode::SealerNotAllowed);
        Err(refusal.by(said.citation).into())
    }
}

/// The name of a device by its code; one that is no longer configured has the usual one.
pub(crate) fn name_of(app: &App, code: &str) -> String {
    let place = app.sealers.get().and_then(|it| it.find(code));
    place.map_or_else(|| NAME.to_owned(), |it| it.name.clone())
}

/// The name of the device that the caller may choose for the agency's seal today.
pub async fn offered(
    app: &App,
    caller: &Caller,
    purpose: Purpose,
) -> Result<Option<String>, AppError> {
    match allowed(app, caller, purpose).await {
        Ok(place) => Ok(Some(place.name.clone())),
        Err(AppError::Refused(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}
