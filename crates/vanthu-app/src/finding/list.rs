//! Findings as whoever inspects or leads sees them.

use vanthu_domain::Day;
use vanthu_domain::finding::{FindingKind, FindingTag};
use vanthu_domain::id::{AgencyId, CertificateId, FindingId};
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_store::finding::{self, FindingFilter, FindingRow};
use vanthu_store::{Tx, agency, certificate, person};

use super::object_of;
use crate::device::view::name_of;
use crate::{App, AppError, Caller, Cursor, Page};

/// What is asked of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Of one agency; whoever leads sees their own only, whatever is asked.
    pub agency_id: Option<AgencyId>,
    /// Of one kind.
    pub kind: Option<FindingKind>,
    /// In one state.
    pub state: Option<FindingTag>,
    /// From that day.
    pub from_day: Option<Day>,
    /// Until that day.
    pub until_day: Option<Day>,
}

/// A finding with the names that it stands for.
#[derive(Debug, Clone)]
pub struct Named {
    /// The finding.
    pub row: FindingRow,
    /// Of whom.
    pub person: String,
    /// In which agency.
    pub agency: String,
    /// Who looks into it, or closed it.
    pub by: String,
    /// The certificate it is about, by number and subject.
    pub certificate: Option<(String, String)>,
    /// Whether the caller may close it.
    pub may_close: bool,
}

fn filter(caller: &Caller, asked: &Asked) -> Result<FindingFilter, AppError> {
    caller.may(Action::ViewFindings, &caller.own_agency())?;
    let agency_id = if caller.actor.inspects() {
        asked.agency_id.clone()
    } else {
        Some(caller.agency_id.clone())
    };
    Ok(FindingFilter {
        agency_id,
        kind: asked.kind,
        state: asked.state,
        from_at: asked.from_day.map(|day| day.at_minute(0)),
        before_at: asked.until_day.map(|day| day.plus_days(1).at_minute(0)),
    })
}

/// One page, the youngest first.
///
/// Clause: KH-2
pub async fn list(
    app: &App,
    caller: &Caller,
    asked: &Asked,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Named>, AppError> {
    let filter = filter(caller, asked)?;
    let mut tx = app.store.read().await?;
    let page = finding::list(&mut tx, &filter, after, limit).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        items.push(named(&mut tx, caller, row).await?);
    }
    Ok(Page {
        items,
        next: page.next,
    })
}

/// How many the list holds.
pub async fn count(app: &App, caller: &Caller, asked: &Asked) -> Result<i64, AppError> {
    let filter = filter(caller, asked)?;
    let mut tx = app.store.read().await?;
    Ok(finding::count(&mut tx, &filter).await?)
}

/// One finding.
pub async fn view(app: &App, caller: &Caller, id: &FindingId) -> Result<Named, AppError> {
    let missing = || AppError::refused(RefusalCode::NotFound);
    let mut tx = app.store.read().await?;
    let row = finding::find(&mut tx, id).await?.ok_or_else(missing)?;
    may_see(caller, &row).map_err(|_| missing())?;
    named(&mut tx, caller, row).await
}

/// Whoever inspects sees all, whoever leads those of the agency.
pub(crate) fn may_see(caller: &Caller, row: &FindingRow) -> Result<(), AppError> {
    let object = vanthu_domain::permission::Object::Agency {
        agency_id: row.agency_id.clone(),
    };
    Ok(caller.may(Action::ViewFindings, &object)?)
}

async fn named(tx: &mut Tx, caller: &Caller, row: FindingRow) -> Result<Named, AppError> {
    use vanthu_domain::finding::FindingState as S;
    let by = match &row.state {
        S::New => None,
        S::LookedAt { by, .. } | S::Closed { by, .. } => Some(by),
    };
    let by = name_of(tx, by).await?;
    let certificate = match row
        .certificate_id
        .as_deref()
        .map(str::parse::<CertificateId>)
    {
        Some(Ok(id)) => certificate::find(tx, &id).await?,
        Some(Err(_)) | None => None,
    };
    Ok(Named {
        person: person::load(tx, &row.person_id).await?.full_name,
        agency: agency::load(tx, &row.agency_id).await?.name,
        by,
        certificate: certificate.map(|it| (it.record.serial, it.record.subject)),
        may_close: caller.may(Action::CloseFinding, &object_of(&row)).is_ok(),
        row,
    })
}
