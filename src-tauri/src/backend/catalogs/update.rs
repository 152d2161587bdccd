//! One update of one catalogue, from its beginning to what the window is told at its end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use knytt_client::{Cancel, Progress, SyncOptions, Synced};
use knytt_ui_api::{CatalogEvent, Code, Problem, SyncProgress};

use super::entry::Added;
use super::{Catalogs, Running};
use crate::backend::Backend;
use crate::backend::problem::of_sync;

/// Between two words on progress: often enough to look alive, seldom enough to cost nothing.
const TELL_EVERY: Duration = Duration::from_millis(150);

/// An update that holds its catalogue until it is dropped: there is never more than one.
pub struct Update {
    backend: Arc<Backend>,
    folder: PathBuf,
    cancel: Cancel,
    options: SyncOptions,
    asked: bool,
}

impl Update {
    /// Claims the catalogue in `folder`. `asked` if the shopper asked for it now; otherwise, and with
    /// `metered`, only a small update is fetched.
    ///
    /// # Errors
    /// An update of it is under way, or it comes from nowhere.
    pub fn begin(backend: &Arc<Backend>, folder: &Path, asked: bool, metered: bool) -> Result<Self, Problem> {
        let options = options(&backend.catalogs, folder, metered && !asked)?;
        let cancel = Cancel::default();
        let mut running = backend.catalogs.lock();
        if running.contains_key(folder) {
            return Err(Problem::new(Code::Busy, format!("{} is being updated", folder.display())));
        }
        let progress = SyncProgress::Checking;
        running.insert(folder.to_path_buf(), Running { cancel: cancel.clone(), progress });
        drop(running);
        let update = Self { backend: Arc::clone(backend), folder: folder.into(), cancel, options, asked };
        update.backend.tell_catalogs();
        Ok(update)
    }

    /// Fetches and applies what is new, and tells the window. Blocks until that is done, and must be
    /// called where that may be, within a tokio runtime.
    ///
    /// # Errors
    /// The catalogue is then what it was.
    pub fn run(self) -> Result<Synced, Problem> {
        let first = !self.folder.join("current").exists();
        let told = Mutex::new(Told::default());
        let report = |progress: Progress| self.report(&told, of_progress(progress));
        let sync = knytt_client::sync(&self.folder, &self.options, &report, &self.cancel);
        let synced = tokio::runtime::Handle::current().block_on(sync).map_err(|error| of_sync(&error));
        let renewed = match &synced {
            Ok(synced) if synced.changed => self.backend.renew(&self.folder, synced.swapped),
            _ => None,
        };
        let (backend, asked) = (Arc::clone(&self.backend), self.asked);
        let path = self.folder.to_string_lossy().into_owned();
        let name = backend.catalogs.entry(&self.folder, None).name;
        // Only now may another one begin.
        drop(self);
        backend.tell_catalogs();
        if let Some(catalog) = renewed {
            backend.catalogs.tell(CatalogEvent::Renewed { catalog });
        }
        let changed = synced.as_ref().ok().filter(|synced| synced.changed);
        let release = changed.map(|synced| u32::try_from(synced.release).unwrap_or(u32::MAX));
        let problem = synced.as_ref().err().cloned();
        backend.catalogs.tell(CatalogEvent::Ended { path, name, asked, first, release, problem });
        synced
    }

    fn report(&self, told: &Mutex<Told>, progress: SyncProgress) {
        if let Some(running) = self.backend.catalogs.lock().get_mut(&self.folder) {
            running.progress = progress;
        }
        if told.lock().unwrap_or_else(PoisonError::into_inner).is_due(progress, Instant::now()) {
            let path = self.folder.to_string_lossy().into_owned();
            self.backend.catalogs.tell(CatalogEvent::Progress { path, progress });
        }
    }
}

impl Drop for Update {
    fn drop(&mut self) {
        self.backend.catalogs.lock().remove(&self.folder);
    }
}

fn options(catalogs: &Catalogs, folder: &Path, metered: bool) -> Result<SyncOptions, Problem> {
    let link = Added::read(folder).map(|added| added.link()).transpose()?;
    if link.is_none() && knytt_client::status(folder).ok().flatten().is_none() {
        return Err(Problem::new(Code::NotFound, format!("{} comes from no shop", folder.display())));
    }
    let (from, root) = link.map_or((None, None), |link| (Some(link.url), link.root));
    let state = catalogs.trust.get().cloned();
    Ok(SyncOptions { from, root, metered, state, ..SyncOptions::default() })
}

/// What the window was told last.
#[derive(Default)]
struct Told(Option<(std::mem::Discriminant<SyncProgress>, Instant)>);

impl Told {
    /// A new phase is told at once, the rest now and then.
    fn is_due(&mut self, progress: SyncProgress, now: Instant) -> bool {
        let phase = std::mem::discriminant(&progress);
        let due = self.0.is_none_or(|(last, at)| last != phase || now.duration_since(at) >= TELL_EVERY);
        if due {
            self.0 = Some((phase, now));
        }
        due
    }
}

fn of_progress(progress: Progress) -> SyncProgress {
    match progress {
        Progress::Checking => SyncProgress::Checking,
        Progress::Downloading { done_bytes, total_bytes } => {
            SyncProgress::Downloading { done: done_bytes, total: total_bytes }
        }
        Progress::Applying { done, total } => SyncProgress::Applying { done, total },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_now_and_then_and_each_phase_at_once() {
        let (mut told, start) = (Told::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        let downloading = |done| SyncProgress::Downloading { done, total: 9 };
        assert!(told.is_due(SyncProgress::Checking, at(0)));
        assert!(told.is_due(downloading(0), at(1)));
        assert!(!told.is_due(downloading(1), at(100)));
        assert!(told.is_due(downloading(2), at(200)));
        assert!(!told.is_due(downloading(3), at(300)));
        assert!(told.is_due(SyncProgress::Applying { done: 0, total: 1 }, at(301)));
    }
}
