//! The catalogues that are searched here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use knytt_app_core::shop::Shop;
use knytt_engine::ActiveEnvironment;
use knytt_ui_api::CatalogSummary;

use super::refusals::{bad_query, of_problem};
use crate::http::refusal::Refusal;
use crate::{Error, Result};

/// Counts what is opened, so that two openings are two states even if both are at the same commit.
static OPENED: AtomicU64 = AtomicU64::new(1);

/// A state of a catalogue. Answers of one state never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Which opening of the folder.
    pub opened: u64,
    /// Which commit of what was opened.
    pub commit: u64,
}

/// A catalogue that is open.
pub struct OpenCatalog {
    /// The catalogue and its model.
    pub shop: Shop,
    /// Its id and size when it was opened.
    pub summary: CatalogSummary,
    opened: u64,
    /// The subfolder that is open, where the catalogue is replaced as a whole.
    environment: Option<PathBuf>,
}

impl OpenCatalog {
    fn new(shop: Shop) -> Result<Self> {
        let environment =
            ActiveEnvironment::read(shop.folder()).map_err(|error| refused(shop.folder(), error))?;
        let summary = shop.summary();
        Ok(Self { shop, summary, opened: OPENED.fetch_add(1, Ordering::Relaxed), environment })
    }

    /// The state that it is in now.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn state(&self) -> Result<State, Refusal> {
        let snapshot = self.shop.session().catalog().read();
        let snapshot = snapshot.map_err(|error| of_problem(knytt_app_core::problem::of_engine(error)))?;
        Ok(State { opened: self.opened, commit: snapshot.commit_number() })
    }

    fn was_replaced(&self) -> bool {
        ActiveEnvironment::read(self.shop.folder()).is_ok_and(|now| now != self.environment)
    }
}

/// All catalogues that are searched here, by their ids.
#[derive(Default)]
pub struct Catalogs {
    open: RwLock<BTreeMap<String, Arc<OpenCatalog>>>,
}

impl Catalogs {
    /// Opens the catalogues in these folders.
    ///
    /// # Errors
    /// A folder holds none, or two of them have the same id.
    pub fn open(folders: &[PathBuf], device: &str) -> Result<Self> {
        let mut open = BTreeMap::new();
        for folder in folders {
            let catalog = open_folder(folder, device)?;
            let id = catalog.summary.id.clone();
            tracing::info!(catalog = id, products = catalog.summary.products, folder = %folder.display(), "searched");
            if open.insert(id.clone(), Arc::new(catalog)).is_some() {
                return Err(refused(folder, format!("another folder holds a catalogue {id:?}, too")));
            }
        }
        Ok(Self { open: RwLock::new(open) })
    }

    /// The catalogue of this id, or the only one there is.
    ///
    /// # Errors
    /// 400 if a name is needed, 404 if there is none of this name.
    pub fn get(&self, id: Option<&str>) -> Result<Arc<OpenCatalog>, Refusal> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        match id {
            Some(id) => open.get(id).cloned().ok_or_else(unknown),
            None if open.len() > 1 => {
                let ids: Vec<_> = open.keys().map(String::as_str).collect();
                Err(bad_query(format!("catalog: name one of {}", ids.join(", "))))
            }
            None => open.values().next().cloned().ok_or_else(unknown),
        }
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<OpenCatalog>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Opens again what was replaced as a whole. Searches under way end on what they began with. Blocks while a
    /// catalogue is opened.
    pub fn renew(&self) {
        for catalog in self.all().into_iter().filter(|catalog| catalog.was_replaced()) {
            let id = catalog.summary.id.clone();
            let reopened = catalog.shop.reopened();
            let reopened = reopened.map_err(|problem| refused(catalog.shop.folder(), problem.message));
            match reopened.and_then(OpenCatalog::new) {
                Ok(renewed) => {
                    tracing::info!(
                        catalog = id,
                        release = renewed.summary.release,
                        "another release is searched"
                    );
                    self.open.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(renewed));
                }
                Err(error) => tracing::error!(catalog = id, %error, "a new release was not opened"),
            }
        }
    }
}

fn open_folder(folder: &Path, device: &str) -> Result<OpenCatalog> {
    let shop = Shop::open(folder, Vec::new(), device);
    OpenCatalog::new(shop.map_err(|problem| refused(folder, problem.message))?)
}

fn refused(folder: &Path, reason: impl std::fmt::Display) -> Error {
    Error::Catalog { folder: folder.into(), reason: reason.to_string() }
}

fn unknown() -> Refusal {
    Refusal::new(404, "catalog_unknown", "No such catalogue")
        .detail("GET /api/v1/catalogs lists what is searched here")
}
