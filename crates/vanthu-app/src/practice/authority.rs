//! The practice authority of one installation (cơ quan chứng thực thực hành): a root, an issuing
//! authority under it, a time-stamp service and an OCSP responder, made once and kept in a folder.
//!
//! Its certificates carry the practice policy and say in their names that they have no legal value;
//! a real installation refuses them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vanthu_domain::{Clock, Moment, Randomness};
use vanthu_pki::authority::{
    Authority, AuthorityError, Endpoints, OcspAuthority, Revocation, TimestampAuthority, Validity,
    refuse_timestamp,
};
use vanthu_pki::crl::Crl;
use vanthu_pki::ocsp::{self, OcspStatus};
use vanthu_pki::path::RevocationData;
use vanthu_pki::{Certificate, SoftKey, Time, oid, tsp};

use crate::AppError;
use crate::port::{PracticeRevocation, PracticeTimestamps};
use crate::trust::{Anchor, AnchorPurpose, Trust};

/// How long the root stands.
const ROOT_DAYS: i64 = 20 * 365;
/// How long everything else under it stands.
const SERVICE_DAYS: i64 = 10 * 365;
/// How long a list or an answer about a status stands.
const STATUS_SECONDS: i64 = 24 * 3600;

/// The authority with everything it serves.
#[derive(Clone)]
pub struct PracticeAuthority {
    /// The root first, then the issuing authority, each with what it has revoked.
    pub authorities: Arc<Vec<(Authority, Vec<Revocation>)>>,
    timestamps: Arc<TimestampAuthority>,
    ocsp: Arc<OcspAuthority>,
    clock: Arc<dyn Clock>,
}

/// One of its services, as it is asked over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `POST /practice/tsa` (RFC 3161, section 3.4).
    Timestamp,
    /// `POST /practice/ocsp` (RFC 6960, appendix A).
    Ocsp,
    /// `GET /practice/root.crl`.
    RootCrl,
    /// `GET /practice/issuing.crl`.
    IssuingCrl,
    /// `GET /practice/anchors.pem`.
    Anchors,
}

/// An answer for HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAnswer {
    /// Its content type.
    pub content_type: &'static str,
    /// Its body.
    pub body: Vec<u8>,
}

/// What the issuing authority has revoked, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct RevokedEntry {
    serial: String,
    at: i64,
    reason: Option<u64>,
}

impl PracticeAuthority {
    /// Reads the authority from its folder, or makes it there. `base_url` goes into certificates as
    /// the address of the services.
    pub fn open_or_make(
        folder: &Path,
        base_url: &str,
        clock: Arc<dyn Clock>,
        randomness: &dyn Randomness,
    ) -> Result<Self, AppError> {
        let kept = Folder(folder.to_owned());
        if !kept.path("ocsp.der").is_file() {
            kept.make(base_url, clock.now(), randomness)?;
        }
        kept.open(clock)
    }

    /// Whether an authority is kept in the folder.
    pub fn is_in(folder: &Path) -> bool {
        folder.join("ocsp.der").is_file()
    }

