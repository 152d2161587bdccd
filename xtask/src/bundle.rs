//! `cargo xtask bundle`: the app as packages to install.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use fs_err as fs;

use crate::sample::Sample;
use crate::shell::{check, is_older, root};
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

/// The most that a shipped program may take.
const LARGEST_PROGRAM_BYTES: u64 = 60_000_000;

/// Builds the app with the sample catalogue inside and packs it; `--bundles …` and other arguments go to
/// Tauri's command line. The symbols of the app lie beside the packages.
pub fn bundle(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    ui::build()?;
    programs::build("knytt-app")?;
    let sample = Sample::beside(programs::folder());
    sample.build()?;
    let packages = programs::folder().join("bundle");
    let app = sample.program("knytt-app");
    if cfg!(target_os = "linux") {
        take_symbols_out(&app, &packages.join("symbols"))?;
    }
    let size = fs::metadata(&app)?.len();
    ensure!(
        size <= LARGEST_PROGRAM_BYTES,
        "{} has {size} bytes, more than {LARGEST_PROGRAM_BYTES}",
        app.display()
    );
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

/// Moves the symbols of a program into a file of `folder`, and names that file in the program, so that a debugger
/// finds it. Does nothing if that was done since the program was built.
fn take_symbols_out(program: &Path, folder: &Path) -> Result<()> {
    let name = program.file_name().unwrap_or_default();
    let symbols = folder.join(name).with_extension("debug");
    if !is_older(&symbols, program) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let objcopy = || Command::new("objcopy");
    check(objcopy().arg("--only-keep-debug").arg(program).arg(&symbols))?;
    // The program keeps its time, so that its symbols are the newer file.
    let link = format!("--add-gnu-debuglink={}", symbols.display());
    check(objcopy().args(["--strip-all", "--preserve-dates", &link]).arg(program))
}
