//! `cargo xtask test`: every test, and one line at the end that counts them.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, check, target};
use crate::system;

/// How many kills `soak` makes unless told otherwise.
const SOAK_KILLS: &str = "200";

/// Installs what tests need and runs them all; `filter` goes to the test harness.
pub fn test(filter: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    let count = run_counting(tests().arg("--no-fail-fast").arg("--").args(filter))?;
    println!("\n{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped);
    if count.failed > 0 || !count.ended_well {
        bail!("some tests failed");
    }
    if count.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// The long form of the kill tests: `cargo xtask soak [KILLS]`.
pub fn soak(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    let kills = arguments.first().map_or(SOAK_KILLS, String::as_str);
    check(tests().args(["--", "kill"]).env("KNYTT_KILLS", kills))
}

/// All tests. Those of the command line make cargo build the binary, which the end-to-end runs then
/// find by name: asked for by itself, it would be built again with other features.
fn tests() -> Command {
    let mut command = cargo();
    let binary = target().join("debug").join(format!("knytt{}", std::env::consts::EXE_SUFFIX));
    command.args(["test", "--workspace"]).env("KNYTT_BIN", binary);
    command
}

#[derive(Default)]
struct Count {
    passed: u32,
    failed: u32,
    skipped: u32,
    ended_well: bool,
}

/// Passes the output through, line by line, and adds up the summary of each test binary.
fn run_counting(command: &mut Command) -> Result<Count> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut count = Count::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        count.add(&line);
        println!("{line}");
    }
    count.ended_well = child.wait()?.success();
    Ok(count)
}

impl Count {
    /// `test result: ok. 25 passed; 0 failed; 1 ignored; …`
    fn add(&mut self, line: &str) {
        let Some(summary) = line.strip_prefix("test result: ") else { return };
        for part in summary.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_all_binaries_add_up() {
        let mut count = Count::default();
        for line in [
            "test result: ok. 25 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.25s",
            "test a::b ... ok",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s",
        ] {
            count.add(line);
        }
        assert_eq!((count.passed, count.failed, count.skipped), (28, 2, 1));
    }
}
