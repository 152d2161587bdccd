//! An optional approximate index: a forest of random-projection trees. The crate `arroy` keeps it in the
//! catalogue, and a commit updates it in the same transaction as everything else.
//!
//! arroy stores each vector a second time, in f32, and walks all vectors in every build. The exact scan is
//! faster for a small catalogue, which therefore has no such index.

use std::num::NonZeroUsize;

use arroy::distances::Cosine;
use rand_arroy::SeedableRng;
use rand_arroy::rngs::StdRng;
use roaring::RoaringBitmap;

use crate::error::Result;
use crate::index::simd::Kernel;
use crate::index::top::Candidate;
use crate::index::top::Top;
use crate::index::{Nearest, best_of_products};
use crate::store::picture_number::FurtherPictures;
use crate::store::segment;
use crate::store::vectors::{self, Changed};
use crate::store::view::{Edit, View};

/// Trees in the forest. Always the same number: arroy would otherwise add and drop trees as the
/// catalogue grows, and rebuild for it.
const TREES: usize = 20;

/// How many leaves a query visits: the first factor times the square root of the number of products (which keeps
/// recall@10 about the same at every size), at least the second number per requested hit, and at least the third.
const LEAVES_PER_ROOT: f64 = 40.0;
const LEAVES_PER_HIT: usize = 100;
const LEAVES_AT_LEAST: usize = 10_000;

/// The number of our index: arroy can keep several in one database.
const INDEX: u16 = 0;

/// A catalogue drops the index below this share of the size from which it keeps one. The margin keeps a
/// catalogue at the limit from building and dropping the index in turns.
const DROP_BELOW_SHARE: f64 = 0.8;

/// Brings the index up to the vectors of a batch, builds it when the catalogue has become large
/// enough, drops it when it is no longer wanted. `keep_from`: the number of products from which on the catalogue
/// keeps it; `None`: never.
pub(crate) fn maintain(
    edit: &mut Edit<'_, '_>,
    keep_from: Option<u64>,
    live: &RoaringBitmap,
    changed: &Changed<'_>,
) -> Result<()> {
    let writer = arroy::Writer::<Cosine>::new(edit.db.arroy, INDEX, edit.dimension);
    let built = !edit.db.arroy.is_empty(edit.txn)?;
    let fewest = keep_from.map(|from| if built { (from as f64 * DROP_BELOW_SHARE) as u64 } else { from });
    if fewest.is_none_or(|fewest| live.len() < fewest) || live.is_empty() {
        return if built { Ok(edit.db.arroy.clear(edit.txn)?) } else { Ok(()) };
    }
    if built && changed.is_empty() {
        return Ok(());
    }
    if built {
        for (&item, vector) in changed {
            match vector {
                Some(row) => writer.add_item(edit.txn, item, &segment::decode(row))?,
                None => drop(writer.del_item(edit.txn, item)?),
            }
        }
    } else {
        add_all(edit, &writer, live)?;
    }
    // The fixed seed makes the same changes give the same index.
    let mut rng = StdRng::seed_from_u64(live.len());
    Ok(writer.builder(&mut rng).n_trees(TREES).build(edit.txn)?)
}

fn add_all(edit: &mut Edit<'_, '_>, writer: &arroy::Writer<Cosine>, live: &RoaringBitmap) -> Result<()> {
    for item in live {
        let vector = segment::decode(vectors::row(edit.view(), item)?);
        writer.add_item(edit.txn, item, &vector)?;
    }
    Ok(())
}

/// The index, open for queries.
pub(crate) struct ArroyIndex<'t> {
    reader: arroy::Reader<'t, Cosine>,
    view: View<'t>,
    further: &'t FurtherPictures,
}

impl<'t> ArroyIndex<'t> {
    /// The catalogue's index, or `None` if it has none.
    pub(crate) fn open(view: View<'t>, further: &'t FurtherPictures) -> Result<Option<Self>> {
        match arroy::Reader::open(view.txn, INDEX, view.db.arroy) {
            Ok(reader) => Ok(Some(Self { reader, view, further })),
            Err(arroy::Error::MissingMetadata(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The pictures that it covers.
    pub(crate) fn items(&self) -> &RoaringBitmap {
        self.reader.item_ids()
    }
}

impl Nearest for ArroyIndex<'_> {
    fn nearest(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
        let pictures: RoaringBitmap = self.further.by_product(among).into_iter().collect();
        let per_product = pictures.len().div_ceil(among.len().max(1));
        best_of_products(k, per_product as usize, |k| self.pictures(query, &pictures, k))
    }
}

impl ArroyIndex<'_> {
    /// The `k` nearest of these pictures, best first.
    fn pictures(&self, query: &[f32], among: &RoaringBitmap, k: usize) -> Result<Vec<Candidate>> {
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
        let found = search.by_vector(self.view.txn, query)?;
        // The score comes from the stored f16 vector, so that all kinds of index give a product the same score.
        let kernel = Kernel::best();
        let mut top = Top::new(k);
        for (item, _) in found {
            let row = vectors::row(self.view, item)?;
            top.offer(Candidate { item, score: kernel.dot(query, row) });
        }
        Ok(top.into_sorted())
    }
}
