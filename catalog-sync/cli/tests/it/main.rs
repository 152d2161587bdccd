//! What `knytt` says of itself. That it does what it says is for the end-to-end runs in `tests/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

mod catalog;
#[cfg(all(feature = "publish", feature = "serve"))]
mod console;
#[cfg(feature = "publish")]
mod keys;
mod models;

use std::process::{Command, Output};

fn knytt(args: &[&str]) -> Output {
    knytt_with(args, &[])
}

fn knytt_with(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_knytt"));
    command.args(args).envs(variables.iter().copied()).output().expect("knytt starts")
}

#[test]
fn help_names_every_command_and_each_has_its_own() {
    let help = knytt(&["--help"]);
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["build", "search", "eval", "inspect", "catalog", "model"] {
        assert!(help.contains(command), "{command} is missing:\n{help}");
        let own = knytt(&[command, "--help"]);
        assert!(own.status.success() && own.stdout.len() > 200, "{command}: {own:?}");
    }
}

#[test]
fn wrong_usage_is_code_2_on_standard_error() {
    for wrong in [&["serach"][..], &["search"], &["build", "--catalog", "x"]] {
        let output = knytt(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{wrong:?}");
    }
}

#[test]
fn the_version_is_the_workspaces() {
    let version = String::from_utf8(knytt(&["--version"]).stdout).unwrap();
    assert_eq!(version.trim(), concat!("knytt ", env!("CARGO_PKG_VERSION")));
}