    /// The same authority by another clock.
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            ..self.clone()
        }
    }

    /// The anchors and intermediates of a practice installation.
    pub fn trust(&self) -> Trust {
        Trust {
            anchors: vec![Anchor::always(
                self.root().certificate().clone(),
                AnchorPurpose::Practice,
            )],
            intermediates: vec![self.issuing().certificate().clone()],
            version: "practice-1".to_owned(),
        }
    }

    /// The root.
    #[expect(
        clippy::indexing_slicing,
        reason = "both are put there by the only constructor"
    )]
    pub fn root(&self) -> &Authority {
        &self.authorities[0].0
    }

    /// The authority that issues to people and agencies.
    #[expect(
        clippy::indexing_slicing,
        reason = "both are put there by the only constructor"
    )]
    pub fn issuing(&self) -> &Authority {
        &self.authorities[1].0
    }

    /// The time-stamp service as a port.
    pub fn timestamps(&self) -> PracticeTimestamps {
        PracticeTimestamps {
            authority: Arc::clone(&self.timestamps),
            clock: Arc::clone(&self.clock),
        }
    }

    /// The lists as a port.
    pub fn revocation(&self) -> PracticeRevocation {
        PracticeRevocation {
            authorities: Arc::clone(&self.authorities),
            clock: Arc::clone(&self.clock),
        }
    }

    /// Both revocation lists, signed now.
    pub fn lists(&self) -> Result<RevocationData, AppError> {
        let now = Time::from_unix(self.clock.now().unix_seconds());
        let mut data = RevocationData::default();
        for which in 0..self.authorities.len() {
            data.crls
                .push(Crl::from_der(&self.list(which, now)?).map_err(fault)?);
        }
        Ok(data)
    }

    /// The root in PEM, as other programs want their anchors.
    pub fn anchors_pem(&self) -> String {
        self.root().certificate().to_pem()
    }

    /// Answers what was asked over HTTP. A question that can't be read gets the protocol's own
    /// refusal, never an error of HTTP.
    pub fn respond(&self, service: Service, question: &[u8]) -> Result<ServiceAnswer, AppError> {
        let now = Time::from_unix(self.clock.now().unix_seconds());
        let (content_type, body) = match service {
            Service::Timestamp => ("application/timestamp-reply", self.stamp(question, now)?),
            Service::Ocsp => ("application/ocsp-response", self.status(question, now)?),
            Service::RootCrl => ("application/pkix-crl", self.list(0, now)?),
            Service::IssuingCrl => ("application/pkix-crl", self.list(1, now)?),
            Service::Anchors => ("application/x-pem-file", self.anchors_pem().into_bytes()),
        };
        Ok(ServiceAnswer { content_type, body })
    }

    fn stamp(&self, question: &[u8], now: Time) -> Result<Vec<u8>, AppError> {
        let Ok(request) = tsp::parse_request(question) else {
            return Ok(refuse_timestamp("the request can not be read"));
        };
        let serial = u128::try_from(self.clock.now().unix_micros()).unwrap_or(1);
        self.timestamps
            .respond(&request, now, serial)
            .or_else(|error| match error {
                AuthorityError::Malformed(_) => Ok(refuse_timestamp(&error.to_string())),
                other => Err(fault(other)),
            })
    }

    fn status(&self, question: &[u8], now: Time) -> Result<Vec<u8>, AppError> {
        let Ok(request) = ocsp::parse_request(question) else {
            // OCSPResponse with the status malformedRequest (RFC 6960, section 4.2.1).
            return Ok(vec![0x30, 0x03, 0x0a, 0x01, 0x01]);
        };
        let issuer = self.issuing().certificate();
        let revoked = self
            .authorities
            .get(1)
            .map(|(_, revoked)| revoked.as_slice());
        let status = |id: &ocsp::CertificateId| {
            if !id.names_issuer(issuer) {
                return OcspStatus::Unknown;
            }
            let found = revoked
                .unwrap_or_default()
                .iter()
                .find(|it| it.serial == id.serial);
            found.map_or(OcspStatus::Good, |it| OcspStatus::Revoked(it.at, it.reason))
        };
        let until = now.plus_seconds(STATUS_SECONDS);
        self.ocsp
            .answer(&request, status, now, Some(until))
            .map_err(fault)
    }

    fn list(&self, which: usize, now: Time) -> Result<Vec<u8>, AppError> {
        let (authority, revoked) = self
            .authorities
            .get(which)
            .ok_or_else(|| AppError::fault("practice authority", "no such list"))?;
        let number = u64::try_from(now.unix()).unwrap_or(0);
        let crl = authority
            .crl(revoked, number, now, now.plus_seconds(STATUS_SECONDS))
            .map_err(fault)?;
        Ok(crl.der().to_vec())
    }
}

/// Where a certificate of the authority says that it can be asked about.
pub fn endpoints(base_url: &str) -> Endpoints {
    Endpoints {
        crl_url: Some(format!("{base_url}/practice/issuing.crl")),
        ocsp_url: Some(format!("{base_url}/practice/ocsp")),
        issuer_url: None,
    }
}

/// Whether a root was made by a practice authority: its name says so.
pub fn is_practice_anchor(certificate: &Certificate) -> bool {
    certificate
        .subject()
        .get(oid::ORGANIZATION)
        .is_some_and(|name| name.contains("không có giá trị pháp lý"))
}

/// A period beside a moment.
pub fn validity(now: Moment, days_before: i64, days_after: i64) -> Validity {
    let now = Time::from_unix(now.unix_seconds());
    Validity {
        from: now.plus_days(-days_before),
        to: now.plus_days(days_after),
    }
}

/// A serial number: positive, unguessable.
pub fn serial(randomness: &dyn Randomness) -> u128 {
    (randomness.u128() >> 1) | (1 << 100)
}

