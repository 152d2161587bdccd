//! `cargo xtask ship`: `knytt` and the kiosk as programs to hand out, without their symbols.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use crate::shell::{cargo, check, is_older, target};
use crate::{programs, system, ui};

/// The profile of Cargo.toml that optimises across crates.
const PROFILE: &str = "dist";

/// What is handed out beside the app, which `cargo xtask bundle` packs.
const PROGRAMS: [&str; 2] = ["knytt", "knytt-kiosk"];

/// What a shipped program should take at most.
const AIM_BYTES: u64 = 60_000_000;

/// Builds the programs into `target/dist`; their symbols lie in `target/dist/symbols`.
pub fn ship(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    ui::build()?;
    let named = |program: &&str| arguments.is_empty() || arguments.iter().any(|name| name == program);
    let folder = target().join(PROFILE);
    for name in PROGRAMS.into_iter().filter(|program| named(program)) {
        check(cargo().args(["build", "--profile", PROFILE, "--package", name, "--bin", name]))?;
        let program = programs::path_in(&folder, name);
        if cfg!(target_os = "linux") {
            take_symbols_out(&program, &folder.join("symbols"))?;
        }
        tell_size(&program)?;
    }
    Ok(())
}

/// Prints how large a program is, and whether that is more than it should be.
pub fn tell_size(program: &Path) -> Result<()> {
    let name = program.file_name().unwrap_or_default().display();
    println!("{name}: {}", size(fs::metadata(program)?.len()));
    Ok(())
}

fn size(bytes: u64) -> String {
    match bytes <= AIM_BYTES {
        true => format!("{}, within {}", megabytes(bytes), megabytes(AIM_BYTES)),
        false => format!("{}, above the aim of {}", megabytes(bytes), megabytes(AIM_BYTES)),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// Moves the symbols of a program into a file of `folder`, and names that file in the program, so that a debugger
/// finds it. Does nothing if that was done since the program was built.
pub fn take_symbols_out(program: &Path, folder: &Path) -> Result<()> {
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
        assert_eq!(size(60_000_000), "60.0 MB, within 60.0 MB");
        assert_eq!(size(60_100_000), "60.1 MB, above the aim of 60.0 MB");
    }
}
