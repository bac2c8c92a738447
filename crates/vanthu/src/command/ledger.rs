//! `vanthu ledger`: the chain is whole and holds every checkpoint, or where it does not.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use vanthu_app::checkpoint::{
    self, CheckpointFaultKind, Kept, LedgerKey, Proof, export, fingerprint, public_key, replace,
};
use vanthu_pki::pem;
use vanthu_store::ledger::LedgerFaultKind;

use crate::command::file::read;
use crate::output::say;
use crate::wiring::{self, Where};

/// What to do with the ledger.
#[derive(Debug, Args)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Recompute every hash and hold the chain against its signed checkpoints; exit code 1 when an
    /// entry was changed, removed or put in, the end was cut off, or a checkpoint is not genuine.
    Verify(Verify),
    /// Sign where the chain stands now.
    Checkpoint(Where),
    /// Write all checkpoints to a file, to be kept where nobody of this machine can change it.
    Export(Export),
    /// Show the key that checkpoints are signed with, or put a new one in its place.
    Key(Key),
}

/// What to prove.
#[derive(Debug, Args)]
struct Verify {
    #[command(flatten)]
    place: Where,
    /// Checkpoints that were kept elsewhere, as `vanthu ledger export` wrote them.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
}

/// Which key.
#[derive(Debug, Args)]
struct Key {
    #[command(flatten)]
    place: Where,
    /// Make a new key, after the file was lost or somebody else could read it; what the old key
    /// signed stays and is proved with its public half. Start the server again afterwards.
    #[arg(long, requires = "reason")]
    replace: bool,
    /// Why, for the ledger.
    #[arg(long, value_name = "TEXT", requires = "replace", value_parser = NonEmptyStringValueParser::new())]
    reason: Option<String>,
}

/// Where to write.
#[derive(Debug, Args)]
struct Export {
    #[command(flatten)]
    place: Where,
    /// The file; one that is there is not written over.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Ledger {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Verify(it) => it.run().await,
            What::Checkpoint(place) => sign(&place).await,
            What::Export(it) => it.run().await,
            What::Key(it) => it.run().await,
        }
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let store = self.place.open().await?;
        let key = key_of(&self.place)?;
        let kept = match &self.checkpoints {
            Some(file) => Some(read_kept(file)?),
            None => None,
        };
        let proof = checkpoint::verify(&store, key.as_ref(), kept.as_ref()).await?;
        say(format!("Sổ nhật ký: {} mục", proof.ledger.entries))?;
        say(format!("Mã băm cuối: {}", proof.ledger.head))?;
        say(checkpoints(&proof))?;
        for line in later_keys(&proof) {
            say(line)?;
        }
        if proof.stands() {
            say("Chuỗi nguyên vẹn: không mục nào bị sửa, xóa hoặc chèn.")?;
            return Ok(ExitCode::SUCCESS);
        }
        for line in complaints(&proof) {
            say(line)?;
        }
        Ok(ExitCode::FAILURE)
    }
}

impl Key {
    async fn run(self) -> anyhow::Result<ExitCode> {
        match self.reason {
            Some(reason) => replace_key(&self.place, reason.trim()).await,
            None => show_key(&self.place).await,
        }
    }
}

async fn replace_key(place: &Where, reason: &str) -> anyhow::Result<ExitCode> {
    ensure!(!reason.is_empty(), "cần ghi lý do thay khóa");
    let store = place.open().await?;
    let file = place
        .ledger_key()?
        .context("cần --config hoặc --data để biết tệp khóa")?;
    let done = replace(&store, &file, reason, wiring::clock().now())
        .await
        .with_context(|| file.display().to_string())?;
    say(format!("Đã thay khóa, từ mục số {}.", done.seq))?;
    say(format!("Khóa cũ,  SHA-256: {}", done.old_sha256))?;
    say(format!("Khóa mới, SHA-256: {}", done.new_sha256))?;
    if let Some(old) = done.old_file {
        say(format!("Tệp khóa cũ nay là {}", old.display()))?;
    }
    say(
        "Ghi lại hai giá trị SHA-256, sao lưu tệp khóa mới, xuất lại điểm chốt, rồi khởi động lại \
         máy chủ.",
    )?;
    Ok(ExitCode::SUCCESS)
}

