//! The accounts of the agency: making, locking on every channel, unlocking.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use vanthu_app::account::list::list;
use vanthu_app::account::lock::{lock as lock_it, unlock as unlock_it};
use vanthu_app::account::make::{MakeAccount, make as make_it};
use vanthu_app::{App, AppError, Caller, agency};
use vanthu_domain::account::AccountState;
use vanthu_domain::agency::Role;
use vanthu_domain::id::AccountId;
use vanthu_domain::refusal::Refusal;

use crate::act::Act;
use crate::error::{WebError, refused_page};
use crate::page::fields::Fields;
use crate::page::incoming::required;
use crate::page::show::{Say, fact};
use crate::page::{render, shell};
use crate::session::SignedIn;
use crate::state::Web;
use crate::texts::{filters, language_of};
use crate::view::{Choice, Confirm, Field, Pill, Problem, Shell, Tone};

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct AccountsPage {
    shell: Shell,
    made: Option<Made>,
    wrong: Option<Problem>,
    accounts: Vec<Account>,
    form: MakeForm,
    asks: Vec<Confirm>,
}

/// The first password of an account made a moment ago: shown once.
struct Made {
    login: String,
    password: String,
}

/// One account.
struct Account {
    name: String,
    login: String,
    email: String,
    posts: String,
    mark: Pill,
    act: String,
    dialog: String,
    danger: bool,
}

/// The form for a new account.
struct MakeForm {
    full_name: Field,
    title: Field,
    email: Field,
    login: Field,
    unit: Field,
    role: Field,
}

/// The page.
pub(super) async fn show(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    page(&web, &who, &headers, &Fields::default(), None, None).await
}

/// Makes an account; its first password is shown once.
pub(super) async fn make(
    State(web): State<Web>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    match make_by(&web.app, who.caller(), &fields).await {
        Ok(password) => {
            let made = Made {
                login: fields.get("login").to_lowercase(),
                password,
            };
            page(&web, &who, &headers, &Fields::default(), Some(made), None).await
        }
        Err(error) => refused(&web, &who, &headers, &fields, error).await,
    }
}

/// Locks an account.
pub(super) async fn lock(act: Act<AccountId, Fields>) -> Result<Response, WebError> {
    let done = lock_it(act.app(), act.caller(), &act.id, act.given.get("reason")).await;
    after(&act, done).await
}

/// Unlocks an account.
pub(super) async fn unlock(act: Act<AccountId, Fields>) -> Result<Response, WebError> {
    let done = unlock_it(act.app(), act.caller(), &act.id, act.given.get("reason")).await;
    after(&act, done).await
}

/// The page again, with why it was not done.
async fn after(
    act: &Act<AccountId, Fields>,
    done: Result<(), AppError>,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(Redirect::to("/admin/accounts").into_response()),
        Err(error) => refused(&act.web, &act.who, &act.headers, &Fields::default(), error).await,
    }
}

async fn make_by(app: &App, caller: &Caller, fields: &Fields) -> Result<String, AppError> {
    let input = MakeAccount {
        full_name: fields.get("full_name").to_owned(),
        title: fields.get("title").to_owned(),
        email: fields.get("email").to_owned(),
        login: fields.get("login").to_owned(),
        unit_id: fields.get("unit").parse().map_err(|_| required("Đơn vị"))?,
        role: Role::from_code(fields.get("role")).ok_or_else(|| required("Vai trò"))?,
    };
    make_it(app, caller, input).await
}

async fn refused(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    given: &Fields,
    error: AppError,
) -> Result<Response, WebError> {
    let AppError::Refused(refusal) = error else {
        return Err(error.into());
    };
    let shown = page(web, who, headers, given, None, Some(&refusal)).await?;
    Ok(refused_page(shown, refusal.code))
}

