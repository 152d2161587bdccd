//! `cargo xtask relevance`: what each stage of the ranking is worth, on a drawn shop with judged queries.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::shell::{cargo, check, target};
use crate::system;

/// Draws the shop, builds its catalogue, and prints the tables of docs/relevance.md; arguments go to
/// `knytt-garments judge` (`--count`, `--each`, `--seed`).
pub fn relevance(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    let packages = ["--package", "knytt", "--package", "knytt-garments"];
    check(cargo().args(["build", "--release", "--bins"]).args(packages))?;
    let (folder, programs) = (target().join("relevance"), target().join("release"));
    let program = |name: &str| programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let (shop, catalog) = (folder.join("shop"), folder.join("catalog"));
    let mut draw = Command::new(program("knytt-garments"));
    check(draw.args(["judge", "--unsaid", "--out"]).arg(&shop).args(arguments))?;
    let knytt = |command: &str| {
        let mut knytt = Command::new(program("knytt"));
        knytt.arg(command);
        knytt
    };
    check(knytt("build").arg(shop.join("products.csv")).arg("--catalog").arg(&catalog))?;
    let eval = |more: &[&str], file: Option<&Path>| {
        let mut eval = knytt("eval");
        eval.arg("--markdown").arg("--catalog").arg(&catalog).args(more).args(file);
        check(&mut eval)
    };
    eval(&["--ablation", "--judged"], Some(&shop.join("queries.jsonl")))?;
    eval(&["--again", "500"], None)
}
