//! The optimised programs: `knytt`, the renderer of the sample, and the app.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell::{cargo, check, target, works};

/// What the first build costs, in minutes of one processor core, as measured on an EPYC (Zen 5). It is only used to say how
/// long the build will take.
const FIRST_BUILD_CORE_MINUTES: usize = 22;

/// The package of the desktop app.
pub const APP: &str = "knytt-app";

/// Where the programs are.
pub fn folder() -> PathBuf {
    target().join("release")
}

/// A program of this name in `folder`.
pub fn path_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Builds what `cargo xtask run` shows and `cargo xtask bundle` packs: the tools of the sample, and `screen`, the program
/// that shows it, with GPUs where it can use them. `knytt` is built without its publisher and its backend: they are half of all code, and the sample needs neither. If the full
/// `knytt` is there, it is built again and stays.
pub fn build(screen: &str) -> Result<()> {
    let had_full_knytt = has_full_knytt();
    say_how_long(screen);
    // One build, because cargo would build shared crates with other features for each program.
    let mut build = cargo();
    build.args(["build", "--release", "--bins", "--no-default-features"]);
    for package in ["knytt", "knytt-garments", screen] {
        build.args(["--package", package]);
    }
    if screen == APP {
        build.args(["--features", "knytt-app/wgpu"]);
    }
    check(&mut build)?;
    if had_full_knytt {
        check(cargo().args(["build", "--release", "--package", "knytt"]))?;
    }
    Ok(())
}

/// Builds what `cargo xtask run --web` shows: `knytt` with its backend, and the renderer of the sample.
pub fn build_for_web() -> Result<()> {
    say_how_long("knytt");
    check(cargo().args(["build", "--release", "--package", "knytt", "--package", "knytt-garments"]))
}

/// Whether `knytt` can publish. The build for the sample refuses the command `key`.
fn has_full_knytt() -> bool {
    works(path_in(&folder(), "knytt"), &["key", "--help"])
}

fn say_how_long(screen: &str) {
    if path_in(&folder(), screen).exists() {
        return;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let minutes = first_build_minutes(cores);
    eprintln!("The first build compiles about 600 crates: some {minutes} minutes on {cores} cores.");
    eprintln!("Later builds compile only what has changed.");
}

/// The last crates wait for each other, so more than eight cores do not help.
fn first_build_minutes(cores: usize) -> usize {
    FIRST_BUILD_CORE_MINUTES.div_ceil(cores.clamp(1, 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_cores_take_fewer_minutes_up_to_eight() {
        let minutes = [1, 2, 8, 64].map(first_build_minutes);
        assert_eq!(minutes, [22, 11, 3, 3]);
    }
}
