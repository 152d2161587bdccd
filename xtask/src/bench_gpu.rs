//! `cargo xtask bench --gpu`: the models on a GPU through wgpu, and PyTorch on it with CUDA, as one table.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use crate::shell::{cargo, check, root, target};
use crate::system;

const USAGE: &str =
    "cargo xtask bench --gpu [--bundle DIR]… [--adapter N] [--batch N,…] [--python PATH] [--debug]";

/// What is measured unless something else is asked for.
const BATCHES: [&str; 4] = ["1", "8", "64", "256"];

/// The row of texts among a program's lines.
const TEXT: &str = "text";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
struct Arguments {
    /// Folders of bundles that are measured after the starter.
    bundles: Vec<String>,
    /// The adapter's number; the first that is no software if there is none.
    adapter: Option<String>,
    batches: Vec<String>,
    /// A Python with PyTorch for CUDA, and transformers.
    python: PathBuf,
    /// Whether the development build is measured.
    debug: bool,
}

impl Arguments {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut parsed = Self {
            bundles: Vec::new(),
            adapter: None,
            batches: BATCHES.map(String::from).to_vec(),
            python: "python3".into(),
            debug: false,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().cloned().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--bundle" => parsed.bundles.push(value()?),
                "--adapter" => parsed.adapter = Some(value()?),
                "--batch" => parsed.batches = value()?.split(',').map(String::from).collect(),
                "--python" => parsed.python = value()?.into(),
                "--debug" => parsed.debug = true,
                _ => bail!("{argument:?} is not known: {USAGE}"),
            }
        }
        Ok(parsed)
    }
}

/// Measures the starter and the bundles that are named, and prints a Markdown table of each.
///
/// # Errors
/// There is no GPU, or it computes something else than the processor. PyTorch may be missing.
pub fn bench_gpu(arguments: &[String]) -> Result<()> {
    let arguments = Arguments::parse(arguments)?;
    system::ensure_build_tools()?;
    let (profile, flags) = if arguments.debug { ("debug", &[][..]) } else { ("release", &["--release"][..]) };
    let example = ["--package", "knytt-models", "--features", "wgpu", "--example", "time_gpu"];
    check(cargo().arg("build").args(flags).args(example))?;
    let program = target().join(profile).join("examples/time_gpu");
    for bundle in std::iter::once("starter").chain(arguments.bundles.iter().map(String::as_str)) {
        let device = arguments.adapter.as_ref().map_or("gpu".into(), |number| format!("gpu:{number}"));
        let ours = output(Command::new(&program).args([bundle, &device]).args(&arguments.batches));
        let ours = ours.map_err(|reason| anyhow!("{bundle} was not measured: {reason}\nusage: {USAGE}"))?;
        let script = root().join("tests/peers/gpu.py");
        let peer = output(Command::new(&arguments.python).arg(script).arg(bundle).args(&arguments.batches));
        println!("{}", Table::of(bundle, &ours, peer.as_deref()).markdown());
    }
    Ok(())
}

/// What it prints; or the last line of its errors, which says why there is nothing.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    if done.status.success() {
        return Ok(text(&done.stdout));
    }
    let reason = text(&done.stderr).lines().last().map(str::to_owned);
    Err(reason.filter(|line| !line.is_empty()).unwrap_or_else(|| format!("{name} failed ({})", done.status)))
}

