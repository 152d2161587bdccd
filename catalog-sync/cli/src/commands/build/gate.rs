//! The safety gate of a build, and pictures that the catalogue has already.

use anyhow::Result;
use image::RgbImage;
use knytt_engine::SafetyGate;
use knytt_feed::Item;
use knytt_models::Embedding;
use knytt_models::decode::decode;

use super::prepare::Preparer;
use crate::catalog::explain;

/// Whether the gate refuses a decoded picture before it is embedded.
pub fn refuses_pixels(gate: Option<&SafetyGate>, picture: &RgbImage) -> bool {
    gate.is_some_and(|gate| gate.refuses_pixels(picture))
}

impl Preparer<'_> {
    /// Whether the gate refuses the picture that the catalogue has of an item. `file`: that picture's, if it is still
    /// there; else the catalogue's small one is judged.
    pub(super) fn refuses_kept(&self, item: &Item, file: Option<&[u8]>) -> Result<bool> {
        let snapshot = self.catalog.read()?;
        let kept = snapshot.vector(&item.product.id)?;
        let small =
            if file.is_some() { None } else { snapshot.thumbnail(&item.product.id)?.map(<[u8]>::to_vec) };
        drop(snapshot);
        self.refuses_stored(kept, file.or(small.as_deref()))
    }

    /// The same of a further picture, by its number in the catalogue.
    pub(super) fn refuses_kept_further(&self, item: &Item, number: u8, file: &[u8]) -> Result<bool> {
        let snapshot = self.catalog.read()?;
        let kept = snapshot.picture_vector(&item.product.id, number)?;
        let small = snapshot.picture_thumbnail(&item.product.id, number)?.map(<[u8]>::to_vec);
        drop(snapshot);
        let file = Some(file).filter(|file| !file.is_empty());
        self.refuses_stored(kept, file.or(small.as_deref()))
    }

    /// A picture that cannot be decoded any more is judged by its vector alone.
    fn refuses_stored(&self, kept: Option<Embedding>, file: Option<&[u8]>) -> Result<bool> {
        let (Some(gate), Some(kept)) = (self.gate()?, kept) else { return Ok(false) };
        if gate.refuses(&kept).map_err(explain)? {
            return Ok(true);
        }
        let Some(file) = file.filter(|_| gate.judges_pixels()) else { return Ok(false) };
        let side = Some(self.encoder()?.target_side());
        Ok(decode(file, &self.limits, side).is_ok_and(|picture| gate.refuses_pixels(&picture)))
    }
}
