//! Virtual environments of Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use crate::shell::{check, root, target};

/// The interpreter of the environment `name` below the target folder, with the packages that `requirements` (a
/// file of this repository) lists. The environment is made again when the list has changed.
pub fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let venv = target().join(name);
    let python = venv.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python");
    let requirements = root().join(requirements);
    let wanted = fs::read_to_string(&requirements)?;
    let complete = venv.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|has| has == wanted) {
        return Ok(python);
    }
    check(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    check(Command::new(&python).args(install).arg(Path::new(&requirements)))?;
    fs::write(complete, wanted)?;
    Ok(python)
}
