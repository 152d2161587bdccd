//! `cargo xtask screens`: draws docs/screenshots anew, from nothing but the tree.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use fs_err as fs;

use crate::sample::Sample;
use crate::shell::{cargo, check, target};
use crate::ui::Npm;
use crate::{programs, system, ui};

/// What is drawn. Each has a folder of docs/screenshots under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The app's views, over the shop that the interface makes up for its tests.
    App,
    /// The served interface, on a real server.
    Web,
    /// The retailer's console, on a real server.
    Console,
    /// The kiosk, on a GPU in software.
    Kiosk,
}

impl Kind {
    const ALL: [Self; 4] = [Self::App, Self::Web, Self::Console, Self::Kiosk];

    fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Web => "web",
            Self::Console => "console",
            Self::Kiosk => "kiosk",
        }
    }

    /// The script of `ui/web/package.json` that writes its folder.
    fn script(self) -> &'static str {
        match self {
            Self::App => "screenshots",
            Self::Web => "screenshots:shop",
            Self::Console => "screenshots:console",
            Self::Kiosk => "screenshots:kiosk",
        }
    }
}

/// Installs what is missing, builds what is shown, and draws the named kinds, or all.
pub fn screens(arguments: &[String]) -> Result<()> {
    let kinds = kinds(arguments)?;
    system::ensure_build_tools()?;
    system::ensure_screen_tools()?;
    ui::build()?;
    if kinds != [Kind::App] {
        build_programs()?;
    }
    let npm = Npm::ensure()?;
    for kind in kinds {
        let mut draw = npm.command(&["run", kind.script()]);
        if kind == Kind::Kiosk {
            draw.arg("--").arg(draw_kiosk()?);
        }
        check(draw.env("KNYTT_BIN", program("knytt")))?;
    }
    Ok(())
}

fn kinds(names: &[String]) -> Result<Vec<Kind>> {
    if names.is_empty() {
        return Ok(Kind::ALL.to_vec());
    }
    let known = |name: &String| Kind::ALL.into_iter().find(|kind| kind.name() == name);
    let found = names.iter().map(|name| known(name).ok_or(name)).collect::<Result<_, _>>();
    found.or_else(|name| bail!("there is no {name:?} to draw: app, web, console or kiosk"))
}

/// Pictures do not show how fast a program is, so these are the ones that the tests build, too.
fn build_programs() -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--bins", "--example", "screens"]);
    check(build.args(["--package", "knytt", "--package", "knytt-garments", "--package", "knytt-kiosk"]))
}

fn folder() -> PathBuf {
    target().join("debug")
}

fn program(name: &str) -> PathBuf {
    programs::path_in(&folder(), name)
}

/// Draws the kiosk's screens on the sample shop; returns the folder of their PNGs.
fn draw_kiosk() -> Result<PathBuf> {
    let sample = Sample::beside(folder());
    sample.build()?;
    let pictures = target().join("screens").join("kiosk");
    if pictures.exists() {
        fs::remove_dir_all(&pictures)?;
    }
    let mut draw = Command::new(programs::path_in(&folder().join("examples"), "screens"));
    check(draw.arg(sample.catalog()).arg(sample.folder().join("feed")).arg(&pictures))?;
    Ok(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Result<Vec<Kind>> {
        kinds(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn all_are_drawn_unless_some_are_named() {
        assert_eq!(named(&[]).unwrap(), Kind::ALL);
        assert_eq!(named(&["kiosk", "app"]).unwrap(), [Kind::Kiosk, Kind::App]);
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let refused = named(&["web", "phone"]).unwrap_err().to_string();
        assert!(refused.contains("phone") && refused.contains("console"), "{refused}");
    }

    #[test]
    fn every_kind_has_its_script() {
        let package = fs::read_to_string(ui::folder().join("package.json")).unwrap();
        for kind in Kind::ALL {
            assert!(package.contains(&format!("\"{}\": ", kind.script())), "{kind:?}");
        }
    }
}
