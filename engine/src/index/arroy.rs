//! The approximate index: a forest of random-projection trees, kept by the crate `arroy` in the same
//! transaction as everything else.
//!
//! arroy stores each vector a second time, in f32, and walks all of them in every build; below the
//! measured size the exact scan is faster, so a small catalogue has no such index.

use std::num::NonZeroUsize;

use arroy::distances::Cosine;
use heed::{RoTxn, RwTxn};
use rand_arroy::SeedableRng;
use rand_arroy::rngs::StdRng;
use roaring::RoaringBitmap;

use super::{Candidate, Nearest, Top};
use crate::schema::{CatalogMeta, Databases};
use crate::simd::Kernel;
use crate::vectors::{self, Changed};
use crate::{Result, segment};

/// Trees in the forest. Always the same number: arroy would otherwise add and drop trees as the
/// catalogue grows, and rebuild for it.
const TREES: usize = 20;

/// How many leaves a query looks at: this times the square root of the number of products (which
/// keeps recall@10 about the same at every size), so many for each hit that is asked for, and never fewer than the last of these.
const LEAVES_PER_ROOT: f64 = 40.0;
const LEAVES_PER_HIT: usize = 100;
const LEAVES_AT_LEAST: usize = 10_000;

/// arroy keeps several indexes in one database; ours is this one.
const INDEX: u16 = 0;

/// An index is dropped when the catalogue falls below this share of the size that it is kept from,
/// so that a catalogue at the limit does not build and drop it in turns.
const DROP_BELOW_SHARE: f64 = 0.8;

/// Brings the index up to the vectors of a batch, builds it when the catalogue has become large
/// enough, drops it when it is no longer wanted.
pub(crate) fn maintain(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    meta: &CatalogMeta,
    live: &RoaringBitmap,
    changed: &Changed<'_>,
) -> Result<()> {
    let writer = arroy::Writer::<Cosine>::new(db.arroy, INDEX, meta.dimension);
    let built = !db.arroy.is_empty(txn)?;
    let from = meta.arroy_from.unwrap_or(u64::MAX);
    let keep_from = if built { (from as f64 * DROP_BELOW_SHARE) as u64 } else { from };
    if meta.arroy_from.is_none() || live.len() < keep_from || live.is_empty() {
        return if built { Ok(db.arroy.clear(txn)?) } else { Ok(()) };
    }
    if built && changed.is_empty() {
        return Ok(());
    }
    if built {
        for (&item, vector) in changed {
            match vector {
                Some(row) => writer.add_item(txn, item, &segment::decode(row))?,
                None => drop(writer.del_item(txn, item)?),
            }
        }
    } else {
        add_all(db, txn, &writer, meta.dimension, live)?;
    }
    // Seeded, so that the same changes give the same index.
    let mut rng = StdRng::seed_from_u64(live.len());
    Ok(writer.builder(&mut rng).n_trees(TREES).build(txn)?)
}

fn add_all(
    db: &Databases<'static>,
    txn: &mut RwTxn<'_>,
    writer: &arroy::Writer<Cosine>,
    dimension: usize,
    live: &RoaringBitmap,
) -> Result<()> {
    for item in live {
        let vector = segment::decode(vectors::row(db, txn, item, dimension)?);
        writer.add_item(txn, item, &vector)?;
    }
    Ok(())
}

/// The index, open for queries.
pub(crate) struct ArroyIndex<'t> {
    reader: arroy::Reader<'t, Cosine>,
    db: &'t Databases<'static>,
    txn: &'t RoTxn<'t>,
}

impl<'t> ArroyIndex<'t> {
    /// The catalogue's index, or `None` if it keeps none.
    pub(crate) fn open(db: &'t Databases<'static>, txn: &'t RoTxn<'t>) -> Result<Option<Self>> {
        match arroy::Reader::open(txn, INDEX, db.arroy) {
            Ok(reader) => Ok(Some(Self { reader, db, txn })),
            Err(arroy::Error::MissingMetadata(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The items that it covers.
    pub(crate) fn items(&self) -> &RoaringBitmap {
        self.reader.item_ids()
    }
}

impl Nearest for ArroyIndex<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        let leaves = (LEAVES_PER_ROOT * (self.items().len() as f64).sqrt()) as usize;
        let Some(leaves) =
            NonZeroUsize::new(leaves.max(k.saturating_mul(LEAVES_PER_HIT)).max(LEAVES_AT_LEAST))
        else {
            return Ok(Vec::new());
        };
        let mut search = self.reader.nns(k);
        search.search_k(leaves);
        if among != self.items() {
            search.candidates(among);
        }
        let found = search.by_vector(self.txn, query)?;
        // Scores are those of the stored f16 vectors, so that both kinds give a product the same one.
        let kernel = Kernel::best();
        let mut top = Top::new(k);
        for (item, _) in found {
            let row = vectors::row(self.db, self.txn, item, query.len())?;
            top.offer(Candidate { item, score: kernel.dot(query, row) });
        }
        Ok(top.into_sorted())
    }
}
