//! The list of the device's catalogues, and what changes in it and in the open one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fs_err as fs;
use knytt_ui_api::{CatalogEntry, CatalogEvent, CatalogKind, CatalogSummary, Code, Problem};

use crate::problem::of_io;
use crate::visit::state::Visit;

/// How long removing a catalogue waits for its update to stop and for its readers to end.
const REMOVE_TIMEOUT: Duration = Duration::from_secs(10);

impl Visit {
    /// Every catalogue on this device: the sample, then the others by name.
    pub fn catalog_list(&self) -> Vec<CatalogEntry> {
        let shop = self.shop().ok();
        let mut folders: Vec<PathBuf> = self.catalogs.sample().into_iter().collect();
        folders.extend(self.library.catalogs());
        folders.extend(self.catalogs.added());
        folders.sort();
        folders.dedup();
        let entries = folders.iter().map(|folder| self.catalogs.entry(folder, shop.as_deref()));
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| (entry.kind != CatalogKind::Sample, entry.name.to_lowercase()));
        entries
    }

    /// Tells the window the list.
    pub(in crate::visit) fn tell_catalogs(&self) {
        self.catalogs.tell(CatalogEvent::Changed { catalogs: self.catalog_list() });
    }

    /// Shows what an update brought, if its catalogue is the open one: a whole release is opened in the
    /// place of the old one, which ends with its last search. What the catalogue holds now; none if it is
    /// not the open one, or cannot be opened (the old release then stays).
    pub(super) fn renew(&self, folder: &Path, swapped: bool) -> Option<CatalogSummary> {
        let open = self.shop().ok().filter(|shop| shop.folder() == folder)?;
        if !swapped {
            self.set_event_context(&open);
            return Some(open.summary());
        }
        let renewed = Arc::new(open.reopened().ok()?);
        self.replace_shop(&open, &renewed).then(|| renewed.summary())
    }

    /// Takes a catalogue off the list; one that was added here is deleted from the disk. If it was open,
    /// another one is opened, the sample at last.
    ///
    /// # Errors
    /// It does not let go in time, or cannot be deleted.
    pub fn remove_catalog(&self, folder: &Path) -> Result<(), Problem> {
        self.catalogs.cancel(folder);
        let (ours, start) = (self.catalogs.is_ours(folder), Instant::now());
        while self.catalogs.progress(folder).is_some() {
            if start.elapsed() > REMOVE_TIMEOUT {
                return Err(Problem::new(Code::Busy, "its update does not stop"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let was_open = self.close_shop(folder);
        self.library.forget_catalog(folder)?;
        let removed = if ours { delete(folder, start) } else { Ok(()) };
        if was_open {
            self.open_any();
        }
        self.tell_catalogs();
        removed
    }

    /// The first that opens: the last one used, else the sample.
    fn open_any(&self) {
        let known = self.library.catalogs().into_iter().chain(self.catalogs.sample());
        for folder in known {
            if self.open_shop_at_start(&folder, Vec::new()).is_ok() {
                return;
            }
        }
    }
}

/// A search that still reads keeps its files on some systems.
fn delete(folder: &Path, start: Instant) -> Result<(), Problem> {
    loop {
        match fs::remove_dir_all(folder) {
            Err(error) if start.elapsed() > REMOVE_TIMEOUT => return Err(of_io(error)),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                std::thread::sleep(Duration::from_millis(100));
            }
            _ => return Ok(()),
        }
    }
}
