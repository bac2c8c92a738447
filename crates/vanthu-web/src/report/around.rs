//! What kind of file was judged, and what only that kind has: the signed file beside a signature file, the files of a
//! container.

use serde::Serialize;
use vanthu_layout::{VerdictPart, VerdictPoint, VerdictTable, VerdictTone};
use vanthu_signing::{
    ContainerFinding, ContainerKind, ContainerProblem, ContainerReport, DetachedFacts, FileFacts,
    Indication, Report, Severity,
};

use crate::page::show::{Say, fact, size};
use crate::page::verify::report::{self as shown, tone_of, words};
use crate::view::{Check, Fact, Problem, Tone};

/// The kind of a judged file. As JSON its fields stand beside those of the [`Report`].
#[derive(Debug, Clone, Default, Serialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum Around {
    /// A PDF, which says everything itself.
    #[default]
    Pdf,
    /// A signature file (CAdES).
    Detached {
        /// The file that it signs; `None` where it carries that inside.
        content: Option<String>,
        /// What only such signatures show, in their order.
        facts: Vec<DetachedFacts>,
    },
    /// A container (ASiC).
    Container {
        /// Its kind, where it can be read.
        container: Option<ContainerKind>,
        /// Why it is refused.
        #[serde(rename = "container_problem")]
        problem: Option<ContainerProblem>,
        /// What was found about it as a whole.
        #[serde(rename = "container_findings")]
        findings: Vec<ContainerFinding>,
        /// Its files, and which signatures cover each.
        files: Vec<FileFacts>,
        /// What only such signatures show, in their order.
        facts: Vec<DetachedFacts>,
    },
}

impl Around {
    /// Everything but the report itself.
    pub fn container(judged: ContainerReport) -> Self {
        Self::Container {
            container: judged.kind,
            problem: judged.problem,
            findings: judged.findings,
            files: judged.files,
            facts: judged.facts,
        }
    }

    /// What only signatures outside of a PDF show, in the order of the report's signatures.
    pub fn facts(&self) -> &[DetachedFacts] {
        match self {
            Self::Pdf => &[],
            Self::Detached { facts, .. } | Self::Container { facts, .. } => facts,
        }
    }

    /// Why a container is refused.
    pub const fn problem(&self) -> Option<&ContainerProblem> {
        match self {
            Self::Pdf | Self::Detached { .. } => None,
            Self::Container { problem, .. } => problem.as_ref(),
        }
    }

    /// What about the container decides its status, where none of its signatures does.
    pub fn decisive(&self, report: &Report) -> Option<&ContainerProblem> {
        let Self::Container {
            problem, findings, ..
        } = self
        else {
            return None;
        };
        let worst = report.signatures.iter().map(|it| it.indication).max();
        if report.is_passed() || worst == Some(report.indication) {
            return None;
        }
        let grave = match report.indication {
            Indication::TotalFailed => Severity::Fail,
            Indication::Indeterminate | Indication::TotalPassed => Severity::Warn,
        };
        let found = findings.iter().find(|it| it.severity == grave);
        problem.as_ref().or(found.map(|it| &it.problem))
    }
}

/// The outcome for the whole file.
pub(crate) fn whole(say: Say, around: &Around, report: &Report) -> Problem {
    let mut whole = shown::whole(say, report);
    if let Some(problem) = around.problem() {
        whole.what = say.t("Không đọc được tệp đóng gói");
        whole.why = named(words(say, problem.fault), &problem.name);
        whole.tone = Tone::Bad;
    } else if let Some(problem) = around.decisive(report) {
        whole.why = named(words(say, problem.fault), &problem.name);
    }
    whole
}

fn named(what: String, name: &str) -> String {
    match name {
        "" => what,
        name => format!("{what}: {name}"),
    }
}

/// The facts of the file; the first is its name, which stands in the title.
pub(crate) fn facts(say: Say, around: &Around, facts: Vec<Fact>) -> Vec<Fact> {
    let revisions = say.t("Số phiên bản trong tệp");
    let rest = facts.into_iter().skip(1);
    match around {
        Around::Pdf => rest.collect(),
        Around::Container { .. } => rest.filter(|it| it.name != revisions).collect(),
        Around::Detached { content, .. } => {
            let inside = || say.t("nằm trong tệp chữ ký");
            let own = fact(say.t("Tệp được ký"), content.clone().unwrap_or_else(inside));
            let rest = rest.filter(|it| it.name != revisions);
            std::iter::once(own).chain(rest).collect()
        }
    }
}

/// What is remarkable about a container.
pub(crate) fn checks(say: Say, around: &Around) -> Vec<Check> {
    let Around::Container { findings, .. } = around else {
        return Vec::new();
    };
    let check = |it: &ContainerFinding| Check {
        tone: tone_of(it.severity),
        text: words(say, it.problem.fault),
        note: it.problem.name.clone(),
    };
    findings.iter().map(check).collect()
}

/// Facts of one signature outside of a PDF.
pub(crate) fn signature_facts(say: Say, it: &DetachedFacts) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    if let Some(level) = it.level {
        facts.push((say.t("Mức chữ ký"), level.name().to_owned()));
    }
    if let Some(kind) = &it.mime_type {
        facts.push((say.t("Loại tệp do người ký ghi"), kind.clone()));
    }
    for stamp in &it.archive_timestamps {
        let by = stamp.authority.as_ref();
        let by = by.map_or_else(String::new, |it| format!(" – {}", it.common_name));
        let text = super::text(stamp.time.unix());
        facts.push((say.t("Dấu thời gian lưu trữ"), format!("{text}{by}")));
    }
    facts
}

/// The files of a container, as a part of their own.
pub(crate) fn files(say: Say, around: &Around) -> Option<VerdictPart> {
    let Around::Container { files, .. } = around else {
        return None;
    };
    let row = |it: &FileFacts| {
        let by = match it.covered_by.as_slice() {
            [] => say.t("Không chữ ký nào"),
            names => names.join(", "),
        };
        let bytes = usize::try_from(it.size_bytes).unwrap_or(usize::MAX);
        vec![it.name.clone(), size(bytes), it.sha256.clone(), by]
    };
    let rows: Vec<Vec<String>> = files.iter().map(row).collect();
    let is_covered = files.iter().all(|it| !it.covered_by.is_empty());
    (!rows.is_empty()).then(|| VerdictPart {
        title: say.t("Các tệp trong gói"),
        outcome: VerdictPoint {
            tone: if is_covered {
                VerdictTone::Good
            } else {
                VerdictTone::Open
            },
            mark: if is_covered {
                say.t("Đều được ký")
            } else {
                say.t("Có tệp chưa được ký")
            },
            ..VerdictPoint::default()
        },
        tables: vec![VerdictTable {
            title: say.t("Chữ ký bao trùm từng tệp"),
            columns: vec![
                (say.t("Tệp"), 6),
                (say.t("Dung lượng"), 3),
                ("SHA-256".to_owned(), 7),
                (say.t("Chữ ký"), 6),
            ],
            rows,
        }],
        ..VerdictPart::default()
    })
}
