//! The programs that a build needs from the operating system.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{check, works};

/// A program that must be there, and what brings it.
struct Tool {
    program: &'static str,
    probe: &'static [&'static str],
    debian: &'static str,
}

/// libjpeg-turbo, whose decoder we use, is C with assembly, built by CMake.
const BUILD: [Tool; 3] = [
    Tool { program: "c++", probe: &["--version"], debian: "build-essential" },
    Tool { program: "cmake", probe: &["--version"], debian: "cmake" },
    Tool { program: "nasm", probe: &["-v"], debian: "nasm" },
];

/// Installs what is missing on Debian and its relatives; elsewhere says what to install.
pub fn ensure_build_tools() -> Result<()> {
    let missing: Vec<&Tool> = BUILD.iter().filter(|tool| !is_there(tool)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|tool| tool.program).collect();
    eprintln!("missing: {}", names.join(", "));
    if !works("apt-get", &["--version"]) {
        bail!("please install {}, then run this again{}", names.join(", "), advice());
    }
    apt_install(&missing.iter().map(|tool| tool.debian).collect::<Vec<_>>())
}

fn is_there(tool: &Tool) -> bool {
    // On Windows the compiler is found by other means than the PATH, and only CMake asks for it.
    (cfg!(windows) && tool.program == "c++") || works(tool.program, tool.probe)
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
        if !is_root() {
            command.arg("apt-get");
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        check(&mut command)
    };
    if !is_root() && !works("sudo", &["-n", "true"]) {
        bail!("please run `sudo apt-get install {}`, then run this again", packages.join(" "));
    }
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "\n  xcode-select --install\n  brew install cmake nasm"
    } else if cfg!(windows) {
        "\n  winget install Kitware.CMake NASM.NASM Microsoft.VisualStudio.2022.BuildTools"
    } else {
        "\n  Fedora: dnf install gcc-c++ cmake nasm\n  Arch: pacman -S base-devel cmake nasm"
    }
}
