//! Applies a batch of changes inside one write transaction.

use std::borrow::Cow;
use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::calibrate::scale::Calibration;
use crate::catalog::entry::{Derived, Entry};
use crate::catalog::meta::{
    CatalogMeta, read_meta, write_calibration, write_experiment, write_merchandising, write_meta,
};
use crate::catalog::operation::{Committed, Operation};
use crate::catalog::source::StoredSource;
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::index;
use crate::lexical::{self, postings};
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::field::text_key;
use crate::store::bitmap::{read_items, write_items};
use crate::store::content_hash::{ContentSum, Element};
use crate::store::facet_bitmaps::FacetChanges;
use crate::store::rank_features::{self, RankFeatures};
use crate::store::schema::meta_key;
use crate::store::view::{Edit, View};
use crate::store::{price_column, vectors};

/// New products get free items when there is more than one free item for this many products. With fewer, free
/// items are scattered, and a batch that used them would write to many pages.
const REUSED_ONE_IN: u64 = 8;

/// Items in blocks of this many share most of the pages that a batch writes.
const SIDE_BY_SIDE: u32 = 1_024;

/// The state of a transaction while it applies a batch. It writes the entries of a single product immediately. It
/// collects changes to values that many products share (segments, bitmaps), and [`Self::finish`] writes each value
/// once.
pub(crate) struct Changes<'t, 'e, 'b> {
    edit: Edit<'t, 'e>,
    meta: CatalogMeta,
    meta_changed: bool,
    /// A new calibration, which `finish` writes.
    calibration: Option<Calibration>,
    /// New rules, or that there are none any more, which `finish` writes.
    merchandising: Option<Option<Merchandising>>,
    /// A new experiment, or that there is none any more, which `finish` writes.
    experiment: Option<Option<Experiment>>,
    /// Whether a later transaction builds the index of codes.
    index_follows: bool,
    live: RoaringBitmap,
    /// Items that are free since an earlier commit, so that new products may get them.
    free: RoaringBitmap,
    /// The free items in the order of use, the next one last; computed when the first one is needed.
    reusable: Option<Vec<u32>>,
    /// Items that this batch frees. Only later batches reuse them, so that no item stands for different products in
    /// two consecutive committed states.
    freed: RoaringBitmap,
    vectors: vectors::Changed<'b>,
    prices: BTreeMap<u32, i64>,
    rank_features: BTreeMap<u32, Option<RankFeatures>>,
    facets: FacetChanges,
    words: postings::PostingChanges,
    content: ContentSum,
    committed: Committed,
}

impl<'t, 'e, 'b> Changes<'t, 'e, 'b> {
    pub(crate) fn begin(edit: Edit<'t, 'e>) -> Result<Self> {
        let view = edit.view();
        Ok(Self {
            content: read_content(view)?,
            meta: read_meta(view)?,
            meta_changed: false,
            calibration: None,
            merchandising: None,
            experiment: None,
            index_follows: false,
            live: read_items(view, meta_key::LIVE)?,
            free: read_items(view, meta_key::FREE)?,
            reusable: None,
            freed: RoaringBitmap::new(),
            vectors: vectors::Changed::new(),
            prices: BTreeMap::new(),
            rank_features: BTreeMap::new(),
            facets: FacetChanges::default(),
            words: postings::PostingChanges::default(),
            committed: Committed::default(),
            edit,
        })
    }

    /// `entry`: the entry of an upserted product, if it is made already.
    pub(crate) fn apply(&mut self, operation: &'b Operation, entry: Option<Entry>) -> Result<()> {
        match operation {
            Operation::Upsert { product, vector, thumbnail } => {
                let made = || Entry::from_product(product, vector, thumbnail.as_deref());
                let entry = entry.map_or_else(made, Ok)?;
                self.upsert(entry, Cow::Borrowed(vector), thumbnail.as_deref())
            }
            Operation::Update { product } => self.revise(product, None, None),
            Operation::Delete { id } => self.delete(id).map(drop),
            Operation::PutSource { source, record } => {
                let stored = StoredSource { source: source.clone(), record: record.clone() };
                Ok(self.edit.db.sources.put(
                    self.edit.txn,
                    &text_key(source),
                    &serde_json::to_vec(&stored)?,
                )?)
            }
            Operation::RemoveSource { source } => {
                self.edit.db.sources.delete(self.edit.txn, &text_key(source))?;
                Ok(())
            }
            Operation::Quarantine(row) => Ok(self.edit.db.quarantine.put(
                self.edit.txn,
                &text_key(&row.source),
                &serde_json::to_vec(row)?,
            )?),
            Operation::Release { source } => {
                self.edit.db.quarantine.delete(self.edit.txn, &text_key(source))?;
                Ok(())
            }
            Operation::SetRelease(release) => {
                self.meta_mut().release = *release;
                Ok(())
            }
            Operation::KeepArroyFrom(products) => {
                self.meta_mut().arroy_from = *products;
                Ok(())
            }
            Operation::SetCalibration(calibration) => {
                self.set_calibration(calibration.clone());
                Ok(())
            }
            Operation::SetWeights(weights) => {
                self.meta_mut().weights = *weights;
                Ok(())
            }
            Operation::SetSafety(safety) => {
                self.meta_mut().safety.clone_from(safety);
                Ok(())
            }
            Operation::SetMerchandising(document) => {
                self.set_merchandising(document.clone());
                Ok(())
            }
            Operation::SetExperiment(document) => {
                self.set_experiment(document.clone());
                Ok(())
            }
        }
    }

