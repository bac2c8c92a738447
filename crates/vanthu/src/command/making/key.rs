//! Whose key signs: on a device (PKCS#11) or in a file (PKCS#12), behind one trait. The PIN comes from the keyboard or
//! from a file, never from the command line, where every user of the machine could read it.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use vanthu_pki::{Certificate, SignatureAlgorithm, Time};
use vanthu_token::{OpenKey, Pin, PinState, Pkcs11Token, Token as _, open_key_file};
use vanthu_wire::agent::Algorithm;

use super::words;
use crate::command::file::unread;
use crate::output::warn;
use crate::told::Told;

/// The key, and how it is opened.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Key file (PKCS#12).
    #[arg(
        long,
        value_name = "FILE.p12",
        required_unless_present = "pkcs11",
        conflicts_with = "pkcs11"
    )]
    key: Option<PathBuf>,
    /// Module of a key device (PKCS#11), as its maker installs it.
    #[arg(long, value_name = "MODULE.so")]
    pkcs11: Option<PathBuf>,
    /// Label or serial number of the device, where the module shows several.
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
    /// Which certificate on the device: serial number, SHA-256, or a part of the name.
    #[arg(long, value_name = "CERTIFICATE", requires = "pkcs11")]
    certificate: Option<String>,
    /// File with the PIN on its first line; `-` is the standard input, /dev/fd/3 a descriptor. Without one it is asked for.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// Signature algorithm, such as rsa-pss-sha256; the usual one of the key otherwise.
    #[arg(long, value_name = "NAME")]
    algorithm: Option<String>,
}

/// An opened key with its certificate.
pub(crate) struct Signer {
    /// Whose signature it will be.
    pub(crate) certificate: Certificate,
    /// Certificates that the signature can bring along.
    pub(crate) chain: Vec<Certificate>,
    /// What it signs with.
    pub(crate) algorithm: SignatureAlgorithm,
    wire: Algorithm,
    key: Box<dyn OpenKey>,
}

impl KeyArgs {
    /// Finds the certificate, asks for the PIN, opens the key. A wrong PIN ends it: nothing is tried twice.
    pub(crate) fn open(&self, now: Time) -> anyhow::Result<Signer> {
        match (&self.pkcs11, &self.key) {
            (Some(module), _) => self.on_device(module, now),
            (None, Some(file)) => {
                let opened =
                    open_key_file(file, &self.pin()?).map_err(|error| words::token(&error))?;
                check_period(&opened.certificate, now)?;
                self.signer(opened.certificate, opened.chain, opened.key)
            }
            (None, None) => Err(Told::usage("Cần --key hoặc --pkcs11.").into()),
        }
    }

    fn on_device(&self, module: &std::path::Path, now: Time) -> anyhow::Result<Signer> {
        let device = Pkcs11Token::find(module, self.token.as_deref())
            .map_err(|error| words::module(&error, module))?;
        let told = |error| words::token(&error);
        let certificates = device.certificates().map_err(told)?;
        let certificate = choose(certificates, self.certificate.as_deref(), now)?;
        check_period(&certificate, now)?;
        self.look_at_tries(device.facts().map_err(told)?.pin)?;
        let key = device
            .open(&certificate.sha256_thumbprint(), &self.pin()?)
            .map_err(told)?;
        let chain = device.authorities().map_err(told)?;
        self.signer(certificate, chain, key)
    }

    /// A device that is about to lock itself is not tried by a program.
    fn look_at_tries(&self, state: PinState) -> Result<(), Told> {
        match state {
            PinState::Fresh => Ok(()),
            PinState::Locked => Err(words::token(&vanthu_token::TokenError::Locked)),
            PinState::LastTry if self.pin_file.is_some() => Err(Told::refused(
                "Thiết bị lưu khóa chỉ còn một lần nhập mã PIN.",
            )
            .because("mã PIN đọc từ tệp mà sai thì thiết bị tự khóa")
            .now("Bỏ --pin-file và tự nhập mã PIN.")),
            PinState::LastTry => {
                warn("Chú ý: thiết bị chỉ còn MỘT lần nhập mã PIN; nhập sai thì thiết bị tự khóa.");
                Ok(())
            }
            PinState::WrongBefore => {
                warn("Chú ý: lần trước mã PIN đã bị nhập sai.");
                Ok(())
            }
        }
    }

