//! What answers the window. Nothing here knows of Tauri, so that tests call it directly.

mod catalogs;
mod events;
mod facets;
mod feedback;
mod library;
mod personal;
mod pictures;
mod problem;
mod product;
mod reading;
mod search;
mod share;
mod shop;
mod timing;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use knytt_ui_api::{
    Capabilities, Code, ModelSpeed, Opened, Problem, SearchRequest, Settings, Start, StorageUse,
};

pub use self::catalogs::{Catalogs, Update, code, keep_fresh};
pub use self::events::Context;
pub use self::library::Library;
pub use self::pictures::{Pictures, Shot};
use self::search::clipped;
pub use self::share::{Share, jpeg};
pub use self::shop::Shop;

/// The open catalogue, the pictures of this visit, and what the shopper keeps.
pub struct Backend {
    /// The pictures of this visit.
    pub pictures: Pictures,
    /// Favourites, history, settings.
    pub library: Library,
    /// The catalogues on this device.
    pub catalogs: Catalogs,
    shop: RwLock<Result<Arc<Shop>, Problem>>,
    /// The newest search that a window asked for.
    newest: AtomicU32,
    /// Products that the shopper does not want to see again in this visit.
    dismissed: Mutex<HashSet<String>>,
    /// Words and filters of a live search.
    live_query: Mutex<SearchRequest>,
    /// What waits for the window to start.
    opened: Mutex<Option<Opened>>,
}

impl Backend {
    /// Opens what the shopper keeps, and no catalogue yet.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn new(data: &std::path::Path) -> Result<Self, Problem> {
        Ok(Self {
            pictures: Pictures::default(),
            library: Library::open(&data.join("personal"))?,
            catalogs: Catalogs::new(data.join("catalogs")),
            shop: RwLock::new(Err(Problem::new(Code::NoCatalog, "no catalogue is open"))),
            newest: AtomicU32::new(0),
            dismissed: Mutex::default(),
            live_query: Mutex::default(),
            opened: Mutex::default(),
        })
    }

    /// Opens the catalogue of a folder and remembers it; the one before stays if that fails.
    ///
    /// # Errors
    /// There is none, it cannot be read, or its model is not here.
    pub fn open_shop(&self, folder: &std::path::Path, pictures: Vec<PathBuf>) -> Result<(), Problem> {
        let device = self.library.settings().device;
        let opened = Shop::open(folder, pictures, &device);
        let mut shop = self.shop.write().unwrap_or_else(PoisonError::into_inner);
        match opened {
            Ok(opened) => {
                self.library.remember_catalog(folder)?;
                self.library.enter(&opened.summary().id)?;
                self.library.events.at(opened.context()?);
                self.forget_dismissed();
                *shop = Ok(Arc::new(opened));
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

    /// What a window needs to know first.
    pub fn start(&self, capabilities: Capabilities) -> Start {
        let shop = self.shop();
        Start {
            version: env!("CARGO_PKG_VERSION").into(),
            catalog: shop.as_ref().ok().map(|shop| shop.summary()),
            catalogs: self.catalog_list(),
            model: shop.as_ref().ok().map(|shop| shop.model_summary()),
            settings: self.library.settings(),
            capabilities,
            opened: self.opened.lock().unwrap_or_else(PoisonError::into_inner).take(),
            problem: shop.err(),
        }
    }

    /// Keeps what was opened until a window starts.
    pub fn leave(&self, opened: Opened) {
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
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

    /// What lies on the disk.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn storage_use(&self) -> Result<StorageUse, Problem> {
        let personal = self.library.bytes();
        let Ok(shop) = self.shop() else { return Ok(StorageUse { personal, ..StorageUse::default() }) };
        Ok(StorageUse { catalog: shop.bytes()?, model: shop.model_bytes(), personal })
    }

    /// How fast the model is here.
    ///
    /// # Errors
    /// No catalogue is open, or the model fails.
    pub fn measure_model(&self) -> Result<ModelSpeed, Problem> {
        timing::model(self.shop()?.session().encoder())
    }

    /// The words and filters that live search uses from now on.
    pub fn set_live_query(&self, template: SearchRequest) {
        *self.live_query.lock().unwrap_or_else(PoisonError::into_inner) = template;
    }

    /// The words and filters that live search uses now.
    pub fn live_query(&self) -> SearchRequest {
        self.live_query.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fails if a newer search than `ticket` was asked for.
    fn still_wanted(&self, ticket: u32) -> Result<(), Problem> {
        if self.newest.load(Ordering::Relaxed) > ticket {
            return Err(Problem::new(Code::Superseded, "a newer search took its place"));
        }
        Ok(())
    }
}
