//! Where a made file goes.

use std::path::{Path, PathBuf};

use clap::Args;
use vanthu_signing::is_extension;

use crate::command::subject::Subject;
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
    /// The place for the result, refused early where something stands there: the one that was asked for, or `usual`.
    pub(crate) fn place(&self, given: &[&Path], usual: PathBuf) -> Result<PathBuf, Told> {
        let out = self.out.clone().unwrap_or(usual);
        let is_given = |one: &&Path| {
            let same = (out.canonicalize().ok(), one.canonicalize().ok());
            same.0.is_some() && same.0 == same.1
        };
        if given.iter().any(is_given) {
            return Err(Told::usage("Tệp kết quả trùng với tệp gốc.")
                .because("tệp gốc không bao giờ bị sửa")
                .now("Chọn tên khác cho tệp kết quả."));
        }
        check_free(&out, self.overwrite())?;
        Ok(out)
    }

    /// Writes what was made. Of a PDF nothing is written that does not begin with it.
    pub(crate) fn write(&self, out: &Path, base: &[u8], made: &Subject) -> anyhow::Result<()> {
        let is_kept = match made {
            Subject::Pdf(made) => made == base || is_extension(base, made),
            Subject::Detached { .. } | Subject::Carrying { .. } | Subject::Container(_) => true,
        };
        if !is_kept {
            return Err(
                Told::failed("Tệp mới không nối tiếp nguyên vẹn tệp gốc; không ghi gì.").into(),
            );
        }
        write_file(out, made.bytes(), self.overwrite())
    }

    fn overwrite(&self) -> Overwrite {
        self.force.into()
    }
}
