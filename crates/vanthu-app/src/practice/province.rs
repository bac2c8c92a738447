//! The practice province (tỉnh thực hành) as it is written down in `province.toml`.

use serde::Deserialize;
use vanthu_domain::agency::{AgencyKind, Capacity, Role};

use crate::AppError;

/// Everything in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// The domain of official mail.
    pub mail_domain: String,
    /// The agencies, each after the one above it.
    #[serde(rename = "agency")]
    pub agencies: Vec<PracticeAgency>,
}

/// An agency.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeAgency {
    /// Its short key here; its key file is named so.
    pub key: String,
    /// Identifier code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// How people call it.
    pub short: String,
    /// Abbreviation in the notation.
    pub abbreviation: String,
    /// The line printed above its name.
    pub parent: Option<String>,
    /// The key of the agency above it.
    pub under: Option<String>,
    /// Its kind.
    pub kind: AgencyKind,
    /// Place name.
    pub place: String,
    /// The regulation profile.
    pub profile: String,
    /// Whether it works under the collective regime.
    #[serde(default)]
    pub collective: bool,
    /// The diameter of its seal in millimetres.
    pub seal_mm: u32,
    /// Another mail domain than the province's.
    pub mail_domain: Option<String>,
    /// Its units.
    #[serde(rename = "unit")]
    pub units: Vec<PracticeUnit>,
    /// Its people.
    #[serde(rename = "person")]
    pub people: Vec<PracticePerson>,
}

/// A unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeUnit {
    /// Its key in the agency.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its abbreviation.
    pub abbreviation: String,
}

/// A person with the one account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticePerson {
    /// The account's name.
    pub login: String,
    /// Full name.
    pub name: String,
    /// The title.
    pub title: String,
    /// The roles, a post each.
    pub roles: Vec<Role>,
    /// The unit's key.
    pub unit: String,
    /// In whose name the person signs.
    pub capacity: Option<Capacity>,
    /// The lines above the signature.
    #[serde(default)]
    pub lines: Vec<String>,
    /// What is wrong with the person's certificate.
    pub certificate: Option<BadCertificate>,
}

/// What can be wrong with a practice certificate on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadCertificate {
    /// Its time is over.
    Expired,
    /// It is on the authority's list.
    Revoked,
    /// Another authority issued it.
    UnknownIssuer,
}

impl Province {
    /// The province that comes with the program.
    pub fn bundled() -> Result<Self, AppError> {
        toml::from_str(include_str!("province.toml"))
            .map_err(|e| AppError::fault("practice province", e))
    }

    /// The account names of everybody, with what they are, for those who try the installation out.
    pub fn accounts(&self) -> impl Iterator<Item = (&PracticeAgency, &PracticePerson)> {
        self.agencies
            .iter()
            .flat_map(|agency| agency.people.iter().map(move |it| (agency, it)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use vanthu_domain::profile::RegulationProfile;

    #[test]
    fn every_agency_has_what_its_documents_need() {
        let province = Province::bundled().unwrap();
        let mut seen = BTreeSet::new();
        for agency in &province.agencies {
            assert!(
                agency
                    .under
                    .as_ref()
                    .is_none_or(|above| seen.contains(above))
            );
            assert!(seen.insert(agency.key.clone()), "{}", agency.key);
            assert!(RegulationProfile::codes().any(|code| code == agency.profile));
            let units: BTreeSet<_> = agency.units.iter().map(|it| &it.key).collect();
            let has = |role| agency.people.iter().any(|it| it.roles.contains(&role));
            assert!(
                has(Role::Leader) && has(Role::Clerk) && has(Role::UnitHead),
                "{}",
                agency.key
            );
            for person in &agency.people {
                assert!(units.contains(&person.unit), "{}", person.login);
                let signs = person.roles.contains(&Role::Leader);
                assert_eq!(signs, person.capacity.is_some(), "{}", person.login);
                assert_eq!(signs, !person.lines.is_empty(), "{}", person.login);
            }
        }
        let kinds: BTreeSet<_> = province.agencies.iter().map(|it| it.kind).collect();
        assert_eq!(kinds.len(), 6, "agencies of each kind");
    }

    #[test]
    fn every_account_has_a_name_of_its_own() {
        let province = Province::bundled().unwrap();
        let logins: Vec<_> = province
            .accounts()
            .map(|(_, it)| it.login.as_str())
            .collect();
        let different: BTreeSet<_> = logins.iter().collect();
        assert_eq!(logins.len(), different.len());
    }

    #[test]
    fn people_in_every_role_are_there() {
        let province = Province::bundled().unwrap();
        for role in Role::ALL {
            assert!(
                province.accounts().any(|(_, it)| it.roles.contains(&role)),
                "{role:?}"
            );
        }
    }
}
