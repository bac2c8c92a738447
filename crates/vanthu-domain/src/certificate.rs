//! Certificates on record (chứng thư chữ ký số) and whether one may sign now.

use serde::{Deserialize, Serialize};

use crate::id::{AgencyId, CertificateId, DeviceId, PersonId};
use crate::moment::Moment;

/// Whose certificate it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Holder {
    /// A person's (chứng thư cá nhân).
    Person {
        /// The person.
        person_id: PersonId,
    },
    /// An agency's; its device is kept by one clerk (chứng thư cơ quan, tổ chức).
    Agency {
        /// The agency.
        agency_id: AgencyId,
        /// The recorded holder of the device, with the decision's reference (Đ32.1).
        keeper: Option<PersonId>,
    },
}

/// Where a certificate stands on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// In effect (có hiệu lực).
    Effective,
    /// Suspended here on a suspicion (tạm dừng).
    Suspended,
    /// Revoked by its provider (đã thu hồi).
    Revoked,
}

impl CertificateState {
    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Effective => "effective",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Effective, Self::Suspended, Self::Revoked]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// A certificate as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRecord {
    /// Its identifier here.
    pub certificate_id: CertificateId,
    /// The serial number in hexadecimal (số hiệu).
    pub serial: String,
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub thumbprint: String,
    /// Whose it is.
    pub holder: Holder,
    /// Its state on the platform.
    pub state: CertificateState,
    /// From when it is valid.
    pub not_before: Moment,
    /// Until when it is valid.
    pub not_after: Moment,
    /// The device that holds its key; without one it signs nothing.
    pub device_id: Option<DeviceId>,
}

/// Why a certificate may not sign now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotSign {
    /// Its time has not come.
    NotYetEffective,
    /// Its time is over.
    Expired,
    /// It is suspended on the platform.
    Suspended,
    /// It is revoked.
    Revoked,
}

impl CertificateRecord {
    /// Whether it may sign at that moment (Decree 68/2024, Article 31).
    ///
    /// Clause: TG-18, TG-25.3
    pub fn may_sign_at(&self, now: Moment) -> Result<(), CannotSign> {
        match self.state {
            CertificateState::Revoked => Err(CannotSign::Revoked),
            CertificateState::Suspended => Err(CannotSign::Suspended),
            CertificateState::Effective if now < self.not_before => {
                Err(CannotSign::NotYetEffective)
            }
            CertificateState::Effective if now > self.not_after => Err(CannotSign::Expired),
            CertificateState::Effective => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::from_unix_seconds(1_700_000_000);
    const END: Moment = Moment::from_unix_seconds(1_800_000_000);

    fn record(state: CertificateState) -> CertificateRecord {
        CertificateRecord {
            certificate_id: CertificateId::new(START, 1),
            serial: "0a".to_owned(),
            subject: "CN=Mẫu".to_owned(),
            issuer: "CN=Thực hành".to_owned(),
            thumbprint: String::new(),
            holder: Holder::Person {
                person_id: PersonId::new(START, 1),
            },
            state,
            not_before: START,
            not_after: END,
            device_id: None,
        }
    }

    /// Proves: TG-18, TG-25.3
    #[test]
    fn only_an_effective_certificate_signs_and_only_in_its_time() {
        let now = START.plus_seconds(60);
        assert_eq!(record(CertificateState::Effective).may_sign_at(now), Ok(()));
        assert_eq!(
            record(CertificateState::Effective).may_sign_at(START.plus_seconds(-1)),
            Err(CannotSign::NotYetEffective)
        );
        assert_eq!(
            record(CertificateState::Effective).may_sign_at(END.plus_seconds(1)),
            Err(CannotSign::Expired)
        );
        assert_eq!(
            record(CertificateState::Revoked).may_sign_at(now),
            Err(CannotSign::Revoked)
        );
        assert_eq!(
            record(CertificateState::Suspended).may_sign_at(now),
            Err(CannotSign::Suspended)
        );
    }
}