    fn pin(&self) -> anyhow::Result<Pin> {
        let pin = match &self.pin_file {
            Some(path) if path.as_os_str() == "-" => {
                let mut line = String::new();
                std::io::stdin()
                    .read_line(&mut line)
                    .context("không đọc được mã PIN từ đầu vào chuẩn")?;
                Pin::new(line.trim().to_owned())
            }
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| unread(path))?;
                Pin::new(text.lines().next().unwrap_or_default().trim().to_owned())
            }
            None => Pin::new(rpassword::prompt_password("Mã PIN: ").map_err(|error| {
                Told::failed("Không hỏi được mã PIN.")
                    .because(error)
                    .now("Chạy lệnh trong cửa sổ dòng lệnh, hoặc dùng --pin-file.")
            })?),
        };
        if pin.is_empty() {
            return Err(Told::failed("Mã PIN trống.")
                .now("Nhập mã PIN, hoặc ghi vào dòng đầu của tệp trong --pin-file.")
                .into());
        }
        Ok(pin)
    }

    fn signer(
        &self,
        certificate: Certificate,
        chain: Vec<Certificate>,
        key: Box<dyn OpenKey>,
    ) -> anyhow::Result<Signer> {
        let kind = certificate.public_key_info().kind;
        let possible = SignatureAlgorithm::made_with(kind);
        let algorithm = match &self.algorithm {
            None => SignatureAlgorithm::default_for(kind),
            Some(name) => SignatureAlgorithm::from_name(name).filter(|it| possible.contains(it)),
        };
        let found = algorithm.and_then(|it| Some((it, wire(it)?)));
        let Some((algorithm, wire)) = found else {
            let names: Vec<&str> = possible.iter().map(|it| it.name()).collect();
            return Err(Told::usage("Khóa này không ký bằng thuật toán đó.")
                .because(format!("khóa ký được bằng: {}", names.join(", ")))
                .now("Bỏ --algorithm, hoặc chọn một trong các thuật toán trên.")
                .into());
        };
        Ok(Signer {
            certificate,
            chain,
            algorithm,
            wire,
            key,
        })
    }
}

impl Signer {
    /// Signs.
    pub(crate) fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Told> {
        self.key
            .sign(self.wire, message)
            .map_err(|error| words::token(&error))
    }
}

/// The algorithm as tokens are asked for it; the names are the same.
fn wire(algorithm: SignatureAlgorithm) -> Option<Algorithm> {
    serde_json::from_value(algorithm.name().into()).ok()
}

/// The certificate that is meant. Without a word about it: the only one that can sign now.
fn choose(all: Vec<Certificate>, wanted: Option<&str>, now: Time) -> Result<Certificate, Told> {
    let all: Vec<Certificate> = all.into_iter().filter(may_sign).collect();
    if all.is_empty() {
        return Err(
            Told::failed("Thiết bị không có chứng thư chữ ký số nào dùng để ký.")
                .now("Kiểm tra đúng thiết bị; xem bằng: vanthu keys --pkcs11 MODULE."),
        );
    }
    let fitting: Vec<&Certificate> = match wanted {
        Some(wanted) => all.iter().filter(|it| is_meant(it, wanted)).collect(),
        None if all.len() == 1 => all.iter().collect(),
        None => all.iter().filter(|it| it.is_within_validity(now)).collect(),
    };
    let there = || {
        let lines: Vec<String> = all.iter().map(words::certificate).collect();
        format!("trên thiết bị có:\n    {}", lines.join("\n    "))
    };
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Told::failed("Không có chứng thư như yêu cầu.")
            .because(there())
            .now("Chọn chứng thư bằng --certificate (số sê-ri, SHA-256 hoặc một phần của tên).")),
        _ => Err(Told::usage("Có nhiều chứng thư ký được.")
            .because(there())
            .now("Chọn một bằng --certificate (số sê-ri, SHA-256 hoặc một phần của tên).")),
    }
}

fn is_meant(certificate: &Certificate, wanted: &str) -> bool {
    let hex: String = wanted
        .chars()
        .filter(|it| !matches!(it, ':' | ' '))
        .collect::<String>()
        .to_lowercase();
    let name = certificate.common_name().to_lowercase();
    certificate.sha256_thumbprint() == hex
        || certificate.serial_hex().to_lowercase() == hex
        || name.contains(&wanted.to_lowercase())
}

/// Devices often hold a certificate for encryption beside the one for signatures.
pub(crate) fn may_sign(certificate: &Certificate) -> bool {
    certificate
        .key_usage()
        .is_none_or(|it| it.digital_signature() || it.non_repudiation())
}

fn check_period(certificate: &Certificate, now: Time) -> Result<(), Told> {
    if certificate.is_within_validity(now) {
        return Ok(());
    }
    Err(
        Told::refused("Chứng thư chữ ký số chưa có hiệu lực hoặc đã hết hạn.")
            .because(words::certificate(certificate))
            .by("Nghị định 68/2024/NĐ-CP, Điều 31 khoản 2")
            .now("Dùng chứng thư còn hiệu lực; làm thủ tục gia hạn hoặc cấp mới chứng thư."),
    )
}
