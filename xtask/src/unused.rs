//! `cargo xtask unused`: dependencies that are named and not used.

use std::process::Command;

use anyhow::Result;

use crate::programs;
use crate::shell::{cargo, check, root, target, works};

/// The tool that looks for them. It reads sources and manifests, and compiles nothing of the workspace.
const CARGO_SHEAR: (&str, &str) = ("cargo-shear", "1.14.0");

/// Fails if a package or the workspace names a dependency that no source uses.
pub fn unused() -> Result<()> {
    let (name, version) = CARGO_SHEAR;
    let tools = target().join("tools");
    let program = programs::path_in(&tools.join("bin"), name);
    if !works(&program, &["--version"]) {
        let mut install = cargo();
        install.args(["install", name, "--version", version, "--locked", "--debug", "--quiet", "--root"]);
        // Without lines for a debugger it takes half the time and a fifth of the disk.
        install.arg(&tools).env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_DIR", tools.join("build"));
        check(&mut install)?;
    }
    check(Command::new(program).current_dir(root()))
}
