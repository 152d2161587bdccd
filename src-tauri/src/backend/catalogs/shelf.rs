//! What the catalogues on this device and the open one are to each other.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use knytt_ui_api::{CatalogEntry, CatalogEvent, CatalogKind, CatalogSummary, Code, Problem};

use crate::backend::problem::of_io;
use crate::backend::{Backend, Shop};

/// How long an update that was stopped, or a search that still reads, may hold what is removed.
const PATIENCE: Duration = Duration::from_secs(10);

impl Backend {
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
    pub(super) fn tell_catalogs(&self) {
        self.catalogs.tell(CatalogEvent::Changed { catalogs: self.catalog_list() });
    }

    /// Shows what an update brought, if its catalogue is the open one: a whole release is opened in the
    /// place of the old one, which ends with its last search. What the catalogue holds now; none if it is
    /// not the open one, or cannot be opened (the old release then stays).
    pub(super) fn renew(&self, folder: &Path, swapped: bool) -> Option<CatalogSummary> {
        let open = self.shop().ok().filter(|shop| shop.folder() == folder)?;
        if !swapped {
            self.tells_of(&open);
            return Some(open.summary());
        }
        let fresh = Arc::new(open.reopened().ok()?);
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        // The shopper may have opened another one meanwhile.
        let still = shop.as_ref().is_ok_and(|now| Arc::ptr_eq(now, &open));
        still.then(|| {
            *shop = Ok(Arc::clone(&fresh));
            self.tells_of(&fresh);
            fresh.summary()
        })
    }

    /// What is told to the shop names the release that it is about.
    fn tells_of(&self, shop: &Shop) {
        if let Ok(context) = shop.context() {
            self.library.events.at(context);
        }
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
            if start.elapsed() > PATIENCE {
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

    fn close_shop(&self, folder: &Path) -> bool {
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        let open = shop.as_ref().is_ok_and(|shop| shop.folder() == folder);
        if open {
            *shop = Err(Problem::new(Code::NoCatalog, "no catalogue is open"));
        }
        open
    }

    /// The first that opens: the last one used, else the sample.
    fn open_any(&self) {
        let known = self.library.catalogs().into_iter().chain(self.catalogs.sample());
        for folder in known {
            if self.open_shop(&folder, Vec::new()).is_ok() {
                return;
            }
        }
    }
}

/// A search that still reads keeps its files on some systems.
fn delete(folder: &Path, start: Instant) -> Result<(), Problem> {
    loop {
        match fs_err::remove_dir_all(folder) {
            Err(error) if start.elapsed() > PATIENCE => return Err(of_io(error)),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                std::thread::sleep(Duration::from_millis(100));
            }
            _ => return Ok(()),
        }
    }
}
