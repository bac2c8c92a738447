//! Puts the built front end (`npm run build` into `static/dist`) into the program. Where it has not
//! been built, the program has none, and says so on its pages by looking bare; tests still run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = root.join("static/dist");
    println!("cargo::rerun-if-changed=static/dist");
    println!("cargo::rerun-if-changed=templates");
    let mut files = Vec::new();
    collect(&dist, &dist, &mut files);
    files.sort();
    let mut code = String::from("static ASSETS: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        let _ = writeln!(
            code,
            "    ({name:?}, include_bytes!({:?})),",
            path.display().to_string()
        );
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("assets.rs");
    if std::fs::write(&out, code).is_err() {
        println!("cargo::error=could not write {}", out.display());
    }
}

/// Every file below, but the gallery of examples.
fn collect(base: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "gallery") {
                collect(base, &path, files);
            }
        } else if let Ok(name) = path.strip_prefix(base) {
            files.push((name.to_string_lossy().replace('\\', "/"), path.clone()));
        }
    }
}
