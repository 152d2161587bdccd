//! `cargo xtask cuda`: compiles what runs on NVIDIA's GPUs, on a machine without one and without their toolkit.
//!
//! Candle links programs to CUDA's libraries, and such a program does not start where one is missing. Its crate cudarc
//! can load them when they are used, but not while Candle asks it to link. So here:
//! - this program stands between cargo and the compiler, and compiles cudarc with its feature `dynamic-loading`;
//! - the linker finds an empty archive for each library that Candle names, and CUDA's runtime as a static library.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use fs_err as fs;

use crate::shell::{cargo, check, target, works};
use crate::{programs, python, system, ui};

/// Set where this program stands for the compiler.
const AS_COMPILER: &str = "KNYTT_XTASK_COMPILES";

/// Variables that name an installed toolkit. The first is read first, by cudarc too.
const TOOLKIT: [&str; 3] = ["CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"];

/// Its folders of libraries.
const LIBRARY_FOLDERS: [&str; 5] =
    ["lib64", "lib", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "lib/x86_64-linux-gnu"];

/// What Candle names to the linker and cudarc loads.
const LOADED: [&str; 5] = ["cuda", "nvrtc", "curand", "cublas", "cublasLt"];

/// Beginnings of names of libraries that no program may need in order to start.
const NEVER_NEEDED: [&str; 5] = ["libcuda", "libcublas", "libcurand", "libnvrtc", "libnvidia"];

/// GPUs since Ampere (2020) run what is compiled for it: later ones compile its kernels once more when they load
/// them. Kernels for 9.0 run on that alone, because Candle's build makes 9.0a of it.
const COMPUTE_CAPABILITY: &str = "80";

const USAGE: &str = "cargo xtask cuda check | test | build [--debug]";

/// Checks or builds with CUDA below `target/cuda`.
pub fn cuda(arguments: &[String]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!(
            "only on Linux; elsewhere install CUDA's toolkit and run `cargo build --release --features cuda`"
        );
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["check"] => check_models(),
        ["test"] => test_models(),
        ["build"] => build(&["--release"], "release"),
        ["build", "--debug"] => build(&[], "debug"),
        _ => bail!("{USAGE}"),
    }
}

fn check_models() -> Result<()> {
    system::ensure_build_tools()?;
    let toolkit = Toolkit::ready()?;
    let models = ["--package", "knytt-models", "--features", "cuda"];
    check(toolkit.cargo("check")?.args(models))?;
    check(toolkit.cargo("clippy")?.args(models).args(["--all-targets", "--", "-D", "warnings"]))
}

/// The tests of what is said where CUDA fails. They need no GPU.
fn test_models() -> Result<()> {
    system::ensure_build_tools()?;
    let models = ["--package", "knytt-models", "--features", "cuda", "--lib", "cuda"];
    check(Toolkit::ready()?.cargo("test")?.args(models))
}

/// Builds `knytt`, and sees that it starts without any of CUDA's libraries.
fn build(profile: &[&str], folder: &str) -> Result<()> {
    system::ensure_build_tools()?;
    ui::build()?;
    let toolkit = Toolkit::ready()?;
    check(
        toolkit
            .cargo("build")?
            .args(["--package", "knytt", "--bin", "knytt", "--features", "cuda"])
            .args(profile),
    )?;
    let program = programs::path_in(&own_target().join(folder), "knytt");
    let dynamic = output(Command::new("readelf").arg("--dynamic").arg(&program))?;
    let needed = needed_of_cuda(&dynamic);
    ensure!(needed.is_empty(), "{} does not start without {}", program.display(), needed.join(", "));
    ensure!(works(&program, &["--version"]), "{} does not start", program.display());
    println!("{}: starts without CUDA's libraries", program.display());
    Ok(())
}

/// Where this command builds; the usual folder keeps what was built without CUDA.
fn own_target() -> PathBuf {
    target().join("cuda")
}

/// A CUDA compiler with its headers.
struct Toolkit {
    root: PathBuf,
}

impl Toolkit {
    /// The installed one that a variable names, or NVIDIA's packages of Python, which need no rights.
    fn ready() -> Result<Self> {
        let named = TOOLKIT.iter().find_map(|name| Some((name, std::env::var_os(name)?)));
        let root = match named {
            Some((name, root)) => {
                let root = PathBuf::from(root);
                ensure!(
                    root.join("bin/nvcc").exists(),
                    "{name} is {}, which has no bin/nvcc",
                    root.display()
                );
                root
            }
            None => packages()?,
        };
        Ok(Self { root })
    }

