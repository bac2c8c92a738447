//! Signs as the practice agent would: through the application's own signing sessions, with the key
//! files of the agent's folder. The server's part never sees a key; this module is the other side.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use vanthu_domain::id::OutgoingId;
use vanthu_pki::{Certificate, SignatureAlgorithm, SoftKey, pkcs12};
use vanthu_store::signing::{Consent, Means, Purpose};
use vanthu_wire::agent::SessionItem;

use crate::practice::world::PIN;
use crate::signing::answer::{Answer, answer};
use crate::signing::fetch::{By, fetch};
use crate::signing::open::{OpenSigning, open};
use crate::{App, AppError, Caller};

/// The key files of a folder, opened when they are first needed.
pub struct Keys {
    files: BTreeMap<String, PathBuf>,
    opened: Mutex<BTreeMap<String, Arc<SoftKey>>>,
}

impl Keys {
    /// The files `NAME.p12` with their certificates beside them as `NAME.pem`.
    pub fn of(folder: &Path) -> Result<Self, AppError> {
        let failed = |e: std::io::Error| AppError::fault(folder.display().to_string(), e);
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|it| it == "pem") {
                let text = std::fs::read_to_string(&path).map_err(failed)?;
                let certificate = Certificate::from_pem(&text)
                    .map_err(|e| AppError::fault(path.display().to_string(), e))?;
                files.insert(certificate.sha256_thumbprint(), path.with_extension("p12"));
            }
        }
        Ok(Self {
            files,
            opened: Mutex::default(),
        })
    }

    fn key(&self, thumbprint: &str) -> Result<Arc<SoftKey>, AppError> {
        let broken = |e: &dyn std::fmt::Display| AppError::fault("practice key", e);
        let mut opened = self.opened.lock().map_err(|e| broken(&e))?;
        if let Some(key) = opened.get(thumbprint) {
            return Ok(Arc::clone(key));
        }
        let path = self
            .files
            .get(thumbprint)
            .ok_or_else(|| broken(&"not in the folder"))?;
        let bytes = std::fs::read(path).map_err(|e| broken(&e))?;
        let key = Arc::new(pkcs12::open(&bytes, PIN).map_err(|e| broken(&e))?.key);
        opened.insert(thumbprint.to_owned(), Arc::clone(&key));
        Ok(key)
    }

    fn sign(&self, item: &SessionItem) -> Result<Vec<u8>, AppError> {
        let broken = |e: &dyn std::fmt::Display| AppError::fault("practice signature", e);
        let certificate =
            Certificate::from_der(item.certificate.as_bytes()).map_err(|e| broken(&e))?;
        let algorithm = SignatureAlgorithm::from_name(item.algorithm.as_str())
            .ok_or_else(|| broken(&"algorithm"))?;
        self.key(&certificate.sha256_thumbprint())?
            .sign(algorithm, item.signed_attributes.as_bytes())
            .map_err(|e| broken(&e))
    }
}

/// Signs documents in one session, with automatic consent.
pub async fn sign(
    app: &App,
    caller: &Caller,
    keys: &Keys,
    purpose: Purpose,
    documents: Vec<OutgoingId>,
) -> Result<(), AppError> {
    let order = OpenSigning {
        purpose,
        documents,
        consent: Consent::Automatic,
        means: Means::Agent,
        credential: None,
        keys: Vec::new(),
    };
    let opened = open(app, caller, order).await?;
    let session = fetch(app, &opened.signing_id, &opened.token, &By::default()).await?;
    for item in &session.items {
        let given = Answer {
            signing_id: opened.signing_id.clone(),
            token: opened.token.clone(),
            item_id: item.item_id.clone(),
            signature: keys.sign(item)?,
            consent: Consent::Automatic,
        };
        answer(app, given).await?;
    }
    Ok(())
}
