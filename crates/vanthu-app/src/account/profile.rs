//! What the owner of an account sees of it: the person, the posts, the certificates.

use vanthu_domain::agency::{Post, SigningAuthority};
use vanthu_domain::certificate::CertificateRecord;
use vanthu_store::{agency, certificate, person};

use crate::{App, AppError, Caller};

/// One's own account.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The full name.
    pub full_name: String,
    /// The official mail address.
    pub email: String,
    /// Today's posts with the names of agency and unit.
    pub posts: Vec<(Post, String, Option<String>)>,
    /// What the person may sign for today.
    pub authorities: Vec<SigningAuthority>,
    /// The person's certificates, and those of agencies whose device the person keeps.
    pub certificates: Vec<CertificateRecord>,
}

/// The caller's own account.
pub async fn view(app: &App, caller: &Caller) -> Result<Profile, AppError> {
    let today = app.now().day();
    let id = caller.person_id();
    let mut tx = app.store.read().await?;
    let row = person::load(&mut tx, id).await?;
    let mut posts = Vec::new();
    for post in person::list_posts(&mut tx, id, today).await? {
        let agency_name = agency::load(&mut tx, &post.agency_id).await?.name;
        let unit_name = match &post.unit_id {
            Some(unit_id) => Some(agency::load_unit(&mut tx, unit_id).await?.name),
            None => None,
        };
        posts.push((post, agency_name, unit_name));
    }
    let authorities = agency::list_authorities_of(&mut tx, id).await?;
    let mut certificates = certificate::list_of_person(&mut tx, id).await?;
    certificates.extend(certificate::list_of_keeper(&mut tx, id).await?);
    Ok(Profile {
        full_name: row.full_name,
        email: row.email,
        posts,
        authorities: authorities
            .into_iter()
            .filter(|one| one.is_in_force_on(today))
            .collect(),
        certificates: certificates.into_iter().map(|one| one.record).collect(),
    })
}
