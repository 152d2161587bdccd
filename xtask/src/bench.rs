//! `cargo xtask bench`: the benches, with `--peers` a comparison with other libraries, with `--gpu` one on a GPU.

use std::process::Command;

use anyhow::Result;

use crate::bench_gpu::bench_gpu;
use crate::shell::{cargo, check, root, target};
use crate::{python, system};

/// Criterion's benches; `--peers` runs `tests/peers/compare.py` instead, further arguments go to it; `--gpu` measures
/// the models on a GPU.
pub fn bench(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    match arguments.split_first() {
        Some((first, rest)) if first == "--peers" => peers(rest),
        Some((first, rest)) if first == "--gpu" => bench_gpu(rest),
        _ => check(cargo().args(["bench", "--workspace"]).args(arguments)),
    }
}

fn peers(arguments: &[String]) -> Result<()> {
    check(cargo().args(["build", "--release", "--package", "knytt-models", "--example", "time_encode"]))?;
    check(cargo().args(["build", "--release", "--package", "knytt-kernels", "--example", "limits"]))?;
    check(cargo().args(["build", "--release", "--package", "knytt-engine", "--example", "time_search"]))?;
    let python = python::environment("peers", "tests/peers/requirements.txt")?;
    let script = root().join("tests/peers/compare.py");
    let ours = target().join("release/examples");
    check(Command::new(python).arg(script).arg("--ours").arg(ours).args(arguments))
}