/// A bundle's times.
struct Table<'a> {
    bundle: &'a str,
    /// What was run, in words.
    remarks: Vec<String>,
    /// A title, and the milliseconds of each row.
    columns: Vec<(String, Vec<(&'a str, f64)>)>,
}

impl<'a> Table<'a> {
    /// `ours` and `peer`: lines of `time_gpu` and `gpu.py`; or why there are none of PyTorch.
    fn of(bundle: &'a str, ours: &'a str, peer: Result<&'a str, &'a String>) -> Self {
        let mut table = Self { bundle, remarks: Vec::new(), columns: Vec::new() };
        table.take("wgpu", ours);
        match peer {
            Ok(lines) => table.take("PyTorch", lines),
            Err(reason) => table.remarks.push(format!("No column of PyTorch with CUDA: {reason}")),
        }
        table
    }

    fn take(&mut self, library: &str, lines: &'a str) {
        for line in lines.lines() {
            if let Some(remark) = line.strip_prefix("# ") {
                self.remarks.push(format!("{library}: {remark}"));
            } else if let [precision, row, ms] = line.split('\t').collect::<Vec<_>>()[..]
                && let Ok(ms) = ms.parse()
            {
                let title = format!("{library} {precision}");
                match self.columns.last_mut().filter(|(last, _)| *last == title) {
                    Some((_, rows)) => rows.push((row, ms)),
                    None => self.columns.push((title, vec![(row, ms)])),
                }
            }
        }
    }

    fn markdown(&self) -> String {
        let mut text = format!("\n### {}\n\n", self.bundle);
        for remark in &self.remarks {
            let _ = writeln!(text, "- {remark}");
        }
        let titles: Vec<&str> = self.columns.iter().map(|(title, _)| title.as_str()).collect();
        let _ = writeln!(text, "\n| | {} |\n|---|{}", titles.join(" | "), "---|".repeat(titles.len()));
        // Those that were measured first have every row.
        for (row, _) in self.columns.first().map(|(_, rows)| rows.as_slice()).unwrap_or_default() {
            let name = if *row == TEXT { "a text of 12 tokens".into() } else { format!("batch {row}") };
            let cells: Vec<String> = self.columns.iter().map(|(_, rows)| cell(rows, row)).collect();
            let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
        }
        text
    }
}

/// Milliseconds, and how many pictures that is in a second.
fn cell(rows: &[(&str, f64)], row: &str) -> String {
    match (rows.iter().find(|(name, _)| *name == row), row.parse::<f64>()) {
        (None, _) => "–".into(),
        (Some((_, ms)), Ok(batch)) => {
            let in_a_second = 1e3 * batch / ms;
            let digits = usize::from(in_a_second < 100.0);
            format!("{ms:.2} ms, {in_a_second:.digits$}/s")
        }
        (Some((_, ms)), Err(_)) => format!("{ms:.2} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_libraries_stand_in_one_table() {
        let ours =
            "# 0: a GPU; driver 1\nf32\t1\t2.0000\nf32\t64\t16.0000\nf32\ttext\t0.5000\nf16\t1\t800.0000";
        let peer = "# a GPU\nf32\t1\t4.0000\nf32\t64\t32.0000";
        let table = Table::of("starter", ours, Ok(peer)).markdown();
        let rows: Vec<&str> = table.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(
            rows,
            [
                "| | wgpu f32 | wgpu f16 | PyTorch f32 |",
                "|---|---|---|---|",
                "| batch 1 | 2.00 ms, 500/s | 800.00 ms, 1.2/s | 4.00 ms, 250/s |",
                "| batch 64 | 16.00 ms, 4000/s | – | 32.00 ms, 2000/s |",
                "| a text of 12 tokens | 0.50 ms | – | – |",
            ]
        );
        let reason = "no CUDA".to_owned();
        let alone = Table::of("starter", ours, Err(&reason)).markdown();
        assert!(alone.contains("- No column of PyTorch with CUDA: no CUDA\n"), "{alone}");
        assert!(alone.contains("| | wgpu f32 | wgpu f16 |\n"), "{alone}");
    }

    #[test]
    fn a_program_that_fails_says_why_with_its_last_line() {
        let shell = |script: &str| output(Command::new("sh").args(["-c", script]));
        assert_eq!(shell("echo f32; echo no >&2"), Ok("f32".into()));
        assert_eq!(shell("echo first >&2; echo why >&2; exit 1"), Err("why".into()));
        assert!(output(&mut Command::new("no such program")).unwrap_err().starts_with("no such program: "));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let parse = |text: &str| Arguments::parse(&text.split(' ').map(String::from).collect::<Vec<_>>());
        let parsed = parse("--bundle a --bundle b --adapter 1 --batch 1,2").unwrap();
        assert_eq!((parsed.bundles.len(), parsed.adapter.as_deref()), (2, Some("1")));
        assert_eq!(parsed.batches, ["1", "2"]);
        assert!(parse("--adaptor 1").is_err() && parse("--adapter").is_err());
    }
}
