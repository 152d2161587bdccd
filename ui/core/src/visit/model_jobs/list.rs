//! The list of models, and what is taken off it.

use std::path::{Path, PathBuf};

use knytt_engine::Origin;
use knytt_models::{Bundle, PrecisionBenchmark, user_cache};
use knytt_ui_api::{Code, ModelList, Problem};

use super::changeable::is_changeable;
use super::problem::of_hub;
use super::reembed::unfinished;
use crate::problem::of_model;
use crate::shop::Shop;
use crate::visit::models::{CurrentModel, STARTER, devices, entries};
use crate::visit::state::Visit;

impl Visit {
    /// What the settings show of models and devices. It loads the drivers of GPUs, which can take a second.
    ///
    /// # Errors
    /// The system names no folder for models.
    pub fn model_list(&self) -> Result<ModelList, Problem> {
        let (shop, work) = (self.shop().ok(), self.models.work());
        let current = shop.as_deref().map(current);
        let measured = |name: &str| self.models.measured().get(name).cloned();
        Ok(ModelList {
            models: entries(&self.models.local()?, current.as_ref(), measured),
            model: shop.as_deref().map(Shop::model_summary),
            devices: devices(),
            unfinished: shop.as_deref().filter(|_| work.is_none()).and_then(unfinished),
            work,
            changeable: shop.as_deref().is_some_and(is_changeable),
        })
    }

    /// Deletes a model of the user's folder.
    ///
    /// # Errors
    /// A catalogue on this device needs it, there is none of this name, or it cannot be deleted.
    pub fn remove_model(&self, name: &str) -> Result<ModelList, Problem> {
        let local = self.models.local()?;
        let place = local.place(name);
        if let Some(catalog) = self.catalog_of_model(&place) {
            let message = format!("the catalogue in {} is made with {name}", catalog.display());
            return Err(Problem::new(Code::Busy, message));
        }
        if local.remove(name).map_err(of_hub)?.is_none() {
            return Err(Problem::new(Code::NotFound, format!("no model {name:?} is here")));
        }
        self.models.measured().remove(name);
        self.model_list()
    }

    /// A catalogue of this device that is made with the bundle in `place`.
    fn catalog_of_model(&self, place: &Path) -> Option<PathBuf> {
        let known = self.library.catalogs().into_iter().chain(self.catalogs.added());
        let mut known = known.chain(self.catalogs.sample());
        known.find(|folder| Origin::read(folder).model.is_some_and(|model| Path::new(&model) == place))
    }

    /// Opens a model that is here: the starter, one of the user's, or the open catalogue's.
    ///
    /// # Errors
    /// There is none of this name, or it cannot be read.
    pub(super) fn open_bundle(&self, name: &str) -> Result<Bundle, Problem> {
        match self.place_of_model(name)? {
            None => Bundle::starter().map_err(of_model),
            Some(place) => Bundle::open(&place).map_err(of_model),
        }
    }

    /// The folder of a model that is here; `None` for the starter.
    ///
    /// # Errors
    /// There is none of this name.
    pub(super) fn place_of_model(&self, name: &str) -> Result<Option<PathBuf>, Problem> {
        if name == STARTER {
            return Ok(None);
        }
        let own = || {
            let shop = self.shop().ok().filter(|shop| shop.session().encoder().model_name() == name)?;
            Origin::read(shop.folder()).model.map(PathBuf::from)
        };
        let place = self.models.local()?.find(name).or_else(own);
        place.map(Some).ok_or_else(|| Problem::new(Code::NotFound, format!("no model {name:?} is here")))
    }
}

/// The open catalogue's model, for the list.
fn current(shop: &Shop) -> CurrentModel {
    let encoder = shop.session().encoder();
    let is_starter = encoder.model_name() == STARTER
        && Bundle::starter().is_ok_and(|starter| starter.fingerprint() == encoder.fingerprint());
    let place = if is_starter { Some(STARTER.to_owned()) } else { Origin::read(shop.folder()).model };
    CurrentModel {
        name: encoder.model_name().into(),
        place,
        dimension: u32::try_from(encoder.dimension()).unwrap_or(u32::MAX),
        measured: user_cache().and_then(|cache| PrecisionBenchmark::read(&cache, encoder.fingerprint())),
    }
}
