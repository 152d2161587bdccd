//! `cargo xtask relevance`: measures what each stage of the ranking adds, and writes `docs/relevance-rows.md`.
//!
//! docs/relevance.md has one table with what to conclude. The rows behind it come from here, so that nobody
//! copies them by hand.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, check, root, target};
use crate::system;

/// The weights were chosen on the shop of seed 11, which is the renderer's default: another one is measured.
const SEED: &str = "1";

/// How many products of the drawn shop, and how many photographs, are altered and searched for again.
const ALTERED: &str = "400";

/// The measured rows, relative to the repository.
const ROWS: &str = "docs/relevance-rows.md";

const HEAD: &str = "\
# Relevance: the rows

`cargo xtask relevance` writes this file. Do not edit it. [relevance.md](relevance.md) explains the measures and \
says what follows from them. The last column is the engine's median time of a query without the model, on the \
machine that ran the command; compare it within one table only.
";

/// What the command line asks for.
struct Arguments {
    /// A CSV file of photographs with the columns `id`, `image`, `category` and `split` (`train` or `val`).
    photos: Option<PathBuf>,
    /// Passed to `knytt-garments judge`: `--count`, `--each`, `--seed`.
    judge: Vec<String>,
}

impl Arguments {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut parsed = Self { photos: None, judge: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--photos" {
                parsed.photos = Some(rest.next().context("--photos needs a CSV file")?.into());
            } else {
                parsed.judge.push(argument.clone());
            }
        }
        if !parsed.judge.iter().any(|argument| argument.starts_with("--seed")) {
            parsed.judge.extend(["--seed".into(), SEED.into()]);
        }
        Ok(parsed)
    }
}

/// Draws a shop with judged queries, builds its catalogue, measures the stages on it and, with `--photos`, on
/// photographs, and writes the rows.
///
/// # Errors
/// A program fails, or the file cannot be written.
pub fn relevance(arguments: &[String]) -> Result<()> {
    let arguments = Arguments::parse(arguments)?;
    system::ensure_build_tools()?;
    let packages = ["--package", "knytt", "--package", "knytt-garments"];
    check(cargo().args(["build", "--release", "--bins"]).args(packages))?;
    let bench = Bench { folder: target().join("relevance") };
    let mut rows = String::from(HEAD);
    bench.drawn_shop(&arguments.judge, &mut rows)?;
    if let Some(photos) = &arguments.photos {
        bench.photographs(photos, &mut rows)?;
    }
    let file = root().join(ROWS);
    fs_err::write(&file, rows).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{}", file.display());
    Ok(())
}

/// Where catalogues are built and measured.
struct Bench {
    folder: PathBuf,
}

impl Bench {
    fn drawn_shop(&self, judge: &[String], rows: &mut String) -> Result<()> {
        let shop = self.folder.join("shop");
        let mut draw = Command::new(program("knytt-garments"));
        check(draw.args(["judge", "--unsaid", "--out"]).arg(&shop).args(judge))?;
        let catalog = self.build("catalog", &shop.join("products.csv"), &[])?;
        let queries = shop.join("queries.jsonl");
        let stages = eval(&catalog, &["--ablation", "--judged"], &[&queries])?;
        section(
            rows,
            "Drawn shop",
            &format!("`knytt-garments judge --unsaid {}`", judge.join(" ")),
            &stages,
        )?;
        let altered = eval(&catalog, &["--ablation", "--again", ALTERED], &[])?;
        section(rows, "Drawn shop, pictures of products altered", "`knytt eval --ablation --again`", &altered)
    }

    fn photographs(&self, photos: &Path, rows: &mut String) -> Result<()> {
        let all = self.build("photos", photos, &[])?;
        let altered = eval(&all, &["--ablation", "--again", ALTERED], &[])?;
        section(rows, "Photographs, altered", "`knytt eval --ablation --again`, all photographs", &altered)?;
        let train = self.build("photos-train", photos, &["--where", "split=train"])?;
        let kinds = ["--ablation", "--label", "category", "--where", "split=val", "--queries"];
        let kinds = eval(&train, &kinds, &[photos])?;
        section(rows, "Photographs by kind", "`knytt eval --ablation --queries`, val against train", &kinds)
    }

    fn build(&self, name: &str, feed: &Path, more: &[&str]) -> Result<PathBuf> {
        let catalog = self.folder.join(name);
        let mut build = Command::new(program("knytt"));
        check(build.arg("build").arg(feed).arg("--catalog").arg(&catalog).args(more))?;
        Ok(catalog)
    }
}

fn program(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Runs `knytt eval --markdown`; its progress goes to standard error as usual.
fn eval(catalog: &Path, options: &[&str], files: &[&Path]) -> Result<String> {
    let mut eval = Command::new(program("knytt"));
    eval.args(["eval", "--markdown", "--catalog"]).arg(catalog).args(options).args(files);
    let output = eval.stderr(Stdio::inherit()).output().context("cannot start `knytt eval`")?;
    if !output.status.success() {
        bail!("`knytt eval {}` failed ({})", options.join(" "), output.status);
    }
    String::from_utf8(output.stdout).context("`knytt eval` printed no UTF-8")
}

fn section(rows: &mut String, title: &str, command: &str, table: &str) -> Result<()> {
    Ok(write!(rows, "\n## {title}\n\n{command}\n\n{}\n", table.trim())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Arguments {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.into()).collect();
        Arguments::parse(&arguments).unwrap()
    }

    #[test]
    fn another_seed_is_measured_than_the_weights_were_chosen_on() {
        assert_eq!(parsed(&[]).judge, ["--seed", "1"]);
        assert_eq!(parsed(&["--seed", "11", "--each", "20"]).judge, ["--seed", "11", "--each", "20"]);
    }

    #[test]
    fn photographs_are_no_business_of_the_renderer() {
        let arguments = parsed(&["--photos", "photos.csv", "--count", "100"]);
        assert_eq!(arguments.photos, Some("photos.csv".into()));
        assert_eq!(arguments.judge, ["--count", "100", "--seed", "1"]);
        assert!(Arguments::parse(&["--photos".to_owned()]).is_err());
    }
}
