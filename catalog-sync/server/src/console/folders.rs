//! A catalogue's folders, and the step from a build to what is searched.
//!
//! `work/<id>` is where `knytt build` works, and keeps the pictures that it downloaded. `served` has a copy of each build
//! that is searched or published, and names the active one.

use std::io;
use std::path::{Path, PathBuf};

use knytt_engine::{ActiveEnvironment, Catalog, Origin};

use crate::objects::unfinished::{LEFT, is_quiet};

/// The folders of one catalogue.
#[derive(Clone, Debug)]
pub struct Folders {
    root: PathBuf,
    id: String,
}

impl Folders {
    pub fn new(console: &Path, id: &str) -> Self {
        Self { root: console.join("catalogs").join(id), id: id.into() }
    }

    /// Where `knytt build` works. A catalogue is named after its folder.
    pub fn work(&self) -> PathBuf {
        self.root.join("work").join(&self.id)
    }

    /// What is searched.
    pub fn served(&self) -> PathBuf {
        self.root.join("served")
    }

    /// One build of it.
    pub fn build(&self, name: &str) -> PathBuf {
        self.served().join(name)
    }

    /// The signing keys, if they lie here.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The feed that a job reads.
    pub fn upload(&self, job: &str) -> PathBuf {
        self.root.join("feeds").join(job)
    }

    /// The feed under a name that is the same in each build, with nothing beside it.
    pub fn feed(&self) -> PathBuf {
        self.root.join("feed").join("feed")
    }

    /// Gives a job's feed the name that builds know. The job's own file stays, for another attempt.
    ///
    /// # Errors
    /// The disk fails.
    pub fn place_feed(&self, job: &str) -> io::Result<PathBuf> {
        let feed = self.feed();
        if let Some(folder) = feed.parent() {
            fs_err::create_dir_all(folder)?;
        }
        let new = feed.with_extension("new");
        let _ = fs_err::remove_file(&new);
        fs_err::hard_link(self.upload(job), &new)?;
        fs_err::rename(&new, &feed)?;
        // Where both names are one file, the rename does nothing and leaves the new name.
        let _ = fs_err::remove_file(&new);
        Ok(feed)
    }

    /// Has the work folder hold what is searched, unless this very job left it there half done: what a job left that
    /// was cancelled or failed must not be compared with the next feed.
    ///
    /// # Errors
    /// The build cannot be read, or the disk fails.
    pub fn begin_work(&self, job: &str, build: &str) -> Result<(), knytt_engine::Error> {
        let holds = fs_err::read_to_string(self.mark()).unwrap_or_default();
        if holds != job && holds != build {
            self.restore(build)?;
        }
        self.mark_work(job)
    }

    /// Notes whose content the work folder has: a job's that is under way, or a build's.
    ///
    /// # Errors
    /// The disk fails.
    pub fn mark_work(&self, holds: &str) -> Result<(), knytt_engine::Error> {
        let failed = |source| knytt_engine::Error::Open { path: self.root.clone(), source };
        fs_err::create_dir_all(self.root.join("work")).map_err(failed)?;
        fs_err::write(self.mark(), holds).map_err(failed)
    }

    fn mark(&self) -> PathBuf {
        self.root.join("work").join("holds")
    }

    /// The pictures that were downloaded stay.
    fn restore(&self, build: &str) -> Result<(), knytt_engine::Error> {
        let work = self.work();
        let failed = |source| knytt_engine::Error::Open { path: work.clone(), source };
        for name in ["data.mdb", "lock.mdb", "checked.json", Origin::FILE] {
            match fs_err::remove_file(work.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
        if build.is_empty() {
            return Ok(());
        }
        fs_err::create_dir_all(&work).map_err(failed)?;
        let part = work.join("data.mdb.part");
        let _ = fs_err::remove_file(&part);
        Catalog::open(self.build(build))?.copy_to(&part)?;
        fs_err::rename(&part, work.join("data.mdb")).map_err(failed)?;
        Origin::read(&self.build(build)).write(&work)
    }

    /// Copies the catalogue as it was built, and returns when the copy is on the disk. Nobody sees it yet.
    ///
    /// # Errors
    /// The build cannot be read, or the disk fails.
    pub fn copy_build(&self, name: &str) -> Result<(), knytt_engine::Error> {
        let folder = self.build(name);
        let failed = |source| knytt_engine::Error::Open { path: folder.clone(), source };
        // What a killed attempt left has the number of another claim; this one is nobody's.
        if folder.exists() {
            fs_err::remove_dir_all(&folder).map_err(failed)?;
        }
        fs_err::create_dir_all(&folder).map_err(failed)?;
        Catalog::open(self.work())?.copy_to(&folder.join("data.mdb"))?;
        Origin::read(&self.work()).write(&folder)
    }

    /// Makes a build the one that is searched.
    ///
    /// # Errors
    /// The disk fails.
    pub fn activate(&self, name: &str) -> Result<(), knytt_engine::Error> {
        ActiveEnvironment::set(&self.served(), name)
    }

    /// Removes all builds but these. What is open stays readable until it is closed.
    pub fn keep_builds(&self, kept: &[String]) {
        let Ok(entries) = fs_err::read_dir(self.served()) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir()
                && !kept.contains(&name)
                && let Err(error) = fs_err::remove_dir_all(entry.path())
            {
                tracing::warn!(%error, "an old build is not removed");
            }
        }
    }

    /// Removes the feeds of jobs that have ended. A young feed may still be arriving, before it has a job.
    pub fn keep_uploads(&self, kept: &[String]) {
        let Ok(entries) = fs_err::read_dir(self.root.join("feeds")) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_left = entry.metadata().is_ok_and(|meta| is_quiet(&meta, LEFT));
            if is_left && !kept.iter().any(|job| name.starts_with(job.as_str())) {
                let _ = fs_err::remove_file(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_feed_that_arrives_while_another_job_ends_stays() {
        let console = tempfile::tempdir().unwrap();
        let folders = Folders::new(console.path(), "shop");
        fs_err::create_dir_all(folders.upload("x").parent().unwrap()).unwrap();
        for job in ["arriving", "waiting", "ended"] {
            let file = std::fs::File::create(folders.upload(job)).unwrap();
            if job != "arriving" {
                file.set_modified(SystemTime::now() - 2 * LEFT).unwrap();
            }
        }
        folders.keep_uploads(&["waiting".into()]);
        let is_there = ["arriving", "waiting", "ended"].map(|job| folders.upload(job).exists());
        assert_eq!(is_there, [true, true, false]);
    }
}
