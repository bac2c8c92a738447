//! Persons and their posts.

use vanthu_domain::Day;
use vanthu_domain::agency::{Post, Role};
use vanthu_domain::id::{AgencyId, PersonId, PostId, UnitId};

use crate::agency::missing;
use crate::db::Tx;
use crate::error::Result;
use crate::query::Where;
use crate::record::{args, record};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The identifier.
    pub person_id: PersonId,
    /// Full name (họ và tên).
    pub full_name: String,
    /// Official mail address.
    pub email: String,
    /// Telephone; empty where none is known.
    pub phone: String,
    /// The blob of the handwritten signature's picture.
    pub picture_blob: Option<String>,
}

record!(PersonRow, "persons", [person_id]; person_id, full_name, email, phone, picture_blob);
record!(
    Post, "posts", [post_id];
    post_id, person_id, agency_id, unit_id, title, role, from_day, until_day
);

/// Inserts a person.
pub async fn insert(tx: &mut Tx, person: &PersonRow) -> Result<()> {
    tx.insert(person).await
}

/// Writes a person anew.
pub async fn update(tx: &mut Tx, person: &PersonRow) -> Result<()> {
    tx.update(person, &[]).await
}

/// The person, where there is one.
pub async fn find(tx: &mut Tx, person_id: &PersonId) -> Result<Option<PersonRow>> {
    tx.first("WHERE person_id = $1", args![person_id]).await
}

/// The person, who must be there.
pub async fn load(tx: &mut Tx, person_id: &PersonId) -> Result<PersonRow> {
    find(tx, person_id)
        .await?
        .ok_or_else(|| missing::<PersonRow>(person_id))
}

/// Every person by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<PersonRow>> {
    tx.list("ORDER BY full_name, person_id", args![]).await
}

/// The persons of these identifiers.
pub async fn list_these(tx: &mut Tx, person_ids: &[PersonId]) -> Result<Vec<PersonRow>> {
    let mut filter = Where::new();
    let condition = filter.in_list("person_id", person_ids);
    filter.and(condition);
    let (text, args) = filter.build();
    tx.list(&format!("{text} ORDER BY full_name, person_id"), args)
        .await
}

/// Inserts a post.
pub async fn insert_post(tx: &mut Tx, post: &Post) -> Result<()> {
    tx.insert(post).await
}

/// Writes a post anew, as when its last day is set.
pub async fn update_post(tx: &mut Tx, post: &Post) -> Result<()> {
    tx.update(post, &[]).await
}

/// The post, where there is one.
pub async fn find_post(tx: &mut Tx, post_id: &PostId) -> Result<Option<Post>> {
    tx.first("WHERE post_id = $1", args![post_id]).await
}

/// The posts that a person holds on a day.
pub async fn list_posts(tx: &mut Tx, person_id: &PersonId, day: Day) -> Result<Vec<Post>> {
    tx.list(
        "WHERE person_id = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2) \
         ORDER BY post_id",
        args![person_id, day],
    )
    .await
}

/// Who holds a post on a day: at an agency, or more narrowly in a unit, with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostFilter {
    /// The agency.
    pub agency_id: AgencyId,
    /// Only in this unit.
    pub unit_id: Option<UnitId>,
    /// Only with one of these roles; with any where empty.
    pub roles: Vec<Role>,
    /// On this day.
    pub day: Day,
}

/// The posts held on a day.
pub async fn list_posts_where(tx: &mut Tx, filter: &PostFilter) -> Result<Vec<Post>> {
    let mut clause = Where::new();
    clause.equals("agency_id", Some(&filter.agency_id));
    clause.equals("unit_id", filter.unit_id.as_ref());
    clause.among("role", &filter.roles);
    let day = clause.bind(&filter.day);
    clause.and(format!(
        "from_day <= {day} AND (until_day IS NULL OR until_day >= {day})"
    ));
    let (text, args) = clause.build();
    tx.list(&format!("{text} ORDER BY post_id"), args).await
}

/// Whoever inspects on a day, in any agency.
pub async fn list_inspectors(tx: &mut Tx, day: Day) -> Result<Vec<PersonId>> {
    let posts: Vec<Post> = tx
        .list(
            "WHERE role = 'inspector' AND from_day <= $1 \
             AND (until_day IS NULL OR until_day >= $1) ORDER BY post_id",
            args![day],
        )
        .await?;
    Ok(posts.into_iter().map(|post| post.person_id).collect())
}

/// Every post of an agency, past ones among them.
pub async fn list_posts_of_agency(tx: &mut Tx, agency_id: &AgencyId) -> Result<Vec<Post>> {
    tx.list("WHERE agency_id = $1 ORDER BY post_id", args![agency_id])
        .await
}
