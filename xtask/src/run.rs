//! `cargo xtask run`: from a clean checkout to the app on the screen.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::sample::Sample;
use crate::shell::{cargo, check, root, target};
use crate::{system, ui};

/// What the page searches for where there is no screen: something that the starter bundle knows well.
const WORDS: &str = "blue jeans";

/// Installs, builds, makes the sample catalogue, and opens the app on it; arguments go to the app.
/// Without a display it says so and writes search results as a page instead.
pub fn run(arguments: &[String]) -> Result<()> {
    system::ensure_build_tools()?;
    ui::build()?;
    build_programs()?;
    let sample = Sample::beside(target().join("release"));
    sample.build()?;
    if has_display() {
        return check(Command::new(sample.program("knytt-app")).args(arguments));
    }
    let page = search(&sample)?;
    println!("\nThere is no display here to open the app on.");
    println!("Search results for \"{WORDS}\" as a page: {}", page.display());
    say_what_next(&sample);
    Ok(())
}

/// The command line, the renderer of the sample, and the app, all optimised and in one build: asked for
/// one by one they would be built with other features.
pub fn build_programs() -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--release", "--bins"]);
    for package in ["knytt", "knytt-garments", "knytt-app"] {
        build.args(["--package", package]);
    }
    check(&mut build)
}

fn search(sample: &Sample) -> Result<PathBuf> {
    let page = sample.folder().join("results.html");
    let mut search = Command::new(sample.program("knytt"));
    search.arg("search").arg("--catalog").arg(sample.catalog()).args(["--text", WORDS, "-k", "24", "--html"]);
    check(search.arg(&page))?;
    Ok(page)
}

fn say_what_next(sample: &Sample) {
    let (knytt, catalog) = (relative(&sample.program("knytt")), relative(&sample.catalog()));
    println!("\nTry it:");
    println!("  {knytt} search --catalog {catalog} --text \"yellow shorts\" --filter price=..60");
    println!("  {knytt} search --catalog {catalog} --image PHOTO.jpg --html results.html");
    println!("  {knytt} inspect --catalog {catalog}");
    println!("  {knytt} build FOLDER-OF-PHOTOS --catalog my-catalog");
}

fn has_display() -> bool {
    let shown = || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    cfg!(any(windows, target_os = "macos")) || shown()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
