//! The accounts of an agency, for its administrator.

use vanthu_domain::agency::Post;
use vanthu_domain::permission::Action;
use vanthu_store::account::{self, AccountRow};
use vanthu_store::person;

use crate::{App, AppError, Caller};

/// One account with its person and posts.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// The account.
    pub account: AccountRow,
    /// The person's name.
    pub full_name: String,
    /// The official mail address.
    pub email: String,
    /// The posts in this agency.
    pub posts: Vec<Post>,
}

/// Every account of the caller's agency, by name.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<AccountView>, AppError> {
    caller.may(Action::ViewAccounts, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let posts = person::list_posts_of_agency(&mut tx, &caller.agency_id).await?;
    let mut views: Vec<AccountView> = Vec::new();
    for post in posts {
        let Some(account) = account::find_by_person(&mut tx, &post.person_id).await? else {
            continue;
        };
        let known = views
            .iter_mut()
            .find(|v| v.account.account_id == account.account_id);
        if let Some(view) = known {
            view.posts.push(post);
        } else {
            let person = person::load(&mut tx, &post.person_id).await?;
            views.push(AccountView {
                account,
                full_name: person.full_name,
                email: person.email,
                posts: vec![post],
            });
        }
    }
    views.sort_by(|a, b| a.full_name.cmp(&b.full_name));
    Ok(views)
}
