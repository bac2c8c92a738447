//! What somebody sends to have it judged: a file, and beside a signature file the one that it signs.

use axum::extract::Multipart;
use axum::http::StatusCode;
use vanthu_app::verify::stranger::{self, Judged, Lay, Stranger};
use vanthu_app::{App, AppError};
use vanthu_domain::refusal::{Refusal, RefusalCode};
use vanthu_signing::Report;

use crate::report::Around;

const MOST_NAME_CHARS: usize = 200;

/// What was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The name of the file.
    pub(crate) name: String,
    /// The file.
    pub(crate) file: Vec<u8>,
    /// The file that a signature file signs, with its name.
    content: Option<(String, Vec<u8>)>,
}

impl Sent {
    /// A file alone.
    pub(crate) fn alone(file: Vec<u8>) -> Self {
        Self {
            name: String::new(),
            file,
            content: None,
        }
    }

    /// The fields `file` and `content` of a form.
    pub(crate) async fn of(mut form: Multipart) -> Result<Self, Refusal> {
        let (mut file, mut content) = (None, None);
        while let Some(field) = form.next_field().await.map_err(|it| broken(it.status()))? {
            let place = match field.name() {
                Some("file") => &mut file,
                Some("content") => &mut content,
                _ => continue,
            };
            let name = field.file_name().unwrap_or_default();
            let name: String = name.chars().take(MOST_NAME_CHARS).collect();
            let bytes = field.bytes().await.map_err(|it| broken(it.status()))?;
            if !bytes.is_empty() {
                *place = Some((name, Vec::from(bytes)));
            }
        }
        let (name, file) = file.ok_or_else(|| Refusal::new(RefusalCode::FileEmpty))?;
        Ok(Self {
            name,
            file,
            content,
        })
    }

    /// Has it judged.
    pub(crate) async fn judged(self, app: &App) -> Result<(Report, Around), AppError> {
        let (content_name, content) = self.content.unzip();
        let file = Stranger::of(self.file, content)?;
        Ok(match stranger::report(app, file).await? {
            Judged::Pdf(report) => (report, Around::Pdf),
            Judged::Signature(judged, lay) => {
                let content = match lay {
                    Lay::Beside => Some(content_name.unwrap_or_default()),
                    Lay::Inside => None,
                };
                let facts = judged.facts;
                (judged.report, Around::Detached { content, facts })
            }
            Judged::Container(judged) => (judged.report.clone(), Around::container(judged)),
        })
    }
}

fn broken(status: StatusCode) -> Refusal {
    Refusal::new(if status == StatusCode::PAYLOAD_TOO_LARGE {
        RefusalCode::FileTooLarge
    } else {
        RefusalCode::RequestMalformed
    })
}