/// Writes what the issuing authority has revoked; read when the authority is opened next.
pub fn write_revoked(folder: &Path, revoked: &[Revocation]) -> Result<(), AppError> {
    let entries: Vec<RevokedEntry> = revoked
        .iter()
        .map(|it| RevokedEntry {
            serial: hex::encode(&it.serial),
            at: it.at.unix(),
            reason: it.reason,
        })
        .collect();
    let text = serde_json::to_vec_pretty(&entries).map_err(|e| AppError::fault("revoked", e))?;
    Folder(folder.to_owned()).write("revoked.json", &text)
}

/// The folder with keys and certificates: NAME.key (PKCS#8) and NAME.der.
struct Folder(PathBuf);

impl Folder {
    fn make(&self, base_url: &str, now: Moment, chance: &dyn Randomness) -> Result<(), AppError> {
        std::fs::create_dir_all(&self.0).map_err(|e| AppError::fault("practice authority", e))?;
        let key = || SoftKey::generate_rsa_2048().map_err(fault);
        let root = Authority::root(
            key()?,
            "Gốc chứng thực thực hành",
            validity(now, 30, ROOT_DAYS),
            serial(chance),
        )
        .map_err(fault)?;
        let services = validity(now, 30, SERVICE_DAYS);
        let above = Endpoints {
            crl_url: Some(format!("{base_url}/practice/root.crl")),
            ..Endpoints::default()
        };
        let name = "Chứng thực chữ ký số thực hành";
        let issuing = root
            .issuing(key()?, name, services, serial(chance), &above)
            .map_err(fault)?;
        let tsa_key = key()?;
        let tsa = issuing
            .timestamping(
                "Cấp dấu thời gian thực hành",
                &tsa_key.spki(),
                services,
                serial(chance),
                &endpoints(base_url),
            )
            .map_err(fault)?;
        let ocsp_key = key()?;
        let ocsp = issuing
            .ocsp_responder(
                "Trạng thái chứng thư thực hành",
                &ocsp_key.spki(),
                services,
                serial(chance),
            )
            .map_err(fault)?;
        self.keep("root", root.key(), root.certificate())?;
        self.keep("issuing", issuing.key(), issuing.certificate())?;
        self.keep("tsa", &tsa_key, &tsa)?;
        self.write("anchors.pem", root.certificate().to_pem().as_bytes())?;
        // Last: what is there afterwards is whole.
        self.keep("ocsp", &ocsp_key, &ocsp)
    }

    fn open(&self, clock: Arc<dyn Clock>) -> Result<PracticeAuthority, AppError> {
        let (root_key, root) = self.read("root")?;
        let (issuing_key, issuing) = self.read("issuing")?;
        let (tsa_key, tsa) = self.read("tsa")?;
        let (ocsp_key, ocsp) = self.read("ocsp")?;
        let chain = vec![issuing.clone()];
        let root = Authority::from_parts(root_key, root).map_err(fault)?;
        let issuing = Authority::from_parts(issuing_key, issuing).map_err(fault)?;
        Ok(PracticeAuthority {
            authorities: Arc::new(vec![(root, Vec::new()), (issuing, self.revoked()?)]),
            timestamps: Arc::new(TimestampAuthority::new(tsa_key, tsa, chain).map_err(fault)?),
            ocsp: Arc::new(OcspAuthority::new(ocsp_key, ocsp).map_err(fault)?),
            clock,
        })
    }

