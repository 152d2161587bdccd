//! What a screen shows of the device: its start, the disk, and how fast the model is.

use knytt_ui_api::{Capabilities, ModelSpeed, Problem, Start, StorageUse};

use super::state::Visit;
use crate::shop::measure_model;

impl Visit {
    /// What a window needs to know first.
    pub fn start(&self, capabilities: Capabilities) -> Start {
        let shop = self.shop();
        // The window hears of it by this answer.
        let notice = shop.as_ref().ok().and_then(|shop| shop.device_notice());
        self.models.is_new_notice(notice.as_deref());
        Start {
            version: env!("CARGO_PKG_VERSION").into(),
            catalog: shop.as_ref().ok().map(|shop| shop.summary()),
            catalogs: self.catalog_list(),
            model: shop.as_ref().ok().map(|shop| shop.model_summary()),
            settings: self.library.settings(),
            capabilities,
            opened: self.take_opened(),
            problem: shop.err(),
        }
    }

    /// The bytes on the disk.
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
        measure_model(self.shop()?.session().encoder())
    }
}
