//! `cargo xtask run`: from a clean checkout to the app, or the kiosk, on the screen.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::sample::Sample;
use crate::shell::{check, root};
use crate::{programs, system, ui};

/// What the page of results searches for: something that the starter bundle knows well.
const WORDS: &str = "blue jeans";

/// Installs what is missing, builds the programs, makes the sample catalogue, and opens the app on it with
/// these arguments; with `--kiosk` before them, the kiosk. Without a display it writes a page of search results
/// instead, and says so.
pub fn run(arguments: &[String]) -> Result<()> {
    let (screen, arguments) = match arguments.split_first() {
        Some((first, rest)) if first == "--kiosk" => ("knytt-kiosk", rest),
        _ => (programs::APP, arguments),
    };
    step(1, "system packages and the interface");
    system::ensure_build_tools()?;
    if screen == programs::APP {
        ui::build()?;
    }
    step(2, "the programs");
    programs::build(screen)?;
    step(3, "the sample shop");
    let sample = Sample::beside(programs::folder());
    sample.build()?;
    if has_display() {
        return check(Command::new(sample.program(screen)).args(arguments));
    }
    let page = search(&sample)?;
    println!("\nThere is no display here to open {screen} on.");
    println!("Search results for \"{WORDS}\" as a page: {}", page.display());
    say_what_next(&sample);
    Ok(())
}

fn step(number: usize, what: &str) {
    eprintln!("[{number}/3] {what}");
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
    println!("To publish catalogues, build the rest of it: cargo build --release -p knytt");
}

fn has_display() -> bool {
    let shown = || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    cfg!(any(windows, target_os = "macos")) || shown()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
