//! Where a made file goes.

use std::path::{Path, PathBuf};

use clap::Args;
use vanthu_signing::is_extension;

use crate::command::file;
use crate::output::{Overwrite, check_free, write_file};
use crate::told::Told;

/// Where to write.
#[derive(Debug, Args)]
pub(crate) struct ResultArgs {
    /// Where to write the new file; beside the given one otherwise. The given file is never changed.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

impl ResultArgs {
    /// The place for the result, refused early where something stands there.
    pub(crate) fn place(&self, given: &Path, ending: &str) -> Result<PathBuf, Told> {
        let out = self
            .out
            .clone()
            .unwrap_or_else(|| file::beside(given, ending));
        let same = |a: &Path, b: &Path| {
            a.canonicalize()
                .ok()
                .is_some_and(|it| Some(it) == b.canonicalize().ok())
        };
        if same(&out, given) {
            return Err(Told::usage("Tệp kết quả trùng với tệp gốc.")
                .because("tệp gốc không bao giờ bị sửa")
                .now("Chọn tên khác bằng --out."));
        }
        check_free(&out, self.overwrite())?;
        Ok(out)
    }

    /// Writes what was made of `base`: nothing that does not begin with it.
    pub(crate) fn write(&self, out: &Path, base: &[u8], made: &[u8]) -> anyhow::Result<()> {
        if made != base && !is_extension(base, made) {
            return Err(
                Told::failed("Tệp mới không nối tiếp nguyên vẹn tệp gốc; không ghi gì.").into(),
            );
        }
        write_file(out, made, self.overwrite())
    }

    fn overwrite(&self) -> Overwrite {
        self.force.into()
    }
}