    fn revoked(&self) -> Result<Vec<Revocation>, AppError> {
        let path = self.path("revoked.json");
        if !path.is_file() {
            return Ok(Vec::new());
        }
        let bytes = std::fs::read(&path).map_err(|e| AppError::fault("revoked", e))?;
        let entries: Vec<RevokedEntry> =
            serde_json::from_slice(&bytes).map_err(|e| AppError::fault("revoked", e))?;
        entries
            .into_iter()
            .map(|it| {
                Ok(Revocation {
                    serial: hex::decode(it.serial).map_err(|e| AppError::fault("revoked", e))?,
                    at: Time::from_unix(it.at),
                    reason: it.reason,
                })
            })
            .collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn keep(&self, name: &str, key: &SoftKey, certificate: &Certificate) -> Result<(), AppError> {
        self.write(&format!("{name}.key"), &key.to_pkcs8().map_err(fault)?)?;
        self.write(&format!("{name}.der"), certificate.der())
    }

    fn read(&self, name: &str) -> Result<(SoftKey, Certificate), AppError> {
        let bytes = |file: String| {
            let path = self.path(&file);
            std::fs::read(&path).map_err(|e| AppError::fault(path.display().to_string(), e))
        };
        let key = SoftKey::from_pkcs8(&bytes(format!("{name}.key"))?).map_err(fault)?;
        let certificate = Certificate::from_der(&bytes(format!("{name}.der"))?).map_err(fault)?;
        Ok((key, certificate))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AppError> {
        write_private(&self.path(name), bytes)
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    use std::io::Write as _;
    let failed = |e: std::io::Error| AppError::fault(path.display().to_string(), e);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}

fn fault(error: impl std::fmt::Display) -> AppError {
    AppError::fault("practice authority", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::clock::MovableClock;
    use crate::system::SystemRandomness;
    use vanthu_pki::authority::PersonSubject;

    fn made() -> (tempfile::TempDir, PracticeAuthority) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovableClock::at(Moment::from_unix_seconds(1_795_000_000)));
        let url = "http://127.0.0.1:8080";
        let authority =
            PracticeAuthority::open_or_make(folder.path(), url, clock, &SystemRandomness).unwrap();
        (folder, authority)
    }

    #[test]
    fn an_authority_is_made_once_and_read_again() {
        let (folder, first) = made();
        let clock = Arc::clone(&first.clock);
        let again =
            PracticeAuthority::open_or_make(folder.path(), "x", clock, &SystemRandomness).unwrap();
        assert_eq!(first.anchors_pem(), again.anchors_pem());
        assert_eq!(again.issuing().certificate(), first.issuing().certificate());
        assert!(
            first
                .trust()
                .anchors
                .iter()
                .all(|it| it.purposes.contains(&AnchorPurpose::Practice))
        );
        assert!(is_practice_anchor(first.root().certificate()));
        let kept = std::fs::read_to_string(folder.path().join("anchors.pem")).unwrap();
        assert_eq!(kept, first.anchors_pem());
    }

    #[test]
    fn a_time_stamp_and_its_refusal_are_answers_of_the_protocol() {
        let (_folder, authority) = made();
        let digest = [7; 32];
        let answer = authority
            .respond(Service::Timestamp, &tsp::request(&digest, Some(5)))
            .unwrap();
        assert_eq!(answer.content_type, "application/timestamp-reply");
        let token = tsp::parse_response(&answer.body).unwrap();
        tsp::verify_answer(&token, &digest, Some(5), &[]).unwrap();
        let refused = authority.respond(Service::Timestamp, b"rubbish").unwrap();
        assert!(tsp::parse_response(&refused.body).is_err());
    }

    #[test]
    fn a_revoked_certificate_is_on_the_list_and_in_the_answer() {
        let (folder, authority) = made();
        let key = SoftKey::generate_p256().unwrap();
        let now = authority.clock.now();
        let person = PersonSubject {
            full_name: "Người Thử".to_owned(),
            ..Default::default()
        };
        let certificate = authority
            .issuing()
            .person(
                &person,
                &key.spki(),
                validity(now, 1, 9),
                77,
                &Endpoints::default(),
            )
            .unwrap();
        let at = Time::from_unix(now.unix_seconds());
        let revoked = [Revocation {
            serial: certificate.serial().to_vec(),
            at,
            reason: Some(1),
        }];
        write_revoked(folder.path(), &revoked).unwrap();
        let clock = Arc::clone(&authority.clock);
        let again =
            PracticeAuthority::open_or_make(folder.path(), "", clock, &SystemRandomness).unwrap();
        let issuer = again.issuing().certificate().clone();
        let question = ocsp::request(&certificate, &issuer, None);
        for (authority, is_revoked) in [(&authority, false), (&again, true)] {
            let list = authority.respond(Service::IssuingCrl, b"").unwrap();
            let list = Crl::from_der(&list.body).unwrap();
            list.verify(&issuer).unwrap();
            assert_eq!(list.lookup(&certificate).is_some(), is_revoked);
            let answer = authority.respond(Service::Ocsp, &question).unwrap();
            let answer = ocsp::OcspResponse::from_der(&answer.body).unwrap();
            answer.verify(&issuer).unwrap();
            let single = answer.answer(&certificate, &issuer).unwrap();
            assert_eq!(matches!(single.status, OcspStatus::Revoked(..)), is_revoked);
        }
    }
}
