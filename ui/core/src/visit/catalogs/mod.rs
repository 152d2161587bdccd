//! The catalogues on this device: their folders, how one is added, and which updates run.

mod added;
mod battery;
mod entry;
mod feedback;
mod metered;
mod offer;
pub mod qr_code;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use fs_err as fs;
use knytt_client::{Cancel, SyncOptions};
use knytt_engine::Successor;
use knytt_models::user_models;
use knytt_ui_api::{CatalogEvent, CatalogOffer, Code, Problem, SyncProgress};
use knytt_wire::Url;

use super::opening::ended_before;
use crate::problem::of_io;

pub(super) use self::added::Added;
pub use self::battery::is_battery_low;
pub(super) use self::feedback::FeedbackAddress;
pub use self::metered::is_metered;

/// The name of the sample's folder.
pub const SAMPLE: &str = "sample";

/// Where catalogues of shops lie, and what is under way with them.
pub struct Catalogs {
    folder: PathBuf,
    /// Where the second copy of what was verified is kept, if not where the system says.
    trust: OnceLock<PathBuf>,
    /// Where bundles lie that a release may be of, if not where the system says.
    models: OnceLock<PathBuf>,
    running: Mutex<HashMap<PathBuf, RunningUpdate>>,
    /// Where all feedback goes instead of to the addresses that releases name.
    named: OnceLock<Url>,
    /// What the shopper was shown last: only that can be added.
    offered: Mutex<Option<CatalogOffer>>,
    listener: OnceLock<Listener>,
    /// The catalogue that ended the process when it was opened: it is listed, and not opened.
    avoided: Mutex<Option<PathBuf>>,
}

type Listener = Box<dyn Fn(CatalogEvent) + Send + Sync>;

/// An update that is under way.
struct RunningUpdate {
    cancel: Cancel,
    progress: SyncProgress,
}

impl Catalogs {
    /// Those in `folder`, which need not be there yet.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            trust: OnceLock::new(),
            models: OnceLock::new(),
            named: OnceLock::new(),
            running: Mutex::default(),
            offered: Mutex::default(),
            listener: OnceLock::new(),
            avoided: Mutex::default(),
        }
    }

    /// From now on nothing opens this catalogue by itself; `None`: there is no such one.
    pub(super) fn avoid(&self, folder: Option<&Path>) {
        *self.avoided.lock().unwrap_or_else(PoisonError::into_inner) = folder.map(Path::to_path_buf);
    }

    pub(super) fn is_avoided(&self, folder: &Path) -> bool {
        self.avoided.lock().unwrap_or_else(PoisonError::into_inner).as_deref() == Some(folder)
    }

    /// From now on the second copy of what was verified, which outlives a catalogue's folder, is kept
    /// here. It can be said once.
    pub fn keep_trust_in(&self, folder: PathBuf) {
        let _ = self.trust.set(folder);
    }

    /// From now on bundles that a release may be of are looked for here. It can be said once.
    pub(in crate::visit) fn look_for_models_in(&self, folder: PathBuf) {
        let _ = self.models.set(folder);
    }

    /// Who hears what becomes of the catalogues. It can be said once.
    pub fn listen(&self, listener: impl Fn(CatalogEvent) + Send + Sync + 'static) {
        let _ = self.listener.set(Box::new(listener));
    }

    pub(super) fn tell(&self, event: CatalogEvent) {
        if let Some(listener) = self.listener.get() {
            listener(event);
        }
    }

    /// Asks what a link leads to. Nothing of it is kept but what was shown.
    ///
    /// # Errors
    /// It is no link to a catalogue, it is not safe, or what is there cannot be verified.
    pub async fn inspect(&self, link: &str) -> Result<CatalogOffer, Problem> {
        let offer = offer::inspect(link, |link| self.known(link)).await?;
        *self.offered.lock().unwrap_or_else(PoisonError::into_inner) = Some(offer.clone());
        Ok(offer)
    }

    /// Makes the folder of what the shopper was shown last. The first update fills it.
    ///
    /// # Errors
    /// Something else was shown, or the folder cannot be written.
    pub fn add(&self, link: &str) -> Result<PathBuf, Problem> {
        let offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let offer = offered.filter(|offer| offer.link == link);
        let offer = offer.ok_or_else(|| Problem::new(Code::BadLink, "this is not what was shown"))?;
        let added = Added { link: offer.link, title: offer.title };
        let folder = self.folder_of(&added.link()?);
        if !Added::is_in(&folder) {
            added.write(&folder).map_err(of_io)?;
        }
        Ok(folder)
    }

    /// Stops an update at its next step.
    pub fn cancel(&self, folder: &Path) {
        if let Some(running) = self.lock().get(folder) {
            running.cancel.cancel();
        }
    }

    /// Claims a catalogue for one update, until [`Self::release`].
    ///
    /// # Errors
    /// An update of it is under way, or the process ended when it was opened.
    pub(super) fn claim(&self, folder: &Path, cancel: Cancel) -> Result<(), Problem> {
        if self.is_avoided(folder) {
            return Err(ended_before(folder));
        }
        let mut running = self.lock();
        if running.contains_key(folder) {
            return Err(Problem::new(Code::Busy, format!("{} is being updated", folder.display())));
        }
        running.insert(folder.to_path_buf(), RunningUpdate { cancel, progress: SyncProgress::Checking });
        Ok(())
    }

    pub(super) fn release(&self, folder: &Path) {
        self.lock().remove(folder);
    }

    pub(super) fn set_progress(&self, folder: &Path, progress: SyncProgress) {
        if let Some(running) = self.lock().get_mut(folder) {
            running.progress = progress;
        }
    }

    /// How the client updates the catalogue in `folder`.
    ///
    /// # Errors
    /// It comes from no shop.
    pub(super) fn sync_options(&self, folder: &Path, metered: bool) -> Result<SyncOptions, Problem> {
        let link = Added::read(folder).map(|added| added.link()).transpose()?;
        if link.is_none() && knytt_client::status(folder).ok().flatten().is_none() {
            return Err(Problem::new(Code::NotFound, format!("{} comes from no shop", folder.display())));
        }
        let state = self.trust.get().cloned();
        let (from, root, newest) = link.map_or((None, None, None), |l| (Some(l.url), l.root, l.newest));
        let models = self.models.get().cloned().or_else(user_models);
        Ok(SyncOptions { from, root, newest, metered, state, models, ..SyncOptions::default() })
    }

    /// How far the update of a catalogue is, if one is under way.
    pub fn progress(&self, folder: &Path) -> Option<SyncProgress> {
        self.lock().get(folder).map(|running| running.progress)
    }

    /// Folders of the catalogues that were added here.
    pub fn added(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| Added::is_in(path)).collect()
    }

    /// The sample's folder, if the app brought one.
    pub fn sample(&self) -> Option<PathBuf> {
        let is_here = |folder: &PathBuf| folder.join("data.mdb").exists() || Successor::is_active(folder);
        Some(self.folder.join(SAMPLE)).filter(is_here)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, RunningUpdate>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
