//! The sample catalogue, which lies beside the app's program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::programs;
use crate::shell::{check, is_older};

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
        programs::path_in(&self.programs, name)
    }

    /// Renders the products and builds the catalogue. It skips both if nothing has changed.
    pub fn build(&self) -> Result<()> {
        let (renderer, feed) = (self.program("knytt-garments"), self.folder().join("feed"));
        let products = feed.join("products.csv");
        if is_older(&products, &renderer) {
            check(Command::new(renderer).args(["sample", "--out"]).arg(&feed))?;
        }
        let mut build = self.build_command(&products);
        if build.status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
        // A catalogue of an older model cannot be updated. This one is only the sample, so it is made anew.
        check(self.build_command(&products).arg("--rebuild"))
    }

    fn build_command(&self, products: &Path) -> Command {
        let mut build = Command::new(self.program("knytt"));
        build.arg("build").arg(products).arg("--catalog").arg(self.catalog());
        build
    }
}