impl Export {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let store = self.place.open().await?;
        let kept = export(&store).await?.context(NO_KEY)?;
        let text = serde_json::to_string_pretty(&kept)?;
        let file = std::fs::File::create_new(&self.out)
            .with_context(|| format!("không tạo được {}", self.out.display()))?;
        std::io::Write::write_all(&mut &file, text.as_bytes())?;
        file.sync_all()?;
        say(format!(
            "Đã ghi {} điểm chốt vào {}",
            kept.checkpoints.len(),
            self.out.display()
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

const NO_KEY: &str = "hệ thống này chưa có khóa ký điểm chốt; khóa được tạo khi hệ thống chạy";

async fn sign(place: &Where) -> anyhow::Result<ExitCode> {
    let store = place.open().await?;
    let key = key_of(place)?.context(NO_KEY)?;
    let made = checkpoint::make(&store, &key, wiring::clock().now()).await?;
    say(match made {
        Some(row) => format!("Đã ký điểm chốt số {}, tại mục {}", row.number, row.seq),
        None => "Không có mục mới từ điểm chốt cuối.".to_owned(),
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn show_key(place: &Where) -> anyhow::Result<ExitCode> {
    let store = place.open().await?;
    let known = public_key(&store).await?.context(NO_KEY)?;
    let spki = hex::decode(known).context("khóa công khai trong cơ sở dữ liệu không đọc được")?;
    say(format!("SHA-256: {}", fingerprint(&spki)))?;
    say(pem::encode(&spki, "PUBLIC KEY").trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// The installation's key, where its file can be read here.
fn key_of(place: &Where) -> anyhow::Result<Option<LedgerKey>> {
    match place.ledger_key()? {
        Some(file) => LedgerKey::read(&file).with_context(|| file.display().to_string()),
        None => Ok(None),
    }
}

fn read_kept(file: &Path) -> anyhow::Result<Kept> {
    let kept = Kept::read(&read(file)?)
        .with_context(|| format!("{} không phải tệp điểm chốt", file.display()))?;
    ensure!(
        !kept.checkpoints.is_empty(),
        "{} không có điểm chốt nào",
        file.display()
    );
    Ok(kept)
}

fn checkpoints(proof: &Proof) -> String {
    match &proof.last {
        None => "Điểm chốt: chưa có".to_owned(),
        Some(last) => format!(
            "Điểm chốt: số {} là cuối, ký {}, tại mục {}",
            last.number,
            last.at.text(),
            last.seq
        ),
    }
}

/// The keys after the first: whoever holds the list against their own notes sees one that nobody
/// ordered.
fn later_keys(proof: &Proof) -> Vec<String> {
    let later = proof.keys.iter().skip(1);
    let told = later.map(|key| {
        let spki = hex::decode(&key.public_key).unwrap_or_default();
        format!(
            "Khóa ký điểm chốt được thay từ mục số {}: SHA-256 {}; lý do: {}",
            key.from,
            fingerprint(&spki),
            key.reason
        )
    });
    told.collect()
}

fn complaints(proof: &Proof) -> Vec<String> {
    let entries = proof.ledger.faults.iter();
    let entries = entries.map(|it| format!("mục số {} {}", it.seq, words(it.kind)));
    let points = proof.faults.iter().map(|it| match it.kind {
        CheckpointFaultKind::Key => {
            "khóa ký điểm chốt trong cơ sở dữ liệu đã bị đổi hoặc xóa".to_owned()
        }
        kind => format!("điểm chốt số {} {}", it.number, point_words(kind)),
    });
    let mut lines: Vec<String> = entries.chain(points).map(|it| format!("  {it}")).collect();
    if let Some(first) = lines.first_mut() {
        *first = format!("KHÔNG NGUYÊN VẸN: {}.", first.trim());
    }
    lines
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

const fn point_words(kind: CheckpointFaultKind) -> &'static str {
    match kind {
        CheckpointFaultKind::Key => "có khóa khác",
        CheckpointFaultKind::Missing => "đã bị xóa hoặc thay",
        CheckpointFaultKind::Forged => "không mang chữ ký của hệ thống này",
        CheckpointFaultKind::EntryMissing => "chốt một mục không còn trong sổ: phần cuối đã bị cắt",
        CheckpointFaultKind::EntryChanged => "không khớp mục nó chốt: chuỗi đã bị tính lại",
    }
}
