//! What one signs with: the services that the agency may use, and the keys that are linked.

use vanthu_store::agency;
use vanthu_store::certificate::{self, CertificateRow};
use vanthu_store::credential::{self, CredentialRow};
use vanthu_store::signing::Means;

use crate::{App, AppError, Caller};

/// A service that the caller may link a key of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where its keys lie.
    pub means: Means,
    /// Whether its page has to be opened before it tells of keys.
    pub by_page: bool,
    /// Whether it tells which keys a holder has.
    pub has_list: bool,
}

/// A linked key with its certificate.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The key.
    pub row: CredentialRow,
    /// The service's name; its code where the installation no longer has it.
    pub service_name: String,
    /// Where the key lies; none where the installation no longer has the service.
    pub means: Option<Means>,
    /// How many files one agreement covers at most.
    pub most_files: usize,
    /// The certificate.
    pub certificate: CertificateRow,
}

/// The services of the caller's agency.
pub async fn offered(app: &App, caller: &Caller) -> Result<Vec<Offered>, AppError> {
    let mut tx = app.store.read().await?;
    let code = agency::load(&mut tx, &caller.agency_id).await?.code;
    let all = app.key_services().iter().filter(|it| it.serves(&code));
    Ok(all
        .map(|it| Offered {
            code: it.code.clone(),
            name: it.name.clone(),
            means: it.means(),
            by_page: it.page_for_lists().is_some(),
            has_list: it.has_list(),
        })
        .collect())
}

/// The caller's keys, the oldest first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Linked>, AppError> {
    let mut tx = app.store.read().await?;
    let code = agency::load(&mut tx, &caller.agency_id).await?.code;
    let mut keys = Vec::new();
    for row in credential::list_of_person(&mut tx, caller.person_id(), &caller.agency_id).await? {
        let service = app.key_services().find(&row.service);
        let service = service.filter(|it| it.serves(&code));
        keys.push(Linked {
            service_name: service.map_or_else(|| row.service.clone(), |it| it.name.clone()),
            means: service.map(crate::service::KeyService::means),
            most_files: service.map_or(1, |it| it.most_files(&row)),
            certificate: certificate::load(&mut tx, &row.certificate_id).await?,
            row,
        });
    }
    Ok(keys)
}
