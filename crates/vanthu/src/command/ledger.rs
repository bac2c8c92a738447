//! `vanthu ledger verify`: the chain of the ledger is whole, or where it is broken.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use vanthu_store::ledger::{self, LedgerFaultKind};

use crate::output::say;
use crate::wiring::Where;

/// What to do with the ledger.
#[derive(Debug, Args)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Recompute every hash; exit code 1 when an entry was changed, removed or put in.
    Verify(Where),
}

impl Ledger {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let What::Verify(place) = self.what;
        let store = place.open().await?;
        let report = ledger::verify(&store).await?;
        say(format!("Sổ nhật ký: {} mục", report.entries))?;
        say(format!("Mã băm cuối: {}", report.head))?;
        let Some(first) = report.faults.first() else {
            say("Chuỗi nguyên vẹn: không mục nào bị sửa, xóa hoặc chèn.")?;
            return Ok(ExitCode::SUCCESS);
        };
        say(format!(
            "KHÔNG NGUYÊN VẸN: mục số {} {}.",
            first.seq,
            words(first.kind)
        ))?;
        for fault in report.faults.iter().skip(1) {
            say(format!("  mục số {} {}", fault.seq, words(fault.kind)))?;
        }
        Ok(ExitCode::FAILURE)
    }
}

const fn words(kind: LedgerFaultKind) -> &'static str {
    match kind {
        LedgerFaultKind::Missing => "đã bị xóa",
        LedgerFaultKind::Unreadable => "không đọc được",
        LedgerFaultKind::Broken => "không nối tiếp mục trước nó",
        LedgerFaultKind::Changed => "đã bị sửa nội dung",
        LedgerFaultKind::Misfiled => "được gắn sai văn bản trong dòng thời gian",
        LedgerFaultKind::Head => "không khớp với điểm cuối đã ghi của chuỗi",
    }
}
