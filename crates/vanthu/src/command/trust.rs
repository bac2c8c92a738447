//! Whom signatures are judged by: anchors, what is known of revocation, and who is asked about the rest.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;
use vanthu_app::port::HttpStatus;
use vanthu_app::practice::Folders;
use vanthu_app::practice::authority::PracticeAuthority;
use vanthu_app::trust::{Anchor, AnchorPurpose, Trust};
use vanthu_pki::gather::{Prefer, Question, Trouble};
use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_pki::{Certificate, Time, cms};
use vanthu_signing::{Embedded, LongTermEvidence, ValidationInput};

use crate::command::status::Services;
use crate::config::Config;
use crate::told::Told;
use crate::wiring;

/// Whom to trust, and whom to ask.
#[derive(Debug, Clone, Args)]
pub(crate) struct TrustArgs {
    /// Trust anchors: a PEM file, or a folder of them; may be given more than once.
    #[arg(long, value_name = "PEM|DIR")]
    anchors: Vec<PathBuf>,
    /// Folder of a practice installation, whose anchors, status lists and time-stamp service are used.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    services: Services,
}

/// What is trusted, and what is known.
pub(crate) struct Ground {
    /// The anchors, with purposes and periods.
    pub(crate) trust: Trust,
    /// The configuration of a real installation.
    pub(crate) config: Option<Config>,
    /// A practice installation's authority.
    pub(crate) practice: Option<PracticeAuthority>,
    lists: RevocationData,
    /// Who is asked for the status of certificates; nobody when offline.
    source: Option<HttpStatus>,
}

/// What was found about the certificates of one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) evidence: RevocationData,
    /// Which services did not answer, and why.
    pub(crate) troubles: Vec<Trouble>,
}

impl TrustArgs {
    /// Reads everything that is named.
    pub(crate) fn ground(&self) -> anyhow::Result<Ground> {
        let config = self.services.configuration()?;
        let mut trust = match &config {
            Some(config) => wiring::trust_on_disk(config)?,
            None => Trust::default(),
        };
        for place in &self.anchors {
            for file in pem_files(place)? {
                for certificate in wiring::certificates(&file)? {
                    // Whoever names an anchor says that it counts, whatever it is for.
                    let anchor = Anchor::always(certificate, AnchorPurpose::Public);
                    trust.anchors.push(anchor);
                }
            }
        }
        let mut lists = RevocationData::default();
        let practice = match &self.data {
            None => None,
            Some(data) => {
                let authority = practice_authority(data)?;
                let own = authority.trust();
                trust.anchors.extend(own.anchors);
                trust.intermediates.extend(own.intermediates);
                lists = authority.lists().context("danh sách thu hồi")?;
                Some(authority)
            }
        };
        let source = if self.services.offline {
            None
        } else {
            Some(self.services.source(config.as_ref(), Prefer::Ocsp)?)
        };
        Ok(Ground {
            trust,
            config,
            practice,
            lists,
            source,
        })
    }
}

impl Ground {
    /// Whether any anchor is known.
    pub(crate) fn is_given(&self) -> bool {
        !self.trust.anchors.is_empty()
    }

    /// Whether nobody is asked about the status of certificates.
    pub(crate) const fn is_offline(&self) -> bool {
        self.source.is_none()
    }

    /// Anchors are needed for what was asked.
    pub(crate) fn needed(&self) -> Result<(), Told> {
        if self.is_given() {
            return Ok(());
        }
        Err(
            Told::usage("Chưa biết tin cậy tổ chức chứng thực nào.").now(
                "Thêm --anchors TỆP.pem (chứng thư gốc), --config (hệ thống thật) hoặc --data (hệ thống thực hành).",
            ),
        )
    }

    /// What a file is judged by at a moment, before anything is found about its certificates.
    pub(crate) fn input(&self, at: Time) -> ValidationInput {
        ValidationInput {
            at,
            anchors: self.trust.roots(),
            intermediates: self.trust.intermediates.clone(),
            evidence: self.lists.clone(),
            revocation: RevocationMode::Required,
            ..ValidationInput::default()
        }
    }

    /// What the services that the certificates of a file name say of them.
    pub(crate) async fn about(&self, brought: &Embedded, at: Time) -> anyhow::Result<Found> {
        let mut question = brought.question(self.trust.roots(), at);
        question.known.extend(self.trust.intermediates.clone());
        question.evidence.crls.extend(self.lists.crls.clone());
        self.ask(question).await
    }

    /// What the services say of whoever made a time-stamp. A token may leave out its authorities.
    pub(crate) async fn about_token(
        &self,
        token: &[u8],
        known: &LongTermEvidence,
        at: Time,
    ) -> anyhow::Result<Found> {
        let mut question = Question {
            known: known.certificates.clone(),
            anchors: self.trust.roots(),
            evidence: known.revocation.clone(),
            at,
            now: at,
            ..Question::default()
        };
        question.known.extend(self.trust.intermediates.clone());
        question.evidence.crls.extend(self.lists.crls.clone());
        question.add_signed_data(&cms::parse(token).context("dấu thời gian")?);
        self.ask(question).await
    }

    async fn ask(&self, question: Question) -> anyhow::Result<Found> {
        let Some(source) = &self.source else {
            return Ok(Found {
                evidence: question.evidence,
                ..Found::default()
            });
        };
        let found = source.gather(question).await?;
        Ok(Found {
            certificates: found.certificates,
            evidence: found.evidence,
            troubles: found.troubles,
        })
    }
}

impl Found {
    /// What a file is judged by, with what was found.
    pub(crate) fn with(&self, mut input: ValidationInput) -> ValidationInput {
        input.intermediates.extend(self.certificates.clone());
        input.evidence = self.evidence.clone();
        input
    }
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