    pub(crate) fn meta(&self) -> &CatalogMeta {
        &self.meta
    }

    pub(crate) fn meta_mut(&mut self) -> &mut CatalogMeta {
        self.meta_changed = true;
        &mut self.meta
    }

    pub(crate) fn set_calibration(&mut self, calibration: Calibration) {
        self.calibration = Some(calibration);
    }

    pub(crate) fn set_merchandising(&mut self, document: Option<Merchandising>) {
        self.merchandising = Some(document);
    }

    pub(crate) fn set_experiment(&mut self, document: Option<Experiment>) {
        self.experiment = Some(document);
    }

    pub(crate) fn leave_index(&mut self) {
        self.index_follows = true;
    }

    pub(crate) fn content(&self) -> &ContentSum {
        &self.content
    }

    pub(crate) fn products(&self) -> u64 {
        self.live.len()
    }

    pub(crate) fn product(&self, id: &str) -> Result<Option<Product>> {
        let Some(item) = self.edit.db.ids.get(self.edit.txn, &text_key(id))? else { return Ok(None) };
        self.stored(item).map(Some)
    }

    pub(crate) fn upsert(
        &mut self,
        entry: Entry,
        vector: Cow<'b, [u8]>,
        thumbnail: Option<&[u8]>,
    ) -> Result<()> {
        let (item, before) = match self.edit.db.ids.get(self.edit.txn, &entry.key)? {
            Some(item) => {
                self.committed.updated += 1;
                (item, Derived::from_product(&self.withdraw(item)?))
            }
            None => {
                let item = self.allocate()?;
                self.edit.db.ids.put(self.edit.txn, &entry.key, &item)?;
                self.live.insert(item);
                self.committed.inserted += 1;
                (item, Derived::default())
            }
        };
        self.store(item, &before, entry, Some(vector), Some(thumbnail))
    }

    /// Replaces the product, and its vector and thumbnail if new ones are given.
    pub(crate) fn revise(
        &mut self,
        product: &Product,
        vector: Option<Cow<'b, [u8]>>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        let item = self.edit.db.ids.get(self.edit.txn, &text_key(&product.id))?;
        let item = item.ok_or_else(|| Error::UnknownProduct { id: product.id.clone() })?;
        let before = self.withdraw(item)?;
        let entry = self.revised(item, product, vector.as_deref(), thumbnail)?;
        self.committed.updated += 1;
        self.store(item, &Derived::from_product(&before), entry, vector, thumbnail)
    }