async fn page(
    web: &Web,
    who: &SignedIn,
    headers: &HeaderMap,
    given: &Fields,
    made: Option<Made>,
    refusal: Option<&Refusal>,
) -> Result<Response, WebError> {
    let say = Say::of(headers, web.app.now());
    let views = list(&web.app, who.caller()).await?;
    let units = agency::units(&web.app, who.caller()).await?;
    let title = say.t("Tài khoản của cơ quan");
    let shell = shell::shell(web, who, headers, title, "/admin/accounts").await?;
    let (mut accounts, mut asks) = (Vec::new(), Vec::new());
    for view in &views {
        let row = &view.account;
        let refused_now = row.failures.is_refused_at(say.now);
        let active = row.state == AccountState::Active && !refused_now;
        let id = &row.account_id;
        let mark = match row.state {
            AccountState::Active if refused_now => Pill {
                tone: Tone::Warn,
                text: say.t("Tạm khóa do nhập sai mật khẩu"),
            },
            AccountState::Active => Pill {
                tone: Tone::Ok,
                text: say.named(row.state.name()),
            },
            AccountState::Locked => Pill {
                tone: Tone::Bad,
                text: say.named(row.state.name()),
            },
            AccountState::Withdrawn => Pill {
                tone: Tone::None,
                text: say.named(row.state.name()),
            },
        };
        let (verb, part, text) = if active {
            (say.t("Khóa"), "lock", say.t("Mọi phiên đăng nhập và phiên ký số của tài khoản kết thúc ngay, trên mọi kênh."))
        } else {
            (
                say.t("Mở khóa"),
                "unlock",
                say.t("Tài khoản đăng nhập lại được với mật khẩu cũ."),
            )
        };
        let dialog = format!("{part}-{id}");
        accounts.push(Account {
            name: view.full_name.clone(),
            login: row.login.clone(),
            email: view.email.clone(),
            posts: view
                .posts
                .iter()
                .map(|post| match say.t(post.role.name()) {
                    role if role == post.title => role,
                    role => format!("{} ({role})", post.title),
                })
                .collect::<Vec<_>>()
                .join("; "),
            mark,
            act: if row.state == AccountState::Withdrawn {
                String::new()
            } else {
                format!("{verb}…")
            },
            dialog: dialog.clone(),
            danger: active,
        });
        asks.push(Confirm {
            title: format!("{verb}: {}?", view.full_name),
            text,
            facts: vec![fact(say.t("Tài khoản"), &row.login)],
            action: format!("/admin/accounts/{id}/{part}"),
            csrf: shell.csrf.clone(),
            reason: Some(Field::new(format!("reason--{dialog}"), say.t("Lý do"), "").max(500)),
            verb,
            danger: active,
            id: dialog,
            ..Confirm::default()
        });
    }
    let page = AccountsPage {
        made,
        wrong: refusal.map(|refusal| say.refusal(refusal)),
        accounts,
        form: form(say, given, &units),
        asks,
        shell,
    };
    render(&page, language_of(headers))
}

fn form(say: Say, given: &Fields, units: &[vanthu_domain::agency::Unit]) -> MakeForm {
    let text = |name: &str, label: String, max| Field::new(name, label, given.get(name)).max(max);
    let roles = Role::ALL.into_iter().map(|role| Choice {
        value: role.code().to_owned(),
        text: say.t(role.name()),
        chosen: given.get("role") == role.code(),
        ..Choice::default()
    });
    let units = units.iter().map(|unit| Choice {
        value: unit.unit_id.to_string(),
        text: unit.name.clone(),
        chosen: given.get("unit") == unit.unit_id.to_string(),
        ..Choice::default()
    });
    MakeForm {
        full_name: text("full_name", say.t("Họ và tên"), 50),
        title: text("title", say.t("Chức vụ"), 100),
        email: text("email", say.t("Thư công vụ"), 200)
            .kind("email")
            .hint(say.t("Chỉ nhận địa chỉ trên tên miền công vụ; không nhận hộp thư miễn phí.")),
        login: text("login", say.t("Tên tài khoản"), 60),
        unit: Field::new("unit", say.t("Đơn vị"), "").choices(units.collect()),
        role: Field::new("role", say.t("Vai trò"), "").choices(roles.collect()),
    }
}
