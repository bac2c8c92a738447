//! What files are judged by: anchors, policy, and what is found about the certificates of each file.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use vanthu_app::port::HttpStatus;
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::signing::paper::{AGENCY_FIELD, DATE_FIELD, MONTH_FIELD, NUMBER_FIELD};
use vanthu_app::trust::{Anchor, AnchorPurpose, Trust};
use vanthu_domain::Moment;
use vanthu_pki::Time;
use vanthu_pki::gather::{Prefer, Trouble};
use vanthu_pki::path::RevocationMode;
use vanthu_signing::{PlatformRule, Policy, ValidationInput, embedded};

use super::Verify;
use crate::config::Config;
use crate::wiring;

/// What all files are judged by.
pub(super) struct Grounds {
    pub(super) trust: Trust,
    input: ValidationInput,
    /// Who is asked for the status of certificates; nobody when offline.
    source: Option<HttpStatus>,
}

/// What one file is judged by.
#[derive(Clone)]
pub(super) struct Evidence {
    pub(super) input: ValidationInput,
    /// Which status services did not answer, and why.
    pub(super) troubles: Vec<Trouble>,
}

impl Grounds {
    pub(super) fn of(asked: &Verify, now: Moment) -> anyhow::Result<Self> {
        let config = asked.services.configuration()?;
        let mut trust = trust(asked, config.as_ref())?;
        let mut input = ValidationInput {
            at: Time::from_unix(now.unix_seconds()),
            revocation: if asked.services.offline {
                RevocationMode::WhenKnown
            } else {
                RevocationMode::Required
            },
            ..ValidationInput::default()
        };
        if let Some(file) = &asked.policy {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("không đọc được {}", file.display()))?;
            input.policy = Policy::from_toml(&text)
                .with_context(|| format!("chính sách {}", file.display()))?;
        }
        if let Some(data) = &asked.data {
            let authority = practice_authority(data)?;
            let own = authority.trust();
            trust.anchors.extend(own.anchors);
            trust.intermediates.extend(own.intermediates);
            input.evidence = authority.lists().context("danh sách thu hồi")?;
        }
        ensure!(
            !trust.anchors.is_empty(),
            "cần --anchors, --config hoặc --data để biết tin cậy cơ quan nào"
        );
        input.anchors = trust.roots();
        input.intermediates.clone_from(&trust.intermediates);
        if asked.platform {
            let fields = [NUMBER_FIELD, DATE_FIELD, MONTH_FIELD];
            input.platform = Some(PlatformRule {
                fillable: fields.map(str::to_owned).to_vec(),
                seal_field: AGENCY_FIELD.to_owned(),
            });
        }
        let source = if asked.services.offline {
            None
        } else {
            Some(asked.services.source(config.as_ref(), Prefer::Ocsp)?)
        };
        Ok(Self {
            trust,
            input,
            source,
        })
    }

    /// What the services that the certificates of a file name say of them.
    pub(super) async fn evidence(&self, pdf: &[u8]) -> anyhow::Result<Evidence> {
        let mut input = self.input.clone();
        let Some(source) = &self.source else {
            let troubles = Vec::new();
            return Ok(Evidence { input, troubles });
        };
        let brought = embedded(pdf).unwrap_or_default();
        let mut question = brought.question(input.anchors.clone(), input.at);
        question.known.extend(input.intermediates.clone());
        question.evidence.crls.extend(input.evidence.crls.clone());
        let found = source.gather(question).await?;
        input.intermediates.extend(found.certificates);
        input.evidence = found.evidence;
        Ok(Evidence {
            input,
            troubles: found.troubles,
        })
    }
}

/// The anchors of the configuration, and those named on the command line.
fn trust(asked: &Verify, config: Option<&Config>) -> anyhow::Result<Trust> {
    let mut trust = match config {
        Some(config) => wiring::trust_on_disk(config)?,
        None => Trust::default(),
    };
    for place in &asked.anchors {
        for file in pem_files(place)? {
            for certificate in wiring::certificates(&file)? {
                // Whoever names an anchor says that it counts, whatever it is for.
                let anchor = Anchor::always(certificate, AnchorPurpose::Public);
                trust.anchors.push(anchor);
            }
        }
    }
    Ok(trust)
}

/// A PEM file, or the PEM files of a folder in the order of their names.
fn pem_files(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let mut files = Vec::new();
    let listed = std::fs::read_dir(place);
    for entry in listed.with_context(|| format!("không đọc được {}", place.display()))? {
        let path = entry?.path();
        let ending = path.extension().and_then(|it| it.to_str());
        if matches!(ending, Some("pem" | "crt" | "cer")) {
            files.push(path);
        }
    }
    ensure!(
        !files.is_empty(),
        "{} không có tệp PEM nào",
        place.display()
    );
    files.sort();
    Ok(files)
}

fn practice_authority(data: &Path) -> anyhow::Result<PracticeAuthority> {
    let folder = Folders::new(data).authority();
    ensure!(
        PracticeAuthority::is_in(&folder),
        "{} không phải thư mục của hệ thống thực hành",
        data.display()
    );
    let (clock, chance) = (wiring::clock(), wiring::randomness());
    Ok(PracticeAuthority::open_or_make(
        &folder,
        "",
        clock,
        chance.as_ref(),
    )?)
}
