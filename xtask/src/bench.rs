//! `cargo xtask bench`: ours, and with `--peers` the peers beside ours.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell::{cargo, check, root, target};
use crate::system;

/// Criterion's benches; `--peers` runs `tests/peers/compare.py` instead, further arguments go to it.
pub fn bench(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    match arguments.split_first() {
        Some((first, rest)) if first == "--peers" => peers(rest),
        _ => check(cargo().args(["bench", "--workspace"]).args(arguments)),
    }
}

fn peers(arguments: &[String]) -> Result<()> {
    check(cargo().args(["build", "--release", "--package", "knytt-models", "--example", "time_encode"]))?;
    check(cargo().args(["build", "--release", "--package", "knytt-engine", "--example", "time_search"]))?;
    let python = peers_python()?;
    let script = root().join("tests/peers/compare.py");
    let ours = target().join("release/examples");
    check(Command::new(python).arg(script).arg("--ours").arg(ours).args(arguments))
}

/// A virtual environment with the peers, made once.
fn peers_python() -> Result<PathBuf> {
    let venv = target().join("peers");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = bin.join("python");
    if !venv.join("complete").exists() {
        check(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        let requirements = root().join("tests/peers/requirements.txt");
        check(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
        std::fs::write(venv.join("complete"), "")?;
    }
    Ok(python)
}
