//! The program's command line, before a window opens.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

use std::process::{Command, Output};

fn app(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_knytt-app")).args(arguments).output().unwrap()
}

#[test]
fn the_version_is_printed_without_a_window() {
    let output = app(&["--version"]);
    let expected = format!("knytt-app {}", env!("CARGO_PKG_VERSION"));
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), expected);
}

#[test]
fn an_address_that_feedback_cannot_go_to_ends_the_start() {
    let output = app(&["--events", "file:///tmp/x"]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("say https"));
}
