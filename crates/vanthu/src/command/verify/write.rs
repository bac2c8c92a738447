//! Tells outcomes: in words, JSON, XML, HTML or PDF, on the standard output or as one file each.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;
use vanthu_domain::Moment;
use vanthu_pki::gather::Trouble;
use vanthu_web::report::{self, About};
use vanthu_web::texts::Language;

use super::judge::{Judged, Outcome};
use super::{Tongue, Verify, print};
use crate::command::status::words;
use crate::command::subject::Judgement;
use crate::output::{Overwrite, check_free, complain, say, write_file};
use crate::told::Told;

const OFFLINE: &str = "Chú ý: không hỏi dịch vụ trạng thái chứng thư (--offline); chỉ xét bằng chứng có sẵn; chứng thư nào không có bằng chứng thì trạng thái là chưa biết và kết luận là chưa xác định.";

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    Words,
    Json,
    Xml,
    Html,
    Pdf,
}

impl As {
    const fn ending(self) -> &'static str {
        match self {
            Self::Words => "txt",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Html => "html",
            Self::Pdf => "pdf",
        }
    }
}

/// Where outcomes go.
pub(super) struct Writer {
    form: As,
    folder: Option<PathBuf>,
    overwrite: Overwrite,
    is_one: bool,
    language: Language,
    now: Moment,
    /// Nobody was asked about the status of certificates: whoever reads the result is told.
    pub(super) is_offline: bool,
}

impl Writer {
    /// Refuses what can't be told, before anything is judged.
    pub(super) fn of(asked: &Verify, now: Moment) -> anyhow::Result<Self> {
        let form = match asked.form {
            it if it.json => As::Json,
            it if it.xml => As::Xml,
            it if it.html => As::Html,
            it if it.pdf => As::Pdf,
            _ => As::Words,
        };
        let writer = Self {
            form,
            folder: asked.out.clone(),
            overwrite: asked.force.into(),
            is_one: asked.files.len() == 1,
            language: match asked.language {
                Tongue::Vi => Language::Vietnamese,
                Tongue::En => Language::English,
            },
            now,
            is_offline: false,
        };
        let is_whole_file = matches!(form, As::Xml | As::Html | As::Pdf);
        match &writer.folder {
            None if is_whole_file && !writer.is_one => {
                return Err(Told::usage("Nhiều tệp thì mỗi báo cáo phải là một tệp.")
                    .now("Thêm --out THƯ-MỤC.")
                    .into());
            }
            None if form == As::Pdf && std::io::stdout().is_terminal() => {
                return Err(Told::usage("Không in PDF ra màn hình dòng lệnh.")
                    .now("Thêm --out THƯ-MỤC, hoặc chuyển đầu ra vào tệp: > bao-cao.pdf.")
                    .into());
            }
            None => {}
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("không tạo được thư mục {}", folder.display()))?;
                let mut taken = BTreeSet::new();
                for file in &asked.files {
                    let place = writer.place(folder, &super::judge::name(file));
                    if !taken.insert(place.clone()) {
                        return Err(Told::usage(format!(
                            "Hai tệp cùng tên {} sẽ cùng ghi vào {}.",
                            super::judge::name(file),
                            place.display()
                        ))
                        .now("Kiểm tra chúng bằng hai lệnh, mỗi lệnh một thư mục --out.")
                        .into());
                    }
                    check_free(&place, writer.overwrite)?;
                }
            }
        }
        Ok(writer)
    }

    /// `công văn.pdf` gives `công văn.pdf.html`: two files never share a report.
    fn place(&self, folder: &std::path::Path, name: &str) -> PathBuf {
        folder.join(format!("{name}.{}", self.form.ending()))
    }

    /// Tells one outcome.
    pub(super) fn tell(&self, outcome: &Outcome) -> anyhow::Result<()> {
        let judged = match &outcome.judged {
            Ok(judged) => judged,
            Err(error) => return self.unread(outcome, error),
        };
        let bytes = self.bytes(outcome, judged)?;
        if let Some(folder) = &self.folder {
            let place = self.place(folder, &outcome.name());
            write_file(&place, &bytes, self.overwrite)?;
            return say(format!(
                "{}: {} → {}",
                outcome.file.display(),
                print::conclusion(&judged.judgement),
                place.display()
            ));
        }
        let mut out = std::io::stdout().lock();
        out.write_all(&bytes)?;
        if self.form == As::Words && !self.is_one {
            writeln!(out)?;
        }
        out.flush().context("đầu ra chuẩn")
    }

    /// A file that can't be read is told where the others are, and on the standard error.
    fn unread(&self, outcome: &Outcome, error: &anyhow::Error) -> anyhow::Result<()> {
        complain(error);
        if self.form == As::Json && self.folder.is_none() {
            let file = outcome.file.display().to_string();
            say(json!({"file": file, "error": format!("{error:#}")}).to_string())?;
        }
        Ok(())
    }

    fn bytes(&self, outcome: &Outcome, judged: &Judged) -> anyhow::Result<Vec<u8>> {
        let judgement = &judged.judgement;
        let report = &judgement.report;
        Ok(match self.form {
            As::Words => {
                let mut lines = vec![print::report(judgement, &outcome.file, self.now)];
                lines.extend(self.notes(judged));
                format!("{}\n", lines.join("\n")).into_bytes()
            }
            As::Json => self.json(outcome, judged)?.into_bytes(),
            As::Xml => format!("{}\n", report.to_etsi_xml()).into_bytes(),
            As::Html => {
                report::html(report, &self.about(outcome, judged), self.language)?.into_bytes()
            }
            As::Pdf => report::pdf(report, &self.about(outcome, judged), self.language)?,
        })
    }

    fn json(&self, outcome: &Outcome, judged: &Judged) -> anyhow::Result<String> {
        let Judgement { report, around } = &judged.judgement;
        let mut whole = serde_json::to_value(report)?;
        if let Some(fields) = whole.as_object_mut() {
            if let Some(own) = serde_json::to_value(around)?.as_object() {
                fields.extend(own.clone());
            }
            let troubles = serde_json::to_value(&judged.troubles)?;
            fields.insert("status_troubles".to_owned(), troubles);
            let file = outcome.file.display().to_string();
            fields.insert("file".to_owned(), file.into());
        }
        let text = if self.is_one || self.folder.is_some() {
            serde_json::to_string_pretty(&whole)?
        } else {
            serde_json::to_string(&whole)?
        };
        Ok(format!("{text}\n"))
    }

    fn about(&self, outcome: &Outcome, judged: &Judged) -> About {
        About {
            name: outcome.name(),
            bytes: judged.bytes,
            judged_at: self.now,
            notes: self.notes(judged),
            around: judged.judgement.around.clone(),
        }
    }

    /// What keeps the result from being the whole truth.
    fn notes(&self, judged: &Judged) -> Vec<String> {
        let offline = self.is_offline.then(|| OFFLINE.to_owned());
        let troubles = judged.troubles.iter().map(trouble);
        offline.into_iter().chain(troubles).collect()
    }
}

fn trouble(it: &Trouble) -> String {
    format!("Trạng thái của {}: {}", it.subject, words::trouble(it))
}
