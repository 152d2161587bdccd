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
    check_size(&app)?;
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

/// Prints how large a program is.
///
/// # Errors
/// It has more than [`LARGEST_PROGRAM_BYTES`].
fn check_size(program: &Path) -> Result<()> {
    let bytes = fs::metadata(program)?.len();
    let name = program.file_name().unwrap_or_default().display();
    println!("{name}: {}, at most {}", megabytes(bytes), megabytes(LARGEST_PROGRAM_BYTES));
    ensure!(bytes <= LARGEST_PROGRAM_BYTES, "{} is too large to be shipped", program.display());
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
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
    check(objcopy().args(["--strip-all", "--preserve-dates", &link]).arg(program))?;
    println!("{}: {}", symbols.display(), megabytes(fs::metadata(&symbols)?.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::works;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_without_its_symbols_is_smaller_runs_and_names_them() {
        let folder = std::env::temp_dir().join(format!("knytt-symbols-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("program");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let before = fs::metadata(&program).unwrap().len();
        take_symbols_out(&program, &folder.join("symbols")).unwrap();
        assert!(fs::metadata(&program).unwrap().len() < before);
        assert!(works(&program, &["--list"]));
        let symbols = folder.join("symbols/program.debug");
        assert!(symbols.exists());
        let (program, name) = (fs::read(&program).unwrap(), b"program.debug");
        assert!(program.windows(name.len()).any(|part| part == name));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn sizes_are_said_in_megabytes() {
        assert_eq!(megabytes(56_636_992), "56.6 MB");
        assert_eq!(megabytes(60_000_000), "60.0 MB");
    }
}