    /// Cargo with this compiler.
    fn cargo(&self, command: &str) -> Result<Command> {
        let link = self.link_folder()?;
        let bin = self.root.join("bin");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(bin.clone()).chain(std::env::split_paths(&path)))?;
        let mut cargo = cargo();
        cargo.arg(command).arg("--target-dir").arg(own_target());
        cargo.envs(TOOLKIT.map(|name| (name, &self.root)));
        // cudarc tells the linker to look here first.
        cargo.env(TOOLKIT[0], link).env("NVCC", bin.join("nvcc")).env("PATH", path);
        if std::env::var_os("CUDA_COMPUTE_CAP").is_none() {
            cargo.env("CUDA_COMPUTE_CAP", COMPUTE_CAPABILITY);
        }
        cargo.env("RUSTC_WRAPPER", std::env::current_exe()?).env(AS_COMPILER, "1");
        Ok(cargo)
    }

    /// A folder whose `lib` has what the linker finds under the names of CUDA's libraries.
    fn link_folder(&self) -> Result<PathBuf> {
        let runtime = LIBRARY_FOLDERS.map(|folder| self.root.join(folder).join("libcudart_static.a"));
        let runtime = runtime.into_iter().find(|library| library.exists());
        let runtime =
            runtime.with_context(|| format!("{} has no libcudart_static.a", self.root.display()))?;
        let link = own_target().join("link");
        let libraries = link.join("lib");
        fs::create_dir_all(&libraries)?;
        for name in LOADED {
            fs::write(libraries.join(format!("lib{name}.a")), "!<arch>\n")?;
        }
        fs::copy(runtime, libraries.join("libcudart.a"))?;
        Ok(link)
    }
}

/// NVIDIA's packages of Python; all lie in one folder, as an installed toolkit does.
fn packages() -> Result<PathBuf> {
    let python = python::environment("cuda-compiler", "xtask/cuda-compiler.txt")?;
    let where_is = "import sysconfig; print(sysconfig.get_path('platlib'))";
    let packages = output(Command::new(python).args(["-c", where_is]))?;
    let root = Path::new(packages.trim()).join("nvidia/cu13");
    ensure!(works(root.join("bin/nvcc"), &["--version"]), "{}/bin/nvcc does not start", root.display());
    Ok(root)
}

/// What it prints.
fn output(command: &mut Command) -> Result<String> {
    let Output { status, stdout, .. } =
        command.output().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(String::from_utf8(stdout)?)
}

/// Of what `readelf --dynamic` printed: CUDA's libraries without which a program does not start.
fn needed_of_cuda(dynamic: &str) -> Vec<&str> {
    let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let names = needed.filter_map(|line| line.split_once('[')?.1.strip_suffix(']'));
    names.filter(|name| NEVER_NEEDED.iter().any(|start| name.starts_with(start))).collect()
}

/// Whether cargo started this program in place of the compiler.
pub fn is_compiler() -> bool {
    std::env::var_os(AS_COMPILER).is_some()
}

/// Runs the compiler whose path and arguments this program was given.
pub fn compile() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let (program, arguments) = arguments.split_first().context("cargo gives the compiler's path")?;
    let mut compiler = Command::new(program);
    compiler.args(arguments).args(loading(arguments));
    // In place of this program, so that who ends this one ends the compiler.
    #[cfg(unix)]
    let status: std::io::Result<std::process::ExitStatus> =
        Err(std::os::unix::process::CommandExt::exec(&mut compiler));
    #[cfg(not(unix))]
    let status = compiler.status();
    std::process::exit(
        status.with_context(|| format!("cannot start {}", program.display()))?.code().unwrap_or(1),
    )
}

/// What the compiler is told beside its arguments.
fn loading(arguments: &[OsString]) -> &'static [&'static str] {
    let is_cudarc =
        arguments.windows(2).any(|pair| pair == [OsStr::new("--crate-name"), OsStr::new("cudarc")]);
    if is_cudarc { &["--cfg", "feature=\"dynamic-loading\""] } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cudarc_is_compiled_to_load_its_libraries() {
        let arguments = |name: &str| ["--edition=2021", "--crate-name", name].map(OsString::from);
        assert_eq!(loading(&arguments("cudarc")), ["--cfg", "feature=\"dynamic-loading\""]);
        assert!(loading(&arguments("build_script_build")).is_empty());
        assert!(loading(&arguments("candle_core")).is_empty());
    }

    #[test]
    fn a_program_that_needs_cuda_to_start_is_found() {
        let dynamic = "\
Dynamic section at offset 0x1 contains 3 entries:
 0x0000000000000001 (NEEDED)             Shared library: [libcublas.so.13]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x000000000000000e (SONAME)             Library soname: [libcuda.so.1]";
        assert_eq!(needed_of_cuda(dynamic), ["libcublas.so.13"]);
    }
}
