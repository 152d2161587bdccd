//! The folders of the app on this device.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fs_err as fs;
use knytt_engine::Successor;
use tauri::{AppHandle, Manager};

use crate::args::Args;

/// The folder, beside the program or in its package, with the sample catalogue and its pictures.
const SAMPLE: &str = "sample";

/// Folders, as the system and the command line say.
pub struct Places {
    /// What the app may write.
    pub data: PathBuf,
    /// What came with the app.
    resources: Option<PathBuf>,
    /// The catalogue that was asked for.
    asked: Option<PathBuf>,
}

impl Places {
    /// # Errors
    /// The system names no folder for the app's data.
    pub fn new(app: &AppHandle, args: &Args) -> Result<Self> {
        let data = match &args.data {
            Some(data) => std::path::absolute(data)?,
            None => app.path().app_data_dir().context("the system names no folder for the app's data")?,
        };
        let asked = args.catalog.as_ref().map(std::path::absolute).transpose()?;
        Ok(Self { data, resources: app.path().resource_dir().ok(), asked })
    }

    /// The catalogue to open, and more folders with pictures of products: the one asked for, else the
    /// last one that was open, else the sample.
    ///
    /// # Errors
    /// The sample cannot be copied to where it can be written.
    pub fn catalog(&self, known: &[PathBuf]) -> Result<(Option<PathBuf>, Vec<PathBuf>)> {
        let sample = self.resources.as_ref().map(|dir| dir.join(SAMPLE)).filter(|dir| dir.exists());
        let pictures = sample.iter().map(|dir| dir.join("feed")).collect();
        if let Some(asked) = self.asked.clone() {
            return Ok((Some(asked), pictures));
        }
        let mine = self.data.join("catalogs").join(SAMPLE);
        let copied = sample.map(|dir| copy_if_newer(&dir.join("catalog"), &mine)).transpose()?;
        let sample = copied.map(|()| mine.clone()).or_else(|| mine.exists().then_some(mine));
        Ok((known.first().cloned().or(sample), pictures))
    }
}

/// Copies the sample, again whenever the package brings another one: LMDB writes its lock beside the data,
/// and the package's folder cannot be written.
fn copy_if_newer(from: &Path, to: &Path) -> Result<()> {
    let source = fs::metadata(from.join("data.mdb"))?;
    let changed = source.modified()?.duration_since(std::time::UNIX_EPOCH)?.as_millis();
    let stamp = format!("{} {changed}", source.len());
    let note = to.join("copied");
    // A copy that was made anew with another model lies beside.
    let is_here = to.join("data.mdb").exists() || Successor::is_active(to);
    if is_here && fs::read_to_string(&note).is_ok_and(|text| text == stamp) {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    let part = to.join("data.mdb.part");
    fs::copy(from.join("data.mdb"), &part)?;
    fs::rename(part, to.join("data.mdb"))?;
    // The package's new sample is what is shown from now on.
    Successor::remove_all(to)?;
    Ok(fs::write(note, stamp)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_copied_once_and_again_when_it_changes() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        fs_err::create_dir(&from).unwrap();
        let copied = || fs_err::read(to.join("data.mdb")).unwrap();
        fs_err::write(from.join("data.mdb"), "one").unwrap();
        copy_if_newer(&from, &to).unwrap();
        fs_err::write(to.join("data.mdb"), "mine").unwrap();
        copy_if_newer(&from, &to).unwrap();
        assert_eq!(copied(), b"mine");
        fs_err::write(from.join("data.mdb"), "second").unwrap();
        copy_if_newer(&from, &to).unwrap();
        assert_eq!(copied(), b"second");
    }
}
