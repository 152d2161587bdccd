//! `cargo xtask bundle`: the app as packages to install.

use anyhow::Result;

use crate::sample::Sample;
use crate::shell::{check, root};
use crate::ship::{take_symbols_out, tell_size};
use crate::ui::Npm;
use crate::{programs, system, ui};

/// Only packing needs it, so `ui/web/package.json` does not list it.
const TAURI_CLI: &str = "@tauri-apps/cli@2.12.5";

/// The kinds of package that this system can make with the programs that it has.
const HERE: &str = if cfg!(target_os = "linux") {
    "deb,rpm"
} else if cfg!(target_os = "macos") {
    "dmg,app"
} else {
    "msi,nsis"
};

/// Builds the app with the sample catalogue inside and packs it; `--bundles …` and other arguments go to
/// Tauri's command line. The symbols of the app lie beside the packages.
pub fn bundle(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    ui::build()?;
    programs::build(programs::APP)?;
    let sample = Sample::beside(programs::folder());
    sample.build()?;
    let packages = programs::folder().join("bundle");
    let app = sample.program(programs::APP);
    if cfg!(target_os = "linux") {
        take_symbols_out(&app, &packages.join("symbols"))?;
    }
    tell_size(&app)?;
    let npm = Npm::ensure()?;
    let config = root().join("src-tauri").join("tauri.bundle.conf.json");
    let mut tauri =
        npm.command(&["exec", "--yes", "--package", TAURI_CLI, "--", "tauri", "bundle", "--config"]);
    tauri.arg(config).current_dir(root().join("src-tauri"));
    if arguments.is_empty() {
        tauri.args(["--bundles", HERE]);
    }
    check(tauri.args(arguments))?;
    println!("\nPackages: {}", packages.display());
    Ok(())
}
