//! Signing as a task: what is to be reached, and with whose help. The same for a person's signature and an agency's, in
//! PDFs, beside files and in containers.

use std::fs::File;
use std::path::Path;

use vanthu_app::signing::paper;
use vanthu_pki::Time;
use vanthu_signing::{
    ContainerRequest, DetachedRequest, EmbedError, FileSource, Indication, Report, SignatureKind,
    SignatureReport, SignatureRequest, SubIndication, prepare_container, prepare_detached,
    prepare_file,
};

use super::key::Signer;
use super::level::{self, Level};
use super::stamp::{Stamps, needed};
use super::words;
use crate::command::file;
use crate::command::subject::Subject;
use crate::command::trust::{Found, Ground};
use crate::output::{say, warn};
use crate::told::Told;

/// What is to be reached, and with whose help.
pub(crate) struct Task<'g> {
    pub(crate) ground: &'g Ground,
    pub(crate) stamps: Option<&'g Stamps>,
    pub(crate) level: Level,
    pub(crate) at: Time,
}

impl Task<'_> {
    /// Signs a PDF, asks for the time-stamp, judges what came of it, and raises it to the level.
    pub(crate) async fn pdf(
        &self,
        mut pdf: FileSource<File>,
        request: &SignatureRequest,
        signer: &mut Signer,
    ) -> anyhow::Result<Subject> {
        let fonts = paper::fonts();
        let prepared = prepare_file(&pdf, request, &signer.certificate, signer.algorithm, &fonts);
        let prepared = prepared.map_err(|error| words::prepare(&error))?;
        let value = signer.sign(prepared.to_be_signed())?;
        let completed = prepared.complete(&value).map_err(|it| mismatch(&it))?;
        let token = self.token(&completed.timestamp_imprint()).await?;
        let tail = completed.embed_tail(&pdf, &signer.chain, token.as_deref());
        pdf.append(&tail.map_err(|error| words::embedding(&error))?);
        self.finish(Subject::Pdf(pdf), |it| it.signature(&request.field_name))
            .await
    }

    /// Signs any file: the signature stands beside it.
    pub(crate) async fn detached(
        &self,
        content: &Path,
        request: &DetachedRequest,
        signer: &mut Signer,
    ) -> anyhow::Result<Subject> {
        let mut file = file::reader(content)?;
        let prepared = prepare_detached(&mut file, request, &signer.certificate, signer.algorithm);
        let prepared = prepared.map_err(|error| words::detached(&error))?;
        let value = signer.sign(prepared.to_be_signed())?;
        let completed = prepared.complete(&value).map_err(|it| mismatch(&it))?;
        let token = self
            .token(&completed.timestamp_request(None).imprint)
            .await?;
        let p7s = completed.finish(&signer.chain, token.as_deref());
        let signed = Subject::Detached {
            p7s: p7s.map_err(|error| words::embedding(&error))?,
            content: content.to_owned(),
        };
        self.finish(signed, |it| it.signatures.first()).await
    }

    /// Signs every file in a container.
    pub(crate) async fn container(
        &self,
        base: &[u8],
        request: &ContainerRequest,
        signer: &mut Signer,
    ) -> anyhow::Result<Subject> {
        let prepared = prepare_container(base, request, &signer.certificate, signer.algorithm);
        let prepared = prepared.map_err(|error| words::container(&error))?;
        let value = signer.sign(prepared.to_be_signed())?;
        let completed = prepared.complete(&value).map_err(|it| mismatch(&it))?;
        let token = self
            .token(&completed.timestamp_request(None).imprint)
            .await?;
        let signed = completed.embed(base, &signer.chain, token.as_deref());
        let signed = Subject::Container(signed.map_err(|error| words::container(&error))?);
        // What was there before keeps its place; the new signature is the last.
        let is_signature = |it: &&SignatureReport| it.kind == SignatureKind::Signature;
        self.finish(signed, |it| it.signatures.iter().rfind(is_signature))
            .await
    }

    /// The time-stamp over a signature value, where the level has one.
    async fn token(&self, imprint: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
        if self.level == Level::BB {
            return Ok(None);
        }
        let stamps = needed(self.stamps, self.level.name())?;
        Ok(Some(stamps.stamp(imprint.try_into()?).await?.0))
    }

    /// Judges the new signature and raises the file to the level.
    async fn finish(
        &self,
        mut signed: Subject,
        own: impl Fn(&Report) -> Option<&SignatureReport>,
    ) -> anyhow::Result<Subject> {
        if !self.ground.is_given() {
            return Ok(signed);
        }
        let (judged, found) = level::judge(self.ground, &signed, self.at).await?;
        if let Some(own) = own(&judged.report) {
            self.accept(own, &found)?;
        }
        level::raise(self.ground, self.stamps, &mut signed, self.level, self.at).await?;
        Ok(signed)
    }

    /// Nobody signs with a certificate that is revoked or leads nowhere. A status that is not known yet keeps nobody
    /// from signing below B-LT, and is said.
    fn accept(&self, own: &SignatureReport, found: &Found) -> Result<(), Told> {
        let unknown = own.sub_indication == Some(SubIndication::TryLater);
        if own.indication == Indication::Indeterminate && unknown && self.level < Level::BLt {
            warn("Chú ý: chưa hỏi được trạng thái chứng thư của người ký.");
            return Ok(());
        }
        let what = "Không ký bằng chứng thư này; chưa ghi tệp nào.";
        level::must_pass(own.indication, own.sub_indication, found, what)
    }

    /// Says what protects the new file.
    pub(crate) fn tell(&self, signed: &Subject) -> anyhow::Result<()> {
        if self.ground.is_given() {
            let protection = level::protected(self.ground, signed, self.at)?;
            say(format!("Bảo vệ: {protection}"))?;
        } else {
            say(format!("Mức: {}", self.level.name()))?;
        }
        if self.level == Level::BB {
            say("Chữ ký không có dấu thời gian.")?;
        }
        Ok(())
    }
}

fn mismatch(error: &EmbedError) -> Told {
    Told::failed("Chữ ký không khớp chứng thư.")
        .because(error)
        .now("Chọn đúng chứng thư của khóa.")
}

/// The level, held against what is at hand, before a PIN is asked for.
pub(crate) fn chosen(
    asked: Option<Level>,
    stamps: Option<&Stamps>,
    ground: &Ground,
) -> Result<Level, Told> {
    let level = asked.unwrap_or(match stamps {
        Some(_) => Level::BT,
        None => Level::BB,
    });
    if level > Level::BB {
        needed(stamps, level.name())?;
    }
    if level >= Level::BLt {
        ground.needed()?;
    }
    Ok(level)
}
