//! Modules that makers install, known by name: a table, and nothing that decides.
//!
//! The names of Windows come from public code of signing tools in Vietnam; `*_s.dll` beside them are shells for Windows'
//! own interface and no PKCS#11. Those of Linux and macOS are the ones that SafeNet's own package installs; the other
//! makers' packages for these systems are not known to us and are named with `--pkcs11`. SoftHSM, OpenSC and p11-kit are
//! no devices of a maker: they are used when they are named, and never by themselves.

use std::path::{Path, PathBuf};

/// The modules of one maker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownModule {
    /// Whose devices they are.
    pub maker: &'static str,
    /// The file names, newest first.
    pub files: &'static [&'static str],
}

/// Where modules lie, in the order in which they are looked for.
#[cfg(windows)]
const FOLDERS: &[&str] = &[r"C:\Windows\System32"];
#[cfg(target_os = "macos")]
const FOLDERS: &[&str] = &[
    "/usr/local/lib",
    "/Library/Frameworks/eToken.framework/Versions/Current",
];
#[cfg(not(any(windows, target_os = "macos")))]
const FOLDERS: &[&str] = &[
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/local/lib",
    "/usr/lib/pkcs11",
];

/// The makers, in the order in which their devices are listed.
#[cfg(windows)]
pub const KNOWN: &[KnownModule] = &[
    KnownModule {
        maker: "Ban Cơ yếu Chính phủ (SafeNet eToken)",
        files: &["eTPKCS11.dll", "st3csp11.dll", "gclib.dll"],
    },
    KnownModule {
        maker: "VNPT-CA",
        files: &[
            "vnptca_p11_v10.dll",
            "vnptca_p11_v9.dll",
            "vnptca_p11_v8.dll",
            "vnptca_p11_v7.dll",
            "vnptca_p11_v6.dll",
            "vnpt-ca_csp11.dll",
            "VNPT-CA_v34.dll",
            "vnpt-ca_cl_v1.dll",
        ],
    },
    KnownModule {
        maker: "Viettel-CA",
        files: &[
            "viettel-ca_v6.dll",
            "viettel-ca_v5.dll",
            "viettel-ca_v4.dll",
            "viettel-ca_v3.dll",
            "viettel-ca_v2.dll",
            "viettel-ca_v1.dll",
        ],
    },
    KnownModule {
        maker: "FPT-CA",
        files: &["fptca_v3.dll", "fpt-ca.dll", "fca_v1.dll"],
    },
    KnownModule {
        maker: "BKAV-CA",
        files: &["BkavCAv2S.dll", "BkavCA.dll"],
    },
    KnownModule {
        maker: "Nacencomm CA2",
        files: &["nca_v4.dll", "CA2_v34.dll", "CA2_csp11.dll"],
    },
    KnownModule {
        maker: "NewCA",
        files: &["ncca_csp11_v1.dll"],
    },
    KnownModule {
        maker: "Safe-CA",
        files: &["safe-ca.dll"],
    },
    KnownModule {
        maker: "thiết bị khác",
        files: &[
            "ngp11v211.dll",
            "psapkcs.dll",
            "ShuttleCsp11_3003.dll",
            "wdpkcs.dll",
            "ostc1_csp11.dll",
        ],
    },
];
/// The makers, in the order in which their devices are listed.
#[cfg(target_os = "macos")]
pub const KNOWN: &[KnownModule] = &[KnownModule {
    maker: "Ban Cơ yếu Chính phủ (SafeNet eToken)",
    files: &["libeTPkcs11.dylib", "libeToken.dylib"],
}];
/// The makers, in the order in which their devices are listed.
#[cfg(not(any(windows, target_os = "macos")))]
pub const KNOWN: &[KnownModule] = &[KnownModule {
    maker: "Ban Cơ yếu Chính phủ (SafeNet eToken)",
    files: &["libeTPkcs11.so", "libeToken.so"],
}];

/// The known modules that are installed on this machine.
pub fn installed() -> Vec<PathBuf> {
    let folders: Vec<&Path> = FOLDERS.iter().map(Path::new).collect();
    found_in(&folders, KNOWN)
}

/// Of each maker the first name that is there: the same devices under two names would be listed twice.
fn found_in(folders: &[&Path], known: &[KnownModule]) -> Vec<PathBuf> {
    let first = |module: &KnownModule| {
        let places = module.files.iter().flat_map(|file| {
            let here = folders.iter().map(move |folder| folder.join(file));
            here.filter(|path| path.is_file())
        });
        places.into_iter().next()
    };
    known.iter().filter_map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_maker_the_newest_module_that_is_there_is_taken() {
        let [one, two] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let known = [
            KnownModule {
                maker: "một",
                files: &["m_v2.so", "m_v1.so"],
            },
            KnownModule {
                maker: "hai",
                files: &["h.so"],
            },
        ];
        let folders = [one.path(), two.path()];
        assert_eq!(found_in(&folders, &known), Vec::<PathBuf>::new());
        for file in ["m_v1.so", "other.so"] {
            std::fs::write(one.path().join(file), "").unwrap();
        }
        assert_eq!(found_in(&folders, &known), [one.path().join("m_v1.so")]);
        std::fs::write(two.path().join("m_v2.so"), "").unwrap();
        std::fs::create_dir(two.path().join("h.so")).unwrap();
        assert_eq!(found_in(&folders, &known), [two.path().join("m_v2.so")]);
    }

    #[test]
    fn what_is_no_device_is_not_used_by_itself() {
        for module in KNOWN {
            for file in module.files {
                let file = file.to_lowercase();
                for other in ["softhsm", "opensc", "p11-kit", "_s."] {
                    assert!(!file.contains(other), "{file}");
                }
            }
        }
    }
}
