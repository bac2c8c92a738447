//! What the examination of a file's signatures found, kept so that it need not be done again for
//! every look at a page. Emptying the table loses nothing but time.

use serde_json::Value;
use vanthu_domain::Moment;

use crate::db::Tx;
use crate::error::Result;
use crate::record::{args, record};

/// The report on one file.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    /// The file, by the name of its blob.
    pub sha256: String,
    /// By which trust anchors and which program it was judged.
    pub rules: String,
    /// When.
    pub judged_at: Moment,
    /// The report.
    pub report: Value,
}

record!(ReportRow, "signature_reports", [sha256]; sha256, rules, judged_at, report);

/// The report on a file by these rules.
pub async fn find(tx: &mut Tx, sha256: &str, rules: &str) -> Result<Option<ReportRow>> {
    tx.first("WHERE sha256 = $1 AND rules = $2", args![sha256, rules])
        .await
}

/// Keeps a report in the place of an older one.
pub async fn put(tx: &mut Tx, row: &ReportRow) -> Result<()> {
    let sql = "INSERT INTO signature_reports (sha256, rules, judged_at, report) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO UPDATE SET \
               rules = excluded.rules, judged_at = excluded.judged_at, report = excluded.report \
               WHERE excluded.judged_at >= signature_reports.judged_at";
    tx.run(sql, args![row.sha256, row.rules, row.judged_at, row.report])
        .await?;
    Ok(())
}
