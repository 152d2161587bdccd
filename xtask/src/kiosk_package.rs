//! `cargo xtask bundle --kiosk`: the kiosk as a package of Debian, with its service and its session.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use fs_err as fs;

use crate::shell::{check, root, target};
use crate::{programs, ship};

const NAME: &str = "knytt-kiosk";

/// What the kiosk opens at run time, which no library names: certificates, a driver of Vulkan, what windows need,
/// letters. cage does not start without Xwayland, though nothing here uses it.
const DEPENDS: &str = "ca-certificates, cage | labwc, fonts-droid-fallback, fonts-noto-core, libpam-systemd, libvulkan1, libwayland-client0, libxkbcommon0, \
                       mesa-vulkan-drivers, systemd, xwayland";

/// Files of `ui/kiosk/package`, and where they lie in the system.
const FILES: [(&str, &str); 10] = [
    ("knytt-kiosk.service", "usr/lib/systemd/system/knytt-kiosk.service"),
    ("knytt-kiosk-labwc.service", "usr/lib/systemd/system/knytt-kiosk-labwc.service"),
    ("logind.conf", "usr/lib/systemd/logind.conf.d/50-knytt-kiosk.conf"),
    ("sysusers.conf", "usr/lib/sysusers.d/knytt-kiosk.conf"),
    ("70-knytt-kiosk.rules", "usr/lib/udev/rules.d/70-knytt-kiosk.rules"),
    ("labwc-rc.xml", "usr/share/knytt-kiosk/labwc/rc.xml"),
    ("labwc-menu.xml", "usr/share/knytt-kiosk/labwc/menu.xml"),
    ("pam", "etc/pam.d/knytt-kiosk"),
    ("kiosk.toml", "etc/knytt-kiosk/kiosk.toml"),
    ("copyright", "usr/share/doc/knytt-kiosk/copyright"),
];

/// What the administrator may change, which an update keeps.
const CONFIGURATION: &str = "/etc/knytt-kiosk/kiosk.toml\n/etc/pam.d/knytt-kiosk\n";

/// Packs the kiosk; with `--program FILE`, that program, else the one that is handed out.
pub fn bundle(arguments: &[String]) -> Result<()> {
    let program = match arguments {
        [] => {
            ship::ship(&[NAME.into()])?;
            programs::path_in(&target().join("dist"), NAME)
        }
        [flag, file] if flag == "--program" => file.into(),
        _ => bail!("usage: cargo xtask bundle --kiosk [--program FILE]"),
    };
    let package = pack(&program, &target().join("kiosk-package"))?;
    println!("\nPackage: {}", package.display());
    Ok(())
}

/// Makes the package of a program, in `folder`; returns its file.
fn pack(program: &Path, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    let machine = said(Command::new("dpkg").arg("--print-architecture"))?;
    let libraries = said(Command::new("dpkg-architecture").args(["-q", "DEB_HOST_MULTIARCH"]))?;
    lay(program, &tree, &format!("/usr/lib/{libraries} -/usr/lib64"))?;
    let linked = linked(&tree.join("usr/bin").join(NAME), folder)?;
    let kilobytes = size(&tree)? / 1024;
    let control = format!(
        "Package: {NAME}\nVersion: {version}\nArchitecture: {machine}\nSection: misc\nPriority: optional\n\
         Maintainer: The Knytt authors <knytt@example.com>\nInstalled-Size: {kilobytes}\n\
         Depends: {linked}, {DEPENDS}\n\
         Description: screen in a store that finds products\n \
         Shoppers search a shop's catalogue by camera, words and categories.\n \
         Nothing of a visit is kept. A service shows it on the first screen and\n \
         starts it again whenever it ends.\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    write(&tree.join("DEBIAN/control"), control.as_bytes(), 0o644)?;
    write(&tree.join("DEBIAN/conffiles"), CONFIGURATION.as_bytes(), 0o644)?;
    for script in ["postinst", "prerm", "postrm"] {
        write(&tree.join("DEBIAN").join(script), &fs::read(source(script))?, 0o755)?;
    }
    let file = folder.join(format!("{NAME}_{}_{machine}.deb", env!("CARGO_PKG_VERSION")));
    check(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&tree).arg(&file))?;
    Ok(file)
}

