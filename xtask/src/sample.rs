//! The sample catalogue: drawn, embedded, and laid beside the app's program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell::check;

/// `sample/` in the folder of the programs that make it and show it.
pub struct Sample {
    programs: PathBuf,
}

impl Sample {
    /// Beside the programs in this folder.
    pub fn beside(programs: PathBuf) -> Self {
        Self { programs }
    }

    pub fn folder(&self) -> PathBuf {
        self.programs.join("sample")
    }

    pub fn catalog(&self) -> PathBuf {
        self.folder().join("catalog")
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Renders the products and builds the catalogue. The second time nothing has changed, and both are
    /// skipped over.
    pub fn build(&self) -> Result<()> {
        let (renderer, feed) = (self.program("knytt-garments"), self.folder().join("feed"));
        let products = feed.join("products.csv");
        if is_older(&products, &renderer) {
            check(Command::new(renderer).args(["sample", "--out"]).arg(&feed))?;
        }
        let build = Command::new(self.program("knytt"))
            .arg("build")
            .arg(products)
            .arg("--catalog")
            .arg(self.catalog())
            .status();
        if build.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        // The model has changed since, most likely: the catalogue is only the sample, so make it anew.
        let mut again = Command::new(self.program("knytt"));
        check(
            again
                .arg("build")
                .arg(feed.join("products.csv"))
                .arg("--catalog")
                .arg(self.catalog())
                .arg("--rebuild"),
        )
    }
}

/// Whether `file` is missing, or was made before `than`.
fn is_older(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    changed(file).is_none_or(|file| changed(than).is_none_or(|than| file < than))
}
