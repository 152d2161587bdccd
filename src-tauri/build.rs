//! Embeds the interface and the licences of everything inside. Where the interface was not built yet, a
//! page that says how stands in for it, so that the workspace compiles without Node.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const STAND_IN: &str = "<!doctype html><meta charset=utf-8><title>Knytt</title>\
    <p>The interface is not built yet: run <code>cargo xtask run</code>.";

fn main() {
    stand_in_for_the_interface();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    std::fs::write(out.join("licences.txt"), licences()).expect("cannot write the licences");
    println!("cargo:rerun-if-changed=../ui/web/dist");
    println!("cargo:rerun-if-changed=../Cargo.lock");
    tauri_build::build();
}

fn stand_in_for_the_interface() {
    let dist = Path::new("../ui/web/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        std::fs::create_dir_all(dist).expect("cannot make ui/web/dist");
        std::fs::write(page, STAND_IN).expect("cannot write ui/web/dist/index.html");
    }
}

/// Each crate with its licence, then each licence's text once.
fn licences() -> String {
    let packages = packages();
    let mut text =
        String::from("Knytt is licensed under MIT or Apache-2.0, as you like. It is made with:\n\n");
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &packages {
        let said = |key: &str| package[key].as_str().unwrap_or_default();
        let name = format!("{} {}", said("name"), said("version"));
        let _ = writeln!(text, "{name}: {}", said("license"));
        let folder = Path::new(said("manifest_path")).parent().unwrap_or(Path::new(""));
        for licence in files(folder) {
            texts.entry(licence).or_default().push(name.clone());
        }
    }
    for (licence, of) in texts {
        let _ = write!(text, "\n\n──── {} ────\n\n{}\n", of.join(", "), licence.trim());
    }
    text
}

/// Every crate that is compiled in from outside, by name. None where cargo cannot say, as when only a
/// part of the registry is there.
fn packages() -> Vec<Value> {
    let target = std::env::var("TARGET").unwrap_or_default();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", &target])
        .output();
    let metadata: Value = asked.ok().and_then(|o| serde_json::from_slice(&o.stdout).ok()).unwrap_or_default();
    let all = metadata["packages"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|package| package["source"].is_string()).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start))
    };
    entries
        .map(|entry| entry.path())
        .filter(licence)
        .filter_map(|p| std::fs::read_to_string(p).ok())
        .collect()
}
