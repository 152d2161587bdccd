//! `cargo xtask run`: from a clean checkout to search results on the screen.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell::{cargo, check, release_binary, root, target, works};
use crate::system;

/// What the page searches for: something that the starter bundle knows well.
const WORDS: &str = "blue jeans";

/// Installs, builds, makes the sample catalogue, searches it and shows the page.
pub fn run() -> Result<()> {
    system::ensure_build_tools()?;
    check(cargo().args(["build", "--release", "--package", "knytt", "--package", "knytt-garments"]))?;
    let sample = Sample::at(target().join("sample"));
    sample.build()?;
    let page = sample.search()?;
    show(&page);
    sample.say_what_next();
    Ok(())
}

/// The sample catalogue and what it is made of.
struct Sample {
    feed: PathBuf,
    catalog: PathBuf,
    page: PathBuf,
}

impl Sample {
    fn at(dir: PathBuf) -> Self {
        Self { feed: dir.join("feed"), catalog: dir.join("catalog"), page: dir.join("results.html") }
    }

    /// Renders the products and builds the catalogue. The second time nothing has changed, and both
    /// are skipped over.
    fn build(&self) -> Result<()> {
        let (renderer, products) = (release_binary("knytt-garments"), self.feed.join("products.csv"));
        if is_older(&products, &renderer) {
            check(Command::new(renderer).args(["sample", "--out"]).arg(&self.feed))?;
        }
        check(knytt().arg("build").arg(products).arg("--catalog").arg(&self.catalog))
    }

    fn search(&self) -> Result<PathBuf> {
        let mut search = knytt();
        search
            .arg("search")
            .arg("--catalog")
            .arg(&self.catalog)
            .args(["--text", WORDS, "-k", "24", "--html"]);
        check(search.arg(&self.page))?;
        Ok(self.page.clone())
    }

    fn say_what_next(&self) {
        let knytt = relative(&release_binary("knytt"));
        let catalog = relative(&self.catalog);
        println!("\nTry it:");
        println!("  {knytt} search --catalog {catalog} --text \"yellow shorts\" --filter price=..60");
        println!("  {knytt} search --catalog {catalog} --image PHOTO.jpg --html results.html");
        println!("  {knytt} inspect --catalog {catalog}");
        println!("  {knytt} build FOLDER-OF-PHOTOS --catalog my-catalog");
    }
}

/// Whether `file` is missing, or was made before `than`.
fn is_older(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    changed(file).is_none_or(|file| changed(than).is_none_or(|than| file < than))
}

fn knytt() -> Command {
    Command::new(release_binary("knytt"))
}

/// Opens the page where there is a screen; prints its path everywhere.
fn show(page: &Path) {
    println!("\nSearch results for \"{WORDS}\": {}", page.display());
    if !opens(page) {
        println!("There is no display here to open it on; open it in any browser.");
    }
}

fn opens(page: &Path) -> bool {
    let page = page.to_string_lossy();
    if cfg!(target_os = "macos") {
        works("open", &[&page])
    } else if cfg!(windows) {
        works("cmd", &["/C", "start", "", &page])
    } else {
        let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|v| std::env::var_os(v).is_some());
        display && works("xdg-open", &[&page])
    }
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
