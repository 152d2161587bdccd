//! `cargo xtask unused`: dependencies that are named and not used.

use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use crate::programs;
use crate::shell::{cargo, check, root, target, works};

/// The tool that looks for them. It reads sources and manifests, and compiles nothing of the workspace. Version
/// 1.14 needs Rust 1.98.
const CARGO_SHEAR: (&str, &str) = ("cargo-shear", "1.12.1");

/// Fails if a package or the workspace names a dependency that no source uses.
pub fn unused() -> Result<()> {
    let (name, version) = CARGO_SHEAR;
    let tools = target().join("tools");
    let program = programs::path_in(&tools.join("bin"), name);
    if !works(&program, &["--version"]) {
        let mut install = cargo();
        install.args(["install", name, "--version", version, "--locked", "--debug", "--quiet", "--root"]);
        let build = tools.join("build");
        install.arg(&tools).env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_DIR", &build);
        check(&mut install)?;
        fs::remove_dir_all(build)?;
    }
    check(Command::new(program).current_dir(root()))
}
