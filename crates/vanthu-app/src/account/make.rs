//! An administrator makes an account for a person of the agency (cấp tài khoản).

use serde_json::json;
use vanthu_domain::account::{AccountState, Failures};
use vanthu_domain::agency::{Post, Role};
use vanthu_domain::audit::Act;
use vanthu_domain::email::Email;
use vanthu_domain::id::{AccountId, PersonId, PostId, UnitId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_domain::text;
use vanthu_store::account::{self, AccountRow};
use vanthu_store::agency;
use vanthu_store::person::{self, PersonRow};

use crate::account::password;
use crate::{App, AppError, Caller};

/// Who gets an account.
#[derive(Debug, Clone)]
pub struct MakeAccount {
    /// The person's full name.
    pub full_name: String,
    /// The title in the agency.
    pub title: String,
    /// The official mail address.
    pub email: String,
    /// The account's name.
    pub login: String,
    /// The unit.
    pub unit_id: UnitId,
    /// The role.
    pub role: Role,
}

/// Makes person, post and account, and gives the first password, which must be changed at once.
/// A free mail address is refused, and the attempt counted.
///
/// Clause: TD-1.4, TD-3
pub async fn make(app: &App, caller: &Caller, input: MakeAccount) -> Result<String, AppError> {
    caller.may(Action::MakeAccount, &caller.own_agency())?;
    let first_password = format!("Vt-{}", app.secret().chars().take(12).collect::<String>());
    let password_hash = password::hash(app, &first_password).await?;
    let mut work = app.begin(caller).await?;
    let agency = agency::load(&mut work.tx, &caller.agency_id).await?;
    let rules = app.profile_of(&agency)?.mail_rules(work.today());
    let email = match Email::official(&input.email, &rules) {
        Ok(email) => email.to_string(),
        Err(refusal) => {
            let data = json!({"code": refusal.code.code()});
            work.record(Act::AccountRefused, &caller.agency_id, &[], data)
                .await?;
            work.commit().await?;
            return Err(refusal.into());
        }
    };
    let unit = agency::load_unit(&mut work.tx, &input.unit_id).await?;
    if unit.agency_id != caller.agency_id {
        return Err(AppError::refused(RefusalCode::NotFound));
    }
    let login = text::required("Tên tài khoản", input.login.trim(), 60)?.to_lowercase();
    if account::find_by_login(&mut work.tx, &login)
        .await?
        .is_some()
    {
        return Err(Refusal::new(RefusalCode::FieldMalformed)
            .with("field", "Tên tài khoản")
            .with("why", "đã có người dùng")
            .into());
    }
    let new_person = PersonRow {
        person_id: PersonId::new(work.now, work.random()),
        full_name: text::required("Họ và tên", &text::clean(&input.full_name), 50)?,
        email,
        phone: String::new(),
        picture_blob: None,
    };
    person::insert(&mut work.tx, &new_person).await?;
    let post = Post {
        post_id: PostId::new(work.now, work.random()),
        person_id: new_person.person_id.clone(),
        agency_id: caller.agency_id.clone(),
        unit_id: Some(input.unit_id),
        title: text::required("Chức vụ", &text::clean(&input.title), 100)?,
        role: input.role,
        from_day: work.today(),
        until_day: None,
    };
    person::insert_post(&mut work.tx, &post).await?;
    let row = AccountRow {
        account_id: AccountId::new(work.now, work.random()),
        person_id: new_person.person_id.clone(),
        login: login.clone(),
        password_hash,
        state: AccountState::Active,
        failures: Failures::default(),
        must_change_password: true,
        created_at: work.now,
        password_changed_at: work.now,
    };
    account::insert(&mut work.tx, &row).await?;
    let about = [new_person.person_id.to_string()];
    let data = json!({"login": login, "role": input.role.code()});
    work.record(Act::AccountMade, &row.account_id, &about, data)
        .await?;
    work.commit().await?;
    Ok(first_password)
}
