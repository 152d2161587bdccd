//! One update of one catalogue, from its beginning to what the window is told at its end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use knytt_client::{Cancel, Progress, SyncOptions, Synced};
use knytt_ui_api::{CatalogEvent, Problem, SyncProgress};

use crate::visit::problem::of_sync;
use crate::visit::state::Visit;

/// The least time between two reports of progress within a phase.
const REPORT_EVERY: Duration = Duration::from_millis(150);

/// An update that holds its catalogue until it is dropped: there is never more than one.
pub struct Update {
    visit: Arc<Visit>,
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
    pub fn begin(visit: &Arc<Visit>, folder: &Path, asked: bool, metered: bool) -> Result<Self, Problem> {
        let options = visit.catalogs.sync_options(folder, metered && !asked)?;
        let cancel = Cancel::default();
        visit.catalogs.claim(folder, cancel.clone())?;
        let update = Self { visit: Arc::clone(visit), folder: folder.into(), cancel, options, asked };
        update.visit.tell_catalogs();
        Ok(update)
    }

    /// Fetches and applies what is new, and tells the window. Blocks until that is done, and must be
    /// called where that may be, within a tokio runtime.
    ///
    /// # Errors
    /// The catalogue is then what it was.
    pub fn run(self) -> Result<Synced, Problem> {
        let first = !self.folder.join("current").exists();
        let limit = Mutex::new(ReportLimit::default());
        let report = |progress: Progress| self.report(&limit, of_progress(progress));
        let sync = knytt_client::sync(&self.folder, &self.options, &report, &self.cancel);
        let synced = tokio::runtime::Handle::current().block_on(sync).map_err(|error| of_sync(&error));
        let renewed = match &synced {
            Ok(synced) if synced.changed => self.visit.renew(&self.folder, synced.swapped),
            _ => None,
        };
        let (visit, asked) = (Arc::clone(&self.visit), self.asked);
        let path = self.folder.to_string_lossy().into_owned();
        let name = visit.catalogs.entry(&self.folder, None).name;
        // Only now may another one begin.
        drop(self);
        visit.tell_catalogs();
        if let Some(catalog) = renewed {
            visit.catalogs.tell(CatalogEvent::Renewed { catalog });
        }
        let changed = synced.as_ref().ok().filter(|synced| synced.changed);
        let release = changed.map(|synced| u32::try_from(synced.release).unwrap_or(u32::MAX));
        let problem = synced.as_ref().err().cloned();
        visit.catalogs.tell(CatalogEvent::Ended { path, name, asked, first, release, problem });
        synced
    }

    fn report(&self, limit: &Mutex<ReportLimit>, progress: SyncProgress) {
        self.visit.catalogs.set_progress(&self.folder, progress);
        if limit.lock().unwrap_or_else(PoisonError::into_inner).is_due(progress, Instant::now()) {
            let path = self.folder.to_string_lossy().into_owned();
            self.visit.catalogs.tell(CatalogEvent::Progress { path, progress });
        }
    }
}

impl Drop for Update {
    fn drop(&mut self) {
        self.visit.catalogs.release(&self.folder);
    }
}

/// Limits how often the window is told the progress: the phase and the time of the last time.
#[derive(Default)]
struct ReportLimit(Option<(std::mem::Discriminant<SyncProgress>, Instant)>);

impl ReportLimit {
    /// A new phase is told at once, the rest now and then.
    fn is_due(&mut self, progress: SyncProgress, now: Instant) -> bool {
        let phase = std::mem::discriminant(&progress);
        let due = self.0.is_none_or(|(last, at)| last != phase || now.duration_since(at) >= REPORT_EVERY);
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
        let (mut limit, start) = (ReportLimit::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        let downloading = |done| SyncProgress::Downloading { done, total: 9 };
        assert!(limit.is_due(SyncProgress::Checking, at(0)));
        assert!(limit.is_due(downloading(0), at(1)));
        assert!(!limit.is_due(downloading(1), at(100)));
        assert!(limit.is_due(downloading(2), at(200)));
        assert!(!limit.is_due(downloading(3), at(300)));
        assert!(limit.is_due(SyncProgress::Applying { done: 0, total: 1 }, at(301)));
    }
}
