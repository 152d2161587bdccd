//! `cargo xtask bundle`: the app as packages to install.

use std::process::Command;

use anyhow::Result;

use crate::sample::Sample;
use crate::shell::{check, root, target};
use crate::ui::Npm;
use crate::{run, system, ui};

/// Only packing needs it, so it is not among the interface's packages.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

/// What can be made on this system without programs that have to be fetched.
const HERE: &str = if cfg!(target_os = "linux") {
    "deb,rpm"
} else if cfg!(target_os = "macos") {
    "dmg,app"
} else {
    "msi,nsis"
};

/// Builds the app with the sample catalogue inside and packs it; `--bundles …` and other arguments go to
/// Tauri's command line.
pub fn bundle(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    ui::build()?;
    run::build_programs()?;
    let sample = Sample::beside(target().join("release"));
    sample.build()?;
    // Line tables are for backtraces here, and four fifths of the program.
    if cfg!(target_os = "linux") {
        check(Command::new("strip").arg("--strip-debug").arg(sample.program("knytt-app")))?;
    }
    let npm = Npm::ensure()?;
    let config = root().join("src-tauri").join("tauri.bundle.conf.json");
    let mut tauri =
        npm.command(&["exec", "--yes", "--package", TAURI_CLI, "--", "tauri", "bundle", "--config"]);
    tauri.arg(config).current_dir(root().join("src-tauri"));
    if arguments.is_empty() {
        tauri.args(["--bundles", HERE]);
    }
    check(tauri.args(arguments))?;
    println!("\nPackages: {}", target().join("release").join("bundle").display());
    Ok(())
}
