//! `vanthu keys`: which devices and certificates there are to sign with. Needs no PIN for a device, and writes nothing
//! to it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use vanthu_token::{PinState, Pkcs11Token, Token as _, devices};

use crate::command::making::key::may_sign;
use crate::command::making::words;
use crate::output::say;

/// Where to look.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Module of the key devices (PKCS#11).
    #[arg(long, value_name = "MODULE.so")]
    pkcs11: PathBuf,
    /// Label or serial number of one device; all otherwise.
    #[arg(long, value_name = "LABEL")]
    token: Option<String>,
}

impl Keys {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let no_module = |error| words::module(&error, &self.pkcs11);
        let wanted = if let Some(one) = &self.token {
            vec![one.clone()]
        } else {
            let all = devices(&self.pkcs11).map_err(no_module)?;
            all.into_iter().map(|it| it.serial).collect()
        };
        if wanted.is_empty() {
            return Err(no_module(vanthu_token::ModuleError::NoDevice).into());
        }
        for name in wanted {
            let device = Pkcs11Token::find(&self.pkcs11, Some(&name)).map_err(no_module)?;
            let facts = device.facts().map_err(|error| words::token(&error))?;
            say(format!(
                "{} (số sê-ri {}, {}): {}",
                facts.label,
                facts.serial,
                facts.model,
                tries(facts.pin)
            ))?;
            for certificate in device
                .certificates()
                .map_err(|error| words::token(&error))?
            {
                let use_of_key = if may_sign(&certificate) {
                    ""
                } else {
                    " – không dùng để ký"
                };
                say(format!(
                    "  {}{use_of_key}\n    SHA-256 {}",
                    words::certificate(&certificate),
                    certificate.sha256_thumbprint()
                ))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

const fn tries(state: PinState) -> &'static str {
    match state {
        PinState::Fresh => "mã PIN chưa bị nhập sai",
        PinState::WrongBefore => "mã PIN đã bị nhập sai từ lần đúng gần nhất",
        PinState::LastTry => "CHỈ CÒN MỘT LẦN nhập mã PIN",
        PinState::Locked => "ĐÃ BỊ KHÓA",
    }
}
