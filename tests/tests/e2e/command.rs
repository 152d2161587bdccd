//! Running the binary.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// The binary under test. Cargo tells a test only the executables of its own package, so cargo is asked to build
/// this one, in the profile of these tests. If it is up to date, cargo only names it.
static BINARY: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("KNYTT_BIN") {
    Some(path) => path.into(),
    None => build("knytt", "knytt"),
});

/// Where the binary keeps its state, in place of the state of the person who runs the tests.
static STATE: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// Builds a program of this workspace.
pub fn build(package: &str, program: &str) -> PathBuf {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let output = Command::new(env!("CARGO"))
        .args(["build", "--package", package, "--bin", program, "--profile", profile])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{program} does not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    let executable = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back();
    executable.expect("cargo names the executable")
}

/// Where the binary keeps what it measured of this machine: the folder that this process was given, if it was.
fn cache() -> PathBuf {
    std::env::var_os("KNYTT_CACHE").map_or_else(|| STATE.path().join("cache"), PathBuf::from)
}

/// A command line of the binary. A proxy of this machine is not asked for servers of the tests.
pub fn knytt(args: &[&str]) -> Command {
    let mut command = Command::new(&*BINARY);
    command
        .args(args)
        .env("NO_COLOR", "1")
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .env("XDG_STATE_HOME", STATE.path())
        .env("KNYTT_CACHE", cache())
        .stdin(Stdio::null());
    command
}

/// The output and the exit code of a finished run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs to the end.
pub fn run(args: &[&str]) -> Run {
    knytt(args).output().unwrap().into()
}

/// Runs to the end with this on standard input.
pub fn run_with_input(args: &[&str], input: &[u8]) -> Run {
    let mut command = knytt(args);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().into()
}

/// Runs a command that must succeed, and reads its JSON.
pub fn json(args: &[&str]) -> Value {
    let run = run(&[args, &["--json"]].concat());
    assert_eq!(run.code, Some(0), "{args:?}: {run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

impl Run {
    /// Fails with this code, one `error:` line that has all of `words`, and nothing on standard output.
    #[track_caller]
    pub fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let errors: Vec<_> = self.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{self:?}");
        assert!(words.iter().all(|word| self.stderr.contains(word)), "{words:?}: {self:?}");
        assert!(self.stdout.is_empty(), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}
