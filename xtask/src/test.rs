//! `cargo xtask test`: every test, and one line at the end that counts them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use fs_err as fs;

use crate::shell::{cargo, check, target};
use crate::{programs, python, system, ui};

/// How many kills `soak` makes unless told otherwise.
const SOAK_KILLS: &str = "200";

/// How many inputs `fuzz` makes unless told otherwise.
const FUZZ_INPUTS: &str = "100000";

/// Installs what tests need and runs them all. `filter` goes to the test harness; with one, the tests of the
/// interface do not run.
pub fn test(filter: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    system::ensure_test_tools()?;
    ui::build()?;
    let types = generated_types()?;
    let mut count = Count { ended_well: true, ..Count::default() };
    // Without a kind of target cargo builds all examples too, which clippy has checked already.
    for kind in ["--tests", "--doc"] {
        count.join(run_counting(tests()?.args([kind, "--no-fail-fast", "--"]).args(filter))?);
    }
    if generated_types()? != types {
        bail!("the interface's types were behind those of ui/api; they are written now: run this again");
    }
    if filter.is_empty() {
        let npm = ui::Npm::ensure()?;
        for script in ["check", "test", "test:browser", "test:shop"] {
            let part = run_counting(npm.command(&["run", script]).env("NO_COLOR", "1"))?;
            count.join(part);
        }
    }
    // A failure's own output may be thousands of lines further up.
    count.failures.iter().for_each(|name| println!("failed: {name}"));
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
    system::ensure_test_tools()?;
    let kills = arguments.first().map_or(SOAK_KILLS, String::as_str);
    check(tests()?.args(["--tests", "--", "kill"]).env("KNYTT_KILLS", kills))?;
    // A month of a simulated shop in which nothing is wrong raises no alert.
    check(tests()?.args(["--tests", "--", "while_nothing_is_wrong"]).env("KNYTT_QUIET_DAYS", "30"))?;
    // Replicas and nodes of the backend are killed under load, its disk runs full and has room again, and silent, deaf
    // and amplifying clients besiege it. The kiosk's screen is killed and frozen. The backend is the program that people
    // run: how long honest clients wait says nothing of one that is hardly optimised.
    programs::build_for_web()?;
    let campaigns = [
        "campaign::three",
        "full_disk::",
        "siege::honest",
        "killed::a_kiosk",
        "taps_in_a_window",
        "visits::thousands_of_visits",
    ];
    let program = programs::path_in(&programs::folder(), "knytt");
    check(tests()?.args(["--tests", "--", "--ignored"]).args(campaigns).env("KNYTT_KILLED_PROGRAM", program))
}

/// The long form of the tests with mutated inputs: `cargo xtask fuzz [INPUTS]`.
pub fn fuzz(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    system::ensure_test_tools()?;
    let inputs = arguments.first().map_or(FUZZ_INPUTS, String::as_str);
    check(tests()?.args(["--tests", "--", "fuzz"]).env("KNYTT_FUZZ", inputs))
}

/// All tests. The tests of the command line make cargo build the binary, and the end-to-end runs find it by name.
/// If they built it themselves, cargo would build it again with other features.
fn tests() -> Result<Command> {
    let mut command = cargo();
    let binary = |name: &str| target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    command.args(["test", "--workspace"]);
    command.env("KNYTT_BIN", binary("knytt")).env("KNYTT_APP_BIN", binary("knytt-app"));
    command.env("KNYTT_KIOSK_BIN", binary("knytt-kiosk"));
    // The tests must not read what was measured of this machine for the person who works on it.
    command.env("KNYTT_CACHE", target().join("tmp/knytt-cache"));
    // Reads packs as other programs do.
    command.env("KNYTT_PYTHON", python::environment("python", "catalog-sync/pack/tests/requirements.txt")?);
    Ok(command)
}

/// The TypeScript that the tests of `ui/api` write, file by file.
fn generated_types() -> Result<Vec<(PathBuf, String)>> {
    let folder = ui::folder().join("src/lib/api/generated");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        files.push((path, text));
    }
    files.sort();
    Ok(files)
}

#[derive(Default)]
struct Count {
    passed: u32,
    failed: u32,
    skipped: u32,
    ended_well: bool,
    /// What failed, by name.
    failures: Vec<String>,
}

/// The name in the test harness's `test answer::finds ... FAILED`, or in Vitest's
/// `FAIL  |unit| tests/unit/answer.test.ts > finds`.
fn failure(line: &str) -> Option<&str> {
    let test = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"));
    test.or_else(|| line.strip_prefix("FAIL ").map(str::trim))
}

/// Passes the output through, line by line, and adds up the summary of each test binary.
fn run_counting(command: &mut Command) -> Result<Count> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the tests")?;
    let output = child.stdout.take().context("the tests have no output")?;
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
    fn join(&mut self, other: Self) {
        self.failures.extend(other.failures);
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.ended_well &= other.ended_well;
    }

    /// Cargo's `test result: ok. 25 passed; 0 failed; 1 ignored; …`, or Vitest's
    /// `Tests  1 failed | 25 passed (26)`.
    fn add(&mut self, line: &str) {
        let line = line.trim_start();
        self.failures.extend(failure(line).map(str::to_owned));
        let summary = line.strip_prefix("test result: ").or_else(|| line.strip_prefix("Tests "));
        let Some(summary) = summary else { return };
        for part in summary.split(['.', ';', '|']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" | "skipped" | "todo" => self.skipped += number,
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
            "      Tests  1 failed | 4 passed | 2 skipped (7)",
            " Test Files  1 passed (1)",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s",
        ] {
            count.add(line);
        }
        assert_eq!((count.passed, count.failed, count.skipped), (32, 3, 3));
    }

    #[test]
    fn failures_are_known_by_name() {
        let lines = ["test a::b ... FAILED", "test c ... ok", " FAIL  |unit| tests/a.test.ts > finds"];
        let mut count = Count::default();
        lines.iter().for_each(|line| count.add(line));
        assert_eq!(count.failures, ["a::b", "|unit| tests/a.test.ts > finds"]);
    }
}