/// Lays the files of the package as they lie in the system.
fn lay(program: &Path, tree: &Path, libraries: &str) -> Result<()> {
    write(&tree.join("usr/bin").join(NAME), &fs::read(program)?, 0o755)?;
    for (name, place) in FILES {
        let text = fs::read_to_string(source(name))?.replace("@LIBRARIES@", libraries);
        write(&tree.join(place), text.as_bytes(), 0o644)?;
    }
    let documents = tree.join("usr/share/doc").join(NAME);
    write(&documents.join("kiosk.md"), &fs::read(root().join("docs/kiosk.md"))?, 0o644)?;
    let changes = format!(
        "{NAME} ({version}) stable; urgency=medium\n\n  * CHANGELOG.md of the project has what changed.\n\n \
         -- The Knytt authors <knytt@example.com>  Sun, 01 Nov 2026 00:00:00 +0000\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    write(&documents.join("changelog"), changes.as_bytes(), 0o644)?;
    let page = tree.join("usr/share/man/man1/knytt-kiosk.1");
    write(&page, &fs::read(source("knytt-kiosk.1"))?, 0o644)?;
    check(Command::new("gzip").args(["-9", "-n"]).arg(page).arg(documents.join("changelog")))
}

/// The packages of the libraries that the program is linked to.
fn linked(program: &Path, folder: &Path) -> Result<String> {
    // dpkg-shlibdeps reads which package it works for.
    write(
        &folder.join("debian/control"),
        format!("Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n").as_bytes(),
        0o644,
    )?;
    let mut read = Command::new("dpkg-shlibdeps");
    let found = said(read.args(["-O", "-e"]).arg(program).current_dir(folder))?;
    Ok(found.trim_start_matches("shlibs:Depends=").to_owned())
}

fn source(name: &str) -> PathBuf {
    root().join("ui/kiosk/package").join(name)
}

fn write(file: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    for folder in
        file.ancestors().skip(1).filter(|folder| !folder.exists()).collect::<Vec<_>>().into_iter().rev()
    {
        fs::create_dir(folder)?;
        fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    fs::write(file, bytes)?;
    Ok(fs::set_permissions(file, std::fs::Permissions::from_mode(mode))?)
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        bytes += if path.is_dir() { size(&path)? } else { fs::metadata(&path)?.len() };
    }
    Ok(bytes)
}

/// What a program says.
fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?} cannot be started"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::works;

    #[test]
    fn a_package_has_the_program_its_service_and_what_it_needs() {
        if !works("dpkg-shlibdeps", &["--version"]) {
            return println!("left out: there is no dpkg-dev");
        }
        let folder = std::env::temp_dir().join(format!("knytt-package-{}", std::process::id()));
        let package = pack(&std::env::current_exe().unwrap(), &folder).unwrap();
        let listed = said(Command::new("dpkg-deb").arg("--contents").arg(&package)).unwrap();
        for (_, place) in FILES {
            assert!(listed.lines().any(|line| line.ends_with(&format!("./{place}"))), "{place} is missing");
        }
        assert!(listed.lines().all(|line| line.contains(" root/root ")), "{listed}");
        let program = listed.lines().find(|line| line.ends_with("./usr/bin/knytt-kiosk")).unwrap();
        assert!(program.starts_with("-rwxr-xr-x"), "{program}");
        let control = said(Command::new("dpkg-deb").arg("--field").arg(&package)).unwrap();
        assert!(control.contains("libc6") && control.contains("cage | labwc"), "{control}");
        let unit =
            fs::read_to_string(folder.join("tree/usr/lib/systemd/system/knytt-kiosk.service")).unwrap();
        for line in [
            "Restart=always",
            "WatchdogSec=60",
            "User=knytt-kiosk",
            "NoExecPaths=/",
            "ReadWritePaths=/run/user",
            "NotifyAccess=main",
        ] {
            assert!(unit.lines().any(|found| found == line), "{line}");
        }
        assert!(!unit.contains("@LIBRARIES@"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
