//! A real installation is made: its first agency, unit and administrator.

use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::agency::{Agency, AgencyKind, Post, Role, Unit};
use vanthu_domain::audit::Act;
use vanthu_domain::email::Email;
use vanthu_domain::id::{AccountId, AgencyId, PersonId, PostId, UnitId};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text;
use vanthu_store::account::{self, AccountRow};
use vanthu_store::person::{self, PersonRow};
use vanthu_store::{agency, installation};

use crate::account::password;
use crate::{App, AppError};

/// The first agency with its first unit.
#[derive(Debug, Clone)]
pub struct FirstAgency {
    /// Identifier code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Abbreviation in notations.
    pub abbreviation: String,
    /// Kind.
    pub kind: AgencyKind,
    /// Place name.
    pub place_name: String,
    /// Regulation profile.
    pub profile: String,
    /// Official mail address.
    pub email: String,
    /// The first unit's name.
    pub unit: String,
    /// Its abbreviation.
    pub unit_abbreviation: String,
}

/// The first administrator.
#[derive(Debug, Clone)]
pub struct FirstAdministrator {
    /// The account's name.
    pub login: String,
    /// Full name.
    pub full_name: String,
    /// Official mail address.
    pub email: String,
}

/// What an installation begins with.
#[derive(Debug, Clone)]
pub struct Initialise {
    /// The agency.
    pub agency: FirstAgency,
    /// The administrator.
    pub administrator: FirstAdministrator,
}

/// Makes it, once, and gives the administrator's first password, which must be changed at once. A
/// free mail address is refused.
///
/// Clause: TD-1.4
pub async fn initialise(app: &App, input: Initialise) -> Result<String, AppError> {
    let Initialise {
        agency: first,
        administrator,
    } = input;
    let first_password = format!("Vt-{}", app.secret().chars().take(12).collect::<String>());
    let password_hash = password::hash(app, &first_password).await?;
    let mut work = app.begin_system(None).await?;
    if installation::find(&mut work.tx, "mode").await?.is_some() {
        return Err(AppError::refused(RefusalCode::AlreadyDecided));
    }
    let collective = matches!(
        first.kind,
        AgencyKind::ProvinceCommittee | AgencyKind::CommuneCommittee | AgencyKind::SpecialZone
    );
    let new_agency = Agency {
        agency_id: AgencyId::new(work.now, work.random()),
        code: text::required("Mã định danh", first.code.trim(), 40)?,
        name: text::required("Tên cơ quan", &text::clean(&first.name), 200)?,
        abbreviation: text::required("Chữ viết tắt", first.abbreviation.trim(), 20)?,
        parent_id: None,
        parent_line: None,
        kind: first.kind,
        place_name: text::required("Địa danh", &text::clean(&first.place_name), 100)?,
        profile: first.profile,
        email: first.email,
        collective,
    };
    let rules = app
        .profile_of(&new_agency)
        .map_err(|_| unknown_profile(&new_agency.profile))?;
    let rules = rules.mail_rules(work.today());
    Email::official(&new_agency.email, &rules)?;
    let email = Email::official(&administrator.email, &rules)?.to_string();
    agency::insert(&mut work.tx, &new_agency).await?;
    let unit = Unit {
        unit_id: UnitId::new(work.now, work.random()),
        agency_id: new_agency.agency_id.clone(),
        name: text::required("Tên đơn vị", &text::clean(&first.unit), 200)?,
        abbreviation: text::required("Chữ viết tắt", first.unit_abbreviation.trim(), 20)?,
    };
    agency::insert_unit(&mut work.tx, &unit).await?;
    let person_row = PersonRow {
        person_id: PersonId::new(work.now, work.random()),
        full_name: text::required("Họ và tên", &text::clean(&administrator.full_name), 50)?,
        email,
        phone: String::new(),
        picture_blob: None,
    };
    person::insert(&mut work.tx, &person_row).await?;
    let post = Post {
        post_id: PostId::new(work.now, work.random()),
        person_id: person_row.person_id.clone(),
        agency_id: new_agency.agency_id.clone(),
        unit_id: Some(unit.unit_id),
        title: "Quản trị hệ thống".to_owned(),
        role: Role::Administrator,
        from_day: work.today(),
        until_day: None,
    };
    person::insert_post(&mut work.tx, &post).await?;
    let row = AccountRow {
        account_id: AccountId::new(work.now, work.random()),
        person_id: person_row.person_id.clone(),
        login: text::required("Tên tài khoản", administrator.login.trim(), 60)?.to_lowercase(),
        password_hash,
        state: AccountState::Active,
        failures: Failures::default(),
        must_change_password: true,
        created_at: work.now,
        password_changed_at: work.now,
    };
    account::insert(&mut work.tx, &row).await?;
    installation::set(&mut work.tx, "mode", "real").await?;
    let data = json!({"mode": "real", "agency": new_agency.code});
    work.record(Act::InstallationMade, "installation", &[], data)
        .await?;
    let about = [row.person_id.to_string()];
    work.record(
        Act::AccountMade,
        &row.account_id,
        &about,
        json!({"login": row.login}),
    )
    .await?;
    work.commit().await?;
    Ok(first_password)
}

fn unknown_profile(code: &str) -> Refusal {
    Refusal::new(RefusalCode::FieldMalformed)
        .with("field", "Quy chế áp dụng")
        .with("why", format!("không có quy chế “{code}”"))
}
