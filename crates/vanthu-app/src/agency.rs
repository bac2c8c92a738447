//! The agencies of the installation, and who works in one's own.

use vanthu_domain::agency::{Agency, Post, Unit};
use vanthu_store::{agency, person};

use crate::{App, AppError, Caller};

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