    /// The entry of a product that keeps its vector and thumbnail where none are given.
    fn revised(
        &self,
        item: u32,
        product: &Product,
        vector: Option<&[u8]>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<Entry> {
        let view = self.edit.view();
        let vector = vector.map_or_else(|| vector_of(&self.vectors, view, item), Ok)?;
        let thumbnail = match thumbnail {
            Some(given) => given,
            None => view.db.thumbnails.get(view.txn, &item)?,
        };
        Entry::from_product(product, vector, thumbnail)
    }

    /// Deletes a product. Returns whether it existed.
    pub(crate) fn delete(&mut self, id: &str) -> Result<bool> {
        let key = text_key(id);
        let Some(item) = self.edit.db.ids.get(self.edit.txn, &key)? else { return Ok(false) };
        let before = self.withdraw(item)?;
        self.derive(item, &Derived::from_product(&before), Derived::default());
        self.edit.db.ids.delete(self.edit.txn, &key)?;
        self.edit.db.products.delete(self.edit.txn, &item)?;
        self.edit.db.thumbnails.delete(self.edit.txn, &item)?;
        self.vectors.insert(item, None);
        self.live.remove(item);
        self.freed.insert(item);
        self.committed.deleted += 1;
        Ok(true)
    }

    /// An item for a new product: a free one if many are free, else a new number.
    fn allocate(&mut self) -> Result<u32> {
        if self.free.len() > self.live.len() / REUSED_ONE_IN {
            let reusable = self.reusable.get_or_insert_with(|| densest_last(&self.free));
            if let Some(item) = reusable.pop() {
                self.free.remove(item);
                return Ok(item);
            }
        }
        let last = [&self.live, &self.free, &self.freed].into_iter().filter_map(RoaringBitmap::max).max();
        let next = last.map_or(Some(0), |last| last.checked_add(1));
        next.ok_or_else(|| Error::damaged("it has no item number left"))
    }

    fn store(
        &mut self,
        item: u32,
        before: &Derived,
        entry: Entry,
        vector: Option<Cow<'b, [u8]>>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        self.derive(item, before, entry.derived);
        // An unchanged product dirties no page.
        if self.edit.db.products.get(self.edit.txn, &item)? != Some(&entry.json[..]) {
            self.edit.db.products.put(self.edit.txn, &item, &entry.json)?;
        }
        if let Some(vector) = vector {
            self.vectors.insert(item, Some(vector));
        }
        match thumbnail {
            Some(Some(picture)) => self.edit.db.thumbnails.put(self.edit.txn, &item, picture)?,
            Some(None) => drop(self.edit.db.thumbnails.delete(self.edit.txn, &item)?),
            None => {}
        }
        self.content.add(&entry.element);
        Ok(())
    }

    /// Records the changes between the derived entries of the old product and those of the new one.
    fn derive(&mut self, item: u32, before: &Derived, after: Derived) {
        for (key, _) in before.facets.iter().filter(|(key, _)| !after.has_facet(key)) {
            self.facets.remove(key.clone(), item);
        }
        lexical::record(&mut self.words, item, &before.terms, &after.terms);
        if before.price != after.price {
            self.prices.insert(item, after.price);
        }
        if before.rank_features != after.rank_features {
            self.rank_features.insert(item, after.rank_features);
        }
        for (key, value) in after.facets.into_iter().filter(|(key, _)| !before.has_facet(key)) {
            self.facets.add(key, &value, item);
        }
    }

    /// Removes a product that is about to change from the content sum, and returns it.
    fn withdraw(&mut self, item: u32) -> Result<Product> {
        let product = self.stored(item)?;
        let view = self.edit.view();
        let vector = vector_of(&self.vectors, view, item)?;
        self.content.remove(&Element::from_product(
            &product,
            vector,
            view.db.thumbnails.get(view.txn, &item)?,
        ));
        Ok(product)
    }

    fn stored(&self, item: u32) -> Result<Product> {
        let bytes = self.edit.db.products.get(self.edit.txn, &item)?;
        let bytes = bytes.ok_or_else(|| Error::damaged(format!("item {item} has lost its product")))?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Writes the collected changes.
    pub(crate) fn finish(mut self) -> Result<Committed> {
        let edit = &mut self.edit;
        vectors::write(edit, &self.live, &self.vectors)?;
        price_column::write(edit, &self.prices)?;
        rank_features::write(edit, &self.rank_features)?;
        self.facets.write(edit)?;
        std::mem::take(&mut self.words).write(edit)?;
        self.free |= &self.freed;
        let before = read_items(edit.view(), meta_key::LIVE)?;
        write_items(edit, meta_key::LIVE, &self.live)?;
        write_items(edit, meta_key::FREE, &self.free)?;
        edit.db.meta.put(edit.txn, meta_key::CONTENT, &self.content.to_bytes())?;
        if self.meta_changed {
            write_meta(edit, &self.meta)?;
        }
        if let Some(calibration) = &self.calibration {
            write_calibration(edit, calibration)?;
        }
        if let Some(document) = &self.merchandising {
            write_merchandising(edit, document.as_ref())?;
        }
        if let Some(document) = &self.experiment {
            write_experiment(edit, document.as_ref())?;
        }
        index::arroy::maintain(edit, self.meta.arroy_from, &self.live, &self.vectors)?;
        let changed = self.vectors.iter().map(|(&item, vector)| (item, vector.is_some())).collect();
        if self.index_follows {
            index::ivf::maintain::clear(edit)?;
        } else {
            index::ivf::maintain::maintain(edit, &before, &self.live, &changed)?;
        }
        Ok(self.committed)
    }
}

/// The encoded vector of an item, with the changes so far.
fn vector_of<'s>(changed: &'s vectors::Changed<'_>, view: View<'s>, item: u32) -> Result<&'s [u8]> {
    match changed.get(&item) {
        Some(Some(vector)) => Ok(vector),
        _ => vectors::row(view, item),
    }
}

/// The items ordered so that those of the fullest block come last, and the lowest item of a block last.
fn densest_last(items: &RoaringBitmap) -> Vec<u32> {
    let items: Vec<u32> = items.iter().collect();
    let mut blocks: Vec<&[u32]> = items.chunk_by(|a, b| a / SIDE_BY_SIDE == b / SIDE_BY_SIDE).collect();
    blocks.sort_by_key(|block| (block.len(), std::cmp::Reverse(block[0])));
    blocks.into_iter().flat_map(|block| block.iter().rev().copied()).collect()
}

/// The stored content sum. Catalogues of early versions store none; for those it is computed.
pub(crate) fn read_content(view: View<'_>) -> Result<ContentSum> {
    if let Some(bytes) = view.db.meta.get(view.txn, meta_key::CONTENT)? {
        return ContentSum::from_bytes(bytes);
    }
    add_up_content(view)
}

/// Computes the content sum from all stored products.
pub(crate) fn add_up_content(view: View<'_>) -> Result<ContentSum> {
    let mut sum = ContentSum::empty();
    for entry in view.db.products.iter(view.txn)? {
        let (item, bytes) = entry?;
        let vector = vectors::row(view, item)?;
        sum.add(&Element::from_product(
            &serde_json::from_slice(bytes)?,
            vector,
            view.db.thumbnails.get(view.txn, &item)?,
        ));
    }
    Ok(sum)
}
