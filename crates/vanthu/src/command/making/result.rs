//! Where a made file goes.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::command::subject::Subject;
use crate::output::{Overwrite, check_free, write_with};
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

    /// Writes what was made. Of a PDF nothing is written that does not begin with it as it was read first.
    pub(crate) fn write(&self, out: &Path, made: &Subject) -> anyhow::Result<()> {
        let written = write_with(out, self.overwrite(), |file| made.write(file));
        written.map_err(|error| match error.downcast_ref::<io::Error>() {
            Some(why) if why.kind() == io::ErrorKind::InvalidData => {
                Told::failed("Tệp gốc bị sửa trong khi đang làm; không ghi gì.")
                    .now("Để yên tệp gốc rồi chạy lại lệnh.")
                    .into()
            }
            _ => error,
        })
    }

    fn overwrite(&self) -> Overwrite {
        self.force.into()
    }
}
