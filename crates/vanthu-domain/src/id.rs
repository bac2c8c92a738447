//! Identifiers: one newtype a noun, so that one can't be passed for another.
//!
//! An identifier is a ULID made from an injected moment and injected randomness, printed with the
//! prefix of its kind: `out_01J…`. It is stored as that text.

use crate::moment::Moment;

/// The text is no identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} identifier: {text:?}")]
pub struct BadId {
    /// The kind that was expected, by its prefix.
    pub kind: &'static str,
    /// What was there instead, shortened.
    pub text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The prefix that every identifier of this kind carries.
            pub const PREFIX: &'static str = $prefix;

            /// Makes one from a moment and 128 bits of randomness (80 are used).
            pub fn new(now: Moment, random: u128) -> Self {
                let ulid = ulid::Ulid::from_parts(now.unix_millis(), random);
                Self(format!("{}_{ulid}", Self::PREFIX))
            }

            /// The identifier as text, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = || BadId { kind: $prefix, text: text.chars().take(40).collect() };
                let rest = text.strip_prefix($prefix).and_then(|r| r.strip_prefix('_')).ok_or_else(bad)?;
                let ulid = ulid::Ulid::from_string(rest).map_err(|_| bad())?;
                Ok(Self(format!("{}_{ulid}", $prefix)))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An agency (cơ quan, tổ chức).
    AgencyId = "agc";
    /// A unit of an agency (đơn vị).
    UnitId = "unt";
    /// A person (cá nhân).
    PersonId = "per";
    /// A post: one person's place in one agency, with roles and a period (vị trí công tác).
    PostId = "pst";
    /// An account (tài khoản).
    AccountId = "acc";
    /// A signing authority (thẩm quyền ký).
    AuthorityId = "aut";
    /// An outgoing document (văn bản đi).
    OutgoingId = "out";
    /// A kept version of a draft (phiên bản dự thảo).
    VersionId = "ver";
    /// An incoming document (văn bản đến).
    IncomingId = "inc";
    /// A delivery to one recipient (việc gửi tới một nơi nhận).
    DeliveryId = "dlv";
    /// An assignment line (luồng nhận).
    LineId = "lin";
    /// A request for more time (đề nghị gia hạn).
    ExtensionId = "ext";
    /// A register (sổ đăng ký).
    RegisterId = "reg";
    /// A file of a document (tệp).
    FileId = "fil";
    /// A certificate (chứng thư chữ ký số).
    CertificateId = "crt";
    /// A seal (con dấu).
    SealId = "sea";
    /// An opinion on a draft (ý kiến).
    OpinionId = "opn";
    /// A notice to a person (thông báo).
    NoticeId = "ntc";
    /// A background job (việc nền).
    JobId = "job";
    /// A signing session (phiên ký).
    SigningId = "sgn";
    /// A trial of the government's signing tool in one browser (lần thử công cụ ký).
    ToolTrialId = "ttr";
    /// A key that a service holds.
    CredentialId = "crd";
    /// A signing agent that was paired (máy ký đã ghép).
    AgentId = "agt";
    /// A key device (thiết bị lưu khóa bí mật).
    DeviceId = "dev";
    /// A permission to take a device out of the office (phép mang thiết bị ra ngoài).
    PermitId = "pmt";
    /// A request to revoke a certificate (đề nghị thu hồi chứng thư).
    RevocationRequestId = "rrq";
    /// A finding (phát hiện).
    FindingId = "fnd";
    /// A list that a person keeps under a name (bộ lọc đã lưu).
    SavedViewId = "sav";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_as_itself() {
        let id = OutgoingId::new(Moment::from_unix_micros(1_795_000_000_000_000), 42);
        assert!(id.as_str().starts_with("out_"));
        assert_eq!(id.as_str().parse::<OutgoingId>().unwrap(), id);
    }

    #[test]
    fn an_identifier_of_another_kind_is_refused() {
        let id = OutgoingId::new(Moment::from_unix_micros(0), 1);
        assert!(id.as_str().parse::<IncomingId>().is_err());
        assert!("out_nonsense".parse::<OutgoingId>().is_err());
        assert!("".parse::<OutgoingId>().is_err());
    }
}
