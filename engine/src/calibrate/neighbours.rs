//! The nearest products of an embedding, by their numbers. A calibration asks for hundreds, and reads few of them.

use knytt_models::Embedding;
use roaring::RoaringBitmap;

use crate::catalog::snapshot::{NearProduct, Snapshot};
use crate::error::Result;
use crate::index::Strategy;
use crate::product::filter::Filter;

/// All products of a snapshot.
pub(super) struct Neighbours<'a> {
    snapshot: &'a Snapshot,
    all: RoaringBitmap,
}

impl<'a> Neighbours<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Result<Self> {
        Ok(Self { snapshot, all: snapshot.matching(&Filter::default())? })
    }

    /// The `k` products that are nearest to an embedding, best first.
    pub(super) fn of(&self, embedding: &Embedding, k: usize) -> Result<Vec<NearProduct>> {
        Ok(self.snapshot.nearest(embedding, &self.all, k, Strategy::Auto)?.candidates)
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        self.snapshot
    }
}
