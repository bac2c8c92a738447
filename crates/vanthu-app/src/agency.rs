//! The agencies of the installation, and who works in one's own.

use vanthu_domain::agency::{Agency, Post, Role, Unit};
use vanthu_domain::id::{AgencyId, PersonId};
use vanthu_store::agency;
use vanthu_store::person::{self, PostFilter};

use crate::{App, AppError, Caller, Work};

/// Somebody who works in the caller's agency, in one post.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// The post.
    pub post: Post,
    /// The person's name.
    pub full_name: String,
}

/// Every agency.
pub async fn list(app: &App) -> Result<Vec<Agency>, AppError> {
    let mut tx = app.store.read().await?;
    Ok(agency::list(&mut tx).await?)
}

/// The agency for which the caller acts.
pub async fn own(app: &App, caller: &Caller) -> Result<Agency, AppError> {
    let mut tx = app.store.read().await?;
    Ok(agency::load(&mut tx, &caller.agency_id).await?)
}

/// The units of the caller's agency.
pub async fn units(app: &App, caller: &Caller) -> Result<Vec<Unit>, AppError> {
    let mut tx = app.store.read().await?;
    Ok(agency::list_units(&mut tx, &caller.agency_id).await?)
}

/// Who holds which post in the caller's agency today, by name.
pub async fn people(app: &App, caller: &Caller) -> Result<Vec<Colleague>, AppError> {
    let today = app.now().day();
    let mut tx = app.store.read().await?;
    let posts = person::list_posts_of_agency(&mut tx, &caller.agency_id).await?;
    let mut people = Vec::with_capacity(posts.len());
    for post in posts.into_iter().filter(|post| post.is_held_on(today)) {
        let full_name = person::load(&mut tx, &post.person_id).await?.full_name;
        people.push(Colleague { post, full_name });
    }
    people.sort_by(|a, b| a.full_name.cmp(&b.full_name));
    Ok(people)
}

/// The people who hold one of these roles in an agency today, each once.
pub(crate) async fn holders_of(
    work: &mut Work<'_>,
    agency_id: &AgencyId,
    roles: &[Role],
) -> Result<Vec<PersonId>, AppError> {
    let filter = PostFilter {
        agency_id: agency_id.clone(),
        unit_id: None,
        roles: roles.to_vec(),
        day: work.today(),
    };
    let posts = person::list_posts_where(&mut work.tx, &filter).await?;
    let mut people: Vec<PersonId> = posts.into_iter().map(|post| post.person_id).collect();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}
