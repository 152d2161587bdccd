//! The state of one visit: the open catalogue, its pictures, and what the shopper keeps.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use knytt_ui_api::{Code, Opened, Problem, SearchRequest, Settings};

use super::catalogs::Catalogs;
use super::library::Library;
use super::models::Models;
use super::opening::{OpeningNote, ended_before};
use super::pictures::Pictures;
use crate::shop::{Person, Shop};

/// The open catalogue, the pictures of this visit, and what the shopper keeps.
pub struct Visit {
    /// The pictures of this visit.
    pub pictures: Pictures,
    /// Favourites, history, settings, taste, and the events that wait.
    pub library: Library,
    /// The catalogues on this device.
    pub catalogs: Catalogs,
    /// The models on this device, and the work on them.
    pub models: Models,
    shop: RwLock<Result<Arc<Shop>, Problem>>,
    opening: OpeningNote,
    /// The newest search that a window asked for.
    newest: AtomicU32,
    /// Products that the shopper does not want to see again in this visit.
    dismissed: Mutex<HashSet<String>>,
    /// Words and filters of a live search.
    live_query: Mutex<SearchRequest>,
    /// What waits for the window to start.
    opened: Mutex<Option<Opened>>,
}

impl Visit {
    /// Opens what the shopper keeps, and no catalogue yet.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn new(data: &Path) -> Result<Self, Problem> {
        let library = Library::open(&data.join("personal"))?;
        let catalogs = Catalogs::new(data.join("catalogs"));
        library.identify(catalogs.added(), |folder| catalogs.look(folder))?;
        Ok(Self {
            pictures: Pictures::default(),
            library,
            catalogs,
            models: Models::default(),
            shop: RwLock::new(Err(no_catalog())),
            opening: OpeningNote::new(data),
            newest: AtomicU32::new(0),
            dismissed: Mutex::default(),
            live_query: Mutex::default(),
            opened: Mutex::default(),
        })
    }

    /// Opens the catalogue that was open last, unless the process ended while it was opened: then the window says so
    /// and offers another one. [`Self::open_shop`] opens it all the same, when the shopper asks for it.
    ///
    /// # Errors
    /// Those of [`Self::open_shop`], and that the process ended in this.
    pub fn open_shop_at_start(&self, folder: &Path, pictures: Vec<PathBuf>) -> Result<(), Problem> {
        if !self.opening.names(folder) {
            return self.open_shop(folder, pictures);
        }
        let problem = ended_before(folder);
        self.catalogs.avoid(Some(folder));
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        if shop.is_err() {
            *shop = Err(problem.clone());
        }
        Err(problem)
    }

    /// Opens the catalogue of a folder and remembers it; the one before stays if that fails.
    ///
    /// # Errors
    /// There is none, it cannot be read, or its model is not here.
    pub fn open_shop(&self, folder: &Path, pictures: Vec<PathBuf>) -> Result<(), Problem> {
        let device = self.library.settings().device;
        self.opening.begin(folder);
        let opened = Shop::open(folder, pictures, &device).and_then(|shop| shop.read_some().map(|()| shop));
        self.opening.end();
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        match opened {
            Ok(opened) => {
                self.library.remember_catalog(folder)?;
                let context = opened.context()?;
                let feedback = self.catalogs.feedback_of(folder);
                self.library.use_catalog(&context.identity, feedback)?;
                self.library.events.set_context(context);
                self.dismissed().clear();
                *shop = Ok(Arc::new(opened));
                if self.catalogs.is_avoided(folder) {
                    self.catalogs.avoid(None);
                }
                Ok(())
            }
            Err(problem) => {
                if shop.is_err() {
                    *shop = Err(problem.clone());
                }
                Err(problem)
            }
        }
    }

    /// The open catalogue.
    ///
    /// # Errors
    /// There is none; the problem says why.
    pub fn shop(&self) -> Result<Arc<Shop>, Problem> {
        self.shop.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another session of the same catalogue in the place of `old`; false if the shopper has opened
    /// another catalogue meanwhile.
    pub(super) fn replace_shop(&self, old: &Arc<Shop>, new: &Arc<Shop>) -> bool {
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        let is_open = shop.as_ref().is_ok_and(|now| Arc::ptr_eq(now, old));
        if is_open {
            *shop = Ok(Arc::clone(new));
            self.set_event_context(new);
        }
        is_open
    }

    /// From here on events name the release that this catalogue is at.
    pub(super) fn set_event_context(&self, shop: &Shop) {
        if let Ok(context) = shop.context() {
            self.library.events.set_context(context);
            self.library.set_feedback(self.catalogs.feedback_of(shop.folder()));
        }
    }

    /// Closes the catalogue in `folder`; false if another one is open.
    pub(super) fn close_shop(&self, folder: &Path) -> bool {
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        let is_open = shop.as_ref().is_ok_and(|shop| shop.folder() == folder);
        if is_open {
            *shop = Err(no_catalog());
        }
        is_open
    }

    /// Stores the settings; another device loads the model again.
    ///
    /// # Errors
    /// They cannot be stored, or the model does not run there (the settings are then as before).
    pub fn save_settings(&self, settings: &Settings) -> Result<(), Problem> {
        if settings.device != self.library.settings().device
            && let Ok(shop) = self.shop()
        {
            let moved = shop.on_device(&settings.device)?;
            *self.shop.write().unwrap_or_else(PoisonError::into_inner) = Ok(Arc::new(moved));
        }
        self.library.save_settings(settings)
    }

    /// From now on model bundles lie in this folder, and not where the system says. It can be said once.
    pub fn keep_models_in(&self, folder: PathBuf) {
        self.catalogs.look_for_models_in(folder.clone());
        self.models.keep_in(folder);
    }

    /// What this person brings to an answer, at this moment.
    pub fn person(&self) -> Person {
        let dismissed = self.dismissed().clone();
        Person {
            dismissed,
            favourites: self.library.current_favourites(),
            taste: self.library.taste(),
            language: None,
        }
    }

    /// The products that the shopper does not want to see again in this visit.
    pub(super) fn dismissed(&self) -> MutexGuard<'_, HashSet<String>> {
        self.dismissed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was opened until a window starts.
    pub fn keep_opened(&self, opened: Opened) {
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
    }

    pub(super) fn take_opened(&self) -> Option<Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The words and filters that live search uses from now on.
    pub fn set_live_query(&self, template: SearchRequest) {
        *self.live_query.lock().unwrap_or_else(PoisonError::into_inner) = template;
    }

    /// The words and filters that live search uses now.
    pub fn live_query(&self) -> SearchRequest {
        self.live_query.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_newest_search(&self, ticket: u32) {
        self.newest.fetch_max(ticket, Ordering::Relaxed);
    }

    /// Fails if a newer search than `ticket` was asked for.
    pub(super) fn still_wanted(&self, ticket: u32) -> Result<(), Problem> {
        if self.newest.load(Ordering::Relaxed) > ticket {
            return Err(Problem::new(Code::Superseded, "a newer search took its place"));
        }
        Ok(())
    }
}

fn no_catalog() -> Problem {
    Problem::new(Code::NoCatalog, "no catalogue is open")
}
