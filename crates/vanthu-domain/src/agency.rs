//! Agencies, their units, people, posts and signing authorities.

use serde::{Deserialize, Serialize};

use crate::id::{AgencyId, AuthorityId, PersonId, PostId, UnitId};
use crate::moment::Day;

/// What kind of agency it is (loại cơ quan).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyKind {
    /// People's Committee of a province (Ủy ban nhân dân tỉnh).
    ProvinceCommittee,
    /// A department of the province (sở, ban, ngành).
    Department,
    /// People's Committee of a commune or ward (Ủy ban nhân dân xã, phường).
    CommuneCommittee,
    /// People's Committee of a special zone (Ủy ban nhân dân đặc khu).
    SpecialZone,
    /// A public service unit (đơn vị sự nghiệp công lập).
    PublicServiceUnit,
    /// The provider of certificates (Cục Chứng thực số và Bảo mật thông tin).
    CertificateProvider,
}

/// An agency that issues and receives documents (cơ quan, tổ chức).
///
/// Clause: TG-2
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Its identifier here.
    pub agency_id: AgencyId,
    /// Identifier code, top level first (mã định danh, Decision 20/2020/QĐ-TTg), as `H01.12`.
    pub code: String,
    /// Full name, as on documents.
    pub name: String,
    /// Abbreviation in the notation, as `UBND` (Decree 30/2020, Appendix I, II.3b).
    pub abbreviation: String,
    /// The agency above it.
    pub parent_id: Option<AgencyId>,
    /// Name of the managing agency printed above its own (cơ quan chủ quản trực tiếp).
    pub parent_line: Option<String>,
    /// Its kind.
    pub kind: AgencyKind,
    /// Place name on documents (địa danh).
    pub place_name: String,
    /// The regulation profile in force for it, by code.
    pub profile: String,
    /// Official mail address.
    pub email: String,
    /// Whether it works under the collective regime, so that its head signs "TM." (Đ13.2).
    pub collective: bool,
}

/// A unit of an agency (phòng, ban, đơn vị).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its identifier.
    pub unit_id: UnitId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Its name.
    pub name: String,
    /// Abbreviation in notations, as `VHXH`.
    pub abbreviation: String,
}

/// What a post lets its holder do; a person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Drafts and processes (chuyên viên).
    Specialist,
    /// Leads a unit (lãnh đạo đơn vị).
    UnitHead,
    /// Signs and directs for the agency (lãnh đạo, người có thẩm quyền).
    Leader,
    /// Records clerk (văn thư cơ quan).
    Clerk,
    /// Manages subscribers of certificates (đầu mối quản lý thuê bao).
    CertificateManager,
    /// Looks after machines and agents (công chức CNTT).
    ItOfficer,
    /// Inspects signing (Sở KH&CN).
    Inspector,
    /// Rates agencies (Sở Nội vụ).
    Rater,
    /// Archivist (lưu trữ).
    Archivist,
    /// Administers accounts and agencies (quản trị).
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::Specialist,
        Self::UnitHead,
        Self::Leader,
        Self::Clerk,
        Self::CertificateManager,
        Self::ItOfficer,
        Self::Inspector,
        Self::Rater,
        Self::Archivist,
        Self::Administrator,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Specialist => "specialist",
            Self::UnitHead => "unit-head",
            Self::Leader => "leader",
            Self::Clerk => "clerk",
            Self::CertificateManager => "certificate-manager",
            Self::ItOfficer => "it-officer",
            Self::Inspector => "inspector",
            Self::Rater => "rater",
            Self::Archivist => "archivist",
            Self::Administrator => "administrator",
        }
    }

    /// The role of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Specialist => "Chuyên viên",
            Self::UnitHead => "Lãnh đạo đơn vị",
            Self::Leader => "Lãnh đạo cơ quan",
            Self::Clerk => "Văn thư cơ quan",
            Self::CertificateManager => "Đầu mối quản lý thuê bao",
            Self::ItOfficer => "Công chức CNTT",
            Self::Inspector => "Kiểm tra, giám sát",
            Self::Rater => "Đánh giá, xếp loại",
            Self::Archivist => "Lưu trữ",
            Self::Administrator => "Quản trị",
        }
    }
}

/// One person's place in one agency, with a role and a period (vị trí công tác).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its identifier.
    pub post_id: PostId,
    /// The person.
    pub person_id: PersonId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The unit, where the post is in one.
    pub unit_id: Option<UnitId>,
    /// The title as in the appointment (chức vụ), as "Chuyên viên".
    pub title: String,
    /// The role.
    pub role: Role,
    /// The first day.
    pub from_day: Day,
    /// The last day, where it is known.
    pub until_day: Option<Day>,
}

impl Post {
    /// Whether it is held on that day.
    pub fn is_held_on(&self, day: Day) -> bool {
        self.from_day <= day && self.until_day.is_none_or(|last| day <= last)
    }
}

/// In whose name a person signs (quyền hạn ký; Decree 30/2020, Article 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// The head signs in his own title.
    Head,
    /// On behalf of the collective (thay mặt, "TM.").
    OnBehalf,
    /// For the head, by a deputy (ký thay, "KT.").
    ForHead,
    /// On behalf of the collective, for the head, by a deputy ("TM." and "KT.").
    OnBehalfForHead,
    /// By order, by the head of a unit (thừa lệnh, "TL.").
    ByOrder,
    /// Under a written delegation (thừa ủy quyền, "TUQ.").
    ByDelegation,
    /// Acting head (quyền, "Q.").
    Acting,
}

/// A person's authority to sign documents of an agency, with basis and period (thẩm quyền ký).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningAuthority {
    /// Its identifier.
    pub authority_id: AuthorityId,
    /// The agency whose documents it covers.
    pub agency_id: AgencyId,
    /// The person.
    pub person_id: PersonId,
    /// In whose name.
    pub capacity: Capacity,
    /// The lines printed above the signature, as `TM. ỦY BAN NHÂN DÂN`, `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`.
    pub lines: Vec<String>,
    /// The document it rests on (assignment of work, delegation).
    pub basis: String,
    /// The first day.
    pub from_day: Day,
    /// The last day, where there is one.
    pub until_day: Option<Day>,
}

impl SigningAuthority {
    /// Whether the person may sign with it on that day.
    ///
    /// Clause: TG-10.1
    pub fn is_in_force_on(&self, day: Day) -> bool {
        self.from_day <= day && self.until_day.is_none_or(|last| day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("king"), None);
    }
}
